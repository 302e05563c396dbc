//! A Sigma string as written: text with the wildcards `*` and `?` and backslash escapes
//! (specification, "String Wildcard" and "Escape Character"). Not yet a matcher: see `text`.

/// The pieces of a Sigma string, neighbouring texts joined.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pattern {
    pub(crate) atoms: Vec<Atom>,
}

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Atom {
    /// Plain text.
    Text(String),
    /// `?`: exactly one character.
    One,
    /// `*`: any characters, or none.
    Many,
    /// Any dash that introduces a Windows option, from the `windash` modifier.
    Dash,
}

/// The characters that `windash` makes interchangeable.
pub(crate) const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

impl Pattern {
    /// Reads wildcards and escapes. A backslash escapes `*`, `?` and itself; before anything else
    /// it is plain.
    pub(crate) fn parse(text: &str) -> Pattern {
        let mut pattern = Pattern::default();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' => pattern.push(Atom::Many),
                '?' => pattern.push(Atom::One),
                '\\' => {
                    let plain = chars.next_if(|next| matches!(next, '*' | '?' | '\\'));
                    pattern.push_char(plain.unwrap_or('\\'));
                }
                other => pattern.push_char(other),
            }
        }
        pattern
    }

    /// The whole string taken as plain text.
    pub(crate) fn literal(text: &str) -> Pattern {
        let mut pattern = Pattern::default();
        text.chars().for_each(|c| pattern.push_char(c));
        pattern
    }

    /// The text, where it has no wildcard.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.atoms.as_slice() {
            [] => Some(""),
            [Atom::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub(crate) fn push(&mut self, atom: Atom) {
        if atom != Atom::Many || self.atoms.last() != Some(&Atom::Many) {
            self.atoms.push(atom);
        }
    }

    /// Puts a `*` in front.
    pub(crate) fn open_start(&mut self) {
        if self.atoms.first() != Some(&Atom::Many) {
            self.atoms.insert(0, Atom::Many);
        }
    }

    /// Puts a `*` behind.
    pub(crate) fn open_end(&mut self) {
        self.push(Atom::Many);
    }

    /// Every letter in lower case, one character at a time, as records are folded too.
    pub(crate) fn fold(&mut self) {
        for atom in &mut self.atoms {
            if let Atom::Text(text) = atom {
                *text = crate::text::folded(text);
            }
        }
    }

    /// Replaces each dash that starts an option (nothing or a non-word character before it, a word
    /// character after it) by [`Atom::Dash`].
    pub(crate) fn windash(&self) -> Pattern {
        let mut result = Pattern::default();
        for atom in &self.atoms {
            let Atom::Text(text) = atom else {
                result.push(atom.clone());
                continue;
            };
            let mut before = None;
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                let starts = before.is_none_or(|b| !is_word(b));
                if DASHES.contains(&c) && starts && chars.peek().copied().is_some_and(is_word) {
                    result.push(Atom::Dash);
                } else {
                    result.push_char(c);
                }
                before = Some(c);
            }
        }
        result
    }

    fn push_char(&mut self, c: char) {
        if let Some(Atom::Text(text)) = self.atoms.last_mut() {
            text.push(c);
        } else {
            self.atoms.push(Atom::Text(c.to_string()));
        }
    }
}

/// Whether a text as written has a wildcard.
pub(crate) fn has_wildcard(text: &str) -> bool {
    Pattern::parse(text).plain().is_none()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let atom = |atom: &Atom| match atom {
            Atom::Text(text) => text.clone(),
            Atom::One => "<?>".to_owned(),
            Atom::Many => "<*>".to_owned(),
            Atom::Dash => "<->".to_owned(),
        };
        Pattern::parse(text).atoms.iter().map(atom).collect()
    }

    #[test]
    fn backslashes_follow_the_specification() {
        let cases = [
            (r"a\b", r"a\b"),
            (r"a\\b", r"a\b"),
            (r"\*", "*"),
            (r"\?", "?"),
            (r"\\*", r"\<*>"),
            (r"\\\*", r"\*"),
            (r"\\\b", r"\\b"),
            (r"\\\\b", r"\\b"),
            (r"end\", r"end\"),
            ("a**b?", "a<*>b<?>"),
        ];
        for (written, meant) in cases {
            assert_eq!(shown(written), meant, "{written}");
        }
    }

    #[test]
    fn only_a_dash_that_starts_an_option_is_exchangeable() {
        let dashes = |text: &str| {
            Pattern::parse(text).windash().atoms.iter().filter(|a| **a == Atom::Dash).count()
        };
        assert_eq!(dashes("-s"), 1);
        assert_eq!(dashes(" /a -b"), 2);
        assert_eq!(dashes("foo-bar - x"), 0);
    }
}
