//! The shape of a country's postcodes.

use super::table;
use std::sync::LazyLock;

/// Key → shapes, ascending by key.
type Shapes = Vec<(&'static str, Vec<&'static str>)>;

static POSTCODES: LazyLock<Shapes> = LazyLock::new(|| shapes(include_str!("tables/postcode_shapes.csv")));
/// Countries whose postcodes may begin with a zero.
static ZEROS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    table::rows(include_str!("tables/zero_postcodes.csv"), ',').map(|[iso2]| iso2).collect()
});

fn shapes(text: &'static str) -> Shapes {
    let mut shapes: Shapes =
        table::rows(text, ',').map(|[key, shapes]| (key, shapes.split(' ').collect())).collect();
    shapes.sort_unstable();
    shapes
}

/// Whether a postcode has the shape its country uses; any country's shape will do when the country is not known, and
/// any postcode when the country's shape is not known.
pub(super) fn fits(postcode: &str, country: &str) -> bool {
    if country.is_empty() {
        return POSTCODES.iter().any(|(_, shapes)| shapes.iter().any(|shape| has_shape(postcode, shape)));
    }
    match POSTCODES.binary_search_by_key(&country, |(country, _)| country) {
        Ok(at) => POSTCODES[at].1.iter().any(|shape| has_shape(postcode, shape)),
        Err(_) => true,
    }
}

/// Whether a postcode that does not fit its country would fit with a zero before it.
pub(super) fn lost_zero(postcode: &str, country: &str) -> bool {
    let postcode = postcode.trim();
    !country.is_empty()
        && postcode.bytes().all(|byte| byte.is_ascii_digit())
        && ZEROS.contains(&country)
        && !fits(postcode, country)
        && fits(&format!("0{postcode}"), country)
}

/// Compares sign by sign; blanks and hyphens in the postcode are passed over.
fn has_shape(postcode: &str, shape: &str) -> bool {
    let mut signs = postcode.chars().filter(|sign| !sign.is_whitespace() && *sign != '-');
    // Letters of fixed prefixes (`AD`, `GY`, `D6W`) stand as they are; `A` and `9` are classes.
    let fits = shape.chars().all(|wanted| {
        signs.next().is_some_and(|sign| match wanted {
            '9' => sign.is_ascii_digit(),
            'A' => sign.is_ascii_alphabetic(),
            '?' => sign.is_ascii_alphanumeric(),
            _ => sign.eq_ignore_ascii_case(&wanted),
        })
    });
    fits && signs.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        assert!(fits("3011AB", "NL") && fits("3011 ab", "NL"));
        assert!(!fits("3011", "NL") && !fits("3011ABC", "NL"));
        assert!(fits("1000", "BE") && !fits("10000", "BE"));
        assert!(fits("SW1A 1AA", "GB") && fits("M1 1AE", "GB") && !fits("12345", "GB"));
        assert!(fits("00-950", "PL") && fits("D6W XY45", "IE") && fits("12345-6789", "US"));
    }

    #[test]
    fn unknown_countries_are_not_judged() {
        assert!(fits("whatever", "XX"));
        assert!(fits("3011AB", "") && !fits("ask reception", ""));
    }

    #[test]
    fn a_lost_zero_is_one_that_mends_the_postcode() {
        assert!(lost_zero("1067", "DE") && lost_zero("2134", "US") && lost_zero(" 6000 ", "FR"));
        assert!(!lost_zero("1067", "") && !lost_zero("01067", "DE") && !lost_zero("106", "DE"));
        assert!(!lost_zero("999", "BE") && !lost_zero("1000", "NL"));
    }

    #[test]
    fn the_data_file_is_well_formed() {
        assert!(POSTCODES.len() > 50);
        for (country, shapes) in POSTCODES.iter() {
            assert!(country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()), "{country}");
            assert!(shapes.iter().all(|shape| (3..=9).contains(&shape.len())), "{country}");
        }
        assert!(POSTCODES.windows(2).all(|two| two[0].0 < two[1].0), "one row a country");
    }
}
