//! The examples: one program in three languages prints one text.
//!
//! Those in Python and Node are ignored unless they are asked for, once their packages are built:
//! `cargo test --test examples -- --ignored`.

use std::process::Command;

#[test]
fn the_first_fix_is_found() {
    let (text, code) = first_fix();
    assert_eq!(code, Some(0), "{text}");
    // Log4Shell is not among the first five.
    for shown in ["What to do first", "customer data disclosed", "CVE-2021-44228"] {
        assert!(text.contains(shown), "`{shown}` is not told:\n{text}");
    }
}

#[test]
fn the_readme_shows_what_its_command_prints() {
    let readme = include_str!("../README.md");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let (text, _) = first_fix();
    let printed: Vec<&str> = text.lines().collect();
    assert!(shown.lines().count() > 8);
    for line in shown.lines() {
        assert!(printed.contains(&line), "the README shows what is not printed:\n{line}");
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
fn a_directory_is_told_by_what_its_ways_have_in_common() {
    let (text, code) = directory();
    assert_eq!(code, Some(0), "{text}");
    for told in [
        "Files: 7\n",
        "CVE-2023-22515",
        "Database team",
        "\nWhat the ways to “ledger disclosed” have in common, at 43.2 %:\n  97.1 %: CVE-2023-22515 on INTRANET.BANK.EXAMPLE\n",
    ] {
        assert!(text.contains(told), "`{told}` is not told:\n{text}");
    }
}

#[test]
#[ignore = "needs the Python package: name the Python that has it in CTEM_PYTHON"]
fn a_directory_is_the_same_in_python() {
    assert_eq!(run(&[&python(), "examples/directory.py"], &[]), directory());
}

#[test]
#[ignore = "needs the Node package: `npm run build` in ctem-node"]
fn a_directory_is_the_same_in_node() {
    assert_eq!(run(&["node", "examples/directory.mjs"], &[]), directory());
}

#[test]
#[ignore = "needs the Python package: name the Python that has it in CTEM_PYTHON"]
fn the_first_fix_is_the_same_in_python() {
    assert_eq!(run(&[&python(), "examples/first_fix.py"], &[]), first_fix());
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
    assert_eq!(run(&["node", "examples/first_fix.mjs"], &[]), first_fix());
}

fn python() -> String {
    std::env::var("CTEM_PYTHON").unwrap_or_else(|_| "target/venv/bin/python".into())
}

/// What the program prints and how it ends.
fn first_fix() -> (String, Option<i32>) {
    example("first_fix", &[])
}

fn directory() -> (String, Option<i32>) {
    example("directory", &[])
}

fn quarter() -> (String, Option<i32>) {
    example("a_quarter", &[])
}

fn example(name: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let program;
    // What the gate has built with the packages is in a folder that it names: `cargo` would compile it again without them.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let command = match std::env::var("CTEM_BUILT") {
        Ok(built) => {
            program = format!("{built}/examples/{name}");
            vec![&*program]
        }
        Err(_) => vec![&*cargo, "run", "--quiet", "--locked", "--profile", "test", "--example", name, "--"],
    };
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
