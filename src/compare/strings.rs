//! String similarities for short folded text.

use rapidfuzz::distance::osa;

/// Longest text the bit-mask Jaro–Winkler takes: one bit a letter of a machine word.
const MASK_LETTERS: usize = 64;

/// Jaro–Winkler similarity, 0..=1 (Winkler 1990: prefix of at most 4 letters, weight 0.1), equal to
/// `strsim::jaro_winkler` to the last bit on ASCII text of up to 64 letters, without allocating.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a.len() > MASK_LETTERS || b.len() > MASK_LETTERS || !a.is_ascii() || !b.is_ascii() {
        return strsim::jaro_winkler(a, b);
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

fn jaro(a: &[u8], b: &[u8]) -> f64 {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return 1.0,
        (true, false) | (false, true) => return 0.0,
        _ => {}
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut taken_a, mut taken_b) = (0u64, 0u64);
    for (at, &letter) in a.iter().enumerate() {
        let (low, high) = (at.saturating_sub(reach), (at + reach + 1).min(b.len()));
        #[expect(clippy::needless_range_loop, reason = "the place is a bit of the mask as well")]
        for other in low..high {
            if b[other] == letter && taken_b >> other & 1 == 0 {
                taken_a |= 1 << at;
                taken_b |= 1 << other;
                break;
            }
        }
    }
    let matches = taken_a.count_ones() as f64;
    if matches == 0.0 {
        return 0.0;
    }
    let (mut rest_a, mut rest_b, mut moved) = (taken_a, taken_b, 0u32);
    while rest_a != 0 {
        let (at, other) = (rest_a.trailing_zeros() as usize, rest_b.trailing_zeros() as usize);
        moved += u32::from(a[at] != b[other]);
        rest_a &= rest_a - 1;
        rest_b &= rest_b - 1;
    }
    let transpositions = f64::from(moved / 2);
    (matches / a.len() as f64 + matches / b.len() as f64 + (matches - transpositions) / matches) / 3.0
}

/// Optimal string alignment distance (insert, delete, replace, swap of neighbours) if it is at most `max`.
pub fn osa_within(a: &str, b: &str, max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    osa::distance_with_args(a.bytes(), b.bytes(), &osa::Args::default().score_cutoff(max))
}

/// Whether two words differ as by a slip of the keyboard: one edit from four letters on, two from eight on.
pub fn is_typo(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    let max = match shorter {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    osa_within(a, b, max).is_some()
}

/// Words of two texts: how many are shared (equal, or a typo of one another), and how many each text has.
pub fn shared_words(a: &str, b: &str) -> (usize, usize, usize) {
    let (left, right) = (a.split(' '), b.split(' '));
    let right: Vec<&str> = right.collect();
    let mut taken = vec![false; right.len()];
    let (mut shared, mut words) = (0, 0);
    for word in left {
        words += 1;
        let found = (0..right.len()).find(|&at| !taken[at] && right[at] == word);
        let found = found.or_else(|| (0..right.len()).find(|&at| !taken[at] && is_typo(right[at], word)));
        if let Some(at) = found {
            taken[at] = true;
            shared += 1;
        }
    }
    (shared, words, right.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_are_typos_and_short_words_are_not() {
        assert!(is_typo("mitchell", "mitchlel"));
        assert!(is_typo("jansen", "janssen"));
        assert!(!is_typo("jan", "jon"));
        assert!(!is_typo("peters", "pieters "));
    }

    #[test]
    fn words_are_paired_once() {
        assert_eq!(shared_words("bakkerij de zon", "zon bakkerij"), (2, 3, 2));
        assert_eq!(shared_words("a a", "a"), (1, 2, 1));
    }

    proptest! {
        #[test]
        fn jaro_winkler_equals_the_reference(a in "[a-e ]{0,20}", b in "[a-e ]{0,20}") {
            prop_assert_eq!(jaro_winkler(&a, &b).to_bits(), strsim::jaro_winkler(&a, &b).to_bits());
        }

        #[test]
        fn jaro_winkler_takes_any_text(a in "\\PC{0,80}", b in "\\PC{0,80}") {
            let similarity = jaro_winkler(&a, &b);
            prop_assert!((0.0..=1.0).contains(&similarity));
        }

        #[test]
        fn distance_equals_the_reference(a in "[a-d]{0,9}", b in "[a-d]{0,9}", max in 0usize..5) {
            let exact = strsim::osa_distance(&a, &b);
            prop_assert_eq!(osa_within(&a, &b, max), (exact <= max).then_some(exact));
        }

        #[test]
        fn typos_go_both_ways(a in "[a-d]{0,12}", b in "[a-d]{0,12}") {
            prop_assert_eq!(is_typo(&a, &b), is_typo(&b, &a));
        }
    }
}
