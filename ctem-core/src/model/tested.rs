//! What a test was of, where it names no finding but a weakness or a technique, and an asset: `CVE-2021-44228@web-7`, `T1059@web-7`.
//!
//! Tools that test do not know how findings are called elsewhere. So evidence may name what it tried and where; which findings that
//! is of follows from what is known when it is asked, whatever came first.

use super::{Environment, Finding, Technique};
use crate::id::{AssetId, FindingId, WeaknessId};

/// What was tried, and on which asset, by its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestedOn<'a> {
    pub(crate) asset: usize,
    pub(crate) tried: &'a str,
}

impl<'a> TestedOn<'a> {
    /// The technique that was tried, if it was one.
    pub(crate) fn technique(&self) -> Option<Technique> {
        self.tried.parse().ok()
    }

    /// Whether a finding is of the weakness that was tried.
    pub(crate) fn is_of(&self, finding: &Finding) -> bool {
        let weakness = &finding.weakness;
        let is = |id: WeaknessId| id == weakness.id || weakness.aliases.contains(&id);
        WeaknessId::parse(self.tried).is_ok_and(is)
    }

    /// How such a test is named.
    pub(crate) fn name(tried: &str, asset: &str) -> String {
        format!("{tried}@{asset}")
    }
}

impl Environment {
    /// What a test of this name was of, where no finding goes by it; nothing where no asset is named.
    pub(crate) fn tested_on<'a>(&self, name: &'a FindingId) -> Option<TestedOn<'a>> {
        let name = name.as_str();
        name.match_indices('@').find_map(|(at, _)| {
            let (tried, asset) = (name.get(..at)?, name.get(at + 1..)?);
            let asset = self.number(&AssetId::parse(asset).ok()?)?;
            (!tried.is_empty()).then_some(TestedOn { asset, tried })
        })
    }
}
