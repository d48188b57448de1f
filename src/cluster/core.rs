//! The sure core of a cluster: the members that may be merged without asking, though others of the cluster may not.
//!
//! Records support each other: what no single pair proves, many pairs that all agree do. So members are taken off, the
//! least supported first, until the rest supports each other as firmly as a group of its size must, and holds
//! nobody who looks like a second person.

use super::evidence::{Evidence, Slips};

/// Parts of a probability that sums are counted in, so that they are exact whatever their order.
const PARTS: f64 = 1e9;

/// The mean probability that every member of a core must have to the others, by the smallest size it is asked of.
///
/// Few pairs prove less than many. Chosen on contacts_20k, splink_historical_50k and febrl3, where groups that reach
/// these had 0, 354 and 0 wrong pairs among 4,134, 178,767 and 6,180; checked on three other seeds of the contacts.
const SUPPORT: [(usize, f64); 4] = [(8, 0.9), (5, 0.95), (4, 0.99), (3, 0.9995)];

/// The mean probability that every member of a group bound by safe pairs must have to the others. Single weak pairs are
/// usual where records are sparse; a member that half of the group speaks against is not.
const SAFE_SUPPORT: f64 = 0.5;

/// The mean probability to a core of a further member that a safe pair binds to it.
const FOLLOW_SUPPORT: f64 = 0.7;

/// All pairs of a cluster.
pub(super) struct Pairs {
    size: usize,
    /// `size × size`, the diagonal unused.
    evidence: Vec<Evidence>,
    parts: Vec<u64>,
}

impl Pairs {
    /// Pairs of `size` members, not yet known.
    pub fn new(size: usize) -> Self {
        Self { size, evidence: vec![Evidence::default(); size * size], parts: vec![0; size * size] }
    }

    /// Notes what a pair says.
    pub fn set(&mut self, left: usize, right: usize, evidence: Evidence) {
        let parts = (evidence.probability * PARTS).round() as u64;
        for (a, b) in [(left, right), (right, left)] {
            self.evidence[a * self.size + b] = evidence;
            self.parts[a * self.size + b] = parts;
        }
    }

    /// How many members.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What a pair says.
    pub fn pair(&self, a: usize, b: usize) -> &Evidence {
        &self.evidence[a * self.size + b]
    }

    /// Mean probability of a member to others of a group, itself not counted.
    pub fn support(&self, member: usize, group: &[usize]) -> f64 {
        let others = group.iter().filter(|&&other| other != member);
        let (count, sum) = others.fold((0u64, 0u64), |(count, sum), other| {
            (count + 1, sum + self.parts[member * self.size + other])
        });
        sum as f64 / PARTS / count.max(1) as f64
    }

    /// Pairs of a group, each once.
    pub fn each<'a>(&'a self, group: &'a [usize]) -> impl Iterator<Item = (usize, usize)> + 'a {
        group.iter().enumerate().flat_map(move |(at, &a)| group[at + 1..].iter().map(move |&b| (a, b)))
    }

    /// Mean probability of all pairs of a group.
    pub fn cohesion(&self, group: &[usize]) -> f64 {
        let (count, sum) = self
            .each(group)
            .fold((0u64, 0u64), |(count, sum), (a, b)| (count + 1, sum + self.parts[a * self.size + b]));
        sum as f64 / PARTS / count.max(1) as f64
    }

    /// Per member: the comparisons at which somebody of the group has the very value that the member has.
    fn partners(&self, group: &[usize]) -> Vec<u64> {
        let mut partners = vec![0; self.size];
        for (a, b) in self.each(group) {
            let exact = self.pair(a, b).exact;
            partners[a] |= exact;
            partners[b] |= exact;
        }
        partners
    }
}

/// The largest group of members that may be merged without asking, ascending; empty when there is none.
///
/// Members are numbered in the order of their record keys, so that ties do not depend on the order of rows.
pub(super) fn of(pairs: &Pairs, safe_at: f64) -> Vec<usize> {
    let supported = supported(pairs);
    let bound = bound(pairs, safe_at);
    let mut core = if bound.len() > supported.len() { bound } else { supported };
    if core.len() > 1 {
        follow(pairs, &mut core, safe_at);
    }
    core.sort_unstable();
    core
}

/// Takes members off until the rest is firm.
fn supported(pairs: &Pairs) -> Vec<usize> {
    let mut group: Vec<usize> = (0..pairs.size).collect();
    loop {
        let Some(&(_, least)) = SUPPORT.iter().find(|(size, _)| group.len() >= *size) else {
            return Vec::new();
        };
        let by_support = |&member: &usize| (pairs.support(member, &group) * PARTS) as u64;
        let Some(weakest) = group.iter().copied().min_by_key(|member| (by_support(member), *member)) else {
            return Vec::new();
        };
        if pairs.support(weakest, &group) < least {
            group.retain(|&member| member != weakest);
            continue;
        }
        let against = unbearable(pairs, &group);
        if against.is_empty() {
            // Names that are missing or fillers throughout say nothing of who it is.
            let is_named = pairs.each(&group).any(|(a, b)| pairs.pair(a, b).names);
            return if is_named { group } else { Vec::new() };
        }
        let partners = pairs.partners(&group);
        let held = partners.iter().fold(0, |held, partner| held | partner);
        let camps = |&(a, b): &(usize, usize)| {
            let pair = pairs.pair(a, b);
            pair.split() & partners[a] & partners[b] != 0 || pair.split_birth & !held != 0
        };
        if against.iter().any(camps) {
            // Two values, each of several members, or two birth dates and no majority: two entities, and no telling who of
            // the others belongs to which.
            return Vec::new();
        }
        let count = |member: usize| against.iter().filter(|&&(a, b)| a == member || b == member).count();
        let worst = group.iter().copied().filter(|&member| count(member) > 0);
        let worst =
            worst.min_by_key(|member| (std::cmp::Reverse(count(*member)), by_support(member), *member));
        group.retain(|&member| Some(member) != worst);
    }
}

/// Pairs of a group that speak of two entities.
fn unbearable(pairs: &Pairs, group: &[usize]) -> Vec<(usize, usize)> {
    let partners = pairs.partners(group);
    let held = partners.iter().fold(0, |held, partner| held | partner);
    pairs
        .each(group)
        .filter(|&(a, b)| {
            let slips = Slips { partners: [partners[a], partners[b]], held };
            !pairs.pair(a, b).is_bearable(group.len(), &slips)
        })
        .collect()
}

/// The largest group that pairs bind each of which is safe alone, and in which nothing clashes.
fn bound(pairs: &Pairs, safe_at: f64) -> Vec<usize> {
    let all: Vec<usize> = (0..pairs.size).collect();
    let mut component = all.clone();
    for (a, b) in pairs.each(&all) {
        let pair = pairs.pair(a, b);
        if pair.probability >= safe_at && pair.is_safe() {
            let (from, to) = (component[b], component[a]);
            component.iter_mut().filter(|at| **at == from).for_each(|at| *at = to);
        }
    }
    let mut best = Vec::new();
    for first in 0..pairs.size {
        let group: Vec<usize> = all.iter().copied().filter(|&at| component[at] == first).collect();
        if group.len() > best.len().max(1)
            && !pairs.each(&group).any(|(a, b)| pairs.pair(a, b).clashes())
            && group.iter().all(|&member| pairs.support(member, &group) >= SAFE_SUPPORT)
        {
            best = group;
        }
    }
    best
}

/// Adds members that a safe pair binds to the core and that the core as a whole supports.
fn follow(pairs: &Pairs, core: &mut Vec<usize>, safe_at: f64) {
    loop {
        let mut rest: Vec<usize> = (0..pairs.size).filter(|member| !core.contains(member)).collect();
        rest.sort_by_key(|&member| (std::cmp::Reverse((pairs.support(member, core) * PARTS) as u64), member));
        let next = rest.into_iter().find(|&member| {
            let is_bound = core.iter().any(|&other| {
                let pair = pairs.pair(member, other);
                pair.probability >= safe_at && pair.is_safe()
            });
            let mut with = core.clone();
            with.push(member);
            is_bound && pairs.support(member, core) >= FOLLOW_SUPPORT && unbearable(pairs, &with).is_empty()
        });
        match next {
            Some(member) => core.push(member),
            None => return,
        }
    }
}

/// The mean probability that every member of a group of this size must have to the others, for the group to be merged
/// because its members support each other; none when the group is too small for that.
pub(super) fn support_asked(size: usize) -> Option<f64> {
    SUPPORT.iter().find(|(least, _)| size >= *least).map(|(_, support)| *support)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: u64 = 1;
    const FAMILY: u64 = 2;
    const BIRTH: u64 = 4;

    /// A pair of one name at this probability.
    fn alike(probability: f64) -> Evidence {
        Evidence {
            probability,
            names: true,
            same_name: true,
            given_alike: true,
            family_alike: true,
            exact: GIVEN | FAMILY,
            ..Evidence::default()
        }
    }

    /// All pairs of a group at this probability.
    fn group(size: usize, probability: f64) -> Pairs {
        let mut pairs = Pairs::new(size);
        let all: Vec<usize> = (0..size).collect();
        let each: Vec<(usize, usize)> = pairs.each(&all).collect();
        each.into_iter().for_each(|(a, b)| pairs.set(a, b, alike(probability)));
        pairs
    }

    #[test]
    fn many_pairs_prove_what_few_do_not() {
        assert_eq!(of(&group(8, 0.93), 0.95), (0..8).collect::<Vec<_>>());
        assert_eq!(of(&group(5, 0.93), 0.95), Vec::<usize>::new());
        assert_eq!(of(&group(3, 0.999), 0.95), Vec::<usize>::new());
        assert_eq!(of(&group(3, 0.9999), 0.95), [0, 1, 2]);
        assert_eq!(
            of(&group(2, 0.99999), 0.95),
            Vec::<usize>::new(),
            "one pair needs facts, not a probability"
        );
    }

    #[test]
    fn a_member_the_others_do_not_support_stays_out() {
        let mut pairs = group(6, 0.999);
        (0..5).for_each(|other| pairs.set(other, 5, alike(0.6)));
        assert_eq!(of(&pairs, 0.95), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn two_camps_are_two_persons() {
        let mut pairs = group(8, 0.99);
        let born = |exact: bool| Evidence {
            birth_exact: exact,
            birth_clash: !exact,
            split_birth: if exact { 0 } else { BIRTH },
            exact: GIVEN | FAMILY | if exact { BIRTH } else { 0 },
            ..alike(0.99)
        };
        pairs.set(0, 1, born(true));
        pairs.set(2, 3, born(true));
        for (a, b) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
            pairs.set(a, b, born(false));
        }
        assert_eq!(of(&pairs, 1.0), Vec::<usize>::new());
        // The date of one member alone is a slip.
        let mut pairs = group(8, 0.99);
        pairs.set(0, 1, born(true));
        (0..2).for_each(|other| pairs.set(other, 2, born(false)));
        assert_eq!(of(&pairs, 1.0).len(), 8);
    }

    #[test]
    fn a_twin_stays_out() {
        let mut pairs = group(5, 0.999);
        for other in 0..4 {
            let twin = Evidence {
                names: false,
                given_alike: false,
                given_clash: true,
                birth_exact: true,
                address: true,
                split_names: GIVEN,
                exact: FAMILY | BIRTH,
                ..alike(0.999)
            };
            pairs.set(other, 4, twin);
        }
        assert_eq!(of(&pairs, 0.95), [0, 1, 2, 3]);
    }

    #[test]
    fn junior_is_not_merged_with_his_father() {
        let mut pairs = group(5, 0.9999);
        (0..4).for_each(|other| {
            pairs.set(other, 4, Evidence { generation_clash: true, ..alike(0.9999) });
        });
        assert_eq!(of(&pairs, 0.95), [0, 1, 2, 3]);
    }

    #[test]
    fn a_safe_pair_brings_a_member_that_few_pairs_support() {
        let mut pairs = group(5, 0.999);
        (0..4).for_each(|other| pairs.set(other, 4, alike(0.75)));
        assert_eq!(of(&pairs, 0.95), [0, 1, 2, 3]);
        let safe = Evidence { personal: 4, identifier_exact: true, ..alike(0.99) };
        pairs.set(0, 4, safe);
        assert_eq!(of(&pairs, 0.95), [0, 1, 2, 3, 4]);
    }
}
