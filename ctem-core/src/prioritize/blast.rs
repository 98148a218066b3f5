//! Blast radius: what is lost once an attacker holds an asset.

use super::{
    Assessment, MeasureOptions,
    measure::{counted, ended},
};
use crate::{
    attack::{Limits, OnProgress, Overlay, Truncated, Worlds, latch},
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::Access,
    quantity::{Estimate, Probability, Unit},
};
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// How a blast radius is counted. It is never exact, since decision diagrams are of the graph as it is.
///
/// ```
/// use ctem_core::prioritize::BlastRadiusOptions;
///
/// // To within a tenth, and then no more worlds.
/// let quick = BlastRadiusOptions { half_width: Some(0.1), ..BlastRadiusOptions::default() };
/// assert_eq!(quick.worlds, 16_384);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BlastRadiusOptions<'a> {
    /// So many worlds, rounded up to a multiple of 64; with `half_width` at most so many. 16,384 unless said.
    pub worlds: u64,
    /// Which worlds. 0 unless said.
    pub seed: u64,
    /// The chance that the bounds hold. 0.95 unless said.
    pub confidence: Probability,
    /// Ends the count once the bounds of the loss lie no further from its middle than this part of it. Counts all worlds unless
    /// said.
    pub half_width: Option<f64>,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for BlastRadiusOptions<'_> {
    fn default() -> Self {
        let MeasureOptions { worlds, seed, confidence, progress, .. } = MeasureOptions::default();
        Self { worlds, seed, confidence, half_width: None, progress }
    }
}

/// A blast radius: what is lost once an asset is held.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{model::Access, prioritize::BlastRadiusOptions};
///
/// // Which asset do we want an attacker to hold least?
/// let loss = |asset: &str| Ok::<_, ctem_core::Error>(
///     today.blast_radius(&asset.parse()?, Access::Control, &BlastRadiusOptions::default())?.loss.value());
/// assert!(loss("vault")? > loss("shop")?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "blast radius")]
#[doc(alias = "assumed breach")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BlastRadius {
    /// The asset.
    pub asset: AssetId,
    /// The access that is held.
    pub access: Access,
    /// What losses are counted in.
    pub unit: Unit,
    /// The expected loss within the horizon from then on, over all paths; what happens without the breach is part of it.
    pub loss: Estimate,
    /// Why it rests on fewer worlds than it was to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

impl Assessment {
    /// The blast radius of an asset: the expected loss once an attacker holds an access to it, and all that the access includes.
    ///
    /// Counted over worlds, with bounds that hold with the confidence, within what is certain. O(m) a world.
    ///
    /// # Errors
    /// `not_found` when there is no such asset.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{model::Access, prioritize::BlastRadiusOptions};
    ///
    /// // What if somebody gets into the database from outside? The orders leak, and thefts go on as before.
    /// let radius = today.blast_radius(&"orders".parse()?, Access::Use, &BlastRadiusOptions::default())?;
    /// assert!(radius.loss.lower() <= 1312.5 && 1312.5 <= radius.loss.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn blast_radius(
        &self,
        asset: &AssetId,
        access: Access,
        options: &BlastRadiusOptions<'_>,
    ) -> Result<BlastRadius> {
        if self.environment.asset(asset).is_none() {
            let message = format!("{} is not an asset of this assessment", quoted(asset.as_str()));
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let mut breach = Overlay::new(&self.snapshot);
        for includes in Access::ALL.into_iter().filter(|other| access.implies(*other)) {
            // What nothing speaks of leads nowhere.
            if let Some(state) = self.snapshot.state_of(&self.environment, asset, includes) {
                breach.given(state)?;
            }
        }
        let worlds = Worlds::new(&self.snapshot, options.seed).with(&breach);
        let (most, progress) = (options.worlds.max(1), OnProgress::new(&ask));
        let limits = Limits { worlds: most, progress, ..Limits::default() };
        let (_, loss) = counted(&worlds, options.confidence, options.half_width, &limits);
        let most = self.counted().iter().sum();
        let loss = loss.within(self.risk().lower(), most);
        Ok(BlastRadius {
            asset: asset.clone(),
            access,
            unit: self.stake.unit,
            loss,
            truncated: ended(&stopped),
        })
    }
}
