//! The files of Wazuh and OSSEC: tags and texts, as their own reader takes them. They look like XML and are
//! none: there is no root, and patterns have `&` and `<` in them.

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// What stands within, without the elements there.
    pub(super) text: String,
    pub(super) elements: Vec<Element>,
    pub(super) line: u32,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    pub(super) elements: Vec<Element>,
    /// Elements that do not end, with their lines.
    pub(super) unclosed: Vec<(u32, String)>,
}

/// Elements within elements are no deeper than this.
const DEPTH_MAX: usize = 8;

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The elements of a file; an element that does not end is ended by what it is within.
pub(super) fn read(text: &str) -> File {
    let (mut open, mut unclosed) = (vec![Element::default()], Vec::new());
    let (mut rest, mut line) = (text, 1);
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at_checked(at).unwrap_or((rest, ""));
        line += lines(before);
        append(&mut open, before);
        if let Some(comment) = tag.strip_prefix("<!--") {
            let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
            let (comment, after) = comment.split_at_checked(end).unwrap_or((comment, ""));
            line += lines(comment);
            rest = after;
        } else if let Some((tag, after)) = tag_of(tag).filter(|_| !before.ends_with('\\')) {
            take(&mut open, &mut unclosed, tag, line);
            line += lines(tag);
            rest = after;
        } else {
            append(&mut open, "<");
            rest = tag.get(1..).unwrap_or_default();
        }
    }
    while open.len() > 1 {
        end_early(&mut open, &mut unclosed);
    }
    File { elements: open.remove(0).elements, unclosed }
}

/// Ends an element that its own tag does not end.
fn end_early(open: &mut Vec<Element>, unclosed: &mut Vec<(u32, String)>) {
    if let Some(last) = open.last() {
        unclosed.push((last.line, last.name.clone()));
    }
    end(open);
}

fn lines(text: &str) -> u32 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u32
}

fn append(open: &mut [Element], text: &str) {
    if let Some(last) = open.last_mut() {
        last.text.push_str(text);
    }
}

/// What stands between the brackets of a tag, and what follows it; `None` for a `<` of a pattern.
fn tag_of(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    inner.split_once('>')
}

fn take(open: &mut Vec<Element>, unclosed: &mut Vec<(u32, String)>, tag: &str, line: u32) {
    if let Some(name) = tag.strip_prefix('/') {
        // What was not ended within it ends with it.
        if open.iter().skip(1).any(|element| element.name == name.trim()) {
            while open.len() > 1 && open.last().is_some_and(|last| last.name != name.trim()) {
                end_early(open, unclosed);
            }
            end(open);
        }
        return;
    }
    let (tag, is_whole) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let attributes = attributes_of(attributes);
    open.push(Element { name: name.to_owned(), attributes, line, ..Element::default() });
    if is_whole || open.len() > DEPTH_MAX {
        end(open);
    }
}

fn end(open: &mut Vec<Element>) {
    if let Some(mut element) = open.pop_if(|_| true) {
        // Blanks are part of a pattern, but not those around a text of several lines.
        let text = element.text.as_str();
        element.text = meant(if text.contains('\n') { text.trim() } else { text });
        if let Some(parent) = open.last_mut() {
            parent.elements.push(element);
        }
    }
}

/// `name="value"`, in either kind of quotes.
fn attributes_of(text: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some((value, after)) = after.get(1..).and_then(|value| value.split_once(quote)) else {
            break;
        };
        attributes.push((name.trim().to_owned(), meant(value)));
        rest = after;
    }
    attributes
}

/// Text without the escapes that some write.
fn meant(text: &str) -> String {
    if !text.contains(['&', '\\']) {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("\\<", "<")
        .replace("\\>", ">")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_need_no_root_and_patterns_may_have_brackets() {
        let read = read(
            "<!-- a\n-->\n<group name=\"a,b\">\n<rule id='1' level=\"0\"><regex>a\\<b && c < d</regex>\
                         <same_source_ip /></rule></group>\n<var name=\"x\">y</var>",
        );
        assert_eq!(read.unclosed, []);
        let [group, var] = read.elements.as_slice() else { panic!("{read:?}") };
        assert_eq!((group.line, group.attribute("name")), (3, Some("a,b")));
        let rule = &group.elements[0];
        assert_eq!((rule.line, rule.attribute("id")), (4, Some("1")));
        assert_eq!(rule.elements[0].text, "a<b && c < d");
        assert_eq!(rule.elements[1].name, "same_source_ip");
        assert_eq!(var.text, "y");
    }
}
