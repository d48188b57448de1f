//! A line whose quotes are broken → its cells, where there is one reading that makes sense.

/// The cells of a line that holds quotes within quoted cells that should have been doubled (`"Jan "Johnny" Berg";Gent`).
///
/// A quote closes a cell only where a separator or the line's end follows. None when a cell stays open, or when there is
/// nothing to mend; whether the number of cells is right is for the caller to see.
pub fn cells(line: &str, delimiter: u8) -> Option<Vec<String>> {
    let line = line.trim_end_matches(['\r', '\n']).as_bytes();
    let mut cells = Vec::new();
    let (mut at, mut strays) = (0, 0usize);
    loop {
        let mut cell = Vec::new();
        if line.get(at) == Some(&b'"') {
            at += 1;
            let before = strays;
            loop {
                let ends = |at: usize| line.get(at).is_none_or(|&byte| byte == delimiter);
                match (*line.get(at)?, line.get(at + 1)) {
                    (b'"', _) if ends(at + 1) => break,
                    // Doubled, as it should be; at the end of a cell with a stray quote open, the second one closes.
                    (b'"', Some(b'"')) => {
                        cell.push(b'"');
                        if ends(at + 2) && (strays - before) % 2 == 1 {
                            strays += 1;
                            at += 1;
                            break;
                        }
                        at += 2;
                    }
                    (byte, _) => {
                        strays += usize::from(byte == b'"');
                        cell.push(byte);
                        at += 1;
                    }
                }
            }
            at += 1;
        } else {
            let end =
                line[at..].iter().position(|&byte| byte == delimiter).map_or(line.len(), |end| at + end);
            cell.extend_from_slice(&line[at..end]);
            at = end;
        }
        // Cut at ASCII bytes, so that the text stays sound.
        cells.push(String::from_utf8(cell).ok()?);
        if at >= line.len() {
            return (strays > 0).then_some(cells);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mended(line: &str) -> Option<String> {
        cells(line, b';').map(|cells| cells.join("|"))
    }

    #[test]
    fn quotes_that_should_have_been_doubled_are_taken_as_they_stand() {
        assert_eq!(
            mended("1;\"Jan \"Johnny\" Berg\";Gent\r\n").as_deref(),
            Some("1|Jan \"Johnny\" Berg|Gent")
        );
        assert_eq!(mended("\"Café \"Zoë\"\";Gent").as_deref(), Some("Café \"Zoë\"|Gent"));
        assert_eq!(mended("\"\"Zoë\" BV\";\"\";x").as_deref(), Some("\"Zoë\" BV||x"));
        assert_eq!(mended("\"a \"b\" c\";").as_deref(), Some("a \"b\" c|"));
    }

    #[test]
    fn sound_and_open_lines_are_left_alone() {
        assert_eq!(mended("1;\"Jan \"\"Johnny\"\" Berg\";\"\"\"x\"\"\""), None);
        assert_eq!(mended("1;5\" pipe;x"), None);
        assert_eq!(mended("1;\"open;x"), None);
        assert_eq!(mended(""), None);
    }

    proptest! {
        #[test]
        fn no_line_is_too_broken(line in "[a\";é\r\n ]{0,30}") {
            let _ = cells(&line, b';');
        }
    }
}
