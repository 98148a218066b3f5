//! The one shape of suggestions: an asset, what may be stated of it, and what says so.

use crate::{
    id::AssetId,
    model::{Asset, AssetKind, Contents, Criticality, EntryPoint, Environment, SuggestionKind},
};
use serde::Serialize;
use std::collections::HashSet;

/// What may be stated of an asset, and what says so.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel};
///
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
///     {"id": "patients", "kind": "data_store", "labels": {"data_class": "health"}}
/// ]}"#)?);
/// let suggested = program.environment().suggested_crown_jewels();
/// assert_eq!(suggested[0].reasons, ["it holds health data (label data_class)"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Suggestion {
    /// What is suggested.
    pub suggestion: SuggestionKind,
    /// The asset.
    pub asset: AssetId,
    /// Its name for people.
    pub title: String,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// How many assets it rules, builds or opens.
    pub rules: usize,
    /// What says so, the plainest reason first.
    pub reasons: Vec<String>,
    /// The entry point that accepting it states, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<EntryPoint>,
}

impl Suggestion {
    /// What accepting it states: an entry point, or that the asset is a crown jewel. It is absorbed as any other report is;
    /// [`Program::decide`](crate::Program::decide) does so.
    ///
    /// ```
    /// use ctem_core::{Program, Report, discover, intel::Intel, model::Criticality};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
    ///     {"id": "patients", "kind": "data_store", "labels": {"data_class": "health"}}
    /// ]}"#)?);
    /// let suggested = program.environment().suggested_crown_jewels();
    /// program.absorb(Report::from(suggested[0].statement()));
    /// let patients = program.environment().asset(&"patients".parse()?).expect("it is in the document");
    /// assert_eq!(patients.criticality, Some(Criticality::CrownJewel));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn statement(&self) -> Contents {
        match &self.entry_point {
            Some(entry_point) => Contents { entry_points: vec![entry_point.clone()], ..Contents::default() },
            None => {
                let asset = Asset::new(self.asset.clone(), self.kind.clone());
                let jewel = Asset { criticality: Some(Criticality::CrownJewel), ..asset };
                Contents { assets: vec![jewel], ..Contents::default() }
            }
        }
    }

    /// Puts those with most reasons first, then those that rule most, then by name, each kind by itself.
    pub(super) fn sort(list: &mut [Self]) {
        list.sort_by(|a, b| {
            (a.suggestion.cmp(&b.suggestion))
                .then_with(|| (b.reasons.len(), b.rules).cmp(&(a.reasons.len(), a.rules)))
                .then_with(|| a.asset.cmp(&b.asset))
        });
    }
}

/// What people refused, by what and the number of the asset.
pub(super) fn refused(environment: &Environment) -> HashSet<(SuggestionKind, usize)> {
    let known = environment.refusals();
    known.filter_map(|one| Some((one.suggestion, environment.number(&one.asset)?))).collect()
}
