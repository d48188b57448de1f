//! Reading the data files in the `tables/` of stages: `#` comments, the first line that is no comment is the heading.

/// The rows of a data file, each with `N` trimmed cells (missing cells are empty). Cells are never quoted and never hold
/// the separator.
pub(crate) fn rows<const N: usize>(
    text: &'static str,
    separator: char,
) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).skip(1).map(move |line| {
        let mut cells = [""; N];
        for (cell, value) in cells.iter_mut().zip(line.splitn(N, separator)) {
            *cell = value.trim();
        }
        cells
    })
}
