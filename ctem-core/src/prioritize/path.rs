//! Attack paths: hop by hop, what an attacker does and what it gives.

use crate::{
    id::{FindingId, LossEventId, RelationId},
    model::{Access, Attacker, RelationKind, Technique, WeaknessKind},
    quantity::{Loss, Probability},
};
use serde::{Deserialize, Serialize};
/// An attack path: from where an attacker starts to a loss, hop by hop.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::PathOptions;
///
/// // Step by step, for the people who must believe it.
/// let paths = today.paths(&"leak".parse()?, &PathOptions::default())?.list;
/// assert_eq!(paths[0].to_string().lines().nth(2), Some("  2. uses the setting open-admin (T1190 Exploit Public-Facing Application) → uses web shop, 50 %"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "attack path")]
#[doc(alias = "kill chain")]
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
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::PathOptions;
///
/// // Which techniques should detection look for?
/// let paths = today.paths(&"theft".parse()?, &PathOptions::default())?.list;
/// let techniques = paths[0].hops.iter().filter_map(|hop| hop.technique).map(|technique| technique.to_string());
/// assert_eq!(techniques.collect::<Vec<_>>(), ["T1190", "T1046", "T1190"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hop {
    /// What must be held before; nothing at the start.
    pub from: Vec<Foothold>,
    /// What is held after; nothing for a loss event.
    pub to: Option<Foothold>,
    /// What the attacker does.
    pub action: AttackerAction,
    /// The ATT&CK technique.
    pub technique: Option<Technique>,
    /// The chance of this hop, once what it needs is held.
    pub chance: Probability,
}

impl Hop {
    /// The finding it uses, if it uses one.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::PathOptions;
    ///
    /// let paths = today.paths(&"theft".parse()?, &PathOptions::default())?.list;
    /// let findings = paths[0].hops.iter().filter_map(|hop| hop.finding()).map(|id| id.as_str());
    /// assert_eq!(findings.collect::<Vec<_>>(), ["f-1", "f-3"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn finding(&self) -> Option<&FindingId> {
        match &self.action {
            AttackerAction::Exploit { finding, .. } => Some(finding),
            AttackerAction::Start(_)
            | AttackerAction::Unplaced
            | AttackerAction::Relation { .. }
            | AttackerAction::LogOn
            | AttackerAction::Loss { .. } => None,
        }
    }

    /// The relation it uses, where that may be taken away.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::PathOptions;
    ///
    /// // What the shop reads and reaches is what it is for.
    /// let paths = today.paths(&"theft".parse()?, &PathOptions::default())?.list;
    /// assert!(paths[0].hops.iter().all(|hop| hop.relation().is_none()));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn relation(&self) -> Option<&RelationId> {
        match &self.action {
            AttackerAction::Relation { relation, .. } => relation.as_ref(),
            _ => None,
        }
    }
}

/// What an attacker does in a hop.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{AttackerAction, PathOptions};
///
/// // Which connections does an attacker need?
/// let paths = today.paths(&"theft".parse()?, &PathOptions::default())?.list;
/// let relations = paths[0].hops.iter().filter_map(|hop| match &hop.action {
///     AttackerAction::Relation { kind, .. } => Some(kind.name()),
///     _ => None,
/// });
/// assert_eq!(relations.collect::<Vec<_>>(), ["reaches"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttackerAction {
    /// Starts at an entry point.
    Start(Attacker),
    /// Reaches an asset of which nobody said where it stands: an assumption.
    Unplaced,
    /// Uses a relation.
    Relation {
        /// Its kind.
        kind: RelationKind,
        /// Its id, where it may be taken away.
        relation: Option<RelationId>,
    },
    /// Logs on with the first factor of an identity, past whatever guards it.
    LogOn,
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
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // What does an attacker hold, one after the other?
/// let theft = &today.loss_events()[1];
/// let held = theft.path.iter().flat_map(|path| &path.hops).filter_map(|hop| hop.to.as_ref());
/// assert_eq!(held.last().map(|held| &*held.asset), Some("vault"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Foothold {
    /// The asset's name for people.
    pub asset: Box<str>,
    /// The access.
    pub access: Access,
}
