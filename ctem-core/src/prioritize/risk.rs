//! The risk of a finding, along the most probable path through it to each loss event.

use super::{
    exposure_id::ExposureNumber,
    term::{Algebra, Fold},
};
use crate::attack::{EventId, ExploitSteps, MostProbablePaths, Snapshot, Step, VariableKind};
use crate::quantity::Probability;

/// The most probable path through each of some steps to each loss event, however a way is told: of several steps the more probable. A path
/// through what an event does not need, since it surely happens, is none.
pub(super) fn ways<W>(
    snapshot: &Snapshot,
    falls: &MostProbablePaths,
    steps: &[Step],
    chance: impl Fn(&W) -> Probability,
    mut through: impl FnMut(Step) -> Vec<(EventId, W)>,
) -> Vec<(EventId, W)> {
    let is_needed = |(event, way): &(EventId, W)| {
        let surely = snapshot.event(*event).is_some_and(|state| falls.chance(state) == Probability::ONE);
        !surely || chance(way) == Probability::ONE
    };
    let [first, others @ ..] = steps else { return Vec::new() };
    // Those of one step lead to an event each. There are millions of them, and they are not copied.
    let mut best = through(*first);
    best.retain(is_needed);
    for step in others {
        for way in through(*step).into_iter().filter(is_needed) {
            match best.iter_mut().find(|(known, _)| *known == way.0) {
                None => best.push(way),
                Some(known) if chance(&known.1) < chance(&way.1) => *known = way,
                Some(_) => {}
            }
        }
    }
    best
}

/// The ways that count: those to what was stated; or, where there is none, those to losses whose size is assumed, and that it is so.
pub(super) fn counted<W>(
    mut ways: Vec<(EventId, W)>,
    beside: impl Fn(EventId) -> bool,
) -> (Vec<(EventId, W)>, bool) {
    let assumed = !ways.is_empty() && ways.iter().all(|(event, _)| beside(*event));
    if !assumed {
        ways.retain(|(event, _)| !beside(*event));
    }
    (ways, assumed)
}

/// The risk of a finding: its likelihood times the sum, over its ways, of the loss times the chance that everything else
/// uncertain on the way helps, each thing once. All its ways pass through it, so what is its own is a factor of them all.
pub(super) fn risk<A: Algebra>(
    algebra: &A,
    likelihood: A::Out,
    paths: impl IntoIterator<Item = A::Out>,
) -> A::Out {
    let passes = algebra.fold_all(
        Fold::Sum,
        "loss it opens the way to",
        || "over loss events, along the most probable path to each".into(),
        paths,
    );
    algebra.fold(Fold::Product, "risk", String::new, [likelihood, passes])
}

/// Whether what a variable is about is part of an exposure's own likelihood: the finding, its threat, or the relation.
pub(super) fn is_own(openings: &ExploitSteps, exposure: ExposureNumber, kind: VariableKind) -> bool {
    match (kind, exposure) {
        (VariableKind::Finding(other), ExposureNumber::Finding(n)) => other == n,
        (VariableKind::Threat(other), ExposureNumber::Finding(n)) => {
            openings.list.get(n as usize).is_some_and(|opening| opening.threat == Some(other))
        }
        (VariableKind::Relation(other), ExposureNumber::Relation(n)) => other == n,
        (_, _) => false,
    }
}
