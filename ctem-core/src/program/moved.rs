//! What moved the expected loss: new findings, work that was done, what the world learnt, another model, tests, what was stated, and time.
//!
//! Causes are told apart by taking them one after the other, in the order in which things happened, each time with all else as it was. So
//! what they moved adds up to what moved in all. Within a report, what it shows to be gone comes first and what it brings last; between
//! the two stands what it says otherwise of the rest. Another order would share out otherwise what two causes do only together.

use super::{
    cycle::Program,
    event::{Event, What},
    happened::Happened,
    log::Log,
    measured::nothing,
    state::{Folded, State, Unknown},
};
use crate::{
    attack::Asking,
    error::Result,
    id::FindingId,
    intel::Intel,
    measure::Period,
    model::{Environment, Status},
    prioritize::{AssessOptions, MeasureOptions, assess},
    quantity::{Estimate, Unit},
    time::Moment,
    word::words,
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// How what moved the expected loss is told.
///
/// ```
/// use ctem_core::{prioritize::MeasureOptions, program::MovedOptions};
///
/// // Of a large graph fewer worlds say enough.
/// let options = MovedOptions { measure: MeasureOptions { worlds: 2_048, ..MeasureOptions::default() }, ..MovedOptions::default() };
/// assert_eq!(options.assess.horizon.get(), 30.0);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MovedOptions<'a> {
    /// How assessments are made.
    pub assess: AssessOptions<'a>,
    /// How the loss is measured over all paths: exact where it can be had, else over the same worlds each time.
    pub measure: MeasureOptions<'a>,
}

/// What moved the expected loss in a period.
///
/// ```
/// use ctem_core::{Program, discover, measure::Period, program::{ApplyOptions, Cause, Event, MovedOptions}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let moved = program.moved(november, &MovedOptions::default())?;
/// // All of it is new.
/// assert_eq!((moved.from.value(), moved.to.value(), moved.by[0].cause), (0.0, 937.5, Cause::New));
/// let sum: f64 = moved.by.iter().map(|by| by.amount).sum();
/// assert!((moved.from.value() + sum - moved.to.value()).abs() < 1e-9 * moved.to.value());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Moved {
    /// The period.
    pub period: Period,
    /// What losses are counted in.
    pub unit: Unit,
    /// The whole expected loss over all paths when it began, or where the history that is kept begins.
    pub from: Estimate,
    /// The same when it ended, or as of the last event.
    pub to: Estimate,
    /// What moved it, what moved it most first; what moved nothing is not listed.
    pub by: Vec<MovedBy>,
}

/// By how much a cause moved the expected loss.
///
/// ```
/// use ctem_core::{Program, measure::Period, program::MovedOptions};
///
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let error = Program::default().moved(november, &MovedOptions::default()).unwrap_err();
/// assert_eq!(error.code(), "not_found");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MovedBy {
    /// The cause.
    pub cause: Cause,
    /// By how much: below 0 where it fell.
    pub amount: f64,
    /// How many events it came with.
    pub events: usize,
}

/// A cause for which the expected loss moves.
///
/// ```
/// use ctem_core::program::Cause;
///
/// assert_eq!("model".parse::<Cause>()?, Cause::Model);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Findings went: by a fix, by absence, or since they do not apply.
    Fixed,
    /// Findings were seen for the first time, or came back.
    New,
    /// Reports say otherwise of assets, relations, or findings that stand.
    Changed,
    /// The world's tables moved: exploitation is known or likelier, or less so.
    Intel,
    /// Another EPSS model gives the scores. What the world moved on that day is in it too, since no table has both.
    Model,
    /// Something was tested.
    Evidence,
    /// What matters was stated anew.
    Scope,
    /// Owners, claims, acceptances.
    Decided,
    /// Time passed: what is known grew older.
    Time,
}

words! {
    Cause, "a cause for which the expected loss moves" {
        Fixed = "fixed",
        New = "new",
        Changed = "changed",
        Intel = "intel",
        Model = "model",
        Evidence = "evidence",
        Scope = "scope",
        Decided = "decided",
        Time = "time",
    }
}

impl Program {
    /// What moved the expected loss in a period. O(n log n) for each event before it ended, and at most four assessments
    /// for each in it, whose losses are measured.
    ///
    /// ```
    /// use ctem_core::{Program, measure::Period, program::{ApplyOptions, Event, MovedOptions, What}};
    ///
    /// let mut program = Program::default();
    /// program.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
    /// assert!(program.moved(november, &MovedOptions::default())?.by.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a period that ended before the history that is kept begins, and as [`Program::assess`].
    #[doc(alias = "waterfall")]
    pub fn moved(&self, period: Period, options: &MovedOptions<'_>) -> Result<Moved> {
        let log = self.log().filter(|log| log.began_before(period.until()));
        let log = log.ok_or_else(|| nothing(period))?;
        let (before, within): (Vec<_>, Vec<_>) = log
            .counting()
            .filter(|(key, _)| key.at < period.until())
            .partition(|(key, _)| key.at < period.from());
        let asking = &Asking::new(options.assess.progress, 0);
        let mut state = (*log.start).clone();
        for (_, event) in before {
            state = state.fold(event, log.unknown(), asking)?.state;
        }
        let first = within.first().map(|(key, _)| key.at);
        let begins = match state.clock {
            Some(clock) => clock.max(period.from()),
            None => first.unwrap_or(period.from()),
        };
        let from = state.risk(begins, options)?;
        let mut moving = Moving { options, loss: from.0.value(), at: begins, moved: BTreeMap::new() };
        for (_, event) in within {
            state = moving.follow(&state, event, log.unknown())?;
        }
        let now = log.now.clock.map_or(moving.at, |now| now.min(period.until()).max(moving.at));
        let to = state.risk(now, options)?;
        moving.to(Cause::Time, to.0.value());
        let listed = moving.moved.into_iter().filter(|(_, (amount, _))| *amount != 0.0);
        let mut by: Vec<MovedBy> =
            listed.map(|(cause, (amount, events))| MovedBy { cause, amount, events }).collect();
        by.sort_by(|a, b| b.amount.abs().total_cmp(&a.amount.abs()).then(a.cause.cmp(&b.cause)));
        Ok(Moved { period, unit: to.1, from: from.0, to: to.0, by })
    }
}

/// The loss as it moves.
struct Moving<'a, 'o> {
    options: &'a MovedOptions<'o>,
    loss: f64,
    at: Moment,
    /// By cause: by how much, and with how many events.
    moved: BTreeMap<Cause, (f64, usize)>,
}

impl Moving<'_, '_> {
    /// The loss is so much now, and that is why.
    fn to(&mut self, cause: Cause, loss: f64) {
        if loss != self.loss {
            let (amount, events) = self.moved.entry(cause).or_default();
            *amount += loss - self.loss;
            *events += 1;
            self.loss = loss;
        }
    }

    /// What follows an event, of which each part is counted to its cause.
    fn follow(&mut self, state: &State, event: &Event, unknown: Unknown) -> Result<State> {
        let at = event.at;
        let loss = |environment: &Arc<Environment>, intel: &Intel| -> Result<f64> {
            let today = assess(environment, intel, at, self.options.assess.clone())?;
            Ok(today.what_if(&[], &self.options.measure)?.before.value())
        };
        let asking = Asking::new(self.options.assess.progress, 0);
        let aged = if at == self.at { self.loss } else { loss(&state.environment, &state.intel)? };
        let Folded { state: next, happened, .. } = state.fold(event, unknown, &asking)?;
        let after = loss(&next.environment, &next.intel)?;
        let mut steps: Vec<(Cause, f64)> = vec![(Cause::Time, aged)];
        match &event.what {
            What::Absorbed(_) => {
                let gone = happened.iter().filter(|one| matches!(one, Happened::Ended { .. }));
                let came = happened
                    .iter()
                    .filter(|one| matches!(one, Happened::FirstSeen { .. } | Happened::Reopened { .. }));
                let (gone, came) = (named(gone), named(came));
                if !gone.is_empty() {
                    steps.push((Cause::Fixed, loss(&without(&state.environment, &gone), &state.intel)?));
                }
                let others = if came.is_empty() {
                    after
                } else {
                    loss(&without(&next.environment, &came), &next.intel)?
                };
                steps.extend([(Cause::Changed, others), (Cause::New, after)]);
            }
            What::Intel(_) => {
                let is_other = happened.iter().any(|one| matches!(one, Happened::ModelChanged { .. }));
                if is_other {
                    // All other tables first: what is left is the new scores.
                    let others = Intel { epss: state.intel.epss.clone(), ..next.intel.clone() };
                    steps.push((Cause::Intel, loss(&next.environment, &others)?));
                    steps.push((Cause::Model, after));
                } else {
                    steps.push((Cause::Intel, after));
                }
            }
            What::Evidence(_) => steps.push((Cause::Evidence, after)),
            What::Scope(_) => steps.push((Cause::Scope, after)),
            What::TimePassed => steps.push((Cause::Time, after)),
            What::OwnerMoved(_)
            | What::ClaimedDone(_)
            | What::Accepted(_)
            | What::Withdrawn(_)
            | What::ReportWithdrawn(_) => {
                steps.push((Cause::Decided, after));
            }
        }
        steps.into_iter().for_each(|(cause, loss)| self.to(cause, loss));
        self.at = at;
        Ok(next)
    }
}

impl State {
    /// The expected loss as of a moment, and what it is counted in.
    fn risk(&self, at: Moment, options: &MovedOptions<'_>) -> Result<(Estimate, Unit)> {
        let today = assess(&self.environment, &self.intel, at, options.assess.clone())?;
        Ok((today.what_if(&[], &options.measure)?.before, today.unit()))
    }
}

impl Log {
    /// Whether anything of the time before a moment is known.
    fn began_before(&self, moment: Moment) -> bool {
        let first = self.start.clock.or_else(|| self.events.first().map(|(key, _)| key.at));
        first.is_some_and(|first| first < moment)
    }
}

fn named<'a>(happened: impl Iterator<Item = &'a Happened>) -> Vec<&'a FindingId> {
    happened.flat_map(Happened::findings).collect()
}

/// What is known, without some findings.
fn without(environment: &Arc<Environment>, findings: &[&FindingId]) -> Arc<Environment> {
    let mut environment = (**environment).clone();
    for finding in findings {
        if let Some(keyed) = environment.key_of(finding).and_then(|key| environment.keyed_mut(key)) {
            keyed.finding.status = Status::Fixed;
        }
    }
    Arc::new(environment)
}
