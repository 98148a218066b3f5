//! Variables: what is uncertain, and decided anew by each world.

use super::index::id;
use crate::quantity::Probability;

/// Something uncertain that a world decides: a basic event of a fault tree, a Bernoulli variable.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key}, Probability};
/// # let mut graph = Graph::new();
/// # let (shop, orders) = (graph.state(), graph.state());
/// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
/// # graph.step(&[], Some(flaw), shop)?;
/// # graph.step(&[shop], None, orders)?;
/// # let leak = graph.event(orders, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// use ctem_core::attack::VariableKind;
///
/// // What is uncertain, and how likely does it help?
/// let [only] = snapshot.variables() else { panic!("there is one") };
/// assert_eq!((only.kind, only.chance.get()), (VariableKind::Stated(0), 0.25));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "basic event")]
#[doc(alias = "Bernoulli")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Variable {
    /// What it is about.
    pub kind: VariableKind,
    /// The chance that it helps the attacker.
    pub chance: Probability,
}

/// What a variable is about, with the number of that thing.
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
/// # let flaw = ExploitStep::on(&environment, &shop, Access::Reach, Access::Control, half, Key::of("finding", "f-1"))?;
/// # let mut opened = ExploitSteps::default();
/// # opened.list.push(flaw);
/// # let snapshot = compile(&environment, &Rules::default(), &opened, &[])?;
/// use ctem_core::attack::VariableKind;
///
/// // How much of what is uncertain is a finding, which somebody can fix?
/// let findings = snapshot.variables().iter().filter(|variable| matches!(variable.kind, VariableKind::Finding(_)));
/// assert_eq!((findings.count(), snapshot.variables().len()), (1, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VariableKind {
    /// Whether the threat of a weakness is active.
    Threat(u32),
    /// Whether a finding is exploitable here and an attempt succeeds.
    Finding(u32),
    /// Whether a control fails.
    Control(u32),
    /// Whether an attacker starts at an entry point.
    Entry(u32),
    /// Whether an asset of unknown place can be reached.
    Unplaced(u32),
    /// A variable of a graph put together by hand, by its number there.
    Stated(u32),
    /// Whether a campaign is run that is sent to several people.
    Campaign(u32),
    /// Whether a relation is there and can be used.
    Relation(u32),
}

/// The number of a variable of a [`Graph`](crate::attack::Graph), and of the snapshot compiled from it.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key}, Probability};
/// # let mut graph = Graph::new();
/// # let (shop, orders) = (graph.state(), graph.state());
/// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
/// # graph.step(&[], Some(flaw), shop)?;
/// # graph.step(&[shop], None, orders)?;
/// # let leak = graph.event(orders, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // The graph's number finds it in the snapshot.
/// assert_eq!(snapshot.variable(flaw).map(|variable| variable.chance.get()), Some(0.25));
/// assert_eq!(snapshot.key(flaw), Some(Key::of("finding", "f-1")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(pub(crate) u32);

id!(VariableId);

impl VariableId {
    /// The variable of a number.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// use ctem_core::attack::VariableId;
    ///
    /// // A number that somebody sends may be wrong: then there is nothing.
    /// assert_eq!(VariableId::new(0), flaw);
    /// assert!(snapshot.variable(VariableId::new(99)).is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number, from 0 in the order in which they were added.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // To keep something of one's own for each variable.
    /// let mut tickets = vec!["none"; snapshot.variables().len()];
    /// tickets[flaw.number() as usize] = "OPS-1";
    /// assert_eq!(tickets, ["OPS-1"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn number(self) -> u32 {
        self.0
    }
}
