//! Where sign-ins and calls to a cloud come from, by country and network: those of each account are kept,
//! one that is new to it shows, and how fast its owner would have had to travel.

mod distance;

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use tocsin_event::{Activity, Class, Duration, EventRef, Field, Status, Time, is_inner};

use crate::key::KeyHasher;
use crate::keyed::Keyed;

/// An account is known by so many uses over so long a time.
const KNOWN_AFTER: u32 = 10;
const KNOWN_SINCE: Duration = Duration::from_secs(7 * 86_400);
/// Who comes from more countries than this is at home in all.
const COUNTRIES_MAX: usize = 16;
/// The same of networks: many people move between a few, and some between many.
const NETWORKS_MAX: usize = 4;

/// A country by its code of ISO 3166-1, such as `DE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Country([u8; 2]);

impl Country {
    /// The country of a code: two capital letters, but not `ZZ`, which is nowhere.
    #[must_use]
    pub fn new(code: &str) -> Option<Country> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        let is_code = code.iter().all(u8::is_ascii_uppercase) && code != *b"ZZ";
        is_code.then_some(Country(code))
    }

    pub(crate) fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Where an address is, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The country it is registered in.
    pub country: Option<Country>,
    /// The number of the autonomous system (RFC 1930) that announces it.
    pub network: Option<u32>,
}

/// What knows where addresses are.
pub trait Places: fmt::Debug + Send + Sync {
    /// The place of an address.
    fn place(&self, ip: IpAddr) -> Place;
}

/// From where accounts were used.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Travels {
    accounts: Keyed<Account>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Account {
    first: Time,
    uses: u32,
    countries: Vec<Country>,
    networks: Vec<u32>,
    last: Option<Visit>,
}

/// A use of an account from a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub(crate) country: Country,
    pub(crate) ip: IpAddr,
    time: Time,
}

/// Where a use of an account came from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) place: Place,
    /// Whether its account, which is known, never came from there before.
    pub(crate) country_is_new: bool,
    pub(crate) network_is_new: bool,
    /// The way since it was used last.
    pub(crate) travel: Option<Travel>,
}

/// A way from one country to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Travel {
    pub(crate) from: Visit,
    /// Kilometres at least.
    pub(crate) km: u32,
    /// Kilometres an hour at least.
    pub(crate) speed: u32,
}

impl Travels {
    pub(crate) fn new(accounts_max: usize) -> Self {
        Travels { accounts: Keyed::new(accounts_max) }
    }

    /// Accounts that had to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.accounts.evicted()
    }

    /// Where a sign-in or a call comes from; `None` for every other event, and where nobody knows.
    pub(crate) fn step(
        &mut self,
        event: &EventRef<'_>,
        time: Time,
        places: &dyn Places,
    ) -> Option<Origin> {
        let user = used(event)?;
        let ip = event.src.ip.filter(|ip| !is_inner(*ip) && !ip.is_loopback())?;
        let place = places.place(ip);
        if place == Place::default() {
            return None;
        }
        if user.is_empty() {
            return Some(Origin { place, ..Origin::default() });
        }
        let mut key = KeyHasher::new();
        key.text(user);
        key.text(event.logsource.product);
        let account = self.accounts.touch(key.finish(), || Account::first_used(time), drop);
        Some(account.comes_from(place, ip, time))
    }
}

/// The account that an event used: who signed in, or called.
fn used<'e>(event: &EventRef<'e>) -> Option<&'e str> {
    let field = match (event.class, event.activity) {
        _ if event.status != Status::Success => return None,
        (Class::Authentication, Activity::LOGON) => Field::User,
        (Class::Api, _) => Field::ActorUser,
        _ => return None,
    };
    Some(event.attribute(field))
}

impl Account {
    fn first_used(first: Time) -> Account {
        Account { first, uses: 0, countries: Vec::new(), networks: Vec::new(), last: None }
    }

    /// Counts a use.
    fn comes_from(&mut self, place: Place, ip: IpAddr, time: Time) -> Origin {
        let is_known = self.uses >= KNOWN_AFTER && time - self.first >= KNOWN_SINCE;
        self.uses = self.uses.saturating_add(1);
        Origin {
            place,
            country_is_new: is_first(place.country, &mut self.countries, COUNTRIES_MAX) && is_known,
            network_is_new: is_first(place.network, &mut self.networks, NETWORKS_MAX) && is_known,
            travel: place.country.and_then(|country| self.travel_to(Visit { country, ip, time })),
        }
    }

    /// The way from where it was used last. One that takes no time takes a second.
    fn travel_to(&mut self, visit: Visit) -> Option<Travel> {
        let from = self.last.replace(visit)?;
        let km = distance::between(from.country, visit.country).filter(|km| *km > 0)?;
        let seconds = (visit.time - from.time).as_secs_f64().abs().max(1.0);
        Some(Travel { from, km, speed: (f64::from(km) * 3600.0 / seconds) as u32 })
    }
}

/// Whether this is not among those known, which it is from now on. Where they are too many, all are known.
fn is_first<T: Copy + PartialEq>(this: Option<T>, known: &mut Vec<T>, most: usize) -> bool {
    let Some(this) = this.filter(|this| known.len() < most && !known.contains(this)) else {
        return false;
    };
    known.push(this);
    true
}
