//! Addresses as logs write them: bare, bracketed, mapped into IPv6, with a port, or only a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tocsin_event::{Peer, Span, Writer};

/// The longest host name (RFC 1035, 2.3.4).
const HOSTNAME_MAX: usize = 253;

/// An address written alone: `192.0.2.1`, `[2001:db8::1]`, `::ffff:192.0.2.1`, `fe80::1%eth0`.
/// Leading zeros are read as decimal (`192.030.0.6`), as the services that write them do.
#[must_use]
pub fn ip(text: &str) -> Option<IpAddr> {
    let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let bytes = text.as_bytes();
    if !bytes.first()?.is_ascii_hexdigit() && bytes[0] != b':' {
        return None;
    }
    if let Some(ip) = ipv4(bytes) {
        return Some(IpAddr::V4(ip));
    }
    if !bytes.contains(&b':') {
        return None;
    }
    let text = text.split_once('%').map_or(text, |(address, _zone)| address);
    let address: Ipv6Addr = text.parse().ok()?;
    Some(IpAddr::V6(address).to_canonical())
}

fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    leading_ipv4(text).filter(|(_, rest)| rest.is_empty()).map(|(ip, _)| ip)
}

/// The IPv4 address that the text begins with, and what follows its last digit.
fn leading_ipv4(text: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    let (mut address, mut octets) = (0u32, 1);
    let (mut number, mut begins, mut end) = (0u32, 0, 0);
    while let Some(byte) = text.get(end) {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if digit <= 9 && end < begins + 3 {
            number = number * 10 + digit;
        } else if *byte == b'.' && octets < 4 && end > begins && number <= 255 {
            (address, number, octets) = (address << 8 | number, 0, octets + 1);
            begins = end + 1;
        } else {
            break;
        }
        end += 1;
    }
    let whole = octets == 4 && end > begins && number <= 255;
    whole.then(|| (Ipv4Addr::from_bits(address << 8 | number), text.get(end..).unwrap_or_default()))
}

/// Whether the text could name a host: dotted or plain labels, with a letter somewhere.
#[must_use]
pub fn is_hostname(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= HOSTNAME_MAX
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && bytes.iter().any(u8::is_ascii_alphabetic)
        && bytes[0] != b'.'
        && bytes[0] != b'-'
}

/// A peer from an address or name, with its port where one follows: `192.0.2.1:22`,
/// `[2001:db8::1]:22`. `None` when it is neither; names that say "not known" are no peer.
#[must_use]
pub fn peer(text: &str, out: &mut Writer<'_>) -> Option<Peer> {
    if let Some(peer) = host(text, out) {
        return Some(peer);
    }
    let (name, port) = text.rsplit_once(':')?;
    let port = port.parse().ok()?;
    Some(Peer { port, ..host(name, out)? })
}

fn host(text: &str, out: &mut Writer<'_>) -> Option<Peer> {
    if let Some(ip) = ip(text) {
        // What the record writes as an address of IPv6 is looked for as that, too.
        let is_mapped = ip.is_ipv4() && text.starts_with("::") && text.contains('.');
        let hostname = if is_mapped { out.span(text) } else { Span::NONE };
        return Some(Peer { ip: Some(ip), hostname, ..Peer::default() });
    }
    let known = is_hostname(text) && !matches!(text, "UNKNOWN" | "unknown" | "null" | "none");
    known.then(|| Peer { hostname: out.span(text), ..Peer::default() })
}

/// The IPv4 address at the start of `text`, and what follows it, where it is one beyond doubt: no
/// name or range begins like it.
pub(crate) fn bare_ipv4(text: &str) -> Option<(Ipv4Addr, &str)> {
    let (ip, rest) = leading_ipv4(text.as_bytes())?;
    let ends = rest.first().is_none_or(|next| *next == b':' || !is_address_byte(*next));
    let rest = text.get(text.len() - rest.len()..)?;
    ends.then_some((ip, rest))
}

/// The length of the address or host name at the start of `text`, brackets included.
#[must_use]
pub fn prefix_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'[') {
        return memchr::memchr(b']', bytes).map_or(0, |end| end + 1);
    }
    let dotted = bytes.iter().position(|b| !DOTTED[usize::from(*b)]).unwrap_or(bytes.len());
    if bytes.get(dotted).is_none_or(|next| !is_address_byte(*next)) {
        // An IPv4 address alone: nothing to be told from a port or a name.
        return without_end(bytes.get(..dotted).unwrap_or_default());
    }
    let run = bytes.iter().position(|b| !is_address_byte(*b)).unwrap_or(bytes.len());
    let colon = memchr::memchr(b':', &bytes[..run]);
    // `192.0.2.1-22`, as some write the port.
    let dash = memchr::memrchr(b'-', &bytes[..run]).filter(|at| ipv4(&bytes[..*at]).is_some());
    let run = dash.unwrap_or(run);
    let end = match colon.filter(|at| *at < run) {
        // `192.0.2.1:22` and `name:22`: an IPv4 address or a name ends at its only colon.
        Some(at) if bytes[..at].iter().any(|b| *b == b'.' || !b.is_ascii_hexdigit()) => at,
        _ => run,
    };
    let end = without_end(&bytes[..end]);
    match &bytes[..end] {
        // `2001:db8::1: why`: the colon is the sentence's, unless the address ends in two.
        [.., before, b':'] if *before != b':' => end - 1,
        _ => end,
    }
}

/// The length without full stops and dashes at the end, which are the sentence's.
fn without_end(address: &[u8]) -> usize {
    address.iter().rposition(|b| !matches!(b, b'.' | b'-')).map_or(0, |last| last + 1)
}

fn is_address_byte(byte: u8) -> bool {
    ADDRESS[usize::from(byte)]
}

/// Which bytes addresses and names are made of.
static ADDRESS: [bool; 256] = table(b".:-_%", true);
/// Which bytes IPv4 addresses are made of.
static DOTTED: [bool; 256] = table(b".", false);

/// A table of digits, these marks and maybe letters.
const fn table(marks: &[u8], letters: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let this = byte as u8;
        table[byte] = this.is_ascii_digit() || (letters && this.is_ascii_alphabetic());
        byte += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        table[marks[mark] as usize] = true;
        mark += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_services_write_them() {
        let v4 = |text| ip(text).map(|ip| ip.to_string());
        assert_eq!(v4("192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(v4("192.030.0.6").as_deref(), Some("192.30.0.6"));
        assert_eq!(v4("::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(v4("[2001:db8::1]").as_deref(), Some("2001:db8::1"));
        assert_eq!(v4("fe80::1%eth0").as_deref(), Some("fe80::1"));
        for text in ["256.1.1.1", "1.2.3", "1.2.3.4.5", "abc", "", "12:34:56", "cafe"] {
            assert_eq!(ip(text), None, "{text}");
        }
    }

    #[test]
    fn a_peer_has_one_port() {
        let mut batch = tocsin_event::Batch::new("test".into(), String::new());
        let (_, mut out) = batch.writer();
        let mut port = |text: &str| peer(text, &mut out).map(|peer| peer.port);
        assert_eq!(port("192.0.2.1:22"), Some(22));
        assert_eq!(port("[2001:db8::1]:22"), Some(22));
        assert_eq!(port("host.example.com:22"), Some(22));
        assert_eq!(port("192.0.2.1:22:22"), None);
        assert_eq!(port(&"7:".repeat(30_000)), None);
    }

    #[test]
    fn an_address_ends_where_its_text_does() {
        let end = |text: &'static str| text.split_at(prefix_len(text)).0;
        assert_eq!(end("192.0.2.1: 11: Bye"), "192.0.2.1");
        assert_eq!(end("192.0.2.1:49242"), "192.0.2.1");
        assert_eq!(end("2001:db8::1 port 22"), "2001:db8::1");
        assert_eq!(end("[2001:db8::1]:22"), "[2001:db8::1]");
        assert_eq!(end("mail.example.com."), "mail.example.com");
        assert_eq!(end("example.com:80 x"), "example.com");
        assert_eq!(end("192.0.2.1-22;"), "192.0.2.1");
        assert_eq!(end("192-0-2-1.example.com x"), "192-0-2-1.example.com");
        assert_eq!(end("2001:db8::1: Invalid"), "2001:db8::1");
        assert_eq!(end("2001:db8:: x"), "2001:db8::");
    }
}
