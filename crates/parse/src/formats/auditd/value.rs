//! Values of audit fields as they were meant: hexadecimal text decoded, "not set" named.

use std::borrow::Cow;

use data_encoding::HEXUPPER;

/// Fields whose value is hexadecimal when it is not quoted: names that others may choose, which
/// the kernel will not print as they are when they hold blanks, quotes or control characters.
fn is_encoded(name: &str) -> bool {
    matches!(
        name,
        "acct"
            | "cgroup"
            | "cmd"
            | "comm"
            | "cwd"
            | "data"
            | "device"
            | "dir"
            | "exe"
            | "file"
            | "grp"
            | "key"
            | "name"
            | "new_group"
            | "ocomm"
            | "path"
            | "proctitle"
            | "root_dir"
            | "unit"
            | "vm"
            | "watch"
    )
}

/// A value as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'t> {
    /// Its text, without quotes.
    pub(super) text: &'t str,
    /// Whether it stood in quotes.
    pub(super) quoted: bool,
}

impl<'t> Raw<'t> {
    /// Whether the record says that there is no value.
    pub(super) fn is_absent(self) -> bool {
        self.text.is_empty() || (!self.quoted && matches!(self.text, "?" | "(null)"))
    }

    /// The value that a field of this name in a record of this type stands for.
    pub(super) fn of(self, kind: &str, name: &str) -> Cow<'t, str> {
        let argument = || kind == "EXECVE" && is_argument(name);
        if !self.quoted
            && (is_encoded(name) || argument())
            && let Some(bytes) = unhex(self.text)
        {
            return Cow::Owned(printable(bytes));
        }
        let unset =
            matches!(name, "auid" | "old-auid" | "ses") && matches!(self.text, "4294967295" | "-1");
        Cow::Borrowed(if unset { "unset" } else { self.text })
    }
}

/// `a0`, `a12`, `a2[1]`: arguments of EXECVE records.
pub(super) fn is_argument(name: &str) -> bool {
    let number = name.strip_prefix('a').map(|rest| rest.split('[').next().unwrap_or(rest));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// The bytes of hexadecimal text in upper case, as the kernel writes it.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    HEXUPPER.decode(text.as_bytes()).ok().filter(|bytes| !bytes.is_empty())
}

/// Arguments are parted by NUL bytes, which no text should carry on.
fn printable(mut bytes: Vec<u8>) -> String {
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.iter_mut().filter(|b| **b == 0).for_each(|b| *b = b' ');
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encoded_fields_are_decoded() {
        let of = |text, quoted, name| Raw { text, quoted }.of("EXECVE", name).into_owned();
        assert_eq!(of("6C73002D6C", false, "proctitle"), "ls -l");
        assert_eq!(of("6C73", true, "proctitle"), "6C73");
        assert_eq!(of("6C73", false, "a1"), "ls");
        assert_eq!(of("1234", false, "pid"), "1234");
        assert_eq!(of("4294967295", false, "auid"), "unset");
        assert_eq!(of("root", false, "acct"), "root");
    }
}
