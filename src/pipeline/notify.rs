//! The command that is told how a run ended.

use crate::config::NotifySettings;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often it is looked whether the command has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Runs the command of the settings with the summary on its standard input, and waits for it. Its output goes to
/// ours for errors.
///
/// Errors: it cannot be started, fails, or takes longer than the settings allow (it is ended then); in words.
pub fn notify(settings: &NotifySettings, summary: &str) -> Result<(), String> {
    let Some((program, arguments)) = settings.command.split_first() else { return Ok(()) };
    let told = |why: String| format!("[notify] `{program}` {why}");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|cause| told(format!("cannot be started: {cause}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        let summary = summary.to_string();
        // A command that does not read must not hold us up; one that has ended is told below.
        std::thread::spawn(move || drop(stdin.write_all(summary.as_bytes())));
    }
    let until = Instant::now() + Duration::from_secs(u64::from(settings.timeout_seconds));
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(told(format!("failed: {status}"))),
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
            Ok(None) => {
                // It may have ended just now; then there is nothing to end, and nothing to wait for.
                let _ = child.kill();
                let _ = child.wait();
                return Err(told(format!("was ended after {} s", settings.timeout_seconds)));
            }
            Err(cause) => return Err(told(format!("cannot be waited for: {cause}"))),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, timeout_seconds: u32) -> NotifySettings {
        NotifySettings { command: ["sh", "-c", script].map(String::from).into(), timeout_seconds }
    }

    #[test]
    fn the_command_gets_the_summary() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told.json");
        let script = format!("cat > '{}'", file.display());
        assert_eq!(notify(&shell(&script, 30), "{\"exit_code\":4}"), Ok(()));
        assert_eq!(std::fs::read_to_string(file).unwrap(), "{\"exit_code\":4}");
    }

    #[test]
    fn what_goes_wrong_is_told() {
        assert_eq!(notify(&NotifySettings::default(), ""), Ok(()), "nothing is set");
        assert!(notify(&shell("exit 3", 30), "").unwrap_err().contains("failed: exit status: 3"));
        // It does not read, and does not end.
        let large = "x".repeat(1 << 20);
        assert!(notify(&shell("exec sleep 60", 0), &large).unwrap_err().contains("was ended after 0 s"));
        let nowhere = NotifySettings { command: vec!["./no such program".into()], timeout_seconds: 1 };
        assert!(notify(&nowhere, "").unwrap_err().contains("cannot be started"));
    }
}
