//! Rules: what a relation lets an attacker do. They are data, so a relation kind of the user's own needs no new code.

use crate::{
    error::{Error, Result, quoted},
    model::{Access, AssetKind, RelationKind, Technique},
};
use serde::{Deserialize, Serialize};

/// The rules by which relations become steps.
///
/// The default rules are those of the engine; a list of one's own replaces them, or adds to them.
///
/// ```
/// use ctem_core::attack::{End, Premise, Rule, Rules};
/// use ctem_core::model::{Access, RelationKind};
///
/// // Whoever can use a badge reader's controller reaches the rooms behind it.
/// let mut rules = Rules::default();
/// rules.add(Rule::new("opens".parse()?, [Premise::new(End::From, Access::Use)], Premise::new(End::To, Access::Reach)))?;
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rules {
    list: Vec<Rule>,
}

/// One rule: a relation of this kind, between assets of these kinds, is a step from its premises to its conclusion.
///
/// ```
/// use ctem_core::attack::{End, Premise, Rule, Rules};
/// use ctem_core::model::{Access, AssetKind, RelationKind};
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The kind of relation.
    pub relation: RelationKind,
    /// The kinds of asset it must come from; any, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<AssetKind>,
    /// The kinds of asset it must lead to; any, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<AssetKind>,
    /// What the attacker must have, all of it.
    pub premises: Vec<Premise>,
    /// What the attacker gets.
    pub conclusion: Premise,
    /// The ATT&CK technique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
}

impl Rule {
    /// A rule for assets of any kind, without a technique.
    ///
    /// ```
    /// use ctem_core::attack::{End, Premise, Rule};
    /// use ctem_core::model::{Access, RelationKind};
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
            premises: premises.into(),
            conclusion,
            technique: None,
        }
    }

    pub(super) fn applies(&self, relation: &RelationKind, from: &AssetKind, to: &AssetKind) -> bool {
        self.relation == *relation
            && (self.from.is_empty() || self.from.contains(from))
            && (self.to.is_empty() || self.to.contains(to))
    }
}

/// An access to one end of a relation.
///
/// ```
/// use ctem_core::attack::{End, Premise, Rules};
/// use ctem_core::model::{Access, RelationKind};
///
/// // A right to administer a machine is worth something only with a way to it.
/// let rules = Rules::default();
/// let administers = rules.list().iter().find(|rule| rule.relation == RelationKind::Administers).expect("there is one");
/// assert_eq!(administers.premises, [Premise::new(End::From, Access::Use), Premise::new(End::To, Access::Reach)]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// use ctem_core::attack::{End, Premise};
    /// use ctem_core::model::Access;
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
/// use ctem_core::attack::{End, Premise, Rules};
/// use ctem_core::model::{Access, RelationKind};
///
/// // A workload runs on a host: who owns the host, to which the relation leads, owns the workload.
/// let rules = Rules::default();
/// let runs_on = rules.list().iter().find(|rule| rule.relation == RelationKind::RunsOn).expect("there is one");
/// assert_eq!(runs_on.premises, [Premise::new(End::To, Access::Control)]);
/// assert_eq!(runs_on.conclusion, Premise::new(End::From, Access::Control));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The asset the relation comes from.
    From,
    /// The asset it leads to.
    To,
}

impl Rules {
    /// No rules: no relation does anything.
    ///
    /// ```
    /// # use ctem_core::{Environment, Probability};
    /// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
    /// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
    /// # let environment = Environment::builder()
    /// #     .asset("shop", AssetKind::Host)
    /// #     .asset("orders", AssetKind::DataStore)
    /// #     .relation("shop", RelationKind::Reads, "orders")
    /// #     .entry_point("shop", Access::Reach, Attacker::Internet)
    /// #     .build()?;
    /// # let half = Probability::new(0.5)?;
    /// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
    /// // What stays when relations let nobody on? The entry point.
    /// let snapshot = compile(&environment, &Rules::none(), &ExploitSteps::default(), &[])?;
    /// assert_eq!(snapshot.step_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn none() -> Self {
        Self { list: Vec::new() }
    }

    /// Adds a rule.
    ///
    /// ```
    /// use ctem_core::attack::{End, Premise, Rule, Rules};
    /// use ctem_core::model::{Access, RelationKind};
    ///
    /// // Something an attacker gets for nothing is an entry point, not a rule.
    /// let free = Rule::new(RelationKind::Reads, Vec::<Premise>::new(), Premise::new(End::To, Access::Use));
    /// assert_eq!(Rules::none().add(free).unwrap_err().code(), "invalid_input");
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when it has no premise, or more than four.
    pub fn add(&mut self, rule: Rule) -> Result<()> {
        match rule.premises.len() {
            1..=4 => {
                self.list.push(rule);
                Ok(())
            }
            count => Err(Error::invalid(format!(
                "a rule for {} has {count} premises: it must have 1 to 4",
                quoted(rule.relation.name())
            ))),
        }
    }

    /// The rules, in the order they were added.
    ///
    /// ```
    /// use ctem_core::attack::Rules;
    ///
    /// // Which techniques does the engine know a relation for?
    /// let rules = Rules::default();
    /// let mut techniques = rules.list().iter().filter_map(|rule| rule.technique);
    /// assert!(techniques.any(|technique| technique.to_string() == "T1530"));
    /// ```
    pub fn list(&self) -> &[Rule] {
        &self.list
    }
}

impl Default for Rules {
    fn default() -> Self {
        use Access::{Control, Down, Reach, Use};
        use AssetKind as A;
        use End::{From, To};
        use RelationKind as R;

        let rule = |relation: R,
                    from: &[A],
                    to: &[A],
                    premises: &[(End, Access)],
                    conclusion: (End, Access),
                    technique: &str| Rule {
            relation,
            from: from.to_vec(),
            to: to.to_vec(),
            premises: premises.iter().map(|(end, access)| Premise::new(*end, *access)).collect(),
            conclusion: Premise::new(conclusion.0, conclusion.1),
            technique: Technique::of(technique),
        };
        let machines = [A::Host, A::Workload];
        let code = [A::Host, A::Workload, A::Function];
        let people = [A::Identity, A::Group];
        // Kinds that are administered through an interface of the platform, not by talking to the thing itself.
        let managed = [A::Function, A::Repository, A::DataStore, A::Identity, A::Group, A::NetworkZone];
        Self {
            list: vec![
                // Who is in a zone reaches what the zone reaches; from a machine one must first run something.
                rule(R::Reaches, &[A::NetworkZone], &[], &[(From, Reach)], (To, Reach), ""),
                rule(R::Reaches, &[], &[], &[(From, Use)], (To, Reach), "T1046"),
                // A host's owner owns what runs on it, and stopping it stops that; a workload talks to its host.
                rule(R::RunsOn, &[], &[], &[(To, Control)], (From, Control), "T1609"),
                rule(R::RunsOn, &[], &[], &[(To, Down)], (From, Down), ""),
                rule(R::RunsOn, &[], &[], &[(From, Use)], (To, Reach), ""),
                rule(R::MemberOf, &[], &[], &[(From, Use)], (To, Use), "T1078"),
                rule(R::CanAssume, &people, &[], &[(From, Use)], (To, Use), "T1078.004"),
                rule(R::CanAssume, &code, &[], &[(From, Use)], (To, Use), "T1552.005"),
                // A right to administer a machine is worth something only with a way to it.
                rule(R::Administers, &[], &machines, &[(From, Use), (To, Reach)], (To, Control), "T1021"),
                rule(R::Administers, &[], &managed, &[(From, Use)], (To, Control), "T1098"),
                rule(R::Reads, &[], &[], &[(From, Use)], (To, Use), "T1530"),
                rule(R::Writes, &[], &[], &[(From, Use)], (To, Control), "T1565"),
                rule(R::Builds, &[], &[], &[(From, Control)], (To, Control), "T1195.002"),
                rule(
                    R::HoldsSessionOf,
                    &[A::Workload, A::Function, A::Repository],
                    &[],
                    &[(From, Use)],
                    (To, Use),
                    "T1552.001",
                ),
                rule(R::HoldsSessionOf, &[], &[], &[(From, Control)], (To, Use), "T1003"),
            ],
        }
    }
}
