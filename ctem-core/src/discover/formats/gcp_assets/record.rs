//! Records of the inventory, and what they lie in: projects go by their ids, whichever of id and number a record has.

use crate::{
    discover::{aws::Graph, google, json},
    model::{AssetKind, RelationKind},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// An asset, or what a search found of one.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Record {
    pub(super) name: Option<String>,
    #[serde(alias = "asset_type")]
    pub(super) asset_type: String,
    /// The resource itself; of a policy that was searched for, the resource's name.
    pub(super) resource: Option<Value>,
    #[serde(alias = "iam_policy", alias = "policy")]
    pub(super) iam_policy: Option<Value>,
    pub(super) ancestors: Vec<String>,
    /// What searches say of a resource.
    pub(super) project: Option<String>,
    pub(super) folders: Vec<String>,
    pub(super) organization: Option<String>,
    #[serde(alias = "display_name")]
    pub(super) display_name: Option<String>,
    pub(super) location: Option<String>,
    pub(super) labels: BTreeMap<String, Value>,
    pub(super) state: Option<String>,
    #[serde(alias = "org_policy")]
    pub(super) org_policy: Value,
    #[serde(alias = "access_policy")]
    pub(super) access_policy: json::Unread,
    #[serde(alias = "access_level")]
    pub(super) access_level: json::Unread,
    #[serde(alias = "service_perimeter")]
    pub(super) service_perimeter: json::Unread,
    #[serde(alias = "os_inventory")]
    pub(super) os_inventory: json::Unread,
    #[serde(alias = "related_assets")]
    pub(super) related_assets: json::Unread,
}

impl Record {
    /// The full name of the asset.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref().or(self.resource.as_ref().and_then(Value::as_str))
    }

    /// What the resource is configured as; nothing where only its policy or its name is told.
    pub(super) fn data(&self) -> &Value {
        self.resource.as_ref().and_then(|resource| resource.get("data")).unwrap_or(&Value::Null)
    }

    /// The organization policies that stand on the asset.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Value> {
        self.org_policy.as_array().into_iter().flatten()
    }

    /// The project in the asset's name.
    fn project_in_name(&self) -> Option<&str> {
        let (_, rest) = self.name()?.split_once("/projects/")?;
        rest.split('/').next().filter(|id| !id.is_empty())
    }

    /// What it lies in, the nearest first: `projects/123`, `folders/4`, `organizations/5`.
    fn above(&self) -> Vec<&str> {
        if !self.ancestors.is_empty() {
            return self.ancestors.iter().map(String::as_str).collect();
        }
        let searched: Vec<&str> =
            self.project.iter().chain(&self.folders).chain(&self.organization).map(String::as_str).collect();
        if !searched.is_empty() {
            return searched;
        }
        let parent =
            self.resource.as_ref().and_then(|resource| resource.get("parent")).and_then(Value::as_str);
        parent.and_then(|parent| parent.strip_prefix(MANAGER)).into_iter().collect()
    }
}

/// What stands before the path of a project, folder or organization in its full name.
const MANAGER: &str = "//cloudresourcemanager.googleapis.com/";

/// Projects by their numbers, which records use besides their ids.
pub(super) struct Realms {
    ids: BTreeMap<String, String>,
}

impl Realms {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut ids = BTreeMap::new();
        for record in records {
            let data = record.data();
            let own = if record.asset_type.ends_with("/Project") {
                let id = data.get("projectId").and_then(Value::as_str);
                let number = text(data, &["projectNumber"]);
                id.map(str::to_owned).zip(number.or_else(|| number_of(record.name()?)))
            } else {
                let number = record.above().into_iter().find_map(number_of);
                record.project_in_name().filter(|id| !is_number(id)).map(str::to_owned).zip(number)
            };
            if let Some((id, number)) = own {
                ids.entry(number).or_insert(id);
            }
        }
        Self { ids }
    }

    /// The full name of a project, folder or organization: of a project by its id where that is known.
    fn name(&self, path: &str) -> Option<String> {
        let (sort, id) = path.trim_start_matches(MANAGER).split_once('/')?;
        let id = match sort {
            "projects" => self.ids.get(id).map_or(id, String::as_str),
            "folders" | "organizations" => id,
            _ => return None,
        };
        Some(google::realm(id, sort))
    }

    /// The realm of a path, with the number that others call it by.
    pub(super) fn asset(&self, path: &str, graph: &mut Graph) -> Option<Rc<str>> {
        let realm = graph.asset(&self.name(path)?, AssetKind::Realm);
        let number = path.trim_start_matches(MANAGER);
        graph.alias(&realm, &format!("{MANAGER}{number}"));
        Some(realm)
    }

    /// Puts an asset into what it lies in, and says what all that is, the nearest first.
    pub(super) fn put_in(&self, record: &Record, asset: &Rc<str>, graph: &mut Graph) -> Vec<Rc<str>> {
        let mut paths: Vec<String> = record.above().into_iter().map(str::to_owned).collect();
        let in_name =
            record.project_in_name().filter(|_| !paths.iter().any(|path| path.contains("projects/")));
        if let Some(id) = in_name {
            paths.insert(0, format!("projects/{id}"));
        }
        let mut seen = BTreeSet::from([Rc::clone(asset)]);
        let mut above: Vec<Rc<str>> = Vec::new();
        for path in paths {
            let Some(outer) = self.asset(&path, graph).filter(|outer| seen.insert(Rc::clone(outer))) else {
                continue;
            };
            let inner = above.last().unwrap_or(asset);
            graph.fact(&outer, RelationKind::Contains, inner);
            above.push(outer);
        }
        above
    }
}

/// The number of a project in its path.
fn number_of(path: &str) -> Option<String> {
    let id = path.rsplit_once("projects/").map(|(_, id)| id)?;
    is_number(id).then(|| id.to_owned())
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands under the first of these names.
pub(super) fn inner<'v>(value: &'v Value, names: &[&str]) -> &'v Value {
    names.iter().find_map(|name| value.get(*name)).unwrap_or(&Value::Null)
}

/// The text, or the number as text, under the first of these names that has one.
pub(super) fn text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match value.get(*name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

pub(super) fn truth(value: &Value, names: &[&str]) -> Option<bool> {
    names.iter().find_map(|name| value.get(*name)?.as_bool())
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The lists under these names, one after the other: older exports have other names for the same.
pub(super) fn either<'v>(value: &'v Value, names: &'v [&str]) -> impl Iterator<Item = &'v Value> {
    names.iter().flat_map(|name| list(value, name))
}

/// The texts of the lists under these names.
pub(super) fn texts<'v>(value: &'v Value, names: &[&str]) -> Vec<&'v str> {
    names.iter().flat_map(|name| list(value, name)).filter_map(Value::as_str).collect()
}
