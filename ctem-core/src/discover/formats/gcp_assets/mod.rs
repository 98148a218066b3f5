//! Google's Cloud Asset Inventory: exports of resources and of allow policies, and answers of its searches, as JSON or JSON Lines.
//!
//! A record is an asset with its resource, its policy or both, in either spelling of the interface (`asset_type`, `assetType`).
//! Resources become assets by their full names, in the projects, folders and organization above them; firewalls and public addresses
//! say who reaches what, and allow policies who may do what. A role on a project, folder or organization that is about one service is
//! held over all resources of that service there, and no others. Labels say owners and importance.
//!
//! Of policies of organizations the prevention of public access to buckets is read, as buckets' own is.
//!
//! Left out, each with a note: other policies of organizations, policies of access levels and of denial, inventories of operating systems,
//! and types that are no network, identity, store or compute.

mod policies;
mod prevention;
mod record;
mod resources;

use super::{
    Draft, ReadTogether, Reader,
    aws::Graph,
    document::{Document, Match},
    json,
};
use crate::{
    error::{Error, Result},
    model::NoteKind,
};
use policies::Policies;
use record::{Realms, Record};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "gcp_assets", title: "Google Cloud Asset Inventory", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let typed = |at: &str| {
            let kind = json.text(&format!("{at}/asset_type")).or(json.text(&format!("{at}/assetType")));
            kind.is_some_and(|kind| kind.contains(".googleapis.com/"))
        };
        let lists = ["", "/0", "/assets/0", "/results/0", "/readTimeAssets/0"];
        Match::yes_if(lists.into_iter().any(typed))
    })
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, alias = "results", alias = "readTimeAssets")]
    assets: Option<Vec<&'a RawValue>>,
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut records: Vec<Record> = Vec::new();
    draft.documents(documents, |document, draft| {
        let Some(outline) = document.json() else { return Ok(()) };
        for (place, record) in json::records(&document.text, outline)? {
            let answer: Result<Answer<'_>> = json::parse(record.get());
            match answer.ok().and_then(|answer| answer.assets) {
                Some(assets) => {
                    for (n, asset) in assets.into_iter().enumerate() {
                        take(asset, &format!("{place}/assets/{n}"), &mut records, draft);
                    }
                }
                None => take(record, &place, &mut records, draft),
            }
        }
        Ok(())
    })?;
    let mut graph = Graph::default();
    graph.told_by_labels();
    graph.read_as_of(draft.options.as_of);
    let realms = Realms::of(&records);
    let mut policies = Policies::default();
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for record in &records {
        if record.asset_type == "iam.googleapis.com/Role" {
            policies.hear_role(record);
            continue;
        }
        if record.asset_type == "orgpolicy.googleapis.com/Policy" && prevention::is_read(record.data()) {
            let path = record.name().and_then(|name| name.strip_prefix("//orgpolicy.googleapis.com/"));
            let path = path.and_then(|path| path.split_once("/policies/")).map(|(path, _)| path);
            if let Some(realm) = path.and_then(|path| realms.asset(path, &mut graph)) {
                policies.prevention.hear_policy(record.data(), &realm);
                continue;
            }
        }
        let Some(asset) = resources::take(record, &realms, &mut graph) else {
            *unknown.entry(record.asset_type.as_str()).or_insert(0) += 1;
            continue;
        };
        let above = realms.put_in(record, &asset, &mut graph);
        policies.hear(record, &asset, &above, &mut graph);
    }
    policies.write(&mut graph);
    for (kind, count) in unknown {
        let what = format!(
            "{count} assets of type {kind} are left out: they are no network, identity, store or compute"
        );
        draft.note(NoteKind::Ignored, "", what);
    }
    leave_out(&records, draft);
    graph.write(draft)
}

/// Takes a record that names its asset and its type.
fn take(record: &RawValue, place: &str, records: &mut Vec<Record>, draft: &mut Draft<'_>) {
    draft.record(place, |draft| {
        let record: Record = draft.understood(record.get(), place)?;
        if record.name().is_none_or(|name| !name.starts_with("//")) {
            let message =
                "the asset has no full name: it must have a `name` such as `//storage.googleapis.com/b`";
            return Err(Error::invalid(message));
        }
        records.push(record);
        Ok(())
    });
}

/// Says what is not read of records.
fn leave_out(records: &[Record], draft: &mut Draft<'_>) {
    let count = |of: fn(&Record) -> json::Unread| records.iter().map(|record| of(record).0.min(1)).sum();
    for (count, what, why) in [
        (
            count(|one| json::Unread(one.policies().filter(|policy| !prevention::is_read(policy)).count())),
            "list of organization policies",
            "what such policies forbid is not worked out, so what is shown may be more than is possible",
        ),
        (count(|one| one.access_policy), "access policy", "perimeters are not worked out"),
        (count(|one| one.access_level), "access level", "perimeters are not worked out"),
        (count(|one| one.service_perimeter), "service perimeter", "perimeters are not worked out"),
        (count(|one| one.os_inventory), "inventory of an operating system", "packages alone are no weakness"),
        (count(|one| one.related_assets), "list of related assets", "relations are taken from resources"),
    ] {
        draft.unread("", count, what, why);
    }
}
