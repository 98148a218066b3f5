//! What an event changes.

use crate::{apply, bytes, day, fresh, full, placing, report_of, said, scan, worlds};
use ctem_core::{
    Assessment, Program,
    model::{Contents, Evidence, Outcome},
    prioritize::ExposureId,
    program::{
        Accepted, AcceptedScope, ApplyOptions, AsLongAs, Claimed, Coverage, Covers, Delta, Event, Feeds,
        Happened, OwnerMoved, Scope, What, Withdrawn,
    },
    quantity,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use worlds::{Scene, scene};

const SIZE: worlds::Size = worlds::ANY;

/// What can be drawn of what happens: which part of a scene a tool says, and what else.
#[derive(Debug, Clone)]
enum Drawn {
    Scan { tool: usize, from: usize, flaws: usize, covers: bool },
    Tested { flaw: usize, outcome: usize },
    Accepted { flaw: usize, days: i64 },
    Lived { weakness: usize, also_new: bool, not_exploited: bool },
    Withdrawn { weakness: usize },
    Claimed { flaw: usize },
    Owner { asset: usize, owner: usize },
    Scoped,
    Intel { score: u32 },
    Passed,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    prop_oneof![
        5 => (0usize..3, 0usize..6, 0usize..6, any::<bool>())
            .prop_map(|(tool, from, flaws, covers)| Drawn::Scan { tool, from, flaws, covers }),
        1 => (0usize..8, 0usize..4).prop_map(|(flaw, outcome)| Drawn::Tested { flaw, outcome }),
        1 => (0usize..8, 1i64..5).prop_map(|(flaw, days)| Drawn::Accepted { flaw, days }),
        1 => (0usize..4, any::<bool>(), any::<bool>())
            .prop_map(|(weakness, also_new, not_exploited)| Drawn::Lived { weakness, also_new, not_exploited }),
        1 => (0usize..4).prop_map(|weakness| Drawn::Withdrawn { weakness }),
        1 => (0usize..8).prop_map(|flaw| Drawn::Claimed { flaw }),
        1 => (0usize..8, 0usize..3).prop_map(|(asset, owner)| Drawn::Owner { asset, owner }),
        1 => Just(Drawn::Scoped),
        1 => (0u32..100).prop_map(|score| Drawn::Intel { score }),
        1 => Just(Drawn::Passed),
    ]
}

pub fn story(most: usize) -> impl Strategy<Value = (Scene, Vec<Event>)> {
    (scene(SIZE), prop::collection::vec(drawn(), 1..=most)).prop_map(|(scene, drawn)| {
        let events = drawn.iter().enumerate().map(|(n, drawn)| event(&scene, n as i64, drawn)).collect();
        (scene, events)
    })
}

fn event(scene: &Scene, n: i64, drawn: &Drawn) -> Event {
    let all = scene.contents();
    let flaw = |flaw: usize| worlds::finding(flaw % scene.flaws.len().max(1));
    let what = match drawn {
        Drawn::Scan { tool, from, flaws, covers } => {
            let findings = all.findings.iter().skip(*from).take(*flaws).cloned().collect();
            let (assets, relations) = (all.assets.clone(), all.relations.clone());
            let contents = Contents { findings, assets, relations, ..Contents::default() };
            let covers = if *covers { Covers::Stated(Coverage::everything()) } else { Covers::Nothing };
            return scan(day(n), report_of(["trivy", "grype", "nessus"][*tool], contents), covers);
        }
        Drawn::Tested { flaw: of, outcome } => {
            let outcomes =
                [Outcome::Exploited, Outcome::Blocked, Outcome::NotReachable, Outcome::NotAffected];
            What::Evidence(vec![Evidence::new(flaw(*of), "pentest", outcomes[*outcome], day(n))])
        }
        Drawn::Accepted { flaw: of, days } => {
            What::Accepted(Accepted { until: Some(day(n + days)), ..Accepted::of(flaw(*of)) })
        }
        Drawn::Lived { weakness, also_new, not_exploited } => {
            let of = lived_with(*weakness, *also_new);
            let epss_at_most = not_exploited.then(|| ctem_core::Probability::new(0.5).unwrap());
            let as_long_as =
                AsLongAs { not_known_exploited: *not_exploited, epss_at_most, ..AsLongAs::default() };
            let by = Some("CISO".into());
            What::Accepted(Accepted { of, as_long_as, by, ..Accepted::of(flaw(0)) })
        }
        Drawn::Withdrawn { weakness } => {
            What::Withdrawn(Withdrawn { of: lived_with(*weakness, false), by: None, reason: None })
        }
        Drawn::Claimed { flaw: of } => What::ClaimedDone(Claimed::of(vec![flaw(*of)])),
        Drawn::Owner { asset, owner } => {
            let owner = ["web", "data"].get(*owner).map(|owner| owner.parse().unwrap());
            What::OwnerMoved(OwnerMoved { asset: scene.asset(*asset), owner })
        }
        Drawn::Scoped => {
            let Contents { services, entry_points, controls, .. } = all;
            What::Scope(Box::new(Scope::of(Contents {
                services,
                entry_points,
                controls,
                ..Contents::default()
            })))
        }
        Drawn::Intel { score } => {
            let rows: String = (0..4).map(|cve| format!("CVE-2024-{cve:04},0.{score:02}\n")).collect();
            What::Intel(Feeds::read(Some(format!("cve,epss\n{rows}").as_bytes()), None).unwrap())
        }
        Drawn::Passed => What::TimePassed,
    };
    Event::new(day(n), what)
}

fn lived_with(weakness: usize, also_new: bool) -> AcceptedScope {
    let assets = ["all", "kind = host or kind = identity"][weakness % 2].parse().unwrap();
    let weakness = Some(format!("CVE-2024-{:04}", weakness / 2).parse().unwrap());
    AcceptedScope::Weakness { weakness, assets, also_new }
}

/// Risks by exposure, to the bit.
fn risks(assessment: &Assessment) -> BTreeMap<ExposureId, (u64, u64)> {
    let bits = |risk: ctem_core::Estimate| (risk.value().to_bits(), risk.upper().to_bits());
    assessment.ranked().map(|exposure| (exposure.id.clone(), bits(exposure.risk))).collect()
}

fn check(delta: &Delta, before: &Assessment, after: &Assessment) {
    let (old, new) = (risks(before), risks(after));
    let bits =
        |risk: Option<ctem_core::Estimate>| risk.map(|risk| (risk.value().to_bits(), risk.upper().to_bits()));
    let mut told = BTreeMap::new();
    for change in [&delta.appeared, &delta.ended, &delta.rose, &delta.fell].into_iter().flatten() {
        assert!(!change.why.is_empty() || change.exposure.finding().is_none(), "{change:?}");
        assert!(told.insert(change.exposure.clone(), (bits(change.before), bits(change.after))).is_none());
    }
    let ids: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for id in ids {
        let pair = (old.get(id).copied(), new.get(id).copied());
        match told.remove(id) {
            Some(told) => assert_eq!(told, pair, "{id}"),
            None => assert_eq!(pair.0, pair.1, "{id} moved and is not told"),
        }
    }
    assert!(told.is_empty(), "{told:?}");
    let of = |list: &[ctem_core::program::Change]| {
        list.iter().map(|change| (change.before.is_some(), change.after.is_some())).collect::<Vec<_>>()
    };
    assert!(of(&delta.appeared).iter().all(|pair| *pair == (false, true)));
    assert!(of(&delta.ended).iter().all(|pair| *pair == (true, false)));
    assert_eq!((delta.risk_before, delta.risk_after), (before.risk(), after.risk()));
}

proptest! {
    #![proptest_config(worlds::cases(96))]

    #[test]
    fn a_delta_is_the_difference_of_two_fresh_assessments_to_the_bit((_, events) in story(8)) {
        let mut program = Program::default();
        for event in events {
            let at = event.at;
            let before = fresh(&program, program.clock().unwrap_or(at));
            let was = bytes(&program);
            match program.apply(event, ApplyOptions::default()) {
                Ok(delta) => check(&delta, &before, &fresh(&program, program.clock().unwrap())),
                // What it cannot take leaves it as it was.
                Err(_) => prop_assert_eq!(bytes(&program), was),
            }
        }
    }

    #[test]
    fn the_order_in_which_events_are_told_never_matters(
        (events, other) in story(7).prop_flat_map(|(_, events)| (Just(events.clone()), Just(events).prop_shuffle())),
    ) {
        // Only events that can be in any order: what is decided of a finding needs the finding.
        let any = |event: &&Event| matches!(event.what, What::Absorbed(_) | What::Scope(_) | What::Intel(_));
        let told = |events: &[Event]| {
            let mut program = Program::default();
            for event in events.iter().filter(any) {
                program.apply(event.clone(), placing()).unwrap();
            }
            (bytes(&program), program.document().unwrap())
        };
        prop_assert_eq!(told(&events), told(&other));
    }
}

#[test]
fn a_late_event_is_refused_or_placed_and_never_taken_for_a_later_one() {
    let flaw = r#""findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}]"#;
    let mut program = Program::default();
    apply(&mut program, full(5, "acme", r#""findings": []"#));
    let was = bytes(&program);
    let error = program.apply(full(3, "acme", flaw), ApplyOptions::default()).unwrap_err();
    assert_eq!((error.code(), error.place()), ("conflict", Some("/at")));
    assert_eq!(bytes(&program), was);
    // Placed on day 3, it was gone on day 5.
    let delta = program.apply(full(3, "acme", flaw), placing()).unwrap();
    assert!(delta.is_empty() && delta.happened.iter().any(|one| matches!(one, Happened::FirstSeen { .. })));
    let course = program.course(&"f-1".parse().unwrap()).unwrap();
    assert_eq!((course.first, course.spells[0].until), (day(3), Some(day(5))));
    assert_eq!(program.clock(), Some(day(5)));
}

#[test]
fn a_clock_that_goes_back_is_refused_with_words() {
    let mut program = Program::default();
    apply(&mut program, Event::new(day(5), What::TimePassed));
    let error = program.apply(Event::new(day(4), What::TimePassed), placing()).unwrap_err();
    assert!(error.message().contains("a clock that goes back"), "{error}");
    assert_eq!(program.events().count(), 1);
}

#[test]
fn an_event_told_twice_is_one() {
    let mut program = Program::default();
    let event = full(1, "acme", r#""findings": [{"asset": "shop", "weakness": {"id": "CVE-2024-0001"}}]"#);
    apply(&mut program, event.clone());
    let was = program.document().unwrap();
    let again = apply(&mut program, event);
    assert!(again.known && again.is_empty() && again.happened.is_empty());
    assert_eq!(program.document().unwrap(), was);
}

#[test]
fn a_bad_event_leaves_the_program_as_it_was() {
    let mut program = Program::default();
    let flaw = r#""assets": [{"id": "shop", "kind": "host"}], "findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2024-0001"}}]"#;
    apply(&mut program, full(1, "acme", flaw));
    let was = (program.document().unwrap(), bytes(&program));
    let unknown = "f-9".parse().unwrap();
    let unreadable = said("acme", r#""assets": [{"id": "web"}]"#);
    let bad = [
        (Event::new(day(2), What::Accepted(Accepted::of(unknown))), "not_found"),
        (
            Event::new(
                day(2),
                What::ClaimedDone(Claimed::of(vec!["f-1".parse().unwrap(), "f-9".parse().unwrap()])),
            ),
            "not_found",
        ),
        (
            Event::new(day(2), What::OwnerMoved(OwnerMoved { asset: "web".parse().unwrap(), owner: None })),
            "not_found",
        ),
        (
            Event::new(
                day(2),
                What::Evidence(vec![Evidence::new("f-9".parse().unwrap(), "bas", Outcome::Blocked, day(2))]),
            ),
            "not_found",
        ),
        (
            Event::new(
                day(2),
                What::Accepted(Accepted { until: Some(day(2)), ..Accepted::of("f-1".parse().unwrap()) }),
            ),
            "invalid_input",
        ),
        // It covers everything, and nothing of it could be read.
        (scan(day(2), unreadable, Covers::Stated(Coverage::everything())), "invalid_input"),
        (Event::new(day(0), What::TimePassed), "conflict"),
    ];
    for (event, code) in bad {
        let error = program.apply(event.clone(), placing()).unwrap_err();
        assert_eq!(error.code(), code, "{event:?}: {error}");
        assert_eq!((program.document().unwrap(), bytes(&program)), was, "{event:?}");
    }
}

#[test]
fn a_loss_in_another_currency_is_left_out_with_its_place_and_the_rest_stands() {
    let mut program = Program::default();
    let euros = r#""services": [{"id": "s", "loss_events": [{"id": "l", "loss": {"amount": 1, "unit": "EUR"}, "when": {"state": {"asset": "shop", "access": "use"}}},
        {"id": "m", "loss": {"amount": 1, "unit": "USD"}, "when": {"state": {"asset": "shop", "access": "use"}}}]}]"#;
    let assets = format!(r#""assets": [{{"id": "shop"}}], {euros}"#);
    let delta = apply(&mut program, scan(day(0), said("acme", &assets), Covers::Nothing));
    let absorbed = delta.absorbed.unwrap();
    let note = absorbed.notes.iter().find(|note| note.reason.contains("USD")).unwrap();
    assert!(note.place.contains("/loss_events/1"), "{note:?}");
    assert_eq!(delta.unit, quantity::Unit::Money("EUR".parse().unwrap()));
}

#[test]
fn why_a_risk_moved_tells_the_model_from_the_world() {
    let mut program = Program::default();
    let shop = r#""assets": [{"id": "shop", "kind": "host"}],
        "entry_points": [{"asset": "shop", "access": "reach", "attacker": "internet"}],
        "services": [{"id": "s", "loss_events": [{"id": "l", "loss": {"amount": 1000, "unit": "EUR"}, "when": {"state": {"asset": "shop", "access": "use"}}}]}],
        "findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2024-0001", "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]}}]"#;
    let epss = |n: i64, model: &str, score: &str| {
        let text = format!(
            "#model_version:{model},score_date:2025-10-{:02}T00:00:00+0000\ncve,epss\nCVE-2024-0001,{score}\n",
            n + 9
        );
        Event::new(day(n), What::Intel(Feeds::read(Some(text.as_bytes()), None).unwrap()))
    };
    apply(&mut program, full(0, "acme", shop));
    apply(&mut program, epss(1, "v1", "0.1"));
    let world = apply(&mut program, epss(2, "v1", "0.2"));
    let model = apply(&mut program, epss(3, "v2", "0.3"));
    let why = |delta: &Delta| delta.rose[0].why.iter().map(|why| why.name()).collect::<Vec<_>>();
    assert_eq!(why(&world), ["threat"]);
    assert_eq!(why(&model), ["model", "threat"]);
    assert!(world.model.is_none());
    let both = model.model.as_ref().unwrap();
    assert_eq!((both.from.as_deref(), both.to.as_deref()), (Some("v1"), Some("v2")));
    // The world did not move on that day.
    assert_eq!(both.had_it_stayed, model.risk_before);
    let moved = &both.moved[0];
    assert_eq!((moved.exposure.as_str(), moved.by_world), ("f-1", 0.0));
    assert_eq!(moved.by_model, model.rose[0].by());
    let kev = |cves: &str| {
        let text = format!(r#"{{"catalogVersion": "1", "vulnerabilities": [{cves}]}}"#);
        Feeds::read(None, Some(text.as_bytes())).unwrap()
    };
    apply(&mut program, Event::new(day(4), What::Intel(kev(""))));
    let listed = kev(r#"{"cveID": "CVE-2024-0001", "dateAdded": "2025-10-13"}"#);
    let listed = apply(&mut program, Event::new(day(5), What::Intel(listed)));
    assert_eq!(why(&listed), ["listed", "threat"]);
    let expected =
        Happened::Listed { cve: "CVE-2024-0001".parse().unwrap(), findings: vec!["f-1".parse().unwrap()] };
    assert_eq!(listed.happened, [expected]);
}
