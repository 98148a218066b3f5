//! Where a program is kept, so that every event it has answered is there again.
//!
//! A [`Store`] is a checkpoint and the events since, in the order in which they were told. [`Kept`] is a program with its store: an event is
//! answered once it is stored, and not before. [`Memory`] keeps everything for as long as it lives; by the feature `sqlite` there is a file.

use super::{
    cycle::{ApplyOptions, Program},
    delta::Delta,
    erased::Erased,
    event::{Event, What},
    history::Retention,
    log::Log,
    pseudonym::PseudonymKey,
};
use crate::{
    error::{Error, ErrorKind, Result},
    intel::effects::Effects,
    time::Moment,
};
use std::sync::Arc;

/// Somewhere that keeps a program: a checkpoint, and the events since.
///
/// A write names the revision it was made on, and a store that has gone on since refuses it with `conflict`: of two writers one wins, and
/// the other is told. A write that returns is there for good.
///
/// ```
/// use ctem_core::program::{Memory, Store};
///
/// let mut store = Memory::default();
/// assert!(store.load()?.is_none());
/// let first = store.replace(0, "{}", &[])?;
/// let second = store.append(first, "an event")?;
/// // Another writer, that has not seen it.
/// assert_eq!(store.append(first, "another").unwrap_err().code(), "conflict");
/// assert_eq!(store.load()?.map(|stored| (stored.revision, stored.events.len())), Some((second, 1)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub trait Store {
    /// What is stored; nothing in a new store.
    ///
    /// # Errors
    /// `io` where it cannot be read, and what the store says of what it is.
    fn load(&self) -> Result<Option<Stored>>;

    /// Adds an event to what was stored at a revision. The revision with it comes back.
    ///
    /// # Errors
    /// `conflict` where the store is at another revision, `io` where it cannot be written.
    fn append(&mut self, revision: u64, event: &str) -> Result<u64>;

    /// Puts a checkpoint and the events since in the place of what was stored at a revision, all or nothing. The new revision comes back.
    ///
    /// # Errors
    /// As [`Store::append`].
    fn replace(&mut self, revision: u64, checkpoint: &str, events: &[String]) -> Result<u64>;

    /// Leaves nothing of what was replaced, where a store keeps any of it to write faster. One that does not has nothing to do.
    ///
    /// # Errors
    /// `io` where it cannot be written.
    fn scrub(&mut self) -> Result<()> {
        Ok(())
    }
}

/// What a store has.
///
/// ```
/// use ctem_core::program::Stored;
///
/// let stored = Stored { revision: 1, checkpoint: "{}".into(), events: Vec::new() };
/// assert_eq!(stored.revision, 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// How often it was written: 0 where it never was.
    pub revision: u64,
    /// The program at the oldest moment, as [`Program::document`] writes it.
    pub checkpoint: String,
    /// The events since, as [`Event::document`] writes them, in the order in which they were told.
    pub events: Vec<String>,
}

/// The error of a write to a store that has gone on.
pub(super) fn moved_on(expected: u64, found: u64) -> Error {
    Error::new(
        ErrorKind::Conflict,
        format!(
            "the store is at revision {found} and the write was made on {expected}: another writer was first, so load it again"
        ),
    )
}

/// A store that lasts as long as it lives.
///
/// ```
/// use ctem_core::program::{Memory, Store};
///
/// assert!(Memory::default().load()?.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Memory(Option<Stored>);

impl Store for Memory {
    fn load(&self) -> Result<Option<Stored>> {
        Ok(self.0.clone())
    }

    fn append(&mut self, revision: u64, event: &str) -> Result<u64> {
        let stored = self.0.get_or_insert_default();
        if stored.revision != revision {
            return Err(moved_on(revision, stored.revision));
        }
        stored.events.push(event.to_owned());
        stored.revision += 1;
        Ok(stored.revision)
    }

    fn replace(&mut self, revision: u64, checkpoint: &str, events: &[String]) -> Result<u64> {
        let found = self.0.as_ref().map_or(0, |stored| stored.revision);
        if found != revision {
            return Err(moved_on(revision, found));
        }
        let next = revision + 1;
        self.0 = Some(Stored { revision: next, checkpoint: checkpoint.to_owned(), events: events.to_vec() });
        Ok(next)
    }
}

/// A program and the store it is kept in.
///
/// ```
/// use ctem_core::{Program, discover, intel::effects::Effects, program::{ApplyOptions, Event, Kept, Memory}, wire};
///
/// let mut kept = Kept::open(Memory::default(), Program::default(), Effects::default())?;
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// kept.apply(event, ApplyOptions::default())?;
/// // Tomorrow it is there again.
/// let again = Kept::open(kept.into_store(), Program::default(), Effects::default())?;
/// assert_eq!(again.program().environment().finding_count(), 3);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Kept<S> {
    store: S,
    program: Program,
    revision: u64,
}

impl<S: Store> Kept<S> {
    /// The program that is kept in a store; in a new one, `new` is kept from now on. `effects` is the program's own table of effects, which
    /// no store keeps.
    ///
    /// ```
    /// use ctem_core::{Program, intel::effects::Effects, program::{Kept, Memory, Store}};
    ///
    /// let kept = Kept::open(Memory::default(), Program::default(), Effects::default())?;
    /// assert!(kept.into_store().load()?.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As the store, and as [`Program::read`].
    pub fn open(mut store: S, new: Program, effects: Effects) -> Result<Self> {
        let Some(stored) = store.load()? else {
            let revision = store.replace(0, &new.document()?, &[])?;
            return Ok(Self { store, program: new, revision });
        };
        let events: Result<Vec<Event>> = stored
            .events
            .iter()
            .enumerate()
            .map(|(n, event)| {
                Event::read(event.as_bytes()).map_err(|error| error.at(format_args!("/events/{n}")))
            })
            .collect();
        let mut program = Program::read(stored.checkpoint.as_bytes(), effects)?;
        program.replay(events?)?;
        Ok(Self { store, program, revision: stored.revision })
    }

    /// Takes an event in, as [`Program::apply`], and answers once it is stored. Where it is not, the program is as it was.
    ///
    /// ```
    /// use ctem_core::{Program, intel::effects::Effects, program::{ApplyOptions, Event, Kept, Memory, What}};
    ///
    /// let mut kept = Kept::open(Memory::default(), Program::default(), Effects::default())?;
    /// kept.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// let back = Event::new("2025-11-12".parse()?, What::TimePassed);
    /// assert_eq!(kept.apply(back, ApplyOptions::default()).unwrap_err().code(), "conflict");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::apply`] and [`Store::append`].
    pub fn apply(&mut self, event: Event, options: ApplyOptions<'_>) -> Result<Delta> {
        let key = event.key()?;
        let mut program = self.program.clone();
        let delta = program.apply(event, options)?;
        if !delta.known {
            self.revision = match program.log().and_then(|log| log.kept(&key)) {
                // Tables that follow are other once another stands before them.
                Some((event, false)) if matches!(event.what, What::Intel(_)) => {
                    self.store.replace(self.revision, &program.document()?, &[])?
                }
                Some((event, _)) => self.store.append(self.revision, &event.document()?)?,
                None => self.revision,
            };
        }
        self.program = program;
        Ok(delta)
    }

    /// Keeps less of the history, in the program and in the store: says how many events became one state.
    ///
    /// ```
    /// use ctem_core::{Program, intel::effects::Effects, program::{ApplyOptions, Event, Kept, Memory, Retention, Store, What}};
    ///
    /// let mut kept = Kept::open(Memory::default(), Program::default(), Effects::default())?;
    /// kept.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// let retention = Retention { replay_from: "2025-11-13".parse()?, forget_gone_before: None };
    /// assert_eq!(kept.compact(retention)?, 1);
    /// assert!(kept.into_store().load()?.is_some_and(|stored| stored.events.is_empty()));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::compact`] and [`Store::replace`].
    pub fn compact(&mut self, retention: Retention) -> Result<usize> {
        let mut program = self.program.clone();
        let dropped = program.compact(retention)?;
        self.revision = self.store.replace(self.revision, &program.document()?, &[])?;
        self.program = program;
        Ok(dropped)
    }

    /// Erases persons, identities and assets, as [`Program::erase`], in the program and in the store, which keeps nothing of the names.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::effects::Effects, program::{Kept, Memory, PseudonymKey, Store}, wire};
    ///
    /// let mut program = Program::default();
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// let mut kept = Kept::open(Memory::default(), program, Effects::default())?;
    /// kept.erase(&["shop"], &PseudonymKey::new([7; 32]))?;
    /// assert!(kept.into_store().load()?.is_some_and(|stored| !stored.checkpoint.contains("shop")));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::erase`], [`Store::replace`] and [`Store::scrub`].
    pub fn erase(&mut self, names: &[&str], key: &PseudonymKey) -> Result<Erased> {
        let mut program = self.program.clone();
        let erased = program.erase(names, key)?;
        self.revision = self.store.replace(self.revision, &program.document()?, &[])?;
        self.program = program;
        self.store.scrub()?;
        Ok(erased)
    }

    /// The program.
    ///
    /// ```
    /// use ctem_core::{Program, intel::effects::Effects, program::{Kept, Memory}};
    ///
    /// let kept = Kept::open(Memory::default(), Program::default(), Effects::default())?;
    /// assert_eq!(kept.program().clock(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The store, without the program.
    ///
    /// ```
    /// use ctem_core::{Program, intel::effects::Effects, program::{Kept, Memory, Store}};
    ///
    /// let kept = Kept::open(Memory::default(), Program::default(), Effects::default())?;
    /// assert_eq!(kept.into_store().load()?.map(|stored| stored.revision), Some(1));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn into_store(self) -> S {
        self.store
    }
}

impl Program {
    /// Takes events in that were taken in before, whatever their order: each costs its own fold.
    pub(crate) fn replay(&mut self, events: Vec<Event>) -> Result<()> {
        let log = self.begun()?;
        let known = std::mem::take(&mut log.events).into_iter().map(|(_, event)| Arc::unwrap_or_clone(event));
        let events: Vec<Event> = known.chain(events).collect();
        let moments: Vec<Moment> = events.iter().map(|event| event.at).collect();
        let named = |(n, error): (usize, Error)| match moments.get(n) {
            Some(at) => error.at(format_args!("the event of {at}")),
            None => error,
        };
        *log = Log::of((*log.start).clone(), events, &crate::attack::Asking::nobody()).map_err(named)?;
        self.follow();
        Ok(())
    }
}
