//! Relations that take a way there, where there is none: said, so that a right nobody can use is not lost in silence.

use super::silent::{Place, ignored};
use crate::{
    attack::{Asking, MostProbablePaths, Rules, Snapshot},
    error::quoted,
    id::{AssetId, RelationId},
    model::{Access, Asset, End, Environment, Note, Premise, RelationKind, Rule},
};
use std::collections::BTreeMap;

/// A note a kind, for the relations that take a way to where they lead besides what an attacker may come to hold, where no way there is: whoever
/// may log on to a machine that nothing is said to reach never does.
pub(super) fn notes(
    environment: &Environment,
    rules: &Rules,
    snapshot: &Snapshot,
    falls: &MostProbablePaths,
    asking: &Asking<'_>,
) -> Vec<Note> {
    let way = |premise: &Premise| premise.end == End::To && premise.access == Access::Reach;
    let with_way: Vec<&Rule> =
        rules.list().iter().filter(|rule| rule.premises.len() > 1 && rule.premises.iter().any(way)).collect();
    let held = |asset: &Asset, access: Access| {
        let state = snapshot.state_of(environment, &asset.id, access.of(&asset.kind));
        state.is_some_and(|state| falls.chance(state).get() > 0.0)
    };
    let mut missing: BTreeMap<&RelationKind, (usize, RelationId, &AssetId)> = BTreeMap::new();
    for (number, (from, fact, to)) in environment.numbered_facts().take_while(|_| asking.goes_on()) {
        let (needs, gives) = fact.step();
        if !needs.is_empty() || !gives.is_empty() || fact.chance().get() <= 0.0 {
            continue;
        }
        let (Some(from), Some(to)) = (environment.numbered(from), environment.numbered(to)) else { continue };
        let applies = |rule: &&&Rule| rule.applies(&fact.kind, from, to);
        let Some(rule) = with_way.iter().find(applies) else { continue };
        let others = rule.premises.iter().filter(|premise| !way(premise));
        let mut others =
            others.map(|premise| (if premise.end == End::From { from } else { to }, premise.access));
        if !others.all(|(asset, access)| held(asset, access)) || held(to, Access::Reach) {
            continue;
        }
        let Some(name) = environment.related(number).map(|related| related.name()) else { continue };
        match missing.get_mut(&fact.kind) {
            None => _ = missing.insert(&fact.kind, (1, name, &to.id)),
            Some((count, first, at)) => {
                *count += 1;
                if name < *first {
                    (*first, *at) = (name, &to.id);
                }
            }
        }
    }
    let note = |(kind, (count, first, at)): (&RelationKind, (usize, RelationId, &AssetId))| {
        let lead = if count == 1 { "1 relation leads" } else { &format!("{count} relations lead") };
        let at = quoted(at.as_str());
        let reason = format!(
            "{lead} nowhere, since `{kind}` takes a way there too, and nothing an attacker may hold reaches {at}: state what does \
             (`reaches`, `lies_in`), or `operates` where it takes none"
        );
        ignored(Place::of("relations", first.as_str()), reason)
    };
    missing.into_iter().map(note).collect()
}
