//! From the steps an attacker takes to the hops of a path: what a person need not see is left out.

use super::{Assessment, Foothold, Hop, Path};
use crate::{
    attack::{Origin, State, StateKind, Step, Technique, Witness},
    id::FindingId,
    model::{Attacker, WeaknessKind},
    quantity::Probability,
};

impl Assessment {
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
                let relation =
                    self.rules.list().get(n as usize).map(|rule| rule.relation.name().replace('_', " "));
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
