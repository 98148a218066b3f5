//! The functions under which nodes fall: the least ones that all steps agree with.
//!
//! Strongly connected components are solved one after the other, each after all that lead to it. Within one, iterating from
//! *never* (Kleene) would be right, but goes through functions of ways of at most so many steps, which are larger than those
//! of all ways. Where steps need one member each we eliminate members instead, as one solves linear equations: the lattice of
//! functions is distributive, and a way that comes back to where it was adds nothing. Only steps that need two members are
//! iterated.

use super::bdd::{Choice, Diagram, Function, Level, Operator};
use crate::attack::{
    graph::{
        EventId,
        condensed::{Coin, Condensed, Condition, Node, Through},
        index::{Csr, Id, IndexVec, ids},
        scc::{Component, components},
    },
    limits::{Limits, Reason},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque},
};

/// Which coins a diagram asks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    FarOnTop,
    NearOnTop,
}

ids! {
    /// Where a function is kept: by node, and behind those, of links and what else is needed on the way.
    Slot
    /// A node's place in its component.
    Place
}

impl Slot {
    fn of(node: Node) -> Self {
        Self(node.0)
    }
}

/// A step as it is solved: nodes that must all fall, and its condition. The source has fallen.
#[derive(Clone, Copy, Default)]
struct Term {
    premises: [Node; 2],
    condition: Condition,
}

/// A step that needs two members of one component, with its condition's function.
struct ByTwo {
    to: Node,
    premises: [Node; 2],
    condition: Slot,
}

/// Finds the functions of nodes, and lets go of those that nothing needs any more.
pub(super) struct Solver<'a> {
    condensed: &'a Condensed,
    diagram: Diagram<'a>,
    /// How much work is left for all.
    work: u64,
    most: u64,
    /// By node: the terms that conclude it.
    terms: Csr<Node, Term>,
    /// By level: its coin; and by coin, its level.
    pub(super) order: IndexVec<Level, Coin>,
    levels: IndexVec<Coin, Level>,
    /// By coin: what is known of it beforehand, so that it is no level.
    decided: IndexVec<Coin, Option<bool>>,
    component: IndexVec<Node, Component>,
    /// By node: when a breadth-first search from the source has met it.
    met: IndexVec<Node, u32>,
    places: IndexVec<Node, Place>,
    /// Functions as far as they are known; none where that took more than was allowed.
    functions: IndexVec<Slot, Function>,
    /// By node: how many terms need it that are not solved yet; one more for a loss event.
    needed: IndexVec<Node, u32>,
}

impl<'a> Solver<'a> {
    pub(super) fn new(
        condensed: &'a Condensed,
        order: Order,
        limits: &'a Limits<'a>,
        decided: impl Fn(Coin) -> Option<bool>,
    ) -> Self {
        let relevant = condensed.relevant();
        let nodes = relevant.index();
        let mut solver = Self {
            condensed,
            diagram: Diagram::new(limits),
            work: (limits.nodes as u64).saturating_mul(if order == Order::FarOnTop { 8 } else { 32 }),
            most: (limits.nodes as u64).saturating_mul(8),
            terms: Csr::default(),
            order: IndexVec::default(),
            levels: IndexVec::filled(Level::NONE, condensed.coin_count()),
            decided: Coin::first(condensed.coin_count()).map(decided).collect(),
            component: components(nodes, |node, from| {
                let arc = condensed.arcs(node).get(from).filter(|arc| arc.to < relevant)?;
                Some((from + 1, arc.to))
            }),
            met: IndexVec::filled(UNMET, nodes),
            places: IndexVec::filled(Place::default(), nodes),
            functions: IndexVec::filled(Function::FALSE, nodes),
            needed: IndexVec::filled(0, nodes),
        };
        solver.lay_out();
        solver.meet_coins();
        if order == Order::FarOnTop {
            solver.order.as_mut_vec().reverse();
        }
        for (level, coin) in solver.order.entries() {
            solver.levels[*coin] = level;
        }
        solver
    }

    /// Puts the coins in the order in which a breadth-first search from the source meets them.
    fn meet_coins(&mut self) {
        let (condensed, relevant) = (self.condensed, self.condensed.relevant());
        let mut queue = VecDeque::new();
        let mut met = 0;
        if let Some(source) = self.met.get_mut(Node::SOURCE) {
            *source = 0;
            queue.push_back(Node::SOURCE);
        }
        while let Some(node) = queue.pop_front() {
            for arc in condensed.arcs(node).iter().take_while(|arc| arc.to < relevant) {
                for coin in condensed.coins(condensed.condition(arc.via)) {
                    if self.levels[coin].is_none() && self.decided[coin].is_none() {
                        // It changes once all are met, where those far from the source are on top.
                        self.levels[coin] = self.order.push(coin);
                    }
                }
                if self.met[arc.to] == UNMET {
                    met += 1;
                    self.met[arc.to] = met;
                    queue.push_back(arc.to);
                }
            }
        }
    }

    /// Turns the arcs around.
    fn lay_out(&mut self) {
        let (condensed, relevant) = (self.condensed, self.condensed.relevant());
        let mut found = Vec::new();
        for from in relevant.below() {
            for arc in condensed.arcs(from).iter().take_while(|arc| arc.to < relevant) {
                let term = match arc.via.through() {
                    Through::Condition(condition) => Term { premises: [from, Node::SOURCE], condition },
                    Through::AndNode(id) => {
                        let and_node = condensed.and_node(id);
                        Term { premises: and_node.premises, condition: and_node.condition }
                    }
                };
                // An AND node has an arc from each of its premises, and is one term; one that needs what cannot fall is none.
                if term.premises[0] == from && term.premises[1] < relevant {
                    found.push((arc.to, term));
                }
            }
        }
        for premise in found.iter().flat_map(|(_, term)| term.premises) {
            self.needed[premise] += 1;
        }
        for event in condensed.events().iter().filter(|event| **event < relevant) {
            self.needed[*event] += 1;
        }
        self.terms = Csr::new(relevant.index(), || found.iter().copied());
        if let Some(source) = self.functions.get_mut(Slot::of(Node::SOURCE)) {
            *source = Function::TRUE;
            self.needed[Node::SOURCE] = u32::MAX;
        }
    }

    /// Solves component by component, each after all that lead to it.
    ///
    /// # Errors
    /// `Stopped` when the caller says not to go on: what is not solved by then has no function.
    pub(super) fn solve(&mut self) -> Result<(), Reason> {
        let nodes = self.in_waves();
        let component = std::mem::take(&mut self.component);
        let mut waiting = nodes.chunk_by(|a, b| component[*a] == component[*b]);
        let mut ended = Ok(());
        for members in &mut waiting {
            let before = self.diagram.work();
            self.diagram.allow(self.most.min(self.work));
            let solved = if ended.is_err() { ended } else { self.component(members) };
            self.work = self.work.saturating_sub(self.diagram.work() - before);
            if solved.is_err() {
                members.iter().for_each(|node| self.functions[Slot::of(*node)] = Function::NONE);
            }
            if solved == Err(Reason::Stopped) {
                ended = solved;
            }
            self.release(members);
        }
        ended
    }

    /// The nodes, component by component, each after all that lead to it, and of those that may come next the one nearest to the
    /// source: so that few functions are in use at a time.
    fn in_waves(&self) -> Vec<Node> {
        let (condensed, relevant) = (self.condensed, self.condensed.relevant());
        let count = self.component.iter().max().map_or(0, |most| most.index() + 1);
        let mut nearest: IndexVec<Component, u32> = IndexVec::filled(UNMET, count);
        let members = Csr::new(count, || self.component.entries().map(|(node, of)| (*of, node)));
        let mut needs: IndexVec<Component, u32> = IndexVec::filled(0, count);
        let links = |node: Node| {
            let from = self.component[node];
            let arcs = condensed.arcs(node).iter().take_while(move |arc| arc.to < relevant);
            arcs.map(|arc| self.component[arc.to]).filter(move |to| *to != from)
        };
        for (node, component) in self.component.entries() {
            nearest[*component] = nearest[*component].min(self.met[node]);
            links(node).for_each(|to| needs[to] += 1);
        }
        let ready = needs.entries().filter(|(_, needs)| **needs == 0);
        let mut ready: BinaryHeap<_> = ready.map(|(one, _)| Reverse((nearest[one], one))).collect();
        let mut nodes = Vec::with_capacity(relevant.index());
        while let Some(Reverse((_, component))) = ready.pop() {
            for to in members.row(component).iter().flat_map(|node| links(*node)) {
                let needs = &mut needs[to];
                *needs -= 1;
                if *needs == 0 {
                    ready.push(Reverse((nearest[to], to)));
                }
            }
            nodes.extend(members.row(component).iter().filter(|node| **node != Node::SOURCE));
        }
        nodes
    }

    /// Finds the functions of a component, all that leads to it being known.
    fn component(&mut self, members: &[Node]) -> Result<(), Reason> {
        let lacks = |node: &Node| {
            let mut premises = self.terms.row(*node).iter().flat_map(|term| term.premises);
            premises.any(|premise| self.functions[Slot::of(premise)].is_none())
        };
        if members.iter().any(lacks) {
            return Err(Reason::Nodes);
        }
        let nodes = self.functions.len();
        let solved = self.circle(members);
        // Behind the nodes' functions lie those that were needed on the way.
        self.functions.as_mut_vec().truncate(nodes);
        solved
    }

    /// Eliminates the members one by one, the least connected first: who leads to one leads to all it leads to. Then each
    /// member's function follows from those eliminated after it. Steps that need two members are no part of that: they are
    /// added by what is known of both, until nothing changes.
    ///
    /// What only other members need is eliminated first, and its own function never worked out.
    fn circle(&mut self, members: &[Node]) -> Result<(), Reason> {
        members.iter().zip(0..).for_each(|(node, place)| self.places[*node] = Place(place));
        let mut links = Links::new(self.wanted(members));
        let by_two = self.enter(members, &mut links)?;
        let eliminated = self.eliminate(&mut links)?;
        loop {
            self.substitute(members, &links, &eliminated)?;
            if !self.add_by_two(&by_two)? {
                return Ok(());
            }
        }
    }

    /// Adds what leads to members from outside, and links those that lead to each other. The steps that need two members come back.
    fn enter(&mut self, members: &[Node], links: &mut Links) -> Result<Vec<ByTwo>, Reason> {
        let mut by_two = Vec::new();
        for node in members {
            for at in self.terms.range(*node) {
                let Term { premises: [first, second], condition } = self.terms.values()[at];
                let condition = self.condition(condition)?;
                match [first, second].map(|premise| self.is_among(members, premise)) {
                    [false, false] => {
                        let both = self.both(first, second)?;
                        self.add(Slot::of(*node), both, condition)?;
                    }
                    [true, true] => by_two.push(ByTwo { to: *node, premises: [first, second], condition }),
                    [inside, _] => {
                        let (from, other) = if inside { (first, second) } else { (second, first) };
                        let link = self.link(links, self.places[from], self.places[*node]);
                        self.add(link, Slot::of(other), condition)?;
                    }
                }
            }
        }
        Ok(by_two)
    }

    /// Takes the members out one by one: around each, what leads to it is linked to all it leads to.
    fn eliminate(&mut self, links: &mut Links) -> Result<Vec<Eliminated>, Reason> {
        let mut eliminated = Vec::new();
        while let Some((place, before, after)) = links.eliminate() {
            for (from, first) in &before {
                for (to, second) in after.iter().filter(|(to, _)| to != from) {
                    let link = self.link(links, *from, *to);
                    self.add(link, *first, *second)?;
                }
            }
            eliminated.push((place, before, after));
        }
        Ok(eliminated)
    }

    /// Sends what is known of each member on to those eliminated after it, and then back to those eliminated before them.
    fn substitute(
        &mut self,
        members: &[Node],
        links: &Links,
        eliminated: &[Eliminated],
    ) -> Result<(), Reason> {
        let member = |place: &Place| Slot::of(members[place.index()]);
        for (place, _, after) in eliminated {
            for (to, link) in after {
                self.add(member(to), member(place), *link)?;
            }
        }
        for (place, before, _) in eliminated.iter().rev().filter(|(place, ..)| links.is_wanted(*place)) {
            for (from, link) in before {
                self.add(member(place), member(from), *link)?;
            }
        }
        Ok(())
    }

    /// Adds by steps that need two members what is known of both; whether anything changed.
    fn add_by_two(&mut self, steps: &[ByTwo]) -> Result<bool, Reason> {
        let mut changed = false;
        for ByTwo { to, premises: [first, second], condition } in steps {
            let both = self.both(*first, *second)?;
            changed |= self.add(Slot::of(*to), both, *condition)?;
        }
        Ok(changed)
    }

    /// By member: whether anything outside of the component needs it, or a step that needs two members.
    fn wanted(&self, members: &[Node]) -> IndexVec<Place, bool> {
        let mut outside: IndexVec<Place, u32> = members.iter().map(|node| self.needed[*node]).collect();
        let mut by_two: IndexVec<Place, bool> = IndexVec::filled(false, members.len());
        for term in members.iter().flat_map(|node| self.terms.row(*node)) {
            let inside = term.premises.map(|premise| self.is_among(members, premise));
            for (premise, _) in term.premises.iter().zip(inside).filter(|(_, inside)| *inside) {
                let place = self.places[*premise];
                outside[place] -= 1;
                by_two[place] |= inside == [true; 2];
            }
        }
        outside.into_iter().zip(by_two).map(|(outside, by_two)| outside > 0 || by_two).collect()
    }

    /// Where the function of a link is kept, which is never until something is added.
    fn link(&mut self, links: &mut Links, from: Place, to: Place) -> Slot {
        links.between(from, to, || self.functions.push(Function::FALSE))
    }

    /// Adds to a function what holds where both of two others do; whether it changed.
    fn add(&mut self, to: Slot, first: Slot, second: Slot) -> Result<bool, Reason> {
        self.diagram.count()?;
        let sum = self.making_room(|solver| {
            let [to, first, second] = [to, first, second].map(|slot| solver.functions[slot]);
            let both = solver.diagram.combine(Operator::And, first, second)?;
            solver.diagram.combine(Operator::Or, to, both)
        })?;
        Ok(std::mem::replace(&mut self.functions[to], sum) != sum)
    }

    /// The function that holds where both of two nodes' do.
    fn both(&mut self, first: Node, second: Node) -> Result<Slot, Reason> {
        if second == Node::SOURCE {
            return Ok(Slot::of(first));
        }
        let slot = self.functions.push(Function::FALSE);
        self.add(slot, Slot::of(first), Slot::of(second))?;
        Ok(slot)
    }

    /// The function that holds where all coins of a condition help.
    fn condition(&mut self, condition: Condition) -> Result<Slot, Reason> {
        let mut levels = [Level::NONE; 4];
        for (slot, coin) in levels.iter_mut().zip(self.condensed.coins(condition)) {
            if self.decided[coin] == Some(false) {
                return Ok(self.functions.push(Function::FALSE));
            }
            *slot = self.levels[coin];
        }
        levels.sort_unstable();
        let function = self.making_room(|solver| {
            let mut levels = levels.into_iter().rev().filter_map(Level::some);
            levels.try_fold(Function::TRUE, |all, level| solver.diagram.coin_and(level, all))
        })?;
        Ok(self.functions.push(function))
    }

    /// Where the diagram is full, throws out what nothing needs and does it again, once. Where that makes no room, the caller is asked
    /// whether to go on.
    fn making_room(
        &mut self,
        make: impl Fn(&mut Self) -> Result<Function, Reason>,
    ) -> Result<Function, Reason> {
        match make(self) {
            Err(Reason::Nodes) if !self.diagram.is_spent() => {
                self.diagram.keep(self.functions.iter_mut().filter(|function| !function.is_none()));
                if self.diagram.has_room() {
                    return make(self);
                }
                // To find no room costs as much as there are nodes: where many events each find none, that is work too.
                self.diagram.spend(self.most / MOST_FUTILE)?;
                Err(Reason::Nodes)
            }
            made => made,
        }
    }

    fn is_among(&self, members: &[Node], node: Node) -> bool {
        members.get(self.places[node].index()) == Some(&node)
    }

    /// Lets go of what only the terms of solved nodes needed.
    fn release(&mut self, members: &[Node]) {
        for node in members {
            let premises = self.terms.row(*node).iter().flat_map(|term| term.premises);
            for premise in premises.filter(|premise| *premise != Node::SOURCE) {
                let needed = &mut self.needed[premise];
                *needed -= 1;
                let function = &mut self.functions[Slot::of(premise)];
                if *needed == 0 && !function.is_none() {
                    *function = Function::FALSE;
                }
            }
        }
    }

    /// The diagram, and by loss event its function in it.
    pub(super) fn finish(mut self) -> (IndexVec<Function, Choice>, IndexVec<EventId, Function>) {
        // What no step leads to never falls.
        let function = |node: &Node| self.functions.get(Slot::of(*node)).copied().unwrap_or(Function::FALSE);
        let mut events: IndexVec<EventId, Function> = self.condensed.events().iter().map(function).collect();
        self.diagram.keep(events.iter_mut().filter(|function| !function.is_none()));
        (self.diagram.into_nodes(), events)
    }
}

/// So often room may be looked for in vain.
const MOST_FUTILE: u64 = 512;

/// When a node was met that never was.
const UNMET: u32 = u32::MAX;

/// Who leads to whom in a component, and where the function of each link is kept.
struct Links {
    after: IndexVec<Place, BTreeMap<Place, Slot>>,
    before: IndexVec<Place, BTreeMap<Place, Slot>>,
    /// By place: whether its function is to be worked out.
    wanted: IndexVec<Place, bool>,
    /// Those that are left: unwanted ones first, and then by how many links their elimination makes at most.
    left: BTreeSet<(bool, usize, Place)>,
}

/// A node's place, and those of its neighbours with their links' functions: before it and after it.
type Eliminated = (Place, Vec<(Place, Slot)>, Vec<(Place, Slot)>);

impl Links {
    fn new(wanted: IndexVec<Place, bool>) -> Self {
        let none = IndexVec::filled(BTreeMap::new(), wanted.len());
        let left = wanted.entries().map(|(place, wanted)| (*wanted, 0, place)).collect();
        Self { after: none.clone(), before: none, wanted, left }
    }

    fn is_wanted(&self, place: Place) -> bool {
        self.wanted[place]
    }

    fn between(&mut self, from: Place, to: Place, new: impl FnOnce() -> Slot) -> Slot {
        if let Some(link) = self.after[from].get(&to) {
            return *link;
        }
        let link = new();
        self.change(from, |links| links.after[from].insert(to, link));
        self.change(to, |links| links.before[to].insert(from, link));
        link
    }

    /// Takes the least connected one out.
    fn eliminate(&mut self) -> Option<Eliminated> {
        let (_, _, place) = self.left.pop_first()?;
        let before: Vec<_> = std::mem::take(&mut self.before[place]).into_iter().collect();
        let after: Vec<_> = std::mem::take(&mut self.after[place]).into_iter().collect();
        for (from, _) in &before {
            self.change(*from, |links| links.after[*from].remove(&place));
        }
        for (to, _) in &after {
            self.change(*to, |links| links.before[*to].remove(&place));
        }
        Some((place, before, after))
    }

    fn change(&mut self, place: Place, how: impl FnOnce(&mut Self) -> Option<Slot>) {
        self.left.remove(&self.rank(place));
        how(self);
        self.left.insert(self.rank(place));
    }

    fn rank(&self, place: Place) -> (bool, usize, Place) {
        let links = self.before[place].len() * self.after[place].len();
        (self.is_wanted(place), links, place)
    }
}
