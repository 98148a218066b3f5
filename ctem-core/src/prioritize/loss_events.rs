//! The loss events of an assessment, each with its chance and the most probable path to it.

use super::{Assessment, Path};
use crate::{
    attack::{EventId, Id, Tracer},
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
        let mut loss_events: Vec<(EventId, LossEventRisk<'_>)> = self
            .stake
            .events
            .iter()
            .zip(EventId::first(self.stake.events.len()))
            .map(|(stake, n)| {
                let chance = self.chances.get(n.index()).copied().unwrap_or(Estimate::exact(0.0));
                let once_in_years = Probability::clamped(chance.value()).once_in_years(self.horizon);
                (n, LossEventRisk { stake, chance, once_in_years, path: None })
            })
            .collect();
        let expected = |jewel: &LossEventRisk<'_>| jewel.stake.loss.amount() * jewel.chance.value();
        loss_events.sort_by(|(_, a), (_, b)| {
            expected(b).total_cmp(&expected(a)).then(a.stake.event.id.cmp(&b.stake.event.id))
        });
        let mut tracer = Tracer::new(&self.snapshot, &self.falls, &self.onward);
        let mut room = loss_events.len().saturating_mul(EACH).saturating_add(MORE);
        for (n, event) in &mut loss_events {
            if room == 0 {
                break;
            }
            let witness = self.snapshot.event(*n).and_then(|state| tracer.to(state));
            event.path = witness.and_then(|witness| self.path(*n, &witness));
            room = room.saturating_sub(event.path.as_ref().map_or(0, |path| path.hops.len()));
        }
        loss_events.into_iter().map(|(_, event)| event).collect()
    }
}

/// Paths have so many hops for each event, and so many more: along a chain of n assets that are each worth something, n paths would
/// have n² of them.
const EACH: usize = 128;
const MORE: usize = 1 << 16;
