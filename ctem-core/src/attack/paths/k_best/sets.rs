//! Sets of variables that grow by a little at a time, as ways do: what sets have in common is kept once.
//!
//! Along a way of n findings each label has the set of the label before it and one finding more; written out that were n² members. So a
//! set is a tree over the numbers of its variables, 64 of them to a leaf (a *Patricia trie*, Morrison 1968; as sets that share parts
//! Okasaki and Gill, *Fast mergeable integer maps*, 1998). The tree's shape follows from what is in it alone, and equal trees are one
//! (*hash consing*). Hence:
//!
//! - two sets are equal where their numbers are;
//! - one variable more takes as many new parts as the tree is deep, which is the logarithm of its leaves where numbers are spread;
//! - whatever is asked of two sets is looked for only where they differ;
//! - the chance of a set is folded along its tree, so that equal sets have the same bits however they came about.

use super::heuristic::Heuristic;
use crate::attack::graph::{
    VariableId,
    index::{Id, IndexVec, ids},
    layout::Layout,
};
use smallvec::SmallVec;
use std::{cell::Cell, cmp::Ordering, collections::HashMap};

ids! {
    /// A set; none is the empty one.
    SetId
}

/// Sets of variables, and parts of such.
pub(super) struct Sets<'a> {
    layout: &'a Layout,
    heuristic: &'a Heuristic,
    parts: IndexVec<SetId, Part>,
    known: HashMap<Shape, SetId>,
    looks: Cell<u64>,
}

/// A set, and what is often asked of it.
#[derive(Clone, Copy)]
struct Part {
    shape: Shape,
    /// The chance that all of it helps.
    chance: f64,
    /// The greatest bound from where one of its variables helps again.
    again: f64,
    /// One of 64 bits for each variable: a set whose bits are not all another's is no part of it.
    sign: u64,
    count: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    /// Members among 64 variables in a row.
    Leaf { block: u32, members: u64 },
    /// Two sets: one of blocks below a number, one of blocks from there on, as far as they agree with it in all digits before its last.
    Fork { split: u32, parts: [SetId; 2] },
}

/// How the trees of two sets lie to each other.
enum Meet {
    Leaves {
        block: u32,
        members: [u64; 2],
    },
    Forks {
        split: u32,
        parts: [[SetId; 2]; 2],
    },
    /// The first lies on one side of the second, or the other way round.
    FirstWithin(Side),
    SecondWithin(Side),
    Apart,
}

struct Side {
    split: u32,
    parts: [SetId; 2],
    is_second: bool,
}

impl Side {
    fn part(&self) -> SetId {
        self.parts[usize::from(self.is_second)]
    }

    fn with(&self, part: SetId) -> Shape {
        let mut parts = self.parts;
        parts[usize::from(self.is_second)] = part;
        Shape::Fork { split: self.split, parts }
    }
}

impl Shape {
    /// A block that it is about, or between whose neighbours it lies.
    fn place(self) -> u32 {
        match self {
            Self::Leaf { block, .. } => block,
            Self::Fork { split, .. } => split,
        }
    }

    /// In how many of their last binary digits its blocks may differ.
    fn width(self) -> u32 {
        match self {
            Self::Leaf { .. } => 0,
            Self::Fork { split, .. } => split.trailing_zeros() + 1,
        }
    }

    /// On which side of it a narrower one lies, if on one.
    fn side_of(self, narrower: Self) -> Option<Side> {
        let Self::Fork { split, parts } = self else { return None };
        let place = narrower.place();
        let agrees = (split ^ place) >> split.trailing_zeros() <= 1;
        (narrower.width() < self.width() && agrees).then_some(Side {
            split,
            parts,
            is_second: place >= split,
        })
    }

    fn meets(self, other: Self) -> Meet {
        match (self, other) {
            (Self::Leaf { block, members: one }, Self::Leaf { block: same, members: two })
                if block == same =>
            {
                Meet::Leaves { block, members: [one, two] }
            }
            (Self::Fork { split, parts: one }, Self::Fork { split: same, parts: two }) if split == same => {
                Meet::Forks { split, parts: [one, two] }
            }
            _ => match (other.side_of(self), self.side_of(other)) {
                (Some(side), _) => Meet::FirstWithin(side),
                (None, Some(side)) => Meet::SecondWithin(side),
                (None, None) => Meet::Apart,
            },
        }
    }
}

/// So many variables are the members of a leaf.
const BLOCK: usize = u64::BITS as usize;

impl<'a> Sets<'a> {
    pub(super) fn new(layout: &'a Layout, heuristic: &'a Heuristic) -> Self {
        let (parts, known, looks) = Default::default();
        Self { layout, heuristic, parts, known, looks }
    }

    /// How many parts are kept.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// How much was looked at, here and by those who say so.
    pub(super) fn looks(&self) -> u64 {
        self.looks.get()
    }

    pub(super) fn look(&self, much: u64) {
        self.looks.set(self.looks.get().wrapping_add(much));
    }

    pub(super) fn count(&self, set: SetId) -> usize {
        self.part(set).map_or(0, |part| part.count as usize)
    }

    pub(super) fn chance(&self, set: SetId) -> f64 {
        self.part(set).map_or(1.0, |part| part.chance)
    }

    pub(super) fn again(&self, set: SetId) -> f64 {
        self.part(set).map_or(0.0, |part| part.again)
    }

    /// Its variables, the lowest first.
    pub(super) fn members(&self, set: SetId) -> impl Iterator<Item = VariableId> {
        let mut stack: SmallVec<[SetId; 32]> = SmallVec::from_iter(set.some());
        let (mut at, mut left) = (0, 0u64);
        std::iter::from_fn(move || {
            while left == 0 {
                match self.parts[stack.pop()?].shape {
                    Shape::Leaf { block, members } => (at, left) = (block, members),
                    Shape::Fork { parts: [first, second], .. } => stack.extend([second, first]),
                }
            }
            let member = variable(at, left.trailing_zeros());
            left &= left - 1;
            Some(member)
        })
    }

    pub(super) fn has(&self, set: SetId, variable: VariableId) -> bool {
        let (block, bit) = place(variable);
        let mut at = set;
        while let Some(part) = self.part(at) {
            match part.shape {
                Shape::Leaf { block: other, members } => return other == block && members & bit != 0,
                Shape::Fork { split, parts } => at = parts[usize::from(block >= split)],
            }
        }
        false
    }

    /// A set with one variable more.
    pub(super) fn with(&mut self, set: SetId, variable: VariableId) -> SetId {
        if self.has(set, variable) {
            return set;
        }
        let (block, members) = place(variable);
        let single = self.put(Shape::Leaf { block, members });
        self.union(set, single)
    }

    pub(super) fn union(&mut self, one: SetId, two: SetId) -> SetId {
        self.look(1);
        let (Some(first), Some(second)) = (self.part(one), self.part(two)) else {
            return if one.is_none() { two } else { one };
        };
        if one == two {
            return one;
        }
        let shape = match first.shape.meets(second.shape) {
            Meet::Leaves { block, members: [one, two] } => Shape::Leaf { block, members: one | two },
            Meet::Forks { split, parts: [one, two] } => {
                Shape::Fork { split, parts: [self.union(one[0], two[0]), self.union(one[1], two[1])] }
            }
            Meet::FirstWithin(side) => side.with(self.union(one, side.part())),
            Meet::SecondWithin(side) => side.with(self.union(side.part(), two)),
            Meet::Apart => {
                let (place, other) = (first.shape.place(), second.shape.place());
                let digit = (place ^ other).checked_ilog2().unwrap_or(0);
                let split = (place >> digit | 1) << digit;
                Shape::Fork { split, parts: if place < other { [one, two] } else { [two, one] } }
            }
        };
        self.put(shape)
    }

    /// The chance that all of two sets helps, as that of their union.
    pub(super) fn chance_of_both(&self, one: SetId, two: SetId) -> f64 {
        self.look(1);
        let (Some(first), Some(second)) = (self.part(one), self.part(two)) else {
            return self.chance(if one.is_none() { two } else { one });
        };
        if one == two {
            return first.chance;
        }
        let beside = |side: &Side, both: f64| both * self.chance(side.parts[usize::from(!side.is_second)]);
        match first.shape.meets(second.shape) {
            Meet::Leaves { block, members: [one, two] } => self.chance_of_leaf(block, one | two),
            Meet::Forks { parts: [one, two], .. } => {
                self.chance_of_both(one[0], two[0]) * self.chance_of_both(one[1], two[1])
            }
            Meet::FirstWithin(side) => beside(&side, self.chance_of_both(one, side.part())),
            Meet::SecondWithin(side) => beside(&side, self.chance_of_both(side.part(), two)),
            Meet::Apart => first.chance * second.chance,
        }
    }

    /// Whether all of a set is in another.
    pub(super) fn is_part(&self, one: SetId, of: SetId) -> bool {
        self.look(1);
        let Some(first) = self.part(one) else { return true };
        let Some(second) = self.part(of) else { return false };
        if one == of {
            return true;
        }
        if first.count >= second.count || first.sign & !second.sign != 0 {
            return false;
        }
        match first.shape.meets(second.shape) {
            Meet::Leaves { members: [one, two], .. } => one & !two == 0,
            Meet::Forks { parts: [one, two], .. } => {
                self.is_part(one[0], two[0]) && self.is_part(one[1], two[1])
            }
            Meet::FirstWithin(side) => self.is_part(one, side.part()),
            Meet::SecondWithin(_) | Meet::Apart => false,
        }
    }

    /// The smaller set first, and of two as large the one whose variables are lower.
    pub(super) fn order(&self, one: SetId, two: SetId) -> Ordering {
        self.count(one).cmp(&self.count(two)).then_with(|| match self.first_not_in_both(one, two) {
            None => Ordering::Equal,
            Some(variable) if self.has(one, variable) => Ordering::Less,
            Some(_) => Ordering::Greater,
        })
    }

    /// The lowest variable that is in one of two sets alone.
    fn first_not_in_both(&self, one: SetId, two: SetId) -> Option<VariableId> {
        self.look(1);
        let (Some(first), Some(second)) = (self.part(one), self.part(two)) else {
            return self.members(if one.is_none() { two } else { one }).next();
        };
        if one == two {
            return None;
        }
        let beside = |side: &Side, narrower: SetId| match side.is_second {
            true => self.members(side.parts[0]).next(),
            false => {
                let before = self.first_not_in_both(narrower, side.parts[0]);
                before.or_else(|| self.members(side.parts[1]).next())
            }
        };
        match first.shape.meets(second.shape) {
            Meet::Leaves { block, members: [one, two] } if one != two => {
                Some(variable(block, (one ^ two).trailing_zeros()))
            }
            Meet::Leaves { .. } => None,
            Meet::Forks { parts: [one, two], .. } => {
                self.first_not_in_both(one[0], two[0]).or_else(|| self.first_not_in_both(one[1], two[1]))
            }
            Meet::FirstWithin(side) => beside(&side, one),
            Meet::SecondWithin(side) => beside(&side, two),
            Meet::Apart => {
                let first_of = |set| self.members(set).next();
                first_of(one).into_iter().chain(first_of(two)).min()
            }
        }
    }

    fn part(&self, set: SetId) -> Option<Part> {
        Some(self.parts[set.some()?])
    }

    fn put(&mut self, shape: Shape) -> SetId {
        if let Some(known) = self.known.get(&shape) {
            return *known;
        }
        let part = match shape {
            Shape::Leaf { block, members } => {
                let mut part = Part {
                    shape,
                    chance: self.chance_of_leaf(block, members),
                    again: 0.0,
                    sign: 0,
                    count: 0,
                };
                for variable in in_leaf(block, members) {
                    part.again = part.again.max(self.heuristic.again(variable));
                    part.sign |= sign(variable);
                    part.count += 1;
                }
                part
            }
            Shape::Fork { parts: [first, second], .. } => {
                let (first, second) = (self.parts[first], self.parts[second]);
                Part {
                    shape,
                    chance: first.chance * second.chance,
                    again: first.again.max(second.again),
                    sign: first.sign | second.sign,
                    count: first.count + second.count,
                }
            }
        };
        let set = self.parts.push(part);
        self.known.insert(shape, set);
        set
    }

    fn chance_of_leaf(&self, block: u32, members: u64) -> f64 {
        in_leaf(block, members).fold(1.0, |product, variable| product * self.layout.chance_of(variable))
    }
}

fn in_leaf(block: u32, members: u64) -> impl Iterator<Item = VariableId> {
    let bits = std::iter::successors(Some(members), |left| Some(left & left.wrapping_sub(1)));
    bits.take_while(|left| *left != 0).map(move |left| variable(block, left.trailing_zeros()))
}

/// The block of a variable, and its bit there.
fn place(variable: VariableId) -> (u32, u64) {
    ((variable.index() / BLOCK) as u32, 1 << (variable.index() % BLOCK))
}

fn variable(block: u32, bit: u32) -> VariableId {
    VariableId::from_index(block as usize * BLOCK + bit as usize)
}

/// One of 64 bits for a variable.
fn sign(variable: VariableId) -> u64 {
    1 << (u64::from(variable.0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attack::{Graph, Key, Limits, Snapshot, graph::State},
        quantity::Probability,
    };
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const VARIABLES: u32 = 3_000;

    fn snapshot() -> Snapshot {
        let mut graph = Graph::new();
        let goal = graph.state();
        for n in 0..VARIABLES {
            let chance = Probability::clamped(0.5 + f64::from(n % 100) / 200.0);
            let flaw = graph.variable(Key::new(u128::from(n)), chance);
            graph.step(&[], Some(flaw), goal).unwrap();
        }
        graph.event(goal, 1.0).unwrap();
        graph.compile().unwrap()
    }

    /// Numbers that lie together, far apart, or at a border.
    fn numbers() -> impl Strategy<Value = BTreeSet<u32>> {
        let number = prop_oneof![0..VARIABLES, 60..70u32, 1_020..1_030u32, Just(VARIABLES - 1)];
        proptest::collection::btree_set(number, 0..40)
    }

    fn built(sets: &mut Sets<'_>, numbers: impl Iterator<Item = u32>) -> SetId {
        numbers.fold(SetId::NONE, |set, number| sets.with(set, VariableId(number)))
    }

    proptest! {
        #[test]
        fn they_are_what_sets_of_numbers_are(one in numbers(), two in numbers(), more in numbers()) {
            let snapshot = snapshot();
            let heuristic = Heuristic::of(&snapshot, State(1), &Limits::default()).unwrap();
            let mut sets = Sets::new(&snapshot.layout, &heuristic);
            let whole: BTreeSet<u32> = one.union(&more).copied().collect();
            let (first, second) = (built(&mut sets, one.iter().copied()), built(&mut sets, two.iter().copied()));
            let third = built(&mut sets, whole.iter().rev().copied());
            let listed = |sets: &Sets<'_>, set| sets.members(set).map(|at| at.0).collect::<Vec<_>>();
            prop_assert_eq!(listed(&sets, first), Vec::from_iter(one.iter().copied()));
            prop_assert_eq!(sets.count(third), whole.len());
            for (a, b, set, other) in [(&one, &two, first, second), (&one, &whole, first, third), (&whole, &two, third, second)] {
                prop_assert_eq!(sets.is_part(set, other), a.is_subset(b));
                prop_assert_eq!(sets.is_part(other, set), b.is_subset(a));
                prop_assert_eq!(sets.order(set, other), (a.len(), a).cmp(&(b.len(), b)));
                let foretold = sets.chance_of_both(set, other);
                let both = sets.union(set, other);
                prop_assert_eq!(listed(&sets, both), Vec::from_iter(a.union(b).copied()));
                prop_assert_eq!(foretold.to_bits(), sets.chance(both).to_bits());
                // However it came about, it is one set.
                let backwards = built(&mut sets, a.union(b).copied().collect::<Vec<_>>().into_iter().rev());
                prop_assert_eq!(backwards, both);
                prop_assert!((60..70).all(|n| sets.has(both, VariableId(n)) == (a.contains(&n) || b.contains(&n))));
            }
        }
    }

    #[test]
    fn one_more_takes_as_much_as_the_tree_is_deep() {
        let snapshot = snapshot();
        let heuristic = Heuristic::of(&snapshot, State(1), &Limits::default()).unwrap();
        let mut sets = Sets::new(&snapshot.layout, &heuristic);
        let whole = built(&mut sets, 0..VARIABLES);
        assert_eq!(sets.count(whole), VARIABLES as usize);
        // A leaf for each alone, one for each that joins others, and up to six forks for 47 leaves.
        assert!(sets.len() < 8 * VARIABLES as usize, "{}", sets.len());
    }
}
