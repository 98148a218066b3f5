//! What the world knows about weaknesses, as dated tables handed in: nothing here reaches for the network.
//!
//! [`Intel`] bundles the tables an assessment uses. Each says when it was made, and what it lacks stays unknown.

mod cve;
pub mod cvss;
pub mod epss;
pub mod kev;
pub mod lev;
pub mod ssvc;

pub use cve::Cve;

use epss::Epss;
use kev::Kev;
use std::sync::Arc;

/// The tables an assessment uses. Cloning is cheap: tables are shared.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Intel {
    /// The day's EPSS scores.
    pub epss: Option<Arc<Epss>>,
    /// CISA's catalogue of known exploited vulnerabilities.
    pub kev: Option<Arc<Kev>>,
}

impl Intel {
    /// No tables: what sources quote is all that is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// The same with an EPSS table.
    #[must_use]
    pub fn with_epss(mut self, epss: Epss) -> Self {
        self.epss = Some(Arc::new(epss));
        self
    }

    /// The same with a catalogue of known exploited vulnerabilities.
    #[must_use]
    pub fn with_kev(mut self, kev: Kev) -> Self {
        self.kev = Some(Arc::new(kev));
        self
    }
}
