use crate::id::OwnerId;
use serde::{Deserialize, Serialize};

/// Who mends things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
