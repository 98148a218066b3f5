//! Blast radius: what is lost once an attacker holds an asset.

use super::{
    Assessment,
    measure::{GoOn, Measure, SampleOptions, ended, latch},
};
use crate::{
    attack::{Overlay, Truncated},
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::Access,
    quantity::{Estimate, Unit},
};
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// What is lost once an asset is held.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The expected loss once an attacker holds an access to an asset, and all that the access includes.
    ///
    /// Counted over worlds, with bounds that hold with the confidence, within what is certain. O(m) a world.
    ///
    /// # Errors
    /// `not_found` when there is no such asset.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel, model::Access, prioritize::SampleOptions};
    ///
    /// // Nobody can get at the shop from outside. What if they could?
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(br#"{"ctem": {"version": 1},
    ///     "assets": [{"id": "shop", "kind": "host"}, {"id": "orders", "kind": "data_store"}, {"id": "mail", "kind": "host"}],
    ///     "relations": [{"kind": "reads", "from": "shop", "to": "orders"}],
    ///     "entry_points": [{"asset": "mail"}],
    ///     "services": [{"id": "sales", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    ///         "when": {"state": {"asset": "orders", "access": "use"}}}]}]}"#)?);
    /// let today = program.assess("2025-11-13".parse()?)?;
    /// let radius = |asset: &str, access| today.blast_radius(&asset.parse()?, access, SampleOptions::default(), &|_| true);
    /// assert_eq!(radius("shop", Access::Use)?.loss.value(), 1000.0);
    /// assert_eq!(radius("mail", Access::Control)?.loss.value(), 0.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn blast_radius(
        &self,
        asset: &AssetId,
        access: Access,
        options: SampleOptions,
        go_on: GoOn<'_>,
    ) -> Result<BlastRadius> {
        if self.environment.asset(asset).is_none() {
            let message = format!("{} is not an asset of this assessment", quoted(asset.as_str()));
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let stopped = AtomicBool::new(false);
        let go_on = latch(go_on, &stopped);
        let mut breach = Overlay::of(&self.snapshot);
        for includes in Access::ALL.into_iter().filter(|other| access.implies(*other)) {
            // What nothing speaks of leads nowhere.
            if let Some(state) = self.snapshot.held(&self.environment, asset, includes) {
                breach.given(state)?;
            }
        }
        // A diagram is of the graph as it is.
        let measure = Measure::of(&self.snapshot, SampleOptions { nodes: 0, ..options }, &go_on);
        let (_, loss) = measure.counted(measure.worlds().with(&breach));
        let most = self.losses.iter().sum();
        let loss = loss.within(self.total.lower(), most);
        Ok(BlastRadius {
            asset: asset.clone(),
            access,
            unit: self.stake.unit,
            loss,
            truncated: ended(&stopped),
        })
    }
}
