//! The order in which the members of a correlation have to come: as they are listed, or as its condition
//! says, `a and not b and c`, where `b` must not come between the other two.

use crate::presence::Presence;

/// A member that has to come after those of the steps before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its index.
    pub member: usize,
    /// Those that must not come between the step before and this one; of the first step, those that must
    /// not have come within the timespan.
    pub without: Vec<usize>,
}

/// One after the other, whatever comes between.
pub(crate) fn of_all(members: usize) -> Vec<Step> {
    (0..members).map(|member| Step { member, without: Vec::new() }).collect()
}

/// The steps that a condition lists.
pub(crate) fn of_condition(condition: &Presence) -> Result<Vec<Step>, &'static str> {
    let (mut steps, mut without) = (Vec::new(), Vec::new());
    for part in parts(condition) {
        match part {
            Presence::Member(member) => {
                steps.push(Step { member: *member, without: std::mem::take(&mut without) });
            }
            Presence::Not(inner) => without.extend(one_of(inner).ok_or(UNORDERED)?),
            Presence::All(_) | Presence::Any(_) => return Err(UNORDERED),
        }
    }
    let mentioned = steps.iter().flat_map(|step| step.without.iter().chain([&step.member]));
    let mentioned: Vec<_> = mentioned.chain(&without).collect();
    if mentioned
        .iter()
        .enumerate()
        .any(|(at, member)| mentioned.iter().skip(at + 1).any(|m| m == member))
    {
        return Err("a rule comes only once in an order");
    }
    if without.is_empty() {
        Ok(steps)
    } else {
        Err("after a rule that must not come has to come another")
    }
}

const UNORDERED: &str =
    "what comes in order is joined with `and`, and `not` before what must not come";

/// What is joined with `and`, parentheses or not.
fn parts(condition: &Presence) -> Vec<&Presence> {
    match condition {
        Presence::All(all) => all.iter().flat_map(parts).collect(),
        other => vec![other],
    }
}

/// The members of which it says that one came.
fn one_of(presence: &Presence) -> Option<Vec<usize>> {
    match presence {
        Presence::Member(member) => Some(vec![*member]),
        Presence::Any(any) => {
            any.iter().map(one_of).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
        Presence::Not(_) | Presence::All(_) => None,
    }
}
