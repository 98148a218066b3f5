//! Any document, read, absorbed, assessed and explained: bounds hold, and every explanation folds to its number, to the bit.

use ctem_core::{
    Program,
    discover::{ReadOptions, read_with},
    intel::Intel,
    wire,
};

pub fn check(bytes: &[u8]) {
    let options = ReadOptions { most_bytes: 1 << 18, ..ReadOptions::default() };
    let Ok(report) = read_with(bytes, &options) else { return };
    let mut program = Program::new(Intel::none());
    program.absorb(report);
    let as_of = "2025-11-13".parse().expect("a day");
    let Ok(today) = program.assess(as_of) else { return };
    for exposure in today.ranked().take(50) {
        let risk = exposure.risk;
        assert!(0.0 <= risk.lower() && risk.lower() <= risk.upper(), "{exposure}: {risk:?}");
        let explanation = today.explain(&exposure.id).expect("what is ranked can be explained");
        assert_eq!(explanation.risk.folded().to_bits(), risk.value().to_bits(), "{exposure}");
        assert_eq!(explanation.risk.value.to_bits(), risk.value().to_bits(), "{exposure}");
    }
    for jewel in today.loss_events() {
        assert!(jewel.chance.upper() <= 1.0, "{:?}", jewel.chance);
    }
    wire::assessment(&today, &wire::DocumentOptions { at_most: 10, explained: true, ..Default::default() });
}
