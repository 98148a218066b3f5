//! Plans: never worse than the orders people go by, close to what is proven, the same on any number of threads.

#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;
#[path = "plan/enterprise.rs"]
mod enterprise;
#[path = "plan/milp.rs"]
mod milp;

use ctem_core::{
    Assessment, Estimate, Probability, Program,
    attack::{self, Exact, Key, Limits, OnProgress, Reason},
    discover,
    intel::Intel,
    mobilize::{Action, Budget, PlanOptions},
    prioritize::{Change, ExposureId, MeasureOptions, SampleOptions},
};
use enterprise::enterprise;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

/// The part of the whole loss that some thousand worlds or draws can tell from none.
const TELLABLE: f64 = 1e-4;

/// What people sort by, each with the exposures in its order.
fn orders(today: &Assessment) -> BTreeMap<&'static str, Vec<ExposureId>> {
    let exposures: Vec<_> = today.ranked().filter(|exposure| exposure.finding.is_some()).collect();
    let sorted = |value: &dyn Fn(&ctem_core::Exposure<'_>) -> f64| {
        let mut list: Vec<_> =
            exposures.iter().map(|exposure| (value(exposure), exposure.id.clone())).collect();
        list.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        list.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    let weakness = |exposure: &ctem_core::Exposure<'_>| exposure.finding.unwrap().weakness.clone();
    let epss = |exposure: &ctem_core::Exposure<'_>| weakness(exposure).epss.map_or(0.0, |epss| epss.get());
    let cvss = |exposure: &ctem_core::Exposure<'_>| {
        weakness(exposure).cvss.iter().map(|vector| vector.base_score().get()).fold(0.0, f64::max)
    };
    let sample = today.sample(&SampleOptions::default());
    let by_worth = sample.exposures.iter().filter(|each| each.exposure.finding().is_some());
    BTreeMap::from([
        ("severity", sorted(&|exposure| exposure.severity.map_or(0.0, |severity| f64::from(severity as u8)))),
        ("cvss", sorted(&cvss)),
        ("epss", sorted(&epss)),
        (
            "kev first",
            sorted(&|exposure| f64::from(u8::from(exposure.known_exploited)) * 2.0 + epss(exposure)),
        ),
        ("risk", exposures.iter().map(|exposure| exposure.id.clone()).collect()),
        ("fix value", by_worth.map(|each| each.exposure.clone()).collect()),
    ])
}

/// What is left once these are ended, as a what-if counts it, in worlds of its own weight.
fn left_without(today: &Assessment, ended: &[&ExposureId]) -> Estimate {
    let change = |id: &&ExposureId| match id {
        ExposureId::Finding(id) => Change::Fixed(id.clone()),
        ExposureId::Relation(id) => Change::Removed(id.clone()),
        _ => unreachable!(),
    };
    let changes: Vec<Change> = ended.iter().map(change).collect();
    // All over the same worlds: exact numbers, where one choice has them and another has not, are no measure to compare by.
    let options = MeasureOptions { nodes: 0, ..MeasureOptions::default() };
    today.what_if(&changes, &options).unwrap().after
}

/// What is left once these are done and nothing else, over the worlds that a plan counts in.
fn left(today: &Assessment, done: &[&Action], worlds: u64) -> f64 {
    let must: Vec<_> = done.iter().map(|action| action.id.clone()).collect();
    // Exact numbers, where one choice has them and another has not, are no measure to compare by.
    let options =
        PlanOptions { budget: Budget::Actions(must.len()), must, worlds, nodes: 0, ..PlanOptions::default() };
    today.plan(&options).unwrap().after.value()
}

/// What one does who goes down an order, finding by finding, while the hours last.
fn done<'a>(actions: &'a [Action], order: &[ExposureId], mut hours: f64) -> Vec<&'a Action> {
    let mut chosen: Vec<&Action> = Vec::new();
    let mut done: Vec<&ExposureId> = Vec::new();
    for id in order {
        if done.contains(&id) {
            continue;
        }
        let ends_it = actions.iter().filter(|action| action.on.len() == 1 && action.ends.contains(id));
        let action = ends_it.min_by(|a, b| a.effort.hours.total_cmp(&b.effort.hours)).unwrap();
        if action.effort.hours > hours {
            break;
        }
        hours -= action.effort.hours;
        done.extend(&action.ends);
        chosen.push(action);
    }
    chosen
}

#[test]
fn no_order_that_people_go_by_leaves_less_than_the_plan_of_the_same_hours() {
    let mut ratios: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut gaps: Vec<f64> = Vec::new();
    for seed in 0..5 {
        let today = enterprise(60, seed);
        let actions = today.actions(&Default::default()).unwrap();
        let orders = orders(&today);
        for hours in [4.0, 12.0, 30.0] {
            let options =
                PlanOptions { budget: Budget::Hours(hours), worlds: 16_384, ..PlanOptions::default() };
            let plan = today.plan(&options).unwrap();
            assert!(plan.hours <= hours && plan.at_least <= plan.after.value());
            let rows: Vec<&Action> = plan.rows.iter().map(|row| &row.action).collect();
            let ended = |done: &[&Action]| -> Vec<ExposureId> {
                done.iter().flat_map(|action| action.ends.clone()).collect()
            };
            let what_if = |done: &[&Action]| left_without(&today, &ended(done).iter().collect::<Vec<_>>());
            let (after, counted) = (left(&today, &rows, options.worlds), what_if(&rows));
            gaps.push(plan.gap);
            println!(
                "seed {seed}, {hours} h: {} actions, before {:.0}, after {:.0}, at least {:.0}, gap {:.1} %, {} worlds",
                actions.len(),
                plan.before.value(),
                plan.after.value(),
                plan.at_least,
                100.0 * plan.gap,
                plan.worlds
            );
            for (name, order) in &orders {
                let theirs = done(&actions, order, hours);
                let other = left(&today, &theirs, options.worlds);
                println!("   {name}: {other:.0}");
                let tellable = TELLABLE * plan.before.value();
                assert!(after <= other + tellable, "{seed}, {hours} h: {after}, and {name} leaves {other}");
                let theirs = what_if(&theirs);
                assert!(
                    counted.lower() <= theirs.upper() + tellable,
                    "{seed}, {hours} h: {counted:?}, and {name} leaves {theirs:?}"
                );
                ratios.entry(name).or_default().push(other.max(tellable) / after.max(tellable));
            }
        }
    }
    for (name, ratios) in &ratios {
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        println!("{name} leaves {mean:.1} times as much on average");
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    println!("gaps {gaps:.3?}");
    assert!(mean(&ratios["severity"]) >= 5.0);
    assert!(gaps.iter().all(|gap| *gap <= 0.05), "{gaps:.3?}");
}

/// The least that any choice of whole actions leaves for so many hours, by looking at all of them.
fn optimum(today: &Assessment, actions: &[Action], hours: f64) -> f64 {
    let exact = Exact::compute(today.snapshot(), &Limits { nodes: 1 << 20, ..Limits::default() }).unwrap();
    let environment = today.environment();
    let relations: BTreeMap<String, Key> = environment
        .relations()
        .map(|relation| (relation.name().to_string(), Key::relation(&relation)))
        .collect();
    let key = |id: &ExposureId| match id {
        ExposureId::Finding(id) => Key::finding(id),
        _ => relations[id.as_str()],
    };
    let ends: Vec<Vec<(Key, Probability)>> = actions
        .iter()
        .map(|action| action.ends.iter().map(|id| (key(id), Probability::ZERO)).collect())
        .collect();
    let mut least = f64::INFINITY;
    for choice in 0u32..1 << actions.len() {
        let chosen = || (0..actions.len()).filter(|n| choice >> n & 1 != 0);
        if chosen().map(|n| actions[n].effort.hours).sum::<f64>() > hours {
            continue;
        }
        let closed: Vec<(Key, Probability)> = chosen().flat_map(|n| ends[n].clone()).collect();
        least = least.min(exact.loss_with(&closed));
    }
    least
}

#[test]
fn a_plan_is_within_two_per_cent_of_the_best_choice_there_is() {
    let (mut tried, mut worst) = (0, 0.0f64);
    for seed in 0..80 {
        let today = enterprise(7, 1_000 + seed);
        // What ends something an attacker needs; what a larger choice needs too is no question here.
        let useful = |action: &Action| {
            let risky =
                |id: &ExposureId| today.exposure_of(id).is_some_and(|exposure| exposure.risk.upper() > 0.0);
            action.ends.iter().any(risky)
        };
        let actions: Vec<Action> =
            today.actions(&Default::default()).unwrap().into_iter().filter(useful).collect();
        if !(3..=13).contains(&actions.len()) {
            continue;
        }
        for hours in [1.0, 3.0, 5.0, 8.0] {
            let options = PlanOptions { budget: Budget::Hours(hours), ..PlanOptions::default() };
            let plan = today.plan(&options).unwrap();
            let best = optimum(&today, &actions, hours);
            let over = (plan.after.value() - best) / plan.before.value().max(f64::MIN_POSITIVE);
            assert!(
                plan.after.value() <= best * 1.02 + 1e-9 * plan.before.value(),
                "seed {seed}, {hours} h: {best} and {plan:#?}"
            );
            (tried, worst) = (tried + 1, worst.max(over));
        }
    }
    println!("{tried} plans, at worst {:.3} % of the loss over the best", 100.0 * worst);
    assert!(tried >= 20, "{tried}");
}

#[test]
fn any_number_of_threads_makes_the_same_plan() {
    let today = enterprise(40, 5);
    let options =
        PlanOptions { budget: Budget::Hours(20.0), nodes: 0, worlds: 1024, ..PlanOptions::default() };
    let on = |threads: usize| attack::on_threads(threads, || today.plan(&options).unwrap());
    let alone = on(1);
    assert!(alone.worlds > 0 && !alone.rows.is_empty());
    assert_eq!(on(2), alone);
    assert_eq!(on(5), alone);
}

#[test]
fn a_larger_budget_never_leaves_more() {
    let today = enterprise(40, 11);
    let left = |hours| {
        let options = PlanOptions { budget: Budget::Hours(hours), ..PlanOptions::default() };
        today.plan(&options).unwrap().after.value()
    };
    let curve: Vec<f64> = [0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0].map(left).into();
    assert!(curve.is_sorted_by(|less, more| *more <= less + TELLABLE * curve[0]), "{curve:?}");
    assert!(curve[6] < 0.5 * curve[0], "{curve:?}");
}

#[test]
fn rows_never_add_to_what_is_left_and_add_up_to_what_is_saved() {
    for seed in 0..4 {
        let plan = enterprise(40, seed).plan(&PlanOptions::default()).unwrap();
        let mut last = plan.before.value();
        for row in &plan.rows {
            assert!(
                row.left.value() <= last && row.same_way_as.is_none_or(|above| above < row.rank),
                "{row:#?}"
            );
            assert!((last - row.left.value() - row.saved).abs() <= 1e-9 * plan.before.value());
            last = row.left.value();
        }
        assert_eq!(last, plan.after.value());
        assert!(!plan.rows.is_empty() && plan.after.value() < plan.before.value());
    }
}

#[test]
fn two_open_doors_are_closed_together() {
    let doors = doors(2);
    let plan = doors.plan(&PlanOptions { budget: Budget::Actions(2), ..PlanOptions::default() }).unwrap();
    assert_eq!((plan.before.value(), plan.after.value()), (1000.0, 0.0));
    assert_eq!(plan.rows.iter().map(|row| row.alone).collect::<Vec<_>>(), [0.0, 0.0]);
    assert_eq!(plan.rows[0].together_with, [2]);
    // One of them alone is worth nothing, and is not proposed.
    let plan = doors.plan(&PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() }).unwrap();
    assert!(plan.rows.is_empty() && plan.at_least == 1000.0 && plan.gap == 0.0, "{plan:#?}");
}

/// So many sure ways beside each other into one store.
fn doors(count: usize) -> Assessment {
    let hosts: Vec<String> = (0..count).map(|n| format!(r#"{{"id": "h{n}", "kind": "host"}}"#)).collect();
    let entries: Vec<String> = (0..count).map(|n| format!(r#"{{"asset": "h{n}"}}"#)).collect();
    let relations: Vec<String> = (0..count)
        .map(|n| format!(r#"{{"kind": "reads", "from": "h{n}", "to": "db", "removable": false}}"#))
        .collect();
    let findings: Vec<String> = (0..count)
        .map(|n| {
            format!(
                r#"{{"id": "f{n}", "asset": "h{n}", "weakness": {{"id": "w{n}", "kind": "misconfiguration"}},
                "exploit": {{"needs": "reach", "gives": "use", "chance": 1}}}}"#
            )
        })
        .collect();
    let document = format!(
        r#"{{"ctem": {{"version": 2}}, "assets": [{}, {{"id": "db", "kind": "data_store"}}], "entry_points": [{}],
        "relations": [{}], "findings": [{}], "services": [{{"id": "s", "loss_events": [{{"id": "leak",
        "loss": {{"amount": 1000, "unit": "EUR"}}, "when": {{"state": {{"asset": "db", "access": "read"}}}}}}]}}]}}"#,
        hosts.join(","),
        entries.join(","),
        relations.join(","),
        findings.join(",")
    );
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.as_bytes()).unwrap());
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

/// A loss so rare that no world tells of it, by rights that nobody doubts: the likeliest path is there, and its rights can be taken away.
#[test]
fn a_plan_takes_sure_rights_away_where_no_world_tells_of_the_loss() {
    let document = r#"{"ctem": {"version": 2}, "assets": [{"id": "ann", "kind": "identity"}, {"id": "staff", "kind": "group"},
            {"id": "db", "kind": "data_store"}],
        "relations": [{"kind": "member_of", "from": "ann", "to": "staff"}, {"kind": "reads", "from": "staff", "to": "db"}],
        "entry_points": [{"asset": "ann", "access": "use", "attacker": "phishing", "chance": 1e-7}],
        "services": [{"id": "s", "loss_events": [{"id": "leak", "loss": {"amount": 1e9, "unit": "EUR"},
            "when": {"state": {"asset": "db", "access": "read"}}}]}]}"#;
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let plan = today.plan(&PlanOptions { nodes: 0, ..PlanOptions::default() }).unwrap();
    assert_eq!((plan.rows.len(), plan.after.value()), (1, 0.0), "{plan:#?}");
    assert!((plan.rows[0].saved - 100.0).abs() < 1e-9, "{plan:#?}");
}

#[test]
fn a_plan_that_is_stopped_says_so() {
    let today = enterprise(40, 5);
    let whole = today.plan(&PlanOptions::default()).unwrap();
    assert_eq!(whole.truncated, None);
    for after in [0, 1, 3, 10] {
        let asked = AtomicU64::new(0);
        let ask = |_| asked.fetch_add(1, Ordering::Relaxed) < after;
        let progress = OnProgress::new(&ask);
        let plan = today.plan(&PlanOptions { progress, nodes: 0, ..PlanOptions::default() }).unwrap();
        assert_eq!(plan.truncated.map(|truncated| truncated.reason), Some(Reason::Stopped), "after {after}");
        assert!(plan.at_least <= plan.after.value());
    }
}
