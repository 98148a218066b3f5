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

/// A line across a picture at a height, with what it stands for at its left end.
pub(super) fn axis(page: &mut String, (left, right): (f64, f64), at: f64, amount: &str) {
    put(
        page,
        format_args!(
            "<path class=\"axis\" d=\"M{left} {at:.1} H{right:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            at + 4.0,
            escaped(amount),
        ),
    );
}
