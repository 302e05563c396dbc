//! vsftpd, in its own file (`[pid 7] [user] FAIL LOGIN: Client "address"`) or in syslog. Names of
//! users are the client's to choose.

use tocsin_event::{Activity, Class, Status, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("vsftpd", &[], WORDINGS).with_reader(read);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
/// Of a file: read, written, removed.
const FILE: Meaning = Meaning::new(Class::File, Activity::OTHER, Status::Success);
const GOT: Meaning = Meaning { activity: Activity(2), ..FILE };
const PUT: Meaning = Meaning { activity: Activity(1), ..FILE };
const DEL: Meaning = Meaning { activity: Activity(4), ..FILE };

const WORDINGS: &[Wording] = &[
    says("[pid {_}] [{user}] FAIL LOGIN: Client \"{src}\"", WRONG),
    says("[{user}] FAIL LOGIN: Client \"{src}\"", WRONG),
    says("[pid {_}] [{user}] OK LOGIN: Client \"{src}\"", Meaning::LOGIN),
    says("[{user}] OK LOGIN: Client \"{src}\"", Meaning::LOGIN),
    says("[pid {_}] [{user}] FTP response: Client \"{src}\", \"530", DENIED),
    says("[pid {_}] [{user}] FTP response: Client \"{src}\"", Meaning::NOTED),
    says("[pid {_}] [{user}] FTP command: Client \"{src}\"", Meaning::NOTED),
    says("[pid {_}] CONNECT: Client \"{src}\", \"Connection refused", DENIED),
    says("[pid {_}] CONNECT: Client \"{src}\"", Meaning::CONNECTED),
    says("CONNECT: Client \"{src}\", \"Connection refused", DENIED),
    says("CONNECT: Client \"{src}\"", Meaning::CONNECTED),
    says("[pid {_}] [{user}] OK DOWNLOAD: Client \"{src}\", \"{file}\"", GOT),
    says("[pid {_}] [{user}] OK UPLOAD: Client \"{src}\", \"{file}\"", PUT),
    says("[pid {_}] [{user}] OK DELETE: Client \"{src}\", \"{file}\"", DEL),
    says("[pid {_}] [{user}] FAIL {w} Client \"{src}\", \"{file}\"", DENIED),
];

/// Some installations lose the name of the PAM module before its message.
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if record.program != "vsftpd" {
        return false;
    }
    let Some(fields) = record.body.strip_prefix("authentication failure; ") else { return false };
    let (before, user) = find::split_last(fields, " user=").unwrap_or((fields, ""));
    let Some((_, host)) = find::split_last(before, " rhost=") else { return false };
    WRONG.apply(out);
    out.event.src = address::peer(host.trim(), out).unwrap_or_default();
    out.event.user = out.span(user);
    true
}
