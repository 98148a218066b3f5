//! Services: what a bill of materials says runs, which data passes there, who answers for it, and what calls what.
//!
//! A service is a workload by its group and name. A dependency between services, or of the document's subject on one, is a way to it.
//! That a service crosses a trust boundary, or asks nobody who they are, is kept as labels: it does not say from where it is reached.

use crate::{
    discover::draft::Draft,
    error::{Error, Result},
    id::AssetId,
    model::{AssetKind, Relation, RelationKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// Services stand in services at most so deep.
const DEEPEST: usize = 64;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Service {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    provider: Option<Named>,
    endpoints: Option<Vec<String>>,
    authenticated: Option<bool>,
    #[serde(rename = "x-trust-boundary")]
    boundary: Option<bool>,
    #[serde(rename = "trustZone")]
    zone: Option<String>,
    data: Option<Vec<Data>>,
    services: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    classification: Option<String>,
    governance: Option<Governance>,
}

/// Who answers for data: those who own it, and otherwise those who look after it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Governance {
    owners: Option<Vec<Party>>,
    stewards: Option<Vec<Party>>,
    custodians: Option<Vec<Party>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Party {
    organization: Option<Named>,
    contact: Option<Contact>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Contact {
    name: Option<String>,
    email: Option<String>,
}

/// Services as assets, by what the document refers to them by.
#[derive(Default)]
pub(super) struct Services {
    by_reference: HashMap<String, AssetId>,
    /// Which services each host name stands for.
    hosts: BTreeMap<String, Vec<AssetId>>,
}

impl Services {
    /// Adds the services of a list, each a record, and those in them.
    pub(super) fn read(records: &[&RawValue], draft: &mut Draft<'_>) -> Self {
        let mut found = Self::default();
        for (n, record) in records.iter().enumerate() {
            let place = format!("/services/{n}");
            draft.record(&place, |draft| found.add_all(record.get(), &place, draft));
        }
        for (host, services) in &found.hosts {
            // A host name that several services share names none of them.
            if let [service] = services.as_slice() {
                let known = draft.asset_also(service.as_str(), AssetKind::Workload, &[host]);
                known
                    .is_err()
                    .then(|| draft.unread("/services", 1, "endpoint", "its host is no name of an asset"));
            }
        }
        found
    }

    /// Adds a service and those in it. Each is read by itself, since a service takes a hundred times the bytes of `{}`.
    fn add_all(&mut self, record: &str, place: &str, draft: &mut Draft<'_>) -> Result<()> {
        let mut service: Service = draft.understood(record, place)?;
        let parts = |service: &mut Service, place: &str| {
            let place: Rc<str> = format!("{place}/services").into();
            let parts = service.services.take().unwrap_or_default();
            parts.into_iter().enumerate().map(move |(n, part)| (place.clone(), n, part))
        };
        let mut left = vec![parts(&mut service, place)];
        self.add(&service, draft)?;
        while let Some(parts_left) = left.last_mut() {
            let Some((list, n, record)) = parts_left.next() else {
                left.pop();
                continue;
            };
            let place = format!("{list}/{n}");
            if left.len() > DEEPEST {
                let why = format!(
                    "services stand in services at most {DEEPEST} deep: split the document, or leave out what stands deeper"
                );
                return Err(Error::invalid(why).at(place));
            }
            let mut service: Service = draft.understood(record.get(), &place)?;
            left.push(parts(&mut service, &place));
            self.add(&service, draft)?;
        }
        Ok(())
    }

    fn add(&mut self, service: &Service, draft: &mut Draft<'_>) -> Result<()> {
        let name = said(&service.name);
        if name.is_empty() {
            return Err(Error::invalid("the service has no name: it must have a `name`"));
        }
        let asset = draft.asset(&grouped(service.group.as_deref(), name), AssetKind::Workload)?;
        let classes: Vec<&str> =
            service.data.iter().flatten().map(|data| said(&data.classification)).collect();
        let classes: Vec<&str> = classes.into_iter().filter(|class| !class.is_empty()).collect();
        let flag = |truth: Option<bool>| truth.map_or("", |truth| if truth { "true" } else { "false" });
        let provider = service.provider.as_ref().map(|provider| said(&provider.name)).unwrap_or_default();
        draft.label(
            &asset,
            &[
                ("version", said(&service.version)),
                ("provider", provider),
                ("authenticated", flag(service.authenticated)),
                ("crosses trust boundary", flag(service.boundary)),
                ("data class", &classes.join(" / ")),
            ],
        );
        for data in service.data.iter().flatten().filter_map(|data| data.governance.as_ref()) {
            let parties = [&data.owners, &data.stewards, &data.custodians];
            let party = parties.into_iter().flatten().flatten().find_map(Party::named);
            if let Some((name, mail)) = party {
                let owner = draft.owner(name, None, mail)?;
                draft.own(&asset, owner);
            }
        }
        for endpoint in service.endpoints.iter().flatten() {
            let (_, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
            let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
            let services = self.hosts.entry(host.to_ascii_lowercase()).or_default();
            if host.contains('.') && !services.contains(&asset) {
                services.push(asset.clone());
            }
        }
        if let Some(zone) = service.zone.as_deref().map(str::trim).filter(|zone| !zone.is_empty()) {
            let zone = draft.asset(zone, AssetKind::NetworkZone)?;
            draft.report.contents.relations.push(Relation::new(asset.clone(), RelationKind::LiesIn, zone));
        }
        if let Some(reference) = &service.reference {
            self.by_reference.insert(reference.clone(), asset);
        }
        Ok(())
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.by_reference.is_empty()
    }

    /// Adds the ways that dependencies tell of: from a service, or from the subject, to services.
    pub(super) fn call(
        &self,
        from: &str,
        subject: Option<(&str, &AssetId)>,
        to: &[String],
        draft: &mut Draft<'_>,
    ) {
        let subject = subject.filter(|(reference, _)| *reference == from).map(|(_, asset)| asset);
        let Some(from) = self.by_reference.get(from).or(subject) else { return };
        for to in to.iter().filter_map(|to| self.by_reference.get(to)).filter(|to| *to != from) {
            for kind in [RelationKind::Reaches, RelationKind::DependsOn] {
                draft.report.contents.relations.push(Relation::new(from.clone(), kind, to.clone()));
            }
        }
    }
}

impl Party {
    /// What a person or an organisation is called, and where to reach them.
    fn named(&self) -> Option<(&str, Option<&str>)> {
        let contact = self.contact.as_ref();
        let mail = contact.map(|contact| said(&contact.email)).filter(|mail| !mail.is_empty());
        let names = [
            self.organization.as_ref().map(|one| said(&one.name)),
            contact.map(|contact| said(&contact.name)),
            mail,
        ];
        names.into_iter().flatten().find(|name| !name.is_empty()).map(|name| (name, mail))
    }
}

/// A name with its group: `org.kelp/core`.
pub(in super::super) fn grouped(group: Option<&str>, name: &str) -> String {
    match group.map(str::trim).filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    }
}

fn said(text: &Option<String>) -> &str {
    text.as_deref().map(str::trim).unwrap_or_default()
}
