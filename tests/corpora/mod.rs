//! Where the corpora are: real inputs that are not part of the repository.

use std::path::PathBuf;

/// A file of the corpora: in `$CTEM_CORPORA`, or beside the repository. Without one the test says so and is skipped.
pub fn file(path: &str) -> Option<Vec<u8>> {
    let file = root()?.join(path);
    Some(std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

/// The folder of the corpora.
pub fn root() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora");
    let root = PathBuf::from(std::env::var("CTEM_CORPORA").unwrap_or_else(|_| beside.into()));
    if root.is_dir() {
        return Some(root);
    }
    eprintln!("skipped: no corpora at {}; set CTEM_CORPORA to where they are", root.display());
    None
}
