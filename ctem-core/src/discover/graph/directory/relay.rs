//! Coercion and relay: a computer is made to log on to an attacker, who passes the logon on to where it is worth something.

use super::super::{Conclusions, Graph, NodeId};
use super::{
    certificates::{Authority, enrollers, victims},
    identities,
    membership::Members,
};
use std::collections::{BTreeSet, HashMap};

/// A domain, as relays ask of it.
#[derive(Default)]
struct Domain {
    authenticated: Option<NodeId>,
    protected: BTreeSet<NodeId>,
    /// Whether members of Protected Users are protected by its functional level.
    protects: bool,
    /// The domain controllers that take an unsigned logon, and those that take one over TLS without binding.
    unsigned: Vec<NodeId>,
    unbound: Vec<NodeId>,
}

pub(super) fn conclude(graph: &mut Graph, members: &Members, authorities: &[Authority]) {
    let domains = domains(graph, members);
    let coerced: BTreeSet<NodeId> = graph
        .of_kind("Computer")
        .into_iter()
        .filter(|computer| is_coerced(graph, *computer, &domains))
        .collect();
    let mut edges = graph.conclusions();
    let administrators = graph.incoming(&["AdminTo"]);
    let holding_coerced = members.holding(&coerced);
    for computer in graph.of_kind("Computer") {
        let Some(domain) = graph.domain_sid(computer).and_then(|sid| domains.get(sid)) else { continue };
        let Some(everybody) = domain.authenticated else { continue };
        if graph.flag(computer, "smbsigning") == Some(false) {
            let holders = administrators.get(&computer).map_or(&[][..], Vec::as_slice);
            // A computer's logon cannot be relayed to itself.
            let other = |holder: &NodeId| {
                holding_coerced.get(holder).is_some_and(|(one, other)| *one != computer || other.is_some())
            };
            if holders.iter().any(other) {
                edges.edge(everybody, "CoerceAndRelayNTLMToSMB", computer);
            }
        }
        if coerced.contains(&computer) && graph.flag(computer, "webclientrunning") == Some(true) {
            for (kind, targets) in [
                ("CoerceAndRelayNTLMToLDAP", &domain.unsigned),
                ("CoerceAndRelayNTLMToLDAPS", &domain.unbound),
            ] {
                if targets.iter().any(|target| *target != computer) {
                    edges.edge(everybody, kind, computer);
                }
            }
        }
    }
    to_certificates(graph, members, authorities, &domains, &coerced, &mut edges);
    graph.conclude(edges);
}

/// Relays to the web enrolment of an authority.
fn to_certificates(
    graph: &Graph,
    members: &Members,
    authorities: &[Authority],
    domains: &HashMap<String, Domain>,
    coerced: &BTreeSet<NodeId>,
    edges: &mut Conclusions,
) {
    let enrolling = enrollers(graph);
    let at_authority = graph.incoming(&["Enroll"]);
    let open = |template: NodeId| {
        let node = graph.get(template);
        let number = |name| node.and_then(|node| node.number(name));
        graph.flag(template, "requiresmanagerapproval") == Some(false)
            && graph.flag(template, "authenticationenabled") == Some(true)
            && number("schemaversion")
                .is_some_and(|version| version <= 1.0 || number("authorizedsignatures") == Some(0.0))
    };
    let vulnerable =
        authorities.iter().filter(|one| graph.flag(one.node, "hasvulnerableendpoint") == Some(true));
    for authority in vulnerable {
        for template in authority.templates.iter().copied().filter(|template| open(*template)) {
            let Some(may) = enrolling.get(&template) else { continue };
            let there = at_authority.get(&authority.node).map_or(&[][..], Vec::as_slice);
            for victim in victims(graph, members, may, there).intersection(coerced) {
                for domain in &authority.domains {
                    let domain = graph.domain_sid(*domain).and_then(|sid| domains.get(sid));
                    if let Some(everybody) = domain.and_then(|domain| domain.authenticated) {
                        edges.edge(everybody, "CoerceAndRelayNTLMToADCS", *victim);
                    }
                }
            }
        }
    }
}

/// Whether a computer's logon can be relayed: it sends NTLM, and nothing protects its account.
fn is_coerced(graph: &Graph, computer: NodeId, domains: &HashMap<String, Domain>) -> bool {
    let Some(domain) = graph.domain_sid(computer).and_then(|sid| domains.get(sid)) else { return false };
    domain.authenticated.is_some()
        && graph.flag(computer, "restrictoutboundntlm") == Some(false)
        && !(domain.protects && domain.protected.contains(&computer))
}

fn domains(graph: &Graph, members: &Members) -> HashMap<String, Domain> {
    /// Before this level nothing protected the accounts in Protected Users.
    const UNPROTECTING: [&str; 6] = ["2000", "2003", "2008", "2012", "2008 R2", "2003 Interim"];
    const PROTECTED_USERS: &str = "-525";
    let controllers: BTreeSet<NodeId> = graph.edges("DCFor").iter().map(|(computer, _)| *computer).collect();
    let mut domains: HashMap<String, Domain> = HashMap::new();
    for (number, node) in graph.nodes() {
        let Some(sid) = node.text("domainsid").map(str::to_owned) else { continue };
        if node.is("Domain") {
            let domain = domains.entry(sid).or_default();
            let level = node.text("functionallevel").unwrap_or_default();
            domain.protects =
                !UNPROTECTING.contains(&level) && !level.starts_with("2000") && !level.starts_with("2003");
        } else if identities::is_group(node, identities::AUTHENTICATED_USERS) {
            domains.entry(sid).or_default().authenticated = Some(number);
        } else if node.is("Group") && node.id.ends_with(PROTECTED_USERS) {
            domains.entry(sid).or_default().protected = members.within(number);
        } else if node.is("Computer") && (node.flag("isdc") == Some(true) || controllers.contains(&number)) {
            let domain = domains.entry(sid).or_default();
            if node.flag("ldapsigning") == Some(false) && node.flag("ldapavailable") == Some(true) {
                domain.unsigned.push(number);
            }
            if node.flag("ldapsepa") == Some(false) && node.flag("ldapsavailable") == Some(true) {
                domain.unbound.push(number);
            }
        }
    }
    domains
}
