//! Lengths that stand in pages of texts with shared beginnings (encoding DELTA_BYTE_ARRAY): the reader asks for room for each
//! text before it looks whether the page holds it. Only pages that are not compressed can be looked at here.

use super::thrift::Walker;

/// What must be known of a column to find the lengths in its pages.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// Whether its pages are as they stand, not compressed.
    pub is_plain: bool,
    /// Whether marks of missing values, and of lists, stand before the values.
    pub has_gaps: bool,
    pub has_lists: bool,
}

impl Texts {
    /// Whether the lengths in a page can be; `levels` is how long the marks before the values are, where the header says so.
    pub fn are_sound(self, page: &[u8], levels: Option<usize>) -> bool {
        if !self.is_plain {
            return true;
        }
        let before = || match levels {
            Some(levels) => page.get(levels..),
            None => {
                [self.has_lists, self.has_gaps].into_iter().filter(|has| *has).try_fold(page, |rest, _| {
                    let length = u32::from_le_bytes(*rest.first_chunk()?);
                    rest.get(4 + length as usize..)
                })
            }
        };
        before().is_some_and(|bytes| {
            let mut walker = Walker { bytes };
            // How much of the text before, and how much of its own, each text has.
            (0..2).all(|_| lengths(&mut walker, page.len() as i64).is_some())
        })
    }
}

/// Passes a list of lengths (DELTA_BINARY_PACKED); nothing where one is more than `most`.
fn lengths(walker: &mut Walker<'_>, most: i64) -> Option<()> {
    /// Lengths in a piece; writers put 32 there.
    const MOST_IN_PIECE: u64 = 1 << 16;
    let (block, pieces, count) = (walker.varint()?, walker.varint()?, walker.varint()?);
    let mut length = walker.number()?;
    let in_piece =
        block.checked_div(pieces).filter(|&size| size > 0 && size <= MOST_IN_PIECE && size % 8 == 0)?;
    let is_sound = |length: i64| (0..=most).contains(&length);
    if count > 0 && !is_sound(length) {
        return None;
    }
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let least = walker.number()?;
        let widths = walker.take(pieces)?;
        for &width in widths {
            if left == 0 {
                break;
            }
            let packed = walker.take(u64::from(width) * in_piece / 8)?;
            for at in 0..in_piece.min(left) {
                let more = bits(packed, at as usize * usize::from(width), width)?;
                length = length.wrapping_add(least).wrapping_add(more as i64);
                if !is_sound(length) {
                    return None;
                }
            }
            left = left.saturating_sub(in_piece);
        }
    }
    Some(())
}

/// A number of so many bits, lowest first.
fn bits(packed: &[u8], from: usize, width: u8) -> Option<u64> {
    if width > 64 {
        return None;
    }
    let bit = |at: usize| u64::from(packed[at / 8] >> (at % 8) & 1);
    Some((0..usize::from(width)).fold(0, |number, at| number | bit(from + at) << at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths 3, 4 and 5, in a block of 128 in four pieces: the least difference is 1, the others take no bits.
    const SOUND: [u8; 10] = [0x80, 0x01, 0x04, 0x03, 0x06, 0x02, 0, 0, 0, 0];

    #[test]
    fn lengths_that_a_page_cannot_hold_are_seen() {
        let plain = Texts { is_plain: true, has_gaps: false, has_lists: false };
        let page = [&SOUND[..], &SOUND, b"abcdefghijkl"].concat();
        assert!(plain.are_sound(&page, None) && plain.are_sound(&page, Some(0)));
        // The first length is 2^40.
        let long = [&SOUND[..4], &[0x80, 0x80, 0x80, 0x80, 0x80, 0x40], &SOUND[5..]].concat();
        for page in [[&long[..], &SOUND].concat(), [&SOUND[..], &long].concat(), SOUND[..6].to_vec()] {
            assert!(!plain.are_sound(&page, None));
            assert!(Texts { is_plain: false, ..plain }.are_sound(&page, None));
        }
        // A difference of 200 in eight bits.
        let wide = [&[0x80, 0x01, 0x04, 0x02, 0x00, 0x00, 8, 0, 0, 0, 200], &[0; 31][..], &SOUND].concat();
        assert!(!plain.are_sound(&wide, None));
        let gaps = Texts { has_gaps: true, ..plain };
        assert!(gaps.are_sound(&[&[2, 0, 0, 0, 6, 1][..], &page].concat(), None));
        assert!(!gaps.are_sound(&[0xFF; 4], None) && !gaps.are_sound(&[], None));
    }
}
