//! Readers against scanners' real output, and against small documents of our own with the report each should become.
//!
//! A format's folder in `tests/reports` holds pairs, `NAME.EXT` and `NAME.EXT.expected.json`, and `corpora.tsv`: for each file
//! of the corpora that the format reads, how many findings it has, and why, where that is not what the manifest says.

mod corpora;
#[path = "readers/ignored.rs"]
mod ignored;
#[path = "readers/odd.rs"]
mod odd;
#[path = "readers/resources.rs"]
mod resources;
#[path = "readers/several.rs"]
mod several;

use ctem_core::{
    discover::{self, ReadOptions},
    error::{ErrorKind, Result},
    model::{Environment, Finding, Note, NoteKind, RecordCounts, Report, Status},
    wire,
};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

fn reports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

/// The pairs: format, document, expected report.
fn pairs() -> Vec<(String, PathBuf, PathBuf)> {
    let mut pairs = Vec::new();
    for folder in fs::read_dir(reports()).unwrap().map(|entry| entry.unwrap().path()) {
        let format = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            if name != "corpora.tsv" && !name.ends_with(".expected.json") {
                pairs.push((format.clone(), file, folder.join(format!("{name}.expected.json"))));
            }
        }
    }
    pairs.sort();
    pairs
}

fn tally_holds(report: &Report) -> bool {
    let tally = report.tally;
    let rejected = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
    let rejected: u64 = rejected.map(|note| note.count).sum();
    tally.read == tally.accepted + tally.merged + tally.rejected && tally.rejected == rejected
}

#[test]
fn every_document_becomes_the_report_beside_it() {
    let pairs = pairs();
    for (format, document, expected) in &pairs {
        let report = discover::read(&fs::read(document).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", document.display()));
        assert_eq!(&*report.source.format, format.as_str(), "{}", document.display());
        assert!(tally_holds(&report), "{}: {}", document.display(), report.tally);
        let value: serde_json::Value = serde_json::from_str(&wire::report(&report)).unwrap();
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        if std::env::var_os("CTEM_BLESS").is_some() {
            fs::write(expected, &text).unwrap();
        }
        let known = fs::read_to_string(expected).unwrap_or_default();
        assert!(known == text, "{} does not become {}:\n{text}", document.display(), expected.display());
    }
    let formats: std::collections::BTreeSet<_> = pairs.iter().map(|(format, _, _)| format.as_str()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctem-core/src/discover/formats");
    // What only a mapping says is held against real files by `long_tail`.
    let is_mapping = |name: &str| folder.join(format!("{name}.json")).exists();
    let all: std::collections::BTreeSet<_> = discover::formats().map(|(name, _)| name).collect();
    assert!(formats.is_subset(&all), "every pair is of a format");
    let without: Vec<_> = all.difference(&formats).filter(|name| !is_mapping(name)).collect();
    assert!(without.is_empty(), "every reader has a pair: {without:?}");
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn real_scanner_output_is_read_whole() {
    let manifest = String::from_utf8(corpora::file("scans/MANIFEST.tsv")).unwrap();
    let independent: BTreeMap<&str, &str> = manifest
        .lines()
        .filter_map(|line| {
            let fields: Vec<_> = line.split('\t').collect();
            Some((*fields.first()?, *fields.get(3)?))
        })
        .collect();
    let mut checked = 0;
    let mut wrong = Vec::new();
    for folder in fs::read_dir(reports()).unwrap().map(|entry| entry.unwrap().path()) {
        let format = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(table) = fs::read_to_string(folder.join("corpora.tsv")) else { continue };
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            let (path, expected) = (fields[0], fields[1]);
            let reason = fields.get(2).copied().unwrap_or_default();
            let bytes = corpora::file(&format!("scans/{path}"));
            checked += 1;
            let report = match discover::read(&bytes) {
                Ok(report) => report,
                Err(error) => {
                    if expected != error.code() || reason.is_empty() {
                        wrong.push(format!("{path}: {error}"));
                    }
                    continue;
                }
            };
            let found = report.contents.findings.len().to_string();
            let rejected: Vec<_> =
                report.notes.iter().filter(|note| note.kind == NoteKind::Rejected).collect();
            if *report.source.format != *format {
                wrong.push(format!("{path}: taken for {}", report.source.format));
            } else if found != expected || !tally_holds(&report) {
                wrong.push(format!("{path}: {found} findings, {expected} expected; {}", report.tally));
            } else if !rejected.is_empty() && !reason.contains("reject") {
                wrong.push(format!("{path}: {} rejected, the first: {}", rejected.len(), rejected[0]));
            } else if independent.get(path).is_some_and(|count| *count != found) && reason.is_empty() {
                wrong.push(format!(
                    "{path}: {found} findings, {} in the manifest, and no reason",
                    independent[path]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100, "{checked}");
}

/// The outcome of reading, whichever it is: never a panic, and an error that says something.
fn survives(bytes: &[u8], what: &str) -> Result<Report> {
    let outcome = discover::read_with(bytes, &ReadOptions { most_bytes: 1 << 24, ..ReadOptions::default() });
    match &outcome {
        Ok(report) => assert!(tally_holds(report), "{what}: {}", report.tally),
        Err(error) => assert!(!error.message().is_empty(), "{what}"),
    }
    outcome
}

#[test]
fn a_cut_or_bent_document_is_an_error_or_a_rejection() {
    for (_, document, _) in pairs() {
        let bytes = fs::read(&document).unwrap();
        let name = document.display().to_string();
        for n in 0..32 {
            let _ = survives(&bytes[..bytes.len() * n / 32], &name);
        }
        for n in (0..bytes.len()).step_by(1 + bytes.len() / 97) {
            let mut bent = bytes.clone();
            bent[n] = 0xff;
            assert_eq!(survives(&bent, &name).unwrap_err().kind(), ErrorKind::Malformed, "{name}");
            bent[n] = b'"';
            let _ = survives(&bent, &name);
            bent[n] = b'<';
            let _ = survives(&bent, &name);
        }
    }
}

/// A download that ended early: what was whole before its end counts, and one record is rejected for the rest.
#[test]
fn what_is_whole_before_a_document_was_cut_off_is_used() {
    for document in [
        "trivy/image.json",
        "grype/image.json",
        "sarif/states.sarif",
        "snyk/project.json",
        "npm_audit/v7.json",
        "semgrep/scan.json",
        "zap_json/site.json",
        "aws_inspector2/packages.json",
        "nessus/scan.nessus",
        "openvas/report.xml",
        "nmap/scan.xml",
        "zap_xml/site.xml",
        "cyclonedx_xml/bom.xml",
    ] {
        let bytes = fs::read(reports().join(document)).unwrap();
        let whole = discover::read(&bytes).unwrap().tally;
        let (mut before, mut used) = (0, 0);
        let end = bytes.trim_ascii_end().len();
        for n in (1..end).step_by(1 + end / 48).chain([end - 1]) {
            let Ok(report) = survives(&bytes[..n], document) else { continue };
            let RecordCounts { accepted, rejected, .. } = report.tally;
            assert!(before <= accepted && accepted <= whole.accepted, "{document} at {n}: {}", report.tally);
            let told = report.notes.iter().filter(|note| note.reason.contains("cut off")).count();
            assert_eq!((told, 0 < rejected, accepted > 0), (1, true, true), "{document} at {n}: {report:?}");
            let strict = ReadOptions { strict: true, ..ReadOptions::default() };
            assert!(discover::read_with(&bytes[..n], &strict).is_err(), "{document} at {n}");
            (before, used) = (accepted, used + 1);
        }
        assert!(used > 0 && before + 1 >= whole.accepted, "{document}: {before} of {whole} at the end");
    }
    // Of values one after the other, those before the one that is cut.
    let stream = fs::read(reports().join("govulncheck/calls.json")).unwrap();
    let cut = discover::read(&stream[..stream.trim_ascii_end().len() - 1]).unwrap();
    assert!(
        cut.tally.accepted > 0 && cut.notes.iter().any(|note| note.reason.contains("cut off")),
        "{cut:?}"
    );
}

#[test]
fn encoding_and_packing_do_not_show() {
    for (_, document, _) in pairs() {
        let bytes = fs::read(&document).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let plain = discover::read(&bytes).unwrap();
        let units = || text.encode_utf16();
        let with_mark: Vec<u8> = [b"\xef\xbb\xbf".as_slice(), &bytes].concat();
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(units().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(units().flat_map(u16::to_be_bytes)).collect();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        let packed = packed.finish().unwrap();
        for other in [with_mark, little, big, packed] {
            assert_eq!(discover::read(&other).unwrap(), plain, "{}", document.display());
        }
    }
}

#[test]
fn hostile_documents_are_refused_with_a_reason() {
    let deep_json = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let deep_xml = format!("<nmaprun>{}{}</nmaprun>", "<host>".repeat(10_000), "</host>".repeat(10_000));
    let laughs =
        "<!DOCTYPE nmaprun [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><nmaprun><host>&b;</host></nmaprun>";
    let outside = "<!DOCTYPE nmaprun [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><nmaprun>&x;</nmaprun>";
    for (text, kind) in [
        ("{", ErrorKind::Malformed),
        ("hello", ErrorKind::UnknownFormat),
        ("{}", ErrorKind::UnknownFormat),
        ("[[]]", ErrorKind::UnknownFormat),
        ("[1e999]", ErrorKind::UnknownFormat),
        ("{\"ctem\": {\"version\": 1e999}}", ErrorKind::Malformed),
        (deep_json.as_str(), ErrorKind::UnknownFormat),
        (deep_object.as_str(), ErrorKind::UnknownFormat),
        (deep_xml.as_str(), ErrorKind::LimitExceeded),
        (laughs, ErrorKind::Malformed),
        (outside, ErrorKind::Malformed),
        (
            "{\"matches\": [], \"matches\": [], \"descriptor\": {\"name\": \"grype\"}}",
            ErrorKind::InvalidInput,
        ),
        ("{\"ctem\": {\"version\": 99}}", ErrorKind::UnsupportedVersion),
        ("{\"ctem\": {\"version\": 1}, \"assets\": [], \"assets\": []}", ErrorKind::InvalidInput),
        ("Plugin ID,Risk,Host,Plugin Output\n\"1,High,web", ErrorKind::Malformed),
    ] {
        let shown: String = text.chars().take(60).collect();
        match survives(text.as_bytes(), &shown) {
            Err(error) => assert_eq!(error.kind(), kind, "{shown}: {error}"),
            // A stray quote swallows the rest of the file: the row is rejected.
            Ok(report) => assert_eq!(report.tally.rejected, 1, "{shown}"),
        }
    }
}

/// A scanner's word of one flaw in one package, under the name it gives the asset.
fn scanned(asset: &str, weakness: &str, package: &str, version: &str) -> String {
    format!(
        r#"{{"SchemaVersion": 2, "CreatedAt": "2025-11-01T10:00:00Z", "ArtifactName": "{asset}", "Results": [{{"Target": "t",
        "Vulnerabilities": [{{"VulnerabilityID": "{weakness}", "PkgName": "{package}", "InstalledVersion": "{version}",
        "PkgIdentifier": {{"PURL": "pkg:npm/{package}@{version}"}}, "Severity": "HIGH"}}]}}]}}"#
    )
}

/// A supplier's word of a product and perhaps a component of it.
fn concluded(product: &str, component: &str, status: &str, at: &str) -> String {
    let part = if component.is_empty() { String::new() } else { format!(r#"{{"@id": "{component}"}}"#) };
    format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "{at}", "statements": [{{"status": "{status}",
        "vulnerability": {{"name": "CVE-2024-1234"}}, "products": [{{"@id": "{product}", "subcomponents": [{part}]}}]}}]}}"#
    )
}

/// What is known once all documents are taken in, whatever their order.
fn all_of(documents: &[&str]) -> Environment {
    let absorbed = |order: &[&str]| {
        let mut environment = Environment::new();
        for document in order {
            discover::absorb(&mut environment, discover::read(document.as_bytes()).unwrap());
        }
        environment
    };
    let forwards = absorbed(documents);
    let backwards: Vec<&str> = documents.iter().rev().copied().collect();
    assert_eq!(forwards.contents(), absorbed(&backwards).contents());
    let again = Environment::try_from(forwards.contents()).unwrap();
    assert_eq!(again.contents(), forwards.contents());
    forwards
}

/// What becomes of the finding on the asset `cart:4.1` when the documents are taken in.
fn status_of_all(documents: &[&str]) -> Status {
    let id = "cart:4.1".parse().unwrap();
    let environment = all_of(documents);
    let mut found =
        environment.findings().filter(|finding| finding.asset == id && finding.component.is_some());
    found.next().unwrap().status
}

#[test]
fn tools_that_write_a_package_differently_see_one_finding() {
    let grype = r#"{"matches": [{"vulnerability": {"id": "CVE-2024-1234", "severity": "High"}, "artifact": {"name": "kelpssl-libs",
        "version": "1:1.1.1k-9.el8", "purl": "pkg:rpm/redhat/kelpssl-libs@1.1.1k-9.el8?arch=x86_64&epoch=1"}}],
        "source": {"type": "image", "target": {"userInput": "fleet/base:8"}}, "descriptor": {"name": "grype"}}"#;
    let trivy = r#"{"SchemaVersion": 2, "ArtifactName": "fleet/base:8", "ArtifactType": "container_image", "Results": [
        {"Target": "fleet/base:8 (redhat 8.6)", "Type": "redhat", "Vulnerabilities": [{"VulnerabilityID": "CVE-2024-1234",
        "PkgName": "kelpssl-libs", "InstalledVersion": "1:1.1.1k-9.el8"}]}]}"#;
    let mut environment = Environment::new();
    for document in [grype, trivy] {
        discover::absorb(&mut environment, discover::read(document.as_bytes()).unwrap());
    }
    let found: Vec<_> = environment.findings().map(Finding::sources).collect();
    assert_eq!(found, [["grype", "trivy"]]);
}

#[test]
fn what_a_supplier_concludes_speaks_of_the_findings_it_names_and_of_no_other() {
    let seen = scanned("cart:4.1", "CVE-2024-1234", "qs", "6.5.0");
    let (early, late) = ("2025-11-02T00:00:00Z", "2025-11-03T00:00:00Z");
    for (product, component, status, expected) in [
        ("pkg:npm/qs@6.5.0", "", "not_affected", Status::NotAffected),
        ("pkg:npm/qs@6.5.0", "", "fixed", Status::Fixed),
        ("pkg:npm/qs", "", "not_affected", Status::NotAffected),
        ("pkg:npm/qs@6.5.0", "", "affected", Status::Open),
        ("pkg:npm/qs@6.5.0", "", "under_investigation", Status::Open),
        // Of another version, package, ecosystem or product.
        ("pkg:npm/qs@6.5.1", "", "not_affected", Status::Open),
        ("pkg:npm/%40kelp/qs@6.5.0", "", "not_affected", Status::Open),
        ("pkg:gem/qs@6.5.0", "", "not_affected", Status::Open),
        ("pkg:oci/cart?repository_url=cart&tag=4.1", "pkg:npm/qs@6.5.0", "not_affected", Status::NotAffected),
        ("pkg:oci/cart?repository_url=cart&tag=4.1", "pkg:npm/qs", "fixed", Status::Fixed),
        ("pkg:oci/cart?repository_url=cart&tag=4.1", "", "not_affected", Status::NotAffected),
        ("pkg:oci/cart?repository_url=cart&tag=4.2", "pkg:npm/qs@6.5.0", "not_affected", Status::Open),
        ("pkg:oci/cart?repository_url=cart&tag=4.1", "pkg:npm/ws@1.0.0", "not_affected", Status::Open),
    ] {
        let vex = concluded(product, component, status, early);
        assert_eq!(status_of_all(&[&seen, &vex]), expected, "{product} {component} {status}");
    }
    // Of several words about one package, the last holds.
    let word = |status, at| concluded("pkg:npm/qs@6.5.0", "", status, at);
    let (first, second) = (word("under_investigation", early), word("not_affected", late));
    assert_eq!(status_of_all(&[&seen, &first, &second]), Status::NotAffected);
    let (first, second) = (word("not_affected", early), word("affected", late));
    assert_eq!(status_of_all(&[&seen, &first, &second]), Status::Open);
}

/// The lists each format is known to have: a document of it, and where in it they stand. An object stands for a list by name.
const LISTS: &[(&str, &str, &[&str])] = &[
    (
        "trivy",
        r#"{"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Target": "t"}]}"#,
        &[
            "/Results/0/Vulnerabilities",
            "/Results/0/Misconfigurations",
            "/Results/0/Secrets",
            "/Results/0/Licenses",
            "/Results/0/CustomResources",
            "/Results/0/ExperimentalModifiedFindings",
        ],
    ),
    (
        "grype",
        r#"{"matches": [], "descriptor": {"name": "grype"}}"#,
        &["/matches", "/ignoredMatches", "/alertsByPackage"],
    ),
    (
        "snyk",
        r#"{"vulnerabilities": [], "dependencyCount": 1, "filtered": {}}"#,
        &[
            "/vulnerabilities",
            "/filtered/ignore",
            "/filtered/patch",
            "/infrastructureAsCodeIssues",
            "/applications",
        ],
    ),
    (
        "npm_audit",
        r#"{"auditReportVersion": 2, "vulnerabilities": {"x": {"name": "x", "via": []}}}"#,
        &["/vulnerabilities/x/via", "/muted"],
    ),
    (
        "osv_scanner",
        r#"{"results": [{"source": {"path": "p", "type": "lockfile"}, "packages": [{"package": {"name": "x"}}]}]}"#,
        &[
            "/results/0/packages",
            "/results/0/packages/0/vulnerabilities",
            "/results/0/packages/0/groups",
            "/results/0/packages/0/licenses",
            "/results/0/packages/0/license_violations",
        ],
    ),
    (
        "cyclonedx",
        r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"name": "a", "bom-ref": "a"}}}"#,
        &[
            "/components",
            "/services",
            "/dependencies",
            "/vulnerabilities",
            "/compositions",
            "/annotations",
            "/formulation",
            "/declarations",
            "/definitions",
        ],
    ),
    (
        "cargo_audit",
        r#"{"database": {}, "vulnerabilities": {"list": []}, "warnings": {}, "settings": {}}"#,
        &["/vulnerabilities/list", "/warnings/unsound", "/warnings/yanked", "/settings/ignore"],
    ),
    (
        "pip_audit",
        r#"{"dependencies": [{"name": "x", "vulns": []}], "fixes": []}"#,
        &["/dependencies", "/dependencies/0/vulns", "/fixes"],
    ),
    ("openvex", r#"{"@context": "https://openvex.dev/ns", "statements": []}"#, &["/statements"]),
    ("csaf", r#"{"document": {"csaf_version": "2.0"}}"#, &["/vulnerabilities"]),
];

#[test]
fn no_list_of_a_document_is_left_out_in_silence() {
    for (format, document, lists) in LISTS {
        let document: serde_json::Value = serde_json::from_str(document).unwrap();
        for list in *lists {
            let (inside, name) = list.rsplit_once('/').unwrap();
            let mut document = document.clone();
            document.pointer_mut(inside).unwrap()[name] = serde_json::json!([7]);
            let report = discover::read(document.to_string().as_bytes()).unwrap();
            assert_eq!(&*report.source.format, *format);
            let noted =
                |note: &Note| note.place.strip_prefix(list).is_some_and(|rest| matches!(rest, "" | "/0"));
            assert!(report.notes.iter().any(noted), "{format} {list}: {:?}", report.notes);
        }
    }
}

#[test]
fn a_gzip_bomb_meets_its_limit() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b' '; (1 << 24) + 1]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 1 << 16);
    let options = ReadOptions { most_bytes: 1 << 20, ..ReadOptions::default() };
    assert_eq!(discover::read_with(&packed, &options).unwrap_err().kind(), ErrorKind::LimitExceeded);
    assert_eq!(
        discover::read_with(&vec![b' '; 1 << 21], &options).unwrap_err().kind(),
        ErrorKind::LimitExceeded
    );
    // What is repetition and nothing else is refused whatever the limit, before its end is missed.
    assert_eq!(discover::read(&packed).unwrap_err().kind(), ErrorKind::LimitExceeded);
    let mut plain = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..10_000).try_for_each(|n| write!(plain, "{n} ")).unwrap();
    let plain = plain.finish().unwrap();
    let cut = &plain[..plain.len() / 2];
    assert_eq!(discover::read(cut).unwrap_err().kind(), ErrorKind::Malformed);
}

/// What came through of a packed report, and of one in UTF-16, is as good as what came through of a plain one.
#[test]
fn a_report_that_was_cut_while_it_was_packed_or_within_a_character_is_used_as_far_as_it_is_whole() {
    let findings: Vec<String> = (0..400)
        .map(|n| {
            format!(
                r#"{{"RuleID": "é-{n}", "Description": "🗝", "File": "f{}", "StartLine": {n}, "Secret": ""}}"#,
                n * n
            )
        })
        .collect();
    let json = format!("[{}]", findings.join(",\n"));
    let hosts: Vec<String> = (0..400)
        .map(|n| format!(r#"<host><address addr="192.0.2.{}" addrtype="ipv4"/><ports><port protocol="tcp" portid="{n}"><state state="open"/></port></ports></host>"#, n % 250))
        .collect();
    let xml = format!(r#"<nmaprun scanner="nmap">{}</nmaprun>"#, hosts.join("\n"));
    let rows: Vec<String> =
        (0..400).map(|n| format!("{n},High,web-{n},tcp,443,\"n{n}\n\",s,d,o,\"out, {n}\"")).collect();
    let table = format!(
        "Plugin ID,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,Plugin Output\n{}\n",
        rows.join("\n")
    );
    for text in [&json, &xml, &table] {
        let whole = discover::read(text.as_bytes()).unwrap().tally.accepted;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, what) in [(&packed, "gzip"), (&little, "UTF-16")] {
            let mut used = 0;
            for n in (1..bytes.len()).step_by(1 + bytes.len() / 61).chain([bytes.len() - 1]) {
                let Ok(report) = survives(&bytes[..n], what) else { continue };
                // Of UTF-16 nothing tells that a table ends too early where a character and a line do.
                let is_told = report.notes.iter().any(|note| note.reason.contains("cut off"));
                assert!(is_told || (what == "UTF-16" && text == &table), "{what} at {n}: {report:?}");
                assert!(report.tally.accepted <= whole);
                used += 1;
            }
            assert!(used > 5, "{what}: {used}");
        }
    }
    // Of a native document half would be another.
    let native = r#"{"ctem": {"version": 2}, "assets": [{"id": "a", "kind": "host"}]}"#;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(native.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(discover::read(&packed[..packed.len() - 4]).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn no_secret_value_is_kept() {
    for (format, document, _) in pairs() {
        let text = fs::read_to_string(&document).unwrap();
        let report = format!("{:?}", discover::read(text.as_bytes()).unwrap());
        // Every invented secret in the pairs carries this mark.
        for word in
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.contains("NOTAREALSECRET"))
        {
            assert!(!report.contains(word), "{format}: {word} in {report}");
        }
    }
}
