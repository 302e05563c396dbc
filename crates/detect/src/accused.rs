//! Who an event speaks against, and who suffered: the source is accused before the account, the
//! account before the machine, and the machine in place of its own loopback address. Of calls to a cloud it
//! is the principal who made them, whatever the address. A victim is not accused; but what many sources did
//! to one victim is told of the victim, since none of them stands for the others.

use compact_str::ToCompactString;
use tocsin_event::{Class, Entity, EntityKind, EventRef, Field, PeerName};

use crate::key::KeyHasher;

/// The accused of an event and its victims.
#[derive(Clone, Debug)]
pub(crate) struct Parties {
    pub(crate) accused: Entity,
    /// Further accused.
    pub(crate) others: Vec<Entity>,
    pub(crate) targets: Vec<Entity>,
}

impl Parties {
    /// The parties of an event; an event that names nobody speaks of its source.
    pub(crate) fn of(event: &EventRef<'_>) -> Self {
        let (user, host) = (event.user(), event.host());
        let source = event.source_name().map(peer);
        let (accused, others) = match (principal(event), source) {
            (Some(principal), source) => {
                (Entity::new(EntityKind::Cloud, principal), source.into_iter().collect())
            }
            (None, Some(source)) => match itself(event) {
                Some(host) => (Entity::new(EntityKind::Host, host), vec![source]),
                None => (source, Vec::new()),
            },
            (None, None) => {
                let (kind, name) = without_source(event);
                (Entity::new(kind, name), Vec::new())
            }
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
        // Whoever makes an account is often not named: then the account is spoken of, a victim still.
        if event.class != Class::AccountChange {
            targets.retain(|target| *target != accused);
        }
        Parties { accused, others, targets }
    }

    /// The same of what many sources did to the first target of the event, which stays one: of all
    /// of them, or of the one that came `last` too.
    pub(crate) fn of_victim(event: &EventRef<'_>, last: bool) -> Self {
        let mut parties = Parties::of(event);
        if event.source_name().is_none() {
            return parties;
        }
        if parties.targets.is_empty() {
            parties.targets.push(Entity::new(EntityKind::Service, site(event)));
        }
        let others = last.then_some(parties.accused).into_iter().collect();
        Parties { accused: parties.targets[0].clone(), others, targets: parties.targets }
    }
}

/// Who made a call to a cloud: by the full name that AWS has for all, or else as people say it.
fn principal<'e>(event: &EventRef<'e>) -> Option<&'e str> {
    let (uid, name) = (event.attribute(Field::ActorUid), event.text(event.actor));
    let names = if uid.starts_with("arn:") { [uid, name] } else { [name, uid] };
    let name = names.into_iter().find(|name| !name.is_empty());
    name.filter(|_| event.class == Class::Api)
}

/// Whom an event without a source speaks of, the first that is known: who did it, by name or number,
/// the account, the machine, the service.
fn without_source<'e>(event: &EventRef<'e>) -> (EntityKind, &'e str) {
    let names = [
        (EntityKind::User, event.text(event.actor)),
        (EntityKind::User, event.attribute(Field::ActorUid)),
        (EntityKind::User, event.user()),
        (EntityKind::User, event.attribute(Field::UserUid)),
        (EntityKind::Host, event.host()),
    ];
    let named = names.into_iter().find(|(_, name)| !name.is_empty());
    named.unwrap_or((EntityKind::Service, event.provider))
}

/// The site that was visited or, where it is not said, the service that wrote the record.
fn site<'e>(event: &EventRef<'e>) -> &'e str {
    let host = event.attribute(Field::HttpHost);
    if host.is_empty() { event.provider } else { host }
}

/// The machine, where it calls itself.
fn itself<'e>(event: &EventRef<'e>) -> Option<&'e str> {
    let calls_itself = event.src.ip.is_some_and(|ip| ip.is_loopback());
    (calls_itself && !event.host().is_empty()).then(|| event.host())
}

fn peer(name: PeerName<'_>) -> Entity {
    match name {
        PeerName::Ip(ip) => Entity::new(EntityKind::Ip, ip.to_compact_string()),
        PeerName::Hostname(name) => Entity::new(EntityKind::Host, name),
    }
}

/// Adds the accused of an event to a key, without naming them.
pub(crate) fn hash(event: &EventRef<'_>, hasher: &mut KeyHasher) {
    match (principal(event).or_else(|| itself(event)), event.source_name()) {
        (Some(name), _) => hasher.text(name),
        (None, Some(name)) => hasher.peer(name),
        (None, None) => hasher.text(without_source(event).1),
    }
}
