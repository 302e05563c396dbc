//! The formats Tocsin reads. One folder each, one line each in [`FORMATS`](crate::FORMATS).

use tocsin_event::{LogSource, Writer};

use crate::header::Record;
use crate::wording::Wording;

/// How the peers of a service's records belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Each record speaks for itself.
    PerRecord,
    /// A process serves one peer: a record that names none is about the one named before.
    PerProcess,
}

/// How the records of one service or file are read.
///
/// A format is found by the program that wrote the record or, where `programs` is empty, by
/// looking at the record itself.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name, which `--format` takes and `metadata.log_provider` shows.
    pub name: &'static str,
    /// The programs it reads, as their tags say. A tag's part after the last `/` and before a
    /// `(` or the first `-` counts as well. `""` stands for records that name no program, and
    /// `"*"` for those of any, before the program's own format.
    pub programs: &'static [&'static str],
    /// Where Sigma rules look for its events.
    pub logsource: LogSource,
    /// Reads a record that templates cannot; tried before the wordings. It may also take a frame
    /// off only: with `record.body` narrowed to the message it returns false, and the wordings
    /// read that message. The record is then its own, whether or not one of them fits.
    pub read: fn(&mut Record<'_>, &mut Writer<'_>) -> bool,
    /// What the service says, most frequent first.
    pub wordings: &'static [Wording],
    /// How the peers of its records belong together.
    pub peers: Peers,
}

impl Format {
    /// A service of a Linux host that is read by its wordings alone.
    #[must_use]
    pub const fn service(
        name: &'static str,
        programs: &'static [&'static str],
        wordings: &'static [Wording],
    ) -> Format {
        let logsource = LogSource { product: "linux", category: "", service: name };
        Format { name, programs, logsource, read: |_, _| false, wordings, peers: Peers::PerRecord }
    }

    /// The same, with a reader that is tried before the wordings.
    #[must_use]
    pub const fn with_reader(self, read: fn(&mut Record<'_>, &mut Writer<'_>) -> bool) -> Format {
        Format { read, ..self }
    }

    /// The same, where each process serves one peer.
    #[must_use]
    pub const fn with_one_peer_per_process(self) -> Format {
        Format { peers: Peers::PerProcess, ..self }
    }
}
