//! What can be asked of an assessment besides its ranking, in plain words.

use super::{
    answer::{SampleDocument, answer as written},
    ask::{Count, RenderRequest, at_most},
    json,
    path::PathsDocument,
    plan::{ActionsRequest, PlanRequest, QuestionsRequest, QuestionsTextRequest, of_plan},
    scope::{SelectedAssets, SuggestionList},
    tickets::TicketsRequest,
};
use crate::{
    attack::OnProgress,
    error::{Error, Result, quoted},
    id::{AssetId, LossEventId},
    mobilize::{Action, Plan, PlanOptions},
    model::Access,
    prioritize::{
        AnnualRate, Assessment, BlastRadiusOptions, Change, CombinationOptions, CutOptions, ExposureId,
        MeasureOptions, PathOptions, SampleBlock, SampleOptions, Zone,
    },
    quantity::Probability,
    render,
    scope::AssetSelector,
    text::{decoded, json as read},
    validate::LearntTrust,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A question to an assessment, as a document has it: `{"paths": {"event": "leak", "at_most": 3}}`. Each takes the options that
/// it heeds and no others. What is absent has the engine's default.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, intel::Intel, wire::ask};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// let asked = |question: &str| ask::answer(&today, &ask::Question::read(question.as_bytes())?, OnProgress::default());
/// let error = asked(r#"{"paths": {"event": "leak"}}"#).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("not_found", Some("event")));
/// let error = asked(r#"{"what_if": {"changes": [], "half_width": 0.1}}"#).unwrap_err();
/// assert_eq!(
///     error.message(),
///     "unknown field `half_width`, expected one of `changes`, `worlds`, `seed`, `confidence`, `nodes`"
/// );
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Question {
    /// What is lost over all paths at once, and what each fix is worth: [`Assessment::sample`].
    Sample {
        /// How many worlds.
        #[serde(default)]
        worlds: Option<Count>,
        /// Of which seed.
        #[serde(default)]
        seed: Option<Count>,
        /// The chance that bounds hold.
        #[serde(default)]
        confidence: Option<f64>,
        /// How close bounds must lie for a count to end, as a part of the expected loss.
        #[serde(default)]
        half_width: Option<f64>,
        /// How many nodes an exact answer may take.
        #[serde(default)]
        nodes: Option<Count>,
        /// Whether shares are wanted.
        #[serde(default)]
        shares: bool,
        /// At most so many findings; all, unless said.
        #[serde(default)]
        at_most: Option<Count>,
        /// The worlds, as they were counted in blocks: [`Assessment::sample_of`]. Then they say how many there are.
        #[serde(default)]
        blocks: Option<Vec<String>>,
    },
    /// Some blocks of 64 worlds of such a sample, as text to be handed back: [`Assessment::sample_block`].
    SampleBlock {
        /// The first block.
        first: Count,
        /// How many.
        count: Count,
        /// Of which seed.
        #[serde(default)]
        seed: Option<Count>,
        /// How many nodes an exact answer may take.
        #[serde(default)]
        nodes: Option<Count>,
        /// Whether shares are wanted.
        #[serde(default)]
        shares: bool,
    },
    /// The most probable paths to a loss event: [`Assessment::paths`].
    Paths {
        /// The event.
        event: String,
        /// At most so many; 10, unless said.
        #[serde(default)]
        at_most: Option<Count>,
        /// How many paths in part may be kept.
        #[serde(default)]
        nodes: Option<Count>,
    },
    /// What the paths to a loss event have in common: [`Assessment::choke_points`].
    ChokePoints {
        /// The event.
        event: String,
        /// At most so many; all, unless said.
        #[serde(default)]
        at_most: Option<Count>,
        /// How many worlds.
        #[serde(default)]
        worlds: Option<Count>,
        /// Of which seed.
        #[serde(default)]
        seed: Option<Count>,
        /// The chance that bounds hold.
        #[serde(default)]
        confidence: Option<f64>,
        /// How many nodes an exact answer may take.
        #[serde(default)]
        nodes: Option<Count>,
    },
    /// The least to fix so that a loss event cannot happen: [`Assessment::cheapest_cut`].
    CheapestCut {
        /// The event.
        event: String,
        /// What fixing a finding costs; `null` where it cannot be fixed.
        #[serde(default)]
        costs: Costs,
        /// What fixing any other costs; 1, unless said.
        #[serde(default)]
        default_cost: Option<f64>,
        /// How many steps a search may take.
        #[serde(default)]
        nodes: Option<Count>,
    },
    /// What is lost once an asset is held: [`Assessment::blast_radius`].
    BlastRadius {
        /// The asset.
        asset: String,
        /// The access; `control`, unless said.
        #[serde(default)]
        access: Option<String>,
        /// How many worlds.
        #[serde(default)]
        worlds: Option<Count>,
        /// Of which seed.
        #[serde(default)]
        seed: Option<Count>,
        /// The chance that bounds hold.
        #[serde(default)]
        confidence: Option<f64>,
        /// How close bounds must lie for a count to end, as a part of the loss.
        #[serde(default)]
        half_width: Option<f64>,
    },
    /// What changes are worth: [`Assessment::what_if`].
    WhatIf {
        /// The changes, all of them together.
        changes: Vec<Change>,
        /// How many worlds.
        #[serde(default)]
        worlds: Option<Count>,
        /// Of which seed.
        #[serde(default)]
        seed: Option<Count>,
        /// The chance that bounds hold.
        #[serde(default)]
        confidence: Option<f64>,
        /// How many nodes an exact answer may take.
        #[serde(default)]
        nodes: Option<Count>,
    },
    /// Findings that act together: [`Assessment::combinations`].
    Combinations {
        /// On the paths to this event; to those that weigh most, unless said.
        #[serde(default)]
        event: Option<String>,
        /// At most so many; 10, unless said.
        #[serde(default)]
        at_most: Option<Count>,
        /// How many worlds.
        #[serde(default)]
        worlds: Option<Count>,
        /// Of which seed.
        #[serde(default)]
        seed: Option<Count>,
        /// The chance that bounds hold.
        #[serde(default)]
        confidence: Option<f64>,
        /// How many nodes an exact answer may take.
        #[serde(default)]
        nodes: Option<Count>,
    },
    /// The baseline at which the inputs imply one's own rate of incidents: [`Assessment::baseline`].
    Baseline {
        /// The chance of an incident in a year, before any history; that of all firms, unless said.
        #[serde(default)]
        annual_chance: Option<f64>,
        /// How many incidents there were.
        #[serde(default)]
        incidents: Option<Count>,
        /// In how many years.
        #[serde(default)]
        years: Option<f64>,
    },
    /// What can be done: [`Assessment::actions`].
    Actions(ActionsRequest),
    /// What to do first: [`Assessment::plan`].
    Plan(Box<PlanRequest>),
    /// Which test to run next: [`Assessment::questions`].
    Questions(Box<QuestionsRequest>),
    /// The same as people read it, which is one text.
    QuestionsText(Box<QuestionsTextRequest>),
    /// Why an exposure ranks where it does, as people read it: one text, by [`render::exposure`].
    ExposureText {
        /// The exposure's id.
        exposure: String,
        /// The columns of the terminal.
        #[serde(default)]
        width: Option<Count>,
    },
    /// How far methods of testing are to be trusted, as verdicts taught: [`Assessment::trusts`].
    Trusts {},
    /// Which tickets to write: [`tickets`](crate::render::tickets).
    Tickets(Box<TicketsRequest>),
    /// Which assets a selector means: [`Environment::select`](crate::model::Environment::select).
    Select {
        /// The selector, as text.
        selector: String,
        /// At most so many are listed; all, unless said. All are counted.
        #[serde(default)]
        at_most: Option<Count>,
    },
    /// What may be a crown jewel and is not stated to be:
    /// [`Environment::suggested_crown_jewels`](crate::model::Environment::suggested_crown_jewels).
    SuggestedCrownJewels {
        /// At most so many; all, unless said.
        #[serde(default)]
        at_most: Option<Count>,
    },
    /// Where attackers may start and nobody has stated that they do:
    /// [`Environment::suggested_entry_points`](crate::model::Environment::suggested_entry_points).
    SuggestedEntryPoints {
        /// At most so many; all, unless said.
        #[serde(default)]
        at_most: Option<Count>,
    },
    /// Zones in tiers, and which part of all principals has a way into each: [`Assessment::zones`].
    Zones {
        /// The zones, each with an `id`, a `tier` and its `assets`, which is a selector, and besides `certified` and `loss`.
        zones: Vec<Zone>,
        /// At most so many exposed principals are listed of each; all, unless said. All are counted.
        #[serde(default)]
        at_most: Option<Count>,
    },
    /// How a plan differs from another, which has a pin, a ban or another budget: [`Plan::compared`](crate::mobilize::Plan::compared).
    ComparePlans {
        /// The one.
        plan: Box<PlanRequest>,
        /// The other.
        other: Box<PlanRequest>,
    },
}

/// By finding: what fixing it costs; nothing where it cannot be fixed.
///
/// ```
/// use ctem_core::wire::ask::{Costs, Question};
///
/// // `f-2` cannot be fixed, and `f-1` is dear.
/// let costs = Costs::from([("f-1".into(), Some(8.0)), ("f-2".into(), None)]);
/// let question = Question::read(br#"{"cheapest_cut": {"event": "leak", "costs": {"f-1": 8, "f-2": null}}}"#)?;
/// assert!(matches!(question, Question::CheapestCut { costs: stated, .. } if stated == costs));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub type Costs = BTreeMap<String, Option<f64>>;

impl Question {
    /// Reads a question.
    ///
    /// # Errors
    /// `malformed` when it is not JSON, `invalid_input` for a value or a name that makes no sense, with its place in the question.
    ///
    /// ```
    /// use ctem_core::wire::ask::Question;
    ///
    /// let question = Question::read(br#"{"paths": {"event": "leak", "at_most": 3}}"#)?;
    /// assert!(matches!(question, Question::Paths { .. }));
    /// assert_eq!(Question::read(br#"{"paths": {"events": "leak"}}"#).unwrap_err().place(), Some("/events"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn read(bytes: &[u8]) -> Result<Self> {
        read::parse(&decoded(bytes)?).map_err(|error| {
            // Places begin behind the name of the question, which is the name of the call in other languages.
            let inside = error.place().and_then(|place| place.strip_prefix('/')?.find('/').map(|at| at + 1));
            match (inside, error.place()) {
                (Some(at), Some(place)) => Error::new(error.kind(), error.message()).at(&place[at..]),
                (_, _) => error,
            }
        })
    }
}

/// What an assessment answers, as a document.
///
/// # Errors
/// As the method of the question, and `invalid_input` for an option that makes no sense, with its name as the place.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, intel::Intel, wire::ask::{self, Question}};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// let question = Question::read(br#"{"what_if": {"changes": []}}"#)?;
/// let answer = ask::answer(&today, &question, OnProgress::default())?;
/// assert!(answer.starts_with(r#"{"version":2,"unit":"crown_jewel","before":"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn answer(assessment: &Assessment, question: &Question, progress: OnProgress<'_>) -> Result<String> {
    match question {
        Question::Sample { worlds, seed, confidence, half_width, nodes, shares, at_most: most, blocks } => {
            let measure = measured(worlds, seed, *confidence, nodes, progress)?;
            let said = [("worlds", worlds.is_some()), ("half_width", half_width.is_some())];
            let MeasureOptions { worlds, seed, confidence, nodes, progress } = measure;
            let (half_width, shares) = (precision(*half_width)?, *shares);
            let options = SampleOptions { worlds, seed, confidence, half_width, nodes, shares, progress };
            let most = at_most(most.as_ref())?;
            let sample = match blocks {
                None => assessment.sample(&options),
                Some(blocks) => {
                    if let Some((name, _)) = said.iter().find(|(_, said)| *said) {
                        return Err(
                            Error::invalid("the blocks say which worlds are counted: leave it out").at(name)
                        );
                    }
                    assessment.sample_of(&together(blocks)?, &options).map_err(|error| error.at("/blocks"))?
                }
            };
            json(&SampleDocument::of(assessment, &sample, most))
        }
        Question::SampleBlock { first, count, seed, nodes, shares } => {
            let measure = measured(&None, seed, None, nodes, progress)?;
            let MeasureOptions { seed, nodes, progress, .. } = measure;
            let first = first.checked("first")? as u64;
            let blocks = first..first + count.checked("count")? as u64;
            let options =
                SampleOptions { seed, nodes, shares: *shares, progress, ..SampleOptions::default() };
            json(&json(&assessment.sample_block(blocks, &options).map_err(|error| error.at("count"))?)?)
        }
        Question::Paths { event: stated, at_most, nodes } => {
            let defaults = PathOptions::default();
            let at_most = counted("at_most", at_most, defaults.at_most)?;
            let options = PathOptions { at_most, nodes: counted("nodes", nodes, defaults.nodes)?, progress };
            let paths = assessment.paths(&event(stated)?, &options).map_err(at_event)?;
            json(&PathsDocument::of(paths))
        }
        Question::ChokePoints { event: stated, at_most: most, worlds, seed, confidence, nodes } => {
            let options = measured(worlds, seed, *confidence, nodes, progress)?;
            let most = at_most(most.as_ref())?;
            let mut points = assessment.choke_points(&event(stated)?, &options).map_err(at_event)?;
            points.list.truncate(most);
            written(&points)
        }
        Question::CheapestCut { event: stated, costs, default_cost, nodes } => {
            let event = event(stated)?;
            let costs = priced(assessment, costs)?;
            let other = cost(default_cost.unwrap_or(1.0)).map_err(|error| error.at("default_cost"))?;
            let price = |id: &ExposureId| {
                costs.get(id).copied().unwrap_or_else(|| Some(assessment.cost_of(id, other)))
            };
            let nodes = counted("nodes", nodes, CutOptions::default().nodes)?;
            let options = CutOptions { nodes, progress };
            written(&assessment.cheapest_cut(&event, price, &options).map_err(at_event)?)
        }
        Question::BlastRadius { asset, access: stated, worlds, seed, confidence, half_width } => {
            let asset = AssetId::parse(asset).map_err(|error| error.at("asset"))?;
            let access = access(stated.as_deref())?;
            let measure = measured(worlds, seed, *confidence, &None, progress)?;
            let MeasureOptions { worlds, seed, confidence, progress, .. } = measure;
            let half_width = precision(*half_width)?;
            let options = BlastRadiusOptions { worlds, seed, confidence, half_width, progress };
            let radius = assessment.blast_radius(&asset, access, &options);
            written(&radius.map_err(|error| error.at("asset"))?)
        }
        Question::WhatIf { changes, worlds, seed, confidence, nodes } => {
            let options = measured(worlds, seed, *confidence, nodes, progress)?;
            written(&assessment.what_if(changes, &options).map_err(|error| error.at("/changes"))?)
        }
        Question::Combinations { event: stated, at_most, worlds, seed, confidence, nodes } => {
            let event = stated.as_deref().map(event).transpose()?;
            let at_most = counted("at_most", at_most, CombinationOptions::default().at_most)?;
            let measure = measured(worlds, seed, *confidence, nodes, progress)?;
            let MeasureOptions { worlds, seed, confidence, nodes, progress } = measure;
            let event = event.as_ref();
            let options = CombinationOptions { event, at_most, worlds, seed, confidence, nodes, progress };
            written(&assessment.combinations(&options).map_err(at_event)?)
        }
        Question::Baseline { annual_chance, incidents, years } => {
            json(&assessment.baseline(rate(*annual_chance, incidents.as_ref(), *years)?)?)
        }
        Question::Actions(request) => {
            let (options, most) = request.checked()?;
            let mut list = assessment.actions(&options)?;
            list.truncate(most);
            written(&ActionList { list })
        }
        Question::Plan(request) => written(&planned(assessment, request, progress)?),
        Question::Questions(request) => {
            let QuestionsRequest { worlds, seed, confidence, nodes, .. } = &**request;
            let measure = measured(worlds, seed, *confidence, nodes, progress)?;
            written(&assessment.questions(&request.checked(measure)?)?)
        }
        Question::QuestionsText(request) => {
            let QuestionsTextRequest { worlds, seed, confidence, nodes, .. } = &**request;
            let measure = measured(worlds, seed, *confidence, nodes, progress)?;
            let (options, shown) = request.checked(measure)?;
            json(&render::questions(&assessment.questions(&options)?, &shown))
        }
        Question::ExposureText { exposure, width } => {
            let how = RenderRequest { width: width.clone(), ..RenderRequest::default() }.checked()?;
            json(&render::exposure(assessment, &assessment.id_of(exposure)?, &how)?)
        }
        Question::Trusts {} => written(&TrustList { list: assessment.trusts() }),
        Question::Tickets(request) => {
            // What is wrong with what was handed in is said before the work.
            let options = request.checked()?;
            let plan = planned(assessment, &request.plan, progress).map_err(of_plan("plan"))?;
            written(&render::tickets(assessment, &plan, &options)?)
        }
        Question::Select { selector, at_most: most } => {
            let selector = AssetSelector::parse(selector).map_err(|error| error.at("selector"))?;
            let chosen = assessment.environment().select(&selector, assessment.as_of());
            written(&SelectedAssets::of(&chosen, at_most(most.as_ref())?))
        }
        Question::SuggestedCrownJewels { at_most: most } => {
            let mut list = assessment.environment().suggested_crown_jewels();
            list.truncate(at_most(most.as_ref())?);
            written(&SuggestionList { list })
        }
        Question::SuggestedEntryPoints { at_most: most } => {
            let mut list = assessment.environment().suggested_entry_points();
            list.truncate(at_most(most.as_ref())?);
            written(&SuggestionList { list })
        }
        Question::Zones { zones, at_most: most } => {
            let most = at_most(most.as_ref())?;
            let mut zones = assessment.zones(zones)?;
            zones.list.iter_mut().for_each(|zone| zone.exposed.truncate(most));
            written(&zones)
        }
        Question::ComparePlans { plan, other } => {
            let first = whole(assessment, plan, progress).map_err(of_plan("plan"))?;
            let second = whole(assessment, other, progress).map_err(of_plan("other"))?;
            written(&first.compared(&second))
        }
    }
}

/// Blocks of a sample as they were written, added up.
fn together(blocks: &[String]) -> Result<SampleBlock> {
    let read = |(n, text): (usize, &String)| {
        let block = read::parse::<SampleBlock>(text);
        block.map_err(|error| Error::new(error.kind(), error.message()).at(format_args!("/blocks/{n}")))
    };
    let mut blocks = blocks.iter().enumerate();
    let Some(first) = blocks.next() else {
        return Err(Error::invalid("there are no blocks: hand in all that were counted").at("/blocks"));
    };
    let mut all = read(first)?;
    for (n, text) in blocks {
        all.merge(&read((n, text))?).map_err(|error| error.at(format_args!("/blocks/{n}")))?;
    }
    Ok(all)
}

/// How far methods of testing are to be trusted.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Trusts"))]
pub(super) struct TrustList {
    /// By method and kind of weakness.
    list: Vec<LearntTrust>,
}

/// What can be done.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Actions"))]
pub(super) struct ActionList {
    /// The actions.
    list: Vec<Action>,
}

fn planned(assessment: &Assessment, request: &PlanRequest, progress: OnProgress<'_>) -> Result<Plan> {
    assessment.plan(&plan_options(request, progress)?)
}

/// A plan with all of its rows, however few are to be told: one that is only not told is no difference to another plan.
fn whole(assessment: &Assessment, request: &PlanRequest, progress: OnProgress<'_>) -> Result<Plan> {
    let options = plan_options(request, progress)?;
    let at_most = options.at_most.max(PlanOptions::default().at_most);
    assessment.plan(&PlanOptions { at_most, ..options })
}

fn plan_options<'a>(request: &PlanRequest, progress: OnProgress<'a>) -> Result<PlanOptions<'a>> {
    let PlanRequest { worlds, seed, confidence, nodes, .. } = request;
    request.checked(measured(worlds, seed, *confidence, nodes, progress)?)
}

/// One's own rate of incidents.
fn rate(annual_chance: Option<f64>, incidents: Option<&Count>, years: Option<f64>) -> Result<AnnualRate> {
    let before = match annual_chance {
        Some(stated) => {
            AnnualRate::of_chance(Probability::new(stated).map_err(|error| error.at("annual_chance"))?)
        }
        None => AnnualRate::PUBLISHED,
    };
    match (incidents, years) {
        (None, None) => Ok(before),
        (Some(incidents), Some(years)) => {
            let incidents = u32::try_from(incidents.checked("incidents")?).unwrap_or(u32::MAX);
            before.with_history(incidents, years).map_err(|error| error.at("years"))
        }
        (Some(_), None) => Err(half("incidents", "how many years they happened in").at("years")),
        (None, Some(_)) => Err(half("years", "how many incidents happened in them").at("incidents")),
    }
}

fn half(stated: &str, missing: &str) -> Error {
    Error::invalid(format!("`{stated}` alone are no history: say {missing}"))
}

/// How a number is to be measured.
fn measured<'a>(
    worlds: &Option<Count>,
    seed: &Option<Count>,
    confidence: Option<f64>,
    nodes: &Option<Count>,
    progress: OnProgress<'a>,
) -> Result<MeasureOptions<'a>> {
    let defaults = MeasureOptions::default();
    Ok(MeasureOptions {
        worlds: counted("worlds", worlds, defaults.worlds as usize)? as u64,
        seed: counted("seed", seed, defaults.seed as usize)? as u64,
        confidence: match confidence {
            Some(stated) => Probability::new(stated).map_err(|error| error.at("confidence"))?,
            None => defaults.confidence,
        },
        nodes: counted("nodes", nodes, defaults.nodes)?,
        progress,
    })
}

/// A count that is stated, or the default.
fn counted(name: &str, stated: &Option<Count>, default: usize) -> Result<usize> {
    stated.as_ref().map_or(Ok(default), |stated| stated.checked(name))
}

fn precision(stated: Option<f64>) -> Result<Option<f64>> {
    match stated {
        Some(half_width) if !(half_width > 0.0 && half_width.is_finite()) => {
            let message = format!("`{half_width}` is not a precision: it must be a finite number above 0");
            Err(Error::invalid(message).at("half_width"))
        }
        stated => Ok(stated),
    }
}

fn event(stated: &str) -> Result<LossEventId> {
    LossEventId::parse(stated).map_err(at_event)
}

fn at_event(error: Error) -> Error {
    error.at("event")
}

fn access(stated: Option<&str>) -> Result<Access> {
    let Some(stated) = stated else { return Ok(Access::Control) };
    stated.parse().map_err(|_| {
        let message = format!(
            "{} is not an access: it must be one of {}",
            quoted(stated),
            Access::ALL.map(Access::name).join(", ")
        );
        Error::invalid(message).at("access")
    })
}

/// What fixing findings and taking relations away costs, by the ids they stand under.
fn priced(assessment: &Assessment, costs: &Costs) -> Result<HashMap<ExposureId, Option<f64>>> {
    let price = |(name, stated): (&String, &Option<f64>)| {
        let at = |error: Error| error.at(format_args!("/costs/{name}"));
        let id = assessment.id_of(name).map_err(at)?;
        Ok((id, stated.map(cost).transpose().map_err(at)?))
    };
    costs.iter().map(price).collect()
}

fn cost(stated: f64) -> Result<f64> {
    if (0.0..=f64::MAX).contains(&stated) {
        Ok(stated)
    } else {
        Err(Error::invalid(format!("`{stated}` is not a cost: it must be a finite number of at least 0")))
    }
}
