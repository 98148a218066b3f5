//! Between what chances a state falls, certainly.
//!
//! Below: the most probable way to a state is one way it falls. Above: the chance that any of several increasing events
//! happens is at most 1 − Π(1 − uᵢ), since such events favour each other (Harris 1960; Fortuin, Kasteleyn and Ginibre 1971),
//! and the chance that all happen is at most the smallest of theirs. A variable guards one step, which no derivation of that
//! step's premises needs, so it is independent of them and its chance multiplies. Where one premise is a shared threat or
//! control and the other does not depend on it, they multiply as well.
//!
//! The upper bounds are a solution of q ≥ F(q), and so bound the least fixpoint: they are found by sweeps from below with a
//! little slack, and then checked, one by one. States that certain steps tie together in a cycle are treated as one, since
//! feedback through them would drive the bound to 1.
//!
//! Two caps hold besides. Nothing falls that no first uncertain step leads to. And what falls does so without any shared
//! threat or failed control, or one is active that leads to it: so five hundred hosts with one flaw are no likelier to fall,
//! any of them, than its threat is to be active. O(m) a sweep.

mod equations;
mod shared_roots;

use crate::{
    attack::{
        graph::{
            Snapshot, State, Step,
            index::{Id, IndexVec},
        },
        limits::OnProgress,
        paths::MostProbablePaths,
    },
    quantity::Estimate,
};
use equations::{Equations, Value};
use shared_roots::{Roots, classes, falls_without_roots, leads_to_loss};
use std::collections::BTreeMap;

/// Certain bounds of the chance that each state falls (network reliability; Harris or FKG inequality).
///
/// ```
/// # use ctem_core::{attack::{Bounds, Graph, Key, MostProbablePaths}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
/// # for way in ways {
/// #     let guard = graph.variable(way, half);
/// #     graph.step(&[], Some(guard), shop)?;
/// # }
/// # graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Two ways to the shop, one chance in two each: how likely is it to fall, certainly?
/// let chance = Bounds::compute(&snapshot, &MostProbablePaths::compute(&snapshot)).chance(shop);
/// assert_eq!(chance.lower(), 0.5);
/// assert!(0.75 <= chance.upper() && chance.upper() < 0.76);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "network reliability")]
#[doc(alias = "FKG inequality")]
#[doc(alias = "Harris inequality")]
#[derive(Debug, Clone)]
pub struct Bounds {
    lower: IndexVec<State, f64>,
    upper: IndexVec<State, f64>,
    leads: IndexVec<State, bool>,
    global: Global,
}

/// What of bounds is of the whole graph, and of no part of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Global {
    /// How many shared threats and controls there are.
    pub(crate) roots: usize,
    /// What no bound is above but those of what is certain; 1 for a part.
    pub(crate) cap: f64,
    /// In how many sweeps the equations were solved.
    pub(crate) sweeps: usize,
    /// The highest bound of what is not certain.
    pub(crate) highest: f64,
}

impl Bounds {
    /// Computes the bounds.
    ///
    /// ```
    /// # use ctem_core::{attack::{Bounds, Graph, Key, MostProbablePaths}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // The most probable paths are wanted anyway, so they are given.
    /// let best = MostProbablePaths::compute(&snapshot);
    /// let bounds = Bounds::compute(&snapshot, &best);
    /// assert_eq!(bounds.chance(shop).lower(), best.chance(shop).get());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn compute(snapshot: &Snapshot, best: &MostProbablePaths) -> Self {
        let nothing = || Self {
            lower: IndexVec::default(),
            upper: IndexVec::default(),
            leads: IndexVec::default(),
            global: Global::default(),
        };
        Self::compute_while(snapshot, best, &OnProgress::default()).unwrap_or_else(nothing)
    }

    /// The same; none where the caller, who is asked on the way, says not to go on.
    pub(crate) fn compute_while(
        snapshot: &Snapshot,
        best: &MostProbablePaths,
        progress: &OnProgress<'_>,
    ) -> Option<Self> {
        Self::compute_in(snapshot, best, None, progress)
    }

    /// The same of a part of a graph, where it is said whether there are shared threats or controls in the whole: no cap of the whole
    /// lies on it, and all else is to the bit as in the whole.
    pub(crate) fn compute_in(
        snapshot: &Snapshot,
        best: &MostProbablePaths,
        part_of: Option<bool>,
        progress: &OnProgress<'_>,
    ) -> Option<Self> {
        let states = snapshot.state_count();
        let lower: IndexVec<State, f64> = State::first(states).map(|state| best.value(state)).collect();
        let goes_on = || progress.goes_on(states as u64, states as u64).then_some(());
        let roots = Roots::of(snapshot, best);
        goes_on()?;
        let leads = leads_to_loss(snapshot);
        // What leads to no loss has no say in the bounds of what does, not even in their last bit.
        let caps = match part_of {
            None => (cap(snapshot, &lower, |state| leads[state]), cap(snapshot, &lower, |_| true)),
            Some(_) => (1.0, 1.0),
        };
        let least_cap = f64::min(caps.0, caps.1);
        let caps = leads.iter().map(|leads| if *leads { caps.0 } else { caps.1 }).collect();
        goes_on()?;
        let classes = classes(snapshot);
        goes_on()?;
        let mut system = System {
            snapshot,
            lower: &lower,
            members: Members::new(&classes),
            classes,
            independent: roots.independent,
            leads,
            caps,
        };
        let count = State::first(states).filter(|state| snapshot.layout.is_root(*state)).count();
        let mut sweeps = 0;
        if count > 0 || part_of == Some(true) {
            // Either a root is active that leads to it, or it falls without any.
            let without = falls_without_roots(snapshot);
            let (upper, swept) = system.solve(|state| without[state], |_| 0.0, progress)?;
            sweeps = swept;
            for ((cap, quiet), upper) in system.caps.iter_mut().zip(roots.quiet).zip(upper) {
                *cap = cap.min((1.0 - quiet * (1.0 - upper)) * (1.0 + 1e-12));
            }
        }
        let (upper, swept) = system.solve(|_| true, |root| best.value(root), progress)?;
        let leads = system.leads;
        let uncertain = upper.iter().zip(&lower).filter(|(_, lower)| **lower < 1.0);
        let highest = uncertain.fold(0.0, |highest, (upper, _)| f64::max(highest, *upper));
        let global = Global { roots: count, cap: least_cap, sweeps: sweeps.max(swept), highest };
        Some(Self { lower, upper, leads, global })
    }

    /// Whether any steps lead from a state to a loss event.
    pub(crate) fn global(&self) -> Global {
        self.global
    }

    pub(crate) fn leads_to_loss(&self, state: State) -> bool {
        self.leads.get(state) == Some(&true)
    }

    /// Between what chances a state falls. The value is the lower bound, which a known path reaches. A state that is not there
    /// never falls.
    ///
    /// ```
    /// # use ctem_core::{attack::{Bounds, Graph, MostProbablePaths}, Estimate};
    /// # let mut graph = Graph::new();
    /// let (given, out_of_reach) = (graph.state(), graph.state());
    /// graph.step(&[], None, given)?;
    /// let snapshot = graph.compile()?;
    /// let bounds = Bounds::compute(&snapshot, &MostProbablePaths::compute(&snapshot));
    /// assert_eq!(bounds.chance(given), Estimate::exact(1.0));
    /// assert_eq!(bounds.chance(out_of_reach), Estimate::exact(0.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chance(&self, state: State) -> Estimate {
        match (self.lower.get(state), self.upper.get(state)) {
            (Some(lower), Some(upper)) if lower != upper => {
                Estimate::bracket(*lower, *lower, upper.max(*lower))
            }
            (lower, _) => Estimate::exact(lower.copied().unwrap_or(0.0)),
        }
    }

    /// An upper bound of the chance that a step's premises hold and its variable helps.
    pub(crate) fn step_at_most(&self, snapshot: &Snapshot, step: Step) -> f64 {
        let premises = snapshot.layout.premises(step).map(|premise| self.upper[premise]);
        premises.fold(1.0, f64::min) * snapshot.layout.chance(step)
    }
}

struct System<'a> {
    snapshot: &'a Snapshot,
    lower: &'a IndexVec<State, f64>,
    /// By state: the state that stands for its cycle of certain steps.
    classes: IndexVec<State, State>,
    members: Members,
    /// By step: whether its two premises are independent.
    independent: IndexVec<Step, bool>,
    /// By state: whether it leads to a loss event.
    leads: IndexVec<State, bool>,
    /// By state: an upper bound known beforehand.
    caps: IndexVec<State, f64>,
}

impl System<'_> {
    /// Solves the system for the states that can fall, with the roots' chances given. By state: its value.
    fn solve(
        &self,
        falls: impl Fn(State) -> bool,
        root: impl Fn(State) -> f64,
        progress: &OnProgress<'_>,
    ) -> Option<(IndexVec<State, f64>, usize)> {
        let is_unknown = |state: &State| {
            self.classes[*state] == *state
                && self.is_open(*state)
                && !self.snapshot.layout.is_root(*state)
                && falls(*state)
        };
        // What leads to a loss depends on nothing that does not, and comes first. Likelier states before others: what they lead
        // to is then computed from fresh values.
        let (mut order, mut rest): (Vec<State>, Vec<State>) =
            self.lower.ids().filter(is_unknown).partition(|state| self.leads[*state]);
        for group in [&mut order, &mut rest] {
            group.sort_by(|a, b| self.lower[*b].total_cmp(&self.lower[*a]).then(a.cmp(b)));
        }
        let first = order.len();
        order.append(&mut rest);

        // The chance of a threat or a failing control is known; the caps speak of what they lead to, not of them.
        let is_known = |state: &State| {
            self.snapshot.layout.is_root(*state) && self.lower[*state] < 1.0 && root(*state) > 0.0
        };
        let roots: Vec<State> = self.lower.ids().filter(is_known).collect();
        let mut equations = Equations::of_known(roots.iter().map(|state| root(*state)));
        // None for what cannot fall.
        let of_lower = |lower: &f64| if *lower >= 1.0 { Value::SURE } else { Value::NONE };
        let mut values: IndexVec<State, Value> = self.lower.iter().map(of_lower).collect();
        for (number, state) in (1..).zip(roots.iter().chain(&order)) {
            for member in self.members.of(*state) {
                values[member] = Value(number);
            }
        }
        for (n, class) in order.iter().enumerate() {
            if !progress.goes_on_at(n, order.len()) {
                return None;
            }
            self.equation(*class, &values, &mut equations);
        }
        let swept = equations.solve(0..first, progress)?;
        let swept = swept.max(equations.solve(first..order.len(), progress)?);
        let solved =
            values.iter().map(|value| value.some().map_or(0.0, |value| equations.value(value))).collect();
        Some((solved, swept))
    }

    /// Writes the equation of a class: its terms are the steps into it from outside.
    fn equation(&self, class: State, values: &IndexVec<State, Value>, equations: &mut Equations) {
        let layout = &self.snapshot.layout;
        for step in self.members.of(class).flat_map(|state| layout.steps_to(state)) {
            let [first, second] = layout.premise_pair(step);
            let chance = layout.chance(step);
            let inside = second.is_none() && self.classes[first] == class && chance >= 1.0;
            let terms = [values[first], second.some().map_or(Value::SURE, |second| values[second])];
            // A step that needs what cannot fall adds nothing.
            if !inside && !terms.contains(&Value::NONE) {
                let independent = !second.is_none() && self.independent[step];
                equations.term(terms, independent, chance);
            }
        }
        equations.end(self.caps[class]);
    }

    /// Whether a state may fall and need not.
    fn is_open(&self, state: State) -> bool {
        let lower = self.lower[state];
        lower > 0.0 && lower < 1.0
    }
}

/// The states of each class, the one that stands for it first and then in their order, as linked lists.
struct Members {
    next: IndexVec<State, State>,
}

impl Members {
    fn new(classes: &IndexVec<State, State>) -> Self {
        let mut next = IndexVec::filled(State::NONE, classes.len());
        for (state, class) in classes.entries().rev().filter(|(state, class)| state != *class) {
            next[state] = next[*class];
            next[*class] = state;
        }
        Self { next }
    }

    fn of(&self, class: State) -> impl Iterator<Item = State> {
        std::iter::successors(Some(class), |state| self.next[*state].some())
    }
}

/// The chance that any first uncertain step to a state that counts succeeds: nothing that is not sure falls without one.
/// Steps that share a threat or a control succeed together or not at all, and count with its chance once.
fn cap(snapshot: &Snapshot, lower: &IndexVec<State, f64>, counts: impl Fn(State) -> bool) -> f64 {
    let layout = &snapshot.layout;
    let sure = |state: State| state.is_none() || lower[state] >= 1.0;
    let is_root = |state: State| !state.is_none() && layout.is_root(state);
    // By root: the chance that no step that shares it succeeds, given that it is active.
    let mut shared: BTreeMap<State, f64> = BTreeMap::new();
    let mut stays = 1.0;
    for step in snapshot.steps() {
        let conclusion = layout.conclusion(step);
        if sure(conclusion) || layout.is_root(conclusion) || !counts(conclusion) {
            continue;
        }
        let missing = 1.0 - layout.chance(step);
        match layout.premise_pair(step).map(|premise| (premise, sure(premise), is_root(premise))) {
            [(_, true, _), (_, true, _)] => stays *= missing,
            [(root, false, true), (_, true, _)] | [(_, true, _), (root, false, true)] => {
                *shared.entry(root).or_insert(1.0) *= missing;
            }
            // Of two roots either may count for the step.
            [(root, false, true), (_, false, true)] => *shared.entry(root).or_insert(1.0) *= missing,
            _ => {}
        }
    }
    for (root, missing) in shared {
        stays *= 1.0 - lower[root] * (1.0 - missing);
    }
    ((1.0 - stays) * (1.0 + 1e-12)).min(1.0)
}
