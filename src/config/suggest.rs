/// Names less alike than this (Jaro–Winkler) are not suggested: `nickname` is no guess for `name_of_dog`.
const ALIKE_ENOUGH: f64 = 0.82;

/// The known name that a mistyped one most likely means, if any is near enough.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
    let typed = plain(typed);
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed, &plain(name)), name))
        .filter(|(likeness, _)| *likeness >= ALIKE_ENOUGH)
        // On equal likeness the first wins, so that the answer follows the order of `known`.
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_find_their_name() {
        let known = ["pairs_per_record", "max_block", "without"];
        assert_eq!(nearest("pair_per_record", known), Some("pairs_per_record"));
        assert_eq!(nearest("Max-Block", known), Some("max_block"));
        assert_eq!(nearest("colour", known), None);
    }
}
