//! What was read and what was not: nothing is dropped silently.

use tocsin_event::SourceSummary;

use super::{Page, Style};
use crate::phrase::{count, counted, percent};
use crate::{Learning, Scan};

/// Sources shown; those with something to tell come first.
const SHOWN: usize = 12;

/// Writes the account of each source, then of the models.
pub(super) fn sources(scan: &Scan, page: &mut Page) {
    page.gap();
    page.heading("What was read");
    let mut sources: Vec<&SourceSummary> = scan.sources.iter().collect();
    sources.sort_by_key(|s| (s.error.is_none(), s.parsed == s.read, &s.name));
    for source in sources.iter().take(SHOWN) {
        tell(source, page);
    }
    more(sources.len(), "source", page);
    for skipped in scan.unread.iter().take(SHOWN) {
        page.line(&skipped.name, Style::Plain);
        page.field("not read", &skipped.reason, Style::Plain);
    }
    more(scan.unread.len(), "file", page);
    for loss in scan.losses() {
        page.field("note", &loss, Style::Plain);
    }
    for model in &scan.learning {
        page.field("model", &learning(model), Style::Plain);
    }
}

fn more(all: usize, noun: &str, page: &mut Page) {
    if let Some(hidden) = all.checked_sub(SHOWN).filter(|n| *n > 0) {
        let more = format!("and {} more: see -o json", counted(hidden as u64, noun));
        page.line(&more, Style::Dim);
    }
}

/// Such as `forest: 412 of 6,048 windows; its findings are info until then`.
pub(crate) fn learning(model: &Learning) -> String {
    let (have, need) = (count(model.have), count(model.need));
    if model.have >= model.need {
        return format!("{}: calibrated on {have} windows", model.model);
    }
    format!("{}: learning, {have} of {need} windows; its findings are info until then", model.model)
}

fn tell(source: &SourceSummary, page: &mut Page) {
    page.line(&format!("{}  {}", source.name, source.formats.join(", ")), Style::Plain);
    page.field("read", &parsed(source), Style::Plain);
    if let Some(error) = &source.error {
        page.field("stopped", error, Style::Bold);
    }
    for (reason, times) in &source.skipped {
        page.field("skipped", &format!("{}: {reason}", count(*times)), Style::Plain);
    }
    for (shape, times) in &source.unparsed_shapes {
        page.cut_field("unknown", &format!("{} like {shape}", count(*times)), Style::Plain);
    }
    for assumption in &source.assumptions {
        page.field("assumed", assumption, Style::Plain);
    }
}

fn parsed(source: &SourceSummary) -> String {
    let read = counted(source.read, "record");
    match source.read {
        0 => read,
        all if all == source.parsed => format!("{read}, all understood"),
        all => {
            // Rounded down, so that 100 % is never said of less.
            let share = (source.parsed as f64 / all as f64 * 100.0).floor() / 100.0;
            format!("{read}, {} understood ({})", count(source.parsed), percent(share))
        }
    }
}
