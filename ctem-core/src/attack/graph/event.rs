//! Loss events: what it costs when a state falls.

use super::index::id;

/// The number of a loss event of a [`Graph`](crate::attack::Graph), and of the snapshot compiled from it.
///
/// ```
/// use ctem_core::attack::{EventId, Graph};
///
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// let outage = graph.event(shop, 1000.0)?;
/// assert_eq!(outage, EventId::new(0));
/// assert_eq!(graph.compile()?.loss(outage), Some(1000.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) u32);

id!(EventId);

impl EventId {
    /// The loss event of a number.
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
    /// use ctem_core::attack::EventId;
    ///
    /// // A number that somebody sends may be wrong: then there is nothing.
    /// assert_eq!(snapshot.loss(EventId::new(0)), Some(1000.0));
    /// assert_eq!(snapshot.loss(EventId::new(99)), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn new(number: u32) -> Self {
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
    /// let names = ["orders leak"];
    /// assert_eq!(names[leak.number() as usize], "orders leak");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn number(self) -> u32 {
        self.0
    }
}
