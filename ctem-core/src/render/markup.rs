//! Markup, written piece by piece.

use super::escape::escaped;
use std::fmt::Write;

/// Writing to a string cannot fail, so there is no result to look at.
pub(super) fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}

/// A name of others: text, and its direction stays its own.
pub(super) fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}
