//! Reading the data files in `tables/`: `#` comments, the first line that is no comment is the heading.

/// The rows of a data file, each with `N` cells as they stand (missing cells are empty). Cells are never quoted and
/// never hold the separator; spaces at their ends count.
pub(super) fn rows<const N: usize>(
    text: &'static str,
    separator: char,
) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1).map(move |line| {
        let mut cells = [""; N];
        for (cell, value) in cells.iter_mut().zip(line.split(separator)) {
            *cell = value;
        }
        cells
    })
}

/// The values of a cell that holds several; none of an empty one.
pub(super) fn several(cell: &'static str) -> Vec<&'static str> {
    if cell.is_empty() { Vec::new() } else { cell.split('|').collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_heading_are_passed_over() {
        let read: Vec<[&str; 3]> = rows("# source: us\na;b;c\n1; 2\n\nx;y;z\n", ';').collect();
        assert_eq!(read, [["1", " 2", ""], ["x", "y", "z"]]);
        assert_eq!(several("a|b"), ["a", "b"]);
        assert!(several("").is_empty());
    }
}
