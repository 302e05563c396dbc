//! `tocsin parse`.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::scan::shared;
use crate::support::{Ran, command, tocsin, tocsin_given};

const LINE: &str =
    "Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user webmaster from 173.234.31.186\n";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

/// Real logs, each with one line more than the one before it.
fn good(folder: &Path) {
    let lines = |n| LINE.repeat(n).into_bytes();
    fs::write(folder.join("auth.log"), lines(1)).unwrap();
    fs::write(folder.join("crlf.log"), LINE.replace('\n', "\r\n").repeat(2)).unwrap();
    let wide: Vec<u8> = "\u{feff}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide_lines = LINE.repeat(3).encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.join("utf16.log"), [wide, wide_lines].concat()).unwrap();
    fs::create_dir(folder.join("old")).unwrap();
    fs::write(folder.join("old/auth.log.2.gz"), gzip(&lines(4))).unwrap();
    let long = [lines(1), vec![b'0'; 64 << 20], b"\n".to_vec(), lines(4)].concat();
    fs::write(folder.join("long.log"), long).unwrap();
    fs::write(folder.join("empty.log"), "").unwrap();
}

/// What no one should trip over.
fn bad(folder: &Path) {
    fs::write(folder.join("core"), [&b"\x7fELF\x02\x01\x01"[..], &[0; 500]].concat()).unwrap();
    fs::write(folder.join("shot.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    fs::write(folder.join("zeros"), vec![0; 1 << 20]).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("fifo")).status().unwrap().success());
    UnixListener::bind(folder.join("socket")).unwrap();
    symlink("/dev/zero", folder.join("device")).unwrap();
    symlink(folder, folder.join("loop")).unwrap();
    symlink("itself", folder.join("itself")).unwrap();
    symlink("gone", folder.join("dangling")).unwrap();
    symlink("/proc/self/mem", folder.join("unreadable")).unwrap();
    fs::write(folder.join("secret"), LINE).unwrap();
    fs::set_permissions(folder.join("secret"), fs::Permissions::from_mode(0o000)).unwrap();
}

const BAD: [(&str, &str); 10] = [
    ("core", "a program or library"),
    ("shot.png", "a PNG image"),
    ("zeros", "a binary file"),
    ("fifo", "a FIFO: pipe it to `-` instead"),
    ("socket", "a socket"),
    ("device", "a device"),
    ("loop", "a symbolic link back to FOLDER"),
    ("itself", "a loop of symbolic links"),
    ("dangling", "no such file"),
    ("unreadable", "Input/output error (os error 5)"),
];

fn names_everything_bad(ran: &Ran, folder: &Path) {
    for (name, reason) in BAD {
        let reason = reason.replace("FOLDER", &folder.display().to_string());
        let line = format!("{}: not read: {reason}", folder.join(name).display());
        assert!(ran.err.lines().any(|l| l == line), "{line}\nis not in\n{}", ran.err);
    }
}

/// Whether permissions keep this user from anything.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}

#[test]
fn a_hostile_folder_costs_nothing_but_its_own_lines() {
    let folder = TempDir::new().unwrap();
    good(folder.path());
    bad(folder.path());
    let mut cut = gzip(LINE.repeat(50_000).as_bytes());
    cut.truncate(cut.len() / 2);
    fs::write(folder.path().join("cut.log.gz"), cut).unwrap();
    let bomb = [LINE.as_bytes().to_vec(), vec![b'a'; 300 << 20]].concat();
    fs::write(folder.path().join("bomb.log.zst"), zstd::encode_all(bomb.as_slice(), 1).unwrap())
        .unwrap();

    let ran = tocsin(&["parse", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    names_everything_bad(&ran, folder.path());
    let of = |name: &str| {
        let log_name = format!("\"log_name\":\"{}\"", folder.path().join(name).display());
        let user = |l: &&str| l.contains(&log_name) && l.contains("\"name\":\"webmaster\"");
        ran.out.lines().filter(user).count()
    };
    let good = ["auth.log", "crlf.log", "utf16.log", "old/auth.log.2.gz", "long.log", "empty.log"];
    assert_eq!(good.map(of), [1, 2, 3, 4, 5, 0]);
    assert!(of("cut.log.gz") > 10_000 && of("cut.log.gz") < 40_000);
    assert_eq!(of("bomb.log.zst"), 1);
    assert_eq!(of("secret"), usize::from(is_root()));
    assert!(ran.err.contains("  stopped early: decompression bomb: stopped after 256 MiB"));
    assert!(ran.err.contains("  1 skipped: rest of a line over 64 KiB"));
}

#[test]
fn a_folder_with_nothing_to_read_is_an_error() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap();
    let ran = tocsin(&["parse", "-q", path]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""));
    assert_eq!(ran.err, "error: nothing to read: the folder holds no files\n");
    bad(folder.path());
    fs::remove_file(folder.path().join("secret")).unwrap();
    let ran = tocsin(&["parse", "-q", path]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""));
    assert!(ran.err.starts_with("error: nothing could be read: "), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1);
}

#[test]
fn missing_files_stop_nothing_but_themselves() {
    let folder = TempDir::new().unwrap();
    good(folder.path());
    let (gone, log) = (folder.path().join("gone"), folder.path().join("auth.log"));
    let (gone, log) = (gone.to_str().unwrap(), log.to_str().unwrap());
    let ran = tocsin(&["parse", gone, log]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 1));
    assert!(ran.err.contains(&format!("{gone}: not read: no such file")), "{}", ran.err);
    assert_eq!(tocsin(&["parse", gone]).code, Some(4));
}

#[test]
fn standard_input_may_be_packed_too() {
    for input in [LINE.repeat(9).into_bytes(), gzip(LINE.repeat(9).as_bytes())] {
        let ran = tocsin_given(&input, &["parse", "-", "--year", "2023", "-q", "-o", "jsonl"]);
        assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (Some(0), 9, ""));
        assert!(ran.out.starts_with("{\"time\":1702191346000,"), "{}", ran.out);
    }
}

#[test]
fn the_zone_decides_what_a_time_means() {
    let arguments = ["parse", "-", "--year", "2023", "-q", "--tz", "Europe/Berlin"];
    let ran = tocsin_given(LINE.as_bytes(), &arguments);
    assert!(ran.out.starts_with("{\"time\":1702187746000,"), "{}", ran.out);
}

#[test]
fn any_number_of_threads_prints_the_same() {
    let folder = TempDir::new().unwrap();
    for n in 0..20 {
        let lines: String = (0..500 * n).map(|k| LINE.replace("24200", &k.to_string())).collect();
        fs::write(folder.path().join(n.to_string()), lines).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let [one, three] = ["1", "3"].map(|n| tocsin(&["parse", path, "--threads", n]));
    assert_eq!(one.out.lines().count(), 95_000);
    assert!(one.out == three.out && one.err == three.err);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("auth.log");
    fs::write(&log, LINE.repeat(20_000)).unwrap();
    let mut command = command(&["parse", log.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[test]
fn wrong_usage_says_what_would_be_right() {
    let error = |arguments: &[&str]| {
        let ran = tocsin(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        ran.err
    };
    let unknown = error(&["parse", "x", "--format", "nonesuch"]);
    assert!(unknown.contains("`nonesuch` is not a known format: use one of "), "{unknown}");
    assert!(unknown.contains("pam") && unknown.contains("sshd"), "{unknown}");
    let zone = error(&["parse", "x", "--tz", "Mars/Base"]);
    assert!(zone.contains("`Mars/Base` is not a known time zone"), "{zone}");
    for wrong in [&["parse"][..], &["parse", "x", "--threads", "0"], &["parse", "x", "-o", "xml"]] {
        assert!(error(wrong).starts_with("error: "));
    }
}

#[test]
fn a_journal_is_read_through_journalctl() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("system.journal");
    fs::write(&journal, b"LPKSHHRH\0\0\0\0").unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let run = || {
        let mut command = command(&["parse", journal.to_str().unwrap()]);
        Ran::from(command.env("PATH", &bin).output().unwrap())
    };
    let ran = run();
    assert_eq!(ran.code, Some(4));
    assert!(ran.err.contains("journalctl is not installed"), "{}", ran.err);

    let script = format!("#!/bin/sh\necho '{}' \"$1\"\nexit 3\n", LINE.trim_end());
    fs::write(bin.join("journalctl"), script).unwrap();
    fs::set_permissions(bin.join("journalctl"), fs::Permissions::from_mode(0o755)).unwrap();
    let ran = run();
    assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 1), "{}", ran.err);
    assert!(ran.out.contains(&format!("--file={}", journal.display())), "{}", ran.out);
    assert!(ran.err.contains("stopped early: journalctl could not read it"), "{}", ran.err);
}

/// What OCSF's own examples map a record to, and what it is read as here.
#[test]
fn records_are_mapped_as_in_the_examples_of_ocsf() {
    let Some(folder) = shared("ocsf/examples") else { return };
    let mut compared = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(pair) = name.strip_suffix(".raw") else { continue };
        let theirs = fs::read_to_string(format!("{folder}/{pair}.ocsf.json")).unwrap();
        // One of them is no JSON.
        let Ok(theirs) = serde_json::from_str::<Value>(&theirs) else { continue };
        let out = tocsin(&["parse", "-q", path.to_str().unwrap()]).out;
        assert_eq!(out.lines().count(), 1, "{name}");
        let ours: Value = serde_json::from_str(&out).unwrap();
        for member in ["class_uid", "activity_id"] {
            assert_eq!(ours[member], theirs[member], "{name}: {member}");
        }
        for end in ["src_endpoint", "dst_endpoint"] {
            for member in ["ip", "port"] {
                assert_eq!(ours[end][member], theirs[end][member], "{name}: {end}.{member}");
            }
        }
        // The times of those of Zeek are not those of the records beside them.
        if !name.starts_with("Zeek") {
            assert_eq!(ours["time"], theirs["time"], "{name}");
        }
        compared += 1;
    }
    assert_eq!(compared, 6);
}
