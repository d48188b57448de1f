//! Number formats that put digits or signs into what a spreadsheet shows: `00000` shows 1234 as `01234`.
//!
//! Postcodes, ids and telephone numbers are often kept so. Percentages, currencies, decimals and dates are none of
//! these: their numbers are read as they are.

/// One part of what is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A digit, and whether it is shown as 0 when the number has none there.
    Digit { always: bool },
    /// A sign that is always shown.
    Sign(char),
}

/// A format that shows more than the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(Vec<Part>);

/// Past this a float does not hold every whole number.
const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;

impl Mask {
    /// The mask of a format code; none when the number itself says as much.
    pub fn of(code: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                '0' => parts.push(Part::Digit { always: true }),
                '#' => parts.push(Part::Digit { always: false }),
                // What follows is for negative numbers, zero and text.
                ';' => break,
                '\\' => parts.push(Part::Sign(chars.next()?)),
                '"' => {
                    let quoted: String = chars.by_ref().take_while(|c| *c != '"').collect();
                    parts.extend(quoted.chars().map(Part::Sign));
                }
                '-' | '+' | '(' | ')' | ' ' | ':' => parts.push(Part::Sign(c)),
                // A language, as in `[$-413]00000`, or a colour; a condition or a currency is another matter.
                '[' => {
                    let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let is_duration = inner.chars().all(|c| "hmsHMS".contains(c));
                    let is_colour = inner.chars().all(|c| c.is_ascii_alphabetic()) && !is_duration;
                    if !is_colour && !inner.starts_with("$-") {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let always = parts.iter().filter(|part| **part == Part::Digit { always: true }).count();
        let is_international = parts.first() == Some(&Part::Sign('+')) && always > 0;
        (always > 1 || is_international).then_some(Self(parts))
    }

    /// A number as it is shown; none when it is not a whole one.
    pub fn show(&self, number: f64) -> Option<String> {
        if number < 0.0 || number.fract() != 0.0 || number >= WHOLE_LIMIT {
            return None;
        }
        let digits = format!("{number:.0}");
        let mut left: Vec<char> = if digits == "0" { Vec::new() } else { digits.chars().collect() };
        let first = self.0.iter().position(|part| matches!(part, Part::Digit { .. }))?;
        let mut shown: Vec<char> = Vec::with_capacity(self.0.len() + left.len());
        // From the right, as the digits fill their places.
        for (at, part) in self.0.iter().enumerate().rev() {
            match part {
                Part::Sign(sign) => shown.push(*sign),
                Part::Digit { always } => {
                    shown.extend(left.pop().or(always.then_some('0')));
                    // Digits that have no place stand before the first one.
                    while at == first && !left.is_empty() {
                        shown.extend(left.pop());
                    }
                }
            }
        }
        Some(shown.iter().rev().collect::<String>().trim().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, number: f64) -> Option<String> {
        Mask::of(code)?.show(number)
    }

    #[test]
    fn digits_and_signs_of_the_format_are_shown() {
        for (code, number, expected) in [
            ("00000", 1234.0, "01234"),
            ("00000", 123_456.0, "123456"),
            ("0000", 0.0, "0000"),
            ("[$-413]00000", 7.0, "00007"),
            ("00000\\-0000", 12_345_678.0, "01234-5678"),
            ("00\\ 00\\ 00\\ 00\\ 00", 102_030_405.0, "01 02 03 04 05"),
            ("\"C\"00000", 42.0, "C00042"),
            ("+0", 32_475_123_456.0, "+32475123456"),
            ("\\+00 000 000", 32_475_123.0, "+32 475 123"),
            ("(000) 000-0000", 3_125_797_243.0, "(312) 579-7243"),
            ("00000;-00000;@", 5.0, "00005"),
        ] {
            assert_eq!(shown(code, number).as_deref(), Some(expected), "{code}");
        }
    }

    #[test]
    fn other_formats_are_left_alone() {
        for code in [
            "General",
            "@",
            "0",
            "#",
            "0.00",
            "#,##0",
            "0%",
            "0.00E+00",
            "# ?/?",
            "yyyy-mm-dd",
            "[h]:mm:ss",
            "\"€\" 0",
            "[$€-413] #,##0",
            "_-* #,##0_-",
            "[<=9999999]###-####;(###) ###-####",
            "[Red]0",
            "",
            "00.0",
            "0 \"kg\"",
        ] {
            assert_eq!(Mask::of(code), None, "{code}");
        }
        assert_eq!(shown("00000", -5.0), None);
        assert_eq!(shown("00000", 5.5), None);
        assert_eq!(shown("00000", 1e20), None);
        assert_eq!(shown("00000", f64::NAN), None);
    }
}
