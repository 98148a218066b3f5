//! Results of tests as CSV: pen testers' verdicts, and what tools of breach and attack simulation export.
//!
//! A record is a test: what was tried (a finding, weaknesses or an ATT&CK technique), on which asset, how, when, and what came of it. It
//! is evidence and no finding; columns may have the names that several tools give them. A word for the outcome that tools use for
//! opposite things is rejected.

use super::{
    Draft, Reader,
    document::{Document, Match},
    table,
    tested::{ASSET, METHOD, OUTCOME, TECHNIQUE, Test, WEAKNESS},
};
use crate::error::Result;

pub(super) const READER: Reader = Reader { name: "tests_csv", title: "Results of tests, CSV", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let has = |names: &[&str]| {
        let spelled = |name: &&str| {
            document.has_columns(&[*name]) || document.has_columns(&[name.replace('_', " ").as_str()])
        };
        names.iter().any(spelled)
    };
    let tried = has(&["finding", "finding_id"]) || has(WEAKNESS) || has(TECHNIQUE);
    let placed = has(ASSET) || has(&["finding", "finding_id"]);
    Match::yes_if(has(OUTCOME) && has(METHOD) && tried && placed)
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    table::each(document, draft, |row, _, draft| {
        let field = |names: &[&str]| {
            let spelled = |name: &&str| row.first(&[*name, &name.replace('_', " ")]);
            names.iter().map(spelled).find(|field| !field.is_empty()).unwrap_or_default()
        };
        draft.test(&Test::of_fields(field)?)
    })
}
