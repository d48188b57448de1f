//! Names of persons.

use super::junk;
use super::name_words::{Word, Words, generation, leading_titles, titles};

pub use super::name_words::is_particle;

/// What the name columns of one row say, as they stand in the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameParts<'a> {
    pub salutation: &'a str,
    pub title: &'a str,
    pub full: &'a str,
    pub given: &'a str,
    pub initials: &'a str,
    pub middle: &'a str,
    pub prefix: &'a str,
    pub family: &'a str,
    pub suffix: &'a str,
    pub nickname: &'a str,
    pub maiden: &'a str,
    /// ISO code of the row's country or empty: where family names are two words, a full name ends in two.
    pub country: &'a str,
}

/// A person's name, folded for comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// Given names in order, titles removed: `jan pieter`; initials as single letters: `j p`.
    pub given: String,
    /// Family name without particles: `berg`; double names keep both words.
    pub family: String,
    /// Particles: `van den`.
    pub particles: String,
    /// Generation mark: `jr`, `sr`, `ii`, `iii`.
    pub generation: String,
    /// All words of all parts, sorted, distinct, without titles and particles.
    pub words: String,
}

/// Takes a name apart.
pub fn parse(parts: NameParts<'_>) -> PersonName {
    simple(&parts).unwrap_or_else(|| parse_any(parts))
}

/// The most frequent case, one plain given and one plain family name, without the work of [`parse_any`].
fn simple(parts: &NameParts<'_>) -> Option<PersonName> {
    let others =
        [parts.full, parts.initials, parts.middle, parts.prefix, parts.suffix, parts.nickname, parts.maiden];
    let plain = |raw: &str| {
        raw.len() > 1 && raw.bytes().all(|byte| byte.is_ascii_alphabetic()) && !junk::is_junk(raw)
    };
    let (given, family) = (parts.given.trim(), parts.family.trim());
    if others.iter().any(|other| !other.is_empty()) || !plain(given) || !plain(family) {
        return None;
    }
    let given = given.to_ascii_lowercase();
    let family = family.to_ascii_lowercase();
    let (particles, core) = match unglue(&family) {
        ("", _) => ("", family.as_str()),
        parts => parts,
    };
    let words = match given.as_str().cmp(core) {
        std::cmp::Ordering::Less => [&given, " ", core].concat(),
        std::cmp::Ordering::Equal => given.clone(),
        std::cmp::Ordering::Greater => [core, " ", &given].concat(),
    };
    Some(PersonName {
        particles: particles.to_string(),
        family: core.to_string(),
        given,
        words,
        ..PersonName::default()
    })
}

fn parse_any(parts: NameParts<'_>) -> PersonName {
    let clean = |raw| if junk::is_junk(raw) { "" } else { raw };
    let mut name = Name::default();
    let (given, family, full) = (clean(parts.given), clean(parts.family), clean(parts.full));
    let text_full = Words::of(full);
    let text_given = Words::of(given);
    let text_family = Words::of(family);
    let prefix = Words::of(clean(parts.prefix));
    if !family.is_empty() || !prefix.is_empty() {
        name.take_given(&text_given.all());
        name.take_family(&prefix.all(), &text_family);
        let only_title = name.given.iter().all(|word| titles().lead.contains(word));
        if only_title && !full.is_empty() {
            let mut other = Name::default();
            other.take_full(&text_full, parts.country);
            let given: Vec<&str> =
                other.given.into_iter().filter(|word| !name.family.contains(word)).collect();
            if !given.is_empty() {
                name.given = given;
            }
        }
    } else if !full.is_empty() {
        name.take_full(&text_full, parts.country);
        if !given.is_empty() && name.given.is_empty() {
            name.take_given(&text_given.all());
        }
    } else if text_given.has_comma {
        name.take_full(&text_given, parts.country);
    } else {
        name.take_given(&text_given.all());
    }
    let middle = Words::of(clean(parts.middle));
    for word in middle.all() {
        if !name.given.contains(&word.text) {
            name.given.push(word.text);
        }
    }
    let initials = split_initials(clean(parts.initials));
    if name.given.is_empty() {
        name.given = initials.split(' ').filter(|word| !word.is_empty()).collect();
    }
    for word in Words::of(parts.suffix).all() {
        if let Some(mark) = generation(word.text) {
            name.generation = mark;
        }
    }
    let nickname = Words::of(clean(parts.nickname));
    let maiden = Words::of(clean(parts.maiden));
    name.finish(&[&text_full, &text_given, &text_family, &middle, &nickname, &maiden])
}

#[derive(Default)]
pub(super) struct Name<'a> {
    given: Vec<&'a str>,
    particles: Vec<&'a str>,
    family: Vec<&'a str>,
    generation: &'static str,
}

impl<'a> Name<'a> {
    fn take_given(&mut self, words: &[Word<'a>]) {
        let words = self.without_marks(words);
        self.given = words.iter().map(|word| word.text).collect();
    }

    fn take_family(&mut self, prefix: &[Word<'a>], words: &'a Words) {
        let all = words.all();
        let marked = self.without_marks(&all);
        let (before, after): (Vec<Word>, Vec<Word>) = marked.iter().partition(|word| word.comma == 0);
        let after_particles = after.iter().all(|word| is_particle(word.text));
        self.particles = prefix.iter().map(|word| word.text).collect();
        if !after.is_empty() && after_particles {
            self.particles.extend(after.iter().map(|word| word.text));
        }
        let mut core: Vec<&str> = before.iter().map(|word| word.text).collect();
        if !after.is_empty() && !after_particles {
            // `Smith, John` in the family column: what follows the comma are given names.
            let mut given: Vec<&str> = after.iter().map(|word| word.text).collect();
            while given.len() > 1 && given.last().is_some_and(|word| is_particle(word)) {
                self.particles.extend(given.pop());
            }
            if self.given.is_empty() {
                self.given = given;
            }
        }
        // The whole name in the family column.
        let given = self.given.len();
        if given > 0 && core.len() > given && core[..given] == self.given[..] && self.given.concat().len() > 1
        {
            core.drain(..given);
        }
        self.take_core(&core);
    }

    /// Leading particles apart, inner ones (`Jansen-de Vries`) dropped.
    fn take_core(&mut self, core: &[&'a str]) {
        let core = &spell_out_particles(core)[..];
        let lead = core.iter().take_while(|word| is_particle(word)).count().min(core.len().saturating_sub(1));
        if self.particles.is_empty() {
            self.particles.extend(&core[..lead]);
        }
        let rest = &core[lead..];
        self.family = rest.iter().copied().filter(|word| !is_particle(word)).collect();
        if self.family.is_empty() {
            self.family = rest.to_vec();
        }
    }

    fn take_full(&mut self, words: &'a Words, country: &str) {
        let all = words.all();
        let marked = self.without_marks(&all);
        let first_comma = marked.iter().position(|word| word.comma > 0);
        if let Some(at) = first_comma.filter(|&at| at > 0) {
            // `Berg, Jan van den`; a title stands before the given names there (`Berg, Mr Jan`).
            let lead = leading_titles(&marked[at..]);
            let mut given: Vec<&str> = marked[at + lead..].iter().map(|word| word.text).collect();
            let tail = given.iter().rev().take_while(|word| is_particle(word)).count().min(given.len());
            self.particles = given.split_off(given.len() - tail);
            self.given = given;
            let core: Vec<&str> = marked[..at].iter().map(|word| word.text).collect();
            self.take_core(&core);
            return;
        }
        // The family name begins at the first particle, else at a double name's first half, else at the last word.
        let last = marked.len().saturating_sub(1);
        // A letter with a dot or in front is an initial (`T. Visser`), another one may be `'t`.
        let is_initial = |at: usize| marked[at].text.len() == 1 && (at == 0 || marked[at].dot);
        let mut start = (0..last)
            .find(|&at| is_particle(marked[at].text) && !marked[at].hyphen && !is_initial(at))
            .unwrap_or(last);
        while start > 0 && marked.get(start).is_some_and(|word| word.hyphen) {
            start -= 1;
        }
        if let Some(joined) = (1..last).find(|&at| marked[at].hyphen && is_particle(marked[at].text)) {
            start = start.min(joined - 1);
        }
        if start == 0
            && marked.first().is_some_and(|word| !is_particle(word.text) || is_initial(0))
            && marked.len() > 1
            && !marked[1].hyphen
        {
            start = last;
        }
        // `van damme jean claude`: particles first, and behind the family name nothing but given names.
        let lead = marked.iter().take_while(|word| is_particle(word.text)).count();
        let known = marked.iter().rev().take_while(|word| super::nickname::is_known(word.text)).count();
        if start == 0
            && lead > 0
            && known > 0
            && marked.len() > lead + 1
            && !marked.iter().any(|word| word.hyphen)
        {
            let given = marked.len() - known.min(marked.len() - lead - 1);
            self.given = marked[given..].iter().map(|word| word.text).collect();
            let core: Vec<&str> = marked[..given].iter().map(|word| word.text).collect();
            self.take_core(&core);
            return;
        }
        if start == last && last >= 2 && has_two_family_names(country) && !two_given_names(&marked) {
            start = last - 1;
        }
        self.given = marked[..start].iter().map(|word| word.text).collect();
        let core: Vec<&str> = marked[start..].iter().map(|word| word.text).collect();
        self.take_core(&core);
    }

    /// Without titles before, degrees and generation marks after, and nicknames in quotes.
    pub fn without_marks<'w>(&mut self, words: &[Word<'w>]) -> Vec<Word<'w>> {
        let mut rest: Vec<Word> = words.iter().filter(|word| !word.aside).copied().collect();
        if rest.is_empty() {
            rest = words.to_vec();
        }
        // A rank behind the name: `Sir John Smith, 1st Baronet`.
        if let Some(at) =
            rest.iter().position(|word| word.comma > 0 && word.text.as_bytes()[0].is_ascii_digit())
            && at > 0
        {
            rest.truncate(at);
        }
        while rest.len() > 1 {
            let last = rest[rest.len() - 1].text;
            if let Some(mark) = generation(last) {
                self.generation = mark;
            } else if !titles().trail.contains(last) {
                break;
            }
            rest.pop();
        }
        let lead = leading_titles(&rest);
        rest.drain(..lead);
        rest
    }

    fn finish(mut self, sources: &[&Words]) -> PersonName {
        let mut words: Vec<&str> = Vec::new();
        let mut scratch = Name::default();
        for source in sources.iter().filter(|source| !source.is_empty()) {
            let all = source.all();
            let asides = all.iter().filter(|word| word.aside).map(|word| word.text);
            words.extend(asides);
            // A title that stands alone in its cell is no name either, unless the name has nothing else.
            let is_title = |word: &str| {
                titles().lead.contains(word) && !self.given.contains(&word) && !self.family.contains(&word)
            };
            let texts = scratch.without_marks(&all).into_iter().map(|word| word.text);
            words.extend(texts.filter(|word| !is_particle(word) && !is_title(word)));
        }
        words.extend(&self.given);
        let (glued_particles, glued_core) = match self.family.first() {
            Some(first) if self.particles.is_empty() => unglue(first),
            _ => ("", ""),
        };
        if !glued_core.is_empty() {
            let whole = self.family[0];
            words.retain(|word| *word != whole);
            self.family[0] = glued_core;
            self.particles = glued_particles.split(' ').collect();
        }
        // `Mc Donald` is one word.
        let family = join_patronymic(&self.family);
        words.extend(family.split(' ').filter(|word| !word.is_empty()));
        words.sort_unstable();
        words.dedup();
        PersonName {
            given: self.given.join(" "),
            family: family.clone(),
            particles: self.particles.join(" "),
            generation: self.generation.to_string(),
            words: words.join(" "),
        }
    }
}

/// Countries where people have their father's and their mother's family name.
pub(super) fn has_two_family_names(iso2: &str) -> bool {
    matches!(
        iso2,
        "ES" | "MX"
            | "AR"
            | "CL"
            | "CO"
            | "PE"
            | "VE"
            | "EC"
            | "BO"
            | "PY"
            | "UY"
            | "CR"
            | "PA"
            | "GT"
            | "HN"
            | "NI"
            | "SV"
            | "CU"
            | "DO"
    )
}

/// `María José García`: of three words the second is a given name too.
fn two_given_names(words: &[Word<'_>]) -> bool {
    words.len() == 3 && super::nickname::is_known(words[1].text)
}

/// `v d berg` → `van der berg`: at the beginning of a family name these letters are no initials.
fn spell_out_particles<'a>(core: &[&'a str]) -> Vec<&'a str> {
    match core {
        ["v", "d", rest @ ..] if !rest.is_empty() => {
            ["van", "der"].into_iter().chain(rest.iter().copied()).collect()
        }
        ["vd", rest @ ..] if !rest.is_empty() => {
            ["van", "der"].into_iter().chain(rest.iter().copied()).collect()
        }
        ["v", rest @ ..] if !rest.is_empty() => ["van"].into_iter().chain(rest.iter().copied()).collect(),
        core => core.to_vec(),
    }
}

/// `J.P.`, `J P` and `JP` (all capitals, as initials are written) as single letters.
fn split_initials(raw: &str) -> String {
    // Longer strings of capitals are names.
    const MOST_INITIALS: usize = 5;
    let words = Words::of(raw);
    let capitals = raw.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let mut out = String::new();
    for word in words.text.split_ascii_whitespace() {
        let letters: Vec<&str> = if capitals && word.len() <= MOST_INITIALS && word.is_ascii() {
            (0..word.len()).map(|at| &word[at..=at]).collect()
        } else {
            vec![word]
        };
        for letter in letters {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(letter);
        }
    }
    out
}

/// `vandenberghe` → (`van den`, `berghe`); nothing when no particle is glued on.
fn unglue(word: &str) -> (&'static str, &str) {
    // Shorter rests are names of their own (`Vander`, `Vandeep`).
    const SHORTEST_CORE: usize = 3;
    for (glued, particles) in [("vanden", "van den"), ("vander", "van der"), ("vande", "van de")] {
        if let Some(core) = word.strip_prefix(glued)
            && core.len() >= SHORTEST_CORE
        {
            return (particles, core);
        }
    }
    ("", "")
}

fn join_patronymic(family: &[&str]) -> String {
    let mut out = String::new();
    for (at, word) in family.iter().enumerate() {
        if at > 0 && !(at == 1 && matches!(family[0], "mc" | "mac" | "o" | "fitz")) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn full(raw: &str) -> PersonName {
        parse(NameParts { full: raw, ..NameParts::default() })
    }

    fn split(given: &str, family: &str) -> PersonName {
        parse(NameParts { given, family, ..NameParts::default() })
    }

    fn parts(name: &PersonName) -> (&str, &str, &str) {
        (&name.given, &name.particles, &name.family)
    }

    #[test]
    fn full_names_are_split() {
        for (raw, expected) in [
            ("Jeroen van den Berg", ("jeroen", "van den", "berg")),
            ("Berg, Jeroen van den", ("jeroen", "van den", "berg")),
            ("VAN DEN BERG, JEROEN", ("jeroen", "van den", "berg")),
            ("Dhr. Jan-Pieter in 't Veld", ("jan pieter", "in t", "veld")),
            ("Dr. J.P. O'Brien", ("j p", "", "obrien")),
            ("Jan Jansen-de Vries", ("jan", "", "jansen vries")),
            ("Anna Smith-Jones", ("anna", "", "smith jones")),
            ("Maria de la Cruz Lopez", ("maria", "de la", "cruz lopez")),
            ("William \"Bill\" Gates III", ("william", "", "gates")),
            ("Prof. Dr. Herr Klaus Müller, PhD", ("klaus", "", "muller")),
            ("charles a. wilkinson", ("charles a", "", "wilkinson")),
            ("Madonna", ("", "", "madonna")),
        ] {
            assert_eq!(parts(&full(raw)), expected, "{raw}");
        }
        assert_eq!(full("William \"Bill\" Gates III").generation, "iii");
        assert_eq!(full("William \"Bill\" Gates III").words, "bill gates william");
    }

    #[test]
    fn split_names_are_cleaned() {
        for (given, family, expected) in [
            (" Johannes", "Dekker ", ("johannes", "", "dekker")),
            ("Dhr. Jan", "Berg, van den", ("jan", "van den", "berg")),
            ("John", "Smith Jr.", ("john", "", "smith")),
            ("Jan", "Jan Jansen", ("jan", "", "jansen")),
            ("", "Smith, John", ("john", "", "smith")),
            ("Smith, John", "", ("john", "", "smith")),
            ("Ann", "Vandenberghe", ("ann", "van den", "berghe")),
            ("Ann", "Van den Berghe", ("ann", "van den", "berghe")),
            ("Jan", "v.d. Berg", ("jan", "van der", "berg")),
            ("Jan", "v. Dijk", ("jan", "van", "dijk")),
            ("Ian", "Mc Donald", ("ian", "", "mcdonald")),
            ("Els", "de Vries-Jansen", ("els", "de", "vries jansen")),
            ("n/a", "Dekker", ("", "", "dekker")),
            ("MÃ¼ge", "SÃ¸rensen", ("muge", "", "sorensen")),
        ] {
            assert_eq!(parts(&split(given, family)), expected, "{given} {family}");
        }
    }

    #[test]
    fn columns_add_up() {
        let name = parse(NameParts {
            full: "William Hetherington Shipley",
            given: "William",
            family: "Shipley",
            nickname: "Bill",
            maiden: "Jones",
            suffix: "jr.",
            ..NameParts::default()
        });
        assert_eq!(parts(&name), ("william", "", "shipley"));
        assert_eq!(name.words, "bill hetherington jones shipley william");
        assert_eq!(name.generation, "jr");
        let name =
            parse(NameParts { initials: "JP", prefix: "van den", family: "Berg", ..NameParts::default() });
        assert_eq!(parts(&name), ("j p", "van den", "berg"));
    }

    #[test]
    fn two_family_names_where_they_are_usual() {
        let spanish = |full| parse(NameParts { full, country: "ES", ..NameParts::default() });
        assert_eq!(parts(&spanish("María José García López")), ("maria jose", "", "garcia lopez"));
        assert_eq!(parts(&spanish("Juan García López")), ("juan", "", "garcia lopez"));
        assert_eq!(parts(&spanish("María José García")), ("maria jose", "", "garcia"));
        assert_eq!(parts(&spanish("Juan García")), ("juan", "", "garcia"));
        assert_eq!(parts(&full("John Paul Smith")), ("john paul", "", "smith"));
    }

    #[test]
    fn ranks_and_titles_are_no_names() {
        let raw = NameParts {
            full: "Sir Joseph Stafford, 1st Bt",
            given: "Sir",
            family: "Stafford",
            ..NameParts::default()
        };
        assert_eq!(parts(&parse(raw)), ("joseph", "", "stafford"));
        assert_eq!(parse(raw).words, "joseph stafford");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(full in ".{0,30}|[A-Za-z,.'\" -]{0,30}", given in ".{0,12}", family in "[A-Za-z,.' -]{0,20}") {
            let name = parse(NameParts { full: &full, given: &given, family: &family, ..NameParts::default() });
            prop_assert!(name.words.is_ascii());
        }

        #[test]
        fn the_short_way_says_the_same(given in "[A-Za-z]{2,9}|van|sir|jr|ben", family in " ?[A-Za-z]{2,9}|van|vanden[a-z]{1,6}|jr|sr|mc") {
            let parts = NameParts { given: &given, family: &family, ..NameParts::default() };
            if let Some(short) = simple(&parts) {
                prop_assert_eq!(short, parse_any(parts));
            }
        }

        #[test]
        fn a_parsed_name_parses_to_itself(given in "[a-z]{2,9}( [a-z]{2,9})?", family in "[a-z]{2,9}( [a-z]{3,9})?") {
            let once = split(&given, &family);
            let joined = format!("{} {}", once.particles, once.family);
            let twice = split(&once.given, joined.trim());
            prop_assert_eq!(parts(&twice), parts(&once));
        }
    }
}
