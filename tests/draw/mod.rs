//! What tests draw by chance: the same in every run, and other things for another seed.
//!
//! `CTEM_SEED` is 0 unless it is stated. A test that draws prints it, so that a failure says how to see it again;
//! `.ci/search` states one after the other.

/// The seed of this run. A test prints it the first time that it asks.
pub fn seed() -> u64 {
    thread_local! {
        static SEED: u64 = {
            let text = std::env::var("CTEM_SEED").unwrap_or_else(|_| "0".into());
            let seed = text.parse().unwrap_or_else(|_| panic!("`{text}` is no seed: CTEM_SEED is a whole number"));
            println!("CTEM_SEED={seed}");
            seed
        };
    }
    SEED.with(|seed| *seed)
}

/// Numbers that look random (SplitMix64: Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014).
pub struct Draw(u64);

impl Draw {
    /// The numbers that have this number, of the seed of this run.
    pub fn of(number: u64) -> Self {
        Self::fixed(number ^ seed().wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    /// The numbers that have this number, whatever the seed.
    pub fn fixed(number: u64) -> Self {
        Self(number)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// One of 0, 1, … up to an end that is not among them; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}
