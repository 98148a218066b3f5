//! Objects of a cluster as all versions name them, and how severe a control on them is.

use super::super::Draft;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Object {
    pub(super) kind: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
    metadata: Option<Metadata>,
    #[serde(rename = "sourcePath")]
    pub(super) source_path: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
}

/// An object's name, with its cluster before it: objects of one name stand in every cluster.
pub(super) fn in_scope(name: &str, scope: Option<&str>, draft: &mut Draft<'_>) -> String {
    match (scope, &draft.options.asset) {
        (Some(scope), _) => format!("{scope}/{name}"),
        (None, Some(asset)) => format!("{asset}/{name}"),
        (None, None) => format!("{}/{name}", draft.document_id()),
    }
}

/// How severe a control is, as Kubescape itself prints it.
pub(super) fn severity(factor: Option<f64>) -> &'static str {
    match factor {
        Some(factor) if factor >= 9.0 => "critical",
        Some(factor) if factor >= 7.0 => "high",
        Some(factor) if factor >= 4.0 => "medium",
        Some(factor) if factor >= 1.0 => "low",
        Some(_) | None => "",
    }
}

/// The namespace, the kind and the name.
pub(super) fn name_of(object: &Object) -> String {
    let metadata = object.metadata.as_ref();
    let namespace = object.namespace.as_deref().or_else(|| metadata.and_then(|one| one.namespace.as_deref()));
    let name = object.name.as_deref().or_else(|| metadata.and_then(|one| one.name.as_deref()));
    let parts =
        [namespace, object.kind.as_deref(), name].into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}
