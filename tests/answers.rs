//! What the engine answers, by type: the schema that is shipped, and the types that Python and Node have of it.
//!
//! All are made from the types that answer, by the feature `schema`. With `CTEM_BLESS` set they are written anew.

#![cfg(feature = "schema")]

#[path = "answers/fits.rs"]
mod fits;
#[path = "answers/python.rs"]
mod python;
#[path = "answers/shape.rs"]
mod shape;
#[path = "answers/typescript.rs"]
mod typescript;
#[path = "answers/verbs.rs"]
mod verbs;

use ctem_core::{
    Program, discover,
    intel::Intel,
    mobilize::{ActionOptions, PlanOptions},
    render,
    wire::{self, ask},
};
use serde_json::Value;
use shape::{Answers, Shape, Type};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Calls whose answers are not JSON of a type of ours: text for people and other tools, the native document, numbers, and several
/// reports at once.
const OTHERWISE: [&str; 13] = [
    "compact",
    "environment",
    "erased_document",
    "export",
    "exposure_text",
    "history",
    "html",
    "markdown",
    "questions_text",
    "read_collection",
    "score_all",
    "table",
    "progress_report_html",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn answers() -> Answers {
    Answers::of(&serde_json::from_str(&wire::answers_schema()).unwrap())
}

/// Holds a file to what it should be, or writes it.
fn kept(path: &str, text: &str) {
    let path = root().join(path);
    if std::env::var_os("CTEM_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "{} is of other types: run this test with CTEM_BLESS=1", path.display());
}

/// Text on lines of at most so many letters.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(String::new());
        for word in paragraph.split_whitespace() {
            let line = lines.last_mut().unwrap();
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(word.into());
            } else {
                *line += if line.is_empty() { "" } else { " " };
                *line += word;
            }
        }
    }
    lines.join("\n")
}

#[test]
fn the_schema_that_is_shipped_is_that_of_the_types() {
    kept("ctem-core/src/wire/answers-2.schema.json", &wire::answers_schema());
}

#[test]
fn python_and_node_have_the_types_that_answer() {
    kept("ctem-py/python/ctem/answers.py", &python::module(&answers()));
    kept("ctem-node/answers.d.ts", &(typescript::module(&answers()) + &in_columns()));
}

/// The types that Node has of answers in columns; in Python a table of Arrow says its own.
fn in_columns() -> String {
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(wire::EXAMPLE.as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let plan = today.plan(&PlanOptions::default()).unwrap();
    let actions = today.actions(&ActionOptions::default()).unwrap();
    [
        (
            "ActionColumns",
            "The columns of actions without a plan.",
            render::actions_in_columns(&actions).unwrap(),
        ),
        ("ExposureColumns", "The columns of exposures.", render::exposures_in_columns(&today, 1)),
        ("PlanColumns", "The columns of a plan's actions.", render::plan_in_columns(&plan).unwrap()),
        ("CourseColumns", "The columns of what became of findings.", ask::in_columns(b"[]").unwrap()),
        ("HistoryColumns", "The columns of what happened.", render::history_in_columns(&program)),
    ]
    .iter()
    .map(|(name, about, columns)| typescript::columns(name, about, columns))
    .collect()
}

/// What goes by the form it has there: tables of Arrow in Python, which say more of themselves, and typed arrays in Node.
const IN_COLUMNS: [&str; 6] = [
    "Assessment.columns",
    "Assessment.to_arrow",
    "Columns.names",
    "TableScores.errors",
    "columns",
    "to_arrow",
];

/// What is said once of a call is true of it in every language; `ctem.aio` and the twins of Node are held to these by their own tests.
#[test]
fn python_and_node_have_the_same_calls() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let python = verbs::python(&read("ctem-py/python/ctem/_ctem.pyi"));
    let node = verbs::node(&read("ctem-node/index.d.ts"));
    assert!(python.len() > 80, "{}", python.len());
    let alone: Vec<_> = python.symmetric_difference(&node).map(String::as_str).collect();
    assert_eq!(alone, IN_COLUMNS, "what only one of Python and Node has");
}

/// Of the fields of a ticket only its tracker knows the type.
#[test]
fn nothing_but_the_fields_of_a_ticket_may_be_anything() {
    fn any(of: &Type) -> bool {
        match of {
            Type::Json => true,
            Type::List(of) | Type::Map(of) => any(of),
            Type::Tuple(of) | Type::Or(of) => of.iter().any(any),
            Type::Null
            | Type::Flag
            | Type::Whole
            | Type::Number
            | Type::Text
            | Type::Words(_)
            | Type::Named(_) => false,
        }
    }
    let answers = answers();
    let mut found = Vec::new();
    for definition in &answers.definitions {
        match &definition.shape {
            Shape::Alias(of) if any(of) => found.push(definition.name.clone()),
            Shape::Alias(_) => {}
            Shape::Object(keys) => {
                let keys = keys.iter().filter(|key| any(&key.of));
                found.extend(keys.map(|key| format!("{}.{}", definition.name, key.name)));
            }
        }
    }
    found.extend(answers.by_call.iter().filter(|(_, of)| any(of)).map(|(call, _)| call.clone()));
    assert_eq!(found, ["Ticket.fields"]);
}

#[test]
fn every_type_and_every_key_says_what_it_is() {
    let answers = answers();
    let silent = |(name, about): (String, &String)| about.is_empty().then_some(name);
    let found: Vec<String> = answers
        .definitions
        .iter()
        .flat_map(|definition| {
            let keys = match &definition.shape {
                Shape::Object(keys) => &keys[..],
                Shape::Alias(_) => &[],
            };
            // What is sorted by words has no key that is always there, and words say what they are.
            let by_word = keys.iter().all(|key| !key.always && key.about.is_empty());
            let keys = keys.iter().filter(move |_| !by_word);
            let keys = keys.map(|key| (format!("{}.{}", definition.name, key.name), &key.about));
            keys.chain([(definition.name.clone(), &definition.about)]).filter_map(silent)
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_answer_of_the_vectors_is_of_its_type() {
    let answers = answers();
    let (mut wrong, mut held, mut calls) = (Vec::new(), 0, BTreeSet::new());
    for entry in fs::read_dir(root().join("tests/vectors")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for case in cases {
            let (name, call) = (case["name"].as_str().unwrap(), case["call"].as_str().unwrap());
            let Some(value) = case["then"].get("value").filter(|_| !OTHERWISE.contains(&call)) else {
                continue;
            };
            let of = of_call(&answers, call);
            let broken = fits::broken(&answers, of, value, "");
            wrong.extend(broken.into_iter().map(|why| format!("{name}: {why}")));
            held += 1;
            calls.insert(call.to_owned());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held > 150 && calls.len() > 30, "{held} answers of {calls:?}");
}

/// The type that a call of the vectors answers.
fn of_call<'a>(answers: &'a Answers, call: &str) -> &'a Type {
    let name = match call {
        "assess" => "Assessment.to_json",
        "intel" => "Intel.to_json",
        "read" => "Report.to_json",
        call => call,
    };
    let same = |known: &str| known == name || known.rsplit('.').next() == Some(name);
    let found = answers.by_call.iter().find(|(known, _)| same(known));
    found.unwrap_or_else(|| panic!("what `{call}` answers has no type")).1
}
