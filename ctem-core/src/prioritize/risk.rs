//! The risk of a finding, along the most probable path through it to each loss event.

use super::{
    exposure_id::ExposureNumber,
    term::{Algebra, Fold},
};
use crate::attack::{
    EventId, ExploitSteps, Halves, MostProbablePaths, Snapshot, Step, VariableId, VariableKind, Way, Witness,
};
use crate::quantity::Probability;

/// The most probable path through each of some steps to each loss event: of several steps the more probable. A path through what an
/// event does not need, since it surely happens, is none.
pub(super) fn ways(
    snapshot: &Snapshot,
    falls: &MostProbablePaths,
    steps: &[Step],
    mut through: impl FnMut(Step) -> Vec<(EventId, Way)>,
) -> Vec<(EventId, Way)> {
    let is_needed = |(event, way): &(EventId, Way)| {
        let surely = snapshot.event(*event).is_some_and(|state| falls.chance(state) == Probability::ONE);
        !surely || way.chance(snapshot) == Probability::ONE
    };
    let [first, others @ ..] = steps else { return Vec::new() };
    // Those of one step lead to an event each. There are millions of them, and they are not copied.
    let mut best = through(*first);
    best.retain(is_needed);
    for step in others {
        for way in through(*step).into_iter().filter(is_needed) {
            match best.iter_mut().find(|(known, _)| *known == way.0) {
                None => best.push(way),
                Some(known) if known.1.chance(snapshot) < way.1.chance(snapshot) => *known = way,
                Some(_) => {}
            }
        }
    }
    best
}

/// The ways that count: those to what was stated; or, where there is none, those to losses whose size is assumed, and that it is so.
pub(super) fn counted(
    mut ways: Vec<(EventId, Way)>,
    beside: impl Fn(EventId) -> bool,
) -> (Vec<(EventId, Way)>, bool) {
    let assumed = !ways.is_empty() && ways.iter().all(|(event, _)| beside(*event));
    if !assumed {
        ways.retain(|(event, _)| !beside(*event));
    }
    (ways, assumed)
}

/// The risk of a finding: its likelihood times the sum, over its ways, of the loss times the chance that everything else
/// uncertain on the way helps, each thing once. All its ways pass through it, so what is its own is a factor of them all. Of a long way
/// `halves` says what is before the finding and what is after it.
pub(super) fn risk<A: Algebra>(
    algebra: &A,
    ways: &[(EventId, Way)],
    likelihood: A::Out,
    other: impl Fn(VariableId) -> Option<A::Out>,
    halves: impl Fn(&Witness, &Halves) -> [A::Out; 2],
    event: impl Fn(EventId) -> (A::Out, String),
) -> A::Out {
    let paths = ways.iter().map(|(at, Way { witness, halves: folded })| {
        let (loss, name) = event(*at);
        if let Some(folded) = folded {
            let [before, after] = halves(witness, folded);
            return algebra.fold(Fold::Product, "path", || name, [before, after, loss]);
        }
        let others = witness.variables.iter().filter_map(|at| other(*at));
        algebra.fold_all(Fold::Product, "path", || name, others.chain([loss]))
    });
    let passes = algebra.fold_all(
        Fold::Sum,
        "loss it opens the way to",
        || "over loss events, along the most probable path to each".into(),
        paths,
    );
    algebra.fold(Fold::Product, "risk", String::new, [likelihood, passes])
}

/// Whether a variable is part of a finding's own likelihood: the finding's, or that of its threat.
pub(super) fn is_own(
    snapshot: &Snapshot,
    openings: &ExploitSteps,
    exposure: ExposureNumber,
    variable: VariableId,
) -> bool {
    match (snapshot.variable(variable).map(|variable| variable.kind), exposure) {
        (Some(VariableKind::Finding(other)), ExposureNumber::Finding(n)) => other == n,
        (Some(VariableKind::Threat(other)), ExposureNumber::Finding(n)) => {
            openings.list.get(n as usize).is_some_and(|opening| opening.threat == Some(other))
        }
        (Some(VariableKind::Relation(other)), ExposureNumber::Relation(n)) => other == n,
        (Some(_) | None, _) => false,
    }
}
