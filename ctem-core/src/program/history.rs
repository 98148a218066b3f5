//! Looking back: a program as it was, the events that led here, and how much of them is kept.

use super::{cycle::Program, event::Event, log::Log};
use crate::{
    attack::{Asking, OnProgress},
    error::{Error, ErrorKind, Result},
    time::Moment,
};

/// How much of a history is kept.
///
/// ```
/// use ctem_core::program::Retention;
///
/// // Replay from November on; whatever was gone by the summer is forgotten.
/// let retention = Retention { replay_from: "2025-11-01".parse()?, forget_gone_before: Some("2025-07-01".parse()?) };
/// assert!(retention.forget_gone_before.is_some());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The oldest moment that can be looked at again. What happened until then becomes one state.
    pub replay_from: Moment,
    /// Findings that have been gone since before this moment are forgotten, with their courses: one of them that comes back counts as
    /// new. None is, unless said.
    pub forget_gone_before: Option<Moment>,
}

impl Program {
    /// The program as it was at a moment, after all that had happened by then: to the bit what it was. O(n log n) for each event since the
    /// oldest checkpoint.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event, What}, wire};
    ///
    /// let mut program = Program::default();
    /// program.apply(Event::new("2025-11-01".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// let event = Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// // What did we know on the seventh?
    /// assert_eq!(program.at("2025-11-07".parse()?)?.environment().finding_count(), 0);
    /// assert_eq!(program.at("2025-11-08".parse()?)?.environment().finding_count(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` before the first event, and before the oldest checkpoint that is kept.
    pub fn at(&self, moment: Moment) -> Result<Self> {
        self.at_with(moment, OnProgress::default())
    }

    /// The same, and whoever is asked may end it.
    pub(crate) fn at_with(&self, moment: Moment, progress: OnProgress<'_>) -> Result<Self> {
        let log = self.begun_by(moment)?;
        log.at(moment, &Asking::new(progress, 0)).map(Self::of_state)
    }

    /// The history, if it had begun by a moment.
    pub(super) fn begun_by(&self, moment: Moment) -> Result<&Log> {
        let nothing = || {
            let message = format!("nothing had happened by {moment}: name a moment from the first event on");
            Error::new(ErrorKind::NotFound, message)
        };
        let log = self.log().ok_or_else(nothing)?;
        let first = log.start.clock.or_else(|| log.events.first().map(|(key, _)| key.at));
        if first.is_none_or(|first| moment < first) && log.start.clock.is_none() {
            return Err(nothing());
        }
        Ok(log)
    }

    /// The events that are kept, in the order in which they happened.
    ///
    /// ```
    /// use ctem_core::{Program, program::{ApplyOptions, Event, What}};
    ///
    /// let mut program = Program::default();
    /// program.apply(Event::new("2025-11-01".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// assert_eq!(program.events().map(|event| event.what.name()).collect::<Vec<_>>(), ["time_passed"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.log().into_iter().flat_map(|log| log.events.iter().map(|(_, event)| &**event))
    }

    /// The same, each with its id.
    pub(crate) fn history(&self) -> impl Iterator<Item = (String, &Event)> {
        self.log().into_iter().flat_map(|log| log.events.iter().map(|(key, event)| (key.id(), &**event)))
    }

    /// Keeps less of the history: says how many events became one state. Whatever can still be looked at is, to the bit, what it was.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event, Retention, What}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// program.apply(Event::new("2025-11-08".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// let retention = Retention { replay_from: "2025-11-05".parse()?, forget_gone_before: None };
    /// assert_eq!(program.compact(retention)?, 1);
    /// assert_eq!(program.events().count(), 1);
    /// // What was known on the first is kept, and what was known before is not.
    /// assert!(program.at("2025-11-01".parse()?).is_ok() && program.at("2025-10-31".parse()?).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` before the oldest checkpoint that is kept.
    pub fn compact(&mut self, retention: Retention) -> Result<usize> {
        self.compact_with(retention, OnProgress::default())
    }

    /// The same, and whoever is asked may end it: then all is kept.
    pub(crate) fn compact_with(&mut self, retention: Retention, progress: OnProgress<'_>) -> Result<usize> {
        let Some(log) = self.log_mut() else { return Ok(0) };
        let mut shorter = log.clone();
        let dropped = shorter.compact(
            retention.replay_from,
            retention.forget_gone_before,
            &Asking::new(progress, 0),
        )?;
        *log = shorter;
        self.follow();
        Ok(dropped)
    }
}
