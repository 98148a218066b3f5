//! Moves: actions that are chosen together, since each alone ends nothing.
//!
//! Two open doors are worth nothing each and everything together. A move is a cheapest set of actions that ends one heavy way; it is
//! found as a hitting set of the way's proofs, which are looked for one by one until none is left (implicit hitting sets: Moreno-Centeno
//! and Karp 2013), each time hit greedily by cost.

use super::{
    problem::{Problem, Purse},
    state::State,
};

/// So many proofs of a way are looked at.
const PROOFS: usize = 48;
/// So many ways are looked at for moves.
const WAYS: usize = 12;
/// So many where the first of them have none.
const MORE: usize = 512;

/// How far moves are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Among the heaviest ways.
    Heaviest,
    /// As far as there is one, so that growth does not end where only light ways are left that can be ended.
    Far,
}

/// Moves of what may be chosen and paid, at most so many actions each: they end the heaviest ways that stand and that no single such
/// action ends. Each is in the order of its actions.
pub(super) fn moves(
    state: &mut State<'_>,
    purse: &Purse,
    at_most: usize,
    among: impl Fn(u32) -> bool,
    look: Look,
) -> Vec<Vec<u32>> {
    let problem = state.problem;
    let may: Vec<bool> =
        (0..problem.len() as u32).map(|action| among(action) && purse.pays(problem, &[action])).collect();
    let may = |action: &u32| may.get(*action as usize) == Some(&true);
    let mut moves: Vec<Vec<u32>> = Vec::new();
    let mut looked_at = 0;
    for way in problem.heaviest.iter().copied() {
        if !state.stands(way) || state.ended_by(way).iter().any(may) {
            continue;
        }
        if looked_at >= MORE || (looked_at >= WAYS && (look == Look::Heaviest || !moves.is_empty())) {
            break;
        }
        looked_at += 1;
        let fits = |actions: &Vec<u32>| actions.len() <= at_most && purse.pays(problem, actions);
        moves.extend(ending(state, way, may).filter(fits));
    }
    moves.sort();
    moves.dedup();
    moves
}

/// Actions that end a way together, none of them in vain; none where some proof has none that may be chosen, or there are too many.
fn ending(state: &mut State<'_>, way: u32, may: impl Fn(&u32) -> bool) -> Option<Vec<u32>> {
    let problem = state.problem;
    let mut proofs: Vec<Vec<u32>> = Vec::new();
    let mut hit: Vec<u32> = Vec::new();
    while let Some(proof) = state.proof(way, &hit) {
        let mut actions = problem.actions(&proof);
        actions.retain(&may);
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
