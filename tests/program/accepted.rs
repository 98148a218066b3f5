//! What somebody lives with.

use crate::{apply, bytes, day, deltas::story, full, placing, worlds};
use ctem_core::{
    Program,
    id::FindingId,
    intel::effects::Effects,
    mobilize::{ActionOptions, Budget, DeadlineOptions, DeadlineTable, PlanOptions},
    model::Status,
    program::{
        AcceptanceEnding, Accepted, AcceptedScope, AsLongAs, Claimed, Event, Feeds, Happened, Retention,
        What, Withdrawn,
    },
    render::{self, Export, RenderOptions},
    wire,
};
use proptest::prelude::*;

/// What a test lives with: a weakness of the scenes on some of their assets.
fn scope(which: usize, also_new: bool) -> AcceptedScope {
    let weakness = ["CVE-2024-0001", "CVE-2024-0002"].get(which).map(|id| id.parse().unwrap());
    let assets = ["all", "kind = host", "kind != data_store"][which % 3].parse().unwrap();
    AcceptedScope::Weakness { weakness, assets, also_new }
}

fn accepted(of: AcceptedScope) -> Accepted {
    let about = Accepted { by: Some("CISO".into()), ..Accepted::of("f-1".parse().unwrap()) };
    Accepted { of, reason: Some("rebuilt in spring".into()), ..about }
}

fn withdrawn(of: AcceptedScope) -> What {
    What::Withdrawn(Withdrawn { of, by: None, reason: None })
}

/// All that is known after some events, as bytes, without what led there.
fn known(events: &[Event]) -> String {
    let mut program = Program::default();
    for event in events {
        let _ = program.apply(event.clone(), placing());
    }
    let now = program.clock().unwrap();
    program.compact(Retention { replay_from: now, forget_gone_before: None }).unwrap();
    format!("{}\n{}", bytes(&program), program.document().unwrap())
}

/// The story with one event more at a moment, and something else beside it at another.
fn with(story: &[Event], more: [Event; 2]) -> Vec<Event> {
    let mut all: Vec<Event> = story.iter().cloned().chain(more).collect();
    all.sort_by_key(|event| event.at);
    all
}

fn half(n: i64) -> ctem_core::Moment {
    ctem_core::Moment::from_unix_seconds(day(n).unix_seconds() + 43_200).unwrap()
}

proptest! {
    #![proptest_config(worlds::cases(48))]

    #[test]
    fn what_is_accepted_and_withdrawn_was_never_accepted(
        (_, events) in story(7), which in 0usize..3, also_new in any::<bool>(), from in 0i64..4, days in 1i64..4,
    ) {
        let (since, until) = (half(from), half(from + days));
        let never = [Event::new(since, What::TimePassed), Event::new(until, What::TimePassed)];
        let taken_back = [
            Event::new(since, What::Accepted(accepted(scope(which, also_new)))),
            Event::new(until, withdrawn(scope(which, false))),
        ];
        prop_assert_eq!(known(&with(&events, taken_back)), known(&with(&events, never)));
    }

    #[test]
    fn what_runs_out_ends_as_if_it_were_withdrawn_then(
        (_, events) in story(7), which in 0usize..3, also_new in any::<bool>(), from in 0i64..4, days in 1i64..4,
    ) {
        let (since, until) = (half(from), half(from + days));
        let of = scope(which, also_new);
        let for_a_time = Accepted { until: Some(until), ..accepted(of.clone()) };
        let runs_out =
            [Event::new(since, What::Accepted(for_a_time)), Event::new(until, What::TimePassed)];
        let taken_back = [
            Event::new(since, What::Accepted(accepted(of.clone()))),
            Event::new(until, withdrawn(of)),
        ];
        prop_assert_eq!(known(&with(&events, runs_out)), known(&with(&events, taken_back)));
    }

    #[test]
    fn the_order_in_which_decisions_are_told_never_matters(
        (_, events) in story(6),
        decisions in prop::collection::vec((0usize..3, any::<bool>(), 0i64..6, 1i64..9), 1..5).prop_shuffle(),
    ) {
        let told = |order: &[&(usize, bool, i64, i64)]| {
            let mut all = events.clone();
            all.extend(order.iter().map(|(which, also_new, from, days)| {
                let until = Some(half(from + days));
                Event::new(half(*from), What::Accepted(Accepted { until, ..accepted(scope(*which, *also_new)) }))
            }));
            known(&all)
        };
        let forwards: Vec<_> = decisions.iter().collect();
        let backwards: Vec<_> = decisions.iter().rev().collect();
        prop_assert_eq!(told(&forwards), told(&backwards));
    }
}

const HOSTS: &str = r#""assets": [{"id": "shop", "kind": "host", "labels": {"env": "test"}},
    {"id": "vault", "kind": "host", "labels": {"env": "production"}}],
    "entry_points": [{"asset": "shop", "access": "reach", "attacker": "internet"}]"#;

fn flaws(list: &[(&str, &str)]) -> String {
    let finding = |(asset, id): &(&str, &str)| {
        format!(
            r#"{{"id": "{id}@{asset}", "asset": "{asset}", "weakness": {{"id": "{id}", "severity": "medium", "aliases": ["GHSA-{id}"]}}}}"#
        )
    };
    format!(r#"{HOSTS}, "findings": [{}]"#, list.iter().map(finding).collect::<Vec<_>>().join(","))
}

fn status(program: &Program, finding: &str) -> Status {
    program.environment().finding(&finding.parse().unwrap()).unwrap().status
}

fn test_only() -> AcceptedScope {
    AcceptedScope::Weakness {
        weakness: Some("CVE-2024-1001".parse().unwrap()),
        assets: "label.env = test".parse().unwrap(),
        also_new: false,
    }
}

#[test]
fn a_decision_covers_what_was_known_where_it_says_and_nothing_new() {
    let mut program = Program::default();
    let both = [("shop", "CVE-2024-1001"), ("vault", "CVE-2024-1001")];
    apply(&mut program, full(1, "trivy", &flaws(&both[1..])));
    apply(&mut program, Event::new(day(2), What::Accepted(accepted(test_only()))));
    assert!(program.accepted_risks()[0].covers.is_empty());
    // It is found on the test machine afterwards: nobody decided about that one.
    apply(&mut program, full(3, "trivy", &flaws(&both)));
    assert_eq!(status(&program, "CVE-2024-1001@shop"), Status::Open);
    // Decided anew, it is covered, and the other machine never is.
    let delta = apply(&mut program, Event::new(day(4), What::Accepted(accepted(test_only()))));
    assert_eq!(
        delta.happened,
        [Happened::Accepted { finding: "CVE-2024-1001@shop".parse().unwrap(), until: None }]
    );
    assert_eq!(status(&program, "CVE-2024-1001@vault"), Status::Open);
    assert_eq!(
        program.accepted_risks().len(),
        1,
        "a later decision about the same takes the place of the first"
    );
    // Fixed beats accepted, and what comes back is lived with again.
    apply(&mut program, full(5, "trivy", &flaws(&both[1..])));
    assert!(program.environment().finding(&"CVE-2024-1001@shop".parse().unwrap()).is_none());
    apply(&mut program, full(6, "trivy", &flaws(&both)));
    assert_eq!(status(&program, "CVE-2024-1001@shop"), Status::Accepted);
}

#[test]
fn what_is_found_later_is_covered_where_the_decision_says_so() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[])));
    let legacy = AcceptedScope::Weakness {
        weakness: None,
        assets: "label.env = test".parse().unwrap(),
        also_new: true,
    };
    apply(&mut program, Event::new(day(2), What::Accepted(accepted(legacy))));
    let delta = apply(&mut program, full(3, "trivy", &flaws(&[("shop", "CVE-2024-1001")])));
    let finding = "CVE-2024-1001@shop".parse().unwrap();
    assert!(delta.happened.contains(&Happened::Accepted { finding, until: None }), "{:?}", delta.happened);
    assert_eq!(status(&program, "CVE-2024-1001@shop"), Status::Accepted);
}

#[test]
fn a_decision_covers_nothing_of_which_its_condition_no_longer_holds() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[("shop", "CVE-2024-1001")])));
    let epss_at_most = Some(ctem_core::Probability::new(0.1).unwrap());
    let as_long_as = AsLongAs { not_known_exploited: true, epss_at_most, ..AsLongAs::default() };
    apply(&mut program, Event::new(day(2), What::Accepted(Accepted { as_long_as, ..accepted(test_only()) })));
    assert_eq!(status(&program, "CVE-2024-1001@shop"), Status::Accepted);
    let kev = br#"{"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2024-1001", "dateAdded": "2025-10-10"}]}"#;
    let listed = What::Intel(Feeds::read(None, Some(kev)).unwrap());
    let delta = apply(&mut program, Event::new(day(3), listed));
    let (finding, how) = ("CVE-2024-1001@shop".parse().unwrap(), Some(AcceptanceEnding::NoLongerHolds));
    assert!(delta.happened.contains(&Happened::AcceptanceEnded { finding, at: day(3), how }));
    assert_eq!(status(&program, "CVE-2024-1001@shop"), Status::Open);
    // The decision stands, and covers nothing.
    assert!(program.accepted_risks()[0].covers.is_empty());
}

#[test]
fn an_action_that_is_not_done_is_no_row_and_its_loss_is_told() {
    let mut program = Program::default();
    let loss = r#", "services": [{"id": "s", "loss_events": [{"id": "leak", "loss": {"amount": 1000000, "unit": "EUR"},
        "when": {"state": {"asset": "shop", "access": "use"}}}]}]"#;
    let list = flaws(&[("shop", "CVE-2024-1001"), ("shop", "CVE-2024-1002")]);
    let list = list.replace(r#""severity": "medium""#, r#""severity": "critical", "epss": 0.9"#);
    apply(&mut program, full(1, "trivy", &format!("{list}{loss}")));
    let today = program.assess(day(1)).unwrap();
    let (before, actions) =
        (today.plan(&PlanOptions::default()).unwrap(), today.actions(&ActionOptions::default()).unwrap());
    let first = before.rows[0].action.clone();
    assert!(actions.contains(&first) && before.accepted.is_none());
    let until = Some(day(40));
    let decided = Accepted {
        until,
        by: Some("CISO".into()),
        reason: Some("bought anew".into()),
        ..Accepted::of_action(&first)
    };
    apply(&mut program, Event::new(day(2), What::Accepted(decided)));
    let today = program.assess(day(2)).unwrap();
    let plan = today.plan(&PlanOptions::default()).unwrap();
    // It stays in the total, it is told how much it is, and it is not proposed.
    assert_eq!(plan.before.value().to_bits(), before.before.value().to_bits());
    let accepted = plan.accepted.clone().unwrap();
    assert_eq!((accepted.findings, accepted.first_ends), (first.ends.len(), until));
    let alone = before.rows.iter().find(|row| row.action.id == first.id).unwrap().alone;
    assert!((accepted.worth - alone).abs() <= 1e-9 * alone && alone > 0.0, "{accepted:?} {alone}");
    assert!(plan.rows.iter().all(|row| row.action.id != first.id) && !plan.rows.is_empty());
    let must = PlanOptions { must: vec![first.id.clone()], ..PlanOptions::default() };
    assert!(today.plan(&must).unwrap().rows.iter().any(|row| row.action.id == first.id));
    let counted = PlanOptions { nodes: 0, budget: Budget::Unlimited, ..PlanOptions::default() };
    let counted = today.plan(&counted).unwrap().accepted.unwrap();
    assert!((counted.worth - alone).abs() <= 0.3 * alone, "{counted:?} {alone}");
    // Every door says so.
    let options = RenderOptions { width: 200, ..RenderOptions::default() };
    for text in
        [render::table(&today, &options), render::markdown(&today, &options), render::html(&today, &options)]
    {
        assert!(text.contains(" of it accepted") && text.contains("bought anew"), "{text}");
    }
    let finding = first.ends[0].finding().unwrap();
    let why = "accepted by CISO on 2025-10-11 until 2025-11-18: bought anew";
    let of = |form| render::export(&today, form, &RenderOptions { at_most: 100, ..options.clone() });
    for form in [Export::OpenVex, Export::CycloneDx] {
        assert!(of(form).contains(&why.replacen('a', "A", 1)), "{form:?}");
    }
    assert!(of(Export::Ocsf).contains(&format!(r#""comment":"{why}""#)));
    assert!(of(Export::Sarif).contains(&format!(r#""justification":"{why}""#)));
    let options = DeadlineOptions {
        tables: vec![DeadlineTable::shipped("kev").unwrap()],
        ..DeadlineOptions::default()
    };
    let deadlines = program.deadlines(day(2), &options).unwrap();
    let deadline = deadlines.list.iter().find(|deadline| deadline.finding == *finding).unwrap();
    assert_eq!(deadline.acceptance.as_ref().map(ToString::to_string).as_deref(), Some(why));
    // As of a day after it, all of that is over, whether or not an event said so.
    let later = program.assess(day(41)).unwrap();
    assert!(later.plan(&PlanOptions::default()).unwrap().accepted.is_none());
    assert_eq!(
        program.deadlines(day(41), &options).unwrap().list.iter().filter(|one| one.accepted).count(),
        0
    );
}

#[test]
fn what_nobody_decided_cannot_be_withdrawn_and_a_decision_names_one_thing() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[("shop", "CVE-2024-1001")])));
    let was = bytes(&program);
    let error = program.apply(Event::new(day(2), withdrawn(test_only())), placing()).unwrap_err();
    assert_eq!((error.code(), error.place()), ("not_found", Some("/what/withdrawn")));
    assert_eq!(bytes(&program), was);
    for (wrong, named) in [
        (r#"{}"#, "one thing"),
        (r#"{"finding": "f-1", "action": "patch x on y", "findings": ["f-1"]}"#, "one thing"),
        (r#"{"finding": "f-1", "findings": ["f-2"]}"#, "`findings`"),
        (r#"{"action": "patch x on y"}"#, "`findings`"),
        (r#"{"finding": "f-1", "also_new": true}"#, "`also_new`"),
        (r#"{"finding": "f-1", "assets": "all"}"#, "one thing"),
        (r#"{"weakness": "CVE-2024-1001", "assets": "knd = host"}"#, "knd"),
    ] {
        let event = format!(r#"{{"at": "2025-11-13", "what": {{"accepted": {wrong}}}}}"#);
        let error = Event::read(event.as_bytes()).unwrap_err();
        assert!(error.message().contains(named) && error.place().is_some(), "{wrong}: {error}");
    }
}

#[test]
fn events_and_documents_of_before_mean_what_they_meant() {
    let event = r#"{"at":"2025-11-13T00:00:00Z","what":{"accepted":{"finding":"f-2","until":"2026-01-01T00:00:00Z","by":"CISO","reason":"spring"}}}"#;
    assert_eq!(Event::read(event.as_bytes()).unwrap().document().unwrap(), event);
    // The first version had the decision in the course of its finding, without who and why.
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[("shop", "CVE-2024-1001")])));
    let finding: FindingId = "CVE-2024-1001@shop".parse().unwrap();
    let decided = Accepted { until: Some(day(5)), ..Accepted::of(finding.clone()) };
    apply(&mut program, Event::new(day(2), What::Accepted(decided)));
    program.compact(Retention { replay_from: day(2), forget_gone_before: None }).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&program.document().unwrap()).unwrap();
    document["ctem_program"]["version"] = 1.into();
    document["state"].as_object_mut().unwrap().remove("acceptances");
    let mut old = Program::read(document.to_string().as_bytes(), Effects::default()).unwrap();
    assert_eq!(bytes(&old), bytes(&program));
    let delta = apply(&mut old, Event::new(day(6), What::TimePassed));
    assert_eq!(delta.happened, [Happened::AcceptanceEnded { finding, at: day(5), how: None }]);
}

#[test]
fn what_is_claimed_and_accepted_is_both() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[("shop", "CVE-2024-1001")])));
    let finding: FindingId = "CVE-2024-1001@shop".parse().unwrap();
    apply(&mut program, Event::new(day(2), What::Accepted(Accepted::of(finding.clone()))));
    apply(&mut program, Event::new(day(3), What::ClaimedDone(Claimed::of(vec![finding.clone()]))));
    let course = program.course(&finding).unwrap();
    assert!(course.claimed.is_some() && course.accepted.is_some());
    // What sources said is written as they said it.
    let report = wire::environment(program.environment());
    assert!(!report.contains("acceptance"), "{report}");
}
