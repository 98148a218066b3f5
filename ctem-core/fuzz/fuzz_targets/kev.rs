//! Any bytes as a KEV catalogue: what is listed is found.
#![no_main]

use ctem_core::intel::kev::Kev;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(catalogue) = Kev::read(bytes, 1 << 20) else { return };
    assert!(catalogue.iter().count() == catalogue.len());
    for listing in catalogue.iter() {
        assert!(catalogue.listing(listing.cve).is_some());
    }
});
