//! Where addresses are, from database files a person supplies: MaxMind DB (`.mmdb`), or CSV of
//! `start,end,country` or `start,end,asn,organisation`, sorted or not. Nothing is looked up over a
//! network.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use tocsin_detect::{Country, Place, Places};
use tocsin_event::{Skipped, is_inner};

use crate::source;

/// The largest database read, unpacked.
const DATABASE_MAX: u64 = 1 << 30;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoIpError {
    /// It cannot be read.
    #[error("{}: cannot be read", .0.display())]
    Io(PathBuf, #[source] std::io::Error),
    /// It is neither of the known kinds.
    #[error("{}: neither a MaxMind DB nor CSV of start,end,country", .0.display())]
    Unknown(PathBuf),
}

/// One or more databases.
#[derive(Debug, Default)]
pub struct GeoIp {
    tables: Vec<Table>,
}

#[derive(Debug)]
enum Table {
    Mmdb(maxminddb::Reader<Vec<u8>>),
    Ranges(Vec<Range>),
}

/// Addresses from `start` to `end`, both counted in, as 128 bits.
#[derive(Debug)]
struct Range {
    start: u128,
    end: u128,
    said: Said,
}

/// What a database says of an address.
#[derive(Debug, Default)]
struct Said {
    country: Option<Box<str>>,
    /// The number of the autonomous system, and who runs it.
    network: Option<u32>,
    organisation: Option<Box<str>>,
}

/// Such as `DE AS3320 Deutsche Telekom`.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let network = self.network.map(|number| format!("AS{number}"));
        let parts = [self.country.as_deref(), network.as_deref(), self.organisation.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" "))
    }
}

impl GeoIp {
    /// These databases, and what of them was not understood.
    ///
    /// # Errors
    /// Those of [`add`](GeoIp::add).
    pub fn open(databases: &[PathBuf]) -> Result<(GeoIp, Vec<Skipped>), GeoIpError> {
        let (mut geoip, mut not_understood) = (GeoIp::default(), Vec::new());
        for path in databases {
            let reason = geoip.add(path)?;
            let name = path.display().to_string();
            not_understood.extend(reason.map(|reason| Skipped { name, reason }));
        }
        Ok((geoip, not_understood))
    }

    /// Adds a database; says how much of it is not understood, if anything.
    ///
    /// # Errors
    /// When it cannot be read or is of no known kind.
    pub fn add(&mut self, path: &Path) -> Result<Option<String>, GeoIpError> {
        let bytes = read(path).map_err(|error| GeoIpError::Io(path.to_owned(), error))?;
        if let Ok(reader) = maxminddb::Reader::from_source(bytes.clone()) {
            self.tables.push(Table::Mmdb(reader));
            return Ok(None);
        }
        let (ranges, missed) = ranges(&bytes).ok_or(GeoIpError::Unknown(path.to_owned()))?;
        let all = ranges.len() as u64 + missed.count;
        self.tables.push(Table::Ranges(ranges));
        let Missed { count, first } = missed;
        Ok((count > 0)
            .then(|| format!("{count} of {all} rows not understood, the first on line {first}")))
    }

    /// What the databases say of an address, such as `DE AS3320 Deutsche Telekom`. Some say something of
    /// inner networks, too, which are nowhere.
    #[must_use]
    pub fn look_up(&self, ip: IpAddr) -> Option<String> {
        if is_inner(ip) {
            return None;
        }
        let said = self.tables.iter().filter_map(|table| table.look_up(ip, Said::to_string));
        let said: Vec<String> = said.filter(|said| !said.is_empty()).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// What the databases say of each of these addresses that they know.
    #[must_use]
    pub fn describe<'a>(&self, ids: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
        if self.tables.is_empty() {
            return BTreeMap::new();
        }
        let once: HashSet<&str> = ids.collect();
        let described = |id: &str| Some((id.to_owned(), self.look_up(id.parse().ok()?)?));
        once.into_iter().filter_map(described).collect()
    }
}

impl Places for GeoIp {
    fn place(&self, ip: IpAddr) -> Place {
        let place = |said: &Said| Place {
            country: said.country.as_deref().and_then(Country::new),
            network: said.network,
        };
        self.tables.iter().filter_map(|table| table.look_up(ip, place)).fold(
            Place::default(),
            |known, place| Place {
                country: known.country.or(place.country),
                network: known.network.or(place.network),
            },
        )
    }
}

/// The file's content, unpacked.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source::unpacked(path)?.take(DATABASE_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Rows that are no ranges, and the line of the first.
#[derive(Debug, Default)]
struct Missed {
    count: u64,
    first: u64,
}

fn ranges(bytes: &[u8]) -> Option<(Vec<Range>, Missed)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut ranges, mut missed) = (Vec::new(), Missed::default());
    for (number, row) in (1..).zip(reader.records()) {
        match row.ok().as_ref().and_then(range) {
            Some(range) => ranges.push(range),
            // The first may name the columns.
            None if number == 1 => {}
            None if missed.count == 0 => missed = Missed { count: 1, first: number },
            None => missed.count += 1,
        }
    }
    ranges.sort_by_key(|range: &Range| range.start);
    (!ranges.is_empty()).then_some((ranges, missed))
}

fn range(row: &csv::StringRecord) -> Option<Range> {
    let bound = |index| row.get(index)?.parse().ok().map(bits);
    let said = match (row.get(2)?, row.get(3)) {
        (network, Some(organisation)) => Said {
            network: Some(network.trim_start_matches("AS").parse().ok()?),
            organisation: Some(organisation.into()),
            ..Said::default()
        },
        (country, None) => Said { country: Some(country.into()), ..Said::default() },
    };
    let (start, end) = (bound(0)?, bound(1)?);
    (start <= end).then_some(Range { start, end, said })
}

/// An address as 128 bits, IPv4 mapped into IPv6.
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

impl Table {
    fn look_up<T>(&self, ip: IpAddr, tell: impl FnOnce(&Said) -> T) -> Option<T> {
        match self {
            Table::Ranges(ranges) => {
                let at = bits(ip);
                let after = ranges.partition_point(|range| range.start <= at);
                let range = ranges.get(after.checked_sub(1)?)?;
                (at <= range.end).then(|| tell(&range.said))
            }
            Table::Mmdb(reader) => mmdb(reader, ip).as_ref().map(tell),
        }
    }
}

fn mmdb(reader: &maxminddb::Reader<Vec<u8>>, ip: IpAddr) -> Option<Said> {
    let record: BTreeMap<String, serde_json::Value> = reader.lookup(ip).ok()?.decode().ok()??;
    let country = record.get("country_code").or_else(|| record.get("country")?.get("iso_code"));
    let number = record.get("autonomous_system_number").and_then(serde_json::Value::as_u64);
    let name = record.get("autonomous_system_organization");
    let text = |value: Option<&serde_json::Value>| value.and_then(|v| v.as_str()).map(Box::from);
    Some(Said {
        country: text(country),
        network: number.and_then(|number| u32::try_from(number).ok()),
        organisation: text(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_found_at_both_ends_and_not_between() {
        let csv = b"192.0.2.0,192.0.2.255,DE\n2001:db8::,2001:db8::ff,NL\n198.51.100.0,198.51.100.9,64500,\"Example, Inc\"\n";
        let geoip = GeoIp { tables: vec![Table::Ranges(ranges(csv).unwrap().0)] };
        let at = |ip: &str| geoip.look_up(ip.parse().unwrap());
        assert_eq!(at("192.0.2.0").as_deref(), Some("DE"));
        assert_eq!(at("192.0.2.255").as_deref(), Some("DE"));
        assert_eq!(at("192.0.3.0"), None);
        assert_eq!(at("2001:db8::7").as_deref(), Some("NL"));
        assert_eq!(at("198.51.100.9").as_deref(), Some("AS64500 Example, Inc"));
        let place = |ip: &str| geoip.place(ip.parse().unwrap());
        assert_eq!(place("192.0.2.9"), Place { country: Country::new("DE"), network: None });
        assert_eq!(place("198.51.100.0"), Place { country: None, network: Some(64_500) });
    }
}
