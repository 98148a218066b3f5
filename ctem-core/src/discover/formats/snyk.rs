//! Snyk JSON: one project, several projects, a container image with the applications in it, or infrastructure as code.
//!
//! A record is a vulnerability of a project or a setting of a file, also one that a policy ignores or has patched. The asset is
//! the project by its name, as a repository, or the image. Licences are clear. Snyk Code writes SARIF, which another reader reads.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    folder::is_anyones,
    json, package,
};
use crate::{
    error::{Error, Result},
    id::AssetId,
    model::{Acceptance, AssetKind, Location, NoteKind, Reachability, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "snyk", title: "Snyk JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let is = |at: &str| {
            let has = |name: &str| json.has(&format!("{at}/{name}"));
            let tests =
                ["dependencyCount", "packageManager", "summary", "filtered", "uniqueCount", "projectName"];
            let failed = has("ok") && has("error") && has("path");
            (has("vulnerabilities") && tests.iter().any(|name| has(name)))
                || has("infrastructureAsCodeIssues")
                || failed
        };
        Match::yes_if(is("") || is("/0"))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project<'a> {
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    infrastructure_as_code_issues: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    filtered: Option<Filtered<'a>>,
    /// The applications in an image, each a project of its own.
    #[serde(borrow, default)]
    applications: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    project_name: Option<String>,
    #[serde(alias = "remoteURL", alias = "gitRemoteUrl")]
    remote_repo_url: Option<String>,
    #[serde(borrow, default)]
    target: Option<&'a RawValue>,
    display_target_file: Option<String>,
    target_file: Option<String>,
    path: Option<String>,
    docker: Option<serde::de::IgnoredAny>,
    package_manager: Option<String>,
}

/// Where the project comes from.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Target {
    remote_url: Option<String>,
    remote_repo_url: Option<String>,
}

/// What the policy has taken out: issues that are ignored, and those that a patch has closed.
#[derive(Deserialize)]
struct Filtered<'a> {
    #[serde(borrow, default)]
    ignore: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    patch: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    title: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    #[serde(rename = "CVSSv3")]
    cvss_v3: Option<String>,
    cvss_details: Option<Vec<Detail>>,
    cvss_sources: Option<Vec<Detail>>,
    cvss_score: Option<f64>,
    epss_details: Option<Epss>,
    identifiers: Option<Identifiers>,
    package_manager: Option<String>,
    package_name: Option<String>,
    module_name: Option<String>,
    name: Option<String>,
    version: Option<String>,
    fixed_in: Option<Vec<String>>,
    nearest_fixed_in_version: Option<String>,
    from: Option<Vec<String>>,
    reachability: Option<String>,
    is_ignored: Option<bool>,
    is_patched: Option<bool>,
    filtered: Option<Decided>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    cvss_v3_vector: Option<String>,
    vector: Option<String>,
}

#[derive(Deserialize)]
struct Epss {
    probability: Option<String>,
}

#[derive(Deserialize)]
struct Identifiers {
    #[serde(default, rename = "CVE")]
    cve: Option<Vec<String>>,
    #[serde(default, rename = "CWE")]
    cwe: Option<Vec<String>>,
    #[serde(default, rename = "GHSA")]
    ghsa: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Decided {
    #[serde(default)]
    ignored: Option<Vec<Reason>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    reason: Option<String>,
    reason_type: Option<String>,
    created: Option<String>,
    expires: Option<String>,
    ignored_by: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Setting {
    id: Option<String>,
    public_id: Option<String>,
    title: Option<String>,
    severity: Option<String>,
    msg: Option<String>,
    issue: Option<String>,
    impact: Option<String>,
    resolve: Option<String>,
    remediation: Option<serde_json::Value>,
    iac_description: Option<Described>,
    documentation: Option<String>,
    line_number: Option<u32>,
    is_ignored: Option<bool>,
}

#[derive(Deserialize)]
struct Described {
    issue: Option<String>,
    impact: Option<String>,
    resolve: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    let (mut projects, mut broken) = (0, None);
    for (place, text) in json::records(&document.text, outline)? {
        // A project that makes no sense is rejected alone, as a record is.
        match json::parse::<Project<'_>>(text.get()) {
            Ok(project) => {
                projects += 1;
                take_project(&project, None, &place, draft)?;
            }
            Err(error) => {
                broken.get_or_insert_with(|| error.clone().at(&place));
                draft.record(&place, |_| Err(error));
            }
        }
    }
    match broken {
        Some(error) if projects == 0 => Err(error),
        Some(_) | None => Ok(()),
    }
}

fn take_project(
    project: &Project<'_>,
    inside: Option<&AssetId>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if let Some(error) = project.error {
        let said = error.get().trim_matches('"');
        let message = format!("the project was not tested: {said}");
        draft.record(place, |_| Err(Error::invalid(message)));
        return Ok(());
    }
    let asset = match inside {
        Some(image) => image.clone(),
        None => asset_of(project, draft)?,
    };
    let filtered = project.filtered.as_ref();
    for (list, records, filter) in [
        ("vulnerabilities", project.vulnerabilities.as_ref(), Status::Open),
        ("filtered/ignore", filtered.and_then(|filtered| filtered.ignore.as_ref()), Status::Accepted),
        ("filtered/patch", filtered.and_then(|filtered| filtered.patch.as_ref()), Status::Fixed),
    ] {
        for (n, record) in records.into_iter().flatten().enumerate() {
            let place = format!("{place}/{list}/{n}");
            draft.record(&place, |draft| {
                let weak = draft.understood(record.get(), &place)?;
                take(&weak, project, &asset, filter, &place, draft)
            });
        }
    }
    for (n, record) in project.infrastructure_as_code_issues.iter().flatten().enumerate() {
        let place = format!("{place}/infrastructureAsCodeIssues/{n}");
        draft.record(&place, |draft| {
            let setting = draft.understood(record.get(), &place)?;
            take_setting(&setting, project, &asset, &place, draft)
        });
    }
    for (n, text) in project.applications.iter().flatten().enumerate().filter(|_| inside.is_none()) {
        let place = format!("{place}/applications/{n}");
        match json::parse::<Project<'_>>(text.get()) {
            Ok(application) => take_project(&application, Some(&asset), &place, draft)?,
            Err(error) => draft.record(&place, |_| Err(error)),
        }
    }
    Ok(())
}

/// The image, by the name it was asked for with, or the project.
fn asset_of(project: &Project<'_>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let said = |text: &'_ Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (name, path) = (said(&project.project_name), said(&project.path));
    let image = name.as_deref().and_then(|name| name.strip_prefix("docker-image|")).map(str::to_owned);
    if project.docker.is_some() || image.is_some() {
        let kind = AssetKind::Workload;
        // The project of an image is called by its repository alone; the path has the tag or digest it was asked for with.
        let bare = image.or(name);
        let asked = path.filter(|path| bare.as_deref().is_none_or(|bare| path.starts_with(bare)));
        return match asked.or(bare) {
            Some(name) => draft.asset(&name, kind),
            None => draft.default_asset(kind),
        };
    }
    // A project may be called as its file is, in every repository; the address means one.
    let target: Target = draft.perhaps(project.target, "/target");
    let address = said(&project.remote_repo_url)
        .or_else(|| said(&target.remote_url))
        .or_else(|| said(&target.remote_repo_url))
        .filter(|_| draft.options.asset.is_none());
    if let Some(address) = address {
        return draft.asset(&address, AssetKind::Repository);
    }
    match name.or(path) {
        Some(name) if !is_anyones(&name) && !is_file_of_packages(&name) => {
            draft.asset(&name, AssetKind::Repository)
        }
        Some(_) | None => draft.default_asset(AssetKind::Repository),
    }
}

/// Whether a project is called as the file of its packages, as projects without a name of their own are.
fn is_file_of_packages(name: &str) -> bool {
    let files = [
        "build.gradle",
        "composer.lock",
        "gemfile.lock",
        "go.mod",
        "package-lock.json",
        "package.json",
        "pom.xml",
        "requirements.txt",
        "yarn.lock",
    ];
    files.contains(&name.to_ascii_lowercase().as_str())
}

fn take(
    weak: &Vulnerability,
    project: &Project<'_>,
    asset: &AssetId,
    filter: Status,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if word::is(weak.kind.as_deref(), &["license"]) || weak.id.starts_with("snyk:lic:") {
        draft.clear();
        draft.note(NoteKind::Ignored, place, "1 licence is left out: it is no weakness");
        return Ok(());
    }
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, &weak.id, place);
    let identifiers = weak.identifiers.as_ref();
    let named = |list: fn(&Identifiers) -> &Option<Vec<String>>| {
        identifiers.into_iter().flat_map(move |all| list(all).iter().flatten()).map(String::as_str)
    };
    claim.names = named(|all| &all.cve).chain(named(|all| &all.ghsa)).collect();
    if claim.names.is_empty() {
        claim.names.push(&weak.id);
    }
    claim.cwes = named(|all| &all.cwe).collect();
    claim.title = weak.title.as_deref().unwrap_or_default();
    claim.description = weak.description.as_deref().unwrap_or_default();
    claim.severity = weak.severity.as_deref().unwrap_or_default();
    let details = weak.cvss_details.iter().chain(&weak.cvss_sources).flatten();
    let details =
        details.filter_map(|detail| detail.cvss_v3_vector.clone().or_else(|| detail.vector.clone()));
    claim.cvss = weak.cvss_v3.iter().cloned().chain(details).collect();
    claim.score = weak.cvss_score;
    claim.epss = weak.epss_details.as_ref().and_then(|epss| epss.probability.as_deref()?.parse().ok());
    let link = format!("https://security.snyk.io/vuln/{}", weak.id);
    if weak.id.starts_with("SNYK-") {
        claim.link = &link;
    }
    let name = weak.package_name.as_deref().or(weak.module_name.as_deref()).or(weak.name.as_deref());
    let manager = weak.package_manager.as_deref().or(project.package_manager.as_deref());
    // The packages of a distribution are written as `deb` or `debian:11`, and `source/package`.
    claim.component = name.map(|name| {
        let mut component = package::component(manager, name, weak.version.as_deref());
        if let (Some("deb" | "rpm" | "apk"), Some((source, binary))) =
            (component.ecosystem.as_deref(), name.split_once('/'))
        {
            component.source = Some(source).filter(|source| *source != binary).map(Box::from);
        }
        component.direct = weak.from.as_ref().map(Vec::len).filter(|way| *way > 1).map(|way| way == 2);
        component
    });
    claim.fixed_in = weak.fixed_in.iter().flatten().map(String::as_str).collect();
    if claim.fixed_in.is_empty() {
        claim.fixed_in.extend(weak.nearest_fixed_in_version.as_deref());
    }
    let way = weak.from.as_ref().map(|from| from.join(" > ")).unwrap_or_default();
    let file = project.display_target_file.as_ref().or(project.target_file.as_ref());
    let path = file.cloned().filter(|path| !path.is_empty()).unwrap_or(way);
    claim.location = (!path.is_empty()).then(|| Location::file(&path, None));
    claim.reachability = match weak.reachability.as_deref().map(word::plain).as_deref() {
        Some("function" | "reachable") => Some(Reachability::Static),
        Some("package" | "potentially_reachable") => Some(Reachability::Potential),
        Some("not_reachable" | "unreachable" | "no_path_found") => Some(Reachability::Unreachable),
        Some(_) => Some(Reachability::Unknown),
        None => None,
    };
    let reason = weak.filtered.as_ref().and_then(|decided| decided.ignored.as_ref()?.first());
    claim.status = match filter {
        Status::Open if weak.is_patched == Some(true) => Status::Fixed,
        Status::Open if weak.is_ignored == Some(true) => Status::Accepted,
        filter => filter,
    };
    if let Some(reason) = reason {
        if word::is(reason.reason_type.as_deref(), &["not_vulnerable"]) {
            claim.status = Status::NotAffected;
        }
        claim.advice = reason.reason.as_deref().unwrap_or_default();
        let person = reason.ignored_by.as_ref();
        let by = person.and_then(|person| person.name.as_deref().or(person.email.as_deref()));
        claim.acceptance = Acceptance {
            since: draft.moment(reason.created.as_deref(), place),
            until: draft.moment(reason.expires.as_deref(), place),
            by: by.map(Box::from),
            reason: reason.reason.as_deref().map(Box::from),
        };
    }
    draft.claim(claim)
}

fn take_setting(
    setting: &Setting,
    project: &Project<'_>,
    asset: &AssetId,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let rule = setting.public_id.as_deref().or(setting.id.as_deref()).unwrap_or_default();
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Misconfiguration, rule, place);
    let described = setting.iac_description.as_ref();
    claim.title = setting.title.as_deref().unwrap_or_default();
    let issue = setting.issue.as_deref().or(described.and_then(|said| said.issue.as_deref()));
    let impact = setting.impact.as_deref().or(described.and_then(|said| said.impact.as_deref()));
    let description = [issue, impact].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let resolve = setting.resolve.as_deref().or(described.and_then(|said| said.resolve.as_deref()));
    let remediation = setting.remediation.as_ref().and_then(|said| said.as_str());
    claim.advice = resolve.or(remediation).unwrap_or_default();
    claim.severity = setting.severity.as_deref().unwrap_or_default();
    claim.link = setting.documentation.as_deref().unwrap_or_default();
    let file = project.target_file.as_deref().or(project.display_target_file.as_deref()).unwrap_or_default();
    let path = match setting.msg.as_deref().filter(|within| !within.is_empty()) {
        Some(within) => format!("{file}#{within}"),
        None => file.to_owned(),
    };
    let line = setting.line_number.filter(|line| *line > 0);
    claim.location = (!path.is_empty()).then(|| Location::file(&path, line));
    if setting.is_ignored == Some(true) {
        claim.status = Status::Accepted;
    }
    draft.claim(Claim { description: &description, ..claim })
}
