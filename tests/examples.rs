//! The examples: one program in three languages prints one text.
//!
//! Those in Python and Node are ignored unless they are asked for, once their packages are built:
//! `cargo test --test examples -- --ignored`.

use std::process::Command;

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
fn the_first_fix_is_found() {
    // Log4Shell is not among the first five; and on the mailer it leads to no loss.
    let shown = ["CVE-2021-44228", "CVE-2024-23897", "AWS access key"];
    for ((arguments, shown), (text, code)) in ARGUMENTS.iter().zip(shown).zip(in_rust()) {
        assert!(text.contains("What to do first") && text.contains("customer data disclosed"), "{text}");
        assert!(text.contains(shown), "{text}");
        // One of the files does not exist.
        assert_eq!(code, Some(if arguments.len() > 6 { 1 } else { 0 }));
    }
}

#[test]
fn a_quarter_goes_by() {
    let (text, code) = quarter();
    assert_eq!(code, Some(0), "{text}");
    for told in [
        "was said to be mended and is still seen",
        "moved and is the same",
        "CVE-2024-10003 is known to be exploited",
        "is no longer accepted",
        "another EPSS model",
        "is back, first seen 2025-07-08",
        "\nThe quarter: 6 first seen, ",
    ] {
        assert!(text.contains(told), "`{told}` is not told:\n{text}");
    }
}

#[test]
#[ignore = "needs the Python package: name the Python that has it in CTEM_PYTHON"]
fn the_first_fix_is_the_same_in_python() {
    same(&[&python(), "examples/first_fix.py"]);
}

#[test]
#[ignore = "needs the Python package: name the Python that has it in CTEM_PYTHON"]
fn a_quarter_is_the_same_in_python() {
    assert_eq!(run(&[&python(), "examples/a_quarter.py"], &[]), quarter());
}

#[test]
#[ignore = "needs the Node package: `npm run build` in ctem-node"]
fn a_quarter_is_the_same_in_node() {
    assert_eq!(run(&["node", "examples/a_quarter.mjs"], &[]), quarter());
}

#[test]
#[ignore = "needs the Node package: `npm run build` in ctem-node"]
fn the_first_fix_is_the_same_in_node() {
    same(&["node", "examples/first_fix.mjs"]);
}

fn same(command: &[&str]) {
    for (arguments, expected) in ARGUMENTS.iter().zip(in_rust()) {
        assert_eq!(run(command, arguments), expected, "{command:?}");
    }
}

fn python() -> String {
    std::env::var("CTEM_PYTHON").unwrap_or_else(|_| "target/venv/bin/python".into())
}

/// What the program prints and how it ends, by arguments.
fn in_rust() -> Vec<(String, Option<i32>)> {
    ARGUMENTS.iter().map(|arguments| example("first_fix", arguments)).collect()
}

fn quarter() -> (String, Option<i32>) {
    example("a_quarter", &[])
}

fn example(name: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    // In the profile and with the features in which `cargo test` has built it.
    let features = if cfg!(feature = "sqlite") { "--features=sqlite" } else { "--features=" };
    let command =
        [&cargo, "run", "--quiet", "--locked", "--profile", "test", features, "--example", name, "--"];
    run(&command, arguments)
}

/// What a command prints, at the repository's root, and how it ends.
fn run(command: &[&str], arguments: &[&str]) -> (String, Option<i32>) {
    let (name, first) = command.split_first().unwrap();
    let mut command = Command::new(name);
    let output =
        command.args(first).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}
