//! Every list that a format is known to have: each is read, or a note says that it was not.
//!
//! A format's lists are written here by hand, from its documentation, with the smallest entry that says something. A document
//! with nothing else in it must give a finding, a clear record, or a note.

use ctem_core::{discover, model::Report};

/// A document of one format with a gap for a list, and the lists that stand there.
struct Format {
    name: &'static str,
    around: &'static str,
    lists: &'static [(&'static str, &'static str)],
}

const FORMATS: &[Format] = &[
    Format {
        name: "sarif",
        around: r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint"}}, GAP}]}"#,
        lists: &[
            ("results", r#""results": [{"ruleId": "R1", "message": {"text": "x"}}]"#),
            (
                "externalPropertyFileReferences/results",
                r#""externalPropertyFileReferences": {"results": [{"location": {"uri": "b"}}]}"#,
            ),
            ("invocations that failed", r#""invocations": [{"executionSuccessful": false}]"#),
            (
                "suppressed results",
                r#""results": [{"ruleId": "R1", "message": {"text": "x"}, "suppressions": [{"kind": "inSource"}]}]"#,
            ),
        ],
    },
    Format {
        name: "sarif",
        around: r#"{"version": "2.1.0", "runs": [], GAP}"#,
        lists: &[("inlineExternalProperties", r#""inlineExternalProperties": [{"results": []}]"#)],
    },
    Format {
        name: "semgrep",
        around: r#"{"version": "1.0", "paths": {}, "results": [], "errors": [], GAP}"#,
        lists: &[
            ("findings", r#""findings": [{"check_id": "a", "path": "a.py", "line": 1, "severity": 2}]"#),
            ("ignores", r#""ignores": [{"check_id": "a", "path": "a.py", "line": 1, "severity": 2}]"#),
            ("vulns", r#""vulns": [{"advisory": {"ruleId": "ssc-1"}}]"#),
        ],
    },
    Format {
        name: "semgrep",
        around: r#"{"version": "1.0", "paths": {}, GAP}"#,
        lists: &[
            ("results", r#""results": [{"check_id": "a", "path": "a.py"}], "errors": []"#),
            ("errors", r#""results": [], "errors": [{"type": "Timeout"}]"#),
        ],
    },
    Format {
        name: "checkov",
        around: r#"{"check_type": "terraform", "results": {GAP}}"#,
        lists: &[
            ("failed_checks", r#""failed_checks": [{"check_id": "CKV_1"}]"#),
            ("passed_checks", r#""passed_checks": [{"check_id": "CKV_1"}]"#),
            ("skipped_checks", r#""skipped_checks": [{"check_id": "CKV_1"}]"#),
            ("unknown_checks", r#""unknown_checks": [{"check_id": "CKV_1"}]"#),
            ("parsing_errors", r#""parsing_errors": ["/main.tf"]"#),
        ],
    },
    Format {
        name: "kubescape",
        around: r#"{"summaryDetails": {}, "clusterAPIServerInfo": null, "results": [{"resourceID": "r", "controls": [GAP]}]}"#,
        lists: &[
            ("failed", r#"{"controlID": "C-1", "status": {"status": "failed"}}"#),
            ("passed", r#"{"controlID": "C-1", "status": {"status": "passed"}}"#),
            (
                "excepted",
                r#"{"controlID": "C-1", "status": {"status": "passed", "subStatus": "w/exceptions"}}"#,
            ),
            ("skipped", r#"{"controlID": "C-1", "status": {"status": "skipped"}}"#),
        ],
    },
    Format {
        name: "prowler",
        around: r#"[{"metadata": {"event_code": "c", "product": {"name": "Prowler"}}, "finding_info": {"title": "t"}, GAP}]"#,
        lists: &[
            (
                "resources",
                r#""status_code": "FAIL", "resources": [{"uid": "arn:aws:s3:::a"}, {"uid": "arn:aws:s3:::b"}]"#,
            ),
            ("none", r#""status_code": "FAIL", "resources": []"#),
            ("manual", r#""status_code": "MANUAL", "resources": []"#),
            ("vulnerabilities", r#""status_code": "FAIL", "resources": [], "vulnerabilities": [{}]"#),
        ],
    },
    Format {
        name: "asff",
        around: r#"[{"ProductArn": "p", "Id": "1", "GeneratorId": "g", "Title": "t", GAP}]"#,
        lists: &[
            ("Resources", r#""Resources": [{"Id": "arn:aws:s3:::a"}, {"Id": "arn:aws:s3:::b"}]"#),
            (
                "Vulnerabilities",
                r#""Resources": [], "Vulnerabilities": [{"Id": "CVE-2024-1111"}, {"Id": "CVE-2024-1112"}]"#,
            ),
            (
                "VulnerablePackages",
                r#""Resources": [], "Vulnerabilities": [{"Id": "CVE-2024-1111", "VulnerablePackages": [{"Name": "a"}, {"Name": "b"}]}]"#,
            ),
            ("not available", r#""Resources": [], "Compliance": {"Status": "NOT_AVAILABLE"}"#),
        ],
    },
    Format {
        name: "nmap",
        around: r#"<nmaprun scanner="nmap"><host><address addr="192.0.2.7" addrtype="ipv4"/>GAP</host></nmaprun>"#,
        lists: &[
            ("ports", r#"<ports><port protocol="tcp" portid="22"><state state="open"/></port></ports>"#),
            (
                "vulners",
                r#"<ports><port protocol="tcp" portid="22"><state state="closed"/><script id="vulners" output="CVE-2018-15473 5.0 https://x"/></port></ports>"#,
            ),
            ("vulscan", r#"<hostscript><script id="vulscan" output="[CVE-2018-1] x"/></hostscript>"#),
            (
                "hostscript",
                r#"<hostscript><script id="smb" output="T:&#xa;State: VULNERABLE"/></hostscript>"#,
            ),
            (
                "tables",
                r#"<hostscript><script id="smb"><table key="CVE-2017-0143"><elem key="state">VULNERABLE</elem></table></script></hostscript>"#,
            ),
        ],
    },
    Format {
        name: "nessus",
        around: r#"<NessusClientData_v2><Report name="x"><ReportHost name="192.0.2.7">GAP</ReportHost></Report></NessusClientData_v2>"#,
        lists: &[
            (
                "plugins",
                r#"<ReportItem port="0" severity="3" pluginID="1" pluginName="x" pluginFamily="y"/>"#,
            ),
            (
                "checks that fail",
                r#"<ReportItem port="0" severity="3" pluginID="1"><compliance-check-name>a</compliance-check-name><compliance-result>FAILED</compliance-result></ReportItem>"#,
            ),
            (
                "checks not made",
                r#"<ReportItem port="0" severity="3" pluginID="1"><compliance-check-name>a</compliance-check-name><compliance-result>ERROR</compliance-result></ReportItem>"#,
            ),
        ],
    },
    Format {
        name: "openvas",
        around: r#"<report id="a"><report id="b"><gmp><version>22</version></gmp>GAP</report></report>"#,
        lists: &[
            (
                "results",
                r#"<results><result><name>x</name><host>192.0.2.7</host><nvt oid="1.2.3"/><threat>High</threat></result></results>"#,
            ),
            ("errors", r#"<errors><error><host>192.0.2.7</host></error></errors>"#),
        ],
    },
    Format {
        name: "gitleaks",
        around: r#"[GAP]"#,
        lists: &[
            ("version 8", r#"{"RuleID": "k", "StartLine": 1, "File": "a"}"#),
            ("before", r#"{"rule": "k", "offender": "x", "file": "a"}"#),
        ],
    },
    Format {
        name: "trufflehog",
        around: "GAP",
        lists: &[
            (
                "version 3",
                r#"{"SourceMetadata": {"Data": {"Git": {"file": "a"}}}, "DetectorName": "AWS", "Raw": ""}"#,
            ),
            ("version 2", r#"{"reason": "High Entropy", "stringsFound": ["a", "b"], "path": "a"}"#),
        ],
    },
    Format {
        name: "nuclei",
        around: "GAP",
        lists: &[
            ("matched", r#"{"template-id": "t", "info": {"name": "x"}, "host": "https://a.example"}"#),
            (
                "not matched",
                r#"{"template-id": "t", "info": {"name": "x"}, "host": "https://a.example", "matcher-status": false}"#,
            ),
        ],
    },
];

/// How much of a document came out: findings, clear and rejected records, and notes.
fn heard(report: &Report) -> usize {
    let notes = report.notes.iter().filter(|note| !note.reason.contains("what was scanned"));
    report.contents.findings.len() + report.tally.clear as usize + notes.count()
}

#[test]
fn every_known_list_is_read_or_said_to_be_left_out() {
    let mut unheard = Vec::new();
    for format in FORMATS {
        for (list, text) in format.lists {
            let document = format.around.replace("GAP", text);
            let report =
                discover::read(document.as_bytes()).unwrap_or_else(|error| panic!("{list}: {error}"));
            assert_eq!(&*report.source.format, format.name, "{list}");
            assert_eq!(report.tally.rejected, 0, "{list}: {:?}", report.notes);
            if heard(&report) == 0 {
                unheard.push(format!("{}: {list}", format.name));
            }
        }
    }
    assert!(unheard.is_empty(), "{unheard:?}");
}

#[test]
fn each_of_several_is_a_finding_of_its_own() {
    let count = |document: &str| discover::read(document.as_bytes()).unwrap().contents.findings.len();
    for (name, list, expected) in [
        ("prowler", "resources", 2),
        ("asff", "Resources", 2),
        ("asff", "Vulnerabilities", 2),
        ("asff", "VulnerablePackages", 2),
    ] {
        let format = FORMATS.iter().find(|format| format.name == name).unwrap();
        let text = format.lists.iter().find(|(known, _)| *known == list).unwrap().1;
        assert_eq!(count(&format.around.replace("GAP", text)), expected, "{name}: {list}");
    }
}
