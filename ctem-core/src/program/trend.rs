//! How things stand at one moment after the other: loss, exposures, attack paths, and who has a way to what matters.

use super::cycle::Program;
use crate::{
    attack::Asking,
    error::Result,
    mobilize::ActionOptions,
    model::{AssetKind, Criticality},
    prioritize::{AssessOptions, Assessment, ExposureId, Level, assess},
    quantity::{Estimate, Part},
    scope::{assets_of, open_to_internet},
    time::Moment,
};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};

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
    /// The bounds of the whole expected loss within the horizon.
    pub risk: Estimate,
    /// That loss measured over all paths, exact or counted over worlds; in reports alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Estimate>,
    /// How many exposures there are.
    pub exposures: usize,
    /// How many of them are critical on the scale of scores.
    pub critical: usize,
    /// How many times findings were seen: a finding that two sources see counts as two.
    pub sightings: usize,
    /// How many findings stand.
    pub findings: usize,
    /// How many actions there are that end exposures: what is left of the noise.
    pub actions: usize,
    /// Which part of all accounts and machines has a way to what matters most; absent where nobody said what does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposed: Option<Exposed>,
    /// How many attack paths there are: exposures that lead to a loss, each by its most probable way to the costliest one.
    pub paths: usize,
    /// How many there are that there never were before.
    pub new_paths: usize,
    /// How many there are again that had been gone.
    pub reopened_paths: usize,
    /// How many of those of the moment before are gone.
    pub eliminated_paths: usize,
}

/// Who has a way to what matters most: assets that are stated to be crown jewels, or that a loss event of a service names.
///
/// Every account and machine is asked by itself what follows once it is held, whatever the chances, as
/// [`Assessment::zones`](crate::Assessment::zones) does.
///
/// ```
/// use ctem_core::{Program, discover, prioritize::AssessOptions, program::{ApplyOptions, Event}};
///
/// let mut program = Program::default();
/// let report = discover::read(br#"{"ctem": {"version": 2}, "assets": [
///     {"id": "vault", "kind": "host", "criticality": "crown_jewel"}, {"id": "anna", "kind": "identity"}, {"id": "ben", "kind": "identity"}
/// ], "relations": [{"kind": "operates", "from": "anna", "to": "vault"}]}"#)?;
/// program.apply(Event::absorbed("2025-11-08".parse()?, report), ApplyOptions::default())?;
/// let trend = program.trend(&["2025-11-08".parse()?], &AssessOptions::default())?;
/// let exposed = trend[0].exposed.expect("a jewel is stated");
/// assert_eq!((exposed.jewels, exposed.accounts.count, exposed.accounts.total), (1, 1, 2));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Exposed {
    /// How many assets matter most.
    pub jewels: usize,
    /// Of the accounts that are not switched off and no jewels, those with a way to one.
    pub accounts: Part,
    /// The same of machines.
    pub machines: Part,
    /// The same of machines that are open to the internet.
    pub internet: Part,
}

impl Exposed {
    fn of(assessment: &Assessment) -> Option<Self> {
        let environment = assessment.environment();
        let mut named = HashSet::new();
        for event in environment.services().flat_map(|service| &service.loss_events) {
            assets_of(&event.when, &mut named);
        }
        let mut jewels: Vec<usize> = named.iter().filter_map(|asset| environment.number(asset)).collect();
        let stated = environment.numbered_assets();
        jewels.extend(
            stated
                .filter(|(_, asset)| asset.criticality == Some(Criticality::CrownJewel))
                .map(|(number, _)| number),
        );
        jewels.sort_unstable();
        jewels.dedup();
        if jewels.is_empty() {
            return None;
        }
        let principals = assessment.principals_into(&jewels);
        let open = open_to_internet(environment);
        let part = |asked: &dyn Fn(usize) -> bool| {
            let asked = principals.iter().filter(|(number, _)| asked(*number));
            let (with, all) = asked.fold((0, 0), |(with, all), (_, has)| (with + usize::from(*has), all + 1));
            Part::of(with, all)
        };
        let is_machine =
            |number: usize| environment.numbered(number).is_some_and(|asset| asset.kind == AssetKind::Host);
        Some(Self {
            jewels: jewels.len(),
            accounts: part(&|number| !is_machine(number)),
            machines: part(&is_machine),
            internet: part(&|number| is_machine(number) && open.contains(&number)),
        })
    }
}

impl Program {
    /// How things stood at these moments, in their order. O(n log n) for each moment and each event before it, and for each moment an
    /// assessment and O(m · principals / 64) for m steps.
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
        let mut trend = Trend::default();
        for moment in &moments {
            self.begun_by(*moment)?.keeps(*moment)?;
        }
        let asking = &Asking::new(options.progress, 0);
        let states = self.log().map(|log| log.states(&moments, asking));
        for (moment, state) in moments.iter().zip(states.into_iter().flatten()) {
            let state = state?;
            trend.mark(&assess(&state.environment, &state.intel, *moment, options.clone())?, None)?;
        }
        Ok(trend.marks)
    }
}

/// How things stood so far, and the attack paths there were.
#[derive(Default)]
pub(super) struct Trend {
    pub(super) marks: Vec<Mark>,
    now: BTreeSet<(ExposureId, String)>,
    ever: BTreeSet<(ExposureId, String)>,
}

impl Trend {
    /// How things stand in an assessment that is not earlier than the one before.
    pub(super) fn mark(&mut self, assessment: &Assessment, loss: Option<Estimate>) -> Result<()> {
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
        let seen = assessment.environment().findings().filter(|finding| finding.status.is_open());
        let mark = Mark {
            at: assessment.as_of(),
            risk: assessment.risk(),
            loss,
            exposures: assessment.len(),
            critical,
            sightings: seen.map(|finding| finding.sightings.len().max(1)).sum(),
            findings: assessment.findings_that_stand(),
            actions: assessment.actions(&ActionOptions::default())?.len(),
            exposed: Exposed::of(assessment),
            paths: now.len(),
            new_paths: new,
            reopened_paths: arrived - new,
            eliminated_paths: self.now.difference(&now).count(),
        };
        self.ever.extend(now.iter().cloned());
        self.now = now;
        self.marks.push(mark);
        Ok(())
    }
}
