//! The cheapest cut: which findings to fix so that a loss event cannot happen, for the least money.

use super::{Assessment, ExposureId, Foothold, exposure_id::ExposureNumber};
use crate::{
    attack::{
        CutMember, Limits, MinCut, OnProgress, Tracer, Truncated, VariableId, VariableKind, cheapest_cut,
    },
    error::Result,
    id::LossEventId,
};
use serde::Serialize;

/// How long a cheapest cut is looked for.
///
/// ```
/// use ctem_core::prioritize::CutOptions;
///
/// let quick = CutOptions { nodes: 10_000, ..CutOptions::default() };
/// assert!(quick.nodes < CutOptions::default().nodes);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CutOptions<'a> {
    /// At most so many steps of a search are taken, where no largest flow gives the answer. 2²⁰ unless said.
    pub nodes: usize,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for CutOptions<'_> {
    fn default() -> Self {
        let Limits { nodes, progress, .. } = Limits::default();
        Self { nodes, progress }
    }
}

/// Whether fixes can end a loss event, and which.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{CheapestCut, CutOptions};
///
/// // The two findings on the shop cannot be fixed now. Can the leak be prevented all the same?
/// let not_now = |_: &ctem_core::prioritize::ExposureId| None;
/// let cut = today.cheapest_cut(&"leak".parse()?, not_now, &CutOptions::default())?;
/// let CheapestCut::Stands { path, .. } = cut else { panic!("{cut:?}") };
/// assert_eq!(path.iter().map(|held| &*held.asset).collect::<Vec<_>>(), ["web shop", "orders"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "minimum cut")]
#[doc(alias = "minimal cut set")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "ending", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheapestCut {
    /// They can.
    Cut {
        /// The event.
        event: LossEventId,
        /// What to fix, by id. Each is needed: without it the event could happen. None for an event that cannot happen.
        fixes: Vec<CutFix>,
        /// What that costs.
        cost: f64,
        /// No cut costs less: the same as the cost, unless a limit ended the search.
        at_least: f64,
        /// Why the cut may not be the cheapest.
        #[serde(skip_serializing_if = "Option::is_none")]
        truncated: Option<Truncated>,
    },
    /// They cannot: some path needs nothing that can be fixed.
    Stands {
        /// The event.
        event: LossEventId,
        /// What an attacker comes to hold on it, one after the other.
        path: Vec<Foothold>,
    },
}

/// What taking a relation away costs in fixes of findings, where nobody says: an assumption.
const RELATION_COST: f64 = 3.0;

/// One of the things to fix.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{CheapestCut, CutOptions};
///
/// let cut = today.cheapest_cut(&"theft".parse()?, |_| Some(1.0), &CutOptions::default())?;
/// let CheapestCut::Cut { fixes, cost, .. } = cut else { panic!("{cut:?}") };
/// assert_eq!((fixes[0].exposure.as_str(), cost), ("f-3", 1.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CutFix {
    /// The finding to fix, or the relation to take away.
    #[serde(flatten)]
    pub exposure: ExposureId,
    /// What that costs.
    pub cost: f64,
}

impl Assessment {
    /// What an exposure costs to end, where nobody says better: as its record states, or 1 for a finding and 3 for a relation, since
    /// somebody uses a right or a route, and has to be asked.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(today.default_cost(&"f-1".parse()?), 1.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn default_cost(&self, id: &ExposureId) -> f64 {
        self.cost_of(id, 1.0)
    }

    /// The same where fixing a finding costs so much.
    pub(crate) fn cost_of(&self, id: &ExposureId, finding: f64) -> f64 {
        let stated = match self.exposure_number(id) {
            Some(ExposureNumber::Finding(n)) => {
                let finding =
                    self.standing.get(n as usize).and_then(|open| self.environment.finding(&open.id));
                finding.and_then(|finding| finding.exploit.as_ref()?.cost)
            }
            Some(ExposureNumber::Relation(n)) => self.related(n).and_then(|related| related.fact.cost()),
            None => None,
        };
        stated.unwrap_or(match id {
            ExposureId::Finding(_) => finding,
            ExposureId::Relation(_) => finding * RELATION_COST,
        })
    }

    /// The cheapest findings to fix after which a loss event cannot happen, a minimum cut; or a path that no fix ends.
    ///
    /// `cost` says what fixing a finding or taking a relation away costs, in whatever unit all costs are in; none where it cannot be
    /// done ([`Assessment::default_cost`] has an opinion). Exact. Polynomial
    /// (a largest flow) where no path needs two things at once; exponential at worst otherwise, and then ended by the limits, with
    /// the cheapest cut found and a proven lower bound.
    ///
    /// # Errors
    /// `not_found` when there is no such loss event, `invalid_input` for a cost that is not a finite number of at least 0.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::{CheapestCut, CutOptions, ExposureId};
    ///
    /// // One fix on the vault ends both ways to the theft, unless it is dear.
    /// let fixes = |vault: f64| {
    ///     let cost = |id: &ExposureId| Some(if id.as_str() == "f-3" { vault } else { 1.0 });
    ///     match today.cheapest_cut(&"theft".parse()?, cost, &CutOptions::default())? {
    ///         CheapestCut::Cut { fixes, .. } => Ok(fixes.iter().map(|fix| fix.exposure.to_string()).collect::<Vec<_>>()),
    ///         _ => Ok::<_, ctem_core::Error>(Vec::new()),
    ///     }
    /// };
    /// assert_eq!(fixes(1.0)?, ["f-3"]);
    /// assert_eq!(fixes(5.0)?, ["f-1", "f-2"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn cheapest_cut(
        &self,
        event: &LossEventId,
        cost: impl Fn(&ExposureId) -> Option<f64>,
        options: &CutOptions<'_>,
    ) -> Result<CheapestCut> {
        let CutOptions { nodes, progress } = *options;
        let limits = Limits { nodes, progress, ..Limits::default() };
        let number = self.event_number(event)?;
        let of = |variable: VariableId| {
            let number = match self.snapshot.variable(variable)?.kind {
                VariableKind::Finding(n) => ExposureNumber::Finding(n),
                VariableKind::Relation(n) if self.related(n)?.fact.is_removable() => {
                    ExposureNumber::Relation(n)
                }
                _ => return None,
            };
            let id = self.exposure_id(number)?;
            let cost = cost(&id)?;
            Some((id, cost))
        };
        let price = |variable| of(variable).map(|(_, cost)| cost);
        let event = event.clone();
        Ok(match cheapest_cut(&self.snapshot, number, price, &[], &limits)? {
            MinCut::Cut(cut) => {
                let chosen = cut.fixes.iter().filter_map(|chosen| match chosen {
                    CutMember::Variable(variable) => of(*variable),
                    // None was offered.
                    CutMember::Fix(_) => None,
                });
                let fix = |(exposure, cost): (ExposureId, f64)| CutFix { exposure, cost };
                let mut fixes: Vec<CutFix> = chosen.map(fix).collect();
                fixes.sort_by(|a, b| a.exposure.cmp(&b.exposure));
                let (cost, at_least, truncated) = (cut.cost, cut.at_least, cut.truncated);
                CheapestCut::Cut { event, fixes, cost, at_least, truncated }
            }
            MinCut::Infeasible(states) => {
                let mut path: Vec<Foothold> =
                    states.into_iter().filter_map(|state| self.held(state)).collect();
                if path.is_empty() {
                    // It surely happens: the most probable path is all there is to it.
                    let mut tracer = Tracer::new(&self.snapshot, &self.falls, &self.onward);
                    let witness = self.snapshot.event(number).and_then(|state| tracer.to(state));
                    let hops = witness.and_then(|witness| self.path(number, &witness)).map(|path| path.hops);
                    path.extend(hops.into_iter().flatten().filter_map(|hop| hop.to));
                }
                CheapestCut::Stands { event, path }
            }
        })
    }
}
