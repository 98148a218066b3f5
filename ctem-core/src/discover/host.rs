//! Machines: what a document says one is called, and the name it goes by.
//!
//! A machine goes by a name that means it and nothing else: its domain name, what its cloud calls it, its public address. A
//! private address means something within its network only, so it counts as much as the network is known. What anyone can set
//! (NetBIOS, reverse DNS, a bare host name) and what every machine has (`localhost`, 127.0.0.1) names it within its document
//! at most. All of it is kept as identifiers, by which correlation may find that two are one.

use super::{Draft, cloud_name::is_global};
use crate::{
    error::Result,
    id::AssetId,
    model::{
        AssetKind, Identifier, IdentifierKind,
        address::{self, Extent, address, extent},
    },
    time::Moment,
};
use std::collections::{HashMap, HashSet};

/// What a document says of one machine. Empty texts say nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine<'a> {
    /// Its name, as asked for or looked up: a domain name, or an address.
    pub(crate) names: Vec<&'a str>,
    /// Names that anyone can set.
    pub(crate) hints: Vec<&'a str>,
    pub(crate) addresses: Vec<&'a str>,
    pub(crate) macs: Vec<&'a str>,
    /// What its cloud calls it.
    pub(crate) cloud_ids: Vec<&'a str>,
    /// What the agent on it calls itself.
    pub(crate) agent: &'a str,
    /// The network its private addresses are of, where the document says.
    pub(crate) network: &'a str,
    /// When it was seen.
    pub(crate) seen: Option<Moment>,
    /// Which machine of the document it is, where the document has one part for each.
    pub(crate) number: Option<usize>,
}

/// A machine with the name it goes by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    /// None where nothing is said of it, so that it is the caller's, or named after the document.
    id: Option<AssetId>,
    /// For people, where the id is not what they call it.
    title: Option<Box<str>>,
    identifiers: Vec<Identifier>,
}

impl Machine<'_> {
    /// Takes names away from machines of one document that several of them go by, though they are not one.
    pub(crate) fn part(machines: &mut [Self]) {
        let mut shared = SharedNames::default();
        machines.iter().for_each(|machine| shared.hear(machine));
        machines.iter_mut().for_each(|machine| shared.take_from(machine));
    }

    /// Whether nothing at all is said of it.
    fn is_nameless(&self) -> bool {
        let all = [&self.names, &self.hints, &self.addresses, &self.macs, &self.cloud_ids];
        all.iter().all(|names| names.iter().all(|name| name.trim().is_empty()))
            && self.agent.trim().is_empty()
    }
}

/// Domain names that several machines of one document go by: what was looked up for an address is whatever its owner wrote.
#[derive(Debug, Default)]
pub(crate) struct SharedNames(HashMap<String, HashSet<String>>);

impl SharedNames {
    /// Hears what a machine is called, and what tells it from others: its card, or its address.
    pub(crate) fn hear(&mut self, machine: &Machine<'_>) {
        let Some(domain) = machine.names.iter().find_map(|name| address::fqdn(name)) else { return };
        let mac = machine.macs.iter().find_map(|text| address::mac(text));
        let address = machine.names.iter().chain(&machine.addresses).find_map(|text| address(text));
        self.0.entry(domain).or_default().extend(mac.or_else(|| address.map(|address| address.to_string())));
    }

    /// Takes the shared ones away from a machine's names.
    pub(crate) fn take_from(&self, machine: &mut Machine<'_>) {
        let of_several = |name: &&str| {
            address::fqdn(name).and_then(|name| self.0.get(&name)).is_some_and(|machines| machines.len() > 1)
        };
        let (shared, own): (Vec<&str>, Vec<&str>) = machine.names.iter().copied().partition(of_several);
        machine.names = own;
        machine.hints.extend(shared);
    }
}

impl Draft<'_> {
    /// Adds a machine, once, and returns its id. One of which nothing is said is the caller's, or named after the document.
    ///
    /// # Errors
    /// `invalid_input` when a name is longer than an id may be.
    pub(crate) fn machine(&mut self, machine: &Machine<'_>) -> Result<AssetId> {
        let named = self.named(machine);
        self.add_machine(&named)
    }

    /// Adds a machine that a tool calls by one name, once. A name that is neither an address nor a domain is kept as the tool has it.
    /// Of its other names only what the machine's cloud or agent made up means it; the rest is what it was seen as.
    ///
    /// # Errors
    /// `invalid_input` when a name is longer than an id may be.
    pub(crate) fn machine_called(&mut self, name: &str, others: &[&str]) -> Result<AssetId> {
        self.look_at(others.len())?;
        let name = name.trim();
        let mut machine = Machine { names: vec![name], ..Machine::default() };
        let mut sure = Vec::new();
        for other in
            others.iter().map(|other| other.trim()).filter(|other| !matches!(*other, "") && *other != name)
        {
            if address(other).is_some() {
                machine.addresses.push(other);
            } else if is_made_up(other) {
                sure.push(other);
            } else if address::mac(other).is_some() {
                machine.macs.push(other);
            } else if address::fqdn(other).is_some() {
                machine.names.push(other);
            } else {
                machine.hints.push(other);
            }
        }
        let named = self.named(&machine)?;
        let means_something = address(name).is_some() || address::fqdn(name).is_some() || is_everyones(name);
        let id = match (&named.id, self.options.scope.as_deref()) {
            (Some(id), _) if means_something => id.clone(),
            (_, Some(scope)) if !is_made_up(name) => {
                AssetId::parse(&format!("{scope}/{}", super::gate::passed(name)))?
            }
            (_, _) => AssetId::parse(&super::gate::passed(name))?,
        };
        let id = self.asset_also(id.as_str(), AssetKind::Host, &sure)?;
        let title = if means_something { named.title.as_deref() } else { Some(name) };
        let title = title.filter(|title| *title != id.as_str());
        // That it is called as it is called says nothing more, and a private address of no known network is no reason to take it for
        // another that is called otherwise.
        let tells = |one: &&Identifier| match one.kind {
            _ if means_something => true,
            IdentifierKind::Hostname => !one.value.eq_ignore_ascii_case(name),
            IdentifierKind::Address => {
                one.scope.is_some() || address(&one.value).is_some_and(|one| extent(one) == Extent::Public)
            }
            _ => true,
        };
        let identifiers: Vec<Identifier> = named.identifiers.iter().filter(tells).cloned().collect();
        Ok(self.asset_seen_as(id, AssetKind::Host, title, &identifiers))
    }

    /// Adds a machine that was named before, if it could be.
    ///
    /// # Errors
    /// Why it could not; `invalid_input` when the document's name is longer than an id may be.
    pub(crate) fn add_machine(&mut self, named: &Result<Named>) -> Result<AssetId> {
        let Named { id, title, identifiers } = named.as_ref().map_err(Clone::clone)?;
        match id {
            Some(id) => Ok(self.asset_seen_as(id.clone(), AssetKind::Host, title.as_deref(), identifiers)),
            None => self.default_asset(AssetKind::Host),
        }
    }

    /// The name a machine goes by, and what else it was seen as.
    ///
    /// # Errors
    /// `invalid_input` when a name is longer than an id may be.
    pub(crate) fn named(&mut self, machine: &Machine<'_>) -> Result<Named> {
        if machine.is_nameless() {
            return Ok(Named::default());
        }
        let said = |texts: &[&str]| -> Vec<String> {
            let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
            texts.map(|text| super::gate::passed(text).into_owned()).collect()
        };
        let (names, mut hints) = (said(&machine.names), said(&machine.hints));
        let addresses = said(&machine.addresses);
        let mut known: Vec<_> = names.iter().chain(&addresses).filter_map(|text| address(text)).collect();
        let mut seen = HashSet::new();
        known.retain(|address| seen.insert(*address));
        let domain = names.iter().find_map(|name| address::fqdn(name));
        // Of several domain names the first is its own; the others may lead to many machines.
        hints.extend(names.iter().filter(|name| address(name).is_none()).cloned());
        hints.retain(|hint| {
            domain.as_ref().is_none_or(|domain| !hint.trim_end_matches('.').eq_ignore_ascii_case(domain))
        });
        let macs: Vec<String> = machine.macs.iter().filter_map(|text| address::mac(text)).collect();
        let cloud_ids = said(&machine.cloud_ids);
        let (network, agent) = (super::gate::passed(machine.network), super::gate::passed(machine.agent));
        let (network, agent) = (network.trim(), agent.trim());
        let own_scope = Some(network).filter(|network| !network.is_empty());
        let scope: Option<Box<str>> = own_scope.or(self.options.scope.as_deref()).map(Box::from);
        let scoped = |text: &str| match &scope {
            Some(scope) => format!("{scope}/{text}"),
            None => text.to_owned(),
        };

        let public = known.iter().find(|one| matches!(extent(**one), Extent::Public | Extent::Shared));
        let private = known.iter().find(|one| extent(**one) == Extent::Private);
        let name = if let Some(domain) = &domain {
            domain.clone()
        } else if let Some(cloud_id) = cloud_ids.first() {
            cloud_id.clone()
        } else if let Some(public) = public {
            public.to_string()
        } else if let (Some(mac), Some(_)) = (macs.first(), private) {
            mac.clone()
        } else if let Some(private) = private {
            scoped(&private.to_string())
        } else if let Some(mac) = macs.first() {
            mac.clone()
        } else if !agent.is_empty() {
            agent.to_owned()
        } else {
            // `localhost`, 127.0.0.1, a bare name: nothing of it means anything outside of the document, or of the scope.
            let own =
                hints.first().cloned().or_else(|| known.first().map(ToString::to_string)).unwrap_or_default();
            if let (Some(asset), [_], []) = (&self.options.asset, known.as_slice(), hints.as_slice()) {
                // The machine that scans itself: whoever calls knows which it is.
                return Ok(Named { id: Some(asset.clone()), ..Named::default() });
            }
            let is_local = known.iter().any(|one| extent(*one) == Extent::Local) || is_everyones(&own);
            match (&scope, is_local, machine.number) {
                (Some(scope), false, _) => format!("{scope}/{own}"),
                (_, _, None) => format!("{}/{own}", self.document_id()),
                (_, _, Some(number)) => format!("{}/{own}#{}", self.document_id(), number + 1),
            }
        };
        let id = AssetId::parse(&name)?;
        let title = hints.iter().find(|hint| !is_everyones(hint)).cloned();
        // A card is called by its address.
        let title = title.or_else(|| private.filter(|_| macs.contains(&name)).map(ToString::to_string));
        let title = title.filter(|title| domain.is_none() && *title != name).map(Box::from);

        let mut identifiers = Vec::new();
        let mut add = |kind, value: &str, scope: Option<Box<str>>| {
            let when =
                matches!(kind, IdentifierKind::Address | IdentifierKind::Hostname | IdentifierKind::Mac);
            let seen = machine.seen.filter(|_| when);
            identifiers.push(Identifier {
                scope,
                first_seen: seen,
                last_seen: seen,
                ..Identifier::new(kind, value)
            });
        };
        for cloud_id in &cloud_ids {
            add(IdentifierKind::CloudId, cloud_id, None);
        }
        if !agent.is_empty() {
            add(IdentifierKind::AgentId, agent, Some(self.report.source.format.clone()));
        }
        if let Some(domain) = &domain {
            add(IdentifierKind::Fqdn, domain, None);
        }
        for mac in &macs {
            add(IdentifierKind::Mac, mac, None);
        }
        for one in &known {
            match extent(*one) {
                Extent::Public => add(IdentifierKind::Address, &one.to_string(), None),
                Extent::Private => {
                    add(IdentifierKind::Address, &one.to_string(), scope.clone());
                    // Who scans the network from outside knows it by another name.
                    let outer = self
                        .options
                        .scope
                        .as_deref()
                        .filter(|outer| own_scope.is_some_and(|own| own != *outer));
                    if let Some(outer) = outer {
                        add(IdentifierKind::Address, &one.to_string(), Some(outer.into()));
                    }
                }
                Extent::Shared | Extent::Local => {}
            }
        }
        for hint in hints.iter().filter(|hint| !is_everyones(hint) && hint.len() <= 255) {
            add(IdentifierKind::Hostname, &hint.to_lowercase(), scope.clone());
        }
        Identifier::tidy(&mut identifiers);
        Ok(Named { id: Some(id), title, identifiers })
    }
}

/// Whether a name is one that a cloud or an agent made up, so that nothing else has it: a resource's, or a long number.
fn is_made_up(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_hexdigit).count();
    let number = name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (number && digits >= 20) || is_global(name)
}

/// Whether a name is one that every machine has.
fn is_everyones(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("localhost")
        || matches!(name.as_str(), "" | "unknown" | "workgroup" | "n/a" | "none" | "-")
}
