//! The steps an attacker takes in a cluster: KubeHound's 26 by their names, and a few that its list leaves out.
//!
//! | step | who has | gets |
//! | --- | --- | --- |
//! | `ENDPOINT_EXPLOIT` | a way to a port, and a flaw in what listens | code in the workload |
//! | `CONTAINER_ATTACH` | control of a pod | control of its containers |
//! | `POD_ATTACH` | control of a node | control of its pods |
//! | `POD_EXEC` | `create` of `pods/exec` | code in every pod of the namespace |
//! | `POD_PATCH` | `patch` or `update` of pods, or of what makes them | control of every workload of the namespace |
//! | `POD_CREATE` | `create` of pods, or of what makes them | every service account of the namespace; nodes, where admission lets privileged pods in |
//! | `ROLE_BIND` | `create` of bindings and `bind` of roles, or `escalate` | the roles that may be bound |
//! | `IDENTITY_IMPERSONATE` | `impersonate` | the identities named |
//! | `IDENTITY_ASSUME` | code in a pod with a token; control of a node | its service account; the node's identity |
//! | `PERMISSION_DISCOVER` | an identity | the roles it is bound to |
//! | `TOKEN_LIST` | `list` of secrets | every token that is kept as a secret |
//! | `TOKEN_BRUTEFORCE` | `get` of secrets | the same, once a name is guessed |
//! | `TOKEN_STEAL` | a volume or secret with a token | the service account |
//! | `VOLUME_DISCOVER` | code in a container | the volumes mounted in it |
//! | `VOLUME_ACCESS` | control of a node | the volumes on it |
//! | `EXPLOIT_HOST_READ` | reading a mounted folder of the node that keeps keys | what the node holds |
//! | `EXPLOIT_HOST_WRITE` | writing a mounted folder of the node that it runs code from | the node |
//! | `EXPLOIT_HOST_TRAVERSE` | reading the node's folder of pods' volumes | the tokens of all pods there |
//! | `EXPLOIT_CONTAINERD_SOCK` | code in a container with the runtime's socket | the node |
//! | `CE_MODULE_LOAD` | code with `SYS_MODULE`, or privileged | the node |
//! | `CE_NSENTER` | code that is privileged and sees the node's processes | the node |
//! | `CE_PRIV_MOUNT` | code that is privileged | the node |
//! | `CE_SYS_PTRACE` | code with `SYS_PTRACE` and `SYS_ADMIN` that sees the node's processes, unconfined | the node |
//! | `CE_UMH_CORE_PATTERN` | writing the node's `/proc/sys/kernel` | the node |
//! | `CE_VAR_LOG_SYMLINK` | root with the node's `/var/log`, and a right to read logs | what the node holds |
//! | `SHARE_PS_NAMESPACE` | code in one container of a pod that shares processes | the others |

use crate::model::{RelationKind, Technique};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Attack {
    /// Its name, which is that of the relation's kind too, where the engine has no kind of its own for it.
    pub(super) name: &'static str,
    technique: &'static str,
    /// What is done to the target.
    pub(super) does: &'static str,
    /// What ends it.
    pub(super) remedy: &'static str,
}

impl Attack {
    const fn new(
        name: &'static str,
        technique: &'static str,
        does: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { name, technique, does, remedy }
    }

    /// The kind of its relations.
    pub(super) fn kind(self) -> RelationKind {
        match self {
            POD_ATTACH | CONTAINER_ATTACH => RelationKind::RunsOn,
            IDENTITY_ASSUME => RelationKind::CanAssume,
            PERMISSION_DISCOVER => RelationKind::MemberOf,
            ENDPOINT_EXPLOIT => RelationKind::Reaches,
            _ => RelationKind::Other(self.name.into()),
        }
    }

    pub(super) fn technique(self) -> Option<Technique> {
        Technique::of(self.technique)
    }

    /// What it is, in words.
    pub(super) fn title(self, from: &str, to: &str) -> String {
        let Self { does, remedy, .. } = self;
        format!("{from} {does} {to}; {remedy}")
    }
}

macro_rules! attacks {
    ($($name:ident: $technique:literal, $does:literal, $remedy:literal;)+) => {
        $(pub(super) const $name: Attack = Attack::new(stringify!($name), $technique, $does, $remedy);)+

        /// All of them.
        #[cfg(test)]
        pub(super) const ALL: &[Attack] = &[$($name,)+];
    };
}

attacks! {
    ENDPOINT_EXPLOIT: "T1190", "leads to", "close the port, or patch what listens there";
    CONTAINER_ATTACH: "T1609", "is part of", "nothing to be done: a pod rules its containers";
    POD_ATTACH: "T1609", "runs on", "nothing to be done: a node rules its pods";
    POD_EXEC: "T1609", "may run commands in", "take `pods/exec` and `pods/attach` out of the role";
    POD_PATCH: "T1609", "may change the images of", "take `patch` and `update` of pods and their controllers out of the role";
    POD_CREATE: "T1610", "may start", "take `create` of pods and their controllers out of the role";
    ROLE_BIND: "T1098.006", "may give itself the rights of", "take `bind` and `escalate` out of the role";
    IDENTITY_IMPERSONATE: "T1134", "may act as", "take `impersonate` out of the role, or name who may be impersonated";
    IDENTITY_ASSUME: "T1552.001", "holds the token of", "set `automountServiceAccountToken: false`";
    PERMISSION_DISCOVER: "T1069", "has the role", "remove the binding";
    TOKEN_LIST: "T1528", "may list", "take `list` and `watch` of secrets out of the role, and use bound tokens";
    TOKEN_BRUTEFORCE: "T1528", "may guess names of", "name the secrets that the role may get, and use bound tokens";
    TOKEN_STEAL: "T1552.001", "holds a token of", "use bound tokens, and delete token secrets";
    TOKEN_REQUEST: "T1528", "may ask for tokens of", "take `create` of `serviceaccounts/token` out of the role";
    SECRET_READ: "T1552.007", "may read", "take the secret out of the role";
    VOLUME_DISCOVER: "T1613", "mounts", "drop the mount, or use a volume that is not the node's";
    VOLUME_ACCESS: "T1613", "holds", "nothing to be done: a node rules its volumes";
    EXPLOIT_HOST_READ: "T1552.001", "shows the keys of", "drop the mount of the node's folder";
    EXPLOIT_HOST_WRITE: "T1611", "lets code be planted on", "drop the mount of the node's folder, or make it read-only";
    EXPLOIT_HOST_TRAVERSE: "T1552", "contains", "drop the mount of the node's folder";
    EXPLOIT_CONTAINERD_SOCK: "T1611", "commands the container runtime of", "do not mount the runtime's socket";
    CE_MODULE_LOAD: "T1611", "may load kernel modules on", "drop `SYS_MODULE`, and run it unprivileged";
    CE_NSENTER: "T1611", "may enter the namespaces of", "run it unprivileged and without `hostPID`";
    CE_PRIV_MOUNT: "T1611", "may mount the disks of", "run it unprivileged";
    CE_SYS_PTRACE: "T1611", "may write into processes of", "drop `SYS_PTRACE`, `SYS_ADMIN` and `hostPID`";
    CE_UMH_CORE_PATTERN: "T1611", "sets the crash handler of", "do not mount the node's `/proc`";
    CE_VAR_LOG_SYMLINK: "T1611", "reads by links in its logs what lies on", "do not mount the node's `/var/log`";
    SHARE_PS_NAMESPACE: "T1080", "shares processes with", "set `shareProcessNamespace: false`";
    NODE_PROXY: "T1609", "may run commands, by the nodes, in", "take `nodes/proxy` out of the role";
    CLUSTER_ADMIN: "T1098.006", "may do anything in", "grant the verbs and resources that are needed, and no more";
}

/// What starting pods gives where nothing keeps privileged ones out.
pub(super) const POD_CREATE_NODE: Attack = Attack::new(
    "POD_CREATE",
    "T1610",
    "may start privileged pods on",
    "enforce the pod security level `baseline` or `restricted` on the namespace",
);

/// What holding a node's volumes, or all secrets of a namespace, gives: a consequence of the step before it.
pub(super) const KEEPS_TOKEN: Attack = Attack::new(
    "keeps_token_of",
    "T1552.001",
    "keeps a token of",
    "use bound tokens, and delete token secrets",
);

/// What ruling a namespace gives: a consequence of the step before it.
pub(super) const STARTS_PODS: Attack = Attack::new(
    "starts_pods_on",
    "T1610",
    "lets privileged pods be started on",
    "enforce the pod security level `baseline` or `restricted` on the namespace",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_kubehounds_attacks_are_there_and_have_techniques() {
        let table: Vec<_> = include_str!("attacks.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
            .collect();
        assert_eq!(table.len(), 26);
        for name in table {
            assert!(ALL.iter().any(|attack| attack.name == name), "{name}");
        }
        for attack in ALL {
            let technique = attack.technique().unwrap_or_else(|| panic!("{}", attack.name));
            assert!(technique.name().is_some(), "{technique}");
        }
    }
}
