//! VEX that we write, read by our own readers: each statement keeps its flaw, its product and its state.

use ctem_core::{
    Assessment, Program, discover,
    intel::Intel,
    model::{Component, Status},
    render::{self, Export, RenderOptions},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Flaws in every state: with package URLs and without, on assets of usual and of odd names.
fn today() -> Assessment {
    let flaw = |asset: &str, id: &str, component: Value, status: &str, tags: &[&str]| {
        json!({"asset": asset, "weakness": {"id": id}, "component": component, "status": status,
            "sightings": [{"source": "trivy", "tags": tags}]})
    };
    let log4j =
        json!({"name": "log4j-core", "version": "2.14.1", "purl": "pkg:maven/org.apache/log4j-core@2.14.1"});
    let odd = json!({"name": "a:b c#d%41", "version": "1:2.0-3"});
    let document = json!({"ctem": {"version": 2},
    "assets": [{"id": "web-1", "kind": "host"}, {"id": "漢字 #1", "kind": "data_store"},
        {"id": "registry.example/shop:4.1", "kind": "workload"}],
    "findings": [
        flaw("web-1", "CVE-2021-44228", log4j.clone(), "open", &[]),
        flaw("web-1", "CVE-2021-45046", log4j.clone(), "accepted", &[]),
        flaw("web-1", "CVE-2021-45105", log4j, "not_affected", &["justification:code_not_reachable"]),
        flaw("漢字 #1", "GHSA-jfh8-c2jp-5v3q", odd.clone(), "fixed", &[]),
        flaw("漢字 #1", "CVE-2024-1", odd, "not_affected", &["justification:inline_mitigations_already_exist"]),
        flaw("registry.example/shop:4.1", "CVE-2024-2", Value::Null, "not_affected", &["analysis:false_positive"]),
        flaw("registry.example/shop:4.1", "CVE-2024-3", Value::Null, "open", &[]),
    ]});
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

/// Flaw, asset, component and state of each statement.
type Said = BTreeSet<(String, String, Option<Component>, Status)>;

fn expected() -> Said {
    let log4j = Component::new("log4j-core", Some("2.14.1"))
        .with_purl(Some("pkg:maven/org.apache/log4j-core@2.14.1"));
    let odd = Component::new("a:b c#d%41", Some("1:2.0-3"));
    // Accepted is affected.
    let said = [
        ("CVE-2021-44228", "web-1", Some(log4j.clone()), Status::Open),
        ("CVE-2021-45046", "web-1", Some(log4j.clone()), Status::Open),
        ("CVE-2021-45105", "web-1", Some(log4j), Status::NotAffected),
        ("GHSA-jfh8-c2jp-5v3q", "漢字 #1", Some(odd.clone()), Status::Fixed),
        ("CVE-2024-1", "漢字 #1", Some(odd), Status::NotAffected),
        ("CVE-2024-2", "registry.example/shop:4.1", None, Status::NotAffected),
        ("CVE-2024-3", "registry.example/shop:4.1", None, Status::Open),
    ];
    said.map(|(flaw, asset, component, status)| (flaw.into(), asset.into(), component, status)).into()
}

#[test]
fn what_is_concluded_is_read_as_it_was_written() {
    let today = today();
    for form in [Export::OpenVex, Export::CycloneDx] {
        let text = render::export(&today, form, &RenderOptions::default());
        let report = discover::read(text.as_bytes()).unwrap();
        assert_eq!(&*report.source.format, form.name());
        assert_eq!(report.source.taken, Some(today.as_of()));
        assert_eq!((report.tally.rejected, report.notes.len()), (0, 0), "{:?}", report.notes);
        let said = report.contents.findings.iter().map(|finding| {
            let mut component = finding.component.clone();
            // Whose package it is follows from its address.
            component.iter_mut().for_each(|component| {
                let name = component.name.rsplit([':', '/']).next().unwrap_or_default();
                if component.purl.is_some() {
                    component.name = name.into();
                }
                component.ecosystem = None;
            });
            let asset = finding.asset.to_string();
            (finding.weakness.id.to_string(), asset, component, finding.status)
        });
        assert_eq!(said.collect::<Said>(), expected(), "{text}");
    }
}

#[test]
fn kinds_of_assets_are_kept_where_the_form_has_room() {
    let text = render::export(&today(), Export::CycloneDx, &RenderOptions::default());
    let report = discover::read(text.as_bytes()).unwrap();
    let kinds: BTreeSet<_> =
        report.contents.assets.iter().map(|asset| (asset.id.as_str(), asset.kind.name())).collect();
    let stated = [("web-1", "host"), ("漢字 #1", "data_store"), ("registry.example/shop:4.1", "workload")];
    assert_eq!(kinds, stated.into());
}

#[test]
fn words_of_one_form_become_those_of_the_other() {
    let words = |form, list: &str, of: fn(&Value) -> &Value| {
        let text = render::export(&today(), form, &RenderOptions::default());
        let document: Value = serde_json::from_str(&text).unwrap();
        let said = document[list].as_array().unwrap().iter();
        said.filter_map(|one| of(one)["justification"].as_str().map(str::to_owned)).collect::<BTreeSet<_>>()
    };
    assert_eq!(
        words(Export::OpenVex, "statements", |one| one),
        ["vulnerable_code_not_in_execute_path", "inline_mitigations_already_exist"].map(str::to_owned).into()
    );
    assert_eq!(
        words(Export::CycloneDx, "vulnerabilities", |one| &one["analysis"]),
        ["code_not_reachable", "protected_by_mitigating_control"].map(str::to_owned).into()
    );
}

#[test]
fn what_is_decided_is_said_however_few_rows_are_asked_for() {
    let none = RenderOptions { at_most: 0, ..RenderOptions::default() };
    let text = render::export(&today(), Export::OpenVex, &none);
    let document: Value = serde_json::from_str(&text).unwrap();
    let states = document["statements"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap());
    assert_eq!(
        states.collect::<Vec<_>>(),
        ["affected", "not_affected", "not_affected", "not_affected", "fixed"]
    );
}

#[test]
fn no_cell_of_a_table_begins_like_a_formula() {
    let starts = ["=", "+", "-", "@", "\t=", "\r=", " =", "\u{feff}=", "\u{ff1d}", "\"=", "|", "%"];
    let assets = starts.iter().enumerate().map(
        |(n, start)| json!({"id": format!("h{n}"), "kind": "host", "name": format!("{start}cmd|' /C calc'!A0")}),
    );
    let findings = starts.iter().enumerate().map(|(n, start)| {
        json!({"asset": format!("h{n}"), "weakness": {"id": format!("w{n}"), "title": format!("{start}1+1")},
            "component": {"name": format!("{start}x"), "version": format!("{start}1")},
            "sightings": [{"source": "trivy", "fixed_in": [format!("{start}2")]}]})
    });
    let document = json!({"ctem": {"version": 2}, "assets": assets.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>()});
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let text =
        render::export(&today, Export::Csv, &RenderOptions { at_most: 100, ..RenderOptions::default() });
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let numbers: Vec<bool> = table.headers().unwrap().iter().map(|name| name == "risk").collect();
    let mut rows = 0;
    for row in table.records() {
        rows += 1;
        for (cell, is_number) in row.unwrap().iter().zip(&numbers) {
            let first = cell.trim_start_matches([' ', '\u{feff}']).chars().next();
            let acts = first.is_some_and(|first| "=+-@\t\r\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first));
            assert!(*is_number || !acts, "{cell:?}");
        }
    }
    assert_eq!(rows, starts.len());
}

/// One record beside another that says the contrary: the note that says which of them holds.
fn beside(first: &str, second: &str) -> Vec<String> {
    let mut program = Program::new(Intel::none());
    let mut notes = Vec::new();
    for (source, status) in [("trivy", first), ("grype", second)] {
        let document = json!({"ctem": {"version": 2}, "assets": [{"id": "web", "kind": "host"}], "findings": [
            {"asset": "web", "weakness": {"id": "CVE-2024-1"}, "status": status, "sightings": [{"source": source}]}]});
        let absorbed = program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
        notes.extend(absorbed.notes.iter().map(ToString::to_string));
    }
    notes
}

#[test]
fn what_hides_an_open_finding_is_said_in_either_order() {
    for (closed, used) in [("not_affected", "not_affected"), ("accepted", "accepted")] {
        let expected = |first: &str, second: &str| {
            format!(
                "the status of `CVE-2024-1@web` is `{second}` by `grype` and `{first}` by `trivy`: `{used}` is used"
            )
        };
        for (first, second) in [("open", closed), (closed, "open")] {
            let notes = beside(first, second);
            assert!(matches!(&notes[..], [note] if note.contains(&expected(first, second))), "{notes:?}");
        }
    }
    assert_eq!(beside("open", "fixed"), Vec::<String>::new());
    assert_eq!(beside("open", "open"), Vec::<String>::new());
}
