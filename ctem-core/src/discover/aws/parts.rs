//! Parts of what is allowed: each a set of targets, with the words for what it hangs on.

use super::sets::{SetId, Sets};
use std::{collections::BTreeSet, rc::Rc};

/// A part of what is allowed: on these targets, and what that hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) on: SetId,
    /// Sorted; empty where it hangs on nothing.
    pub(super) hangs_on: Vec<Rc<str>>,
}

/// A right hangs on so many things at most; what hangs on more is taken to hang on these.
const MOST_WORDS: usize = 8;

impl Sets {
    /// What both allow.
    pub(super) fn cross(&mut self, left: &[Allowed], right: &[Allowed]) -> Vec<Allowed> {
        let mut both = Vec::new();
        for a in left {
            for b in right {
                let on = self.both(a.on, b.on);
                if self.is_empty(on) {
                    continue;
                }
                both.push(Allowed { on, hangs_on: merged(&a.hangs_on, &b.hangs_on) });
            }
        }
        self.tidy(both)
    }

    /// Each target once, by what hangs on least.
    pub(super) fn tidy(&mut self, mut parts: Vec<Allowed>) -> Vec<Allowed> {
        parts.sort_by(|a, b| (a.hangs_on.len(), &a.hangs_on).cmp(&(b.hangs_on.len(), &b.hangs_on)));
        let mut taken = self.none();
        let mut tidy: Vec<Allowed> = Vec::new();
        for part in parts {
            let on = self.without(part.on, taken);
            if self.is_empty(on) {
                continue;
            }
            taken = self.either(taken, on);
            match tidy.last_mut().filter(|last| last.hangs_on == part.hangs_on) {
                Some(last) => last.on = self.either(last.on, on),
                None => tidy.push(Allowed { on, hangs_on: part.hangs_on }),
            }
        }
        tidy
    }
}

/// What hangs on both.
pub(super) fn merged(a: &[Rc<str>], b: &[Rc<str>]) -> Vec<Rc<str>> {
    let all: BTreeSet<Rc<str>> = a.iter().chain(b).cloned().collect();
    all.into_iter().take(MOST_WORDS).collect()
}
