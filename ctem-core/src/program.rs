//! The cycle: reports in, assessments out.

use crate::{
    discover::{self, Absorbed},
    error::Result,
    intel::Intel,
    model::{Environment, Report},
    prioritize::{AssessOptions, Assessment, assess},
    time::Moment,
};
use std::sync::Arc;

/// A program of threat exposure management: what is known of an organisation, and of the world.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel};
///
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(br#"{"ctem": {"version": 1},
///     "assets": [{"id": "shop", "kind": "host"}, {"id": "orders", "kind": "data_store"}],
///     "relations": [{"kind": "reads", "from": "shop", "to": "orders"}],
///     "entry_points": [{"asset": "shop"}],
///     "services": [{"id": "sales", "loss_events": [{"id": "leak", "name": "orders leak", "loss": {"amount": 1e6, "unit": "EUR"},
///         "when": {"state": {"asset": "orders", "access": "use"}}}]}],
///     "findings": [{"asset": "shop", "weakness": {"id": "CVE-2021-44228", "epss": 0.94,
///         "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"]}}]}"#)?);
/// let today = program.assess("2025-11-13".parse()?)?;
/// let worst = today.ranked().next().expect("a finding stands");
/// assert_eq!(worst.to_string(), "1. CVE-2021-44228 on shop: risk EUR 423,000, leads to orders leak");
/// assert_eq!(today.explain(worst.id)?.risk.folded(), worst.risk.value());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Program {
    environment: Arc<Environment>,
    intel: Intel,
}

impl Program {
    /// A program that knows nothing of the organisation yet.
    pub fn new(intel: Intel) -> Self {
        Self { environment: Arc::default(), intel }
    }

    /// Takes a report in. What became of its records, and why some were rejected, comes back.
    pub fn absorb(&mut self, report: Report) -> Absorbed {
        // Copies the environment only while an earlier assessment still looks at it.
        discover::absorb(Arc::make_mut(&mut self.environment), report)
    }

    /// What is known of the organisation.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is known of the world.
    pub fn intel(&self) -> &Intel {
        &self.intel
    }

    /// Replaces what is known of the world.
    pub fn set_intel(&mut self, intel: Intel) {
        self.intel = intel;
    }

    /// Assesses what is known as of a moment, 30 days ahead.
    ///
    /// # Errors
    /// As [`assess`].
    pub fn assess(&self, as_of: Moment) -> Result<Assessment> {
        self.assess_with(as_of, AssessOptions::default())
    }

    /// Assesses what is known as of a moment.
    ///
    /// # Errors
    /// As [`assess`].
    pub fn assess_with(&self, as_of: Moment, options: AssessOptions) -> Result<Assessment> {
        assess(&self.environment, &self.intel, as_of, options)
    }
}
