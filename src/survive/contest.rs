//! Typo-aware consensus: the values of one field among the members of a cluster, and which of them is likeliest.
//!
//! Values with the same normal form are one *form*; forms that are spellings of one another are a *family*. The best
//! supported family wins, and in it the form with the best score: one point for each member, a fraction of a point
//! for being well formed, for standing often in the whole data set, and for coming from a member whose other values
//! won their contests ("a record with a typo here likely has one there").
//! All scores are whole thousandths, so that no machine or order of summing can change a result.

use super::Reason;
use super::kin::{self, Likeness};
use super::standing::Standing;
use crate::config::TieBreak;
use std::cmp::Reverse;

/// One member's voice for a form, in thousandths.
const VOICE: i64 = 1_000;
/// Well formed rather than not: three quarters of a voice, so that two malformed values still outvote one.
const VALID: i64 = 750;
/// What a doubling of the number of records with the same words is worth. 0.2 to 0.5 of a voice are equally good on
/// the FEBRL and contact sets; at 0.3, thirty-two times as common outweighs one voice and a half.
const DOUBLING: i64 = 300;
/// Between values that are no spellings of one another commonness counts up to two doublings: enough to tell a
/// known word from noise, too little to prefer a common name to a rare one.
const DOUBLINGS_BETWEEN_FAMILIES: i64 = 2_000;
/// What each lost contest costs a member's other values; half a voice (0.4 to 1.0 are equally good).
const LOSS: i64 = 500;
/// A margin of one voice counts as a loss in full, a smaller one in proportion.
const FULL_LOSS: i64 = 1_000;
/// An initial or a shortened form against the full one of its family: more than three voices.
const ABBREVIATED: i64 = 3_500;
/// What each edit costs that a form is further from the other forms of its family (of three or more) than need be,
/// on average: the spelling in the middle is the one that the others were made from.
const REMOTENESS: i64 = 300;
/// With more forms than this spellings are not compared: such a cluster is held anyway, and the work is quadratic.
const MOST_FORMS: usize = 200;
/// A form that stands in the data set as the chosen value of a sister field (a mobile number among land lines).
pub(super) const ELSEWHERE: i64 = 1_500;

/// The values of one field among the members of a cluster.
#[derive(Debug)]
pub(super) struct Contest<'b> {
    /// The field's position.
    pub position: usize,
    /// The distinct forms.
    pub forms: Vec<Form<'b>>,
    /// Whether members may rightly differ over time (an address, not a birth date): then the latest goes first when
    /// families are equally supported.
    pub changeable: bool,
}

/// Values with one normal form.
#[derive(Debug)]
pub(super) struct Form<'b> {
    /// The normal form; empty for junk.
    pub normal: &'b str,
    /// Spellings, each with the members (by their place in the cluster) that hold it.
    pub spellings: Vec<Spelling>,
    /// How many members hold it.
    pub support: i64,
    /// Which family it belongs to: the number of its first form.
    pub family: usize,
    /// Whether one of its spellings looks as its field should.
    pub valid: bool,
    /// How common its words or its shape are outside the cluster (see [`super::corpus::Corpus::commonness`]).
    pub commonness: i64,
    /// What counts against it, in thousandths.
    pub penalty: i64,
    /// Another form says all that it does, and more.
    pub is_part: bool,
}

/// One raw value.
#[derive(Debug)]
pub(super) struct Spelling {
    /// Members that hold it.
    pub holders: Vec<usize>,
    /// See [`super::form::care`].
    pub care: u32,
}

/// Who won a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The winning form.
    pub form: usize,
    /// What decided.
    pub reason: Reason,
    /// By how much, in thousandths.
    pub margin: i64,
}

impl Form<'_> {
    fn holders(&self) -> impl Iterator<Item = usize> + '_ {
        self.spellings.iter().flat_map(|spelling| spelling.holders.iter().copied())
    }

    fn reliability(&self, losses: &[i64]) -> i64 {
        let best = self.holders().map(|member| -losses[member]).max().unwrap_or(0);
        best * LOSS / FULL_LOSS
    }

    fn worth(&self, commonness: i64, losses: &[i64]) -> i64 {
        self.support * VOICE
            + i64::from(self.valid) * VALID
            + commonness * DOUBLING / 1_000
            + self.reliability(losses)
            - self.penalty
    }

    /// Worth among the spellings of one value.
    fn score(&self, losses: &[i64]) -> i64 {
        self.worth(self.commonness, losses)
    }

    /// Worth among values that are no spellings of one another.
    fn score_between(&self, losses: &[i64]) -> i64 {
        self.worth(self.commonness.min(DOUBLINGS_BETWEEN_FAMILIES), losses)
    }

    /// The best standing among its holders.
    fn standing<'a>(&self, standings: &'a [Standing]) -> &'a Standing {
        let best = self.holders().min_by_key(|&member| standings[member].order()).unwrap_or(0);
        &standings[best]
    }

    fn latest(&self, standings: &[Standing]) -> u64 {
        self.holders().map(|member| standings[member].changed).max().unwrap_or(0)
    }
}

/// In families of three or more forms, counts against each its mean distance to the voices for the others.
fn remote_forms(forms: &mut [Form<'_>]) {
    for at in 0..forms.len() {
        let others = || {
            forms.iter().enumerate().filter(|(other, form)| *other != at && form.family == forms[at].family)
        };
        if others().count() < 2 {
            continue;
        }
        let voices: i64 = others().map(|(_, form)| form.support).sum();
        let far: i64 =
            others().map(|(_, form)| form.support * kin::distance(forms[at].normal, form.normal)).sum();
        forms[at].penalty += far * REMOTENESS / voices.max(1);
    }
}

/// Cells with several addresses or numbers speak for each of them: they are of one family with cells that hold a part.
fn join_parts(likeness: Likeness, forms: &mut [Form<'_>]) {
    for part in 0..forms.len() {
        let whole = (0..forms.len())
            .filter(|&at| kin::includes(likeness, forms[at].normal, forms[part].normal))
            .max_by_key(|&at| (forms[at].support, Reverse(forms[at].normal)));
        let Some(whole) = whole else { continue };
        let (keep, drop) = (forms[whole].family, forms[part].family);
        forms.iter_mut().filter(|form| form.family == drop).for_each(|form| form.family = keep);
        forms[part].penalty += ABBREVIATED;
        forms[part].is_part = true;
    }
}

impl<'b> Contest<'b> {
    /// Sorts the forms into families and marks the abbreviated ones.
    pub fn new(position: usize, likeness: Likeness, changeable: bool, mut forms: Vec<Form<'b>>) -> Self {
        forms.iter_mut().enumerate().for_each(|(at, form)| form.family = at);
        let compared = if forms.len() > MOST_FORMS { 0 } else { forms.len() };
        for a in 0..compared {
            for b in a + 1..compared {
                if forms[a].family != forms[b].family
                    && kin::are_kin(likeness, forms[a].normal, forms[b].normal)
                {
                    let (keep, drop) =
                        (forms[a].family.min(forms[b].family), forms[a].family.max(forms[b].family));
                    forms.iter_mut().filter(|form| form.family == drop).for_each(|form| form.family = keep);
                }
            }
        }
        if matches!(likeness, Likeness::Email | Likeness::Phone) {
            join_parts(likeness, &mut forms[..compared]);
        }
        if matches!(likeness, Likeness::Names | Likeness::Words) {
            for a in 0..compared {
                let short = |b: usize| b != a && kin::abbreviates(forms[a].normal, forms[b].normal);
                if (0..compared).any(short) {
                    forms[a].penalty += ABBREVIATED;
                }
            }
        }
        remote_forms(&mut forms[..compared]);
        Self { position, forms, changeable }
    }

    /// The members' voices for the family of a form.
    fn family_support(&self, family: usize) -> i64 {
        self.forms.iter().filter(|form| form.family == family).map(|form| form.support).sum()
    }

    /// Which form is the likeliest, given how many contests (in thousandths) each member has lost.
    pub fn decide(&self, losses: &[i64], standings: &[Standing]) -> Outcome {
        // Families first: support, then (for what changes over time) the latest, then the best form.
        let family_key = |at: usize| {
            let form = &self.forms[at];
            let latest = if self.changeable { self.family_latest(form.family, standings) } else { 0 };
            (
                !form.normal.is_empty(),
                self.family_support(form.family),
                self.family_valid(form.family),
                latest,
            )
        };
        let among = |a: &usize, b: &usize| {
            let (a_form, b_form) = (&self.forms[*a], &self.forms[*b]);
            let by_score = if a_form.family == b_form.family {
                a_form.score(losses).cmp(&b_form.score(losses))
            } else {
                family_key(*a).cmp(&family_key(*b)).then_with(|| {
                    self.family_best(a_form.family, losses).cmp(&self.family_best(b_form.family, losses))
                })
            };
            by_score.then_with(|| b_form.standing(standings).order().cmp(&a_form.standing(standings).order()))
        };
        let mut ranked: Vec<usize> = (0..self.forms.len()).collect();
        // Best of each family, then the best of these: comparing within and between families is no single order.
        let mut best_of_family: Vec<usize> = Vec::new();
        ranked.sort_by_key(|&at| self.forms[at].family);
        for chunk in ranked.chunk_by(|&a, &b| self.forms[a].family == self.forms[b].family) {
            best_of_family.extend(chunk.iter().copied().max_by(|a, b| among(a, b)));
        }
        let form = best_of_family.iter().copied().max_by(|a, b| among(a, b)).unwrap_or(0);
        let rival = (0..self.forms.len()).filter(|&at| at != form).max_by(|a, b| {
            let same = |at: &usize| self.forms[*at].family == self.forms[form].family;
            same(a)
                .cmp(&same(b))
                .then_with(|| self.forms[*a].score(losses).cmp(&self.forms[*b].score(losses)))
                .then_with(|| {
                    self.forms[*b]
                        .standing(standings)
                        .order()
                        .cmp(&self.forms[*a].standing(standings).order())
                })
        });
        let margin = (self.forms[form].score_between(losses) - self.best_other(form, losses)).max(0);
        let reason = rival.map_or(Reason::Agreed, |rival| self.reason(form, rival, losses, standings));
        Outcome { form, reason, margin }
    }

    fn best_other(&self, form: usize, losses: &[i64]) -> i64 {
        let others = self.forms.iter().enumerate().filter(|(at, _)| *at != form);
        others.map(|(_, other)| other.score_between(losses)).max().unwrap_or(0)
    }

    fn family_latest(&self, family: usize, standings: &[Standing]) -> u64 {
        self.forms
            .iter()
            .filter(|form| form.family == family)
            .map(|form| form.latest(standings))
            .max()
            .unwrap_or(0)
    }

    fn family_valid(&self, family: usize) -> bool {
        self.forms.iter().any(|form| form.family == family && form.valid)
    }

    fn family_best(&self, family: usize, losses: &[i64]) -> i64 {
        let forms = self.forms.iter().filter(|form| form.family == family);
        forms.map(|form| form.score_between(losses)).max().unwrap_or(0)
    }

    /// What told the winner from its nearest rival, in words.
    fn reason(&self, winner: usize, rival: usize, losses: &[i64], standings: &[Standing]) -> Reason {
        let (a, b) = (&self.forms[winner], &self.forms[rival]);
        let between = a.family != b.family;
        let support = if between {
            self.family_support(a.family) - self.family_support(b.family)
        } else {
            a.support - b.support
        };
        if support > 0 {
            return Reason::Consensus;
        }
        if between
            && self.changeable
            && self.family_latest(a.family, standings) > self.family_latest(b.family, standings)
        {
            return Reason::Recency;
        }
        let gains = [
            (
                i64::from(a.valid) * VALID - a.penalty - i64::from(b.valid) * VALID + b.penalty,
                Reason::Validity,
            ),
            ((a.commonness - b.commonness) * DOUBLING / 1_000, Reason::Frequency),
            (a.reliability(losses) - b.reliability(losses), Reason::Reliability),
        ];
        let best = gains.into_iter().max_by_key(|(gain, _)| *gain).filter(|(gain, _)| *gain > 0);
        best.map_or_else(|| tie_reason(a.standing(standings), b.standing(standings)), |(_, reason)| reason)
    }
}

/// What told two members apart.
pub(super) fn tie_reason(a: &Standing, b: &Standing) -> Reason {
    let told = a.breaks.into_iter().find(|&by| a.by(by) != b.by(by));
    told.map_or(Reason::Key, |by| match by {
        TieBreak::MostComplete => Reason::Completeness,
        TieBreak::MostRecent => Reason::Recency,
        TieBreak::SourcePriority => Reason::Trust,
    })
}

/// Rounds of deciding all contests of a cluster; losses of one round are evidence in the next. Three: a fourth
/// changes one field in ten thousand.
const ROUNDS: usize = 3;

/// Decides all contests of a cluster together.
pub(super) fn decide_all(contests: &[Contest<'_>], standings: &[Standing]) -> Vec<Outcome> {
    let mut losses = vec![0i64; standings.len()];
    let mut outcomes = Vec::new();
    for _ in 0..ROUNDS {
        outcomes = contests.iter().map(|contest| contest.decide(&losses, standings)).collect();
        let mut next = vec![0i64; standings.len()];
        for (contest, outcome) in contests.iter().zip(&outcomes) {
            let lost = outcome.margin.min(FULL_LOSS);
            let family = contest.forms[outcome.form].family;
            for (at, form) in contest.forms.iter().enumerate() {
                // Another telephone number is no error; another spelling of the same one is.
                // Neither is one that says less.
                if at != outcome.form && !form.is_part && (!contest.changeable || form.family == family) {
                    form.holders().for_each(|member| next[member] += lost);
                }
            }
        }
        if next == losses {
            break;
        }
        losses = next;
    }
    outcomes
}

impl Form<'_> {
    /// The spelling to take, and the member to take it from: most carefully written, then most held, then the best
    /// standing.
    pub fn pick(&self, standings: &[Standing]) -> (usize, usize) {
        let standing = |at: usize| {
            let best =
                self.spellings[at].holders.iter().copied().min_by_key(|&member| standings[member].order());
            best.unwrap_or(0)
        };
        let key = |&at: &usize| {
            (
                Reverse((self.spellings[at].care, self.spellings[at].holders.len())),
                standings[standing(at)].order(),
            )
        };
        let spelling = (0..self.spellings.len()).min_by_key(key).unwrap_or(0);
        (spelling, standing(spelling))
    }
}
