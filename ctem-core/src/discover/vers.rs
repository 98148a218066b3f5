//! Whether a version lies in a range that a document states: of VERS, `vers:maven/>=2.0|<2.17.1`, or of the ecosystem's own.

use crate::version::{Ecosystem, Range, Version};

/// Whether a version lies in a range; `None` where that cannot be told. The package URL says whose range it is, where VERS does
/// not.
pub(crate) fn contains(range: &str, version: &str, purl: Option<&str>) -> Option<bool> {
    let range: Range = if range.starts_with("vers:") {
        range.parse().ok()?
    } else {
        Range::parse(Ecosystem::of(purl.unwrap_or_default()), range).ok()?
    };
    let version = Version::parse(range.ecosystem(), version).ok()?;
    Some(range.contains(&version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_of_its_ecosystem() {
        for (range, version, purl, expected) in [
            ("vers:maven/>=2.0|<2.17.1", "2.14.1", None, Some(true)),
            ("vers:maven/>=2.0|<2.17.1", "2.17.1", None, Some(false)),
            ("vers:generic/>=2.9|<=4.1", "3.1", None, Some(true)),
            ("vers:npm/*", "1.0.0", None, Some(true)),
            ("<6.5.3", "6.5.0", Some("pkg:npm/qs@6.5.0"), Some(true)),
            ("vers:", "1", None, None),
        ] {
            assert_eq!(contains(range, version, purl), expected, "{range} {version}");
        }
    }
}
