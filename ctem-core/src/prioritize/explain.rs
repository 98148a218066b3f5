//! Why a finding ranks where it does: the tree of terms its risk is folded from, and the attack paths behind it.

use super::{
    ExposureId,
    assessment::{Assessment, Exposure},
    context::Context,
    exploitability,
    exposure_id::ExposureNumber,
    path::Path,
    risk::{counted, is_own, risk, ways},
    subject::Subject,
    term::{Algebra, Fold, Term, Trees},
};
use crate::{
    attack::{EventId, Halves, Id, LongPaths, Snapshot, Step, Tracer, VariableId, Witness},
    error::Result,
    model::Finding,
    quantity::{Probability, Unit},
};
use smallvec::SmallVec;

/// Why a finding ranks where it does.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // How likely is the attempt, and what is lost by it?
/// let explanation = today.explain(&"f-1".parse()?)?;
/// assert_eq!(explanation.risk.find("likelihood").map(|term| term.value), Some(0.5));
/// assert_eq!(explanation.paths.iter().map(|path| &*path.name).collect::<Vec<_>>(), ["orders leak", "keys stolen"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The finding.
    pub exposure: ExposureId,
    /// The risk, as a tree that folds to it: how likely an attacker who has what the finding needs exploits it, times the sum,
    /// over paths, of the loss and all else that is uncertain on the way.
    pub risk: Term,
    /// The most probable path through it to each loss event, the most costly first.
    pub paths: Vec<Path>,
}

/// Explains the findings of an assessment, one after the other.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // Does every reason fold to its number?
/// let mut explainer = today.explainer();
/// for exposure in today.ranked() {
///     assert_eq!(explainer.explain(&exposure.id)?.risk.folded(), exposure.risk.value());
/// }
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub struct Explainer<'a> {
    assessment: &'a Assessment,
    context: Context<'a>,
    tracer: Tracer<'a>,
    long: Option<LongPaths<'a>>,
}

impl<'a> Explainer<'a> {
    /// Why a finding ranks where it does, as [`Assessment::explain`] says it.
    ///
    /// # Errors
    /// As [`Assessment::explain`].
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let mut explainer = today.explainer();
    /// assert_eq!(explainer.explain(&"f-3".parse()?)?.risk.value, 250.0);
    /// assert_eq!(explainer.explain(&"f-9".parse()?).unwrap_err().code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn explain(&mut self, id: &ExposureId) -> Result<Explanation> {
        let number = self.assessment.open_exposure(id)?;
        // It may have been called by another of its names.
        let id = self.assessment.exposure_id(number).unwrap_or_else(|| id.clone());
        Ok(self.explained(number, id))
    }

    /// Why an exposure of the same assessment ranks where it does.
    pub(crate) fn exposure(&mut self, exposure: &Exposure<'a>) -> Explanation {
        self.explained(exposure.number, exposure.id.clone())
    }

    fn explained(&mut self, number: ExposureNumber, exposure: ExposureId) -> Explanation {
        let Self { assessment, context, tracer, long } = self;
        let assessment = *assessment;
        let steps: SmallVec<[Step; 1]> = match number {
            ExposureNumber::Finding(n) => assessment.snapshot.exploit_step(n as usize).into_iter().collect(),
            ExposureNumber::Relation(n) => assessment
                .snapshot
                .relations()
                .get(n as usize)
                .map(|(_, steps)| steps.clone())
                .unwrap_or_default(),
        };
        let chance = |way: &Way| way.chance(&assessment.snapshot);
        let ways = ways(&assessment.snapshot, &assessment.falls, &steps, chance, |step| {
            let halves = |event| long.as_ref().and_then(|long| long.halves(step, event));
            let way = |(event, witness)| (event, Way { witness, halves: halves(event) });
            tracer.through_all(step).into_iter().map(way).collect()
        });
        let (ways, _) = counted(ways, |event| {
            assessment.stake.events.get(event.index()).is_some_and(|stake| assessment.stake.is_beside(stake))
        });
        let likelihood = match number {
            ExposureNumber::Finding(n) => assessment.likelihood_of(context, n),
            ExposureNumber::Relation(n) => {
                let chance = assessment.related(n).map_or(Probability::ONE, |related| related.fact.chance());
                let because = || match chance {
                    Probability::ONE => "it is there, for whoever has what it needs".into(),
                    _ => "that it can be used, as the source states".into(),
                };
                Trees.fact("likelihood", chance.get(), because)
            }
        };
        let is_own = |at: VariableId| {
            let kind = assessment.snapshot.variable(at).map(|variable| variable.kind);
            kind.is_some_and(|kind| is_own(&assessment.openings, number, kind))
        };
        let event = |at: EventId| {
            let stake = assessment.stake.events.get(at.index());
            let name = stake.map(|stake| stake.event.title().to_owned()).unwrap_or_default();
            let loss = assessment.losses.get(at.index()).copied().unwrap_or(0.0);
            (
                Trees.fact("loss", loss, || format!("of {name}, in {}", counted_in(assessment.stake.unit))),
                format!("to {name}"),
            )
        };
        let halves = |witness: &Witness, halves: &Halves| {
            let own = halves.uncertain_before + usize::from(halves.own.is_some());
            let alone = witness.variables.iter().filter(|at| !halves.threats.contains(at));
            let alone: Vec<VariableId> = alone.copied().collect();
            let before = alone.iter().take(halves.uncertain_before);
            let after = alone.iter().skip(own).rev();
            let because = || "all that comes before it".into();
            let before = Trees.fold_all(
                Fold::Product,
                "way in",
                because,
                before.map(|at| assessment.variable_fact(*at)),
            );
            let because = || "all that comes after it, from the end".into();
            let after = Trees.fold_all(
                Fold::Product,
                "way on",
                because,
                after.map(|at| assessment.variable_fact(*at)),
            );
            [before, after]
        };
        let path = |(at, Way { witness, halves: folded }): &(EventId, Way)| {
            let (loss, name) = event(*at);
            if let Some(folded) = folded {
                let shared = folded.threats.iter().filter(|at| !is_own(**at));
                let shared = shared.map(|at| assessment.variable_fact(*at));
                let parts = halves(witness, folded).into_iter().chain(shared).chain([loss]);
                return Trees.fold_all(Fold::Product, "path", || name, parts);
            }
            let others = witness.variables.iter().filter(|at| !is_own(**at));
            let others = others.map(|at| assessment.variable_fact(*at));
            Trees.fold_all(Fold::Product, "path", || name, others.chain([loss]))
        };
        let risk = risk(&Trees, likelihood, ways.iter().map(path));
        let paths = ways.iter().filter_map(|(event, way)| assessment.path(*event, &way.witness)).collect();
        Explanation { exposure, risk, paths }
    }
}

/// The most probable way through a step to a loss event, and where it is long its halves.
struct Way {
    witness: Witness,
    halves: Option<Halves>,
}

impl Way {
    fn chance(&self, snapshot: &Snapshot) -> Probability {
        let Some(Halves { before, own, after, threats, .. }) = &self.halves else {
            return self.witness.chance(snapshot);
        };
        let once = own.iter().chain(threats).filter_map(|at| snapshot.variable(*at));
        Probability::clamped(before * once.map(|variable| variable.chance.get()).product::<f64>() * after)
    }
}

impl Assessment {
    /// Why a finding ranks where it does. `explain(id)?.risk.folded()` is the risk the ranking shows, to the bit.
    ///
    /// # Errors
    /// `not_found` when there is no such finding, or none that stands.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let explanation = today.explain(&"f-2".parse()?)?;
    /// assert_eq!((explanation.risk.value, explanation.risk.folded()), (375.0, 375.0));
    /// println!("{explanation}");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn explain(&self, id: &ExposureId) -> Result<Explanation> {
        self.explainer().explain(id)
    }

    /// Explains many findings: what they need in common is made once, O(states + evidence).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let mut explainer = today.explainer();
    /// let all: Result<Vec<_>, _> = today.ranked().map(|exposure| explainer.explain(&exposure.id)).collect();
    /// assert_eq!(all?.len(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn explainer(&self) -> Explainer<'_> {
        Explainer {
            assessment: self,
            context: Context::of(&self.environment, &self.intel, self.as_of).under(self.profile.as_ref()),
            tracer: Tracer::new(&self.snapshot, &self.falls, &self.onward),
            long: LongPaths::new(&self.snapshot, &self.falls, &self.onward),
        }
    }

    /// The likelihood of a finding as a tree.
    fn likelihood_of<'a>(&'a self, context: &Context<'a>, n: u32) -> Term {
        let Some(finding) = self.standing.get(n as usize).and_then(|open| self.environment.finding(&open.id))
        else {
            return Trees.fact("likelihood", 0.0, String::new);
        };
        let [threat, local, success] = self.terms(context, n, finding);
        let own = Trees.fold(Fold::Product, "exploited here", String::new, [local, success]);
        Trees.fold(
            Fold::Product,
            "likelihood",
            || "that an attacker who stands before it exploits it".into(),
            [threat, own],
        )
    }

    /// The terms of threat, local exploitability and success of a finding.
    fn terms<'a>(&'a self, context: &Context<'a>, n: u32, finding: &'a Finding) -> [Term; 3] {
        let signals = context.signals(finding);
        if let Some(stated) = signals.exploit.and_then(|exploit| exploit.chance) {
            let sure = |name| Trees.fact(name, 1.0, String::new);
            let chance = Trees.fact("exploited", stated.get(), || "as the source states, all in one".into());
            return [sure("threat"), chance, sure("success")];
        }
        let threat = exploitability::threat(&Trees, &signals, self.horizon);
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
    fn variable_fact(&self, at: VariableId) -> Term {
        let Some(variable) = self.snapshot.variable(at) else {
            return Trees.fact("unknown", 1.0, String::new);
        };
        let chance = variable.chance.get();
        match self.subject(at) {
            Some(Subject::Finding(_, finding)) => {
                let asset = self.title(&finding.asset);
                let because = || format!("{} on {asset} is exploited", finding.weakness.id);
                Trees.fact("other finding", chance, because)
            }
            Some(Subject::Threat(weakness)) => {
                Trees.fact("other threat", chance, || format!("{} is used by those who attack", weakness.id))
            }
            Some(Subject::Control(control)) => Trees.fact("control fails", chance, || control.title().into()),
            Some(Subject::Entry(entry)) => {
                Trees.fact("attacker starts", chance, || format!("at {}", entry.asset))
            }
            Some(Subject::Unplaced(asset)) => {
                let because = || format!("assumed, since nothing says where {asset} stands");
                Trees.fact("reachable", chance, because)
            }
            Some(Subject::Campaign(name)) => Trees.fact("campaign", chance, || format!("{name} is run")),
            Some(Subject::Relation(related)) => {
                Trees.fact("usable", chance, || format!("{} can be used", related.name()))
            }
            None => Trees.fact("unknown", chance, String::new),
        }
    }
}

/// A unit as people say it.
fn counted_in(unit: Unit) -> String {
    match unit {
        Unit::CrownJewel => "crown jewels".into(),
        Unit::Money(currency) => currency.to_string(),
    }
}
