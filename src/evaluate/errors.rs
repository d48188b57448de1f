//! Wrong and missed pairs by cause, and where true pairs are lost on the way.
//!
//! Pure counting: what is known of each pair comes in as [`PairFacts`].

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What a run did with two records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairFacts {
    /// How far the two came towards being compared.
    pub meeting: Meeting,
    /// Their names forbid a match, whatever else agrees.
    pub vetoed: bool,
    /// Match probability by the run's model, also when the run never compared the two; 0 without a model for both.
    pub probability: f64,
    /// Comparison levels, by the model [`PairFacts::model`].
    pub pattern: u64,
    /// Which of the run's models judges the two.
    pub model: Option<u8>,
    /// The reason of the proposal in the lane `hold` that both are in.
    pub held: Option<String>,
    /// The run believes that they are one.
    pub believed: bool,
    /// The run merged them without asking.
    pub merged: bool,
}

/// How far two records came towards being compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meeting {
    /// One of them is not in the run: quarantined, or in no input.
    #[default]
    NotInRun,
    /// A person and a company, or the like.
    MatchedApart,
    /// No blocking rule gives both the same key.
    NoSharedKey,
    /// Every key that both have was given up.
    KeyGivenUp,
    /// A blocking rule brings them together.
    Compared,
}

/// Why two records of one entity were not believed to be one: the first step at which they were lost, but for those
/// that are held, which came to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// One of them is not in the run.
    NotInRun,
    /// They are of two populations.
    MatchedApart,
    /// They share no key.
    NoSharedKey,
    /// The keys they share were given up.
    KeyGivenUp,
    /// Their names forbid a match.
    Vetoed,
    /// Compared, and too unlike for a link.
    BelowFloor,
    /// Linked, and below the probability at which groups are joined.
    BelowThreshold,
    /// Linked well enough, and their groups do not support each other.
    CutInClustering,
    /// In one proposal that is held for a reason.
    Held,
}

impl Cause {
    /// All causes, in the order in which pairs are lost.
    pub const ALL: [Self; 9] = [
        Self::NotInRun,
        Self::MatchedApart,
        Self::NoSharedKey,
        Self::KeyGivenUp,
        Self::Vetoed,
        Self::BelowFloor,
        Self::BelowThreshold,
        Self::CutInClustering,
        Self::Held,
    ];

    /// Why a pair was missed; `floor` is the least probability of a link, `threshold` that of joining.
    pub fn of(pair: &PairFacts, floor: f64, threshold: f64) -> Self {
        if pair.held.is_some() {
            return Self::Held;
        }
        match pair.meeting {
            Meeting::NotInRun => Self::NotInRun,
            Meeting::MatchedApart => Self::MatchedApart,
            Meeting::NoSharedKey => Self::NoSharedKey,
            Meeting::KeyGivenUp => Self::KeyGivenUp,
            Meeting::Compared if pair.vetoed => Self::Vetoed,
            Meeting::Compared if pair.probability < floor => Self::BelowFloor,
            Meeting::Compared if pair.probability < threshold => Self::BelowThreshold,
            Meeting::Compared => Self::CutInClustering,
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotInRun => "not_in_run",
            Self::MatchedApart => "matched_apart",
            Self::NoSharedKey => "no_shared_key",
            Self::KeyGivenUp => "key_given_up",
            Self::Vetoed => "vetoed",
            Self::BelowFloor => "below_floor",
            Self::BelowThreshold => "below_threshold",
            Self::CutInClustering => "cut_in_clustering",
            Self::Held => "held",
        }
    }

    /// The cause in words.
    fn words(self) -> &'static str {
        match self {
            Self::NotInRun => "a record is not in the run (quarantined?)",
            Self::MatchedApart => "never compared: persons and companies are matched apart",
            Self::NoSharedKey => "never compared: they share no key",
            Self::KeyGivenUp => "never compared: the keys they share were given up",
            Self::Vetoed => "compared, and vetoed by their names",
            Self::BelowFloor => "compared, and below the floor of a link",
            Self::BelowThreshold => "linked, and below the joining point",
            Self::CutInClustering => "linked well, and cut in clustering",
            Self::Held => "in one proposal, held",
        }
    }
}

/// How two records that are not one came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// Their own probability reaches the joining point.
    OwnLink,
    /// Only that of others of their group does.
    Group,
}

impl Together {
    /// How a pair came together.
    pub fn of(pair: &PairFacts, threshold: f64) -> Self {
        if pair.probability >= threshold { Self::OwnLink } else { Self::Group }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnLink => "own_link",
            Self::Group => "group",
        }
    }
}

/// What the levels of a pair say, by the names of comparisons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelWords {
    /// The class of non-matches that the pair looks most like: `household`, `namesakes`, …
    pub relation: String,
    /// Comparisons whose values are the same or nearly.
    pub agree: Vec<String>,
    /// Comparisons whose values are plainly two.
    pub differ: Vec<String>,
}

/// Wrong and missed pairs by cause.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Errors {
    /// Where true pairs are lost.
    pub budget: Budget,
    /// True pairs that are not believed.
    pub missed: Missed,
    /// Believed pairs that are not true.
    pub wrong: Wrong,
}

/// How many true pairs come how far. Of a truth with very many pairs one in [`Budget::one_in`] is looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Budget {
    /// Of how many true pairs one was looked at; 1 when all were. The counts below are of those looked at.
    pub one_in: u64,
    /// True pairs.
    pub true_pairs: u64,
    /// Both records are in the run, and matched with the same model.
    pub comparable: u64,
    /// A blocking rule brings the two together: blocking recall.
    pub compared: u64,
    /// Compared, and the probability reaches the floor of a link.
    pub linked: u64,
    /// Compared, and the probability reaches the joining point.
    pub joinable: u64,
    /// Believed to be one (auto and review lanes).
    pub believed: u64,
    /// Of these, pairs whose own link is below the joining point, or that have none: their group brought them together.
    pub believed_by_group: u64,
    /// Merged without asking.
    pub merged: u64,
    /// The floor of a link, a probability.
    pub floor: f64,
    /// The joining point, a probability.
    pub threshold: f64,
}

/// True pairs that are not believed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Missed {
    /// All of them.
    pub pairs: u64,
    /// Those looked at, which the counts below are of.
    pub explained: u64,
    /// By [`Cause`]; every cause is there.
    pub by_cause: BTreeMap<&'static str, u64>,
    /// Those held, by reason.
    pub held: BTreeMap<String, u64>,
    /// Those never compared whose probability reaches the joining point: blocking alone loses them.
    pub uncompared_but_alike: u64,
    /// Per comparison, in how many of them the values are plainly two.
    pub differ: BTreeMap<String, u64>,
}

/// Believed pairs that are not true.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Wrong {
    /// All of them.
    pub pairs: u64,
    /// Those looked at, which the counts below are of.
    pub explained: u64,
    /// Of how many believed pairs one was looked at.
    pub one_in: u64,
    /// Those that were merged without asking.
    pub merged: u64,
    /// By how they came together.
    pub by_way: BTreeMap<&'static str, u64>,
    /// By the relation that the pair looks most like.
    pub by_relation: BTreeMap<String, u64>,
    /// Per comparison, in how many of them the values are the same or nearly.
    pub agree: BTreeMap<String, u64>,
    /// Per comparison, in how many of them the values are plainly two.
    pub differ: BTreeMap<String, u64>,
}

/// What is known of pairs.
pub struct Known<'a> {
    /// True pairs, all or one in so many.
    pub truly: &'a [PairFacts],
    /// Of how many.
    pub truly_one_in: u64,
    /// Believed pairs that are not true, all or one in so many.
    pub wrong: &'a [PairFacts],
    /// Of how many.
    pub wrong_one_in: u64,
    /// All true pairs that are not believed; all believed ones that are not true.
    pub totals: (u64, u64),
    /// The floor of a link and the joining point, probabilities.
    pub bounds: (f64, f64),
}

/// Counts errors by cause; `levels` tells what the levels of a pair say.
pub fn tally(known: &Known<'_>, levels: &dyn Fn(&PairFacts) -> LevelWords) -> Errors {
    let (floor, threshold) = known.bounds;
    let mut budget = Budget {
        one_in: known.truly_one_in,
        true_pairs: known.truly.len() as u64,
        floor,
        threshold,
        ..Budget::default()
    };
    let mut missed = Missed { pairs: known.totals.0, ..Missed::default() };
    missed.by_cause.extend(Cause::ALL.map(|cause| (cause.name(), 0)));
    for pair in known.truly {
        let compared = pair.meeting == Meeting::Compared;
        let joinable = compared && pair.probability >= threshold;
        budget.comparable += u64::from(pair.model.is_some());
        budget.compared += u64::from(compared);
        budget.linked += u64::from(compared && pair.probability >= floor);
        budget.joinable += u64::from(joinable);
        budget.believed += u64::from(pair.believed);
        budget.believed_by_group += u64::from(pair.believed && !joinable);
        budget.merged += u64::from(pair.merged);
        if pair.believed {
            continue;
        }
        missed.explained += 1;
        *missed.by_cause.entry(Cause::of(pair, floor, threshold).name()).or_default() += 1;
        if let Some(reason) = &pair.held {
            *missed.held.entry(reason.clone()).or_default() += 1;
        }
        missed.uncompared_but_alike += u64::from(!compared && pair.probability >= threshold);
        count(&mut missed.differ, levels(pair).differ);
    }
    let mut wrong = Wrong { pairs: known.totals.1, one_in: known.wrong_one_in, ..Wrong::default() };
    wrong.by_way.extend([Together::OwnLink, Together::Group].map(|path| (path.name(), 0)));
    for pair in known.wrong {
        wrong.explained += 1;
        wrong.merged += u64::from(pair.merged);
        *wrong.by_way.entry(Together::of(pair, threshold).name()).or_default() += 1;
        let says = levels(pair);
        *wrong.by_relation.entry(says.relation).or_default() += 1;
        count(&mut wrong.agree, says.agree);
        count(&mut wrong.differ, says.differ);
    }
    Errors { budget, missed, wrong }
}

fn count(counts: &mut BTreeMap<String, u64>, names: Vec<String>) {
    names.into_iter().for_each(|name| *counts.entry(name).or_default() += 1);
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, missed, wrong } = self;
        writeln!(f, "How far true pairs come")?;
        let mut line = |pairs: u64, whole: u64, words: &str| {
            let share = if whole == 0 { 0.0 } else { pairs as f64 / whole as f64 * 100.0 };
            writeln!(f, "{pairs:>12}  {share:>7.3} %  {words}")
        };
        let of = budget.true_pairs;
        line(of, of, &format!("true pairs{}", sampled(budget.one_in)))?;
        line(budget.comparable, of, "can be compared: in the run, and of one population")?;
        line(budget.compared, of, "are compared (blocking recall)")?;
        line(budget.linked, of, &format!("are linked: probability {} or more", budget.floor))?;
        line(
            budget.joinable,
            of,
            &format!("reach the joining point: probability {} or more", budget.threshold),
        )?;
        let by_group = budget.believed_by_group;
        line(
            budget.believed,
            of,
            &format!("are believed to be one, {by_group} of them by their group only"),
        )?;
        line(budget.merged, of, "are merged without asking")?;

        writeln!(
            f,
            "\nMissed: {} true pairs. Share of all true pairs, and where they were lost",
            missed.pairs
        )?;
        let mut line = |pairs: u64, whole: u64, words: &str| {
            let share = if whole == 0 { 0.0 } else { pairs as f64 / whole as f64 * 100.0 };
            writeln!(f, "{pairs:>12}  {share:>7.3} %  {words}")
        };
        for cause in Cause::ALL {
            let pairs = missed.by_cause.get(cause.name()).copied().unwrap_or(0);
            let reasons = if cause == Cause::Held { named(&missed.held, usize::MAX) } else { String::new() };
            if pairs > 0 {
                line(pairs, of, &format!("{}{reasons}", cause.words()))?;
            }
        }
        if missed.uncompared_but_alike > 0 {
            let words = "of those never compared: alike enough, had they been";
            line(missed.uncompared_but_alike, of, words)?;
        }
        if !missed.differ.is_empty() {
            writeln!(f, "              plainly different{}", named(&missed.differ, LISTED))?;
        }

        writeln!(
            f,
            "\nWrong: {} believed pairs{}. Share of them, and what they look most like",
            wrong.pairs,
            sampled(wrong.one_in)
        )?;
        let mut line = |pairs: u64, words: &str| {
            let share =
                if wrong.explained == 0 { 0.0 } else { pairs as f64 / wrong.explained as f64 * 100.0 };
            writeln!(f, "{pairs:>12}  {share:>7.3} %  {words}")
        };
        for (relation, pairs) in by_count(&wrong.by_relation) {
            line(pairs, &relation.replace('_', " "))?;
        }
        let by_group = wrong.by_way.get(Together::Group.name()).copied().unwrap_or(0);
        if wrong.explained > 0 {
            line(by_group, "of all these: joined by their group only")?;
            line(wrong.merged, "of all these: merged without asking")?;
        }
        if !wrong.agree.is_empty() {
            writeln!(f, "              agree{}", named(&wrong.agree, LISTED))?;
        }
        if !wrong.differ.is_empty() {
            writeln!(f, "              plainly different{}", named(&wrong.differ, LISTED))?;
        }
        Ok(())
    }
}

/// Comparisons listed on the terminal; the JSON has all.
const LISTED: usize = 6;

fn sampled(one_in: u64) -> String {
    if one_in > 1 { format!(" (one in {one_in} looked at)") } else { String::new() }
}

fn by_count(counts: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut counts: Vec<(&str, u64)> = counts.iter().map(|(name, &count)| (name.as_str(), count)).collect();
    counts.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    counts
}

/// Names with their counts, the commonest first: `: household 3, twins 1`.
fn named(counts: &BTreeMap<String, u64>, most: usize) -> String {
    let parts: Vec<String> = by_count(counts)
        .into_iter()
        .take(most)
        .map(|(name, count)| format!("{} {count}", name.replace('_', " ")))
        .collect();
    format!(": {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(probability: f64) -> PairFacts {
        PairFacts { meeting: Meeting::Compared, probability, model: Some(0), ..PairFacts::default() }
    }

    #[test]
    fn a_pair_is_lost_at_the_first_step_that_loses_it() {
        let cause = |pair: &PairFacts| Cause::of(pair, 0.05, 0.45);
        assert_eq!(cause(&PairFacts::default()), Cause::NotInRun);
        assert_eq!(cause(&PairFacts { meeting: Meeting::NoSharedKey, ..compared(0.9) }), Cause::NoSharedKey);
        assert_eq!(cause(&PairFacts { vetoed: true, ..compared(0.0) }), Cause::Vetoed);
        assert_eq!(cause(&compared(0.049)), Cause::BelowFloor);
        assert_eq!(cause(&compared(0.05)), Cause::BelowThreshold);
        assert_eq!(cause(&compared(0.45)), Cause::CutInClustering);
        let held = PairFacts { held: Some("twins".into()), ..compared(0.01) };
        assert_eq!(cause(&held), Cause::Held, "they came to the end of the way");
    }

    #[test]
    fn every_true_pair_is_believed_or_missed_for_one_cause() {
        let truly = [
            PairFacts { believed: true, merged: true, ..compared(0.99) },
            PairFacts { believed: true, meeting: Meeting::NoSharedKey, ..compared(0.2) },
            PairFacts { meeting: Meeting::NoSharedKey, ..compared(0.8) },
            compared(0.3),
            PairFacts { held: Some("household".into()), ..compared(0.7) },
            PairFacts::default(),
        ];
        let wrong = [PairFacts { believed: true, ..compared(0.3) }];
        let known = Known {
            truly: &truly,
            truly_one_in: 1,
            wrong: &wrong,
            wrong_one_in: 1,
            totals: (4, 1),
            bounds: (0.05, 0.45),
        };
        let says = |_: &PairFacts| LevelWords {
            relation: "same_surname".into(),
            agree: vec!["family_name".into()],
            differ: vec!["given_name".into()],
        };
        let errors = tally(&known, &says);
        assert_eq!(errors.missed.by_cause.values().sum::<u64>(), errors.missed.explained);
        assert_eq!(errors.budget.believed + errors.missed.explained, errors.budget.true_pairs);
        insta::assert_snapshot!(errors.to_string(), @r#"
        How far true pairs come
                   6  100.000 %  true pairs
                   5   83.333 %  can be compared: in the run, and of one population
                   3   50.000 %  are compared (blocking recall)
                   3   50.000 %  are linked: probability 0.05 or more
                   2   33.333 %  reach the joining point: probability 0.45 or more
                   2   33.333 %  are believed to be one, 1 of them by their group only
                   1   16.667 %  are merged without asking

        Missed: 4 true pairs. Share of all true pairs, and where they were lost
                   1   16.667 %  a record is not in the run (quarantined?)
                   1   16.667 %  never compared: they share no key
                   1   16.667 %  linked, and below the joining point
                   1   16.667 %  in one proposal, held: household 1
                   1   16.667 %  of those never compared: alike enough, had they been
                      plainly different: given name 4

        Wrong: 1 believed pairs. Share of them, and what they look most like
                   1  100.000 %  same surname
                   1  100.000 %  of all these: joined by their group only
                   0    0.000 %  of all these: merged without asking
                      agree: family name 1
                      plainly different: given name 1
        "#);
    }
}
