//! The risk of a finding, along the most probable path through it to each loss event.

use super::term::{Algebra, Fold};
use crate::attack::{
    BestPathsToLosses, EventId, ExploitSteps, Snapshot, Tracer, VariableId, VariableKind, Witness,
};

/// The most probable ways through a finding, each to a loss event, by the event's number; the most costly first.
pub(super) fn ways(
    snapshot: &Snapshot,
    onward: &BestPathsToLosses,
    tracer: &mut Tracer<'_>,
    finding: usize,
) -> Vec<(EventId, Witness)> {
    let step = snapshot.exploit_step(finding);
    let Some((step, state)) = step.and_then(|step| Some((step, snapshot.conclusion(step)?))) else {
        return Vec::new();
    };
    let events: Vec<EventId> = onward.events(state).map(|(event, _)| event).collect();
    let ways = tracer.through_each(step, &events);
    events.into_iter().zip(ways).filter_map(|(event, way)| Some((event, way?))).collect()
}

/// The risk of a finding: its likelihood times the sum, over its ways, of the loss times the chance that everything else
/// uncertain on the way helps, each thing once. All its ways pass through it, so what is its own is a factor of them all.
pub(super) fn risk<A: Algebra>(
    algebra: &A,
    ways: &[(EventId, Witness)],
    likelihood: A::Out,
    other: impl Fn(VariableId) -> Option<A::Out>,
    event: impl Fn(EventId) -> (A::Out, String),
) -> A::Out {
    let paths = ways.iter().map(|(at, witness)| {
        let (loss, name) = event(*at);
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
pub(super) fn is_own(snapshot: &Snapshot, openings: &ExploitSteps, n: u32, variable: VariableId) -> bool {
    match snapshot.variable(variable).map(|variable| variable.kind) {
        Some(VariableKind::Finding(other)) => other == n,
        Some(VariableKind::Threat(other)) => {
            openings.list.get(n as usize).is_some_and(|opening| opening.threat == Some(other))
        }
        Some(_) | None => false,
    }
}
