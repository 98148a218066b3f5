//! A program: reports and events in, assessments and deltas out.

use super::{
    delta::Delta,
    event::Event,
    happened::Happened,
    ledger::Course,
    local,
    log::{Late, Log, Taken},
    model_change::ModelChange,
    state::State,
};
use crate::{
    attack::Asking,
    discover::{self, AbsorbOptions, Absorbed, Apart},
    error::Result,
    id::FindingId,
    intel::{Intel, effects::UnknownRule},
    model::{Environment, Report},
    prioritize::{AssessOptions, Assessment, Parts, assess},
    quantity::counted,
    time::Moment,
};
use std::{fmt, sync::Arc};

/// A program of threat exposure management: what is known of an organisation, and of the world.
///
/// ```
/// use ctem_core::{Environment, Loss, Probability, Program, intel::Intel};
/// use ctem_core::model::{Access, AssetKind, Attacker, LossSize, RelationKind, Weakness, WeaknessKind};
///
/// let environment = Environment::builder()
///     .asset("shop", AssetKind::Host)
///     .asset("orders", AssetKind::DataStore)
///     .relation("shop", RelationKind::Reads, "orders")
///     .entry_point("shop", Access::Reach, Attacker::Internet)
///     .loss("sales", "orders leak", LossSize::known(Loss::new(1e6, "EUR".parse()?)?), "orders", Access::Use)
///     .finding("f-1", "shop", Weakness {
///         epss: Some(Probability::new(0.94)?),
///         cvss: vec!["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".parse()?],
///         ..Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability)
///     })
///     .build()?;
/// let today = Program::with_environment(environment, Intel::none()).assess("2025-11-13".parse()?)?;
/// let worst = today.ranked().next().expect("a finding stands");
/// assert_eq!(worst.to_string(), "1. CVE-2021-44228 on shop: risk EUR 423,000, leads to orders leak");
/// assert_eq!(today.explain(&worst.id)?.risk.folded(), worst.risk.value());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Program {
    environment: Arc<Environment>,
    intel: Intel,
    /// What happened, once anything has.
    pub(super) log: Option<Box<Log>>,
    /// The assessment of what is known since the last event, with which the next delta begins.
    last: Option<Arc<Assessment>>,
    /// What is kept of it, so that what is local is assessed alone: in its place, once an event was.
    pub(super) parts: Option<Arc<Parts>>,
}

/// How an event is applied.
///
/// ```
/// use ctem_core::program::{ApplyOptions, Late};
///
/// // A queue that does not keep the order of its messages.
/// let options = ApplyOptions { late: Late::Place, ..ApplyOptions::default() };
/// assert_eq!(options.late, Late::Place);
/// ```
#[derive(Debug, Clone, Default)]
pub struct ApplyOptions<'a> {
    /// What becomes of an event that happened before others that were told. It is refused unless said.
    pub late: Late,
    /// How the two assessments are made that the delta is the difference of.
    pub assess: AssessOptions<'a>,
}

impl Program {
    /// A program that knows nothing of the organisation yet.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// // Where nothing is known, nothing is ranked; what tools say is absorbed later.
    /// let program = Program::new(Intel::none());
    /// assert!(program.assess("2025-11-13".parse()?)?.is_empty());
    /// assert_eq!(program.to_string(), "0 assets, 0 findings");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(intel: Intel) -> Self {
        Self { intel, ..Self::default() }
    }

    /// A program that knows an organisation and the world.
    ///
    /// ```
    /// use ctem_core::{Environment, Program, intel::Intel, model::AssetKind};
    ///
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).build()?;
    /// let program = Program::with_environment(environment, Intel::none());
    /// assert_eq!(program.environment().asset_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn with_environment(environment: Environment, intel: Intel) -> Self {
        Self { environment: Arc::new(environment), intel, ..Self::default() }
    }

    /// Takes a report in. What became of its records, and why some were rejected, comes back.
    ///
    /// Before the first event it is what was known all along. Afterwards it is an event of the moment of the last one, that covers
    /// nothing: [`Program::apply`] says when it was, and what it looked at.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel};
    ///
    /// let mut program = Program::new(Intel::none());
    /// let document = br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1", "kind": "host"}, {"id": "", "kind": "host"}]}"#;
    /// let absorbed = program.absorb(discover::read(document)?);
    /// assert_eq!(absorbed.tally.to_string(), "read 2 = accepted 1 + merged 0 + rejected 1");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn absorb(&mut self, report: Report) -> Absorbed {
        if let Some(log) = &mut self.log
            && let Some(clock) = log.now.clock
        {
            let absorbed = log.absorb(report, clock, &Asking::nobody());
            self.follow();
            return absorbed;
        }
        // A history without an event has nothing that is not known here.
        (self.log, self.last, self.parts) = (None, None, None);
        // Copies the environment only while an earlier assessment still looks at it.
        discover::absorb(Arc::make_mut(&mut self.environment), report)
    }

    /// Takes a report in, as [`absorb`](Self::absorb) does, and asks on the way whether to go on.
    ///
    /// A report that is ended is not taken in: the program is as it was. One that is short beside what is known is taken in without
    /// another ask.
    ///
    /// ```
    /// use ctem_core::{Program, attack::OnProgress, discover::{self, AbsorbOptions}, wire};
    ///
    /// let mut program = Program::default();
    /// let stop = AbsorbOptions { progress: OnProgress::new(&|_| false) };
    /// let error = program.absorb_with(discover::read(wire::EXAMPLE.as_bytes())?, stop).unwrap_err();
    /// assert_eq!((error.code(), program.environment().asset_count()), ("cancelled", 0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `cancelled` when [`AbsorbOptions::progress`] says not to go on.
    pub fn absorb_with(&mut self, report: Report, options: AbsorbOptions<'_>) -> Result<Absorbed> {
        if let Some(log) = &self.log
            && let Some(clock) = log.now.clock
        {
            let mut log = log.clone();
            let asking = Asking::new(options.progress, report.contents.len());
            asking.goes_on_now();
            let absorbed = log.absorb(report, clock, &asking);
            asking.ended("absorbing", "records")?;
            self.log = Some(log);
            self.follow();
            return Ok(absorbed);
        }
        match discover::absorb_apart(&self.environment, report, options)? {
            Apart::Short(report) => Ok(self.absorb(*report)),
            Apart::Taken(absorbed, after) => {
                (self.log, self.last, self.parts) = (None, None, None);
                self.environment = Arc::from(after);
                Ok(absorbed)
            }
        }
    }

    /// Takes an event in, and says what it changed: the difference of an assessment as of the event before and one as of this.
    ///
    /// A program that cannot take it is as it was, to the bit. The same event told twice is one. An event that happened before others
    /// that were told is refused, or put in its place, as the options say: never is it taken for something that happened later.
    /// O(n log n) in what is known, and an assessment: another where the event before was applied with other options, and where another
    /// EPSS model comes in. A report that brings nothing but findings on assets that stand alone costs what is known of these, once one
    /// such report was told: no relation, way in, control or stated loss is theirs, and nothing is tested.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Coverage, Covers, Event, Reported, What}, wire};
    ///
    /// let mut program = Program::default();
    /// let scan = |findings: &str| discover::read(format!(r#"{{"ctem": {{"version": 2}}, "findings": [{findings}]}}"#).as_bytes());
    /// let on = |day: &str, report| -> ctem_core::Result<Event> {
    ///     let covers = Covers::Stated(Coverage::everything());
    ///     Ok(Event::new(day.parse()?, What::Absorbed(Box::new(Reported { covers, ..Reported::new(report) }))))
    /// };
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// let flaw = r#"{"id": "f-9", "asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}"#;
    /// let monday = program.apply(on("2025-11-10", scan(flaw)?)?, ApplyOptions::default())?;
    /// assert_eq!(monday.happened.len(), 1);
    /// // On Tuesday the same scan no longer lists it.
    /// let tuesday = program.apply(on("2025-11-11", scan("")?)?, ApplyOptions::default())?;
    /// assert_eq!(tuesday.ended[0].to_string(), "f-9 ended: EUR 0 → EUR 0 (absent)");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `conflict` for an event that is late, a clock that goes back, or a table that is not believed, `not_found` for a finding or an
    /// asset that was never seen, `invalid_input` for a report none of whose records can be used, and as [`assess`].
    pub fn apply(&mut self, event: Event, options: ApplyOptions<'_>) -> Result<Delta> {
        let at = event.at;
        let ApplyOptions { late, assess: how } = options;
        // Records are taken in more than once: what is told of them has no end that is known.
        let asking = Asking::new(how.progress, 0);
        asking.goes_on_now();
        asking.ended("the call", "records")?;
        let mut log = match &self.log {
            Some(log) => log.clone(),
            None => Box::new(Log::begin(&self.environment, &self.intel, &asking)?),
        };
        let since = log.now.clock.unwrap_or(at);
        let today =
            |state: &State, as_of| assess(&state.environment, &state.intel, as_of, how.clone()).map(Arc::new);
        let last = self.last.clone().filter(|last| last.as_of() == since && how.ask_for(last));
        let parts = self.parts.clone().filter(|parts| parts.as_of() == since && parts.are_asked_for(&how));
        let known = Arc::clone(&log.now);
        let last = match (last, &parts) {
            (Some(last), _) => Some(last),
            // Whatever parts were made of could be assessed.
            (None, Some(_)) => None,
            (None, None) => Some(today(&known, since)?),
        };
        let taken = log.take(event, late, &asking)?;
        let clock = log.now.clock.unwrap_or(at);
        if let Some(found) = local::found((&known, &log.now), &taken, last.as_deref(), parts) {
            return Ok(self.go_on(log, taken, found));
        }
        let before = last.map_or_else(|| today(&known, since), Ok)?;
        let after = if taken.known {
            // It changed nothing.
            Arc::clone(&before)
        } else {
            today(&log.now, clock)?
        };
        let is_other_model = taken.happened.iter().any(|one| matches!(one, Happened::ModelChanged { .. }));
        let mut delta = Delta::between(&before, &after).because(taken.happened, taken.absorbed);
        delta.known = taken.known;
        if is_other_model {
            let intel = Intel { epss: before.intel().epss.clone(), ..log.now.intel.clone() };
            let stayed = assess(&log.now.environment, &intel, clock, how)?;
            delta.model = Some(ModelChange::between(&before, &stayed, &after));
        }
        // Nothing is taken in before everything is known to hold.
        self.log = Some(log);
        self.follow();
        self.last = Some(after);
        Ok(delta)
    }

    /// Goes on with what an event moved, all else being as it was.
    fn go_on(&mut self, log: Box<Log>, taken: Taken, (mut parts, moved): local::Found) -> Delta {
        let mut delta = Delta::between(&moved.before, &moved.after).because(taken.happened, taken.absorbed);
        (delta.risk_before, delta.risk_after) = (moved.risk_before, moved.risk_after);
        self.log = Some(log);
        // Nobody else holds the parts then, unless the program was copied.
        self.follow();
        Arc::make_mut(&mut parts).follow(moved);
        self.parts = Some(parts);
        delta
    }

    /// The moment of the last event; none before the first.
    ///
    /// ```
    /// use ctem_core::{Program, program::{ApplyOptions, Event, What}};
    ///
    /// let mut program = Program::default();
    /// assert_eq!(program.clock(), None);
    /// program.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
    /// assert_eq!(program.clock().map(|now| now.date()).as_deref(), Some("2025-11-13"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn clock(&self) -> Option<Moment> {
        self.log.as_ref()?.now.clock
    }

    /// The courses of all findings that events brought, by name: also of those that are gone.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// assert_eq!(program.courses().filter(|course| course.stands()).count(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn courses(&self) -> impl Iterator<Item = &Course> {
        self.log.iter().flat_map(|log| log.now.ledger.courses())
    }

    /// The course of a finding, by any name it had.
    ///
    /// ```
    /// use ctem_core::Program;
    ///
    /// assert!(Program::default().course(&"f-1".parse()?).is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn course(&self, finding: &FindingId) -> Option<&Course> {
        self.log.as_ref()?.now.ledger.course(finding)
    }

    pub(super) fn log(&self) -> Option<&Log> {
        self.log.as_deref()
    }

    pub(super) fn log_mut(&mut self) -> Option<&mut Log> {
        (self.last, self.parts) = (None, None);
        self.log.as_deref_mut()
    }

    /// Its history, which begins now if it has none.
    pub(super) fn begun(&mut self) -> Result<&mut Log> {
        (self.last, self.parts) = (None, None);
        let begun = match self.log.take() {
            Some(log) => log,
            None => Box::new(Log::begin(&self.environment, &self.intel, &Asking::nobody())?),
        };
        Ok(self.log.insert(begun))
    }

    /// A program with a history.
    pub(super) fn of_log(log: Log) -> Self {
        let mut program = Self { log: Some(Box::new(log)), ..Self::default() };
        program.follow();
        program
    }

    /// One that knows what was known in a state, and has no history before it.
    pub(super) fn of_state(state: State) -> Self {
        Self::of_log(Log::of_state(state))
    }

    /// Knows what its history comes to.
    pub(super) fn follow(&mut self) {
        (self.last, self.parts) = (None, None);
        if let Some(log) = &self.log {
            (self.environment, self.intel) = (Arc::clone(&log.now.environment), log.now.intel.clone());
        }
    }

    /// What is known of the organisation.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, wire};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// // Who mends what is found on the shop?
    /// let shop = program.environment().asset(&"shop".parse()?).expect("it is in the document");
    /// assert_eq!(shop.owner.as_ref().map(|owner| owner.as_str()), Some("web"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is known of the world.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// // Which of the world's tables are still to be handed in?
    /// let program = Program::new(Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?);
    /// assert!(program.intel().epss.is_some());
    /// assert!(program.intel().kev.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn intel(&self) -> &Intel {
        &self.intel
    }

    /// Replaces what is known of the world.
    ///
    /// Once events were applied, tables come as events too, so that the history knows when they did: this begins the history anew,
    /// with what is known now.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// let mut program = Program::default();
    /// program.set_intel(Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?);
    /// assert!(program.intel().epss.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn set_intel(&mut self, intel: Intel) {
        match &mut self.log {
            Some(log) if log.now.clock.is_some() => log.restart(intel.clone()),
            Some(_) | None => self.log = None,
        }
        (self.intel, self.last, self.parts) = (intel, None, None);
    }

    /// The rules whose findings no table of effects decides, the most findings first; see
    /// [`Effects::unknown_rules`](crate::intel::effects::Effects::unknown_rules).
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::{Intel, effects::Effects}};
    ///
    /// let mut program = Program::default();
    /// program.absorb(discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}],
    ///     "findings": [{"asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}]}"#)?);
    /// let unknown = program.unknown_rules();
    /// // Somebody looks at the rule, finds that it is a door, and says so.
    /// let line = format!("{}\tno-login", unknown[0].line);
    /// program.set_intel(Intel::none().with_effects(Effects::with(&line)?));
    /// assert!(program.unknown_rules().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unknown_rules(&self) -> Vec<UnknownRule> {
        self.intel.effects.unknown_rules(&self.environment)
    }

    /// Assesses what is known as of a moment, 30 days ahead.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, wire};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// let today = program.assess("2025-11-13".parse()?)?;
    /// // What should be fixed first?
    /// assert_eq!(today.ranked().next().map(|worst| worst.id.to_string()).as_deref(), Some("f-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`assess`].
    pub fn assess(&self, as_of: Moment) -> Result<Assessment> {
        self.assess_with(as_of, AssessOptions::default())
    }

    /// Assesses what is known as of a moment.
    ///
    /// ```
    /// use ctem_core::{Days, Program, prioritize::AssessOptions};
    ///
    /// let week = AssessOptions { horizon: Days::horizon(7.0)?, ..AssessOptions::default() };
    /// assert_eq!(Program::default().assess_with("2025-11-13".parse()?, week)?.horizon().get(), 7.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`assess`].
    pub fn assess_with(&self, as_of: Moment, options: AssessOptions<'_>) -> Result<Assessment> {
        assess(&self.environment, &self.intel, as_of, options)
    }
}

impl fmt::Display for Program {
    /// What it knows of, and how much has happened, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment, .. } = self;
        let assets = counted(environment.asset_count(), "asset");
        write!(f, "{assets}, {}", counted(environment.finding_count(), "finding"))?;
        match self.clock() {
            Some(clock) => write!(f, ", {} until {clock}", counted(self.events().count(), "event")),
            None => Ok(()),
        }
    }
}

impl From<Environment> for Program {
    /// A program that knows an organisation, and of the world what its tools say.
    fn from(environment: Environment) -> Self {
        Self::with_environment(environment, Intel::none())
    }
}
