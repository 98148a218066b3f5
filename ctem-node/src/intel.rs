use crate::{
    answer::OnProgress,
    error::raise,
    work::{Bytes, Given, done, text},
};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    intel,
    wire::{self, ask},
};
use napi::{Env, Result, bindgen_prelude::Uint8Array};
use napi_derive::napi;

/// What the world knows about weaknesses.
#[napi]
pub struct Intel(intel::Intel);

#[napi]
impl Intel {
    /// The tables in these files.
    #[napi]
    pub fn read<'env>(
        env: &'env Env,
        files: IntelFiles,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, Intel>> {
        let IntelFiles { epss, kev, effects, metasploit, nuclei, exploit_db } = files;
        let files =
            [epss, kev, effects, metasploit, nuclei, exploit_db].map(|file| Bytes::given(file, off.as_ref()));
        let work = move |_: CoreProgress<'_>| {
            let [epss, kev, effects, metasploit, nuclei, exploit_db] = files.each_ref().map(Option::as_deref);
            ask::intel(ask::IntelFiles { epss, kev, effects, metasploit, nuclei, exploit_db })
        };
        done(env, off, work, Self)
    }

    /// What it is, on one line.
    #[napi]
    pub fn words(&self) -> String {
        format!("of {}", self.0)
    }

    /// Which tables there are, and what became of their rows.
    #[napi]
    pub fn to_json<'env>(&self, env: &'env Env, off: Option<OnProgress>) -> Result<Given<'env, String>> {
        let known = self.0.clone();
        text(env, off, move |_| wire::json(&wire::IntelDocument::of(&known)))
    }
}

impl Intel {
    /// The tables, or none.
    pub(crate) fn or_none(given: Option<&Self>) -> intel::Intel {
        given.map(|intel| intel.0.clone()).unwrap_or_default()
    }
}

/// The files of tables.
#[napi(object)]
pub struct IntelFiles {
    pub epss: Option<Uint8Array>,
    pub kev: Option<Uint8Array>,
    pub effects: Option<Uint8Array>,
    pub metasploit: Option<Uint8Array>,
    pub nuclei: Option<Uint8Array>,
    pub exploit_db: Option<Uint8Array>,
}

/// A CVSS vector's metrics and scores.
#[napi]
pub fn cvss(vector: String) -> Result<String> {
    ask::cvss(&vector).map_err(raise)
}
