//! What answers are worth, given plans to choose among.
//!
//! The loss left under a plan is linear in the chance of one variable: of the loss L that is left, D is lost only because of the variable,
//! and with its chance multiplied by r there is left L + (r − 1)·D. So the best plan for an answer is a smallest of such numbers.

use super::super::{Watch, problem::Problem, state::State};
use crate::prioritize::Doubt;

/// Plans, with what each leaves.
pub(super) struct Valued {
    /// The actions of each plan. The first is the plan as it is.
    pub(super) plans: Vec<Vec<u32>>,
    /// By plan: what is left.
    left: Vec<f64>,
    /// By plan and doubt: what of it is lost only because of the doubt's variable.
    hangs: Vec<Vec<f64>>,
}

/// What a test of a doubt is worth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    pub(super) worth: f64,
    pub(super) if_sure: f64,
    pub(super) swing: f64,
    /// By outcome: the best plan, what it leaves, and what it saves beside the plan as it is.
    pub(super) best: [(usize, f64, f64); 2],
}

/// Looks at plans one after the other.
pub(super) struct Valuing<'p> {
    state: State<'p>,
    actions: usize,
    unavoidable: f64,
}

impl<'p> Valuing<'p> {
    /// Over a problem in which doubts alone, behind so many actions, may be chosen.
    pub(super) fn new(problem: &'p Problem, actions: usize, unavoidable: f64, watch: &'p Watch<'p>) -> Self {
        Self { state: State::new(problem, watch), actions, unavoidable }
    }

    /// What a plan leaves; and of it, by doubt, what is lost only because of that.
    pub(super) fn of(&mut self, plan: &[u32]) -> (f64, Vec<f64>) {
        self.state.reset(plan);
        let problem = self.state.problem;
        let amount = |parts: u64| parts as f64 * problem.part;
        let hangs = (self.actions as u32..problem.len() as u32).map(|doubt| amount(self.state.gain(doubt)));
        (amount(self.state.left()) + self.unavoidable, hangs.collect())
    }
}

impl Valued {
    /// Values plans. The one that leaves least becomes the first, and of equal ones the one that came first.
    pub(super) fn of(mut plans: Vec<Vec<u32>>, valuing: &mut Valuing<'_>) -> Self {
        let (mut left, mut hangs): (Vec<f64>, Vec<Vec<f64>>) =
            plans.iter().map(|plan| valuing.of(plan)).unzip();
        let least = (0..left.len()).reduce(|best, other| {
            let of = |at: usize| left.get(at).copied().unwrap_or(f64::INFINITY);
            if of(other) < of(best) { other } else { best }
        });
        if let Some(least) = least {
            plans.swap(0, least);
            left.swap(0, least);
            hangs.swap(0, least);
        }
        Self { plans, left, hangs }
    }

    /// What the plan as it is leaves.
    pub(super) fn left(&self) -> f64 {
        self.left.first().copied().unwrap_or(0.0)
    }

    /// What is left of a plan once a doubt's variable is so many times as likely.
    fn left_if(&self, plan: usize, doubt: usize, ratio: f64) -> f64 {
        let hangs = self.hangs.get(plan).and_then(|hangs| hangs.get(doubt)).copied().unwrap_or(0.0);
        self.left.get(plan).map_or(0.0, |left| left + (ratio - 1.0) * hangs)
    }

    /// The best plan once a doubt's variable is so many times as likely, what it leaves, and what it saves.
    fn best_if(&self, doubt: usize, ratio: f64) -> (usize, f64, f64) {
        let now = self.left_if(0, doubt, ratio);
        let others = (1..self.plans.len()).map(|plan| (plan, self.left_if(plan, doubt, ratio)));
        // What rounding makes of equal plans is no reason to change.
        let (plan, left) =
            others.fold((0, now), |best, other| if other.1 < best.1 - 1e-12 * now { other } else { best });
        (plan, left, now - left)
    }

    /// What a test of a doubt is worth.
    pub(super) fn worth(&self, number: usize, doubt: &Doubt<'_>) -> Worth {
        let best = doubt.answers.map(|answer| self.best_if(number, doubt.ratio(answer.belief)));
        let worth =
            best.iter().zip(&doubt.answers).map(|((_, _, saved), answer)| answer.likely * saved).sum();
        let sure = [(1.0, doubt.belief), (0.0, 1.0 - doubt.belief)];
        let if_sure: f64 =
            sure.iter().map(|(belief, likely)| likely * self.best_if(number, doubt.ratio(*belief)).2).sum();
        let [works, fails] = doubt.answers.map(|answer| self.left_if(0, number, doubt.ratio(answer.belief)));
        // Tests of controls move a belief that counts what was seen, which nothing makes sure.
        Worth { worth, if_sure: if_sure.max(worth), swing: works - fails, best }
    }
}
