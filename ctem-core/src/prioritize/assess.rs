//! From an environment to an assessment.

use super::{
    aim::Aim,
    assessment::{Assessment, Factors, OpenFinding, Ranked},
    context::Context,
    exploitability,
    exposure_id::ExposureNumber,
    measure, risk, silent,
    subjects::Subjects,
    term::Numbers,
};
use crate::{
    attack::{
        BestPathsToLosses, Bounds, EventId, ExploitStep, ExploitSteps, Id, Key, MostProbablePaths, Needs,
        OnProgress, PriorUncertainty, Rules, Snapshot, Step, Threat, VariableId, compile,
    },
    error::{Error, ErrorKind, Result},
    id::AssetId,
    intel::Intel,
    model::{Environment, Note},
    quantity::{Estimate, Probability},
    scope::{self, AtStake, UNPLACED_REACH},
    time::{Days, Moment},
};
use smallvec::SmallVec;
use std::{
    cmp::Reverse,
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
            progress,
        }
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
    Days::horizon(options.horizon.get())?;
    let stake = scope::at_stake(environment)?;
    let crown_jewel = crown_jewel(options.crown_jewel, &stake)?;
    let (standing, openings, assumed) = openings(environment, intel, as_of, &options, &stake.unplaced)?;
    asked(&options, standing.len(), standing.len())?;
    let events = stake.counted_events();
    let losses: Vec<f64> = stake.events.iter().map(|stake| stake.loss.amount()).collect();
    let counted: Vec<f64> = events.iter().map(|event| event.loss.mean().amount()).collect();
    let mut rules = options.rules.clone();
    for rule in environment.rules() {
        rules.add(rule.clone())?;
    }
    let snapshot = compile(environment, &rules, &openings, &events)?;
    let falls = MostProbablePaths::compute(&snapshot);
    let onward = BestPathsToLosses::compute(&snapshot, &falls, &losses, options.events_per_finding);
    let bounds = Bounds::compute(&snapshot, &falls);

    let everything: f64 = losses.iter().sum();
    let mut needs = Needs::new(&snapshot, &falls, &onward);
    let beside: Vec<bool> = stake.events.iter().map(|event| stake.is_beside(event)).collect();
    let mut rank = |number: ExposureNumber, steps: &[Step], likelihood: f64| {
        let ways = risk::ways(&snapshot, &falls, steps, |step| needs.through(step));
        let (ways, assumed) = risk::counted(ways, |event| beside.get(event.index()) == Some(&true));
        let other = |at: VariableId| {
            let variable = snapshot.variable(at)?;
            (!risk::is_own(&snapshot, &openings, number, at)).then(|| variable.chance.get())
        };
        let loss = |event: EventId| (losses.get(event.index()).copied().unwrap_or(0.0), String::new());
        let risk = risk::risk(&Numbers, &ways, likelihood, other, loss);
        let upper = steps.iter().filter_map(|step| Some((*step, snapshot.conclusion(*step)?)));
        let upper = upper.filter(|(_, state)| bounds.leads_to_loss(*state)).map(|(step, state)| {
            let lead: f64 = onward.events(state).filter_map(|(event, _)| losses.get(event.index())).sum();
            let at_risk = if onward.is_complete() { lead } else { everything };
            bounds.step_at_most(&snapshot, step) * at_risk
        });
        let upper = upper.fold(0.0, |sum, upper| sum + upper).min(everything);
        let event = ways.first().map(|(event, _)| event.number());
        Ranked { exposure: number, risk, upper: upper.max(risk), event, assumed }
    };
    let exposures = exposures(environment, &snapshot, &standing);
    let mut ranked: Vec<Ranked> = Vec::with_capacity(exposures.len());
    for (done, (number, steps, likelihood)) in exposures.iter().enumerate() {
        asked_now_and_then(&options, done, exposures.len())?;
        let exposure = rank(*number, steps, *likelihood);
        // A relation that leads to no loss takes nothing away from an attacker.
        if matches!(number, ExposureNumber::Finding(_)) || exposure.risk > 0.0 {
            ranked.push(exposure);
        }
    }
    ranked.sort_by(|a, b| {
        let order = |ranked: &Ranked| match ranked.exposure {
            ExposureNumber::Finding(n) => standing.get(n as usize),
            ExposureNumber::Relation(_) => None,
        };
        // What is assumed has a list of its own, behind what was stated.
        let listed = |ranked: &Ranked| (ranked.assumed, Reverse(rounded(ranked.risk)));
        listed(a).cmp(&listed(b)).then_with(|| match (order(a), order(b)) {
            (Some(first), Some(second)) => (second.factors.likelihood(), second.severity)
                .partial_cmp(&(first.factors.likelihood(), first.severity))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(first.id.cmp(&second.id)),
            (_, _) => a.exposure.cmp(&b.exposure),
        })
    });

    let chances: Vec<Estimate> = EventId::first(losses.len())
        .map(|n| snapshot.event(n).map_or(Estimate::exact(0.0), |state| bounds.chance(state)))
        .collect();
    let total = measure::total(&counted, &chances);
    let mut notes = stake.notes.clone();
    notes.extend(silent::notes(environment, &rules, &snapshot, &falls));
    notes.extend(assumed);
    let mut numbers = HashMap::with_capacity(standing.len());
    numbers.extend((0u32..).zip(&standing).map(|(n, standing)| (standing.id.clone(), n)));
    Ok(Assessment {
        environment: Arc::clone(environment),
        intel: intel.clone(),
        as_of,
        horizon: options.horizon,
        rules,
        stake,
        crown_jewel,
        losses,
        standing,
        numbers,
        relation_names: OnceLock::new(),
        subjects: Subjects::of(environment, &openings),
        openings,
        snapshot,
        falls,
        onward,
        chances,
        ranked,
        total,
        notes,
    })
}

/// What can be fixed: every finding, and the relations that can be taken away; with its steps and its likelihood. Those that lead to
/// the same follow each other, so that what comes after them is followed once.
fn exposures(
    environment: &Environment,
    snapshot: &Snapshot,
    standing: &[OpenFinding],
) -> Vec<(ExposureNumber, SmallVec<[Step; 1]>, f64)> {
    let findings = (0u32..).zip(standing).map(|(n, open)| {
        let steps = snapshot.exploit_step(n as usize).into_iter().collect();
        (ExposureNumber::Finding(n), steps, open.factors.likelihood().get())
    });
    let relations = (0u32..).zip(snapshot.relations()).filter_map(|(n, (number, steps))| {
        let fact = environment.related(*number as usize)?.fact;
        fact.is_removable().then(|| (ExposureNumber::Relation(n), steps.clone(), fact.chance().get()))
    });
    let mut all: Vec<_> = findings.chain(relations).collect();
    all.sort_by_key(|(_, steps, _)| steps.first().and_then(|step| snapshot.conclusion(*step)));
    all
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
fn openings(
    environment: &Environment,
    intel: &Intel,
    as_of: Moment,
    options: &AssessOptions<'_>,
    unplaced: &[AssetId],
) -> Result<(Vec<OpenFinding>, ExploitSteps, Vec<Note>)> {
    let horizon = options.horizon;
    let context = Context::of(environment, intel, as_of);
    let mut aim = Aim::new(environment);
    let mut openings = ExploitSteps {
        unplaced: unplaced.iter().map(|asset| (asset.clone(), UNPLACED_REACH)).collect(),
        entries: environment.entry_points().map(|entry| entry.chance.over(Days::THIRTY, horizon)).collect(),
        failures: context.failures.clone(),
        failures_against: context.failures_against.clone(),
        campaigns: environment.campaigns().map(|(_, chance)| chance.over(Days::THIRTY, horizon)).collect(),
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
                None => openings.threats.push(Threat::new(chance, Key::threat(&finding.weakness.id))),
            }
            opening.threat = Some(threat);
        }
        openings.list.push(opening);
        all.push(OpenFinding {
            id: id.clone(),
            factors,
            severity: signals.severity,
            known_exploited: signals.kev.is_some(),
            technique: effect.technique,
        });
    }
    for (standing, opening) in all.iter_mut().zip(&openings.list) {
        let threat = opening.threat.and_then(|threat| openings.threats.get(threat as usize));
        standing.factors.threat = threat.map_or(standing.factors.threat, |threat| threat.chance.get());
    }
    Ok((all, openings, aim.notes().collect()))
}

/// A risk as the order compares it: products of the same factors in another order are equal.
fn rounded(risk: f64) -> u64 {
    const DROPPED: u32 = 12;
    (risk.to_bits() + (1 << (DROPPED - 1))) >> DROPPED
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
    let message = format!("the assessment was ended after {done} of {of} findings, as its caller asked");
    Err(Error::new(ErrorKind::Cancelled, message))
}
