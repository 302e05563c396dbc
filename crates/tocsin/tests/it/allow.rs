//! What is known and approved is no alert, and is told all the same.

use std::fs;

use crate::support::tocsin;

const LOG: &str = "../../testdata/takeover/auth.log";

/// What a scan of a takeover says with this allowlist: its exit status, output, and notes.
fn scan(list: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("allow.toml");
    fs::write(&path, list).unwrap();
    let ran = tocsin(&["scan", LOG, "-o", "jsonl", "--allow", path.to_str().unwrap()]);
    (ran.code, ran.out, ran.err.replace(path.to_str().unwrap(), "allow.toml"))
}

fn entry(entities: &str, detectors: &str, until: &str) -> String {
    format!(
        "[[allow]]\nentities = [{entities}]\ndetectors = [{detectors}]\nuntil = {until}\n\
         reason = \"our scanner\"\n"
    )
}

#[test]
fn what_is_allowed_is_counted_and_the_rest_is_told() {
    let (status, findings, notes) =
        scan(&entry("\"ip:198.51.100.0/24\"", "\"Password guessing\", \"*\"", "2027-01-31"));
    assert_eq!(status, Some(0), "{notes}");
    assert!(!findings.contains("\"entity\":\"ip:198.51.100.7\""), "{findings}");
    assert!(findings.contains("Taken-over account used sudo"), "{findings}");
    assert!(
        notes.contains(
            "allowed until 2027-01-31T00:00:00Z, the gravest high: our scanner (allow.toml:1)"
        ),
        "{notes}"
    );
}

#[test]
fn an_entry_that_has_ended_allows_nothing_and_says_so() {
    let (_, all, _) = scan("");
    let (_, findings, notes) = scan(&entry("\"ip:198.51.100.7\"", "\"*\"", "2026-11-01"));
    assert_eq!(findings, all);
    assert!(
        notes.contains("not allowed since 2026-11-01T00:00:00Z: our scanner (allow.toml:1)"),
        "{notes}"
    );
}

#[test]
fn lists_that_are_wrong_name_the_line_and_the_remedy() {
    let good = entry("\"ip:198.51.100.7\"", "\"*\"", "2027-01-31");
    for (wrong, said) in [
        (entry("", "\"*\"", "2027-01-31"), "allow.toml:6: it allows everybody everything"),
        (entry("\"web1\"", "\"*\"", "2027-01-31"), "allow.toml:6: `web1` is no entity"),
        (
            entry("", "\"Pasword guessing\"", "2027-01-31"),
            "allow.toml:6: `Pasword guessing` is no rule or detector; did you mean `password guessing`?",
        ),
        (entry("", "\"*\"", "soon"), "allow.toml:9: "),
        ("[[allow]]\nentity = 1".to_owned(), "allow.toml:7: unknown field `entity`"),
    ] {
        let (status, findings, notes) = scan(&format!("{good}{wrong}"));
        assert_eq!((status, findings.as_str()), (Some(3), ""), "{notes}");
        assert!(notes.contains(said), "{notes}");
    }
}
