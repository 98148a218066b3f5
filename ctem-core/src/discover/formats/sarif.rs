//! SARIF 2.1.0 (OASIS): what static analysers, and many other scanners, write.
//!
//! A record is a result of a run. The asset is the repository a run names as its version control, or else the caller's.
//! Results that pass or do not apply are clear; suppressed ones are `NotAffected`. A rule that is a CVE is a vulnerability, a
//! rule of a tool that looks for secrets is a secret, and of a secret's result no message or snippet is kept.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Location, Secret, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::HashMap};

pub(super) const READER: Reader = Reader { name: "sarif", title: "SARIF 2.1.0", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let named = json.text("/$schema").is_some_and(|schema| schema.contains("sarif"));
        Match::yes_if(json.has("/runs") && (named || json.has("/runs/0/tool") || json.has("/version")))
    })
}

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(borrow, default)]
    runs: Option<Vec<Run<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    #[serde(borrow)]
    tool: Tool<'a>,
    #[serde(borrow, default)]
    results: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    invocations: Option<Vec<Invocation<'a>>>,
    #[serde(borrow, default)]
    version_control_provenance: Option<Vec<Provenance<'a>>>,
}

#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow)]
    driver: Component<'a>,
    #[serde(borrow, default)]
    extensions: Option<Vec<Component<'a>>>,
}

#[derive(Deserialize)]
struct Component<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    rules: Option<Vec<Rule<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Rule<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    short_description: Option<Message<'a>>,
    #[serde(borrow)]
    full_description: Option<Message<'a>>,
    #[serde(borrow)]
    help: Option<Message<'a>>,
    #[serde(borrow)]
    help_uri: Option<Cow<'a, str>>,
    #[serde(borrow)]
    default_configuration: Option<Configuration<'a>>,
    #[serde(borrow)]
    properties: Option<Properties<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Configuration<'a> {
    #[serde(borrow)]
    level: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Properties<'a> {
    #[serde(borrow)]
    tags: Option<Vec<Cow<'a, str>>>,
    #[serde(rename = "security-severity")]
    security_severity: Option<Number>,
    #[serde(borrow)]
    cwe: Option<Words<'a>>,
}

/// A number that tools also write as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(f64),
    Text(String),
}

/// One word or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words<'a> {
    #[serde(borrow)]
    One(Cow<'a, str>),
    #[serde(borrow)]
    Several(Vec<Cow<'a, str>>),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    #[serde(borrow, default)]
    end_time_utc: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provenance<'a> {
    #[serde(borrow, default)]
    repository_uri: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    #[serde(borrow, default)]
    rule_id: Option<Cow<'a, str>>,
    #[serde(default)]
    rule_index: Option<i64>,
    #[serde(borrow, default)]
    rule: Option<RuleReference<'a>>,
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    level: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    locations: Option<Vec<Place<'a>>>,
    #[serde(borrow, default)]
    suppressions: Option<Vec<Suppression<'a>>>,
    #[serde(borrow, default)]
    properties: Option<Properties<'a>>,
    #[serde(borrow, default)]
    hosted_viewer_uri: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleReference<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(default)]
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    #[serde(borrow, default)]
    physical_location: Option<Physical<'a>>,
    #[serde(borrow, default)]
    logical_locations: Option<Vec<Logical<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'a> {
    #[serde(borrow, default)]
    artifact_location: Option<Artifact<'a>>,
    #[serde(default)]
    region: Option<Region>,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow, default)]
    uri: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logical<'a> {
    #[serde(borrow, default)]
    fully_qualified_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Suppression<'a> {
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let log: Log<'_> = json::parse(&document.text)?;
    for (n, run) in log.runs.iter().flatten().enumerate() {
        draft.report.source.tool = (&*run.tool.driver.name).into();
        draft.report.source.version = run.tool.driver.version.as_deref().map(Box::from);
        let seen = run.invocations.iter().flatten().find_map(|invocation| invocation.end_time_utc.as_deref());
        let seen = seen.unwrap_or_default();
        draft.report.source.taken = draft.moment(Some(seen), &format!("/runs/{n}/invocations/0/endTimeUtc"));
        let repository =
            run.version_control_provenance.iter().flatten().find_map(|one| one.repository_uri.as_deref());
        let rules = Rules::of(&run.tool);
        for (m, record) in run.results.iter().flatten().enumerate() {
            let place = format!("/runs/{n}/results/{m}");
            draft.record(&place, |draft| {
                let asset = match repository {
                    Some(uri) if draft.options.asset.is_none() && !uri.trim().is_empty() => {
                        draft.asset(uri, AssetKind::Repository)?
                    }
                    Some(_) | None => draft.default_asset(AssetKind::Repository)?,
                };
                take(&json::parse(record.get())?, asset, &place, &rules, &run.tool, seen, draft)
            });
        }
    }
    Ok(())
}

/// The rules of a run, by id.
struct Rules<'a> {
    by_id: HashMap<&'a str, &'a Rule<'a>>,
    finds_secrets: bool,
}

impl<'a> Rules<'a> {
    fn of(tool: &'a Tool<'a>) -> Self {
        let components = std::iter::once(&tool.driver).chain(tool.extensions.iter().flatten());
        let rules = components.flat_map(|component| component.rules.iter().flatten());
        let name = tool.driver.name.to_ascii_lowercase();
        let finds_secrets = ["gitleaks", "trufflehog", "detect-secrets", "ggshield", "secret"];
        Self {
            by_id: rules.map(|rule| (&*rule.id, rule)).collect(),
            finds_secrets: finds_secrets.iter().any(|word| name.contains(word)),
        }
    }

    /// The rule of a result: by its index, or by its id, whose last parts may be the result's own (SARIF §3.27.5).
    fn rule(&self, outcome: &Outcome<'_>, tool: &'a Tool<'a>) -> Option<&'a Rule<'a>> {
        let reference = outcome.rule.as_ref();
        let extension = reference.and_then(|rule| rule.tool_component.as_ref()?.index);
        let component = match extension.and_then(|index| usize::try_from(index).ok()) {
            Some(index) => tool.extensions.iter().flatten().nth(index),
            None => Some(&tool.driver),
        };
        let index = outcome.rule_index.or_else(|| reference.and_then(|rule| rule.index));
        let indexed = index
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| component?.rules.as_ref()?.get(index));
        let id = rule_id(outcome);
        indexed.filter(|rule| id.is_none_or(|id| id.starts_with(&*rule.id))).or_else(|| {
            let mut id = id?;
            loop {
                if let Some(rule) = self.by_id.get(id) {
                    return Some(*rule);
                }
                id = id.rsplit_once('/')?.0;
            }
        })
    }
}

fn rule_id<'a>(outcome: &'a Outcome<'_>) -> Option<&'a str> {
    let referred = || outcome.rule.as_ref().and_then(|rule| rule.id.as_deref());
    outcome.rule_id.as_deref().or_else(referred).filter(|id| !id.trim().is_empty())
}

fn take(
    outcome: &Outcome<'_>,
    asset: AssetId,
    place: &str,
    rules: &Rules<'_>,
    tool: &Tool<'_>,
    seen: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if word::is(outcome.kind.as_deref(), &["pass", "notapplicable", "informational"]) {
        draft.clear();
        return Ok(());
    }
    let rule = rules.rule(outcome, tool);
    let none = Rule::default();
    let about = rule.unwrap_or(&none);
    let id = rule_id(outcome).unwrap_or(&about.id);
    let message = outcome.message.as_ref().and_then(|message| message.text.as_deref()).unwrap_or_default();
    let words = |message: &'_ Option<Message<'_>>| {
        message.as_ref().and_then(|message| message.text.as_deref()).unwrap_or_default().to_owned()
    };
    let (short, full, help) =
        (words(&about.short_description), words(&about.full_description), words(&about.help));
    let tags: Vec<&str> = [&about.properties, &outcome.properties]
        .into_iter()
        .flatten()
        .flat_map(|properties| properties.tags.iter().flatten())
        .map(|tag| &**tag)
        .collect();
    let published = std::iter::once(id).chain(tags.iter().copied()).find_map(published);
    let is_secret = rules.finds_secrets || tags.iter().any(|tag| tag.eq_ignore_ascii_case("secret"));
    let secret = published.is_none() && is_secret;
    // The message of a secret's result may quote it: it names nothing and is not kept.
    let message = if is_secret { "" } else { message };
    let title = [short.as_str(), about.name.as_deref().unwrap_or_default(), first_line(message), id]
        .into_iter()
        .find(|title| !title.trim().is_empty());
    let title = title.unwrap_or(if is_secret { "secret" } else { "" });
    let rule_name = if id.trim().is_empty() { title } else { id };
    let mut claim = Claim::new(asset, WeaknessKind::CodeFlaw, rule_name, place);
    claim.cwes = tags.iter().copied().filter(|tag| tag.to_ascii_lowercase().contains("cwe-")).collect();
    for properties in [&about.properties, &outcome.properties].into_iter().flatten() {
        match &properties.cwe {
            Some(Words::One(one)) => claim.cwes.push(one),
            Some(Words::Several(several)) => claim.cwes.extend(several.iter().map(|cwe| &**cwe)),
            None => {}
        }
    }
    // A rule of security may also be filed under quality; then it is of security.
    let of_security = tags.iter().any(|tag| tag.eq_ignore_ascii_case("security"));
    let filed = tags.iter().copied().filter(|tag| !of_security && !tag.to_ascii_lowercase().contains("cwe"));
    claim.file_under("category", filed);
    if let Some(name) = published {
        claim.names.push(name);
        claim.kind = WeaknessKind::Vulnerability;
    } else if secret {
        claim.kind = WeaknessKind::Secret;
        claim.secret = Some(Secret::default());
    } else if tags.iter().any(|tag| matches!(tag.to_ascii_lowercase().as_str(), "misconfiguration" | "iac")) {
        claim.kind = WeaknessKind::Misconfiguration;
    }
    claim.title = title;
    claim.description = if message.is_empty() { &full } else { message };
    claim.advice = &help;
    claim.link = outcome.hosted_viewer_uri.as_deref().or(about.help_uri.as_deref()).unwrap_or_default();
    let level = outcome.level.as_deref();
    let level = level.or_else(|| about.default_configuration.as_ref().and_then(|one| one.level.as_deref()));
    claim.severity = level.unwrap_or("warning");
    let score = [&outcome.properties, &about.properties]
        .into_iter()
        .flatten()
        .find_map(|one| one.security_severity.as_ref());
    let score = score.and_then(|number| match number {
        Number::Number(number) => Some(*number),
        Number::Text(text) => text.trim().parse().ok(),
    });
    if let Some(score) = score {
        claim.score = Some(score);
        claim.severity = "";
    }
    claim.location = outcome.locations.iter().flatten().find_map(location);
    let suppressed = outcome.suppressions.as_ref().is_some_and(|all| {
        !all.is_empty()
            && all
                .iter()
                .all(|one| one.status.as_deref().is_none_or(|status| word::is(status, &["accepted"])))
    });
    if suppressed {
        claim.status = Status::NotAffected;
    }
    claim.seen = seen;
    draft.claim(claim)
}

/// The CVE or advisory that a rule's id or a tag begins with: `CVE-2021-1234-package` names a package behind the number.
fn published(name: &str) -> Option<&str> {
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
    let name = name.get(..end)?;
    let number = name.match_indices('-').nth(2).and_then(|(at, _)| name.get(..at));
    [Some(name), number].into_iter().flatten().find(|name| id::is_published(name))
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

fn location(place: &Place<'_>) -> Option<Location> {
    let physical = place.physical_location.as_ref();
    let path = physical.and_then(|physical| physical.artifact_location.as_ref()?.uri.as_deref());
    let logical = place.logical_locations.iter().flatten();
    let name = logical.filter_map(|one| one.fully_qualified_name.as_deref().or(one.name.as_deref())).next();
    let line = physical.and_then(|physical| physical.region.as_ref()?.start_line);
    let path = path.filter(|path| !path.is_empty()).or(name)?;
    Some(Location::file(path, line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0)))
}
