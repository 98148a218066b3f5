//! The nouns: what an organisation has, what is wrong with it, and what hurts.
//!
//! Everything is plain data that reads and writes as JSON. A [`Report`] is what one source said; the [`Environment`] is
//! all of it together, correlated. [`Contents`] is the list form both share, and the body of the native document.
//!
//! What goes in is written as a literal over what is known of nothing else: `new` takes what a thing cannot be without, and the rest has
//! a value that says nothing.
//!
//! ```
//! use ctem_core::{Probability, model::*};
//!
//! let library = Component::new("openssl", Some("3.0.1"));
//! let weakness = Weakness {
//!     aliases: vec!["GHSA-qwww-vcr4-c8h2".parse()?],
//!     cvss: vec!["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".parse()?],
//!     ..Weakness::new("CVE-2024-10001".parse()?, WeaknessKind::Vulnerability)
//! };
//! let finding = Finding {
//!     component: Some(library),
//!     exploit: Some(Box::new(Exploit { local: Some(Probability::new(0.2)?), ..Exploit::default() })),
//!     ..Finding::new("web-1".parse()?, weakness)
//! };
//! let web = Asset { owner: Some("web-team".parse()?), ..Asset::new("web-1".parse()?, AssetKind::Host) };
//! let environment = Environment::builder().record(web).record(finding).build()?;
//! let finding = environment.findings().next().expect("there is one");
//! assert_eq!(finding.id.as_ref().map(|id| id.as_str()), Some("CVE-2024-10001@web-1#73df9d2c"));
//! # Ok::<(), ctem_core::Error>(())
//! ```

mod acceptance;
mod access;
pub(crate) mod address;
mod asset;
mod builder;
mod code_owners;
mod compliance;
pub(crate) mod containment;
mod contents;
mod control;
mod entry_point;
mod environment;
mod evidence;
pub(crate) mod fact;
mod finding;
mod identifier;
pub(crate) mod identity;
mod merge;
mod names;
mod owner;
pub(crate) mod provenance;
mod refusal;
mod relation;
mod report;
mod rule;
pub(crate) mod selector;
mod service;
pub(crate) mod step;
mod technique;
mod tested;
mod weakness;

pub use acceptance::Acceptance;
pub use access::Access;
pub use asset::{Asset, AssetKind, Criticality};
pub use builder::EnvironmentBuilder;
pub(crate) use code_owners::{CODE_OWNER, CodeOwners, NOBODY, is_path_like};
pub use compliance::ControlChecks;
pub use contents::{Contents, Record};
pub use control::Control;
pub use entry_point::{Attacker, EntryPoint};
pub use environment::Environment;
pub(crate) use environment::Keyed;
pub use evidence::{Evidence, Outcome};
pub use finding::{Analysis, Component, Exploit, Finding, Location, Reachability, Secret, Sighting, Status};
pub use identifier::{Identifier, IdentifierKind};
pub use merge::Merge;
pub use owner::Owner;
pub use refusal::{Refusal, SuggestionKind};
pub use relation::{Relation, RelationKind};
pub use report::{Note, NoteKind, Places, RecordCounts, Report, Source};
pub use rule::{Condition, End, Premise, Rule};
pub(crate) use service::{DEEPEST_TRIGGER, MOST_PARTS, MOST_PARTS_OF_ALL};
pub use service::{LossEvent, LossSize, Service, Trigger};
pub use step::{Accesses, AssetAccess, MOST_ACCESSES};
pub use technique::{Mitigation, Tactic, Technique, TechniqueStatus};
pub(crate) use tested::TestedOn;
pub use weakness::{Weakness, WeaknessKind};
