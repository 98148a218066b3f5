//! Enrolment on behalf of others: which template's certificates sign requests for which other.

use super::super::super::{Graph, NodeId};
use super::{
    Authority,
    templates::{ANY_PURPOSE, REQUEST_AGENT, Template},
};
use std::collections::{BTreeMap, BTreeSet};

/// Concludes `EnrollOnBehalfOf`. An agent of the first version signs for templates of the first version; for later ones the template
/// must ask for an agent's signature.
pub(super) fn link(graph: &mut Graph, authorities: &[Authority]) {
    let mut published: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    for authority in authorities {
        for domain in &authority.domains {
            published.entry(*domain).or_default().extend(&authority.templates);
        }
    }
    let mut edges = graph.conclusions();
    for templates in published.values() {
        for agent in templates {
            let Some(purposes) = Template::new(graph, *agent).purposes() else { continue };
            let any = purposes.contains(&ANY_PURPOSE);
            let signs = purposes.contains(&REQUEST_AGENT);
            for target in templates {
                let for_it = match Template::new(graph, *target).version() {
                    Some(1.0) => any || signs || purposes.is_empty(),
                    Some(version) if version >= 2.0 => {
                        signs && !any && agent != target && asks_for_agent(graph, *target)
                    }
                    Some(_) | None => false,
                };
                if for_it {
                    edges.edge(*agent, "EnrollOnBehalfOf", *target);
                }
            }
        }
    }
    graph.conclude(edges);
}

fn asks_for_agent(graph: &Graph, template: NodeId) -> bool {
    let node = graph.get(template);
    Template::new(graph, template).signatures().is_some_and(|count| count >= 1.0)
        && node
            .and_then(|node| node.texts("applicationpolicies"))
            .is_some_and(|policies| policies.contains(&REQUEST_AGENT))
}
