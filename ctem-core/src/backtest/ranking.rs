use super::cohort::{Case, Cohort};
use crate::{
    intel::{Intel, ssvc::CISA_COORDINATOR},
    model::Criticality,
    prioritize::{Reachable, Row, score, score_all},
    quantity::Probability,
    time::{Days, Moment},
    word::words,
};

/// A way to order CVEs, the worst first. What it does not know of ranks last.
///
/// ```
/// use ctem_core::backtest::Ranking;
///
/// assert_eq!("score_without_epss".parse::<Ranking>()?.title(), "ctem without EPSS");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ranking {
    /// By CVSS base score.
    Cvss,
    /// By EPSS.
    Epss,
    /// By how many hold of SSVC's *automatable: yes* and *technical impact: total*.
    Ssvc,
    /// By the decision of CISA's SSVC table, with a medium impact on mission and well-being, which no CVE says.
    SsvcDecision,
    /// By this engine's score of a row that the internet reaches.
    Score,
    /// By the same score, EPSS withheld.
    ScoreWithoutEpss,
    /// CVEs of the landmark's year with a CVSS base score of 7 or more first, then all by EPSS: a rule without a model.
    YoungFirst,
}

words! {
    Ranking, "a ranking" {
        Cvss = "cvss",
        Epss = "epss",
        Ssvc = "ssvc",
        SsvcDecision = "ssvc_decision",
        Score = "score",
        ScoreWithoutEpss = "score_without_epss",
        YoungFirst = "young_first",
    }
}

impl Ranking {
    /// All of them, in the order of reports. The first that can be told is what others are compared with.
    pub(super) const ALL: [Self; 7] = [
        Self::Cvss,
        Self::Epss,
        Self::Ssvc,
        Self::SsvcDecision,
        Self::Score,
        Self::ScoreWithoutEpss,
        Self::YoungFirst,
    ];

    /// The name for people.
    ///
    /// ```
    /// use ctem_core::backtest::Ranking;
    ///
    /// assert_eq!(Ranking::Cvss.title(), "CVSS base score");
    /// ```
    pub fn title(self) -> &'static str {
        match self {
            Self::Cvss => "CVSS base score",
            Self::Epss => "EPSS",
            Self::Ssvc => "SSVC automatable + total",
            Self::SsvcDecision => "SSVC decision (CISA)",
            Self::Score => "ctem",
            Self::ScoreWithoutEpss => "ctem without EPSS",
            Self::YoungFirst => "young and CVSS ≥ 7, then EPSS",
        }
    }

    /// Whether it says something of the cohort that no other ranking of it says.
    pub(super) fn is_told(self, cohort: &Cohort) -> bool {
        let any = |has: fn(&Case) -> bool| cohort.cases.iter().any(has);
        match self {
            Self::Cvss => any(|case| case.base_score.is_some()),
            Self::Epss | Self::ScoreWithoutEpss | Self::YoungFirst => any(|case| case.epss.is_some()),
            Self::Ssvc | Self::SsvcDecision => any(|case| case.ssvc.is_some()),
            Self::Score => true,
        }
    }

    /// A number for each case, the higher the worse; nothing where it is unknown.
    pub(super) fn scores(self, cohort: &Cohort, landmark: Moment) -> Vec<Option<f64>> {
        let cases = cohort.cases.iter();
        match self {
            Self::Cvss => cases.map(|case| case.base_score).collect(),
            Self::Epss => cases.map(|case| case.epss.map(Probability::get)).collect(),
            Self::Ssvc => {
                let points = |case: &Case| {
                    case.ssvc.map(|ssvc| f64::from(u8::from(ssvc.automatable) + u8::from(ssvc.total)))
                };
                cases.map(points).collect()
            }
            Self::SsvcDecision => cases.map(decision).collect(),
            Self::Score | Self::ScoreWithoutEpss => {
                let rows: Vec<Row> = cases.map(|case| self.row(case, landmark)).collect();
                score_all(&rows, &Intel::none(), Days::THIRTY).into_iter().map(Some).collect()
            }
            Self::YoungFirst => {
                let year = landmark.date().get(..4).and_then(|year| year.parse().ok());
                let of = |case: &Case| {
                    let young =
                        Some(case.cve.year()) == year && case.base_score.is_some_and(|score| score >= 7.0);
                    let epss = case.epss.map(Probability::get);
                    if young { Some(1.0 + epss.unwrap_or(0.0)) } else { epss }
                };
                cases.map(of).collect()
            }
        }
    }

    /// The chance it gives each case within the window; nothing where it gives none. What is a chance in 30 days keeps its hazard.
    pub(super) fn forecasts(
        self,
        cohort: &Cohort,
        landmark: Moment,
        window: Days,
    ) -> Option<Vec<Option<f64>>> {
        let cases = cohort.cases.iter();
        match self {
            Self::Epss => {
                let over = |case: &Case| case.epss.map(|epss| epss.over(Days::THIRTY, window).get());
                Some(cases.map(over).collect())
            }
            Self::Score | Self::ScoreWithoutEpss => {
                let threat = |case: &Case| {
                    let scored = score(&self.row(case, landmark), &Intel::none(), window);
                    scored.term.find("threat").map(|threat| threat.value)
                };
                Some(cases.map(threat).collect())
            }
            Self::Cvss | Self::Ssvc | Self::SsvcDecision | Self::YoungFirst => None,
        }
    }

    fn row(self, case: &Case, landmark: Moment) -> Row {
        Row {
            cve: Some(case.cve),
            epss: case.epss.filter(|_| self == Self::Score),
            published: case.published,
            as_of: Some(landmark),
            cvss: case.vector,
            reachable: Reachable::Internet,
            criticality: Some(Criticality::CrownJewel),
            ..Row::default()
        }
    }
}

fn decision(case: &Case) -> Option<f64> {
    let ssvc = case.ssvc?;
    let decided = CISA_COORDINATOR.decide(&[
        ("exploitation", ssvc.exploitation),
        ("automatable", if ssvc.automatable { "yes" } else { "no" }),
        ("technical_impact", if ssvc.total { "total" } else { "partial" }),
        ("mission_and_well_being_impact", "medium"),
    ]);
    let decided = decided.ok()?;
    CISA_COORDINATOR.outcomes().iter().position(|outcome| *outcome == decided).map(|place| place as f64)
}
