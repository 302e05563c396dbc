//! The words of a STIX pattern (STIX 2.1, 9).

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};

use super::PatternError;

/// A word, and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A keyword, `true`, or a part of a path.
    Word(String),
    Text(String),
    /// `h'…'` and `b'…'`.
    Bytes(Vec<u8>),
    /// `t'…'`.
    Time(String),
    Int(i64),
    Float(f64),
    /// Brackets, `:`, `.`, `,`, `*` and comparisons.
    Sign(&'static str),
}

const SIGNS: [&str; 16] =
    ["!=", "<=", ">=", "=", "<", ">", "[", "]", "(", ")", ":", ".", ",", "*", "+", "-"];

/// The words of a pattern.
pub(super) fn tokens(pattern: &str) -> Result<Vec<Token>, PatternError> {
    let mut tokens = Vec::new();
    let mut rest = pattern.trim_start();
    while !rest.is_empty() {
        let at = pattern.len() - rest.len();
        let (kind, after) = token(rest).ok_or(PatternError::Syntax { at: at + 1 })?;
        tokens.push(Token { at: at + 1, kind });
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn token(text: &str) -> Option<(Kind, &str)> {
    let first = text.chars().next()?;
    if first == '\'' {
        let (text, rest) = quoted(text)?;
        return Some((Kind::Text(text), rest));
    }
    if let Some(rest) = text.strip_prefix(['h', 'b', 't']).filter(|rest| rest.starts_with('\'')) {
        let (text, rest) = quoted(rest)?;
        let kind = match first {
            'h' => Kind::Bytes(HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?),
            'b' => Kind::Bytes(BASE64.decode(text.as_bytes()).ok()?),
            _ => Kind::Time(text),
        };
        return Some((kind, rest));
    }
    let signed = text.strip_prefix(['-', '+']).unwrap_or(text);
    if signed.starts_with(|c: char| c.is_ascii_digit()) {
        return number(text, signed);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let (word, rest) =
            text.split_at_checked(text.find(|c| !is_part(c)).unwrap_or(text.len()))?;
        return Some((Kind::Word(word.to_owned()), rest));
    }
    let sign = SIGNS.iter().find(|sign| text.starts_with(**sign))?;
    Some((Kind::Sign(sign), text.get(sign.len()..)?))
}

fn number<'t>(text: &'t str, signed: &'t str) -> Option<(Kind, &'t str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(signed);
    let fraction = signed.get(whole..)?.strip_prefix('.').map_or(0, |rest| digits(rest) + 1);
    let fraction = if fraction > 1 { fraction } else { 0 };
    let length = text.len() - signed.len() + whole + fraction;
    let (number, rest) = text.split_at_checked(length)?;
    let kind = match fraction {
        0 => Kind::Int(number.parse().ok()?),
        _ => Kind::Float(number.parse().ok()?),
    };
    Some((kind, rest))
}

/// The text between quotes, in which a backslash takes the next character as it is.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('\'')?.chars();
    let mut meant = String::new();
    loop {
        match chars.next()? {
            '\'' => return Some((meant, chars.as_str())),
            '\\' => meant.push(chars.next()?),
            other => meant.push(other),
        }
    }
}
