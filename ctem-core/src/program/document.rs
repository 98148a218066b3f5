//! A program as a document: a state to begin with, and every event since. Read again, it is the same program.

use super::{
    acceptance::Standing,
    cycle::Program,
    event::Event,
    held::{Held, Statement},
    ledger::{Course, Ledger},
    log::Log,
    state::State,
    tables::Tables,
};
use crate::{
    attack::{Asking, OnProgress},
    error::{Error, ErrorKind, Result},
    id::{AssetId, FindingId, OwnerId},
    intel::effects::Effects,
    model::{ControlChecks, Places, Record, WeaknessKind},
    text::{self, json},
    time::Moment,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// What is ended where whoever is asked says no, and what it is counted in.
const WHAT: (&str, &str) = ("reading the program", "records");

/// The version of the document that is written; all up to it are read. The first had no acceptances besides those of single findings.
pub(super) const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    ctem_program: Head,
    pub(super) state: StateDocument,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<Event>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
}

impl Document {
    pub(super) fn of(log: &Log) -> Self {
        let events = log.events.iter().map(|(_, event)| (**event).clone()).collect();
        Self { ctem_program: Head { version: VERSION }, state: written(&log.start), events }
    }

    /// The history that it is of.
    pub(super) fn log(self, effects: Effects, asking: &Asking<'_>) -> Result<Log> {
        let Self { ctem_program, state, events } = self;
        let state = state.read(effects, ctem_program.version, asking).map_err(|error| error.at("/state"))?;
        asking.ended(WHAT.0, WHAT.1)?;
        let log = Log::of(state, events, asking);
        // Where it was ended, no event is at fault.
        asking.ended(WHAT.0, WHAT.1)?;
        log.map_err(|(n, error)| error.at(format_args!("/events/{n}")))
    }
}

/// A state, as lists in a fixed order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateDocument {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock: Option<Moment>,
    intel: Tables,
    pub(super) stated: HeldDocument,
    pub(super) sources: Vec<(Box<str>, HeldDocument)>,
    owners: Vec<(AssetId, Option<OwnerId>)>,
    courses: Vec<Course>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    acceptances: Vec<Standing>,
    looked: Vec<(AssetId, BTreeMap<WeaknessKind, Moment>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    compliance: Vec<(Box<str>, Vec<ControlChecks>)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldDocument {
    tool: Box<str>,
    /// Whether the finding says where it was seen, and not each sighting.
    places_of_findings: bool,
    pub(super) statements: Vec<(Moment, Vec<Record>)>,
    pub(super) past: Vec<(Moment, Vec<Record>)>,
    pub(super) names: Vec<(String, FindingId)>,
}

impl Program {
    /// The program as a JSON document: what was known at its oldest checkpoint, and every event since. [`Program::read`] makes the same
    /// program of it, which writes the same bytes. A program without events is written as one of what it knows.
    ///
    /// A table of effects of one's own is not in it: it goes with the program that reads it.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::effects::Effects, program::{ApplyOptions, Event}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// let document = program.document()?;
    /// let again = Program::read(document.as_bytes(), Effects::default())?;
    /// assert_eq!(again.document()?, document);
    /// assert_eq!(again.course(&"f-1".parse()?), program.course(&"f-1".parse()?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a number that JSON has no word for.
    pub fn document(&self) -> Result<String> {
        let fresh;
        let log = match self.log() {
            Some(log) => log,
            None => {
                fresh = Log::begin(self.environment(), self.intel(), &Asking::nobody())?;
                &fresh
            }
        };
        let broken =
            |error: serde_json::Error| Error::invalid("the program holds what JSON cannot").because(error);
        serde_json::to_string(&Document::of(log)).map_err(broken)
    }

    /// Reads a program from its document. `effects` is the table of effects it had: [`Effects::default`] where it had none of its own.
    /// O(n log n) for each event.
    ///
    /// ```
    /// use ctem_core::{Program, intel::effects::Effects};
    ///
    /// let newer = br#"{"ctem_program": {"version": 9}}"#;
    /// let error = Program::read(newer, Effects::default()).unwrap_err();
    /// assert_eq!(error.code(), "unsupported_version");
    /// ```
    ///
    /// # Errors
    /// `malformed` or `invalid_input` with the place for what is no such document, `unsupported_version` for one of a newer version,
    /// `conflict` where it had another table of effects, and as [`Program::apply`] for an event that cannot be.
    pub fn read(bytes: &[u8], effects: Effects) -> Result<Self> {
        Self::read_with(bytes, effects, OnProgress::default())
    }

    /// Reads a program from its document, as [`read`](Self::read) does, and asks on the way whether to go on.
    ///
    /// ```
    /// use ctem_core::{Program, attack::OnProgress, intel::effects::Effects};
    ///
    /// let document = Program::default().document()?;
    /// let stop = OnProgress::new(&|_| false);
    /// let error = Program::read_with(document.as_bytes(), Effects::default(), stop).unwrap_err();
    /// assert_eq!(error.code(), "cancelled");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read), and `cancelled` when whoever is asked says not to go on.
    pub fn read_with(bytes: &[u8], effects: Effects, progress: OnProgress<'_>) -> Result<Self> {
        // Records are put together anew for each event: how often that is shows only on the way.
        let asking = &Asking::new(progress, 0);
        asking.goes_on_now();
        asking.ended(WHAT.0, WHAT.1)?;
        #[derive(Deserialize)]
        struct Any {
            ctem_program: Head,
        }
        let text = text::decoded(bytes)?;
        let Any { ctem_program } = json::parse(&text)?;
        if !(1..=VERSION).contains(&ctem_program.version) {
            let message = format!(
                "the program is written in version {}, and versions up to {VERSION} are read: use the version of the engine that wrote it",
                ctem_program.version
            );
            return Err(Error::new(ErrorKind::UnsupportedVersion, message).at("/ctem_program/version"));
        }
        let document: Document = json::parse(&text)?;
        asking.goes_on_now();
        document.log(effects, asking).map(Self::of_log)
    }
}

fn written(state: &State) -> StateDocument {
    StateDocument {
        clock: state.clock,
        intel: Tables::of(&state.intel),
        stated: HeldDocument::of(&state.stated),
        sources: state
            .sources
            .iter()
            .map(|(source, held)| (source.clone(), HeldDocument::of(held)))
            .collect(),
        owners: state.owners.iter().map(|(asset, owner)| (asset.clone(), owner.clone())).collect(),
        courses: state.ledger.courses().cloned().collect(),
        acceptances: state.acceptances.values().cloned().collect(),
        looked: state.looked.iter().map(|(asset, kinds)| (asset.clone(), BTreeMap::clone(kinds))).collect(),
        compliance: state
            .compliance
            .iter()
            .map(|((source, _), checks)| (source.clone(), checks.clone()))
            .collect(),
    }
}

impl StateDocument {
    fn read(self, effects: Effects, version: u32, asking: &Asking<'_>) -> Result<State> {
        let sources: Result<Vec<_>> = self
            .sources
            .into_iter()
            .enumerate()
            .map(|(n, (source, held))| {
                let held = held.read().map_err(|error| error.at(format_args!("/sources/{n}")))?;
                Ok((source, Arc::new(held)))
            })
            .collect();
        let mut state = State {
            clock: self.clock,
            intel: self.intel.read(effects).map_err(|error| error.at("/intel"))?,
            stated: Arc::new(self.stated.read().map_err(|error| error.at("/stated"))?),
            sources: sources?,
            owners: self.owners.into_iter().collect(),
            ledger: Ledger::of(self.courses),
            acceptances: BTreeMap::new(),
            covered: BTreeMap::new(),
            looked: self.looked.into_iter().map(|(asset, kinds)| (asset, Arc::new(kinds))).collect(),
            compliance: BTreeMap::new(),
            plain: Arc::default(),
            environment: Arc::default(),
        };
        for standing in self.acceptances {
            state.acceptances.insert(state.key(&standing.accepted.of), standing);
        }
        for (source, checks) in self.compliance {
            state.check(&source, &checks);
        }
        if version == 1 {
            state.accept_as_courses_say();
        }
        state.put_together(asking);
        state.decide();
        Ok(state)
    }
}

impl HeldDocument {
    fn of(held: &Held) -> Self {
        let written = held.written();
        let lists = |statement: &Statement| (statement.at, statement.records.clone());
        Self {
            tool: written.tool.into(),
            places_of_findings: written.places == Places::OfFindings,
            statements: written.statements().map(lists).collect(),
            past: written.past().map(lists).collect(),
            names: held.names().map(|(key, name)| (format!("{key:032x}"), name.clone())).collect(),
        }
    }

    fn read(self) -> Result<Held> {
        let places = if self.places_of_findings { Places::OfFindings } else { Places::OfSightings };
        let statement = |(at, records)| Statement { records, at };
        let names: Result<Vec<_>> = self
            .names
            .into_iter()
            .map(|(key, name)| match u128::from_str_radix(&key, 16) {
                Ok(key) => Ok((key, name)),
                Err(_) => Err(Error::invalid(
                    "a key of `names` is not 32 hexadecimal digits: the document was edited",
                )),
            })
            .collect();
        Ok(Held::read(
            &self.tool,
            places,
            self.statements.into_iter().map(statement).collect(),
            self.past.into_iter().map(statement).collect(),
            names?,
        ))
    }
}
