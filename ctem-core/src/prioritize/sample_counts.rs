//! What is counted in worlds for a sample: whole numbers, so that those of different worlds add up to the bits of all of them.

use super::Assessment;
use crate::{
    attack::{Differences, FixSet, FixValues, Key, Limits, SampleStatistics, ShareCounts, Sizes, Worlds},
    error::{Error, ErrorKind, Result},
    model::LossSize,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What is counted in worlds for a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    pub(super) values: FixValues,
    pub(super) differences: Differences,
    /// The losses where events differ in size.
    pub(super) drawn: Option<Sizes>,
    /// Where shares were asked for, and no diagram has them.
    pub(super) shares: Option<ShareCounts>,
}

impl Counts {
    /// Adds what was counted in other worlds, all of it or nothing.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        let Self { values, differences, drawn, shares } = self;
        if drawn.is_some() != other.drawn.is_some() {
            return Err(another_assessment());
        }
        let shared = match (&*shares, &other.shares) {
            (Some(ours), Some(other)) => {
                let mut sum = ours.clone();
                sum.merge(other)?;
                Some(sum)
            }
            (None, None) => None,
            (_, _) => {
                let message = "one block has shares and another has none: count all with `shares`, or none";
                return Err(conflict(message));
            }
        };
        values.merge(&other.values)?;
        *shares = shared;
        differences.take(&other.differences);
        if let (Some(drawn), Some(other)) = (drawn, &other.drawn) {
            drawn.take(other);
        }
        Ok(())
    }

    /// Whether all of it is of the same worlds.
    pub(super) fn fits(&self) -> bool {
        let tally = self.values.tally();
        let worlds =
            |tally: &SampleStatistics| (tally.seed(), tally.blocks().to_vec(), tally.losses().to_vec());
        let same = |shares: &ShareCounts| {
            shares.is_whole() && shares.each().all(|values| worlds(values.tally()) == worlds(tally))
        };
        [0, tally.worlds() / 64].contains(&self.differences.blocks())
            && self.drawn.as_ref().is_none_or(|drawn| drawn.is_of(tally.worlds()))
            && self.shares.as_ref().is_none_or(same)
    }
}

impl Assessment {
    /// What is counted in blocks of worlds, up to where the caller says not to go on.
    pub(super) fn counts(
        &self,
        worlds: &Worlds<'_>,
        blocks: Range<u64>,
        shares: bool,
        limits: &Limits<'_>,
    ) -> Counts {
        let sizes = self.sizes();
        // Where all sizes are known, the tally has the losses.
        let differ = sizes.iter().any(|(_, size)| size.ends().0 != size.ends().1);
        Counts {
            values: worlds.fix_values_in(FixSet::Exposures, blocks.clone(), limits),
            shares: shares.then(|| worlds.share_counts(FixSet::Findings, blocks.clone(), limits)),
            differences: worlds.differences(blocks.clone(), limits),
            drawn: differ.then(|| worlds.drawn_in(&sizes, blocks, limits).0),
        }
    }

    /// By loss event: the key its size is drawn by, and the size.
    pub(super) fn sizes(&self) -> Vec<(Key, LossSize)> {
        let events = self.stake.events.iter().map(|stake| &stake.event);
        events.map(|event| (Key::of("loss", event.id.as_str()), event.loss)).collect()
    }
}

pub(super) fn conflict(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Conflict, message)
}

pub(super) fn another_assessment() -> Error {
    conflict(
        "the block is of another assessment: count it of this one, with the same environment, moment and options",
    )
}
