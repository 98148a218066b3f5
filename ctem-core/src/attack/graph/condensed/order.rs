//! Which states fall together, and in what order they are numbered.
//!
//! At a million states what costs is waiting for memory, so all that is asked of a state lies in one byte, and where steps lead is
//! one list that is read from front to back.

use crate::attack::graph::{
    index::{Csr, NONE},
    layout::Layout,
    scc::components,
};

/// Where one can go from each state: a step's conclusion stands with it, so that following steps reads no other array.
pub(super) struct Flow {
    uses: Csr<u32, Use>,
}

/// A step that needs a state: its conclusion, marked where it needs nothing else; or, of one that needs another state as well, its
/// number.
#[derive(Clone, Copy, Default)]
struct Use(u32);

impl Use {
    const PLAIN: u32 = 1 << 31;
    const PAIR: u32 = 1 << 30;

    fn to(self, layout: &Layout) -> u32 {
        let number = self.0 & !(Self::PLAIN | Self::PAIR);
        if self.is_pair() { layout.concludes(number as usize) } else { number }
    }

    /// Its conclusion, when it needs one state and nothing uncertain.
    fn plain(self) -> Option<u32> {
        (self.0 & Self::PLAIN != 0).then_some(self.0 & !Self::PLAIN)
    }

    fn is_pair(self) -> bool {
        self.0 & Self::PAIR != 0
    }

    /// The step, of one that needs another state as well.
    fn step(self) -> usize {
        (self.0 & !Self::PAIR) as usize
    }
}

impl Flow {
    pub(super) fn of(layout: &Layout) -> Self {
        let uses = Csr::new(layout.state_count(), || {
            (0..layout.step_count()).flat_map(|step| {
                let [first, second] = layout.premise_pair(step);
                let use_ = Use(match (second, layout.guards[step]) {
                    (NONE, NONE) => Use::PLAIN | layout.concludes(step),
                    (NONE, _) => layout.concludes(step),
                    (_, _) => Use::PAIR | step as u32,
                });
                let premises = [first, second].into_iter().filter(|premise| *premise != NONE);
                premises.map(move |premise| (premise, use_))
            })
        });
        Self { uses }
    }

    fn from(&self, state: u32) -> &[Use] {
        self.uses.row(state)
    }

    /// By state: whether plain steps lead to it from a circle of them. What they lead to in an order is taken out first (Kahn
    /// 1962), which mostly leaves nothing.
    fn circular(&self) -> Vec<bool> {
        let states = self.uses.len();
        let mut into = vec![0u32; states];
        for to in self.uses.values().iter().filter_map(|use_| use_.plain()) {
            into[to as usize] += 1;
        }
        let mut waiting: Vec<u32> = (0..states as u32).filter(|state| into[*state as usize] == 0).collect();
        while let Some(state) = waiting.pop() {
            for to in self.from(state).iter().filter_map(|use_| use_.plain()) {
                let into = &mut into[to as usize];
                *into -= 1;
                if *into == 0 {
                    waiting.push(to);
                }
            }
        }
        into.into_iter().map(|into| into > 0).collect()
    }
}

/// Steps as the condensed graph sees them.
pub(super) struct Steps<'a> {
    layout: &'a Layout,
    /// By state: what is known of it, in bits.
    marks: Vec<u8>,
}

/// It surely falls.
const SURE: u8 = 1;
/// It is a threat or a failed control that is not sure: a coin and no node.
const ROOT: u8 = 2;
/// The search has come to it.
const SEEN: u8 = 4;
/// It leads to a loss event.
const LEADS: u8 = 8;
/// It is not the first of its class.
const MERGED: u8 = 16;

impl<'a> Steps<'a> {
    /// Finds what surely falls.
    pub(super) fn of(layout: &'a Layout, flow: &Flow) -> Self {
        let mut marks = vec![0u8; layout.state_count()];
        marks[0] = SURE;
        let mut waiting = vec![0u32];
        while let Some(state) = waiting.pop() {
            for use_ in flow.from(state) {
                let sure = |premise: u32| marks[premise as usize] & SURE != 0;
                let both = |step: usize| {
                    layout.guards[step] == NONE && layout.premise_pair(step).into_iter().all(sure)
                };
                let certain = use_.plain().is_some() || use_.is_pair() && both(use_.step());
                let to = use_.to(layout);
                if certain && marks[to as usize] == 0 {
                    marks[to as usize] = SURE;
                    waiting.push(to);
                }
            }
        }
        for (state, mark) in (0..).zip(&mut marks) {
            if *mark == 0 && layout.is_root(state) {
                *mark = ROOT;
            }
        }
        Self { layout, marks }
    }

    fn is_sure(&self, state: u32) -> bool {
        self.marks[state as usize] & SURE != 0
    }

    /// Whether a state is a threat or a failed control, which are coins and no nodes.
    pub(super) fn is_root(&self, state: u32) -> bool {
        self.marks[state as usize] & ROOT != 0
    }

    /// Whether a class leads to a loss event.
    pub(super) fn leads(&self, class: u32) -> bool {
        self.marks[class as usize] & LEADS != 0
    }

    /// The coin of a premise that is a threat or a failed control.
    pub(super) fn coin(&self, premise: u32) -> u32 {
        if premise == NONE || !self.is_root(premise) {
            return NONE;
        }
        self.layout.guards.get(self.layout.steps_to(premise).start).copied().unwrap_or(NONE)
    }

    /// The premises of a step that are neither sure nor coins.
    pub(super) fn premises(&self, step: usize) -> impl Iterator<Item = u32> + '_ {
        let premises = self.layout.premise_pair(step).into_iter().filter(|premise| *premise != NONE);
        premises.filter(|premise| self.marks[*premise as usize] & (SURE | ROOT) == 0)
    }

    /// The classes that can be come to, in the reverse of the order in which a depth-first search from the source leaves them, so
    /// that most steps lead forwards. A step is taken once all it needs has been come to.
    pub(super) fn in_reverse_postorder(&mut self, flow: &Flow, classes: &Classes) -> Vec<u32> {
        let mut left = Vec::new();
        for (state, mark) in (0..).zip(&mut self.marks) {
            if classes.of_state(state) != state {
                *mark |= MERGED;
            }
        }
        self.marks[0] |= SEEN;
        // What needs threats and controls alone, by which no search passes, is come to from the source.
        for state in 0..self.marks.len() as u32 {
            if self.is_root(state) {
                for use_ in flow.from(state) {
                    if let Some(class) = self.enters(*use_, classes) {
                        self.search(class, flow, classes, &mut left);
                    }
                }
            }
        }
        self.search(0, flow, classes, &mut left);
        left.reverse();
        left
    }

    fn search(&mut self, class: u32, flow: &Flow, classes: &Classes, left: &mut Vec<u32>) {
        // A class, and the member and the place among what it leads to where the search is.
        let mut stack = vec![(class, class, 0usize)];
        while let Some((class, member, at)) = stack.last_mut() {
            match flow.from(*member).get(*at) {
                Some(use_) => {
                    *at += 1;
                    if let Some(to) = self.enters(*use_, classes) {
                        stack.push((to, to, 0));
                    }
                }
                None => match classes.after(*member) {
                    NONE => {
                        left.push(*class);
                        stack.pop();
                    }
                    next => (*member, *at) = (next, 0),
                },
            }
        }
    }

    /// The class a step leads to, if it is come to by it for the first time.
    fn enters(&mut self, use_: Use, classes: &Classes) -> Option<u32> {
        let mut class = use_.to(self.layout);
        let mut mark = self.marks[class as usize];
        if mark & (MERGED | SURE) == MERGED {
            class = classes.of_state(class);
            mark = self.marks[class as usize];
        }
        if mark & (SEEN | SURE | ROOT) != 0 {
            return None;
        }
        if use_.is_pair() {
            let seen = |premise: u32| self.marks[classes.of_state(premise) as usize] & SEEN != 0;
            if !self.premises(use_.step()).all(seen) {
                return None;
            }
        }
        self.marks[class as usize] |= SEEN;
        Some(class)
    }

    pub(super) fn mark_what_leads_to_loss(&mut self, classes: &Classes) {
        let layout = self.layout;
        let mut waiting = Vec::new();
        self.marks[0] |= LEADS;
        for event in &layout.events {
            self.lead_from(*event, classes, &mut waiting);
        }
        while let Some(class) = waiting.pop() {
            for state in classes.members(class) {
                for step in layout.steps_to(state) {
                    for premise in layout.premise_pair(step).into_iter().filter(|state| *state != NONE) {
                        self.lead_from(premise, classes, &mut waiting);
                    }
                }
            }
        }
    }

    fn lead_from(&mut self, state: u32, classes: &Classes, waiting: &mut Vec<u32>) {
        let (mut class, mut mark) = (state, self.marks[state as usize]);
        if mark & (MERGED | SURE) == MERGED {
            class = classes.of_state(state);
            mark = self.marks[class as usize];
        }
        if mark & (SURE | ROOT | LEADS) == 0 {
            self.marks[class as usize] |= LEADS;
            waiting.push(class);
        }
    }
}

/// States that fall together: by state, the first of its class. What is sure is the class of state 0.
pub(super) struct Classes {
    first: Vec<u32>,
    /// By state: the next of its class.
    next: Vec<u32>,
}

impl Classes {
    pub(super) fn of(flow: &Flow, steps: &Steps<'_>) -> Self {
        let states = steps.marks.len();
        let first = (0..states as u32).map(|state| if steps.is_sure(state) { 0 } else { state });
        let mut classes = Self { first: first.collect(), next: vec![NONE; states] };
        let circular = flow.circular();
        if circular.contains(&true) {
            let member = |state: u32| circular[state as usize] && !steps.is_sure(state);
            let component = components(states, |state, from| {
                let mut uses = flow.from(state).iter().enumerate().skip(from).filter(|_| member(state));
                uses.find_map(|(at, use_)| Some((at + 1, use_.plain().filter(|to| member(*to))?)))
            });
            let mut lowest = vec![NONE; states];
            for (state, component) in (0..).zip(component).filter(|(state, _)| member(*state)) {
                let lowest = &mut lowest[component as usize];
                *lowest = (*lowest).min(state);
                classes.first[state as usize] = *lowest;
            }
        }
        for state in (0..states).rev().filter(|state| classes.first[*state] != *state as u32) {
            let first = classes.first[state] as usize;
            classes.next[state] = classes.next[first];
            classes.next[first] = state as u32;
        }
        classes
    }

    pub(super) fn of_state(&self, state: u32) -> u32 {
        self.first[state as usize]
    }

    /// The next state of the same class.
    fn after(&self, state: u32) -> u32 {
        self.next[state as usize]
    }

    fn members(&self, class: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(class), |state| {
            Some(self.next[*state as usize]).filter(|next| *next != NONE)
        })
    }
}
