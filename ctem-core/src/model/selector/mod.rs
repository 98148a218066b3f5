//! Selectors: which assets are meant, in a small language.
//!
//! ```text
//! kind = host and label.env = production
//! criticality >= high and not has owner
//! realm = corp.example and (name = dc-* or entry = internet)
//! ```

mod read;
mod terms;
mod write;

pub use terms::{AssetSelector, Comparison, Condition, Field, Pattern};
pub(crate) use terms::{DATA_CLASSES, INTERNET};
