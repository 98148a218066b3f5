//! Ignore files that are read together with reports: what they name is accepted, in their tool's words alone, until they end.

use ctem_core::{
    discover::{self, Collection, ReadOptions, read_collection},
    model::{Environment, Finding, NoteKind, Report, Status},
};

fn read(files: &[(&str, &str)]) -> Collection {
    let files = || files.iter().map(|(name, text)| (*name, text.as_bytes()));
    let forwards = read_collection(files(), &ReadOptions::default()).unwrap();
    let backwards: Vec<_> = files().collect();
    let backwards = read_collection(backwards.into_iter().rev(), &ReadOptions::default()).unwrap();
    assert_eq!(forwards, backwards, "the order of files never shows");
    forwards
}

/// The findings of the reports that are of a format, each as `WEAKNESS STATUS`, in order.
fn statuses(files: &[(&str, &str)], format: &str) -> Vec<String> {
    let collection = read(files);
    let of = collection.reports.iter().filter(|report| *report.source.format == *format);
    let mut all: Vec<String> = of.flat_map(|report| report.contents.findings.iter().map(said)).collect();
    all.sort();
    all
}

fn said(finding: &Finding) -> String {
    format!("{} {}", finding.weakness.id, finding.status.name())
}

/// What is noted of the ignore file, without where.
fn notes(files: &[(&str, &str)], format: &str) -> Vec<String> {
    let collection = read(files);
    let report = collection.reports.iter().find(|report| *report.source.format == *format).unwrap();
    report.notes.iter().map(|note| note.to_string()).collect()
}

const TRIVY: &str = r#"{"SchemaVersion": 2, "ArtifactName": "cart:4.1", "ArtifactType": "container_image", "Results": [
    {"Target": "usr/lib/kelp/a.jar", "Class": "lang-pkgs", "Type": "jar", "Vulnerabilities": [
        {"VulnerabilityID": "CVE-2024-1001", "PkgName": "org.kelp:core", "InstalledVersion": "1.0", "Severity": "HIGH"},
        {"VulnerabilityID": "CVE-2024-10109", "PkgName": "org.kelp:core", "InstalledVersion": "1.0", "PkgPath": "usr/lib/kelp/a.jar"},
        {"VulnerabilityID": "CVE-2024-10109", "PkgName": "org.kelp:other", "InstalledVersion": "1.0", "PkgPath": "opt/b.jar"},
        {"VulnerabilityID": "CVE-2024-10110", "PkgName": "kelpssl", "InstalledVersion": "3.0.1",
            "PkgIdentifier": {"PURL": "pkg:deb/debian/kelpssl@3.0.1?distro=debian-12"}}]},
    {"Target": "Dockerfile", "Class": "config", "Type": "dockerfile", "Misconfigurations": [
        {"ID": "DS002", "AVDID": "AVD-DS-0002", "Title": "root", "Severity": "HIGH", "Status": "FAIL"}]}]}"#;

#[test]
fn what_trivy_is_told_to_ignore_is_accepted_with_its_reason_and_its_end() {
    let ignore =
        "# built anew in spring\nCVE-2024-10109\nCVE-2024-10110 exp:2031-01-01\nDS002\nCVE-2024-1007\n";
    let files = [(".trivyignore", ignore), ("trivy.json", TRIVY)];
    assert_eq!(
        statuses(&files, "trivy"),
        [
            "CVE-2024-1001 open",
            "CVE-2024-10109 accepted",
            "CVE-2024-10109 accepted",
            "CVE-2024-10110 accepted",
            "trivy:AVD-DS-0002 accepted"
        ]
    );
    let collection = read(&files);
    let report = collection.reports.iter().find(|report| &*report.source.format == "trivy").unwrap();
    let decided = |name: &str| {
        let finding = report.contents.findings.iter().find(|one| one.weakness.id.as_str() == name).unwrap();
        finding.acceptance.as_ref().map(ToString::to_string)
    };
    assert_eq!(decided("CVE-2024-10109").as_deref(), Some("accepted: built anew in spring"));
    assert_eq!(decided("CVE-2024-10110").as_deref(), Some("accepted until 2031-01-01: built anew in spring"));
    assert_eq!(
        notes(&files, "trivyignore"),
        [
            "ignored: `CVE-2024-1007` means nothing that `trivy` found: it may be taken out   (at .trivyignore, line 5)"
        ]
    );
}

#[test]
fn a_rule_means_the_places_and_packages_it_names_and_no_other() {
    let yaml = "vulnerabilities:\n  - id: CVE-2024-10109\n    paths: [\"usr/lib/**\"]\n    statement: no input\n  - id: CVE-2024-10110\n    \
                purls: [\"pkg:deb/debian/kelpssl@3.0.1\"]\nmisconfigurations:\n  - id: CVE-2024-1001\n";
    let files = [(".trivyignore.yaml", yaml), ("trivy.json", TRIVY)];
    assert_eq!(
        statuses(&files, "trivy"),
        [
            "CVE-2024-1001 open",
            "CVE-2024-10109 accepted",
            "CVE-2024-10109 open",
            "CVE-2024-10110 accepted",
            "trivy:AVD-DS-0002 open"
        ]
    );
    // What is accepted in one place hides nothing that is open in another.
    let mut environment = Environment::new();
    for report in read(&files).reports {
        discover::absorb(&mut environment, report);
    }
    let open = environment.findings().filter(|finding| finding.status == Status::Open).count();
    assert_eq!((environment.finding_count(), open), (5, 3));
    let other = yaml.replace("@3.0.1", "@3.0.2");
    let files = [(".trivyignore.yaml", other.as_str()), ("trivy.json", TRIVY)];
    assert!(statuses(&files, "trivy").contains(&"CVE-2024-10110 open".to_owned()));
}

#[test]
fn each_tool_has_its_own_ignore_file_and_heeds_no_other() {
    let snyk = r#"{"vulnerabilities": [
        {"id": "SNYK-JS-KELP-1", "packageName": "kelp", "version": "1.0.0", "identifiers": {"CVE": ["CVE-2024-1001"]}},
        {"id": "SNYK-JS-KELP-2", "packageName": "kelp", "version": "1.0.0", "fixedIn": ["1.0.1"], "identifiers": {"CVE": ["CVE-2024-1002"]}},
        {"id": "SNYK-JS-KELP-3", "packageName": "kelp", "version": "1.0.0", "identifiers": {"CVE": ["CVE-2024-1003"]}}],
        "dependencyCount": 3, "projectName": "shop"}"#;
    let policy = "version: v1.25.0\nignore:\n  SNYK-JS-KELP-1:\n    - '*':\n        reason: no input\n        expires: 2031-01-01T00:00:00.000Z\n  \
                  SNYK-JS-KELP-2:\n    - '*':\n        disregardIfFixable: true\n  SNYK-JS-KELP-3:\n    - 'shop > kelp':\n        reason: here\npatch: {}\n";
    let grype = r#"{"matches": [
        {"vulnerability": {"id": "CVE-2024-1001", "fix": {"state": "wont-fix"}}, "artifact": {"name": "kelp-a", "version": "1.10", "type": "deb"}},
        {"vulnerability": {"id": "GHSA-aaaa-bbbb-cccc"}, "relatedVulnerabilities": [{"id": "CVE-2024-1002"}],
            "artifact": {"name": "kelp-b", "version": "1", "type": "npm", "locations": [{"path": "/opt/tools/x/package.json"}]}},
        {"vulnerability": {"id": "CVE-2024-1003"}, "artifact": {"name": "kelp-c", "version": "1", "type": "npm"}}],
        "source": {"type": "image", "target": {"userInput": "cart:4.1"}}, "descriptor": {"name": "grype"}}"#;
    let osv = r#"{"results": [{"source": {"path": "/srv/shop/package-lock.json", "type": "lockfile"}, "packages": [
        {"package": {"name": "kelp", "version": "1.0.0", "ecosystem": "npm"}, "vulnerabilities": [
            {"id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2024-1001"]}, {"id": "GHSA-aaaa-bbbb-dddd", "aliases": ["CVE-2024-1002"]}]},
        {"package": {"name": "tide", "version": "2.0.0", "ecosystem": "npm"}, "vulnerabilities": [
            {"id": "GHSA-aaaa-bbbb-eeee", "aliases": ["CVE-2024-1003"]}]}]}]}"#;
    let npm = r#"{"auditReportVersion": 2, "vulnerabilities": {"kelp": {"name": "kelp", "severity": "high", "via": [
        {"source": 1179, "name": "kelp", "title": "a", "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc", "severity": "high"},
        {"source": 1180, "name": "kelp", "title": "b", "url": "https://github.com/advisories/GHSA-aaaa-bbbb-dddd", "severity": "high"}]}}}"#;
    let gitleaks = r#"[
        {"RuleID": "kelp-key", "File": "docs/a.md", "StartLine": 3, "Secret": "one-NOTAREALSECRET", "Match": "x",
            "Commit": "0123456789abcdef0123456789abcdef01234567", "Fingerprint": "0123456789abcdef0123456789abcdef01234567:docs/a.md:kelp-key:3"},
        {"RuleID": "kelp-key", "File": "docs/a.md", "StartLine": 3, "Secret": "one-NOTAREALSECRET", "Match": "x",
            "Commit": "1123456789abcdef0123456789abcdef01234567", "Fingerprint": "1123456789abcdef0123456789abcdef01234567:docs/a.md:kelp-key:3"},
        {"RuleID": "kelp-key", "File": "docs/[b].md", "StartLine": 7, "Secret": "two-NOTAREALSECRET", "Match": "x",
            "Fingerprint": "docs/[b].md:kelp-key:7"}]"#;
    let checkov = r#"{"check_type": "terraform", "results": {"failed_checks": [
        {"check_id": "CKV_AWS_18", "check_name": "a", "file_path": "/main.tf", "resource": "aws_s3_bucket.logs[0]", "file_line_range": [1, 2]},
        {"check_id": "CKV2_AWS_6", "check_name": "b", "file_path": "/main.tf", "resource": "aws_s3_bucket.logs[0]", "file_line_range": [1, 2]},
        {"check_id": "CKV_AWS_19", "check_name": "c", "file_path": "/main.tf", "resource": "aws_s3_bucket.other", "file_line_range": [3, 4]}]}}"#;
    let cargo = r#"{"database": {}, "lockfile": {"dependency-count": 1}, "vulnerabilities": {"found": true, "count": 1, "list": [
        {"advisory": {"id": "RUSTSEC-2024-0001", "package": "kelp", "title": "a"}, "versions": {"patched": []},
        "package": {"name": "kelp", "version": "1.0.0"}}]}, "warnings": {}}"#;
    let fingerprints = "# never valid\n0123456789abcdef0123456789abcdef01234567:docs/a.md:kelp-key:3\ndocs/[b].md:kelp-key:7\n";
    let rules = "ignore:\n  - fix-state: wont-fix\n    package:\n      name: kelp-a\n      version: 1.10\n      type: deb\n  - vulnerability: CVE-2024-1002\n  - \
                 vulnerability: CVE-2024-1003\n    include-aliases: true\n";
    let toml = "[[IgnoredVulns]]\nid = \"CVE-2024-1001\"\nignoreUntil = 2031-01-01\n\n[[PackageOverrides]]\nname = \"tide\"\necosystem = \"npm\"\nignore = true\n";
    let nsprc = r#"{"1179": {"active": true, "notes": "no input", "expiry": 1924992000000}, "1180": {"active": false}}"#;
    let baseline = r#"{"failed_checks": [{"file": "/main.tf", "findings": [{"resource": "aws_s3_bucket.logs[0]", "check_ids": ["CKV_AWS_18"]}]}]}"#;
    let files = [
        ("snyk.json", snyk),
        (".snyk", policy),
        ("grype.json", grype),
        (".grype.yaml", rules),
        ("osv.json", osv),
        ("osv-scanner.toml", toml),
        ("npm.json", npm),
        (".nsprc", nsprc),
        ("gitleaks.json", gitleaks),
        (".gitleaksignore", fingerprints),
        ("checkov.json", checkov),
        (".checkov.yaml", "skip-check:\n  - CKV2_*\n  - LOW\n"),
        (".checkov.baseline", baseline),
        ("cargo.json", cargo),
        ("audit.toml", "[advisories]\nignore = [\"RUSTSEC-2024-0001\"]\n"),
    ];
    for (format, expected) in [
        // An end, a fix that there is, and a way of many.
        ("snyk", &["CVE-2024-1001 accepted", "CVE-2024-1002 open", "CVE-2024-1003 open"][..]),
        // By the name it was matched by and no other.
        ("grype", &["CVE-2024-1001 accepted", "CVE-2024-1002 open", "CVE-2024-1003 accepted"]),
        ("osv_scanner", &["CVE-2024-1001 accepted", "CVE-2024-1002 open", "CVE-2024-1003 accepted"]),
        ("npm_audit", &["GHSA-aaaa-bbbb-cccc accepted", "GHSA-aaaa-bbbb-dddd open"]),
        ("gitleaks", &["gitleaks:kelp-key accepted", "gitleaks:kelp-key accepted", "gitleaks:kelp-key open"]),
        (
            "checkov",
            &["checkov:CKV2_AWS_6 accepted", "checkov:CKV_AWS_18 accepted", "checkov:CKV_AWS_19 open"],
        ),
        ("cargo_audit", &["RUSTSEC-2024-0001 accepted"]),
    ] {
        assert_eq!(statuses(&files, format), expected, "{format}");
    }
    let named: Vec<&str> = vec!["`SNYK-JS-KELP-2`", "`SNYK-JS-KELP-3` is not followed"];
    let said = notes(&files, "snyk_policy");
    assert!(said.len() == 2 && said.iter().zip(named).all(|(said, named)| said.contains(named)), "{said:?}");
}

#[test]
fn what_reports_of_code_and_pages_are_told_to_ignore_is_accepted() {
    let brakeman = r#"{"scan_info": {"brakeman_version": "6.2.1"}, "errors": [], "ignored_warnings": [], "warnings": [
        {"warning_type": "SQL Injection", "check_name": "SQL", "fingerprint": "c0ffee01", "file": "a.rb", "line": 3, "confidence": "High"},
        {"warning_type": "SQL Injection", "check_name": "SQL", "fingerprint": "c0ffee02", "file": "b.rb", "line": 3, "confidence": "High"}]}"#;
    let ignored = r#"{"ignored_warnings": [
        {"check_name": "SQL", "fingerprint": "c0ffee02", "note": "only numbers reach it"}], "brakeman_version": "6.2.1"}"#;
    let zap = r#"{"@programName": "ZAP", "@version": "2.15.0", "site": [{"@name": "https://kelp.example", "@host": "kelp.example", "alerts": [
        {"pluginid": "10020", "alertRef": "10020-1", "alert": "Frames", "riskcode": "2", "instances": [{"uri": "https://kelp.example/", "method": "GET", "param": ""}]},
        {"pluginid": "10055", "alertRef": "10055-4", "alert": "Wildcard", "riskcode": "2", "instances": [{"uri": "https://kelp.example/", "method": "GET", "param": "x"}]},
        {"pluginid": "10055", "alertRef": "10055-6", "alert": "Inline", "riskcode": "2", "instances": [{"uri": "https://kelp.example/", "method": "GET", "param": "x"}]}]}]}"#;
    let rules = "# rules\n10020\tIGNORE\t(an old page)\n10055\tFAIL\t(a policy)\n10021\tIGNORE\t(nothing)\n";
    let package = |file: &str, purl: &str, cve: &str| {
        format!(
            "<dependency><fileName>{file}</fileName><filePath>/build/{file}</filePath><identifiers><package><id>{purl}</id></package></identifiers>
            <vulnerabilities><vulnerability source=\"NVD\"><name>{cve}</name><severity>HIGH</severity></vulnerability></vulnerabilities></dependency>"
        )
    };
    let dependencies = format!(
        "<analysis><projectInfo><name>shop</name></projectInfo><dependencies>{}{}{}</dependencies></analysis>",
        package("core-1.0.jar", "pkg:maven/org.kelp/core@1.0", "CVE-2024-1001"),
        package("log-1.0.jar", "pkg:maven/org.kelp/log@1.0", "CVE-2024-1001"),
        package("old.jar", "pkg:maven/org.kelp/old@1.0", "CVE-2024-1002"),
    );
    let suppressions = r#"<suppressions>
        <suppress until="2031-01-01Z"><notes>nothing calls it</notes>
            <packageUrl regex="true">^pkg:maven/org\.kelp/core@.*$</packageUrl><cve>CVE-2024-1001</cve></suppress>
        <suppress><filePath regex="true">.*/old\.jar</filePath><cve>CVE-2024-1002</cve></suppress>
        <suppress><gav>org.kelp:log:2.0</gav><cve>CVE-2024-1001</cve></suppress></suppressions>"#;
    let files = [
        ("brakeman.json", brakeman),
        ("brakeman.ignore", ignored),
        ("zap.json", zap),
        ("zap.conf", rules),
        ("dependency-check.xml", &dependencies),
        ("suppressions.xml", suppressions),
    ];
    for (format, expected) in [
        ("brakeman", &["brakeman:SQL accepted", "brakeman:SQL open"][..]),
        ("zap_json", &["zap_json:10020 accepted", "zap_json:10055 open", "zap_json:10055 open"]),
        ("dependency_check", &["CVE-2024-1001 accepted", "CVE-2024-1001 open", "CVE-2024-1002 accepted"]),
    ] {
        assert_eq!(statuses(&files, format), expected, "{format}");
    }
    // A rule that means nothing is said: of another version, or of what was not found.
    for (format, named) in [("zap_rules", "`10021`"), ("dependency_check_suppressions", "`CVE-2024-1001`")] {
        let said = notes(&files, format);
        assert!(said.len() == 1 && said.iter().all(|said| said.contains(named)), "{format}: {said:?}");
    }
}

#[test]
fn a_file_speaks_of_the_reports_in_its_folder_and_never_of_those_above() {
    let ignore = "# no input\nCVE-2024-1001\n";
    let accepted = |files: &[(&str, &str)]| {
        let collection = read(files);
        let is_accepted = |report: &&Report| {
            report.contents.findings.iter().any(|finding| finding.status == Status::Accepted)
        };
        collection.reports.iter().filter(is_accepted).count()
    };
    assert_eq!(
        accepted(&[("a/.trivyignore", ignore), ("a/out/trivy.json", TRIVY), ("b/trivy.json", TRIVY)]),
        1
    );
    assert_eq!(accepted(&[("src/.trivyignore", ignore), ("out/trivy.json", TRIVY)]), 1);
    assert_eq!(accepted(&[("vendor/x/.trivyignore", ignore), ("trivy.json", TRIVY)]), 0);
    // A list of what to fix is none of what to live with.
    let todo = read_collection(
        [("fix.txt", ignore.as_bytes()), ("trivy.json", TRIVY.as_bytes())],
        &ReadOptions::default(),
    );
    assert!(
        todo.unwrap().notes.iter().any(|note| note.kind == NoteKind::Rejected && &*note.place == "fix.txt")
    );
}

#[test]
fn an_ignore_file_that_meets_no_report_says_so() {
    let report = discover::read(b"# no input\nCVE-2024-1001\nCVE-2024-1002\n").unwrap();
    assert_eq!((report.tally.accepted, report.contents.is_empty()), (2, true));
    let said = report.notes.first().unwrap();
    assert!(said.count == 2 && said.reason.contains("nothing is accepted"), "{said}");
    // An end that nobody can read is no end: the rule would stand forever.
    let report = discover::read(b"# no input\nCVE-2024-1001 exp:spring\n").unwrap();
    assert_eq!(report.tally.rejected, 1);
}
