//! systemd's binary journals, read through journalctl.

use std::io::{self, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::Origin;
use super::decode::Unpacked;

/// The journal's entries, one JSON object a line.
///
/// # Errors
/// Without journalctl, or where the journal is not a file of its own.
pub(super) fn open(origin: &Origin) -> io::Result<Unpacked> {
    let Origin::File(path) = origin else {
        return Err(io::Error::other(
            "a systemd journal: name its file, or pipe `journalctl -o json`",
        ));
    };
    let mut file = std::ffi::OsString::from("--file=");
    file.push(path);
    let mut command = Command::new("journalctl");
    command.arg(file).args(["--output=json", "--all", "--no-pager", "--quiet"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            io::Error::other("a systemd journal, and journalctl is not installed to read it")
        }
        _ => error,
    })?;
    let output = child.stdout.take();
    Ok(Unpacked { text: Box::new(Output { child, output }), written: None, surely_log: true })
}

/// What a child prints. Its failure is an error after its last byte; it does not outlive this.
struct Output {
    child: Child,
    output: Option<ChildStdout>,
}

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(output) = &mut self.output else { return Ok(0) };
        let read = output.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        self.output = None;
        let status = self.child.wait()?;
        if status.success() {
            return Ok(0);
        }
        Err(io::Error::other(format!("journalctl could not read it ({status})")))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.output.is_some() {
            // It may have ended by itself already; either way it is gone afterwards.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
