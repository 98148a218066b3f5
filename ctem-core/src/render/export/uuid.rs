//! Names of documents and of what is in them, which follow from what they name: the same assessment gives the same bytes.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A name-based UUID (RFC 9562): version 5, variant 8 to b.
pub(super) fn uuid(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let mut text = String::with_capacity(32);
    for byte in digest.iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-5{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
