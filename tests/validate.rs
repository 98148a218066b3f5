//! Validation: what tests of tools say, of which findings, and how far they are trusted; and what the next one is worth, held against
//! trying every plan, and against asking otherwise.

#[path = "plan/asking.rs"]
mod asking;
#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;
#[path = "plan/enterprise.rs"]
mod enterprise;

use asking::{Setting, regrets};
use ctem_core::{
    Assessment, Program,
    attack::{OnProgress, Reason},
    discover,
    intel::Intel,
    mobilize::{About, Budget, PlanOptions, QuestionOptions, Questions},
    model::Outcome,
    prioritize::{Change, MeasureOptions},
};
use enterprise::enterprise;

fn asked(today: &Assessment, plan: PlanOptions<'_>) -> Questions {
    today.questions(&QuestionOptions { plan, at_most: usize::MAX, ..QuestionOptions::default() }).unwrap()
}

fn hours(hours: f64) -> PlanOptions<'static> {
    PlanOptions { budget: Budget::Hours(hours), worlds: 2_048, ..PlanOptions::default() }
}

fn read(documents: &[&str]) -> Assessment {
    let mut program = Program::new(Intel::none());
    for document in documents {
        program.absorb(discover::read(document.as_bytes()).unwrap());
    }
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

/// Three doors to three stores, and a store behind two of them.
const DOORS: &str = r#"{"ctem": {"version": 2},
  "assets": [{"id": "internet", "kind": "network_zone"}, {"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}, {"id": "c", "kind": "host"}],
  "relations": [{"kind": "reaches", "from": "internet", "to": "a"}, {"kind": "reaches", "from": "internet", "to": "b", "chance": 0.5, "removable": false},
    {"kind": "reaches", "from": "internet", "to": "c"}],
  "entry_points": [{"asset": "internet"}],
  "findings": [
    {"id": "f-a", "asset": "a", "weakness": {"id": "CVE-2020-0001"}, "exploit": {"threat": 0.9, "local": 0.5, "success": 1}},
    {"id": "f-b", "asset": "b", "weakness": {"id": "CVE-2020-0002"}, "exploit": {"threat": 0.8, "local": 0.8, "success": 0.9}},
    {"id": "f-c", "asset": "c", "weakness": {"id": "CVE-2020-0003"}, "exploit": {"threat": 0.7, "local": 0.4, "success": 1}}],
  "services": [{"id": "s", "loss_events": [
    {"id": "one", "loss": {"amount": 1000, "unit": "EUR"}, "when": {"state": {"asset": "a", "access": "use"}}},
    {"id": "two", "loss": {"amount": 1500, "unit": "EUR"}, "when": {"state": {"asset": "b", "access": "use"}}},
    {"id": "three", "loss": {"amount": 1200, "unit": "EUR"}, "when": {"state": {"asset": "c", "access": "use"}}},
    {"id": "both", "loss": {"amount": 800, "unit": "EUR"},
     "when": {"all": [{"state": {"asset": "a", "access": "use"}}, {"state": {"asset": "c", "access": "use"}}]}}]}]}"#;

/// What is left once each finding alone is fixed, exactly.
fn left_by_choice(today: &Assessment) -> Vec<f64> {
    ["f-a", "f-b", "f-c"]
        .iter()
        .map(|id| {
            let fixed = [Change::Fixed(id.parse().unwrap())];
            today.what_if(&fixed, &MeasureOptions::default()).unwrap().after.value()
        })
        .collect()
}

#[test]
fn what_an_answer_is_worth_is_what_trying_every_plan_after_every_answer_saves() {
    let today = read(&[DOORS]);
    let plan = PlanOptions { budget: Budget::Actions(1), mitigate: true, ..PlanOptions::default() };
    let questions = asked(&today, plan);
    let least = |left: &[f64]| left.iter().copied().fold(f64::INFINITY, f64::min);
    let before = left_by_choice(&today);
    assert!((questions.left - least(&before)).abs() < 0.01 * least(&before));
    let mut seen = 0;
    for row in &questions.rows {
        let About::Finding(id) = &row.about else { continue };
        let mut after = 0.0;
        for answer in &row.answers {
            // What the engine says once the outcome is known.
            let evidence = format!(
                r#"{{"ctem": {{"version": 2}}, "evidence": [{{"finding": "{id}", "method": "{}", "outcome": "{}", "at": "2025-11-13"}}]}}"#,
                row.means, answer.outcome
            );
            let then = left_by_choice(&read(&[DOORS, &evidence]));
            assert!((answer.left - least(&then)).abs() < 0.01 * least(&before), "{id} {answer:?} {then:?}");
            after += answer.likely.get() * least(&then);
        }
        assert!((row.worth - (least(&before) - after)).abs() < 0.01 * least(&before), "{id} {}", row.worth);
        assert!(row.worth <= row.worth_if_sure + 1e-9);
        seen += usize::from(row.worth > 0.0);
    }
    assert!(seen >= 2, "{questions:?}");
    // Whether b is reached at all is a question too.
    assert!(questions.rows.iter().any(|row| matches!(row.about, About::Relation(_))));
}

#[test]
fn no_answer_is_worth_less_than_nothing_or_more_than_certainty() {
    for seed in 0..3 {
        let questions = asked(&enterprise(30, seed), hours(6.0));
        for row in &questions.rows {
            let [works, fails] = &row.answers;
            assert!(0.0 <= row.worth && row.worth <= row.worth_if_sure * (1.0 + 1e-9), "{row:?}");
            assert!(row.worth_if_sure <= questions.left * (1.0 + 1e-9) + works.likely.get() * works.left);
            assert_eq!((works.outcome, fails.outcome), (Outcome::Exploited, Outcome::Blocked));
            // A belief is what it will be on average.
            let mean = works.likely.get() * works.belief.get() + fails.likely.get() * fails.belief.get();
            assert!((mean - row.belief.get()).abs() < 1e-9, "{row:?}");
        }
        let by_hour: Vec<f64> = questions.rows.iter().map(|row| row.worth_per_hour).collect();
        assert!(by_hour.is_sorted_by(|one, other| one >= other), "{by_hour:?}");
    }
}

#[test]
fn the_same_is_asked_whatever_the_order_of_records() {
    let today = |reversed: bool| {
        let mut document = enterprise::document_of(30, 1);
        for (n, finding) in document["findings"].as_array_mut().unwrap().iter_mut().enumerate() {
            finding["id"] = serde_json::json!(format!("f-{n}"));
        }
        if reversed {
            for list in ["assets", "relations", "findings", "entry_points"] {
                document[list].as_array_mut().unwrap().reverse();
            }
        }
        asked(&enterprise::assessed(&document), hours(6.0))
    };
    assert_eq!(today(false), today(true));
}

#[test]
fn questions_end_when_they_are_asked_to() {
    let today = enterprise(30, 2);
    let stop = |_| false;
    let plan = PlanOptions { progress: OnProgress::new(&stop), ..hours(6.0) };
    let questions = asked(&today, plan);
    assert_eq!(questions.truncated.map(|truncated| truncated.reason), Some(Reason::Stopped));
}

#[test]
fn asking_by_worth_can_halve_the_regret_of_asking_at_random() {
    // One enterprise, chosen since what is not known decides there, and three truths: it shows that asking can help, not how often.
    // The bench looks at many, and at plans of more hours, for which it does not.
    let setting = Setting { hosts: 30, hours: 4.0, questions: 10, worlds: 1_024, contested: true };
    let mut after = [0.0; 3];
    for truth in 0..3 {
        let regrets = regrets(setting, 0, truth);
        for (sum, (_, regret)) in after.iter_mut().zip(&regrets.after) {
            *sum += regret;
        }
        println!("{truth}: before {:.0}, after {:?}", regrets.before, regrets.after);
    }
    let [worth, random, severity] = after;
    assert!(worth < 0.5 * random && worth < severity, "{worth} {random} {severity}");
}

/// A web server with two flaws that are reached from outside and one that is not known to be on it, and another one.
const WEB: &str = r#"{"ctem": {"version": 2},
  "assets": [{"id": "internet", "kind": "network_zone"}, {"id": "web-7", "kind": "host", "aliases": ["web-7.kelp.example"]}, {"id": "web-8", "kind": "host"}],
  "relations": [{"kind": "reaches", "from": "internet", "to": "web-7"}, {"kind": "reaches", "from": "internet", "to": "web-8"}],
  "entry_points": [{"asset": "internet"}],
  "controls": [{"id": "waf", "protects": ["web-7"]}],
  "findings": [
    {"id": "f-1", "asset": "web-7", "weakness": {"id": "CVE-2020-0001", "aliases": ["GHSA-aaaa-bbbb-cccc"]}, "exploit": {"local": 0.5}},
    {"id": "f-2", "asset": "web-7", "weakness": {"id": "CVE-2020-0002"}, "exploit": {"local": 0.5}},
    {"id": "f-3", "asset": "web-8", "weakness": {"id": "CVE-2020-0003"}, "exploit": {"local": 0.5}}],
  "services": [{"id": "s", "loss_events": [
    {"id": "one", "loss": {"amount": 1000, "unit": "EUR"}, "when": {"state": {"asset": "web-7", "access": "use"}}}]}]}"#;

/// The chance that a finding can be exploited where it is.
fn belief(today: &Assessment, finding: &str) -> f64 {
    let explanation = today.explain(&finding.parse().unwrap()).unwrap();
    explanation.risk.find("exploitable here").unwrap().value
}

fn verdicts(rows: &str) -> String {
    format!("asset,cve,technique,method,outcome,at,control\n{rows}\n")
}

#[test]
fn a_test_of_a_weakness_on_an_asset_is_of_its_finding_whichever_came_first() {
    let csv = verdicts("web-7.kelp.example,GHSA-aaaa-bbbb-cccc,,pentest,exploited,2025-11-12,");
    for documents in [[WEB, csv.as_str()], [csv.as_str(), WEB]] {
        let today = read(&documents);
        assert!(belief(&today, "f-1") > 0.95, "{:?}", today.notes());
        assert!((belief(&today, "f-2") - 0.5).abs() < 1e-9 && (belief(&today, "f-3") - 0.5).abs() < 1e-9);
        assert!(!today.notes().iter().any(|note| note.reason.contains("no finding")), "{:?}", today.notes());
    }
}

#[test]
fn a_test_of_a_technique_is_of_a_finding_only_where_no_other_could_be_meant() {
    let csv = verdicts("web-7,,T1190,bas,blocked,2025-11-12,\nweb-8,,T1190,bas,blocked,2025-11-12,");
    let today = read(&[WEB, &csv]);
    assert!((belief(&today, "f-1") - 0.5).abs() < 1e-9 && (belief(&today, "f-2") - 0.5).abs() < 1e-9);
    assert!(belief(&today, "f-3") < 0.1);
    let said = |part: &str| today.notes().iter().any(|note| note.reason.contains(part));
    assert!(said("`T1190@web-7` could be any of 2 findings"), "{:?}", today.notes());
}

#[test]
fn a_test_of_nothing_that_is_known_is_said_to_have_no_effect() {
    let csv = verdicts(
        "web-9,CVE-2020-0001,,bas,blocked,2025-11-12,\nweb-7,CVE-2020-0009,,bas,blocked,2025-11-12,",
    );
    let today = read(&[WEB, &csv]);
    for name in ["CVE-2020-0001@web-9", "CVE-2020-0009@web-7"] {
        assert!(today.notes().iter().any(|note| note.reason.contains(name)), "{name}: {:?}", today.notes());
    }
}

#[test]
fn what_blocked_a_technique_is_counted_for_the_control() {
    let risk = |documents: &[&str]| read(documents).risk().value();
    let csv = verdicts("web-7,,T1190,bas,blocked,2025-11-12,waf\nweb-7,,T1190,bas,blocked,2025-11-11,waf");
    // Two that were stopped beside nothing known: it fails in a quarter of cases rather than in half.
    let (before, after) = (risk(&[WEB]), risk(&[WEB, &csv]));
    assert!((after / before - 0.5).abs() < 0.01, "{before} {after}");
    assert!(!read(&[WEB, &csv]).notes().iter().any(|note| note.reason.contains("T1190@web-7")));
}

#[test]
fn a_method_that_missed_is_trusted_less_elsewhere_and_not_where_it_missed() {
    let miss = verdicts(
        "web-7,CVE-2020-0001,,pentest,exploited,2025-11-12,\nweb-7,CVE-2020-0001,,bas,blocked,2025-11-12,",
    );
    let tested = verdicts("web-8,CVE-2020-0003,,bas,blocked,2025-11-12,");
    let (naive, taught) = (read(&[WEB, &tested]), read(&[WEB, &tested, &miss]));
    assert!(belief(&taught, "f-3") > belief(&naive, "f-3"));
    // Nine of ten assumed, and one more that was missed.
    let sensitivity = 9.0 / 11.0;
    let odds = (1.0 - sensitivity) / 0.99;
    // A day has passed, so that a little has faded.
    assert!((belief(&taught, "f-3") - odds / (1.0 + odds)).abs() < 0.01);
    let trusts = taught.trusts();
    let bas = trusts.iter().find(|trust| &*trust.method == "bas").unwrap();
    assert_eq!((bas.sensitivity.right, bas.sensitivity.of), (0, 1));
    assert!(bas.sensitivity.lower < bas.sensitivity.mean && bas.sensitivity.mean < bas.sensitivity.upper);
    let alone = read(&[WEB, &miss]);
    let both = belief(&alone, "f-1");
    assert!((both - belief(&taught, "f-1")).abs() < 1e-12, "its own tests taught nothing of it");
}
