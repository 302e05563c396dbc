//! Names of record types and system calls, from the data files beside this one.

use std::sync::LazyLock;

type Table = Vec<(u16, &'static str)>;

static TYPES: LazyLock<Table> = LazyLock::new(|| table(include_str!("types.txt").lines()));
static NUMBERS: LazyLock<Vec<(&'static str, u16)>> = LazyLock::new(|| {
    let mut numbers: Vec<_> = TYPES.iter().map(|(number, name)| (*name, *number)).collect();
    numbers.sort_unstable();
    numbers
});
static X86_64: LazyLock<Table> = LazyLock::new(|| calls("[x86_64]"));
static I386: LazyLock<Table> = LazyLock::new(|| calls("[i386]"));
static AARCH64: LazyLock<Table> = LazyLock::new(|| calls("[aarch64]"));

/// `arch=` values (`AUDIT_ARCH_*` of linux/audit.h) and the names the audit tools give them.
const ARCHES: &[(&str, &str)] = &[
    ("c000003e", "x86_64"),
    ("40000003", "i386"),
    ("c00000b7", "aarch64"),
    ("40000028", "arm"),
    ("c0000015", "ppc64le"),
    ("80000015", "ppc64"),
    ("80000016", "s390x"),
    ("c00000f3", "riscv64"),
];

fn calls(section: &str) -> Table {
    let lines = include_str!("syscalls.txt").lines().skip_while(|line| *line != section);
    table(lines.skip(1).take_while(|line| !line.starts_with('[')))
}

fn table(lines: impl Iterator<Item = &'static str>) -> Table {
    let pair = |line: &'static str| {
        let (number, name) = line.split_once(' ')?;
        Some((number.parse().ok()?, name))
    };
    lines.filter_map(pair).collect()
}

fn find(table: &Table, number: &str) -> Option<&'static str> {
    let number: u16 = number.parse().ok()?;
    table.binary_search_by_key(&number, |(n, _)| *n).ok().map(|at| table[at].1)
}

/// The type of messages that the kernel writes outside any event.
pub(super) const KERNEL_MESSAGE: u16 = 2000;

/// The number of a record type.
pub(super) fn type_number(name: &str) -> Option<u16> {
    NUMBERS.binary_search_by_key(&name, |(n, _)| n).ok().map(|at| NUMBERS[at].1)
}

/// The name of a record type given by its number.
pub(super) fn type_name(number: &str) -> Option<&'static str> {
    find(&TYPES, number)
}

/// The name of an architecture given as in `arch=c000003e`.
pub(super) fn arch(value: &str) -> Option<&'static str> {
    ARCHES.iter().find(|(code, _)| *code == value).map(|(_, name)| *name)
}

/// The name of a system call of an architecture.
pub(super) fn syscall(arch: &str, number: &str) -> Option<&'static str> {
    match arch {
        "x86_64" => find(&X86_64, number),
        "i386" => find(&I386, number),
        "aarch64" => find(&AARCH64, number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_know_their_numbers() {
        for table in [&TYPES, &X86_64, &I386, &AARCH64] {
            assert!(table.len() > 150 && table.is_sorted_by_key(|(number, _)| *number));
        }
        assert_eq!(type_name("1400"), Some("AVC"));
        assert_eq!(syscall("x86_64", "59"), Some("execve"));
        assert_eq!(syscall("i386", "11"), Some("execve"));
        assert_eq!(syscall("aarch64", "221"), Some("execve"));
        assert_eq!(syscall("mips", "1"), None);
    }
}
