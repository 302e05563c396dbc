//! Entities: what state is kept about, written `kind:id`.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// What kind of thing an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    /// An address.
    Ip,
    /// An account.
    User,
    /// A machine known by name.
    Host,
    /// A login session, from its opening to its end.
    Session,
    /// A device under trust scoring.
    Device,
    /// A service of a host.
    Service,
    /// A principal of a cloud account.
    Cloud,
}

impl EntityKind {
    /// Every kind, in the order reports list them.
    pub const ALL: [EntityKind; 7] = [
        EntityKind::Ip,
        EntityKind::User,
        EntityKind::Host,
        EntityKind::Session,
        EntityKind::Device,
        EntityKind::Service,
        EntityKind::Cloud,
    ];

    /// The word before the colon.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EntityKind::Ip => "ip",
            EntityKind::User => "user",
            EntityKind::Host => "host",
            EntityKind::Session => "session",
            EntityKind::Device => "device",
            EntityKind::Service => "service",
            EntityKind::Cloud => "cloud",
        }
    }
}

/// Something Tocsin keeps state about, such as `ip:192.0.2.7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity {
    /// What kind of thing it is.
    pub kind: EntityKind,
    /// Its name within the kind. Addresses and most names are held in place.
    pub id: CompactString,
}

impl Entity {
    /// The entity of this kind and name.
    #[must_use]
    pub fn new(kind: EntityKind, id: impl Into<CompactString>) -> Self {
        Entity { kind, id: id.into() }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.id)
    }
}

/// The text before the colon names no kind of entity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an entity: write kind:id, such as ip:192.0.2.7 or user:root")]
pub struct UnknownEntityKind(String);

impl FromStr for Entity {
    type Err = UnknownEntityKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownEntityKind(text.to_owned());
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        let kind = EntityKind::ALL.into_iter().find(|k| k.name() == kind).ok_or_else(unknown)?;
        Ok(Entity::new(kind, id))
    }
}

impl Serialize for Entity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&[self.kind.name(), ":", &self.id].concat())
    }
}

impl<'de> Deserialize<'de> for Entity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_reads_back_what_it_writes() {
        let entity = Entity::new(EntityKind::Ip, "2001:db8::1");
        assert_eq!(entity.to_string(), "ip:2001:db8::1");
        assert_eq!("ip:2001:db8::1".parse(), Ok(entity));
        assert!("planet:earth".parse::<Entity>().is_err());
    }
}
