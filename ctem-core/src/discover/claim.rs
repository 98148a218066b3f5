//! A claim: what one record of a tool says, in the tool's own shape, before it becomes a finding.

use super::Draft;
use crate::{
    error::Result,
    id::{AssetId, WeaknessId},
    intel::cvss::Vector,
    model::{Component, Finding, Location, Secret, Sighting, Status, Weakness, WeaknessKind},
    quantity::{Probability, Score, Severity},
};
use std::collections::HashSet;

/// What a record says. Empty texts and lists say nothing.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) asset: AssetId,
    pub(crate) kind: WeaknessKind,
    /// Published names of the weakness: CVEs, advisories that are of it alone. The first CVE names it, or else the first.
    pub(crate) names: Vec<&'a str>,
    /// The tool's name for the rule or advisory, which names the weakness where nothing else does.
    pub(crate) rule: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// The tool's word for how bad it is.
    pub(crate) severity: &'a str,
    /// CVSS vectors as published; what is none is left out.
    pub(crate) cvss: Vec<String>,
    /// A CVSS score, where there is no vector.
    pub(crate) score: Option<f64>,
    pub(crate) epss: Option<f64>,
    pub(crate) known_exploited: bool,
    /// CWEs in any spelling with the number in it.
    pub(crate) cwes: Vec<&'a str>,
    pub(crate) component: Option<Component>,
    pub(crate) location: Option<Location>,
    pub(crate) status: Status,
    pub(crate) secret: Option<Secret>,
    pub(crate) fixed_in: Vec<&'a str>,
    pub(crate) advice: &'a str,
    pub(crate) link: &'a str,
    pub(crate) seen: &'a str,
    pub(crate) place: &'a str,
}

impl<'a> Claim<'a> {
    /// A claim that only says where and what.
    pub(crate) fn new(asset: AssetId, kind: WeaknessKind, rule: &'a str, place: &'a str) -> Self {
        Self {
            asset,
            kind,
            names: Vec::new(),
            rule,
            title: "",
            description: "",
            severity: "",
            cvss: Vec::new(),
            score: None,
            epss: None,
            known_exploited: false,
            cwes: Vec::new(),
            component: None,
            location: None,
            status: Status::Open,
            secret: None,
            fixed_in: Vec::new(),
            advice: "",
            link: "",
            seen: "",
            place,
        }
    }
}

impl Draft<'_> {
    /// Turns a claim into a finding.
    ///
    /// # Errors
    /// `invalid_input` when the claim does not name what is wrong.
    pub(crate) fn claim(&mut self, claim: Claim<'_>) -> Result<()> {
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        for name in claim.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            let name = WeaknessId::parse(&canonical(name))?;
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        let named_by = names.iter().position(|name| name.as_str().starts_with("CVE-"));
        let id = if names.is_empty() {
            self.own_weakness(claim.rule)?
        } else {
            names.remove(named_by.unwrap_or(0))
        };
        let mut weakness = Weakness::new(id, claim.kind);
        names.sort_unstable();
        weakness.aliases = names;
        weakness.title = said(claim.title);
        weakness.cwes = claim.cwes.iter().filter_map(|cwe| cwe_number(cwe)).collect();
        weakness.cwes.sort_unstable();
        weakness.cwes.dedup();
        weakness.cvss = claim.cvss.iter().filter_map(|text| vector(text)).collect();
        weakness.cvss.sort_unstable();
        weakness.cvss.dedup();
        let scored = claim.score.and_then(|score| Score::new(score).ok()).map(Score::severity);
        weakness.severity = Severity::from_word(claim.severity).or(scored);
        weakness.epss = claim.epss.and_then(|epss| Probability::new(epss).ok());
        weakness.known_exploited = claim.known_exploited;
        let mut sighting = Sighting::by(&self.report.source.tool);
        sighting.rule = said(claim.rule);
        sighting.title = said(claim.title);
        sighting.description = said(claim.description);
        sighting.severity = said(claim.severity);
        sighting.fixed_in = claim.fixed_in.iter().filter_map(|version| said(version)).collect();
        sighting.advice = said(claim.advice);
        sighting.link = said(claim.link);
        sighting.place = said(claim.place);
        sighting.seen = self.moment(Some(claim.seen), claim.place);
        let mut finding = Finding::new(claim.asset, weakness);
        finding.component = claim.component.filter(|component| !component.name.trim().is_empty());
        finding.location = claim.location.filter(|location| *location != Location::default()).map(Box::new);
        finding.status = claim.status;
        finding.secret = claim.secret.map(Box::new);
        finding.sightings.push(sighting);
        self.finding(finding)
    }
}

/// Text that says something.
pub(crate) fn said(text: &str) -> Option<Box<str>> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(Box::from)
}

/// A CVE in capitals, a GHSA with its prefix in capitals; anything else as it is.
fn canonical(name: &str) -> String {
    let begins =
        |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("CVE-") {
        name.to_ascii_uppercase()
    } else if begins("GHSA-") {
        format!("GHSA-{}", name.get(5..).unwrap_or_default().to_ascii_lowercase())
    } else {
        name.to_owned()
    }
}

/// The number of a CWE: `CWE-79`, `79`, `external/cwe/cwe-079`, `CWE-79: Cross-site Scripting`.
fn cwe_number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let after = lower.rfind("cwe-").and_then(|at| lower.get(at + 4..)).unwrap_or(&lower).trim();
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.get(..digits)?.parse().ok().filter(|number| *number > 0)
}

/// A vector as the standard writes it, if the text is one: Nessus writes `CVSS2#AV:…`, CycloneDX 1.2 leaves the prefix off.
fn vector(text: &str) -> Option<Box<str>> {
    let text = text.trim();
    let bare = text.rsplit_once('#').map_or(text, |(_, bare)| bare);
    let as_v3 = format!("CVSS:3.1/{bare}");
    [bare, as_v3.as_str()]
        .iter()
        .find_map(|text| text.parse::<Vector>().ok())
        .map(|vector| vector.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_tools_are_understood() {
        assert_eq!(canonical("cve-2021-44228"), "CVE-2021-44228");
        assert_eq!(canonical("ghsa-JFH8-c2jp-5v3q"), "GHSA-jfh8-c2jp-5v3q");
        for text in ["CWE-79", "79", "external/cwe/cwe-079", "CWE-79: Cross-site Scripting", "cwe-79"] {
            assert_eq!(cwe_number(text), Some(79), "{text}");
        }
        assert_eq!(cwe_number("NVD-CWE-noinfo"), None);
        assert_eq!(vector("CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P").as_deref(), Some("AV:N/AC:L/Au:N/C:P/I:P/A:P"));
        assert_eq!(
            vector("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").as_deref(),
            Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        );
        assert_eq!(vector("OWASP/K9:M1"), None);
    }
}
