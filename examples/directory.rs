//! From a directory's collection and two scans to what to do first, and to what nearly all ways to each loss have in common.
//!
//!     cargo run --release --example directory
//!
//! `directory.py` and `directory.mjs` are the same program and print the same lines. By command the same is
//! `ctem --config examples/directory/ctem.toml`.

use ctem_core::{
    Program,
    discover::{self, ReadOptions},
    intel::Intel,
    model::RecordCounts,
    prioritize::MeasureOptions,
    render::{self, RenderOptions},
};
use std::{error::Error, fs, io};

/// What was collected of the directory, in files that speak of each other; the scans; and what the bank says of itself.
const FILES: [&str; 7] = [
    "collection/domains.json",
    "collection/users.json",
    "collection/groups.json",
    "collection/computers.json",
    "servers.nessus",
    "perimeter.nuclei.jsonl",
    "environment.json",
];

fn main() -> Result<(), Box<dyn Error>> {
    let epss = file("company/epss_scores-2025-11-13.csv")?;
    let kev = file("company/kev_2025-08-25.json")?;
    let mut program = Program::new(Intel::read(Some(&epss), Some(&kev))?);

    // Files that speak of each other are read together, whatever their order.
    let files = FILES.map(|name| file(&format!("directory/{name}")).map(|bytes| (name, bytes)));
    let files = files.into_iter().collect::<io::Result<Vec<_>>>()?;
    let collection = discover::read_collection(
        files.iter().map(|(name, bytes)| (*name, &bytes[..])),
        &ReadOptions::default(),
    )?;
    let (files, mut tally) = (collection.tally.read, RecordCounts::default());
    for report in collection.reports {
        tally += program.absorb(report).tally;
    }

    let today = program.assess("2025-11-13".parse()?)?;
    println!("Files: {files}");
    println!("Records: {tally}");
    print!("{}", render::table(&today, &RenderOptions::default()));
    for loss in today.loss_events().into_iter().filter(|loss| loss.stake.service.is_some()) {
        let event = &loss.stake.event;
        let points = today.choke_points(&event.id, &MeasureOptions::default())?;
        if points.list.is_empty() {
            continue;
        }
        println!(
            "\nWhat the ways to “{}” have in common, at {:.1} %:",
            event.title(),
            100.0 * points.chance.value()
        );
        for point in points.list.iter().take(5) {
            let sure = if point.on_every_path { ", on every way" } else { "" };
            println!("  {:.1} %{sure}: {}", 100.0 * point.critical.value(), point.name);
        }
    }
    Ok(())
}

fn file(name: &str) -> io::Result<Vec<u8>> {
    fs::read(format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR")))
}
