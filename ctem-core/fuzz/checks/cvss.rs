//! Any text as a CVSS vector: what parses is written back to an equal vector, and its scores lie in range.

use ctem_core::cvss::Vector;

pub fn check(bytes: &[u8]) {
    let Ok(Ok(vector)) = std::str::from_utf8(bytes).map(str::parse::<Vector>) else { return };
    let written = vector.to_string();
    assert_eq!(written.parse::<Vector>().as_ref(), Ok(&vector));
    for score in [vector.base_score(), vector.temporal_score(), vector.environmental_score(), vector.score()]
    {
        assert!(score.tenths() <= 100, "{written}");
    }
    let _ = vector.reading();
}
