//! Actions: exposures grouped as people do the work, each with a name that stays, an owner and an effort.

use ctem_core::{
    Assessment, Program, discover,
    intel::Intel,
    mobilize::{Action, ActionKind, ActionOptions},
};
use serde_json::{Value, json};

fn assessed(document: Value) -> Assessment {
    let mut program = Program::new(Intel::none());
    let absorbed = program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    assert_eq!(absorbed.tally.rejected, 0, "{:?}", absorbed.notes);
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

fn actions(document: Value) -> Vec<Action> {
    assessed(document).actions(&ActionOptions::default()).unwrap()
}

fn titles(actions: &[Action]) -> Vec<&str> {
    actions.iter().map(|action| &*action.title).collect()
}

fn flaw(asset: &str, cve: &str, package: &str, purl: &str, fixed: &[&str]) -> Value {
    json!({"asset": asset, "weakness": {"id": cve, "kind": "vulnerability"},
        "component": {"name": package, "version": "1.0", "purl": purl}, "sightings": [{"source": "scan", "fixed_in": fixed}]})
}

#[test]
fn flaws_of_one_package_are_one_upgrade_to_the_least_version_that_ends_most() {
    let found = actions(
        json!({"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "repository"}], "findings": [
        flaw("shop", "CVE-2020-1", "lodash", "pkg:npm/lodash@1.0", &["4.17.9"]),
        flaw("shop", "CVE-2020-2", "lodash", "pkg:npm/lodash@1.0", &["4.17.21", "5.0.0"]),
        flaw("shop", "CVE-2020-3", "lodash", "pkg:npm/lodash@1.0", &["4.17.11"]),
        flaw("shop", "CVE-2020-4", "lodash", "pkg:npm/lodash@1.0", &[])]}),
    );
    assert_eq!(
        titles(&found),
        ["Shield lodash on shop: there is no fix yet", "Update lodash on shop to 4.17.21"]
    );
    assert_eq!(found[1].target.as_ref().unwrap().to_string(), "4.17.21 ends 3 of 4");
    assert_eq!(found[1].id.as_str(), "upgrade lodash on shop");
}

#[test]
fn binary_packages_of_one_source_are_one_upgrade_and_a_base_brings_them_all() {
    let found =
        actions(json!({"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "image"}], "findings": [
        flaw("shop", "CVE-2020-1", "libc6", "pkg:deb/debian/libc6@1.0?arch=amd64&upstream=glibc", &["2.31"]),
        flaw("shop", "CVE-2020-1", "libc-bin", "pkg:deb/debian/libc-bin@1.0?upstream=glibc", &["2.31"]),
        flaw("shop", "CVE-2020-2", "openssl", "pkg:deb/debian/openssl@1.0", &["3.0.1"])]}));
    assert_eq!(
        titles(&found),
        ["Rebuild shop on a newer base", "Update glibc on shop to 2.31", "Update openssl on shop to 3.0.1"]
    );
    assert_eq!((found[0].ends.len(), found[0].kind), (3, ActionKind::Rebuild));
}

#[test]
fn what_runs_from_an_image_is_mended_in_the_image() {
    let found = actions(json!({"ctem": {"version": 2},
        "assets": [{"id": "image", "kind": "image"}, {"id": "pod-1", "kind": "workload"}, {"id": "pod-2", "kind": "workload"},
            {"id": "repo", "kind": "repository", "owner": "shop"}],
        "relations": [{"kind": "instance_of", "from": "pod-1", "to": "image"}, {"kind": "instance_of", "from": "pod-2", "to": "image"},
            {"kind": "builds", "from": "repo", "to": "image"}],
        "findings": [flaw("pod-1", "CVE-2020-1", "openssl", "pkg:deb/debian/openssl@1.0", &["3.0.1"]),
            flaw("pod-2", "CVE-2020-1", "openssl", "pkg:deb/debian/openssl@1.0", &["3.0.1"]),
            flaw("image", "CVE-2020-2", "lodash", "pkg:npm/lodash@1.0", &["4.17.21"]),
            flaw("repo", "CVE-2020-2", "lodash", "pkg:npm/lodash@1.0", &["4.17.21"])]}));
    assert_eq!(titles(&found), ["Update lodash on repo to 4.17.21", "Update openssl on image to 3.0.1"]);
    assert_eq!((found[0].ends.len(), found[1].ends.len()), (2, 2));
    // Who builds the image mends it.
    let owner = found[1].owner.as_ref().unwrap();
    assert_eq!((owner.owner.as_str(), &*owner.by), ("shop", "owner of what builds it, repo"));
}

#[test]
fn a_fleet_is_patched_at_once_and_a_credential_changed_wherever_it_lies() {
    let cve =
        |asset: &str| json!({"asset": asset, "weakness": {"id": "CVE-2021-44228", "kind": "vulnerability"}});
    let secret = |asset: &str| {
        json!({"asset": asset, "weakness": {"id": "leaks:token", "kind": "secret", "title": "API token"},
            "location": {"path": "deploy.sh"}, "secret": {"fingerprint": "00112233445566778899aabbccddeeff"}})
    };
    let found = actions(json!({"ctem": {"version": 2},
        "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
        "findings": [cve("a"), cve("b"), secret("a"), secret("b")]}));
    assert_eq!(
        titles(&found),
        [
            "Patch CVE-2021-44228 on 2 hosts",
            "Patch CVE-2021-44228 on a",
            "Patch CVE-2021-44228 on b",
            "Rotate API token found on 2 hosts"
        ]
    );
    // A rollout repeats what is prepared.
    assert_eq!((found[0].effort.hours, found[1].effort.hours), (2.5, 2.0));
}

#[test]
fn rights_routes_and_sessions_are_taken_away_one_by_one() {
    let today = assessed(json!({"ctem": {"version": 2},
        "assets": [{"id": "out", "kind": "network_zone", "name": "the internet"}, {"id": "web", "kind": "host"},
            {"id": "anna", "kind": "identity"}, {"id": "staff", "kind": "group"}, {"id": "db", "kind": "data_store", "owner": "data"}],
        "relations": [{"kind": "reaches", "from": "out", "to": "web"}, {"kind": "holds_session_of", "from": "web", "to": "anna"},
            {"kind": "member_of", "from": "anna", "to": "staff"}, {"kind": "reads", "from": "staff", "to": "db"}],
        "findings": [{"asset": "web", "weakness": {"id": "CVE-2020-1", "kind": "vulnerability",
            "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]}}],
        "entry_points": [{"asset": "out"}],
        "services": [{"id": "s", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
            "when": {"state": {"asset": "db", "access": "read"}}}]}]}));
    let found = today.actions(&ActionOptions::default()).unwrap();
    assert_eq!(
        titles(&found),
        [
            "Close the route from the internet to web",
            "Patch CVE-2020-1 on web",
            "Take anna out of staff",
            "Stop staff from reading db",
            "End the session of anna on web"
        ]
    );
    assert_eq!(found[3].owner.as_ref().map(|owned| owned.owner.as_str()), Some("data"));
}

#[test]
fn every_exposure_is_ended_by_some_action() {
    let mut program = Program::new(Intel::none());
    let folder = format!("{}/examples/company", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if let Ok(report) = discover::read(&bytes) {
            program.absorb(report);
        }
    }
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let actions = today.actions(&ActionOptions::default()).unwrap();
    let ended: std::collections::BTreeSet<_> = actions.iter().flat_map(|action| &action.ends).collect();
    let missing: Vec<_> =
        today.ranked().map(|exposure| exposure.id).filter(|id| !ended.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(today.len() > 60, "{} exposures, {} actions", today.len(), actions.len());
    let ids: std::collections::BTreeSet<_> = actions.iter().map(|action| &action.id).collect();
    assert_eq!(ids.len(), actions.len(), "two actions have one name");
    assert_eq!(today.actions(&ActionOptions::default()).unwrap(), actions);
}

#[test]
fn work_on_files_is_of_whom_the_files_are() {
    let rules = "* @shop/core\n/db/ @shop/data\n/db/open/\n*.tf @shop/ops\n";
    let options = discover::ReadOptions {
        asset: Some("shop".parse().unwrap()),
        name: Some("CODEOWNERS".into()),
        ..Default::default()
    };
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read_with(rules.as_bytes(), &options).unwrap());
    let finding = |n: u32, path: &str| {
        json!({"asset": "shop", "weakness": {"id": format!("rule-{n}"), "kind": "code_flaw"}, "location": {"path": path},
            "sightings": [{"source": "scan"}]})
    };
    let document = json!({"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "repository"}], "findings": [
        finding(1, "src/a.py"), finding(2, "db/b.sql"), finding(3, "infra/main.tf#aws_s3_bucket.data"), finding(4, "db/open/c.sql")]});
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    let found =
        program.assess("2025-11-13".parse().unwrap()).unwrap().actions(&ActionOptions::default()).unwrap();
    let owner = |n: u32| {
        let action = found.iter().find(|action| action.title.contains(&format!("rule-{n}")));
        let owner = action.unwrap_or_else(|| panic!("rule-{n}: {:?}", titles(&found))).owner.as_ref();
        owner.map(|owned| owned.owner.as_str())
    };
    assert_eq!([1, 2, 3, 4].map(owner), [Some("@shop/core"), Some("@shop/data"), Some("@shop/ops"), None]);
}
