use crate::{
    answer::{self, Answering, OnProgress},
    error::raise,
    intel::Intel,
    work::begun,
};
use ctem_core::wire::{
    self,
    ask::{self, Count, RenderRequest},
};
use napi::{
    Env, Result,
    bindgen_prelude::{Float64Array, PromiseRaw, Uint8Array},
};
use napi_derive::napi;
use std::sync::Arc;

/// What is worst, as of a moment, and why.
#[napi]
// Shared, since an answer may still be looked for when the object is gone.
pub struct Assessment(pub(crate) Arc<ctem_core::Assessment>);

#[napi]
impl Assessment {
    /// The exposures, the worst first.
    #[napi]
    pub fn ranked(&self, at_most: Option<f64>) -> Result<String> {
        ask::ranked(&self.0, at_most.map(Count::from)).map_err(raise)
    }

    /// The loss events.
    #[napi]
    pub fn loss_events(&self) -> String {
        wire::loss_events(&self.0)
    }

    /// What was assumed, and what had no effect.
    #[napi]
    pub fn notes(&self) -> Result<String> {
        wire::json(self.0.notes()).map_err(raise)
    }

    /// The expected loss of all loss events together.
    #[napi]
    pub fn risk(&self) -> Result<String> {
        wire::json(&self.0.risk()).map_err(raise)
    }

    /// Why a finding or relation ranks where it does.
    #[napi]
    pub fn explain(&self, finding: String) -> Result<String> {
        ask::explain(&self.0, &finding).map_err(raise)
    }

    /// The answer to a question, which is a document.
    #[napi]
    pub fn answer(&self, question: String) -> Result<String> {
        answer::answer(&self.0, &question)
    }

    /// The same, off the event loop.
    #[napi]
    pub fn answer_async<'env>(
        &self,
        env: &'env Env,
        question: String,
        progress: Option<OnProgress>,
    ) -> Result<PromiseRaw<'env, String>> {
        begun(env, Answering::new(Arc::clone(&self.0), question, progress))
    }

    /// All of it.
    #[napi]
    pub fn to_json(&self, at_most: Option<f64>, explained: bool) -> Result<String> {
        ask::document(&self.0, at_most.map(Count::from), explained).map_err(raise)
    }

    /// For a terminal.
    #[napi]
    pub fn table(
        &self,
        at_most: Option<f64>,
        explained: Option<f64>,
        width: Option<f64>,
        budget: Option<Uint8Array>,
        only: Option<String>,
    ) -> Result<String> {
        ask::table(&self.0, shown(at_most, explained, width, budget.as_deref(), only)).map_err(raise)
    }

    /// As Markdown.
    #[napi]
    pub fn markdown(
        &self,
        at_most: Option<f64>,
        explained: Option<f64>,
        budget: Option<Uint8Array>,
        only: Option<String>,
    ) -> Result<String> {
        ask::markdown(&self.0, shown(at_most, explained, None, budget.as_deref(), only)).map_err(raise)
    }

    /// As a web page.
    #[napi]
    pub fn html(
        &self,
        at_most: Option<f64>,
        budget: Option<Uint8Array>,
        only: Option<String>,
    ) -> Result<String> {
        ask::html(&self.0, shown(at_most, None, None, budget.as_deref(), only)).map_err(raise)
    }

    /// For another tool.
    #[napi]
    pub fn export(&self, form: String, at_most: Option<f64>) -> Result<String> {
        ask::export(&self.0, &form, shown(at_most, None, None, None, None)).map_err(raise)
    }

    /// Whether this may go on.
    #[napi]
    pub fn gate(&self, policy: Uint8Array, baseline: Uint8Array) -> Result<String> {
        ask::gate(&self.0, &policy, &baseline).map_err(raise)
    }

    /// How many findings stand.
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

fn shown(
    at_most: Option<f64>,
    explained: Option<f64>,
    width: Option<f64>,
    budget: Option<&[u8]>,
    only: Option<String>,
) -> RenderRequest<'_> {
    let [at_most, explained, width] = [at_most, explained, width].map(|stated| stated.map(Count::from));
    RenderRequest { at_most, explained, width, budget, only: only.map(String::into_boxed_str) }
}

/// The risk of one row, and why.
#[napi]
pub fn score(row: Uint8Array, intel: Option<&Intel>, horizon_days: Option<f64>) -> Result<String> {
    ask::score(&row, &Intel::or_none(intel), horizon_days).map_err(raise)
}

/// The risk of each row.
#[napi]
pub fn score_all(rows: Uint8Array, intel: Option<&Intel>, horizon_days: Option<f64>) -> Result<Float64Array> {
    ask::score_all(&rows, &Intel::or_none(intel), horizon_days).map(Float64Array::from).map_err(raise)
}
