//! The expressions of Wazuh and OSSEC (OS_Match, OS_Regex, PCRE2), as those of Sigma's `re`.

/// Which language an expression is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Texts with `|` between them; `^` and `$` stand for the ends.
    Match,
    /// The same with classes: `\w`, `\d`, `\s`, `\p`, `\.` and so on, repeated by `+` and `*`.
    Regex,
    /// Wazuh's.
    Pcre2,
    /// OSSEC's, in any case.
    CaselessPcre2,
}

/// What a message may begin behind, where the whole line is looked at: nothing, a tag, a bracket.
const BEGINNING: &str = r"(?:^|[:\]]\s+)";

/// The expression as one of Sigma: for a field, or for a message within the whole line.
pub(super) fn translated(language: Language, text: &str, whole_line: bool) -> String {
    let (case, expression) = match language {
        Language::Pcre2 => ("", text.to_owned()),
        Language::CaselessPcre2 => ("(?i)", text.to_owned()),
        Language::Match => ("(?i)", plain(text)),
        Language::Regex => ("(?i)", classes(text)),
    };
    let expression = if whole_line { anchored(&expression) } else { expression };
    [case, &expression].concat()
}

/// The texts that stand for themselves, where that is all there is.
pub(super) fn texts(language: Language, text: &str) -> Option<Vec<&str>> {
    let is_special = |c: char| match language {
        Language::Match => matches!(c, '^' | '$' | '\\' | '!'),
        Language::Regex | Language::Pcre2 | Language::CaselessPcre2 => "^$\\.*+?()[]{}".contains(c),
    };
    let parts: Vec<&str> = text.split('|').collect();
    let plain = !text.contains(is_special) && parts.iter().all(|part| !part.is_empty());
    plain.then_some(parts)
}

/// `^` of a message within the line.
fn anchored(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut before = None;
    for char in expression.chars() {
        match (before, char) {
            (None | Some('|' | '('), '^') => out.push_str(BEGINNING),
            _ => out.push(char),
        }
        before = match before {
            Some('\\') => Some(' '),
            _ => Some(char),
        };
    }
    out
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '^' | '$' | '|' => out.push(char),
            other => escape(other, &mut out),
        }
    }
    out
}

fn escape(char: char, out: &mut String) {
    if r"\.+*?()|[]{}^$#&-~".contains(char) {
        out.push('\\');
    }
    out.push(char);
}

/// OS_Regex: what is special comes behind a backslash, and a dot is a dot.
fn classes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '^' | '$' | '|' | '+' | '*' => out.push(char),
            '(' | ')' => out.push(char),
            '\\' => match chars.next() {
                Some('w') => out.push_str("[A-Za-z0-9@_-]"),
                Some('W') => out.push_str("[^A-Za-z0-9@_-]"),
                Some('d') => out.push_str("[0-9]"),
                Some('D') => out.push_str("[^0-9]"),
                Some('s') => out.push(' '),
                Some('S') => out.push_str("[^ ]"),
                Some('p') => out.push_str(r##"[()*+,\-.:;<=>?\[\]!"'#$%&|{}]"##),
                Some('.') => out.push('.'),
                Some('t') => out.push_str(r"\t"),
                Some(other) => escape(other, &mut out),
                None => {}
            },
            other => escape(other, &mut out),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_mean_the_same() {
        assert_eq!(texts(Language::Match, "a b|c.d"), Some(vec!["a b", "c.d"]));
        assert_eq!(texts(Language::Regex, "c.d"), None);
        assert_eq!(translated(Language::Match, "^a.b|c$", true), r"(?i)(?:^|[:\]]\s+)a\.b|c$");
        assert_eq!(
            translated(Language::Regex, r"^\S+ x.y \(\d+\)", true),
            r"(?i)(?:^|[:\]]\s+)[^ ]+ x\.y \([0-9]+\)"
        );
        assert_eq!(
            translated(Language::Pcre2, r"^a\^b(^c)", true),
            r"(?:^|[:\]]\s+)a\^b((?:^|[:\]]\s+)c)"
        );
        assert_eq!(translated(Language::CaselessPcre2, "^root", false), "(?i)^root");
    }
}
