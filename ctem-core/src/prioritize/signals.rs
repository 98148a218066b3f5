//! Signals: what is known of one finding, gathered from itself, from the world's tables and from the tables of effects.

use super::{
    priors::{self, Library, Prior, Tested},
    world::{Code, Entries, Listed, Quoted, World, Young},
};
use crate::{
    cvss::{Reading, Vector},
    id::Cve,
    intel::effects::{Class, Decision, Effect as Does, Effects, Match, is_published_flaw},
    model::{Exploit, Finding, Weakness, WeaknessKind},
    quantity::{Probability, Score, Severity},
    time::Moment,
    validate::Weight,
    word,
};
use std::cmp::Reverse;

/// What is known about one weakness at one place, gathered from the finding and the tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Signals<'a> {
    pub(super) kind: WeaknessKind,
    pub(super) epss: Option<Quoted<'a>>,
    pub(super) kev: Option<Listed<'a>>,
    pub(super) code: Option<Code>,
    pub(super) young: Option<Young>,
    pub(super) vector: Option<Vector>,
    pub(super) severity: Option<Severity>,
    /// What is thought of flaws in a library, where it is in one.
    pub(super) library: Option<&'a Class>,
    /// Whether the distributor of a package calls the flaw negligible.
    pub(super) negligible: bool,
    /// What the tables say the finding does, where they are asked and know.
    pub(super) decision: Option<Decision<'a>>,
    /// What is thought of findings of its sort, of all but published flaws.
    pub(super) class: Option<&'a Class>,
    pub(super) verified: Option<bool>,
    /// Whether it says that an identity has no second factor, so that whoever knows the password logs on.
    pub(super) lacks_factor: bool,
    /// Whether it is in the kernel of an operating system.
    pub(super) of_kernel: bool,
    /// Whether it is known who has the rights that the flaw needs, so that no chance must stand for it.
    pub(super) rights_are_known: bool,
    pub(super) exploit: Option<&'a Exploit>,
    /// What high attack complexity leaves of an attempt, where the kind of attacker says so.
    pub(super) hard: Option<Probability>,
    pub(super) evidence: Vec<Weight<'a>>,
    /// The other findings of its class that were tested.
    pub(super) others: Tested,
}

impl<'a> Signals<'a> {
    /// What a weakness's own words and the tables say of it.
    pub(super) fn of_weakness(weakness: &'a Weakness, world: &World<'a>) -> Self {
        let worst = worst_vector(&weakness.cvss);
        let mut signals = Self::of_cves(
            weakness.cves(),
            weakness.epss,
            weakness.known_exploited,
            weakness.published,
            world,
        );
        signals.kind = weakness.kind;
        signals.vector = worst.map(|(vector, _)| vector);
        signals.severity = weakness.severity.max(worst.map(|(_, score)| score.severity()));
        signals
    }

    /// What the tables say of the CVEs a weakness has, of several the worst; or else what a source quotes.
    pub(super) fn of_cves(
        cves: impl Iterator<Item = Cve> + Clone,
        epss: Option<Probability>,
        known_exploited: bool,
        published: Option<Moment>,
        world: &World<'a>,
    ) -> Self {
        let young = world.young(published, cves.clone());
        Self::of_entries(&world.entries(cves), epss, known_exploited, young, world)
    }

    /// The same of what the tables have, once that is looked up.
    pub(super) fn of_entries(
        entries: &Entries<'a>,
        epss: Option<Probability>,
        known_exploited: bool,
        young: Option<Young>,
        world: &World<'a>,
    ) -> Self {
        Self {
            epss: entries.epss.or(epss.map(|score| Quoted { score, table: None })),
            kev: entries.kev.or_else(|| known_exploited.then(|| world.listed(false, None))),
            code: entries.code,
            young,
            ..Self::default()
        }
    }

    /// Adds what is the finding's own, and what the tables say of it.
    pub(super) fn at(mut self, finding: &'a Finding, effects: &'a Effects) -> Self {
        let library = finding.component.as_ref().map_or(Library::No, Library::of);
        self.library = library.class().and_then(|class| effects.class(class));
        let mut called = finding.sightings.iter().filter_map(|sighting| sighting.severity.as_deref());
        self.negligible = self.library.is_some() && called.any(|word| word::is(word, &["negligible"]));
        self.verified = finding.secret.as_ref().and_then(|secret| secret.verified);
        self.exploit = finding.exploit.as_deref();
        self.of_kernel =
            finding.component.as_ref().is_some_and(|component| priors::is_kernel(&component.name));
        if is_published_flaw(finding) {
            return self;
        }
        let decision = effects.of(finding);
        let known = decision.by.is_some_and(|line| !self.vector_says_more(line.looks_at));
        let flaw = self.kind == WeaknessKind::Vulnerability;
        let step = self.exploit.is_some_and(|exploit| {
            exploit.needs.is_some() || exploit.gives.is_some() || exploit.opens.is_some()
        });
        let chance = self.exploit.is_some_and(|exploit| {
            exploit.threat.is_some()
                || exploit.local.is_some()
                || exploit.success.is_some()
                || exploit.chance.is_some()
        });
        // Who states what a finding leads to, or how likely, describes a step, and needs no table to say that it is one.
        if (step && decision.effect != Does::Keeps && !flaw) || (chance && !known && !flaw) {
            self.class = effects.class(DESCRIBED);
        } else if known || !flaw {
            (self.decision, self.class) = (Some(decision), Some(decision.class));
            self.lacks_factor = &*decision.class.id == NO_FACTOR;
        }
        self
    }

    /// The same of a finding whose asset is an identity, or is none: what no identity lacks is a weakening as any other.
    pub(super) fn on_identity(mut self, is_identity: bool, effects: &'a Effects) -> Self {
        if self.lacks_factor && !is_identity {
            (self.class, self.lacks_factor) = (effects.class(WEAKENING), false);
        }
        self
    }

    /// Whether a CVSS vector says more of a flaw than a line that looks only at words about it.
    fn vector_says_more(&self, looks_at: Match) -> bool {
        let in_words = matches!(looks_at, Match::Title | Match::Category | Match::Cwe | Match::Kind);
        self.kind == WeaknessKind::Vulnerability && self.vector.is_some() && in_words
    }

    pub(super) fn reading(&self) -> Option<Reading> {
        self.vector.map(|vector| vector.reading())
    }

    /// What is taken for true of the place before any test.
    pub(super) fn prior(&self) -> (Probability, Option<Believed<'a>>) {
        match self.exploit.and_then(|exploit| exploit.local) {
            Some(stated) => (stated, None),
            None => match self.believed() {
                Some(believed) => {
                    let believed = believed.given(self.others);
                    (believed.chance, Some(believed))
                }
                // Mere reach is no coin, and hygiene no step.
                None => (Probability::ONE, None),
            },
        }
    }

    /// What is thought of findings of this one's class.
    fn believed(&self) -> Option<Believed<'a>> {
        if self.keeps() && self.verified.is_some() {
            return Some(Believed::of(&priors::of_secret(self.verified)));
        }
        let prior = match self.class.or(self.library) {
            Some(class) => Believed {
                class: &class.name,
                chance: class.here?,
                worth: class.worth.unwrap_or(1.0),
                why: self.words(),
            },
            None => Believed::of(&priors::PRODUCT),
        };
        if self.class.is_some() || !self.negligible {
            return Some(prior);
        }
        let chance = Probability::clamped(prior.chance.get() * priors::NEGLIGIBLE);
        Some(Believed { chance, why: "A tenth, since its distributor calls it negligible.", ..prior })
    }

    /// What the tables say of the finding, in a sentence.
    pub(super) fn words(&self) -> &'a str {
        self.decision.map_or("", |decision| decision.words)
    }

    /// Whether it is a secret that lies somewhere.
    pub(super) fn keeps(&self) -> bool {
        self.kind == WeaknessKind::Secret
            || self.decision.is_some_and(|decision| decision.effect == Does::Keeps)
    }

    /// Whether the finding is hygiene: it lets nobody do anything.
    pub(super) fn is_hygiene(&self) -> bool {
        self.decision.is_some_and(|decision| decision.effect == Does::None)
    }
}

/// What is thought of findings of a class before any is tested.
#[derive(Debug, Clone, Copy)]
pub(super) struct Believed<'a> {
    /// The reference class.
    pub(super) class: &'a str,
    pub(super) chance: Probability,
    /// How many tests weigh as much as this opinion.
    pub(super) worth: f64,
    /// What is said of the finding besides.
    pub(super) why: &'a str,
}

impl Believed<'_> {
    /// The same once other findings of the class were tested: the mean of a Beta distribution,
    /// (worth · chance + exploitable) / (worth + tested).
    fn given(self, others: Tested) -> Self {
        if others.findings == 0 {
            return self;
        }
        let worth = self.worth + f64::from(others.findings);
        let mean = (self.worth * self.chance.get() + f64::from(others.exploitable)) / worth;
        Self { chance: Probability::clamped(mean), worth, ..self }
    }

    fn of(prior: &Prior) -> Self {
        let chance = Probability::clamped(prior.chance);
        Self { class: prior.class, chance, worth: f64::from(prior.worth), why: "" }
    }
}

/// The vector with the highest base score, and that score; of equal ones that of the newest version, and then the first.
fn worst_vector(vectors: &[Vector]) -> Option<(Vector, Score)> {
    let scored = vectors.iter().map(|vector| (vector.base_score(), vector.version(), Reverse(*vector)));
    scored.max().map(|(score, _, Reverse(vector))| (vector, score))
}

/// The class of identities without a second factor, and that of weakenings.
const NO_FACTOR: &str = "F";
const WEAKENING: &str = "W";
/// The class of a step that a person describes.
const DESCRIBED: &str = "P";
