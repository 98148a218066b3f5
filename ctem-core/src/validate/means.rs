//! Means: how a doubt can be tested, with which tools, and how long that takes.

use crate::{
    model::{Outcome, RelationKind, WeaknessKind},
    validate::Trust,
    word::words,
};

/// By which means it is tested whether something is so.
///
/// ```
/// use ctem_core::{model::WeaknessKind, validate::Means};
///
/// // How is a key that lies in a repository tested?
/// let means = Means::of(WeaknessKind::Secret);
/// assert_eq!((means, means.default_hours()), (Means::Login, 0.25));
/// assert!(means.tools().contains("TruffleHog"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Means {
    /// The exploit is tried, or the tool's own check of it.
    Exploit,
    /// The password, key or token is tried.
    Login,
    /// A connection is tried from where an attacker would stand.
    Connect,
    /// An exploit of the organisation's own code is written and tried.
    ProofOfConcept,
    /// What an attacker would do is done, step by step, and what stands in its way is watched.
    Simulate,
    /// The right is used, or those who grant it are asked.
    UseRight,
}

words! {
    Means, "a means of testing" {
        Exploit = "exploit",
        Login = "login",
        Connect = "connect",
        ProofOfConcept = "proof_of_concept",
        Simulate = "simulate",
        UseRight = "use_right",
    }
}

impl Means {
    /// Every means, in the order of their declaration.
    ///
    /// ```
    /// use ctem_core::validate::Means;
    ///
    /// // Which takes longest?
    /// let longest = Means::ALL.into_iter().max_by(|a, b| a.default_hours().total_cmp(&b.default_hours()));
    /// assert_eq!(longest, Some(Means::ProofOfConcept));
    /// ```
    pub const ALL: [Self; 6] =
        [Self::Exploit, Self::Login, Self::Connect, Self::ProofOfConcept, Self::Simulate, Self::UseRight];

    /// How findings of a kind of weakness are tested.
    ///
    /// ```
    /// use ctem_core::{model::WeaknessKind, validate::Means};
    ///
    /// assert_eq!(Means::of(WeaknessKind::CodeFlaw), Means::ProofOfConcept);
    /// ```
    pub const fn of(kind: WeaknessKind) -> Self {
        match kind {
            WeaknessKind::Vulnerability => Self::Exploit,
            WeaknessKind::Misconfiguration => Self::Simulate,
            WeaknessKind::Secret => Self::Login,
            WeaknessKind::Permission => Self::UseRight,
            WeaknessKind::NetworkExposure => Self::Connect,
            WeaknessKind::CodeFlaw => Self::ProofOfConcept,
        }
    }

    /// How relations of a kind are tested.
    ///
    /// ```
    /// use ctem_core::{model::RelationKind, validate::Means};
    ///
    /// // Is web-7 really reachable?
    /// assert_eq!(Means::of_relation(&RelationKind::Reaches), Means::Connect);
    /// assert_eq!(Means::of_relation(&RelationKind::MemberOf), Means::UseRight);
    /// ```
    pub fn of_relation(kind: &RelationKind) -> Self {
        if *kind == RelationKind::Reaches { Self::Connect } else { Self::UseRight }
    }

    /// How many hours a test takes, with setting it up and writing down what came out: an assumption of the engine's makers. They matter
    /// as ratios.
    ///
    /// ```
    /// use ctem_core::validate::Means;
    ///
    /// assert!(Means::ProofOfConcept.default_hours() > Means::Connect.default_hours());
    /// ```
    pub const fn default_hours(self) -> f64 {
        match self {
            Self::Login | Self::Connect => 0.25,
            Self::Exploit | Self::UseRight => 0.5,
            Self::Simulate => 1.0,
            Self::ProofOfConcept => 4.0,
        }
    }

    /// How far such a test is trusted, unless it is known better.
    ///
    /// ```
    /// use ctem_core::{model::Outcome, validate::{Means, Trust}};
    ///
    /// assert_eq!(Means::Exploit.trust(), Trust::of(Outcome::Exploited));
    /// ```
    pub fn trust(self) -> Trust {
        Trust::of(Outcome::Exploited)
    }

    /// What to do, and kinds of tools that do it, in words.
    ///
    /// ```
    /// use ctem_core::validate::Means;
    ///
    /// assert_eq!(Means::Connect.tools(), "connect from where an attacker would stand: Nmap, curl");
    /// ```
    pub const fn tools(self) -> &'static str {
        match self {
            Self::Exploit => {
                "try the exploit or its check: a Nuclei template, Metasploit `check`, a pen tester"
            }
            Self::Login => {
                "try the credential where it opens: TruffleHog verification, the provider's own API"
            }
            Self::Connect => "connect from where an attacker would stand: Nmap, curl",
            Self::ProofOfConcept => "write an exploit and try it: Burp Suite, a test of the code's own suite",
            Self::Simulate => "do as an attacker would: Atomic Red Team, MITRE Caldera, a breach simulation",
            Self::UseRight => "use the right, or ask who grants it: a policy simulator, the directory itself",
        }
    }
}
