//! The store in a file: what was answered is there again, however the process ended.
//!
//! By the feature `sqlite`. `STORE_KILLS=1000 cargo test --features sqlite --test store` kills a writer a thousand times.
#![cfg(feature = "sqlite")]

use ctem_core::{
    Moment, Program, discover,
    intel::effects::Effects,
    program::{ApplyOptions, Event, Kept, PseudonymKey, Retention, Sqlite, Store, What},
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

fn day(n: u64) -> Moment {
    Moment::from_unix_seconds(1_760_000_000 + n as i64).unwrap()
}

fn path(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("ctem-store-{}-{name}.db", std::process::id()));
    for end in ["", "-wal", "-shm"] {
        let mut file = path.clone().into_os_string();
        file.push(end);
        let _ = fs::remove_file(file);
    }
    path
}

fn open(path: &Path) -> Kept<Sqlite> {
    Kept::open(Sqlite::open(path).unwrap(), Program::default(), Effects::default()).unwrap()
}

fn told(kept: &Kept<Sqlite>) -> u64 {
    // One second an event, so that the clock says how many there were, also of those that were compacted.
    kept.program().clock().map_or(0, |clock| (clock.unix_seconds() - 1_760_000_000) as u64)
}

/// What the process is that is killed: it writes one event after the other, says of each that it was answered, and now and then makes
/// one state of all.
#[test]
fn a_writer() {
    let Ok(path) = std::env::var("STORE_WRITER") else { return };
    let mut kept = open(Path::new(&path));
    let mut out = std::io::stdout();
    loop {
        let next = told(&kept) + 1;
        kept.apply(Event::new(day(next), What::TimePassed), ApplyOptions::default()).unwrap();
        writeln!(out, "answered {next}").unwrap();
        out.flush().unwrap();
        if next.is_multiple_of(17) {
            kept.compact(Retention { replay_from: day(next), forget_gone_before: None }).unwrap();
        }
    }
}

#[test]
fn every_event_that_was_answered_is_there_after_the_writer_was_killed() {
    let kills: u32 = std::env::var("STORE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let path = path("killed");
    let mut written = 0;
    for kill in 0..kills {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["a_writer", "--exact", "--nocapture", "--test-threads=1"])
            .env("STORE_WRITER", &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap());
        let (mut answered, mut line) = (0, String::new());
        let number = |line: &str| line.trim().rsplit_once("answered ").and_then(|(_, n)| n.parse().ok());
        // So many answers, and then somewhere within the next: each kill at another place.
        for _ in 0..=kill % 23 {
            line.clear();
            while number(&line).is_none() {
                line.clear();
                assert!(lines.read_line(&mut line).unwrap() > 0, "the writer ended by itself");
            }
            answered = number(&line).unwrap_or(answered);
        }
        std::thread::sleep(Duration::from_micros(u64::from(kill) * 37 % 1500));
        writer.kill().unwrap();
        writer.wait().unwrap();
        // What it said before it died counts too.
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        answered = rest
            .lines()
            .filter(|line| rest.ends_with('\n') || !rest.ends_with(line))
            .filter_map(number)
            .fold(answered, u64::max);
        let kept = open(&path);
        let found = told(&kept);
        // One more may have been stored and not yet answered.
        assert!(
            found == answered || found == answered + 1,
            "kill {kill}: {answered} were answered and {found} are there"
        );
        written = found;
    }
    println!("{kills} kills, {written} events");
    assert!(written >= u64::from(kills));
}

#[test]
fn a_file_of_something_else_is_refused_and_not_touched() {
    let foreign = path("foreign");
    fs::write(&foreign, "these are somebody's notes, and no database of any kind").unwrap();
    let before = fs::read(&foreign).unwrap();
    let error = Sqlite::open(&foreign).unwrap_err();
    assert_eq!(error.code(), "unknown_format", "{error}");
    assert_eq!(fs::read(&foreign).unwrap(), before);
}

#[test]
fn two_writers_of_one_file_conflict_cleanly_and_readers_see_one_state() {
    let path = path("two");
    let (mut one, mut other) = (open(&path), open(&path));
    one.apply(Event::new(day(1), What::TimePassed), ApplyOptions::default()).unwrap();
    let error = other.apply(Event::new(day(2), What::TimePassed), ApplyOptions::default()).unwrap_err();
    assert_eq!(error.code(), "conflict");
    assert_eq!(told(&other), 0, "it is as it was");
    // Loaded again, it goes on.
    let mut other = open(&path);
    other.apply(Event::new(day(2), What::TimePassed), ApplyOptions::default()).unwrap();
    let reader = Sqlite::open(&path).unwrap();
    let seen = reader.load().unwrap().unwrap();
    other.apply(Event::new(day(3), What::TimePassed), ApplyOptions::default()).unwrap();
    assert_eq!(reader.load().unwrap().unwrap().revision, seen.revision + 1);
    assert_eq!(seen.events.len(), 2);
}

/// What is erased is in no byte of the file and of what SQLite keeps beside it, whatever was written and replaced before.
#[test]
fn nothing_of_who_is_erased_is_left_in_the_file() {
    let path = path("erased");
    let mut kept = open(&path);
    for n in 1..40 {
        let list = format!(
            r#"{{"ctem": {{"version": 2}}, "assets": [{{"id": "ann-laptop", "kind": "host"}}],
                "findings": [{{"asset": "ann-laptop", "weakness": {{"id": "CVE-2024-{:04}"}}}}]}}"#,
            1000 + n
        );
        let report = discover::read(list.as_bytes()).unwrap();
        kept.apply(Event::absorbed(day(n), report), ApplyOptions::default()).unwrap();
        if n == 20 {
            kept.compact(Retention { replay_from: day(n), forget_gone_before: None }).unwrap();
        }
    }
    let holds = |name: &str| {
        ["", "-wal"].iter().any(|end| {
            let mut file = path.clone().into_os_string();
            file.push(end);
            let bytes = fs::read(file).unwrap_or_default();
            bytes.windows(name.len()).any(|window| window == name.as_bytes())
        })
    };
    assert!(holds("ann-laptop"));
    let erased = kept.erase(&["ann-laptop"], &PseudonymKey::new([7; 32])).unwrap();
    assert!(!holds("ann-laptop") && holds(&erased.things[0].pseudonym));
    // And it goes on.
    kept.apply(Event::new(day(50), What::TimePassed), ApplyOptions::default()).unwrap();
    let courses = kept.program().courses().count();
    drop(kept);
    assert_eq!(open(&path).program().courses().count(), courses);
}
