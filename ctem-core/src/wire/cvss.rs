use crate::{
    cvss::{Vector, Version},
    quantity::{Score, Severity},
};
use serde::{Serialize, Serializer};

/// A CVSS vector and its scores as they are written.
///
/// ```
/// use ctem_core::wire::CvssDocument;
///
/// let document = CvssDocument::of(&"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".parse()?);
/// assert_eq!((document.nomenclature, document.base_score.to_string()), ("CVSS-B", "9.8".into()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Cvss"))]
#[non_exhaustive]
pub struct CvssDocument {
    /// The vector in the specification's order.
    pub vector: Vector,
    /// The version of the standard.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub version: Version,
    /// The score of all metrics that were given.
    pub score: Score,
    /// The rating of that score.
    pub severity: Severity,
    /// Which metrics that score is of: `CVSS-B`, `CVSS-BT`, `CVSS-BE`, `CVSS-BTE`.
    pub nomenclature: &'static str,
    /// The score of the weakness itself.
    pub base_score: Score,
    /// The score as of what is known of exploits and fixes; version 4.0 has the threat score instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporal_score: Option<Score>,
    /// The score with the threat metric of version 4.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threat_score: Option<Score>,
    /// The score in the environment that the metrics describe, threat or time included.
    pub environmental_score: Score,
    /// The metrics that were given, as an object in the specification's order.
    #[serde(serialize_with = "as_object")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub metrics: Vec<(&'static str, &'static str)>,
}

impl CvssDocument {
    /// The document of a vector.
    ///
    /// ```
    /// use ctem_core::wire::CvssDocument;
    ///
    /// let document = CvssDocument::of(&"AV:N/AC:L/Au:N/C:N/I:N/A:C".parse()?);
    /// assert_eq!((document.version.to_string(), document.threat_score), ("2.0".into(), None));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(vector: &Vector) -> Self {
        let (temporal_score, threat_score) = match vector.version() {
            Version::V2 | Version::V3_0 | Version::V3_1 => (Some(vector.temporal_score()), None),
            Version::V4_0 => (None, Some(vector.temporal_score())),
        };
        Self {
            vector: *vector,
            version: vector.version(),
            score: vector.score(),
            severity: vector.severity(),
            nomenclature: vector.nomenclature(),
            base_score: vector.base_score(),
            temporal_score,
            threat_score,
            environmental_score: vector.environmental_score(),
            metrics: vector.metrics().collect(),
        }
    }
}

fn as_text<S: Serializer>(version: &Version, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(version)
}

fn as_object<S: Serializer>(metrics: &[(&'static str, &'static str)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(metrics.iter().copied())
}
