//! Assignments of roles: what the definition of a role allows, on what it is given on and on what lies in it.

use super::{
    resources::kind_of,
    rows::{Names, Row, text},
};
use crate::{
    discover::{
        aws::{Ends, Graph, Way},
        every::Every,
    },
    model::{Access, AssetKind, RelationKind, Technique},
    scope::Pattern,
};
use serde_json::Value;
use std::{collections::BTreeMap, rc::Rc};

/// Roles that Microsoft defines.
const KNOWN: &str = include_str!("roles.tsv");

/// What a role allows.
#[derive(Debug, Default)]
struct Role {
    name: String,
    actions: Vec<Pattern>,
    not_actions: Vec<Pattern>,
    data: Vec<Pattern>,
    not_data: Vec<Pattern>,
}

/// Roles by the last part of their ids.
pub(super) struct Roles(BTreeMap<String, Role>);

/// What an action lets one do on the resources of a type.
struct Power {
    /// Any of these is enough.
    actions: &'static [&'static str],
    on_data: bool,
    /// The type of resource; the scope itself where it is empty.
    of: &'static str,
    relations: &'static [(RelationKind, Access, &'static str)],
}

use Access::{Control, Read, Use, Write};
use RelationKind::{Administers, CanAssume, LogsOnTo, Operates, Reads, Writes};

const MACHINES: &str = "microsoft.compute/virtualmachines";
const STORAGE: &str = "microsoft.storage/storageaccounts";
const VAULTS: &str = "microsoft.keyvault/vaults";
const RUN: &[(RelationKind, Access, &str)] = &[(Operates, Control, "T1651")];
const READ: &[(RelationKind, Access, &str)] = &[(Reads, Read, "T1530")];
const BOTH: &[(RelationKind, Access, &str)] = &[(Reads, Read, "T1530"), (Writes, Write, "T1565.001")];

const POWERS: &[Power] = &[
    Power {
        actions: &[
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/elevateAccess/action",
        ],
        on_data: false,
        of: "",
        relations: &[(Administers, Control, "T1098.003")],
    },
    Power {
        actions: &[
            "Microsoft.Compute/virtualMachines/runCommand/action",
            "Microsoft.Compute/virtualMachines/extensions/write",
        ],
        on_data: false,
        of: MACHINES,
        relations: RUN,
    },
    Power {
        actions: &["Microsoft.Compute/virtualMachines/loginAsAdmin/action"],
        on_data: true,
        of: MACHINES,
        relations: &[(Administers, Control, "T1021.007")],
    },
    Power {
        actions: &["Microsoft.Compute/virtualMachines/login/action"],
        on_data: true,
        of: MACHINES,
        relations: &[(LogsOnTo, Use, "T1021.007")],
    },
    Power {
        actions: &["Microsoft.Storage/storageAccounts/listKeys/action"],
        on_data: false,
        of: STORAGE,
        relations: BOTH,
    },
    Power {
        actions: &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
        on_data: true,
        of: STORAGE,
        relations: READ,
    },
    Power {
        actions: &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
        ],
        on_data: true,
        of: STORAGE,
        relations: &[(Writes, Write, "T1565.001")],
    },
    Power {
        actions: &["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
        on_data: true,
        of: VAULTS,
        relations: &[(Reads, Read, "T1555.006")],
    },
    Power {
        actions: &["Microsoft.KeyVault/vaults/accessPolicies/write", "Microsoft.KeyVault/vaults/write"],
        on_data: false,
        of: VAULTS,
        relations: &[(Administers, Control, "T1098.003")],
    },
    Power {
        actions: &["Microsoft.Web/sites/publish/action", "Microsoft.Web/sites/write"],
        on_data: false,
        of: "microsoft.web/sites",
        relations: RUN,
    },
    Power {
        actions: &["Microsoft.Logic/workflows/write"],
        on_data: false,
        of: "microsoft.logic/workflows",
        relations: RUN,
    },
    Power {
        actions: &["Microsoft.Automation/automationAccounts/runbooks/write"],
        on_data: false,
        of: "microsoft.automation/automationaccounts",
        relations: RUN,
    },
    Power {
        actions: &[
            "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
            "Microsoft.ContainerService/managedClusters/runcommand/action",
        ],
        on_data: false,
        of: "microsoft.containerservice/managedclusters",
        relations: RUN,
    },
    Power {
        actions: &["Microsoft.ContainerService/managedClusters/pods/write"],
        on_data: true,
        of: "microsoft.containerservice/managedclusters",
        relations: RUN,
    },
    Power {
        actions: &["Microsoft.ContainerRegistry/registries/push/write"],
        on_data: false,
        of: "microsoft.containerregistry/registries",
        relations: &[(Writes, Write, "T1525")],
    },
    Power {
        actions: &["Microsoft.Sql/servers/administrators/write"],
        on_data: false,
        of: "microsoft.sql/servers",
        relations: &[(Administers, Control, "T1098")],
    },
    Power {
        actions: &["Microsoft.DocumentDB/databaseAccounts/listKeys/action"],
        on_data: false,
        of: "microsoft.documentdb/databaseaccounts",
        relations: BOTH,
    },
    Power {
        actions: &["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"],
        on_data: false,
        of: "microsoft.managedidentity/userassignedidentities",
        relations: &[(CanAssume, Use, "T1098.001")],
    },
];

/// What all that a role such as Contributor may change comes to: whoever has all of these controls what is in the scope.
const MOST: [&str; 3] = [
    "Microsoft.Compute/virtualMachines/runCommand/action",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Web/sites/write",
];

impl Roles {
    /// Roles that everybody knows, and those that rows define.
    pub(super) fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Self {
        let patterns = |text: &str| text.split_whitespace().map(Pattern::new).collect::<Vec<_>>();
        let mut roles = BTreeMap::new();
        for line in KNOWN.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut next = || cells.next().unwrap_or_default();
            let (id, name) = (next().to_owned(), next().to_owned());
            let (actions, not_actions, data) = (patterns(next()), patterns(next()), patterns(next()));
            roles.insert(id, Role { name, actions, not_actions, data, not_data: Vec::new() });
        }
        for row in rows.filter(|row| row.kind == "microsoft.authorization/roledefinitions") {
            let mut role = Role {
                name: text(&row.properties, "roleName").unwrap_or(&row.name).to_owned(),
                ..Role::default()
            };
            let of = |permission: &Value, name: &str| -> Vec<Pattern> {
                let list = permission.get(name).and_then(Value::as_array).into_iter().flatten();
                list.filter_map(Value::as_str).map(Pattern::new).collect()
            };
            for permission in
                row.properties.get("permissions").and_then(Value::as_array).into_iter().flatten()
            {
                role.actions.extend(of(permission, "actions"));
                role.not_actions.extend(of(permission, "notActions"));
                role.data.extend(of(permission, "dataActions"));
                role.not_data.extend(of(permission, "notDataActions"));
            }
            roles.insert(last(&row.id), role);
        }
        Self(roles)
    }

    /// Adds an assignment.
    pub(super) fn assign(&self, row: &Row, names: &Names, every: &mut Every, graph: &mut Graph) {
        let said = |name: &str| text(&row.properties, name).unwrap_or_default();
        let (principal, scope) = (said("principalId"), said("scope"));
        let scope = if scope.is_empty() {
            row.id
                .to_ascii_lowercase()
                .split("/providers/microsoft.authorization/")
                .next()
                .unwrap_or_default()
                .to_owned()
        } else {
            scope.to_owned()
        };
        if principal.is_empty() || scope.is_empty() {
            return graph.note(format!("the assignment {} does not say for whom or on what it is", row.name));
        }
        let Some(role) = self.0.get(&last(said("roleDefinitionId"))) else {
            let id = said("roleDefinitionId");
            return graph
                .note(format!("the role {id} is not defined in the answer: what it allows is not known"));
        };
        let kind = match said("principalType") {
            "Group" | "ForeignGroup" => AssetKind::Group,
            _ => AssetKind::Identity,
        };
        let from = graph.asset(&names.of_id(principal), kind);
        let target = graph.asset(&names.of_id(&scope), kind_of_scope(&scope, names));
        let condition = text(&row.properties, "condition").map(|_| format!("the condition of {}", role.name));
        let most = MOST.iter().all(|action| role.allows(action, false));
        let mut found = false;
        for power in POWERS {
            let allowed = power.actions.iter().any(|action| role.allows(action, power.on_data));
            if !allowed {
                continue;
            }
            let sort = power.of;
            // What controls the whole scope needs no word of what it can do in it; data has rights of its own.
            let of_whole = sort.is_empty() || (most && !power.on_data);
            let logs_on = power.on_data && sort == MACHINES;
            let over_all = !of_whole && every.is_realm(&target);
            let to = if of_whole || (over_all && logs_on) {
                Rc::clone(&target)
            } else if over_all {
                every.of(&target, sort, graph)
            } else if names.kind_of(&scope) == Some(sort) {
                Rc::clone(&target)
            } else {
                continue;
            };
            let whole = [(Administers, Control, "T1098.003")];
            let relations = if of_whole { &whole[..] } else { power.relations };
            for (kind, gives, technique) in relations {
                found = true;
                // Through the interface of the cloud no way to the thing itself is needed, but to log on to it.
                let ends = if logs_on && over_all {
                    let group = every.logon((&target, sort), kind, *gives, technique, graph);
                    let ends = Ends::of(&from, RelationKind::MemberOf, &group);
                    ends.stating([(Rc::clone(&from), Use)], (group, Use))
                } else {
                    let reached = logs_on.then(|| (Rc::clone(&to), Access::Reach));
                    let needs = [(Rc::clone(&from), Use)].into_iter().chain(reached);
                    Ends::of(&from, kind.clone(), &to).stating(needs, (Rc::clone(&to), *gives))
                };
                let way = Way {
                    hangs_on: condition.iter().map(|words| Rc::from(words.as_str())).collect(),
                    technique: Technique::of(technique),
                    what: format!("{from} is {} on {target}", role.name),
                    remedy: "give a role with fewer rights, on a narrower scope",
                    ..Way::default()
                };
                graph.step(ends, way);
            }
        }
        if !found && !role.only_reads() {
            graph.note(format!(
                "{from} is {} on {target}, which lets it do nothing that is evaluated",
                role.name
            ));
        }
    }
}

impl Role {
    fn allows(&self, action: &str, on_data: bool) -> bool {
        let (yes, no) =
            if on_data { (&self.data, &self.not_data) } else { (&self.actions, &self.not_actions) };
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(action));
        any(yes) && !any(no)
    }

    /// Whether it lets one see how things are configured, and no more.
    fn only_reads(&self) -> bool {
        self.data.is_empty()
            && self.actions.iter().all(|pattern| pattern.matches("a/b/read") || !pattern.matches("a/b/write"))
    }
}

fn kind_of_scope(scope: &str, names: &Names) -> AssetKind {
    names.kind_of(scope).and_then(kind_of).unwrap_or_else(|| {
        let in_group = scope.to_ascii_lowercase().contains("/providers/")
            && !scope.to_ascii_lowercase().contains("/managementgroups/");
        if in_group { AssetKind::DataStore } else { AssetKind::Realm }
    })
}

/// The last part of an id, by which roles are known.
fn last(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}
