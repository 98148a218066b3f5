//! What follows from a directory's entries: the edges of Active Directory that no collector writes down.
//!
//! A right over a certificate template and one over the authority that publishes it are an attack only together; replication takes
//! two rights; local administrators are members of a group of the computer. BloodHound computes such edges after it has read
//! everything, and so does this, one file a kind of conclusion, each once for the whole graph. Costs: groups are unrolled at
//! most once for each pair of group and member.

mod certificates;
pub(super) mod identities;
mod local_groups;
mod membership;
mod owners;
mod relay;
mod replication;
mod trusts;

use super::Graph;

/// Adds the edges that follow from others. Those that stand already are not added again.
pub(crate) fn conclude(graph: &mut Graph) {
    const ACTIVE_DIRECTORY: [&str; 5] = ["Domain", "Computer", "CertTemplate", "ADLocalGroup", "GPO"];
    if !graph.nodes().any(|(_, node)| ACTIVE_DIRECTORY.iter().any(|kind| node.is(kind))) {
        return;
    }
    identities::conclude(graph);
    let members = membership::Members::of(graph);
    owners::conclude(graph, &members);
    replication::conclude(graph, &members);
    local_groups::conclude(graph);
    trusts::conclude(graph);
    let authorities = certificates::conclude(graph, &members);
    relay::conclude(graph, &members, &authorities);
}
