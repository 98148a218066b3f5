use crate::{
    id::{AssetId, ControlId},
    quantity::Probability,
    word::words,
};
use serde::{Deserialize, Serialize};

/// A directed fact between two assets.
///
/// ```
/// use ctem_core::model::{AssetKind, Environment, Relation, RelationKind};
///
/// // The shop reaches the vault through a gate.
/// let way = Relation {
///     controls: vec!["gate".parse()?],
///     ..Relation::new("shop".parse()?, RelationKind::Reaches, "vault".parse()?)
/// };
/// let environment =
///     Environment::builder().asset("shop", AssetKind::Host).asset("vault", AssetKind::Host).record(way.clone()).build()?;
/// assert_eq!(environment.relations().collect::<Vec<_>>(), [way]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Relation {
    /// What the fact is.
    pub kind: RelationKind,
    /// The asset that reaches, runs, reads, ….
    pub from: AssetId,
    /// The asset it does so to.
    pub to: AssetId,
    /// Controls an attacker must get past to use it; one failure of the weakest is not enough, all must fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<ControlId>,
}

impl Relation {
    /// A relation without controls.
    ///
    /// ```
    /// use ctem_core::model::{Relation, RelationKind};
    ///
    /// // Behind a second factor.
    /// let relation = Relation {
    ///     controls: vec!["mfa".parse()?],
    ///     ..Relation::new("admins".parse()?, RelationKind::CanAssume, "root".parse()?)
    /// };
    /// assert_eq!(relation.kind.name(), "can_assume");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(from: AssetId, kind: RelationKind, to: AssetId) -> Self {
        Self { kind, from, to, controls: Vec::new() }
    }
}

/// An enum of known words, read whatever their case, with room for the user's own: reads and writes as text, keeps what it
/// does not know.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use ctem_core::model::", stringify!($name), ";")]
        ///
        /// // A word of one's own is a kind too.
        #[doc = concat!("let kind: ", stringify!($name), " = \"my_own\".parse()?;")]
        /// assert_eq!(kind.name(), "my_own");
        /// # Ok::<(), ctem_core::Error>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word of the user's own, kept as it is.
            Other(Box<str>),
        }

        impl $name {
            /// The words the engine knows, in the order of this declaration.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word, as in documents.
            ///
            /// ```
            #[doc = concat!("use ctem_core::model::", stringify!($name), ";")]
            ///
            /// // A word that the engine does not know stays as it is.
            #[doc = concat!("assert_eq!(\"Robot Arm\".parse::<", stringify!($name), ">()?.name(), \"Robot Arm\");")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::WORDS[0].parse::<", stringify!($name), ">()?.name(), ", stringify!($name), "::WORDS[0]);")]
            /// # Ok::<(), ctem_core::Error>(())
            /// ```
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::Error;
            fn from_str(word: &str) -> crate::error::Result<Self> {
                let word = word.trim();
                Ok(match &*crate::word::plain(word) {
                    $($word => Self::$variant,)+
                    _ if !word.is_empty() && word.len() <= 64 && !word.chars().any(char::is_control) => {
                        Self::Other(word.into())
                    }
                    _ => return Err(crate::error::Error::invalid(format!(
                        "{} is not a kind: write one of {}, or a word of your own of at most 64 bytes",
                        crate::error::quoted(word),
                        Self::WORDS.join(", "),
                    ))),
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Word;
                impl serde::de::Visitor<'_> for Word {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a kind as text")
                    }
                    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<$name, E> {
                        word.parse().map_err(|error: crate::error::Error| E::custom(error.message()))
                    }
                }
                from.deserialize_str(Word)
            }
        }
    };
}
pub(super) use word_enum;

word_enum! {
    /// What a relation says of its two assets.
    RelationKind {
        /// Network traffic can pass from one to the other.
        Reaches = "reaches",
        /// A workload runs on a host.
        RunsOn = "runs_on",
        /// An identity or group belongs to a group.
        MemberOf = "member_of",
        /// An identity, or a workload that carries one, can act as another.
        CanAssume = "can_assume",
        /// An identity or group may do anything on an asset it can reach.
        Administers = "administers",
        /// Data can be read.
        Reads = "reads",
        /// Data or code can be changed.
        Writes = "writes",
        /// A pipeline or repository produces what the other runs.
        Builds = "builds",
        /// A host keeps a session, token or key of an identity.
        HoldsSessionOf = "holds_session_of",
    }
}

/// How far an attacker is in on one asset. `Reach`, `Use` and `Control` are a ladder; `Down` stands beside it.
///
/// ```
/// use ctem_core::model::Access;
///
/// // Who can use a thing can talk to it, and cannot stop it.
/// let has: Vec<Access> = Access::ALL.into_iter().filter(|access| Access::Use.implies(*access)).collect();
/// assert_eq!(has, [Access::Reach, Access::Use]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// Can talk to it.
    Reach,
    /// Runs code on it, acts as it, reads it.
    Use,
    /// Owns it.
    Control,
    /// Has stopped it. Implied by control, and reached alone by a flaw that only denies service.
    Down,
}

words! {
    Access, "an access" {
        Reach = "reach",
        Use = "use",
        Control = "control",
        Down = "down",
    }
}

impl Access {
    /// Every access, in the order of the ladder.
    pub const ALL: [Self; 4] = [Self::Reach, Self::Use, Self::Control, Self::Down];

    /// Whether who has this access also has the other.
    ///
    /// ```
    /// use ctem_core::model::Access;
    ///
    /// assert!(Access::Control.implies(Access::Down), "who owns a thing can stop it");
    /// assert!(!Access::Use.implies(Access::Down));
    /// ```
    pub const fn implies(self, other: Self) -> bool {
        match self {
            Self::Control => true,
            Self::Use => matches!(other, Self::Use | Self::Reach),
            Self::Reach => matches!(other, Self::Reach),
            Self::Down => matches!(other, Self::Down),
        }
    }
}

/// Where an attacker starts: a state that is given, with the chance that it is.
///
/// ```
/// use ctem_core::{Probability, model::{Access, AssetKind, Attacker, EntryPoint, Environment}};
///
/// // One month in a hundred the supplier of the build server is broken into.
/// let supplier = EntryPoint {
///     chance: Probability::new(0.01)?,
///     ..EntryPoint::new("ci".parse()?, Access::Use, Attacker::Supplier)
/// };
/// let environment = Environment::builder().asset("ci", AssetKind::Workload).record(supplier.clone()).build()?;
/// assert_eq!(environment.entry_points().collect::<Vec<_>>(), [&supplier]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryPoint {
    /// The asset the attacker starts at.
    pub asset: AssetId,
    /// The access the attacker starts with.
    #[serde(default = "reach")]
    pub access: Access,
    /// Who starts here.
    #[serde(default)]
    pub attacker: Attacker,
    /// The chance, within 30 days, that an attacker starts here. The internet always does.
    #[serde(default = "surely", skip_serializing_if = "is_sure")]
    pub chance: Probability,
}

impl EntryPoint {
    /// An entry point at which an attacker surely stands.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{Access, Attacker, EntryPoint}};
    ///
    /// // One month in twenty somebody is tricked out of this identity.
    /// let phished = EntryPoint {
    ///     chance: Probability::new(0.05)?,
    ///     ..EntryPoint::new("alice".parse()?, Access::Use, Attacker::Phishing)
    /// };
    /// assert!(phished.chance < Probability::ONE);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(asset: AssetId, access: Access, attacker: Attacker) -> Self {
        Self { asset, access, attacker, chance: Probability::ONE }
    }
}

/// Who starts at an entry point.
///
/// ```
/// use ctem_core::model::Attacker;
///
/// // Who is it where nobody says?
/// assert_eq!(Attacker::default(), Attacker::Internet);
/// assert_eq!("Insider".parse::<Attacker>()?, Attacker::Insider);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Attacker {
    /// Anyone on the internet.
    #[default]
    Internet,
    /// Someone who has tricked a person out of an identity.
    Phishing,
    /// A supplier, or someone inside one.
    Supplier,
    /// Someone who works here.
    Insider,
    /// Assumed, to see what would follow.
    Assumed,
}

words! {
    Attacker, "an attacker" {
        Internet = "internet",
        Phishing = "phishing",
        Supplier = "supplier",
        Insider = "insider",
        Assumed = "assumed",
    }
}

fn reach() -> Access {
    Access::Reach
}

fn surely() -> Probability {
    Probability::ONE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to `skip_serializing_if`")]
fn is_sure(chance: &Probability) -> bool {
    *chance == Probability::ONE
}
