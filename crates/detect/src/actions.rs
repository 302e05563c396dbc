//! What to do about an incident, as exact commands with their undo. Names come from hostile logs,
//! so only what is an address or a plain account name ever becomes part of a command.

use std::net::IpAddr;

use tocsin_event::{Action, Entity, EntityKind};

/// How long a recommended block lasts.
const BLOCK_HOURS: u32 = 24;
/// Sources blocked by one incident's actions; further ones are the work of a playbook.
const BLOCKS_MAX: usize = 10;

/// The actions against these accused, and for these accounts where they were taken over.
pub(crate) fn recommend(accused: &[Entity], taken_over: &[Entity]) -> Vec<Action> {
    let accounts = taken_over.iter().chain(accused).filter_map(lock_user);
    let sources = accused.iter().filter_map(block_ip).take(BLOCKS_MAX);
    let mut actions: Vec<Action> = accounts.collect();
    actions.dedup();
    actions.extend(sources);
    actions
}

fn block_ip(entity: &Entity) -> Option<Action> {
    let ip: IpAddr = (entity.kind == EntityKind::Ip).then(|| entity.id.parse().ok())??;
    if ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() {
        return None;
    }
    let set = if ip.is_ipv4() { "blocked4" } else { "blocked6" };
    Some(Action {
        name: "block_ip".to_owned(),
        title: format!("Drop everything from {ip} for {BLOCK_HOURS} hours"),
        command: format!(
            "nft 'table inet tocsin {{ \
             set blocked4 {{ type ipv4_addr; flags timeout; }}; \
             set blocked6 {{ type ipv6_addr; flags timeout; }}; \
             chain input {{ type filter hook input priority -10; }}; }}; \
             flush chain inet tocsin input; \
             add rule inet tocsin input ip saddr @blocked4 drop; \
             add rule inet tocsin input ip6 saddr @blocked6 drop; \
             add element inet tocsin {set} {{ {ip} timeout {BLOCK_HOURS}h }}'"
        ),
        undo: format!("nft delete element inet tocsin {set} '{{ {ip} }}'"),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_never_becomes_part_of_a_command() {
        for name in ["x; rm -rf /", "$(reboot)", "-rf", "", "root", "a b"] {
            let user = Entity::new(EntityKind::User, name);
            assert_eq!(recommend(&[user], &[]), [], "{name}");
        }
        let host = Entity::new(EntityKind::Ip, "192.0.2.1; reboot");
        assert_eq!(recommend(&[host], &[]), []);
    }

    #[test]
    fn a_taken_over_account_is_locked_before_sources_are_blocked() {
        let source = Entity::new(EntityKind::Ip, "192.0.2.1");
        let user = Entity::new(EntityKind::User, "alice");
        let names: Vec<_> = recommend(&[source], &[user]).into_iter().map(|a| a.name).collect();
        assert_eq!(names, ["lock_user", "block_ip"]);
    }
}
