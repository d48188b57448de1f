//! Names of files and settings in words for people.

use crate::cluster::{HoldReason, Lane};
use crate::score::Model;
use crate::survive::{Conditions, Reason};
use std::collections::BTreeMap;

/// What a lane means, as the answer to "what happens with it?".
pub fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::Auto => "Sure enough to merge without asking.",
        Lane::Review => "Believed to be one; a person decides.",
        Lane::Hold(_) => "Held back; something speaks against merging.",
    }
}

/// Why a cluster is held, as a sentence.
pub fn hold(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::Household => "Looks like several members of one household.",
        HoldReason::FatherAndSon => "Same name and address, but birth dates or generation marks clash.",
        HoldReason::Twins => "Same surname, birth date and address, different given names.",
        HoldReason::Namesake => "Same name in the same town, and nothing else that agrees.",
        HoldReason::SharedMailbox => "Held together by a mailbox that several people use.",
        HoldReason::Switchboard => "Held together by a telephone line that many records share.",
        HoldReason::BridgeRecord => "One record links two groups that do not support each other.",
        HoldReason::StrongIdClash => "A strong identifier differs.",
        HoldReason::OwnCompany => "A person and the company it belongs to.",
        HoldReason::TypeMismatch => "By their type one is a person, another a company.",
        HoldReason::PrivacyBlocked => "A record is blocked for privacy.",
        HoldReason::Minor => "A record is of a minor.",
        HoldReason::DifferentCustomers => {
            "They are linked to different customers; merge the customers first."
        }
        HoldReason::DifferentVendors => "They are linked to different vendors; merge the vendors first.",
        HoldReason::CleanSource => "Two records of a source that is declared free of duplicates.",
        HoldReason::TooLarge => "More records than a cluster may have.",
        HoldReason::Reopened => "It was decided, and the records have changed since.",
        HoldReason::OnHold => "Somebody wants to decide later.",
    }
}

/// A name of settings and columns as words: `given_name` → `given name`.
pub fn plain(name: &str) -> String {
    name.replace('_', " ")
}

/// Why a golden value was chosen, in words, as it stands beside the value.
pub fn rule(reason: Reason, given: Conditions) -> String {
    let chosen = match reason {
        Reason::Only => "only value".to_string(),
        Reason::Agreed => "all agree".to_string(),
        Reason::Consensus => "best supported".to_string(),
        Reason::Frequency => "commoner value".to_string(),
        Reason::Validity => "better formed".to_string(),
        Reason::Completeness => "fuller record".to_string(),
        Reason::Recency => "changed last".to_string(),
        Reason::Trust => "trusted source".to_string(),
        Reason::Key => "first by id".to_string(),
        Reason::Group => "goes with its group".to_string(),
        Reason::Kept => "kept, second value".to_string(),
        Reason::Rebuilt => "joined from its parts".to_string(),
        setting => plain(setting.name()),
    };
    let aside = ASIDE.iter().filter(|(condition, _)| given.has(*condition)).map(|(_, why)| *why);
    match aside.collect::<Vec<_>>() {
        none if none.is_empty() => chosen,
        aside => format!("{chosen}; {}", aside.join(", ")),
    }
}

/// What conditions of the settings did to other values.
const ASIDE: [(Conditions, &str); 7] = [
    (Conditions::VALID, "others not valid"),
    (Conditions::PATTERN, "others of another pattern"),
    (Conditions::SOURCE, "others of another source"),
    (Conditions::FILLED, "others lack another field"),
    (Conditions::EQUALS, "others differ in another field"),
    (Conditions::AGE, "others too old"),
    (Conditions::UNMET, "no value meets the conditions"),
];

/// Reason codes and the comparisons behind them.
pub struct Codes(BTreeMap<String, Vec<String>>);

impl Codes {
    /// The codes of a model.
    pub fn of(model: &Model) -> Self {
        let mut codes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for comparison in model.populations.iter().flat_map(|population| &population.comparisons) {
            let names = codes.entry(comparison.code.clone()).or_default();
            let name = plain(&comparison.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self(codes)
    }

    /// What a cluster's reasons say for and against, in words: `NAME+ BIRTH-` → (`name`, `birth`).
    pub fn words(&self, reasons: &str) -> (String, String) {
        let (mut favour, mut against) = (Vec::new(), Vec::new());
        for token in reasons.split_whitespace() {
            match (token.strip_suffix('+'), token.strip_suffix('-')) {
                (_, Some(code)) => against.push(self.word(code)),
                (Some(code), None) => favour.push(self.word(code)),
                (None, None) => favour.push(self.word(token)),
            }
        }
        (favour.join(", "), against.join(", "))
    }

    fn word(&self, code: &str) -> String {
        match self.0.get(code).map(Vec::as_slice) {
            // One comparison has the better name; several share what the code says.
            Some([name]) => name.clone(),
            _ => plain(&code.to_lowercase()),
        }
    }
}

/// A count with thousands set apart: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share of a whole as a percentage; never rounded up to all or down to none. An en dash when there is no whole.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_string() } else { super::explain::percent(part as f64 / whole as f64) }
}

/// Bytes in a unit that keeps three digits.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KiB", "MiB", "GiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", UNITS[unit]) }
}

/// A number with a true minus sign, as long as its plus.
pub fn signed(number: &str) -> String {
    number.replace('-', "−")
}

/// Text for a terminal as text for a page: names between backticks stand between quotation marks.
pub fn quoted(text: &str) -> String {
    let mut open = false;
    let mark = |c: char| match c {
        '`' => {
            open = !open;
            if open { '“' } else { '”' }
        }
        c => c,
    };
    text.chars().map(mark).collect()
}

/// Text cut to so many characters, with an ellipsis where something is missing.
pub fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Population;
    use crate::score::{ComparisonModel, PopulationModel};

    fn model(comparisons: &[(&str, &str)]) -> Model {
        let comparisons = comparisons.iter().map(|(name, code)| ComparisonModel {
            name: (*name).into(),
            code: (*code).into(),
            levels: Vec::new(),
        });
        let population = PopulationModel {
            population: Population::Person,
            comparisons: comparisons.collect(),
            classes: Vec::new(),
            rounds: 0,
            converged: true,
            training_pairs: 0,
        };
        Model { version: 1, populations: vec![population] }
    }

    #[test]
    fn reasons_are_told_in_words() {
        let codes =
            Codes::of(&model(&[("given_name", "NAME"), ("family_name", "NAME"), ("birth_date", "BIRTH")]));
        assert_eq!(codes.words("NAME+ E_MAIL+ BIRTH-"), ("name, e mail".into(), "birth date".into()));
        assert_eq!(codes.words(""), (String::new(), String::new()));
    }

    #[test]
    fn counts_and_sizes_read_well() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([512, 2_048, 5_000_000].map(bytes), ["512 bytes", "2.0 KiB", "4.8 MiB"]);
        assert_eq!(share(999_999, 1_000_000), "> 99.99 %");
        assert_eq!(share(0, 0), "–");
        assert_eq!(cut("Zoë", 2), "Zo…");
        assert_eq!(quoted("`Naam` is `a`"), "“Naam” is “a”");
        assert_eq!(signed("-1.50"), "−1.50");
    }
}
