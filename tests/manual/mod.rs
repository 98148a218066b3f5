//! Tables of the manual that come from the corpora: held to what is measured, or, with `CTEM_BLESS` set, written again.

use std::{fs, path::Path};

/// Holds what stands in the chapter on back-tests between the lines `<!-- NAME -->` and `<!-- end -->` to what was measured.
pub fn holds(name: &str, measured: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctem-core/src/manual/back_test.md");
    let chapter = fs::read_to_string(&path).unwrap();
    let (before, rest) = chapter.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (stands, after) = rest.split_once("<!-- end -->").unwrap();
    if std::env::var_os("CTEM_BLESS").is_some() {
        fs::write(&path, format!("{before}<!-- {name} -->\n\n{measured}\n<!-- end -->{after}")).unwrap();
        return;
    }
    assert_eq!(stands.trim(), measured.trim(), "with CTEM_BLESS=1 the table is written again");
}
