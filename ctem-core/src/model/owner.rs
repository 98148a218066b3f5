use crate::id::OwnerId;
use serde::{Deserialize, Serialize};

/// Who mends things.
///
/// ```
/// use ctem_core::model::{Asset, AssetKind, Environment, Owner};
///
/// let web = Owner { name: Some("Team Web".into()), ..Owner::new("web".parse()?) };
/// let shop = Asset { owner: Some(web.id.clone()), ..Asset::new("shop".parse()?, AssetKind::Host) };
/// let environment = Environment::builder().record(web.clone()).record(shop).build()?;
/// assert_eq!(environment.owner(&"web".parse()?), Some(&web));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Owner {
    /// The name assets refer to.
    pub id: OwnerId,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Where to reach them: a mailbox, a channel, a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Box<str>>,
}

impl Owner {
    /// An owner of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::model::Owner;
    ///
    /// let web = Owner { contact: Some("web@shop.example".into()), ..Owner::new("web".parse()?) };
    /// assert_eq!(web.contact.as_deref(), Some("web@shop.example"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: OwnerId) -> Self {
        Self { id, name: None, contact: None }
    }
}
