//! What if: the risk before a change and after it, over the same worlds.
//!
//! Both are the same worlds but for what the change decides otherwise, so the difference carries none of their noise. A change
//! is laid over what the assessment knows and compiled anew: what comes out is what an assessment of the changed environment
//! would measure.

use super::{
    Assessment, MeasureOptions,
    measure::{Measure, ended, total},
};
use crate::{
    attack::{
        Bounds, EventId, ExploitSteps, Id, Key, MostProbablePaths, OnProgress, Overlay, Snapshot, Truncated,
        Worlds, compile_while, latch,
    },
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, ControlId, FindingId, RelationId, WeaknessId},
    model::Access,
    quantity::{Estimate, Probability, Unit},
    time::Days,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::atomic::AtomicBool};

/// Something that could be otherwise.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{Change, MeasureOptions};
///
/// // What does a gate that never fails save, beside a fix of `f-1`?
/// let changes: Vec<Change> = serde_json::from_str(r#"[{"fixed": "f-1"}, {"control": {"control": "gate", "fails": 0}}]"#).unwrap();
/// assert_eq!(today.what_if(&changes, &MeasureOptions::default())?.saved.value(), 687.5);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Change {
    /// A finding is fixed.
    Fixed(FindingId),
    /// A relation is taken away: a right, a membership, a session, a route.
    Removed(RelationId),
    /// A weakness is patched everywhere: all its findings are fixed.
    Patched(WeaknessId),
    /// The threat of a weakness is another: a new EPSS score, an exploit that is published.
    Threat {
        /// The weakness.
        weakness: WeaknessId,
        /// The chance, within 30 days, that those who attack exploit it.
        chance: Probability,
    },
    /// A control is better or worse than thought, for the relations it guards and the assets it protects.
    Control {
        /// The control.
        control: ControlId,
        /// The chance that it fails to stop an attempt.
        fails: Probability,
    },
    /// An attacker starts at an entry point more or less often.
    Entry {
        /// Where.
        asset: AssetId,
        /// With which access; `reach` unless said.
        #[serde(default = "reach")]
        access: Access,
        /// The chance within 30 days.
        chance: Probability,
    },
}

fn reach() -> Access {
    Access::Reach
}

/// The risk before and after changes: a what-if, or counterfactual.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{Change, MeasureOptions};
///
/// // What if an exploit for the CVE were published?
/// let published = Change::Threat { weakness: "CVE-2021-44228".parse()?, chance: ctem_core::Probability::ONE };
/// let what_if = today.what_if(&[published], &MeasureOptions::default())?;
/// assert_eq!((what_if.before.value(), what_if.after.value(), what_if.saved.value()), (937.5, 1125.0, -187.5));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "counterfactual")]
#[doc(alias = "what-if analysis")]
#[doc(alias = "scenario")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WhatIf {
    /// What losses are counted in.
    pub unit: Unit,
    /// The expected loss within the horizon as things are.
    pub before: Estimate,
    /// The same with all changes.
    pub after: Estimate,
    /// The loss before less the loss after; below 0 where the changes make things worse.
    pub saved: Estimate,
    /// Why it rests on fewer worlds than it was to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

impl Assessment {
    /// What changes are worth, all of them together: a counterfactual. Of two changes of one thing the last counts, but what is fixed stays fixed.
    ///
    /// Exact where [`MeasureOptions::nodes`] suffice; else counted over worlds. Costs the compilation of the changed graph, O(m log n),
    /// and O(m) a world; only worlds in which a change decides otherwise are compared.
    ///
    /// # Errors
    /// `not_found`, with the change's number as the place, when there is no such finding, weakness, control or entry point, or
    /// the finding does not stand.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::{Change, MeasureOptions};
    ///
    /// // What does fixing the setting save, and what patching the CVE everywhere?
    /// let saved = |change| Ok::<_, ctem_core::Error>(today.what_if(&[change], &MeasureOptions::default())?.saved.value());
    /// assert_eq!(saved(Change::Fixed("f-1".parse()?))?, 562.5);
    /// assert_eq!(saved(Change::Patched("CVE-2021-44228".parse()?))?, 187.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn what_if(&self, changes: &[Change], options: &MeasureOptions<'_>) -> Result<WhatIf> {
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let options = MeasureOptions { progress: OnProgress::new(&ask), ..*options };
        let changed = self.changed(changes)?;
        let mut differences = differences(&self.openings, &changed);
        differences.extend(self.removals(&changed));
        let before = self.measure(options);
        let loss_before = before.loss(self.risk());
        if differences.is_empty() {
            return Ok(WhatIf {
                unit: self.stake.unit,
                before: loss_before,
                after: loss_before,
                saved: Estimate::exact(0.0),
                truncated: ended(&stopped),
            });
        }
        let snapshot = self.compiled(&changed)?;
        let bounds = Bounds::compute(&snapshot, &MostProbablePaths::compute(&snapshot));
        let chance = |event| snapshot.event(event).map_or(Estimate::exact(0.0), |at| bounds.chance(at));
        let chances: Vec<Estimate> = EventId::first(self.losses.len()).map(chance).collect();
        let certain = total(&self.counted(), &chances);
        let after = Measure::of(&snapshot, options);
        let loss_after = after.loss(certain);
        let saved = match (before.exact_loss(), after.exact_loss()) {
            (Some(before), Some(after)) => Estimate::exact(before - after),
            (_, _) => {
                let contrast = self.contrast(&differences, &before)?;
                let whole = self.risk();
                contrast.within(whole.lower() - certain.upper(), whole.upper() - certain.lower())
            }
        };
        Ok(WhatIf {
            unit: self.stake.unit,
            before: loss_before,
            after: loss_after,
            saved,
            truncated: ended(&stopped),
        })
    }

    /// What differs between the graph as it is and as it would be, over the same worlds.
    fn contrast(&self, differences: &[Difference], measure: &Measure<'_>) -> Result<Estimate> {
        // What is sure is no variable, and could not be changed: there it is one, and sure all the same.
        let sure: Vec<What> = differences
            .iter()
            .filter(|difference| {
                difference.was == Probability::ONE && !matches!(difference.what, What::Relation(_))
            })
            .map(|difference| difference.what)
            .collect();
        let unsure = if sure.is_empty() { None } else { Some(self.compiled(&self.unsure(&sure))?) };
        let snapshot = unsure.as_ref().unwrap_or(&self.snapshot);
        let (mut was, mut is) = (Overlay::new(snapshot), Overlay::new(snapshot));
        for difference in differences {
            // What leads nowhere has no variable, and nothing hangs on it.
            let key = self.key_of(difference.what).filter(|key| snapshot.has_key(*key));
            let Some(key) = key else { continue };
            was.chance(key, difference.was)?;
            is.chance(key, difference.is)?;
        }
        let worlds = Worlds::new(snapshot, measure.seed).with(&was);
        Ok(worlds.worth(&is, &measure.limits).estimate(measure.confidence))
    }

    /// What is open, where these are as good as sure.
    fn unsure(&self, sure: &[What]) -> ExploitSteps {
        let mut openings = self.openings.clone();
        for what in sure {
            what.set(&mut openings, Probability::clamped(1.0_f64.next_down()));
        }
        openings
    }

    /// What differs by relations that are gone.
    fn removals(&self, changed: &ExploitSteps) -> Vec<Difference> {
        let gone = |(n, (number, _)): (usize, &(u32, _))| {
            changed.removed.binary_search(number).ok()?;
            let was = self.related(u32::try_from(n).ok()?)?.fact.chance();
            Some(Difference { what: What::Relation(n), was, is: Probability::ZERO })
        };
        self.snapshot.relations().iter().enumerate().filter_map(gone).collect()
    }

    pub(super) fn compiled(&self, openings: &ExploitSteps) -> Result<Snapshot> {
        let events = self.stake.counted_events();
        compile_while(&self.environment, &self.rules, openings, &events, &OnProgress::default())
    }

    /// What is open after changes.
    pub(super) fn changed(&self, changes: &[Change]) -> Result<ExploitSteps> {
        let mut openings = self.openings.clone();
        let mut fixed = BTreeSet::new();
        for (n, change) in changes.iter().enumerate() {
            self.apply(change, &mut openings, &mut fixed).map_err(|error| error.at(format_args!("/{n}")))?;
        }
        for n in fixed {
            What::Finding(n).set(&mut openings, Probability::ZERO);
        }
        Ok(openings)
    }

    fn apply(&self, change: &Change, openings: &mut ExploitSteps, fixed: &mut BTreeSet<usize>) -> Result<()> {
        let missing = |name: &str, what: &str| {
            Error::new(ErrorKind::NotFound, format!("{} is not {what} of this assessment", quoted(name)))
        };
        let in_horizon = |chance: Probability| chance.over(Days::THIRTY, self.horizon);
        match change {
            Change::Fixed(finding) => {
                fixed.insert(self.standing_finding(finding)?.0 as usize);
            }
            Change::Removed(relation) => {
                let number = match self.relation_number(relation.as_str()) {
                    Some(n) => self.snapshot.relations().get(n as usize).map(|(number, _)| *number),
                    // It lies on no way to a loss, if it is one at all.
                    None => self.environment.relation_named(relation).map(|number| number as u32),
                };
                let number = number.ok_or_else(|| missing(relation.as_str(), "a relation"))?;
                openings.removed.push(number);
                openings.removed.sort_unstable();
                openings.removed.dedup();
            }
            Change::Patched(weakness) => {
                let findings = self.findings_of(weakness);
                if findings.is_empty() {
                    return Err(missing(weakness.as_str(), "the weakness of an open finding"));
                }
                fixed.extend(findings);
            }
            Change::Threat { weakness, chance } => {
                let findings = self.findings_of(weakness);
                if findings.is_empty() {
                    return Err(missing(weakness.as_str(), "the weakness of an open finding"));
                }
                for threat in findings.into_iter().filter_map(|n| self.openings.list.get(n)?.threat) {
                    What::Threat(threat as usize).set(openings, in_horizon(*chance));
                }
            }
            Change::Control { control, fails } => {
                let at = self.environment.controls().position(|known| known.id == *control);
                let at = at.ok_or_else(|| missing(control.as_str(), "a control"))?;
                What::Control(at).set(openings, *fails);
                // What is said holds against every technique.
                openings.failures_against.retain(|failure| failure.control as usize != at);
            }
            Change::Entry { asset, access, chance } => {
                let number = self.environment.number(asset);
                let at = self.environment.entry_points().position(|entry| {
                    number.is_some()
                        && self.environment.number(&entry.asset) == number
                        && entry.access == *access
                });
                let at = at.ok_or_else(|| {
                    let message = format!(
                        "an attacker does not start with `{access}` of {} in this assessment",
                        quoted(asset.as_str())
                    );
                    Error::new(ErrorKind::NotFound, message)
                })?;
                What::Entry(at).set(openings, in_horizon(*chance));
            }
        }
        Ok(())
    }

    /// The findings of a weakness, by any of its names.
    fn findings_of(&self, weakness: &WeaknessId) -> Vec<usize> {
        let is = |(n, standing): (usize, &super::assessment::OpenFinding)| {
            let of = &self.environment.finding(&standing.id)?.weakness;
            (of.id == *weakness || of.aliases.contains(weakness)).then_some(n)
        };
        self.standing.iter().enumerate().filter_map(is).collect()
    }

    fn key_of(&self, what: What) -> Option<Key> {
        match what {
            What::Finding(n) => Some(self.openings.list.get(n)?.key),
            What::Threat(n) => Some(self.openings.threats.get(n)?.key),
            What::Control(n) => Some(Key::control(self.subjects.controls.get(n)?)),
            What::Entry(n) => {
                let (asset, access) = self.subjects.entries.get(n)?;
                Some(Key::entry(asset, *access))
            }
            What::Relation(n) => Some(Key::related(&self.related(u32::try_from(n).ok()?)?)),
        }
    }
}

/// Something uncertain, by its number among its kind.
#[derive(Debug, Clone, Copy)]
enum What {
    Finding(usize),
    Threat(usize),
    Control(usize),
    Entry(usize),
    /// A relation that is taken away, by its number among those that have a variable.
    Relation(usize),
}

impl What {
    fn set(self, openings: &mut ExploitSteps, chance: Probability) {
        let slot = match self {
            Self::Finding(n) => openings.list.get_mut(n).map(|opening| &mut opening.chance),
            Self::Threat(n) => openings.threats.get_mut(n).map(|threat| &mut threat.chance),
            Self::Control(n) => openings.failures.get_mut(n),
            Self::Entry(n) => openings.entries.get_mut(n),
            // It is gone or there.
            Self::Relation(_) => None,
        };
        if let Some(slot) = slot {
            *slot = chance;
        }
    }
}

/// A chance that differs.
struct Difference {
    what: What,
    was: Probability,
    is: Probability,
}

fn differences(was: &ExploitSteps, is: &ExploitSteps) -> Vec<Difference> {
    let findings = was.list.iter().map(|opening| opening.chance);
    let findings = findings.zip(is.list.iter().map(|opening| opening.chance)).enumerate();
    let threats = was.threats.iter().map(|threat| threat.chance);
    let threats = threats.zip(is.threats.iter().map(|threat| threat.chance)).enumerate();
    let controls = was.failures.iter().copied().zip(is.failures.iter().copied()).enumerate();
    let entries = was.entries.iter().copied().zip(is.entries.iter().copied()).enumerate();
    let all = findings
        .map(|(n, pair)| (What::Finding(n), pair))
        .chain(threats.map(|(n, pair)| (What::Threat(n), pair)))
        .chain(controls.map(|(n, pair)| (What::Control(n), pair)))
        .chain(entries.map(|(n, pair)| (What::Entry(n), pair)));
    all.filter(|(_, (was, is))| was != is).map(|(what, (was, is))| Difference { what, was, is }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Program, discover, intel::Intel};

    /// An entry, a control on the way and one in front, a shared flaw; each sure thing can be otherwise too.
    fn document(entry: f64, waf: f64, gate: f64, threat: f64, status: &str) -> String {
        format!(
            r#"{{"ctem": {{"version": 1}},
            "assets": [{{"id": "shop", "kind": "host"}}, {{"id": "web", "kind": "host"}}, {{"id": "vault", "kind": "host"}}],
            "relations": [{{"kind": "reaches", "from": "shop", "to": "vault", "controls": ["gate"]}}, {{"kind": "reaches", "from": "web", "to": "vault"}}],
            "entry_points": [{{"asset": "shop", "chance": {entry}}}, {{"asset": "web"}}],
            "controls": [{{"id": "waf", "protects": ["shop"], "stops": {waf}}}, {{"id": "gate", "stops": {gate}}}],
            "services": [{{"id": "sales", "loss_events": [{{"id": "leak", "loss": {{"amount": 1024, "unit": "EUR"}},
                "when": {{"state": {{"asset": "vault", "access": "use"}}}}}}]}}],
            "findings": [
                {{"id": "f-1", "asset": "shop", "weakness": {{"id": "CVE-2024-1"}}, "exploit": {{"threat": {threat}, "local": 0.5}}}},
                {{"id": "f-2", "asset": "web", "weakness": {{"id": "CVE-2024-1"}}, "exploit": {{"threat": {threat}, "local": 0.25}}}},
                {{"id": "f-3", "asset": "vault", "status": "{status}", "weakness": {{"id": "w-3", "kind": "misconfiguration"}}, "exploit": {{"local": 0.75}}}}]}}"#
        )
    }

    fn assessed(document: &str) -> Assessment {
        let mut program = Program::new(Intel::none());
        program.absorb(discover::read(document.as_bytes()).unwrap());
        program.assess("2025-11-13".parse().unwrap()).unwrap()
    }

    fn chance(chance: f64) -> Probability {
        Probability::new(chance).unwrap()
    }

    #[test]
    fn a_change_is_worth_what_assessing_the_changed_environment_says() {
        let gate = |fails| Change::Control { control: "gate".parse().unwrap(), fails: chance(fails) };
        let waf = |fails| Change::Control { control: "waf".parse().unwrap(), fails: chance(fails) };
        let entry =
            |to| Change::Entry { asset: "shop".parse().unwrap(), access: Access::Reach, chance: chance(to) };
        let threat = |to| Change::Threat { weakness: "CVE-2024-1".parse().unwrap(), chance: chance(to) };
        for (before, change, after) in [
            ((1.0, 0.5, 0.0, 0.5, "open"), entry(0.25), (0.25, 0.5, 0.0, 0.5, "open")),
            ((0.25, 0.5, 0.5, 0.5, "open"), entry(1.0), (1.0, 0.5, 0.5, 0.5, "open")),
            ((1.0, 0.5, 0.0, 0.5, "open"), gate(0.25), (1.0, 0.5, 0.75, 0.5, "open")),
            ((1.0, 0.5, 0.5, 0.5, "open"), waf(0.875), (1.0, 0.125, 0.5, 0.5, "open")),
            ((1.0, 0.5, 0.5, 1.0, "open"), threat(0.5), (1.0, 0.5, 0.5, 0.5, "open")),
            ((1.0, 0.5, 0.5, 0.5, "open"), threat(0.875), (1.0, 0.5, 0.5, 0.875, "open")),
            (
                (1.0, 0.5, 0.5, 0.5, "open"),
                Change::Fixed("f-3".parse().unwrap()),
                (1.0, 0.5, 0.5, 0.5, "fixed"),
            ),
        ] {
            let of =
                |(entry, waf, gate, threat, status)| assessed(&document(entry, waf, gate, threat, status));
            let (today, changed) = (of(before), of(after));
            for nodes in [0, 1 << 16] {
                let options = MeasureOptions { nodes, worlds: 4096, ..MeasureOptions::default() };
                let what_if = today.what_if(std::slice::from_ref(&change), &options).unwrap();
                let anew = changed.what_if(&[], &options).unwrap().before;
                let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
                assert!(close(what_if.after.value(), anew.value()), "{change:?}: {what_if:?} and {anew:?}");
                let saved = what_if.before.value() - what_if.after.value();
                assert!(close(what_if.saved.value(), saved) && saved != 0.0, "{change:?}: {what_if:?}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_with_the_number_of_the_change() {
        let today = assessed(&document(1.0, 0.5, 0.5, 0.5, "fixed"));
        for change in [
            Change::Fixed("f-3".parse().unwrap()),
            Change::Patched("w-3".parse().unwrap()),
            Change::Threat { weakness: "w-3".parse().unwrap(), chance: chance(0.5) },
            Change::Control { control: "none".parse().unwrap(), fails: chance(0.5) },
            Change::Entry { asset: "shop".parse().unwrap(), access: Access::Use, chance: chance(0.5) },
            Change::Entry { asset: "none".parse().unwrap(), access: Access::Reach, chance: chance(0.5) },
        ] {
            let changes = [Change::Fixed("f-1".parse().unwrap()), change];
            let error = today.what_if(&changes, &MeasureOptions::default()).unwrap_err();
            assert_eq!((error.code(), error.place()), ("not_found", Some("/1")));
        }
    }
}
