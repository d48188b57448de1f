//! How common words and shapes are in each field of the whole data set: what stands there often is rarely a typo.

use super::kin::{Likeness, likeness};
use crate::map::Dataset;
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// One field's words (or shapes) with the number of records that hold each.
type Pool = HashMap<u64, u32, FixedState>;

/// Counts of words and shapes, by field.
pub(super) struct Corpus {
    pools: Vec<Pool>,
    likeness: Vec<Likeness>,
}

impl Corpus {
    /// Counts over all records, once per distinct value.
    pub fn of(data: &Dataset) -> Self {
        let likeness: Vec<Likeness> = data.fields.iter().map(likeness).collect();
        let pools = likeness
            .par_iter()
            .enumerate()
            .map(|(position, likeness)| pool(data, position, *likeness))
            .collect();
        Self { pools, likeness }
    }

    /// How common the words (or the shape) of a value in the field at a position are, in thousandths of doublings:
    /// the mean over its words of log2(1 + records), not counting `own` records.
    ///
    /// The mean, not the rarest word: `abbott estreet` loses to `abbott street` though no other Abbott is known.
    pub fn commonness(&self, position: usize, raw: &str, own: u32) -> i64 {
        let pool = &self.pools[position];
        let (mut sum, mut marks) = (0, 0);
        each_mark(raw, self.likeness[position], |mark| {
            sum += milli_log2(pool.get(&mark).copied().unwrap_or(0).saturating_sub(own));
            marks += 1;
        });
        if marks == 0 { 0 } else { sum / marks }
    }
}

fn pool(data: &Dataset, position: usize, likeness: Likeness) -> Pool {
    let mut counts = Pool::with_hasher(FixedState::with_seed(0xc0));
    for (table, columns) in data.tables.iter().zip(&data.columns) {
        let Some(column) = columns[position] else { continue };
        let cells = &table.columns[column].cells;
        for (code, value) in cells.values().iter().enumerate() {
            let records = cells.count(code as u32);
            each_mark(value, likeness, |mark| *counts.entry(mark).or_insert(0) += records);
        }
    }
    // What stands there once says nothing that its absence would not.
    counts.retain(|_, count| *count > 1);
    counts.shrink_to_fit();
    counts
}

/// Calls `take` with a hash of each word of a text, of a mail address's domain, or of the shape of a code; of nothing
/// for other kinds.
fn each_mark(raw: &str, likeness: Likeness, mut take: impl FnMut(u64)) {
    let hasher = FixedState::with_seed(0x3a);
    let mut mark = Vec::with_capacity(32);
    match likeness {
        Likeness::Words | Likeness::Names => {
            let lower = |c: char, mark: &mut Vec<u8>| {
                let mut utf8 = [0; 4];
                c.to_lowercase().for_each(|c| mark.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes()));
            };
            for word in raw.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                mark.clear();
                word.chars().for_each(|c| lower(c, &mut mark));
                take(hasher.hash_one(&mark[..]));
            }
        }
        // What stands before the `@` is the owner's own; a misspelt domain is rare.
        Likeness::Email => {
            if let Some((_, domain)) = raw.trim().rsplit_once('@') {
                mark.extend(domain.bytes().map(|byte| byte.to_ascii_lowercase()));
                take(hasher.hash_one(&mark[..]));
            }
        }
        Likeness::Code => {
            for c in raw.chars().filter(|c| c.is_alphanumeric()) {
                mark.push(if c.is_numeric() { b'9' } else { b'A' });
            }
            if !mark.is_empty() {
                take(hasher.hash_one(&mark[..]));
            }
        }
        _ => {}
    }
}

/// Thousandths of log2(1 + n), by straight lines between powers of two, so that every machine gets the same.
pub(super) fn milli_log2(n: u32) -> i64 {
    let n = i64::from(n) + 1;
    let whole = n.ilog2();
    let power = 1i64 << whole;
    i64::from(whole) * 1000 + (n - power) * 1000 / power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survive::fixture::dataset;

    #[test]
    fn words_seen_elsewhere_make_a_value_common() {
        let rows: &[&[&str]] =
            &[&["1", "Park Lane"], &["2", "Park Road"], &["3", "Park Raod"], &["4", "Elm Road"]];
        let corpus = Corpus::of(&dataset(&[("crm", &["id", "street"], rows)]));
        assert_eq!(corpus.commonness(0, "PARK ROAD", 1), (milli_log2(2) + milli_log2(1)) / 2);
        assert_eq!(corpus.commonness(0, "Park Raod", 1), milli_log2(2) / 2);
        assert_eq!(corpus.commonness(0, "", 1), 0);
    }

    #[test]
    fn codes_count_by_shape() {
        let rows: &[&[&str]] = &[&["1", "3011 AB"], &["2", "3012CD"], &["3", "301 2AB"], &["4", "30"]];
        let corpus = Corpus::of(&dataset(&[("crm", &["id", "postcode"], rows)]));
        assert_eq!(corpus.commonness(0, "9999ZZ", 1), milli_log2(2));
        assert_eq!(corpus.commonness(0, "30", 1), 0);
    }

    #[test]
    fn logarithms_are_whole_numbers() {
        assert_eq!([0, 1, 2, 3, 7].map(milli_log2), [0, 1000, 1500, 2000, 3000]);
    }
}
