//! Whether a value fits a field of a system: it goes in as it is, or not at all.

use crate::normalize::date::{Order, canonical};

/// What a system asks of the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Text of one line.
    Text,
    /// Text that may have line breaks.
    Lines,
    /// A code: capitals, no blanks at its ends.
    Code,
    /// A code that some record of the export has.
    KnownCode,
    /// A value that some record of the export has.
    Known,
    /// A telephone number without letters.
    Phone,
    /// A day, as ISO 8601.
    Date,
    /// A VAT number, which a Belgian contact does not have.
    Vat,
    /// A Belgian enterprise number.
    Enterprise,
    /// A person decides.
    Hand,
}

/// Why a value is left out; a reason of `tables/follow_up.csv`.
pub(super) type Misfit = &'static str;

impl Rule {
    /// The rule of a name in the data files.
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "lines" => Self::Lines,
            "code" => Self::Code,
            "known_code" => Self::KnownCode,
            "known" => Self::Known,
            "phone" => Self::Phone,
            "date" => Self::Date,
            "vat" => Self::Vat,
            "enterprise" => Self::Enterprise,
            "hand" => Self::Hand,
            _ => return None,
        })
    }

    /// Whether a value must be one that the export has somewhere.
    pub fn is_known_only(self) -> bool {
        matches!(self, Self::Known | Self::KnownCode)
    }

    /// The value as the field holds it; `longest` counts UTF-16 units. Errors: why it does not fit.
    pub fn fit(self, value: &str, longest: usize) -> Result<String, Misfit> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(String::new());
        }
        let fitted = match self {
            Self::Hand => return Err("by_hand"),
            Self::Code | Self::KnownCode => capitals(value),
            Self::Date => day(value).ok_or("no_date")?,
            _ => value.to_string(),
        };
        if self != Self::Lines && fitted.contains(['\n', '\r']) {
            return Err("line_break");
        }
        if fitted.encode_utf16().count() > longest {
            return Err("too_long");
        }
        match self {
            Self::Phone if fitted.chars().any(char::is_alphabetic) => Err("letters_in_phone"),
            Self::Enterprise if !is_enterprise_number(&fitted) => Err("enterprise_check"),
            _ => Ok(fitted),
        }
    }
}

/// Capitals as these systems make them: a letter stays one letter (`ß`).
fn capitals(value: &str) -> String {
    let capital = |letter: char| {
        let mut upper = letter.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(one), None) => one,
            _ => letter,
        }
    };
    value.chars().map(capital).collect()
}

/// A whole day that reads alike whether day or month stands first.
fn day(value: &str) -> Option<String> {
    const ISO_DAY: usize = "2000-01-01".len();
    let day = canonical(value, Order::DayFirst);
    (day.len() == ISO_DAY && day == canonical(value, Order::MonthFirst)).then_some(day)
}

/// Ten digits; the last two are 97 less the remainder of the first eight by 97.
fn is_enterprise_number(value: &str) -> bool {
    const DIGITS: usize = 10;
    const MODULUS: u64 = 97;
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let number = |part: &str| part.parse::<u64>().unwrap_or(0);
    digits.len() == DIGITS && number(&digits[8..]) == MODULUS - number(&digits[..8]) % MODULUS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_fit_or_are_left_out_whole() {
        assert_eq!(Rule::Text.fit("  Delft ", 30), Ok("Delft".into()));
        assert_eq!(Rule::Text.fit(&"x".repeat(31), 30), Err("too_long"));
        assert_eq!(Rule::Text.fit(&"😀".repeat(16), 30), Err("too_long"));
        assert_eq!(Rule::Text.fit("a\nb", 30), Err("line_break"));
        assert_eq!(Rule::Lines.fit("a\nb", 30), Ok("a\nb".into()));
        assert_eq!(Rule::Code.fit(" 2611 ab ", 20), Ok("2611 AB".into()));
        assert_eq!(Rule::Code.fit("straße", 20), Ok("STRAßE".into()));
        assert_eq!(Rule::Phone.fit("+31 6 1234", 30), Ok("+31 6 1234".into()));
        assert_eq!(Rule::Phone.fit("+31 6 ext 2", 30), Err("letters_in_phone"));
        assert_eq!(Rule::Hand.fit("Person", 30), Err("by_hand"));
        assert_eq!(Rule::Enterprise.fit("0403.019.261", 50), Ok("0403.019.261".into()));
        assert_eq!(Rule::Enterprise.fit("0403.019.262", 50), Err("enterprise_check"));
    }

    #[test]
    fn days_are_written_only_when_they_are_certain() {
        assert_eq!(Rule::Date.fit("22.03.1977", 10), Ok("1977-03-22".into()));
        assert_eq!(Rule::Date.fit("1977-03-02", 10), Ok("1977-03-02".into()));
        assert_eq!(Rule::Date.fit("02/03/1977", 10), Err("no_date"));
        assert_eq!(Rule::Date.fit("1977", 10), Err("no_date"));
        assert_eq!(Rule::Date.fit("soon", 10), Err("no_date"));
    }

    proptest! {
        #[test]
        fn nothing_is_ever_cut(value in any::<String>(), longest in 0usize..12) {
            for rule in [Rule::Text, Rule::Lines, Rule::Phone] {
                if let Ok(fitted) = rule.fit(&value, longest) {
                    prop_assert_eq!(fitted.as_str(), value.trim());
                    prop_assert!(fitted.encode_utf16().count() <= longest);
                }
            }
            if let Ok(code) = Rule::Code.fit(&value, longest) {
                prop_assert_eq!(code.chars().count(), value.trim().chars().count());
            }
        }
    }
}
