//! The scores of a vector, by the version it follows.

use super::{
    v2, v3, v4,
    vector::{Vector, Version},
};
use crate::quantity::{Score, Severity};

impl Vector {
    /// The base score: of the weakness itself, wherever and whenever.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U".parse()?;
    /// assert_eq!(vector.base_score().to_string(), "9.8");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn base_score(&self) -> Score {
        match self.version() {
            Version::V2 => v2::base(self),
            Version::V3_0 | Version::V3_1 => v3::base(self),
            Version::V4_0 => v4::score(&v4::Severities::base(self)),
        }
    }

    /// The temporal score of versions 2.0 and 3.x; of version 4.0 the score with its threat metric.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// // No exploit is known yet.
    /// let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U".parse()?;
    /// assert!(vector.temporal_score() < vector.base_score());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn temporal_score(&self) -> Score {
        match self.version() {
            Version::V2 => v2::temporal(self),
            Version::V3_0 | Version::V3_1 => v3::temporal(self),
            Version::V4_0 => v4::score(&v4::Severities::with_threat(self)),
        }
    }

    /// The environmental score; of version 4.0 the score with threat and environment.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// // Here it can only be attacked from the same network.
    /// let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:A".parse()?;
    /// assert_eq!(vector.environmental_score().to_string(), "8.8");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn environmental_score(&self) -> Score {
        match self.version() {
            Version::V2 => v2::environmental(self),
            Version::V3_0 | Version::V3_1 => v3::environmental(self),
            Version::V4_0 => v4::score(&v4::Severities::full(self)),
        }
    }

    /// The score of all metrics that were given.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:A".parse()?;
    /// assert_eq!(vector.score(), vector.environmental_score());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// use ctem_core::{cvss::Vector, quantity::Severity};
    ///
    /// let vector: Vector = "AV:N/AC:M/Au:N/C:P/I:P/A:P".parse()?;
    /// assert_eq!(vector.severity(), Severity::Medium);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn severity(&self) -> Severity {
        self.score().severity()
    }

    /// Which metrics the score is of, as version 4.0 names it (§1.3): `CVSS-B`, `CVSS-BT`, `CVSS-BE`, `CVSS-BTE`.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// let vector: Vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A".parse()?;
    /// assert_eq!(vector.nomenclature(), "CVSS-BT");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
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
