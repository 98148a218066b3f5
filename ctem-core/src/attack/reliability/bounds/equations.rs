//! Equations q = F(q) of certain upper bounds, laid out to be swept over and over.
//!
//! Every value is one number of an array, in the order in which it is computed, and the terms of each lie behind those of the
//! one before, so that a sweep walks memory from front to back.

use crate::attack::graph::index::Csr;
use std::ops::Range;

/// The value that is 1.
pub(super) const SURE: u32 = 0;

/// Values, some known and after them the unknown ones, each with its cap and its equation 1 − Π(1 − term).
pub(super) struct Equations {
    values: Vec<f64>,
    known: usize,
    /// By unknown: an upper bound known beforehand.
    caps: Vec<f64>,
    /// By unknown: its terms.
    terms: Csr<u32, Term>,
}

/// A chance that multiplies with values: with the lesser of two, or with both where they are independent.
struct Term {
    values: [u32; 2],
    chance: f64,
}

/// By unknown of a range, counted from its start: the unknowns whose equations speak of it.
type Dependents = Csr<u32, u32>;

/// Set in the second value of a term whose values are independent.
const INDEPENDENT: u32 = 1 << 31;

impl Equations {
    /// Of what is known: by number, from 1.
    pub(super) fn of_known(known: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = std::iter::once(1.0).chain(known).collect();
        Self { known: values.len(), values, caps: Vec::new(), terms: Csr::default() }
    }

    /// The number of the first unknown.
    pub(super) fn first_unknown(&self) -> u32 {
        self.known as u32
    }

    /// Adds a term to the equation that is next.
    pub(super) fn term(&mut self, [first, second]: [u32; 2], independent: bool, chance: f64) {
        let second = if independent { second | INDEPENDENT } else { second };
        self.terms.extend([Term { values: [first, second], chance }]);
    }

    /// Ends the equation of the next unknown.
    pub(super) fn end(&mut self, cap: f64) {
        self.values.push(0.0);
        self.caps.push(cap);
        self.terms.end_row();
    }

    /// Finds a certain upper bound of the least solution, for unknowns that depend on no later ones.
    pub(super) fn solve(&mut self, unknowns: Range<usize>) {
        let dependents = self.dependents(unknowns.clone());
        self.sweep(unknowns.clone(), &dependents);
        self.certify(unknowns, &dependents);
    }

    /// By number: the value.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Raises the values from below towards a solution of q = (1 + slack) · F(q), until they are still. F grows no faster than
    /// its values, so an equation whose values moved by less than the slack since it was last looked at holds as q ≥ F(q), and
    /// need not be looked at again.
    ///
    /// Circles settle slowly, each move a part of the one before. Every few sweeps what still moves is set to where such moves
    /// lead in the end (Aitken 1926). A value that comes to stand above its goal stays there: it is a bound all the same.
    fn sweep(&mut self, unknowns: Range<usize>, dependents: &Dependents) {
        const SWEEPS: usize = 64;
        const SLACK: f64 = 5e-8;
        const EVERY: usize = 8;
        let mut open = vec![true; unknowns.len()];
        // By unknown: what it was when its dependents were last told, and its last two moves.
        let mut told = vec![0.0; unknowns.len()];
        let mut moves = vec![[0.0; 2]; unknowns.len()];
        for sweep in 1..=SWEEPS {
            let mut still = true;
            for at in 0..unknowns.len() {
                if !std::mem::take(&mut open[at]) {
                    moves[at] = [moves[at][1], 0.0];
                    continue;
                }
                let unknown = unknowns.start + at;
                let new = (self.right_side(unknown) * (1.0 + SLACK)).min(self.caps[unknown]);
                let value = &mut self.values[self.known + unknown];
                moves[at] = [moves[at][1], (new - *value).max(0.0)];
                *value = new.max(*value);
                if *value > told[at] * (1.0 + SLACK / 2.0) {
                    told[at] = *value;
                    dependents.row(at as u32).iter().for_each(|dependent| open[*dependent as usize] = true);
                    still = false;
                }
            }
            if still {
                return;
            }
            if sweep % EVERY == 0 {
                for (at, [before, last]) in
                    moves.iter().enumerate().filter(|(_, [before, last])| last < before)
                {
                    let unknown = unknowns.start + at;
                    let goal = self.values[self.known + unknown] + last * last / (before - last);
                    self.values[self.known + unknown] = (goal * (1.0 + SLACK)).min(self.caps[unknown]);
                    // Its dependents hear of it when it is looked at again.
                    open[at] = true;
                }
            }
        }
    }

    /// Checks that q ≥ F(q). A value that does not hold is set to its cap, and what depends on it is looked at again: each
    /// value is raised so at most once.
    fn certify(&mut self, unknowns: Range<usize>, dependents: &Dependents) {
        let mut waiting: Vec<usize> = unknowns.clone().filter(|unknown| !self.holds(*unknown)).collect();
        while let Some(unknown) = waiting.pop() {
            if !self.holds(unknown) {
                self.values[self.known + unknown] = self.caps[unknown];
                let of = dependents.row((unknown - unknowns.start) as u32).iter();
                waiting.extend(of.map(|dependent| *dependent as usize + unknowns.start));
            }
        }
    }

    fn holds(&self, unknown: usize) -> bool {
        let value = self.values[self.known + unknown];
        value >= self.caps[unknown] || self.right_side(unknown) <= value
    }

    /// Which of the unknowns have equations that speak of each.
    fn dependents(&self, unknowns: Range<usize>) -> Dependents {
        let first = self.known + unknowns.start;
        // What was solved before is known by now.
        let on = |term: &Term| term.values.map(|value| ((value & !INDEPENDENT) as usize).checked_sub(first));
        let pairs = || {
            let all = unknowns.clone().enumerate();
            let terms =
                all.flat_map(|(at, unknown)| self.terms_of(unknown).iter().map(move |term| (at, term)));
            terms.flat_map(move |(at, term)| {
                on(term).into_iter().flatten().map(move |on| (on as u32, at as u32))
            })
        };
        Csr::new(unknowns.len(), pairs)
    }

    fn terms_of(&self, unknown: usize) -> &[Term] {
        self.terms.row(unknown as u32)
    }

    /// 1 − Π(1 − term), summed so that small chances keep their digits.
    fn right_side(&self, unknown: usize) -> f64 {
        self.terms_of(unknown).iter().fold(0.0, |any, Term { values: [first, second], chance }| {
            let (a, b) = (self.values[*first as usize], self.values[(second & !INDEPENDENT) as usize]);
            let fires = if second & INDEPENDENT == 0 { a.min(b) * chance } else { a * (b * chance) };
            any + fires * (1.0 - any)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that feeds itself with a gain, and a thousand that copy one another behind it, below a cap of 1.
    fn circle(start: f64, gain: f64) -> Vec<f64> {
        let mut equations = Equations::of_known(std::iter::once(start));
        equations.term([1, SURE], false, 1.0);
        equations.term([2, SURE], false, gain);
        equations.end(1.0);
        for copy in 0..1000 {
            equations.term([2 + copy, SURE], false, 1.0);
            equations.end(1.0);
        }
        equations.solve(0..1001);
        equations.values()[2..].to_vec()
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
