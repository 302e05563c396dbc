//! Telling: what a scan found, as text for a terminal, a web page, or a machine.
//!
//! Every report is a pure function from a [`Scan`] to a `String`, or to lines where there may be many:
//! no clock, no file, no terminal.
//! Log text is hostile, so no report lets a control, bidirectional or invisible character through.

mod csv;
mod explain;
mod files;
mod html;
mod json;
mod navigator;
mod ocsf;
mod phrase;
mod record;
mod safe;
mod scan;
mod terminal;
mod why;

pub use csv::csv;
pub use explain::{Subject, UnknownId, find};
pub use files::{alert_line, alert_lines, incident_html, incident_json, incident_text};
pub use html::html;
pub use json::{finding_line, json, jsonl};
pub use navigator::{Looking, coverage, navigator};
pub use ocsf::{ocsf, ocsf_line};
pub use phrase::{count, counted, span};
pub use safe::visible;
pub use scan::{Learning, RuleNote, Scan, TechniqueNote};
pub use terminal::{ColorChoice, Screen, terminal};
