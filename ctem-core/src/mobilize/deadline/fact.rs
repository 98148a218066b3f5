//! What tables ask: the facts of a finding, by their words and the values they can have.

use crate::word::words;

/// What a table of deadlines may ask of a finding. All but the class follow from the assessment.
///
/// ```
/// use ctem_core::mobilize::Fact;
///
/// // One fact, by two names.
/// assert_eq!("publicly_exposed".parse::<Fact>()?, Fact::InternetReachable);
/// assert_eq!(Fact::TechnicalImpact.values(), ["partial", "total"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// Whether the catalogue of known exploited vulnerabilities lists it, or a source says that it is exploited.
    InKev,
    /// Whether ransomware is known to use it.
    Ransomware,
    /// Nothing, public exploit code, or exploitation that was seen.
    Exploitation,
    /// Whether anyone on the internet gets at it without breaking in elsewhere first.
    InternetReachable,
    /// Whether someone who gets at it and knows it would likely exploit it.
    LikelyExploitable,
    /// Whether it is exploited without a person's hand: over the network, easily, without rights and without a victim's part.
    Automatable,
    /// Whether it gives all of what it is in.
    TechnicalImpact,
    /// How far it is reached: from nowhere, from inside, from the internet.
    SystemExposure,
    /// What is lost by it, as the agencies of FedRAMP rate it: N1, the least, to N5.
    Impact,
    /// What is lost by it, as SSVC's deployer rates it.
    HumanImpact,
    /// What is lost by it, as CISA's coordinator rates it.
    MissionImpact,
    /// The highest severity that a source or a CVSS vector gives.
    Severity,
    /// The certification class of a cloud service, which the caller states.
    Class,
    /// What SSVC's deployer decides.
    Deployer,
    /// What CISA's coordinator decides.
    Coordinator,
}

words! {
    Fact, "a fact that tables ask" {
        InKev = "in_kev",
        Ransomware = "ransomware",
        Exploitation = "exploitation",
        InternetReachable = "internet_reachable" | "publicly_exposed",
        LikelyExploitable = "likely_exploitable",
        Automatable = "automatable",
        TechnicalImpact = "technical_impact",
        SystemExposure = "system_exposure",
        Impact = "impact",
        HumanImpact = "human_impact",
        MissionImpact = "mission_impact" | "mission_and_well_being_impact",
        Severity = "severity",
        Class = "class",
        Deployer = "deployer",
        Coordinator = "coordinator",
    }
}

impl Fact {
    /// The values it can have, in the spelling of documents.
    ///
    /// ```
    /// use ctem_core::mobilize::Fact;
    ///
    /// assert_eq!(Fact::Class.values(), ["a", "b", "c", "d"]);
    /// ```
    pub const fn values(self) -> &'static [&'static str] {
        match self {
            Self::InKev
            | Self::Ransomware
            | Self::InternetReachable
            | Self::LikelyExploitable
            | Self::Automatable => &["no", "yes"],
            Self::Exploitation => &["none", "public_poc", "active"],
            Self::TechnicalImpact => &["partial", "total"],
            Self::SystemExposure => &["small", "controlled", "open"],
            Self::Impact => &["n1", "n2", "n3", "n4", "n5"],
            Self::HumanImpact => &["low", "medium", "high", "very_high"],
            Self::MissionImpact => &["low", "medium", "high"],
            Self::Severity => &["unknown", "none", "low", "medium", "high", "critical"],
            Self::Class => &["a", "b", "c", "d"],
            Self::Deployer => &["defer", "scheduled", "out_of_cycle", "immediate"],
            Self::Coordinator => &["track", "track*", "attend", "act"],
        }
    }
}
