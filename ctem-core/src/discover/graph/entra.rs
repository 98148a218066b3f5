//! What follows from roles and permissions in Entra ID: the edges of Azure that no collector writes down.
//!
//! A role is a group of its holders, so a power of the role is an edge of the role: whoever holds it has it. That is one edge where
//! BloodHound draws one for each holder, and says the same.

use super::{Graph, NodeId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const PRIVILEGED_ROLE: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
const PRIVILEGED_AUTHENTICATION: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";
const PARTNER_TIER_1: &str = "4ba39ca4-527c-499a-b93d-d9b492c50246";
const PARTNER_TIER_2: &str = "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8";
const HELPDESK: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";
const AUTHENTICATION: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
const USER: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const PASSWORD: &str = "966707d0-3269-4727-9be2-8c3a10f19b9d";
const APPLICATION: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
const CLOUD_APPLICATION: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
const HYBRID_IDENTITY: &str = "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2";
const SYNCHRONIZATION: &str = "d29b2b05-8046-44ba-8758-1e26182fcf32";
const INTUNE: &str = "3a2c62db-5318-420d-8d74-23affee5d9d5";
const GROUPS: &str = "fdd7a751-b60b-444a-984c-02652fe8fa1c";
const REPORTS_READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
const MESSAGE_CENTER_READER: &str = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b";
const GUEST_INVITER: &str = "95e79109-95c0-4d8e-aee3-d01accf2d47b";
const DIRECTORY_READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
const USAGE_READER: &str = "75934031-6c7e-415a-99d7-48dbd49e875e";

/// Who adds members to groups that no role is assigned to.
const ADD_MEMBERS: [&str; 7] = [
    GROUPS,
    "9360feb5-f418-4baa-8175-e2a00bac4301",
    "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e",
    USER,
    INTUNE,
    "b5a8dcf3-09d5-43a9-a639-8e29ef291470",
    "744ec460-397e-42ad-a462-8b3f9747a02c",
];

/// Who resets passwords: the role, and of whom who holds roles; of none where it resets every password.
const RESETS: [(&str, Option<&[&str]>); 8] = [
    (GLOBAL_ADMINISTRATOR, None),
    (PRIVILEGED_AUTHENTICATION, None),
    (PARTNER_TIER_2, None),
    (
        USER,
        Some(&[
            USER,
            REPORTS_READER,
            MESSAGE_CENTER_READER,
            HELPDESK,
            GUEST_INVITER,
            DIRECTORY_READERS,
            PASSWORD,
            USAGE_READER,
            GROUPS,
        ]),
    ),
    (
        HELPDESK,
        Some(&[
            REPORTS_READER,
            MESSAGE_CENTER_READER,
            HELPDESK,
            GUEST_INVITER,
            DIRECTORY_READERS,
            PASSWORD,
            USAGE_READER,
        ]),
    ),
    (
        AUTHENTICATION,
        Some(&[
            AUTHENTICATION,
            REPORTS_READER,
            MESSAGE_CENTER_READER,
            GUEST_INVITER,
            DIRECTORY_READERS,
            PASSWORD,
            USAGE_READER,
        ]),
    ),
    (PASSWORD, Some(&[PASSWORD, GUEST_INVITER, DIRECTORY_READERS])),
    (PARTNER_TIER_1, Some(&[])),
];

/// The objects of a tenant.
struct Tenant {
    node: NodeId,
    users: Vec<NodeId>,
    groups: Vec<NodeId>,
    devices: Vec<NodeId>,
    principals: Vec<NodeId>,
    applications: Vec<NodeId>,
    /// By template.
    roles: BTreeMap<String, NodeId>,
}

/// Adds the edges that follow from others.
pub(crate) fn conclude(graph: &mut Graph) {
    for tenant in tenants(graph) {
        roles(graph, &tenant);
        resets(graph, &tenant);
        permissions(graph, &tenant);
    }
}

fn tenants(graph: &Graph) -> Vec<Tenant> {
    let contained = graph.outgoing("AZContains");
    let tenant = |node: NodeId| {
        let inner = contained.get(&node).map_or(&[][..], Vec::as_slice);
        let of = |kind: &str| inner.iter().copied().filter(|one| graph.is(*one, kind)).collect::<Vec<_>>();
        let roles = of("AZRole").into_iter().filter_map(|role| {
            let template =
                graph.text(role, "templateid").or_else(|| graph.get(role)?.id.split('@').next())?;
            Some((template.to_ascii_lowercase(), role))
        });
        Tenant {
            node,
            users: of("AZUser"),
            groups: of("AZGroup"),
            devices: of("AZDevice"),
            principals: of("AZServicePrincipal"),
            applications: of("AZApp"),
            roles: roles.collect(),
        }
    };
    graph.of_kind("AZTenant").into_iter().map(tenant).collect()
}

/// What roles let their holders do to a tenant, its applications, groups and devices.
fn roles(graph: &mut Graph, tenant: &Tenant) {
    let holders = graph.incoming(&["AZHasRole"]);
    for (template, kind) in [
        (GLOBAL_ADMINISTRATOR, "AZGlobalAdmin"),
        (PRIVILEGED_ROLE, "AZPrivilegedRoleAdmin"),
        (PRIVILEGED_AUTHENTICATION, "AZPrivilegedAuthAdmin"),
    ] {
        let holding = tenant.roles.get(template).and_then(|role| holders.get(role));
        for holder in holding.into_iter().flatten() {
            graph.edge(*holder, kind, tenant.node);
        }
    }
    for (templates, kind) in [
        (&[APPLICATION, CLOUD_APPLICATION][..], "AZAddSecret"),
        (&[HYBRID_IDENTITY, PARTNER_TIER_1, PARTNER_TIER_2, SYNCHRONIZATION][..], "AZAddOwner"),
    ] {
        for role in templates.iter().filter_map(|template| tenant.roles.get(*template)) {
            for target in tenant.applications.iter().chain(&tenant.principals) {
                graph.edge(*role, kind, *target);
            }
        }
    }
    for group in &tenant.groups {
        let assignable = graph.flag(*group, "isassignabletorole") == Some(true);
        let templates = [GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE].into_iter();
        for template in templates.chain(ADD_MEMBERS.into_iter().filter(|_| !assignable)) {
            if let Some(role) = tenant.roles.get(template) {
                graph.edge(*role, "AZAddMembers", *group);
            }
        }
    }
    if let Some(intune) = tenant.roles.get(INTUNE) {
        for device in &tenant.devices {
            let system = graph.text(*device, "operatingsystem").unwrap_or_default();
            if system.to_ascii_lowercase().contains("windows") {
                graph.edge(*intune, "AZExecuteCommand", *device);
            }
        }
    }
}

/// Whose passwords roles reset: of those who hold no role, or only such as the role may.
fn resets(graph: &mut Graph, tenant: &Tenant) {
    let template: HashMap<NodeId, &str> =
        tenant.roles.iter().map(|(template, role)| (*role, &**template)).collect();
    let mut held: HashMap<NodeId, BTreeSet<&str>> = HashMap::new();
    for (holder, role) in graph.edges("AZHasRole") {
        held.entry(*holder).or_default().insert(template.get(role).copied().unwrap_or_default());
    }
    let mut assignable = BTreeSet::new();
    for (member, group) in graph.edges("AZMemberOf") {
        if graph.flag(*group, "isassignabletorole") == Some(true) {
            assignable.insert(*member);
        }
    }
    let mut edges = Vec::new();
    for (role, of) in RESETS.iter().filter_map(|(role, of)| Some((tenant.roles.get(*role)?, of))) {
        for user in &tenant.users {
            let may = match of {
                None => true,
                Some(roles) => {
                    let held = held.get(user);
                    let only = held.is_none_or(|held| held.iter().all(|one| roles.contains(one)));
                    only && !assignable.contains(user)
                }
            };
            if may {
                edges.push((*role, *user));
            }
        }
    }
    for (role, user) in edges {
        graph.edge(role, "AZResetPassword", user);
    }
}

/// A kind of edge, and what it leads to.
type Power<'a> = (&'a str, &'a [NodeId]);

/// What permissions for Microsoft Graph let applications do.
fn permissions(graph: &mut Graph, tenant: &Tenant) {
    let open: Vec<NodeId> = tenant
        .groups
        .iter()
        .copied()
        .filter(|group| graph.flag(*group, "isassignabletorole") != Some(true))
        .collect();
    let roles: Vec<NodeId> = tenant.roles.values().copied().collect();
    let identities: Vec<NodeId> = tenant.principals.iter().chain(&tenant.applications).copied().collect();
    let itself = [tenant.node];
    let grants: [(&str, &[Power<'_>]); 7] = [
        ("AZMGApplication_ReadWrite_All", &[("AZMGAddSecret", &identities), ("AZMGAddOwner", &identities)]),
        ("AZMGAppRoleAssignment_ReadWrite_All", &[("AZMGGrantAppRoles", &itself)]),
        ("AZMGDirectory_ReadWrite_All", &[("AZMGAddMember", &open), ("AZMGAddOwner", &open)]),
        ("AZMGGroup_ReadWrite_All", &[("AZMGAddMember", &open), ("AZMGAddOwner", &open)]),
        ("AZMGGroupMember_ReadWrite_All", &[("AZMGAddMember", &open)]),
        (
            "AZMGRoleManagement_ReadWrite_Directory",
            &[
                ("AZMGGrantAppRoles", &itself),
                ("AZMGGrantRole", &roles),
                ("AZMGAddSecret", &identities),
                ("AZMGAddOwner", &identities),
                ("AZMGAddMember", &tenant.groups),
                ("AZMGAddOwner", &tenant.groups),
            ],
        ),
        ("AZMGServicePrincipalEndpoint_ReadWrite_All", &[("AZMGAddOwner", &tenant.principals)]),
    ];
    let here: BTreeSet<NodeId> = tenant.principals.iter().copied().collect();
    for (permission, powers) in grants {
        let holders: BTreeSet<NodeId> = graph
            .edges(permission)
            .iter()
            .filter(|(_, graph)| here.contains(graph))
            .map(|(holder, _)| *holder)
            .collect();
        for holder in holders {
            for (kind, targets) in powers {
                for target in targets.iter().filter(|target| **target != holder) {
                    graph.edge(holder, kind, *target);
                }
            }
        }
    }
}
