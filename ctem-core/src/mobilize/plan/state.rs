//! What is chosen, what stands in spite of it, and what each action would end.

use super::{Watch, problem::Problem};
use crate::attack::{Closing, Search};

/// So many proofs of a way are remembered.
const PROOFS: usize = 24;

/// Where so many actions may each end a way, they are asked together and not one by one.
const MANY: usize = 256;

/// So many steps are searched before the caller is asked.
const PATIENCE: usize = 1 << 17;

/// A choice of actions and what follows from it.
#[derive(Clone)]
pub(super) struct State<'p> {
    pub(super) problem: &'p Problem,
    watch: &'p Watch<'p>,
    /// How many steps were searched since the caller was asked.
    unasked: usize,
    chosen: Vec<bool>,
    /// By set: how many of its actions are chosen.
    closed: Vec<u32>,
    /// By way: the actions each of which ends it alone; none where it is ended.
    ended_by: Vec<Option<Box<[u32]>>>,
    /// By action: what it would end alone.
    gains: Vec<u64>,
    left: u64,
    /// By way: proofs of it that were found, as the sets of actions on each.
    proofs: Vec<Vec<Box<[u32]>>>,
    search: Search,
    /// How many searches were made.
    pub(super) work: u64,
}

impl<'p> State<'p> {
    /// That nothing is chosen. Whoever may end the work is asked on the way, here and wherever ways are looked at: once it is ended, ways
    /// that stand are taken to be ended by no single action.
    pub(super) fn new(problem: &'p Problem, watch: &'p Watch<'p>) -> Self {
        let mut state = Self {
            problem,
            watch,
            unasked: 0,
            chosen: vec![false; problem.len()],
            closed: vec![0; problem.closers.len()],
            ended_by: vec![None; problem.ways.len()],
            gains: vec![0; problem.len()],
            left: 0,
            proofs: vec![Vec::new(); problem.ways.len()],
            search: Search::default(),
            work: 0,
        };
        for way in 0..problem.ways.len() as u32 {
            state.look(way);
        }
        state
    }

    /// Takes over the proofs that another has found.
    pub(super) fn knows_what(&mut self, other: Self) {
        self.proofs = other.proofs;
    }

    /// What stands, in parts.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    pub(super) fn gain(&self, action: u32) -> u64 {
        self.gains.get(action as usize).copied().unwrap_or(0)
    }

    pub(super) fn has_chosen(&self, action: u32) -> bool {
        self.chosen.get(action as usize) == Some(&true)
    }

    pub(super) fn chosen(&self) -> Vec<u32> {
        (0u32..).zip(&self.chosen).filter(|(_, chosen)| **chosen).map(|(action, _)| action).collect()
    }

    pub(super) fn stands(&self, way: u32) -> bool {
        self.ended_by.get(way as usize).is_some_and(Option::is_some)
    }

    /// The actions each of which ends a way alone; none where it is ended.
    pub(super) fn ended_by(&self, way: u32) -> &[u32] {
        self.ended_by.get(way as usize).and_then(Option::as_deref).unwrap_or_default()
    }

    pub(super) fn choose(&mut self, action: u32) {
        self.turn(action, true);
    }

    /// Chooses all of these, and only then looks at what they are on.
    pub(super) fn choose_all(&mut self, actions: &[u32]) {
        let problem = self.problem;
        let mut ways: Vec<u32> = Vec::new();
        for action in actions {
            if self.mark(*action, true) {
                ways.extend(problem.on.get(*action as usize).into_iter().flatten());
            }
        }
        ways.sort_unstable();
        ways.dedup();
        ways.retain(|way| self.stands(*way));
        ways.into_iter().for_each(|way| self.look(way));
    }

    pub(super) fn let_go(&mut self, action: u32) {
        self.turn(action, false);
    }

    fn turn(&mut self, action: u32, on: bool) {
        if !self.mark(action, on) {
            return;
        }
        let problem = self.problem;
        for way in problem.on.get(action as usize).into_iter().flatten() {
            if !on || self.stands(*way) {
                self.look(*way);
            }
        }
    }

    /// Notes that an action is chosen or not; says whether it was otherwise.
    fn mark(&mut self, action: u32, on: bool) -> bool {
        match self.chosen.get_mut(action as usize) {
            Some(chosen) if *chosen != on => *chosen = on,
            Some(_) | None => return false,
        }
        self.count(action, on);
        true
    }

    /// Chooses these and no others.
    pub(super) fn reset(&mut self, actions: &[u32]) {
        let mut keeps = vec![false; self.problem.len()];
        for action in actions {
            if let Some(keeps) = keeps.get_mut(*action as usize) {
                *keeps = true;
            }
        }
        let problem = self.problem;
        let on = |action: u32| problem.on.get(action as usize).into_iter().flatten().copied();
        // Each way is looked at once, when all is let go and chosen.
        let mut ways: Vec<u32> = Vec::new();
        for action in self.chosen() {
            if keeps.get(action as usize) == Some(&false) && self.mark(action, false) {
                ways.extend(on(action));
            }
        }
        for action in actions {
            if self.mark(*action, true) {
                ways.extend(on(*action).filter(|way| self.stands(*way)));
            }
        }
        ways.sort_unstable();
        ways.dedup();
        ways.into_iter().for_each(|way| self.look(way));
    }

    /// What would be ended by all of these beside what is chosen, in parts.
    pub(super) fn gain_of(&mut self, actions: &[u32]) -> u64 {
        let problem = self.problem;
        let mut ways: Vec<u32> = actions
            .iter()
            .flat_map(|action| problem.on.get(*action as usize).into_iter().flatten())
            .copied()
            .collect();
        ways.sort_unstable();
        ways.dedup();
        let mut gain = 0;
        for way in ways {
            if self.stands(way) && self.proof(way, actions).is_none() {
                gain += problem.ways.get(way as usize).map_or(0, |way| way.weight);
            }
        }
        gain
    }

    /// What would stand again without an action.
    pub(super) fn lost_without(&mut self, action: u32) -> u64 {
        let mut lost = 0;
        self.without(action, |weight| {
            lost += weight;
            true
        });
        lost
    }

    /// Whether anything would stand again without an action.
    pub(super) fn needs(&mut self, action: u32) -> bool {
        let mut needs = false;
        self.without(action, |_| {
            needs = true;
            false
        });
        needs
    }

    /// Tells the weight of each way that would stand again without an action, as long as that says to go on.
    fn without(&mut self, action: u32, mut told: impl FnMut(u64) -> bool) {
        let problem = self.problem;
        self.count(action, false);
        for way in problem.on.get(action as usize).into_iter().flatten() {
            if !self.stands(*way)
                && self.proof(*way, &[]).is_some()
                && !told(problem.ways.get(*way as usize).map_or(0, |way| way.weight))
            {
                break;
            }
        }
        self.count(action, true);
    }

    /// A way as it is left with these chosen too, by the sets of actions on it; none where it is ended. One that was found before
    /// serves again; else one is looked for.
    pub(super) fn proof(&mut self, way: u32, also: &[u32]) -> Option<Vec<u32>> {
        also.iter().for_each(|action| self.count(*action, true));
        let proof = self.found(way);
        also.iter().for_each(|action| self.count(*action, false));
        proof
    }

    /// The same with what is counted as closed.
    fn found(&mut self, way: u32) -> Option<Vec<u32>> {
        let Self { problem, closed, proofs, search, .. } = self;
        let open = |set: u32| closed.get(set as usize) == Some(&0);
        let known = proofs.get_mut(way as usize)?;
        if let Some(at) = known.iter().position(|proof| proof.iter().all(|set| open(*set))) {
            // What has served is likely to serve again.
            known.swap(0, at);
            return known.first().map(|proof| proof.to_vec());
        }
        self.work += 1;
        let core = &problem.ways.get(way as usize)?.core;
        self.unasked += core.len();
        if self.unasked > PATIENCE {
            self.unasked = 0;
            self.watch.goes_on(0);
        }
        let found = core.way(search, open)?;
        if known.len() >= PROOFS {
            known.pop();
        }
        known.insert(0, found.clone().into());
        Some(found)
    }

    /// Counts an action to the sets it is in, or no more.
    fn count(&mut self, action: u32, up: bool) {
        for set in self.problem.sets.get(action as usize).into_iter().flatten() {
            if let Some(count) = self.closed.get_mut(*set as usize) {
                *count = if up { *count + 1 } else { count.saturating_sub(1) };
            }
        }
    }

    /// Looks at a way anew.
    fn look(&mut self, way: u32) {
        let weight = self.problem.ways.get(way as usize).map_or(0, |way| way.weight);
        let slot = self.ended_by.get_mut(way as usize).map(std::mem::take);
        if let Some(Some(by)) = slot {
            self.left -= weight;
            for action in by {
                if let Some(gain) = self.gains.get_mut(action as usize) {
                    *gain -= weight;
                }
            }
        }
        let Some(first) = self.proof(way, &[]) else { return };
        // An action that ends the way is on every proof of it. So those of one are tried, and each proof found leaves fewer.
        let mut by = self.problem.actions(&first);
        let mut sure = 0;
        if by.len() > MANY {
            by = self.ended_by_each(way, &by);
            sure = by.len();
        }
        while let Some(action) = by.get(sure).copied() {
            match self.proof(way, &[action]) {
                None => sure += 1,
                Some(other) => {
                    let other = self.problem.actions(&other);
                    by.retain(|kept| *kept != action && other.binary_search(kept).is_ok());
                }
            }
        }
        self.left += weight;
        for action in &by {
            if let Some(gain) = self.gains.get_mut(*action as usize) {
                *gain += weight;
            }
        }
        if let Some(slot) = self.ended_by.get_mut(way as usize) {
            *slot = Some(by.into());
        }
    }

    /// Which of many actions end a way that stands, each by itself; none where the caller says not to go on.
    fn ended_by_each(&mut self, way: u32, actions: &[u32]) -> Vec<u32> {
        let Self { problem, watch, closed, .. } = self;
        let Some(way) = problem.ways.get(way as usize).filter(|_| !watch.has_ended()) else {
            return Vec::new();
        };
        let closing = Closing { sets: &problem.sets, closers: &problem.closers, closed };
        way.core.ended_by_each(actions, closing, &|| watch.goes_on(0)).unwrap_or_default()
    }
}
