//! What is at stake: the loss events that services state, and those that criticality implies.
//!
//! Losses belong to events, not to assets: a data set stored three times is lost once. Where an asset has only a criticality,
//! its loss is one crown jewel times the tier's weight, split over what can happen to it. A crown jewel is the largest loss
//! that is stated, or 1 where none is. An asset that a scanner saw and nobody placed (no relation, no entry point, in no
//! trigger) is taken to be reachable with some chance and to matter somewhat; both are listed as assumptions.

use crate::{
    attack::Asking,
    cvss::Impact,
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, LossEventId, ServiceId, fitted},
    model::{
        Access, Accesses, Asset, AssetAccess, AssetKind, Criticality, Environment, Finding, LossEvent,
        LossSize, Note, NoteKind, RelationKind, Trigger,
    },
    quantity::{Loss, Probability, Unit},
};
use std::collections::{HashMap, HashSet};

/// The chance that an attacker can talk to an asset of which nobody said where it stands. An assumption of
/// the engine's makers, between a closed network and the internet.
///
/// ```
/// use ctem_core::{prioritize::Reachable, scope::UNPLACED_REACH};
///
/// assert_eq!(Reachable::Unknown.chance(), UNPLACED_REACH);
/// ```
pub const UNPLACED_REACH: Probability = Probability::clamped(0.2);

/// What an asset of unknown importance is taken to be: of 10,000 assets most matter little, and taken for medium they would be
/// worth 625 crown jewels together, of which each is the largest loss there is.
const UNKNOWN_IMPORTANCE: Criticality = Criticality::Low;

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
    /// Whether the size of any event is stated, by itself or by the importance of an asset.
    stated: bool,
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
    /// Whether its size is assumed, since nobody said how much its asset matters: such a loss has a rank and no place in sums of what
    /// was stated.
    pub assumed: bool,
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
    at_stake_in(environment, None, &Asking::nobody())
}

/// What of the whole decides what is at stake in a part of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatedElsewhere {
    /// In what losses are counted.
    pub(crate) unit: Unit,
    /// What a crown jewel is, in that unit.
    pub(crate) jewel: f64,
    /// Whether any loss counts that is not of assumed size.
    pub(crate) stated: bool,
}

/// The same, also of a part of an environment in which no loss is stated, where it is said what is stated elsewhere. It asks on the way
/// whether to go on: where it is ended, it is in part, and to be dropped.
pub(crate) fn at_stake_in(
    environment: &Environment,
    elsewhere: Option<StatedElsewhere>,
    asking: &Asking<'_>,
) -> Result<AtStake> {
    let mut events = Vec::new();
    let mut stated = HashSet::new();
    for service in environment.services() {
        // An event that two services state is lost once.
        let first = service.loss_events.iter().filter(|event| stated.insert(&event.id));
        for event in first.take_while(|_| asking.goes_on()) {
            events.push(Stake {
                event: event.clone(),
                service: Some(service.id.clone()),
                loss: event.loss.mean(),
                assumed: false,
            });
        }
    }
    let unit = elsewhere.map_or_else(|| one_unit(&events), |elsewhere| Ok(elsewhere.unit))?;
    let jewel = elsewhere.map_or_else(|| largest(&events), |elsewhere| elsewhere.jewel);

    let mut notes = Vec::new();
    let mut named = HashSet::new();
    for stake in events.iter().take_while(|_| asking.goes_on()) {
        assets_of(&stake.event.when, &mut named);
        note_unknown(environment, &stake.event, &mut notes);
    }
    // A trigger may call an asset by another of its names.
    let named: HashSet<usize> = named.iter().filter_map(|name| environment.number(name)).collect();
    let connections = Connections::of(environment, &named, asking);
    let mut assets: Vec<(usize, &Asset)> = environment.numbered_assets().collect();
    assets.sort_unstable_by(|a, b| a.1.id.cmp(&b.1.id));
    let nothing_stated = events.is_empty() && assets.iter().all(|(_, asset)| asset.criticality.is_none());
    let (mut unplaced, mut ends, mut implied) = (Vec::new(), Vec::new(), Vec::new());
    for (number, asset) in assets.into_iter().take_while(|_| asking.goes_on()) {
        let is_unplaced = connections.is_unplaced(number);
        if is_unplaced {
            unplaced.push(asset.id.clone());
        }
        if named.contains(&number) {
            continue;
        }
        let assumed = connections.is_weak(number) && asset.criticality.is_none() && {
            let end = !is_unplaced && connections.is_end(number);
            if end {
                ends.push(asset.id.clone());
            }
            end || nothing_stated || is_unplaced
        };
        let tier = asset.criticality.or_else(|| assumed.then_some(UNKNOWN_IMPORTANCE));
        let is_tampered = connections.is_tampered(number);
        implied.extend(tier.map(|tier| (asset, is_tampered, tier.units() * jewel, assumed)));
    }
    imply(&implied, unit, &mut events, asking)?;
    if !unplaced.is_empty() {
        notes.push(Note::new(NoteKind::Assumed, "", assumption(&unplaced)));
    }
    if !ends.is_empty() {
        notes.push(Note::new(NoteKind::Assumed, "", assumed_importance(&ends)));
    }
    if environment.entry_points().next().is_none() && environment.relation_count() > 0 {
        let reason = "there is no entry point: every asset with a finding is taken to be reachable with a chance of 20 %";
        notes.push(Note::new(NoteKind::Assumed, "", reason));
    }
    events.sort_by(|a, b| a.event.id.cmp(&b.event.id));
    let stated =
        elsewhere.map_or_else(|| events.iter().any(|stake| !stake.assumed), |elsewhere| elsewhere.stated);
    Ok(AtStake { events, unit, unplaced, notes, stated })
}

impl AtStake {
    /// What of it decides what is at stake in a part.
    pub(crate) fn elsewhere(&self) -> StatedElsewhere {
        let jewel = largest(self.events.iter().filter(|stake| stake.service.is_some()));
        StatedElsewhere { unit: self.unit, jewel, stated: self.stated }
    }

    /// What is at stake with each asset: the losses of the events that name it, by its number.
    pub(crate) fn by_asset(&self, environment: &Environment) -> HashMap<usize, f64> {
        let mut by_asset: HashMap<usize, f64> = HashMap::new();
        for stake in &self.events {
            let mut named = HashSet::new();
            assets_of(&stake.event.when, &mut named);
            let numbers: HashSet<usize> = named.iter().filter_map(|name| environment.number(name)).collect();
            for number in numbers {
                *by_asset.entry(number).or_default() += stake.loss.amount();
            }
        }
        by_asset
    }

    /// Whether an event is of assumed size beside others that are stated.
    pub(crate) fn is_beside(&self, stake: &Stake) -> bool {
        stake.assumed && self.stated
    }

    /// When each event happens, and its expected loss as sums count it: what is assumed is no loss beside what was stated, and all there is
    /// where nothing was.
    pub(crate) fn counted_events(&self) -> Vec<(&Trigger, f64)> {
        let counted =
            |stake: &Stake| if self.is_beside(stake) { 0.0 } else { stake.event.loss.mean().amount() };
        self.events.iter().map(|stake| (&stake.event.when, counted(stake))).collect()
    }
}

/// The largest loss that is stated, or 1.
fn largest<'a>(events: impl IntoIterator<Item = &'a Stake>) -> f64 {
    let jewel = events.into_iter().map(|stake| stake.loss.amount()).fold(0.0, f64::max);
    if jewel > 0.0 { jewel } else { 1.0 }
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

/// The assets that a finding lets be changed and neither read nor taken over: what it states, or its own by its CVSS.
fn changed(finding: &Finding) -> Vec<&AssetId> {
    let exploit = finding.exploit.as_deref();
    // What is given of its own asset is given of what it opens.
    let own = exploit.and_then(|exploit| exploit.opens.as_ref()).unwrap_or(&finding.asset);
    match exploit.and_then(|exploit| exploit.gives.as_ref()) {
        Some(gives) => {
            let writes = gives.list().iter().filter(|held| held.access == Access::Write);
            let own = Some(own).filter(|_| gives.own() == Some(Access::Write));
            own.into_iter().chain(writes.map(|held| &held.asset)).collect()
        }
        None => {
            let changes = finding.weakness.cvss.iter().any(|vector| {
                let reading = vector.reading();
                let total = reading.integrity == Impact::High && reading.availability == Impact::High;
                reading.confidentiality == Impact::None && reading.integrity != Impact::None && !total
            });
            Some(own).filter(|_| changes).into_iter().collect()
        }
    }
}

/// What is known of how assets hang together, by asset number.
struct Connections {
    /// Stands in a relation, a step, an entry point or a trigger; all do where there is no entry point to tell by.
    placed: Vec<bool>,
    /// Something leads on from it.
    leads_on: Vec<bool>,
    /// Has a finding which stands.
    weak: Vec<bool>,
    /// Has one by which it is changed and neither read nor taken over.
    tampered: Vec<bool>,
    entries: bool,
}

impl Connections {
    fn of(environment: &Environment, named: &HashSet<usize>, asking: &Asking<'_>) -> Self {
        let none = vec![false; environment.asset_bound()];
        let entries = environment.entry_points().next().is_some();
        let mut connections = Self {
            placed: none.clone(),
            leads_on: none.clone(),
            weak: none.clone(),
            tampered: none,
            entries,
        };
        for (from, fact, to) in environment.facts().take_while(|_| asking.goes_on()) {
            let (needs, gives) = fact.step();
            let number = |held: &AssetAccess| environment.number(&held.asset);
            let needs = [from].into_iter().chain(needs.iter().filter_map(number));
            connections.step(needs, [to].into_iter().chain(gives.iter().filter_map(number)));
            if fact.kind == RelationKind::InstanceOf {
                // A flaw of an image is one of what runs of it.
                connections.step([to], [from]);
            }
        }
        for (_, finding) in environment.keyed_findings().take_while(|_| asking.goes_on()) {
            if finding.status.is_open()
                && let Some(number) = environment.number(&finding.asset)
            {
                connections.stand(number);
                for changed in changed(finding) {
                    connections.change(environment.number(changed));
                }
            }
            let Some(exploit) = &finding.exploit else { continue };
            let of = |accesses: &Option<Accesses>| {
                let list = accesses.as_ref().map_or(&[][..], Accesses::list);
                list.iter().filter_map(|held| environment.number(&held.asset)).collect::<Vec<_>>()
            };
            let mut gives = of(&exploit.gives);
            gives.extend(exploit.opens.as_ref().and_then(|asset| environment.number(asset)));
            let needs = of(&exploit.needs);
            if !gives.is_empty() || !needs.is_empty() {
                connections.step(needs.into_iter().chain(environment.number(&finding.asset)), gives);
            }
        }
        for entry in environment.entry_points() {
            connections.place(environment.number(&entry.asset));
        }
        for number in named {
            connections.place(Some(*number));
        }
        connections
    }

    /// A finding stands on an asset.
    fn stand(&mut self, number: usize) {
        if let Some(weak) = self.weak.get_mut(number) {
            *weak = true;
        }
    }

    /// A finding that stands lets an asset be changed.
    fn change(&mut self, number: Option<usize>) {
        if let Some(tampered) = number.and_then(|number| self.tampered.get_mut(number)) {
            *tampered = true;
        }
    }

    fn place(&mut self, number: Option<usize>) {
        if let Some(slot) = number.and_then(|number| self.placed.get_mut(number)) {
            *slot = true;
        }
    }

    fn step(&mut self, from: impl IntoIterator<Item = usize>, to: impl IntoIterator<Item = usize>) {
        for number in from {
            self.place(Some(number));
            if let Some(slot) = self.leads_on.get_mut(number) {
                *slot = true;
            }
        }
        for number in to {
            self.place(Some(number));
        }
    }

    /// Whether an asset has a finding which stands.
    fn is_weak(&self, number: usize) -> bool {
        self.weak.get(number) == Some(&true)
    }

    /// Whether it has one by which it is changed and neither read nor taken over.
    fn is_tampered(&self, number: usize) -> bool {
        self.tampered.get(number) == Some(&true)
    }

    /// Whether an asset has a place and nothing leads on from it.
    fn is_end(&self, number: usize) -> bool {
        let of = |list: &[bool]| list.get(number).copied();
        self.entries && of(&self.placed) == Some(true) && of(&self.leads_on) == Some(false)
    }

    /// Whether it has an open finding and nobody said where it stands: so does all with one, where nobody said where attackers start.
    fn is_unplaced(&self, number: usize) -> bool {
        self.is_weak(number) && !(self.entries && self.placed.get(number) == Some(&true))
    }
}

/// The assets that a trigger names.
pub(crate) fn assets_of(trigger: &Trigger, into: &mut HashSet<AssetId>) {
    let mut waiting = vec![trigger];
    while let Some(trigger) = waiting.pop() {
        match trigger {
            Trigger::State { asset, .. } => {
                into.insert(asset.clone());
            }
            other => waiting.extend(other.parts()),
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

/// The words of implied events in their order, in which they come ordered by id.
const WORDS: [&str; 5] = ["disclosed", "down", "taken", "tampered", "used"];

/// The events that criticalities imply, of each asset, whether it is tampered with, what its events are worth together, and whether that
/// is assumed.
fn imply(
    implied: &[(&Asset, bool, f64, bool)],
    unit: Unit,
    events: &mut Vec<Stake>,
    asking: &Asking<'_>,
) -> Result<()> {
    events.reserve(3 * implied.len());
    for word in WORDS {
        for (asset, is_tampered, whole, assumed) in implied.iter().take_while(|_| asking.goes_on()) {
            let part = parts(&asset.kind, *is_tampered).iter().find(|(known, ..)| *known == word);
            let Some((_, said, access, part)) = part else { continue };
            let id = LossEventId::parse(&fitted(format!("{word}:{}", asset.id)))?;
            let loss = Loss::new(whole * part, unit)?;
            let when = Trigger::State { asset: asset.id.clone(), access: *access };
            let mut event = LossEvent::new(id, LossSize::known(loss), when);
            event.name = Some(format!("{} {said}", asset.title()).into());
            events.push(Stake { event, service: None, loss, assumed: *assumed });
        }
    }
    Ok(())
}

/// What can happen to assets of a kind: a word of [`WORDS`], how it is said, with which access, and which part of the whole is lost.
fn parts(kind: &AssetKind, is_tampered: bool) -> &'static [(&'static str, &'static str, Access, f64)] {
    match kind {
        AssetKind::Identity | AssetKind::Group => &[("used", "acted as", Access::Use, 1.0)],
        AssetKind::DataStore => &[
            ("disclosed", "disclosed", Access::Read, 0.5),
            ("tampered", "tampered with", Access::Write, 0.25),
            ("down", "down", Access::Down, 0.25),
        ],
        // Who takes it over can change it too, so that the whole is lost as before.
        _ if is_tampered => &[
            ("disclosed", "disclosed", Access::Read, 0.25),
            ("tampered", "tampered with", Access::Write, 0.25),
            ("taken", "taken over", Access::Control, 0.25),
            ("down", "down", Access::Down, 0.25),
        ],
        _ => &[
            ("disclosed", "disclosed", Access::Read, 0.25),
            ("taken", "taken over", Access::Control, 0.5),
            ("down", "down", Access::Down, 0.25),
        ],
    }
}

/// What is assumed of assets from which nothing leads on.
fn assumed_importance(ends: &[AssetId]) -> String {
    let verb = if ends.len() == 1 { "is" } else { "are" };
    let importance = UNKNOWN_IMPORTANCE.name();
    format!(
        "{} {verb} taken to be of {importance} importance, since nothing leads on from there and nobody says what it matters",
        named(ends)
    )
}

/// The first few names, and how many more.
fn named(assets: &[AssetId]) -> String {
    const NAMED: usize = 3;
    let names: Vec<_> = assets.iter().take(NAMED).map(|asset| quoted(asset.as_str())).collect();
    let more = assets.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", names.join(", "))
}

fn assumption(unplaced: &[AssetId]) -> String {
    let (verb, stand) = if unplaced.len() == 1 { ("is", "it stands") } else { ("are", "they stand") };
    format!(
        "{} {verb} taken to be reachable with a chance of 20 % and of {} importance, since nothing says where {stand}",
        named(unplaced),
        UNKNOWN_IMPORTANCE.name()
    )
}
