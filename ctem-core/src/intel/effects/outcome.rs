//! Outcomes: what a finding does, how likely that is, and the sentence that says so.

use super::{
    class::{self, Class},
    lines::columns,
};
use crate::{
    error::{Error, Result, quoted},
    word::plain,
};
use hashbrown::HashMap;
use std::{fmt, sync::Arc};

/// What a finding lets an attacker do.
///
/// ```
/// use ctem_core::intel::effects::Effect;
///
/// // What may be listed as hygiene, without a place in any path?
/// assert!(Effect::ALL.contains(&Effect::None) && Effect::None.name() == "none");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// No step: listed as hygiene, and said. Logging off, old tags, limits.
    None,
    /// A control is missing or weaker: no second factor, no network policy, unsigned images.
    Weakens,
    /// Reach, or the data itself, for a zone or for everyone: a public bucket, a public snapshot.
    Opens,
    /// Who reaches it may use it: no password, a default password, injection.
    Entry,
    /// Who uses it may control it: a set-user-id program, a service that anyone may rewrite.
    Escalates,
    /// Who uses the workload controls the machine below: privileged, a host path, the engine's socket.
    Escapes,
    /// Who uses the identity controls what its rights cover: administrator rights, wildcards, `cluster-admin`.
    Grants,
    /// Who reads it holds a secret.
    Keeps,
    /// Says only who reaches it: an open port, a public address.
    Reaches,
    /// Who reaches it may try to log on.
    Login,
    /// No table says. Taken as a weakening, never as a door.
    Unknown,
}

impl Effect {
    /// Every effect, in the order of this declaration.
    pub const ALL: [Self; 11] = [
        Self::None,
        Self::Weakens,
        Self::Opens,
        Self::Entry,
        Self::Escalates,
        Self::Escapes,
        Self::Grants,
        Self::Keeps,
        Self::Reaches,
        Self::Login,
        Self::Unknown,
    ];

    /// The name, as in tables and documents.
    ///
    /// ```
    /// use ctem_core::intel::effects::Effect;
    ///
    /// assert_eq!(Effect::Escapes.name(), "escapes");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Weakens => "weakens",
            Self::Opens => "opens",
            Self::Entry => "entry",
            Self::Escalates => "escalates",
            Self::Escapes => "escapes",
            Self::Grants => "grants",
            Self::Keeps => "keeps",
            Self::Reaches => "reaches",
            Self::Login => "login",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An effect with all that is said of it.
///
/// ```
/// use ctem_core::intel::effects::{Effect, Effects, Signs};
///
/// let effects = Effects::shipped();
/// let logging = Signs { tool: "checkov", rule: "CKV2_AWS_4", ..Signs::default() };
/// let line = effects.decide(&logging).by.expect("a line decides");
/// assert_eq!((line.outcome.effect, line.outcome.technique.as_deref()), (Effect::None, None));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// What it lets an attacker do.
    pub effect: Effect,
    /// How likely that is before anything is known of a finding.
    pub class: Arc<Class>,
    /// The ATT&CK technique that the step is.
    pub technique: Option<Box<str>>,
    /// One sentence for whoever reads the report.
    pub words: Box<str>,
}

/// The outcomes that have a name, and the classes they are of.
#[derive(Debug)]
pub(super) struct Outcomes {
    pub(super) classes: Vec<Arc<Class>>,
    named: HashMap<Box<str>, Outcome>,
}

const SHIPPED: &str = include_str!("outcomes.tsv");

impl Outcomes {
    /// The shipped tables.
    pub(super) fn shipped() -> Result<Self> {
        let classes = class::shipped().map_err(|error| error.at("classes"))?;
        let mut outcomes = Self { classes, named: HashMap::new() };
        for line in columns(SHIPPED, 5) {
            let (at, fields) = line?;
            let [name, effect, class, technique, words] = *fields.as_slice() else { continue };
            let place = format!("outcomes line {at}");
            let outcome =
                outcomes.spelled([effect, class, technique, words]).map_err(|error| error.at(&place))?;
            if outcomes.named.insert(name.into(), outcome).is_some() {
                return Err(Error::invalid(format!("{} is there twice", quoted(name))).at(&place));
            }
        }
        Ok(outcomes)
    }

    /// The outcome of a name.
    pub(super) fn named(&self, name: &str) -> Option<&Outcome> {
        self.named.get(name)
    }

    /// An outcome spelled out in four columns: effect, class, technique or `-`, words.
    pub(super) fn spelled(&self, fields: [&str; 4]) -> Result<Outcome> {
        let [effect, class, technique, words] = fields;
        let effect = Effect::ALL
            .into_iter()
            .filter(|known| *known != Effect::Unknown)
            .find(|known| known.name() == plain(effect))
            .ok_or_else(|| {
                Error::invalid(format!(
                    "{} is no effect: it must be none, weakens, opens, entry, escalates, escapes, grants, keeps, \
                     reaches or login",
                    quoted(effect)
                ))
            })?;
        let class = self.classes.iter().find(|known| &*known.id == class).ok_or_else(|| {
            let all: Vec<&str> = self.classes.iter().map(|known| &*known.id).collect();
            Error::invalid(format!("{} is no class: it must be one of {}", quoted(class), all.join(" ")))
        })?;
        if technique != "-" && !is_technique(technique) {
            return Err(Error::invalid(format!(
                "{} is no technique of ATT&CK: it looks like T1611 or T1078.004, or is - for none",
                quoted(technique)
            )));
        }
        if words.is_empty() {
            return Err(Error::invalid(
                "the words are missing: say in a sentence what it lets an attacker do",
            ));
        }
        let technique = Some(technique).filter(|id| *id != "-").map(Box::from);
        Ok(Outcome { effect, class: Arc::clone(class), technique, words: words.into() })
    }
}

/// `T1611` or `T1078.004`.
fn is_technique(id: &str) -> bool {
    let digits = |text: &str, n| text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = id.strip_prefix('T') else { return false };
    rest.split_once('.').map_or_else(|| digits(rest, 4), |(whole, part)| digits(whole, 4) && digits(part, 3))
}
