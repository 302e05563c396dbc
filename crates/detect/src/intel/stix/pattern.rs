//! STIX patterns (STIX 2.1, 9): what is written, as a tree.

use regex::Regex;

use super::PatternError;
use super::lexer::{Kind, Token, tokens};

/// A longer pattern is hostile, in bytes; so is one with more brackets within brackets.
const LENGTH_MAX: usize = 64 * 1024;
const DEPTH_MAX: usize = 32;
/// What a regular expression may take once compiled, in bytes.
const REGEX_MAX: usize = 256 * 1024;

/// What is to be observed: at once, or one after the other.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// One observation.
    One(Comparison),
    /// Several, which only a memory of what was observed can tell.
    Several,
}

/// What holds of one observation.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// All of these.
    And(Vec<Comparison>),
    /// Any of these.
    Or(Vec<Comparison>),
    /// A test of one property.
    Test(Test),
}

/// A test of one property of objects of one type.
#[derive(Clone, Debug)]
pub struct Test {
    pub(super) path: Path,
    pub(super) negated: bool,
    pub(super) check: Check,
}

/// `file:hashes.'SHA-256'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) object: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
    Any,
}

#[derive(Clone, Debug)]
pub(super) enum Check {
    Compare(Order, Constant),
    In(Vec<Constant>),
    /// The whole text, with `%` and `_`.
    Like(Regex),
    Matches(Regex),
    IsSubset(String),
    IsSuperset(String),
    Exists,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    /// Nanoseconds since 1970.
    Time(i64),
}

impl Pattern {
    /// Either of two: one observation is enough where each asks for one.
    fn or(self, other: Pattern) -> Pattern {
        let (Pattern::One(one), Pattern::One(other)) = (self, other) else {
            return Pattern::Several;
        };
        let mut any = match one {
            Comparison::Or(any) => any,
            one => vec![one],
        };
        any.push(other);
        Pattern::One(Comparison::Or(any))
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] where it is none, or longer or deeper than anybody writes.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        if text.len() > LENGTH_MAX {
            return Err(PatternError::TooLong);
        }
        let tokens = tokens(text)?;
        let end = text.len() + 1;
        let mut parser = Parser { tokens: &tokens, end, depth: 0 };
        let pattern = parser.observations()?;
        match parser.tokens {
            [] => Ok(pattern),
            [left, ..] => Err(PatternError::Syntax { at: left.at }),
        }
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    /// Where the text ends.
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn wrong<T>(&self) -> Result<T, PatternError> {
        let at = self.tokens.first().map_or(self.end, |token| token.at);
        Err(PatternError::Syntax { at })
    }

    /// Takes the next word, where `read` makes something of it.
    fn take<T>(&mut self, read: impl FnOnce(&'t Kind) -> Option<T>) -> Result<T, PatternError> {
        let Some((token, rest)) = self.tokens.split_first() else { return self.wrong() };
        let Some(found) = read(&token.kind) else { return self.wrong() };
        self.tokens = rest;
        Ok(found)
    }

    /// Whether this comes next, which is then taken.
    fn sign(&mut self, sign: &str) -> bool {
        self.takes(|kind| matches!(kind, Kind::Sign(found) if *found == sign))
    }

    fn word(&mut self, word: &str) -> bool {
        self.takes(|kind| matches!(kind, Kind::Word(found) if found == word))
    }

    fn takes(&mut self, is: impl Fn(&Kind) -> bool) -> bool {
        self.take(|kind| is(kind).then_some(())).is_ok()
    }

    fn needs(&mut self, sign: &str) -> Result<(), PatternError> {
        if self.sign(sign) { Ok(()) } else { self.wrong() }
    }

    /// Goes one bracket deeper while `read` runs.
    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, PatternError>,
    ) -> Result<T, PatternError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(PatternError::TooLong);
        }
        let found = read(self)?;
        self.depth -= 1;
        Ok(found)
    }

    /// Observations, joined or alone, and what is asked of when they were made.
    fn observations(&mut self) -> Result<Pattern, PatternError> {
        let mut pattern = self.observation()?;
        loop {
            if self.word("OR") {
                pattern = pattern.or(self.observation()?);
                continue;
            }
            if ["AND", "FOLLOWEDBY"].iter().any(|word| self.word(word)) {
                self.observation()?;
            } else if self.word("WITHIN") {
                self.number()?;
                self.keyword("SECONDS")?;
            } else if self.word("REPEATS") {
                self.number()?;
                self.keyword("TIMES")?;
            } else if self.word("START") {
                self.time()?;
                self.keyword("STOP")?;
                self.time()?;
            } else {
                return Ok(pattern);
            }
            pattern = Pattern::Several;
        }
    }

    fn observation(&mut self) -> Result<Pattern, PatternError> {
        if self.sign("(") {
            let pattern = self.deeper(Self::observations)?;
            self.needs(")")?;
            return Ok(pattern);
        }
        self.needs("[")?;
        let comparison = self.any_of()?;
        self.needs("]")?;
        Ok(Pattern::One(comparison))
    }

    fn keyword(&mut self, word: &str) -> Result<(), PatternError> {
        if self.word(word) { Ok(()) } else { self.wrong() }
    }

    fn number(&mut self) -> Result<(), PatternError> {
        if self.takes(|kind| matches!(kind, Kind::Int(_) | Kind::Float(_))) {
            Ok(())
        } else {
            self.wrong()
        }
    }

    fn time(&mut self) -> Result<(), PatternError> {
        if self.takes(|kind| matches!(kind, Kind::Time(_) | Kind::Text(_))) {
            Ok(())
        } else {
            self.wrong()
        }
    }

    fn any_of(&mut self) -> Result<Comparison, PatternError> {
        let first = self.all_of()?;
        let mut any = vec![first];
        while self.word("OR") {
            any.push(self.all_of()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Comparison::Or(any) })
    }

    fn all_of(&mut self) -> Result<Comparison, PatternError> {
        let first = self.test()?;
        let mut all = vec![first];
        while self.word("AND") {
            all.push(self.test()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Comparison::And(all) })
    }

    fn test(&mut self) -> Result<Comparison, PatternError> {
        if self.sign("(") {
            let comparison = self.deeper(Self::any_of)?;
            self.needs(")")?;
            return Ok(comparison);
        }
        let negated = self.word("NOT");
        if self.word("EXISTS") {
            let path = self.path()?;
            return Ok(Comparison::Test(Test { path, negated, check: Check::Exists }));
        }
        let path = self.path()?;
        let negated = self.word("NOT") != negated;
        let check = self.check()?;
        Ok(Comparison::Test(Test { path, negated, check }))
    }

    fn path(&mut self) -> Result<Path, PatternError> {
        let object = self.take(word)?;
        self.needs(":")?;
        let mut steps = vec![self.key()?];
        loop {
            if self.sign(".") {
                steps.push(self.key()?);
            } else if self.sign("[") {
                let step = self.take(|kind| match kind {
                    Kind::Sign("*") => Some(Step::Any),
                    Kind::Int(index) => usize::try_from(*index).ok().map(Step::Index),
                    _ => None,
                })?;
                self.needs("]")?;
                steps.push(step);
            } else {
                return Ok(Path { object: object.to_owned(), steps });
            }
        }
    }

    fn key(&mut self) -> Result<Step, PatternError> {
        self.take(|kind| match kind {
            Kind::Word(key) | Kind::Text(key) => Some(Step::Key(key.clone())),
            _ => None,
        })
    }

    fn check(&mut self) -> Result<Check, PatternError> {
        const ORDERS: [(&str, Order); 6] = [
            ("=", Order::Equal),
            ("!=", Order::NotEqual),
            ("<", Order::Less),
            ("<=", Order::AtMost),
            (">", Order::Greater),
            (">=", Order::AtLeast),
        ];
        for (sign, order) in ORDERS {
            if self.sign(sign) {
                return Ok(Check::Compare(order, self.constant()?));
            }
        }
        if self.word("IN") {
            return self.set();
        }
        const OPERATORS: [&str; 4] = ["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"];
        let operator = self.take(|kind| word(kind).filter(|word| OPERATORS.contains(word)))?;
        let text = self.take(|kind| if let Kind::Text(text) = kind { Some(text) } else { None })?;
        Ok(match operator {
            "LIKE" => Check::Like(like(text)?),
            "MATCHES" => Check::Matches(compiled(text)?),
            "ISSUBSET" => Check::IsSubset(text.clone()),
            _ => Check::IsSuperset(text.clone()),
        })
    }

    /// Constants of one kind; numbers may have a fraction or not.
    fn set(&mut self) -> Result<Check, PatternError> {
        self.needs("(")?;
        let mut constants: Vec<Constant> = Vec::new();
        while !self.sign(")") {
            if !constants.is_empty() {
                self.needs(",")?;
            }
            let constant = self.constant()?;
            if constants.first().is_some_and(|first| !first.is_like(&constant)) {
                return Err(PatternError::MixedSet);
            }
            constants.push(constant);
        }
        Ok(Check::In(constants))
    }

    fn constant(&mut self) -> Result<Constant, PatternError> {
        let constant = self.take(|kind| {
            Some(match kind {
                Kind::Int(number) => Some(Constant::Int(*number)),
                Kind::Float(number) => Some(Constant::Float(*number)),
                Kind::Text(text) => Some(Constant::Text(text.clone())),
                Kind::Bytes(bytes) => Some(Constant::Bytes(bytes.clone())),
                Kind::Word(word) if word == "true" || word == "false" => {
                    Some(Constant::Bool(word == "true"))
                }
                Kind::Time(text) => super::time(text).map(Constant::Time),
                _ => return None,
            })
        })?;
        constant.ok_or(PatternError::NoTime)
    }
}

fn word(kind: &Kind) -> Option<&str> {
    if let Kind::Word(word) = kind { Some(word) } else { None }
}

impl Constant {
    fn is_like(&self, other: &Constant) -> bool {
        let is_number =
            |constant: &Constant| matches!(constant, Constant::Int(_) | Constant::Float(_));
        std::mem::discriminant(self) == std::mem::discriminant(other)
            || (is_number(self) && is_number(other))
    }
}

fn compiled(expression: &str) -> Result<Regex, PatternError> {
    let built = regex::RegexBuilder::new(expression).size_limit(REGEX_MAX).build();
    built.map_err(|_| PatternError::Expression)
}

/// `%` stands for any text, `_` for any character.
fn like(text: &str) -> Result<Regex, PatternError> {
    let mut expression = String::from("(?s)^");
    for char in text.chars() {
        match char {
            '%' => expression.push_str(".*"),
            '_' => expression.push('.'),
            other => expression.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    compiled(&expression)
}
