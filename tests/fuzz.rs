//! What fuzzers found worth keeping, looked at again by the checks that they run. See CONTRIBUTING.md, *Fuzzing*.

use std::{fs, path::Path};

#[path = "../ctem-core/fuzz/checks/assess.rs"]
mod assess;
#[path = "../ctem-core/fuzz/checks/cvss.rs"]
mod cvss;
#[path = "../ctem-core/fuzz/checks/epss.rs"]
mod epss;
#[path = "../ctem-core/fuzz/checks/events.rs"]
mod events;
#[path = "../ctem-core/fuzz/checks/graph.rs"]
mod graph;
#[path = "../ctem-core/fuzz/checks/kev.rs"]
mod kev;
#[path = "../ctem-core/fuzz/checks/read.rs"]
mod read;
#[path = "../ctem-core/fuzz/checks/stream.rs"]
mod stream;

/// A fuzz target: its name, and what it checks.
type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 8] = [
    ("assess", assess::check),
    ("cvss", cvss::check),
    ("epss", epss::check),
    ("events", events::check),
    ("graph", graph::check),
    ("kev", kev::check),
    ("read", read::check),
    ("stream", stream::check),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file holds many inputs, each a text of which every character is one byte.
#[test]
fn what_was_found_before_holds() {
    for (name, check) in TARGETS {
        let path = root().join("tests/fuzz-corpus").join(format!("{name}.json"));
        let kept = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let kept: Vec<String> = serde_json::from_slice(&kept).expect("a list of texts");
        assert!(kept.len() >= 20, "{name}.json has {} inputs: is it whole?", kept.len());
        for (number, text) in (1..).zip(kept) {
            let bytes: Vec<u8> = text.chars().map(|byte| u8::try_from(byte).expect("a byte")).collect();
            let held = std::panic::catch_unwind(|| check(&bytes));
            assert!(held.is_ok(), "{name}.json, input {number}: {text:?}");
        }
    }
}
