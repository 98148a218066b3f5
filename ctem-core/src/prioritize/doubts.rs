//! Doubts: what a test could settle, and what the engine would believe after it.
//!
//! Of each the chance of its variable is told before and after both outcomes, by the same formulas that assess. So whoever weighs tests
//! weighs what an assessment would say once the outcome is absorbed.

use super::{
    Assessment, context::Context, exploitability, exposure_id::ExposureNumber, signals::Signals,
    term::Numbers,
};
use crate::{
    attack::Key,
    id::FindingId,
    model::{Control, Evidence, Finding, Outcome, Technique, fact::Related},
    quantity::Probability,
    validate::{LearntTrust, Means, Trust},
};

/// At most so many findings, those of the highest risk, and so many of each other kind.
const MOST: usize = 512;

/// Something uncertain that a test can settle.
pub(crate) struct Doubt<'a> {
    pub(crate) of: Doubted<'a>,
    /// Its variable.
    pub(crate) key: Key,
    /// The ATT&CK technique that a test would use.
    pub(crate) technique: Option<Technique>,
    pub(crate) means: Means,
    pub(crate) trust: Trust,
    /// The chance now that it is so: a finding exploitable, a relation usable, a control failing.
    pub(crate) belief: f64,
    /// What comes of a test that an attacker would be glad of, and of one that fails.
    pub(crate) answers: [Answered; 2],
}

/// What a doubt is about.
pub(crate) enum Doubted<'a> {
    Finding(&'a FindingId, &'a Finding),
    Relation(Related<'a>),
    Control(&'a Control),
}

/// An outcome of a test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) outcome: Outcome,
    /// How likely it is.
    pub(crate) likely: f64,
    /// The chance then that it is so.
    pub(crate) belief: f64,
}

impl Doubt<'_> {
    /// By what a belief multiplies the chance of the variable.
    pub(crate) fn ratio(&self, belief: f64) -> f64 {
        belief / self.belief
    }
}

impl Assessment {
    /// What verdicts taught of how far methods of testing are to be trusted, by method and kind of weakness: where one method exploited a
    /// finding, or somebody concluded that it is not affected, what the others said was right or wrong. Beliefs go by it.
    /// O(n log n) in the evidence.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // Nothing was settled yet.
    /// assert!(today.trusts().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "sensitivity")]
    #[doc(alias = "specificity")]
    pub fn trusts(&self) -> Vec<LearntTrust> {
        Context::of(&self.environment, &self.intel, self.as_of).taught.told()
    }

    /// What a test could settle: the findings of the highest risk, relations that are not sure, and controls. Also how many more findings
    /// there are. O(n log n).
    pub(crate) fn doubts(&self) -> (Vec<Doubt<'_>>, usize) {
        let context = Context::of(&self.environment, &self.intel, self.as_of).under(self.profile.as_ref());
        let findings = self.ranked.iter().filter_map(|ranked| match ranked.exposure {
            ExposureNumber::Finding(n) => Some(n as usize),
            ExposureNumber::Relation(_) => None,
        });
        let matters =
            |n: &usize| self.openings.list.get(*n).is_some_and(|step| self.snapshot.has_key(step.key));
        let mut findings = findings.filter(matters);
        let looked_at = findings.by_ref().take(MOST);
        let mut doubts: Vec<Doubt<'_>> =
            looked_at.filter_map(|n| self.doubted_finding(n, &context)).collect();
        let more = findings.count();
        let unsure = (0..self.snapshot.relations().len() as u32).filter_map(|n| self.doubted_relation(n));
        doubts.extend(unsure.take(MOST));
        doubts.extend(self.doubted_controls(&context).take(MOST));
        (doubts, more)
    }

    fn doubted_finding<'a>(&'a self, n: usize, context: &Context<'a>) -> Option<Doubt<'a>> {
        let standing = self.standing.get(n)?;
        let finding = self.environment.finding(&standing.id)?;
        let signals = context.signals(finding);
        if signals.exploit.is_some_and(|exploit| exploit.chance.is_some()) {
            // A chance that is stated as a whole is moved by no test.
            return None;
        }
        let belief = standing.factors.local;
        let means = Means::of(finding.weakness.kind);
        let trust = context.trust(finding, means.name(), means.trust());
        // The new test stands for an older one of its method.
        let known = context.evidence_of(&standing.id);
        let others: Vec<&Evidence> =
            known.iter().copied().filter(|evidence| *evidence.method != *means.name()).collect();
        let with = |outcome: Outcome| {
            let test = Evidence::new(standing.id.clone(), means.name(), outcome, self.as_of);
            let all: Vec<&Evidence> = others.iter().copied().chain([&test]).collect();
            believed(context, finding, &signals, &all)
        };
        let likely = works_with(believed(context, finding, &signals, &others), trust);
        let answers = [(Outcome::Exploited, likely), (Outcome::Blocked, 1.0 - likely)]
            .map(|(outcome, likely)| Answered { outcome, likely, belief: with(outcome) });
        is_open(belief).then_some(Doubt {
            of: Doubted::Finding(&standing.id, finding),
            key: self.openings.list.get(n)?.key,
            technique: standing.technique,
            means,
            trust,
            belief,
            answers,
        })
    }

    fn doubted_relation(&self, n: u32) -> Option<Doubt<'_>> {
        let related = self.related(n)?;
        let belief = related.fact.chance().get();
        let means = Means::of_relation(&related.fact.kind);
        let trust = means.trust();
        let likely = works_with(belief, trust);
        let (sensitivity, specificity) = (trust.sensitivity.get(), trust.specificity.get());
        let answers = [
            Answered { outcome: Outcome::Exploited, likely, belief: belief * sensitivity / likely },
            Answered {
                outcome: Outcome::Blocked,
                likely: 1.0 - likely,
                belief: belief * (1.0 - sensitivity)
                    / (belief * (1.0 - sensitivity) + (1.0 - belief) * specificity),
            },
        ];
        is_open(belief).then(|| Doubt {
            key: Key::related(&related),
            technique: related.fact.technique(),
            of: Doubted::Relation(related),
            means,
            trust,
            belief,
            answers,
        })
    }

    /// Controls in general, and against the classes of technique that tests tell apart.
    fn doubted_controls<'a>(&'a self, context: &Context<'a>) -> impl Iterator<Item = Doubt<'a>> {
        let controls = self.environment.controls().zip(0u32..);
        let mut doubts = Vec::new();
        for (control, n) in controls {
            let classes = self.openings.failures_against.iter().filter(|failure| failure.control == n);
            let general = self.openings.failures.get(n as usize).map(|fails| (None, *fails));
            let all = classes.map(|failure| (Some(failure.technique), failure.chance)).chain(general);
            for (class, fails) in all {
                let key = class.map_or_else(
                    || Key::control(&control.id),
                    |technique| Key::control_against(&control.id, technique),
                );
                if !is_open(fails.get()) || !self.snapshot.has_key(key) {
                    continue;
                }
                let [withstood, passed] = context.fails_after(control, class).map(Probability::get);
                let likely = fails.get();
                doubts.push(Doubt {
                    of: Doubted::Control(control),
                    key,
                    technique: class.or_else(|| control.against.first().copied()),
                    means: Means::Simulate,
                    trust: Means::Simulate.trust(),
                    belief: fails.get(),
                    answers: [
                        Answered { outcome: Outcome::Exploited, likely, belief: passed },
                        Answered { outcome: Outcome::Blocked, likely: 1.0 - likely, belief: withstood },
                    ],
                });
            }
        }
        doubts.into_iter()
    }
}

/// The chance that a finding can be exploited where it was seen, given these tests.
fn believed<'e>(
    context: &Context<'_>,
    finding: &Finding,
    signals: &Signals<'e>,
    tests: &[&'e Evidence],
) -> f64 {
    let mut signals = signals.clone();
    signals.evidence = context.weighed(finding, signals.prior().0, tests);
    exploitability::local(&Numbers, &signals)
}

/// The chance that a test succeeds.
fn works_with(belief: f64, trust: Trust) -> f64 {
    belief * trust.sensitivity.get() + (1.0 - belief) * (1.0 - trust.specificity.get())
}

/// Whether there is anything to settle.
fn is_open(belief: f64) -> bool {
    0.0 < belief && belief < 1.0
}
