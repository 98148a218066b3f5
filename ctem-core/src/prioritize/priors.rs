//! Priors: what is taken for true where nothing is known, each with where it comes from.
//!
//! A number without a source is an expert's assumption and says so; a few tests of one's own soon outweigh it.

use crate::{
    cvss::{AttackVector, Impact, Privileges, Reading},
    model::WeaknessKind,
    quantity::Severity,
};

/// The chance that a flaw in KEV is seen exploited within 30 days: the mean EPSS over the catalogue's members on 2025-11-13,
/// 0.563. A listing is not a certainty: a quarter of the members score below 0.1.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{KEV_THREAT, Row, score}};
///
/// let mut row = Row::default();
/// row.known_exploited = true;
/// let threat = score(&row, &Intel::none(), Days::THIRTY).term.find("threat").map(|term| term.value);
/// assert_eq!(threat, Some(KEV_THREAT));
/// ```
pub const KEV_THREAT: f64 = 0.56;

/// The same over the members that ransomware is known to use: 0.720 on 2025-11-13.
///
/// ```
/// use ctem_core::prioritize::{KEV_THREAT, KEV_THREAT_RANSOMWARE};
///
/// assert!(KEV_THREAT_RANSOMWARE > KEV_THREAT);
/// ```
pub const KEV_THREAT_RANSOMWARE: f64 = 0.72;

/// The chance, within 30 days, that a CVE of which only a CVSS vector is known becomes known to be exploited: 22 of 31,919
/// CVEs within 386 days (CISA Vulnrichment of 2024-10-24 against KEV of 2025-11-14).
pub(crate) const BASE_RATE: f64 = 5.4e-5;

/// The least and the most that a threat's chance can be, so that no belief is final.
pub(crate) const THREAT_ENDS: (f64, f64) = (1e-6, 1.0 - 1e-6);

/// How much of the failure of stacked controls is common cause: an assumption.
pub(crate) const COMMON_CAUSE: f64 = 0.2;

/// A chance taken for true until tests say otherwise.
///
/// ```
/// use ctem_core::prioritize::REFERENCE_CLASSES;
///
/// // What is taken for true of a service that is open to a network, and how many tests outweigh it?
/// let open = REFERENCE_CLASSES.iter().find(|prior| prior.class == "a service open to a network");
/// assert_eq!(open.map(|prior| (prior.chance, prior.worth)), Some((0.05, 4)));
/// ```
#[doc(alias = "Beta distribution")]
#[doc(alias = "pseudo-counts")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Prior {
    /// The reference class it is of.
    pub class: &'static str,
    /// The chance that a finding of the class can be exploited where it was seen.
    pub chance: f64,
    /// How many tests would outweigh it: the pseudo-counts of a Beta distribution.
    pub worth: u32,
}

const fn prior(class: &'static str, chance: f64, worth: u32) -> Prior {
    Prior { class, chance, worth }
}

/// The reference classes. All are assumptions of the engine's makers.
///
/// ```
/// use ctem_core::prioritize::REFERENCE_CLASSES;
///
/// assert!(REFERENCE_CLASSES.iter().all(|prior| 0.0 < prior.chance && prior.chance < 1.0));
/// ```
#[doc(alias = "prior")]
pub const REFERENCE_CLASSES: &[Prior] = &[
    LIBRARY,
    PRODUCT,
    SECRET_VERIFIED,
    SECRET_UNTESTED,
    SECRET_REVOKED,
    PERMISSION,
    EXPOSED_SERVICE,
    SETTING_CRITICAL,
    SETTING_HIGH,
    SETTING_MEDIUM,
    SETTING_LOW,
    SETTING_NONE,
    CODE_CRITICAL,
    CODE_HIGH,
    CODE_MEDIUM,
    CODE_LOW,
    CODE_NONE,
];

const LIBRARY: Prior = prior("a flaw in a library, whose weak code may never run", 0.3, 4);
const PRODUCT: Prior = prior("a flaw in a product that runs here", 0.5, 4);
const SECRET_VERIFIED: Prior = prior("a secret that a live test found valid", 0.95, 10);
const SECRET_UNTESTED: Prior = prior("a secret of which nobody knows if it is valid", 0.4, 4);
const SECRET_REVOKED: Prior = prior("a secret that a live test found invalid", 0.01, 10);
const PERMISSION: Prior = prior("an identity that may do more than it should", 0.5, 4);
const EXPOSED_SERVICE: Prior = prior("a service open to a network", 0.05, 4);
const SETTING_CRITICAL: Prior = prior("a setting its tool calls critical", 0.4, 4);
const SETTING_HIGH: Prior = prior("a setting its tool calls high", 0.25, 4);
const SETTING_MEDIUM: Prior = prior("a setting its tool calls medium", 0.1, 4);
const SETTING_LOW: Prior = prior("a setting its tool calls low", 0.03, 4);
const SETTING_NONE: Prior = prior("a setting its tool calls informational", 0.005, 4);
const CODE_CRITICAL: Prior = prior("a flaw in own code that its tool calls critical", 0.25, 4);
const CODE_HIGH: Prior = prior("a flaw in own code that its tool calls high", 0.15, 4);
const CODE_MEDIUM: Prior = prior("a flaw in own code that its tool calls medium", 0.05, 4);
const CODE_LOW: Prior = prior("a flaw in own code that its tool calls low", 0.02, 4);
const CODE_NONE: Prior = prior("a flaw in own code that its tool calls informational", 0.005, 4);

/// The prior of a class. Unknown severity counts as medium.
pub(super) fn of_class(
    kind: WeaknessKind,
    severity: Option<Severity>,
    library: bool,
    verified: Option<bool>,
) -> Prior {
    let severity = severity.unwrap_or(Severity::Medium);
    match kind {
        WeaknessKind::Vulnerability if library => LIBRARY,
        WeaknessKind::Vulnerability => PRODUCT,
        WeaknessKind::Secret => match verified {
            Some(true) => SECRET_VERIFIED,
            Some(false) => SECRET_REVOKED,
            None => SECRET_UNTESTED,
        },
        WeaknessKind::Permission => PERMISSION,
        WeaknessKind::NetworkExposure => EXPOSED_SERVICE,
        WeaknessKind::Misconfiguration => match severity {
            Severity::Critical => SETTING_CRITICAL,
            Severity::High => SETTING_HIGH,
            Severity::Medium => SETTING_MEDIUM,
            Severity::Low => SETTING_LOW,
            Severity::None => SETTING_NONE,
        },
        WeaknessKind::CodeFlaw => match severity {
            Severity::Critical => CODE_CRITICAL,
            Severity::High => CODE_HIGH,
            Severity::Medium => CODE_MEDIUM,
            Severity::Low => CODE_LOW,
            Severity::None => CODE_NONE,
        },
    }
}

/// How much likelier than others a CVE of a category is to become known exploited. One category, never two: they overlap.
/// From CISA Vulnrichment of 2024-10-24 against KEV of 2025-11-14, with 95 % intervals.
pub(crate) fn likelihood_ratio(reading: Option<&Reading>, severity: Option<Severity>) -> (f64, &'static str) {
    let open = reading.is_some_and(|reading| {
        reading.vector == AttackVector::Network
            && reading.privileges == Privileges::None
            && !reading.needs_person
    });
    let total = reading.is_some_and(|reading| {
        (reading.confidentiality, reading.integrity, reading.availability)
            == (Impact::High, Impact::High, Impact::High)
    });
    match severity {
        _ if open && total => (6.38, "such as can be automated and give all: 6.4 times likelier [4.1, 10]"),
        Some(Severity::Critical) => (4.84, "of critical CVSS: 4.8 times likelier [3.1, 7.6]"),
        _ if open => (2.82, "open to the network, without rights or a person: 2.8 times likelier [2.1, 3.8]"),
        Some(Severity::High) => (1.75, "of high CVSS: 1.8 times likelier"),
        Some(_) | None => (1.0, "of no likelier category"),
    }
}

/// The chance that an attempt succeeds when all is in place: an assumption.
pub(crate) const ATTEMPT: f64 = 0.9;
/// What `attack complexity: high` leaves of it.
pub(crate) const HARD: f64 = 0.5;
/// The chance that the attacker already has the rights of a user, or of an administrator.
pub(crate) const USER_RIGHTS: f64 = 0.5;
pub(crate) const ADMINISTRATOR_RIGHTS: f64 = 0.2;
/// The chance that the person who must take part does.
pub(crate) const PERSON: f64 = 0.4;
/// The chance, within 30 days, that a secret where colleagues can read it is found by one who would use it.
pub(crate) const SECRET_FOUND: f64 = 0.1;
