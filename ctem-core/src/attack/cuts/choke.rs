//! Choke points: what every attack on a loss event needs.
//!
//! A variable is a choke point of an event when the event cannot fall without it: it guards every *proof*, every way to take
//! the event together with all that way needs. Fixing one choke point ends the event, so where there is one, it is the first
//! thing to look at; where there is none, [`cheapest_cut`](super::cheapest_cut) says what is needed instead.
//!
//! Dominators do not answer this alone: one variable can guard several steps, and a step can need two states. But any one proof
//! holds all the choke points. Were a choke point not among a proof's variables, the event would fall by that proof without it,
//! and it would be no choke point. So one proof is found, with few variables, and of these few each is taken away in turn, 64 of
//! them at once, each in a world of its own that takes one bit. The same with states in place of variables gives the states that
//! must fall: [`mandatory_states`].
//!
//! What has a chance of 0 is no way. What surely falls needs nothing, and what cannot fall needs nothing that would help to know.

use super::cone::{Cone, ConeCondition, ConeNode, ConeStep};
use crate::attack::graph::{EventId, Snapshot, State, VariableId, condensed::Coin, index::IndexVec};

/// The choke points of a loss event: the variables without which it cannot fall (minimal cut sets of one), in the order in which
/// an attacker comes to need them.
///
/// Where a finding needs a threat that nothing else does, the two are one variable. None for an event that surely falls, that
/// cannot fall, or that is not there. O(n + m) for every 64 variables on the way that needs fewest, where loops are rare.
///
/// ```
/// use ctem_core::attack::{Graph, Key, mandatory_variables};
/// use ctem_core::Probability;
///
/// // Whichever flaw is used, the attacker needs the phished account first.
/// let mut graph = Graph::new();
/// let (inside, orders) = (graph.state(), graph.state());
/// let chance = Probability::new(0.5)?;
/// let phish = graph.variable(Key::of("entry", "anna"), chance);
/// let flaw = graph.variable(Key::of("finding", "sql"), chance);
/// let weak = graph.variable(Key::of("finding", "password"), chance);
/// graph.step(&[], Some(phish), inside)?;
/// graph.step(&[inside], Some(flaw), orders)?;
/// graph.step(&[inside], Some(weak), orders)?;
/// let leak = graph.event(orders, 1e6)?;
/// assert_eq!(mandatory_variables(&graph.compile()?, leak), [phish]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "choke point")]
#[doc(alias = "single point of failure")]
#[doc(alias = "minimal cut set")]
pub fn mandatory_variables(snapshot: &Snapshot, event: EventId) -> Vec<VariableId> {
    let Some((cone, proof)) = proven(snapshot, event) else { return Vec::new() };
    let coins = |condition| snapshot.condensed.coins(cone.conditions[condition]);
    let mut candidates: Vec<VariableId> = Vec::new();
    let mut seen: IndexVec<VariableId, bool> = IndexVec::filled(false, snapshot.variables().len());
    for step in &proof {
        for variable in coins(cone.steps[*step].condition).map(Coin::variable) {
            // A threat that is folded into a variable goes with it.
            if let Some(seen @ false) = seen.get_mut(variable) {
                *seen = true;
                candidates.push(variable);
            }
        }
    }
    // The bit of each coin that is tried.
    let mut bit_of: IndexVec<Coin, Option<u8>> = IndexVec::filled(None, snapshot.condensed.coin_count());
    let mut found = Vec::new();
    for batch in candidates.chunks(64) {
        batch.iter().zip(0..).for_each(|(variable, bit)| bit_of[Coin::of(*variable)] = Some(bit));
        let without = |condition| {
            let bits = coins(condition).filter_map(|coin| bit_of[coin]);
            bits.fold(u64::MAX, |mask, bit| mask & !(1 << bit))
        };
        let masks: IndexVec<ConeCondition, u64> = cone.conditions.ids().map(without).collect();
        let falls = cone.fallen(|condition| masks[condition], |_| u64::MAX)[cone.goal];
        found.extend(needed(batch, falls));
        batch.iter().for_each(|variable| bit_of[Coin::of(*variable)] = None);
    }
    found
}

/// The dominators of a loss event: the states that must fall before it, whichever way the attack goes, in the order in which an
/// attacker comes to them, the event's own state left out.
///
/// Of states that fall together the first stands for all. Unlike [`Dominators`](super::Dominators) this says all also where
/// steps need two states. O(n + m) for every 64 states on the way that needs fewest variables.
///
/// ```
/// use ctem_core::attack::{Graph, Key, mandatory_states};
/// use ctem_core::Probability;
///
/// // A right and a way to use it, both through the same machine.
/// let mut graph = Graph::new();
/// let (jump, right, way, orders) = (graph.state(), graph.state(), graph.state(), graph.state());
/// let chance = Probability::new(0.5)?;
/// let mut guard = |graph: &mut Graph, name| graph.variable(Key::of("finding", name), chance);
/// for (name, from, to) in [("rdp", None, jump), ("token", Some(jump), right), ("route", Some(jump), way)] {
///     let guard = guard(&mut graph, name);
///     graph.step(from.as_slice(), Some(guard), to)?;
/// }
/// graph.step(&[right, way], None, orders)?;
/// let leak = graph.event(orders, 1e6)?;
/// let mut needed = mandatory_states(&graph.compile()?, leak);
/// needed.sort();
/// assert_eq!(needed, [jump, right, way]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "dominators")]
#[doc(alias = "articulation")]
#[doc(alias = "bottleneck")]
pub fn mandatory_states(snapshot: &Snapshot, event: EventId) -> Vec<State> {
    let Some((cone, proof)) = proven(snapshot, event) else { return Vec::new() };
    let states = snapshot.condensed.first_states();
    let on_the_way = proof.iter().map(|step| cone.steps[*step].to);
    let candidates: Vec<ConeNode> = on_the_way.filter(|node| *node != cone.goal).collect();
    let mut masks: IndexVec<ConeNode, u64> = IndexVec::filled(u64::MAX, cone.nodes.len());
    let mut found = Vec::new();
    for batch in candidates.chunks(64) {
        batch.iter().zip(0..).for_each(|(node, bit)| masks[*node] = !(1u64 << bit));
        let falls = cone.fallen(|_| u64::MAX, |node| masks[node])[cone.goal];
        found.extend(needed(batch, falls).map(|node| states[cone.nodes[node]]));
        batch.iter().for_each(|node| masks[*node] = u64::MAX);
    }
    found
}

/// The cone of an event and a proof of it through few variables, unless it surely falls or cannot.
fn proven(snapshot: &Snapshot, event: EventId) -> Option<(Cone, Vec<ConeStep>)> {
    let cone = Cone::of(&snapshot.condensed, event)?;
    let proof = cone.proof(|_| false, |condition| condition != ConeCondition::OPEN)?;
    Some((cone, proof))
}

/// Those of a batch without which it does not fall.
fn needed<T: Copy>(batch: &[T], falls: u64) -> impl Iterator<Item = T> + '_ {
    batch.iter().zip(0..64u32).filter(move |(_, bit)| falls & 1 << bit == 0).map(|(candidate, _)| *candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attack::{Graph, Key},
        quantity::Probability,
    };

    fn half() -> Probability {
        Probability::new(0.5).unwrap()
    }

    #[test]
    fn a_variable_shared_by_two_ways_is_a_choke_point_though_no_step_is() {
        let mut graph = Graph::new();
        let (a, b, goal) = (graph.state(), graph.state(), graph.state());
        let guards: Vec<_> = (0..3).map(|n| graph.variable(Key::new(n), half())).collect();
        graph.step(&[], Some(guards[0]), a).unwrap();
        graph.step(&[], Some(guards[1]), b).unwrap();
        graph.step(&[a], Some(guards[2]), goal).unwrap();
        graph.step(&[b], Some(guards[2]), goal).unwrap();
        let event = graph.event(goal, 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        assert_eq!(mandatory_variables(&snapshot, event), [guards[2]]);
        assert_eq!(mandatory_variables(&snapshot, EventId::new(1)), []);
    }

    #[test]
    fn every_link_of_a_chain_longer_than_a_word_is_a_choke_point_in_order() {
        let mut graph = Graph::new();
        let mut last = None;
        let mut guards = Vec::new();
        for n in 0..200 {
            let (state, guard) = (graph.state(), graph.variable(Key::new(n), half()));
            graph.step(last.as_slice(), Some(guard), state).unwrap();
            guards.push(guard);
            last = Some(state);
        }
        let event = graph.event(last.unwrap(), 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        assert_eq!(mandatory_variables(&snapshot, event), guards);
        assert_eq!(mandatory_states(&snapshot, event).len(), 199);
    }

    #[test]
    fn what_surely_falls_has_no_choke_point() {
        let mut graph = Graph::new();
        let goal = graph.state();
        let guard = graph.variable(Key::new(1), half());
        graph.step(&[], Some(guard), goal).unwrap();
        graph.step(&[], None, goal).unwrap();
        let event = graph.event(goal, 1.0).unwrap();
        assert_eq!(mandatory_variables(&graph.compile().unwrap(), event), []);
    }
}
