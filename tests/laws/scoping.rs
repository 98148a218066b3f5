//! Scoping: suggestions and decisions, and what is watched.

use crate::tells;
use ctem_core::{
    Loss, Program, Report, discover,
    id::AssetId,
    intel::{Intel, attackers::Profile},
    model::{Contents, LossSize, SuggestionKind},
    prioritize::{AssessOptions, SampleOptions, Zone},
    program::{ApplyOptions, CoverageOptions, Decision, Event, Late, What},
    wire,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What may be said of an asset, of which some makes it be suggested.
fn asset(n: usize) -> impl Strategy<Value = String> {
    let kind = proptest::sample::select(vec![
        "host",
        "identity",
        "repository",
        "credential",
        "data_store",
        "application",
        "network_zone",
    ]);
    let labels = proptest::sample::subsequence(
        vec![
            r#""internet_facing": "yes""#,
            r#""title": "CFO, Finance""#,
            r#""visibility": "public""#,
            r#""vendor": "Acme""#,
            r#""data_class": "health""#,
            r#""enabled": "false""#,
        ],
        0..=6,
    );
    let (criticality, secret, port) = (any::<bool>(), any::<bool>(), any::<bool>());
    (kind, labels, criticality, secret, port).prop_map(move |(kind, labels, criticality, secret, port)| {
        let criticality = if criticality { r#", "criticality": "low""# } else { "" };
        let asset = format!(
            r#"{{"id": "a{n}", "kind": "{kind}", "aliases": ["203.0.113.{n}"], "labels": {{{}}}{criticality}}}"#,
            labels.join(", ")
        );
        let mut findings = Vec::new();
        if secret {
            findings.push(format!(r#"{{"asset": "a{n}", "weakness": {{"id": "x:key", "kind": "secret"}}}}"#));
        }
        if port {
            findings.push(format!(
                r#"{{"asset": "a{n}", "weakness": {{"id": "x:port", "kind": "network_exposure"}}, "location": {{"port": "22/tcp"}}}}"#
            ));
        }
        format!("{asset}|{}", findings.join(", "))
    })
}

fn document() -> impl Strategy<Value = String> {
    let assets: Vec<_> = (1..6).map(asset).collect();
    assets.prop_map(|assets| {
        let (assets, findings): (Vec<_>, Vec<_>) =
            assets.iter().filter_map(|asset| asset.split_once('|')).unzip();
        let findings: Vec<&str> = findings.into_iter().filter(|findings| !findings.is_empty()).collect();
        format!(
            r#"{{"ctem": {{"version": 2}}, "assets": [{}], "findings": [{}], "relations": [
                {{"kind": "reaches", "from": "a1", "to": "a2"}}, {{"kind": "stores", "from": "a3", "to": "a4"}}]}}"#,
            assets.join(", "),
            findings.join(", ")
        )
    })
}

fn program(document: &str) -> Program {
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.as_bytes()).unwrap());
    program
}

fn suggested(program: &Program) -> Vec<ctem_core::scope::Suggestion> {
    let environment = program.environment();
    [environment.suggested_crown_jewels(), environment.suggested_entry_points()].concat()
}

fn keys(program: &Program) -> BTreeSet<(SuggestionKind, AssetId)> {
    suggested(program).into_iter().map(|one| (one.suggestion, one.asset)).collect()
}

laws! { in 200 cases;
    #[test]
    fn accepting_a_suggestion_equals_stating_it_by_hand(document in document(), pick in any::<prop::sample::Index>()) telling 60 {
        let before = program(&document);
        let suggested = suggested(&before);
        tells(!suggested.is_empty());
        if !suggested.is_empty() {
            let one = pick.get(&suggested);
            let (mut accepted, mut stated) = (before.clone(), before);
            accepted.decide(&Decision::accepted(one.suggestion, one.asset.clone())).unwrap();
            // By hand: the document of what is stated, read as any other.
            let by_hand = match &one.entry_point {
                Some(entry) => format!(r#""entry_points": [{}]"#, wire::json(entry).unwrap()),
                None => format!(r#""assets": [{{"id": "{}", "kind": "{}", "criticality": "crown_jewel"}}]"#, one.asset, one.kind.name()),
            };
            let by_hand = format!(r#"{{"ctem": {{"version": 2}}, {by_hand}}}"#);
            stated.absorb(discover::read(by_hand.as_bytes()).unwrap());
            prop_assert_eq!(wire::environment(accepted.environment()), wire::environment(stated.environment()));
            prop_assert!(!keys(&accepted).contains(&(one.suggestion, one.asset.clone())));
        }
    }

    #[test]
    fn what_is_refused_is_never_suggested_again(document in document(), pick in any::<prop::sample::Index>()) telling 60 {
        let mut program = program(&document);
        let before = keys(&program);
        tells(!before.is_empty());
        if !before.is_empty() {
            let (suggestion, asset) = pick.get(&before.iter().collect::<Vec<_>>()).to_owned().clone();
            program.decide(&Decision { accepted: false, ..Decision::accepted(suggestion, asset.clone()) }).unwrap();
            // Neither now, nor when everything is told again, nor when what is known is written and read.
            let mut left = before;
            left.remove(&(suggestion, asset));
            prop_assert_eq!(&keys(&program), &left);
            program.absorb(discover::read(document.as_bytes()).unwrap());
            prop_assert_eq!(&keys(&program), &left);
            let mut again = Program::new(Intel::none());
            again.absorb(discover::read(wire::environment(program.environment()).as_bytes()).unwrap());
            prop_assert_eq!(&keys(&again), &left);
        }
    }

    #[test]
    fn a_decision_after_an_event_is_a_decision(document in document(), pick in any::<prop::sample::Index>()) telling 60 {
        let mut before = Program::new(Intel::none());
        let event = Event::absorbed("2025-11-01".parse().unwrap(), discover::read(document.as_bytes()).unwrap());
        before.apply(event, ApplyOptions::default()).unwrap();
        let suggested = keys(&before);
        tells(!suggested.is_empty());
        if !suggested.is_empty() {
            let (suggestion, asset) = pick.get(&suggested.iter().collect::<Vec<_>>()).to_owned().clone();
            for accepted in [true, false] {
                let mut after = before.clone();
                after.decide(&Decision { accepted, ..Decision::accepted(suggestion, asset.clone()) }).unwrap();
                prop_assert!(!keys(&after).contains(&(suggestion, asset.clone())));
                let again = Program::read(after.document().unwrap().as_bytes(), Default::default()).unwrap();
                prop_assert_eq!(keys(&again), keys(&after));
            }
        }
    }

    #[test]
    fn what_is_watched_depends_on_no_order(
        looks in proptest::collection::vec((1usize..6, 1u32..20, 0usize..4), 1..6),
        document in document(),
        turn in any::<prop::sample::Index>(),
    ) telling 50 {
        let report = |asset: usize, format: usize| {
            let contents = Contents { assets: vec![ctem_core::model::Asset::new(
                format!("a{asset}").parse().unwrap(), ctem_core::model::AssetKind::Host)], ..Contents::default() };
            let mut report = Report::from(contents);
            report.source.format = ["gitleaks", "nmap", "sharphound", "grype"][format].into();
            report.source.tool = report.source.format.clone();
            report
        };
        let told = |looks: &[(usize, u32, usize)]| {
            let mut program = program(&document);
            // The first moment is the same, so that what was known before is known since then.
            program.apply(Event::new("2025-11-01".parse().unwrap(), What::TimePassed), ApplyOptions::default()).unwrap();
            for (asset, day, format) in looks {
                let at = format!("2025-11-{:02}", day + 1).parse().unwrap();
                let options = ApplyOptions { late: Late::Place, ..ApplyOptions::default() };
                program.apply(Event::absorbed(at, report(*asset, *format)), options).unwrap();
            }
            let options = CoverageOptions { watched_too: true, ..CoverageOptions::default() };
            wire::json(&program.coverage("2025-11-13".parse().unwrap(), &options).unwrap()).unwrap()
        };
        let mut turned = looks.clone();
        turned.rotate_left(turn.index(looks.len()));
        tells(turned != looks);
        prop_assert_eq!(told(&turned), told(&looks));
    }
}

/// A world in which attackers start in several ways, and techniques lead on.
fn world() -> impl Strategy<Value = String> {
    let chance = || (1u32..100).prop_map(|percent| f64::from(percent) / 100.0);
    let relation = proptest::sample::select(vec![
        "reaches",
        "escapes_to",
        "administers",
        "reads",
        "can_assume",
        "holds_session_of",
    ]);
    let relations = proptest::collection::vec((relation, 0usize..5, 0usize..5), 3..12);
    let attackers = proptest::sample::select(vec!["internet", "phishing", "supplier", "insider", "assumed"]);
    let entries = proptest::collection::vec((attackers, 0usize..5, chance(), any::<bool>()), 1..5);
    let findings = proptest::collection::vec((0usize..5, chance(), any::<bool>()), 1..5);
    (relations, entries, findings).prop_map(|(relations, entries, findings)| {
        let kinds = ["host", "workload", "identity", "host", "data_store"];
        let list = |list: Vec<String>| list.join(", ");
        let assets = kinds.iter().enumerate().map(|(n, kind)| format!(r#"{{"id": "a{n}", "kind": "{kind}"}}"#));
        let relations = relations.iter().map(|(kind, from, to)| {
            format!(r#"{{"kind": "{kind}", "from": "a{from}", "to": "a{to}"}}"#)
        });
        let entries = entries.iter().map(|(attacker, asset, chance, wave)| {
            let wave = if *wave { r#", "campaign": "wave", "susceptibility": 0.5"# } else { "" };
            format!(r#"{{"asset": "a{asset}", "access": "use", "attacker": "{attacker}", "chance": {chance}{wave}}}"#)
        });
        let findings = findings.iter().enumerate().map(|(n, (asset, epss, hard))| {
            let hard = if *hard { "H" } else { "L" };
            format!(
                r#"{{"id": "f-{n}", "asset": "a{asset}", "weakness": {{"id": "CVE-2024-000{n}", "epss": {epss},
                    "cvss": ["CVSS:3.1/AV:N/AC:{hard}/PR:N/UI:N/S:U/C:H/I:H/A:H"]}}}}"#
            )
        });
        format!(
            r#"{{"ctem": {{"version": 2}}, "assets": [{}], "relations": [{}], "entry_points": [{}], "findings": [{}],
                "services": [{{"id": "s", "loss_events": [{{"id": "leak", "loss": {{"amount": 1000, "unit": "EUR"}},
                "when": {{"any": [{{"state": {{"asset": "a4", "access": "read"}}}}, {{"state": {{"asset": "a3", "access": "control"}}}}]}}}}]}}]}}"#,
            list(assets.collect()), list(relations.collect()), list(entries.collect()), list(findings.collect())
        )
    })
}

/// The chance of the loss under a profile, exactly.
fn loss(program: &Program, profile: Option<&str>) -> f64 {
    let profile = profile.map(|text| Profile::read(text.as_bytes()).unwrap());
    let options = AssessOptions { profile, ..AssessOptions::default() };
    let today = program.assess_with("2025-11-13".parse().unwrap(), options).unwrap();
    today.sample(&SampleOptions::default()).risk.value()
}

laws! { in 100 cases;
    #[test]
    fn a_profile_without_limits_changes_nothing(document in world()) telling 30 {
        let program = program(&document);
        let all = r#"{"id": "all", "starts": {"internet": 1, "phishing": 1, "supplier": 1, "insider": 1}, "hard": 0.5}"#;
        let without = loss(&program, None);
        tells(without > 0.0);
        prop_assert_eq!(loss(&program, Some(all)).to_bits(), without.to_bits());
    }

    #[test]
    fn who_starts_at_less_and_knows_less_risks_no_more(
        document in world(),
        starts in proptest::collection::vec(0u32..=4, 4),
        less in proptest::collection::vec(0u32..=4, 4),
        known in proptest::sample::subsequence(vec!["T1190", "T1021", "T1611", "T1530", "T1078", "T1003", "T1046"], 1..7),
        fewer in any::<prop::sample::Index>(),
        (hard, easier) in (0u32..=4, 0u32..=4),
    ) telling 20 {
        let program = program(&document);
        let quarters = |n: u32| f64::from(n) / 4.0;
        let profile = |starts: &[f64], known: &[&str], hard: f64| {
            let names = ["internet", "phishing", "supplier", "insider"];
            let starts: Vec<_> = names.iter().zip(starts).map(|(name, part)| format!(r#""{name}": {part}"#)).collect();
            format!(r#"{{"id": "x", "starts": {{{}}}, "hard": {hard}, "techniques": {known:?}}}"#, starts.join(", "))
        };
        let most: Vec<f64> = starts.iter().map(|n| quarters(*n)).collect();
        let least: Vec<f64> = starts.iter().zip(&less).map(|(n, less)| quarters(*n.min(less))).collect();
        let wide = loss(&program, Some(&profile(&most, &known, quarters(hard.max(easier)))));
        let of = &known[..=fewer.index(known.len())];
        let narrow = loss(&program, Some(&profile(&least, of, quarters(hard.min(easier)))));
        tells(wide > narrow);
        prop_assert!(narrow <= wide * (1.0 + 1e-9), "{} > {}", narrow, wide);
    }
}

laws! { in 100 cases;
    #[test]
    fn a_principal_is_exposed_where_the_zone_falls_once_it_is_held(document in world()) telling 40 {
        let mut contents: serde_json::Value = serde_json::from_str(&document).unwrap();
        // What nobody has placed is reached by anyone, which is no way of a principal's.
        contents["findings"] = serde_json::json!([]);
        let loss = LossSize::known(Loss::new(1.0, "EUR".parse().unwrap()).unwrap());
        let zone = Zone { loss: Some(loss), ..Zone::new("heart", 0, "id in (a3, a4)".parse().unwrap()) };
        let assess = |contents: &serde_json::Value| {
            program(&contents.to_string()).assess("2025-11-13".parse().unwrap()).unwrap()
        };
        let zones = assess(&contents).zones(&[zone]).unwrap();
        let heart = &zones.list[0];
        tells(heart.exposure.count > 0);
        let event = serde_json::to_value(heart.loss_event.as_ref().unwrap()).unwrap();
        contents["services"] = serde_json::json!([{"id": "s", "loss_events": [event]}]);
        let mut principals = 0;
        for asset in ["a0", "a2"] {
            principals += 1;
            contents["entry_points"] =
                serde_json::json!([{"asset": asset, "access": "control", "attacker": "assumed"}]);
            let falls = assess(&contents).risk().value() > 0.0;
            prop_assert_eq!(heart.exposed.iter().any(|one| one.as_str() == asset), falls, "{}", asset);
        }
        prop_assert_eq!(heart.exposure.total, principals);
    }
}
