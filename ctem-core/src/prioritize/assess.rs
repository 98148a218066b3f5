//! From an environment to an assessment.

use super::{
    aim::Aim,
    assessment::{Asked, Assessment, Factors, OpenFinding},
    baseline::IncidentBaseline,
    context::Context,
    effect::From,
    exploitability, measure, no_way,
    ranking::Scene,
    silent,
    subjects::Subjects,
    term::Numbers,
};
use crate::{
    attack::{
        Asking, BestPathsToLosses, Bounds, EventId, ExploitStep, ExploitSteps, Id, Key, MostProbablePaths,
        OnProgress, PriorUncertainty, Progress, Rules, Threat, both, compile_while,
    },
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    intel::{Intel, attackers::Profile},
    model::{EntryPoint, Environment, Note, NoteKind},
    quantity::{Estimate, Probability},
    scope::{self, AtStake, StatedElsewhere, UNPLACED_REACH},
    time::{Days, Moment},
};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

/// How an assessment is made.
///
/// ```
/// use ctem_core::{Days, Program, intel::Intel, prioritize::AssessOptions};
///
/// let week = AssessOptions { horizon: Days::horizon(7.0)?, ..AssessOptions::default() };
/// let today = Program::new(Intel::none()).assess_with("2025-11-13".parse()?, week)?;
/// assert_eq!(today.horizon().get(), 7.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AssessOptions<'a> {
    /// How far ahead it looks. 30 days unless said.
    pub horizon: Days,
    /// What relations let an attacker do.
    pub rules: Rules,
    /// Of how many loss events each finding's risk is the sum, the most costly first. 8 unless said; an assessment that left
    /// some out says so.
    pub events_per_finding: usize,
    /// What a crown jewel is on the scale of scores, in the unit of losses: the largest loss that is stated, or 1, unless said. State it,
    /// as it was when the program began, so that scores do not move with what is added.
    pub crown_jewel: Option<f64>,
    /// What part of uses becomes an incident, for what the inputs imply: the reference organisation's unless said.
    pub baseline: IncidentBaseline,
    /// What kind of attacker it is an assessment of. Of all, unless said.
    pub profile: Option<Profile>,
    /// Who is asked whether to go on, between findings and between the parts of the work. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for AssessOptions<'_> {
    fn default() -> Self {
        let progress = OnProgress::default();
        Self {
            horizon: Days::THIRTY,
            rules: Rules::default(),
            events_per_finding: 8,
            crown_jewel: None,
            baseline: IncidentBaseline::REFERENCE,
            profile: None,
            progress,
        }
    }
}

impl AssessOptions<'_> {
    /// Whether they ask for an assessment as it is, whoever is told of its progress.
    pub(crate) fn ask_for(&self, made: &Assessment) -> bool {
        let Self { horizon, rules, events_per_finding, crown_jewel, baseline, profile, progress: _ } = self;
        let asked = made.asked();
        *horizon == made.horizon
            && *profile == made.profile
            && *rules == asked.rules
            && *events_per_finding == asked.events_per_finding
            && *crown_jewel == asked.crown_jewel
            && *baseline == asked.baseline
    }
}

/// Assesses an environment as of a moment: ranks every standing finding by the loss that passes through it.
///
/// The risk of a finding is, summed over loss events, the loss times the chance of the most probable attack path that uses
/// the finding and ends in the event. Each path's chance is exact, and each is one way among others, so the risk is a lower
/// bound of the loss in worlds where the finding lies on an open path; the upper bound is beside it.
///
/// O(m log n) for m steps, times the events per finding.
///
/// # Errors
/// `invalid_input` for a horizon or crown jewel that is not above 0, `conflict` for losses in several units, `limit_exceeded` for an
/// environment too large to number, `cancelled` when [`AssessOptions::progress`] says not to go on.
///
/// ```
/// use ctem_core::{Environment, intel::Intel, prioritize::{AssessOptions, assess}};
/// use std::sync::Arc;
///
/// // Nothing is known, so nothing is to be fixed.
/// let nothing = assess(&Arc::new(Environment::new()), &Intel::none(), "2025-11-13".parse()?, AssessOptions::default())?;
/// assert!(nothing.is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn assess(
    environment: &Arc<Environment>,
    intel: &Intel,
    as_of: Moment,
    options: AssessOptions<'_>,
) -> Result<Assessment> {
    assess_in(environment, intel, as_of, options, None)
}

/// What a part of an environment is told of the whole, to be assessed alone and yet as within it.
#[derive(Debug)]
pub(super) struct Around {
    pub(super) stated: StatedElsewhere,
    /// All losses together.
    pub(super) everything: f64,
    /// Whether there are threats or controls that several share.
    pub(super) has_roots: bool,
    /// The threats of weaknesses that stand elsewhere too: there is a coin for each, however few of them are here.
    pub(super) threats: HashMap<Key, Probability>,
}

/// The same of an environment, or of a part of one: the rows of a part are not held to what is lost in all.
pub(super) fn assess_in(
    environment: &Arc<Environment>,
    intel: &Intel,
    as_of: Moment,
    options: AssessOptions<'_>,
    around: Option<&Around>,
) -> Result<Assessment> {
    Days::horizon(options.horizon.get())?;
    let asked_of = Asked {
        environment: Arc::clone(environment),
        rules: options.rules.clone(),
        events_per_finding: options.events_per_finding,
        crown_jewel: options.crown_jewel,
        baseline: options.baseline,
    };
    // Each of these goes through all that is known once.
    let nothing_yet = || asked(&options, 0, environment.finding_count());
    let asking = Asking::new(options.progress, environment.finding_count());
    let on_the_way = || asking.ended("the assessment", "findings");
    nothing_yet()?;
    let scope::Meant { environment: meant, notes: unmeant } = scope::meant(environment, as_of)?;
    nothing_yet()?;
    let stake = scope::at_stake_in(&meant, around.map(|around| around.stated), &asking);
    on_the_way()?;
    let stake = stake?;
    nothing_yet()?;
    let environment = &meant;
    let crown_jewel = crown_jewel(options.crown_jewel, &stake)?;
    let context = Context::of_asking(environment, intel, as_of, &asking).under(options.profile.as_ref());
    on_the_way()?;
    asked(&options, 0, environment.finding_count())?;
    let (standing, openings, assumed) = openings(&context, environment, &options, &stake.unplaced, around)?;
    asked(&options, standing.len(), standing.len())?;
    let events = stake.counted_events();
    let losses: Vec<f64> = stake.events.iter().map(|stake| stake.loss.amount()).collect();
    let counted: Vec<f64> = events.iter().map(|(_, loss)| *loss).collect();
    let mut rules = options.rules.clone();
    for rule in environment.rules() {
        rules.add(rule.clone())?;
    }
    if let Some(techniques) = options.profile.as_ref().and_then(|profile| profile.techniques.as_ref()) {
        rules = rules.limited_to(techniques.iter().copied());
    }
    // Whoever is asked counts in findings, of which none is ranked before the graph is searched.
    let ask = |_: Progress| options.progress.goes_on(0, standing.len() as u64);
    let progress = &OnProgress::new(&ask);
    let snapshot = compile_while(environment, &rules, &openings, &events, progress)?;
    let states = snapshot.state_count();
    let stopped = |of: &str| ended(0, states, of);
    let falls = MostProbablePaths::compute_while(&snapshot, progress)
        .ok_or_else(|| stopped("most probable paths"))?;
    let (onward, bounds) = both(
        || {
            let most = options.events_per_finding;
            BestPathsToLosses::compute_while(&snapshot, &falls, &losses, most, progress)
        },
        || Bounds::compute_in(&snapshot, &falls, around.map(|around| around.has_roots), progress),
    );
    let onward = onward.ok_or_else(|| stopped("ways on to losses"))?;
    let bounds = bounds.ok_or_else(|| stopped("bounds"))?;
    let beside: Vec<bool> = stake.events.iter().map(|event| stake.is_beside(event)).collect();
    let scene = Scene {
        environment,
        openings: &openings,
        standing: &standing,
        snapshot: &snapshot,
        falls: &falls,
        onward: &onward,
        bounds: &bounds,
        losses: &losses,
        everything: around.map_or_else(|| losses.iter().sum(), |around| around.everything),
        beside: &beside,
    };
    let (ranked, silent) = both(
        || scene.ranked(&options.progress),
        || {
            let asking = Asking::new(*progress, 0);
            let mut notes = silent::notes(environment, &rules, &snapshot, &falls, &context, &asking);
            notes.extend(no_way::notes(environment, &rules, &snapshot, &falls, &asking));
            asking.ended("the assessment", "findings").map(|()| notes)
        },
    );
    let mut ranked = ranked.map_err(|(done, of)| ended(done, of, "exposures"))?;
    let silent = silent.map_err(|_| ended(standing.len(), standing.len(), "findings"))?;
    asked(&options, standing.len(), standing.len())?;
    let chances: Vec<Estimate> = EventId::first(losses.len())
        .map(|n| snapshot.event(n).map_or(Estimate::exact(0.0), |state| bounds.chance(state)))
        .collect();
    let total = measure::total(&counted, &chances);
    // No more passes through one of them than is lost in all; what is of assumed size is no part of that.
    for row in ranked.iter_mut().filter(|row| around.is_none() && !row.assumed) {
        row.upper = row.upper.min(total.upper()).max(row.risk);
    }
    let mut notes = Vec::new();
    let of_kind = options.profile.as_ref().map(|profile| taken_for(profile, environment));
    for note in stake.notes.iter().cloned().chain(unmeant).chain(of_kind).chain(silent).chain(assumed) {
        note.add(&mut notes);
    }
    let mut numbers = HashMap::with_capacity(standing.len());
    numbers.extend((0u32..).zip(&standing).map(|(n, standing)| (standing.id.clone(), n)));
    Ok(Assessment {
        asked: asked_of,
        environment: Arc::clone(environment),
        intel: intel.clone(),
        as_of,
        horizon: options.horizon,
        rules,
        stake,
        crown_jewel,
        baseline: options.baseline,
        profile: options.profile,
        losses,
        standing,
        numbers,
        relation_names: OnceLock::new(),
        diagrams: OnceLock::new(),
        subjects: Subjects::of(environment, &openings),
        openings,
        snapshot,
        falls,
        onward,
        chances,
        ranked,
        total,
        whole: OnceLock::new(),
        global: bounds.global(),
        notes,
    })
}

/// What a crown jewel is, in the unit of losses.
fn crown_jewel(stated: Option<f64>, stake: &AtStake) -> Result<f64> {
    if let Some(amount) = stated {
        let fits = amount.is_finite() && amount > 0.0;
        return if fits {
            Ok(amount)
        } else {
            let message = format!("`{amount}` is not what a crown jewel is worth: it must be above 0");
            Err(Error::invalid(message).at("crown_jewel"))
        };
    }
    let of_services = stake.events.iter().filter(|stake| stake.service.is_some());
    let largest = of_services.map(|stake| stake.loss.amount()).fold(0.0, f64::max);
    Ok(if largest > 0.0 { largest } else { 1.0 })
}

/// The findings that stand, in the order of their ids, with their factors; and what they open.
fn openings<'a>(
    context: &Context<'a>,
    environment: &'a Environment,
    options: &AssessOptions<'_>,
    unplaced: &[AssetId],
    around: Option<&Around>,
) -> Result<(Vec<OpenFinding>, ExploitSteps, Vec<Note>)> {
    let horizon = options.horizon;
    let factorless = context.factorless();
    let mut aim = Aim::new(environment, &factorless);
    let profile = options.profile.as_ref();
    let part = |attacker| profile.map_or(Probability::ONE, |profile| profile.starts_as(attacker));
    // One wave is one coin, whoever it is sent by: of several the largest part.
    let mut parts: HashMap<&str, Probability> = HashMap::new();
    for entry in environment.entry_points() {
        if let Some(campaign) = &entry.campaign {
            let known = parts.entry(campaign).or_insert(Probability::ZERO);
            *known = Probability::max(*known, part(entry.attacker));
        }
    }
    let of_campaign = |name: &str| parts.get(name).copied().unwrap_or(Probability::ONE);
    let mut openings = ExploitSteps {
        unplaced: unplaced.iter().map(|asset| (asset.clone(), UNPLACED_REACH)).collect(),
        entries: environment
            .entry_points()
            .map(|entry| entry.chance.over(Days::THIRTY, horizon).and(part(entry.attacker)))
            .collect(),
        failures: context.failures.clone(),
        failures_against: context.failures_against.clone(),
        campaigns: environment
            .campaigns()
            .map(|(name, chance)| chance.over(Days::THIRTY, horizon).and(of_campaign(name)))
            .collect(),
        logons: factorless.into_iter().collect(),
        ..ExploitSteps::default()
    };
    let mut threats: HashMap<&crate::id::WeaknessId, u32> = HashMap::new();
    let mut all = Vec::new();
    for finding in environment.findings().filter(|finding| finding.status.is_open()) {
        asked_now_and_then(options, all.len(), environment.finding_count())?;
        let (Some(id), Some(asset)) = (&finding.id, environment.number(&finding.asset)) else { continue };
        let signals = context.signals(finding);
        let factors = match signals.exploit.and_then(|exploit| exploit.chance) {
            Some(stated) => Factors { threat: 1.0, local: stated.get(), success: 1.0 },
            None => Factors {
                threat: exploitability::threat(&Numbers, &signals, horizon),
                local: exploitability::local(&Numbers, &signals),
                success: exploitability::success(&Numbers, &signals),
            },
        };
        let effect = signals.effect();
        let mut opening =
            ExploitStep::new(asset as u32, effect.needs, effect.gives, factors.own(), Key::finding(id));
        opening.technique = effect.technique;
        aim.direct(&mut opening, &effect, signals.exploit);
        // A stated chance has everything in it: no prior, and no threat of others.
        if signals.exploit.is_none_or(|exploit| exploit.chance.is_none()) {
            if let (_, Some(prior)) = signals.prior() {
                // Each test makes it surer, as one more of those the prior is worth.
                let worth = prior.worth + signals.evidence.len() as f64;
                let key = Key::prior(prior.class);
                opening.prior = Some(PriorUncertainty::new(key, worth).times(factors.success));
            }
            let chance = Probability::clamped(factors.threat);
            let threat = *threats.entry(&finding.weakness.id).or_insert(openings.threats.len() as u32);
            match openings.threats.get_mut(threat as usize) {
                // One weakness is one threat: where sources of its findings differ, the likelier.
                Some(known) => known.chance = known.chance.max(chance),
                None => {
                    let key = Key::threat(&finding.weakness.id);
                    let elsewhere = around.and_then(|around| around.threats.get(&key)).copied();
                    if elsewhere.is_some() {
                        openings.shared.push(threat);
                    }
                    let chance = elsewhere.map_or(chance, |elsewhere| elsewhere.max(chance));
                    openings.threats.push(Threat::new(chance, key));
                }
            }
            opening.threat = Some(threat);
        }
        let technique = opening.technique;
        openings.list.push(opening);
        all.push(OpenFinding {
            id: id.clone(),
            factors,
            severity: signals.severity,
            known_exploited: signals.kev.is_some(),
            technique,
            epss: context.intel().epss_of(&finding.weakness),
            cvss: finding.weakness.base_score(),
            from_anywhere: effect.from == From::Anywhere,
            has_fix: finding.sightings.iter().any(|sighting| !sighting.fixed_in.is_empty()),
            cve: finding.weakness.id.cve(),
        });
    }
    for (standing, opening) in all.iter_mut().zip(&openings.list) {
        let threat = opening.threat.and_then(|threat| openings.threats.get(threat as usize));
        standing.factors.threat = threat.map_or(standing.factors.threat, |threat| threat.chance.get());
    }
    Ok((all, openings, aim.notes().collect()))
}

/// That attackers are taken for some kind, and how many entry points are theirs.
fn taken_for(profile: &Profile, environment: &Environment) -> Note {
    let all = environment.entry_points().count();
    let part = |entry: &&EntryPoint| profile.starts_as(entry.attacker) > Probability::ZERO;
    let theirs = environment.entry_points().filter(part).count();
    let techniques = match &profile.techniques {
        Some(known) => format!(" and {} techniques", known.len()),
        None => ", and no technique is beyond them".into(),
    };
    let name = quoted(&profile.name);
    let reason =
        format!("attackers are taken for {name}: they use {theirs} of {all} entry points{techniques}");
    Note::new(NoteKind::Assumed, "", reason)
}

/// Asks, between findings, whether to go on.
fn asked_now_and_then(options: &AssessOptions<'_>, done: usize, of: usize) -> Result<()> {
    const EVERY: usize = 256;
    if done.is_multiple_of(EVERY) { asked(options, done, of) } else { Ok(()) }
}

/// Asks whether to go on.
fn asked(options: &AssessOptions<'_>, done: usize, of: usize) -> Result<()> {
    if options.progress.goes_on(done as u64, of as u64) {
        return Ok(());
    }
    Err(ended(done, of, "findings"))
}

fn ended(done: usize, of: usize, what: &str) -> Error {
    let message = format!("the assessment was ended after {done} of {of} {what}, as its caller asked");
    Error::new(ErrorKind::Cancelled, message)
}
