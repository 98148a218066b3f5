//! Relations as exposures: an identity graph without a single finding, put together and ranked, each right, session and membership on a
//! way to a loss a row of its own. By default three directories of the shape that BloodHound draws: 1,400 assets, 240,000 relations and
//! 1,800,000 relations, each beside the time that it may take.
//!
//! `-- 240000` says how many relations, and is held to the bar of the next size. No peer ranks what could be taken away.

mod common;

use common::{Peer, directory::Directory};
use ctem_core::{
    Program, id::LossEventId, intel::Intel, model::Report, prioritize::CheapestCut, time::Moment,
};

/// So many relations are to be ranked in so many seconds. The first are those of 1,400 assets.
const BARS: [(usize, f64); 3] = [(5_600, 0.05), (240_000, 2.0), (1_800_000, 15.0)];
/// Some four relations stand for an asset.
const RELATIONS_AN_ASSET: usize = 4;
/// The least of so many runs, where one takes no time that matters.
const RUNS: usize = 5;
/// From so many relations on one run says enough, and the cut is not asked for.
const LARGE: usize = 1_000_000;

fn main() {
    let asked = common::size(0);
    let sizes: Vec<usize> =
        if asked == 0 { BARS.map(|(relations, _)| relations).into() } else { vec![asked] };
    let workloads: Vec<Row> = sizes.into_iter().map(ranked).collect();
    common::head();
    workloads.iter().for_each(Row::print);
}

/// One directory, ranked.
struct Row {
    assets: usize,
    relations: usize,
    seconds: f64,
    bar: Option<Peer>,
    answer: String,
}

impl Row {
    fn print(&self) {
        let count = self.relations as f64;
        let workload = format!("directory of {} assets ranked", self.assets);
        let bars: Vec<(f64, &Peer)> = self.bar.iter().map(|bar| (count, bar)).collect();
        common::rows(&workload, "relations", count, self.seconds, &bars, &self.answer);
    }
}

fn ranked(size: usize) -> Row {
    let mut report = Report::default();
    Directory::new(size / RELATIONS_AN_ASSET, 7).records().for_each(|record| report.contents.push(record));
    let mut program = Program::new(Intel::none());
    let (absorbing, absorbed) = common::once(|| program.absorb(report));
    assert!(absorbed.notes.is_empty(), "{:?}", absorbed.notes.first());
    let (assets, relations) = (program.environment().asset_count(), program.environment().relation_count());
    phase(&format!("absorb {relations} relations"), absorbing);
    let as_of = "2025-11-13".parse::<Moment>().expect("it is a date");
    let runs = if relations < LARGE { RUNS } else { 1 };
    let (seconds, today) = common::least(runs, || program.assess(as_of).expect("it can be assessed"));
    phase("assess", seconds);
    for exposure in today.ranked().take(3) {
        eprintln!("{exposure}");
    }
    assert!(!today.is_empty(), "every way to the domain is one of relations");
    let checksum = common::checksum(today.ranked().map(|exposure| exposure.risk.value().to_bits()));
    let mut answer = format!("{} exposures, {seconds:.3} s, checksum {checksum:016x}", today.len());
    if relations < LARGE {
        let event: LossEventId = "domain-owned".parse().expect("an id");
        let cost = |id: &_| Some(today.default_cost(id));
        let (cutting, cut) =
            common::once(|| today.cheapest_cut(&event, cost, &Default::default()).expect("an event"));
        phase("cheapest cut", cutting);
        answer += &match cut {
            CheapestCut::Cut { fixes, .. } => format!("; {} to take away in {cutting:.3} s", fixes.len()),
            _ => format!("; it stands, after {cutting:.3} s"),
        };
    }
    Row { assets, relations, seconds, bar: bar(size), answer }
}

/// The time that so many relations may take.
fn bar(size: usize) -> Option<Peer> {
    let (_, seconds) = BARS.into_iter().find(|(relations, _)| size <= *relations)?;
    Some(common::bar(format!("bar of {seconds} s"), seconds))
}

fn phase(name: &str, seconds: f64) {
    eprintln!("{name:<34}{seconds:>9.3} s");
}
