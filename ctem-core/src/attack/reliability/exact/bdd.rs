//! Boolean functions of coins, each kept once, as a reduced ordered binary decision diagram (BDD; Bryant, *Graph-based algorithms for
//! Boolean function manipulation*, 1986).
//!
//! A function is the number of a node: a coin's level, the function if the coin does not help, and if it does. Equal
//! functions have equal numbers, so a fixpoint is seen to be one by comparing numbers. A node comes after those it leads to:
//! one pass over the array, forward or backward, is a sweep over every function in it, and no depth of a diagram needs a
//! stack. There is no negation, since nothing that helps an attacker does so by not helping.

use crate::attack::{
    graph::{
        draw::mixed,
        index::{Id, IndexVec, ids},
    },
    limits::{Limits, Reason},
};
use hashbrown::HashTable;

ids! {
    /// A function: the number of its node.
    Function
    /// A coin's place in the order; those above it have lower ones.
    Level
}

impl Function {
    /// The function that never holds.
    pub(in crate::attack) const FALSE: Self = Self(0);
    /// The function that always holds.
    pub(in crate::attack) const TRUE: Self = Self(1);
}

/// A node: a choice by one coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::attack) struct Choice {
    pub(in crate::attack) level: Level,
    /// Where it does not help.
    pub(in crate::attack) low: Function,
    /// Where it helps.
    pub(in crate::attack) high: Function,
}

/// What combines two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::attack) enum Operator {
    And,
    Or,
}

/// Functions in the making.
pub(in crate::attack) struct Diagram<'a> {
    nodes: IndexVec<Function, Choice>,
    /// The nodes by what they say.
    unique: HashTable<Function>,
    /// Pairs that were combined, and what came of it; a later pair takes the place of an earlier one. Places not
    /// taken hold the pair of FALSE and FALSE, which is never looked up.
    combined: Vec<(Pair, Function)>,
    limits: &'a Limits<'a>,
    /// How many pairs were taken apart, and at how many it ends.
    work: u64,
    most_work: u64,
    tasks: Vec<Task>,
    results: Vec<Function>,
}

/// What is left to do of combining two functions.
enum Task {
    Combine(Function, Function),
    Make { level: Level, pair: Pair },
}

/// Two functions and how they are combined: the lower one, with `OR` where it is by OR, and the higher one.
type Pair = [u32; 2];

const OR: u32 = 1 << 31;

impl<'a> Diagram<'a> {
    /// No function but the two constants.
    pub(in crate::attack) fn new(limits: &'a Limits<'a>) -> Self {
        let end = |constant| Choice { level: Level::NONE, low: constant, high: constant };
        Self {
            nodes: vec![end(Function::FALSE), end(Function::TRUE)].into(),
            unique: HashTable::new(),
            combined: vec![Default::default(); 1 << 8],
            limits,
            work: 0,
            most_work: 0,
            tasks: Vec::new(),
            results: Vec::new(),
        }
    }

    /// Gives leave for so much more work.
    pub(in crate::attack) fn allow(&mut self, work: u64) {
        self.most_work = self.work.saturating_add(work);
    }

    /// How many pairs were taken apart so far.
    pub(in crate::attack) fn work(&self) -> u64 {
        self.work
    }

    /// Whether the work it had leave for is done.
    pub(in crate::attack) fn is_spent(&self) -> bool {
        self.work >= self.most_work
    }

    /// Whether at least half of the nodes allowed are free.
    pub(in crate::attack) fn has_room(&self) -> bool {
        self.nodes.len() <= self.most() / 2
    }

    /// The function that holds where a coin helps and another function of later coins holds.
    ///
    /// # Errors
    /// `Nodes` when there are too many.
    pub(in crate::attack) fn coin_and(&mut self, level: Level, rest: Function) -> Result<Function, Reason> {
        self.node(Choice { level, low: Function::FALSE, high: rest })
    }

    /// Combines two functions. O(|f| · |g|) at most.
    ///
    /// # Errors
    /// `Nodes` when there are too many nodes, or too much work; `Stopped` when the caller says so.
    pub(in crate::attack) fn combine(
        &mut self,
        how: Operator,
        f: Function,
        g: Function,
    ) -> Result<Function, Reason> {
        if let Some(result) = at_once(how, f, g) {
            return Ok(result);
        }
        // What an earlier call left when it was stopped is none of this one's.
        self.tasks.clear();
        self.results.clear();
        self.tasks.push(Task::Combine(f, g));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Combine(f, g) => self.look_at(how, f, g)?,
                Task::Make { level, pair } => {
                    let (Some(high), Some(low)) = (self.results.pop(), self.results.pop()) else { break };
                    let result = self.node(Choice { level, low, high })?;
                    let place = self.place(pair);
                    self.combined[place] = (pair, result);
                    self.results.push(result);
                }
            }
        }
        Ok(self.results.pop().unwrap_or(Function::FALSE))
    }

    /// Keeps the functions that are spoken of, and gives all of them their new numbers. O(nodes).
    pub(in crate::attack) fn keep<'f>(&mut self, functions: impl Iterator<Item = &'f mut Function>) {
        let functions: Vec<&mut Function> = functions.collect();
        let mut number = IndexVec::filled(Function::NONE, self.nodes.len());
        let kept = Function::FALSE;
        for function in [Function::FALSE, Function::TRUE].iter().chain(functions.iter().map(|f| &**f)) {
            number[*function] = kept;
        }
        for (at, node) in self.nodes.entries().skip(2).rev() {
            if !number[at].is_none() {
                number[node.low] = kept;
                number[node.high] = kept;
            }
        }
        let mut next = 0;
        for at in self.nodes.ids() {
            if !number[at].is_none() {
                let Choice { level, low, high } = self.nodes[at];
                number[at] = Function(next);
                self.nodes[Function(next)] = Choice { level, low: number[low], high: number[high] };
                next += 1;
            }
        }
        self.nodes.as_mut_vec().truncate(next as usize);
        functions.into_iter().for_each(|function| *function = number[*function]);
        self.combined.fill(Default::default());
        self.unique.clear();
        for (at, node) in self.nodes.entries().skip(2) {
            self.unique.insert_unique(hash(node), at, |at| hash(&self.nodes[*at]));
        }
    }

    /// The nodes alone, each after those it leads to.
    pub(in crate::attack) fn into_nodes(mut self) -> IndexVec<Function, Choice> {
        self.nodes.as_mut_vec().shrink_to_fit();
        self.nodes
    }

    /// Combines a pair at once, or leaves what it comes to as tasks.
    fn look_at(&mut self, how: Operator, f: Function, g: Function) -> Result<(), Reason> {
        if let Some(result) = at_once(how, f, g) {
            self.results.push(result);
            return Ok(());
        }
        let (f, g) = (f.min(g), f.max(g));
        let pair = [if how == Operator::Or { f.0 | OR } else { f.0 }, g.0];
        let (known, result) = self.combined[self.place(pair)];
        if known == pair {
            self.results.push(result);
            return Ok(());
        }
        self.count()?;
        let (a, b) = (self.nodes[f], self.nodes[g]);
        let level = a.level.min(b.level);
        let parts = |number: Function, node: Choice| {
            if node.level == level { (node.low, node.high) } else { (number, number) }
        };
        let ((f_low, f_high), (g_low, g_high)) = (parts(f, a), parts(g, b));
        self.tasks.push(Task::Make { level, pair });
        self.tasks.push(Task::Combine(f_high, g_high));
        self.tasks.push(Task::Combine(f_low, g_low));
        Ok(())
    }

    /// Counts work other than pairs, and asks the caller.
    ///
    /// # Errors
    /// `Stopped` when the caller says so.
    pub(in crate::attack) fn spend(&mut self, work: u64) -> Result<(), Reason> {
        self.work = self.work.saturating_add(work);
        if self.limits.progress.goes_on(self.work, self.most_work) { Ok(()) } else { Err(Reason::Stopped) }
    }

    /// Counts a pair that is taken apart.
    ///
    /// # Errors
    /// `Nodes` when the work there is leave for is done; `Stopped` when the caller says so.
    pub(in crate::attack) fn count(&mut self) -> Result<(), Reason> {
        const EVERY: u64 = 1 << 14;
        if self.is_spent() {
            return Err(Reason::Nodes);
        }
        self.work += 1;
        if self.work.is_multiple_of(EVERY) && !self.limits.progress.goes_on(self.work, self.most_work) {
            return Err(Reason::Stopped);
        }
        Ok(())
    }

    /// The number of a node, which is made unless it is there.
    fn node(&mut self, node: Choice) -> Result<Function, Reason> {
        if node.low == node.high {
            return Ok(node.low);
        }
        let hash_of = hash(&node);
        if let Some(at) = self.unique.find(hash_of, |at| self.nodes[*at] == node) {
            return Ok(*at);
        }
        if self.nodes.len() >= self.most() {
            return Err(Reason::Nodes);
        }
        let at = self.nodes.push(node);
        self.unique.insert_unique(hash_of, at, |at| hash(&self.nodes[*at]));
        if self.nodes.len() > self.combined.len() && self.combined.len() < 1 << 20 {
            self.combined.clear();
            self.combined.resize(self.nodes.len().next_power_of_two() * 2, Default::default());
        }
        Ok(at)
    }

    fn most(&self) -> usize {
        self.limits.nodes.min(OR as usize)
    }

    fn place(&self, [first, second]: Pair) -> usize {
        mixed(u64::from(first) | u64::from(second) << 32) as usize & (self.combined.len() - 1)
    }
}

/// What combining comes to where one side decides it.
fn at_once(how: Operator, f: Function, g: Function) -> Option<Function> {
    let (decides, leaves) = match how {
        Operator::And => (Function::FALSE, Function::TRUE),
        Operator::Or => (Function::TRUE, Function::FALSE),
    };
    match (f, g) {
        _ if f == decides || g == decides => Some(decides),
        _ if f == leaves || f == g => Some(g),
        _ if g == leaves => Some(f),
        _ => None,
    }
}

fn hash(node: &Choice) -> u64 {
    mixed(mixed(u64::from(node.low.0) | u64::from(node.high.0) << 32) ^ u64::from(node.level.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(diagram: &mut Diagram<'_>, level: u32) -> Function {
        diagram.coin_and(Level(level), Function::TRUE).unwrap()
    }

    #[test]
    fn equal_functions_have_equal_numbers() {
        let limits = Limits::default();
        let mut diagram = Diagram::new(&limits);
        diagram.allow(1000);
        let [a, b, c] = [0, 1, 2].map(|level| coin(&mut diagram, level));
        let b_or_c = diagram.combine(Operator::Or, b, c).unwrap();
        let left = diagram.combine(Operator::And, a, b_or_c).unwrap();
        let a_b = diagram.combine(Operator::And, b, a).unwrap();
        let a_c = diagram.combine(Operator::And, c, a).unwrap();
        assert_eq!(diagram.combine(Operator::Or, a_c, a_b).unwrap(), left);
        assert_eq!(diagram.combine(Operator::Or, left, a).unwrap(), a);
    }

    #[test]
    fn what_is_kept_says_the_same_and_the_rest_is_gone() {
        let limits = Limits::default();
        let mut diagram = Diagram::new(&limits);
        diagram.allow(1000);
        let [a, b, c] = [2, 1, 0].map(|level| coin(&mut diagram, level));
        diagram.combine(Operator::And, a, c).unwrap();
        let mut both = diagram.combine(Operator::Or, a, b).unwrap();
        diagram.keep(std::iter::once(&mut both));
        assert_eq!(diagram.nodes.len(), 4);
        let (a, b) = (coin(&mut diagram, 2), coin(&mut diagram, 1));
        assert_eq!(diagram.combine(Operator::Or, b, a), Ok(both));
    }

    #[test]
    fn too_many_nodes_are_an_answer_and_a_deep_diagram_no_overflow() {
        for (nodes, fits) in [(250_000, true), (150_000, false)] {
            let limits = Limits { nodes, ..Limits::default() };
            let mut diagram = Diagram::new(&limits);
            diagram.allow(1 << 20);
            let mut every_other = [Function::TRUE; 2];
            for level in (0..100_000).rev() {
                let chain = &mut every_other[level as usize % 2];
                *chain = diagram.coin_and(Level(level), *chain).unwrap();
            }
            let all = diagram.combine(Operator::And, every_other[0], every_other[1]);
            assert_eq!(all.is_ok(), fits);
            assert!(fits || all == Err(Reason::Nodes));
        }
    }
}
