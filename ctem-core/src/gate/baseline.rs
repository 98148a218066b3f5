//! What was there before.

use crate::{
    discover::VERSION,
    error::{Error, Result},
    mobilize::{Budget, PlanOptions},
    prioritize::{Assessment, Exposure, ExposureId},
    quantity::Unit,
    text::json,
    time::{Days, Moment},
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// An earlier assessment, as far as a gate asks of it.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{gate::Baseline, wire::DocumentOptions};
///
/// // Kept as a file with the last release.
/// let document = wire::assessment(&today, &DocumentOptions::default());
/// assert_eq!(Baseline::read(&document)?, Baseline::of(&today)?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    pub(super) as_of: Moment,
    pub(super) horizon: Days,
    pub(super) unit: Unit,
    /// What plans begin with: the expected loss, measured.
    pub(super) before: Option<f64>,
    exposures: Vec<Known>,
}

/// An exposure that was there.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    id: Box<str>,
    place: Option<Place>,
}

/// Where a finding is, but for what moves when code or a version does: two of one place may be one. Asset, weakness, component and file.
type Place = (Box<str>, Box<str>, Box<str>, Box<str>);

#[derive(Deserialize)]
struct RawAssessment {
    version: u32,
    as_of: Moment,
    horizon_days: Days,
    unit: Unit,
    counts: RawCounts,
    #[serde(default)]
    plan: Option<RawPlan>,
    exposures: Vec<RawExposure>,
}

#[derive(Deserialize)]
struct RawCounts {
    exposures: usize,
}

#[derive(Deserialize)]
struct RawPlan {
    before: RawEstimate,
}

#[derive(Deserialize)]
struct RawEstimate {
    value: f64,
}

#[derive(Deserialize)]
struct RawExposure {
    id: Box<str>,
    asset: Box<str>,
    weakness: Option<Box<str>>,
    component: Option<Box<str>>,
    location: Option<RawLocation>,
}

#[derive(Deserialize)]
struct RawLocation {
    path: Option<Box<str>>,
}

impl Baseline {
    /// Reads the document of an assessment, as [`wire::assessment`](crate::wire::assessment()) writes it.
    ///
    /// # Errors
    /// `malformed` when it is not JSON; `invalid_input`, with the JSON pointer of the value, when it is no assessment, or has not all of its
    /// exposures: what was left out would seem new.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{gate::Baseline, wire::DocumentOptions};
    ///
    /// let worst = wire::assessment(&today, &DocumentOptions { at_most: 1, ..DocumentOptions::default() });
    /// let error = Baseline::read(&worst).unwrap_err();
    /// assert_eq!(error.place(), Some("/exposures"));
    /// assert_eq!(error.message(), "it has 1 of 3 exposures, and the others would seem new: write a baseline with all of them");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn read(text: &str) -> Result<Self> {
        let raw: RawAssessment = json::parse(text)?;
        if raw.version != VERSION {
            let message = format!("version {} of an assessment is not known: write it anew", raw.version);
            return Err(Error::invalid(message).at("/version"));
        }
        let (has, of) = (raw.exposures.len(), raw.counts.exposures);
        if has < of {
            let message = format!(
                "it has {has} of {of} exposures, and the others would seem new: write a baseline with all of them"
            );
            return Err(Error::invalid(message).at("/exposures"));
        }
        let before = raw.plan.map(|plan| plan.before.value);
        if before.is_some_and(|value| !(0.0..=f64::MAX).contains(&value)) {
            return Err(Error::invalid("it is no expected loss: it must be a finite number of at least 0")
                .at("/plan/before/value"));
        }
        let known = |raw: RawExposure| Known {
            place: raw.weakness.map(|weakness| {
                let file = raw.location.and_then(|location| location.path).unwrap_or_default();
                (raw.asset, weakness, versionless(raw.component.as_deref()), file)
            }),
            id: raw.id,
        };
        Ok(Self {
            as_of: raw.as_of,
            horizon: raw.horizon_days,
            unit: raw.unit,
            before,
            exposures: raw.exposures.into_iter().map(known).collect(),
        })
    }

    /// What there is now, for a later day.
    ///
    /// # Errors
    /// As [`Assessment::plan`].
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::gate::{Baseline, Policy};
    ///
    /// let policy = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"expected_loss": {"at_most_percent_above_baseline": 0}}]}"#)?;
    /// assert!(today.gate(&policy, &Baseline::of(&today)?)?.held);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(assessment: &Assessment) -> Result<Self> {
        let plan = assessment.plan(&PlanOptions { budget: Budget::Actions(0), ..PlanOptions::default() })?;
        let known =
            |exposure: Exposure<'_>| Known { id: exposure.id.as_str().into(), place: place(&exposure) };
        Ok(Self {
            as_of: assessment.as_of(),
            horizon: assessment.horizon(),
            unit: assessment.unit(),
            before: Some(plan.before.value()),
            exposures: assessment.ranked().map(known).collect(),
        })
    }

    /// Which exposures of today were not there. O(n).
    pub(super) fn new_in(&self, assessment: &Assessment) -> HashSet<ExposureId> {
        let mut left: HashMap<&str, Option<&Place>> =
            self.exposures.iter().map(|known| (&*known.id, known.place.as_ref())).collect();
        let mut unknown = Vec::new();
        for exposure in assessment.ranked() {
            let also = exposure.finding.into_iter().flat_map(|finding| &finding.also);
            let mut is_known = left.remove(exposure.id.as_str()).is_some();
            for name in also {
                is_known |= left.remove(name.as_str()).is_some();
            }
            if !is_known {
                unknown.push((place(&exposure), exposure.id));
            }
        }
        // One that is gone from a place makes one that came there the same.
        let mut moved: HashMap<&Place, usize> = HashMap::new();
        for place in left.into_values().flatten() {
            *moved.entry(place).or_default() += 1;
        }
        unknown.retain(|(place, _)| {
            let same = place.as_ref().and_then(|place| moved.get_mut(place)).filter(|count| **count > 0);
            same.map(|count| *count -= 1).is_none()
        });
        unknown.into_iter().map(|(_, id)| id).collect()
    }
}

fn place(exposure: &Exposure<'_>) -> Option<Place> {
    let finding = exposure.finding?;
    let file = finding.location.as_deref().and_then(|location| location.path.clone()).unwrap_or_default();
    let component = finding.component.as_ref().map(|component| match &component.version {
        Some(version) => format!("{} {version}", component.name).into(),
        None => component.name.clone(),
    });
    let weakness = finding.weakness.id.as_str().into();
    Some((exposure.asset.id.as_str().into(), weakness, versionless(component.as_deref()), file))
}

/// A component as a document has it, without its last word, which is its version.
fn versionless(component: Option<&str>) -> Box<str> {
    let component = component.unwrap_or_default();
    component.rsplit_once(' ').map_or(component, |(name, _)| name).into()
}
