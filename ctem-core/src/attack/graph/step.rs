//! Steps: what turns states into a state, and what each stands for.

/// The number of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(pub(crate) u32);

/// What a step stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// An attacker starts here: the number of the entry point.
    Entry(u32),
    /// An asset whose place is unknown is taken to be reachable with some chance: the asset's number.
    Unplaced(u32),
    /// A relation: the number of the rule.
    Rule(u32),
    /// A finding, by its number among the openings.
    Finding(u32),
    /// More access includes less.
    Ladder,
    /// A threat becomes active.
    Threat(u32),
    /// A control fails.
    Failure(u32),
    /// A condition of a loss event.
    Trigger(u32),
    /// A step of a graph put together by hand, by its number there.
    Stated(u32),
    /// What all steps to a state need that one variable guards: the variable's number.
    Gate(u32),
}

/// What a step stands for, in 32 bits: which kind above, and its number below.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packed(u32);

impl Packed {
    const BITS: u32 = 28;

    pub(crate) fn of(origin: Origin) -> Self {
        let (kind, number) = match origin {
            Origin::Entry(n) => (0, n),
            Origin::Unplaced(n) => (1, n),
            Origin::Rule(n) => (2, n),
            Origin::Finding(n) => (3, n),
            Origin::Ladder => (4, 0),
            Origin::Threat(n) => (5, n),
            Origin::Failure(n) => (6, n),
            Origin::Trigger(n) => (7, n),
            Origin::Stated(n) => (8, n),
            Origin::Gate(n) => (9, n),
        };
        Self(kind << Self::BITS | number & ((1 << Self::BITS) - 1))
    }

    pub(crate) fn origin(self) -> Origin {
        let number = self.0 & ((1 << Self::BITS) - 1);
        match self.0 >> Self::BITS {
            0 => Origin::Entry(number),
            1 => Origin::Unplaced(number),
            2 => Origin::Rule(number),
            3 => Origin::Finding(number),
            5 => Origin::Threat(number),
            6 => Origin::Failure(number),
            7 => Origin::Trigger(number),
            8 => Origin::Stated(number),
            9 => Origin::Gate(number),
            _ => Origin::Ladder,
        }
    }

    pub(crate) fn is_finding(self) -> bool {
        self.0 >> Self::BITS == 3
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.origin().fmt(f)
    }
}
