//! Every format made ready, and which of them a record is offered to.

use hashbrown::HashMap;
use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing, Peers};
use crate::formats::FORMATS;
use crate::generic;
use crate::header::Record;
use crate::wording::{BadTemplate, Wordings};

/// A format with its wordings compiled.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) format: &'static Format,
    wordings: Wordings,
}

impl Ready {
    /// Whether the record is of this format, which has then read it.
    pub(crate) fn reads(&self, record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
        let Some(frame) = self.format.frame else {
            return (self.format.read)(record, out)
                || self.wordings.read(record.body, out)
                || self.reads_own_file(record, out);
        };
        match frame(record, out) {
            Framing::Foreign => return false,
            Framing::Read => {}
            Framing::Message if self.wordings.read(record.body, out) => {}
            Framing::Message => read_generally(record, out),
        }
        true
    }

    /// A format known by its looks may be a service writing its own file, where the first words
    /// after the time were mistaken for a host or a program.
    fn reads_own_file(&self, record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
        if !self.format.programs.is_empty() || record.text.len() == record.body.len() {
            return false;
        }
        let understood = self.wordings.read(record.text, out);
        if understood {
            record.without_tag();
        }
        understood
    }
}

/// Reads a message that no wording fits as one of any service, but trusts the frame for the peer.
fn read_generally(record: &Record<'_>, out: &mut Writer<'_>) {
    let framed = out.event.src;
    generic::read(record, out);
    // The provider is the format whose frame it was.
    out.event.provider = "";
    if !framed.is_empty() {
        out.event.src = framed;
    }
}

/// Every format made ready, shared by the parsers of all sources.
#[derive(Debug, Default)]
pub struct Formats {
    ready: Vec<Ready>,
    by_program: HashMap<&'static str, Vec<usize>, foldhash::fast::FixedState>,
    by_content: Vec<usize>,
    /// Those of any program, by the first byte of a record.
    of_any: Vec<Vec<usize>>,
}

impl Formats {
    /// Compiles the wordings of every format.
    ///
    /// # Errors
    /// Names the first template that cannot be compiled.
    pub fn new() -> Result<Self, BadTemplate> {
        let mut formats = Formats { of_any: vec![Vec::new(); 256], ..Formats::default() };
        for (number, format) in FORMATS.iter().enumerate() {
            let wordings = Wordings::compile(format.wordings)?;
            formats.ready.push(Ready { format, wordings });
            match format.programs {
                [] => formats.by_content.push(number),
                ["*"] => formats.add_to_any(number, format.begins),
                programs => {
                    for program in programs {
                        formats.by_program.entry(program).or_default().push(number);
                    }
                }
            }
        }
        Ok(formats)
    }

    fn add_to_any(&mut self, number: usize, begins: &[u8]) {
        for (byte, formats) in (0..=u8::MAX).zip(&mut self.of_any) {
            if begins.is_empty() || begins.contains(&byte) {
                formats.push(number);
            }
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// The formats that may know a record, by number: those of any program, those of its own, then
    /// those that know one by its looks.
    pub(crate) fn offered<'f>(
        &'f self,
        record: &Record<'_>,
        program: &Program<'f>,
    ) -> [&'f [usize]; 3] {
        let body = record.body;
        let first = body.as_bytes().first().copied().filter(u8::is_ascii_graphic);
        let first = first.or_else(|| body.trim_start().bytes().next()).unwrap_or_default();
        let of_any = self.of_any.get(usize::from(first)).map_or(&[][..], Vec::as_slice);
        // No service that is known by its looks alone writes objects.
        let by_content =
            if record.text.trim_start().starts_with('{') { &[] } else { &*self.by_content };
        [of_any, program.formats, by_content]
    }

    /// The format of this number.
    pub(crate) fn numbered(&self, number: usize) -> &Ready {
        &self.ready[number]
    }

    /// The formats that read what a program of this tag writes.
    fn of_program(&self, tag: &str) -> &[usize] {
        let of = |name| self.by_program.get(name).map(Vec::as_slice);
        if let Some(formats) = of(tag) {
            return formats;
        }
        // Of a path (`/USR/SBIN/CRON`) only the last part tells.
        let family = tag.split(['/', '-']).next().filter(|family| !family.is_empty());
        let short = tag.rsplit('/').next().unwrap_or(tag);
        let short = short.split('(').next().unwrap_or(short);
        of(family.unwrap_or(tag)).or_else(|| of(short)).unwrap_or_default()
    }
}

/// A program and its formats.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program<'f> {
    tag: String,
    formats: &'f [usize],
    /// Whether each of its processes serves one peer.
    pub(crate) serves_one_peer: bool,
}

/// How many programs are kept in mind: those that fill a log take turns, and are few.
const IN_MIND: usize = 16;

/// The programs that wrote the last records, each at a place that its tag gives it.
#[derive(Debug)]
pub(crate) struct Programs<'f> {
    in_mind: [Program<'f>; IN_MIND],
    current: usize,
}

impl<'f> Programs<'f> {
    pub(crate) fn new() -> Self {
        Programs { in_mind: std::array::from_fn(|_| Program::default()), current: 0 }
    }

    /// Turns to the program of this tag, which is empty where a record names none.
    pub(crate) fn turn_to(&mut self, tag: &str, formats: &'f Formats) -> &Program<'f> {
        self.current = place(tag);
        let program = &mut self.in_mind[self.current];
        let unknown = program.tag.is_empty() && program.formats.is_empty();
        if unknown || !find::same(program.tag.as_bytes(), tag.as_bytes()) {
            program.tag.clear();
            program.tag.push_str(tag);
            program.formats = formats.of_program(tag);
            let per_process =
                |number: &usize| formats.ready[*number].format.peers == Peers::PerProcess;
            program.serves_one_peer = program.formats.iter().any(per_process);
        }
        program
    }

    /// The program of the last record that was read as one of a program's.
    pub(crate) fn current(&self) -> &Program<'f> {
        &self.in_mind[self.current]
    }
}

/// Where a program of this tag is kept: `sshd` and `sudo` are as long and begin alike. The factor
/// gives a place of its own to each of those that fill logs of authentication.
fn place(tag: &str) -> usize {
    let [first, .., last] = tag.as_bytes() else { return 0 };
    (usize::from(*first) + 7 * usize::from(*last) + tag.len()) % IN_MIND
}
