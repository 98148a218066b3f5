//! Hostile documents: every pair of `tests/reports`, bent in thousands of ways that are the same on every run of a seed.
//!
//! Whatever a document holds, reading it returns; an error has a code and says something; every record read is accepted,
//! merged or rejected with a note; and no secret of the document shows in a report, a note or an error.

#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;

use ctem_core::{
    Error, Program,
    attack::{OnProgress, Progress},
    discover::{self, ReadOptions},
    intel::Intel,
    model::{Contents, NoteKind, Report},
    wire,
};
use draw::Draw;
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// What a tool never writes where it stands: wrong types, numbers out of range, names twice, nesting, ends of syntax.
const HOSTILE_JSON: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "-1e999",
    "99999999999999999999999999",
    "0.1",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"../../../etc/passwd\"",
    "\"CVE-9999999999-1\"",
    "\"CVSS:3.1/AV:N\"",
    "\"2025-13-45T99:99:99Z\"",
    "[]",
    "{}",
    "[[[[]]]]",
    "[null, null]",
    "{\"\": null}",
    "{\"a\": 1, \"a\": 2}",
    "{",
    "]",
    ",",
];

/// The same for XML and tables, as text.
const HOSTILE_TEXT: &[&str] = &[
    "",
    "\"",
    "'",
    "<",
    "</a>",
    "<a>",
    "&x;",
    "&#0;",
    "]]>",
    "<!ENTITY x 'y'>",
    "<![CDATA[",
    "-->",
    ",,,,",
    ";",
    "\n",
    "\u{0}",
    "\u{202e}",
    "=1+1",
    "1e999",
    "-99999999999999999999",
    "65536/tcp",
];

fn one_of<'a>(list: &[&'a str], numbers: &mut Draw) -> &'a str {
    list[numbers.below(list.len())]
}

/// Documents by `FORMAT/NAME`, wherever the repository lies, each with the words in it that must never be shown.
fn documents() -> Vec<(String, String, Vec<String>)> {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut documents = Vec::new();
    for folder in fs::read_dir(&reports).unwrap().map(|entry| entry.unwrap().path()) {
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.strip_prefix(&reports).unwrap().display().to_string().replace('\\', "/");
            if name.ends_with("corpora.tsv") || name.ends_with(".expected.json") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let words = text.split(|c: char| !c.is_ascii_alphanumeric());
            let secrets: Vec<String> =
                words.filter(|word| word.contains("NOTAREALSECRET")).map(str::to_owned).collect();
            documents.push((name, text, secrets));
        }
    }
    documents.sort();
    assert!(documents.iter().any(|(_, _, secrets)| !secrets.is_empty()), "some documents hold secrets");
    documents
}

/// Reads bytes and holds the outcome to what must always be true of it.
fn read(bytes: &[u8], what: &str) -> Result<Report, Error> {
    let options = ReadOptions { most_bytes: 1 << 24, ..ReadOptions::default() };
    let outcome = discover::read_with(bytes, &options);
    match &outcome {
        Ok(report) => {
            let tally = report.tally;
            let rejected = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
            let rejected: u64 = rejected.map(|note| note.count).sum();
            assert_eq!(tally.read, tally.accepted + tally.merged + tally.rejected, "{what}");
            assert_eq!(tally.rejected, rejected, "{what}");
        }
        Err(error) => {
            assert!(!error.code().is_empty() && !error.message().is_empty(), "{what}");
            assert!(!error.to_string().contains(char::is_control), "{what}: {error}");
            assert!(error.to_string().chars().count() < 2100, "{what}: {error}");
        }
    }
    outcome
}

/// Everything of an outcome that anyone could come to see.
fn shown(outcome: &Result<Report, Error>) -> String {
    match outcome {
        Ok(report) => format!("{report:?}{}", wire::report(report)),
        Err(error) => error.to_string(),
    }
}

/// The pointers to all values inside one.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let mut inside = |name: String, value: &Value| {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        pointers(value, &at, into);
        into.push(at);
    };
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| inside(n.to_string(), value)),
        Value::Object(map) => map.iter().for_each(|(name, value)| inside(name.clone(), value)),
        _ => {}
    }
}

/// JSON with something else in place of one value. What takes its place is made from the value's own text.
fn replaced(json: &str, numbers: &mut Draw, with: impl FnOnce(&mut Draw, &str) -> String) -> Option<String> {
    let mut value: Value = serde_json::from_str(json).ok()?;
    let mut all = Vec::new();
    pointers(&value, "", &mut all);
    // What says in SARIF that a tool looks for secrets stays: without it, its words are like any other tool's.
    let says_the_tool = |at: &str| {
        at.starts_with("/runs/")
            && ["/tool", "/tool/driver", "/tool/driver/name"].iter().any(|end| at.ends_with(end))
    };
    all.retain(|at| !says_the_tool(at));
    let place = value.pointer_mut(all.get(numbers.below(all.len()))?)?;
    let before = std::mem::replace(place, "HOLE".into()).to_string();
    let value = value.to_string();
    Some(value.replacen("\"HOLE\"", &with(numbers, &before), 1))
}

/// The document with a hostile value in place of one of its own, in the syntax it has.
fn with_hostile_value(text: &str, secrets: &[String], numbers: &mut Draw) -> Option<String> {
    let hostile = |numbers: &mut Draw, before: &str| match numbers.below(8) {
        0 => format!("[{before}]"),
        1 => format!("{{\"a\": {before}}}"),
        2 => format!("{before}, \"a\": 1, \"a\": {before}"),
        _ => one_of(HOSTILE_JSON, numbers).to_owned(),
    };
    if serde_json::from_str::<Value>(text).is_ok() {
        return replaced(text, numbers, hostile);
    }
    let lines: Vec<&str> = text.lines().collect();
    if text.starts_with('{') {
        let n = numbers.below(lines.len());
        let line = replaced(lines[n], numbers, hostile)?;
        return Some([&lines[..n], &[line.as_str()], &lines[n + 1..]].concat().join("\n"));
    }
    // XML and tables: some word that is not of a secret.
    let words: Vec<(usize, &str)> = text
        .match_indices(|c: char| c.is_ascii_alphanumeric())
        .filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric()))
        .map(|(at, _)| {
            let rest = &text[at..];
            (at, &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())])
        })
        .filter(|(_, word)| !secrets.iter().any(|secret| secret == word))
        .collect();
    let (at, word) = *words.get(numbers.below(words.len()))?;
    Some(format!("{}{}{}", &text[..at], one_of(HOSTILE_TEXT, numbers), &text[at + word.len()..]))
}

#[test]
fn a_hostile_value_never_shows_a_secret_nor_breaks_the_count() {
    for (name, text, secrets) in documents() {
        let mut numbers = Draw::of(7);
        for _ in 0..200 {
            let Some(bent) = with_hostile_value(&text, &secrets, &mut numbers) else { continue };
            let outcome = read(bent.as_bytes(), &name);
            let shown = shown(&outcome);
            for secret in &secrets {
                assert!(!shown.contains(secret.as_str()), "{name}: {secret} in {shown} of\n{bent}");
            }
        }
    }
}

/// On one line all records have one place, and some one reason: each that is rejected still has a note of its own.
#[test]
fn records_that_are_rejected_on_one_line_have_a_note_each() {
    let mut alike = 0;
    for (name, text, secrets) in documents().iter().filter(|(_, text, _)| text.starts_with('<')) {
        let line = text.replace('\n', " ");
        let mut numbers = Draw::of(23);
        for _ in 0..200 {
            let Some(bent) = with_hostile_value(&line, secrets, &mut numbers) else { continue };
            if let Ok(report) = read(bent.as_bytes(), name) {
                let rejected = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
                let rejected: Vec<_> = rejected.collect();
                assert!(rejected.len() as u64 == report.tally.rejected.min(1000), "{name}: {rejected:?}");
                alike += rejected.windows(2).filter(|pair| pair[0] == pair[1]).count();
            }
        }
    }
    assert!(alike > 0, "some records are rejected for one reason at one place");
    let twice = "<NessusClientData_v2><Report><ReportHost name=\"h\"><ReportItem/><ReportItem/></ReportHost></Report></NessusClientData_v2>";
    let report = read(twice.as_bytes(), "nessus").unwrap();
    assert_eq!(report.notes.iter().map(|note| note.count).collect::<Vec<_>>(), [1, 1]);
}

/// A result that names no rule is named by its tool's words, never by the message that quotes the secret.
#[test]
fn a_secret_whose_rule_is_not_named_is_named_by_nothing_that_quotes_it() {
    let document = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Gitleaks"}}, "results": [
        {"ruleId": null, "message": {"text": "found NOTAREALSECRETtoken"}}]}]}"#;
    let report = read(document.as_bytes(), "sarif");
    assert!(report.is_ok() && !shown(&report).contains("NOTAREALSECRET"), "{}", shown(&report));
}

#[test]
fn bytes_moved_cut_and_doubled_are_read_or_refused() {
    let documents = documents();
    for (name, text, _) in &documents {
        let (mut numbers, bytes) = (Draw::of(11), text.as_bytes());
        for n in 0..150 {
            let (start, length) = (numbers.below(bytes.len()), numbers.below(60));
            let end = (start + length).min(bytes.len());
            let other = documents[numbers.below(documents.len())].1.as_bytes();
            let from = numbers.below(other.len());
            let piece: &[u8] = match n % 5 {
                0 => b"",
                1 => &[bytes[start], bytes[start]],
                2 => &other[from..(from + length).min(other.len())],
                3 => HOSTILE_TEXT[numbers.below(HOSTILE_TEXT.len())].as_bytes(),
                _ => HOSTILE_JSON[numbers.below(HOSTILE_JSON.len())].as_bytes(),
            };
            let _ = read(&[&bytes[..start], piece, &bytes[end..]].concat(), name);
        }
    }
}

#[test]
fn nesting_length_and_number_meet_limits_and_not_the_stack() {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let json = [
        nested("[", "]"),
        nested("{\"a\":", "}").replace(":}", ":0}"),
        format!("[{}]", "{},".repeat(9_999) + "{}"),
    ];
    let long = "x".repeat(1 << 20);
    for (name, text, _) in documents() {
        let mut numbers = Draw::of(13);
        for piece in json.iter().chain([&format!("\"{long}\""), &format!("1{}", "0".repeat(1 << 16))]) {
            for _ in 0..6 {
                if let Some(bent) = replaced(&text, &mut numbers, |_, _| piece.clone()) {
                    let _ = read(bent.as_bytes(), &name);
                }
            }
        }
        for piece in [nested("<a>", "</a>"), "<a/>".repeat(20_000), "&amp;".repeat(20_000), long.clone()] {
            for (at, _) in text.match_indices('>').step_by(1 + text.matches('>').count() / 8) {
                let _ = read(format!("{}{piece}{}", &text[..=at], &text[at + 1..]).as_bytes(), &name);
            }
            let _ = read(format!("{piece}\n{text}").as_bytes(), &name);
            let _ = read(format!("{text}\n{piece}").as_bytes(), &name);
        }
        if let (true, Some(end)) = (text.starts_with('<'), text.find("?>")) {
            let laughs = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>";
            let error = read(format!("{}{laughs}{}", &text[..end + 2], &text[end + 2..]).as_bytes(), &name);
            assert_eq!(error.unwrap_err().code(), "malformed", "{name}");
        }
    }
}

#[test]
fn whatever_is_packed_in_gzip_meets_the_same_limit() {
    for (name, text, _) in documents() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.write_all(&vec![b'\n'; 1 << 22]).unwrap();
        let packed = packed.finish().unwrap();
        let options = ReadOptions { most_bytes: 1 << 20, ..ReadOptions::default() };
        assert_eq!(discover::read_with(&packed, &options).unwrap_err().code(), "limit_exceeded", "{name}");
    }
}

/// Whatever can be read can be assessed, and every explanation folds to the number it explains.
#[test]
fn what_is_read_of_a_bent_document_can_be_assessed_and_explained() {
    let mut explained = 0;
    for (name, text, secrets) in documents() {
        let mut numbers = Draw::of(17);
        let often = if name.starts_with("ctem/") { 400 } else { 20 };
        for _ in 0..often {
            let Some(bent) = with_hostile_value(&text, &secrets, &mut numbers) else { continue };
            let Ok(report) = read(bent.as_bytes(), &name) else { continue };
            let mut program = Program::new(Intel::none());
            let read = report.contents.len() as u64;
            let absorbed = program.absorb(report).tally;
            assert_eq!(absorbed.read, absorbed.accepted + absorbed.merged + absorbed.rejected, "{bent}");
            assert!(absorbed.read >= read, "{absorbed} of {read} in {bent}");
            let today = match program.assess("2025-11-13".parse().unwrap()) {
                Ok(today) => today,
                Err(error) => {
                    assert!(!error.message().is_empty());
                    continue;
                }
            };
            for exposure in today.ranked() {
                let (risk, why) = (exposure.risk, today.explain(&exposure.id).unwrap());
                assert!(0.0 <= risk.lower() && risk.lower() <= risk.upper(), "{risk:?} of {bent}");
                assert_eq!(why.risk.folded().to_bits(), risk.value().to_bits(), "{bent}");
                explained += 1;
            }
            assert!(today.loss_events().iter().all(|jewel| jewel.chance.upper() <= 1.0), "{bent}");
            wire::assessment(
                &today,
                &wire::DocumentOptions { at_most: 3, explained: true, ..Default::default() },
            );
        }
    }
    assert!(explained > 500, "{explained}");
}

/// A native document means the same from a stream as in memory.
#[test]
fn a_stream_hands_over_what_memory_would() {
    for (name, text, secrets) in documents().iter().filter(|(name, _, _)| name.starts_with("ctem/")) {
        let mut numbers = Draw::of(19);
        for _ in 0..200 {
            let Some(bent) = with_hostile_value(text, secrets, &mut numbers) else { continue };
            let mut contents = Contents::default();
            let streamed = discover::stream(bent.as_bytes(), &ReadOptions::default(), |record| {
                contents.push(record);
                Ok(())
            });
            let whole = discover::read_with(
                bent.as_bytes(),
                &ReadOptions { format: Some("ctem".into()), ..ReadOptions::default() },
            );
            match (streamed, whole) {
                (Ok(streamed), Ok(report)) => {
                    assert_eq!(
                        (&contents, streamed.tally),
                        (&report.contents, report.tally),
                        "{name}: {bent}"
                    );
                    assert_eq!(streamed.notes, report.notes, "{name}: {bent}");
                }
                (Err(streamed), Err(whole)) => assert_eq!(streamed.code(), whole.code(), "{name}: {bent}"),
                (streamed, whole) => panic!("{name}: {streamed:?} but {whole:?} of {bent}"),
            }
        }
    }
}

/// One vulnerability with a long text that affects thousands of components: half a megabyte that would fill gigabytes.
#[test]
fn a_text_repeated_by_reference_does_not_multiply() {
    let affects = vec!["{\"ref\":\"a\"}"; 20_000].join(",");
    let long = "x".repeat(1 << 19);
    let bom = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"vulnerabilities\":[{{\"id\":\"CVE-2024-1\",\
         \"description\":\"{long}\",\"affects\":[{affects}]}}]}}"
    );
    let report = read(bom.as_bytes(), "cyclonedx").unwrap();
    assert_eq!(report.tally.rejected, 1, "{}", report.tally);
    assert!(report.notes.iter().any(|note| note.reason.contains("repeat")), "{:?}", report.notes);
}

/// What a rule of an ignore file keeps of what many share is bounded like what a finding does.
#[test]
fn what_many_rules_of_an_ignore_file_share_does_not_multiply() {
    let long = "x".repeat(1 << 19);
    let text = format!("# {long}\n{}", "CVE-2024-1234\n".repeat(20_000));
    let report = read(text.as_bytes(), "trivyignore").unwrap();
    let tally = report.tally;
    assert!(tally.accepted > 1000 && tally.rejected > 1000 && tally.read == 20_000, "{tally}");
    let checks = vec!["\"CKV_AWS_18\""; 20_000].join(",");
    let baseline = format!(
        "{{\"failed_checks\":[{{\"file\":\"{long}\",\"findings\":[{{\"resource\":\"a.b\",\"check_ids\":[{checks}]}}]}}]}}"
    );
    let report = read(baseline.as_bytes(), "checkov_config").unwrap();
    assert_eq!((report.tally.accepted, report.tally.rejected), (0, 1), "{}", report.tally);
    // Nor do the rules stay that were read of a record before it was rejected.
    assert!(report.notes.iter().all(|note| note.kind == NoteKind::Rejected), "{:?}", report.notes);
}

/// A name is looked up, not searched for: with a search this test would take minutes.
#[test]
fn many_names_and_aliases_cost_what_they_are() {
    let names: String = (0..200_000).map(|n| format!(",\"n{n}\":0")).collect();
    let report = read(format!("{{\"ctem\":{{\"version\":1}}{names}}}").as_bytes(), "ctem").unwrap();
    let noted: u64 = report.notes.iter().map(|note| note.count).sum();
    assert!(report.notes.len() < 1010 && noted == 200_000, "{} notes of {noted}", report.notes.len());

    let aliases: Vec<String> = (0..200_000).map(|n| format!("\"CVE-2024-{}\"", 1000 + n)).collect();
    let pip = format!(
        "{{\"dependencies\":[{{\"name\":\"a\",\"version\":\"1\",\"vulns\":[{{\"id\":\"PYSEC-1\",\"aliases\":[{}]}}]}}],\"fixes\":[]}}",
        aliases.join(",")
    );
    let report = read(pip.as_bytes(), "pip_audit").unwrap();
    assert_eq!(report.contents.findings[0].weakness.aliases.len(), 200_000);
}

/// What a rejected record had added is taken back, down to the note that its asset was assumed.
#[test]
fn whoever_says_stop_is_heard_by_every_reader() {
    let mut heard = std::collections::BTreeSet::new();
    for (name, text, _) in documents() {
        let Ok(whole) = discover::read(text.as_bytes()) else { continue };
        let stop = OnProgress::new(&|_| false);
        let stopped =
            discover::read_with(text.as_bytes(), &ReadOptions { progress: stop, ..ReadOptions::default() });
        if whole.tally.read > 0 {
            let error = stopped.expect_err(&name);
            assert_eq!(error.code(), "cancelled", "{name}: {error}");
            heard.insert(whole.source.format.clone());
        }
        let asked = AtomicU64::new(0);
        let told = |progress: Progress| {
            asked.fetch_add(1, Relaxed);
            progress.done <= progress.of
        };
        let options = ReadOptions { progress: OnProgress::new(&told), ..ReadOptions::default() };
        assert_eq!(discover::read_with(text.as_bytes(), &options).as_ref(), Ok(&whole), "{name}");
        assert_eq!(asked.into_inner() > 0, whole.tally.read > 0, "{name}");
    }
    assert!(heard.len() > 60, "{} formats", heard.len());
}

#[test]
fn an_assumption_is_noted_even_when_the_first_record_is_rejected() {
    let leaks = "[{\"RuleID\": \" \", \"StartLine\": 1, \"File\": \"a\"}, {\"RuleID\": \"key\", \"StartLine\": 1, \"File\": \"b\"}]";
    let report = read(leaks.as_bytes(), "gitleaks").unwrap();
    assert_eq!((report.tally.accepted, report.tally.rejected), (1, 1));
    assert!(report.notes.iter().any(|note| note.kind == NoteKind::Assumed), "{:?}", report.notes);
}

/// A secret that stands as a number must not be quoted by a complaint about its type.
#[test]
fn a_secret_of_another_type_is_not_quoted() {
    let leak = "[{\"RuleID\": \"pin\", \"StartLine\": 1, \"File\": \"a\", \"Secret\": 31415926535}]";
    let outcome = read(leak.as_bytes(), "gitleaks");
    assert!(!shown(&outcome).contains("31415926535"), "{outcome:?}");
    assert!(outcome.unwrap().contents.findings[0].secret.as_ref().unwrap().fingerprint.is_some());
}

/// A loss event is looked up, and a service's are sorted once: with a search for each this test would take many minutes.
#[test]
fn many_services_and_loss_events_cost_what_they_are() {
    let event = |n: usize| {
        format!(
            "{{\"id\":\"e{n}\",\"loss\":{{\"amount\":1.0,\"unit\":\"EUR\"}},\"when\":{{\"state\":{{\"asset\":\"a\",\"access\":\"use\"}}}}}}"
        )
    };
    for of_one in [false, true] {
        let service = |n: usize| {
            let id = if of_one { "s".to_owned() } else { format!("s{n}") };
            format!("{{\"id\":\"{id}\",\"loss_events\":[{}]}}", event(n))
        };
        let services: Vec<String> = (0..100_000).map(service).collect();
        let document = format!("{{\"ctem\":{{\"version\":1}},\"services\":[{}]}}", services.join(","));
        let mut program = Program::new(Intel::none());
        let absorbed = program.absorb(discover::read(document.as_bytes()).unwrap());
        assert_eq!(absorbed.tally.rejected, 0);
        let again = program.absorb(discover::read(document.as_bytes()).unwrap());
        assert_eq!((again.tally.accepted, again.tally.rejected), (0, 0));
        let events: usize = program.environment().services().map(|service| service.loss_events.len()).sum();
        assert_eq!(events, 100_000);
    }
}

/// A stream that breaks off is told from a document that is broken, and the error keeps what it came from.
#[test]
fn a_stream_that_breaks_off_is_no_malformed_document() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    use std::{error::Error as _, io::Read};
    for before in ["{\"ctem\": {\"version\": 1}}\n{\"asset\"", "{\"ctem\": {\"version\": 1},\n\"assets\": ["]
    {
        let source = before.as_bytes().chain(Broken);
        let error = discover::stream(source, &ReadOptions::default(), |_| Ok(())).unwrap_err();
        assert_eq!(error.code(), "io", "{error}");
        assert!(error.source().is_some_and(|source| source.is::<std::io::Error>()), "{error}");
    }
    let lines =
        "{\"ctem\": {\"version\": 1}}\n{\"asset\": {}}\n{\"asset\": {\"id\": \"a\", \"kind\": \"host\"}}";
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    let error =
        discover::stream(lines.as_bytes(), &strict, |_| panic!("nothing comes after the error")).unwrap_err();
    assert_eq!(error.place(), Some("line 2/asset"));
}

/// Addresses in graphs lose what they log on with, wherever they stand.
#[test]
fn a_graph_keeps_no_secret_of_an_address() {
    let address = "https://ci:NOTAREALSECRET@git.example/shop?token=NOTAREALSECRET";
    let node = format!(
        "{{\"id\":\"{address}\",\"kinds\":[\"X\",\"{address}\"],\"properties\":{{\"name\":\"{address}\",\"domain\":\"{address}\"}}}}"
    );
    let edge = |kind: &str| {
        format!("{{\"kind\":\"{kind}\",\"start\":{{\"value\":\"{address}\"}},\"end\":{{\"value\":\"b\"}}}}")
    };
    let graph =
        format!("{{\"graph\":{{\"nodes\":[{node}],\"edges\":[{},{}]}}}}", edge("MemberOf"), edge(address));
    let finding = format!("{{\"relationship\":\"MemberOf\",\"remediation\":\"see {address}\"}}");
    let schema = format!(
        "{{\"schema\":{{\"name\":\"X\"}},\"relationship_kinds\":[{{\"name\":\"{address}\",\"is_traversable\":true}}],\"relationship_findings\":[{finding}]}}"
    );
    let files = [("graph.json", graph.as_bytes()), ("schema.json", schema.as_bytes())];
    let report = discover::read_collection(files, &ReadOptions::default()).unwrap().reports.remove(0);
    assert_eq!(report.contents.relations[0].from.as_str(), "https://git.example/shop?token=…");
    let shown = shown(&Ok(report));
    assert!(!shown.contains("NOTAREALSECRET"), "{shown}");

    let azure = format!(
        "{{\"data\":[{{\"kind\":\"AZ{address}\",\"data\":{{}}}},{{\"kind\":\"AZTenant\",\"data\":{{\"tenantId\":\"{address}\"}}}}]}}"
    );
    let shown = self::shown(&read(azure.as_bytes(), "azurehound"));
    assert!(shown.contains("git.example") && !shown.contains("NOTAREALSECRET"), "{shown}");
}

/// What follows for every pair of two long lists does not fill the memory: a hundred kilobytes that would make a million rights.
#[test]
fn edges_that_follow_for_every_pair_are_bounded() {
    let list = |kind: &str, first: usize| {
        let one = |n| format!("{{\"ObjectIdentifier\":\"S-1-5-21-1-{n}\",\"ObjectType\":\"{kind}\"}}");
        (first..first + 1000).map(one).collect::<Vec<_>>().join(",")
    };
    let (computers, users) = (list("Computer", 10_000), list("User", 20_000));
    let domain = format!(
        "{{\"data\":[{{\"ObjectIdentifier\":\"S-1-5-21-1\",\"GPOChanges\":{{\"AffectedComputers\":[{computers}],\"LocalAdmins\":[{users}]}}}}],\
         \"meta\":{{\"type\":\"domains\",\"version\":6}}}}"
    );
    let report = read(domain.as_bytes(), "sharphound").unwrap();
    assert!(report.contents.relations.len() < 400_000, "{}", report.contents.relations.len());
    assert!(report.notes.iter().any(|note| note.reason.contains("some are missing")), "{:?}", report.notes);

    // Each permission is one for every group of the tenant.
    let principals: String = (0..1500)
        .map(|n| {
            format!(
                ",{{\"kind\":\"AZGroup\",\"data\":{{\"id\":\"g{n}\",\"tenantId\":\"t\"}}}},\
                 {{\"kind\":\"AZAppRoleAssignment\",\"data\":{{\"appRoleId\":\"62a82d76-70ea-41e2-9197-370581804d09\",\"principalId\":\"p{n}\",\"resourceId\":\"m\"}}}}"
            )
        })
        .collect();
    let tenant = format!(
        "{{\"data\":[{{\"kind\":\"AZServicePrincipal\",\"data\":{{\"id\":\"m\",\"tenantId\":\"t\"}}}}{principals}]}}"
    );
    let report = read(tenant.as_bytes(), "azurehound").unwrap();
    assert!(report.contents.relations.len() < 400_000, "{}", report.contents.relations.len());
    assert!(report.notes.iter().any(|note| note.reason.contains("some are missing")), "{:?}", report.notes);
}

/// A node is looked up by what is said of it, and has few kinds: with a search for each this test would take many minutes.
#[test]
fn many_edges_to_nodes_of_one_name_cost_what_they_are() {
    let kinds: Vec<String> = (0..200_000).map(|n| format!("\"k{n}\"")).collect();
    let one = format!("{{\"id\":\"a\",\"kinds\":[{}]}}", kinds.join(","));
    let named = (0..20_000)
        .map(|n| format!(",{{\"id\":\"n{n}\",\"kinds\":[\"User\"],\"properties\":{{\"name\":\"x\"}}}}"));
    let edge =
        |end: &str| format!("{{\"kind\":\"MemberOf\",\"start\":{{\"value\":\"a\"}},\"end\":{{{end}}}}}");
    let edges = (0..20_000).map(|n| match n % 2 {
        0 => edge("\"match_by\":\"name\",\"value\":\"x\",\"kind\":\"Group\""),
        _ => edge(&format!(
            "\"match_by\":\"property\",\"property_matchers\":[{{\"key\":\"k{n}\",\"value\":\"x\"}}]"
        )),
    });
    let edges: Vec<String> = edges.collect();
    let graph = format!(
        "{{\"graph\":{{\"nodes\":[{one}{}],\"edges\":[{}]}}}}",
        named.collect::<String>(),
        edges.join(",")
    );
    let report = read(graph.as_bytes(), "opengraph").unwrap();
    assert_eq!((report.tally.accepted, report.tally.rejected), (20_001, 20_000));
    assert!(
        report.notes.iter().any(|note| note.reason.contains("by their ids")),
        "{:?}",
        report.notes.last()
    );
}
