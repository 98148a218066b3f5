//! The cycle: reports in, assessments out.

use crate::{
    discover::{self, Absorbed},
    error::Result,
    intel::{Intel, effects::UnknownRule},
    model::{Environment, Report},
    prioritize::{AssessOptions, Assessment, assess},
    time::Moment,
};
use std::sync::Arc;

/// A program of threat exposure management: what is known of an organisation, and of the world.
///
/// ```
/// use ctem_core::{Environment, Loss, Probability, Program, intel::Intel};
/// use ctem_core::model::{Access, AssetKind, Attacker, LossSize, RelationKind, Weakness, WeaknessKind};
///
/// let environment = Environment::builder()
///     .asset("shop", AssetKind::Host)
///     .asset("orders", AssetKind::DataStore)
///     .relation("shop", RelationKind::Reads, "orders")
///     .entry_point("shop", Access::Reach, Attacker::Internet)
///     .loss("sales", "orders leak", LossSize::known(Loss::new(1e6, "EUR".parse()?)?), "orders", Access::Use)
///     .finding("f-1", "shop", Weakness {
///         epss: Some(Probability::new(0.94)?),
///         cvss: vec!["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".parse()?],
///         ..Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability)
///     })
///     .build()?;
/// let today = Program::with_environment(environment, Intel::none()).assess("2025-11-13".parse()?)?;
/// let worst = today.ranked().next().expect("a finding stands");
/// assert_eq!(worst.to_string(), "1. CVE-2021-44228 on shop: risk EUR 423,000, leads to orders leak");
/// assert_eq!(today.explain(&worst.id)?.risk.folded(), worst.risk.value());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Program {
    environment: Arc<Environment>,
    intel: Intel,
}

impl Program {
    /// A program that knows nothing of the organisation yet.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// // Where nothing is known, nothing is ranked; what tools say is absorbed later.
    /// let program = Program::new(Intel::none());
    /// assert!(program.assess("2025-11-13".parse()?)?.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(intel: Intel) -> Self {
        Self { environment: Arc::default(), intel }
    }

    /// A program that knows an organisation and the world.
    ///
    /// ```
    /// use ctem_core::{Environment, Program, intel::Intel, model::AssetKind};
    ///
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).build()?;
    /// let program = Program::with_environment(environment, Intel::none());
    /// assert_eq!(program.environment().asset_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn with_environment(environment: Environment, intel: Intel) -> Self {
        Self { environment: Arc::new(environment), intel }
    }

    /// Takes a report in. What became of its records, and why some were rejected, comes back.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel};
    ///
    /// let mut program = Program::new(Intel::none());
    /// let document = br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1", "kind": "host"}, {"id": "", "kind": "host"}]}"#;
    /// let absorbed = program.absorb(discover::read(document)?);
    /// assert_eq!(absorbed.tally.to_string(), "read 2 = accepted 1 + merged 0 + rejected 1");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn absorb(&mut self, report: Report) -> Absorbed {
        // Copies the environment only while an earlier assessment still looks at it.
        discover::absorb(Arc::make_mut(&mut self.environment), report)
    }

    /// What is known of the organisation.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, wire};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// // Who mends what is found on the shop?
    /// let shop = program.environment().asset(&"shop".parse()?).expect("it is in the document");
    /// assert_eq!(shop.owner.as_ref().map(|owner| owner.as_str()), Some("web"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is known of the world.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// // Which of the world's tables are still to be handed in?
    /// let program = Program::new(Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?);
    /// assert!(program.intel().epss.is_some());
    /// assert!(program.intel().kev.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn intel(&self) -> &Intel {
        &self.intel
    }

    /// Replaces what is known of the world.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// let mut program = Program::default();
    /// program.set_intel(Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?);
    /// assert!(program.intel().epss.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn set_intel(&mut self, intel: Intel) {
        self.intel = intel;
    }

    /// The rules whose findings no table of effects decides, the most findings first; see
    /// [`Effects::unknown_rules`](crate::intel::effects::Effects::unknown_rules).
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::{Intel, effects::Effects}};
    ///
    /// let mut program = Program::default();
    /// program.absorb(discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}],
    ///     "findings": [{"asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}]}"#)?);
    /// let unknown = program.unknown_rules();
    /// // Somebody looks at the rule, finds that it is a door, and says so.
    /// let line = format!("{}\tno-login", unknown[0].line);
    /// program.set_intel(Intel::none().with_effects(Effects::with(&line)?));
    /// assert!(program.unknown_rules().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unknown_rules(&self) -> Vec<UnknownRule> {
        self.intel.effects.unknown_rules(&self.environment)
    }

    /// Assesses what is known as of a moment, 30 days ahead.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, wire};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// let today = program.assess("2025-11-13".parse()?)?;
    /// // What should be fixed first?
    /// assert_eq!(today.ranked().next().map(|worst| worst.id.to_string()).as_deref(), Some("f-1"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`assess`].
    pub fn assess(&self, as_of: Moment) -> Result<Assessment> {
        self.assess_with(as_of, AssessOptions::default())
    }

    /// Assesses what is known as of a moment.
    ///
    /// ```
    /// use ctem_core::{Days, Program, prioritize::AssessOptions};
    ///
    /// let week = AssessOptions { horizon: Days::horizon(7.0)?, ..AssessOptions::default() };
    /// assert_eq!(Program::default().assess_with("2025-11-13".parse()?, week)?.horizon().get(), 7.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`assess`].
    pub fn assess_with(&self, as_of: Moment, options: AssessOptions<'_>) -> Result<Assessment> {
        assess(&self.environment, &self.intel, as_of, options)
    }
}

impl From<Environment> for Program {
    /// A program that knows an organisation, and of the world what its tools say.
    fn from(environment: Environment) -> Self {
        Self::with_environment(environment, Intel::none())
    }
}
