//! Explanations of many exposures in one document: each path is written once, and is named by its place where an exposure is on it.

use super::path::PathDocument;
use crate::{
    id::LossEventId,
    model::{Note, NoteKind},
    prioritize::{Assessment, Explainer, Explanation, Exposure, ExposureId, Path, Term},
};
use serde::Serialize;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// An explanation as it is written in an assessment, beside others.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::{AssessmentDocument, DocumentOptions};
///
/// // Which way leads through the worst of them?
/// let document = AssessmentDocument::of(&today, &DocumentOptions { explained: true, ..DocumentOptions::default() });
/// let reasons = document.exposures[0].explanation.as_ref().expect("it was asked for");
/// assert_eq!(&*document.paths[reasons.paths[0]].name, "orders leak");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Reasons"))]
#[non_exhaustive]
pub struct ReasonsDocument {
    /// The finding or relation.
    #[serde(flatten)]
    pub exposure: ExposureId,
    /// The risk, as a tree that folds to it.
    pub risk: Term,
    /// The most probable path through it to each loss event, by its place in the document's `paths`.
    pub paths: Vec<usize>,
}

/// Explains one exposure after the other, each path once, as long as there is room: along a chain of n findings every number has n terms, and n
/// explanations would be n² long.
pub(super) struct Explaining<'a> {
    explainer: Explainer<'a>,
    /// How many hops and terms may be written yet.
    room: usize,
    left_out: u64,
    /// The paths that are written, and by where they lead and what they pass the numbers of those.
    paths: Vec<Path>,
    by_event: HashMap<(LossEventId, u64), Vec<usize>>,
}

impl<'a> Explaining<'a> {
    pub(super) fn of(assessment: &'a Assessment, at_most: usize) -> Self {
        const EACH: usize = 128;
        const MORE: usize = 1 << 12;
        let exposures = assessment.len().min(at_most);
        let room = exposures.saturating_mul(EACH).saturating_add(MORE);
        let (paths, by_event) = Default::default();
        Self { explainer: assessment.explainer(), room, left_out: 0, paths, by_event }
    }

    pub(super) fn next(&mut self, exposure: &Exposure<'a>) -> Option<ReasonsDocument> {
        // Whether one more fits is seen only once it is made: after the first that does not, none is.
        let made = (self.left_out == 0).then(|| self.explainer.exposure(exposure));
        let fits = made.and_then(|made| {
            let numbers: Vec<Option<usize>> = made.paths.iter().map(|path| self.number(path)).collect();
            let new = made.paths.iter().zip(&numbers).filter(|(_, number)| number.is_none());
            let hops: usize = new.map(|(path, _)| path.hops.len()).sum();
            self.room = self.room.checked_sub(hops + terms(&made.risk))?;
            Some((made, numbers))
        });
        let Some((made, numbers)) = fits else {
            self.left_out += 1;
            return None;
        };
        let Explanation { exposure, risk, paths } = made;
        let paths =
            paths.into_iter().zip(numbers).map(|(path, number)| number.unwrap_or_else(|| self.add(path)));
        Some(ReasonsDocument { exposure, risk, paths: paths.collect() })
    }

    /// The number of a path that is written already.
    fn number(&self, path: &Path) -> Option<usize> {
        let like = self.by_event.get(&(path.event.clone(), course(path)))?;
        like.iter().copied().find(|number| self.paths.get(*number) == Some(path))
    }

    fn add(&mut self, path: Path) -> usize {
        let number = self.paths.len();
        self.by_event.entry((path.event.clone(), course(&path))).or_default().push(number);
        self.paths.push(path);
        number
    }

    /// The paths, as they are written.
    pub(super) fn paths(self) -> Vec<PathDocument> {
        self.paths.into_iter().map(PathDocument::of).collect()
    }

    pub(super) fn note(&self) -> Option<Note> {
        let reason = "explanations are too long to be written together: ask for each by the exposure's id";
        let note = Note { count: self.left_out, ..Note::new(NoteKind::Ignored, "/exposures", reason) };
        (self.left_out > 0).then_some(note)
    }
}

/// A number of what a path passes: that of another is another but by rare chance.
fn course(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.chance.get().to_bits().hash(&mut hasher);
    for hop in &path.hops {
        hop.finding().hash(&mut hasher);
        hop.to.as_ref().map(|to| &to.asset).hash(&mut hasher);
    }
    hasher.finish()
}

/// How many terms a tree has.
fn terms(risk: &Term) -> usize {
    let (mut terms, mut waiting) = (0, vec![risk]);
    while let Some(term) = waiting.pop() {
        terms += 1;
        waiting.extend(&term.parts);
    }
    terms
}
