//! What is accepted: which findings the decisions that stand cover, and what becomes of that.
//!
//! It follows from the decisions, from what sources say and from what the world knows, and from nothing that was before: so a decision that is
//! taken back leaves no trace in what is known, and one that runs out ends as if it had been taken back then.

use super::{
    acceptance::{Accepted, AcceptedRisk, AcceptedScope, Standing, Withdrawn},
    cycle::Program,
    happened::{AcceptanceEnding, Happened},
    ledger::{Course, severity},
    state::{State, Unknown, unknown},
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::{FindingId, WeaknessId},
    model::{Acceptance, Environment, Finding, Status},
    scope::Chooser,
    time::Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

impl Program {
    /// The decisions to live with something that stand, each with what it covers now. O(n) for each.
    ///
    /// ```
    /// assert!(ctem_core::Program::default().accepted_risks().is_empty());
    /// ```
    #[doc(alias = "risk register")]
    pub fn accepted_risks(&self) -> Vec<AcceptedRisk> {
        self.log().map(|log| log.now.accepted_risks()).unwrap_or_default()
    }
}

impl State {
    pub(super) fn accept(&mut self, accepted: &Accepted, at: Moment, names: &mut Unknown) -> Result<()> {
        if let Some(until) = accepted.until.filter(|until| *until <= at) {
            let message = format!("it is accepted at {at} until {until}, which is over: name a later moment");
            return Err(Error::invalid(message).at("/what/accepted/until"));
        }
        let named = accepted.of.named();
        let mut known = named.is_empty();
        for (finding, place) in named {
            if self.ledger.course(finding).is_some() {
                known = true;
            } else {
                names.pass(unknown("finding", finding.as_str(), &format!("/what/accepted/{place}")))?;
            }
        }
        if !known {
            return Ok(());
        }
        let key = self.key(&accepted.of);
        self.acceptances.insert(key, Standing { since: at, accepted: accepted.clone() });
        Ok(())
    }

    pub(super) fn withdraw(&mut self, withdrawn: &Withdrawn, names: &mut Unknown) -> Result<()> {
        if self.acceptances.remove(&self.key(&withdrawn.of)).is_some() {
            return Ok(());
        }
        let message = "nothing is accepted of this: it has ended, or was decided about something else; name what the acceptance names";
        names.pass(Error::new(ErrorKind::NotFound, message).at("/what/withdrawn"))
    }

    /// What a decision is known by.
    pub(super) fn key(&self, of: &AcceptedScope) -> String {
        of.key(|finding| self.ledger.course(finding).map_or(finding, |course| &course.finding).clone())
    }

    /// Ends the decisions that have run out by now.
    pub(super) fn expire(&mut self, now: Moment) {
        self.acceptances.retain(|_, standing| standing.accepted.until.is_none_or(|until| now < until));
    }

    /// Puts what was decided on top of what sources say: whose what is, and what is accepted.
    pub(super) fn decide(&mut self) {
        let mut environment = Arc::clone(&self.plain);
        for (asset, owner) in &self.owners {
            let changed = Arc::make_mut(&mut environment);
            let id = changed.asset(asset).map(|asset| asset.id.clone());
            if let Some((asset, ..)) = id.and_then(|id| changed.asset_mut(&id)) {
                asset.owner = owner.clone();
            }
        }
        self.covered = self.cover(&environment);
        for (key, acceptance) in &self.covered {
            if let Some(known) = Arc::make_mut(&mut environment).keyed_mut(*key)
                && known.finding.status.is_open()
            {
                known.finding.status = Status::Accepted;
                known.finding.acceptance = Some(Box::new(acceptance.clone()));
            }
        }
        self.environment = environment;
    }

    /// Brings the courses to what is accepted now, and says what changed.
    pub(super) fn settle_acceptances(&mut self, withdrawn: bool, at: Moment, happened: &mut Vec<Happened>) {
        // What is gone is covered by its name.
        let mut named: BTreeMap<FindingId, Acceptance> = BTreeMap::new();
        for standing in self.acceptances.values() {
            let courses = standing.accepted.of.named();
            for course in courses.iter().filter_map(|(finding, _)| self.ledger.course(finding)) {
                later(&mut named, course.finding.clone(), standing.acceptance());
            }
        }
        let (plain, covered) = (&self.plain, &self.covered);
        let nothing = covered.is_empty() && named.is_empty();
        let mut changed = Vec::new();
        let (all, accepted) = match nothing {
            true => (None, Some(self.ledger.accepted())),
            false => (Some(self.ledger.courses()), None),
        };
        for course in all.into_iter().flatten().chain(accepted.into_iter().flatten()) {
            let keys: Vec<u128> = names(course).filter_map(|name| plain.key_of(name)).collect();
            let by_key = keys.iter().filter_map(|key| covered.get(key)).max_by(|a, b| a.order(b));
            let now = if keys.is_empty() { named.get(&course.finding) } else { by_key }.cloned();
            let finding = course.finding.clone();
            match (&course.accepted, &now) {
                (Some(before), Some(now)) if before == now => {}
                (_, Some(now)) => happened.push(Happened::Accepted { finding, until: now.until }),
                (Some(before), None) => happened.push(match before.until.filter(|until| *until <= at) {
                    Some(until) => Happened::AcceptanceEnded { finding, at: until, how: None },
                    None => {
                        let how = match withdrawn {
                            true => AcceptanceEnding::Withdrawn,
                            false => AcceptanceEnding::NoLongerHolds,
                        };
                        Happened::AcceptanceEnded { finding, at, how: Some(how) }
                    }
                }),
                (None, None) => {}
            }
            if course.accepted != now {
                changed.push((course.finding.clone(), now));
            }
        }
        for (finding, now) in changed {
            self.ledger.accept(&finding, now);
        }
    }

    /// Takes decisions about findings that are forgotten out.
    pub(super) fn forget_acceptances(&mut self) {
        let ledger = &self.ledger;
        self.acceptances.retain(|_, standing| {
            let named = standing.accepted.of.named();
            named.is_empty() || named.iter().any(|(finding, _)| ledger.course(finding).is_some())
        });
    }

    /// The decisions of a document of the first version, in which courses had them.
    pub(super) fn accept_as_courses_say(&mut self) {
        let of = |course: &Course| {
            let decided = course.accepted.clone()?;
            let accepted = Accepted {
                until: decided.until,
                by: decided.by,
                reason: decided.reason,
                ..Accepted::of(course.finding.clone())
            };
            Some(Standing { since: decided.since?, accepted })
        };
        let standing: Vec<Standing> = self.ledger.courses().filter_map(of).collect();
        for standing in standing {
            self.acceptances.insert(self.key(&standing.accepted.of), standing);
        }
    }

    /// By the key of a finding: the decision that covers it, of several the one that ends last. O(n) for each that is about a weakness.
    fn cover(&self, environment: &Environment) -> BTreeMap<u128, Acceptance> {
        let mut covered = BTreeMap::new();
        let Some(chooser) = self.chooser(environment) else { return covered };
        for standing in self.acceptances.values() {
            for key in self.covers(standing, &chooser) {
                later(&mut covered, key, standing.acceptance());
            }
        }
        covered
    }

    /// Before the first event nothing is decided.
    fn chooser<'a>(&'a self, environment: &'a Environment) -> Option<Chooser<'a>> {
        let selectors = self.acceptances.values().filter_map(|standing| standing.accepted.of.assets());
        Some(Chooser::of(environment, self.clock?, selectors))
    }

    /// The keys of the findings that a decision covers.
    fn covers(&self, standing: &Standing, chooser: &Chooser<'_>) -> BTreeSet<u128> {
        let Standing { since, accepted } = standing;
        let environment = chooser.environment();
        let holds = |finding: &Finding| accepted.as_long_as.holds(finding, severity(finding), &self.intel);
        let AcceptedScope::Weakness { weakness, assets, also_new } = &accepted.of else {
            let named = accepted.of.named();
            let courses = named.iter().filter_map(|(finding, _)| self.ledger.course(finding));
            let keys = courses.flat_map(names).filter_map(|name| environment.key_of(name));
            return keys.filter(|key| environment.finding_of(*key).is_some_and(holds)).collect();
        };
        // What is first seen now has no course yet.
        let was_known = |finding: &Finding| {
            let course = finding.id.as_ref().and_then(|id| self.ledger.of_finding(id, finding, environment));
            course.is_some_and(|course| course.first <= *since)
        };
        let is_meant = |finding: &Finding| {
            finding.status.is_open()
                && weakness.as_ref().is_none_or(|weakness| is_called(finding, weakness))
                && chooser.matches_id(&finding.asset, assets)
                && (*also_new || was_known(finding))
                && holds(finding)
        };
        environment.keyed_findings().filter(|(_, finding)| is_meant(finding)).map(|(key, _)| key).collect()
    }

    fn accepted_risks(&self) -> Vec<AcceptedRisk> {
        let Some(chooser) = self.chooser(&self.environment) else { return Vec::new() };
        let risk = |standing: &Standing| {
            let keys = self.covers(standing, &chooser);
            let findings = keys.iter().filter_map(|key| self.environment.finding_of(*key));
            let course = |finding: &Finding| {
                let id = finding.id.as_ref()?;
                self.ledger.of_finding(id, finding, &self.environment)
            };
            let standing_ones = findings.filter_map(course).filter(|course| course.stands());
            let covers: BTreeSet<FindingId> = standing_ones.map(|course| course.finding.clone()).collect();
            let Standing { since, accepted } = standing.clone();
            AcceptedRisk { since, accepted, covers: covers.into_iter().collect() }
        };
        self.acceptances.values().map(risk).collect()
    }
}

/// Every name of a finding.
fn names(course: &Course) -> impl Iterator<Item = &FindingId> {
    [&course.finding].into_iter().chain(&course.also)
}

fn is_called(finding: &Finding, weakness: &WeaknessId) -> bool {
    finding.weakness.id == *weakness || finding.weakness.aliases.contains(weakness)
}

/// Keeps of two decisions about one thing the one that ends later.
fn later<K: Ord>(decisions: &mut BTreeMap<K, Acceptance>, of: K, other: Acceptance) {
    let known = decisions.entry(of).or_insert_with(|| other.clone());
    if other.order(known).is_gt() {
        *known = other;
    }
}
