//! The cheapest fixes that end every way to a loss event.
//!
//! A fix ends one variable, or, as a [`Fix`], several at once: a patch that closes one flaw on many hosts, a control that
//! guards many ways. What no fix ends stays open for the attacker, so everything it leads to is made one with the source, and
//! what nothing but it separates from the event one with the event. Mostly little is left then. Two cases remain:
//!
//! - **Every fix closes one place, and no step needs two states.** The cheapest cut equals the largest flow through the places
//!   (Ford and Fulkerson 1956), with each place as wide as its cheapest fix costs: [`flow`], polynomial and exact. A place
//!   is a gate all of whose steps come from one state or lead to one. A gate that needs several variables closes when any of them
//!   ends.
//! - **All else**: a fix closes several places, or steps need two states. Then the question is NP-hard (it holds set cover: an
//!   element a way, a set a fix), and is answered by *implicit hitting sets* (Karp 2010; Moreno-Centeno and Karp, *The implicit
//!   hitting set approach to solve combinatorial optimization problems*, 2013). A proof of the event that no chosen fix closes is
//!   a set of fixes of which one must be chosen. The cheapest choice that hits the sets found so far ([`hitting`]) costs
//!   no more than the cheapest cut; when it leaves no proof, it is one. A limit that ends the search leaves the cheapest cut
//!   found and the bound.
//!
//! A remedy that costs no less than the single fixes of all it closes is never needed, and is left out first: that alone makes
//! the first case of many.
//!
//! Costs are compared as whole multiples of 2⁻⁶⁰ of what all fixes cost together, rounded down.

use super::cone::{Cone, Needs};
use super::dinic::{Flow, Network, UNLIMITED};
use super::hitting_set::Sets;
use crate::{
    attack::{
        graph::{Key, Snapshot, State, VariableId, condensed::OPEN, index::NONE},
        limits::{Limits, Reason, Truncated},
    },
    error::{Error, ErrorKind, Result},
};
use smallvec::SmallVec;

/// Something that can be done about several variables at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fix {
    /// What it costs, in whatever all costs are in.
    pub cost: f64,
    /// What it ends. A key that no variable has is passed over.
    pub ends: Vec<Key>,
}

/// One of the things to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CutMember {
    /// End this variable alone.
    Variable(VariableId),
    /// Do what the remedy of this number does.
    Fix(usize),
}

/// Whether an event can be ended.
#[derive(Debug, Clone, PartialEq)]
pub enum MinCut {
    /// It can, by this.
    Cut(Cut),
    /// It cannot: an attacker comes from state to state, the event's own the last, by steps that no fix ends.
    Stands(Vec<State>),
}

/// Fixes that end every way to an event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cut {
    /// What to do, variables first. Each is needed: without it the event could fall.
    pub fixes: Vec<CutMember>,
    /// What that costs.
    pub cost: f64,
    /// No cut costs less: the same as the cost, unless a limit ended the search.
    pub at_least: f64,
    /// Why the cut may not be the cheapest.
    pub truncated: Option<Truncated>,
}

/// The cheapest fixes after which a loss event cannot fall.
///
/// `cost` says what it costs to end a variable alone; none when that cannot be done. What has a chance of 0 need not be ended,
/// and an event that cannot fall needs no fix. Where several cuts cost the same, the answer is one of them, the same at each
/// call; where every fix closes one place, it is the one nearest the entry.
///
/// Exact. Polynomial (a largest flow) where every fix closes one place and no step needs two states; exponential at worst
/// otherwise, and then ended by `limits`: so many trials of `nodes` as said, or a caller who says not to go on.
///
/// # Errors
/// `not_found` for an event that is not there, `invalid_input` for a cost that is not a finite number of at least 0.
///
/// ```
/// use ctem_core::attack::{CutMember, MinCut, Graph, Key, Limits, Fix, cheapest_cut};
/// use ctem_core::Probability;
///
/// // Two hosts with one flaw lead to the orders; patching either costs 3, and rolling the patch out to both 4.
/// let mut graph = Graph::new();
/// let orders = graph.state();
/// let keys = [Key::of("finding", "log4j on a"), Key::of("finding", "log4j on b")];
/// for key in keys {
///     let (host, flaw) = (graph.state(), graph.variable(key, Probability::new(0.5)?));
///     graph.step(&[], Some(flaw), host)?;
///     graph.step(&[host], None, orders)?;
/// }
/// let leak = graph.event(orders, 1e6)?;
/// let snapshot = graph.compile()?;
/// let rollout = Fix { cost: 4.0, ends: keys.to_vec() };
/// let ending = cheapest_cut(&snapshot, leak, |_| Some(3.0), &[rollout], &Limits::default())?;
/// let MinCut::Cut(cut) = ending else { unreachable!() };
/// assert_eq!((cut.fixes, cut.cost), (vec![CutMember::Fix(0)], 4.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn cheapest_cut(
    snapshot: &Snapshot,
    event: usize,
    cost: impl Fn(VariableId) -> Option<f64>,
    remedies: &[Fix],
    limits: &Limits<'_>,
) -> Result<MinCut> {
    if event >= snapshot.event_count() {
        let message = format!("there is no loss event {event}: the graph has {}", snapshot.event_count());
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    for remedy in remedies {
        checked(remedy.cost)?;
    }
    let Some(cone) = Cone::of(&snapshot.condensed, event) else { return Ok(MinCut::Cut(Cut::nothing())) };
    let fixes = Fixes::of(snapshot, &cone, cost, remedies)?;
    let is_open = |gate: u32| fixes.by_gate[gate as usize].is_empty();
    if let Some(proof) = cone.proof(|gate| !is_open(gate), |_| true) {
        let states = snapshot.condensed.first_states();
        let mut stands: Vec<State> = Vec::new();
        for step in &proof {
            let node = cone.nodes[cone.steps[*step as usize].to as usize];
            stands.push(State(states[node as usize]));
        }
        // What surely falls needs no step, and is named all the same; so is an event that falls together with others.
        let last = State(snapshot.layout.events[event]);
        stands.pop();
        stands.push(last);
        return Ok(MinCut::Stands(stands));
    }
    let fallen = cone.fallen(|gate| if is_open(gate) { 1 } else { 0 }, |_| 1);
    // Some way is left, or the event could not fall at all.
    let Some(mut place) = Place::of(cone.merged(&fallen, is_open), fixes) else {
        return Ok(MinCut::Cut(Cut::nothing()));
    };
    place.leave_out_dear_remedies();
    let found = match place.network() {
        Some(network) => place.by_flow(&network, limits),
        None => place.by_hitting(limits),
    };
    Ok(MinCut::Cut(place.cut(found)))
}

fn checked(cost: f64) -> Result<f64> {
    if (0.0..=f64::MAX).contains(&cost) {
        Ok(cost + 0.0)
    } else {
        Err(Error::invalid(format!("`{cost}` is not a cost: it must be a finite number of at least 0")))
    }
}

impl Cut {
    fn nothing() -> Self {
        Self { fixes: Vec::new(), cost: 0.0, at_least: 0.0, truncated: None }
    }
}

/// What can be done in a cone.
#[derive(Debug, Default)]
struct Fixes {
    /// By fix: what it is, variables first, and what it costs.
    all: Vec<(CutMember, f64)>,
    /// By gate: the fixes that close it, in order.
    by_gate: Vec<SmallVec<[u32; 2]>>,
}

impl Fixes {
    fn of(
        snapshot: &Snapshot,
        cone: &Cone,
        cost: impl Fn(VariableId) -> Option<f64>,
        remedies: &[Fix],
    ) -> Result<Self> {
        let condensed = &snapshot.condensed;
        let mut fixes = Self::default();
        let coins = |gate: u32| condensed.coins(gate).into_iter().filter(|coin| *coin != NONE);
        let mut in_cone = vec![false; condensed.coin_count()];
        cone.gates.iter().flat_map(|gate| coins(*gate)).for_each(|coin| in_cone[coin as usize] = true);
        let mut single = vec![NONE; condensed.coin_count()];
        for coin in 0..snapshot.variables().len() as u32 {
            if in_cone[coin as usize]
                && let Some(cost) = cost(VariableId(coin))
            {
                single[coin as usize] = fixes.all.len() as u32;
                fixes.all.push((CutMember::Variable(VariableId(coin)), checked(cost)?));
            }
        }
        let mut ended: Vec<(u32, u32)> = Vec::new();
        for (number, remedy) in remedies.iter().enumerate() {
            let fix = fixes.all.len() as u32;
            let coins = remedy.ends.iter().filter_map(|key| condensed.coin(*key));
            ended.extend(coins.filter(|coin| in_cone[*coin as usize]).map(|coin| (coin, fix)));
            fixes.all.push((CutMember::Fix(number), checked(remedy.cost)?));
        }
        ended.sort_unstable();
        for gate in &cone.gates {
            let mut close: SmallVec<[u32; 2]> = SmallVec::new();
            for coin in coins(*gate) {
                close.extend(Some(single[coin as usize]).filter(|fix| *fix != NONE));
                let from = ended.partition_point(|(ended, _)| *ended < coin);
                let of = ended[from..].iter().take_while(|(ended, _)| *ended == coin);
                close.extend(of.map(|(_, fix)| *fix));
            }
            close.sort_unstable();
            close.dedup();
            fixes.by_gate.push(close);
        }
        Ok(fixes)
    }
}

/// What is left to decide: the steps between what cannot be helped and the event.
#[derive(Debug)]
struct Place {
    cone: Cone,
    /// By fix: what it is, what it costs, and that in whole numbers.
    all: Vec<(CutMember, f64)>,
    costs: Vec<u64>,
    /// Costs are these whole numbers times two to the power of this.
    exponent: i32,
    /// By gate of the cone: the fixes that close it.
    by_gate: Vec<SmallVec<[u32; 2]>>,
    /// By fix: how many gates it closes.
    closes: Vec<u32>,
}

/// Fixes that end the event, and what the cheapest such cost at least.
struct Found {
    chosen: Vec<u32>,
    at_least: u64,
    truncated: Option<Truncated>,
}

impl Place {
    fn of(cone: Option<(Cone, Vec<u32>)>, fixes: Fixes) -> Option<Self> {
        let (cone, gates) = cone?;
        let by_gate: Vec<_> = gates.iter().map(|gate| fixes.by_gate[*gate as usize].clone()).collect();
        let mut place =
            Self { cone, all: fixes.all, costs: Vec::new(), exponent: 0, by_gate, closes: Vec::new() };
        place.count();
        let used = || place.all.iter().zip(&place.closes).filter(|(_, closes)| **closes > 0);
        let most = used().map(|((_, cost), _)| *cost).fold(0.0, f64::max);
        // The sum of all is below two to the power of 60.
        let bits = usize::BITS - used().count().leading_zeros();
        let above = if most > 0.0 { libm::ilogb(most) + 1 + bits as i32 } else { 0 };
        place.exponent = (above - 60).max(-1000);
        let whole = |(_, cost): &(CutMember, f64)| libm::scalbn(*cost, -place.exponent) as u64;
        place.costs = place.all.iter().map(whole).collect();
        Some(place)
    }

    /// Counts how many gates each fix closes.
    fn count(&mut self) {
        self.closes = vec![0; self.all.len()];
        self.by_gate.iter().flatten().for_each(|fix| self.closes[*fix as usize] += 1);
    }

    /// The cheapest fix of a gate that closes it alone.
    fn own(&self, gate: usize) -> Option<u32> {
        let own = self.by_gate[gate].iter().filter(|fix| self.closes[**fix as usize] == 1);
        own.min_by_key(|fix| (self.costs[**fix as usize], **fix)).copied()
    }

    /// Leaves out fixes that cost no less than to close each of their gates alone, and those that close none.
    fn leave_out_dear_remedies(&mut self) {
        let mut apart = vec![0u64; self.all.len()];
        for (gate, fixes) in self.by_gate.iter().enumerate() {
            let own = self.own(gate).map_or(UNLIMITED, |fix| self.costs[fix as usize]);
            for fix in fixes {
                apart[*fix as usize] = apart[*fix as usize].saturating_add(own);
            }
        }
        let needless =
            |fix: u32| self.closes[fix as usize] > 1 && apart[fix as usize] <= self.costs[fix as usize];
        let needless: Vec<bool> = (0..self.all.len() as u32).map(needless).collect();
        self.by_gate.iter_mut().for_each(|fixes| fixes.retain(|fix| !needless[*fix as usize]));
        self.count();
        let mut number = vec![NONE; self.all.len()];
        let mut kept = 0;
        for (fix, number) in number.iter_mut().enumerate() {
            if self.closes[fix] > 0 {
                *number = kept;
                let at = kept as usize;
                (self.all[at], self.costs[at]) = (self.all[fix], self.costs[fix]);
                kept += 1;
            }
        }
        self.all.truncate(kept as usize);
        self.costs.truncate(kept as usize);
        self.by_gate.iter_mut().flatten().for_each(|fix| *fix = number[*fix as usize]);
        self.count();
    }

    /// The network whose smallest cut is the answer; none when there is no such.
    fn network(&self) -> Option<Network> {
        let shared = self.closes.iter().any(|closes| *closes > 1);
        if shared || self.cone.steps.iter().any(Needs::is_join) {
            return None;
        }
        // By gate: its first step, and what all its steps have in common.
        let mut ends: Vec<Option<(u32, u32)>> = vec![None; self.by_gate.len()];
        let mut several = vec![false; self.by_gate.len()];
        let mut apart = vec![[false; 2]; self.by_gate.len()];
        for step in &self.cone.steps {
            let gate = step.gate as usize;
            match ends[gate] {
                None => ends[gate] = Some((step.premises[0], step.to)),
                Some((from, to)) => {
                    several[gate] = true;
                    apart[gate][0] |= from != step.premises[0];
                    apart[gate][1] |= to != step.to;
                }
            }
        }
        if apart.iter().skip(1).any(|apart| *apart == [true; 2]) {
            return None;
        }
        let mut network = Network { nodes: self.cone.nodes.len() as u32, edges: Vec::new() };
        // By gate: the node in the middle of its steps.
        let mut middles = vec![NONE; self.by_gate.len()];
        for step in &self.cone.steps {
            let (from, to, gate) = (step.premises[0], step.to, step.gate as usize);
            if step.gate == OPEN {
                network.edges.push((from, to, UNLIMITED));
                continue;
            }
            let width = self.own(gate).map_or(UNLIMITED, |fix| self.costs[fix as usize]);
            if !several[gate] {
                network.edges.push((from, to, width));
                continue;
            }
            let one_target = !apart[gate][1];
            let middle = &mut middles[gate];
            if *middle == NONE {
                *middle = network.nodes;
                network.nodes += 1;
                network.edges.push(if one_target { (*middle, to, width) } else { (from, *middle, width) });
            }
            network.edges.push(match one_target {
                true => (from, *middle, UNLIMITED),
                false => (*middle, to, UNLIMITED),
            });
        }
        Some(network)
    }

    fn by_flow(&self, network: &Network, limits: &Limits<'_>) -> Found {
        let of = u64::from(network.nodes);
        let Flow { amount: at_least, reached, ended } =
            network.cut(self.cone.goal, |round| limits.progress.goes_on(round, of));
        let mut cut = vec![false; self.all.len()];
        for step in &self.cone.steps {
            // A gate's steps need its one source or lead to its one target, so those that cross say which gates are cut, and
            // a gate that is not full lets its target be reached.
            if step.gate != OPEN
                && reached[step.premises[0] as usize]
                && !reached[step.to as usize]
                && let Some(fix) = self.own(step.gate as usize)
            {
                cut[fix as usize] = true;
            }
        }
        let chosen: Vec<u32> = (0..self.all.len() as u32).filter(|fix| cut[*fix as usize]).collect();
        if ended {
            return Found { chosen, at_least, truncated: Some(Truncated { reason: Reason::Stopped }) };
        }
        // In a cheapest cut all that costs something is needed.
        let dear = chosen.iter().filter(|fix| self.costs[**fix as usize] > 0).count();
        Found { chosen: self.needed(chosen, dear), at_least, truncated: None }
    }

    fn by_hitting(&self, limits: &Limits<'_>) -> Found {
        let mut sets = Sets { costs: self.costs.clone(), sets: Vec::new() };
        let mut best: Option<Vec<u32>> = None;
        let (mut most, mut at_least) = (UNLIMITED, 0);
        let mut meter = Meter { limits, done: 0, ended: None };
        let mut chosen: Vec<u32> = Vec::new();
        loop {
            // From the choice on, the cheapest of each proof that it leaves, until none is left.
            let mut grown = chosen.clone();
            while let Some(set) = self.left(&grown) {
                let cheapest = set.iter().min_by_key(|fix| {
                    (self.costs[**fix as usize] / u64::from(self.closes[**fix as usize].max(1)), **fix)
                });
                grown.extend(cheapest);
                sets.sets.push(set);
                meter.go_on();
            }
            let grown = self.needed(grown, 0);
            let cost = self.cost(&grown);
            if best.is_none() || cost < most {
                (best, most) = (Some(grown), cost);
            }
            if at_least >= most {
                break;
            }
            let hit = sets.cheapest(most, || meter.go_on());
            at_least = at_least.max(hit.at_least);
            match hit.chosen {
                // What hits all the sets, as cheaply as can be: the cut, if it leaves no proof.
                Some(choice) if !hit.ended => chosen = choice,
                _ => break,
            }
        }
        let truncated = meter.ended.filter(|_| at_least < most).map(|reason| Truncated { reason });
        Found { chosen: best.unwrap_or_default(), at_least: at_least.min(most), truncated }
    }

    /// By gate: whether fixes close it.
    fn closed(&self, fixes: &[u32]) -> Vec<bool> {
        let mut chosen = vec![false; self.all.len()];
        fixes.iter().for_each(|fix| chosen[*fix as usize] = true);
        self.by_gate.iter().map(|close| close.iter().any(|fix| chosen[*fix as usize])).collect()
    }

    /// The fixes of which one must be chosen besides others: those of a proof that the others leave.
    fn left(&self, fixes: &[u32]) -> Option<Vec<u32>> {
        let closed = self.closed(fixes);
        let proof = self.cone.proof(|gate| closed[gate as usize], |gate| gate != OPEN)?;
        let gates = proof.iter().map(|step| self.cone.steps[*step as usize].gate);
        let mut set: Vec<u32> = gates.flat_map(|gate| &self.by_gate[gate as usize]).copied().collect();
        set.sort_unstable();
        set.dedup();
        Some(set)
    }

    /// Fixes that end the event, without those that can be left out, the dearest first; in order. So many of the dearest are known
    /// to be needed.
    fn needed(&self, mut fixes: Vec<u32>, known: usize) -> Vec<u32> {
        fixes.sort_by_key(|fix| (std::cmp::Reverse(self.costs[*fix as usize]), std::cmp::Reverse(*fix)));
        let mut at = known;
        while at < fixes.len() {
            // Sixty-four are looked at together; the first that can be left out is, and the rest again.
            let batch = &fixes[at..fixes.len().min(at + 64)];
            let mut by_fix = vec![u64::MAX; self.all.len()];
            fixes.iter().for_each(|fix| by_fix[*fix as usize] = 0);
            batch.iter().zip(0..).for_each(|(fix, bit)| by_fix[*fix as usize] = 1u64 << bit);
            let gate = |gate: &SmallVec<[u32; 2]>| {
                gate.iter().fold(u64::MAX, |open, fix| open & by_fix[*fix as usize])
            };
            let masks: Vec<u64> = self.by_gate.iter().map(gate).collect();
            let falls = self.cone.fallen(|gate| masks[gate as usize], |_| u64::MAX);
            let falls = falls[self.cone.goal as usize];
            let kept = (falls.trailing_ones() as usize).min(batch.len());
            at += kept;
            if kept < batch.len() {
                fixes.remove(at);
            }
        }
        fixes.sort_unstable();
        fixes
    }

    fn cost(&self, fixes: &[u32]) -> u64 {
        fixes.iter().map(|fix| self.costs[*fix as usize]).sum()
    }

    fn cut(&self, found: Found) -> Cut {
        let cost = found.chosen.iter().map(|fix| self.all[*fix as usize].1).fold(0.0, |sum, cost| sum + cost);
        let at_least = match found.truncated {
            None => cost,
            Some(_) => {
                let whole = found.at_least as f64;
                let whole = if whole as u64 > found.at_least { whole.next_down() } else { whole };
                libm::scalbn(whole, self.exponent).min(cost)
            }
        };
        let fixes = found.chosen.iter().map(|fix| self.all[*fix as usize].0).collect();
        Cut { fixes, cost, at_least, truncated: found.truncated }
    }
}

/// How much of what a caller allows is used up.
struct Meter<'a> {
    limits: &'a Limits<'a>,
    done: u64,
    ended: Option<Reason>,
}

impl Meter<'_> {
    fn go_on(&mut self) -> bool {
        self.done += 1;
        if self.ended.is_none() {
            let of = self.limits.nodes as u64;
            if self.done > of {
                self.ended = Some(Reason::Nodes);
            } else if self.done.is_multiple_of(64) && !self.limits.progress.goes_on(self.done, of) {
                self.ended = Some(Reason::Stopped);
            }
        }
        self.ended.is_none()
    }
}
