//! What no plan of a budget can save: a proven bound.
//!
//! Give every way to a loss one of its proofs, or parts of several, or concede it. A plan that prevents the way hits each of its
//! proofs, so what a plan saves is at most what it concedes and the sum, over its actions, of the ways whose given proof has the action.
//! The best plan for *that* sum is a knapsack, which is solved. Any such gift is a bound; the best is found as a game between one who
//! gives proofs and one who buys actions, each playing the best answer to the average of the other (fictitious play: Brown 1951;
//! Robinson 1951). It is the dual of the linear relaxation of the plan, which no solver is needed for.

use super::{FREE, Watch, problem::Problem};
use crate::attack::Search;

/// So many rounds are played.
const ROUNDS: usize = 600;
/// So many proofs of a way that share no action are looked for.
const APART: usize = 16;
/// So many steps are searched for proofs in all.
const WORK: usize = 100_000_000;
/// So many steps or grains are looked at before the caller is asked.
const PATIENCE: usize = 1 << 20;
/// Costs and budgets in multiples of this are packed whole.
const GRAIN: f64 = 0.25;
/// So many grains a budget may have for that.
const GRAINS: usize = 4_000;

/// What no choice can beat, beside what is done anyway.
pub(super) struct Bound {
    /// At most how much any choice saves, in parts.
    pub(super) most: f64,
    /// By the last gift: what is conceded, and by action what hangs on it. No choice saves more than these together.
    pub(super) conceded: f64,
    pub(super) hangs: Vec<f64>,
}

impl Bound {
    pub(super) fn hangs(&self, action: u32) -> f64 {
        self.hangs.get(action as usize).copied().unwrap_or(0.0)
    }
}

/// What no choice for a budget can beat; `first` is a good choice, to begin with.
pub(super) fn bound(problem: &Problem, budget: f64, done: &[u32], first: &[u32], watch: &Watch<'_>) -> Bound {
    let mut game = Game::new(problem, budget, done, watch);
    let mut bought = vec![0.0; problem.len()];
    for action in first {
        if let Some(slot) = bought.get_mut(*action as usize) {
            *slot = 1.0;
        }
    }
    let (mut least, mut is_given) = (game.all(), false);
    for round in 1..=ROUNDS {
        if game.search.looked_at > WORK || !watch.goes_on(round) {
            break;
        }
        game.give(&bought, round);
        is_given = true;
        let (answer, value) = game.buy();
        least = least.min(value);
        let part = 1.0 / (round as f64 + 1.0);
        for (average, now) in bought.iter_mut().zip(answer) {
            *average += part * (now - *average);
        }
        if round % 50 == 0 {
            least = least.min(game.packed(watch));
        }
    }
    // Before anything is given nothing hangs on any action, which says nothing.
    if is_given {
        least = least.min(game.packed(watch));
    }
    Bound { most: least, conceded: game.conceded, hangs: game.hangs }
}

struct Game<'p> {
    problem: &'p Problem,
    budget: f64,
    /// The ways that can be ended at all: with their proofs, the share of each, and what is conceded.
    ways: Vec<Given>,
    /// By set: whether what is done closes it.
    closed: Vec<bool>,
    done: Vec<bool>,
    /// By action: the weight of the ways whose given proof has it.
    hangs: Vec<f64>,
    conceded: f64,
    search: Search,
}

struct Given {
    way: usize,
    weight: f64,
    proofs: Vec<(Vec<u32>, f64)>,
    conceded: f64,
}

impl<'p> Game<'p> {
    fn new(problem: &'p Problem, budget: f64, done: &[u32], watch: &Watch<'_>) -> Self {
        let mut closed = vec![false; problem.closers.len()];
        let mut is_done = vec![false; problem.len()];
        for action in done {
            if let Some(slot) = is_done.get_mut(*action as usize) {
                *slot = true;
            }
            for set in problem.sets.get(*action as usize).into_iter().flatten() {
                if let Some(slot) = closed.get_mut(*set as usize) {
                    *slot = true;
                }
            }
        }
        let mut search = Search::default();
        let mut ways = Vec::new();
        let mut searched = 0;
        for (way, of) in problem.ways.iter().enumerate() {
            if watch.has_ended() {
                // What was not looked at may be ended, for all that is known.
                ways.push(Given { way, weight: of.weight as f64, proofs: Vec::new(), conceded: 0.0 });
                continue;
            }
            // Proofs that share no action: one that ends the way pays for each of them.
            let (mut apart, mut pays): (Vec<Vec<u32>>, f64) = (Vec::new(), 0.0);
            let mut used: Vec<u32> = Vec::new();
            let ended = loop {
                let open = |set: u32| closed.get(set as usize) == Some(&false);
                let proof = of.core.way(&mut search, open);
                searched += of.core.len();
                if searched > PATIENCE {
                    searched = 0;
                    watch.goes_on(way);
                }
                let Some(proof) = proof else { break true };
                let actions = problem.actions(&proof);
                let cheapest =
                    actions.iter().map(|action| problem.cost(*action)).fold(f64::INFINITY, f64::min);
                pays += cheapest;
                // What has no action, or takes more than there is, stays whatever is bought.
                if pays > budget * (1.0 + 1e-9) + 1e-9 {
                    break false;
                }
                // The next shares no action with it.
                for set in actions.iter().filter_map(|action| problem.sets.get(*action as usize)).flatten() {
                    if let Some(slot @ false) = closed.get_mut(*set as usize) {
                        *slot = true;
                        used.push(*set);
                    }
                }
                apart.push(actions);
                if apart.len() >= APART {
                    break true;
                }
            };
            for set in used {
                if let Some(slot) = closed.get_mut(set as usize) {
                    *slot = false;
                }
            }
            if ended && !apart.is_empty() {
                let proofs = apart.into_iter().map(|actions| (actions, 0.0)).collect();
                ways.push(Given { way, weight: of.weight as f64, proofs, conceded: 0.0 });
            }
        }
        let hangs = vec![0.0; problem.len()];
        Self { problem, budget, ways, closed, done: is_done, hangs, conceded: 0.0, search }
    }

    fn all(&self) -> f64 {
        self.ways.iter().map(|given| given.weight).sum()
    }

    /// Gives every way the proof that is bought least, and adds it to the average of the rounds before.
    fn give(&mut self, bought: &[f64], round: usize) {
        let Self { problem, ways, closed, hangs, conceded, search, .. } = self;
        let price = |actions: &[u32]| -> f64 {
            actions.iter().map(|action| bought.get(*action as usize).copied().unwrap_or(0.0)).sum()
        };
        let part = 1.0 / round as f64;
        hangs.fill(0.0);
        *conceded = 0.0;
        // What is done closes a set; of the others a little for each step, so that of equal proofs the shorter is found.
        let prices: Vec<Option<f64>> = problem
            .closers
            .iter()
            .zip(&*closed)
            .map(|(actions, closed)| (!closed).then(|| price(actions) + 1e-6))
            .collect();
        for given in ways.iter_mut() {
            let known = given.proofs.iter().map(|(actions, _)| price(actions)).enumerate();
            let known = known.reduce(|least, other| if other.1 < least.1 { other } else { least });
            let (mut at, mut least) = known.unwrap_or((0, f64::INFINITY));
            // New proofs are looked for less and less often, and never where one is free.
            let looks = least > 0.0 && (round <= 8 || round.is_multiple_of(8));
            if looks && let Some(way) = problem.ways.get(given.way) {
                let open = |set: u32| prices.get(set as usize).copied().flatten();
                if let Some(proof) = way.core.cheapest(search, open) {
                    let actions = problem.actions(&proof);
                    let new = price(&actions);
                    if new < least - 1e-12 {
                        given.proofs.push((actions, 0.0));
                        (at, least) = (given.proofs.len() - 1, new);
                    }
                }
            }
            for (_, share) in &mut given.proofs {
                *share *= 1.0 - part;
            }
            given.conceded *= 1.0 - part;
            match given.proofs.get_mut(at) {
                Some((_, share)) if least <= 1.0 => *share += part,
                Some(_) | None => given.conceded += part,
            }
            *conceded += given.weight * given.conceded;
            for (actions, share) in &given.proofs {
                let hanging = given.weight * share;
                if hanging > 0.0 {
                    for action in actions {
                        if let Some(slot) = hangs.get_mut(*action as usize) {
                            *slot += hanging;
                        }
                    }
                }
            }
        }
    }

    /// What the budget buys that most hangs on, the last of it in part; and how much that is at most.
    fn buy(&self) -> (Vec<f64>, f64) {
        let mut order: Vec<(f64, usize, f64, f64)> = self
            .hangs
            .iter()
            .enumerate()
            .filter(|(action, hangs)| **hangs > 0.0 && self.done.get(*action) == Some(&false))
            .map(|(action, hangs)| {
                let cost = self.problem.cost(action as u32);
                (hangs / cost.max(FREE), action, cost, *hangs)
            })
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (mut left, mut saved) = (self.budget, self.conceded);
        let mut bought = vec![0.0; self.problem.len()];
        for (_, action, cost, hangs) in order {
            let part = if cost <= left { 1.0 } else { left / cost };
            if let Some(slot) = bought.get_mut(action) {
                *slot = part;
            }
            saved += part * hangs;
            left -= part * cost;
            if left <= 0.0 {
                break;
            }
        }
        (bought, saved)
    }

    /// The same of whole actions, where costs are multiples of a grain: dynamic programming over the budget.
    fn packed(&self, watch: &Watch<'_>) -> f64 {
        let grains = |amount: f64| {
            let count = amount / GRAIN;
            let whole = count.round();
            ((count - whole).abs() < 1e-6 && whole >= 0.0 && whole <= GRAINS as f64).then_some(whole as usize)
        };
        // What is left over of the budget buys nothing.
        let Some(budget) = grains((self.budget / GRAIN + 1e-6).floor() * GRAIN) else { return f64::INFINITY };
        let mut best = vec![0.0f64; budget + 1];
        let mut packed = 0;
        for (action, hangs) in self.hangs.iter().enumerate().filter(|(_, hangs)| **hangs > 0.0) {
            if self.done.get(action) != Some(&false) {
                continue;
            }
            let Some(cost) = grains(self.problem.cost(action as u32)) else { return f64::INFINITY };
            packed += budget;
            if packed > PATIENCE {
                packed = 0;
                if !watch.goes_on(action) {
                    return f64::INFINITY;
                }
            }
            for at in (cost..=budget).rev() {
                let with = best.get(at - cost).copied().unwrap_or(0.0) + hangs;
                if let Some(slot) = best.get_mut(at) {
                    *slot = slot.max(with);
                }
            }
        }
        self.conceded + best.last().copied().unwrap_or(0.0)
    }
}
