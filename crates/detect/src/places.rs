//! Where sign-ins come from, by country: the countries of each account are kept, and one that is new to it
//! shows.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use tocsin_event::{Activity, Class, Duration, EventRef, Field, Status, Time};

use crate::key::KeyHasher;
use crate::keyed::Keyed;

/// An account is known by so many sign-ins over so long a time.
const KNOWN_AFTER: u32 = 10;
const KNOWN_SINCE: Duration = Duration::from_secs(7 * 86_400);
/// Who signs in from more countries than this is at home in all.
const COUNTRIES_MAX: usize = 16;

/// A country by its code of ISO 3166-1, such as `DE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What knows where addresses are.
pub trait Places: fmt::Debug + Send + Sync {
    /// The country of an address; `None` where that is not known.
    fn country(&self, ip: IpAddr) -> Option<Country>;
}

/// From where accounts signed in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Travels {
    accounts: Keyed<Account>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Account {
    first: Time,
    sign_ins: u32,
    countries: Vec<Country>,
}

/// Where a sign-in came from, and whether its account, which is known, never came from there before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) country: Country,
    pub(crate) is_new: bool,
}

impl Travels {
    pub(crate) fn new(accounts_max: usize) -> Self {
        Travels { accounts: Keyed::new(accounts_max) }
    }

    /// Accounts that had to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.accounts.evicted()
    }

    /// Where a sign-in comes from; `None` for every other event, and where nobody knows.
    pub(crate) fn step(
        &mut self,
        event: &EventRef<'_>,
        time: Time,
        places: &dyn Places,
    ) -> Option<Origin> {
        let is_sign_in = event.class == Class::Authentication
            && event.activity == Activity::LOGON
            && event.status == Status::Success;
        let country = event.src.ip.filter(|_| is_sign_in).and_then(|ip| places.country(ip))?;
        let user = event.attribute(Field::User);
        let mut key = KeyHasher::new();
        key.text(user);
        key.text(event.logsource.product);
        let fresh = || Account { first: time, sign_ins: 0, countries: Vec::new() };
        let account = self.accounts.touch(key.finish(), fresh, drop);
        Some(Origin { country, is_new: !user.is_empty() && account.comes_from(country, time) })
    }
}

impl Account {
    /// Counts a sign-in; whether it is the first from its country.
    fn comes_from(&mut self, country: Country, time: Time) -> bool {
        let is_known = self.sign_ins >= KNOWN_AFTER && time - self.first >= KNOWN_SINCE;
        self.sign_ins = self.sign_ins.saturating_add(1);
        if self.countries.contains(&country) || self.countries.len() >= COUNTRIES_MAX {
            return false;
        }
        self.countries.push(country);
        is_known
    }
}
