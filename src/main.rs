//! The `alike` program: parse, run, exit code.

use alike::budget;
use alike::cli::Cli;
use alike::error::Error;
use alike::progress::Json;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::from_command_line() {
        Ok(Some(cli)) => cli,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => return ended(&error, false),
    };
    let json = cli.speaks_json();
    // Threads first: `set_threads` must come before any other thread.
    match budget::set_threads(cli.threads()).and_then(|()| {
        tidy_when_stopped();
        cli.run()
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ended(&error, json),
    }
}

/// Ctrl-C and a polite kill end the program as they always do, after what an unfinished run has beside its folder is
/// removed. Where that cannot be arranged, the next run clears it.
fn tidy_when_stopped() {
    #[cfg(unix)]
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(signal_hook::consts::TERM_SIGNALS) {
        std::thread::spawn(move || {
            for signal in signals.forever() {
                alike::write::abandon();
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        });
    }
}

/// The exit code of an error, which is told unless it is that our reader went away.
fn ended(error: &Error, json: bool) -> ExitCode {
    if !error.is_closed_pipe() {
        tell(error, json);
    }
    ExitCode::from(error.exit_code())
}

/// Says on stderr why the command ended.
fn tell(error: &Error, json: bool) {
    let message = error.chain();
    if json {
        let mut object =
            serde_json::json!({ "event": "error", "message": message, "exit_code": error.exit_code() });
        if let Error::Guards(stopped) = error {
            object["guards"] = serde_json::json!(stopped.tripped);
        }
        Json::emit(object);
    } else {
        // When stderr is closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "error: {message}");
    }
}
