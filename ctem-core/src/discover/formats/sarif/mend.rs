//! Parts of a log that do not fit, set right.

use crate::{
    discover::{Draft, mended},
    error::Result,
};

/// The same text without the pieces that make no sense and may be missing, each with a note.
pub(super) fn set_right(
    text: &str,
    place: &str,
    check: impl Fn(&str) -> Result<()>,
    draft: &mut Draft<'_>,
) -> Result<String> {
    let Err(first) = check(text) else { return Ok(text.to_owned()) };
    let (text, left_out) = mended::fitting(text, first, |_| true, check)?;
    draft.note_left_out(left_out, place);
    Ok(text)
}
