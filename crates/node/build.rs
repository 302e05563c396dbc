//! Lists the rules of `content/rules` so that they are compiled into the binary. A list made by
//! hand would be forgotten; one made at run time would need the folder beside the binary.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The folder, from this package: clones may share what is built, so no path of one of them is kept.
const ROOT: &str = "../..";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={ROOT}/content/rules");
    let mut files = Vec::new();
    collect(&Path::new(ROOT).join("content/rules"), &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(ROOT).unwrap_or(file);
        let here = r#"env!("CARGO_MANIFEST_DIR")"#;
        let _ = writeln!(list, "    ({name:?}, include_str!(concat!({here}, \"/\", {file:?}))),");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("rules.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
