use crate::{answer::OnProgress, error::raise, work::later};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    wire::{
        self,
        ask::{self, Count},
    },
};
use napi::{
    Env, Result,
    bindgen_prelude::{PromiseRaw, Uint8Array},
};
use napi_derive::napi;

/// How a document is read.
#[napi(object)]
pub struct ReadOptions {
    pub format: Option<String>,
    pub mapping: Option<Uint8Array>,
    pub asset: Option<String>,
    pub name: Option<String>,
    pub scope: Option<String>,
    pub most_bytes: Option<f64>,
    pub secret_key: Option<Uint8Array>,
    pub strict: Option<bool>,
}

/// The same with copies of the arrays, since the caller may write to them meanwhile.
struct How {
    options: ReadOptions,
    mapping: Option<Vec<u8>>,
    secret_key: Option<Vec<u8>>,
}

impl How {
    fn of(mut options: ReadOptions) -> Self {
        let mapping = options.mapping.take().map(|mapping| mapping.to_vec());
        let secret_key = options.secret_key.take().map(|key| key.to_vec());
        Self { options, mapping, secret_key }
    }

    fn request<'a>(&'a self, progress: CoreProgress<'a>) -> ask::ReadRequest<'a> {
        let ReadOptions { format, asset, name, scope, most_bytes, strict, .. } = &self.options;
        ask::ReadRequest {
            format: format.as_deref(),
            mapping: self.mapping.as_deref(),
            asset: asset.as_deref(),
            name: name.as_deref(),
            scope: scope.as_deref(),
            most_bytes: most_bytes.map(Count::from),
            secret_key: self.secret_key.as_deref(),
            strict: strict.unwrap_or_default(),
            progress,
        }
    }
}

/// Reads what a tool has written.
#[napi]
pub fn read(data: Uint8Array, options: ReadOptions) -> Result<Report> {
    ask::read(&data, How::of(options).request(CoreProgress::default())).map(Report).map_err(raise)
}

/// The same, off the event loop.
#[napi]
pub fn read_async<'env>(
    env: &'env Env,
    data: Uint8Array,
    options: ReadOptions,
    progress: Option<OnProgress>,
) -> Result<PromiseRaw<'env, Report>> {
    let (data, how) = (data.to_vec(), How::of(options));
    later(env, progress, move |progress| ask::read(&data, how.request(progress)), Report)
}

/// Reads the files of a collection, each with its name.
#[napi]
pub fn read_collection(
    names: Vec<String>,
    files: Vec<Uint8Array>,
    options: ReadOptions,
) -> Result<Collection> {
    let files = names.iter().zip(&files).map(|(name, data)| (name.as_str(), &**data));
    ask::read_collection(files, How::of(options).request(CoreProgress::default()))
        .map(Collection)
        .map_err(raise)
}

/// The same, off the event loop.
#[napi]
pub fn read_collection_async<'env>(
    env: &'env Env,
    names: Vec<String>,
    files: Vec<Uint8Array>,
    options: ReadOptions,
    progress: Option<OnProgress>,
) -> Result<PromiseRaw<'env, Collection>> {
    let files: Vec<Vec<u8>> = files.iter().map(|data| data.to_vec()).collect();
    let how = How::of(options);
    let work = move |progress: CoreProgress<'_>| {
        let files = names.iter().zip(&files).map(|(name, data)| (name.as_str(), &**data));
        ask::read_collection(files, how.request(progress))
    };
    later(env, progress, work, Collection)
}

/// Reads tables by the names of lists.
#[napi]
pub fn read_tables(tables: Uint8Array) -> Result<Report> {
    ask::read_tables(&tables, ask::ReadRequest::default()).map(Report).map_err(raise)
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
