//! The condition language: `selection and not 1 of filter_*`. Text to tree; which selections the
//! names mean is the work of `compile`.

use crate::limits;

/// A condition as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Name(String),
    Of(Quantity, Selector),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// How many selections must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    AtLeast(usize),
    All,
}

/// Which selections are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector {
    /// All whose name does not start with an underscore.
    Them,
    /// All whose name matches, with `*` for any characters.
    Pattern(String),
}

/// Reads a condition, or says why it cannot be read.
pub(crate) fn parse(text: &str) -> Result<Condition, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, depth: 0 };
    let condition = parser.any()?;
    match parser.tokens.first() {
        None => Ok(condition),
        Some(Token::Close) => Err("a parenthesis is closed that was not opened".to_owned()),
        Some(token) => Err(format!("expected `and` or `or` before `{}`", token.shown())),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Of,
    Word(String),
}

impl Token {
    fn shown(&self) -> &str {
        match self {
            Token::Open => "(",
            Token::Close => ")",
            Token::And => "and",
            Token::Or => "or",
            Token::Not => "not",
            Token::Of => "of",
            Token::Word(word) => word,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    for word in spaced.split_whitespace() {
        if tokens.len() >= limits::CONDITION_TOKENS {
            return Err(format!("more than {} words", limits::CONDITION_TOKENS));
        }
        tokens.push(match word.to_ascii_lowercase().as_str() {
            "(" => Token::Open,
            ")" => Token::Close,
            "and" => Token::And,
            "or" => Token::Or,
            "not" => Token::Not,
            "of" => Token::Of,
            _ => Token::Word(name(word)?),
        });
    }
    Ok(tokens)
}

fn name(word: &str) -> Result<String, String> {
    if word.contains('|') {
        return Err("aggregations after `|` are obsolete".to_owned());
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '?');
    match word.chars().find(|c| !allowed(*c)) {
        Some(c) => Err(format!("unexpected character `{c}` in `{word}`")),
        None => Ok(word.to_owned()),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.take(&Token::Or) {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.not()?];
        while self.take(&Token::And) {
            parts.push(self.not()?);
        }
        Ok(joined(parts, Condition::All))
    }

    fn not(&mut self) -> Result<Condition, String> {
        if self.take(&Token::Not) {
            let inner = self.deeper(Self::not)?;
            return Ok(Condition::Not(Box::new(inner)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Condition, String> {
        if self.take(&Token::Open) {
            let inner = self.deeper(Self::any)?;
            return match self.take(&Token::Close) {
                true => Ok(inner),
                false => Err("a parenthesis is not closed".to_owned()),
            };
        }
        let word = self.word()?;
        if !self.take(&Token::Of) {
            return Ok(Condition::Name(word));
        }
        let quantity = match word.to_ascii_lowercase().as_str() {
            "all" => Quantity::All,
            "any" => Quantity::AtLeast(1),
            number => match number.parse() {
                Ok(count) if count > 0 => Quantity::AtLeast(count),
                _ => return Err(format!("`{word} of` is neither a count nor `all of`")),
            },
        };
        let selector = match self.word()? {
            them if them.eq_ignore_ascii_case("them") => Selector::Them,
            pattern => Selector::Pattern(pattern),
        };
        Ok(Condition::Of(quantity, selector))
    }

    fn deeper(
        &mut self,
        parse: fn(&mut Self) -> Result<Condition, String>,
    ) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > limits::CONDITION_DEPTH {
            return Err(format!("nested deeper than {}", limits::CONDITION_DEPTH));
        }
        let inner = parse(self)?;
        self.depth -= 1;
        Ok(inner)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.first() == Some(token);
        if found {
            self.tokens = self.tokens.get(1..).unwrap_or_default();
        }
        found
    }

    fn word(&mut self) -> Result<String, String> {
        match self.tokens.split_first() {
            Some((Token::Word(word), rest)) => {
                self.tokens = rest;
                Ok(word.clone())
            }
            Some((token, _)) => Err(format!("expected a name, found `{}`", token.shown())),
            None => Err("expected a name at the end".to_owned()),
        }
    }
}

fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(condition: &Condition) -> String {
        let list = |parts: &[Condition], word: &str| {
            format!("({})", parts.iter().map(shown).collect::<Vec<_>>().join(word))
        };
        match condition {
            Condition::Name(name) => name.clone(),
            Condition::Of(quantity, selector) => format!("{quantity:?} {selector:?}"),
            Condition::Not(inner) => format!("!{}", shown(inner)),
            Condition::All(parts) => list(parts, "&"),
            Condition::Any(parts) => list(parts, "|"),
        }
    }

    #[test]
    fn not_binds_tighter_than_and_tighter_than_or() {
        let cases = [
            ("a or b and not c", "(a|(b&!c))"),
            ("not a and b", "(!a&b)"),
            ("(a or b) and c", "((a|b)&c)"),
            ("a AND NOT (b OR c)", "(a&!(b|c))"),
            ("not not a", "!!a"),
            ("1 of x* and 2 of them", "(AtLeast(1) Pattern(\"x*\")&AtLeast(2) Them)"),
            ("all of them", "All Them"),
        ];
        for (text, tree) in cases {
            assert_eq!(shown(&parse(text).unwrap()), tree, "{text}");
        }
    }

    #[test]
    fn a_condition_that_cannot_be_read_says_why() {
        for text in ["", "a b", "a and", "(a", "a)", "a | count() > 5", "0 of a*", "of of", "a; b"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
        assert!(parse(&"not ".repeat(1_500)).is_err());
    }
}
