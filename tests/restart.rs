//! What is taken in can be used, what is refused changes nothing, and a program that was written and read goes on as if it had not been.

use ctem_core::{
    Program,
    discover::{self, Absorbed},
    id::FindingId,
    intel::Intel,
    model::{NoteKind, Report},
    wire,
};

fn read(text: &str) -> Report {
    discover::read(text.as_bytes()).unwrap()
}

fn program<'a>(documents: impl IntoIterator<Item = &'a str>) -> Program {
    let mut program = Program::new(Intel::none());
    for document in documents {
        program.absorb(read(document));
    }
    program
}

fn written(program: &Program) -> String {
    wire::environment(program.environment())
}

fn absorb(program: &mut Program, document: &str) -> Absorbed {
    program.absorb(read(document))
}

const HOST: &str = r#"{"ctem":{"version":2},"assets":[{"id":"h","kind":"host"}]}"#;

fn advisory(also: &str, source: &str) -> String {
    format!(
        r#"{{"ctem":{{"version":2}},"assets":[{{"id":"h","kind":"host"}}],"findings":[{{"asset":"h",
        "weakness":{{"id":"GHSA-1","kind":"vulnerability","aliases":["{also}"]}},"sightings":[{{"source":"{source}"}}]}}]}}"#
    )
}

#[test]
fn what_was_written_and_read_goes_on_to_the_same_bytes() {
    let (first, second) = (advisory("CVE-2024-0001", "a"), advisory("CVE-2024-0002", "b"));
    let machines = [
        r#"{"ctem":{"version":2},"assets":[{"id":"web-1","kind":"host","identifiers":[{"kind":"mac","value":"00:1b:63:84:45:e6"}]},
            {"id":"10.0.0.5","kind":"host","identifiers":[{"kind":"mac","value":"00:1b:63:84:45:e6"}]}],
            "findings":[{"asset":"web-1","weakness":{"id":"w","kind":"misconfiguration"}},
            {"asset":"10.0.0.5","weakness":{"id":"w","kind":"misconfiguration"}}]}"#,
        r#"{"ctem":{"version":2},"assets":[{"id":"10.0.0.5","kind":"host","distinct_from":["web-1"]}]}"#,
    ];
    for reports in [[first.as_str(), second.as_str()], machines, [second.as_str(), first.as_str()]] {
        let went_on = program(reports);
        let before = written(&program([reports[0]]));
        let again = program([before.as_str()]);
        assert_eq!(written(&again), before, "reading it again changes nothing");
        let went_on_after = program([before.as_str(), reports[1]]);
        assert_eq!(written(&went_on_after), written(&went_on));
        assert_eq!(went_on_after.environment().contents(), went_on.environment().contents());
    }
}

/// Which name an asset goes by follows from what each of its names was stated to mean, and that is written too.
#[test]
fn an_asset_of_several_names_goes_by_the_same_after_it_was_written() {
    let asset = |id: &str, alias: &str| {
        let asset = format!(r#"{{"id":"{id}","kind":"host","aliases":["{alias}"]}}"#);
        format!(r#"{{"ctem":{{"version":2}},"assets":[{asset}]}}"#)
    };
    let (first, second) = (
        [asset("shop.example", "web-1"), asset("10.0.0.5", "web-1")],
        [asset("10.0.0.6", "10.0.0.5"), asset("web-1", "10.0.0.6")],
    );
    let mut went_on = program(first.iter().map(String::as_str));
    let mut again = program([&*written(&went_on)]);
    assert_eq!(again.environment().contents(), went_on.environment().contents());
    for document in &second {
        absorb(&mut went_on, document);
        absorb(&mut again, document);
    }
    let names: Vec<_> = went_on.environment().assets().map(|asset| asset.id.to_string()).collect();
    assert_eq!(names, ["shop.example"]);
    assert_eq!(written(&again), written(&went_on));
}

#[test]
fn a_finding_is_found_by_every_name_it_was_shown_under() {
    let mut program = program([advisory("CVE-2024-0001", "a").as_str()]);
    let shown: FindingId = "CVE-2024-0001@h".parse().unwrap();
    assert_eq!(program.environment().finding(&shown).unwrap().id, Some(shown.clone()));
    program.absorb(read(&advisory("CVE-2024-0002", "b")));
    let now = program.environment().finding(&shown).unwrap().id.clone();
    assert_eq!(now, Some("GHSA-1@h".parse().unwrap()));
    let day = "2025-11-13".parse().unwrap();
    assert!(program.assess(day).unwrap().explain(&"CVE-2024-0001@h".parse().unwrap()).is_ok());
    // The machine goes by another name since, and all is written and read.
    program.absorb(read(r#"{"ctem":{"version":2},"assets":[{"id":"web","kind":"host","aliases":["h"]}]}"#));
    let again = self::program([written(&program).as_str()]);
    for program in [&program, &again] {
        for name in ["CVE-2024-0001@h", "GHSA-1@h", "GHSA-1@web"] {
            let found = program.environment().finding(&name.parse().unwrap());
            assert_eq!(
                found.and_then(|finding| finding.id.clone()),
                Some("GHSA-1@web".parse().unwrap()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_rejected_finding_changes_nothing() {
    let finding = |id: &str, asset: &str, weakness: &str, also: &str| {
        format!(
            r#"{{"ctem":{{"version":2}},"findings":[{{"id":"{id}","asset":"{asset}","weakness":{{"id":"{weakness}",
            "kind":"vulnerability","aliases":[{also}]}}}}]}}"#
        )
    };
    let known = [finding("f", "h", "w", ""), finding("g", "h", "PYSEC-7", "")];
    let mut program = program([HOST, known[0].as_str(), known[1].as_str()]);
    let before = written(&program);
    for asset in ["h", "elsewhere"] {
        let absorbed = absorb(&mut program, &finding("f", asset, "CVE-2021-44228", r#""PYSEC-7""#));
        assert_eq!((absorbed.tally.rejected, written(&program).as_str()), (1, before.as_str()), "{asset}");
    }
    // Where it is the finding of that id by what it says itself, it teaches its names.
    let absorbed = absorb(&mut program, &finding("g", "h", "CVE-2021-44228", r#""PYSEC-7""#));
    assert_eq!((absorbed.tally.rejected, program.environment().finding_count()), (0, 2));
}

fn service(id: &str, events: &str) -> String {
    format!(r#"{{"ctem":{{"version":2}},"services":[{{"id":"{id}","loss_events":[{events}]}}]}}"#)
}

fn event(id: &str, loss: &str, when: &str) -> String {
    format!(r#"{{"id":"{id}","loss":{loss},"when":{when}}}"#)
}

const USED: &str = r#"{"state":{"asset":"h","access":"use"}}"#;

#[test]
fn what_assess_cannot_use_is_not_taken_in() {
    let euros = service("s", &event("a", r#"{"amount":10,"unit":"EUR"}"#, USED));
    let mut program = program([HOST, euros.as_str()]);
    let before = written(&program);
    let parts = format!(r#"{{"at_least":{{"count":300,"of":[{}]}}}}"#, [r#"{"any":[]}"#; 600].join(","));
    for (loss, when, code, place) in [
        (r#"{"amount":10,"unit":"USD"}"#, USED, "others are in EUR", "/services/0/loss_events/0/loss/unit"),
        (r#"{"amount":1e308,"unit":"EUR"}"#, USED, "cannot be added", "/services/0/loss_events/0/loss"),
        (r#"{"amount":5e-324,"unit":"EUR"}"#, USED, "cannot be added", "/services/0/loss_events/0/loss"),
        (
            r#"{"low":5e-324,"high":1e308,"unit":"EUR"}"#,
            USED,
            "cannot be added",
            "/services/0/loss_events/0/loss",
        ),
        (r#"{"amount":10,"unit":"EUR"}"#, &parts, "100000 parts", "/services/0/loss_events/0/when"),
    ] {
        let absorbed = absorb(&mut program, &service("t", &event("b", loss, when)));
        let note = absorbed.notes.iter().find(|note| note.kind == NoteKind::Rejected).unwrap();
        assert!(note.reason.contains(code), "{note}");
        assert_eq!((&*note.place, absorbed.tally.rejected), (place, 1));
        assert_eq!(written(&program), before, "the program is as it was");
    }
    let day = "2025-11-13".parse().unwrap();
    assert!(program.assess(day).unwrap().risk().value().is_finite());
}

#[test]
fn one_bad_event_does_not_take_its_service_along() {
    let good = event("a", r#"{"amount":10,"unit":"EUR"}"#, USED);
    let other_coin = event("b", r#"{"amount":10,"unit":"USD"}"#, USED);
    let no_loss = event("c", r#"{"amount":-1,"unit":"EUR"}"#, USED);
    let report = read(&service("s", &[good.as_str(), &no_loss, &other_coin].join(",")));
    assert_eq!(&*report.notes[0].place, "/services/0/loss_events/1/loss");
    let mut program = program([HOST]);
    let absorbed = program.absorb(report);
    assert_eq!((absorbed.tally.rejected, absorbed.notes.len()), (0, 2));
    assert!(absorbed.notes[1].reason.contains("others are in EUR"), "{}", absorbed.notes[1]);
    let service = program.environment().services().next().unwrap();
    assert_eq!(service.loss_events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn a_scan_of_every_day_does_not_grow_what_it_repeats() {
    let scan = |day: usize| {
        format!(
            r#"{{"ctem":{{"version":2}},"assets":[{{"id":"h","kind":"host"}}],"findings":[{{"asset":"h",
            "weakness":{{"id":"CVE-2024-0001","kind":"vulnerability"}},
            "sightings":[{{"source":"trivy","rule":"CVE-2024-0001","place":"/Results/{day}","seen":"2025-01-{day:02}T00:00:00Z"}}]}}]}}"#
        )
    };
    let scans: Vec<String> = (1..=28).map(scan).collect();
    let forth = program(scans.iter().map(String::as_str));
    let sightings = &forth.environment().findings().next().unwrap().sightings;
    assert_eq!(sightings.len(), 1);
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!((sightings[0].first_seen, sightings[0].seen), (day("2025-01-01"), day("2025-01-28")));
    let back = program(scans.iter().rev().map(String::as_str));
    assert_eq!(written(&back), written(&forth));
}

#[test]
fn text_of_others_acts_on_nothing_that_is_written_for_people() {
    let hostile = "a\u{202e}b\u{2066}";
    let text = format!(
        r#"{{"ctem":{{"version":2}},"assets":[{{"id":"h","kind":"host","name":"{hostile}\u001b[31m"}}],"entry_points":[{{"asset":"h"}}],
        "findings":[{{"asset":"h","weakness":{{"id":"w{hostile}","kind":"code_flaw"}}}},{{"asset":"","weakness":{{"id":"w","kind":"{hostile}"}}}}],
        "{hostile}\u001b": []}}"#
    );
    let report = read(&text);
    let mut shown = vec![report.to_string()];
    shown.extend(
        report
            .notes
            .iter()
            .flat_map(|note| [note.to_string(), note.reason.to_string(), note.place.to_string()]),
    );
    let program = program([text.as_str()]);
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    shown.extend(today.ranked().map(|exposure| exposure.to_string()));
    shown.extend(today.ranked().map(|exposure| today.explain(&exposure.id).unwrap().to_string()));
    shown.push(today.explain(&hostile.parse().unwrap()).unwrap_err().to_string());
    assert!(shown.len() > 6, "{shown:?}");
    for line in shown.iter().flat_map(|shown| shown.lines()) {
        let acts = |letter: char| {
            letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!line.contains(acts), "{line:?}");
    }
}

#[test]
fn what_is_wrong_with_a_header_has_a_place() {
    for (text, place) in [
        (r#"{"ctem":{"version":"1"}}"#, "/ctem/version"),
        (r#"{"ctem":{"version":1.0}}"#, "/ctem/version"),
        (r#"{"ctem":{"version":1},"assets":[],"assets":[]}"#, "/assets"),
        (r#"{"ctem":{"version":1},"assets":7}"#, "/assets"),
    ] {
        let error = discover::read(text.as_bytes()).unwrap_err();
        assert_eq!(error.place(), Some(place), "{text}: {error}");
    }
}

#[test]
fn what_has_no_effect_is_noted() {
    let text = r#"{"ctem":{"version":2},"assets":[{"id":"h","kind":"host"}],
        "findings":[{"id":"f","asset":"h","weakness":{"id":"w","kind":"code_flaw"}}],
        "controls":[{"id":"waf","protects":["nowhere"]},{"id":"edr","protects":["h"],"stops":0.5}],
        "evidence":[{"finding":"g","method":"bas","outcome":"blocked","at":"2025-01-01T00:00:00Z"},
            {"finding":"f","method":"bas","outcome":"blocked","at":"2026-01-01T00:00:00Z"}]}"#;
    let mut program = program([text]);
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let reasons: Vec<&str> = today.notes().iter().map(|note| &*note.reason).collect();
    for reason in [
        "`g` is no finding: 1 test of it has no effect",
        "1 test is of after 2025-11-13T00:00:00Z: as if not made yet",
        "`waf` stands before nothing: it has no effect",
    ] {
        assert!(reasons.contains(&reason), "{reason} is not among {reasons:?}");
    }
    assert!(!reasons.iter().any(|reason| reason.contains("edr")), "{reasons:?}");
    // Two sources that contradict each other on whom a control stops are both named.
    let against = |technique: &str| {
        format!(
            r#"{{"ctem":{{"version":2}},"controls":[{{"id":"edr","protects":["h"],"against":["{technique}"]}}]}}"#
        )
    };
    assert!(absorb(&mut program, &against("T1003")).notes.is_empty());
    let notes = absorb(&mut program, &against("T1055")).notes;
    assert!(notes[0].reason.contains("T1003") && notes[0].reason.contains("T1055"), "{notes:?}");
}
