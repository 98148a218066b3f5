//! Files and folders: here alone they are read and written.

use super::outside::{Failure, Outside};
use crate::{discover::HIDDEN, visible::visible};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The path that stands for standard input and standard output.
pub(super) const STREAM: &str = "-";

/// What a path is called where it is spoken of: as it is written, with `/` between its parts and nothing that cannot be seen.
pub(super) fn name(path: &Path) -> String {
    match path.to_string_lossy() {
        stream if stream == STREAM => "standard input".into(),
        // A folder's files may be called what acts on a terminal.
        name => visible(&name.replace(std::path::MAIN_SEPARATOR, "/")).into_owned(),
    }
}

/// The folder that holds all whose paths begin at the root; of a single one the folder it is in.
pub(super) fn above<'a>(paths: impl Iterator<Item = &'a Path>) -> PathBuf {
    let parents = paths.filter(|path| path.is_absolute()).filter_map(Path::parent);
    let common = |one: PathBuf, other: PathBuf| {
        let same = one.components().zip(other.components()).take_while(|(a, b)| a == b);
        same.map(|(part, _)| part).collect()
    };
    parents.map(Path::to_owned).reduce(common).unwrap_or_default()
}

/// What a file is called, and what is on an asset that nobody names by it: a path that begins at the root is told from a folder above it,
/// since where somebody's files lie says nothing of what was scanned, and they may lie elsewhere tomorrow.
pub(super) fn name_below(path: &Path, above: &Path) -> String {
    let below = if path.is_absolute() { path.strip_prefix(above).ok() } else { None };
    name(below.filter(|below| below.file_name().is_some()).unwrap_or(path))
}

impl Outside<'_> {
    /// All bytes of a file or of standard input.
    pub(super) fn read(&mut self, path: &Path) -> Result<Vec<u8>, String> {
        let read = if path.as_os_str() == STREAM {
            let mut bytes = Vec::new();
            self.stdin.read_to_end(&mut bytes).map(|_| bytes)
        } else {
            fs::read(self.folder.join(path))
        };
        read.map_err(|error| because(&error))
    }

    /// All bytes of a file that a flag names.
    pub(super) fn read_named(&mut self, path: &Path) -> Result<Vec<u8>, Failure> {
        self.read(path).map_err(|why| Failure(format!("{}: {why}", name(path))))
    }

    pub(super) fn is_folder(&self, path: &Path) -> bool {
        path.as_os_str() != STREAM && self.folder.join(path).is_dir()
    }

    pub(super) fn is_file(&self, path: &Path) -> bool {
        self.folder.join(path).is_file()
    }

    /// The files in a folder and those in it, by name, and folders that cannot be looked into. What begins with a dot is left out, but
    /// for ignore files in the folder itself: deeper ones may be a dependency's. A link to a folder is not followed, since it may lead back.
    pub(super) fn below(&self, folder: &Path) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
        let (mut files, mut shut, mut waiting) = (Vec::new(), Vec::new(), vec![folder.to_owned()]);
        let top = folder;
        while let Some(folder) = waiting.pop() {
            let entries = match fs::read_dir(self.folder.join(&folder)) {
                Ok(entries) => entries,
                Err(error) => {
                    shut.push((folder, because(&error)));
                    continue;
                }
            };
            for entry in entries.flatten() {
                let (path, is_hidden) = (folder.join(entry.file_name()), is_hidden(&entry, folder == top));
                match entry.file_type() {
                    _ if is_hidden => {}
                    Ok(kind) if kind.is_dir() => waiting.push(path),
                    Ok(kind) if kind.is_file() => files.push(path),
                    Ok(_) if self.is_file(&path) => files.push(path),
                    Ok(_) | Err(_) => {}
                }
            }
        }
        files.sort();
        (files, shut)
    }

    /// Writes a text into a file, or to standard output.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        if path.as_os_str() == STREAM {
            return self.print(text);
        }
        fs::write(self.folder.join(path), text)
            .map_err(|error| Failure(format!("{}: cannot be written: {}", name(path), because(&error))))
    }
}

fn is_hidden(entry: &fs::DirEntry, at_top: bool) -> bool {
    let name = entry.file_name();
    name.as_encoded_bytes().starts_with(b".") && !(at_top && HIDDEN.iter().any(|known| name == *known))
}

/// Why a file cannot be read or written, and what to do.
fn because(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file: check its path".into(),
        io::ErrorKind::PermissionDenied => "you may not: ask for the right to".into(),
        io::ErrorKind::IsADirectory => "it is a folder: name a file".into(),
        _ => error.to_string(),
    }
}
