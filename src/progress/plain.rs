use super::running::Running;
use super::{Event, Progress, duration, say};

/// One line a stage, when it ends; for logs and for stderr that is no terminal.
pub struct Plain {
    running: Running<()>,
}

impl Plain {
    /// A sink that writes to stderr.
    pub fn new() -> Self {
        Self { running: Running::new() }
    }
}

impl Default for Plain {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Plain {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Started { stage, total, unit } => self.running.begin(stage, total, unit, ()),
            Event::Advanced { stage, by } => self.running.advance(stage, by, |_, _| {}),
            Event::Finished { stage, summary } => {
                let seconds = self.running.end(stage).map_or(0.0, |ended| ended.seconds());
                say(format_args!("{}", finished(stage, summary, seconds)));
            }
            Event::Note(text) => say(format_args!("note: {text}")),
            Event::Warning(text) => say(format_args!("warning: {text}")),
        }
    }
}

/// The line a finished stage leaves.
pub(super) fn finished(stage: &str, summary: &str, seconds: f64) -> String {
    /// Width of the longest stage name, so that the columns stand under each other.
    const NAME: usize = 10;
    format!("{stage:<NAME$} {:>11}  {summary}", duration(seconds)).trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::finished;

    #[test]
    fn lines_stand_under_each_other() {
        assert_eq!(finished("read", "5 rows", 0.5), "read            0.50 s  5 rows");
        assert_eq!(finished("normalize", "", 75.0), "normalize   1 min 15 s");
    }
}
