//! Attackers by kind, as data: where they start, what they can do, and how much trouble they take.
//!
//! A table that people read and extend, `profiles.tsv`, with what MITRE ATT&CK tells of groups in `techniques.tsv`. An assessment under a
//! profile asks what this kind of attacker could do: entry points that they do not use are closed, steps by techniques that they
//! are not known to use are left out, and what high attack complexity leaves of an attempt is theirs. All else is as it is.
//!
//! ```
//! use ctem_core::{Environment, Loss, Program, intel::attackers::Profile, prioritize::AssessOptions};
//! use ctem_core::model::{Access, AssetKind, Attacker, LossSize};
//!
//! let environment = Environment::builder()
//!     .asset("mail", AssetKind::Host)
//!     .entry_point("mail", Access::Control, Attacker::Internet)
//!     .loss("office", "mail lost", LossSize::known(Loss::new(1000.0, "EUR".parse()?)?), "mail", Access::Control)
//!     .build()?;
//! let program = Program::from(environment);
//! let of = |profile: &str| -> ctem_core::Result<f64> {
//!     let options = AssessOptions { profile: Some(Profile::named(profile)?), ..AssessOptions::default() };
//!     Ok(program.assess_with("2025-11-13".parse()?, options)?.risk().value())
//! };
//! assert_eq!((of("opportunist")?, of("insider")?), (1000.0, 0.0));
//! # Ok::<(), ctem_core::Error>(())
//! ```

use crate::{
    error::{Error, ErrorKind, Result, quoted},
    model::{Attacker, Technique},
    quantity::Probability,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A kind of attacker: where they start, what they can do, and how much trouble they take.
///
/// As a document: `{"id": "crew", "starts": {"internet": 1, "phishing": 0.5}, "groups": ["G0102"], "techniques": ["T1190"], "hard": 0.5}`.
/// Without groups and techniques no technique is beyond them; what takes nothing but the right itself, such as reading what one may
/// read, everybody does.
///
/// ```
/// use ctem_core::intel::attackers::Profile;
///
/// let crew = Profile::read(br#"{"id": "crew", "starts": {"phishing": 1}, "groups": ["G1024"], "techniques": ["T1190"]}"#)?;
/// assert!(crew.uses(Some("T1558.003".parse()?)) && crew.uses(Some("T1190".parse()?)));
/// assert!(!crew.uses(Some("T1649".parse()?)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Profile {
    /// What it is called.
    pub id: Box<str>,
    /// Its name for people.
    pub name: Box<str>,
    /// The entry points they use, each with the part of the starts there that is theirs. Who is not named does not start.
    pub starts: BTreeMap<Attacker, Probability>,
    /// What high attack complexity leaves of an attempt of theirs.
    pub hard: Probability,
    /// The groups of ATT&CK whose techniques they use.
    pub groups: Vec<Box<str>>,
    /// The techniques they use, without sub-techniques; none where no technique is beyond them.
    pub techniques: Option<BTreeSet<Technique>>,
    /// When that was looked up.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub date: Box<str>,
    /// Where it is from.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub source: Box<str>,
}

impl Profile {
    /// The profiles that come with the engine: an opportunist, a ransomware crew, an insider and a nation.
    ///
    /// ```
    /// use ctem_core::intel::attackers::Profile;
    ///
    /// let ids: Vec<_> = Profile::shipped().into_iter().map(|profile| profile.id).collect();
    /// assert_eq!(ids, ["opportunist", "ransomware", "insider", "nation"].map(Box::from));
    /// ```
    pub fn shipped() -> Vec<Self> {
        rows(include_str!("profiles.tsv")).filter_map(|row| Self::of_row(&row)).collect()
    }

    /// A profile that comes with the engine.
    ///
    /// ```
    /// use ctem_core::{intel::attackers::Profile, model::Attacker};
    ///
    /// assert_eq!(Profile::named("insider")?.starts_as(Attacker::Internet).get(), 0.0);
    /// assert_eq!(Profile::named("burglar").unwrap_err().code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` where there is none of that name.
    pub fn named(id: &str) -> Result<Self> {
        let shipped = Self::shipped();
        let known: Vec<String> = shipped.iter().map(|profile| quoted(&profile.id).to_string()).collect();
        let named = crate::word::plain(id);
        shipped.into_iter().find(|profile| *profile.id == *named).ok_or_else(|| {
            let message =
                format!("{} is no profile of attackers: there are {}", quoted(id), known.join(", "));
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// Reads a profile of one's own from its document.
    ///
    /// ```
    /// use ctem_core::intel::attackers::Profile;
    ///
    /// let error = Profile::read(br#"{"id": "crew", "starts": {"phishing": 7}}"#).unwrap_err();
    /// assert_eq!((error.code(), error.place()), ("invalid_input", Some("/starts/phishing")));
    /// ```
    ///
    /// # Errors
    /// `invalid_input` with the place for what is no profile, `not_found` for a group that the table does not have.
    pub fn read(document: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Stated {
            id: Box<str>,
            name: Option<Box<str>>,
            #[serde(deserialize_with = "crate::text::json::by_name")]
            starts: BTreeMap<Attacker, Probability>,
            #[serde(default = "usual")]
            hard: Probability,
            #[serde(default)]
            groups: Vec<Box<str>>,
            techniques: Option<Vec<Technique>>,
            #[serde(default)]
            date: Box<str>,
            #[serde(default)]
            source: Box<str>,
        }
        let Stated { id, name, starts, hard, groups, techniques, date, source } =
            crate::text::json::parse(&crate::text::decoded(document)?)?;
        let stated = techniques.unwrap_or_default();
        let limited = !groups.is_empty() || !stated.is_empty();
        let stated = stated.into_iter().map(Technique::parent);
        let mut known: BTreeSet<Technique> =
            stated.chain(techniques_of(ANYONE).into_iter().flatten()).collect();
        for (n, group) in groups.iter().enumerate() {
            let of_group = techniques_of(group).ok_or_else(|| {
                let message = format!(
                    "{} is no group that the table of techniques has: state its techniques instead",
                    quoted(group)
                );
                Error::new(ErrorKind::NotFound, message).at(format_args!("/groups/{n}"))
            })?;
            known.extend(of_group);
        }
        let name = name.unwrap_or_else(|| id.clone());
        Ok(Self { id, name, starts, hard, groups, techniques: limited.then_some(known), date, source })
    }

    /// The part of the starts of a kind of attacker that is theirs. What is assumed to see what would follow is assumed of all.
    ///
    /// ```
    /// use ctem_core::{intel::attackers::Profile, model::Attacker};
    ///
    /// assert_eq!(Profile::named("opportunist")?.starts_as(Attacker::Assumed).get(), 1.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn starts_as(&self, attacker: Attacker) -> Probability {
        match self.starts.get(&attacker) {
            Some(part) => *part,
            None if attacker == Attacker::Assumed => Probability::ONE,
            None => Probability::ZERO,
        }
    }

    /// Whether they use a technique, or one of its sub-techniques. What takes none is open to all. O(log n).
    ///
    /// ```
    /// use ctem_core::intel::attackers::Profile;
    ///
    /// assert!(!Profile::named("opportunist")?.uses(Some("T1649".parse()?)));
    /// assert!(Profile::named("nation")?.uses(Some("T1649".parse()?)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn uses(&self, technique: Option<Technique>) -> bool {
        match (&self.techniques, technique) {
            (Some(known), Some(technique)) => known.contains(&technique.parent()),
            (_, _) => true,
        }
    }

    fn of_row(row: &[&str]) -> Option<Self> {
        let [id, name, starts, hard, groups, date, source] = row else { return None };
        let part = |text: &str| text.parse::<f64>().ok().map(Probability::clamped);
        let starts = starts.split(' ').filter_map(|start| {
            let (attacker, chance) = start.split_once('=')?;
            Some((attacker.parse::<Attacker>().ok()?, part(chance)?))
        });
        let groups: Vec<&str> = groups.split(' ').collect();
        let all = groups == ["*"];
        let known = [ANYONE].into_iter().chain(groups.iter().copied()).filter_map(techniques_of).flatten();
        Some(Self {
            id: (*id).into(),
            name: (*name).into(),
            starts: starts.collect(),
            hard: part(hard)?,
            techniques: (!all).then(|| known.collect()),
            groups: groups.into_iter().filter(|group| *group != "*").map(Box::from).collect(),
            date: (*date).into(),
            source: (*source).into(),
        })
    }
}

/// The row of what takes nothing but the right itself: everybody does it.
const ANYONE: &str = "anyone";

/// What high attack complexity leaves of an attempt where nobody says more.
fn usual() -> Probability {
    Probability::clamped(0.5)
}

/// What a group is known to use.
fn techniques_of(group: &str) -> Option<Vec<Technique>> {
    let row = rows(include_str!("techniques.tsv")).find(|row| row.first().is_some_and(|id| *id == group))?;
    let [_, _, techniques] = &*row else { return None };
    Some(techniques.split(' ').filter_map(Technique::of).collect())
}

/// The rows of a table below its head.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_technique_is_one_that_attack_has() {
        let profiles = Profile::shipped();
        assert_eq!(profiles.len(), rows(include_str!("profiles.tsv")).count());
        for profile in &profiles {
            assert!(!profile.starts.is_empty() && !profile.source.is_empty(), "{}", profile.id);
            assert!(profile.groups.iter().all(|group| techniques_of(group).is_some()), "{}", profile.id);
        }
        for row in rows(include_str!("techniques.tsv")) {
            let [group, _, stated] = &*row else { panic!("{row:?}") };
            let known = techniques_of(group).unwrap();
            assert_eq!(known.len(), stated.split(' ').count(), "{group}");
            assert!(known.iter().all(|one| one.name().is_some() && *one == one.parent()), "{group}");
        }
    }
}
