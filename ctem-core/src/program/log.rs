//! The history of a program: a state to begin with, every event since, and the state they come to.

use super::{
    event::{Event, EventKey, What},
    happened::Happened,
    state::{Folded, State},
};
use crate::{
    discover::Absorbed,
    error::{Error, ErrorKind, Result},
    intel::Intel,
    model::Environment,
    time::Moment,
    word::words,
};
use std::sync::Arc;

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

    /// Takes an event in. It is as it was where there is an error. What comes last costs its own fold; what is late, all folds.
    pub(super) fn take(&mut self, event: Event, late: Late) -> Result<Taken> {
        let key = event.key()?;
        let at = self.events.partition_point(|(known, _)| *known < key);
        if self.events.get(at).is_some_and(|(known, _)| *known == key) {
            return Ok(Taken { known: true, happened: Vec::new(), absorbed: None });
        }
        if let Some(clock) = self.now.clock.filter(|clock| event.at < *clock) {
            self.late(&event, clock, late)?;
        }
        if at == self.events.len() {
            let Folded { state, happened, absorbed } = self.now.fold(&event)?;
            let event = event.kept(&key, &self.now.intel, &state.intel);
            self.now = state;
            self.events.push((key, Arc::new(event)));
            return Ok(Taken { known: false, happened, absorbed });
        }
        // What tables differ in is other once another stands before them.
        let mut events = self.whole()?;
        events.insert(at, (key, Arc::new(event)));
        let mut state = self.start.clone();
        let mut taken = Taken { known: false, happened: Vec::new(), absorbed: None };
        for (known, event) in &mut events {
            let folded = state.fold(event).map_err(|error| {
                if *known == key {
                    error
                } else {
                    error.at(format_args!("the event of {} that follows", event.at))
                }
            })?;
            if matches!(event.what, What::Intel(_)) {
                *event = Arc::new((**event).clone().kept(known, &state.intel, &folded.state.intel));
            }
            state = folded.state;
            if *known == key {
                (taken.happened, taken.absorbed) = (folded.happened, folded.absorbed);
            }
        }
        (self.events, self.now) = (events, state);
        Ok(taken)
    }

    /// The events, with every table of theirs whole.
    fn whole(&self) -> Result<Vec<(EventKey, Arc<Event>)>> {
        let mut intel = self.start.intel.clone();
        let whole = |(key, event): &(EventKey, Arc<Event>)| {
            let What::Intel(feeds) = &event.what else { return Ok((*key, Arc::clone(event))) };
            intel = feeds.replaced(&intel)?.0;
            Ok((*key, Arc::new(Event::new(event.at, What::Intel(feeds.whole(&intel))))))
        };
        self.events.iter().map(whole).collect()
    }

    /// The event of a key as it is kept, and whether it is the last.
    pub(super) fn kept(&self, key: &EventKey) -> Option<(&Event, bool)> {
        let at = self.events.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        let (_, event) = self.events.get(at)?;
        Some((event, at + 1 == self.events.len()))
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
        self.keeps(moment)?;
        if self.now.clock.is_some_and(|clock| clock <= moment) {
            return Ok(self.now.clone());
        }
        let mut state = self.start.clone();
        for (key, event) in &self.events {
            if key.at > moment {
                break;
            }
            state = state.fold(event)?.state;
        }
        Ok(state)
    }

    /// Fails for a moment before the history that is kept.
    pub(super) fn keeps(&self, moment: Moment) -> Result<()> {
        match self.start.clock.filter(|oldest| moment < *oldest) {
            None => Ok(()),
            Some(oldest) => Err(Error::new(
                ErrorKind::NotFound,
                format!(
                    "{moment} lies before {oldest}, from where on the history is kept: name a later moment"
                ),
            )),
        }
    }

    /// The states as of moments in their order, each followed from the one before.
    pub(super) fn states(&self, moments: &[Moment]) -> impl Iterator<Item = Result<State>> {
        let (mut state, mut events) = (self.start.clone(), self.events.iter().peekable());
        moments.iter().map(move |moment| {
            while let Some((_, event)) = events.next_if(|(key, _)| key.at <= *moment) {
                state = state.fold(event)?.state;
            }
            Ok(state.clone())
        })
    }

    /// Begins the history at a moment: what happened until then is one state. What has been gone since before `forget` is forgotten.
    pub(super) fn compact(&mut self, until: Moment, forget: Option<Moment>) -> Result<usize> {
        let mut start = self.at(until)?;
        if let Some(forget) = forget {
            start.forget(forget.min(until));
        }
        let kept: Vec<_> = self.events.iter().filter(|(key, _)| key.at > until).cloned().collect();
        let mut now = start.clone();
        for (_, event) in &kept {
            now = now.fold(event)?.state;
        }
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
