//! Steps as records, rules in documents, and what becomes of those that make no sense; and what version 1 of the document meant.

use ctem_core::{
    Assessment, Environment, Program, Report, discover,
    intel::Intel,
    model::{AssetKind, NoteKind, RelationKind},
    wire,
};
use serde_json::{Value, json};
use std::{fs, path::Path};

fn read(records: &Value) -> Report {
    let mut document = json!({"ctem": {"version": 2}});
    for (list, items) in records.as_object().unwrap() {
        document[list] = items.clone();
    }
    discover::read(document.to_string().as_bytes()).unwrap()
}

/// The reasons for which records are rejected, with their places.
fn rejected(records: &Value) -> Vec<String> {
    let mut program = Program::new(Intel::none());
    let absorbed = program.absorb(read(records));
    let notes = absorbed.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
    let reasons = notes.map(|note| format!("{}: {}", note.place, note.reason)).collect();
    // Nothing of a rejected record stays.
    assert_eq!((program.environment().relation_count(), program.environment().finding_count()), (0, 0));
    reasons
}

fn assessed(records: &Value) -> Assessment {
    let mut program = Program::new(Intel::none());
    program.absorb(read(records));
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

fn noted(records: &Value, what: &str) {
    let today = assessed(records);
    assert!(today.notes().iter().any(|note| note.reason.contains(what)), "{what}: {:?}", today.notes());
}

#[test]
fn a_record_that_makes_no_sense_is_rejected_at_its_place() {
    let held = |count: usize| vec![json!({"asset": "a", "access": "use"}); count];
    let relation = |more: Value| {
        let mut relation = json!({"kind": "reads", "from": "a", "to": "b"});
        for (name, value) in more.as_object().unwrap() {
            relation[name] = value.clone();
        }
        json!({"relations": [relation]})
    };
    let finding = |exploit: Value| json!({"findings": [{"asset": "a", "weakness": {"id": "w", "kind": "misconfiguration"}, "exploit": exploit}]});
    for (records, place) in [
        (relation(json!({"needs": held(9)})), "/relations/0/needs"),
        (relation(json!({"gives": held(9)})), "/relations/0/gives"),
        (relation(json!({"chance": 1.5})), "/relations/0/chance"),
        (relation(json!({"cost": -1})), "/relations/0/cost"),
        (relation(json!({"needs": [{"asset": "a", "access": "own"}]})), "/relations/0/needs/0/access"),
        (relation(json!({"kind": "contains", "to": "a"})), "/relations/0/to"),
        (finding(json!({"needs": held(9)})), "/findings/0/exploit/needs"),
        (finding(json!({"needs": []})), "/findings/0/exploit/needs"),
        (finding(json!({"chance": -0.1})), "/findings/0/exploit/chance"),
        (finding(json!({"cost": -1})), "/findings/0/exploit/cost"),
    ] {
        let reasons = rejected(&records);
        assert!(reasons.len() == 1 && reasons[0].starts_with(place), "{place}: {reasons:?}");
    }
    let rule = json!({"rules": [{"relation": "unlocks", "premises": vec![json!({"end": "from", "access": "use"}); 9],
        "conclusion": {"end": "to", "access": "reach"}}]});
    assert!(rejected(&rule)[0].starts_with("/rules/0/premises"), "{:?}", rejected(&rule));
}

#[test]
fn what_leads_nowhere_is_said() {
    let assets =
        json!([{"id": "a", "kind": "identity"}, {"id": "b", "kind": "host"}, {"id": "c", "kind": "host"}]);
    let with = |more: Value| {
        let mut records = json!({"assets": assets, "entry_points": [{"asset": "a", "access": "use", "attacker": "insider"}]});
        for (list, items) in more.as_object().unwrap() {
            records[list] = items.clone();
        }
        records
    };
    let use_of = |asset: &str| json!([{"asset": asset, "access": "use"}]);
    // Each needs what the other gives.
    let circle = json!({"relations": [
        {"id": "b-first", "kind": "turns", "from": "b", "to": "c", "needs": use_of("b"), "gives": use_of("c")},
        {"id": "c-first", "kind": "turns", "from": "c", "to": "b", "needs": use_of("c"), "gives": use_of("b")}]});
    noted(&with(circle.clone()), "`b-first` needs use of b, which nobody can come to hold");
    noted(&with(circle), "`c-first` needs use of c, which nobody can come to hold");
    noted(
        &with(
            json!({"relations": [{"kind": "turns", "from": "b", "to": "c", "needs": use_of("nowhere"), "gives": use_of("c")}]}),
        ),
        "needs use of nowhere",
    );
    noted(
        &with(json!({"relations": [{"kind": "turns", "from": "a", "to": "b"}]})),
        "no rule speaks of relations of kind `turns`",
    );
    let rule = json!({"relation": "unlocks", "to": ["function"], "premises": [{"end": "from", "access": "use"}],
        "conclusion": {"end": "to", "access": "use"}});
    noted(&with(json!({"rules": [rule.clone()]})), "a rule for `unlocks` matches no relation");
    noted(
        &with(json!({"rules": [rule], "relations": [{"kind": "unlocks", "from": "a", "to": "b"}]})),
        "no rule speaks of `unlocks` between assets of such kinds",
    );
    let named = |to: &str| json!({"id": "r", "kind": "reaches", "from": "a", "to": to});
    noted(&with(json!({"relations": [named("b"), named("c")]})), "2 relations are called `r`");
}

/// What leads nowhere is said with the list and the name of the record, since an environment comes of several documents.
#[test]
fn what_leads_nowhere_says_where_it_stands() {
    let use_of = |asset: &str| json!([{"asset": asset, "access": "use"}]);
    let today = assessed(&json!({
        "assets": [{"id": "a", "kind": "identity"}, {"id": "b", "kind": "host"}, {"id": "c", "kind": "host"}],
        "entry_points": [{"asset": "a", "access": "use", "attacker": "insider"}],
        "relations": [
            {"id": "b/first", "kind": "turns", "from": "b", "to": "c", "needs": use_of("b"), "gives": use_of("c")},
            {"kind": "shouts_at", "from": "a", "to": "b"},
            {"kind": "contains", "from": "b", "to": "c"}, {"kind": "contains", "from": "c", "to": "b"}],
        "findings": [{"id": "chain", "asset": "b", "weakness": {"id": "w", "kind": "misconfiguration"},
            "exploit": {"needs": [{"asset": "a", "access": "use"}, {"asset": "c", "access": "use"}]}}],
        "rules": [{"relation": "unlocks", "premises": [{"end": "from", "access": "use"}], "conclusion": {"end": "to", "access": "use"}}],
    }));
    let places: Vec<&str> = today.notes().iter().map(|note| &*note.place).collect();
    for place in [
        "/relations/b~1first/needs/0",
        "/findings/chain/exploit/needs/1",
        "/relations/a shouts_at b",
        "/rules/unlocks",
        "/relations/b contains c",
    ] {
        assert!(places.contains(&place), "{place}: {:?}", today.notes());
    }
}

/// Realms that contain each other: the same whoever says which half first, never less than without, and an error where there is nobody to
/// be told.
#[test]
fn a_circle_of_realms_is_the_same_in_every_order() {
    let contains = |from: &str, to: &str| json!({"kind": "contains", "from": from, "to": to});
    let base = json!({"assets": [{"id": "a", "kind": "realm"}, {"id": "b", "kind": "realm"}, {"id": "c", "kind": "realm"},
            {"id": "d", "kind": "host"}], "entry_points": [{"asset": "b", "access": "control", "attacker": "insider", "chance": 0.5}],
        "services": [{"id": "s", "loss_events": [{"id": "owned", "loss": {"amount": 1, "unit": "EUR"},
            "when": {"state": {"asset": "d", "access": "control"}}}]}]});
    let mut relations = vec![contains("a", "b"), contains("b", "c"), contains("c", "a"), contains("a", "d")];
    let heard = |reports: &[Value]| {
        let mut program = Program::new(Intel::none());
        program.absorb(read(&base));
        let absorbed = reports.iter().map(|report| program.absorb(read(report)));
        let places: Vec<String> = absorbed.flat_map(|one| one.notes).map(|note| note.place.into()).collect();
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        (wire::assessment(&today, &Default::default()), wire::environment(program.environment()), places)
    };
    let whole = heard(&[json!({"relations": relations})]);
    assert_eq!(whole.2, ["/relations/0", "/relations/1", "/relations/2"]);
    let said = "`a`, `b` and `c` contain each other";
    assert!(whole.0.contains(said) && whole.0.contains("\"owned\""), "{}", whole.0);
    for _ in 0..relations.len() {
        relations.rotate_left(1);
        let apart: Vec<Value> = relations.iter().map(|relation| json!({"relations": [relation]})).collect();
        for reports in [vec![json!({"relations": relations})], apart] {
            let (assessment, environment, _) = heard(&reports);
            assert_eq!((assessment, environment), (whole.0.clone(), whole.1.clone()));
        }
    }
    // What is written is read again as the same.
    let mut again = Program::new(Intel::none());
    again.absorb(discover::read(whole.1.as_bytes()).unwrap());
    assert_eq!(wire::environment(again.environment()), whole.1);

    let realm = |name: &str| (name.to_owned(), AssetKind::Realm);
    let built = [realm("a"), realm("b")]
        .iter()
        .fold(Environment::builder(), |so_far, (name, kind)| so_far.asset(name, kind.clone()));
    let built = built.relation("a", RelationKind::Contains, "b").relation("b", RelationKind::Contains, "a");
    let error = built.build().unwrap_err();
    assert_eq!((error.code(), error.place()), ("conflict", Some("/relations/0")));
}

#[test]
fn a_rule_of_a_document_is_the_step_that_its_relation_states() {
    let records = |relation: Value, rules: Value| {
        json!({"assets": [{"id": "a", "kind": "identity"}, {"id": "b", "kind": "host", "labels": {"signing": "off"}}],
            "entry_points": [{"asset": "a", "access": "use", "attacker": "phishing", "chance": 0.3}], "rules": rules,
            "relations": [relation], "services": [{"id": "s", "loss_events": [{"id": "owned", "loss": {"amount": 1, "unit": "EUR"},
                "when": {"state": {"asset": "b", "access": "control"}}}]}]})
    };
    let rule = |value: &str| {
        json!([{"relation": "relays", "where": [{"end": "to", "label": "signing", "is": [value]}], "technique": "T1557.001",
            "premises": [{"end": "from", "access": "use"}], "conclusion": {"end": "to", "access": "control"}}])
    };
    let by_rule = json!({"kind": "relays", "from": "a", "to": "b"});
    let stated = json!({"kind": "relays", "from": "a", "to": "b", "technique": "T1557.001",
        "needs": [{"asset": "a", "access": "use"}], "gives": [{"asset": "b", "access": "control"}]});
    let [ruled, told, signed] = [
        assessed(&records(by_rule.clone(), rule("off"))),
        assessed(&records(stated, json!([]))),
        assessed(&records(by_rule, rule("on"))),
    ];
    let numbers = |today: &Assessment| {
        let events = today.loss_events();
        let hops = &events[0].path.as_ref().unwrap().hops;
        let techniques: Vec<_> = hops.iter().filter_map(|hop| hop.technique).collect();
        (today.risk(), events[0].chance, techniques, today.ranked().next().unwrap().risk)
    };
    // A relation turned into the equivalent step changes no bit.
    assert_eq!(numbers(&ruled), numbers(&told));
    assert_eq!(ruled.loss_events()[0].chance.value(), 0.3);
    assert_eq!(signed.loss_events()[0].chance.upper(), 0.0);
}

/// Documents of version 1 are read as what they meant: written anew, in version 2, they say the same.
#[test]
fn a_document_of_version_1_says_the_same_in_version_2() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut converted = 0;
    for folder in ["vectors", "vectors/documents", "scenarios"] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap_or_default();
            let mut documents = Vec::new();
            let value = serde_json::from_str::<Value>(&text).unwrap_or_default();
            of_version_1(&value, &mut documents);
            for document in documents {
                let assessed = |document: &str| {
                    let mut program = Program::new(Intel::none());
                    program.absorb(discover::read(document.as_bytes()).ok()?);
                    let today = program.assess("2025-11-13".parse().unwrap()).ok()?;
                    Some((
                        wire::assessment(&today, &Default::default()),
                        wire::environment(program.environment()),
                    ))
                };
                let Some((before, written)) = assessed(&document.to_string()) else {
                    assert_eq!(folder, "vectors", "only in vectors of errors is a document none: {document}");
                    continue;
                };
                assert!(written.starts_with(r#"{"ctem":{"version":2}"#));
                let (after, again) = assessed(&written).unwrap();
                assert_eq!((before, &written), (after, &again), "{}: {document}", path.display());
                converted += 1;
            }
        }
    }
    assert!(converted > 30, "{converted} documents of version 1");
}

/// The documents of version 1 that stand somewhere in a value.
fn of_version_1<'a>(value: &'a Value, into: &mut Vec<&'a Value>) {
    if value["ctem"]["version"].as_u64() == Some(1) {
        into.push(value);
        return;
    }
    match value {
        Value::Object(members) => members.values().for_each(|member| of_version_1(member, into)),
        Value::Array(list) => list.iter().for_each(|one| of_version_1(one, into)),
        _ => {}
    }
}
