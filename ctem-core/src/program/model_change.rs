//! Another EPSS model: the ranking of the old one beside that of the new one, so that nobody takes the model's step for the world's.
//!
//! On the day a model is replaced every score moves, and no file has both models' scores of that day. So the world is taken as it is now,
//! with the scores that the old model gave last: what moved until there moved in the world, and the rest by the model.

use crate::{
    id::AssetId,
    prioritize::{Assessment, Exposure, ExposureId},
    quantity::Estimate,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What another EPSS model moved, beside what the world did.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event, Feeds, What}, wire};
///
/// let mut program = Program::default();
/// program.apply(Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?), ApplyOptions::default())?;
/// let day = |day: &str, model: &str, score: &str| {
///     let table = format!("#model_version:{model},score_date:{day}T00:00:00+0000\ncve,epss\nCVE-2021-44228,{score}\n");
///     Ok::<_, ctem_core::Error>(Event::new(day.parse()?, What::Intel(Feeds::read(Some(table.as_bytes()), None)?)))
/// };
/// assert!(program.apply(day("2025-11-02", "v3", "0.9")?, ApplyOptions::default())?.model.is_none());
/// let model = program.apply(day("2025-11-03", "v4", "0.5")?, ApplyOptions::default())?.model.expect("it is another");
/// assert_eq!((model.from.as_deref(), model.to.as_deref()), (Some("v3"), Some("v4")));
/// // All that moved is the model's.
/// assert!(model.moved.iter().all(|moved| moved.by_world == 0.0 && moved.by_model < 0.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ModelChange {
    /// The model before.
    pub from: Option<Box<str>>,
    /// The model now.
    pub to: Option<Box<str>>,
    /// The whole expected loss now, had the model stayed.
    pub had_it_stayed: Estimate,
    /// The exposures whose place or risk the model moved, those it moved most first.
    pub moved: Vec<ModelMoved>,
}

/// An exposure, as the old model ranks it and as the new one does.
///
/// ```
/// use ctem_core::program::ModelMoved;
///
/// let told = |moved: &ModelMoved| format!("{}: {:?} by the old model, {:?} now", moved.title, moved.rank_had_it_stayed, moved.rank);
/// # let _ = told;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ModelMoved {
    /// The exposure.
    pub exposure: ExposureId,
    /// What it is, in words.
    pub title: String,
    /// The asset it is on.
    pub asset: AssetId,
    /// Its place before; none where it was none.
    pub rank_before: Option<usize>,
    /// Its place now, had the model stayed.
    pub rank_had_it_stayed: Option<usize>,
    /// Its place now.
    pub rank: Option<usize>,
    /// By how much its risk moved in the world.
    pub by_world: f64,
    /// By how much it moved by the model.
    pub by_model: f64,
}

impl ModelChange {
    /// The three rankings held together: before, now had the model stayed, and now. O(n log n).
    pub(super) fn between(before: &Assessment, stayed: &Assessment, after: &Assessment) -> Self {
        let model = |assessment: &Assessment| assessment.intel().epss.as_ref()?.model_version.clone();
        let mut moved: BTreeMap<ExposureId, [Option<(usize, f64)>; 3]> = BTreeMap::new();
        let mut called: BTreeMap<ExposureId, (String, AssetId)> = BTreeMap::new();
        for (n, assessment) in [before, stayed, after].into_iter().enumerate() {
            for exposure in assessment.ranked() {
                let place = Some((exposure.rank, exposure.risk.value()));
                called.entry(exposure.id.clone()).or_insert_with(|| name(&exposure));
                if let Some(slot) = moved.entry(exposure.id.clone()).or_default().get_mut(n) {
                    *slot = place;
                }
            }
        }
        let mut list: Vec<ModelMoved> = moved
            .into_iter()
            .filter_map(|(exposure, [was, had, is])| {
                let (title, asset) = called.remove(&exposure)?;
                let risk = |at: Option<(usize, f64)>| at.map_or(0.0, |(_, risk)| risk);
                let rank = |at: Option<(usize, f64)>| at.map(|(rank, _)| rank);
                (had != is).then(|| ModelMoved {
                    exposure,
                    title,
                    asset,
                    rank_before: rank(was),
                    rank_had_it_stayed: rank(had),
                    rank: rank(is),
                    by_world: risk(had) - risk(was),
                    by_model: risk(is) - risk(had),
                })
            })
            .collect();
        list.sort_by(|a, b| {
            b.by_model.abs().total_cmp(&a.by_model.abs()).then_with(|| a.exposure.cmp(&b.exposure))
        });
        Self { from: model(before), to: model(after), had_it_stayed: stayed.risk(), moved: list }
    }
}

fn name(exposure: &Exposure<'_>) -> (String, AssetId) {
    (exposure.title(), exposure.asset.id.clone())
}
