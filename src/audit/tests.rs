use super::strata::strata;
use super::*;
use proptest::prelude::*;

fn groups(count: usize) -> Vec<Group> {
    let name = |at: usize| if at.is_multiple_of(3) { "one" } else { "two" };
    (0..count).map(|at| Group::of(&format!("P-{at:04}"), name(at))).collect()
}

fn say(group: &Group, judgement: Verdict) -> Judgement {
    Judgement {
        proposal_id: group.id.clone(),
        fingerprint: group.fingerprint.clone(),
        judgement,
        by: "anna".into(),
        at: "2026-01-01T00:00:00Z".into(),
        comment: String::new(),
        seed: SEED,
    }
}

const AIM: (f64, f64) = (0.05, 0.95);

#[test]
fn judging_what_was_drawn_reaches_the_bound() {
    let groups = groups(1000);
    let (before, drawn) = standing(&groups, &[], SEED, AIM, None);
    assert!((before.at_most - 1.0).abs() < 1e-12 && !before.met);
    assert_eq!(before.more, drawn.open.len() as u64);
    assert_eq!(drawn.drawn, 60, "59 in proportion, each of two strata rounded up");
    let said: Vec<Judgement> = drawn.open.iter().map(|&at| say(&groups[at], Verdict::Right)).collect();
    let (after, next) = standing(&groups, &said, SEED, AIM, None);
    assert!(after.met && after.at_most <= 0.05 && after.more == 0 && next.open.is_empty(), "{after:?}");
    // One that is wrong, or unsure, and more have to be judged: as many as are drawn then.
    for bad in [Verdict::Wrong, Verdict::Unsure] {
        let mut said = said.clone();
        said[0].judgement = bad;
        let (after, next) = standing(&groups, &said, SEED, AIM, None);
        assert!(!after.met && after.wrong + after.unsure == 1);
        assert_eq!(after.more, next.open.len() as u64);
        assert!((33..40).contains(&after.more), "93 are needed: {}", after.more);
    }
}

#[test]
fn only_what_was_drawn_counts() {
    let groups = groups(1000);
    let (_, drawn) = standing(&groups, &[], SEED, AIM, None);
    let picked: Vec<Judgement> =
        (0..1000).filter(|at| !drawn.open.contains(at)).map(|at| say(&groups[at], Verdict::Right)).collect();
    let (after, _) = standing(&groups, &picked, SEED, AIM, None);
    assert_eq!((after.judged, after.counted, after.met), (940, 0, false));
    // A group whose records changed is to be judged anew.
    let mut said: Vec<Judgement> = drawn.open.iter().map(|&at| say(&groups[at], Verdict::Right)).collect();
    said[7].fingerprint = "F-other".into();
    let (after, next) = standing(&groups, &said, SEED, AIM, None);
    assert!(!after.met && next.open == [drawn.open[7]]);
}

#[test]
fn the_last_word_holds_and_judging_everything_needs_no_bound() {
    let groups = groups(7);
    let mut said: Vec<Judgement> = groups.iter().map(|group| say(group, Verdict::Right)).collect();
    said.push(say(&groups[3], Verdict::Wrong));
    let (after, _) = standing(&groups, &said, SEED, AIM, None);
    assert!(after.met && (after.at_most - 1.0 / 7.0).abs() < 1e-12 && after.wrong == 1);
    let (empty, drawn) = standing(&[], &said, SEED, AIM, None);
    assert!(empty.groups == 0 && drawn.open.is_empty() && empty.more == 0);
}

proptest! {
    #[test]
    fn the_sample_hangs_on_no_order_and_grows(count in 1usize..400, size in 1u64..200, seed in 0u64..9) {
        let groups = groups(count);
        let ids = |groups: &[Group], size| {
            let (_, drawn) = standing(groups, &[], seed, AIM, Some(size));
            drawn.open.iter().map(|&at| groups[at].id.clone()).collect::<std::collections::BTreeSet<_>>()
        };
        let mut turned = groups.clone();
        turned.reverse();
        prop_assert_eq!(ids(&groups, size), ids(&turned, size));
        prop_assert!(ids(&groups, size).is_subset(&ids(&groups, size + 7)));
        prop_assert!(ids(&groups, size).len() as u64 >= size.min(count as u64));
        let strata = strata(&groups, seed);
        prop_assert_eq!(strata.iter().map(|stratum| stratum.groups.len()).sum::<usize>(), count);
    }
}
