//! Where a member of an event stands in the forms that Windows events are written in as JSON, and
//! the name that rules know it by.

/// A member of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member<'n> {
    /// Of the event's head, under the name it has in rules: `EventID`, `Provider_Name`.
    System(&'n str),
    /// Of what the event says: `Image`.
    Data(&'n str),
    /// The name of the value that comes next.
    NextName,
    /// The value whose name came before.
    Next,
    /// Of anything around the event.
    Other(&'n str),
}

/// The heads of events by their places: `Event.System` of tools that turn the event's XML into
/// JSON, with attributes apart or not; `winlog` and the top level of Winlogbeat before and since
/// version 7; and the flat form of NXLog and its kin.
const SYSTEM: &[(&str, &str)] = &[
    ("@timestamp", "TimeCreated"),
    ("EventTime", "TimeCreated"),
    ("Hostname", "Computer"),
    ("ProviderName", "Provider_Name"),
    ("SourceName", "Provider_Name"),
    ("System.Provider.Name", "Provider_Name"),
    ("System.Security.UserID", "Security_UserID"),
    ("System.TimeCreated", "TimeCreated"),
    ("System.TimeCreated.SystemTime", "TimeCreated"),
    ("computer_name", "Computer"),
    ("event_id", "EventID"),
    ("log_name", "Channel"),
    ("record_number", "EventRecordID"),
    ("source_name", "Provider_Name"),
    ("winlog.channel", "Channel"),
    ("winlog.computer_name", "Computer"),
    ("winlog.event_id", "EventID"),
    ("winlog.provider_name", "Provider_Name"),
    ("winlog.record_id", "EventRecordID"),
];

/// What stands before a name of what an event says.
const DATA: &[&str] = &["EventData.", "event_data.", "winlog.event_data."];
/// The same, with the name of an element between.
const USER_DATA: &[&str] = &["UserData.", "user_data.", "winlog.user_data."];

/// The member of this dotted name. Attributes are marked in many ways (`#attributes`, `@Name`,
/// `Provider_attributes`); `plain` is room for the name without the marks.
pub(super) fn member<'n>(dotted: &'n str, plain: &'n mut String) -> Member<'n> {
    let dotted = dotted.strip_prefix("Event.").unwrap_or(dotted);
    if !dotted.contains(['#', '@']) && !dotted.contains("_attributes") {
        return known(dotted);
    }
    let value_comes_next = ["EventData.Data.@Name", "EventData.Data.#attributes.Name"];
    if value_comes_next.contains(&dotted) {
        return Member::NextName;
    }
    if dotted == "EventData.Data.#text" {
        return Member::Next;
    }
    if dotted == "@timestamp" {
        return known(dotted);
    }
    plain.clear();
    let parts = dotted.split('.').filter(|part| !part.starts_with('#'));
    for part in parts {
        plain.push_str(if plain.is_empty() { "" } else { "." });
        plain.push_str(part.strip_suffix("_attributes").unwrap_or(part).trim_start_matches('@'));
    }
    known(plain)
}

fn known(name: &str) -> Member<'_> {
    if let Ok(at) = SYSTEM.binary_search_by(|(dotted, _)| (*dotted).cmp(name)) {
        return SYSTEM.get(at).map_or(Member::Other(name), |(_, name)| Member::System(name));
    }
    if let Some(name) = name.strip_prefix("System.") {
        return Member::System(name);
    }
    if let Some(name) = DATA.iter().find_map(|before| name.strip_prefix(before)) {
        return Member::Data(name);
    }
    let user_data = USER_DATA.iter().find_map(|before| name.strip_prefix(before));
    match user_data.and_then(|rest| rest.split_once('.')) {
        Some((_, name)) => Member::Data(name),
        None => Member::Other(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_has_one_name_in_every_form() {
        let cases = [
            ("Event.System.EventID", Member::System("EventID")),
            ("Event.System.EventID.#text", Member::System("EventID")),
            ("Event.System.Provider.#attributes.Name", Member::System("Provider_Name")),
            ("Event.System.Provider_attributes.Name", Member::System("Provider_Name")),
            ("Event.System.Provider.@Name", Member::System("Provider_Name")),
            ("Event.System.TimeCreated.#attributes.SystemTime", Member::System("TimeCreated")),
            ("winlog.channel", Member::System("Channel")),
            ("log_name", Member::System("Channel")),
            ("@timestamp", Member::System("TimeCreated")),
            ("Event.EventData.Image", Member::Data("Image")),
            ("winlog.event_data.Image", Member::Data("Image")),
            ("Event.EventData.Data.#text", Member::Next),
            ("Event.EventData.Data.@Name", Member::NextName),
            ("Event.UserData.LogFileCleared.Channel", Member::Data("Channel")),
            ("Image", Member::Other("Image")),
            ("agent.name", Member::Other("agent.name")),
        ];
        for (dotted, expected) in cases {
            assert_eq!(member(dotted, &mut String::new()), expected, "{dotted}");
        }
        assert!(SYSTEM.is_sorted_by(|(a, _), (b, _)| a < b));
    }
}
