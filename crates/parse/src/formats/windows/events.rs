//! What Windows events are, by channel and number: where Sigma's taxonomy looks for them, and what
//! they mean.

use tocsin_event::{Activity, Class, LogSource, Status};

use crate::wording::Meaning;

/// A kind of event.
pub(super) struct Kind {
    service: &'static str,
    number: u16,
    pub(super) logsource: LogSource,
    pub(super) meaning: Meaning,
}

/// The logsource of a channel nobody wrote rules for.
pub(super) const ANY: LogSource = LogSource { product: "windows", category: "", service: "" };

/// The logsource of a channel.
pub(super) fn channel(name: &str) -> &'static LogSource {
    let found = CHANNELS.binary_search_by(|(channel, _)| (**channel).cmp(name)).ok();
    found.and_then(|at| CHANNELS.get(at)).map_or(&ANY, |(_, logsource)| logsource)
}

/// The kind of the event of this number in a service's channel, if it is one with a meaning or a
/// category of its own.
pub(super) fn kind(service: &str, number: u16) -> Option<&'static Kind> {
    let at = KINDS.binary_search_by(|kind| (kind.service, kind.number).cmp(&(service, number)));
    KINDS.get(at.ok()?)
}

const fn of(service: &'static str) -> LogSource {
    LogSource { service, ..ANY }
}

/// Sorted, for the search.
static CHANNELS: &[(&str, LogSource)] = &[
    ("Application", of("application")),
    ("DNS Server", of("dns-server")),
    ("MSExchange Management", of("msexchange-management")),
    ("Microsoft-IIS-Configuration/Operational", of("iis-configuration")),
    ("Microsoft-ServiceBus-Client", of("microsoft-servicebus-client")),
    ("Microsoft-ServiceBus-Client/Admin", of("microsoft-servicebus-client")),
    ("Microsoft-ServiceBus-Client/Operational", of("microsoft-servicebus-client")),
    ("Microsoft-Windows-AppLocker/EXE and DLL", of("applocker")),
    ("Microsoft-Windows-AppLocker/MSI and Script", of("applocker")),
    ("Microsoft-Windows-AppLocker/Packaged app-Deployment", of("applocker")),
    ("Microsoft-Windows-AppLocker/Packaged app-Execution", of("applocker")),
    ("Microsoft-Windows-AppModel-Runtime/Admin", of("appmodel-runtime")),
    ("Microsoft-Windows-AppXDeploymentServer/Operational", of("appxdeployment-server")),
    (
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
        of("application-experience"),
    ),
    ("Microsoft-Windows-Application-Experience/Program-Telemetry", of("application-experience")),
    ("Microsoft-Windows-AppxPackaging/Operational", of("appxpackaging-om")),
    ("Microsoft-Windows-BitLocker/BitLocker Management", of("bitlocker")),
    ("Microsoft-Windows-Bits-Client/Operational", of("bits-client")),
    ("Microsoft-Windows-CAPI2/Operational", of("capi2")),
    (
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
        of("certificateservicesclient-lifecycle-system"),
    ),
    ("Microsoft-Windows-CodeIntegrity/Operational", of("codeintegrity-operational")),
    ("Microsoft-Windows-DHCP-Server/Operational", of("dhcp")),
    ("Microsoft-Windows-DNS Client Events/Operational", of("dns-client")),
    ("Microsoft-Windows-DNS-Server/Analytical", of("dns-server-analytic")),
    ("Microsoft-Windows-DNS-Server/Audit", of("dns-server-audit")),
    ("Microsoft-Windows-Diagnosis-Scripted/Operational", of("diagnosis-scripted")),
    ("Microsoft-Windows-DriverFrameworks-UserMode/Operational", of("driver-framework")),
    ("Microsoft-Windows-Hyper-V-Worker", of("hyper-v-worker")),
    ("Microsoft-Windows-Kernel-EventTracing", of("kernel-event-tracing")),
    ("Microsoft-Windows-Kernel-ShimEngine/Diagnostic", of("kernel-shimengine")),
    ("Microsoft-Windows-Kernel-ShimEngine/Operational", of("kernel-shimengine")),
    ("Microsoft-Windows-LDAP-Client/Debug", of("ldap")),
    ("Microsoft-Windows-LSA/Operational", of("lsa-server")),
    ("Microsoft-Windows-NTLM/Operational", of("ntlm")),
    ("Microsoft-Windows-Ntfs/Operational", of("ntfs")),
    ("Microsoft-Windows-PowerShell/Operational", of("powershell")),
    ("Microsoft-Windows-PrintService/Admin", of("printservice-admin")),
    ("Microsoft-Windows-PrintService/Operational", of("printservice-operational")),
    ("Microsoft-Windows-SENSE/Operational", of("sense")),
    ("Microsoft-Windows-SMBServer/Connectivity", of("smbserver-connectivity")),
    ("Microsoft-Windows-Security-Mitigations/Kernel Mode", of("security-mitigations")),
    ("Microsoft-Windows-Security-Mitigations/User Mode", of("security-mitigations")),
    ("Microsoft-Windows-Shell-Core/Operational", of("shell-core")),
    ("Microsoft-Windows-SmbClient/Connectivity", of("smbclient-connectivity")),
    ("Microsoft-Windows-SmbClient/Security", of("smbclient-security")),
    ("Microsoft-Windows-Sysmon/Operational", of("sysmon")),
    ("Microsoft-Windows-TaskScheduler/Operational", of("taskscheduler")),
    (
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
        of("terminalservices-localsessionmanager"),
    ),
    ("Microsoft-Windows-VHDMP/Operational", of("vhdmp")),
    ("Microsoft-Windows-WMI-Activity/Operational", of("wmi")),
    ("Microsoft-Windows-Windows Defender/Operational", of("windefend")),
    ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", of("firewall-as")),
    ("OpenSSH/Operational", of("openssh")),
    ("PowerShellCore/Operational", of("powershell")),
    ("Security", of("security")),
    ("System", of("system")),
    ("Windows PowerShell", of("powershell-classic")),
];

const fn meant(class: Class, activity: Activity, status: Status) -> Meaning {
    Meaning::new(class, activity, status)
}

const fn did(class: Class, activity: u8) -> Meaning {
    meant(class, Activity(activity), Status::Success)
}

/// An account was named to sign in as; whether that went well is told by another event.
const TRIED: Meaning = meant(Class::Authentication, Activity::LOGON, Status::Unknown);
const LOCKED: Meaning = meant(Class::AccountChange, Activity::LOCK, Status::Success);
const ENABLED: Meaning = did(Class::AccountChange, 2);
const DISABLED: Meaning = meant(Class::AccountChange, Activity::DISABLE, Status::Success);
const RESET: Meaning = did(Class::AccountChange, 4);
const ENDED: Meaning = meant(Class::Process, Activity::TERMINATE, Status::Success);
const OPENED: Meaning = meant(Class::Network, Activity::OPEN, Status::Success);
const BLOCKED: Meaning = meant(Class::Network, Activity::REFUSE, Status::Failure);
const LOOKED_UP: Meaning = meant(Class::Dns, Activity::QUERY, Status::Success);
const FOUND_MALWARE: Meaning = meant(Class::File, Activity::OTHER, Status::Failure);

const fn sysmon(number: u16, category: &'static str, meaning: Meaning) -> Kind {
    kind_of("sysmon", number, category, meaning)
}

const fn security(number: u16, meaning: Meaning) -> Kind {
    kind_of("security", number, "", meaning)
}

const fn kind_of(
    service: &'static str,
    number: u16,
    category: &'static str,
    meaning: Meaning,
) -> Kind {
    let logsource = LogSource { product: "windows", category, service };
    Kind { service, number, logsource, meaning }
}

/// Sorted by service and number, for the search.
static KINDS: &[Kind] = &[
    kind_of("powershell", 4103, "ps_module", Meaning::NOTED),
    kind_of("powershell", 4104, "ps_script", Meaning::NOTED),
    kind_of("powershell-classic", 400, "ps_classic_start", Meaning::NOTED),
    kind_of("powershell-classic", 600, "ps_classic_provider_start", Meaning::NOTED),
    kind_of("powershell-classic", 800, "ps_classic_script", Meaning::NOTED),
    security(4624, Meaning::LOGIN),
    security(4625, Meaning::LOGIN_FAILED),
    security(4634, Meaning::LOGOUT),
    security(4647, Meaning::LOGOUT),
    security(4648, TRIED),
    kind_of("security", 4688, "process_creation", Meaning::RAN),
    kind_of("security", 4689, "process_termination", ENDED),
    security(4720, Meaning::ACCOUNT_CREATED),
    security(4722, ENABLED),
    security(4723, Meaning::PASSWORD_CHANGED),
    security(4724, RESET),
    security(4725, DISABLED),
    security(4726, Meaning::ACCOUNT_DELETED),
    security(4728, Meaning::GROUP_JOINED),
    security(4732, Meaning::GROUP_JOINED),
    security(4738, Meaning::ACCOUNT_CHANGED),
    security(4740, LOCKED),
    security(4756, Meaning::GROUP_JOINED),
    security(4767, Meaning::ACCOUNT_CHANGED),
    security(4768, Meaning::NOTED),
    security(4769, Meaning::NOTED),
    security(4771, Meaning::LOGIN_FAILED),
    security(4776, Meaning::NOTED),
    security(5152, BLOCKED),
    security(5156, OPENED),
    security(5157, BLOCKED),
    sysmon(1, "process_creation", Meaning::RAN),
    sysmon(2, "file_change", did(Class::File, 6)),
    sysmon(3, "network_connection", OPENED),
    sysmon(4, "sysmon_status", Meaning::NOTED),
    sysmon(5, "process_termination", ENDED),
    sysmon(6, "driver_load", Meaning::NOTED),
    sysmon(7, "image_load", Meaning::NOTED),
    sysmon(8, "create_remote_thread", did(Class::Process, 4)),
    sysmon(9, "raw_access_thread", did(Class::File, 2)),
    sysmon(10, "process_access", did(Class::Process, 3)),
    sysmon(11, "file_event", did(Class::File, 1)),
    sysmon(12, "registry_add", Meaning::NOTED),
    sysmon(13, "registry_set", Meaning::NOTED),
    sysmon(14, "registry_rename", Meaning::NOTED),
    sysmon(15, "create_stream_hash", did(Class::File, 1)),
    sysmon(16, "sysmon_status", Meaning::NOTED),
    sysmon(17, "pipe_created", Meaning::NOTED),
    sysmon(18, "pipe_created", Meaning::NOTED),
    sysmon(19, "wmi_event", Meaning::NOTED),
    sysmon(20, "wmi_event", Meaning::NOTED),
    sysmon(21, "wmi_event", Meaning::NOTED),
    sysmon(22, "dns_query", LOOKED_UP),
    sysmon(23, "file_delete", did(Class::File, 4)),
    sysmon(24, "clipboard_capture", Meaning::NOTED),
    sysmon(25, "process_tampering", Meaning::NOTED),
    sysmon(26, "file_delete", did(Class::File, 4)),
    sysmon(27, "file_block_executable", did(Class::File, 1)),
    sysmon(28, "file_block_shredding", did(Class::File, 4)),
    sysmon(29, "file_executable_detected", did(Class::File, 1)),
    sysmon(255, "sysmon_error", Meaning::NOTED),
    kind_of("system", 7045, "", Meaning::NOTED),
    kind_of("windefend", 1006, "", FOUND_MALWARE),
    kind_of("windefend", 1015, "", FOUND_MALWARE),
    kind_of("windefend", 1116, "", FOUND_MALWARE),
    kind_of("windefend", 1117, "", FOUND_MALWARE),
];

/// Sysmon's number 12 is an addition or a removal, which its `EventType` tells.
pub(super) static REGISTRY_DELETED: LogSource =
    LogSource { product: "windows", category: "registry_delete", service: "sysmon" };

/// What it means that a sign-in was refused with this status, if it was: 4625 tells it, and the
/// domain controller who did not vouch for the account: 4768 asks for a Kerberos ticket, 4776 about
/// a password of NTLM. Where it vouched, the machine signed in to tells that.
pub(super) fn refused(service: &str, number: u16, status: &str) -> Option<Meaning> {
    let is_refusal = match number {
        4625 | 4771 => true,
        4768 | 4776 => !status.is_empty(),
        _ => false,
    };
    (service == "security" && is_refusal).then(|| Meaning::LOGIN_FAILED.because(reason(status)))
}

/// Why a sign-in was refused, by its status: those of NT (MS-ERREF 2.3.1) and of Kerberos (RFC 4120
/// 7.5.9).
fn reason(status: &str) -> &'static str {
    match status.to_ascii_lowercase().as_str() {
        "0xc0000064" | "0x6" => "invalid user",
        "0xc000006e" | "0xc0000072" | "0xc0000193" | "0xc0000234" | "0xc000015b" | "0x12" => {
            "not allowed"
        }
        _ => "wrong credentials",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(CHANNELS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(KINDS.is_sorted_by(|a, b| (a.service, a.number) < (b.service, b.number)));
        for kind in KINDS {
            assert!(CHANNELS.iter().any(|(_, of)| of.service == kind.service), "{}", kind.service);
        }
    }
}
