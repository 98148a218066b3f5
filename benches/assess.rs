//! An environment put together and assessed: by default 1,000,000 assets and some 4,000,000 relations of a seeded enterprise,
//! absorbed in reports of 100,000 records. Peer: scipy's Dijkstra on the same graph, which is to the phase that finds the
//! most probable way to everything, and whose chances of the loss_events must be ours.
//!
//! `-- 100000` says how many assets; `-- --graph environment.ndjson` takes a native document instead (`benches/peers.py graph`
//! makes one of a graph in numpy's format). The phases inside the assessment are run once more on its snapshot, to be timed
//! apart; what remains of the whole is compiling and ranking.

mod common;

use common::enterprise::Enterprise;
use ctem_core::{
    Program, Result,
    attack::{BestPathsToLosses, Bounds, MostProbablePaths},
    discover,
    intel::Intel,
    model::{Record, Report},
    render::{self, RenderOptions},
    time::Moment,
};
use std::{fs::File, io::Write};

fn main() {
    let assets = common::size(1_000_000);
    let graph = common::option("--graph");
    let enterprise = Enterprise::new(if graph.is_some() { 0 } else { assets }, 7);
    let before = common::peak_memory();

    let mut intake = Intake { program: Program::new(Intel::none()), report: Report::default(), seconds: 0.0 };
    match &graph {
        Some(file) => {
            let file = File::open(file).unwrap_or_else(|error| panic!("{file}: {error}"));
            discover::stream(file, &Default::default(), |record| intake.take(record)).expect("it is native");
        }
        None => enterprise.records().try_for_each(|record| intake.take(record)).expect("nothing fails"),
    }
    intake.flush();
    let Intake { program, seconds: absorb, .. } = intake;
    let environment = program.environment();
    eprintln!(
        "{} assets, {} relations, {} findings",
        environment.asset_count(),
        environment.relation_count(),
        environment.finding_count()
    );
    phase("absorb", absorb);
    let absorbed_memory = common::peak_memory();

    let as_of = "2025-11-13".parse::<Moment>().expect("it is a date");
    let (whole, assessment) = common::once(|| program.assess(as_of).expect("it can be assessed"));
    phase("assess", whole);
    let memory = common::peak_memory();
    let (rendering, top) = common::once(|| {
        let worst: Vec<_> = assessment.ranked().take(10).collect();
        worst.iter().map(|exposure| format!("{exposure}\n")).collect::<String>()
    });
    phase("render the top 10", rendering);
    let options = RenderOptions { at_most: 1000, ..RenderOptions::default() };
    let (paging, page) = common::once(|| render::html(&assessment, &options));
    phase("a page of the first 1,000", paging);
    eprintln!("the page has {} bytes", page.len());
    eprint!("{top}");

    let snapshot = assessment.snapshot();
    eprintln!(
        "{} states, {} steps, {:.0} MB",
        snapshot.state_count(),
        snapshot.step_count(),
        snapshot.bytes() as f64 / 1e6
    );
    let losses: Vec<f64> = events(&assessment);
    let (paths, falls) = common::least(3, || MostProbablePaths::compute(snapshot));
    let (onward, _) = common::least(2, || BestPathsToLosses::compute(snapshot, &falls, &losses, 8));
    let (bounds, _) = common::least(2, || Bounds::compute(snapshot, &falls));
    phase("  of which paths", paths);
    phase("  of which onward", onward);
    phase("  of which bounds", bounds);
    phase("  the rest: compile, trace, rank", (whole - paths - onward - bounds).max(0.0));

    let megabytes =
        |bytes: Option<u64>| bytes.map_or("unknown".into(), |bytes| format!("{} MB", bytes >> 20));
    eprintln!(
        "peak memory: {} before, {} with the environment, {} with the assessment",
        megabytes(before),
        megabytes(absorbed_memory),
        megabytes(memory)
    );

    let ranking = common::checksum(
        assessment
            .ranked()
            .flat_map(|exposure| [exposure.risk.value(), exposure.risk.upper()].map(f64::to_bits)),
    );
    let mut answers = format!("checksum {ranking:016x}");
    let loss_events: f64 = snapshot
        .events()
        .filter_map(|event| snapshot.event(event))
        .map(|state| falls.chance(state).get())
        .sum();
    let peers = match graph {
        Some(_) => Vec::new(),
        None => peers(&enterprise),
    };
    for peer in &peers {
        let theirs = peer.answer.as_f64().unwrap_or(f64::NAN);
        assert!(
            (theirs - loss_events).abs() <= 1e-9 * loss_events.max(1.0),
            "{} has {theirs}, we {loss_events}",
            peer.name
        );
        answers += &format!("; loss_events fall {loss_events:.6} times in both");
    }
    common::head();
    let count = environment.asset_count() as f64;
    common::rows("environment absorbed", "assets", count, absorb, &[], "");
    common::rows("environment assessed", "assets", count, whole, &[], megabytes(memory));
    let columns: Vec<_> = peers.iter().map(|peer| (count, peer)).collect();
    common::rows("most probable paths", "assets", count, paths, &columns, answers);
}

/// Takes records into a program, a report at a time; only the absorbing is timed.
struct Intake {
    program: Program,
    report: Report,
    seconds: f64,
}

impl Intake {
    fn take(&mut self, record: Record) -> Result<()> {
        const RECORDS: usize = 100_000;
        self.report.contents.push(record);
        if self.report.contents.len() == RECORDS {
            self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) {
        let report = std::mem::take(&mut self.report);
        let (seconds, absorbed) = common::once(|| self.program.absorb(report));
        assert!(absorbed.notes.is_empty(), "{:?}", absorbed.notes.first());
        self.seconds += seconds;
    }
}

fn events(assessment: &ctem_core::Assessment) -> Vec<f64> {
    // Jewels come by loss; the snapshot numbers events by id.
    let mut loss_events = assessment.loss_events();
    loss_events.sort_by(|a, b| a.stake.event.id.cmp(&b.stake.event.id));
    loss_events.iter().map(|jewel| jewel.stake.loss.amount()).collect()
}

fn phase(name: &str, seconds: f64) {
    eprintln!("{name:<34}{seconds:>9.3} s");
}

fn peers(enterprise: &Enterprise) -> Vec<common::Peer> {
    let (from, to, chance) = enterprise.graph();
    let mut file = Vec::new();
    for ends in [&from, &to] {
        ends.iter().for_each(|end| file.write_all(&end.to_le_bytes()).expect("memory can be written"));
    }
    let ends = common::scratch("ends.u32", &file);
    let chances: Vec<u8> = chance.iter().flat_map(|chance| chance.to_le_bytes()).collect();
    let chances = common::scratch("chances.f64", &chances);
    let loss_events: Vec<u8> = enterprise.jewel_nodes().flat_map(u32::to_le_bytes).collect();
    let loss_events = common::scratch("loss_events.u32", &loss_events);
    common::peers("paths", &[&ends, &chances, &loss_events])
}
