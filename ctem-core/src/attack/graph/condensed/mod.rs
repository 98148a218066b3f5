//! The graph that computations run on: everything that falls together is one node, and what is sure is gone.
//!
//! It is an AND/OR graph without its certain parts (a *condensation*). States that surely fall are the *source*, node 0. States that
//! certain steps tie together in a cycle are one node. Threats and controls are no nodes: what a step needs of them joins its own
//! variable in its *condition*, the coins that must all help, so that a step with one premise besides them is a plain arc. Only a
//! step that needs two other states is an *AND node*, and has an arc from each of them. Nodes that lie between the source and a
//! loss event, the relevant ones, come first, in reverse postorder of a depth-first search from the source, so that most arcs
//! lead forwards; each node's arcs are sorted by where they lead, so that those to relevant nodes come first.

mod condition;
mod order;
mod parts;

use crate::{
    attack::graph::{
        EventId, Key, PriorUncertainty, State, Step,
        index::{Csr, Id, IndexVec},
        layout::{Folded, Layout},
    },
    error::{Error, ErrorKind, Result},
};
use condition::Conditions;
use order::{Classes, Flow, Steps};
use parts::CoinSet;
pub(crate) use parts::{AndId, AndNode, Arc, Coin, Condition, Node, Through, Via};
use sha2::{Digest, Sha256};

/// Classes of states, and arcs between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Condensed {
    /// By state of the layout: its node.
    node_of: IndexVec<State, Node>,
    /// By node: where one can go from it.
    arcs: Csr<Node, Arc>,
    and_nodes: IndexVec<AndId, AndNode>,
    /// By condition: its coins.
    conditions: IndexVec<Condition, CoinSet>,
    /// The coins of conditions that have several.
    several: Vec<[Coin; 2]>,
    coins: Coins,
    /// Nodes below this lie between the source and a loss event.
    relevant: Node,
    /// Nodes below this can be come to from the source.
    reachable: Node,
    /// By loss event: its node.
    events: IndexVec<EventId, Node>,
    /// The conditions by which any loss begins, if they are known and independent.
    first_conditions: Vec<Condition>,
    /// How unsure the chances of some coins are, by coin.
    priors: Vec<(Coin, PriorUncertainty)>,
}

/// The independent uncertain things. The first ones are the layout's variables, in their order; behind them are the threats
/// that are folded into a finding's variable.
#[derive(Debug, Clone, Default, PartialEq)]
struct Coins {
    keys: IndexVec<Coin, Key>,
    chances: IndexVec<Coin, f64>,
    /// The coins by their keys.
    by_key: Vec<Coin>,
}

impl Condensed {
    /// Of a layout whose steps are laid out. O(n + m) time; about 40 bytes a step while it runs.
    ///
    /// # Errors
    /// `conflict` for two variables with one key; and what `goes_on` says between its parts.
    pub(crate) fn of(
        layout: &Layout,
        keys: Vec<Key>,
        folded: &[Folded],
        priors: Vec<(Coin, PriorUncertainty)>,
        goes_on: impl Fn() -> Result<()>,
    ) -> Result<Self> {
        let flow = Flow::of(layout);
        goes_on()?;
        let mut steps = Steps::of(layout, &flow);
        goes_on()?;
        let classes = Classes::of(&flow, &steps);
        goes_on()?;
        let coins = Coins::of(layout, keys, folded)?;
        let mut condensed = Self { coins, priors, ..Self::default() };
        let nodes = condensed.number(layout, &flow, &mut steps, &classes);
        // It is not small, and what follows needs the room.
        drop(flow);
        goes_on()?;
        condensed.connect(layout, &steps, folded, nodes);
        condensed.first_conditions = condensed.conditions_from_source();
        Ok(condensed)
    }

    /// Numbers the nodes: relevant ones, then what can be come to, then the rest. How many there are comes back.
    fn number(&mut self, layout: &Layout, flow: &Flow, steps: &mut Steps<'_>, classes: &Classes) -> usize {
        let states = layout.state_count();
        let order = steps.in_reverse_postorder(flow, classes);
        steps.mark_what_leads_to_loss(classes);
        let mut node_of_class: IndexVec<State, Node> = IndexVec::filled(Node::NONE, states);
        let mut next = Node::SOURCE;
        let mut number = |slot: &mut Node| {
            *slot = next;
            next.0 += 1;
            next
        };
        for wanted in [true, false] {
            for class in order.iter().filter(|class| steps.leads(**class) == wanted) {
                self.reachable = number(&mut node_of_class[*class]);
            }
            if wanted {
                self.relevant = self.reachable;
            }
        }
        let mut nodes = self.reachable;
        for (state, slot) in node_of_class.entries_mut() {
            if slot.is_none() && classes.of_state(state) == state && !steps.is_root(state) {
                nodes = number(slot);
            }
        }
        self.node_of = layout.kinds.ids().map(|state| node_of_class[classes.of_state(state)]).collect();
        self.events = layout.events.iter().map(|state| self.node_of[*state]).collect();
        nodes.index()
    }

    /// Lays out the arcs, node by node, each node's by where they lead.
    fn connect(&mut self, layout: &Layout, steps: &Steps<'_>, folded: &[Folded], nodes: usize) {
        let variables = layout.variables.len();
        let mut conditions = Conditions::new(self.coin_count());
        let mut arcs = Csr::default();
        let all_steps = layout.conclusions.ids();
        let from = |premises: [Node; 2]| premises.into_iter().filter(|premise| !premise.is_none());
        let ends = |step| self.ends(layout, steps, step);
        arcs.make_room(nodes, all_steps.clone().filter_map(ends).flat_map(|(premises, _)| from(premises)));
        for step in all_steps {
            let Some((premises, to)) = self.ends(layout, steps, step) else { continue };
            let guard = layout.guards[step];
            let threat = match folded.binary_search_by_key(&guard, |folded| folded.variable) {
                Ok(at) => Coin::from_index(variables + at),
                Err(_) => Coin::NONE,
            };
            let [first, second] = layout.premise_pair(step).map(|premise| steps.coin(premise));
            let condition = conditions.of([Coin::of(guard), threat, first, second], &mut self.several);
            let via = match premises {
                [_, Node::NONE] => condition.into(),
                premises => self.and_nodes.push(AndNode { premises, condition }).into(),
            };
            from(premises).for_each(|from| arcs.put(from, Arc { to, via }));
        }
        arcs.close();
        arcs.sort_rows(<[Arc]>::sort_unstable, Arc::eq);
        self.conditions = conditions.in_order_of(arcs.values_mut(), &mut self.and_nodes);
        self.arcs = arcs;
    }

    /// The nodes a step needs, in order and the second none where it needs one alone, and the node it leads to. None where it leads
    /// nowhere new.
    fn ends(&self, layout: &Layout, steps: &Steps<'_>, step: Step) -> Option<([Node; 2], Node)> {
        let to = self.node_of[layout.conclusion(step)].some().filter(|to| *to != Node::SOURCE)?;
        let mut premises = steps.premises(step).map(|premise| self.node_of[premise]);
        let first = premises.next().unwrap_or(Node::SOURCE);
        // The source is needed by what needs nothing else.
        let premises = match premises.next() {
            None => [first, Node::NONE],
            Some(second) if second == first => [first, Node::NONE],
            Some(second) => [first.min(second), first.max(second)],
        };
        (!premises.contains(&to)).then_some((premises, to))
    }

    /// The conditions of the arcs from the source to relevant nodes, if nothing is lost while all are closed and they are
    /// independent; none otherwise: where a loss event surely happens, an arc has no condition or leads to an AND node, or
    /// conditions share a coin.
    fn conditions_from_source(&self) -> Vec<Condition> {
        let relevant = self.arcs(Node::SOURCE).iter().take_while(|arc| arc.to < self.relevant);
        let mut conditions = Vec::new();
        for arc in relevant {
            match arc.via.through() {
                Through::Condition(Condition::OPEN) | Through::AndNode(_) => return Vec::new(),
                Through::Condition(condition) => conditions.push(condition),
            }
        }
        conditions.sort_unstable();
        conditions.dedup();
        let mut coins: Vec<Coin> = conditions.iter().flat_map(|condition| self.coins(*condition)).collect();
        coins.sort_unstable();
        let shared = coins.windows(2).any(|pair| pair[0] == pair[1]);
        if shared || self.events.as_slice().contains(&Node::SOURCE) { Vec::new() } else { conditions }
    }

    pub(crate) fn first_conditions(&self) -> &[Condition] {
        &self.first_conditions
    }

    /// How unsure the chance of a coin is.
    pub(crate) fn prior(&self, coin: Coin) -> Option<&PriorUncertainty> {
        let at = self.priors.binary_search_by_key(&coin, |(coin, _)| *coin).ok()?;
        self.priors.get(at).map(|(_, prior)| prior)
    }

    /// Whether the chance of any coin is unsure.
    pub(crate) fn has_uncertain_priors(&self) -> bool {
        !self.priors.is_empty()
    }

    /// How many nodes there are.
    pub(crate) fn node_count(&self) -> usize {
        self.arcs.len()
    }

    /// Nodes below this one lie between the source and a loss event.
    pub(crate) fn relevant(&self) -> Node {
        self.relevant
    }

    /// Nodes below this one can be come to from the source, were every coin to help.
    pub(crate) fn reachable(&self) -> Node {
        self.reachable
    }

    /// The node of a state; none of a threat or a control, nor of a state that is not there.
    pub(crate) fn node(&self, state: State) -> Option<Node> {
        self.node_of.get(state)?.some()
    }

    /// A node's arcs, by where they lead.
    pub(crate) fn arcs(&self, node: Node) -> &[Arc] {
        self.arcs.row(node)
    }

    /// The same of a node that a change may have added, which has none here.
    pub(crate) fn arcs_of_any(&self, node: Node) -> &[Arc] {
        if node.index() < self.node_count() { self.arcs(node) } else { &[] }
    }

    pub(crate) fn and_node(&self, id: AndId) -> AndNode {
        self.and_nodes[id]
    }

    pub(crate) fn and_node_count(&self) -> usize {
        self.and_nodes.len()
    }

    /// The condition of an arc, or of the AND node that it leads through.
    pub(crate) fn condition(&self, via: Via) -> Condition {
        match via.through() {
            Through::Condition(condition) => condition,
            Through::AndNode(id) => self.and_nodes[id].condition,
        }
    }

    /// By condition: whether it never holds. Nothing when there is no such condition.
    pub(crate) fn closed_conditions(&self) -> Option<IndexVec<Condition, bool>> {
        if self.coins.chances.iter().all(|chance| *chance > 0.0) {
            return None;
        }
        let never = |condition| self.coins(condition).any(|coin| self.coin_chance(coin) <= 0.0);
        Some(self.conditions.ids().map(never).collect())
    }

    /// By node: the first of its states.
    pub(crate) fn first_states(&self) -> IndexVec<Node, State> {
        let mut states = IndexVec::filled(State::GIVEN, self.node_count());
        for (state, node) in self.node_of.entries().rev() {
            if !node.is_none() {
                states[*node] = state;
            }
        }
        states
    }

    /// How many conditions there are, the open one with them.
    pub(crate) fn condition_count(&self) -> usize {
        self.conditions.len()
    }

    /// The coins of a condition, up to four, all of which must help.
    pub(crate) fn coins(&self, condition: Condition) -> impl Iterator<Item = Coin> + Clone + use<> {
        self.coins_of(condition).into_iter().take_while(|coin| !coin.is_none())
    }

    /// The same, with none behind them.
    pub(crate) fn coins_of(&self, condition: Condition) -> [Coin; 4] {
        self.conditions[condition].coins(&self.several)
    }

    /// How many coins there are.
    pub(crate) fn coin_count(&self) -> usize {
        self.coins.keys.len()
    }

    /// The coin of a key.
    pub(crate) fn coin(&self, key: Key) -> Option<Coin> {
        let Coins { keys, by_key, .. } = &self.coins;
        let at = by_key.binary_search_by_key(&key, |coin| keys[*coin]).ok()?;
        by_key.get(at).copied()
    }

    pub(crate) fn key(&self, coin: Coin) -> Key {
        self.coins.keys[coin]
    }

    /// The chance that a coin helps the attacker.
    pub(crate) fn coin_chance(&self, coin: Coin) -> f64 {
        self.coins.chances[coin]
    }

    /// By loss event: its node.
    pub(crate) fn events(&self) -> &IndexVec<EventId, Node> {
        &self.events
    }

    /// The SHA-256 of nodes, arcs, conditions, coins and events, each list with its length before it.
    pub(crate) fn content_hash(&self, losses: &IndexVec<EventId, f64>) -> [u8; 32] {
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
        list(&mut self.arcs.values().iter().map(|arc| two(arc.to.0, arc.via.bits())));
        list(&mut self.and_nodes.iter().map(|and_node| two(and_node.premises[0].0, and_node.premises[1].0)));
        list(&mut self.and_nodes.iter().map(|and_node| u64::from(and_node.condition.0)));
        list(&mut self.conditions.iter().map(|coins| u64::from(coins.bits())));
        list(&mut self.several.iter().map(|coins| two(coins[0].0, coins[1].0)));
        list(&mut self.coins.keys.iter().map(|key| (key.bits() >> 64) as u64));
        list(&mut self.coins.keys.iter().map(|key| key.bits() as u64));
        list(&mut self.coins.chances.iter().map(|chance| chance.to_bits()));
        list(&mut self.events.iter().map(|node| u64::from(node.0)));
        list(&mut losses.iter().map(|loss| loss.to_bits()));
        digest.finalize().into()
    }

    pub(crate) fn bytes(&self) -> usize {
        (self.node_of.len() + self.arcs.rows().starts().len() + self.conditions.len() + self.events.len()) * 4
            + self.first_conditions.len() * 4
            + self.priors.len() * size_of::<(Coin, PriorUncertainty)>()
            + (self.arcs.values().len() + self.several.len()) * 8
            + self.and_nodes.len() * size_of::<AndNode>()
            + self.coins.keys.len() * 28
    }
}

impl Coins {
    fn of(layout: &Layout, keys: Vec<Key>, folded: &[Folded]) -> Result<Self> {
        let mut chances: IndexVec<Coin, f64> =
            layout.variables.iter().map(|variable| variable.chance.get()).collect();
        let mut keys: IndexVec<Coin, Key> = keys.into();
        for folded in folded {
            chances[Coin::of(folded.variable)] = folded.own.get();
        }
        for folded in folded {
            keys.push(folded.threat);
            chances.push(folded.chance.get());
        }
        let mut by_key: Vec<Coin> = keys.ids().collect();
        by_key.sort_unstable_by_key(|coin| keys[*coin]);
        let twice = by_key.windows(2).find(|pair| keys[pair[0]] == keys[pair[1]]);
        match twice {
            Some(pair) => Err(Error::new(
                ErrorKind::Conflict,
                format!("two variables have the key `{}`: give each its own", keys[pair[0]]),
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
