//! The graph that computations run on: everything that falls together is one node, and what is sure is gone.
//!
//! States that surely fall are the *source*, node 0. States that certain steps tie together in a cycle are one node. Threats
//! and controls are no nodes: what a step needs of them joins its own variable in its *gate*, so that a step with one
//! premise besides them is a plain arc, and only a step that needs two other states is a *join*. Nodes that lie between the
//! source and a loss event, the relevant ones, come first, in reverse postorder of a depth-first search from the source, so
//! that most arcs lead forwards; each node's arcs are sorted by where they lead, so that those to relevant nodes come first.

mod gates;
mod order;

use crate::{
    attack::graph::{
        Key, PriorUncertainty,
        index::{Csr, NONE},
        layout::{Folded, Layout},
    },
    error::{Error, ErrorKind, Result},
};
use gates::Gates;
use order::{Classes, Flow, Steps};
use sha2::{Digest, Sha256};

/// Set in an arc's gate when it leads to a join: the rest is the join's number.
pub(crate) const JOIN: u32 = 1 << 31;
/// Set in a gate's coin when the gate has several: the rest is their place.
const SEVERAL: u32 = 1 << 31;
/// The gate of what is certain.
pub(crate) const OPEN: u32 = 0;

/// Classes of states, and arcs between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Condensed {
    /// By state of the layout: its node.
    node_of: Vec<u32>,
    /// By node: where one can go from it.
    arcs: Csr<u32, Arc>,
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
    spreads: Vec<(u32, PriorUncertainty)>,
}

/// Where one can go from a node, and what must help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arc {
    pub(crate) to: u32,
    /// Its gate, or `JOIN` and the join's number.
    pub(crate) gate: u32,
}

/// A step that needs two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Join {
    pub(crate) premises: [u32; 2],
    pub(crate) gate: u32,
}

/// The independent uncertain things. The first ones are the layout's variables, in their order; behind them are the threats
/// that are folded into a finding's variable.
#[derive(Debug, Clone, Default, PartialEq)]
struct Coins {
    keys: Vec<Key>,
    chances: Vec<f64>,
    /// The coins by their keys.
    by_key: Vec<u32>,
}

impl Condensed {
    /// Of a layout whose steps are laid out. O(n + m) time; about 40 bytes a step while it runs.
    ///
    /// # Errors
    /// `conflict` for two variables with one key.
    pub(crate) fn of(
        layout: &Layout,
        keys: Vec<Key>,
        folded: &[Folded],
        spreads: Vec<(u32, PriorUncertainty)>,
    ) -> Result<Self> {
        let flow = Flow::of(layout);
        let mut steps = Steps::of(layout, &flow);
        let classes = Classes::of(&flow, &steps);
        let coins = Coins::of(layout, keys, folded)?;
        let mut condensed = Self { coins, spreads, ..Self::default() };
        let nodes = condensed.number(layout, &flow, &mut steps, &classes);
        // It is not small, and what follows needs the room.
        drop(flow);
        condensed.connect(layout, &steps, folded, nodes);
        condensed.first_gates = condensed.gates_from_source();
        Ok(condensed)
    }

    /// Numbers the nodes: relevant ones, then what can be come to, then the rest. How many there are comes back.
    fn number(&mut self, layout: &Layout, flow: &Flow, steps: &mut Steps<'_>, classes: &Classes) -> usize {
        let states = layout.state_count();
        let order = steps.in_reverse_postorder(flow, classes);
        steps.mark_what_leads_to_loss(classes);
        let mut node_of_class = vec![NONE; states];
        let mut nodes = 0;
        for wanted in [true, false] {
            for class in order.iter().filter(|class| steps.leads(**class) == wanted) {
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
        self.node_of =
            (0..states as u32).map(|state| node_of_class[classes.of_state(state) as usize]).collect();
        self.events = layout.events.iter().map(|state| self.node_of[*state as usize]).collect();
        nodes as usize
    }

    /// Lays out the arcs, node by node, each node's by where they lead.
    fn connect(&mut self, layout: &Layout, steps: &Steps<'_>, folded: &[Folded], nodes: usize) {
        let variables = layout.variables.len() as u32;
        let mut gates = Gates::new(self.coin_count());
        let mut arcs = Csr::default();
        let from = |[first, second]: [u32; 2]| [first, second].into_iter().skip(usize::from(first == 0));
        let ends = |step| self.ends(layout, steps, step);
        arcs.make_room(nodes, (0..layout.step_count()).filter_map(ends).flat_map(|(needed, _)| from(needed)));
        for step in 0..layout.step_count() {
            let Some((needed, to)) = self.ends(layout, steps, step) else { continue };
            let guard = layout.guards[step];
            let threat = match folded.binary_search_by_key(&guard, |folded| folded.variable) {
                Ok(at) => variables + at as u32,
                Err(_) => NONE,
            };
            let roots = layout.premise_pair(step).map(|premise| steps.coin(premise));
            let mut gate = gates.of([guard, threat, roots[0], roots[1]], &mut self.several);
            if needed[0] != 0 {
                self.joins.push(Join { premises: needed, gate });
                gate = JOIN | (self.joins.len() - 1) as u32;
            }
            from(needed).for_each(|from| arcs.put(from, Arc { to, gate }));
        }
        arcs.close();
        arcs.sort_rows(<[Arc]>::sort_unstable, Arc::eq);
        self.arcs = arcs;
        self.gates = gates.in_order_of(self);
    }

    /// The nodes a step needs, the first of them 0 where it needs one alone, and the node it leads to; none where it leads nowhere
    /// new.
    fn ends(&self, layout: &Layout, steps: &Steps<'_>, step: usize) -> Option<([u32; 2], u32)> {
        let to = self.node_of[layout.concludes(step) as usize];
        let mut premises = steps.premises(step).map(|premise| self.node_of[premise as usize]);
        let (first, second) = (premises.next().unwrap_or(0), premises.next().unwrap_or(0));
        let (first, second) = (first.min(second), first.max(second));
        let first = if first == second { 0 } else { first };
        (to != 0 && to != NONE && first != to && second != to).then_some(([first, second], to))
    }

    /// The gates of the arcs from the source to relevant nodes, such that nothing is lost while all are closed. Empty where that is not
    /// known or they are not independent: a loss event surely happens, an arc has no gate or leads to a join, or gates share a coin.
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

    pub(crate) fn first_gates(&self) -> &[u32] {
        &self.first_gates
    }

    /// How unsure the chance of a coin is.
    pub(crate) fn spread(&self, coin: u32) -> Option<&PriorUncertainty> {
        let at = self.spreads.binary_search_by_key(&coin, |(coin, _)| *coin).ok()?;
        self.spreads.get(at).map(|(_, spread)| spread)
    }

    /// The coins whose chance is unsure.
    pub(crate) fn has_spreads(&self) -> bool {
        !self.spreads.is_empty()
    }

    /// How many nodes there are.
    pub(crate) fn node_count(&self) -> usize {
        self.arcs.len()
    }

    /// Nodes below this number lie between the source and a loss event.
    pub(crate) fn relevant(&self) -> u32 {
        self.relevant
    }

    /// Nodes below this number can be come to from the source, were every coin to help.
    pub(crate) fn reachable(&self) -> u32 {
        self.reachable
    }

    /// The node of a state; none of a threat or a control.
    pub(crate) fn node(&self, state: u32) -> Option<u32> {
        self.node_of.get(state as usize).copied().filter(|node| *node != NONE)
    }

    /// A node's arcs, by where they lead.
    pub(crate) fn arcs(&self, node: u32) -> &[Arc] {
        self.arcs.row(node)
    }

    /// The same of a node that a change may have added, which has none here.
    pub(crate) fn arcs_of_any(&self, node: u32) -> &[Arc] {
        if (node as usize) < self.node_count() { self.arcs(node) } else { &[] }
    }

    pub(crate) fn join(&self, gate: u32) -> Join {
        self.joins[(gate & !JOIN) as usize]
    }

    pub(crate) fn join_count(&self) -> usize {
        self.joins.len()
    }

    /// The gate of an arc, also where it leads to a join.
    pub(crate) fn gate(&self, gate: u32) -> u32 {
        if gate & JOIN == 0 { gate } else { self.join(gate).gate }
    }

    /// By gate: whether it never helps; nothing when there is no such gate.
    pub(crate) fn closed_gates(&self) -> Vec<bool> {
        if (0..self.coin_count() as u32).all(|coin| self.coin_chance(coin) > 0.0) {
            return Vec::new();
        }
        let never =
            |gate: u32| self.coins(gate).iter().any(|coin| *coin != NONE && self.coin_chance(*coin) <= 0.0);
        (0..self.gate_count() as u32).map(never).collect()
    }

    /// By node: the first of its states.
    pub(crate) fn first_states(&self) -> Vec<u32> {
        let mut states = vec![0; self.node_count()];
        for (state, node) in (0..self.node_of.len() as u32).zip(&self.node_of).rev() {
            if *node != NONE {
                states[*node as usize] = state;
            }
        }
        states
    }

    /// How many gates there are, the open one with them.
    pub(crate) fn gate_count(&self) -> usize {
        self.gates.len()
    }

    /// The coins of a gate, all of which must help; `NONE` for those it has less than four of.
    pub(crate) fn coins(&self, gate: u32) -> [u32; 4] {
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
    pub(crate) fn coin_count(&self) -> usize {
        self.coins.keys.len()
    }

    /// The coin of a key.
    pub(crate) fn coin(&self, key: Key) -> Option<u32> {
        let Coins { keys, by_key, .. } = &self.coins;
        let at = by_key.binary_search_by_key(&key, |coin| keys[*coin as usize]).ok()?;
        by_key.get(at).copied()
    }

    pub(crate) fn key(&self, coin: u32) -> Key {
        self.coins.keys[coin as usize]
    }

    /// The chance that a coin helps the attacker.
    pub(crate) fn coin_chance(&self, coin: u32) -> f64 {
        self.coins.chances[coin as usize]
    }

    /// By loss event: its node.
    pub(crate) fn events(&self) -> &[u32] {
        &self.events
    }

    /// The SHA-256 of nodes, arcs, gates, coins and events, each list with its length before it.
    pub(crate) fn content_hash(&self, losses: &[f64]) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut list = |words: &mut dyn ExactSizeIterator<Item = u64>| {
            digest.update((words.len() as u64).to_le_bytes());
            let mut bytes = Vec::with_capacity(1 << 16);
            for word in words {
                bytes.extend_from_slice(&word.to_le_bytes());
                if bytes.len() >= 1 << 16 {
                    digest.update(&bytes);
                    bytes.clear();
                }
            }
            digest.update(&bytes);
        };
        let two = |a: u32, b: u32| u64::from(a) << 32 | u64::from(b);
        list(&mut self.arcs.rows().starts().iter().map(|start| u64::from(*start)));
        list(&mut self.arcs.values().iter().map(|arc| two(arc.to, arc.gate)));
        list(&mut self.joins.iter().map(|join| two(join.premises[0], join.premises[1])));
        list(&mut self.joins.iter().map(|join| u64::from(join.gate)));
        list(&mut self.gates.iter().map(|gate| u64::from(*gate)));
        list(&mut self.several.iter().map(|coins| two(coins[0], coins[1])));
        list(&mut self.coins.keys.iter().map(|key| (key.bits() >> 64) as u64));
        list(&mut self.coins.keys.iter().map(|key| key.bits() as u64));
        list(&mut self.coins.chances.iter().map(|chance| chance.to_bits()));
        list(&mut self.events.iter().map(|node| u64::from(*node)));
        list(&mut losses.iter().map(|loss| loss.to_bits()));
        digest.finalize().into()
    }

    pub(crate) fn bytes(&self) -> usize {
        (self.node_of.len() + self.arcs.rows().starts().len() + self.gates.len() + self.events.len()) * 4
            + self.first_gates.len() * 4
            + self.spreads.len() * size_of::<(u32, PriorUncertainty)>()
            + (self.arcs.values().len() + self.several.len()) * 8
            + self.joins.len() * size_of::<Join>()
            + self.coins.keys.len() * 28
    }
}

impl Coins {
    fn of(layout: &Layout, mut keys: Vec<Key>, folded: &[Folded]) -> Result<Self> {
        let mut chances: Vec<f64> = layout.variables.iter().map(|variable| variable.chance.get()).collect();
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

#[cfg(test)]
mod tests {
    use crate::{Program, discover, intel::Intel};

    #[test]
    fn equal_environments_have_one_hash_and_others_have_another() {
        let shop = r#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}, {"id": "orders", "kind": "data_store"}],
            "entry_points": [{"asset": "shop"}], "relations": [{"kind": "reads", "from": "shop", "to": "orders"}]}"#;
        let flaw = |epss: f64| {
            format!(
                r#"{{"ctem": {{"version": 1}}, "assets": [{{"id": "backup", "kind": "host"}}, {{"id": "shop", "kind": "host"}}],
                "findings": [{{"id": "f-1", "asset": "shop", "weakness": {{"id": "CVE-2024-1", "epss": {epss}}}}}],
                "services": [{{"id": "sales", "loss_events": [{{"id": "leak", "loss": {{"amount": 1, "unit": "EUR"}},
                    "when": {{"state": {{"asset": "orders", "access": "use"}}}}}}]}}]}}"#
            )
        };
        let hash = |reports: [&str; 2]| {
            let mut program = Program::new(Intel::none());
            for report in reports {
                program.absorb(discover::read(report.as_bytes()).unwrap());
            }
            program.assess("2025-11-13".parse().unwrap()).unwrap().snapshot().content_hash()
        };
        let one = hash([shop, &flaw(0.25)]);
        assert_eq!(hash([&flaw(0.25), shop]), one);
        assert_ne!(hash([shop, &flaw(0.5)]), one);
    }
}
