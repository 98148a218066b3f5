//! Random AND/OR graphs against all their worlds.
//!
//! A [`Case`] is a graph as it is stated: states, variables, steps and loss events, with cycles, shared variables, steps that
//! need up to three states, and chances of 0, 1 and one in a million. It is handed to [`Graph`] and, apart from that, looked
//! at in every world, sixty-four at a time, by code that knows nothing of how the engine compiles or computes. Exact answers
//! must be the same and bounds must hold them.
//!
//! 100,000 cases unless `ORACLE_CASES` says otherwise; ten million take about half an hour:
//!
//! ```text
//! ORACLE_CASES=10000000 cargo test --release --test oracle random
//! ```
//!
//! Case n of a seed is the same in every run, and a failure prints its graph: write it down as a test of its own.

use crate::{ROUNDING, draw::Draw, event_id};
use ctem_core::{
    Probability,
    attack::{Bounds, Exact, Graph, Key, Limits, MostProbablePaths, State},
};
use std::fmt;

#[test]
fn exact_answers_are_those_of_all_worlds_and_bounds_hold_them_on_random_graphs() {
    let cases = std::env::var("ORACLE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let (mut uncertain, mut large) = (0u64, 0u64);
    for number in 0..cases {
        let case = Case::of(number);
        let truth = Truth::of(&case);
        if let Err(what) = case.agrees(&truth, number) {
            panic!("case {number}: {what}\n{case}");
        }
        uncertain += u64::from(truth.events.iter().any(|event| event.chance > 0.0 && event.chance < 1.0));
        large += u64::from(case.chances.len() > 12);
    }
    // Cases in which nothing is at stake would prove nothing.
    assert!(uncertain * 2 > cases, "only {uncertain} of {cases} have an uncertain loss");
    assert!(cases < 10_000 || large > 0);
}

/// A graph as it is stated. State 0 is what is given.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) states: usize,
    pub(crate) chances: Vec<f64>,
    /// Premises, variable and conclusion.
    pub(crate) steps: Vec<(Vec<usize>, Option<usize>, usize)>,
    /// State and loss.
    pub(crate) events: Vec<(usize, f64)>,
}

impl Case {
    pub(crate) fn of(number: u64) -> Self {
        Self::drawn(Draw::of(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed))
    }

    /// A case that is the same whatever the seed, for a test of something else.
    pub(crate) fn fixed(number: u64) -> Self {
        Self::drawn(Draw::fixed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed))
    }

    fn drawn(mut draw: Draw) -> Self {
        let states = 3 + draw.below(9);
        let variables = if draw.below(400) == 0 { 13 + draw.below(6) } else { 1 + draw.below(12) };
        let chances = (0..variables).map(|_| draw.chance()).collect();
        let guarded = 50 + draw.below(51);
        let steps = (0..states + draw.below(2 * states + variables))
            .map(|_| {
                let premises = [0, 0, 1, 1, 1, 1, 1, 2, 2, 3][draw.below(10)];
                let guard = (draw.below(100) < guarded).then(|| draw.below(variables));
                ((0..premises).map(|_| draw.state(states)).collect(), guard, draw.state(states))
            })
            .collect();
        let events = (0..1 + draw.below(3)).map(|_| (draw.state(states), draw.below(1000) as f64)).collect();
        Self { states, chances, steps, events }
    }

    /// The engine's answers against the truth.
    fn agrees(&self, truth: &Truth<'_>, number: u64) -> Result<(), String> {
        let states = self.states();
        let graph = self.graph(&states);
        let snapshot = graph.compile().map_err(|error| error.to_string())?;
        let exact = Exact::compute(&snapshot, &Limits::default())
            .map_err(|budget_exceeded| budget_exceeded.to_string())?;
        let falls = MostProbablePaths::compute(&snapshot);
        let bounds = Bounds::compute(&snapshot, &falls);
        let check = |what: &str, holds: bool, found: f64, truth: f64| {
            if holds { Ok(()) } else { Err(format!("{what} is {found}, in all worlds {truth}")) }
        };
        for (n, event) in truth.events.iter().enumerate() {
            let (state, true_chance) = (states[self.events[n].0], event.chance);
            let found = exact.chance(event_id(n)).map_or(f64::NAN, Probability::get);
            let near = (found - true_chance).abs() <= ROUNDING;
            check(&format!("the chance of event {n}"), near, found, true_chance)?;
            let (way, between) = (falls.chance(state).get(), bounds.chance(state));
            let (lower, upper) = (between.lower(), between.upper());
            check(&format!("the best way to event {n}"), way <= true_chance + ROUNDING, way, true_chance)?;
            check(
                &format!("the lower bound of event {n}"),
                lower <= true_chance + ROUNDING,
                lower,
                true_chance,
            )?;
            check(
                &format!("the upper bound of event {n}"),
                true_chance <= upper + ROUNDING,
                upper,
                true_chance,
            )?;
        }
        let loss = truth.loss(&self.chances);
        let most: f64 = self.events.iter().map(|(_, loss)| loss).sum();
        check("the loss", (exact.loss() - loss).abs() <= ROUNDING * most, exact.loss(), loss)?;

        // What-if answers cost an enumeration each: all of them for small cases, a few for large ones.
        let few = self.chances.len() > 10 && !number.is_multiple_of(8) || self.chances.len() > 12;
        let values = exact.fix_values();
        for variable in (0..self.chances.len()).filter(|variable| !few || *variable == number as usize % 8) {
            let mut fixed = self.chances.clone();
            fixed[variable] = 0.0;
            let left = truth.loss(&fixed);
            let known = values.iter().find(|(key, _)| *key == self.key(variable)).map(|(_, value)| *value);
            if known != exact.fix_value(self.key(variable)) {
                return Err(format!("variable {variable} has two fix values"));
            }
            let value = known.unwrap_or(0.0);
            let near = (value - (loss - left)).abs() <= ROUNDING * most;
            check(&format!("the fix value of variable {variable}"), near, value, loss - left)?;
            let with = exact.loss_with(&[(self.key(variable), Probability::ZERO)]);
            let near = (with - left).abs() <= ROUNDING * most;
            check(&format!("the loss without variable {variable}"), near, with, left)?;
        }
        // With hardly any room, what is still answered is right.
        let narrow = Limits { nodes: 4 + number as usize % 32, ..Limits::default() };
        let narrow = Exact::best_effort(&snapshot, &narrow);
        for (n, event) in truth.events.iter().enumerate() {
            let found = narrow.chance(event_id(n)).map_or(event.chance, Probability::get);
            let near = (found - event.chance).abs() <= ROUNDING;
            check(&format!("the chance of event {n} in few nodes"), near, found, event.chance)?;
        }
        if number.is_multiple_of(4) {
            let nothing = truth.loss(&vec![0.0; self.chances.len()]);
            let shares = exact.shares();
            let sum: f64 = shares.iter().map(|(_, share)| share).sum();
            let near =
                (sum - (loss - nothing)).abs() <= 1e-9 && shares.iter().all(|(_, share)| *share >= 0.0);
            check("the sum of shares", near, sum, loss - nothing)?;
            let raised: Vec<f64> = self.chances.iter().map(|chance| 0.5 + chance / 2.0).collect();
            let changes: Vec<_> =
                (0..raised.len()).map(|n| (self.key(n), Probability::clamped(raised[n]))).collect();
            let (found, left) = (exact.loss_with(&changes), truth.loss(&raised));
            check("the loss with all raised", (found - left).abs() <= ROUNDING * most, found, left)?;
        }
        Ok(())
    }

    /// The states as the engine numbers them.
    pub(crate) fn states(&self) -> Vec<State> {
        let mut graph = Graph::new();
        graph.add_states(self.states as u32 - 1);
        graph.compile().unwrap().states().collect()
    }

    pub(crate) fn graph(&self, states: &[State]) -> Graph {
        let mut graph = Graph::new();
        graph.add_states(self.states as u32 - 1);
        let guards: Vec<_> = (0..self.chances.len())
            .map(|n| graph.variable(self.key(n), Probability::new(self.chances[n]).unwrap()))
            .collect();
        for (premises, guard, conclusion) in &self.steps {
            let premises: Vec<State> = premises.iter().map(|state| states[*state]).collect();
            graph.step(&premises, guard.map(|guard| guards[guard]), states[*conclusion]).unwrap();
        }
        for (state, loss) in &self.events {
            graph.event(states[*state], *loss).unwrap();
        }
        graph
    }

    /// Keys in no order.
    pub(crate) fn key(&self, variable: usize) -> Key {
        Key::new(u128::from(Draw::fixed(variable as u64).next()))
    }

    /// By state: in which of sixty-four worlds it falls, where each variable helps in some of them.
    pub(crate) fn fall(&self, helps: impl Fn(usize) -> u64, fallen: &mut Vec<u64>) {
        fallen.clear();
        fallen.resize(self.states, 0);
        fallen[0] = u64::MAX;
        loop {
            let mut moved = false;
            for (premises, guard, conclusion) in &self.steps {
                let open =
                    premises.iter().fold(guard.map_or(u64::MAX, &helps), |open, at| open & fallen[*at]);
                moved |= open & !fallen[*conclusion] != 0;
                fallen[*conclusion] |= open;
            }
            if !moved {
                break;
            }
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, chance) in self.chances.iter().enumerate() {
            writeln!(f, "  v{n} helps with {chance:?}")?;
        }
        for (premises, guard, conclusion) in &self.steps {
            let needs: Vec<String> = premises.iter().map(|state| format!("s{state}")).collect();
            let guard = guard.map(|guard| format!(" if v{guard}")).unwrap_or_default();
            writeln!(f, "  {} -> s{conclusion}{guard}", needs.join(" & "))?;
        }
        for (n, (state, loss)) in self.events.iter().enumerate() {
            writeln!(f, "  event {n}: {loss:?} is lost with s{state}")?;
        }
        Ok(())
    }
}

/// What happens in all worlds of a case.
struct Truth<'a> {
    case: &'a Case,
    events: Vec<Happens>,
}

/// In which worlds an event happens, by bits, and its chance.
struct Happens {
    worlds: Vec<u64>,
    chance: f64,
}

impl<'a> Truth<'a> {
    fn of(case: &'a Case) -> Self {
        let variables = case.chances.len();
        let blocks = 1usize << variables.saturating_sub(6);
        let mut worlds = vec![Vec::with_capacity(blocks); case.events.len()];
        let mut fallen = Vec::new();
        for block in 0..blocks {
            // World w is bit w % 64 of block w / 64, and variable v helps in it where bit v of w is set.
            let helps = |variable: usize| match variable {
                0..6 => LANES[variable],
                _ if block >> (variable - 6) & 1 == 1 => u64::MAX,
                _ => 0,
            };
            case.fall(helps, &mut fallen);
            for (worlds, (state, _)) in worlds.iter_mut().zip(&case.events) {
                worlds.push(fallen[*state]);
            }
        }
        let events =
            worlds.into_iter().map(|worlds| Happens { chance: weigh(&worlds, &case.chances), worlds });
        Self { events: events.collect(), case }
    }

    /// The expected loss, had the variables other chances.
    fn loss(&self, chances: &[f64]) -> f64 {
        let stakes = self.case.events.iter().map(|(_, loss)| loss);
        self.events.iter().zip(stakes).map(|(event, loss)| loss * weigh(&event.worlds, chances)).sum()
    }
}

/// By bit of a world's number, the worlds of a block that have it set.
const LANES: [u64; 6] = [
    0xaaaa_aaaa_aaaa_aaaa,
    0xcccc_cccc_cccc_cccc,
    0xf0f0_f0f0_f0f0_f0f0,
    0xff00_ff00_ff00_ff00,
    0xffff_0000_ffff_0000,
    0xffff_ffff_0000_0000,
];

/// The chance of a set of worlds. Those that differ in the first three variables alone are eight bits of a byte, whose chances
/// are looked up.
fn weigh(worlds: &[u64], chances: &[f64]) -> f64 {
    let (first, later) = chances.split_at(chances.len().min(3));
    let mut bytes = [0.0; 256];
    for byte in 1..256usize {
        let lowest = byte.trailing_zeros() as usize;
        // With fewer than three variables, only the first bits are worlds.
        let alone = if lowest < 1 << first.len() { product(lowest, first) } else { 0.0 };
        bytes[byte] = bytes[byte & (byte - 1)] + alone;
    }
    let mut sum = 0.0;
    for block in 0..worlds.len() * 8 {
        let byte = worlds[block / 8] >> (block % 8 * 8) & 0xff;
        if byte != 0 && block < 1 << later.len() {
            sum += bytes[byte as usize] * product(block, later);
        }
    }
    sum
}

/// The chance of one world of some variables.
fn product(world: usize, chances: &[f64]) -> f64 {
    let helps = |variable: usize| world >> variable & 1 == 1;
    let each = chances.iter().enumerate();
    each.fold(1.0, |product, (n, chance)| product * if helps(n) { *chance } else { 1.0 - chance })
}

impl Draw {
    /// Any state, but seldom the one that is given.
    pub(crate) fn state(&mut self, states: usize) -> usize {
        if self.below(24) == 0 { 0 } else { 1 + self.below(states - 1) }
    }

    pub(crate) fn chance(&mut self) -> f64 {
        const CORNERS: [f64; 6] = [0.0, 1.0, 1e-6, 0.1, 0.5, 0.9];
        match CORNERS.get(self.below(12)) {
            Some(corner) => *corner,
            None => (self.next() >> 11) as f64 / (1u64 << 53) as f64,
        }
    }
}
