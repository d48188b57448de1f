//! Numbers that belong to one entity: VAT, national ids and the like.

use super::reach::Sharers;
use super::strings::osa_within;
use crate::table::{Column, MISSING};

/// Level of two identifiers: different, one slip apart, exact but shared by several names, exact.
pub fn level(column: &Column, sharers: &Sharers, left: u32, right: u32, aliases: u32) -> u8 {
    if left == MISSING || right == MISSING {
        return 0;
    }
    if left == right {
        return if sharers.count(left) > 1 + aliases { 3 } else { 4 };
    }
    let (a, b) = (column.value(left), column.value(right));
    if a.len().min(b.len()) >= 5 && osa_within(a, b, 1).is_some() { 2 } else { 1 }
}
