use crate::error::raise;
use ctem_core::wire::ask;
use napi::{Result, bindgen_prelude::Uint8Array};
use napi_derive::napi;

/// What rankings of CVEs would have been worth.
#[napi]
pub fn back_test(
    rows: Uint8Array,
    outcomes: Uint8Array,
    epss: Option<Uint8Array>,
    asked: Uint8Array,
) -> Result<String> {
    ask::back_test(&rows, &outcomes, epss.as_deref(), &asked).map_err(raise)
}
