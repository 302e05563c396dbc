//! YAML text to a tree that remembers its places. Not a general YAML library: scalars follow the
//! YAML 1.2 core schema, mapping keys are scalars, and a key may appear once.

use std::collections::BTreeMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle};

use crate::limits;
use crate::problem::Position;

/// A node and where it starts.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) position: Position,
    pub(crate) yaml: Yaml,
}

/// A YAML value.
#[derive(Debug, Clone)]
pub(crate) enum Yaml {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) position: Position,
    pub(crate) value: Node,
}

/// Why the text could not be read further.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) position: Position,
    pub(crate) message: String,
}

/// The documents of `text` up to the first error, and that error.
pub(crate) fn parse(text: &str) -> (Vec<Node>, Option<Broken>) {
    let mut builder = Builder::default();
    if text.len() > limits::DOCUMENT_BYTES {
        let message = format!("the file is longer than {} bytes", limits::DOCUMENT_BYTES);
        return (Vec::new(), Some(Broken { position: Position::UNKNOWN, message }));
    }
    for step in Parser::new_from_str(text) {
        let result = match step {
            Ok((event, span)) => builder.take(event, position_of(&span.start)),
            Err(error) => {
                Err(Broken { position: position_of(error.marker()), message: error.info() })
            }
        };
        if let Err(broken) = result {
            return (builder.documents, Some(broken));
        }
    }
    (builder.documents, None)
}

impl Node {
    /// The value of `key`, where this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a mapping; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.yaml {
            Yaml::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; a single value is a list of one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.yaml {
            Yaml::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// A scalar as text; none for null, lists and mappings.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.yaml {
            Yaml::Bool(value) => Some(value.to_string()),
            Yaml::Int(value) => Some(value.to_string()),
            Yaml::Float(value) => Some(value.to_string()),
            Yaml::Text(value) => Some(value.clone()),
            Yaml::Null | Yaml::List(_) | Yaml::Map(_) => None,
        }
    }

    /// What kind of value this is, for problems.
    pub(crate) fn kind(&self) -> &'static str {
        match self.yaml {
            Yaml::Null => "null",
            Yaml::Bool(_) => "a boolean",
            Yaml::Int(_) | Yaml::Float(_) => "a number",
            Yaml::Text(_) => "text",
            Yaml::List(_) => "a list",
            Yaml::Map(_) => "a mapping",
        }
    }
}

/// A collection that is still open.
enum Frame {
    List { position: Position, anchor: usize, items: Vec<Node> },
    Map { position: Position, anchor: usize, entries: Vec<Entry>, key: Option<(String, Position)> },
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Frame>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, position: Position) -> Result<(), Broken> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let node = Node { position, yaml: scalar(text.into_owned(), style) };
                self.finish(node, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.push(Frame::List { position, anchor, items: Vec::new() }, position)
            }
            Event::MappingStart(_, anchor, _) => {
                self.push(Frame::Map { position, anchor, entries: Vec::new(), key: None }, position)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor, position),
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn push(&mut self, frame: Frame, position: Position) -> Result<(), Broken> {
        if self.open.len() >= limits::YAML_DEPTH {
            return Err(broken(position, format!("nested deeper than {}", limits::YAML_DEPTH)));
        }
        self.open.push(frame);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Broken> {
        match self.open.pop() {
            Some(Frame::List { position, anchor, items }) => {
                self.finish(Node { position, yaml: Yaml::List(items) }, anchor)
            }
            Some(Frame::Map { position, anchor, entries, .. }) => {
                self.finish(Node { position, yaml: Yaml::Map(entries) }, anchor)
            }
            None => Ok(()),
        }
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Broken> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return Err(broken(position, "an alias refers to no anchor".to_owned()));
        };
        self.nodes += *size;
        if self.nodes > limits::YAML_NODES {
            return Err(broken(position, "aliases expand to too many values".to_owned()));
        }
        let node = Node { position, yaml: node.yaml.clone() };
        if self.open.len() + depth(&node) > limits::YAML_DEPTH {
            return Err(broken(position, format!("nested deeper than {}", limits::YAML_DEPTH)));
        }
        self.finish(node, 0)
    }

    /// Hands a complete node to the collection it belongs to.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Broken> {
        self.nodes += 1;
        if self.nodes > limits::YAML_NODES {
            let message = format!("more than {} values, aliases counted", limits::YAML_NODES);
            return Err(broken(node.position, message));
        }
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Frame::List { items, .. }) => items.push(node),
            Some(Frame::Map { entries, key, .. }) => return enter(entries, key, node),
        }
        Ok(())
    }
}

/// Takes `node` as the next key or as the value of the waiting key.
fn enter(
    entries: &mut Vec<Entry>,
    key: &mut Option<(String, Position)>,
    node: Node,
) -> Result<(), Broken> {
    if let Some((key, position)) = key.take() {
        entries.push(Entry { key, position, value: node });
        return Ok(());
    }
    let text = match &node.yaml {
        Yaml::Null => String::new(),
        _ => match node.text() {
            Some(text) => text,
            None => return Err(broken(node.position, format!("a key is {}", node.kind()))),
        },
    };
    if entries.iter().any(|entry| entry.key == text) {
        return Err(broken(
            node.position,
            format!("the key `{text}` appears twice in one mapping"),
        ));
    }
    *key = Some((text, node.position));
    Ok(())
}

/// Resolves a scalar by the YAML 1.2 core schema (section 10.3.2).
fn scalar(text: String, style: ScalarStyle) -> Yaml {
    if style != ScalarStyle::Plain {
        return Yaml::Text(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Yaml::Null,
        "true" | "True" | "TRUE" => Yaml::Bool(true),
        "false" | "False" | "FALSE" => Yaml::Bool(false),
        other => number(other).unwrap_or(Yaml::Text(text)),
    }
}

fn number(text: &str) -> Option<Yaml> {
    let radix = |prefix: &str, radix| {
        let digits = text.strip_prefix(prefix).filter(|rest| !rest.starts_with(['+', '-']))?;
        i64::from_str_radix(digits, radix).ok()
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(Yaml::Int(value));
    }
    if let Ok(value) = text.parse::<i64>() {
        return Some(Yaml::Int(value));
    }
    let numeric = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'));
    let value = text.parse::<f64>().ok().filter(|value| numeric && value.is_finite())?;
    Some(Yaml::Float(value))
}

fn size(node: &Node) -> usize {
    match &node.yaml {
        Yaml::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Yaml::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}

fn depth(node: &Node) -> usize {
    match &node.yaml {
        Yaml::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Yaml::Map(entries) => {
            1 + entries.iter().map(|entry| depth(&entry.value)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

fn broken(position: Position, message: String) -> Broken {
    Broken { position, message }
}

/// The library counts characters of a line from 0.
fn position_of(marker: &Marker) -> Position {
    let number = |number: usize| u32::try_from(number).unwrap_or(0);
    Position { line: number(marker.line()), column: number(marker.col() + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_follow_the_core_schema() {
        let (documents, broken) = parse("[1, 0x10, 1.5, yes, '1', ~, true, 1.2.3]\n");
        assert!(broken.is_none(), "{broken:?}");
        let kinds: Vec<_> = documents[0].items().iter().map(Node::kind).collect();
        let expected =
            ["a number", "a number", "a number", "text", "text", "null", "a boolean", "text"];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for i in 1..12 {
            let alias = format!("*a{}", i - 1);
            text.push_str(&format!("a{i}: &a{i} [{}]\n", [alias.as_str(); 10].join(",")));
        }
        assert!(parse(&text).1.is_some());
    }

    #[test]
    fn a_doubled_key_is_an_error_on_its_line() {
        let (_, broken) = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(broken.map(|b| b.position.line), Some(3));
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).1.is_some());
        assert!(parse(&"- ".repeat(100_000)).1.is_some());
    }
}
