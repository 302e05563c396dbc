//! Which of many templates may fit a message, told by walking down its beginning once instead of
//! trying one after the other: the literals that templates begin with, as a radix tree.

use crate::find;

/// A branch of the tree, or its root.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// What a message must have here to come this way.
    label: &'static [u8],
    /// The templates that may fit a message which comes no further, in their order.
    fitting: Vec<u16>,
    /// With which byte each branch goes on.
    firsts: Vec<u8>,
    branches: Vec<Index>,
    /// Where there are many branches: the place of that of each byte, or one beyond them all.
    places: Vec<u8>,
}

/// Fewer branches are looked through.
const MANY: usize = 6;

impl Index {
    /// An index of templates by the literals they begin with; the empty one begins anything.
    pub(super) fn of(literals: impl Iterator<Item = &'static str>) -> Index {
        let templates = (0..).zip(literals.map(str::as_bytes)).collect();
        Index::grown(b"", &[], templates)
    }

    /// The branch of the templates that have this much in common, told by what they have beyond it.
    fn grown(
        label: &'static [u8],
        fit_before: &[u16],
        templates: Vec<(u16, &'static [u8])>,
    ) -> Index {
        let mut index = Index { label, fitting: fit_before.to_vec(), ..Index::default() };
        let mut groups: Vec<Vec<(u16, &'static [u8])>> = Vec::new();
        for (template, literal) in templates {
            let Some(first) = literal.first() else {
                index.fitting.push(template);
                continue;
            };
            if !index.firsts.contains(first) {
                index.firsts.push(*first);
                groups.push(Vec::new());
            }
            let group = index.firsts.iter().position(|byte| byte == first);
            groups[group.unwrap_or_default()].push((template, literal));
        }
        index.fitting.sort_unstable();
        let grown = groups.into_iter().map(|group| Index::beyond_common(&index.fitting, group));
        index.branches = grown.collect();
        if index.branches.len() >= MANY {
            let place = |byte| index.firsts.iter().position(|first| *first == byte);
            let places = (0..=u8::MAX).map(|byte| place(byte).map_or(u8::MAX, |place| place as u8));
            index.places = places.collect();
        }
        index
    }

    fn beyond_common(fit_before: &[u16], templates: Vec<(u16, &'static [u8])>) -> Index {
        let common = common(templates.iter().map(|(_, literal)| *literal));
        let beyond =
            |(template, literal): (u16, &'static [u8])| (template, &literal[common.len()..]);
        Index::grown(common, fit_before, templates.into_iter().map(beyond).collect())
    }

    /// The templates that may fit this message, in their order: those whose literals it begins with.
    pub(super) fn fitting(&self, message: &str) -> &[u16] {
        let (mut branch, mut rest) = (self, message.as_bytes());
        while let Some(next) = branch.next(rest)
            && find::begins(rest, next.label)
        {
            (branch, rest) = (next, rest.get(next.label.len()..).unwrap_or_default());
        }
        &branch.fitting
    }

    fn next(&self, rest: &[u8]) -> Option<&Index> {
        let first = rest.first()?;
        let place = match self.places.get(usize::from(*first)) {
            Some(place) => usize::from(*place),
            None => self.firsts.iter().position(|byte| byte == first)?,
        };
        self.branches.get(place)
    }
}

/// What all the texts begin with alike.
pub(super) fn common<'t>(mut texts: impl Iterator<Item = &'t [u8]>) -> &'t [u8] {
    let first = texts.next().unwrap_or_default();
    let alike = |common: &'t [u8], text: &[u8]| {
        let len = common.iter().zip(text).take_while(|(a, b)| a == b).count();
        common.split_at(len).0
    };
    texts.fold(first, alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_that_may_fit_come_in_their_order() {
        let literals = ["Connection closed by user ", "Conn", "", "Connection reset", "Conn", "x"];
        let index = Index::of(literals.into_iter());
        let cases: [(&str, &[u16]); 6] = [
            ("Connection closed by user eve", &[0, 1, 2, 4]),
            ("Connection closed by 192.0.2.1", &[1, 2, 4]),
            ("Connection reset", &[1, 2, 3, 4]),
            ("Con", &[2]),
            ("xyz", &[2, 5]),
            ("", &[2]),
        ];
        for (message, fitting) in cases {
            assert_eq!(index.fitting(message), fitting, "{message}");
        }
    }
}
