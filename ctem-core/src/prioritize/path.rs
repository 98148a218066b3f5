//! Attack paths: hop by hop, what an attacker does and what it gives.

use crate::{
    id::{FindingId, LossEventId},
    model::{Access, Attacker, RelationKind, Technique, WeaknessKind},
    quantity::{Loss, Probability},
};
use serde::Serialize;
/// An attack path: from where an attacker starts to a loss.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Path {
    /// The loss event it ends in.
    pub event: LossEventId,
    /// The event's name.
    pub name: Box<str>,
    /// What the event costs.
    pub loss: Loss,
    /// The chance of this path, exactly.
    pub chance: Probability,
    /// Its hops, in the order an attacker takes them.
    pub hops: Vec<Hop>,
}

/// One hop of a path.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hop {
    /// What must be held before; nothing at the start.
    pub from: Vec<Foothold>,
    /// What is held after; nothing for a loss event.
    pub to: Option<Foothold>,
    /// What the attacker does.
    pub action: Action,
    /// The ATT&CK technique.
    pub technique: Option<Technique>,
    /// The chance of this hop, once what it needs is held.
    pub chance: Probability,
}

impl Hop {
    /// The finding it uses, if it uses one.
    pub fn finding(&self) -> Option<&FindingId> {
        match &self.action {
            Action::Exploit { finding, .. } => Some(finding),
            Action::Start(_) | Action::Unplaced | Action::Relation(_) | Action::Loss { .. } => None,
        }
    }
}

/// What an attacker does in a hop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Starts at an entry point.
    Start(Attacker),
    /// Reaches an asset of which nobody said where it stands: an assumption.
    Unplaced,
    /// Uses a relation of this kind.
    Relation(RelationKind),
    /// Exploits a finding.
    Exploit {
        /// The finding.
        finding: FindingId,
        /// What sort of wrong it is.
        kind: WeaknessKind,
        /// The weakness's name: its id, or of a secret, whose id is a fingerprint, its title.
        weakness: Box<str>,
    },
    /// Makes a loss event happen.
    Loss {
        /// The event.
        event: LossEventId,
        /// Its name.
        name: Box<str>,
    },
}

/// An asset with an access.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Foothold {
    /// The asset's name for people.
    pub asset: Box<str>,
    /// The access.
    pub access: Access,
}
