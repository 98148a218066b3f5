//! Secrets: what may be kept of one. The value itself is never stored, shown or noted.

use crate::{
    error::{Error, Result},
    model::Secret,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer};
use sha2::Sha256;
use std::fmt;

/// The key that secrets are fingerprinted with (HMAC-SHA-256, cut to 128 bits).
///
/// With a key of your own, a fingerprint cannot be turned back into a weak password by trying words. The default key is
/// public: it tells the same secret again across tools and runs, and hides long random values, not short ones.
///
/// ```
/// use ctem_core::discover::{ReadOptions, SecretKey};
///
/// // A key of one's own, so that nobody can find a weak secret by trying.
/// let options = ReadOptions { secret_key: SecretKey::new([7; 32]), ..ReadOptions::default() };
/// assert!(!format!("{options:?}").contains("7, 7"), "it shows in no log");
/// ```
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A key of your own.
    ///
    /// ```
    /// use ctem_core::discover::{ReadOptions, SecretKey};
    ///
    /// // With a key of one's own nobody else can try passwords against a report's fingerprints.
    /// let options = ReadOptions { secret_key: SecretKey::new([7; 32]), ..ReadOptions::default() };
    /// # let _ = options;
    /// ```
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// A key of your own, from bytes of any length: it must have 32.
    ///
    /// ```
    /// use ctem_core::discover::SecretKey;
    ///
    /// assert!(SecretKey::parse(b"0123456789abcdef0123456789abcdef").is_ok());
    /// assert_eq!(SecretKey::parse(b"short").unwrap_err().code(), "invalid_input");
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when it has fewer or more.
    pub fn parse(key: &[u8]) -> Result<Self> {
        key.try_into().map(Self).map_err(|_| {
            Error::invalid(format!(
                "a secret key has 32 bytes, this one has {}: derive one from it",
                key.len()
            ))
        })
    }

    /// What may be kept of a secret value: its fingerprint, and its last four characters if it has at least sixteen.
    /// A value that a tool has already hidden (`REDACTED`, `****`) leaves nothing.
    pub(crate) fn keep(&self, value: &str, verified: Option<bool>) -> Secret {
        let mut kept = Secret { verified, ..Secret::default() };
        let value = value.trim();
        if is_redacted(value) {
            return kept;
        }
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) {
            mac.update(value.as_bytes());
            let digest = mac.finalize().into_bytes();
            kept.fingerprint =
                Some(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>().into());
        }
        let characters = value.chars().count();
        if characters >= 16 && !value.contains(char::is_whitespace) {
            kept.tail = Some(value.chars().skip(characters - 4).collect::<String>().into());
        }
        kept
    }
}

/// A secret's value on its way to [`SecretKey::keep`]. It takes whatever stands there, so that no error message of a parser
/// quotes it, and it cannot be shown.
pub(crate) struct Value(String);

impl Value {
    /// The value; empty when it is no text and no number.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => String::new(),
        }))
    }
}

impl Default for SecretKey {
    fn default() -> Self {
        Self(*b"ctem's public fingerprint key #1")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Whether a tool has hidden or cut a value, so that what is left of it is not the secret: `REDACTED`, `AKIA****`, `ghp_ab...`.
fn is_redacted(value: &str) -> bool {
    let stars = value.chars().filter(|c| matches!(c, '*' | '•' | 'x' | 'X' | '.')).count();
    let lower = value.to_ascii_lowercase();
    let named = ["redacted", "[masked]", "<masked>", "[hidden]", "<hidden>", "[filtered]", "<secret>"];
    let cut = |mark: &str| value.starts_with(mark) || value.ends_with(mark);
    value.is_empty()
        || stars * 2 >= value.chars().count()
        || named.iter().any(|word| lower.contains(word))
        || value.contains("***")
        || value.contains("•••")
        || cut("...")
        || cut("…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_leaves_a_fingerprint_and_at_most_its_tail() {
        let key = SecretKey::default();
        let kept = key.keep("AKIAIOSFODNN7EXAMPLE", None);
        assert_eq!(kept.fingerprint.as_ref().map(|print| print.len()), Some(32));
        assert_eq!(kept.tail.as_deref(), Some("MPLE"));
        assert_eq!(kept, key.keep(" AKIAIOSFODNN7EXAMPLE\n", None));
        assert_ne!(kept.fingerprint, SecretKey::new([7; 32]).keep("AKIAIOSFODNN7EXAMPLE", None).fingerprint);
        assert_eq!(key.keep("hunter2", None).tail, None);
        assert_eq!(key.keep("REDACTED", None), Secret::default());
        for cut in [
            "****",
            "kelp-not-a-real-to...",
            "AKIA****************",
            "…tail",
            "ghp_[REDACTED]",
            "key-•••-end",
        ] {
            assert_eq!(key.keep(cut, None), Secret::default(), "{cut}");
        }
    }
}
