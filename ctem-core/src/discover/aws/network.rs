//! Who reaches what: security groups, and what stands behind them.
//!
//! A security group is three places. What the internet may send to it comes to the group itself, and from there to those of its members
//! that have a public address. What others in the network may send to it comes to its inside, and from there to all members. What
//! its members send comes from its members' place. So a rule is one relation, however many members it lets through, and the
//! group can stand in another document than its members.
//!
//! A rule is looked at without its ports: who may talk to one port reaches the machine. Left out: lists of access control, which
//! let through what they do not deny, and the ways out. Routes are in `routes`.

use super::{
    graph::{Ends, Graph, Way},
    routes::Waiting,
};
use crate::model::{Access, AssetKind, RelationKind, Technique};
use core::net::IpAddr;
use std::{fmt, rc::Rc};

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    start: u128,
    end: u128,
    is_v4: bool,
}

/// From where a rule lets traffic in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Range(Box<str>),
    Group(Box<str>),
    /// A list that is kept elsewhere.
    List(Box<str>),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Range(text) | Self::Group(text) | Self::List(text)) = self;
        f.write_str(text)
    }
}

/// Something that stands behind security groups.
#[derive(Debug, Default)]
pub(crate) struct Member<'a> {
    pub(crate) groups: Vec<&'a str>,
    /// Whether it has an address that the internet can send to.
    pub(crate) public: bool,
    pub(crate) network: Option<&'a str>,
    /// The parts of the network it is in, where they are told.
    pub(crate) subnets: Vec<&'a str>,
}

impl Range {
    /// A range as written, `192.0.2.0/24`; an address alone is one of its own.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let (value, width, is_v4) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32, true),
            IpAddr::V6(address) => (address.to_bits(), 128, false),
        };
        let bits = bits.unwrap_or(width);
        let free = width.checked_sub(bits)?;
        let mask = 1u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
        Some(Self { start: value & !mask, end: value | mask, is_v4 })
    }

    /// Whether it is all there is.
    pub(crate) fn is_all(self) -> bool {
        self.start == 0 && self.end == if self.is_v4 { u128::from(u32::MAX) } else { u128::MAX }
    }

    /// Whether all of it is of addresses that no one sends to from outside.
    pub(crate) fn is_private(self) -> bool {
        let private =
            ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7"];
        private.iter().filter_map(|text| Self::parse(text)).any(|range| range.has(self))
    }

    /// Whether all of another range is in it.
    pub(crate) fn has(self, other: Self) -> bool {
        self.is_v4 == other.is_v4 && self.start <= other.start && other.end <= self.end
    }
}

impl Graph {
    /// A security group, by its id, as what the internet may send to.
    pub(crate) fn security_group(&mut self, id: &str) -> Rc<str> {
        self.asset(id, AssetKind::NetworkZone)
    }

    /// Where what others in the network may send to a group comes to.
    fn inside_of(&mut self, id: &str) -> Rc<str> {
        let name = self.asset(&format!("{id}:inside"), AssetKind::NetworkZone);
        self.title(&name, &format!("inside of {id}"));
        name
    }

    /// Where what a group's members send comes from.
    fn members_of(&mut self, id: &str) -> Rc<str> {
        let name = self.asset(&format!("{id}:members"), AssetKind::NetworkZone);
        self.title(&name, &format!("members of {id}"));
        name
    }

    /// Where what networks send to their peer comes to. It goes no further: peers of peers are none.
    fn peers_of(&mut self, network: &str) -> Rc<str> {
        let name = self.asset(&format!("{network}:peers"), AssetKind::NetworkZone);
        self.title(&name, &format!("peers of {network}"));
        name
    }

    /// Two networks send to each other.
    pub(crate) fn are_peers(&mut self, one: &str, other: &str) {
        for (from, to) in [(one, other), (other, one)] {
            let (from, to) = (self.asset(from, AssetKind::NetworkZone), self.peers_of(to));
            let what = format!("{one} and {other} are peers");
            self.reaches(&from, &to, what);
        }
    }

    /// Adds a rule that lets traffic in. `network` is the group's own. Says whether it is understood.
    pub(crate) fn lets_in(
        &mut self,
        group: &str,
        network: Option<&str>,
        source: &Source,
        port: &str,
    ) -> bool {
        let to = self.security_group(group);
        let inside = self.inside_of(group);
        match source {
            Source::Group(other) => {
                let from = self.members_of(other);
                self.reaches(&from, &inside, format!("{group} lets {port} in from members of {other}"));
            }
            Source::List(_) => return false,
            Source::Range(text) => {
                let Some(range) = Range::parse(text) else { return false };
                if range.is_all() {
                    let internet = self.internet();
                    self.reaches(&internet, &to, format!("{group} lets {port} in from the internet"));
                } else if !range.is_private() {
                    let from = self.asset(text, AssetKind::NetworkZone);
                    self.reaches(&from, &to, format!("{group} lets {port} in from {text}"));
                }
                if let Some(network) = network.filter(|_| range.is_all() || range.is_private()) {
                    let what = format!("{group} lets {port} in from {text}, addresses of the network");
                    let peers = self.peers_of(network);
                    let network = self.asset(network, AssetKind::NetworkZone);
                    self.reaches(&network, &inside, what.clone());
                    self.reaches(&peers, &inside, what);
                }
            }
        }
        true
    }

    fn reaches(&mut self, from: &Rc<str>, to: &Rc<str>, what: String) {
        let remedy = "narrow the rule to whom it is for";
        self.step(Ends::of(from, RelationKind::Reaches, to), Way { what, remedy, ..Way::default() });
    }

    /// Puts something behind its groups.
    pub(crate) fn behind(&mut self, asset: &Rc<str>, member: &Member<'_>) {
        if let Some(network) = member.network {
            let network = self.asset(network, AssetKind::NetworkZone);
            self.sends_to(asset, &network);
        }
        for id in member.groups.iter().filter(|id| !id.is_empty()) {
            let (group, inside, members) = (self.security_group(id), self.inside_of(id), self.members_of(id));
            self.sends_to(asset, &members);
            self.fact(&inside, RelationKind::Reaches, asset);
            if member.public {
                self.reached_through(&group, asset, &member.subnets, member.network);
            }
        }
    }

    /// Puts something behind groups of which each must let traffic in, as that of a card and that of its subnet.
    pub(crate) fn behind_each(&mut self, asset: &Rc<str>, member: &Member<'_>) {
        let [first, _, ..] = &*member.groups else { return self.behind(asset, member) };
        if let Some(network) = member.network {
            let network = self.asset(network, AssetKind::NetworkZone);
            self.sends_to(asset, &network);
        }
        for id in &member.groups {
            let members = self.members_of(id);
            self.sends_to(asset, &members);
        }
        let outer: Vec<Rc<str>> = member.groups.iter().map(|id| self.security_group(id)).collect();
        let inner: Vec<Rc<str>> = member.groups.iter().map(|id| self.inside_of(id)).collect();
        let (from_outside, from_inside) = (self.security_group(first), self.inside_of(first));
        let all = |places: Vec<Rc<str>>| places.into_iter().map(|place| (place, Access::Reach));
        let reach = (Rc::clone(asset), Access::Reach);
        let ends = Ends::of(&from_inside, RelationKind::Reaches, asset).stating(all(inner), reach.clone());
        self.step(ends, Way::default());
        if member.public {
            let ends = Ends::of(&from_outside, RelationKind::Reaches, asset).stating(all(outer), reach);
            self.step(ends, Way::default());
        }
    }

    /// What runs on an asset sends to a zone.
    fn sends_to(&mut self, asset: &Rc<str>, zone: &Rc<str>) {
        let ends = Ends::of(asset, RelationKind::LiesIn, zone);
        let ends = ends.stating([(Rc::clone(asset), Access::Use)], (Rc::clone(zone), Access::Reach));
        self.step(ends, Way::default());
    }

    /// A load balancer passes on what it gets.
    pub(crate) fn passes_on(&mut self, balancer: &Rc<str>, to: &Rc<str>) {
        let ends = Ends::of(balancer, RelationKind::Reaches, to);
        let ends = ends.stating([(Rc::clone(balancer), Access::Reach)], (Rc::clone(to), Access::Reach));
        self.step(ends, Way { what: format!("{balancer} passes requests on to {to}"), ..Way::default() });
    }

    /// A load balancer whose targets are not told passes on to whatever lets its groups in.
    pub(crate) fn passes_on_as(&mut self, balancer: &Rc<str>, groups: &[&str]) {
        for id in groups.iter().filter(|id| !id.is_empty()) {
            let members = self.members_of(id);
            self.passes_on(balancer, &members);
        }
    }

    /// What has a profile has its role.
    pub(crate) fn has_role(&mut self, profile: &str, role: &str) {
        let profile = self.asset(profile, AssetKind::Identity);
        let role = self.asset(role, AssetKind::Identity);
        self.fact(&profile, RelationKind::CanAssume, &role);
    }

    /// A machine, function or service acts as a role.
    pub(crate) fn acts_as(&mut self, asset: &Rc<str>, role: &str) {
        let role = self.asset(role, AssetKind::Identity);
        let technique = Technique::of("T1552.005");
        let what = format!("{asset} has the credentials of {role}");
        let remedy = "give the role no more rights than it needs; require version 2 of the metadata service";
        let ends = Ends::of(asset, RelationKind::CanAssume, &role);
        self.step(ends, Way { technique, what, remedy, ..Way::default() });
    }
}

impl Graph {
    /// Adds a way from outside to something with a public address in one of these subnets.
    pub(super) fn reached_through(
        &mut self,
        from: &Rc<str>,
        to: &Rc<str>,
        subnets: &[&str],
        network: Option<&str>,
    ) {
        if subnets.is_empty() {
            self.fact(from, RelationKind::Reaches, to);
            return;
        }
        let subnets = subnets.iter().map(|subnet| Box::from(*subnet)).collect();
        let (from, to, network) = (Rc::clone(from), Rc::clone(to), network.map(Box::from));
        self.routes.waiting.insert(Waiting { from, to, subnets, network });
    }

    /// Says whether what stands in a subnet has a route to an internet gateway.
    pub(crate) fn subnet_leads_out(&mut self, subnet: &str, leads_out: bool) {
        self.routes.subnets.insert(subnet.into(), leads_out);
    }

    /// Says the same of subnets of a network that no table of routes names.
    pub(crate) fn network_leads_out(&mut self, network: &str, leads_out: bool) {
        self.routes.mains.insert(network.into(), leads_out);
    }

    /// A subnet is part of a network.
    pub(crate) fn is_subnet_of(&mut self, subnet: &str, network: &str) {
        self.routes.networks.insert(subnet.into(), network.into());
    }

    /// Adds the ways that have waited.
    pub(super) fn settle_routes(&mut self) {
        let routes = std::mem::take(&mut self.routes);
        for Waiting { from, to, subnets, network } in routes.waiting {
            let main = |subnet: &str| {
                let network = network.as_ref().or_else(|| routes.networks.get(subnet))?;
                routes.mains.get(network).copied()
            };
            let leads_out = |subnet: &str| routes.subnets.get(subnet).copied().or_else(|| main(subnet));
            if subnets.iter().all(|subnet| leads_out(subnet) == Some(false)) {
                let what = "has a public address in a subnet without a route to an internet gateway";
                self.note(format!("{to} {what}: the internet is taken not to reach it"));
                continue;
            }
            self.step(Ends::of(&from, RelationKind::Reaches, &to), Way::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_are_told_apart() {
        let range = |text| Range::parse(text).unwrap();
        assert!(range("0.0.0.0/0").is_all() && range("::/0").is_all() && !range("0.0.0.0/1").is_all());
        assert!(range("10.1.2.0/24").is_private() && !range("9.0.0.0/7").is_private());
        assert!(range("10.0.0.0/8").has(range("10.9.9.9")) && !range("10.0.0.0/8").has(range("::a")));
        for wrong in ["", "x", "10.0.0.0/33", "::/129", "10.0.0.0/x"] {
            assert_eq!(Range::parse(wrong), None, "{wrong}");
        }
    }
}
