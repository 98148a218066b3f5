use crate::{
    error::{Error, Result, quoted},
    id::{AssetId, ControlId, FindingId, WeaknessId, text_serde},
    model::{Access, Relation, Technique, fact::Related},
};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The 128 bits that name a variable wherever it is met: in another snapshot, on another machine, in another year.
///
/// What a world decides of a variable follows from its key and a seed alone, so two environments that share a variable share
/// its worlds. Written as 32 hexadecimal digits.
///
/// ```
/// use ctem_core::attack::Key;
///
/// let threat = Key::of("threat", "CVE-2021-44228");
/// assert_eq!(threat.to_string().parse::<Key>()?, threat);
/// assert_ne!(threat, Key::of("finding", "CVE-2021-44228"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

impl Key {
    /// The key of a thing of some kind by its name: the first half of the SHA-256 of both, with a zero byte between.
    ///
    /// ```
    /// use ctem_core::attack::Key;
    ///
    /// // What would another program have to write? `printf 'finding\0f-1' | sha256sum | head -c 32`
    /// assert_eq!(Key::of("finding", "f-1").to_string(), "0487deb22471badce62c8d24f56272df");
    /// ```
    pub fn of(kind: &str, name: &str) -> Self {
        let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize();
        Self(digest.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte)))
    }

    /// The key of a finding: whether it is exploitable where it is and an attempt succeeds.
    ///
    /// ```
    /// use ctem_core::{attack::Key, id::FindingId};
    ///
    /// assert_eq!(Key::finding(&FindingId::parse("f-1")?), Key::of("finding", "f-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn finding(id: &FindingId) -> Self {
        Self::of("finding", id.as_str())
    }

    /// The key of a threat: whether those who attack exploit a weakness.
    ///
    /// ```
    /// use ctem_core::{attack::Key, id::WeaknessId};
    ///
    /// assert_eq!(Key::threat(&WeaknessId::parse("CVE-2021-44228")?), Key::of("threat", "CVE-2021-44228"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn threat(weakness: &WeaknessId) -> Self {
        Self::of("threat", weakness.as_str())
    }

    /// The key of a control: whether it fails.
    ///
    /// ```
    /// use ctem_core::{attack::Key, id::ControlId};
    ///
    /// assert_eq!(Key::control(&ControlId::parse("waf")?), Key::of("control", "waf"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn control(id: &ControlId) -> Self {
        Self::of("control", id.as_str())
    }

    /// The key of a control against one class of technique, where tests tell it apart.
    ///
    /// ```
    /// use ctem_core::{attack::Key, id::ControlId};
    ///
    /// let against = Key::control_against(&ControlId::parse("waf")?, "T1190".parse()?);
    /// assert_eq!(against, Key::of("control", "waf T1190"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn control_against(id: &ControlId, technique: Technique) -> Self {
        Self::of("control", &format!("{id} {technique}"))
    }

    /// The key of a relation: whether it is there and can be used. It follows from what the relation is, not from what somebody
    /// calls it.
    ///
    /// ```
    /// use ctem_core::{attack::Key, model::{Relation, RelationKind}};
    ///
    /// let relation = Relation::new("a".parse()?, RelationKind::Reads, "b".parse()?);
    /// assert_eq!(Key::relation(&relation), Key::of("relation", "a reads b"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn relation(relation: &Relation) -> Self {
        Self::of("relation", relation.what().as_str())
    }

    /// The same of a relation as an environment keeps it.
    pub(crate) fn related(related: &Related<'_>) -> Self {
        Self::of("relation", related.what().as_str())
    }

    /// The key of a campaign: whether it is run.
    ///
    /// ```
    /// use ctem_core::attack::Key;
    ///
    /// assert_eq!(Key::campaign("spring"), Key::of("campaign", "spring"));
    /// ```
    pub fn campaign(name: &str) -> Self {
        Self::of("campaign", name)
    }

    /// The key of an entry point: whether an attacker starts there.
    ///
    /// ```
    /// use ctem_core::{attack::Key, id::AssetId, model::Access};
    ///
    /// assert_eq!(Key::entry(&AssetId::parse("vpn")?, Access::Use), Key::of("entry", "vpn use"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn entry(asset: &AssetId, access: Access) -> Self {
        Self::of("entry", &format!("{asset} {access}"))
    }

    /// The key of an asset that nobody has placed: whether it can be reached.
    ///
    /// ```
    /// use ctem_core::{attack::Key, id::AssetId};
    ///
    /// assert_eq!(Key::unplaced(&AssetId::parse("web-1")?), Key::of("unplaced", "web-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unplaced(asset: &AssetId) -> Self {
        Self::of("unplaced", asset.as_str())
    }

    /// The key of a prior, which the findings of one reference class share.
    ///
    /// ```
    /// use ctem_core::{attack::Key, prioritize::REFERENCE_CLASSES};
    ///
    /// let classes: std::collections::BTreeSet<Key> = REFERENCE_CLASSES.iter().map(|prior| Key::prior(prior.class)).collect();
    /// assert_eq!(classes.len(), REFERENCE_CLASSES.len());
    /// ```
    pub fn prior(class: &str) -> Self {
        Self::of("prior", class)
    }

    /// A key of one's own. Variables of one graph must have different keys.
    ///
    /// ```
    /// use ctem_core::attack::Key;
    ///
    /// // A table of ours numbers what is uncertain.
    /// let row = 7;
    /// assert_eq!(Key::new(row).to_string(), "00000000000000000000000000000007");
    /// ```
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits.
    ///
    /// ```
    /// use ctem_core::attack::Key;
    ///
    /// // Sixteen bytes for a column, and back.
    /// let key = Key::of("finding", "f-1");
    /// let column: [u8; 16] = key.bits().to_be_bytes();
    /// assert_eq!(Key::new(u128::from_be_bytes(column)), key);
    /// ```
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Key {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = u128::from_str_radix(text, 16).ok().filter(|_| digits);
        bits.map(Self).ok_or_else(|| {
            Error::invalid(format!("{} is not a key: it must be 32 hexadecimal digits", quoted(text)))
        })
    }
}

text_serde!(Key);
