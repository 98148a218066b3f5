//! Where a file belongs that is no report: a table of the world, or settings.

use super::config;
use crate::intel::{epss::Epss, kev::Kev};
use std::path::Path;

/// The flag that a file is to be handed in by; none where it is nothing that is known.
pub(super) fn flag(name: &str, bytes: &[u8], most_bytes: usize) -> Option<&'static str> {
    let is_named = |wanted: &str| Path::new(name).file_name().is_some_and(|own| own == wanted);
    if is_named(config::NAME) {
        Some("--config")
    } else if Epss::read(bytes, most_bytes).is_ok_and(|table| !table.is_empty()) {
        Some("--epss")
    } else if Kev::read(bytes, most_bytes).is_ok_and(|catalogue| !catalogue.is_empty()) {
        Some("--kev")
    } else {
        None
    }
}
