//! What chose a golden value, in one word or a few: `consensus`, `most_recent where valid and source`.

use super::Reason;
use std::borrow::Cow;
use std::ops::{BitOr, BitOrAssign};

/// Conditions of the settings that put values aside before a rule chose among the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Conditions(u8);

/// Between a rule's name and the conditions.
const WHERE: &str = " where ";
/// Between conditions.
const AND: &str = " and ";

impl Conditions {
    /// None.
    pub const NONE: Self = Self(0);
    /// `valid`: the value is not valid.
    pub const VALID: Self = Self(1);
    /// `pattern`: the value does not fit.
    pub const PATTERN: Self = Self(2);
    /// `when.source`: the record is of another source.
    pub const SOURCE: Self = Self(4);
    /// `when.filled`: the record lacks another field.
    pub const FILLED: Self = Self(8);
    /// `when.equals`: another field of the record is something else.
    pub const EQUALS: Self = Self(16);
    /// `when.not_older_than`: the record is older, or nobody knows how old.
    pub const AGE: Self = Self(32);
    /// No value met the conditions, so that all of them counted.
    pub const UNMET: Self = Self(64);

    /// Each with its name in files.
    const NAMES: [(Self, &str); 7] = [
        (Self::VALID, "valid"),
        (Self::PATTERN, "pattern"),
        (Self::SOURCE, "source"),
        (Self::FILLED, "filled"),
        (Self::EQUALS, "equals"),
        (Self::AGE, "not_older_than"),
        (Self::UNMET, "nothing passes"),
    ];

    /// Those that look at the value itself.
    pub const OF_VALUE: Self = Self(Self::VALID.0 | Self::PATTERN.0);

    /// Whether some of `other` are among them.
    pub fn any_of(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Whether all of `other` are among them.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Their names, joined by *and*: no separator of a table stands in them.
    pub fn names(self) -> String {
        let held = Self::NAMES.iter().filter(|(one, _)| self.has(*one)).map(|(_, name)| *name);
        held.collect::<Vec<_>>().join(AND)
    }

    fn of_names(names: &str) -> Option<Self> {
        let of_name = |name: &str| Self::NAMES.iter().find(|(_, known)| *known == name).map(|(one, _)| *one);
        names.split(AND).map(of_name).try_fold(Self::NONE, |all, one| Some(all | one?))
    }
}

impl BitOr for Conditions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Conditions {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// A rule and its conditions as they stand in files.
pub fn rule_text(reason: Reason, given: Conditions) -> Cow<'static, str> {
    if given.is_empty() {
        return Cow::Borrowed(reason.name());
    }
    Cow::Owned([reason.name(), WHERE, &given.names()].concat())
}

/// Reads what [`rule_text`] wrote; none when it is no rule.
pub fn rule_of_text(text: &str) -> Option<(Reason, Conditions)> {
    match text.split_once(WHERE) {
        None => Some((Reason::of_name(text)?, Conditions::NONE)),
        Some((rule, given)) => Some((Reason::of_name(rule)?, Conditions::of_names(given)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for reason in Reason::ALL {
            for bits in 0..128 {
                let text = rule_text(reason, Conditions(bits));
                assert_eq!(rule_of_text(&text), Some((reason, Conditions(bits))), "{text}");
            }
        }
        assert_eq!(
            rule_text(Reason::MostRecent, Conditions::VALID | Conditions::AGE),
            "most_recent where valid and not_older_than"
        );
        for text in
            ["newest", "longest where", "longest where nice", "longest where valid, source", "where valid"]
        {
            assert_eq!(rule_of_text(text), None, "{text}");
        }
    }
}
