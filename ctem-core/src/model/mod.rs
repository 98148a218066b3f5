//! The nouns: what an organisation has, what is wrong with it, and what hurts.
//!
//! Everything is plain data that reads and writes as JSON. A [`Report`] is what one source said; the [`Environment`] is
//! all of it together, correlated. [`Contents`] is the list form both share, and the body of the native document.

mod asset;
mod contents;
mod control;
mod environment;
mod evidence;
mod finding;
mod names;
mod owner;
pub(crate) mod provenance;
mod relation;
mod report;
mod service;
mod weakness;

pub use asset::{Asset, AssetKind, Criticality};
pub use contents::{Contents, Record};
pub use control::Control;
pub use environment::Environment;
pub(crate) use environment::Keyed;
pub use evidence::{Evidence, Outcome};
pub use finding::{Component, Exploit, Finding, Location, Secret, Sighting, Status};
pub use owner::Owner;
pub use relation::{Access, Attacker, EntryPoint, Relation, RelationKind};
pub use report::{Note, NoteKind, Places, RecordCounts, Report, Source};
pub use service::{LossEvent, LossSize, Service, Trigger};
pub use weakness::{Weakness, WeaknessKind};
