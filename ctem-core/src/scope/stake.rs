//! What is at stake: the loss events that services state, and those that criticality implies.
//!
//! Losses belong to events, not to assets: a data set stored three times is lost once. Where an asset has only a criticality,
//! its loss is one crown jewel times the tier's weight, split over what can happen to it. A crown jewel is the largest loss
//! that is stated, or 1 where none is. An asset that a scanner saw and nobody placed (no relation, no entry point, in no
//! trigger) is taken to be reachable with some chance and to matter somewhat; both are listed as assumptions.

use crate::{
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, LossEventId, ServiceId, fitted},
    model::{
        Access, Asset, AssetKind, Criticality, Environment, LossEvent, LossSize, Note, NoteKind, Trigger,
    },
    quantity::{Loss, Probability, Unit},
};
use std::collections::HashSet;

/// The chance that an attacker can talk to an asset of which nobody said where it stands. An assumption of
/// the engine's makers, between a closed network and the internet.
///
/// ```
/// use ctem_core::{prioritize::Reachable, scope::UNPLACED_REACH};
///
/// assert_eq!(Reachable::Unknown.chance(), UNPLACED_REACH);
/// ```
pub const UNPLACED_REACH: Probability = Probability::clamped(0.2);

/// What an asset of unknown importance is taken to be.
const UNKNOWN_IMPORTANCE: Criticality = Criticality::Medium;

/// Everything at stake in an environment.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::scope;
///
/// // Is there anything that nobody has placed?
/// assert!(scope::at_stake(today.environment())?.unplaced.is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AtStake {
    /// The loss events, by id.
    pub events: Vec<Stake>,
    /// What losses are counted in.
    pub unit: Unit,
    /// The assets nobody has placed, by id.
    pub unplaced: Vec<AssetId>,
    /// What was assumed.
    pub notes: Vec<Note>,
}

/// A loss event at stake.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::scope;
///
/// // Who states what?
/// let stake = scope::at_stake(today.environment())?;
/// assert_eq!(stake.events[0].service.as_ref().map(|service| service.as_str()), Some("sales"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stake {
    /// The event.
    pub event: LossEvent,
    /// The service that states it; none when an asset's criticality implies it.
    pub service: Option<ServiceId>,
    /// Its expected loss, in the unit.
    pub loss: Loss,
}

/// Collects what is at stake. O(n log n).
///
/// ```
/// use ctem_core::{model::{Asset, AssetKind, Criticality, Environment}, scope::at_stake};
///
/// // A crown jewel is at stake though nobody has said what its loss costs.
/// let orders =
///     Asset { criticality: Some(Criticality::CrownJewel), ..Asset::new("orders".parse()?, AssetKind::DataStore) };
/// let stake = at_stake(&Environment::builder().record(orders).build()?)?;
/// assert!(!stake.events.is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `conflict` when losses are stated in different units.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::scope;
///
/// let stake = scope::at_stake(today.environment())?;
/// let most: f64 = stake.events.iter().map(|stake| stake.loss.amount()).sum();
/// assert_eq!(stake.unit.amount(most), "EUR 3,000");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "crown jewels")]
pub fn at_stake(environment: &Environment) -> Result<AtStake> {
    let mut events = Vec::new();
    let mut stated = HashSet::new();
    for service in environment.services() {
        // An event that two services state is lost once.
        for event in service.loss_events.iter().filter(|event| stated.insert(&event.id)) {
            events.push(Stake {
                event: event.clone(),
                service: Some(service.id.clone()),
                loss: event.loss.mean(),
            });
        }
    }
    let unit = one_unit(&events)?;
    let jewel = events.iter().map(|stake| stake.loss.amount()).fold(0.0, f64::max);
    let jewel = if jewel > 0.0 { jewel } else { 1.0 };

    let mut notes = Vec::new();
    let mut named = HashSet::new();
    for stake in &events {
        assets_of(&stake.event.when, &mut named);
        note_unknown(environment, &stake.event, &mut notes);
    }
    // A trigger may call an asset by another of its names.
    let named: HashSet<AssetId> =
        named.iter().filter_map(|name| environment.asset(name)).map(|asset| asset.id.clone()).collect();
    let unplaced = unplaced(environment, &named);
    let nothing_stated = events.is_empty() && environment.assets().all(|asset| asset.criticality.is_none());
    let is_unplaced: HashSet<&AssetId> = unplaced.iter().collect();
    let weak: HashSet<&AssetId> = weak_assets(environment);
    for asset in environment.assets().filter(|asset| !named.contains(&asset.id)) {
        let assumed = is_unplaced.contains(&asset.id) || (nothing_stated && weak.contains(&asset.id));
        let tier = asset.criticality.or_else(|| assumed.then_some(UNKNOWN_IMPORTANCE));
        if let Some(tier) = tier {
            imply(asset, tier.units() * jewel, unit, &mut events)?;
        }
    }
    if !unplaced.is_empty() {
        notes.push(Note::new(NoteKind::Assumed, "", assumption(&unplaced)));
    }
    if environment.entry_points().next().is_none() && environment.relation_count() > 0 {
        let reason = "there is no entry point: every asset with a finding is taken to be reachable with a chance of 20 %";
        notes.push(Note::new(NoteKind::Assumed, "", reason));
    }
    events.sort_by(|a, b| a.event.id.cmp(&b.event.id));
    Ok(AtStake { events, unit, unplaced, notes })
}

fn one_unit(events: &[Stake]) -> Result<Unit> {
    let Some(first) = events.first() else { return Ok(Unit::CrownJewel) };
    match events.iter().find(|stake| stake.loss.unit() != first.loss.unit()) {
        None => Ok(first.loss.unit()),
        Some(other) => Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "the loss of {} is in {} and that of {} in {}: state all losses in one unit",
                quoted(first.event.id.as_str()),
                first.loss.unit(),
                quoted(other.event.id.as_str()),
                other.loss.unit()
            ),
        )),
    }
}

/// The assets that have a finding which stands.
fn weak_assets(environment: &Environment) -> HashSet<&AssetId> {
    environment
        .keyed_findings()
        .filter(|(_, finding)| finding.status.is_open())
        .map(|(_, finding)| &finding.asset)
        .collect()
}

/// The assets with findings that nothing else speaks of; without entry points, all assets with findings.
fn unplaced(environment: &Environment, named: &HashSet<AssetId>) -> Vec<AssetId> {
    let mut placed = vec![false; environment.asset_bound()];
    let mut place = |number: Option<usize>| {
        if let Some(slot) = number.and_then(|number| placed.get_mut(number)) {
            *slot = true;
        }
    };
    if environment.entry_points().next().is_some() {
        for (from, _, to) in environment.facts() {
            place(Some(from));
            place(Some(to));
        }
        for entry in environment.entry_points() {
            place(environment.number(&entry.asset));
        }
        for asset in named {
            place(environment.number(asset));
        }
    }
    let mut unplaced: Vec<AssetId> = weak_assets(environment)
        .into_iter()
        .filter(|asset| environment.number(asset).is_some_and(|number| placed.get(number) == Some(&false)))
        .cloned()
        .collect();
    unplaced.sort_unstable();
    unplaced
}

fn assets_of(trigger: &Trigger, into: &mut HashSet<AssetId>) {
    let mut waiting = vec![trigger];
    while let Some(trigger) = waiting.pop() {
        match trigger {
            Trigger::State { asset, .. } => {
                into.insert(asset.clone());
            }
            Trigger::Any(of) | Trigger::All(of) | Trigger::AtLeast { of, .. } => waiting.extend(of),
        }
    }
}

fn note_unknown(environment: &Environment, event: &LossEvent, notes: &mut Vec<Note>) {
    let mut assets = HashSet::new();
    assets_of(&event.when, &mut assets);
    let mut unknown: Vec<_> = assets.iter().filter(|asset| environment.asset(asset).is_none()).collect();
    unknown.sort_unstable();
    for asset in unknown {
        let reason = format!("{} is nowhere declared: as if it could not fall", quoted(asset.as_str()));
        notes.push(Note::new(NoteKind::Assumed, &event.id, reason));
    }
}

/// The events a criticality implies, whose losses add up to the whole.
fn imply(asset: &Asset, whole: f64, unit: Unit, events: &mut Vec<Stake>) -> Result<()> {
    let parts: &[(&str, &str, Access, f64)] = match asset.kind {
        AssetKind::Identity | AssetKind::Group => &[("used", "acted as", Access::Use, 1.0)],
        AssetKind::DataStore => &[
            ("disclosed", "disclosed", Access::Use, 0.5),
            ("taken", "taken over", Access::Control, 0.25),
            ("down", "down", Access::Down, 0.25),
        ],
        _ => &[
            ("disclosed", "disclosed", Access::Use, 0.25),
            ("taken", "taken over", Access::Control, 0.5),
            ("down", "down", Access::Down, 0.25),
        ],
    };
    for (word, said, access, part) in parts {
        let id = LossEventId::parse(&fitted(format!("{word}:{}", asset.id)))?;
        let loss = Loss::new(whole * part, unit)?;
        let when = Trigger::State { asset: asset.id.clone(), access: *access };
        let mut event = LossEvent::new(id, LossSize::known(loss), when);
        event.name = Some(format!("{} {said}", asset.title()).into());
        events.push(Stake { event, service: None, loss });
    }
    Ok(())
}

fn assumption(unplaced: &[AssetId]) -> String {
    const NAMED: usize = 3;
    let names: Vec<_> = unplaced.iter().take(NAMED).map(|asset| quoted(asset.as_str())).collect();
    let more = unplaced.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (verb, stand) = if unplaced.len() == 1 { ("is", "it stands") } else { ("are", "they stand") };
    format!(
        "{}{rest} {verb} taken to be reachable with a chance of 20 % and of medium importance, since nothing says where {stand}",
        names.join(", ")
    )
}
