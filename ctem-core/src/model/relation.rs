use super::{AssetAccess, Technique, step};
use crate::{
    error::Result,
    id::{AssetId, ControlId, RelationId},
    quantity::Probability,
    word::word_enum,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A directed fact between two assets.
///
/// ```
/// use ctem_core::model::{AssetKind, Environment, Relation, RelationKind};
///
/// // The shop reaches the vault through a gate.
/// let way = Relation {
///     controls: vec!["gate".parse()?],
///     ..Relation::new("shop".parse()?, RelationKind::Reaches, "vault".parse()?)
/// };
/// let environment =
///     Environment::builder().asset("shop", AssetKind::Host).asset("vault", AssetKind::Host).record(way.clone()).build()?;
/// assert_eq!(environment.relations().collect::<Vec<_>>(), [way]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Relation {
    /// Its name. Where none is stated it is called by what it is: `staff reads orders`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RelationId>,
    /// What the fact is.
    pub kind: RelationKind,
    /// The asset that reaches, runs, reads, ….
    pub from: AssetId,
    /// The asset it does so to.
    pub to: AssetId,
    /// Controls an attacker must get past to use it; one failure of the weakest is not enough, all must fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<ControlId>,
    /// Whether it may be taken away. Where nothing is stated, all may but those of structure: see [`RelationKind::is_structure`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removable: Option<bool>,
    /// What taking it away costs, at least 0, in the unit of all costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// What an attacker needs to use it, all of it. Where nothing is stated, as the rules for its kind say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<AssetAccess>,
    /// What an attacker gets by it, all of it. Where nothing is stated, as the rules for its kind say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<AssetAccess>,
    /// The ATT&CK technique, where it is another than the rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    /// The chance that it can be used by who has what it needs. Surely, where nothing is stated. 0 says that it is known not to be there:
    /// where the last right to log on to a machine was taken away, nobody has one, while without a record nobody knows who has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<Probability>,
    /// What it is, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
}

impl Relation {
    /// A relation of which nothing else is stated.
    ///
    /// ```
    /// use ctem_core::model::{Relation, RelationKind};
    ///
    /// // Behind a second factor.
    /// let relation = Relation {
    ///     controls: vec!["mfa".parse()?],
    ///     ..Relation::new("admins".parse()?, RelationKind::CanAssume, "root".parse()?)
    /// };
    /// assert_eq!(relation.kind.name(), "can_assume");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(from: AssetId, kind: RelationKind, to: AssetId) -> Self {
        Self {
            id: None,
            kind,
            from,
            to,
            controls: Vec::new(),
            removable: None,
            cost: None,
            needs: Vec::new(),
            gives: Vec::new(),
            technique: None,
            chance: None,
            title: None,
        }
    }

    /// Checks its lists and its cost.
    ///
    /// # Errors
    /// `invalid_input` for a list of more than eight, or a cost that is none.
    pub(crate) fn check(&self) -> Result<()> {
        step::check(&self.needs, "needs")?;
        step::check(&self.gives, "gives")?;
        step::check_cost(self.cost)
    }

    /// Whether it may be taken away to stop an attacker: as stated, or by its kind.
    ///
    /// ```
    /// use ctem_core::model::{Relation, RelationKind};
    ///
    /// let between = |kind| Ok::<_, ctem_core::Error>(Relation::new("web-1".parse()?, kind, "host-7".parse()?));
    /// assert!(between(RelationKind::Reaches)?.is_removable());
    /// assert!(!between(RelationKind::RunsOn)?.is_removable());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_removable(&self) -> bool {
        self.removable.unwrap_or(!self.kind.is_structure())
    }

    /// Its name: as stated, or by what it is.
    ///
    /// ```
    /// use ctem_core::model::{Relation, RelationKind};
    ///
    /// let relation = Relation::new("staff".parse()?, RelationKind::Reads, "orders".parse()?);
    /// assert_eq!(relation.name().as_str(), "staff reads orders");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn name(&self) -> RelationId {
        self.id.clone().unwrap_or_else(|| self.what())
    }

    /// What it is called where nothing is stated: by its ends, kind and step.
    pub(crate) fn what(&self) -> RelationId {
        named_by(&self.from, &self.kind, &self.to, &self.needs, &self.gives)
    }
}

/// What a relation is called by what it is.
pub(super) fn named_by(
    from: &AssetId,
    kind: &RelationKind,
    to: &AssetId,
    needs: &[AssetAccess],
    gives: &[AssetAccess],
) -> RelationId {
    let mut name = format!("{from} {kind} {to}");
    if !needs.is_empty() || !gives.is_empty() {
        // Several steps may lead from one asset to another.
        let list = |list: &[AssetAccess]| {
            let list: BTreeSet<&AssetAccess> = list.iter().collect();
            list.into_iter().map(|one| format!("\0{one}")).collect::<String>()
        };
        let step = Sha256::digest(format!("{}\0\0{}", list(needs), list(gives)));
        let digits = step.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
        name.push_str(&format!(" #{digits}"));
    }
    RelationId::fitting(name)
}

impl RelationKind {
    /// Whether relations of this kind say how things are built, rather than what somebody was allowed: such a fact is not taken
    /// away to stop an attacker, unless its record says that it may be.
    ///
    /// ```
    /// use ctem_core::model::RelationKind;
    ///
    /// assert!(RelationKind::Contains.is_structure() && !RelationKind::MemberOf.is_structure());
    /// ```
    pub const fn is_structure(&self) -> bool {
        matches!(
            self,
            Self::RunsOn | Self::Contains | Self::LiesIn | Self::Builds | Self::InstanceOf | Self::DependsOn
        )
    }
}

word_enum! {
    /// What a relation says of its two assets.
    RelationKind {
        /// Network traffic can pass from one to the other.
        Reaches = "reaches",
        /// A workload runs on a host.
        RunsOn = "runs_on",
        /// An identity or group belongs to a group.
        MemberOf = "member_of",
        /// An identity, or a workload that carries one, can act as another.
        CanAssume = "can_assume",
        /// An identity or group may do anything on an asset it can reach.
        Administers = "administers",
        /// Data can be read.
        Reads = "reads",
        /// Data or code can be changed.
        Writes = "writes",
        /// A pipeline or repository produces what the other runs.
        Builds = "builds",
        /// A host keeps a session, token or key of an identity.
        HoldsSessionOf = "holds_session_of",
        /// A realm has what is in it: who controls the realm controls that.
        Contains = "contains",
        /// An asset stands in a network zone, beside all else that stands there.
        LiesIn = "lies_in",
        /// An identity or group may log on, as an ordinary user: RDP, SSH, VPN, a web application.
        LogsOnTo = "logs_on_to",
        /// An identity may do anything on an asset through a control plane, which needs no network path to it: a cloud's console,
        /// device management, a hypervisor, a backup or an endpoint agent's console. Where it comes from the console itself, a machine
        /// or application, it is for whoever controls that: most who log on there operate nothing.
        Operates = "operates",
        /// Code in a workload gets out to the machine below.
        EscapesTo = "escapes_to",
        /// A credential lies on an asset, for whoever reads it.
        Stores = "stores",
        /// A credential is that of an identity.
        Opens = "opens",
        /// A workload runs this image.
        InstanceOf = "instance_of",
        /// An asset is down when another is.
        DependsOn = "depends_on",
    }
}
