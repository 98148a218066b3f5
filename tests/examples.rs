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
fn the_readme_shows_what_its_command_prints() {
    let readme = include_str!("../README.md");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let (text, _) = example("first_fix", &[]);
    let printed: Vec<&str> = text.lines().collect();
    assert!(shown.lines().count() > 8);
    for line in shown.lines() {
        assert!(printed.contains(&line), "the README shows what is not printed:\n{line}");
    }
}

#[test]
fn a_gate_stops_what_is_new_and_worth_much() {
    let (text, code) = example("first_fix", &gated(&before("rust")));
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("\nGate stops: ") && text.contains(" worth more than EUR 10,000: "), "{text}");
    // What was there before may stay, though there is no less of it.
    let whole = baseline("rust", &[]);
    let (text, code) = example("first_fix", &gated(&whole));
    assert_eq!((code, text.matches("\nGate holds: ").count()), (Some(0), 4), "{text}");
    // Of a baseline that was cut off, the rest would seem new.
    let few = baseline("few", &["--top", "5"]);
    assert_eq!(example("first_fix", &gated(&few)).1, Some(2));
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
    let before = before("same");
    let gated = gated(&before);
    assert_eq!(run(command, &gated), example("first_fix", &gated), "{command:?}");
}

/// The document of what there was before most of the company was looked at.
fn before(name: &str) -> String {
    let [environment, mailer] =
        ["environment.json", "mailer.trivy.json"].map(|file| format!("examples/company/{file}"));
    baseline(name, &[&environment, &mailer, "--as-of", "2025-11-12"])
}

/// The document of an assessment, in a file of its own.
fn baseline(name: &str, arguments: &[&str]) -> String {
    let file = format!("{}/{name}-{}.json", env!("CARGO_TARGET_TMPDIR"), arguments.len());
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--json", &file]).collect();
    let (text, code) = example("first_fix", &arguments);
    assert_eq!(code, Some(0), "{text}");
    file
}

fn gated(baseline: &str) -> [&str; 4] {
    ["--gate", "examples/policy.json", "--baseline", baseline]
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
