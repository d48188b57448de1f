use super::plain::finished;
use super::running::Running;
use super::{Event, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// How often a bar moves by itself, so that a stage without counts is seen to live.
const TICK: Duration = Duration::from_millis(120);
/// Redraws a second: smooth to the eye, no cost to the run.
const REDRAWS_PER_SECOND: u8 = 10;

/// Bars on a terminal: one a running stage with rate and time left; a finished stage leaves one line.
pub struct Bars {
    screen: MultiProgress,
    running: Running<ProgressBar>,
}

impl Bars {
    /// A sink that draws on stderr.
    pub fn new() -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND);
        Self { screen: MultiProgress::with_draw_target(target), running: Running::new() }
    }

    /// Writes a line above the bars.
    fn line(&self, text: String) {
        // A terminal that went away is no reason to fail.
        let _ = self.screen.println(text);
    }
}

impl Default for Bars {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Bars {
    /// Takes away the bars of stages that an error cut short, so that the error's message stands alone.
    fn drop(&mut self) {
        // A terminal that went away is no reason to fail.
        let _ = self.screen.clear();
    }
}

impl Progress for Bars {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Started { stage, total, unit } => {
                let bar = self.screen.add(bar(stage, total, unit));
                bar.enable_steady_tick(TICK);
                self.running.begin(stage, total, unit, bar);
            }
            // The bar's own position is an atomic; it draws itself at its own pace.
            Event::Advanced { stage, by } => self.running.advance(stage, by, |stage, _| stage.shown.inc(by)),
            Event::Finished { stage, summary } => {
                let seconds = self.running.end(stage).map_or(0.0, |ended| {
                    ended.shown.finish_and_clear();
                    self.screen.remove(&ended.shown);
                    ended.seconds()
                });
                self.line(finished(stage, summary, seconds));
            }
            Event::Note(text) => self.line(format!("note: {text}")),
            Event::Warning(text) => self.line(format!("warning: {text}")),
        }
    }
}

/// What a bar shows: counted bytes, counted units, uncounted bytes, uncounted units.
const TEMPLATES: [&str; 4] = [
    "{prefix:10} {bar:28} {percent:>3} %  {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left",
    "{prefix:10} {bar:28} {percent:>3} %  {human_pos}/{human_len} {msg}  {per_sec}  {eta} left",
    "{prefix:10} {spinner} {bytes}  {binary_bytes_per_sec}  {elapsed}",
    "{prefix:10} {spinner} {human_pos} {msg}  {per_sec}  {elapsed}",
];

/// A stage's bar: counted work has a rate and the time left, uncounted work the time so far.
fn bar(stage: &'static str, total: Option<u64>, unit: &'static str) -> ProgressBar {
    let bytes = unit == "bytes";
    let template = TEMPLATES[usize::from(total.is_none()) * 2 + usize::from(!bytes)];
    // The templates above are fixed and tested; the default style is the answer to a mistake in them.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::no_length(),
    };
    bar.with_style(style.progress_chars("=> ")).with_prefix(stage).with_message(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;
    use std::sync::{Arc, Mutex};

    /// A terminal that keeps the lines that end, which are those that stay.
    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<Vec<String>>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            100
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push(text.trim_end().to_string());
            Ok(())
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.write_line(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_finished_stage_leaves_one_line() {
        let paper = Paper::default();
        let target = ProgressDrawTarget::term_like(Box::new(paper.clone()));
        let bars = Bars { screen: MultiProgress::with_draw_target(target), running: Running::new() };
        for (stage, total) in [("read", Some(10)), ("map", None)] {
            bars.event(Event::Started { stage, total, unit: "bytes" });
            bars.event(Event::Advanced { stage, by: 10 });
            bars.event(Event::Finished { stage, summary: "3 found" });
        }
        bars.event(Event::Warning("look"));
        let lines = paper.0.lock().unwrap().clone();
        for stage in ["read", "map"] {
            let left = lines.iter().filter(|line| line.starts_with(stage) && line.ends_with("3 found"));
            assert_eq!(left.count(), 1, "{lines:?}");
        }
        assert!(lines.iter().any(|line| line == "warning: look"), "{lines:?}");
    }

    #[test]
    fn every_template_is_well_formed() {
        for template in TEMPLATES {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
