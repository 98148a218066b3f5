//! The scores of a vector, by the version it follows.

use super::{
    v2, v3, v4,
    vector::{Vector, Version},
};
use crate::quantity::{Score, Severity};

impl Vector {
    /// The base score: of the weakness itself, wherever and whenever.
    pub fn base_score(&self) -> Score {
        match self.version() {
            Version::V2 => v2::base(self),
            Version::V3_0 | Version::V3_1 => v3::base(self),
            Version::V4_0 => v4::score(&v4::Severities::base(self)),
        }
    }

    /// The temporal score of versions 2.0 and 3.x; of version 4.0 the score with its threat metric.
    pub fn temporal_score(&self) -> Score {
        match self.version() {
            Version::V2 => v2::temporal(self),
            Version::V3_0 | Version::V3_1 => v3::temporal(self),
            Version::V4_0 => v4::score(&v4::Severities::with_threat(self)),
        }
    }

    /// The environmental score; of version 4.0 the score with threat and environment.
    pub fn environmental_score(&self) -> Score {
        match self.version() {
            Version::V2 => v2::environmental(self),
            Version::V3_0 | Version::V3_1 => v3::environmental(self),
            Version::V4_0 => v4::score(&v4::Severities::full(self)),
        }
    }

    /// The score of all metrics that were given.
    pub fn score(&self) -> Score {
        match self.version() {
            Version::V2 if self.given(9..14) => self.environmental_score(),
            Version::V2 if self.given(6..9) => self.temporal_score(),
            Version::V3_0 | Version::V3_1 if self.given(11..22) => self.environmental_score(),
            Version::V3_0 | Version::V3_1 if self.given(8..11) => self.temporal_score(),
            Version::V4_0 => self.environmental_score(),
            Version::V2 | Version::V3_0 | Version::V3_1 => self.base_score(),
        }
    }

    /// The qualitative rating of the score.
    pub fn severity(&self) -> Severity {
        self.score().severity()
    }

    /// Which metrics the score is of, as version 4.0 names it (§1.3): `CVSS-B`, `CVSS-BT`, `CVSS-BE`, `CVSS-BTE`.
    pub fn nomenclature(&self) -> &'static str {
        let (threat, environment) = match self.version() {
            Version::V2 => (self.given(6..9), self.given(9..14)),
            Version::V3_0 | Version::V3_1 => (self.given(8..11), self.given(11..22)),
            Version::V4_0 => (self.given(11..12), self.given(12..26)),
        };
        match (threat, environment) {
            (false, false) => "CVSS-B",
            (true, false) => "CVSS-BT",
            (false, true) => "CVSS-BE",
            (true, true) => "CVSS-BTE",
        }
    }
}
