//! Checked identifiers: text that names one thing, of bounded length and without control characters.
//!
//! Each kind of thing has an id type of its own, so that an owner cannot be passed where an asset is meant.

mod cve;
pub(crate) mod written;

pub use cve::Cve;
pub(crate) use cve::{is_ghsa, is_published};
pub(crate) use written::text_serde;

use crate::error::{Error, Result, quoted};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

/// The longest identifier, in bytes: package URLs and cloud resource names fit with room to spare.
pub const LONGEST_ID: usize = 2048;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $word:literal, $spelled:path;)+) => {$(
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use ctem_core::id::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($name), " = \"x-1\".parse()?;")]
        /// assert_eq!(id.to_string(), "x-1");
        /// # Ok::<(), ctem_core::Error>(())
        /// ```
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        crate::word::text_schema!($name);

        impl $name {
            #[doc = concat!("Checks text as ", $word, " id: 1 to 2048 bytes once trimmed, no control characters.")]
            ///
            /// ```
            #[doc = concat!("use ctem_core::id::", stringify!($name), ";")]
            ///
            /// // Blanks around it are no part of it, and blanks alone name nothing.
            #[doc = concat!("assert_eq!(", stringify!($name), "::parse(\" x-1\\n\")?, ", stringify!($name), "::parse(\"x-1\")?);")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::parse(\"  \").unwrap_err().code(), \"invalid_input\");")]
            /// # Ok::<(), ctem_core::Error>(())
            /// ```
            ///
            /// # Errors
            /// `invalid_input` when it is empty, too long or holds a control character.
            pub fn parse(text: &str) -> Result<Self> {
                checked(text, $word).map(|text| Self($spelled(text)))
            }

            /// The id's text.
            ///
            /// ```
            #[doc = concat!("use ctem_core::id::", stringify!($name), ";")]
            ///
            #[doc = concat!("assert_eq!(\"x-1\".parse::<", stringify!($name), ">()?.as_str(), \"x-1\");")]
            /// # Ok::<(), ctem_core::Error>(())
            /// ```
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                Self::parse(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_str(IdVisitor($word, $spelled)).map(Self)
            }
        }
    )+};
}

ids! {
    /// Names an asset: `host:web-1`, `arn:aws:s3:::orders`, `pkg:oci/shop`.
    AssetId: "an asset", as_it_is;
    /// Names a finding: one weakness seen on one asset.
    FindingId: "a finding", as_it_is;
    /// Names a relation: one fact between two assets, such as a right or a route.
    RelationId: "a relation", as_it_is;
    /// Names a weakness in general: `CVE-2021-44228`, `GHSA-jfh8-c2jp-5v3q`, `checkov:CKV_AWS_20`. A CVE and a GitHub advisory are
    /// read whatever their case, and written in one.
    WeaknessId: "a weakness", cve::published;
    /// Names a control: a web application firewall, a second factor, an endpoint agent.
    ControlId: "a control", as_it_is;
    /// Names who owns assets and mends what is found on them.
    OwnerId: "an owner", as_it_is;
    /// Names a business service.
    ServiceId: "a service", as_it_is;
    /// Names a loss event: what hurts the business.
    LossEventId: "a loss event", as_it_is;
    /// Names an action: what somebody does, the same on every day it is to be done.
    ActionId: "an action", as_it_is;
}

// An id's text is shared, since an environment and what follows from it name one thing in many places.
fn as_it_is(text: &str) -> Arc<str> {
    text.into()
}

impl AssetId {
    /// The name made of text that may be too long for one, and is neither empty nor holds control characters.
    pub(crate) fn fitting(text: String) -> Self {
        Self(fitted(text).into())
    }
}

impl ActionId {
    /// The name made of text that may be too long for one.
    pub(crate) fn fitting(text: String) -> Self {
        Self(fitted(text).into())
    }
}

impl RelationId {
    /// The name made of text that may be too long for one.
    pub(crate) fn fitting(text: String) -> Self {
        Self(fitted(text).into())
    }
}

impl WeaknessId {
    /// The CVE it is, if it is one.
    ///
    /// ```
    /// use ctem_core::id::{Cve, WeaknessId};
    ///
    /// assert_eq!(WeaknessId::parse("cve-2021-44228")?.cve(), Some("CVE-2021-44228".parse::<Cve>()?));
    /// assert_eq!(WeaknessId::parse("CVE-of-the-week")?.cve(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn cve(&self) -> Option<Cve> {
        Cve::of(&self.0)
    }
}

/// Visits borrowed text, so that reading an id from JSON allocates once.
struct IdVisitor(&'static str, fn(&str) -> Arc<str>);

impl serde::de::Visitor<'_> for IdVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} id as text", self.0)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Arc<str>, E> {
        checked(text, self.0).map(self.1).map_err(|error| E::custom(error.message()))
    }
}

fn checked<'a>(text: &'a str, word: &str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(format!("empty text is not {word} id: it must name something")));
    }
    if text.len() > LONGEST_ID {
        return Err(Error::invalid(format!(
            "{} is not {word} id: it has {} bytes and may have {LONGEST_ID}",
            quoted(text),
            text.len()
        )));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(format!(
            "{} is not {word} id: it holds a control character",
            quoted(text)
        )));
    }
    Ok(text)
}

/// Text that an id is made of: where it is too long, its beginning and a digest of the whole.
pub(crate) fn fitted(text: String) -> String {
    if text.len() <= LONGEST_ID {
        return text;
    }
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let start: String = text
        .char_indices()
        .take_while(|(at, letter)| at + letter.len_utf8() < LONGEST_ID - digest.len())
        .map(|(_, letter)| letter)
        .collect();
    format!("{start}#{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_trimmed_and_checked() {
        assert_eq!(AssetId::parse(" web-1 ").unwrap().as_str(), "web-1");
        for bad in ["", "  ", "a\u{0}b", "a\nb", &"x".repeat(LONGEST_ID + 1)] {
            assert_eq!(AssetId::parse(bad).unwrap_err().code(), "invalid_input");
        }
        assert!(serde_json::from_str::<OwnerId>(r#""a\nb""#).is_err());
    }

    #[test]
    fn a_long_name_is_fitted_and_stays_itself() {
        let long = |end: &str| fitted(format!("down:{}{end}", "ü".repeat(LONGEST_ID / 2)));
        assert!(AssetId::parse(&long("a")).is_ok() && long("a") != long("b"));
        assert_eq!(fitted("down:web-1".into()), "down:web-1");
    }
}
