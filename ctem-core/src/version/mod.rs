//! Versions of packages, compared as each ecosystem compares them, and ranges of them.
//!
//! `1.10` is newer than `1.9` everywhere; the rest is custom. `1.0~rc1` is older than `1.0` for Debian, `1.0.post1` newer for
//! Python, `1.0-sp` newer for Maven, and `1:0.9` newer than all of them where there are epochs. An [`Ecosystem`] names the
//! custom. A [`Version`] is parsed once, into a key: bytes that compare as the versions do. So every order here is total by
//! construction, whatever the text, and comparing costs as much as comparing two short strings.
//!
//! A [`Range`] is a set of versions, read from what advisories and VEX documents write: OSV events, VERS, comparators of npm,
//! Cargo, Composer, RubyGems, PEP 440, Debian, GitHub and Grype, and the intervals of Maven and NuGet. [`upgrade`] says what
//! to upgrade to when several findings each offer several fixed versions.
//!
//! ```
//! use ctem_core::version::{Ecosystem, Range, Version, compare, upgrade};
//! use std::cmp::Ordering;
//!
//! // The word is the tool's: a purl, its type, an ecosystem of OSV, a package type of Trivy, Grype or Snyk.
//! let debian = Ecosystem::of("Debian:12");
//! assert_eq!(compare(debian, "2.36-9+deb12u3", "2.36-9+deb12u10"), Some(Ordering::Less));
//!
//! let npm = Ecosystem::of("pkg:npm/lodash@4.17.20");
//! let affected = Range::parse(npm, ">= 4.0.0, < 4.17.21 || >= 5.0.0-beta, < 5.0.2")?;
//! let installed = Version::parse(npm, "4.17.20")?;
//! assert!(affected.contains(&installed));
//!
//! let fixes = [vec![Version::parse(npm, "4.17.21")?, Version::parse(npm, "5.0.2")?]];
//! let target = upgrade(Some(&installed), fixes.iter().map(Vec::as_slice));
//! assert_eq!(target.map(Version::text), Some("4.17.21"));
//! # Ok::<(), ctem_core::Error>(())
//! ```
//!
//! Left out: which release a distribution's version belongs to (`Debian:12` and `Debian:11` are one order), and what a build
//! tool would choose. A range says which versions something is true of, so all go by order alone: an early release of `2.0` is
//! in `< 2.0`, though npm would not install it.

mod checked;
mod constraint;
mod ecosystem;
mod events;
mod key;
mod range;
mod schemes;
mod span;
mod upgrade;
mod vers;

pub use checked::{Version, compare};
pub use ecosystem::Ecosystem;
pub use events::Event;
pub use range::Range;
pub use upgrade::upgrade;
