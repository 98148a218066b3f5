//! Work and memory grow as the input: a generator for each thing that a document can repeat, at n and at 4n.
//!
//! Work is counted, not timed: the bytes that are allocated, compared and moved, which are the same on every machine. Where a loop over all
//! that was said before does none of these, a test of its own counts what it looks at.

#![expect(unsafe_code, reason = "an allocator is an unsafe trait; this one counts and hands on")]

mod corpora;
#[path = "growth/count.rs"]
mod count;
#[path = "growth/documents.rs"]
mod documents;
#[path = "growth/formats.rs"]
mod formats;

use count::work;
use ctem_core::{
    Program,
    attack::{OnProgress, Progress},
    discover::{self, AbsorbOptions, ReadOptions},
    intel::{Intel, effects::Effects},
    mobilize::{ActionOptions, Budget, PlanOptions},
    prioritize::{AssessOptions, PathOptions, SampleOptions},
    program::{ApplyOptions, Event},
    render::{self, Export, RenderOptions},
    wire::{
        self, DocumentOptions,
        ask::{self, RenderRequest},
    },
};
use std::{
    fmt::Write as _,
    io::Write as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Fails where the work at 4n is more than the input's growth, with a part more for what doubles and for logarithms.
fn grows(name: &str, make: impl Fn(usize) -> String, n: usize, run: impl Fn(&str)) {
    let (small, large) = (make(n), make(4 * n));
    let (a, ..) = work(|| run(&small));
    let (b, ..) = work(|| run(&large));
    let input = large.len() as f64 / small.len() as f64;
    let grown = b as f64 / a as f64;
    assert!(
        grown <= 1.6 * input,
        "{name}: {input:.1} times the input and {grown:.1} times the work ({a} to {b} bytes)"
    );
}

fn absorbed(text: &str) -> Program {
    let mut program = Program::new(Intel::none());
    let report = discover::read(text.as_bytes()).unwrap();
    assert!(report.tally.accepted > 0, "{:?}", report.notes);
    program.absorb(report);
    program
}

fn list(n: usize, entry: impl Fn(usize) -> String) -> String {
    (0..n).map(entry).collect::<Vec<_>>().join(",")
}

/// A native document of one host and these lists.
fn native(lists: &str) -> String {
    format!(r#"{{"ctem":{{"version":2}},"assets":[{{"id":"h","kind":"host"}}],{lists}}}"#)
}

#[test]
fn absorbing_costs_what_is_absorbed() {
    let finding =
        |more: &str| format!(r#"{{"asset":"h","weakness":{{"id":"W","kind":"vulnerability"}}{more}}}"#);
    let weakness = |id: &str, also: &str| {
        format!(r#"{{"asset":"h","weakness":{{"id":"{id}","kind":"vulnerability","aliases":["{also}"]}}}}"#)
    };
    let named = |id: &str, also: &str| format!(r#"{{"id":"{id}","kind":"host","aliases":["{also}"]}}"#);
    let native_assets = |all: String| format!(r#"{{"ctem":{{"version":2}},"assets":[{all}]}}"#);
    let event = |n: usize| {
        format!(
            r#"{{"id":"e{n}","loss":{{"amount":1,"unit":"EUR"}},"when":{{"state":{{"asset":"h","access":"use"}}}}}}"#
        )
    };
    type Make<'a> = Box<dyn Fn(usize) -> String + 'a>;
    let marked = |mark: String| format!(r#"{{"id":"a","kind":"host","identifiers":[{mark}]}}"#);
    let inside = |from: &str, to: &str| format!(r#"{{"kind":"contains","from":"{from}","to":"{to}"}}"#);
    let makes: [(&str, Make<'_>); 14] = [
        (
            "other names of one asset, one by one",
            Box::new(|n| native_assets(list(n, |k| named("a", &format!("b{k}"))))),
        ),
        (
            "other names of one asset, from the other side",
            Box::new(|n| native_assets(list(n, |k| named(&format!("b{k}"), "a")))),
        ),
        (
            "a chain of names",
            Box::new(|n| native_assets(list(n, |k| named(&format!("a{k}"), &format!("a{}", k + 1))))),
        ),
        (
            "a chain of weaknesses",
            Box::new(|n| {
                native(&format!(
                    r#""findings":[{}]"#,
                    list(n, |k| weakness(&format!("G{k}"), &format!("G{}", k + 1)))
                ))
            }),
        ),
        (
            "other names of one weakness",
            Box::new(|n| {
                native(&format!(r#""findings":[{}]"#, list(n, |k| weakness("CVE-2024-1", &format!("G{k}")))))
            }),
        ),
        (
            "sightings of one finding",
            Box::new(|n| {
                native(&format!(
                    r#""findings":[{}]"#,
                    list(n, |k| finding(&format!(r#","sightings":[{{"source":"s{k}"}}]"#)))
                ))
            }),
        ),
        (
            "ids of one finding",
            Box::new(|n| {
                native(&format!(r#""findings":[{}]"#, list(n, |k| finding(&format!(r#","id":"f{k}""#)))))
            }),
        ),
        (
            "events of services",
            Box::new(|n| {
                native(&format!(
                    r#""services":[{}]"#,
                    list(n, |k| format!(r#"{{"id":"s{k}","loss_events":[{}]}}"#, event(k)))
                ))
            }),
        ),
        (
            "events of one service",
            Box::new(|n| native(&format!(r#""services":[{{"id":"s","loss_events":[{}]}}]"#, list(n, event)))),
        ),
        (
            "evidence of one finding",
            Box::new(|n| {
                native(&format!(
                    r#""findings":[{}],"evidence":[{}]"#,
                    finding(r#","id":"f""#),
                    list(n, |k| format!(
                        r#"{{"finding":"f","method":"m{k}","outcome":"blocked","at":"2025-01-01T00:00:00Z"}}"#
                    ))
                ))
            }),
        ),
        (
            "identifiers of one asset, one by one",
            Box::new(|n| {
                native_assets(list(n, |k| {
                    marked(format!(
                        r#"{{"kind":"address","value":"10.0.{}.{}","scope":"x"}}"#,
                        k >> 8,
                        k & 255
                    ))
                }))
            }),
        ),
        (
            "what sources say that one control covers",
            Box::new(|n| {
                native(&format!(
                    r#""controls":[{}]"#,
                    list(n, |k| format!(r#"{{"id":"c","covers":"id = h{k}","stops":0.5}}"#))
                ))
            }),
        ),
        (
            "circles of assets that contain each other",
            Box::new(|n| {
                native(&format!(
                    r#""relations":[{}]"#,
                    list(n, |k| {
                        let (one, other) = (format!("a{k}"), format!("b{k}"));
                        format!("{},{}", inside(&one, &other), inside(&other, &one))
                    })
                ))
            }),
        ),
        (
            "assets that are mentioned",
            Box::new(|n| {
                native(&format!(r#""entry_points":[{}]"#, list(n, |k| format!(r#"{{"asset":"m{k}"}}"#))))
            }),
        ),
    ];
    for (name, make) in makes {
        grows(name, make, 300, |text| drop(absorbed(text)));
    }
}

#[test]
fn a_long_name_is_read_once_whatever_is_inside() {
    let make =
        |n: usize| format!(r#"{{"{}":{{{}}},"runs":[]}}"#, "k".repeat(4 * n), list(n, |_| r#""b":1"#.into()));
    grows("a long name", make, 2000, |text| drop(discover::read(text.as_bytes())));
    let text = make(400);
    let (_, most, ()) = work(|| drop(discover::read(text.as_bytes())));
    assert!(most < 40 * text.len() as u64, "{most} bytes were held for {}", text.len());
}

#[test]
fn what_makes_no_sense_is_noted_in_bounds() {
    let text = format!(r#"{{"ctem":{{"version":2}},"assets":[{}]}}"#, list(20_000, |_| "0".into()));
    let report = discover::read(text.as_bytes()).unwrap();
    assert!(report.notes.len() < 1010, "{} notes", report.notes.len());
    let noted: u64 = report.notes.iter().map(|note| note.count).sum();
    assert_eq!((report.tally.rejected, noted), (20_000, 20_000));
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let line = b"{},".repeat(1 << 12);
    for _ in 0..1600 {
        packed.write_all(&line).unwrap();
    }
    let packed = packed.finish().unwrap();
    let (_, most, ()) = work(|| {
        assert_eq!(discover::read(&packed).unwrap_err().code(), "limit_exceeded");
    });
    assert!(most < 50 << 20, "{most} bytes were held");
}

#[test]
fn a_small_file_of_equal_records_is_read_in_what_it_unpacks_to() {
    // All but the first are rejected, which is the least that can be said of so few bytes.
    let text = format!(r#"[{{"RuleID":"r","StartLine":1,"File":"a"}},{}]"#, list(100_000, |_| "{}".into()));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert!(300 * packed.len() < text.len(), "{} of {}", packed.len(), text.len());
    let (_, most, ()) = work(|| {
        let report = discover::read(&packed).unwrap();
        assert_eq!((report.tally.read, report.tally.accepted, report.tally.rejected), (100_001, 1, 100_000));
    });
    assert!(most < 5 * text.len() as u64, "{most} bytes were held for {}", text.len());
}

#[test]
fn a_stream_holds_no_more_than_its_limit_whatever_its_layout() {
    let limit = ReadOptions { most_bytes: 1000, ..ReadOptions::default() };
    let long = |length: usize| {
        format!(
            "{{\"ctem\": {{\"version\": 2}},\n\"assets\": [\n{{\"id\": \"a\", \"kind\": \"host\", \"name\": \"{}\"}}]}}",
            "x".repeat(length)
        )
    };
    let read = |text: &str| discover::stream(text.as_bytes(), &limit, |_| Ok(()));
    assert_eq!(read(&long(800)).unwrap().tally.accepted, 1);
    let error = read(&long(2000)).unwrap_err();
    assert_eq!((error.code(), error.place()), ("limit_exceeded", Some("/assets/0")));
    // Many records, each within the limit, are as long as they like together.
    let many = format!(
        "{{\"ctem\": {{\"version\": 2}},\n\"assets\": [{}]}}",
        (0..500).map(|n| format!("\n{{\"id\": \"a{n}\", \"kind\": \"host\"}}")).collect::<Vec<_>>().join(",")
    );
    assert_eq!(read(&many).unwrap().tally.accepted, 500);
}

/// Hosts in a row, each with a flaw, and a loss at the end.
fn chain(n: usize) -> String {
    let mut text = String::from(r#"{"ctem":{"version":2},"assets":["#);
    text += &list(n, |k| format!(r#"{{"id":"h{k}","kind":"host"}}"#));
    let _ = write!(
        text,
        r#"],"entry_points":[{{"asset":"h0","chance":0.5}}],"relations":[{}],"findings":[{}],"services":[{{"id":"s","loss_events":[{{"id":"leak",
        "loss":{{"amount":1000,"unit":"EUR"}},"when":{{"state":{{"asset":"h{}","access":"use"}}}}}}]}}]}}"#,
        list(n - 1, |k| format!(r#"{{"kind":"reaches","from":"h{k}","to":"h{}"}}"#, k + 1)),
        list(n, |k| format!(
            r#"{{"id":"f{k}","asset":"h{k}","weakness":{{"id":"w{k}","kind":"code_flaw"}},"exploit":{{"threat":1,"local":0.9999,"success":1}}}}"#
        )),
        n - 1
    );
    text
}

#[test]
fn a_chain_is_assessed_in_what_it_is_long() {
    let day = || "2025-11-13".parse().unwrap();
    let assess = |text: &str| drop(absorbed(text).assess(day()).unwrap());
    grows("a chain", chain, 400, assess);
    let explained = |text: &str| {
        let options = DocumentOptions { explained: true, ..DocumentOptions::default() };
        drop(wire::assessment(&absorbed(text).assess(day()).unwrap(), &options));
    };
    grows("a chain, explained", chain, 400, explained);
}

/// The same where all flaws are one, so that its threat is one of all of them.
fn chain_of_one_flaw(n: usize) -> String {
    let one = chain(n).replace(r#""kind":"code_flaw""#, r#""kind":"vulnerability""#);
    let one =
        (0..n).fold(one, |text, k| text.replace(&format!(r#"{{"id":"w{k}","#), r#"{"id":"CVE-2024-0001","#));
    one.replace(r#""threat":1,"#, r#""threat":0.5,"#)
}

#[test]
fn a_chain_of_one_flaw_is_assessed_in_what_it_is_long() {
    let assess = |text: &str| drop(absorbed(text).assess("2025-11-13".parse().unwrap()).unwrap());
    grows("a chain of one flaw", chain_of_one_flaw, 400, assess);
}

#[test]
fn a_flaw_all_along_a_long_way_counts_once_and_is_explained_so() {
    let today = absorbed(&chain_of_one_flaw(700)).assess("2025-11-13".parse().unwrap()).unwrap();
    let mut explainer = today.explainer();
    let expected = 1000.0 * 0.5 * 0.5 * 0.9999_f64.powi(700);
    for exposure in today.ranked().filter(|exposure| exposure.finding.is_some()).step_by(37) {
        let explanation = explainer.explain(&exposure.id).unwrap();
        assert!(explanation.risk.find("way in").is_some() && explanation.paths[0].hops.len() > 700);
        assert_eq!(explanation.risk.folded().to_bits(), exposure.risk.value().to_bits());
        let value = exposure.risk.value();
        assert!((value / expected - 1.0).abs() < 1e-9, "{value} and {expected}");
    }
    // Of what has no flaw of its own, the threat is what else the way needs.
    let relation = today.ranked().find(|exposure| exposure.relation.is_some()).unwrap();
    let explanation = explainer.explain(&relation.id).unwrap();
    assert_eq!(explanation.risk.folded().to_bits(), relation.risk.value().to_bits());
    assert!((relation.risk.value() / expected - 1.0).abs() < 1e-9);
}

#[test]
fn circles_are_assessed_in_what_there_are() {
    let circles = |n: usize| {
        let inside =
            |from: String, to: String| format!(r#"{{"kind":"contains","from":"{from}","to":"{to}"}}"#);
        let both = |k| {
            format!(
                "{},{}",
                inside(format!("a{k}"), format!("b{k}")),
                inside(format!("b{k}"), format!("a{k}"))
            )
        };
        native(&format!(r#""relations":[{}]"#, list(n, both)))
    };
    let assess = |text: &str| {
        let today = absorbed(text).assess("2025-11-13".parse().unwrap()).unwrap();
        assert!(today.notes().iter().any(|note| note.reason.contains("contain each other")));
    };
    grows("circles", circles, 100, assess);
}

#[test]
fn a_fleet_of_repositories_has_its_code_owners_in_what_it_is_large() {
    let fleet = |n: usize| {
        let repository =
            |k| format!(r#"{{"id":"r{k}","kind":"repository","labels":{{"code owner 01 /src/":"web"}}}}"#);
        let flaw = |k| {
            format!(
                r#"{{"asset":"r{k}","weakness":{{"id":"CVE-2024-0001","kind":"vulnerability"}},"location":{{"path":"src/a{k}.rs"}}}}"#
            )
        };
        let (repositories, flaws) = (list(n, repository), list(n, flaw));
        format!(
            r#"{{"ctem":{{"version":2}},"owners":[{{"id":"web"}}],"assets":[{repositories}],"findings":[{flaws}]}}"#
        )
    };
    let owned = |text: &str| {
        let today = absorbed(text).assess("2025-11-13".parse().unwrap()).unwrap();
        let actions = today.actions(&ActionOptions::default()).unwrap();
        let of_all = actions.iter().find(|action| action.on.len() >= 300).unwrap();
        let owner = of_all.owner.as_ref().unwrap();
        assert_eq!((owner.owner.as_str(), &*owner.by), ("web", "code owner of the files in r0"));
    };
    grows("code owners of a fleet", fleet, 300, owned);
}

#[test]
fn every_export_of_a_chain_is_as_long_as_the_chain() {
    let all = RenderOptions { at_most: usize::MAX, ..RenderOptions::default() };
    let forms = ["csv", "sarif", "mermaid", "dot", "graphml", "attack_flow", "openvex", "cyclonedx", "ocsf"];
    for form in forms.map(|form| form.parse::<Export>().unwrap()) {
        let export = |text: &str| {
            let today = absorbed(text).assess("2025-11-13".parse().unwrap()).unwrap();
            drop(render::export(&today, form, &all));
        };
        grows(&format!("{form:?} of a chain"), chain, 200, export);
    }
}

#[test]
fn paths_to_many_events_along_a_chain_have_room_for_what_they_are() {
    // Each asset on the way is worth something, so that there is a path to each.
    let worth = |n: usize| chain(n).replace(r#""kind":"host"}"#, r#""kind":"host","criticality":"high"}"#);
    let hops = |n: usize| {
        let program = absorbed(&worth(n));
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        let events = today.loss_events();
        assert!(events.len() >= n && events.iter().any(|event| event.path.is_some()));
        let hops: usize =
            events.iter().filter_map(|event| event.path.as_ref()).map(|path| path.hops.len()).sum();
        assert!(hops < 128 * events.len() + (1 << 16) + 3 * n, "{hops} hops of {} events", events.len());
    };
    hops(1_000);
}

#[test]
fn whoever_may_end_what_is_taken_in_is_asked_on_the_way_and_what_was_known_stays() {
    let text = format!(
        r#"{{"ctem":{{"version":2}},"findings":[{}]}}"#,
        list(6_000, |k| format!(
            r#"{{"asset":"h{}","weakness":{{"id":"w{k}","kind":"vulnerability","aliases":["z{k}"]}}}}"#,
            k / 5
        ))
    );
    let report = discover::read(text.as_bytes()).unwrap();
    let day = |day: &str| Event::absorbed(day.parse().unwrap(), report.clone());
    let told = |most: u64, work: &mut dyn FnMut(OnProgress<'_>) -> ctem_core::Result<()>| {
        let asked = AtomicU64::new(0);
        let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
        (work(OnProgress::new(&ask)), asked.load(Relaxed))
    };
    // A program without a history, one with, an event, and a document.
    let mut begun = Program::default();
    begun.apply(day("2025-11-01"), ApplyOptions::default()).unwrap();
    let document = begun.document().unwrap();
    let programs = [Program::default(), begun.clone()];
    for program in &programs {
        let before = program.document().unwrap();
        let mut absorb = |progress: OnProgress<'_>| {
            let mut program = program.clone();
            let ended = program.absorb_with(report.clone(), AbsorbOptions { progress }).map(drop);
            assert!(ended.is_ok() || program.document().unwrap() == before);
            ended
        };
        ended_anywhere(&mut |most| told(most, &mut absorb));
        let mut apply = |progress: OnProgress<'_>| {
            let mut program = program.clone();
            let assess = AssessOptions { progress, ..AssessOptions::default() };
            let options = ApplyOptions { assess, ..ApplyOptions::default() };
            let ended = program.apply(day("2025-11-02"), options).map(drop);
            assert!(ended.is_ok() || program.document().unwrap() == before);
            ended
        };
        ended_anywhere(&mut |most| told(most, &mut apply));
    }
    ended_anywhere(&mut |most| {
        told(most, &mut |progress| {
            Program::read_with(document.as_bytes(), Effects::default(), progress).map(drop)
        })
    });
}

/// Whenever it is told to end it does, soon, having asked often.
fn ended_anywhere(until: &mut dyn FnMut(u64) -> (ctem_core::Result<()>, u64)) {
    let (whole, asks) = until(u64::MAX);
    whole.unwrap();
    assert!(asks > 20, "{asks} asks");
    for most in (0..asks).step_by(1 + asks as usize / 6) {
        let (ended, asked) = until(most);
        assert_eq!(ended.unwrap_err().code(), "cancelled", "after {most} asks");
        assert!(asked <= most + 4, "{asked} asks, told to end after {most}");
    }
}

#[test]
fn whoever_may_end_what_is_shown_is_asked_between_its_rows() {
    let [today, longer] =
        [30, 600].map(|n| absorbed(&chain(n)).assess("2025-11-13".parse().unwrap()).unwrap());
    fn all(progress: OnProgress<'_>) -> RenderRequest<'_> {
        let most = || Some(1_000.into());
        RenderRequest { at_most: most(), explained: most(), progress, ..RenderRequest::default() }
    }
    type Show<'a> = &'a dyn Fn(OnProgress<'_>) -> ctem_core::Result<String>;
    let shown: [Show<'_>; 4] = [
        &|progress| ask::document_with(&today, None, true, progress),
        &|progress| ask::html(&today, all(progress)),
        &|progress| ask::table(&today, all(progress)),
        &|progress| ask::markdown(&today, all(progress)),
    ];
    let told = |most: u64, show: Show<'_>| {
        let asked = AtomicU64::new(0);
        let ended = show(OnProgress::new(&|_: Progress| asked.fetch_add(1, Relaxed) < most)).map(drop);
        (ended, asked.load(Relaxed))
    };
    for show in shown {
        ended_anywhere(&mut |most| told(most, show));
    }
    for form in ["csv", "sarif", "mermaid", "dot", "graphml", "attack_flow", "openvex", "cyclonedx", "ocsf"] {
        let export = |progress: OnProgress<'_>| ask::export(&longer, form, all(progress));
        let (whole, asks) = told(u64::MAX, &export);
        assert!(whole.is_ok() && asks > 1, "{form}: {asks}");
        assert_eq!(told(asks - 1, &export).0.unwrap_err().code(), "cancelled", "{form}");
    }
}

#[test]
fn what_is_explained_is_as_long_as_what_there_is_to_say() {
    let written = |n: usize| {
        let today = absorbed(&chain(n)).assess("2025-11-13".parse().unwrap()).unwrap();
        let all = RenderOptions { at_most: usize::MAX, explained: usize::MAX, ..RenderOptions::default() };
        let document = DocumentOptions { explained: true, ..DocumentOptions::default() };
        let written = [
            render::html(&today, &all),
            render::markdown(&today, &all),
            render::table(&today, &all),
            wire::assessment(&today, &document),
        ];
        // Each finding is on the one way there is, which is drawn once.
        let drawn = written[0].split_once(r#","paths":["#).unwrap().1.split_once(r#","rows":"#).unwrap().0;
        assert_eq!(drawn.matches('[').count(), 1, "{drawn}");
        written.map(|text| text.len())
    };
    let (small, large) = (written(100), written(400));
    for (small, large) in small.into_iter().zip(large) {
        assert!(large < 6 * small, "{small} and {large}");
    }
}

#[test]
fn the_number_of_a_long_way_is_folded_from_its_explanation() {
    let today = absorbed(&chain(700)).assess("2025-11-13".parse().unwrap()).unwrap();
    let mut explainer = today.explainer();
    assert_eq!(today.ranked().filter(|exposure| exposure.finding.is_some()).count(), 700);
    for exposure in today.ranked().step_by(37) {
        let explanation = explainer.explain(&exposure.id).unwrap();
        assert_eq!(explanation.risk.folded().to_bits(), exposure.risk.value().to_bits());
        assert_eq!(explanation.risk.folded(), explanation.risk.value);
        assert!(explanation.risk.find("way in").is_some() && explanation.paths[0].hops.len() > 700);
        let expected = 1000.0 * 0.5 * 0.9999_f64.powi(700);
        assert!(
            (exposure.risk.value() / expected - 1.0).abs() < 1e-9,
            "{} and {expected}",
            exposure.risk.value()
        );
    }
}

#[test]
fn whoever_may_end_a_count_is_asked_between_its_worlds() {
    // Where a threat is shared, each finding that a loss needs is tried by itself: one world takes as long as many.
    let hosts = |n: usize| {
        format!(
            r#"{{"ctem":{{"version":2}},"assets":[{}],"findings":[{}]}}"#,
            list(n, |k| format!(r#"{{"id":"h{k}","kind":"host"}}"#)),
            list(n, |k| format!(
                r#"{{"asset":"h{k}","weakness":{{"id":"CVE-2024-0001","kind":"vulnerability"}}}}"#
            ))
        )
    };
    let today = absorbed(&hosts(40)).assess("2025-11-13".parse().unwrap()).unwrap();
    let asked = AtomicU64::new(0);
    let until = |most: u64| {
        asked.store(0, Relaxed);
        let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
        let options = SampleOptions {
            worlds: 1024,
            nodes: 0,
            progress: OnProgress::new(&ask),
            ..SampleOptions::default()
        };
        let sample = today.sample(&options);
        (sample, asked.load(Relaxed))
    };
    let (whole, asks) = until(u64::MAX);
    assert!(whole.truncated.is_none() && asks >= 1024, "{asks}");
    // What was counted until then is whole: no world is in some numbers and not in others.
    let (part, asks) = until(100);
    assert!(part.truncated.is_some() && asks < 110, "{asks}");
    assert!(part.worlds() < 1024 && part.worlds() % 64 == 0, "{}", part.worlds());
}

#[test]
fn whoever_may_end_a_plan_is_asked_between_its_draws() {
    let today = absorbed(&chain(40)).assess("2025-11-13".parse().unwrap()).unwrap();
    let until = |most: u64| {
        let asked = AtomicU64::new(0);
        let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
        let plan =
            today.plan(&PlanOptions { progress: OnProgress::new(&ask), ..PlanOptions::default() }).unwrap();
        (plan, asked.load(Relaxed))
    };
    let (whole, asks) = until(u64::MAX);
    assert!(whole.truncated.is_none() && asks > 2_048, "{asks}");
    for most in (0..asks).step_by(1 + asks as usize / 6) {
        let (plan, asked) = until(most);
        assert!(plan.truncated.is_some() && asked <= most + 4, "{asked} asks, told to end after {most}");
        // Nothing is said to be saved by what was not looked at.
        assert!(plan.after.value() >= whole.after.value() && plan.before.value() >= plan.after.value());
    }
}

#[test]
fn whoever_may_end_a_search_for_long_paths_is_asked_as_they_are_long_and_not_as_their_square() {
    let asks = |n: usize| {
        let today = absorbed(&chain(n)).assess("2025-11-13".parse().unwrap()).unwrap();
        let until = |most: u64| {
            let asked = AtomicU64::new(0);
            let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
            let options = PathOptions { progress: OnProgress::new(&ask), ..PathOptions::default() };
            (today.paths(&"leak".parse().unwrap(), &options).unwrap(), asked.load(Relaxed))
        };
        // Some thousand labels, each with a set of up to as many findings.
        let (whole, asks) = until(u64::MAX);
        assert!(whole.list.len() == 1 && whole.truncated.is_none() && asks > 1, "{asks}");
        let (part, asked) = until(1);
        assert!(part.truncated.is_some() && asked <= 3, "{asked}");
        // Whatever ends it: that there is a path is known.
        assert_eq!(part.list, whole.list);
        asks
    };
    let (small, large) = (asks(3_000), asks(12_000));
    assert!(large <= 6 * small, "{small} asks, and {large} of four times as many");
}

#[test]
fn whoever_may_end_a_plan_of_long_ways_is_asked_as_they_are_long_and_not_as_their_square() {
    let asks = |n: usize| {
        let today = absorbed(&chain(n)).assess("2025-11-13".parse().unwrap()).unwrap();
        let until = |most: u64| {
            let asked = AtomicU64::new(0);
            let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
            // In every world the one way may be ended by each of its findings.
            let options = PlanOptions {
                worlds: 64,
                nodes: 0,
                budget: Budget::Actions(2),
                progress: OnProgress::new(&ask),
                ..PlanOptions::default()
            };
            (today.plan(&options).unwrap(), asked.load(Relaxed))
        };
        let (whole, asks) = until(u64::MAX);
        assert!(whole.truncated.is_none() && whole.rows.len() == 1, "{} rows", whole.rows.len());
        for most in [0, asks / 3, asks - 1] {
            let (plan, asked) = until(most);
            assert!(plan.truncated.is_some() && asked <= most + 4, "{asked} asks, told to end after {most}");
            assert!(plan.at_least <= plan.after.value());
        }
        asks
    };
    let (small, large) = (asks(300), asks(1_200));
    assert!(large <= 6 * small, "{small} asks, and {large} of four times as many");
}

#[test]
fn whoever_may_end_an_assessment_is_asked_in_all_its_parts() {
    // Hosts that each reach three others, a tree and back: relations are compiled, followed and bounded.
    let hosts = |n: usize| {
        let relations =
            list(3 * n, |k| format!(r#"{{"kind":"reaches","from":"h{}","to":"h{}"}}"#, k / 3, (k + 1) % n));
        let flaws = list(n, |k| {
            format!(
                r#"{{"id":"f{k}","asset":"h{k}","weakness":{{"id":"w{k}","kind":"code_flaw"}},"exploit":{{"threat":1,"local":0.5,"success":1}}}}"#
            )
        });
        format!(
            r#"{{"ctem":{{"version":2}},"assets":[{}],"entry_points":[{{"asset":"h0"}}],"relations":[{relations}],"findings":[{flaws}],
            "services":[{{"id":"s","loss_events":[{{"id":"leak","loss":{{"amount":1,"unit":"EUR"}},"when":{{"state":{{"asset":"h{}","access":"use"}}}}}}]}}]}}"#,
            list(n, |k| format!(r#"{{"id":"h{k}","kind":"host"}}"#)),
            n - 1
        )
    };
    let program = absorbed(&hosts(5_000));
    let asked = AtomicU64::new(0);
    let until = |most: u64| {
        asked.store(0, Relaxed);
        let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
        let options = AssessOptions { progress: OnProgress::new(&ask), ..AssessOptions::default() };
        let ended = program.assess_with("2025-11-13".parse().unwrap(), options).map(drop);
        (ended, asked.load(Relaxed))
    };
    let (whole, asks) = until(u64::MAX);
    whole.unwrap();
    // Some 35,000 steps, each gone through several times: no part of it is long and silent.
    assert!(asks > 40, "{asks}");
    // Whenever it is told to end it does, soon: two parts that run side by side may each ask once more.
    for most in (0..asks).step_by(1 + asks as usize / 12) {
        let (ended, asked) = until(most);
        assert_eq!(ended.unwrap_err().code(), "cancelled", "after {most} asks");
        assert!(asked <= most + 4, "{asked} asks, told to end after {most}");
    }
}

#[test]
fn whoever_may_end_an_assessment_is_asked_as_it_looks_at_tests_and_controls() {
    // A flaw, and so many tests of it and of controls, of which each has its own and most stand before nothing.
    let tested = |n: usize| {
        let tests = list(n, |k| {
            format!(
                r#"{{"finding":"f","method":"m{k}","outcome":"blocked","at":"2025-01-01","control":"c{k}"}},
                {{"finding":"g{k}","method":"m","outcome":"blocked","at":"2025-01-01"}}"#
            )
        });
        let controls = list(n, |k| format!(r#"{{"id":"c{k}","stops":0.5}}"#));
        native(&format!(
            r#""findings":[{{"id":"f","asset":"h","weakness":{{"id":"w","kind":"code_flaw"}}}}],"evidence":[{tests}],"controls":[{controls}]"#
        ))
    };
    let asks = |n: usize| {
        let program = absorbed(&tested(n));
        let asked = AtomicU64::new(0);
        let until = |most: u64| {
            asked.store(0, Relaxed);
            let ask = |_: Progress| asked.fetch_add(1, Relaxed) < most;
            let options = AssessOptions { progress: OnProgress::new(&ask), ..AssessOptions::default() };
            let ended = program.assess_with("2025-11-13".parse().unwrap(), options).map(drop);
            (ended, asked.load(Relaxed))
        };
        let (whole, asks) = until(u64::MAX);
        whole.unwrap();
        for most in (0..asks).step_by(1 + asks as usize / 8) {
            let (ended, asked) = until(most);
            assert_eq!(ended.unwrap_err().code(), "cancelled", "after {most} asks");
            assert!(asked <= most + 4, "{asked} asks, told to end after {most}");
        }
        asks
    };
    let (small, large) = (asks(500), asks(2_500));
    // Each of two tests is looked at three times, and each control twice, in turns of 256; some turns are begun and not over.
    let turns = 2_000 * (2 * 3 + 2) / 256;
    assert!(large + 4 >= small + turns, "{small} asks, and {large} of five times as many");
}
