//! The loss events of an assessment, each with its chance and the most probable path to it.

use super::{Assessment, Path, assessment::Told};
use crate::{
    attack::{Asking, EventId, Id, Tracer, Witness},
    quantity::{Estimate, Probability},
    scope::Stake,
};

/// What an attacker is after: a loss event, and the chance that it happens.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // What can be lost, and how?
/// let worst = &today.loss_events()[0];
/// assert_eq!(worst.stake.event.title(), "orders leak");
/// assert_eq!(worst.path.as_ref().map(|path| path.chance.get()), Some(0.5));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LossEventRisk<'a> {
    /// The event, its service and its loss.
    pub stake: &'a Stake,
    /// The chance, within the horizon, between certain bounds.
    pub chance: Estimate,
    /// At least once in so many years it happens: at the value and lower end of its chance, and the same hazard. Nothing for what never
    /// does. [`Sample`](super::Sample) has it of the chance over all paths.
    pub once_in_years: Option<f64>,
    /// The most probable path to it, if there is one. Where many events lie along long ways, those behind the first that have no more room
    /// are without: [`Assessment::paths`] has the paths of each.
    pub path: Option<Path>,
}

impl LossEventRisk<'_> {
    /// The chance as it is shown beside the path: at least the path's. A path counts once what its steps share, such as one flaw on two
    /// machines; the lower bound counts it for each, since only so does it never fall where something is added.
    pub(crate) fn shown(&self) -> Estimate {
        let least = self.path.as_ref().map_or(0.0, |path| path.chance.get());
        if least <= self.chance.lower() {
            return self.chance;
        }
        Estimate::bracket(self.chance.value().max(least), least, self.chance.upper().max(least))
    }
}

impl Assessment {
    /// The loss events, the largest expected loss first, each with the chance that it happens and the most probable path.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let names: Vec<&str> = today.loss_events().iter().map(|event| event.stake.event.title()).collect();
    /// assert_eq!(names, ["orders leak", "keys stolen"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn loss_events(&self) -> Vec<LossEventRisk<'_>> {
        self.loss_events_asking(&Asking::nobody())
    }

    /// The same, asking on the way whether to go on. Where it is ended, paths are missing.
    pub(crate) fn loss_events_asking(&self, asking: &Asking<'_>) -> Vec<LossEventRisk<'_>> {
        let told = |(event, witness): (EventId, Option<Witness>)| {
            let stake = self.stake.events.get(event.index())?;
            let chance = self.chance_of(event);
            let once_in_years = Probability::clamped(chance.value()).once_in_years(self.horizon);
            let path = witness.and_then(|witness| self.path(event, &witness));
            Some(LossEventRisk { stake, chance, once_in_years, path })
        };
        self.ways_to_events(asking).filter_map(told).collect()
    }

    /// The expected loss of all loss events together, between certain bounds. What a path and a row of the ranking say is lost for sure, on
    /// average, is lost: the whole is no less.
    pub(super) fn whole(&self) -> Told {
        let mut steps = 0usize;
        let mut least: Vec<f64> = self.chances.iter().map(|chance| chance.lower()).collect();
        for (event, witness) in self.ways_to_events(&Asking::nobody()) {
            if let (Some(least), Some(witness)) = (least.get_mut(event.index()), witness) {
                steps = steps.saturating_add(witness.steps.len());
                *least = least.max(witness.chance(&self.snapshot).get());
            }
        }
        let told = self.counted().iter().zip(&least).fold(0.0, |sum, (loss, least)| sum + loss * least);
        let rows = self.ranked.iter().filter(|ranked| !ranked.assumed).map(|ranked| ranked.risk);
        let lower = rows.fold(told, f64::max);
        let risk = Estimate::bracket(lower, lower, self.total.upper().max(lower));
        Told { risk, least, steps }
    }

    /// The chance of a loss event, between certain bounds.
    fn chance_of(&self, event: EventId) -> Estimate {
        self.chances.get(event.index()).copied().unwrap_or(Estimate::exact(0.0))
    }

    /// The loss events, the largest expected loss first, each with the most probable way to it, as long as there is room for it and whoever is
    /// asked says to go on.
    fn ways_to_events<'a>(
        &'a self,
        asking: &'a Asking<'_>,
    ) -> impl Iterator<Item = (EventId, Option<Witness>)> + 'a {
        let expected = |stake: &Stake, event| stake.loss.amount() * self.chance_of(event).value();
        let events = self.stake.events.iter().zip(EventId::first(self.stake.events.len()));
        let mut events: Vec<_> =
            events.map(|(stake, event)| (expected(stake, event), &stake.event.id, event)).collect();
        events.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let mut room = room(events.len());
        let mut tracer = Tracer::new(&self.snapshot, &self.falls, &self.onward);
        let mut last = 0;
        events.into_iter().map(move |(.., event)| {
            // A path may be as long as a way of a thousand hops.
            if !(if last > EACH { asking.goes_on_now() } else { asking.goes_on() }) {
                room = 0;
            }
            let state = self.snapshot.event(event).filter(|_| room > 0);
            let witness = state.and_then(|state| tracer.to(state));
            let hops = witness.iter().flat_map(|witness| &witness.steps).filter(|step| self.is_hop(**step));
            last = hops.count();
            room = room.saturating_sub(last);
            (event, witness)
        })
    }
}

/// How many hops the paths to so many loss events may have.
pub(super) fn room(events: usize) -> usize {
    events.saturating_mul(EACH).saturating_add(MORE)
}

/// Paths have so many hops for each event, and so many more: along a chain of n assets that are each worth something, n paths would
/// have n² of them.
const EACH: usize = 128;
const MORE: usize = 1 << 16;
