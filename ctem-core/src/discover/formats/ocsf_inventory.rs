//! OCSF inventory events: devices (`device_inventory_info`), users (`user_inventory_info`) and cloud resources
//! (`cloud_resources_inventory_info`).
//!
//! A record is an event of the category *Discovery*. A device is a machine by the names of the reader of machines, in its subnet; a user
//! is an identity, by the identifier of its directory where there is one, with its groups; a resource is an asset by its `uid`. Each
//! brings its owner, where it is, and how much it matters where the event says so.
//!
//! Left out, each with a note: events of other classes, and what software is installed, since packages alone are no weakness.

use super::{
    Draft, Reader,
    document::{Document, Match},
    host::Machine,
    json,
    prowler::kind_of,
    told,
};
use crate::{
    error::{Error, Result},
    id::AssetId,
    model::{AssetKind, NoteKind, Relation, RelationKind},
    time::Moment,
    word,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "ocsf_inventory", title: "OCSF inventory events", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let Some(json) = document.json() else { return Match::No };
    let event = |at: &str| {
        let has = |name: &str| json.has(&format!("{at}/{name}"));
        let text = |name: &str| json.text(&format!("{at}/{name}")).map(word::plain).unwrap_or_default();
        if !has("class_uid") || !has("metadata") || has("finding_info") || has("finding") {
            return Match::No;
        }
        if text("class_name").contains("inventory_info") {
            return Match::Yes;
        }
        let discovery = text("category_name") == "discovery";
        Match::maybe_if(discovery || has("device") || has("resources") || has("user"))
    };
    event("").max(event("/0"))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    class_uid: u64,
    class_name: Option<String>,
    device: Option<Device>,
    user: Option<User>,
    resources: Option<Vec<Resource>>,
    cloud: Option<Cloud>,
    time: Option<Value>,
    time_dt: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Device {
    name: Option<String>,
    hostname: Option<String>,
    domain: Option<String>,
    uid: Option<String>,
    instance_uid: Option<String>,
    ip: Option<String>,
    mac: Option<String>,
    network_interfaces: Option<Vec<Interface>>,
    agent_list: Option<Vec<Agent>>,
    #[serde(rename = "type")]
    kind: Option<String>,
    os: Option<System>,
    owner: Option<User>,
    org: Option<Named>,
    location: Option<Place>,
    region: Option<String>,
    zone: Option<String>,
    subnet: Option<String>,
    subnet_uid: Option<String>,
    risk_level: Option<String>,
    last_seen_time: Option<Value>,
    last_seen_time_dt: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Interface {
    ip: Option<String>,
    mac: Option<String>,
    hostname: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Agent {
    uid: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct System {
    name: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Place {
    city: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: Option<String>,
    uid: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct User {
    name: Option<String>,
    full_name: Option<String>,
    uid: Option<String>,
    email_addr: Option<String>,
    domain: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    groups: Option<Vec<Named>>,
    account: Option<Named>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Resource {
    uid: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    region: Option<String>,
    owner: Option<User>,
    criticality: Option<String>,
    tags: Option<Vec<Tag>>,
    data_classifications: Option<Vec<Class>>,
    data_classification: Option<Class>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tag {
    name: Option<String>,
    value: Option<String>,
    values: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Class {
    category: Option<String>,
    confidentiality: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cloud {
    account: Option<Named>,
    region: Option<String>,
}

/// Classes that are an inventory of devices, users and resources.
const DEVICES: u64 = 5001;
const USERS: u64 = 5003;
const RESOURCES: u64 = 5023;

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    let mut others: BTreeMap<(u64, String), usize> = BTreeMap::new();
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| {
            let event: Event = draft.understood(record.get(), &place)?;
            match event.class_uid {
                DEVICES => device(&event, &place, draft),
                USERS => {
                    let user = event.user.as_ref().ok_or_else(|| lacks("user"))?;
                    user_of(user, &place, draft)
                }
                RESOURCES => {
                    let resources = event.resources.as_deref().unwrap_or_default();
                    if resources.is_empty() {
                        return Err(lacks("resources"));
                    }
                    resources.iter().try_for_each(|one| resource(one, &event, draft))
                }
                0 => Err(lacks("class_uid")),
                other => {
                    let name = event.class_name.unwrap_or_default();
                    *others.entry((other, name)).or_default() += 1;
                    Ok(())
                }
            }
        });
    }
    for ((class, name), count) in others {
        let what = format!(
            "{count} events of class {class} {name} are left out: they are no inventory of devices, users or resources"
        );
        draft.note(NoteKind::Ignored, "", what.replace("  ", " "));
    }
    Ok(())
}

fn lacks(name: &str) -> Error {
    Error::invalid(format!("`{name}` is missing: an inventory event must have it"))
}

fn said(text: &Option<String>) -> &str {
    text.as_deref().map(str::trim).unwrap_or_default()
}

/// A time, which is a text or the milliseconds since 1970.
fn moment(
    text: &Option<String>,
    number: Option<&Value>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Option<Moment> {
    if !said(text).is_empty() {
        return draft.moment(text.as_deref(), place);
    }
    Moment::from_unix_seconds(number?.as_i64()? / 1000).ok()
}

fn device(event: &Event, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let device = event.device.as_ref().ok_or_else(|| lacks("device"))?;
    let seen = moment(&device.last_seen_time_dt, device.last_seen_time.as_ref(), place, draft)
        .or_else(|| moment(&event.time_dt, event.time.as_ref(), place, draft));
    let (host, domain) = (said(&device.hostname), said(&device.domain));
    let whole = if host.is_empty() || domain.is_empty() || host.contains('.') {
        String::new()
    } else {
        format!("{host}.{domain}")
    };
    let cards = || device.network_interfaces.iter().flatten();
    let account = event.cloud.as_ref().and_then(|cloud| cloud.account.as_ref());
    let network = account.map(|account| said(&account.uid)).unwrap_or_default();
    let agent = device.agent_list.iter().flatten().map(|agent| said(&agent.uid)).find(|uid| !uid.is_empty());
    let machine = Machine {
        names: [whole.as_str(), host].into_iter().chain(cards().map(|card| said(&card.hostname))).collect(),
        hints: vec![host, said(&device.name)],
        addresses: [said(&device.ip)].into_iter().chain(cards().map(|card| said(&card.ip))).collect(),
        macs: [said(&device.mac)].into_iter().chain(cards().map(|card| said(&card.mac))).collect(),
        cloud_ids: vec![said(&device.instance_uid)],
        agent: agent.unwrap_or(said(&device.uid)),
        network,
        seen,
        ..Machine::default()
    };
    let asset = draft.machine(&machine)?;
    let system =
        device.os.as_ref().map(|os| format!("{} {}", said(&os.name), said(&os.version))).unwrap_or_default();
    let city = device.location.as_ref().map(|place| said(&place.city)).unwrap_or_default();
    let country = device.location.as_ref().map(|place| said(&place.country)).unwrap_or_default();
    let region = Some(said(&device.region)).filter(|region| !region.is_empty());
    let region =
        region.unwrap_or_else(|| event.cloud.as_ref().map(|cloud| said(&cloud.region)).unwrap_or_default());
    let org = device.org.as_ref().map(|org| said(&org.name)).unwrap_or_default();
    draft.label(
        &asset,
        &[
            ("type", said(&device.kind)),
            ("operating system", &system),
            ("region", region),
            ("zone", said(&device.zone)),
            ("city", city),
            ("country", country),
            ("organization", org),
            ("account", network),
            ("risk level", said(&device.risk_level)),
        ],
    );
    own(&asset, device.owner.as_ref(), draft)?;
    let subnet = [&device.subnet_uid, &device.subnet].into_iter().map(said).find(|text| !text.is_empty());
    if let Some(subnet) = subnet {
        // A range of private addresses means something within its network only.
        let scope = Some(network).filter(|network| !network.is_empty()).or(draft.options.scope.as_deref());
        let name = match scope.filter(|_| said(&device.subnet_uid).is_empty()) {
            Some(scope) => format!("{scope}/{subnet}"),
            None => subnet.to_owned(),
        };
        let zone = draft.asset(&name, AssetKind::NetworkZone)?;
        draft.report.contents.relations.push(Relation::new(asset, RelationKind::LiesIn, zone));
    }
    Ok(())
}

fn own(asset: &AssetId, owner: Option<&User>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(owner) = owner else { return Ok(()) };
    let names = [&owner.email_addr, &owner.name, &owner.full_name, &owner.uid];
    if let Some(name) = names.into_iter().map(said).find(|text| !text.is_empty()) {
        let full = [&owner.full_name, &owner.name].into_iter().map(said).find(|text| !text.is_empty());
        let owner = draft.owner(name, full, Some(said(&owner.email_addr)))?;
        draft.own(asset, owner);
    }
    Ok(())
}

fn user_of(user: &User, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let (uid, mail) = (said(&user.uid), said(&user.email_addr));
    let (name, domain) = (said(&user.name), said(&user.domain));
    // What a directory identifies by a security identifier or a GUID goes by that in its own exports too.
    let of_directory = uid.starts_with("S-1-") || (uid.len() == 36 && uid.matches('-').count() == 4);
    let whole =
        if domain.is_empty() || name.contains('@') { String::new() } else { format!("{name}@{domain}") };
    let names = [if of_directory { uid } else { "" }, mail, &whole, uid, name];
    let id = names.into_iter().find(|text| !text.is_empty()).ok_or_else(|| lacks("user/uid"))?;
    let others: Vec<&str> = [mail, &whole].into_iter().filter(|other| other.contains('@')).collect();
    let asset = draft.asset_also(id, AssetKind::Identity, &others)?;
    let title = [said(&user.full_name), name].into_iter().find(|text| !text.is_empty());
    let asset = draft.asset_seen_as(asset, AssetKind::Identity, title, &[]);
    let account = user.account.as_ref().map(|account| said(&account.uid)).unwrap_or_default();
    draft.label(&asset, &[("type", said(&user.kind)), ("account", account)]);
    for group in user.groups.iter().flatten() {
        let name = [&group.uid, &group.name].into_iter().map(said).find(|text| !text.is_empty());
        let Some(name) = name else { continue };
        let group = match draft.asset(name, AssetKind::Group) {
            Ok(group) => group,
            Err(error) => {
                draft.left_out("a group", &error, place);
                continue;
            }
        };
        draft.report.contents.relations.push(Relation::new(asset.clone(), RelationKind::MemberOf, group));
    }
    Ok(())
}

fn resource(resource: &Resource, event: &Event, draft: &mut Draft<'_>) -> Result<()> {
    let names = [&resource.uid, &resource.name].into_iter().map(said);
    let id = names.into_iter().find(|text| !text.is_empty()).ok_or_else(|| lacks("resources/uid"))?;
    let kind = kind_of(said(&resource.kind));
    let asset = draft.asset(id, kind.clone())?;
    let asset = draft.asset_seen_as(
        asset,
        kind,
        Some(said(&resource.name)).filter(|name| !name.is_empty() && *name != id),
        &[],
    );
    let account = event.cloud.as_ref().and_then(|cloud| cloud.account.as_ref()).map(|one| said(&one.uid));
    draft.label(
        &asset,
        &[
            ("type", said(&resource.kind)),
            ("region", said(&resource.region)),
            ("account", account.unwrap_or_default()),
        ],
    );
    for tag in resource.tags.iter().flatten() {
        let first = tag.values.iter().flatten().next().map(String::as_str);
        draft.label(&asset, &[(said(&tag.name), tag.value.as_deref().or(first).unwrap_or_default())]);
    }
    let classes = resource.data_classifications.iter().flatten().chain(&resource.data_classification);
    let words = classes.filter_map(|class| {
        let words = [&class.category, &class.confidentiality].into_iter().map(said);
        words.into_iter().find(|text| !text.is_empty())
    });
    let words: Vec<&str> = words.collect();
    draft.label(&asset, &[("data class", &words.join(" / "))]);
    draft.matters(&asset, told::criticality(said(&resource.criticality)));
    own(&asset, resource.owner.as_ref(), draft)
}
