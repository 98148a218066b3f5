//! What a program says of itself: whether it gets better.

use super::{
    cycle::Program,
    ledger::{Course, Spell},
    log::Log,
    state::State,
};
use crate::{
    attack::Asking,
    error::{Error, ErrorKind, Result},
    id::AssetId,
    measure::{
        Duration, Efficiency, Forecast, FrameworkCompliance, LogRank, Period, Promises, PromisesKept,
        Survival, Times,
    },
    model::{Environment, WeaknessKind},
    scope::assets_of,
    time::{Days, Moment},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    /// was published, or listed as exploited, to first sight. A flaw published after it was seen took no time.
    pub detect: Times,
    /// The same of flaws that CISA lists as exploited, from the day of the listing. One that was seen before took no time.
    pub detect_exploited: Times,
    /// Time to remediate, of the findings first seen in the period: from first sight to when it was last gone. One that stands when the
    /// period was last watched counts as open; one that was gone and came back was not mended.
    pub remediate: Times,
    /// The same by severity.
    pub by_severity: BTreeMap<String, Times>,
    /// The same by owner; `-` has what nobody owns.
    pub by_owner: BTreeMap<String, Times>,
    /// The same by service that loses something through the asset, so that a finding may count for several; `-` has what none names.
    pub by_service: BTreeMap<String, Times>,
    /// The same by kind of weakness.
    pub by_kind: BTreeMap<String, Times>,
    /// Whether what was found in the period was mended at another speed than what was found in the period of the same length before it,
    /// each watched until its own end.
    pub against_before: LogRank,
    /// Promises that ran in the period: of findings that stood in it, whose time was up in it, or which were mended in it, or whose time
    /// runs on.
    pub promises: PromisesKept,
    /// Which of the promises that run will be broken, by severity, at the pace at which findings of that severity were ever mended.
    pub forecast: BTreeMap<String, Forecast>,
    /// Of the findings that stood in the period, what was mended, and whether it was what is known to be exploited.
    pub effort: Efficiency,
    /// What was looked at when the period was last watched.
    pub coverage: Looked,
    /// Of the checks that tools made for controls of frameworks, those that passed, as they last said when the period was last watched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compliance: Vec<FrameworkCompliance>,
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
        let state = log.before(period.until(), &Asking::nobody())?;
        let watched = state.clock.filter(|clock| *clock >= period.from()).ok_or_else(|| nothing(period))?;
        // Between the last event and now nothing has happened, and it goes on.
        let now = log.now.clock.map_or(watched, |now| now.min(period.until()).max(watched));
        Ok(measured(&state, period, now, options))
    }
}

pub(super) fn nothing(period: Period) -> Error {
    let message = format!(
        "nothing is known of the time until {}: name a period that ends after the first event",
        period.until()
    );
    Error::new(ErrorKind::NotFound, message)
}

impl Log {
    /// The state after everything that happened before a moment.
    pub(super) fn before(&self, moment: Moment, asking: &Asking<'_>) -> Result<State> {
        match self.events.iter().rev().find(|(key, _)| key.at < moment) {
            Some((key, _)) => self.at(key.at, asking),
            None if self.start.clock.is_some_and(|clock| clock < moment) => Ok((*self.start).clone()),
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
        detect: detected(&cohort, |course| course.possible),
        detect_exploited: detected(&cohort, |course| course.exploited),
        remediate: Times::of(&this),
        by_severity: by(&took, |course| vec![severity(course)]),
        by_owner: by(&took, |course| {
            vec![course.owner.as_ref().map_or("-", |owner| owner.as_str()).to_owned()]
        }),
        by_service: by_service(&took, &state.environment),
        by_kind: by(&took, |course| vec![course.kind.name().to_owned()]),
        against_before: LogRank::between(&this, &before),
        promises: promised(&courses, period, now, &options.promises),
        forecast: forecast(&courses, now, &options.promises),
        effort: effort(&courses, period, now),
        coverage: looked(state, now, options.looked_within),
        compliance: FrameworkCompliance::of(state.compliance.values().flatten()),
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

/// How long it took to see what could be seen since some moment, where that is known.
fn detected(cohort: &[&Course], since: impl Fn(&Course) -> Option<Moment>) -> Times {
    let took = |course: &&Course| {
        let since = since(course)?;
        Duration::over(course.first.since(since.min(course.first))).ok()
    };
    Times::of(&cohort.iter().filter_map(took).collect::<Vec<_>>())
}

fn severity(course: &Course) -> String {
    course.severity.map_or("-", |severity| severity.name()).to_owned()
}

fn by(took: &[(&Course, Duration)], names: impl Fn(&Course) -> Vec<String>) -> BTreeMap<String, Times> {
    let mut groups: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    for (course, took) in took {
        for name in names(course) {
            groups.entry(name).or_default().push(*took);
        }
    }
    groups.into_iter().map(|(name, took)| (name, Times::of(&took))).collect()
}

fn by_service(took: &[(&Course, Duration)], environment: &Environment) -> BTreeMap<String, Times> {
    let mut services: HashMap<usize, Vec<String>> = HashMap::new();
    for service in environment.services() {
        let mut assets = HashSet::new();
        service.loss_events.iter().for_each(|event| assets_of(&event.when, &mut assets));
        let known: HashSet<usize> = assets.iter().filter_map(|asset| environment.number(asset)).collect();
        for asset in known {
            services.entry(asset).or_default().push(service.id.as_str().to_owned());
        }
    }
    by(took, |course| {
        let of = environment.number(&course.asset).and_then(|asset| services.get(&asset));
        of.cloned().unwrap_or_else(|| vec!["-".to_owned()])
    })
}

/// What will be late of what stands and is promised, by severity.
fn forecast(courses: &[&Course], now: Moment, promises: &Promises) -> BTreeMap<String, Forecast> {
    type Of = (Vec<Duration>, Vec<(f64, f64)>);
    let mut by_severity: BTreeMap<String, Of> = BTreeMap::new();
    for course in courses {
        let Some(within) = course.severity.and_then(|severity| promises.days(severity)) else { continue };
        let Some(took) = taken(course, now) else { continue };
        let (pace, running) = by_severity.entry(severity(course)).or_default();
        pace.push(took);
        if !took.is_over() && took.days() <= within {
            running.push((took.days(), within));
        }
    }
    let of = |(pace, running): Of| Forecast::of(&running, &Survival::of(&pace));
    by_severity.into_iter().map(|(severity, found)| (severity, of(found))).collect()
}

/// What was mended of what stood in a period.
fn effort(courses: &[&Course], period: Period, now: Moment) -> Efficiency {
    let stood = courses.iter().filter(|course| {
        let within =
            |spell: &Spell| spell.from <= now && spell.until.is_none_or(|until| until >= period.from());
        course.spells.iter().any(within)
    });
    Efficiency::of(stood.map(|course| {
        let is_mended = taken(course, now).is_some_and(Duration::is_over);
        (is_mended, course.exploited.is_some_and(|since| since <= now))
    }))
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
        let kinds = state.looked.get(&asset.id).into_iter().flat_map(|kinds| &**kinds);
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
