//! Records as most are: one line, every cell of it either without quotes or in one pair of them.

use memchr::{memchr, memchr2};

/// Finds the cells of a line (without its end), when it has exactly as many as `cells` has room for and all are plain: no quote but
/// around a whole cell, no control characters but the separator, and text in UTF-8. Each cell is given by its start and its end in the
/// text of the line.
pub fn cells<'l>(line: &'l [u8], delimiter: u8, cells: &mut [(u32, u32)]) -> Option<&'l str> {
    let is_control = |byte: u8| byte < b' ' && byte != delimiter;
    // Looked at all at once, without a way out in between: so many bytes are done at a time.
    if line.is_empty() || line.iter().fold(false, |found, &byte| found | is_control(byte)) {
        return None;
    }
    let mut at = 0;
    let last = cells.len().saturating_sub(1);
    for (nth, cell) in cells.iter_mut().enumerate() {
        let rest = &line[at..];
        let end = if let [b'"', quoted @ ..] = rest {
            let length = memchr(b'"', quoted)?;
            *cell = ((at + 1) as u32, (at + 1 + length) as u32);
            at + length + 2
        } else {
            let length = memchr2(delimiter, b'"', rest).unwrap_or(rest.len());
            *cell = (at as u32, (at + length) as u32);
            at + length
        };
        match line.get(end) {
            Some(byte) if *byte == delimiter && nth < last => at = end + 1,
            None if nth == last => at = end,
            _ => return None,
        }
    }
    std::str::from_utf8(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Vec<&str>> {
        let mut found = [(0, 0); 3];
        let text = cells(line.as_bytes(), b',', &mut found)?;
        Some(found.iter().map(|&(start, end)| &text[start as usize..end as usize]).collect())
    }

    #[test]
    fn plain_cells_are_found() {
        assert_eq!(of("a,b,c"), Some(vec!["a", "b", "c"]));
        assert_eq!(of("\"a,x\",,\"\""), Some(vec!["a,x", "", ""]));
        assert_eq!(of(" é,\"b\","), Some(vec![" é", "b", ""]));
        for odd in [
            "",
            "a,b",
            "a,b,c,",
            "a\"b,c,d",
            "\"a\"\"b\",c,d",
            "\"a\" ,b,c",
            "\"a,b,c",
            "a,b,c\r",
            "a,b\0,c",
            "a,b,\"c\"x",
        ] {
            assert_eq!(of(odd), None, "{odd}");
        }
        let mut three = [(0, 0); 3];
        assert!(cells(b"a,\xff,c", b',', &mut three).is_none());
        assert!(cells(b"a\tb\tc", b'\t', &mut three).is_some());
    }
}
