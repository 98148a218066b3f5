//! Every exposure's risk, and the order of the exposures.

use super::{
    assessment::{OpenFinding, Ranked},
    exposure_id::ExposureNumber,
    risk,
    term::{Algebra, Fold, Numbers},
};
use crate::{
    attack::{
        BestPathsToLosses, Bounds, EventId, ExploitStep, ExploitSteps, Id, LongPaths, MostProbablePaths,
        OnProgress, Passed, PathsThrough, Snapshot, Step, VariableKind, over,
    },
    model::{Access, Environment},
    quantity::{Probability, Severity},
};
use smallvec::SmallVec;
use std::{cmp::Reverse, ops::Range};

/// What the risk of an exposure is computed from.
pub(super) struct Scene<'a> {
    pub(super) environment: &'a Environment,
    pub(super) openings: &'a ExploitSteps,
    pub(super) standing: &'a [OpenFinding],
    pub(super) snapshot: &'a Snapshot,
    pub(super) falls: &'a MostProbablePaths,
    pub(super) onward: &'a BestPathsToLosses,
    pub(super) bounds: &'a Bounds,
    /// By event: its loss, and whether its size is assumed, so that it counts beside those that are stated.
    pub(super) losses: &'a [f64],
    /// All losses together, also of what is elsewhere.
    pub(super) everything: f64,
    pub(super) beside: &'a [bool],
}

/// An exposure before it is ranked: its steps, and its likelihood.
struct Exposed {
    number: ExposureNumber,
    steps: SmallVec<[Step; 1]>,
    likelihood: f64,
}

impl Scene<'_> {
    /// Every finding, and every relation that can be taken away and leads to a loss, in order. Where the caller said not to go on:
    /// how many were done, and of how many.
    pub(super) fn ranked(&self, progress: &OnProgress<'_>) -> Result<Vec<Ranked>, (usize, usize)> {
        const BLOCK: usize = 64;
        let exposed = self.exposed();
        let everything = self.everything;
        let mut pool: Vec<(PathsThrough<'_>, Vec<Ranked>, usize)> = Vec::new();
        let long = LongPaths::new(self.snapshot, self.falls, self.onward);
        let make =
            || (PathsThrough::new(self.snapshot, self.falls, self.onward, long.as_ref()), Vec::new(), 0);
        let blocks = 0..exposed.len().div_ceil(BLOCK) as u64;
        let stopped =
            over(&mut pool, make, blocks, progress, |(through, ranked, done), Range { start, end }, _| {
                let blocks = start as usize * BLOCK..exposed.len().min(end as usize * BLOCK);
                let part = exposed.get(blocks).unwrap_or_default();
                let risks = part.iter().map(|exposed| self.risk(through, exposed, everything));
                // A relation that leads to no loss takes nothing away from an attacker.
                let is_finding = |ranked: &Ranked| matches!(ranked.exposure, ExposureNumber::Finding(_));
                ranked.extend(risks.filter(|ranked| is_finding(ranked) || ranked.risk > 0.0));
                *done += part.len();
            });
        if stopped.is_some() {
            return Err((pool.iter().map(|(_, _, done)| done).sum(), exposed.len()));
        }
        let mut ranked: Vec<Ranked> = pool.into_iter().flat_map(|(_, ranked, _)| ranked).collect();
        self.sort(&mut ranked);
        Ok(ranked)
    }

    /// What can be fixed. Those that lead to the same follow each other, so that what comes after them is followed once.
    fn exposed(&self) -> Vec<Exposed> {
        let findings = (0u32..).zip(self.standing).map(|(n, open)| Exposed {
            number: ExposureNumber::Finding(n),
            steps: self.snapshot.exploit_step(n as usize).into_iter().collect(),
            likelihood: open.factors.likelihood().get(),
        });
        let relations = (0u32..).zip(self.snapshot.relations()).filter_map(|(n, (number, steps))| {
            let fact = self.environment.related(*number as usize)?.fact;
            let number = ExposureNumber::Relation(n);
            let exposed = || Exposed { number, steps: steps.clone(), likelihood: fact.chance().get() };
            fact.is_removable().then(exposed)
        });
        let mut all: Vec<_> = findings.chain(relations).collect();
        all.sort_by_key(|exposed| exposed.steps.first().and_then(|step| self.snapshot.conclusion(*step)));
        all
    }

    fn risk(&self, through: &mut PathsThrough<'_>, exposed: &Exposed, everything: f64) -> Ranked {
        let Self { snapshot, falls, onward, bounds, losses, .. } = *self;
        let Exposed { number, steps, likelihood } = exposed;
        let is_own = |kind: VariableKind| risk::is_own(self.openings, *number, kind);
        let chance = |passed: &Passed| Probability::clamped(passed.chance);
        let ways = risk::ways(snapshot, falls, steps, chance, |step| through.through(step, is_own));
        let (ways, assumed) = risk::counted(ways, |event| self.beside.get(event.index()) == Some(&true));
        let path = |(event, Passed { others, .. }): &(EventId, Passed)| {
            let loss = losses.get(event.index()).copied().unwrap_or(0.0);
            Numbers.fold(Fold::Product, "path", String::new, [*others, loss])
        };
        let risk = risk::risk(&Numbers, *likelihood, ways.iter().map(path));
        let upper = steps.iter().filter_map(|step| Some((*step, snapshot.conclusion(*step)?)));
        let upper = upper.filter(|(_, state)| bounds.leads_to_loss(*state)).map(|(step, state)| {
            let lead: f64 = onward.events(state).filter_map(|(event, _)| losses.get(event.index())).sum();
            let at_risk = if onward.has_all(state) { lead } else { everything };
            bounds.step_at_most(snapshot, step) * at_risk
        });
        let upper = upper.fold(0.0, |sum, upper| sum + upper).min(everything);
        let event = ways.first().map(|(event, _)| event.number());
        Ranked { exposure: *number, risk, upper: upper.max(risk), event, assumed }
    }

    /// The greatest risk first; what is assumed has a list of its own, behind what was stated. Between findings of one risk decides what
    /// people look at next: whether it is known to be exploited, EPSS, CVSS, what it gives, whether there is a fix, the newer CVE, the id.
    fn sort(&self, ranked: &mut [Ranked]) {
        let finding = |ranked: &Ranked| match ranked.exposure {
            ExposureNumber::Finding(n) => {
                self.standing.get(n as usize).zip(self.openings.list.get(n as usize))
            }
            ExposureNumber::Relation(_) => None,
        };
        let telling = |(open, step): (&OpenFinding, &ExploitStep)| {
            let scored = open.cvss.or(open.severity.map(least_score));
            (open.known_exploited, open.epss, scored, worth(step.gives), open.has_fix, open.cve)
        };
        let listed = |ranked: &Ranked| (ranked.assumed, Reverse(rounded(ranked.risk)));
        ranked.sort_by(|a, b| {
            listed(a).cmp(&listed(b)).then_with(|| match (finding(a), finding(b)) {
                (Some(first), Some(second)) => telling(second)
                    .partial_cmp(&telling(first))
                    .unwrap_or(std::cmp::Ordering::Equal)
                    .then(first.0.id.cmp(&second.0.id)),
                (_, _) => a.exposure.cmp(&b.exposure),
            })
        });
    }
}

/// The least CVSS score of a severity: CVSS 3.1, section 5.
fn least_score(severity: Severity) -> f64 {
    match severity {
        Severity::None => 0.0,
        Severity::Low => 0.1,
        Severity::Medium => 4.0,
        Severity::High => 7.0,
        Severity::Critical => 9.0,
    }
}

/// The order of what a flaw gives, the least first.
fn worth(gives: Option<Access>) -> u8 {
    match gives {
        None | Some(Access::Reach) => 0,
        Some(Access::Know) => 1,
        Some(Access::Down) => 2,
        Some(Access::Read) => 3,
        Some(Access::Write) => 4,
        Some(Access::Use) => 5,
        Some(Access::Control) => 6,
    }
}

/// A risk as the order compares it: products of the same factors in another order are equal.
fn rounded(risk: f64) -> u64 {
    const DROPPED: u32 = 12;
    (risk.to_bits() + (1 << (DROPPED - 1))) >> DROPPED
}
