//! The functions under which nodes fall: the least ones that all steps agree with.
//!
//! Strongly connected components are solved one after the other, each after all that lead to it. Within one, iterating from
//! *never* (Kleene) would be right, but goes through functions of ways of at most so many steps, which are larger than those
//! of all ways. Where steps need one member each we eliminate members instead, as one solves linear equations: the lattice of
//! functions is distributive, and a way that comes back to where it was adds nothing. Only steps that need two members are
//! iterated.

use super::bdd::{Diagram, FALSE, Join, Node, TRUE};
use crate::attack::{
    graph::{
        condensed::{Condensed, JOIN},
        index::{Csr, NONE},
        scc::components,
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

/// A step as it is solved: nodes that must all fall, and its gate. Node 0 has fallen.
#[derive(Clone, Copy, Default)]
struct Term {
    premises: [u32; 2],
    gate: u32,
}

/// Finds the functions of nodes, and lets go of those that nothing needs any more.
pub(super) struct Solver<'a> {
    condensed: &'a Condensed,
    diagram: Diagram<'a>,
    /// How much work is left for all.
    work: u64,
    most: u64,
    /// By node: the terms that conclude it.
    terms: Csr<u32, Term>,
    /// By level: its coin; and by coin, its level.
    pub(super) order: Vec<u32>,
    levels: Vec<u32>,
    component: Vec<u32>,
    /// By node: its place in the order of a breadth-first search from the source.
    met: Vec<u32>,
    /// By node: its place in its component.
    places: Vec<u32>,
    /// By node: its function as far as it is known; `NONE` where it was budget_exceeded.
    functions: Vec<u32>,
    /// By node: how many terms need it that are not solved yet; one more for a loss event.
    needed: Vec<u32>,
}

impl<'a> Solver<'a> {
    pub(super) fn new(condensed: &'a Condensed, order: Order, limits: &'a Limits<'a>) -> Self {
        let relevant = condensed.relevant();
        let mut solver = Self {
            condensed,
            diagram: Diagram::new(limits),
            work: (limits.nodes as u64).saturating_mul(if order == Order::FarOnTop { 8 } else { 32 }),
            most: (limits.nodes as u64).saturating_mul(8),
            terms: Csr::default(),
            order: Vec::new(),
            levels: vec![NONE; condensed.coin_count()],
            component: components(relevant as usize, |node, from| {
                let arc = condensed.arcs(node).get(from).filter(|arc| arc.to < relevant)?;
                Some((from + 1, arc.to))
            }),
            met: Vec::new(),
            places: vec![0; relevant as usize],
            functions: vec![FALSE; relevant as usize],
            needed: vec![0; relevant as usize],
        };
        solver.lay_out();
        solver.meet_coins();
        if order == Order::FarOnTop {
            solver.order.reverse();
        }
        for (level, coin) in (0u32..).zip(&solver.order) {
            solver.levels[*coin as usize] = level;
        }
        solver
    }

    /// Puts the coins in the order in which a breadth-first search from the source meets them.
    fn meet_coins(&mut self) {
        let (condensed, relevant) = (self.condensed, self.condensed.relevant());
        self.met = vec![u32::MAX; relevant as usize];
        let mut queue = VecDeque::new();
        let mut met = 0;
        if let Some(source) = self.met.first_mut() {
            *source = 0;
            queue.push_back(0);
        }
        while let Some(node) = queue.pop_front() {
            for arc in condensed.arcs(node).iter().take_while(|arc| arc.to < relevant) {
                let gate = condensed.gate(arc.gate);
                for coin in condensed.coins(gate).into_iter().filter(|coin| *coin != NONE) {
                    if self.levels[coin as usize] == NONE {
                        // Its level follows once all are met.
                        self.levels[coin as usize] = 0;
                        self.order.push(coin);
                    }
                }
                if self.met[arc.to as usize] == u32::MAX {
                    met += 1;
                    self.met[arc.to as usize] = met;
                    queue.push_back(arc.to);
                }
            }
        }
    }

    /// Turns the arcs around.
    fn lay_out(&mut self) {
        let (condensed, relevant) = (self.condensed, self.condensed.relevant());
        let mut found = Vec::new();
        for from in 0..relevant {
            for arc in condensed.arcs(from).iter().take_while(|arc| arc.to < relevant) {
                let term = if arc.gate & JOIN == 0 {
                    Term { premises: [from, 0], gate: arc.gate }
                } else {
                    let join = condensed.join(arc.gate);
                    Term { premises: join.premises, gate: join.gate }
                };
                // A join has an arc from each of its premises, and is one term; one that needs what cannot fall is none.
                if term.premises[0] == from && term.premises[1] < relevant {
                    found.push((arc.to, term));
                }
            }
        }
        for premise in found.iter().flat_map(|(_, term)| term.premises) {
            self.needed[premise as usize] += 1;
        }
        for event in condensed.events().iter().filter(|event| **event < relevant) {
            self.needed[*event as usize] += 1;
        }
        self.terms = Csr::new(relevant as usize, || found.iter().copied());
        if let Some(source) = self.functions.first_mut() {
            *source = TRUE;
            self.needed[0] = u32::MAX;
        }
    }

    /// Solves component by component, each after all that lead to it.
    ///
    /// # Errors
    /// `Stopped` when the caller says not to go on: what is not solved by then is budget_exceeded.
    pub(super) fn solve(&mut self) -> Result<(), Reason> {
        let nodes = self.in_waves();
        let component = std::mem::take(&mut self.component);
        let mut waiting = nodes.chunk_by(|a, b| component[*a as usize] == component[*b as usize]);
        let mut ended = Ok(());
        for members in &mut waiting {
            let before = self.diagram.work();
            self.diagram.allow(self.most.min(self.work));
            let solved = if ended.is_err() { ended } else { self.component(members) };
            self.work = self.work.saturating_sub(self.diagram.work() - before);
            if solved.is_err() {
                members.iter().for_each(|node| self.functions[*node as usize] = NONE);
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
    fn in_waves(&self) -> Vec<u32> {
        let (condensed, relevant) = (self.condensed, self.condensed.relevant());
        let count = self.component.iter().max().map_or(0, |most| *most as usize + 1);
        let mut nearest = vec![u32::MAX; count];
        let mut members = vec![Vec::new(); count];
        let mut needs = vec![0u32; count];
        let links = |node: u32| {
            let from = self.component[node as usize];
            let arcs = condensed.arcs(node).iter().take_while(move |arc| arc.to < relevant);
            arcs.map(|arc| self.component[arc.to as usize]).filter(move |to| *to != from)
        };
        for node in 0..relevant {
            let component = self.component[node as usize] as usize;
            nearest[component] = nearest[component].min(self.met[node as usize]);
            members[component].push(node);
            links(node).for_each(|to| needs[to as usize] += 1);
        }
        let mut ready: BinaryHeap<_> =
            (0..count).filter(|one| needs[*one] == 0).map(|one| Reverse((nearest[one], one))).collect();
        let mut nodes = Vec::with_capacity(relevant as usize);
        while let Some(Reverse((_, component))) = ready.pop() {
            for node in &members[component] {
                for to in links(*node) {
                    let needs = &mut needs[to as usize];
                    *needs -= 1;
                    if *needs == 0 {
                        ready.push(Reverse((nearest[to as usize], to as usize)));
                    }
                }
            }
            nodes.extend(members[component].iter().filter(|node| **node != 0));
        }
        nodes
    }

    /// Finds the functions of a component, all that leads to it being known.
    fn component(&mut self, members: &[u32]) -> Result<(), Reason> {
        let budget_exceeded = |node: &u32| {
            let mut premises = self.terms_of(*node).iter().flat_map(|term| term.premises);
            premises.any(|premise| self.functions[premise as usize] == NONE)
        };
        if members.iter().any(budget_exceeded) {
            return Err(Reason::Nodes);
        }
        let nodes = self.functions.len();
        let solved = self.circle(members);
        // Behind the nodes' functions lie those that were needed on the way.
        self.functions.truncate(nodes);
        solved
    }

    /// Eliminates the members one by one, the least connected first: who leads to one leads to all it leads to. Then each
    /// member's function follows from those eliminated after it. Steps that need two members are no part of that: they are
    /// added by what is known of both, until nothing changes.
    ///
    /// What only other members need is eliminated first, and its own function never worked out.
    fn circle(&mut self, members: &[u32]) -> Result<(), Reason> {
        members.iter().zip(0..).for_each(|(node, place)| self.places[*node as usize] = place);
        let mut links = Links::new(self.wanted(members));
        let mut joins = Vec::new();
        for node in members {
            for at in self.terms.range(*node) {
                let Term { premises: [first, second], gate } = self.terms.values()[at];
                let gate = self.gate(gate)?;
                match [first, second].map(|premise| self.is_among(members, premise)) {
                    [false, false] => {
                        let both = self.both(first, second)?;
                        self.add(*node, both, gate)?;
                    }
                    [true, true] => joins.push((*node, first, second, gate)),
                    [inside, _] => {
                        let (from, other) = if inside { (first, second) } else { (second, first) };
                        let link =
                            self.link(&mut links, self.places[from as usize], self.places[*node as usize]);
                        self.add(link, other, gate)?;
                    }
                }
            }
        }
        let mut eliminated = Vec::with_capacity(members.len());
        while let Some((place, before, after)) = links.eliminate() {
            for (from, first) in &before {
                for (to, second) in after.iter().filter(|(to, _)| to != from) {
                    let link = self.link(&mut links, *from, *to);
                    self.add(link, *first, *second)?;
                }
            }
            eliminated.push((place, before, after));
        }
        let member = |place: &u32| members[*place as usize];
        loop {
            for (place, _, after) in &eliminated {
                for (to, link) in after {
                    self.add(member(to), member(place), *link)?;
                }
            }
            for (place, before, _) in eliminated.iter().rev().filter(|(place, ..)| links.is_wanted(*place)) {
                for (from, link) in before {
                    self.add(member(place), member(from), *link)?;
                }
            }
            let mut still = true;
            for (node, first, second, gate) in &joins {
                let both = self.both(*first, *second)?;
                still &= !self.add(*node, both, *gate)?;
            }
            if still {
                return Ok(());
            }
        }
    }

    /// By member: whether anything outside of the component needs it, or a step that needs two members.
    fn wanted(&self, members: &[u32]) -> Vec<bool> {
        let mut outside: Vec<u32> = members.iter().map(|node| self.needed[*node as usize]).collect();
        let mut joined = vec![false; members.len()];
        for term in members.iter().flat_map(|node| self.terms_of(*node)) {
            let inside = term.premises.map(|premise| self.is_among(members, premise));
            for (premise, _) in term.premises.iter().zip(inside).filter(|(_, inside)| *inside) {
                let place = self.places[*premise as usize] as usize;
                outside[place] -= 1;
                joined[place] |= inside == [true; 2];
            }
        }
        outside.into_iter().zip(joined).map(|(outside, joined)| outside > 0 || joined).collect()
    }

    /// The place of the function of a link, which is never until something is added.
    fn link(&mut self, links: &mut Links, from: u32, to: u32) -> u32 {
        links.between(from, to, || {
            self.functions.push(FALSE);
            (self.functions.len() - 1) as u32
        })
    }

    /// Adds to the function at a place what holds where both of two others do; whether it changed.
    fn add(&mut self, to: u32, first: u32, second: u32) -> Result<bool, Reason> {
        self.diagram.count()?;
        let sum = self.making_room(|solver| {
            let [to, first, second] = [to, first, second].map(|place| solver.functions[place as usize]);
            let both = solver.diagram.join(Join::And, first, second)?;
            solver.diagram.join(Join::Or, to, both)
        })?;
        let function = &mut self.functions[to as usize];
        Ok(std::mem::replace(function, sum) != sum)
    }

    /// The place of a function that holds where both of two others do.
    fn both(&mut self, first: u32, second: u32) -> Result<u32, Reason> {
        if second == 0 {
            return Ok(first);
        }
        self.functions.push(FALSE);
        let place = (self.functions.len() - 1) as u32;
        self.add(place, first, second)?;
        Ok(place)
    }

    /// The place of the function that holds where all coins of a gate help.
    fn gate(&mut self, gate: u32) -> Result<u32, Reason> {
        let mut levels = self.condensed.coins(gate).map(|coin| self.levels.get(coin as usize).copied());
        levels.sort_unstable();
        let function = self.making_room(|solver| {
            let levels = levels.into_iter().rev().flatten();
            levels.into_iter().try_fold(TRUE, |all, level| solver.diagram.coin_and(level, all))
        })?;
        self.functions.push(function);
        Ok((self.functions.len() - 1) as u32)
    }

    /// Where the diagram is full, throws out what nothing needs and does it again, once.
    fn making_room(&mut self, make: impl Fn(&mut Self) -> Result<u32, Reason>) -> Result<u32, Reason> {
        match make(self) {
            Err(Reason::Nodes) if !self.diagram.is_spent() => {
                self.diagram.keep(self.functions.iter_mut().filter(|function| **function != NONE));
                if self.diagram.has_room() { make(self) } else { Err(Reason::Nodes) }
            }
            made => made,
        }
    }

    fn is_among(&self, members: &[u32], node: u32) -> bool {
        members.get(self.places[node as usize] as usize) == Some(&node)
    }

    /// Lets go of what only the terms of solved nodes needed.
    fn release(&mut self, members: &[u32]) {
        for node in members {
            let premises = self.terms.row(*node).iter().flat_map(|term| term.premises);
            for premise in premises.filter(|premise| *premise != 0) {
                let needed = &mut self.needed[premise as usize];
                *needed -= 1;
                if *needed == 0 && self.functions[premise as usize] != NONE {
                    self.functions[premise as usize] = FALSE;
                }
            }
        }
    }

    fn terms_of(&self, node: u32) -> &[Term] {
        self.terms.row(node)
    }

    /// The diagram, and by loss event its function in it.
    pub(super) fn finish(mut self) -> (Vec<Node>, Vec<u32>) {
        let function = |node: &u32| self.functions.get(*node as usize).copied().unwrap_or(FALSE);
        let mut events: Vec<u32> = self.condensed.events().iter().map(function).collect();
        self.diagram.keep(events.iter_mut().filter(|function| **function != NONE));
        (self.diagram.into_nodes(), events)
    }
}

/// Who leads to whom in a component, and at what place the function of each link is.
struct Links {
    after: Vec<BTreeMap<u32, u32>>,
    before: Vec<BTreeMap<u32, u32>>,
    /// By place: whether its function is to be worked out.
    wanted: Vec<bool>,
    /// Those that are left: unwanted ones first, and then by how many links their elimination makes at most.
    left: BTreeSet<(bool, usize, u32)>,
}

/// A node's place, and those of its neighbours with those of the links' functions: before it and after it.
type Eliminated = (u32, Vec<(u32, u32)>, Vec<(u32, u32)>);

impl Links {
    fn new(wanted: Vec<bool>) -> Self {
        let none = vec![BTreeMap::new(); wanted.len()];
        let left = (0..).zip(&wanted).map(|(place, wanted)| (*wanted, 0, place)).collect();
        Self { after: none.clone(), before: none, wanted, left }
    }

    fn is_wanted(&self, place: u32) -> bool {
        self.wanted[place as usize]
    }

    fn between(&mut self, from: u32, to: u32, new: impl FnOnce() -> u32) -> u32 {
        if let Some(link) = self.after[from as usize].get(&to) {
            return *link;
        }
        let link = new();
        self.change(from, |links| links.after[from as usize].insert(to, link));
        self.change(to, |links| links.before[to as usize].insert(from, link));
        link
    }

    /// Takes the least connected one out.
    fn eliminate(&mut self) -> Option<Eliminated> {
        let (_, _, node) = self.left.pop_first()?;
        let before: Vec<_> = std::mem::take(&mut self.before[node as usize]).into_iter().collect();
        let after: Vec<_> = std::mem::take(&mut self.after[node as usize]).into_iter().collect();
        for (from, _) in &before {
            self.change(*from, |links| links.after[*from as usize].remove(&node));
        }
        for (to, _) in &after {
            self.change(*to, |links| links.before[*to as usize].remove(&node));
        }
        Some((node, before, after))
    }

    fn change(&mut self, node: u32, how: impl FnOnce(&mut Self) -> Option<u32>) {
        self.left.remove(&self.rank(node));
        how(self);
        self.left.insert(self.rank(node));
    }

    fn rank(&self, node: u32) -> (bool, usize, u32) {
        let links = self.before[node as usize].len() * self.after[node as usize].len();
        (self.is_wanted(node), links, node)
    }
}
