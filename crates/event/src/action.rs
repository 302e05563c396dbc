//! What to do about a finding or an incident, as exact commands with their undo. Names come from
//! hostile logs, so only what is an address or a plain account name ever becomes part of a command.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{Entity, EntityKind, Finding, Severity};

/// One reversible step someone could take, as exact commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Such as `block_ip`.
    pub name: String,
    /// What it does, to whom.
    pub title: String,
    /// The command that does it.
    pub command: String,
    /// The command that undoes it.
    pub undo: String,
}

/// How long a recommended block lasts.
const BLOCK_HOURS: u32 = 24;
/// Sources blocked by one incident's action; further ones are the work of a playbook.
const SOURCES_MAX: usize = 100;
/// Principals of a cloud denied by one incident's actions.
const PRINCIPALS_MAX: usize = 10;

/// Whom actions are to be against, and for whom.
#[derive(Clone, Debug, Default)]
pub struct Aims<'e> {
    /// The accused. An address that is accused beside a principal of a cloud is none of them: it
    /// calls the cloud, not this machine.
    pub accused: Vec<&'e Entity>,
    /// Whom the accused called, where they are victims themselves: a machine that calls its
    /// controller is not what has to be kept out.
    pub called: Vec<&'e Entity>,
    /// Accounts that were taken over; other entities among them are passed over.
    pub taken_over: Vec<&'e Entity>,
}

/// Techniques of a machine that was taken over and calls out.
const CALLS_OUT: &[&str] = &["T1041", "T1048", "T1071", "T1095", "T1105", "T1571", "T1573"];

impl Finding {
    /// What to do about it: against its first accused or whom it called, and for the accounts that
    /// were taken over. Nothing where it is not worth a look today.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        if self.severity < Severity::Medium {
            return Vec::new();
        }
        let mut aims = Aims::default();
        match self.calls_out() {
            true => aims.called.extend(&self.targets),
            false => aims.accused.push(&self.entity),
        }
        if self.is_takeover() {
            aims.taken_over.extend(&self.targets);
        }
        Action::recommended(&aims)
    }

    /// Whether it says that its accused, taken over before, calls addresses among its targets.
    #[must_use]
    pub fn calls_out(&self) -> bool {
        let is_of = |id: &String| CALLS_OUT.contains(&id.split('.').next().unwrap_or(id));
        let addressed = self.targets.iter().any(|target| target.kind == EntityKind::Ip);
        addressed && self.techniques.iter().any(is_of)
    }
}

impl Action {
    /// The actions against and for these.
    #[must_use]
    pub fn recommended(aims: &Aims<'_>) -> Vec<Action> {
        let accused = &aims.accused;
        let taken_over = aims.taken_over.iter();
        let mut actions: Vec<Action> = taken_over.filter_map(|entity| lock_user(entity)).collect();
        let principals = accused.iter().filter_map(|entity| deny_principal(entity));
        actions.extend(principals.take(PRINCIPALS_MAX));
        for (entities, way) in [(accused, &FROM), (&aims.called, &TO)] {
            let addresses = entities.iter().filter_map(|entity| address(entity));
            let addresses: Vec<IpAddr> = addresses.take(SOURCES_MAX).collect();
            let (four, six): (Vec<_>, Vec<_>) = addresses.iter().partition(|ip| ip.is_ipv4());
            actions.extend(block(&four, way, ("4", "ip")));
            actions.extend(block(&six, way, ("6", "ip6")));
        }
        actions
    }
}

/// A way in which packets are dropped.
struct Way {
    word: &'static str,
    set: &'static str,
    end: &'static str,
    hooks: &'static [&'static str],
}

const FROM: Way = Way { word: "from", set: "blocked", end: "saddr", hooks: &["input"] };
const TO: Way = Way { word: "to", set: "called", end: "daddr", hooks: &["output", "forward"] };

/// The address of an accused, unless blocking it would cut the machine off from itself.
fn address(entity: &Entity) -> Option<IpAddr> {
    let ip: IpAddr = (entity.kind == EntityKind::Ip).then(|| entity.id.parse().ok())??;
    (!ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast()).then_some(ip)
}

/// One action that drops everything from or to these addresses, all of one family. It needs no
/// set-up and may be run again: the set and the chains are made where they are missing.
fn block(addresses: &[IpAddr], way: &Way, (family, keyword): (&str, &str)) -> Option<Action> {
    let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let whom = match addresses {
        [] => return None,
        [one] if is_inner(*one) => format!("{one}, an inner address,"),
        [one] => one.to_string(),
        many => format!("{} addresses", many.len()),
    };
    let list = list.join(", ");
    let Way { word, end, .. } = way;
    let set = format!("{}{family}", way.set);
    let chains = way.hooks.iter().map(|hook| {
        format!(
            "add chain inet tocsin {hook}{family} {{ type filter hook {hook} priority -10; }}; \
             flush chain inet tocsin {hook}{family}; \
             add rule inet tocsin {hook}{family} {keyword} {end} @{set} drop; "
        )
    });
    Some(Action {
        name: "block_ip".to_owned(),
        title: format!("Drop everything {word} {whom} for {BLOCK_HOURS} hours"),
        command: format!(
            "nft 'add table inet tocsin; \
             add set inet tocsin {set} {{ type ipv{family}_addr; timeout {BLOCK_HOURS}h; }}; \
             {}add element inet tocsin {set} {{ {list} }}'",
            chains.collect::<String>()
        ),
        undo: format!("nft 'delete element inet tocsin {set} {{ {list} }}'"),
    })
}

/// Whether an address is of an inner network, which is not routed on the internet: private (RFC 1918, RFC
/// 4193), shared (RFC 6598), or of the link alone.
#[must_use]
pub fn is_inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn lock_user(entity: &Entity) -> Option<Action> {
    let name = (entity.kind == EntityKind::User).then_some(entity.id.as_str())?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let valid = name.len() <= 32
        && name.bytes().all(plain)
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    // Locking root can lock everyone out; its password is changed by a person.
    (valid && name != "root").then(|| Action {
        name: "lock_user".to_owned(),
        title: format!("Lock the account {name} until its owner is known to be in control"),
        command: format!("usermod --lock --expiredate 1 {name}"),
        undo: format!("usermod --unlock --expiredate '' {name}"),
    })
}

/// Attaches AWS's own policy that denies everything, which outweighs every other one, to a user or a
/// role, for all its sessions. The root of an account cannot be denied.
fn deny_principal(entity: &Entity) -> Option<Action> {
    let arn = (entity.kind == EntityKind::Cloud).then_some(entity.id.as_str())?;
    let mut parts = arn.splitn(6, ':');
    let (arn, partition) = (parts.next()?, parts.next()?);
    let (service, account, resource) = (parts.next()?, parts.nth(1)?, parts.next()?);
    let (kind, name) = match (service, resource.split_once('/')?) {
        ("iam", ("user", path)) => ("user", path.rsplit('/').next()?),
        ("iam", ("role", path)) => ("role", path.rsplit('/').next()?),
        ("sts", ("assumed-role", session)) => ("role", session.split('/').next()?),
        _ => return None,
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    let valid = arn == "arn"
        && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && account.bytes().all(|b| b.is_ascii_digit())
        && (1..=64).contains(&name.len())
        && name.bytes().all(plain)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric());
    let policy =
        format!("--{kind}-name {name} --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll");
    valid.then(|| Action {
        name: "deny_principal".to_owned(),
        title: format!("Deny the {kind} {name} of the AWS account {account} everything"),
        command: format!("aws iam attach-{kind}-policy {policy}"),
        undo: format!("aws iam detach-{kind}-policy {policy}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recommended(accused: &[Entity], taken_over: &[Entity]) -> Vec<Action> {
        Action::recommended(&Aims {
            accused: accused.iter().collect(),
            taken_over: taken_over.iter().collect(),
            ..Aims::default()
        })
    }

    #[test]
    fn a_hostile_name_never_becomes_part_of_a_command() {
        for name in ["x; rm -rf /", "$(reboot)", "-rf", "", "root", "a b"] {
            let user = Entity::new(EntityKind::User, name);
            assert_eq!(recommended(&[], &[user]), [], "{name}");
        }
        for arn in
            ["arn:aws:iam::1:user/x;reboot", "arn:aws;:iam::1:user/x", "arn:aws:iam::1:user/-x"]
        {
            assert_eq!(recommended(&[Entity::new(EntityKind::Cloud, arn)], &[]), [], "{arn}");
        }
        let host = Entity::new(EntityKind::Ip, "192.0.2.1; reboot");
        assert_eq!(recommended(&[host], &[]), []);
    }

    #[test]
    fn a_taken_over_account_is_locked_before_sources_are_blocked() {
        let source = Entity::new(EntityKind::Ip, "192.0.2.1");
        let user = Entity::new(EntityKind::User, "alice");
        let names: Vec<_> = recommended(&[source], &[user]).into_iter().map(|a| a.name).collect();
        assert_eq!(names, ["lock_user", "block_ip"]);
    }

    #[test]
    fn whom_a_victim_calls_is_dropped_on_the_way_out() {
        let controller = Entity::new(EntityKind::Ip, "192.0.2.1");
        let called = Aims { called: vec![&controller], ..Aims::default() };
        let [action] = &Action::recommended(&called)[..] else { panic!() };
        assert_eq!(action.title, "Drop everything to 192.0.2.1 for 24 hours");
        assert!(action.command.contains("hook output priority -10; }; "), "{}", action.command);
        assert!(action.command.contains("forward4 ip daddr @called4 drop"), "{}", action.command);
    }

    #[test]
    fn a_principal_is_denied_whatever_its_session() {
        let denied = |arn: &str| {
            let actions = recommended(&[Entity::new(EntityKind::Cloud, arn)], &[]);
            actions.into_iter().map(|action| action.command).collect::<String>()
        };
        let user = "aws iam attach-user-policy --user-name eve \
                    --policy-arn arn:aws:iam::aws:policy/AWSDenyAll";
        assert_eq!(denied("arn:aws:iam::123456789012:user/team/eve"), user);
        let role = "aws iam attach-role-policy --role-name app \
                    --policy-arn arn:aws-cn:iam::aws:policy/AWSDenyAll";
        assert_eq!(denied("arn:aws-cn:sts::123456789012:assumed-role/app/i-0123"), role);
        assert_eq!(denied("arn:aws:iam::123456789012:root"), "");
    }
}
