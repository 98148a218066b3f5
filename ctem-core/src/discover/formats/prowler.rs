//! Prowler JSON: OCSF detection findings of version 4 and later, and the native JSON of version 3.
//!
//! A record is a check of a resource. The asset is the resource, by its cloud resource name. Passed and manual checks are
//! clear, muted ones are `Accepted`.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    model::{AssetKind, Status, WeaknessKind},
    word,
};
use serde::Deserialize;

pub(super) const READER: Reader = Reader { name: "prowler", title: "Prowler OCSF and v3 JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let ocsf =
            json.text("/0/metadata/product/name").is_some_and(|name| name.eq_ignore_ascii_case("prowler"));
        let version_3 = json.has_all(&["/0/CheckID", "/0/StatusExtended"]);
        let any_ocsf = json.has_all(&["/0/metadata/event_code", "/0/finding_info", "/0/resources"]);
        if ocsf || version_3 { Match::Yes } else { Match::maybe_if(any_ocsf) }
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Record {
    Three(Box<Three>),
    Ocsf(Box<Ocsf>),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Three {
    #[serde(rename = "CheckID")]
    check_id: String,
    check_title: Option<String>,
    status: Option<String>,
    status_extended: Option<String>,
    severity: Option<String>,
    resource_type: Option<String>,
    description: Option<String>,
    remediation: Option<Remediation>,
    resource_id: Option<String>,
    resource_arn: Option<String>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    assessment_start_time: Option<String>,
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
    metadata: Metadata,
    severity: Option<String>,
    status: Option<String>,
    status_code: Option<String>,
    status_detail: Option<String>,
    finding_info: About,
    #[serde(default)]
    resources: Vec<Resource>,
    remediation: Option<Advice>,
    time_dt: Option<String>,
    #[serde(default)]
    unmapped: Option<Unmapped>,
}

/// What OCSF has no field for.
#[derive(Deserialize)]
struct Unmapped {
    #[serde(default)]
    categories: Option<Words>,
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
    event_code: String,
}

#[derive(Deserialize)]
struct About {
    title: Option<String>,
    desc: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    uid: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Advice {
    desc: Option<String>,
    #[serde(default)]
    references: Option<Vec<String>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| match json::parse_owned(record.get())? {
            Record::Three(check) => three(&check, &place, draft),
            Record::Ocsf(check) => ocsf(&check, &place, draft),
        });
    }
    Ok(())
}

fn three(check: &Three, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let words = |text: &'_ Option<String>| text.clone().unwrap_or_default();
    let resource =
        [&check.resource_arn, &check.resource_id].into_iter().flatten().find(|name| !name.trim().is_empty());
    let recommendation = check.remediation.as_ref().and_then(|one| one.recommendation.as_ref());
    let advice = recommendation.and_then(|one| one.text.clone()).unwrap_or_default();
    let link = recommendation.and_then(|one| one.url.clone()).unwrap_or_default();
    Check {
        id: &check.check_id,
        status: &words(&check.status),
        muted: false,
        resource: resource.map(String::as_str).unwrap_or_default(),
        also: &words(&check.resource_id),
        kind: &words(&check.resource_type),
        title: &words(&check.check_title),
        description: &[words(&check.status_extended), words(&check.description)].join("\n"),
        severity: &words(&check.severity),
        advice: &advice,
        link: &link,
        categories: check.categories.iter().flatten().map(String::as_str).collect(),
        seen: &words(&check.assessment_start_time),
    }
    .take(place, draft)
}

fn ocsf(check: &Ocsf, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let words = |text: &'_ Option<String>| text.clone().unwrap_or_default();
    let resource = check.resources.first();
    let part = |part: fn(&Resource) -> &Option<String>| {
        resource.map(part).and_then(Option::as_deref).unwrap_or_default().to_owned()
    };
    let (uid, name, kind) = (part(|one| &one.uid), part(|one| &one.name), part(|one| &one.kind));
    let references = check.remediation.as_ref().and_then(|one| one.references.as_ref());
    let link = references
        .and_then(|all| all.iter().find(|one| one.starts_with("http")))
        .cloned()
        .unwrap_or_default();
    Check {
        id: &check.metadata.event_code,
        status: &words(&check.status_code),
        muted: word::is(check.status.as_deref(), &["suppressed"]),
        resource: if uid.trim().is_empty() { &name } else { &uid },
        also: "",
        kind: &kind,
        title: &words(&check.finding_info.title),
        description: &[words(&check.status_detail), words(&check.finding_info.desc)].join("\n"),
        severity: &words(&check.severity),
        advice: &check.remediation.as_ref().and_then(|one| one.desc.clone()).unwrap_or_default(),
        link: &link,
        categories: check
            .unmapped
            .iter()
            .flat_map(|unmapped| unmapped.categories.as_ref())
            .flat_map(Words::all)
            .collect(),
        seen: &words(&check.time_dt),
    }
    .take(place, draft)
}

/// A check of a resource, whichever format told of it.
pub(super) struct Check<'a> {
    pub(super) id: &'a str,
    pub(super) status: &'a str,
    pub(super) muted: bool,
    pub(super) resource: &'a str,
    pub(super) also: &'a str,
    pub(super) kind: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) severity: &'a str,
    pub(super) advice: &'a str,
    pub(super) link: &'a str,
    pub(super) categories: Vec<&'a str>,
    pub(super) seen: &'a str,
}

impl Check<'_> {
    /// Takes a failed check as a finding, any other as clear.
    pub(super) fn take(&self, place: &str, draft: &mut Draft<'_>) -> Result<()> {
        if !word::is(self.status, &["fail"]) {
            draft.clear();
            return Ok(());
        }
        let kind = kind_of(self.kind);
        let asset = if self.resource.trim().is_empty() {
            draft.default_asset(kind)?
        } else {
            draft.asset_also(self.resource, kind, &[self.also])?
        };
        let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, self.id, place);
        if self.id.starts_with("iam_") && kind_of(self.kind) == AssetKind::Identity {
            claim.kind = WeaknessKind::Permission;
        }
        claim.title = self.title;
        claim.description = self.description;
        claim.severity = self.severity;
        claim.advice = self.advice;
        claim.link = self.link;
        claim.file_under("category", self.categories.iter().copied());
        claim.seen = self.seen;
        if self.muted {
            claim.status = Status::Accepted;
        }
        draft.claim(claim)
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
