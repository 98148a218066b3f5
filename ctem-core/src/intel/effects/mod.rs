//! Effects: what a finding does, decided by tables that one can read and extend.
//!
//! Severity is not exploitability, and most settings let nobody in. Whether a rule of a scanner is a door, a login, a
//! right that leads too far or mere hygiene is knowledge about that rule, so it is data: one line a decision, in the
//! `.tsv` files beside this one.
//!
//! ```text
//! tool     match  value               outcome
//! prowler  rule   s3_bucket_public_access  public-data
//! nuclei   tag    default-login       seen-default-password
//! *        cwe    77|78|89            injection
//! ```
//!
//! An outcome is a name of `outcomes.tsv`, where its effect, class, technique and words are. A user's own table has
//! the same columns, or spells the outcome out. The user's lines come first. Then, and within each table, what is
//! surest comes first: the rule to the letter, a pattern over its id, over its title, then tags and categories that
//! the tool gives, then CWE, port, service, family and kind; within one of these the first line that fits.
//!
//! What no line decides is [`Effect::Unknown`]: a weakening, never a door. A person can add the line.
//!
//! What is left out: a flaw with a CVE is judged by its CVSS and its exploitation, not here; and what an effect does
//! to a graph is for the attack engine to say.

mod class;
mod finding;
mod lines;
mod outcome;
mod pattern;
mod signs;
mod table;

pub use class::Class;
pub use finding::UnknownRule;
pub(crate) use finding::is_published_flaw;
pub use outcome::{Effect, Outcome};
pub use signs::Signs;
pub use table::{Line, Match};

use crate::error::{Error, ErrorKind, Result};
use outcome::Outcomes;
use signs::Seen;
use std::sync::{Arc, LazyLock};
use table::Table;

/// The tables that say what findings do.
///
/// Cloning is cheap: tables are shared.
///
/// ```
/// use ctem_core::intel::effects::{Effects, Signs};
///
/// // What does this setting let an attacker do?
/// let effects = Effects::shipped();
/// let public = Signs { tool: "prowler", rule: "s3_bucket_public_access", ..Signs::default() };
/// assert_eq!(effects.decide(&public).effect.name(), "opens");
/// ```
#[derive(Debug, Clone)]
#[doc(alias("misconfiguration", "rules", "severity", "taxonomy"))]
pub struct Effects {
    outcomes: Arc<Outcomes>,
    /// The class of what no line decides.
    unknown: Arc<Class>,
    /// The user's table, then the shipped one.
    tables: Vec<Arc<Table>>,
    /// The user's table as it was handed in.
    own: Option<Arc<str>>,
}

const SHIPPED: [(&str, &str); 6] = [
    ("prowler", include_str!("prowler.tsv")),
    ("checkov", include_str!("checkov.tsv")),
    ("trivy", include_str!("trivy.tsv")),
    ("kubescape", include_str!("kubescape.tsv")),
    ("titles", include_str!("titles.tsv")),
    ("signs", include_str!("signs.tsv")),
];

impl Effects {
    /// The tables that come with the engine.
    ///
    /// ```
    /// use ctem_core::intel::effects::{Effect, Effects, Signs};
    ///
    /// // Is a privileged container a way in?
    /// let effects = Effects::shipped();
    /// let privileged = effects.decide(&Signs { tool: "kubescape", rule: "C-0057", ..Signs::default() });
    /// assert_eq!(privileged.effect, Effect::Escapes);
    /// assert_eq!(privileged.technique, Some("T1611"));
    /// assert_eq!(privileged.words, "Who has code in the container has the machine.");
    /// ```
    #[doc(alias = "new")]
    pub fn shipped() -> Self {
        // Read once, since it takes about a millisecond; it is the same forever.
        static TABLES: LazyLock<Effects> = LazyLock::new(|| {
            #[expect(
                clippy::expect_used,
                reason = "the text is part of the program, and a test reads every line of it"
            )]
            Effects::read_shipped().expect("shipped tables can be read")
        });
        TABLES.clone()
    }

    /// The shipped tables with a user's own lines in front of them.
    ///
    /// A line has tool, match, value and the name of an outcome, with tabs between, or instead of the name effect,
    /// class, technique (or `-`) and words. Lines that begin with `#` are for people.
    ///
    /// # Errors
    /// `malformed`, `invalid_input`, `not_found` or `conflict`, each with the line and what would do.
    ///
    /// ```
    /// use ctem_core::intel::effects::{Effect, Effects, Signs};
    ///
    /// // Our scanner has a rule of its own, and our buckets with this rule are public on purpose.
    /// let effects = Effects::with(
    ///     "acme\trule\tA-17\tno-login\n\
    ///      prowler\trule\ts3_bucket_public_access\tnone\tH\t-\tOur public buckets hold what is published.\n",
    /// )?;
    /// let ours = effects.decide(&Signs { tool: "acme", rule: "A-17", ..Signs::default() });
    /// assert_eq!(ours.effect, Effect::Entry);
    /// let bucket = Signs { tool: "prowler", rule: "s3_bucket_public_access", ..Signs::default() };
    /// assert_eq!(effects.decide(&bucket).effect, Effect::None);
    ///
    /// let error = Effects::with("acme\trule\tA-18\tdisaster").unwrap_err();
    /// assert_eq!(error.place(), Some("line 1"));
    /// # Ok::<(), ctem_core::error::Error>(())
    /// ```
    pub fn with(text: &str) -> Result<Self> {
        let mut effects = Self::shipped();
        let mut own = Table::default();
        own.read(OWN, text, &effects.outcomes)?;
        effects.tables.insert(0, Arc::new(own));
        effects.own = Some(text.into());
        Ok(effects)
    }

    /// The user's own table as it was handed in, where there is one.
    ///
    /// ```
    /// use ctem_core::intel::effects::Effects;
    ///
    /// // A program's document does not have it, so whoever keeps programs keeps it beside them.
    /// let effects = Effects::with("acme\trule\tA-17\tno-login")?;
    /// assert_eq!(effects.own(), Some("acme\trule\tA-17\tno-login"));
    /// # Ok::<(), ctem_core::error::Error>(())
    /// ```
    pub fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }

    /// What a finding does, from all that its scanner says of it.
    ///
    /// O(1) for a rule that a table names; otherwise as many comparisons as there are patterns.
    ///
    /// ```
    /// use ctem_core::{
    ///     intel::effects::{Effect, Effects, Signs},
    ///     model::WeaknessKind,
    /// };
    ///
    /// // An open port is a door only where what listens there asks nobody who they are.
    /// let effects = Effects::shipped();
    /// let port = |number| Signs {
    ///     tool: "nmap",
    ///     kind: Some(WeaknessKind::NetworkExposure),
    ///     port: Some((number, "tcp")),
    ///     ..Signs::default()
    /// };
    /// assert_eq!(effects.decide(&port(443)).effect, Effect::Reaches);
    /// assert_eq!(effects.decide(&port(3389)).effect, Effect::Login);
    /// assert_eq!(effects.decide(&port(2375)).effect, Effect::Entry);
    ///
    /// // What no line decides is a weakening, and says so.
    /// let strange = effects.decide(&Signs { tool: "acme", rule: "A-1", ..Signs::default() });
    /// assert_eq!((strange.effect, &*strange.class.id, strange.by), (Effect::Unknown, "W", None));
    /// ```
    #[doc(alias("classify", "effect"))]
    pub fn decide(&self, signs: &Signs<'_>) -> Decision<'_> {
        let seen = Seen::new(signs);
        let by = self.tables.iter().find_map(|table| table.find(&seen));
        let class = by.map_or(&*self.unknown, |line| &line.outcome.class);
        let said = seen.likelihood().and_then(|word| self.class(&format!("{}/{word}", class.id)));
        Decision {
            effect: by.map_or(Effect::Unknown, |line| line.outcome.effect),
            class: said.unwrap_or(class),
            technique: by.and_then(|line| line.outcome.technique.as_deref()),
            words: by.map_or(UNKNOWN_WORDS, |line| &line.outcome.words),
            by,
        }
    }

    /// How many lines are the user's own.
    ///
    /// ```
    /// use ctem_core::intel::effects::Effects;
    ///
    /// assert_eq!(Effects::shipped().own_lines(), 0);
    /// assert_eq!(Effects::with("acme\trule\tA-17\tlogging")?.own_lines(), 1);
    /// # Ok::<(), ctem_core::error::Error>(())
    /// ```
    pub fn own_lines(&self) -> usize {
        self.lines().take_while(|line| &*line.table == OWN).count()
    }

    /// The class of a short name.
    ///
    /// ```
    /// use ctem_core::intel::effects::Effects;
    ///
    /// // How sure are we of a door that a live test saw open?
    /// let effects = Effects::shipped();
    /// let seen = effects.class("D/seen").unwrap();
    /// assert_eq!(seen.here.unwrap().get(), 0.95);
    /// ```
    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes().find(|class| &*class.id == id)
    }

    /// All classes, in the order of their table.
    ///
    /// ```
    /// use ctem_core::intel::effects::Effects;
    ///
    /// assert!(Effects::shipped().classes().all(|class| !class.source.is_empty()));
    /// ```
    #[doc(alias = "priors")]
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.outcomes.classes.iter().map(|class| &**class)
    }

    /// All lines, the user's first.
    ///
    /// ```
    /// use ctem_core::intel::effects::{Effect, Effects};
    ///
    /// // Which rules of Kubescape do we take for a way out of a container?
    /// let effects = Effects::shipped();
    /// let escapes = effects.lines().filter(|line| &*line.tool == "kubescape" && line.outcome.effect == Effect::Escapes);
    /// assert!(escapes.count() > 10);
    /// ```
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.tables.iter().flat_map(|table| &table.lines)
    }

    fn read_shipped() -> Result<Self> {
        let outcomes = Outcomes::shipped()?;
        let unknown =
            outcomes.classes.iter().find(|class| &*class.id == UNKNOWN).cloned().ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    format!("class {UNKNOWN} is missing: it is for what no line decides"),
                )
            })?;
        let mut table = Table::default();
        for (name, text) in SHIPPED {
            table.read(name, text, &outcomes).map_err(|error| error.at(name))?;
        }
        Ok(Self { outcomes: Arc::new(outcomes), unknown, tables: vec![Arc::new(table)], own: None })
    }
}

impl Default for Effects {
    /// The shipped tables.
    fn default() -> Self {
        Self::shipped()
    }
}

/// What a finding does, and which line says so.
///
/// ```
/// use ctem_core::intel::effects::{Effect, Effects, Signs};
///
/// let effects = Effects::shipped();
/// let root = Signs { tool: "prowler", rule: "s3_bucket_public_access", ..Signs::default() };
/// let decision = effects.decide(&root);
/// // Who says so? The line of the table, so that a person can look.
/// assert_eq!((decision.effect, decision.by.is_some()), (Effect::Opens, true));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// What it lets an attacker do.
    pub effect: Effect,
    /// How likely that is before anything is known of this finding.
    pub class: &'a Class,
    /// The ATT&CK technique that the step is.
    pub technique: Option<&'a str>,
    /// One sentence for whoever reads the report.
    pub words: &'a str,
    /// The line that decided, unless none did.
    pub by: Option<&'a Line>,
}

/// The name of the user's own table.
const OWN: &str = "own";
/// The class of what no line decides.
const UNKNOWN: &str = "W";
const UNKNOWN_WORDS: &str = "No table says what this does: taken for a weakening, never for a way in.";
