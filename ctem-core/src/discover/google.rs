//! Google's cloud: what roles of members on resources let an attacker do, and who reaches what through firewalls.
//!
//! Assets go by the full names of the asset inventory, `//compute.googleapis.com/projects/…`, members by their e-mail address. A
//! firewall rule is two places, as a security group of Amazon's is: what carries a tag is where the tag lets in.
//!
//! Left out: roles of one's own and most roles of single services, which are noted; denying policies.

use super::aws::{Ends, Graph, Range, Way};
use crate::model::{Access, AssetKind, RelationKind, Technique};
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

/// Adds a role of a member on a resource.
pub(crate) fn grant(graph: &mut Graph, member: &str, role: &str, target: &Rc<str>, condition: Option<&str>) {
    if member.starts_with("deleted:") {
        return graph.note(format!("{member} has {role} on {target}, and is gone"));
    }
    let kinds = steps_of(role);
    if kinds.is_empty() {
        return graph.note(format!("{member} has {role} on {target}, which is not evaluated"));
    }
    let everybody = matches!(member, "allUsers" | "allAuthenticatedUsers");
    let (from, access) = if everybody {
        (graph.internet(), Access::Reach)
    } else {
        let name = member.split_once(':').map_or(member, |(_, name)| name);
        let kind = if member.starts_with("group:") || member.starts_with("domain:") {
            AssetKind::Group
        } else {
            AssetKind::Identity
        };
        (graph.asset(name, kind), Access::Use)
    };
    for (kind, gives, technique) in kinds {
        let what = format!("{member} has {role} on {target}");
        let ends = Ends::of(&from, kind.clone(), target);
        let ends = ends.stating([(Rc::clone(&from), access)], (Rc::clone(target), *gives));
        let hangs_on =
            condition.map(|title| Rc::from(format!("the condition {title} of {role}"))).into_iter().collect();
        let remedy = "give a role with fewer rights, on a narrower resource";
        graph.step(ends, Way { chance: None, hangs_on, technique: Technique::of(technique), what, remedy });
    }
}

/// What roles let their members do: those of all services, of stores, and those by which one acts as another.
fn steps_of(role: &str) -> &'static [(RelationKind, Access, &'static str)] {
    use Access::{Control, Reach, Read, Use, Write};
    use RelationKind::{Administers, CanAssume, Operates, Reaches, Reads, Writes};
    const ALL: &[(RelationKind, Access, &str)] = &[(Administers, Control, "T1098.003")];
    const READ: &[(RelationKind, Access, &str)] = &[(Reads, Read, "T1530")];
    const CHANGE: &[(RelationKind, Access, &str)] = &[(Reads, Read, "T1530"), (Writes, Write, "T1565.001")];
    const ADD: &[(RelationKind, Access, &str)] = &[(Writes, Write, "T1565.001")];
    const ACT: &[(RelationKind, Access, &str)] = &[(CanAssume, Use, "T1078.004")];
    const RUN: &[(RelationKind, Access, &str)] = &[(Operates, Control, "T1651")];
    const CALL: &[(RelationKind, Access, &str)] = &[(Reaches, Reach, "T1648")];
    match role {
        "roles/owner"
        | "roles/editor"
        | "roles/resourcemanager.projectIamAdmin"
        | "roles/iam.securityAdmin"
        | "roles/resourcemanager.organizationAdmin"
        | "roles/resourcemanager.folderAdmin"
        | "roles/iam.roleAdmin" => ALL,
        "roles/viewer" | "roles/browser" => READ,
        "roles/storage.objectViewer"
        | "roles/storage.legacyObjectReader"
        | "roles/storage.legacyBucketReader"
        | "roles/bigquery.dataViewer"
        | "roles/secretmanager.secretAccessor"
        | "roles/cloudkms.cryptoKeyDecrypter"
        | "roles/datastore.viewer"
        | "roles/pubsub.subscriber" => READ,
        "roles/storage.objectUser"
        | "roles/bigquery.dataEditor"
        | "roles/storage.legacyBucketWriter"
        | "roles/datastore.user"
        | "roles/cloudsql.client"
        | "roles/cloudsql.editor" => CHANGE,
        "roles/storage.objectCreator" | "roles/pubsub.publisher" => ADD,
        "roles/iam.serviceAccountTokenCreator"
        | "roles/iam.serviceAccountUser"
        | "roles/iam.serviceAccountKeyAdmin"
        | "roles/iam.serviceAccountAdmin"
        | "roles/iam.workloadIdentityUser"
        | "roles/iam.serviceAccountOpenIdTokenCreator" => ACT,
        "roles/compute.osAdminLogin"
        | "roles/compute.osLogin"
        | "roles/compute.instanceAdmin.v1"
        | "roles/compute.instanceAdmin" => RUN,
        "roles/run.invoker" | "roles/cloudfunctions.invoker" | "roles/iap.httpsResourceAccessor" => CALL,
        other if other.ends_with("dmin") || other.ends_with("wner") => ALL,
        _ => &[],
    }
}
