//! Zeek's logs in columns (`#separator \x09`, `#fields`, `#types`) as lines of JSON, each member
//! under its name and of its type, as Zeek itself writes them when it is told to.

use super::convert::{Convert, converted};
use super::input::Bytes;

/// Whether a file that begins like this is such a log.
pub(super) fn is_columns(head: &[u8]) -> bool {
    head.starts_with(b"#separator ")
}

/// Its records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(bytes, Columns::default())
}

/// What stands before a label.
const LABEL: &str = "   ";

/// What the lines with `#` have said so far.
#[derive(Default)]
struct Columns {
    separator: String,
    set_separator: String,
    empty: String,
    unset: String,
    path: String,
    names: Vec<String>,
    /// Whether the last column holds labels too.
    labelled: bool,
    kinds: Vec<Kind>,
}

/// How a value is written as JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Bool,
    TextArray,
    NumberArray,
}

impl Convert for Columns {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let end = if ended { raw.len() } else { last_line_end(raw) };
        for line in raw[..end].split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            let line = line.strip_suffix('\r').unwrap_or(&line);
            match line.strip_prefix('#') {
                Some(said) => self.hear(said),
                None if line.is_empty() => {}
                None => self.record(line, out),
            }
        }
        raw.drain(..end);
    }
}

/// The end of the last whole line. A block without one is all one line, and longer than any record.
fn last_line_end(raw: &[u8]) -> usize {
    memchr::memrchr(b'\n', raw).map_or(raw.len(), |at| at + 1)
}

impl Columns {
    fn hear(&mut self, said: &str) {
        if let Some(separator) = said.strip_prefix("separator ") {
            self.separator = unescaped(separator);
            return;
        }
        let Some((what, rest)) = said.split_once(&*self.separator) else { return };
        match what {
            "set_separator" => self.set_separator = rest.to_owned(),
            "empty_field" => self.empty = rest.to_owned(),
            "unset_field" => self.unset = rest.to_owned(),
            "path" => self.path = rest.to_owned(),
            "fields" => {
                self.labelled = rest.contains(LABEL);
                self.names = self.values(rest).into_iter().map(str::to_owned).collect();
            }
            "types" => self.kinds = self.values(rest).into_iter().map(Kind::of).collect(),
            _ => {}
        }
    }

    /// The values of a line. Labels that others added stand in its last column, behind three blanks.
    fn values<'l>(&'l self, line: &'l str) -> Vec<&'l str> {
        let separator = if self.separator.is_empty() { "\t" } else { &self.separator };
        let mut values: Vec<&str> = line.split(separator).collect();
        if let Some(last) = values.pop_if(|_| self.labelled) {
            values.extend(last.split(LABEL));
        }
        values
    }

    /// Adds a record; what does not fit the columns is passed on as it is, and nobody understands it.
    fn record(&self, line: &str, out: &mut String) {
        let values = self.values(line);
        if values.len() != self.names.len() {
            out.push_str(line);
            out.push('\n');
            return;
        }
        out.push_str("{\"_path\":");
        push_text(&self.path, out);
        for (at, (name, value)) in self.names.iter().zip(values).enumerate() {
            if value == self.unset {
                continue;
            }
            out.push(',');
            push_text(name, out);
            out.push(':');
            let kind = self.kinds.get(at).copied().unwrap_or(Kind::Text);
            self.value(kind, value, out);
        }
        out.push_str("}\n");
    }

    fn value(&self, kind: Kind, value: &str, out: &mut String) {
        let one = match kind {
            Kind::TextArray => Kind::Text,
            Kind::NumberArray => Kind::Number,
            kind => {
                let value = if value == self.empty { "" } else { value };
                return push(kind, value, out);
            }
        };
        out.push('[');
        let values = value.split(&*self.set_separator).filter(|_| value != self.empty);
        for (at, value) in values.enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            push(one, value, out);
        }
        out.push(']');
    }
}

impl Kind {
    fn of(name: &str) -> Kind {
        let inner = name.strip_suffix(']').and_then(|name| name.split_once('['));
        match inner {
            Some((_, inner)) if Kind::of(inner) == Kind::Number => Kind::NumberArray,
            Some(_) => Kind::TextArray,
            None => match name {
                "time" | "interval" | "count" | "int" | "double" | "port" => Kind::Number,
                "bool" => Kind::Bool,
                _ => Kind::Text,
            },
        }
    }
}

fn push(kind: Kind, value: &str, out: &mut String) {
    let is_number = |value: &str| value.parse::<f64>().is_ok_and(f64::is_finite);
    match (kind, value) {
        (Kind::Bool, "T") => out.push_str("true"),
        (Kind::Bool, "F") => out.push_str("false"),
        (Kind::Number, value) if is_number(value) => out.push_str(value),
        _ => push_text(value, out),
    }
}

fn push_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// `\x09` as the byte that it means.
fn unescaped(text: &str) -> String {
    let code = text.strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex, 16).ok());
    code.map_or_else(|| text.to_owned(), |code| char::from(code).to_string())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn columns_become_members_of_their_types() {
        let log = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
                   #path\tconn\n#fields\tts\tid.orig_h\tservice\tlocal\ttags\tsizes   label\n\
                   #types\ttime\taddr\tstring\tbool\tset[string]\tvector[count]   string\n\
                   1.5\t192.0.2.1\ta   b\tT\ta,\"b\t1,2   Benign\n\
                   2\t2001:db8::1\t(empty)\tF\t(empty)\t-   -\n\
                   cut\toff\n#close\t2019\n";
        let mut lines = String::new();
        text(Box::new(Cursor::new(log.to_owned()))).read_to_string(&mut lines).unwrap();
        assert!(is_columns(log.as_bytes()));
        assert_eq!(
            lines,
            "{\"_path\":\"conn\",\"ts\":1.5,\"id.orig_h\":\"192.0.2.1\",\"service\":\"a   b\",\"local\":true,\
             \"tags\":[\"a\",\"\\\"b\"],\"sizes\":[1,2],\"label\":\"Benign\"}\n\
             {\"_path\":\"conn\",\"ts\":2,\"id.orig_h\":\"2001:db8::1\",\"service\":\"\",\
             \"local\":false,\"tags\":[]}\n\
             cut\toff\n"
        );
    }
}
