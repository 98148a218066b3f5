//! From a document to objects: lists are opened, each object is a record, and one that comes twice counts once.

use super::{
    super::{
        Draft,
        document::{Document, Shape},
        gate, json,
    },
    object::{
        Binding, Claim, Controller, Gateway, Ingress, Meta, Named, NetworkPolicy, Node, PersistentVolume,
        Pod, Role, Route, Rule, Secret, Service, ServiceAccount, Slice, Word, maker, or_default,
    },
};
use crate::{
    error::{Error, Result, quoted},
    model::{Note, NoteKind},
    text::yaml,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::BuildHasher,
};

/// All objects of a document, by their kinds.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) namespaces: Vec<Named>,
    pub(super) nodes: Vec<Node>,
    pub(super) pods: Vec<Pod>,
    /// What makes pods, by its kind.
    pub(super) controllers: Vec<(&'static str, Controller)>,
    pub(super) service_accounts: Vec<ServiceAccount>,
    pub(super) secrets: Vec<Secret>,
    pub(super) config_maps: Vec<Named>,
    pub(super) persistent_volumes: Vec<PersistentVolume>,
    pub(super) claims: Vec<Claim>,
    pub(super) roles: Vec<Role>,
    pub(super) cluster_roles: Vec<Role>,
    pub(super) role_bindings: Vec<Binding>,
    pub(super) cluster_role_bindings: Vec<Binding>,
    pub(super) network_policies: Vec<NetworkPolicy>,
    pub(super) services: Vec<Service>,
    pub(super) slices: Vec<Slice>,
    pub(super) ingresses: Vec<Ingress>,
    pub(super) gateways: Vec<Gateway>,
    pub(super) routes: Vec<Route>,
    /// Whether something outside of Kubernetes decides what pods may be started.
    pub(super) custom_admission: bool,
    /// Namespaces that are assumed: those of manifests that state none.
    pub(super) unplaced: BTreeSet<(Word, Word)>,
}

/// The namespace of objects that state none, as `kubectl` has it.
pub(super) const DEFAULT: &str = "default";

/// What stands on the first level of an object or a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    #[serde(default)]
    api_version: Option<Cow<'a, str>>,
    #[serde(default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    metadata: Meta,
}

/// The objects of documents. Those that make no sense are rejected, each with its place.
///
/// # Errors
/// `malformed` when all documents break the syntax of JSON.
pub(super) fn objects(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<Objects> {
    let mut collector = Collector::default();
    draft.documents(documents, |document, draft| collector.document(document, draft))?;
    let Collector { mut objects, unknown, .. } = collector;
    objects.sort();
    for (what, count) in unknown {
        let mut note = Note::new(NoteKind::Ignored, "", gate::passed(&what.said()));
        note.count = count;
        objects.custom_admission |= what == Unread::Admission;
        draft.report.notes.push(note);
    }
    Ok(objects)
}

/// Objects that are counted and not evaluated, by what that means.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Unread {
    Admission,
    Traffic(String),
    Kind(String),
}

impl Unread {
    fn said(&self) -> String {
        match self {
            Self::Admission => {
                "what webhooks and policies of admission let in is not evaluated: that pods with rights on \
                                their nodes may be started is taken for as likely as not"
                    .into()
            }
            Self::Traffic(kind) => format!(
                "objects of kind {} are not evaluated: they may keep traffic out that is taken to pass",
                quoted(kind)
            ),
            Self::Kind(kind) => {
                format!("objects of kind {} are not known: what they allow does not show", quoted(kind))
            }
        }
    }
}

impl Objects {
    /// Puts what is folded into one thing into an order that the document's does not show in.
    fn sort(&mut self) {
        fn key(metadata: &Meta) -> (Word, Word) {
            (metadata.namespace.clone(), metadata.name.clone())
        }
        self.pods.sort_by_cached_key(|pod| key(&pod.metadata));
        self.controllers.sort_by_cached_key(|(kind, one)| (*kind, key(&one.metadata)));
        self.network_policies.sort_by_cached_key(|policy| key(&policy.metadata));
    }
}

#[derive(Default)]
struct Collector {
    objects: Objects,
    /// By group, kind, namespace and name: a hash of the text, which tells whether an object comes again as it was.
    seen: HashMap<(String, String, Word, Word), u64>,
    hasher: hashbrown::DefaultHashBuilder,
    unknown: BTreeMap<Unread, u64>,
}

impl Collector {
    fn document(&mut self, document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
        match &document.shape {
            Shape::Yaml(parts, _) => {
                for part in parts {
                    self.part(part, draft);
                }
            }
            Shape::Json(outline) => {
                for (place, record) in json::records(&document.text, outline)? {
                    self.take(record.get(), &place, None, draft);
                }
            }
            Shape::Empty => {}
            Shape::Toml(..) | Shape::Xml(_) | Shape::Table(_) => {
                return Err(Error::malformed("it is neither JSON nor YAML"));
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &yaml::Part, draft: &mut Draft<'_>) {
        let place = format!("line {}", part.line);
        if let Some(name) = &part.repeated {
            draft.note(NoteKind::Ignored, &place, yaml::repetition(name));
        }
        match &part.value {
            Ok(value) => self.take(&value.to_string(), &place, None, draft),
            Err(error) => draft.record(&place, |_| Err(error.clone())),
        }
    }

    /// Takes an object, or the objects of a list. Lists within lists are opened once.
    fn take(&mut self, text: &str, place: &str, of: Option<(&str, &str)>, draft: &mut Draft<'_>) {
        let head: Head<'_> = match json::parse(text) {
            Ok(head) => head,
            Err(error) => return draft.record(place, |_| Err(error)),
        };
        let version = head.api_version.as_deref().or(of.map(|of| of.0)).unwrap_or_default();
        let stated = head.kind.as_deref().unwrap_or_default();
        if let (Some(items), None) = (&head.items, of) {
            // Items of `PodList` need not say that they are pods.
            let of_kind = stated.strip_suffix("List").unwrap_or_default();
            for (n, item) in items.iter().enumerate() {
                self.take(item.get(), &format!("{place}/items/{n}"), Some((version, of_kind)), draft);
            }
            return;
        }
        let kind = if stated.is_empty() { of.map_or("", |of| of.1) } else { stated };
        let mut known = false;
        draft.record(place, |draft| {
            known = self.object(version, kind, text, place, draft)?;
            Ok(())
        });
        if known {
            draft.merge();
        }
    }

    /// Takes one object. Says whether it was known.
    fn object(
        &mut self,
        version: &str,
        kind: &str,
        text: &str,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<bool> {
        if kind.is_empty() {
            return Err(Error::invalid("`kind` is missing: the record must have it"));
        }
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let Header { metadata } = json::parse(text)?;
        let name = if metadata.name.is_empty() { &metadata.generate_name } else { &metadata.name };
        if name.is_empty() {
            return Err(Error::invalid("`name` is missing: the object must have it").at("/metadata"));
        }
        let placed = !metadata.namespace.is_empty();
        let namespace = if placed { metadata.namespace.clone() } else { DEFAULT.into() };
        let named = (group.to_owned(), kind.to_owned(), namespace, name.clone());
        let hash = self.hasher.hash_one(text);
        if let Some(known) = self.seen.get(&named) {
            if *known != hash {
                let what = quoted(&format!("{kind} {name}"));
                draft.note(
                    NoteKind::Conflict,
                    place,
                    format!("{what} stands here in another state: the first is used"),
                );
            }
            return Ok(true);
        }
        self.keep(group, kind, text)?;
        if !placed {
            self.objects.unplaced.insert((kind.into(), name.clone()));
        }
        self.seen.insert(named, hash);
        Ok(false)
    }

    fn keep(&mut self, group: &str, kind: &str, text: &str) -> Result<()> {
        let objects = &mut self.objects;
        if let (Some(kind), "" | "apps" | "extensions" | "batch") = (maker(kind), group) {
            let controller = placed(text, |controller: &mut Controller| &mut controller.metadata)?;
            objects.controllers.push((kind, controller));
            return Ok(());
        }
        match (group, kind) {
            ("", "Namespace") => objects.namespaces.push(json::parse(text)?),
            ("", "Node") => objects.nodes.push(json::parse(text)?),
            ("", "Pod") => objects.pods.push(placed(text, |pod: &mut Pod| &mut pod.metadata)?),
            ("", "ServiceAccount") => {
                objects
                    .service_accounts
                    .push(placed(text, |account: &mut ServiceAccount| &mut account.metadata)?);
            }
            ("", "Secret") => objects.secrets.push(placed(text, |secret: &mut Secret| &mut secret.metadata)?),
            ("", "PersistentVolume") => objects.persistent_volumes.push(json::parse(text)?),
            ("", "PersistentVolumeClaim") => {
                objects.claims.push(placed(text, |claim: &mut Claim| &mut claim.metadata)?);
            }
            ("", "ConfigMap") => objects.config_maps.push(placed(text, |map: &mut Named| &mut map.metadata)?),
            ("", "Service") => {
                objects.services.push(placed(text, |service: &mut Service| &mut service.metadata)?)
            }
            ("", "Endpoints") | ("discovery.k8s.io", "EndpointSlice") => {
                objects.slices.push(placed(text, |slice: &mut Slice| &mut slice.metadata)?);
            }
            (RBAC, "Role") => objects.roles.push(placed(text, |role: &mut Role| &mut role.metadata)?),
            (RBAC, "ClusterRole") => objects.cluster_roles.push(json::parse(text)?),
            (RBAC, "RoleBinding") => {
                objects.role_bindings.push(placed(text, |binding: &mut Binding| &mut binding.metadata)?);
            }
            (RBAC, "ClusterRoleBinding") => objects.cluster_role_bindings.push(json::parse(text)?),
            ("networking.k8s.io" | "extensions", "NetworkPolicy") => {
                objects
                    .network_policies
                    .push(placed(text, |policy: &mut NetworkPolicy| &mut policy.metadata)?);
            }
            ("networking.k8s.io" | "extensions", "Ingress") => {
                objects.ingresses.push(placed(text, |ingress: &mut Ingress| &mut ingress.metadata)?);
            }
            (GATEWAY, "Gateway") => {
                objects.gateways.push(placed(text, |gateway: &mut Gateway| &mut gateway.metadata)?);
            }
            (GATEWAY, _) if kind.ends_with("Route") => {
                objects.routes.push(placed(text, |route: &mut Route| &mut route.metadata)?);
            }
            (
                "admissionregistration.k8s.io",
                "ValidatingWebhookConfiguration" | "ValidatingAdmissionPolicy",
            ) => {
                if json::parse::<Admission>(text)?.judges_pods() {
                    *self.unknown.entry(Unread::Admission).or_default() += 1;
                }
            }
            _ => self.unread(group, kind),
        }
        Ok(())
    }

    /// Counts an object that is not evaluated, unless nothing follows from it.
    fn unread(&mut self, group: &str, kind: &str) {
        let admits = ["kyverno.io", "constraints.gatekeeper.sh", "policies.kubewarden.io"].contains(&group);
        let what = if admits {
            Unread::Admission
        } else if kind.contains("NetworkPolicy") || kind == "AuthorizationPolicy" {
            Unread::Traffic(kind.to_owned())
        } else if QUIET.contains(&kind) {
            return;
        } else {
            Unread::Kind(kind.to_owned())
        };
        *self.unknown.entry(what).or_default() += 1;
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const GATEWAY: &str = "gateway.networking.k8s.io";

/// What is asked before an object is let in.
#[derive(Deserialize)]
struct Admission {
    #[serde(default, deserialize_with = "or_default")]
    webhooks: Vec<Judged>,
    #[serde(default, deserialize_with = "or_default")]
    spec: Constrained,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Constrained {
    #[serde(deserialize_with = "or_default")]
    match_constraints: Judged,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Judged {
    #[serde(alias = "resourceRules", deserialize_with = "or_default")]
    rules: Vec<Rule>,
}

impl Admission {
    fn judges_pods(&self) -> bool {
        let judged = self.webhooks.iter().chain([&self.spec.match_constraints]);
        let mut resources = judged.flat_map(|one| &one.rules).flat_map(|rule| &rule.resources);
        resources.any(|resource| ["pods", "*", "*/*", "deployments", "daemonsets"].contains(&&**resource))
    }
}

/// Kinds from which no way of an attacker follows.
const QUIET: [&str; 28] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CSIStorageCapacity",
    "CertificateSigningRequest",
    "ComponentStatus",
    "ControllerRevision",
    "CustomResourceDefinition",
    "Event",
    "FlowSchema",
    "GatewayClass",
    "HorizontalPodAutoscaler",
    "IngressClass",
    "Lease",
    "LimitRange",
    "MutatingWebhookConfiguration",
    "NodeMetrics",
    "PodDisruptionBudget",
    "PodMetrics",
    "PodTemplate",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ReferenceGrant",
    "ResourceQuota",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicyBinding",
    "VolumeAttachment",
];

/// An object that stands in a namespace.
fn placed<T: for<'de> Deserialize<'de>>(text: &str, metadata: impl Fn(&mut T) -> &mut Meta) -> Result<T> {
    let mut object: T = json::parse(text)?;
    let metadata = metadata(&mut object);
    if metadata.namespace.is_empty() {
        metadata.namespace = DEFAULT.into();
    }
    if metadata.name.is_empty() {
        metadata.name = metadata.generate_name.clone();
    }
    Ok(object)
}
