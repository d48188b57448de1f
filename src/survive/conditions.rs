//! Conditions of the settings: which members' values count for a field.

use super::ballot::Ballot;
use super::recency::{MONTH, instant};
use super::standing;
use super::{Conditions, Reason};
use crate::config::{Age, FieldSettings, SurviveSettings, Words};
use crate::map::{Dataset, FieldId};
use crate::profile;

/// What the settings ask of the values of all fields.
pub(super) struct Asked {
    /// Per field; nothing where every value counts.
    of_field: Vec<Option<Asks>>,
    /// Per field with a list of its own: per table, how far its source is trusted.
    trust: Vec<Option<Vec<i64>>>,
}

/// What the settings ask of one field's values.
struct Asks {
    valid: bool,
    patterns: Vec<glob::Pattern>,
    /// Per table: whether its source is one of those named.
    sources: Option<Vec<bool>>,
    /// Positions of fields that must be filled; none for a field that no source has.
    filled: Vec<Option<usize>>,
    /// Positions of fields, and what they must be, in small letters.
    equals: Vec<(Option<usize>, Vec<String>)>,
    age: Option<Oldest>,
}

enum Oldest {
    /// See [`instant`].
    Since(u64),
    /// Seconds before the newest member.
    Before(u64),
}

/// Which members' values count for a field.
pub(super) struct Verdict {
    /// Members that do not; none when no member meets the conditions, since then all of them count.
    pub out: Vec<bool>,
    /// What put values aside.
    pub why: Conditions,
    /// What was not met by some member or other.
    pub failed: Conditions,
}

impl Asked {
    /// Reads the settings for the fields of a data set.
    pub fn of(data: &Dataset, settings: &SurviveSettings) -> Self {
        let tables =
            || data.fields.iter().map(|id| settings.of(id).and_then(crate::config::FieldRule::table));
        let trust = |table: &FieldSettings| {
            let own = table.source_priority.all();
            (!own.is_empty()).then(|| standing::trust(data, own, settings))
        };
        Self {
            of_field: tables().map(|table| table.and_then(|table| Asks::of(data, table))).collect(),
            trust: tables().map(|table| table.and_then(trust)).collect(),
        }
    }

    /// How far a table's source is trusted for a field, where the field has a list of its own.
    pub fn trust(&self, position: usize, table: usize) -> Option<i64> {
        self.trust[position].as_ref().map(|of_table| of_table[table])
    }

    /// Whether anything is asked of any field.
    pub fn anything(&self) -> bool {
        self.of_field.iter().any(Option::is_some)
    }

    /// Whether anything is asked of one of these fields.
    pub fn any(&self, mut positions: impl Iterator<Item = usize>) -> bool {
        positions.any(|position| self.of_field[position].is_some())
    }

    /// Which members count for fields that are taken from one member together: it meets the conditions of all of them
    /// that it fills. `None` when nothing is put aside.
    pub fn verdict(&self, ballot: &Ballot<'_>, positions: &[usize]) -> Option<Verdict> {
        if !self.any(positions.iter().copied()) {
            return None;
        }
        let newest = ballot.standings.iter().map(|standing| standing.changed).max().unwrap_or(0);
        let mut verdict = Verdict {
            out: vec![false; ballot.members.len()],
            why: Conditions::NONE,
            failed: Conditions::NONE,
        };
        let (mut filled, mut passing) = (false, false);
        for member in 0..ballot.members.len() {
            let mut failed = Conditions::NONE;
            let held = positions.iter().copied().filter(|&position| ballot.is_filled(member, position));
            let mut holds = false;
            for position in held {
                holds = true;
                if let Some(asks) = &self.of_field[position] {
                    failed |= asks.failed(ballot, member, position, newest);
                }
            }
            filled |= holds;
            passing |= holds && failed.is_empty();
            verdict.out[member] = !failed.is_empty();
            verdict.failed |= failed;
        }
        verdict.why = verdict.failed;
        match (filled, passing) {
            (true, false) => {
                verdict.out.fill(false);
                verdict.why = Conditions::UNMET;
                Some(verdict)
            }
            _ => verdict.out.contains(&true).then_some(verdict),
        }
    }
}

impl Asks {
    fn of(data: &Dataset, table: &FieldSettings) -> Option<Self> {
        let position = |name: &str| name.parse::<FieldId>().ok().and_then(|id| data.position(&id));
        let small = |words: &Words| words.all().iter().map(|word| plain(word)).collect();
        // What is no pattern or no age was told when the settings were read.
        let patterns: Vec<glob::Pattern> =
            table.pattern.all().iter().filter_map(|pattern| glob::Pattern::new(pattern).ok()).collect();
        let named = table.when.source.all();
        let is_named = |of: &crate::table::Table| named.contains(&of.source);
        let age = table.when.not_older_than.as_ref().and_then(|age| age.parse::<Age>().ok());
        let asks = Self {
            valid: table.valid,
            patterns,
            sources: (!named.is_empty()).then(|| data.tables.iter().map(is_named).collect()),
            filled: table.when.filled.all().iter().map(|name| position(name)).collect(),
            equals: table.when.equals.iter().map(|(name, words)| (position(name), small(words))).collect(),
            age: age.map(|age| match age {
                Age::Since(day) => Oldest::Since(instant(&day)),
                Age::Months(months) => Oldest::Before(months * MONTH),
            }),
        };
        let asks_nothing = !asks.valid
            && asks.patterns.is_empty()
            && asks.sources.is_none()
            && asks.filled.is_empty()
            && asks.equals.is_empty()
            && asks.age.is_none();
        (!asks_nothing).then_some(asks)
    }

    /// The conditions that a member's value does not meet.
    fn failed(&self, ballot: &Ballot<'_>, member: usize, position: usize, newest: u64) -> Conditions {
        let mut failed = Conditions::NONE;
        let mut fail = |holds: bool, condition: Conditions| {
            if !holds {
                failed |= condition;
            }
        };
        if self.valid {
            let field = &ballot.stage.data.fields[position];
            let normal = ballot.normal(member, position);
            fail(profile::is_valid(field, normal, ballot.country(member)), Conditions::VALID);
        }
        if !self.patterns.is_empty() {
            let raw = ballot.raw(member, position).trim();
            let options = glob::MatchOptions { case_sensitive: false, ..Default::default() };
            let fits = self.patterns.iter().any(|pattern| pattern.matches_with(raw, options));
            fail(fits, Conditions::PATTERN);
        }
        if let Some(sources) = &self.sources {
            fail(sources[ballot.table(member)], Conditions::SOURCE);
        }
        for &field in &self.filled {
            fail(field.is_some_and(|field| ballot.is_filled(member, field)), Conditions::FILLED);
        }
        for (field, values) in &self.equals {
            let is = |field: usize| values.contains(&plain(ballot.raw(member, field)));
            fail(field.is_some_and(is), Conditions::EQUALS);
        }
        let changed = ballot.standings[member].changed;
        match self.age {
            Some(Oldest::Since(day)) => fail(changed >= day, Conditions::AGE),
            Some(Oldest::Before(time)) => {
                fail(changed > 0 && changed.saturating_add(time) >= newest, Conditions::AGE);
            }
            None => {}
        }
        failed
    }
}

/// A value without regard to case and outer blanks.
fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether conditions have a say in a value that was chosen for this reason.
pub(super) fn count_for(reason: Reason) -> bool {
    !matches!(reason, Reason::Empty | Reason::Group | Reason::Rebuilt | Reason::Kept | Reason::Survivor)
}

#[cfg(test)]
mod tests {
    use crate::cluster::Lane;
    use crate::survive::fixture::{clusters, contacts, dataset, field};
    use crate::survive::tests::{golden_of, simple};
    use crate::survive::{records_by, rule_text};

    /// What a table of settings asks of the e-mail of three records, and what is chosen: value and lineage.
    fn asked(settings: &str, rows: &[&[&str]], name: &str) -> (String, String) {
        let settings = crate::config::parse("f", settings).unwrap_or_else(|why| panic!("{why}")).survive;
        let fields = &["email", "status", "modified_at"];
        let (data, golden) = golden_of(fields, rows, rows.len(), &settings);
        let position = data.position(&field(name)).expect("a field of the test");
        let (record, cell) = (&golden.records[0], &golden.records[0].cells[position]);
        (record.value(&data, position).to_string(), rule_text(cell.rule, cell.given).into_owned())
    }

    const MAILS: &[&[&str]] = &[
        &["jan@old.nl", "active", "2020-01-01"],
        &["jan@old.nl", "lapsed", "2021-06-01"],
        &["jan@new.nl", "Active ", "2024-03-01"],
        &["jan-at-newest", "", "2025-01-01"],
    ];

    #[test]
    fn values_that_do_not_meet_a_condition_do_not_count() {
        for (settings, value, rule) in [
            ("email = 'most_recent'", "jan-at-newest", "most_recent"),
            ("email = { rule = 'most_recent', valid = true }", "jan@new.nl", "most_recent where valid"),
            ("email = { valid = true }", "jan@old.nl", "consensus where valid"),
            ("email = { pattern = '*@NEW.??' }", "jan@new.nl", "only where pattern"),
            ("email = { pattern = ['*@old.nl', '*.de'] }", "jan@old.nl", "agreed where pattern"),
            (
                "email = { when = { equals = { status = 'ACTIVE' }, not_older_than = '2024-01-01' } }",
                "jan@new.nl",
                "only where equals and not_older_than",
            ),
            (
                "email = { when = { filled = 'status', not_older_than = '3 years' } }",
                "jan@new.nl",
                "only where filled and not_older_than",
            ),
            (
                "email = { valid = true, when = { not_older_than = '4 years' } }",
                "jan@new.nl",
                "recency where valid and not_older_than",
            ),
            ("email = { when = { source = 'erp' } }", "jan@old.nl", "consensus where nothing passes"),
            (
                "email = { valid = true, when = { filled = 'phone' } }",
                "jan@old.nl",
                "consensus where nothing passes",
            ),
        ] {
            let found = asked(&format!("[survivorship.fields]\n{settings}\n"), MAILS, "email");
            assert_eq!(found, (value.to_string(), rule.to_string()), "{settings}");
        }
        // The group's setting, and the field's own before it.
        let group = "[survivorship.groups]\nemails = { pattern = '*@new.nl' }\n";
        assert_eq!(asked(group, MAILS, "email").0, "jan@new.nl");
        let own = format!("{group}[survivorship.fields]\nemail = 'most_frequent'\n");
        assert_eq!(asked(&own, MAILS, "email"), ("jan@old.nl".into(), "most_frequent".into()));
    }

    #[test]
    fn a_condition_that_changes_nothing_is_not_named() {
        let settings = "[survivorship.fields]\nemail = { valid = true }\n";
        let rows: &[&[&str]] = &[&["a@b.nl", "", ""], &["c@d.nl", "", ""], &["a@b.nl", "", ""]];
        assert_eq!(asked(settings, rows, "email"), ("a@b.nl".into(), "consensus".into()));
        assert_eq!(asked(settings, &[&["a@b.nl", "", ""], &["", "", ""]], "email").1, "only");
        // A single value that is not valid stays, and says so.
        assert_eq!(
            asked(settings, &[&["a", "", ""], &["", "", ""]], "email"),
            ("a".into(), "only where nothing passes".into())
        );
        let active = "[survivorship.fields]\nemail = { when = { equals = { status = 'active' } } }\n";
        assert_eq!(asked(active, &[&["a@b.nl", "", ""], &["a@b.nl", "", ""]], "email").1, "agreed");
        assert_eq!(
            asked(active, &[&["a@b.nl", "", ""], &["c@b.nl", "", ""]], "email").1,
            "key where nothing passes"
        );
    }

    #[test]
    fn conditions_on_an_address_choose_the_place() {
        let head: &[&str] = &["id", "street", "postcode", "city", "country"];
        let erp: &[&[&str]] = &[&["1", "Dorpsweg 99", "9712CD", "Groningen", ""]];
        let crm: &[&[&str]] = &[
            &["1", "Kerkstraat 12", "3011AB", "Rotterdam", "NL"],
            &["2", "Kerkstraat 12", "3011AB", "Rotterdam", "NL"],
        ];
        let data = dataset(&[("crm", head, crm), ("erp", head, erp)]);
        let found = clusters(&data, &[(&[0, 1, 2], Lane::Auto)]);
        let golden = |settings: &str| {
            let settings = crate::config::parse("f", settings).unwrap().survive;
            let golden = records_by(&data, &contacts(&data), &found, &settings, &simple);
            let record = &golden.records[0];
            let cell = |name: &str| {
                let at = data.position(&field(name)).unwrap();
                (
                    record.value(&data, at).to_string(),
                    rule_text(record.cells[at].rule, record.cells[at].given).into_owned(),
                )
            };
            ["street", "postcode", "city", "country"].map(cell)
        };
        let plain = golden("");
        assert_eq!(plain[0], ("Kerkstraat 12".into(), "group".into()));
        let of_erp = golden("[survivorship.groups]\naddress = { when = { source = 'erp' } }\n");
        assert_eq!(of_erp[0], ("Dorpsweg 99".into(), "only where source".into()));
        assert_eq!(of_erp[2], ("Groningen".into(), "only where source".into()));
        // It contradicts no place.
        assert_eq!(of_erp[3].0, "NL");
        // What is asked of one part is asked of the address.
        let by_part = golden("[survivorship.fields]\npostcode = { pattern = '97*' }\n");
        assert_eq!(by_part[0], ("Dorpsweg 99".into(), "only where pattern".into()));
        assert_eq!(by_part[2].0, "Groningen");
        let nowhere = golden("[survivorship.fields]\npostcode = { pattern = '11*' }\n");
        assert_eq!(nowhere[0].0, "Kerkstraat 12");
        assert_eq!(nowhere[1].1, "group");
    }

    #[test]
    fn a_field_may_trust_other_sources_and_ties_break_as_named() {
        let head: &[&str] = &["id", "job_title", "labels", "modified_at", "notes"];
        let data = dataset(&[
            ("crm", head, &[&["1", "Buyer", "red", "2020-01-01", "much"]]),
            ("erp", head, &[&["1", "Head", "blue", "2024-01-01", ""]]),
        ]);
        let found = clusters(&data, &[(&[0, 1], Lane::Auto)]);
        let golden = |text: &str| {
            let settings = crate::config::parse("f", text).unwrap().survive;
            let golden = records_by(&data, &contacts(&data), &found, &settings, &simple);
            let record = golden.records[0].clone();
            let value = |name: &str| record.value(&data, data.position(&field(name)).unwrap()).to_string();
            (value("job_title"), value("labels"), data.source(record.survivor))
        };
        let both = "[survivorship]\ndefault = 'source_priority'\nsource_priority = ['crm', 'erp']\n";
        assert_eq!(golden(both), ("Buyer".into(), "red".into(), "crm"));
        let own = "[survivorship.fields.labels]\nrule = 'source_priority'\nsource_priority = 'erp'\n";
        assert_eq!(golden(&format!("{both}{own}")), ("Buyer".into(), "blue".into(), "crm"));
        // Without a list, the trust of the sources' own settings.
        let parsed =
            crate::config::parse("f", "[survivorship]\ndefault = 'source_priority'\n").unwrap().survive;
        for (trust, value) in [(5, "Head"), (-5, "Buyer")] {
            let of_erp = crate::config::SourceSettings { trust, ..Default::default() };
            let golden =
                records_by(&data, &contacts(&data), &found, &parsed.trusting([("erp", &of_erp)]), &simple);
            assert_eq!(golden.records[0].value(&data, data.position(&field("job_title")).unwrap()), value);
        }
        // The fuller record stays, unless the settings ask for the latest.
        assert_eq!(golden("").2, "crm");
        assert_eq!(golden("[survivorship]\ntie_breaks = ['most_recent']\n").2, "erp");
        assert_eq!(golden(&format!("{both}tie_breaks = ['source_priority']\n")).2, "crm");
    }

    proptest::proptest! {
        /// Whatever is asked: a field that a member fills is not emptied, and its value stands in a row.
        #[test]
        fn conditions_never_empty_a_field(
            rows in proptest::collection::vec(("(a@b\\.nl|c@d\\.de|junk|)", "(active|lapsed|)", "(2020-01-01|2024-05-05|)"), 1..6),
            valid: bool,
            asks in "(|, pattern = '\\*\\.nl'|, when = \\{ filled = 'status' \\}|, when = \\{ equals = \\{ status = 'active' \\}, not_older_than = '1 year' \\})",
            rule in "(consensus|most_recent|longest|collect_all|max)",
        ) {
            let rows: Vec<[&str; 3]> = rows.iter().map(|(a, b, c)| [a.as_str(), b.as_str(), c.as_str()]).collect();
            let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
            let settings = format!("[survivorship.fields]\nemail = {{ rule = '{rule}', valid = {valid}{asks} }}\n");
            let (value, _) = asked(&settings, &rows, "email");
            let held = |value: &str| rows.iter().any(|row| row[0] == value);
            proptest::prop_assert_eq!(value.is_empty(), rows.iter().all(|row| row[0].is_empty()), "{}", settings);
            proptest::prop_assert!(value.split(';').all(|one| one.is_empty() || held(one)), "{}", value);
        }
    }
}
