//! Reports that are taken back.

use crate::{apply, bytes, day, deltas::story, full, placing, worlds};
use ctem_core::{
    Moment, Program,
    intel::effects::Effects,
    program::{
        Accepted, ApplyOptions, Claimed, Event, Happened, Kept, Memory, ReportWithdrawn, Retention, What, Why,
    },
};
use proptest::prelude::*;

fn withdrawal(at: Moment, report: &Event) -> Event {
    let withdrawn = ReportWithdrawn { by: Some("Ann".into()), ..ReportWithdrawn::of(&report.id().unwrap()) };
    Event::new(at, What::ReportWithdrawn(withdrawn))
}

/// The events of a story that are taken in, and the program that took them.
fn told(events: &[Event]) -> (Vec<Event>, Program) {
    let mut program = Program::default();
    let taken = events.iter().filter(|event| program.apply((*event).clone(), placing()).is_ok());
    (taken.cloned().collect(), program)
}

/// All that is known, as bytes, without what led there.
fn known(program: &Program) -> String {
    let mut program = program.clone();
    let replay_from = program.clock().unwrap();
    program.compact(Retention { replay_from, forget_gone_before: None }).unwrap();
    format!("{}\n{}", bytes(&program), program.document().unwrap())
}

fn is_report(event: &&Event) -> bool {
    matches!(event.what, What::Absorbed(_))
}

proptest! {
    #![proptest_config(worlds::cases(64))]

    #[test]
    fn a_report_that_is_taken_back_was_never_absorbed((_, events) in story(9), which in 0usize..9, until in 0usize..9) {
        let (events, mut program) = told(&events);
        let reports: Vec<&Event> = events.iter().filter(is_report).collect();
        let Some(report) = reports.get(which % reports.len().max(1)).copied() else { return Ok(()) };
        let as_it_was: Vec<(Moment, String)> =
            events.iter().map(|event| (event.at, bytes(&program.at(event.at).unwrap()))).collect();
        let end = day(20);
        let delta = program.apply(withdrawal(end, report), ApplyOptions::default()).unwrap();
        let told_back = |happened: &Happened| matches!(happened, Happened::ReportWithdrawn { .. });
        prop_assert_eq!(delta.happened.iter().filter(|happened| told_back(happened)).count(), 1);
        // The same story without the report, at the same hour.
        let without: Vec<Event> = events.iter().filter(|event| *event != report).cloned().collect();
        let (_, mut other) = told(&without);
        apply(&mut other, Event::new(end, What::TimePassed));
        prop_assert_eq!(known(&program), known(&other));
        // What was known before is what was known before, also once history is shortened.
        for (moment, was) in &as_it_was {
            prop_assert_eq!(&bytes(&program.at(*moment).unwrap()), was);
        }
        let from = events[until % events.len()].at;
        program.compact(Retention { replay_from: from, forget_gone_before: None }).unwrap();
        for (moment, was) in as_it_was.iter().filter(|(moment, _)| *moment >= from) {
            prop_assert_eq!(&bytes(&program.at(*moment).unwrap()), was);
        }
        prop_assert_eq!(known(&program), known(&other));
        // Written and read again, and kept in a store, it is the same.
        let again = Program::read(program.document().unwrap().as_bytes(), Effects::default()).unwrap();
        prop_assert_eq!(again.document().unwrap(), program.document().unwrap());
        prop_assert_eq!(bytes(&again), bytes(&program));
        prop_assert_eq!(again.reports(), program.reports());
    }

    #[test]
    fn the_order_of_withdrawals_and_reports_never_matters((_, events) in story(6), which in 0usize..6) {
        let (events, _) = told(&events);
        let reports: Vec<&Event> = events.iter().filter(is_report).collect();
        let Some(report) = reports.get(which % reports.len().max(1)).copied() else { return Ok(()) };
        // Nothing else names what reports tell, so that all can be told in any order.
        let mut events: Vec<Event> = reports.into_iter().cloned().collect();
        let mut kept = Kept::open(Memory::default(), Program::default(), Effects::default()).unwrap();
        kept.apply(report.clone(), placing()).unwrap();
        kept.apply(withdrawal(day(20), report), placing()).unwrap();
        events.reverse();
        for event in events {
            kept.apply(event, placing()).unwrap();
        }
        let (told, before) = (bytes(kept.program()), kept.program().reports());
        let again = Kept::open(kept.into_store(), Program::default(), Effects::default()).unwrap();
        prop_assert_eq!(bytes(again.program()), told);
        prop_assert_eq!(again.program().reports(), before);
    }
}

const FLAWS: &str = r#""findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2024-0001"}},
    {"id": "f-2", "asset": "shop", "weakness": {"id": "CVE-2024-0002"}}]"#;
const FIRST: &str = r#""findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2024-0001"}}]"#;

#[test]
fn what_a_wrong_report_ended_stands_again_and_the_history_says_who_took_it_back() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", FLAWS));
    let wrong = full(2, "trivy", r#""findings": []"#);
    assert_eq!(apply(&mut program, wrong.clone()).ended.len(), 2);
    let delta = apply(&mut program, withdrawal(day(3), &wrong));
    assert_eq!(delta.appeared.len(), 2);
    assert!(delta.appeared.iter().all(|change| change.why.contains(&Why::ReportWithdrawn)), "{delta:?}");
    // It never went: its clock ran on.
    let course = program.course(&"f-1".parse().unwrap()).unwrap();
    assert!(course.stands() && course.spells.len() == 1 && course.first == day(1), "{course:?}");
    let reports = program.reports();
    assert_eq!(reports.iter().map(|report| report.findings).collect::<Vec<_>>(), [2, 0]);
    assert!(reports[0].withdrawn.is_none());
    let withdrawn = reports[1].withdrawn.as_ref().unwrap();
    assert_eq!((withdrawn.at, withdrawn.by.as_deref()), (day(3), Some("Ann")));
    assert_eq!(program.events().count(), 3);
    // Told again it is known, and stays taken back.
    assert!(program.apply(wrong, placing()).unwrap().known);
    assert_eq!(program.courses().filter(|course| course.stands()).count(), 2);
}

#[test]
fn what_was_decided_of_what_only_a_withdrawn_report_told_is_named_and_without_effect() {
    let mut program = Program::default();
    let wrong = full(1, "nessus", FLAWS);
    apply(&mut program, wrong.clone());
    apply(&mut program, full(2, "trivy", FIRST));
    let ids = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect::<Vec<_>>();
    let claimed = Event::new(day(3), What::ClaimedDone(Claimed::of(ids(&["f-1", "f-2"]))));
    apply(&mut program, claimed.clone());
    let accepted = Event::new(day(4), What::Accepted(Accepted::of("f-2".parse().unwrap())));
    apply(&mut program, accepted.clone());
    let delta = apply(&mut program, withdrawal(day(5), &wrong));
    let (ids, findings) = delta
        .happened
        .iter()
        .find_map(|happened| match happened {
            Happened::ReportWithdrawn { without_effect, findings, .. } => Some((without_effect, findings)),
            _ => None,
        })
        .unwrap();
    assert_eq!(
        ids.iter().map(|id| &**id).collect::<Vec<_>>(),
        [claimed.id().unwrap(), accepted.id().unwrap()]
    );
    assert_eq!(findings.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["f-2"]);
    // What the claim says of the other holds.
    assert_eq!(program.course(&"f-1".parse().unwrap()).unwrap().claimed, Some(day(3)));
    assert!(program.course(&"f-2".parse().unwrap()).is_none() && program.accepted_risks().is_empty());
}

#[test]
fn only_a_report_that_is_kept_and_counts_can_be_taken_back() {
    let mut program = Program::default();
    let scan = full(2, "trivy", FLAWS);
    apply(&mut program, scan.clone());
    let refused = |program: &mut Program, event: Event| {
        let before = program.document().unwrap();
        let error = program.apply(event, placing()).unwrap_err();
        assert_eq!(program.document().unwrap(), before);
        assert_eq!(error.place(), Some("/what/report_withdrawn/report"), "{error}");
        error.code()
    };
    let passed = Event::new(day(3), What::TimePassed);
    apply(&mut program, passed.clone());
    assert_eq!(refused(&mut program, withdrawal(day(4), &full(9, "trivy", FLAWS))), "not_found");
    assert_eq!(refused(&mut program, withdrawal(day(4), &passed)), "not_found");
    assert_eq!(refused(&mut program, withdrawal(day(1), &scan)), "not_found");
    apply(&mut program, withdrawal(day(4), &scan));
    assert_eq!(refused(&mut program, withdrawal(day(5), &scan)), "conflict");
    // What a checkpoint holds is no longer told apart.
    let mut program = Program::default();
    apply(&mut program, scan.clone());
    program.compact(Retention { replay_from: day(2), forget_gone_before: None }).unwrap();
    assert_eq!(refused(&mut program, withdrawal(day(4), &scan)), "not_found");
}

/// Parts of a story whose steps go round in circles: groups within each other, findings of which each needs what the other gives, and assets
/// that contain each other. Only the first says where attackers start.
const ROUND: [&str; 5] = [
    r#""entry_points": [{"asset": "inner", "access": "use", "attacker": "phishing", "chance": 0.5}]"#,
    r#""relations": [{"kind": "member_of", "from": "inner", "to": "outer"}, {"kind": "reads", "from": "outer", "to": "db"}]"#,
    r#""relations": [{"kind": "member_of", "from": "outer", "to": "inner"}]"#,
    r#""findings": [
        {"id": "f-1", "asset": "one", "weakness": {"id": "w-1", "kind": "misconfiguration"}, "exploit": {"chance": 0.5,
            "needs": [{"asset": "two", "access": "use"}], "gives": [{"asset": "one", "access": "use"}, {"asset": "outer", "access": "use"}]}},
        {"id": "f-2", "asset": "two", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"chance": 0.5,
            "needs": [{"asset": "one", "access": "use"}], "gives": [{"asset": "two", "access": "use"}]}}]"#,
    r#""relations": [{"kind": "contains", "from": "one", "to": "two"}, {"kind": "contains", "from": "two", "to": "one"}]"#,
];
const PLACES: &str = r#""assets": [{"id": "inner", "kind": "group"}, {"id": "outer", "kind": "group"}, {"id": "db", "kind": "data_store"},
        {"id": "one", "kind": "host"}, {"id": "two", "kind": "host"}],
    "services": [{"id": "s", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
        "when": {"any": [{"state": {"asset": "db", "access": "read"}}, {"state": {"asset": "one", "access": "use"}}]}}]}]"#;

/// Whichever parts of a circle are taken back, and in whatever order all is told: what stands is as if they were never told, and what goes
/// round by itself lets nobody in.
#[test]
fn circles_that_are_taken_back_and_told_again_justify_nothing() {
    let tools = ["edr", "directory", "audit", "scanner", "inventory"];
    let part = |n: usize| full(n as i64 + 1, tools[n], ROUND[n]);
    let places = || full(0, "people", PLACES);
    for gone in 0..1usize << ROUND.len() {
        let is_gone = |n: usize| gone >> n & 1 == 1;
        let mut program = Program::default();
        apply(&mut program, places());
        (0..ROUND.len()).for_each(|n| _ = apply(&mut program, part(n)));
        for n in (0..ROUND.len()).filter(|n| is_gone(*n)) {
            apply(&mut program, withdrawal(day(10), &part(n)));
        }
        let mut never = Program::default();
        let mut backwards = Program::default();
        apply(&mut never, places());
        for n in (0..ROUND.len()).filter(|n| !is_gone(*n)) {
            apply(&mut never, part(n));
        }
        for n in (0..ROUND.len()).rev() {
            backwards.apply(part(n), placing()).unwrap();
        }
        backwards.apply(places(), placing()).unwrap();
        for n in (0..ROUND.len()).rev().filter(|n| is_gone(*n)) {
            apply(&mut backwards, withdrawal(day(10), &part(n)));
        }
        for program in [&mut program, &mut never, &mut backwards] {
            apply(program, Event::new(day(20), What::TimePassed));
        }
        assert_eq!(known(&program), known(&never), "{gone:05b}");
        assert_eq!(known(&backwards), known(&never), "{gone:05b}");
        let again = Program::read(program.document().unwrap().as_bytes(), Effects::default()).unwrap();
        assert_eq!(bytes(&again), bytes(&program), "{gone:05b}");
        // In by the entry alone, and on by the group that reads.
        let leaks = if is_gone(0) || is_gone(1) { 0.0 } else { 0.5 };
        let sample = program.assess(day(20)).unwrap().sample(&Default::default());
        let chance = sample.events.iter().map(|event| event.chance.value()).sum::<f64>();
        assert_eq!(chance, leaks, "{gone:05b}");
    }
}
