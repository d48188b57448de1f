//! Reading the data files in `tables/`: comma-separated, `#` comments, first line that is no comment is the heading.

use foldhash::fast::FixedState;
use std::collections::{HashMap, HashSet};

/// What a data file says of each of its words; looked up in hot loops, never iterated.
pub type Lookup<V> = HashMap<&'static str, V, FixedState>;

/// The words of a data file.
pub type Words = HashSet<&'static str, FixedState>;

/// The rows of a data file, each with `N` trimmed cells (missing cells are empty).
///
/// Cells hold no commas and no quotes: several values in a cell are separated by `|`.
pub fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).skip(1).map(|line| {
        let mut cells = [""; N];
        for (cell, value) in cells.iter_mut().zip(line.split(',')) {
            *cell = value.trim();
        }
        cells
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_heading_are_passed_over() {
        let read: Vec<[&str; 3]> = rows("# source: us\na,b,c\n1, 2\n\nx,y,z\n").collect();
        assert_eq!(read, [["1", "2", ""], ["x", "y", "z"]]);
    }
}
