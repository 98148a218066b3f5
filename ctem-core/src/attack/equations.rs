//! Equations q = F(q) of certain upper bounds, laid out to be swept over and over.
//!
//! Every value is one number of an array, in the order in which it is computed, and the terms of each lie behind those of the
//! one before, so that a sweep walks memory from front to back.

use std::ops::Range;

/// The value that is 1.
pub(super) const SURE: u32 = 0;

/// Values, some known and after them the unknown ones, each with its cap and its equation 1 − Π(1 − term).
pub(super) struct Equations {
    values: Vec<f64>,
    known: usize,
    /// By unknown: an upper bound known beforehand.
    caps: Vec<f64>,
    /// By unknown: where its terms end.
    ends: Vec<u32>,
    terms: Vec<Term>,
}

/// A chance that multiplies with values: with the lesser of two, or with both where they are independent.
struct Term {
    values: [u32; 2],
    chance: f64,
}

/// Set in the second value of a term whose values are independent.
const INDEPENDENT: u32 = 1 << 31;

impl Equations {
    /// Of what is known: by number, from 1.
    pub(super) fn of_known(known: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = std::iter::once(1.0).chain(known).collect();
        Self { known: values.len(), values, caps: Vec::new(), ends: Vec::new(), terms: Vec::new() }
    }

    /// The number of the first unknown.
    pub(super) fn first_unknown(&self) -> u32 {
        self.known as u32
    }

    /// Adds a term to the equation that is next.
    pub(super) fn term(&mut self, [first, second]: [u32; 2], independent: bool, chance: f64) {
        let second = if independent { second | INDEPENDENT } else { second };
        self.terms.push(Term { values: [first, second], chance });
    }

    /// Ends the equation of the next unknown.
    pub(super) fn end(&mut self, cap: f64) {
        self.values.push(0.0);
        self.caps.push(cap);
        self.ends.push(self.terms.len() as u32);
    }

    /// Finds a certain upper bound of the least solution, for unknowns that depend on no later ones.
    pub(super) fn solve(&mut self, unknowns: Range<usize>) {
        self.sweep(unknowns.clone());
        self.certify(unknowns);
    }

    /// By number: the value.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Raises the values from below towards a solution of q = (1 + slack) · F(q), until they are still. F grows no faster than
    /// its values, so values that moved by less than the slack in a sweep are a solution of q ≥ F(q).
    fn sweep(&mut self, unknowns: Range<usize>) {
        const SWEEPS: usize = 200;
        const SLACK: f64 = 1e-8;
        let mut moved = Vec::new();
        for sweep in 0..SWEEPS {
            moved.clear();
            for unknown in unknowns.clone() {
                let new = (self.right_side(unknown) * (1.0 + SLACK)).min(self.caps[unknown]);
                let value = &mut self.values[self.known + unknown];
                if new > *value * (1.0 + SLACK / 2.0) {
                    *value = new;
                    moved.push(unknown);
                }
            }
            if moved.is_empty() {
                return;
            }
            // Circles settle slowly: what still moves is helped along, all by one factor, at last over its goal, where it stays.
            let jump = match sweep {
                100 => 1.001,
                120 => 1.01,
                140 => 1.1,
                160 => 2.0,
                180 => 10.0,
                _ => continue,
            };
            for unknown in &moved {
                let value = &mut self.values[self.known + unknown];
                *value = (*value * jump).min(self.caps[*unknown]);
            }
        }
    }

    /// Checks that q ≥ F(q). A value that does not hold is set to its cap, and what depends on it is looked at again: each
    /// value is raised so at most once.
    fn certify(&mut self, unknowns: Range<usize>) {
        let mut waiting: Vec<usize> = unknowns.clone().filter(|unknown| !self.holds(*unknown)).collect();
        if waiting.is_empty() {
            return;
        }
        let dependents = self.dependents(unknowns);
        while let Some(unknown) = waiting.pop() {
            if self.holds(unknown) {
                continue;
            }
            let number = self.known + unknown;
            self.values[number] = self.caps[unknown];
            let first = dependents.partition_point(|(on, _)| (*on as usize) < number);
            let of = dependents[first..].iter().take_while(|(on, _)| *on as usize == number);
            waiting.extend(of.map(|(_, dependent)| *dependent as usize));
        }
    }

    fn holds(&self, unknown: usize) -> bool {
        let value = self.values[self.known + unknown];
        value >= self.caps[unknown] || self.right_side(unknown) <= value
    }

    /// By value, sorted: the unknowns whose equations speak of it.
    fn dependents(&self, unknowns: Range<usize>) -> Vec<(u32, u32)> {
        let of = |unknown: usize| {
            let on = self.terms_of(unknown).iter().flat_map(|term| term.values);
            on.map(move |value| (value & !INDEPENDENT, unknown as u32))
        };
        let mut dependents: Vec<(u32, u32)> = unknowns.flat_map(of).collect();
        dependents.sort_unstable();
        dependents.dedup();
        dependents
    }

    fn terms_of(&self, unknown: usize) -> &[Term] {
        let start = unknown.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.terms[start as usize..self.ends[unknown] as usize]
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
