//! Rules: what a relation lets an attacker do. They are data, so a relation kind of the user's own needs no new code.

use crate::{
    error::Result,
    model::{Access, AssetKind, End, Premise, RelationKind, Rule, Technique},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The rules by which relations become steps.
///
/// The default rules are those of the engine; a list of one's own replaces them, or adds to them.
///
/// ```
/// use ctem_core::{attack::Rules, model::{Access, End, Premise, Rule}};
///
/// // Whoever can use a badge reader's controller reaches the rooms behind it.
/// let mut rules = Rules::default();
/// rules.add(Rule::new("unlocks".parse()?, [Premise::new(End::From, Access::Use)], Premise::new(End::To, Access::Reach)))?;
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rules {
    list: Vec<Rule>,
    /// The techniques that are used, without sub-techniques; all unless said.
    #[serde(skip)]
    techniques: Option<BTreeSet<Technique>>,
}

impl Rules {
    /// No rules: no relation does anything.
    ///
    /// ```
    /// # use ctem_core::{Environment, Probability};
    /// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
    /// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
    /// # let environment = Environment::builder()
    /// #     .asset("shop", AssetKind::Host)
    /// #     .asset("orders", AssetKind::DataStore)
    /// #     .relation("shop", RelationKind::Reads, "orders")
    /// #     .entry_point("shop", Access::Reach, Attacker::Internet)
    /// #     .build()?;
    /// # let half = Probability::new(0.5)?;
    /// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
    /// // What stays when relations let nobody on? The entry point.
    /// let snapshot = compile(&environment, &Rules::none(), &ExploitSteps::default(), &[])?;
    /// assert_eq!(snapshot.step_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn none() -> Self {
        Self { list: Vec::new(), techniques: None }
    }

    /// Adds a rule.
    ///
    /// ```
    /// use ctem_core::{attack::Rules, model::{Access, End, Premise, RelationKind, Rule}};
    ///
    /// // Something an attacker gets for nothing is an entry point, not a rule.
    /// let free = Rule::new(RelationKind::Reads, Vec::<Premise>::new(), Premise::new(End::To, Access::Use));
    /// assert_eq!(Rules::none().add(free).unwrap_err().code(), "invalid_input");
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when it has no premise, or more than eight.
    pub fn add(&mut self, rule: Rule) -> Result<()> {
        rule.check()?;
        self.list.push(rule);
        Ok(())
    }

    /// Leaves out all steps by other techniques than these and their sub-techniques, be they of relations or of findings. What is by no
    /// technique stays.
    ///
    /// ```
    /// use ctem_core::attack::Rules;
    ///
    /// let rules = Rules::default().limited_to(["T1190".parse()?]);
    /// assert!(!rules.allows(Some("T1611".parse()?)) && rules.allows(None));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn limited_to(self, techniques: impl IntoIterator<Item = Technique>) -> Self {
        let techniques = Some(techniques.into_iter().map(Technique::parent).collect());
        Self { techniques, ..self }
    }

    /// Whether steps by a technique are taken. O(log n).
    ///
    /// ```
    /// use ctem_core::attack::Rules;
    ///
    /// assert!(Rules::default().allows(Some("T1611".parse()?)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn allows(&self, technique: Option<Technique>) -> bool {
        match (&self.techniques, technique) {
            (Some(used), Some(technique)) => used.contains(&technique.parent()),
            (_, _) => true,
        }
    }

    /// The rules, in the order they were added.
    ///
    /// ```
    /// use ctem_core::attack::Rules;
    ///
    /// // Which techniques does the engine know a relation for?
    /// let rules = Rules::default();
    /// let mut techniques = rules.list().iter().filter_map(|rule| rule.technique);
    /// assert!(techniques.any(|technique| technique.to_string() == "T1530"));
    /// ```
    pub fn list(&self) -> &[Rule] {
        &self.list
    }
}

impl Default for Rules {
    fn default() -> Self {
        use Access::{Control, Down, Know, Reach, Read, Use, Write};
        use AssetKind as A;
        use End::{From, To};
        use RelationKind as R;

        let rule =
            |relation: R, premises: &[(End, Access)], conclusion: (End, Access), technique: &str| Rule {
                technique: Technique::of(technique),
                ..Rule::new(
                    relation,
                    premises.iter().map(|(end, access)| Premise::new(*end, *access)).collect::<Vec<_>>(),
                    Premise::new(conclusion.0, conclusion.1),
                )
            };
        let machines = [A::Host, A::Workload];
        // What people log on to, most of them without a say over what it operates.
        let consoles = [A::Host, A::Application];
        let code = [A::Host, A::Workload, A::Function];
        let people = [A::Identity, A::Group];
        // What runs: who changes its code or settings runs code on it.
        let running = [
            A::Host,
            A::Workload,
            A::Function,
            A::Pipeline,
            A::Application,
            A::Identity,
            A::Group,
            A::NetworkZone,
            A::Realm,
        ];
        Self {
            techniques: None,
            list: vec![
                // Who is in a zone reaches what the zone reaches; from a machine one must first run something.
                rule(R::Reaches, &[(From, Reach)], (To, Reach), "").from(&[A::NetworkZone]),
                rule(R::Reaches, &[(From, Use)], (To, Reach), "T1046").not_from(&[A::NetworkZone]),
                // A host's owner owns what runs on it, and stopping it stops that; a workload talks to its host.
                rule(R::RunsOn, &[(To, Control)], (From, Control), "T1609"),
                rule(R::RunsOn, &[(To, Down)], (From, Down), ""),
                rule(R::RunsOn, &[(From, Use)], (To, Reach), ""),
                rule(R::MemberOf, &[(From, Use)], (To, Use), "T1078"),
                rule(R::CanAssume, &[(From, Use)], (To, Use), "T1078.004").from(&people),
                rule(R::CanAssume, &[(From, Use)], (To, Use), "T1552.005").from(&code),
                // Who can write a workflow of a repository gets the token it is trusted with.
                rule(R::CanAssume, &[(From, Write)], (To, Use), "T1528").from(&[A::Repository, A::Image]),
                rule(R::CanAssume, &[(From, Use)], (To, Use), "T1528").not_from(&[
                    A::Host,
                    A::Workload,
                    A::Function,
                    A::Identity,
                    A::Group,
                    A::Repository,
                    A::Image,
                ]),
                // A right to administer a machine is worth something only with a way to it; all else is administered through an
                // interface of the platform, not by talking to the thing itself.
                rule(R::Administers, &[(From, Use), (To, Reach)], (To, Control), "T1021").to(&machines),
                rule(R::Administers, &[(From, Use)], (To, Control), "T1098").not_to(&machines),
                // Who has the right operates; of a console with users of its own it is whoever rules the console.
                rule(R::Operates, &[(From, Use)], (To, Control), "T1651").not_from(&consoles),
                rule(R::Operates, &[(From, Control)], (To, Control), "T1651").from(&consoles),
                rule(R::LogsOnTo, &[(From, Use), (To, Reach)], (To, Use), "T1021"),
                // Reading discloses, and writing tampers; neither is the other, and neither runs code.
                rule(R::Reads, &[(From, Use)], (To, Read), "T1530"),
                rule(R::Writes, &[(From, Use)], (To, Write), "T1565").not_to(&running),
                rule(R::Writes, &[(From, Use)], (To, Control), "T1565").to(&running),
                rule(R::Builds, &[(From, Write)], (To, Control), "T1195.002"),
                rule(R::InstanceOf, &[(To, Write)], (From, Control), "T1525"),
                // Who runs code in a workload sees the files of its image.
                rule(R::InstanceOf, &[(From, Use)], (To, Read), "T1005"),
                rule(R::HoldsSessionOf, &[(From, Use)], (To, Use), "T1552.001").from(&[
                    A::Workload,
                    A::Function,
                    A::Pipeline,
                ]),
                rule(R::HoldsSessionOf, &[(From, Read)], (To, Use), "T1552.001").from(&[
                    A::Repository,
                    A::Image,
                    A::DataStore,
                    A::Credential,
                ]),
                rule(R::HoldsSessionOf, &[(From, Control)], (To, Use), "T1003").not_from(&[
                    A::Workload,
                    A::Function,
                    A::Pipeline,
                    A::Repository,
                    A::Image,
                    A::DataStore,
                    A::Credential,
                ]),
                // Who rules a realm rules what is in it.
                rule(R::Contains, &[(From, Control)], (To, Control), "T1078"),
                // What stands in a zone talks to all that stands there.
                rule(R::LiesIn, &[(From, Use)], (To, Reach), ""),
                rule(R::LiesIn, &[(To, Reach)], (From, Reach), ""),
                rule(R::EscapesTo, &[(From, Use)], (To, Control), "T1611"),
                // A password is held by whoever reads where it lies; a logon, which a second factor may guard, makes it an identity.
                rule(R::Stores, &[(From, Read)], (To, Read), "T1552"),
                rule(R::Opens, &[(From, Read)], (To, Know), "T1078"),
                rule(R::DependsOn, &[(To, Down)], (From, Down), ""),
            ],
        }
    }
}
