//! The command line, over streams of its own; and the packages of Python and Node, whose `ctem` says the same to the byte.
//!
//! Those of the packages are ignored unless they are asked for, once they are built: `cargo test --test cli -- --ignored`.
#![cfg(feature = "cli")]

use ctem_core::{
    cli::{Outside, run},
    discover, wire,
};
use serde_json::Value;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The sample company, by its settings.
const COMPANY: [&str; 2] = ["--config", "examples/company/ctem.toml"];

/// What was printed and said, and how it ended.
#[derive(Debug, PartialEq)]
struct Ended {
    code: u8,
    out: String,
    err: String,
}

fn ctem(arguments: &[&str]) -> Ended {
    ctem_in(Path::new(ROOT), b"", arguments)
}

fn ctem_in(folder: &Path, mut stdin: &[u8], arguments: &[&str]) -> Ended {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut outside = Outside {
        stdin: &mut stdin,
        stdout: &mut out,
        stderr: &mut err,
        folder,
        now: "2025-11-13".parse().unwrap(),
        width: None,
        progress: &|_| {},
    };
    let code = run(arguments, &mut outside);
    let [out, err] = [out, err].map(|bytes| String::from_utf8(bytes).unwrap());
    Ended { code, out, err }
}

fn company(arguments: &[&str]) -> Ended {
    ctem(&[arguments, &COMPANY].concat())
}

/// A folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&folder);
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[track_caller]
fn fails(ended: &Ended, code: u8, told: &[&str]) {
    assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{ended:?}");
    for told in told {
        assert!(ended.err.contains(told), "`{told}` is not said: {}", ended.err);
    }
}

#[test]
fn a_real_report_becomes_a_plan() {
    let ended = ctem(&["tests/reports/trivy/image.json"]);
    assert_eq!((ended.code, ended.err.lines().count()), (0, 3), "{ended:?}");
    assert!(ended.err.starts_with("rejected: "), "a record of it is bad: {ended:?}");
    assert!(
        ended.err.contains("`ctem intel` says where") && ended.err.contains("`--env` takes"),
        "{ended:?}"
    );
    assert!(ended.out.starts_with("Records: read 5 = "), "{}", ended.out);
    assert!(ended.out.contains("\nWhat to do first, as of 2025-11-13 · "), "{}", ended.out);
    assert!(ended.out.contains("CVE-2021-44228") && !ended.out.contains('\u{1b}'), "{}", ended.out);
    // The verb that is meant where none is said.
    let said = ctem(&["plan", "tests/reports/trivy/image.json"]);
    assert_eq!(said, ended);
    assert_eq!(ctem(&["-q", "tests/reports/trivy/image.json"]), Ended { err: String::new(), ..ended });
}

#[test]
fn standard_input_is_read() {
    let bytes = fs::read(format!("{ROOT}/tests/reports/trivy/image.json")).unwrap();
    let piped = ctem_in(Path::new(ROOT), &bytes, &["-", "-q"]);
    assert_eq!(piped, ctem(&["tests/reports/trivy/image.json", "-q"]));
    // Written in a pipe before it, without a name.
    let error = ctem_in(Path::new(ROOT), b"hello", &["-"]);
    fails(&error, 2, &["standard input: not used: ", "(unknown_format)", "`ctem formats` lists"]);
}

#[test]
fn tables_and_settings_among_reports_are_told_with_their_flag() {
    let image = include_str!("reports/trivy/image.json");
    let scores = "#model_version:v2025.03.14,score_date:2025-11-13T00:00:00Z\ncve,epss,percentile\nCVE-2021-44228,0.94,0.99\n";
    let listed = r#"{"title": "CISA", "catalogVersion": "1", "dateReleased": "2025-11-13T00:00:00Z", "count": 1,
        "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10"}]}"#;
    let at = folder(
        "tables",
        &[
            ("all/image.json", image),
            ("all/epss.csv", scores),
            ("all/known.json", listed),
            ("all/ctem.toml", "files = [\".\"]"),
        ],
    );
    let ended = ctem_in(&at, b"", &["all"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for told in ["--epss all/epss.csv", "--kev all/known.json", "--config all/ctem.toml"] {
        let (_, file) = told.split_once(' ').unwrap();
        let line = format!("{file}: not read: it is no report; `{told}` hands it in");
        assert!(ended.err.contains(&line), "{}", ended.err);
    }
    let ended = ctem_in(&at, b"", &["all/image.json", "all/epss.csv"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let line = "all/epss.csv: not used: it is no report: hand it in by `--epss all/epss.csv`";
    assert!(ended.err.contains(line), "{}", ended.err);
}

#[test]
fn a_folder_is_read_and_what_nobody_knows_in_it_is_listed() {
    let image = include_str!("reports/trivy/image.json");
    let leaks = include_str!("reports/gitleaks/leaks.json");
    let at = folder(
        "scans",
        &[
            ("scans/image.json", image),
            ("scans/code/leaks.json", leaks),
            ("scans/notes.txt", "ask Ann"),
            ("scans/.git/image.json", image),
        ],
    );
    let ended = ctem_in(&at, b"", &["scans"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("scans/notes.txt: not read: no format is known"), "{}", ended.err);
    assert_eq!(ended.err.matches(".git").count(), 0);
    let named = ctem_in(&at, b"", &["scans/image.json", "scans/code/leaks.json"]);
    assert_eq!(ended.out, named.out, "a folder is its files");
    // What is named and known by nobody is not used.
    let ended = ctem_in(&at, b"", &["scans", "scans/notes.txt"]);
    assert_eq!(ended.code, 0, "a file is read once, with its folder: {ended:?}");
    let ended = ctem_in(&at, b"", &["scans/image.json", "scans/notes.txt"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("scans/notes.txt: not used: "), "{}", ended.err);
    // What is known and broken is not used either, wherever it stands.
    fs::write(at.join("scans/cut.json"), &image[..20]).unwrap();
    fs::write(at.join("scans/cut.zip"), b"PK\x03\x04 and no more").unwrap();
    let ended = ctem_in(&at, b"", &["scans"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended.err.contains("scans/cut.json: not used: ") && ended.err.contains("scans/cut.zip: not used: ")
    );
    assert_eq!(ended.out, named.out);
    let ended = ctem_in(&folder("empty", &[("empty/.keep", "")]), b"", &["empty"]);
    fails(&ended, 2, &["empty: not used: no file is in it", "no file could be used"]);
}

/// What the collector of a directory writes is several files that speak of each other.
#[test]
fn files_that_speak_of_each_other_are_one_report() {
    let [computers, domains] =
        ["computers", "domains"].map(|name| format!("tests/reports/sharphound/{name}.json"));
    let ended = ctem(&[&computers, &domains]);
    assert_eq!((ended.code, ended.out.is_empty()), (0, false), "{ended:?}");
    // The order in which they are named is none.
    assert_eq!(ctem(&[&domains, &computers]), ended);
}

#[test]
fn the_first_of_a_collection_that_cannot_be_used_is_named() {
    let ended = ctem(&["no.json", "gaet"]);
    fails(
        &ended,
        2,
        &[
            "no.json: not used: there is no such file",
            "gaet: not used: ",
            "did you mean the verb `gate`?",
            "no file could be used",
        ],
    );
    fails(&ctem(&[]), 2, &["nothing to read: name a file", "`ctem --help` says more"]);
}

#[test]
fn what_is_misspelt_in_ones_own_document_is_told() {
    let own = r#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host", "critcality": "high"}], "entrypoints": [{"asset": "shop"}]}"#;
    let at =
        folder("misspelt", &[("own.json", own), ("leaks.json", include_str!("reports/gitleaks/leaks.json"))]);
    let ended = ctem_in(&at, b"", &["leaks.json", "--env", "own.json"]);
    for field in ["`critcality`", "`entrypoints`"] {
        assert!(
            ended.err.contains(&format!("{field} is not a field of the native document")),
            "{}",
            ended.err
        );
    }
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ctem_in(&at, b"", &["leaks.json", "--env", "own.json", "-q"]).err, "");
}

#[test]
fn a_format_that_is_named_and_is_not_the_files_is_told() {
    let ended = ctem(&["examples/company/kev_2025-08-25.json", "--format", "trivy"]);
    assert!(ended.err.contains("it does not look like a document of `trivy`"), "{ended:?}");
}

#[test]
fn a_format_that_is_none_is_guessed_at() {
    let ended = ctem(&["tests/reports/trivy/image.json", "--format", "trvy"]);
    fails(&ended, 2, &["`trvy` is not a format: did you mean `trivy`?"]);
    fails(&ctem(&["x", "--format", "our-own-scanner"]), 2, &["is not a format: `ctem formats` lists all"]);
    assert_eq!(ctem(&["tests/reports/trivy/image.json", "--format", "TRIVY"]).code, 0);
    // A document of one's own is not of that format.
    let leaks = ["tests/reports/gitleaks/leaks.json", "--format", "gitleaks"];
    let ended = ctem(&[&leaks[..], &["--env", "examples/company/environment.json"]].concat());
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[cfg(feature = "jq")]
#[test]
fn a_program_in_jq_makes_a_document_of_each_file() {
    let program = r#".hosts[] | {asset: {id: .name, kind: "host"}}, {finding: {asset: .name, weakness: {id: .flaws[]}}}"#;
    let scan = r#"{"hosts": [{"name": "web-1", "flaws": ["CVE-2021-44228", "CVE-2022-22965"]}]}"#;
    let files =
        [("scan.json", scan), ("good.jq", program), ("bad.jq", ".hosts[] | nmae"), ("other.json", "[]")];
    let at = folder("jq", &files);
    let read = |files: &[&str]| ctem_in(&at, b"", &[files, &["--output", "csv"]].concat());
    let ended = read(&["scan.json", "--jq", "good.jq"]);
    assert_eq!((ended.code, ended.out.lines().count()), (0, 3), "{ended:?}");
    fails(&read(&["scan.json", "--jq", "bad.jq"]), 2, &["`nmae`", "bad.jq"]);
    let part = read(&["scan.json", "other.json", "--jq", "good.jq"]);
    assert_eq!(part.code, 1, "{part:?}");
    assert!(part.err.contains("other.json: not used: the program ends with an error"), "{}", part.err);
}

#[test]
fn a_mapping_may_be_written_in_toml() {
    let mapping = |severity: &str| {
        format!(
            "ctem_mapping = 1\nname = \"inventory\"\ntitle = \"The inventory\"\n\n[[lists]]\nids = \"CVE\"\nasset = {{ name = \"Server\", kind = \"host\" }}\nseverity = {severity}\n"
        )
    };
    let table = "Server,CVE,Level\nweb-1,CVE-2021-44228,high\n";
    let (good, bad) = (mapping("\"Level\""), mapping("\"a//b\""));
    let files = [("good.toml", &*good), ("bad.toml", &*bad), ("broken.toml", "a = \n"), ("t.csv", table)];
    let at = folder("toml", &files);
    let read = |mapping: &str| ctem_in(&at, b"", &["t.csv", "--mapping", mapping, "--output", "csv"]);
    let ended = read("good.toml");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("CVE-2021-44228"), "{ended:?}");
    fails(&read("bad.toml"), 2, &["bad.toml", "/lists/0/severity"]);
    fails(&read("broken.toml"), 2, &["broken.toml", "line 1", "not valid TOML"]);
}

#[test]
fn the_sample_company_has_the_plan_of_the_readme() {
    let readme = include_str!("../README.md");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let ended = company(&[]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    for line in shown.lines() {
        assert!(
            ended.out.lines().any(|printed| printed == line),
            "the README shows what is not printed:\n{line}"
        );
    }
}

#[test]
fn a_directory_and_two_scans_become_a_plan_by_one_command() {
    let ended = ctem(&["--config", "examples/directory/ctem.toml"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    // The flaw that the scans saw is on the computer that the directory knows, and the way goes on along its rights.
    for told in
        ["CVE-2023-22515", "ledger disclosed", "INTRANET.BANK.EXAMPLE", "CARLA@BANK.EXAMPLE", "Database team"]
    {
        assert!(ended.out.contains(told), "`{told}` is not told:\n{}", ended.out);
    }
    let page = ctem(&["--config", "examples/directory/ctem.toml", "--output", "html"]);
    assert!(page.out.contains("id=\"around\"") && page.out.contains("\"middles\":[["));
}

#[test]
fn a_view_shows_what_is_on_the_assets_that_a_selector_means() {
    let all = company(&[]);
    let some = company(&["--only", "owner = platform"]);
    let rows = |ended: &Ended| {
        let is_number = |rank: &str| !rank.is_empty() && rank.bytes().all(|digit| digit.is_ascii_digit());
        let ranked =
            |line: &&str| line.trim_start().split_once("  ").is_some_and(|(rank, _)| is_number(rank));
        ended.out.lines().filter(ranked).count()
    };
    assert!(0 < rows(&some) && rows(&some) < rows(&all) / 2, "{}", some.out);
    assert!(some.out.contains("Shown is what is on owner = platform; numbers are of the whole"));
    fails(&company(&["--only", "owner ="]), 2, &["--only", "the text ends"]);
    fails(&company(&["--only", "all and has owner", "--output", "csv"]), 2, &["`--only` is a view"]);
}

#[test]
fn a_budget_of_hours_bounds_the_plan_in_every_form() {
    let ended = company(&["--hours", "3"]);
    assert!(ended.out.contains("\nWhat to do first in 3 h, as of 2025-11-13 · "), "{}", ended.out);
    assert!(
        ended.out.contains("\n2  Patch CVE-2023-22515") && !ended.out.contains("\n3  Take Anna"),
        "{}",
        ended.out
    );
    let document: Value = serde_json::from_str(&company(&["--hours", "3", "--output", "json"]).out).unwrap();
    assert_eq!(document["plan"]["budget"]["hours"], 3.0);
    assert_eq!(document["plan"]["rows"].as_array().map(Vec::len), Some(2));
    let document: Value =
        serde_json::from_str(&company(&["--actions", "1", "--output", "json"]).out).unwrap();
    assert_eq!(document["plan"]["rows"].as_array().map(Vec::len), Some(1));
    fails(&company(&["--hours", "3", "--actions", "1"]), 2, &["cannot be used with"]);
    fails(&company(&["--hours", "-3"]), 2, &["a finite number of hours of at least 0"]);
}

#[test]
fn every_form_is_written_and_files_say_theirs() {
    let begins = [
        ("text", "Records: "),
        ("markdown", "# What to do first"),
        ("html", "<!doctype html>"),
        ("json", r#"{"version":2,"#),
        ("csv", "rank,"),
        ("sarif", r#"{"$schema""#),
        ("openvex", r#"{"@context""#),
        ("cyclonedx-vex", r#"{"bomFormat":"CycloneDX""#),
        ("ocsf", "[{"),
        ("mermaid", "flowchart LR"),
        ("dot", "digraph"),
        ("graphml", "<?xml"),
        ("attack-flow", r#"{"id":"bundle--"#),
    ];
    for (form, begin) in begins {
        let ended = ctem(&["tests/reports/trivy/image.json", "--output", form]);
        assert!(
            ended.code == 0 && ended.out.starts_with(begin) && ended.out.ends_with('\n'),
            "{form}: {ended:?}"
        );
        // What became of the records is told beside it, since an answer for programs is nothing else.
        assert_eq!(ended.err.contains("Records: "), form != "text", "{form}: {ended:?}");
    }
    let at = folder("forms", &[("company.json", include_str!("../examples/company/environment.json"))]);
    let ended = ctem_in(&at, b"", &["company.json", "-o", "a.html", "-o", "a.json", "-o", "-"]);
    assert!(ended.code == 0 && ended.out.starts_with("Records: "), "{ended:?}");
    assert!(fs::read_to_string(at.join("a.html")).unwrap().starts_with("<!doctype html>"));
    assert!(fs::read_to_string(at.join("a.json")).unwrap().starts_with(r#"{"version":2,"#));
    // One form for one file, whatever its ending says.
    assert_eq!(ctem_in(&at, b"", &["company.json", "-o", "vex.json", "--output", "openvex", "-q"]).code, 0);
    assert!(fs::read_to_string(at.join("vex.json")).unwrap().starts_with(r#"{"@context""#));
    fails(&ctem_in(&at, b"", &["company.json", "-o", "a.xyz"]), 2, &["`a.xyz` does not say", "`--output`"]);
    fails(
        &ctem_in(&at, b"", &["company.json", "-q", "-o", "no/a.html"]),
        2,
        &["no/a.html: cannot be written"],
    );
}

#[test]
fn a_currency_that_losses_are_not_in_is_an_error() {
    assert_eq!(company(&["--currency", "eur"]).code, 0);
    fails(&company(&["--currency", "usd"]), 2, &["losses are stated in EUR", "nothing is converted"]);
    fails(&company(&["--currency", "bitcoin"]), 2, &["--currency"]);
    let ended = ctem(&["tests/reports/trivy/image.json", "-q", "--currency", "usd"]);
    fails(&ended, 2, &["no loss is stated"]);
}

#[test]
fn a_gate_stops_what_is_new_and_worth_much() {
    let at = folder("gate", &[]);
    fs::create_dir_all(&at).unwrap();
    let [before, now, few] = ["before", "now", "few"].map(|name| at.join(format!("{name}.json")));
    let files = ["examples/company/environment.json", "examples/company/mailer.trivy.json"];
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    assert_eq!(ctem(&[&files[..], &["-q", "--as-of", "2025-11-12", "-o", &path(&before)]].concat()).code, 0);
    assert_eq!(company(&["-q", "-o", &path(&now)]).code, 0);
    assert_eq!(company(&["-q", "--top", "5", "-o", &path(&few)]).code, 0);
    let gate = |baseline: &Path, more: &[&str]| {
        let policy = ["--policy", "examples/policy.json", "--baseline", &path(baseline)];
        company(&[&["gate"], &policy[..], more].concat())
    };
    let ended = gate(&before, &[]);
    assert_eq!((ended.code, ended.err.as_str()), (3, ""), "{ended:?}");
    assert!(
        ended.out.contains("\nGate stops: ") && ended.out.contains(" worth more than EUR 10,000: "),
        "{ended:?}"
    );
    assert!(
        ended.out.contains("\n  Patch CVE-2023-22515 on wiki (EUR "),
        "what breaks it is named: {ended:?}"
    );
    let ended = gate(&before, &["--dry-run"]);
    assert!(ended.code == 0 && ended.out.contains("\nGate would stop: "), "{ended:?}");
    let verdict: Value = serde_json::from_str(&gate(&before, &["--json"]).out).unwrap();
    assert_eq!((&verdict["held"], &verdict["stops"]), (&Value::Bool(false), &Value::Bool(true)));
    // What was there before may stay, though there is no less of it.
    let ended = gate(&now, &[]);
    assert_eq!((ended.code, ended.out.matches("\nGate holds: ").count()), (0, 4), "{ended:?}");
    // Of a baseline that was cut off, the rest would seem new.
    fails(&gate(&few, &[]), 2, &["few.json"]);
    // A gate that stops says so whatever else could not be read.
    let ended = ctem(
        &[&["gate", "no.json", "--policy", "examples/policy.json"], &files[..], &["--baseline", &path(&now)]]
            .concat(),
    );
    assert!([1, 3].contains(&ended.code) && ended.err.contains("no.json: not used"), "{ended:?}");
}

#[test]
fn without_a_baseline_all_is_new() {
    let policy = |rules: &str| format!(r#"{{"ctem_policy": 1, "rules": [{rules}]}}"#);
    let new = policy(r#"{"no_new": {"level": "critical"}}"#);
    let more = policy(r#"{"expected_loss": {"at_most_percent_above_baseline": 10}}"#);
    let at = folder("policies", &[("new.json", &new), ("more.json", &more), ("none.json", "{}")]);
    let gate = |policy: &str| company(&["gate", "--policy", at.join(policy).to_str().unwrap()]);
    let ended = gate("new.json");
    assert!(ended.code == 3 && ended.out.contains("Gate stops: "), "{ended:?}");
    fails(
        &gate("more.json"),
        2,
        &["more.json/rules/0", "it compares with a baseline, and none is named", "`--baseline`"],
    );
    fails(&gate("none.json"), 2, &["none.json", "ctem_policy"]);
    fails(&company(&["gate"]), 2, &["no policy is named", "`--policy`"]);
}

#[test]
fn a_finding_is_explained_by_any_of_its_names() {
    let ended = company(&["explain", "CVE-2024-23897"]);
    assert!(ended.code == 0 && ended.out.starts_with("CVE-2024-23897 on jenkins\n   Id: "), "{ended:?}");
    assert!(ended.out.contains("   Attack path to customer data disclosed: "), "{ended:?}");
    let id = ended.out.lines().nth(1).unwrap().trim_start_matches("   Id: ");
    assert_eq!(company(&["explain", id]), ended);
    assert_eq!(company(&["explain", "cve-2024-23897"]), ended);
    let document: Value = serde_json::from_str(&company(&["explain", id, "--json"]).out).unwrap();
    assert_eq!(document["finding"], id);
    // An asset is all that is on it.
    let on = company(&["explain", "jenkins", "--top", "1"]);
    assert!(on.out.contains("\n… and ") && on.out.contains(" more: "), "{on:?}");
    fails(&company(&["explain", "CVE-2024-2389"]), 2, &["did you mean `CVE-2024-23897`?"]);
    fails(&company(&["explain", "zzz"]), 2, &["`zzz` is not in this assessment", "`--output json`"]);
}

#[test]
fn tests_to_run_are_told_and_any_question_is_answered() {
    let ended = company(&["ask", "--hours", "3"]);
    let lead = "What to test next, for the plan in 3 h, as of 2025-11-13, which leaves EUR ";
    assert!(ended.code == 0 && ended.out.starts_with(lead), "{ended:?}");
    let document: Value = serde_json::from_str(&company(&["ask", "--json", "--top", "1"]).out).unwrap();
    assert_eq!(
        (&document["budget"]["hours"], document["rows"].as_array().map(Vec::len)),
        (&Value::from(8.0), Some(1))
    );
    let question = r#"{"select": {"selector": "kind = host"}}"#;
    let ended = company(&["ask", "--question", question]);
    assert!(ended.code == 0 && ended.out.starts_with(r#"{"version":2,"count":"#), "{ended:?}");
    fails(&company(&["ask", "--question", r#"{"selekt": {}}"#]), 2, &["(invalid_input at --question)"]);
}

/// Where somebody's files lie says nothing of what was scanned: by its whole path a file is called as from the folder it is handed in from.
#[test]
fn files_by_their_whole_paths_are_called_as_from_beside_them() {
    let scan = r#"{"version": "1.90.0", "errors": [], "results": [{"check_id": "rules.eval", "path": "a.py", "start": {"line": 1, "col": 1},
        "end": {"line": 1, "col": 9}, "extra": {"message": "eval", "severity": "ERROR", "metadata": {"cwe": ["CWE-95"]}}}]}"#;
    let at = folder("whole_paths", &[("scans/scan.json", scan)]);
    let told = |path: &str| {
        let Ended { code, out, err } = ctem_in(&at, b"", &["plan", path]);
        assert_eq!(code, 0, "{err}");
        format!("{out}{err}")
    };
    let whole = at.to_str().unwrap();
    for (path, called) in [("scans/scan.json", "scan.json"), ("scans", "scans/scan.json")] {
        let told = told(&format!("{whole}/{path}"));
        assert!(
            told.contains(&format!("semgrep:{called}")) && !told.contains(&format!("semgrep:{whole}")),
            "{told}"
        );
    }
}

#[test]
fn what_nothing_decides_is_listed_and_comes_as_lines() {
    let document = r#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}],
        "findings": [{"asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration", "title": "Open"}}]}"#;
    let at = folder("unknown", &[("shop.json", document)]);
    let ended = ctem_in(&at, b"", &["unknown", "shop.json"]);
    assert!(ended.code == 0 && ended.out.contains("1 on    1  acme A-1  Open\n"), "{ended:?}");
    let lines = ctem_in(&at, b"", &["unknown", "shop.json", "--lines"]).out;
    fs::write(at.join("effects.tsv"), lines.replace("\t\n", "\tno-login\n")).unwrap();
    let ended = ctem_in(&at, b"", &["unknown", "shop.json", "--effects", "effects.tsv"]);
    assert_eq!(
        ended.out, "No rule is unknown: what every finding lets an attacker do is decided.\n",
        "{ended:?}"
    );
    // A table that is wrong is named, with its line.
    fs::write(at.join("effects.tsv"), "acme\trule\tA-1\tdisaster\n").unwrap();
    let ended = ctem_in(&at, b"", &["shop.json", "--effects", "effects.tsv"]);
    fails(&ended, 2, &["effects.tsv, effects, line 1"]);
}

#[test]
fn intel_is_described_and_never_fetched() {
    let ended = ctem(&["intel"]);
    let flags =
        ["--epss FILE\n", "--kev FILE\n", "--metasploit FILE\n", "--nuclei FILE\n", "--exploit-db FILE\n"];
    assert!(ended.code == 0 && flags.iter().all(|flag| ended.out.contains(flag)), "{ended:?}");
    let tables = [
        "--epss",
        "examples/company/epss_scores-2025-11-13.csv",
        "--kev",
        "examples/company/kev_2025-08-25.json",
    ];
    let ended = ctem(&[&["intel"], &tables[..]].concat());
    assert!(
        ended.out.starts_with("EPSS: model v2025.03.14, of 2025-11-13\n  Rows: read 9 = accepted 9"),
        "{ended:?}"
    );
    assert!(
        ended.out.contains("KEV: version 2025.08.25, of 2025-08-25, which is 79 days ago: download a newer"),
        "{ended:?}"
    );
    let document: Value =
        serde_json::from_str(&ctem(&[&["intel", "--json"], &tables[..]].concat()).out).unwrap();
    assert_eq!(document["epss"]["tally"]["accepted"], 9);
    fails(&ctem(&["intel", "--epss", "README.md"]), 2, &["README.md, epss", "EPSS"]);
    fails(&ctem(&["intel", "--kev", "no.json"]), 2, &["no.json: there is no such file"]);
}

#[test]
fn a_program_becomes_the_report_for_leadership() {
    let at = folder("report", &[("about.txt", "what is written here")]);
    let [page, document] = ["quarter.html", "quarter.json"].map(|name| at.join(name).display().to_string());
    let asked = ["report", "examples/quarter/events.jsonl", "--from", "2025-07-07", "--until", "2025-10-06"];
    let more = [
        "--title",
        "The shop",
        "--promise",
        "critical=14",
        "--deadlines",
        "kev",
        "-o",
        &page,
        "-o",
        &document,
    ];
    let ended = ctem(&[&asked[..], &more].concat());
    assert_eq!((ended.code, &*ended.err), (0, ""));
    let (page, document) = (fs::read_to_string(&page).unwrap(), fs::read_to_string(&document).unwrap());
    assert!(
        page.starts_with("<!doctype html>") && page.contains("The shop") && page.contains("kev"),
        "{page}"
    );
    let report: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(report["measures"]["promises"]["promised"].as_u64().map(|n| n > 0), Some(true));
    // The same of the program's own document.
    let mut program = ctem_core::Program::default();
    for line in include_str!("../examples/quarter/events.jsonl").lines() {
        let event = ctem_core::program::Event::read(line.as_bytes()).unwrap();
        program.apply(event, ctem_core::program::ApplyOptions::default()).unwrap();
    }
    let file = at.join("program.json");
    fs::write(&file, program.document().unwrap()).unwrap();
    let again = ctem(&[&["report", file.to_str().unwrap()], &asked[2..], &more[..6], &["--json"]].concat());
    assert_eq!((again.code, again.out.trim_end()), (0, document.trim_end()));
    fails(&ctem(&[&asked[..], &["-o", "quarter.pdf"]].concat()), 2, &["`.html` or `.json`"]);
    fails(&ctem(&[&asked[..], &["--promise", "critical"]].concat()), 2, &["SEVERITY=DAYS"]);
    fails(
        &ctem(&["report", "examples/quarter/events.jsonl", "--from", "2025-10-20"]),
        2,
        &["nothing is known"],
    );
}

#[test]
fn formats_lists_all() {
    let ended = ctem(&["formats"]);
    assert_eq!((ended.code, ended.out.lines().count()), (0, discover::formats().count()));
    for (line, (name, title)) in ended.out.lines().zip(discover::formats()) {
        assert!(line.starts_with(name) && line.ends_with(title), "{line}");
    }
    assert_eq!(ctem(&["formats", "--json"]).out.trim_end(), wire::formats());
    let found = ctem(&["formats", "Semgrep"]).out;
    assert!(found.starts_with("semgrep ") && found.lines().count() == 1, "{found}");
    fails(&ctem(&["formats", "gitlaeks"]), 2, &["did you mean `gitleaks`?"]);
}

#[test]
fn settings_fill_in_what_flags_do_not_say() {
    let environment = include_str!("../examples/company/environment.json");
    let mailer = include_str!("../examples/company/mailer.trivy.json");
    let settings = "files = [\"scans\"]\nenv = [\"company.json\"]\nhours = 2\ntop = 4\nas_of = 2025-11-12\n";
    let files = [("company.json", environment), ("scans/mailer.json", mailer), ("other.json", environment)];
    let at = folder("settings", &files);
    fs::write(at.join("ctem.toml"), settings).unwrap();
    let filled = ctem_in(&at, b"", &[]);
    let stated = ["scans", "--env", "company.json", "--hours", "2", "--top", "4", "--as-of", "2025-11-12"];
    assert_eq!(filled, ctem_in(&at, b"", &[&stated[..], &["--no-config"]].concat()));
    assert!(filled.out.contains("What to do first in 2 h, as of 2025-11-12"), "{filled:?}");
    // Flags win, and files are one thing.
    let ended = ctem_in(&at, b"", &["scans/mailer.json", "--actions", "1", "--as-of", "2025-11-13"]);
    assert!(ended.out.contains("What to do first in 1 action, as of 2025-11-13"), "{ended:?}");
    // Paths begin at the folder of the file.
    let elsewhere = ctem(&["--config", at.join("ctem.toml").to_str().unwrap()]);
    assert_eq!(elsewhere.out, filled.out);
}

#[test]
fn settings_that_are_wrong_say_where_and_what_would_do() {
    for (text, told) in [
        ("hour = 3", "`hour` is not a key: did you mean `hours`?   (invalid_input at ctem.toml, line 1)"),
        (
            "\nfiles = 'a'",
            "`files` cannot be used: the text \"a\" stands here: it must be a list   (invalid_input at ctem.toml, line 2)",
        ),
        (
            "hours = -3",
            "`-3` is no budget: it is a finite number of hours of at least 0, such as 40   (invalid_input at ctem.toml/hours)",
        ),
        ("hours = 3\nactions = 1", "write one of them   (invalid_input at ctem.toml/actions)"),
        ("horizon = 0", "at ctem.toml/horizon)"),
        ("as_of = 'now'", "at ctem.toml/as_of)"),
        (
            "as_of = 3",
            "a value of type integer is not a moment: write it as 2025-11-13   (invalid_input at ctem.toml/as_of)",
        ),
        ("currency = 'shells'", "at ctem.toml/currency)"),
        ("[files", "it is not valid TOML   (malformed at ctem.toml, line 1)"),
        ("files = ['a']\nfiles = ['b']", "(malformed at ctem.toml, line 2)"),
    ] {
        let at = folder("wrong", &[("ctem.toml", text)]);
        fails(&ctem_in(&at, b"", &["x.json"]), 2, &["error: ", told]);
    }
    fails(&ctem(&["--config", "no.toml"]), 2, &["no.toml: there is no such file"]);
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    fails(&ctem(&["x.json", "--hour", "3"]), 2, &["--hours", "Usage: ctem"]);
    fails(&ctem(&["--asset", "shop"]), 2, &["ID=FILE"]);
    for help in [&["-h"][..], &["--help"], &["help"], &["gate", "--help"], &["help", "gate"], &["-V"]] {
        let ended = ctem(help);
        assert!(ended.code == 0 && ended.err.is_empty() && ended.out.contains("ctem"), "{help:?}: {ended:?}");
        assert!(ended.out.lines().all(|line| line.chars().count() <= 100), "{help:?}: {}", ended.out);
    }
    let help = ctem(&["--help"]).out;
    for told in ["3  a gate stops", "ctem.toml", "--epss <FILE>", "cyclonedx-vex", "\n  explain "] {
        assert!(help.contains(told), "`{told}` is not in the help");
    }
}

#[test]
fn shells_complete_and_man_shows_a_page() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = ctem(&["completion", shell]);
        assert!(ended.code == 0 && ended.out.contains("explain") && ended.out.contains("epss"), "{shell}");
    }
    fails(&ctem(&["completion", "fsh"]), 2, &["fish"]);
    let page = ctem(&["man"]).out;
    assert!(page.contains(".TH ctem 1") && page.contains("a gate stops"), "{page}");
    assert!(ctem(&["man", "gate"]).out.contains(".TH ctem-gate 1"), "a verb has its own");
    fails(&ctem(&["man", "gat"]), 2, &["`gat` is not a verb: did you mean `gate`?"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    struct Gone;
    impl io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut err = Vec::new();
    let mut outside = Outside {
        stdin: &mut io::empty(),
        stdout: &mut Gone,
        stderr: &mut err,
        folder: Path::new(ROOT),
        now: "2025-11-13".parse().unwrap(),
        width: None,
        progress: &|_| {},
    };
    assert_eq!(run(["formats"], &mut outside), 0);
    assert_eq!(String::from_utf8(err).unwrap(), "");
}

/// What each door is asked.
fn asked() -> Vec<Vec<&'static str>> {
    let company = |more: &[&'static str]| [more, &COMPANY].concat();
    let mailer = [
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
    ];
    vec![
        company(&[]),
        company(&["--width", "160", "--top", "5", "--as-of", "2025-12-01"]),
        mailer.to_vec(),
        vec!["tests/reports/trivy/image.json", "--as-of", "2025-11-13", "--output", "json"],
        company(&["gate", "--policy", "examples/policy.json"]),
        company(&["explain", "CVE-2021-44228"]),
        vec!["formats"],
        vec!["--help"],
        vec!["x.json", "--format", "trivyy"],
    ]
}

fn same(door: &[&str]) {
    for arguments in asked() {
        let output =
            Command::new(door[0]).args(&door[1..]).args(&arguments).current_dir(ROOT).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let ended = Ended { code: output.status.code().unwrap().try_into().unwrap(), out, err };
        assert_eq!(ended, ctem(&arguments), "{door:?} {arguments:?}");
    }
}

#[test]
fn the_program_is_the_library() {
    // What the gate has built with the packages is in a folder that it names.
    let built = std::env::var("CTEM_BUILT").unwrap_or_else(|_| {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        // In the profile and with the features in which `cargo test` has built the library; the example brings those of tests.
        let build = ["build", "--quiet", "--locked", "--profile", "test", "--features", "cli"];
        let build = Command::new(cargo)
            .args(build)
            .args(["--bin", "ctem", "--example", "first_fix"])
            .current_dir(ROOT)
            .status()
            .unwrap();
        assert!(build.success());
        "target/debug".into()
    });
    let program = Path::new(ROOT).join(built).join("ctem");
    same(&[program.to_str().unwrap()]);
}

#[test]
#[ignore = "needs the Python package: name the Python that has it in CTEM_PYTHON"]
fn python_brings_the_same() {
    let python = std::env::var("CTEM_PYTHON").unwrap_or_else(|_| "target/venv/bin/python".into());
    same(&[&python, "-m", "ctem"]);
}

#[test]
#[ignore = "needs the Node package: `npm run build` in ctem-node"]
fn node_brings_the_same() {
    same(&["node", "ctem-node/ctem.js"]);
}
