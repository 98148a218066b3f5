//! The attack graph: states, steps and variables, compiled once and then only read.
//!
//! A [`Snapshot`] is two views of one AND/OR graph. Its *layout* is what people are shown: every state and step, with what each stands
//! for. Its *condensed* graph is what computations run on: whatever falls together is one node, and what is certain is gone.

pub(crate) mod condensed;
pub(crate) mod dominator_tree;
pub(crate) mod draw;
mod event;
pub(crate) mod index;
mod key;
pub(crate) mod label;
pub(crate) mod layout;
pub(crate) mod overlay;
mod prior;
pub(crate) mod scc;
mod state;
pub(crate) mod step;
mod variable;
pub(crate) mod view;

pub use event::EventId;
pub use key::Key;
pub use overlay::Overlay;
pub use prior::PriorUncertainty;
pub use state::{State, StateKind};
pub use step::{Origin, Step};
pub use variable::{Variable, VariableId, VariableKind};

use crate::model::{Access, Asset, Environment, Technique};
use condensed::{Coin, Condensed};
use index::{Csr, Id};
use layout::Layout;
use smallvec::SmallVec;

/// A compiled attack graph (an AND/OR graph): immutable, `Send + Sync`, equal for equal environments.
///
/// A step takes 16 bytes, and 8 more when it has two premises; a state takes 12, a variable 16 and an asset 8. What computations run on,
/// the graph in which all that falls together is one, takes 8 bytes a step, 8 a state and 32 a variable on top.
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
/// // What is in it, and what does it stand to lose?
/// assert_eq!((snapshot.state_count(), snapshot.step_count()), (3, 2));
/// assert_eq!(snapshot.events().filter_map(|event| snapshot.loss(event)).sum::<f64>(), 1000.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "attack graph")]
#[doc(alias = "AND/OR graph")]
#[doc(alias = "fault tree")]
#[doc(alias = "condensation")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    pub(crate) layout: Layout,
    pub(crate) condensed: Condensed,
}

impl Snapshot {
    /// How many states there are.
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
    /// // The shop, the orders, and what is given.
    /// assert_eq!(snapshot.state_count(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn state_count(&self) -> usize {
        self.layout.kinds.len()
    }

    /// How many steps there are.
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
    /// assert_eq!(snapshot.step_count(), 2);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn step_count(&self) -> usize {
        self.layout.conclusions.len()
    }

    /// The states, by number.
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
    /// use ctem_core::attack::State;
    ///
    /// assert_eq!(snapshot.states().collect::<Vec<_>>(), [State::GIVEN, shop, orders]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn states(&self) -> impl Iterator<Item = State> + use<> {
        State::first(self.layout.state_count())
    }

    /// The steps, by number.
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
    /// // What can an attacker come to in one step from the shop?
    /// let next = snapshot.steps().filter(|step| snapshot.premises(*step).any(|premise| premise == shop));
    /// assert_eq!(next.filter_map(|step| snapshot.conclusion(step)).collect::<Vec<_>>(), [orders]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn steps(&self) -> impl Iterator<Item = Step> + use<> {
        Step::first(self.layout.step_count())
    }

    /// The variables, by number.
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
    /// // How much of it is likelier than not?
    /// let likely = snapshot.variables().iter().filter(|variable| variable.chance.get() > 0.5);
    /// assert_eq!(likely.count(), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn variables(&self) -> &[Variable] {
        self.layout.variables.as_slice()
    }

    /// A variable; none when there is none of this number.
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
    /// assert_eq!(snapshot.variable(flaw).map(|variable| variable.chance.get()), Some(0.25));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn variable(&self, variable: VariableId) -> Option<&Variable> {
        self.layout.variables.get(variable)
    }

    /// The key of a variable; none when there is none of this number.
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
    /// // Which finding is this about?
    /// assert_eq!(snapshot.key(flaw), Some(Key::of("finding", "f-1")));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn key(&self, variable: VariableId) -> Option<Key> {
        self.variable(variable).map(|_| self.condensed.key(Coin::of(variable)))
    }

    /// Whether a variable has this key.
    pub(crate) fn has_key(&self, key: Key) -> bool {
        self.condensed.coin(key).is_some()
    }

    /// What a state is; none when there is none of this number.
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
    /// use ctem_core::attack::{State, StateKind};
    ///
    /// assert_eq!(snapshot.kind(State::GIVEN), Some(StateKind::Given));
    /// assert_eq!(snapshot.kind(State::numbered(99)), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn kind(&self, state: State) -> Option<StateKind> {
        self.layout.kinds.get(state).copied()
    }

    /// What a step stands for; none when there is none of this number.
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
    /// use ctem_core::attack::Origin;
    ///
    /// // Which steps end once the finding is fixed?
    /// let end = snapshot.steps().filter(|step| snapshot.origin(*step) == Some(Origin::Finding(0)));
    /// assert_eq!(end.count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn origin(&self, step: Step) -> Option<Origin> {
        self.layout.origins.get(step).map(|origin| origin.origin())
    }

    /// A step's premises, without what is given.
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
    /// // What must an attacker have before the first step, and before the second?
    /// let premises: Vec<Vec<_>> = snapshot.steps().map(|step| snapshot.premises(step).collect()).collect();
    /// assert_eq!(premises, [vec![], vec![shop]]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn premises(&self, step: Step) -> impl Iterator<Item = State> {
        let premises = self.layout.premises.get(step).map(|premises| premises.states(&self.layout.pairs));
        let premises = premises.into_iter().flatten().filter(|premise| !premise.is_none());
        premises.filter(|premise| *premise != State::GIVEN)
    }

    /// What a step leads to; none when there is none of this number.
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
    /// let gained: Vec<_> = snapshot.steps().filter_map(|step| snapshot.conclusion(step)).collect();
    /// assert_eq!(gained, [shop, orders]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn conclusion(&self, step: Step) -> Option<State> {
        self.layout.conclusions.get(step).copied()
    }

    /// The variable that guards a step; none of a certain step.
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
    /// // How likely does each step succeed? One that nothing guards surely does.
    /// let chances = snapshot.steps().map(|step| snapshot.guard(step).map(|guard| guard.chance.get()));
    /// assert_eq!(chances.collect::<Vec<_>>(), [Some(0.25), None]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn guard(&self, step: Step) -> Option<&Variable> {
        self.variable(self.guard_of(step)?)
    }

    /// The variable that guards a step, by its number.
    pub(crate) fn guard_of(&self, step: Step) -> Option<VariableId> {
        self.layout.guards.get(step)?.some()
    }

    /// The technique of a step that a rule made.
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
    /// // What should detection look for?
    /// let techniques = snapshot.steps().filter_map(|step| snapshot.technique(step));
    /// assert_eq!(techniques.map(|technique| technique.to_string()).collect::<Vec<_>>(), ["T1530"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn technique(&self, step: Step) -> Option<Technique> {
        match self.origin(step)? {
            Origin::Rule(label) => self.layout.labels.get(label as usize)?.technique,
            _ => None,
        }
    }

    /// By state: the steps that need it, in their order. O(n + m).
    pub(crate) fn uses(&self) -> Csr<State, Step> {
        layout::uses(&self.layout)
    }

    /// Whether a state is a variable that steps share: a threat, a control, a campaign, a relation.
    pub(crate) fn is_root(&self, state: State) -> bool {
        self.layout.is_root(state)
    }

    /// What a step of a relation is called, by the number that its origin has.
    pub(crate) fn label(&self, number: u32) -> Option<&label::Label> {
        self.layout.labels.get(number as usize)
    }

    /// The relations that have a variable: the number in the environment, and the steps.
    pub(crate) fn relations(&self) -> &[(u32, SmallVec<[Step; 1]>)] {
        &self.layout.relations
    }

    /// The loss events, by number.
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
    /// // Which losses are large?
    /// let large = snapshot.events().filter(|event| snapshot.loss(*event).is_some_and(|loss| loss >= 500.0));
    /// assert_eq!(large.collect::<Vec<_>>(), [leak]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        EventId::first(self.layout.events.len())
    }

    /// The state of a loss event; none when there is none of this number.
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
    /// use ctem_core::attack::MostProbablePaths;
    ///
    /// // How likely is it by the most probable path?
    /// let state = snapshot.event(leak).expect("it is of this graph");
    /// assert_eq!(MostProbablePaths::compute(&snapshot).chance(state).get(), 0.25);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn event(&self, event: EventId) -> Option<State> {
        self.layout.events.get(event).copied()
    }

    /// How many loss events there are.
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
    /// assert_eq!(snapshot.event_count(), snapshot.events().count());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn event_count(&self) -> usize {
        self.layout.events.len()
    }

    /// The step of a finding, by its number among the exploit steps; none when it leads nowhere.
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
    /// // What does the first finding lead to?
    /// let step = snapshot.exploit_step(0).expect("it leads somewhere");
    /// assert_eq!(snapshot.conclusion(step), snapshot.state_of(&environment, &shop, Access::Control));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn exploit_step(&self, finding: usize) -> Option<Step> {
        self.layout.exploit_steps.get(finding)?.some()
    }

    /// The state of an asset with an access, when anything speaks of it.
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
    /// // Nobody can come to own the orders, so there is no such state.
    /// assert!(snapshot.state_of(&environment, &orders, Access::Read).is_some());
    /// assert_eq!(snapshot.state_of(&environment, &orders, Access::Control), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn state_of(
        &self,
        environment: &Environment,
        asset: &crate::id::AssetId,
        access: Access,
    ) -> Option<State> {
        let rank = *self.layout.ranks.get(environment.number(asset)?)?;
        let of_assets = self.layout.kinds.as_slice().get(1..=self.layout.of_assets)?;
        let at = of_assets.binary_search(&StateKind::Compromised(rank, access)).ok()?;
        Some(State::from_index(at + 1))
    }

    /// The asset a state is about, and the access to it.
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
    /// // Which assets can be read by somebody who should not?
    /// let held = snapshot.states().filter_map(|state| snapshot.asset(&environment, state));
    /// let used = held.filter(|(_, access)| *access == Access::Read).map(|(asset, _)| asset.id.as_str());
    /// assert_eq!(used.collect::<Vec<_>>(), ["orders"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn asset<'a>(&self, environment: &'a Environment, state: State) -> Option<(&'a Asset, Access)> {
        let StateKind::Compromised(rank, access) = self.kind(state)? else { return None };
        Some((environment.numbered(*self.layout.numbers.get(rank as usize)? as usize)?, access))
    }

    /// The expected loss of a loss event; none when there is none of this number.
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
    /// assert_eq!(snapshot.loss(leak), Some(1000.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn loss(&self, event: EventId) -> Option<f64> {
        self.layout.losses.get(event).copied()
    }

    /// The SHA-256 of all that computations run on: equal for equal graphs, whatever the order in which they were put together and
    /// on whatever machine. Reads every array once.
    ///
    /// ```
    /// # use ctem_core::{Probability, attack::{Graph, Key}};
    /// # let built = |chance: f64| {
    /// #     let mut graph = Graph::new();
    /// #     let shop = graph.state();
    /// #     let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(chance)?);
    /// #     graph.step(&[], Some(flaw), shop)?;
    /// #     graph.event(shop, 1000.0)?;
    /// #     graph.compile()
    /// # };
    /// // Must what was computed yesterday be computed again?
    /// let (yesterday, today, with_news) = (built(0.25)?, built(0.25)?, built(0.5)?);
    /// assert_eq!(today.content_hash(), yesterday.content_hash());
    /// assert_ne!(with_news.content_hash(), yesterday.content_hash());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn content_hash(&self) -> [u8; 32] {
        self.condensed.content_hash(&self.layout.losses)
    }

    /// How many bytes the arrays take.
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
    /// // Does it fit into a cache of ours?
    /// assert!(snapshot.bytes() < 1 << 20);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn bytes(&self) -> usize {
        self.layout.kinds.len() * size_of::<StateKind>()
            + (self.layout.concluded.starts().len() + self.layout.premises.len() + self.layout.guards.len())
                * 4
            + (self.layout.origins.len() + self.layout.conclusions.len()) * 4
            + self.layout.pairs.len() * 8
            + self.layout.variables.len() * size_of::<Variable>()
            + self.layout.events.len() * 12
            + self.layout.exploit_steps.len() * 4
            + (self.layout.numbers.len() + self.layout.ranks.len()) * 4
            + self.condensed.bytes()
    }
}
