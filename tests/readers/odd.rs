//! Pieces that make no sense, and what they may cost: themselves.

use super::tally_holds;
use ctem_core::{Report, discover, model::NoteKind};
use serde_json::{Value, json};

fn read(text: &str, format: &str) -> Report {
    let report = discover::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(&*report.source.format, format, "{text}");
    assert!(tally_holds(&report), "{}", report.tally);
    report
}

#[test]
fn an_advisory_line_without_its_advisory_is_rejected() {
    let lines = include_str!("../reports/yarn_audit/lines.ndjson");
    let whole = read(lines, "yarn_audit").tally;
    let more = read(&format!("{}\n{{\"type\": \"auditAdvisory\"}}\n", lines.trim_end()), "yarn_audit").tally;
    assert_eq!((more.read, more.rejected), (whole.read + 1, whole.rejected + 1));
    assert_eq!(more.accepted, whole.accepted);
}

#[test]
fn settings_of_a_scan_that_make_no_sense_cost_no_finding() {
    let stream = include_str!("../reports/govulncheck/calls.json");
    let whole = read(stream, "govulncheck");
    for odd in ["{\"config\": 7}", "{\"SBOM\": [7]}"] {
        let bent = read(&format!("{stream}\n{odd}\n"), "govulncheck");
        assert_eq!((bent.tally, bent.contents.findings.len()), (whole.tally, whole.contents.findings.len()));
        let notes =
            |report: &Report| report.notes.iter().filter(|note| note.kind == NoteKind::Ignored).count();
        assert!(notes(&bent) > notes(&whole), "{odd}: {:?}", bent.notes);
    }
    let mut kubescape: Value =
        serde_json::from_str(include_str!("../reports/kubescape/cluster.json")).unwrap();
    let whole = read(&kubescape.to_string(), "kubescape");
    kubescape["summaryDetails"] = json!({"controls": 7});
    let bent = read(&kubescape.to_string(), "kubescape");
    assert_eq!(bent.tally, whole.tally);
    assert!(bent.notes.iter().any(|note| note.place.starts_with("/summaryDetails")), "{:?}", bent.notes);
}

#[test]
fn machines_that_share_a_name_and_no_address_are_several() {
    let host = |address: &str| {
        format!(
            "<host endtime=\"1762905660\"><status state=\"up\"/><address addr=\"{address}\" addrtype=\"ipv4\"/>\
             <hostnames><hostname name=\"www.kelp.example\" type=\"user\"/></hostnames>\
             <ports><port protocol=\"tcp\" portid=\"22\"><state state=\"open\"/></port></ports></host>"
        )
    };
    let scan = format!(
        "<nmaprun scanner=\"nmap\" version=\"7.95\">{}{}</nmaprun>",
        host("8.8.8.7"),
        host("8.8.9.7")
    );
    let report = read(&scan, "nmap");
    let names: Vec<_> = report.contents.assets.iter().map(|asset| asset.id.as_str()).collect();
    assert_eq!(names, ["8.8.8.7", "8.8.9.7"]);
}

#[test]
fn xml_that_quotes_json_lines_is_xml() {
    let quoted = "{\"a\": 1}\n{\"b\": 2}\n{\"c\": 3}\n{\"level\": \"info\", \"ts\": 1, \"msg\": \"x\"}";
    let report = include_str!("../reports/openvas/report.xml").replace('\n', "");
    let bent = report.replacen("Installed version: 7.4", &format!("\n{quoted}\n"), 1);
    assert_ne!(bent, report);
    assert_eq!(read(&bent, "openvas").tally, read(&report, "openvas").tally);
}

/// A record of Security Hub on so many resources, of so many flaws.
fn security_hub(resources: usize, flaws: usize, first: &str) -> String {
    let resource = |n: usize| {
        let id = if n == 0 {
            first.to_owned()
        } else {
            format!("arn:aws:ec2:eu-west-1:900000000001:instance/i-{n}")
        };
        json!({"Type": "AwsEc2Instance", "Id": id})
    };
    let flaw = |n: usize| json!({"Id": format!("CVE-2024-{}", 10_000 + n)});
    json!({"Findings": [{"SchemaVersion": "2018-10-08", "Id": "x", "ProductArn": "arn:aws:securityhub:::product/x",
        "AwsAccountId": "900000000001", "Title": "t", "Severity": {"Label": "HIGH"},
        "Resources": (0..resources).map(resource).collect::<Vec<_>>(),
        "Vulnerabilities": (0..flaws).map(flaw).collect::<Vec<_>>()}]})
    .to_string()
}

#[test]
fn one_record_of_many_flaws_on_many_assets_has_an_end() {
    let few = read(&security_hub(20, 20, "i-0"), "asff");
    assert_eq!((few.tally.accepted, few.contents.findings.len()), (1, 400));
    let many = read(&security_hub(400, 400, "i-0"), "asff");
    assert_eq!((many.tally.rejected, many.contents.findings.len()), (1, 0));
    assert!(many.notes.iter().any(|note| note.reason.contains("repeat more than")), "{:?}", many.notes);
}

#[test]
fn what_an_asset_was_seen_as_keeps_no_secret() {
    let address = "https://ci:NOTAREALSECRET@git.example/shop?token=NOTAREALSECRET";
    let report = read(&security_hub(1, 1, address), "asff");
    let [asset] = &*report.contents.assets else { panic!("{:?}", report.contents.assets) };
    assert_eq!(asset.identifiers.len(), 1);
    let shown = format!("{report:?}");
    assert!(shown.contains("git.example") && !shown.contains("NOTAREALSECRET"), "{shown}");
}
