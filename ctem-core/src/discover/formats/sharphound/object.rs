//! Objects as the files have them. What a collector may leave out, or write as `null`, has a default.

use super::super::graph::{Graph, NodeId};
use crate::id::AssetId;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What a file says of itself.
#[derive(Deserialize)]
pub(super) struct Meta {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) version: Option<u32>,
}

/// An object of any type: what its type does not have is empty.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Object {
    #[serde(rename = "ObjectIdentifier")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) properties: Map<String, Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_deleted: bool,
    #[serde(default, rename = "IsACLProtected", deserialize_with = "or_default")]
    pub(super) is_acl_protected: bool,
    #[serde(default, rename = "DomainSID")]
    pub(super) domain_sid: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) aces: Vec<Ace>,
    pub(super) contained_by: Option<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) child_objects: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) links: Vec<Link>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) trusts: Vec<Trust>,
    #[serde(default, rename = "GPOChanges")]
    pub(super) gpo_changes: Option<GpoChanges>,
    #[serde(default, rename = "PrimaryGroupSID")]
    pub(super) primary_group: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) members: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) allowed_to_delegate: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) allowed_to_act: Vec<Principal>,
    #[serde(default, rename = "HasSIDHistory", deserialize_with = "or_default")]
    pub(super) has_sid_history: Vec<Principal>,
    #[serde(default, rename = "DumpSMSAPassword", deserialize_with = "or_default")]
    pub(super) dump_smsa_password: Vec<Principal>,
    #[serde(default, rename = "SPNTargets", alias = "SpnTargets", deserialize_with = "or_default")]
    pub(super) spn_targets: Vec<SpnTarget>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) unconstrained_delegation: bool,
    #[serde(default, rename = "IsDC", deserialize_with = "or_default")]
    pub(super) is_dc: bool,
    pub(super) sessions: Option<Collected<Session>>,
    pub(super) privileged_sessions: Option<Collected<Session>>,
    pub(super) registry_sessions: Option<Collected<Session>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) local_groups: Vec<LocalGroup>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) user_rights: Vec<UserRight>,
    #[serde(default, rename = "DCRegistryData")]
    pub(super) dc_registry: Option<Map<String, Value>>,
    #[serde(default, rename = "NTLMRegistryData")]
    pub(super) ntlm_registry: Option<Value>,
    pub(super) smb_info: Option<Value>,
    pub(super) is_web_client_running: Option<Value>,
    pub(super) hosting_computer: Option<String>,
    #[serde(default, rename = "CARegistryData")]
    pub(super) ca_registry: Option<CaRegistry>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) enabled_cert_templates: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) http_enrollment_endpoints: Vec<Value>,
    pub(super) group_link: Option<Principal>,
}

/// An object named by another.
#[derive(Deserialize)]
pub(super) struct Principal {
    #[serde(rename = "ObjectIdentifier", deserialize_with = "or_default", default)]
    pub(super) id: String,
    #[serde(rename = "ObjectType", deserialize_with = "or_default", default)]
    kind: String,
}

impl Principal {
    /// Its node, if it is named at all.
    pub(super) fn node(&self, graph: &mut Graph) -> Option<NodeId> {
        let node = graph.node(valid(&self.id)?);
        graph.is_also(node, node_kind(&self.kind));
        Some(node)
    }
}

/// An identifier that can name something.
pub(super) fn valid(id: &str) -> Option<&str> {
    AssetId::parse(id).is_ok().then_some(id)
}

/// What a node of a collector's type is.
pub(super) fn node_kind(kind: &str) -> &str {
    match kind {
        "LocalGroup" => "ADLocalGroup",
        other => other,
    }
}

/// A right over the object.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Ace {
    #[serde(rename = "PrincipalSID")]
    pub(super) principal: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) principal_type: String,
    pub(super) right_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_inherited: bool,
}

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(rename = "GUID", alias = "Guid")]
    pub(super) guid: String,
}

#[derive(Deserialize)]
pub(super) struct SpnTarget {
    #[serde(rename = "ComputerSID")]
    pub(super) computer: String,
    #[serde(rename = "Service", default = "sql")]
    pub(super) service: String,
}

fn sql() -> String {
    "SQLAdmin".into()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Trust {
    pub(super) target_domain_sid: Option<String>,
    pub(super) target_domain_name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) sid_filtering_enabled: bool,
    #[serde(default, rename = "TGTDelegationEnabled", deserialize_with = "or_default")]
    pub(super) tgt_delegation_enabled: bool,
    #[serde(default)]
    pub(super) trust_direction: Value,
    #[serde(default)]
    pub(super) trust_type: Value,
}

/// What a policy makes of the local groups of computers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GpoChanges {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) local_admins: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) remote_desktop_users: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) dcom_users: Vec<Principal>,
    #[serde(default, rename = "PSRemoteUsers", deserialize_with = "or_default")]
    pub(super) ps_remote_users: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) affected_computers: Vec<Principal>,
}

/// What was asked of a computer, if it answered.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Collected<T> {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) collected: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) results: Vec<T>,
}

#[derive(Deserialize)]
pub(super) struct Session {
    #[serde(rename = "ComputerSID")]
    pub(super) computer: String,
    #[serde(rename = "UserSID")]
    pub(super) user: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LocalGroup {
    #[serde(rename = "ObjectIdentifier")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) collected: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) results: Vec<Principal>,
    #[serde(default, alias = "LocalName", deserialize_with = "or_default")]
    pub(super) local_names: Vec<LocalName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LocalName {
    pub(super) object_identifier: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) principal_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserRight {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) privilege: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) collected: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) results: Vec<Principal>,
}

/// The registry of an authority.
#[derive(Deserialize)]
pub(super) struct CaRegistry {
    #[serde(rename = "CASecurity")]
    pub(super) security: Option<CaSecurity>,
    #[serde(rename = "EnrollmentAgentRestrictions")]
    pub(super) agents: Option<AgentRestrictions>,
    #[serde(rename = "IsUserSpecifiesSanEnabled")]
    pub(super) san: Option<Value>,
    #[serde(rename = "RoleSeparationEnabled")]
    pub(super) separation: Option<Value>,
    #[serde(rename = "DisabledExtensions", alias = "DisableExtensionList")]
    pub(super) without: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CaSecurity {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) collected: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) data: Vec<Ace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AgentRestrictions {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) collected: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) restrictions: Vec<AgentRestriction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AgentRestriction {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) access_type: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) all_templates: bool,
    pub(super) agent: Option<Principal>,
    pub(super) template: Option<Principal>,
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
