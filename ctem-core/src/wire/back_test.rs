use super::{answer::Answer, ask::Count, written};
use crate::{
    backtest::{BackTestOptions, Cohort},
    error::{Error, Result},
    intel::epss::Epss,
    quantity::Probability,
    text,
};
use serde::Deserialize;

/// What a caller asks of a back-test. What is absent has the engine's default; a name that is none of these is an error.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    landmark: Box<str>,
    until: Box<str>,
    efforts: Option<Vec<f64>>,
    confidence: Option<f64>,
    resamples: Option<Count>,
    seed: Option<Count>,
    leave_out_known: Option<bool>,
    complete: Option<bool>,
}

impl Request {
    fn checked(self) -> Result<BackTestOptions> {
        let at = |place: &'static str| move |error: Error| error.at(place);
        let landmark = self.landmark.parse().map_err(at("landmark"))?;
        let mut options = BackTestOptions::new(landmark, self.until.parse().map_err(at("until"))?)?;
        if let Some(efforts) = self.efforts {
            let checked = |(n, effort)| {
                Probability::new(effort).map_err(|error: Error| error.at(format_args!("efforts/{n}")))
            };
            options.efforts = efforts.into_iter().enumerate().map(checked).collect::<Result<_>>()?;
        }
        if let Some(confidence) = self.confidence {
            options.confidence = Probability::new(confidence).map_err(at("confidence"))?;
        }
        if let Some(resamples) = self.resamples {
            options.resamples = resamples.checked("resamples")?;
        }
        if let Some(seed) = self.seed {
            options.seed = seed.checked("seed")? as u64;
        }
        options.leave_out_known = self.leave_out_known.unwrap_or(options.leave_out_known);
        options.complete = self.complete.unwrap_or(options.complete);
        Ok(options)
    }
}

/// A back-test as a document: rows of signals, rows of outcomes, perhaps FIRST's EPSS file of the landmark's day, and what is asked
/// of them, as a document too: `landmark`, `until`, and perhaps `efforts`, `confidence`, `resamples`, `seed`, `leave_out_known` and
/// `complete`.
///
/// # Errors
/// As [`Cohort::read`], [`Cohort::test`] and [`Epss::read`], and `invalid_input` for a question that makes no sense.
///
/// ```
/// use ctem_core::wire::ask;
///
/// let rows = b"cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n";
/// let outcomes = b"cve,date\nCVE-2024-0001,2024-11-01\n";
/// let asked = br#"{"landmark": "2024-10-24", "until": "2025-08-25", "efforts": [0.5]}"#;
/// let document = ask::back_test(rows, outcomes, None, asked)?;
/// assert!(document.starts_with(r#"{"version":2,"landmark":"2024-10-24T00:00:00Z","until":"2025-08-25T00:00:00Z","days":305.0"#));
/// let error = ask::back_test(rows, outcomes, None, br#"{"landmark": "soon", "until": "2025-08-25"}"#).unwrap_err();
/// assert_eq!(error.place(), Some("landmark"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn back_test(rows: &[u8], outcomes: &[u8], epss: Option<&[u8]>, asked: &[u8]) -> Result<String> {
    const MOST_BYTES: usize = 1 << 30;
    let options = text::json::parse::<Request>(&text::decoded(asked)?)?.checked()?;
    let epss =
        epss.map(|bytes| Epss::read(bytes, MOST_BYTES).map_err(|error| error.at("epss"))).transpose()?;
    let test = Cohort::read(rows, outcomes, epss.as_ref(), &options)?.test(&options)?;
    Ok(written(&Answer::of(&test)))
}
