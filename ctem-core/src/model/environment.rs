//! The environment: everything all sources said, as one graph of assets with what is wrong, what guards and what hurts.

use super::{
    Access, Asset, AssetAccess, Contents, Control, EntryPoint, Evidence, Finding, Merge, Owner, Refusal,
    Relation, RelationKind, Rule, Service, Status,
};
use super::{
    Outcome,
    fact::{Fact, More, Related},
    names::Names,
    provenance::{Provenance, Report, Stated, Subject},
};
use crate::{
    id::{AssetId, ControlId, FindingId, LossEventId, OwnerId, RelationId, ServiceId},
    quantity::{Probability, Unit},
    shared::{List, Table},
    time::Moment,
};
use hashbrown::{DefaultHashBuilder, HashTable};
use petgraph::{
    Direction,
    stable_graph::{EdgeIndex, EdgeReference, NodeIndex, StableDiGraph},
    visit::{EdgeRef, IntoEdgeReferences},
};
use smallvec::SmallVec;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry},
    hash::BuildHasher,
    sync::Arc,
};

/// All that is known of an organisation: assets and how they connect, findings, services, entry points, owners,
/// controls and evidence.
///
/// It grows by absorbing reports ([`absorb`](crate::discover::absorb)), reads and writes as the native
/// document's [`Contents`], and the order in which things were absorbed never shows: every list comes out sorted.
///
/// Memory: about 250 bytes an asset, 60 a relation and 600 a finding, besides their text.
///
/// ```
/// use ctem_core::model::{AssetKind, Environment, RelationKind};
///
/// let environment = Environment::builder()
///     .asset("web-1", AssetKind::Host)
///     .asset("orders", AssetKind::DataStore)
///     .relation("web-1", RelationKind::Reads, "orders");
/// // The same facts in another order are the same environment.
/// let other = Environment::builder()
///     .relation("web-1", RelationKind::Reads, "orders")
///     .asset("orders", AssetKind::DataStore)
///     .asset("web-1", AssetKind::Host);
/// assert_eq!(environment.build()?.contents(), other.build()?.contents());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// All of it is shared with what the environment was before, as far as it stays as it was: so a copy costs little.
    graph: Arc<StableDiGraph<Arc<Asset>, Fact>>,
    /// Asset ids and aliases, to the asset that has them.
    assets_by_id: Arc<HashTable<NodeIndex>>,
    assets_by_alias: Arc<HashMap<AssetId, NodeIndex>>,
    facts: Arc<HashTable<EdgeIndex>>,
    findings: List<Arc<Keyed>>,
    findings_by_key: Table<u128, u32>,
    findings_by_id: Table<FindingId, u32>,
    /// Names a finding went by, or would have, while less was known of its asset and its weakness: by key, since two may have had one.
    findings_by_former_id: Table<FindingId, u128>,
    /// Whether anything was concluded of a finding, so that it may speak of others.
    pub(crate) concluded: bool,
    pub(crate) services: Arc<BTreeMap<ServiceId, Service>>,
    pub(crate) entry_points: Arc<BTreeMap<(AssetId, Access), EntryPoint>>,
    pub(crate) owners: Arc<BTreeMap<OwnerId, Owner>>,
    pub(crate) controls: Arc<BTreeMap<ControlId, Control>>,
    evidence: Arc<BTreeMap<EvidenceKey, Evidence>>,
    /// What relations let an attacker do, besides what the engine knows.
    pub(crate) rules: Arc<BTreeSet<Rule>>,
    /// What people were suggested to state and did not, of assets by the names they called them.
    pub(crate) refusals: Arc<BTreeSet<Refusal>>,
    /// Which service has which loss event, and which report stated it.
    pub(crate) services_by_event: Arc<HashMap<LossEventId, (ServiceId, Report)>>,
    /// In what losses are counted, once one is stated; and how many parts all triggers are unfolded to.
    pub(crate) unit: Option<Unit>,
    pub(crate) trigger_parts: usize,
    /// Which names mean one thing.
    pub(crate) names: Names,
    /// What was stated of assets that are taken for one, each by itself, so that they can part again.
    pub(crate) apart: Option<Box<Environment>>,
    /// Which report stated what.
    pub(crate) provenance: Provenance,
    hasher: DefaultHashBuilder,
}

/// What makes two pieces of evidence one: the finding, the method, the moment, the outcome and the control.
type EvidenceKey = (FindingId, Box<str>, Moment, Outcome, Option<ControlId>);

/// A finding and its key: the 128 bits that are equal for the same weakness in the same component of the same asset.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    key: u128,
    pub(crate) finding: Finding,
    /// What sources see of it, where any looked: its status without what was concluded.
    pub(crate) seen: Option<Status>,
    /// What was stated of it, one for each name of the weakness, where a source used another than it goes by: should the names
    /// turn out to mean two weaknesses, these part again. Empty where all sources used the one name.
    pub(crate) stated: Vec<Finding>,
}

impl Environment {
    /// An environment of which nothing is known.
    ///
    /// ```
    /// use ctem_core::Environment;
    ///
    /// assert!(Environment::new().contents().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// The asset of this name, be it its id or an alias.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Environment};
    ///
    /// let web = Asset { aliases: vec!["192.0.2.7".parse()?], ..Asset::new("web-1".parse()?, AssetKind::Host) };
    /// let environment = Environment::builder().record(web).build()?;
    /// assert_eq!(environment.asset(&"192.0.2.7".parse()?).map(|asset| asset.id.as_str()), Some("web-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn asset(&self, name: &AssetId) -> Option<&Asset> {
        self.node(name).and_then(|node| self.graph.node_weight(node)).map(|asset| &**asset)
    }

    /// All assets, by id.
    ///
    /// ```
    /// use ctem_core::model::{Access, AssetKind, Attacker, Environment, RelationKind};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .asset("orders", AssetKind::DataStore)
    ///     .relation("web-1", RelationKind::Reads, "orders")
    ///     .entry_point("web-1", Access::Reach, Attacker::Internet)
    ///     .build()?;
    /// assert_eq!(environment.assets().map(|asset| asset.id.as_str()).collect::<Vec<_>>(), ["orders", "web-1"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn assets(&self) -> impl Iterator<Item = &Asset> {
        let mut assets: Vec<&Asset> = self.graph.node_weights().map(|asset| &**asset).collect();
        assets.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        assets.into_iter()
    }

    /// How many assets there are.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Environment};
    ///
    /// // A machine under two names is one asset.
    /// let web = Asset { aliases: vec!["192.0.2.7".parse()?], ..Asset::new("web-1".parse()?, AssetKind::Host) };
    /// assert_eq!(Environment::builder().record(web).asset("192.0.2.7", AssetKind::Host).build()?.asset_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn asset_count(&self) -> usize {
        self.graph.node_count()
    }

    /// The names that are taken to mean one asset because of what tools saw them as, each with the reason, by name. What sources
    /// state as other names of an asset is no conclusion, and not among them.
    ///
    /// Whoever knows better states that two are one by `aliases`, or that they are not by `distinct_from`.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Environment, Identifier, IdentifierKind};
    ///
    /// let seen = |name: &str| -> ctem_core::Result<Asset> {
    ///     let identifiers = vec![Identifier::new(IdentifierKind::Mac, "00:1b:63:84:45:e6")];
    ///     Ok(Asset { identifiers, ..Asset::new(name.parse()?, AssetKind::Host) })
    /// };
    /// let (web, scan) = (seen("web-1")?, seen("10.0.0.5")?);
    /// let merged = Environment::builder().record(web.clone()).record(scan.clone()).build()?;
    /// assert_eq!((merged.asset_count(), merged.merges().count()), (1, 1));
    ///
    /// // The card was moved from one to the other.
    /// let scan = Asset { distinct_from: vec!["web-1".parse()?], ..scan };
    /// let parted = Environment::builder().record(web).record(scan).build()?;
    /// assert_eq!((parted.asset_count(), parted.merges().count()), (2, 0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn merges(&self) -> impl Iterator<Item = &Merge> {
        self.names.merges().values()
    }

    /// All relations, by their ends and kind.
    ///
    /// ```
    /// use ctem_core::model::{Access, AssetKind, Attacker, Environment, RelationKind};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .asset("orders", AssetKind::DataStore)
    ///     .relation("web-1", RelationKind::Reads, "orders")
    ///     .entry_point("web-1", Access::Reach, Attacker::Internet)
    ///     .build()?;
    /// assert!(environment.relations().all(|relation| relation.kind == RelationKind::Reads));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn relations(&self) -> impl Iterator<Item = Relation> + '_ {
        let mut edges: Vec<_> = self.graph.edge_references().collect();
        edges.sort_unstable_by(|a, b| self.order(a.id()).cmp(&self.order(b.id())));
        edges.into_iter().filter_map(|edge| {
            let (from, to) = (self.graph.node_weight(edge.source())?, self.graph.node_weight(edge.target())?);
            Some(Related { from, fact: edge.weight(), to }.record())
        })
    }

    /// How many relations there are.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, RelationKind};
    ///
    /// // Said by two tools, it is one fact.
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .asset("orders", AssetKind::DataStore)
    ///     .relation("web-1", RelationKind::Reads, "orders")
    ///     .relation("web-1", RelationKind::Reads, "orders")
    ///     .build()?;
    /// assert_eq!(environment.relation_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn relation_count(&self) -> usize {
        self.graph.edge_count()
    }

    /// The finding of this name, be it one that it went by before its asset or its weakness was known by others.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, Weakness, WeaknessKind};
    ///
    /// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).finding("f-1", "web-1", weakness).build()?;
    /// // Where is it, and is there one of another name?
    /// assert_eq!(environment.finding(&"f-1".parse()?).map(|finding| finding.asset.as_str()), Some("web-1"));
    /// assert!(environment.finding(&"f-2".parse()?).is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn finding(&self, id: &FindingId) -> Option<&Finding> {
        let former = || self.findings_by_key.get(self.findings_by_former_id.get(id)?);
        let at = *self.findings_by_id.get(id).or_else(former)?;
        self.findings.get(at as usize).map(|keyed| &keyed.finding)
    }

    /// All findings, in the order of their ids.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, Weakness, WeaknessKind};
    ///
    /// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).finding("f-1", "web-1", weakness).build()?;
    /// let open = environment.findings().filter(|finding| finding.status.is_open());
    /// assert_eq!(open.count(), environment.finding_count());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let mut findings: Vec<_> = self.findings.iter().map(|keyed| &keyed.finding).collect();
        findings.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        findings.into_iter()
    }

    /// How many findings there are.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, Finding, Weakness, WeaknessKind};
    ///
    /// // What two scans both saw counts once.
    /// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let seen = Finding::new("web-1".parse()?, weakness);
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).record(seen.clone()).record(seen).build()?;
    /// assert_eq!(environment.finding_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn finding_count(&self) -> usize {
        self.findings.len()
    }

    /// All services, by id.
    ///
    /// ```
    /// use ctem_core::{Loss, model::{Access, AssetKind, Environment, LossSize}};
    ///
    /// let million = LossSize::known(Loss::new(1e6, "EUR".parse()?)?);
    /// let environment = Environment::builder()
    ///     .asset("orders", AssetKind::DataStore)
    ///     .loss("sales", "orders leak", million, "orders", Access::Use)
    ///     .build()?;
    /// // What can each service lose?
    /// let losses: Vec<_> = environment.services().flat_map(|service| &service.loss_events).map(|event| event.title()).collect();
    /// assert_eq!(losses, ["orders leak"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values()
    }

    /// All entry points, by asset and access.
    ///
    /// ```
    /// use ctem_core::model::{Access, AssetKind, Attacker, Environment, RelationKind};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .asset("orders", AssetKind::DataStore)
    ///     .relation("web-1", RelationKind::Reads, "orders")
    ///     .entry_point("web-1", Access::Reach, Attacker::Internet)
    ///     .build()?;
    /// assert_eq!(environment.entry_points().next().map(|entry| entry.asset.as_str()), Some("web-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn entry_points(&self) -> impl Iterator<Item = &EntryPoint> {
        self.entry_points.values()
    }

    /// The owner of this name.
    ///
    /// ```
    /// use ctem_core::model::{Asset, AssetKind, Environment, Owner};
    ///
    /// let environment = Environment::builder()
    ///     .record(Owner { contact: Some("web@shop.example".into()), ..Owner::new("web".parse()?) })
    ///     .record(Asset { owner: Some("web".parse()?), ..Asset::new("shop".parse()?, AssetKind::Host) })
    ///     .build()?;
    /// // Whom do I write to about the shop?
    /// let owner = environment.asset(&"shop".parse()?).and_then(|shop| environment.owner(shop.owner.as_ref()?));
    /// assert_eq!(owner.and_then(|owner| owner.contact.as_deref()), Some("web@shop.example"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn owner(&self, id: &OwnerId) -> Option<&Owner> {
        self.owners.get(id)
    }

    /// All owners, by id.
    ///
    /// ```
    /// use ctem_core::model::{Environment, Owner};
    ///
    /// let environment =
    ///     Environment::builder().record(Owner::new("web".parse()?)).record(Owner::new("data".parse()?)).build()?;
    /// assert_eq!(environment.owners().map(|owner| owner.id.as_str()).collect::<Vec<_>>(), ["data", "web"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn owners(&self) -> impl Iterator<Item = &Owner> {
        self.owners.values()
    }

    /// The control of this name.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{AssetKind, Environment}};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .control("waf", Probability::new(0.75)?, &["web-1"])
    ///     .build()?;
    /// // How much does the firewall stop?
    /// assert_eq!(environment.control(&"waf".parse()?).map(|waf| waf.effectiveness().get()), Some(0.75));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn control(&self, id: &ControlId) -> Option<&Control> {
        self.controls.get(id)
    }

    /// All controls, by id.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{AssetKind, Environment}};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .control("waf", Probability::new(0.75)?, &["web-1"])
    ///     .control("mfa", Probability::new(0.99)?, &[])
    ///     .build()?;
    /// // Which stand in front of the web server?
    /// let web = "web-1".parse()?;
    /// let before = environment.controls().filter(|control| control.protects.contains(&web));
    /// assert_eq!(before.map(|control| control.title()).collect::<Vec<_>>(), ["waf"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn controls(&self) -> impl Iterator<Item = &Control> {
        self.controls.values()
    }

    /// All evidence, by finding, method and time.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, Evidence, Outcome, Weakness, WeaknessKind};
    ///
    /// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .finding("f-1", "web-1", weakness)
    ///     .record(Evidence::new("f-1".parse()?, "pentest", Outcome::Exploited, "2025-11-01".parse()?))
    ///     .build()?;
    /// // Which findings were shown to be real?
    /// let real = environment.evidence().filter(|evidence| evidence.outcome == Outcome::Exploited);
    /// assert_eq!(real.map(|evidence| evidence.finding.as_str()).collect::<Vec<_>>(), ["f-1"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.values()
    }

    /// Everything, as sorted lists: the body of the native document.
    ///
    /// ```
    /// use ctem_core::model::{Access, AssetKind, Attacker, Environment, RelationKind};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .asset("orders", AssetKind::DataStore)
    ///     .relation("web-1", RelationKind::Reads, "orders")
    ///     .entry_point("web-1", Access::Reach, Attacker::Internet)
    ///     .build()?;
    /// // What is written is read again as the same.
    /// let again = Environment::try_from(environment.contents())?;
    /// assert_eq!(again.contents(), environment.contents());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn contents(&self) -> Contents {
        Contents { findings: self.findings().cloned().collect(), ..self.contents_but_findings() }
    }

    /// The same without the findings.
    pub(crate) fn contents_but_findings(&self) -> Contents {
        Contents {
            assets: self.assets().cloned().collect(),
            relations: self.relations().collect(),
            findings: Vec::new(),
            services: self.services().cloned().collect(),
            entry_points: self.entry_points().cloned().collect(),
            owners: self.owners().cloned().collect(),
            controls: self.controls().cloned().collect(),
            evidence: self.evidence.values().cloned().collect(),
            rules: self.rules.iter().cloned().collect(),
            refusals: self.refusals.iter().cloned().collect(),
        }
    }

    /// The rules that documents brought: what relations let an attacker do, besides what the engine knows.
    ///
    /// ```
    /// use ctem_core::model::{Access, End, Environment, Premise, Rule};
    ///
    /// // Who stops the chillers stops the hall.
    /// let rule = Rule::new("cools".parse()?, [Premise::new(End::From, Access::Down)], Premise::new(End::To, Access::Down));
    /// let environment = Environment::builder().record(rule.clone()).build()?;
    /// assert_eq!(environment.rules().collect::<Vec<_>>(), [&rule]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// What people were suggested to state and refused, by kind and asset.
    ///
    /// ```
    /// use ctem_core::model::{Environment, Refusal, SuggestionKind};
    ///
    /// let refusal = Refusal::new(SuggestionKind::Phishing, "alice".parse()?);
    /// let environment = Environment::builder().record(refusal.clone()).build()?;
    /// assert_eq!(environment.refusals().collect::<Vec<_>>(), [&refusal]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals.iter()
    }

    /// The campaigns of entry points, by name, each with the chance that it is run.
    pub(crate) fn campaigns(&self) -> impl Iterator<Item = (&str, Probability)> {
        let mut chances: BTreeMap<&str, Probability> = BTreeMap::new();
        for entry in self.entry_points.values() {
            if let Some(name) = &entry.campaign {
                let chance = chances.entry(name).or_insert(entry.chance);
                *chance = (*chance).max(entry.chance);
            }
        }
        chances.into_iter()
    }

    /// One that takes every asset for what its source says it is, and concludes nothing.
    pub(crate) fn as_stated() -> Self {
        Self { names: Names::as_stated(), ..Self::default() }
    }

    // What follows is for the crate: the graph as the attack compiler walks it, and the steps of absorbing.

    /// The number of an asset, by its id or an alias. Numbers are below [`Self::asset_bound`].
    pub(crate) fn number(&self, name: &AssetId) -> Option<usize> {
        self.node(name).map(NodeIndex::index)
    }

    /// One above the largest asset number.
    pub(crate) fn asset_bound(&self) -> usize {
        petgraph::visit::NodeIndexable::node_bound(&*self.graph)
    }

    /// The asset of a number.
    pub(crate) fn numbered(&self, number: usize) -> Option<&Asset> {
        self.graph.node_weight(NodeIndex::new(number)).map(|asset| &**asset)
    }

    /// All assets with their numbers.
    pub(crate) fn numbered_assets(&self) -> impl Iterator<Item = (usize, &Asset)> {
        self.graph.node_indices().filter_map(|node| Some((node.index(), &**self.graph.node_weight(node)?)))
    }

    /// The assets that relations of a kind lead to from an asset, in the order of their numbers. O(degree).
    pub(crate) fn along(&self, asset: usize, kind: &RelationKind) -> impl Iterator<Item = usize> {
        self.beside(asset, kind, Direction::Outgoing).into_iter()
    }

    /// The assets from which relations of a kind lead to an asset, in the order of their numbers. O(degree).
    pub(crate) fn against(&self, asset: usize, kind: &RelationKind) -> impl Iterator<Item = usize> {
        self.beside(asset, kind, Direction::Incoming).into_iter()
    }

    /// The numbers of the relations of a kind to an asset, each with the number of the asset it comes from, in the order of both.
    /// O(degree).
    pub(crate) fn numbered_against(&self, asset: usize, kind: &RelationKind) -> Vec<(usize, usize)> {
        self.numbered_beside(asset, kind, Direction::Incoming)
    }

    /// The same of the relations from an asset, each with the number of the asset it leads to.
    pub(crate) fn numbered_along(&self, asset: usize, kind: &RelationKind) -> Vec<(usize, usize)> {
        self.numbered_beside(asset, kind, Direction::Outgoing)
    }

    fn numbered_beside(&self, asset: usize, kind: &RelationKind, way: Direction) -> Vec<(usize, usize)> {
        let edges = self.graph.edges_directed(NodeIndex::new(asset), way);
        let of_kind = edges.filter(|edge| edge.weight().kind == *kind);
        let other = |edge: &EdgeReference<'_, Fact>| match way {
            Direction::Outgoing => edge.target().index(),
            Direction::Incoming => edge.source().index(),
        };
        let mut numbered: Vec<_> = of_kind.map(|edge| (other(&edge), edge.id().index())).collect();
        numbered.sort_unstable();
        numbered
    }

    fn beside(&self, asset: usize, kind: &RelationKind, way: Direction) -> BTreeSet<usize> {
        let edges = self.graph.edges_directed(NodeIndex::new(asset), way);
        let of_kind = edges.filter(|edge| edge.weight().kind == *kind);
        of_kind
            .map(|edge| match way {
                Direction::Outgoing => edge.target().index(),
                Direction::Incoming => edge.source().index(),
            })
            .collect()
    }

    /// All relations between numbered assets, in no particular order.
    pub(crate) fn facts(&self) -> impl Iterator<Item = (usize, &Fact, usize)> {
        self.graph.edge_references().map(|edge| (edge.source().index(), edge.weight(), edge.target().index()))
    }

    /// Whether no relation leads to an asset or from it. O(1).
    pub(crate) fn is_unrelated(&self, asset: usize) -> bool {
        self.graph.neighbors_undirected(NodeIndex::new(asset)).next().is_none()
    }

    /// Some assets, in the order of their numbers, and some findings, by key, with nothing around them: neither relations, nor controls, nor
    /// losses, nor ways in.
    pub(crate) fn part(
        &self,
        assets: impl IntoIterator<Item = usize>,
        findings: impl IntoIterator<Item = u128>,
    ) -> Self {
        let mut part = Self { names: self.names.clone(), rules: Arc::clone(&self.rules), ..Self::default() };
        for asset in assets.into_iter().filter_map(|number| self.numbered(number)) {
            part.insert_asset(asset.clone(), Stated::by(0));
        }
        for known in findings.into_iter().filter_map(|key| self.keyed_of(key)) {
            let Keyed { key, finding, seen, stated } = known.clone();
            part.insert_finding(key, finding, seen, stated);
        }
        part
    }

    /// The relations to an asset, each with the number of the asset it comes from. O(degree).
    pub(crate) fn facts_to(&self, asset: usize) -> impl Iterator<Item = (usize, &Fact)> {
        let edges = self.graph.edges_directed(NodeIndex::new(asset), Direction::Incoming);
        edges.map(|edge| (edge.source().index(), edge.weight()))
    }

    /// The numbers of all relations with the relations, in no particular order.
    pub(crate) fn numbered_facts(&self) -> impl Iterator<Item = (usize, (usize, &Fact, usize))> {
        let ends = |edge: petgraph::stable_graph::EdgeReference<'_, Fact>| {
            (edge.source().index(), edge.target().index())
        };
        self.graph.edge_references().map(move |edge| {
            let (from, to) = ends(edge);
            (edge.id().index(), (from, edge.weight(), to))
        })
    }

    /// All findings with their keys, in no particular order.
    pub(crate) fn keyed_findings(&self) -> impl Iterator<Item = (u128, &Finding)> {
        self.findings.iter().map(|keyed| (keyed.key, &keyed.finding))
    }

    /// The asset with exactly this id, to change, its number, and who stated what.
    pub(crate) fn asset_mut(&mut self, id: &AssetId) -> Option<(&mut Asset, usize, &mut Provenance)> {
        let node = self.node_by_id(id)?;
        let asset = Arc::make_mut(&mut self.graph).node_weight_mut(node)?;
        Some((Arc::make_mut(asset), node.index(), &mut self.provenance))
    }

    /// Adds an asset whose id and aliases are new.
    pub(crate) fn insert_asset(&mut self, asset: Asset, stated: Stated) {
        let hash = self.hasher.hash_one(&asset.id);
        let aliases = asset.aliases.clone();
        let node = Arc::make_mut(&mut self.graph).add_node(Arc::new(asset));
        self.provenance.begin(Subject::Asset(node.index()), stated);
        let (graph, hasher) = (&self.graph, &self.hasher);
        Arc::make_mut(&mut self.assets_by_id).insert_unique(hash, node, |known| {
            graph.node_weight(*known).map_or(0, |asset| hasher.hash_one(&asset.id))
        });
        if !aliases.is_empty() {
            Arc::make_mut(&mut self.assets_by_alias).extend(aliases.into_iter().map(|alias| (alias, node)));
        }
    }

    /// Makes an asset known by another name too.
    pub(crate) fn name_asset(&mut self, id: &AssetId, alias: AssetId) {
        if let Some(node) = self.node_by_id(id)
            && self.assets_by_alias.get(&alias) != Some(&node)
        {
            Arc::make_mut(&mut self.assets_by_alias).insert(alias, node);
        }
    }

    /// The relation of a number that [`Self::numbered_facts`] gave.
    pub(crate) fn related(&self, number: usize) -> Option<Related<'_>> {
        let edge = EdgeIndex::new(number);
        let (from, to) = self.graph.edge_endpoints(edge)?;
        let fact = self.graph.edge_weight(edge)?;
        Some(Related { from: self.graph.node_weight(from)?, fact, to: self.graph.node_weight(to)? })
    }

    /// The number of the relation of a name. O(m).
    pub(crate) fn relation_named(&self, name: &RelationId) -> Option<usize> {
        let named = |number: &usize| {
            self.related(*number).is_some_and(|related| related.name() == *name || related.what() == *name)
        };
        self.graph.edge_indices().map(EdgeIndex::index).find(named)
    }

    /// Adds a relation, or what is said anew of one that is known. Says whether it was new; `None` when an end is unknown.
    pub(crate) fn insert_relation(&mut self, relation: &Relation) -> Option<bool> {
        let (from, to) = (self.node(&relation.from)?, self.node(&relation.to)?);
        if from == to && relation.kind == RelationKind::Contains {
            // By two names of one asset: what contains itself is itself.
            return Some(false);
        }
        let more = More::of(relation);
        let hash = self.hasher.hash_one((from, to, &relation.kind));
        let graph = &self.graph;
        let step = more.as_ref().map_or((&[][..], &[][..]), |more| (&more.needs, &more.gives));
        let known = self.facts.find(hash, |edge| {
            graph.edge_endpoints(*edge) == Some((from, to))
                && graph
                    .edge_weight(*edge)
                    .is_some_and(|fact| fact.kind == relation.kind && fact.step() == step)
        });
        if let Some(edge) = known.copied() {
            if let Some(fact) = Arc::make_mut(&mut self.graph).edge_weight_mut(edge) {
                let all: BTreeSet<_> =
                    fact.controls.drain(..).chain(relation.controls.iter().cloned()).collect();
                fact.controls.extend(all);
                More::merge(&mut fact.more, more);
            }
            return Some(false);
        }
        let mut controls: SmallVec<[ControlId; 1]> = relation.controls.iter().cloned().collect();
        controls.sort_unstable();
        controls.dedup();
        let edge = Arc::make_mut(&mut self.graph).add_edge(
            from,
            to,
            Fact { kind: relation.kind.clone(), controls, more },
        );
        let (graph, hasher) = (&self.graph, &self.hasher);
        Arc::make_mut(&mut self.facts).insert_unique(hash, edge, |known| {
            let ends = graph.edge_endpoints(*known);
            let kind = graph.edge_weight(*known).map(|fact| &fact.kind);
            match (ends, kind) {
                (Some((from, to)), Some(kind)) => hasher.hash_one((from, to, kind)),
                // Edges are never removed while they are in the table.
                (None, _) | (_, None) => 0,
            }
        });
        Some(true)
    }

    /// The finding of a key, to change.
    pub(crate) fn keyed_mut(&mut self, key: u128) -> Option<&mut Keyed> {
        let at = *self.findings_by_key.get(&key)?;
        self.findings.get_mut(at as usize).map(Arc::make_mut)
    }

    /// What is known of a key.
    pub(crate) fn keyed_of(&self, key: u128) -> Option<&Keyed> {
        self.findings.get(*self.findings_by_key.get(&key)? as usize).map(|keyed| &**keyed)
    }

    /// The finding of a key.
    pub(crate) fn finding_of(&self, key: u128) -> Option<&Finding> {
        self.keyed_of(key).map(|keyed| &keyed.finding)
    }

    /// The findings with what was stated of them.
    pub(crate) fn keyed(&self) -> impl Iterator<Item = &Keyed> {
        self.findings.iter().map(|keyed| &**keyed)
    }

    /// One of [`Self::keyed`], by its place among them, to change.
    pub(crate) fn keyed_at_mut(&mut self, at: usize) -> Option<&mut Keyed> {
        self.findings.get_mut(at).map(Arc::make_mut)
    }

    /// The key of the finding of a name.
    pub(crate) fn key_of(&self, id: &FindingId) -> Option<u128> {
        let at = *self.findings_by_id.get(id)?;
        self.findings.get(at as usize).map(|keyed| keyed.key)
    }

    /// Adds a finding whose key is new. It must have an id.
    pub(crate) fn insert_finding(
        &mut self,
        key: u128,
        finding: Finding,
        seen: Option<Status>,
        stated: Vec<Finding>,
    ) {
        let at = u32::try_from(self.findings.len()).unwrap_or(u32::MAX);
        for id in finding.id.iter().chain(&finding.also) {
            self.findings_by_id.insert(id.clone(), at);
        }
        self.findings_by_key.insert(key, at);
        self.findings.push(Arc::new(Keyed { key, finding, seen, stated }));
    }

    /// Makes a finding known by another name too.
    pub(crate) fn name_finding(&mut self, key: u128, id: FindingId) {
        if let Some(at) = self.findings_by_key.get(&key).copied() {
            self.findings_by_id.insert(id, at);
        }
    }

    /// Remembers that a finding may have gone by another name. Of several that may have, the one with the lowest key keeps it, so that
    /// the order of reports does not show.
    pub(crate) fn name_formerly(&mut self, key: u128, id: FindingId) {
        let lowest = self.findings_by_former_id.get(&id).map_or(key, |known| key.min(*known));
        self.findings_by_former_id.insert(id, lowest);
    }

    /// Adds evidence; says whether it was new. Of two that differ only in how far they are trusted, the less trusted stays.
    pub(crate) fn insert_evidence(&mut self, evidence: Evidence) -> bool {
        let Evidence { finding, method, outcome, at, control, .. } = &evidence;
        let key = (finding.clone(), method.clone(), *at, *outcome, control.clone());
        match Arc::make_mut(&mut self.evidence).entry(key) {
            Entry::Vacant(place) => {
                place.insert(evidence);
                true
            }
            Entry::Occupied(mut known) => {
                let trust = |evidence: &Evidence| (evidence.sensitivity, evidence.specificity);
                if trust(&evidence) < trust(known.get()) {
                    known.insert(evidence);
                }
                false
            }
        }
    }

    fn node(&self, name: &AssetId) -> Option<NodeIndex> {
        self.node_by_id(name).or_else(|| self.assets_by_alias.get(name).copied())
    }

    fn node_by_id(&self, id: &AssetId) -> Option<NodeIndex> {
        let same = |node: &NodeIndex| self.graph.node_weight(*node).is_some_and(|asset| asset.id == *id);
        self.assets_by_id.find(self.hasher.hash_one(id), same).copied()
    }

    fn order(&self, edge: EdgeIndex) -> Option<Order<'_>> {
        let (from, to) = self.graph.edge_endpoints(edge)?;
        let fact = self.graph.edge_weight(edge)?;
        let (from, to) = (self.graph.node_weight(from)?, self.graph.node_weight(to)?);
        Some((&from.id, &to.id, &fact.kind, fact.step()))
    }
}

/// The order of relations: by ends, kind and step.
type Order<'a> = (&'a AssetId, &'a AssetId, &'a RelationKind, (&'a [AssetAccess], &'a [AssetAccess]));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AssetKind;

    #[test]
    fn many_assets_and_relations_are_found_again() {
        let mut environment = Environment::new();
        let id = |n: usize| AssetId::parse(&format!("a{n}")).unwrap();
        for n in 0..500 {
            environment.insert_asset(Asset::new(id(n), AssetKind::Host), Stated::by(1));
        }
        for n in 0..500 {
            let relation = Relation::new(id(n), RelationKind::Reaches, id((n * 7 + 1) % 500));
            assert_eq!(environment.insert_relation(&relation), Some(true));
            assert_eq!(environment.insert_relation(&relation), Some(false));
        }
        assert!((0..500).all(|n| environment.asset(&id(n)).is_some()));
        assert_eq!((environment.asset_count(), environment.relation_count()), (500, 500));
    }
}
