use super::*;
use crate::config::{BlockSettings, ScoreSettings};
use crate::pipeline as matcher;
use crate::progress::Silent;
use crate::testing::{Person, contacts, people};
use std::collections::BTreeSet;

fn groups(people: &[Person]) -> (BTreeSet<Vec<u64>>, Clusters) {
    let contacts = contacts(people);
    let settings = ScoreSettings::default();
    let matchers =
        matcher::prepare(&contacts, matcher::plan(&contacts, &BlockSettings::default()), None, &settings)
            .unwrap();
    let links = Links::join(matchers.iter().map(|m| m.links(settings.link_floor, 0, &Silent)).collect());
    let judges: Vec<Judge<'_>> = matchers.iter().map(|matcher| matcher.judge()).collect();
    let clusters = group(&contacts, &links, &judges, &ClusterSettings::default(), &Decided::default());
    let keys = |cluster: &Cluster| {
        let mut keys: Vec<u64> = cluster.members.iter().map(|&record| people[record as usize].key).collect();
        keys.sort_unstable();
        keys
    };
    (clusters.groups.iter().map(keys).collect(), clusters)
}

#[test]
fn clusters_do_not_depend_on_row_order() {
    let people = people(21, 400);
    let (found, _) = groups(&people);
    assert!(found.len() > 20);
    let mut shuffled = people.clone();
    shuffled.reverse();
    shuffled.rotate_left(77);
    assert_eq!(found, groups(&shuffled).0);
}

#[test]
fn a_record_is_in_one_cluster_or_in_a_sure_one_and_the_one_that_extends_it() {
    let people = people(22, 300);
    let (_, clusters) = groups(&people);
    let mut seen: Vec<Vec<usize>> = vec![Vec::new(); people.len()];
    for (at, cluster) in clusters.groups.iter().enumerate() {
        assert!(cluster.members.len() > 1);
        assert!(cluster.members.is_sorted());
        assert_eq!(cluster.members.len(), cluster.support.len());
        cluster.members.iter().for_each(|&record| seen[record as usize].push(at));
        if let Some(core) = cluster.extends {
            let core = &clusters.groups[core as usize];
            assert_eq!(core.lane, Lane::Auto);
            assert!(core.members.iter().all(|member| cluster.members.contains(member)));
            assert_eq!(clusters.added(cluster).count() + core.members.len(), cluster.members.len());
        }
    }
    for (record, seen) in (0..).zip(&seen) {
        let (widest, merged) = (clusters.widest(record), clusters.merged(record));
        match seen.as_slice() {
            [] => assert_eq!((widest, merged), (None, None)),
            [one] => {
                assert_eq!(widest, Some(*one));
                assert_eq!(merged.is_some(), clusters.groups[*one].lane == Lane::Auto);
            }
            [core, whole] => {
                assert_eq!(clusters.groups[*whole].extends, Some(*core as u32));
                assert_eq!((widest, merged), (Some(*whole), Some(*core)));
            }
            _ => panic!("a record in three clusters"),
        }
    }
}

#[test]
fn a_row_repeated_a_thousand_times_is_one_group_on_hold_and_hides_nobody() {
    let mut rows = people(31, 300);
    let mut repeated = rows[7].clone();
    rows.retain(|row| row.phone != repeated.phone);
    (repeated.given, repeated.family) = ("xaver".to_string(), "ottenschlager".to_string());
    let plain = groups(&rows).0;
    let keys: Vec<u64> = (0..1_000).map(|at| (1 << 60) + at).collect();
    rows.extend(keys.iter().map(|&key| Person { key, ..repeated.clone() }));
    let (found, clusters) = groups(&rows);
    assert!(found.contains(&keys), "the copies are one group");
    let large = clusters.groups.iter().find(|cluster| cluster.members.len() == 1_000).unwrap();
    assert_eq!(large.lane, Lane::Hold(HoldReason::TooLarge));
    assert_eq!(large.support.len(), 1_000);
    let others = found.iter().filter(|group| **group != keys).count();
    assert!(others + 5 >= plain.len(), "{others} groups beside the copies, {} without them", plain.len());
}

#[test]
fn one_record_between_two_people_is_a_bridge_and_is_held() {
    let mut rows = people(41, 400);
    let grimburg = |given: &str, key: u64| Person {
        given: given.to_string(),
        family: "grimburg".to_string(),
        key,
        ..Person::default()
    };
    let keys = [1 << 61, (1 << 61) + 1, (1 << 61) + 2];
    let (mail, line) = ("m.grimburg@posteo.de".to_string(), "+4989123456".to_string());
    let moritz = Person { email: mail.clone(), birth: "1961-02-03".into(), ..grimburg("moritz", keys[0]) };
    let between = Person { email: mail, phone: line.clone(), ..grimburg("m", keys[1]) };
    let michael = Person { phone: line, birth: "1985-07-19".into(), ..grimburg("michael", keys[2]) };
    rows.extend([moritz, between, michael]);
    let (found, clusters) = groups(&rows);
    assert!(found.contains(keys.as_slice()), "{found:?}");
    let at = clusters.of_record[rows.len() - 2];
    assert_eq!(clusters.groups[at as usize].lane, Lane::Hold(HoldReason::BridgeRecord));
    // Without the third there is nothing to bridge.
    rows.pop();
    let (_, clusters) = groups(&rows);
    let at = clusters.of_record[rows.len() - 1];
    assert_ne!(clusters.groups[at as usize].lane, Lane::Hold(HoldReason::BridgeRecord));
}

/// Every set that was decided to be one is merged without asking, and no pair that was kept apart is in any cluster.
fn check_decided(clusters: &Clusters, decided: &Decided) {
    for set in &decided.one {
        let at = clusters.merged(set[0]);
        assert!(at.is_some(), "{set:?} is not merged");
        assert!(set.iter().all(|&record| clusters.merged(record) == at), "{set:?}");
    }
    for &(a, b) in &decided.apart {
        for cluster in &clusters.groups {
            let holds = |record: u32| cluster.members.binary_search(&record).is_ok();
            assert!(!(holds(a) && holds(b)), "{a} and {b} in {:?}", cluster.members);
        }
    }
}

#[test]
fn decisions_go_before_the_evidence_in_both_directions_and_through_others() {
    let people = people(23, 300);
    let contacts = contacts(&people);
    let settings = ScoreSettings::default();
    let matchers =
        matcher::prepare(&contacts, matcher::plan(&contacts, &BlockSettings::default()), None, &settings)
            .unwrap();
    let links = Links::join(matchers.iter().map(|m| m.links(settings.link_floor, 0, &Silent)).collect());
    let judges: Vec<Judge<'_>> = matchers.iter().map(|matcher| matcher.judge()).collect();
    let grouped = |decided: &Decided| {
        let groups = group(&contacts, &links, &judges, &ClusterSettings::default(), decided);
        decided::honour(groups, decided, &contacts.key_hash)
    };
    let free = grouped(&Decided::default());
    let records = people.len() as u32;
    for round in 0..40u32 {
        // Sets of records far from each other, and members of clusters that are taken apart.
        let step = 7 + round;
        let mut taken = std::collections::HashSet::new();
        let mut decided = Decided::default();
        for nth in 0..6 {
            let mut set: Vec<u32> =
                (0..2 + nth % 3).map(|at| (nth * 41 + round * 13 + at * step) % records).collect();
            set.sort_unstable();
            set.dedup();
            set.retain(|&record| taken.insert(record));
            if set.len() > 1 {
                decided.one.push(set);
            }
        }
        decided.one.sort();
        let one = |record: u32| decided.one.iter().position(|set| set.contains(&record));
        let pairs = free.groups.iter().skip(round as usize).step_by(3);
        let pairs = pairs.map(|cluster| (cluster.members[0], cluster.members[1]));
        let pairs: Vec<(u32, u32)> = pairs.filter(|&(a, b)| one(a).is_none() || one(a) != one(b)).collect();
        decided.apart = pairs;
        let clusters = grouped(&decided);
        check_decided(&clusters, &decided);
        // Who is one with one of two that are kept apart is not one with the other.
        let mut wider = decided.clone();
        for &(a, b) in &decided.apart {
            let all = |record: u32| one(record).map_or(vec![record], |set| decided.one[set].clone());
            for x in all(a) {
                wider.apart.extend(all(b).into_iter().map(|y| (x, y)));
            }
        }
        check_decided(&clusters, &wider);
    }
}

#[test]
fn what_is_on_hold_is_held_with_its_core() {
    let people = people(24, 300);
    let (_, free) = groups(&people);
    let contacts = contacts(&people);
    let core = free.groups.iter().find(|cluster| cluster.lane == Lane::Auto).unwrap().members.clone();
    let decided = Decided { held: vec![(core[..2].to_vec(), HoldReason::OnHold)], ..Decided::default() };
    let clusters = decided::honour(free, &decided, &contacts.key_hash);
    assert_eq!(clusters.merged(core[0]), None);
    let widest = &clusters.groups[clusters.widest(core[0]).unwrap()];
    assert_eq!(widest.lane, Lane::Hold(HoldReason::OnHold));
    assert_eq!(decided.word(widest), "hold");
}
