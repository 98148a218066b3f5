//! Moves: actions that are chosen together, since each alone ends nothing.
//!
//! Two open doors are worth nothing each and everything together. A move is a cheapest set of actions that ends one heavy way; it is
//! found as a hitting set of the way's proofs, which are looked for one by one until none is left (implicit hitting sets: Moreno-Centeno
//! and Karp 2013), each time hit greedily by cost.

use super::{problem::Problem, state::State};

/// So many proofs of a way are looked at.
const PROOFS: usize = 48;
/// So many ways are looked at for moves.
const WAYS: usize = 12;

/// Moves that end the heaviest ways that stand and that no single action ends, each in the order of its actions.
pub(super) fn moves(state: &mut State<'_>) -> Vec<Vec<u32>> {
    let problem = state.problem;
    let standing = problem.heaviest.iter().copied();
    let standing: Vec<u32> =
        standing.filter(|way| state.stands(*way) && !state.one_is_enough(*way)).take(WAYS).collect();
    let mut moves: Vec<Vec<u32>> = standing.into_iter().filter_map(|way| ending(state, way)).collect();
    moves.sort();
    moves.dedup();
    moves
}

/// Actions that end a way together, none of them in vain; none where some proof has no action, or has too many.
fn ending(state: &mut State<'_>, way: u32) -> Option<Vec<u32>> {
    let problem = state.problem;
    let mut proofs: Vec<Vec<u32>> = Vec::new();
    let mut hit: Vec<u32> = Vec::new();
    while let Some(proof) = state.proof(way, &hit) {
        let actions = problem.actions(&proof);
        if actions.is_empty() || proofs.len() >= PROOFS {
            return None;
        }
        proofs.push(actions);
        hit = hitting(problem, &proofs);
    }
    Some(hit)
}

/// Actions that hit all of these: each time the one that hits most of what is left for its cost, and then without those in vain.
fn hitting(problem: &Problem, proofs: &[Vec<u32>]) -> Vec<u32> {
    let mut left: Vec<&Vec<u32>> = proofs.iter().collect();
    let mut chosen: Vec<u32> = Vec::new();
    while !left.is_empty() {
        let mut all: Vec<u32> = left.iter().flat_map(|proof| proof.iter().copied()).collect();
        all.sort_unstable();
        let best = all
            .chunk_by(|a, b| a == b)
            .filter_map(|same| Some((*same.first()?, same.len() as f64)))
            .map(|(action, hits)| (hits / problem.cost(action).max(super::FREE), action))
            .reduce(|best, other| if other.0 > best.0 { other } else { best });
        let Some((_, action)) = best else { break };
        chosen.push(action);
        left.retain(|proof| proof.binary_search(&action).is_err());
    }
    for at in (0..chosen.len()).rev() {
        let without = |proof: &Vec<u32>| {
            let others = chosen.iter().enumerate().filter(|(n, _)| *n != at);
            others.into_iter().any(|(_, other)| proof.binary_search(other).is_ok())
        };
        if proofs.iter().all(without) {
            chosen.remove(at);
        }
    }
    chosen.sort_unstable();
    chosen
}
