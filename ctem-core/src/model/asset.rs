use super::Identifier;
use crate::id::{AssetId, OwnerId};
use crate::word::{word_enum, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Anything an attacker can hold or a business can lose.
///
/// ```
/// use ctem_core::model::{Asset, AssetKind, Environment};
///
/// // The inventory knows it by its name and a scanner by its address: both mean this one.
/// let web = Asset {
///     aliases: vec!["192.0.2.7".parse()?],
///     labels: [("room".into(), "4.12".into())].into(),
///     ..Asset::new("web-1".parse()?, AssetKind::Host)
/// };
/// let environment = Environment::builder().record(web.clone()).build()?;
/// assert_eq!(environment.asset(&"192.0.2.7".parse()?), Some(&web));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Asset {
    /// The name everything else refers to it by.
    pub id: AssetId,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// A name for people, when the id is not one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Other names tools know it by: an image digest, an IP address, a cloud resource name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AssetId>,
    /// What tools saw it go by: names that need not be its alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Assets that it is not, whatever they share with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distinct_from: Vec<AssetId>,
    /// Who mends what is found on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerId>,
    /// How much it matters where no loss event says so in money. Unknown is not unimportant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<Criticality>,
    /// The organisation's own words about it, carried along and never interpreted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
}

impl Asset {
    /// Whether its directory says that it is switched off: nobody logs on as it or to it.
    pub(crate) fn is_switched_off(&self) -> bool {
        self.labels.get("enabled").is_some_and(|said| crate::word::flag(said) == Some(false))
    }

    /// An asset of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Criticality};
    ///
    /// let orders = Asset {
    ///     name: Some("the orders".into()),
    ///     criticality: Some(Criticality::CrownJewel),
    ///     ..Asset::new("orders".parse()?, AssetKind::DataStore)
    /// };
    /// assert_eq!(orders.title(), "the orders");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: AssetId, kind: AssetKind) -> Self {
        Self {
            id,
            kind,
            name: None,
            aliases: Vec::new(),
            identifiers: Vec::new(),
            distinct_from: Vec::new(),
            owner: None,
            criticality: None,
            labels: BTreeMap::new(),
        }
    }

    /// The name for people, or else the id.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind};
    ///
    /// assert_eq!(Asset::new("web-1".parse()?, AssetKind::Host).title(), "web-1");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}

word_enum! {
    /// What sort of thing an asset is.
    AssetKind {
        /// A machine, real or virtual.
        Host = "host",
        /// A container, pod or service process that runs on something.
        Workload = "workload",
        /// A serverless function.
        Function = "function",
        /// A source repository.
        Repository = "repository",
        /// A database, bucket or file share.
        DataStore = "data_store",
        /// A user, role, service account or key.
        Identity = "identity",
        /// A set of identities.
        Group = "group",
        /// A part of the network, the internet included.
        NetworkZone = "network_zone",
        /// What contains and governs others: a domain, forest, tenant, subscription, account, project, cluster, namespace.
        Realm = "realm",
        /// One secret, wherever it lies: changing it is one action.
        Credential = "credential",
        /// A container or machine image, which workloads and hosts are started from.
        Image = "image",
        /// A web application or service of others that people log on to.
        Application = "application",
        /// What builds and releases: a workflow, a job.
        Pipeline = "pipeline",
    }
}

/// How much an asset matters, in tiers a factor of four apart: crown-jewel units of 1, ¼, 1/16 and 1/64.
///
/// The steps are geometric because importance is: four medium assets weigh as much as one high one, and no number of
/// shuffled ordinals pretends otherwise.
///
/// ```
/// use ctem_core::model::Criticality;
///
/// // An inventory's words, and how they compare.
/// assert_eq!("Critical".parse::<Criticality>()?, Criticality::CrownJewel);
/// assert!(Criticality::High > Criticality::Medium);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criticality {
    /// 1/64 of a crown jewel.
    Low,
    /// 1/16 of a crown jewel.
    Medium,
    /// A quarter of a crown jewel.
    High,
    /// What the business cannot lose.
    CrownJewel,
}

words! {
    Criticality, "a criticality" {
        Low = "low",
        Medium = "medium",
        High = "high",
        CrownJewel = "crown_jewel" | "critical",
    }
}

impl Criticality {
    /// The tier's weight in crown-jewel units.
    ///
    /// ```
    /// use ctem_core::model::Criticality;
    ///
    /// // How many medium assets weigh as much as a crown jewel?
    /// assert_eq!(Criticality::CrownJewel.units() / Criticality::Medium.units(), 16.0);
    /// ```
    pub const fn units(self) -> f64 {
        match self {
            Self::Low => 1.0 / 64.0,
            Self::Medium => 1.0 / 16.0,
            Self::High => 1.0 / 4.0,
            Self::CrownJewel => 1.0,
        }
    }
}
