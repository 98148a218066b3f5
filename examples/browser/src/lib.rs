//! ctem in a browser: what scanners wrote becomes the ranked page and its plan, and nothing leaves the machine.

use ctem_core::{
    intel::Intel,
    wire::{
        self,
        ask::{self, AssessRequest, ReadRequest, RenderRequest},
    },
};
use wasm_bindgen::prelude::*;

/// What is known of an organisation.
#[wasm_bindgen]
pub struct Program(ctem_core::Program);

#[wasm_bindgen]
impl Program {
    /// A program that knows nothing yet.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "JavaScript has constructors and no `Default`")]
    pub fn new() -> Self {
        Self(ctem_core::Program::new(Intel::none()))
    }

    /// Takes in what a tool wrote, whatever its format. What it was and what became of its records comes back as JSON, and what could not be
    /// read is thrown.
    pub fn absorb(&mut self, name: &str, data: &[u8]) -> Result<String, JsError> {
        let how = ReadRequest { name: Some(name), ..ReadRequest::default() };
        let report = ask::read(data, how)?;
        let source = wire::json(&report.source)?;
        let absorbed = wire::json(&self.0.absorb(report))?;
        Ok(format!(r#"{{"source":{source},"absorbed":{absorbed}}}"#))
    }

    /// The page of what to do first with so many hours, as of a day.
    pub fn page(&self, as_of: &str, hours: f64) -> Result<String, JsError> {
        let today = ask::assess(&self.0, as_of, AssessRequest::default())?;
        let budget = format!(r#"{{"hours":{hours}}}"#);
        let how = RenderRequest { budget: Some(budget.as_bytes()), ..RenderRequest::default() };
        Ok(ask::html(&today, how)?)
    }
}
