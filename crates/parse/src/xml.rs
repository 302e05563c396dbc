//! Reads events of XML in place: elements, attributes and data by their names. No document type,
//! no entity but the predefined ones and numbers: nothing can grow.

use std::borrow::Cow;

use crate::find;

/// The text of the first element of this name.
pub(crate) fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (attributes, rest) = opened(text, name)?;
    if attributes.ends_with('/') {
        return None;
    }
    rest.split_once('<').map(|(value, _)| value)
}

/// What stands in the opening tag of the first element of this name, behind the name.
pub(crate) fn tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    opened(text, name).map(|(attributes, _)| attributes)
}

/// The same, and what follows the tag.
fn opened<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let mut tags = text.split_inclusive('<').scan(0, |at, part| {
        *at += part.len();
        text.get(*at..)
    });
    tags.find_map(|rest| {
        let rest = rest.strip_prefix(name)?;
        let ends =
            rest.starts_with(['>', '/']) || rest.starts_with(|c: char| c.is_ascii_whitespace());
        rest.split_once('>').filter(|_| ends)
    })
}

/// The value of an attribute in an opening tag.
pub(crate) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    find::from_first(tag, name).find_map(|at| {
        let rest = tag.get(at + name.len()..)?.strip_prefix('=')?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest.get(1..)?.split_once(quote).map(|(value, _)| value)
    })
}

/// The names and texts of the elements that say something: `<Data Name="Image">/bin/sh</Data>`,
/// those without a name as `Data`, and others (`<Param1>x</Param1>`) by their own.
pub(crate) fn data(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            let (tag, after) = after.split_once('>')?;
            rest = after;
            let Some((value, closing)) = after.split_once('<') else { continue };
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            let closes = closing.strip_prefix('/').and_then(|c| c.strip_prefix(name));
            if name.starts_with('/') || !closes.is_some_and(|c| c.starts_with('>')) {
                continue;
            }
            return Some((attribute(tag, "Name").unwrap_or(name), value));
        }
    })
}

/// Text with XML's entities replaced.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        let plain = match entity(rest) {
            Some((char, after)) => {
                out.push(char);
                rest = after;
                continue;
            }
            None if first == '&' => 1,
            None => rest.find('&').unwrap_or(rest.len()),
        };
        let (plain, after) = rest.split_at(plain);
        out.push_str(plain);
        rest = after;
    }
    Cow::Owned(out)
}

/// The character that the entity at the beginning stands for, and what follows it.
fn entity(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('&')?;
    let end = text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'))?;
    let (name, after) = text.split_at_checked(end)?;
    Some((named(name)?, after.strip_prefix(';')?))
}

fn named(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let point = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(point.ok()?)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_replaced_and_bare_ampersands_kept() {
        assert_eq!(
            unescaped("a &lt;b&gt; &amp;&amp; &#39;c&#x41; & d &x; &"),
            "a <b> && 'cA & d &x; &"
        );
    }

    #[test]
    fn elements_are_found_by_their_names() {
        let text = "<System><Provider Name='P' Guid='{1}'/><EventID Qualifiers='16384'>7045</EventID>\
                    <Correlation/><EventIDs>1</EventIDs></System>";
        assert_eq!(element(text, "EventID"), Some("7045"));
        assert_eq!(element(text, "Correlation"), None);
        assert_eq!(tag(text, "Provider").and_then(|tag| attribute(tag, "Guid")), Some("{1}"));
        let data_of = "<EventData><Data Name=\"a\">1</Data><Data>2</Data><b>3</b><c/></EventData>";
        let all: Vec<_> = data(data_of).collect();
        assert_eq!(all, [("a", "1"), ("Data", "2"), ("b", "3")]);
    }
}
