//! Rules as records: what relations of a kind let an attacker do.

use super::{Access, Asset, AssetKind, RelationKind, Technique, step::MOST_ACCESSES};
use crate::error::{Error, Result, quoted};
use serde::{Deserialize, Serialize};

/// One rule: a relation of this kind, between assets of these kinds, is a step from its premises to its conclusion.
///
/// ```
/// use ctem_core::{attack::Rules, model::{Access, AssetKind, End, Premise, RelationKind, Rule}};
///
/// // Whoever owns a hypervisor owns the hosts it keeps: our own kind of relation.
/// let owner = |end| Premise::new(end, Access::Control);
/// let rule = Rule {
///     to: vec![AssetKind::Host],
///     technique: Some("T1611".parse()?),
///     ..Rule::new("keeps".parse()?, [owner(End::From)], owner(End::To))
/// };
/// let mut rules = Rules::default();
/// rules.add(rule.clone())?;
/// assert_eq!(rules.list().last(), Some(&rule));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// The kind of relation.
    pub relation: RelationKind,
    /// The kinds of asset it must come from; any, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<AssetKind>,
    /// The kinds of asset it must lead to; any, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<AssetKind>,
    /// The kinds of asset it must not come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_from: Vec<AssetKind>,
    /// The kinds of asset it must not lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_to: Vec<AssetKind>,
    /// What must hold of the labels of its ends, all of it.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What the attacker must have, all of it.
    pub premises: Vec<Premise>,
    /// What the attacker gets.
    pub conclusion: Premise,
    /// The ATT&CK technique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    /// What takes such relations away, or what they let an attacker do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Box<str>>,
}

impl Rule {
    /// A rule for assets of any kind, without a technique.
    ///
    /// ```
    /// use ctem_core::model::{Access, End, Premise, RelationKind, Rule};
    ///
    /// let rule = Rule::new(RelationKind::Reads, [Premise::new(End::From, Access::Use)], Premise::new(End::To, Access::Use));
    /// // It holds between assets of any kind.
    /// assert!(rule.from.is_empty() && rule.to.is_empty());
    /// ```
    pub fn new(relation: RelationKind, premises: impl Into<Vec<Premise>>, conclusion: Premise) -> Self {
        Self {
            relation,
            from: Vec::new(),
            to: Vec::new(),
            not_from: Vec::new(),
            not_to: Vec::new(),
            conditions: Vec::new(),
            premises: premises.into(),
            conclusion,
            technique: None,
            advice: None,
        }
    }

    pub(crate) fn applies(&self, relation: &RelationKind, from: &Asset, to: &Asset) -> bool {
        let is = |kinds: &[AssetKind], not: &[AssetKind], kind| {
            (kinds.is_empty() || kinds.contains(kind)) && !not.contains(kind)
        };
        self.relation == *relation
            && is(&self.from, &self.not_from, &from.kind)
            && is(&self.to, &self.not_to, &to.kind)
            && self.conditions.iter().all(|condition| {
                condition.holds(match condition.end {
                    End::From => from,
                    End::To => to,
                })
            })
    }

    pub(crate) fn from(mut self, kinds: &[AssetKind]) -> Self {
        self.from = kinds.to_vec();
        self
    }

    pub(crate) fn to(mut self, kinds: &[AssetKind]) -> Self {
        self.to = kinds.to_vec();
        self
    }

    pub(crate) fn not_from(mut self, kinds: &[AssetKind]) -> Self {
        self.not_from = kinds.to_vec();
        self
    }

    pub(crate) fn not_to(mut self, kinds: &[AssetKind]) -> Self {
        self.not_to = kinds.to_vec();
        self
    }

    /// Checks that it needs something, and not too much.
    ///
    /// # Errors
    /// `invalid_input` when it has no premise, or more than eight.
    pub(crate) fn check(&self) -> Result<()> {
        match self.premises.len() {
            1..=MOST_ACCESSES => Ok(()),
            count => Err(Error::invalid(format!(
                "a rule for {} has {count} premises: it must have 1 to {MOST_ACCESSES}",
                quoted(self.relation.name())
            ))
            .at("/premises")),
        }
    }
}

/// What a rule asks of an end: a label with one of some values.
///
/// ```
/// use ctem_core::model::{Asset, AssetKind, Condition, End};
///
/// let computer = Asset { labels: [("signing".into(), "off".into())].into(), ..Asset::new("srv-1".parse()?, AssetKind::Host) };
/// let relayed = Condition { end: End::To, label: "signing".into(), is: vec!["off".into()] };
/// assert!(relayed.holds(&computer));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Condition {
    /// Which end.
    pub end: End,
    /// The label of the asset.
    pub label: Box<str>,
    /// The values that do; any value, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<Box<str>>,
}

impl Condition {
    /// Whether it holds of an asset.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Condition, End};
    ///
    /// let any = Condition { end: End::From, label: "spn".into(), is: Vec::new() };
    /// assert!(!any.holds(&Asset::new("alice".parse()?, AssetKind::Identity)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn holds(&self, asset: &Asset) -> bool {
        asset.labels.get(&self.label).is_some_and(|value| self.is.is_empty() || self.is.contains(value))
    }
}

/// An access to one end of a relation.
///
/// ```
/// use ctem_core::{attack::Rules, model::{Access, End, Premise, RelationKind}};
///
/// // A right to administer a machine is worth something only with a way to it.
/// let rules = Rules::default();
/// let administers = rules.list().iter().find(|rule| rule.relation == RelationKind::Administers).expect("there is one");
/// assert_eq!(administers.premises, [Premise::new(End::From, Access::Use), Premise::new(End::To, Access::Reach)]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Premise {
    /// Which end.
    pub end: End,
    /// The access.
    pub access: Access,
}

impl Premise {
    /// An access to an end.
    ///
    /// ```
    /// use ctem_core::model::{Access, End, Premise};
    ///
    /// let premise = Premise::new(End::From, Access::Use);
    /// assert_eq!((premise.end, premise.access), (End::From, Access::Use));
    /// ```
    pub fn new(end: End, access: Access) -> Self {
        Self { end, access }
    }
}

/// An end of a relation.
///
/// ```
/// use ctem_core::{attack::Rules, model::{Access, End, Premise, RelationKind}};
///
/// // A workload runs on a host: who owns the host, to which the relation leads, owns the workload.
/// let rules = Rules::default();
/// let runs_on = rules.list().iter().find(|rule| rule.relation == RelationKind::RunsOn).expect("there is one");
/// assert_eq!(runs_on.premises, [Premise::new(End::To, Access::Control)]);
/// assert_eq!(runs_on.conclusion, Premise::new(End::From, Access::Control));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The asset the relation comes from.
    From,
    /// The asset it leads to.
    To,
}
