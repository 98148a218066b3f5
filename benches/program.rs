//! What a program over time costs: one event on many assets, a year of daily scans replayed, a scan imported again, and a state of a
//! million findings saved and loaded.
//!
//! `cargo bench --bench program -- 20` divides every size by 20, to see that it runs; each line has the size it is of, and the bar that
//! holds at full size.

mod common;

use common::Random;
use ctem_core::{
    Moment, Program, Report, discover,
    intel::effects::Effects,
    program::{ApplyOptions, Coverage, Covers, Event, Kept, Memory, Reported, What},
};
use std::fmt::Write;

/// So many single events are timed.
const EVENTS: usize = 21;

fn main() {
    let divided = common::size(1).max(1);
    println!("one thread; sizes divided by {divided}\n");
    single_events(100_000 / divided);
    imported_again(13_000 / divided);
    year(5_000 / divided, if divided > 1 { 30 } else { 365 });
    saved_and_loaded(1_000_000 / divided);
}

fn day(n: usize) -> Moment {
    Moment::from_unix_seconds(1_735_689_600 + n as i64 * 86_400).expect("a day of these years")
}

/// Findings on assets, of which one in so many is another each day.
fn scan(assets: usize, each: usize, day: usize, seed: u64) -> Report {
    let mut random = Random(seed);
    let mut text = String::from("{\"ctem\": {\"version\": 2}, \"assets\": [");
    for asset in 0..assets {
        let comma = if asset > 0 { "," } else { "" };
        let _ = write!(text, "{comma}{{\"id\": \"host-{asset}\", \"kind\": \"host\"}}");
    }
    text.push_str("], \"findings\": [");
    let mut first = true;
    for asset in 0..assets {
        for n in 0..each {
            // A flaw is mended after a while, and another comes.
            let age = random.below(200);
            let flaw = 1_000 + (n * 400 + (day + age) / 200 + random.below(300)) % 9_000;
            let comma = if first { "" } else { "," };
            first = false;
            let _ = write!(
                text,
                "{comma}{{\"asset\": \"host-{asset}\", \"weakness\": {{\"id\": \"CVE-2024-{flaw}\", \"severity\": \"high\"}}}}"
            );
        }
    }
    text.push_str("]}");
    discover::read(text.as_bytes()).expect("a document of our own")
}

fn absorbed(n: usize, report: Report, covers: Covers) -> Event {
    Event::new(day(n), What::Absorbed(Box::new(Reported { covers, ..Reported::new(report) })))
}

fn everything() -> Covers {
    Covers::Stated(Coverage::everything())
}

fn single_events(assets: usize) {
    let mut program = Program::default();
    program
        .apply(absorbed(0, scan(assets, 1, 0, 1), everything()), ApplyOptions::default())
        .expect("applied");
    let mut took: Vec<f64> = (0..EVENTS)
        .map(|n| {
            let finding = format!(
                "{{\"ctem\": {{\"version\": 2}}, \"findings\": [{{\"asset\": \"host-{n}\", \"weakness\": {{\"id\": \"CVE-2023-{}\"}}}}]}}",
                1_000 + n
            );
            let report = discover::read(finding.as_bytes()).expect("a document of our own");
            let event = absorbed(n + 1, report, Covers::Nothing);
            common::once(|| program.apply(event, ApplyOptions::default()).expect("applied")).0
        })
        .collect();
    took.sort_unstable_by(f64::total_cmp);
    println!(
        "one event on {assets} assets: median {:.4} s, worst {:.4} s   (bar: 0.01 s and 1 s)",
        took[EVENTS / 2],
        took[EVENTS - 1]
    );
}

fn imported_again(findings: usize) {
    let report = scan(findings / 10, 10, 0, 2);
    let mut program = Program::default();
    let first = absorbed(0, report.clone(), everything());
    let (new, _) = common::once(|| program.apply(first, ApplyOptions::default()).expect("applied"));
    let again = absorbed(1, report, everything());
    let (seconds, delta) = common::once(|| program.apply(again, ApplyOptions::default()).expect("applied"));
    assert!(delta.happened.is_empty(), "the same report changes nothing");
    println!("{findings} findings imported in {new:.3} s, and again in {seconds:.3} s   (bar: 0.5 s)");
}

fn year(assets: usize, days: usize) {
    let mut kept =
        Kept::open(Memory::default(), Program::default(), Effects::default()).expect("a new store");
    let (told, ()) = common::once(|| {
        for n in 0..days {
            let event = absorbed(n, scan(assets, 2, n, 3), everything());
            kept.apply(event, ApplyOptions::default()).expect("applied");
        }
    });
    let store = kept.into_store();
    let (seconds, again) =
        common::once(|| Kept::open(store, Program::default(), Effects::default()).expect("replayed"));
    let courses = again.program().courses().count();
    println!(
        "{days} daily scans of {assets} assets: told in {told:.1} s, replayed in {seconds:.1} s, {courses} courses   (bar: 60 s)"
    );
}

fn saved_and_loaded(findings: usize) {
    let mut program = Program::default();
    program.absorb(scan(findings / 10, 10, 0, 4));
    let (save, document) = common::once(|| program.document().expect("a document"));
    let (load, again) =
        common::once(|| Program::read(document.as_bytes(), Effects::default()).expect("its own document"));
    println!(
        "{} findings saved in {save:.2} s, loaded in {load:.2} s, {} MB   (bar: 5 s each)",
        again.environment().finding_count(),
        document.len() >> 20
    );
}
