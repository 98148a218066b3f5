//! What a world decides of a variable: a pure function of a seed, the variable's key and the world's number.

use super::Key;

/// A chance as a whole number of 2⁻⁶⁴; all ones is surely.
pub(crate) fn threshold(chance: f64) -> u64 {
    if chance >= 1.0 {
        return u64::MAX;
    }
    // Exact: what a number below 1 has behind its 64th binary digit is cut off.
    (chance.max(0.0) * 18_446_744_073_709_551_616.0) as u64
}

/// The key of a variable under a seed.
pub(crate) fn seeded(seed: u64, key: Key) -> u64 {
    let (high, low) = ((key.bits() >> 64) as u64, key.bits() as u64);
    mixed(low ^ mixed(high ^ mixed(seed)))
}

/// In which of 64 worlds a variable helps: bit n of block b speaks of world 64 b + n.
///
/// In every world the variable has a number u between 0 and 1, whose binary digits come from a counter-based generator
/// (SplitMix64's finaliser, Steele, Lea and Flood 2014, over a Weyl sequence), and it helps where u is below its chance: so a
/// higher chance only ever adds worlds. Digits are drawn for 64 worlds at once, the highest first, and only until each has
/// differed from the chance's: some eight words on average, one where the chance is a half.
pub(crate) fn worlds(seeded: u64, block: u64, threshold: u64) -> u64 {
    if threshold == u64::MAX {
        return u64::MAX;
    }
    let mut counter = mixed(seeded.wrapping_add(block.wrapping_mul(0xd1b5_4a32_d192_ed03)));
    let (mut below, mut open, mut rest) = (0, u64::MAX, threshold);
    while rest != 0 && open != 0 {
        counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let digits = mixed(counter);
        // All ones where the chance's digit is one.
        let one = ((rest as i64) >> 63) as u64;
        below |= open & !digits & one;
        open &= !(digits ^ one);
        rest <<= 1;
    }
    below
}

/// A number between 0 and 1 that belongs to a block as a whole.
pub(crate) fn unit(seeded: u64, block: u64) -> f64 {
    let bits = mixed(seeded.wrapping_add(block.wrapping_mul(0xd1b5_4a32_d192_ed03)));
    (bits >> 11) as f64 / 9_007_199_254_740_992.0
}

/// Stafford's thirteenth variant of a 64-bit finaliser: the finish of SplitMix64. Any number becomes one that looks like none near it,
/// so it is a hash as well.
pub(crate) fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(seed: u64, key: u128, chance: f64, blocks: u64) -> u64 {
        let seeded = seeded(seed, Key::new(key));
        (0..blocks).map(|block| u64::from(worlds(seeded, block, threshold(chance)).count_ones())).sum()
    }

    #[test]
    fn a_variable_helps_as_often_as_its_chance_says() {
        for (key, chance) in [(1, 0.5), (2, 0.1), (3, 0.003), (4, 0.97), (5, 1.0 / 3.0)] {
            let worlds = 64.0 * 4096.0;
            let share = count(9, key, chance, 4096) as f64 / worlds;
            let deviation = (chance * (1.0 - chance) / worlds).sqrt();
            assert!((share - chance).abs() < 4.5 * deviation, "{share} of {chance}");
        }
        assert_eq!((count(1, 1, 0.0, 9), count(1, 1, 1.0, 9)), (0, 9 * 64));
    }

    #[test]
    fn variables_blocks_and_seeds_are_independent() {
        let both = |a: u64, b: u64| f64::from((a & b).count_ones());
        let (mut keys, mut blocks, mut seeds) = (0.0, 0.0, 0.0);
        let of = |seed, key, block| worlds(seeded(seed, Key::new(key)), block, threshold(0.5));
        for n in 0..4096 {
            keys += both(of(1, n.into(), 7), of(1, u128::from(n) + 1, 7));
            blocks += both(of(1, 5, n), of(1, 5, n + 1));
            seeds += both(of(n, 5, 7), of(n + 1, 5, 7));
        }
        for sum in [keys, blocks, seeds] {
            // A quarter of 262,144 worlds; the deviation is 222.
            assert!((sum - 65_536.0).abs() < 1000.0, "{sum}");
        }
    }

    proptest! {
        #[test]
        fn a_higher_chance_only_adds_worlds(key: u128, seed: u64, block: u64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
            let of = |chance| worlds(seeded(seed, Key::new(key)), block, threshold(chance));
            prop_assert_eq!(of(a.min(b)) & !of(a.max(b)), 0);
        }
    }
}
