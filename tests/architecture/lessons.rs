//! Which public functions and types have a runnable example in their docs.

use std::{fs, path::Path};

/// The public functions and types of a file that have an example of their own, and those that have none.
pub fn examples(file: &Path) -> (usize, Vec<String>) {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let (mut with, mut without, mut taught) = (0, Vec::new(), false);
    for (n, line) in code.lines().map(str::trim).enumerate() {
        match line {
            _ if line.starts_with("///") => taught |= line.contains("```"),
            // Attributes stand between the docs and what they are about.
            _ if line.starts_with("#[") || line.starts_with(")]") => {}
            _ => {
                if let Some(name) = public(line) {
                    if taught {
                        with += 1
                    } else {
                        without.push(format!("{}:{}: `{name}`", file.display(), n + 1))
                    }
                }
                taught = false;
            }
        }
    }
    (with, without)
}

/// The name of a public function or type that a line declares.
fn public(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub ")?;
    let rest = rest.strip_prefix("const ").unwrap_or(rest);
    let (word, rest) = rest.split_once(' ')?;
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    ["fn", "struct", "enum", "trait", "type"].contains(&word).then_some(name)
}
