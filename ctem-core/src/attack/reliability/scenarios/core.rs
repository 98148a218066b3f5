//! Cores: what is left of one world between what surely falls and one event.

use std::{
    collections::VecDeque,
    hash::{Hash, Hasher},
};

/// A small AND/OR graph: place 0 is what surely falls, and place 1 the event. Each step has the number of the set of actions that
/// close it, 0 for none.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    /// The steps, those near the source first.
    steps: Box<[Link]>,
    /// By place: where the steps that need it begin in the list of those; one more at the end.
    begins: Box<[u32]>,
    needed_by: Box<[u32]>,
}

impl PartialEq for Core {
    fn eq(&self, other: &Self) -> bool {
        self.steps == other.steps
    }
}

impl Eq for Core {}

impl Hash for Core {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.steps.hash(state);
    }
}

/// A step of a core. One that needs a single place has it twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Link {
    pub(super) premises: [u32; 2],
    pub(super) to: u32,
    pub(super) closers: u32,
}

/// Room for searches, used again and again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// By place: the least price at which it falls, and the step by which.
    price: Vec<f64>,
    by: Vec<u32>,
    seen: Vec<bool>,
    /// By place: on how many steps that can be closed it was come to.
    steps: Vec<u32>,
    waiting: VecDeque<u32>,
    /// How many steps were looked at for cheapest ways.
    pub(crate) looked_at: usize,
}

const NONE: u32 = u32::MAX;

impl Core {
    /// The place of the event.
    pub(super) const GOAL: u32 = 1;

    /// A core of steps in any order, with what does not matter left out; none where the event falls whatever is done.
    pub(super) fn new(mut steps: Vec<Link>, places: u32, goal: u32) -> Option<Self> {
        // By place: what it is one with.
        let mut alias: Vec<u32> = (0..places).collect();
        loop {
            let mut into: Vec<(u32, Link)> =
                vec![(0, Link { premises: [0; 2], closers: 0, to: 0 }); places as usize];
            for step in &steps {
                if let Some((count, only)) = into.get_mut(step.to as usize) {
                    *count += 1;
                    *only = *step;
                }
            }
            // What falls surely with the one place that leads to it is one with that.
            let mut merged = false;
            for (place, (count, only)) in (0u32..).zip(&into) {
                let [one, other] = only.premises;
                if *count == 1 && only.closers == 0 && one == other && one != place && place != 0 {
                    let root = root(&alias, one);
                    if root != place
                        && let Some(slot) = alias.get_mut(place as usize)
                    {
                        *slot = root;
                        merged = true;
                    }
                }
            }
            for step in &mut steps {
                let [one, other] = step.premises.map(|premise| root(&alias, premise));
                step.premises = [one.min(other), one.max(other)];
                if step.premises[0] == 0 {
                    // What surely falls is needed by nothing.
                    step.premises[0] = step.premises[1];
                }
                step.to = root(&alias, step.to);
            }
            steps.retain(|step| step.to != 0 && !step.premises.contains(&step.to));
            steps.sort_unstable();
            // A step that nothing closes makes all others of its ends useless.
            steps.dedup_by(|later, kept| {
                later.premises == kept.premises
                    && later.to == kept.to
                    && (later.closers == kept.closers || kept.closers == 0)
            });
            if !merged {
                break;
            }
        }
        let goal = root(&alias, goal);
        (goal != 0).then(|| Self::numbered(&steps, places, goal))
    }

    /// Numbers places from the goal on, so that equal cores are equal.
    fn numbered(steps: &[Link], places: u32, goal: u32) -> Self {
        let mut into: Vec<Vec<usize>> = vec![Vec::new(); places as usize];
        for (n, step) in steps.iter().enumerate() {
            if let Some(list) = into.get_mut(step.to as usize) {
                list.push(n);
            }
        }
        let mut number = vec![NONE; places as usize];
        let mut order = vec![goal];
        let set = |number: &mut Vec<u32>, place: u32, to: u32| {
            if let Some(slot) = number.get_mut(place as usize) {
                *slot = to;
            }
        };
        set(&mut number, 0, 0);
        set(&mut number, goal, Self::GOAL);
        let (mut at, mut kept) = (0, Vec::new());
        while let Some(place) = order.get(at).copied() {
            at += 1;
            for n in into.get(place as usize).into_iter().flatten() {
                let Some(step) = steps.get(*n) else { continue };
                for premise in step.premises {
                    if number.get(premise as usize) == Some(&NONE) {
                        set(&mut number, premise, order.len() as u32 + 1);
                        order.push(premise);
                    }
                }
                kept.push(*step);
            }
        }
        let of = |place: u32| number.get(place as usize).copied().unwrap_or(NONE);
        let mut steps: Vec<Link> = kept
            .into_iter()
            .map(|step| Link { premises: step.premises.map(of), closers: step.closers, to: of(step.to) })
            .collect();
        // From the source on: far from the goal first.
        steps.sort_unstable_by(|a, b| b.to.cmp(&a.to).then(a.cmp(b)));
        Self::connected(steps.into(), order.len() + 1)
    }

    /// Says of every place which steps need it.
    fn connected(steps: Box<[Link]>, places: usize) -> Self {
        let mut begins = vec![0u32; places + 1];
        let needs = |step: &Link| {
            let [one, other] = step.premises;
            std::iter::once(one).chain((other != one).then_some(other))
        };
        for premise in steps.iter().flat_map(needs) {
            if let Some(count) = begins.get_mut(premise as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let (mut next, mut needed_by) = (begins.clone(), vec![0u32; sum as usize]);
        for (n, step) in (0u32..).zip(&steps) {
            for premise in needs(step) {
                let Some(at) = next.get_mut(premise as usize) else { continue };
                if let Some(slot) = needed_by.get_mut(*at as usize) {
                    *slot = n;
                }
                *at += 1;
            }
        }
        Self { steps, begins: begins.into(), needed_by: needed_by.into() }
    }

    pub(super) fn steps(&self) -> &[Link] {
        &self.steps
    }

    pub(super) fn places(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    /// The steps that need a place.
    pub(super) fn after(&self, place: u32) -> &[u32] {
        let at = place as usize;
        let range = self.begins.get(at).zip(self.begins.get(at + 1));
        range.and_then(|(from, to)| self.needed_by.get(*from as usize..*to as usize)).unwrap_or_default()
    }

    /// How many steps it has.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The sets of actions that its steps have, each step's.
    pub(crate) fn closers(&self) -> impl Iterator<Item = u32> + '_ {
        self.steps.iter().map(|step| step.closers).filter(|closers| *closers != 0)
    }

    /// A way to the event by few steps that can be closed, as the sets of actions of these, each once; `open` says of a set whether its
    /// steps are open. None where no way is left. O(steps).
    pub(crate) fn way(&self, search: &mut Search, open: impl Fn(u32) -> bool) -> Option<Vec<u32>> {
        let Search { by, seen: settled, steps: counts, waiting, .. } = search;
        by.clear();
        by.resize(self.places(), NONE);
        settled.clear();
        settled.resize(self.places(), false);
        counts.clear();
        counts.resize(self.places(), NONE);
        waiting.clear();
        waiting.push_back(0);
        if let Some(source) = counts.get_mut(0) {
            *source = 0;
        }
        while let Some(place) = waiting.pop_front() {
            match settled.get_mut(place as usize) {
                Some(settled) if !*settled => *settled = true,
                Some(_) | None => continue,
            }
            if place == Self::GOAL {
                return Some(self.proof(search));
            }
            let count = counts.get(place as usize).copied().unwrap_or(0);
            for n in self.after(place) {
                let Some(Link { premises, to, closers }) = self.steps.get(*n as usize) else { continue };
                let is_settled = |place: &u32| settled.get(*place as usize) == Some(&true);
                if is_settled(to) || !premises.iter().all(is_settled) || (*closers != 0 && !open(*closers)) {
                    continue;
                }
                let new = count + u32::from(*closers != 0);
                if let (Some(known), Some(by)) = (counts.get_mut(*to as usize), by.get_mut(*to as usize))
                    && new < *known
                {
                    (*known, *by) = (new, *n);
                    // What costs nothing more comes first: the fewest are settled before more.
                    if *closers == 0 {
                        waiting.push_front(*to);
                    } else {
                        waiting.push_back(*to);
                    }
                }
            }
        }
        None
    }

    /// The cheapest way to the event, as the sets of actions of its steps, each once: `price` says what a step costs that a set
    /// closes, and nothing for one that is closed. None where no way is left. A place that several steps need is paid for by each.
    /// O(steps) a round, of mostly few.
    pub(crate) fn cheapest(
        &self,
        search: &mut Search,
        price: impl Fn(u32) -> Option<f64>,
    ) -> Option<Vec<u32>> {
        let Search { price: prices, by, looked_at, .. } = search;
        prices.clear();
        prices.resize(self.places(), f64::INFINITY);
        by.clear();
        by.resize(self.places(), NONE);
        if let Some(source) = prices.get_mut(0) {
            *source = 0.0;
        }
        let mut moved = true;
        while moved {
            moved = false;
            *looked_at += self.steps.len();
            for (n, Link { premises: [one, other], closers, to }) in (0u32..).zip(&self.steps) {
                let of = |place: u32| prices.get(place as usize).copied().unwrap_or(f64::INFINITY);
                let mut sum = of(*one);
                if other != one {
                    sum += of(*other);
                }
                if sum >= of(*to) {
                    continue;
                }
                if *closers != 0 {
                    let Some(price) = price(*closers) else { continue };
                    sum += price;
                }
                if sum < of(*to)
                    && let (Some(slot), Some(step)) = (prices.get_mut(*to as usize), by.get_mut(*to as usize))
                {
                    (*slot, *step, moved) = (sum, n, true);
                }
            }
        }
        let found = prices.get(Self::GOAL as usize).is_some_and(|price| price.is_finite());
        found.then(|| self.proof(search))
    }

    /// The sets of actions on the way by which the event was come to.
    fn proof(&self, search: &mut Search) -> Vec<u32> {
        let Search { by, seen, .. } = search;
        seen.clear();
        seen.resize(self.places(), false);
        let (mut waiting, mut sets) = (vec![Self::GOAL], Vec::new());
        while let Some(place) = waiting.pop() {
            let Some(seen) = seen.get_mut(place as usize) else { continue };
            if place == 0 || std::mem::replace(seen, true) {
                continue;
            }
            let step = by.get(place as usize).and_then(|step| self.steps.get(*step as usize));
            let Some(Link { premises, closers, .. }) = step else { continue };
            waiting.extend(premises);
            if *closers != 0 {
                sets.push(*closers);
            }
        }
        sets.sort_unstable();
        sets.dedup();
        sets
    }
}

/// What a place is one with. Each leads to one that was none with another then, so it ends.
fn root(alias: &[u32], mut place: u32) -> u32 {
    for _ in 0..alias.len() {
        match alias.get(place as usize) {
            Some(other) if *other != place => place = *other,
            Some(_) | None => break,
        }
    }
    place
}
