//! What is several stays several: documents that are read one after the other, and share a name or an address that many have.

use super::all_of;

/// How many assets and findings there are once all documents are taken in.
fn counted(documents: &[&str]) -> (usize, usize) {
    let environment = all_of(documents);
    (environment.asset_count(), environment.finding_count())
}

fn nikto(host: &str, address: &str) -> String {
    format!(
        r#"{{"host": "{host}", "ip": "{address}", "port": "443", "banner": "", "vulnerabilities":
        [{{"id": "999986", "OSVDB": "0", "method": "GET", "url": "/", "msg": "A header is missing"}}]}}"#
    )
}

fn wazuh(agent: &str, address: &str) -> String {
    format!(
        r#"{{"data": {{"affected_items": [{{"agent_name": "{agent}", "agent_ip": "{address}", "cve": "CVE-2024-20120",
        "name": "tiller", "version": "2.0.1", "severity": "High", "status": "VALID"}}], "total_affected_items": 1}}}}"#
    )
}

fn image(name: &str, digest: char, also: &str) -> String {
    let digest = digest.to_string().repeat(64);
    format!(
        r#"{{"SchemaVersion": 2, "ArtifactName": "{name}", "ArtifactType": "container_image", "Metadata": {{"ImageID": "sha256:{digest}",
        "RepoTags": ["{name}", "{also}"]}}, "Results": [{{"Target": "app", "Type": "npm", "Vulnerabilities":
        [{{"VulnerabilityID": "CVE-2024-20121", "PkgName": "tiller", "InstalledVersion": "2.0.1"}}]}}]}}"#
    )
}

fn project(version: &str, state: &str) -> String {
    format!(
        r#"{{"version": "1.2", "meta": {{"application": "Dependency-Track"}}, "project": {{"name": "pilot", "version": "{version}"}},
        "findings": [{{"component": {{"name": "tiller", "version": "2.0.1"}}, "vulnerability": {{"vulnId": "CVE-2024-20122",
        "severity": "HIGH"}}, "analysis": {{"state": "{state}", "isSuppressed": false}}}}]}}"#
    )
}

fn zap(site: &str, version: &str) -> String {
    format!(
        r#"{{"@version": "{version}", "site": [{{"@name": "http://{site}", "@host": "{site}", "alerts": [{{"pluginid": "10020",
        "alert": "A header is missing", "riskcode": "2", "instances": [{{"uri": "http://{site}/", "method": "GET"}}]}}]}}]}}"#
    )
}

#[test]
fn hosts_that_share_an_address_are_several() {
    // One front end, one private network of each site, the machine's own address.
    let sites = [nikto("pier.example.com", "203.0.113.7"), nikto("quay.example.com", "203.0.113.7")];
    assert_eq!(counted(&[&sites[0], &sites[1]]), (2, 2));
    for address in ["10.0.0.5", "127.0.0.1", "169.254.1.1"] {
        let agents = [wazuh("till-north", address), wazuh("till-south", address)];
        assert_eq!(counted(&[&agents[0], &agents[1]]), (2, 2), "{address}");
    }
    let own = [zap("localhost", "2.14"), zap("localhost", "2.15")];
    assert_eq!(counted(&[&own[0], &own[1]]), (2, 2));
    // A name or a public address that both have is one machine.
    let same = [nikto("pier.example.com", "203.0.113.7"), zap("pier.example.com", "2.15")];
    assert_eq!(counted(&[&same[0], &same[1]]), (1, 2));
}

#[test]
fn images_whose_tags_move_are_told_by_their_digests() {
    let builds = [image("berth/pilot:latest", 'a', "x"), image("berth/pilot:latest", 'b', "x")];
    assert_eq!(counted(&[&builds[0], &builds[1]]), (2, 2));
    assert_eq!(counted(&[&builds[0], &builds[0]]), (1, 1));
    let siblings =
        [image("berth/pilot:7", 'a', "berth/base:latest"), image("berth/tug:7", 'b', "berth/base:latest")];
    assert_eq!(counted(&[&siblings[0], &siblings[1]]), (2, 2));
    // The same image by its tag and by its digest.
    let one = [image("berth/pilot:7", 'a', "x"), image("berth/pilot:latest", 'a', "x")];
    assert_eq!(counted(&[&one[0], &one[1]]), (1, 1));
}

#[test]
fn what_is_said_of_one_version_of_a_project_is_not_said_of_another() {
    let (open, gone) = (project("1.0", "EXPLOITABLE"), project("2.0", "NOT_AFFECTED"));
    assert_eq!(counted(&[&open, &gone]), (2, 2));
}
