//! Conditions of temporal correlations over the names of their members, `a and (b or not c)`, as
//! pySigma reads them. Matches come one by one, so `not` means not so far.

use crate::condition::{self, Condition};
use crate::problem::{Position, Report};
use crate::yaml::{Node, Yaml};

/// Which members have to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// The member of this index.
    Member(usize),
    /// Not those.
    Not(Box<Presence>),
    /// All of them.
    All(Vec<Presence>),
    /// One of them at least.
    Any(Vec<Presence>),
}

impl Presence {
    /// True if it holds where `members` are there, a bit for each.
    pub fn holds(&self, members: u64) -> bool {
        match self {
            Presence::Member(index) => members >> (*index).min(63) & 1 == 1,
            Presence::Not(inner) => !inner.holds(members),
            Presence::All(parts) => parts.iter().all(|part| part.holds(members)),
            Presence::Any(parts) => parts.iter().any(|part| part.holds(members)),
        }
    }

    /// Reads the condition of a correlation if it is text; names stand in `members` in the order of
    /// their first mention, or have all been there.
    pub(crate) fn read(
        correlation: &Node,
        members: &mut Vec<(String, Position)>,
        report: &mut Report<'_>,
    ) -> Option<Presence> {
        let node = correlation.get("condition")?;
        let Yaml::Text(text) = &node.yaml else { return None };
        let listed = members.len();
        let presence = condition::parse(text).and_then(|condition| {
            Presence::of(&condition, &mut |name| {
                let known = members.iter().position(|(member, _)| member == name);
                known.unwrap_or_else(|| {
                    members.push((name.to_owned(), node.position));
                    members.len() - 1
                })
            })
        });
        let presence = match presence {
            Ok(presence) => presence,
            Err(message) => {
                report.add(node.position, message, "join names of rules with `and`, `or`, `not`");
                return None;
            }
        };
        if listed > 0 {
            compare(&presence, (listed, members), node.position, report);
        }
        Some(presence)
    }

    fn of(condition: &Condition, index: &mut dyn FnMut(&str) -> usize) -> Result<Presence, String> {
        let mut all = |parts: &[Condition]| {
            parts.iter().map(|part| Presence::of(part, index)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::All(parts) => Presence::All(all(parts)?),
            Condition::Any(parts) => Presence::Any(all(parts)?),
            Condition::Not(inner) => Presence::Not(Box::new(Presence::of(inner, index)?)),
            Condition::Name(name) => Presence::Member(index(name)),
            Condition::Of(..) => return Err("`of` is for the selections of a rule".to_owned()),
        })
    }

    fn mentions(&self, member: usize) -> bool {
        match self {
            Presence::Member(index) => *index == member,
            Presence::Not(inner) => inner.mentions(member),
            Presence::All(parts) | Presence::Any(parts) => {
                parts.iter().any(|part| part.mentions(member))
            }
        }
    }
}

/// Where rules are listed too, they are those of the condition.
fn compare(
    presence: &Presence,
    (listed, members): (usize, &[(String, Position)]),
    position: Position,
    report: &mut Report<'_>,
) {
    for (index, (name, _)) in members.iter().enumerate() {
        let (there, not_there) = match (index < listed, presence.mentions(index)) {
            (true, false) => ("`rules` lists", "the condition does not"),
            (false, true) => ("the condition names", "`rules` does not"),
            _ => continue,
        };
        let message = format!("{there} `{name}`, {not_there}");
        report.add(position, message, "name the same rules in both, or leave `rules` out");
    }
}
