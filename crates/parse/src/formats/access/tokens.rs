//! An access log line as tokens, each known by its looks: words, `[bracketed]` and `"quoted"`.

/// A piece of an access log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// Text up to the next blank.
    Word(&'t str),
    /// What is within square brackets.
    Bracketed(&'t str),
    /// What is within quotes, escapes left as written.
    Quoted(&'t str),
}

/// Bytes within which a bracket is closed, where it is at all: times are far shorter, and in a line
/// of open ones each would be looked for to the end.
const BRACKETED_MAX: usize = 512;

/// The tokens of a line, from left to right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(line: &'t str) -> Self {
        Tokens { rest: line }
    }

    /// What has not been taken yet.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// Takes `open` and what is between it and the `len`th byte after it.
    fn enclosed(&mut self, len: usize) -> &'t str {
        let rest = self.rest.get(1..).unwrap_or_default();
        let (inside, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        self.rest = after.get(1..).unwrap_or_default();
        inside
    }

    fn word(&mut self) -> &'t str {
        let end = memchr::memchr(b' ', self.rest.as_bytes()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        word
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.rest = self.rest.trim_ascii_start();
        let bytes = self.rest.as_bytes();
        Some(match bytes.first()? {
            b'"' => {
                let len = closing_quote(bytes.get(1..)?);
                Token::Quoted(self.enclosed(len))
            }
            b'[' => match memchr::memchr(b']', bytes.get(..BRACKETED_MAX).unwrap_or(bytes)) {
                Some(end) => Token::Bracketed(self.enclosed(end - 1)),
                None => Token::Word(self.word()),
            },
            _ => Token::Word(self.word()),
        })
    }
}

/// Where the text ends: at a quote that is not escaped and that a blank or the end follows.
/// Servers that escape nothing let clients write quotes, but not ends of fields, this way.
fn closing_quote(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'\\' => 2,
            b'"' if matches!(text.get(at + 1), None | Some(b' ' | b',' | b'\t')) => return at,
            b'"' => 1,
            _ => {
                let rest = text.get(at..).unwrap_or_default();
                memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len())
            }
        };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_a_client_sent_do_not_end_a_field() {
        let tokens: Vec<_> = Tokens::of(r#"a "b \" c" [d e] "f"g" -"#).collect();
        let expected = [
            Token::Word("a"),
            Token::Quoted(r#"b \" c"#),
            Token::Bracketed("d e"),
            Token::Quoted(r#"f"g"#),
            Token::Word("-"),
        ];
        assert_eq!(tokens, expected);
    }
}
