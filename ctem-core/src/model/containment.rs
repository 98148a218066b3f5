//! What contains itself: realms that, all statements taken together, lie in one another.
//!
//! A realm lies in another or not, so one of the statements is wrong, and nobody here knows which. None is dropped: a risk would fall
//! by what one more source says. They hold as they stand, so that control of one is control of all, and it is said where.

use super::{Environment, RelationKind, fact::Fact};
use crate::id::{AssetId, RelationId};
use petgraph::{
    algo::{kosaraju_scc, toposort},
    graph::DiGraph,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// So many members of a circle are named.
const MOST_NAMED: usize = 4;

/// Assets that contain each other.
pub(crate) struct Circle<'a> {
    members: BTreeSet<&'a AssetId>,
}

impl Circle<'_> {
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

/// All circles, in the order of their members. An asset is in one of them at most, which is looked up: there may be as many as relations.
#[derive(Default)]
pub(crate) struct Circles<'a> {
    all: Vec<Circle<'a>>,
    of: HashMap<&'a AssetId, usize>,
}

impl<'a> Circles<'a> {
    /// The circle that a relation between two assets is part of.
    pub(crate) fn through(&self, from: &AssetId, to: &AssetId) -> Option<&Circle<'a>> {
        self.all.get(self.number(from, to)?)
    }

    fn number(&self, from: &AssetId, to: &AssetId) -> Option<usize> {
        let number = self.of.get(from)?;
        (self.of.get(to)? == number).then_some(*number)
    }

    /// Each with the name of the first of its relations, by their ends. O(n log n) in the relations.
    pub(crate) fn with_first(&self, environment: &Environment) -> Vec<(&Circle<'a>, Option<RelationId>)> {
        let mut each: Vec<_> = self.all.iter().map(|circle| (circle, None)).collect();
        if each.is_empty() {
            return each;
        }
        for relation in environment.relations().filter(|one| one.kind == RelationKind::Contains) {
            let circle = self.number(&relation.from, &relation.to).and_then(|number| each.get_mut(number));
            if let Some((_, first @ None)) = circle {
                *first = Some(relation.name());
            }
        }
        each
    }
}

impl Environment {
    /// The circles of assets that contain each other. O(n log n) in the relations that say so.
    pub(crate) fn circles(&self) -> Circles<'_> {
        let inside = self.facts().filter(|(.., fact, _)| contains(fact));
        self.circles_of(inside.filter_map(|(from, _, to)| numbers(from, to)).collect())
    }

    /// Those that go through any of some assets: only what contains these is looked at.
    pub(crate) fn circles_through(&self, assets: impl Iterator<Item = usize>) -> Circles<'_> {
        let mut waiting: Vec<usize> = assets.collect();
        let (mut seen, mut inside) = (HashSet::new(), Vec::new());
        while let Some(to) = waiting.pop() {
            if !seen.insert(to) {
                continue;
            }
            for (from, _) in self.facts_to(to).filter(|(_, fact)| contains(fact)) {
                inside.extend(numbers(from, to));
                waiting.push(from);
            }
        }
        self.circles_of(inside)
    }

    /// The circles of assets, by their numbers, of which the first of each two contains the second.
    fn circles_of(&self, inside: Vec<(u32, u32)>) -> Circles<'_> {
        let mut assets: Vec<u32> = inside.iter().flat_map(|(from, to)| [*from, *to]).collect();
        assets.sort_unstable();
        assets.dedup();
        let place = |asset: u32| assets.partition_point(|known| *known < asset) as u32;
        let graph =
            DiGraph::<(), ()>::from_edges(inside.into_iter().map(|(from, to)| (place(from), place(to))));
        if toposort(&graph, None).is_ok() {
            return Circles::default();
        }
        let several = kosaraju_scc(&graph).into_iter().filter(|circle| circle.len() > 1);
        let members = several.map(|circle| {
            let numbers = circle.into_iter().filter_map(|node| assets.get(node.index()));
            let assets = numbers.filter_map(|number| self.numbered(*number as usize));
            Circle { members: assets.map(|asset| &asset.id).collect() }
        });
        let mut all: Vec<_> = members.collect();
        all.sort_by(|a, b| a.members.cmp(&b.members));
        let of = all.iter().enumerate().flat_map(|(n, circle)| circle.members.iter().map(move |id| (*id, n)));
        Circles { of: of.collect(), all }
    }
}

/// Whether a relation says that one asset is in the other. A record that says what it takes and gives is a step of its own.
fn contains(fact: &Fact) -> bool {
    fact.kind == RelationKind::Contains && fact.step().1.is_empty()
}

/// The numbers of two assets that are not the same.
fn numbers(from: usize, to: usize) -> Option<(u32, u32)> {
    (from != to).then_some((u32::try_from(from).ok()?, u32::try_from(to).ok()?))
}
