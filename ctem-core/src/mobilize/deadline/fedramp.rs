//! What FedRAMP wants reported of vulnerability detection and response, in the shape of its published schemas of 2026-06-24:
//! the detail report (VER-RPT-VDT), accepted vulnerabilities (VER-RPT-AVI), and the snapshot of both (VER-TFR-MRH).

use super::{answer::Deadline, fact::Fact, facts::Facts, options::DeadlineOptions, table::DeadlineTable};
use crate::{
    error::{Error, Result, quoted},
    id::FindingId,
    prioritize::{Assessment, Circumstance},
    time::Moment,
    word::words,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Which report is wanted.
///
/// ```
/// use ctem_core::mobilize::FedrampReportKind;
///
/// assert_eq!(FedrampReportKind::default().name(), "detail");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FedrampReportKind {
    /// The vulnerabilities that are not accepted: VER-RPT-VDT.
    #[default]
    Detail,
    /// Those that are: VER-RPT-AVI.
    Accepted,
    /// Both, as of now: VER-TFR-MRH.
    Historical,
}

words! {
    FedrampReportKind, "a report of FedRAMP" {
        Detail = "detail",
        Accepted = "accepted",
        Historical = "historical",
    }
}

/// What a report is about.
///
/// ```
/// use ctem_core::mobilize::FedrampReportOptions;
///
/// let options: FedrampReportOptions = serde_json::from_str(r#"{"package_overview": "https://example.com/package.json",
///     "from": "2025-10-13", "to": "2025-11-13"}"#).unwrap();
/// assert_eq!(options.kind.name(), "detail");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FedrampReportOptions {
    /// Which report.
    #[serde(default)]
    pub kind: FedrampReportKind,
    /// Where the provider's certification package is described: a full URI.
    pub package_overview: Box<str>,
    /// From when it reports.
    pub from: Moment,
    /// Until when.
    pub to: Moment,
}

/// A report for FedRAMP, which is written in the shape of the published schema of its kind.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::mobilize::{CertificationClass, DeadlineOptions, FedrampReportOptions, FedrampReportKind};
///
/// let service = DeadlineOptions { class: Some(CertificationClass::C), ..DeadlineOptions::default() };
/// let period = FedrampReportOptions {
///     kind: FedrampReportKind::Detail,
///     package_overview: "https://example.com/package.json".into(),
///     from: "2025-10-13".parse()?,
///     to: "2025-11-13".parse()?,
/// };
/// let report = wire::json(&program.fedramp_report("2025-11-13".parse()?, &period, &service)?)?;
/// assert!(report.starts_with(r#"{"certificationPackageOverviewUri":"https://example.com/package.json","reportPeriod":{"from":"2025-10-13T00:00:00Z""#));
/// assert!(report.contains(r#""isInternetReachable":true"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FedrampReport(Shape);

#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(untagged)]
enum Shape {
    #[serde(rename_all = "camelCase")]
    Detail {
        /// Where the package is described.
        certification_package_overview_uri: Box<str>,
        /// The period it reports of.
        report_period: Period,
        /// The vulnerabilities that are active.
        vulnerabilities: Vec<Detail>,
    },
    #[serde(rename_all = "camelCase")]
    Accepted {
        /// Where the package is described.
        certification_package_overview_uri: Box<str>,
        /// The period it reports of.
        report_period: Period,
        /// The vulnerabilities that somebody lives with.
        accepted_vulnerabilities: Vec<Accepted>,
    },
    #[serde(rename_all = "camelCase")]
    Historical {
        /// Where the package is described.
        certification_package_overview_uri: Box<str>,
        /// The moment it is of.
        generated_at: Moment,
        /// The vulnerabilities that are active.
        active_vulnerabilities: Vec<Detail>,
        /// The vulnerabilities that somebody lives with.
        accepted_vulnerabilities: Vec<Accepted>,
    },
}

/// The period a report is of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FedrampPeriod"))]
struct Period {
    /// Its beginning.
    from: Moment,
    /// Its end.
    to: Moment,
}

/// A vulnerability.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FedrampDetail"))]
#[serde(rename_all = "camelCase")]
struct Detail {
    /// The finding's id.
    provider_tracking_id: FindingId,
    /// When it was first seen, and by whom.
    detection: Detection,
    /// What it is, and on what.
    vulnerability_description: String,
    /// What its exploitation would mean for an agency, and why.
    potential_agency_impact: String,
    /// Whether the internet reaches it.
    is_internet_reachable: bool,
    /// Whether it is likely to be exploited.
    is_likely_exploitable: bool,
    /// Its potential impact, from 1 to 5.
    current_rating: u8,
    /// Whether it is late.
    overdue_status: Overdue,
    /// Why it is reachable and likely to be exploited, or not.
    supplementary_risk_information: String,
}

/// When a vulnerability was first seen, and by whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FedrampDetection"))]
#[serde(rename_all = "camelCase")]
struct Detection {
    /// When.
    detected_at: Moment,
    /// The tools that saw it, or `unknown`.
    detection_source: String,
}

/// Whether a vulnerability is late.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FedrampOverdue"))]
#[serde(rename_all = "camelCase")]
struct Overdue {
    /// Whether it is.
    is_overdue: bool,
    /// By which rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
}

/// A vulnerability that somebody lives with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FedrampAccepted"))]
#[serde(rename_all = "camelCase")]
struct Accepted {
    /// The vulnerability.
    vulnerability_detail: Detail,
    /// Why it is accepted, by whom and until when.
    acceptance_rationale: String,
}

impl Assessment {
    /// What FedRAMP wants reported of the findings that stand, with the time that its table gives the class of the service. O(n log n).
    ///
    /// `first` says when a finding was first seen, as of [`Assessment::deadlines`]. When evaluation was completed is left out, since nothing records it: the clock here runs from the detection, which is sooner.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::mobilize::{DeadlineOptions, FedrampReportOptions};
    ///
    /// let period: FedrampReportOptions = serde_json::from_str(
    ///     r#"{"package_overview": "package.json", "from": "2025-10-13", "to": "2025-11-13"}"#).unwrap();
    /// let error = today.fedramp_report(&period, &DeadlineOptions::default(), |_| None).unwrap_err();
    /// assert_eq!(error.place(), Some("/package_overview"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` with its place for a period that ends before it begins, for what is no full URI, and where no class is stated; as
    /// [`Assessment::deadlines`] besides.
    pub fn fedramp_report(
        &self,
        report: &FedrampReportOptions,
        options: &DeadlineOptions,
        first: impl Fn(&FindingId) -> Option<Moment>,
    ) -> Result<FedrampReport> {
        report.check()?;
        // What is overdue for FedRAMP is overdue by its own table.
        let tables = vec![DeadlineTable::shipped("fedramp_vdr")?];
        let options = DeadlineOptions { tables, tolerated_loss: None, ..options.clone() };
        let deadlines = self.deadlines(&options, first)?;
        let by_finding: HashMap<&FindingId, &Deadline> =
            deadlines.list.iter().map(|deadline| (&deadline.finding, deadline)).collect();
        let (mut active, mut accepted) = (Vec::new(), Vec::new());
        for of in self.circumstances() {
            let Some(deadline) = of.finding.id.as_ref().and_then(|id| by_finding.get(id)) else { continue };
            let told = detail(deadline, &of, &Facts { of: &of, intel: self.intel(), options: &options });
            if deadline.accepted {
                let acceptance_rationale = deadline.acceptance.clone().unwrap_or_default().to_string();
                accepted.push(Accepted { vulnerability_detail: told, acceptance_rationale });
            } else {
                active.push(told);
            }
        }
        let certification_package_overview_uri = report.package_overview.clone();
        let report_period = Period { from: report.from, to: report.to };
        Ok(FedrampReport(match report.kind {
            FedrampReportKind::Detail => {
                Shape::Detail { certification_package_overview_uri, report_period, vulnerabilities: active }
            }
            FedrampReportKind::Accepted => Shape::Accepted {
                certification_package_overview_uri,
                report_period,
                accepted_vulnerabilities: accepted,
            },
            FedrampReportKind::Historical => Shape::Historical {
                certification_package_overview_uri,
                generated_at: self.as_of(),
                active_vulnerabilities: active,
                accepted_vulnerabilities: accepted,
            },
        }))
    }
}

impl FedrampReportOptions {
    fn check(&self) -> Result<()> {
        let scheme = self.package_overview.split_once(':').map(|(scheme, _)| scheme);
        let full = scheme.is_some_and(|scheme| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        if !full || !self.package_overview.chars().all(|c| c.is_ascii_graphic()) {
            let message = format!(
                "{} is not a full URI: write one such as `https://example.com/package.json`",
                quoted(&self.package_overview)
            );
            return Err(Error::invalid(message).at("/package_overview"));
        }
        if self.to < self.from {
            let message = format!("it reports until {}, before {}: name a later moment", self.to, self.from);
            return Err(Error::invalid(message).at("/to"));
        }
        Ok(())
    }
}

fn detail(deadline: &Deadline, of: &Circumstance<'_>, facts: &Facts<'_>) -> Detail {
    let tell = |fact: Fact| facts.tell(fact).map(|told| (told.is, told.why)).unwrap_or_default();
    let (impact, reachable, likely) =
        (tell(Fact::Impact), tell(Fact::InternetReachable), tell(Fact::LikelyExploitable));
    let rule = deadline.rules.first();
    let explanation = deadline.overdue.then(|| {
        let by = rule.map(|rule| format!("{}, row {}", rule.table, rule.row.unwrap_or_default()));
        let due = deadline.due.map(|due| due.to_string()).unwrap_or_default();
        format!("due {due} by {}", by.unwrap_or_default())
    });
    let sources = of.finding.sources();
    Detail {
        provider_tracking_id: deadline.finding.clone(),
        detection: Detection {
            detected_at: deadline.since,
            detection_source: if sources.is_empty() { "unknown".into() } else { sources.join(", ") },
        },
        vulnerability_description: format!("{} on {}", of.finding.weakness.title(), of.finding.asset),
        potential_agency_impact: impact.1,
        is_internet_reachable: reachable.0 == "yes",
        is_likely_exploitable: likely.0 == "yes",
        current_rating: impact.0.trim_start_matches('n').parse().unwrap_or(1),
        overdue_status: Overdue { is_overdue: deadline.overdue, explanation },
        supplementary_risk_information: format!("{}; {}", reachable.1, likely.1),
    }
}
