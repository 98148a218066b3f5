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
    /// its arguments, so values that moved by less than the slack in a sweep are a solution of q ≥ F(q).
    fn sweep(&mut self, unknowns: Range<usize>) {
        const SWEEPS: usize = 200;
        const SLACK: f64 = 1e-8;
        for _ in 0..SWEEPS {
            let mut still = true;
            for unknown in unknowns.clone() {
                let right = self.right_side(unknown) * (1.0 + SLACK);
                let value = &mut self.values[self.known + unknown];
                let new = right.min(self.caps[unknown]).max(*value);
                still &= new - *value <= *value * (SLACK / 2.0);
                *value = new;
            }
            if still {
                return;
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
