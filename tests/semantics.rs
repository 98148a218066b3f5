//! Small cases of what records mean, with what follows from them worked out by hand: what flaws of each impact lose, where a flaw of an
//! image strikes, what a password is worth before a second factor, and what a way is needed for.

use ctem_core::{
    Assessment, Program,
    discover::{self, ReadOptions},
    intel::Intel,
    model::AssetKind,
};
use serde_json::{Value, json};

fn assessed(records: &Value) -> Assessment {
    let mut document = json!({"ctem": {"version": 2}});
    for (list, items) in records.as_object().unwrap() {
        document[list] = items.clone();
    }
    let mut program = Program::new(Intel::none());
    let absorbed = program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    assert_eq!(absorbed.tally.rejected, 0, "{:?}", absorbed.notes);
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

/// The exact chance of each event that may happen, rounded to nine places.
fn chances(records: &Value) -> Value {
    let sample = assessed(records).sample(&Default::default());
    let events = sample.events.iter();
    let chances = events
        .map(|event| (event.event.as_str().to_owned(), json!((event.chance.value() * 1e9).round() / 1e9)));
    let happen = chances.filter(|(_, chance)| *chance != json!(0.0));
    Value::Object(happen.collect())
}

fn asset(id: &str, kind: AssetKind) -> Value {
    json!({"id": id, "kind": kind.name()})
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"kind": kind, "from": from, "to": to})
}

/// A published flaw that is used with a chance of a half by whoever can.
fn flaw(id: &str, on: &str, vector: &str) -> Value {
    json!({"id": id, "asset": on, "weakness": {"id": format!("CVE-2024-{}", id.len() + 1000), "cvss": [format!("CVSS:3.1/{vector}")]},
        "exploit": {"chance": 0.5}})
}

fn losses(events: &[(&str, &str, &str)]) -> Value {
    let events = events.iter().map(|(id, asset, access)| {
        json!({"id": id, "loss": {"amount": 1, "unit": "EUR"}, "when": {"state": {"asset": asset, "access": access}}})
    });
    json!([{"id": "s", "loss_events": events.collect::<Vec<_>>()}])
}

const ANYONE: &str = "AV:N/AC:L/PR:N/UI:N/S:U";

/// Of an asset that matters, each impact of a flaw loses something: no flaw of high impact is worth nothing.
#[test]
fn every_impact_of_a_flaw_loses_something() {
    let on = |vector: &str| {
        chances(
            &json!({"assets": [{"id": "web", "kind": "host", "criticality": "crown_jewel"}], "entry_points": [{"asset": "web"}],
            "findings": [flaw("f", "web", &format!("{ANYONE}/{vector}"))]}),
        )
    };
    assert_eq!(on("C:H/I:N/A:N"), json!({"disclosed:web": 0.5}));
    assert_eq!(on("C:N/I:H/A:N"), json!({"tampered:web": 0.5}));
    assert_eq!(on("C:N/I:N/A:H"), json!({"down:web": 0.5}));
    assert_eq!(on("C:H/I:N/A:H"), json!({"disclosed:web": 0.5, "down:web": 0.5}));
    assert_eq!(on("C:N/I:L/A:H"), json!({"tampered:web": 0.5, "down:web": 0.5}));
    assert_eq!(on("C:H/I:H/A:H"), json!({"disclosed:web": 0.5, "taken:web": 0.5, "down:web": 0.5}));
    assert_eq!(on("C:N/I:N/A:L"), json!({}));
}

/// A local flaw that leaks and crashes is no root, and a crash.
#[test]
fn a_local_leak_that_crashes_is_a_crash() {
    let records = json!({"assets": [asset("h", AssetKind::Host)],
        "entry_points": [{"asset": "h", "access": "use", "attacker": "insider"}],
        "findings": [flaw("f", "h", "AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:H")],
        "services": losses(&[("down", "h", "down"), ("owned", "h", "control")])});
    assert_eq!(chances(&records), json!({"down": 0.5}));
}

/// A service that needs two others is down when either is.
#[test]
fn a_leak_that_crashes_stops_what_depends_on_it() {
    let records = json!({"assets": [asset("api", AssetKind::Host), asset("shop", AssetKind::Application)],
        "entry_points": [{"asset": "api"}], "relations": [relation("shop", "depends_on", "api")],
        "findings": [flaw("f", "api", &format!("{ANYONE}/C:H/I:N/A:H"))],
        "services": losses(&[("down", "shop", "down"), ("read", "api", "read"), ("used", "api", "use")])});
    assert_eq!(chances(&records), json!({"down": 0.5, "read": 0.5}));
}

/// One coin for all that run the image, and on each only who gets there.
#[test]
fn a_flaw_of_an_image_strikes_where_it_runs_and_can_be_reached() {
    let of = |assets: &[Value], relations: &[Value]| {
        let both = json!({"all": [{"state": {"asset": "front", "access": "control"}}, {"state": {"asset": "back", "access": "control"}}]});
        let mut services = losses(&[("front", "front", "control"), ("back", "back", "control")]);
        let events = services[0]["loss_events"].as_array_mut().unwrap();
        events.push(json!({"id": "both", "loss": {"amount": 1, "unit": "EUR"}, "when": both}));
        let base = [
            asset("image", AssetKind::Image),
            asset("front", AssetKind::Workload),
            asset("back", AssetKind::Workload),
        ];
        let run = [relation("front", "instance_of", "image"), relation("back", "instance_of", "image")];
        chances(
            &json!({"assets": ([&base, assets].concat()), "relations": ([&run, relations].concat()), "services": services,
            "entry_points": [{"asset": "front", "attacker": "internet"}],
            "findings": [flaw("f", "image", &format!("{ANYONE}/C:H/I:H/A:H"))]}),
        )
    };
    assert_eq!(of(&[], &[]), json!({"front": 0.5}));
    // From the one to the other: the flaw is the same, so that who got in gets on.
    assert_eq!(
        of(&[], &[relation("front", "reaches", "back")]),
        json!({"front": 0.5, "back": 0.5, "both": 0.5})
    );
}

/// Where several run what is built from one repository, who reaches one of them is on that one alone.
#[test]
fn a_flaw_of_code_strikes_each_of_what_is_built_by_itself() {
    let records = json!({"assets": [asset("repo", AssetKind::Repository), asset("front", AssetKind::Workload), asset("back", AssetKind::Workload)],
        "relations": [relation("repo", "builds", "front"), relation("repo", "builds", "back")], "entry_points": [{"asset": "front"}],
        "findings": [{"id": "f", "asset": "repo", "weakness": {"id": "sqli", "kind": "code_flaw", "cwe": [89]}, "exploit": {"chance": 0.5}}],
        "services": losses(&[("front", "front", "use"), ("back", "back", "use")])});
    assert_eq!(chances(&records), json!({"front": 0.5}));
}

/// Whoever runs code in a workload reads what is baked into its image.
#[test]
fn a_secret_in_an_image_is_found_by_who_runs_code_in_it() {
    let records = json!({"assets": [asset("image", AssetKind::Image), asset("pod", AssetKind::Workload), asset("key", AssetKind::Credential),
            asset("svc", AssetKind::Identity), asset("db", AssetKind::DataStore)],
        "relations": [relation("pod", "instance_of", "image"), relation("image", "stores", "key"), relation("key", "opens", "svc"),
            relation("svc", "reads", "db")],
        "entry_points": [{"asset": "pod"}], "findings": [flaw("f", "pod", &format!("{ANYONE}/C:H/I:H/A:H"))],
        "services": losses(&[("leak", "db", "read"), ("image changed", "image", "write")])});
    assert_eq!(chances(&records), json!({"leak": 0.5}));
}

/// A password that a scanner finds is worth no more before a second factor than one that a record says lies there.
#[test]
fn a_found_password_is_the_first_factor() {
    let of = |controls: Value, findings: Value, relations: &[Value]| {
        let reads = [relation("alice", "reads", "db")];
        chances(
            &json!({"assets": [asset("repo", AssetKind::Repository), asset("alice", AssetKind::Identity), asset("key", AssetKind::Credential),
                asset("db", AssetKind::DataStore)],
            "entry_points": [{"asset": "repo", "access": "read", "attacker": "insider", "chance": 0.5}], "controls": controls,
            "relations": ([&reads, relations].concat()), "findings": findings, "services": losses(&[("leak", "db", "read")])}),
        )
    };
    let factor = json!([{"id": "factor", "stops": 0.75, "protects": ["alice"], "against": ["T1078"]}]);
    let found = |exploit: Value| json!([{"id": "f", "asset": "repo", "weakness": {"id": "password", "kind": "secret"}, "exploit": exploit}]);
    let opens = json!({"opens": "alice", "chance": 1});
    let lies_there = [relation("repo", "stores", "key"), relation("key", "opens", "alice")];
    assert_eq!(of(factor.clone(), json!([]), &lies_there), json!({"leak": 0.125}));
    assert_eq!(of(factor.clone(), found(opens.clone()), &[]), json!({"leak": 0.125}));
    assert_eq!(of(json!([]), found(opens), &[]), json!({"leak": 0.5}));
    // A token is past it, where it is said to be one.
    assert_eq!(
        of(factor, found(json!({"opens": "alice", "gives": "use", "chance": 1})), &[]),
        json!({"leak": 0.5})
    );
}

/// A key to a machine is worth something with a way there.
#[test]
fn a_key_to_a_machine_needs_a_way_there() {
    let of = |relations: &[Value]| {
        let known = [relation("repo", "stores", "key"), relation("key", "opens", "server")];
        chances(
            &json!({"assets": [asset("repo", AssetKind::Repository), asset("key", AssetKind::Credential), asset("server", AssetKind::Host),
                asset("internet", AssetKind::NetworkZone)],
            "entry_points": [{"asset": "repo", "access": "read", "chance": 0.5}, {"asset": "internet"}],
            "relations": ([&known, relations].concat()), "services": losses(&[("used", "server", "use")])}),
        )
    };
    assert_eq!(of(&[]), json!({}));
    assert_eq!(of(&[relation("internet", "reaches", "server")]), json!({"used": 0.5}));
}

/// What lies in a store lies there for whoever reads it.
#[test]
fn a_session_in_a_store_is_taken_by_who_reads_it() {
    let records = json!({"assets": [asset("bucket", AssetKind::DataStore), asset("bot", AssetKind::Identity), asset("db", AssetKind::DataStore)],
        "entry_points": [{"asset": "bucket", "access": "read", "chance": 0.5}],
        "relations": [relation("bucket", "holds_session_of", "bot"), relation("bot", "writes", "db")],
        "services": losses(&[("written", "bucket", "write"), ("tampered", "db", "write")])});
    assert_eq!(chances(&records), json!({"tampered": 0.5}));
}

/// To read a store from a network takes being able to use something there, and who says that a zone reads it is told.
#[test]
fn what_a_zone_is_said_to_read_is_noted() {
    let today = assessed(
        &json!({"assets": [asset("internet", AssetKind::NetworkZone), asset("bucket", AssetKind::DataStore)],
        "entry_points": [{"asset": "internet"}], "relations": [relation("internet", "reads", "bucket")],
        "services": losses(&[("read", "bucket", "read")])}),
    );
    let noted = |note: &&ctem_core::model::Note| &*note.place == "/relations/internet reads bucket";
    let note = today.notes().iter().find(noted).unwrap();
    assert!(note.reason.contains("needs use of internet, which nobody can come to hold"), "{note}");
}

/// A step that needs a foothold is by no technique for what faces the public, unless somebody says so.
#[test]
fn what_needs_a_foothold_attacks_nothing_that_faces_the_public() {
    let technique = |exploit: Value| {
        let today = assessed(&json!({"assets": [asset("a", AssetKind::Host), asset("b", AssetKind::Host)],
            "entry_points": [{"asset": "a", "access": "use", "attacker": "insider"}],
            "findings": [{"id": "f", "asset": "a", "weakness": {"id": "CVE-2024-1000"}, "exploit": exploit}],
            "services": losses(&[("a", "a", "control"), ("b", "b", "control")])}));
        let events = today.loss_events();
        let hops = events.iter().filter_map(|event| event.path.as_ref()).flat_map(|path| path.hops.clone());
        let of_finding = hops.filter(|hop| hop.finding().is_some());
        of_finding.filter_map(|hop| hop.technique).map(|technique| technique.to_string()).next()
    };
    let use_of_a = json!([{"asset": "a", "access": "use"}]);
    assert_eq!(technique(json!({"needs": "use", "gives": "control"})).as_deref(), Some("T1068"));
    let onward = json!({"needs": use_of_a, "gives": [{"asset": "b", "access": "control"}]});
    assert_eq!(technique(onward).as_deref(), Some("T1210"));
    let stated = json!({"needs": use_of_a, "gives": "control", "technique": "T1190"});
    assert_eq!(technique(stated).as_deref(), Some("T1190"));
}

/// A document that a person must open is opened by who works there: whoever acts as them needs no way to the machine.
#[test]
fn what_a_person_opens_is_opened_by_who_logs_on() {
    let of = |relations: Value| {
        chances(
            &json!({"assets": [asset("pc", AssetKind::Host), asset("alice", AssetKind::Identity)], "relations": relations,
            "entry_points": [{"asset": "alice", "access": "use", "attacker": "phishing", "chance": 0.5}],
            "findings": [flaw("f", "pc", "AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H")], "services": losses(&[("owned", "pc", "control")])}),
        )
    };
    assert_eq!(of(json!([relation("alice", "logs_on_to", "pc")])), json!({"owned": 0.25}));
    assert_eq!(of(json!([])), json!({}));
}

/// What else a known password opens takes nothing from what it opens; a rule says that as a record does.
#[test]
fn a_use_of_a_password_elsewhere_leaves_its_logon() {
    let rule = json!({"relation": "resets", "premises": [{"end": "from", "access": "know"}], "conclusion": {"end": "to", "access": "use"}});
    let stated = json!({"kind": "resets", "from": "alice", "to": "bob", "needs": [{"asset": "alice", "access": "know"}],
        "gives": [{"asset": "bob", "access": "use"}]});
    let of = |relations: Value, rules: Value| {
        chances(
            &json!({"assets": [asset("alice", AssetKind::Identity), asset("bob", AssetKind::Identity)], "relations": relations,
            "rules": rules, "entry_points": [{"asset": "alice", "access": "know", "attacker": "phishing", "chance": 0.5}],
            "services": losses(&[("alice", "alice", "use"), ("bob", "bob", "use")])}),
        )
    };
    let both = json!({"alice": 0.5, "bob": 0.5});
    assert_eq!(of(json!([]), json!([])), json!({"alice": 0.5}));
    assert_eq!(of(json!([stated]), json!([])), both);
    assert_eq!(of(json!([relation("alice", "resets", "bob")]), json!([rule])), both);
}

/// What got past a control moves what is stated of it, and it is said.
#[test]
fn a_bypass_moves_what_a_control_is_stated_to_stop_and_is_noted() {
    let records = json!({"assets": [asset("web", AssetKind::Host)], "entry_points": [{"asset": "web"}],
        "controls": [{"id": "waf", "stops": 0.9, "bypassed": 5, "protects": ["web"]}, {"id": "edr", "stops": 0.5, "blocked": 5, "protects": ["web"]}],
        "findings": [flaw("f", "web", &format!("{ANYONE}/C:H/I:H/A:H"))], "services": losses(&[("owned", "web", "control")])});
    // Stated, it weighs as ten tests: 9 of 15 are stopped.
    assert_eq!(chances(&records), json!({"owned": 0.1}));
    let today = assessed(&records);
    let notes: Vec<String> = today.notes().iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "assumed: `waf` is stated to stop 90 % of attempts: what got past it makes that 60 %   (at /controls/waf/stops)"
        ]
    );
}

/// How a flaw of an image, or an open store, is told to be reached, and from where.
#[test]
fn what_is_exploited_elsewhere_is_reached_from_there() {
    let today = assessed(
        &json!({"assets": [asset("image", AssetKind::Image), asset("a", AssetKind::Workload), asset("b", AssetKind::Workload)],
        "relations": [relation("a", "instance_of", "image"), relation("b", "instance_of", "image")],
        "entry_points": [{"asset": "b", "chance": 0.25}], "findings": [flaw("f", "image", &format!("{ANYONE}/C:H/I:H/A:H"))],
        "services": losses(&[("a", "a", "control"), ("b", "b", "control")])}),
    );
    let exposure = today.exposure_of(&"f".parse().unwrap()).unwrap();
    assert_eq!((exposure.reach.get(), exposure.risk.value()), (0.25, 0.125));
}

/// A control that says what it stops stops that on every way into what it protects, and is one control on all of them.
#[test]
fn what_protects_an_asset_stops_rights_that_lead_into_it_as_well_as_flaws() {
    let of = |against: Value, kind: &str| {
        chances(
            &json!({"assets": [asset("bob", AssetKind::Identity), asset("dc", AssetKind::Host), asset("net", AssetKind::NetworkZone)],
            "entry_points": [{"asset": "bob", "access": "use", "attacker": "insider"}, {"asset": "net", "attacker": "insider"}],
            "relations": [relation("net", "reaches", "dc"), relation("bob", kind, "dc")],
            "controls": [{"id": "edr", "stops": 0.75, "protects": ["dc"], "against": against}],
            "services": losses(&[("taken", "dc", "control"), ("reached", "dc", "reach")])}),
        )
    };
    assert_eq!(of(json!(["T1021"]), "administers"), json!({"taken": 0.25, "reached": 1.0}));
    // Another technique passes it, and so does what a control that says nothing of it may never see.
    assert_eq!(of(json!(["T1190"]), "administers"), json!({"taken": 1.0, "reached": 1.0}));
    assert_eq!(of(json!([]), "administers"), json!({"taken": 1.0, "reached": 1.0}));
    // How things are put together is no attempt on them.
    assert_eq!(of(json!(["T1078"]), "contains"), json!({"reached": 1.0}));
    // To find a password is no logon: the factor stands before the logon, and not before what takes the password alone.
    let known = json!({"assets": [asset("key", AssetKind::Credential), asset("alice", AssetKind::Identity), asset("vpn", AssetKind::Host)],
        "entry_points": [{"asset": "key", "access": "read", "attacker": "insider"}],
        "relations": [relation("key", "opens", "alice"), {"kind": "logs_on_to", "from": "alice", "to": "vpn",
            "needs": [{"asset": "alice", "access": "know"}], "gives": [{"asset": "vpn", "access": "use"}]}],
        "controls": [{"id": "factor", "stops": 0.75, "protects": ["alice"], "against": ["T1078"]}],
        "services": losses(&[("as alice", "alice", "use"), ("within", "vpn", "use")])});
    assert_eq!(chances(&known), json!({"as alice": 0.25, "within": 1.0}));
}

/// What is written elsewhere is not tampered with here.
#[test]
fn a_finding_that_opens_another_asset_for_writing_changes_nothing_of_its_own() {
    let of = |exploit: Value| {
        chances(
            &json!({"assets": [{"id": "web", "kind": "host", "criticality": "crown_jewel"}, asset("bucket", AssetKind::DataStore)],
            "entry_points": [{"asset": "web"}], "findings": [{"id": "f", "asset": "web", "weakness": {"id": "CVE-2024-1", "cvss": [format!("CVSS:3.1/{ANYONE}/C:H/I:H/A:H")]},
                "exploit": exploit}]}),
        )
    };
    assert_eq!(of(json!({"gives": "write", "chance": 0.5})), json!({"tampered:web": 0.5}));
    let elsewhere = of(json!({"gives": "write", "opens": "bucket", "chance": 0.5}));
    assert!(elsewhere.get("tampered:web").is_none(), "{elsewhere}");
}

/// What is written is tampered with, wherever the finding is that lets it be written.
#[test]
fn what_a_finding_opens_for_writing_is_tampered_with() {
    let of = |exploit: Value, vector: &str| {
        chances(
            &json!({"assets": [asset("web", AssetKind::Host), {"id": "shop", "kind": "application", "criticality": "crown_jewel"}],
            "entry_points": [{"asset": "web"}], "findings": [{"id": "f", "asset": "web", "weakness": {"id": "CVE-2024-1",
                "cvss": [format!("CVSS:3.1/{ANYONE}/{vector}")]}, "exploit": exploit}]}),
        )
    };
    let total = "C:H/I:H/A:H";
    let tampered = json!({"tampered:shop": 0.5});
    assert_eq!(of(json!({"gives": "write", "opens": "shop", "chance": 0.5}), total), tampered);
    let listed = json!({"gives": [{"asset": "shop", "access": "write"}], "chance": 0.5});
    assert_eq!(of(listed, total), tampered);
    assert_eq!(of(json!({"opens": "shop", "chance": 0.5}), "C:N/I:H/A:N"), tampered);
    let taken = of(json!({"gives": "control", "opens": "shop", "chance": 0.5}), total);
    assert_eq!((taken.get("tampered:shop"), &taken["taken:shop"]), (None, &json!(0.5)));
}

/// Most who log on to a console operate nothing: who has the right does, and who rules the console.
#[test]
fn who_logs_on_to_a_console_operates_nothing() {
    let fleet = |console: &str, more: Value, start: &str| {
        let mut relations =
            vec![relation("console", "operates", "laptop"), relation("ann", "logs_on_to", "console")];
        relations.extend(more.as_array().unwrap().iter().cloned());
        chances(
            &json!({"assets": [{"id": "console", "kind": console}, asset("laptop", AssetKind::Host), asset("ann", AssetKind::Identity)],
            "relations": relations, "entry_points": [{"asset": "console"}, {"asset": start, "access": "use"}],
            "services": losses(&[("wiped", "laptop", "control")])}),
        )
    };
    for console in ["application", "host"] {
        assert_eq!(fleet(console, json!([]), "ann"), json!({}), "{console}");
        let administers = json!([relation("ann", "administers", "console")]);
        assert_eq!(fleet(console, administers, "ann"), json!({"wiped": 1.0}), "{console}");
        let own = json!([relation("ann", "operates", "laptop")]);
        assert_eq!(fleet(console, own, "ann"), json!({"wiped": 1.0}), "{console}");
    }
    // Code has what it does at hand.
    assert_eq!(fleet("pipeline", json!([]), "console"), json!({"wiped": 1.0}));
    assert_eq!(fleet("application", json!([]), "console"), json!({}));
}

/// Of the people who may log on, a flaw takes one: without the right there is no way.
#[test]
fn a_right_that_a_flaw_needs_is_worth_what_the_flaw_leads_to() {
    let known = |relations: Value, vector: &str| {
        json!({"assets": [asset("web", AssetKind::Host), asset("ann", AssetKind::Identity), asset("ben", AssetKind::Identity)],
            "relations": relations, "entry_points": [{"asset": "web"}, {"asset": "ann", "access": "use"}],
            "findings": [flaw("f", "web", vector)],
            "services": losses(&[("taken", "web", "control"), ("as ann", "ann", "use"), ("as ben", "ben", "use")])})
    };
    let worth = |records: &Value, name: &str| {
        let sample = assessed(records).sample(&Default::default());
        let of = |one: &&ctem_core::prioritize::SampledExposure| one.exposure.as_str() == name;
        let exposure = sample.exposures.iter().find(of);
        exposure.map_or(0.0, |one| (one.fix_value.value() * 1e9).round() / 1e9)
    };
    let right = |kind: &str| json!([{"id": "right", "kind": kind, "from": "ann", "to": "web"}]);
    let privileged = "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H";
    let one = known(right("logs_on_to"), privileged);
    assert_eq!((worth(&one, "f"), worth(&one, "right")), (0.5, 0.5));
    // Of two ways to be one who may, neither alone is worth anything.
    let mut two = one.clone();
    two["relations"].as_array_mut().unwrap().push(relation("ben", "logs_on_to", "web"));
    two["entry_points"].as_array_mut().unwrap().push(json!({"asset": "ben", "access": "use"}));
    assert_eq!((worth(&two, "f"), worth(&two, "right")), (0.5, 0.0));
    // And what is taken away is gone in a what-if, too.
    let today = assessed(&one);
    let removed = [ctem_core::prioritize::Change::Removed("right".parse().unwrap())];
    assert_eq!(today.what_if(&removed, &Default::default()).unwrap().saved.value(), 0.5);
}

/// A right that is known not to be there is nobody's; where none is stated, a chance stands for it that somebody has one.
#[test]
fn a_right_that_is_known_not_to_be_there_is_nobodys() {
    let with = |relations: Value| {
        json!({"assets": [asset("web", AssetKind::Host), asset("ann", AssetKind::Identity)], "relations": relations,
            "entry_points": [{"asset": "web"}, {"asset": "ann", "access": "use"}],
            "findings": [{"id": "f", "asset": "web", "weakness": {"id": "CVE-2024-1001", "cvss": ["CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"]},
                "exploit": {"threat": 1, "local": 1}}],
            "services": losses(&[("taken", "web", "control")])})
    };
    let of = |relations: Value| chances(&with(relations));
    let mut right = relation("ann", "logs_on_to", "web");
    assert!(of(json!([])) != json!({}) && of(json!([right])) != json!({}));
    right["chance"] = json!(0);
    assert_eq!(of(json!([right])), json!({}));
    let today = assessed(&with(json!([right])));
    assert!(today.notes().iter().all(|note| !note.place.contains("relations")), "{:?}", today.notes());
    assert!(today.ranked().all(|exposure| exposure.relation.is_none()));
}

/// A flaw that is exploited from beside is not, once the way from the only machine beside is taken away.
#[test]
fn the_way_from_the_only_machine_beside_is_worth_what_the_flaw_leads_to() {
    let mut records = json!({"assets": [asset("net", AssetKind::NetworkZone), asset("pc", AssetKind::Host), asset("printer", AssetKind::Host)],
        "relations": [relation("net", "reaches", "printer"), relation("pc", "reaches", "printer")],
        "entry_points": [{"asset": "net"}, {"asset": "pc", "access": "use"}],
        "findings": [flaw("f", "printer", "AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")], "services": losses(&[("taken", "printer", "control")])});
    assert_eq!(chances(&records), json!({"taken": 0.5}));
    let removed = [ctem_core::prioritize::Change::Removed("pc reaches printer".parse().unwrap())];
    let what_if = assessed(&records).what_if(&removed, &Default::default()).unwrap();
    assert_eq!(what_if.saved.value(), 0.5);
    records["relations"][1]["chance"] = json!(0);
    assert_eq!(chances(&records), json!({}));
}

/// What shares a network with a flaw that is exploited from beside does so no longer than both of them lie there: whichever is moved away,
/// the flaw leads nowhere, and either move is worth all of it.
#[test]
fn moving_either_of_two_neighbours_away_is_worth_what_the_flaw_leads_to() {
    let lies = |asset: &str| {
        let mut lies = relation(asset, "lies_in", "lan");
        lies["removable"] = json!(true);
        lies
    };
    let records = |relations: Value| {
        json!({"assets": [asset("lan", AssetKind::NetworkZone), asset("pc", AssetKind::Host), asset("printer", AssetKind::Host)],
            "relations": relations, "entry_points": [{"asset": "pc", "access": "use"}],
            "findings": [flaw("f", "printer", "AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")], "services": losses(&[("taken", "printer", "control")])})
    };
    let both = json!([lies("pc"), lies("printer")]);
    assert_eq!(chances(&records(both.clone())), json!({"taken": 0.5}));
    let today = assessed(&records(both.clone()));
    let sample = today.sample(&Default::default());
    for (n, moved) in ["pc lies_in lan", "printer lies_in lan"].into_iter().enumerate() {
        let removed = [ctem_core::prioritize::Change::Removed(moved.parse().unwrap())];
        assert_eq!(today.what_if(&removed, &Default::default()).unwrap().saved.value(), 0.5, "{moved}");
        let worth = sample.exposures.iter().find(|row| row.exposure.as_str() == moved);
        assert_eq!(worth.map(|row| row.fix_value.value()), Some(0.5), "{moved}");
        let mut gone = both.clone();
        gone[n]["chance"] = json!(0);
        assert_eq!(chances(&records(gone)), json!({}), "{moved}");
    }
    // Where it is how things are built, it stands.
    assert_eq!(
        chances(&records(json!([relation("pc", "lies_in", "lan"), relation("printer", "lies_in", "lan")]))),
        json!({"taken": 0.5})
    );
}

/// A control that says whom it stands before, and not what it stops, stops all that they do there; others pass. One that stands before who
/// never comes has a note.
#[test]
fn a_control_before_somebody_stops_their_logon() {
    let of = |before: &[&str]| {
        json!({"assets": [asset("vendor", AssetKind::Identity), asset("staff", AssetKind::Group), asset("ann", AssetKind::Identity), asset("jump", AssetKind::Host)],
            "relations": [relation("vendor", "logs_on_to", "jump"), relation("staff", "logs_on_to", "jump"), relation("ann", "member_of", "staff")],
            "entry_points": [{"asset": "jump"}, {"asset": "vendor", "access": "use", "attacker": "supplier", "chance": 0.5}],
            "controls": [{"id": "gate", "protects": ["jump"], "stops": 0.9, "before": before}],
            "services": losses(&[("on", "jump", "use")])})
    };
    assert_eq!(chances(&of(&["vendor"])), json!({"on": 0.05}));
    assert_eq!(chances(&of(&["staff"])), json!({"on": 0.5}));
    let notes = |before: &[&str]| {
        let today = assessed(&of(before));
        today.notes().iter().filter(|note| &*note.place == "/controls/gate/before").count()
    };
    // Ann comes as one of the staff, before whom it does not stand.
    assert_eq!(chances(&of(&["ann"])), json!({"on": 0.5}));
    assert_eq!((notes(&["vendor"]), notes(&["staff"]), notes(&["ann"])), (0, 0, 1));
}

/// A bucket that prevents public access, or lies in what does, is open to nobody whatever its policy says; the nearest policy decides.
#[test]
fn a_bucket_that_prevents_public_access_is_not_public() {
    let public = |own: Value, policies: &[(&str, Value)]| {
        let mut records = vec![
            json!({"name": "//storage.googleapis.com/shop", "assetType": "storage.googleapis.com/Bucket",
            "ancestors": ["projects/1", "folders/2", "organizations/3"], "resource": {"data": own},
            "iamPolicy": {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers", "user:ann@shop.example"]}]}}),
        ];
        for (path, policy) in policies {
            let sort = if path.starts_with("folders") { "Folder" } else { "Project" };
            let above = if sort == "Folder" { json!([path]) } else { json!([path, "folders/2"]) };
            records.push(
                json!({"name": format!("//cloudresourcemanager.googleapis.com/{path}"), "ancestors": above,
                "assetType": format!("cloudresourcemanager.googleapis.com/{sort}"), "orgPolicy": [policy]}),
            );
        }
        let report = discover::read(json!(records).to_string().as_bytes()).unwrap();
        assert!(report.contents.relations.iter().any(|one| one.from.as_str() == "ann@shop.example"));
        report.contents.relations.iter().any(|one| one.from.as_str() == "internet")
    };
    let policy = |name: &str, enforced: bool| json!({"constraint": format!("constraints/{name}"), "booleanPolicy": {"enforced": enforced}});
    let prevention = "storage.publicAccessPrevention";
    let spec = |enforce: bool| json!({"name": format!("projects/1/policies/{prevention}"), "spec": {"rules": [{"enforce": enforce}]}});
    assert!(public(json!({}), &[]));
    assert!(public(json!({"iamConfiguration": {"publicAccessPrevention": "inherited"}}), &[]));
    assert!(!public(json!({"iamConfiguration": {"publicAccessPrevention": "enforced"}}), &[]));
    assert!(!public(json!({}), &[("folders/2", policy(prevention, true))]));
    assert!(public(json!({}), &[("folders/2", policy("storage.uniformBucketLevelAccess", true))]));
    assert!(public(
        json!({}),
        &[("folders/2", policy(prevention, true)), ("projects/1", policy(prevention, false))]
    ));
    assert!(!public(json!({}), &[("folders/2", policy(prevention, false)), ("projects/1", spec(true))]));
}

/// A role that is given until a day is over on that day; where nobody says which day it is, nobody knows.
#[test]
fn a_role_that_is_given_until_a_day_is_over_on_it() {
    let of = |expression: &str, as_of: Option<&str>| {
        let binding = json!({"role": "roles/storage.objectViewer", "members": ["user:ann@shop.example"],
            "condition": {"title": "for now", "expression": expression}});
        let bucket = json!([{"name": "//storage.googleapis.com/shop", "assetType": "storage.googleapis.com/Bucket",
            "iamPolicy": {"bindings": [binding]}}]);
        let options = ReadOptions { as_of: as_of.map(|day| day.parse().unwrap()), ..ReadOptions::default() };
        let report = discover::read_with(bucket.to_string().as_bytes(), &options).unwrap();
        let reads = report.contents.relations.iter().filter(|one| one.kind.name() == "reads");
        let told: Vec<(usize, usize)> = reads.map(|one| (1, one.controls.len())).collect();
        told.first().copied()
    };
    let until = "request.time < timestamp('2027-01-01T00:00:00Z')";
    assert_eq!(of(until, None), Some((1, 1)));
    assert_eq!((of(until, Some("2026-12-31")), of(until, Some("2027-01-01"))), (Some((1, 0)), None));
    let from = "request.time >= timestamp(\"2026-01-01T00:00:00Z\") && request.time <= timestamp(\"2026-02-01T00:00:00Z\")";
    let days = ["2025-12-31", "2026-01-01", "2026-02-01", "2026-02-02"];
    assert_eq!(days.map(|day| of(from, Some(day)).is_some()), [false, true, true, false]);
    // What hangs on anything else is not known, whenever it is.
    assert_eq!(of("request.time.getHours('Europe/Berlin') < 18", Some("2026-01-01")), Some((1, 1)));
}

/// One control on two relations of a path stops both or neither: the path's chance has it once, and the whole is no less than the path.
#[test]
fn the_whole_counts_once_what_a_path_shares() {
    let behind =
        |from: &str, to: &str| json!({"kind": "reaches", "from": from, "to": to, "controls": ["gate"]});
    let flaws = ["a", "b"].map(|on| {
        json!({"id": on, "asset": on, "weakness": {"id": format!("x:{on}"), "kind": "code_flaw"},
            "exploit": {"needs": "reach", "gives": "use", "chance": 1}})
    });
    let records = json!({"assets": [asset("net", AssetKind::NetworkZone), asset("a", AssetKind::Host), asset("b", AssetKind::Host)],
        "relations": [behind("net", "a"), behind("a", "b")], "controls": [{"id": "gate", "stops": 0.5}],
        "entry_points": [{"asset": "net"}], "findings": flaws, "services": losses(&[("taken", "b", "use")])});
    let today = assessed(&records);
    let (risk, first) = (today.risk(), today.ranked().next().unwrap().risk);
    assert_eq!((first.value(), risk.lower()), (0.5, 0.5));
    assert!(first.upper() <= risk.upper() && risk.upper() < 0.5 + 1e-9, "{first:?} and {risk:?}");
    assert_eq!(today.loss_events()[0].chance.lower(), 0.25);
}

/// A page that only administrators open is opened by them.
#[test]
fn a_script_in_a_page_strikes_administrators_too() {
    let script = "AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N";
    let of = |kind: &str| {
        let records = json!({"assets": [asset("app", AssetKind::Application), asset("ann", AssetKind::Identity)],
            "relations": [{"id": "right", "kind": kind, "from": "ann", "to": "app"}], "entry_points": [{"asset": "app"}],
            "findings": [flaw("f", "app", script)], "services": losses(&[("as ann", "ann", "use")])});
        let sample = assessed(&records).sample(&Default::default());
        let right = sample.exposures.iter().find(|one| one.exposure.as_str() == "right");
        (sample.events[0].chance.value() > 0.0, right.is_some_and(|one| one.fix_value.value() > 0.0))
    };
    assert_eq!((of("administers"), of("logs_on_to")), ((true, true), (true, true)));
    assert_eq!(of("reads"), (false, false));
}

/// A finding that a tool makes of an identity without a second factor.
fn without_factor(status: &str) -> Value {
    json!([{"id": "no-mfa", "asset": "alice", "status": status, "weakness": {"id": "prowler:iam_user_mfa_enabled_console_access", "kind": "misconfiguration"},
        "sightings": [{"source": "prowler", "rule": "iam_user_mfa_enabled_console_access"}]}])
}

/// Whoever knows the password logs on where a tool saw no second factor, and not where it is there since.
#[test]
fn a_second_factor_that_is_missing_is_worth_what_passwords_known_lead_to() {
    let of = |status: &str, chance: f64| {
        json!({"assets": [asset("alice", AssetKind::Identity), asset("db", AssetKind::DataStore)],
            "entry_points": [{"asset": "alice", "access": "know", "attacker": "phishing", "chance": chance}],
            "relations": [relation("alice", "reads", "db")], "findings": without_factor(status), "services": losses(&[("leak", "db", "read")])})
    };
    // In one of twenty something else asks for more.
    assert_eq!(chances(&of("open", 0.5)), json!({"leak": 0.475}));
    assert_eq!(chances(&of("fixed", 0.5)), json!({}));
    let sample = assessed(&of("open", 1.0)).sample(&Default::default());
    let worth = sample
        .exposures
        .iter()
        .find(|one| one.exposure.to_string() == "no-mfa")
        .map(|one| one.fix_value.value());
    assert_eq!(worth, Some(0.95));
    // To use the account says nothing of the rest of it.
    let used = json!({"assets": [asset("alice", AssetKind::Identity)], "entry_points": [{"asset": "alice", "access": "use", "attacker": "insider"}],
        "findings": without_factor("open"), "services": losses(&[("taken", "alice", "control")])});
    assert_eq!(chances(&used), json!({}));
    // A password that lies about is the first factor, and no more.
    let mut found = of("fixed", 0.0);
    found["assets"].as_array_mut().unwrap().push(asset("repo", AssetKind::Repository));
    found["entry_points"] = json!([{"asset": "repo", "access": "read", "attacker": "insider"}]);
    found["findings"].as_array_mut().unwrap().push(
        json!({"id": "f", "asset": "repo", "weakness": {"id": "password", "kind": "secret"}, "exploit": {"opens": "alice", "chance": 1}}),
    );
    assert_eq!(chances(&found), json!({}));
    found["findings"][0]["status"] = json!("open");
    assert_eq!(chances(&found), json!({"leak": 0.95}));
}

/// Containers share the kernel of their machine, and nothing else that is weak on it; a machine on a machine has its own.
#[test]
fn a_flaw_of_a_kernel_lets_out_of_the_containers_on_it() {
    let of = |component: Value, inside: AssetKind| {
        let mut flaw = flaw("f", "node", "AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H");
        flaw["component"] = component;
        chances(
            &json!({"assets": [asset("node", AssetKind::Host), asset("inside", inside)], "relations": [relation("inside", "runs_on", "node")],
            "entry_points": [{"asset": "inside", "access": "use", "attacker": "insider"}], "findings": [flaw],
            "services": losses(&[("node", "node", "control")])}),
        )
    };
    let package = |name: &str| json!({"name": name, "version": "5.10"});
    for kernel in ["linux", "linux-image-5.10.0-8-amd64", "linux-aws", "kernel-core", "Linux Kernel"] {
        assert_eq!(of(package(kernel), AssetKind::Workload), json!({"node": 0.5}), "{kernel}");
    }
    for other in
        ["sudo", "linux-libc-dev", "linux-headers-5.10.0-8", "kernel-tools", "linux-firmware", "polkit"]
    {
        assert_eq!(of(package(other), AssetKind::Workload), json!({}), "{other}");
    }
    assert_eq!(of(package("linux"), AssetKind::Host), json!({}));
}

/// What keeps others in is let out of from within them, and by nobody who only reaches the machine; a local flaw of what merely runs beside
/// them lets nobody out.
#[test]
fn a_flaw_that_lets_out_is_met_from_within() {
    let of = |vector: &str, inside: AssetKind, held: (&str, &str)| {
        chances(
            &json!({"assets": [asset("node", AssetKind::Host), asset("inside", inside)], "relations": [relation("inside", "runs_on", "node")],
            "entry_points": [{"asset": held.0, "access": held.1, "attacker": "insider"}], "findings": [flaw("f", "node", vector)],
            "services": losses(&[("node", "node", "control")])}),
        )
    };
    let (all, out) = ("C:H/I:H/A:H", json!({"node": 0.5}));
    // As of runc: somebody must start a container, and no document is opened.
    let runc = format!("AV:L/AC:L/PR:N/UI:R/S:C/{all}");
    assert_eq!(of(&runc, AssetKind::Workload, ("inside", "use")), out);
    assert_eq!(of(&runc, AssetKind::Workload, ("node", "reach")), json!({}));
    // As of hypervisors: of those whose flaw takes an administrator of the guest, no user of it gets out.
    let hypervisor = |rights: &str| format!("AV:L/AC:L/PR:{rights}/UI:N/S:C/{all}");
    assert_eq!(of(&hypervisor("L"), AssetKind::Host, ("inside", "use")), out);
    assert_eq!(of(&hypervisor("H"), AssetKind::Host, ("inside", "control")), out);
    assert_eq!(of(&hypervisor("H"), AssetKind::Host, ("inside", "use")), json!({}));
    let beside = format!("AV:L/AC:L/PR:L/UI:N/S:U/{all}");
    assert_eq!(of(&beside, AssetKind::Host, ("inside", "control")), json!({}));
    // Where nothing runs, it is a document as any other.
    let laptop = json!({"assets": [asset("pc", AssetKind::Host), asset("alice", AssetKind::Identity)], "relations": [relation("alice", "logs_on_to", "pc")],
        "entry_points": [{"asset": "alice", "access": "use", "attacker": "phishing", "chance": 0.5}], "findings": [flaw("f", "pc", &runc)],
        "services": losses(&[("owned", "pc", "control")])});
    assert_eq!(chances(&laptop), json!({"owned": 0.25}));
}

/// A setting that lets everyone log on is a way from the internet; a port that a scanner saw is one from where the scanner stood.
#[test]
fn a_setting_open_to_the_internet_needs_no_other_way() {
    let of = |tool: &str, rule: &str, kind: &str| {
        chances(
            &json!({"assets": [asset("internet", AssetKind::NetworkZone), asset("vm", AssetKind::Host)], "entry_points": [{"asset": "internet"}],
            "findings": [{"id": "f", "asset": "vm", "weakness": {"id": format!("{tool}:{rule}"), "kind": kind}, "sightings": [{"source": tool, "rule": rule}]}],
            "services": losses(&[("used", "vm", "use")])}),
        )
    };
    let setting = of("prowler", "ec2_instance_port_ssh_exposed_to_internet", "misconfiguration");
    assert_eq!(setting, json!({"used": 0.002}));
    assert_eq!(of("kubescape", "C-0042", "misconfiguration"), json!({}));
    assert_eq!(of("nmap", "22/tcp", "network_exposure"), json!({}));
}

/// Who says how likely a setting is used says that it is a step, whether in one number or in three.
#[test]
fn a_chance_that_is_stated_makes_a_setting_a_step() {
    let of = |exploit: Value| {
        let setting = json!({"id": "f", "asset": "web", "weakness": {"id": "own:setting", "kind": "misconfiguration"}, "exploit": exploit});
        chances(
            &json!({"assets": [asset("web", AssetKind::Host)], "entry_points": [{"asset": "web"}], "findings": [setting],
            "services": losses(&[("used", "web", "use")])}),
        )
    };
    assert_eq!(of(json!({"local": 0.5, "success": 1})), json!({"used": 0.5}));
    assert_eq!(of(json!({"chance": 0.5})), json!({"used": 0.5}));
    assert_eq!(of(json!({})), json!({}));
}

/// A right that nobody can use for want of a way is said, once a kind; one that nobody holds is not.
#[test]
fn a_right_without_a_way_is_noted() {
    let of = |relations: &[Value], starts: &str| {
        let rights = [relation("alice", "logs_on_to", "a"), relation("alice", "logs_on_to", "b")];
        let today = assessed(
            &json!({"assets": [asset("alice", AssetKind::Identity), asset("other", AssetKind::Identity), asset("a", AssetKind::Host), asset("b", AssetKind::Host)],
            "entry_points": [{"asset": starts, "access": "use", "attacker": "insider"}], "relations": ([&rights, relations].concat()),
            "services": losses(&[("a", "a", "use"), ("b", "b", "use")])}),
        );
        let notes = today.notes().iter().filter(|note| note.reason.contains("takes a way there too"));
        notes
            .map(|note| format!("{}: {}", note.place, note.reason.split(',').next().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&[], "alice"), ["/relations/alice logs_on_to a: 2 relations lead nowhere"]);
    let way = relation("alice", "reaches", "a");
    assert_eq!(of(&[way], "alice"), ["/relations/alice logs_on_to b: 1 relation leads nowhere"]);
    assert_eq!(of(&[], "other"), Vec::<String>::new());
}
