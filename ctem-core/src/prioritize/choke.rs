//! Choke points: what the paths to a loss event have in common.
//!
//! A choke point in the strict sense lies on every path: without it the event cannot happen. What lies on nearly all of them, as
//! probable as they are, is as good a place to begin. P(critical | loss), the chance that the event would not have happened
//! without a thing given that it did, is 1 for the first kind and grades the rest; counting paths would forget how probable
//! each is.

use super::{
    Assessment, MeasureOptions,
    measure::{CriticalParts, ended},
    subject::Subject,
};
use crate::{
    attack::{FixSet, Id, Key, OnProgress, Truncated, VariableId, latch, mandatory_variables},
    error::Result,
    id::{AssetId, ControlId, FindingId, LossEventId, RelationId, WeaknessId},
    model::Access,
    quantity::Estimate,
};
use serde::Serialize;
use std::{
    collections::{HashMap, HashSet},
    sync::atomic::AtomicBool,
};

/// The choke points of a loss event.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::MeasureOptions;
///
/// // How likely is the theft, and what would prevent it for sure?
/// let points = today.choke_points(&"theft".parse()?, &MeasureOptions::default())?;
/// assert_eq!(points.chance.value(), 0.15625);
/// let sure: Vec<&str> = points.list.iter().filter(|point| point.on_every_path).map(|point| &*point.name).collect();
/// assert_eq!(sure, ["inner gate", "weak-cipher on vault"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "choke point")]
#[doc(alias = "dominator")]
#[doc(alias = "articulation point")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ChokePoints {
    /// The event.
    pub event: LossEventId,
    /// The chance that it happens within the horizon.
    pub chance: Estimate,
    /// First what every path needs, in the order in which an attacker comes to it; then the rest, the most critical first.
    pub list: Vec<ChokePoint>,
    /// Why it rests on fewer worlds than it was to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// Something uncertain that paths to a loss event need.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::MeasureOptions;
///
/// // In what share of all leaks does the open admin page decide?
/// let points = today.choke_points(&"leak".parse()?, &MeasureOptions::default())?;
/// assert_eq!((&*points.list[0].name, points.list[0].critical.value()), ("open-admin on web shop", 0.6));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ChokePoint {
    /// What it is.
    #[serde(flatten)]
    pub point: Point,
    /// Its name for people.
    pub name: Box<str>,
    /// Whether every path needs it.
    pub on_every_path: bool,
    /// The chance that the event would not have happened without it, given that it did: its *criticality importance*.
    pub critical: Estimate,
}

/// What a path can need, by its ids.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{MeasureOptions, Point};
///
/// // Which controls must hold?
/// let points = today.choke_points(&"theft".parse()?, &MeasureOptions::default())?.list;
/// let controls = points.iter().filter_map(|at| match &at.point { Point::Control { control } => Some(control.as_str()), _ => None });
/// assert_eq!(controls.collect::<Vec<_>>(), ["gate"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Point {
    /// A finding: end it by fixing it.
    Finding {
        /// The finding.
        finding: FindingId,
    },
    /// A weakness that several findings have: end it by patching it everywhere.
    Threat {
        /// The weakness.
        weakness: WeaknessId,
    },
    /// That a control fails: end it by making the control sure.
    Control {
        /// The control.
        control: ControlId,
    },
    /// That an attacker starts somewhere: end it by closing the entry.
    Entry {
        /// Where.
        asset: AssetId,
        /// With which access.
        access: Access,
    },
    /// That an asset which nobody has placed can be reached: end it by saying where the asset stands.
    Unplaced {
        /// The asset.
        asset: AssetId,
    },
    /// That a campaign is run.
    Campaign {
        /// Its name.
        campaign: Box<str>,
    },
    /// A right or a route.
    Relation {
        /// Its id.
        relation: RelationId,
    },
}

impl Assessment {
    /// The choke points of a loss event, what its attack paths have in common: first what all of them need, then what most do.
    ///
    /// Which things every path needs is certain. How critical the others are is exact where [`MeasureOptions::nodes`] suffice, else
    /// counted over worlds. Things that are in no path's way are left out. Of an event that surely happens, or cannot, there are
    /// none. O(n + m), and a sample of this event alone.
    ///
    /// # Errors
    /// `not_found` when there is no such loss event.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::MeasureOptions;
    ///
    /// // Two flaws on the shop, then a gate and one flaw behind it that either way needs.
    /// let points = today.choke_points(&"theft".parse()?, &MeasureOptions::default())?.list;
    /// let names: Vec<&str> = points.iter().map(|point| &*point.name).collect();
    /// assert_eq!(names, ["inner gate", "weak-cipher on vault", "open-admin on web shop", "CVE-2021-44228 on web shop"]);
    /// // Of all thefts, three in five would not have happened without f-1.
    /// assert_eq!((points[1].on_every_path, points[2].on_every_path, points[2].critical.value()), (true, false, 0.6));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn choke_points(&self, event: &LossEventId, options: &MeasureOptions<'_>) -> Result<ChokePoints> {
        let number = self.event_number(event)?;
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let measure = self.measure(MeasureOptions { progress: OnProgress::new(&ask), ..*options });
        let certain = self.chances.get(number.index()).copied().unwrap_or(Estimate::exact(0.0));
        let (chance, critical): (Estimate, Vec<(Key, Estimate)>) = match measure.exact_event(number) {
            Some(CriticalParts { chance, parts }) => {
                let parts = parts.into_iter().map(|(key, part)| (key, Estimate::exact(part.get())));
                (Estimate::exact(chance.get()), parts.collect())
            }
            None => {
                let values = measure.worlds().only(number).fix_values(FixSet::All, &measure.limits);
                let chance = values.tally().chance(number, options.confidence);
                let critical = values.ranked().into_iter();
                let critical = critical.map(|key| (key, values.critical_chance(key, options.confidence)));
                (chance.within(certain.lower(), certain.upper()), critical.collect())
            }
        };
        let needed = mandatory_variables(&self.snapshot, number);
        let on_every_path: HashSet<VariableId> = needed.iter().copied().collect();
        let by_key: HashMap<Key, Estimate> = critical.into_iter().collect();
        let mut others: Vec<(VariableId, Estimate)> = VariableId::first(self.snapshot.variables().len())
            .filter(|at| !on_every_path.contains(at))
            .filter_map(|at| Some((at, *by_key.get(&self.snapshot.key(at)?)?)))
            .collect();
        others.sort_by(|a, b| b.1.value().total_cmp(&a.1.value()).then(a.0.cmp(&b.0)));
        let first = needed.into_iter().map(|at| (at, Estimate::exact(1.0), true));
        let list = first.chain(others.into_iter().map(|(at, critical)| (at, critical, false)));
        let point = |(at, critical, on_every_path)| {
            let (point, name) = self.point(at)?;
            Some(ChokePoint { point, name: name.into(), on_every_path, critical })
        };
        let list = list.filter_map(point).collect();
        Ok(ChokePoints { event: event.clone(), chance, list, truncated: ended(&stopped) })
    }

    /// What a variable is about, and its name.
    fn point(&self, variable: VariableId) -> Option<(Point, String)> {
        Some(match self.subject(variable)? {
            Subject::Finding(id, finding) => {
                let name = format!("{} on {}", finding.weakness.id, self.title(&finding.asset));
                (Point::Finding { finding: id.clone() }, name)
            }
            Subject::Threat(weakness) => {
                (Point::Threat { weakness: weakness.id.clone() }, weakness.title().into())
            }
            Subject::Control(control) => {
                (Point::Control { control: control.id.clone() }, control.title().into())
            }
            Subject::Entry(entry) => {
                let point = Point::Entry { asset: entry.asset.clone(), access: entry.access };
                (point, self.title(&entry.asset).into())
            }
            Subject::Campaign(name) => (Point::Campaign { campaign: name.into() }, name.into()),
            Subject::Relation(related) => {
                let point = Point::Relation { relation: related.name() };
                (point, related.title())
            }
            Subject::Unplaced(asset) => (Point::Unplaced { asset: asset.clone() }, self.title(asset).into()),
        })
    }
}
