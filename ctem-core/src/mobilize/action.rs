use crate::{
    id::{ActionId, AssetId, OwnerId},
    prioritize::ExposureId,
    word::words,
};
use serde::Serialize;
use std::fmt;

/// What somebody does: one piece of work that ends exposures, in the words of those who do it.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::ActionOptions;
///
/// // Who has to do what about the CVE, and how long does it take?
/// let actions = today.actions(&ActionOptions::default())?;
/// let patch = actions.iter().find(|action| action.id.as_str() == "patch CVE-2021-44228 on shop").expect("it is open");
/// assert_eq!((&*patch.title, patch.effort.hours), ("Patch CVE-2021-44228 on web shop", 2.0));
/// assert_eq!(patch.owner.as_ref().map(|owned| owned.owner.as_str()), Some("web"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "remediation")]
#[doc(alias = "fix")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Action {
    /// Its name: the same on every day on which it is to be done, whatever else changes.
    pub id: ActionId,
    /// What sort of work it is.
    pub kind: ActionKind,
    /// What to do, as one says it to somebody.
    pub title: Box<str>,
    /// The same where it is clear on what.
    #[serde(skip)]
    pub(crate) short_title: Box<str>,
    /// Where the work is, by asset: an image, rather than all that runs it.
    pub on: Vec<AssetId>,
    /// The findings and relations it ends, in the order of their ids.
    pub ends: Vec<ExposureId>,
    /// The version to go to, where it is an upgrade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetVersion>,
    /// Who does it, and by which rule; nobody where no rule matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnedBy>,
    /// How long it takes.
    pub effort: Effort,
    /// How one knows that it is done.
    pub done_when: Box<str>,
}

/// What sort of work an action is.
///
/// ```
/// use ctem_core::mobilize::ActionKind;
///
/// // Which are there, and what does each take where nobody says?
/// assert_eq!("Change Code".parse::<ActionKind>()?, ActionKind::ChangeCode);
/// assert!(ActionKind::Configure.default_hours() < ActionKind::Retire.default_hours());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ActionKind {
    /// A package goes to a version without the flaws, on one asset or a fleet.
    Upgrade,
    /// An image is built anew, on a newer base.
    Rebuild,
    /// A flaw is patched, on one asset or a fleet.
    Patch,
    /// A credential is changed wherever it lies.
    Rotate,
    /// A setting is set right, on one asset or in a whole realm.
    Configure,
    /// A right, a membership, a trust or a session is taken away.
    Revoke,
    /// A route or a public access is closed.
    Close,
    /// A control is put in place: a second factor, signing, segmentation.
    Enforce,
    /// The organisation's own code is changed.
    ChangeCode,
    /// What nobody maintains any more is replaced or switched off.
    Retire,
    /// What has no fix yet is shielded.
    Mitigate,
}

words! {
    ActionKind, "a kind of action" {
        Upgrade = "upgrade",
        Rebuild = "rebuild",
        Patch = "patch",
        Rotate = "rotate",
        Configure = "configure",
        Revoke = "revoke",
        Close = "close",
        Enforce = "enforce",
        ChangeCode = "change_code",
        Retire = "retire",
        Mitigate = "mitigate",
    }
}

/// The version an upgrade goes to: the least that ends the most.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel, mobilize::ActionOptions};
///
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "repository"}], "findings": [
///     {"asset": "shop", "weakness": {"id": "CVE-2020-8203"}, "component": {"name": "lodash", "version": "4.17.15"},
///         "sightings": [{"source": "npm", "fixed_in": ["4.17.20"]}]},
///     {"asset": "shop", "weakness": {"id": "CVE-2021-23337"}, "component": {"name": "lodash", "version": "4.17.15"},
///         "sightings": [{"source": "npm", "fixed_in": ["4.17.21"]}]}]}"#)?);
/// let actions = program.assess("2025-11-13".parse()?)?.actions(&ActionOptions::default())?;
/// assert_eq!(&*actions[0].title, "Update lodash on shop to 4.17.21");
/// assert_eq!(actions[0].target.as_ref().map(ToString::to_string).as_deref(), Some("4.17.21 ends 2 of 2"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TargetVersion {
    /// The package, as its sources call it.
    pub package: Box<str>,
    /// The version.
    pub version: Box<str>,
    /// So many findings of the package it ends.
    pub ends: usize,
    /// Of so many that stand.
    pub of: usize,
}

/// Who does an action, and why they do.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::ActionOptions;
///
/// let actions = today.actions(&ActionOptions::default())?;
/// let owned = actions.iter().find_map(|action| action.owner.as_ref()).expect("the shop has an owner");
/// assert_eq!((owned.owner.as_str(), &*owned.by), ("web", "owner of web shop"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OwnedBy {
    /// Who.
    pub owner: OwnerId,
    /// Their name for people, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The rule that says so, in words.
    pub by: Box<str>,
}

/// How long an action takes.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::ActionOptions;
///
/// // Nobody has said how long anything takes.
/// let actions = today.actions(&ActionOptions::default())?;
/// assert!(actions.iter().all(|action| action.effort.assumed && action.effort.hours > 0.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Effort {
    /// Hours of work, at least 0.
    pub hours: f64,
    /// Whether the engine assumes it, since neither a rule nor a record says so.
    pub assumed: bool,
    /// What says so, in words.
    pub by: Box<str>,
}

impl fmt::Display for TargetVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, ends, of, .. } = self;
        write!(f, "{version} ends {ends} of {of}")
    }
}
