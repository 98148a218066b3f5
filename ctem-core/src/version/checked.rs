//! A version that has been read, and its place among others.

use super::{Ecosystem, key::Key, schemes};
use crate::error::{Error, Result, quoted};
use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

/// How two versions of an ecosystem compare, or nothing if one of them is no version there.
///
/// ```
/// use ctem_core::version::{Ecosystem, compare};
/// use std::cmp::Ordering;
///
/// assert_eq!(compare(Ecosystem::PyPi, "1.0.dev3", "1.0a1"), Some(Ordering::Less));
/// assert_eq!(compare(Ecosystem::Maven, "1.0-GA", "1"), Some(Ordering::Equal));
/// assert_eq!(compare(Ecosystem::Npm, "latest", "1.0.0"), None);
/// ```
#[must_use]
pub fn compare(ecosystem: Ecosystem, a: &str, b: &str) -> Option<Ordering> {
    let [a, b] = [a, b].map(|text| schemes::key(ecosystem, text.trim()));
    Some(a?.cmp(&b?))
}

/// A version, as its ecosystem reads it.
///
/// Two are equal where neither is newer, however they are written. Versions of different ecosystems are neither equal nor in
/// any order.
///
/// ```
/// use ctem_core::version::{Ecosystem, Version};
///
/// let version = |text| Version::parse(Ecosystem::Deb, text);
/// assert!(version("1:1.0-1")? > version("2.0-1")? && version("1.0~rc1")? < version("1.0")?);
/// assert_eq!(version("1.0")?, version("0:1.0-0")?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Version {
    ecosystem: Ecosystem,
    text: Box<str>,
    key: Key,
}

impl Version {
    /// Reads a version, without the blanks around it. What tools write loosely is read too: `v1.2.3` and `1.2` are versions of npm.
    ///
    /// # Errors
    /// `invalid_input`, if it is no version of this ecosystem.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Version};
    ///
    /// assert!(Version::parse(Ecosystem::Go, "v0.0.0-20230905200255-921286631fa9")? < Version::parse(Ecosystem::Go, "0.1.0")?);
    /// let error = Version::parse(Ecosystem::Cargo, "main").unwrap_err();
    /// assert_eq!(error.message(), "`main` is not a version of cargo");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self> {
        let text = text.trim();
        let key = schemes::key(ecosystem, text)
            .ok_or_else(|| Error::invalid(format!("{} is not a version of {ecosystem}", quoted(text))))?;
        Ok(Self { ecosystem, text: text.into(), key })
    }

    /// Whose version it is.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Version};
    ///
    /// // Whether an order is known or guessed is known of every version.
    /// assert!(Version::parse(Ecosystem::of("firmware"), "7.4b")?.ecosystem().is_generic());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub const fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// As it was written.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Version};
    ///
    /// assert_eq!(Version::parse(Ecosystem::Npm, " v1.02.3 ")?.text(), "v1.02.3");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) const fn key(&self) -> &Key {
        &self.key
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        (self.ecosystem, &self.key) == (other.ecosystem, &other.key)
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.ecosystem == other.ecosystem).then(|| self.key.cmp(&other.key))
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.ecosystem, &self.key).hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_two_ecosystems_are_in_no_order() {
        let [deb, rpm] = [Ecosystem::Deb, Ecosystem::Rpm].map(|of| Version::parse(of, "1.0-1").unwrap());
        assert_eq!((deb == rpm, deb.partial_cmp(&rpm)), (false, None));
    }
}
