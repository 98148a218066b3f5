//! Where resources stand in the documents: in modules of a plan, in the list of a state, in the modules of an old state.

use super::{
    address::{plain, segments},
    flat::unflattened,
    resource::{Record, References, Referred},
};
use crate::{discover::json, error::Result, time::Moment};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::collections::{BTreeMap, BTreeSet};

/// What a document has.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Resources, each with its place.
    pub(super) records: Vec<(String, Result<Record>)>,
    pub(super) references: References,
    /// When a plan was made.
    pub(super) written: Option<Moment>,
}

/// Modules stand in modules at most so deep.
const DEEPEST: usize = 64;

#[derive(Deserialize)]
struct Shown<'a> {
    #[serde(borrow, default)]
    planned_values: Option<Values<'a>>,
    #[serde(borrow, default)]
    values: Option<Values<'a>>,
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    configuration: Option<Configuration>,
    #[serde(borrow, default)]
    resources: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    modules: Option<Vec<OldModule>>,
}

#[derive(Deserialize)]
struct Values<'a> {
    #[serde(borrow, default)]
    root_module: Option<Module<'a>>,
}

#[derive(Deserialize)]
struct Module<'a> {
    #[serde(borrow, default)]
    resources: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    child_modules: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Planned {
    address: String,
    #[serde(default)]
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: Value,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// The resources of a plan or state.
pub(super) fn records(text: &str) -> Result<Found> {
    let shown: Shown<'_> = json::parse(text)?;
    let written = shown.timestamp.as_deref().and_then(|text| text.parse().ok());
    let mut found = Found { written, ..Found::default() };
    let roots = [("/planned_values", shown.planned_values), ("/values", shown.values)];
    for (place, values) in roots {
        if let Some(module) = values.and_then(|values| values.root_module) {
            planned(module, &format!("{place}/root_module"), 0, &mut found)?;
        }
    }
    for (n, record) in shown.resources.iter().flatten().enumerate() {
        let place = format!("/resources/{n}");
        match json::parse(record.get()) {
            Ok(resource) => stated(&resource, &place, &mut found),
            Err(error) => found.records.push((place, Err(error))),
        }
    }
    for (n, module) in shown.modules.into_iter().flatten().enumerate() {
        old(module, &format!("/modules/{n}"), &mut found);
    }
    if let Some(root) = shown.configuration.and_then(|configuration| configuration.root_module) {
        let scope = Scope { prefix: String::new(), module: &root, call: None };
        refer(&scope, 0, &mut found.references);
    }
    Ok(found)
}

fn planned(module: Module<'_>, place: &str, depth: usize, found: &mut Found) -> Result<()> {
    for (n, record) in module.resources.into_iter().enumerate() {
        let place = format!("{place}/resources/{n}");
        match json::parse::<Planned>(record.get()) {
            Ok(Planned { mode, .. }) if mode == "data" => {}
            Ok(Planned { address, kind, values, depends_on, .. }) => {
                let depends = depends_on.iter().map(|address| plain(address)).collect();
                found.records.push((place, Ok(Record { address, kind, values, depends })));
            }
            Err(error) => found.records.push((place, Err(error))),
        }
    }
    for (n, module) in module.child_modules.into_iter().enumerate().filter(|_| depth < DEEPEST) {
        let place = format!("{place}/child_modules/{n}");
        planned(json::parse(module.get())?, &place, depth + 1, found)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Stated {
    #[serde(default)]
    module: Option<String>,
    #[serde(default)]
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(default)]
    index_key: Option<Value>,
    #[serde(default)]
    attributes: Value,
    #[serde(default)]
    attributes_flat: Option<BTreeMap<String, Value>>,
    #[serde(default, alias = "depends_on")]
    dependencies: Vec<String>,
}

/// A resource of version 4: its instances.
fn stated(resource: &Stated, place: &str, found: &mut Found) {
    if resource.mode == "data" {
        return;
    }
    for (n, instance) in resource.instances.iter().enumerate() {
        let module = resource.module.as_deref().map_or_else(String::new, |module| format!("{module}."));
        let index = match &instance.index_key {
            None | Some(Value::Null) => String::new(),
            Some(key) => format!("[{key}]"),
        };
        let values = match &instance.attributes_flat {
            Some(flat) => unflattened(flat),
            None => instance.attributes.clone(),
        };
        let record = Record {
            address: format!("{module}{}.{}{index}", resource.kind, resource.name),
            kind: resource.kind.clone(),
            values,
            depends: instance.dependencies.iter().map(|address| plain(address)).collect(),
        };
        found.records.push((format!("{place}/instances/{n}"), Ok(record)));
    }
}

#[derive(Deserialize)]
struct OldModule {
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    resources: BTreeMap<String, Old>,
}

#[derive(Deserialize)]
struct Old {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    depends_on: Vec<String>,
    #[serde(default)]
    primary: Option<Primary>,
}

#[derive(Deserialize)]
struct Primary {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

/// A module of version 3.
fn old(module: OldModule, place: &str, found: &mut Found) {
    let path: String = module.path.iter().skip(1).map(|name| format!("module.{name}.")).collect();
    for (name, Old { kind, depends_on, primary }) in module.resources {
        if name.starts_with("data.") {
            continue;
        }
        let Primary { id, mut attributes } =
            primary.unwrap_or(Primary { id: None, attributes: BTreeMap::new() });
        if let Some(id) = id {
            attributes.entry("id".to_owned()).or_insert_with(|| id.into());
        }
        // `type.name.0` is one of several.
        let mut parts = name.splitn(3, '.');
        let (kind_part, label, index) = (parts.next(), parts.next(), parts.next());
        let index = index.map_or_else(String::new, |index| format!("[{index}]"));
        let address = format!("{path}{}.{}{index}", kind_part.unwrap_or_default(), label.unwrap_or_default());
        let depends = depends_on.iter().map(|address| format!("{path}{address}")).collect();
        let record = Record { address, kind, values: unflattened(&attributes), depends };
        found.records.push((format!("{place}/resources/{name}"), Ok(record)));
    }
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    root_module: Option<Code>,
}

/// The code of a module.
#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    resources: Vec<CodeResource>,
    #[serde(default)]
    module_calls: BTreeMap<String, Call>,
    #[serde(default)]
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct CodeResource {
    address: String,
    #[serde(default)]
    expressions: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    expressions: BTreeMap<String, Value>,
    #[serde(default)]
    module: Option<Box<Code>>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    expression: Value,
}

/// A module, where it is called, and with what.
struct Scope<'c> {
    prefix: String,
    module: &'c Code,
    call: Option<(&'c Scope<'c>, &'c Call)>,
}

fn refer(scope: &Scope<'_>, depth: usize, references: &mut References) {
    for resource in &scope.module.resources {
        let all = references.entry(format!("{}{}", scope.prefix, resource.address)).or_default();
        for (attribute, expression) in &resource.expressions {
            let mut walk = Walk::default();
            resolve(scope, expression, 0, &mut walk);
            if !walk.found.is_empty() {
                all.insert(attribute.clone(), Referred { addresses: walk.found, each: walk.each });
            }
        }
    }
    if depth == DEEPEST {
        return;
    }
    for (name, call) in &scope.module.module_calls {
        if let Some(module) = &call.module {
            let prefix = format!("{}module.{name}.", scope.prefix);
            refer(&Scope { prefix, module, call: Some((scope, call)) }, depth + 1, references);
        }
    }
}

/// What was found, and which names were looked at.
#[derive(Default)]
struct Walk {
    found: BTreeSet<String>,
    /// Whether it is about the instance that refers, of several.
    each: bool,
    seen: BTreeSet<(String, String)>,
}

/// The resources that an expression refers to, through variables and outputs of modules.
fn resolve(scope: &Scope<'_>, expression: &Value, depth: usize, walk: &mut Walk) {
    if depth > DEEPEST {
        return;
    }
    match expression {
        Value::Array(list) => list.iter().for_each(|one| resolve(scope, one, depth + 1, walk)),
        Value::Object(fields) => match fields.get("references") {
            Some(Value::Array(list)) => {
                let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                // One of several stands there, and then what it is one of.
                let is_of_one = |name: &str| {
                    names
                        .iter()
                        .any(|other| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('[')))
                };
                for name in names.iter().filter(|name| !is_of_one(name)) {
                    resolve_name(scope, name, depth + 1, walk);
                }
            }
            _ => fields.values().for_each(|one| resolve(scope, one, depth + 1, walk)),
        },
        _ => {}
    }
}

/// An attribute that refers to more is not followed.
const MOST: usize = 256;

fn resolve_name(scope: &Scope<'_>, name: &str, depth: usize, walk: &mut Walk) {
    if walk.seen.len() > MOST || !walk.seen.insert((scope.prefix.clone(), name.to_owned())) {
        return;
    }
    let parts = segments(name);
    let mut names = parts.iter().map(|segment| segment.name);
    match (names.next(), names.next(), names.next()) {
        (Some("var"), Some(variable), _) => {
            if let Some((outer, call)) = scope.call
                && let Some(expression) = call.expressions.get(variable)
            {
                resolve(outer, expression, depth + 1, walk);
            }
        }
        (Some("module"), Some(module), Some(output)) => {
            let call = scope.module.module_calls.get(module);
            if let Some((call, code)) = call.and_then(|call| Some((call, call.module.as_deref()?)))
                && let Some(output) = code.outputs.get(output)
            {
                let index = parts.get(1).map_or("", |segment| segment.index);
                let prefix = format!("{}module.{module}{index}.", scope.prefix);
                let inner = Scope { prefix, module: code, call: Some((scope, call)) };
                resolve(&inner, &output.expression, depth + 1, walk);
            }
        }
        (Some("each" | "count"), ..) => walk.each = true,
        (Some("data" | "local" | "path" | "module" | "self" | "terraform"), ..) => {}
        (Some(kind), Some(name), _) => {
            let index = parts.get(1).map_or("", |segment| segment.index);
            walk.found.insert(format!("{}{kind}.{name}{index}", scope.prefix));
        }
        _ => {}
    }
}
