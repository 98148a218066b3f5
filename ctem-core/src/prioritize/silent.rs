//! What has no effect, and is said so: nothing is lost in silence.

use super::context::{Context, OfNothing};
use crate::{
    attack::{MostProbablePaths, Rules, Snapshot},
    error::quoted,
    id::{AssetId, ControlId, FindingId, RelationId},
    model::{Accesses, AssetAccess, Control, Environment, Evidence, Note, NoteKind, RelationKind, Rule},
};
use std::collections::{BTreeMap, BTreeSet};

/// A note for everything that is stated and leads nowhere: names that nothing declares, relations that no rule speaks of, rules
/// that nothing matches, steps that need what nobody can come to hold, evidence of nothing or of a time to come, and controls that
/// stand before nothing.
pub(super) fn notes(
    environment: &Environment,
    rules: &Rules,
    snapshot: &Snapshot,
    falls: &MostProbablePaths,
    context: &Context<'_>,
) -> Vec<Note> {
    let mut reasons = without_rules(environment, rules);
    reasons.extend(undeclared(environment));
    reasons.extend(called_the_same(environment));
    reasons.extend(out_of_reach(environment, snapshot, falls));
    reasons.extend(evidence_of_nothing(environment, context));
    reasons.extend(before_nothing(environment));
    reasons.into_iter().map(|reason| Note::new(NoteKind::Ignored, "", reason)).collect()
}

/// Each control and asset that is spoken of and nowhere declared.
fn undeclared(environment: &Environment) -> Vec<String> {
    let guards = environment.facts().flat_map(|(_, fact, _)| &fact.controls);
    let tested = environment.evidence().filter_map(|evidence| evidence.control.as_ref());
    let entries = environment.entry_points().flat_map(|entry| &entry.controls);
    let all = guards.chain(tested).chain(entries);
    let controls: BTreeSet<&ControlId> =
        all.filter(|control| environment.control(control).is_none()).collect();
    let opened = environment.findings().filter_map(|finding| finding.exploit.as_ref()?.opens.as_ref());
    let opened: BTreeSet<&AssetId> = opened.filter(|asset| environment.number(asset).is_none()).collect();
    let note = |name: &str, what: &str| format!("{} is nowhere declared: {what}", quoted(name));
    let controls =
        controls.into_iter().map(|control| note(control.as_str(), "as a control it has no effect"));
    let opened =
        opened.into_iter().map(|asset| note(asset.as_str(), "a finding that opens it opens its own asset"));
    controls.chain(opened).collect()
}

/// Each kind of relation that no rule speaks of, or none between assets of such kinds; and each rule of a document that no relation
/// matches.
fn without_rules(environment: &Environment, rules: &Rules) -> Vec<String> {
    let mut known: BTreeMap<&RelationKind, Vec<&Rule>> = BTreeMap::new();
    for rule in rules.list() {
        known.entry(&rule.relation).or_default().push(rule);
    }
    let mut silent: BTreeSet<&RelationKind> = BTreeSet::new();
    let mut between: BTreeMap<&RelationKind, usize> = BTreeMap::new();
    let mut idle: Vec<&Rule> = environment.rules().collect();
    for (from, fact, to) in environment.facts() {
        let (Some(from), Some(to)) = (environment.numbered(from), environment.numbered(to)) else { continue };
        idle.retain(|rule| !rule.applies(&fact.kind, from, to));
        // A record that says what it gives needs no rule.
        if !fact.step().1.is_empty() {
            continue;
        }
        match known.get(&fact.kind) {
            None => {
                silent.insert(&fact.kind);
            }
            Some(of_kind) if !of_kind.iter().any(|rule| rule.applies(&fact.kind, from, to)) => {
                *between.entry(&fact.kind).or_default() += 1;
            }
            Some(_) => {}
        }
    }
    let silent = silent
        .into_iter()
        .map(|kind| format!("no rule speaks of relations of kind `{kind}`: they have no effect"));
    let between = between.into_iter().map(|(kind, count)| {
        format!("no rule speaks of `{kind}` between assets of such kinds: {count} relations have no effect")
    });
    let idle = idle.into_iter();
    let idle =
        idle.map(|rule| format!("a rule for `{}` matches no relation: it has no effect", rule.relation));
    silent.chain(between).chain(idle).collect()
}

/// Names that several relations have.
fn called_the_same(environment: &Environment) -> Vec<String> {
    let mut names: BTreeMap<RelationId, usize> = BTreeMap::new();
    for relation in environment.facts().filter_map(|(_, fact, _)| fact.id()) {
        *names.entry(relation.clone()).or_default() += 1;
    }
    let several = names.into_iter().filter(|(_, count)| *count > 1);
    several
        .map(|(name, count)| {
            format!("{count} relations are called {}: the name finds one of them", quoted(name.as_str()))
        })
        .collect()
}

/// Evidence of what is no finding, and of what has not happened yet.
fn evidence_of_nothing(environment: &Environment, context: &Context<'_>) -> Vec<String> {
    let as_of = context.as_of;
    let is_later = |test: &&Evidence| test.at > as_of && !context.of_nothing.contains_key(&test.finding);
    let later = environment.evidence().filter(is_later).count();
    let tests = |count: usize| {
        if count == 1 { "1 test of it has".to_owned() } else { format!("{count} tests of it have") }
    };
    let reason = |(id, why): (&&FindingId, &OfNothing)| match *why {
        OfNothing::Unknown { tests: count } => {
            format!("{} is no finding: {} no effect", quoted(id.as_str()), tests(count))
        }
        OfNothing::Several { tests: count, findings } => {
            let name = quoted(id.as_str());
            format!(
                "{name} could be any of {findings} findings: {} no effect; name the finding",
                tests(count)
            )
        }
    };
    let mut reasons: Vec<String> = context.of_nothing.iter().map(reason).collect();
    if later > 0 {
        let are = if later == 1 { "1 test is".to_owned() } else { format!("{later} tests are") };
        reasons.push(format!("{are} of after {as_of}: as if not made yet"));
    }
    reasons
}

/// Controls that no relation and no entry point names, and that protect nothing that is there.
fn before_nothing(environment: &Environment) -> Vec<String> {
    let guards = environment.facts().flat_map(|(_, fact, _)| &fact.controls);
    let named: BTreeSet<&ControlId> =
        guards.chain(environment.entry_points().flat_map(|entry| &entry.controls)).collect();
    let idle = |control: &&Control| {
        !named.contains(&control.id)
            && control.covers.is_none()
            && !control.protects.iter().any(|asset| environment.number(asset).is_some())
    };
    let idle = environment.controls().filter(idle);
    idle.map(|control| format!("{} stands before nothing: it has no effect", quoted(control.id.as_str())))
        .collect()
}

/// Each stated step that needs what nobody can come to hold.
fn out_of_reach(environment: &Environment, snapshot: &Snapshot, falls: &MostProbablePaths) -> Vec<String> {
    let missing = |held: &&AssetAccess| {
        let Some(asset) = environment.asset(&held.asset) else { return true };
        let state = snapshot.state_of(environment, &asset.id, held.access.of(&asset.kind));
        state.is_none_or(|state| falls.chance(state).get() <= 0.0)
    };
    let says = |name: &str, held: &AssetAccess| {
        format!("{} needs {held}, which nobody can come to hold: it leads nowhere", quoted(name))
    };
    let mut reasons = Vec::new();
    for (number, (_, fact, _)) in environment.numbered_facts() {
        if let Some(held) = fact.step().0.iter().find(missing)
            && let Some(related) = environment.related(number)
        {
            reasons.push(says(related.name().as_str(), held));
        }
    }
    for finding in environment.findings().filter(|finding| finding.status.is_open()) {
        let needs = finding.exploit.as_ref().and_then(|exploit| exploit.needs.as_ref());
        let held = needs.map_or(&[][..], Accesses::list).iter().find(missing);
        if let (Some(held), Some(id)) = (held, &finding.id) {
            reasons.push(says(id.as_str(), held));
        }
    }
    reasons.sort();
    reasons
}
