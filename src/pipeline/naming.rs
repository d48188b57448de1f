//! Which golden id tonight's groups have: that of the nights before, or a new one.

use crate::cluster::Clusters;
use crate::normalize::Contacts;
use crate::propose::Id;
use crate::state::{GoldenSeq, Group, Known, Lives, live};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// The names of a night.
pub struct Named {
    /// What happened to ids.
    pub lives: Lives,
    /// The new ids, in the order of [`Lives::born`].
    pub born: Vec<Id>,
    /// Per record: the number of its id in the state.
    pub of_record: Vec<GoldenSeq>,
    /// Per record: its id.
    pub golden_ids: Vec<Id>,
}

/// Gives every record its golden id. `places` are the known contacts that records are, `of_key` the ids made of keys, which
/// new ids take.
pub fn name(
    known: &Known,
    places: &[Option<u32>],
    (contacts, clusters): (&Contacts, &Clusters),
    of_key: &[Id],
) -> Named {
    let records = contacts.records;
    let mut group_of_cluster: Vec<Option<u32>> = vec![None; clusters.groups.len()];
    // Per group: its smallest hash of a key, and its first record; per record: its group.
    let mut firsts: Vec<(u64, u32)> = Vec::new();
    let mut sizes: Vec<u32> = Vec::new();
    let of_record: Vec<u32> = (0..records)
        .map(|record| {
            let key = contacts.key_hash[record as usize];
            let new = firsts.len() as u32;
            let at = match clusters.merged(record) {
                Some(cluster) => *group_of_cluster[cluster].get_or_insert(new),
                None => new,
            };
            if at == new {
                firsts.push((key, record));
                sizes.push(0);
            }
            sizes[at as usize] += 1;
            let first = &mut firsts[at as usize];
            *first = (*first).min((key, record));
            at
        })
        .collect();
    let earlier = |record: u32| {
        let place = places[record as usize]?;
        Some(known.resolve(known.contacts.golden[place as usize]))
    };
    // Ids that nobody contends for: all who have it, and nobody else, are one group, as before.
    let mut claims = vec![0u32; known.golden.len() + 1];
    let mut same: Vec<Option<GoldenSeq>> = vec![None; firsts.len()];
    let mut contended = vec![false; firsts.len()];
    for record in 0..records {
        let group = of_record[record as usize] as usize;
        match earlier(record) {
            None => contended[group] = true,
            Some(id) => {
                claims[id as usize] += 1;
                contended[group] |= same[group].is_some_and(|other| other != id);
                same[group] = Some(id);
            }
        }
    }
    let is_settled = |group: usize| {
        !contended[group]
            && same[group]
                .is_some_and(|id| claims[id as usize] == sizes[group] && known.golden[id as usize - 1].alive)
    };
    let settled: Vec<bool> = (0..firsts.len()).map(is_settled).collect();
    let mut open: Vec<u32> = (0..firsts.len() as u32).filter(|&group| !settled[group as usize]).collect();
    open.sort_unstable_by_key(|&group| firsts[group as usize]);
    let mut place = vec![0u32; firsts.len()];
    let mut groups: Vec<Group> = Vec::with_capacity(open.len());
    for (order, &group) in (0u32..).zip(&open) {
        place[group as usize] = order;
        groups.push(Group { order, size: sizes[group as usize], earlier: Vec::new() });
    }
    let mut counted: BTreeMap<(u32, GoldenSeq), u32> = BTreeMap::new();
    for record in 0..records {
        let group = of_record[record as usize] as usize;
        if !settled[group]
            && let Some(id) = earlier(record)
        {
            *counted.entry((place[group], id)).or_default() += 1;
        }
    }
    for ((group, id), records) in counted {
        groups[group as usize].earlier.push((id, records));
    }
    let quiet: HashSet<GoldenSeq> =
        same.iter().zip(&settled).filter(|(_, settled)| **settled).filter_map(|(id, _)| *id).collect();
    let alive: Vec<GoldenSeq> = known.alive().into_iter().filter(|id| !quiet.contains(id)).collect();
    let lives = live(&groups, &alive, known.golden.len() as u32 + 1);

    let mut used: HashSet<u64> = known.golden.iter().map(|golden| golden.id.bits()).collect();
    let born: Vec<Id> = lives
        .born
        .iter()
        .map(|&(group, _)| {
            let first = firsts[open[group as usize] as usize].1;
            fresh(of_key[first as usize], &mut used)
        })
        .collect();
    let of_record: Vec<GoldenSeq> = of_record
        .iter()
        .map(|&group| match (settled[group as usize], same[group as usize]) {
            (true, Some(id)) => id,
            _ => lives.of_group[place[group as usize] as usize],
        })
        .collect();
    let ids = |seq: GoldenSeq| match seq.checked_sub(lives.first_new) {
        Some(nth) => born[nth as usize],
        None => known.golden[seq as usize - 1].id,
    };
    let golden_ids = of_record.iter().map(|&seq| ids(seq)).collect();
    Named { lives, born, of_record, golden_ids }
}

/// An id that was never given: the one made from the key, or one made from that.
fn fresh(of_key: Id, used: &mut HashSet<u64>) -> Id {
    let mut id = of_key;
    let mut nth = 0u64;
    while !used.insert(id.bits()) {
        nth += 1;
        let mut hash = Sha256::new();
        hash.update(of_key.bits().to_be_bytes());
        hash.update(nth.to_be_bytes());
        id = Id::new('G', &hash.finalize().into());
    }
    id
}
