//! What one pair of a cluster says for and against its being one entity, apart from its probability.

use super::{Edge, Judge};
use crate::compare::{Agreement, What, level_of};
use crate::map::Field;
use crate::normalize::{Contacts, Population, email, nickname, phone};
use crate::table::MISSING;

mod doubt;

/// A given name that only one record bears may be a slip …
const LONE: u32 = 1;

/// … of a name alike that at least so many bear. Lisa and Lise of a small file are two names.
const ATTESTED: u32 = 5;

/// The address level of two records in one street or postcode, which may differ in a house number by a slip.
const SAME_STREET: &str = "same postcode or street";

/// What one pair says for and against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Evidence {
    /// Levels of the pair.
    pub pattern: u64,
    pub probability: f64,
    /// Which population the pair is of.
    pub company: bool,
    pub other: bool,
    /// Comparisons whose values are the same, a bit each.
    pub exact: u64,
    /// The comparison of given names.
    pub given_bit: u64,
    /// Names, birth date and identifiers whose values are plainly two, though an entity has one of each; a bit a
    /// comparison.
    pub split_names: u64,
    pub split_birth: u64,
    pub split_numbers: u64,
    /// Comparisons at which the values are plainly two, whatever they are.
    pub differs: u64,
    /// The names agree.
    pub names: bool,
    /// Given names are plainly different.
    pub given_clash: bool,
    /// Given names are alike but not known to be one name: a slip, or Lisa and Lise.
    pub given_loose: bool,
    /// One given name may be short for the other, or is an initial: Max and Maximilian of one house may be two.
    pub given_short: bool,
    /// One of the given names stands nowhere else and is no name that is known: it may be garbled.
    pub given_garbled: bool,
    /// Given names are the same, and no initials.
    pub given_whole: bool,
    /// Given names agree; family names do.
    pub given_alike: bool,
    pub family_alike: bool,
    /// The mailbox that agrees is named after the given name of one of the two.
    pub named_mailbox: bool,
    /// Each has a mailbox, and they are not alike.
    pub other_mailbox: bool,
    /// Each has a mailbox, and they are not the same; the bit of that comparison.
    pub two_mailboxes: u64,
    /// Their mailboxes differ in a number behind the name, which the second of two namesakes gets.
    pub numbered_mailbox: bool,
    /// Each has a mobile number, and they share none.
    pub two_mobiles: bool,
    /// Family names share a word and are not the same.
    pub family_part: bool,
    /// Birth dates are plainly different.
    pub birth_clash: bool,
    pub birth_exact: bool,
    /// One is junior, the other senior, or the like; or only one of the two is said to be either.
    pub generation_clash: bool,
    /// One is said to be one generation, the other another.
    pub generations: bool,
    /// One is addressed as a man, the other as a woman.
    pub gender_clash: bool,
    pub identifier_clash: bool,
    pub identifier_exact: bool,
    /// An identifier agrees that other names hold, too.
    pub identifier_shared: bool,
    /// An identifier agrees, or differs by a slip.
    pub identifier_alike: bool,
    pub legal_form_clash: bool,
    /// A number that the state gives to one person agrees, whoever else holds it.
    pub state_number: bool,
    /// The addresses are alike.
    pub near_place: bool,
    /// One address, and one telephone line.
    pub address: bool,
    pub line: bool,
    /// The addresses are plainly two; and not even in one street.
    pub address_clash: bool,
    pub place_clash: bool,
    /// Numbers in the names of firms differ: Filiaal 2 and 3.
    pub number_clash: bool,
    /// What binds is a mailbox that several people use, or a line that many share.
    pub shared_mailbox: bool,
    pub switchboard: bool,
    /// The names are the same, not merely alike.
    pub same_name: bool,
    /// The persons work for one firm.
    pub colleagues: bool,
    /// Points for facts of the entity itself: birth date, identifier, own mailbox (2 each), occupation and the like (1
    /// each).
    pub personal: u32,
}

impl Evidence {
    pub fn of(contacts: &Contacts, judge: &Judge<'_>, a: u32, b: u32, edge: &Edge) -> Self {
        let company = judge.population == Population::Company;
        let mut evidence = Evidence {
            pattern: edge.pattern,
            probability: edge.probability(),
            company,
            other: judge.population == Population::Other,
            ..Evidence::default()
        };
        let (mut given, mut family) = (None, None);
        let (mut far, mut birth) = (false, 0);
        for (at, comparison) in judge.comparator.comparisons().iter().enumerate() {
            let level = level_of(edge.pattern, at) as usize;
            if level == 0 {
                continue;
            }
            let agreement = comparison.levels[level].agreement;
            let (exact, top) = (agreement == Agreement::Exact, level + 1 == comparison.levels.len());
            let differs = agreement == Agreement::Differ;
            let bit = 1u64 << at;
            evidence.exact |= if exact { bit } else { 0 };
            let differing = if differs { bit } else { 0 };
            evidence.differs |= differing;
            match comparison.what {
                What::Given => {
                    given = Some(agreement);
                    let bearers = [a, b].map(|record| contacts.given.count(contacts.given.code(record)));
                    let is_lone = |(record, count): (u32, u32)| {
                        count == LONE && !nickname::is_known(contacts.given.get(record))
                    };
                    evidence.given_garbled = [a, b].into_iter().zip(bearers).any(is_lone);
                    let slip = [a, b].into_iter().zip(bearers).any(is_lone)
                        && bearers.iter().any(|&count| count >= ATTESTED);
                    let name = comparison.levels[level].name;
                    evidence.given_short = name == "short form" || name == "initial";
                    // Emil is short for Emily, and both are names of twins.
                    let close =
                        evidence.given_short && is_close([a, b].map(|record| contacts.given.get(record)));
                    evidence.given_loose = name == "similar" && !slip || close;
                    evidence.given_bit = bit;
                    evidence.given_clash = differs;
                    evidence.split_names |= differing;
                }
                What::Family | What::CompanyName => {
                    evidence.number_clash = company && numbers_differ(contacts, a, b);
                    family = Some(agreement);
                    // Half a double name may be a wife's, and the rest of a father's or a son's (père, fils).
                    evidence.family_part = comparison.levels[level].name == "part";
                    evidence.split_names |= differing;
                }
                What::Birth => {
                    let dates = [a, b].map(|record| contacts.birth_date.get(record));
                    far = !exact && is_generation(dates);
                    birth = bit;
                    evidence.birth_clash |= differs || agreement == Agreement::Around;
                    evidence.birth_exact |= top;
                    evidence.personal += 2 * u32::from(top);
                }
                What::Identifier(nth) => {
                    let field = &contacts.identifiers[nth as usize].field.field;
                    evidence.state_number |= exact && *field == Field::NationalId;
                    evidence.identifier_clash |= differs;
                    evidence.split_numbers |= differing;
                    evidence.identifier_exact |= top;
                    evidence.identifier_shared |= exact;
                    evidence.identifier_alike |= exact || agreement == Agreement::Near;
                    evidence.personal += 2 * u32::from(top);
                }
                // A firm's mailbox is a role's, and says as much as its telephone.
                What::Email => {
                    evidence.other_mailbox |= differs;
                    evidence.two_mailboxes |= if differs || agreement == Agreement::Near { bit } else { 0 };
                    evidence.personal += if top { 2 } else { u32::from(exact && company) };
                    evidence.shared_mailbox |= exact && !top;
                    evidence.numbered_mailbox |= agreement == Agreement::Near && is_numbered(contacts, a, b);
                    evidence.named_mailbox |= top && is_named(contacts, a, b);
                }
                What::Phone => {
                    evidence.line |= exact;
                    evidence.two_mobiles |= exact && have_two_mobiles(contacts, a, b);
                    evidence.switchboard |= comparison.levels[level].name == "exact, shared by many";
                }
                What::Address => {
                    evidence.address |= exact;
                    evidence.near_place |= exact || agreement == Agreement::Near;
                    evidence.address_clash |= differs || agreement == Agreement::Around;
                    let cities = [a, b].map(|record| contacts.city.code(record));
                    let one_street = comparison.levels[level].name == SAME_STREET && cities[0] == cities[1];
                    evidence.place_clash |= evidence.address_clash && !one_street;
                }
                What::LegalForm => {
                    evidence.legal_form_clash |= differs;
                }
                What::Employer => evidence.colleagues |= exact,
                What::Text(_) | What::AddressRest | What::Website => {
                    evidence.personal += u32::from(exact);
                }
                _ => {}
            }
        }
        // A slip of one digit, or a father and a son born on one day of the year: a number tells.
        evidence.birth_clash |= far && !evidence.identifier_exact;
        let alike = |part: Agreement| matches!(part, Agreement::Near | Agreement::Exact);
        evidence.given_whole = given == Some(Agreement::Exact);
        evidence.given_alike = given.is_some_and(alike);
        evidence.family_alike = family.is_some_and(alike);
        evidence.names = match judge.population {
            // Half of the members of a household share the only name that is left when a given name is missing.
            Population::Person => evidence.family_alike && evidence.given_alike,
            Population::Company => evidence.family_alike,
            Population::Other => family.is_none_or(alike),
        };
        evidence.same_name = family == Some(Agreement::Exact);
        // Other spellings of the names hold the number of the state, too: slips of the very person whose names agree.
        let others_number = evidence.state_number && !evidence.identifier_exact;
        evidence.personal += 2 * u32::from(others_number && evidence.names);
        // Father and son of one name have a number of the state each.
        evidence.birth_clash &= !(evidence.state_number && evidence.names);
        evidence.split_birth = if evidence.birth_clash { birth } else { 0 };
        evidence.generation_clash = contacts.generation.code(a) != contacts.generation.code(b);
        let marks = [a, b].map(|record| contacts.generation.code(record));
        evidence.generations = !marks.contains(&MISSING) && marks[0] != marks[1];
        let genders = [a, b].map(|record| contacts.gender.code(record));
        evidence.gender_clash = !genders.contains(&MISSING) && genders[0] != genders[1];
        evidence
    }

    pub fn clashes(&self) -> bool {
        self.given_clash && !self.has_number()
            || self.birth_clash
            || self.generation_clash
            || self.gender_clash
            || self.identifier_clash
            || self.legal_form_clash
    }

    pub fn home(&self) -> bool {
        self.address || self.line
    }

    /// Whether a number and what goes with it agree: then it is the names that are wrong.
    ///
    /// The state's number needs the birth date and the address, or the given name and the address (a married name); some
    /// write a husband's number at his wife, so a family name and an address do not do. Other numbers need the birth date
    /// and one of the names.
    fn has_number(&self) -> bool {
        let state = self.state_number && self.near_place && (self.birth_exact || self.given_alike);
        state || self.is_numbered() && (self.family_alike || self.given_alike)
    }

    /// Whether two firms are one by name and place. One name at two addresses is a branch, under one VAT number, too;
    /// names that differ in a number are two (Filiaal 2 and 3), and names that are merely alike need a number.
    fn is_one_firm(&self) -> bool {
        let one_place = !self.address_clash || self.same_name && self.identifier_exact && !self.place_clash;
        one_place && !self.number_clash && (self.same_name || self.identifier_exact)
    }

    fn is_numbered(&self) -> bool {
        self.identifier_shared && self.birth_exact
    }

    /// Whether the pair may be merged unseen: names agree, facts of the entity itself agree, nothing clashes.
    ///
    /// Father and son share name, address and line, so a home counts one point and never enough alone. Carlo and Carla
    /// share all that, their mailbox, and as twins their birth date: given names that are merely alike need a number
    /// that belongs to one person only.
    pub fn is_safe(&self) -> bool {
        if self.company {
            // Its address and its line are a firm's own. A name that is merely alike may be a sister's (North and South,
            // 1 and 2) unless a number says otherwise, and one name at two addresses a branch.
            // One name at one address is two facts, while nothing differs.
            let one_seat = self.same_name && self.address && self.differs == 0;
            let facts = self.personal + u32::from(self.address) + u32::from(self.line) + u32::from(one_seat);
            return self.names && !self.clashes() && facts >= 2 && self.is_one_firm();
        }
        if self.has_number() {
            return !self.clashes();
        }
        // Two of one name in one house may share the line and the family's mailbox, and have a mobile each.
        let two = self.numbered_mailbox || self.two_mobiles && !self.named_mailbox;
        if two && !self.birth_exact && !self.identifier_exact {
            return false;
        }
        // Twins share a birth date, but hardly a mailbox; couples share a mailbox, but hardly one with a given name.
        let one_birth = self.birth_exact && !self.other_mailbox;
        let short_known = one_birth || self.named_mailbox;
        let one_name = self.identifier_exact
            || !self.given_loose && (!self.given_short || short_known) && (!self.family_part || one_birth);
        // Colleagues share the firm's address and line, and hardly the whole name, if nothing tells them apart.
        let whole_name = !self.given_loose && !self.given_short;
        let one_post = self.colleagues && self.home() && whole_name && self.differs == 0;
        let shared = u32::from(self.colleagues || self.home());
        let facts = self.personal >= 1 && self.personal + shared >= 2;
        self.names && one_name && !self.clashes() && (facts || one_post)
    }

    /// Whether the pair may stand in a group of `size` that is merged unseen because its members support each other.
    ///
    pub fn is_bearable(&self, size: usize, slips: &Slips) -> bool {
        if self.generation_clash || self.gender_clash || self.legal_form_clash {
            return false;
        }
        if self.other {
            return self.differs == 0;
        }
        let slip = |of: u64| slips.are_outvoted(of);
        let sure = self.names && self.birth_exact;
        let one_number = slip(self.split_numbers) || sure && slips.are_lone(self.split_numbers);
        if !one_number {
            return false;
        }
        if self.company {
            return self.is_one_firm() && slip(self.split_names);
        }
        let number = self.has_number() || self.is_numbered() && self.home();
        if self.given_clash && self.birth_exact && self.home() && !number {
            // Twins.
            return false;
        }
        if self.given_loose && self.birth_exact && self.home() && !number && !self.named_mailbox {
            // Twins, too: Emil and Emily.
            return false;
        }
        if self.given_loose && !number && !slip(self.given_bit) {
            // Maria, Marie and Mario: nothing says which is the slip.
            return false;
        }
        if (self.given_loose || self.given_short) && self.personal == 0 && size < SPEAKS {
            // Colleagues, or members of a household, whose names are alike.
            return false;
        }
        let two_given = (self.given_loose || self.given_clash) && !self.given_garbled;
        if self.split_birth != 0 && two_given && !number && !self.identifier_alike {
            // Peter and Petra, a birth date each: two facts are no slip, however many the others are.
            return false;
        }
        if self.two_mailboxes != 0 && !self.birth_exact && !self.identifier_exact && !slip(self.two_mailboxes)
        {
            // Father and son of one name write from a mailbox each.
            return false;
        }
        // Two of three are no majority against the third, unless everything else of the names and the birth date is the same.
        let outvoted = |of: u64, rest: bool| of == 0 || (size >= OUTVOTE || rest) && slip(of);
        let one_name_left = self.birth_exact && (self.same_name || self.given_whole);
        let names_same = self.same_name && self.given_whole;
        (number || outvoted(self.split_names, one_name_left))
            && (self.names && self.identifier_exact
                || outvoted(self.split_birth, names_same && self.personal > 0))
    }

    /// Values that are plainly two though an entity has one of each; a bit a comparison.
    pub fn split(&self) -> u64 {
        self.split_names | self.split_birth | self.split_numbers
    }
}

/// Whether two names differ in one letter at most, by length, and neither is an initial.
fn is_close([a, b]: [&str; 2]) -> bool {
    a.len().min(b.len()) > 1 && a.len().abs_diff(b.len()) <= 1
}

/// Whether each record has a mobile number and none is the other's.
fn have_two_mobiles(contacts: &Contacts, a: u32, b: u32) -> bool {
    let mobiles = |record: u32| {
        let codes = contacts.phone.codes(record).iter().copied();
        codes.filter(|&code| phone::is_mobile(contacts.phone.entries().value(code)))
    };
    mobiles(a).next().is_some()
        && mobiles(b).next().is_some()
        && !mobiles(a).any(|one| mobiles(b).any(|other| one == other))
}

/// Whether a mailbox of each differs in nothing but the number behind its name: jan.smit@ and jan.smit2@ of one domain.
fn is_numbered(contacts: &Contacts, a: u32, b: u32) -> bool {
    let addresses = |record: u32| {
        let codes = contacts.email.codes(record).iter();
        codes.map(|&code| contacts.email.entries().value(code))
    };
    let bare = |address: &str| {
        let local = email::local_part(address);
        local.trim_end_matches(|c: char| c.is_ascii_digit()).len()
    };
    addresses(a).any(|left| {
        addresses(b).any(|right| {
            left != right
                && email::domain(left) == email::domain(right)
                && left[..bare(left)] == right[..bare(right)]
        })
    })
}

/// Whether two records share a mailbox whose name holds the given name of one of them: jan.smit@ of Jan and J. Smit.
fn is_named(contacts: &Contacts, a: u32, b: u32) -> bool {
    let shared = contacts.email.codes(a).iter().filter(|code| contacts.email.codes(b).contains(code));
    let mut locals = shared.map(|&code| email::local_part(contacts.email.value(code)));
    locals.any(|local| {
        [a, b].iter().any(|&record| {
            let given = contacts.given.get(record).split(' ').next().unwrap_or_default();
            given.len() >= NAMING && local.contains(given)
        })
    })
}

/// Whether the numbers in two firms' names are not the same.
fn numbers_differ(contacts: &Contacts, a: u32, b: u32) -> bool {
    let numbers = |record: u32| {
        let words = contacts.company.get(record).split(' ');
        let mut numbers: Vec<&str> =
            words.filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).collect();
        numbers.sort_unstable();
        numbers
    };
    numbers(a) != numbers(b)
}

/// The shortest given name that is looked for in the name of a mailbox, in bytes.
const NAMING: usize = 3;

/// What the group says of the values in which a pair differs; a bit a comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slips {
    /// Somebody else has the value of the first; of the second.
    pub partners: [u64; 2],
    /// There is a value that several have.
    pub held: u64,
}

impl Slips {
    /// Whether one side's values are nobody else's.
    fn are_lone(&self, of: u64) -> bool {
        self.partners[0] & self.partners[1] & of == 0
    }

    /// Whether one side's values are nobody else's, and others agree on theirs.
    fn are_outvoted(&self, of: u64) -> bool {
        self.are_lone(of) && of & !self.held == 0
    }
}

/// From this size on a group outvotes a slip of one member.
const OUTVOTE: usize = 4;

/// From this size on a group is believed that names which are merely alike are one.
const SPEAKS: usize = 5;

/// Years between two birth dates that are hardly a slip: a parent and a child born on one day of the year.
const GENERATION: u32 = 12;

/// Whether two dates written `YYYY…` are a generation apart.
fn is_generation(dates: [&str; 2]) -> bool {
    let [a, b] = dates.map(|date| date.get(..4).and_then(|year| year.parse::<u32>().ok()));
    a.zip(b).is_some_and(|(a, b)| a.abs_diff(b) >= GENERATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two records of one name, birth date, house and line.
    pub(super) fn pair() -> Evidence {
        Evidence {
            names: true,
            same_name: true,
            given_alike: true,
            family_alike: true,
            birth_exact: true,
            address: true,
            line: true,
            personal: 2,
            ..Evidence::default()
        }
    }

    #[test]
    fn one_person_twice_is_safe() {
        assert!(pair().is_safe());
        assert!(!Evidence { personal: 0, ..pair() }.is_safe(), "a home alone is a family's");
        assert!(!Evidence { birth_clash: true, ..pair() }.is_safe());
    }

    #[test]
    fn twins_with_names_alike_are_not_safe() {
        assert!(!Evidence { given_loose: true, ..pair() }.is_safe(), "Lise and Lisa");
        let short = Evidence { given_short: true, ..pair() };
        assert!(short.is_safe(), "Max and Maximilian of one birth date");
        assert!(
            !Evidence { other_mailbox: true, ..short }.is_safe(),
            "Chris and Christina, each with a mailbox"
        );
        assert!(!Evidence { birth_exact: false, personal: 4, ..short }.is_safe());
        assert!(Evidence { other_mailbox: true, identifier_exact: true, ..short }.is_safe());
    }

    #[test]
    fn a_name_that_goes_on_after_a_fathers_is_not_safe() {
        assert!(
            !Evidence { family_part: true, birth_exact: false, personal: 3, ..pair() }.is_safe(),
            "père, fils"
        );
    }

    #[test]
    fn firms_need_one_name_and_one_place_or_a_number() {
        let firm = Evidence { company: true, personal: 2, ..pair() };
        assert!(firm.is_safe());
        assert!(!Evidence { address: false, address_clash: true, ..firm }.is_safe(), "a branch");
        let sister = Evidence { same_name: false, ..firm };
        assert!(!sister.is_safe(), "North and South");
        assert!(Evidence { identifier_exact: true, ..sister }.is_safe());
    }

    #[test]
    fn a_firm_of_one_name_at_one_address_is_one_while_nothing_differs() {
        let firm = Evidence { company: true, personal: 0, line: false, ..pair() };
        assert!(firm.is_safe());
        assert!(!Evidence { differs: 1, ..firm }.is_safe(), "another mailbox or line");
        assert!(!Evidence { same_name: false, ..firm }.is_safe());
        assert!(!Evidence { address: false, ..firm }.is_safe(), "a branch, or a namesake elsewhere");
    }

    #[test]
    fn the_states_number_outweighs_names() {
        let number = Evidence { state_number: true, near_place: true, names: false, ..pair() };
        let garbled = Evidence { given_clash: true, given_alike: false, family_alike: false, ..number };
        assert!(garbled.is_safe(), "number, birth date and address");
        assert!(!Evidence { birth_clash: true, birth_exact: false, ..garbled }.is_safe());
        let married = Evidence { birth_exact: false, family_alike: false, ..number };
        assert!(married.is_safe(), "number, given name and address");
        assert!(!Evidence { near_place: false, ..married }.is_safe());
        let wife = Evidence { given_clash: true, given_alike: false, birth_exact: false, ..number };
        assert!(!wife.is_safe(), "a husband's number written at his wife");
    }

    #[test]
    fn two_of_one_house_with_a_mobile_or_a_numbered_mailbox_each_are_not_safe() {
        let unborn = Evidence { birth_exact: false, personal: 2, ..pair() };
        assert!(unborn.is_safe());
        assert!(!Evidence { two_mobiles: true, ..unborn }.is_safe());
        assert!(Evidence { two_mobiles: true, named_mailbox: true, ..unborn }.is_safe(), "a new number");
        assert!(!Evidence { numbered_mailbox: true, ..unborn }.is_safe(), "jan.smit2@");
        assert!(Evidence { numbered_mailbox: true, birth_exact: true, ..unborn }.is_safe());
    }

    #[test]
    fn a_birth_date_and_a_given_name_that_differ_are_no_slip_in_a_large_group() {
        let slips = Slips { partners: [0, u64::MAX], held: u64::MAX };
        let dates =
            Evidence { birth_exact: false, birth_clash: true, split_birth: 4, given_whole: true, ..pair() };
        assert!(dates.is_bearable(9, &slips));
        let peter = Evidence { given_whole: false, given_loose: true, given_bit: 1, ..dates };
        assert!(!peter.is_bearable(9, &slips), "Peter and Petra");
        assert!(Evidence { given_garbled: true, ..peter }.is_bearable(9, &slips), "Petxa");
    }
}
