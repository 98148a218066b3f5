//! The attack paths to one loss event, each a different set of findings.
//!
//! Through a flat network there are astronomically many walks and few sets of findings, and findings are what can be acted on. So
//! a path here stands for all walks that use the same ones, by its most probable witness.

use super::{Assessment, Path};
use crate::{
    attack::{
        EventId, Id, KBestPaths, Limits, OnProgress, Reason, State, Tracer, Truncated, VariableId,
        VariableKind, Witness,
    },
    error::{Error, ErrorKind, Result, quoted},
    id::LossEventId,
};

/// How many paths are looked for, and how long.
///
/// ```
/// use ctem_core::prioritize::PathOptions;
///
/// let worst = PathOptions { at_most: 1, ..PathOptions::default() };
/// assert_eq!(worst.nodes, 1 << 20);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PathOptions<'a> {
    /// At most so many, the most probable. 10 unless said.
    pub at_most: usize,
    /// At most so many paths in part are kept. 2²⁰ unless said.
    pub nodes: usize,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for PathOptions<'_> {
    fn default() -> Self {
        let Limits { nodes, progress, .. } = Limits::default();
        Self { at_most: 10, nodes, progress }
    }
}

/// The most probable paths to a loss event.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::PathOptions;
///
/// // Are these all?
/// let one = PathOptions { at_most: 1, ..PathOptions::default() };
/// let paths = today.paths(&"leak".parse()?, &one)?;
/// assert!(paths.list.len() == 1 && paths.truncated.is_some());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "attack path")]
#[doc(alias = "k shortest paths")]
#[doc(alias = "minimal path set")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Paths {
    /// The paths, the most probable first, no two through the same set of findings.
    pub list: Vec<Path>,
    /// Why there are or may be more; nothing when these are all.
    pub truncated: Option<Truncated>,
}

/// So many steps are told before the caller is asked.
const TOLD: usize = 1 << 12;

impl Assessment {
    /// The most probable attack paths to a loss event, each through another set of findings of which none can be spared.
    ///
    /// Cost and limits as [`KBestPaths::to`]: near linear where each finding has its own threat, and bounded by [`PathOptions::nodes`] where
    /// many share theirs. What it has when a limit ends it is a beginning of the whole list, up to the order of what is as probable;
    /// and at least the path that [`Assessment::loss_events`] tells.
    ///
    /// # Errors
    /// `not_found` when there is no such loss event.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::PathOptions;
    ///
    /// // In how many ways can the orders leak?
    /// let paths = today.paths(&"leak".parse()?, &PathOptions::default())?;
    /// let chances: Vec<f64> = paths.list.iter().map(|path| path.chance.get()).collect();
    /// assert_eq!(chances, [0.5, 0.25]);
    /// assert!(paths.truncated.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn paths(&self, event: &LossEventId, options: &PathOptions<'_>) -> Result<Paths> {
        let number = self.event_number(event)?;
        let PathOptions { at_most, nodes, progress } = *options;
        let limits = Limits { nodes, progress, ..Limits::default() };
        // Ways may differ in entries and controls alone.
        let is_finding = |at: VariableId| self.finding_of(at).is_some();
        let known = |state: State| self.most_probable(state);
        let ways = KBestPaths::that_differ_in(&is_finding, &known, &self.snapshot, number, at_most, &limits);
        let mut truncated = ways.truncated;
        let (mut list, mut told) = (Vec::with_capacity(ways.list.len()), 0);
        for way in &ways.list {
            // Who said stop is told what was found by then.
            let is_ended = truncated.is_some_and(|why| why.reason == Reason::Stopped);
            if told > TOLD && !is_ended {
                told = 0;
                if !progress.goes_on(list.len() as u64, ways.list.len() as u64) {
                    truncated = Some(Truncated { reason: Reason::Stopped });
                    break;
                }
            }
            list.extend(self.path(number, &way.witness));
            told += way.witness.steps.len();
        }
        Ok(Paths { list, truncated })
    }

    /// The most probable way to a state, as it was found when all was assessed.
    pub(super) fn most_probable(&self, state: State) -> Option<Witness> {
        Tracer::new(&self.snapshot, &self.falls, &self.onward).to(state)
    }

    /// The number of a loss event.
    pub(super) fn event_number(&self, event: &LossEventId) -> Result<EventId> {
        let position = self.stake.events.iter().position(|stake| stake.event.id == *event);
        position.map(EventId::from_index).ok_or_else(|| {
            let message = format!("{} is not a loss event of this assessment", quoted(event.as_str()));
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// The finding that a variable is about, by its number among those that stand.
    pub(super) fn finding_of(&self, variable: VariableId) -> Option<u32> {
        match self.snapshot.variable(variable)?.kind {
            VariableKind::Finding(n) => Some(n),
            _ => None,
        }
    }
}
