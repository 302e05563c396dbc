//! The words that tell what the address after them is.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// What a word makes of the address after it. Where the parts of a word say different things, the
/// greater one holds: `server_ip` is the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    /// `ip`, `address`: the word before it decides.
    Plain,
    /// Comes before the source more often than not.
    Likely,
    /// The one who came.
    Source,
    /// The one it came to.
    Target,
    /// Said by the one who came, in a header that anyone can set.
    Hearsay,
}

const LABELS: &[(Label, &str)] = &[
    (Label::Plain, "ip address addr ipv4 ipv6 port name is was"),
    (
        Label::Likely,
        "by for with at host blocking banning ban against relay denied blocked user rejected \
         refused of",
    ),
    (
        Label::Source,
        "from client rhost rip remote src source peer attacker clientip remoteip srcip saddr \
         raddr caller offender intruder origin originating hacker visitor ipaddress rhostname \
         callingstationid oip initiator remoteaddr remoteaddress sourceip srcaddr clientaddr \
         remote-ip remote-addr remote-address remote-host client-ip client-address source-ip \
         source-address src-ip",
    ),
    (
        Label::Target,
        "to dst dest destination lip local server listener listen listening on via daddr \
         laddr target upstream gateway interface bind dstip serverip localip lhost nameserver \
         vhost into backend version fw destip server-ip local-ip dst-ip \
         destination-address",
    ),
    (Label::Hearsay, "x-real-ip x-forwarded-for xff forwarded x-client-ip"),
];

/// The longest word in the table.
const LONGEST: usize = 19;

static COMPILED: LazyLock<HashMap<&[u8], Label, foldhash::fast::FixedState>> =
    LazyLock::new(|| {
        let words = LABELS
            .iter()
            .flat_map(|(label, words)| words.split(' ').map(|w| (w.as_bytes(), *label)));
        words.collect()
    });

/// What a word says of the address after it, by the whole of it or its parts: `remote_addr`, `IP:`.
pub(super) fn of(word: &str) -> Option<Label> {
    let parts = word.as_bytes().split(|b| matches!(b, b'_' | b':'));
    parts.filter_map(part).max()
}

fn part(part: &[u8]) -> Option<Label> {
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..part.len()).filter(|part| !part.is_empty())?;
    lower.copy_from_slice(part);
    lower.make_ascii_lowercase();
    COMPILED.get(&*lower).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_known_by_its_parts() {
        assert_eq!(of("remote_addr"), Some(Label::Source));
        assert_eq!(of("SERVER_IP:"), Some(Label::Target));
        assert_eq!(of("IP:"), Some(Label::Plain));
        assert_eq!(of("potato"), None);
        assert!(LABELS.iter().all(|(_, words)| words.split(' ').all(|w| w.len() <= LONGEST)));
    }
}
