//! Value modifiers: `field|contains|all` taken apart and checked for combinations that make sense
//! (specification, appendix "Modifiers"). What they do to values is the work of `compile`.

use std::borrow::Cow;

use crate::problem::nearest;
use crate::test::Comparison;
use crate::yaml::{Node, Yaml};

/// The modifiers of one field, after checking.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modifiers {
    pub(crate) how: How,
    /// Encodings, in the order written.
    pub(crate) encodings: Vec<Encoding>,
    pub(crate) flags: Vec<RegexFlag>,
    /// Every value must match, not just any.
    pub(crate) all: bool,
    pub(crate) cased: bool,
    pub(crate) negated: bool,
    pub(crate) windash: bool,
    pub(crate) expand: bool,
    /// Values name other fields.
    pub(crate) fieldref: bool,
}

/// A value with the wildcards that modifiers stand for, as pipelines see it.
#[derive(Debug)]
pub(crate) enum Written<'n> {
    Text(Cow<'n, str>),
    /// No text, or one that is no text of the field: an expression, a network.
    Other(&'n Node),
}

impl Modifiers {
    /// A value with the wildcards that the modifiers stand for.
    pub(crate) fn written<'n>(&self, value: &'n Node) -> Written<'n> {
        let Yaml::Text(text) = &value.yaml else { return Written::Other(value) };
        match self.how {
            How::Equals => Written::Text(Cow::Borrowed(text)),
            How::Contains => Written::Text(Cow::Owned(format!("*{text}*"))),
            How::StartsWith => Written::Text(Cow::Owned(format!("{text}*"))),
            How::EndsWith => Written::Text(Cow::Owned(format!("*{text}"))),
            How::Regex | How::Cidr | How::Exists | How::Compare(_) => Written::Other(value),
        }
    }
}

/// How a value is compared with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum How {
    #[default]
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Regex,
    Cidr,
    Exists,
    Compare(Comparison),
}

/// A transformation of text to bytes or base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Base64,
    Base64Offset,
    Utf16,
    Utf16Le,
    Utf16Be,
}

/// A sub-modifier of `re`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RegexFlag {
    IgnoreCase,
    MultiLine,
    DotAll,
}

/// What is wrong with a modifier chain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadModifier {
    pub(crate) message: String,
    pub(crate) remedy: String,
}

/// One modifier by name.
#[derive(Debug, Clone, Copy)]
enum Modifier {
    How(How),
    Encode(Encoding),
    Flag(RegexFlag),
    All,
    Cased,
    Neq,
    Windash,
    Expand,
    FieldRef,
}

/// Every modifier of the specification that is compiled.
const MODIFIERS: &[(&str, Modifier)] = &[
    ("contains", Modifier::How(How::Contains)),
    ("startswith", Modifier::How(How::StartsWith)),
    ("endswith", Modifier::How(How::EndsWith)),
    ("re", Modifier::How(How::Regex)),
    ("cidr", Modifier::How(How::Cidr)),
    ("exists", Modifier::How(How::Exists)),
    ("lt", Modifier::How(How::Compare(Comparison::Less))),
    ("lte", Modifier::How(How::Compare(Comparison::LessOrEqual))),
    ("gt", Modifier::How(How::Compare(Comparison::Greater))),
    ("gte", Modifier::How(How::Compare(Comparison::GreaterOrEqual))),
    ("base64", Modifier::Encode(Encoding::Base64)),
    ("base64offset", Modifier::Encode(Encoding::Base64Offset)),
    ("utf16", Modifier::Encode(Encoding::Utf16)),
    ("utf16le", Modifier::Encode(Encoding::Utf16Le)),
    ("wide", Modifier::Encode(Encoding::Utf16Le)),
    ("utf16be", Modifier::Encode(Encoding::Utf16Be)),
    ("i", Modifier::Flag(RegexFlag::IgnoreCase)),
    ("m", Modifier::Flag(RegexFlag::MultiLine)),
    ("s", Modifier::Flag(RegexFlag::DotAll)),
    ("all", Modifier::All),
    ("cased", Modifier::Cased),
    ("neq", Modifier::Neq),
    ("windash", Modifier::Windash),
    ("expand", Modifier::Expand),
    ("fieldref", Modifier::FieldRef),
];

/// In the specification, but their values are dates whose format it leaves open.
const TIME_MODIFIERS: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];

/// Takes `field|modifier|...` apart. An empty field name means the whole record.
pub(crate) fn parse(key: &str) -> (Option<&str>, Result<Modifiers, BadModifier>) {
    let mut parts = key.split('|');
    let field = parts.next().filter(|field| !field.is_empty());
    let mut modifiers = Modifiers::default();
    for name in parts {
        if let Err(bad) = modifiers.add(name) {
            return (field, Err(bad));
        }
    }
    let checked = modifiers.check();
    (field, checked.map(|()| modifiers))
}

impl Modifiers {
    fn add(&mut self, name: &str) -> Result<(), BadModifier> {
        match find(name)? {
            Modifier::How(how) if self.how == How::Equals => self.how = how,
            Modifier::How(_) => {
                return bad(
                    format!("the modifier `{name}` contradicts the one before it"),
                    "use one kind of comparison for each field",
                );
            }
            Modifier::Encode(encoding) => self.encodings.push(encoding),
            Modifier::Flag(flag) => self.flags.push(flag),
            Modifier::All => self.all = true,
            Modifier::Cased => self.cased = true,
            Modifier::Neq => self.negated = true,
            Modifier::Windash => self.windash = true,
            Modifier::Expand => self.expand = true,
            Modifier::FieldRef => self.fieldref = true,
        }
        Ok(())
    }

    fn check(&self) -> Result<(), BadModifier> {
        let textual =
            matches!(self.how, How::Equals | How::Contains | How::StartsWith | How::EndsWith);
        if !self.flags.is_empty() && self.how != How::Regex {
            return bad("the modifiers `i`, `m` and `s` belong to `re`".to_owned(), "write `re|i`");
        }
        if !textual && (self.windash || self.fieldref || !self.encodings.is_empty()) {
            let message = "a modifier that changes text stands beside one that takes no text";
            return bad(message.to_owned(), "remove one of them");
        }
        if self.windash && !self.encodings.is_empty() {
            let message = "`windash` and an encoding cannot be combined".to_owned();
            return bad(message, "list the encoded variants");
        }
        if self.fieldref && (self.windash || self.expand || !self.encodings.is_empty()) {
            let message = "`fieldref` takes the name of a field, which is not transformed";
            return bad(message.to_owned(), "remove the other modifier");
        }
        Ok(())
    }
}

fn find(name: &str) -> Result<Modifier, BadModifier> {
    if let Some((_, modifier)) = MODIFIERS.iter().find(|(known, _)| *known == name) {
        return Ok(*modifier);
    }
    if TIME_MODIFIERS.contains(&name) {
        let message = format!("the time modifier `{name}` is not supported");
        return bad(message, "compare a numeric field instead");
    }
    let known: Vec<&str> = MODIFIERS.iter().map(|(known, _)| *known).collect();
    let remedy = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", known.join(", ")),
    };
    bad(format!("unknown modifier `{name}`"), remedy)
}

fn bad<T>(message: String, remedy: impl Into<String>) -> Result<T, BadModifier> {
    Err(BadModifier { message, remedy: remedy.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_taken_apart_and_contradictions_are_refused() {
        let (field, modifiers) = parse("CommandLine|contains|all|windash");
        let modifiers = modifiers.unwrap();
        assert_eq!(field, Some("CommandLine"));
        assert!(modifiers.all && modifiers.windash && modifiers.how == How::Contains);
        for key in ["a|contains|re", "a|i", "a|re|base64", "a|cidr|windash", "a|contians", "a|hour"]
        {
            assert!(parse(key).1.is_err(), "{key}");
        }
    }
}
