//! What contains itself: realms that, all statements taken together, lie in one another.
//!
//! A realm lies in another or not, so one of the statements is wrong, and nobody here knows which. None is dropped: a risk would fall
//! by what one more source says. They hold as they stand, so that control of one is control of all, and it is said where.

use super::{Environment, RelationKind};
use crate::id::{AssetId, RelationId};
use petgraph::{algo::kosaraju_scc, graph::DiGraph};
use std::collections::{BTreeSet, HashMap};

/// So many members of a circle are named.
const MOST_NAMED: usize = 4;

/// Assets that contain each other.
pub(crate) struct Circle<'a> {
    members: BTreeSet<&'a AssetId>,
}

impl Circle<'_> {
    /// Whether a relation between two assets is part of it.
    pub(crate) fn has(&self, from: &AssetId, to: &AssetId) -> bool {
        self.members.contains(from) && self.members.contains(to)
    }

    /// The name of the first of its relations, by their ends.
    pub(crate) fn first(&self, environment: &Environment) -> Option<RelationId> {
        let inside = environment.relations().find(|relation| {
            relation.kind == RelationKind::Contains && self.has(&relation.from, &relation.to)
        });
        inside.map(|relation| relation.name())
    }

    /// What is wrong, what is made of it, and what to do.
    pub(crate) fn reason(&self) -> String {
        let mut names: Vec<String> =
            self.members.iter().take(MOST_NAMED).map(|id| crate::error::quoted(id.as_str())).collect();
        if let Some(more) = self.members.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            names.push(format!("{more} more"));
        }
        let last = names.pop().unwrap_or_default();
        format!(
            "{} and {last} contain each other: who controls one is taken to control all; leave out the relation that is not so",
            names.join(", ")
        )
    }
}

impl Environment {
    /// The circles of assets that contain each other, by their members. O(n) in the relations.
    pub(crate) fn circles(&self) -> Vec<Circle<'_>> {
        let (mut graph, mut nodes) = (DiGraph::<usize, ()>::new(), HashMap::new());
        for (from, fact, to) in self.facts().filter(|(_, fact, _)| fact.kind == RelationKind::Contains) {
            // A record that says what it takes and gives is a step of its own.
            if from != to && fact.step().1.is_empty() {
                let [from, to] =
                    [from, to].map(|asset| *nodes.entry(asset).or_insert_with(|| graph.add_node(asset)));
                graph.add_edge(from, to, ());
            }
        }
        let several = kosaraju_scc(&graph).into_iter().filter(|circle| circle.len() > 1);
        let members = several.map(|circle| {
            let assets = circle.into_iter().filter_map(|node| self.numbered(*graph.node_weight(node)?));
            Circle { members: assets.map(|asset| &asset.id).collect() }
        });
        let mut circles: Vec<_> = members.collect();
        circles.sort_by(|a, b| a.members.cmp(&b.members));
        circles
    }
}
