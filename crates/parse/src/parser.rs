//! Reads the lines of one source: takes each apart, finds the format that understands it, and
//! keeps the account of what was and was not understood. Never fails.

use jiff::tz::TimeZone;
use tocsin_event::{Batch, SHAPES_SHOWN, SourceSummary, Time, Writer};

use crate::calendar::Calendar;
use crate::find;
use crate::format::Format;
use crate::formats::{FORMATS, auditd};
use crate::generic;
use crate::header::{self, Record};
use crate::object::{Flat, Object};
use crate::ready::{Formats, Programs};
use crate::sessions::Sessions;
use crate::shape::Shapes;
use crate::timestamp::Last;
use crate::wording::Meaning;
use crate::wrapped;

/// Longer lines are cut before they are read; the cut is counted. Real records of every format
/// here are far shorter, and what reads them must stay linear.
pub const LINE_MAX: usize = 64 * 1024;

/// How a source is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// The year of the first record, where times do not say.
    pub year: Option<i16>,
    /// When the source was last written: years and dates that are missing are counted from it.
    pub reference: Time,
    /// Read every record as this format only.
    pub format: Option<&'static Format>,
}

/// Reads one source.
#[derive(Debug)]
pub struct Parser<'f> {
    formats: &'f Formats,
    programs: Programs<'f>,
    only: Option<&'static Format>,
    calendar: Calendar,
    last_stamp: Last,
    last_time: Time,
    summary: SourceSummary,
    counts: Vec<u64>,
    shapes: Shapes,
    sessions: Sessions,
    audit: auditd::Assembler,
    processes: auditd::Processes,
    room: Room,
}

/// Where what a record is made of is kept while it is read, the memory used again.
#[derive(Debug, Default)]
struct Room {
    /// The members of a record that is an object.
    members: Flat,
    /// The text of a wrapped record, and its members.
    inner: String,
    inner_members: Flat,
}

impl<'f> Parser<'f> {
    /// A parser for the source of this name.
    #[must_use]
    pub fn new(formats: &'f Formats, source: &str, options: Options) -> Self {
        Parser {
            formats,
            programs: Programs::new(),
            only: options.format,
            calendar: Calendar::new(options.zone, options.year, options.reference),
            last_stamp: Last::default(),
            last_time: Time::UNKNOWN,
            summary: SourceSummary { name: source.to_owned(), ..SourceSummary::default() },
            counts: vec![0; FORMATS.len()],
            shapes: Shapes::default(),
            sessions: Sessions::default(),
            audit: auditd::Assembler::default(),
            processes: auditd::Processes::default(),
            room: Room::default(),
        }
    }

    /// Adds the events of the batch's text, which holds whole lines.
    pub fn read(&mut self, batch: &mut Batch) {
        let (text, mut out) = batch.writer();
        self.summary.bytes += text.len() as u64;
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest.as_bytes());
            let (line, after) =
                rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, ""));
            rest = after.strip_prefix('\n').unwrap_or(after);
            self.summary.read += 1;
            self.line(line.strip_suffix('\r').unwrap_or(line), &mut out);
        }
    }

    /// Adds the events that were still waiting for further records: the source has ended, or has
    /// been quiet for long enough.
    pub fn finish(&mut self, batch: &mut Batch) {
        let (_, mut out) = batch.writer();
        while let Some(pending) = self.audit.flush() {
            self.joined(pending, &mut out);
        }
    }

    /// The account of the source so far.
    #[must_use]
    pub fn summary(&self) -> SourceSummary {
        let mut summary = self.summary.clone();
        let mut formats: Vec<_> =
            self.counts.iter().zip(FORMATS).filter(|(n, _)| **n > 0).collect();
        formats.sort_by_key(|(count, _)| std::cmp::Reverse(**count));
        summary.formats = formats.into_iter().map(|(_, format)| format.name.to_owned()).collect();
        summary.unparsed_shapes = self.shapes.most_frequent(SHAPES_SHOWN);
        summary.assumptions = self.assumptions();
        self.audit.account(&mut summary);
        summary
    }

    fn assumptions(&self) -> Vec<String> {
        let assumed = self.calendar.assumed();
        let zone = format!("times without zone are read as {}", self.calendar.zone_name());
        let first = self.summary.first.map(|time| time.date().0);
        let year =
            format!("the year of the first record is taken to be {}", first.unwrap_or_default());
        let date = "times without date are put on the day before them".to_owned();
        let all = [(assumed.zone, zone), (assumed.year, year), (assumed.date, date)];
        all.into_iter().filter_map(|(assumed, text)| assumed.then_some(text)).collect()
    }

    fn line(&mut self, line: &str, out: &mut Writer<'_>) {
        let line = self.cut(line);
        if line.bytes().all(|byte| byte.is_ascii_whitespace()) {
            self.summary.skip("blank line");
            return;
        }
        let mut record = header::read_after(line, &mut self.last_stamp);
        let repeated = unwrap_repeated(&mut record);
        if !wrapped::is_likely(&record) {
            return self.record(&mut record, repeated, out);
        }
        let mut room = std::mem::take(&mut self.room);
        let Room { members, inner, inner_members } = &mut room;
        record.object = members.read(wrapped::without_cookie(record.body));
        let inside = wrapped::open(&record, inner, out);
        if let Some(inside) = inside {
            record = inside;
            record.object = inner_members.read(wrapped::without_cookie(record.body));
        }
        record.object = record.object.filter(Object::is_whole);
        self.record(&mut record, repeated, out);
        self.room = room;
    }

    fn record(&mut self, record: &mut Record<'_>, repeated: u32, out: &mut Writer<'_>) {
        if self.audit_record(record, out) {
            return;
        }
        if let Some(count) = times_repeated(record.text)
            && out.repeat_last()
        {
            out.event.count = count;
            self.summary.parsed += 1;
            self.commit(record, out);
            return;
        }
        let understood = self.understand(record, out);
        out.event.count = out.event.count.saturating_mul(repeated);
        self.account(record, understood, out);
        self.commit(record, out);
    }

    fn cut<'t>(&mut self, line: &'t str) -> &'t str {
        if line.len() <= LINE_MAX {
            return line;
        }
        *self.summary.skipped.entry("rest of a line over 64 KiB".to_owned()).or_default() += 1;
        let end = (0..=LINE_MAX).rev().find(|at| line.is_char_boundary(*at)).unwrap_or_default();
        line.split_at(end).0
    }

    /// Offers the record to the formats of any and of its program, then to those that know it by its looks.
    fn understand(&mut self, record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
        let formats = self.formats;
        let program = self.programs.turn_to(record.program, formats);
        for numbers in formats.offered(record, program) {
            if numbers.iter().any(|number| self.reads(*number, record, out)) {
                return true;
            }
        }
        false
    }

    /// Whether the record is of the format of this number, which has then read it.
    fn reads(&mut self, number: usize, record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
        let ready = self.formats.numbered(number);
        if self.only.is_some_and(|only| only.name != ready.format.name) {
            return false;
        }
        let reads = ready.reads(record, out);
        if reads {
            self.counts[number] += 1;
            if out.event.provider.is_empty() {
                out.event.provider = ready.format.name;
                out.event.logsource = &ready.format.logsource;
            }
        }
        reads
    }

    /// Takes a record of the audit trail, which is joined with the others of its event.
    fn audit_record(&mut self, record: &Record<'_>, out: &mut Writer<'_>) -> bool {
        let wanted = self.only.is_none_or(|only| only.name == auditd::FORMAT.name);
        let Some(line) = wanted.then(|| auditd::Line::read(record)).flatten() else { return false };
        // What a wrapping kept was kept for an event of its own.
        out.discard();
        self.summary.parsed += 1;
        self.audit.add(&line, record, self.summary.read);
        while let Some(pending) = self.audit.next() {
            self.joined(pending, out);
        }
        true
    }

    fn joined(&mut self, pending: auditd::Pending, out: &mut Writer<'_>) {
        let body = auditd::write(&pending, &mut self.processes, out);
        out.event.record = pending.number;
        out.event.provider = auditd::FORMAT.name;
        out.event.logsource = &auditd::FORMAT.logsource;
        self.count_format(auditd::FORMAT.name, pending.len());
        self.commit(&pending.record(body), out);
        self.audit.recycle(pending);
    }

    fn count_format(&mut self, name: &str, records: usize) {
        if let Some(index) = FORMATS.iter().position(|format| format.name == name) {
            self.counts[index] += records as u64;
        }
    }

    fn account(&mut self, record: &Record<'_>, understood: bool, out: &mut Writer<'_>) {
        let guessed = !understood && self.only.is_none() && generic::read(record, out);
        if !understood && !guessed {
            Meaning::NOTED.apply(out);
            out.event.provider = generic::NAME;
            out.event.logsource = generic::LOGSOURCE;
        }
        // JSON that no format has read is broken, whatever words stand in it.
        if understood || (guessed && !record.body.starts_with("{\"")) {
            self.summary.parsed += 1;
        } else {
            self.shapes.count(record.program, record.body);
        }
    }

    fn commit(&mut self, record: &Record<'_>, out: &mut Writer<'_>) {
        if let Some(stamp) = record.stamp {
            self.last_time = self.calendar.resolve(stamp);
            self.summary.span(self.last_time);
        }
        if self.programs.current().serves_one_peer {
            self.sessions.see(record, self.last_time, &mut out.event.src);
        }
        out.event.time = self.last_time;
        fill(record, self.summary.read, out);
        out.commit();
    }
}

/// Sets what the reader has not set from the record's header.
fn fill(record: &Record<'_>, number: u64, out: &mut Writer<'_>) {
    if out.event.record == 0 {
        out.event.record = number;
    }
    if out.event.pid == 0 {
        out.event.pid = record.pid;
    }
    if out.event.raw.is_empty() {
        out.event.raw = out.span(record.line);
    }
    if out.event.host.is_empty() {
        out.event.host = out.span(record.host);
    }
    if out.event.program.is_empty() {
        out.event.program = out.span(record.program);
    }
    if out.event.message.is_empty() {
        out.event.message = out.span(record.body);
    }
}

/// `last message repeated 5 times`, as syslogd says of the record before, with the host or without
/// and on some systems within dashes.
fn times_repeated(text: &str) -> Option<u32> {
    if !text.ends_with("times") && !text.ends_with("time") && !text.ends_with("---") {
        return None;
    }
    let (_, rest) = find::split(text, "last message repeated ")?;
    rest.split(' ').next()?.parse().ok()
}

/// rsyslog's `message repeated 5 times: [ Failed password ...]`: the message, and how often.
fn unwrap_repeated(record: &mut Record<'_>) -> u32 {
    let inner = record.body.strip_prefix("message repeated ").and_then(|rest| {
        let (count, rest) = find::split(rest, " times: [")?;
        Some((count.parse().ok()?, rest.strip_suffix(']').unwrap_or(rest).trim()))
    });
    let Some((count, body)) = inner else { return 1 };
    record.body = body;
    count
}
