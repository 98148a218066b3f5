use crate::{
    attack::Truncated,
    discover::VERSION,
    id::{FindingId, LossEventId, RelationId},
    model::{Tactic, Technique},
    prioritize::{AttackerAction, Explanation, ExposureId, Foothold, Hop, Path, Paths, Term},
    quantity::{Loss, Probability},
    render::words,
};
use serde::Serialize;

/// The paths to a loss event as they are written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{prioritize::PathOptions, wire::PathsDocument};
///
/// let document = PathsDocument::of(today.paths(&"leak".parse()?, &PathOptions::default())?);
/// assert_eq!((document.version, document.list.len()), (2, 2));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Paths"))]
#[non_exhaustive]
pub struct PathsDocument {
    /// The version of the document.
    pub version: u32,
    /// The paths, the most probable first.
    pub list: Vec<PathDocument>,
    /// Why there are or may be more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// An explanation as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ExplanationDocument;
///
/// let document = ExplanationDocument::of(today.explain(&"f-1".parse()?)?);
/// assert_eq!(document.risk.value, 750.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Explanation"))]
#[non_exhaustive]
pub struct ExplanationDocument {
    /// The finding or relation.
    #[serde(flatten)]
    pub exposure: ExposureId,
    /// The risk, as a tree that folds to it.
    pub risk: Term,
    /// The most probable path through it to each loss event.
    pub paths: Vec<PathDocument>,
}

/// An attack path as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ExplanationDocument;
///
/// let document = ExplanationDocument::of(today.explain(&"f-3".parse()?)?);
/// assert_eq!(document.paths[0].name.as_ref(), "keys stolen");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Path"))]
#[non_exhaustive]
pub struct PathDocument {
    /// The loss event it ends in.
    pub event: LossEventId,
    /// The event's name.
    pub name: Box<str>,
    /// What the event costs.
    pub loss: Loss,
    /// The chance of this path, exactly.
    pub chance: Probability,
    /// Its hops, in the order an attacker takes them.
    pub hops: Vec<HopDocument>,
}

/// A hop of a path as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ExplanationDocument;
///
/// let document = ExplanationDocument::of(today.explain(&"f-1".parse()?)?);
/// let hop = &document.paths[0].hops[1];
/// assert_eq!((hop.kind, hop.of.as_deref(), &*hop.how), ("exploit", Some("open-admin"), "uses the setting open-admin"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Hop"))]
#[non_exhaustive]
pub struct HopDocument {
    /// What must be held before; nothing at the start.
    pub from: Vec<Foothold>,
    /// What is held after; nothing for a loss event.
    pub to: Option<Foothold>,
    /// What sort of action it is: `start`, `unplaced`, `relation`, `exploit` or `loss`.
    pub kind: &'static str,
    /// What the action is of: who starts, the kind of relation, the weakness's name, the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Box<str>>,
    /// What the attacker does, in words.
    pub how: Box<str>,
    /// The ATT&CK technique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technique: Option<TechniqueDocument>,
    /// The finding it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingId>,
    /// The relation it uses, where that may be taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<RelationId>,
    /// The chance of this hop, once what it needs is held.
    pub chance: Probability,
}

/// An ATT&CK technique as it is written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{prioritize::PathOptions, wire::PathsDocument};
///
/// let paths = PathsDocument::of(today.paths(&"theft".parse()?, &PathOptions::default())?);
/// let written = serde_json::to_value(&paths).expect("it is plain data");
/// let technique = r#""technique":{"id":"T1190","name":"Exploit Public-Facing Application","tactics":["initial_access"]}"#;
/// assert!(written.to_string().contains(technique));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Technique"))]
#[non_exhaustive]
pub struct TechniqueDocument {
    /// The id.
    pub id: Technique,
    /// The name, where ATT&CK has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// What the attacker is after by it, where ATT&CK says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tactics: Vec<Tactic>,
}

impl PathsDocument {
    /// The document of paths.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{prioritize::PathOptions, wire::PathsDocument};
    ///
    /// let paths = today.paths(&"theft".parse()?, &PathOptions::default())?;
    /// assert!(PathsDocument::of(paths).truncated.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(paths: Paths) -> Self {
        let list = paths.list.into_iter().map(PathDocument::of).collect();
        Self { version: VERSION, list, truncated: paths.truncated }
    }
}

impl ExplanationDocument {
    /// The document of an explanation.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::wire::ExplanationDocument;
    ///
    /// assert_eq!(ExplanationDocument::of(today.explain(&"f-2".parse()?)?).exposure.as_str(), "f-2");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(explanation: Explanation) -> Self {
        let Explanation { exposure, risk, paths } = explanation;
        Self { exposure, risk, paths: paths.into_iter().map(PathDocument::of).collect() }
    }
}

impl PathDocument {
    /// The document of a path.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{prioritize::PathOptions, wire::PathDocument};
    ///
    /// let paths = today.paths(&"leak".parse()?, &PathOptions::default())?.list;
    /// let document: Vec<PathDocument> = paths.into_iter().map(PathDocument::of).collect();
    /// assert_eq!(document[0].chance.get(), 0.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(path: Path) -> Self {
        let Path { event, name, loss, chance, hops } = path;
        Self { event, name, loss, chance, hops: hops.into_iter().map(HopDocument::of).collect() }
    }
}

impl HopDocument {
    fn of(hop: Hop) -> Self {
        let how = words::action(&hop.action).into();
        let finding = hop.finding().cloned();
        let relation = hop.relation().cloned();
        let Hop { from, to, action, technique, chance } = hop;
        let technique =
            technique.map(|id| TechniqueDocument { id, name: id.name(), tactics: id.tactics().collect() });
        let (kind, of) = match action {
            AttackerAction::Start(attacker) => ("start", Some(attacker.name().into())),
            AttackerAction::Unplaced => ("unplaced", None),
            AttackerAction::LogOn => ("log_on", None),
            AttackerAction::Relation { kind, .. } => ("relation", Some(kind.name().into())),
            AttackerAction::Exploit { weakness, .. } => ("exploit", Some(weakness)),
            AttackerAction::Loss { event, .. } => ("loss", Some(event.as_str().into())),
        };
        Self { from, to, kind, of, how, technique, finding, relation, chance }
    }
}
