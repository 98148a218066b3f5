//! A host of a scan, by the name it goes by.

use crate::{
    discover::{Draft, host::Named},
    error::{Error, Result},
    id::AssetId,
};

/// A host, and when it was looked at.
pub(super) struct Host {
    pub(super) named: Result<Named>,
    pub(super) seen: String,
}

impl Host {
    pub(super) fn asset(&self, draft: &mut Draft<'_>) -> Result<AssetId> {
        match &self.named {
            Ok(named) => draft.add_machine(named),
            Err(error) => Err(Error::invalid(error.message().to_owned())),
        }
    }
}
