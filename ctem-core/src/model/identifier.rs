use crate::{time::Moment, word::words};
use serde::{Deserialize, Serialize};

/// Something a tool saw an asset go by, which says more or less of which asset it is: an address at a time, a MAC, a cloud id.
///
/// Unlike an alias it need not be the asset's alone. Whether two assets that share one are the same follows from its kind, its
/// scope and its time, and from what else is known of both; see [`Environment::merges`](super::Environment::merges).
///
/// ```
/// use ctem_core::model::{Identifier, IdentifierKind};
///
/// // The same private address at two sites is not the same machine.
/// let at = |site: &str| Identifier { scope: Some(site.into()), ..Identifier::new(IdentifierKind::Address, "10.0.0.5") };
/// assert_ne!(at("lisbon"), at("oslo"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Identifier {
    /// What sort of name it is.
    pub kind: IdentifierKind,
    /// The name.
    pub value: Box<str>,
    /// The network, site or account it means something in; absent where it means the same everywhere, or nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Box<str>>,
    /// When it was first seen to be the asset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Moment>,
    /// When it was last seen to be the asset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Moment>,
}

impl Identifier {
    /// An identifier of which neither scope nor time is known.
    ///
    /// ```
    /// use ctem_core::model::{Identifier, IdentifierKind};
    ///
    /// assert_eq!(Identifier::new(IdentifierKind::Mac, "00:1b:63:84:45:e6").scope, None);
    /// ```
    pub fn new(kind: IdentifierKind, value: &str) -> Self {
        Self { kind, value: value.into(), scope: None, first_seen: None, last_seen: None }
    }

    /// Takes what is said of the same name at other times. Says whether it was the same name.
    pub(crate) fn take(&mut self, other: &Self) -> bool {
        let same = (self.kind, &self.value, &self.scope) == (other.kind, &other.value, &other.scope);
        if same {
            self.first_seen = self.first_seen.into_iter().chain(other.first_seen).min();
            self.last_seen = self.last_seen.max(other.last_seen);
        }
        same
    }

    /// Makes one of identifiers that are the same name, and sorts them. O(n log n).
    pub(crate) fn tidy(identifiers: &mut Vec<Self>) {
        identifiers.sort_unstable();
        identifiers.dedup_by(|next, known| known.take(next));
    }
}

/// What sort of name an identifier is, the surest first.
///
/// ```
/// use ctem_core::model::IdentifierKind;
///
/// // What a cloud calls it tells more than the address it has today.
/// assert!(IdentifierKind::CloudId < IdentifierKind::Address);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IdentifierKind {
    /// What a cloud calls it: an ARN, the id of an instance, a resource id.
    CloudId,
    /// What an agent on it calls itself.
    AgentId,
    /// The digest of an image.
    ImageDigest,
    /// A fully qualified domain name.
    Fqdn,
    /// The hardware address of a network card.
    Mac,
    /// A network address.
    Address,
    /// A name that anyone can set: NetBIOS, a reverse DNS record, a host name without a domain.
    Hostname,
}

words! {
    IdentifierKind, "a kind of identifier" {
        CloudId = "cloud_id" | "arn" | "resource_id",
        AgentId = "agent_id",
        ImageDigest = "image_digest" | "digest",
        Fqdn = "fqdn",
        Mac = "mac" | "mac_address",
        Address = "address" | "ip" | "ip_address",
        Hostname = "hostname" | "netbios",
    }
}
