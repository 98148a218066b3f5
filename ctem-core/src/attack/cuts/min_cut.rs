//! The cheapest fixes that end every way to a loss event.
//!
//! A fix ends one variable, or, as a [`Fix`], several at once: a patch that closes one flaw on many hosts, a control that
//! guards many ways. What no fix ends stays open for the attacker, so everything it leads to is made one with the source, and
//! what nothing but it separates from the event one with the event. Mostly little is left then. Two cases remain:
//!
//! - **Every fix closes one place, and no step needs two states.** The cheapest cut equals the largest flow through the places
//!   (Ford and Fulkerson 1956), with each place as wide as its cheapest fix costs: [`dinic`](super::dinic), polynomial and exact.
//!   A place is a condition all of whose steps come from one state or lead to one. A condition that needs several variables
//!   closes when any of them ends.
//! - **All else**: a fix closes several places, or steps need two states. Then the question is NP-hard (it holds set cover: an
//!   element a way, a set a fix), and is answered by *implicit hitting sets* (Karp 2010; Moreno-Centeno and Karp, *The implicit
//!   hitting set approach to solve combinatorial optimization problems*, 2013). A proof of the event that no chosen fix closes is
//!   a set of fixes of which one must be chosen. The cheapest choice that hits the sets found so far
//!   ([`hitting_set`](super::hitting_set)) costs no more than the cheapest cut; when it leaves no proof, it is one. Where a few hundred
//!   trials do not say, as where a loss takes half of many hosts, the cheapest cut is read off the event's decision
//!   [`diagram`](super::diagram), if that fits. A limit that ends the search leaves the cheapest cut found and the bound.
//!
//! A joint fix that costs no less than the single fixes of all it closes is never needed, and is left out first: that alone makes
//! the first case of many.
//!
//! Costs are compared as whole multiples of 2⁻⁶⁰ of what all fixes cost together, rounded down.

use super::cone::{Cone, ConeCondition, ConeNode, Needs};
use super::diagram;
use super::dinic::{Flow, Network, UNLIMITED};
use super::hitting_set::{Member, Sets};
use crate::{
    attack::{
        graph::{
            EventId, Key, Snapshot, State, VariableId,
            condensed::Coin,
            index::{Id, IndexVec},
        },
        limits::{Limits, Reason, Truncated},
    },
    error::{Error, ErrorKind, Result},
};
use smallvec::SmallVec;

/// Something that can be done about several variables at once.
///
/// ```
/// # use ctem_core::{attack::{CutMember, Fix, Graph, Key, Limits, MinCut, cheapest_cut}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
/// # for way in ways {
/// #     let guard = graph.variable(way, half);
/// #     graph.step(&[], Some(guard), shop)?;
/// # }
/// # let crash = graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Neither flaw can be patched alone, but an update ends both.
/// let update = Fix { cost: 4.0, ends: ways.to_vec() };
/// let MinCut::Cut(cut) = cheapest_cut(&snapshot, crash, |_| None, &[update], &Limits::default())? else { unreachable!() };
/// assert_eq!(cut.fixes, [CutMember::Fix(0)]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fix {
    /// What it costs, in whatever all costs are in.
    pub cost: f64,
    /// What it ends. A key that no variable has is passed over.
    pub ends: Vec<Key>,
}

/// One of the things to do.
///
/// ```
/// # use ctem_core::{attack::{CutMember, Graph, Key, Limits, MinCut, cheapest_cut}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
/// # let guard = graph.variable(flaw, half);
/// # graph.step(&[], Some(guard), shop)?;
/// # let crash = graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Which finding is it that must be fixed?
/// let MinCut::Cut(cut) = cheapest_cut(&snapshot, crash, |_| Some(1.0), &[], &Limits::default())? else { unreachable!() };
/// let [CutMember::Variable(variable)] = cut.fixes[..] else { unreachable!() };
/// assert_eq!(snapshot.key(variable), Some(flaw));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CutMember {
    /// End this variable alone.
    Variable(VariableId),
    /// Do what the joint fix of this number does.
    Fix(usize),
}

/// Whether an event can be ended.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, Limits, MinCut, cheapest_cut}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
/// # let guard = graph.variable(flaw, half);
/// # graph.step(&[], Some(guard), shop)?;
/// # let crash = graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Nothing can be done about the flaw: by what way does the attacker come all the same?
/// let MinCut::Infeasible(path) = cheapest_cut(&snapshot, crash, |_| None, &[], &Limits::default())? else { unreachable!() };
/// assert_eq!(path, [shop]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum MinCut {
    /// It can, by this.
    Cut(Cut),
    /// It cannot: an attacker comes from state to state, the event's own the last, by steps that no fix ends.
    Infeasible(Vec<State>),
}

/// A minimal cut set: fixes that end every way to an event.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, Limits, MinCut, cheapest_cut}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (office, shop) = (graph.state(), graph.state());
/// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
/// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
/// #     let guard = graph.variable(key, half);
/// #     graph.step(from.as_slice(), Some(guard), to)?;
/// # }
/// # let crash = graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // To end the phishing costs 5, to patch the flaw 1, and either is enough.
/// let cost = |variable| if snapshot.key(variable) == Some(flaw) { Some(1.0) } else { Some(5.0) };
/// let MinCut::Cut(cut) = cheapest_cut(&snapshot, crash, cost, &[], &Limits::default())? else { unreachable!() };
/// assert_eq!((cut.fixes.len(), cut.cost, cut.at_least), (1, 1.0, 1.0));
/// assert_eq!(cut.truncated, None);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "minimal cut set")]
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

/// The minimum cut: the cheapest fixes after which a loss event cannot fall.
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
#[doc(alias = "minimum cut")]
#[doc(alias = "max-flow")]
#[doc(alias = "Dinic")]
#[doc(alias = "minimal cut set")]
#[doc(alias = "hitting set")]
pub fn cheapest_cut(
    snapshot: &Snapshot,
    event: EventId,
    cost: impl Fn(VariableId) -> Option<f64>,
    joint_fixes: &[Fix],
    limits: &Limits<'_>,
) -> Result<MinCut> {
    let Some(goal) = snapshot.event(event) else {
        let (number, count) = (event.number(), snapshot.event_count());
        let message = format!("there is no loss event {number}: the graph has {count}");
        return Err(Error::new(ErrorKind::NotFound, message));
    };
    for fix in joint_fixes {
        checked(fix.cost)?;
    }
    let Some(cone) = Cone::of(&snapshot.condensed, event) else { return Ok(MinCut::Cut(Cut::nothing())) };
    let fixes = Fixes::of(snapshot, &cone, cost, joint_fixes)?;
    let is_open = |condition| fixes.by_condition[condition].is_empty();
    if let Some(proof) = cone.proof(|condition| !is_open(condition), |_| true) {
        let states = snapshot.condensed.first_states();
        let mut path: Vec<State> = Vec::new();
        for step in &proof {
            path.push(states[cone.nodes[cone.steps[*step].to]]);
        }
        // What surely falls needs no step, and is named all the same; so is an event that falls together with others.
        path.pop();
        path.push(goal);
        return Ok(MinCut::Infeasible(path));
    }
    let fallen = cone.fallen(|condition| u64::from(is_open(condition)), |_| 1);
    // Some way is left, or the event could not fall at all.
    let Some(mut place) = Place::of(cone.merged(&fallen, is_open), fixes) else {
        return Ok(MinCut::Cut(Cut::nothing()));
    };
    place.leave_out_dear_fixes();
    let found = match place.network() {
        Some(network) => place.by_flow(&network, limits),
        None => place.by_search(limits),
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
    all: IndexVec<Member, (CutMember, f64)>,
    by_condition: ByCondition,
}

/// By condition: the fixes that close it, in order.
type ByCondition = IndexVec<ConeCondition, SmallVec<[Member; 2]>>;

impl Fixes {
    fn of(
        snapshot: &Snapshot,
        cone: &Cone,
        cost: impl Fn(VariableId) -> Option<f64>,
        joint_fixes: &[Fix],
    ) -> Result<Self> {
        let condensed = &snapshot.condensed;
        let mut fixes = Self::default();
        let mut in_cone: IndexVec<Coin, bool> = IndexVec::filled(false, condensed.coin_count());
        for coin in cone.conditions.iter().flat_map(|condition| condensed.coins(*condition)) {
            in_cone[coin] = true;
        }
        let mut single: IndexVec<Coin, Member> = IndexVec::filled(Member::NONE, condensed.coin_count());
        for variable in VariableId::first(snapshot.variables().len()) {
            let coin = Coin::of(variable);
            if in_cone[coin]
                && let Some(cost) = cost(variable)
            {
                single[coin] = fixes.all.push((CutMember::Variable(variable), checked(cost)?));
            }
        }
        let mut ended: Vec<(Coin, Member)> = Vec::new();
        for (number, joint) in joint_fixes.iter().enumerate() {
            let fix = fixes.all.push((CutMember::Fix(number), checked(joint.cost)?));
            let coins = joint.ends.iter().filter_map(|key| condensed.coin(*key));
            ended.extend(coins.filter(|coin| in_cone[*coin]).map(|coin| (coin, fix)));
        }
        ended.sort_unstable();
        for condition in &cone.conditions {
            let mut close: SmallVec<[Member; 2]> = SmallVec::new();
            for coin in condensed.coins(*condition) {
                close.extend(single[coin].some());
                let from = ended.partition_point(|(ended, _)| *ended < coin);
                let of = ended[from..].iter().take_while(|(ended, _)| *ended == coin);
                close.extend(of.map(|(_, fix)| *fix));
            }
            close.sort_unstable();
            close.dedup();
            fixes.by_condition.push(close);
        }
        Ok(fixes)
    }
}

/// What is left to decide: the steps between what cannot be helped and the event.
#[derive(Debug)]
struct Place {
    cone: Cone,
    /// By fix: what it is, what it costs, and that in whole numbers.
    all: IndexVec<Member, (CutMember, f64)>,
    costs: IndexVec<Member, u64>,
    /// Costs are these whole numbers times two to the power of this.
    exponent: i32,
    by_condition: ByCondition,
    /// By fix: how many conditions it closes.
    closes: IndexVec<Member, u32>,
}

/// So many trials of hitting sets are made before the diagram is.
const FEW_TRIALS: usize = 512;

/// Fixes that end the event, and what the cheapest such cost at least.
struct Found {
    chosen: Vec<Member>,
    at_least: u64,
    truncated: Option<Truncated>,
}

impl Place {
    fn of(cone: Option<(Cone, IndexVec<ConeCondition, ConeCondition>)>, fixes: Fixes) -> Option<Self> {
        let (cone, conditions) = cone?;
        let by_condition = conditions.iter().map(|condition| fixes.by_condition[*condition].clone());
        let mut place = Self {
            cone,
            by_condition: by_condition.collect(),
            all: fixes.all,
            costs: IndexVec::default(),
            exponent: 0,
            closes: IndexVec::default(),
        };
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

    /// Counts how many conditions each fix closes.
    fn count(&mut self) {
        self.closes = IndexVec::filled(0, self.all.len());
        self.by_condition.iter().flatten().for_each(|fix| self.closes[*fix] += 1);
    }

    /// The cheapest fix of a condition that closes it alone.
    fn own(&self, condition: ConeCondition) -> Option<Member> {
        let own = self.by_condition[condition].iter().filter(|fix| self.closes[**fix] == 1);
        own.min_by_key(|fix| (self.costs[**fix], **fix)).copied()
    }

    /// Leaves out fixes that cost no less than to close each of their conditions alone, and those that close none.
    fn leave_out_dear_fixes(&mut self) {
        let mut apart: IndexVec<Member, u64> = IndexVec::filled(0, self.all.len());
        for (condition, fixes) in self.by_condition.entries() {
            let own = self.own(condition).map_or(UNLIMITED, |fix| self.costs[fix]);
            for fix in fixes {
                apart[*fix] = apart[*fix].saturating_add(own);
            }
        }
        let needless = |fix: Member| self.closes[fix] > 1 && apart[fix] <= self.costs[fix];
        let needless: IndexVec<Member, bool> = self.all.ids().map(needless).collect();
        self.by_condition.iter_mut().for_each(|fixes| fixes.retain(|fix| !needless[*fix]));
        self.count();
        let (mut all, mut costs) = (IndexVec::default(), IndexVec::default());
        let mut number: IndexVec<Member, Member> = IndexVec::filled(Member::NONE, self.all.len());
        for (fix, number) in number.entries_mut().filter(|(fix, _)| self.closes[*fix] > 0) {
            costs.push(self.costs[fix]);
            *number = all.push(self.all[fix]);
        }
        (self.all, self.costs) = (all, costs);
        self.by_condition.iter_mut().flatten().for_each(|fix| *fix = number[*fix]);
        self.count();
    }

    /// The network whose smallest cut is the answer; none when there is no such.
    fn network(&self) -> Option<Network> {
        let shared = self.closes.iter().any(|closes| *closes > 1);
        if shared || self.cone.steps.iter().any(Needs::is_and_node) {
            return None;
        }
        let ends = self.ends();
        if ends.iter().skip(1).any(|ends| ends.apart == [true; 2]) {
            return None;
        }
        let mut network = Network { nodes: self.cone.nodes.len() as u32, edges: Vec::new() };
        // By condition: the node in the middle of its steps.
        let mut middles: IndexVec<ConeCondition, Option<u32>> = IndexVec::filled(None, ends.len());
        for step in &self.cone.steps {
            let (ConeNode(from), ConeNode(to)) = (step.premises[0], step.to);
            if step.condition == ConeCondition::OPEN {
                network.edges.push((from, to, UNLIMITED));
                continue;
            }
            let width = self.own(step.condition).map_or(UNLIMITED, |fix| self.costs[fix]);
            let ends = &ends[step.condition];
            if ends.steps == 1 {
                network.edges.push((from, to, width));
                continue;
            }
            let one_target = !ends.apart[1];
            let middle = *middles[step.condition].get_or_insert_with(|| {
                let middle = network.nodes;
                network.nodes += 1;
                network.edges.push(if one_target { (middle, to, width) } else { (from, middle, width) });
                middle
            });
            network.edges.push(if one_target { (from, middle, UNLIMITED) } else { (middle, to, UNLIMITED) });
        }
        Some(network)
    }

    /// By condition: what its steps have in common.
    fn ends(&self) -> IndexVec<ConeCondition, Ends> {
        let mut all: IndexVec<ConeCondition, Ends> =
            IndexVec::filled(Ends::default(), self.by_condition.len());
        for step in &self.cone.steps {
            let ends = &mut all[step.condition];
            let (from, to) = *ends.first.get_or_insert((step.premises[0], step.to));
            ends.steps += 1;
            ends.apart[0] |= from != step.premises[0];
            ends.apart[1] |= to != step.to;
        }
        all
    }

    fn by_flow(&self, network: &Network, limits: &Limits<'_>) -> Found {
        let of = u64::from(network.nodes);
        let Flow { amount: at_least, reached, ended } =
            network.cut(self.cone.goal.0, |round| limits.progress.goes_on(round, of));
        let reached = |node: ConeNode| reached[node.index()];
        let mut cut: IndexVec<Member, bool> = IndexVec::filled(false, self.all.len());
        for step in &self.cone.steps {
            // A condition's steps need its one source or lead to its one target, so those that cross say which conditions are
            // cut, and a condition that is not full lets its target be reached.
            if step.condition != ConeCondition::OPEN
                && reached(step.premises[0])
                && !reached(step.to)
                && let Some(fix) = self.own(step.condition)
            {
                cut[fix] = true;
            }
        }
        let chosen: Vec<Member> = self.all.ids().filter(|fix| cut[*fix]).collect();
        if ended {
            return Found { chosen, at_least, truncated: Some(Truncated { reason: Reason::Stopped }) };
        }
        // In a cheapest cut all that costs something is needed.
        let dear = chosen.iter().filter(|fix| self.costs[**fix] > 0).count();
        Found { chosen: self.needed(chosen, dear), at_least, truncated: None }
    }

    /// First by a few trials of hitting sets, which are mostly enough; then by the diagram; and where that does not fit, by all trials.
    fn by_search(&self, limits: &Limits<'_>) -> Found {
        let few = Limits { nodes: limits.nodes.min(FEW_TRIALS), ..*limits };
        let found = self.by_hitting(&few);
        let ended = found.truncated.map(|truncated| truncated.reason);
        if ended != Some(Reason::Nodes) || limits.nodes <= FEW_TRIALS {
            return found;
        }
        let closing = |condition| self.by_condition[condition].as_slice();
        match diagram::cheapest(&self.cone, closing, &self.costs, limits) {
            Ok(chosen) => {
                // In a cheapest cut all that costs something is needed.
                let dear = chosen.iter().filter(|fix| self.costs[**fix] > 0).count();
                let at_least = self.cost(&chosen);
                Found { chosen: self.needed(chosen, dear), at_least, truncated: None }
            }
            Err(Reason::Stopped) => Found { truncated: Some(Truncated { reason: Reason::Stopped }), ..found },
            Err(Reason::Nodes | Reason::Enough) => self.by_hitting(limits),
        }
    }

    fn by_hitting(&self, limits: &Limits<'_>) -> Found {
        let mut sets = Sets { costs: self.costs.clone(), sets: IndexVec::default() };
        let mut best: Option<Vec<Member>> = None;
        let (mut most, mut at_least) = (UNLIMITED, 0);
        let mut meter = Meter { limits, done: 0, ended: None };
        let mut chosen: Vec<Member> = Vec::new();
        loop {
            // From the choice on, the cheapest of each proof that it leaves, until none is left.
            let mut grown = chosen.clone();
            while let Some(set) = self.left(&grown) {
                let cheapest = set
                    .iter()
                    .min_by_key(|fix| (self.costs[**fix] / u64::from(self.closes[**fix].max(1)), **fix));
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

    /// By condition: whether fixes close it.
    fn closed(&self, fixes: &[Member]) -> IndexVec<ConeCondition, bool> {
        let mut chosen: IndexVec<Member, bool> = IndexVec::filled(false, self.all.len());
        fixes.iter().for_each(|fix| chosen[*fix] = true);
        self.by_condition.iter().map(|close| close.iter().any(|fix| chosen[*fix])).collect()
    }

    /// The fixes of which one must be chosen besides others: those of a proof that the others leave.
    fn left(&self, fixes: &[Member]) -> Option<Vec<Member>> {
        let closed = self.closed(fixes);
        let open = ConeCondition::OPEN;
        let proof = self.cone.proof(|condition| closed[condition], |condition| condition != open)?;
        let conditions = proof.iter().map(|step| self.cone.steps[*step].condition);
        let mut set: Vec<Member> =
            conditions.flat_map(|condition| &self.by_condition[condition]).copied().collect();
        set.sort_unstable();
        set.dedup();
        Some(set)
    }

    /// Fixes that end the event, without those that can be left out, the dearest first; in order. So many of the dearest are known
    /// to be needed.
    fn needed(&self, mut fixes: Vec<Member>, known: usize) -> Vec<Member> {
        fixes.sort_by_key(|fix| (std::cmp::Reverse(self.costs[*fix]), std::cmp::Reverse(*fix)));
        let mut at = known;
        while at < fixes.len() {
            // Sixty-four are looked at together; the first that can be left out is, and the rest again.
            let batch = &fixes[at..fixes.len().min(at + 64)];
            let mut by_fix: IndexVec<Member, u64> = IndexVec::filled(u64::MAX, self.all.len());
            fixes.iter().for_each(|fix| by_fix[*fix] = 0);
            batch.iter().zip(0..).for_each(|(fix, bit)| by_fix[*fix] = 1u64 << bit);
            let open =
                |fixes: &SmallVec<[Member; 2]>| fixes.iter().fold(u64::MAX, |open, fix| open & by_fix[*fix]);
            let masks: IndexVec<ConeCondition, u64> = self.by_condition.iter().map(open).collect();
            let falls = self.cone.fallen(|condition| masks[condition], |_| u64::MAX)[self.cone.goal];
            let kept = (falls.trailing_ones() as usize).min(batch.len());
            at += kept;
            if kept < batch.len() {
                fixes.remove(at);
            }
        }
        fixes.sort_unstable();
        fixes
    }

    fn cost(&self, fixes: &[Member]) -> u64 {
        fixes.iter().map(|fix| self.costs[*fix]).sum()
    }

    fn cut(&self, found: Found) -> Cut {
        let cost = found.chosen.iter().map(|fix| self.all[*fix].1).fold(0.0, |sum, cost| sum + cost);
        let at_least = match found.truncated {
            None => cost,
            Some(_) => {
                let whole = found.at_least as f64;
                let whole = if whole as u64 > found.at_least { whole.next_down() } else { whole };
                libm::scalbn(whole, self.exponent).min(cost)
            }
        };
        let fixes = found.chosen.iter().map(|fix| self.all[*fix].0).collect();
        Cut { fixes, cost, at_least, truncated: found.truncated }
    }
}

/// What the steps of one condition have in common.
#[derive(Debug, Clone, Default)]
struct Ends {
    /// Where its first step comes from, and where it leads.
    first: Option<(ConeNode, ConeNode)>,
    steps: u32,
    /// Whether its steps come from several nodes, and whether they lead to several.
    apart: [bool; 2],
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
