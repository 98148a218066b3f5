//! Any bytes as a stream of the native document: every record is handed over or rejected, as when it lies in memory.

use ctem_core::{
    discover::{ReadOptions, read_with, stream},
    model::Contents,
};

pub fn check(bytes: &[u8]) {
    let options = ReadOptions { most_bytes: 1 << 20, format: Some("ctem".into()), ..ReadOptions::default() };
    let mut contents = Contents::default();
    let streamed = stream(bytes, &options, |record| {
        contents.push(record);
        Ok(())
    });
    let Ok(streamed) = streamed else { return };
    assert_eq!(streamed.tally.accepted as usize, contents.len());
    assert_eq!(streamed.tally.read, streamed.tally.accepted + streamed.tally.rejected);
    // A stream does not unpack, and takes UTF-8 for granted; where both readers succeed they agree.
    if let Ok(report) = read_with(bytes, &options) {
        assert_eq!(report.contents, contents);
    }
}
