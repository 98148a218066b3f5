//! What has no effect, and is said so: nothing is lost in silence.

use super::context::{Context, OfNothing};
use crate::{
    attack::{Asking, MostProbablePaths, Rules, Snapshot, VariableKind},
    error::quoted,
    id::{AssetId, ControlId, FindingId, RelationId},
    model::{
        Access, Accesses, AssetAccess, AssetKind, Control, End, Environment, Evidence, Note, NoteKind,
        RelationKind, Rule,
    },
    quantity::Probability,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A note for everything that is stated and leads nowhere: names that nothing declares, relations that no rule speaks of, rules
/// that nothing matches, steps that need what nobody can come to hold, evidence of nothing or of a time to come, and controls that
/// stand before nothing. And one for every control that stops less than is stated. It asks on the way whether to go on: where it is ended,
/// some are missing.
pub(super) fn notes(
    environment: &Environment,
    rules: &Rules,
    snapshot: &Snapshot,
    falls: &MostProbablePaths,
    context: &Context<'_>,
    asking: &Asking<'_>,
) -> Vec<Note> {
    let mut notes = without_rules(environment, rules, asking);
    notes.extend(undeclared(environment, asking));
    notes.extend(called_the_same(environment, asking));
    notes.extend(out_of_reach(environment, rules, snapshot, falls, asking));
    let unplaced = evidence_of_nothing(environment, context, asking);
    notes.extend(unplaced.into_iter().map(|reason| ignored("", reason)));
    notes.extend(before_nothing(environment, asking));
    notes.extend(before_nobody(environment, snapshot));
    notes.extend(moved(environment, context, asking));
    let circles = environment.circles();
    notes.extend(circles.with_first(environment).into_iter().map(|(circle, first)| {
        let place = Place::of("relations", first.as_ref().map_or("", RelationId::as_str));
        Note::new(NoteKind::Conflict, place, circle.reason())
    }));
    notes
}

pub(super) fn ignored(place: impl fmt::Display, reason: impl fmt::Display) -> Note {
    Note::new(NoteKind::Ignored, place, reason)
}

/// Where something is said: in which list, and by the name of the record, since an environment comes of several documents.
pub(super) struct Place<'a> {
    list: &'a str,
    name: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(list: &'a str, name: &'a str) -> Self {
        Self { list, name }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.list, self.name.replace('~', "~0").replace('/', "~1"))
    }
}

/// Each control and asset that is spoken of and nowhere declared.
fn undeclared(environment: &Environment, asking: &Asking<'_>) -> Vec<Note> {
    let facts = environment.facts().take_while(|_| asking.goes_on());
    let guards = facts.flat_map(|(_, fact, _)| &fact.controls);
    let tested = environment.evidence().filter_map(|evidence| evidence.control.as_ref());
    let entries = environment.entry_points().flat_map(|entry| &entry.controls);
    let all = guards.chain(tested).chain(entries);
    let controls: BTreeSet<&ControlId> =
        all.filter(|control| environment.control(control).is_none()).collect();
    let opened = environment
        .findings()
        .take_while(|_| asking.goes_on())
        .filter_map(|finding| Some((finding.exploit.as_ref()?.opens.as_ref()?, finding.id.as_ref()?)));
    // By the asset, the first finding that opens it.
    let mut unknown: BTreeMap<&AssetId, &FindingId> = BTreeMap::new();
    for (asset, finding) in opened.filter(|(asset, _)| environment.number(asset).is_none()) {
        unknown.entry(asset).or_insert(finding);
    }
    let reason = |name: &str, what: &str| format!("{} is nowhere declared: {what}", quoted(name));
    let controls = controls.into_iter().map(|control| {
        let place = Place::of("controls", control.as_str());
        ignored(place, reason(control.as_str(), "as a control it has no effect"))
    });
    let opened = unknown.into_iter().map(|(asset, finding)| {
        let place = format!("{}/exploit/opens", Place::of("findings", finding.as_str()));
        ignored(place, reason(asset.as_str(), "a finding that opens it opens its own asset"))
    });
    controls.chain(opened).collect()
}

/// Each kind of relation that no rule speaks of, or none between assets of such kinds; and each rule of a document that no relation
/// matches.
fn without_rules(environment: &Environment, rules: &Rules, asking: &Asking<'_>) -> Vec<Note> {
    let mut known: BTreeMap<&RelationKind, Vec<&Rule>> = BTreeMap::new();
    for rule in rules.list() {
        known.entry(&rule.relation).or_default().push(rule);
    }
    let mut silent: BTreeMap<&RelationKind, RelationId> = BTreeMap::new();
    let mut between: BTreeMap<&RelationKind, (usize, RelationId)> = BTreeMap::new();
    let mut idle: Vec<&Rule> = environment.rules().collect();
    for (number, (from, fact, to)) in environment.numbered_facts().take_while(|_| asking.goes_on()) {
        let (Some(from), Some(to)) = (environment.numbered(from), environment.numbered(to)) else { continue };
        let Some(related) = environment.related(number) else { continue };
        idle.retain(|rule| !rule.applies(&fact.kind, from, to));
        // A record that says what it gives needs no rule.
        if !fact.step().1.is_empty() {
            continue;
        }
        match known.get(&fact.kind) {
            None => {
                let name = related.name();
                silent.entry(&fact.kind).and_modify(|first| earlier(first, &name)).or_insert(name);
            }
            Some(of_kind) if !of_kind.iter().any(|rule| rule.applies(&fact.kind, from, to)) => {
                let name = related.name();
                let (count, first) = between.entry(&fact.kind).or_insert_with(|| (0, name.clone()));
                *count += 1;
                earlier(first, &name);
            }
            Some(_) => {}
        }
    }
    let of = |first: &RelationId| Place::of("relations", first.as_str()).to_string();
    let silent = silent.into_iter().map(|(kind, first)| {
        let reason = format!("no rule speaks of relations of kind `{kind}`: they have no effect");
        ignored(of(&first), reason)
    });
    let between = between.into_iter().map(|(kind, (count, first))| {
        let reason = format!(
            "no rule speaks of `{kind}` between assets of such kinds: {count} relations have no effect"
        );
        ignored(of(&first), reason)
    });
    let idle = idle.into_iter().map(|rule| {
        let reason = format!("a rule for `{}` matches no relation: it has no effect", rule.relation);
        ignored(Place::of("rules", rule.relation.name()), reason)
    });
    silent.chain(between).chain(idle).collect()
}

fn earlier(first: &mut RelationId, name: &RelationId) {
    if name < first {
        *first = name.clone();
    }
}

/// Names that several relations have.
fn called_the_same(environment: &Environment, asking: &Asking<'_>) -> Vec<Note> {
    let mut names: BTreeMap<RelationId, usize> = BTreeMap::new();
    let facts = environment.facts().take_while(|_| asking.goes_on());
    for relation in facts.filter_map(|(_, fact, _)| fact.id()) {
        *names.entry(relation.clone()).or_default() += 1;
    }
    let several = names.into_iter().filter(|(_, count)| *count > 1);
    several
        .map(|(name, count)| {
            let named = quoted(name.as_str());
            let reason = format!("{count} relations are called {named}: the name finds one of them");
            ignored(Place::of("relations", name.as_str()), reason)
        })
        .collect()
}

/// Evidence of what is no finding, and of what has not happened yet.
fn evidence_of_nothing(environment: &Environment, context: &Context<'_>, asking: &Asking<'_>) -> Vec<String> {
    let as_of = context.as_of;
    let is_later = |test: &&Evidence| test.at > as_of && !context.of_nothing.contains_key(&test.finding);
    let later = environment.evidence().take_while(|_| asking.goes_on()).filter(is_later).count();
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
fn before_nothing(environment: &Environment, asking: &Asking<'_>) -> Vec<Note> {
    let facts = environment.facts().take_while(|_| asking.goes_on());
    let guards = facts.flat_map(|(_, fact, _)| &fact.controls);
    let named: BTreeSet<&ControlId> =
        guards.chain(environment.entry_points().flat_map(|entry| &entry.controls)).collect();
    let idle = |control: &&Control| {
        !named.contains(&control.id)
            && control.covers.is_none()
            && !control.protects.iter().any(|asset| environment.number(asset).is_some())
    };
    let idle = environment.controls().take_while(|_| asking.goes_on()).filter(idle);
    idle.map(|control| {
        let name = control.id.as_str();
        ignored(
            Place::of("controls", name),
            format!("{} stands before nothing: it has no effect", quoted(name)),
        )
    })
    .collect()
}

/// Controls that say whom they stand before, of which none comes by a step that they could stop: who is a member of a group comes as the
/// group, where that is what may log on.
fn before_nobody(environment: &Environment, snapshot: &Snapshot) -> Vec<Note> {
    let mut stands: BTreeSet<u32> = BTreeSet::new();
    stands.extend(snapshot.variables().iter().filter_map(|variable| match variable.kind {
        VariableKind::Control(n) => Some(n),
        _ => None,
    }));
    let protects = |control: &Control| {
        control.covers.is_some() || control.protects.iter().any(|asset| environment.number(asset).is_some())
    };
    let all = (0u32..).zip(environment.controls());
    let idle = all.filter(|(n, control)| {
        !control.before.is_empty()
            && !stands.contains(n)
            && control.effectiveness() > Probability::ZERO
            && protects(control)
    });
    idle.map(|(_, control)| {
        let name = control.id.as_str();
        let whom: Vec<String> = control.before.iter().take(MOST_NAMED).map(|asset| quoted(asset.as_str())).collect();
        let more = if control.before.len() > MOST_NAMED { ", …" } else { "" };
        let reason = format!(
            "{} stands before {}{more}, and nothing leads from there into what it protects that it stops: it has no effect; name what \
             the relations come from",
            quoted(name),
            whom.join(", ")
        );
        ignored(format!("{}/before", Place::of("controls", name)), reason)
    })
    .collect()
}

/// So many names a note has.
const MOST_NAMED: usize = 3;

/// A note of a relation from a zone that takes more than to be there: nobody runs code on a zone or acts as one, so it leads nowhere
/// wherever attackers stand.
fn from_nobody(
    environment: &Environment,
    rules: &Rules,
    number: usize,
    (from, to): (usize, usize),
    missing: &impl Fn(&&AssetAccess) -> bool,
) -> Option<Note> {
    let (source, target) = (environment.numbered(from)?, environment.numbered(to)?);
    if source.kind != AssetKind::NetworkZone {
        return None;
    }
    let related = environment.related(number)?;
    let applying = rules.list().iter().filter(|rule| rule.applies(&related.fact.kind, source, target));
    let needs_zone = |rule: &Rule| {
        let of_zone = rule.premises.iter().find(|premise| premise.end == End::From);
        of_zone.map(|premise| premise.access).filter(|access| *access != Access::Reach)
    };
    let needed: Vec<Option<Access>> = applying.map(needs_zone).collect();
    if needed.contains(&None) {
        return None;
    }
    let held = AssetAccess::new(source.id.clone(), needed.into_iter().flatten().next()?);
    missing(&&held).then(|| {
        let name = related.name();
        let reason = format!(
            "{} needs {held}, which nobody can come to hold: it leads nowhere; state what it `needs`, or an entry point",
            quoted(name.as_str())
        );
        ignored(Place::of("relations", name.as_str()), reason)
    })
}

/// Controls of which it is stated what they stop, and that were seen to stop less.
fn moved(environment: &Environment, context: &Context<'_>, asking: &Asking<'_>) -> Vec<Note> {
    let controls = (0u32..).zip(environment.controls()).zip(&context.failures);
    // They come in the order of the controls.
    let mut rest = context.failures_against.as_slice();
    let moved = controls.take_while(|_| asking.goes_on()).flat_map(|((n, control), fails)| {
        let (against, others) = rest.split_at(rest.partition_point(|failure| failure.control <= n));
        rest = others;
        let against = against.iter();
        let against = against.map(|failure| (format!("attempts by {}", failure.technique), failure.chance));
        let all = std::iter::once(("attempts".to_owned(), *fails)).chain(against);
        all.filter_map(move |(what, fails)| {
            let (stated, now) = (control.stops?, fails.complement());
            // Less by more than numbers are rounded by.
            (now.get() < stated.get() - 1e-9).then(|| {
                let name = control.id.as_str();
                let percent = |chance: Probability| (chance.get() * 1000.0).round() / 10.0;
                let reason = format!(
                    "{} is stated to stop {} % of {what}: what got past it makes that {} %",
                    quoted(name),
                    percent(stated),
                    percent(now)
                );
                let place = format!("{}/stops", Place::of("controls", name));
                Note::new(NoteKind::Assumed, place, reason)
            })
        })
    });
    moved.collect()
}

/// Each stated step that needs what nobody can come to hold.
fn out_of_reach(
    environment: &Environment,
    rules: &Rules,
    snapshot: &Snapshot,
    falls: &MostProbablePaths,
    asking: &Asking<'_>,
) -> Vec<Note> {
    let missing = |held: &&AssetAccess| {
        let Some(asset) = environment.asset(&held.asset) else { return true };
        let state = snapshot.state_of(environment, &asset.id, held.access.of(&asset.kind));
        state.is_none_or(|state| falls.chance(state).get() <= 0.0)
    };
    let says = |name: &str, (list, field): (&str, &str), (n, held): (usize, &AssetAccess)| {
        let place = format!("{}/{field}/{n}", Place::of(list, name));
        let named = quoted(name);
        ignored(place, format!("{named} needs {held}, which nobody can come to hold: it leads nowhere"))
    };
    let first = |list: &'_ [AssetAccess]| list.iter().position(|held| missing(&held));
    let mut notes = Vec::new();
    for (number, (from, fact, to)) in environment.numbered_facts().take_while(|_| asking.goes_on()) {
        let (needs, gives) = fact.step();
        if let Some(note) = from_nobody(environment, rules, number, (from, to), &missing) {
            // Where a record says what it gives, it says what it needs.
            notes.extend(Some(note).filter(|_| needs.is_empty() && gives.is_empty()));
        }
        if let Some(n) = first(needs)
            && let (Some(held), Some(related)) = (needs.get(n), environment.related(number))
        {
            notes.push(says(related.name().as_str(), ("relations", "needs"), (n, held)));
        }
    }
    let open = environment.findings().filter(|finding| finding.status.is_open());
    for finding in open.take_while(|_| asking.goes_on()) {
        let needs = finding.exploit.as_ref().and_then(|exploit| exploit.needs.as_ref());
        let needs = needs.map_or(&[][..], Accesses::list);
        if let (Some(n), Some(id)) = (first(needs), &finding.id)
            && let Some(held) = needs.get(n)
        {
            notes.push(says(id.as_str(), ("findings", "exploit/needs"), (n, held)));
        }
    }
    notes.sort_by(|a, b| (&a.reason, &a.place).cmp(&(&b.reason, &b.place)));
    notes
}
