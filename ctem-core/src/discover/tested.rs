//! A test as a tool that tests records it: what it tried and where, and what came of it.

use super::{Draft, gate};
use crate::{
    error::{Error, Result, quoted},
    id::{AssetId, ControlId, Cve, FindingId},
    model::{Evidence, Outcome, Technique, TestedOn},
    quantity::Probability,
    time::Moment,
    word,
};

/// How often a step of a simulation works where nothing stands in its way: steps also fail for what they lack. An assumption.
pub(crate) const SIMULATED: f64 = 0.6;

/// What a record of a test says. Empty texts say nothing.
#[derive(Debug, Default)]
pub(crate) struct Test<'a> {
    /// The finding, where the record knows how it is called.
    pub(crate) finding: &'a str,
    /// Published names or ids of weaknesses that were tried.
    pub(crate) weaknesses: Vec<&'a str>,
    /// The ATT&CK technique, where no weakness is named.
    pub(crate) technique: &'a str,
    /// Where it was tried.
    pub(crate) asset: &'a str,
    /// The control that was tested, if one is named.
    pub(crate) control: &'a str,
    /// How it was tested: the tool.
    pub(crate) method: &'a str,
    /// When.
    pub(crate) at: Option<Moment>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) sensitivity: Option<f64>,
    pub(crate) specificity: Option<f64>,
}

impl Draft<'_> {
    /// Adds evidence of a test, one for each weakness that was tried.
    ///
    /// # Errors
    /// `invalid_input` where the record does not say what was tried, where, when, how, or what came of it.
    pub(crate) fn test(&mut self, test: &Test<'_>) -> Result<()> {
        let missing = |what: &str| Error::invalid(format!("the record does not say {what}"));
        let outcome = test.outcome.ok_or_else(|| missing("what came of the test"))?;
        let at = test.at.ok_or_else(|| missing("when it was tested: it needs a time"))?;
        if test.method.trim().is_empty() {
            return Err(missing("how it was tested: it needs a method or a tool"));
        }
        let control = match test.control.trim() {
            "" => None,
            named => Some(ControlId::parse(&gate::passed(named))?),
        };
        let share = |stated: Option<f64>| stated.map(Probability::new).transpose();
        let (sensitivity, specificity) = (share(test.sensitivity)?, share(test.specificity)?);
        let findings = named(test)?;
        self.look_at(findings.len())?;
        for finding in findings {
            let evidence = Evidence::new(finding, &gate::passed(test.method.trim()), outcome, at);
            self.evidence(Evidence { sensitivity, specificity, control: control.clone(), ..evidence })?;
        }
        Ok(())
    }
}

/// What was tested, by its ids.
fn named(test: &Test<'_>) -> Result<Vec<FindingId>> {
    if !test.finding.trim().is_empty() {
        return Ok(vec![FindingId::parse(&gate::passed(test.finding))?]);
    }
    let asset = gate::passed(test.asset);
    let asset = AssetId::parse(&asset)
        .map_err(|_| Error::invalid("the record does not say where it was tested: it needs an asset"))?;
    let tried = test.weaknesses.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let mut tried: Vec<String> = tried
        .map(|name| Cve::of(name).map_or_else(|| gate::passed(name).into_owned(), |cve| cve.to_string()))
        .collect();
    if tried.is_empty() {
        let technique: Technique = test.technique.trim().parse().map_err(|_| {
            let named = match test.technique.trim() {
                "" => "no ATT&CK technique".to_owned(),
                other => format!("{} is no ATT&CK technique", quoted(other)),
            };
            Error::invalid(format!(
                "the record does not say what was tried: {named}, and no weakness is named"
            ))
        })?;
        tried.push(technique.to_string());
    }
    tried.sort_unstable();
    tried.dedup();
    tried.iter().map(|tried| FindingId::parse(&TestedOn::name(tried, asset.as_str()))).collect()
}

impl<'a> Test<'a> {
    /// What a row or an object says, by the names that tools give its fields; `field` finds the first of several that says something.
    ///
    /// # Errors
    /// `invalid_input` for an outcome, a time or a chance that makes no sense.
    pub(crate) fn of_fields(field: impl Fn(&[&str]) -> &'a str) -> Result<Self> {
        let time = Some(field(TIME)).filter(|text| !text.is_empty());
        let share = |names: &[&str]| -> Result<Option<f64>> {
            let text = field(names);
            let no_number = |_| Error::invalid(format!("{} is not a chance between 0 and 1", quoted(text)));
            if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(no_number) }
        };
        let stated = field(OUTCOME);
        Ok(Self {
            finding: field(&["finding", "finding_id"]),
            weaknesses: field(WEAKNESS).split([',', ';']).collect(),
            technique: field(TECHNIQUE),
            asset: field(ASSET),
            control: field(&["control", "security_control", "blocked_by", "prevented_by"]),
            method: field(METHOD),
            at: time.map(str::parse).transpose()?,
            outcome: if stated.is_empty() { None } else { Some(outcome(stated)?) },
            sensitivity: share(&["sensitivity"])?,
            specificity: share(&["specificity"])?,
        })
    }
}

/// What tools call the outcome,
pub(crate) const OUTCOME: &[&str] =
    &["outcome", "verdict", "prevention_result", "simulation_result", "attack_result", "final_status"];
/// where it was tested,
pub(crate) const ASSET: &[&str] =
    &["asset", "target", "host", "hostname", "target_host", "target_name", "machine"];
/// what was tried,
pub(crate) const WEAKNESS: &[&str] = &["weakness", "cve", "cves", "cve_id", "vulnerability"];
pub(crate) const TECHNIQUE: &[&str] = &[
    "technique",
    "technique_id",
    "mitre_technique",
    "mitre_technique_id",
    "attack_technique",
    "attack_technique_id",
];
/// how,
pub(crate) const METHOD: &[&str] = &["method", "tool", "simulator", "source"];
/// and when.
const TIME: &[&str] =
    &["at", "time", "date", "timestamp", "tested_at", "execution_time", "end_time", "start_time"];

/// What a tool's word for an outcome means, from the attacker's side: whether the attempt worked. Words that tools use for
/// opposite things, such as `passed` and `failed`, mean nothing here.
///
/// # Errors
/// `invalid_input` for any other word.
pub(crate) fn outcome(text: &str) -> Result<Outcome> {
    const WORKED: &[&str] = &[
        "exploited",
        "exploitable",
        "vulnerable",
        "confirmed",
        "success",
        "succeeded",
        "successful",
        "bypassed",
        "missed",
        "not_blocked",
        "not_prevented",
        "not_stopped",
        "unblocked",
        "penetrated",
        "true_positive",
        // What is only seen goes on: what is also stopped is said to be.
        "detected",
        "alerted",
        "logged",
        "reported",
        "detected_only",
        "alerted_only",
        "logged_only",
    ];
    const BLOCKED: &[&str] = &[
        "blocked",
        "prevented",
        "stopped",
        "not_exploited",
        "not_exploitable",
        "unsuccessful",
        "mitigated",
        "defended",
        "contained",
    ];
    const NOT_AFFECTED: &[&str] = &["not_affected", "not_vulnerable", "safe", "false_positive"];
    const NOT_REACHABLE: &[&str] = &["not_reachable", "unreachable", "no_route"];
    for (words, outcome) in [
        (WORKED, Outcome::Exploited),
        (BLOCKED, Outcome::Blocked),
        (NOT_AFFECTED, Outcome::NotAffected),
        (NOT_REACHABLE, Outcome::NotReachable),
    ] {
        if word::is(text, words) {
            return Ok(outcome);
        }
    }
    Err(Error::invalid(format!(
        "{} does not say whether the attempt worked: write exploited, blocked, not_affected or not_reachable",
        quoted(text)
    )))
}
