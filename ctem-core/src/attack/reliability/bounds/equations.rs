//! Equations q = F(q) of certain upper bounds, laid out to be swept over and over.
//!
//! Every value is one number of an array, in the order in which it is computed, and the terms of each lie behind those of the
//! one before, so that a sweep walks memory from front to back.

use crate::attack::{
    graph::index::{Csr, Id, IndexVec, ids},
    limits::OnProgress,
};
use std::ops::Range;

ids! {
    /// A value of some equations: one that is known, or one behind those that is not.
    Value
    /// What has an equation.
    Unknown
    /// An unknown of those that are solved together.
    Local
}

impl Value {
    /// The value that is 1.
    pub(super) const SURE: Self = Self(0);
}

/// Values, some known and after them the unknown ones, each with its cap and its equation 1 − Π(1 − term).
pub(super) struct Equations {
    values: IndexVec<Value, f64>,
    known: usize,
    /// By unknown: an upper bound known beforehand.
    caps: IndexVec<Unknown, f64>,
    /// By unknown: its terms.
    terms: Csr<Unknown, Term>,
}

/// A chance that multiplies with values: with the lesser of two, or with both where they are independent.
struct Term {
    first: Value,
    /// The second, with `INDEPENDENT` where it is independent of the first.
    second: u32,
    chance: f64,
}

/// By unknown of a range: the unknowns of it whose equations speak of it.
type Dependents = Csr<Local, Local>;

/// Set in the second value of a term whose values are independent.
const INDEPENDENT: u32 = 1 << 31;

impl Equations {
    /// Of what is known: by number, from 1.
    pub(super) fn of_known(known: impl Iterator<Item = f64>) -> Self {
        let values: IndexVec<Value, f64> = std::iter::once(1.0).chain(known).collect();
        Self { known: values.len(), values, caps: IndexVec::default(), terms: Csr::default() }
    }

    /// Adds a term to the equation that is next.
    pub(super) fn term(&mut self, [first, Value(second)]: [Value; 2], independent: bool, chance: f64) {
        let second = if independent { second | INDEPENDENT } else { second };
        self.terms.extend([Term { first, second, chance }]);
    }

    /// Ends the equation of the next unknown.
    pub(super) fn end(&mut self, cap: f64) {
        self.values.push(0.0);
        self.caps.push(cap);
        self.terms.end_row();
    }

    /// Finds a certain upper bound of the least solution, for unknowns that depend on no later ones: in how many sweeps comes back.
    /// None where the caller, who is asked on the way, says not to go on.
    pub(super) fn solve(&mut self, unknowns: Range<usize>, progress: &OnProgress<'_>) -> Option<usize> {
        let dependents = self.dependents(unknowns.clone());
        let sweeps = self.sweep(unknowns.clone(), &dependents, progress)?;
        self.certify(unknowns, &dependents);
        Some(sweeps)
    }

    pub(super) fn value(&self, value: Value) -> f64 {
        self.values[value]
    }

    /// The value of an unknown.
    fn of(&self, unknown: Unknown) -> Value {
        Value::from_index(self.known + unknown.index())
    }

    /// Raises the values from below towards a solution of q = (1 + slack) · F(q), until they are still. F grows no faster than
    /// its values, so an equation whose values moved by less than the slack since it was last looked at holds as q ≥ F(q), and
    /// need not be looked at again.
    ///
    /// Circles settle slowly, each move a part of the one before. Every few sweeps what still moves is set to where such moves
    /// lead in the end (Aitken 1926). A value that comes to stand above its goal stays there: it is a bound all the same.
    fn sweep(
        &mut self,
        unknowns: Range<usize>,
        dependents: &Dependents,
        progress: &OnProgress<'_>,
    ) -> Option<usize> {
        const SWEEPS: usize = 64;
        const SLACK: f64 = 5e-8;
        const EVERY: usize = 8;
        let mut open: IndexVec<Local, bool> = IndexVec::filled(true, unknowns.len());
        let place = |at: Local| Unknown::from_index(unknowns.start + at.index());
        // By unknown: what it was when its dependents last heard of it, and its last two moves.
        let mut sent: IndexVec<Local, f64> = IndexVec::filled(0.0, unknowns.len());
        let mut moves: IndexVec<Local, [f64; 2]> = IndexVec::filled([0.0; 2], unknowns.len());
        for sweep in 1..=SWEEPS {
            let mut still = true;
            for at in Local::first(unknowns.len()) {
                if !progress.goes_on_at(at.index(), unknowns.len()) {
                    return None;
                }
                if !std::mem::take(&mut open[at]) {
                    moves[at] = [moves[at][1], 0.0];
                    continue;
                }
                let (unknown, value) = (place(at), self.of(place(at)));
                let new = (self.right_side(unknown) * (1.0 + SLACK)).min(self.caps[unknown]);
                let value = &mut self.values[value];
                moves[at] = [moves[at][1], (new - *value).max(0.0)];
                *value = new.max(*value);
                if *value > sent[at] * (1.0 + SLACK / 2.0) {
                    sent[at] = *value;
                    dependents.row(at).iter().for_each(|dependent| open[*dependent] = true);
                    still = false;
                }
            }
            if still {
                return Some(sweep);
            }
            if sweep % EVERY == 0 {
                for (at, [before, last]) in moves.entries().filter(|(_, [before, last])| last < before) {
                    let (unknown, value) = (place(at), self.of(place(at)));
                    let goal = self.values[value] + last * last / (before - last);
                    self.values[value] = (goal * (1.0 + SLACK)).min(self.caps[unknown]);
                    // Its dependents hear of it when it is looked at again.
                    open[at] = true;
                }
            }
        }
        Some(SWEEPS)
    }

    /// Checks that q ≥ F(q). A value that does not hold is set to its cap, and what depends on it is looked at again: each
    /// value is raised so at most once.
    fn certify(&mut self, unknowns: Range<usize>, dependents: &Dependents) {
        let place = |at: Local| Unknown::from_index(unknowns.start + at.index());
        let all = Local::first(unknowns.len());
        let mut waiting: Vec<Local> = all.filter(|at| !self.holds(place(*at))).collect();
        while let Some(at) = waiting.pop() {
            let unknown = place(at);
            if !self.holds(unknown) {
                let value = self.of(unknown);
                self.values[value] = self.caps[unknown];
                waiting.extend_from_slice(dependents.row(at));
            }
        }
    }

    fn holds(&self, unknown: Unknown) -> bool {
        let value = self.values[self.of(unknown)];
        value >= self.caps[unknown] || self.right_side(unknown) <= value
    }

    /// Which of the unknowns have equations that speak of each.
    fn dependents(&self, unknowns: Range<usize>) -> Dependents {
        let first = self.known + unknowns.start;
        // What was solved before is known by now.
        let on = |value: Value| value.index().checked_sub(first).map(Local::from_index);
        Csr::new(unknowns.len(), || {
            let all = Local::first(unknowns.len()).zip(unknowns.clone().map(Unknown::from_index));
            all.flat_map(move |(at, unknown)| {
                let values = self.terms.row(unknown).iter().flat_map(|term| [term.first, term.second()]);
                values.filter_map(on).map(move |on| (on, at))
            })
        })
    }

    /// 1 − Π(1 − term), summed so that small chances keep their digits.
    fn right_side(&self, unknown: Unknown) -> f64 {
        self.terms.row(unknown).iter().fold(0.0, |any, term| {
            let (a, b) = (self.values[term.first], self.values[term.second()]);
            let fires = if term.is_independent() { a * (b * term.chance) } else { a.min(b) * term.chance };
            any + fires * (1.0 - any)
        })
    }
}

impl Term {
    fn second(&self) -> Value {
        Value(self.second & !INDEPENDENT)
    }

    fn is_independent(&self) -> bool {
        self.second & INDEPENDENT != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that feeds itself with a gain, and a thousand that copy one another behind it, below a cap of 1.
    fn circle(start: f64, gain: f64) -> Vec<f64> {
        let mut equations = Equations::of_known(std::iter::once(start));
        equations.term([Value(1), Value::SURE], false, 1.0);
        equations.term([Value(2), Value::SURE], false, gain);
        equations.end(1.0);
        for copy in 0..1000 {
            equations.term([Value(2 + copy), Value::SURE], false, 1.0);
            equations.end(1.0);
        }
        equations.solve(0..1001, &OnProgress::default()).unwrap();
        equations.values.as_slice()[2..].to_vec()
    }

    #[test]
    fn a_circle_settles_near_its_solution_and_what_copies_it_keeps_its_digits() {
        for start in [1e-3, 1e-12, 1e-30] {
            for (gain, most) in [(0.0, 1e-4), (0.5, 1e-4), (0.9, 2e-3), (0.99, 2.0)] {
                let values = circle(start, gain);
                // x = 1 − (1 − a)(1 − g x)
                let exact = start / (1.0 - gain + start * gain);
                let over = values.iter().map(|value| value / exact - 1.0);
                assert!(over.clone().all(|over| over >= 0.0), "below {exact} at a gain of {gain}");
                assert!(over.fold(0.0, f64::max) <= most, "{} and {exact} at a gain of {gain}", values[1000]);
            }
        }
        assert_eq!(circle(1e-3, 1.0)[0], 1.0);
    }
}
