//! Trusts: a domain holds the keys of the accounts that its trusts stand for.

use super::super::Graph;
use std::collections::HashMap;

/// Concludes `HasTrustKeys`: in a domain that is trusted there is an account named after the trusting one.
pub(super) fn conclude(graph: &mut Graph) {
    let accounts = graph.nodes().filter(|(_, node)| node.is("User"));
    let accounts: HashMap<(String, String), u32> = accounts
        .filter_map(|(number, node)| {
            let name = node.text("samaccountname")?.to_ascii_uppercase();
            Some(((node.text("domainsid")?.to_owned(), name), number))
        })
        .collect();
    let trusts = ["SameForestTrust", "CrossForestTrust"];
    let trusts: Vec<_> = trusts.iter().flat_map(|kind| graph.edges(kind)).copied().collect();
    for (trusting, trusted) in trusts {
        let (Some(netbios), Some(sid)) = (graph.text(trusting, "netbios"), graph.text(trusted, "domainsid"))
        else {
            continue;
        };
        let name = format!("{}$", netbios.to_ascii_uppercase());
        if let Some(account) = accounts.get(&(sid.to_owned(), name)) {
            graph.edge(trusting, "HasTrustKeys", *account);
        }
    }
}
