//! SARIF 2.1.0 (OASIS): what static analysers, and many other scanners, write.
//!
//! A record is a result of a run. The asset is the image or the repository a run says it looked at, the host of a web address,
//! or else the caller's. Results that pass or do not apply are clear; suppressed ones are `NotAffected`, and those that a
//! baseline lacks are fixed. A rule that is a CVE is a vulnerability of a package, which the message names; a rule of a tool that
//! looks for secrets is a secret, and of a secret no message, description or help is kept. What one tool writes in SARIF goes by
//! the same names as what it writes in its own format.

mod flow;
mod package;
mod place;
mod raw;
mod rules;

use super::{
    Draft, Reader,
    claim::{Claim, published_within},
    document::{Document, Match},
    host::Machine,
    image::ImageNames,
    json,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{AssetKind, NoteKind, Secret, Status, WeaknessKind},
    word,
};
use raw::{Log, Outcome, Properties, Rule, Run};
use rules::{Known, Rules};
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "sarif", title: "SARIF 2.1.0", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let named = json.text("/$schema").is_some_and(|schema| schema.contains("sarif"));
        Match::yes_if(json.has("/runs") && (named || json.has("/runs/0/tool") || json.has("/version")))
    })
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let log: Log<'_> = json::parse(&document.text)?;
    let why = "parts of runs that stand beside them are not put in";
    draft.unread("/inlineExternalProperties", log.inline_external_properties.0, "entry", why);
    for (n, raw) in log.runs.into_iter().flatten().enumerate() {
        let place = format!("/runs/{n}");
        match json::parse::<Run<'_>>(raw.get()) {
            Ok(run) => take_run(&run, &place, draft),
            Err(first) => {
                let check = |text: &str| json::parse::<Run<'_>>(text).map(drop);
                match draft.set_right(raw.get(), first, &place, &check) {
                    Ok(text) => take_run(&json::parse(&text)?, &place, draft),
                    Err(error) => draft.record(&place, |_| Err(error)),
                }
            }
        }
    }
    Ok(())
}

fn take_run(run: &Run<'_>, place: &str, draft: &mut Draft<'_>) {
    let name = run.tool.as_ref().and_then(|tool| tool.driver.as_ref()?.name.as_deref()).unwrap_or_default();
    draft.report.source.tool = if name.trim().is_empty() { "sarif".into() } else { name.trim().into() };
    let driver = run.tool.as_ref().and_then(|tool| tool.driver.as_ref());
    let version = driver.and_then(|driver| driver.version.as_deref().or(driver.semantic_version.as_deref()));
    draft.report.source.version = version.map(Box::from);
    let times = run.invocations.iter().flatten();
    let seen = times.clone().find_map(|one| one.end_time_utc.as_deref().or(one.start_time_utc.as_deref()));
    let seen = seen.unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(seen), &format!("{place}/invocations/0/endTimeUtc"));
    let failed = times.filter(|one| one.execution_successful == Some(false)).count();
    let why = "the tool says that it failed, so results may be missing";
    draft.unread(&format!("{place}/invocations"), failed, "entry", why);
    let elsewhere = run.external_property_file_references.as_ref().map_or(0, |lists| lists.results.0);
    let list = format!("{place}/externalPropertyFileReferences/results");
    draft.unread(&list, elsewhere, "entry", "results in other files are not read");
    let mended = Rules::mended(run, place, draft);
    let rules = Rules::of(run, &mended);
    let scanned = scanned(run, draft);
    for (m, record) in run.results.iter().flatten().enumerate() {
        let place = format!("{place}/results/{m}");
        draft.record(&place, |draft| {
            take_result(record, &Context { run, rules: &rules, scanned: &scanned, seen }, &place, draft)
        });
    }
}

/// What all results of a run share.
struct Context<'a> {
    run: &'a Run<'a>,
    rules: &'a Rules<'a>,
    /// What the run looked at, where it says.
    scanned: &'a Result<Option<AssetId>>,
    seen: &'a str,
}

fn take_result(record: &RawValue, context: &Context<'_>, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    match json::parse::<Outcome<'_>>(record.get()) {
        Ok(outcome) => take(&outcome, context, place, draft),
        Err(first) => {
            let check = |text: &str| json::parse::<Outcome<'_>>(text).map(drop);
            let text = draft.set_right(record.get(), first, place, &check)?;
            take(&json::parse(&text)?, context, place, draft)
        }
    }
}

fn take(outcome: &Outcome<'_>, context: &Context<'_>, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let Context { run, rules, scanned, seen } = *context;
    if word::is(outcome.kind.as_deref(), &["pass", "notapplicable", "informational"]) {
        draft.clear();
        return Ok(());
    }
    let none = Known::default();
    let known = rules.rule(outcome).unwrap_or(&none);
    let about = &known.rule;
    let id = outcome.rule_id().or(about.id.as_deref()).unwrap_or_default();
    let tags = tags(about, outcome);
    let tagged =
        |words: &[&str]| tags.iter().any(|tag| words.iter().any(|word| tag.eq_ignore_ascii_case(word)));
    if tagged(&["license", "licence"]) && !tagged(&["vulnerability"]) {
        draft.clear();
        draft.note(NoteKind::Ignored, place, "left out: a licence is no weakness");
        return Ok(());
    }
    let mut published = names(id, &tags);
    // Snyk's flaws of packages go by its own names; which flaw it is stands in brackets before the package.
    let of_package = rules.tool == "snyk" && id.starts_with("SNYK-") && !id.starts_with("SNYK-CC-");
    if of_package && published.is_empty() {
        let bracket = about.full_description.text().strip_prefix('(').and_then(|text| text.split_once(')'));
        published.extend(bracket.and_then(|(names, _)| published_within(names)));
    }
    let said = rules.message(outcome, about);
    // Whatever the rule says of itself, a line that quotes what matched quotes a secret.
    let quotes = known.quotes || rules::quotes(&said);
    let named = about.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("secret"));
    let is_secret = published.is_empty()
        && (rules.finds_secrets
            || tagged(&["secret", "secrets"])
            || quotes
            || named
            || id.split('.').any(|part| part == "secrets"));
    // The message of a secret's result may quote it, as may that of a rule for secrets in code: it names nothing and is not kept.
    let message = if is_secret || known.is_of_hardcoded_secrets(id) { String::new() } else { said };
    let (short, full, help) =
        (about.short_description.text(), about.full_description.text(), about.help.text());
    let title = [short, about.name.as_deref().unwrap_or_default(), first_line(&message), id]
        .into_iter()
        .find(|title| !title.trim().is_empty());
    let title = title.unwrap_or(if is_secret { "secret" } else { "" });
    let rule_name = if id.trim().is_empty() { title } else { id };
    let kind = if of_package || !published.is_empty() {
        WeaknessKind::Vulnerability
    } else if is_secret {
        WeaknessKind::Secret
    } else if rules.finds_settings || tagged(&["misconfiguration", "iac"]) {
        WeaknessKind::Misconfiguration
    } else {
        WeaknessKind::CodeFlaw
    };
    let spot = place::of(outcome, run);
    let asset = match (scanned.clone()?, package::image_of(outcome, &message, &rules.tool)) {
        (Some(asset), _) => asset,
        (None, Some((name, digest))) => draft.image(&ImageNames {
            name,
            digests: digest.into_iter().collect(),
            ..ImageNames::default()
        })?,
        (None, None) => asset_at(spot.as_ref().and_then(|spot| spot.url.as_deref()), draft)?,
    };
    let mut claim = Claim::new(asset, kind, rule_name, place);
    claim.tool = &rules.tool;
    claim.names = published.iter().map(String::as_str).collect();
    let cwes = rules.cwes(outcome, about);
    claim.cwes = tags.iter().copied().filter(|tag| tag.to_ascii_lowercase().contains("cwe-")).collect();
    for properties in [about.properties.as_deref(), outcome.properties.as_ref()].into_iter().flatten() {
        claim.cwes.extend(properties.cwe.iter());
    }
    claim.cwes.extend(cwes.iter().map(String::as_str));
    // A rule of security may also be filed under quality; then it is of security.
    let of_security = tagged(&["security"]);
    let is_name = |tag: &str| published.iter().any(|name| name.eq_ignore_ascii_case(tag));
    let filed = tags.iter().copied().filter(|tag| !of_security && !is_name(tag));
    let filed = filed.filter(|tag| !tag.to_ascii_lowercase().contains("cwe"));
    claim.file_under("category", filed);
    claim.title = title;
    claim.description = if message.is_empty() { full } else { &message };
    let fixes = outcome.fixes.iter().flatten().find_map(|fix| fix.description.as_ref()?.text.as_deref());
    claim.link = outcome.hosted_viewer_uri.as_deref().or(about.help_uri.as_deref()).unwrap_or_default();
    claim.severity = rules::level(outcome, about);
    claim.score = [outcome.properties.as_ref(), about.properties.as_deref()]
        .into_iter()
        .flatten()
        .find_map(Properties::score);
    if claim.score.is_some() {
        claim.severity = "";
    } else if let Some(word) = [outcome.properties.as_ref(), about.properties.as_deref()]
        .into_iter()
        .flatten()
        .find_map(Properties::word)
    {
        claim.severity = word;
    }
    let package = (kind == WeaknessKind::Vulnerability)
        .then(|| package::of(outcome, about, &message).map(|package| package.of_fixes(fixes)))
        .flatten();
    claim.cvss =
        about.properties.iter().flat_map(|properties| properties.cvss.iter()).map(str::to_owned).collect();
    let of_another =
        package.as_ref().is_some_and(|package| package::is_of_another(help, &package.component.name));
    claim.advice = if help.is_empty() || of_another { fixes.unwrap_or_default() } else { help };
    if let Some(package) = &package {
        claim.fixed_in = package.fixed_in.iter().map(String::as_str).collect();
        claim.component = Some(package.component.clone());
    }
    if is_secret {
        let snippet = rules.quotes_secrets.then(|| place::snippet(outcome)).flatten();
        let kept = snippet.map(|value| draft.options.secret_key.keep(value.text(), None));
        claim.secret = Some(kept.unwrap_or_else(Secret::default));
    }
    // A flaw of a package is told by the package, whatever else the tool knows of it.
    let instance = if package.is_some() {
        String::new()
    } else {
        place::instance(outcome, run, spot.as_ref(), &message)
    };
    claim.instance = &instance;
    claim.location = spot;
    let (open, reachability) = flow::reached(outcome, about, rules);
    claim.reachability = reachability;
    claim.status = match status(outcome) {
        Status::Open => open,
        closed => closed,
    };
    let suppressions = outcome.suppressions.iter().flatten();
    claim.acceptance.reason =
        suppressions.filter_map(|one| one.justification.as_deref()).next().map(Box::from);
    let last = outcome.provenance.as_ref().and_then(|one| one.last_detection_time_utc.as_deref());
    claim.seen = last.unwrap_or(seen);
    draft.claim(claim)
}

/// What the flaw goes by in public: the rule's id, and what else an advisory is tagged with; else the first tag that says it.
fn names(id: &str, tags: &[&str]) -> Vec<String> {
    let tagged = tags.iter().copied().filter_map(published_within);
    match published_within(id) {
        Some(name) => {
            let whole =
                tags.iter().filter_map(|tag| published_within(tag).filter(|name| name.len() == tag.len()));
            let others: Vec<String> = whole.filter(|other| *other != name).collect();
            std::iter::once(name).chain(others).collect()
        }
        None => tagged.take(1).collect(),
    }
}

/// The words a result and its rule are filed under.
fn tags<'a>(about: &'a Rule<'_>, outcome: &'a Outcome<'_>) -> Vec<&'a str> {
    [about.properties.as_deref(), outcome.properties.as_ref()]
        .into_iter()
        .flatten()
        .flat_map(|properties| properties.tags.iter())
        .collect()
}

/// What a run looked at, as far as it says: the caller's word, the image, the repository. A run without a result looked at nothing.
fn scanned(run: &Run<'_>, draft: &mut Draft<'_>) -> Result<Option<AssetId>> {
    if run.results.iter().flatten().next().is_none() {
        return Ok(None);
    }
    if draft.options.asset.is_some() {
        return draft.default_asset(AssetKind::Repository).map(Some);
    }
    if let Some(properties) = &run.properties {
        let tags: Vec<&str> = properties.repo_tags.iter().collect();
        let image = ImageNames {
            name: properties.image_name.as_deref().or_else(|| tags.first().copied()).unwrap_or_default(),
            tags,
            digests: properties.repo_digests.iter().collect(),
            id: properties.image_id.as_deref().unwrap_or_default(),
        };
        if image.is_named() {
            return draft.image(&image).map(Some);
        }
    }
    let repositories = run.version_control_provenance.iter().flatten();
    let mut repositories = repositories.filter_map(|one| one.repository_uri.as_deref());
    let repository = repositories.find(|uri| !uri.trim().is_empty());
    repository.map(|uri| draft.asset(uri, AssetKind::Repository)).transpose()
}

/// Where the run does not say: the host of a result's web page, or what goes by the document's name.
fn asset_at(url: Option<&str>, draft: &mut Draft<'_>) -> Result<AssetId> {
    // A file on a code host is a file and no page of that host.
    let hosts = ["github.com", "githubusercontent.com", "gitlab.com", "bitbucket.org", "dev.azure.com"];
    let is_page = |host: &&str| !host.is_empty() && !hosts.iter().any(|known| host.ends_with(known));
    match url.map(super::nuclei::host_of).filter(is_page) {
        Some(host) => draft.machine(&Machine { names: vec![host], ..Machine::default() }),
        None => draft.default_asset(AssetKind::Repository),
    }
}

fn status(outcome: &Outcome<'_>) -> Status {
    let gone = word::is(outcome.baseline_state.as_deref(), &["absent"]);
    let suppressed = outcome.suppressions.as_ref().is_some_and(|all| {
        let accepted = |status: Option<&str>| status.is_none_or(|status| word::is(status, &["accepted"]));
        !all.is_empty() && all.iter().all(|one| accepted(one.status.as_deref()))
    });
    // Why someone silenced it says whether it does not apply or is lived with.
    let lived_with = outcome.suppressions.iter().flatten().any(|one| {
        let why = one.justification.as_deref().unwrap_or_default().to_ascii_lowercase();
        ["accept", "won't fix", "wont fix", "wontfix", "until "].iter().any(|word| why.contains(word))
    });
    match (gone, suppressed) {
        (true, _) => Status::Fixed,
        (false, true) if lived_with => Status::Accepted,
        (false, true) => Status::NotAffected,
        (false, false) => Status::Open,
    }
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::discover::read;

    #[test]
    fn what_one_tool_writes_in_two_formats_is_of_one_name() {
        let written = |name: &str| {
            let text = format!(
                r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "{name}"}}}}, "results": [{{"ruleId": "a.b"}}]}}]}}"#
            );
            read(text.as_bytes()).map(|report| report.contents.findings[0].weakness.id.to_string()).unwrap()
        };
        assert_eq!(written("Semgrep OSS"), "semgrep:a.b");
        assert_eq!(written("Checkov"), "checkov:a.b");
        assert_eq!(written("Hull Lint 2"), "hull_lint_2:a.b");
        assert_eq!(written(""), "sarif:a.b");
    }
}
