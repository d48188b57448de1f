//! Character patterns: the shape of a value.

use super::{Counted, LISTED};
use crate::table::Column;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Patterns are made from at most this many distinct values, taken evenly over the column: the common shapes show
/// in far fewer, and a column of ten million notes must not cost seconds.
const LOOKED_AT: usize = 20_000;
/// Patterns are cut after this many characters; longer texts have no shape worth telling.
const PATTERN_CHARS: usize = 40;

/// The common patterns of a column.
pub(super) struct Patterns {
    pub counted: Vec<Counted>,
    pub looked_at: u64,
}

/// The most frequent patterns, counted in records.
pub(super) fn most_frequent(cells: &Column, blank: &[u32]) -> Patterns {
    let distinct = cells.distinct();
    let step = distinct.div_ceil(LOOKED_AT).max(1);
    let mut counts: HashMap<String, u64, FixedState> = HashMap::with_hasher(FixedState::with_seed(0));
    let mut looked_at = 0;
    let mut shape = String::new();
    for code in (1..distinct as u32).step_by(step).filter(|code| !blank.contains(code)) {
        shape.clear();
        pattern(cells.value(code), &mut shape);
        let count = u64::from(cells.count(code));
        looked_at += 1;
        match counts.get_mut(&shape) {
            Some(sum) => *sum += count,
            None => {
                counts.insert(shape.clone(), count);
            }
        }
    }
    let mut counted: Vec<Counted> =
        counts.into_iter().map(|(value, count)| Counted { value, count }).collect();
    counted.sort_unstable_by(|left, right| {
        right.count.cmp(&left.count).then_with(|| left.value.cmp(&right.value))
    });
    counted.truncate(LISTED);
    Patterns { counted, looked_at }
}

/// Appends the pattern of a value: upper-case letters `A`, other letters `a`, digits `9`, runs collapsed, the rest as
/// it stands.
fn pattern(value: &str, out: &mut String) {
    let mut last = None;
    let mut length = 0;
    for c in value.trim().chars() {
        let class = match c {
            _ if c.is_uppercase() => 'A',
            _ if c.is_alphabetic() => 'a',
            _ if c.is_numeric() => '9',
            _ if c.is_whitespace() => ' ',
            _ => c,
        };
        if last == Some(class) && matches!(class, 'A' | 'a' | '9' | ' ') {
            continue;
        }
        if length == PATTERN_CHARS {
            out.push('…');
            return;
        }
        out.push(class);
        last = Some(class);
        length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> String {
        let mut out = String::new();
        pattern(value, &mut out);
        out
    }

    #[test]
    fn runs_of_a_class_collapse() {
        assert_eq!(of("+31 (0)10-412 34 56"), "+9 (9)9-9 9 9");
        assert_eq!(of("3011 AB"), "9 A");
        assert_eq!(of("Zoë O'Brien"), "Aa A'Aa");
        assert_eq!(of("  J.P.  Vries "), "A.A. Aa");
        assert_eq!(of("..."), "...");
    }

    #[test]
    fn long_patterns_are_cut() {
        assert_eq!(of(&"a1".repeat(100)).chars().count(), PATTERN_CHARS + 1);
    }

    #[test]
    fn patterns_count_records_not_values() {
        let cells = Column::from_values(["ab", "cd", "1", "ab", "", "X"]);
        let patterns = most_frequent(&cells, &[]);
        assert_eq!(patterns.looked_at, 4);
        assert_eq!(patterns.counted[0], Counted { value: "a".into(), count: 3 });
        assert_eq!(patterns.counted[1], Counted { value: "9".into(), count: 1 });
    }
}
