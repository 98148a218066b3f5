//! What sort of asset a Kubernetes object is, for all readers that speak of some: their reports meet on the same assets.

use crate::model::AssetKind;

/// The sort of asset that objects of a kind are.
pub(crate) fn of(kind: &str) -> AssetKind {
    match kind {
        "Node" => AssetKind::Host,
        "ServiceAccount" | "User" => AssetKind::Identity,
        "Role" | "ClusterRole" | "Group" => AssetKind::Group,
        "Namespace" | "Cluster" => AssetKind::Realm,
        "Service" | "Ingress" | "Gateway" => AssetKind::NetworkZone,
        "Secret" => AssetKind::Credential,
        "ConfigMap" => AssetKind::DataStore,
        // Pods, what makes them, and what else is seen of a cluster.
        _ => AssetKind::Workload,
    }
}
