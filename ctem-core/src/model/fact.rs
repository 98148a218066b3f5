//! Facts: what a relation says, as an environment keeps it.

use super::{Asset, AssetAccess, Relation, RelationKind, Technique, relation};
use crate::{
    id::{ControlId, RelationId},
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// What a relation says besides its two ends. Most relations have at most one control, and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) kind: RelationKind,
    pub(crate) controls: SmallVec<[ControlId; 1]>,
    pub(crate) more: Option<Box<More>>,
}

/// What few relations say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct More {
    pub(super) id: Option<RelationId>,
    pub(super) removable: Option<bool>,
    pub(super) cost: Option<f64>,
    pub(super) needs: Vec<AssetAccess>,
    pub(super) gives: Vec<AssetAccess>,
    pub(super) technique: Option<Technique>,
    pub(super) chance: Option<Probability>,
    pub(super) title: Option<Box<str>>,
}

impl Fact {
    /// What the relation needs and gives, where it says so: two steps between the same assets are two relations.
    pub(crate) fn step(&self) -> (&[AssetAccess], &[AssetAccess]) {
        self.more.as_ref().map_or((&[], &[]), |more| (&more.needs, &more.gives))
    }

    /// Its name, where one is stated.
    pub(crate) fn id(&self) -> Option<&RelationId> {
        self.more.as_ref()?.id.as_ref()
    }

    /// The chance that it can be used; surely where nothing is stated.
    pub(crate) fn chance(&self) -> Probability {
        self.more.as_ref().and_then(|more| more.chance).unwrap_or(Probability::ONE)
    }

    /// The technique, where it is stated.
    pub(crate) fn technique(&self) -> Option<Technique> {
        self.more.as_ref()?.technique
    }

    /// What taking it away costs, where that is stated.
    pub(crate) fn cost(&self) -> Option<f64> {
        self.more.as_ref()?.cost
    }

    /// Whether it may be taken away.
    pub(crate) fn is_removable(&self) -> bool {
        let stated = self.more.as_ref().and_then(|more| more.removable);
        stated.unwrap_or(!self.kind.is_structure())
    }
}

impl More {
    /// What a relation says besides its ends, kind and controls; none when it says nothing.
    pub(super) fn of(relation: &Relation) -> Option<Box<Self>> {
        let sorted = |list: &[AssetAccess]| {
            let list: BTreeSet<&AssetAccess> = list.iter().collect();
            list.into_iter().cloned().collect()
        };
        let more = Self {
            id: relation.id.clone(),
            removable: relation.removable,
            cost: relation.cost,
            needs: sorted(&relation.needs),
            gives: sorted(&relation.gives),
            technique: relation.technique,
            chance: relation.chance,
            title: relation.title.clone(),
        };
        (more != Self::default()).then(|| Box::new(more))
    }

    /// Adds what another statement of the same relation says. Where they differ, the one that is worse for the defender holds.
    pub(super) fn merge(known: &mut Option<Box<Self>>, other: Option<Box<Self>>) {
        let Some(other) = other else { return };
        let Some(known) = known else {
            *known = Some(other);
            return;
        };
        fn smaller<T: PartialOrd>(a: &mut Option<T>, b: Option<T>) {
            if b.is_some() && (a.is_none() || b < *a) {
                *a = b;
            }
        }
        let Self { id, removable, cost, technique, chance, title, .. } = *other;
        smaller(&mut known.id, id);
        smaller(&mut known.removable, removable);
        known.cost = known.cost.into_iter().chain(cost).reduce(f64::max);
        smaller(&mut known.technique, technique);
        known.chance = known.chance.max(chance);
        smaller(&mut known.title, title);
    }
}

/// A relation with its two ends, as they stand in an environment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Related<'a> {
    pub(crate) from: &'a Asset,
    pub(crate) fact: &'a Fact,
    pub(crate) to: &'a Asset,
}

impl Related<'_> {
    /// Its name: as stated, or by what it is.
    pub(crate) fn name(&self) -> RelationId {
        self.fact.id().cloned().unwrap_or_else(|| self.what())
    }

    /// What it is called where nothing is stated.
    pub(crate) fn what(&self) -> RelationId {
        let (needs, gives) = self.fact.step();
        relation::named_by(&self.from.id, &self.fact.kind, &self.to.id, needs, gives)
    }

    /// What it is, in words: as stated, or by its ends.
    pub(crate) fn title(&self) -> String {
        let stated = self.fact.more.as_ref().and_then(|more| more.title.as_deref());
        let kind = self.fact.kind.name().replace('_', " ");
        stated.map_or_else(|| format!("{} {kind} {}", self.from.title(), self.to.title()), str::to_owned)
    }

    /// The record of it.
    pub(crate) fn record(&self) -> Relation {
        let mut relation = Relation::new(self.from.id.clone(), self.fact.kind.clone(), self.to.id.clone());
        relation.controls = self.fact.controls.to_vec();
        if let Some(more) = &self.fact.more {
            let More { id, removable, cost, needs, gives, technique, chance, title } = (**more).clone();
            relation = Relation { id, removable, cost, needs, gives, technique, chance, title, ..relation };
        }
        relation
    }
}
