//! E-mail addresses and telephone numbers: ways to reach somebody, which people share.

use super::Memo;
use super::strings::osa_within;
use crate::normalize::email;
use crate::table::{Column, ListColumn};

/// Per distinct value: how many different names hold it, by first letter of the name.
///
/// Copies of one entity nearly always begin with the same letter, members of a household and colleagues mostly do
/// not, so the count tells a private value from a shared one without knowing who is who. A letter stands for a
/// name; values shared by many have many letters.
pub struct Sharers {
    letters: Vec<u32>,
}

/// Values whose holders' names begin with at least this many different letters are shared by many (a switchboard, a
/// building), not by a household.
pub(super) const MANY: u32 = 4;

impl Sharers {
    /// Counts over a list column.
    pub fn of_list(column: &ListColumn, members: &[u32], name: &Column) -> Self {
        let mut sharers = Self { letters: vec![0; column.distinct()] };
        let initial = initials(name);
        for &record in members {
            for &code in column.codes(record) {
                sharers.letters[code as usize] |= initial[name.code(record) as usize];
            }
        }
        sharers
    }

    /// Counts over a column.
    pub fn of_column(column: &Column, members: &[u32], name: &Column) -> Self {
        let mut sharers = Self { letters: vec![0; column.distinct()] };
        let initial = initials(name);
        for &record in members {
            sharers.letters[column.code(record) as usize] |= initial[name.code(record) as usize];
        }
        sharers
    }

    /// An empty count over `values` values, to be filled by [`Sharers::add`].
    pub fn with_values(values: usize) -> Self {
        Self { letters: vec![0; values] }
    }

    /// Notes that a name with this letter bit holds a value.
    pub fn add(&mut self, value: u32, initial: u32) {
        self.letters[value as usize] |= initial;
    }

    /// How many different first letters the holders of a value have.
    #[inline]
    pub fn count(&self, code: u32) -> u32 {
        self.letters[code as usize].count_ones()
    }

    /// 0 shared by many, 1 by few, 2 by none.
    ///
    /// `aliases`: how many of the letters the pair that is compared accounts for beyond one: of swapped names, one.
    #[inline]
    pub fn privacy(&self, code: u32, aliases: u32) -> u8 {
        match self.count(code).saturating_sub(aliases) {
            0 | 1 => 2,
            count if count < MANY => 1,
            _ => 0,
        }
    }
}

/// Per distinct name: the bit of its first letter; no bit for a missing name.
pub fn initials(name: &Column) -> Vec<u32> {
    let bit = |value: &str| value.bytes().next().map_or(0, |letter| 1u32 << (letter % 31));
    name.values().iter().map(bit).collect()
}

const DIFFERENT: u8 = 1;
const SAME_ORGANISATION: u8 = 2;
const EMAIL_SIMILAR: u8 = 3;
const ROLE: u8 = 4;
const EMAIL_EXACT: u8 = 5;

/// Memo space of e-mail addresses.
const EMAIL_SPACE: u8 = 3;

/// Level of two records' e-mail addresses: the most alike pair decides.
///
/// `role` tells for every distinct address whether it is a role mailbox such as `info@`.
pub fn email(
    column: &ListColumn,
    sharers: &Sharers,
    role: &[bool],
    (left, right): (&[u32], &[u32]),
    aliases: u32,
    memo: &mut Memo,
) -> u8 {
    let mut best = 0;
    for &left in left {
        for &right in right {
            let level = if left == right {
                if role[left as usize] { ROLE } else { EMAIL_EXACT + sharers.privacy(left, aliases) }
            } else {
                memo.level(EMAIL_SPACE, left, right, || addresses(column.value(left), column.value(right)))
            };
            best = best.max(level);
        }
    }
    best
}

fn addresses(a: &str, b: &str) -> u8 {
    let (local_a, local_b) = (email::local_part(a), email::local_part(b));
    let (domain_a, domain_b) = (email::domain(a), email::domain(b));
    let letters = |local: &str| local.bytes().filter(u8::is_ascii_alphanumeric).count();
    let same_local = local_a
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .eq(local_b.bytes().filter(u8::is_ascii_alphanumeric));
    // Of role mailboxes only the domain tells: info@ of two firms is two.
    let own = !email::is_role(local_a) && !email::is_role(local_b);
    if own && (same_local && letters(local_a) >= 5 || osa_within(a, b, 2).is_some()) {
        return EMAIL_SIMILAR;
    }
    let same_organisation = email::organisation(domain_a) == email::organisation(domain_b);
    if same_organisation && !email::is_free_provider(domain_a) { SAME_ORGANISATION } else { DIFFERENT }
}

const PHONE_SIMILAR: u8 = 2;
const PHONE_EXACT: u8 = 3;

/// Level of two records' telephone numbers: the most alike pair decides.
///
/// A mobile number against a land line says nothing, since people have both: such a pair counts as missing.
pub fn phone(
    column: &ListColumn,
    sharers: &Sharers,
    mobile: &[bool],
    (left, right): (&[u32], &[u32]),
    aliases: u32,
) -> u8 {
    let mut best = 0;
    for &left in left {
        for &right in right {
            let level = if left == right {
                PHONE_EXACT + sharers.privacy(left, aliases)
            } else if mobile[left as usize] != mobile[right as usize] {
                0
            } else if is_slip(column.value(left), column.value(right)) {
                PHONE_SIMILAR
            } else {
                DIFFERENT
            };
            best = best.max(level);
        }
    }
    best
}

/// Whether two numbers differ by one digit or two neighbours changed places; cheap, since most do not.
fn is_slip(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return a.len().abs_diff(b.len()) == 1 && osa_within(a, b, 1).is_some();
    }
    let mut differing = a.bytes().zip(b.bytes()).enumerate().filter(|(_, (x, y))| x != y);
    match (differing.next(), differing.next(), differing.next()) {
        (Some(_), None, _) => true,
        (Some((first, (a1, b1))), Some((second, (a2, b2))), None) => {
            second == first + 1 && a1 == b2 && a2 == b1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_numbers() {
        assert!(is_slip("+31612345678", "+31612345679"));
        assert!(is_slip("+31612345678", "+31612354678"));
        assert!(is_slip("+31612345678", "+3161234568"));
        assert!(!is_slip("+31612345678", "+31612345687x"));
        assert!(!is_slip("+31612345678", "+31698765432"));
    }

    #[test]
    fn letters_tell_private_from_shared() {
        let phones = Column::from_values(["1", "1", "2", "2"]);
        let names = Column::from_values(["jan", "j", "jan", "petra"]);
        let sharers = Sharers::of_column(&phones, &[0, 1, 2, 3], &names);
        assert_eq!(sharers.privacy(phones.code(0), 0), 2);
        assert_eq!(sharers.privacy(phones.code(2), 0), 1);
        assert_eq!(sharers.privacy(phones.code(2), 1), 2, "Jan Petra and Petra Jan");
    }
}
