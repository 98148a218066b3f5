//! Two statements of one thing: one holds, and where they contradict each other a note has both, with who stated them.

use super::{Place, merge::tidy};
use crate::{
    error::quoted,
    model::{
        Asset, Control, EntryPoint, Identifier, Note, NoteKind, Owner,
        provenance::{Aspect, Provenance, Stated, Subject},
        selector::AssetSelector,
    },
};
use std::fmt::Display;

/// Which of two values holds, whatever the order they come in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Holds {
    Smaller,
    Larger,
}

/// Takes a second statement about a known subject.
pub(super) struct Weighing<'a> {
    pub(super) subject: Subject,
    /// What the subject is called in a note.
    pub(super) title: &'a str,
    /// Who makes the second statement.
    pub(super) by: Stated,
    pub(super) provenance: &'a mut Provenance,
    pub(super) notes: &'a mut Vec<Note>,
    /// Where the second statement stands.
    pub(super) place: Place,
}

impl Weighing<'_> {
    /// One value of two, one of which may be missing.
    pub(super) fn either<T: Ord>(
        &mut self,
        aspect: impl Into<Aspect>,
        holds: Holds,
        known: &mut Option<T>,
        other: Option<T>,
        spelled: impl Fn(&T) -> String,
    ) {
        let Some(other) = other else { return };
        let aspect = aspect.into();
        match known {
            None => {
                self.take(aspect);
                *known = Some(other);
            }
            Some(known) => self.one(aspect, holds, known, other, spelled),
        }
    }

    /// One value of two.
    pub(super) fn one<T: Ord>(
        &mut self,
        aspect: impl Into<Aspect>,
        holds: Holds,
        known: &mut T,
        other: T,
        spelled: impl Fn(&T) -> String,
    ) {
        if *known == other {
            return;
        }
        let aspect = aspect.into();
        let before = self.provenance.stated(&self.subject).map_or(0, |stated| stated.of(&aspect));
        let said = [(&*known, before), (&other, self.by.of(&aspect))].map(|(value, report)| {
            format!("{} by {}", quoted(&spelled(value)), self.provenance.name(report))
        });
        if (other < *known) == (holds == Holds::Smaller) {
            *known = other;
            self.take(aspect.clone());
        }
        let [first, second] = said;
        let note = Note::new(
            NoteKind::Conflict,
            self.place,
            format!(
                "the {aspect} of {} is {first} and {second}: {} is used",
                quoted(self.title),
                quoted(&spelled(known))
            ),
        );
        note.add(self.notes);
    }

    /// The second statement's value holds.
    pub(super) fn take(&mut self, aspect: Aspect) {
        let report = self.by.of(&aspect);
        if self.provenance.stated(&self.subject).map(|stated| stated.of(&aspect)) != Some(report) {
            self.provenance.replace(&self.subject, aspect, report);
        }
    }
}

/// A value as it is written.
fn spelled<T: Display>(value: &T) -> String {
    value.to_string()
}

/// Takes what else is said of an asset. Its lists are tidied once all is said: a report may say of one asset one name after the other.
pub(super) fn asset(known: &mut Asset, other: Asset, weighing: &mut Weighing<'_>) {
    known.aliases.extend(other.aliases.into_iter().chain([other.id]).filter(|alias| *alias != known.id));
    known.identifiers.extend(other.identifiers);
    known.distinct_from.extend(other.distinct_from);
    let undeclared = super::undeclared();
    if known.kind == undeclared && other.kind != undeclared {
        known.kind = other.kind;
        weighing.take("kind".into());
    } else if other.kind != undeclared {
        weighing.one("kind", Holds::Smaller, &mut known.kind, other.kind, spelled);
    }
    // What a tool calls a machine by its address or card is no other name than a person's.
    let seen_as = |name: &str| known.identifiers.iter().any(|one| one.value.eq_ignore_ascii_case(name));
    let same = known.name == other.name;
    match (known.name.as_deref().map(seen_as), other.name.as_deref().map(seen_as)) {
        _ if same => {}
        (Some(false), Some(true)) => {}
        (Some(true), Some(false)) => known.name = other.name,
        (Some(true), Some(true)) => known.name = known.name.take().min(other.name),
        _ => weighing.either("name", Holds::Smaller, &mut known.name, other.name, spelled),
    }
    weighing.either("owner", Holds::Smaller, &mut known.owner, other.owner, spelled);
    weighing.either("criticality", Holds::Larger, &mut known.criticality, other.criticality, spelled);
    for (label, value) in other.labels {
        let aspect = || format!("label {label}");
        match known.labels.get_mut(&label) {
            Some(known) if *known == value => {}
            Some(known) => weighing.one(aspect(), Holds::Smaller, known, value, spelled),
            None => {
                weighing.take(aspect().into());
                known.labels.insert(label, value);
            }
        }
    }
}

pub(super) fn tidy_asset(asset: &mut Asset) {
    tidy(&mut asset.aliases);
    Identifier::tidy(&mut asset.identifiers);
    tidy(&mut asset.distinct_from);
}

/// The likelier start holds; of equally likely attackers, the first in their order.
pub(super) fn entry_point(known: &mut EntryPoint, other: &EntryPoint, weighing: &mut Weighing<'_>) {
    weighing.one("chance", Holds::Larger, &mut known.chance, other.chance, spelled);
    weighing.one("attacker", Holds::Smaller, &mut known.attacker, other.attacker, spelled);
}

pub(super) fn owner(known: &mut Owner, other: Owner, weighing: &mut Weighing<'_>) {
    weighing.either("name", Holds::Smaller, &mut known.name, other.name, spelled);
    weighing.either("contact", Holds::Smaller, &mut known.contact, other.contact, spelled);
}

/// Takes what else is said of a control. What it protects and covers is tidied once all is said.
pub(super) fn control(known: &mut Control, other: Control, weighing: &mut Weighing<'_>) {
    weighing.either("name", Holds::Smaller, &mut known.name, other.name, spelled);
    known.protects.extend(other.protects);
    known.covers = covered(known.covers.take(), other.covers);
    // A control is trusted no further than its most doubtful source trusts it.
    weighing.either("strength", Holds::Smaller, &mut known.stops, other.stops, spelled);
    // So it stops no more and stands before no more than each source that says so.
    narrowed("techniques", &mut known.against, other.against, weighing);
    narrowed("places of attackers", &mut known.before, other.before, weighing);
    // Tests go on, so that later numbers are larger: no contradiction.
    known.blocked = known.blocked.max(other.blocked);
    known.bypassed = known.bypassed.max(other.bypassed);
}

/// What two sources say that a control covers: what either says, as of the assets that they name. Tidied once all is said.
fn covered(known: Option<AssetSelector>, other: Option<AssetSelector>) -> Option<AssetSelector> {
    match (known, other) {
        (Some(known), Some(other)) if known != other => {
            let of = |one| match one {
                AssetSelector::Any(of) => of,
                one => vec![one],
            };
            let mut both = of(known);
            both.extend(of(other));
            Some(AssetSelector::Any(both))
        }
        (known, other) => known.or(other),
    }
}

/// Puts what several sources say that a control covers in one order, whichever came first.
pub(super) fn tidy_covers(control: &mut Control) {
    if let Some(AssetSelector::Any(several)) = &mut control.covers {
        several.sort_by_cached_key(ToString::to_string);
        several.dedup();
    }
}

/// What of two lists of which an empty one says nothing and any other leaves the rest out.
fn narrowed<T: Ord + Display>(
    aspect: &'static str,
    known: &mut Vec<T>,
    mut other: Vec<T>,
    weighing: &mut Weighing<'_>,
) {
    tidy(&mut other);
    if known.is_empty() && !other.is_empty() {
        weighing.take(aspect.into());
        *known = other;
    } else if !other.is_empty() {
        let listed = |list: &Vec<T>| list.iter().map(T::to_string).collect::<Vec<_>>().join(", ");
        weighing.one(aspect, Holds::Smaller, known, other, listed);
    }
}

pub(super) fn service_name(
    known: &mut Option<Box<str>>,
    other: Option<Box<str>>,
    weighing: &mut Weighing<'_>,
) {
    weighing.either("name", Holds::Smaller, known, other, spelled);
}
