//! The answer: exposures ranked, loss events with their chances, and what was assumed.

use super::{
    baseline::IncidentBaseline,
    exposure_id::{ExposureId, ExposureNumber},
    measure::{Diagrams, Measure, MeasureOptions},
    scale::{self, Level},
    subjects::Subjects,
};
use crate::{
    attack::{
        BestPathsToLosses, EventId, ExploitStep, ExploitSteps, Global, Id, MostProbablePaths, Rules,
        Snapshot, State, Step,
    },
    id::{Cve, FindingId, RelationId, WeaknessId},
    intel::{Intel, attackers::Profile},
    model::{Access, Asset, Environment, Finding, Note, Relation, Technique, fact::Related},
    quantity::{Estimate, Probability, Severity, Unit, counted},
    scope::AtStake,
    time::{Days, Moment},
    visible::Visible,
};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

/// What is worst, as of a moment, and why.
///
/// It holds the environment as it was; changing the environment afterwards does not change it.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // What is worst, and why?
/// let worst = today.ranked().next().expect("something is open");
/// assert_eq!((worst.id.as_str(), worst.risk.value()), ("f-1", 750.0));
/// assert_eq!(today.explain(&worst.id)?.risk.folded(), 750.0);
/// assert_eq!(today.to_string(), "as of 2025-11-13T00:00:00Z: 3 exposures");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Assessment {
    /// What it was made of, and how: what it is made of again.
    pub(super) asked: Asked,
    pub(super) environment: Arc<Environment>,
    pub(super) intel: Intel,
    pub(super) as_of: Moment,
    pub(super) horizon: Days,
    pub(super) rules: Rules,
    pub(super) stake: AtStake,
    /// What a crown jewel is, in the unit of losses.
    pub(super) crown_jewel: f64,
    /// What part of uses becomes an incident.
    pub(super) baseline: IncidentBaseline,
    /// The kind of attacker it is of, where it is of one.
    pub(super) profile: Option<Profile>,
    /// By loss event: its expected loss.
    pub(super) losses: Vec<f64>,
    /// The findings that stand, by id.
    pub(super) standing: Vec<OpenFinding>,
    pub(super) numbers: HashMap<FindingId, u32>,
    /// The relations that have a variable, by their names; gathered when one is first asked for.
    pub(super) relation_names: OnceLock<HashMap<RelationId, u32>>,
    /// The decision diagrams of all paths; made when a number over all of them is first asked for.
    pub(super) diagrams: OnceLock<Arc<Diagrams>>,
    pub(super) subjects: Subjects,
    pub(super) openings: ExploitSteps,
    pub(super) snapshot: Snapshot,
    pub(super) falls: MostProbablePaths,
    pub(super) onward: BestPathsToLosses,
    /// By loss event: the chance that it happens.
    pub(super) chances: Vec<Estimate>,
    pub(super) ranked: Vec<Ranked>,
    /// The sum of what the loss events' chances are at least and at most.
    pub(super) total: Estimate,
    /// What [`Assessment::risk`] answers, once it was asked for.
    pub(super) whole: OnceLock<Told>,
    /// What of its bounds is of the whole graph.
    pub(super) global: Global,
    pub(super) notes: Vec<Note>,
}

/// What paths tell of all loss events together.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) risk: Estimate,
    /// By loss event: the chance that it happens at least.
    pub(super) least: Vec<f64>,
    /// How many steps the paths have at most.
    pub(super) steps: usize,
}

/// What an assessment was made of besides tables and moments, as it was handed in.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) environment: Arc<Environment>,
    pub(crate) rules: Rules,
    pub(crate) events_per_finding: usize,
    pub(crate) crown_jewel: Option<f64>,
    pub(crate) baseline: IncidentBaseline,
}

/// A finding that stands, and its factors.
#[derive(Debug)]
pub(super) struct OpenFinding {
    pub(super) id: FindingId,
    pub(super) factors: Factors,
    pub(super) severity: Option<Severity>,
    pub(super) known_exploited: bool,
    pub(super) technique: Option<Technique>,
    /// The highest EPSS and CVSS scores, whether a fix is known, and the CVE: they decide between equal risks.
    pub(super) epss: Option<Probability>,
    pub(super) cvss: Option<f64>,
    pub(super) has_fix: bool,
    /// Whether it can be exploited from wherever attackers come from.
    pub(super) from_anywhere: bool,
    pub(super) cve: Option<Cve>,
}

/// The three factors of a finding's exploitability.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factors {
    pub(super) threat: f64,
    pub(super) local: f64,
    pub(super) success: f64,
}

impl Factors {
    /// What is the finding's own: exploitable here, and an attempt succeeds.
    pub(super) fn own(&self) -> Probability {
        Probability::clamped(self.local * self.success)
    }

    /// The chance that an attacker who has what the finding needs exploits it.
    pub(super) fn likelihood(&self) -> Probability {
        Probability::clamped(self.threat * (self.local * self.success))
    }
}

/// An exposure's place in the ranking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) exposure: ExposureNumber,
    pub(super) risk: f64,
    pub(super) upper: f64,
    /// The loss event it leads to that weighs most.
    pub(super) event: Option<u32>,
    /// Whether all losses it leads to are of assumed size, beside others that are stated.
    pub(super) assumed: bool,
}

impl Ranked {
    fn estimate(&self) -> Estimate {
        if self.risk == self.upper {
            Estimate::exact(self.risk)
        } else {
            Estimate::bracket(self.risk, self.risk, self.upper)
        }
    }
}

/// A finding with its risk: one row of the ranking.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // What stands where it can be attacked from, and is likely to be?
/// let urgent = today.ranked().filter(|exposure| exposure.reach.get() == 1.0 && exposure.likelihood.get() >= 0.5);
/// assert_eq!(urgent.map(|exposure| exposure.title()).collect::<Vec<_>>(), ["Admin page open to all"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exposure<'a> {
    pub(super) number: ExposureNumber,
    /// What a relation says, in words.
    title: String,
    /// Its place, from 1.
    pub rank: usize,
    /// Its id.
    pub id: ExposureId,
    /// The finding, if it is one.
    pub finding: Option<&'a Finding>,
    /// The relation, if it is one: a right, a membership, a session, a route.
    pub relation: Option<Relation>,
    /// The asset it is on; of a relation the one it comes from.
    pub asset: &'a Asset,
    /// The loss within the horizon that passes through it: the value and lower bound is the sum over loss events of loss times
    /// the chance of the most probable path; the upper bound holds for the loss in worlds where it lies on an open path.
    pub risk: Estimate,
    /// What the risk is counted in.
    pub unit: Unit,
    /// The risk on a scale of 0 to 100, as a loss of a year in crown jewels: a factor of ten is 11 points, one crown jewel a year is
    /// 100. It keeps the order and does not add up. See [`readable`](super::readable).
    pub score: f64,
    /// The score in a word.
    pub level: Level,
    /// The chance that an attacker who has what it needs exploits it within the horizon.
    pub likelihood: Probability,
    /// The chance of the most probable way to what it needs.
    pub reach: Probability,
    /// The highest severity that a source or a CVSS vector gives it.
    pub severity: Option<Severity>,
    /// The highest CVSS base score of its vectors.
    pub cvss: Option<f64>,
    /// The highest EPSS score of its CVEs: by the table, and else as sources quote it.
    pub epss: Option<Probability>,
    /// Whether a catalogue or a source says that it is exploited.
    pub known_exploited: bool,
    /// Of a flaw with several CVEs, the one that the tables say most of: known to be exploited, or with the highest EPSS score. None
    /// where that is the one it goes by.
    pub known_as: Option<Cve>,
    /// Whether the losses it leads to are of assumed size, beside others that are stated: such exposures stand behind the others.
    pub assumed: bool,
    /// The name of the costliest loss event it leads to, if it leads to one.
    pub leads_to: Option<&'a str>,
}

impl Exposure<'_> {
    /// What it is, in words: the weakness's title, or what the relation says.
    ///
    /// ```
    /// use ctem_core::{Loss, Program, intel::Intel, model::{Access, AssetKind, Attacker, Environment, LossSize, RelationKind}};
    ///
    /// // Anyone of the staff reads the orders, and somebody tricks one of them.
    /// let environment = Environment::builder()
    ///     .asset("staff", AssetKind::Group)
    ///     .asset("orders", AssetKind::DataStore)
    ///     .relation("staff", RelationKind::Reads, "orders")
    ///     .entry_point("staff", Access::Use, Attacker::Phishing)
    ///     .loss("sales", "leak", LossSize::known(Loss::new(1000.0, "EUR".parse()?)?), "orders", Access::Read)
    ///     .build()?;
    /// let today = Program::with_environment(environment, Intel::none()).assess("2025-11-13".parse()?)?;
    /// let worst = today.ranked().next().expect("the right is an exposure");
    /// assert_eq!((worst.title().as_str(), worst.risk.value()), ("staff reads orders", 1000.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(&self) -> String {
        match (self.finding, &self.relation) {
            (Some(finding), _) => finding.weakness.title().to_owned(),
            (None, Some(_)) => self.title.clone(),
            (None, None) => self.id.to_string(),
        }
    }
}

impl fmt::Display for Assessment {
    /// Of when it is, and how many exposures it ranks, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "as of {}: {}", self.as_of, counted(self.len(), "exposure"))
    }
}

impl fmt::Display for Exposure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rank, asset, .. } = self;
        match self.finding {
            Some(finding) => {
                let (weakness, asset) = (finding.weakness.id.as_str(), asset.title());
                write!(f, "{rank}. {} on {}", Visible(weakness), Visible(asset))?;
            }
            None => write!(f, "{rank}. {}", Visible(&self.title()))?,
        }
        write!(f, ": risk {}", self.unit.amount(self.risk.value()))?;
        match self.leads_to {
            Some(event) => write!(f, ", leads to {}", Visible(event)),
            None => write!(f, ", leads to no loss"),
        }
    }
}

impl Assessment {
    /// The moment it is as of.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(today.as_of().to_string(), "2025-11-13T00:00:00Z");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn as_of(&self) -> Moment {
        self.as_of
    }

    /// The kind of attacker it is an assessment of; none where it is of all.
    ///
    /// ```
    /// use ctem_core::{Program, intel::attackers::Profile, prioritize::AssessOptions};
    ///
    /// let options = AssessOptions { profile: Some(Profile::named("insider")?), ..AssessOptions::default() };
    /// let today = Program::default().assess_with("2025-11-13".parse()?, options)?;
    /// assert_eq!(today.profile().map(|profile| &*profile.name), Some("Insider"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// How far ahead it looks.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(today.horizon().get(), 30.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn horizon(&self) -> Days {
        self.horizon
    }

    /// The environment it is of.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // How many of the assets have nothing that is wrong with them?
    /// let wrong = |asset: &ctem_core::model::Asset| today.ranked().any(|exposure| exposure.asset.id == asset.id);
    /// assert_eq!(today.environment().assets().filter(|asset| !wrong(asset)).count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The tables it used.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // Is it worth another look once there is an EPSS table?
    /// assert!(today.intel().epss.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn intel(&self) -> &Intel {
        &self.intel
    }

    /// What losses are counted in.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(today.unit().amount(today.risk().value()), "EUR 750");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unit(&self) -> Unit {
        self.stake.unit
    }

    /// The expected loss within the horizon, of all loss events together: certain bounds, and the lower one as the value.
    ///
    /// The lower end is at least what each event's lower end and its most probable path say together, and at least the risk of any row of
    /// the ranking; the upper end is at least that of any row. Rows that lead to losses of assumed size alone, beside others that are
    /// stated, count beside it. The sum of the events' ends never falls, whatever is added. A path counts once what its steps share, and
    /// another path that is thought to be likelier may share less, so that what it adds to the lower end can become less.
    ///
    /// O(the length of the paths) when it is first asked for.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // Three ways to 937.50, over all paths: the bounds hold it.
    /// let risk = today.risk();
    /// assert!(risk.lower() <= 937.5 && 937.5 <= risk.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn risk(&self) -> Estimate {
        self.ways_told().risk
    }

    /// What was assumed, and what had no effect. An environment comes of several documents, so that a place here is a list and the name of
    /// the record in it: `/relations/ca enrols/needs/0`.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // Was anything assumed?
    /// assert!(today.notes().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether every finding's risk counts all the loss events it leads to, rather than the costliest ones.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert!(today.is_complete());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_complete(&self) -> bool {
        self.onward.is_complete()
    }

    /// How many exposures there are: findings that stand, and relations that lead to a loss and may be taken away.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(today.len(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.ranked.len()
    }

    /// Whether none stands.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert!(!today.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.ranked.is_empty()
    }

    /// What it was made of, and how.
    /// What its paths tell of its loss events.
    pub(super) fn ways_told(&self) -> &Told {
        self.whole.get_or_init(|| self.whole())
    }

    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The expected loss as it stands, to be measured.
    pub(super) fn measure<'a>(&'a self, options: MeasureOptions<'a>) -> Measure<'a> {
        Measure::kept(&self.snapshot, &self.diagrams, options)
    }

    /// Of a finding that stands: the chance that its threat is active, and what is its own.
    pub(crate) fn factors_of(&self, finding: &FindingId) -> Option<(f64, f64)> {
        let standing = self.standing.get(*self.numbers.get(finding)? as usize)?;
        Some((standing.factors.threat, standing.factors.own().get()))
    }

    /// How many findings stand; the other exposures are relations.
    pub(crate) fn findings_that_stand(&self) -> usize {
        self.standing.len()
    }

    /// How many findings somebody lives with as of its moment. O(n log n).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(today.accepted_count(), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn accepted_count(&self) -> usize {
        let findings = self.standing.iter().filter_map(|standing| self.environment.finding(&standing.id));
        findings.filter(|finding| finding.is_accepted(self.as_of)).count()
    }

    /// How many of them lead to no loss: the last of the ranking. O(n).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // All three lead to a loss.
    /// assert_eq!(today.harmless(), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn harmless(&self) -> usize {
        self.ranked.iter().filter(|ranked| ranked.risk <= 0.0).count()
    }

    /// The exposures, the worst first: by risk, findings before relations, then by likelihood, by severity and by id. A total order; risks
    /// that differ by less than a millionth of a millionth are equal.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let list: Vec<String> = today.ranked().take(2).map(|exposure| exposure.to_string()).collect();
    /// assert_eq!(list[0], "1. open-admin on web shop: risk EUR 750, leads to orders leak");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn ranked(&self) -> impl Iterator<Item = Exposure<'_>> {
        (1..).zip(&self.ranked).filter_map(|(rank, ranked)| self.exposure(rank, ranked))
    }

    /// The exposure at a place of the ranking, from 0.
    pub(crate) fn ranked_at(&self, place: usize) -> Option<Exposure<'_>> {
        self.exposure(place + 1, self.ranked.get(place)?)
    }

    /// By place of the ranking: the risk of the exposure there, and the place.
    pub(crate) fn places(&self) -> impl Iterator<Item = (f64, usize)> {
        self.ranked.iter().map(|ranked| ranked.risk).zip(0..)
    }

    /// By place of the ranking: the id of the exposure there and its risk, without what else people want to know of it.
    pub(crate) fn risks(&self) -> impl Iterator<Item = (ExposureId, Estimate)> {
        self.ranked.iter().filter_map(|ranked| Some((self.exposure_id(ranked.exposure)?, ranked.estimate())))
    }

    /// Whether a finding stands under this name.
    pub(crate) fn stands(&self, finding: &FindingId) -> bool {
        self.numbers.contains_key(finding)
    }

    /// The exposure of a finding that stands; none when there is no such finding, or it is closed. O(n), to find its rank.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // Where does the ticket about `f-3` stand?
    /// let exposure = today.exposure_of(&"f-3".parse()?).expect("it is open");
    /// assert_eq!((exposure.rank, exposure.risk.value()), (3, 250.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn exposure_of(&self, id: &ExposureId) -> Option<Exposure<'_>> {
        let number = self.exposure_number(id)?;
        let at = self.ranked.iter().position(|ranked| ranked.exposure == number)?;
        self.exposure(at + 1, self.ranked.get(at)?)
    }

    /// The number of an exposure by its id.
    pub(super) fn exposure_number(&self, id: &ExposureId) -> Option<ExposureNumber> {
        if let ExposureId::Finding(finding) = id
            && let Some(known) = self.environment.finding(finding)
        {
            let number = known.id.as_ref().and_then(|id| self.numbers.get(id))?;
            return Some(ExposureNumber::Finding(*number));
        }
        self.relation_number(id.as_str()).map(ExposureNumber::Relation)
    }

    /// A relation that has a variable: it may be taken away, or it is not sure.
    pub(super) fn related(&self, n: u32) -> Option<Related<'_>> {
        let (number, _) = self.snapshot.relations().get(n as usize)?;
        self.environment.related(*number as usize)
    }

    /// The number of a relation by its name, stated or not. Of several that are called the same, the first.
    pub(super) fn relation_number(&self, name: &str) -> Option<u32> {
        let names = self.relation_names.get_or_init(|| {
            let all =
                || (0u32..).zip(self.snapshot.relations()).filter_map(|(n, _)| Some((n, self.related(n)?)));
            let mut names = HashMap::new();
            for (n, id) in all().filter_map(|(n, related)| Some((n, related.fact.id()?))) {
                names.entry(id.clone()).or_insert(n);
            }
            for (n, related) in all() {
                names.entry(related.what()).or_insert(n);
            }
            names
        });
        names.get(name).copied()
    }

    /// The id of an exposure by its number.
    pub(super) fn exposure_id(&self, number: ExposureNumber) -> Option<ExposureId> {
        Some(match number {
            ExposureNumber::Finding(n) => self.standing.get(n as usize)?.id.clone().into(),
            ExposureNumber::Relation(n) => self.related(n)?.name().into(),
        })
    }

    /// What stands behind the assessment: the compiled attack graph.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // How large is the attack graph?
    /// assert_eq!((today.snapshot().variables().len(), today.snapshot().event_count()), (4, 2));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// By loss event: the loss as sums count it.
    pub(super) fn counted(&self) -> Vec<f64> {
        let losses = EventId::first(self.losses.len());
        losses.map(|event| self.snapshot.loss(event).unwrap_or(0.0)).collect()
    }

    fn exposure(&self, rank: usize, ranked: &Ranked) -> Option<Exposure<'_>> {
        let stake = ranked.event.and_then(|event| self.stake.events.get(event as usize));
        let risk = ranked.estimate();
        let score = scale::within(ranked.risk, self.crown_jewel, self.horizon);
        let id = self.exposure_id(ranked.exposure)?;
        let shared = |asset| Exposure {
            number: ranked.exposure,
            title: String::new(),
            rank,
            id,
            finding: None,
            relation: None,
            asset,
            risk,
            unit: self.stake.unit,
            score,
            level: Level::of(score),
            likelihood: Probability::ONE,
            reach: Probability::ZERO,
            severity: None,
            cvss: None,
            epss: None,
            known_exploited: false,
            known_as: None,
            assumed: ranked.assumed,
            leads_to: stake.map(|stake| stake.event.title()),
        };
        match ranked.exposure {
            ExposureNumber::Finding(n) => {
                let standing = self.standing.get(n as usize)?;
                let finding = self.environment.finding(&standing.id)?;
                Some(Exposure {
                    finding: Some(finding),
                    likelihood: standing.factors.likelihood(),
                    reach: self.reach_of(self.openings.list.get(n as usize)?),
                    severity: standing.severity,
                    cvss: standing.cvss,
                    epss: standing.epss,
                    known_exploited: standing.known_exploited,
                    known_as: self.known_as(finding),
                    ..shared(self.environment.asset(&finding.asset)?)
                })
            }
            ExposureNumber::Relation(n) => {
                let related = self.related(n)?;
                let (_, steps) = self.snapshot.relations().get(n as usize)?;
                let reach = steps.iter().map(|step| self.chance_before(*step)).max();
                Some(Exposure {
                    title: related.title(),
                    relation: Some(related.record()),
                    likelihood: related.fact.chance(),
                    reach: reach.unwrap_or(Probability::ZERO),
                    ..shared(related.from)
                })
            }
        }
    }

    /// Of several CVEs of a finding, the one that the tables say most of, if it goes by another.
    fn known_as(&self, finding: &Finding) -> Option<Cve> {
        let own = finding.weakness.id.cve()?;
        let others = || finding.weakness.aliases.iter().filter_map(WeaknessId::cve);
        others().next()?;
        let said = |cve: Cve| {
            let listed = self.intel.kev.as_deref().is_some_and(|kev| kev.listing(cve).is_some());
            let score =
                self.intel.epss.as_deref().and_then(|table| table.score(cve)).map(|score| score.probability);
            (listed, score)
        };
        // Of equals the one it goes by, and then the first.
        let most = others().fold(own, |most, cve| if said(cve) > said(most) { cve } else { most });
        (most != own).then_some(most)
    }

    /// The state of an access to the asset of a number.
    pub(super) fn state_of(&self, (asset, access): (u32, Access)) -> Option<State> {
        let asset = self.environment.numbered(asset as usize)?;
        self.snapshot.state_of(&self.environment, &asset.id, access.of(&asset.kind))
    }

    /// The chance of the most probable way to what a finding needs.
    pub(super) fn reach_of(&self, step: &ExploitStep) -> Probability {
        let chance = |needed: &(u32, Access)| Some(self.falls.chance(self.state_of(*needed)?));
        let likeliest = |one_of: &Vec<(u32, Access)>| {
            one_of.iter().filter_map(chance).fold(Probability::ZERO, Probability::max)
        };
        let needs = step.premises();
        needs.iter().fold(Probability::ONE, |all, one_of| all.and(likeliest(one_of)))
    }

    /// The same for a step of a relation, without the controls on it.
    fn chance_before(&self, step: Step) -> Probability {
        let held = self.snapshot.premises(step).filter(|state| !self.snapshot.is_root(*state));
        held.fold(Probability::ONE, |all, state| all.and(self.falls.chance(state)))
    }
}
