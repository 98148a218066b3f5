//! Attack paths as people and programs read them.

use crate::{
    attack::Technique,
    id::{FindingId, LossEventId},
    model::Access,
    quantity::{Loss, Probability},
};
use serde::Serialize;
/// An attack path: from where an attacker starts to a loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hop {
    /// What must be held before; nothing at the start.
    pub from: Vec<Foothold>,
    /// What is held after; nothing for a loss event.
    pub to: Option<Foothold>,
    /// What the attacker does, in words.
    pub how: Box<str>,
    /// The ATT&CK technique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    /// The finding it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingId>,
    /// The chance of this hop, once what it needs is held.
    pub chance: Probability,
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
