//! Charts as inline SVG: plain rectangles that stretch with the page; text stays in HTML, so that it keeps its size
//! on a telephone and is read aloud.
//!
//! Colours are CSS classes of the page (`auto`, `review`, `hold`, `apart`, `for`, `against`, `bar`).

use std::fmt::Write;

/// Coordinates of all charts run from 0 to this.
const FULL: f64 = 100.0;

/// A horizontal bar: `share` of the width is filled.
pub fn bar(share: f64, class: &str) -> String {
    let width = share.clamp(0.0, 1.0) * FULL;
    svg("meter", &format!("<rect class=\"{class}\" width=\"{}\" height=\"100\"/>", number(width)))
}

/// One bar divided among parts; `whole` is what the full width stands for.
pub fn stack(parts: &[(&str, u64)], whole: u64) -> String {
    let mut body = String::new();
    let mut at = 0.0;
    for (class, part) in parts.iter().filter(|(_, part)| *part > 0) {
        let width = *part as f64 / whole.max(1) as f64 * FULL;
        let (x, width) = (number(at), number(width));
        let _ = write!(body, "<rect class=\"{class}\" x=\"{x}\" width=\"{width}\" height=\"100\"/>");
        at += *part as f64 / whole.max(1) as f64 * FULL;
    }
    svg("meter", &body)
}

/// A step of a waterfall: a bar from one running total to the next, and a line where the axis is zero.
/// All values are in the same unit; `low` and `high` are the ends of the axis.
pub fn step(from: f64, to: f64, low: f64, high: f64) -> String {
    let range = (high - low).max(f64::MIN_POSITIVE);
    let place = |value: f64| ((value - low) / range * FULL).clamp(0.0, FULL);
    let (start, end) = (place(from.min(to)), place(from.max(to)));
    let class = if to < from { "against" } else { "for" };
    let zero = number(place(0.0));
    let (x, width) = (number(start), number((end - start).max(0.4)));
    svg(
        "step",
        &format!(
            "<line class=\"axis\" x1=\"{zero}\" x2=\"{zero}\" y2=\"100\"/>\
             <rect class=\"{class}\" x=\"{x}\" y=\"18\" width=\"{width}\" height=\"64\"/>"
        ),
    )
}

/// Columns of stacked counts; every bin has one count per class. The tallest column fills the height.
pub fn histogram(bins: &[Vec<u64>], classes: &[&str]) -> String {
    let tallest = bins.iter().map(|bin| bin.iter().sum::<u64>()).max().unwrap_or(0).max(1);
    let width = FULL / bins.len().max(1) as f64;
    let mut body = String::new();
    for (at, bin) in bins.iter().enumerate() {
        let mut top = FULL;
        for (class, &count) in classes.iter().zip(bin).filter(|(_, count)| **count > 0) {
            // A single pair among a million must still be seen.
            let height = (count as f64 / tallest as f64 * FULL).max(0.5);
            top -= height;
            let (x, y) = (number(at as f64 * width + width * 0.06), number(top));
            let (width, height) = (number(width * 0.88), number(height));
            let _ = write!(
                body,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
            );
        }
    }
    svg("histogram", &body)
}

/// A curve of shares (across, up, how many), from 0 to 1 both ways, with the line on which both are equal. Dots grow with
/// the logarithm of how many they stand for.
pub fn curve(points: &[(f64, f64, u64)]) -> String {
    let place = |share: f64| share.clamp(0.0, 1.0) * FULL;
    let mut body = String::from(
        "<path class=\"grid\" d=\"M0 25H100M0 50H100M0 75H100M25 0V100M50 0V100M75 0V100\"/><line class=\"axis\" y1=\"100\" x2=\"100\"/>",
    );
    let path: Vec<String> = points
        .iter()
        .map(|(x, y, _)| format!("{} {}", number(place(*x)), number(FULL - place(*y))))
        .collect();
    let _ = write!(body, "<polyline class=\"said\" points=\"{}\"/>", path.join(" "));
    for (x, y, count) in points {
        let radius = 0.8 + 0.5 * (*count as f64).max(1.0).log10();
        let (x, y) = (number(place(*x)), number(FULL - place(*y)));
        let _ = write!(body, "<circle class=\"bar\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>", number(radius));
    }
    format!("<svg class=\"curve\" viewBox=\"-3 -3 106 106\" aria-hidden=\"true\">{body}</svg>")
}

/// The drawing is decoration for those who see; the same numbers stand beside it as text.
fn svg(class: &str, body: &str) -> String {
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{body}</svg>"
    )
}

/// Two decimals are finer than any screen, and keep the page small.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_inside_the_drawing() {
        assert!(bar(7.0, "bar").contains("width=\"100\""));
        assert!(bar(-1.0, "bar").contains("width=\"0\""));
        assert!(bar(0.125, "bar").contains("width=\"12.5\""));
    }

    #[test]
    fn parts_follow_one_another() {
        let drawing = stack(&[("auto", 1), ("review", 0), ("hold", 3)], 4);
        assert!(drawing.contains("class=\"auto\" x=\"0\" width=\"25\""), "{drawing}");
        assert!(drawing.contains("class=\"hold\" x=\"25\" width=\"75\""), "{drawing}");
        assert!(!drawing.contains("review"));
    }

    #[test]
    fn a_step_down_speaks_against() {
        let drawing = step(5.0, -5.0, -5.0, 15.0);
        assert!(drawing.contains("class=\"against\" x=\"0\" y=\"18\" width=\"50\""), "{drawing}");
        assert!(drawing.contains("x1=\"25\""), "{drawing}");
        assert!(step(0.0, 0.0, 0.0, 0.0).contains("class=\"for\""));
    }

    #[test]
    fn a_histogram_without_bins_is_empty() {
        assert!(!histogram(&[], &["auto"]).contains("rect"));
        assert!(histogram(&[vec![1_000_000], vec![1]], &["auto"]).contains("height=\"0.5\""));
    }
}
