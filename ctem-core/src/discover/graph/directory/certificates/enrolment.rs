//! Enrolment on behalf of others: which template's certificates sign requests for which other.

use super::super::super::{Graph, NodeId};
use super::{
    Authority,
    templates::{ANY_PURPOSE, REQUEST_AGENT, Template},
};
use std::collections::HashSet;

/// Concludes `EnrollOnBehalfOf`. An agent of the first version signs for templates of the first version; for later ones the template
/// must ask for an agent's signature.
pub(super) fn link(graph: &mut Graph, authorities: &[Authority]) {
    let mut edges = Vec::new();
    for authority in authorities {
        for domain in &authority.domains {
            let published_there: HashSet<NodeId> = authorities
                .iter()
                .filter(|other| other.domains.contains(domain))
                .flat_map(|other| other.templates.iter().copied())
                .collect();
            for agent in &authority.templates {
                let Some(purposes) = Template::new(graph, *agent).purposes() else { continue };
                let any = purposes.contains(&ANY_PURPOSE);
                let signs = purposes.contains(&REQUEST_AGENT);
                for target in &published_there {
                    let template = Template::new(graph, *target);
                    let for_it = match template.version() {
                        Some(1.0) => any || signs || purposes.is_empty(),
                        Some(version) if version >= 2.0 => {
                            signs && !any && agent != target && asks_for_agent(graph, *target)
                        }
                        Some(_) | None => false,
                    };
                    if for_it {
                        edges.push((*agent, *target));
                    }
                }
            }
        }
    }
    edges.sort_unstable();
    for (agent, target) in edges {
        graph.edge(agent, "EnrollOnBehalfOf", target);
    }
}

fn asks_for_agent(graph: &Graph, template: NodeId) -> bool {
    let node = graph.get(template);
    Template::new(graph, template).signatures().is_some_and(|count| count >= 1.0)
        && node
            .and_then(|node| node.texts("applicationpolicies"))
            .is_some_and(|policies| policies.contains(&REQUEST_AGENT))
}
