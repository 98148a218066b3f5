//! What lies around a place that ways to losses have in common: which assets lead there and on from there, and by what.
//!
//! Only what an attacker can come to hold, and what leads on to a loss, is in it. Assets are its nodes, whatever access is held, so that a
//! person can look at it: the proof of a number is a path.

use super::{Assessment, AttackerAction, MeasureOptions, Point};
use crate::{
    attack::{Asking, Id, OnProgress, State, StateKind, Step},
    id::AssetId,
    model::Technique,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// Places on ways to losses, and what leads from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) places: Vec<Place>,
    pub(crate) ways: Vec<Way>,
    /// The places to begin at, with why.
    pub(crate) middles: Vec<Middle>,
    /// How many places further away are left out.
    pub(crate) left_out: usize,
}

/// An asset, or what can be lost.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: Box<str>,
    /// The kind of an asset; the size of a loss.
    pub(crate) what: String,
    pub(crate) is_entry: bool,
    pub(crate) is_loss: bool,
    /// The chance of the most probable way to it.
    pub(crate) chance: f64,
}

/// What leads from one place to another: of several steps the likeliest.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) action: AttackerAction,
    pub(crate) technique: Option<Technique>,
    /// How many steps lead there.
    pub(crate) steps: usize,
}

/// A place to begin at.
#[derive(Debug)]
pub(crate) struct Middle {
    pub(crate) place: usize,
    /// What is a choke point there, and for which loss event.
    pub(crate) name: Box<str>,
    pub(crate) event: Box<str>,
    pub(crate) on_every_path: bool,
}

/// So many places are kept at most, the nearest to the middles.
const MOST_PLACES: usize = 5_000;
/// Of so many loss events, and so many points of each.
const EVENTS: usize = 3;
const POINTS: usize = 4;
/// Over so many worlds they are ranked, which tells the few that matter from the rest.
const WORLDS: u64 = 2_048;
/// A condition of several parts is followed to so many states.
const MOST_PARTS: usize = 64;

/// What a place is of: an asset by its number, or a loss event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Named {
    Asset(u32),
    Event(u32),
}

impl Assessment {
    /// The graph around the choke points of the loss events that most is to be expected of. O(states + steps), and a sample for
    /// each of these events.
    pub(crate) fn surroundings(&self, progress: OnProgress<'_>) -> Surroundings {
        let useful = self.useful();
        let mut found: BTreeMap<(Named, Named), (f64, Step, usize)> = BTreeMap::new();
        let mut chances: BTreeMap<Named, f64> = BTreeMap::new();
        let mut entries: BTreeSet<Named> = BTreeSet::new();
        for state in self.snapshot.states().filter(|state| useful.get(state.index()) == Some(&true)) {
            let Some(to) = self.place_of(state) else { continue };
            let chance = self.falls.chance(state).get();
            let known = chances.entry(to).or_insert(0.0);
            *known = known.max(chance);
            for step in self.snapshot.layout.steps_to(state) {
                let Some((action, _)) = self.action(step) else { continue };
                if matches!(action, AttackerAction::Start(_) | AttackerAction::Unplaced) {
                    entries.insert(to);
                }
                let sure = self.snapshot.guard(step).map_or(1.0, |guard| guard.chance.get());
                for from in self.needed(step).into_iter().filter(|from| *from != to) {
                    let known = found.entry((from, to)).or_insert((sure, step, 0));
                    known.2 += 1;
                    if sure > known.0 {
                        (known.0, known.1) = (sure, step);
                    }
                }
            }
        }
        let points = self.points(progress);
        let kept = nearest(&found, &chances, &points);
        let mut surroundings =
            Surroundings { left_out: chances.len() - kept.len(), ..Surroundings::default() };
        let mut numbers: HashMap<Named, usize> = HashMap::with_capacity(kept.len());
        for named in kept {
            let chance = chances.get(&named).copied().unwrap_or(0.0);
            let Some(place) = self.place(named, chance, entries.contains(&named)) else { continue };
            numbers.insert(named, surroundings.places.len());
            surroundings.places.push(place);
        }
        for ((from, to), (_, step, steps)) in found {
            let (Some(from), Some(to)) = (numbers.get(&from), numbers.get(&to)) else { continue };
            let Some((action, technique)) = self.action(step) else { continue };
            surroundings.ways.push(Way { from: *from, to: *to, action, technique, steps });
        }
        for (named, name, event, on_every_path) in points {
            if let Some(place) = numbers.get(&named) {
                surroundings.middles.push(Middle { place: *place, name, event, on_every_path });
            }
        }
        surroundings
    }

    /// The states that an attacker can come to and that lead on to a loss.
    fn useful(&self) -> Vec<bool> {
        let layout = &self.snapshot.layout;
        let mut useful = vec![false; layout.state_count()];
        let mut waiting: Vec<State> =
            self.snapshot.events().filter_map(|event| self.snapshot.event(event)).collect();
        while let Some(state) = waiting.pop() {
            let Some(known) = useful.get_mut(state.index()).filter(|known| !**known) else { continue };
            if self.falls.chance(state).get() <= 0.0 {
                continue;
            }
            *known = true;
            waiting.extend(layout.steps_to(state).flat_map(|step| layout.premises(step)));
        }
        useful
    }

    fn place_of(&self, state: State) -> Option<Named> {
        match self.snapshot.kind(state)? {
            StateKind::Compromised(..) => {
                let (asset, _) = self.snapshot.asset(&self.environment, state)?;
                self.environment.number(&asset.id).map(|number| Named::Asset(number as u32))
            }
            StateKind::Event(event) => Some(Named::Event(event)),
            _ => None,
        }
    }

    /// The assets that a step needs, through conditions of several parts.
    fn needed(&self, step: Step) -> Vec<Named> {
        let mut needed: Vec<Named> = Vec::new();
        let mut waiting: Vec<State> = self.snapshot.premises(step).collect();
        let mut looked_at = 0;
        while let Some(state) = waiting.pop().filter(|_| looked_at < MOST_PARTS) {
            looked_at += 1;
            match self.snapshot.kind(state) {
                Some(StateKind::Part(_)) => {
                    let steps = self.snapshot.layout.steps_to(state);
                    waiting.extend(steps.flat_map(|step| self.snapshot.premises(step).collect::<Vec<_>>()));
                }
                _ => needed.extend(self.place_of(state).filter(|named| !needed.contains(named))),
            }
        }
        needed
    }

    fn place(&self, named: Named, chance: f64, is_entry: bool) -> Option<Place> {
        match named {
            Named::Asset(number) => {
                let asset = self.environment.numbered(number as usize)?;
                let (name, what) = (asset.title().into(), asset.kind.name().replace('_', " "));
                Some(Place { name, what, is_entry, is_loss: false, chance })
            }
            Named::Event(number) => {
                let stake = self.stake.events.get(number as usize)?;
                let (name, what) = (stake.event.title().into(), stake.loss.to_string());
                Some(Place { name, what, is_entry: false, is_loss: true, chance })
            }
        }
    }

    /// The choke points that stand on an asset: that, its name, the event's name, and whether every path needs it.
    fn points(&self, progress: OnProgress<'_>) -> Vec<(Named, Box<str>, Box<str>, bool)> {
        let mut points: Vec<(Named, Box<str>, Box<str>, bool)> = Vec::new();
        let options = MeasureOptions { worlds: WORLDS, progress, ..MeasureOptions::default() };
        let asking = Asking::new(progress, self.stake.events.len());
        for event in
            self.loss_events_asking(&asking).iter().take(EVENTS).filter(|event| event.chance.value() > 0.0)
        {
            let Ok(found) = self.choke_points(&event.stake.event.id, &options) else {
                continue;
            };
            let standing = found.list.iter().filter_map(|point| {
                let asset = self.stands_on(&point.point)?;
                let number = self.environment.number(&asset)? as u32;
                Some((
                    Named::Asset(number),
                    point.name.clone(),
                    event.stake.event.title().into(),
                    point.on_every_path,
                ))
            });
            for point in standing.take(POINTS) {
                if !points.iter().any(|known| known.0 == point.0 && known.1 == point.1) {
                    points.push(point);
                }
            }
        }
        points
    }

    /// The asset that a point stands on; none where it is on several or on none.
    fn stands_on(&self, point: &Point) -> Option<AssetId> {
        Some(match point {
            Point::Finding { finding } => self.environment.finding(finding)?.asset.clone(),
            Point::Entry { asset, .. } | Point::Unplaced { asset } => asset.clone(),
            Point::Relation { relation } => {
                let number = self.relation_number(relation.as_str())?;
                self.related(number)?.to.id.clone()
            }
            Point::Control { control } => {
                let control = self.environment.controls().find(|known| known.id == *control)?;
                control.protects.first()?.clone()
            }
            Point::Threat { .. } | Point::Campaign { .. } => return None,
        })
    }
}

/// The places to keep: all, or the nearest to the middles, along ways in either direction.
fn nearest(
    ways: &BTreeMap<(Named, Named), (f64, Step, usize)>,
    chances: &BTreeMap<Named, f64>,
    points: &[(Named, Box<str>, Box<str>, bool)],
) -> Vec<Named> {
    if chances.len() <= MOST_PLACES {
        return chances.keys().copied().collect();
    }
    let mut beside: HashMap<Named, Vec<Named>> = HashMap::new();
    for (from, to) in ways.keys() {
        beside.entry(*from).or_default().push(*to);
        beside.entry(*to).or_default().push(*from);
    }
    let mut kept: Vec<Named> = Vec::new();
    let mut seen: HashSet<Named> = HashSet::new();
    let likeliest = chances.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(named, _)| *named);
    let mut waiting: VecDeque<Named> = points.iter().map(|point| point.0).chain(likeliest).collect();
    while let Some(named) = waiting.pop_front().filter(|_| kept.len() < MOST_PLACES) {
        if chances.contains_key(&named) && seen.insert(named) {
            kept.push(named);
            waiting.extend(beside.get(&named).into_iter().flatten());
        }
    }
    kept.sort_unstable();
    kept
}
