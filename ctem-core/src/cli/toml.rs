//! TOML: its errors with their line, and as the JSON that the engine reads.

use crate::error::{Error, Result};

/// What is wrong with a text that is no TOML.
pub(super) fn malformed(text: &str, error: &::toml::de::Error) -> Error {
    let what = error.message().lines().collect::<Vec<_>>().join(", ");
    Error::malformed(format!("{what}: it is not valid TOML")).at(line(text, error))
}

/// Where it is wrong.
pub(super) fn line(text: &str, error: &::toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}", 1 + before.matches('\n').count())
}

/// A document of the engine's own that somebody wrote in TOML.
pub(super) fn as_json(text: &str) -> Result<Vec<u8>> {
    let value: serde_json::Value = ::toml::from_str(text).map_err(|error| malformed(text, &error))?;
    Ok(value.to_string().into_bytes())
}
