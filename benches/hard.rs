//! Shapes that are hard for a search, in seconds: how long each question took, how long it asked nobody whether to go on, and how long it
//! went on after the no.
//!
//! Without arguments, each shape is asked what is hard of it: the first ten of millions of equally likely paths, a cut where a loss takes
//! ten of twenty hosts, the sample of 30,000 hosts with one flaw, a chain of 100,000 findings, the explained export of one of 1,000.
//! `--document shop.json` asks all questions of a document; `--ask paths,cut` some; `--stop 1` says no after a second.

mod common;

use common::Random;
use ctem_core::{
    Assessment, Program,
    attack::{OnProgress, Progress},
    discover,
    id::LossEventId,
    intel::Intel,
    mobilize::{PlanOptions, QuestionOptions},
    prioritize::{
        AssessOptions, CheapestCut, CombinationOptions, CutOptions, MeasureOptions, PathOptions,
        SampleOptions,
    },
    render,
    time::Moment,
    wire,
};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

fn main() {
    let stop = common::option("--stop").map_or(f64::INFINITY, |stop| stop.parse().expect("seconds"));
    let asked = common::option("--ask");
    match common::option("--document") {
        Some(file) => {
            ask(&std::fs::read(&file).expect("a file"), asked.as_deref(), stop);
        }
        None => {
            for (name, document, of_it) in shapes() {
                println!("{name}");
                ask(document.as_bytes(), asked.as_deref().or(Some(of_it)), stop);
            }
        }
    }
    println!("peak {:?} MB", common::peak_memory().map(|bytes| bytes >> 20));
}

/// Asks some questions of a document, or all.
fn ask(bytes: &[u8], only: Option<&str>, stop: f64) {
    let wanted = |name: &str| only.is_none_or(|only| only.split(',').any(|only| only == name));
    let mut program = Program::new(Intel::none());
    let (reading, report) = common::once(|| discover::read(bytes).expect("a document"));
    let (absorbing, _) = common::once(|| program.absorb(report));
    println!("read {reading:.3} s, absorb {absorbing:.3} s");
    let as_of = "2025-11-13".parse::<Moment>().expect("it is a date");
    let mut today: Option<Assessment> = None;
    watch("assess", if wanted("assess") { stop } else { f64::INFINITY }, |progress| {
        let options = AssessOptions { progress, ..AssessOptions::default() };
        match program.assess_with(as_of, options) {
            Ok(done) => {
                let said = format!("{} ranked", done.ranked().count());
                today = Some(done);
                said
            }
            Err(error) => error.to_string(),
        }
    });
    let Some(today) = today else { return };
    let leak: LossEventId = common::option("--event").unwrap_or("leak".into()).parse().expect("an id");
    let at_most = common::option("--at-most").map_or(10, |n| n.parse().expect("a number"));
    if wanted("paths") {
        watch("paths", stop, |progress| {
            let found = today
                .paths(&leak, &PathOptions { at_most, progress, ..PathOptions::default() })
                .expect("an event");
            let chances = found.list.iter().map(|path| path.chance.get().to_bits());
            format!(
                "{} paths, {:?}, {:016x} best {:?} last {:?}",
                found.list.len(),
                found.truncated.map(|truncated| truncated.reason),
                common::checksum(chances),
                found.list.first().map(|path| path.chance.get()),
                found.list.last().map(|path| path.chance.get())
            )
        });
    }
    if wanted("cut") {
        watch("cheapest_cut", stop, |progress| {
            let cost = |id: &_| Some(today.default_cost(id));
            match today
                .cheapest_cut(&leak, cost, &CutOptions { progress, ..CutOptions::default() })
                .expect("an event")
            {
                CheapestCut::Cut { fixes, cost, at_least, truncated, .. } => {
                    format!("{} fixes, {cost} at least {at_least} {truncated:?}", fixes.len())
                }
                CheapestCut::Stands { path, .. } => format!("stands, {}", path.len()),
                _ => String::new(),
            }
        });
    }
    if wanted("combinations") {
        watch("combinations", stop, |progress| {
            let found = today
                .combinations(&CombinationOptions { progress, ..CombinationOptions::default() })
                .expect("combinations");
            let sum = common::checksum(found.list.iter().map(|found| found.interaction.value().to_bits()));
            format!("{} found {sum:016x} {:?}", found.list.len(), found.truncated)
        });
    }
    if wanted("sample") {
        watch("sample", stop, |progress| {
            let sample = today.sample(&SampleOptions { worlds: 1024, progress, ..SampleOptions::default() });
            format!("{} worlds, {:?}, risk {}", sample.worlds(), sample.truncated, sample.risk.value())
        });
    }
    if wanted("choke") {
        watch("choke_points", stop, |progress| {
            let found = today.choke_points(&leak, &MeasureOptions { progress, ..MeasureOptions::default() });
            found.map_or_else(|error| error.to_string(), |_| "ok".into())
        });
    }
    if wanted("plan") {
        watch("plan", stop, |progress| {
            let plan = today.plan(&PlanOptions { progress, ..PlanOptions::default() });
            plan.map(|plan| format!("{} steps", plan.rows.len())).unwrap_or_else(|error| error.to_string())
        });
    }
    if wanted("questions") {
        watch("questions", stop, |progress| {
            let plan = PlanOptions { progress, ..PlanOptions::default() };
            let asked = today.questions(&QuestionOptions { plan, ..QuestionOptions::default() });
            asked
                .map(|asked| format!("{} questions", asked.rows.len()))
                .unwrap_or_else(|error| error.to_string())
        });
    }
    if wanted("export") {
        let options = wire::DocumentOptions { explained: true, ..Default::default() };
        let (seconds, bytes) = common::once(|| wire::assessment(&today, &options).to_string().len());
        println!("explained export: {seconds:.3} s, {bytes} bytes");
    }
    if wanted("render") {
        let (seconds, bytes) = common::once(|| render::html(&today, &Default::default()).len());
        println!("page: {seconds:.3} s, {bytes} bytes");
        let (seconds, bytes) = common::once(|| render::markdown(&today, &Default::default()).len());
        println!("markdown: {seconds:.3} s, {bytes} bytes");
    }
}

/// Shapes, and what is hard of each.
fn shapes() -> Vec<(&'static str, String, &'static str)> {
    vec![
        (
            "four tiers of 40 hosts, each reached by all before it, all as likely",
            tiers(40),
            "paths,combinations",
        ),
        ("four tiers of 80 hosts", tiers(80), "paths,combinations"),
        ("a loss that takes ten of twenty hosts", quorum(20), "cut"),
        ("30,000 hosts of which nobody said where they stand, with one flaw", one_flaw(30_000), "sample"),
        ("a chain of 100,000 findings", chain(100_000), "assess"),
        ("a chain of 1,000 findings, explained", chain(1_000), "assess,export"),
    ]
}

fn list(n: usize, entry: impl Fn(usize) -> String) -> String {
    (0..n).map(entry).collect::<Vec<_>>().join(",")
}

fn document(assets: &str, entries: &str, relations: &str, findings: &str, when: &str) -> String {
    format!(
        r#"{{"ctem":{{"version":2}},"assets":[{assets}],"entry_points":[{entries}],"relations":[{relations}],"findings":[{findings}],
        "services":[{{"id":"s","loss_events":[{{"id":"leak","loss":{{"amount":1000,"unit":"EUR"}},"when":{when}}}]}}]}}"#
    )
}

fn host(id: impl std::fmt::Display) -> String {
    format!(r#"{{"id":"{id}","kind":"host"}}"#)
}

fn reaches(from: impl std::fmt::Display, to: impl std::fmt::Display) -> String {
    format!(r#"{{"kind":"reaches","from":"{from}","to":"{to}"}}"#)
}

/// A flaw of its own by which whoever reaches a host owns it.
fn flaw(asset: impl std::fmt::Display, local: f64) -> String {
    format!(
        r#"{{"id":"f-{asset}","asset":"{asset}","weakness":{{"id":"w-{asset}","kind":"code_flaw"}},"exploit":{{"needs":"reach","gives":"control","threat":1,"local":{local},"success":1}}}}"#
    )
}

fn tiers(n: usize) -> String {
    let name = |k: usize| format!("t{}-{}", k / n, k % n);
    document(
        &format!(r#"{},{{"id":"goal","kind":"data_store"}}"#, list(4 * n, |k| host(name(k)))),
        &list(n, |k| format!(r#"{{"asset":"{}"}}"#, name(k))),
        &format!(
            "{},{}",
            list(3 * n * n, |k| reaches(name(k / n), name((k / n / n + 1) * n + k % n))),
            list(n, |k| format!(r#"{{"kind":"reads","from":"{}","to":"goal"}}"#, name(3 * n + k)))
        ),
        &list(4 * n, |k| flaw(name(k), 0.5)),
        r#"{"state":{"asset":"goal","access":"use"}}"#,
    )
}

/// Hosts of which a loss takes half, each behind three relays of as many.
fn quorum(n: usize) -> String {
    let mut random = Random(7);
    let relays: Vec<usize> = (0..3 * n).map(|_| random.below(n)).collect();
    let states = list(n, |k| format!(r#"{{"state":{{"asset":"a{k}","access":"use"}}}}"#));
    document(
        &format!("{},{}", list(n, |k| host(format!("a{k}"))), list(n, |k| host(format!("m{k}")))),
        &list(n, |k| format!(r#"{{"asset":"m{k}"}}"#)),
        &list(3 * n, |k| reaches(format!("m{}", relays[k]), format!("a{}", k / 3))),
        &format!("{},{}", list(n, |k| flaw(format!("a{k}"), 0.5)), list(n, |k| flaw(format!("m{k}"), 0.5))),
        &format!(r#"{{"at_least":{{"count":{},"of":[{states}]}}}}"#, n / 2),
    )
}

fn one_flaw(n: usize) -> String {
    let findings = list(n, |k| {
        format!(r#"{{"id":"f{k}","asset":"h{k}","weakness":{{"id":"CVE-2024-1","kind":"vulnerability"}}}}"#)
    });
    let assets = list(n, |k| host(format!("h{k}")));
    format!(r#"{{"ctem":{{"version":2}},"assets":[{assets}],"findings":[{findings}]}}"#)
}

fn chain(n: usize) -> String {
    let name = |k: usize| format!("h{k}");
    document(
        &list(n, |k| host(name(k))),
        r#"{"asset":"h0","chance":0.5}"#,
        &list(n - 1, |k| reaches(name(k), name(k + 1))),
        &list(n, |k| flaw(name(k), 0.9999)),
        &format!(r#"{{"state":{{"asset":"{}","access":"use"}}}}"#, name(n - 1)),
    )
}

/// Runs a question and prints how long it took, how long it was silent at most, and how long it went on after the no.
fn watch(name: &str, stop: f64, run: impl FnOnce(OnProgress<'_>) -> String) {
    let start = Instant::now();
    struct Seen {
        last: Instant,
        silent: Duration,
        no: Option<Instant>,
        asks: u64,
    }
    let seen = Mutex::new(Seen { last: start, silent: Duration::ZERO, no: None, asks: 0 });
    let ask = |_: Progress| {
        let mut seen = seen.lock().expect("nobody panics");
        let now = Instant::now();
        seen.silent = seen.silent.max(now - seen.last);
        seen.last = now;
        seen.asks += 1;
        let goes_on = now.duration_since(start).as_secs_f64() < stop;
        if !goes_on {
            seen.no.get_or_insert(now);
        }
        goes_on
    };
    let said = run(OnProgress::new(&ask));
    let end = Instant::now();
    let seen = seen.into_inner().expect("nobody panics");
    let tail = end - seen.last;
    let after = seen.no.map(|no| end - no);
    println!(
        "{name:<14}{:>9.3} s, {:>6} asks, silent {:.3} s at most, {:.3} s at the end{}: {said}",
        (end - start).as_secs_f64(),
        seen.asks,
        seen.silent.as_secs_f64(),
        tail.as_secs_f64(),
        after.map_or(String::new(), |after| format!(", {:.3} s after the no", after.as_secs_f64())),
    );
}
