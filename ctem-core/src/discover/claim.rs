//! A claim: what one record of a tool says, in the tool's own shape, before it becomes a finding.

use super::{Draft, gate};
use crate::{
    cvss::Vector,
    error::{Result, quoted},
    id::{AssetId, WeaknessId},
    model::{
        Acceptance, Analysis, Component, Finding, Location, NoteKind, Reachability, Secret, Sighting, Status,
        Weakness, WeaknessKind,
    },
    quantity::{Probability, Score, Severity},
};
use std::{borrow::Cow, collections::HashSet};

/// What a record says. Empty texts and lists say nothing.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) asset: AssetId,
    pub(crate) kind: WeaknessKind,
    /// Published names of the weakness: CVEs, advisories that are of it alone. The first CVE names it, or else the first.
    pub(crate) names: Vec<&'a str>,
    /// The tool's name for the rule or advisory, which names the weakness where nothing else does.
    pub(crate) rule: &'a str,
    /// Whose rule it is, where the format is one that many tools write.
    pub(crate) tool: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// The tool's word for how bad it is.
    pub(crate) severity: &'a str,
    /// CVSS vectors as published; what is none is left out, with a note.
    pub(crate) cvss: Vec<String>,
    /// A CVSS score, where there is no vector.
    pub(crate) score: Option<f64>,
    pub(crate) epss: Option<f64>,
    pub(crate) known_exploited: bool,
    /// CWEs in any spelling with the number in it.
    pub(crate) cwes: Vec<&'a str>,
    /// How the tool files the rule; see [`Claim::file_under`].
    pub(crate) tags: Vec<Box<str>>,
    pub(crate) component: Option<Component>,
    pub(crate) location: Option<Location>,
    /// What the tool tells this record apart by from others of the same weakness in the same place.
    pub(crate) instance: &'a str,
    pub(crate) status: Status,
    /// Until when somebody lives with it, who, and why: kept where the status is that somebody does.
    pub(crate) acceptance: Acceptance,
    pub(crate) reachability: Option<Reachability>,
    /// What the record concludes, if it does not tell what was seen; the status follows from it.
    pub(crate) concluded: Option<Concluded<'a>>,
    pub(crate) secret: Option<Secret>,
    pub(crate) fixed_in: Vec<&'a str>,
    pub(crate) advice: &'a str,
    pub(crate) link: &'a str,
    pub(crate) seen: &'a str,
    /// What the tool's own ignore file names the record by, where that is nothing the finding keeps.
    pub(crate) mark: &'a str,
    pub(crate) place: &'a str,
}

/// What a statement of VEX comes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Concluded<'a> {
    pub(crate) status: Status,
    /// Whether it speaks of the component wherever it lies.
    pub(crate) wherever: bool,
    /// The versions it speaks of, where it names no single one.
    pub(crate) versions: &'a str,
}

impl<'a> Claim<'a> {
    /// A claim that only says where and what.
    pub(crate) fn new(asset: AssetId, kind: WeaknessKind, rule: &'a str, place: &'a str) -> Self {
        Self {
            asset,
            kind,
            names: Vec::new(),
            rule,
            tool: "",
            title: "",
            description: "",
            severity: "",
            cvss: Vec::new(),
            score: None,
            epss: None,
            known_exploited: false,
            cwes: Vec::new(),
            tags: Vec::new(),
            component: None,
            location: None,
            instance: "",
            status: Status::Open,
            acceptance: Acceptance::default(),
            reachability: None,
            concluded: None,
            secret: None,
            fixed_in: Vec::new(),
            advice: "",
            link: "",
            seen: "",
            mark: "",
            place,
        }
    }

    /// Says how the tool files the rule: under which words, and what it calls them. Tags are called nothing.
    pub(crate) fn file_under<'w>(&mut self, called: &str, words: impl IntoIterator<Item = &'w str>) {
        let said = words.into_iter().map(str::trim).filter(|word| !word.is_empty());
        self.tags.extend(said.map(|word| match called {
            "" => word.into(),
            called => format!("{called}:{word}").into(),
        }));
    }
}

impl Draft<'_> {
    /// Turns a claim into a finding.
    ///
    /// # Errors
    /// `invalid_input` when the claim does not name what is wrong, `limit_exceeded` when it says far more than the document has.
    pub(crate) fn claim(&mut self, claim: Claim<'_>) -> Result<()> {
        // Of a secret, no text is kept that may quote it.
        let is_secret = claim.kind == WeaknessKind::Secret;
        let prose = |text| if is_secret { "" } else { text };
        let (mut description, mut advice, mut link) =
            (prose(claim.description), prose(claim.advice), claim.link);
        // A text that will not be kept is not looked at either: each of many claims may repeat one of any length.
        self.room_beside(claim.title.len())?;
        if !self.has_room_to_describe(description.len() + advice.len() + link.len()) {
            (description, advice, link) = ("", "", "");
            let reason =
                "what describes it is left out: findings repeat texts many times the document's length";
            self.note(NoteKind::Ignored, claim.place, reason);
        }
        let Claim { names, tags, cwes, cvss, fixed_in, .. } = &claim;
        self.look_at(names.len() + tags.len() + cwes.len() + cvss.len() + fixed_in.len())?;
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        for name in claim.names.iter().filter_map(|name| said(name)) {
            let name = WeaknessId::parse(&name)?;
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        let named_by = names.iter().position(|name| name.cve().is_some());
        let id = if names.is_empty() {
            self.own_weakness(claim.tool, &gate::passed(claim.rule))?
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
        for text in claim.cvss.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            let what = || format!("the CVSS vector {}", quoted(text));
            let read = vector(text).inspect_err(|error| self.left_out(&what(), error, claim.place));
            weakness.cvss.extend(read.ok());
        }
        weakness.cvss.sort_unstable();
        weakness.cvss.dedup();
        let score = claim.score.map(Score::new).transpose();
        let scored = score.inspect_err(|error| self.left_out("the score", error, claim.place)).ok().flatten();
        let scored = scored.map(Score::severity);
        weakness.severity = Severity::from_word(claim.severity).or(scored);
        let epss = claim.epss.map(Probability::new).transpose();
        weakness.epss =
            epss.inspect_err(|error| self.left_out("the EPSS score", error, claim.place)).ok().flatten();
        weakness.known_exploited = claim.known_exploited;
        let mut sighting = Sighting::by(&self.report.source.tool);
        sighting.rule = said(claim.rule);
        sighting.title = said(claim.title);
        sighting.description = said(description);
        sighting.severity = said(claim.severity);
        sighting.tags = claim.tags.iter().filter_map(|tag| said(tag)).collect();
        sighting.tags.sort_unstable();
        sighting.tags.dedup();
        sighting.fixed_in = claim.fixed_in.iter().filter_map(|version| said(version)).collect();
        sighting.advice = said(advice);
        sighting.link = said(link);
        sighting.place = said(claim.place);
        sighting.reachability = claim.reachability;
        sighting.analysis = claim.concluded.map(|concluded| {
            let Concluded { status, wherever, versions } = concluded;
            Box::new(Analysis { status, wherever, versions: said(versions), applied: false })
        });
        sighting.seen = self.moment(Some(claim.seen), claim.place);
        let mut finding = Finding::new(claim.asset, weakness);
        finding.component =
            claim.component.filter(|component| !component.name.trim().is_empty()).map(clean_component);
        finding.location = claim
            .location
            .filter(|location| *location != Location::default())
            .map(clean_location)
            .map(Box::new);
        finding.instance = said(claim.instance);
        finding.status = claim.concluded.map_or(claim.status, |concluded| concluded.status);
        let Acceptance { since, until, by, reason } = claim.acceptance;
        let clean = |text: Option<Box<str>>| text.and_then(|text| said(&text));
        let acceptance = Acceptance { since, until, by: clean(by), reason: clean(reason) };
        if finding.status == Status::Accepted && acceptance != Acceptance::default() {
            finding.acceptance = Some(Box::new(acceptance));
        }
        finding.secret = claim.secret.map(Box::new);
        finding.sightings.push(sighting);
        if !claim.mark.is_empty() {
            self.mark(claim.mark)?;
        }
        self.finding(finding)
    }
}

/// The published name that stands in a rule's id or a tag: `CVE-2021-1234-openssl`, `CKV_CVE_2021_44228`,
/// `GHSA-jfh8-c2jp-5v3q-log4j`, `GO-2022-0969`.
pub(crate) fn published_within(text: &str) -> Option<String> {
    // All of them are parted; most tags are plain words.
    if !text.bytes().any(|byte| matches!(byte, b'-' | b'_')) {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let bytes = upper.as_bytes();
    let free = |at: usize| at == 0 || bytes.get(at - 1).is_some_and(|before| !before.is_ascii_alphanumeric());
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let part = |from: usize, length: usize| upper.get(from..from + length).unwrap_or_default();
    for (at, _) in upper.match_indices("CVE").filter(|(at, _)| free(*at)) {
        let (year, number) = (digits(at + 4), digits(at + 9));
        let parted = [at + 3, at + 8].iter().all(|at| matches!(bytes.get(*at), Some(b'-' | b'_')));
        if parted && year == 4 && (4..=9).contains(&number) {
            return Some(format!("CVE-{}-{}", part(at + 4, 4), part(at + 9, number)));
        }
    }
    for (at, _) in upper.match_indices("GHSA").filter(|(at, _)| free(*at)) {
        let parts: Vec<&str> = (0..3).map(|n| part(at + 5 + 5 * n, 4)).collect();
        let plain = |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let parted = (0..3).all(|n| matches!(bytes.get(at + 4 + 5 * n), Some(b'-' | b'_')));
        let ends = bytes.get(at + 19).is_none_or(|after| !after.is_ascii_alphanumeric());
        if parted && ends && parts.iter().all(plain) {
            return Some(format!("GHSA-{}", parts.join("-").to_ascii_lowercase()));
        }
    }
    ["GO-", "PYSEC-", "RUSTSEC-", "OSV-", "MAL-", "GMS-"].into_iter().find_map(|source| {
        let number = source.len() + 5;
        let dated =
            upper.starts_with(source) && digits(source.len()) == 4 && bytes.get(number - 1) == Some(&b'-');
        let length = digits(number);
        (dated && length > 0).then(|| part(0, number + length).to_owned())
    })
}

/// Text that says something, as far as it may be kept.
pub(crate) fn said(text: &str) -> Option<Box<str>> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(|text| gate::passed(text).into())
}

/// The same text, as far as it may be kept.
fn clean(text: Box<str>) -> Box<str> {
    let changed = match gate::passed(&text) {
        Cow::Owned(changed) => Some(changed),
        Cow::Borrowed(_) => None,
    };
    changed.map_or(text, Into::into)
}

fn clean_component(mut component: Component) -> Component {
    component.name = clean(component.name);
    component.version = component.version.map(clean);
    component.purl = component.purl.map(clean);
    component.ecosystem = component.ecosystem.map(clean);
    component.source = component.source.map(clean);
    component
}

fn clean_location(mut location: Location) -> Location {
    location.path = location.path.map(clean).map(|path| in_slashes(&path).unwrap_or(path));
    location.url = location.url.map(clean);
    location.port = location.port.map(clean);
    location
}

/// A path of Windows with the slashes that the same path has elsewhere: owners are told by it, and a tool's other formats write it so.
fn in_slashes(path: &str) -> Option<Box<str>> {
    let file = path.split('#').next().unwrap_or_default();
    let is_windows = file.contains('\\') && !file.contains('/');
    is_windows
        .then(|| format!("{}{}", file.replace('\\', "/"), path.get(file.len()..).unwrap_or_default()).into())
}

/// The number of a CWE: `CWE-79`, `79`, `external/cwe/cwe-079`, `CWE-79: Cross-site Scripting`.
fn cwe_number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let after = lower.rfind("cwe-").and_then(|at| lower.get(at + 4..)).unwrap_or(&lower).trim();
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.get(..digits)?.parse().ok().filter(|number| *number > 0)
}

/// The vector that a text is: Nessus writes `CVSS2#AV:…`, CycloneDX 1.2 leaves the prefix off.
fn vector(text: &str) -> Result<Vector> {
    let bare = text.rsplit_once('#').map_or(text, |(_, bare)| bare);
    bare.parse().or_else(|error| format!("CVSS:3.1/{bare}").parse().map_err(|_| error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_names_are_found_inside_of_others() {
        for (text, name) in [
            ("CVE-2021-1234-openssl", Some("CVE-2021-1234")),
            ("CKV_CVE_2021_44228", Some("CVE-2021-44228")),
            ("vuln/cve-2021-44228", Some("CVE-2021-44228")),
            ("GHSA-JFH8-c2jp-5v3q-kelp-merge", Some("GHSA-jfh8-c2jp-5v3q")),
            ("GO-2022-0969", Some("GO-2022-0969")),
            ("RUSTSEC-2021-0001", Some("RUSTSEC-2021-0001")),
            ("xCVE-2021-1234", None),
            ("CVE-2021-12", None),
            ("GHSA-jfh8-c2jp", None),
            ("GO-FAST", None),
            ("", None),
        ] {
            assert_eq!(published_within(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_path_of_windows_is_written_as_elsewhere() {
        let written = |path: &str| in_slashes(path).map(String::from);
        assert_eq!(written(r"src\app\a.py").as_deref(), Some("src/app/a.py"));
        assert_eq!(written(r"C:\a\main.tf#b\c").as_deref(), Some(r"C:/a/main.tf#b\c"));
        for path in ["src/a.py", r"src/a\ b.py", "a.py", ""] {
            assert_eq!(written(path), None, "{path}");
        }
    }

    #[test]
    fn spellings_of_tools_are_understood() {
        let name = |text: &str| WeaknessId::parse(text).unwrap().to_string();
        assert_eq!(name("cve-2021-44228"), "CVE-2021-44228");
        assert_eq!(name("ghsa-JFH8-c2jp-5v3q"), "GHSA-jfh8-c2jp-5v3q");
        assert_eq!(name("cve-foo"), "cve-foo");
        for text in ["CWE-79", "79", "external/cwe/cwe-079", "CWE-79: Cross-site Scripting", "cwe-79"] {
            assert_eq!(cwe_number(text), Some(79), "{text}");
        }
        assert_eq!(cwe_number("NVD-CWE-noinfo"), None);
        let written = |text: &str| vector(text).map(|vector| vector.to_string()).ok();
        assert_eq!(
            written("CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P").as_deref(),
            Some("AV:N/AC:L/Au:N/C:P/I:P/A:P")
        );
        assert_eq!(
            written("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").as_deref(),
            Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        );
        assert_eq!(written("OWASP/K9:M1"), None);
    }
}
