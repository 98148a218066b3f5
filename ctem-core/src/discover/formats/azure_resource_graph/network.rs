//! Who reaches which machine: cards, addresses, subnets and the security groups before them.
//!
//! What comes to a machine must be let in by the group of its subnet and by that of its card, where it has both. A rule counts unless
//! one of higher priority denies all that it lets in.

use super::rows::{Names, Row, inner, list, text};
use crate::{
    discover::{
        aws::{Graph, Member, Source},
        azure::{self, Rule},
    },
    model::{AssetKind, RelationKind},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What rows say of networks, by ids in lower case.
pub(super) struct Network<'r> {
    cards: BTreeMap<String, &'r Row>,
    addresses: BTreeMap<String, &'r Row>,
    groups: Vec<&'r Row>,
    networks: Vec<&'r Row>,
    /// The group of each subnet, by its name.
    of_subnet: BTreeMap<String, String>,
    /// The networks that each group stands before.
    before: BTreeMap<String, BTreeSet<String>>,
    names: BTreeMap<String, String>,
}

impl<'r> Network<'r> {
    pub(super) fn of(rows: &'r [Row], names: &Names) -> Self {
        let by_id = |kind: &str| -> BTreeMap<String, &'r Row> {
            let rows = rows.iter().filter(|row| row.kind == kind);
            rows.map(|row| (row.id.to_ascii_lowercase(), row)).collect()
        };
        let mut network = Self {
            cards: by_id("microsoft.network/networkinterfaces"),
            addresses: by_id("microsoft.network/publicipaddresses"),
            groups: by_id("microsoft.network/networksecuritygroups").into_values().collect(),
            networks: by_id("microsoft.network/virtualnetworks").into_values().collect(),
            of_subnet: BTreeMap::new(),
            before: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        for row in rows {
            network.names.insert(row.id.to_ascii_lowercase(), names.of_id(&row.id));
        }
        for one in network.networks.clone() {
            for subnet in list(&one.properties, "subnets") {
                let group = id_of(inner(subnet, "properties"), "networkSecurityGroup");
                if let Some((subnet, group)) = text(subnet, "id").zip(group) {
                    network.guards(subnet, group);
                }
            }
        }
        for group in network.groups.clone() {
            for subnet in list(&group.properties, "subnets").filter_map(|subnet| text(subnet, "id")) {
                network.guards(subnet, &group.id);
            }
        }
        for card in network.cards.clone().into_values() {
            let Some(group) = id_of(&card.properties, "networkSecurityGroup") else { continue };
            for subnet in subnets(card).filter_map(network_of) {
                let before = network.before.entry(group.to_ascii_lowercase()).or_default();
                before.insert(names.of_id(subnet));
            }
        }
        network
    }

    fn guards(&mut self, subnet: &str, group: &str) {
        self.of_subnet.insert(subnet.to_ascii_lowercase(), group.to_ascii_lowercase());
        if let Some(network) = network_of(subnet) {
            let network = self.name(network);
            self.before.entry(group.to_ascii_lowercase()).or_default().insert(network);
        }
    }

    /// What an id is spelled as where it has a row.
    fn name(&self, id: &str) -> String {
        self.names.get(&id.to_ascii_lowercase()).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// Puts a machine behind the groups of its cards.
    pub(super) fn machine(&self, row: &Row, host: &Rc<str>, graph: &mut Graph) {
        let profile = inner(&row.properties, "networkProfile");
        for card in list(profile, "networkInterfaces").filter_map(|card| text(card, "id")) {
            let Some(card) = self.cards.get(&card.to_ascii_lowercase()) else {
                graph.note(format!("the card {card} is not in the answer: who reaches {host} is not known"));
                continue;
            };
            self.card(card, host, graph);
        }
    }

    fn card(&self, card: &Row, host: &Rc<str>, graph: &mut Graph) {
        let own = id_of(&card.properties, "networkSecurityGroup").map(|id| self.name(id));
        for configuration in list(&card.properties, "ipConfigurations") {
            let properties = inner(configuration, "properties");
            let subnet = id_of(properties, "subnet");
            let of_subnet = subnet.and_then(|id| self.of_subnet.get(&id.to_ascii_lowercase()));
            let groups: BTreeSet<String> =
                own.iter().cloned().chain(of_subnet.map(|id| self.name(id))).collect();
            let network = subnet.and_then(network_of).map(|id| self.name(id));
            let address = id_of(properties, "publicIPAddress");
            let known = address.and_then(|id| self.addresses.get(&id.to_ascii_lowercase()));
            if let Some(number) = known.and_then(|known| text(&known.properties, "ipAddress")) {
                graph.alias(host, number);
            }
            if groups.is_empty() {
                // A basic address lets everybody in where no group stands before it; a standard one nobody.
                let basic = known.is_some_and(|known| {
                    text(&known.sku, "name").is_some_and(|name| name.eq_ignore_ascii_case("basic"))
                });
                if basic {
                    let internet = graph.internet();
                    graph.fact(&internet, RelationKind::Reaches, host);
                }
                if let Some(network) = &network {
                    let zone = graph.asset(network, AssetKind::NetworkZone);
                    graph.fact(host, RelationKind::LiesIn, &zone);
                }
                continue;
            }
            let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
            let member = Member {
                groups,
                public: address.is_some(),
                network: network.as_deref(),
                ..Member::default()
            };
            graph.behind_each(host, &member);
        }
    }

    /// Adds what groups let in, and which networks are peers.
    pub(super) fn write(&self, names: &Names, graph: &mut Graph) {
        for group in &self.groups {
            let name = names.of_id(&group.id);
            let none = BTreeSet::new();
            let before = self.before.get(&group.id.to_ascii_lowercase()).unwrap_or(&none);
            let networks: Vec<Option<&str>> = if before.is_empty() {
                vec![None]
            } else {
                before.iter().map(|network| Some(network.as_str())).collect()
            };
            for network in networks {
                lets_in(group, &name, network, graph);
            }
        }
        for one in &self.networks {
            for peering in list(&one.properties, "virtualNetworkPeerings") {
                let properties = inner(peering, "properties");
                let off = text(properties, "peeringState").is_some_and(|state| state != "Connected")
                    || properties.get("allowVirtualNetworkAccess") == Some(&Value::Bool(false));
                if let Some(other) = id_of(properties, "remoteVirtualNetwork").filter(|_| !off) {
                    graph.are_peers(&names.of_id(&one.id), &names.of_id(other));
                }
            }
        }
    }
}

/// What the rules of a group let in from where.
fn lets_in(group: &Row, name: &str, network: Option<&str>, graph: &mut Graph) {
    let written = || list(&group.properties, "securityRules").map(|rule| inner(rule, "properties"));
    let rules: Vec<Rule<'_>> = written().map(|rule| Rule::of(rule, &azure::OF_THE_CLOUD)).collect();
    for (rule, prefix) in azure::let_in(&rules) {
        let source = Source::Range(azure::range(prefix).into());
        if !graph.lets_in(name, network, &source, &rule.port()) {
            graph.note(format!("{name} lets in from {prefix}, which is kept elsewhere"));
        }
    }
    for rule in
        written().filter(|rule| text(rule, "access").is_some_and(|word| word.eq_ignore_ascii_case("allow")))
    {
        for other in list(rule, "sourceApplicationSecurityGroups").filter_map(|one| text(one, "id")) {
            graph.note(format!(
                "{name} lets in from the application security group {other}, which is not worked out"
            ));
        }
    }
    // What a group lets in by itself, unless a rule denies it: all that stands in the network.
    if network.is_some() && azure::lets_the_network_in(&rules) {
        let source = Source::Range("10.0.0.0/8".into());
        graph.lets_in(name, network, &source, "all that the network sends");
    }
}

/// The id in what a name refers to.
fn id_of<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    text(inner(value, name), "id")
}

fn subnets(card: &Row) -> impl Iterator<Item = &str> {
    list(&card.properties, "ipConfigurations")
        .filter_map(|configuration| id_of(inner(configuration, "properties"), "subnet"))
}

/// The network of a subnet, whose id begins with the network's.
fn network_of(subnet: &str) -> Option<&str> {
    let at = subnet.to_ascii_lowercase().find("/subnets/")?;
    subnet.get(..at)
}
