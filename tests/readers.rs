//! Readers against scanners' real output, and against small documents of our own with the report each should become.
//!
//! A format's folder in `tests/reports` holds pairs, `NAME.EXT` and `NAME.EXT.expected.json`, and `corpora.tsv`: for each file
//! of the corpora that the format reads, how many findings it has, and why, where that is not what the manifest says.

mod corpora;

use ctem_core::{
    discover::{self, ReadOptions},
    error::{ErrorKind, Result},
    model::{NoteKind, Report},
    wire,
};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

fn reports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

/// The pairs: format, document, expected report.
fn pairs() -> Vec<(String, PathBuf, PathBuf)> {
    let mut pairs = Vec::new();
    for folder in fs::read_dir(reports()).unwrap().map(|entry| entry.unwrap().path()) {
        let format = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            if name != "corpora.tsv" && !name.ends_with(".expected.json") {
                pairs.push((format.clone(), file, folder.join(format!("{name}.expected.json"))));
            }
        }
    }
    pairs.sort();
    pairs
}

fn tally_holds(report: &Report) -> bool {
    let tally = report.tally;
    let rejected = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
    let rejected: u64 = rejected.map(|note| note.count).sum();
    tally.read == tally.accepted + tally.merged + tally.rejected && tally.rejected == rejected
}

#[test]
fn every_document_becomes_the_report_beside_it() {
    let pairs = pairs();
    for (format, document, expected) in &pairs {
        let report = discover::read(&fs::read(document).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", document.display()));
        assert_eq!(&*report.source.format, format.as_str(), "{}", document.display());
        assert!(tally_holds(&report), "{}: {}", document.display(), report.tally);
        let value: serde_json::Value = serde_json::from_str(&wire::report(&report)).unwrap();
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        if std::env::var_os("CTEM_BLESS").is_some() && !expected.exists() {
            fs::write(expected, &text).unwrap();
        }
        let known = fs::read_to_string(expected).unwrap_or_default();
        assert!(known == text, "{} does not become {}:\n{text}", document.display(), expected.display());
    }
    let formats: std::collections::BTreeSet<_> = pairs.iter().map(|(format, _, _)| format.as_str()).collect();
    let all: std::collections::BTreeSet<_> = discover::formats().map(|(name, _)| name).collect();
    assert_eq!(formats, all, "every format has a pair");
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn real_scanner_output_is_read_whole() {
    let manifest = String::from_utf8(corpora::file("scans/MANIFEST.tsv")).unwrap();
    let independent: BTreeMap<&str, &str> = manifest
        .lines()
        .filter_map(|line| {
            let fields: Vec<_> = line.split('\t').collect();
            Some((*fields.first()?, *fields.get(3)?))
        })
        .collect();
    let mut checked = 0;
    let mut wrong = Vec::new();
    for folder in fs::read_dir(reports()).unwrap().map(|entry| entry.unwrap().path()) {
        let format = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(table) = fs::read_to_string(folder.join("corpora.tsv")) else { continue };
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            let (path, expected) = (fields[0], fields[1]);
            let reason = fields.get(2).copied().unwrap_or_default();
            let bytes = corpora::file(&format!("scans/{path}"));
            checked += 1;
            let report = match discover::read(&bytes) {
                Ok(report) => report,
                Err(error) => {
                    if expected != error.code() || reason.is_empty() {
                        wrong.push(format!("{path}: {error}"));
                    }
                    continue;
                }
            };
            let found = report.contents.findings.len().to_string();
            let rejected: Vec<_> =
                report.notes.iter().filter(|note| note.kind == NoteKind::Rejected).collect();
            if *report.source.format != *format {
                wrong.push(format!("{path}: taken for {}", report.source.format));
            } else if found != expected || !tally_holds(&report) {
                wrong.push(format!("{path}: {found} findings, {expected} expected; {}", report.tally));
            } else if !rejected.is_empty() && !reason.contains("reject") {
                wrong.push(format!("{path}: {} rejected, the first: {}", rejected.len(), rejected[0]));
            } else if independent.get(path).is_some_and(|count| *count != found) && reason.is_empty() {
                wrong.push(format!(
                    "{path}: {found} findings, {} in the manifest, and no reason",
                    independent[path]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100, "{checked}");
}

/// The outcome of reading, whichever it is: never a panic, and an error that says something.
fn survives(bytes: &[u8], what: &str) -> Result<Report> {
    let outcome = discover::read_with(bytes, &ReadOptions { most_bytes: 1 << 24, ..ReadOptions::default() });
    match &outcome {
        Ok(report) => assert!(tally_holds(report), "{what}: {}", report.tally),
        Err(error) => assert!(!error.message().is_empty(), "{what}"),
    }
    outcome
}

#[test]
fn a_cut_or_bent_document_is_an_error_or_a_rejection() {
    for (_, document, _) in pairs() {
        let bytes = fs::read(&document).unwrap();
        let name = document.display().to_string();
        for n in 0..32 {
            let _ = survives(&bytes[..bytes.len() * n / 32], &name);
        }
        for n in (0..bytes.len()).step_by(1 + bytes.len() / 97) {
            let mut bent = bytes.clone();
            bent[n] = 0xff;
            assert_eq!(survives(&bent, &name).unwrap_err().kind(), ErrorKind::Malformed, "{name}");
            bent[n] = b'"';
            let _ = survives(&bent, &name);
            bent[n] = b'<';
            let _ = survives(&bent, &name);
        }
    }
}

#[test]
fn encoding_and_packing_do_not_show() {
    for (_, document, _) in pairs() {
        let bytes = fs::read(&document).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let plain = discover::read(&bytes).unwrap();
        let units = || text.encode_utf16();
        let with_mark: Vec<u8> = [b"\xef\xbb\xbf".as_slice(), &bytes].concat();
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(units().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(units().flat_map(u16::to_be_bytes)).collect();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        let packed = packed.finish().unwrap();
        for other in [with_mark, little, big, packed] {
            assert_eq!(discover::read(&other).unwrap(), plain, "{}", document.display());
        }
    }
}

#[test]
fn hostile_documents_are_refused_with_a_reason() {
    let deep_json = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let deep_xml = format!("<nmaprun>{}{}</nmaprun>", "<host>".repeat(10_000), "</host>".repeat(10_000));
    let laughs =
        "<!DOCTYPE nmaprun [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><nmaprun><host>&b;</host></nmaprun>";
    let outside = "<!DOCTYPE nmaprun [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><nmaprun>&x;</nmaprun>";
    for (text, kind) in [
        ("", ErrorKind::Malformed),
        (" \n ", ErrorKind::Malformed),
        ("{", ErrorKind::Malformed),
        ("hello", ErrorKind::UnknownFormat),
        ("{}", ErrorKind::UnknownFormat),
        ("[[]]", ErrorKind::UnknownFormat),
        ("[1e999]", ErrorKind::UnknownFormat),
        ("{\"ctem\": {\"version\": 1e999}}", ErrorKind::Malformed),
        (deep_json.as_str(), ErrorKind::UnknownFormat),
        (deep_object.as_str(), ErrorKind::UnknownFormat),
        (deep_xml.as_str(), ErrorKind::LimitExceeded),
        (laughs, ErrorKind::Malformed),
        (outside, ErrorKind::Malformed),
        (
            "{\"matches\": [], \"matches\": [], \"descriptor\": {\"name\": \"grype\"}}",
            ErrorKind::InvalidInput,
        ),
        ("{\"ctem\": {\"version\": 99}}", ErrorKind::UnsupportedVersion),
        ("{\"ctem\": {\"version\": 1}, \"assets\": [], \"assets\": []}", ErrorKind::InvalidInput),
        ("Plugin ID,Risk,Host,Plugin Output\n\"1,High,web", ErrorKind::Malformed),
    ] {
        let shown: String = text.chars().take(60).collect();
        match survives(text.as_bytes(), &shown) {
            Err(error) => assert_eq!(error.kind(), kind, "{shown}: {error}"),
            // A stray quote swallows the rest of the file: the row is rejected.
            Ok(report) => assert_eq!(report.tally.rejected, 1, "{shown}"),
        }
    }
}

#[test]
fn a_gzip_bomb_meets_its_limit() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b' '; 1 << 24]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 1 << 16);
    let options = ReadOptions { most_bytes: 1 << 20, ..ReadOptions::default() };
    assert_eq!(discover::read_with(&packed, &options).unwrap_err().kind(), ErrorKind::LimitExceeded);
    assert_eq!(
        discover::read_with(&vec![b' '; 1 << 21], &options).unwrap_err().kind(),
        ErrorKind::LimitExceeded
    );
    let cut = &packed[..packed.len() / 2];
    assert_eq!(discover::read(cut).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn no_secret_value_is_kept() {
    for (format, document, _) in pairs() {
        let text = fs::read_to_string(&document).unwrap();
        let report = format!("{:?}", discover::read(text.as_bytes()).unwrap());
        // Every invented secret in the pairs carries this mark.
        for word in
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.contains("NOTAREALSECRET"))
        {
            assert!(!report.contains(word), "{format}: {word} in {report}");
        }
    }
}
