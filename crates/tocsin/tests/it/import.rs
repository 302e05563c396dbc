//! `tocsin rules import`: rules of Wazuh become rules of Sigma that find the same.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tocsin_node::event::Severity;

use crate::scan::{shared, testdata};
use crate::support::{tocsin, tocsin_given};

/// Rules in the words of Wazuh 4 and of OSSEC, our own.
const RULES: &str = r#"
<var name="SHELLS">/bin/sh|/bin/bash</var>
<group name="local,sshd,">
  <rule id="100100" level="0" noalert="1">
    <decoded_as>sshd</decoded_as>
    <description>sshd, grouped.</description>
  </rule>
  <rule id="100101" level="5">
    <if_sid>100100</if_sid>
    <match>Invalid user |^Failed none</match>
    <description>Nobody of this name</description>
    <description>is known.</description>
    <mitre><id>T1110.001</id></mitre>
  </rule>
  <rule id="100102" level="0">
    <if_sid>100101</if_sid>
    <srcip>192.0.2.0/24</srcip>
    <description>Our own scanner.</description>
  </rule>
  <rule id="100103" level="10" frequency="3" timeframe="60">
    <if_matched_sid>100101</if_matched_sid>
    <same_source_ip />
    <description>Names are guessed.</description>
  </rule>
  <rule id="100104" level="6">
    <if_sid>100100</if_sid>
    <regex>^Accepted \w+ for \S+ from \d+.\d+.\d+.\d+ port</regex>
    <user>!deploy</user>
    <description>Somebody else signed in.</description>
  </rule>
  <rule id="100105" level="8">
    <if_sid>100100</if_sid>
    <match>^Accepted publickey</match>
    <if_fts />
    <description>Somebody is new.</description>
  </rule>
</group>
<group name="local">
  <rule id="100200" level="12">
    <program_name>^backup</program_name>
    <regex type="pcre2">ran ($SHELLS)</regex>
    <description>The backup ran a shell.</description>
  </rule>
  <rule id="100201" level="2">
    <match>error|failed</match>
    <description>Something is wrong.</description>
  </rule>
  <rule id="100300" level="4">
    <if_sid>100200</if_sid>
    <same_mood />
    <description>The mood is right.</description>
  </rule>
</group>
"#;

/// The numbers of the rules that find something in a log.
fn found(log: &str, rules: &str) -> BTreeSet<u32> {
    all_found(log, rules).into_iter().collect()
}

/// The same, for each finding.
fn all_found(log: &str, rules: &str) -> Vec<u32> {
    graded(&findings(log, rules)).into_iter().map(|(_, number)| number).collect()
}

fn findings(log: &str, rules: &str) -> String {
    tocsin_given(log.as_bytes(), &["scan", "-", "-q", "-o", "jsonl", "--rules", rules]).out
}

/// The severities of the findings of imported rules, and the numbers of the rules.
fn graded(out: &str) -> Vec<(Severity, u32)> {
    let findings = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let graded = |finding: Value| {
        let detector = finding["detector"].as_str().unwrap().to_owned();
        let number = detector.strip_prefix("77617a75-6800-4000-8000-")?.parse().ok()?;
        Some((finding["severity"].as_str().unwrap().parse().unwrap(), number))
    };
    findings.filter_map(graded).collect()
}

fn sshd(message: &str) -> String {
    format!("Nov 28 10:00:00 web1 sshd[7]: {message}\n")
}

#[test]
fn rules_of_wazuh_find_what_they_found_there() {
    let folder = tempfile::tempdir().unwrap();
    let xml = folder.path().join("local_rules.xml");
    fs::write(&xml, RULES).unwrap();
    let rules = folder.path().join("rules");
    let (xml, rules) = (xml.to_str().unwrap(), rules.to_str().unwrap());
    let ran = tocsin(&["rules", "import", "wazuh", xml, "--out", rules]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "6 rules imported; 1 could not be; 2 tell nothing themselves\n");
    assert!(ran.err.contains("local_rules.xml:48: 100300 The mood is right.: "), "{}", ran.err);
    assert_eq!(tocsin(&["rules", "check", rules]).code, Some(0));

    let unknown = |address: &str| sshd(&format!("Invalid user x from {address} port 4000"));
    assert_eq!(found(&unknown("198.51.100.7"), rules), [100_101].into());
    // The most exact rule wins: one of level 0 is an exception.
    assert_eq!(found(&unknown("192.0.2.7"), rules), [].into());
    assert_eq!(found(&unknown("198.51.100.7").repeat(3), rules), [100_101, 100_103].into());
    let accepted =
        |user: &str| sshd(&format!("Accepted password for {user} from 198.51.100.7 port 1 ssh2"));
    assert_eq!(found(&accepted("alice"), rules), [100_104].into());
    assert_eq!(found(&accepted("deploy"), rules), [].into());
    let with_key = |user: &str, address: &str| {
        sshd(&format!("Accepted publickey for {user} from {address} port 1 ssh2"))
    };
    let twice = [with_key("deploy", "198.51.100.7"), with_key("deploy", "198.51.100.8")].concat();
    let new = |log: &str| all_found(log, rules).iter().filter(|rule| **rule == 100_105).count();
    assert_eq!(new(&twice), 1);
    assert_eq!(new(&(twice + &with_key("mia", "198.51.100.7"))), 2);
    let backup = |message: &str| format!("Nov 28 10:00:00 web1 backup-full[9]: {message}\n");
    assert_eq!(found(&backup("ran /bin/bash"), rules), [100_200].into());
    assert_eq!(found(&backup("failed and ran /bin/sh"), rules), [100_200].into());
    assert_eq!(found(&backup("failed"), rules), [100_201].into());
}

/// Rules that look values up in lists, that have a decoder of their own, and rules for events of Windows.
const LOOKUPS: &str = r#"
<group name="local,sshd,">
  <rule id="100400" level="5">
    <decoded_as>sshd</decoded_as>
    <list field="srcip" lookup="address_match_key">etc/lists/known/networks</list>
    <description>From a known network.</description>
  </rule>
  <rule id="100401" level="6">
    <decoded_as>sshd</decoded_as>
    <list field="user" lookup="match_key_value" check_value="robot">etc/lists/accounts</list>
    <description>A robot.</description>
  </rule>
  <rule id="100402" level="6">
    <list field="user" lookup="match_key">etc/lists/nowhere</list>
    <description>Of a list that is not there.</description>
  </rule>
</group>
<group name="local">
  <rule id="100403" level="4">
    <decoded_as>frobnicator</decoded_as>
    <match>one thing|</match>
    <match>another thing|
      third|</match>
    <description>Of a decoder of their own.</description>
  </rule>
</group>
<decoder name="frobnicator">
  <program_name>^frob</program_name>
  <prematch>^ERR\d+: |</prematch>
  <prematch>^WARN: </prematch>
</decoder>
<group name="windows,">
  <rule id="100500" level="5">
    <field name="win.system.severityValue">^AUDIT_SUCCESS$|^success$</field>
    <field name="win.system.eventID">^4728$</field>
    <description>A member was added.</description>
  </rule>
  <rule id="100501" level="5">
    <field name="win.system.severityValue">^AUDIT_FAILURE$</field>
    <description>Refused.</description>
  </rule>
</group>
"#;

#[test]
fn lists_decoders_and_the_severities_of_windows_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("rules.xml"), LOOKUPS).unwrap();
    fs::create_dir_all(at("lists/known")).unwrap();
    fs::write(at("lists/known/networks"), "192.0.2.:office\n198.51.100.7:\n").unwrap();
    fs::write(at("lists/accounts"), "backup:robot\nalice:person\n\"a:b\":robot\n").unwrap();
    let (xml, lists, rules) = (at("rules.xml"), at("lists"), at("rules"));
    let import = ["rules", "import", "wazuh", &xml, "--lists", &lists, "--out", &rules];
    let ran = tocsin(&import);
    assert_eq!(ran.out, "5 rules imported; 1 could not be\n", "{}", ran.err);
    assert!(ran.err.contains("the list etc/lists/nowhere, which --lists has not"), "{}", ran.err);
    let failed = |user: &str, address: &str| {
        sshd(&format!("Failed password for {user} from {address} port 4 ssh2"))
    };
    assert_eq!(found(&failed("root", "192.0.2.77"), &rules), [100_400].into());
    assert_eq!(found(&failed("root", "198.51.100.7"), &rules), [100_400].into());
    assert_eq!(found(&failed("root", "198.51.100.8"), &rules), [].into());
    assert_eq!(found(&failed("backup", "198.51.100.8"), &rules), [100_401].into());
    assert_eq!(found(&failed("alice", "198.51.100.8"), &rules), [].into());
    let frob = |program: &str, message: &str| {
        found(&format!("Nov 28 10:00:00 web1 {program}[9]: {message}\n"), &rules)
    };
    assert_eq!(frob("frobd", "ERR12: one thing"), [100_403].into());
    assert_eq!(frob("frobd", "WARN: another thing"), [100_403].into());
    assert_eq!(frob("frobd", "WARN: third"), [100_403].into());
    assert_eq!(frob("frobd", "WARN: nothing"), [].into());
    assert_eq!(frob("frobd", "INFO: one thing"), [].into());
    assert_eq!(frob("other", "ERR12: one thing"), [].into());
    let events = testdata("windows/new-user-security.evtx.zst");
    let out = tocsin(&["scan", &events, "-q", "-o", "jsonl", "--rules", &rules]).out;
    let numbers: BTreeSet<u32> = graded(&out).into_iter().map(|(_, number)| number).collect();
    assert_eq!(numbers, [100_500].into());
}

/// The tests of OSSEC's own rules, through the importer: their lines, and which rule finds each. Wants the
/// rules themselves, which are under another licence than ours.
///
/// Of rules that hold the gravest counts: one for what is new cannot silence the one it stands beside. Five
/// lines that a rule is not to tell say what its own text asks for, and count as misses here.
#[test]
fn the_rules_of_ossec_find_what_their_own_tests_say() {
    let Some(cases) = shared("ossec_cases/cases.jsonl") else { return };
    let Ok(xml) = std::env::var("TOCSIN_OSSEC_RULES") else {
        eprintln!("skipped: TOCSIN_OSSEC_RULES names no folder with OSSEC's rules (etc/rules)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().to_str().unwrap();
    eprint!("{}", tocsin(&["rules", "import", "wazuh", &xml, "--out", rules]).out);
    let (mut held, mut all) = (0, 0);
    let gravest = |log: &str| {
        let graded = graded(&findings(log, rules));
        let most = graded.iter().map(|(severity, _)| *severity).max();
        let told = graded.into_iter().filter(|(severity, _)| Some(*severity) == most);
        told.map(|(_, number)| number).collect::<BTreeSet<u32>>()
    };
    for case in fs::read_to_string(cases).unwrap().lines() {
        let case: Value = serde_json::from_str(case).unwrap();
        let text = |name: &str| case[name].as_str().unwrap().parse::<u32>().unwrap();
        let (rule, level) = (text("rule"), text("alert"));
        let lines = |name: &str| case[name].as_array().unwrap().clone();
        let of = |line: &Value| gravest(&format!("{}\n", line.as_str().unwrap()));
        // A rule of level 0 says that there is nothing to tell.
        let wanted: BTreeSet<u32> = (level > 0).then_some(rule).into_iter().collect();
        let passed = lines("logs_pass").iter().filter(|line| of(line) == wanted).count();
        let refused = lines("logs_fail").iter().filter(|line| !of(line).contains(&rule)).count();
        held += passed + refused;
        all += lines("logs_pass").len() + lines("logs_fail").len();
    }
    eprintln!("{held} of {all} tests of OSSEC's rules hold ({}%)", held * 100 / all);
    assert!(held * 100 >= all * 85, "{held} of {all}");
}
