use crate::{
    answer::OnProgress,
    work::{Bytes, Given, text},
};
use ctem_core::wire::ask;
use napi::{Env, Result, bindgen_prelude::Uint8Array};
use napi_derive::napi;

/// What rankings of CVEs would have been worth.
#[napi]
pub fn back_test<'env>(
    env: &'env Env,
    rows: Uint8Array,
    outcomes: Uint8Array,
    epss: Option<Uint8Array>,
    asked: Uint8Array,
    off: Option<OnProgress>,
) -> Result<Given<'env, String>> {
    let [rows, outcomes, asked] = [rows, outcomes, asked].map(|data| Bytes::of(data, off.as_ref()));
    let epss = Bytes::given(epss, off.as_ref());
    text(env, off, move |_| ask::back_test(&rows, &outcomes, epss.as_deref(), &asked))
}
