//! The types of answers in Python: a `TypedDict` each.

use crate::shape::{Answers, Definition, Key, Shape, Type};

const HEAD: &str = r#""""What calls answer, by type: `from ctem.answers import Plan`.

Made from the engine's own types; see `ctem-core/src/wire/answers-2.schema.json`. A key that is `NotRequired` is left out where there is
nothing to say; any other is always there, and `None` where that is not known.
"""

from __future__ import annotations

import builtins
from typing import Literal, NotRequired, TypeAlias, TypedDict

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
"""Any value that JSON has."""
"#;

/// Words that no name of a class's attribute may be.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub(crate) fn module(answers: &Answers) -> String {
    HEAD.to_owned() + &answers.definitions.iter().map(definition).collect::<String>()
}

fn definition(definition: &Definition) -> String {
    let Definition { name, about, shape } = definition;
    match shape {
        Shape::Alias(of) => format!("\n{name}: TypeAlias = \"{}\"\n{}", written(of), said(about, "")),
        Shape::Object(keys) if keys.iter().any(|key| KEYWORDS.contains(&&*key.name)) => {
            let rows: String = keys.iter().map(row).collect();
            format!("\n{name} = TypedDict(\n    \"{name}\",\n    {{\n{rows}    }},\n)\n{}", said(about, ""))
        }
        Shape::Object(keys) => {
            let shadowed = keys.iter().any(|key| key.name == "list");
            let keys: String = keys.iter().map(|one| key(one, shadowed)).collect();
            format!("\n\nclass {name}(TypedDict):\n{}\n{keys}", said(about, "    "))
        }
    }
}

fn key(key: &Key, shadowed: bool) -> String {
    let mut of = stated(key);
    if shadowed {
        // A key of that name hides the type for those that follow it.
        of = of.replace("list[", "builtins.list[");
    }
    format!("    {}: {of}\n{}", key.name, said(&key.about, "    "))
}

/// A key whose name is none of an attribute.
fn row(key: &Key) -> String {
    let about =
        super::wrapped(&key.about, 130).lines().map(|line| format!("        # {line}\n")).collect::<String>();
    format!("{about}        \"{}\": \"{}\",\n", key.name, stated(key).replace('"', "'"))
}

fn stated(key: &Key) -> String {
    match key.always {
        true => written(&key.of).replace('\'', "\""),
        false => format!("NotRequired[{}]", written(&key.of).replace('\'', "\"")),
    }
}

fn written(of: &Type) -> String {
    let all = |of: &[Type]| of.iter().map(written).collect::<Vec<_>>().join(" | ");
    match of {
        Type::Null => "None".into(),
        Type::Flag => "bool".into(),
        Type::Whole => "int".into(),
        Type::Number => "float".into(),
        Type::Text => "str".into(),
        Type::Json => "Json".into(),
        Type::Words(words) => {
            format!(
                "Literal[{}]",
                words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
            )
        }
        Type::List(of) => format!("list[{}]", written(of)),
        // As JSON is read in Python.
        Type::Tuple(of) => {
            let mut kinds: Vec<Type> = of.clone();
            kinds.dedup();
            format!("list[{}]", all(&kinds))
        }
        Type::Map(of) => format!("dict[str, {}]", written(of)),
        Type::Named(name) => name.clone(),
        Type::Or(of) => all(of),
    }
}

/// What it says of itself, as Python has it behind what it is about.
fn said(about: &str, indent: &str) -> String {
    if about.is_empty() {
        return String::new();
    }
    let lines = super::wrapped(&about.replace('\\', "\\\\"), 140 - indent.len());
    let end = if lines.contains('\n') { format!("\n{indent}") } else { String::new() };
    let lines = lines.replace('\n', &format!("\n{indent}")).replace(&format!("{indent}\n"), "\n");
    format!("{indent}\"\"\"{lines}{end}\"\"\"\n")
}
