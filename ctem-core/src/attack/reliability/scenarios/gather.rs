//! From a graph and the actions on it to scenarios.

use super::{
    drawn,
    extract::Extraction,
    found,
    list::{Kept, Scenarios},
};
use crate::attack::{
    graph::{
        Key, Snapshot,
        condensed::Condition,
        index::{Id, IndexVec},
    },
    limits::Limits,
    reliability::{Exact, Worlds},
};
use std::collections::HashMap;

impl Scenarios {
    /// Finds them. `actions` says by action which variables it ends. Costs a world's search for every draw or lossy world.
    pub(crate) fn of(
        snapshot: &Snapshot,
        exact: Option<&Exact>,
        worlds: &Worlds<'_>,
        actions: &[Vec<Key>],
        draws: u64,
        limits: &Limits<'_>,
    ) -> Self {
        let (by_condition, closers) = closers(snapshot, actions);
        let extraction = Extraction::new(snapshot, &by_condition);
        let mut scenarios = Self {
            cores: Vec::new(),
            list: Vec::new(),
            closers,
            unavoidable: 0.0,
            worlds: 0,
            truncated: None,
            is_exact: exact.map_or_else(
                || vec![false; snapshot.event_count()],
                |exact| exact.chances().iter().map(Option::is_some).collect(),
            ),
            always: Vec::new(),
        };
        let mut kept = Kept::default();
        if let Some(exact) = exact {
            drawn::add(&mut scenarios, &mut kept, snapshot, exact, &extraction, draws, limits);
        }
        if !scenarios.is_exact.iter().all(|is| *is) {
            found::add(&mut scenarios, &mut kept, worlds, &extraction, limits);
        }
        scenarios
    }
}

/// By condition: the number of the set of actions that close it; and the sets.
fn closers(snapshot: &Snapshot, actions: &[Vec<Key>]) -> (IndexVec<Condition, u32>, Vec<Box<[u32]>>) {
    let condensed = &snapshot.condensed;
    let mut by_coin: IndexVec<_, Vec<u32>> = (0..condensed.coin_count()).map(|_| Vec::new()).collect();
    for (action, keys) in (0u32..).zip(actions) {
        for coin in keys.iter().filter_map(|key| condensed.coin(*key)) {
            by_coin[coin].push(action);
        }
    }
    let mut sets: Vec<Box<[u32]>> = vec![Box::default()];
    let mut known: HashMap<Box<[u32]>, u32> = HashMap::from([(Box::default(), 0)]);
    let mut by_condition = IndexVec::with_capacity(condensed.condition_count());
    for condition in Condition::first(condensed.condition_count()) {
        let mut all: Vec<u32> =
            condensed.coins(condition).flat_map(|coin| by_coin[coin].iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let next = sets.len() as u32;
        let set = *known.entry(all.into()).or_insert_with_key(|set| {
            sets.push(set.clone());
            next
        });
        by_condition.push(set);
    }
    (by_condition, sets)
}
