//! A graph as a report: nodes become assets, edges relations, and what edges let an attacker do rules.

use super::{
    Graph, Node, NodeId,
    directory::identities::{self, AUTHENTICATED_USERS},
    knowledge::{Knowledge, walkable},
};
use crate::{
    discover::{draft::Draft, gate},
    error::quoted,
    id::AssetId,
    model::{
        Access, Asset, AssetAccess, AssetKind, Criticality, Identifier, IdentifierKind, Note, NoteKind,
        Relation, RelationKind, address,
    },
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the source of a graph says of its own kinds of edge.
#[derive(Default)]
pub(crate) struct Schema {
    /// Whether an attacker can walk an edge of a kind.
    pub(crate) walkable: HashMap<Box<str>, bool>,
    /// What ends an edge of a kind.
    pub(crate) advice: HashMap<Box<str>, Box<str>>,
    /// What nodes of a kind are.
    pub(crate) kinds: HashMap<Box<str>, AssetKind>,
}

/// Writes a graph into a draft. Its records are counted by who read them.
pub(crate) fn write(graph: &Graph, schema: &Schema, draft: &mut Draft<'_>) {
    let knowledge = Knowledge::read();
    let ids: Vec<Option<AssetId>> = graph.nodes().map(|(_, node)| AssetId::parse(&node.id).ok()).collect();
    let nameless = ids.iter().filter(|id| id.is_none()).count() as u64;
    let kind_of = |node: &Node| {
        let stated = node.kinds.iter().find_map(|kind| schema.kinds.get(kind).cloned());
        stated.unwrap_or_else(|| knowledge.asset_kind(&node.kinds))
    };
    let kinds: Vec<AssetKind> = graph.nodes().map(|(_, node)| kind_of(node)).collect();
    let mut writer = Writer { graph, ids, kinds, jewels: 0, strangers: 0 };
    for (number, node) in graph.nodes() {
        draft.report.contents.assets.extend(writer.asset(number, node));
    }
    let mut needs_reach = false;
    let approvals = writer.approvals(draft);
    for kind in graph.edge_kinds() {
        let edges = graph.edges(kind);
        let count = edges.len() as u64;
        let known = knowledge.step(kind);
        let stated = schema.walkable.get(kind).copied();
        let mut left_out =
            |reason: String| draft.report.notes.push(counted(NoteKind::Ignored, count, reason));
        let name = quoted(kind);
        let relation = match (known, stated.or(knowledge.is_walkable(kind).then_some(true))) {
            (Some(step), _) => step.relation.clone(),
            (None, Some(true)) => match gate::passed(kind).parse::<RelationKind>() {
                Ok(relation) => relation,
                Err(error) => {
                    left_out(format!("edges are left out: {}", error.message()));
                    continue;
                }
            },
            (None, Some(false)) => {
                left_out(format!("{name} by itself is no step of an attack: it is left out"));
                continue;
            }
            (None, None) if is_premise(kind) => {
                left_out(format!(
                    "{name} is a premise of other edges and no step of an attack: it is left out"
                ));
                continue;
            }
            (None, None) => {
                left_out(format!(
                    "nothing says whether an attacker can walk {name}: add its source's schema or mapping"
                ));
                continue;
            }
        };
        let advice = schema.advice.get(kind).map(|advice| &**advice);
        draft.report.contents.rules.extend(match known {
            Some(step) => step.rules.clone(),
            // Of relations of the model, the model has the rules.
            None if !matches!(relation, RelationKind::Other(_)) => Vec::new(),
            None => walkable(&relation, advice),
        });
        needs_reach |= known.is_some_and(|step| step.needs_reach);
        let mut protected = 0;
        for (from, to) in edges {
            if relation == RelationKind::Contains && writer.inherits_nothing(*from, *to) {
                protected += 1;
                continue;
            }
            let Some(mut made) = writer.relation(*from, &relation, *to) else { continue };
            if let Some(step) = known {
                made.removable = (!step.is_removable && !relation.is_structure()).then_some(false);
                made.technique = step.technique.filter(|_| step.rules.is_empty());
            }
            if let Some(approval) = approvals.get(to) {
                ask_for_approval(&mut made, kind, approval);
            }
            draft.report.contents.relations.push(made);
        }
        if protected > 0 {
            let reason =
                "the object does not inherit from what contains it: who rules that rules not the object";
            draft.report.notes.push(counted(NoteKind::Ignored, protected, reason));
        }
    }
    if needs_reach {
        writer.networks(draft);
    }
    let mut say = |kind, count, reason: &str| {
        if count > 0 {
            draft.report.notes.push(counted(kind, count, reason));
        }
    };
    let jewels = "a directory is taken to be a crown jewel: state its criticality where it is not";
    say(NoteKind::Assumed, writer.jewels, jewels);
    let strangers = "an edge ends at a node that no file describes: it is kept by its id alone";
    say(NoteKind::Assumed, writer.strangers, strangers);
    say(NoteKind::Ignored, nameless, "a node's name is no id: the node is left out, and its edges with it");
    if graph.overflows() {
        let reason = "more edges follow from others than are kept: some are missing";
        say(NoteKind::Ignored, 1, reason);
    }
}

/// To activate a role that somebody has to approve takes two: who is eligible, and who approves.
fn ask_for_approval(relation: &mut Relation, kind: &str, approval: &AssetId) {
    let approved = AssetAccess::new(approval.clone(), Access::Use);
    match kind {
        "AZRoleApprover" => {
            relation.needs = vec![AssetAccess::new(relation.from.clone(), Access::Use)];
            relation.gives = vec![approved];
        }
        "AZRoleEligible" => {
            relation.needs = vec![AssetAccess::new(relation.from.clone(), Access::Control), approved];
            relation.gives = vec![AssetAccess::new(relation.to.clone(), Access::Use)];
        }
        _ => {}
    }
}

/// A note about so many nodes or edges.
pub(crate) fn counted(kind: NoteKind, count: u64, reason: impl AsRef<str>) -> Note {
    Note { count, ..Note::new(kind, "", gate::passed(reason.as_ref())) }
}

/// Edges that are no step themselves, and of which steps are concluded.
fn is_premise(kind: &str) -> bool {
    const PREMISES: [&str; 37] = [
        "CrossForestTrust",
        "DelegatedEnrollmentAgent",
        "Enroll",
        "EnrollOnBehalfOf",
        "EnterpriseCAFor",
        "ExtendedByPolicy",
        "GetChanges",
        "GetChangesAll",
        "GetChangesInFilteredSet",
        "HostsCAService",
        "IssuedSignedBy",
        "LocalToComputer",
        "MemberOfLocalGroup",
        "NTAuthStoreFor",
        "OIDGroupLink",
        "OwnsRaw",
        "PublishedTo",
        "RemoteInteractiveLogonRight",
        "RootCAFor",
        "TrustedForNTAuth",
        "WriteOwnerRaw",
        "WritePKIEnrollmentFlag",
        "WritePKINameFlag",
        "GPOAppliesTo",
        "CanApplyGPO",
        "PropagatesACEsTo",
        "ContainsIdentity",
        "ProtectAdminGroups",
        "RemoteInteractiveLogonPrivilege",
        "AZScopedTo",
        "AZMGAppRoleAssignment_ReadWrite_All",
        "AZMGApplication_ReadWrite_All",
        "AZMGDirectory_ReadWrite_All",
        "AZMGGroup_ReadWrite_All",
        "AZMGGroupMember_ReadWrite_All",
        "AZMGRoleManagement_ReadWrite_Directory",
        "AZMGServicePrincipalEndpoint_ReadWrite_All",
    ];
    PREMISES.contains(&kind)
}

struct Writer<'a> {
    graph: &'a Graph,
    /// The ids of assets, by number of node.
    ids: Vec<Option<AssetId>>,
    kinds: Vec<AssetKind>,
    /// How many were taken to be crown jewels.
    jewels: u64,
    /// How many nodes nobody describes.
    strangers: u64,
}

impl Writer<'_> {
    fn asset(&mut self, number: NodeId, node: &Node) -> Option<Asset> {
        let kind = self.kinds.get(number as usize)?.clone();
        let mut asset = Asset::new(self.id(number)?, kind);
        asset.name = ["name", "displayname"].iter().find_map(|name| match node.properties.get(*name)? {
            Value::String(text) if !text.trim().is_empty() => Some(gate::passed(text).into()),
            Value::Number(number) => Some(number.to_string().into()),
            _ => None,
        });
        self.strangers += u64::from(!node.described);
        if node.described
            && node.flag("collected") != Some(false)
            && (node.is("Domain") || node.is("AZTenant"))
        {
            asset.criticality = Some(Criticality::CrownJewel);
            self.jewels += 1;
        }
        asset.labels = labels(node);
        // A directory knows its machines by their domain names, and so do scans of them: they meet there.
        if node.is("Computer") && asset.kind == AssetKind::Host {
            let name = asset.name.as_deref().and_then(address::fqdn);
            asset.identifiers.extend(name.map(|name| Identifier::new(IdentifierKind::Fqdn, &name)));
        }
        Some(asset)
    }

    /// The approval of each role that has approvers, as an asset of its own.
    fn approvals(&self, draft: &mut Draft<'_>) -> BTreeMap<NodeId, AssetId> {
        let mut approvals = BTreeMap::new();
        for (_, role) in self.graph.edges("AZRoleApprover") {
            let Some(id) = self.id(*role).filter(|_| !approvals.contains_key(role)) else { continue };
            let Ok(approval) = AssetId::parse(&format!("approval of {id}")) else { continue };
            draft.report.contents.assets.push(Asset::new(approval.clone(), AssetKind::Group));
            approvals.insert(*role, approval);
        }
        approvals
    }

    fn id(&self, number: NodeId) -> Option<AssetId> {
        self.ids.get(number as usize)?.clone()
    }

    fn relation(&self, from: NodeId, kind: &RelationKind, to: NodeId) -> Option<Relation> {
        Some(Relation::new(self.id(from)?, kind.clone(), self.id(to)?))
    }

    /// Whether what rules a container does not rule this object: administrators are protected by a list of access of their own. A
    /// domain is ruled with all that is in it.
    fn inherits_nothing(&self, container: NodeId, object: NodeId) -> bool {
        let is = |name| self.graph.flag(object, name) == Some(true);
        !self.graph.is(container, "Domain") && (is("admincount") || is("isaclprotected"))
    }

    /// Puts the machines of a domain into one network, which its accounts reach, and so do those of domains it has a trust with.
    /// Collectors see no networks.
    fn networks(&self, draft: &mut Draft<'_>) {
        let mut domains: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
        for (number, node) in self.graph.nodes() {
            domains.entry(domain_of(node)).or_default().push(number);
        }
        let members = ["MemberOf", "AZMemberOf"].iter().flat_map(|kind| self.graph.edges(kind));
        let placed: BTreeSet<NodeId> = members.map(|(from, _)| *from).collect();
        let is = |number: NodeId, kind: &AssetKind| self.kinds.get(number as usize) == Some(kind);
        let contents = &mut draft.report.contents;
        let reaches = |from: AssetId, to: &AssetId| Relation {
            removable: Some(false),
            ..Relation::new(from, RelationKind::Reaches, to.clone())
        };
        let mut zones: BTreeMap<&str, AssetId> = BTreeMap::new();
        for (sid, nodes) in domains {
            let is_machine = |number: NodeId| is(number, &AssetKind::Host) || self.graph.is(number, "Domain");
            let machines: Vec<NodeId> = nodes.iter().copied().filter(|number| is_machine(*number)).collect();
            let name = if sid.is_empty() { "the graph" } else { sid };
            let Ok(zone) = AssetId::parse(&format!("network of {name}")) else { continue };
            if machines.is_empty() {
                continue;
            }
            let everybody = nodes.iter().copied().find(|number| {
                self.graph.get(*number).is_some_and(|node| identities::is_group(node, AUTHENTICATED_USERS))
            });
            // Who is in a group is in the group of all who log on, where there is one.
            let accounts = nodes.iter().copied().filter(|number| {
                is(*number, &AssetKind::Identity) && !(everybody.is_some() && placed.contains(number))
            });
            contents.assets.push(Asset::new(zone.clone(), AssetKind::NetworkZone));
            let accounts = accounts.chain(everybody).filter_map(|number| self.id(number));
            contents.relations.extend(accounts.map(|id| reaches(id, &zone)));
            let machines = machines.into_iter().filter_map(|number| self.id(number));
            contents
                .relations
                .extend(machines.map(|id| Relation::new(id, RelationKind::LiesIn, zone.clone())));
            zones.insert(sid, zone);
        }
        let trusts = ["SameForestTrust", "CrossForestTrust"].iter().flat_map(|kind| self.graph.edges(kind));
        let trusts: BTreeSet<(&AssetId, &AssetId)> = trusts
            .flat_map(|(from, to)| [(*from, *to), (*to, *from)])
            .filter_map(|(from, to)| {
                let zone = |node| zones.get(domain_of(self.graph.get(node)?));
                Some((zone(from)?, zone(to)?))
            })
            .filter(|(from, to)| from != to)
            .collect();
        contents.relations.extend(trusts.into_iter().map(|(from, to)| reaches(from.clone(), to)));
        let reason = "nothing is said of networks: who acts as an account is taken to reach the computers of its domain";
        draft.note(NoteKind::Assumed, "", reason);
    }
}

/// The domain that a node is of: as its properties say, or its identifier.
fn domain_of(node: &Node) -> &str {
    let stated = node.text("domainsid");
    let sid = node.id.starts_with("S-1-5-21-").then_some(&*node.id);
    let of_sid = |sid| if node.is("Domain") { Some(sid) } else { Some(first_parts(sid)) };
    stated.or_else(|| sid.and_then(of_sid)).unwrap_or_default()
}

/// The identifier of a domain that begins one of its objects.
fn first_parts(sid: &str) -> &str {
    let end = sid.match_indices('-').nth(6).map_or(sid.len(), |(at, _)| at);
    sid.get(..end).unwrap_or(sid)
}

/// What a person looks for in an asset, or a rule asks of it.
fn labels(node: &Node) -> BTreeMap<Box<str>, Box<str>> {
    let mut labels = BTreeMap::new();
    let mut label = |name: &str, value: &str| {
        if !value.is_empty() {
            labels.insert(Box::from(name), gate::passed(value).into());
        }
    };
    label("kind", node.kinds.first().map_or("", |kind| kind));
    for (name, property) in
        [("domain", "domain"), ("operating_system", "operatingsystem"), ("tenant", "tenantid")]
    {
        label(name, node.text(property).unwrap_or_default());
    }
    if is_tier_zero(node) {
        label("tier", "0");
    }
    if node.flag("enabled") == Some(false) {
        label("enabled", "false");
    }
    labels
}

/// What rules a directory: as the source marks it, or by its well-known identifier.
fn is_tier_zero(node: &Node) -> bool {
    const ENDS: [&str; 10] =
        ["-500", "-502", "-512", "-516", "-518", "-519", "-526", "-527", "-S-1-5-9", "-S-1-5-32-544"];
    let marked = node.text("system_tags").is_some_and(|tags| tags.contains("admin_tier_0"));
    let principal = node.is("User") || node.is("Group");
    marked
        || node.is("Tag_Tier_Zero")
        || node.is("Domain")
        || node.flag("isdc") == Some(true)
        || (principal && ENDS.iter().any(|end| node.id.ends_with(end)))
}
