//! Backstage catalogues: `catalog-info.yaml`, other files of entities, and what the catalogue's interface answers.
//!
//! A record is an entity. Components and resources become assets with their owners, stage and labels; what a component depends on,
//! which repository it is made from and which image it is started from become relations. Groups and users are owners where something
//! names them. A system is a service of the business that can lose nothing until somebody says what.
//!
//! References are read as Backstage reads them: `team-a` is `group:default/team-a` where an owner stands. Left out, each with a note:
//! interfaces, domains, templates, and locations, which only say where further files are.

use super::{
    Draft, ReadTogether, Reader,
    aws::{Ends, Graph, Way},
    document::{Document, Match, Shape},
    json,
};
use crate::{
    error::{Error, Result},
    id::ServiceId,
    model::{AssetKind, NoteKind, RelationKind, Service},
    text::yaml,
    word,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "backstage", title: "Backstage catalogue entities", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.outline().map_or(Match::No, |outline| {
        let entity = |at: &str| {
            outline
                .text(&format!("{at}/apiVersion"))
                .is_some_and(|version| version.starts_with("backstage.io/"))
        };
        Match::yes_if(["", "/0", "/items/0"].into_iter().any(entity))
    })
}

/// An entity. Lists that are `null` are empty.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entity {
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Metadata {
    name: String,
    namespace: Option<String>,
    title: Option<String>,
    annotations: Option<BTreeMap<String, Value>>,
    labels: Option<BTreeMap<String, Value>>,
    tags: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    #[serde(rename = "type")]
    kind: Option<String>,
    lifecycle: Option<String>,
    owner: Option<String>,
    system: Option<String>,
    subcomponent_of: Option<String>,
    depends_on: Option<Vec<String>>,
    dependency_of: Option<Vec<String>>,
    provides_apis: Option<Vec<String>>,
    consumes_apis: Option<Vec<String>>,
    profile: Option<Profile>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Profile {
    display_name: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// The namespace of what states none.
const DEFAULT: &str = "default";

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut catalogue = Catalogue::default();
    draft.documents(documents, |document, draft| {
        match &document.shape {
            Shape::Yaml(parts, _) => parts.iter().for_each(|part| catalogue.part(part, draft)),
            Shape::Json(outline) => {
                for (place, record) in json::records(&document.text, outline)? {
                    match json::parse::<List<'_>>(record.get()) {
                        Ok(list) => {
                            for (n, item) in list.items.into_iter().enumerate() {
                                catalogue.take(item.get(), &format!("{place}/items/{n}"), draft);
                            }
                        }
                        Err(_) => catalogue.take(record.get(), &place, draft),
                    }
                }
            }
            Shape::Empty => {}
            Shape::Toml(..) | Shape::Xml(_) | Shape::Table(_) => {
                return Err(Error::malformed("it is neither JSON nor YAML"));
            }
        }
        Ok(())
    })?;
    catalogue.write(draft)
}

/// Entities by their references.
#[derive(Default)]
struct Catalogue {
    entities: BTreeMap<Reference, Entity>,
}

/// What an entity is referred to by, in lower case: kind, namespace and name.
type Reference = (String, String, String);

impl Catalogue {
    fn part(&mut self, part: &yaml::Part, draft: &mut Draft<'_>) {
        let place = format!("line {}", part.line);
        if let Some(name) = &part.repeated {
            draft.note(NoteKind::Ignored, &place, yaml::repetition(name));
        }
        match &part.value {
            Ok(value) => self.take(&value.to_string(), &place, draft),
            Err(error) => draft.record(&place, |_| Err(error.clone())),
        }
    }

    fn take(&mut self, text: &str, place: &str, draft: &mut Draft<'_>) {
        let mut known = false;
        draft.record(place, |draft| {
            let entity: Entity = draft.understood(text, place)?;
            if entity.kind.is_empty() || entity.metadata.name.is_empty() {
                return Err(Error::invalid("an entity must have a `kind` and a `metadata/name`"));
            }
            if !entity.api_version.starts_with("backstage.io/") && !entity.api_version.is_empty() {
                let message = format!(
                    "`{}` is no version of the catalogue: expected `backstage.io/v1alpha1`",
                    entity.api_version
                );
                return Err(Error::invalid(message));
            }
            let named = entity.reference();
            known = self.entities.contains_key(&named);
            if !known {
                self.entities.insert(named, entity);
            }
            Ok(())
        });
        if known {
            draft.merge();
        }
    }

    fn write(self, draft: &mut Draft<'_>) -> Result<()> {
        let mut graph = Graph::default();
        graph.told_by_labels();
        let providers = self.providers();
        let mut owners: BTreeSet<Reference> = BTreeSet::new();
        let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
        for (reference, entity) in &self.entities {
            match reference.0.as_str() {
                "component" | "resource" => {
                    self.asset(reference, entity, &mut owners, &mut graph);
                    self.calls(reference, entity, &providers, &mut graph);
                }
                "system" => {
                    let (id, name) = (ServiceId::parse(&name_of(reference))?, &entity.metadata.title);
                    let name = name.as_deref().map(Box::from);
                    draft.report.contents.services.push(Service { name, ..Service::new(id) });
                }
                "group" | "user" => {}
                _ => *left_out.entry(entity.kind.as_str()).or_insert(0) += 1,
            }
        }
        for owner in &owners {
            let profile = self.entities.get(owner).and_then(|entity| entity.spec.profile.as_ref());
            let title = self.entities.get(owner).and_then(|entity| entity.metadata.title.as_deref());
            let name = profile.and_then(|profile| profile.display_name.as_deref()).or(title);
            let email = profile.and_then(|profile| profile.email.as_deref());
            draft.owner(&owner_name(owner), name, email)?;
        }
        let idle =
            self.entities.keys().filter(|one| matches!(&*one.0, "group" | "user") && !owners.contains(*one));
        let idle = idle.count();
        draft.unread("", idle, "group or user", "nothing here names them as an owner");
        for (kind, count) in left_out {
            let why = match kind.to_ascii_lowercase().as_str() {
                "location" => "they say where further files are: read those too",
                "api" => "what provides them and what calls them is told by components",
                _ => "they are no assets",
            };
            draft.note(NoteKind::Ignored, "", format!("{count} entities of kind {kind} are left out: {why}"));
        }
        graph.write(draft)
    }

    /// Adds a component or a resource, with its owner and what it stands on.
    fn asset(
        &self,
        reference: &Reference,
        entity: &Entity,
        owners: &mut BTreeSet<Reference>,
        graph: &mut Graph,
    ) {
        let Entity { metadata, spec, .. } = entity;
        let asset = self.named(reference, graph);
        graph.title(&asset, metadata.title.as_deref().unwrap_or(&metadata.name));
        for (label, value) in metadata.labels.iter().flatten() {
            graph.label(&asset, label, value.as_str().unwrap_or_default());
        }
        for tag in metadata.tags.iter().flatten() {
            graph.label(&asset, tag, "true");
        }
        let said = [("lifecycle", &spec.lifecycle), ("system", &spec.system), ("type", &spec.kind)];
        for (label, value) in said {
            graph.label(&asset, label, value.as_deref().unwrap_or_default());
        }
        let owner = spec.owner.as_deref().map(|owner| referred(owner, "group", reference));
        let owner_id = owner.as_ref().map(owner_name);
        if let Some(owner) = owner {
            graph.owned_by(&asset, owner_id.as_deref().unwrap_or_default());
            owners.insert(owner);
        }
        let annotation =
            |name: &str| metadata.annotations.as_ref()?.get(name)?.as_str().filter(|text| !text.is_empty());
        for (label, name) in [
            ("kubernetes-namespace", "backstage.io/kubernetes-namespace"),
            ("kubernetes-id", "backstage.io/kubernetes-id"),
        ] {
            graph.label(&asset, label, annotation(name).unwrap_or_default());
        }
        if let Some((name, address)) = repository(&annotation) {
            let repository = graph.asset(&name, AssetKind::Repository);
            graph.alias(&repository, &address);
            if repository != asset {
                graph.owned_by(&repository, owner_id.as_deref().unwrap_or_default());
                graph.fact(&repository, RelationKind::Builds, &asset);
            }
        }
        if let Some(slug) = annotation("quay.io/repository-slug") {
            let image = graph.asset(&format!("quay.io/{slug}"), AssetKind::Image);
            graph.fact(&asset, RelationKind::InstanceOf, &image);
        }
        for other in spec.depends_on.iter().flatten() {
            let other = referred(other, "component", reference);
            self.needs(&asset, &other, graph);
        }
        for other in spec.dependency_of.iter().flatten() {
            let other = self.named(&referred(other, "component", reference), graph);
            self.needs(&other, reference, graph);
        }
        if let Some(outer) = &spec.subcomponent_of {
            let outer = self.named(&referred(outer, "component", reference), graph);
            self.needs(&outer, reference, graph);
        }
    }

    /// Who provides each interface.
    fn providers(&self) -> BTreeMap<Reference, Vec<&Reference>> {
        let mut providers: BTreeMap<Reference, Vec<&Reference>> = BTreeMap::new();
        for (provider, entity) in &self.entities {
            for interface in entity.spec.provides_apis.iter().flatten() {
                providers.entry(referred(interface, "api", provider)).or_default().push(provider);
            }
        }
        providers
    }

    /// Who calls an interface can send to whoever provides it.
    fn calls(
        &self,
        reference: &Reference,
        entity: &Entity,
        providers: &BTreeMap<Reference, Vec<&Reference>>,
        graph: &mut Graph,
    ) {
        for called in entity.spec.consumes_apis.iter().flatten() {
            let called = referred(called, "api", reference);
            for provider in providers.get(&called).into_iter().flatten().filter(|one| **one != reference) {
                let (from, to) = (self.named(reference, graph), self.named(provider, graph));
                let what = format!("{from} calls {} of {to}", called.2);
                graph.step(Ends::of(&from, RelationKind::Reaches, &to), Way { what, ..Way::default() });
            }
        }
    }

    /// An asset is down when what it depends on is, and reads the stores among that.
    fn needs(&self, asset: &Rc<str>, other: &Reference, graph: &mut Graph) {
        let kind = self.kind_of(other);
        let other = self.named(other, graph);
        if other == *asset {
            return;
        }
        graph.fact(asset, RelationKind::DependsOn, &other);
        if kind == AssetKind::DataStore {
            let what = format!("{asset} uses {other}: it is taken to read it");
            let remedy = "let it read what it needs and no more";
            graph.step(Ends::of(asset, RelationKind::Reads, &other), Way { what, remedy, ..Way::default() });
            graph.note(
                "what depends on a store is taken to read it: a catalogue does not say what for".into(),
            );
        }
    }

    /// The asset of a reference, whether or not its entity is here.
    fn named(&self, reference: &Reference, graph: &mut Graph) -> Rc<str> {
        graph.asset(&format!("{}:{}", reference.0, name_of(reference)), self.kind_of(reference))
    }

    fn kind_of(&self, reference: &Reference) -> AssetKind {
        let said = self.entities.get(reference).and_then(|entity| entity.spec.kind.as_deref());
        let said = said.map(word::plain).unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|word| said.split('_').any(|part| part == *word));
        match reference.0.as_str() {
            "component" if has(&["library", "documentation"]) => AssetKind::Repository,
            "component" => AssetKind::Workload,
            _ if has(&[
                "database", "db", "bucket", "storage", "store", "cache", "queue", "topic", "dataset", "s3",
                "rds", "postgres", "mysql",
            ]) =>
            {
                AssetKind::DataStore
            }
            _ if has(&["cluster", "account", "project", "namespace", "subscription"]) => AssetKind::Realm,
            _ if has(&["identity", "saas", "idp", "sso"]) => AssetKind::Application,
            _ if has(&["host", "server", "vm"]) => AssetKind::Host,
            _ if has(&["function", "lambda"]) => AssetKind::Function,
            _ if has(&["secret", "credential"]) => AssetKind::Credential,
            _ if has(&["image"]) => AssetKind::Image,
            _ if has(&["pipeline", "workflow"]) => AssetKind::Pipeline,
            _ => AssetKind::Workload,
        }
    }
}

impl Entity {
    fn reference(&self) -> Reference {
        let namespace = self.metadata.namespace.as_deref().unwrap_or(DEFAULT);
        let lower = |text: &str| text.to_ascii_lowercase();
        (lower(&self.kind), lower(namespace), lower(&self.metadata.name))
    }
}

/// What a text refers to, `kind:namespace/name`, of which the first two may be left out: the kind is what stands there else, and the
/// namespace that of who refers to it.
fn referred(text: &str, kind: &str, from: &Reference) -> Reference {
    let text = text.trim().to_ascii_lowercase();
    let (kind, rest) = text.split_once(':').unwrap_or((kind, &text));
    let (namespace, name) = rest.split_once('/').unwrap_or((&from.1, rest));
    (kind.to_owned(), namespace.to_owned(), name.to_owned())
}

/// The name of an entity, with its namespace where that is not the usual one.
fn name_of((_, namespace, name): &Reference) -> String {
    if namespace == DEFAULT { name.clone() } else { format!("{namespace}/{name}") }
}

/// What an owner is called: groups by their names, and users as such.
fn owner_name(reference: &Reference) -> String {
    match reference.0.as_str() {
        "group" => name_of(reference),
        kind => format!("{kind}:{}", name_of(reference)),
    }
}

/// The repository that an entity is made from: its name, and its address.
fn repository<'a>(annotation: &impl Fn(&str) -> Option<&'a str>) -> Option<(String, String)> {
    for (name, host) in [
        ("github.com/project-slug", "github.com"),
        ("gitlab.com/project-slug", "gitlab.com"),
        ("bitbucket.org/project-slug", "bitbucket.org"),
    ] {
        if let Some(slug) = annotation(name) {
            return Some((slug.to_owned(), format!("https://{host}/{slug}")));
        }
    }
    let place =
        annotation("backstage.io/source-location").or(annotation("backstage.io/managed-by-location"))?;
    let address = place.strip_prefix("url:")?;
    let (_, rest) = address.split_once("://")?;
    let mut parts = rest.split('/');
    let (host, owner, name) = (parts.next()?, parts.next()?, parts.next().filter(|name| !name.is_empty())?);
    let name = name.trim_end_matches(".git");
    Some((format!("{owner}/{name}"), format!("https://{host}/{owner}/{name}")))
}
