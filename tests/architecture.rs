//! The house: who may use whom, what stays inside, and what stands at the door.

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/lessons.rs"]
mod lessons;
#[path = "architecture/source.rs"]
mod source;

use serde_json::Value;
use source::{Source, words};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a folder of the core holds, ground first: each file or folder uses only what stands before it. The folder's own `mod.rs` has no
/// place, since it shows the others to the outside.
const ORDER: [(&str, &[&str]); 8] = [
    (
        "",
        &[
            "visible",
            "error",
            "word",
            "id",
            "time",
            "shared",
            "text",
            "quantity",
            "cvss",
            "version",
            "model",
            "intel",
            "attack",
            "scope",
            "discover",
            "validate",
            "prioritize",
            "backtest",
            "mobilize",
            "gate",
            "measure",
            "program",
            "render",
            "wire",
            "manual",
            "cli",
            "bin",
        ],
    ),
    (
        "backtest",
        &["interval", "columns", "options", "cohort", "ranking", "discrimination", "calibration", "run"],
    ),
    ("gate", &["policy", "baseline", "verdict", "judge"]),
    (
        "mobilize",
        &[
            "action", "rules", "roots", "effort", "owner", "least", "classify", "group", "title", "derive",
            "plan", "deadline", "sync",
        ],
    ),
    ("attack", &["limits", "asking", "parallel", "graph", "build", "paths", "reliability", "cuts"]),
    (
        "version",
        &[
            "ecosystem",
            "key",
            "schemes",
            "checked",
            "span",
            "events",
            "vers",
            "constraint",
            "range",
            "upgrade",
        ],
    ),
    ("intel", &["attackers", "effects", "epss", "exploits", "kev", "lev", "ssvc"]),
    (
        "prioritize",
        &[
            "term",
            "priors",
            "world",
            "signals",
            "effect",
            "exploitability",
            "row",
            "table",
            "measure",
            "aim",
            "context",
            "exposure_id",
            "risk",
            "path",
            "silent",
            "no_way",
            "subjects",
            "scale",
            "baseline",
            "assessment",
            "ranking",
            "subject",
            "hops",
            "loss_events",
            "assess",
            "parts",
            "ends",
            "doubts",
            "reached",
            "circumstances",
            "explain",
            "paths",
            "cut",
            "choke",
            "combine",
            "blast",
            "zones",
            "sample_counts",
            "sample",
            "sample_block",
            "implied",
            "what_if",
            "without",
            "surroundings",
        ],
    ),
];

/// Files of one folder that use each other in a circle, each with the reason. A new one is better cut than added.
const CIRCLES: [(&str, &[&str], &str); 4] = [
    (
        "attack/reliability/monte_carlo",
        &["incremental", "run"],
        "`Worlds::keep` begins what then counts as `Worlds` does",
    ),
    (
        "discover",
        &["collection", "mod"],
        "an archive read as one document is a collection, whose files are documents",
    ),
    (
        "discover",
        &["document", "draft", "table"],
        "a document opens its table, whose rows go to a draft of the document",
    ),
    (
        "discover/correlate",
        &["contradict", "findings", "mod", "parted", "services"],
        "absorbing is one walk through all kinds of records",
    ),
];

/// What stands at the top of the repository.
const TOP: [&str; 29] = [
    ".cargo",
    ".ci",
    ".editorconfig",
    ".git",
    ".gitattributes",
    ".github",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "COMPARE.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "DESIGN.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "NOTICE",
    "README.md",
    "SECURITY.md",
    "benches",
    "clippy.toml",
    "ctem-core",
    "ctem-node",
    "ctem-py",
    "deny.toml",
    "examples",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
];

/// The kinds of file that are kept, by their ending or, where they have none, by their name.
const KINDS: [&str; 40] = [
    "css",
    "csv",
    "cts",
    "gz",
    "html",
    "ipynb",
    "js",
    "json",
    "jsonl",
    "lock",
    "md",
    "mjs",
    "mts",
    "ndjson",
    "nessus",
    "png",
    "py",
    "pyi",
    "rs",
    "sarif",
    "svg",
    "toml",
    "ts",
    "tsv",
    "txt",
    "typed",
    "xml",
    "yaml",
    "yml",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "CODEOWNERS",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "NOTICE",
    "fuzz",
    "release",
    "run",
    "search",
];

/// Libraries that do their work inside and show in no signature.
const INSIDE: [&str; 4] = ["petgraph", "smallvec", "ordered_float", "hashbrown"];

/// Libraries the project is built on.
const CARD: [&str; 8] =
    ["petgraph", "serde", "thiserror", "pyo3", "napi", "smallvec", "ordered-float", "proptest"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn core() -> Vec<Source> {
    let sources = Source::below(&root().join("ctem-core/src"));
    assert!(sources.len() > 50, "{} sources", sources.len());
    sources
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_room_uses_only_what_stands_below_it() {
    let sources = core();
    let arrows = arrows::arrows(&sources);
    let mut wrong = Vec::new();
    let excepted = |folder: &str, ends: [&str; 2]| {
        CIRCLES.iter().any(|(of, entries, _)| *of == folder && ends.iter().all(|end| entries.contains(end)))
    };
    for (folder, order) in ORDER {
        let place = |entry: &str| order.iter().position(|other| *other == entry);
        let entries: BTreeSet<&str> = sources.iter().filter_map(|source| source.entry(folder)).collect();
        let missing = order.iter().filter(|entry| !entries.contains(**entry));
        wrong.extend(missing.map(|entry| format!("`{folder}` has no `{entry}`: strike it here")));
        let placeless =
            entries.iter().filter(|entry| !["lib", "mod"].contains(entry) && place(entry).is_none());
        wrong.extend(
            placeless.map(|entry| format!("`{folder}` has `{entry}`, which has no place: give it one here")),
        );
        let mut used = 0;
        for arrow in &arrows {
            let (Some(from), Some(to)) = (arrow.from.entry(folder), arrow.to.entry(folder)) else { continue };
            used += usize::from(from != to);
            if place(from) < place(to) && place(from).is_some() && !excepted(folder, [from, to]) {
                let (path, line) = (&arrow.from.path, arrow.line);
                wrong.push(format!("{path}:{line}: `{from}` uses `{to}`, which stands above it"));
            }
            if to == "lib" {
                wrong.push(format!("{}:{}: uses a name of no module", arrow.from.path, arrow.line));
            }
        }
        assert!(used >= order.len() / 2, "{used} uses were found in `{folder}`");
    }
    none(&wrong);
    assert!(arrows.len() > 1000, "{} uses were found", arrows.len());
}

#[test]
fn no_files_of_a_folder_use_each_other_in_a_circle() {
    let sources = core();
    let mut folders: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for arrow in arrows::arrows(&sources).iter().filter(|arrow| !arrow.shown) {
        let folder = arrow.meet();
        let ends = arrow.from.entry(folder).zip(arrow.to.entry(folder));
        folders.entry(folder).or_default().extend(ends);
    }
    assert!(folders.len() > 15 && folders.values().map(BTreeSet::len).sum::<usize>() > 200, "{folders:?}");
    let found: BTreeSet<(&str, Vec<&str>)> = folders
        .iter()
        .flat_map(|(folder, arrows)| arrows::circles(arrows).into_iter().map(|circle| (*folder, circle)))
        .collect();
    let known: BTreeSet<(&str, Vec<&str>)> =
        CIRCLES.iter().map(|(folder, circle, _)| (*folder, circle.to_vec())).collect();
    let new = found
        .difference(&known)
        .map(|(folder, circle)| format!("a circle in `{folder}`: {}", circle.join(", ")));
    let gone = known.difference(&found).map(|(folder, circle)| {
        format!("no circle in `{folder}` any more of {}: strike it here", circle.join(", "))
    });
    none(&new.chain(gone).collect::<Vec<_>>());
}

#[test]
fn every_public_function_and_type_has_an_example_that_runs() {
    let (mut with, mut without) = (0, Vec::new());
    for source in core() {
        let (taught, untaught) = lessons::examples(&root().join("ctem-core/src").join(&source.path));
        with += taught;
        without.extend(untaught);
    }
    none(&without);
    // It only rises, but for what is taken away.
    assert!(with >= 590, "{with} items with examples were found");
}

#[test]
fn libraries_inside_show_in_no_public_signature() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for source in core() {
        let inside: BTreeSet<String> = INSIDE.iter().flat_map(|name| source.imported(name)).collect();
        for (at, declaration) in source.public() {
            seen += 1;
            if let Some(word) = words(declaration).find(|word| inside.contains(*word)) {
                let shown: Vec<_> = declaration.split_whitespace().collect();
                wrong.push(format!("{}:{}: `{word}` in {}", source.path, source.line(at), shown.join(" ")));
            }
        }
        for (at, _) in source.code.match_indices("pub use ") {
            let rest = &source.code[at..];
            if let Some(word) = words(&rest[..rest.find(';').unwrap()]).find(|word| INSIDE.contains(word)) {
                wrong.push(format!("{}:{}: gives `{word}` away", source.path, source.line(at)));
            }
        }
    }
    none(&wrong);
    assert!(seen > 500, "{seen} declarations were found");
}

#[test]
fn the_core_touches_nothing_outside_and_is_safe() {
    let outside = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "thread_rng",
        "getrandom",
        "RandomState",
        "println!",
        "eprintln!",
        "static mut",
        "thread_local",
    ];
    // What is outside of the engine is let in here, and nowhere else: files, and the process.
    let doors = ["bin/ctem.rs", "cli/console.rs", "cli/files.rs"];
    // Threads are begun in one place, and end there.
    let threads = ("attack/parallel.rs", ["std::thread", "thread_local"]);
    let mut wrong = Vec::new();
    let sources = core();
    for door in doors.into_iter().chain([threads.0]) {
        assert!(sources.iter().any(|source| source.path == door), "there is no {door}: strike it here");
    }
    for source in sources {
        let outside = if doors.contains(&source.path.as_str()) { &[][..] } else { &outside };
        let begins = |word: &&&str| source.path == threads.0 && threads.1.contains(*word);
        for word in outside.iter().filter(|word| !begins(word)) {
            for (at, _) in source.code.match_indices(word) {
                wrong.push(format!("{}:{}: {word}", source.path, source.line(at)));
            }
        }
        // `use std::{fs, …}` says the same in a list.
        for (at, _) in source.code.match_indices("use std::{") {
            let list = &source.code[at..][..source.code[at..].find(';').unwrap()];
            let is_outside =
                |word: &&str| outside.contains(&&*format!("std::{word}")) && source.path != threads.0;
            for word in words(list).filter(is_outside) {
                wrong.push(format!("{}:{}: std::{word}", source.path, source.line(at)));
            }
        }
        for (at, _) in source.code.match_indices("unsafe") {
            if !source.code[..at].ends_with("#![forbid(") {
                wrong.push(format!("{}:{}: unsafe", source.path, source.line(at)));
            }
        }
    }
    none(&wrong);
    let library = fs::read_to_string(root().join("ctem-core/src/lib.rs")).unwrap();
    assert!(library.contains("#![forbid(unsafe_code)]") && library.contains("#![warn(missing_docs)]"));
}

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// The packages by id, and what each uses when built or run: not what it is tested with.
fn used(metadata: &Value) -> (BTreeMap<&str, &Value>, BTreeMap<&str, Vec<&str>>) {
    let packages = metadata["packages"].as_array().unwrap();
    let packages = packages.iter().map(|package| (text(package, "id"), package)).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let needed = |dependency: &&Value| {
        dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| text(kind, "kind") != "dev")
    };
    let uses = |node: &'_ Value| -> Vec<String> {
        let dependencies = node["deps"].as_array().unwrap().iter().filter(needed);
        dependencies.map(|dependency| text(dependency, "pkg").to_owned()).collect()
    };
    let all: BTreeMap<&str, &Value> = packages;
    let uses = nodes
        .iter()
        .map(|node| {
            let of = uses(node);
            let known =
                of.iter().filter_map(|id| all.get_key_value(id.as_str()).map(|(id, _)| *id)).collect();
            (text(node, "id"), known)
        })
        .collect();
    (all, uses)
}

#[test]
fn the_core_needs_no_c_toolchain() {
    let metadata = metadata();
    let (packages, uses) = used(&metadata);
    let core = packages.iter().find(|(_, package)| text(package, "name") == "ctem-core").unwrap().0;
    let mut waiting = vec![*core];
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = packages[id];
        let name = text(package, "name");
        if !package["links"].is_null() {
            wrong.push(format!("{name} links {}", package["links"]));
        }
        if ["cc", "cmake", "bindgen", "pkg-config", "vcpkg"].contains(&name) {
            wrong.push(format!("{name} is used, which builds or finds C libraries"));
        }
        waiting.extend(&uses[id]);
    }
    none(&wrong);
    assert!(seen.len() > 10, "{} packages", seen.len());
}

#[test]
fn no_package_needs_a_newer_rust_than_is_declared() {
    let metadata = metadata();
    let version =
        |text: &str| -> Vec<u32> { text.split('.').map(|part| part.parse().unwrap_or(0)).collect() };
    let packages = metadata["packages"].as_array().unwrap();
    let own = packages.iter().find(|package| text(package, "name") == "ctem-core").unwrap();
    let declared = version(text(own, "rust_version"));
    assert!(declared >= vec![1, 85], "{declared:?}");
    let newer = packages.iter().filter(|package| version(text(package, "rust_version")) > declared);
    let wrong: Vec<String> = newer
        .map(|package| {
            format!(
                "{} {} needs {}",
                text(package, "name"),
                text(package, "version"),
                package["rust_version"]
            )
        })
        .collect();
    none(&wrong);
}

#[test]
fn every_library_of_the_card_is_used() {
    let metadata = metadata();
    let members =
        metadata["packages"].as_array().unwrap().iter().filter(|package| package["source"].is_null());
    let used: BTreeSet<&str> = members
        .flat_map(|package| package["dependencies"].as_array().unwrap())
        .map(|dependency| text(dependency, "name"))
        .collect();
    let missing: Vec<_> = CARD.iter().filter(|name| !used.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_top_holds_only_what_belongs_there() {
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let ignored: BTreeSet<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let wrong: Vec<String> = names(&root())
        .into_iter()
        .filter(|name| !TOP.contains(&name.as_str()) && !ignored.contains(name.as_str()))
        .collect();
    none(&wrong);
}

#[test]
fn every_file_that_is_kept_is_of_a_known_kind() {
    let files = kept();
    assert!(files.len() > 300, "{} files", files.len());
    let kind = |file: &String| {
        let name = file.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').filter(|(before, _)| !before.is_empty()).map_or(name, |(_, end)| end).to_owned()
    };
    let unknown = |file: &String| !KINDS.contains(&kind(file).as_str());
    let wrong: Vec<String> = files
        .into_iter()
        .filter(unknown)
        .map(|file| format!("{file}: a leftover? if not, add its kind here"))
        .collect();
    none(&wrong);
}

/// Each package is published by itself, and its licences go along. They are files of their own, since npm packs no links.
#[test]
fn every_package_has_the_licences_and_says_how_it_is_installed() {
    let text = |path: String| {
        fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    for (package, install) in [
        ("ctem-core", "cargo add ctem-core"),
        ("ctem-py", "pip install ctem"),
        ("ctem-node", "npm install ctem"),
    ] {
        for kept in ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"] {
            assert_eq!(text(format!("{package}/{kept}")), text(kept.into()), "{package}/{kept}");
        }
        for readme in [format!("{package}/README.md"), "README.md".into()] {
            assert!(text(readme.clone()).contains(install), "{readme} does not say `{install}`");
        }
    }
}

/// The files that git keeps or, where this is no clone, all that are here and that nothing built.
fn kept() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    if let Some(listed) = listed.ok().filter(|output| output.status.success() && !output.stdout.is_empty()) {
        let listed = String::from_utf8(listed.stdout).unwrap();
        return listed.split_terminator('\0').map(str::to_owned).collect();
    }
    let (mut files, mut folders) = (Vec::new(), vec![root()]);
    let built = [".git", "target", "node_modules", "native", "dist", ".venv", "__pycache__", ".pytest_cache"];
    while let Some(folder) = folders.pop() {
        for name in names(&folder).into_iter().filter(|name| !built.contains(&name.as_str())) {
            let path = folder.join(&name);
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(name),
            }
        }
    }
    files
}

#[test]
fn every_format_has_its_pair() {
    let files = names(&root().join("ctem-core/src/discover/formats"));
    // What only a mapping says is held against real files by `long_tail`, and may have a pair.
    let (mappings, readers): (Vec<_>, Vec<_>) = files.into_iter().partition(|name| name.ends_with(".json"));
    let mappings: BTreeSet<String> =
        mappings.iter().map(|name| name.trim_end_matches(".json").to_owned()).collect();
    let readers: BTreeSet<String> =
        readers.iter().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    let reports = root().join("tests/reports");
    let folders: BTreeSet<String> =
        names(&reports).into_iter().filter(|name| reports.join(name).is_dir()).collect();
    let read_by_code: BTreeSet<String> = folders.difference(&mappings).cloned().collect();
    assert_eq!(readers, read_by_code, "readers on the left, folders of pairs on the right");
    for folder in &folders {
        let files = names(&reports.join(folder));
        let paired = |name: &&String| files.contains(&format!("{name}.expected.json"));
        assert!(files.iter().any(|name| paired(&name)), "{folder} has no pair");
    }
}

#[test]
fn every_law_has_its_row() {
    let readme = fs::read_to_string(root().join("tests/README.md")).unwrap();
    let (_, tables) = readme.split_once("## Laws").unwrap();
    let rows: BTreeSet<&str> = tables
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    let mut laws = BTreeSet::new();
    for source in Source::below(&root().join("tests/laws")) {
        let mut test = false;
        for line in source.code.lines().map(str::trim) {
            if let (true, Some(name)) = (test, line.strip_prefix("fn ")) {
                laws.insert(name[..name.find('(').unwrap()].to_owned());
            }
            test = line == "#[test]";
        }
    }
    let laws: BTreeSet<&str> = laws.iter().map(String::as_str).collect();
    assert!(laws.len() > 30, "{} laws", laws.len());
    assert_eq!(laws.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new(), "laws without a row");
    assert_eq!(rows.difference(&laws).collect::<Vec<_>>(), Vec::<&&str>::new(), "rows without a law");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
