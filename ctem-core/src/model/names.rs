//! Which names mean one thing: an address and a host name, a CVE and a GitHub advisory.
//!
//! What is remembered is what was *stated*; what follows from it is a pure function of the statements. So the order in
//! which reports arrive never shows.

use super::{Asset, Merge, identity::Identity};
use crate::id::{AssetId, WeaknessId, is_ghsa};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

/// The statements about names, and the name each follows to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// These are shared with what was known before, as long as nothing is said of names.
    assets: Arc<Groups<AssetId, Heads>>,
    weaknesses: Arc<Groups<WeaknessId, Known>>,
    identity: Arc<Identity>,
}

impl Names {
    /// Names from which nothing is concluded but what is stated.
    pub(crate) fn as_stated() -> Self {
        Self { identity: Arc::new(Identity::off()), ..Self::default() }
    }

    /// Takes what assets were seen as, once their other names are stated. `is_known` tells names that were stated before.
    pub(crate) fn identify(&mut self, assets: &[Asset], is_known: impl Fn(&AssetId) -> bool) {
        if assets.is_empty() {
            return;
        }
        let named = assets.iter().any(|asset| !asset.aliases.is_empty());
        let learnt = Arc::make_mut(&mut self.identity).learn(assets, is_known);
        if learnt || (named && self.identity.is_used()) {
            let mut identity = std::mem::take(&mut self.identity);
            Arc::make_mut(&mut identity).conclude(|name| self.stated_asset(name));
            self.identity = identity;
        }
    }

    /// What was concluded: for each name that is taken to mean another asset, which and why.
    pub(crate) fn merges(&self) -> &Arc<BTreeMap<AssetId, Merge>> {
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

    /// Takes the statement that an asset has these other names. Says whether that is news.
    pub(crate) fn state_asset(&mut self, id: &AssetId, aliases: &[AssetId]) -> bool {
        if !self.assets.is_news(id, aliases) {
            return false;
        }
        Arc::make_mut(&mut self.assets).state(id, aliases, |id, is_alias, group: &mut Heads| {
            if is_alias {
                group.heads.remove(id);
            } else {
                group.heads.insert(id.clone());
            }
            if !is_alias {
                group.stated.insert(id.clone());
            }
        });
        true
    }

    /// An asset as its names were stated: where several of them were said to have others, each with those of its own, since which of
    /// them it goes by follows from all of that.
    pub(crate) fn as_they_were_stated(&self, mut asset: Asset) -> Vec<Asset> {
        let group = self.assets.group(&asset.id).filter(|group| group.stated.len() > 1);
        let others = |id: &AssetId| self.assets.stated.get(id).into_iter().flatten().cloned().collect();
        let Some(group) = group.filter(|group| group.stated.contains(&asset.id)) else { return vec![asset] };
        asset.aliases = others(&asset.id);
        let named = group.stated.iter().filter(|id| **id != asset.id);
        let named =
            named.map(|id| Asset { aliases: others(id), ..Asset::new(id.clone(), asset.kind.clone()) });
        let named: Vec<Asset> = named.collect();
        std::iter::once(asset).chain(named).collect()
    }

    /// Takes the statement that a weakness has these other names. Says whether that is news.
    pub(crate) fn state_weakness(&mut self, id: &WeaknessId, aliases: &[WeaknessId]) -> bool {
        if !self.weaknesses.is_news(id, aliases) {
            return false;
        }
        // Of two CVEs in one statement each stays itself: a CVE is never another's alias.
        Arc::make_mut(&mut self.weaknesses).state(id, aliases, |id, _, group: &mut Known| {
            group.take(Known::of(id));
        });
        true
    }

    /// The names that are in one group with one of these, each once. O(names).
    pub(crate) fn with_assets<'a>(
        &'a self,
        ids: impl IntoIterator<Item = &'a AssetId>,
    ) -> impl Iterator<Item = &'a AssetId> {
        self.assets.with(ids)
    }

    /// The id an asset goes by, as far as sources state other names of it: of the ids in its group that others were stated for, the first that is nobody's alias, or else
    /// the first. O(log n).
    fn stated_asset<'a>(&'a self, id: &'a AssetId) -> &'a AssetId {
        let Some(group) = self.assets.group(id) else { return id };
        group.heads.first().or_else(|| group.stated.first()).unwrap_or(id)
    }

    /// The id a weakness goes by: a CVE is itself; another name goes by the one CVE of its group, and where there is none
    /// or several, by the group's first name that is not a CVE, GitHub's before others. O(1).
    pub(crate) fn weakness<'a>(&'a self, id: &'a WeaknessId) -> &'a WeaknessId {
        if id.cve().is_some() {
            return id;
        }
        let Some(group) = self.weaknesses.group(id) else { return id };
        match (group.cves.as_slice(), &group.best) {
            ([cve], _) => cve,
            (_, Some((_, best))) => best,
            (_, None) => id,
        }
    }
}

/// Of a group of assets: the ids that others were stated for, and those of them that are nobody's alias.
#[derive(Debug, Clone, Default)]
struct Heads {
    stated: BTreeSet<AssetId>,
    heads: BTreeSet<AssetId>,
}

impl Group for Heads {
    fn take(&mut self, other: Self) {
        joined(&mut self.stated, other.stated);
        joined(&mut self.heads, other.heads);
    }
}

/// Of a group of weaknesses: up to two of its CVEs, which is one too many to go by, and its best other name.
#[derive(Debug, Clone, Default)]
struct Known {
    cves: Vec<WeaknessId>,
    best: Option<(bool, WeaknessId)>,
}

impl Known {
    fn of(id: &WeaknessId) -> Self {
        match id.cve() {
            Some(_) => Self { cves: vec![id.clone()], best: None },
            None => Self { cves: Vec::new(), best: Some((!is_ghsa(id.as_str()), id.clone())) },
        }
    }
}

impl Group for Known {
    fn take(&mut self, other: Self) {
        for cve in other.cves {
            if self.cves.len() < 2 && !self.cves.contains(&cve) {
                self.cves.push(cve);
            }
        }
        self.best = match (self.best.take(), other.best) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, None) | (None, one) => one,
        };
    }
}

/// What is known of names that mean one thing.
trait Group: Default {
    /// Takes what is known of others that turn out to mean the same.
    fn take(&mut self, other: Self);
}

/// Names that statements connect, in groups: the smaller of two is moved, so that n statements cost O(n log n) however they come.
#[derive(Debug, Clone)]
struct Groups<Id, G> {
    /// Which names were stated for which, and which are another's.
    stated: BTreeMap<Id, BTreeSet<Id>>,
    aliases: HashSet<Id>,
    group_of: HashMap<Id, usize>,
    groups: Vec<(Vec<Id>, G)>,
}

impl<Id, G> Default for Groups<Id, G> {
    fn default() -> Self {
        let (stated, aliases, group_of) = (BTreeMap::new(), HashSet::new(), HashMap::new());
        Self { stated, aliases, group_of, groups: Vec::new() }
    }
}

impl<Id: Clone + Ord + Hash, G: Group> Groups<Id, G> {
    fn group(&self, name: &Id) -> Option<&G> {
        Some(&self.groups.get(*self.group_of.get(name)?)?.1)
    }

    fn with<'a>(&'a self, ids: impl IntoIterator<Item = &'a Id>) -> impl Iterator<Item = &'a Id> {
        let groups: BTreeSet<usize> =
            ids.into_iter().filter_map(|id| self.group_of.get(id)).copied().collect();
        groups.into_iter().filter_map(|at| self.groups.get(at)).flat_map(|(members, _)| members)
    }

    /// Whether a statement says anything that was not stated before.
    fn is_news(&self, id: &Id, aliases: &[Id]) -> bool {
        // A name alone says nothing of others: were it remembered, it would matter whether it came before or after them.
        let known = self.stated.get(id);
        let is_new = |alias: &Id| alias != id && known.is_none_or(|known| !known.contains(alias));
        aliases.iter().any(is_new)
    }

    /// Takes a statement that is news. `tell` tells a group of a name in it, and whether it is another's.
    fn state(&mut self, id: &Id, aliases: &[Id], tell: impl Fn(&Id, bool, &mut G)) {
        let others = aliases.iter().filter(|alias| *alias != id).cloned();
        self.stated.entry(id.clone()).or_default().extend(others);
        let mut into = self.at(id);
        if let Some((_, group)) = self.groups.get_mut(into) {
            tell(id, false, group);
            if self.aliases.contains(id) {
                tell(id, true, group);
            }
        }
        for alias in aliases.iter().filter(|alias| *alias != id) {
            self.aliases.insert(alias.clone());
            let other = self.at(alias);
            into = self.join(into, other);
            if let Some((_, group)) = self.groups.get_mut(into) {
                tell(alias, true, group);
            }
        }
    }

    /// The group of a name: a new one, where it has none.
    fn at(&mut self, name: &Id) -> usize {
        let next = self.groups.len();
        let at = *self.group_of.entry(name.clone()).or_insert(next);
        if at == next {
            self.groups.push((vec![name.clone()], G::default()));
        }
        at
    }

    /// Moves the smaller of two groups into the larger, whose number comes back.
    fn join(&mut self, one: usize, other: usize) -> usize {
        let size = |at: usize| self.groups.get(at).map_or(0, |(members, _)| members.len());
        let (small, large) = if size(one) < size(other) { (one, other) } else { (other, one) };
        if small == large {
            return large;
        }
        let Some((members, group)) = self.groups.get_mut(small).map(std::mem::take) else { return large };
        for name in &members {
            self.group_of.insert(name.clone(), large);
        }
        if let Some((known, into)) = self.groups.get_mut(large) {
            known.extend(members);
            into.take(group);
        }
        large
    }
}

/// Adds the smaller of two sets to the larger.
fn joined<T: Ord>(set: &mut BTreeSet<T>, mut other: BTreeSet<T>) {
    if set.len() < other.len() {
        std::mem::swap(set, &mut other);
    }
    set.extend(other);
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
