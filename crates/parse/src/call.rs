//! A call to a service as its audit trail tells it: one JSON object, of which a format wants some
//! members by their dotted names (`actor.alternateId`) and rules may want any.

use tocsin_event::{Activity, Class, Field, Peer, Status, Writer};

use crate::header::Record;
use crate::object::Object;
use crate::wording::Meaning;
use crate::{address, timestamp};

/// No operation has a longer name, in bytes.
const OPERATION_MAX: usize = 512;

/// The members of one call.
pub(crate) enum Call<'t> {
    /// As an object.
    Object(Object<'t>),
    /// As values in known columns.
    Columns(Vec<(&'static str, &'t str)>),
}

impl<'t> Call<'t> {
    /// Reads a record that is an object and in which all of `known_by` stand, at whatever depth; `None`
    /// where it is not. Every member becomes a field of the event under its own name.
    pub(crate) fn read(
        record: &Record<'t>,
        known_by: &[&str],
        out: &mut Writer<'_>,
    ) -> Option<Call<'t>> {
        let object = record.object?;
        if !known_by.iter().all(|key| object.has(key)) {
            return None;
        }
        object.keep(out);
        Some(Call::Object(object))
    }

    /// The value of a member, the first where it has several; empty where it has none.
    pub(crate) fn get(&self, name: &str) -> &'t str {
        match self {
            Call::Object(object) => object.get(name),
            Call::Columns(columns) => {
                columns.iter().find(|(member, _)| *member == name).map_or("", |(_, value)| value)
            }
        }
    }

    /// All members of an object.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let object = match self {
            Call::Object(object) => Some(*object),
            Call::Columns(_) => None,
        };
        object.into_iter().flat_map(Object::members)
    }

    /// The first of these members that has a value.
    pub(crate) fn any(&self, names: &[&str]) -> &'t str {
        names.iter().map(|name| self.get(name)).find(|value| !value.is_empty()).unwrap_or("")
    }

    /// Sets each attribute to the value of its member.
    pub(crate) fn place(&self, places: &[(&str, Field)], out: &mut Writer<'_>) {
        for (member, field) in places {
            out.set(*field, self.get(member));
        }
    }

    /// The end of a connection whose address and port stand in these members.
    pub(crate) fn peer(&self, address: &str, port: &str) -> Peer {
        self.peer_at(self.get(address), port)
    }

    /// The end of a connection with this address, whose port stands in a member.
    pub(crate) fn peer_at(&self, address: &str, port: &str) -> Peer {
        let port = self.get(port).parse().unwrap_or_default();
        Peer { ip: address::ip(address), port, ..Peer::default() }
    }

    /// When it was made, by the first of these members that tells a time.
    pub(crate) fn date(&self, names: &[&str], record: &mut Record<'_>) {
        let told = names.iter().find_map(|name| timestamp::bare(self.get(name)));
        record.stamp = told.map(|(stamp, _)| stamp).or(record.stamp);
    }
}

/// Sets who made a call: whom a sign-in is of, and otherwise who acted.
pub(crate) fn caller(name: &str, uid: &str, out: &mut Writer<'_>) {
    let person = out.span(name);
    if out.event.class == Class::Authentication {
        out.event.user = person;
        out.set(Field::UserUid, uid);
    } else {
        out.event.actor = person;
        out.set(Field::ActorUid, uid);
    }
}

/// A call by the words of which its operation is made: OCSF's activities of an API are 1 create, 2 read,
/// 3 update, 4 delete.
pub(crate) fn meaning(operation: &str, status: Status) -> Meaning {
    let short = if operation.len() <= OPERATION_MAX { operation } else { "" };
    let words = |words: &[&str]| {
        let parts = short.split(['.', '/', '_', ' ', ':']);
        parts.into_iter().any(|part| words.iter().any(|word| begins(part, word)))
    };
    let activity = match () {
        () if words(&["create", "insert", "add", "register", "generate"]) => 1,
        () if words(&["delete", "remove", "destroy", "revoke"]) => 4,
        () if words(&["get", "list", "watch", "read", "describe", "view"]) => 2,
        () => 3,
    };
    Meaning::new(Class::Api, Activity(activity), status)
}

/// Whether a word in mixed case begins with another one in small letters.
fn begins(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
