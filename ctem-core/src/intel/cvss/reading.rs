//! What a vector says about attacking, in terms all versions share.

use super::vector::{Vector, Version};

/// What an attacker needs and gains, whatever the version of the vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reading {
    /// From where it can be attacked.
    pub vector: AttackVector,
    /// Whether success depends on what the attacker does not control (`AC:H`; in version 4.0 also `AT:P`; in version 2.0
    /// only `AC:H`, since `AC:M` mostly stands for a person who must take part).
    pub hard: bool,
    /// What rights the attacker needs first.
    pub privileges: Privileges,
    /// Whether a person other than the attacker must take part.
    pub needs_person: bool,
    /// Whether systems beyond the weak one suffer.
    pub spreads: bool,
    /// What it does to secrecy.
    pub confidentiality: Impact,
    /// What it does to integrity.
    pub integrity: Impact,
    /// What it does to availability.
    pub availability: Impact,
}

/// From where an attack is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttackVector {
    /// By touching the device.
    Physical,
    /// From an account or program on it.
    Local,
    /// From the same network.
    Adjacent,
    /// From anywhere that reaches it.
    Network,
}

/// What rights an attack needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privileges {
    /// None.
    None,
    /// Those of a user.
    Low,
    /// Those of an administrator.
    High,
}

/// How much of a property is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Nothing.
    None,
    /// Some.
    Low,
    /// All, or what matters.
    High,
}

impl Reading {
    pub(super) fn of(vector: &Vector) -> Self {
        let is = |name: &str, value: &str| vector.metric(name) == Some(value);
        let impact = |name: &str| match vector.metric(name) {
            Some("H" | "C") => Impact::High,
            Some("L" | "P") => Impact::Low,
            Some(_) | None => Impact::None,
        };
        let attack_vector = match vector.metric("AV") {
            Some("P") => AttackVector::Physical,
            Some("L") => AttackVector::Local,
            Some("A") => AttackVector::Adjacent,
            Some(_) | None => AttackVector::Network,
        };
        let privileges = match vector.metric("PR").or(vector.metric("Au")) {
            Some("L" | "S") => Privileges::Low,
            Some("H" | "M") => Privileges::High,
            Some(_) | None => Privileges::None,
        };
        let names = if vector.version() == Version::V4_0 { ["VC", "VI", "VA"] } else { ["C", "I", "A"] };
        let [confidentiality, integrity, availability] = names.map(impact);
        Self {
            vector: attack_vector,
            hard: is("AC", "H") || is("AT", "P"),
            privileges,
            needs_person: is("UI", "R")
                || is("UI", "A")
                || (vector.version() == Version::V2 && is("AC", "M")),
            spreads: is("S", "C") || ["SC", "SI", "SA"].iter().any(|name| is(name, "H") || is(name, "L")),
            confidentiality,
            integrity,
            availability,
        }
    }
}
