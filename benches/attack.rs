//! The attack engine on a graph as a whole, beside graph libraries that know plain arcs: by default a seeded enterprise of
//! 1,000,000 nodes and some 4,000,000 edges.
//!
//! `-- 100000` says how many nodes; `-- --graph graph.npz` takes one in numpy's format (n, src, dst, var, var_p, entry, jewel,
//! loss) instead. The graph has no step that needs two nodes, so that peers compute the same: chances of the most probable ways
//! and their sum, how many nodes can be come to, and the expected loss of sampled worlds must agree.
//!
//! Peak memory is of this process: the arrays, the graph put together, compiling it and every computation up to the row. Compiling and
//! what the compiled graph takes are held to bars of our own, since no peer compiles: both are of a graph of 1,000,000 nodes.

mod common;

use common::{Peer, network::Network};
use ctem_core::{
    Probability,
    attack::{self, Dominators, FixSet, Key, Limits, MostProbablePaths, State, Worlds},
};

/// So many edges are to be compiled in so many seconds.
const COMPILED: (f64, f64) = (10e6, 3.0);
/// A step of the compiled graph may take so many bytes, all arrays together.
const BYTES_A_STEP: f64 = 44.0;

fn main() {
    let name = common::option("--graph");
    let network = Network::of(name.as_deref(), common::size(1_000_000));
    let nodes = f64::from(network.nodes);
    let (edges, folder) = (network.from.len() as f64, network.folder.clone());
    let jewels = network.jewels.clone();
    let (building, graph) = common::once(|| network.graph());
    drop(network);
    let (compiling, snapshot) = common::least(3, || graph.compile().expect("it is no larger than allowed"));
    drop(graph);
    phase("put together", building);
    phase("compiled", compiling);
    let bytes_a_step = snapshot.bytes() as f64 / snapshot.step_count() as f64;
    eprintln!(
        "{} states, {} steps, {bytes_a_step:.1} bytes a step",
        snapshot.state_count(),
        snapshot.step_count()
    );

    let (likeliest, ways) = common::least(5, || MostProbablePaths::compute(&snapshot));
    let chances = (1..=nodes as u32).map(|node| ways.chance(State::numbered(node)).get());
    let (reached, sum) =
        chances.filter(|chance| *chance > 0.0).fold((0u32, 0.0), |(n, sum), p| (n + 1, sum + p));
    drop(ways);
    let (dominating, dominators) = common::least(3, || Dominators::compute(&snapshot));
    // States in which steps of one variable meet are the engine's own.
    let is_node = |state: &State| f64::from(state.number()) <= nodes;
    let above = |jewel: &u32| dominators.chain(State::numbered(jewel + 1)).filter(is_node).count() as u32;
    let under_jewels: u32 = jewels.iter().map(above).sum();
    drop(dominators);
    let memory = megabytes();

    let limits = Limits { worlds: 1000, ..Limits::default() };
    let of_threads = |threads: usize| {
        attack::on_threads(threads, || common::least(3, || Worlds::new(&snapshot, 7).run(&limits)))
    };
    let (one, run) = of_threads(1);
    let (two, again) = of_threads(2);
    assert_eq!(run.tally, again.tally, "two threads count what one counts");
    let worlds = run.tally.worlds() as f64;
    let loss = run.tally.loss(Probability::clamped(0.95));
    phase("1,000 worlds", one * 1000.0 / worlds);
    phase("1,000 worlds, two threads", two * 1000.0 / worlds);

    let peers = common::peers("network", &[&folder]);
    let of = |task: &str| peers.iter().filter(|peer| peer.answer["task"] == task).collect::<Vec<_>>();
    for peer in of("ways") {
        let (theirs, count) = (number(peer, "sum"), number(peer, "reached"));
        assert!(
            (theirs - sum).abs() < 1e-6 * sum && count as u32 == reached,
            "{}: {theirs}, {count}",
            peer.name
        );
    }
    for peer in of("dominators") {
        assert_eq!(number(peer, "reached") as u32, reached, "{}", peer.name);
        let theirs = &peer.answer["chains"];
        let agree = theirs.is_null() || theirs.as_f64() == Some(f64::from(under_jewels));
        assert!(agree, "{} has {theirs}, we {under_jewels}", peer.name);
    }
    for peer in of("worlds") {
        let (theirs, deviation) = (number(peer, "loss"), number(peer, "deviation"));
        let away = (theirs - loss.value()).abs();
        assert!(away <= 5.0 * deviation + (loss.upper() - loss.lower()), "{}: {theirs}", peer.name);
    }

    common::head();
    let rows = |workload: &str, unit: &str, count: f64, seconds: f64, task: &str, answer: String| {
        let peers = of(task);
        let columns: Vec<(f64, &Peer)> = peers.iter().map(|peer| (count, *peer)).collect();
        common::rows(workload, unit, count, seconds, &columns, answer);
    };
    let size = format!("{:.1} bytes an edge", snapshot.bytes() as f64 / edges);
    let (many, seconds) = COMPILED;
    let bar = common::bar(format!("bar of {seconds} s for {many:.0}"), seconds);
    common::rows("graph compiled", "edges", edges, compiling, &[(many, &bar)], size);
    let held = format!("{} steps", snapshot.step_count());
    common::small("graph compiled, memory", "bytes a step", bytes_a_step, BYTES_A_STEP, held);
    rows(
        "most probable paths to all",
        "nodes",
        nodes,
        likeliest,
        "ways",
        format!("sum {sum:.6} in all, {memory}"),
    );
    rows(
        "dominators",
        "nodes",
        nodes,
        dominating,
        "dominators",
        format!("{under_jewels} over jewels in all"),
    );
    let expected = format!(
        "expected loss {:.4e} ± {:.1} %",
        loss.value(),
        50.0 * (loss.upper() - loss.lower()) / loss.value()
    );
    rows("worlds", "worlds", worlds, one, "worlds", expected);
    rows("worlds, two threads", "worlds", worlds, two, "worlds", "the same to the bit".into());
    fixes(&snapshot);
    changes(&snapshot, one);
}

/// What fixing every variable that guards one place is worth, and how far off any of them can be: the larger side of its bounds, those
/// that were never critical with them.
fn fixes(snapshot: &ctem_core::attack::Snapshot) {
    let sure = Probability::clamped(0.95);
    if snapshot.state_count() > 300_000 {
        return;
    }
    let limits = Limits { worlds: 1024, ..Limits::default() };
    let (seconds, values) = common::once(|| Worlds::new(snapshot, 7).fix_values(FixSet::Single, &limits));
    let whole = values.tally().loss(sure).value();
    let off = |key: Key| {
        let value = values.of(key, sure);
        (value.upper() - value.value()).max(value.value() - value.lower()) / whole
    };
    let all = (0..snapshot.variables().len() as u128).map(Key::new);
    let (ranked, widest) = (values.ranked(), all.map(off).fold(0.0, f64::max));
    phase("fix value of every finding", seconds);
    let answer =
        format!("{seconds:.2} s; {} matter, each to ± {:.1} % of the whole", ranked.len(), widest * 100.0);
    let findings = snapshot.variables().len() as f64;
    common::rows("fix value of every finding", "findings", findings, seconds, &[], answer);
}

/// EPSS changes of many variables, one after the other, each followed in worlds that are kept.
fn changes(snapshot: &ctem_core::attack::Snapshot, fresh: f64) {
    const CHANGES: usize = 1000;
    let limits = Limits { worlds: 1000, ..Limits::default() };
    let mut standing = Worlds::new(snapshot, 7).keep(&limits);
    let count = snapshot.variables().len();
    let mut random = common::Random(7);
    let mut changed = Vec::new();
    while changed.len() < CHANGES {
        let at = random.below(count);
        let chance = snapshot.variables()[at].chance.get();
        if chance > 0.0 {
            // As EPSS moves from one day to the next: by up to a quarter, either way.
            let factor = 0.75 + 0.5 * random.unit();
            changed.push((Key::new(at as u128), Probability::clamped(chance * factor)));
        }
    }
    let mut seconds: Vec<f64> = changed
        .iter()
        .map(|(key, chance)| common::once(|| standing.chance(*key, *chance).expect("it is known")).0)
        .collect();
    let again = Worlds::new(snapshot, 7).with(standing.overlay()).run(&limits);
    assert_eq!(&again.tally, standing.tally(), "what is followed is what a fresh run counts");
    seconds.sort_by(f64::total_cmp);
    let mean = seconds.iter().sum::<f64>() / CHANGES as f64;
    let (median, worst) = (seconds[CHANGES / 2], seconds[CHANGES - 1]);
    phase("one EPSS change", mean);
    let answer = format!(
        "a fresh run takes {:.0} times the mean, {:.0} times the median, {:.0} times the longest",
        fresh / mean,
        fresh / median,
        fresh / worst
    );
    common::rows("one EPSS change, followed", "changes", 1.0, mean, &[], answer);
}

fn number(peer: &Peer, name: &str) -> f64 {
    peer.answer[name].as_f64().unwrap_or(f64::NAN)
}

fn megabytes() -> String {
    common::peak_memory().map_or("memory unknown".into(), |bytes| format!("{} MB at most", bytes >> 20))
}

fn phase(name: &str, seconds: f64) {
    eprintln!("{name:<34}{seconds:>12.6} s");
}
