//! Flow exports and captures, against what others read in them: the expectations of logstash's NetFlow
//! codec and of Telegraf, and tshark where it is installed.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::scan::shared;
use crate::support::{tocsin, tocsin_given};

/// The fields of every record that these messages hold, in their order.
fn records(messages: &[u8]) -> Vec<Value> {
    let ran = tocsin_given(messages, &["parse", "-q", "-"]);
    let events = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let is_flow = |event: &Value| event["metadata"]["log_provider"] == "netflow";
    events.filter(is_flow).map(|mut event| event["unmapped"].take()).collect()
}

/// What the codec calls elements of NetFlow version 9, and what the registry does.
const NAMES: &[(&str, &str)] = &[
    ("app_id", "applicationName"),
    ("application_id", "applicationId"),
    ("conn_id", "flowId"),
    ("direction", "flowDirection"),
    ("dst_as", "bgpDestinationAsNumber"),
    ("dst_mask", "destinationIPv4PrefixLength"),
    ("dst_traffic_index", "dstTrafficIndex"),
    ("engine_id", "engineId"),
    ("engine_type", "engineType"),
    ("event_time_msec", "observationTimeMilliseconds"),
    ("first_switched", "flowStartMilliseconds"),
    ("flow_active_timeout", "flowActiveTimeout"),
    ("flow_end_reason", "flowEndReason"),
    ("flow_inactive_timeout", "flowIdleTimeout"),
    ("flow_sampler_id", "samplerId"),
    ("flow_seq_num", "sequenceNumber"),
    ("flow_start_msec", "flowStartMilliseconds"),
    ("flowset_id", "templateId"),
    ("forwarding_status", "forwardingStatus"),
    ("fw_event", "firewallEvent"),
    ("fw_ext_event", "firewallExtendedEvent"),
    ("fwd_flow_delta_bytes", "initiatorOctets"),
    ("icmp_code", "icmpCodeIPv4"),
    ("icmp_type", "icmpTypeIPv4"),
    ("in_bytes", "octetDeltaCount"),
    ("in_dst_mac", "destinationMacAddress"),
    ("in_pkts", "packetDeltaCount"),
    ("in_src_mac", "sourceMacAddress"),
    ("input_snmp", "ingressInterface"),
    ("ip_protocol_version", "ipVersion"),
    ("ipv4_dst_addr", "destinationIPv4Address"),
    ("ipv4_next_hop", "ipNextHopIPv4Address"),
    ("ipv4_src_addr", "sourceIPv4Address"),
    ("l4_dst_port", "destinationTransportPort"),
    ("l4_src_port", "sourceTransportPort"),
    ("last_switched", "flowEndMilliseconds"),
    ("out_bytes", "postOctetDeltaCount"),
    ("out_pkts", "postPacketDeltaCount"),
    ("output_snmp", "egressInterface"),
    ("protocol", "protocolIdentifier"),
    ("rev_flow_delta_bytes", "responderOctets"),
    ("sampling_algorithm", "samplingAlgorithm"),
    ("sampling_interval", "samplingInterval"),
    ("scope_system", "scopeSystem"),
    ("src_as", "bgpSourceAsNumber"),
    ("src_mask", "sourceIPv4PrefixLength"),
    ("src_tos", "ipClassOfService"),
    ("src_traffic_index", "srcTrafficIndex"),
    ("src_vlan", "vlanId"),
    ("tcp_flags", "tcpControlBits"),
    ("total_bytes_exp", "exportedOctetTotalCount"),
    ("total_flows_exp", "exportedFlowRecordTotalCount"),
    ("total_pkts_exp", "exportedMessageTotalCount"),
    ("user_id", "userName"),
    ("xlate_dst_addr_ipv4", "postNATDestinationIPv4Address"),
    ("xlate_dst_port", "postNAPTDestinationTransportPort"),
    ("xlate_src_addr_ipv4", "postNATSourceIPv4Address"),
    ("xlate_src_port", "postNAPTSourceTransportPort"),
];

/// A value as both write it; the codec writes times as text, and takes apart what has parts.
fn ours(record: &Value, name: &str) -> String {
    let known = NAMES.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| *ours);
    let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    match known {
        // Version 9 has both in one element, where the codec gives the first byte.
        "icmpTypeIPv4" if text(known).is_empty() => text("icmpTypeCodeIPv4")
            .parse::<u16>()
            .map_or_else(|_| String::new(), |n| (n >> 8).to_string()),
        "forwardingStatus" => {
            let status: u8 = text(known).parse().unwrap();
            format!("{}/{}", status >> 6, status & 0x3f)
        }
        "applicationId" => {
            let octets = text(known);
            let number = |from, to| u64::from_str_radix(octets.get(from..to).unwrap(), 16).unwrap();
            format!("{}..{}..{}", number(2, 4), number(4, 12), number(12, octets.len()))
        }
        // The codec tells some of these in milliseconds.
        "flowStartMicroseconds" | "flowEndMicroseconds" => {
            (text(known).parse::<i64>().unwrap() / 1000).to_string()
        }
        "netscalerConnectionChainID" => text(known).trim_start_matches("0x").to_owned(),
        _ => text(known),
    }
}

fn theirs(name: &str, value: &Value, version: &str) -> String {
    if let Some(status) = value.get("status") {
        return format!("{status}/{}", value["reason"]);
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let Ok(time) = text.parse::<jiff::Timestamp>() else { return text };
    match name {
        "flowStartSeconds" | "flowEndSeconds" => time.as_second().to_string(),
        // The codec adds a second to what it derives from the exporter's clock: it borrows one for the
        // fraction, and does not give it back. Telegraf's expectations, below, show that.
        "first_switched" | "last_switched" if version == "9" => {
            (time.as_millisecond() - 1000).to_string()
        }
        _ => time.as_millisecond().to_string(),
    }
}

#[test]
fn exports_are_read_as_logstash_reads_them() {
    let Some(folder) = shared("netflow_ipfix") else { return };
    let cases = fs::read_to_string(format!("{folder}/logstash_expected.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let mut compared = 0;
    for case in &cases {
        let inputs = case["inputs"].as_array().unwrap();
        let read = |name: &Value| fs::read(format!("{folder}/logstash/{}", name.as_str().unwrap()));
        let messages: Vec<u8> = inputs.iter().flat_map(|name| read(name).unwrap()).collect();
        let mut records = records(&messages);
        let name = &case["case"];
        // Records that came before their template are lost to the codec, and not to us.
        let first_is_data = inputs[0].as_str().unwrap().ends_with("data.dat") && inputs.len() > 2;
        if let Some(count) = case["n_events"].as_u64() {
            let early = if first_is_data { 3 } else { 0 };
            assert_eq!(records.len() as u64, count + early, "{name}");
            records.drain(..early as usize);
        }
        let mut compare = |event: &Value, field: &str, value: &Value| {
            let record = &records[event.as_u64().unwrap() as usize];
            let version = record["version"].as_str().unwrap();
            let (ours, theirs) = (ours(record, field), theirs(field, value, version));
            assert_eq!(ours, theirs, "{name}: {field} of {event}");
            compared += 1;
        };
        for expected in case["full_events"].as_array().unwrap() {
            for (field, value) in expected["json"]["netflow"].as_object().unwrap() {
                // The number of records of a message is no field of any.
                if field != "flow_records" {
                    compare(&expected["event"], field, value);
                }
            }
        }
        for expected in case["field_asserts"].as_array().unwrap() {
            let field = expected["field"].as_array().unwrap().last().unwrap().as_str().unwrap();
            // A template that was not filled in is no expectation.
            if !expected["value"].to_string().contains("#{") {
                compare(&expected["event"], field, &expected["value"]);
            }
        }
    }
    assert!(compared > 600, "{compared}");
}

/// A line of Influx's protocol as its fields.
fn fields(line: &str) -> BTreeMap<&str, String> {
    let (_, rest) = line.split_once(' ').unwrap();
    let mut fields = BTreeMap::new();
    let mut rest = rest;
    while let Some((name, value)) = rest.split_once('=') {
        let (value, after) = match value.strip_prefix('"') {
            Some(value) => value.split_once('"').unwrap(),
            None => value.split_at(value.find([',', ' ']).unwrap_or(value.len())),
        };
        fields.insert(name, value.trim_end_matches('u').to_owned());
        rest = after.trim_start_matches([',', ' ']);
    }
    fields
}

/// Telegraf's names, and ours.
const OF_TELEGRAF: &[(&str, &[&str])] = &[
    ("src", &["sourceIPv4Address"]),
    ("dst", &["destinationIPv4Address"]),
    ("src_port", &["sourceTransportPort"]),
    ("dst_port", &["destinationTransportPort"]),
    ("in_bytes", &["octetDeltaCount", "ifInOctets"]),
    ("in_packets", &["packetDeltaCount"]),
    ("in_total_bytes", &["octetTotalCount"]),
    ("in_total_packets", &["packetTotalCount"]),
    ("type_29305_85", &["reverseOctetTotalCount"]),
    ("type_29305_86", &["reversePacketTotalCount"]),
    ("flow_start_ms", &["flowStartMilliseconds"]),
    ("flow_end_ms", &["flowEndMilliseconds"]),
    ("first_switched", &["flowStartSysUpTime"]),
    ("last_switched", &["flowEndSysUpTime"]),
    ("out_bytes", &["ifOutOctets"]),
    ("in_unicast_packets_total", &["ifInUcastPkts"]),
    ("out_unicast_packets_total", &["ifOutUcastPkts"]),
    ("in_unknown_protocol", &["ifInUnknownProtos"]),
    ("interface_type", &["ifType"]),
    ("speed", &["ifSpeed"]),
    ("port_name", &["ifName"]),
    ("seq_number", &["sequenceNumber", "sampleSequenceNumber"]),
    ("agent_ip", &["exporter"]),
    ("agent_subid", &["observationDomainId"]),
];

#[test]
fn exports_are_read_as_telegraf_reads_them() {
    let Some(folder) = shared("netflow_ipfix") else { return };
    for case in ["netflow_v5_example", "netflow_v9_example", "ipfix_example", "sflow_v5_example"] {
        let folder = format!("{folder}/telegraf/{case}");
        let mut inputs: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        inputs.retain(|path| path.extension().is_some_and(|ending| ending == "bin"));
        inputs.sort();
        let messages: Vec<u8> = inputs.iter().flat_map(|path| fs::read(path).unwrap()).collect();
        let records = records(&messages);
        let expected = fs::read_to_string(format!("{folder}/expected.out")).unwrap();
        assert_eq!(records.len(), expected.lines().count(), "{case}");
        for line in expected.lines() {
            let wanted = fields(line);
            let agrees = |record: &&Value| {
                OF_TELEGRAF.iter().all(|(theirs, ours)| {
                    let Some(wanted) = wanted.get(theirs) else { return true };
                    let wanted = match wanted.strip_prefix("0x") {
                        Some(octets) => u64::from_str_radix(octets, 16).unwrap().to_string(),
                        None => wanted.clone(),
                    };
                    ours.iter().any(|name| record[*name] == *wanted.as_str())
                })
            };
            assert!(records.iter().any(|record| agrees(&record)), "{case}: {line}");
        }
    }
}

/// What tshark says of the packets of a capture that a filter lets through: these fields of each.
fn tshark(capture: &str, filter: &str, fields: &[&str]) -> Vec<String> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-r", capture, "-Y", filter, "-T", "fields", "-E", "occurrence=f"]);
    fields.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut lines: Vec<_> =
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// The fields of each record of a log that a capture was read as, `\t` between them.
fn told(events: &[Value], log: &str, fields: &[&str]) -> Vec<String> {
    let of_log =
        events.iter().map(|event| &event["unmapped"]).filter(|event| event["_path"] == log);
    let mut lines: Vec<String> = of_log
        .map(|event| {
            let values = fields.iter().map(|field| event[*field].as_str().unwrap_or_default());
            values.collect::<Vec<_>>().join("\t")
        })
        .collect();
    lines.sort();
    lines
}

/// Captures of devices that speak much, of each of which one is compared.
const DEVICES: [&str; 7] = [
    "D-LinkCam",
    "D-LinkHomeHub",
    "EdimaxPlug1101W",
    "HueBridge",
    "WeMoLink",
    "Withings",
    "iKettle2",
];

#[test]
fn captures_are_read_as_tshark_reads_them() {
    let Some(folder) = shared("iot_device_pcaps") else { return };
    if Command::new("tshark").arg("--version").output().is_err() {
        eprintln!("SKIPPED: tshark is not installed");
        return;
    }
    let mut requests = 0;
    for device in DEVICES {
        let captures = fs::read_dir(format!("{folder}/{device}")).unwrap();
        let capture = captures.map(|entry| entry.unwrap().path()).min().unwrap();
        let capture = capture.to_str().unwrap();
        let out = tocsin(&["parse", "-q", capture]).out;
        let events: Vec<Value> =
            out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (filter, theirs, log, ours) in [
            (
                "http.request && tcp",
                &["http.request.method", "http.host", "http.request.uri"][..],
                "http",
                &["method", "host", "uri"][..],
            ),
            (
                "tls.handshake.type == 1",
                &["tls.handshake.extensions_server_name"],
                "ssl",
                &["server_name"],
            ),
            (
                "(dns || mdns || llmnr) && udp && !icmp && dns.flags.response == 0",
                &["dns.qry.name"],
                "dns",
                &["query"],
            ),
        ] {
            let (theirs, ours) = (tshark(capture, filter, theirs), told(&events, log, ours));
            requests += ours.len();
            assert_eq!(ours, theirs, "{capture}: {log}");
        }
        let sum = |fields: &[&str]| -> u64 {
            let told = told(&events, "conn", fields);
            let numbers = told.iter().flat_map(|line| line.split('\t'));
            numbers.map(|number| number.parse::<u64>().unwrap()).sum()
        };
        let lengths = tshark(capture, "ip || ipv6", &["ip.len", "ipv6.plen"]);
        let length = |line: &String| -> u64 {
            let (ipv4, ipv6) = line.split_once('\t').unwrap();
            ipv4.parse().unwrap_or_else(|_| ipv6.parse::<u64>().unwrap() + 40)
        };
        assert_eq!(sum(&["orig_pkts", "resp_pkts"]), lengths.len() as u64, "{capture}");
        let bytes: u64 = lengths.iter().map(length).sum();
        assert_eq!(sum(&["orig_ip_bytes", "resp_ip_bytes"]), bytes, "{capture}");
    }
    assert!(requests > 100, "{requests}");
}

/// What is read in a recording of the test data.
fn recorded(name: &str) -> Vec<Value> {
    let path = format!("../../testdata/network/{name}");
    let out = tocsin(&["parse", "-q", &path]).out;
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Bytes from one address to another.
type Sent = BTreeMap<(String, String), u64>;

fn add(sent: &mut Sent, flow: &Value, [from, to, bytes]: [&str; 3]) {
    let text = |name: &str| flow[name].as_str().map(str::to_owned);
    if let (Some(from), Some(to)) = (text(from), text(to)) {
        *sent.entry((from, to)).or_default() += text(bytes).unwrap().parse::<u64>().unwrap();
    }
}

#[test]
fn a_probe_counts_the_same_bytes_in_a_capture() {
    let mut captured = Sent::new();
    for event in recorded("network.pcap") {
        let flow = &event["unmapped"];
        if flow["_path"] == "conn" {
            add(&mut captured, flow, ["id.orig_h", "id.resp_h", "orig_ip_bytes"]);
            add(&mut captured, flow, ["id.resp_h", "id.orig_h", "resp_ip_bytes"]);
        }
    }
    captured.retain(|_, bytes| *bytes > 0);
    for version in [5, 9, 10] {
        let mut exported = Sent::new();
        for event in recorded(&format!("netflow{version}.pcap")) {
            let flow = &event["unmapped"];
            let bytes = "octetDeltaCount";
            add(&mut exported, flow, ["sourceIPv4Address", "destinationIPv4Address", bytes]);
            add(&mut exported, flow, ["sourceIPv6Address", "destinationIPv6Address", bytes]);
        }
        // Version 5 knows no IPv6.
        let mut expected = captured.clone();
        expected.retain(|(from, _), _| version != 5 || !from.contains(':'));
        assert_eq!(exported, expected, "version {version}");
    }
}

#[test]
fn captures_behind_each_other_are_both_read() {
    let read = |name: &str| fs::read(format!("../../testdata/network/{name}")).unwrap();
    let count = |bytes: &[u8]| tocsin_given(bytes, &["parse", "-q", "-"]).out.lines().count();
    let (first, second) = (read("network.pcap"), read("netflow9.pcap"));
    let both = [first.clone(), second.clone()].concat();
    assert_eq!(count(&both), count(&first) + count(&second));
}

#[test]
fn both_kinds_of_capture_file_tell_the_same() {
    let [pcap, pcapng] = ["network.pcap", "network.pcapng"].map(recorded);
    let fields = |events: &[Value]| -> Vec<Value> {
        events.iter().map(|event| event["unmapped"].clone()).collect()
    };
    assert_eq!(fields(&pcap), fields(&pcapng));
    assert!(pcap.iter().any(|event| event["tls"]["sni"] == "secure.example.com"));
    assert!(pcap.iter().any(|event| event["query"]["hostname"] == "www.example.com"));
}

#[test]
fn every_row_of_suricata_and_of_argus_becomes_an_event_of_theirs() {
    if let Some(folder) = shared("suricata_eve") {
        let out = tocsin(&["parse", "-q", &format!("{folder}/eve_part1.json.gz")]).out;
        let count = |mark: &str| out.lines().filter(|line| line.contains(mark)).count();
        assert_eq!(count("\"log_provider\":\"suricata\""), 2500);
        assert_eq!(count("\"event_type\":\"alert\""), 10);
    }
    if let Some(folder) = shared("zeek_flows") {
        for (name, rows) in [("test5-mixed.binetflow", 300), ("test2-malicious.binetflow.gz", 6751)]
        {
            let out = tocsin(&["parse", "-q", &format!("{folder}/slips_{name}")]).out;
            let flows = out.lines().filter(|line| line.contains("\"log_provider\":\"argus\""));
            assert_eq!(flows.count(), rows, "{name}");
        }
    }
}

/// Calls of a machine at these seconds, as Zeek tells them.
fn calls(source: &str, target: &str, at: impl Iterator<Item = f64>) -> Vec<(f64, String)> {
    let line = |at: f64| {
        let time = 1_763_719_200.0 + at;
        let line = format!(
            "{{\"_path\":\"conn\",\"ts\":{time:.3},\"uid\":\"C\",\"id.orig_h\":\"{source}\",\"id.orig_p\":40000,\
             \"id.resp_h\":\"{target}\",\"id.resp_p\":443,\"proto\":\"tcp\",\"orig_bytes\":420,\
             \"resp_bytes\":90,\"conn_state\":\"SF\"}}\n"
        );
        (at, line)
    };
    at.map(line).collect()
}

/// Numbers between 0 and 1, always the same.
fn numbers() -> impl Iterator<Item = f64> {
    std::iter::successors(Some(12_345_u64), |n| Some(n.wrapping_mul(6_364_136_223_846_793_005) + 1))
        .map(|n| (n >> 33) as f64 / f64::from(1_u32 << 31))
}

#[test]
fn regular_calls_to_the_outside_are_told_and_others_are_not() {
    let summed = |gaps: Vec<f64>| {
        gaps.into_iter().scan(0.0, |at, gap| {
            *at += gap;
            Some(*at)
        })
    };
    // Every five minutes, give or take a fifth; at random, as often; and what three machines call.
    let jittered = summed(numbers().take(60).map(|n| 240.0 + 120.0 * n).collect());
    let random = summed(numbers().skip(60).take(60).map(|n| -300.0 * (1.0 - n).ln()).collect());
    let even = |from: f64| (0..60).map(move |n| from + 300.0 * f64::from(n));
    let mut lines = calls("192.168.1.7", "198.51.100.7", jittered);
    lines.extend(calls("192.168.1.8", "198.51.100.8", random));
    lines.extend(calls("192.168.1.9", "192.168.1.1", even(0.0)));
    for (from, source) in [(1.0, "192.168.1.10"), (2.0, "192.168.1.11"), (3.0, "192.168.1.12")] {
        lines.extend(calls(source, "198.51.100.9", even(from)));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let log: String = lines.into_iter().map(|(_, line)| line).collect();
    let out = tocsin_given(log.as_bytes(), &["scan", "-", "-q", "-o", "jsonl"]).out;
    let findings: Vec<Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |finding: &&Value| finding["detector"] == "calls/regular";
    let told: Vec<&Value> = findings.iter().filter(told).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["entity"], "ip:192.168.1.7");
    assert_eq!(told[0]["severity"], "low");
    assert_eq!(told[0]["count"], 60);
}

#[test]
fn data_that_a_tunnel_hides_in_name_queries_is_found() {
    let ran = tocsin(&["scan", "../../testdata/network/tunnel.pcap", "-q", "-o", "jsonl"]);
    let [finding] = ran.out.lines().collect::<Vec<_>>().try_into().unwrap();
    assert!(finding.contains("\"title\":\"Data hidden in name queries\""), "{finding}");
    assert!(finding.contains("\"entity\":\"ip:10.20.0.5\""), "{finding}");
}
