//! Boolean functions of coins, each kept once, as a reduced ordered decision diagram (Bryant, *Graph-based algorithms for
//! Boolean function manipulation*, 1986).
//!
//! A function is the number of a node: a coin's level, the function if the coin does not help, and if it does. Equal
//! functions have equal numbers, so a fixpoint is seen to be one by comparing numbers. A node comes after those it leads to:
//! one pass over the array, forward or backward, is a sweep over every function in it, and no depth of a diagram needs a
//! stack. There is no negation, since nothing that helps an attacker does so by not helping.

use crate::attack::{
    graph::draw::mixed,
    limits::{Limits, Reason},
};
use hashbrown::HashTable;

/// The function that never holds, and the one that always does.
pub(super) const FALSE: u32 = 0;
pub(super) const TRUE: u32 = 1;

/// A choice by one coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    /// The coin's place in the order; those above it have lower ones.
    pub(super) level: u32,
    /// Where it does not help.
    pub(super) low: u32,
    /// Where it helps.
    pub(super) high: u32,
}

/// What joins two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    And,
    Or,
}

/// Functions in the making.
pub(super) struct Diagram<'a> {
    nodes: Vec<Node>,
    /// The nodes by what they say.
    unique: HashTable<u32>,
    /// Pairs that were joined, and what came of it; a later pair takes the place of an earlier one.
    joined: Vec<[u32; 3]>,
    limits: &'a Limits<'a>,
    /// How many pairs were taken apart, and at how many it ends.
    work: u64,
    most_work: u64,
    tasks: Vec<Task>,
    results: Vec<u32>,
}

/// What is left to do of joining two functions.
enum Task {
    Join(u32, u32),
    Make { level: u32, pair: [u32; 2] },
}

/// Set in the first of a joined pair when it was joined by OR.
const OR: u32 = 1 << 31;

impl<'a> Diagram<'a> {
    /// No function but the two constants.
    pub(super) fn new(limits: &'a Limits<'a>) -> Self {
        let end = |constant| Node { level: u32::MAX, low: constant, high: constant };
        Self {
            nodes: vec![end(FALSE), end(TRUE)],
            unique: HashTable::new(),
            joined: vec![[0; 3]; 1 << 8],
            limits,
            work: 0,
            most_work: 0,
            tasks: Vec::new(),
            results: Vec::new(),
        }
    }

    /// Gives leave for so much more work.
    pub(super) fn allow(&mut self, work: u64) {
        self.most_work = self.work.saturating_add(work);
    }

    /// How many pairs were taken apart so far.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// Whether the work it had leave for is done.
    pub(super) fn is_spent(&self) -> bool {
        self.work >= self.most_work
    }

    /// Whether at least half of the nodes allowed are free.
    pub(super) fn has_room(&self) -> bool {
        self.nodes.len() <= self.most() / 2
    }

    /// The function that holds where a coin helps and another function of later coins holds.
    ///
    /// # Errors
    /// `Nodes` when there are too many.
    pub(super) fn coin_and(&mut self, level: u32, rest: u32) -> Result<u32, Reason> {
        self.node(Node { level, low: FALSE, high: rest })
    }

    /// Joins two functions. O(|f| · |g|) at most.
    ///
    /// # Errors
    /// `Nodes` when there are too many nodes, or too much work; `Stopped` when the caller says so.
    pub(super) fn join(&mut self, how: Join, f: u32, g: u32) -> Result<u32, Reason> {
        if let Some(result) = at_once(how, f, g) {
            return Ok(result);
        }
        // What an earlier join left when it was stopped is none of this one's.
        self.tasks.clear();
        self.results.clear();
        self.tasks.push(Task::Join(f, g));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Join(f, g) => self.look_at(how, f, g)?,
                Task::Make { level, pair } => {
                    let (Some(high), Some(low)) = (self.results.pop(), self.results.pop()) else { break };
                    let result = self.node(Node { level, low, high })?;
                    let place = self.place(pair);
                    self.joined[place] = [pair[0], pair[1], result];
                    self.results.push(result);
                }
            }
        }
        Ok(self.results.pop().unwrap_or(FALSE))
    }

    /// Keeps the functions that are spoken of, and gives all of them their new numbers. O(nodes).
    pub(super) fn keep<'f>(&mut self, functions: impl Iterator<Item = &'f mut u32>) {
        let functions: Vec<&mut u32> = functions.collect();
        let mut number = vec![0u32; self.nodes.len()];
        for function in [FALSE, TRUE].iter().chain(functions.iter().map(|function| &**function)) {
            number[*function as usize] = 1;
        }
        for (at, node) in self.nodes.iter().enumerate().skip(2).rev() {
            if number[at] != 0 {
                number[node.low as usize] = 1;
                number[node.high as usize] = 1;
            }
        }
        let mut kept = 0;
        for at in 0..self.nodes.len() {
            if number[at] != 0 {
                let Node { level, low, high } = self.nodes[at];
                number[at] = kept as u32;
                self.nodes[kept] = Node { level, low: number[low as usize], high: number[high as usize] };
                kept += 1;
            }
        }
        self.nodes.truncate(kept);
        functions.into_iter().for_each(|function| *function = number[*function as usize]);
        self.joined.fill([0; 3]);
        self.unique.clear();
        for (at, node) in (0u32..).zip(&self.nodes).skip(2) {
            self.unique.insert_unique(hash(node), at, |at| hash(&self.nodes[*at as usize]));
        }
    }

    /// The nodes alone, each after those it leads to.
    pub(super) fn into_nodes(mut self) -> Vec<Node> {
        self.nodes.shrink_to_fit();
        self.nodes
    }

    /// Joins a pair at once, or leaves what it comes to as tasks.
    fn look_at(&mut self, how: Join, f: u32, g: u32) -> Result<(), Reason> {
        if let Some(result) = at_once(how, f, g) {
            self.results.push(result);
            return Ok(());
        }
        let (f, g) = (f.min(g), f.max(g));
        let pair = [if how == Join::Or { f | OR } else { f }, g];
        let [first, second, result] = self.joined[self.place(pair)];
        if [first, second] == pair {
            self.results.push(result);
            return Ok(());
        }
        self.count()?;
        let (a, b) = (self.nodes[f as usize], self.nodes[g as usize]);
        let level = a.level.min(b.level);
        let parts = |number: u32, node: Node| {
            if node.level == level { (node.low, node.high) } else { (number, number) }
        };
        let ((f_low, f_high), (g_low, g_high)) = (parts(f, a), parts(g, b));
        self.tasks.push(Task::Make { level, pair });
        self.tasks.push(Task::Join(f_high, g_high));
        self.tasks.push(Task::Join(f_low, g_low));
        Ok(())
    }

    /// Counts a pair that is taken apart.
    ///
    /// # Errors
    /// `Nodes` when the work there is leave for is done; `Stopped` when the caller says so.
    pub(super) fn count(&mut self) -> Result<(), Reason> {
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
    fn node(&mut self, node: Node) -> Result<u32, Reason> {
        if node.low == node.high {
            return Ok(node.low);
        }
        let hash_of = hash(&node);
        if let Some(at) = self.unique.find(hash_of, |at| self.nodes[*at as usize] == node) {
            return Ok(*at);
        }
        if self.nodes.len() >= self.most() {
            return Err(Reason::Nodes);
        }
        let at = self.nodes.len() as u32;
        self.nodes.push(node);
        self.unique.insert_unique(hash_of, at, |at| hash(&self.nodes[*at as usize]));
        if self.nodes.len() > self.joined.len() && self.joined.len() < 1 << 20 {
            self.joined.clear();
            self.joined.resize(self.nodes.len().next_power_of_two() * 2, [0; 3]);
        }
        Ok(at)
    }

    fn most(&self) -> usize {
        self.limits.nodes.min(OR as usize)
    }

    fn place(&self, [first, second]: [u32; 2]) -> usize {
        mixed(u64::from(first) | u64::from(second) << 32) as usize & (self.joined.len() - 1)
    }
}

/// What joining comes to where one side decides it.
fn at_once(how: Join, f: u32, g: u32) -> Option<u32> {
    let (decides, leaves) = match how {
        Join::And => (FALSE, TRUE),
        Join::Or => (TRUE, FALSE),
    };
    match (f, g) {
        _ if f == decides || g == decides => Some(decides),
        _ if f == leaves || f == g => Some(g),
        _ if g == leaves => Some(f),
        _ => None,
    }
}

fn hash(node: &Node) -> u64 {
    mixed(mixed(u64::from(node.low) | u64::from(node.high) << 32) ^ u64::from(node.level))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(diagram: &mut Diagram<'_>, level: u32) -> u32 {
        diagram.coin_and(level, TRUE).unwrap()
    }

    #[test]
    fn equal_functions_have_equal_numbers() {
        let limits = Limits::default();
        let mut diagram = Diagram::new(&limits);
        diagram.allow(1000);
        let [a, b, c] = [0, 1, 2].map(|level| coin(&mut diagram, level));
        let b_or_c = diagram.join(Join::Or, b, c).unwrap();
        let left = diagram.join(Join::And, a, b_or_c).unwrap();
        let a_b = diagram.join(Join::And, b, a).unwrap();
        let a_c = diagram.join(Join::And, c, a).unwrap();
        assert_eq!(diagram.join(Join::Or, a_c, a_b).unwrap(), left);
        assert_eq!(diagram.join(Join::Or, left, a).unwrap(), a);
    }

    #[test]
    fn what_is_kept_says_the_same_and_the_rest_is_gone() {
        let limits = Limits::default();
        let mut diagram = Diagram::new(&limits);
        diagram.allow(1000);
        let [a, b, c] = [2, 1, 0].map(|level| coin(&mut diagram, level));
        diagram.join(Join::And, a, c).unwrap();
        let mut both = diagram.join(Join::Or, a, b).unwrap();
        diagram.keep(std::iter::once(&mut both));
        assert_eq!(diagram.nodes.len(), 4);
        let (a, b) = (coin(&mut diagram, 2), coin(&mut diagram, 1));
        assert_eq!(diagram.join(Join::Or, b, a), Ok(both));
    }

    #[test]
    fn too_many_nodes_are_an_answer_and_a_deep_diagram_no_overflow() {
        for (nodes, fits) in [(250_000, true), (150_000, false)] {
            let limits = Limits { nodes, ..Limits::default() };
            let mut diagram = Diagram::new(&limits);
            diagram.allow(1 << 20);
            let mut every_other = [TRUE; 2];
            for level in (0..100_000).rev() {
                let chain = &mut every_other[level as usize % 2];
                *chain = diagram.coin_and(level, *chain).unwrap();
            }
            let all = diagram.join(Join::And, every_other[0], every_other[1]);
            assert_eq!(all.is_ok(), fits);
            assert!(fits || all == Err(Reason::Nodes));
        }
    }
}
