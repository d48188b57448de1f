//! Work done once a key: the keys of a column's cells, the texts made of them side by side, and the code that each text got
//! in the column that is being built.

use super::chunk::Iso;
use crate::table::{Arena, Column, ColumnBuilder, MISSING};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;

/// No key, or no code yet.
pub(super) const NONE: u32 = u32::MAX;

/// Keys that one thread takes at a time.
const BLOCK: usize = 2048;

/// Pairs of two numbers, each with a number of its own in order of first appearance.
#[derive(Default)]
pub(super) struct Pairs {
    pairs: Vec<(u32, u32)>,
    /// By first number: the second one it came with first, and the pair's number. Most come with one only.
    first: Vec<(u32, u32)>,
    others: HashMap<(u32, u32), u32, FixedState>,
}

impl Pairs {
    /// The pair's number, a new one when it was not seen before.
    pub fn number(&mut self, one: u32, other: u32) -> u32 {
        let at = one as usize;
        if at >= self.first.len() {
            self.first.resize(at + 1, (0, NONE));
        }
        let next = self.pairs.len() as u32;
        let number = match &mut self.first[at] {
            (_, number @ NONE) => {
                *number = next;
                self.first[at].0 = other;
                next
            }
            (same, number) if *same == other => *number,
            _ => *self.others.entry((one, other)).or_insert(next),
        };
        if number == next {
            self.pairs.push((one, other));
        }
        number
    }

    /// The pairs by their numbers.
    pub fn all(&self) -> &[(u32, u32)] {
        &self.pairs
    }
}

/// What each cell of a column is read as: its value, in its row's country.
pub(super) struct Keys {
    pairs: Pairs,
    /// By row; [`NONE`] for an empty cell.
    pub of_row: Vec<u32>,
}

impl Keys {
    /// The keys of a column.
    pub fn of(cells: &Column, countries: &[Iso]) -> Self {
        let mut pairs = Pairs::default();
        let rows = countries.iter().enumerate();
        let of_row = rows
            .map(|(row, iso)| match cells.code(row as u32) {
                MISSING => NONE,
                code => pairs.number(code, u32::from(u16::from_le_bytes(*iso))),
            })
            .collect();
        Self { pairs, of_row }
    }

    /// What `make` makes of each value and country.
    pub fn texts<const N: usize>(
        &self,
        cells: &Column,
        make: impl Fn(&str, Iso) -> [String; N] + Sync,
    ) -> Texts<N> {
        let pairs = self.pairs.all();
        Texts::of(pairs.len(), |key| {
            let (code, iso) = pairs[key];
            make(cells.value(code), (iso as u16).to_le_bytes())
        })
    }
}

/// `N` texts for each key.
pub(super) struct Texts<const N: usize>(Vec<[Arena; N]>);

impl<const N: usize> Texts<N> {
    /// Makes the texts of all keys, side by side.
    pub fn of(keys: usize, make: impl Fn(usize) -> [String; N] + Sync) -> Self {
        let blocks = (0..keys.div_ceil(BLOCK)).into_par_iter().map(|block| {
            let mut texts = [(); N].map(|()| Arena::new());
            for key in block * BLOCK..keys.min((block + 1) * BLOCK) {
                for (to, text) in texts.iter_mut().zip(make(key)) {
                    to.push(&text);
                }
            }
            texts.iter_mut().for_each(Arena::shrink_to_fit);
            texts
        });
        Self(blocks.collect())
    }

    /// A text of a key.
    #[inline]
    pub fn get(&self, key: u32, which: usize) -> &str {
        let key = key as usize;
        self.0[key / BLOCK][which].get((key % BLOCK) as u32)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * BLOCK + last[0].len())
    }
}

/// The codes that the texts of keys got in one column.
pub(super) struct Codes(Vec<u32>);

impl Codes {
    /// None yet.
    pub fn new(keys: usize) -> Self {
        Self(vec![NONE; keys])
    }

    /// A key's code; its text is looked up the first time.
    #[inline]
    pub fn get<'t>(&mut self, key: u32, builder: &mut ColumnBuilder, text: impl FnOnce() -> &'t str) -> u32 {
        let code = &mut self.0[key as usize];
        if *code == NONE {
            *code = builder.intern(text());
        }
        *code
    }
}

/// Adds a column's rows, each read as `make` says.
pub(super) fn push_made(
    builder: &mut ColumnBuilder,
    cells: &Column,
    countries: &[Iso],
    make: impl Fn(&str, Iso) -> String + Sync,
) {
    let keys = Keys::of(cells, countries);
    let made = keys.texts(cells, |raw, iso| [make(raw, iso)]);
    let mut codes = Codes::new(made.len());
    for &key in &keys.of_row {
        let code = if key == NONE { MISSING } else { codes.get(key, builder, || made.get(key, 0)) };
        builder.push_code(code);
    }
}

/// Adds a column's rows, each read as `make` says, whatever its country.
pub(super) fn push_plain(
    builder: &mut ColumnBuilder,
    cells: &Column,
    rows: u32,
    make: impl Fn(&str) -> String + Sync,
) {
    let made = Texts::of(cells.distinct(), |code| [make(cells.value(code as u32))]);
    let mut codes = Codes::new(made.len());
    for row in 0..rows {
        let code = match cells.code(row) {
            MISSING => MISSING,
            code => codes.get(code, builder, || made.get(code, 0)),
        };
        builder.push_code(code);
    }
}

/// Adds rows without a value.
pub(super) fn push_missing(builder: &mut ColumnBuilder, rows: usize) {
    for _ in 0..rows {
        builder.push_code(MISSING);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_once_for_each_country() {
        let cells = Column::from_values(["a", "a", "b", "", "a"]);
        let countries = [*b"NL", *b"BE", *b"NL", *b"NL", *b"NL"];
        let keys = Keys::of(&cells, &countries);
        assert_eq!(keys.of_row, [0, 1, 2, NONE, 0]);
        let read = |raw: &str, iso: Iso| format!("{raw}{}", char::from(iso[0]));
        assert_eq!(keys.texts(&cells, |raw, iso| [read(raw, iso)]).len(), 3);
        let mut builder = ColumnBuilder::new();
        push_made(&mut builder, &cells, &countries, read);
        push_plain(&mut builder, &cells, 5, str::to_uppercase);
        push_missing(&mut builder, 1);
        let expected = ["aN", "aB", "bN", "", "aN", "A", "A", "B", "", "A", ""];
        assert_eq!(builder.finish(), Column::from_values(expected));
    }

    #[test]
    fn texts_are_found_again_over_blocks() {
        let texts = Texts::of(BLOCK * 2 + 3, |key| [key.to_string(), String::new()]);
        assert_eq!(texts.len(), BLOCK * 2 + 3);
        assert!((0..texts.len() as u32).all(|key| texts.get(key, 0) == key.to_string()));
        assert_eq!(Texts::<1>::of(0, |_| [String::new()]).len(), 0);
    }
}
