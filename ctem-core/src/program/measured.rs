//! What a program says of itself: whether it gets better.

use super::{cycle::Program, ledger::Course, log::Log, state::State};
use crate::{
    error::{Error, ErrorKind, Result},
    id::AssetId,
    measure::{Duration, LogRank, Period, Promises, PromisesKept, Times},
    model::WeaknessKind,
    prioritize::{AssessOptions, Assessment, ExposureId, Level},
    quantity::Estimate,
    time::{Days, Moment},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is measured, beside the period.
///
/// ```
/// use ctem_core::{Days, measure::Promises, program::MeasuresOptions, quantity::Severity};
///
/// let promises = Promises::new([(Severity::Critical, Days::new(7.0)?)])?;
/// let options = MeasuresOptions { promises, ..MeasuresOptions::default() };
/// assert_eq!(options.looked_within.get(), 30.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuresOptions {
    /// Within how many days findings are promised to be mended. Nothing is promised unless said.
    pub promises: Promises,
    /// An asset counts as looked at for so many days. 30 unless said.
    pub looked_within: Days,
}

impl Default for MeasuresOptions {
    fn default() -> Self {
        Self { promises: Promises::default(), looked_within: Days::THIRTY }
    }
}

/// How a period went, each number with its sample.
///
/// ```
/// use ctem_core::{Program, discover, measure::Period, program::{ApplyOptions, Event, MeasuresOptions, What}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// program.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let measures = program.measures(november, &MeasuresOptions::default())?;
/// // Three were found, none is mended: nobody knows yet how long that takes.
/// assert_eq!((measures.remediate.of, measures.remediate.over, measures.remediate.median), (3, 0, None));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Measures {
    /// The period.
    pub period: Period,
    /// Until when it was watched: its end, or the last event where that was earlier.
    pub watched_until: Moment,
    /// Findings that stood when the period began.
    pub open_at_start: usize,
    /// Findings first seen in it.
    pub first_seen: usize,
    /// Times that a finding went in it.
    pub ended: usize,
    /// Times that a finding came back in it.
    pub reopened: usize,
    /// Findings that stood when it was last watched.
    pub open_at_end: usize,
    /// Time to detect, of the findings first seen in the period of which it is known since when they could have been: from when the flaw
    /// was published to first sight. A flaw published after it was seen took no time.
    pub detect: Times,
    /// Time to remediate, of the findings first seen in the period: from first sight to when it was last gone. One that stands when the
    /// period was last watched counts as open; one that was gone and came back was not mended.
    pub remediate: Times,
    /// The same by severity.
    pub by_severity: BTreeMap<String, Times>,
    /// The same by owner; `-` has what nobody owns.
    pub by_owner: BTreeMap<String, Times>,
    /// The same by kind of weakness.
    pub by_kind: BTreeMap<String, Times>,
    /// Whether what was found in the period was mended at another speed than what was found in the period of the same length before it,
    /// each watched until its own end.
    pub against_before: LogRank,
    /// Promises that ran in the period: of findings that stood in it, whose time was up in it, or which were mended in it, or whose time
    /// runs on.
    pub promises: PromisesKept,
    /// What was looked at when the period was last watched.
    pub coverage: Looked,
}

/// What was looked at, and what was not.
///
/// ```
/// use ctem_core::{Program, discover, measure::Period, program::{ApplyOptions, Event, MeasuresOptions}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let looked = program.measures(november, &MeasuresOptions::default())?.coverage;
/// assert!(looked.assets >= looked.looked_at && looked.not_looked_at.len() == looked.assets - looked.looked_at);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Looked {
    /// How many assets are known.
    pub assets: usize,
    /// How many of them some kind of check looked at within the stated days.
    pub looked_at: usize,
    /// By kind of check, how many of them it looked at.
    pub by_kind: BTreeMap<WeaknessKind, usize>,
    /// The assets that none looked at.
    pub not_looked_at: Vec<AssetId>,
}

/// How things stood at a moment, and what became of attack paths since the moment before.
///
/// ```
/// use ctem_core::{Program, discover, prioritize::AssessOptions, program::{ApplyOptions, Event}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let trend = program.trend(&["2025-11-08".parse()?], &AssessOptions::default())?;
/// assert_eq!((trend[0].exposures, trend[0].paths, trend[0].new_paths), (3, 3, 3));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Mark {
    /// When.
    pub at: Moment,
    /// The whole expected loss within the horizon.
    pub risk: Estimate,
    /// How many exposures there are.
    pub exposures: usize,
    /// How many of them are critical on the scale of scores.
    pub critical: usize,
    /// How many findings stand.
    pub findings: usize,
    /// How many attack paths there are: exposures that lead to a loss, each by its most probable way to the costliest one.
    pub paths: usize,
    /// How many there are that there never were before.
    pub new_paths: usize,
    /// How many there are again that had been gone.
    pub reopened_paths: usize,
    /// How many of those of the moment before are gone.
    pub eliminated_paths: usize,
}

impl Program {
    /// How a period went. O(n log n) for each event, to know how things stood when it ended.
    ///
    /// ```
    /// use ctem_core::{Program, measure::Period, program::MeasuresOptions};
    ///
    /// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
    /// // Nothing ever happened, so nothing is known.
    /// let error = Program::default().measures(november, &MeasuresOptions::default()).unwrap_err();
    /// assert_eq!(error.code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a period that ended before the history that is kept begins.
    pub fn measures(&self, period: Period, options: &MeasuresOptions) -> Result<Measures> {
        let log = self.log().ok_or_else(|| nothing(period))?;
        // What happens at its end is no part of it.
        let state = log.before(period.until())?;
        let watched = state.clock.filter(|clock| *clock >= period.from()).ok_or_else(|| nothing(period))?;
        // Between the last event and now nothing has happened, and it goes on.
        let now = log.now.clock.map_or(watched, |now| now.min(period.until()).max(watched));
        Ok(measured(&state, period, now, options))
    }

    /// How things stood at these moments, in their order. O(n log n) for each moment and each event before it, and an assessment a moment.
    ///
    /// ```
    /// use ctem_core::{Program, prioritize::AssessOptions};
    ///
    /// assert!(Program::default().trend(&[], &AssessOptions::default())?.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::at`] and [`Program::assess`].
    pub fn trend(&self, moments: &[Moment], options: &AssessOptions<'_>) -> Result<Vec<Mark>> {
        let mut moments = moments.to_vec();
        moments.sort_unstable();
        moments.dedup();
        let (mut marks, mut paths) = (Vec::with_capacity(moments.len()), Paths::default());
        for moment in moments {
            marks.push(paths.mark(&self.at(moment)?.assess_with(moment, options.clone())?));
        }
        Ok(marks)
    }
}

/// The attack paths there were so far.
#[derive(Default)]
struct Paths {
    now: BTreeSet<(ExposureId, String)>,
    ever: BTreeSet<(ExposureId, String)>,
}

impl Paths {
    fn mark(&mut self, assessment: &Assessment) -> Mark {
        let mut now = BTreeSet::new();
        let mut critical = 0;
        for exposure in assessment.ranked() {
            critical += usize::from(exposure.level == Level::Critical);
            if let Some(event) = exposure.leads_to.filter(|_| exposure.risk.value() > 0.0) {
                now.insert((exposure.id.clone(), event.to_owned()));
            }
        }
        let new = now.difference(&self.ever).count();
        let arrived = now.difference(&self.now).count();
        let mark = Mark {
            at: assessment.as_of(),
            risk: assessment.risk(),
            exposures: assessment.len(),
            critical,
            findings: assessment.findings_that_stand(),
            paths: now.len(),
            new_paths: new,
            reopened_paths: arrived - new,
            eliminated_paths: self.now.difference(&now).count(),
        };
        self.ever.extend(now.iter().cloned());
        self.now = now;
        mark
    }
}

fn nothing(period: Period) -> Error {
    let message = format!(
        "nothing is known of the time until {}: name a period that ends after the first event",
        period.until()
    );
    Error::new(ErrorKind::NotFound, message)
}

impl Log {
    /// The state after everything that happened before a moment.
    fn before(&self, moment: Moment) -> Result<State> {
        match self.events.iter().rev().find(|(key, _)| key.at < moment) {
            Some((key, _)) => self.at(key.at),
            None if self.start.clock.is_some_and(|clock| clock < moment) => Ok(self.start.clone()),
            None => Err(Error::new(
                ErrorKind::NotFound,
                format!("nothing is known of the time before {moment}: name a later one"),
            )),
        }
    }
}

fn measured(state: &State, period: Period, now: Moment, options: &MeasuresOptions) -> Measures {
    let courses: Vec<&Course> = state.ledger.courses().collect();
    let spells = || courses.iter().flat_map(|course| &course.spells);
    let within = |moment: Moment| period.has(moment) && moment <= now;
    let cohort: Vec<&Course> = courses.iter().copied().filter(|course| within(course.first)).collect();
    let took: Vec<(&Course, Duration)> =
        cohort.iter().filter_map(|course| Some((*course, taken(course, now)?))).collect();
    let length = period.until().since(period.from()).get();
    let before: Vec<Duration> = courses
        .iter()
        .filter(|course| {
            let ago = period.from().since(course.first).get();
            0.0 < ago && ago <= length
        })
        .filter_map(|course| taken(course, period.from()))
        .collect();
    let this: Vec<Duration> = took.iter().map(|(_, took)| *took).collect();
    let stood = |at: Moment| {
        spells().filter(|spell| spell.from < at && spell.until.is_none_or(|until| until >= at)).count()
    };
    let returned = courses.iter().flat_map(|course| course.spells.iter().skip(1));
    Measures {
        period,
        watched_until: now,
        open_at_start: stood(period.from()),
        first_seen: cohort.len(),
        ended: spells().filter(|spell| spell.until.is_some_and(within)).count(),
        reopened: returned.filter(|spell| within(spell.from)).count(),
        open_at_end: courses.iter().filter(|course| course.stands()).count(),
        detect: Times::of(&cohort.iter().filter_map(|course| detected(course)).collect::<Vec<_>>()),
        remediate: Times::of(&this),
        by_severity: by(&took, |course| course.severity.map_or("-", |severity| severity.name()).to_owned()),
        by_owner: by(&took, |course| course.owner.as_ref().map_or("-", |owner| owner.as_str()).to_owned()),
        by_kind: by(&took, |course| course.kind.name().to_owned()),
        against_before: LogRank::between(&this, &before),
        promises: promised(&courses, period, now, &options.promises),
        coverage: looked(state, now, options.looked_within),
    }
}

/// How long a finding took to be mended, as of a moment; none where it was not there yet.
fn taken(course: &Course, now: Moment) -> Option<Duration> {
    let last = course.spells.iter().rev().find(|spell| spell.from <= now)?;
    match last.until.filter(|until| *until <= now) {
        Some(until) => Duration::over(until.since(course.first)).ok(),
        None => Duration::so_far(now.since(course.first)).ok(),
    }
}

fn detected(course: &Course) -> Option<Duration> {
    let possible = course.possible?;
    Duration::over(course.first.since(possible.min(course.first))).ok()
}

fn by(took: &[(&Course, Duration)], name: impl Fn(&Course) -> String) -> BTreeMap<String, Times> {
    let mut groups: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    for (course, took) in took {
        groups.entry(name(course)).or_default().push(*took);
    }
    groups.into_iter().map(|(name, took)| (name, Times::of(&took))).collect()
}

fn promised(courses: &[&Course], period: Period, now: Moment, promises: &Promises) -> PromisesKept {
    let ran = courses.iter().filter_map(|course| {
        let within = course.severity.and_then(|severity| promises.days(severity))?;
        let took = taken(course, now)?;
        // Decided before the period: gone, or late already.
        let before = period.from().since(course.first).get();
        let decided = before > 0.0 && (took.is_over() && took.days() < before || within < before);
        (!decided).then_some((took, within))
    });
    PromisesKept::of(&ran.collect::<Vec<_>>())
}

fn looked(state: &State, now: Moment, within: Days) -> Looked {
    let mut looked = Looked { assets: state.environment.asset_count(), ..Looked::default() };
    for asset in state.environment.assets() {
        let kinds = state.looked.get(&asset.id).into_iter().flatten();
        let recent: Vec<WeaknessKind> =
            kinds.filter(|(_, at)| now.since(**at).get() <= within.get()).map(|(kind, _)| *kind).collect();
        for kind in &recent {
            *looked.by_kind.entry(*kind).or_insert(0) += 1;
        }
        if recent.is_empty() {
            looked.not_looked_at.push(asset.id.clone());
        } else {
            looked.looked_at += 1;
        }
    }
    looked
}
