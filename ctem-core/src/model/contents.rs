use super::{Asset, Control, EntryPoint, Evidence, Finding, Owner, Refusal, Relation, Rule, Service};
use serde::{Deserialize, Serialize};

/// Lists of everything an environment can hold: the body of the native document, and what a report brings.
///
/// ```
/// use ctem_core::{Environment, model::{Asset, AssetKind, Contents, Relation, RelationKind}};
///
/// let contents = Contents {
///     assets: vec![
///         Asset::new("web-1".parse()?, AssetKind::Host),
///         Asset::new("orders".parse()?, AssetKind::DataStore),
///     ],
///     relations: vec![Relation::new("web-1".parse()?, RelationKind::Reads, "orders".parse()?)],
///     ..Contents::default()
/// };
/// assert_eq!(Environment::try_from(contents)?.relation_count(), 1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Contents {
    /// What there is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<Asset>,
    /// How it connects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What it is for, and how that can hurt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// Where attackers start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entry_points: Vec<EntryPoint>,
    /// Who mends it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
    /// What stands in an attacker's way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    /// What tests showed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What relations let an attacker do, besides what the engine knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What people were suggested to state, and did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
}

impl Contents {
    /// Adds one record to its list.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Contents};
    ///
    /// let mut contents = Contents::default();
    /// contents.push(Asset::new("web-1".parse()?, AssetKind::Host).into());
    /// assert_eq!((contents.len(), contents.assets.len()), (1, 1));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn push(&mut self, record: Record) {
        match record {
            Record::Asset(asset) => self.assets.push(asset),
            Record::Relation(relation) => self.relations.push(*relation),
            Record::Finding(finding) => self.findings.push(*finding),
            Record::Service(service) => self.services.push(service),
            Record::EntryPoint(entry_point) => self.entry_points.push(entry_point),
            Record::Owner(owner) => self.owners.push(owner),
            Record::Control(control) => self.controls.push(control),
            Record::Evidence(evidence) => self.evidence.push(evidence),
            Record::Rule(rule) => self.rules.push(*rule),
            Record::Refusal(refusal) => self.refusals.push(refusal),
        }
    }

    /// The records, one by one, in the order of the lists.
    pub(crate) fn into_records(self) -> impl Iterator<Item = Record> {
        let Self { assets, relations, findings, services, entry_points, owners, .. } = self;
        let Self { controls, evidence, rules, refusals, .. } = self;
        fn all<T: Into<Record>>(list: Vec<T>) -> impl Iterator<Item = Record> {
            list.into_iter().map(Into::into)
        }
        all(assets)
            .chain(all(relations))
            .chain(all(findings))
            .chain(all(services))
            .chain(all(entry_points))
            .chain(all(owners))
            .chain(all(controls))
            .chain(all(evidence))
            .chain(all(rules))
            .chain(all(refusals))
    }

    /// How many records there are.
    ///
    /// ```
    /// use ctem_core::{discover, wire};
    ///
    /// // Of every sort together: assets, relations, findings and all the rest.
    /// let report = discover::read(wire::EXAMPLE.as_bytes())?;
    /// assert_eq!(report.contents.len() as u64, report.tally.accepted);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.assets.len()
            + self.relations.len()
            + self.findings.len()
            + self.services.len()
            + self.entry_points.len()
            + self.owners.len()
            + self.controls.len()
            + self.evidence.len()
            + self.rules.len()
            + self.refusals.len()
    }

    /// Whether there is none.
    ///
    /// ```
    /// use ctem_core::model::{Contents, Owner};
    ///
    /// let mut contents = Contents::default();
    /// assert!(contents.is_empty());
    /// contents.push(Owner::new("web".parse()?).into());
    /// assert!(!contents.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

macro_rules! records {
    ($($name:ident),+) => {$(
        impl From<$name> for Record {
            fn from(record: $name) -> Self {
                Self::$name(record.into())
            }
        }
    )+};
}

records!(Asset, Relation, Finding, Service, EntryPoint, Owner, Control, Evidence, Rule, Refusal);

/// One record, as on a line of the native document's NDJSON form: `{"asset": {…}}`.
///
/// ```
/// use ctem_core::{model::{Asset, AssetKind, Record}, wire};
///
/// // A line for a file that is read back record by record.
/// let record = Record::from(Asset::new("web-1".parse()?, AssetKind::Host));
/// assert_eq!(wire::json(&record)?, r#"{"asset":{"id":"web-1","kind":"host"}}"#);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// Something there is.
    Asset(Asset),
    /// A fact between two assets.
    Relation(Box<Relation>),
    /// Something wrong.
    Finding(Box<Finding>),
    /// Something the business does.
    Service(Service),
    /// Somewhere an attacker starts.
    EntryPoint(EntryPoint),
    /// Someone who mends things.
    Owner(Owner),
    /// Something in an attacker's way.
    Control(Control),
    /// What a test showed.
    Evidence(Evidence),
    /// What relations of a kind let an attacker do.
    Rule(Box<Rule>),
    /// What a person was suggested, and refused.
    Refusal(Refusal),
}
