//! Logs made for tests, and what reading them gives.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tocsin_node::progress::Progress;
use tocsin_node::source::{Order, ReadOptions, ReadReport, find, read};

/// A folder of logs that goes away with the test.
pub(crate) struct Logs(TempDir);

impl Logs {
    pub(crate) fn new() -> Self {
        Logs(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn add(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(name), content).unwrap();
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }
}

/// Lines of sshd, one for each second given.
pub(crate) fn lines(host: &str, seconds: impl IntoIterator<Item = u32>) -> String {
    let line = |s: u32| {
        let (hour, minute, second) = (s / 3600 % 24, s / 60 % 60, s % 60);
        format!(
            "2024-05-{:02}T{hour:02}:{minute:02}:{second:02}Z {host} sshd[7]: Failed password for \
             root from 192.0.2.1 port {s} ssh2\n",
            1 + s / 86_400
        )
    };
    seconds.into_iter().map(line).collect()
}

pub(crate) fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(content.as_ref()).unwrap();
    packer.finish().unwrap()
}

pub(crate) fn by_time(threads: usize) -> ReadOptions {
    ReadOptions { threads, order: Order::ByTime, ..ReadOptions::default() }
}

/// The events as `FILE NUMBER TIME`, and the report.
pub(crate) fn events(paths: &[PathBuf], options: &ReadOptions) -> (Vec<String>, ReadReport) {
    let mut events = Vec::new();
    let report = read(find(paths), options, &mut Progress::hidden(), &mut |event| {
        let source = event.source().rsplit('/').next().unwrap_or_default();
        events.push(format!("{source} {} {}", event.record, event.time));
        Ok(())
    });
    (events, report.unwrap())
}

/// Why things were not read, as `NAME: REASON`.
pub(crate) fn skipped(report: &ReadReport) -> Vec<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    report.skipped.iter().map(|s| format!("{}: {}", name(&s.name), s.reason)).collect()
}
