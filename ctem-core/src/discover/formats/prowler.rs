//! Prowler JSON: OCSF detection findings of version 4 and later, and the native JSON of version 3.
//!
//! A record is a check of one resource, or of several, each with a finding of its own. The asset is the resource, by its cloud
//! resource name; one with a short name, which every account may have, goes by its account and region too. Passed checks are
//! clear, muted ones are `Accepted`; of manual ones, which nobody has made yet, a note says how many there are.

use super::{
    Draft, Reader,
    checked::Made,
    claim::Claim,
    cloud_name::is_global,
    document::{Document, Match},
    json,
};
use crate::{
    error::{Error, Result},
    id::AssetId,
    model::{AssetKind, Identifier, IdentifierKind, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap};

pub(super) const READER: Reader = Reader { name: "prowler", title: "Prowler OCSF and v3 JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let ocsf =
            json.text("/0/metadata/product/name").is_some_and(|name| name.eq_ignore_ascii_case("prowler"));
        let version_3 = json.has_all(&["/0/CheckID", "/0/StatusExtended"]);
        let any_ocsf = json.has_all(&["/0/metadata/event_code", "/0/finding_info"]);
        if ocsf || version_3 { Match::Yes } else { Match::maybe_if(any_ocsf) }
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Three {
    #[serde(rename = "CheckID")]
    check_id: Option<String>,
    check_title: Option<String>,
    status: Option<String>,
    status_extended: Option<String>,
    severity: Option<String>,
    resource_type: Option<String>,
    description: Option<String>,
    remediation: Option<Remediation>,
    resource_id: Option<String>,
    resource_arn: Option<String>,
    #[serde(alias = "AccountID", alias = "ProjectId", alias = "Subscription")]
    account_id: Option<String>,
    region: Option<String>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    assessment_start_time: Option<String>,
    #[serde(default, deserialize_with = "word::perhaps")]
    muted: Option<bool>,
    #[serde(default)]
    compliance: Option<Controls>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Remediation {
    recommendation: Option<Recommendation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Recommendation {
    text: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Ocsf {
    metadata: Option<Metadata>,
    severity: Option<String>,
    status: Option<String>,
    status_code: Option<String>,
    status_detail: Option<String>,
    message: Option<String>,
    finding_info: Option<About>,
    #[serde(default)]
    resources: Option<Vec<Resource>>,
    cloud: Option<Cloud>,
    remediation: Option<Advice>,
    risk_details: Option<String>,
    time_dt: Option<String>,
    #[serde(default)]
    vulnerabilities: json::Unread,
    #[serde(default)]
    unmapped: Option<Unmapped>,
}

/// What OCSF has no field for.
#[derive(Deserialize)]
struct Unmapped {
    #[serde(default)]
    categories: Option<Words>,
    related_url: Option<String>,
    #[serde(default)]
    compliance: Option<Controls>,
    provider_uid: Option<String>,
}

#[derive(Deserialize)]
struct Cloud {
    account: Option<Account>,
    region: Option<String>,
}

#[derive(Deserialize)]
struct Account {
    uid: Option<String>,
    name: Option<String>,
}

/// A list, or before version 5 one text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    Text(String),
}

impl Words {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::List(list) => list.iter().map(String::as_str).collect(),
            Self::Text(text) => text.split(['|', ',']).collect(),
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    event_code: Option<String>,
}

#[derive(Deserialize)]
struct About {
    title: Option<String>,
    desc: Option<String>,
    uid: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    uid: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    region: Option<String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct Advice {
    desc: Option<String>,
    #[serde(default)]
    references: Option<Vec<String>>,
}

/// Controls by their frameworks; or what is none of it, which is no fault of the check.
#[derive(Deserialize)]
#[serde(untagged)]
enum Controls {
    Named(BTreeMap<String, Vec<String>>),
    Other(serde::de::IgnoredAny),
}

impl Controls {
    /// As pairs of framework and control.
    fn pairs(said: Option<&Self>) -> Vec<(&str, &str)> {
        let Some(Self::Named(named)) = said else { return Vec::new() };
        let pairs = named.iter().flat_map(|(framework, controls)| {
            controls.iter().map(move |control| (framework.as_str(), control.as_str()))
        });
        pairs.collect()
    }
}

/// What tells the records of version 3 from those of OCSF.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "CheckID")]
    check_id: Option<serde::de::IgnoredAny>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    let mut manual = 0;
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| {
            if json::parse::<Probe>(record.get())?.check_id.is_some() {
                three(&draft.understood(record.get(), &place)?, &place, &mut manual, draft)
            } else {
                ocsf(&draft.understood(record.get(), &place)?, &place, &mut manual, draft)
            }
        });
    }
    draft.unread("", manual, "entry", MANUAL);
    Ok(())
}

/// A text, empty where there is none.
fn words(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// What is said of checks that wait for a person.
pub(super) const MANUAL: &str = "checks that a person has to make say nothing yet";

fn three(check: &Three, place: &str, manual: &mut usize, draft: &mut Draft<'_>) -> Result<()> {
    let resource =
        [&check.resource_arn, &check.resource_id].into_iter().flatten().find(|name| !name.trim().is_empty());
    let recommendation = check.remediation.as_ref().and_then(|one| one.recommendation.as_ref());
    Check {
        id: words(&check.check_id),
        status: words(&check.status),
        state: if check.muted == Some(true) { Status::Accepted } else { Status::Open },
        instance: "",
        resource: resource.map(String::as_str).unwrap_or_default(),
        also: words(&check.resource_id),
        account: words(&check.account_id),
        region: words(&check.region),
        kind: words(&check.resource_type),
        title: words(&check.check_title),
        description: &[words(&check.status_extended), words(&check.description)].join("\n"),
        severity: words(&check.severity),
        advice: recommendation.and_then(|one| one.text.as_deref()).unwrap_or_default(),
        link: recommendation.and_then(|one| one.url.as_deref()).unwrap_or_default(),
        categories: check.categories.iter().flatten().map(String::as_str).collect(),
        seen: words(&check.assessment_start_time),
        controls: Controls::pairs(check.compliance.as_ref()),
    }
    .take(place, manual, draft)
}

fn ocsf(check: &Ocsf, place: &str, manual: &mut usize, draft: &mut Draft<'_>) -> Result<()> {
    let about = check.finding_info.as_ref();
    let code = check.metadata.as_ref().and_then(|one| one.event_code.as_deref());
    let id = code.or_else(|| about?.uid.as_deref()).unwrap_or_default();
    let references = check.remediation.as_ref().and_then(|one| one.references.as_ref());
    let link = references.and_then(|all| all.iter().find(|one| one.starts_with("http"))).map(String::as_str);
    let link = link.or_else(|| check.unmapped.as_ref()?.related_url.as_deref()).unwrap_or_default();
    let account = check.cloud.as_ref().and_then(|cloud| cloud.account.as_ref());
    let account = account.and_then(|one| one.uid.as_deref().or(one.name.as_deref()));
    let account = account.or_else(|| check.unmapped.as_ref()?.provider_uid.as_deref()).unwrap_or_default();
    let nothing = Resource { uid: None, name: None, kind: None, region: None, namespace: None };
    let resources: Vec<&Resource> = check.resources.iter().flatten().collect();
    let resources = if resources.is_empty() { vec![&nothing] } else { resources };
    let said = [words(&check.status_detail), about.map(|one| words(&one.desc)).unwrap_or_default()];
    let mut said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
    if said.is_empty() {
        said.extend(check.message.as_deref());
    }
    let description = said.join("\n");
    let advice = check.remediation.as_ref().and_then(|one| one.desc.as_deref());
    let why = "flaws in a record of a check are not read";
    draft.unread(&format!("{place}/vulnerabilities"), check.vulnerabilities.0, "entry", why);
    // Several resources are one record of the tool, and a finding each.
    let (mut passed, unmade) = (true, *manual);
    // Other tools that write OCSF list only what they find.
    let status = check.status_code.as_deref().filter(|code| !code.trim().is_empty()).unwrap_or("fail");
    for resource in resources {
        let (uid, name) = (words(&resource.uid), words(&resource.name));
        let named = if uid.trim().is_empty() { name } else { uid };
        // Kubernetes: the same name stands in every namespace.
        let spaced = match resource.namespace.as_deref().filter(|space| !space.is_empty()) {
            Some(space) if !named.contains('/') && !named.is_empty() => {
                Cow::Owned(format!("{space}/{named}"))
            }
            Some(_) | None => Cow::Borrowed(named),
        };
        let region = resource.region.as_deref().or_else(|| check.cloud.as_ref()?.region.as_deref());
        let taken = Check {
            id,
            status,
            state: match check.status.as_deref() {
                Some(status) if word::is(status, &["suppressed", "muted"]) => Status::Accepted,
                Some(status) if word::is(status, &["resolved", "closed", "archived"]) => Status::Fixed,
                Some(_) | None => Status::Open,
            },
            instance: "",
            resource: &spaced,
            also: "",
            account,
            region: region.unwrap_or_default(),
            kind: words(&resource.kind),
            title: about.map(|one| words(&one.title)).unwrap_or_default(),
            description: &description,
            severity: words(&check.severity),
            advice: advice.or(check.risk_details.as_deref()).unwrap_or_default(),
            link,
            categories: check
                .unmapped
                .iter()
                .flat_map(|unmapped| unmapped.categories.as_ref())
                .flat_map(Words::all)
                .collect(),
            seen: words(&check.time_dt),
            // They are counted once, below.
            controls: Vec::new(),
        };
        if taken.stands(manual)? {
            passed = false;
            taken.find(place, draft)?;
        } else {
            break;
        }
    }
    if passed {
        draft.clear();
    }
    let controls = Controls::pairs(check.unmapped.as_ref().and_then(|one| one.compliance.as_ref()));
    let made = match (passed, *manual > unmade) {
        (false, _) => Made::Failed,
        (true, true) => Made::Not,
        (true, false) => Made::Passed,
    };
    count(status, account, &controls, made, draft)
}

/// Counts a check for the controls that it is of. One that does not apply says nothing of them, and one that somebody lives with failed.
fn count(
    status: &str,
    account: &str,
    controls: &[(&str, &str)],
    made: Made,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if word::is(status, &["not_applicable", "info"]) {
        return Ok(());
    }
    draft.check(account, controls.iter().copied(), made)
}

/// A check of a resource, whichever format told of it.
pub(super) struct Check<'a> {
    pub(super) id: &'a str,
    pub(super) status: &'a str,
    /// What became of it, where it failed.
    pub(super) state: Status,
    /// What it is told by, where it names no resource.
    pub(super) instance: &'a str,
    pub(super) resource: &'a str,
    pub(super) also: &'a str,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) kind: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) severity: &'a str,
    pub(super) advice: &'a str,
    pub(super) link: &'a str,
    pub(super) categories: Vec<&'a str>,
    pub(super) seen: &'a str,
    /// The controls that it is a check of, each with its framework.
    pub(super) controls: Vec<(&'a str, &'a str)>,
}

impl Check<'_> {
    /// Takes a failed check as a finding, any other as clear.
    pub(super) fn take(&self, place: &str, manual: &mut usize, draft: &mut Draft<'_>) -> Result<()> {
        let unmade = *manual;
        if self.stands(manual)? {
            self.find(place, draft)?;
            return count(self.status, self.account, &self.controls, Made::Failed, draft);
        }
        draft.clear();
        let made = if *manual > unmade { Made::Not } else { Made::Passed };
        count(self.status, self.account, &self.controls, made, draft)
    }

    /// Whether the check failed. What nobody has checked is counted.
    fn stands(&self, manual: &mut usize) -> Result<bool> {
        match &*word::plain(self.status) {
            // Muted in older versions, and a state of its own in others.
            "fail" | "failed" | "warning" | "muted" => Ok(true),
            "pass" | "passed" | "info" | "not_applicable" => Ok(false),
            "manual" | "not_available" | "unknown" | "error" => {
                *manual += 1;
                Ok(false)
            }
            _ => Err(Error::invalid("the record has a status that is none of pass, fail, manual and muted")),
        }
    }

    fn find(&self, place: &str, draft: &mut Draft<'_>) -> Result<()> {
        let asset = self.asset(draft)?;
        let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, self.id, place);
        if self.id.starts_with("iam_") && kind_of(self.kind) == AssetKind::Identity {
            claim.kind = WeaknessKind::Permission;
        }
        claim.tool = "prowler";
        claim.title = self.title;
        claim.description = self.description;
        claim.severity = self.severity;
        claim.advice = self.advice;
        claim.link = self.link;
        claim.file_under("category", self.categories.iter().copied());
        claim.seen = self.seen;
        // An account's own resource name is the same in all regions.
        let region = Some(self.region.trim()).filter(|region| !matches!(*region, "" | "global"));
        let elsewhere = region.filter(|region| is_global(self.resource) && !self.resource.contains(region));
        claim.instance = if self.instance.is_empty() { elsewhere.unwrap_or_default() } else { self.instance };
        claim.status = if word::is(self.status, &["muted"]) { Status::Accepted } else { self.state };
        draft.claim(claim)
    }

    /// The resource, by a name that means it and no other.
    fn asset(&self, draft: &mut Draft<'_>) -> Result<AssetId> {
        let kind = kind_of(self.kind);
        let name = self.resource.trim();
        if name.is_empty() {
            // A check of the account itself.
            return match self.account.trim() {
                "" => draft.default_asset(kind),
                account => draft.asset(&format!("account:{account}"), AssetKind::Realm),
            };
        }
        if is_global(name) {
            let id = draft.asset(name, kind.clone())?;
            let mut seen = vec![Identifier::new(IdentifierKind::CloudId, name)];
            if !self.also.is_empty() && is_global(self.also) && self.also != name {
                seen.push(Identifier::new(IdentifierKind::CloudId, self.also));
            }
            return Ok(draft.asset_seen_as(id, kind, None, &seen));
        }
        let region = Some(self.region.trim()).filter(|region| !matches!(*region, "" | "global"));
        let own = [Some(self.account.trim()), region].into_iter().flatten().filter(|part| !part.is_empty());
        let mut parts: Vec<&str> = own.collect();
        if parts.is_empty() {
            parts.extend(draft.options.scope.as_deref());
        }
        if parts.is_empty() {
            let document = draft.document_id();
            let id = draft.asset(&format!("{document}/{name}"), kind.clone())?;
            return Ok(draft.asset_seen_as(id, kind, Some(name), &[]));
        }
        parts.push(name);
        let id = draft.asset(&parts.join("/"), kind.clone())?;
        Ok(draft.asset_seen_as(id, kind, Some(name), &[]))
    }
}

/// What sort of asset a cloud resource is, from its type's name.
pub(super) fn kind_of(resource_type: &str) -> AssetKind {
    let name = resource_type.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["iam", "user", "role", "serviceaccount", "accesskey"]) {
        AssetKind::Identity
    } else if has(&[
        "bucket", "s3", "rds", "database", "sql", "dynamo", "storage", "volume", "secret", "kms", "vault",
    ]) {
        AssetKind::DataStore
    } else if has(&["lambda", "function"]) {
        AssetKind::Function
    } else if has(&["ec2instance", "virtualmachine", "instance", "server"]) {
        AssetKind::Host
    } else if has(&["vpc", "subnet", "securitygroup", "network", "firewall", "loadbalancer"]) {
        AssetKind::NetworkZone
    } else {
        AssetKind::Workload
    }
}
