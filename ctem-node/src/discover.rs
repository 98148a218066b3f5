use crate::error::raise;
use ctem_core::wire::{
    self,
    ask::{self, Count},
};
use napi::{
    Env, Result, Task,
    bindgen_prelude::{AsyncTask, Uint8Array},
};
use napi_derive::napi;

/// Reads what a tool has written.
#[napi]
#[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
pub fn read(
    data: Uint8Array,
    format: Option<String>,
    asset: Option<String>,
    name: Option<String>,
    scope: Option<String>,
    most_bytes: Option<f64>,
    secret_key: Option<Uint8Array>,
    strict: Option<bool>,
) -> Result<Report> {
    let (format, asset) = (format.as_deref(), asset.as_deref());
    let (name, scope) = (name.as_deref(), scope.as_deref());
    let strict = strict.unwrap_or_default();
    let (most_bytes, secret_key) = (most_bytes.map(Count::from), secret_key.as_deref());
    let how = ask::ReadRequest { format, asset, name, scope, most_bytes, secret_key, strict };
    ask::read(&data, how).map(Report).map_err(raise)
}

/// The same, off the event loop.
#[napi]
#[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
pub fn read_async(
    data: Uint8Array,
    format: Option<String>,
    asset: Option<String>,
    name: Option<String>,
    scope: Option<String>,
    most_bytes: Option<f64>,
    secret_key: Option<Uint8Array>,
    strict: Option<bool>,
) -> AsyncTask<Reading> {
    // Copied, since the caller may write to the array meanwhile.
    let secret_key = secret_key.map(|key| key.to_vec());
    let strict = strict.unwrap_or_default();
    AsyncTask::new(Reading {
        data: data.to_vec(),
        format,
        asset,
        name,
        scope,
        most_bytes,
        secret_key,
        strict,
    })
}

/// A document that is being read.
pub struct Reading {
    data: Vec<u8>,
    format: Option<String>,
    asset: Option<String>,
    name: Option<String>,
    scope: Option<String>,
    most_bytes: Option<f64>,
    secret_key: Option<Vec<u8>>,
    strict: bool,
}

impl Task for Reading {
    type Output = ctem_core::Report;
    type JsValue = Report;

    fn compute(&mut self) -> Result<ctem_core::Report> {
        let how = ask::ReadRequest {
            format: self.format.as_deref(),
            asset: self.asset.as_deref(),
            name: self.name.as_deref(),
            scope: self.scope.as_deref(),
            most_bytes: self.most_bytes.map(Count::from),
            secret_key: self.secret_key.as_deref(),
            strict: self.strict,
        };
        ask::read(&self.data, how).map_err(raise)
    }

    fn resolve(&mut self, _: Env, report: ctem_core::Report) -> Result<Report> {
        Ok(Report(report))
    }
}

/// Reads the files of a collection, each with its name.
#[napi]
#[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
pub fn read_collection(
    names: Vec<String>,
    files: Vec<Uint8Array>,
    format: Option<String>,
    asset: Option<String>,
    name: Option<String>,
    scope: Option<String>,
    most_bytes: Option<f64>,
    secret_key: Option<Uint8Array>,
    strict: Option<bool>,
) -> Result<Collection> {
    let (format, asset) = (format.as_deref(), asset.as_deref());
    let (name, scope) = (name.as_deref(), scope.as_deref());
    let strict = strict.unwrap_or_default();
    let (most_bytes, secret_key) = (most_bytes.map(Count::from), secret_key.as_deref());
    let how = ask::ReadRequest { format, asset, name, scope, most_bytes, secret_key, strict };
    let files = names.iter().zip(&files).map(|(name, data)| (name.as_str(), &**data));
    ask::read_collection(files, how).map(Collection).map_err(raise)
}

/// The formats that can be read.
#[napi]
pub fn formats() -> String {
    wire::formats()
}

/// What one source said.
#[napi]
pub struct Report(pub(crate) ctem_core::Report);

#[napi]
impl Report {
    /// Who said it.
    #[napi]
    pub fn source(&self) -> Result<String> {
        wire::json(&self.0.source).map_err(raise)
    }

    /// What was understood.
    #[napi]
    pub fn contents(&self) -> Result<String> {
        wire::json(&self.0.contents).map_err(raise)
    }

    /// What was not understood, and what was assumed.
    #[napi]
    pub fn notes(&self) -> Result<String> {
        wire::json(&self.0.notes).map_err(raise)
    }

    /// What became of its records.
    #[napi]
    pub fn tally(&self) -> Result<String> {
        wire::json(&self.0.tally).map_err(raise)
    }

    /// What a program would overlook and a person must know.
    #[napi]
    pub fn warning(&self) -> Option<String> {
        self.0.warning().map(|warning| warning.to_string())
    }

    /// All of it.
    #[napi]
    pub fn to_json(&self) -> String {
        wire::report(&self.0)
    }
}

/// What several files have become.
#[napi]
pub struct Collection(ctem_core::discover::Collection);

#[napi]
impl Collection {
    /// The reports.
    #[napi]
    pub fn reports(&self) -> Vec<Report> {
        self.0.reports.iter().cloned().map(Report).collect()
    }

    /// Which files could not be read, and why.
    #[napi]
    pub fn notes(&self) -> Result<String> {
        wire::json(&self.0.notes).map_err(raise)
    }

    /// What became of the files.
    #[napi]
    pub fn tally(&self) -> Result<String> {
        wire::json(&self.0.tally).map_err(raise)
    }
}
