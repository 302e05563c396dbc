//! Files of bad values, and the patterns in them: whatever is read holds together, and a pattern ends.

use tocsin_detect::intel::stix::Pattern;
use tocsin_detect::{Intel, Read};

pub(crate) const SEEDS: &[&str] = &[
    "# bad\n192.0.2.1\n198.51.100.0/24 ; net\n\"evil.example\",2024\n???\n",
    "2001:db8::/32\n::ffff:192.0.2.1/120\nd41d8cd98f00b204e9800998ecf8427e\n",
    "indicator,confidence,source,valid_until\nold.example,90,feed,2026-01-01\n",
    r#"{"type":"bundle","objects":[{"type":"indicator","pattern":"[url:value = 'http://b.example/x' OR file:name IN ('a','b')]","confidence":85}]}"#,
    r#"{"Event":{"Attribute":[{"type":"ip-dst|port","value":"192.0.2.9|443","to_ids":true}]}}"#,
    r#"{"name":"Known","type":"regex","list":["/^a+b$/","c.*d"]}"#,
    "([file:hashes.'SHA-256' MATCHES 'a+'] FOLLOWEDBY [network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24']) WITHIN 300 SECONDS",
    "[a:b[*].c NOT LIKE 'x%' AND d:e >= t'2014-01-13T07:03:17Z' OR f:g = b'AQIDBA==' AND h:i != h'ffd8']",
];

/// Reads the bytes as a file, and as a pattern.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut intel = Intel::default();
    let Read { indicators, not_understood, .. } = intel.add("fuzz", &text);
    assert!(indicators + not_understood <= text.len());
    assert!(intel.is_empty() || indicators > 0);
    if let Ok(Pattern::One(comparison)) = Pattern::parse(&text) {
        let objects =
            [serde_json::json!({"type": "file", "name": "a", "size": 1, "hashes": {"MD5": "b"}})];
        let held = comparison.holds(&objects);
        assert_eq!(held, comparison.holds(&objects));
    }
}
