//! Which assets are one, from what tools saw them as.
//!
//! | rule | two assets are one when they share | unless they differ in | confidence |
//! | --- | --- | --- | --- |
//! | `cloud_id` | an ARN, an instance's id, a resource id | | 0.9999 |
//! | `image_digest` | the digest of an image | | 0.9999 |
//! | `agent_id` | what the same tool's agent calls itself | cloud ids, domain names, network cards | 0.999 |
//! | `fqdn` | a domain name | cloud ids | 0.999 |
//! | `mac` | a network card | cloud ids, agents, domain names | 0.999 |
//! | `address` | an address, in one scope, a public one within 30 days, a private one within 8 | the above, or network cards | 0.97 |
//! | `hostname` | a name anyone can set, in one scope | the above, or addresses | 0.9 |
//!
//! The confidences are assumptions, and say which merges to look at first. Rules are taken in this order, so that the surer ones
//! decide what the others may not contradict. An identifier by which assets that differ would become one identifies nothing, and
//! joins none of those that have it: of two sites with one private address, of two names at one front end, neither is the
//! other. All of it is a pure function of what was stated, so the order of reports does not show. What was merged is kept
//! apart too, so that a later report, or a person who says `distinct_from`, parts it again. Cost: O(n log n) in the
//! identifiers of all assets, each time a report brings new ones.

use super::{Asset, Identifier, IdentifierKind, Merge, address};
use crate::{id::AssetId, time::Moment};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// What was stated of assets' identity, and what follows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    /// Whether nothing is concluded: in what is kept apart.
    off: bool,
    stated: BTreeMap<AssetId, Marks>,
    /// Names that sources stated, and that are also an identifier's value.
    declared: BTreeSet<AssetId>,
    values: HashSet<Box<str>>,
    merges: Arc<BTreeMap<AssetId, Merge>>,
    merged: HashSet<AssetId>,
}

/// What was stated of one asset.
#[derive(Debug, Clone, Default)]
struct Marks {
    identifiers: Vec<Identifier>,
    distinct_from: BTreeSet<AssetId>,
}

impl Identity {
    /// One that concludes nothing.
    pub(crate) fn off() -> Self {
        Self { off: true, ..Self::default() }
    }

    /// Whether anything was stated from which something may follow.
    pub(crate) fn is_used(&self) -> bool {
        !self.stated.is_empty()
    }

    /// The merges, by the name that was merged.
    pub(crate) fn merges(&self) -> &Arc<BTreeMap<AssetId, Merge>> {
        &self.merges
    }

    /// The asset that a name is taken to mean, if it is another's.
    pub(crate) fn asset(&self, name: &AssetId) -> Option<&AssetId> {
        self.merges.get(name).map(|merge| &merge.asset)
    }

    /// Whether an asset is put together from several.
    pub(crate) fn is_merged(&self, id: &AssetId) -> bool {
        self.merged.contains(id)
    }

    /// Takes what assets are said to be seen as. Says whether any of it is news. `is_known` tells names that sources stated before.
    pub(crate) fn learn(&mut self, assets: &[Asset], is_known: impl Fn(&AssetId) -> bool) -> bool {
        if self.off {
            return false;
        }
        let mut news = false;
        let says = |asset: &&Asset| !asset.identifiers.is_empty() || !asset.distinct_from.is_empty();
        // All that is said of one asset is put in order once: a report may say it one by one.
        let mut by_asset: BTreeMap<&AssetId, Vec<&Asset>> = BTreeMap::new();
        for asset in assets.iter().filter(says) {
            by_asset.entry(&asset.id).or_default().push(asset);
        }
        for (id, said) in by_asset {
            let marks = self.stated.entry(id.clone()).or_default();
            let before = marks.clone();
            for asset in said {
                marks.identifiers.extend(asset.identifiers.iter().cloned());
                marks.distinct_from.extend(asset.distinct_from.iter().cloned());
            }
            Identifier::tidy(&mut marks.identifiers);
            news |= marks.identifiers != before.identifiers || marks.distinct_from != before.distinct_from;
        }
        for asset in assets.iter().filter(says) {
            for identifier in &asset.identifiers {
                if self.values.insert(identifier.value.clone())
                    && let Ok(name) = AssetId::parse(&identifier.value)
                    && is_known(&name)
                {
                    news |= self.declared.insert(name);
                }
            }
        }
        if !self.values.is_empty() {
            for name in assets.iter().flat_map(|asset| asset.aliases.iter().chain([&asset.id])) {
                if self.values.contains(name.as_str()) {
                    news |= self.declared.insert(name.clone());
                }
            }
        }
        news
    }

    /// Concludes anew which assets are one. `named` is the name an asset goes by, as far as sources state other names of it.
    pub(crate) fn conclude<'a>(&'a mut self, named: impl Fn(&'a AssetId) -> &'a AssetId) {
        let merges = Groups::of(&self.stated, &self.declared, named).merges();
        self.merged = merges.iter().flat_map(|(name, merge)| [name.clone(), merge.asset.clone()]).collect();
        self.merges = Arc::new(merges);
    }
}

/// The kinds in the order of their rules.
const RULES: [IdentifierKind; 7] = [
    IdentifierKind::CloudId,
    IdentifierKind::ImageDigest,
    IdentifierKind::AgentId,
    IdentifierKind::Fqdn,
    IdentifierKind::Mac,
    IdentifierKind::Address,
    IdentifierKind::Hostname,
];

/// How surely assets that share an identifier of a kind are one.
fn confidence(kind: IdentifierKind) -> f64 {
    match kind {
        IdentifierKind::CloudId | IdentifierKind::ImageDigest => 0.9999,
        IdentifierKind::AgentId | IdentifierKind::Fqdn | IdentifierKind::Mac => 0.999,
        IdentifierKind::Address => 0.97,
        IdentifierKind::Hostname => 0.9,
    }
}

/// The kinds in which assets that a rule makes one must not differ.
fn exclusive(rule: IdentifierKind) -> &'static [IdentifierKind] {
    use IdentifierKind::{Address, AgentId, CloudId, Fqdn, Mac};
    match rule {
        CloudId | IdentifierKind::ImageDigest => &[],
        AgentId => &[CloudId, Fqdn, Mac],
        Fqdn => &[CloudId],
        Mac => &[CloudId, AgentId, Fqdn],
        Address => &[CloudId, AgentId, Fqdn, Mac],
        IdentifierKind::Hostname => &[CloudId, AgentId, Fqdn, Mac, Address],
    }
}

/// Scans of one round are made within so many days.
const SAME_DAYS: f64 = 2.0;

/// For how many days an address is taken to stay with its machine, while nobody else is seen to have it. Networks that lend
/// addresses lend them for up to eight days.
fn window(identifier: &Key<'_>) -> Option<f64> {
    let (kind, value, _) = *identifier;
    let address = (kind == IdentifierKind::Address).then(|| address::address(value)).flatten()?;
    Some(if address::extent(address) == address::Extent::Private { 8.0 } else { 30.0 })
}

/// An identifier without its time: kind, value, scope.
type Key<'a> = (IdentifierKind, &'a str, Option<&'a str>);

/// Who has an identifier, and when first and last.
type Holder = (usize, Option<(Moment, Moment)>);

/// In what assets may differ: a kind, and within it what can be compared.
type Sort<'a> = (IdentifierKind, &'a str);

/// The assets that sources state, by the names they go by, and how they come together.
struct Groups<'a> {
    names: Vec<&'a AssetId>,
    numbers: HashMap<&'a AssetId, usize>,
    /// Who has an identifier, and when.
    holders: BTreeMap<Key<'a>, Vec<Holder>>,
    sorts: Vec<Vec<(Sort<'a>, &'a str)>>,
    apart: Vec<(usize, usize)>,
    declared: HashSet<usize>,
    /// The group each asset is in: the number of one of it, towards the root.
    parents: Vec<usize>,
    /// The surest identifier by which an asset was merged.
    by: HashMap<usize, Key<'a>>,
}

impl<'a> Groups<'a> {
    fn of(
        stated: &'a BTreeMap<AssetId, Marks>,
        declared: &'a BTreeSet<AssetId>,
        named: impl Fn(&'a AssetId) -> &'a AssetId,
    ) -> Self {
        let mut groups = Self {
            names: Vec::new(),
            numbers: HashMap::new(),
            holders: BTreeMap::new(),
            sorts: Vec::new(),
            apart: Vec::new(),
            declared: HashSet::new(),
            parents: Vec::new(),
            by: HashMap::new(),
        };
        for (name, marks) in stated {
            let number = groups.number(named(name));
            for identifier in &marks.identifiers {
                let value = shared_part(identifier);
                let key = (identifier.kind, value, identifier.scope.as_deref());
                let first = identifier.first_seen.or(identifier.last_seen);
                let time = first.zip(identifier.last_seen.or(first));
                groups.holders.entry(key).or_default().push((number, time));
                if let Some(sorts) = groups.sorts.get_mut(number) {
                    sorts.push(((identifier.kind, comparable(identifier)), value));
                }
            }
        }
        for name in declared {
            let number = groups.number(named(name));
            if !stated.contains_key(name) {
                groups.declared.insert(number);
            }
            for kind in RULES {
                if let Some(holders) = groups.holders.get_mut(&(kind, name.as_str(), None)) {
                    holders.push((number, None));
                }
            }
        }
        for (name, marks) in stated {
            let number = groups.number(named(name));
            for other in &marks.distinct_from {
                if let Some(other) = groups.numbers.get(named(other)) {
                    groups.apart.push((number, *other));
                }
            }
        }
        groups
    }

    fn number(&mut self, name: &'a AssetId) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.sorts.push(Vec::new());
            self.parents.push(self.parents.len());
            self.parents.len() - 1
        })
    }

    fn root(&mut self, mut number: usize) -> usize {
        while let Some(parent) = self.parents.get(number).copied().filter(|parent| *parent != number) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(place) = self.parents.get_mut(number) {
                *place = above;
            }
            number = parent;
        }
        number
    }

    /// Applies the rules, and says which names are merged into which.
    fn merges(mut self) -> BTreeMap<AssetId, Merge> {
        let holders = std::mem::take(&mut self.holders);
        for rule in RULES {
            let of_rule = holders.iter().filter(|((kind, ..), _)| *kind == rule);
            // What would make one of assets that differ identifies nothing.
            let mut keys: Vec<(Key<'a>, Vec<usize>)> = Vec::new();
            for (key, holders) in of_rule {
                let days = window(key);
                for numbers in together(holders, days.unwrap_or(f64::INFINITY)) {
                    if self.agree(&numbers, rule) {
                        keys.push((*key, numbers));
                    } else if days.is_some() {
                        // An address that went from one to another: who had it on the same days?
                        let among: Vec<_> = holders
                            .iter()
                            .filter(|(number, _)| numbers.binary_search(number).is_ok())
                            .copied()
                            .collect();
                        let closer = together(&among, SAME_DAYS).into_iter();
                        keys.extend(closer.filter(|some| self.agree(some, rule)).map(|some| (*key, some)));
                    }
                }
            }
            keys.retain(|(_, numbers)| numbers.len() > 1);
            // Nor do several that only together would.
            let mut trial = Trial::new(self.parents.len());
            for (_, numbers) in &keys {
                let roots: Vec<usize> = numbers.iter().map(|number| self.root(*number)).collect();
                roots.windows(2).for_each(|pair| trial.join(pair));
            }
            let mut components: HashMap<usize, BTreeSet<usize>> = HashMap::new();
            for (_, numbers) in &keys {
                for number in numbers {
                    let root = self.root(*number);
                    components.entry(trial.root(root)).or_default().insert(root);
                }
            }
            let sound: HashSet<usize> = components
                .into_iter()
                .filter(|(_, roots)| self.agree(&roots.iter().copied().collect::<Vec<_>>(), rule))
                .map(|(component, _)| component)
                .collect();
            for (key, numbers) in keys {
                let Some(first) = numbers.first().map(|number| self.root(*number)) else { continue };
                if sound.contains(&trial.root(first)) {
                    for number in numbers {
                        self.join(first, number, key);
                    }
                }
            }
        }
        self.outcome()
    }

    fn join(&mut self, first: usize, number: usize, key: Key<'a>) {
        let (a, b) = (self.root(first), self.root(number));
        self.by.entry(number).or_insert(key);
        let (low, high) = (a.min(b), a.max(b));
        if let Some(place) = self.parents.get_mut(high) {
            *place = low;
        }
        // What is known of one is known of both.
        if low != high {
            let sorts = self.sorts.get_mut(high).map(std::mem::take).unwrap_or_default();
            if let Some(all) = self.sorts.get_mut(low) {
                all.extend(sorts);
            }
        }
    }

    /// Whether assets could be one: no two differ in what a rule says they must not, and nobody says that two are not.
    fn agree(&mut self, numbers: &[usize], rule: IdentifierKind) -> bool {
        let roots: BTreeSet<usize> = numbers.iter().map(|number| self.root(*number)).collect();
        if roots.len() < 2 {
            return true;
        }
        let apart = std::mem::take(&mut self.apart);
        let parted = apart.iter().any(|(a, b)| {
            let (a, b) = (self.root(*a), self.root(*b));
            a != b && roots.contains(&a) && roots.contains(&b)
        });
        self.apart = apart;
        !parted && exclusive(rule).iter().all(|kind| self.overlap(&roots, *kind))
    }

    /// Whether those that have identifiers of a kind hang together by shared ones.
    fn overlap(&self, roots: &BTreeSet<usize>, kind: IdentifierKind) -> bool {
        let mut sorts: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for root in roots {
            for ((known, sort), value) in self.sorts.get(*root).into_iter().flatten() {
                if *known == kind {
                    sorts.entry(sort).or_default().push((*root, value));
                }
            }
        }
        sorts.into_values().all(|values| {
            let mut numbers: HashMap<usize, usize> = HashMap::new();
            for (root, _) in &values {
                let next = numbers.len();
                numbers.entry(*root).or_insert(next);
            }
            let mut trial = Trial::new(numbers.len());
            let mut first: HashMap<&str, usize> = HashMap::new();
            for (root, value) in &values {
                let Some(number) = numbers.get(root) else { continue };
                trial.join(&[*first.entry(value).or_insert(*number), *number]);
            }
            (0..numbers.len()).map(|number| trial.root(number)).collect::<HashSet<_>>().len() <= 1
        })
    }

    fn outcome(mut self) -> BTreeMap<AssetId, Merge> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in 0..self.names.len() {
            groups.entry(self.root(number)).or_default().push(number);
        }
        let mut merges = BTreeMap::new();
        for members in groups.into_values().filter(|members| members.len() > 1) {
            let name = |number: &usize| self.names.get(*number).copied();
            let order = |number: &usize| (rank(name(number), self.declared.contains(number)), name(number));
            let Some(asset) = members.iter().min_by_key(|number| order(number)).and_then(name) else {
                continue;
            };
            for number in &members {
                let (Some(name), Some((kind, value, scope))) = (name(number), self.by.get(number).copied())
                else {
                    continue;
                };
                if name != asset {
                    let by = scope.map_or_else(|| value.to_owned(), |scope| format!("{scope}/{value}"));
                    let confidence = confidence(kind);
                    let merge = Merge {
                        name: name.clone(),
                        asset: asset.clone(),
                        rule: kind,
                        by: by.into(),
                        confidence,
                    };
                    merges.insert(name.clone(), merge);
                }
            }
        }
        merges
    }
}

/// The part of an identifier that tools agree on: of an instance's ARN its id.
fn shared_part(identifier: &Identifier) -> &str {
    let value = &*identifier.value;
    let instance =
        (identifier.kind == IdentifierKind::CloudId).then(|| value.rsplit_once(":instance/")).flatten();
    instance.map_or(value, |(_, id)| id)
}

/// What an identifier can be compared with: one tool's agents, one cloud's names, addresses of one scope.
fn comparable(identifier: &Identifier) -> &str {
    match identifier.kind {
        IdentifierKind::CloudId => {
            let value = shared_part(identifier);
            ["i-", "arn:", "/", "projects/"].into_iter().find(|start| value.starts_with(start)).unwrap_or("")
        }
        IdentifierKind::AgentId | IdentifierKind::Address => identifier.scope.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// How good a name is to go by: what a person stated, a domain name, what a cloud or agent calls it, a network card, an address.
fn rank(name: Option<&AssetId>, declared: bool) -> u8 {
    let Some(name) = name.map(AssetId::as_str) else { return u8::MAX };
    if address::address(name).is_some() {
        4
    } else if address::mac(name).is_some() {
        3
    } else if declared {
        0
    } else if address::fqdn(name).is_some() {
        1
    } else {
        2
    }
}

/// The holders of an identifier that had it at about the same time, in groups. One without a time goes with the others where
/// they are one group.
fn together(holders: &[Holder], days: f64) -> Vec<Vec<usize>> {
    let mut dated: Vec<(Moment, Moment, usize)> = holders
        .iter()
        .filter_map(|(number, time)| time.map(|(first, last)| (first, last, *number)))
        .collect();
    dated.sort_unstable();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut until: Option<Moment> = None;
    for (first, last, number) in dated {
        let near = until.is_some_and(|until| first <= until || first.since(until).get() <= days);
        match groups.last_mut().filter(|_| near) {
            Some(group) => group.push(number),
            None => groups.push(vec![number]),
        }
        until = until.max(Some(last));
    }
    let undated = holders.iter().filter(|(_, time)| time.is_none()).map(|(number, _)| *number);
    match groups.as_mut_slice() {
        [] => groups.push(undated.collect()),
        [group] => group.extend(undated),
        _ => {}
    }
    groups.iter_mut().for_each(|group| {
        group.sort_unstable();
        group.dedup();
    });
    groups
}

/// Numbers that are joined for trial.
struct Trial(Vec<usize>);

impl Trial {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut number: usize) -> usize {
        while let Some(parent) = self.0.get(number).copied().filter(|parent| *parent != number) {
            let above = self.0.get(parent).copied().unwrap_or(parent);
            if let Some(place) = self.0.get_mut(number) {
                *place = above;
            }
            number = parent;
        }
        number
    }

    fn join(&mut self, pair: &[usize]) {
        if let [a, b] = pair {
            let (a, b) = (self.root(*a), self.root(*b));
            if let Some(place) = self.0.get_mut(a.max(b)) {
                *place = a.min(b);
            }
        }
    }
}
