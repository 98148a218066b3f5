//! Findings: their signs, what the tables say of them, and what they do not know.

use super::{Decision, Effects, Match, Signs};
use crate::{
    id::is_published,
    model::{Environment, Finding, Sighting, WeaknessKind},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

impl Effects {
    /// What a finding does, from all that those who saw it say of it.
    ///
    /// Where several saw it, the surest line decides: the user's own first, then by what it looks at, then the first of
    /// the table. A finding that nobody saw is decided by its weakness alone: the tool is what stands before the colon
    /// of its name.
    ///
    /// ```
    /// use ctem_core::{
    ///     intel::effects::{Effect, Effects},
    ///     model::{Finding, Sighting, Weakness, WeaknessKind},
    /// };
    ///
    /// // A person wrote this one down, so its title is all there is.
    /// let by_hand = Weakness {
    ///     title: Some("VPC flow logs off".into()),
    ///     ..Weakness::new("review:17".parse()?, WeaknessKind::Misconfiguration)
    /// };
    /// let finding = Finding::new("shop".parse()?, by_hand);
    /// let effects = Effects::shipped();
    /// assert_eq!(effects.of(&finding).effect, Effect::None);
    ///
    /// // A scanner that knows it by a rule of its own says more.
    /// let sighting = Sighting { rule: Some("CKV_AWS_20".into()), ..Sighting::by("checkov") };
    /// let seen = Finding { sightings: vec![sighting], ..finding };
    /// assert_eq!(effects.of(&seen).effect, Effect::Opens);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(&self, finding: &Finding) -> Decision<'_> {
        let decisions = sightings(finding).map(|sighting| self.by_sighting(finding, sighting));
        let surest = decisions.min_by(|a, b| order(a).cmp(&order(b)));
        surest.unwrap_or_else(|| self.by_sighting(finding, None))
    }

    /// The rules that no line decides, with how often they were found: the most findings first.
    ///
    /// Flaws with a published name are left out, since their CVSS says what they do. Each has the beginning of a line that
    /// would decide it: with the name of an outcome behind it, it is a line for [`Effects::with`].
    ///
    /// O(findings · log rules).
    ///
    /// ```
    /// use ctem_core::{
    ///     Environment,
    ///     intel::effects::Effects,
    ///     model::{AssetKind, Weakness, WeaknessKind},
    /// };
    ///
    /// // What does our own scanner find that nobody has judged yet?
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .finding("f-1", "web-1", Weakness::new("acme:A-17".parse()?, WeaknessKind::Misconfiguration))
    ///     .build()?;
    /// let unknown = Effects::shipped().unknown_rules(&environment);
    /// assert_eq!((&*unknown[0].line, unknown[0].findings), ("acme\trule\tA-17", 1));
    ///
    /// let ours = Effects::with(&format!("{}\tlogging\n", unknown[0].line))?;
    /// assert!(ours.unknown_rules(&environment).is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias("unknown", "coverage", "gaps"))]
    pub fn unknown_rules(&self, environment: &Environment) -> Vec<UnknownRule> {
        let mut rules: BTreeMap<(String, String), (String, usize, BTreeSet<&str>)> = BTreeMap::new();
        for finding in environment.findings().filter(|finding| finding.status.is_open()) {
            if is_published_flaw(finding) || self.of(finding).by.is_some() {
                continue;
            }
            let named: BTreeSet<(String, String, &str)> = sightings(finding)
                .map(|sighting| {
                    let (tool, rule, title) = named(finding, sighting);
                    (tool.to_owned(), rule.to_owned(), title)
                })
                .collect();
            for (tool, rule, title) in named {
                let (known, count, assets) = rules.entry((tool, rule)).or_default();
                if known.is_empty() || title < known.as_str() {
                    *known = title.into();
                }
                *count += 1;
                assets.insert(finding.asset.as_str());
            }
        }
        let mut list: Vec<UnknownRule> = rules
            .into_iter()
            .map(|((tool, rule), (title, findings, assets))| UnknownRule {
                line: line(&tool, &rule).into(),
                tool: tool.into(),
                rule: rule.into(),
                title: title.into(),
                findings,
                assets: assets.len(),
            })
            .collect();
        list.sort_by_key(|rule| std::cmp::Reverse(rule.findings));
        list
    }
}

/// A rule that no table decides.
///
/// ```
/// use ctem_core::{Program, discover};
///
/// let mut program = Program::default();
/// program.absorb(discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}],
///     "findings": [{"asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}]}"#)?);
/// let unknown = program.unknown_rules();
/// assert_eq!((&*unknown[0].tool, &*unknown[0].rule, unknown[0].assets), ("acme", "A-1", 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UnknownRule {
    /// The tool, as it calls itself.
    pub tool: Box<str>,
    /// The rule's id.
    pub rule: Box<str>,
    /// The title of a finding.
    pub title: Box<str>,
    /// How many open findings are of it.
    pub findings: usize,
    /// On how many assets.
    pub assets: usize,
    /// The beginning of a line that decides it: one column more makes it whole.
    pub line: Box<str>,
}

/// Whether a flaw is one that all tools share a name for, so that its CVSS says what it does.
pub(crate) fn is_published_flaw(finding: &Finding) -> bool {
    let weakness = &finding.weakness;
    weakness.kind == WeaknessKind::Vulnerability
        && std::iter::once(&weakness.id).chain(&weakness.aliases).any(|id| is_published(id.as_str()))
}

/// Those who saw a finding; nobody, once, where nobody did.
fn sightings(finding: &Finding) -> impl Iterator<Item = Option<&Sighting>> {
    let nobody = finding.sightings.is_empty().then_some(None);
    finding.sightings.iter().map(Some).chain(nobody)
}

/// The tool, the rule and the title that a sighting speaks of.
fn named<'a>(finding: &'a Finding, sighting: Option<&'a Sighting>) -> (&'a str, &'a str, &'a str) {
    let weakness = &finding.weakness;
    let id = weakness.id.as_str();
    let (before, after) = id.split_once(':').unwrap_or(("", id));
    match sighting {
        Some(Sighting { source, rule, title, .. }) => {
            let title = title.as_deref().or(weakness.title.as_deref()).unwrap_or_default();
            (source, rule.as_deref().unwrap_or(after), title)
        }
        None => (before, after, weakness.title.as_deref().unwrap_or_default()),
    }
}

impl Effects {
    fn by_sighting(&self, finding: &Finding, sighting: Option<&Sighting>) -> Decision<'_> {
        let (tool, rule, title) = named(finding, sighting);
        let (mut tags, mut categories, mut service, mut family) = (Vec::new(), Vec::new(), "", "");
        for tag in sighting.iter().flat_map(|sighting| &sighting.tags) {
            match tag.split_once(':') {
                Some(("category", word)) => categories.push(word),
                Some(("likelihood", _)) => categories.push(tag),
                Some(("service", word)) => service = word,
                Some(("family", word)) => family = word,
                Some(_) | None => tags.push(&**tag),
            }
        }
        self.decide(&Signs {
            tool,
            rule,
            title,
            categories: &categories,
            cwes: &finding.weakness.cwes,
            port: port(finding),
            service,
            family,
            tags: &tags,
            kind: Some(finding.weakness.kind),
        })
    }
}

/// The surest first: decided before not, the user's lines, what is asked first, the line that comes first.
fn order<'a>(decision: &Decision<'a>) -> (bool, bool, usize, &'a str, usize) {
    match decision.by {
        Some(line) => (false, &*line.table != super::OWN, line.looks_at as usize, &*line.table, line.number),
        None => (true, true, 0, "", 0),
    }
}

/// The port that a finding is at: of its place, or of its address where that says one.
fn port(finding: &Finding) -> Option<(u16, &str)> {
    let place = finding.location.as_deref()?;
    if let Some((number, protocol)) = place.port.as_deref().and_then(|port| port.split_once('/')) {
        return Some((number.parse().ok()?, protocol));
    }
    let address = place.url.as_deref()?;
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    Some((authority.rsplit_once(':')?.1.parse().ok()?, "tcp"))
}

/// The first three columns of a line that decides a rule.
fn line(tool: &str, rule: &str) -> String {
    let tool = super::signs::tool_name(tool);
    let tool = if tool.is_empty() { "*".to_owned() } else { tool };
    // What would part columns or values is any letter of a pattern.
    let plain = rule.replace(['|', '\t'], "?");
    let looks_at = if plain == rule { Match::Rule } else { Match::Id };
    format!("{tool}\t{}\t{plain}", looks_at.name())
}
