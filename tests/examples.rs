//! The examples: one program in three languages prints one text.
//!
//! Python and Node run where their packages are built; `CTEM_PYTHON` names the Python that has `ctem`.

use std::process::{Command, Output};

const ARGUMENTS: [&[&str]; 3] = [
    &[],
    &["--width", "160", "--top", "5", "--as-of", "2025-12-01"],
    &[
        "examples/company/mailer.trivy.json",
        "examples/company/nothing.json",
        "--env",
        "examples/company/environment.json",
        "--asset",
        "shop-repo=examples/company/shop-repo.gitleaks.json",
        "--as-of",
        "2025-11-13",
        "--kev",
        "examples/company/kev_2025-08-25.json",
    ],
];

#[test]
fn the_first_fix_is_the_same_in_every_language() {
    let languages = [python(), node()];
    for arguments in ARGUMENTS {
        let expected =
            run(&["cargo", "run", "--quiet", "--locked", "--example", "first_fix", "--"], arguments);
        let text = String::from_utf8(expected.stdout).unwrap();
        assert!(text.contains("What to fix first") && text.contains("CVE-2021-44228"), "{text}");
        assert_eq!(expected.status.code(), Some(if arguments.len() > 6 { 1 } else { 0 }));
        for command in languages.iter().flatten() {
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            let output = run(&command, arguments);
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text, "{command:?}: {told}");
            assert_eq!(output.status.code(), expected.status.code(), "{command:?}: {told}");
        }
    }
}

/// The Python that has the package, if there is one.
fn python() -> Option<Vec<String>> {
    let name = std::env::var("CTEM_PYTHON").unwrap_or_else(|_| "target/venv/bin/python".into());
    let has = Command::new(&name).args(["-c", "import ctem"]).output();
    match has.is_ok_and(|output| output.status.success()) {
        true => Some(vec![name, "examples/first_fix.py".into()]),
        false => skipped("no Python here has the package `ctem`"),
    }
}

/// Node, if the package's engine is built.
fn node() -> Option<Vec<String>> {
    let has = Command::new("node").args(["-e", "require('./ctem-node/index.js')"]).output();
    match has.is_ok_and(|output| output.status.success()) {
        true => Some(vec!["node".into(), "examples/first_fix.mjs".into()]),
        false => skipped("no Node here, or its engine is not built"),
    }
}

fn skipped(why: &str) -> Option<Vec<String>> {
    println!("skipped: {why}");
    None
}

fn run(command: &[&str], arguments: &[&str]) -> Output {
    let (name, first) = command.split_first().unwrap();
    Command::new(name).args(first).args(arguments).output().unwrap()
}
