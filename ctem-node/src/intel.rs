use crate::error::raise;
use ctem_core::{
    intel,
    wire::{
        self,
        ask::{self, IntelFiles},
    },
};
use napi::{Result, bindgen_prelude::Uint8Array};
use napi_derive::napi;

/// What the world knows about weaknesses.
#[napi]
pub struct Intel(intel::Intel);

#[napi]
impl Intel {
    /// The tables in these files.
    #[napi(constructor)]
    pub fn new(
        epss: Option<Uint8Array>,
        kev: Option<Uint8Array>,
        effects: Option<Uint8Array>,
        metasploit: Option<Uint8Array>,
        nuclei: Option<Uint8Array>,
        exploit_db: Option<Uint8Array>,
    ) -> Result<Self> {
        let files = IntelFiles {
            epss: epss.as_deref(),
            kev: kev.as_deref(),
            effects: effects.as_deref(),
            metasploit: metasploit.as_deref(),
            nuclei: nuclei.as_deref(),
            exploit_db: exploit_db.as_deref(),
        };
        ask::intel(files).map(Self).map_err(raise)
    }

    /// Which tables there are, and what became of their rows.
    #[napi]
    pub fn to_json(&self) -> Result<String> {
        wire::json(&wire::IntelDocument::of(&self.0)).map_err(raise)
    }
}

impl Intel {
    /// The tables, or none.
    pub(crate) fn or_none(given: Option<&Self>) -> intel::Intel {
        given.map(|intel| intel.0.clone()).unwrap_or_default()
    }
}

/// A CVSS vector's metrics and scores.
#[napi]
pub fn cvss(vector: String) -> Result<String> {
    ask::cvss(&vector).map_err(raise)
}
