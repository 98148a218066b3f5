//! The long tail: real files of many tools, most of which a mapping reads. How many findings each has was counted by others; where
//! ours differ, `long_tail.tsv` says how many there are and why. Files that a format's own `corpora.tsv` lists are `readers`' business.
//!
//! It prints a table: tool, files, records that others count, findings read, and what is noted.

mod corpora;

use ctem_core::discover;
use std::{collections::BTreeMap, fs, path::Path};

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

/// What is known of a tool's files.
#[derive(Default)]
struct Tool {
    files: usize,
    read: usize,
    counted: usize,
    found: usize,
    notes: Vec<String>,
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn most_tools_are_read_and_every_difference_has_a_reason() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let known = fs::read_to_string(tests.join("long_tail.tsv")).unwrap();
    let known: BTreeMap<&str, Vec<&str>> = lines(&known).map(|fields| (fields[0], fields)).collect();
    let elsewhere: String = fs::read_dir(tests.join("reports"))
        .unwrap()
        .filter_map(|folder| fs::read_to_string(folder.unwrap().path().join("corpora.tsv")).ok())
        .collect();
    let elsewhere: BTreeMap<&str, ()> = lines(&elsewhere).map(|fields| (fields[0], ())).collect();

    let manifest = String::from_utf8(corpora::file("scans/MANIFEST.tsv")).unwrap();
    let (mut tools, mut wrong) = (BTreeMap::<&str, Tool>::new(), Vec::new());
    for fields in lines(&manifest).skip(1) {
        let (path, counted) = (fields[0], fields[3]);
        let tool = tools.entry(fields[1]).or_default();
        let report = discover::read(&corpora::file(&format!("scans/{path}")));
        let found = match &report {
            Ok(report) => report.contents.findings.len().to_string(),
            Err(error) => error.code().to_owned(),
        };
        tool.files += 1;
        tool.read += usize::from(report.is_ok());
        tool.counted += counted.parse::<usize>().unwrap_or(0);
        tool.found += found.parse::<usize>().unwrap_or(0);
        let (expected, reason) = match known.get(path) {
            Some(line) => (line[1], line.get(2).copied().unwrap_or_default()),
            None => (counted, ""),
        };
        if !reason.is_empty() {
            tool.notes.push(format!("{found}: {reason}"));
        }
        if elsewhere.contains_key(path) {
            continue;
        }
        if found != expected {
            wrong.push(format!("{path}: {found} findings, {expected} expected, {counted} counted"));
        } else if found != counted && reason.is_empty() {
            wrong.push(format!("{path}: {found} findings, {counted} counted, and no reason"));
        }
        if let Ok(report) = &report
            && report.tally.rejected > 0
            && !reason.contains("reject")
        {
            wrong.push(format!("{path}: {} rejected, the first: {}", report.tally.rejected, report.notes[0]));
        }
    }
    for (tool, Tool { files, read, counted, found, notes }) in &tools {
        println!("{tool:36}{read:>3} of {files:<3}{counted:>6}{found:>6}  {}", notes.join("; "));
    }
    let read = tools.values().filter(|tool| tool.read > 0).count();
    println!("{read} of {} tools are read", tools.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read >= 190, "{read} tools");
}
