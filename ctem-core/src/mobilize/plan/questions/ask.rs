//! From an assessment to questions.

use super::super::{
    Watch,
    checked::Checked,
    make::{DRAWS, choices, exact},
    order::order,
    problem::Problem,
    state::State,
};
use super::{
    About, AnswerIf, Question, QuestionOptions, Questions,
    candidates::Candidates,
    worth::{Valued, Valuing, Worth},
};
use crate::{
    attack::{Asking, Key, Limits, OnProgress, Progress, Scenarios, Truncated, Worlds},
    error::Result,
    id::{ActionId, AssetId},
    mobilize::derive::Derived,
    model::{Asset, Environment},
    prioritize::{Answered, Assessment, Doubt, Doubted},
    quantity::Probability,
};
use std::collections::BTreeSet;

/// Of so many doubts both outcomes are planned for; of the others, which hang less on the plan, the plans so found are compared.
const PLANNED_FOR: (usize, usize) = (48, 8);

impl Assessment {
    /// Which test to run next: findings, relations and controls whose truth a person or a tool can test, ranked by what the answer is
    /// worth by the hour.
    ///
    /// The worth of a test is how much less the plan of the budget leaves to lose, on average, once the outcome is known (expected
    /// value of sample information). Each question says what to test, where, by which means, how long that takes, and what either answer
    /// would change. Ask again after each answer: tests that tell the same are not both worth their hours. The same bits on any number of
    /// threads.
    ///
    /// Costs one [`plan`](Self::plan) and some hundred greedy ones over the same worlds.
    ///
    /// # Errors
    /// As [`plan`](Self::plan), and `invalid_input` for a test that takes no time, with its place in the options.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, mobilize::{Budget, PlanOptions, QuestionOptions}};
    ///
    /// // Two ways to the orders, and time to close one. The one that is worse if true may not be true.
    /// let document = br#"{"ctem": {"version": 2},
    ///   "assets": [{"id": "internet", "kind": "network_zone"}, {"id": "shop", "kind": "host"}, {"id": "wiki", "kind": "host"}],
    ///   "relations": [{"kind": "reaches", "from": "internet", "to": "shop", "removable": false},
    ///     {"kind": "reaches", "from": "internet", "to": "wiki", "removable": false}],
    ///   "entry_points": [{"asset": "internet"}],
    ///   "findings": [
    ///     {"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2021-44228"}, "exploit": {"threat": 1, "local": 0.5, "success": 1}},
    ///     {"id": "f-2", "asset": "wiki", "weakness": {"id": "CVE-2023-22515"}, "exploit": {"threat": 1, "local": 0.9, "success": 1}}],
    ///   "services": [{"id": "sales", "loss_events": [
    ///     {"id": "orders", "loss": {"amount": 1000, "unit": "EUR"}, "when": {"state": {"asset": "shop", "access": "use"}}},
    ///     {"id": "notes", "loss": {"amount": 500, "unit": "EUR"}, "when": {"state": {"asset": "wiki", "access": "use"}}}]}]}"#;
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(document)?);
    /// let today = program.assess("2025-11-13".parse()?)?;
    /// let plan = PlanOptions { budget: Budget::Actions(1), mitigate: true, ..PlanOptions::default() };
    /// let questions = today.questions(&QuestionOptions { plan, ..QuestionOptions::default() })?;
    /// let first = &questions.rows[0];
    /// assert_eq!(&*first.ask, "Can CVE-2021-44228 on shop be exploited?");
    /// // If not, the wiki is mended first.
    /// assert_eq!(first.answers[1].adds[0].as_str(), "patch CVE-2023-22515 on wiki");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "value of information")]
    #[doc(alias = "EVSI")]
    #[doc(alias = "EVPI")]
    pub fn questions(&self, options: &QuestionOptions<'_>) -> Result<Questions> {
        options.check()?;
        let plan = &options.plan;
        let watch = Watch::new(plan.progress);
        let tell = |progress: Progress| watch.tells(progress.done, progress.of);
        let progress = OnProgress::new(&tell);
        let derived = self.derived_asking(&plan.actions, &Asking::new(progress, self.len()))?;
        if watch.has_ended() {
            plan.budget.check()?;
            return Ok(self.nothing_asked(options, watch.ended()));
        }
        let checked = Checked::of(plan, &derived, self.environment(), self.as_of())?;
        let (doubts, not_looked_at) = self.doubts();
        let mut keys: Vec<Vec<Key>> = derived.keys();
        let actions = keys.len();
        keys.extend(doubts.iter().map(|doubt| vec![doubt.key]));

        let snapshot = self.snapshot();
        let limits = Limits { worlds: plan.worlds.max(1), nodes: plan.nodes, progress };
        let exact = exact(snapshot, &limits);
        let worlds = Worlds::new(snapshot, plan.seed);
        let mut scenarios = Scenarios::of(snapshot, exact.as_ref(), &worlds, &keys, DRAWS, &limits);
        let choice = checked.choice.clone().beside(doubts.len());
        let problem = Problem::of(&mut scenarios, choice, &watch);
        let all: u64 = problem.ways.iter().map(|way| way.weight).sum();
        let before = all as f64 * problem.part + scenarios.unavoidable;
        let mut of_doubts = problem.clone();
        for (n, allowed) in of_doubts.allowed.iter_mut().enumerate() {
            *allowed = n >= actions;
        }
        let mut valuing = Valuing::new(&of_doubts, actions, scenarios.unavoidable, &watch);

        let mut state = State::new(&problem, &watch);
        let planned = choices(&mut state, &checked, &derived, self.intel(), plan.most(), &watch);
        let now = Valued::of(planned, &mut valuing);
        let best = now.plans.first().cloned().unwrap_or_default();
        let mut found = Candidates {
            state,
            checked: &checked,
            actions: actions as u32,
            at_most: plan.most(),
            watch: &watch,
            found: now.plans.into_iter().collect(),
        };
        let most = if problem.is_large { PLANNED_FOR.1 } else { PLANNED_FOR.0 };
        let important = important(&doubts, &mut valuing, [&checked.must, &best], most, options);
        for (done, doubt) in important.iter().enumerate() {
            if !watch.tells(done as u64, important.len() as u64) {
                break;
            }
            found.settle((actions + doubt) as u32, &best);
        }
        let Candidates { state, found, .. } = found;
        // The plan as it is comes first, so that it stays where no other is better.
        let others = found.into_iter().filter(|plan| *plan != best);
        let valued = Valued::of(std::iter::once(best.clone()).chain(others).collect(), &mut valuing);

        let mut rated: Vec<(usize, Worth, f64)> = doubts
            .iter()
            .enumerate()
            .map(|(n, doubt)| (n, valued.worth(n, doubt), options.hours_of(doubt.means).0))
            .filter(|(_, worth, _)| worth.worth > 0.0 || worth.swing > 0.0)
            .collect();
        rated.sort_by(|(a, one, hours), (b, other, others)| {
            let first = (other.worth / others).total_cmp(&(one.worth / hours));
            first.then((other.swing / others).total_cmp(&(one.swing / hours))).then(a.cmp(b))
        });
        rated.truncate(options.at_most);
        let environment = self.environment();
        let told = Told { environment, derived: &derived, valued: &valued, state, actions, options };
        let rows = (1..)
            .zip(&rated)
            .filter_map(|(rank, (n, worth, _))| Some(told.question(rank, *n, doubts.get(*n)?, worth)));
        Ok(Questions {
            as_of: self.as_of(),
            horizon: self.horizon(),
            unit: self.unit(),
            budget: plan.budget,
            before,
            left: valued.left(),
            plan: told.ordered(0, None),
            rows: rows.collect(),
            looked_at: doubts.len(),
            not_looked_at,
            worlds: scenarios.worlds,
            seed: plan.seed,
            truncated: scenarios.truncated.or(watch.ended()),
        })
    }
}

impl Assessment {
    /// What is known before any action is: that all that is risked now may be lost.
    fn nothing_asked(&self, options: &QuestionOptions<'_>, truncated: Option<Truncated>) -> Questions {
        Questions {
            as_of: self.as_of(),
            horizon: self.horizon(),
            unit: self.unit(),
            budget: options.plan.budget,
            before: self.risk().value(),
            left: self.risk().value(),
            plan: Vec::new(),
            rows: Vec::new(),
            looked_at: 0,
            not_looked_at: self.findings_that_stand(),
            worlds: 0,
            seed: options.plan.seed,
            truncated,
        }
    }
}

/// The doubts on which most hangs, by the hour, as things are and with the plan: those that move it most.
fn important(
    doubts: &[Doubt<'_>],
    valuing: &mut Valuing<'_>,
    plans: [&[u32]; 2],
    most: usize,
    options: &QuestionOptions<'_>,
) -> Vec<usize> {
    let hangs = plans.map(|plan| valuing.of(plan).1);
    let moved = |n: usize, doubt: &Doubt<'_>| {
        let [works, fails] = doubt.answers.map(|answer| doubt.ratio(answer.belief));
        let [works_often, _] = doubt.answers.map(|answer| answer.likely);
        let spread = (works - fails) * works_often * (1.0 - works_often);
        let hangs = hangs.iter().filter_map(|hangs| hangs.get(n)).copied().fold(0.0, f64::max);
        hangs * spread / options.hours_of(doubt.means).0
    };
    let mut rated: Vec<(f64, usize)> = doubts
        .iter()
        .enumerate()
        .map(|(n, doubt)| (moved(n, doubt), n))
        .filter(|(moved, _)| *moved > 0.0)
        .collect();
    rated.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    rated.into_iter().map(|(_, n)| n).take(most).collect()
}

/// What rows are told from.
struct Told<'a, 'p> {
    environment: &'a Environment,
    derived: &'a Derived<'a>,
    valued: &'a Valued,
    state: State<'p>,
    /// So many of what can be chosen are actions; doubts come behind them.
    actions: usize,
    options: &'a QuestionOptions<'a>,
}

impl Told<'_, '_> {
    fn question(&self, rank: usize, n: usize, doubt: &Doubt<'_>, worth: &Worth) -> Question {
        let (hours, hours_assumed) = self.options.hours_of(doubt.means);
        let (about, on, ask) = subject(&doubt.of, self.environment);
        let [works, fails] = doubt.answers;
        let [if_works, if_fails] = worth.best;
        Question {
            rank,
            ask: ask.into(),
            about,
            on,
            means: doubt.means,
            how: doubt.means.tools().into(),
            technique: doubt.technique,
            hours,
            hours_assumed,
            belief: Probability::clamped(doubt.belief),
            sensitivity: doubt.trust.sensitivity,
            specificity: doubt.trust.specificity,
            worth: worth.worth,
            worth_per_hour: worth.worth / hours,
            worth_if_sure: worth.if_sure,
            swing: worth.swing,
            answers: [
                self.answer((n, doubt.belief), works, if_works),
                self.answer((n, doubt.belief), fails, if_fails),
            ],
        }
    }

    fn answer(
        &self,
        (doubt, believed): (usize, f64),
        answer: Answered,
        (plan, left, saved): (usize, f64, f64),
    ) -> AnswerIf {
        let ids = |plan: usize| -> BTreeSet<ActionId> {
            self.valued.plans.get(plan).into_iter().flatten().filter_map(|action| self.id(*action)).collect()
        };
        let (now, then) = (ids(0), ids(plan));
        // What is nearly ruled out is put in order as if it were not there.
        let settled = (answer.belief < 0.5 * believed).then_some((self.actions + doubt) as u32);
        AnswerIf {
            outcome: answer.outcome,
            likely: Probability::clamped(answer.likely),
            belief: Probability::clamped(answer.belief),
            left,
            saved,
            first: self.ordered(plan, settled).into_iter().next(),
            adds: then.difference(&now).cloned().collect(),
            drops: now.difference(&then).cloned().collect(),
        }
    }

    /// The actions of a plan in the order to do them, a doubt counting as nothing.
    fn ordered(&self, plan: usize, without: Option<u32>) -> Vec<ActionId> {
        let mut state = self.state.clone();
        state.reset(&without.into_iter().collect::<Vec<_>>());
        let chosen = self.valued.plans.get(plan).map(Vec::as_slice).unwrap_or_default();
        order(state, chosen).into_iter().filter_map(|placed| self.id(placed.action)).collect()
    }

    fn id(&self, action: u32) -> Option<ActionId> {
        self.derived.actions.get(action as usize).map(|action| action.id.clone())
    }
}

/// What a doubt is about, where it is, and its question.
fn subject(of: &Doubted<'_>, environment: &Environment) -> (About, Vec<AssetId>, String) {
    /// So many of the assets that a control protects are named.
    const NAMED: usize = 5;
    match of {
        Doubted::Finding(id, finding) => {
            let asset = environment.asset(&finding.asset).map_or(finding.asset.as_str(), Asset::title);
            let ask = format!("Can {} on {asset} be exploited?", finding.weakness.title());
            (About::Finding((*id).clone()), vec![finding.asset.clone()], ask)
        }
        Doubted::Relation(related) => {
            let ask = format!("Is it so that {}?", related.title());
            (About::Relation(related.name()), vec![related.from.id.clone(), related.to.id.clone()], ask)
        }
        Doubted::Control(control) => {
            let ask = format!("Does {} stop what it is to stop?", control.title());
            (About::Control(control.id.clone()), control.protects.iter().take(NAMED).cloned().collect(), ask)
        }
    }
}
