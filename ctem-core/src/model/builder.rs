use super::{
    Access, Asset, AssetKind, Attacker, Contents, Control, EntryPoint, Environment, Finding, LossEvent,
    LossSize, Record, Relation, RelationKind, Service, Trigger, Weakness,
};
use crate::{
    error::{Error, ErrorKind, Result},
    quantity::Probability,
};

/// Puts an environment together from facts that a program knows in Rust: what is said often has a call of its own that takes ids as
/// text, and any record, with all it can hold, goes through [`record`](Self::record).
///
/// Ids are checked as they come; the first error waits for [`build`](Self::build) and says which item it is of, so that calls chain.
///
/// ```
/// use ctem_core::model::{Access, Asset, AssetKind, Attacker, Criticality, Environment, RelationKind};
///
/// let environment = Environment::builder()
///     .asset("web-1", AssetKind::Host)
///     .record(Asset { criticality: Some(Criticality::High), ..Asset::new("orders".parse()?, AssetKind::DataStore) })
///     .relation("web-1", RelationKind::Reads, "orders")
///     .entry_point("web-1", Access::Reach, Attacker::Internet)
///     .build()?;
/// assert_eq!((environment.asset_count(), environment.relation_count()), (2, 1));
///
/// let error = Environment::builder().asset("web-1", AssetKind::Host).asset(" ", AssetKind::Host).build().unwrap_err();
/// assert_eq!(error.place(), Some("/assets/1/id"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "an environment comes out of `build`"]
pub struct EnvironmentBuilder {
    contents: Contents,
    failed: Option<Error>,
}

impl Environment {
    /// An environment put together from facts in Rust.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment};
    ///
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).asset("web-2", AssetKind::Host).build()?;
    /// assert_eq!(environment.asset_count(), 2);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn builder() -> EnvironmentBuilder {
        EnvironmentBuilder::default()
    }
}

impl EnvironmentBuilder {
    /// An asset of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment};
    ///
    /// // Of a kind that the engine has no word for.
    /// let environment = Environment::builder().asset("plc-1", "controller".parse()?).build()?;
    /// let controller = environment.asset(&"plc-1".parse()?).expect("it was just said");
    /// assert_eq!(controller.kind, AssetKind::Other("controller".into()));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn asset(self, id: &str, kind: AssetKind) -> Self {
        let n = self.contents.assets.len();
        self.take(|| Ok(Asset::new(named(id, "assets", n, "id")?, kind).into()))
    }

    /// A relation without controls.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, RelationKind};
    ///
    /// let environment = Environment::builder()
    ///     .asset("alice", AssetKind::Identity)
    ///     .asset("admins", AssetKind::Group)
    ///     .relation("alice", RelationKind::MemberOf, "admins")
    ///     .build()?;
    /// let fact = environment.relations().next().expect("it was just said");
    /// assert_eq!((fact.from.as_str(), fact.to.as_str(), fact.controls.len()), ("alice", "admins", 0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn relation(self, from: &str, kind: RelationKind, to: &str) -> Self {
        let n = self.contents.relations.len();
        self.take(|| {
            let (from, to) = (named(from, "relations", n, "from")?, named(to, "relations", n, "to")?);
            Ok(Relation::new(from, kind, to).into())
        })
    }

    /// An open finding of which nothing else is known but its name and its weakness.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, Weakness, WeaknessKind};
    ///
    /// let log4shell = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let environment =
    ///     Environment::builder().asset("web-1", AssetKind::Host).finding("f-1", "web-1", log4shell).build()?;
    /// assert_eq!(environment.finding(&"f-1".parse()?).map(|finding| finding.asset.as_str()), Some("web-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn finding(self, id: &str, asset: &str, weakness: Weakness) -> Self {
        let n = self.contents.findings.len();
        self.take(|| {
            let finding = Finding::new(named(asset, "findings", n, "asset")?, weakness);
            Ok(Finding { id: Some(named(id, "findings", n, "id")?), ..finding }.into())
        })
    }

    /// An entry point at which an attacker surely stands.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{Access, AssetKind, Attacker, Environment}};
    ///
    /// // What if somebody already were on the build server?
    /// let environment = Environment::builder()
    ///     .asset("ci", AssetKind::Workload)
    ///     .entry_point("ci", Access::Use, Attacker::Assumed)
    ///     .build()?;
    /// assert_eq!(environment.entry_points().next().map(|entry| entry.chance), Some(Probability::ONE));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn entry_point(self, asset: &str, access: Access, attacker: Attacker) -> Self {
        let n = self.contents.entry_points.len();
        self.take(|| Ok(EntryPoint::new(named(asset, "entry_points", n, "asset")?, access, attacker).into()))
    }

    /// A loss event of a service, which an access to one asset makes happen. Events of one service may be told one by one.
    ///
    /// ```
    /// use ctem_core::{Loss, model::{Access, AssetKind, Environment, LossSize}};
    ///
    /// let million = LossSize::known(Loss::new(1e6, "EUR".parse()?)?);
    /// let environment = Environment::builder()
    ///     .asset("orders", AssetKind::DataStore)
    ///     .loss("sales", "orders leak", million, "orders", Access::Use)
    ///     .loss("sales", "orders are gone", million, "orders", Access::Down)
    ///     .build()?;
    /// assert_eq!(environment.services().next().map(|sales| sales.loss_events.len()), Some(2));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn loss(self, service: &str, event: &str, loss: LossSize, asset: &str, access: Access) -> Self {
        let n = self.contents.services.len();
        self.take(|| {
            let when = Trigger::State {
                asset: named(asset, "services", n, "loss_events/0/when/state/asset")?,
                access,
            };
            let event = LossEvent::new(named(event, "services", n, "loss_events/0/id")?, loss, when);
            let service = Service::new(named(service, "services", n, "id")?);
            Ok(Service { loss_events: vec![event], ..service }.into())
        })
    }

    /// A control in front of assets, and the chance that it stops an attempt.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{AssetKind, Environment}};
    ///
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .control("waf", Probability::new(0.8)?, &["web-1"])
    ///     .build()?;
    /// assert_eq!(environment.controls().count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn control(self, id: &str, stops: Probability, protects: &[&str]) -> Self {
        let n = self.contents.controls.len();
        self.take(|| {
            let protected = protects.iter().enumerate();
            let protects = protected.map(|(at, id)| named(id, "controls", n, &format!("protects/{at}")));
            let (control, protects) =
                (Control::new(named(id, "controls", n, "id")?), protects.collect::<Result<_>>()?);
            Ok(Control { stops: Some(stops), protects, ..control }.into())
        })
    }

    /// Any record, with all it can hold.
    ///
    /// ```
    /// use ctem_core::model::{Environment, Owner};
    ///
    /// let web = Owner { contact: Some("web@shop.example".into()), ..Owner::new("web".parse()?) };
    /// assert_eq!(Environment::builder().record(web).build()?.owners().count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn record(self, record: impl Into<Record>) -> Self {
        self.take(|| Ok(record.into()))
    }

    /// The environment of these facts.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Environment, Weakness, WeaknessKind};
    ///
    /// let weakness = |id: &str| Ok::<_, ctem_core::Error>(Weakness::new(id.parse()?, WeaknessKind::Vulnerability));
    /// let environment = Environment::builder()
    ///     .asset("web-1", AssetKind::Host)
    ///     .finding("f-1", "web-1", weakness("CVE-2021-44228")?)
    ///     .finding("f-1", "web-1", weakness("CVE-2024-10001")?);
    /// assert_eq!(environment.build().unwrap_err().place(), Some("/findings/1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first item that is none, with its list and number as the place: `invalid_input` for a name, `conflict` for two findings or
    /// two loss events of one id, and for assets that contain each other.
    pub fn build(self) -> Result<Environment> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let contains = |(n, relation): (usize, &Relation)| {
            let contains = relation.kind == RelationKind::Contains;
            contains.then(|| (relation.from.clone(), relation.to.clone(), n))
        };
        let contained: Vec<_> = self.contents.relations.iter().enumerate().filter_map(contains).collect();
        let environment = Environment::try_from(self.contents)?;
        let in_a_circle = {
            let circles = environment.circles();
            contained.iter().find_map(|(from, to, n)| {
                let (from, to) = environment.asset(from).zip(environment.asset(to))?;
                let circle = circles.through(&from.id, &to.id)?;
                Some(Error::new(ErrorKind::Conflict, circle.reason()).at(format_args!("/relations/{n}")))
            })
        };
        in_a_circle.map_or(Ok(environment), Err)
    }

    fn take(mut self, make: impl FnOnce() -> Result<Record>) -> Self {
        match make() {
            Ok(record) => self.contents.push(record),
            Err(error) => self.failed = self.failed.or(Some(error)),
        }
        self
    }
}

/// An id of an item, whose place an error names.
fn named<Id: std::str::FromStr<Err = Error>>(text: &str, list: &str, n: usize, field: &str) -> Result<Id> {
    text.parse().map_err(|error: Error| error.at(format_args!("/{list}/{n}/{field}")))
}
