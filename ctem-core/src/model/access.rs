//! Access: how far an attacker is in.

use super::AssetKind;
use crate::word::words;

/// How far an attacker is in on one asset.
///
/// | access | includes |
/// | --- | --- |
/// | `control` | `use`, `write`, `down` |
/// | `use` | `read` |
/// | `read`, `write` | `reach` |
/// | `know`, `down`, `reach` | nothing else |
///
/// ```
/// use ctem_core::model::Access;
///
/// // Who can use a thing sees what it holds and can talk to it, and can neither change nor stop it.
/// let has: Vec<Access> = Access::ALL.into_iter().filter(|access| Access::Use.implies(*access)).collect();
/// assert_eq!(has, [Access::Reach, Access::Read, Access::Use]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// Can talk to it.
    Reach,
    /// Of an identity: has its first factor, a password or a key, and must still log on.
    Know,
    /// Sees what it holds: data, code, settings, secrets.
    Read,
    /// Changes what it holds, and need not see it.
    Write,
    /// Runs code on it, or acts as it.
    Use,
    /// Owns it.
    Control,
    /// Has stopped it. Implied by control, and reached alone by a flaw that only denies service.
    Down,
}

words! {
    Access, "an access" {
        Reach = "reach",
        Know = "know",
        Read = "read",
        Write = "write",
        Use = "use",
        Control = "control",
        Down = "down",
    }
}

impl Access {
    /// Every access, in the order of this declaration.
    pub const ALL: [Self; 7] =
        [Self::Reach, Self::Know, Self::Read, Self::Write, Self::Use, Self::Control, Self::Down];

    /// Whether who has this access also has the other.
    ///
    /// ```
    /// use ctem_core::model::Access;
    ///
    /// assert!(Access::Control.implies(Access::Down), "who owns a thing can stop it");
    /// assert!(!Access::Write.implies(Access::Read), "who may only add to a log does not see it");
    /// ```
    pub const fn implies(self, other: Self) -> bool {
        match self {
            Self::Control => !matches!(other, Self::Know),
            Self::Use => matches!(other, Self::Use | Self::Read | Self::Reach),
            Self::Read => matches!(other, Self::Read | Self::Reach),
            Self::Write => matches!(other, Self::Write | Self::Reach),
            Self::Reach => matches!(other, Self::Reach),
            Self::Know => matches!(other, Self::Know),
            Self::Down => matches!(other, Self::Down),
        }
    }

    /// What this access means where it is needed of an asset of a kind: on what only holds things (a data store, a repository, an
    /// image, a credential) nothing runs, so that to use it is to read it.
    ///
    /// ```
    /// use ctem_core::model::{Access, AssetKind};
    ///
    /// assert_eq!(Access::Use.of(&AssetKind::DataStore), Access::Read);
    /// assert_eq!(Access::Use.of(&AssetKind::Host), Access::Use);
    /// ```
    pub const fn of(self, kind: &AssetKind) -> Self {
        match (self, kind) {
            (
                Self::Use,
                AssetKind::DataStore | AssetKind::Repository | AssetKind::Image | AssetKind::Credential,
            ) => Self::Read,
            (access, _) => access,
        }
    }
}
