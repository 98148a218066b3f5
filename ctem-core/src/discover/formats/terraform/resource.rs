//! Resources: each with its address, its values, and what it refers to.

use super::address::{index, is_meant, plain, segments};
use crate::{
    discover::ReadOptions,
    error::{Error, Result},
};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// An instance of a managed resource.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// Its whole address, with modules and index.
    pub(super) address: Rc<str>,
    /// What it is called where its cloud has not named it: by its address.
    pub(super) name: Rc<str>,
    pub(super) kind: String,
    pub(super) values: Value,
    /// Addresses without indexes, of which nobody says which attribute refers to them.
    pub(super) depends: Vec<String>,
}

/// A resource before it is checked.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) address: String,
    pub(super) kind: String,
    pub(super) values: Value,
    pub(super) depends: Vec<String>,
}

impl Record {
    /// Checks it.
    ///
    /// # Errors
    /// `invalid_input` when it has no type or no values.
    pub(super) fn checked(self, options: &ReadOptions<'_>) -> Result<Resource> {
        if self.kind.is_empty() || self.address.is_empty() {
            return Err(Error::invalid("the resource has no type or no name"));
        }
        if !self.values.is_object() {
            return Err(Error::invalid("the resource has no attributes"));
        }
        let Self { address, kind, values, depends } = self;
        let name = by_address(options, &address).into();
        Ok(Resource { address: address.into(), name, kind, values, depends })
    }
}

/// What a resource of code is called: by its address, in what the caller says was read. Two projects may have the same address,
/// so who reads several names each.
fn by_address(options: &ReadOptions<'_>, address: &str) -> String {
    match &options.asset {
        Some(project) => format!("{project}#{address}"),
        None => format!("terraform:{address}"),
    }
}

/// What an attribute of a resource refers to, by address without indexes and attribute.
pub(super) type References = BTreeMap<String, BTreeMap<String, Referred>>;

/// What an attribute refers to.
#[derive(Debug, Default)]
pub(super) struct Referred {
    /// Addresses, with an index where the code names one.
    pub(super) addresses: BTreeSet<String>,
    /// Whether each of several instances refers to one of its own.
    pub(super) each: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Resources {
    list: Vec<Resource>,
    by_plain: BTreeMap<String, Vec<usize>>,
    /// By address without indexes, and index.
    by_index: HashMap<(String, Option<String>), Vec<usize>>,
    by_id: BTreeMap<String, usize>,
    by_kind: BTreeMap<String, Vec<usize>>,
    /// Those that deny something, of which there are few.
    denying: Vec<usize>,
    /// By type, and what an attribute says: what it is called, or the bucket it is part of.
    by_text: HashMap<(String, &'static str, String), Vec<usize>>,
    references: References,
    /// By the type and the attribute of those that refer, once it was asked for: by address those that refer to it.
    referring: RefCell<HashMap<(String, String), Rc<Referring>>>,
}

type Referring = HashMap<Rc<str>, Vec<usize>>;

impl Resources {
    pub(super) fn add(&mut self, resource: Resource) -> Result<()> {
        let at = self.list.len();
        let plain = plain(&resource.address);
        let indexed = (plain.clone(), index(&resource.address).map(str::to_owned));
        self.by_index.entry(indexed).or_default().push(at);
        self.by_plain.entry(plain).or_default().push(at);
        self.by_kind.entry(resource.kind.clone()).or_default().push(at);
        if !resource.blocks("deny").is_empty() {
            self.denying.push(at);
        }
        for attribute in ["name", "bucket", "function_name", "network_security_group_name"] {
            if let Some(text) = resource.text(attribute) {
                self.by_text.entry((resource.kind.clone(), attribute, text.to_owned())).or_default().push(at);
            }
        }
        for name in ["id", "arn", "self_link"] {
            if let Some(id) = resource.text(name) {
                self.by_id.insert(id.to_owned(), at);
            }
        }
        self.list.push(resource);
        Ok(())
    }

    pub(super) fn refer(&mut self, references: References) {
        self.references = references;
    }

    pub(super) fn all(&self) -> &[Resource] {
        &self.list
    }

    fn at(&self, places: Option<&Vec<usize>>) -> impl Iterator<Item = &Resource> {
        places.cloned().into_iter().flatten().filter_map(|at| self.list.get(at))
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.at(self.by_kind.get(kind))
    }

    /// The resources that deny something in a block.
    pub(super) fn denying(&self) -> impl Iterator<Item = &Resource> {
        self.at(Some(&self.denying))
    }

    /// The resources of a type that are called so; none where no name is told.
    pub(super) fn named(&self, kind: &str, name: Option<&str>) -> impl Iterator<Item = &Resource> {
        self.saying((kind, "name"), name)
    }

    /// The resources of a type whose `name` or `bucket` says so; none where nothing is told.
    pub(super) fn saying(
        &self,
        (kind, attribute): (&str, &'static str),
        text: Option<&str>,
    ) -> impl Iterator<Item = &Resource> {
        let key = text.map(|text| (kind.to_owned(), attribute, text.to_owned()));
        self.at(key.and_then(|key| self.by_text.get(&key)))
    }

    /// The resources of a type of which an attribute refers to a resource, which is of one of these types.
    pub(super) fn referring(
        &self,
        (kind, attribute): (&str, &str),
        kinds: &[&str],
        to: &Resource,
    ) -> Vec<&Resource> {
        let key = (kind.to_owned(), attribute.to_owned());
        let known = self.referring.borrow().get(&key).cloned();
        let referring = known.unwrap_or_else(|| {
            let mut by_address = Referring::new();
            for at in self.by_kind.get(kind).into_iter().flatten() {
                let Some(from) = self.list.get(*at) else { continue };
                for to in self.referred(from, attribute, kinds) {
                    by_address.entry(Rc::clone(&to.address)).or_default().push(*at);
                }
            }
            by_address.values_mut().for_each(|list| list.dedup());
            let made = Rc::new(by_address);
            self.referring.borrow_mut().insert(key, Rc::clone(&made));
            made
        });
        self.at(referring.get(&to.address)).collect()
    }

    /// The resource with an id.
    pub(super) fn with_id(&self, id: &str) -> Option<&Resource> {
        self.by_id.get(id).and_then(|at| self.list.get(*at))
    }

    /// The resources whose type begins so and that an attribute refers to: by its value, by the code, or else by what the resource
    /// depends on. Of several instances of one resource, that with the same index.
    pub(super) fn referred(&self, from: &Resource, attribute: &str, kinds: &[&str]) -> Vec<&Resource> {
        let is = |one: &&Resource| kinds.iter().any(|kind| one.kind == *kind);
        let by_value: Vec<&Resource> =
            from.texts(attribute).into_iter().filter_map(|id| self.with_id(id)).filter(is).collect();
        if !by_value.is_empty() {
            return by_value;
        }
        let of_code = self.references.get(&plain(&from.address)).and_then(|all| all.get(attribute));
        let own: Vec<&str> =
            segments(&from.address).iter().map(|one| one.index).filter(|index| !index.is_empty()).collect();
        let last: Vec<&str> = index(&from.address).into_iter().collect();
        let (addresses, own): (Vec<&String>, &[&str]) = match of_code {
            Some(referred) if referred.each => (referred.addresses.iter().collect(), &own),
            // What names no instance means all of them.
            Some(referred) => (referred.addresses.iter().collect(), &[]),
            None if from.values.get(attribute).is_none_or(Value::is_null) => {
                (from.depends.iter().collect(), &last)
            }
            None => (Vec::new(), &[]),
        };
        let mut found = Vec::new();
        for address in addresses {
            let is_meant = |one: &&Resource| is(one) && is_meant(address, &one.address, &from.address);
            let named = index(address);
            let indexed = |index: Option<&str>| {
                self.at(self.by_index.get(&(plain(address), index.map(str::to_owned)))).filter(is_meant)
            };
            if named.is_some() {
                found.extend(indexed(named));
                continue;
            }
            let same = own.iter().find_map(|own| {
                let same: Vec<&Resource> = indexed(Some(own)).collect();
                Some(same).filter(|same| !same.is_empty())
            });
            match same {
                Some(same) => found.extend(same),
                None => found.extend(self.at(self.by_plain.get(&plain(address))).filter(is_meant)),
            }
        }
        found
    }
}

impl Resource {
    /// The text of an attribute.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The texts of an attribute: one, or those of a list.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        texts(self.values.get(name))
    }

    /// The truth of an attribute, which version 3 writes as text.
    pub(super) fn truth(&self, name: &str) -> Option<bool> {
        truth(self.values.get(name))
    }

    /// The blocks of an attribute.
    pub(super) fn blocks(&self, name: &str) -> Vec<&Value> {
        blocks(self.values.get(name))
    }
}

pub(super) fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => vec![text],
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn truth(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn blocks(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(list)) => list.iter().filter(|block| block.is_object()).collect(),
        Some(block @ Value::Object(_)) => vec![block],
        _ => Vec::new(),
    }
}
