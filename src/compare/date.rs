//! Days: birth dates and other dates.

use super::strings::osa_within;
use crate::table::{Column, MISSING};

const DIFFERENT: u8 = 1;
const SAME_YEAR: u8 = 2;
const NEAR: u8 = 3;
const EXACT_VAGUE: u8 = 4;
const EXACT: u8 = 5;

/// Level of two dates written `YYYY-MM-DD`, or `YYYY` where only the year is known.
pub fn level(column: &Column, left: u32, right: u32) -> u8 {
    if left == MISSING || right == MISSING {
        return 0;
    }
    let (a, b) = (column.value(left), column.value(right));
    if left == right {
        // Systems write 1 January when they know the year only.
        return if a.len() < 10 || a.ends_with("-01-01") { EXACT_VAGUE } else { EXACT };
    }
    differing(a, b)
}

fn differing(a: &str, b: &str) -> u8 {
    let (Some(year_a), Some(year_b)) = (a.get(..4), b.get(..4)) else {
        return DIFFERENT;
    };
    if a.len() == 10 && b.len() == 10 {
        let flipped = year_a == year_b && a.get(5..7) == b.get(8..10) && a.get(8..10) == b.get(5..7);
        if flipped || osa_within(a, b, 1).is_some() {
            return NEAR;
        }
    }
    if year_a == year_b { SAME_YEAR } else { DIFFERENT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_flips_are_near() {
        assert_eq!(differing("1984-08-11", "1984-11-08"), NEAR);
        assert_eq!(differing("1984-08-11", "1984-08-12"), NEAR);
        assert_eq!(differing("1984-08-11", "1948-08-11"), NEAR);
        assert_eq!(differing("1984-08-11", "1984"), SAME_YEAR);
        assert_eq!(differing("1984-08-11", "1990-01-30"), DIFFERENT);
    }
}
