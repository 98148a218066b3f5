//! Any bytes: reading returns, counts every record once, and an error says something.

use ctem_core::{
    discover::{ReadOptions, read_with},
    model::NoteKind,
    wire,
};

pub fn check(bytes: &[u8]) {
    let options = ReadOptions { most_bytes: 1 << 20, ..ReadOptions::default() };
    match read_with(bytes, &options) {
        Ok(report) => {
            let tally = report.tally;
            let rejected = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
            let rejected: u64 = rejected.map(|note| note.count).sum();
            assert_eq!(tally.read, tally.accepted + tally.merged + tally.rejected);
            assert_eq!(tally.rejected, rejected);
            wire::report(&report);
        }
        Err(error) => {
            assert!(!error.message().is_empty());
            assert!(!error.to_string().contains(char::is_control));
        }
    }
}
