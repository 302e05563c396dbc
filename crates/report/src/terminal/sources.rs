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
    if let Some(hidden) = sources.len().checked_sub(SHOWN).filter(|n| *n > 0) {
        let more = format!("and {} more: see --report-dir", counted(hidden as u64, "source"));
        page.line(&more, Style::Dim);
    }
    if scan.duplicates > 0 {
        let text = format!("{} were read before and left out", counted(scan.duplicates, "record"));
        page.field("twice", &text, Style::Plain);
    }
    for model in &scan.learning {
        page.field("model", &learning(model), Style::Plain);
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
