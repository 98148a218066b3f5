//! Scenarios of events that no decision diagram holds: the worlds of a seed in which they happen.
//!
//! Where many events happen in a world, a few of them are drawn and stand for all: by systematic sampling with chances in proportion
//! to what is lost (Madow 1949), each with the same part of the whole loss of that world. So what a choice prevents is told without
//! bias, and a world costs a few cores however many events there are.

use super::{
    core::Core,
    extract::{Extraction, Look},
    list::{Kept, Scenario, Scenarios},
};
use crate::attack::{
    graph::{
        EventId, Key,
        condensed::Node,
        draw::{seeded, unit},
        index::Id,
    },
    limits::{Limits, OnProgress, Progress, Reason, Truncated},
    parallel::over,
    reliability::{Worlds, monte_carlo::Block},
};
use std::{collections::HashSet, ops::Range, sync::Arc};

/// At first and at most so many blocks of 64 worlds are looked at between two looks at how much has been kept. Where cores are large,
/// the first few tell how many worlds there is room for.
const ROUNDS: (u64, u64) = (2, 32);
/// So many are looked at side by side.
const K: usize = 8;

/// So many events stand for all that happen in a world.
const DRAWN: usize = 4;

/// What was found: by world and event, what is lost in it, and the core.
type Found = (u64, EventId, f64, Option<Arc<Core>>);

/// An event that is looked for, where it lies, and what is lost in it.
type Wanted = (EventId, Node, f64);

struct Worker<'e, 'a> {
    block: Block<'a, K>,
    look: Look<'e, 'a>,
    /// What the draws of a world begin from.
    draws: u64,
    found: Vec<Found>,
    /// The cores of those, each once: many worlds of a large graph may have the same.
    cores: HashSet<Arc<Core>>,
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
    let wanted: Vec<Wanted> = EventId::first(is_exact.len())
        .filter(|event| is_exact.get(event.index()) == Some(&false) && losses[*event] > 0.0)
        .map(|event| (event, extraction.condensed.events()[event], losses[event]))
        .collect();
    let make = || Worker {
        block: Block::new(worlds.view(), worlds.seed(), false),
        look: extraction.look(),
        draws: seeded(worlds.seed(), Key::of("scenarios", "events")),
        found: Vec::new(),
        cores: HashSet::new(),
    };
    let mut pool = Vec::new();
    let mut blocks = limits.worlds.div_ceil(64);
    let (mut at, mut round, mut unavoidable) = (0, ROUNDS.0, 0.0);
    while at < blocks {
        let end = (at + round).min(blocks);
        let ask = |Progress { done, .. }| limits.progress.goes_on(at * 64 + done, blocks * 64);
        let work = |worker: &mut Worker<'_, 'a>, blocks: Range<u64>, goes_on: &dyn Fn() -> bool| {
            worker.find(blocks, &wanted, goes_on);
        };
        // A round is found as a whole or not at all.
        let on = limits.progress.goes_on(at * 64, blocks * 64);
        if !on || over(&mut pool, make, at..end, &OnProgress::new(&ask), work).is_some() {
            scenarios.truncated = Some(Truncated { reason: Reason::Stopped });
            break;
        }
        let mut found: Vec<Found> = Vec::new();
        for worker in &mut pool {
            found.append(&mut worker.found);
            worker.cores.clear();
        }
        found.sort_by_key(|(world, event, _, _)| (*world, *event));
        for (world, event, loss, core) in found {
            let world = u32::try_from(world).ok();
            match core {
                Some(core) => scenarios.add(kept, event, core, loss, world),
                None => {
                    unavoidable += loss;
                    scenarios.always.extend(world.map(|world| (world, loss)));
                }
            }
        }
        at = end;
        blocks = blocks.min(kept.room_for(at)).max(at);
        round = (round * 2).min(ROUNDS.1);
    }
    // What each world is worth is known once all are counted.
    let part = 1.0 / (at.max(1) as f64 * 64.0);
    scenarios.unavoidable += unavoidable * part;
    let is_found = |scenario: &&mut Scenario| is_exact.get(scenario.event.index()) == Some(&false);
    scenarios.list.iter_mut().filter(is_found).for_each(|scenario| scenario.expected *= part);
    scenarios.worlds = at * 64;
}

impl Worker<'_, '_> {
    fn find(&mut self, blocks: Range<u64>, wanted: &[Wanted], goes_on: &dyn Fn() -> bool) {
        for first in blocks.clone().step_by(K) {
            let lanes =
                std::array::from_fn(|word| if first + (word as u64) < blocks.end { u64::MAX } else { 0 });
            if !self.block.run(first, lanes, goes_on) {
                return;
            }
            let happened = wanted.iter().map(|(_, node, _)| self.block.fallen(*node));
            let happened: Vec<[u64; K]> = happened.collect();
            for word in 0..K {
                let mut any = happened.iter().fold(0, |any, lanes| any | lanes[word]);
                while any != 0 {
                    if !goes_on() {
                        return;
                    }
                    let bit = any.trailing_zeros();
                    any &= any - 1;
                    let world = (first + word as u64) * 64 + u64::from(bit);
                    let Self { block, look, draws, found, cores } = self;
                    let is = |lanes: [u64; K]| lanes[word] >> bit & 1 != 0;
                    look.begin(|condition| is(block.condition(condition)));
                    let here = wanted.iter().zip(&happened).filter(|(_, lanes)| is(**lanes));
                    let (sure, open): (Vec<Wanted>, Vec<Wanted>) =
                        here.map(|(wanted, _)| *wanted).partition(|(_, node, _)| look.is_sure(*node));
                    found.extend(sure.into_iter().map(|(event, _, loss)| (world, event, loss, None)));
                    for (event, node, loss) in drawn(open, unit(*draws, world)) {
                        // Which conditions are open is drawn when first asked, so falls are looked up beforehand.
                        let block = std::cell::RefCell::new(&mut *block);
                        let core = look.core(
                            node,
                            |node| is(block.borrow().fallen(node)),
                            |condition| is(block.borrow_mut().condition(condition)),
                        );
                        found.push((world, event, loss, core.map(|core| once(cores, core))));
                    }
                }
            }
        }
    }
}

/// A core, or the same that was found before.
fn once(cores: &mut HashSet<Arc<Core>>, core: Core) -> Arc<Core> {
    if let Some(known) = cores.get(&core) {
        return Arc::clone(known);
    }
    let core = Arc::new(core);
    cores.insert(Arc::clone(&core));
    core
}

/// Events that stand for all of these, each with its part of the whole loss; `unit`, between 0 and 1, says where the draws begin.
fn drawn(events: Vec<Wanted>, unit: f64) -> Vec<Wanted> {
    if events.len() <= DRAWN {
        return events;
    }
    let part = events.iter().map(|(_, _, loss)| loss).sum::<f64>() / DRAWN as f64;
    let (mut drawn, mut passed, mut next): (Vec<Wanted>, _, _) = (Vec::new(), 0.0, unit * part);
    let mut last = None;
    for (event, node, loss) in events {
        passed += loss;
        last = Some((event, node));
        let mut stands_for = 0.0;
        while next < passed {
            stands_for += part;
            next += part;
        }
        if stands_for > 0.0 {
            drawn.push((event, node, stands_for));
        }
    }
    // What rounding leaves of the whole belongs to the last.
    let missing = DRAWN as f64 * part - drawn.iter().map(|(_, _, loss)| loss).sum::<f64>();
    match (drawn.last_mut(), last) {
        _ if missing < 0.5 * part => {}
        (Some((event, _, loss)), Some((last, _))) if *event == last => *loss += missing,
        (_, Some((event, node))) => drawn.push((event, node, missing)),
        (_, None) => {}
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_stands_for_all_without_bias() {
        let losses = [5.0, 0.25, 0.25, 100.0, 3.5, 1.0, 40.0];
        let whole: f64 = losses.iter().sum();
        let events: Vec<Wanted> = EventId::first(losses.len())
            .zip(losses)
            .map(|(event, loss)| (event, Node::SOURCE, loss))
            .collect();
        let (mut told, begins) = ([0.0; 7], 10_000);
        for n in 0..begins {
            let drawn = drawn(events.clone(), (f64::from(n) + 0.5) / f64::from(begins));
            assert!((drawn.iter().map(|(_, _, loss)| loss).sum::<f64>() - whole).abs() < 1e-9);
            assert!(drawn.len() <= DRAWN);
            drawn.iter().for_each(|(event, _, loss)| told[event.index()] += loss / f64::from(begins));
        }
        for (told, loss) in told.iter().zip(losses) {
            assert!((told - loss).abs() < 0.01, "{told} for {loss}");
        }
    }

    #[test]
    fn few_events_stand_for_themselves() {
        let few: Vec<Wanted> = EventId::first(DRAWN).map(|event| (event, Node::SOURCE, 2.0)).collect();
        assert_eq!(drawn(few.clone(), 0.3), few);
    }
}
