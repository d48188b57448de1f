//! What stands around a table in its file: titles above the headings, the headings once more in the middle, totals below.

use super::{Finding, Quarantined};
use std::collections::HashSet;
use std::sync::OnceLock;

/// Rows from the top among which the headings are looked for.
pub const LOOKED_AT: usize = 40;
/// Rows below a candidate that must be as wide as it, about.
const BELOW: usize = 5;
/// Columns from which on a title can be told from headings.
const MIN_WIDTH: usize = 3;
/// Cells beside the word that a line of totals may have for each three of the table: the rest of it is empty.
const TOTALS_PER: usize = 3;

/// Examples kept of what was found.
const EXAMPLES: usize = 3;
/// Why the headings in the middle of a file are no row.
pub const AGAIN: &str = "it is the headings once more";
/// Why the last line of a file is no row.
pub const TOTALS: &str = "it is a line of totals, or the end of a report";

/// Rules, their reason in quarantine, and what to say of them.
const RULES: [(&str, &str, &str); 2] = [
    (
        "repeated_heading",
        AGAIN,
        "the headings stand {} more in the middle of the data; these lines are set aside",
    ),
    ("totals_line", TOTALS, "at the end {} of totals or of the report's own; set aside"),
];

/// Findings of the rows that were set aside because they belong to the frame.
pub fn findings(quarantine: &[Quarantined], path: &str, source: &str) -> Vec<Finding> {
    let of = |(rule, reason, message): (&str, &str, &str)| {
        let rows: Vec<&Quarantined> = quarantine.iter().filter(|row| row.reason == reason).collect();
        let count = match (rows.len(), reason) {
            (1, AGAIN) => "once".to_string(),
            (count, AGAIN) => format!("{count} times"),
            (1, _) => "stands a line".to_string(),
            (count, _) => format!("stand {count} lines"),
        };
        let examples = rows.iter().take(EXAMPLES).map(|row| example(row.line, &row.raw)).collect();
        (!rows.is_empty()).then(|| Finding {
            source: source.to_string(),
            file: path.to_string(),
            rule: rule.to_string(),
            message: message.replace("{}", &count),
            count: rows.len() as u64,
            examples,
        })
    };
    RULES.into_iter().filter_map(of).collect()
}

/// The finding of lines that stand above the headings.
pub fn preamble(lines: Vec<(u32, String)>, path: &str, source: &str) -> Option<Finding> {
    let message = match lines.len() {
        0 => return None,
        1 => "a line above the headings is passed over".to_string(),
        count => format!("{count} lines above the headings are passed over"),
    };
    Some(Finding {
        source: source.to_string(),
        file: path.to_string(),
        rule: "preamble".to_string(),
        message,
        count: lines.len() as u64,
        examples: lines.iter().take(EXAMPLES).map(|(line, text)| example(*line, text)).collect(),
    })
}

/// A line as an example, cut when it is long.
pub fn example(line: u32, text: &str) -> String {
    /// Characters shown of a line.
    const SHOWN: usize = 60;
    let text = text.trim_end_matches([',', ';', '\t', '|', ' ', '\n', '\r']).replace(['\n', '\r', '\t'], " ");
    let cut = if text.chars().count() > SHOWN { "…" } else { "" };
    format!("line {line}: {}{cut}", text.chars().take(SHOWN).collect::<String>())
}

/// The position of the headings among the first rows of a file: 0 unless what stands there is plainly a title.
///
/// `rows` are the first rows that are not blank, at most [`LOOKED_AT`].
pub fn headings(rows: &[Vec<&str>]) -> usize {
    if is_package(rows) {
        return 1;
    }
    if is_wide_title(rows) {
        return 1;
    }
    let width = usual_width(rows);
    let Some(first) = rows.first() else { return 0 };
    // A title, an export date, a group over some of the columns: at most half of the columns.
    // Of two columns, a lone heading over rows that hold commas looks the same.
    if width < MIN_WIDTH || filled(first) * 2 > width {
        return 0;
    }
    let is_candidate = |at: &usize| {
        let row = &rows[*at];
        let below = &rows[at + 1..rows.len().min(at + 1 + BELOW)];
        let like = below.iter().filter(|other| span(other) * 2 > span(row)).count();
        filled(row) * 3 >= width * 2 && filled(row) >= 2 && are_names(row) && like * 2 > below.len()
    };
    (1..rows.len()).find(is_candidate).unwrap_or(0)
}

/// A title that holds as many separators as the table has: `Export, made by Jan, on Monday`. It reads like prose, the row
/// below it like headings, and the rows below that like values.
fn is_wide_title(rows: &[Vec<&str>]) -> bool {
    /// Words of a cell that is a heading.
    const WORDS: usize = 3;
    let [title, headings, rest @ ..] = rows else { return false };
    let words = |row: &[&str]| row.iter().map(|cell| cell.split_whitespace().count()).sum::<usize>();
    // Behind the comma of a sentence stands a blank; in a table it stands behind all commas or none.
    let spaced = |row: &[&str]| row.len() > 1 && row[1..].iter().all(|cell| cell.starts_with(' '));
    let is_prose =
        spaced(title) && words(title) > words(headings) && !rows[1..].iter().any(|row| spaced(row));
    let are_short = headings.iter().all(|cell| cell.split_whitespace().count() <= WORDS);
    let is_value = |cell: &str| cell.contains('@') || cell.bytes().any(|byte| byte.is_ascii_digit());
    // A column whose heading is a word, and whose rows are values.
    let mut columns = 0..headings.len();
    let has_values = columns.any(|at| {
        let cells: Vec<&str> = rest.iter().filter_map(|row| row.get(at).copied()).collect();
        !cells.is_empty() && cells.iter().all(|cell| is_value(cell)) && !is_value(headings[at])
    });
    is_prose && are_short && are_names(headings) && has_values
}

/// A configuration package of Business Central: A1 the package, B1 the table, C1 its number, and headings two rows
/// below. `rows` holds no blank rows, so that the headings are the second.
fn is_package(rows: &[Vec<&str>]) -> bool {
    /// Numbers of tables have up to ten digits.
    const MOST_DIGITS: usize = 10;
    let [first, headings, ..] = rows else { return false };
    let [package, table, number] = first[..] else { return false };
    let is_number =
        (1..=MOST_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    !package.trim().is_empty() && !table.trim().is_empty() && is_number && are_names(headings)
}

/// Whether a row is the headings once more, as in files that were joined. A first line that holds values may be a row itself,
/// and is then not looked for.
pub fn is_again<'a>(row: impl IntoIterator<Item = &'a str>, headings: &[String]) -> bool {
    let mut row = row.into_iter();
    let same = headings.iter().all(|heading| row.next().is_some_and(|cell| cell.trim() == heading.trim()));
    same && row.all(|cell| cell.trim().is_empty())
        && are_names(&headings.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Whether a row could be a line of totals or the end of a report, if it stands last: a word for it, and for the rest
/// numbers and empty cells.
pub fn is_total<'a>(row: impl IntoIterator<Item = &'a str>, width: usize) -> bool {
    let mut cells = row.into_iter().map(str::trim).filter(|cell| !cell.is_empty());
    let Some(first) = cells.next() else { return false };
    // Cheapest first: every row comes by here.
    if width < 2 || !begins_like_one(first) {
        return false;
    }
    let mut beside = 0;
    for cell in cells {
        beside += 1;
        if beside * TOTALS_PER > width || !is_number(cell) {
            return false;
        }
    }
    let folded = first.trim_matches(|c: char| "()-–*#. ".contains(c)).to_lowercase();
    let words = words();
    if words.ends.iter().any(|end| folded.starts_with(end)) {
        return true;
    }
    let (before, after) = around_number(&folded);
    let before = before.trim_end_matches([':', '=', ' ']);
    match (before, after) {
        ("", count) => count != folded && words.counts.contains(count),
        (total, "") => words.totals.contains(total),
        (total, count) => words.totals.contains(total) && words.counts.contains(count),
    }
}

/// What stands before and behind the number in a text; all before, when there is none.
fn around_number(text: &str) -> (&str, &str) {
    let is_part = |c: char| c.is_ascii_digit() || ".,' \u{a0}".contains(c);
    let Some(start) = text.find(|c: char| c.is_ascii_digit()) else { return (text, "") };
    let rest = text[start..].trim_start_matches(is_part);
    (text[..start].trim(), rest.trim())
}

fn is_number(cell: &str) -> bool {
    cell.bytes().any(|byte| byte.is_ascii_digit()) && !cell.chars().any(char::is_alphabetic)
}

/// How many cells are not empty.
fn filled(row: &[&str]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// How many cells there are up to the last one that is not empty.
fn span(row: &[&str]) -> usize {
    row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |at| at + 1)
}

/// How many columns most rows reach over: of four rows the second widest. Columns that are empty in all are left out.
fn usual_width(rows: &[Vec<&str>]) -> usize {
    let mut spans: Vec<usize> = rows.iter().map(|row| span(row)).collect();
    spans.sort_unstable_by(|a, b| b.cmp(a));
    let widest = spans.get(spans.len() / 4).copied().unwrap_or(0);
    let is_used =
        |at: &usize| rows.iter().any(|row| row.get(*at).is_some_and(|cell| !cell.trim().is_empty()));
    (0..widest).filter(is_used).count()
}

/// Whether a row reads like headings: words, each once, no addresses and no numbers.
pub fn are_names(row: &[&str]) -> bool {
    let mut seen = HashSet::new();
    row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).all(|cell| {
        let is_word = cell.chars().any(char::is_alphabetic) && !cell.contains('@');
        is_word && seen.insert(cell.to_lowercase())
    })
}

struct Words {
    totals: HashSet<&'static str>,
    counts: HashSet<&'static str>,
    ends: Vec<&'static str>,
    /// A bit for each first byte (modulo 64) of a word or an end.
    first: u64,
}

fn begins_like_one(cell: &str) -> bool {
    let byte = cell.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    !byte.is_ascii_alphanumeric() || byte.is_ascii_digit() || words().first & 1 << (byte & 63) != 0
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lines = include_str!("tables/totals.csv").lines();
        let rows =
            lines.filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| line.split_once(','));
        let of = |wanted: &'static str| {
            rows.clone().filter(move |(kind, _)| *kind == wanted).map(|(_, word)| word)
        };
        let ends: Vec<&str> = of("end").collect();
        let totals: HashSet<&str> = of("total").collect();
        let first = ends.iter().chain(&totals).filter_map(|word| word.bytes().next());
        let first = first.fold(0, |bits, byte| bits | 1 << (byte & 63));
        Words { first, totals, counts: of("count").collect(), ends }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[&[&str]]) -> usize {
        headings(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn titles_above_the_headings_are_passed_over() {
        let title: &[&str] = &["Contact list"];
        let date: &[&str] = &["Exported", "2024-05-01", "", ""];
        let head: &[&str] = &["No.", "Name", "City", "E-mail"];
        let row: &[&str] = &["1", "Jan Berg", "Gent", "jan@berg.example"];
        let sparse: &[&str] = &["2", "Els Dal", "", ""];
        assert_eq!(found(&[head, row, sparse]), 0);
        assert_eq!(found(&[title, date, head, row, sparse, row]), 2);
        assert_eq!(found(&[title, head, row]), 1);
        // Groups over columns.
        assert_eq!(found(&[&["", "Person", "", "Reach"], head, row, row]), 1);
    }

    #[test]
    fn what_may_be_headings_stays() {
        let row: &[&str] = &["1", "Jan Berg", "Gent", "jan@berg.example"];
        assert_eq!(found(&[&["name"], &["Jan"], &["Els"]]), 0);
        assert_eq!(found(&[&["id", "name", "city"], row, row]), 0);
        // No row below reads like headings.
        assert_eq!(found(&[&["List"], row, row]), 0);
        assert_eq!(found(&[]), 0);
        // One wide row in a narrow table.
        assert_eq!(
            found(&[&["id", "name"], &["1", "a"], &["p", "q", "r", "s", "t"], &["2", "b"], &["3", "c"]]),
            0
        );
    }

    #[test]
    fn a_title_as_wide_as_the_table_is_no_headings() {
        let title: &[&str] = &["Export", " made by Jan", " on Monday"];
        let head: &[&str] = &["nr", "naam", "mail"];
        let row: &[&str] = &["1", "Jan", "j@j.example"];
        assert_eq!(found(&[title, head, row, row]), 1);
        // Blanks behind every comma.
        assert_eq!(found(&[&["nr", " first name", " mail address"], &["1", " Jan", " j@j.example"]]), 0);
        assert_eq!(found(&[&["nr", " first name", " mail address"], row, row]), 0);
    }

    #[test]
    fn packages_have_their_headings_in_the_third_row() {
        assert_eq!(found(&[&["CONTACTS", "Contact", "5050"], &["No.", "Name"], &["C1", "Jan"]]), 1);
        assert_eq!(found(&[&["CONTACTS", "Contact", "5050"], &["No.", "Name", "City"], &["C1", "Jan"]]), 1);
        assert_eq!(found(&[&["id", "name", "city"], &["C1", "Jan", "Gent"]]), 0);
    }

    #[test]
    fn totals_are_told_from_rows() {
        for row in [
            &["Total", "", "", "12"][..],
            &["Totaal:", "", "1.234,50"],
            &["", "Total records: 12", ""],
            &["3 records", "", ""],
            &["(3 rows affected)"],
            &["-- End of report --"],
            &["Exported on 2024-05-01 by Jan", "", ""],
            &["Anzahl Datensätze: 1.204"],
            &["Total: 12 records"],
        ] {
            assert!(is_total(row.iter().copied(), 4), "{row:?}");
        }
        for row in [
            &["Total", "Jan Berg", "Gent", ""][..],
            &["TotalEnergies", "", "", ""],
            &["12", "", "", ""],
            &["7", "3 records", "Gent", "x"],
            &["Total", "1", "2", "3"],
            &["Recordsman", "", "", ""],
            &["", "", ""],
            &["Sum Wong", "", ""],
        ] {
            assert!(!is_total(row.iter().copied(), 4), "{row:?}");
        }
    }

    #[test]
    fn headings_are_recognised_again() {
        let headings = ["No.".to_string(), "Name".to_string()];
        assert!(is_again(["No.", " Name "], &headings));
        assert!(is_again(["No.", "Name", ""], &headings));
        assert!(!is_again(["No."], &headings));
        assert!(!is_again(["No.", "Naam"], &headings));
        let row = ["Jan".to_string(), "jan@berg.example".to_string()];
        assert!(!is_again(["Jan", "jan@berg.example"], &row));
    }
}
