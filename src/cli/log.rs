use crate::progress::{Bars, Event, Json, Plain, Progress, Quiet};
use clap::{Args, ValueEnum};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

/// How a command tells of its progress.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Tell only warnings and errors
    #[arg(short, long)]
    quiet: bool,
    /// How progress is told on stderr [default: bars on a terminal, else plain]
    #[arg(long, value_enum, value_name = "FORM")]
    log: Option<Form>,
}

/// Hands events on and keeps the warnings, which are told once more at the end.
pub struct Heard {
    sink: Box<dyn Progress>,
    warnings: Mutex<Vec<String>>,
}

impl Heard {
    /// Listens before a sink.
    pub fn new(sink: Box<dyn Progress>) -> Self {
        Self { sink, warnings: Mutex::new(Vec::new()) }
    }

    /// The warnings so far, in order.
    pub fn warnings(&self) -> Vec<String> {
        // A thread that panicked in `push` left a whole list.
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Heard {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning(text) = event {
            self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_string());
        }
        self.sink.event(event);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One line a stage
    Plain,
    /// One JSON object a line: event, stage, counts, seconds, time
    Json,
}

impl LogArgs {
    /// Whether progress and errors are JSON lines.
    pub fn is_json(&self) -> bool {
        self.log == Some(Form::Json)
    }

    /// Whether only warnings and errors are told.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The sink for a command's events.
    pub fn sink(&self) -> Box<dyn Progress> {
        match self.log {
            Some(Form::Json) if self.quiet => Box::new(Json::warnings_only()),
            Some(Form::Json) => Box::new(Json::new()),
            _ if self.quiet => Box::new(Quiet),
            Some(Form::Plain) => Box::new(Plain::new()),
            None if std::io::stderr().is_terminal() => Box::new(Bars::new()),
            None => Box::new(Plain::new()),
        }
    }
}
