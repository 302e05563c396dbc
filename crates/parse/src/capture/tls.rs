//! The greetings of TLS (RFC 8446, 4.1): whom the client wants to reach.

use crate::exports::bytes::Bytes;

/// A client's greeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hello {
    /// The server it names (RFC 6066, 3); empty where it names none.
    pub(super) server_name: String,
    /// The newest version that it offers.
    pub(super) version: u16,
}

/// Whether a stream begins like one of TLS.
pub(super) fn is_tls(stream: &[u8]) -> bool {
    matches!(stream, [0x16, 3, 0..=4, _, _, 1, ..]) || is_old(stream)
}

/// Whether it begins as clients did that knew SSL 2 as well (RFC 5246, E.2).
fn is_old(stream: &[u8]) -> bool {
    matches!(stream, [0x80..=0xff, _, 1, 3, 0..=3, ..])
}

/// Whether a greeting has come whole.
pub(super) fn is_whole(stream: &[u8]) -> bool {
    let length =
        |bytes: &[u8]| bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    match stream {
        [high, low, ..] if is_old(stream) => stream.len() >= length(&[high & 0x7f, *low]) + 2,
        [_, _, _, high, low, ..] => stream.len() >= length(&[*high, *low]) + 5,
        _ => false,
    }
}

/// Reads a greeting; `None` where it is none, or is cut before the extensions.
pub(super) fn hello(stream: &[u8]) -> Option<Hello> {
    let mut bytes = Bytes(stream);
    if is_old(stream) {
        bytes.take(3)?;
        return Some(Hello { version: bytes.u16()?, ..Hello::default() });
    }
    let (kind, _version, _length) = (bytes.u8()?, bytes.u16()?, bytes.u16()?);
    let (message, _length_high, _length) = (bytes.u8()?, bytes.u8()?, bytes.u16()?);
    if (kind, message) != (0x16, 1) {
        return None;
    }
    let mut hello = Hello { version: bytes.u16()?, ..Hello::default() };
    bytes.take(32)?;
    let session = bytes.u8()?;
    bytes.take(session.into())?;
    let ciphers = bytes.u16()?;
    bytes.take(ciphers.into())?;
    let compressions = bytes.u8()?;
    bytes.take(compressions.into())?;
    if bytes.0.is_empty() {
        return Some(hello);
    }
    let length = usize::from(bytes.u16()?);
    // A cut greeting still says what stands before the cut.
    let mut extensions = Bytes(bytes.0.get(..length).unwrap_or(bytes.0));
    while let Some(extension) = extensions.u16()
        && let Some(length) = extensions.u16()
        && let Some(data) = extensions.take(length.into())
    {
        match extension {
            0 => hello.server_name = server_name(Bytes(data)).unwrap_or_default(),
            43 => hello.version = newest(data).unwrap_or(hello.version),
            _ => {}
        }
    }
    Some(hello)
}

fn server_name(mut data: Bytes<'_>) -> Option<String> {
    let (_list, kind, length) = (data.u16()?, data.u8()?, data.u16()?);
    let name = data.take(length.into())?;
    (kind == 0).then(|| String::from_utf8_lossy(name).into_owned())
}

/// Versions whose bytes are alike say nothing (RFC 8701).
fn newest(data: &[u8]) -> Option<u16> {
    let versions = data.get(1..)?.as_chunks::<2>().0.iter().copied().map(u16::from_be_bytes);
    versions.filter(|version| (0x0300..=0x03ff).contains(version)).max()
}

/// As Zeek names the versions.
pub(super) fn version_name(version: u16) -> &'static str {
    match version {
        0x0300 => "SSLv3",
        0x0301 => "TLSv10",
        0x0302 => "TLSv11",
        0x0303 => "TLSv12",
        0x0304 => "TLSv13",
        _ => "unknown",
    }
}
