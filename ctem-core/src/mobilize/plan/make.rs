//! From an assessment to a plan.

use super::{
    AcceptedLoss, FREE, Plan, PlanOptions, PlanRow, Rest, Watch,
    bound::bound,
    branch::branch,
    checked::Checked,
    curve::curves,
    greedy::greedy,
    moves::Look,
    order::{Placed, order},
    problem::{Problem, Way},
    signs::signs,
    starts,
    state::State,
    swap::{prune, swap},
};
use crate::{
    attack::{
        Asking, Exact, Key, Limits, OnProgress, Progress, Reason, Scenarios, Snapshot, Truncated, Worlds,
    },
    error::Result,
    intel::Intel,
    mobilize::{ActionKind, derive::Derived},
    model::LossEvent,
    prioritize::{Assessment, End, ExposureId, PathLeft},
    quantity::{Estimate, Probability},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// So many worlds are drawn of events that are exact.
pub(super) const DRAWS: u64 = 2_048;

/// So many steps a graph may have for its diagrams to be made anew for each row.
const STEPS: usize = 20_000;

/// Where a loss is counted in fewer worlds than this, the diagrams of what is left are tried.
const TELLING: usize = 64;

/// What saves less than this part of the whole is no row: nobody does it for that.
const WORTH_A_ROW: f64 = 1e-5;

/// A row takes from another where that one saves less than this part of what it would alone.
const TAKES: f64 = 0.9;

impl Assessment {
    /// What to do first: the actions that leave least to lose for what may be spent, in the order to do them.
    ///
    /// Fix sets are neither submodular nor supermodular: two open doors are worth nothing each. So the choice is greedy over single actions
    /// and over sets that end a whole way, begun from several orders, and improved by swaps and by branch and bound; all over the same worlds, and exact numbers
    /// where they can be had. What no plan of the budget can beat is proven beside it. The same bits on any number of threads.
    ///
    /// # Errors
    /// `invalid_input` for a budget that is no amount, `not_found` for an owner or an action that is not there, `conflict` where the same
    /// action must and must not be done, or what must be done takes more than the budget; each with its place in the options.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::mobilize::{Budget, PlanOptions};
    ///
    /// // An hour a week: what first?
    /// let plan = today.plan(&PlanOptions { budget: Budget::Hours(1.0), ..PlanOptions::default() })?;
    /// assert_eq!(plan.rows.iter().map(|row| &*row.action.title).collect::<Vec<_>>(), ["Fix the setting on web shop: Admin page open to all"]);
    /// assert_eq!((plan.before.value(), plan.after.value()), (937.5, 375.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "remediation plan")]
    #[doc(alias = "knapsack")]
    #[doc(alias = "budget")]
    pub fn plan(&self, options: &PlanOptions<'_>) -> Result<Plan> {
        let watch = Watch::new(options.progress);
        let tell = |progress: Progress| watch.tells(progress.done, progress.of);
        let progress = OnProgress::new(&tell);
        let derived = self.derived_asking(&options.actions, &Asking::new(progress, self.len()))?;
        if watch.has_ended() {
            options.budget.check()?;
            return Ok(self.nothing_planned(options, watch.ended()));
        }
        let checked = Checked::of(options, &derived, self.environment(), self.as_of())?;
        let snapshot = self.snapshot();
        let limits = Limits { worlds: options.worlds.max(1), nodes: options.nodes, progress };
        let exact = exact(snapshot, &limits);
        let mut keys: Vec<Vec<Key>> = derived.keys();
        let accepted = derived.accepted(self.as_of());
        let mut choice = checked.choice.clone();
        if !accepted.is_empty() {
            // That nothing accepted were there is looked at as one action more, which nobody can choose.
            keys.push(accepted.iter().filter(|end| end.leads).map(|end| end.key).collect());
            choice = choice.beside(1);
        }
        let worlds = Worlds::new(snapshot, options.seed);
        let mut scenarios = Scenarios::of(snapshot, exact.as_ref(), &worlds, &keys, DRAWS, &limits);
        let problem = Problem::of(&mut scenarios, choice, &watch);
        let measured = Measured { assessment: self, exact, scenarios, keys, options, accepted: &accepted };

        let mut today = State::new(&problem, &watch);
        let mut tried = today.clone();
        let mut candidates = choices(&mut tried, &checked, &derived, self.intel(), options.most(), &watch);
        let free = |chosen: &[u32]| -> Vec<u32> {
            chosen.iter().copied().filter(|action| !checked.must.contains(action)).collect()
        };
        let on_must: f64 = checked.must.iter().map(|action| problem.cost(*action)).sum();
        let bound_of = |budget: f64, chosen: &[u32]| {
            bound(&problem, budget - on_must, &checked.must, &free(chosen), &watch)
        };
        // Where little is left to gain, or much to look at, swaps are enough.
        let mut most = None;
        if checked.is_limited
            && checked.purse.all.is_finite()
            && !problem.is_large
            && let Some(known) = candidates.last().cloned()
        {
            let bound = bound_of(checked.purse.all, &known);
            most = Some(bound.most);
            // A bound that was ended on the way holds, and says nothing of branches.
            if !watch.has_ended() {
                let found = branch(&mut tried, &checked, &bound, &known, options.most(), &watch);
                candidates.extend(found.choices);
                most = Some(found.most.map_or(bound.most, |most| most.min(bound.most)));
            }
        }
        today.knows_what(tried);
        let mut chosen = measured.best(&today, &derived, candidates);
        measured.go_on(&mut chosen, &problem, &derived, &checked, &watch);
        let placed = order(today.clone(), &chosen);
        let mut plan = measured.told(today.clone(), &derived, &placed);
        measured.tell_accepted(&mut plan, &derived, today.clone());
        if options.curves {
            let left = |done: &[u32], state: &State<'_>| measured.left(&derived, done, state).value();
            plan.curves = curves(plan.points(), &derived, self.intel(), &today, left, &watch);
        }
        let spent: f64 = chosen.iter().map(|action| problem.cost(*action)).sum();
        // Without a limit it is held against what it takes.
        let budget = if checked.purse.all.is_finite() { checked.purse.all } else { spent };
        let mut after = today;
        checked.must.iter().for_each(|action| after.choose(*action));
        let anyway = after.left();
        chosen.iter().for_each(|action| after.choose(*action));
        measured.rest(&mut plan, &derived, after);
        let most = most.unwrap_or_else(|| bound_of(budget, &chosen).most);
        let least_left = (anyway as f64 - most).max(0.0) * problem.part + measured.scenarios.unavoidable;
        measured.held(&mut plan, least_left);
        plan.truncated = measured.scenarios.truncated.or(watch.ended());
        Ok(plan.told(options.at_most))
    }
}

impl Assessment {
    /// What is known before any action is: that all that is risked now may be lost.
    fn nothing_planned(&self, options: &PlanOptions<'_>, truncated: Option<Truncated>) -> Plan {
        Plan {
            as_of: self.as_of(),
            horizon: self.horizon(),
            unit: self.unit(),
            budget: options.budget,
            hours: 0.0,
            before: self.risk(),
            after: self.risk(),
            at_least: 0.0,
            gap: if self.risk().value() > 0.0 { 1.0 } else { 0.0 },
            rows: Vec::new(),
            rest: Rest::default(),
            accepted: None,
            curves: Vec::new(),
            worlds: 0,
            seed: options.seed,
            truncated,
        }
    }
}

/// Choices from several starts, the last of them improved by swaps.
pub(super) fn choices(
    state: &mut State<'_>,
    checked: &Checked,
    derived: &Derived<'_>,
    intel: &Intel,
    at_most: usize,
    watch: &Watch<'_>,
) -> Vec<Vec<u32>> {
    let problem = state.problem;
    let mut purse = checked.purse.clone();
    for action in &checked.must {
        purse.pay(problem, *action);
        state.choose(*action);
    }
    let at_most = at_most.max(checked.must.len());
    let (start, full) = (state.chosen(), purse.clone());
    let by_gain = starts::by_gain(state);
    greedy(state, &mut purse, at_most, |_| true, Look::Far, watch);
    // That only so many are planned is a limit too, where more would be worth it.
    let is_limited = checked.is_limited || state.chosen().len() >= at_most;
    prune(state, &mut purse, &checked.must);
    let mut best = (state.left(), state.chosen(), purse);
    let mut all = vec![best.1.clone()];
    if is_limited && !problem.is_large {
        for order in by_gain.into_iter().chain(starts::starts(derived, intel)) {
            state.reset(&start);
            let mut purse = full.clone();
            for action in order {
                let room = state.chosen().len() < at_most;
                if room && problem.may(action) && !state.has_chosen(action) && purse.pay(problem, action) {
                    state.choose(action);
                }
            }
            prune(state, &mut purse, &checked.must);
            greedy(state, &mut purse, at_most, |_| true, Look::Heaviest, watch);
            all.push(state.chosen());
            if state.left() < best.0 {
                best = (state.left(), state.chosen(), purse);
            }
        }
        state.reset(&best.1);
        swap(state, &mut best.2, at_most, &checked.must, watch);
        greedy(state, &mut best.2, at_most, |_| true, Look::Far, watch);
        prune(state, &mut best.2, &checked.must);
        all.push(state.chosen());
    }
    all
}

/// What numbers are measured on.
struct Measured<'a, 'o> {
    assessment: &'a Assessment,
    /// The diagrams, where they hold all events.
    exact: Option<Exact>,
    scenarios: Scenarios,
    keys: Vec<Vec<Key>>,
    options: &'a PlanOptions<'o>,
    /// What somebody lives with: as the action after all others.
    accepted: &'a [&'a End<'a>],
}

impl Measured<'_, '_> {
    /// The choice that leaves least, and of equal ones the cheapest. Where numbers are exact, what was drawn only proposes; where worlds
    /// propose, exact numbers decide if they can be had for all.
    fn best(&self, today: &State<'_>, derived: &Derived<'_>, all: Vec<Vec<u32>>) -> Vec<u32> {
        let mut choices: Vec<Vec<u32>> = Vec::new();
        for choice in all {
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        if choices.len() < 2 {
            return choices.pop().unwrap_or_default();
        }
        let exact: Option<Vec<f64>> =
            choices.iter().map(|chosen| self.exact_loss(&self.ended_by(chosen))).collect();
        let left = exact.unwrap_or_else(|| {
            let counted = |chosen: &Vec<u32>| {
                let mut state = today.clone();
                state.choose_all(chosen);
                self.left(derived, chosen, &state).value()
            };
            choices.iter().map(counted).collect()
        });
        let rounding = 1e-9 * self.assessment.risk().upper();
        let cost = |chosen: &[u32]| chosen.iter().map(|action| today.problem.cost(*action)).sum::<f64>();
        let costed = left.into_iter().zip(choices).map(|(left, chosen)| (left, cost(&chosen), chosen));
        let best = costed.reduce(|best, other| {
            let equal = (other.0 - best.0).abs() <= rounding;
            if (equal && other.1 < best.1) || (!equal && other.0 < best.0) { other } else { best }
        });
        best.map(|(_, _, chosen)| chosen).unwrap_or_default()
    }

    /// Goes on where worlds tell nothing more, or exact numbers tell of ways that were not drawn: by the most probable paths that are left,
    /// looked at anew after each action.
    fn go_on(
        &self,
        chosen: &mut Vec<u32>,
        problem: &Problem,
        derived: &Derived<'_>,
        checked: &Checked,
        watch: &Watch<'_>,
    ) {
        let mut purse = checked.purse.clone();
        for action in chosen.iter() {
            purse.pay(problem, *action);
        }
        let mut by_key: HashMap<Key, Vec<u32>> = HashMap::new();
        for (action, keys) in (0u32..).zip(&self.keys).filter(|(action, _)| problem.may(*action)) {
            keys.iter().for_each(|key| by_key.entry(*key).or_default().push(action));
        }
        let least = WORTH_A_ROW * self.assessment.risk().upper();
        let grown = chosen.len();
        let tells = |chosen: &[u32]| !self.is_exact() || self.not_drawn(chosen, problem) >= least;
        // How many were worth it so far: those after which the most probable paths that are left lose less.
        let (mut worth_it, mut lost) = (grown, f64::INFINITY);
        while watch.goes_on(chosen.len()) && tells(chosen) {
            let mut ends: BTreeMap<u32, f64> = BTreeMap::new();
            let paths = self.paths_left(derived, chosen);
            let now: f64 = paths.iter().map(|path| path.risk).sum();
            if chosen.len() == grown || now + least <= lost {
                (worth_it, lost) = (chosen.len(), now);
            }
            if chosen.len() >= self.options.most() {
                break;
            }
            for path in paths {
                let on: BTreeSet<u32> =
                    path.keys.iter().filter_map(|key| by_key.get(key)).flatten().copied().collect();
                on.into_iter().for_each(|action| *ends.entry(action).or_default() += path.risk);
            }
            let fits = |action: &u32| !chosen.contains(action) && purse.pays(problem, &[*action]);
            let rated = ends.into_iter().filter(|(action, risk)| *risk >= least && fits(action));
            let rated = rated.map(|(action, risk)| (risk / problem.cost(action).max(FREE), action));
            let Some((_, action)) = rated.reduce(|best, other| if other.0 > best.0 { other } else { best })
            else {
                break;
            };
            purse.pay(problem, action);
            chosen.push(action);
        }
        if self.is_exact() {
            // A path that was closed may have one beside it that stays open.
            for at in (grown..chosen.len()).rev() {
                let mut without = chosen.clone();
                without.remove(at);
                if self.saves(chosen, &without) < least {
                    *chosen = without;
                }
            }
        } else {
            chosen.truncate(worth_it);
        }
        chosen.sort_unstable();
    }

    /// How much more than a choice all that may be done would save, where exact numbers say so.
    fn not_drawn(&self, chosen: &[u32], problem: &Problem) -> f64 {
        let all = (0..problem.len() as u32).filter(|action| problem.may(*action) || chosen.contains(action));
        self.saves(&all.collect::<Vec<u32>>(), chosen)
    }

    /// How much less than another a choice leaves, where exact numbers say so.
    fn saves(&self, chosen: &[u32], other: &[u32]) -> f64 {
        let [left, others] = [chosen, other].map(|done| self.exact_loss(&self.ended_by(done)));
        others.zip(left).map_or(0.0, |(others, left)| others - left)
    }

    /// The most probable paths once these are done; none where the graph is large.
    fn paths_left(&self, derived: &Derived<'_>, done: &[u32]) -> Vec<PathLeft> {
        if self.assessment.snapshot().step_count() > STEPS {
            return Vec::new();
        }
        let actions = done.iter().filter_map(|action| derived.actions.get(*action as usize));
        let without_accepted = done.iter().any(|action| *action as usize == derived.actions.len());
        let accepted: Vec<ExposureId> = match without_accepted {
            true => self.accepted.iter().filter_map(|end| end.id()).collect(),
            false => Vec::new(),
        };
        self.assessment
            .paths_without(actions.flat_map(|action| &action.ends).chain(&accepted))
            .unwrap_or_default()
    }

    /// The variables that these set to 0.
    fn ended_by(&self, done: &[u32]) -> Vec<Key> {
        let snapshot = self.assessment.snapshot();
        let keys = done.iter().filter_map(|action| self.keys.get(*action as usize)).flatten();
        keys.copied().filter(|key| snapshot.has_key(*key)).collect()
    }

    fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// The expected loss once these are done, of which the state says what stands.
    fn left(&self, derived: &Derived<'_>, done: &[u32], state: &State<'_>) -> Estimate {
        let tells = || self.scenarios.telling(TELLING, |core| state.stands(core));
        if (self.is_exact() || (!done.is_empty() && !tells()))
            && let Some(loss) = self.exact_loss(&self.ended_by(done))
        {
            return Estimate::exact(loss);
        }
        if self.scenarios.worlds == 0 {
            // Stopped before the first world: what is certain is all there is.
            return self.assessment.risk();
        }
        let PlanOptions { seed, confidence, .. } = *self.options;
        let snapshot = self.assessment.snapshot();
        let counted = self.scenarios.loss(snapshot, seed, confidence, |core| state.stands(core));
        // However few worlds tell of it: the most probable paths are there.
        let least: f64 = self.paths_left(derived, done).iter().map(|path| path.risk).sum();
        counted.within(least.min(self.assessment.risk().upper()), self.assessment.risk().upper())
    }

    /// The expected loss once these are ended.
    fn exact_loss(&self, ended: &[Key]) -> Option<f64> {
        if let Some(exact) = self.exact.as_ref().filter(|exact| ended.iter().all(|key| exact.has(*key))) {
            let zero: Vec<(Key, Probability)> = ended.iter().map(|key| (*key, Probability::ZERO)).collect();
            return Some(exact.loss_with(&zero));
        }
        if self.assessment.snapshot().step_count() > STEPS {
            return None;
        }
        // What was sure is no question of the diagrams: they are made once more, and are smaller, not larger.
        let limits = Limits { nodes: self.options.nodes, ..Limits::default() };
        let once = Exact::once_ended(self.assessment.snapshot(), ended, &limits);
        once.budget_exceeded().is_none().then(|| once.loss())
    }

    /// The plan's rows with their numbers.
    fn told(&self, mut state: State<'_>, derived: &Derived<'_>, placed: &[Placed]) -> Plan {
        let problem = state.problem;
        let before = self.left(derived, &[], &state);
        let alone: Vec<u64> = (0..problem.len() as u32).map(|action| state.gain(action)).collect();
        let all_weight: u64 = problem.ways.iter().map(|way| way.weight).sum();
        let all = all_weight as f64 * problem.part + self.scenarios.unavoidable;
        let (mut rows, mut done, mut last): (Vec<PlanRow>, Vec<u32>, Estimate) =
            (Vec::new(), Vec::new(), before);
        for (place, Placed { action: number, taken_by, together }) in placed.iter().enumerate() {
            let Some(action) = derived.actions.get(*number as usize) else { continue };
            let alone = match self.is_exact() {
                true => before.value() - self.left(derived, &[*number], &state).value(),
                false => alone.get(*number as usize).copied().unwrap_or(0) as f64 * problem.part,
            };
            state.choose(*number);
            done.push(*number);
            // What is done never adds to what is lost: a little more is rounding.
            let left = self.left(derived, &done, &state);
            let left = if left.value() > last.value() { last } else { left };
            let saved = last.value() - left.value();
            let on: Vec<&Way> = problem
                .on
                .get(*number as usize)
                .into_iter()
                .flatten()
                .filter_map(|way| problem.ways.get(*way as usize))
                .collect();
            let weight: u64 = on.iter().map(|way| way.weight).sum();
            let event = self.heaviest_event(&on);
            let members = derived.members.get(*number as usize);
            let ends = members.into_iter().flatten().filter_map(|n| derived.ends.get(*n));
            rows.push(PlanRow {
                rank: place + 1,
                action: action.clone(),
                left,
                saved,
                alone: alone.max(0.0),
                same_way_as: taken_by.filter(|_| saved < TAKES * alone).map(|place| place + 1),
                together_with: together.iter().map(|place| place + 1).collect(),
                on_ways: if all > 0.0 { weight as f64 * problem.part / all } else { 0.0 },
                leads_to: event.map(|event| event.id.clone()),
                leads_to_name: event.map(|event| event.title().into()),
                signs: signs(ends, self.assessment.intel()),
            });
            last = left;
        }
        Plan {
            as_of: self.assessment.as_of(),
            horizon: self.assessment.horizon(),
            unit: self.assessment.unit(),
            budget: self.options.budget,
            hours: rows.iter().map(|row| row.action.effort.hours).fold(0.0, |sum, hours| sum + hours),
            before,
            after: last,
            at_least: last.value(),
            gap: 0.0,
            rows,
            rest: Rest::default(),
            accepted: None,
            curves: Vec::new(),
            worlds: self.scenarios.worlds,
            seed: self.options.seed,
            truncated: None,
        }
    }

    fn heaviest_event(&self, on: &[&Way]) -> Option<&LossEvent> {
        let mut by_event: BTreeMap<usize, u64> = BTreeMap::new();
        for way in on {
            *by_event.entry(way.event).or_default() += way.weight;
        }
        let most = by_event.into_iter().reduce(|most, other| if other.1 > most.1 { other } else { most });
        self.assessment.stated_event(most?.0)
    }

    /// What is not in the plan, of which the state is.
    fn rest(&self, plan: &mut Plan, derived: &Derived<'_>, mut state: State<'_>) {
        let problem = state.problem;
        let chosen = state.chosen();
        let mut done = chosen.clone();
        let open = |state: &State<'_>, action: u32| {
            problem.on.get(action as usize).into_iter().flatten().any(|way| state.stands(*way))
        };
        let others: Vec<u32> = (0..problem.len() as u32)
            .filter(|action| problem.may(*action) && !state.has_chosen(*action))
            .collect();
        plan.rest.actions = others.iter().filter(|action| open(&state, **action)).count();
        state.choose_all(&others);
        done.extend(others);
        let left = self.left(derived, &done, &state);
        plan.rest.worth = (plan.after.value() - left.value()).max(0.0);
        let mitigations =
            (0u32..).zip(&derived.actions).filter(|(_, action)| action.kind == ActionKind::Mitigate);
        let mitigations: Vec<u32> =
            mitigations.map(|(n, _)| n).filter(|action| !state.has_chosen(*action)).collect();
        let on_a_way = |n: &&u32| problem.on.get(**n as usize).is_some_and(|on| !on.is_empty());
        let members = |n: &u32| derived.members.get(*n as usize).map_or(0, Vec::len);
        plan.rest.no_fix = mitigations.iter().filter(on_a_way).map(members).sum();
        state.choose_all(&mitigations);
        done.extend(mitigations);
        plan.rest.no_fix_worth = (left.value() - self.left(derived, &done, &state).value()).max(0.0);
        let harmless = derived.ends.iter().filter(|end| end.is_finding() && (!end.leads || end.risk <= 0.0));
        plan.rest.hygiene = harmless.count();
    }

    /// How much of the loss is lived with.
    fn tell_accepted(&self, plan: &mut Plan, derived: &Derived<'_>, mut state: State<'_>) {
        let Some(number) = u32::try_from(derived.actions.len()).ok().filter(|_| !self.accepted.is_empty())
        else {
            return;
        };
        state.choose(number);
        let left = self.left(derived, &[number], &state).value();
        let ends = self.accepted.iter().filter_map(|end| end.finding()?.acceptance.as_ref()?.until);
        let worth = (plan.before.value() - left).max(0.0);
        // What rounding leaves is nothing.
        let worth = if worth > 1e-12 * plan.before.value() { worth } else { 0.0 };
        plan.accepted = Some(AcceptedLoss { findings: self.accepted.len(), worth, first_ends: ends.min() });
    }

    /// Holds the plan against what is proven.
    fn held(&self, plan: &mut Plan, least_left: f64) {
        let after = plan.after.value();
        if after <= 1e-12 * plan.before.value() {
            // What rounding leaves is nothing.
            return;
        }
        // What nothing that can be done ends is left by every plan.
        let floor = (after - plan.rest.worth).max(0.0);
        let nothing_more = plan.rest.worth <= 1e-12 * plan.before.value();
        plan.at_least = if nothing_more { after } else { least_left.clamp(floor, after) };
        let most = plan.before.value() - plan.at_least;
        // What rounding tells apart is no gap.
        plan.gap = if most > 1e-12 * plan.before.value() {
            ((after - plan.at_least) / most).clamp(0.0, 1.0)
        } else {
            0.0
        };
    }
}

/// The diagrams of all events, where they fit and are quickly made anew.
pub(super) fn exact(snapshot: &Snapshot, limits: &Limits<'_>) -> Option<Exact> {
    if snapshot.step_count() > STEPS {
        return None;
    }
    let exact = Exact::once_ended(snapshot, &[], limits);
    exact.budget_exceeded().is_none().then_some(exact)
}

impl Watch<'_> {
    pub(super) fn ended(&self) -> Option<Truncated> {
        self.has_ended().then_some(Truncated { reason: Reason::Stopped })
    }
}
