//! The cheapest cut, read off the decision diagram of the event.
//!
//! Where a loss takes many things at once, ten of twenty hosts say, there are hundreds of thousands of smallest proofs and no few of
//! them say what a cut costs: searches through sets to hit go on and on. The function of the event over the fixes is small there all
//! the same. It holds where the event still falls, so a cheapest cut is a cheapest way to *false*: to leave a fix undone costs
//! nothing, to do it costs what it costs, and one pass over the nodes finds the cheapest way from each.
//!
//! A node's function is the least one that all steps to it agree with (Kleene's iteration, from *never*); a condition holds where none of
//! the fixes is done that close it. Fixes are asked in the order in which a search down from the event meets them, which keeps those
//! together that stand before one thing.

use super::{
    cone::{Cone, ConeCondition, ConeNode, ConeStep},
    hitting_set::Member,
};
use crate::attack::{
    graph::index::{Csr, Id, IndexVec},
    limits::{Limits, Reason},
    reliability::{Diagram, Function, Level, Operator},
};
use std::collections::BTreeSet;

/// So much work is done for each node that is allowed.
const WORK: u64 = 8;

/// The cheapest choice of fixes after which the event of a cone does not fall.
///
/// `closing` says which fixes close a condition, and `costs` what each costs: together less than half of all numbers. O(nodes of the
/// diagram), of which there can be exponentially many.
///
/// # Errors
/// `Nodes` where the diagram takes more than is allowed, `Stopped` when the caller says so.
pub(super) fn cheapest<'c>(
    cone: &Cone,
    closing: impl Fn(ConeCondition) -> &'c [Member],
    costs: &IndexVec<Member, u64>,
    limits: &Limits<'_>,
) -> Result<Vec<Member>, Reason> {
    let into = Csr::new(cone.nodes.len(), || cone.steps.entries().map(|(at, step)| (step.to, at)));
    let order = order(cone, &into, &closing, costs.len());
    let mut levels = IndexVec::filled(Level::NONE, costs.len());
    for (level, fix) in order.entries() {
        levels[*fix] = level;
    }
    let mut diagram = Diagram::new(limits);
    diagram.allow((limits.nodes as u64).saturating_mul(WORK));
    let mut functions = IndexVec::filled(Function::FALSE, cone.nodes.len());
    functions[ConeNode::SOURCE] = Function::TRUE;
    // Nodes of which a premise has changed. The lowest first: most steps lead to higher ones.
    let mut waiting: BTreeSet<ConeNode> = cone.uses(ConeNode::SOURCE).map(|step| step.to).collect();
    while let Some(node) = waiting.pop_first() {
        let falls = |diagram: &mut Diagram<'_>, functions: &IndexVec<ConeNode, Function>| {
            let mut falls = functions[node];
            for step in into.row(node).iter().map(|at| &cone.steps[*at]) {
                let mut levels: Vec<Level> = closing(step.condition).iter().map(|fix| levels[*fix]).collect();
                levels.sort_unstable();
                let mut levels = levels.into_iter().rev();
                let mut all = levels.try_fold(Function::TRUE, |rest, level| diagram.coin_and(level, rest))?;
                for premise in step.premises() {
                    all = diagram.combine(Operator::And, all, functions[premise])?;
                }
                falls = diagram.combine(Operator::Or, falls, all)?;
            }
            Ok(falls)
        };
        let found = match falls(&mut diagram, &functions) {
            Err(Reason::Nodes) if !diagram.is_spent() => {
                diagram.keep(functions.iter_mut());
                if !diagram.has_room() {
                    return Err(Reason::Nodes);
                }
                falls(&mut diagram, &functions)?
            }
            found => found?,
        };
        diagram.count()?;
        if found != functions[node] {
            functions[node] = found;
            waiting.extend(cone.uses(node).map(|step| step.to).filter(|to| *to != ConeNode::SOURCE));
        }
    }
    Ok(cheapest_way(diagram, functions[cone.goal], &order, costs))
}

/// The fixes in the order in which a depth-first search down from the event meets them.
fn order<'c>(
    cone: &Cone,
    into: &Csr<ConeNode, ConeStep>,
    closing: &impl Fn(ConeCondition) -> &'c [Member],
    fixes: usize,
) -> IndexVec<Level, Member> {
    let mut order: IndexVec<Level, Member> = IndexVec::default();
    let mut met = IndexVec::filled(false, fixes);
    let mut seen = IndexVec::filled(false, cone.nodes.len());
    let mut stack = vec![cone.goal];
    while let Some(node) = stack.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        for step in into.row(node).iter().map(|at| &cone.steps[*at]) {
            for fix in closing(step.condition) {
                if !std::mem::replace(&mut met[*fix], true) {
                    order.push(*fix);
                }
            }
            // What is a place by itself comes before what leads on and on.
            let mut premises: Vec<ConeNode> = step.premises().filter(|node| !seen[*node]).collect();
            premises.sort_by_key(|node| std::cmp::Reverse((into.row(*node).len(), *node)));
            stack.extend(premises);
        }
    }
    order
}

/// Of the ways from a function to *false* the cheapest, and of those the one that does the least at first: what it does.
fn cheapest_way(
    diagram: Diagram<'_>,
    from: Function,
    order: &IndexVec<Level, Member>,
    costs: &IndexVec<Member, u64>,
) -> Vec<Member> {
    const NEVER: u64 = u64::MAX;
    let nodes = diagram.into_nodes();
    let mut cheapest: IndexVec<Function, u64> = vec![0, NEVER].into();
    for choice in nodes.iter().skip(2) {
        let done = cheapest[choice.low].saturating_add(costs[order[choice.level]]);
        cheapest.push(done.min(cheapest[choice.high]));
    }
    let mut chosen = Vec::new();
    let mut at = from;
    while at != Function::FALSE && at != Function::TRUE {
        let choice = nodes[at];
        at = if cheapest[choice.high] == cheapest[at] {
            choice.high
        } else {
            chosen.push(order[choice.level]);
            choice.low
        };
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attack::{
            CutMember, EventId, Fix, Graph, Key, MinCut, OnProgress, Snapshot, State, cheapest_cut,
            graph::draw::mixed,
        },
        quantity::Probability,
    };
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// Some states, steps between them that need up to two, some in circles, variables that several share, and one event.
    fn drawn(seed: u64) -> Snapshot {
        let mut state = seed;
        let mut below = |end: usize| {
            state = mixed(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
            state as usize % end
        };
        let mut graph = Graph::new();
        let states: Vec<State> = (0..8).map(|_| graph.state()).collect();
        let half = Probability::clamped(0.5);
        let variables: Vec<_> = (0..7).map(|n| graph.variable(Key::new(n), half)).collect();
        for n in 0..20 {
            let premises: Vec<State> =
                (0..if n < 3 { 0 } else { 1 + below(2) }).map(|_| states[below(8)]).collect();
            graph.step(&premises, Some(variables[below(7)]), states[below(8)]).unwrap();
        }
        graph.event(states[7], 1.0).unwrap();
        graph.compile().unwrap()
    }

    #[test]
    fn it_costs_what_the_cheapest_of_all_choices_costs() {
        let mut held = 0;
        for seed in 0..600 {
            let snapshot = drawn(seed);
            let Some(cone) = Cone::of(&snapshot.condensed, EventId::new(0)) else { continue };
            let closing: IndexVec<ConeCondition, Vec<Member>> = cone
                .conditions
                .iter()
                .map(|condition| snapshot.condensed.coins(*condition).map(|coin| Member(coin.0)).collect())
                .collect();
            let costs: IndexVec<Member, u64> = (0..7).map(|n| 1 + mixed(seed ^ (n << 32)) % 5).collect();
            let falls = |choice: u32| {
                let open = |condition: ConeCondition| {
                    let done = closing[condition].iter().any(|fix| choice >> fix.0 & 1 != 0);
                    if done { 0 } else { u64::MAX }
                };
                cone.fallen(open, |_| u64::MAX)[cone.goal] != 0
            };
            let cost = |choice: u32| -> u64 {
                costs.entries().filter(|(fix, _)| choice >> fix.0 & 1 != 0).map(|(_, cost)| *cost).sum()
            };
            let best = (0..1 << 7).filter(|choice| !falls(*choice)).map(cost).min().unwrap();
            let found = cheapest(&cone, |condition| &closing[condition], &costs, &Limits::default()).unwrap();
            let choice = found.iter().fold(0, |choice, fix| choice | 1 << fix.0);
            assert!(!falls(choice), "{seed}");
            assert_eq!(cost(choice), best, "{seed}");
            held += 1;
        }
        assert!(held > 100, "{held}");
    }

    #[test]
    fn of_fourteen_hosts_of_which_a_loss_takes_seven_eight_are_fixed_and_that_is_soon_known() {
        let mut graph = Graph::new();
        let half = Probability::clamped(0.5);
        // Each host by a flaw of its own behind a relay with a flaw that two hosts share.
        let relays: Vec<_> = (0..7).map(|key| graph.variable(Key::new(key), half)).collect();
        let mut at_least: Vec<State> = vec![State::GIVEN; 8];
        for host in 0..14u32 {
            let (relay, owned) = (graph.state(), graph.state());
            let own = graph.variable(Key::new(100 + u128::from(host)), half);
            let near = relays[host as usize / 2];
            graph.step(&[], Some(near), relay).unwrap();
            graph.step(&[relay], Some(own), owned).unwrap();
            for count in (1..=7).rev() {
                let (before, now) = (at_least[count], graph.state());
                if before != State::GIVEN {
                    graph.step(&[before], None, now).unwrap();
                }
                match at_least[count - 1] {
                    State::GIVEN if count == 1 => graph.step(&[owned], None, now).unwrap(),
                    State::GIVEN => {}
                    fewer => graph.step(&[fewer, owned], None, now).unwrap(),
                }
                at_least[count] = now;
            }
        }
        let event = graph.event(at_least[7], 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        let asked = AtomicU64::new(0);
        let ask = |_| asked.fetch_add(1, Relaxed) < 20_000;
        let limits = Limits { progress: OnProgress::new(&ask), ..Limits::default() };
        // A relay costs no more than a host, so that hosts are fixed by twos.
        let ended = cheapest_cut(&snapshot, event, |_| Some(1.0), &[], &limits).unwrap();
        let MinCut::Cut(cut) = ended else { unreachable!() };
        assert_eq!((cut.cost, cut.at_least, cut.truncated), (4.0, 4.0, None));
        // Where relays cannot be fixed, one by one; and a patch of all hosts at seven is cheaper.
        let own = |variable| snapshot.key(variable).filter(|key| *key >= Key::new(100)).map(|_| 1.0);
        let MinCut::Cut(cut) = cheapest_cut(&snapshot, event, own, &[], &limits).unwrap() else {
            unreachable!()
        };
        assert_eq!((cut.cost, cut.at_least, cut.truncated), (8.0, 8.0, None));
        let patch = Fix { cost: 7.0, ends: (100..114).map(Key::new).collect() };
        let MinCut::Cut(cut) = cheapest_cut(&snapshot, event, own, &[patch], &limits).unwrap() else {
            unreachable!()
        };
        assert_eq!((cut.fixes, cut.at_least), (vec![CutMember::Fix(0)], 7.0));
    }
}
