//! Persons, identities and assets that are erased.

use crate::{apply, bytes, day, deltas::story, full, placing, said, scan, worlds};
use ctem_core::{
    Program,
    intel::effects::Effects,
    model::{Contents, Evidence, Outcome},
    program::{
        Accepted, ApplyOptions, Claimed, Coverage, Covers, Event, Kept, Memory, PseudonymKey,
        ReportWithdrawn, Retention, Scope, Store, What,
    },
};
use proptest::prelude::*;

fn key() -> PseudonymKey {
    PseudonymKey::new(*b"a key of 32 bytes for tests only")
}

/// Where a name still stands as a word of its own.
fn left<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let (lower, name) = (document.to_lowercase(), name.to_lowercase());
    let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    lower
        .match_indices(&name)
        .filter(|(at, _)| {
            !joins(lower[..*at].chars().last()) && !joins(lower[at + name.len()..].chars().next())
        })
        .map(|(at, _)| &document[at.saturating_sub(30)..(at + name.len() + 30).min(document.len())])
        .collect()
}

proptest! {
    #![proptest_config(worlds::cases(48))]

    #[test]
    fn a_history_replays_without_a_name_as_it_did_with_it((scene, events) in story(8), asset in 0usize..8, cut in 0usize..8) {
        let mut program = Program::default();
        let mut moments = Vec::new();
        for event in events {
            if program.apply(event, placing()).is_ok() {
                moments.push(program.clock().unwrap());
            }
        }
        let name = scene.asset(asset).to_string();
        let mut erased = program.clone();
        if let Err(error) = erased.erase(&[&name], &key()) {
            prop_assert_eq!(error.code(), "not_found");
            prop_assert_eq!(bytes(&erased), bytes(&program));
            return Ok(());
        }
        let document = erased.document().unwrap();
        prop_assert_eq!(left(&document, &name), Vec::<&str>::new());
        let known = bytes(&erased);
        prop_assert_eq!(left(&known, &name), Vec::<&str>::new());
        prop_assert_eq!(erased.courses().count(), program.courses().count());
        // Written and read again it is the same.
        let again = Program::read(document.as_bytes(), Effects::default()).unwrap();
        prop_assert_eq!(again.document().unwrap(), document);
        prop_assert_eq!(bytes(&again), bytes(&erased));
        // What it was at a moment is what was erased of what it was then.
        for moment in &moments {
            let mut then = program.at(*moment).unwrap();
            if then.erase(&[&name], &key()).is_ok() {
                prop_assert_eq!(bytes(&erased.at(*moment).unwrap()), bytes(&then));
            }
        }
        // Whether history is shortened before or after shows in no byte.
        let Some(from) = moments.get(cut) else { return Ok(()) };
        let retention = Retention { replay_from: *from, forget_gone_before: None };
        program.compact(retention).unwrap();
        erased.compact(retention).unwrap();
        if program.erase(&[&name], &key()).is_ok() {
            prop_assert_eq!(program.document().unwrap(), erased.document().unwrap());
        }
        // It goes on as a program that was told of the pseudonym.
        let next = full(100, "trivy", r#""findings": [{"asset": "z9", "weakness": {"id": "CVE-2024-0001"}}]"#);
        let mut again = Program::read(erased.document().unwrap().as_bytes(), Effects::default()).unwrap();
        prop_assert_eq!(erased.apply(next.clone(), ApplyOptions::default()), again.apply(next, ApplyOptions::default()));
    }
}

/// A laptop that tools call by several names, with findings that nobody named, one of which moves, and decisions about all of them.
fn laptop() -> Program {
    let list = |line: u32, version: &str| {
        format!(
            r#""assets": [{{"id": "ann-laptop", "kind": "host", "name": "Ann's machine", "aliases": ["laptop-7.corp.example"],
               "identifiers": [{{"kind": "address", "value": "10.1.2.3"}}, {{"kind": "mac", "value": "00:1b:44:11:3a:b7"}}]}},
               {{"id": "ann-laptop-2", "kind": "host"}}, {{"id": "shop", "kind": "host"}}],
            "findings": [
               {{"asset": "laptop-7.corp.example", "weakness": {{"id": "CVE-2024-0001"}}, "component": {{"name": "openssl", "version": "{version}"}}}},
               {{"asset": "ann-laptop", "weakness": {{"id": "acme:weak", "kind": "code_flaw"}},
                "location": {{"path": "/home/ann smith/a.py", "line": {line}}}, "sightings": [{{"source": "trivy", "rule": "weak",
                "title": "Ann Smith left this at 10.1.2.3 (00-1B-44-11-3A-B7)"}}]}},
               {{"asset": "shop", "weakness": {{"id": "CVE-2024-0002"}}}}]"#
        )
        .replace('\n', "")
    };
    let mut program = Program::default();
    let owners = r#"{"owners": [{"id": "ann", "name": "Ann Smith", "contact": "ann.smith@corp.example"}]}"#;
    let contents: Contents = serde_json::from_str(owners).unwrap();
    apply(&mut program, Event::new(day(0), What::Scope(Box::new(Scope::of(contents)))));
    apply(&mut program, full(1, "trivy", &list(3, "3.0.1")));
    let named = |part: &str| {
        let course = program.courses().find(|course| course.finding.as_str().contains(part)).unwrap();
        course.finding.clone()
    };
    let (package, flaw) = (named("CVE-2024-0001"), named("acme:weak"));
    assert!(package.as_str().contains('#') && flaw.as_str().contains('#'), "they are made of a digest");
    let accepted = Accepted { by: Some("ann smith".into()), ..Accepted::of(package.clone()) };
    apply(&mut program, Event::new(day(2), What::Accepted(accepted)));
    let mistake = scan(
        day(3),
        said("grype", r#""findings": [{"asset": "ann-laptop", "weakness": {"id": "CVE-2024-0009"}}]"#),
        Covers::Nothing,
    );
    apply(&mut program, mistake.clone());
    apply(&mut program, full(4, "trivy", &list(5, "3.0.2")));
    let claimed = Claimed { by: Some("Ann Smith".into()), ..Claimed::of(vec![flaw.clone()]) };
    apply(&mut program, Event::new(day(5), What::ClaimedDone(claimed)));
    let test = Evidence::new(flaw, "pentest", Outcome::Blocked, day(5));
    let of_place = Evidence::new(
        "CVE-2024-0001@laptop-7.corp.example".parse().unwrap(),
        "bas",
        Outcome::Exploited,
        day(5),
    );
    apply(&mut program, Event::new(day(6), What::Evidence(vec![test, of_place])));
    let withdrawn =
        ReportWithdrawn { by: Some("Ann Smith".into()), ..ReportWithdrawn::of(&mistake.id().unwrap()) };
    apply(&mut program, Event::new(day(7), What::ReportWithdrawn(withdrawn)));
    program
}

/// The numbers of what is known, without names.
fn numbers(program: &Program) -> Vec<String> {
    let today = program.assess(day(9)).unwrap();
    let mut numbers: Vec<String> = today
        .ranked()
        .map(|row| {
            let course = program.course(row.id.finding().unwrap()).unwrap();
            format!(
                "{:?} {:?} {} {} {:?}",
                row.risk.value(),
                row.likelihood,
                course.first,
                course.spells.len(),
                course.claimed
            )
        })
        .collect();
    numbers.sort();
    numbers
}

#[test]
fn nothing_of_an_asset_and_a_person_is_left_and_all_that_is_known_of_them_is() {
    let before = laptop();
    let mut program = before.clone();
    let erased = program.erase(&["laptop-7.corp.example", "ann"], &key()).unwrap();
    let document = program.document().unwrap();
    for name in [
        "ann-laptop",
        "laptop-7",
        "Ann's machine",
        "10.1.2.3",
        "00:1b:44:11:3a:b7",
        "00-1B-44-11-3A-B7",
        "Ann Smith",
        "ann.smith",
        "ann",
    ] {
        assert_eq!(left(&document, name), Vec::<&str>::new(), "{name}");
    }
    let names: Vec<usize> = erased.things.iter().map(|thing| thing.names).collect();
    assert_eq!(names, [7, 3], "{erased:?}");
    assert_eq!(numbers(&program), numbers(&before));
    assert_eq!(program.accepted_risks().len(), before.accepted_risks().len());
    let covers =
        |program: &Program| program.accepted_risks().iter().map(|risk| risk.covers.len()).collect::<Vec<_>>();
    assert_eq!(covers(&program), covers(&before));
    let told = |program: &Program| {
        program.reports().iter().map(|report| report.withdrawn.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(told(&program), told(&before));
    for n in 0..8 {
        assert_eq!(numbers(&program.at(day(n)).unwrap()), numbers(&before.at(day(n)).unwrap()), "day {n}");
    }
    // Whoever has the key finds the same pseudonym for the same name, and another key makes others.
    let mut other = laptop();
    assert_eq!(other.erase(&["ann-laptop", "Ann Smith"], &key()).unwrap().things.len(), 2);
    assert_eq!(other.document().unwrap(), document);
    let mut other = laptop();
    other.erase(&["ann-laptop", "ann"], &PseudonymKey::new([1; 32])).unwrap();
    assert_ne!(other.document().unwrap(), document);
}

#[test]
fn what_stands_nowhere_is_refused_and_nothing_is_erased() {
    let mut program = laptop();
    let before = program.document().unwrap();
    for (names, code, place) in [
        (vec!["shop", "bob"], "not_found", "/names/1"),
        (vec!["shop", "SHOP"], "invalid_input", "/names/1"),
        (vec!["127.0.0.1"], "invalid_input", "/names/0"),
        (vec![" "], "invalid_input", "/names/0"),
    ] {
        let error = program.erase(&names, &key()).unwrap_err();
        assert_eq!((error.code(), error.place()), (code, Some(place)), "{error}");
        assert_eq!(program.document().unwrap(), before);
    }
    assert!(program.erase(&[], &key()).unwrap().things.is_empty());
    assert_eq!(program.document().unwrap(), before);
}

#[test]
fn an_asset_may_be_called_as_a_word_of_the_document() {
    let mut program = Program::default();
    let list = r#""assets": [{"id": "host", "kind": "host"}, {"id": "findings", "kind": "host"}],
        "findings": [{"id": "f-1", "asset": "host", "weakness": {"id": "CVE-2024-0001", "kind": "vulnerability"}},
        {"id": "f-2", "asset": "findings", "weakness": {"id": "CVE-2024-0002"}}]"#;
    apply(
        &mut program,
        scan(day(1), said("trivy", &list.replace('\n', "")), Covers::Stated(Coverage::everything())),
    );
    program.erase(&["host", "findings"], &key()).unwrap();
    let assets: Vec<_> =
        program.environment().assets().map(|asset| (asset.kind.to_string(), asset.id.to_string())).collect();
    assert!(assets.iter().all(|(kind, id)| kind == "host" && id.starts_with("erased-")), "{assets:?}");
}

#[test]
fn a_store_has_nothing_of_the_names_either() {
    let mut kept = Kept::open(Memory::default(), laptop(), Effects::default()).unwrap();
    kept.erase(&["ann-laptop"], &key()).unwrap();
    apply_to(&mut kept, Event::new(day(10), What::TimePassed));
    let bytes = bytes(kept.program());
    let store = kept.into_store();
    let stored = store.load().unwrap().unwrap();
    let all = format!("{}{}", stored.checkpoint, stored.events.join("\n"));
    assert_eq!(left(&all, "ann-laptop"), Vec::<&str>::new());
    let again = Kept::open(store, Program::default(), Effects::default()).unwrap();
    assert_eq!(crate::bytes(again.program()), bytes);
}

fn apply_to<S: Store>(kept: &mut Kept<S>, event: Event) {
    kept.apply(event, ApplyOptions::default()).unwrap();
}
