//! Which states fall together, and in what order they are numbered.
//!
//! At a million states what costs is waiting for memory, so all that is asked of a state lies in one byte, and where steps lead is
//! one list that is read from front to back.

use super::parts::Coin;
use crate::attack::graph::{
    State, Step,
    index::{Csr, Id, IndexVec},
    layout::Layout,
    scc::{Component, components},
};

/// Where one can go from each state: a step's conclusion stands with it, so that following steps reads no other array.
pub(super) struct Flow {
    uses: Csr<State, Use>,
}

/// A step that needs a state: its conclusion, marked where it needs nothing else; or, of one that needs another state as well, its
/// number.
#[derive(Clone, Copy, Default)]
struct Use(u32);

impl Use {
    const PLAIN: u32 = 1 << 31;
    const PAIR: u32 = 1 << 30;

    fn to(self, layout: &Layout) -> State {
        match self.pair() {
            Some(step) => layout.conclusion(step),
            None => State(self.0 & !Self::PLAIN),
        }
    }

    /// Its conclusion, when it needs one state and nothing uncertain.
    fn plain(self) -> Option<State> {
        (self.0 & Self::PLAIN != 0).then_some(State(self.0 & !Self::PLAIN))
    }

    /// The step, of one that needs another state as well.
    fn pair(self) -> Option<Step> {
        (self.0 & Self::PAIR != 0).then_some(Step(self.0 & !Self::PAIR))
    }
}

impl Flow {
    pub(super) fn of(layout: &Layout) -> Self {
        let uses = Csr::new(layout.state_count(), || {
            layout.conclusions.ids().flat_map(|step| {
                let use_ = Use(match (layout.premise_pair(step)[1], layout.guards[step].some()) {
                    (State::NONE, None) => Use::PLAIN | layout.conclusion(step).0,
                    (State::NONE, Some(_)) => layout.conclusion(step).0,
                    (_, _) => Use::PAIR | step.0,
                });
                layout.premises(step).map(move |premise| (premise, use_))
            })
        });
        Self { uses }
    }

    fn from(&self, state: State) -> &[Use] {
        self.uses.row(state)
    }

    /// By state: whether plain steps lead to it from a circle of them. What they lead to in an order is taken out first (Kahn
    /// 1962), which mostly leaves nothing.
    fn circular(&self) -> IndexVec<State, bool> {
        let mut into = IndexVec::filled(0u32, self.uses.len());
        for to in self.uses.values().iter().filter_map(|use_| use_.plain()) {
            into[to] += 1;
        }
        let mut waiting: Vec<State> = into.ids().filter(|state| into[*state] == 0).collect();
        while let Some(state) = waiting.pop() {
            for to in self.from(state).iter().filter_map(|use_| use_.plain()) {
                let into = &mut into[to];
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
    marks: IndexVec<State, u8>,
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
        let mut marks = IndexVec::filled(0u8, layout.state_count());
        marks[State::GIVEN] = SURE;
        let mut waiting = vec![State::GIVEN];
        while let Some(state) = waiting.pop() {
            for use_ in flow.from(state) {
                let sure = |premise: State| marks[premise] & SURE != 0;
                let both = |step: Step| layout.guards[step].is_none() && layout.premises(step).all(sure);
                let certain = use_.plain().is_some() || use_.pair().is_some_and(both);
                let to = use_.to(layout);
                if certain && marks[to] == 0 {
                    marks[to] = SURE;
                    waiting.push(to);
                }
            }
        }
        for (state, mark) in marks.entries_mut() {
            if *mark == 0 && layout.is_root(state) {
                *mark = ROOT;
            }
        }
        Self { layout, marks }
    }

    fn is_sure(&self, state: State) -> bool {
        self.marks[state] & SURE != 0
    }

    /// Whether a state is a threat or a failed control, which are coins and no nodes.
    pub(super) fn is_root(&self, state: State) -> bool {
        self.marks[state] & ROOT != 0
    }

    /// Whether a class leads to a loss event.
    pub(super) fn leads(&self, class: State) -> bool {
        self.marks[class] & LEADS != 0
    }

    /// The coin of a premise that is a threat or a failed control; none of others.
    pub(super) fn coin(&self, premise: State) -> Coin {
        match premise.some().filter(|premise| self.is_root(*premise)) {
            Some(root) => Coin::of(self.layout.own_variable(root)),
            None => Coin::NONE,
        }
    }

    /// The premises of a step that are neither sure nor coins.
    pub(super) fn premises(&self, step: Step) -> impl Iterator<Item = State> + '_ {
        self.layout.premises(step).filter(|premise| self.marks[*premise] & (SURE | ROOT) == 0)
    }

    /// The classes that can be come to, in the reverse of the order in which a depth-first search from the source leaves them, so
    /// that most steps lead forwards. A step is taken once all it needs has been come to.
    pub(super) fn in_reverse_postorder(&mut self, flow: &Flow, classes: &Classes) -> Vec<State> {
        let mut left = Vec::new();
        for (state, mark) in self.marks.entries_mut() {
            if classes.of_state(state) != state {
                *mark |= MERGED;
            }
        }
        self.marks[State::GIVEN] |= SEEN;
        // What needs threats and controls alone, by which no search passes, is come to from the source.
        for state in self.marks.ids() {
            if self.is_root(state) {
                for use_ in flow.from(state) {
                    if let Some(class) = self.enters(*use_, classes) {
                        self.search(class, flow, classes, &mut left);
                    }
                }
            }
        }
        self.search(State::GIVEN, flow, classes, &mut left);
        left.reverse();
        left
    }

    fn search(&mut self, class: State, flow: &Flow, classes: &Classes, left: &mut Vec<State>) {
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
                    None => {
                        left.push(*class);
                        stack.pop();
                    }
                    Some(next) => (*member, *at) = (next, 0),
                },
            }
        }
    }

    /// The class a step leads to, if it is come to by it for the first time.
    fn enters(&mut self, use_: Use, classes: &Classes) -> Option<State> {
        let mut class = use_.to(self.layout);
        let mut mark = self.marks[class];
        if mark & (MERGED | SURE) == MERGED {
            class = classes.of_state(class);
            mark = self.marks[class];
        }
        if mark & (SEEN | SURE | ROOT) != 0 {
            return None;
        }
        if let Some(step) = use_.pair() {
            let seen = |premise: State| self.marks[classes.of_state(premise)] & SEEN != 0;
            if !self.premises(step).all(seen) {
                return None;
            }
        }
        self.marks[class] |= SEEN;
        Some(class)
    }

    pub(super) fn mark_what_leads_to_loss(&mut self, classes: &Classes) {
        let layout = self.layout;
        let mut waiting = Vec::new();
        self.marks[State::GIVEN] |= LEADS;
        for event in &layout.events {
            self.lead_from(*event, classes, &mut waiting);
        }
        while let Some(class) = waiting.pop() {
            for state in classes.members(class) {
                for step in layout.steps_to(state) {
                    for premise in layout.premises(step) {
                        self.lead_from(premise, classes, &mut waiting);
                    }
                }
            }
        }
    }

    fn lead_from(&mut self, state: State, classes: &Classes, waiting: &mut Vec<State>) {
        let (mut class, mut mark) = (state, self.marks[state]);
        if mark & (MERGED | SURE) == MERGED {
            class = classes.of_state(state);
            mark = self.marks[class];
        }
        if mark & (SURE | ROOT | LEADS) == 0 {
            self.marks[class] |= LEADS;
            waiting.push(class);
        }
    }
}

/// States that fall together. What is sure is the class of state 0.
pub(super) struct Classes {
    /// By state: the first of its class.
    first: IndexVec<State, State>,
    /// By state: the next of its class.
    next: IndexVec<State, State>,
}

impl Classes {
    pub(super) fn of(flow: &Flow, steps: &Steps<'_>) -> Self {
        let states = steps.marks.len();
        let of_sure = |state| if steps.is_sure(state) { State::GIVEN } else { state };
        let first = steps.marks.ids().map(of_sure).collect();
        let mut classes = Self { first, next: IndexVec::filled(State::NONE, states) };
        let circular = flow.circular();
        if circular.as_slice().contains(&true) {
            let member = |state: State| circular[state] && !steps.is_sure(state);
            let component = components(states, |state, from| {
                let mut uses = flow.from(state).iter().enumerate().skip(from).filter(|_| member(state));
                uses.find_map(|(at, use_)| Some((at + 1, use_.plain().filter(|to| member(*to))?)))
            });
            let mut lowest: IndexVec<Component, State> = IndexVec::filled(State::NONE, states);
            for (state, component) in component.entries().filter(|(state, _)| member(*state)) {
                let lowest = &mut lowest[*component];
                *lowest = state.min(*lowest);
                classes.first[state] = *lowest;
            }
        }
        for state in State::first(states).rev().filter(|state| classes.first[*state] != *state) {
            let first = classes.first[state];
            classes.next[state] = classes.next[first];
            classes.next[first] = state;
        }
        classes
    }

    pub(super) fn of_state(&self, state: State) -> State {
        self.first[state]
    }

    /// The next state of the same class.
    fn after(&self, state: State) -> Option<State> {
        self.next[state].some()
    }

    fn members(&self, class: State) -> impl Iterator<Item = State> + '_ {
        std::iter::successors(Some(class), |state| self.after(*state))
    }
}
