//! What is left when exposures are ended: the most probable path to each loss.

use super::{Assessment, Change, ExposureId};
use crate::{
    attack::{BestPathsToLosses, EventId, Id, Key, MostProbablePaths, Tracer},
    error::Result,
};

/// The most probable path to a loss event, as far as fixes are asked.
pub(crate) struct PathLeft {
    /// What is lost in the event, times the path's chance.
    pub(crate) risk: f64,
    /// The variables of the path's steps, those among them that surely help: a right that nobody doubts can be taken away.
    pub(crate) keys: Vec<Key>,
}

impl Assessment {
    /// The most probable path to each loss event that is left without these exposures; their risks add up to a proven lower bound of
    /// the expected loss. The graph is compiled anew: O(n log n) in its size.
    pub(crate) fn paths_without<'i>(
        &self,
        ended: impl Iterator<Item = &'i ExposureId>,
    ) -> Result<Vec<PathLeft>> {
        let change = |id: &ExposureId| match id {
            ExposureId::Finding(id) => Change::Fixed(id.clone()),
            ExposureId::Relation(id) => Change::Removed(id.clone()),
        };
        let changes: Vec<Change> = ended.map(change).collect();
        let snapshot = self.compiled(&self.changed(&changes)?)?;
        let best = MostProbablePaths::compute(&snapshot);
        let onward = BestPathsToLosses::compute(&snapshot, &best, &[], 0);
        let mut tracer = Tracer::new(&snapshot, &best, &onward);
        let paths = EventId::first(self.losses.len()).filter_map(|event| {
            let (state, loss) = (snapshot.event(event)?, snapshot.loss(event)?);
            let risk = loss * best.chance(state).get();
            let way = (risk > 0.0).then(|| tracer.to(state)).flatten()?;
            let guards = way.steps.iter().filter_map(|step| snapshot.guard_of(*step));
            let keys = guards.filter_map(|guard| snapshot.key(guard)).collect();
            Some(PathLeft { risk, keys })
        });
        Ok(paths.collect())
    }
}
