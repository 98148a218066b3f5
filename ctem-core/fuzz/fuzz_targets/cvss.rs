//! Any text as a CVSS vector: what parses is written back to an equal vector, and its scores lie in range.
#![no_main]

use ctem_core::cvss::Vector;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(vector) = text.parse::<Vector>() else { return };
    let written = vector.to_string();
    assert_eq!(written.parse::<Vector>().as_ref(), Ok(&vector));
    for score in [vector.base_score(), vector.temporal_score(), vector.environmental_score(), vector.score()] {
        assert!(score.tenths() <= 100, "{written}");
    }
    let _ = vector.reading();
});
