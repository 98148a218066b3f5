//! What an event changed: the difference of two assessments, and why.

use super::{happened::Happened, model_change::ModelChange};
use crate::{
    discover::Absorbed,
    id::AssetId,
    prioritize::{Assessment, Exposure, ExposureId},
    quantity::{Estimate, Unit},
    time::Moment,
    word::words,
};
use serde::Serialize;
use std::{cmp::Ordering, collections::HashMap};

/// What changed between two assessments: exposures that appeared, ended, rose and fell, each with its risks and with why.
///
/// It is the difference of two assessments, to the bit, however they were made: nothing is rounded, and a risk that moved by its last
/// bit has moved. Exposures are listed by what moved most.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event, What, Accepted}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// let delta = program.apply(event, ApplyOptions::default())?;
/// // What is new, and what does it cost?
/// let new: Vec<String> = delta.appeared.iter().map(|change| change.to_string()).collect();
/// assert_eq!(new[0], "f-1 appeared: EUR 0 → EUR 750 (first_seen)");
/// assert_eq!((delta.ended.len(), delta.rose.len(), delta.fell.len()), (0, 0, 0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Delta {
    /// As of when the later assessment is.
    pub at: Moment,
    /// As of when the earlier one is.
    pub since: Moment,
    /// What risks are counted in.
    pub unit: Unit,
    /// Whether the event had been told before, so that nothing could change.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
    /// The whole expected loss before.
    pub risk_before: Estimate,
    /// The whole expected loss after.
    pub risk_after: Estimate,
    /// Exposures that were not there before.
    pub appeared: Vec<Change>,
    /// Exposures that are not there any more.
    pub ended: Vec<Change>,
    /// Exposures whose risk rose.
    pub rose: Vec<Change>,
    /// Exposures whose risk fell.
    pub fell: Vec<Change>,
    /// What happened, finding by finding.
    pub happened: Vec<Happened>,
    /// The rankings of the old and the new EPSS model, where the event brought another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelChange>,
    /// What became of the records, where the event brought some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absorbed: Option<Absorbed>,
}

/// What became of one exposure.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// let delta = program.apply(event, ApplyOptions::default())?;
/// let worst = &delta.appeared[0];
/// assert_eq!((worst.exposure.as_str(), worst.before, worst.by()), ("f-1", None, 750.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Change {
    /// The exposure.
    pub exposure: ExposureId,
    /// What it is, in words.
    pub title: String,
    /// The asset it is on.
    pub asset: AssetId,
    /// Its risk before, if it was there.
    pub before: Option<Estimate>,
    /// Its risk after, if it is there.
    pub after: Option<Estimate>,
    /// What risks are counted in.
    pub unit: Unit,
    /// Why, as far as it is known: the surest reason first.
    pub why: Vec<Why>,
}

impl Change {
    /// By how much its risk moved.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// let delta = program.apply(event, ApplyOptions::default())?;
    /// assert!(delta.appeared.iter().all(|change| change.by() >= 0.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn by(&self) -> f64 {
        let value = |risk: Option<Estimate>| risk.map_or(0.0, Estimate::value);
        value(self.after) - value(self.before)
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how = match (self.before, self.after) {
            (None, _) => "appeared",
            (_, None) => "ended",
            (Some(_), Some(_)) if self.by() > 0.0 => "rose",
            (Some(_), Some(_)) => "fell",
        };
        let amount = |risk: Option<Estimate>| self.unit.amount(risk.map_or(0.0, Estimate::value));
        write!(f, "{} {how}: {} → {}", self.exposure, amount(self.before), amount(self.after))?;
        let why: Vec<&str> = self.why.iter().map(|why| why.name()).collect();
        if why.is_empty() { Ok(()) } else { write!(f, " ({})", why.join(", ")) }
    }
}

/// Why an exposure appeared, ended, rose or fell.
///
/// ```
/// use ctem_core::program::Why;
///
/// assert_eq!("threat".parse::<Why>()?, Why::Threat);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Why {
    /// It was seen for the first time.
    FirstSeen,
    /// It was gone and is back.
    Reopened,
    /// Who saw it looked and no longer lists it.
    Absent,
    /// A source says that it is fixed.
    Fixed,
    /// An analysis says that it does not apply.
    NotAffected,
    /// A report was taken back.
    ReportWithdrawn,
    /// It is in the catalogue of known exploited flaws since.
    Listed,
    /// Another EPSS model scores it: the model moved, and perhaps not the world.
    Model,
    /// Exploitation anywhere is likelier, or less likely, than it was.
    Threat,
    /// Whether it can be exploited here is seen otherwise: a test, a control, its own facts.
    Here,
    /// The way to it is another, or has another chance.
    Reach,
    /// What it leads to is another loss, another way on, or of another size.
    Impact,
}

words! {
    Why, "a reason of a change" {
        FirstSeen = "first_seen",
        Reopened = "reopened",
        Absent = "absent",
        Fixed = "fixed",
        NotAffected = "not_affected",
        ReportWithdrawn = "report_withdrawn",
        Listed = "listed",
        Model = "model",
        Threat = "threat",
        Here = "here",
        Reach = "reach",
        Impact = "impact",
    }
}

/// An exposure as an assessment has it.
struct Seen<'a> {
    assessment: &'a Assessment,
    exposure: Exposure<'a>,
}

impl Delta {
    /// The difference of two assessments. O(n log n).
    ///
    /// A finding that goes by another name since is the same where either environment knows it by both.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::Delta, wire};
    ///
    /// let mut program = Program::default();
    /// let before = program.assess("2025-11-13".parse()?)?;
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// let after = program.assess("2025-11-13".parse()?)?;
    /// assert_eq!(Delta::between(&before, &after).appeared.len(), after.len());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn between(before: &Assessment, after: &Assessment) -> Self {
        let unit = if after.is_empty() && !before.is_empty() { before.unit() } else { after.unit() };
        let mut delta = Self {
            at: after.as_of(),
            since: before.as_of(),
            unit,
            known: false,
            risk_before: before.risk(),
            risk_after: after.risk(),
            appeared: Vec::new(),
            ended: Vec::new(),
            rose: Vec::new(),
            fell: Vec::new(),
            happened: Vec::new(),
            model: None,
            absorbed: None,
        };
        // Hardly any of them moved, and only of those more is looked up than the risk.
        let mut known: HashMap<ExposureId, (usize, Estimate)> = HashMap::with_capacity(before.len());
        for (place, (id, risk)) in before.risks().enumerate() {
            known.insert(renamed(id, before, after), (place, risk));
        }
        for (place, (id, risk)) in after.risks().enumerate() {
            let was = known.remove(&id);
            // Of equal risks the one that could be larger is: every bit counts.
            let size = |risk: Estimate| (risk.value(), risk.upper());
            let list = match was.map(|(_, was)| size(risk).partial_cmp(&size(was))) {
                None => &mut delta.appeared,
                Some(Some(Ordering::Greater)) => &mut delta.rose,
                Some(Some(Ordering::Less)) => &mut delta.fell,
                Some(Some(Ordering::Equal) | None) => continue,
            };
            let Some(now) = Seen::at(after, place) else { continue };
            let mut moved = now.change(id, unit, was.map(|(_, risk)| risk), Some(risk));
            if let Some(was) = was.and_then(|(place, _)| Seen::at(before, place)) {
                moved.why = now.unlike(&was);
            }
            list.push(moved);
        }
        let ended = |(id, (place, risk))| Some(Seen::at(before, place)?.change(id, unit, Some(risk), None));
        delta.ended = known.into_iter().filter_map(ended).collect();
        for list in delta.lists_mut() {
            list.sort_by(|a, b| {
                b.by().abs().total_cmp(&a.by().abs()).then_with(|| a.exposure.cmp(&b.exposure))
            });
        }
        delta
    }

    /// Whether no exposure moved.
    ///
    /// ```
    /// use ctem_core::{Program, program::Delta};
    ///
    /// let today = Program::default().assess("2025-11-13".parse()?)?;
    /// assert!(Delta::between(&today, &today).is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        [&self.appeared, &self.ended, &self.rose, &self.fell].iter().all(|list| list.is_empty())
    }

    fn lists_mut(&mut self) -> [&mut Vec<Change>; 4] {
        [&mut self.appeared, &mut self.ended, &mut self.rose, &mut self.fell]
    }

    /// The same, with what happened, and with what of it is why exposures moved.
    pub(super) fn because(mut self, happened: Vec<Happened>, absorbed: Option<Absorbed>) -> Self {
        let mut reasons: HashMap<&str, Vec<Why>> = HashMap::new();
        let mut model = false;
        for one in &happened {
            model |= matches!(one, Happened::ModelChanged { .. });
            let Some(why) = Why::of(one) else { continue };
            for finding in one.findings() {
                reasons.entry(finding.as_str()).or_default().push(why);
            }
        }
        for change in self.lists_mut().into_iter().flatten() {
            let own = reasons.get(change.exposure.as_str()).into_iter().flatten().copied();
            change.why.extend(own);
            if model && change.why.contains(&Why::Threat) {
                change.why.push(Why::Model);
            }
            change.why.sort_unstable();
            change.why.dedup();
        }
        (self.happened, self.absorbed) = (happened, absorbed);
        self
    }
}

impl Why {
    fn of(happened: &Happened) -> Option<Self> {
        use super::happened::Ending;
        Some(match happened {
            Happened::FirstSeen { .. } => Self::FirstSeen,
            Happened::Reopened { .. } => Self::Reopened,
            Happened::Ended { how: Ending::Absent, .. } => Self::Absent,
            Happened::Ended { how: Ending::Fixed, .. } => Self::Fixed,
            Happened::Ended { how: Ending::NotAffected, .. } => Self::NotAffected,
            Happened::ReportWithdrawn { .. } => Self::ReportWithdrawn,
            Happened::Listed { .. } => Self::Listed,
            Happened::Disagree { .. }
            | Happened::Moved { .. }
            | Happened::Claimed { .. }
            | Happened::ClaimRefuted { .. }
            | Happened::Accepted { .. }
            | Happened::AcceptanceEnded { .. }
            | Happened::OwnerMoved { .. }
            | Happened::ModelChanged { .. } => return None,
        })
    }
}

/// What an exposure of the earlier assessment goes by in the later one.
fn renamed(id: ExposureId, before: &Assessment, after: &Assessment) -> ExposureId {
    let finding = match &id {
        ExposureId::Finding(finding) if !after.stands(finding) => finding,
        ExposureId::Finding(_) | ExposureId::Relation(_) => return id,
    };
    if let Some(known) = after.environment().finding(finding) {
        return known.id.clone().map_or(id, ExposureId::from);
    }
    // It may have lost a name that a source had given it.
    let others = before.environment().finding(finding).into_iter().flat_map(|known| &known.also);
    let now = others.filter_map(|also| after.environment().finding(also)).find_map(|known| known.id.clone());
    now.map_or(id, ExposureId::from)
}

impl<'a> Seen<'a> {
    fn at(assessment: &'a Assessment, place: usize) -> Option<Self> {
        Some(Self { assessment, exposure: assessment.ranked_at(place)? })
    }

    /// Of a finding: the chance that its threat is active, and what is its own.
    fn factors(&self) -> Option<(f64, f64)> {
        self.assessment.factors_of(self.exposure.id.finding()?)
    }

    fn change(
        &self,
        exposure: ExposureId,
        unit: Unit,
        before: Option<Estimate>,
        after: Option<Estimate>,
    ) -> Change {
        let (title, asset) = (self.exposure.title(), self.exposure.asset.id.clone());
        Change { exposure, title, asset, before, after, unit, why: Vec::new() }
    }

    /// In what it differs from what it was.
    fn unlike(&self, was: &Self) -> Vec<Why> {
        let (now, before) = (self.factors(), was.factors());
        let differs = |of: fn((f64, f64)) -> f64| now.map(of) != before.map(of);
        let (Exposure { likelihood, reach, .. }, was) = (&self.exposure, &was.exposure);
        let told = [
            (Why::Threat, differs(|(threat, _)| threat)),
            (Why::Here, differs(|(_, own)| own) || now.is_none() && *likelihood != was.likelihood),
            (Why::Reach, *reach != was.reach),
        ];
        let why: Vec<Why> = told.into_iter().filter(|(_, told)| *told).map(|(why, _)| why).collect();
        if why.is_empty() { vec![Why::Impact] } else { why }
    }
}
