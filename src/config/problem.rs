use std::fmt;
use std::ops::Range;

/// Something wrong at one place of a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as named.
    pub file: String,
    /// Line, 1-based.
    pub line: usize,
    /// Column in characters, 1-based.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// How many characters of the line the problem is about, at least 1.
    pub width: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Every problem of a settings file, in order of place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    /// The problem in one line, for messages that stand among others.
    pub fn in_short(&self) -> String {
        let hint = self.hint.as_ref().map_or(String::new(), |hint| format!("; {hint}"));
        format!("{}:{}:{}: {}{hint}", self.file, self.line, self.column, self.message)
    }

    /// A problem with the bytes `span` of `content`.
    pub(super) fn at(
        file: &str,
        content: &str,
        span: Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        let start = floor_boundary(content, span.start);
        let end = floor_boundary(content, span.end.max(start));
        let line_start = content[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = content[start..].find('\n').map_or(content.len(), |newline| start + newline);
        let marked = &content[start..end.min(line_end)];
        Self {
            file: file.to_string(),
            line: content[..line_start].matches('\n').count() + 1,
            column: content[line_start..start].chars().count() + 1,
            text: content[line_start..line_end].trim_end().to_string(),
            width: marked.trim_end().chars().count().max(1),
            message: message.into(),
            hint,
        }
    }
}

/// The nearest character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        // A tab counts as one column here as in `column`, so that the caret stands under its character.
        writeln!(f, "{gutter} |\n{number} | {}", self.text.replace('\t', " "))?;
        write!(f, "{gutter} | {}{}", " ".repeat(self.column - 1), "^".repeat(self.width))?;
        if let Some(hint) = &self.hint {
            write!(f, "\n{gutter} = hint: {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 problem in the settings")?,
            count => write!(f, "{count} problems in the settings")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n\n{problem}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters() {
        let content = "a = 1\n\"é\" = xyz\n";
        let at = content.find("xyz").unwrap();
        let problem = Problem::at("f.toml", content, at..at + 3, "odd", None);
        assert_eq!((problem.line, problem.column, problem.width), (2, 7, 3));
        assert_eq!(problem.to_string(), "f.toml:2:7: odd\n  |\n2 | \"é\" = xyz\n  |       ^^^");
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let problem = Problem::at("f", "é", 1..99, "cut", None);
        assert_eq!((problem.line, problem.column, problem.width), (1, 1, 1));
        let empty = Problem::at("f", "", 0..0, "empty", None);
        assert_eq!((empty.line, empty.column), (1, 1));
    }
}
