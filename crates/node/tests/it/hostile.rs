//! Files that are damaged, made to harm, or no logs at all.

use std::io::Write;
use std::path::PathBuf;

use crate::support::{Logs, by_time, events, gzip, lines, skipped};

#[test]
fn every_packing_is_read_by_its_content() {
    let logs = Logs::new();
    let text = lines("h", 0..1000);
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(text.as_bytes()).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(text.as_bytes()).unwrap();
    let (first, second) = text.split_at(text.len() / 2);
    let contents = [
        text.clone().into_bytes(),
        [gzip(first), gzip(second)].concat(),
        zstd::encode_all(text.as_bytes(), 1).unwrap(),
        bzip2.finish().unwrap(),
        xz.finish().unwrap(),
        text.replace('\n', "\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ];
    for content in contents {
        logs.add("log", content);
        let (events, report) = events(&[logs.path("log")], &by_time(1));
        assert_eq!(events.len(), 1000);
        assert_eq!(report.sources[0].parsed, 1000);
        assert_eq!(report.sources[0].error, None);
    }
}

#[test]
fn what_can_be_read_of_a_truncated_file_is_used() {
    let logs = Logs::new();
    let noise = (0..20_000u32).map(|n| n.wrapping_mul(2_654_435_761) % 80_000);
    let mut packed = gzip(lines("h", noise));
    packed.truncate(packed.len() / 2);
    logs.add("auth.log.gz", packed);
    let (events, report) = events(&[logs.path("auth.log.gz")], &by_time(1));
    assert!(events.len() > 5000 && events.len() < 15_000, "{}", events.len());
    assert!(report.sources[0].error.is_some());
}

#[test]
fn a_packed_file_without_any_text_says_why() {
    let logs = Logs::new();
    logs.add("cut.gz", &gzip("text")[..5]).add("tar.gz", gzip(tar()));
    logs.add("twice.gz", gzip(gzip("text"))).add("empty.gz", gzip("")).add("empty", "");
    let (_, report) = events(&[logs.root().into()], &by_time(1));
    let skipped = skipped(&report);
    assert!(skipped[0].starts_with("cut.gz: "), "{skipped:?}");
    assert_eq!(
        skipped[1..],
        [
            "tar.gz: a tar archive: unpack it first",
            "twice.gz: a packed file within a packed file: unpack it first"
        ]
    );
    assert_eq!(report.sources.len(), 2, "empty files are fine");
}

#[test]
fn a_bomb_is_stopped_and_what_came_before_is_kept() {
    let logs = Logs::new();
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packer.write_all(lines("h", 0..10).as_bytes()).unwrap();
    let block = vec![b'a'; 1 << 20];
    for _ in 0..300 {
        packer.write_all(&block).unwrap();
    }
    logs.add("bomb.zst", packer.finish().unwrap());
    let (events, report) = events(&[logs.path("bomb.zst")], &by_time(1));
    assert_eq!(events.len(), 11);
    let error = report.sources[0].error.as_deref().unwrap();
    assert!(error.starts_with("decompression bomb: stopped after 256 MiB"), "{error}");
}

#[test]
fn a_hole_of_zeros_hides_nothing_after_it() {
    let logs = Logs::new();
    let file = std::fs::File::create(logs.path("crashed.log")).unwrap();
    let (before, after) = (lines("h", 0..2000), lines("h", 2000..2010));
    let hole = 64 << 20;
    std::os::unix::fs::FileExt::write_all_at(&file, before.as_bytes(), 0).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, after.as_bytes(), before.len() as u64 + hole)
        .unwrap();
    let (events, report) = events(&[logs.path("crashed.log")], &by_time(1));
    assert_eq!(events.len(), 2010);
    assert_eq!(report.sources[0].parsed, 2010);
    assert_eq!(report.sources[0].assumptions, [format!("{hole} NUL bytes were left out")]);
}

#[test]
fn arguments_that_match_nothing_are_named() {
    let logs = Logs::new();
    logs.add("a.log", lines("h", [1])).add("b.txt", lines("h", [2])).add("[c].log", "c");
    let paths: Vec<PathBuf> = ["*.log", "*.none", "gone", "[c].log"].map(|n| logs.path(n)).into();
    let (events, report) = events(&paths, &by_time(1));
    assert_eq!(events.len(), 2, "a.log and [c].log, which is a name and no pattern");
    assert_eq!(
        skipped(&report),
        ["*.none: nothing matches this pattern", "gone: no such file", "[c].log: the same as "]
            .map(|s| s.replace("as ", &format!("as {}", logs.path("[c].log").display())))
    );
}

/// The first block of a tar archive.
fn tar() -> Vec<u8> {
    let mut block = vec![0; 1024];
    block[..5].copy_from_slice(b"a.log");
    block[257..262].copy_from_slice(b"ustar");
    block
}
