//! GitHub's audit log: `{"@timestamp": ..., "action": "repo.create", "actor": "octocat", ...}`.

use tocsin_event::{Field, LogSource, Status, Writer};

use crate::address;
use crate::call::{self, Call};
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "github", category: "", service: "audit" },
    ..Format::service("github", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// Its actions have a category. They are looked at before anything is read: much else is called one.
fn is_of_github(action: &str) -> bool {
    let categories = [
        "account.",
        "auto_",
        "billing.",
        "business.",
        "codespaces.",
        "copilot.",
        "dependabot",
        "enterprise",
        "environment.",
        "git.",
        "hook.",
        "integration",
        "ip_allow_list",
        "issue",
        "members_",
        "oauth_",
        "org",
        "organization_",
        "packages.",
        "personal_access_token.",
        "profile_picture.",
        "project",
        "protected_branch.",
        "public_key.",
        "pull_request",
        "repo",
        "role.",
        "secret_scanning",
        "security_key.",
        "ssh_",
        "staff.",
        "team",
        "two_factor_",
        "user",
        "workflows.",
    ];
    action.contains('.') && categories.iter().any(|category| action.starts_with(category))
}

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if !record.object.is_some_and(|object| is_of_github(object.get("action"))) {
        return false;
    }
    let Some(call) = Call::read(record, &["actor"], out) else { return false };
    call.date(&["@timestamp", "at_sign_timestamp", "created_at"], record);
    let action = call.get("action");
    match action {
        "user.login" => Meaning::LOGIN,
        "user.failed_login" => Meaning::LOGIN_FAILED.because("wrong credentials"),
        _ => call::meaning(action, Status::Success),
    }
    .apply(out);
    out.set(Field::ApiOperation, action);
    out.set(Field::MetadataUid, call.get("_document_id"));
    out.set(Field::UserAgent, call.get("user_agent"));
    out.event.src.ip = address::ip(call.get("actor_ip"));
    call::caller(call.get("actor"), call.get("actor_id"), out);
    true
}
