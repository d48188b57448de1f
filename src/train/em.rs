//! Expectation–maximisation over a histogram of patterns.

use super::classes::Class;
use super::sample::Histogram;
use crate::compare::level_of;
use rayon::prelude::*;

/// A fitted mixture.
pub struct Fit {
    pub classes: Vec<Class>,
    pub rounds: u32,
    pub converged: bool,
}

/// Rounds after which the fit is taken as it is, and said not to have converged.
const MAX_ROUNDS: u32 = 200;

/// Largest change of any class share at which the fit has converged.
const TOLERANCE: f64 = 1e-4;

/// Pairs that the prior is worth at least, so that a class with few pairs keeps its shape.
const PRIOR_PAIRS: f64 = 20.0;

/// Pseudo-pairs per class share, so that no class dies out.
const SHARE_PAIRS: f64 = 2.0;

/// The least probability of a level: a level never seen in a class is unlikely, not impossible.
const LEAST: f64 = 1e-7;

/// Patterns a parallel task works on; fixed, so that sums are added in the same order on any number of threads.
const CHUNK: usize = 2_048;

/// Fits the classes to the patterns, starting from `start`.
pub fn fit(histogram: &Histogram, start: Vec<Class>) -> Fit {
    let mut classes = start.clone();
    let (mut rounds, mut converged) = (0, histogram.total == 0);
    while rounds < MAX_ROUNDS && !converged {
        rounds += 1;
        let sums = expect(histogram, &classes);
        let next = maximise(&start, &sums);
        let change = |(old, new): (&Class, &Class)| (old.share - new.share).abs();
        converged = classes.iter().zip(&next).map(change).fold(0.0, f64::max) < TOLERANCE;
        classes = next;
    }
    Fit { classes, rounds, converged }
}

/// Expected pairs per class, and per class, comparison and level.
struct Sums {
    pairs: Vec<f64>,
    levels: Vec<Vec<Vec<f64>>>,
}

impl Sums {
    fn zero(classes: &[Class]) -> Self {
        let empty = |class: &Class| class.levels.iter().map(|levels| vec![0.0; levels.len()]).collect();
        Self { pairs: vec![0.0; classes.len()], levels: classes.iter().map(empty).collect() }
    }

    fn add(&mut self, other: &Sums) {
        for (class, pairs) in other.pairs.iter().enumerate() {
            self.pairs[class] += pairs;
            for (comparison, levels) in other.levels[class].iter().enumerate() {
                let sums = &mut self.levels[class][comparison];
                sums.iter_mut().zip(levels).for_each(|(sum, level)| *sum += level);
            }
        }
    }
}

fn expect(histogram: &Histogram, classes: &[Class]) -> Sums {
    let log = |share: f64| share.max(LEAST).ln();
    let shares: Vec<f64> = classes.iter().map(|class| class.share.max(1e-12).ln()).collect();
    let table: Vec<Vec<Vec<f64>>> = classes
        .iter()
        .map(|class| {
            class
                .levels
                .iter()
                .map(|levels| {
                    levels.iter().enumerate().map(|(at, &p)| if at == 0 { 0.0 } else { log(p) }).collect()
                })
                .collect()
        })
        .collect();
    let parts: Vec<Sums> = histogram
        .patterns
        .par_chunks(CHUNK)
        .zip(histogram.counts.par_chunks(CHUNK))
        .map(|(patterns, counts)| {
            let mut sums = Sums::zero(classes);
            let mut posterior = vec![0.0; classes.len()];
            for (&pattern, &count) in patterns.iter().zip(counts) {
                for (class, value) in posterior.iter_mut().enumerate() {
                    let levels = table[class].iter().enumerate();
                    *value = shares[class]
                        + levels.map(|(at, levels)| levels[level_of(pattern, at) as usize]).sum::<f64>();
                }
                let top = posterior.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                posterior.iter_mut().for_each(|value| *value = (*value - top).exp());
                let total: f64 = posterior.iter().sum();
                for (class, value) in posterior.iter().enumerate() {
                    let pairs = value / total * count as f64;
                    sums.pairs[class] += pairs;
                    for (at, levels) in sums.levels[class].iter_mut().enumerate() {
                        levels[level_of(pattern, at) as usize] += pairs;
                    }
                }
            }
            sums
        })
        .collect();
    let mut all = Sums::zero(classes);
    parts.iter().for_each(|part| all.add(part));
    all
}

fn maximise(start: &[Class], sums: &Sums) -> Vec<Class> {
    let total: f64 = sums.pairs.iter().sum::<f64>() + SHARE_PAIRS * start.len() as f64;
    let class = |(at, begin): (usize, &Class)| {
        let levels =
            begin.levels.iter().zip(&sums.levels[at]).zip(&begin.hold).map(|((expected, seen), hold)| {
                let seen_total: f64 = seen[1..].iter().sum();
                let prior = (hold * seen_total).max(PRIOR_PAIRS);
                let mix = |(expected, seen): (&f64, &f64)| (seen + prior * expected) / (seen_total + prior);
                let mut levels: Vec<f64> = expected.iter().zip(seen).map(mix).collect();
                levels[0] = 0.0;
                levels
            });
        Class {
            name: begin.name,
            hold: begin.hold.clone(),
            share: (sums.pairs[at] + SHARE_PAIRS) / total,
            levels: levels.collect(),
        }
    };
    start.iter().enumerate().map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two comparisons of two levels (differ, exact), patterns drawn from known shares.
    #[test]
    fn two_clear_classes_are_told_apart() {
        let pattern = |a: u64, b: u64| a | b << 4;
        let histogram = Histogram {
            patterns: vec![pattern(1, 1), pattern(2, 1), pattern(1, 2), pattern(2, 2)],
            counts: vec![72_000, 8_000, 8_000, 12_000],
            total: 100_000,
        };
        let class = |name, share, exact: f64| Class {
            name,
            share,
            hold: vec![0.25; 2],
            levels: vec![vec![0.0, 1.0 - exact, exact], vec![0.0, 1.0 - exact, exact]],
        };
        let fit = fit(&histogram, vec![class("match", 0.3, 0.9), class("unrelated", 0.7, 0.1)]);
        assert!(fit.converged);
        assert!((0.08..0.16).contains(&fit.classes[0].share), "{}", fit.classes[0].share);
        assert!(fit.classes[0].levels[0][2] > 0.85);
        assert!(fit.classes[1].levels[0][2] < 0.15);
    }
}
