//! When it happened: events behind the findings in equal steps of time, by severity, and each
//! incident as a span below. Drawn to stretch; its labels are text beside it, so they stay legible.

use tocsin_event::{Duration, Finding, Incident, Severity, Time};

use super::{Markup, View, shell};
use crate::phrase::{clock, count, moment, span};

/// Steps the time is cut into, at most.
const STEPS: usize = 96;
/// Lengths a step can have, in seconds; beyond them, whole days.
const LENGTHS: [i64; 14] =
    [1, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, DAY, 7 * DAY];
const DAY: i64 = 86_400;
/// Incidents drawn.
const SPANS_SHOWN: usize = 8;
// Drawing units, stretched to the page.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 100.0;

/// Events of one step, by severity.
type Step = [f64; Severity::ALL.len()];

/// The time drawn.
#[derive(Clone, Copy)]
struct Range {
    start: Time,
    step: Duration,
    steps: usize,
}

impl Range {
    fn of(view: &View<'_>) -> Option<Range> {
        let known = |time: &Time| time.is_known();
        let starts = view.findings.iter().map(|f| f.window.start);
        let ends = view.findings.iter().map(|f| f.window.end);
        let start = starts.chain(view.incidents.iter().map(|i| i.start)).filter(known).min()?;
        let end = ends.chain(view.incidents.iter().map(|i| i.end)).filter(known).max()?;
        // One step less than there is room for, since the first starts at a round time.
        let least = (end - start).0 / 1_000_000_000 / (STEPS as i64 - 1);
        let days = (least / DAY + 1) * DAY;
        let length = LENGTHS.into_iter().find(|secs| *secs > least).unwrap_or(days);
        let step = Duration::from_secs(length);
        let start = start.window_start(step);
        let steps = ((end - start).0 / step.0 + 1).clamp(1, STEPS as i64) as usize;
        Some(Range { start, step, steps })
    }

    /// Where a time lies, in steps.
    fn place(self, time: Time) -> f64 {
        ((time - self.start).0 as f64 / self.step.0 as f64).clamp(0.0, self.steps as f64)
    }

    /// The width of a step, in drawing units.
    fn wide(self) -> f64 {
        WIDTH / self.steps as f64
    }

    /// The time after so many quarters of the whole.
    fn quarter(self, quarters: i64) -> Time {
        self.start + Duration(self.step.0.saturating_mul(self.steps as i64) / 4 * quarters)
    }

    fn at(self, step: usize) -> Time {
        self.start + Duration(self.step.0.saturating_mul(step as i64))
    }
}

/// Writes the section, unless there is nothing to draw.
pub(super) fn timeline(view: &View<'_>, h: &mut Markup) {
    let Some(range) = Range::of(view) else { return };
    let steps = counted_steps(&view.findings, range);
    let note = format!(
        "Events behind the findings in steps of {}, UTC; one event can count for several findings. \
         Heights are square roots.",
        span(range.step)
    );
    shell::section("Timeline", &note, h, |h| {
        h.el("div", "timeline", |h| {
            h.leaf("span", "lane", "Events");
            columns(&steps, range, h);
            for incident in view.incidents.iter().take(SPANS_SHOWN) {
                lane(incident, range, h);
            }
            h.leaf("span", "lane", "");
            h.el("div", "axis", |h| {
                for quarter in 0..=4 {
                    h.leaf("span", "", &axis_label(range.quarter(quarter)));
                }
            });
        });
        shell::more(view.incidents.len(), SPANS_SHOWN, "incident", h);
    });
}

fn axis_label(time: Time) -> String {
    let text = clock(time);
    text.get(5..16).unwrap_or_default().to_owned()
}

/// Each finding's events, spread evenly over its window.
fn counted_steps(findings: &[&Finding], range: Range) -> Vec<Step> {
    let mut steps = vec![Step::default(); range.steps];
    for finding in findings {
        let (from, to) = (range.place(finding.window.start), range.place(finding.window.end));
        let first = (from as usize).min(range.steps - 1);
        let last = (to.ceil() as usize).clamp(first + 1, range.steps);
        let each = finding.count as f64 / (last - first) as f64;
        for step in &mut steps[first..last] {
            step[finding.severity as usize] += each;
        }
    }
    steps
}

fn columns(steps: &[Step], range: Range, h: &mut Markup) {
    let highest = steps.iter().map(|s| s.iter().sum::<f64>()).fold(1.0, f64::max);
    canvas("events", h, |h| {
        for (i, step) in steps.iter().enumerate().filter(|(_, s)| s.iter().sum::<f64>() > 0.0) {
            h.el("g", "", |h| {
                h.leaf("title", "", &told(step, range.at(i)));
                column(step, [i as f64 * range.wide(), range.wide()], highest, h);
            });
        }
    });
}

/// One column, the gravest at its foot; where it lies and how wide it is.
fn column(step: &Step, [left, wide]: [f64; 2], highest: f64, h: &mut Markup) {
    let total: f64 = step.iter().sum();
    let height = ((total / highest).sqrt() * HEIGHT).max(3.0);
    let mut foot = HEIGHT;
    for severity in Severity::ALL.into_iter().rev() {
        let part = step[severity as usize] / total * height;
        if part > 0.0 {
            foot -= part;
            rect(severity, [left + wide * 0.1, foot, wide * 0.8, part], h);
        }
    }
}

fn told(step: &Step, at: Time) -> String {
    let of = |s: Severity| (step[s as usize].round() as u64, s);
    let parts: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .map(of)
        .filter(|(n, _)| *n > 0)
        .map(|(n, s)| format!("{} {s}", count(n)))
        .collect();
    format!("from {}: {}", moment(at), parts.join(", "))
}

fn lane(incident: &Incident, range: Range, h: &mut Markup) {
    h.el("span", "lane", |h| {
        h.with("a", &[("href", &format!("#{}", incident.id))], |h| h.text(&incident.title));
    });
    canvas("span", h, |h| {
        let (from, to) = (range.place(incident.start), range.place(incident.end));
        let wide = range.wide();
        // The narrowest span still has to be seen.
        let width = ((to - from) * wide).max(6.0);
        let left = (from * wide).min(WIDTH - width);
        h.leaf("title", "", &crate::phrase::from_to(incident.start, incident.end));
        rect(incident.severity, [left, 30.0, width, 40.0], h);
    });
}

fn canvas(class: &str, h: &mut Markup, fill: impl FnOnce(&mut Markup)) {
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    let attributes = [
        ("class", class),
        ("viewBox", view.as_str()),
        ("preserveAspectRatio", "none"),
        ("role", "img"),
    ];
    h.with("svg", &attributes, fill);
}

fn rect(severity: Severity, place: [f64; 4], h: &mut Markup) {
    let [x, y, width, height] = place.map(|n| format!("{n:.1}"));
    let attributes = [
        ("class", severity.name()),
        ("x", x.as_str()),
        ("y", y.as_str()),
        ("width", width.as_str()),
        ("height", height.as_str()),
    ];
    h.with("rect", &attributes, |_| ());
}
