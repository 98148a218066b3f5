//! Gates as documents.

use crate::{
    error::Result,
    gate::{Baseline, Policy},
    prioritize::Assessment,
    text::decoded,
};

/// Whether an assessment may go on, as a document: a policy held against it and the document of an earlier assessment.
///
/// # Errors
/// As [`Policy::parse`], [`Baseline::read`] and [`Assessment::gate`], with `/policy` or `/baseline` in front of the place.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask;
///
/// let before = ask::document(&today, None, false)?;
/// let policy = br#"{"ctem_policy": 1, "rules": [{"no_new": {"level": "critical"}}]}"#;
/// assert!(ask::gate(&today, policy, before.as_bytes())?.contains(r#""held":true"#));
/// let error = ask::gate(&today, br#"{"ctem_policy": 1, "rules": [{"no_news": {}}]}"#, before.as_bytes()).unwrap_err();
/// assert_eq!(error.place(), Some("/policy/rules/0"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn gate(assessment: &Assessment, policy: &[u8], baseline: &[u8]) -> Result<String> {
    let policy =
        decoded(policy).and_then(|text| Policy::parse(&text)).map_err(|error| error.at("/policy"))?;
    let baseline = decoded(baseline).and_then(|text| Baseline::read(&text));
    let baseline = baseline.map_err(|error| error.at("/baseline"))?;
    super::answer(&assessment.gate(&policy, &baseline).map_err(|error| error.at("/policy"))?)
}
