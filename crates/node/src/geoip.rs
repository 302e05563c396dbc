//! Where addresses are, from database files a person supplies: MaxMind DB (`.mmdb`), or CSV whose first row
//! names its columns, or else of `start,end,country` or `start,end,asn,organisation`, sorted or not; in place
//! of start and end may stand a network (`192.0.2.0/24`). Nothing is looked up over a network.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ipnetwork::IpNetwork;
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
    #[error(
        "{}: neither a MaxMind DB nor CSV of network,country or start,end,country (codes of two letters), or \
         with asn,organisation instead, or with such names in its first row",
        .0.display()
    )]
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
        Ok((count > 0).then(|| format!("{count} of {all} rows, the first on line {first}")))
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
    let (mut ranges, mut missed, mut named) = (Vec::new(), Missed::default(), None);
    for (number, row) in (1..).zip(reader.records()) {
        let row = row.ok();
        let columns = |row| named.or_else(|| Columns::of(row));
        match row.as_ref().and_then(|row| columns(row)?.range(row)) {
            Some(range) => ranges.push(range),
            // The first may name the columns.
            None if number == 1 => named = row.as_ref().and_then(Columns::named),
            None if missed.count == 0 => missed = Missed { count: 1, first: number },
            None => missed.count += 1,
        }
    }
    ranges.sort_by_key(|range: &Range| range.start);
    (!ranges.is_empty()).then_some((ranges, missed))
}

/// Where the columns of a table stand.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    /// A network, or the first address of a range.
    start: usize,
    /// The last address of a range.
    end: Option<usize>,
    country: Option<usize>,
    network: Option<usize>,
    organisation: Option<usize>,
}

impl Columns {
    /// Those that the first row names.
    fn named(row: &csv::StringRecord) -> Option<Columns> {
        let at = |names: &[&str]| {
            let is = |column: &str, name: &str| column.trim().eq_ignore_ascii_case(name);
            names.iter().find_map(|name| row.iter().position(|column| is(column, name)))
        };
        Some(Columns {
            start: at(&["network", "cidr", "start_ip", "ip_start", "start", "first"])?,
            end: at(&["end_ip", "ip_end", "end", "last"]),
            country: at(&["country_code", "country_iso_code", "country"]),
            network: at(&["asn", "as_number", "autonomous_system_number"]),
            organisation: at(&["as_name", "organisation", "autonomous_system_organization"]),
        })
    }

    /// Those of a row in a table without names: its country, or its network and who runs that, come last.
    fn of(row: &csv::StringRecord) -> Option<Columns> {
        let is_network = row.get(0)?.contains('/');
        let (end, said) = if is_network { (None, 1) } else { (Some(1), 2) };
        Some(match row.len().checked_sub(said)? {
            1 => Columns { end, country: Some(said), ..Columns::default() },
            2 => Columns {
                end,
                network: Some(said),
                organisation: Some(said + 1),
                ..Columns::default()
            },
            _ => return None,
        })
    }

    fn range(&self, row: &csv::StringRecord) -> Option<Range> {
        self.country.or(self.network)?;
        let cell = |at: Option<usize>| row.get(at?).map(str::trim).filter(|cell| !cell.is_empty());
        let first = cell(Some(self.start))?;
        let (start, end) = if first.contains('/') {
            let network: IpNetwork = first.parse().ok()?;
            (network.network(), network.broadcast())
        } else {
            (first.parse().ok()?, cell(self.end)?.parse().ok()?)
        };
        let (start, end) = (bits(start), bits(end));
        let number = match cell(self.network) {
            Some(number) => Some(as_number(number)?),
            None => None,
        };
        let country = match cell(self.country) {
            Some(country) => Some(code(country)?),
            None => None,
        };
        let organisation = cell(self.organisation).map(Box::from);
        let said = Said { country, network: number, organisation };
        (start <= end).then_some(Range { start, end, said })
    }
}

/// The code of a country, in capital letters.
fn code(text: &str) -> Option<Box<str>> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase().into())
}

/// `AS3320`, or only its number.
fn as_number(text: &str) -> Option<u32> {
    text.trim_start_matches("AS").parse().ok()
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
    let number = number.and_then(|number| u32::try_from(number).ok());
    let written = record.get("asn").and_then(serde_json::Value::as_str).and_then(as_number);
    let name = record.get("autonomous_system_organization").or_else(|| record.get("as_name"));
    let country = country.and_then(serde_json::Value::as_str).and_then(code);
    let organisation = name.and_then(serde_json::Value::as_str).map(Box::from);
    Some(Said { country, network: number.or(written), organisation })
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

    #[test]
    fn tables_may_name_their_columns_and_hold_networks() {
        let looked_up = |csv: &str, ip: &str| {
            let (ranges, missed) = ranges(csv.as_bytes()).unwrap();
            assert_eq!(missed.count, 0, "{csv}");
            GeoIp { tables: vec![Table::Ranges(ranges)] }.look_up(ip.parse().unwrap())
        };
        let named = "network,country,country_code,asn,as_name\n\
            192.0.2.0/25,Germany,DE,AS64500,Example\n2001:db8::/127,France,FR,,\n";
        assert_eq!(looked_up(named, "192.0.2.127").as_deref(), Some("DE AS64500 Example"));
        assert_eq!(looked_up(named, "192.0.2.128"), None);
        assert_eq!(looked_up(named, "2001:db8::1").as_deref(), Some("FR"));
        assert_eq!(looked_up(named, "2001:db8::2"), None);
        assert_eq!(looked_up("192.0.2.0/24,de\n", "192.0.2.9").as_deref(), Some("DE"));
        let no_codes = ["192.0.2.0/24,Germany\n", "192.0.2.0/24,DEU\n"];
        let of_names = "network,geoname_id,is_anonymous_proxy\n192.0.2.0/24,2077456,0\n";
        for text in no_codes.into_iter().chain([of_names]) {
            assert!(ranges(text.as_bytes()).is_none(), "{text}");
        }
        let plain = "192.0.2.0/24,DE\n198.51.100.0/24,64500,Example\n203.0.113.7/32,JP\n";
        assert_eq!(looked_up(plain, "192.0.2.255").as_deref(), Some("DE"));
        assert_eq!(looked_up(plain, "198.51.100.1").as_deref(), Some("AS64500 Example"));
        assert_eq!(looked_up(plain, "203.0.113.7").as_deref(), Some("JP"));
        assert_eq!(looked_up(plain, "203.0.113.8"), None);
        assert_eq!(looked_up("::/0,JP\n", "2001:db8::7").as_deref(), Some("JP"));
        assert!(ranges(b"192.0.2.0/33,DE\n").is_none());
    }
}
