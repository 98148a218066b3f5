//! Where the corpora are: real inputs that are not part of the repository.
//!
//! A test that needs them is ignored unless it is asked for, as `./.ci/run` does where they are:
//! `cargo test --test readers --test growth --test long_tail --test intel --test effects --test backtest --test techniques --test aws -- --ignored`. Asked for without them it fails, so that it never passes unrun.

use std::path::PathBuf;

/// A file of the corpora: in `$CTEM_CORPORA`, or beside the repository.
pub fn file(path: &str) -> Vec<u8> {
    let file = root().join(path);
    std::fs::read(&file).unwrap_or_else(|error| {
        panic!("{}: {error}; CTEM_CORPORA names the folder of the corpora", file.display())
    })
}

fn root() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora");
    std::env::var_os("CTEM_CORPORA").map_or(beside.into(), PathBuf::from)
}
