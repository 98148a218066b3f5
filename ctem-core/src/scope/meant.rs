//! What selectors in statements mean: controls that cover, and loss events that speak of, assets by a selector.
//!
//! They are written out at the beginning of an assessment, as of its moment, so that everything behind it knows assets alone, and what
//! is new is covered without a word.

use super::Chooser;
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::{Environment, LossEvent, MOST_PARTS_OF_ALL, Note, NoteKind, Trigger, selector::AssetSelector},
    time::Moment,
};
use std::sync::Arc;

/// An environment in which every selector is written out, and what to say of those that mean nothing.
pub(crate) struct Meant {
    pub(crate) environment: Arc<Environment>,
    pub(crate) notes: Vec<Note>,
}

/// Writes selectors out. Without any, the environment is the same one, at no cost; else it is copied once, and each selector costs
/// O(assets × conditions) and what its conditions look at.
///
/// # Errors
/// `limit_exceeded` for a quorum among so many assets that it has too many parts.
pub(crate) fn meant(environment: &Arc<Environment>, as_of: Moment) -> Result<Meant> {
    let asked: Vec<&AssetSelector> = selectors(environment).collect();
    if asked.is_empty() {
        return Ok(Meant { environment: Arc::clone(environment), notes: Vec::new() });
    }
    let mut chosen = Chosen { chooser: Chooser::of(environment, as_of, asked), notes: Vec::new() };
    let mut written = Environment::clone(environment);
    for control in Arc::make_mut(&mut written.controls).values_mut() {
        if let Some(selector) = control.covers.take() {
            let of = format!("the control {}", quoted(control.id.as_str()));
            control.protects.extend(chosen.assets(&selector, &of));
            control.protects.sort_unstable();
            control.protects.dedup();
        }
    }
    let (mut parts, mut services) = (0usize, std::mem::take(&mut written.services));
    for event in Arc::make_mut(&mut services).values_mut().flat_map(|service| &mut service.loss_events) {
        if event.when.selectors().next().is_some() {
            let of = format!("the loss event {}", quoted(event.id.as_str()));
            event.when = chosen.trigger(&event.when, &of);
            let place = format!("/loss_events/{}", event.id);
            parts = parts.saturating_add(LossEvent::check(event).map_err(|error| error.at(place))?);
        }
    }
    written.services = services;
    written.trigger_parts = written.trigger_parts.saturating_add(parts);
    if written.trigger_parts > MOST_PARTS_OF_ALL {
        let message = format!(
            "the triggers have more than {MOST_PARTS_OF_ALL} parts together: mean fewer assets with `at_least_of`"
        );
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    let notes = chosen.notes;
    Ok(Meant { environment: Arc::new(written), notes })
}

/// All selectors of an environment's controls and loss events.
fn selectors(environment: &Environment) -> impl Iterator<Item = &AssetSelector> {
    let events = environment.services().flat_map(|service| &service.loss_events);
    let controls = environment.controls().filter_map(|control| control.covers.as_ref());
    controls.chain(events.flat_map(|event| event.when.selectors()))
}

struct Chosen<'a> {
    chooser: Chooser<'a>,
    notes: Vec<Note>,
}

impl Chosen<'_> {
    /// The assets that a selector means, by id. None is said.
    fn assets(&mut self, selector: &AssetSelector, of: &str) -> Vec<AssetId> {
        let environment = self.chooser.environment();
        let meant =
            environment.numbered_assets().filter(|(number, _)| self.chooser.matches(*number, selector));
        let mut assets: Vec<AssetId> = meant.map(|(_, asset)| asset.id.clone()).collect();
        assets.sort_unstable();
        if assets.is_empty() {
            let reason = format!(
                "{of} speaks of {}, which no asset is: it has no effect",
                quoted(&selector.to_string())
            );
            Note::new(NoteKind::Ignored, "", reason).add(&mut self.notes);
        }
        assets
    }

    /// A trigger of assets alone.
    fn trigger(&mut self, trigger: &Trigger, of: &str) -> Trigger {
        let states = |chosen: &mut Self, assets: &AssetSelector, access| -> Vec<Trigger> {
            let assets = chosen.assets(assets, of).into_iter();
            assets.map(|asset| Trigger::State { asset, access }).collect()
        };
        let parts = |chosen: &mut Self, parts: &[Trigger]| -> Vec<Trigger> {
            parts.iter().map(|part| chosen.trigger(part, of)).collect()
        };
        match trigger {
            Trigger::State { .. } => trigger.clone(),
            Trigger::Any(list) => Trigger::Any(parts(self, list)),
            Trigger::All(list) => Trigger::All(parts(self, list)),
            Trigger::AtLeast { count, of: list } => Trigger::AtLeast { count: *count, of: parts(self, list) },
            Trigger::AnyOf { assets, access } => Trigger::Any(states(self, assets, *access)),
            Trigger::AllOf { assets, access } => match states(self, assets, *access) {
                // All of nothing would hold from the start.
                none if none.is_empty() => Trigger::Any(none),
                all => Trigger::All(all),
            },
            Trigger::AtLeastOf { count, assets, access } => {
                Trigger::AtLeast { count: *count, of: states(self, assets, *access) }
            }
        }
    }
}
