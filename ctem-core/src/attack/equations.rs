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

    /// Raises the values from below, until they are still.
    fn sweep(&mut self, unknowns: Range<usize>) {
        const SWEEPS: usize = 200;
        const STILL: f64 = 1e-10;
        for _ in 0..SWEEPS {
            let mut moved: f64 = 0.0;
            for unknown in unknowns.clone() {
                let new = self.right_side(unknown);
                let value = &mut self.values[self.known + unknown];
                moved = moved.max(new - *value);
                *value = new;
            }
            if moved <= STILL {
                return;
            }
        }
    }

    /// Raises the values until they are a solution of q ≥ F(q); values that will not settle are set to their caps.
    fn certify(&mut self, unknowns: Range<usize>) {
        const TRIES: i32 = 12;
        for attempt in 0..TRIES {
            let raise = 1e-9 * 10f64.powi(attempt);
            for unknown in unknowns.clone() {
                let value = &mut self.values[self.known + unknown];
                let raised = *value + raise * (1.0 - *value).max(1e-12) * value.max(1e-6);
                *value = raised.min(self.caps[unknown]);
            }
            let holds = |unknown: usize| {
                let value = self.values[self.known + unknown];
                value >= self.caps[unknown] || self.right_side(unknown) <= value
            };
            if unknowns.clone().all(holds) {
                return;
            }
        }
        let ends = self.known + unknowns.start..self.known + unknowns.end;
        self.values[ends].copy_from_slice(&self.caps[unknowns]);
    }

    fn right_side(&self, unknown: usize) -> f64 {
        let start = unknown.checked_sub(1).map_or(0, |before| self.ends[before]);
        let terms = &self.terms[start as usize..self.ends[unknown] as usize];
        let stays = terms.iter().fold(1.0, |stays, Term { values: [first, second], chance }| {
            let (a, b) = (self.values[*first as usize], self.values[(second & !INDEPENDENT) as usize]);
            stays * (1.0 - if second & INDEPENDENT == 0 { a.min(b) * chance } else { a * (b * chance) })
        });
        // Rounding may only ever raise the bound.
        ((1.0 - stays) * (1.0 + 1e-14)).min(self.caps[unknown])
    }
}
