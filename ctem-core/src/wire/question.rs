//! What can be asked of an assessment besides its ranking, in plain words.

use super::{
    answer::{SampleDocument, answer as written},
    ask,
    path::PathsDocument,
    text,
};
use crate::{
    attack::Limits,
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, FindingId, LossEventId},
    model::Access,
    prioritize::{Assessment, Change, GoOn, SampleOptions},
    quantity::Probability,
    text::{decoded, json},
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// So many paths and combinations, unless said.
const FEW: usize = 10;

/// A question to an assessment, as a document has it: `{"paths": {"event": "leak", "at_most": 3}}`. What is absent has the
/// engine's default.
///
/// ```
/// use ctem_core::{Program, intel::Intel, wire::ask};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// let error = ask::answer(&today, &ask::Question::read(br#"{"paths": {"event": "leak"}}"#)?, &|_| true).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("not_found", Some("event")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// What is lost over all paths at once, and what each fix is worth: [`Assessment::sample`].
    Sample {
        /// How it is measured.
        #[serde(default)]
        sampling: Sampling,
        /// Whether shares are wanted.
        #[serde(default)]
        shares: bool,
        /// At most so many findings; all, unless said.
        #[serde(default)]
        at_most: Option<f64>,
    },
    /// The most probable paths to a loss event: [`Assessment::paths`].
    Paths {
        /// The event.
        event: String,
        /// At most so many; 10, unless said.
        #[serde(default)]
        at_most: Option<f64>,
    },
    /// What the paths to a loss event have in common: [`Assessment::choke_points`].
    ChokePoints {
        /// The event.
        event: String,
        /// How it is measured.
        #[serde(default)]
        sampling: Sampling,
        /// At most so many; all, unless said.
        #[serde(default)]
        at_most: Option<f64>,
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
    },
    /// What is lost once an asset is held: [`Assessment::blast_radius`].
    BlastRadius {
        /// The asset.
        asset: String,
        /// The access; `control`, unless said.
        #[serde(default)]
        access: Option<String>,
        /// How it is measured.
        #[serde(default)]
        sampling: Sampling,
    },
    /// What changes are worth: [`Assessment::what_if`].
    WhatIf {
        /// The changes, all of them together.
        changes: Vec<Change>,
        /// How it is measured.
        #[serde(default)]
        sampling: Sampling,
    },
    /// Findings that act together: [`Assessment::combinations`].
    Combinations {
        /// On the paths to this event; to those that weigh most, unless said.
        #[serde(default)]
        event: Option<String>,
        /// At most so many; 10, unless said.
        #[serde(default)]
        at_most: Option<f64>,
        /// How it is measured.
        #[serde(default)]
        sampling: Sampling,
    },
}

/// By finding: what fixing it costs; nothing where it cannot be fixed.
pub type Costs = BTreeMap<String, Option<f64>>;

/// How a number is to be measured, as [`SampleOptions`] says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// How many worlds.
    pub worlds: Option<f64>,
    /// Of which seed.
    pub seed: Option<f64>,
    /// The chance that bounds hold.
    pub confidence: Option<f64>,
    /// How close bounds must lie for a count to end, as a part of the expected loss.
    pub half_width: Option<f64>,
    /// How many nodes an exact answer may take.
    pub nodes: Option<f64>,
}

impl Sampling {
    fn checked(self) -> Result<SampleOptions> {
        let mut options = SampleOptions::default();
        if let Some(worlds) = self.worlds {
            options.worlds = ask::count("worlds", worlds)? as u64;
        }
        if let Some(seed) = self.seed {
            options.seed = ask::count("seed", seed)? as u64;
        }
        if let Some(confidence) = self.confidence {
            options.confidence = Probability::new(confidence).map_err(|error| error.at("confidence"))?;
        }
        if let Some(half_width) = self.half_width {
            if !(half_width > 0.0 && half_width.is_finite()) {
                let message =
                    format!("`{half_width}` is not a precision: it must be a finite number above 0");
                return Err(Error::invalid(message).at("half_width"));
            }
            options.half_width = Some(half_width);
        }
        if let Some(nodes) = self.nodes {
            options.nodes = ask::count("nodes", nodes)?;
        }
        Ok(options)
    }
}

impl Question {
    /// Reads a question.
    ///
    /// # Errors
    /// `malformed` when it is not JSON, `invalid_input` for a value or a name that makes no sense, with its place in the question.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        json::parse_owned(&decoded(bytes)?).map_err(|error| {
            // Places begin behind the name of the question, which is the name of the call in other languages.
            let inside = error.place().and_then(|place| place.strip_prefix('/')?.find('/').map(|at| at + 1));
            match (inside, error.place()) {
                (Some(at), Some(place)) => Error::new(error.kind(), error.message()).at(&place[at..]),
                (_, _) => error,
            }
        })
    }
}

/// Reads what fixing findings costs: a JSON object from their ids to numbers, or `null`.
///
/// # Errors
/// As [`Question::read`].
pub fn costs(bytes: &[u8]) -> Result<Costs> {
    json::parse_owned(&decoded(bytes)?).map_err(|error| error.at("/costs"))
}

/// Reads changes: a JSON array of [`Change`]s.
///
/// # Errors
/// As [`Question::read`].
pub fn changes(bytes: &[u8]) -> Result<Vec<Change>> {
    json::parse_owned(&decoded(bytes)?).map_err(|error| error.at("/changes"))
}

/// What an assessment answers, as a document.
///
/// # Errors
/// As the method of the question, and `invalid_input` for an option that makes no sense, with its name as the place.
pub fn answer(assessment: &Assessment, question: &Question, go_on: GoOn<'_>) -> Result<String> {
    let limits = Limits { go_on, ..Limits::default() };
    let few = |stated: &Option<f64>| stated.map_or(Ok(FEW), |stated| ask::count("at_most", stated));
    match question {
        Question::Sample { sampling, shares, at_most } => {
            let (options, at_most) = (sampling.checked()?, ask::at_most(*at_most)?);
            let sample = assessment.sample(SampleOptions { shares: *shares, ..options }, go_on);
            text(&SampleDocument::of(assessment, &sample, at_most))
        }
        Question::Paths { event: stated, at_most } => {
            let (event, at_most) = (event(stated)?, few(at_most)?);
            text(&PathsDocument::of(assessment.paths(&event, at_most, &limits).map_err(at_event)?))
        }
        Question::ChokePoints { event: stated, sampling, at_most } => {
            let (event, options, at_most) = (event(stated)?, sampling.checked()?, ask::at_most(*at_most)?);
            let mut points = assessment.choke_points(&event, options, go_on).map_err(at_event)?;
            points.list.truncate(at_most);
            written(&points)
        }
        Question::CheapestCut { event: stated, costs, default_cost } => {
            let event = event(stated)?;
            let costs = priced(assessment, costs)?;
            let other = cost(default_cost.unwrap_or(1.0)).map_err(|error| error.at("default_cost"))?;
            let price = |finding: &FindingId| costs.get(finding).copied().unwrap_or(Some(other));
            written(&assessment.cheapest_cut(&event, price, &limits).map_err(at_event)?)
        }
        Question::BlastRadius { asset, access: stated, sampling } => {
            let asset = AssetId::parse(asset).map_err(|error| error.at("asset"))?;
            let (access, options) = (access(stated.as_deref())?, sampling.checked()?);
            let radius = assessment.blast_radius(&asset, access, options, go_on);
            written(&radius.map_err(|error| error.at("asset"))?)
        }
        Question::WhatIf { changes, sampling } => {
            let what_if = assessment.what_if(changes, sampling.checked()?, go_on);
            written(&what_if.map_err(|error| error.at("/changes"))?)
        }
        Question::Combinations { event: stated, at_most, sampling } => {
            let event = stated.as_deref().map(event).transpose()?;
            let (at_most, options) = (few(at_most)?, sampling.checked()?);
            written(&assessment.combinations(event.as_ref(), at_most, options, go_on).map_err(at_event)?)
        }
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
        let message =
            format!("{} is not an access: it must be `reach`, `use`, `control` or `down`", quoted(stated));
        Error::invalid(message).at("access")
    })
}

/// What fixing findings costs, by the ids they stand under.
fn priced(assessment: &Assessment, costs: &Costs) -> Result<HashMap<FindingId, Option<f64>>> {
    let price = |(finding, stated): (&String, &Option<f64>)| {
        let at = |error: Error| error.at(format_args!("/costs/{finding}"));
        let id = FindingId::parse(finding).map_err(at)?;
        let known = assessment.environment().finding(&id).and_then(|finding| finding.id.clone());
        let missing = || {
            let message = format!("{} is not a finding of this assessment", quoted(finding));
            Error::new(ErrorKind::NotFound, message)
        };
        Ok((known.ok_or_else(missing).map_err(at)?, stated.map(cost).transpose().map_err(at)?))
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
