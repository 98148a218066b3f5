//! Steps as they are put together, before their states have their final numbers.
//!
//! Compiling an environment and putting a graph together by hand both end here: premises beyond two are bundled, states that
//! nothing speaks of are left out, equal steps become one, and the arrays of a [`Snapshot`] are laid out.

use crate::{
    attack::graph::{
        Key, Origin, PriorUncertainty, Snapshot, StateKind, Variable, VariableKind,
        condensed::Condensed,
        index::{Csr, NONE, PAIR},
        layout::{Folded, Layout},
        step::Packed,
    },
    error::{Error, ErrorKind, Result},
    model::{Access, Technique},
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Steps, variables and states in the making. A state is 0, what is given; or 1 + 4 · rank of its asset + access; or a special
/// one from `base` on.
pub(super) struct Draft {
    base: u32,
    specials: Vec<StateKind>,
    steps: Vec<Raw>,
    /// Premises of steps that have two.
    pairs: Vec<[u32; 2]>,
    variables: Vec<Variable>,
    keys: Vec<Key>,
    folded: Vec<Folded>,
    /// By variable, those alone whose chance is unsure.
    spreads: Vec<(u32, PriorUncertainty)>,
    /// States that stand for two others together.
    parts: HashMap<(u32, u32), u32>,
}

/// A step before its states have their final numbers. Sixteen bytes, since there are two lists of them while they are sorted.
#[derive(Clone, Copy, Default)]
struct Raw {
    conclusion: u32,
    /// Its premise, or the place of its two among the pairs.
    premise: u32,
    guard: u32,
    origin: Packed,
}

/// The two premises of a step, the second `NONE` when it has one.
fn premises(pairs: &[[u32; 2]], premise: u32) -> [u32; 2] {
    if premise & PAIR == 0 { [premise, NONE] } else { pairs[(premise & !PAIR) as usize] }
}

/// What a snapshot knows besides its steps.
#[derive(Default)]
pub(super) struct Frame {
    /// How many findings may be among the origins.
    pub(super) openings: usize,
    /// By loss event: its state and its loss.
    pub(super) events: Vec<(u32, f64)>,
    pub(super) techniques: Vec<Option<Technique>>,
    /// By rank: the asset's number in the environment; and by that number, the rank.
    pub(super) numbers: Vec<u32>,
    pub(super) ranks: Vec<u32>,
    /// So many special states, the first ones, stay though nothing speaks of them.
    pub(super) stated: usize,
}

impl Draft {
    /// A draft for so many assets, with room for so many steps.
    ///
    /// # Errors
    /// `limit_exceeded` for more than 2²⁸ assets.
    pub(super) fn new(assets: usize, steps: usize) -> Result<Self> {
        let assets = u32::try_from(assets).ok().filter(|count| *count < 1 << 28).ok_or_else(too_many)?;
        Ok(Self {
            base: 1 + 4 * assets,
            specials: Vec::new(),
            steps: Vec::with_capacity(steps),
            pairs: Vec::new(),
            variables: Vec::new(),
            keys: Vec::new(),
            folded: Vec::new(),
            spreads: Vec::new(),
            parts: HashMap::new(),
        })
    }

    pub(super) fn special(&mut self, kind: StateKind) -> u32 {
        self.specials.push(kind);
        self.base + (self.specials.len() - 1) as u32
    }

    pub(super) fn part(&mut self) -> u32 {
        let n = self.specials.len() as u32;
        self.special(StateKind::Part(n))
    }

    /// Adds a variable; what is sure is none, unless it is a finding, which can be fixed.
    pub(super) fn variable(&mut self, kind: VariableKind, key: Key, chance: Probability) -> u32 {
        if chance == Probability::ONE && !matches!(kind, VariableKind::Finding(_)) {
            return NONE;
        }
        self.variables.push(Variable { kind, chance });
        self.keys.push(key);
        (self.variables.len() - 1) as u32
    }

    /// Adds a variable that is one even if it is sure.
    pub(super) fn stated_variable(&mut self, kind: VariableKind, key: Key, chance: Probability) {
        self.variables.push(Variable { kind, chance });
        self.keys.push(key);
    }

    /// Adds a variable into which a threat that nothing else shares is folded.
    pub(super) fn folding(
        &mut self,
        kind: VariableKind,
        key: Key,
        own: Probability,
        threat: (Key, Probability),
    ) -> u32 {
        let variable = self.variable(kind, key, threat.1.and(own));
        if variable != NONE && threat.1 < Probability::ONE {
            self.folded.push(Folded { variable, own, threat: threat.0, chance: threat.1 });
        }
        variable
    }

    /// Says how unsure the chance of a variable is, if it is one.
    pub(super) fn spread(&mut self, variable: u32, spread: PriorUncertainty) {
        if variable != NONE {
            self.spreads.push((variable, spread));
        }
    }

    /// Adds a step; premises beyond two are bundled into parts. A step that would conclude what it needs is none.
    pub(super) fn step(&mut self, premises: &[u32], guard: u32, conclusion: u32, origin: Origin) {
        let mut premises: SmallVec<[u32; 8]> = premises.iter().copied().collect();
        premises.sort_unstable();
        premises.dedup();
        if premises.contains(&conclusion) || premises.contains(&NONE) || conclusion == NONE {
            return;
        }
        let origin = Packed::of(origin);
        while premises.len() > 2 {
            let pair = (premises[0], premises[1]);
            let part = match self.parts.get(&pair) {
                Some(part) => *part,
                None => {
                    let part = self.part();
                    self.parts.insert(pair, part);
                    let premise = self.pair([pair.0, pair.1]);
                    self.steps.push(Raw { conclusion: part, premise, guard: NONE, origin });
                    part
                }
            };
            premises.drain(..2);
            premises.push(part);
        }
        let premise = match premises.as_slice() {
            [first, second, ..] => self.pair([*first, *second]),
            [one] => *one,
            [] => 0,
        };
        self.steps.push(Raw { conclusion, premise, guard, origin });
    }

    fn pair(&mut self, premises: [u32; 2]) -> u32 {
        self.pairs.push(premises);
        PAIR | (self.pairs.len() - 1) as u32
    }

    /// More access includes less, where the lesser one is of use.
    pub(super) fn ladder(&mut self) {
        let mut needed = vec![false; self.base as usize];
        let mut given = vec![false; self.base as usize];
        for step in &self.steps {
            for premise in premises(&self.pairs, step.premise) {
                if let Some(needed) = needed.get_mut(premise as usize) {
                    *needed = true;
                }
            }
            if let Some(given) = given.get_mut(step.conclusion as usize) {
                *given = true;
            }
        }
        let rows = needed.get(1..).unwrap_or_default().as_chunks::<4>().0.iter();
        let rows = rows.zip(given.get(1..).unwrap_or_default().as_chunks::<4>().0);
        for (rank, ([reach, using, _, down], [_, gives_use, control, _])) in (0u32..).zip(rows) {
            let state = |access: Access| 1 + 4 * rank + access as u32;
            if *control && (*using || *reach) {
                self.step(&[state(Access::Control)], NONE, state(Access::Use), Origin::Ladder);
            }
            if (*control || *gives_use) && *reach {
                self.step(&[state(Access::Use)], NONE, state(Access::Reach), Origin::Ladder);
            }
            if *control && *down {
                self.step(&[state(Access::Control)], NONE, state(Access::Down), Origin::Ladder);
            }
        }
    }

    /// Gives the states their final numbers and lays the arrays out. O(n + m).
    pub(super) fn finish(self, frame: Frame) -> Result<Snapshot> {
        let Self { base, specials, mut steps, mut pairs, variables, keys, folded, mut spreads, .. } = self;
        spreads.sort_by_key(|(variable, _)| *variable);
        let all = base as usize + specials.len();
        if all >= MOST_STATES as usize || steps.len().max(frame.openings) >= MOST_STEPS {
            return Err(too_many());
        }
        let mut final_of = vec![NONE; all];
        final_of[0] = 0;
        for step in &steps {
            final_of[step.conclusion as usize] = 0;
            for premise in premises(&pairs, step.premise).into_iter().filter(|premise| *premise != NONE) {
                final_of[premise as usize] = 0;
            }
        }
        for (state, _) in &frame.events {
            final_of[*state as usize] = 0;
        }
        final_of[base as usize..base as usize + frame.stated].fill(0);
        let mut kinds = Vec::new();
        let mut held = 0;
        for (state, slot) in final_of.iter_mut().enumerate().filter(|(_, slot)| **slot != NONE) {
            *slot = kinds.len() as u32;
            kinds.push(match state.checked_sub(base as usize) {
                Some(special) => specials[special],
                None if state == 0 => StateKind::Given,
                None => {
                    let (rank, access) = ((state - 1) / 4, (state - 1) % 4);
                    held += 1;
                    StateKind::Compromised(rank as u32, Access::ALL[access])
                }
            });
        }
        let number = |state: u32| if state == NONE { NONE } else { final_of[state as usize] };
        for step in &mut steps {
            step.conclusion = number(step.conclusion);
            if step.premise & PAIR == 0 {
                step.premise = number(step.premise);
            }
        }
        pairs.iter_mut().for_each(|pair| *pair = pair.map(number));
        let events = frame.events.iter().map(|(state, _)| number(*state)).collect();
        drop(final_of);
        let (concluded, steps) = by_conclusion(steps, &pairs, kinds.len()).into_parts();
        let mut layout = Layout {
            kinds,
            concluded,
            variables,
            events,
            losses: frame.events.iter().map(|(_, loss)| *loss).collect(),
            openings: vec![NONE; frame.openings],
            techniques: frame.techniques,
            held,
            numbers: frame.numbers,
            ranks: frame.ranks,
            ..Layout::default()
        };
        lay_out(&mut layout, steps, &pairs);
        drop(pairs);
        let condensed = Condensed::of(&layout, keys, &folded, spreads)?;
        Ok(Snapshot { layout, condensed })
    }
}

/// The steps to each state, in order; equal steps become one.
fn by_conclusion(steps: Vec<Raw>, pairs: &[[u32; 2]], states: usize) -> Csr<u32, Raw> {
    let mut sorted = Csr::new(states, || steps.iter().map(|step| (step.conclusion, *step)));
    drop(steps);
    sorted.sort_rows(
        |steps| steps.sort_unstable_by_key(|step| (premises(pairs, step.premise), step.guard, step.origin)),
        |a, b| same(a, b, pairs),
    );
    sorted
}

fn same(a: &Raw, b: &Raw, pairs: &[[u32; 2]]) -> bool {
    // Two sure findings that do the same are still two.
    let apart = a.origin.is_finding() && b.origin.is_finding();
    !apart && (premises(pairs, a.premise), a.guard) == (premises(pairs, b.premise), b.guard)
}

/// Puts the sorted steps into the arrays.
fn lay_out(layout: &mut Layout, steps: Vec<Raw>, pairs: &[[u32; 2]]) {
    layout.conclusions = steps.iter().map(|step| step.conclusion).collect();
    layout.guards = steps.iter().map(|step| step.guard).collect();
    layout.origins = steps.iter().map(|step| step.origin).collect();
    layout.premises = Vec::with_capacity(steps.len());
    for (n, step) in (0u32..).zip(&steps) {
        let [first, second] = premises(pairs, step.premise);
        layout.premises.push(if second == NONE {
            first
        } else {
            layout.pairs.push([first, second]);
            PAIR | (layout.pairs.len() - 1) as u32
        });
        if let Origin::Finding(finding) = step.origin.origin()
            && let Some(slot) = layout.openings.get_mut(finding as usize)
        {
            *slot = n;
        }
    }
}

/// There are fewer states than this, and fewer steps.
pub(super) const MOST_STATES: u32 = 1 << 30;
pub(super) const MOST_STEPS: usize = 1 << 28;

pub(super) fn too_many() -> Error {
    Error::new(ErrorKind::LimitExceeded, "there are more than 2³⁰ states or 2²⁸ steps: split the environment")
}
