//! The most probable path to each loss event, put together: what is held, and what leads from one to the next.

use crate::{
    attack::Asking,
    prioritize::{Assessment, Foothold, Hop},
    quantity::Probability,
    render::words::{self, short},
};
use std::collections::HashMap;

/// As much of a name as a picture shows.
const NAME: usize = 60;

/// Paths as one graph, in the order in which they come.
#[derive(Default)]
pub(super) struct Paths {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    by_key: HashMap<(String, &'static str), usize>,
    /// By asset: the node that came last.
    latest: HashMap<String, usize>,
}

/// What is held, or lost.
pub(super) struct Node {
    pub(super) name: String,
    /// How far an attacker is in, or what is lost.
    pub(super) what: String,
    pub(super) kind: NodeKind,
    /// The hop that gives it, and the nodes it needs: of several the first.
    pub(super) by: Option<By>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeKind {
    Entry,
    Held,
    Loss,
}

impl NodeKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Held => "held",
            Self::Loss => "loss",
        }
    }
}

/// What an attacker does to come to a node.
pub(super) struct By {
    pub(super) how: String,
    pub(super) technique: Option<(String, &'static str)>,
    pub(super) chance: Probability,
    pub(super) needs: Vec<usize>,
}

/// What leads from one node to another.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
    pub(super) chance: Probability,
}

impl Paths {
    pub(super) fn of(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> Self {
        let mut paths = Self::default();
        let events = assessment.loss_events_asking(asking);
        for event in events.iter().take(at_most).take_while(|_| asking.goes_on_now()) {
            for hop in event.path.iter().flat_map(|path| &path.hops) {
                let name = event.stake.event.title();
                paths.hop(hop, (event.stake.event.id.as_str(), name), &event.stake.loss.to_string());
            }
        }
        paths
    }

    fn hop(&mut self, hop: &Hop, (event, name): (&str, &str), loss: &str) {
        let needs: Vec<usize> = hop.from.iter().map(|held| self.needed(held)).collect();
        let to = match &hop.to {
            Some(held) => self.held(held),
            None => {
                let node =
                    Node { name: short(name, NAME), what: loss.into(), kind: NodeKind::Loss, by: None };
                self.node((event.to_owned(), "loss"), node)
            }
        };
        let Some(node) = self.nodes.get_mut(to) else { return };
        if node.by.is_some() {
            return;
        }
        if node.kind == NodeKind::Held && needs.is_empty() {
            node.kind = NodeKind::Entry;
        }
        let technique = hop
            .technique
            .map(|technique| (technique.to_string(), technique.name().unwrap_or("technique of this number")));
        let how = short(&words::action(&hop.action), NAME);
        node.by = Some(By {
            how: how.clone(),
            technique: technique.clone(),
            chance: hop.chance,
            needs: needs.clone(),
        });
        let technique = technique.map(|(id, _)| format!(" ({id})")).unwrap_or_default();
        let chance =
            if hop.chance == Probability::ONE { String::new() } else { format!(" {}", hop.chance.percent()) };
        let label = if hop.to.is_some() { format!("{how}{technique}{chance}") } else { String::new() };
        let edges = needs.into_iter().map(|from| Edge { from, to, label: label.clone(), chance: hop.chance });
        self.edges.extend(edges);
    }

    /// The node of what is needed: more access includes less, so where none is of this access, the latest of the same asset.
    fn needed(&mut self, held: &Foothold) -> usize {
        let exact = self.by_key.get(&(held.asset.to_string(), held.access.name()));
        let known = exact.or_else(|| self.latest.get(&*held.asset)).copied();
        known.unwrap_or_else(|| self.held(held))
    }

    /// The node of what is held.
    fn held(&mut self, held: &Foothold) -> usize {
        let node = Node {
            name: short(&held.asset, NAME),
            what: held.access.name().into(),
            kind: NodeKind::Held,
            by: None,
        };
        let at = self.node((held.asset.to_string(), held.access.name()), node);
        self.latest.insert(held.asset.to_string(), at);
        at
    }

    fn node(&mut self, key: (String, &'static str), node: Node) -> usize {
        *self.by_key.entry(key).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }
}
