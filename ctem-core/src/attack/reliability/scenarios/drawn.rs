//! Scenarios of events that decision diagrams hold: worlds drawn given that the event happens.

use super::{
    extract::{Extraction, follow},
    list::{Kept, Scenarios},
};
use crate::attack::{
    graph::{
        EventId, Snapshot,
        condensed::{Coin, Condition, Node},
        index::{Id, IndexVec},
    },
    limits::{Limits, Reason, Truncated},
    reliability::Exact,
};

/// At least so many draws an event.
const LEAST: u64 = 64;

/// Draws worlds of every exact event, as many as its part in the expected loss, and adds what it finds.
pub(super) fn add(
    scenarios: &mut Scenarios,
    kept: &mut Kept,
    snapshot: &Snapshot,
    exact: &Exact,
    extraction: &Extraction<'_>,
    draws: u64,
    limits: &Limits<'_>,
) {
    let condensed = extraction.condensed;
    let expected: Vec<f64> = exact
        .chances()
        .iter()
        .zip(snapshot.events())
        .map(|(chance, event)| {
            chance.map_or(0.0, |chance| chance.get() * snapshot.loss(event).unwrap_or(0.0))
        })
        .collect();
    let all: f64 = expected.iter().sum();
    let levels: Vec<Option<Coin>> = exact.keys().map(|key| condensed.coin(key)).collect();
    let mut look = extraction.look();
    // What is sure may be no level.
    let mut helps: IndexVec<Coin, bool> =
        Coin::first(condensed.coin_count()).map(|coin| condensed.coin_chance(coin) >= 1.0).collect();
    let mut marked = Vec::new();
    let mut fallen: IndexVec<Node, bool> = IndexVec::filled(false, condensed.relevant().index().max(1));
    for (event, expected) in
        EventId::first(expected.len()).zip(&expected).filter(|(_, expected)| **expected > 0.0)
    {
        let count = ((expected / all * draws as f64).ceil() as u64).max(LEAST);
        let Some(drawn) = exact.given(event) else { continue };
        for n in 0..count {
            if !limits.progress.goes_on(n, count) {
                // What was not looked at counts as what no action ends.
                scenarios.unavoidable += expected * ((count - n) as f64 / count as f64);
                scenarios.truncated = Some(Truncated { reason: Reason::Stopped });
                break;
            }
            for (coin, does) in levels.iter().zip(drawn.world(n, count)) {
                if let Some(coin) = coin {
                    helps[*coin] = does;
                }
            }
            let open = |condition: Condition| condensed.coins(condition).all(|coin| helps[coin]);
            follow(condensed, &mut fallen, &mut marked, open);
            look.begin(open);
            let node = condensed.events()[event];
            let core = look.core(node, |node| fallen[node], open);
            let expected = expected / count as f64;
            match core {
                Some(core) => scenarios.add(kept, event, core.into(), expected, None),
                None => scenarios.unavoidable += expected,
            }
        }
    }
}
