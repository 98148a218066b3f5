use std::fmt;

/// How long a call may go on, and who is asked on the way.
///
/// What a call has when it ends is returned with bounds that hold; it is never an error to run out.
///
/// ```
/// use ctem_core::attack::Limits;
/// use std::time::{Duration, Instant};
///
/// // The engine has no clock: whoever calls it does.
/// let start = Instant::now();
/// let in_time = |_| start.elapsed() < Duration::from_millis(500);
/// let limits = Limits { worlds: 10_000, go_on: &in_time, ..Limits::default() };
/// # assert_eq!(limits.worlds, 10_000);
/// ```
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// At most so many worlds are looked at. 16,384 unless said.
    pub worlds: u64,
    /// At most so many nodes of a decision diagram, or partial answers of a search, are kept. 2²⁰ unless said.
    pub nodes: usize,
    /// Asked every few milliseconds, and told how far the call is; where it says no, the call ends. May be asked from several
    /// threads.
    pub go_on: &'a (dyn Fn(Progress) -> bool + Sync),
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Self { worlds: 16_384, nodes: 1 << 20, go_on: &|_| true }
    }
}

impl fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("worlds", &self.worlds)
            .field("nodes", &self.nodes)
            .finish_non_exhaustive()
    }
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// So much is done: worlds, paths or nodes, as the call has them.
    pub done: u64,
    /// Of at most so much.
    pub of: u64,
}

/// An answer is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Truncated {
    /// Why.
    pub reason: Reason,
}

/// Why an answer is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
