//! The calls that Python and Node have, as their types declare them.

use std::collections::BTreeSet;

/// What Node alone has, since Python says it in its language.
const NODE: [&str; 10] = [
    // `len(today)`.
    "Assessment.length",
    // `errors.py` has these, which the generator of stubs does not see.
    "CtemError.code",
    "CtemError.place",
    // `JSON.stringify` asks for these.
    "Assessment.toJSON",
    "Collection.toJSON",
    "CtemError.toJSON",
    "Intel.toJSON",
    "Program.toJSON",
    "Report.toJSON",
    // `python -m ctem`.
    "main",
];

/// The calls and values of a stub, as `Class.name` and `name`.
pub fn python(stubs: &str) -> BTreeSet<String> {
    let mut class = "";
    let mut found = BTreeSet::new();
    for line in stubs.lines() {
        if let Some(declared) = line.strip_prefix("class ") {
            class = declared.trim_end_matches(':');
        }
        let inside = line.starts_with(' ');
        let Some((name, _)) = line.trim_start().strip_prefix("def ").and_then(|line| line.split_once('('))
        else {
            continue;
        };
        if !name.starts_with('_') {
            found.insert(if inside { format!("{class}.{name}") } else { name.into() });
        }
    }
    found
}

/// The same of declarations for TypeScript, by the names that Python would give them and without twins off the event loop.
pub fn node(types: &str) -> BTreeSet<String> {
    let mut class = None;
    let mut found = BTreeSet::new();
    for line in types.lines() {
        if let Some(declared) = line.strip_prefix("export declare class ") {
            class = declared.split(' ').next();
        } else if line == "}" {
            class = None;
        }
        let declared = match class {
            None => line.strip_prefix("export declare function "),
            // What stands further inside is the type of an option.
            Some(_) => {
                line.strip_prefix("    ").filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            }
        };
        let declared = declared.map(|line| line.trim_start_matches("static ").trim_start_matches("get "));
        let Some(name) = declared.and_then(|line| line.split(['(', ':', '<']).next()) else { continue };
        if name != "constructor" && !name.ends_with("Async") {
            let within = class.map_or(String::new(), |class| format!("{class}."));
            if !NODE.contains(&format!("{within}{name}").as_str()) {
                found.insert(within + &snake(name));
            }
        }
    }
    found
}

fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut snake, letter| {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        snake
    })
}
