//! Why a finding ranks where it does: the tree of terms its risk is folded from, and the attack paths behind it.

use super::{
    assess::Context,
    assessment::Assessment,
    exploitability,
    term::{Algebra, Fold, Term, Trees},
};
use crate::{
    attack::{
        BestPathsToLosses, ExploitSteps, Origin, Snapshot, State, StateKind, Step, Technique, Tracer,
        VariableKind, Witness,
    },
    error::{Error, ErrorKind, Result, quoted},
    id::{FindingId, LossEventId},
    model::{Access, Asset, Attacker, Finding, WeaknessKind},
    quantity::{Loss, Probability},
};
use serde::Serialize;

/// Why a finding ranks where it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The finding.
    pub finding: FindingId,
    /// The risk, as a tree that folds to it: how likely an attacker who has what the finding needs exploits it, times the sum,
    /// over paths, of the loss and all else that is uncertain on the way.
    pub risk: Term,
    /// The most probable path through it to each loss event, the most costly first.
    pub paths: Vec<Path>,
}

/// An attack path: from where an attacker starts to a loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Path {
    /// The loss event it ends in.
    pub event: LossEventId,
    /// The event's name.
    pub name: Box<str>,
    /// What the event costs.
    pub loss: Loss,
    /// The chance of this path, exactly.
    pub chance: Probability,
    /// Its hops, in the order an attacker takes them.
    pub hops: Vec<Hop>,
}

/// One hop of a path.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hop {
    /// What must be held before; nothing at the start.
    pub from: Vec<Foothold>,
    /// What is held after; nothing for a loss event.
    pub to: Option<Foothold>,
    /// What the attacker does, in words.
    pub how: Box<str>,
    /// The ATT&CK technique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    /// The finding it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingId>,
    /// The chance of this hop, once what it needs is held.
    pub chance: Probability,
}

/// An asset with an access.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Foothold {
    /// The asset's name for people.
    pub asset: Box<str>,
    /// The access.
    pub access: Access,
}

/// The most probable ways through a finding, each to a loss event, by the event's number; the most costly first.
pub(super) fn ways(
    snapshot: &Snapshot,
    onward: &BestPathsToLosses,
    tracer: &mut Tracer<'_>,
    finding: usize,
) -> Vec<(usize, Witness)> {
    let Some(step) = snapshot.opening(finding) else { return Vec::new() };
    let events: Vec<usize> = onward.events(snapshot.conclusion(step)).map(|(event, _)| event).collect();
    let ways = tracer.through_each(step, &events);
    events.into_iter().zip(ways).filter_map(|(event, way)| Some((event, way?))).collect()
}

/// The risk of a finding: its likelihood times the sum, over its ways, of the loss times the chance that everything else
/// uncertain on the way helps, each thing once. All its ways pass through it, so what is its own is a factor of them all.
pub(super) fn risk<A: Algebra>(
    algebra: &A,
    ways: &[(usize, Witness)],
    likelihood: A::Out,
    other: impl Fn(u32) -> Option<A::Out>,
    event: impl Fn(usize) -> (A::Out, String),
) -> A::Out {
    let paths = ways.iter().map(|(at, witness)| {
        let (loss, name) = event(*at);
        let others = witness.variables.iter().filter_map(|at| other(*at));
        algebra.fold_all(Fold::Product, "path", || name, others.chain([loss]))
    });
    let passes = algebra.fold_all(
        Fold::Sum,
        "loss it opens the way to",
        || "over loss events, along the most probable path to each".into(),
        paths,
    );
    algebra.fold(Fold::Product, "risk", String::new, [likelihood, passes])
}

/// Whether a variable is part of a finding's own likelihood: the finding's, or that of its threat.
pub(super) fn is_own(snapshot: &Snapshot, openings: &ExploitSteps, n: u32, variable: u32) -> bool {
    match snapshot.variables().get(variable as usize).map(|variable| variable.kind) {
        Some(VariableKind::Finding(other)) => other == n,
        Some(VariableKind::Threat(other)) => {
            openings.list.get(n as usize).is_some_and(|opening| opening.threat == Some(other))
        }
        Some(_) | None => false,
    }
}

/// What an attacker does with a finding.
fn verb(kind: WeaknessKind) -> &'static str {
    match kind {
        WeaknessKind::Vulnerability | WeaknessKind::CodeFlaw => "exploits",
        WeaknessKind::Secret => "takes the secret",
        WeaknessKind::Permission => "uses the right",
        WeaknessKind::Misconfiguration => "uses the setting",
        WeaknessKind::NetworkExposure => "uses the open service",
    }
}

/// Explains the findings of an assessment, one after the other.
pub struct Explainer<'a> {
    assessment: &'a Assessment,
    context: Context<'a>,
    tracer: Tracer<'a>,
}

impl Explainer<'_> {
    /// Why a finding ranks where it does, as [`Assessment::explain`] says it.
    ///
    /// # Errors
    /// As [`Assessment::explain`].
    pub fn explain(&mut self, id: &FindingId) -> Result<Explanation> {
        self.assessment.explained(id, &self.context, &mut self.tracer)
    }
}

impl Assessment {
    /// Why a finding ranks where it does. `explain(id)?.risk.folded()` is the risk the ranking shows, to the bit.
    ///
    /// # Errors
    /// `not_found` when there is no such finding, or none that stands.
    pub fn explain(&self, id: &FindingId) -> Result<Explanation> {
        self.explainer().explain(id)
    }

    /// Explains many findings: what they need in common is made once, O(states + evidence).
    pub fn explainer(&self) -> Explainer<'_> {
        Explainer {
            assessment: self,
            context: Context::of(&self.environment, self.as_of),
            tracer: Tracer::new(&self.snapshot, &self.falls, &self.onward),
        }
    }

    fn explained<'a>(
        &'a self,
        id: &FindingId,
        context: &Context<'a>,
        tracer: &mut Tracer<'a>,
    ) -> Result<Explanation> {
        let (n, finding) = self.standing_finding(id)?;
        let ways = ways(&self.snapshot, &self.onward, tracer, n as usize);
        let [threat, local, success] = self.terms(context, n, finding);
        let own = Trees.fold(Fold::Product, "exploited here", String::new, [local, success]);
        let likelihood = Trees.fold(
            Fold::Product,
            "likelihood",
            || "that an attacker who stands before it exploits it".into(),
            [threat, own],
        );
        let other =
            |at: u32| (!is_own(&self.snapshot, &self.openings, n, at)).then(|| self.variable_fact(at));
        let event = |at: usize| {
            let stake = self.stake.events.get(at);
            let name = stake.map(|stake| stake.event.title().to_owned()).unwrap_or_default();
            let loss = self.losses.get(at).copied().unwrap_or(0.0);
            (Trees.fact("loss", loss, || format!("of {name}, in {}", self.stake.unit)), format!("to {name}"))
        };
        let risk = risk(&Trees, &ways, likelihood, other, event);
        let paths = ways.iter().filter_map(|(event, witness)| self.path(*event, witness)).collect();
        Ok(Explanation { finding: id.clone(), risk, paths })
    }

    /// The path of a way to a loss event.
    pub(super) fn path(&self, event: usize, witness: &Witness) -> Option<Path> {
        let stake = self.stake.events.get(event)?;
        Some(Path {
            event: stake.event.id.clone(),
            name: stake.event.title().into(),
            loss: stake.loss,
            chance: witness.chance(&self.snapshot),
            hops: witness.steps.iter().filter_map(|step| self.hop(*step)).collect(),
        })
    }

    /// The terms of threat, local exploitability and success of a finding.
    fn terms<'a>(&'a self, context: &Context<'a>, n: u32, finding: &'a Finding) -> [Term; 3] {
        let signals = context.signals(&self.environment, finding, &self.intel);
        let threat = exploitability::threat(&Trees, &signals, self.options.horizon);
        let shared = self.standing.get(n as usize).map_or(threat.value, |standing| standing.factors.threat);
        let threat = if threat.value.to_bits() == shared.to_bits() {
            threat
        } else {
            Trees.fact("threat", shared, || {
                "of the same weakness, as the source of another finding has it".into()
            })
        };
        [threat, exploitability::local(&Trees, &signals), exploitability::success(&Trees, &signals)]
    }

    /// A variable of the way that is not the finding's own, as a fact.
    fn variable_fact(&self, at: u32) -> Term {
        let Some(variable) = self.snapshot.variables().get(at as usize) else {
            return Trees.fact("unknown", 1.0, String::new);
        };
        let chance = variable.chance.get();
        let name_of = |n: u32| {
            let finding =
                self.standing.get(n as usize).and_then(|standing| self.environment.finding(&standing.id));
            finding
                .map(|finding| {
                    let asset = self.environment.asset(&finding.asset).map(Asset::title).unwrap_or_default();
                    format!("{} on {asset}", finding.weakness.id)
                })
                .unwrap_or_default()
        };
        match variable.kind {
            VariableKind::Finding(n) => {
                Trees.fact("other finding", chance, || format!("{} is exploited", name_of(n)))
            }
            VariableKind::Threat(n) => {
                let weakness = self.weakness_of_threat(n);
                Trees.fact("other threat", chance, || format!("{weakness} is used by those who attack"))
            }
            VariableKind::Control(n) => {
                let control = self.environment.controls().nth(n as usize);
                let name = control.map(|control| control.title().to_owned()).unwrap_or_default();
                Trees.fact("control fails", chance, || name)
            }
            VariableKind::Entry(n) => {
                let entry = self.environment.entry_points().nth(n as usize);
                let place = entry.map(|entry| entry.asset.to_string()).unwrap_or_default();
                Trees.fact("attacker starts", chance, || format!("at {place}"))
            }
            VariableKind::Unplaced(n) => {
                let place = self
                    .openings
                    .unplaced
                    .get(n as usize)
                    .map(|(asset, _)| asset.to_string())
                    .unwrap_or_default();
                Trees
                    .fact("reachable", chance, || format!("assumed, since nothing says where {place} stands"))
            }
            // Of a graph put together by hand, which no environment compiles to.
            VariableKind::Stated(n) => Trees.fact("variable", chance, || n.to_string()),
        }
    }

    /// A step in words, or nothing for one that a person need not see.
    fn hop(&self, step: Step) -> Option<Hop> {
        let conclusion = self.snapshot.conclusion(step);
        let origin = self.snapshot.origin(step);
        let is_event = matches!(self.snapshot.kind(conclusion), StateKind::Event(_));
        match origin {
            Origin::Ladder | Origin::Threat(_) | Origin::Failure(_) => return None,
            _ if matches!(self.snapshot.kind(conclusion), StateKind::Part(_)) => return None,
            _ => {}
        }
        let (mut from, mut chance) =
            (Vec::new(), self.snapshot.guard(step).map_or(1.0, |guard| guard.chance.get()));
        self.premises(step, &mut from, &mut chance);
        let (how, technique, finding) = self.words(step, origin, is_event, &from);
        let chance = Probability::clamped(chance);
        Some(Hop { from, to: self.held(conclusion), how: how.into(), technique, finding, chance })
    }

    /// What a step needs: assets held, and the chances of shared threats and controls.
    fn premises(&self, step: Step, from: &mut Vec<Foothold>, chance: &mut f64) {
        let mut waiting: Vec<State> = self.snapshot.premises(step).collect();
        while let Some(state) = waiting.pop() {
            match self.snapshot.kind(state) {
                StateKind::Compromised(..) => from.extend(self.held(state)),
                StateKind::Threat(_) | StateKind::Failed(_) => *chance *= self.falls.chance(state).get(),
                StateKind::Part(_) => {
                    if let Some(last) = self.falls.last_step(state) {
                        waiting.extend(self.snapshot.premises(last));
                    }
                }
                StateKind::Given | StateKind::Event(_) | StateKind::Stated(_) => {}
            }
        }
    }

    pub(super) fn held(&self, state: State) -> Option<Foothold> {
        let (asset, access) = self.snapshot.asset(&self.environment, state)?;
        Some(Foothold { asset: asset.title().into(), access })
    }

    fn words(
        &self,
        step: Step,
        origin: Origin,
        is_event: bool,
        from: &[Foothold],
    ) -> (String, Option<Technique>, Option<FindingId>) {
        match origin {
            Origin::Entry(n) => {
                let attacker = self.environment.entry_points().nth(n as usize).map(|entry| entry.attacker);
                let (who, technique) = match attacker.unwrap_or_default() {
                    Attacker::Internet => ("anyone on the internet starts here", None),
                    Attacker::Phishing => ("someone is tricked out of this identity", Technique::of("T1566")),
                    Attacker::Supplier => ("a supplier's way in", Technique::of("T1199")),
                    Attacker::Insider => ("an insider starts here", Technique::of("T1078")),
                    Attacker::Assumed => ("assumed to be held", None),
                };
                (who.into(), technique, None)
            }
            Origin::Unplaced(_) => {
                ("taken to be reachable, since nothing says where it stands".into(), None, None)
            }
            Origin::Rule(n) => {
                let relation = self
                    .options
                    .rules
                    .list()
                    .get(n as usize)
                    .map(|rule| rule.relation.name().replace('_', " "));
                (relation.unwrap_or_default(), self.snapshot.technique(step), None)
            }
            Origin::Finding(n) => {
                let standing = self.standing.get(n as usize);
                let id = standing.map(|standing| standing.id.clone());
                let finding = id.as_ref().and_then(|id| self.environment.finding(id));
                let words = finding.map(|finding| {
                    let weakness = &finding.weakness;
                    // A secret's name is a fingerprint; its title says more.
                    let name = match weakness.kind {
                        WeaknessKind::Secret => weakness.title(),
                        _ => weakness.id.as_str(),
                    };
                    format!("{} {name}", verb(weakness.kind))
                });
                (words.unwrap_or_default(), standing.and_then(|standing| standing.technique), id)
            }
            Origin::Trigger(n) if is_event => {
                let stake = self.stake.events.get(n as usize);
                (stake.map(|stake| stake.event.title().to_owned()).unwrap_or_default(), None, None)
            }
            Origin::Ladder
            | Origin::Threat(_)
            | Origin::Failure(_)
            | Origin::Trigger(_)
            | Origin::Stated(_)
            | Origin::Gate(_) => {
                (from.first().map(|held| held.asset.to_string()).unwrap_or_default(), None, None)
            }
        }
    }

    pub(super) fn standing_finding(&self, id: &FindingId) -> Result<(u32, &Finding)> {
        let missing = |what: &str| Error::new(ErrorKind::NotFound, format!("{} {what}", quoted(id.as_str())));
        let finding =
            self.environment.finding(id).ok_or_else(|| missing("is not a finding of this assessment"))?;
        let number = finding.id.as_ref().and_then(|id| self.numbers.get(id));
        let number =
            number.ok_or_else(|| missing(&format!("does not stand: it is {}", finding.status.name())))?;
        Ok((*number, finding))
    }

    fn weakness_of_threat(&self, threat: u32) -> String {
        let at = self.openings.list.iter().position(|opening| opening.threat == Some(threat));
        let standing = at.and_then(|at| self.standing.get(at));
        let finding = standing.and_then(|standing| self.environment.finding(&standing.id));
        finding.map(|finding| finding.weakness.id.to_string()).unwrap_or_default()
    }
}
