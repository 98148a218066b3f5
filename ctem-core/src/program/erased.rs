//! What erasing came to. It has no name of what was erased, so that it can be kept as a record.

use serde::Serialize;

/// What was erased, and what stands in its place.
///
/// ```
/// use ctem_core::{Program, discover, program::PseudonymKey, wire};
///
/// let mut program = Program::default();
/// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// let erased = program.erase(&["shop"], &PseudonymKey::new([7; 32]))?;
/// // The shop is still there, and nobody can tell that it is the shop.
/// let asset = program.environment().asset(&erased.things[0].pseudonym.parse()?).expect("it goes by its pseudonym");
/// assert!(asset.id.as_str().starts_with("erased-"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Erased {
    /// The persons, identities and assets, in the order in which they were named.
    pub things: Vec<ErasedThing>,
}

/// One person, identity or asset that was erased.
///
/// ```
/// use ctem_core::{Program, discover, program::PseudonymKey, wire};
///
/// let mut program = Program::default();
/// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// let erased = program.erase(&["web"], &PseudonymKey::new([7; 32]))?;
/// assert!(erased.things[0].places > 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErasedThing {
    /// What it goes by now.
    pub pseudonym: Box<str>,
    /// How many names of it were erased: what it went by, its other names, and what tools saw it as.
    pub names: usize,
    /// In how many places of the program's document one of them stood.
    pub places: u64,
}
