//! Which assets a selector means.

use crate::{
    id::AssetId,
    model::{
        Asset, Attacker, Criticality, Environment, Reachability, RelationKind,
        selector::{AssetSelector, Comparison, Condition, Field, INTERNET, Pattern},
    },
    scope::suggest::{data_classes, environment_of, open_to_internet},
    time::Moment,
};
use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap, HashSet},
};

/// What selectors need to know of an environment, gathered once. It holds only what the selectors ask for.
pub(crate) struct Chooser<'a> {
    environment: &'a Environment,
    as_of: Moment,
    /// By condition: whether the asset of a number lies in what it names.
    within: HashMap<&'a Condition, Vec<bool>>,
    entries: HashMap<usize, BTreeSet<Attacker>>,
    sources: HashMap<usize, BTreeSet<&'a str>>,
    /// What is open to the internet.
    open: HashSet<usize>,
    reachability: HashMap<usize, BTreeSet<Reachability>>,
    seen: HashMap<usize, Moment>,
}

impl<'a> Chooser<'a> {
    /// O(relations) for each condition on realms and zones, and O(findings) where tools or ages are asked for.
    pub(crate) fn of(
        environment: &'a Environment,
        as_of: Moment,
        selectors: impl IntoIterator<Item = &'a AssetSelector>,
    ) -> Self {
        let mut conditions: Vec<&Condition> = Vec::new();
        let mut left: Vec<&AssetSelector> = selectors.into_iter().collect();
        while let Some(selector) = left.pop() {
            match selector {
                AssetSelector::All => {}
                AssetSelector::Is(condition) => conditions.push(condition),
                AssetSelector::Not(of) => left.push(of),
                AssetSelector::Every(of) | AssetSelector::Any(of) => left.extend(of),
            }
        }
        let asks = |field: Field| conditions.iter().any(|condition| condition.field == field);
        let mut chooser = Self {
            environment,
            as_of,
            within: HashMap::new(),
            entries: HashMap::new(),
            sources: HashMap::new(),
            open: if asks(Field::Exposure) { open_to_internet(environment) } else { HashSet::new() },
            reachability: HashMap::new(),
            seen: HashMap::new(),
        };
        if asks(Field::Entry) {
            for entry in environment.entry_points() {
                if let Some(number) = environment.number(&entry.asset) {
                    chooser.entries.entry(number).or_default().insert(entry.attacker);
                }
            }
        }
        if asks(Field::Age) {
            for (number, asset) in environment.numbered_assets() {
                let last = asset.identifiers.iter().filter_map(|identifier| identifier.last_seen).max();
                last.map(|last| chooser.seen.insert(number, last));
            }
        }
        let (sources, ages, reached) = (asks(Field::Source), asks(Field::Age), asks(Field::Reachability));
        if sources || ages || reached {
            for finding in environment.findings() {
                let Some(number) = environment.number(&finding.asset) else { continue };
                if let Some(said) = finding.reachability().filter(|_| reached && finding.status.is_open()) {
                    chooser.reachability.entry(number).or_default().insert(said);
                }
                if sources {
                    chooser.sources.entry(number).or_default().extend(finding.sources());
                }
                if let Some(last) = finding.sightings.iter().filter_map(|one| one.seen).max().filter(|_| ages)
                {
                    let known = chooser.seen.entry(number).or_insert(last);
                    *known = last.max(*known);
                }
            }
        }
        for condition in conditions {
            if matches!(condition.field, Field::Realm | Field::Zone)
                && !chooser.within.contains_key(condition)
            {
                let within = chooser.inside(condition);
                chooser.within.insert(condition, within);
            }
        }
        chooser
    }

    pub(crate) fn environment(&self) -> &'a Environment {
        self.environment
    }

    /// Whether a selector means the asset of a name.
    pub(crate) fn matches_id(&self, name: &AssetId, selector: &AssetSelector) -> bool {
        self.environment.number(name).is_some_and(|number| self.matches(number, selector))
    }

    /// Whether a selector means the asset of a number. O(conditions).
    pub(crate) fn matches(&self, number: usize, selector: &AssetSelector) -> bool {
        let Some(asset) = self.environment.numbered(number) else { return false };
        self.is_meant(number, asset, selector)
    }

    fn is_meant(&self, number: usize, asset: &Asset, selector: &AssetSelector) -> bool {
        match selector {
            AssetSelector::All => true,
            AssetSelector::Is(condition) => self.holds(number, asset, condition),
            AssetSelector::Not(of) => !self.is_meant(number, asset, of),
            AssetSelector::Every(of) => of.iter().all(|of| self.is_meant(number, asset, of)),
            AssetSelector::Any(of) => of.iter().any(|of| self.is_meant(number, asset, of)),
        }
    }

    fn holds(&self, number: usize, asset: &Asset, condition: &Condition) -> bool {
        let any = |words: &mut dyn Iterator<Item = &str>| is_one(condition, words);
        let is = match &condition.field {
            Field::Id => any(&mut ids(asset)),
            Field::Name => any(&mut names(asset)),
            Field::Kind => any(&mut [asset.kind.name()].into_iter()),
            Field::Owner => {
                let owner = asset.owner.as_ref();
                let name = owner.and_then(|owner| self.environment.owner(owner)?.name.as_deref());
                any(&mut owner.map(|owner| owner.as_str()).into_iter().chain(name))
            }
            Field::Criticality => {
                let stated = asset.criticality;
                let against = |word: &str| Some(stated?.cmp(&word.parse::<Criticality>().ok()?));
                compared(condition, stated.is_some(), against)
            }
            Field::Label(key) => any(&mut label(asset, key).into_iter()),
            Field::Tag => any(&mut asset.labels.iter().flat_map(|(key, value)| [&**key, &**value])),
            Field::Environment => any(&mut environment_of(asset).as_deref().into_iter()),
            Field::DataClass => any(&mut data_classes(asset).into_iter()),
            Field::Exposure => any(&mut self.open.contains(&number).then_some(INTERNET).into_iter()),
            Field::Reachability => {
                let said = self.reachability.get(&number);
                any(&mut said.into_iter().flatten().map(|said| said.name()))
            }
            Field::Realm | Field::Zone => {
                self.within.get(condition).is_some_and(|within| within.get(number) == Some(&true))
            }
            Field::Entry => {
                let known = self.entries.get(&number);
                any(&mut known.into_iter().flatten().map(|attacker| attacker.name()))
            }
            Field::Source => any(&mut self.sources.get(&number).into_iter().flatten().copied()),
            Field::Age => {
                let days = self.seen.get(&number).map(|last| self.as_of.since(*last).get());
                let against = |word: &str| days?.partial_cmp(&word.parse().ok()?);
                compared(condition, days.is_some(), against)
            }
        };
        is != (condition.comparison == Comparison::IsNot)
    }

    /// Whether the asset of each number it lies, at any depth, in a realm or zone that the condition names, or in any at all.
    fn inside(&self, condition: &Condition) -> Vec<bool> {
        let mut inside = vec![false; self.environment.asset_bound()];
        let is_zone = condition.field == Field::Zone;
        let (contains, lies_in) = (RelationKind::Contains, RelationKind::LiesIn);
        let meant = |asset: &Asset| is_one(condition, &mut ids(asset).chain(names(asset)));
        let named = self.environment.numbered_assets().filter(|(_, asset)| meant(asset));
        let mut left: Vec<usize> = named.map(|(number, _)| number).collect();
        while let Some(number) = left.pop() {
            let below = self.environment.along(number, &contains).filter(|_| !is_zone);
            let in_it = self.environment.against(number, &lies_in).filter(|_| is_zone);
            for member in below.chain(in_it) {
                if let Some(known) = inside.get_mut(member).filter(|known| !**known) {
                    *known = true;
                    left.push(member);
                }
            }
        }
        inside
    }
}

impl Environment {
    /// The assets that a selector means, by id. Age is counted up to the moment. O(assets × conditions + relations + findings).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// let environment = program.environment();
    /// let (owned, today) = ("kind = host and has owner".parse()?, "2025-11-13".parse()?);
    /// let ids: Vec<_> = environment.select(&owned, today).iter().map(|asset| asset.id.as_str()).collect();
    /// assert_eq!(ids, ["shop"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn select(&self, selector: &AssetSelector, as_of: Moment) -> Vec<&Asset> {
        let chooser = Chooser::of(self, as_of, [selector]);
        let mut chosen: Vec<&Asset> = self
            .numbered_assets()
            .filter(|(n, _)| chooser.matches(*n, selector))
            .map(|(_, asset)| asset)
            .collect();
        chosen.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        chosen
    }
}

/// Whether one of the words is one of the values; or, where it is only asked whether anything is stated, whether there is one.
fn is_one(condition: &Condition, mut words: &mut dyn Iterator<Item = &str>) -> bool {
    match condition.comparison {
        Comparison::Stated => words.next().is_some(),
        _ => Iterator::any(&mut words, |word| condition.values.iter().any(|value| value.matches(word))),
    }
}

/// The same of what has an order.
fn compared(condition: &Condition, is_stated: bool, against: impl Fn(&str) -> Option<Ordering>) -> bool {
    let ordering = || condition.values.iter().filter_map(Pattern::plain).filter_map(&against);
    match condition.comparison {
        Comparison::Stated => is_stated,
        Comparison::Is | Comparison::IsNot => ordering().any(Ordering::is_eq),
        Comparison::Below => ordering().any(Ordering::is_lt),
        Comparison::AtMost => ordering().any(Ordering::is_le),
        Comparison::Above => ordering().any(Ordering::is_gt),
        Comparison::AtLeast => ordering().any(Ordering::is_ge),
    }
}

fn ids(asset: &Asset) -> impl Iterator<Item = &str> {
    [&asset.id].into_iter().chain(&asset.aliases).map(|id| id.as_str())
}

fn names(asset: &Asset) -> impl Iterator<Item = &str> {
    let seen = asset.identifiers.iter().map(|identifier| &*identifier.value);
    [asset.title(), asset.id.as_str()].into_iter().chain(seen)
}

fn label<'a>(asset: &'a Asset, key: &str) -> Option<&'a str> {
    let exact = asset.labels.get(key);
    let whatever_case =
        || asset.labels.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    exact.or_else(whatever_case).map(|value| &**value)
}
