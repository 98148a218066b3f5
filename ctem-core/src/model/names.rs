//! Which names mean one thing: an address and a host name, a CVE and a GitHub advisory.
//!
//! What is remembered is what was *stated*; what follows from it is a pure function of the statements. So the order in
//! which reports arrive never shows.

use super::{Asset, Merge, identity::Identity};
use crate::id::{AssetId, WeaknessId, is_ghsa};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::Hash,
};

/// The statements about names, and the name each follows to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    assets: Groups<AssetId>,
    weaknesses: Groups<WeaknessId>,
    identity: Identity,
}

impl Names {
    /// Names from which nothing is concluded but what is stated.
    pub(crate) fn as_stated() -> Self {
        Self { identity: Identity::off(), ..Self::default() }
    }

    /// Takes what assets were seen as, once their other names are stated. `is_known` tells names that were stated before.
    pub(crate) fn identify(&mut self, assets: &[Asset], is_known: impl Fn(&AssetId) -> bool) {
        let named = assets.iter().any(|asset| !asset.aliases.is_empty());
        if self.identity.learn(assets, is_known) || (named && self.identity.is_used()) {
            let mut identity = std::mem::take(&mut self.identity);
            identity.conclude(|name| self.stated_asset(name));
            self.identity = identity;
        }
    }

    /// What was concluded: for each name that is taken to mean another asset, which and why.
    pub(crate) fn merges(&self) -> &BTreeMap<AssetId, Merge> {
        self.identity.merges()
    }

    /// Whether an asset is put together from several that sources state as several.
    pub(crate) fn is_merged(&self, id: &AssetId) -> bool {
        self.identity.is_merged(self.stated_asset(id))
    }

    /// The id an asset goes by.
    pub(crate) fn asset<'a>(&'a self, id: &'a AssetId) -> &'a AssetId {
        let stated = self.stated_asset(id);
        self.identity.asset(stated).unwrap_or(stated)
    }

    /// Takes the statement that an asset has these other names. Returns the names it connects, when that is news.
    pub(crate) fn state_asset(&mut self, id: &AssetId, aliases: &[AssetId]) -> Vec<AssetId> {
        self.assets.state(id, aliases)
    }

    /// Takes the statement that a weakness has these other names. Returns the names it connects, when that is news.
    pub(crate) fn state_weakness(&mut self, id: &WeaknessId, aliases: &[WeaknessId]) -> Vec<WeaknessId> {
        // Of two CVEs in one statement each stays itself: a CVE is never another's alias.
        self.weaknesses.state(id, aliases)
    }

    /// The id an asset goes by, as far as sources state other names of it: of the ids in its group that others were stated for, the first that is nobody's alias, or else
    /// the first.
    fn stated_asset<'a>(&'a self, id: &'a AssetId) -> &'a AssetId {
        let Some(group) = self.assets.group(id) else { return id };
        let stated = || group.iter().filter(|name| self.assets.stated.contains_key(*name));
        let is_alias = |name: &AssetId| {
            group.iter().any(|other| {
                other != name && self.assets.stated.get(other).is_some_and(|aliases| aliases.contains(name))
            })
        };
        stated().find(|name| !is_alias(name)).or_else(|| stated().next()).unwrap_or(id)
    }

    /// The id a weakness goes by: a CVE is itself; another name goes by the one CVE of its group, and where there is none
    /// or several, by the group's first name that is not a CVE, GitHub's before others.
    pub(crate) fn weakness<'a>(&'a self, id: &'a WeaknessId) -> &'a WeaknessId {
        if id.cve().is_some() {
            return id;
        }
        let Some(group) = self.weaknesses.group(id) else { return id };
        let mut cves = group.iter().filter(|name| name.cve().is_some());
        match (cves.next(), cves.next()) {
            (Some(cve), None) => cve,
            (None, _) | (Some(_), Some(_)) => group
                .iter()
                .filter(|name| name.cve().is_none())
                .min_by_key(|name| (!is_ghsa(name.as_str()), *name))
                .unwrap_or(id),
        }
    }
}

/// Names that statements connect, in sorted groups.
#[derive(Debug, Clone)]
struct Groups<Id> {
    stated: BTreeMap<Id, BTreeSet<Id>>,
    group_of: BTreeMap<Id, usize>,
    groups: Vec<Vec<Id>>,
}

impl<Id> Default for Groups<Id> {
    fn default() -> Self {
        Self { stated: BTreeMap::new(), group_of: BTreeMap::new(), groups: Vec::new() }
    }
}

impl<Id: Clone + Ord + Hash> Groups<Id> {
    fn group(&self, name: &Id) -> Option<&[Id]> {
        self.groups.get(*self.group_of.get(name)?).map(Vec::as_slice)
    }

    fn state(&mut self, id: &Id, aliases: &[Id]) -> Vec<Id> {
        // A name alone says nothing of others: were it remembered, it would matter whether it came before or after them.
        if aliases.iter().all(|alias| alias == id) {
            return Vec::new();
        }
        let known = self.stated.entry(id.clone()).or_default();
        let before = known.len();
        known.extend(aliases.iter().filter(|alias| *alias != id).cloned());
        if known.len() == before {
            return Vec::new();
        }
        let mut members: BTreeSet<Id> = aliases.iter().chain([id]).cloned().collect();
        for name in aliases.iter().chain([id]) {
            if let Some(group) = self.group_of.get(name).and_then(|at| self.groups.get_mut(*at)) {
                members.extend(std::mem::take(group));
            }
        }
        let members: Vec<Id> = members.into_iter().collect();
        for name in &members {
            self.group_of.insert(name.clone(), self.groups.len());
        }
        self.groups.push(members.clone());
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakness(text: &str) -> WeaknessId {
        WeaknessId::parse(text).unwrap()
    }

    #[test]
    fn an_advisory_goes_by_its_only_cve() {
        let mut names = Names::default();
        names.state_weakness(&weakness("GHSA-1"), &[weakness("CVE-2021-0001"), weakness("PYSEC-9")]);
        assert_eq!(names.weakness(&weakness("PYSEC-9")).as_str(), "CVE-2021-0001");
        names.state_weakness(&weakness("CVE-2021-0002"), &[weakness("GHSA-1")]);
        assert_eq!(names.weakness(&weakness("PYSEC-9")).as_str(), "GHSA-1");
        assert_eq!(names.weakness(&weakness("CVE-2021-0002")).as_str(), "CVE-2021-0002");
    }

    #[test]
    fn an_asset_goes_by_an_id_that_is_nobodys_alias() {
        let id = |text: &str| AssetId::parse(text).unwrap();
        let statements = [("10.0.0.5", vec![]), ("web-1", vec!["10.0.0.5"]), ("shop.example", vec!["web-1"])];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut names = Names::default();
            for n in order {
                let (name, aliases) = &statements[n];
                names.state_asset(&id(name), &aliases.iter().map(|alias| id(alias)).collect::<Vec<_>>());
            }
            assert_eq!(names.asset(&id("10.0.0.5")).as_str(), "shop.example");
        }
    }
}
