//! Public IPv4 addresses, one for each number, never the same for two.

use std::net::Ipv4Addr;

/// How many there are: 2^24 under each first octet.
pub(crate) const MOST: u64 = (FIRST_OCTETS as u64) << 24;

/// First octets from 11: past `10.0.0.0/8`, which peers trust, and short of 127.
const FIRST_OCTETS: u8 = 116;

/// The address of number `index`, below [`MOST`]: neighbours in number are far apart on the net.
pub(crate) fn of(index: u64) -> Ipv4Addr {
    let octets = u64::from(FIRST_OCTETS);
    // An odd factor permutes the numbers modulo a power of two.
    let [.., b, c, d] = (index / octets + 0x5a_17c3).wrapping_mul(0x9e_3779).to_be_bytes();
    Ipv4Addr::new(11 + (index % octets) as u8, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_numbers_share_an_address() {
        let distinct: HashSet<Ipv4Addr> = (0..200_000).map(of).collect();
        assert_eq!(distinct.len(), 200_000);
        assert!(!distinct.iter().any(|address| address.is_private() || address.is_loopback()));
    }
}
