//! Writes HTML that is well-formed and safe by construction: tags are nested by closures, names
//! come from the program, and every text and attribute value is escaped here and nowhere else.

use crate::safe::push_visible;

/// A page, or a piece of one, being written.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// The text written.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// An element of a class, filled by `fill`.
    pub(super) fn el(&mut self, tag: &'static str, class: &str, fill: impl FnOnce(&mut Markup)) {
        let class = [("class", class)];
        self.with(tag, if class[0].1.is_empty() { &[] } else { &class }, fill);
    }

    /// An element of a class that holds only text.
    pub(super) fn leaf(&mut self, tag: &'static str, class: &str, text: &str) {
        self.el(tag, class, |h| h.text(text));
    }

    /// An element with attributes, filled by `fill`.
    pub(super) fn with(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        fill: impl FnOnce(&mut Markup),
    ) {
        self.open(tag, attributes);
        fill(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    /// An element that has no content and no end tag.
    pub(super) fn void(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.open(tag, attributes);
    }

    /// Text.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => push_visible(&mut self.0, c),
            }
        }
    }

    /// Markup that is part of the program.
    pub(super) fn fixed(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// A line end, where the source of the page is easier to read with one.
    pub(super) fn newline(&mut self) {
        self.0.push('\n');
    }

    fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
        self.0.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_cannot_leave_their_place() {
        let mut h = Markup::default();
        h.with("a", &[("title", "\"><script>")], |h| h.text("</a>\u{202e}&"));
        assert_eq!(
            h.into_text(),
            "<a title=\"&quot;&gt;&lt;script&gt;\">&lt;/a&gt;\\u{202e}&amp;</a>"
        );
    }
}
