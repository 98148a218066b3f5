//! The cheapest choice that has one of each of many sets.
//!
//! Branch and bound. Below a choice, the rest costs at least what a *packing* says: each set that is not hit yet may charge its
//! members, each member no more than it costs, and all that was charged is a lower bound (the dual of the linear relaxation; as
//! an ascent, Erlenkotter 1978). What is left of a member's cost after the charges is what choosing it would add to the bound, so
//! members that would lift the bound above the best choice known are left out without a look (fixing by reduced costs). Costs are
//! whole numbers, so that bounds are exact.

use crate::attack::graph::index::{Id, IndexVec, ids};

ids! {
    /// What can be chosen.
    Member
    /// A set to hit.
    Set
    /// A choice on trial.
    TrialId
}

/// Sets to hit, and what hitting with each member costs.
#[derive(Debug, Clone, Default)]
pub(super) struct Sets {
    pub(super) costs: IndexVec<Member, u64>,
    /// No member twice in one.
    pub(super) sets: IndexVec<Set, Vec<Member>>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    /// The cheapest choice, in order; none when none is cheaper than asked.
    pub(super) chosen: Option<Vec<Member>>,
    /// No choice costs less, unless it costs as much as was asked to be undercut.
    pub(super) at_least: u64,
    /// The search was ended before its end.
    pub(super) ended: bool,
}

/// A choice on trial: the one it extends, what it decides, and what it costs at least.
struct Trial {
    from: TrialId,
    member: Member,
    is_in: bool,
    at_least: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Free,
    In,
    Out,
}

impl Sets {
    /// The cheapest choice that costs less than `below`. Asked before every trial whether to go on. Exponential at worst; a trial
    /// is linear in the sizes of all sets.
    pub(super) fn cheapest(&self, below: u64, mut go_on: impl FnMut() -> bool) -> Hit {
        let mut best = below;
        let mut chosen = None;
        // A search that is ended at once still has its first bound.
        let first = self.bound(&mut self.free(), best);
        let at_least = first.map_or(best, |(at_least, _)| at_least);
        let first = Trial { from: TrialId::NONE, member: Member::NONE, is_in: false, at_least };
        let mut trials: IndexVec<TrialId, Trial> = vec![first].into();
        // Trials not looked at yet. The last one is the next, so there are few.
        let mut open = vec![TrialId(0)];
        while let Some(trial) = open.pop() {
            if trials[trial].at_least >= best {
                continue;
            }
            if !go_on() {
                open.push(trial);
                break;
            }
            let mut state = self.free();
            let mut at = trial;
            while let Some(Trial { from, member, is_in, .. }) = trials.get(at) {
                if let Some(slot) = state.get_mut(*member) {
                    *slot = if *is_in { Choice::In } else { Choice::Out };
                }
                at = *from;
            }
            let Some((at_least, next)) = self.bound(&mut state, best) else { continue };
            if at_least >= best {
                continue;
            }
            match next {
                None => {
                    best = at_least;
                    chosen = Some(state.ids().filter(|member| state[*member] == Choice::In).collect());
                }
                Some(member) => {
                    for is_in in [false, true] {
                        open.push(trials.push(Trial { from: trial, member, is_in, at_least }));
                    }
                }
            }
        }
        let at_least = open.iter().map(|trial| trials[*trial].at_least).fold(best, u64::min);
        Hit { chosen, at_least, ended: !open.is_empty() }
    }

    fn free(&self) -> IndexVec<Member, Choice> {
        IndexVec::filled(Choice::Free, self.costs.len())
    }

    /// Follows what is forced; then what the choice costs at least, and the member to decide next, when a set is not hit. None
    /// when a set can no longer be hit.
    fn bound(&self, state: &mut IndexVec<Member, Choice>, best: u64) -> Option<(u64, Option<Member>)> {
        loop {
            let mut unhit = Vec::new();
            let mut forced = false;
            for (at, set) in self.sets.entries() {
                if set.iter().any(|member| state[*member] == Choice::In) {
                    continue;
                }
                let mut free = set.iter().filter(|member| state[**member] == Choice::Free);
                match (free.next(), free.count()) {
                    (None, _) => return None,
                    (Some(only), 0) => {
                        state[*only] = Choice::In;
                        forced = true;
                    }
                    (Some(_), more) => unhit.push((more, at)),
                }
            }
            if forced {
                continue;
            }
            let chosen = state.iter().zip(&self.costs).filter(|(choice, _)| **choice == Choice::In);
            let mut at_least: u64 = chosen.map(|(_, cost)| *cost).sum();
            // Small sets charge first: they have the fewest to charge.
            unhit.sort_unstable();
            let mut left = self.costs.clone();
            let mut count: IndexVec<Member, u32> = IndexVec::filled(0, self.costs.len());
            for (_, set) in &unhit {
                let set = &self.sets[*set];
                let free = || set.iter().copied().filter(|member| state[*member] == Choice::Free);
                let charge = free().map(|member| left[member]).min().unwrap_or(0);
                at_least += charge;
                for member in free() {
                    left[member] -= charge;
                    count[member] += 1;
                }
            }
            if at_least >= best {
                return None;
            }
            let Some((_, smallest)) = unhit.first() else { return Some((at_least, None)) };
            let mut left_out = false;
            for (member, choice) in state.entries_mut() {
                if *choice == Choice::Free && count[member] > 0 && at_least + left[member] >= best {
                    *choice = Choice::Out;
                    left_out = true;
                }
            }
            if left_out {
                continue;
            }
            // Of the members of the smallest set the one that hits most, then the cheapest, then the first.
            let free = self.sets[*smallest].iter().filter(|member| state[**member] == Choice::Free);
            let next = free
                .min_by_key(|member| (std::cmp::Reverse(count[**member]), self.costs[**member], **member));
            return Some((at_least, next.copied()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::graph::draw::mixed;

    fn of(costs: Vec<u64>, sets: Vec<Vec<u32>>) -> Sets {
        let sets = sets.into_iter().map(|set| set.into_iter().map(Member).collect());
        Sets { costs: costs.into(), sets: sets.collect() }
    }

    #[test]
    fn the_cheapest_choice_is_the_cheapest_of_all_choices() {
        let mut state = 7u64;
        let mut random = |below: u64| {
            state += 1;
            mixed(state) % below
        };
        for _ in 0..500 {
            let costs: Vec<u64> = (0..8).map(|_| random(6)).collect();
            let sets: Vec<Vec<u32>> = (0..1 + random(9))
                .map(|_| {
                    let bits = 1 + random(255);
                    (0..8).filter(|member| bits & 1 << member != 0).collect()
                })
                .collect();
            let hits =
                |choice: u32| sets.iter().all(|set| set.iter().any(|member| choice & 1 << member != 0));
            let cost =
                |choice: u32| (0..8).filter(|at| choice & 1 << at != 0).map(|at| costs[at]).sum::<u64>();
            let best = (0..256).filter(|choice| hits(*choice)).map(cost).min().unwrap();
            let found = of(costs.clone(), sets.clone()).cheapest(u64::MAX, || true);
            let chosen = found.chosen.unwrap().iter().fold(0u32, |choice, member| choice | 1 << member.0);
            assert!(hits(chosen));
            assert_eq!((found.at_least, cost(chosen), found.ended), (best, best, false));
        }
    }

    #[test]
    fn a_search_that_is_ended_says_what_it_costs_at_least() {
        let sets = (0..20).flat_map(|a| (a + 1..20).map(move |b| vec![a, b])).collect();
        let sets = of(vec![1; 20], sets);
        let mut trials = 0;
        let found = sets.cheapest(u64::MAX, || {
            trials += 1;
            trials < 5
        });
        assert!(found.ended && (10..=19).contains(&found.at_least), "{found:?}");
        assert_eq!(sets.cheapest(u64::MAX, || true).at_least, 19);
    }
}
