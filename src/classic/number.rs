//! The order of contact numbers: digits by value, all else by letters.

use std::cmp::Ordering;

/// Compares two numbers of contacts: `9` before `10`, `CT-9` before `CT-10`, `CT-09` before `CT-9`.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.as_bytes(), other.as_bytes());
    loop {
        let (Some(&l), Some(&r)) = (left.first(), right.first()) else {
            // What is equal by value, such as 7 and 007, is ordered as text.
            return left.len().cmp(&right.len()).then_with(|| one.cmp(other));
        };
        if l.is_ascii_digit() && r.is_ascii_digit() {
            let (digits, more) = digits(left);
            let (others, rest) = self::digits(right);
            let by_value = digits.len().cmp(&others.len()).then_with(|| digits.cmp(others));
            if by_value != Ordering::Equal {
                return by_value;
            }
            (left, right) = (more, rest);
        } else if l == r {
            (left, right) = (&left[1..], &right[1..]);
        } else {
            return l.cmp(&r);
        }
    }
}

/// The digits at the beginning without leading zeros, and what follows them.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let zeros = text[..end].iter().position(|byte| *byte != b'0').unwrap_or(end);
    (&text[zeros..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_count_by_value() {
        let mut numbers = ["CT000010", "10", "9", "CT-10", "CT-9", "a:2", "a:10", "007", "7", "CT000009", ""];
        numbers.sort_by(|a, b| compare(a, b));
        assert_eq!(
            numbers,
            ["", "007", "7", "9", "10", "CT-9", "CT-10", "CT000009", "CT000010", "a:2", "a:10"]
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[0-3a-]{0,6}", b in "[0-3a-]{0,6}", c in "[0-3a-]{0,6}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &b) == Ordering::Equal, a == b);
            if compare(&a, &b) != Ordering::Greater && compare(&b, &c) != Ordering::Greater {
                prop_assert_ne!(compare(&a, &c), Ordering::Greater);
            }
        }
    }
}
