//! Real data: on ADBench's tables the forest ranks anomalies as well as the published one (PyOD's,
//! mean of five seeds, fitted to and scored on all rows).

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use flate2::bufread::DeflateDecoder;
use serde::Deserialize;
use tocsin_anomaly::{ForestParams, IsolationForest, Matrix};

const FOLDER: &str = "../../../shared/data/adbench";
const MAX_ARRAY_BYTES: u64 = 64 << 20;
/// Larger tables add time, not evidence.
const MAX_ROWS: usize = 12_000;
/// Percentage points: one seed of a forest differs from the mean of five by about one.
const TOLERANCE: f64 = 4.0;

#[derive(Deserialize)]
struct Published {
    dataset: String,
    n: usize,
    d: usize,
    #[serde(rename = "IForest_auroc")]
    auroc: f64,
}

#[test]
fn anomalies_rank_as_high_as_published() {
    let Ok(json) = fs::read(Path::new(FOLDER).join("reference_pyod_transductive.json")) else {
        eprintln!("skipped: no ADBench tables at {FOLDER}");
        return;
    };
    let published: Vec<Published> = serde_json::from_slice(&json).unwrap();
    for table in published.iter().filter(|table| table.n <= MAX_ROWS) {
        let ours = 100.0 * measure(table);
        eprintln!("{:16} AUROC {ours:5.1}, published {:5.1}", table.dataset, table.auroc);
        assert!((ours - table.auroc).abs() < TOLERANCE, "{}", table.dataset);
    }
}

fn measure(table: &Published) -> f64 {
    let zip = fs::read(Path::new(FOLDER).join(format!("{}.npz", table.dataset))).unwrap();
    let mut zip = zip.as_slice();
    let (values, labels) = (array(&mut zip), array(&mut zip));
    // Stored column after column.
    let rows = (0..table.n).flat_map(|row| (0..table.d).map(move |column| column * table.n + row));
    let data = Matrix::new(table.d, rows.map(|at| values[at]).collect()).unwrap();
    let forest = IsolationForest::fit(&data, ForestParams::default()).unwrap();
    auroc(data.iter().map(|row| forest.score(row)).zip(labels).collect())
}

/// Reads a zip's next deflated member, an array in NumPy's format 1.0, as numbers.
fn array(zip: &mut &[u8]) -> Vec<f64> {
    let length = |at: usize| usize::from(u16::from_le_bytes([zip[at], zip[at + 1]]));
    assert_eq!((&zip[..4], length(8)), (&b"PK\x03\x04"[..], 8), "a deflated zip member");
    let mut inflater = DeflateDecoder::new(&zip[30 + length(26) + length(28)..]);
    let mut bytes = Vec::new();
    io::copy(&mut inflater.by_ref().take(MAX_ARRAY_BYTES), &mut bytes).unwrap();
    *zip = inflater.into_inner();
    let (header, body) = bytes[10..].split_at(usize::from(bytes[8]) + 256 * usize::from(bytes[9]));
    let header = String::from_utf8_lossy(header);
    let kind = header.split('\'').nth(3).unwrap();
    match kind {
        "|u1" => body.iter().map(|&byte| f64::from(byte)).collect(),
        "<i4" => numbers(body, |bytes| f64::from(i32::from_le_bytes(bytes))),
        "<i8" => numbers(body, |bytes| i64::from_le_bytes(bytes) as f64),
        "<f8" => numbers(body, f64::from_le_bytes),
        _ => panic!("numbers of kind {kind}"),
    }
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|&chunk| number(chunk)).collect()
}

/// The chance that an anomaly scores above a normal row, ties counting half.
fn auroc(scored: Vec<(f64, f64)>) -> f64 {
    let (anomalous, normal): (Vec<_>, Vec<_>) = scored.into_iter().partition(|row| row.1 > 0.5);
    let mut normal: Vec<f64> = normal.into_iter().map(|row| row.0).collect();
    normal.sort_unstable_by(f64::total_cmp);
    let beaten = anomalous.iter().map(|&(score, _)| {
        let below = normal.partition_point(|&other| other < score);
        (below + normal.partition_point(|&other| other <= score)) as f64 / 2.0
    });
    beaten.sum::<f64>() / (anomalous.len() * normal.len()) as f64
}
