//! The graph that computations run on: everything that falls together is one node, and what is sure is gone.
//!
//! States that surely fall are the *source*, node 0. States that certain steps tie together in a cycle are one node. Threats
//! and controls are no nodes: what a step needs of them joins its own variable in its *gate*, so that a step with one
//! premise besides them is a plain arc, and only a step that needs two other states is a *join*. Nodes that lie between the
//! source and a loss event, the relevant ones, come first, in reverse postorder of a depth-first search from the source, so
//! that most arcs lead forwards; each node's arcs are sorted by where they lead, so that those to relevant nodes come first.

use super::{
    Key, Spread,
    components::components,
    snapshot::{Folded, NONE, Snapshot, Uses},
};
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// Set in an arc's gate when it leads to a join: the rest is the join's number.
pub(super) const JOIN: u32 = 1 << 31;
/// Set in a gate's coin when the gate has several: the rest is their place.
const SEVERAL: u32 = 1 << 31;
/// The gate of what is certain.
pub(super) const OPEN: u32 = 0;

/// Classes of states, and arcs between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Core {
    /// By state of the snapshot: its node.
    node_of: Vec<u32>,
    /// By node: where its arcs begin; one more at the end.
    starts: Vec<u32>,
    arcs: Vec<Arc>,
    joins: Vec<Join>,
    /// By gate: its coin, or where its coins are in `several`. Gate 0 is open.
    gates: Vec<u32>,
    several: Vec<[u32; 2]>,
    coins: Coins,
    /// Nodes below this lie between the source and a loss event.
    relevant: u32,
    /// Nodes below this can be come to from the source.
    reachable: u32,
    /// By loss event: its node.
    events: Vec<u32>,
    /// The gates by which any loss begins, if they are known and independent.
    first_gates: Vec<u32>,
    /// How unsure the chances of some coins are, by coin.
    spreads: Vec<(u32, Spread)>,
}

/// Where one can go from a node, and what must help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arc {
    pub(super) to: u32,
    /// Its gate, or `JOIN` and the join's number.
    pub(super) gate: u32,
}

/// A step that needs two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Join {
    pub(super) premises: [u32; 2],
    pub(super) gate: u32,
}

/// The independent uncertain things. The first ones are the snapshot's variables, in their order; behind them are the threats
/// that are folded into a finding's variable.
#[derive(Debug, Clone, Default, PartialEq)]
struct Coins {
    keys: Vec<Key>,
    chances: Vec<f64>,
    /// The coins by their keys.
    by_key: Vec<u32>,
}

impl Core {
    /// Of a snapshot whose steps are laid out. O(n + m) time; about 40 bytes a step while it runs.
    ///
    /// # Errors
    /// `conflict` for two variables with one key.
    pub(super) fn of(
        snapshot: &Snapshot,
        keys: Vec<Key>,
        folded: &[Folded],
        spreads: Vec<(u32, Spread)>,
    ) -> Result<Self> {
        let uses = Uses::of(snapshot);
        let steps = Steps::of(snapshot, &uses);
        let flow = Flow::of(snapshot, uses, &steps);
        let classes = Classes::of(&flow, &steps);
        let coins = Coins::of(snapshot, keys, folded)?;
        let mut core = Self { coins, spreads, ..Self::default() };
        core.number(snapshot, &flow, &steps, &classes);
        core.connect(snapshot, &steps, folded);
        core.first_gates = core.gates_from_source();
        Ok(core)
    }

    /// Numbers the nodes: relevant ones, then what can be come to, then the rest.
    fn number(&mut self, snapshot: &Snapshot, flow: &Flow, steps: &Steps<'_>, classes: &Classes) {
        let states = snapshot.state_count();
        let order = Search::new(snapshot, flow, steps, classes).in_reverse_postorder();
        // What leads to a loss event.
        let mut leads = vec![false; states];
        let mut waiting: Vec<u32> = snapshot.events.iter().map(|state| classes.of_state(*state)).collect();
        waiting.iter().for_each(|class| leads[*class as usize] = true);
        while let Some(class) = waiting.pop() {
            for step in classes.members(class).flat_map(|state| snapshot.steps_to(state)) {
                for premise in steps.premises(step).map(|premise| classes.of_state(premise)) {
                    if !std::mem::replace(&mut leads[premise as usize], true) {
                        waiting.push(premise);
                    }
                }
            }
        }
        leads[0] = true;
        let mut node_of_class = vec![NONE; states];
        let mut nodes = 0;
        for wanted in [true, false] {
            for class in order.iter().filter(|class| leads[**class as usize] == wanted) {
                node_of_class[*class as usize] = nodes;
                nodes += 1;
            }
            if wanted {
                self.relevant = nodes;
            }
        }
        self.reachable = nodes;
        for state in 0..states as u32 {
            let slot = &mut node_of_class[state as usize];
            if *slot == NONE && classes.of_state(state) == state && !steps.is_root(state) {
                *slot = nodes;
                nodes += 1;
            }
        }
        self.starts = vec![0; nodes as usize + 1];
        self.node_of = (0..states as u32).map(|state| node_of_class[classes.at(state)]).collect();
        self.events = snapshot.events.iter().map(|state| self.node_of[*state as usize]).collect();
    }

    /// Lays out the arcs, node by node, each node's by where they lead.
    fn connect(&mut self, snapshot: &Snapshot, steps: &Steps<'_>, folded: &[Folded]) {
        let variables = snapshot.variables.len() as u32;
        let mut gates = Gates::new(self.coin_count());
        let mut list: Vec<(u32, Arc)> = Vec::with_capacity(snapshot.step_count());
        for step in 0..snapshot.step_count() {
            let to = self.node_of[snapshot.concludes(step) as usize];
            if to == 0 || to == NONE {
                continue;
            }
            let mut premises = steps.premises(step).map(|premise| self.node_of[premise as usize]);
            let (first, second) = (premises.next().unwrap_or(0), premises.next().unwrap_or(0));
            let (first, second) = (first.min(second), first.max(second));
            if first == to || second == to {
                continue;
            }
            let guard = snapshot.guards[step];
            let threat = match folded.binary_search_by_key(&guard, |folded| folded.variable) {
                Ok(at) => variables + at as u32,
                Err(_) => NONE,
            };
            let roots = snapshot.premise_pair(step).map(|premise| steps.coin(premise));
            let gate = gates.of([guard, threat, roots[0], roots[1]], &mut self.several);
            if first == 0 || first == second {
                list.push((second, Arc { to, gate }));
            } else {
                let join = JOIN | self.joins.len() as u32;
                self.joins.push(Join { premises: [first, second], gate });
                list.push((first, Arc { to, gate: join }));
                list.push((second, Arc { to, gate: join }));
            }
        }
        for (from, _) in &list {
            self.starts[*from as usize + 1] += 1;
        }
        for n in 1..self.starts.len() {
            self.starts[n] += self.starts[n - 1];
        }
        let mut next = self.starts.clone();
        self.arcs = vec![Arc { to: 0, gate: OPEN }; list.len()];
        for (from, arc) in list {
            let at = &mut next[from as usize];
            self.arcs[*at as usize] = arc;
            *at += 1;
        }
        let mut kept = 0;
        for node in 0..self.starts.len() - 1 {
            let (begin, end) = (self.starts[node] as usize, self.starts[node + 1] as usize);
            self.starts[node] = kept as u32;
            self.arcs[begin..end].sort_unstable();
            for at in begin..end {
                let arc = self.arcs[at];
                if kept == self.starts[node] as usize || self.arcs[kept - 1] != arc {
                    self.arcs[kept] = arc;
                    kept += 1;
                }
            }
            // The next node's start is still where its arcs lie.
        }
        if let Some(last) = self.starts.last_mut() {
            *last = kept as u32;
        }
        self.arcs.truncate(kept);
        self.arcs.shrink_to_fit();
        self.gates = gates.in_order_of(self);
    }

    /// The gates of the arcs from the source to relevant nodes, where it is known that nothing is lost while all are closed, and
    /// how likely that is: none where a loss event surely happens, an arc has no gate or leads to a join, or gates share a coin.
    fn gates_from_source(&self) -> Vec<u32> {
        let relevant = self.arcs(0).iter().take_while(|arc| arc.to < self.relevant);
        let mut gates: Vec<u32> = relevant.map(|arc| arc.gate).collect();
        gates.sort_unstable();
        gates.dedup();
        if self.events.contains(&0) || gates.iter().any(|gate| *gate == OPEN || gate & JOIN != 0) {
            return Vec::new();
        }
        let coins = gates.iter().flat_map(|gate| self.coins(*gate)).filter(|coin| *coin != NONE);
        let mut coins: Vec<u32> = coins.collect();
        coins.sort_unstable();
        if coins.windows(2).any(|pair| pair[0] == pair[1]) { Vec::new() } else { gates }
    }

    pub(super) fn first_gates(&self) -> &[u32] {
        &self.first_gates
    }

    /// How unsure the chance of a coin is.
    pub(super) fn spread(&self, coin: u32) -> Option<&Spread> {
        let at = self.spreads.binary_search_by_key(&coin, |(coin, _)| *coin).ok()?;
        self.spreads.get(at).map(|(_, spread)| spread)
    }

    /// The coins whose chance is unsure.
    pub(super) fn has_spreads(&self) -> bool {
        !self.spreads.is_empty()
    }

    /// How many nodes there are.
    pub(super) fn node_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Nodes below this number lie between the source and a loss event.
    pub(super) fn relevant(&self) -> u32 {
        self.relevant
    }

    /// Nodes below this number can be come to from the source, were every coin to help.
    pub(super) fn reachable(&self) -> u32 {
        self.reachable
    }

    /// The node of a state; none of a threat or a control.
    pub(super) fn node(&self, state: u32) -> Option<u32> {
        self.node_of.get(state as usize).copied().filter(|node| *node != NONE)
    }

    /// A node's arcs, by where they lead.
    pub(super) fn arcs(&self, node: u32) -> &[Arc] {
        let at = node as usize;
        &self.arcs[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Where a node's arcs lie among all.
    pub(super) fn arc_range(&self, node: u32) -> std::ops::Range<u32> {
        self.starts[node as usize]..self.starts[node as usize + 1]
    }

    pub(super) fn all_arcs(&self) -> &[Arc] {
        &self.arcs
    }

    pub(super) fn join(&self, gate: u32) -> Join {
        self.joins[(gate & !JOIN) as usize]
    }

    pub(super) fn join_count(&self) -> usize {
        self.joins.len()
    }

    /// How many gates there are, the open one with them.
    pub(super) fn gate_count(&self) -> usize {
        self.gates.len()
    }

    /// The coins of a gate, all of which must help; `NONE` for those it has less than four of.
    pub(super) fn coins(&self, gate: u32) -> [u32; 4] {
        let coin = self.gates[gate as usize];
        if coin == NONE || coin & SEVERAL == 0 {
            return [coin, NONE, NONE, NONE];
        }
        let at = (coin & !SEVERAL) as usize;
        let ([first, second], more) = (self.several[at], self.several.get(at + 1));
        // A gate of three or four has its rest behind, marked by its first coin.
        match more {
            Some([third, fourth]) if first & SEVERAL != 0 => [first & !SEVERAL, second, *third, *fourth],
            Some(_) | None => [first & !SEVERAL, second, NONE, NONE],
        }
    }

    /// How many coins there are.
    pub(super) fn coin_count(&self) -> usize {
        self.coins.keys.len()
    }

    /// The coin of a key.
    pub(super) fn coin(&self, key: Key) -> Option<u32> {
        let Coins { keys, by_key, .. } = &self.coins;
        let at = by_key.binary_search_by_key(&key, |coin| keys[*coin as usize]).ok()?;
        by_key.get(at).copied()
    }

    pub(super) fn key(&self, coin: u32) -> Key {
        self.coins.keys[coin as usize]
    }

    /// The chance that a coin helps the attacker.
    pub(super) fn coin_chance(&self, coin: u32) -> f64 {
        self.coins.chances[coin as usize]
    }

    /// The chance that all coins of a gate help.
    pub(super) fn gate_chance(&self, gate: u32) -> f64 {
        let coin = self.gates[gate as usize];
        if coin & SEVERAL == 0 {
            return self.coin_chance(coin);
        }
        let coins = self.coins(gate).into_iter().filter(|coin| *coin != NONE);
        coins.fold(1.0, |product, coin| product * self.coin_chance(coin))
    }

    /// By loss event: its node.
    pub(super) fn events(&self) -> &[u32] {
        &self.events
    }

    pub(super) fn bytes(&self) -> usize {
        (self.node_of.len() + self.starts.len() + self.gates.len() + self.events.len()) * 4
            + self.first_gates.len() * 4
            + self.spreads.len() * size_of::<(u32, Spread)>()
            + (self.arcs.len() + self.several.len()) * 8
            + self.joins.len() * size_of::<Join>()
            + self.coins.keys.len() * 28
    }
}

impl Coins {
    fn of(snapshot: &Snapshot, mut keys: Vec<Key>, folded: &[Folded]) -> Result<Self> {
        let mut chances: Vec<f64> = snapshot.variables.iter().map(|variable| variable.chance.get()).collect();
        for folded in folded {
            chances[folded.variable as usize] = folded.own.get();
        }
        keys.extend(folded.iter().map(|folded| folded.threat));
        chances.extend(folded.iter().map(|folded| folded.chance.get()));
        let mut by_key: Vec<u32> = (0..keys.len() as u32).collect();
        by_key.sort_unstable_by_key(|coin| keys[*coin as usize]);
        let twice = by_key.windows(2).find(|pair| keys[pair[0] as usize] == keys[pair[1] as usize]);
        match twice {
            Some(pair) => Err(Error::new(
                ErrorKind::Conflict,
                format!("two variables have the key `{}`: give each its own", keys[pair[0] as usize]),
            )),
            None => Ok(Self { keys, chances, by_key }),
        }
    }
}

/// The gates met so far.
struct Gates {
    coins: Vec<u32>,
    /// By coin: the gate of it alone, or `OPEN`.
    single: Vec<u32>,
    several: HashMap<[u32; 4], u32>,
}

impl Gates {
    fn new(coins: usize) -> Self {
        Self { coins: vec![NONE], single: vec![OPEN; coins], several: HashMap::new() }
    }

    fn of(&mut self, mut coins: [u32; 4], several: &mut Vec<[u32; 2]>) -> u32 {
        coins.sort_unstable();
        match coins {
            [NONE, ..] => OPEN,
            [coin, NONE, ..] => {
                let gate = &mut self.single[coin as usize];
                if *gate == OPEN {
                    *gate = self.coins.len() as u32;
                    self.coins.push(coin);
                }
                *gate
            }
            [first, second, third, fourth] => *self.several.entry(coins).or_insert_with(|| {
                self.coins.push(SEVERAL | several.len() as u32);
                if third == NONE {
                    several.push([first, second]);
                } else {
                    several.extend([[first | SEVERAL, second], [third, fourth]]);
                }
                (self.coins.len() - 1) as u32
            }),
        }
    }

    /// Numbers the gates in the order in which the core's arcs come to them.
    fn in_order_of(self, core: &mut Core) -> Vec<u32> {
        let mut number = vec![NONE; self.coins.len()];
        number[0] = 0;
        let mut gates = vec![NONE];
        let mut renumber = |gate: &mut u32| {
            let slot = &mut number[*gate as usize];
            if *slot == NONE {
                *slot = gates.len() as u32;
                gates.push(self.coins[*gate as usize]);
            }
            *gate = *slot;
        };
        for arc in &mut core.arcs {
            if arc.gate & JOIN == 0 {
                renumber(&mut arc.gate);
            }
        }
        core.joins.iter_mut().for_each(|join| renumber(&mut join.gate));
        gates
    }
}

/// Steps as the core sees them.
struct Steps<'a> {
    snapshot: &'a Snapshot,
    /// By state: whether it surely falls.
    sure: Vec<bool>,
}

impl<'a> Steps<'a> {
    /// Finds what surely falls.
    fn of(snapshot: &'a Snapshot, uses: &Uses) -> Self {
        let mut steps = Self { snapshot, sure: vec![false; snapshot.state_count()] };
        steps.sure[0] = true;
        let mut waiting = vec![0u32];
        while let Some(state) = waiting.pop() {
            for step in uses.from(state) {
                let step = *step as usize;
                let conclusion = snapshot.concludes(step) as usize;
                let premises = snapshot.premise_pair(step).into_iter().filter(|premise| *premise != NONE);
                if !steps.sure[conclusion]
                    && snapshot.guards[step] == NONE
                    && premises.into_iter().all(|premise| steps.sure[premise as usize])
                {
                    steps.sure[conclusion] = true;
                    waiting.push(conclusion as u32);
                }
            }
        }
        steps
    }

    /// Whether a state is a threat or a failed control, which are coins and no nodes.
    fn is_root(&self, state: u32) -> bool {
        self.snapshot.is_root(state) && !self.sure[state as usize]
    }

    /// The coin of a premise that is a threat or a failed control.
    fn coin(&self, premise: u32) -> u32 {
        if premise == NONE || !self.is_root(premise) {
            return NONE;
        }
        self.snapshot.guards.get(self.snapshot.steps_to(premise).start).copied().unwrap_or(NONE)
    }

    /// The premises of a step that are neither sure nor coins.
    fn premises(&self, step: usize) -> impl Iterator<Item = u32> + '_ {
        let premises = self.snapshot.premise_pair(step).into_iter().filter(|premise| *premise != NONE);
        premises.filter(|premise| !self.sure[*premise as usize] && !self.is_root(*premise))
    }

    /// Whether a step needs one state and nothing uncertain.
    fn is_plain(&self, step: usize) -> bool {
        self.snapshot.guards[step] == NONE
            && self.snapshot.premise_pair(step).into_iter().all(|premise| self.coin(premise) == NONE)
            && self.premises(step).count() == 1
    }
}

/// Where one can go from each state, in one list that is read from front to back: a step's conclusion stands with it, so that
/// following steps reads no other array.
struct Flow {
    starts: Vec<u32>,
    uses: Vec<Use>,
}

/// A step that needs a state: its conclusion, marked where it needs nothing else.
#[derive(Clone, Copy)]
struct Use {
    to: u32,
    step: u32,
}

impl Use {
    const PLAIN: u32 = 1 << 31;

    fn to(self) -> u32 {
        self.to & !Self::PLAIN
    }

    /// Whether it needs one state that is not sure, and nothing uncertain.
    fn is_plain(self) -> bool {
        self.to & Self::PLAIN != 0
    }
}

impl Flow {
    fn of(snapshot: &Snapshot, uses: Uses, steps: &Steps<'_>) -> Self {
        let use_ = |step: u32| {
            let to = snapshot.concludes(step as usize);
            let plain = !steps.sure[to as usize] && steps.is_plain(step as usize);
            Use { to: if plain { to | Use::PLAIN } else { to }, step }
        };
        let (starts, steps) = uses.into_parts();
        Self { starts, uses: steps.into_iter().map(use_).collect() }
    }

    fn from(&self, state: u32) -> &[Use] {
        &self.uses[self.starts[state as usize] as usize..self.starts[state as usize + 1] as usize]
    }

    /// By state: whether plain steps lead to it from a circle of them. What they lead to in an order is taken out first (Kahn
    /// 1962), which mostly leaves nothing.
    fn circular(&self) -> Vec<bool> {
        let states = self.starts.len() - 1;
        let mut into = vec![0u32; states];
        for use_ in self.uses.iter().filter(|use_| use_.is_plain()) {
            into[use_.to() as usize] += 1;
        }
        let mut waiting: Vec<u32> = (0..states as u32).filter(|state| into[*state as usize] == 0).collect();
        while let Some(state) = waiting.pop() {
            for use_ in self.from(state).iter().filter(|use_| use_.is_plain()) {
                let into = &mut into[use_.to() as usize];
                *into -= 1;
                if *into == 0 {
                    waiting.push(use_.to());
                }
            }
        }
        into.into_iter().map(|into| into > 0).collect()
    }
}

/// A depth-first search from the source, which takes a step once all it needs has been come to.
struct Search<'a> {
    snapshot: &'a Snapshot,
    flow: &'a Flow,
    steps: &'a Steps<'a>,
    classes: &'a Classes,
    seen: Vec<bool>,
    left: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(snapshot: &'a Snapshot, flow: &'a Flow, steps: &'a Steps<'a>, classes: &'a Classes) -> Self {
        let seen = vec![false; snapshot.state_count()];
        Self { snapshot, flow, steps, classes, seen, left: Vec::new() }
    }

    /// The classes that can be come to, in the reverse of the order in which the search leaves them: most arcs lead forwards.
    fn in_reverse_postorder(mut self) -> Vec<u32> {
        self.seen[0] = true;
        // What needs threats and controls alone, by which no search passes, is come to from the source.
        for state in (0..self.seen.len() as u32).filter(|state| self.steps.is_root(*state)) {
            for use_ in self.flow.from(state) {
                if let Some(class) = self.enters(*use_) {
                    self.search(class);
                }
            }
        }
        self.search(0);
        self.left.reverse();
        self.left
    }

    fn search(&mut self, class: u32) {
        // A class, and the member and the place among what it leads to where the search is.
        let mut stack = vec![(class, class, 0usize)];
        while let Some((class, member, at)) = stack.last_mut() {
            match self.flow.from(*member).get(*at) {
                Some(use_) => {
                    *at += 1;
                    if let Some(to) = self.enters(*use_) {
                        stack.push((to, to, 0));
                    }
                }
                None => match self.classes.next[*member as usize] {
                    NONE => {
                        self.left.push(*class);
                        stack.pop();
                    }
                    next => (*member, *at) = (next, 0),
                },
            }
        }
    }

    /// The class a step leads to, if it is come to by it for the first time.
    fn enters(&mut self, use_: Use) -> Option<u32> {
        let class = self.classes.of_state(use_.to());
        if self.seen[class as usize] || self.steps.is_root(class) {
            return None;
        }
        let needs_more = !use_.is_plain() && self.snapshot.premise_pair(use_.step as usize)[1] != NONE;
        if needs_more {
            let mut premises = self.steps.premises(use_.step as usize);
            if !premises.all(|premise| self.seen[self.classes.at(premise)]) {
                return None;
            }
        }
        self.seen[class as usize] = true;
        Some(class)
    }
}

/// States that fall together: by state, the first of its class. What is sure is the class of state 0.
struct Classes {
    first: Vec<u32>,
    /// By state: the next of its class.
    next: Vec<u32>,
}

impl Classes {
    fn of(flow: &Flow, steps: &Steps<'_>) -> Self {
        let states = steps.sure.len();
        let mut classes = Self {
            first: (0..states as u32)
                .map(|state| if steps.sure[state as usize] { 0 } else { state })
                .collect(),
            next: vec![NONE; states],
        };
        let circular = flow.circular();
        if circular.contains(&true) {
            let component = components(states, |state, from| {
                let mut uses = flow.from(state).iter().enumerate().skip(from);
                let (at, use_) = uses.find(|(_, use_)| use_.is_plain() && circular[use_.to() as usize])?;
                Some((at + 1, use_.to()))
            });
            let mut lowest = vec![NONE; states];
            for (state, component) in component.into_iter().enumerate().filter(|(state, _)| circular[*state])
            {
                let lowest = &mut lowest[component as usize];
                *lowest = (*lowest).min(state as u32);
                classes.first[state] = *lowest;
            }
        }
        for state in (0..states).rev().filter(|state| classes.first[*state] != *state as u32) {
            let first = classes.first[state] as usize;
            classes.next[state] = classes.next[first];
            classes.next[first] = state as u32;
        }
        classes
    }

    fn of_state(&self, state: u32) -> u32 {
        self.first[state as usize]
    }

    fn at(&self, state: u32) -> usize {
        self.of_state(state) as usize
    }

    fn members(&self, class: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(class), |state| {
            Some(self.next[*state as usize]).filter(|next| *next != NONE)
        })
    }
}
