//! From PATH arguments to sources, in a stable order. Looks at names and metadata only; nothing
//! is opened but folders.

use std::collections::HashMap;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use tocsin_event::{Skipped, Time};

use super::input::identity;
use super::{Direction, Found, Origin, Source, limits};
use crate::clock;

/// What the arguments stand for: files, folders with all below them, quoted patterns such as
/// `'/var/log/*.log*'`, and `-` for standard input. Each file is found once, whatever its names.
#[must_use]
pub fn find(paths: &[PathBuf]) -> Found {
    let mut finder = Finder::default();
    for path in paths {
        finder.argument(path);
    }
    finder.found
}

#[derive(Default)]
struct Finder {
    found: Found,
    /// Files and folders by what they are, with the name each was first found under.
    seen: HashMap<(u64, u64), PathBuf>,
    stdin: bool,
}

impl Finder {
    fn argument(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            self.stdin();
        } else if let Some(pattern) = pattern(path) {
            self.matching(path, pattern);
        } else {
            self.path(path, 0, true);
        }
    }

    fn stdin(&mut self) {
        if !std::mem::replace(&mut self.stdin, true) {
            let (name, origin, modified) = ("-".into(), Origin::Stdin, clock::today());
            self.found.sources.push(Source {
                name,
                origin,
                bytes: 0,
                modified,
                named: true,
                direction: Direction::default(),
            });
        }
    }

    fn matching(&mut self, path: &Path, pattern: &str) {
        let paths = match glob::glob(pattern) {
            Ok(paths) => paths,
            Err(error) => return self.skip(path, format!("not a pattern: {}", error.msg)),
        };
        let before = self.found.sources.len() + self.found.skipped.len();
        for entry in paths {
            match entry {
                Ok(path) => self.path(&path, 0, false),
                Err(error) => self.skip(error.path(), reason(error.error())),
            }
        }
        if self.found.sources.len() + self.found.skipped.len() == before {
            self.skip(path, "nothing matches this pattern".to_owned());
        }
    }

    fn path(&mut self, path: &Path, depth: usize, named: bool) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.skip(path, reason(&error)),
        };
        if let Some(what) = special(metadata.file_type()) {
            return self.skip(path, what.to_owned());
        }
        if let Some(first) = self.seen.get(&identity(&metadata)) {
            let leads_back = metadata.is_dir() && path != first && path.starts_with(first);
            let is_it = |source: &&mut Source| source.is_at(first);
            // Only what was typed is looked for: links in a folder may be many.
            if named && let Some(source) = self.found.sources.iter_mut().find(is_it) {
                source.named = true;
            }
            let first = first.display();
            return self.skip(
                path,
                match leads_back {
                    true => format!("a symbolic link back to {first}"),
                    false => format!("the same as {first}"),
                },
            );
        }
        self.seen.insert(identity(&metadata), path.to_owned());
        if metadata.is_dir() {
            self.folder(path, depth);
        } else {
            self.found.sources.push(source(path, &metadata, named));
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        if depth >= limits::FOLDER_DEPTH {
            return self.skip(path, "too many folders within folders".to_owned());
        }
        let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        match entries {
            Ok(entries) => {
                let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
                paths.sort();
                paths.iter().for_each(|path| self.path(path, depth + 1, false));
            }
            Err(error) => self.skip(path, reason(&error)),
        }
    }

    fn skip(&mut self, path: &Path, reason: String) {
        self.found.skipped.push(Skipped { name: path.display().to_string(), reason });
    }
}

/// The path as a pattern, if it is one and not the very name of a file.
fn pattern(path: &Path) -> Option<&str> {
    let text = path.to_str().filter(|text| text.contains(['*', '?', '[']));
    text.filter(|_| fs::symlink_metadata(path).is_err())
}

fn source(path: &Path, metadata: &Metadata, named: bool) -> Source {
    Source {
        name: path.display().to_string().into(),
        origin: Origin::File(path.to_owned()),
        bytes: metadata.len(),
        modified: Time::from_secs(metadata.mtime()),
        named,
        direction: Direction::default(),
    }
}

/// Why something that is neither file nor folder is not opened.
fn special(kind: FileType) -> Option<&'static str> {
    let kinds = [
        (kind.is_fifo(), "a FIFO: pipe it to `-` instead"),
        (kind.is_socket(), "a socket"),
        (kind.is_char_device(), "a device"),
        (kind.is_block_device(), "a device"),
    ];
    kinds.into_iter().find(|(is, _)| *is).map(|(_, what)| what)
}

/// The error in words people use.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ if error.raw_os_error() == Some(ELOOP) => "a loop of symbolic links".to_owned(),
        _ => error.to_string(),
    }
}

/// Linux' number for too many symbolic links; the standard library's name for it is not stable.
const ELOOP: i32 = 40;
