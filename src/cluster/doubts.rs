//! Why a cluster is not merged without asking: what its pairs, and its members, lack.

use super::core::{self, Pairs};
use super::evidence::Evidence;
use super::{Edge, Judge};
use crate::compare::Memo;
use crate::config::ClusterSettings;
use crate::normalize::Contacts;

/// One thing that speaks against merging without asking.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// Two records are less sure than the lane asks of a pair: the two, their probability, what is asked.
    Unsure([u32; 2], f64, f64),
    /// What two records lack, or what clashes between them.
    Pair([u32; 2], &'static str),
    /// The records that are sure, and how many there are in all.
    Core(Vec<u32>, usize),
    /// The least supported record, its mean probability to the others, and what is asked in a group of its size.
    Support(u32, f64, f64),
    /// Nothing in particular: the group as a whole is not sure.
    Group,
}

/// Pairs whose clashes are told; one reason is enough to ask a person, and a few show the pattern.
const CLASHES: usize = 3;

/// What speaks against merging these records of one cluster without asking. Told of the pair `about` first, then of the
/// group. Empty when the values allow it: then facts of the records, or one record between two groups, hold them.
pub fn doubts(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    about: [u32; 2],
    settings: &ClusterSettings,
) -> Vec<Doubt> {
    // In the order of record keys, as clusters are made.
    let mut members = members.to_vec();
    members.sort_by_key(|&record| contacts.key_hash[record as usize]);
    let all: Vec<usize> = (0..members.len()).collect();
    let mut pairs = Pairs::new(members.len());
    let mut memo = Memo::new();
    for (left, &a) in members.iter().enumerate() {
        for (right, &b) in members.iter().enumerate().skip(left + 1) {
            let pattern = judge.comparator.pattern(a.min(b), a.max(b), &mut memo);
            let edge = Edge { weight: judge.scorer.weight(pattern), pattern };
            pairs.set(left, right, Evidence::of(contacts, judge, a, b, &edge));
        }
    }
    let sure = core::of(&pairs, settings.auto_at);
    if sure.len() == members.len() {
        return Vec::new();
    }
    let mut doubts = Vec::new();
    let place = |record: u32| members.iter().position(|&member| member == record);
    if let (Some(a), Some(b)) = (place(about[0]), place(about[1]))
        && !(sure.contains(&a) && sure.contains(&b))
    {
        let pair = pairs.pair(a, b);
        if pair.probability < settings.auto_at {
            doubts.push(Doubt::Unsure(about, pair.probability, settings.auto_at));
        }
        doubts.extend(pair.doubts().into_iter().map(|words| Doubt::Pair(about, words)));
    }
    if members.len() > 2 {
        if sure.len() > 1 {
            doubts.push(Doubt::Core(sure.iter().map(|&at| members[at]).collect(), members.len()));
        }
        let support = |member: usize| pairs.support(member, &all);
        let weakest = all.iter().copied().min_by(|&one, &other| support(one).total_cmp(&support(other)));
        if let (Some(weakest), Some(asked)) = (weakest, core::support_asked(members.len()))
            && support(weakest) < asked
        {
            doubts.push(Doubt::Support(members[weakest], support(weakest), asked));
        }
        let others = pairs.each(&all).map(|(a, b)| ([members[a], members[b]], pairs.pair(a, b)));
        let clashes = others
            .filter(|(two, _)| !about.iter().all(|record| two.contains(record)))
            .flat_map(|(two, pair)| pair.clash_words().into_iter().map(move |words| Doubt::Pair(two, words)));
        doubts.extend(clashes.take(CLASHES));
    }
    if doubts.is_empty() {
        doubts.push(Doubt::Group);
    }
    doubts
}
