//! Google's cloud: what roles of members on resources let an attacker do, and who reaches what through firewalls.
//!
//! Assets go by the full names of the asset inventory, `//compute.googleapis.com/projects/…`, members by their e-mail address. A
//! firewall rule is two places, as a security group of Amazon's is: what carries a tag is where the tag lets in.
//!
//! Left out: most roles of single services, which are noted; roles of one's own that no document tells; denying policies.

mod condition;
mod roles;

pub(crate) use condition::Condition;
pub(crate) use roles::{
    Grant, Powers, convenience, give, powers_of, powers_of_permissions, principal, service_of,
};

use super::aws::{Ends, Graph, Range, Way};
use crate::model::{Access, AssetKind, RelationKind};
use std::rc::Rc;

/// A project's full name.
pub(crate) fn project(name: &str) -> String {
    realm(name, "projects")
}

/// The full name of a project, folder or organization.
pub(crate) fn realm(name: &str, sort: &str) -> String {
    let id = name.rsplit('/').next().unwrap_or(name);
    format!("//cloudresourcemanager.googleapis.com/{sort}/{id}")
}

/// A bucket's full name.
pub(crate) fn bucket(name: &str) -> String {
    format!("//storage.googleapis.com/{name}")
}

/// A machine's full name; a dash stands for a project that is not told.
pub(crate) fn instance(project: &str, zone: &str, name: &str) -> String {
    let zone = zone.rsplit('/').next().unwrap_or(zone);
    let project = if project.is_empty() { "-" } else { project };
    format!("//compute.googleapis.com/projects/{project}/zones/{zone}/instances/{name}")
}

/// A database's full name; a dash stands for a project that is not told.
pub(crate) fn database(project: &str, name: &str) -> String {
    let project = if project.is_empty() { "-" } else { project };
    format!("//cloudsql.googleapis.com/projects/{project}/instances/{name}")
}

/// A network's name, from its address or alone.
pub(crate) fn network(name: &str) -> String {
    format!("network:{}", name.rsplit('/').next().unwrap_or(name))
}

/// A network's full name, where its project is told; else its name alone.
pub(crate) fn whole_network(address: &str) -> String {
    match address.find("projects/").and_then(|at| address.get(at..)) {
        Some(path) => format!("//compute.googleapis.com/{path}"),
        None => network(address),
    }
}

/// A rule that lets traffic in.
pub(crate) struct Firewall<'a> {
    pub(crate) name: &'a str,
    pub(crate) network: &'a str,
    pub(crate) ranges: Vec<&'a str>,
    pub(crate) from_tags: Vec<&'a str>,
    pub(crate) to_tags: Vec<&'a str>,
    pub(crate) ports: &'a str,
}

/// Adds a rule: to what carries one of its tags, or to the whole network.
pub(crate) fn lets_in(graph: &mut Graph, rule: &Firewall<'_>) {
    graph.asset(rule.network, AssetKind::NetworkZone);
    let whole = vec![""];
    let to_tags = if rule.to_tags.is_empty() { &whole } else { &rule.to_tags };
    // Where nothing is said, everybody is let in.
    let everybody = vec!["0.0.0.0/0"];
    let ranges = if rule.ranges.is_empty() && rule.from_tags.is_empty() { &everybody } else { &rule.ranges };
    for tag in to_tags {
        for text in ranges {
            let Some(range) = Range::parse(text) else {
                graph.note(format!("{} lets in from {text}, which is no range", rule.name));
                continue;
            };
            let inside = place(graph, rule.network, tag, "inside");
            if range.is_all() {
                let (internet, outside) = (graph.internet(), place(graph, rule.network, tag, "from-outside"));
                reaches(graph, &internet, &outside, rule, "the internet");
            } else if !range.is_private() {
                let (from, outside) = (
                    graph.asset(text, AssetKind::NetworkZone),
                    place(graph, rule.network, tag, "from-outside"),
                );
                reaches(graph, &from, &outside, rule, text);
            }
            if range.is_all() || range.is_private() {
                let network = graph.asset(rule.network, AssetKind::NetworkZone);
                reaches(graph, &network, &inside, rule, text);
            }
        }
        for from in &rule.from_tags {
            let (from_place, inside) =
                (place(graph, rule.network, from, "members"), place(graph, rule.network, tag, "inside"));
            reaches(graph, &from_place, &inside, rule, from);
        }
    }
}

fn reaches(graph: &mut Graph, from: &Rc<str>, to: &Rc<str>, rule: &Firewall<'_>, whom: &str) {
    let what = format!("the rule {} lets {} in from {whom}", rule.name, rule.ports);
    let remedy = "narrow the rule to whom it is for";
    graph.step(Ends::of(from, RelationKind::Reaches, to), Way { what, remedy, ..Way::default() });
}

/// A place of a tag in a network; of the whole network, where there is no tag.
fn place(graph: &mut Graph, network: &str, tag: &str, what: &str) -> Rc<str> {
    let tag = if tag.is_empty() { "every-machine" } else { tag };
    graph.asset(&format!("{network}:{tag}:{what}"), AssetKind::NetworkZone)
}

/// Puts a machine into its networks, behind its tags, with the accounts that it acts as.
pub(crate) fn machine<'a>(
    graph: &mut Graph,
    host: &Rc<str>,
    networks: &[String],
    tags: &[&str],
    public: bool,
    accounts: impl Iterator<Item = &'a str>,
) {
    for network in networks {
        let zone = graph.asset(network, AssetKind::NetworkZone);
        sends_to(graph, host, &zone);
        for tag in tags.iter().copied().chain([""]) {
            let (inside, members) =
                (place(graph, network, tag, "inside"), place(graph, network, tag, "members"));
            graph.fact(&inside, RelationKind::Reaches, host);
            if !tag.is_empty() {
                sends_to(graph, host, &members);
            }
            if public {
                let outside = place(graph, network, tag, "from-outside");
                graph.fact(&outside, RelationKind::Reaches, host);
            }
        }
    }
    for account in accounts {
        graph.acts_as(host, account);
    }
}

fn sends_to(graph: &mut Graph, host: &Rc<str>, zone: &Rc<str>) {
    let ends = Ends::of(host, RelationKind::LiesIn, zone);
    let ends = ends.stating([(Rc::clone(host), Access::Use)], (Rc::clone(zone), Access::Reach));
    graph.step(ends, Way::default());
}

/// A database with a public address, and whom it lets in.
pub(crate) fn open_database(graph: &mut Graph, store: &Rc<str>, ranges: &[&str]) {
    for text in ranges {
        let Some(range) = Range::parse(text) else { continue };
        let from = if range.is_all() { graph.internet() } else { graph.asset(text, AssetKind::NetworkZone) };
        let what = format!("{store} lets {text} in");
        let remedy = "narrow the authorized networks, or take the public address away";
        graph.step(Ends::of(&from, RelationKind::Reaches, store), Way { what, remedy, ..Way::default() });
    }
}
