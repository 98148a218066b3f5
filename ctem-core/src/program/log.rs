//! The history of a program: a state to begin with, every event since, and the state they come to.

use super::{
    coverage::Covers,
    event::{Event, EventKey, Reported, What},
    happened::Happened,
    state::{Folded, State, Unknown},
};
use crate::{
    attack::Asking,
    discover::Absorbed,
    error::{Error, ErrorKind, Result},
    intel::Intel,
    model::{Environment, Note, Report},
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
    pub(super) start: Arc<State>,
    pub(super) events: Vec<(EventKey, Arc<Event>)>,
    pub(super) now: Arc<State>,
}

/// What taking an event came to.
#[derive(Debug)]
pub(super) struct Taken {
    /// Whether it was told before.
    pub(super) known: bool,
    pub(super) happened: Vec<Happened>,
    pub(super) absorbed: Option<Absorbed>,
    /// The keys of the findings that are new, where nothing else is.
    pub(super) news: Option<Vec<u128>>,
}

impl Log {
    /// A history that begins with what is known, and has no event.
    pub(super) fn begin(environment: &Environment, intel: &Intel, asking: &Asking<'_>) -> Result<Self> {
        Ok(Self::of_state(State::begin(environment, intel.clone(), asking)?))
    }

    /// A history that begins with a state, and has no event.
    pub(super) fn of_state(state: State) -> Self {
        let start = Arc::new(state);
        Self { now: Arc::clone(&start), start, events: Vec::new() }
    }

    /// A history that begins with a state, and has had these events, in whatever order they are given. An error comes with the number of
    /// the event. Costs a fold for each.
    pub(super) fn of(start: State, events: Vec<Event>, asking: &Asking<'_>) -> Result<Self, (usize, Error)> {
        let mut told = Vec::with_capacity(events.len());
        for (n, event) in events.into_iter().enumerate() {
            told.push((event.key().map_err(|error| (n, error))?, n, Arc::new(event)));
        }
        told.sort_unstable_by_key(|(key, n, _)| (*key, *n));
        told.dedup_by_key(|(key, ..)| *key);
        let numbers: Vec<usize> = told.iter().map(|(_, n, _)| *n).collect();
        let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
        let mut log = Self { events: Vec::with_capacity(told.len()), ..Self::of_state(start) };
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
        let lenient = log.has_withdrawn();
        let played = play(&log.start, std::mem::take(&mut log.events), lenient, None, asking)
            .map_err(|(at, error)| (number(at), error))?;
        (log.events, log.now) = (played.events, Arc::new(played.state));
        Ok(log)
    }

    /// Takes a report in that is no event of its own: as of the last one, and covering nothing.
    pub(super) fn absorb(&mut self, report: Report, clock: Moment, asking: &Asking<'_>) -> Absorbed {
        let reported = Reported { covers: Covers::Nothing, ..Reported::new(report) };
        let event = Event::new(clock, What::Absorbed(Box::new(reported)));
        match self.take(event, Late::Place, asking) {
            Ok(taken) => taken.absorbed.unwrap_or_default(),
            Err(error) => Absorbed { notes: vec![Note::rejected(&error)], ..Absorbed::default() },
        }
    }

    /// Takes an event in. It is as it was where there is an error. What comes last costs its own fold; what is late, and what takes a report
    /// back, all folds.
    pub(super) fn take(&mut self, event: Event, late: Late, asking: &Asking<'_>) -> Result<Taken> {
        let key = event.key()?;
        let at = self.events.partition_point(|(known, _)| *known < key);
        if self.events.get(at).is_some_and(|(known, _)| *known == key) {
            return Ok(Taken { known: true, happened: Vec::new(), absorbed: None, news: None });
        }
        if let Some(clock) = self.now.clock.filter(|clock| event.at < *clock) {
            self.late(&event, clock, late)?;
        }
        if let Some(withdrawn) = event.withdraws() {
            self.check_withdrawal(withdrawn, key)?;
        } else if at == self.events.len() {
            let Folded { state, happened, absorbed, news, .. } =
                self.now.fold(&event, Unknown::refused(), asking)?;
            let event = event.kept(&key, &self.now.intel, &state.intel);
            self.now = Arc::new(state);
            self.events.push((key, Arc::new(event)));
            return Ok(Taken { known: false, happened, absorbed, news });
        }
        let event = Arc::new(event);
        // What tables differ in is other once another stands before them.
        let mut events = self.whole()?;
        events.insert(at, (key, Arc::clone(&event)));
        let moments: Vec<Moment> = events.iter().map(|(key, _)| key.at).collect();
        let lenient = event.withdraws().is_some() || self.has_withdrawn();
        let played =
            play(&self.start, events, lenient, Some(at), asking).map_err(|(n, error)| {
                match moments.get(n).filter(|_| n != at && error.kind() != ErrorKind::Cancelled) {
                    Some(moment) => error.at(format_args!("the event of {moment} that follows")),
                    None => error,
                }
            })?;
        let Played { events, state, mut happened, absorbed, without_effect } = played;
        if let Some(withdrawn) = event.withdraws() {
            happened.push(Self::came_to(withdrawn, (&self.now, &state), without_effect));
        }
        (self.events, self.now) = (events, Arc::new(state));
        Ok(Taken { known: false, happened, absorbed, news: None })
    }

    fn has_withdrawn(&self) -> bool {
        !withdrawn(&self.events).is_empty()
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
    pub(super) fn at(&self, moment: Moment, asking: &Asking<'_>) -> Result<State> {
        self.keeps(moment)?;
        if self.now.clock.is_some_and(|clock| clock <= moment) {
            return Ok((*self.now).clone());
        }
        let until = self.events.partition_point(|(key, _)| key.at <= moment);
        let events = self.events.get(..until).unwrap_or_default().to_vec();
        Ok(play(&self.start, events, self.has_withdrawn(), None, asking).map_err(|(_, error)| error)?.state)
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

    /// The events that count, in their order: not the reports that were taken back.
    pub(super) fn counting(&self) -> impl Iterator<Item = (&EventKey, &Arc<Event>)> {
        let withdrawn = withdrawn(&self.events);
        let counts =
            move |(key, _): &&(EventKey, Arc<Event>)| withdrawn.is_empty() || !withdrawn.contains(&*key.id());
        self.events.iter().filter(counts).map(|(key, event)| (key, event))
    }

    /// What becomes of names that are not known, where events are played again.
    pub(super) fn unknown(&self) -> Unknown {
        Unknown { passes: self.has_withdrawn(), passed: false }
    }

    /// The states as of moments in their order, each followed from the one before.
    pub(super) fn states(
        &self,
        moments: &[Moment],
        asking: &Asking<'_>,
    ) -> impl Iterator<Item = Result<State>> {
        let (mut state, mut events) = ((*self.start).clone(), self.counting().peekable());
        moments.iter().map(move |moment| {
            while let Some((_, event)) = events.next_if(|(key, _)| key.at <= *moment) {
                state = state.fold(event, self.unknown(), asking)?.state;
            }
            Ok(state.clone())
        })
    }

    /// Begins the history at a moment: what happened until then is one state, apart from what is needed to look back at reports that were
    /// taken back later. What has been gone since before `forget` is forgotten.
    pub(super) fn compact(
        &mut self,
        until: Moment,
        forget: Option<Moment>,
        asking: &Asking<'_>,
    ) -> Result<usize> {
        let mut start = self.at(until, asking)?;
        let Some(apart) = self.apart_from_withdrawn(until) else { return Ok(0) };
        if apart < until {
            start = self.at(apart, asking)?;
        }
        let until = apart;
        if let Some(forget) = forget {
            start.forget(forget.min(until));
        }
        let kept: Vec<_> = self.events.iter().filter(|(key, _)| key.at > until).cloned().collect();
        let dropped = self.events.len() - kept.len();
        let played = play(&start, kept, self.has_withdrawn(), None, asking).map_err(|(_, error)| error)?;
        (self.start, self.events, self.now) = (Arc::new(start), played.events, Arc::new(played.state));
        Ok(dropped)
    }

    /// Begins the history now, with other tables.
    pub(super) fn restart(&mut self, intel: Intel) {
        let now = Arc::make_mut(&mut self.now);
        now.intel = intel;
        // What must hold for something to be accepted may hold no more.
        now.decide();
        self.start = Arc::clone(&self.now);
        self.events.clear();
    }
}

/// The ids of the reports that events take back.
fn withdrawn(events: &[(EventKey, Arc<Event>)]) -> BTreeSet<&str> {
    events.iter().filter_map(|(_, event)| event.withdraws()).map(|withdrawn| &*withdrawn.report).collect()
}

/// What playing events came to: the state, and what became of one of them.
struct Played {
    /// The events as they are kept: tables as what they differ in from those before.
    events: Vec<(EventKey, Arc<Event>)>,
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
    mut events: Vec<(EventKey, Arc<Event>)>,
    lenient: bool,
    new: Option<usize>,
    asking: &Asking<'_>,
) -> Result<Played, (usize, Error)> {
    let withdrawn: BTreeSet<String> = withdrawn(&events).into_iter().map(str::to_owned).collect();
    let is_left_out = |key: &EventKey| !withdrawn.is_empty() && withdrawn.contains(&*key.id());
    let mut played = Played {
        events: Vec::new(),
        state: start.clone(),
        happened: Vec::new(),
        absorbed: None,
        without_effect: Vec::new(),
    };
    for (n, (key, event)) in events.iter_mut().enumerate().filter(|(_, (key, _))| !is_left_out(key)) {
        let unknown = Unknown { passes: lenient && new != Some(n), passed: false };
        let folded = played.state.fold(event, unknown, asking).map_err(|error| (n, error))?;
        if matches!(&event.what, What::Intel(feeds) if feeds.is_whole()) {
            *event = Arc::new((**event).clone().kept(key, &played.state.intel, &folded.state.intel));
        }
        played.state = folded.state;
        if folded.passed {
            played.without_effect.push(key.id().into());
        }
        if new == Some(n) {
            (played.happened, played.absorbed) = (folded.happened, folded.absorbed);
        }
    }
    Ok(Played { events, ..played })
}
