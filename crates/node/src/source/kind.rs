//! What a file is, by how it begins: packed text, a known file that is no log, or text.

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Packing {
    /// The packing of a file that begins like this.
    pub(super) fn of(head: &[u8]) -> Packing {
        match head {
            [0x1f, 0x8b, 8, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => Packing::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Xz,
            _ => Packing::Plain,
        }
    }
}

/// systemd's journal files.
pub(super) const JOURNAL: &[u8] = b"LPKSHHRH";

/// Files that are no logs: where their mark stands, the mark, and what they are.
const KNOWN: &[(usize, &[u8], &str)] = &[
    (257, b"ustar", "a tar archive: unpack it first"),
    (0, b"PK\x03\x04", "a zip archive: unpack it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (0, b"Rar!\x1a\x07", "a rar archive: unpack it first"),
    (0, b"!<arch>\n", "an ar archive or Debian package"),
    (0, b"\xed\xab\xee\xdb", "an RPM package"),
    (0, b"\x04\x22\x4d\x18", "lz4-compressed: unpack it first"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"\x7fELF", "a program or library"),
    (0, b"MZ\x90\0", "a Windows program"),
    (0, b"\x89PNG", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"RIFF", "a RIFF file (sound, video, image)"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"OggS", "an Ogg file"),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document"),
    (0, b"\0asm", "a WebAssembly program"),
    (0, b"\xca\xfe\xba\xbe", "a Java class or Mac program"),
];

/// What a file is that begins like this once unpacked, where that is known to be no log.
pub(super) fn known(head: &[u8]) -> Option<&'static str> {
    if Packing::of(head) != Packing::Plain {
        return Some("a packed file within a packed file: unpack it first");
    }
    let known = KNOWN.iter().find(|(at, mark, _)| {
        head.get(*at..).is_some_and(|from_there| from_there.starts_with(mark))
    });
    known.map(|(_, _, what)| *what)
}

/// Whether this reads as text. NUL bytes alone do not decide: a crash leaves holes of them in real
/// logs, and one byte must not be enough to hide a log. They may be as many runs as there are
/// lines; of the rest one byte in ten may be no text.
pub(super) fn is_text(head: &[u8]) -> bool {
    let (mut strange, mut holes, mut lines, mut zeros) = (0, 0, 0, 0);
    let mut last = 1;
    for &byte in head {
        match byte {
            0 => {
                zeros += 1;
                holes += usize::from(last != 0);
            }
            b'\n' => lines += 1,
            7..=13 | 27 => {}
            1..32 | 127 => strange += 1,
            _ => {}
        }
        last = byte;
    }
    let rest = head.len() - zeros;
    let strange = strange + invalid_utf8(head);
    head.is_empty() || (rest > 0 && strange * 10 <= rest && holes <= lines + 1)
}

/// Bytes that are no UTF-8, halved: Latin-1 text of western languages has a few in a hundred,
/// other eight-bit alphabets more.
fn invalid_utf8(head: &[u8]) -> usize {
    let invalid: usize = head.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    invalid / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_or_a_stray_byte_hides_no_log() {
        let hole = [vec![0; 8192], b"Dec 10 06:55:46 h sshd[1]: x\n".repeat(9)].concat();
        assert!(is_text(&hole));
        assert!(is_text(b"Dec 10 06:55:46 h sshd[1]: \0x\nDec 10 06:55:46 h sshd[1]: y\n"));
        assert!(is_text("caf\u{e9} \u{1b}[31m\n".as_bytes()));
        assert!(is_text(b"no newline at all"));
        assert!(is_text(b""));
    }

    #[test]
    fn what_is_no_log_is_named() {
        assert!(!is_text(&[0; 4096]));
        let noise: Vec<u8> =
            (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(!is_text(&noise));
        assert_eq!(known(b"\x89PNG\r\n\x1a\n"), Some("a PNG image"));
        let mut tar = vec![b'a'; 600];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(known(&tar), Some("a tar archive: unpack it first"));
        assert_eq!(known(b"Dec 10 06:55:46"), None);
    }

    #[test]
    fn packings_are_known_by_their_first_bytes() {
        assert_eq!(Packing::of(b"\x1f\x8b\x08\0"), Packing::Gzip);
        assert_eq!(Packing::of(b"BZh91AY"), Packing::Bzip2);
        assert_eq!(Packing::of(b"BZhello"), Packing::Plain);
        assert_eq!(Packing::of(b""), Packing::Plain);
    }
}
