use crate::attack::Truncated;
use crate::{
    discover::VERSION,
    error::Result,
    id::{AssetId, WeaknessId},
    prioritize::{Assessment, Exceedance, Sample, SampledEvent, SampledExposure},
    quantity::{Estimate, Probability, Unit},
    time::{Days, Moment},
};
use serde::Serialize;

/// The level of the tail that documents show.
const TAIL: f64 = 0.95;

// What an assessment answered, as a document with its version: in schemas the answer's own name and words stand for it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{T}"))]
pub(super) struct Answer<'a, T> {
    /// The version of documents.
    version: u32,
    #[serde(flatten)]
    answer: &'a T,
}

impl<'a, T> Answer<'a, T> {
    pub(super) fn of(answer: &'a T) -> Self {
        Self { version: VERSION, answer }
    }
}

/// What an assessment answered as a document: choke points, a cut, a blast radius, a what-if or combinations. A sample is written
/// by [`SampleDocument`], paths by [`PathsDocument`](super::PathsDocument).
///
/// ```
/// use ctem_core::{Program, intel::Intel, prioritize::CombinationOptions, wire};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// let found = today.combinations(&CombinationOptions::default())?;
/// assert_eq!(wire::answer(&found)?, r#"{"version":2,"unit":"crown_jewel","list":[]}"#);
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`json`](super::json).
pub fn answer(answer: &impl Serialize) -> Result<String> {
    super::json(&Answer::of(answer))
}

/// A sample as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{prioritize::SampleOptions, wire::SampleDocument};
///
/// let document = SampleDocument::of(&today, &today.sample(&SampleOptions::default()), 1);
/// assert_eq!((document.risk.value(), document.exposures.len()), (937.5, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Sample"))]
#[non_exhaustive]
pub struct SampleDocument {
    /// The version of the document.
    pub version: u32,
    /// The moment the assessment is as of.
    pub as_of: Moment,
    /// How far ahead it looks, in days.
    pub horizon_days: Days,
    /// What losses are counted in.
    pub unit: Unit,
    /// How many worlds were looked at.
    pub worlds: u64,
    /// The seed they are of.
    pub seed: u64,
    /// The expected loss of all loss events together.
    pub risk: Estimate,
    /// Once in how many years anything is lost, as counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_in_years: Option<f64>,
    /// What is lost when it comes badly, as counted.
    pub tail: TailDocument,
    /// The loss exceedance curve, as counted, by rising loss.
    pub curve: Vec<Exceedance>,
    /// The loss events, the largest expected loss first.
    pub events: Vec<SampledEvent>,
    /// What the shares add up to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributed: Option<f64>,
    /// The findings, the highest fix value first.
    pub exposures: Vec<SampledExposureDocument>,
    /// Why it rests on fewer worlds than it was to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// The tail of the loss as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{prioritize::SampleOptions, wire::SampleDocument};
///
/// let tail = SampleDocument::of(&today, &today.sample(&SampleOptions::default()), 1).tail;
/// assert_eq!(tail.level.get(), 0.95);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Tail"))]
#[non_exhaustive]
pub struct TailDocument {
    /// Which share of the worlds lies before the tail.
    pub level: Probability,
    /// The loss that is not exceeded in them: value at risk.
    pub value_at_risk: f64,
    /// The mean loss in the others: conditional value at risk.
    pub expected_shortfall: f64,
}

/// A finding of a sample as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{prioritize::SampleOptions, wire::SampleDocument};
///
/// let first = &SampleDocument::of(&today, &today.sample(&SampleOptions::default()), 1).exposures[0];
/// assert_eq!(first.asset.as_ref().map(|asset| asset.as_str()), Some("shop"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SampledExposure"))]
#[non_exhaustive]
pub struct SampledExposureDocument {
    /// The finding, and its numbers.
    #[serde(flatten)]
    pub exposure: SampledExposure,
    /// The weakness.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakness: Option<WeaknessId>,
    /// The asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
}

impl SampleDocument {
    /// The document of a sample, with at most so many findings.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{prioritize::SampleOptions, wire::SampleDocument};
    ///
    /// let sample = today.sample(&SampleOptions::default());
    /// let document = SampleDocument::of(&today, &sample, usize::MAX);
    /// assert_eq!(document.exposures.len(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(assessment: &Assessment, sample: &Sample, at_most: usize) -> Self {
        let level = Probability::clamped(TAIL);
        let exposure = |exposure: &SampledExposure| {
            let finding = exposure.exposure.finding().and_then(|id| assessment.environment().finding(id));
            SampledExposureDocument {
                exposure: exposure.clone(),
                weakness: finding.map(|finding| finding.weakness.id.clone()),
                asset: finding.map(|finding| finding.asset.clone()),
            }
        };
        Self {
            version: VERSION,
            as_of: assessment.as_of(),
            horizon_days: assessment.horizon(),
            unit: sample.unit,
            worlds: sample.worlds(),
            seed: sample.seed(),
            risk: sample.risk,
            once_in_years: sample.once_in_years,
            tail: TailDocument {
                level,
                value_at_risk: sample.value_at_risk(level),
                expected_shortfall: sample.expected_shortfall(level),
            },
            curve: sample.curve(),
            events: sample.events.clone(),
            attributed: sample.attributed,
            exposures: sample.exposures.iter().take(at_most).map(exposure).collect(),
            truncated: sample.truncated,
        }
    }
}
