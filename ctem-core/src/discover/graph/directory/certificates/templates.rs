//! Templates: what a certificate of one is good for, who may ask for it, and for whom.

use super::super::super::{Graph, NodeId};
use super::super::membership::Members;
use std::collections::{BTreeSet, HashMap};

pub(super) const ANY_PURPOSE: &str = "2.5.29.37.0";
pub(super) const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";
pub(super) const REQUEST_AGENT: &str = "1.3.6.1.4.1.311.20.2.1";

/// Who may ask for certificates, by template or authority.
pub(crate) type Enrollers = HashMap<NodeId, Vec<NodeId>>;

/// Who may enrol for a template: by a right of its own, or by one that includes it.
pub(crate) fn enrollers(graph: &Graph) -> Enrollers {
    graph.incoming(&["Enroll", "GenericAll", "AllExtendedRights"])
}

/// A template, as escalations ask of it. What is not known counts as what lets nobody in.
#[derive(Clone, Copy)]
pub(super) struct Template<'a> {
    graph: &'a Graph,
    node: NodeId,
}

impl<'a> Template<'a> {
    pub(super) fn new(graph: &'a Graph, node: NodeId) -> Self {
        Self { graph, node }
    }

    /// Whether a property says yes.
    pub(super) fn has(self, name: &str) -> bool {
        self.graph.flag(self.node, name) == Some(true)
    }

    /// Whether a property says no.
    pub(super) fn has_not(self, name: &str) -> bool {
        self.graph.flag(self.node, name) == Some(false)
    }

    /// The version of its schema.
    pub(super) fn version(self) -> Option<f64> {
        self.graph.get(self.node)?.number("schemaversion")
    }

    /// How many signatures of agents a request must have.
    pub(super) fn signatures(self) -> Option<f64> {
        self.graph.get(self.node)?.number("authorizedsignatures")
    }

    /// Whether a request is signed by nobody else: the first version knows no such signatures.
    pub(super) fn needs_no_signature(self) -> bool {
        match (self.version(), self.signatures()) {
            (Some(version), Some(signatures)) => version <= 1.0 || signatures <= 0.0,
            (Some(version), None) => version <= 1.0,
            (None, _) => false,
        }
    }

    /// Whether nobody approves requests.
    pub(super) fn needs_no_approval(self) -> bool {
        self.has_not("requiresmanagerapproval")
    }

    /// The purposes of its certificates.
    pub(super) fn purposes(self) -> Option<Vec<&'a str>> {
        self.graph.get(self.node)?.texts("effectiveekus")
    }

    /// Whether its certificates log on by TLS.
    pub(super) fn logs_on_by_tls(self) -> bool {
        match self.graph.flag(self.node, "schannelauthenticationenabled") {
            Some(flag) => flag,
            None => self.purposes().is_some_and(|purposes| {
                purposes.is_empty()
                    || purposes.contains(&CLIENT_AUTHENTICATION)
                    || purposes.contains(&ANY_PURPOSE)
            }),
        }
    }

    /// Whether a user can have one: a name in DNS, where it is asked for, only computers have.
    pub(super) fn is_for_users(self) -> bool {
        self.has_not("subjectaltrequiredns") && self.has_not("subjectaltrequiredomaindns")
    }

    /// Those of these who can have one.
    pub(super) fn who_can(self, principals: BTreeSet<NodeId>) -> BTreeSet<NodeId> {
        if self.is_for_users() {
            return principals;
        }
        let graph = self.graph;
        let managed = |one, name| graph.flag(one, name) == Some(true);
        let can = |one: &NodeId| !graph.is(*one, "User") || managed(*one, "gmsa") || managed(*one, "msa");
        principals.into_iter().filter(can).collect()
    }
}

/// These without groups: what is in groups instead of them.
pub(super) fn without_groups(graph: &Graph, members: &Members, nodes: &[NodeId]) -> BTreeSet<NodeId> {
    members.with_all_within(nodes).into_iter().filter(|one| !graph.is(*one, "Group")).collect()
}
