//! Scoping: suggestions and decisions, and what is watched.

use crate::tells;
use ctem_core::{
    Program, Report, discover,
    id::AssetId,
    intel::Intel,
    model::{Contents, SuggestionKind},
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
