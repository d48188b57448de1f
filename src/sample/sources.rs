use super::lands::World;
use super::random::Random;
use super::record::{Record, search_name};
use super::table::rows;
use crate::write::{CsvStyle, Rows};

/// How a telephone number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `020-1234567`
    National,
    /// `+31 20 1234567`
    International,
    /// `+31 20 123 4567`, `020 123 4567`
    Spaced,
    /// `020/1234567`
    Stroke,
    /// `0201234567`, `0031201234567`
    Bare,
}

impl Style {
    pub const ALL: [Self; 5] = [Self::National, Self::International, Self::Spaced, Self::Stroke, Self::Bare];
}

/// A system that records come from.
pub(super) struct Source {
    pub name: &'static str,
    pub csv: CsvStyle,
    id: &'static str,
    language: usize,
    date: &'static str,
    pub firm_share: usize,
    pub person_share: usize,
    pub style: Style,
    /// Heading and what it holds.
    columns: Vec<(&'static str, Holds)>,
}

macro_rules! holds {
    ($($variant:ident $name:literal,)*) => {
        /// What a column of a source holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Holds {
            $(#[doc = $name] $variant,)*
        }

        impl Holds {
            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

holds! {
    Nothing "-",
    Id "id",
    FullName "full_name",
    Type "type",
    Salutation "salutation",
    Given "given",
    Middle "middle",
    Particle "particle",
    Surname "surname",
    LastName "last_name",
    Company "company",
    Employer "employer",
    Job "job",
    StreetLine "street_line",
    Street "street",
    House "house",
    Postcode "postcode",
    City "city",
    Country "country",
    CountryCode "country_code",
    Phone "phone",
    AnyPhone "any_phone",
    Mobile "mobile",
    Email "email",
    Website "website",
    Vat "vat",
    Birth "birth",
    SearchName "search_name",
    Modified "modified",
    Label "label",
    LabelWork "label_work",
    LabelMobile "label_mobile",
}

/// Records of the webshop whose letters were read in the wrong encoding, in a thousand.
const MOJIBAKE: usize = 350;

/// The systems, in the order of their files.
pub(super) fn sources() -> Vec<Source> {
    rows::<8>(include_str!("tables/sources.csv"), ',')
        .map(|[name, separator, id, language, date, firm, person, style]| Source {
            name,
            csv: CsvStyle {
                delimiter: if separator == ";" { b';' } else { b',' },
                bom: name == "business_central",
                quote_all: name == "salesforce",
            },
            id,
            language: language.parse().unwrap_or_default(),
            date,
            firm_share: firm.parse().unwrap_or_default(),
            person_share: person.parse().unwrap_or_default(),
            style: match style {
                "national" => Style::National,
                "international" => Style::International,
                "spaced" => Style::Spaced,
                "stroke" => Style::Stroke,
                _ => Style::Bare,
            },
            columns: rows::<3>(include_str!("tables/layouts.csv"), ';')
                .filter(|row| row[0] == name)
                .map(|row| (row[1], Holds::named(row[2]).unwrap_or(Holds::Nothing)))
                .collect(),
        })
        .collect()
}

impl Source {
    /// The headings, in order.
    pub fn headings(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(heading, _)| *heading).collect()
    }

    /// The id of this source's record `number`, from 1.
    pub fn id(&self, number: u64) -> String {
        let width = self.id.matches('#').count();
        format!("{}{number:0width$}", self.id.trim_end_matches('#'))
    }

    /// Whether the file went through a program that took postcodes and telephone numbers for amounts.
    pub fn drops_zeros(&self) -> bool {
        self.name == "faktura"
    }

    /// Lays a record out in the columns of the source.
    pub fn lay_out(&self, record: &Record, id: &str, world: &World, rows: &mut Rows, random: &mut Random) {
        let garbled = self.name == "webshop" && random.chance(MOJIBAKE);
        let land = &world.lands[record.land as usize];
        let joined = |parts: &[&str]| {
            parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
        };
        let person = || joined(&[&record.given, &record.particle, &record.surname]);
        for (_, holds) in &self.columns {
            let cell: std::borrow::Cow<'_, str> = match holds {
                Holds::Nothing => "".into(),
                Holds::Id => id.into(),
                Holds::FullName if record.is_firm => record.company.as_str().into(),
                Holds::FullName => person().into(),
                Holds::Type => if record.is_firm { "Bedrijf" } else { "Persoon" }.into(),
                Holds::Salutation if record.is_firm => if self.language == 2 { "Firma" } else { "" }.into(),
                Holds::Salutation => match (self.language, record.sex) {
                    (2, 0) => "Herr",
                    (2, _) => "Frau",
                    (_, 0) => "Mr.",
                    _ => "Ms.",
                }
                .into(),
                Holds::Given => record.given.as_str().into(),
                Holds::Middle => record.middle.as_str().into(),
                Holds::Particle => record.particle.as_str().into(),
                Holds::Surname => record.surname.as_str().into(),
                Holds::LastName => joined(&[&record.particle, &record.surname]).into(),
                Holds::Company => record.company.as_str().into(),
                // A firm's own name stands in the column of names there.
                Holds::Employer if record.is_firm && self.name == "business_central" => "".into(),
                Holds::Employer => record.company.as_str().into(),
                Holds::Job => record.job.as_str().into(),
                Holds::StreetLine if land.house_before => joined(&[&record.house, &record.street]).into(),
                Holds::StreetLine => joined(&[&record.street, &record.house]).into(),
                Holds::Street => record.street.as_str().into(),
                Holds::House => record.house.as_str().into(),
                Holds::Postcode => record.postcode.as_str().into(),
                Holds::City => record.city.as_str().into(),
                Holds::Country | Holds::CountryCode if !record.has_country => "".into(),
                Holds::Country => land.names[self.language].into(),
                Holds::CountryCode => land.code.into(),
                Holds::Phone => record.phone.as_str().into(),
                Holds::AnyPhone if record.mobile.is_empty() => record.phone.as_str().into(),
                Holds::AnyPhone | Holds::Mobile => record.mobile.as_str().into(),
                Holds::Email => record.email.as_str().into(),
                Holds::Website => record.website.as_str().into(),
                Holds::Vat => record.vat.as_str().into(),
                Holds::Birth => record.birth.map_or(String::new(), |day| self.day(day)).into(),
                Holds::SearchName if record.is_firm => search_name(&record.company).into(),
                Holds::SearchName => person().to_uppercase().into(),
                Holds::Modified => self.day(record.modified).into(),
                Holds::Label => if record.is_firm { "B2B" } else { "" }.into(),
                Holds::LabelWork if record.phone.is_empty() && record.email.is_empty() => "".into(),
                Holds::LabelWork => if record.company.is_empty() { "Home" } else { "Work" }.into(),
                Holds::LabelMobile if record.mobile.is_empty() => "".into(),
                Holds::LabelMobile => "Mobile".into(),
            };
            match garbled && !cell.is_ascii() {
                true => rows.cell(&misread(&cell)),
                false => rows.cell(&cell),
            }
        }
        rows.end_row();
    }

    fn day(&self, (year, month, day): (u16, u8, u8)) -> String {
        self.date
            .chars()
            .map(|place| match place {
                'Y' => format!("{year:04}"),
                'M' => format!("{month:02}"),
                'D' => format!("{day:02}"),
                other => other.to_string(),
            })
            .collect()
    }
}

/// A text of UTF-8 that was read as Windows-1252: `é` is `Ã©`.
fn misread(text: &str) -> String {
    /// What Windows-1252 has where Latin-1 has control characters, from 0x80 on; a blank where it has nothing.
    const WINDOWS: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
    let sign = |byte: u8| match byte {
        0x80..0xa0 => WINDOWS.chars().nth(usize::from(byte - 0x80)).unwrap_or(' '),
        _ => char::from(byte),
    };
    text.bytes().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_says_what_it_holds() {
        for row in rows::<3>(include_str!("tables/layouts.csv"), ';') {
            assert!(Holds::named(row[2]).is_some(), "{row:?}");
        }
        assert_eq!(sources().len(), 5);
        assert!(sources().iter().all(|source| source.columns.len() > 10));
    }

    #[test]
    fn letters_read_wrongly() {
        assert_eq!(misread("café"), "cafÃ©");
        assert_eq!(misread("Übel"), "Ãœbel");
    }
}
