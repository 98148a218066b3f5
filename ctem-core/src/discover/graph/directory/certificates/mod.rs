//! Certificate services: which authorities a domain believes, who may enrol for what, and what certificate makes somebody else of
//! them.
//!
//! An authority counts for a domain when its certificate leads to a root the domain trusts, when it stands in the store for
//! logons, and when a computer that is enabled hosts it. Each way to the domain is a file: [`escalations`] for the templates
//! and authorities themselves, [`published`] for those that BloodHound does not draw, [`enrolment`] for what is enrolled on behalf of others.

mod authorities;
mod enrolment;
mod escalations;
mod published;
mod templates;

pub(crate) use authorities::Authority;

use super::super::Graph;
use super::membership::Members;

/// Concludes chains of trust and the escalations. The authorities come back that a domain believes.
pub(super) fn conclude(graph: &mut Graph, members: &Members) -> Vec<Authority> {
    authorities::link(graph);
    let authorities = Authority::all(graph);
    enrolment::link(graph, &authorities);
    let authorities: Vec<Authority> =
        authorities.into_iter().filter(|one| one.is_hosted && !one.domains.is_empty()).collect();
    for authority in &authorities {
        for host in &authority.hosts {
            for domain in &authority.domains {
                graph.edge(*host, "GoldenCert", *domain);
            }
        }
    }
    escalations::conclude(graph, members, &authorities, published::conclude);
    authorities
}

pub(crate) use escalations::victims;
pub(crate) use templates::enrollers;
