//! Scoring plain rows, for products that have no graph: the same terms, with reach and importance stated by the caller.

use super::{
    exploitability,
    signals::Signals,
    term::{Algebra, Fold, Numbers, Term, Trees},
    world::World,
};
use crate::{
    cvss::Vector,
    id::Cve,
    intel::Intel,
    model::{Criticality, WeaknessKind},
    quantity::Probability,
    time::{Days, Moment},
    word::{words, yes_or_no},
};
use serde::{Deserialize, Serialize};

/// One weakness on one asset, as a row of a table. What is absent is unknown, not zero; a name that is none of these is an
/// error, since a misspelt one would be scored as unknown.
///
/// ```
/// use ctem_core::{intel::Intel, model::Criticality, prioritize::{Reachable, Row, score}, time::Days};
///
/// let row = Row {
///     cve: Some("CVE-2021-44228".parse()?),
///     known_exploited: true,
///     cvss: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".parse()?),
///     reachable: Reachable::Internet,
///     criticality: Some(Criticality::CrownJewel),
///     ..Row::default()
/// };
/// let scored = score(&row, &Intel::none(), Days::THIRTY);
/// assert_eq!(scored.term.folded(), scored.risk);
/// assert!((scored.risk - 1.0 * 0.53 * 0.5 * 0.9).abs() < 1e-12);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    /// The CVE, looked up in the tables when there are some.
    pub cve: Option<Cve>,
    /// EPSS, where no table has it.
    pub epss: Option<Probability>,
    /// Whether it is in KEV, where no catalogue says.
    #[serde(deserialize_with = "yes_or_no")]
    pub known_exploited: bool,
    /// When it was published. Where nobody says, its number tells the year.
    pub published: Option<Moment>,
    /// The day of the question, on which a CVE is young or not; the day of the tables unless said, and without either none is young.
    pub as_of: Option<Moment>,
    /// The CVSS vector.
    pub cvss: Option<Vector>,
    /// From where the asset can be reached.
    pub reachable: Reachable,
    /// How much the asset matters; low when unknown.
    pub criticality: Option<Criticality>,
}

/// From where an asset can be reached, with the chance that an attacker gets there within 30 days.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{Reachable, Row, score}};
///
/// // What does it make of a row that a firewall stands before it?
/// let mut row = Row::default();
/// let mut risk = |reachable| {
///     row.reachable = reachable;
///     score(&row, &Intel::none(), Days::THIRTY).risk
/// };
/// assert!(risk(Reachable::Internet) > 50.0 * risk(Reachable::Isolated));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reachable {
    /// From nowhere an attacker stands: 0.01, since maps of networks are wrong.
    Isolated,
    /// From inside: 0.1.
    Internal,
    /// Nobody says: 0.2.
    #[default]
    Unknown,
    /// From the internet: 1.
    Internet,
}

words! {
    Reachable, "a reach" {
        Isolated = "isolated",
        Internal = "internal",
        Unknown = "unknown",
        Internet = "internet",
    }
}

impl Reachable {
    /// The chance, an assumption of the engine's makers but for the internet.
    ///
    /// ```
    /// use ctem_core::prioritize::Reachable;
    ///
    /// assert_eq!(Reachable::Internal.chance().get(), 0.1);
    /// ```
    pub fn chance(self) -> Probability {
        match self {
            Self::Isolated => Probability::clamped(0.01),
            Self::Internal => Probability::clamped(0.1),
            Self::Unknown => crate::scope::UNPLACED_REACH,
            Self::Internet => Probability::ONE,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Isolated => "isolated: assumed, since maps of networks are wrong",
            Self::Internal => "from inside: assumed",
            Self::Unknown => "nobody says from where: assumed",
            Self::Internet => "from the internet",
        }
    }
}

/// A row's risk, in crown-jewel units, and the tree it is folded from.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{Row, score}};
///
/// // What is assumed of a row of which nothing is known?
/// let scored = score(&Row::default(), &Intel::none(), Days::THIRTY);
/// assert_eq!(scored.term.find("reachable").map(|term| term.value), Some(0.2));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Scored {
    /// The expected loss within the horizon, in crown-jewel units.
    pub risk: f64,
    /// Why.
    pub term: Term,
}

/// Scores a row and explains it. O(1).
///
/// ```
/// use ctem_core::{Days, Probability, intel::Intel, prioritize::{Row, score}};
///
/// let mut row = Row::default();
/// row.epss = Some(Probability::new(0.94)?);
/// let scored = score(&row, &Intel::none(), Days::THIRTY);
/// assert_eq!(scored.term.folded(), scored.risk);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn score(row: &Row, intel: &Intel, horizon: Days) -> Scored {
    let term = risk(&Trees, row, &World::of(intel, day_of(intel)), horizon);
    Scored { risk: term.value, term }
}

/// Scores rows: their numbers alone, in the order of the rows. The same numbers as [`score`] gives, to the bit.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{Row, score, score_all}};
///
/// let rows = vec![Row::default(); 1000];
/// let risks = score_all(&rows, &Intel::none(), Days::THIRTY);
/// assert_eq!(risks[999], score(&rows[0], &Intel::none(), Days::THIRTY).risk);
/// ```
pub fn score_all(rows: &[Row], intel: &Intel, horizon: Days) -> Vec<f64> {
    let world = World::of(intel, day_of(intel));
    rows.iter().map(|row| risk(&Numbers, row, &world, horizon)).collect()
}

/// The day of the youngest table.
pub(super) fn day_of(intel: &Intel) -> Option<Moment> {
    let epss = intel.epss.as_deref().and_then(|table| table.score_date);
    epss.max(intel.kev.as_deref().and_then(|kev| kev.released))
}

fn risk<A: Algebra>(algebra: &A, row: &Row, world: &World<'_>, horizon: Days) -> A::Out {
    let world = world.on(row.as_of);
    let mut signals =
        Signals::of_cves(row.cve.into_iter(), row.epss, row.known_exploited, row.published, &world);
    signals.kind = WeaknessKind::Vulnerability;
    signals.vector = row.cvss;
    signals.severity = row.cvss.map(|vector| vector.base_score().severity());
    let criticality = row.criticality.unwrap_or(Criticality::Low);
    let parts = [
        algebra.fact("reachable", row.reachable.chance().get(), || row.reachable.words().into()),
        exploitability::threat(algebra, &signals, horizon),
        exploitability::local(algebra, &signals),
        exploitability::success(algebra, &signals),
        algebra.fact("impact", criticality.units(), || match row.criticality {
            Some(tier) => format!("{}, in crown jewels", tier.name().replace('_', " ")),
            None => "low, in crown jewels: assumed".into(),
        }),
    ];
    algebra.fold(Fold::Product, "risk", String::new, parts)
}
