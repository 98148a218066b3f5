//! Scenarios of events that no decision diagram holds: the worlds of a seed in which they happen.

use super::{
    core::Core,
    extract::{Extraction, Look},
    list::{Kept, Scenario, Scenarios},
};
use crate::attack::{
    graph::{EventId, condensed::Node, index::Id},
    limits::{Limits, OnProgress, Reason, Truncated},
    parallel::over,
    reliability::{Worlds, monte_carlo::Block},
};
use std::ops::Range;

/// So many blocks of 64 worlds are looked at between two looks at how much has been kept.
const ROUND: u64 = 32;
/// So many are looked at side by side.
const K: usize = 8;

/// What was found in one block: by world and event, the core.
type Found = (u64, EventId, Option<Core>);

struct Worker<'e, 'a> {
    block: Block<'a, K>,
    look: Look<'e, 'a>,
    found: Vec<Found>,
}

/// Looks at worlds and adds what it finds, in their order, up to the limits or until there is much of it.
pub(super) fn add<'a>(
    scenarios: &mut Scenarios,
    kept: &mut Kept,
    worlds: &Worlds<'a>,
    extraction: &Extraction<'a>,
    limits: &Limits<'_>,
) {
    let losses = worlds.losses();
    let is_exact = scenarios.is_exact.clone();
    let wanted: Vec<(EventId, Node)> = EventId::first(is_exact.len())
        .filter(|event| is_exact.get(event.index()) == Some(&false) && losses[*event] > 0.0)
        .map(|event| (event, extraction.condensed.events()[event]))
        .collect();
    let make = || Worker {
        block: Block::new(worlds.view(), worlds.seed(), false),
        look: extraction.look(),
        found: Vec::new(),
    };
    let mut pool = Vec::new();
    let blocks = limits.worlds.div_ceil(64);
    let (mut at, mut unavoidable) = (0, 0.0);
    while at < blocks && !kept.is_full() {
        let end = (at + ROUND).min(blocks);
        let whole = limits.progress.goes_on(at * 64, blocks * 64);
        if !whole {
            scenarios.truncated = Some(Truncated { reason: Reason::Stopped });
            break;
        }
        let work = |worker: &mut Worker<'_, 'a>, blocks: Range<u64>| worker.find(blocks, &wanted);
        over(&mut pool, make, at..end, &OnProgress::default(), work);
        let mut found: Vec<Found> = pool.iter_mut().flat_map(|worker| worker.found.drain(..)).collect();
        found.sort_by_key(|(world, event, _)| (*world, *event));
        for (world, event, core) in found {
            match core {
                Some(core) => scenarios.add(kept, event, core, losses[event], u32::try_from(world).ok()),
                None => {
                    unavoidable += losses[event];
                    scenarios.always.extend(u32::try_from(world).ok().map(|world| (world, event)));
                }
            }
        }
        at = end;
    }
    // What each world is worth is known once all are counted.
    let part = 1.0 / (at.max(1) as f64 * 64.0);
    scenarios.unavoidable += unavoidable * part;
    let is_found = |scenario: &&mut Scenario| is_exact.get(scenario.event.index()) == Some(&false);
    scenarios.list.iter_mut().filter(is_found).for_each(|scenario| scenario.expected *= part);
    scenarios.worlds = at * 64;
}

impl Worker<'_, '_> {
    fn find(&mut self, blocks: Range<u64>, wanted: &[(EventId, Node)]) {
        for first in blocks.clone().step_by(K) {
            let lanes =
                std::array::from_fn(|word| if first + (word as u64) < blocks.end { u64::MAX } else { 0 });
            self.block.run(first, lanes);
            let happened = wanted.iter().map(|(_, node)| self.block.fallen(*node));
            let happened: Vec<[u64; K]> = happened.collect();
            for word in 0..K {
                let mut any = happened.iter().fold(0, |any, lanes| any | lanes[word]);
                while any != 0 {
                    let bit = any.trailing_zeros();
                    any &= any - 1;
                    let world = (first + word as u64) * 64 + u64::from(bit);
                    let Self { block, look, found } = self;
                    let is = |lanes: [u64; K]| lanes[word] >> bit & 1 != 0;
                    look.begin(|condition| is(block.condition(condition)));
                    for ((event, node), _) in wanted.iter().zip(&happened).filter(|(_, lanes)| is(**lanes)) {
                        // Which conditions are open is drawn when first asked, so falls are looked up beforehand.
                        let core = {
                            let block = std::cell::RefCell::new(&mut *block);
                            look.core(
                                *node,
                                |node| is(block.borrow().fallen(node)),
                                |condition| is(block.borrow_mut().condition(condition)),
                            )
                        };
                        found.push((world, *event, core));
                    }
                }
            }
        }
    }
}
