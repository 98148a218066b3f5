//! Documents: what is written can be read, and what is not understood is said.

use super::statements::records;
use crate::worlds::{ANY, AS_OF, cases, environment, moment, program, scene};
use ctem_core::{
    discover,
    model::{Contents, NoteKind},
    wire,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};
use std::{fs, io::Write, path::Path};

/// The paths of all objects in a document, and a copy of it with a strange field in one of them.
fn strange(document: &Value, which: usize) -> (Value, String) {
    fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            // Labels are the user's own, and a trigger is one word and what belongs to it.
            Value::Object(fields) => {
                let trigger = ["state", "any", "all", "at_least"];
                if !at.ends_with("/labels") && !fields.keys().any(|key| trigger.contains(&key.as_str())) {
                    found.push(at.to_owned());
                }
                fields.iter().for_each(|(key, value)| objects(value, &format!("{at}/{key}"), found));
            }
            Value::Array(of) => {
                of.iter().enumerate().for_each(|(n, value)| objects(value, &format!("{at}/{n}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    objects(document, "", &mut found);
    found.retain(|at| !at.starts_with("/ctem"));
    let at = found[which % found.len()].clone();
    let mut copy = document.clone();
    copy.pointer_mut(&at).unwrap().as_object_mut().unwrap().insert("strangely".into(), json!({"a": [1]}));
    (copy, at)
}

laws! {
    in 256 cases;

    #[test]
    fn an_unknown_field_is_noted_and_changes_nothing(records in records(9), which in any::<usize>()) {
        let mut contents = Contents::default();
        records.into_iter().for_each(|record| contents.push(record));
        let text = wire::environment(&environment(contents));
        let document: Value = serde_json::from_str(&text).unwrap();
        let (strange, at) = strange(&document, which);
        let (plain, with) = (discover::read(text.as_bytes()).unwrap(), discover::read(strange.to_string().as_bytes()).unwrap());
        prop_assert_eq!(&plain.contents, &with.contents);
        prop_assert!(plain.notes.is_empty(), "{:?}", plain.notes);
        let noted = with.notes.iter().filter(|note| note.kind == NoteKind::Ignored && note.reason.contains("strangely")).count();
        prop_assert_eq!(noted, 1, "at {}: {:?}", at, with.notes);
    }

    #[test]
    fn lines_and_one_document_say_the_same(records in records(9)) {
        let mut contents = Contents::default();
        let mut lines = String::from("{\"ctem\": {\"version\": 2}}\n");
        for record in records {
            lines += &serde_json::to_string(&record).unwrap();
            lines.push('\n');
            contents.push(record);
        }
        let mut document = serde_json::to_value(&contents).unwrap();
        document["ctem"] = json!({"version": 2});
        let (lines, document) = (discover::read(lines.as_bytes()).unwrap(), discover::read(document.to_string().as_bytes()).unwrap());
        prop_assert_eq!(&lines.contents, &contents);
        prop_assert_eq!(&document.contents, &contents);
        prop_assert_eq!(lines.tally, document.tally);
    }

    #[test]
    fn an_assessment_can_be_read_by_any_json_reader_and_names_only_what_is_there(scene in scene(ANY), most in 0usize..4) {
        let assessment = program(scene.contents()).assess(moment(AS_OF)).unwrap();
        let options = wire::DocumentOptions { at_most: most, explained: true, ..Default::default() };
        let document: Value = serde_json::from_str(&wire::assessment(&assessment, &options)).unwrap();
        prop_assert_eq!(document["version"].as_u64(), Some(2));
        prop_assert_eq!(document["counts"]["exposures"].as_u64(), Some(assessment.len() as u64));
        prop_assert_eq!(document["exposures"].as_array().unwrap().len(), most.min(assessment.len()));
        for (shown, exposure) in document["exposures"].as_array().unwrap().iter().zip(assessment.ranked()) {
            prop_assert_eq!(shown["risk"]["value"].as_f64().unwrap().to_bits(), exposure.risk.value().to_bits());
            prop_assert_eq!(shown["id"].as_str(), Some(exposure.id.as_str()));
        }
    }
}

fn stored(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema").join(name)).unwrap()
}

/// `tests/schema.py` holds the published schema to this document: it has every field that the schema names.
#[test]
fn every_field_of_the_full_document_is_known_and_kept() {
    let text = stored("full.json");
    let report = discover::read(text.as_bytes()).unwrap();
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    let mut kept = serde_json::to_value(&report.contents).unwrap();
    kept["ctem"] = json!({"version": 2});
    assert_eq!(kept, serde_json::from_str::<Value>(&text).unwrap());
}

/// The schema refuses these too: `tests/schema.py`.
#[test]
fn a_document_that_breaks_the_schema_is_refused_or_its_record_rejected() {
    let cases = stored("wrong.ndjson");
    for case in cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let read = discover::read(case["document"].to_string().as_bytes());
        assert!(read.is_err() || read.unwrap().tally.rejected == 1, "{}", case["why"]);
    }
}

/// For `tests/schema.py`, which says whether they keep the schema.
#[test]
fn documents_that_are_written_are_read_without_a_note() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("written-documents.ndjson");
    let mut file = fs::File::create(path).unwrap();
    let mut runner = TestRunner::new(cases(0));
    for _ in 0..200 {
        let mut contents = Contents::default();
        let records = records(20).new_tree(&mut runner).unwrap().current();
        records.into_iter().for_each(|record| contents.push(record));
        let graph = scene(ANY).new_tree(&mut runner).unwrap().current().contents();
        for contents in [contents, graph] {
            let text = wire::environment(&environment(contents));
            let report = discover::read(text.as_bytes()).unwrap();
            assert!(report.notes.is_empty(), "{:?}", report.notes);
            writeln!(file, "{text}").unwrap();
        }
    }
}
