//! What odd documents come to: small ones, written down here.

use crate::*;

/// Reads documents that are written down here.
fn read(files: &[(&str, Value)]) -> Report {
    let files: Vec<_> = files.iter().map(|(name, value)| (*name, value.to_string().into_bytes())).collect();
    let files = files.iter().map(|(name, bytes)| (*name, bytes.as_slice()));
    let mut collection = read_collection(files, &ReadOptions::default()).unwrap();
    assert_eq!(collection.reports.len(), 1, "{:?}", collection.notes);
    collection.reports.remove(0)
}

fn notes(report: &Report) -> Vec<String> {
    report.notes.iter().map(ToString::to_string).collect()
}

#[test]
fn an_odd_right_of_an_object_costs_that_right() {
    let ace = |principal: Value| json!({"PrincipalSID": principal, "PrincipalType": "User", "RightName": "GenericAll"});
    let group = json!({
        "ObjectIdentifier": "S-1-5-21-1-2-3-1201", "Properties": {"name": "OPERATORS"},
        "Aces": [ace(json!("S-1-5-21-1-2-3-1105")), ace(Value::Null), ace(json!("S-1-5-21-1-2-3-1106"))],
    });
    let report = read(&[("groups.json", json!({"data": [group], "meta": {"type": "groups", "version": 6}}))]);
    assert_eq!(report.tally.to_string(), "read 1 = accepted 1 + merged 0 + rejected 0");
    let rights = report.contents.relations.iter().filter(|relation| relation.kind.name() == "GenericAll");
    assert_eq!(rights.count(), 2);
    assert!(
        notes(&report).iter().any(|note| note.contains("groups.json/data/0/Aces/1")),
        "{:?}",
        notes(&report)
    );
}

#[test]
fn a_session_that_names_nobody_is_rejected() {
    let session = |user: &str| json!({"ComputerSID": "S-1-5-21-1-2-3-1104", "UserSID": user});
    let sessions = json!({"data": [session("S-1-5-21-1-2-3-1105"), session("")], "meta": {"type": "sessions", "version": 6}});
    let report = read(&[("sessions.json", sessions)]);
    assert_eq!(report.tally.to_string(), "read 2 = accepted 1 + merged 0 + rejected 1");
}

#[test]
fn an_edge_that_cannot_be_kept_is_said() {
    let kind = "x".repeat(65);
    let edge = json!({"kind": kind, "start": {"value": "a"}, "end": {"value": "b"}});
    let schema = json!({
        "schema": {"name": "X"}, "relationship_kinds": [{"name": kind, "is_traversable": true}],
    });
    let report =
        read(&[("graph.json", json!({"graph": {"nodes": [], "edges": [edge]}})), ("schema.json", schema)]);
    assert!(report.contents.relations.is_empty());
    assert!(notes(&report).iter().any(|note| note.contains("edges are left out")), "{:?}", notes(&report));
}

#[test]
fn exports_of_two_databases_keep_their_numbers_apart() {
    let node = |id: &str| json!({"type": "node", "id": "0", "labels": ["AWSUser"], "properties": {"id": id}});
    let group =
        |id: &str| json!({"type": "node", "id": "1", "labels": ["AWSGroup"], "properties": {"id": id}});
    let member = |from: &str, to: &str| json!({"type": "relationship", "id": "0", "label": "MEMBER_AWS_GROUP", "start": {"id": from}, "end": {"id": to}});
    let report = read(&[
        ("a.json", json!([node("ann"), group("staff"), member("0", "1")])),
        ("b.json", json!([node("ben"), group("guests"), member("0", "1")])),
        ("c.json", json!([member("0", "1"), member("7", "1")])),
    ]);
    let ends: Vec<_> =
        report.contents.relations.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    assert_eq!(ends, [("ann", "staff"), ("ben", "guests")]);
    assert_eq!(report.tally.rejected, 2);
    let notes = notes(&report);
    assert!(
        notes.iter().any(|note| note.contains("several exports") && note.contains("c.json/0")),
        "{notes:?}"
    );
    assert!(
        notes.iter().any(|note| note.contains("not in the export") && note.contains("c.json/1")),
        "{notes:?}"
    );
}

#[test]
fn nodes_are_told_apart_by_all_that_edges_say_of_them() {
    let node = |id: &str, kind: &str, host: &str| json!({"id": id, "kinds": [kind], "properties": {"Name": "Administrator", "host": host}});
    let by = |matchers: Value| json!({"match_by": "property", "property_matchers": matchers});
    let both = |host: &str| {
        by(
            json!([{"key": "name", "value": "administrator"}, {"key": "HOST", "operator": "equals", "value": host}]),
        )
    };
    let edge = |end: Value| json!({"kind": "HasSession", "start": {"value": "c"}, "end": end});
    let graph = json!({"graph": {
        "nodes": [node("a", "User", "web-1"), node("b", "User", "web-2"), node("d", "Group", "web-2")],
        "edges": [edge(both("WEB-1")), edge(both("web-2")), edge(both("web-3")), edge(by(json!([])))],
    }});
    let report = read(&[("graph.json", graph)]);
    let to: Vec<_> = report.contents.relations.iter().map(|one| one.to.as_str()).collect();
    assert_eq!(to, ["a"]);
    assert_eq!(report.tally.to_string(), "read 7 = accepted 4 + merged 0 + rejected 3");
}
