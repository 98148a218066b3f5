//! AWS Config: a snapshot, items of a resource's history, one item, or the event of a rule with an item in it.
//!
//! A record is a configuration item. Of resources that are told of several times the newest holds; those that are deleted are clear.
//! Principals and their policies are evaluated as the listing of an account's rights is, resources become assets and what they
//! reach. Items of other types become assets with the relations that the recorder states left out, which a note counts.

use super::{
    Draft, Reader,
    aws::{
        self, Detail, Graph, Inventory, Managed, Origin, Sort, TYPES, capitals, recorded_bucket, unfolded,
    },
    document::{Document, Match},
    json,
    prowler::kind_of,
};
use crate::{
    error::{Error, Result},
    model::{AssetKind, NoteKind, RelationKind},
    time::Moment,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "aws_config", title: "AWS Config snapshots and items", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let item = |at: &str| {
            json.has(&format!("{at}/resourceType")) && json.has(&format!("{at}/configurationItemCaptureTime"))
        };
        let listed = ["", "/0", "/configurationItems/0", "/configurationItem"].into_iter().any(item);
        let event = json.has("/invokingEvent");
        Match::yes_if(listed || event || json.has_all(&["/configSnapshotId", "/configurationItems"]))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped<'a> {
    #[serde(borrow, default)]
    configuration_items: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    configuration_item: Option<&'a RawValue>,
    invoking_event: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    resource_type: String,
    #[serde(alias = "awsAccountId")]
    account_id: Option<String>,
    aws_region: Option<String>,
    #[serde(alias = "ARN")]
    arn: Option<String>,
    resource_id: Option<String>,
    resource_name: Option<String>,
    configuration_item_status: Option<String>,
    configuration_item_capture_time: Option<Value>,
    #[serde(default)]
    configuration: Value,
    #[serde(default)]
    supplementary_configuration: Value,
    #[serde(default)]
    tags: Option<BTreeMap<String, Value>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    let mut items: Vec<(String, Box<RawValue>)> = Vec::new();
    for (place, record) in json::records(&document.text, outline)? {
        unwrap(&place, record, &mut items)?;
    }
    let (mut graph, mut inventory) = (Graph::default(), Inventory::default());
    let mut newest: BTreeMap<(String, String), (f64, String, Item)> = BTreeMap::new();
    for (place, item) in &items {
        draft.record(place, |draft| {
            let item: Item = json::parse(item.get())?;
            let id = item.resource_id.clone().or_else(|| item.arn.clone());
            let id = id.ok_or_else(|| Error::invalid("the item does not name its resource"))?;
            let time = seconds(item.configuration_item_capture_time.as_ref());
            inventory.see(Moment::from_unix_seconds(time as i64).ok().filter(|_| time > 0.0));
            let key = (item.resource_type.clone(), id);
            if item.configuration_item_status.as_deref().is_some_and(is_gone) {
                draft.clear();
            }
            if newest.get(&key).is_none_or(|(known, ..)| *known <= time) {
                newest.insert(key, (time, place.clone(), item));
            }
            Ok(())
        });
    }
    let mut others = BTreeMap::new();
    for (_, place, item) in newest.into_values() {
        if item.configuration_item_status.as_deref().is_some_and(is_gone) {
            continue;
        }
        let (kind, status) = (item.resource_type.clone(), take(item, &place, &mut graph, &mut inventory));
        match status {
            Ok(true) => {}
            Ok(false) => *others.entry(kind).or_insert(0) += 1,
            Err(error) => draft.note(NoteKind::Ignored, &place, error.message()),
        }
    }
    for (kind, count) in others {
        let what =
            format!("{count} items of type {kind} become assets, without what they are configured to do");
        draft.note(NoteKind::Ignored, "", what);
    }
    aws::evaluate(inventory, &mut graph, draft);
    graph.write(draft)
}

/// The items in a record: several, one, or one in the text of an event.
fn unwrap(place: &str, record: &RawValue, items: &mut Vec<(String, Box<RawValue>)>) -> Result<()> {
    let wrapped: Wrapped<'_> = json::parse(record.get()).map_err(|error| error.at(place))?;
    match wrapped {
        Wrapped { configuration_items: Some(list), .. } => {
            let list = list.into_iter().enumerate();
            items.extend(list.map(|(n, item)| (format!("{place}/configurationItems/{n}"), item.to_owned())));
        }
        Wrapped { configuration_item: Some(item), .. } => {
            items.push((format!("{place}/configurationItem"), item.to_owned()));
        }
        Wrapped { invoking_event: Some(event), .. } => {
            let place = format!("{place}/invokingEvent");
            let event: Wrapped<'_> = json::parse(&event).map_err(|error| error.at(&place))?;
            let item =
                event.configuration_item.ok_or_else(|| Error::invalid("the event has no item").at(&place))?;
            items.push((format!("{place}/configurationItem"), item.to_owned()));
        }
        Wrapped { .. } => items.push((place.to_owned(), record.to_owned())),
    }
    Ok(())
}

fn is_gone(status: &str) -> bool {
    ["ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"].contains(&status)
}

/// When an item was taken: seconds, or the text of a moment.
fn seconds(time: Option<&Value>) -> f64 {
    match time {
        Some(Value::String(text)) => {
            let moment = text.parse::<Moment>();
            moment.map_or(0.0, |moment| moment.unix_seconds() as f64)
        }
        Some(value) => value.as_f64().unwrap_or(0.0),
        None => 0.0,
    }
}

/// Adds an item. Says whether its type is known.
fn take(item: Item, place: &str, graph: &mut Graph, inventory: &mut Inventory) -> Result<bool> {
    let origin = Origin {
        account: item.account_id.as_deref().map(Box::from),
        region: item.aws_region.as_deref().filter(|region| *region != "global").map(Box::from),
    };
    let mut configuration = capitals(unfolded(item.configuration.clone()));
    if let (Some(fields), Some(arn)) = (configuration.as_object_mut(), &item.arn) {
        // The recorder spells the names of some fields in ways of its own.
        fields.entry("Arn").or_insert_with(|| arn.as_str().into());
    }
    let principal = match item.resource_type.as_str() {
        "AWS::IAM::User" => Some(Sort::User),
        "AWS::IAM::Group" => Some(Sort::Group),
        "AWS::IAM::Role" => Some(Sort::Role),
        _ => None,
    };
    let wrong =
        |error: serde_json::Error| Error::invalid("the configuration is not one of its type").because(error);
    if let Some(sort) = principal {
        let detail: Detail = serde_json::from_value(configuration).map_err(wrong)?;
        detail.take(inventory, sort, place)?;
        return Ok(true);
    }
    if item.resource_type == "AWS::IAM::Policy" {
        let managed: Managed = serde_json::from_value(configuration).map_err(wrong)?;
        managed.take(inventory)?;
        return Ok(true);
    }
    if item.resource_type == "AWS::S3::AccountPublicAccessBlock" {
        // Items are taken type by type, this one before those of buckets.
        if let Some(account) = origin.account {
            inventory.blocks.insert(account, configuration);
        }
        return Ok(true);
    }
    if item.resource_type == "AWS::S3::Bucket" {
        let mut whole = serde_json::Map::new();
        let name = item.resource_name.as_deref().or(item.resource_id.as_deref()).unwrap_or_default();
        whole.insert("ResourceName".to_owned(), name.into());
        whole.insert("SupplementaryConfiguration".to_owned(), item.supplementary_configuration.clone());
        recorded_bucket(graph, inventory, &Value::Object(whole), &origin)?;
        label(graph, &format!("arn:aws:s3:::{name}"), &item);
        return Ok(true);
    }
    if let Some((_, take)) = TYPES.iter().find(|(kind, _)| *kind == item.resource_type) {
        take(graph, inventory, &configuration, &origin)?;
        if let Some(arn) = item.arn.as_deref() {
            label(graph, arn, &item);
        }
        return Ok(true);
    }
    let named = item.arn.as_deref().or(item.resource_id.as_deref());
    let Some(name) = named else { return Ok(false) };
    let kind = match item.resource_type.as_str() {
        kind if kind.contains("Pipeline") || kind.contains("CodeBuild") => AssetKind::Pipeline,
        kind => kind_of(&kind.replace("::", "")),
    };
    let asset = graph.asset(name, kind);
    graph.title(&asset, item.resource_name.as_deref().unwrap_or_default());
    graph.alias_if_unique(&asset, item.resource_id.as_deref().unwrap_or_default());
    label(graph, name, &item);
    if let Some(account) = item.account_id.as_deref().filter(|account| aws::is_account(account)) {
        let account = graph.account(account);
        graph.fact(&account, RelationKind::Contains, &asset);
    }
    Ok(false)
}

fn label(graph: &mut Graph, name: &str, item: &Item) {
    for (tag, value) in item.tags.iter().flatten() {
        graph.label(name, tag, value.as_str().unwrap_or_default());
    }
}
