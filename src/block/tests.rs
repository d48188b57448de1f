use super::*;
use crate::testing::{contacts, people};
use std::collections::BTreeSet;

fn settings(max_block: u32) -> BlockSettings {
    BlockSettings { max_block, pairs_per_record: 1e9, ..BlockSettings::default() }
}

fn pairs(plan: &Plan) -> Vec<Pair> {
    let batches = plan.for_each_batch(
        Sample::All,
        Vec::new,
        |found: &mut Vec<Pair>, _, pairs| found.extend_from_slice(pairs),
        |_| {},
    );
    batches.into_iter().flatten().collect()
}

#[test]
fn every_pair_that_shares_a_key_is_handed_out_once() {
    for (seed, max_block) in [(1, 1_000), (2, 1_000), (3, 8), (4, 5)] {
        let contacts = contacts(&people(seed, 200));
        let plan = &plan(&contacts, &settings(max_block), &Room::default())[0];
        let found = pairs(plan);
        let distinct: BTreeSet<Pair> = found.iter().copied().collect();
        assert_eq!(found.len(), distinct.len(), "a pair was handed out twice");
        let expected: BTreeSet<Pair> = (0..200)
            .flat_map(|a| (a + 1..200).map(move |b| Pair { a, b }))
            .filter(|pair| !plan.shared_rules(pair.a, pair.b).is_empty())
            .collect();
        assert_eq!(distinct, expected);
        assert!(!distinct.is_empty());
    }
}

#[test]
fn oversized_blocks_are_divided_and_reported() {
    let contacts = contacts(&people(5, 300));
    let open = &plan(&contacts, &settings(1_000), &Room::default())[0];
    let divided = &plan(&contacts, &settings(6), &Room::default())[0];
    assert!(pairs(divided).len() < pairs(open).len());
    assert!(divided.costs.iter().any(|cost| cost.divided_blocks > 0));
    assert!(divided.rules.iter().any(|rule| rule.divides.is_some()));
    assert!(divided.costs.iter().all(|cost| cost.largest <= 6));
}

#[test]
fn pairs_do_not_depend_on_row_order() {
    let people = people(6, 150);
    let mut shuffled = people.clone();
    shuffled.reverse();
    shuffled.rotate_left(31);
    let keys = |people: &[crate::testing::Person]| -> BTreeSet<(u64, u64)> {
        let contacts = contacts(people);
        let found = pairs(&plan(&contacts, &settings(20), &Room::default())[0]);
        let key = |record: u32| people[record as usize].key;
        found.iter().map(|pair| (key(pair.a).min(key(pair.b)), key(pair.a).max(key(pair.b)))).collect()
    };
    assert_eq!(keys(&people), keys(&shuffled));
}

#[test]
fn rules_over_the_budget_are_left_out_and_named() {
    let contacts = contacts(&people(7, 200));
    let tight = BlockSettings { pairs_per_record: 1.0, max_block: 1_000, without: Vec::new() };
    let plan = &plan(&contacts, &tight, &Room::default())[0];
    // Twice the budget, since rules overlap, and ten times that until it is known what the rules are worth.
    assert!(plan.core_pairs() <= 2 * 200);
    assert!(plan.planned_pairs() <= 20 * 200);
    assert!(!plan.left_out.is_empty());
}

#[test]
fn shared_keys_that_were_given_up_are_told_with_the_reason() {
    let contacts = contacts(&people(9, 200));
    let names = |plan: &Plan, a, b| -> BTreeSet<String> {
        plan.rules_cut(&contacts, a, b)
            .into_iter()
            .filter_map(|cut| cut.split(" (").next().map(String::from))
            .collect()
    };
    let open = &plan(&contacts, &settings(1_000), &Room::default())[0];
    let divided = &plan(&contacts, &settings(6), &Room::default())[0];
    let tight = BlockSettings { pairs_per_record: 0.1, ..settings(1_000) };
    let budget = &plan(&contacts, &tight, &Room::default())[0];
    let mut seen = (0, 0);
    for (a, b) in (0..200).flat_map(|a| (a + 1..200).map(move |b| (a, b))).step_by(29) {
        assert!(open.rules_cut(&contacts, a, b).is_empty(), "nothing was given up");
        let all: BTreeSet<String> = open.shared_rules(a, b).into_iter().map(String::from).collect();
        for (plan, count) in [(divided, &mut seen.0), (budget, &mut seen.1)] {
            let kept: BTreeSet<String> = plan.shared_rules(a, b).into_iter().map(String::from).collect();
            let cut = names(plan, a, b);
            *count += cut.len();
            assert_eq!(cut, all.difference(&kept).cloned().collect());
        }
        let told = budget.rules_cut(&contacts, a, b);
        assert!(told.iter().all(|cut| cut.contains("would exceed the budget")), "{told:?}");
        let told = divided.rules_cut(&contacts, a, b);
        assert!(told.iter().all(|cut| cut.ends_with("(too many records share it)")), "{told:?}");
    }
    assert!(seen.0 > 0 && seen.1 > 0, "{seen:?}");
}

#[test]
fn rules_can_be_switched_off_by_name() {
    let contacts = contacts(&people(8, 50));
    let without = BlockSettings { without: vec!["e-mail".to_string()], ..settings(1_000) };
    assert!(
        plan(&contacts, &settings(1_000), &Room::default())[0].rules.iter().any(|rule| rule.name == "e-mail")
    );
    assert!(!plan(&contacts, &without, &Room::default())[0].rules.iter().any(|rule| rule.name == "e-mail"));
}
