//! Zones: assets that belong together, in tiers, and how many principals have a way into each.
//!
//! A graph of rights has a figure that moves when work is done: of all accounts and machines, the part that has a way into what rules
//! the rest. It asks of every principal by itself what follows once it is held, over all steps that can be taken, whatever their
//! chances; where attackers start does not matter to it.

use super::Assessment;
use crate::{
    attack::{Id, Origin, State, Step},
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, LossEventId},
    model::{Access, Asset, AssetKind, LossEvent, LossSize, Trigger},
    quantity::Part,
    scope::{AssetSelector, Chooser},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Assets that belong together, by a selector.
///
/// ```
/// use ctem_core::prioritize::Zone;
///
/// let zone = Zone { certified: Some(vec!["dc-1".parse()?]), ..Zone::new("tier zero", 0, "label.tier = 0".parse()?) };
/// assert_eq!(zone.tier, 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// What it is called.
    pub id: Box<str>,
    /// How near to the heart it is: 0 rules all others. An asset is of the first zone that means it, by tier and then by order.
    pub tier: u32,
    /// Which assets are meant.
    pub assets: AssetSelector,
    /// The assets that somebody looked at and certified; absent where nobody certifies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified: Option<Vec<AssetId>>,
    /// What is lost once any of it falls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<LossSize>,
}

impl Zone {
    /// A zone that nobody certifies and of which no loss is stated.
    ///
    /// ```
    /// use ctem_core::prioritize::Zone;
    ///
    /// assert!(Zone::new("servers", 1, "kind = host".parse()?).loss.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: &str, tier: u32, assets: AssetSelector) -> Self {
        Self { id: id.into(), tier, assets, certified: None, loss: None }
    }
}

/// Zones with who has a way into them, by tier.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
/// #     {"id": "dc", "kind": "host"}, {"id": "anna", "kind": "identity"}, {"id": "ben", "kind": "identity"}
/// # ], "relations": [{"kind": "operates", "from": "anna", "to": "dc"}]}"#)?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::Zone;
///
/// // Anna operates the domain controller, and Ben does not.
/// let zones = today.zones(&[Zone::new("tier zero", 0, "id = dc".parse()?)])?;
/// assert_eq!((zones.list[0].exposure.count, zones.list[0].exposure.total), (1, 2));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Zones {
    /// How many assets are of no zone.
    pub outside: usize,
    /// The zones, by tier and then as they were stated.
    pub list: Vec<ZoneExposure>,
}

/// A zone, what is in it, and who has a way into it.
///
/// ```
/// # let program = ctem_core::Program::default();
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::Zone;
///
/// let zones = today.zones(&[Zone::new("all", 0, "all".parse()?)])?;
/// assert_eq!((zones.list[0].members, zones.list[0].exposure.share), (0, None));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ZoneExposure {
    /// The zone.
    pub id: Box<str>,
    /// Its tier.
    pub tier: u32,
    /// How many assets are in it.
    pub members: usize,
    /// Of the accounts and machines that are in no zone of this tier or nearer to the heart, those that have a way into it.
    pub exposure: Part,
    /// The principals that have, by id.
    pub exposed: Vec<AssetId>,
    /// The assets that the selector means and nobody certified, by id; none where nobody certifies.
    pub uncertified: Vec<AssetId>,
    /// The assets that somebody certified and the selector no longer means, or another zone has.
    pub no_longer: Vec<AssetId>,
    /// The loss event that states its loss, where one is stated: for a service of a native document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_event: Option<LossEvent>,
}

impl Assessment {
    /// Zones in tiers, what is in each, and which part of all principals has a way into it: accounts and machines that are not switched
    /// off. A zone is come into once a data store of it can be read, an account or group of it be acted as, or anything else of it be
    /// taken over. O(m · principals / 64) for m steps, where few ways are found twice.
    ///
    /// ```
    /// # let program = ctem_core::Program::default();
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert!(today.zones(&[])?.list.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `conflict` for two zones of one name, `invalid_input` for a name that no loss event can have.
    #[doc(alias = "tier zero")]
    #[doc(alias = "attack surface")]
    pub fn zones(&self, zones: &[Zone]) -> Result<Zones> {
        let mut names = BTreeSet::new();
        if let Some((n, twice)) = zones.iter().enumerate().find(|(_, zone)| !names.insert(&zone.id)) {
            let message = format!("two zones are called {}: name one otherwise", quoted(&twice.id));
            return Err(Error::new(ErrorKind::Conflict, message).at(format_args!("/zones/{n}/id")));
        }
        let mut order: Vec<usize> = (0..zones.len()).collect();
        order.sort_by_key(|n| zones.get(*n).map(|zone| zone.tier));
        let environment = self.environment();
        let chooser = Chooser::of(environment, self.as_of(), zones.iter().map(|zone| &zone.assets));
        let (mut members, mut outside): (BTreeMap<usize, Vec<usize>>, usize) = (BTreeMap::new(), 0);
        let mut tiers: BTreeMap<usize, u32> = BTreeMap::new();
        for (number, _) in environment.numbered_assets() {
            let means = |n: &&usize| zones.get(**n).is_some_and(|zone| chooser.matches(number, &zone.assets));
            let Some(n) = order.iter().find(means) else {
                outside += 1;
                continue;
            };
            members.entry(*n).or_default().push(number);
            tiers.extend(zones.get(*n).map(|zone| (number, zone.tier)));
        }
        let ways = self.ways(&members);
        let mut list = Vec::with_capacity(zones.len());
        for n in order {
            let Some(zone) = zones.get(n) else { continue };
            let inside = members.get(&n).map_or(&[][..], Vec::as_slice);
            let principals = ways.principals.iter().enumerate();
            let asked: Vec<(usize, usize)> = principals
                .filter(|(_, number)| tiers.get(number).is_none_or(|tier| *tier > zone.tier))
                .map(|(at, number)| (at, *number))
                .collect();
            let has = |at: usize| ways.into.get(&n).is_some_and(|into| into.contains(&at));
            let mut exposed = self.named(asked.iter().filter(|(at, _)| has(*at)).map(|(_, number)| *number));
            exposed.sort_unstable();
            list.push(self.told(zone, inside, Part::of(exposed.len(), asked.len()), exposed)?);
        }
        Ok(Zones { outside, list })
    }

    /// Of the accounts and machines that are not among some assets, those that have a way into any of them and those that have none, by
    /// number. The numbers handed in are in order.
    pub(crate) fn principals_into(&self, inside: &[usize]) -> Vec<(usize, bool)> {
        let ways = self.ways(&BTreeMap::from([(0, inside.to_vec())]));
        let has = |at: usize| ways.into.get(&0).is_some_and(|into| into.contains(&at));
        let asked = ways.principals.iter().enumerate();
        let asked = asked.filter(|(_, number)| inside.binary_search(number).is_err());
        asked.map(|(at, number)| (*number, has(at))).collect()
    }

    fn told(
        &self,
        zone: &Zone,
        inside: &[usize],
        exposure: Part,
        exposed: Vec<AssetId>,
    ) -> Result<ZoneExposure> {
        let environment = self.environment();
        let certified: Option<HashSet<usize>> = zone
            .certified
            .as_ref()
            .map(|certified| certified.iter().filter_map(|asset| environment.number(asset)).collect());
        let new =
            inside.iter().filter(|number| certified.as_ref().is_some_and(|known| !known.contains(number)));
        let mut uncertified = self.named(new.copied());
        uncertified.sort_unstable();
        // Assets were gone through in the order of their numbers.
        let is_member = |asset: &&AssetId| {
            environment.number(asset).is_some_and(|number| inside.binary_search(&number).is_ok())
        };
        let no_longer = zone.certified.iter().flatten().filter(|asset| !is_member(asset)).cloned();
        let loss_event = match zone.loss {
            Some(loss) if !inside.is_empty() => {
                let falls = inside
                    .iter()
                    .filter_map(|number| environment.numbered(*number))
                    .map(|asset| Trigger::State { asset: asset.id.clone(), access: falls_by(asset) });
                let id = LossEventId::parse(&format!("zone:{}", zone.id))?;
                Some(LossEvent::new(id, loss, Trigger::Any(falls.collect())))
            }
            _ => None,
        };
        Ok(ZoneExposure {
            id: zone.id.clone(),
            tier: zone.tier,
            members: inside.len(),
            exposure,
            exposed,
            uncertified,
            no_longer: no_longer.collect::<BTreeSet<_>>().into_iter().collect(),
            loss_event,
        })
    }

    fn named(&self, numbers: impl Iterator<Item = usize>) -> Vec<AssetId> {
        numbers
            .filter_map(|number| self.environment().numbered(number))
            .map(|asset| asset.id.clone())
            .collect()
    }

    /// By zone, which principals have a way into it: 64 principals at once, each a bit that goes along steps whose premises all have it.
    fn ways(&self, members: &BTreeMap<usize, Vec<usize>>) -> Ways {
        let environment = self.environment();
        let is_principal = |asset: &Asset| {
            !asset.is_switched_off() && matches!(asset.kind, AssetKind::Identity | AssetKind::Host)
        };
        let principals: Vec<usize> = environment
            .numbered_assets()
            .filter(|(_, asset)| is_principal(asset))
            .map(|(number, _)| number)
            .collect();
        let state = |number: usize, access| self.state_of((number as u32, access));
        let goals: Vec<(usize, State)> = members
            .iter()
            .flat_map(|(zone, inside)| inside.iter().map(move |number| (*zone, *number)))
            .filter_map(|(zone, number)| {
                let asset = environment.numbered(number)?;
                Some((zone, state(number, falls_by(asset))?))
            })
            .collect();
        let uses = self.snapshot.uses();
        let can_be = |step: Step| self.snapshot.guard(step).is_none_or(|guard| guard.chance.get() > 0.0);
        // Where attackers start is another question.
        let own = |origin: Origin| !matches!(origin, Origin::Entry(_) | Origin::Unplaced(_));
        let takes = |step: Step| can_be(step) && self.snapshot.origin(step).is_some_and(own);
        let taken: Vec<bool> = self.snapshot.steps().map(takes).collect();
        let mut into: BTreeMap<usize, HashSet<usize>> = BTreeMap::new();
        // What needs nothing is had by all.
        let is_free = |step: &Step| self.snapshot.premises(*step).next().is_none();
        let free: Vec<Step> = self.snapshot.steps().filter(is_free).collect();
        let mut bits = vec![0u64; self.snapshot.state_count()];
        let mut waiting: Vec<Step> = Vec::new();
        for (batch, held) in principals.chunks(64).enumerate() {
            bits.fill(0);
            waiting.extend(&free);
            for (n, number) in held.iter().enumerate() {
                for access in [Access::Use, Access::Control] {
                    let Some(state) = state(*number, access) else { continue };
                    if let Some(known) = bits.get_mut(state.index()) {
                        *known |= 1 << n;
                    }
                    waiting.extend(uses.row(state));
                }
            }
            while let Some(step) = waiting.pop() {
                if taken.get(step.index()) != Some(&true) {
                    continue;
                }
                let Some(conclusion) = self.snapshot.conclusion(step) else { continue };
                let all = self
                    .snapshot
                    .premises(step)
                    .fold(u64::MAX, |all, premise| all & bits.get(premise.index()).copied().unwrap_or(0));
                let Some(known) = bits.get_mut(conclusion.index()).filter(|known| **known | all != **known)
                else {
                    continue;
                };
                *known |= all;
                waiting.extend(uses.row(conclusion));
            }
            for (zone, goal) in &goals {
                let reached = bits.get(goal.index()).copied().unwrap_or(0);
                let who = (0..held.len()).filter(|n| reached & (1 << n) != 0).map(|n| batch * 64 + n);
                into.entry(*zone).or_default().extend(who);
            }
        }
        Ways { principals, into }
    }
}

/// Who has a way into which zone.
struct Ways {
    /// The principals, by asset number.
    principals: Vec<usize>,
    /// By zone: the places of those that have a way into it.
    into: BTreeMap<usize, HashSet<usize>>,
}

/// By what access an asset falls.
fn falls_by(asset: &Asset) -> Access {
    match asset.kind {
        AssetKind::DataStore => Access::Read,
        AssetKind::Identity | AssetKind::Group => Access::Use,
        _ => Access::Control,
    }
}
