//! The types of answers in TypeScript: an interface each.

use crate::shape::{Answers, Definition, Key, Shape, Type};
use ctem_core::render::{Cells, Columns};

const HEAD: &str = "\
// What calls answer, by type: `import type { Plan } from 'ctem/answers'`.
//
// Made from the engine's own types; see `ctem-core/src/wire/answers-2.schema.json`. A key with a question mark is left out where there is
// nothing to say; any other is always there, and `null` where that is not known.

/** Any value that JSON has. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Texts by their places in a dictionary; −1 where there is none. */
export interface Coded {
  codes: Int32Array
  dictionary: string[]
}
";

pub(crate) fn module(answers: &Answers) -> String {
    HEAD.to_owned() + &answers.definitions.iter().map(definition).collect::<String>()
}

/// The columns of an answer, each with the array that Node makes of its cells.
pub(crate) fn columns(name: &str, about: &str, columns: &Columns) -> String {
    let keys: String = columns
        .columns()
        .iter()
        .map(|column| format!("{}  {}: {}\n", said(column.about, "  "), column.name, array(&column.cells)))
        .collect();
    format!("\n{}export interface {name} {{\n{keys}}}\n", said(about, ""))
}

fn array(cells: &Cells) -> &'static str {
    match cells {
        Cells::Texts(_) => "(string | null)[]",
        Cells::Words(_) => "Coded",
        Cells::Lists(_) => "string[][]",
        Cells::Counts(_) | Cells::Numbers(_) | Cells::Moments(_) => "Float64Array",
        Cells::Flags(_) => "Uint8Array",
        other => panic!("no array of JavaScript is known for {other:?}"),
    }
}

fn definition(definition: &Definition) -> String {
    let Definition { name, about, shape } = definition;
    match shape {
        Shape::Alias(of) => format!("\n{}export type {name} = {}\n", said(about, ""), written(of)),
        Shape::Object(keys) => {
            let keys: String = keys.iter().map(key).collect();
            format!("\n{}export interface {name} {{\n{keys}}}\n", said(about, ""))
        }
    }
}

fn key(key: &Key) -> String {
    let mark = if key.always { "" } else { "?" };
    format!("{}  {}{mark}: {}\n", said(&key.about, "  "), key.name, written(&key.of))
}

fn written(of: &Type) -> String {
    let all = |of: &[Type], by: &str| of.iter().map(written).collect::<Vec<_>>().join(by);
    match of {
        Type::Null => "null".into(),
        Type::Flag => "boolean".into(),
        Type::Whole | Type::Number => "number".into(),
        Type::Text => "string".into(),
        Type::Json => "Json".into(),
        Type::Words(words) => words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | "),
        Type::List(of) if matches!(&**of, Type::Or(_) | Type::Words(_)) => format!("({})[]", written(of)),
        Type::List(of) => format!("{}[]", written(of)),
        Type::Tuple(of) => format!("[{}]", all(of, ", ")),
        Type::Map(of) => format!("{{ [name: string]: {} }}", written(of)),
        Type::Named(name) => name.clone(),
        Type::Or(of) => all(of, " | "),
    }
}

fn said(about: &str, indent: &str) -> String {
    if about.is_empty() {
        return String::new();
    }
    let lines = super::wrapped(&about.replace("*/", "* /"), 134 - indent.len());
    if !lines.contains('\n') {
        return format!("{indent}/** {lines} */\n");
    }
    let lines: String =
        lines.lines().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n").collect();
    format!("{indent}/**\n{lines}{indent} */\n")
}
