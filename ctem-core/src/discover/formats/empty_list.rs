//! An empty JSON array: what many tools write when they find nothing. It does not say which tool, and a note says so.

use super::{
    Draft, Reader,
    document::{Document, Match},
};
use crate::{error::Result, model::NoteKind};

pub(super) const READER: Reader = Reader { name: "empty_list", title: "an empty JSON array", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let bare: String = document.text.split_whitespace().collect();
    Match::maybe_if(bare == "[]")
}

fn read(_: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.note(
        NoteKind::Assumed,
        "",
        "an empty list is taken to mean that its tool, which it does not name, found nothing",
    );
    Ok(())
}
