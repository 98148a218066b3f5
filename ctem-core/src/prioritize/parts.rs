//! An assessment in parts: what is new on assets that stand alone is assessed there, and the rest is kept.
//!
//! An asset stands alone where nothing is known of it but what is wrong with it: no relation, no way in, no control, and no stated loss
//! that it is part of. What it shares with others is told to it: the threat of a weakness that stands elsewhere too, and what losses are
//! counted in. Its rows are then those of the whole, to the bit, since what it has is numbered in the same order as in the whole, and its
//! sums run over the same things. What is of the whole are sums over all loss events, which are added up anew: they are read, and nothing
//! is searched.
//!
//! Wherever that may not hold there is no answer, and all is assessed: where a bound of the whole is what bounds one finding, where a
//! finding is the first to share a threat with one elsewhere, where a flaw comes of age, and where what is kept of a part is not, to the
//! bit, what the part alone comes to.

use super::{
    Assessment, ExposureId,
    assess::{Around, AssessOptions, assess_in},
    loss_events::room,
    priors::YOUNG_DAYS,
    world::young_since,
};
use crate::{
    attack::{ExploitStep, Key, OnProgress},
    id::{AssetId, FindingId, LossEventId},
    intel::Intel,
    model::{Accesses, Attacker, Environment, Finding},
    quantity::{Estimate, Probability},
    scope::{StatedElsewhere, assets_of},
    time::Moment,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// Shared threats and controls that bounds follow one by one; see `attack/reliability/bounds`.
const MOST_ROOTS: usize = 1024;
/// What no bound of a part is above: far enough from the cap of the whole.
const HIGHEST: f64 = 0.99;
const LEAST_CAP: f64 = 0.999;
/// Bounds that are still after so few sweeps are so whatever else is swept.
const MOST_SWEEPS: usize = 5;
/// A part is of so many assets and findings at most: more are assessed with all others as fast.
const MOST: usize = 512;

/// What is kept of an assessment, so that it can move on part by part.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    how: AssessOptions<'static>,
    intel: Intel,
    as_of: Moment,
    stated: StatedElsewhere,
    /// The loss events, in the order of their names, and what is known of each.
    events: Vec<LossEventId>,
    sums: Vec<Event>,
    sum: Sum,
    /// By finding: its row.
    rows: HashMap<FindingId, Estimate>,
    /// No row has more than this; what is gone counts on.
    most: Most,
    /// Whether the bound of some row is of all losses.
    is_of_everything: bool,
    /// By threat: its chance, and how many findings share it.
    threats: HashMap<Key, (Probability, usize)>,
    roots: usize,
    /// By asset: the keys of its findings; and the assets that do not stand alone.
    findings: HashMap<usize, Vec<u128>>,
    bound: HashSet<usize>,
    /// Whether there is a way in from the internet, from where findings anywhere may be exploited.
    internet: bool,
    /// When weaknesses were published, in order.
    published: Vec<Moment>,
}

/// What all is added up from, of one loss event.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Event {
    /// What it costs, and what of that counts.
    loss: f64,
    counted: f64,
    /// Its chance is between these.
    lower: f64,
    upper: f64,
    /// What its chance is at least by the most probable way to it.
    least: f64,
}

/// The most that any row has.
#[derive(Debug, Clone, Copy)]
struct Most {
    /// Of the rows that count: their risk, and its upper end.
    risk: f64,
    upper: f64,
    /// The upper end of any, also of what is assumed beside what is stated.
    of_all: f64,
}

impl Most {
    fn of(all: &Assessment) -> Self {
        let none = Self { risk: 0.0, upper: 0.0, of_all: 0.0 };
        all.ranked.iter().fold(none, |most, row| {
            let counts =
                if row.assumed { none } else { Self { risk: row.risk, upper: row.upper, of_all: 0.0 } };
            most.or(Self { of_all: row.upper, ..counts })
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            risk: self.risk.max(other.risk),
            upper: self.upper.max(other.upper),
            of_all: self.of_all.max(other.of_all),
        }
    }

    /// Whether no row is held to what all losses come to, nor what they come to to a row.
    fn is_within(&self, sum: &Sum) -> bool {
        self.upper < sum.upper && self.of_all < sum.everything && self.risk <= sum.told
    }
}

/// A loss event that comes, and the place of the one that it comes to stand before.
type Come = (usize, LossEventId, Event);

/// What all loss events come to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sum {
    everything: f64,
    upper: f64,
    told: f64,
}

impl Sum {
    /// In the order in which an assessment adds them up.
    fn and(self, event: &Event) -> Self {
        Self {
            everything: self.everything + event.loss,
            upper: self.upper + event.counted * event.upper,
            told: self.told + event.counted * event.least,
        }
    }

    fn risk(&self) -> Estimate {
        Estimate::bracket(self.told, self.told, self.upper.max(self.told))
    }
}

/// What an event moved: the part of it before and after, and the whole expected loss.
#[derive(Debug)]
pub(crate) struct Moved {
    pub(crate) before: Assessment,
    pub(crate) after: Assessment,
    pub(crate) risk_before: Estimate,
    pub(crate) risk_after: Estimate,
    keys: Vec<(usize, u128)>,
    /// The places of the part's loss events before; and those after, each with the place that it comes to stand before.
    gone: Vec<usize>,
    come: Vec<Come>,
    sum: Sum,
    roots: usize,
}

impl Parts {
    /// What is kept of an assessment; nothing where no part of it can be told apart. O(n).
    pub(crate) fn of(all: &Assessment) -> Option<Self> {
        let environment = all.environment();
        let controls = environment.controls().any(|control| control.covers.is_some());
        let events = || environment.services().flat_map(|service| &service.loss_events);
        let selectors = events().any(|event| event.when.selectors().next().is_some());
        let alone = all.global.cap >= LEAST_CAP && all.global.roots <= MOST_ROOTS;
        let tested = environment.evidence().next().is_some();
        if controls || selectors || tested || environment.concluded || !alone {
            return None;
        }
        let told = events_of(all)?;
        let (events, sums): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        let sum = sums.iter().fold(Sum::default(), Sum::and);
        let rows: Vec<(_, Estimate)> = all.risks().collect();
        let mut findings: HashMap<usize, Vec<u128>> = HashMap::new();
        for (key, finding) in environment.keyed_findings() {
            findings.entry(environment.number(&finding.asset)?).or_default().push(key);
        }
        let mut published: Vec<Moment> =
            environment.keyed_findings().filter_map(|(_, finding)| finding.weakness.published).collect();
        published.sort_unstable();
        let rows = rows.into_iter().filter_map(|(id, risk)| Some((id.finding()?.clone(), risk)));
        let asked = all.asked();
        let how = AssessOptions {
            horizon: all.horizon,
            rules: asked.rules.clone(),
            events_per_finding: asked.events_per_finding,
            crown_jewel: asked.crown_jewel,
            baseline: asked.baseline,
            profile: all.profile.clone(),
            progress: OnProgress::default(),
        };
        let parts = Self {
            how,
            intel: all.intel().clone(),
            as_of: all.as_of(),
            stated: all.stake.elsewhere(),
            events,
            sums,
            sum,
            rows: rows.collect(),
            most: Most::of(all),
            is_of_everything: lacks(all),
            threats: threats(all),
            roots: all.global.roots,
            findings,
            bound: bound(all),
            internet: environment.entry_points().any(|entry| entry.attacker == Attacker::Internet),
            published,
        };
        (parts.most.is_within(&parts.sum) && same(parts.sum.risk(), all.risk())).then_some(parts)
    }

    /// Whether new findings, by their keys, may be of their assets alone, as far as that shows at a glance: what is kept is not made in vain.
    pub(crate) fn may_hold(after: &Environment, keys: &[u128]) -> bool {
        let alone = |finding: &Finding| {
            is_plain(finding) && after.number(&finding.asset).is_some_and(|asset| after.is_unrelated(asset))
        };
        keys.len() <= MOST && keys.iter().all(|key| after.finding_of(*key).is_some_and(alone))
    }

    /// When it is of.
    pub(crate) fn as_of(&self) -> Moment {
        self.as_of
    }

    /// Whether they are of assessments as these options ask for.
    pub(crate) fn are_asked_for(&self, how: &AssessOptions<'_>) -> bool {
        let AssessOptions { horizon, rules, events_per_finding, crown_jewel, baseline, profile, progress: _ } =
            how;
        let own = &self.how;
        *horizon == own.horizon
            && *profile == own.profile
            && *rules == own.rules
            && *events_per_finding == own.events_per_finding
            && *crown_jewel == own.crown_jewel
            && *baseline == own.baseline
    }

    /// What new findings moved, by their keys; nothing where it is not of their assets alone. O(k log n) for what is on their assets, and
    /// the sums over all loss events.
    pub(crate) fn moved(
        &self,
        (before, after): (&Environment, &Environment),
        keys: &[u128],
        at: Moment,
    ) -> Option<Moved> {
        if !self.are_of_age(at) || keys.len() > MOST {
            return None;
        }
        let mut assets: BTreeSet<usize> = BTreeSet::new();
        let mut new: Vec<(usize, u128)> = Vec::new();
        for key in keys {
            let finding = after.finding_of(*key)?;
            if before.keyed_of(*key).is_some() || !is_plain(finding) {
                return None;
            }
            if finding.weakness.published.is_some_and(|published| comes_of_age(published, self.as_of, at)) {
                return None;
            }
            let asset = after.number(&finding.asset)?;
            if self.bound.contains(&asset) {
                return None;
            }
            assets.insert(asset);
            new.push((asset, *key));
        }
        let known = |asset: &usize| self.findings.get(asset).into_iter().flatten().copied();
        let known: Vec<u128> = assets.iter().flat_map(known).collect();
        if known.len() > MOST || !known.iter().all(|key| before.finding_of(*key).is_some_and(is_plain)) {
            return None;
        }
        let part_before = Arc::new(before.part(assets.iter().copied(), known.iter().copied()));
        let all = known.iter().chain(keys).copied();
        let part_after = Arc::new(after.part(assets.iter().copied(), all));
        let around = self.around(&part_before, &part_after)?;
        let assess = |part: &Arc<Environment>, as_of| {
            assess_in(part, &self.intel, as_of, self.how.clone(), Some(&around))
                .ok()
                .filter(|part| self.is_apart(part))
        };
        let (part_before, part_after) = (assess(&part_before, self.as_of)?, assess(&part_after, at)?);
        let (threats_before, threats_after) = (threats(&part_before), threats(&part_after));
        let rises = |(key, chance): (&Key, &Probability)| {
            threats_after.get(key).is_some_and(|(now, _)| now != chance)
                || threats_before.get(key).is_some_and(|(was, _)| was != chance)
        };
        if around.threats.iter().any(rises) {
            return None;
        }
        let coins = |threats: &HashMap<Key, (Probability, usize)>| {
            let own = threats.iter().filter(|(key, _)| !around.threats.contains_key(key));
            own.filter(|(_, (chance, uses))| *uses > 1 && *chance < Probability::ONE).count()
        };
        let roots = (self.roots + coins(&threats_after)).checked_sub(coins(&threats_before))?;
        if roots > MOST_ROOTS || (roots > 0) != around.has_roots {
            return None;
        }
        let is_kept = |(id, risk): (ExposureId, Estimate)| {
            id.finding().and_then(|id| self.rows.get(id)).is_some_and(|known| same(*known, risk))
        };
        if !part_before.risks().all(is_kept) {
            return None;
        }
        let (gone, come) = self.events_moved(&part_before, &part_after)?;
        let sum = self.summed(&gone, &come);
        if !self.most.or(Most::of(&part_after)).is_within(&sum)
            || (self.is_of_everything && sum.everything != self.sum.everything)
        {
            return None;
        }
        let (risk_before, risk_after) = (self.sum.risk(), sum.risk());
        let (before, after) = (part_before, part_after);
        Some(Moved { before, after, risk_before, risk_after, keys: new, gone, come, sum, roots })
    }

    /// Moves on to what is known since. O(n) in the loss events only where there are others.
    pub(crate) fn follow(&mut self, moved: Moved) {
        let Moved { before, after, keys, gone, come, sum, roots, .. } = moved;
        self.as_of = after.as_of();
        for (asset, key) in keys {
            self.findings.entry(asset).or_default().push(key);
            let published = after.environment().finding_of(key).and_then(|one| one.weakness.published);
            if let Some(published) = published {
                let at = self.published.partition_point(|known| *known <= published);
                self.published.insert(at, published);
            }
        }
        for (id, _) in before.risks() {
            if let Some(id) = id.finding() {
                self.rows.remove(id);
            }
        }
        self.most = self.most.or(Most::of(&after));
        for (id, risk) in after.risks() {
            if let Some(id) = id.finding() {
                self.rows.insert(id.clone(), risk);
            }
        }
        let (was, is) = (threats(&before), threats(&after));
        for (key, (chance, uses)) in is {
            let before = was.get(&key).map_or(0, |(_, uses)| *uses);
            let known = self.threats.entry(key).or_insert((chance, 0));
            *known = (chance, (known.1 + uses).saturating_sub(before));
        }
        (self.sum, self.roots) = (sum, roots);
        let places_stay = gone.len() == come.len()
            && gone.iter().zip(&come).all(|(gone, (_, id, _))| self.events.get(*gone) == Some(id));
        if places_stay {
            for (place, (.., event)) in gone.into_iter().zip(come) {
                if let Some(slot) = self.sums.get_mut(place) {
                    *slot = event;
                }
            }
            return;
        }
        let (mut gone, mut come) = (gone.into_iter().peekable(), come.into_iter().peekable());
        let (events, sums) = (std::mem::take(&mut self.events), std::mem::take(&mut self.sums));
        for (place, (id, event)) in events.into_iter().zip(sums).enumerate() {
            while let Some((_, id, event)) = come.next_if(|(before, ..)| *before <= place) {
                self.events.push(id);
                self.sums.push(event);
            }
            if gone.next_if(|gone| *gone == place).is_none() {
                self.events.push(id);
                self.sums.push(event);
            }
        }
        for (_, id, event) in come {
            self.events.push(id);
            self.sums.push(event);
        }
    }

    /// Whether no weakness comes of age until then, so that all that stands has the threat that it had.
    fn are_of_age(&self, at: Moment) -> bool {
        // What is not dated is dated by its number, half a year after it at most.
        let same_year = young_since(at) == young_since(self.as_of);
        let of_age = |on: Moment| self.published.partition_point(|published| !is_young(*published, on));
        same_year && at >= self.as_of && of_age(at) == of_age(self.as_of)
    }

    /// What a part is told; nothing where a threat becomes one that is shared elsewhere, or is no longer.
    fn around(&self, before: &Environment, after: &Environment) -> Option<Around> {
        let (was, is) = (uses(before), uses(after));
        let mut threats = HashMap::new();
        for (key, is) in is {
            let Some((chance, uses)) = self.threats.get(&key) else { continue };
            let was = was.get(&key).copied().unwrap_or_default();
            let elsewhere = uses.checked_sub(was)?;
            if elsewhere == 1 && was == 0 && is > 0 {
                return None;
            }
            if elsewhere > 0 {
                threats.insert(key, *chance);
            }
        }
        let Self { stated, sum, roots, .. } = self;
        Some(Around { stated: *stated, everything: sum.everything, has_roots: *roots > 0, threats })
    }

    /// Whether nothing of the whole has a say in what a part comes to.
    fn is_apart(&self, part: &Assessment) -> bool {
        let own = |step: &ExploitStep| {
            step.any_of.is_empty()
                && step.each.is_empty()
                && step.also_needs.is_empty()
                && step.gives_by.is_empty()
        };
        part.global.highest <= HIGHEST
            && part.global.sweeps <= MOST_SWEEPS
            && part.openings.list.iter().all(own)
            && !(self.internet && part.standing.iter().any(|open| open.from_anywhere))
            && !lacks(part)
    }

    /// The loss events of a part that are gone, by place, and those that come, with the places that they come to stand before.
    fn events_moved(&self, before: &Assessment, after: &Assessment) -> Option<(Vec<usize>, Vec<Come>)> {
        let place = |(id, event): &(LossEventId, Event)| {
            let place = self.events.binary_search(id).ok()?;
            (self.sums.get(place) == Some(event)).then_some(place)
        };
        let gone: Option<Vec<usize>> = events_of(before)?.iter().map(place).collect();
        let gone = gone?;
        let mut come = Vec::new();
        for (id, event) in events_of(after)? {
            let place = match self.events.binary_search(&id) {
                // Of another asset, which has the name by chance.
                Ok(place) if !gone.contains(&place) => return None,
                Ok(place) | Err(place) => place,
            };
            come.push((place, id, event));
        }
        Some((gone, come))
    }

    /// What all come to where some go and others come.
    fn summed(&self, gone: &[usize], come: &[Come]) -> Sum {
        let (mut gone, mut come) = (gone.iter().peekable(), come.iter().peekable());
        let mut sum = Sum::default();
        for (place, event) in self.sums.iter().enumerate() {
            while let Some((.., event)) = come.next_if(|(before, ..)| *before <= place) {
                sum = sum.and(event);
            }
            if gone.next_if(|gone| **gone == place).is_none() {
                sum = sum.and(event);
            }
        }
        come.fold(sum, |sum, (.., event)| sum.and(event))
    }
}

/// The loss events of an assessment, in the order of their names; nothing where two have one, or paths to them are left out.
fn events_of(all: &Assessment) -> Option<Vec<(LossEventId, Event)>> {
    let (told, counted) = (all.ways_told(), all.counted());
    if told.steps >= room(counted.len()) {
        return None;
    }
    let stated = all.stake.counted_events();
    let events = all.stake.events.iter().zip(&stated).zip(&counted).zip(&all.chances).zip(&told.least);
    let events = events.map(|((((stake, (_, stated)), counted), chance), least)| {
        let (lower, upper) = (chance.lower(), chance.upper());
        let event = Event { loss: stake.loss.amount(), counted: *counted, lower, upper, least: *least };
        (stated == counted).then(|| (stake.event.id.clone(), event))
    });
    let events: Vec<(LossEventId, Event)> = events.collect::<Option<_>>()?;
    events.is_sorted_by(|(one, _), (other, _)| one < other).then_some(events)
}

/// By threat: its chance, and how many findings share it.
fn threats(all: &Assessment) -> HashMap<Key, (Probability, usize)> {
    let openings = &all.openings;
    let mut uses = vec![0usize; openings.threats.len()];
    for threat in openings.list.iter().filter_map(|step| step.threat) {
        if let Some(uses) = uses.get_mut(threat as usize) {
            *uses += 1;
        }
    }
    openings.threats.iter().zip(uses).map(|(threat, uses)| (threat.key, (threat.chance, uses))).collect()
}

/// How many findings of an environment that say nothing of their own chance share each threat.
fn uses(environment: &Environment) -> HashMap<Key, usize> {
    let mut uses: HashMap<Key, usize> = HashMap::new();
    for (_, finding) in environment.keyed_findings().filter(|(_, finding)| finding.status.is_open()) {
        *uses.entry(Key::threat(&finding.weakness.id)).or_default() += 1;
    }
    uses
}

/// Whether the bound of some exposure is of all losses, since where it leads is not all kept.
fn lacks(all: &Assessment) -> bool {
    let snapshot = &all.snapshot;
    let of_findings = (0..all.standing.len()).filter_map(|n| snapshot.exploit_step(n));
    let of_relations = snapshot.relations().iter().flat_map(|(_, steps)| steps.iter().copied());
    let mut ends = of_findings.chain(of_relations).filter_map(|step| snapshot.conclusion(step));
    !ends.all(|state| all.onward.has_all(state))
}

/// The assets that do not stand alone: something else is known of them than what is wrong with them.
fn bound(all: &Assessment) -> HashSet<usize> {
    let environment = all.environment();
    let mut named: HashSet<AssetId> = HashSet::new();
    for stake in all.stake.events.iter().filter(|stake| stake.service.is_some()) {
        assets_of(&stake.event.when, &mut named);
    }
    named.extend(environment.entry_points().map(|entry| entry.asset.clone()));
    named.extend(environment.controls().flat_map(|control| control.protects.iter().cloned()));
    for (_, fact, _) in environment.facts() {
        let (needs, gives) = fact.step();
        named.extend(needs.iter().chain(gives).map(|held| held.asset.clone()));
    }
    for (_, finding) in environment.keyed_findings() {
        let Some(exploit) = &finding.exploit else { continue };
        let held = exploit.needs.iter().chain(&exploit.gives).flat_map(Accesses::list);
        named.extend(held.map(|held| held.asset.clone()));
        named.extend(exploit.opens.iter().chain([&finding.asset]).cloned());
    }
    let related = environment.numbered_assets().map(|(number, _)| number);
    let related = related.filter(|number| !environment.is_unrelated(*number));
    named.iter().filter_map(|name| environment.number(name)).chain(related).collect()
}

/// Whether nothing but its weakness and its asset decides what a finding does.
fn is_plain(finding: &Finding) -> bool {
    finding.exploit.is_none() && !finding.sightings.iter().any(|sighting| sighting.analysis.is_some())
}

fn is_young(published: Moment, on: Moment) -> bool {
    on.since(published).get() < YOUNG_DAYS
}

fn comes_of_age(published: Moment, since: Moment, at: Moment) -> bool {
    is_young(published, since) != is_young(published, at)
}

/// To the bit.
fn same(one: Estimate, other: Estimate) -> bool {
    let bits = |of: Estimate| [of.value(), of.lower(), of.upper()].map(f64::to_bits);
    bits(one) == bits(other)
}
