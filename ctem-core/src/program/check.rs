//! Kinds of check: what of an asset somebody looks at.

use crate::{
    model::{AssetKind, WeaknessKind},
    word::words,
};

/// A kind of check.
///
/// ```
/// use ctem_core::{model::{AssetKind, WeaknessKind}, program::CheckKind};
///
/// // Who looks for open ports looks at the network, and there is nothing of it to see in a repository.
/// let network = CheckKind::of(WeaknessKind::NetworkExposure);
/// assert!(network.looks_at(&AssetKind::Host) && !network.looks_at(&AssetKind::Repository));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CheckKind {
    /// For published flaws in products.
    Vulnerability,
    /// For settings that are less safe than they should be.
    Configuration,
    /// For passwords, keys and tokens where others can read them.
    Secrets,
    /// For flaws in one's own code, in it or by trying it.
    Code,
    /// Who may do what: rights, groups, sessions.
    Identity,
    /// From the network: open ports and services.
    Network,
}

words! {
    CheckKind, "a kind of check" {
        Vulnerability = "vulnerability",
        Configuration = "configuration",
        Secrets = "secrets" | "secret",
        Code = "code",
        Identity = "identity",
        Network = "network",
    }
}

impl CheckKind {
    /// All of them.
    ///
    /// ```
    /// use ctem_core::program::CheckKind;
    ///
    /// assert_eq!(CheckKind::ALL.len(), 6);
    /// ```
    pub const ALL: [Self; 6] =
        [Self::Vulnerability, Self::Configuration, Self::Secrets, Self::Code, Self::Identity, Self::Network];

    /// The check that finds weaknesses of a kind.
    ///
    /// ```
    /// use ctem_core::{model::WeaknessKind, program::CheckKind};
    ///
    /// assert_eq!(CheckKind::of(WeaknessKind::Permission), CheckKind::Identity);
    /// ```
    pub const fn of(kind: WeaknessKind) -> Self {
        match kind {
            WeaknessKind::Vulnerability => Self::Vulnerability,
            WeaknessKind::Misconfiguration => Self::Configuration,
            WeaknessKind::Secret => Self::Secrets,
            WeaknessKind::CodeFlaw => Self::Code,
            WeaknessKind::Permission => Self::Identity,
            WeaknessKind::NetworkExposure => Self::Network,
        }
    }

    /// Whether there is anything for it to see in assets of a kind: of a check that does not, nobody misses it there.
    ///
    /// ```
    /// use ctem_core::{model::AssetKind, program::CheckKind};
    ///
    /// assert!(CheckKind::Secrets.looks_at(&AssetKind::Image));
    /// assert!(!CheckKind::Secrets.looks_at(&AssetKind::Group));
    /// ```
    pub fn looks_at(self, kind: &AssetKind) -> bool {
        use AssetKind as A;
        let kinds: &[AssetKind] = match self {
            Self::Vulnerability => {
                &[A::Host, A::Workload, A::Function, A::Image, A::Repository, A::Application]
            }
            Self::Configuration => &[
                A::Host,
                A::Workload,
                A::Function,
                A::Repository,
                A::DataStore,
                A::NetworkZone,
                A::Realm,
                A::Image,
                A::Application,
                A::Pipeline,
            ],
            Self::Secrets => &[A::Repository, A::Image, A::Pipeline],
            Self::Code => &[A::Repository],
            Self::Identity => &[A::Identity, A::Group, A::Realm, A::Credential],
            Self::Network => &[A::Host, A::Application],
        };
        kinds.contains(kind)
    }
}
