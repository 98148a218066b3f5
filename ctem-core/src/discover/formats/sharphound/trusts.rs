//! Trusts between domains: which way they go, and what they let through.

use super::super::graph::{Graph, NodeId};
use super::object::{Object, Trust, valid};
use serde_json::Value;

/// Adds the trusts of a domain. One that is inbound is trusted by the other.
pub(super) fn add(graph: &mut Graph, domain: NodeId, object: &Object) {
    for trust in &object.trusts {
        let Some(other) = trust.target_domain_sid.as_deref().and_then(valid).map(|id| graph.node(id)) else {
            continue;
        };
        graph.is_also(other, "Domain");
        if let Some(name) = trust.target_domain_name.as_deref() {
            graph.also_describe(other, "name", name.to_uppercase());
        }
        let same_forest = trust.is_of_one_forest();
        let kind = if same_forest { "SameForestTrust" } else { "CrossForestTrust" };
        let (inbound, outbound) = trust.directions();
        if inbound {
            graph.edge(other, kind, domain);
            if !same_forest && trust.tgt_delegation_enabled {
                graph.edge(other, "AbuseTGTDelegation", domain);
            }
        }
        if outbound {
            graph.edge(domain, kind, other);
            if !same_forest && !trust.sid_filtering_enabled {
                graph.edge(other, "SpoofSIDHistory", domain);
            }
        }
    }
}

impl Trust {
    /// Whether both domains are of one forest. Older collectors write the number of the type.
    fn is_of_one_forest(&self) -> bool {
        match &self.trust_type {
            Value::String(word) => ["ParentChild", "TreeRoot", "CrossLink"].contains(&word.as_str()),
            Value::Number(number) => matches!(number.as_u64(), Some(0 | 1)),
            _ => false,
        }
    }

    /// Whether it goes inwards, and whether outwards.
    fn directions(&self) -> (bool, bool) {
        match &self.trust_direction {
            Value::String(word) => {
                (word == "Inbound" || word == "Bidirectional", word == "Outbound" || word == "Bidirectional")
            }
            Value::Number(number) => {
                let bits = number.as_u64().unwrap_or_default();
                (bits & 1 == 1, bits & 2 == 2)
            }
            _ => (false, false),
        }
    }
}
