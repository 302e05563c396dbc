//! What the rules inside say of attacks on cloud accounts that others simulated and recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::scan::shared;
use crate::support::{tocsin, tocsin_given};

/// The techniques, without their parts, that the findings in a log name; none where there is none.
fn found(log: &str) -> Option<BTreeSet<String>> {
    let out = tocsin(&["scan", log, "-o", "jsonl", "-q"]).out;
    let mut techniques = BTreeSet::new();
    for line in out.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        techniques.extend(finding["technique"].as_array().unwrap().iter().map(whole));
    }
    (!out.is_empty()).then_some(techniques)
}

/// A technique without its part: `T1098.001` is of T1098.
fn whole(id: &serde_json::Value) -> String {
    id.as_str().unwrap().split('.').next().unwrap().to_owned()
}

const KEY_FOR_ANOTHER: &str = r#"[
  {
    "eventTime": "2026-02-03T04:05:06Z", "eventSource": "iam.amazonaws.com",
    "eventName": "CreateAccessKey", "awsRegion": "eu-central-1",
    "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.9",
    "userIdentity": {
      "type": "IAMUser", "userName": "eve", "accountId": "123456789012",
      "arn": "arn:aws:iam::123456789012:user/eve", "principalId": "AIDAEXAMPLE"
    },
    "requestParameters": {"userName": "admin"},
    "responseElements": {"accessKey": {"userName": "admin", "status": "Active"}}
  }
]"#;

#[test]
fn who_called_is_accused_before_the_address_and_can_be_denied() {
    let out = tocsin_given(KEY_FOR_ANOTHER.as_bytes(), &["scan", "-", "-o", "jsonl", "-q"]).out;
    let finding: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(finding["entity"], "cloud:arn:aws:iam::123456789012:user/eve");
    assert_eq!(finding["entities"], serde_json::json!(["ip:198.51.100.7"]));
    let actions = finding["actions"].as_array().unwrap();
    let commands: Vec<_> = actions.iter().filter_map(|a| a["command"].as_str()).collect();
    let deny = "aws iam attach-user-policy --user-name eve \
                --policy-arn arn:aws:iam::aws:policy/AWSDenyAll";
    assert_eq!(commands, [deny]);
    let told = "src_endpoint: 198.51.100.7, api.operation: CreateAccessKey, actor.user.name: eve, ";
    assert!(finding["evidence"][0]["text"].as_str().unwrap().starts_with(told), "{finding}");
}

#[test]
fn simulated_attacks_on_an_account_are_found_with_their_techniques() {
    let Some(folder) = shared("cloudtrail_attacks") else { return };
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let labels = fs::read_to_string(format!("{folder}/stratus_labels.jsonl")).unwrap();
    for line in labels.lines() {
        let label: serde_json::Value = serde_json::from_str(line).unwrap();
        let techniques = label["attack_techniques"].as_array().unwrap().iter().map(whole);
        wanted
            .entry(label["stratus_id"].as_str().unwrap().to_owned())
            .or_default()
            .extend(techniques);
    }
    assert!(wanted.len() >= 19);
    // Called resource hijacking there; a snapshot that is shared is data taken to another account.
    wanted.insert("aws.exfiltration.rds-share-snapshot".into(), BTreeSet::from(["T1537".into()]));
    for (attack, wanted) in wanted {
        let found = found(&format!("{folder}/stratus/{attack}.json"));
        let told = found.is_some_and(|found| wanted.is_empty() || !found.is_disjoint(&wanted));
        assert!(told, "{attack}: no finding with {wanted:?}");
    }
}

#[test]
fn flows_are_read_in_whichever_columns_they_come() {
    let mut log =
        "version vpc-id srcaddr dstaddr srcport dstport protocol start action\n".to_owned();
    for host in 1..=40 {
        log += &format!(
            "5 vpc-1 198.51.100.7 172.31.16.{host} 40000 3389 6 17952552{host:02} REJECT\n"
        );
    }
    log += "5 vpc-1 198.51.100.7 a line cut sh\n";
    let out = tocsin_given(log.as_bytes(), &["scan", "-", "-o", "json", "-q"]).out;
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["alerts"][0]["entity"], "ip:198.51.100.7", "{out}");
    let source = &told["sources"][0];
    assert_eq!((&source["read"], &source["parsed"]), (&41.into(), &40.into()), "{source}");
}
