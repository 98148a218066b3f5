//! Holding an assessment against a policy.

use super::{Baseline, BrokenBy, Policy, Rule, RuleVerdict, Verdict};
use crate::{
    error::{Error, Result},
    id::ActionId,
    mobilize::{ActionOptions, Budget, Plan, PlanOptions, PlanRow},
    model::Attacker,
    prioritize::{Assessment, Change, Exposure, ExposureId, Level, MeasureOptions},
    quantity::{Loss, Severity, Unit},
};
use std::collections::{HashMap, HashSet};

impl Assessment {
    /// Whether this may go on, by a policy and what was there before.
    ///
    /// Costs a plan where a rule is about actions or the expected loss, and once over the graph where one is about who
    /// reaches what; for each action that is not in the plan or ends old exposures too, as much again as a [`Assessment::what_if`].
    ///
    /// # Errors
    /// `invalid_input` where a limit is in another unit than losses are, at the limit's place in the policy, or where the baseline has another
    /// unit or horizon or states no expected loss and a rule asks for it, at the rule's.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::gate::{Baseline, Policy};
    ///
    /// let policy = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"expected_loss": {"at_most": {"amount": 500, "unit": "USD"}}}]}"#)?;
    /// let error = today.gate(&policy, &Baseline::of(&today)?).unwrap_err();
    /// assert_eq!(error.place(), Some("/rules/0/expected_loss/at_most/unit"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn gate(&self, policy: &Policy, baseline: &Baseline) -> Result<Verdict> {
        let new = baseline.new_in(self);
        let about_actions = policy.rules.iter().any(|rule| matches!(rule, Rule::NoNewAction { .. }));
        let about_loss = policy.rules.iter().any(|rule| matches!(rule, Rule::ExpectedLoss { .. }));
        // Where nothing is asked of actions, what there is to lose is all that is looked at.
        let budget = if about_actions { Budget::Unlimited } else { Budget::Actions(0) };
        let options = PlanOptions { at_most: usize::MAX, budget, ..PlanOptions::default() };
        let plan = (about_actions || about_loss).then(|| self.plan(&options)).transpose()?;
        let judge = Judge { assessment: self, baseline, new, plan };
        let (mut rules, mut words) = (Vec::new(), Vec::new());
        for (n, rule) in policy.rules.iter().enumerate() {
            let (verdict, why) = judge.rule(rule).map_err(|error| error.at(format_args!("/rules/{n}")))?;
            let lead = match (verdict.held, policy.dry_run) {
                (true, _) => "holds",
                (false, true) => "would stop",
                (false, false) => "stops",
            };
            words.push(format!("{lead}: {why}").into());
            rules.push(verdict);
        }
        let held = rules.iter().all(|rule| rule.held);
        Ok(Verdict {
            as_of: self.as_of(),
            baseline: baseline.as_of,
            unit: self.unit(),
            held,
            dry_run: policy.dry_run,
            stops: !held && !policy.dry_run,
            new: judge.new.len(),
            rules,
            words,
            notes: policy.notes.clone(),
        })
    }
}

struct Judge<'a> {
    assessment: &'a Assessment,
    baseline: &'a Baseline,
    new: HashSet<ExposureId>,
    plan: Option<Plan>,
}

impl Judge<'_> {
    /// What is said of a rule, and why.
    fn rule(&self, rule: &Rule) -> Result<(RuleVerdict, String)> {
        match rule {
            Rule::NoNewAction { worth_over } => self.no_new_action(rule, *worth_over),
            Rule::NoKnownExploited { attackable_from, only_new } => {
                self.no_known_exploited(rule, *attackable_from, *only_new)
            }
            Rule::NoNew { level, severity } => Ok(self.no_new(rule, *level, *severity)),
            Rule::ExpectedLoss { at_most, at_most_percent_above_baseline } => {
                self.expected_loss(rule, *at_most, *at_most_percent_above_baseline)
            }
        }
    }

    fn no_new_action(&self, rule: &Rule, worth_over: Loss) -> Result<(RuleVerdict, String)> {
        let limit = self.in_our_unit(worth_over).map_err(|error| error.at("/no_new_action/worth_over"))?;
        let rows: HashMap<&ActionId, &PlanRow> =
            self.plan.iter().flat_map(|plan| &plan.rows).map(|row| (&row.action.id, row)).collect();
        // What leads nowhere saves nothing, and nothing saves more than there is to lose.
        let is_much = self.plan.as_ref().is_some_and(|plan| plan.before.upper() > limit);
        let leads = |exposure: &Exposure<'_>| is_much && exposure.risk.upper() > 0.0;
        let new =
            self.assessment.ranked().filter(|exposure| leads(exposure) && self.new.contains(&exposure.id));
        let leading: HashSet<ExposureId> = new.map(|exposure| exposure.id).collect();
        let mut by = Vec::new();
        for action in self.assessment.actions(&ActionOptions::default())? {
            let ends: Vec<ExposureId> =
                action.ends.iter().filter(|id| leading.contains(id)).cloned().collect();
            if ends.is_empty() {
                continue;
            }
            let row = rows.get(&action.id);
            let worth = match row.map(|row| row.saved.max(row.alone)) {
                // A part saves no more than all of it.
                Some(all) if all <= limit || ends.len() == action.ends.len() => all,
                Some(_) | None => self.worth(&ends)?,
            };
            if worth > limit {
                by.push(BrokenBy { title: action.title, exposures: ends, action: Some(action.id), worth });
            }
        }
        by.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        let amount = self.amount(limit);
        let words = match by.as_slice() {
            [] => format!("no new action is worth more than {amount}"),
            [first, ..] => format!(
                "{} worth more than {amount}: {} ({})",
                counted(by.len(), "new action is", "new actions are"),
                first.title,
                self.amount(first.worth)
            ),
        };
        Ok((self.verdict(rule, by, Some(limit)), words))
    }

    /// What it saves to end these, and nothing else.
    fn worth(&self, ends: &[ExposureId]) -> Result<f64> {
        let change = |id: &ExposureId| match id {
            ExposureId::Finding(id) => Change::Fixed(id.clone()),
            ExposureId::Relation(id) => Change::Removed(id.clone()),
        };
        let changes: Vec<Change> = ends.iter().map(change).collect();
        Ok(self.assessment.what_if(&changes, &MeasureOptions::default())?.saved.value())
    }

    fn no_known_exploited(
        &self,
        rule: &Rule,
        attacker: Attacker,
        only_new: bool,
    ) -> Result<(RuleVerdict, String)> {
        let reached = self.assessment.reached_by(attacker);
        let by = self.all_of(|exposure| {
            exposure.known_exploited
                && exposure
                    .finding
                    .and_then(|finding| finding.id.as_ref())
                    .is_some_and(|id| reached.contains(id))
                && (!only_new || self.new.contains(&exposure.id))
        });
        let (what, from) = (if only_new { "new and " } else { "" }, attacker.name());
        let words = match by.as_slice() {
            [] => format!("nothing that is {what}known to be exploited can be attacked from: {from}"),
            [first, ..] => format!(
                "{} {what}known to be exploited and can be attacked from: {from}; the worst is {}",
                counted(by.len(), "finding is", "findings are"),
                first.title
            ),
        };
        Ok((self.verdict(rule, by, None), words))
    }

    fn no_new(&self, rule: &Rule, level: Option<Level>, severity: Option<Severity>) -> (RuleVerdict, String) {
        let by = self.all_of(|exposure| {
            let is_bad = level.is_some_and(|level| exposure.level >= level);
            let is_severe = severity.zip(exposure.severity).is_some_and(|(least, given)| given >= least);
            (is_bad || is_severe) && self.new.contains(&exposure.id)
        });
        let level = level.map(|level| format!("of level {} or above", level.name()));
        let severity = severity.map(|severity| format!("of severity {} or above", severity.name()));
        let what = level.into_iter().chain(severity).collect::<Vec<_>>().join(" or ");
        let words = match by.as_slice() {
            [] => format!("nothing new is {what}"),
            [first, ..] => format!(
                "{} {what}; the worst is {}",
                counted(by.len(), "new exposure is", "new exposures are"),
                first.title
            ),
        };
        (self.verdict(rule, by, None), words)
    }

    fn expected_loss(
        &self,
        rule: &Rule,
        at_most: Option<Loss>,
        percent: Option<f64>,
    ) -> Result<(RuleVerdict, String)> {
        let stated = at_most.map(|most| self.in_our_unit(most)).transpose();
        let stated = stated.map_err(|error| error.at("/expected_loss/at_most"))?;
        let above =
            percent.map(|percent| Ok::<_, Error>(self.before()? * (1.0 + percent / 100.0))).transpose();
        let above = above.map_err(|error| error.at("/expected_loss/at_most_percent_above_baseline"))?;
        let limit = stated.into_iter().chain(above).fold(f64::INFINITY, f64::min);
        let measured = self.plan.as_ref().map(|plan| plan.before);
        let loss = measured.map_or(0.0, |measured| measured.value());
        let held = loss <= limit;
        let by = if held { Vec::new() } else { self.all_of(|exposure| self.new.contains(&exposure.id)) };
        let words = format!(
            "the expected loss is {}, and at most {} is tolerated",
            self.amount(loss),
            self.amount(limit)
        );
        Ok((RuleVerdict { rule: rule.clone(), held, by, measured, limit: Some(limit) }, words))
    }

    /// The expected loss of the baseline, which must be one of the same kind.
    fn before(&self) -> Result<f64> {
        let (was, is) = (self.baseline, self.assessment);
        if was.unit != is.unit() {
            let message = format!("the baseline counts in {}, and losses are in {}", was.unit, is.unit());
            return Err(Error::invalid(message));
        }
        if was.horizon != is.horizon() {
            let message = format!(
                "the baseline looks {} ahead, and this assessment {}: assess with one horizon",
                was.horizon,
                is.horizon()
            );
            return Err(Error::invalid(message));
        }
        was.before.ok_or_else(|| {
            Error::invalid("the baseline has no plan, and with it no expected loss: write `at_most` instead")
        })
    }

    fn in_our_unit(&self, limit: Loss) -> Result<f64> {
        let unit = self.assessment.unit();
        if limit.unit() == unit {
            return Ok(limit.amount());
        }
        let message = format!("`{}` is not what losses are counted in here: write {unit}", limit.unit());
        Err(Error::invalid(message).at("/unit"))
    }

    /// The exposures that break a rule, the worst first.
    fn all_of(&self, breaks: impl Fn(&Exposure<'_>) -> bool) -> Vec<BrokenBy> {
        let broken = self.assessment.ranked().filter(|exposure| breaks(exposure));
        let by = broken.map(|exposure| BrokenBy {
            title: match exposure.finding {
                Some(_) => format!("{} on {}", exposure.title(), exposure.asset.title()).into(),
                None => exposure.title().into(),
            },
            worth: exposure.risk.value(),
            exposures: vec![exposure.id],
            action: None,
        });
        by.collect()
    }

    fn verdict(&self, rule: &Rule, by: Vec<BrokenBy>, limit: Option<f64>) -> RuleVerdict {
        RuleVerdict { rule: rule.clone(), held: by.is_empty(), by, measured: None, limit }
    }

    fn amount(&self, amount: f64) -> String {
        let unit: Unit = self.assessment.unit();
        unit.amount(amount)
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
