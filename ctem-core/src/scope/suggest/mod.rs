//! Suggestions: what records say matters and nobody has stated, for a person to accept or refuse.
//!
//! A suggestion comes with the reasons that records give, and with the statement that accepting it makes. What is stated is not suggested
//! again, and neither is what somebody refused.

mod entries;
mod jewels;
mod label;
mod people;
mod powers;
mod suggestion;

pub(crate) use entries::open_to_internet;
pub use entries::{PHISHED, SUPPLIER_BROKEN_INTO, UNTESTED_SECRET};
pub(super) use jewels::data_classes;
pub(super) use label::environment_of;
pub use people::FALLS_FOR_IT;
pub use suggestion::Suggestion;
