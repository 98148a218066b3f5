//! Findings of scanners of code, and what a plan or state of that code says: they meet on the resource, whichever is read first.

use ctem_core::{
    Environment, Report,
    discover::{ReadOptions, absorb, read_with},
};
use serde_json::{Value, json};

const BUCKET: &str = "arn:aws:s3:::example-orders";
const ADDRESS: &str = "module.shop.aws_s3_bucket.data";

fn read(document: &Value, project: Option<&str>) -> Report {
    let options = ReadOptions { asset: project.map(|name| name.parse().unwrap()), ..ReadOptions::default() };
    read_with(document.to_string().as_bytes(), &options).unwrap()
}

fn bucket(kind: &str, name: &str, bucket: &str) -> Value {
    json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "values": {"bucket": bucket}})
}

/// A plan with a bucket in a module, and one that is counted.
fn plan() -> Value {
    let mut inner = bucket("aws_s3_bucket", "data", "example-orders");
    inner["address"] = json!(ADDRESS);
    let mut counted = bucket("aws_s3_bucket", "logs", "example-logs");
    counted["address"] = json!("aws_s3_bucket.logs[0]");
    json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {
        "resources": [counted, bucket("aws_s3_bucket", "plain", "example-plain")],
        "child_modules": [{"address": "module.shop", "resources": [inner]}]}}})
}

fn checkov(resource: &str) -> Value {
    json!({"check_type": "terraform", "results": {"failed_checks": [{"check_id": "CKV_AWS_21", "check_name": "Versioning",
        "file_path": "/main.tf", "file_line_range": [1, 4], "resource": resource, "check_result": {"result": "FAILED"}}]}})
}

/// A finding of each scanner, on the same resource as it writes it.
fn scans() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("checkov", checkov(ADDRESS), BUCKET),
        ("checkov", checkov("aws_s3_bucket.logs"), "arn:aws:s3:::example-logs"),
        (
            "trivy",
            json!({"SchemaVersion": 2, "ArtifactName": "infra", "ArtifactType": "filesystem", "Results": [{"Target": "main.tf",
            "Class": "config", "Type": "terraform", "Misconfigurations": [{"Type": "Terraform Security Check", "ID": "AVD-AWS-0090",
                "Title": "Versioning", "Severity": "MEDIUM", "Status": "FAIL", "CauseMetadata": {"Resource": ADDRESS, "StartLine": 1}}]}]}),
            BUCKET,
        ),
        (
            "tfsec",
            json!({"results": [{"rule_id": "AVD-AWS-0090", "long_id": "aws-s3-enable-versioning", "rule_provider": "aws", "severity": "MEDIUM",
            "status": 0, "resource": ADDRESS, "location": {"filename": "main.tf", "start_line": 1}}]}),
            BUCKET,
        ),
        (
            "terrascan",
            json!({"results": {"scan_errors": null, "scan_summary": {}, "violations": [{"rule_id": "AC_AWS_0214", "rule_name": "versioning",
            "severity": "HIGH", "resource_name": "plain", "resource_type": "aws_s3_bucket", "module_name": "root", "file": "main.tf", "line": 1}]}}),
            "arn:aws:s3:::example-plain",
        ),
        (
            "kics",
            json!({"kics_version": "2.1.3", "severity_counters": {}, "queries": [{"query_id": "568a4d22", "query_name": "Versioning", "severity": "MEDIUM",
            "files": [{"file_name": "main.tf", "line": 1, "resource_type": "aws_s3_bucket", "search_key": "aws_s3_bucket[plain].versioning"}]}]}),
            "arn:aws:s3:::example-plain",
        ),
        (
            "snyk",
            json!({"infrastructureAsCodeIssues": [{"id": "SNYK-CC-TF-124", "title": "Versioning", "severity": "low",
            "msg": "resource.aws_s3_bucket[plain].versioning.enabled", "lineNumber": 1, "isIgnored": false}], "targetFile": "main.tf", "projectName": "infra",
            "ok": false}),
            "arn:aws:s3:::example-plain",
        ),
    ]
}

#[test]
fn what_scanners_of_code_find_is_on_what_the_code_makes() {
    for (format, scan, asset) in scans() {
        for project in [None, Some("infra")] {
            let reports = || [read(&plan(), project), read(&scan, project)];
            assert_eq!(&*reports()[1].source.format, format);
            let [mut first, mut last, mut twice] = [(); 3].map(|()| Environment::new());
            reports().into_iter().for_each(|report| _ = absorb(&mut first, report));
            reports().into_iter().rev().for_each(|report| _ = absorb(&mut last, report));
            reports().into_iter().chain(reports()).for_each(|report| _ = absorb(&mut twice, report));
            for environment in [&first, &last, &twice] {
                let on: Vec<_> = environment.findings().map(|finding| finding.asset.as_str()).collect();
                assert_eq!(on, [asset], "{format} {project:?}");
            }
            let text = |environment: &Environment| serde_json::to_value(environment).unwrap();
            assert_eq!(text(&first), text(&last), "{format} {project:?}");
            let again: Environment = serde_json::from_value(text(&first)).unwrap();
            assert_eq!(text(&again), text(&first), "{format} {project:?}");
            assert_eq!(again.findings().next().unwrap().asset.as_str(), asset);
        }
    }
}

#[test]
fn a_finding_stays_where_it_is_seen_until_what_it_is_on_is_known() {
    let scan = read(&checkov("aws_s3_bucket.other"), Some("infra"));
    let mut environment = Environment::new();
    absorb(&mut environment, read(&plan(), Some("infra")));
    absorb(&mut environment, scan);
    assert_eq!(environment.findings().next().unwrap().asset.as_str(), "infra");
    // Another project's resource of the same address is another.
    let mut environment = Environment::new();
    absorb(&mut environment, read(&plan(), Some("shop")));
    absorb(&mut environment, read(&checkov(ADDRESS), Some("infra")));
    assert_eq!(environment.findings().next().unwrap().asset.as_str(), "infra");
    // It is found under the name it had.
    let mut environment = Environment::new();
    absorb(&mut environment, read(&checkov(ADDRESS), Some("infra")));
    let before = environment.findings().next().unwrap().id.clone().unwrap();
    absorb(&mut environment, read(&plan(), Some("infra")));
    assert_eq!(environment.finding(&before).unwrap().asset.as_str(), BUCKET);
}
