//! What a finding lets an attacker do: from its CVSS, or from the tables of effects.
//!
//! An effect is said in terms of the finding's own asset, and of what stands around it: the machines below a workload, the
//! realm an identity is in. [`super::aim`] finds these.

use super::signals::Signals;
use crate::{
    cvss::{AttackVector, Impact, Privileges, Reading},
    intel::effects::{self, Decision, Match},
    model::{Access, Accesses, Exploit, Technique, WeaknessKind},
};

/// What an attacker needs for a finding and gains by it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Effect {
    /// The access to the asset that must come first.
    pub(super) needs: Access,
    /// The access it gives; none when it is no step.
    pub(super) gives: Option<Access>,
    pub(super) technique: Option<Technique>,
    /// From where.
    pub(super) from: From,
    /// On what.
    pub(super) on: On,
    /// The rights an attacker must have on the asset.
    pub(super) rights: Privileges,
    /// Whether it stops the asset besides what it gives.
    pub(super) stops: bool,
    /// Whether a person who works there must take part: whoever acts as one of them is as far as who reaches the asset.
    pub(super) needs_person: bool,
    /// What runs on its machine from within which it is exploited too.
    pub(super) within: Option<Within>,
    /// Whether it gives what somebody logs on with: of an identity with a second factor no more than the first.
    pub(super) is_factor: bool,
}

/// What runs on a machine and is as near to a flaw of it as what runs beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Containers, which share its kernel.
    Containers,
    /// Containers and machines on it that one runs code on, since the flaw is in what keeps them in.
    Guests,
    /// Those on which one has an administrator's rights.
    OwnedGuests,
}

/// From where an attacker exploits a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// From where one has the access that is needed.
    Access,
    /// From a foothold in the same zone.
    Beside,
    /// From anywhere on the internet.
    Anywhere,
}

/// What a finding gives access to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// Its asset.
    Asset,
    /// Its asset, and of an image what runs of it.
    Running,
    /// The machines that its asset runs on.
    Hosts,
    /// The realms that its asset is in.
    Realms,
    /// Those who log on to its asset.
    Users,
    /// What is built from its asset.
    Built,
}

impl Signals<'_> {
    /// What the finding does. What is stated holds; then what the tables say of its rule; then its CVSS.
    pub(super) fn effect(&self) -> Effect {
        let mut effect = match (&self.decision, self.reading()) {
            (Some(decision), _) => of_decision(decision, self.kind),
            (None, Some(reading)) if self.kind == WeaknessKind::Vulnerability => of_reading(&reading),
            (None, _) if self.kind == WeaknessKind::Permission => {
                Effect::new(Access::Use, Some(Access::Control), "T1098")
            }
            (None, _) => Effect::new(Access::Reach, Some(Access::Use), product(self.kind)),
        };
        if self.lacks_factor {
            // Nothing is asked for but the password.
            (effect.needs, effect.gives) = (Access::Know, Some(Access::Use));
        }
        if self.of_kernel && effect.needs == Access::Use && self.decision.is_none() {
            effect.within = effect.within.or(Some(Within::Containers));
        }
        if effect.on == On::Asset && effect.from != From::Anywhere && self.kind != WeaknessKind::Secret {
            effect.on = On::Running;
        }
        if let Some(exploit) = self.exploit {
            if self.keeps() && exploit.opens.is_some() {
                // Who can read the place finds the secret, and becomes whom it opens.
                effect.needs = Access::Read;
                effect.is_factor = exploit.gives.is_none();
            }
            effect.technique = exploit.technique.or(effect.technique);
            if exploit.needs.is_some() || exploit.gives.is_some() || exploit.opens.is_some() {
                // Who states one of these says where it leads.
                (effect.from, effect.on) = (From::Access, On::Asset);
                effect.gives = effect.gives.or(Some(Access::Use));
                effect.stops &= exploit.gives.is_none() && exploit.opens.is_none();
            }
            if exploit.needs.is_some() {
                // And who states what it needs says it all.
                (effect.rights, effect.needs_person, effect.within) = (Privileges::None, false, None);
            }
            effect.needs = exploit.needs.as_ref().and_then(Accesses::own).unwrap_or(effect.needs);
            effect.gives = exploit.gives.as_ref().and_then(Accesses::own).or(effect.gives);
            if exploit.technique.is_none() && effect.technique == Technique::of(REMOTE) && is_within(exploit)
            {
                // Who must be in already attacks nothing that faces the public.
                let elsewhere = exploit.opens.is_some() || exploit.gives.as_ref().is_some_and(is_list);
                effect.technique = Technique::of(if elsewhere { "T1210" } else { "T1068" });
            }
        }
        effect
    }
}

impl Effect {
    fn new(needs: Access, gives: Option<Access>, technique: &str) -> Self {
        let technique = Technique::of(technique);
        let (from, on, rights) = (From::Access, On::Asset, Privileges::None);
        let (stops, needs_person, within, is_factor) = (false, false, None, false);
        Self { needs, gives, technique, from, on, rights, stops, needs_person, within, is_factor }
    }
}

/// The technique of a flaw of which nothing else is known.
fn product(kind: WeaknessKind) -> &'static str {
    match kind {
        WeaknessKind::Vulnerability | WeaknessKind::CodeFlaw => "T1190",
        WeaknessKind::Secret => "T1552.001",
        WeaknessKind::NetworkExposure => "T1133",
        WeaknessKind::Permission | WeaknessKind::Misconfiguration => "",
    }
}

/// The step that a decision of the tables describes.
fn of_decision(decision: &Decision<'_>, kind: WeaknessKind) -> Effect {
    use effects::Effect as E;
    let technique = decision.technique.unwrap_or_default();
    let step = |needs, gives| Effect::new(needs, Some(gives), technique);
    match decision.effect {
        E::None => Effect::new(Access::Reach, None, technique),
        // A port that a scanner found open was reached from where the scanner stood, which nobody says.
        E::Reaches if kind == WeaknessKind::NetworkExposure => Effect::new(Access::Reach, None, technique),
        E::Reaches => Effect { from: From::Anywhere, ..step(Access::Reach, Access::Reach) },
        E::Opens => Effect { from: From::Anywhere, ..step(Access::Reach, opened(decision)) },
        E::Entry if decision.technique == Some(SESSION) => {
            Effect { on: On::Users, ..step(Access::Reach, Access::Use) }
        }
        E::Entry if kind == WeaknessKind::CodeFlaw => {
            Effect { on: On::Built, ..step(Access::Reach, Access::Use) }
        }
        // A setting that lets everyone try to log on is itself the way from the internet.
        E::Login if kind == WeaknessKind::Misconfiguration && is_by_rule(decision) => {
            Effect { from: From::Anywhere, ..step(Access::Reach, Access::Use) }
        }
        E::Entry | E::Login => step(Access::Reach, Access::Use),
        E::Escalates => step(Access::Use, Access::Control),
        E::Escapes => Effect { on: On::Hosts, ..step(Access::Use, Access::Control) },
        E::Grants => Effect { on: On::Realms, ..step(Access::Use, Access::Control) },
        // Of whom it is nobody says: whoever comes across it acts as the asset.
        E::Keeps => step(Access::Reach, Access::Use),
        E::Weakens | E::Unknown => step(Access::Use, Access::Control),
    }
}

/// Whether it is decided by the very rule of a tool, and not by words that many use.
fn is_by_rule(decision: &Decision<'_>) -> bool {
    decision.by.is_some_and(|line| line.looks_at == Match::Rule)
}

/// What is opened to everyone: the data, for reading or for writing, or only a way to it.
fn opened(decision: &Decision<'_>) -> Access {
    let data = decision.class.id.starts_with(DOOR);
    match decision.technique {
        Some(technique) if data && technique.starts_with(MANIPULATION) => Access::Write,
        Some(_) | None if data => Access::Read,
        Some(_) | None => Access::Reach,
    }
}

/// The step a CVSS vector describes.
fn of_reading(reading: &Reading) -> Effect {
    let (needs, technique) = match reading.vector {
        // What a person meets on the network is a page, and what beside them a document.
        AttackVector::Network if reading.needs_person => (Access::Reach, "T1189"),
        AttackVector::Adjacent if reading.needs_person => (Access::Reach, "T1203"),
        AttackVector::Network => (Access::Reach, "T1190"),
        AttackVector::Adjacent => (Access::Reach, "T1210"),
        // A file that a person opens comes from outside; otherwise one must already run something.
        AttackVector::Local if reading.needs_person => (Access::Reach, "T1203"),
        AttackVector::Local => (Access::Use, "T1068"),
        AttackVector::Physical => return Effect::new(Access::Use, None, ""),
    };
    let (confidentiality, integrity, availability) =
        (reading.confidentiality, reading.integrity, reading.availability);
    let total =
        integrity == Impact::High && (confidentiality == Impact::High || availability == Impact::High);
    let gives = match (confidentiality, integrity, availability) {
        // In a page of the weak system a person runs what the attacker wrote: the attacker acts as that person.
        _ if reading.spreads && reading.needs_person && reading.vector == AttackVector::Network && !total => {
            return Effect { on: On::Users, ..Effect::new(needs, Some(Access::Use), SESSION) };
        }
        _ if total => Some(Access::Control),
        (Impact::None, Impact::None, _) => None,
        (_, Impact::None, _) => Some(Access::Read),
        (Impact::None, _, _) => Some(Access::Write),
        (_, _, _) => Some(Access::Use),
    };
    // Who could already use it gains nothing by using it.
    let gives = gives.filter(|gives| !needs.implies(*gives));
    // What stops it does that besides; less only slows it down.
    let stops = availability == Impact::High && !total;
    let down = Some(Access::Down).filter(|_| stops);
    // From afar one exploits the application all the same, whatever comes of it.
    let remote = reading.vector == AttackVector::Network;
    let technique = if gives.is_none() && stops && !remote { "T1499.004" } else { technique };
    let mut effect = Effect::new(needs, gives.or(down), technique);
    effect.stops = stops && gives.is_some();
    effect.needs_person = reading.needs_person;
    if reading.vector == AttackVector::Adjacent {
        effect.from = From::Beside;
    }
    if reading.vector > AttackVector::Local {
        effect.rights = reading.privileges;
    }
    if reading.vector == AttackVector::Local && reading.spreads && total {
        // What is let out of: the flaw is in the machine that runs others, and met from within them.
        let owned = reading.privileges == Privileges::High;
        effect.within = Some(if owned { Within::OwnedGuests } else { Within::Guests });
    }
    effect
}

/// Whether all that a stated step needs is more than to reach something.
fn is_within(exploit: &Exploit) -> bool {
    match &exploit.needs {
        Some(Accesses::Own(access)) => *access != Access::Reach,
        Some(Accesses::Of(list)) => !list.is_empty() && list.iter().all(|held| held.access != Access::Reach),
        None => false,
    }
}

fn is_list(accesses: &Accesses) -> bool {
    accesses.own().is_none()
}

/// Exploiting an application that faces the public: what a flaw does of which nothing else is known.
const REMOTE: &str = "T1190";
/// The classes of doors begin with this.
const DOOR: &str = "D";
/// Stored data manipulation.
const MANIPULATION: &str = "T1565";
/// Stealing a session: what a flaw in a page does to the person who opens it.
pub(super) const SESSION: &str = "T1539";
