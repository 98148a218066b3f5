//! Any bytes as a KEV catalogue: what is listed is found.

use ctem_core::intel::kev::Kev;

pub fn check(bytes: &[u8]) {
    let Ok(catalogue) = Kev::read(bytes, 1 << 20) else { return };
    assert!(catalogue.iter().count() == catalogue.len());
    for listing in catalogue.iter() {
        assert!(catalogue.listing(listing.cve).is_some());
    }
}
