//! Pods, what makes them, and what they run on.

use super::{Meta, Word, Words, or_default, word::after_scheme};
use crate::word::perhaps;
use serde::Deserialize;

/// A pod.
#[derive(Deserialize)]
pub(crate) struct Pod {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: PodSpec,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) status: PodStatus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PodStatus {
    #[serde(deserialize_with = "or_default")]
    pub(crate) phase: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) container_statuses: Vec<ContainerStatus>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ContainerStatus {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    /// The image and its digest, without how the container runtime came by them.
    #[serde(rename = "imageID", deserialize_with = "after_scheme")]
    pub(crate) image_id: Word,
}

/// What makes pods from a template.
#[derive(Deserialize)]
pub(crate) struct Controller {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: ControllerSpec,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ControllerSpec {
    pub(crate) replicas: Option<u64>,
    pub(crate) template: Option<Template>,
    pub(crate) job_template: Option<JobTemplate>,
}

#[derive(Deserialize)]
pub(crate) struct JobTemplate {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: JobSpec,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct JobSpec {
    pub(crate) template: Option<Template>,
}

#[derive(Deserialize)]
pub(crate) struct Template {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) metadata: Meta,
    pub(crate) spec: Option<PodSpec>,
}

/// How a pod runs.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PodSpec {
    #[serde(deserialize_with = "or_default")]
    pub(crate) node_name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) service_account_name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) service_account: Word,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) automount_service_account_token: Option<bool>,
    #[serde(rename = "hostPID", deserialize_with = "perhaps")]
    pub(crate) host_pid: Option<bool>,
    #[serde(rename = "hostIPC", deserialize_with = "perhaps")]
    pub(crate) host_ipc: Option<bool>,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) host_network: Option<bool>,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) host_users: Option<bool>,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) share_process_namespace: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) security_context: Security,
    #[serde(deserialize_with = "or_default")]
    pub(crate) containers: Vec<Container>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) init_containers: Vec<Container>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) ephemeral_containers: Vec<Container>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) volumes: Vec<Volume>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Container {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) image: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) restart_policy: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) security_context: Security,
    #[serde(deserialize_with = "or_default")]
    pub(crate) volume_mounts: Vec<Mount>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) ports: Vec<Port>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) env: Vec<Variable>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) env_from: Vec<VariablesFrom>,
}

/// What a pod or a container may do on its machine. A container's word holds over the pod's.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Security {
    #[serde(deserialize_with = "perhaps")]
    pub(crate) privileged: Option<bool>,
    pub(crate) run_as_user: Option<i64>,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) run_as_non_root: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) capabilities: Capabilities,
    #[serde(deserialize_with = "or_default")]
    pub(crate) app_armor_profile: Profile,
    #[serde(deserialize_with = "or_default")]
    pub(crate) windows_options: Windows,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Windows {
    #[serde(deserialize_with = "perhaps")]
    pub(crate) host_process: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Capabilities {
    #[serde(deserialize_with = "or_default")]
    pub(crate) add: Vec<Word>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Profile {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(crate) kind: Word,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Mount {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) read_only: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) sub_path: Word,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Port {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    pub(crate) container_port: Option<u32>,
    pub(crate) host_port: Option<u32>,
}

/// A variable of the environment; its value is never read.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Variable {
    #[serde(deserialize_with = "or_default")]
    pub(crate) value_from: ValueFrom,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ValueFrom {
    pub(crate) secret_key_ref: Option<Reference>,
    pub(crate) config_map_key_ref: Option<Reference>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct VariablesFrom {
    pub(crate) secret_ref: Option<Reference>,
    pub(crate) config_map_ref: Option<Reference>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Reference {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Volume {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    pub(crate) host_path: Option<HostPath>,
    pub(crate) secret: Option<SecretVolume>,
    pub(crate) config_map: Option<Reference>,
    pub(crate) projected: Option<Projected>,
    pub(crate) persistent_volume_claim: Option<ClaimSource>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClaimSource {
    #[serde(deserialize_with = "or_default")]
    pub(crate) claim_name: Word,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct HostPath {
    #[serde(deserialize_with = "or_default")]
    pub(crate) path: Word,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SecretVolume {
    #[serde(deserialize_with = "or_default")]
    pub(crate) secret_name: Word,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Projected {
    #[serde(deserialize_with = "or_default")]
    pub(crate) sources: Vec<ProjectedSource>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ProjectedSource {
    pub(crate) secret: Option<Reference>,
    pub(crate) config_map: Option<Reference>,
    pub(crate) service_account_token: Option<TokenSource>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct TokenSource {
    /// Whom the token is for; the API server, where nothing is stated.
    #[serde(deserialize_with = "or_default")]
    audience: Word,
}

impl TokenSource {
    /// Whether who holds the token is let in as the account: by the API server, or by the cloud below it. Another vault or mesh that it is
    /// for is no part of the cluster.
    pub(crate) fn lets_in(&self) -> bool {
        const CLOUDS: [&str; 3] = ["sts.amazonaws.com", "azureadtokenexchange", ".svc.id.goog"];
        let audience = self.audience.to_ascii_lowercase();
        let cloud = CLOUDS.iter().any(|cloud| audience.ends_with(cloud));
        audience.is_empty() || audience == "api" || audience.contains("kubernetes") || cloud
    }
}

/// A disk of the cluster, and the claim that has it.
#[derive(Deserialize)]
pub(crate) struct PersistentVolume {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: PersistentVolumeSpec,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PersistentVolumeSpec {
    pub(crate) host_path: Option<HostPath>,
    pub(crate) local: Option<HostPath>,
    pub(crate) claim_ref: Option<ClaimRef>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ClaimRef {
    #[serde(deserialize_with = "or_default")]
    pub(crate) namespace: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
}

/// A claim to a disk.
#[derive(Deserialize)]
pub(crate) struct Claim {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: ClaimSpec,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClaimSpec {
    #[serde(deserialize_with = "or_default")]
    pub(crate) volume_name: Word,
}

#[derive(Deserialize)]
pub(crate) struct Node {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: NodeSpec,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) status: NodeStatus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NodeSpec {
    #[serde(rename = "providerID", deserialize_with = "or_default")]
    pub(crate) provider_id: Word,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NodeStatus {
    #[serde(deserialize_with = "or_default")]
    pub(crate) addresses: Vec<Address>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Address {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(crate) kind: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) address: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceAccount {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "perhaps")]
    pub(crate) automount_service_account_token: Option<bool>,
}

/// A secret, of which only the name and the type are read.
#[derive(Deserialize)]
pub(crate) struct Secret {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub(crate) kind: Word,
}

impl Node {
    /// Whether what governs the cluster runs on it.
    pub(crate) fn is_control_plane(&self) -> bool {
        let roles = ["control-plane", "controlplane", "master", "etcd"];
        roles
            .iter()
            .any(|role| self.metadata.labels.contains_key(&*format!("node-role.kubernetes.io/{role}")))
    }
}

/// The kind, if its objects make pods. What is made by anything else stands for itself.
pub(crate) fn maker(kind: &str) -> Option<&'static str> {
    ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController"]
        .into_iter()
        .find(|known| *known == kind)
}

/// Labels that tell pods of one workload from each other, or versions of it.
pub(crate) fn common(labels: &Words) -> Words {
    const OWN: [&str; 6] = [
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
    ];
    labels.iter().filter(|(name, _)| !OWN.contains(&&***name)).map(|(a, b)| (a.clone(), b.clone())).collect()
}
