//! The native document, JSON or NDJSON: assets, relations, findings, services, entry points, owners, controls, evidence.

use super::{
    Draft, Reader,
    document::{Document, Match},
    native,
};
use crate::{
    error::Result,
    model::{Places, Source},
};

pub(super) const READER: Reader =
    Reader { name: Source::NATIVE, title: "ctem's native document (JSON, NDJSON)", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| Match::yes_if(json.has("/ctem/version")))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let (contents, streamed) = native::read(&document.text, draft.options.progress)?;
    draft.report.contents = contents;
    draft.report.tally = streamed.tally;
    draft.report.notes = streamed.notes;
    draft.report.places = Places::OfSightings;
    Ok(())
}
