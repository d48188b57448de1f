//! The words of a name as written, each with its folded form and what stood before it.

use super::super::name_words::{generation, titles};
use super::super::text::fold;
use super::super::{name, table};
use super::case::{is_apostrophe, tidy};
use std::sync::OnceLock;

/// A word of a name as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub raw: String,
    pub folded: String,
    /// How many commas stood before it.
    pub comma: u8,
    /// Stands in quotes or brackets.
    pub aside: bool,
}

impl Token {
    fn new(raw: &str, comma: u8, aside: bool) -> Option<Self> {
        let raw = raw.trim_matches(|c: char| matches!(c, ';' | ':' | '_' | '*' | '/' | '\\'));
        raw.chars().any(char::is_alphanumeric).then(|| Self {
            folded: fold_word(raw),
            raw: raw.to_string(),
            comma,
            aside,
        })
    }

    /// Single letters only: `J.`, `J.P.`, `J`.
    pub fn is_initial(&self) -> bool {
        let letters = self.raw.chars().filter(|c| c.is_alphabetic()).count();
        let dots = self.raw.chars().filter(|c| *c == '.').count();
        letters == 1
            || (dots >= letters
                && letters > 0
                && self.raw.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-')))
    }

    /// The part behind the last hyphen is a particle: `Jansen-de`.
    pub fn ends_in_particle(&self) -> bool {
        self.raw
            .rsplit_once('-')
            .is_some_and(|(before, last)| !before.is_empty() && name::is_particle(&fold(last)))
    }
}

/// Folded letters of one word, apostrophes and dots joined: `'t` → `t`, `d.` → `d`.
fn fold_word(raw: &str) -> String {
    let bare: String = raw.chars().filter(|c| !is_apostrophe(*c)).collect();
    fold(&bare)
}

/// The words of a cell.
pub(super) fn tokens(raw: &str) -> Vec<Token> {
    let text = tidy(raw).replace(" - ", "-").replace(" \u{2013} ", "-");
    let mut out = Vec::new();
    let (mut piece, mut comma, mut aside) = (String::new(), 0u8, false);
    let mut flush = |piece: &mut String, comma: u8, aside: bool| {
        for part in split_glued(piece) {
            out.extend(Token::new(part, comma, aside));
        }
        piece.clear();
    };
    for c in text.chars() {
        match c {
            ' ' => flush(&mut piece, comma, aside),
            ',' => {
                flush(&mut piece, comma, aside);
                comma = comma.saturating_add(1);
            }
            '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => {
                flush(&mut piece, comma, aside);
                aside = !aside;
            }
            '(' | '[' | '{' => {
                flush(&mut piece, comma, aside);
                aside = true;
            }
            ')' | ']' | '}' => {
                flush(&mut piece, comma, aside);
                aside = false;
            }
            c => piece.push(c),
        }
    }
    flush(&mut piece, comma, aside);
    join_hyphens(quoted(out))
}

/// `J.P.van` and `Dr.Jan` are two words each, `M.Sc.` and `Ph.D` one.
fn split_glued(piece: &str) -> Vec<&str> {
    let whole = fold(piece);
    let compact: String = whole.chars().filter(|c| *c != ' ').collect();
    if !piece.contains('.')
        || titles().trail.contains(compact.as_str())
        || titles().lead.contains(whole.as_str())
    {
        return vec![piece];
    }
    for (at, _) in piece.match_indices('.') {
        let after = &piece[at + 1..];
        let run = after.chars().take_while(|c| c.is_alphabetic() || is_apostrophe(*c)).count();
        let before = fold(&piece[..at]);
        let is_title = titles().lead.contains(before.as_str());
        let initials = before.split(' ').all(|word| word.len() == 1);
        if run >= 2 && (is_title || initials) {
            let mut parts = vec![&piece[..=at]];
            parts.extend(split_glued(after));
            return parts;
        }
    }
    vec![piece]
}

/// A word in single quotes is a nickname: `William 'Bill' Gates`.
fn quoted(mut tokens: Vec<Token>) -> Vec<Token> {
    for token in &mut tokens {
        let inner = token.raw.strip_prefix(is_apostrophe).and_then(|rest| rest.strip_suffix(is_apostrophe));
        if let Some(inner) = inner.filter(|inner| inner.chars().count() >= 2) {
            token.raw = inner.to_string();
            token.aside = true;
        }
    }
    tokens
}

/// `de Vries - Jansen` is `de Vries-Jansen`; `Jansen- de Vries` is `Jansen-de Vries`.
fn join_hyphens(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match out.last_mut() {
            Some(last)
                if last.raw.ends_with('-') && last.comma == token.comma && last.aside == token.aside =>
            {
                last.raw.push_str(&token.raw);
                last.folded = fold_word(&last.raw);
            }
            _ => out.push(token),
        }
    }
    for token in &mut out {
        if token.raw.ends_with('-') {
            token.raw.pop();
        }
    }
    out
}

/// What `tables/name_joints.csv` says of a folded word.
pub(super) fn joint(word: &str) -> Option<&'static str> {
    static JOINTS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    JOINTS
        .get_or_init(|| {
            table::rows(include_str!("../tables/name_joints.csv")).map(|[word, kind]| (word, kind)).collect()
        })
        .get(word)
        .copied()
}

/// Whether the word at a place begins particles: the word itself, or a weak one before another particle.
pub(super) fn is_particle_at(tokens: &[Token], at: usize) -> bool {
    let word = tokens[at].folded.as_str();
    let next = tokens.get(at + 1).map_or("", |token| token.folded.as_str());
    match joint(word) {
        // `'t`, `d'` and `de` are particles; `T`, `D.` are initials.
        Some("initial") => tokens[at].raw.contains(is_apostrophe),
        Some("weak") => (name::is_particle(next) && joint(next) != Some("weak")) || next == "t",
        Some("tribe") => tokens[at].raw.chars().count() >= 2,
        Some(_) => false,
        None => name::is_particle(word),
    }
}

/// Words taken off a name's beginning and end.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub greeting: Vec<Token>,
    pub titles: Vec<Token>,
    pub suffix: Vec<Token>,
}

impl Marks {
    /// Takes forms of address, titles, degrees and generation marks off every comma-separated part of a name.
    pub fn take(&mut self, tokens: &mut Vec<Token>) {
        let last_comma = tokens.last().map_or(0, |token| token.comma);
        for comma in 0..=last_comma {
            let start = tokens.iter().position(|token| token.comma == comma);
            let Some(start) = start else { continue };
            self.lead(tokens, start, comma);
        }
        for comma in (0..=last_comma).rev() {
            while let Some(end) = tokens.iter().rposition(|token| token.comma == comma) {
                let inside = tokens.iter().filter(|token| token.comma == comma).count();
                let rest = tokens.len() - inside;
                // A part of its own behind a comma may be all degrees; else a name stays.
                if (inside == 1 && (comma == 0 || rest == 0)) || !is_suffix(&tokens[end], comma > 0) {
                    break;
                }
                self.suffix.insert(0, tokens.remove(end));
            }
        }
    }

    fn lead(&mut self, tokens: &mut Vec<Token>, start: usize, comma: u8) {
        loop {
            let inside = tokens[start..].iter().take_while(|token| token.comma == comma).count();
            // At least one word stays, here or in another part.
            let most = if tokens.len() > inside { inside } else { inside.saturating_sub(1) };
            let connects =
                matches!(
                    tokens.get(start).map(|token| token.folded.as_str()),
                    Some("en" | "and" | "und" | "et" | "i" | "y" | "e")
                ) || tokens.get(start).is_some_and(|token| matches!(token.raw.as_str(), "&" | "+"));
            if connects
                && most >= 2
                && !self.greeting.is_empty()
                && title(&tokens[start + 1..start + 2]).is_some()
            {
                self.greeting.push(tokens.remove(start));
                continue;
            }
            let found = (1..=most.min(LONGEST_TITLE))
                .rev()
                .find_map(|length| title(&tokens[start..start + length]).map(|kind| (length, kind)));
            let Some((length, kind)) = found else { return };
            // One letter and no dot is an initial, not a title (`H C` of honoris causa is two).
            let taken: Vec<Token> = tokens.drain(start..start + length).collect();
            match kind {
                "greeting" => self.greeting.extend(taken),
                "title" => self.titles.extend(taken),
                _ => {}
            }
            if tokens.get(start).is_none_or(|token| token.comma != comma) {
                return;
            }
        }
    }
}

/// Words of the longest title (`dipl ing`, `rer nat`, `t a v`).
const LONGEST_TITLE: usize = 3;

/// The kind of title that words are.
fn title(tokens: &[Token]) -> Option<&'static str> {
    static KINDS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| {
        table::rows(include_str!("../tables/titles.csv"))
            .filter(|[_, place, _, _]| *place != "trail")
            .map(|[word, _, kind, _]| (word, kind))
            .collect()
    });
    let phrase = tokens.iter().map(|token| token.folded.as_str()).collect::<Vec<_>>().join(" ");
    kinds.get(phrase.as_str()).copied()
}

/// Whether a word behind a name is a degree or generation mark; behind a comma single-letter doubts do not arise.
fn is_suffix(token: &Token, after_comma: bool) -> bool {
    let compact: String = token.folded.chars().filter(|c| *c != ' ').collect();
    // Short words that are also names or initials need capitals or dots (`MD`, `Rn`).
    let shouted = token.raw.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    generation(&compact).is_some()
        || titles().trail.contains(token.folded.as_str()) && (shouted || after_comma || compact.len() > 2)
        || titles().trail.contains(compact.as_str()) && token.raw.contains('.')
}

/// A title or suffix as it should be written: as it stands, its case mended.
pub(super) fn written(token: &Token) -> String {
    static SHOWN: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    let shown = SHOWN.get_or_init(|| {
        let titles = table::rows(include_str!("../tables/titles.csv"));
        titles.filter(|[_, _, _, shown]| !shown.is_empty()).map(|[word, _, _, shown]| (word, shown)).collect()
    });
    let raw = token.raw.as_str();
    if let Some(mark) = generation(&token.folded).filter(|mark| mark.starts_with('i')) {
        let shouted = mark.to_uppercase();
        return if fold(raw) == mark { shouted } else { raw.to_string() };
    }
    if matches!(token.folded.as_str(), "en" | "and" | "und" | "et" | "i" | "y" | "e") {
        return raw.to_lowercase();
    }
    let writing = super::case::writing(raw);
    match shown.get(token.folded.as_str()) {
        // Dots as they stand.
        Some(form) if writing != super::case::Writing::Mixed => {
            if raw.ends_with('.') == form.ends_with('.') {
                (*form).to_string()
            } else if raw.ends_with('.')
                && !form.chars().any(|c| c == '.')
                && !raw.trim_end_matches('.').contains('.')
            {
                format!("{form}.")
            } else {
                form.trim_end_matches('.').to_string()
            }
        }
        Some(_) => raw.to_string(),
        None if raw.contains('.') && token.folded.contains(' ') => raw.to_string(),
        // Dutch academic titles are written small.
        None if writing == super::case::Writing::Small
            && title(std::slice::from_ref(token)) == Some("title") =>
        {
            raw.to_string()
        }
        None if writing != super::case::Writing::Mixed => super::case::proper(raw, ""),
        None => raw.to_string(),
    }
}
