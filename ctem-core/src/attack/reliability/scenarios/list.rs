//! The list of scenarios, and how they are gathered: equal cores are one.

use super::core::Core;
use crate::attack::{graph::EventId, limits::Truncated};
use std::{collections::HashMap, sync::Arc};

/// The scenarios of all loss events.
pub(crate) struct Scenarios {
    pub(crate) cores: Vec<Arc<Core>>,
    pub(crate) list: Vec<Scenario>,
    /// What closes a step: sets of actions, any of which does. The first is empty: nothing closes it.
    pub(crate) closers: Vec<Box<[u32]>>,
    /// What is lost in scenarios that no action prevents.
    pub(crate) unavoidable: f64,
    /// How many worlds were looked at; none where all events are exact.
    pub(crate) worlds: u64,
    pub(crate) truncated: Option<Truncated>,
    /// Which events are exact.
    pub(super) is_exact: Vec<bool>,
    /// The worlds in which an event happens whatever is done, and what is lost in it.
    pub(super) always: Vec<(u32, f64)>,
}

/// One way in which a loss event happens.
pub(crate) struct Scenario {
    pub(crate) event: EventId,
    pub(crate) core: u32,
    /// What is lost in it, times how likely it is.
    pub(crate) expected: f64,
    /// The worlds it is of and what is lost in each, where it was found in worlds.
    pub(crate) worlds: Vec<(u32, f64)>,
}

/// At most so many steps of cores are kept: some hundred megabytes.
const MOST_STEPS: u64 = 6_000_000;

impl Scenarios {
    /// Adds what was seen of an event in one world.
    pub(super) fn add(
        &mut self,
        kept: &mut Kept,
        event: EventId,
        core: Arc<Core>,
        expected: f64,
        world: Option<u32>,
    ) {
        let next = self.cores.len() as u32;
        let number = *kept.cores.entry(core).or_insert_with_key(|core| {
            kept.steps += core.len() as u64;
            self.cores.push(Arc::clone(core));
            next
        });
        let at = *kept.list.entry((event, number)).or_insert_with(|| {
            self.list.push(Scenario { event, core: number, expected: 0.0, worlds: Vec::new() });
            self.list.len() - 1
        });
        if let Some(scenario) = self.list.get_mut(at) {
            scenario.expected += expected;
            scenario.worlds.extend(world.map(|world| (world, expected)));
        }
    }
}

/// What has been seen.
#[derive(Default)]
pub(super) struct Kept {
    cores: HashMap<Arc<Core>, u32>,
    list: HashMap<(EventId, u32), usize>,
    steps: u64,
}

impl Kept {
    /// How many blocks of worlds there is room for in all, going by so many that have been looked at.
    pub(super) fn room_for(&self, blocks: u64) -> u64 {
        MOST_STEPS.saturating_mul(blocks).checked_div(self.steps).unwrap_or(u64::MAX)
    }
}
