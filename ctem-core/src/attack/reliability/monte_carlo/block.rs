//! The least fixpoint in many worlds at once: one bit a world.

use crate::attack::graph::{
    condensed::{Arc, Coin, Condensed, Condition, Node, Through},
    draw,
    index::{Id, IndexVec},
    view::View,
};
use std::{collections::HashMap, marker::PhantomData};

/// Bits of 64 · K worlds.
pub(crate) type Lanes<const K: usize> = [u64; K];

/// Which nodes fall in 64 · K worlds.
///
/// Nodes are swept in their order, in which most arcs lead forwards, and each that has newly fallen in some worlds sends on where;
/// what an arc brings to a later node is taken along in the same sweep. An arc reads one place that is not near: where it
/// leads, a cache line of 512 bits. Conditions are drawn when an arc first asks for them and kept for the block.
pub(crate) struct Block<'a, const K: usize> {
    view: View<'a>,
    /// By node: where it has fallen. What of it has been sent on is not kept: it is where it was sent to already, and looking there
    /// costs less than a second row would.
    fallen: LaneRows<Node, K>,
    /// Nodes that have something to send on, as bits.
    waiting: Vec<u64>,
    /// Nodes that have had.
    touched: Vec<u64>,
    /// The lowest word of those that wait to look at in the next sweep.
    again: usize,
    conditions: Conditions<'a, K>,
    /// Nodes from this one on are of no interest.
    end: Node,
}

/// Where conditions hold, each drawn when it is first asked for.
struct Conditions<'a, const K: usize> {
    view: View<'a>,
    seed: u64,
    lanes: Kind,
    open: LaneRows<Condition, K>,
    /// By condition: the block it was last drawn for.
    drawn: IndexVec<Condition, u32>,
    block: u32,
}

/// What the lanes are.
enum Kind {
    /// Worlds, from this block of 64 on.
    Worlds(u64),
    /// All the one world of a block and a bit, each lane without the help of one coin.
    Without { block: u64, bit: u32, lane_of: HashMap<Coin, usize> },
}

impl<'a, const K: usize> Block<'a, K> {
    /// Room for blocks of a snapshot's relevant nodes, or of all nodes. Memory: 64 K bits a node and 64 K a condition.
    pub(crate) fn new(view: View<'a>, seed: u64, all: bool) -> Self {
        let (end, conditions) = (view.end(all), view.condition_count());
        let words = end.index().div_ceil(64);
        Self {
            view,
            fallen: LaneRows::new(end.index()),
            waiting: vec![0; words],
            touched: vec![0; words],
            again: usize::MAX,
            conditions: Conditions {
                view,
                seed,
                lanes: Kind::Worlds(0),
                open: LaneRows::new(conditions),
                drawn: IndexVec::filled(0, conditions),
                block: 0,
            },
            end,
        }
    }

    /// Computes the worlds of K blocks of 64, from the block of a number on; of those, the worlds in `lanes`. Where that is long, it
    /// asks on the way whether to go on; whether it did.
    pub(crate) fn run(&mut self, first: u64, lanes: Lanes<K>, goes_on: impl FnMut() -> bool) -> bool {
        self.conditions.begin(Kind::Worlds(first));
        self.fall(lanes, goes_on)
    }

    /// Computes one world, a lane for each coin: what falls without its help. Asks as [`Block::run`] does.
    pub(crate) fn run_without(&mut self, world: u64, coins: &[Coin], goes_on: impl FnMut() -> bool) -> bool {
        let lane_of = coins.iter().enumerate().map(|(lane, coin)| (*coin, lane)).collect();
        self.conditions.begin(Kind::Without { block: world / 64, bit: (world % 64) as u32, lane_of });
        let lanes = std::array::from_fn(|word| match coins.len().saturating_sub(word * 64) {
            left @ 0..64 => (1 << left) - 1,
            _ => u64::MAX,
        });
        self.fall(lanes, goes_on)
    }

    /// Where a node has fallen.
    pub(crate) fn fallen(&self, node: Node) -> Lanes<K> {
        // Nodes of no interest have no row.
        self.fallen.rows().get(node.index()).copied().unwrap_or([0; K])
    }

    /// Where a condition holds.
    pub(crate) fn condition(&mut self, condition: Condition) -> Lanes<K> {
        if condition == Condition::OPEN { [u64::MAX; K] } else { self.conditions.open(condition) }
    }

    /// About how many nodes fall in the worlds of a block, counted up to some ten thousand.
    pub(crate) fn density(&mut self, first: u64) -> usize {
        self.conditions.begin(Kind::Worlds(first));
        self.clear();
        self.start([u64::MAX; K]);
        let mut left = 1u32 << 16;
        let mut goes_on = || {
            left -= 1;
            left > 0
        };
        while self.again != usize::MAX && self.sweep(&mut goes_on) {}
        self.touched.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Where an attack begins: where any first uncertain step succeeds, or all that falls is sure.
    pub(crate) fn begun(&mut self) -> Lanes<K> {
        let conditions = self.view.first_conditions();
        if conditions.is_empty() {
            return [u64::MAX; K];
        }
        conditions.iter().fold([0; K], |begun, condition| or(&begun, &self.condition(*condition)))
    }

    /// One above the last node that is looked at.
    pub(crate) fn end(&self) -> Node {
        self.end
    }

    fn fall(&mut self, lanes: Lanes<K>, mut goes_on: impl FnMut() -> bool) -> bool {
        self.clear();
        self.start(lanes);
        let mut left = PATIENCE;
        // It is asked within a sweep, which then goes on where it was: begun anew it would send the same on again and again.
        let mut patient = || {
            left -= 1;
            if left > 0 {
                return true;
            }
            left = PATIENCE;
            goes_on()
        };
        while self.again != usize::MAX {
            if !self.sweep(&mut patient) {
                return false;
            }
        }
        true
    }

    fn start(&mut self, lanes: Lanes<K>) {
        self.let_fall(Node::SOURCE, &lanes);
        for node in self.view.given() {
            self.let_fall(*node, &lanes);
        }
    }

    /// Cleans what the last worlds have touched: where that is little, that alone.
    fn clear(&mut self) {
        // Where a sweep was left off, what had come to some nodes still waits there.
        for (touched, waiting) in self.touched.iter_mut().zip(&mut self.waiting) {
            *touched |= std::mem::take(waiting);
        }
        self.again = usize::MAX;
        let touched: usize = self.touched.iter().map(|word| word.count_ones() as usize).sum();
        if touched > self.end.index() / 16 {
            self.fallen.clear();
            self.touched.fill(0);
            return;
        }
        let fallen = self.fallen.rows_mut();
        for (word, bits) in self.touched.iter_mut().enumerate() {
            while *bits != 0 {
                let node = word * 64 + bits.trailing_zeros() as usize;
                *bits &= *bits - 1;
                fallen[node] = [0; K];
            }
        }
    }

    /// Lets a node fall in some lanes, and wait to send that on.
    fn let_fall(&mut self, node: Node, lanes: &Lanes<K>) {
        if node < self.end {
            let at = node.index();
            let fallen = self.fallen.row_mut(node);
            *fallen = or(fallen, lanes);
            self.waiting[at / 64] |= 1 << (at % 64);
            self.again = self.again.min(at / 64);
        }
    }

    /// Sends on from all nodes that have something to, in their order, as long as it is told to go on; whether it was.
    fn sweep(&mut self, goes_on: &mut impl FnMut() -> bool) -> bool {
        let start = std::mem::replace(&mut self.again, usize::MAX);
        for word in start..self.waiting.len() {
            // Nodes of this word may get more while it is looked at.
            while self.waiting[word] != 0 {
                if !goes_on() {
                    self.again = self.again.min(word);
                    return false;
                }
                let bit = self.waiting[word].trailing_zeros();
                self.waiting[word] &= self.waiting[word] - 1;
                self.touched[word] |= 1 << bit;
                self.look_ahead(word);
                self.send_on(Node((word * 64) as u32 + bit));
            }
        }
        true
    }

    /// Asks for the memory that the node after this one will write to, so that it comes meanwhile: what is read there decides
    /// branches, and a wrong guess would make every wait stand alone.
    fn look_ahead(&self, word: usize) {
        const WORDS: usize = 4;
        const ARCS: usize = 12;
        let waiting = self.waiting[word..].iter().take(WORDS).enumerate().find(|(_, bits)| **bits != 0);
        if let Some((at, bits)) = waiting {
            let node = Node(((word + at) * 64) as u32 + bits.trailing_zeros());
            let fallen = self.fallen.rows();
            let arcs =
                self.view.condensed().arcs_of_any(node).iter().take(ARCS).take_while(|arc| arc.to < self.end);
            std::hint::black_box(arcs.fold(0, |sum, arc| sum ^ fallen[arc.to.index()][0]));
        }
    }

    /// Sends on where a node has fallen.
    fn send_on(&mut self, node: Node) {
        let fallen = *self.fallen.row(node);
        let condensed: &'a Condensed = self.view.condensed();
        let arcs: &'a [Arc] = condensed.arcs_of_any(node);
        for arc in arcs {
            if arc.to >= self.end {
                break;
            }
            self.send_along(node, &fallen, *arc);
        }
        let added: &'a [Arc] = self.view.added(node);
        for arc in added {
            self.send_along(node, &fallen, *arc);
        }
    }

    fn send_along(&mut self, from: Node, sent: &Lanes<K>, arc: Arc) {
        let fallen = self.fallen.row(arc.to);
        let mut lanes: Lanes<K> = std::array::from_fn(|word| sent[word] & !fallen[word]);
        if !any(&lanes) {
            return;
        }
        let condition = match arc.via.through() {
            Through::Condition(condition) => condition,
            Through::AndNode(id) => {
                let and_node = self.view.and_node(id);
                lanes = and(&lanes, &self.fallen(and_node.other(from)));
                and_node.condition
            }
        };
        if condition != Condition::OPEN && any(&lanes) {
            lanes = and(&lanes, &self.conditions.open(condition));
        }
        if any(&lanes) {
            let at = arc.to.index();
            let fallen = self.fallen.row_mut(arc.to);
            *fallen = or(fallen, &lanes);
            self.waiting[at / 64] |= 1 << (at % 64);
            if arc.to <= from {
                self.again = self.again.min(at / 64);
            }
        }
    }
}

/// So many nodes send on between two questions whether to go on: some milliseconds.
const PATIENCE: u64 = 1 << 13;

impl<const K: usize> Conditions<'_, K> {
    /// Goes on to other lanes.
    fn begin(&mut self, lanes: Kind) {
        self.lanes = lanes;
        if self.block == u32::MAX {
            self.drawn.as_mut_vec().fill(0);
            self.block = 0;
        }
        self.block += 1;
    }

    fn open(&mut self, condition: Condition) -> Lanes<K> {
        if self.drawn[condition] != self.block {
            self.drawn[condition] = self.block;
            let mut open = [u64::MAX; K];
            for coin in self.view.coins(condition) {
                let (seeded, threshold) = self.view.coin(coin, self.seed);
                match &self.lanes {
                    Kind::Worlds(first) => {
                        for (block, word) in (*first..).zip(&mut open).filter(|(_, word)| **word != 0) {
                            let threshold = self.view.redrawn(coin, self.seed, block).unwrap_or(threshold);
                            *word &= draw::worlds(seeded, block, threshold);
                        }
                    }
                    Kind::Without { block, bit, lane_of } => {
                        if draw::worlds(seeded, *block, threshold) >> bit & 1 == 0 {
                            open = [0; K];
                        } else if let Some(lane) = lane_of.get(&coin) {
                            open[lane / 64] &= !(1 << (lane % 64));
                        }
                    }
                }
            }
            *self.open.row_mut(condition) = open;
        }
        *self.open.row(condition)
    }
}

/// Lanes by number, each row of K words in as few cache lines as can be.
struct LaneRows<I, const K: usize> {
    words: Vec<u64>,
    /// Words before the first cache line begins.
    skip: usize,
    of: PhantomData<fn() -> I>,
}

impl<I: Id, const K: usize> LaneRows<I, K> {
    fn new(rows: usize) -> Self {
        const LINE: usize = 64;
        let words = vec![0u64; rows * K + LINE / 8];
        let skip = words.as_ptr().align_offset(LINE).min(LINE / 8);
        Self { words, skip, of: PhantomData }
    }

    fn row(&self, id: I) -> &Lanes<K> {
        &self.rows()[id.index()]
    }

    fn row_mut(&mut self, id: I) -> &mut Lanes<K> {
        &mut self.rows_mut()[id.index()]
    }

    fn rows(&self) -> &[Lanes<K>] {
        self.words[self.skip..].as_chunks().0
    }

    fn rows_mut(&mut self) -> &mut [Lanes<K>] {
        self.words[self.skip..].as_chunks_mut().0
    }

    fn clear(&mut self) {
        self.words.fill(0);
    }
}

fn and<const K: usize>(a: &Lanes<K>, b: &Lanes<K>) -> Lanes<K> {
    std::array::from_fn(|word| a[word] & b[word])
}

fn or<const K: usize>(a: &Lanes<K>, b: &Lanes<K>) -> Lanes<K> {
    std::array::from_fn(|word| a[word] | b[word])
}

fn any<const K: usize>(lanes: &Lanes<K>) -> bool {
    lanes.iter().fold(0, |all, word| all | word) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attack::{Graph, Key},
        quantity::Probability,
    };

    #[test]
    fn a_look_that_is_left_off_leaves_nothing_behind() {
        let mut graph = Graph::new();
        for key in 0..100 {
            let (state, next) = (graph.state(), graph.state());
            let guard = graph.variable(Key::new(key), Probability::clamped(0.5));
            graph.step(&[], Some(guard), state).unwrap();
            graph.step(&[state], Some(guard), next).unwrap();
            graph.event(next, 1.0).unwrap();
        }
        let snapshot = graph.compile().unwrap();
        let view = View::of(&snapshot.condensed);
        let [mut looked, mut fresh] = [(); 2].map(|()| Block::<'_, 1>::new(view, 7, false));
        // The source has sent on, and nothing else.
        looked.conditions.begin(Kind::Worlds(3));
        looked.start([u64::MAX]);
        let mut first = true;
        assert!(!looked.sweep(&mut || std::mem::take(&mut first)));
        for block in [&mut looked, &mut fresh] {
            assert!(block.run(5, [u64::MAX], || true));
        }
        assert!(fresh.end().below().all(|node| looked.fallen(node) == fresh.fallen(node)));
    }

    #[test]
    fn a_sweep_that_is_asked_goes_on_where_it_was() {
        // Roads on are likely, and some lead back, so that what is swept again depends on where a sweep begins anew.
        const LONG: usize = 3 * PATIENCE as usize;
        let mut graph = Graph::new();
        let states: Vec<_> = (0..LONG).map(|_| graph.state()).collect();
        let mut roads = 0;
        let mut road = |from: Option<usize>, to: usize| {
            roads += 1;
            let guard = graph.variable(Key::new(roads), Probability::clamped(0.8));
            let premises: Vec<_> = from.into_iter().map(|from| states[from]).collect();
            graph.step(&premises, Some(guard), states[to]).unwrap();
        };
        road(None, 0);
        for at in 1..LONG {
            for back in 1..=at.min(3) {
                road(Some(at - back), at);
            }
            road(Some(at), at * 7919 % LONG);
        }
        graph.event(states[LONG - 1], 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        let view = View::of(&snapshot.condensed);
        let [mut unasked, mut asked] = [(); 2].map(|()| Block::<'_, 1>::new(view, 7, true));
        let (mut sent, mut asks) = (0, 0);
        unasked.conditions.begin(Kind::Worlds(0));
        unasked.start([u64::MAX]);
        while unasked.again != usize::MAX {
            assert!(unasked.sweep(&mut || {
                sent += 1;
                true
            }));
        }
        assert!(asked.run(0, [u64::MAX], || {
            asks += 1;
            true
        }));
        assert!(sent > 2 * PATIENCE, "{sent}");
        assert_eq!(asks, sent / PATIENCE);
        assert!(asked.end().below().all(|node| asked.fallen(node) == unasked.fallen(node)));
    }
}
