//! A host of a scan.

use crate::{discover::host::Named, error::Result};

/// A host, by the name it goes by, and when it was looked at.
pub(super) struct Host {
    pub(super) named: Result<Named>,
    pub(super) seen: String,
}
