//! What people decide about suggestions.

use super::cycle::Program;
use crate::{
    discover::Absorbed,
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::{Contents, Refusal, Report, Source, SuggestionKind},
};
use serde::Deserialize;

/// That a suggestion is accepted or refused.
///
/// ```
/// use ctem_core::{model::SuggestionKind, program::Decision};
///
/// let refused = Decision {
///     accepted: false,
///     reason: Some("left in spring".into()),
///     ..Decision::accepted(SuggestionKind::Phishing, "carla".parse()?)
/// };
/// assert!(refused.by.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What is suggested.
    pub suggestion: SuggestionKind,
    /// Of which asset.
    pub asset: AssetId,
    /// Whether it holds.
    pub accepted: bool,
    /// Who refuses it.
    #[serde(default)]
    pub by: Option<Box<str>>,
    /// Why it is refused.
    #[serde(default)]
    pub reason: Option<Box<str>>,
}

impl Decision {
    /// That a suggestion is accepted.
    ///
    /// ```
    /// use ctem_core::{model::SuggestionKind, program::Decision};
    ///
    /// assert!(Decision::accepted(SuggestionKind::Internet, "shop".parse()?).accepted);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn accepted(suggestion: SuggestionKind, asset: AssetId) -> Self {
        Self { suggestion, asset, accepted: true, by: None, reason: None }
    }
}

impl Program {
    /// Takes in what somebody decided about a suggestion. Accepting it states what it suggests, as if that had been stated by hand;
    /// refusing it is remembered, and it is not suggested again. Either is part of the environment and of its document.
    /// O(assets + relations + labels + findings).
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, model::SuggestionKind, program::Decision};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
    ///     {"id": "shop", "kind": "host", "labels": {"internet_facing": "true"}},
    ///     {"id": "carla", "kind": "identity", "labels": {"title": "CFO"}}
    /// ]}"#)?);
    /// program.decide(&Decision::accepted(SuggestionKind::Internet, "shop".parse()?))?;
    /// let carla = Decision::accepted(SuggestionKind::Phishing, "carla".parse()?);
    /// program.decide(&Decision { accepted: false, ..carla })?;
    /// let environment = program.environment();
    /// assert_eq!((environment.entry_points().count(), environment.refusals().count()), (1, 1));
    /// assert!(environment.suggested_entry_points().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` where this is not suggested of the asset, or no longer; `invalid_input` for an accepted suggestion with a reason:
    /// a statement has none.
    pub fn decide(&mut self, decision: &Decision) -> Result<Absorbed> {
        let Decision { suggestion, asset, accepted, by, reason } = decision;
        if *accepted && (by.is_some() || reason.is_some()) {
            let place = if by.is_some() { "by" } else { "reason" };
            let message = format!("`{place}` is kept with a refusal, and this is accepted: leave it out");
            return Err(Error::invalid(message).at(place));
        }
        let environment = self.environment();
        let suggested = match suggestion {
            SuggestionKind::CrownJewel => environment.suggested_crown_jewels(),
            _ => environment.suggested_entry_points(),
        };
        let named = environment.asset(asset).map_or(asset, |known| &known.id);
        let known = suggested.iter().find(|one| one.suggestion == *suggestion && one.asset == *named);
        let known = known.ok_or_else(|| {
            let message = format!(
                "`{}` is not suggested of {}: name a suggestion as it is listed",
                suggestion.name(),
                quoted(asset.as_str())
            );
            Error::new(ErrorKind::NotFound, message).at("asset")
        })?;
        let contents = match accepted {
            true => known.statement(),
            false => {
                let (by, reason) = (by.clone(), reason.clone());
                let refusal = Refusal { by, reason, ..Refusal::new(*suggestion, known.asset.clone()) };
                Contents { refusals: vec![refusal], ..Contents::default() }
            }
        };
        // Decisions are a source of their own: what another said of the asset stays as it said it.
        let source = Source { format: Source::NATIVE.into(), tool: "decisions".into(), ..Source::default() };
        Ok(self.absorb(Report { source, ..Report::from(contents) }))
    }
}
