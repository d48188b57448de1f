//! Lists of pairs from a CSV file: always one, never one, or known by another key now.

use super::{Decision, Key, StateError, What};

/// The headings; `why` may be missing.
const HEADINGS: [&str; 5] = ["list", "source_a", "record_id_a", "source_b", "record_id_b"];

/// Reads a list: `always` (the two are one), `never` (they are not), `alias` (a is called b now).
///
/// Errors: headings that are missing, and every row that cannot be used, with its line.
pub fn read_list(file: &str, text: &str, by: &str, at: &str) -> Result<Vec<Decision>, StateError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let failed = |problems| StateError::Lines { file: file.to_string(), problems };
    let headings = reader.headers().map_err(|cause| failed(vec![(1, cause.to_string())]))?.clone();
    let position = |name: &str| headings.iter().position(|heading| heading.trim() == name);
    let places: Vec<usize> = HEADINGS.iter().filter_map(|name| position(name)).collect();
    if places.len() < HEADINGS.len() {
        let missing: Vec<String> =
            HEADINGS.iter().filter(|name| position(name).is_none()).map(|name| format!("`{name}`")).collect();
        return Err(failed(vec![(1, format!("there is no heading {}", missing.join(", ")))]));
    }
    let why = position("why");
    let (mut decisions, mut problems) = (Vec::new(), Vec::new());
    let mut row = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(cause) => {
                problems.push((cause.position().map_or(0, csv::Position::line), cause.to_string()));
                break;
            }
        }
        let line = row.position().map_or(0, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |nth: usize| row.get(places[nth]).unwrap_or_default().trim();
        let what = match cell(0).to_lowercase().as_str() {
            "always" => What::Merge,
            "never" => What::KeepApart,
            "alias" => What::Alias,
            other => {
                problems.push((line, format!("`{other}` is no list; write `always`, `never` or `alias`")));
                continue;
            }
        };
        let keys = vec![Key::new(cell(1), cell(2)), Key::new(cell(3), cell(4))];
        let mut decision = Decision::new(what, by, at, keys);
        decision.why = why.and_then(|at| row.get(at)).unwrap_or_default().trim().to_string();
        match decision.sound() {
            Ok(decision) => decisions.push(decision),
            Err(what) => problems.push((line, what)),
        }
    }
    if problems.is_empty() { Ok(decisions) } else { Err(failed(problems)) }
}
