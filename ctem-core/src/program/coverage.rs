//! What a report looked at. What it looked at and does not list is gone; of what it did not look at, nothing is learnt.
//!
//! A scan that ran with a filter, or on half of the machines, lists less and says nothing about the rest. So a report ends findings
//! only within what it covers, and a report of which records were rejected ends none: what could not be read may be one of them.

use crate::{
    id::AssetId,
    model::{Report, WeaknessKind},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How it is known what a report looked at.
///
/// ```
/// use ctem_core::program::{Coverage, Covers};
///
/// // Nobody knows what the filter of that scan was.
/// assert_ne!(Covers::Nothing, Covers::Stated(Coverage::everything()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Covers {
    /// As scanners of its format look: at the assets the report names, by the kinds of check the tool always makes and those the
    /// report shows that it made. Statements, inventories and the native document look at nothing.
    #[default]
    AsFormat,
    /// At nothing that could be missing in it: it only adds.
    Nothing,
    /// At what the caller states.
    Stated(Coverage),
}

impl Covers {
    pub(super) fn is_as_format(&self) -> bool {
        *self == Self::AsFormat
    }

    /// What a report covers; none where nothing follows from what it does not list.
    pub(super) fn of(&self, report: &Report) -> Option<Coverage> {
        let stated = match self {
            Self::Nothing => return None,
            Self::Stated(coverage) => coverage.clone(),
            Self::AsFormat => as_format(report)?,
        };
        (report.tally.rejected == 0 || stated.despite_rejected).then_some(stated)
    }
}

/// What was looked at: which assets, and by which kinds of check.
///
/// ```
/// use ctem_core::{model::WeaknessKind, program::Coverage};
///
/// // A scan for secrets, of two repositories.
/// let coverage = Coverage {
///     assets: Some(["shop".parse()?, "web".parse()?].into()),
///     kinds: Some([WeaknessKind::Secret].into()),
///     ..Coverage::everything()
/// };
/// assert!(coverage.has(&"shop".parse()?, WeaknessKind::Secret));
/// assert!(!coverage.has(&"shop".parse()?, WeaknessKind::Vulnerability));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Coverage {
    /// The assets that were looked at; absent for all there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<BTreeSet<AssetId>>,
    /// The kinds of weakness that were looked for; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<BTreeSet<WeaknessKind>>,
    /// Whether all relations from these assets are listed, and where all assets were looked at all assets, so that those which the
    /// source listed before and lists no more are gone. Not unless said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inventory: bool,
    /// Whether what is not listed is gone although records of the report were rejected. Not unless said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub despite_rejected: bool,
}

impl Coverage {
    /// All assets, by all kinds of check.
    ///
    /// ```
    /// use ctem_core::{model::WeaknessKind, program::Coverage};
    ///
    /// assert!(Coverage::everything().has(&"shop".parse()?, WeaknessKind::Secret));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn everything() -> Self {
        Self::default()
    }

    /// Whether findings of a kind on an asset were looked for. O(log n).
    ///
    /// ```
    /// use ctem_core::{model::WeaknessKind, program::Coverage};
    ///
    /// let one = Coverage { assets: Some(["shop".parse()?].into()), ..Coverage::everything() };
    /// assert!(!one.has(&"web".parse()?, WeaknessKind::Secret));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn has(&self, asset: &AssetId, kind: WeaknessKind) -> bool {
        self.has_asset(asset) && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    pub(super) fn has_asset(&self, asset: &AssetId) -> bool {
        self.assets.as_ref().is_none_or(|assets| assets.contains(asset))
    }

    /// The same, with every asset under the names it goes by.
    pub(super) fn known_as(mut self, name: impl Fn(&AssetId) -> AssetId) -> Self {
        if let Some(assets) = &mut self.assets {
            let known: Vec<_> = assets.iter().map(name).collect();
            assets.extend(known);
        }
        self
    }
}

/// Whether reports of a format collect who may do what: what they list was looked at, whether anything is wrong with it or not.
pub(super) fn collects_identities(format: &str) -> bool {
    matches!(format, "sharphound" | "azurehound" | "aws_iam")
}

/// What scanners of a format look for whatever they find. Formats that are not here cover nothing.
fn always(format: &str) -> Option<&'static [WeaknessKind]> {
    use WeaknessKind::{Misconfiguration, NetworkExposure, Secret, Vulnerability};
    Some(match format {
        "gitleaks" | "trufflehog" => &[Secret],
        "cargo_audit" | "govulncheck" | "grype" | "npm_audit" | "osv_scanner" | "pip_audit"
        | "yarn_audit" => &[Vulnerability],
        "checkov" | "kubescape" | "prowler" | "prowler_csv" => &[Misconfiguration],
        "nmap" => &[NetworkExposure],
        // What these look for is chosen when they run: only what they list shows it.
        "nessus" | "nessus_csv" | "openvas" | "openvas_csv" | "sarif" | "semgrep" | "snyk" | "trivy" => &[],
        _ => return None,
    })
}

fn as_format(report: &Report) -> Option<Coverage> {
    let always = always(&report.source.format)?;
    let findings = &report.contents.findings;
    let kinds = always.iter().copied().chain(findings.iter().map(|finding| finding.weakness.kind));
    let named = report.contents.assets.iter().flat_map(|asset| asset.aliases.iter().chain([&asset.id]));
    let assets = named.chain(findings.iter().map(|finding| &finding.asset)).cloned();
    Some(Coverage { assets: Some(assets.collect()), kinds: Some(kinds.collect()), ..Coverage::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(format: &str, rejected: u64) -> Report {
        let mut report = Report::default();
        report.source.format = format.into();
        report.tally.rejected = rejected;
        report
    }

    #[test]
    fn only_formats_of_scanners_cover_what_they_do_not_list() {
        assert!(Covers::AsFormat.of(&report("gitleaks", 0)).is_some());
        for format in ["ctem", "openvex", "csaf", "sharphound", "terraform", ""] {
            assert_eq!(Covers::AsFormat.of(&report(format, 0)), None, "{format}");
        }
    }

    #[test]
    fn a_report_with_rejected_records_ends_nothing_unless_told() {
        assert_eq!(Covers::AsFormat.of(&report("gitleaks", 1)), None);
        let despite = Coverage { despite_rejected: true, ..Coverage::everything() };
        assert_eq!(Covers::Stated(despite.clone()).of(&report("gitleaks", 1)), Some(despite));
        assert_eq!(Covers::Stated(Coverage::everything()).of(&report("gitleaks", 1)), None);
    }
}
