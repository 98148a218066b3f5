//! Any bytes as an EPSS table: every row is counted once, and what is listed is found.

use ctem_core::intel::epss::Epss;

pub fn check(bytes: &[u8]) {
    let Ok(table) = Epss::read(bytes, 1 << 20) else { return };
    assert_eq!(table.tally.read, table.tally.accepted + table.tally.merged + table.tally.rejected);
    for (cve, score) in table.iter() {
        assert_eq!(table.score(cve), Some(score));
    }
}
