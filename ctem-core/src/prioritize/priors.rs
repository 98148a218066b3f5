//! Priors: what is taken for true where nothing is known, each with where it comes from.
//!
//! A number without a source is an expert's assumption and says so; a few tests of one's own soon outweigh it.

use crate::{
    cvss::{AttackVector, Impact, Privileges, Reading},
    model::Component,
    quantity::Severity,
};

/// The chance that a flaw in KEV is seen exploited within 30 days: the mean EPSS over the catalogue's members on 2026-08-22, 0.526,
/// by model v2026.06.15, in force since 2026-06-16. A listing is not a certainty: a fifth of the members score below 0.1.
///
/// EPSS models differ in level. Where both tables are given and have at least 100 members in common, their own mean counts:
/// [`Kev::mean_epss`](crate::intel::kev::Kev::mean_epss).
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{KEV_THREAT, Row, score}};
///
/// let mut row = Row::default();
/// row.known_exploited = true;
/// let threat = score(&row, &Intel::none(), Days::THIRTY).term.find("threat").map(|term| term.value);
/// assert_eq!(threat, Some(KEV_THREAT));
/// ```
pub const KEV_THREAT: f64 = 0.53;

/// The same over the members that ransomware is known to use: 0.688 on 2026-08-22.
///
/// ```
/// use ctem_core::prioritize::{KEV_THREAT, KEV_THREAT_RANSOMWARE};
///
/// assert!(KEV_THREAT_RANSOMWARE > KEV_THREAT);
/// ```
pub const KEV_THREAT_RANSOMWARE: f64 = 0.69;

/// The chance, within 30 days, that a CVE of which only a CVSS vector is known becomes known to be exploited: 31 of 31,997
/// CVEs within 667 days (CISA Vulnrichment of 2024-10-24 against KEV of 2026-08-22), 95 % interval 3.0e-5 to 6.2e-5.
pub(crate) const BASE_RATE: f64 = 4.4e-5;

/// The least and the most that a threat's chance can be, so that no belief is final.
pub(crate) const THREAT_ENDS: (f64, f64) = (1e-6, 1.0 - 1e-6);

/// A chance taken for true until tests say otherwise.
///
/// ```
/// use ctem_core::prioritize::REFERENCE_CLASSES;
///
/// // What is taken for true of a flaw in a product that runs, and how many tests outweigh it?
/// let product = REFERENCE_CLASSES.iter().find(|prior| prior.class == "a flaw in a product that runs here");
/// assert_eq!(product.map(|prior| (prior.chance, prior.worth)), Some((0.5, 4)));
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

/// How many findings were tested, and how many of them a test exploited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tested {
    pub(super) findings: u32,
    pub(super) exploitable: u32,
}

impl Tested {
    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            findings: self.findings.saturating_add(other.findings),
            exploitable: self.exploitable.saturating_add(other.exploitable),
        }
    }

    /// The rest without some of them.
    pub(super) fn without(self, other: Self) -> Self {
        Self {
            findings: self.findings.saturating_sub(other.findings),
            exploitable: self.exploitable.saturating_sub(other.exploitable),
        }
    }
}

const fn prior(class: &'static str, chance: f64, worth: u32) -> Prior {
    Prior { class, chance, worth }
}

/// The reference classes of published flaws and of secrets that were tested; those of all else are
/// [`Effects::classes`](crate::intel::effects::Effects::classes). All are assumptions of the engine's makers.
///
/// ```
/// use ctem_core::prioritize::REFERENCE_CLASSES;
///
/// assert!(REFERENCE_CLASSES.iter().all(|prior| 0.0 < prior.chance && prior.chance < 1.0));
/// ```
#[doc(alias = "prior")]
pub const REFERENCE_CLASSES: &[Prior] = &[PRODUCT, SECRET_VERIFIED, SECRET_REVOKED];

pub(super) const PRODUCT: Prior = prior("a flaw in a product that runs here", 0.5, 4);
const SECRET_VERIFIED: Prior = prior("a secret that a live test found valid", 0.95, 10);
const SECRET_REVOKED: Prior = prior("a secret that a live test found invalid", 0.01, 10);

/// What is left of a prior where the distributor of the package calls the flaw negligible: an assumption. Distributors know
/// how they build, and which flaws nobody disputes.
pub(crate) const NEGLIGIBLE: f64 = 0.1;

/// Whether a flaw is in a library, and in what part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Library {
    /// In a product that runs.
    #[default]
    No,
    /// In code that may be called.
    Code,
    /// In headers, documents or the like.
    AtRest,
}

impl Library {
    /// What a component is: one with a package URL is a library, and its name says which part.
    pub(super) fn of(component: &Component) -> Self {
        let Some(purl) = component.purl.as_deref() else { return Self::No };
        let of_system = ["pkg:deb/", "pkg:rpm/", "pkg:apk/"].iter().any(|kind| purl.starts_with(kind));
        let name = &*component.name;
        let at_rest =
            ["-dev", "-devel", "-doc", "-docs", "-headers", "-man"].iter().any(|end| name.ends_with(end))
                || name.starts_with("linux-headers-");
        if of_system && at_rest { Self::AtRest } else { Self::Code }
    }

    /// The short name of its class in the table of classes.
    pub(super) fn class(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Code => Some("L"),
            Self::AtRest => Some("L/docs"),
        }
    }
}

/// Whether a package is the kernel of an operating system, which containers on it share, and not what stands beside it.
pub(super) fn is_kernel(name: &str) -> bool {
    const BESIDE: [&str; 9] =
        ["headers", "libc", "tools", "firmware", "devel", "doc", "source", "perf", "cpupower"];
    const FLAVOURS: [&str; 10] =
        ["image", "aws", "azure", "gcp", "gke", "oracle", "kvm", "raspi", "lowlatency", "generic"];
    let name = name.to_ascii_lowercase();
    if BESIDE.iter().any(|beside| name.contains(beside)) {
        return false;
    }
    let flavour =
        name.strip_prefix("linux-").is_some_and(|rest| FLAVOURS.iter().any(|one| rest.starts_with(one)));
    flavour
        || name.starts_with("kernel-")
        || ["linux", "kernel", "linux kernel", "linux_kernel"].contains(&&*name)
}

/// The prior of a secret that was tested.
pub(super) fn of_secret(verified: Option<bool>) -> Prior {
    if verified == Some(false) { SECRET_REVOKED } else { SECRET_VERIFIED }
}

/// What a CVE's CVSS says of how soon it is exploited: disjoint categories, the first that holds in this order.
///
/// The likelihood ratios are shares among 47 CVEs that were listed in KEV after their CVSS was known, over shares among all
/// 32,013 (CISA Vulnrichment, landmarks of 2024-05 to 2024-10, against KEV of 2026-08-22). They are normalised: over the
/// population they average 1, so that the base rate stays the base rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Category {
    /// How much likelier than a CVE of which nothing is known.
    pub(crate) ratio: f64,
    /// The threat of a CVE of the category before EPSS has seen it: what base rate and ratio come to as an EPSS score, at
    /// `LISTINGS_PER_EPSS`.
    pub(crate) young: f64,
    /// The words for it.
    pub(crate) words: &'static str,
}

/// Open to the network without rights or a person, and gives all. Cases 18; ratio 3.6 to 7.3.
pub(crate) const OPEN_AND_TOTAL: Category = Category {
    ratio: 5.1,
    young: 0.09,
    words: "such as can be automated and give all: 5.1 times likelier [3.6, 7.3]",
};
/// Of critical CVSS. Cases 4; ratio 1.3 to 7.6. Young as the one before: in both, 22 cases are too few to tell them apart.
pub(crate) const CRITICAL: Category =
    Category { ratio: 3.1, young: 0.09, words: "of critical CVSS: 3.1 times likelier [1.3, 7.6]" };
/// Open to the network without rights or a person. Cases 10; ratio 0.8 to 2.4.
pub(crate) const OPEN: Category = Category {
    ratio: 1.4,
    young: 0.027,
    words: "open to the network, without rights or a person: 1.4 times likelier [0.8, 2.4]",
};
/// Of high CVSS. Cases 11; ratio 0.52 to 1.4.
pub(crate) const HIGH: Category =
    Category { ratio: 0.86, young: 0.02, words: "of high CVSS: 0.86 times as likely [0.52, 1.4]" };
/// Any other CVSS. Cases 4; ratio 0.08 to 0.46.
pub(crate) const OTHER: Category = Category {
    ratio: 0.19,
    young: 0.004,
    words: "of no likelier category: 0.19 times as likely [0.08, 0.46]",
};
/// Nothing is known of it: the base rate as it is, and young as the least of them.
pub(crate) const UNKNOWN: Category = Category { ratio: 1.0, young: 0.004, words: "of unknown category" };

/// All of them, each disjoint from the others.
pub(crate) const CATEGORIES: [Category; 6] = [OPEN_AND_TOTAL, CRITICAL, OPEN, HIGH, OTHER, UNKNOWN];

/// How many listings in KEV follow, within 30 days, on one unit of EPSS: 22 on 9,560 (four snapshots of CVEs with public exploit
/// code, 2023-08 to 2025-07), 95 % interval 0.0014 to 0.0035. It turns a rate of listings into the EPSS that means as many.
#[cfg(test)]
pub(crate) const LISTINGS_PER_EPSS: f64 = 0.0023;

/// The chance that a flaw with a Metasploit module is seen exploited within 30 days, where EPSS is missing: its rate of listings
/// as an EPSS. Of 2,002 such CVEs 12 were listed in KEV within 305 days (lists of 2024-10-24, KEV of 2025-08-25), 95 % interval
/// 0.13 to 0.45.
pub(crate) const METASPLOIT_THREAT: f64 = 0.26;
/// The same of one with a Nuclei template: 19 of 2,455, 0.20 to 0.52.
pub(crate) const NUCLEI_THREAT: f64 = 0.33;
/// The same of one in Exploit-DB: public code alone makes a listing 1.1 times as likely (CISA's SSVC `poc`, 95 % interval 0.65
/// to 1.9, 32,013 CVEs of 2024-10-24), so it is the base rate as an EPSS.
pub(crate) const EXPLOIT_DB_THREAT: f64 = 0.021;

/// So many years of one's own incidents weigh as much as the published rate: an assumption.
pub(crate) const YEARS_OF_OPINION: f64 = 3.0;

/// So many days after its publication a CVE is young: EPSS has not yet seen what it learns from.
pub(crate) const YOUNG_DAYS: f64 = 365.0;

/// The category of a CVE.
pub(crate) fn category(reading: Option<&Reading>, severity: Option<Severity>) -> Category {
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
        _ if open && total => OPEN_AND_TOTAL,
        Some(Severity::Critical) => CRITICAL,
        _ if open => OPEN,
        Some(Severity::High) => HIGH,
        Some(_) => OTHER,
        None if reading.is_some() => OTHER,
        None => UNKNOWN,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The categories and their parts of the 32,013 CVEs.
    const PARTS: [(Category, f64); 5] =
        [(OPEN_AND_TOTAL, 0.074), (CRITICAL, 0.029), (OPEN, 0.153), (HIGH, 0.271), (OTHER, 0.474)];

    #[test]
    fn the_ratios_average_one_over_all_cves() {
        let parts: f64 = PARTS.iter().map(|(_, part)| part).sum();
        let mean: f64 = PARTS.iter().map(|(category, part)| part * category.ratio).sum();
        // Ratios of two digits, shares of a tenth of a per cent.
        assert!((parts - 1.0).abs() < 0.002 && (mean - 1.0).abs() < 0.01, "{parts} {mean}");
    }

    #[test]
    fn the_threat_of_exploit_code_is_its_rate_of_listings_as_an_epss() {
        let as_epss = |listed: f64, of: f64| listed / of * (30.0 / 305.0) / LISTINGS_PER_EPSS;
        assert!((METASPLOIT_THREAT - as_epss(12.0, 2002.0)).abs() < 0.005);
        assert!((NUCLEI_THREAT - as_epss(19.0, 2455.0)).abs() < 0.005);
        assert!((EXPLOIT_DB_THREAT - BASE_RATE * 1.11 / LISTINGS_PER_EPSS).abs() < 0.0005);
    }

    #[test]
    fn the_threat_of_a_young_cve_is_its_rate_of_listings_as_an_epss() {
        let as_epss = |ratio: f64| BASE_RATE * ratio / LISTINGS_PER_EPSS;
        for category in [OPEN_AND_TOTAL, OPEN, HIGH, OTHER] {
            let off = category.young / as_epss(category.ratio);
            assert!((0.8..1.25).contains(&off), "{category:?} is off by {off}");
        }
        assert!(as_epss(CRITICAL.ratio) < CRITICAL.young && CRITICAL.young < as_epss(7.6));
        assert!(PARTS.iter().all(|(category, _)| category.young >= UNKNOWN.young));
    }
}
