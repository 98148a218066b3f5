//! What findings do in an assessment: small companies, each with one thing to show.

use ctem_core::{Assessment, Days, Program, discover, intel::Intel, prioritize::AssessOptions};
use serde_json::{Value, json};

/// An assessment of assets (`id kind`), relations (`from kind to`), findings, and the loss of one access to one asset. An
/// attacker from the internet stands in the zone `internet`.
fn today(assets: &[&str], relations: &[&str], findings: Value, lost: [&str; 2]) -> Assessment {
    assess(&document(assets, relations, findings, lost))
}

fn document(assets: &[&str], relations: &[&str], findings: Value, [asset, access]: [&str; 2]) -> Value {
    let words = |text: &&str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let assets = assets.iter().chain(&["internet network_zone"]).map(words);
    let assets: Vec<Value> = assets.map(|words| json!({"id": words[0], "kind": words[1]})).collect();
    let relations = relations.iter().map(words);
    let relations: Vec<Value> =
        relations.map(|words| json!({"from": words[0], "kind": words[1], "to": words[2]})).collect();
    json!({
        "ctem": {"version": 1}, "assets": assets, "relations": relations, "findings": findings,
        "entry_points": [{"asset": "internet"}],
        "services": [{"id": "business", "loss_events": [{
            "id": "loss", "loss": {"amount": 1000.0, "unit": "EUR"},
            "when": {"state": {"asset": asset, "access": access}},
        }]}],
    })
}

fn assess(document: &Value) -> Assessment {
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

/// A finding that a person wrote down: `id asset kind: title`.
fn told(text: &str) -> Value {
    let (head, title) = text.split_once(": ").unwrap();
    let [id, asset, kind] = head.split(' ').collect::<Vec<_>>()[..] else { panic!("{head}") };
    let name = format!("review:{id}");
    json!({"id": id, "asset": asset, "weakness": {"id": name, "kind": kind, "title": title}})
}

/// A flaw that is surely exploited, if it can be: `id asset`, and its vector.
fn flaw(text: &str, vector: &str) -> Value {
    let (id, asset) = text.split_once(' ').unwrap();
    let cve = format!("CVE-2099-{}", 1000 + id.bytes().map(u32::from).sum::<u32>());
    json!({
        "id": id, "asset": asset, "weakness": {"id": cve, "cvss": [vector]},
        "exploit": {"threat": 1.0, "local": 1.0},
    })
}

fn risk(today: &Assessment, finding: &str) -> f64 {
    today.ranked().find(|exposure| exposure.id.as_str() == finding).unwrap().risk.value()
}

fn techniques(today: &Assessment, finding: &str) -> Vec<String> {
    let explanation = today.explain(&finding.parse().unwrap()).unwrap();
    let hops = explanation.paths.into_iter().flat_map(|path| path.hops);
    hops.filter_map(|hop| hop.technique).map(|technique| technique.to_string()).collect()
}

fn is_noted(today: &Assessment, words: &str) -> bool {
    today.notes().iter().any(|note| note.reason.contains(words))
}

const RCE: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

#[test]
fn hygiene_lets_nobody_in_says_so_and_changes_no_other_number() {
    let (assets, relations) = (["web host", "db data_store"], ["internet reaches web", "web reads db"]);
    let settings = [
        "encryption",
        "VPC flow logs off",
        "auditd not installed",
        "umask 022",
        "cramfs not disabled",
        "no termination protection",
        "log rotation missing",
        "core dumps not restricted",
    ];
    let settings = settings.iter().enumerate().map(|(n, title)| match n {
        0 => told("s-0 web misconfiguration: EBS volume not encrypted"),
        n => told(&format!("s-{n} web misconfiguration: {title}")),
    });
    let rce = flaw("rce web", RCE);
    let alone = today(&assets, &relations, json!([rce]), ["db", "read"]);
    let all = json!(settings.chain([rce]).collect::<Vec<_>>());
    let today = today(&assets, &relations, all, ["db", "read"]);
    assert_eq!(today.risk(), alone.risk());
    assert_eq!(risk(&today, "rce").to_bits(), risk(&alone, "rce").to_bits());
    for exposure in
        today.ranked().filter(|exposure| exposure.finding.is_some() && exposure.id.as_str() != "rce")
    {
        assert_eq!(exposure.risk.value(), 0.0, "{exposure}");
        let explanation = today.explain(&exposure.id).unwrap();
        let here = explanation.risk.find("exploitable here").unwrap();
        assert!(here.because.starts_with("hygiene: "), "{}: {}", exposure, here.because);
    }
}

#[test]
fn a_privileged_container_is_no_way_in_and_gives_the_machines_below() {
    let assets = ["shop workload", "node-1 host", "node-2 host"];
    let relations = ["internet reaches shop", "shop runs_on node-1", "shop runs_on node-2"];
    let findings = json!([told("p shop misconfiguration: Privileged container"), flaw("rce shop", RCE)]);
    for node in ["node-1", "node-2"] {
        let today = today(&assets, &relations, findings.clone(), [node, "control"]);
        assert_eq!(risk(&today, "p"), 1000.0 * 0.9 * 0.5, "{node}");
        assert!(techniques(&today, "p").contains(&"T1611".to_owned()));
    }
    let nobody = today(&assets, &relations, json!([findings[0]]), ["node-1", "control"]);
    assert_eq!(risk(&nobody, "p"), 0.0, "one must be in the container first");
    let nowhere = today(&assets, &["internet reaches shop"], findings, ["shop", "control"]);
    assert!(is_noted(&nowhere, "nothing says what the workload runs on"));
}

#[test]
fn a_local_leak_is_reading_and_no_root() {
    let at = |vector: &str| {
        let findings =
            json!([flaw("rce box", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N"), flaw("l box", vector)]);
        risk(&today(&["box host"], &["internet reaches box"], findings, ["box", "control"]), "l")
    };
    assert_eq!(at("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N"), 0.0);
    assert_eq!(at("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N"), 0.0);
    assert!(at("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H") > 0.0);
}

#[test]
fn reading_and_changing_from_afar_are_what_they_are() {
    let at = |vector: &str, access: &str| {
        let findings = json!([flaw("f box", vector)]);
        risk(&today(&["box host"], &["internet reaches box"], findings, ["box", access]), "f") > 0.0
    };
    let leak = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
    assert_eq!((at(leak, "read"), at(leak, "use"), at(leak, "write")), (true, false, false));
    let change = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N";
    assert_eq!((at(change, "write"), at(change, "read")), (true, false));
    // Scope and high impacts: Log4Shell.
    assert!(at("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "control"));
}

#[test]
fn a_reflected_script_gives_a_users_session_and_never_the_host() {
    let xss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N";
    let assets = ["app host", "ann identity", "mail data_store"];
    let relations = ["internet reaches app", "ann reads mail"];
    let findings = json!([flaw("xss app", xss)]);
    let host = today(&assets, &relations, findings.clone(), ["app", "control"]);
    assert_eq!(risk(&host, "xss"), 0.0);
    assert!(is_noted(&host, "nothing says who comes there"));
    let relations = ["internet reaches app", "ann reads mail", "ann logs_on_to app"];
    let mail = today(&assets, &relations, findings, ["mail", "read"]);
    assert!(risk(&mail, "xss") >= 360.0);
    let explanation = mail.explain(&"xss".parse().unwrap()).unwrap();
    let person = explanation.risk.find("person").unwrap();
    assert_eq!(&*person.because, "a person must take part");
    assert!(techniques(&mail, "xss").contains(&"T1539".to_owned()));
}

#[test]
fn what_is_adjacent_needs_a_foothold_in_the_zone() {
    let adjacent = "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let assets = ["lan network_zone", "web host", "till host"];
    let from_internet =
        today(&assets, &["internet reaches till"], json!([flaw("f till", adjacent)]), ["till", "control"]);
    assert_eq!(risk(&from_internet, "f"), 0.0);
    let relations = ["internet reaches web", "web reaches lan", "lan reaches till"];
    let findings = json!([flaw("rce web", RCE), flaw("f till", adjacent)]);
    let beside = today(&assets, &relations, findings.clone(), ["till", "control"]);
    assert!(risk(&beside, "f") > 0.0);
    let alone = today(&assets, &relations, json!([findings[1]]), ["till", "control"]);
    assert_eq!(risk(&alone, "f"), 0.0, "nobody stands in the zone");
    let relations = ["internet reaches web", "internet reaches till", "web lies_in lan", "till lies_in lan"];
    let in_zone = today(&assets, &relations, findings, ["till", "control"]);
    assert!(risk(&in_zone, "f") > 0.0);
}

#[test]
fn rights_are_a_premise_where_it_is_known_who_has_them_and_else_a_chance() {
    let user = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H";
    let (assets, relations) = (["app host", "ann identity"], ["internet reaches app"]);
    let findings = json!([flaw("f app", user)]);
    let unknown = today(&assets, &relations, findings.clone(), ["app", "control"]);
    assert_eq!(risk(&unknown, "f"), 1000.0 * 0.9 * 0.5);
    let relations = ["internet reaches app", "ann logs_on_to app"];
    let known = document(&assets, &relations, findings, ["app", "control"]);
    assert_eq!(risk(&assess(&known), "f"), 0.0, "nobody holds ann");
    let mut phished = known;
    phished["entry_points"] = json!([{"asset": "internet"}, {"asset": "ann", "access": "use", "attacker": "phishing", "chance": 0.5}]);
    assert!((risk(&assess(&phished), "f") - 1000.0 * 0.9 * 0.5).abs() < 1e-9);
}

#[test]
fn a_right_over_everything_gives_the_realm_and_is_noted_where_there_is_none() {
    let assets = ["account realm", "role identity", "ci host", "db data_store"];
    let relations =
        ["internet reaches ci", "ci can_assume role", "account contains role", "account contains db"];
    let findings = json!([flaw("rce ci", RCE), told("a role permission: role has AdministratorAccess")]);
    let over = today(&assets, &relations, findings.clone(), ["db", "read"]);
    assert_eq!(risk(&over, "a"), 1000.0 * 0.9 * 0.5);
    let unknown = today(&assets, &relations[..2], findings, ["db", "read"]);
    assert_eq!(risk(&unknown, "a"), 0.0);
    assert!(is_noted(&unknown, "what they are over is unknown"));
}

#[test]
fn a_secret_is_found_by_who_is_there_and_seldom_by_others() {
    let secret = |opens: bool| {
        let mut finding = told("s web secret: password of the database account in /srv/app/.env");
        finding["secret"] = json!({"verified": true});
        if opens {
            finding["exploit"] = json!({"opens": "svc"});
        }
        finding
    };
    let assets = ["web host", "svc identity", "db data_store"];
    let relations = ["internet reaches web", "svc reads db"];
    let inside = today(&assets, &relations, json!([flaw("rce web", RCE), secret(true)]), ["db", "read"]);
    assert!((risk(&inside, "s") - 1000.0 * 0.9 * 0.95).abs() < 1e-9);
    let outside = today(&assets, &relations, json!([secret(false)]), ["web", "use"]);
    assert!((risk(&outside, "s") - 1000.0 * 0.1 * 0.95).abs() < 1e-9);
}

#[test]
fn a_public_bucket_is_read_from_the_internet_and_by_no_relation() {
    let findings = json!([told("b orders misconfiguration: The bucket is public")]);
    let read = today(&["orders data_store"], &[], findings.clone(), ["orders", "read"]);
    assert!((risk(&read, "b") - 1000.0 * 0.9 * 0.5).abs() < 1e-9);
    let written = today(&["orders data_store"], &[], findings, ["orders", "write"]);
    assert_eq!(risk(&written, "b"), 0.0);
}

#[test]
fn what_needs_no_cve_is_likelier_the_longer_one_looks() {
    let findings = json!([told("b orders misconfiguration: The bucket is public")]);
    let document = document(&["orders data_store"], &[], findings, ["orders", "read"]);
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    let likelihood = |days: f64| {
        let horizon = Days::horizon(days).unwrap();
        let options = AssessOptions { horizon, ..AssessOptions::default() };
        let today = program.assess_with("2025-11-13".parse().unwrap(), options).unwrap();
        today.ranked().next().unwrap().likelihood.get() / 0.5
    };
    // 90 % in 30 days, by one hazard: found within a day by one of thirteen, and within a year surely.
    for days in [1.0, 30.0, 365.0] {
        let found = 1.0 - 0.1f64.powf(days / 30.0);
        assert!((likelihood(days) - found).abs() < 1e-9, "{days} days: {} and {found}", likelihood(days));
    }
}

#[test]
fn what_nothing_decides_is_a_weakening_and_no_door() {
    let findings = json!([told("u web misconfiguration: wobbles")]);
    let relations = ["internet reaches web"];
    let outside = today(&["web host"], &relations, findings.clone(), ["web", "use"]);
    assert_eq!(risk(&outside, "u"), 0.0);
    let held = json!([flaw("rce web", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N"), findings[0]]);
    let inside = today(&["web host"], &relations, held, ["web", "control"]);
    assert!((risk(&inside, "u") - 1000.0 * 0.9 * 0.05).abs() < 1e-9);
}

#[test]
fn a_password_that_is_found_out_is_the_first_factor() {
    let findings = json!([told("w ann misconfiguration: password falls to a slow spray")]);
    let assets = ["ann identity", "mail data_store"];
    let relations = ["internet reaches ann", "ann reads mail"];
    let today = today(&assets, &relations, findings, ["mail", "read"]);
    assert!(risk(&today, "w") > 0.0);
    assert!(!techniques(&today, "w").contains(&"T1190".to_owned()));
}

#[test]
fn a_flaw_in_code_is_where_the_code_runs() {
    let assets = ["repo repository", "image image", "shop workload", "batch workload"];
    let relations = ["internet reaches shop", "repo builds image", "shop instance_of image"];
    let findings = json!([told("c repo code_flaw: command injection in the input field")]);
    let runs = today(&assets, &relations, findings.clone(), ["shop", "use"]);
    assert!(risk(&runs, "c") > 0.0);
    let elsewhere = today(&assets, &relations, findings, ["repo", "write"]);
    assert_eq!(risk(&elsewhere, "c"), 0.0);
}

#[test]
fn a_library_is_seldom_called_and_headers_never_run() {
    let here = |package: &str, severity: &str| {
        let finding = json!({
            "id": "f", "asset": "box", "weakness": {"id": "CVE-2099-1", "cvss": [RCE]},
            "component": {"name": package, "version": "1", "purl": format!("pkg:deb/debian/{package}@1")},
            "sightings": [{"source": "grype", "severity": severity}],
        });
        let today = today(&["box host"], &["internet reaches box"], json!([finding]), ["box", "control"]);
        today.explain(&"f".parse().unwrap()).unwrap().risk.find("exploitable here").unwrap().value
    };
    assert_eq!(here("libxml2", "High"), 0.05);
    assert_eq!(here("linux-libc-dev", "High"), 0.01);
    assert!((here("libpq5", "Negligible") - 0.005).abs() < 1e-15);
}
