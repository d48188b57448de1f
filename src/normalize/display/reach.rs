//! The display forms of how a record is reached and identified: telephones, mail, VAT numbers, bank accounts, dates, websites.

use super::super::chunk::{Iso, iso_text};
use super::super::columns::{Source, cell};
use super::super::text::compact_upper;
use super::super::{date, iban, junk, vat};
use super::call::{self, Number};
use super::fill::Filling;

use super::{Change, Shown, day, mail};
use crate::table::MISSING;

impl<'a> Filling<'a> {
    pub(super) fn calls(&mut self) {
        let sources = self.sources;
        let own_extension = cell(sources.extensions, self.row);
        let phones = self.calls_of(&sources.phones, Shown::Phone);
        let mobiles = self.calls_of(&sources.mobiles, Shown::Mobile);
        let mut all = phones;
        for number in mobiles {
            if !all.iter().any(|own| own.text == number.text) {
                all.push(number);
            }
        }
        if let Some(first) = all.first_mut()
            && first.extension.is_empty()
            && !junk::is_junk(own_extension)
        {
            first.extension = own_extension.chars().filter(char::is_ascii_digit).collect();
        }
        let join = |text: fn(&Number) -> &str| all.iter().map(text).collect::<Vec<_>>().join(";");
        let (sorts, valid) =
            (join(|number| number.sort), join(|number| if number.valid { "true" } else { "false" }));
        let extensions = join(|number| &number.extension);
        self.set(Shown::PhoneType, &sorts);
        self.set(Shown::PhoneValid, &valid);
        if extensions.bytes().any(|byte| byte != b';') {
            self.set(Shown::PhoneExtension, &extensions);
        }
    }

    /// The numbers of columns, shown in one of ours; each once.
    fn calls_of(&mut self, columns: &[Source<'a>], to: Shown) -> Vec<Number> {
        let mut all: Vec<Number> = Vec::new();
        for source in columns {
            let code = source.cells.code(self.row);
            if code == MISSING {
                continue;
            }
            let (iso, raw, default) = (self.iso, source.get(self.row), self.default);
            let found = self
                .numbers
                .entry((source.at, code, iso))
                .or_insert_with(|| numbers_of(raw, iso, default))
                .clone();
            let text = found.iter().map(|number| number.text.as_str()).collect::<Vec<_>>().join(";");
            if text != raw {
                let rule = match found.as_slice() {
                    [] => "filler",
                    [number] if !number.rule.is_empty() => number.rule,
                    [_] => "tidy",
                    _ => "phone_split",
                };
                self.changes.push(Change { row: self.row, column: source.at, to, rule, note: String::new() });
            }
            for number in found {
                if !number.finding.is_empty() {
                    let note = format!("{}: {}", number.text, number.finding);
                    self.finding(to, *source, "finding_phone", note);
                }
                if !all.iter().any(|own| own.text == number.text) {
                    all.push(number);
                }
            }
        }
        self.values[to as usize] =
            all.iter().map(|number| number.text.as_str()).collect::<Vec<_>>().join(";");
        all
    }

    pub(super) fn mails(&mut self) {
        let sources = self.sources;
        let mut all: Vec<mail::Mailbox> = Vec::new();
        for source in &sources.emails {
            if source.cells.code(self.row) == MISSING {
                continue;
            }
            let raw = source.get(self.row);
            let found = mail::addresses(raw);
            let text = found.iter().map(|mailbox| mailbox.text.as_str()).collect::<Vec<_>>().join(";");
            if text != raw {
                let rule = match found.len() {
                    0 => "filler",
                    1 => "email_form",
                    _ => "email_split",
                };
                self.changes.push(Change {
                    row: self.row,
                    column: source.at,
                    to: Shown::Email,
                    rule,
                    note: String::new(),
                });
            }
            for mailbox in found {
                if !mailbox.meant.is_empty() {
                    let note = format!("{}: {} meant?", mailbox.text, mailbox.meant);
                    self.finding(Shown::Email, *source, "finding_email_domain", note);
                }
                if !mailbox.valid {
                    let note = format!("{}: no mail address", mailbox.text);
                    self.finding(Shown::Email, *source, "finding_email", note);
                }
                if !all.iter().any(|own| own.text == mailbox.text) {
                    all.push(mailbox);
                }
            }
        }
        let flag = |flag: bool| if flag { "true" } else { "false" };
        let join =
            |text: &dyn Fn(&mail::Mailbox) -> String| all.iter().map(text).collect::<Vec<_>>().join(";");
        let texts = join(&|mailbox| mailbox.text.clone());
        let valid = join(&|mailbox| flag(mailbox.valid).to_string());
        let roles = join(&|mailbox| flag(mailbox.role).to_string());
        self.set(Shown::Email, &texts);
        self.set(Shown::EmailValid, &valid);
        self.set(Shown::EmailRole, &roles);
    }

    /// VAT numbers and bank accounts.
    pub(super) fn numbers_of_record(&mut self) {
        let (sources, row, iso) = (self.sources, self.row, self.iso);
        let mut vats: Vec<vat::VatNumber> = Vec::new();
        let columns = sources.vats.iter().copied().chain(sources.enterprise);
        for (at, source) in columns.enumerate() {
            let raw = source.get(row);
            let is_enterprise = at >= sources.vats.len();
            if raw.is_empty() || junk::is_junk(raw) {
                continue;
            }
            let number = vat::read(raw, iso_text(&iso));
            // Outside of Belgium, Norway and Switzerland an enterprise number is no VAT number.
            if is_enterprise && !(vat::is_enterprise_number(number.country) && vats.is_empty()) {
                continue;
            }
            if number.text != raw {
                self.changes.push(Change {
                    row,
                    column: source.at,
                    to: Shown::VatNumber,
                    rule: "vat_number",
                    note: String::new(),
                });
            }
            if number.valid == Some(false) {
                self.finding(
                    Shown::VatNumber,
                    source,
                    "finding_vat_number",
                    format!("{}: form or check digits are wrong", number.text),
                );
            }
            if !vats.iter().any(|own| own.text == number.text) {
                vats.push(number);
            }
        }
        let texts: Vec<&str> = vats.iter().map(|number| number.text.as_str()).collect();
        let flags: Vec<&str> = vats
            .iter()
            .map(|number| number.valid.map_or("", |valid| if valid { "true" } else { "false" }))
            .collect();
        let (texts, flags) = (texts.join(";"), flags.join(";"));
        self.set(Shown::VatNumber, &texts);
        self.set(Shown::VatValid, &flags);

        let mut ibans: Vec<(String, bool)> = Vec::new();
        for source in &sources.ibans {
            let raw = source.get(row);
            if raw.is_empty() || junk::is_junk(raw) {
                continue;
            }
            let compact = compact_upper(raw);
            let text = compact.strip_prefix("IBAN").unwrap_or(&compact).to_string();
            let valid = iban::is_valid(&text);
            if text != raw {
                self.changes.push(Change {
                    row,
                    column: source.at,
                    to: Shown::Iban,
                    rule: "iban",
                    note: String::new(),
                });
            }
            if !valid {
                self.finding(
                    Shown::Iban,
                    *source,
                    "finding_iban",
                    format!("{text}: form or check digits are wrong"),
                );
            }
            ibans.push((text, valid));
        }
        let texts = ibans.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(";");
        let flags = ibans
            .iter()
            .map(|(_, valid)| if *valid { "true" } else { "false" })
            .collect::<Vec<_>>()
            .join(";");
        self.set(Shown::Iban, &texts);
        self.set(Shown::IbanValid, &flags);
    }

    pub(super) fn rest(&mut self) {
        let (sources, row, iso) = (self.sources, self.row, self.iso);
        match sources.birth_date {
            Some((source, order)) if source.cells.code(row) != MISSING => {
                let shown = day::day(source.get(row), order, iso_text(&iso));
                if shown.starts_with('[') {
                    self.finding(
                        Shown::BirthDate,
                        source,
                        "finding_date_ambiguous",
                        "day and month could be either way".into(),
                    );
                }
                if !shown.is_empty() && !day::is_day(&shown) {
                    let note = format!("{shown}: no day of the calendar");
                    self.finding(Shown::BirthDate, source, "finding_date", note);
                }
                self.show(Shown::BirthDate, &shown, Some(source), "date_iso");
            }
            _ => {
                let [year, month, day] = sources.birth_parts.map(|column| cell(column, row));
                if !year.is_empty() {
                    self.show(
                        Shown::BirthDate,
                        &date::from_parts(year, month, day),
                        sources.birth_parts[0],
                        "date_parts",
                    );
                }
            }
        }
        let mut sites: Vec<String> = Vec::new();
        for source in &sources.websites {
            let raw = source.get(row);
            if raw.is_empty() {
                continue;
            }
            let site = mail::website(raw);
            if site != raw {
                let rule = if site.is_empty() { "filler" } else { "website_host" };
                self.changes.push(Change {
                    row,
                    column: source.at,
                    to: Shown::Website,
                    rule,
                    note: String::new(),
                });
            }
            if !site.is_empty() && !sites.contains(&site) {
                sites.push(site);
            }
        }
        let sites = sites.join(";");
        self.set(Shown::Website, &sites);
    }
}

/// The numbers of a cell by the row's country; those that cannot exist there are read as the default country's, where they can.
fn numbers_of(raw: &str, iso: Iso, default: Iso) -> Vec<Number> {
    let found = call::numbers(raw, iso_text(&iso));
    if default[0] == 0 || default == iso || found.iter().all(|number| number.valid) {
        return found;
    }
    let other = call::numbers(raw, iso_text(&default));
    let better = !other.is_empty() && other.iter().all(|number| number.valid);
    if !better {
        return found;
    }
    other.into_iter().map(|number| Number { rule: "phone_default_country", ..number }).collect()
}
