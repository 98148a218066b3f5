//! A sample in blocks: worlds that are counted apart, in other processes or on other machines, and put together again.
//!
//! A world follows from the seed and its number alone, and all that is counted are whole numbers. So blocks of worlds add up, in any order, to
//! what one process counts over all of them, and what is worked out of the sums has the same bits. A block can be written and read (serde); it says
//! which engine counted it, and of which assessment, so that nothing is added to what it is not part of.
//!
//! What it leaves out: who sends blocks where. Counting until bounds are close enough is for one process: when to end is seen by all worlds
//! together.

use super::{
    Assessment, MeasureOptions, Sample, SampleOptions,
    measure::ended,
    sample_counts::{Counts, another_assessment, conflict},
};
use crate::{
    attack::{Id, Limits, MOST_BLOCKS, OnProgress, Worlds, latch},
    error::{Error, ErrorKind, Result},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{ops::Range, sync::atomic::AtomicBool};

/// What was counted in some blocks of 64 worlds of an assessment's sample: a part that others are added to.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{SampleBlock, SampleOptions};
///
/// // Does a block come through a file, to be added to on another machine?
/// let options = SampleOptions::default();
/// let mut all = today.sample_block(0..100, &options)?;
/// let written = serde_json::to_string(&today.sample_block(100..256, &options)?).unwrap();
/// all.merge(&serde_json::from_str::<SampleBlock>(&written).unwrap())?;
/// assert_eq!(today.sample_of(&all, &options)?, today.sample(&options));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "distributed")]
#[doc(alias = "map reduce")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct SampleBlock {
    engine: Box<str>,
    /// The digest of what was counted.
    of: Box<str>,
    counts: Counts,
}

impl SampleBlock {
    /// How many worlds were looked at.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// assert_eq!(today.sample_block(3..5, &SampleOptions::default())?.worlds(), 128);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn worlds(&self) -> u64 {
        self.counts.values.tally().worlds()
    }

    /// The seed they are of.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// assert_eq!(today.sample_block(0..1, &SampleOptions { seed: 7, ..SampleOptions::default() })?.seed(), 7);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn seed(&self) -> u64 {
        self.counts.values.tally().seed()
    }

    /// Adds what was counted in other worlds of the same sample.
    ///
    /// # Errors
    /// `conflict` when the other was counted by another version of the engine, is of another assessment or seed, has worlds in common with this,
    /// or has shares where this has none; nothing is added then.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// // A block that comes twice counts once.
    /// let mut block = today.sample_block(0..4, &SampleOptions::default())?;
    /// let error = block.merge(&block.clone()).unwrap_err();
    /// assert_eq!((error.code(), error.message()), ("conflict", "worlds 0 to 255 are in both tallies"));
    /// assert_eq!(block.worlds(), 256);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        other.belongs(&self.of)?;
        self.counts.merge(&other.counts)
    }

    /// Whether it was counted by this engine, of what has this digest.
    fn belongs(&self, of: &str) -> Result<()> {
        if *self.engine != *ENGINE {
            let message =
                format!("the block was counted by ctem {}, and this is {ENGINE}: count it anew", self.engine);
            return Err(conflict(message));
        }
        if *self.of == *of { Ok(()) } else { Err(another_assessment()) }
    }
}

/// A block as it is read, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    engine: Box<str>,
    of: Box<str>,
    counts: Counts,
}

impl TryFrom<Written> for SampleBlock {
    type Error = Error;

    fn try_from(Written { engine, of, counts }: Written) -> Result<Self> {
        if counts.fits() {
            Ok(Self { engine, of, counts })
        } else {
            let message = "the block's counts are not of the same worlds: it must be one that `sample_block` has written";
            Err(Error::invalid(message))
        }
    }
}

impl Assessment {
    /// Counts some blocks of 64 worlds of a sample: one part of it, to be added to others and made a sample of by
    /// [`sample_of`](Self::sample_of). Of the options it heeds the seed, `shares` and `nodes`, and the progress.
    ///
    /// # Errors
    /// `invalid_input` for no blocks, or for some beyond the first 2³⁶; `cancelled` where the caller ends it: a part of a block is none.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// // The second of two machines that share 16,384 worlds.
    /// let second = today.sample_block(128..256, &SampleOptions::default())?;
    /// assert_eq!(second.worlds(), 8192);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "distributed")]
    pub fn sample_block(&self, blocks: Range<u64>, options: &SampleOptions<'_>) -> Result<SampleBlock> {
        if blocks.is_empty() {
            return Err(Error::invalid("a part of no blocks counts nothing: it must have at least one"));
        }
        if blocks.end > MOST_BLOCKS {
            let message = format!("`{}` is beyond the last block: there are {MOST_BLOCKS}", blocks.end - 1);
            return Err(Error::invalid(message));
        }
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let SampleOptions { seed, nodes, .. } = *options;
        let progress = OnProgress::new(&ask);
        let shares = options.shares && {
            let how = MeasureOptions { seed, nodes, progress, ..MeasureOptions::default() };
            self.measure(how).counts_shares()
        };
        let limits = Limits { nodes, progress, ..Limits::default() };
        let counts = self.counts(&Worlds::new(&self.snapshot, seed), blocks, shares, &limits);
        match ended(&stopped) {
            Some(_) => Err(Error::new(ErrorKind::Cancelled, "the block was ended, as its caller asked")),
            None => Ok(SampleBlock { engine: ENGINE.into(), of: self.sampled_digest(), counts }),
        }
    }

    /// The sample of worlds that were counted in blocks: the same bits as [`sample`](Self::sample) gives of as many worlds. Of the options it
    /// heeds the confidence, `shares` and `nodes`, and the progress.
    ///
    /// # Errors
    /// `conflict` when the blocks are of another assessment, seed or version of the engine, when some between the first and the last are missing,
    /// or when they have no shares and these are asked for; `cancelled` where the caller ends it.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// // Is the first half of the worlds enough to be told apart from all of them?
    /// let options = SampleOptions::default();
    /// let second = today.sample_block(128..256, &options)?;
    /// let error = today.sample_of(&second, &options).unwrap_err();
    /// assert_eq!(error.message(), "worlds 0 to 8191 are missing: add the blocks that have them");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn sample_of(&self, counted: &SampleBlock, options: &SampleOptions<'_>) -> Result<Sample> {
        counted.belongs(&self.sampled_digest())?;
        if counted.seed() != options.seed {
            let message =
                format!("the blocks are of seed {}, and {} is asked for", counted.seed(), options.seed);
            return Err(conflict(message));
        }
        let mut next = 0;
        for (start, end) in counted.counts.values.tally().blocks() {
            if *start > next {
                let (first, last) = (next * 64, start * 64 - 1);
                return Err(conflict(format!(
                    "worlds {first} to {last} are missing: add the blocks that have them"
                )));
            }
            next = *end;
        }
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let SampleOptions { seed, confidence, nodes, .. } = *options;
        let (worlds, progress) = (counted.worlds(), OnProgress::new(&ask));
        let measure = self.measure(MeasureOptions { worlds, seed, confidence, nodes, progress });
        if ended(&stopped).is_some() {
            return Err(Error::new(ErrorKind::Cancelled, "the sample was ended, as its caller asked"));
        }
        if options.shares && measure.counts_shares() && counted.counts.shares.is_none() {
            return Err(conflict("the blocks have no shares: count them with `shares`, or leave it out"));
        }
        Ok(self.sample_of_counts(&measure, &counted.counts, None, options.shares, None))
    }

    /// The digest of all that worlds follow from, besides the seed: steps, the keys and chances of variables, and what events cost. O(m).
    fn sampled_digest(&self) -> Box<str> {
        let (layout, mut digest) = (&self.snapshot.layout, Sha256::new());
        let mut number = |number: usize| digest.update((number as u64).to_le_bytes());
        for step in self.snapshot.steps() {
            let [first, second] = layout.premise_pair(step);
            number(first.index());
            number(second.index());
            number(layout.guards.get(step).map_or(usize::MAX, |guard| guard.index()));
            number(layout.conclusion(step).index());
        }
        for state in layout.events.as_slice() {
            number(state.index());
        }
        for (id, variable) in layout.variables.entries() {
            digest.update(self.snapshot.key(id).map_or_else(String::new, |key| key.to_string()));
            digest.update(variable.chance.get().to_le_bytes());
        }
        for (key, size) in self.sizes() {
            let (low, high) = size.ends();
            digest.update(key.to_string());
            digest.update(low.to_le_bytes());
            digest.update(high.to_le_bytes());
        }
        digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }
}

/// The version that counts: another may draw or count otherwise.
const ENGINE: &str = env!("CARGO_PKG_VERSION");
