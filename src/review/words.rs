//! The words that a person may write.

/// The words of the column `decision`, for messages.
pub const DECISIONS: &str =
    "`merge` (or `approve`), `reject` (or `keep_apart`), `hold`, `out`, `group:1`, `group:2` …, or nothing";

/// The words of the column `decision` with what they mean, in the order in which a list shows them.
pub const MEANINGS: [(&str, &str); 8] = [
    ("merge", "The records of the proposal are one: merge them. Say it in one row of a proposal."),
    ("approve", "As merge; where another person decided to merge before, you approve of it."),
    ("reject", "They are not one: keep all of them apart."),
    ("hold", "Decide later; say why in the column comment."),
    ("out", "The record of this row is not one with the others; say merge in a row of the others."),
    ("group:1", "Split the proposal: the records of group:1 are one ..."),
    ("group:2", "... and those of group:2; every row needs a group, or out. Up to group:9999."),
    ("group:3", "A third group."),
];

/// Groups that one proposal may be split into.
const MOST_GROUPS: u32 = 9_999;

/// One cell of the column `decision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing: the lane decides, or another row of the proposal does.
    Nothing,
    /// Merge the proposal.
    Merge,
    /// Keep its members apart.
    Reject,
    /// Decide later.
    Hold,
    /// This member is not one with the others.
    Out,
    /// This member is one with those of the same number.
    Group(u32),
}

impl Word {
    /// Reads a cell; case and blanks around do not matter.
    pub fn read(cell: &str) -> Option<Self> {
        let word = cell.trim().to_ascii_lowercase();
        Some(match word.as_str() {
            "" => Self::Nothing,
            "merge" | "approve" => Self::Merge,
            "reject" | "keep_apart" => Self::Reject,
            "hold" => Self::Hold,
            "out" => Self::Out,
            other => {
                let number = other.strip_prefix("group:")?.trim();
                if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
                    return None;
                }
                Self::Group(number.parse().ok().filter(|number| (1..=MOST_GROUPS).contains(number))?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_people_write_them() {
        for (cell, word) in [
            ("", Word::Nothing),
            ("  ", Word::Nothing),
            ("Merge", Word::Merge),
            ("approve ", Word::Merge),
            ("REJECT", Word::Reject),
            ("keep_apart", Word::Reject),
            ("hold", Word::Hold),
            ("out", Word::Out),
            ("group:1", Word::Group(1)),
            ("Group: 12", Word::Group(12)),
        ] {
            assert_eq!(Word::read(cell), Some(word), "{cell}");
        }
        for cell in [
            "mrege",
            "group",
            "group:",
            "group:0",
            "group:a",
            "group:-1",
            "group:+1",
            "group:10000",
            "yes",
            "auto",
        ] {
            assert_eq!(Word::read(cell), None, "{cell}");
        }
    }
}
