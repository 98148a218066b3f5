//! What is remembered.

use crate::{apply, bytes, day, deltas::story, full, placing, worlds};
use ctem_core::{
    Program,
    intel::effects::Effects,
    program::{ApplyOptions, Event, Feeds, Kept, Memory, Retention, Store, What},
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(worlds::cases(48))]

    #[test]
    fn any_date_replays_to_the_same_bits_before_and_after_compaction((_, events) in story(8), cut in 0usize..8) {
        let mut program = Program::default();
        let mut as_it_was = Vec::new();
        for event in events {
            if program.apply(event, placing()).is_ok() {
                as_it_was.push((program.clock().unwrap(), bytes(&program)));
            }
        }
        for (moment, was) in &as_it_was {
            prop_assert_eq!(&bytes(&program.at(*moment).unwrap()), was);
        }
        let Some((from, _)) = as_it_was.get(cut) else { return Ok(()) };
        let before = bytes(&program);
        let dropped = program.compact(Retention { replay_from: *from, forget_gone_before: None }).unwrap();
        prop_assert_eq!(dropped, cut + 1);
        prop_assert_eq!(bytes(&program), before);
        for (moment, was) in as_it_was.iter().skip(cut) {
            prop_assert_eq!(&bytes(&program.at(*moment).unwrap()), was);
        }
        if let Some((before, _)) = cut.checked_sub(1).and_then(|n| as_it_was.get(n)) {
            prop_assert_eq!(program.at(*before).unwrap_err().code(), "not_found");
        }
    }

    #[test]
    fn a_program_written_and_read_again_is_the_same((_, events) in story(7), cut in 0usize..8) {
        let mut program = Program::default();
        for event in &events {
            let _ = program.apply(event.clone(), placing());
        }
        if let Some(event) = events.get(cut) {
            let _ = program.compact(Retention { replay_from: event.at, forget_gone_before: None });
        }
        let document = program.document().unwrap();
        let mut again = Program::read(document.as_bytes(), Effects::default()).unwrap();
        prop_assert_eq!(again.document().unwrap(), document);
        prop_assert_eq!(bytes(&again), bytes(&program));
        // And it goes on as the other does.
        let next = full(100, "trivy", r#""findings": [{"asset": "a0", "weakness": {"id": "CVE-2024-0001"}}]"#);
        let one = program.apply(next.clone(), ApplyOptions::default());
        let other = again.apply(next, ApplyOptions::default());
        prop_assert_eq!(one, other);
        prop_assert_eq!(bytes(&again), bytes(&program));
    }

    #[test]
    fn a_program_in_a_store_is_there_again((_, events) in story(7)) {
        let mut kept = Kept::open(Memory::default(), Program::default(), Effects::default()).unwrap();
        for event in events {
            let _ = kept.apply(event, placing());
        }
        let before = bytes(kept.program());
        let mut again = Kept::open(kept.into_store(), Program::default(), Effects::default()).unwrap();
        prop_assert_eq!(bytes(again.program()), before.clone());
        if let Some(clock) = again.program().clock() {
            again.compact(Retention { replay_from: clock, forget_gone_before: None }).unwrap();
            let last = Kept::open(again.into_store(), Program::default(), Effects::default()).unwrap();
            prop_assert_eq!(bytes(last.program()), before);
        }
    }
}

#[test]
fn two_writers_conflict_and_the_one_who_lost_is_as_it_was() {
    let mut store = Memory::default();
    let revision = store.replace(0, &Program::default().document().unwrap(), &[]).unwrap();
    let mut kept = Kept::open(store.clone(), Program::default(), Effects::default()).unwrap();
    kept.apply(Event::new(day(1), What::TimePassed), ApplyOptions::default()).unwrap();
    let mut store = kept.into_store();
    assert_eq!(store.append(revision, "{}").unwrap_err().code(), "conflict");
    assert_eq!(store.replace(revision, "{}", &[]).unwrap_err().code(), "conflict");
}

#[test]
fn what_is_long_gone_is_forgotten_where_that_is_asked_for() {
    let mut program = Program::default();
    let list = r#""findings": [{"asset": "shop", "weakness": {"id": "CVE-2024-0001"}}]"#;
    apply(&mut program, full(1, "trivy", list));
    apply(&mut program, full(2, "trivy", r#""findings": []"#));
    apply(&mut program, full(9, "trivy", r#""findings": []"#));
    let keeping = |gone| Retention { replay_from: day(9), forget_gone_before: gone };
    program.compact(keeping(None)).unwrap();
    assert_eq!(program.courses().count(), 1);
    program.compact(keeping(Some(day(5)))).unwrap();
    assert_eq!(program.courses().count(), 0);
    apply(&mut program, full(10, "trivy", list));
    assert_eq!(program.courses().next().unwrap().first, day(10));
}

#[test]
fn a_history_before_the_first_event_or_the_oldest_checkpoint_is_not_made_up() {
    assert_eq!(Program::default().at(day(1)).unwrap_err().code(), "not_found");
    let mut program = Program::default();
    apply(&mut program, Event::new(day(2), What::TimePassed));
    assert_eq!(program.at(day(1)).unwrap_err().code(), "not_found");
    program.compact(Retention { replay_from: day(2), forget_gone_before: None }).unwrap();
    let late = full(1, "trivy", r#""findings": []"#);
    let error = program.apply(late, placing()).unwrap_err();
    assert!(error.message().contains("no longer kept"), "{error}");
}

/// A day's table: some thousand scores, the first of which is stated.
fn scores(n: i64, first: &str) -> Event {
    let rows: String =
        (1..3_000).map(|cve| format!("CVE-2024-{:05},0.{:05}\n", 10_000 + cve, cve * 7)).collect();
    let text = format!(
        "#model_version:v1,score_date:2025-10-{:02}T00:00:00+0000\ncve,epss\nCVE-2024-0001,{first}\n{rows}",
        n + 9
    );
    Event::new(day(n), What::Intel(Feeds::read(Some(text.as_bytes()), None).unwrap()))
}

#[test]
fn a_log_does_not_grow_by_what_tables_repeat() {
    let mut program = Program::default();
    apply(
        &mut program,
        full(0, "trivy", r#""findings": [{"asset": "a0", "weakness": {"id": "CVE-2024-0001"}}]"#),
    );
    apply(&mut program, scores(1, "0.1"));
    let once = program.document().unwrap().len();
    for n in 2..12 {
        apply(&mut program, scores(n, &format!("0.{}", n + 10)));
    }
    let document = program.document().unwrap();
    assert!(document.len() < once + 10 * 400, "{once} bytes became {}", document.len());
    // The same event told again is known, though it is kept otherwise.
    let again = program.apply(scores(11, "0.21"), ApplyOptions::default()).unwrap();
    assert!(again.known);
    let read = Program::read(document.as_bytes(), Effects::default()).unwrap();
    assert_eq!((bytes(&read), read.document().unwrap()), (bytes(&program), document));
}

#[test]
fn a_table_that_is_told_late_leaves_those_after_it_as_they_were() {
    let told = [1, 2, 5, 6, 9].map(|n| scores(n, &format!("0.{}", n + 10)));
    let mut in_time = Kept::open(Memory::default(), Program::default(), Effects::default()).unwrap();
    let first = full(0, "trivy", r#""findings": [{"asset": "a0", "weakness": {"id": "CVE-2024-0001"}}]"#);
    for event in std::iter::once(&first).chain(&told) {
        in_time.apply(event.clone(), ApplyOptions::default()).unwrap();
    }
    let mut late = Kept::open(Memory::default(), Program::default(), Effects::default()).unwrap();
    for n in [0, 1, 4, 3, 5, 2] {
        let event = if n == 0 { &first } else { &told[n - 1] };
        late.apply(event.clone(), placing()).unwrap();
    }
    assert_eq!(late.program().document().unwrap(), in_time.program().document().unwrap());
    let again = Kept::open(late.into_store(), Program::default(), Effects::default()).unwrap();
    assert_eq!(bytes(again.program()), bytes(in_time.program()));
    assert_eq!(again.program().document().unwrap(), in_time.program().document().unwrap());
}

#[test]
fn a_change_of_a_table_that_is_not_there_is_refused() {
    let mut program = Program::default();
    apply(&mut program, scores(1, "0.1"));
    apply(&mut program, scores(2, "0.2"));
    let kept = program.events().last().unwrap().clone();
    let error = Program::default().apply(kept, ApplyOptions::default()).unwrap_err();
    assert_eq!((error.code(), error.place()), ("conflict", Some("epss")), "{error}");
}
