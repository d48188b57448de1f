//! Names of persons as people want to read them: parts in their places, in proper case.

use super::super::name::has_two_family_names;
use super::super::text::fold;
use super::super::{junk, nickname};
use super::case::{self, Writing};
use super::full_name::{family_first, join_patronymic, leading_particles, shouted_family, split_full};
use super::words::{Marks, Token, is_particle_at, joint, tokens, written};

/// A person's name taken apart, as it should be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonShown {
    /// Form of address: `Dhr.`, `Mrs`.
    pub salutation: String,
    /// Academic and noble titles: `Prof. Dr.`.
    pub title: String,
    /// First given name, or initials; all given names where middle names are not known.
    pub first: String,
    /// Further given names.
    pub middle: String,
    /// Particles before the family name: `van den`.
    pub prefix: String,
    /// Family name without particles before it.
    pub last: String,
    /// Generation marks and degrees, joined by `;`.
    pub suffix: String,
    /// Call name in quotes or brackets.
    pub nickname: String,
    /// Name at birth, where the name says so (`geb. Müller`).
    pub maiden: String,
    /// In its country the family name stands first.
    pub family_first: bool,
    /// The columns held the words of other columns and were put together first.
    pub rejoined: bool,
    /// The whole name, where its parts do not give it: two people of different family names.
    pub whole: String,
}

impl PersonShown {
    /// The whole name: given names, particles, family name, suffix.
    pub fn full(&self) -> String {
        if !self.whole.is_empty() {
            return self.whole.clone();
        }
        let mut out = String::new();
        let parts = [&self.first, &self.middle, &self.prefix, &self.last];
        let turned = [&self.prefix, &self.last, &self.middle, &self.first];
        for part in if self.family_first { turned } else { parts } {
            if !part.is_empty() {
                if !out.is_empty() && !out.ends_with(case::is_apostrophe) {
                    out.push(' ');
                }
                out.push_str(part);
            }
        }
        for part in self.suffix.split(';').filter(|part| !part.is_empty()) {
            out.push_str(if out.is_empty() { "" } else { " " });
            out.push_str(part);
        }
        out
    }
}

/// What the name columns of one row say.
pub use super::super::name::NameParts;

/// Takes a name apart.
pub fn parse(parts: &NameParts<'_>) -> PersonShown {
    if let Some(two) = super::pair::of(parts) {
        return two;
    }
    let clean = |raw: &str| if junk::is_junk(raw) { Vec::new() } else { tokens(raw) };
    let mut name = Build { iso2: parts.country.to_string(), ..Build::default() };
    let (mut given, mut family) = (clean(parts.given), clean(parts.family));
    let (mut middle, prefix) = (clean(parts.middle), clean(parts.prefix));
    name.asides(&mut given);
    name.asides(&mut family);
    name.asides(&mut middle);
    name.marks.take_lone(&mut given, !family.is_empty() || !middle.is_empty());
    let split_wrongly = is_split_wrongly(&given, &middle, &family, parts);
    if split_wrongly {
        name.shown.rejoined = true;
        name.marks = Marks::default();
        name.nickname.clear();
        let cells = [parts.given, parts.middle, parts.prefix, parts.family];
        let mut whole = tokens(&cells.join(" "));
        name.asides(&mut whole);
        name.take_full(whole);
    } else if family.is_empty() && prefix.is_empty() && (given.is_empty() || has_family(&given)) {
        let mut full = clean(parts.full);
        if full.is_empty() {
            full = given;
        } else {
            name.asides(&mut full);
        }
        name.take_full(full);
        name.middle.extend(middle);
    } else if family.is_empty() && prefix.is_empty() && !parts.full.is_empty() {
        let mut full = clean(parts.full);
        name.asides(&mut full);
        name.take_full(full);
        if name.given.is_empty() {
            name.given = given;
        }
    } else {
        name.take_family(family, prefix);
        name.marks.take(&mut given);
        if name.given.is_empty() || !given.is_empty() {
            name.given = given;
        }
        name.marks.take(&mut middle);
        name.middle = middle;
        if name.given.is_empty() && name.middle.is_empty() && !parts.full.is_empty() {
            name.given_of_full(clean(parts.full));
        }
    }
    name.finish(parts)
}

/// Business Central puts the words of a full name into three columns by counting blanks: the first name ends in a
/// particle, the middle name is one, a title stands alone, or a comma hangs behind the family name.
fn is_split_wrongly(given: &[Token], middle: &[Token], family: &[Token], parts: &NameParts<'_>) -> bool {
    if family.is_empty() || !parts.prefix.trim().is_empty() {
        return false;
    }
    let particle_last = |tokens: &[Token]| {
        tokens.last().is_some_and(|last| {
            let next = [last.clone(), Token { folded: "de".into(), ..last.clone() }];
            is_particle_at(&next, 0) && joint(&last.folded) != Some("tribe")
        })
    };
    let given_ends = given.len() > 1 && particle_last(given);
    let middle_ends = particle_last(middle);
    let hanging_comma = parts.given.trim_end().ends_with(',');
    let lone_title = given.is_empty() && !parts.given.trim().is_empty() && !middle.is_empty();
    // `José María` / `García` / `López`: the word before the last is the first of two family names.
    let two_names = has_two_family_names(parts.country)
        && middle.len() == 1
        && family.len() == 1
        && !middle[0].is_initial()
        && !nickname::is_known(&middle[0].folded);
    two_names || given_ends || middle_ends || hanging_comma || lone_title
}

/// Whether a given-name cell holds a family name, too: a comma, or particles inside.
fn has_family(given: &[Token]) -> bool {
    given.iter().any(|token| token.comma > 0)
        || (1..given.len().saturating_sub(1)).any(|at| is_particle_at(given, at))
}

#[derive(Default)]
struct Build {
    iso2: String,
    marks: Marks,
    given: Vec<Token>,
    middle: Vec<Token>,
    prefix: Vec<Token>,
    family: Vec<Token>,
    nickname: Vec<Token>,
    maiden: Vec<Token>,
    shown: PersonShown,
}

impl Build {
    /// Takes out what stands in quotes or brackets, and a birth name.
    fn asides(&mut self, tokens: &mut Vec<Token>) {
        if tokens.iter().any(|token| !token.aside) {
            let (aside, rest): (Vec<Token>, Vec<Token>) = tokens.drain(..).partition(|token| token.aside);
            *tokens = rest;
            match aside.first() {
                Some(first) if joint(&first.folded) == Some("maiden") => {
                    self.maiden.extend(aside.into_iter().skip(1))
                }
                _ => self.nickname.extend(aside),
            }
        }
        let marker = tokens.iter().position(|token| joint(&token.folded) == Some("maiden"));
        if let Some(at) = marker.filter(|&at| at > 0 && at + 1 < tokens.len()) {
            self.maiden.extend(tokens.drain(at..).skip(1));
        }
    }

    fn take_family(&mut self, mut family: Vec<Token>, prefix: Vec<Token>) {
        self.marks.take(&mut family);
        self.prefix = prefix;
        let (before, after): (Vec<Token>, Vec<Token>) =
            family.into_iter().partition(|token| token.comma == 0);
        let (before, after) = if before.is_empty() { (after, before) } else { (before, after) };
        let particles =
            after.iter().rev().take_while(|token| super::super::name::is_particle(&token.folded)).count();
        let (given, tail) = after.split_at(after.len() - particles);
        self.prefix.extend(tail.iter().cloned());
        self.given = given.to_vec();
        self.take_core(before);
    }

    /// Leading particles apart.
    fn take_core(&mut self, core: Vec<Token>) {
        let mut core = core;
        let lead = leading_particles(&core);
        if self.prefix.is_empty() {
            self.prefix = core.drain(..lead).collect();
        } else if lead > 0
            && core[..lead]
                .iter()
                .map(|token| &token.folded)
                .eq(self.prefix.iter().map(|token| &token.folded))
        {
            core.drain(..lead);
        }
        self.family = join_patronymic(core);
    }

    fn take_full(&mut self, mut tokens: Vec<Token>) {
        // `M. Jean Dupont` is a gentleman where French is spoken.
        let french = matches!(self.iso2.as_str(), "FR" | "BE" | "LU" | "CH" | "MC");
        if french
            && tokens.len() > 2
            && matches!(tokens[0].raw.as_str(), "M." | "MM.")
            && !tokens[1].is_initial()
        {
            self.marks.greeting.push(tokens.remove(0));
        }
        self.marks.take(&mut tokens);
        // `D. Juan de la Cruz` is Don Juan where Spanish is spoken.
        if has_two_family_names(&self.iso2)
            && tokens.len() > 2
            && matches!(tokens[0].raw.as_str(), "D." | "D.ª" | "Dª")
            && !tokens[1].is_initial()
        {
            self.marks.greeting.push(tokens.remove(0));
        }
        if tokens.is_empty() {
            return;
        }
        let at = tokens.iter().position(|token| token.comma > tokens[0].comma);
        if let Some(at) = at {
            // `Berg, Jan van den`; further commas part given names.
            let mut given = tokens.split_off(at);
            let tail = given
                .iter()
                .rev()
                .take_while(|token| {
                    super::super::name::is_particle(&token.folded) && joint(&token.folded) != Some("initial")
                })
                .count();
            if tail < given.len() {
                self.prefix = given.split_off(given.len() - tail);
            }
            self.given = given;
            self.take_core(tokens);
            return;
        }
        if tokens.len() > 1 && self.iso2 == "VN" && tokens[0].folded != "van" {
            // Family name, middle name, given name.
            self.shown.family_first = true;
            self.family = vec![tokens.remove(0)];
            self.given = tokens.split_off(tokens.len() - 1);
            self.middle = tokens;
            return;
        }
        // Slavic names with a father's name at the end are the official order, not the usual one.
        self.shown.family_first = tokens.len() > 1
            && self.iso2 != "PL"
            && tokens.len() != 3
            && family_first(&tokens, &self.iso2)
            && shouted_family(&tokens).is_none();
        let (given, family) = split_full(tokens, &self.iso2);
        self.given = given;
        self.take_core(family);
    }

    /// The given names of a full name whose family name is known from its own column.
    fn given_of_full(&mut self, full: Vec<Token>) {
        let mut other = Build { iso2: self.iso2.clone(), ..Build::default() };
        let mut full = full;
        other.asides(&mut full);
        other.take_full(full);
        let known = |token: &Token| self.family.iter().any(|own| own.folded == token.folded);
        self.given = other.given.into_iter().filter(|token| !known(token)).collect();
    }

    fn finish(mut self, parts: &NameParts<'_>) -> PersonShown {
        let iso2 = self.iso2.clone();
        self.swap_if_plain();
        self.take_title_columns(parts);
        let mut suffix = tokens(parts.suffix);
        if junk::is_junk(parts.suffix) {
            suffix.clear();
        }
        suffix.retain(|token| !self.marks.suffix.iter().any(|own| own.folded == token.folded));
        self.marks.suffix.extend(suffix);
        for (column, to) in [(parts.nickname, &mut self.nickname), (parts.maiden, &mut self.maiden)] {
            if !junk::is_junk(column) {
                let known: Vec<String> = to.iter().map(|token| token.folded.clone()).collect();
                to.extend(tokens(column).into_iter().filter(|token| !known.contains(&token.folded)));
            }
        }
        if self.given.is_empty() && !junk::is_junk(parts.initials) {
            self.given = tokens(parts.initials);
        }
        let cells = [&self.given, &self.middle, &self.family];
        let letters =
            |tokens: &[Token]| tokens.iter().map(|token| token.raw.as_str()).collect::<Vec<_>>().join(" ");
        let whole = cells.iter().map(|tokens| letters(tokens)).collect::<Vec<_>>().join(" ");
        let writing = case::writing(&whole);
        let words = |tokens: &[Token], own: Writing| {
            let texts = tokens.iter().enumerate().map(|(at, token)| cased(token, at, own, &iso2));
            texts.collect::<Vec<_>>().join(" ")
        };
        let own = |tokens: &[Token]| match (writing, case::writing(&letters(tokens))) {
            (Writing::Mixed, own) => own,
            (whole, _) => whole,
        };
        let (first, middle) = split_given(self.given, self.middle, parts, &iso2);
        let both: Vec<Token> = first.iter().chain(&middle).cloned().collect();
        let given_writing = own(&both);
        let prefix = particles(&self.prefix, writing, &iso2, !first.is_empty());
        PersonShown {
            salutation: self.marks.greeting.iter().map(written).collect::<Vec<_>>().join(" "),
            title: self.marks.titles.iter().map(written).collect::<Vec<_>>().join(" "),
            first: words(&first, given_writing),
            middle: words(&middle, given_writing),
            prefix,
            last: words(&self.family, own(&self.family)),
            suffix: self.marks.suffix.iter().map(written).collect::<Vec<_>>().join(";"),
            nickname: words(&self.nickname, case::writing(&letters(&self.nickname))),
            maiden: words(&self.maiden, case::writing(&letters(&self.maiden))),
            family_first: self.shown.family_first,
            rejoined: self.shown.rejoined,
            whole: String::new(),
        }
    }

    /// Titles and forms of address of their own columns, each sorted to its kind, before those of the name.
    fn take_title_columns(&mut self, parts: &NameParts<'_>) {
        let mut columns = Marks::default();
        for (raw, is_title) in [(parts.salutation, false), (parts.title, true)] {
            if junk::is_junk(raw) {
                continue;
            }
            let rest = columns.take_all(tokens(raw));
            // What is no known title is one all the same: it stands in their column.
            if is_title { columns.titles.extend(rest) } else { columns.greeting.extend(rest) }
        }
        for (column, own) in
            [(columns.greeting, &mut self.marks.greeting), (columns.titles, &mut self.marks.titles)]
        {
            let fresh: Vec<Token> = column
                .into_iter()
                .filter(|token| !own.iter().any(|own| own.folded == token.folded))
                .collect();
            own.splice(0..0, fresh);
        }
    }

    /// `van den Berg` in the given column and `Jan` in the family column: particles prove which is which.
    fn swap_if_plain(&mut self) {
        let proves = self.given.len() >= 2 && leading_particles(&self.given) > 0 && self.middle.is_empty();
        if proves
            && self.prefix.is_empty()
            && self.family.len() == 1
            && nickname::is_known(&self.family[0].folded)
        {
            let core = std::mem::take(&mut self.given);
            self.given = std::mem::take(&mut self.family);
            self.take_core(core);
        }
    }
}

impl Marks {
    /// A title that stands alone in its cell, when the name stands in others.
    fn take_lone(&mut self, tokens: &mut Vec<Token>, others: bool) {
        if !others || tokens.is_empty() {
            return;
        }
        let mut found = Marks::default();
        if found.take_all(tokens.clone()).is_empty() {
            self.greeting.extend(found.greeting);
            self.titles.extend(found.titles);
            tokens.clear();
        }
    }

    /// Takes titles off words that may be nothing else; returns the rest.
    fn take_all(&mut self, mut tokens: Vec<Token>) -> Vec<Token> {
        let Some(comma) = tokens.last().map(|token| token.comma) else { return tokens };
        // A stand-in for the name, so that the last word may be a title, too.
        tokens.push(Token { raw: "Name".into(), folded: "\u{1}".into(), comma, aside: false });
        self.take(&mut tokens);
        tokens.pop();
        tokens
    }
}

/// First and middle names. A given-name column is somebody's choice and stays whole; where family names are two, given
/// names are one unit, too.
fn split_given(
    given: Vec<Token>,
    middle: Vec<Token>,
    parts: &NameParts<'_>,
    iso2: &str,
) -> (Vec<Token>, Vec<Token>) {
    let as_column = !parts.given.trim().is_empty() && {
        let column = fold(parts.given);
        let own = given.iter().map(|token| token.folded.as_str()).collect::<Vec<_>>().join(" ");
        column == own || column.ends_with(&own)
    };
    let initials = given.iter().take_while(|token| token.is_initial()).count();
    if given.len() < 2 || as_column || has_two_family_names(iso2) || initials == given.len() {
        return (given, middle);
    }
    let mut first = given;
    let mut rest = first.split_off(initials.max(1).min(first.len()));
    rest.extend(middle.into_iter().filter(|token| !first.iter().any(|own| own.folded == token.folded)));
    // A middle column repeats what the full name says.
    rest.dedup_by(|a, b| a.folded == b.folded);
    (first, rest)
}

fn cased(token: &Token, at: usize, writing: Writing, iso2: &str) -> String {
    let own = case::writing(&token.raw);
    let letters = token.raw.chars().filter(|c| c.is_alphabetic()).count();
    let vowels = token.folded.bytes().any(|byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    // `JP`, `PJ`: initials without dots.
    let is_initials =
        at == 0 && own == Writing::Capitals && letters <= 3 && (!vowels || writing == Writing::Mixed);
    if is_initials || (token.is_initial() && own != Writing::Small) {
        return token.raw.clone();
    }
    let connector = joint(&token.folded) == Some("connector")
        || (at > 0 && super::super::name::is_particle(&token.folded));
    match writing {
        Writing::Mixed if own == Writing::Capitals && letters >= 2 => case::proper(&token.raw, iso2),
        Writing::Mixed => token.raw.clone(),
        _ if connector && at > 0 && letters > 0 => case::lower(&token.raw, iso2),
        _ => case::proper(&token.raw, iso2),
    }
}

/// Particles as written; small where case was lost, and always in the Netherlands behind a given name. Belgium writes
/// the first one large.
fn particles(tokens: &[Token], writing: Writing, iso2: &str, has_given: bool) -> String {
    let dutch = |token: &Token| {
        matches!(
            token.folded.as_str(),
            "van" | "vande" | "vanden" | "vander" | "de" | "den" | "der" | "het" | "t" | "ter" | "ten" | "te"
        )
    };
    let text = |(at, token): (usize, &Token)| {
        let lost = writing != Writing::Mixed || case::writing(&token.raw) == Writing::Capitals;
        match iso2 {
            "NL" if has_given && dutch(token) => case::lower(&token.raw, iso2),
            "BE" if lost && at == 0 && dutch(token) && token.folded != "t" => case::proper(&token.raw, iso2),
            _ if lost => case::lower(&token.raw, iso2),
            _ => token.raw.clone(),
        }
    };
    tokens.iter().enumerate().map(text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "person_tests.rs"]
mod tests;
