//! Words of personal names: taking a cell apart, and what the tables say of single words.

use super::table;
use super::text::{fold_into, repair};
use std::sync::OnceLock;

/// A word of a name with what stood before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// A hyphen joins it to the word before.
    pub hyphen: bool,
    /// Stands behind a comma: which comma.
    pub comma: u8,
    /// Stands in quotes or brackets: a nickname.
    pub aside: bool,
    /// A dot follows: an initial, or something short.
    pub dot: bool,
}

/// The folded words of one cell: blanks between, marks kept beside.
#[derive(Default)]
pub(super) struct Words {
    pub text: String,
    marks: Vec<(bool, u8, bool, bool)>,
    /// Whether a comma stands in the cell.
    pub has_comma: bool,
}

impl Words {
    /// The words of a cell.
    pub fn of(raw: &str) -> Self {
        let mut words = Self::default();
        if raw.is_empty() {
            return words;
        }
        let raw = repair(raw);
        let (mut piece, mut hyphen, mut comma, mut aside) = (String::new(), false, 0u8, false);
        let mut before = ' ';
        for c in raw.chars() {
            let mut next = (false, comma, aside);
            match c {
                '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{b4}'
                    if before.is_alphabetic() || before == ' ' =>
                {
                    // Joins: `O'Brien`, `'t`.
                    before = c;
                    continue;
                }
                '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' => next.0 = before != ' ',
                ',' => next.1 = comma.saturating_add(1),
                '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' => next.2 = !aside,
                '(' | '[' => next.2 = true,
                ')' | ']' => next.2 = false,
                c if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) => {
                    piece.push(c);
                    before = c;
                    continue;
                }
                _ => {}
            }
            words.push(&mut piece, (hyphen, comma, aside, c == '.'));
            (hyphen, comma, aside) = next;
            before = if c.is_whitespace() { ' ' } else { c };
        }
        words.push(&mut piece, (hyphen, comma, aside, false));
        words.has_comma = words.marks.iter().any(|mark| mark.1 > 0);
        words
    }

    fn push(&mut self, piece: &mut String, mark: (bool, u8, bool, bool)) {
        if !piece.is_empty() {
            let length = self.text.len();
            fold_into(piece, &mut self.text);
            let added = self.text[length..].split_ascii_whitespace().count();
            self.marks.extend(std::iter::repeat_n(mark, added));
            piece.clear();
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// All words in order.
    pub fn all(&self) -> Vec<Word<'_>> {
        self.text
            .split_ascii_whitespace()
            .zip(&self.marks)
            .map(|(text, &(hyphen, comma, aside, dot))| Word { text, hyphen, comma, aside, dot })
            .collect()
    }
}

/// Titles by where they stand.
pub(super) struct Titles {
    pub lead: table::Words,
    pub trail: table::Words,
    longest: usize,
}

/// What `tables/titles.csv` says.
pub(super) fn titles() -> &'static Titles {
    static TITLES: OnceLock<Titles> = OnceLock::new();
    TITLES.get_or_init(|| {
        let mut titles = Titles { lead: table::Words::default(), trail: table::Words::default(), longest: 1 };
        for [word, place] in table::rows(include_str!("tables/titles.csv")) {
            if place != "trail" {
                titles.lead.insert(word);
                titles.longest = titles.longest.max(word.split(' ').count());
            }
            if place != "lead" {
                titles.trail.insert(word);
            }
        }
        titles
    })
}

/// How many words before a name are titles; at least one word stays.
pub(super) fn leading_titles(words: &[Word<'_>]) -> usize {
    let titles = titles();
    let mut at = 0;
    'more: while at + 1 < words.len() {
        let most = titles.longest.min(words.len() - 1 - at);
        for length in (1..=most).rev() {
            let found = if length == 1 {
                titles.lead.contains(words[at].text)
            } else {
                let phrase: Vec<&str> = words[at..at + length].iter().map(|word| word.text).collect();
                titles.lead.contains(phrase.join(" ").as_str())
            };
            if found {
                at += length;
                continue 'more;
            }
        }
        break;
    }
    at
}

/// Whether a folded word is a particle before family names (`van`, `de`, `von`).
pub fn is_particle(word: &str) -> bool {
    static PARTICLES: OnceLock<table::Words> = OnceLock::new();
    PARTICLES
        .get_or_init(|| table::rows(include_str!("tables/particles.csv")).map(|[word]| word).collect())
        .contains(word)
}

/// The generation mark a folded word stands for.
pub(super) fn generation(word: &str) -> Option<&'static str> {
    static MARKS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    MARKS
        .get_or_init(|| {
            table::rows(include_str!("tables/generations.csv")).map(|[word, mark]| (word, mark)).collect()
        })
        .get(word)
        .copied()
}
