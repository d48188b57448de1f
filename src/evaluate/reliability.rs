//! Whether links are right as often as their probability says.

use super::Labels;
use crate::table::Table;
use crate::write::restore;
use serde::Serialize;
use std::fmt;

/// Links below this probability are not looked at, so that runs with different floors can be compared.
const LEAST: f64 = 0.05;

/// Lower ends of the bins; narrow where a person decides on them.
const BINS: [f64; 13] = [LEAST, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999];

/// Width of the curve on the terminal, in characters.
const CURVE: usize = 40;

/// Links by how sure the model is of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// Links whose two records the truth knows, of probability [`Reliability::least_probability`] or more.
    pub links: u64,
    /// The least probability that is looked at.
    pub least_probability: f64,
    /// Mean over links of the distance between what their bin says and how often it is right, five decimals.
    pub expected_calibration_error: f64,
    /// By probability, ascending; bins without links are left out.
    pub bins: Vec<Bin>,
}

/// Links of about one probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end, included.
    pub from: f64,
    /// Upper end; included in the last bin only.
    pub to: f64,
    /// Links.
    pub links: u64,
    /// Of these, how many join records of one entity.
    pub right: u64,
    /// Their mean probability, five decimals.
    pub mean_probability: f64,
    /// The share of them that is right, five decimals.
    pub share_right: f64,
}

/// The reliability of the links of a run, as `links.parquet` has them; none when no link counts.
pub(super) fn of_links(links: &Table, labels: &Labels) -> Option<Reliability> {
    let at = |name: &str| links.position(name);
    let (source_a, id_a, source_b, id_b) =
        (at("source_a")?, at("record_id_a")?, at("source_b")?, at("record_id_b")?);
    let probability = at("probability")?;
    let rows = labels.rows_by_key();
    let place = |source: usize, id: usize, row: u32| {
        let key = (restore(links.cell(source, row)), restore(links.cell(id, row)));
        rows.get(&key).and_then(|&row| labels.place(row))
    };
    let judged = (0..links.rows).filter_map(|row| {
        let (a, b) = (place(source_a, id_a, row)?, place(source_b, id_b, row)?);
        let said: f64 = links.cell(probability, row).parse().ok()?;
        Some((said, labels.entity(a) == labels.entity(b)))
    });
    of_pairs(judged)
}

/// The reliability of pairs: what was said of each, and whether it is right.
fn of_pairs(pairs: impl Iterator<Item = (f64, bool)>) -> Option<Reliability> {
    let mut sums = [(0u64, 0u64, 0f64); BINS.len()];
    for (said, right) in pairs.filter(|(said, _)| *said >= LEAST) {
        let sum = &mut sums[BINS.partition_point(|from| *from <= said) - 1];
        sum.0 += 1;
        sum.1 += u64::from(right);
        sum.2 += said;
    }
    let links: u64 = sums.iter().map(|sum| sum.0).sum();
    if links == 0 {
        return None;
    }
    let distance: f64 = sums.iter().map(|(_, right, said)| (said - *right as f64).abs()).sum();
    let bins = sums.iter().enumerate().filter(|(_, sum)| sum.0 > 0).map(|(at, &(links, right, said))| Bin {
        from: BINS[at],
        to: BINS.get(at + 1).copied().unwrap_or(1.0),
        links,
        right,
        mean_probability: rounded(said / links as f64),
        share_right: rounded(right as f64 / links as f64),
    });
    Some(Reliability {
        links,
        least_probability: LEAST,
        expected_calibration_error: rounded(distance / links as f64),
        bins: bins.collect(),
    })
}

fn rounded(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}

impl fmt::Display for Reliability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Are links right as often as they say? {} links of probability {} or more; expected calibration error {:.4}",
            self.links, self.least_probability, self.expected_calibration_error
        )?;
        writeln!(f, "  probability      links     said    right  | said  # right")?;
        for bin in &self.bins {
            let range = format!("{}–{}", bin.from, bin.to);
            writeln!(
                f,
                "  {range:<12}  {:>8}  {:>7.4}  {:>7.4}  {}",
                bin.links,
                bin.mean_probability,
                bin.share_right,
                curve(bin)
            )?;
        }
        Ok(())
    }
}

/// One line of the curve: a bar as long as the share that is right, and a mark where the probability says it ends.
fn curve(bin: &Bin) -> String {
    let place = |share: f64| (share * CURVE as f64).round() as usize;
    let (right, said) = (place(bin.share_right), place(bin.mean_probability));
    let mut line: Vec<char> = (0..=CURVE).map(|at| if at < right { '#' } else { ' ' }).collect();
    line[said] = '|';
    line.into_iter().collect::<String>().trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_as_often_as_said_has_no_error() {
        let said = (0..1000).map(|at| (0.25, at % 4 == 0));
        let table = of_pairs(said).unwrap();
        assert_eq!((table.links, table.expected_calibration_error), (1000, 0.0));
        assert_eq!((table.bins.len(), table.bins[0].from, table.bins[0].right), (1, 0.2, 250));
    }

    #[test]
    fn bins_are_weighed_by_their_links() {
        // Three links at 0.9 of which one is right, one at 0.5 that is wrong: (|2.7 − 1| + |0.5 − 0|) / 4.
        let table = of_pairs([(0.9, true), (0.9, false), (0.9, false), (0.5, false)].into_iter()).unwrap();
        assert_eq!(table.expected_calibration_error, 0.55);
        assert_eq!(table.bins.iter().map(|bin| bin.from).collect::<Vec<_>>(), [0.5, 0.9]);
    }

    #[test]
    fn both_ends_have_their_bins() {
        let table = of_pairs([(0.05, false), (1.0, true), (0.049, true)].into_iter()).unwrap();
        assert_eq!(table.links, 2);
        assert_eq!((table.bins[0].from, table.bins[1].to), (0.05, 1.0));
        assert_eq!(of_pairs([(0.01, true)].into_iter()), None);
    }

    #[test]
    fn the_curve_marks_what_was_said() {
        let table = of_pairs([(0.5, true), (0.5, false), (1.0, true)].into_iter()).unwrap();
        insta::assert_snapshot!(table.to_string(), @r#"
        Are links right as often as they say? 3 links of probability 0.05 or more; expected calibration error 0.0000
          probability      links     said    right  | said  # right
          0.5–0.6              2   0.5000   0.5000  ####################|
          0.999–1              1   1.0000   1.0000  ########################################|
        "#);
    }
}
