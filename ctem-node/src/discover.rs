use crate::{
    answer::OnProgress,
    error::raise,
    work::{Bytes, Given, done, text},
};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    wire::{
        self,
        ask::{self, Count},
    },
};
use napi::{Env, Result, bindgen_prelude::Uint8Array};
use napi_derive::napi;
use std::sync::Arc;

/// How a document is read.
#[napi(object)]
pub struct ReadOptions {
    pub format: Option<String>,
    pub mapping: Option<Uint8Array>,
    pub asset: Option<String>,
    pub name: Option<String>,
    pub scope: Option<String>,
    pub as_of: Option<String>,
    pub most_bytes: Option<f64>,
    pub secret_key: Option<Uint8Array>,
    pub strict: Option<bool>,
}

/// The same, to be kept while a document is read.
struct How {
    options: ReadOptions,
    mapping: Option<Bytes>,
    secret_key: Option<Bytes>,
}

impl How {
    fn of(mut options: ReadOptions, off: Option<&OnProgress>) -> Self {
        let mapping = Bytes::given(options.mapping.take(), off);
        let secret_key = Bytes::given(options.secret_key.take(), off);
        Self { options, mapping, secret_key }
    }

    fn request<'a>(&'a self, progress: CoreProgress<'a>) -> ask::ReadRequest<'a> {
        let ReadOptions { format, asset, name, scope, as_of, most_bytes, strict, .. } = &self.options;
        ask::ReadRequest {
            format: format.as_deref(),
            mapping: self.mapping.as_deref(),
            asset: asset.as_deref(),
            name: name.as_deref(),
            scope: scope.as_deref(),
            as_of: as_of.as_deref(),
            most_bytes: most_bytes.map(Count::from),
            secret_key: self.secret_key.as_deref(),
            strict: strict.unwrap_or_default(),
            progress,
        }
    }
}

/// Reads what a tool has written.
#[napi]
pub fn read<'env>(
    env: &'env Env,
    data: Uint8Array,
    options: ReadOptions,
    off: Option<OnProgress>,
) -> Result<Given<'env, Report>> {
    let (data, how) = (Bytes::of(data, off.as_ref()), How::of(options, off.as_ref()));
    done(env, off, move |progress| ask::read(&data, how.request(progress)), Report::from)
}

/// Reads the files of a collection, each with its name.
#[napi]
pub fn read_collection<'env>(
    env: &'env Env,
    names: Vec<String>,
    files: Vec<Uint8Array>,
    options: ReadOptions,
    off: Option<OnProgress>,
) -> Result<Given<'env, Collection>> {
    let files: Vec<Bytes> = files.into_iter().map(|data| Bytes::of(data, off.as_ref())).collect();
    let how = How::of(options, off.as_ref());
    let work = move |progress: CoreProgress<'_>| {
        let files = names.iter().zip(&files).map(|(name, data)| (name.as_str(), &**data));
        ask::read_collection(files, how.request(progress))
    };
    done(env, off, work, Collection::from)
}

/// Reads tables by the names of lists.
#[napi]
pub fn read_tables<'env>(
    env: &'env Env,
    tables: Uint8Array,
    off: Option<OnProgress>,
) -> Result<Given<'env, Report>> {
    let tables = Bytes::of(tables, off.as_ref());
    let work = move |progress: CoreProgress<'_>| {
        ask::read_tables(&tables, ask::ReadRequest { progress, ..ask::ReadRequest::default() })
    };
    done(env, off, work, Report::from)
}

/// The most bytes that a document may have where nothing is said.
#[napi]
pub fn most_bytes() -> f64 {
    ctem_core::discover::ReadOptions::default().most_bytes as f64
}

/// The formats that can be read.
#[napi]
pub fn formats() -> String {
    wire::formats()
}

/// The kinds of attackers that come with the engine.
#[napi]
pub fn attacker_profiles() -> Result<String> {
    ask::attacker_profiles().map_err(raise)
}

/// What one source said.
#[napi]
// Shared, since it may still be looked at when the object is gone.
pub struct Report(pub(crate) Arc<ctem_core::Report>);

impl From<ctem_core::Report> for Report {
    fn from(report: ctem_core::Report) -> Self {
        Self(Arc::new(report))
    }
}

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

    /// What it is, on one line.
    #[napi]
    pub fn words(&self) -> String {
        format!("of {}", self.0)
    }

    /// What a program would overlook and a person must know.
    #[napi]
    pub fn warning(&self) -> Option<String> {
        self.0.warning().map(|warning| warning.to_string())
    }

    /// All of it.
    #[napi]
    pub fn to_json<'env>(&self, env: &'env Env, off: Option<OnProgress>) -> Result<Given<'env, String>> {
        let report = Arc::clone(&self.0);
        text(env, off, move |_| Ok(wire::report(&report)))
    }
}

/// What several files have become.
#[napi]
pub struct Collection {
    reports: Vec<Arc<ctem_core::Report>>,
    /// What became of the files, without their reports.
    files: ctem_core::discover::Collection,
}

impl From<ctem_core::discover::Collection> for Collection {
    fn from(mut files: ctem_core::discover::Collection) -> Self {
        Self { reports: std::mem::take(&mut files.reports).into_iter().map(Arc::new).collect(), files }
    }
}

#[napi]
impl Collection {
    /// The reports.
    #[napi]
    pub fn reports(&self) -> Vec<Report> {
        self.reports.iter().map(Arc::clone).map(Report).collect()
    }

    /// Which files could not be read, and why.
    #[napi]
    pub fn notes(&self) -> Result<String> {
        wire::json(&self.files.notes).map_err(raise)
    }

    /// What became of the files.
    #[napi]
    pub fn tally(&self) -> Result<String> {
        wire::json(&self.files.tally).map_err(raise)
    }
}
