//! A page of text being laid out: labels, wrapped text, colours. Everything written on it is
//! escaped here, so no caller can forget to.

use std::fmt::Write;

use tocsin_event::Severity;

use super::{ColorChoice, Screen};
use crate::safe::visible;

/// Columns of the label before a field's text.
const LABEL: usize = 10;

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it is.
    Plain,
    /// What matters most.
    Bold,
    /// What can be skipped.
    Dim,
    /// Something to type.
    Command,
    /// In the colour of a severity.
    Grave(Severity),
}

impl Style {
    fn ansi(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Command => "36",
            Style::Grave(Severity::Critical) => "1;35",
            Style::Grave(Severity::High) => "1;31",
            Style::Grave(Severity::Medium) => "33",
            Style::Grave(Severity::Low) => "34",
            Style::Grave(Severity::Info) => "2",
        }
    }
}

/// A page of text being laid out.
pub(crate) struct Page {
    out: String,
    color: ColorChoice,
    width: usize,
}

impl Page {
    /// An empty page for a screen.
    pub(crate) fn new(screen: Screen) -> Self {
        Page { out: String::new(), color: screen.color, width: screen.width.max(40) }
    }

    /// The text laid out.
    pub(crate) fn into_text(self) -> String {
        self.out
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.out.push('\n');
    }

    /// A text from the left edge, wrapped.
    pub(crate) fn line(&mut self, text: &str, style: Style) {
        for part in wrap(&visible(text), self.width) {
            self.put(&part, style);
            self.out.push('\n');
        }
    }

    /// A heading with a rule to the right edge.
    pub(crate) fn heading(&mut self, text: &str) {
        let text = visible(text);
        let rest = self.width.saturating_sub(text.chars().count() + 1);
        self.put(&text, Style::Bold);
        self.put(&format!(" {}", "─".repeat(rest)), Style::Dim);
        self.out.push('\n');
    }

    /// A badge with a severity, a rule, and an id at the right edge.
    pub(crate) fn badge(&mut self, severity: Severity, id: &str) {
        let (name, id) = (severity.name().to_uppercase(), visible(id));
        let rest = self.width.saturating_sub(name.len() + id.chars().count() + 2);
        self.put(&name, Style::Grave(severity));
        self.put(&format!(" {} ", "─".repeat(rest)), Style::Dim);
        self.put(&id, Style::Bold);
        self.out.push('\n');
    }

    /// A label and its text, wrapped beside it; an empty label continues the field above.
    pub(crate) fn field(&mut self, label: &str, text: &str, style: Style) {
        let room = self.width - LABEL - 2;
        for (i, part) in wrap(&visible(text), room).iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            self.put(&format!("  {label:<LABEL$}"), Style::Dim);
            self.put(part, style);
            self.out.push('\n');
        }
    }

    /// A label and its text, cut to two lines.
    pub(crate) fn cut_field(&mut self, label: &str, text: &str, style: Style) {
        let text = cut(&visible(text), 2 * (self.width - LABEL - 2) - 20);
        self.field(label, &text, style);
    }

    /// A field for something to copy: never wrapped, so it stays one command.
    pub(crate) fn command(&mut self, label: &str, text: &str) {
        self.put(&format!("  {label:<LABEL$}"), Style::Dim);
        self.put(&visible(text), Style::Command);
        self.out.push('\n');
    }

    fn put(&mut self, text: &str, style: Style) {
        let text = if text.trim().is_empty() { text.trim_end_matches('\n') } else { text };
        // Writing to a String cannot fail.
        let _ = match (self.color, style.ansi()) {
            (ColorChoice::Plain, _) | (_, "") => self.out.write_str(text),
            (ColorChoice::Ansi, code) => write!(self.out, "\x1b[{code}m{text}\x1b[0m"),
        };
    }
}

/// The text in lines of at most `width` characters, broken at spaces where there are any.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for (i, word) in text.split(' ').enumerate() {
        let mut rest: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + rest.len() > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if i > 0 {
            line.push(' ');
            used += 1;
        }
        while rest.len() > width {
            lines.push(rest.drain(..width).collect());
        }
        used += rest.len();
        line.extend(rest);
    }
    lines.push(line);
    lines
}

/// The text's first `width` characters, with an ellipsis where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_within_the_width_and_nothing_is_lost() {
        let text = "one two three fourfivesixseveneight nine";
        let lines = wrap(text, 10);
        assert!(lines.iter().all(|l| l.chars().count() <= 10), "{lines:?}");
        let letters = |s: &str| s.replace(' ', "");
        assert_eq!(letters(&lines.concat()), letters(text));
    }

    #[test]
    fn a_cut_says_so() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
    }
}
