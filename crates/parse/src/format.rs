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

/// What a format found on looking for its frame around a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// The record is not of this format.
    Foreign,
    /// The record's body is now the message, and the wordings read it. The record is of this
    /// format even if none of them fits.
    Message,
    /// The record has been read.
    Read,
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
    /// With which bytes the records of a format of any program begin, blanks before them aside;
    /// none where that does not tell.
    pub begins: &'static [u8],
    /// Where Sigma rules look for its events.
    pub logsource: LogSource,
    /// Reads a record that templates cannot; tried before the wordings.
    pub read: fn(&mut Record<'_>, &mut Writer<'_>) -> bool,
    /// Takes a frame off, where messages come in one of their own: see [`Framing`]. The wordings
    /// then read what is within.
    pub frame: Option<fn(&mut Record<'_>, &mut Writer<'_>) -> Framing>,
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
        Format {
            name,
            programs,
            begins: &[],
            logsource,
            read: |_, _| false,
            frame: None,
            wordings,
            peers: Peers::PerRecord,
        }
    }

    /// The same, with a reader that is tried before the wordings.
    #[must_use]
    pub const fn with_reader(self, read: fn(&mut Record<'_>, &mut Writer<'_>) -> bool) -> Format {
        Format { read, ..self }
    }

    /// The same, where records of any program begin with one of these bytes.
    #[must_use]
    pub const fn that_begins_with(self, begins: &'static [u8]) -> Format {
        Format { begins, ..self }
    }

    /// The same, where each process serves one peer.
    #[must_use]
    pub const fn with_one_peer_per_process(self) -> Format {
        Format { peers: Peers::PerProcess, ..self }
    }

    /// The same, with a frame around each message.
    #[must_use]
    pub const fn with_frame(
        self,
        frame: fn(&mut Record<'_>, &mut Writer<'_>) -> Framing,
    ) -> Format {
        Format { frame: Some(frame), ..self }
    }
}
