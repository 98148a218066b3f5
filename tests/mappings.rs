//! Mappings: that those which come with the engine make sense, that a user's own are read by, and that what is wrong with one is told.

use ctem_core::{
    discover::{self, Mapping, ReadOptions},
    wire,
};
use std::{collections::BTreeMap, fs, path::Path};

/// The mappings that come with the engine: file name, text.
fn mappings() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctem-core/src/discover/formats");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = files.filter(|path| path.extension().is_some_and(|end| end == "json"));
    named
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn every_mapping_makes_sense() {
    let names: BTreeMap<&str, &str> = discover::formats().collect();
    for (file, text) in mappings() {
        let mapping = Mapping::parse(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(mapping.name(), file);
        assert_eq!(names.get(&*file), Some(&mapping.title()), "{file} is listed with its title");
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(document["recognise"].as_array().is_some_and(|signs| !signs.is_empty()), "{file} has signs");
    }
}

#[test]
fn a_mapping_that_makes_no_sense_says_where() {
    let whole = r#"{"ctem_mapping": 1, "name": "x", "title": "X", "lists": [{"title": "a"}]}"#;
    assert_eq!(Mapping::parse(whole).unwrap().title(), "X");
    for (from, to, place) in [
        ("\"ctem_mapping\": 1", "\"ctem_mapping\": 2", "/ctem_mapping"),
        ("\"x\"", "\"X y\"", "/name"),
        ("[{\"title\": \"a\"}]", "[]", "/lists"),
        ("\"a\"", "\"a//b\"", "/lists/0/title"),
        ("\"a\"", "[\"a\", \"b[c=d\"]", "/lists/0/title/1"),
        ("\"a\"", "{\"from\": \"a\", \"value\": \"b\"}", "/lists/0/title"),
        ("\"a\"", "{\"from\": \"a\", \"find\": \"luck\"}", "/lists/0/title/find"),
        ("\"a\"", "{\"text\": \"open {brace\"}", "/lists/0/title/text"),
        ("\"a\"", "\"$rule/title\"", "/lists/0/title"),
        ("{\"title\": \"a\"}", "{\"kind\": \"bug\"}", "/lists/0/kind"),
        ("{\"title\": \"a\"}", "{\"colour\": \"red\"}", "/lists/0/colour"),
    ] {
        let error = Mapping::parse(&whole.replace(from, to)).unwrap_err();
        assert_eq!(error.place(), Some(place), "{to}: {error}");
        let told = error.message();
        let (what, remedy) =
            told.split_once(": ").or_else(|| told.split_once(", expected ")).unwrap_or_default();
        assert!(
            !what.is_empty() && !remedy.is_empty(),
            "{to}: `{told}` says what is wrong, and what would do"
        );
    }
    assert_eq!(Mapping::parse("{").unwrap_err().code(), "malformed");
}

fn read(mapping: &str, document: &str) -> ctem_core::Result<ctem_core::Report> {
    let mappings = vec![Mapping::parse(mapping)?];
    discover::read_with(document.as_bytes(), &ReadOptions { mappings, ..ReadOptions::default() })
}

#[test]
fn one_mapping_reads_json_and_xml_and_parents_show() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "lookups": [{"name": "rule", "at": "rules", "by": "@id", "is": "@rule"}],
        "lists": [{"at": "host/issue", "asset": {"name": "^@name", "kind": "host"}, "rule": "@rule", "title": "$rule/@title",
          "status": {"from": "@state", "is": {"muted": "accepted"}}}]}"#;
    let json = r#"{"host": [{"@name": "a", "issue": [{"@rule": "1"}, {"@rule": "2", "@state": "muted"}]}, {"@name": "b", "issue": {"@rule": "1"}}],
        "rules": [{"@id": 1, "@title": "first"}, {"@id": 2, "@title": "second"}], "other": [{"x": 1}]}"#;
    let xml = r#"<scan><host name="a"><issue rule="1"/><issue rule="2" state="muted"/></host><host name="b"><issue rule="1"/></host>
        <rules id="1" title="first"/><rules id="2" title="second"/></scan>"#;
    let said = |document: &str| -> Vec<String> {
        let report = read(mapping, document).unwrap();
        let findings = report.contents.findings.iter();
        findings.map(|one| format!("{} {} {:?}", one.asset, one.weakness.title(), one.status)).collect()
    };
    assert_eq!(said(json), ["a first Open", "a second Accepted", "b first Open"]);
    assert_eq!(said(xml), said(json));
    let notes: Vec<String> = read(mapping, json).unwrap().notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        ["ignored: the list `other` is left out: the mapping does not say what is in it   (at /other)"]
    );
}

#[test]
fn a_record_is_rejected_alone_and_what_nobody_takes_is_counted() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme",
        "lists": [{"where": {"type": ["flaw", "leak"], "hidden": "!yes"}, "asset": {"name": "host", "kind": "host"}, "rule": "rule"}]}"#;
    let lines = r#"{"type": "flaw", "host": "a", "rule": "r"}
{"type": "flaw", "host": "a"}
{"type": "weather"}
{"type": "leak", "hidden": "YES", "host": "a", "rule": "r"}"#;
    let report = read(mapping, lines).unwrap();
    assert_eq!(report.tally.to_string(), "read 2 = accepted 1 + merged 0 + rejected 1");
    assert_eq!(report.notes[0].place.as_ref(), "line 2");
    assert_eq!(report.notes.iter().filter(|note| note.reason.contains("none of the kinds")).count(), 2);
}

#[test]
fn short_names_are_told_apart_and_texts_take_what_there_is() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "lists": [{
        "asset": {"name": "resource", "kind": "data_store", "within": {"text": "{account}/{region}"}},
        "kind": "vulnerability", "ids": "rule", "title": {"text": "{title|rule} here"},
        "component": {"name": {"from": "about", "behind": "Package: "}}}]}"#;
    let document = r#"[
        {"resource": "files", "account": "1", "region": "north", "rule": "CVE-2024-1001-kelp", "about": "Package: kelp"},
        {"resource": "files", "account": "2", "rule": "r", "title": "a title", "about": "no package"},
        {"resource": "arn:aws:s3:::files", "account": "2", "rule": "GHSA-aaaa-bbbb-cccc"}]"#;
    let report = read(mapping, document).unwrap();
    let said = report.contents.findings.iter().map(|one| {
        let component = one.component.as_ref().map_or("", |component| &component.name);
        format!("{} {} {component} {}", one.asset, one.weakness.id, one.weakness.title())
    });
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            "1/north/files CVE-2024-1001 kelp CVE-2024-1001-kelp here",
            "2/files acme:r  a title here",
            "arn:aws:s3:::files GHSA-aaaa-bbbb-cccc  GHSA-aaaa-bbbb-cccc here",
        ]
    );
}

#[test]
fn a_secret_is_not_kept_by_any_field() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "lists": [{"kind": "secret", "rule": "rule", "title": "line",
        "description": "line", "advice": "line", "location": {"path": "line"}, "secret": {"value": "value"}}]}"#;
    let report =
        read(mapping, r#"[{"rule": "key", "line": "key = NOTAREALSECRET-1", "value": "NOTAREALSECRET-1"}]"#)
            .unwrap();
    assert!(report.contents.findings[0].secret.as_ref().unwrap().fingerprint.is_some());
    assert!(!format!("{report:?}").contains("NOTAREALSECRET"), "{report:?}");
}

/// Secrets as tools quote them: in an address, a parameter, a header. They come in by every way that a mapping has.
const QUOTED: &str =
    "https://ci:NOTAREALSECRET1@git.example/a?token=NOTAREALSECRET2 Authorization: Bearer NOTAREALSECRET3";

#[test]
fn every_text_of_a_mapped_document_passes_the_gate() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "tool": "/by", "version": "/by", "taken": "/by", "lists": [{
        "at": "of/*", "asset": {"name": ["host", "$key"], "kind": "host", "also": "all"}, "rule": "all", "title": "all", "description": "all",
        "severity": "all", "cvss": "all", "cwes": "all", "tags": "all", "component": {"name": "all", "version": "all", "purl": "all"},
        "location": {"path": "all", "url": "all", "port": "port", "protocol": "all"}, "status": "all", "fixed_in": "all", "advice": "all",
        "link": "all", "seen": "all"}]}"#;
    let record = serde_json::json!({"all": QUOTED, "port": 443});
    let document = serde_json::json!({"by": QUOTED, "of": {QUOTED: record, "bad": {"host": QUOTED, "port": 1}}, QUOTED: [{"left": "out"}]});
    let report = read(mapping, &document.to_string()).unwrap();
    assert_eq!(report.tally.to_string(), "read 2 = accepted 1 + merged 0 + rejected 1");
    let finding = &report.contents.findings[0];
    let said = finding.sightings[0].description.as_deref().unwrap();
    assert_eq!(said, "https://git.example/a?token=… Authorization: …");
    assert!(report.notes.iter().any(|note| note.reason.contains("is left out: the mapping")), "{report:?}");
    assert!(!format!("{report:?}").contains("NOTAREALSECRET"), "{report:?}");

    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "lists": [{"at": "issue", "asset": {"name": "@host", "kind": "host"},
        "rule": "@id", "description": ".", "location": {"url": "@url"}}]}"#;
    let xml = format!(r#"<scan><issue host="a" id="1" url="{QUOTED}">{QUOTED}</issue></scan>"#);
    let yaml = format!("scan: 1\nissue:\n  - '@host': a\n    '@id': 1\n    '@url': '{QUOTED}'\n");
    for document in [xml, yaml] {
        let report = read(mapping, &document).unwrap();
        assert_eq!(report.contents.findings.len(), 1, "{report:?}");
        assert!(!format!("{report:?}").contains("NOTAREALSECRET"), "{report:?}");
    }
}

#[test]
fn a_text_of_paths_says_nothing_without_its_first() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "lists": [{
        "asset": {"name": {"text": "{space}/{kind}/{name}"}, "kind": "workload"}, "title": {"text": "{id} in {package}"}}]}"#;
    let lines = r#"{"space": "shop", "kind": "Job", "name": "a", "id": "X-1", "package": "kelp"}
{"kind": "Node", "name": "b", "id": "X-1"}
{"space": "shop", "kind": "Job", "name": "c", "package": "kelp"}"#;
    let report = read(mapping, lines).unwrap();
    let found = report.contents.findings.iter();
    let found: Vec<String> = found.map(|one| format!("{} {}", one.asset, one.weakness.title())).collect();
    assert_eq!(found, ["shop/Job/a X-1 in kelp", "Node/b X-1"]);
    assert_eq!((report.tally.rejected, &*report.notes[0].place), (1, "line 3"));
}

#[test]
fn yaml_is_read_as_the_json_it_means() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "version": "/version",
        "lists": [{"at": "issues", "asset": {"name": "host", "kind": "host"}, "rule": "rule"}]}"#;
    let yaml = "version: '2'\nissues:\n  - {host: a, rule: r}\n  - {host: b}\n---\nissues:\n  - {host: c, rule: s}\nother:\n  - {x: 1}\n";
    let report = read(mapping, yaml).unwrap();
    assert_eq!(report.source.version.as_deref(), Some("2"));
    let found = report.contents.findings.iter();
    let found: Vec<String> = found.map(|one| format!("{} {}", one.asset, one.weakness.id)).collect();
    assert_eq!(found, ["a acme:r", "c acme:s"]);
    let places: Vec<&str> = report.notes.iter().map(|note| &*note.place).collect();
    assert_eq!(places, ["line 1/issues/1", "line 5/other"], "{:?}", report.notes);
}

#[test]
fn a_document_that_is_looked_at_again_and_again_ends() {
    let mapping = r#"{"ctem_mapping": 1, "name": "acme", "title": "Acme", "lists": [{"at": "of", "rule": {"from": "/names", "find": "cwe"}}]}"#;
    let names: Vec<String> = (0..6_000).map(|n| format!("\"name {n}\"")).collect();
    let document = format!("{{\"names\": [{}], \"of\": [{}]}}", names.join(","), vec!["{}"; 6_000].join(","));
    assert_eq!(read(mapping, &document).unwrap_err().code(), "limit_exceeded");
}

#[test]
fn an_unknown_document_is_told_what_it_lacks() {
    let error = discover::read(br#"{"issues": [{"rule": "python:S1"}], "total": 1}"#).unwrap_err();
    assert_eq!(error.code(), "unknown_format");
    assert!(error.message().contains("the nearest is `") && error.message().contains("lacks"), "{error}");
    let named = ReadOptions { format: Some("sonarqube".into()), ..ReadOptions::default() };
    let report =
        discover::read_with(br#"{"issues": [{"rule": "python:S1", "message": "m"}], "total": 1}"#, &named)
            .unwrap();
    assert_eq!(report.contents.findings.len(), 1);
}

#[test]
fn the_schema_is_json() {
    let schema: serde_json::Value = serde_json::from_str(wire::MAPPING_SCHEMA).unwrap();
    let fields = schema["$defs"]["list"]["properties"].as_object().unwrap();
    assert!(fields.contains_key("fixed_in") && fields.contains_key("where"));
}
