//! Which lane a cluster goes to, and why.

use super::{Cluster, Edge, Edges, HoldReason, Judge, Lane};
use crate::compare::{Agreement, What, level_of};
use crate::config::ClusterSettings;
use crate::normalize::{Contacts, Population};

/// The mean probability that every member must have to the others in the auto lane. Single weak pairs are usual where
/// records are sparse; a member that half of the group speaks against is not.
const AUTO_SUPPORT: f32 = 0.5;

/// A given name that only one record bears may be a slip …
const LONE: u32 = 1;

/// … of a name alike that at least so many bear. Lisa and Lise of a small file are two names.
const ATTESTED: u32 = 5;

/// A pair whose facts clash is held only below this probability: above it so much else agrees that the clash is
/// likelier a slip in the data than another person.
const HOLD_BELOW: f64 = 0.95;

/// Makes a cluster of the members at the positions of `group`.
pub fn cluster(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    group: &[u32],
    edges: &Edges,
    settings: &ClusterSettings,
) -> Cluster {
    let mut positions = group.to_vec();
    positions.sort_by_key(|&at| members[at as usize]);
    let size = positions.len();
    let mut support = vec![0f64; size];
    let mut pairs = Vec::with_capacity(size * (size - 1) / 2);
    // Which members safe pairs connect: each starts as its own component.
    let mut component: Vec<usize> = (0..size).collect();
    for left in 0..size {
        for right in left + 1..size {
            let (a, b) = (positions[left], positions[right]);
            let Some(edge) = edges.get(&(a.min(b), a.max(b))) else { continue };
            support[left] += edge.probability();
            support[right] += edge.probability();
            let pair = Evidence::of(contacts, judge, members[a as usize], members[b as usize], edge);
            if pair.is_safe() && edge.probability() >= settings.auto_at {
                let (from, to) = (component[right], component[left]);
                component.iter_mut().filter(|at| **at == from).for_each(|at| *at = to);
            }
            pairs.push(pair);
        }
    }
    let others = (size - 1) as f64;
    let cohesion = support.iter().sum::<f64>() / (others * size as f64);
    let support: Vec<f32> = support.iter().map(|sum| (sum / others) as f32).collect();
    let probability = support.iter().copied().fold(1.0, f32::min);
    let safe = component.iter().all(|&at| at == component[0]) && probability >= AUTO_SUPPORT;
    Cluster {
        members: positions.iter().map(|&at| members[at as usize]).collect(),
        support,
        cohesion: cohesion as f32,
        probability,
        lane: lane(&pairs, size, safe, settings),
        reasons: codes(&pairs, judge),
    }
}

/// Whether facts of two records clash: given names, birth dates, generation marks, identifiers, legal forms.
pub fn clash(contacts: &Contacts, judge: &Judge<'_>, a: u32, b: u32, edge: &Edge) -> bool {
    Evidence::of(contacts, judge, a, b, edge).clashes()
}

fn lane(pairs: &[Evidence], size: usize, safe: bool, settings: &ClusterSettings) -> Lane {
    if size > settings.max_cluster as usize {
        return Lane::Hold(HoldReason::TooLarge);
    }
    if safe && !pairs.iter().any(Evidence::clashes) {
        return Lane::Auto;
    }
    // One slip in a large group is no reason to hold it: what most pairs say counts.
    let mostly = |of: fn(&Evidence) -> bool| {
        pairs.iter().filter(|pair| pair.probability < HOLD_BELOW && of(pair)).count() * 2 > pairs.len()
    };
    type Says = fn(&Evidence) -> bool;
    let reasons: [(Says, HoldReason); 8] = [
        (|pair| pair.generation_clash, HoldReason::FatherAndSon),
        (|pair| pair.names && pair.birth_clash && pair.home(), HoldReason::FatherAndSon),
        (|pair| pair.given_clash && pair.birth_exact, HoldReason::Twins),
        (|pair| pair.given_clash && pair.home(), HoldReason::Household),
        (|pair| pair.names && pair.birth_clash, HoldReason::Namesake),
        (|pair| pair.identifier_clash, HoldReason::StrongIdClash),
        (|pair| !pair.company && !pair.names && pair.shared_mailbox, HoldReason::SharedMailbox),
        (|pair| !pair.company && !pair.names && pair.switchboard, HoldReason::Switchboard),
    ];
    let hold = reasons.into_iter().find(|(of, _)| mostly(*of));
    hold.map_or(Lane::Review, |(_, reason)| Lane::Hold(reason))
}

/// What one pair says for and against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Evidence {
    /// Levels of the pair.
    pattern: u64,
    probability: f64,
    /// The names agree.
    names: bool,
    /// Given names are plainly different.
    given_clash: bool,
    /// Given names are alike but not known to be one name: a slip, or Lisa and Lise.
    given_loose: bool,
    /// One given name may be short for the other: Max and Maximilian of one house may be two.
    given_short: bool,
    /// Each has a mailbox, and they are not alike.
    other_mailbox: bool,
    /// Family names share a word and are not the same.
    family_part: bool,
    /// Birth dates are plainly different.
    birth_clash: bool,
    birth_exact: bool,
    /// One is junior, the other senior, or the like.
    generation_clash: bool,
    identifier_clash: bool,
    identifier_exact: bool,
    legal_form_clash: bool,
    /// One address, and one telephone line.
    address: bool,
    line: bool,
    /// The addresses are plainly two.
    address_clash: bool,
    /// What binds is a mailbox that several people use, or a line that many share.
    shared_mailbox: bool,
    switchboard: bool,
    /// The names are the same, not merely alike.
    same_name: bool,
    company: bool,
    /// Points for facts of the entity itself: birth date, identifier, own mailbox (2 each), employer, occupation and
    /// the like (1 each).
    personal: u32,
}

impl Evidence {
    fn of(contacts: &Contacts, judge: &Judge<'_>, a: u32, b: u32, edge: &Edge) -> Self {
        let mut evidence =
            Evidence { pattern: edge.pattern, probability: edge.probability(), ..Evidence::default() };
        let company = judge.population == Population::Company;
        evidence.company = company;
        let (mut given, mut family) = (None, None);
        for (at, comparison) in judge.comparator.comparisons().iter().enumerate() {
            let level = level_of(edge.pattern, at) as usize;
            if level == 0 {
                continue;
            }
            let agreement = comparison.levels[level].agreement;
            let (exact, top) = (agreement == Agreement::Exact, level + 1 == comparison.levels.len());
            match comparison.what {
                What::Given => {
                    given = Some(agreement);
                    let bearers = [a, b].map(|record| contacts.given.count(contacts.given.code(record)));
                    let slip = bearers.contains(&LONE) && bearers.iter().any(|&count| count >= ATTESTED);
                    let name = comparison.levels[level].name;
                    evidence.given_short = name == "short form";
                    evidence.given_loose = name == "similar" && !slip;
                }
                What::Family | What::CompanyName => {
                    family = Some(agreement);
                    // Half a double name may be a wife's, and the rest of a father's or a son's (père, fils).
                    evidence.family_part = comparison.levels[level].name == "part";
                }
                What::Birth => {
                    evidence.birth_clash |= agreement == Agreement::Differ || agreement == Agreement::Around;
                    evidence.birth_exact |= top;
                    evidence.personal += 2 * u32::from(top);
                }
                What::Identifier(_) => {
                    evidence.identifier_clash |= agreement == Agreement::Differ;
                    evidence.identifier_exact |= top;
                    evidence.personal += 2 * u32::from(top);
                }
                // A firm's mailbox is a role's, and says as much as its telephone.
                What::Email => {
                    evidence.other_mailbox |= agreement == Agreement::Differ;
                    evidence.personal += if top { 2 } else { u32::from(exact && company) };
                    evidence.shared_mailbox |= exact && !top;
                }
                What::Phone => {
                    evidence.line |= exact;
                    evidence.switchboard |= comparison.levels[level].name == "exact, shared by many";
                }
                What::Address => {
                    evidence.address |= exact;
                    evidence.address_clash |=
                        agreement == Agreement::Differ || agreement == Agreement::Around;
                }
                What::LegalForm => evidence.legal_form_clash |= agreement == Agreement::Differ,
                What::Employer | What::Text(_) | What::AddressRest | What::Website => {
                    evidence.personal += u32::from(exact);
                }
                _ => {}
            }
        }
        evidence.given_clash = given == Some(Agreement::Differ);
        let alike = |part: Agreement| matches!(part, Agreement::Near | Agreement::Exact);
        evidence.names = match judge.population {
            // Half of the members of a household share the only name that is left when a given name is missing.
            Population::Person => family.is_some_and(alike) && given.is_some_and(alike),
            Population::Company => family.is_some_and(alike),
            Population::Other => family.is_none_or(alike),
        };
        evidence.same_name = family == Some(Agreement::Exact);
        let (left, right) = (contacts.generation.code(a), contacts.generation.code(b));
        evidence.generation_clash = left != right;
        evidence
    }

    fn clashes(&self) -> bool {
        self.given_clash
            || self.birth_clash
            || self.generation_clash
            || self.identifier_clash
            || self.legal_form_clash
    }

    fn home(&self) -> bool {
        self.address || self.line
    }

    /// Whether the pair may be merged unseen: names agree, facts of the entity itself agree, nothing clashes.
    ///
    /// Father and son share name, address and line, so a home counts one point and never enough alone. Carlo and Carla
    /// share all that, their mailbox, and as twins their birth date: given names that are merely alike need a number
    /// that belongs to one person only.
    fn is_safe(&self) -> bool {
        if self.company {
            // Its address and its line are a firm's own. A name that is merely alike may be a sister's (North and South,
            // 1 and 2) unless a number says otherwise, and one name at two addresses a branch.
            let facts = self.personal + u32::from(self.address) + u32::from(self.line);
            let one_firm = self.names && !self.clashes() && !self.address_clash;
            return one_firm && facts >= 2 && (self.same_name || self.identifier_exact);
        }
        // Twins share a birth date, but hardly a mailbox.
        let one_birth = self.birth_exact && !self.other_mailbox;
        let one_name = self.identifier_exact
            || !self.given_loose && (one_birth || !self.given_short && !self.family_part);
        self.names
            && one_name
            && !self.clashes()
            && self.personal >= 1
            && self.personal + u32::from(self.home()) >= 2
    }
}

/// Codes of the comparisons that agree in most pairs (`NAME+`) and of those that differ in any (`NAME-`). The sign
/// stands last, so that no spreadsheet takes the cell for a formula.
fn codes(pairs: &[Evidence], judge: &Judge<'_>) -> String {
    let mut codes = Vec::new();
    for (at, comparison) in judge.comparator.comparisons().iter().enumerate() {
        let of = |evidence: &&Evidence| comparison.levels[level_of(evidence.pattern, at) as usize].agreement;
        let agree = |pair: &&Evidence| matches!(of(pair), Agreement::Near | Agreement::Exact);
        let compared = pairs.iter().filter(|pair| of(pair) != Agreement::Missing).count();
        if pairs.iter().filter(agree).count() * 2 > compared {
            codes.push(format!("{}+", comparison.code));
        }
        if pairs.iter().any(|pair| of(&pair) == Agreement::Differ) {
            codes.push(format!("{}-", comparison.code));
        }
    }
    codes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two records of one name, birth date, house and line.
    fn pair() -> Evidence {
        Evidence {
            names: true,
            same_name: true,
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
}
