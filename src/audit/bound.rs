//! The exact binomial bound of Clopper and Pearson (Biometrika 26, 1934, pages 404–413), its upper end alone.

/// Halvings of an interval of probabilities: beyond the precision of a double.
const HALVINGS: u32 = 60;

/// The largest share of wrong ones that `wrong` among `judged` drawn at random leave possible: with that share, so few
/// or fewer would be seen with probability `1 - confidence` only. 1 when nothing was judged.
pub fn upper(wrong: u64, judged: u64, confidence: f64) -> f64 {
    if wrong >= judged {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if at_most(wrong, judged, middle) > 1.0 - confidence { low = middle } else { high = middle }
    }
    high
}

/// How many have to be judged, `wrong` of them wrong, for [`upper`] to be at most `bound`.
pub fn needed(wrong: u64, bound: f64, confidence: f64) -> u64 {
    let fits = |judged: u64| upper(wrong, judged, confidence) <= bound;
    let mut high = wrong + 1;
    // A bound of almost nothing needs more than any list has: then all of it is to be judged.
    while !fits(high) {
        if high > u64::from(u32::MAX) {
            return high;
        }
        high *= 2;
    }
    let mut low = wrong;
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if fits(middle) { high = middle } else { low = middle }
    }
    high
}

/// The chance of `wrong` or fewer among `judged`, each wrong with probability `share`.
fn at_most(wrong: u64, judged: u64, share: f64) -> f64 {
    if share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    // In logarithms, for the first terms are too small for a double when many were judged.
    let (yes, no) = (share.ln(), (-share).ln_1p());
    let mut term = judged as f64 * no;
    let mut sum = term.exp();
    for hits in 1..=wrong {
        term += ((judged - hits + 1) as f64).ln() - (hits as f64).ln() + yes - no;
        sum += term.exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bound_is_that_of_the_tables() {
        // The upper ends of the two-sided 90 % intervals of Clopper and Pearson, as tables and R's `binom.test` give
        // them; without any wrong one it is 1 - 0.05^(1/n).
        for (wrong, judged, expected) in [
            (0, 59, 1.0 - 0.05_f64.powf(1.0 / 59.0)),
            (0, 10, 0.258_866),
            (1, 10, 0.394_163),
            (2, 10, 0.506_901),
            (1, 100, 0.046_560),
            (5, 100, 0.102_253),
        ] {
            let found = upper(wrong, judged, 0.95);
            assert!((found - expected).abs() < 5e-6, "{wrong} of {judged}: {found}");
        }
        assert!((upper(0, 0, 0.95) - 1.0).abs() < f64::EPSILON);
        assert!((upper(3, 3, 0.95) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn so_many_are_needed() {
        // The rule of three, exactly: ln 0.05 / ln (1 - bound), rounded up.
        assert_eq!(needed(0, 0.005, 0.95), 598);
        assert_eq!(needed(0, 0.01, 0.95), 299);
        assert_eq!(needed(1, 0.01, 0.95), 473);
        assert_eq!(needed(0, 0.05, 0.99), 90);
    }

    proptest! {
        #[test]
        fn the_bound_covers(judged in 1u64..3000, wrong in 0u64..20, confidence in 0.5..0.999) {
            let wrong = wrong.min(judged);
            let bound = upper(wrong, judged, confidence);
            prop_assert!(bound >= wrong as f64 / judged as f64);
            prop_assert!(upper(wrong, judged + 1, confidence) <= bound + 1e-12);
            if wrong < judged {
                prop_assert!((at_most(wrong, judged, bound) - (1.0 - confidence)).abs() < 1e-6);
                let enough = needed(wrong, bound + 1e-12, confidence);
                prop_assert!(enough <= judged);
            }
        }
    }
}
