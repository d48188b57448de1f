//! Cells that another program damaged: text whose encoding was mistaken (`JosÃ©`), error values and marks of empty cells.

use super::Finding;
use super::mojibake;
use crate::table::Column;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Examples kept of each kind of damage.
const EXAMPLES: usize = 3;
/// Characters shown of a value.
const SHOWN: usize = 40;

/// What is wrong with a value, and what it is read as.
enum Damage {
    Mojibake(String),
    Mark { empty: bool },
}

/// Damage of one kind in one column.
#[derive(Default)]
struct Kind {
    cells: u64,
    /// The first row of each value, and the value with what it is read as.
    examples: Vec<(u32, String)>,
}

/// Mends what is certain in the columns of a file, and counts what was found. `lines` has the line of each row.
pub fn mend(columns: &mut [Column], lines: &[u32], path: &str, source: &str) -> Vec<Finding> {
    let found: Vec<[Kind; 2]> = columns.par_iter_mut().map(mend_column).collect();
    let finding = |kind: usize, rule: &str, message: &dyn Fn(&str) -> String| {
        let count: u64 = found.iter().map(|kinds| kinds[kind].cells).sum();
        let examples = found.iter().flat_map(|kinds| kinds[kind].examples.iter());
        let line = |row: &u32| lines.get(*row as usize).copied().unwrap_or_default();
        let examples =
            examples.take(EXAMPLES).map(|(row, text)| format!("line {}: {text}", line(row))).collect();
        let cells = if count == 1 { "1 cell".to_string() } else { format!("{count} cells") };
        (count > 0).then(|| Finding {
            source: source.to_string(),
            file: path.to_string(),
            rule: rule.to_string(),
            message: message(&cells),
            count,
            examples,
        })
    };
    let mojibake = finding(0, "mojibake", &|cells| {
        format!(
            "the text of {cells} was garbled by a program that mistook its encoding; it is read as it was"
        )
    });
    let marks = finding(1, "null_mark", &|cells| {
        format!(
            "a mark or an error of another program stands in {cells} instead of a value; no value is read there"
        )
    });
    mojibake.into_iter().chain(marks).collect()
}

fn mend_column(column: &mut Column) -> [Kind; 2] {
    let mut kinds = [Kind::default(), Kind::default()];
    let mut mended: HashMap<u32, String> = HashMap::new();
    let mut wanted: Vec<(u32, usize, String)> = Vec::new();
    for (code, value) in column.values().iter().enumerate() {
        let Some(damage) = damage(value) else { continue };
        let code = code as u32;
        let (kind, text) = match &damage {
            Damage::Mojibake(to) => (0, format!("\"{}\" → \"{}\"", cut(value), cut(to))),
            Damage::Mark { .. } => (1, cut(value)),
        };
        kinds[kind].cells += u64::from(column.count(code));
        if wanted.iter().filter(|(_, other, _)| *other == kind).count() < EXAMPLES {
            wanted.push((code, kind, text));
        }
        match damage {
            Damage::Mojibake(to) => mended.insert(code, to),
            Damage::Mark { empty: true } => mended.insert(code, String::new()),
            Damage::Mark { empty: false } => None,
        };
    }
    for (code, kind, text) in wanted {
        let row = column.codes().iter().position(|other| *other == code).unwrap_or_default();
        kinds[kind].examples.push((row as u32, text));
    }
    if !mended.is_empty() {
        let mut code = 0;
        *column = column.map_distinct(|value| {
            let to = mended.remove(&code).unwrap_or_else(|| value.to_string());
            code += 1;
            to
        });
    }
    kinds
}

fn damage(value: &str) -> Option<Damage> {
    let mark = || marks().get(value).map(|&empty| Damage::Mark { empty });
    mojibake::repaired(value).map(Damage::Mojibake).or_else(|| may_be_mark(value).then(mark).flatten())
}

/// A filter that spares nearly every value the lookup.
fn may_be_mark(value: &str) -> bool {
    /// Bytes of the longest mark.
    const LONGEST: usize = 10;
    value.len() <= LONGEST
        && matches!(value.as_bytes().first(), Some(b'#' | b'N' | b'(' | b'<' | b'[' | b'\\'))
}

fn cut(value: &str) -> String {
    let shown: String = value.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < value.len() { format!("{shown}…") } else { shown }
}

/// Marks, and whether a cell with one is read as empty.
fn marks() -> &'static HashMap<&'static str, bool> {
    static MARKS: OnceLock<HashMap<&'static str, bool>> = OnceLock::new();
    MARKS.get_or_init(|| {
        // Comments begin with `# `, marks with `#` alone.
        let lines =
            include_str!("tables/null_marks.csv").lines().filter(|line| !line.starts_with("# ")).skip(1);
        lines
            .filter_map(|line| line.rsplit_once(','))
            .map(|(mark, read_as)| (mark, read_as == "empty"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_mended_once_a_value_and_counted_by_cell() {
        let mut columns = vec![
            Column::from_values(["JosÃ©", "Els", "JosÃ©", "José"]),
            Column::from_values(["#REF!", "NULL", "", "\\N"]),
        ];
        let findings = mend(&mut columns, &[2, 3, 4, 9], "crm.csv", "crm");
        let cells = |column: &Column| (0..4).map(|row| column.get(row).to_string()).collect::<Vec<_>>();
        assert_eq!(cells(&columns[0]), ["José", "Els", "José", "José"]);
        assert_eq!(cells(&columns[1]), ["", "NULL", "", ""]);
        let found: Vec<_> = findings.iter().map(|finding| (finding.rule.as_str(), finding.count)).collect();
        assert_eq!(found, [("mojibake", 2), ("null_mark", 3)]);
        assert_eq!(findings[0].examples, ["line 2: \"JosÃ©\" → \"José\""]);
        assert_eq!(findings[1].examples[2], "line 9: \\N");
    }

    #[test]
    fn every_mark_passes_the_filter() {
        assert!(marks().len() > 30);
        assert!(marks().keys().all(|mark| may_be_mark(mark)));
        assert!(damage("Null").is_none() && damage("#1 Pizza").is_none());
    }
}
