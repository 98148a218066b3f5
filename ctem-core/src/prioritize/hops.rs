//! From the steps an attacker takes to the hops of a path: what a person need not see is left out.

use super::{Assessment, AttackerAction, Foothold, Hop, Path};
use crate::{
    attack::{EventId, Id, Origin, State, StateKind, Step, VariableKind, Witness},
    model::{Technique, WeaknessKind, fact::Related},
    quantity::Probability,
};

impl Assessment {
    /// The path of a way to a loss event.
    pub(super) fn path(&self, event: EventId, witness: &Witness) -> Option<Path> {
        let stake = self.stake.events.get(event.index())?;
        Some(Path {
            event: stake.event.id.clone(),
            name: stake.event.title().into(),
            loss: stake.loss,
            chance: witness.chance(&self.snapshot),
            hops: witness.steps.iter().filter_map(|step| self.hop(*step)).collect(),
        })
    }

    /// A step as a hop, or nothing for one that a person need not see.
    fn hop(&self, step: Step) -> Option<Hop> {
        let (action, technique) = self.action(step)?;
        let (mut from, mut chance) =
            (Vec::new(), self.snapshot.guard(step).map_or(1.0, |guard| guard.chance.get()));
        self.premises(step, &mut from, &mut chance);
        let to = self.held(self.snapshot.conclusion(step)?);
        Some(Hop { from, to, action, technique, chance: Probability::clamped(chance) })
    }

    /// What a step needs: assets held, and the chances of shared threats and controls.
    fn premises(&self, step: Step, from: &mut Vec<Foothold>, chance: &mut f64) {
        let mut waiting: Vec<State> = self.snapshot.premises(step).collect();
        while let Some(state) = waiting.pop() {
            match self.snapshot.kind(state) {
                Some(StateKind::Compromised(..)) => from.extend(self.held(state)),
                Some(
                    StateKind::Threat(_)
                    | StateKind::Failed(_)
                    | StateKind::Campaign(_)
                    | StateKind::Relation(_),
                ) => *chance *= self.falls.chance(state).get(),
                Some(StateKind::Part(_)) => {
                    if let Some(last) = self.falls.last_step(state) {
                        *chance *= self.snapshot.guard(last).map_or(1.0, |guard| guard.chance.get());
                        waiting.extend(self.snapshot.premises(last));
                    }
                }
                Some(StateKind::Given | StateKind::Event(_) | StateKind::Stated(_)) | None => {}
            }
        }
    }

    /// The relation that a step uses, if it may be taken away.
    fn relation_of(&self, step: Step) -> Option<Related<'_>> {
        let guard = self.snapshot.guard(step).and_then(|guard| match guard.kind {
            VariableKind::Relation(n) => Some(n),
            _ => None,
        });
        let shared = || {
            self.snapshot.premises(step).find_map(|state| match self.snapshot.kind(state)? {
                StateKind::Relation(n) => Some(n),
                _ => None,
            })
        };
        self.related(guard.or_else(shared)?).filter(|related| related.fact.is_removable())
    }

    pub(super) fn held(&self, state: State) -> Option<Foothold> {
        let (asset, access) = self.snapshot.asset(&self.environment, state)?;
        Some(Foothold { asset: asset.title().into(), access })
    }

    /// Whether a person need see a step: whether it is a hop of a path.
    pub(super) fn is_hop(&self, step: Step) -> bool {
        let conclusion = self.snapshot.conclusion(step).and_then(|state| self.snapshot.kind(state));
        let is_part = conclusion.is_none_or(|kind| matches!(kind, StateKind::Part(_)));
        !is_part
            && match self.snapshot.origin(step) {
                Some(
                    Origin::Entry(_)
                    | Origin::Unplaced(_)
                    | Origin::Rule(_)
                    | Origin::Finding(_)
                    | Origin::Trigger(_)
                    | Origin::Logon(_),
                ) => true,
                // The last two are of a graph put together by hand, which no environment compiles to.
                Some(
                    Origin::Ladder
                    | Origin::Threat(_)
                    | Origin::Failure(_)
                    | Origin::Campaign(_)
                    | Origin::Relation(_)
                    | Origin::Stated(_)
                    | Origin::Shared(_),
                )
                | None => false,
            }
    }

    /// What an attacker does in a step, and by which technique; nothing for a step that a person need not see.
    pub(super) fn action(&self, step: Step) -> Option<(AttackerAction, Option<Technique>)> {
        if !self.is_hop(step) {
            return None;
        }
        match self.snapshot.origin(step)? {
            Origin::Entry(n) => {
                let attacker = self.entry(n)?.attacker;
                Some((AttackerAction::Start(attacker), attacker.technique()))
            }
            Origin::Unplaced(_) => Some((AttackerAction::Unplaced, None)),
            Origin::Rule(n) => {
                let kind = self.snapshot.label(n)?.kind.clone();
                let relation = self.relation_of(step).map(|related| related.name());
                Some((AttackerAction::Relation { kind, relation }, self.snapshot.technique(step)))
            }
            Origin::Finding(n) => {
                let standing = self.standing.get(n as usize)?;
                let weakness = &self.environment.finding(&standing.id)?.weakness;
                let name = match weakness.kind {
                    WeaknessKind::Secret => weakness.title(),
                    _ => weakness.id.as_str(),
                };
                let (finding, kind, weakness) = (standing.id.clone(), weakness.kind, name.into());
                Some((AttackerAction::Exploit { finding, kind, weakness }, standing.technique))
            }
            Origin::Trigger(n) => {
                let event = &self.stake.events.get(n as usize)?.event;
                Some((AttackerAction::Loss { event: event.id.clone(), name: event.title().into() }, None))
            }
            Origin::Logon(_) => Some((AttackerAction::LogOn, Technique::of("T1078"))),
            // What is no hop was left out above.
            _ => None,
        }
    }
}
