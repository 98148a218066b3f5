//! How long a call may take, and who is told how far it is.

use std::fmt;

/// How long a call may go on, and who is asked on the way.
///
/// What a call has when it ends is returned with bounds that hold; it is never an error to run out.
///
/// ```
/// use ctem_core::attack::{Limits, OnProgress};
/// use std::time::{Duration, Instant};
///
/// // The engine has no clock: whoever calls it does.
/// let start = Instant::now();
/// let in_time = |_| start.elapsed() < Duration::from_millis(500);
/// let limits = Limits { worlds: 10_000, progress: OnProgress::new(&in_time), ..Limits::default() };
/// # assert_eq!(limits.worlds, 10_000);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// At most so many worlds are looked at. 16,384 unless said.
    pub worlds: u64,
    /// At most so many nodes of a decision diagram, or partial answers of a search, are kept. 2²⁰ unless said.
    pub nodes: usize,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Self { worlds: 16_384, nodes: 1 << 20, progress: OnProgress::default() }
    }
}

/// Progress and cancellation: who is told how far a call is, and may end it.
///
/// It is asked again and again whether to go on, and told how far the part of the work is that is under way; each part counts
/// anew. It may be asked from several threads. By default nobody is asked, and calls go on to their end.
///
/// Once it has said no, the call ends soon. A question that has an answer in part gives that one, with bounds that hold, marked as
/// [`Truncated`] because it was [`Stopped`](Reason::Stopped). An assessment in part would rank some findings and not others: it is
/// an error of kind [`Cancelled`](crate::ErrorKind::Cancelled) instead.
///
/// ```
/// use ctem_core::{Program, attack::{OnProgress, Reason}, intel::Intel, prioritize::{AssessOptions, SampleOptions}};
///
/// let program = Program::new(Intel::none());
/// let stop = OnProgress::new(&|_| false);
/// let error = program.assess_with("2025-11-13".parse()?, AssessOptions { progress: stop, ..Default::default() }).unwrap_err();
/// assert_eq!(error.code(), "cancelled");
///
/// let sample = program.assess("2025-11-13".parse()?)?.sample(&SampleOptions { progress: stop, nodes: 0, ..Default::default() });
/// assert_eq!(sample.truncated.map(|truncated| truncated.reason), Some(Reason::Stopped));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
#[doc(alias = "cancellation")]
pub struct OnProgress<'a>(Option<&'a (dyn Fn(Progress) -> bool + Sync)>);

impl<'a> OnProgress<'a> {
    /// Asks a function, which says whether to go on.
    ///
    /// ```
    /// use ctem_core::attack::{Limits, OnProgress};
    ///
    /// // For half of what was allowed.
    /// let half = OnProgress::new(&|progress| progress.done < progress.of / 2);
    /// let limits = Limits { progress: half, ..Limits::default() };
    /// # assert_eq!(limits.worlds, 16_384);
    /// ```
    pub fn new(ask: &'a (dyn Fn(Progress) -> bool + Sync)) -> Self {
        Self(Some(ask))
    }

    /// Whether to go on, now that so much is done.
    pub(crate) fn goes_on(&self, done: u64, of: u64) -> bool {
        self.0.is_none_or(|ask| ask(Progress { done, of }))
    }

    /// The same every 4,096 things, for loops whose turns are short.
    pub(crate) fn goes_on_at(&self, done: usize, of: usize) -> bool {
        const EVERY: usize = 1 << 12;
        !(done + 1).is_multiple_of(EVERY) || self.goes_on(done as u64 + 1, of.max(done + 1) as u64)
    }
}

impl fmt::Debug for OnProgress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "OnProgress(..)" } else { "OnProgress(nobody)" })
    }
}

/// How far a call is.
///
/// ```
/// use ctem_core::{Program, attack::{OnProgress, Progress}, intel::Intel, prioritize::AssessOptions};
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
///
/// // How much was left when it was last asked?
/// let left = AtomicU64::new(u64::MAX);
/// let tell = |progress: Progress| { left.store(progress.of - progress.done, Relaxed); true };
/// let options = AssessOptions { progress: OnProgress::new(&tell), ..AssessOptions::default() };
/// Program::new(Intel::none()).assess_with("2025-11-13".parse()?, options)?;
/// assert_eq!(left.into_inner(), 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// So much is done: worlds, paths, nodes or findings, as the call has them.
    pub done: u64,
    /// Of at most so much.
    pub of: u64,
}

/// An answer is not whole.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, KBestPaths, Limits, Reason}, Probability};
/// # let mut graph = Graph::new();
/// # let (web, vault) = (graph.state(), graph.state());
/// # let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
/// # let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
/// # graph.step(&[], Some(outer), web)?;
/// # graph.step(&[web], Some(inner), vault)?;
/// # graph.step(&[], Some(rare), vault)?;
/// # let event = graph.event(vault, 1e6)?;
/// # let snapshot = graph.compile()?;
/// use ctem_core::attack::Truncated;
///
/// // Were these all the ways?
/// let ways = KBestPaths::to(&snapshot, event, 1, &Limits::default());
/// assert!(matches!(ways.truncated, Some(Truncated { reason: Reason::Enough, .. })));
/// assert!(KBestPaths::to(&snapshot, event, 2, &Limits::default()).truncated.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Truncated {
    /// Why.
    pub reason: Reason,
}

/// Why an answer is not whole.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, KBestPaths, Limits, Reason}, Probability};
/// # let mut graph = Graph::new();
/// # let (web, vault) = (graph.state(), graph.state());
/// # let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
/// # let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
/// # graph.step(&[], Some(outer), web)?;
/// # graph.step(&[web], Some(inner), vault)?;
/// # graph.step(&[], Some(rare), vault)?;
/// # let event = graph.event(vault, 1e6)?;
/// # let snapshot = graph.compile()?;
/// // Is it worth asking again with more room?
/// let ways = KBestPaths::to(&snapshot, event, 10, &Limits { nodes: 1, ..Limits::default() });
/// let reason = ways.truncated.map(|truncated| truncated.reason);
/// assert_eq!(reason, Some(Reason::Nodes));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// As many were found as were asked for; there may be more.
    Enough,
    /// The limit of nodes was reached.
    Nodes,
    /// The caller said not to go on.
    Stopped,
}
