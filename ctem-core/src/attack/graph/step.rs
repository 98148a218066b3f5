//! Steps: what turns states into a state, and what each stands for.

use super::index::{Id, id};

/// The number of a step.
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
/// // What does each step need, and what does it give?
/// let step = snapshot.steps().last().expect("there are two");
/// assert_eq!(snapshot.premises(step).collect::<Vec<_>>(), [shop]);
/// assert_eq!(snapshot.conclusion(step), Some(orders));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(pub(crate) u32);

id!(Step);

/// What a step stands for.
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
/// // Which relation lets an attacker on, and by which rule?
/// let rules = Rules::default();
/// let by_rule = snapshot.steps().filter_map(|step| match snapshot.origin(step) {
///     Some(Origin::Rule(number)) => rules.list().get(number as usize),
///     _ => None,
/// });
/// assert_eq!(by_rule.map(|rule| rule.relation.name()).collect::<Vec<_>>(), ["reads"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// An attacker starts here: the number of the entry point.
    Entry(u32),
    /// An asset whose place is unknown is taken to be reachable with some chance: the asset's number.
    Unplaced(u32),
    /// A relation: the number of its label, those of rules first.
    Rule(u32),
    /// A finding, by its number among the exploit steps.
    Finding(u32),
    /// More access includes less.
    Ladder,
    /// A threat becomes active.
    Threat(u32),
    /// A control fails.
    Failure(u32),
    /// A condition of a loss event.
    Trigger(u32),
    /// A step of a graph put together by hand, by its number there.
    Stated(u32),
    /// The one step past a variable that guards several steps to a state, which meet in a state before it: the variable's number.
    Shared(u32),
    /// Who knows the first factor of an identity logs on as it: the rank of the asset.
    Logon(u32),
    /// A campaign is run, by its place in the order of names.
    Campaign(u32),
    /// A relation that several steps use is there, by its number among those that have a variable.
    Relation(u32),
}

/// What a step needs, in 32 bits: a state, or the place of a pair of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Premises(u32);

impl Premises {
    /// Set when it is a place.
    const PAIR: u32 = 1 << 31;

    pub(crate) fn one<S: Id>(state: S) -> Self {
        Self(state.index() as u32)
    }

    /// Both, which are added to the pairs.
    pub(crate) fn pair<S>(states: [S; 2], pairs: &mut Vec<[S; 2]>) -> Self {
        pairs.push(states);
        Self(Self::PAIR | (pairs.len() - 1) as u32)
    }

    /// The states; the second is none where there is one.
    pub(crate) fn states<S: Id>(self, pairs: &[[S; 2]]) -> [S; 2] {
        if self.0 & Self::PAIR == 0 {
            [S::from_index(self.0 as usize), S::NONE]
        } else {
            pairs[(self.0 & !Self::PAIR) as usize]
        }
    }

    /// The one state there is, if there are no two, as another.
    pub(crate) fn map<S: Id, T: Id>(self, to: impl Fn(S) -> T) -> Self {
        if self.0 & Self::PAIR == 0 { Self::one(to(S::from_index(self.0 as usize))) } else { self }
    }
}

/// What a step stands for, in 32 bits: which kind above, and its number below.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packed(u32);

impl Packed {
    const BITS: u32 = 28;

    pub(crate) fn of(origin: Origin) -> Self {
        let (kind, number) = match origin {
            Origin::Entry(n) => (0, n),
            Origin::Unplaced(n) => (1, n),
            Origin::Rule(n) => (2, n),
            Origin::Finding(n) => (3, n),
            Origin::Ladder => (4, 0),
            Origin::Threat(n) => (5, n),
            Origin::Failure(n) => (6, n),
            Origin::Trigger(n) => (7, n),
            Origin::Stated(n) => (8, n),
            Origin::Shared(n) => (9, n),
            Origin::Logon(n) => (10, n),
            Origin::Campaign(n) => (11, n),
            Origin::Relation(n) => (12, n),
        };
        Self(kind << Self::BITS | number & ((1 << Self::BITS) - 1))
    }

    pub(crate) fn origin(self) -> Origin {
        let number = self.0 & ((1 << Self::BITS) - 1);
        match self.0 >> Self::BITS {
            0 => Origin::Entry(number),
            1 => Origin::Unplaced(number),
            2 => Origin::Rule(number),
            3 => Origin::Finding(number),
            5 => Origin::Threat(number),
            6 => Origin::Failure(number),
            7 => Origin::Trigger(number),
            8 => Origin::Stated(number),
            9 => Origin::Shared(number),
            10 => Origin::Logon(number),
            11 => Origin::Campaign(number),
            12 => Origin::Relation(number),
            _ => Origin::Ladder,
        }
    }

    pub(crate) fn is_finding(self) -> bool {
        self.0 >> Self::BITS == 3
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.origin().fmt(f)
    }
}
