//! The history of a program: a state to begin with, every event since, and the state they come to.

use super::{
    event::{Event, EventKey, What},
    happened::Happened,
    state::{Folded, State, Unknown},
};
use crate::{
    discover::Absorbed,
    error::{Error, ErrorKind, Result},
    intel::Intel,
    model::Environment,
    time::Moment,
    word::words,
};
use std::{collections::BTreeSet, sync::Arc};

/// What becomes of an event that happened before others that were told already.
///
/// ```
/// use ctem_core::program::Late;
///
/// assert_eq!("place".parse::<Late>()?, Late::Place);
/// assert_eq!(Late::default(), Late::Refuse);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Late {
    /// It is refused, and the program is as it was.
    #[default]
    Refuse,
    /// It is put where it belongs, and what followed follows anew, as if it had been told in time.
    Place,
}

words! {
    Late, "what becomes of a late event" {
        Refuse = "refuse",
        Place = "place",
    }
}

/// Events in the order in which they happened, from a state on.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// What was known before the oldest event that is kept.
    pub(super) start: State,
    pub(super) events: Vec<(EventKey, Arc<Event>)>,
    pub(super) now: State,
}

/// What taking an event came to.
#[derive(Debug)]
pub(super) struct Taken {
    /// Whether it was told before.
    pub(super) known: bool,
    pub(super) happened: Vec<Happened>,
    pub(super) absorbed: Option<Absorbed>,
}

impl Log {
    /// A history that begins with what is known, and has no event.
    pub(super) fn begin(environment: &Environment, intel: &Intel) -> Result<Self> {
        let start = State::begin(environment, intel.clone())?;
        Ok(Self { now: start.clone(), start, events: Vec::new() })
    }

    /// A history that begins with a state, and has had these events, in whatever order they are given. An error comes with the number of
    /// the event. Costs a fold for each.
    pub(super) fn of(start: State, events: Vec<Event>) -> Result<Self, (usize, Error)> {
        let mut told = Vec::with_capacity(events.len());
        for (n, event) in events.into_iter().enumerate() {
            told.push((event.key().map_err(|error| (n, error))?, n, Arc::new(event)));
        }
        told.sort_unstable_by_key(|(key, n, _)| (*key, *n));
        told.dedup_by_key(|(key, ..)| *key);
        let numbers: Vec<usize> = told.iter().map(|(_, n, _)| *n).collect();
        let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
        let mut log = Self { now: start.clone(), start, events: Vec::with_capacity(told.len()) };
        for (at, (key, _, event)) in told.into_iter().enumerate() {
            let checked = match log.start.clock.filter(|clock| event.at < *clock) {
                Some(clock) => log.late(&event, clock, Late::Place),
                None => Ok(()),
            };
            let checked = checked.and_then(|()| {
                event.withdraws().map_or(Ok(()), |withdrawn| log.check_withdrawal(withdrawn, key))
            });
            checked.map_err(|error| (number(at), error))?;
            log.events.push((key, event));
        }
        let played = play(&log.start, &log.events, log.has_withdrawn(), None);
        log.now = played.map_err(|(at, error)| (number(at), error))?.state;
        Ok(log)
    }

    /// Takes an event in. It is as it was where there is an error. What comes last costs its own fold; what is late, and what takes a report
    /// back, all folds.
    pub(super) fn take(&mut self, event: Event, late: Late) -> Result<Taken> {
        let key = event.key()?;
        let at = self.events.partition_point(|(known, _)| *known < key);
        if self.events.get(at).is_some_and(|(known, _)| *known == key) {
            return Ok(Taken { known: true, happened: Vec::new(), absorbed: None });
        }
        if let Some(clock) = self.now.clock.filter(|clock| event.at < *clock) {
            self.late(&event, clock, late)?;
        }
        if let Some(withdrawn) = event.withdraws() {
            self.check_withdrawal(withdrawn, key)?;
        } else if at == self.events.len() {
            let Folded { state, happened, absorbed, .. } = self.now.fold(&event, Unknown::refused())?;
            self.now = state;
            self.events.push((key, Arc::new(event)));
            return Ok(Taken { known: false, happened, absorbed });
        }
        let event = Arc::new(event);
        let mut events = self.events.clone();
        events.insert(at, (key, Arc::clone(&event)));
        let lenient = event.withdraws().is_some() || self.has_withdrawn();
        let played = play(&self.start, &events, lenient, Some(at)).map_err(|(n, error)| {
            match events.get(n).filter(|_| n != at) {
                Some((key, _)) => error.at(format_args!("the event of {} that follows", key.at)),
                None => error,
            }
        })?;
        let Played { state, mut happened, absorbed, without_effect } = played;
        if let Some(withdrawn) = event.withdraws() {
            happened.push(Self::came_to(withdrawn, (&self.now, &state), without_effect));
        }
        (self.events, self.now) = (events, state);
        Ok(Taken { known: false, happened, absorbed })
    }

    fn has_withdrawn(&self) -> bool {
        !withdrawn(&self.events).is_empty()
    }

    fn late(&self, event: &Event, clock: Moment, late: Late) -> Result<()> {
        let conflict = |message: String| Err(Error::new(ErrorKind::Conflict, message).at("/at"));
        let at = event.at;
        if matches!(event.what, What::TimePassed) {
            return conflict(format!(
                "it is {clock} already, and a clock that goes back to {at} is not believed: say a later time"
            ));
        }
        if let Some(oldest) = self.start.clock.filter(|oldest| at <= *oldest) {
            return conflict(format!(
                "the event is of {at}, and the history before {oldest} is no longer kept: it cannot be placed"
            ));
        }
        match late {
            Late::Place => Ok(()),
            Late::Refuse => conflict(format!(
                "the event is of {at}, and what happened until {clock} is known: tell it in time, or ask for late events to be placed"
            )),
        }
    }

    /// The state as of a moment: after everything that had happened by then.
    pub(super) fn at(&self, moment: Moment) -> Result<State> {
        if let Some(oldest) = self.start.clock.filter(|oldest| moment < *oldest) {
            let message = format!(
                "{moment} lies before {oldest}, from where on the history is kept: name a later moment"
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        if self.now.clock.is_some_and(|clock| clock <= moment) {
            return Ok(self.now.clone());
        }
        let until = self.events.partition_point(|(key, _)| key.at <= moment);
        let events = self.events.get(..until).unwrap_or_default();
        Ok(play(&self.start, events, self.has_withdrawn(), None).map_err(|(_, error)| error)?.state)
    }

    /// Begins the history at a moment: what happened until then is one state, apart from what is needed to look back at reports that were
    /// taken back later. What has been gone since before `forget` is forgotten.
    pub(super) fn compact(&mut self, until: Moment, forget: Option<Moment>) -> Result<usize> {
        let mut start = self.at(until)?;
        let Some(apart) = self.apart_from_withdrawn(until) else { return Ok(0) };
        if apart < until {
            start = self.at(apart)?;
        }
        let until = apart;
        if let Some(forget) = forget {
            start.forget(forget.min(until));
        }
        let kept: Vec<_> = self.events.iter().filter(|(key, _)| key.at > until).cloned().collect();
        let now = play(&start, &kept, self.has_withdrawn(), None).map_err(|(_, error)| error)?.state;
        let dropped = self.events.len() - kept.len();
        (self.start, self.events, self.now) = (start, kept, now);
        Ok(dropped)
    }

    /// Begins the history now, with other tables.
    pub(super) fn restart(&mut self, intel: Intel) {
        self.now.intel = intel;
        // What must hold for something to be accepted may hold no more.
        self.now.decide();
        self.start = self.now.clone();
        self.events.clear();
    }
}

/// The ids of the reports that events take back.
fn withdrawn(events: &[(EventKey, Arc<Event>)]) -> BTreeSet<&str> {
    events.iter().filter_map(|(_, event)| event.withdraws()).map(|withdrawn| &*withdrawn.report).collect()
}

/// What playing events came to: the state, and what became of one of them.
struct Played {
    state: State,
    happened: Vec<Happened>,
    absorbed: Option<Absorbed>,
    /// The ids of the events that name what is not known, which was passed over.
    without_effect: Vec<Box<str>>,
}

/// Plays events from a state on. Reports that are taken back by one of them are left out, as if they had never come; where the history has
/// any, names that are not known were known by such a report, and are passed over. `new` is the number of an event that is told just now:
/// what it names must be known. An error comes with the number of the event.
fn play(
    start: &State,
    events: &[(EventKey, Arc<Event>)],
    lenient: bool,
    new: Option<usize>,
) -> Result<Played, (usize, Error)> {
    let withdrawn = withdrawn(events);
    let is_left_out = |key: &EventKey| !withdrawn.is_empty() && withdrawn.contains(&*key.id());
    let mut played =
        Played { state: start.clone(), happened: Vec::new(), absorbed: None, without_effect: Vec::new() };
    for (n, (key, event)) in events.iter().enumerate().filter(|(_, (key, _))| !is_left_out(key)) {
        let unknown = Unknown { passes: lenient && new != Some(n), passed: false };
        let folded = played.state.fold(event, unknown).map_err(|error| (n, error))?;
        played.state = folded.state;
        if folded.passed {
            played.without_effect.push(key.id().into());
        }
        if new == Some(n) {
            (played.happened, played.absorbed) = (folded.happened, folded.absorbed);
        }
    }
    Ok(played)
}
