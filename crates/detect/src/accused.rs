//! Who an event speaks against, and who suffered: the source is accused before the account, the
//! account before the machine. A victim is never accused.

use compact_str::ToCompactString;
use tocsin_event::{Class, Entity, EntityKind, EventRef, PeerName};

use crate::key::KeyHasher;

/// The accused of an event and its victims.
#[derive(Clone, Debug)]
pub(crate) struct Parties {
    pub(crate) accused: Entity,
    pub(crate) targets: Vec<Entity>,
}

impl Parties {
    /// The parties of an event; an event that names nobody speaks of its source.
    pub(crate) fn of(event: &EventRef<'_>) -> Self {
        let actor = event.text(event.actor);
        let user = event.user();
        let host = event.host();
        let accused = match event.source_name() {
            Some(name) => peer(name),
            None if !actor.is_empty() => Entity::new(EntityKind::User, actor),
            None if !user.is_empty() => Entity::new(EntityKind::User, user),
            None if !host.is_empty() => Entity::new(EntityKind::Host, host),
            None => Entity::new(EntityKind::Service, event.provider),
        };
        let mut targets = Vec::with_capacity(2);
        if !user.is_empty() {
            targets.push(Entity::new(EntityKind::User, user));
        }
        match event.target_name() {
            Some(name) if event.class == Class::Network => targets.push(peer(name)),
            _ if !host.is_empty() => targets.push(Entity::new(EntityKind::Host, host)),
            _ => {}
        }
        targets.retain(|target| *target != accused);
        Parties { accused, targets }
    }
}

fn peer(name: PeerName<'_>) -> Entity {
    match name {
        PeerName::Ip(ip) => Entity::new(EntityKind::Ip, ip.to_compact_string()),
        PeerName::Hostname(name) => Entity::new(EntityKind::Host, name),
    }
}

/// Adds the accused of an event to a key, without naming them.
pub(crate) fn hash(event: &EventRef<'_>, hasher: &mut KeyHasher) {
    match event.source_name() {
        Some(name) => hasher.peer(name),
        None => {
            let names = [event.text(event.actor), event.user(), event.host(), event.provider];
            hasher.text(names.into_iter().find(|name| !name.is_empty()).unwrap_or_default());
        }
    }
}
