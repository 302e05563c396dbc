//! Lists of bad values: every line that is no comment is an indicator or counted as not understood.

use tocsin_detect::Intel;

pub(crate) const SEEDS: &[&str] = &[
    "# bad\n192.0.2.1\n198.51.100.0/24 ; net\n\"evil.example\",2024\n???\n",
    "2001:db8::/32\n::ffff:192.0.2.1/120\nd41d8cd98f00b204e9800998ecf8427e\n",
];

/// Reads the bytes as a list.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut intel = Intel::default();
    let (read, not_understood) = intel.add_list("fuzz", &text);
    let said = |line: &&str| !line.split(['#', ';']).next().unwrap_or_default().trim().is_empty();
    assert_eq!(read + not_understood, text.lines().filter(said).count());
    assert_eq!(intel.is_empty(), read == 0);
}
