//! One file a custom: each writes the key of a version, or says that it is none.
//!
//! The rules are those that each tool documents. No crate is behind them: those that exist compare one ecosystem each, in an
//! order of their own, some without being total, and half of the ecosystems have none.

mod apk;
mod composer;
mod deb;
mod gem;
mod generic;
mod maven;
mod pep440;
mod rpm;
mod semver;

use super::{Ecosystem, key::Key};

/// The key of a version, if it is one. Cost: linear in the text.
///
/// A sign that compares is part of no version, also where all other texts are one: `1.0<2.0` is two that belong to a range.
pub(super) fn key(ecosystem: Ecosystem, text: &str) -> Option<Key> {
    let compares = text.trim_start_matches('=').contains(['<', '>', '=']);
    if text.is_empty() || compares || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return None;
    }
    match ecosystem {
        Ecosystem::Deb => deb::key(text),
        Ecosystem::Rpm => rpm::key(text),
        Ecosystem::Apk => apk::key(text),
        Ecosystem::Npm | Ecosystem::Cargo | Ecosystem::SemVer => semver::key(text),
        Ecosystem::Go => semver::go_key(text),
        Ecosystem::NuGet => semver::key(&text.to_ascii_lowercase()),
        Ecosystem::PyPi => pep440::key(text),
        Ecosystem::Maven => Some(maven::key(text)),
        Ecosystem::RubyGems => gem::key(text),
        Ecosystem::Composer => composer::key(text),
        Ecosystem::Generic => generic::key(text),
    }
}
