//! States: what an attacker can come to.

use super::index::id;
use crate::model::Access;

/// The number of a state. State 0 is what is given: the attacker exists.
///
/// ```
/// use ctem_core::attack::{Graph, State};
///
/// let mut graph = Graph::new();
/// assert_eq!(graph.state(), State::numbered(1));
/// assert_eq!(State::GIVEN, State::numbered(0));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub(crate) u32);

id!(State);

impl State {
    /// What is given: the attacker exists.
    pub const GIVEN: Self = Self(0);

    /// The state of a number, which some graph or snapshot gave out.
    ///
    /// ```
    /// use ctem_core::attack::{Graph, State};
    ///
    /// let mut graph = Graph::new();
    /// let shop = graph.state();
    /// assert_eq!(State::numbered(shop.number()), shop);
    /// ```
    pub const fn numbered(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
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
    /// // To keep something of one's own for each state.
    /// let mut names = vec![""; snapshot.state_count()];
    /// names[shop.number() as usize] = "shop";
    /// assert_eq!(names, ["", "shop", ""]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What a state is.
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
/// use ctem_core::attack::StateKind;
///
/// // How many assets can be owned at all?
/// let owned = |state| matches!(snapshot.kind(state), Some(StateKind::Compromised(_, Access::Control)));
/// assert_eq!(snapshot.states().filter(|state| owned(*state)).count(), 1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StateKind {
    /// What is given.
    Given,
    /// An asset, by the rank of its id among all, with an access.
    Compromised(u32, Access),
    /// A threat that is active, shared by the findings of one weakness.
    Threat(u32),
    /// A control that has failed, shared by the relations it guards.
    Failed(u32),
    /// A loss event that has happened.
    Event(u32),
    /// A part of a condition that has several.
    Part(u32),
    /// A state of a graph put together by hand, by its number there.
    Stated(u32),
    /// A campaign that is run, shared by the entry points it is sent to.
    Campaign(u32),
    /// A relation that is there, shared by its steps.
    Relation(u32),
}
