//! The page of a measurement: scores, and the reliability of probabilities as a curve.

use super::{ReportError, chart, page};
use crate::evaluate::Report;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

#[derive(Serialize)]
struct View<'a> {
    css: Value,
    version: &'a str,
    report: &'a Report,
    /// The curve, where there are links.
    curve: Option<Value>,
}

/// Makes the page of what `alike evaluate` measured.
pub fn evaluation_html(report: &Report) -> Result<String, ReportError> {
    let points = |reliability: &crate::evaluate::Reliability| {
        let bins = reliability.bins.iter();
        bins.map(|bin| (bin.mean_probability, bin.share_right, bin.links)).collect::<Vec<_>>()
    };
    let view = View {
        css: page::css(),
        version: env!("CARGO_PKG_VERSION"),
        report,
        curve: report.reliability.as_ref().map(|of| Value::from_safe_string(chart::curve(&points(of)))),
    };
    let environment = page::environment()?;
    Ok(environment.get_template("evaluation.html")?.render(Value::from(Serde(view)))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Bin, Rates, Reliability, Scores};

    #[test]
    fn the_page_holds_the_curve_and_its_numbers() {
        let bin = |from: f64, to: f64, links, right| Bin {
            from,
            to,
            links,
            right,
            mean_probability: f64::midpoint(from, to),
            share_right: right as f64 / links as f64,
        };
        let rates = Rates { precision: 0.98, recall: 0.9, f1: 0.94 };
        let scores =
            Scores { true_pairs: 20, found_pairs: 19, right_pairs: 18, pairwise: rates, b_cubed: rates };
        let mut report = Report {
            format_version: 1,
            records: 120,
            records_not_in_truth: 0,
            records_not_clustered: 0,
            entity_id: scores,
            golden_id: scores,
            reliability: None,
            errors: None,
            golden: None,
        };
        assert!(!evaluation_html(&report).unwrap().contains("class=\"curve\""));
        report.reliability = Some(Reliability {
            links: 300,
            least_probability: 0.05,
            expected_calibration_error: 0.01,
            bins: vec![bin(0.5, 0.6, 100, 52), bin(0.999, 1.0, 200, 200)],
        });
        let page = evaluation_html(&report).unwrap();
        assert!(page.contains("class=\"curve\"") && page.contains("52.0 %"), "{page}");
        assert_eq!(page.matches("<circle").count(), 2);
    }
}
