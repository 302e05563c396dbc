//! How the command ends: exit codes, and errors as one line that says what to do.

use std::fmt::Display;
use std::panic;
use std::process::ExitCode;

use tocsin_node::report::visible;

/// Wrong arguments.
const USAGE: u8 = 2;
/// A rule or a setting is wrong.
const CONFIGURATION: u8 = 3;
/// Nothing that was asked for could be read.
const UNREADABLE: u8 = 4;
/// A fault of Tocsin itself.
const INTERNAL: u8 = 70;

/// Why the command ends without having done its work.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The arguments are wrong; the message says how to put them right.
    pub(crate) fn usage(message: impl Display) -> Self {
        Failure { code: USAGE, message: message.to_string() }
    }

    /// A rule, a list or a setting is wrong; the message says which.
    pub(crate) fn configuration(message: impl Display) -> Self {
        Failure { code: CONFIGURATION, message: message.to_string() }
    }

    /// Nothing could be read.
    pub(crate) fn unreadable(message: impl Display) -> Self {
        Failure { code: UNREADABLE, message: message.to_string() }
    }

    /// Says it on standard error.
    pub(crate) fn report(self) -> ExitCode {
        say(&format!("error: {}", self.message));
        ExitCode::from(self.code)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure { code: INTERNAL, message: format!("the events could not be written: {error}") }
    }
}

/// Shows help, version or what is wrong with the arguments, as clap words it.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe is no reason to complain about help that nobody reads.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { USAGE } else { 0 })
}

/// Panics anywhere are told in one line rather than a trace.
pub(crate) fn report_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        say(&format!("error: internal fault at {place}: {}", words(panic)));
    }));
}

/// Runs a command; a panic in it becomes an internal error.
pub(crate) fn guarded(
    command: impl FnOnce() -> Result<ExitCode, Failure> + panic::UnwindSafe,
) -> ExitCode {
    match panic::catch_unwind(command) {
        Ok(done) => done.unwrap_or_else(Failure::report),
        Err(_) => ExitCode::from(INTERNAL),
    }
}

fn words<'p>(panic: &'p panic::PanicHookInfo<'_>) -> &'p str {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// Writes a line to standard error, what is hostile in it as escapes: names of files and texts of
/// logs are told here. One that cannot be written is nobody's loss.
pub(crate) fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{}", visible(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_internal_error() {
        assert_eq!(guarded(|| panic!("on purpose")), ExitCode::from(INTERNAL));
        assert_eq!(guarded(|| Ok(ExitCode::SUCCESS)), ExitCode::SUCCESS);
        assert_eq!(guarded(|| Err(Failure::usage("wrong"))), ExitCode::from(USAGE));
    }
}
