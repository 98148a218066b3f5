use super::{
    DocumentOptions,
    answer::Answer,
    path::PathDocument,
    reasons::{Explaining, ReasonsDocument},
};
use crate::{
    attack::Asking,
    discover::VERSION,
    id::{AssetId, Cve, FindingId, LossEventId, OwnerId, ServiceId, WeaknessId},
    mobilize::Plan,
    model::{Acceptance, Finding, Location, Note, NoteKind, Reachability, Relation, Sighting, Status},
    prioritize::{Assessment, Exposure, Implied, Level, LossEventRisk},
    quantity::{Estimate, Loss, Probability, Severity, Unit},
    render,
    time::{Days, Moment},
};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;

/// An assessment as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::{AssessmentDocument, DocumentOptions};
///
/// let document = AssessmentDocument::of(&today, &DocumentOptions::default());
/// assert_eq!((document.version, document.exposures.len(), document.loss_events.len()), (2, 3, 2));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Assessment"))]
#[non_exhaustive]
pub struct AssessmentDocument {
    /// The version of the document.
    pub version: u32,
    /// The moment it is as of.
    pub as_of: Moment,
    /// How far ahead it looks, in days.
    pub horizon_days: Days,
    /// The kind of attacker it is of, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Box<str>>,
    /// What losses are counted in.
    pub unit: Unit,
    /// The expected loss of all loss events together.
    pub risk: Estimate,
    /// What the inputs imply, beside what firms see.
    pub implied: Implied,
    /// Whether every finding counts all loss events it leads to.
    pub complete: bool,
    /// How many assets, relations and standing findings there are.
    pub counts: Counts,
    /// What was assumed, and what had no effect.
    pub notes: Vec<Note>,
    /// What to do first, as [`Assessment::plan`] answers it: at most as many actions as exposures, and 50. None where it would take long,
    /// which a note at `/plan` says.
    #[serde(serialize_with = "as_answered", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Answer<'static, Plan>>"))]
    pub plan: Option<Plan>,
    /// The loss events, the largest expected loss first; of those that criticality implies, at most as many as exposures.
    pub loss_events: Vec<LossEventDocument>,
    /// The paths that explanations name by their places here, from 0: each is here once, however many exposures are on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathDocument>,
    /// The exposures, the worst first.
    pub exposures: Vec<ExposureDocument>,
}

/// How much there is.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::{AssessmentDocument, DocumentOptions};
///
/// let counts = AssessmentDocument::of(&today, &DocumentOptions::default()).counts;
/// assert_eq!((counts.assets, counts.relations, counts.findings), (3, 2, 3));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Counts {
    /// Assets.
    pub assets: usize,
    /// Relations.
    pub relations: usize,
    /// Findings that stand.
    pub findings: usize,
    /// The findings that stand, and the relations that lead to a loss and may be taken away.
    pub exposures: usize,
}

/// A loss event as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::{AssessmentDocument, DocumentOptions};
///
/// let events = AssessmentDocument::of(&today, &DocumentOptions::default()).loss_events;
/// assert_eq!(events[0].path.as_ref().map(|path| path.hops.len()), Some(4));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LossEventRisk"))]
#[non_exhaustive]
pub struct LossEventDocument {
    /// The event.
    pub event: LossEventId,
    /// Its name.
    pub name: Box<str>,
    /// The service that states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// What it costs.
    pub loss: Loss,
    /// The chance that it happens.
    pub chance: Estimate,
    /// Once in how many years that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_in_years: Option<f64>,
    /// The most probable path to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathDocument>,
}

/// An exposure as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::{AssessmentDocument, DocumentOptions};
///
/// let worst = &AssessmentDocument::of(&today, &DocumentOptions::default()).exposures[0];
/// assert_eq!((worst.asset_name.as_ref(), worst.owner.as_ref().map(|owner| owner.as_str())), ("web shop", Some("web")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Exposure"))]
#[non_exhaustive]
pub struct ExposureDocument {
    /// Its place, from 1.
    pub rank: usize,
    /// The id of the finding or relation.
    pub id: Box<str>,
    /// The finding, if it is one.
    pub finding: Option<FindingId>,
    /// The relation, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// The weakness.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakness: Option<WeaknessId>,
    /// What sort of wrong it is.
    pub kind: Box<str>,
    /// The weakness's title.
    pub title: Box<str>,
    /// The asset.
    pub asset: AssetId,
    /// The asset's name for people.
    pub asset_name: Box<str>,
    /// Who mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerId>,
    /// The component, with its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Box<str>>,
    /// The source package a distribution builds the component from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_package: Option<Box<str>>,
    /// Whether the component was asked for by name, and not brought in by another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// Whether the weak code is reached, as far as the tools say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachability: Option<Reachability>,
    /// Versions without the weakness.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixed_in: Vec<Box<str>>,
    /// The highest severity given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Whether it is known to be exploited.
    pub known_exploited: bool,
    /// Of a flaw with several CVEs, the one that the tables say most of, where it goes by another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_as: Option<Cve>,
    /// Where on the asset it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What sources say to do, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<Box<str>>,
    /// Where to read more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Box<str>>,
    /// When it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Moment>,
    /// Whether it is open or accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Who decided to live with it, why and until when, where it is accepted and that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
    /// The tools that saw it.
    pub sources: Vec<Box<str>>,
    /// The loss that passes through it.
    pub risk: Estimate,
    /// The risk on a scale of 0 to 100.
    pub score: f64,
    /// The score in a word.
    pub level: Level,
    /// The chance that an attacker who has what it needs exploits it.
    pub likelihood: Probability,
    /// Whether the losses it leads to are of assumed size, beside others that are stated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
    /// The chance of the most probable way to what it needs.
    pub reach: Probability,
    /// The costliest loss event it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<Box<str>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ReasonsDocument>,
}

impl AssessmentDocument {
    /// The document of an assessment.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::wire::{AssessmentDocument, DocumentOptions};
    ///
    /// let reasons = DocumentOptions { at_most: 1, explained: true, ..DocumentOptions::default() };
    /// let document = AssessmentDocument::of(&today, &reasons);
    /// assert!(document.exposures[0].explanation.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(assessment: &Assessment, options: &DocumentOptions) -> Self {
        Self::asking(assessment, options, &Asking::nobody())
    }

    /// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
    pub(super) fn asking(assessment: &Assessment, options: &DocumentOptions, asking: &Asking<'_>) -> Self {
        let environment = assessment.environment();
        let mut explaining = options.explained.then(|| Explaining::of(assessment, options.at_most));
        let exposures = assessment.ranked().take(options.at_most);
        // An explanation may be as long as a way of a thousand hops.
        let goes_on =
            |_: &Exposure<'_>| if options.explained { asking.goes_on_now() } else { asking.goes_on() };
        let exposures = exposures.take_while(goes_on).map(|exposure| {
            let explanation = explaining.as_mut().and_then(|explaining| explaining.next(&exposure));
            ExposureDocument::of(&exposure, explanation)
        });
        let exposures = exposures.collect();
        let mut notes = assessment.notes().to_vec();
        notes.extend(explaining.as_ref().and_then(|explaining| explaining.note()));
        let plan = render::plan(assessment, options.budget, false, asking);
        let plan = plan.map(|plan| plan.told(options.at_most));
        if plan.is_none() {
            notes.push(Note::new(NoteKind::Ignored, "/plan", render::NO_PLAN));
        }
        Self {
            version: VERSION,
            as_of: assessment.as_of(),
            horizon_days: assessment.horizon(),
            profile: assessment.profile().map(|profile| profile.id.clone()),
            unit: assessment.unit(),
            risk: assessment.risk(),
            implied: assessment.implied(),
            complete: assessment.is_complete(),
            counts: Counts {
                assets: environment.asset_count(),
                relations: environment.relation_count(),
                findings: assessment.findings_that_stand(),
                exposures: assessment.len(),
            },
            notes,
            plan,
            loss_events: loss_events(assessment, options.at_most, asking),
            paths: explaining.map(Explaining::paths).unwrap_or_default(),
            exposures,
        }
    }
}

/// A plan as it is written where it is asked for by itself, so that who reads one reads the other.
fn as_answered<S: Serializer>(plan: &Option<Plan>, to: S) -> Result<S::Ok, S::Error> {
    plan.as_ref().map(Answer::of).serialize(to)
}

fn loss_events(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> Vec<LossEventDocument> {
    let (stated, implied): (Vec<_>, Vec<_>) =
        assessment.loss_events_asking(asking).into_iter().partition(|jewel| jewel.stake.service.is_some());
    stated.into_iter().chain(implied.into_iter().take(at_most)).map(LossEventDocument::of).collect()
}

impl LossEventDocument {
    pub(super) fn of(jewel: LossEventRisk<'_>) -> Self {
        let event = &jewel.stake.event;
        Self {
            event: event.id.clone(),
            name: event.title().into(),
            service: jewel.stake.service.clone(),
            loss: jewel.stake.loss,
            chance: jewel.chance,
            once_in_years: jewel.once_in_years,
            path: jewel.path.map(PathDocument::of),
        }
    }
}

/// What sources say of a finding, each once, by text.
fn said(finding: Option<&Finding>, part: impl Fn(&Sighting) -> Option<&str>) -> Vec<Box<str>> {
    let texts: BTreeSet<&str> =
        finding.iter().flat_map(|finding| &finding.sightings).filter_map(part).collect();
    texts.into_iter().map(Box::from).collect()
}

impl ExposureDocument {
    pub(super) fn of(exposure: &Exposure<'_>, explanation: Option<ReasonsDocument>) -> Self {
        let finding = exposure.finding;
        let kind = match (finding, &exposure.relation) {
            (Some(finding), _) => finding.weakness.kind.name(),
            (None, Some(relation)) => relation.kind.name(),
            (None, None) => exposure.id.kind(),
        };
        let component = finding.and_then(|finding| finding.component.as_ref());
        Self {
            rank: exposure.rank,
            id: exposure.id.as_str().into(),
            finding: exposure.id.finding().cloned(),
            relation: exposure.relation.clone(),
            weakness: finding.map(|finding| finding.weakness.id.clone()),
            kind: kind.into(),
            title: exposure.title().into(),
            asset: exposure.asset.id.clone(),
            asset_name: exposure.asset.title().into(),
            owner: exposure.asset.owner.clone(),
            component: component.map(|component| match &component.version {
                Some(version) => format!("{} {version}", component.name).into(),
                None => component.name.clone(),
            }),
            source_package: component.and_then(|component| component.source.clone()),
            direct: component.and_then(|component| component.direct),
            reachability: finding.and_then(Finding::reachability),
            fixed_in: finding.map(Finding::fixed_in).into_iter().flatten().map(Box::from).collect(),
            severity: exposure.severity,
            known_exploited: exposure.known_exploited,
            known_as: exposure.known_as,
            location: finding.and_then(|finding| finding.location.as_deref().cloned()),
            advice: said(finding, |sighting| sighting.advice.as_deref()),
            links: said(finding, |sighting| sighting.link.as_deref()),
            seen: finding.and_then(|finding| finding.sightings.iter().filter_map(|one| one.seen).max()),
            status: finding.map(|finding| finding.status),
            acceptance: finding.and_then(|finding| finding.acceptance.as_deref()).cloned(),
            sources: finding.map(Finding::sources).into_iter().flatten().map(Box::from).collect(),
            risk: exposure.risk,
            score: exposure.score,
            level: exposure.level,
            likelihood: exposure.likelihood,
            assumed: exposure.assumed,
            reach: exposure.reach,
            leads_to: exposure.leads_to.map(Box::from),
            explanation,
        }
    }
}
