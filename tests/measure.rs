//! Measures against figures that others computed.

use ctem_core::{
    Days,
    measure::{Duration, LogRank, Survival},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Figures {
    curves: Vec<Curve>,
    log_rank: Vec<Test>,
}

#[derive(Deserialize)]
struct Curve {
    name: String,
    spells: Vec<(f64, bool)>,
    steps: Vec<(f64, f64, Option<f64>, Option<f64>)>,
    median: Option<f64>,
    p90: Option<f64>,
}

#[derive(Deserialize)]
struct Test {
    of: [String; 2],
    statistic: f64,
    p: f64,
}

fn figures() -> Figures {
    serde_json::from_str(include_str!("tables/survival.json")).unwrap()
}

fn durations(curve: &Curve) -> Vec<Duration> {
    let duration = |(days, over): &(f64, bool)| {
        let days = Days::new(*days).unwrap();
        if *over { Duration::over(days) } else { Duration::so_far(days) }.unwrap()
    };
    curve.spells.iter().map(duration).collect()
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * other.abs().max(1e-3)
}

#[test]
fn the_estimate_of_kaplan_and_meier_is_that_of_lifelines() {
    for curve in figures().curves {
        let ours = Survival::of(&durations(&curve));
        assert_eq!(ours.steps().len(), curve.steps.len(), "{}", curve.name);
        for (step, (days, open, lower, upper)) in ours.steps().iter().zip(&curve.steps) {
            assert!(
                step.days == *days && (step.open - open).abs() < 1e-12,
                "{}: {step:?} and {open}",
                curve.name
            );
            if 0.0 < *open && *open < 1.0 {
                let (lower, upper) = (lower.unwrap(), upper.unwrap());
                assert!(
                    close(step.lower, lower) && close(step.upper, upper),
                    "{}: {step:?}, {lower}, {upper}",
                    curve.name
                );
            }
        }
        assert_eq!((ours.median(), ours.quantile(0.9)), (curve.median, curve.p90), "{}", curve.name);
    }
}

#[test]
fn the_log_rank_test_is_that_of_lifelines() {
    let figures = figures();
    let of = |name: &str| durations(figures.curves.iter().find(|curve| curve.name == name).unwrap());
    for test in &figures.log_rank {
        let ours = LogRank::between(&of(&test.of[0]), &of(&test.of[1]));
        assert!(close(ours.statistic.unwrap(), test.statistic), "{:?}: {ours:?}", test.of);
        assert!(close(ours.p.unwrap(), test.p), "{:?}: {ours:?}", test.of);
    }
}

#[test]
fn what_is_open_makes_nothing_look_faster() {
    // Of ten, the five quickest were closed: the mean of those says 3 days, and half of all took 5.
    let closed = (1..=5).map(|days| Duration::over(Days::new(f64::from(days)).unwrap()).unwrap());
    let open = (0..5).map(|_| Duration::so_far(Days::new(60.0).unwrap()).unwrap());
    let times = ctem_core::measure::Times::of(&closed.chain(open).collect::<Vec<_>>());
    assert_eq!((times.mean_of_closed, times.median, times.p90), (Some(3.0), Some(5.0), None));
}

/// A quarter that is counted by hand.
mod a_quarter {
    use ctem_core::{
        Days, Moment, Program, discover,
        measure::{Period, Promises},
        prioritize::AssessOptions,
        program::{ApplyOptions, Coverage, Covers, Event, Measures, MeasuresOptions, Reported, What},
        quantity::Severity,
    };

    fn day(n: i64) -> Moment {
        Moment::from_unix_seconds(1_760_000_000 + n * 86_400).unwrap()
    }

    /// Flaws by number, all critical and published on the day before the first.
    fn scan(n: i64, flaws: &[u32]) -> Event {
        let flaw = |flaw: &u32| {
            format!(
                r#"{{"id": "f-{flaw}", "asset": "shop", "weakness": {{"id": "CVE-2024-000{flaw}", "severity": "critical", "published": "{}"}}}}"#,
                day(-1)
            )
        };
        let flaws: Vec<String> = flaws.iter().map(flaw).collect();
        let shop = r#""assets": [{"id": "shop", "kind": "host", "owner": "web"}, {"id": "orders", "kind": "data_store"}],
            "relations": [{"kind": "reads", "from": "shop", "to": "orders"}],
            "entry_points": [{"asset": "shop", "access": "reach", "attacker": "internet"}],
            "services": [{"id": "s", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"}, "when": {"state": {"asset": "shop", "access": "use"}}}]}]"#;
        let document = format!(r#"{{"ctem": {{"version": 2}}, {shop}, "findings": [{}]}}"#, flaws.join(","));
        let report = discover::read(document.as_bytes()).unwrap();
        let assets = Some(["shop".parse().unwrap()].into());
        let covers = Covers::Stated(Coverage { assets, ..Coverage::everything() });
        Event::new(day(n), What::Absorbed(Box::new(Reported { covers, ..Reported::new(report) })))
    }

    fn program() -> Program {
        let mut program = Program::default();
        // 1 is mended in 4 days, 2 in 10, 3 stands, 4 was gone after 2 days, came back and stands.
        for (n, flaws) in [(0, &[1, 2, 3][..]), (4, &[2, 3, 4]), (6, &[2, 3]), (10, &[3, 4])] {
            program.apply(scan(n, flaws), ApplyOptions::default()).unwrap();
        }
        program.apply(Event::new(day(20), What::TimePassed), ApplyOptions::default()).unwrap();
        program
    }

    fn measured(from: i64, until: i64) -> Measures {
        let promises = Promises::new([(Severity::Critical, Days::new(7.0).unwrap())]).unwrap();
        let options = MeasuresOptions { promises, looked_within: Days::new(15.0).unwrap() };
        program().measures(Period::new(day(from), day(until)).unwrap(), &options).unwrap()
    }

    #[test]
    fn times_counts_and_promises_are_as_counted_by_hand() {
        let all = measured(0, 30);
        assert_eq!((all.watched_until, all.first_seen, all.ended, all.reopened), (day(20), 4, 3, 1));
        assert_eq!((all.open_at_start, all.open_at_end), (0, 2));
        // 4 and 10 days, and two that are open after 20 and 16.
        let times = all.remediate;
        assert_eq!((times.of, times.over, times.mean_of_closed), (4, 2, Some(7.0)));
        assert_eq!((times.median, times.p90), (Some(10.0), None));
        // Published a day before the first scan: three took one day, one took five.
        assert_eq!((all.detect.of, all.detect.mean_of_closed), (4, Some(2.0)));
        assert_eq!((all.promises.kept, all.promises.broken, all.promises.running), (1, 3, 0));
        assert_eq!(all.by_owner.keys().collect::<Vec<_>>(), ["web"]);
        assert_eq!((all.coverage.assets, all.coverage.looked_at), (2, 1));
        assert_eq!(all.coverage.not_looked_at, ["orders".parse().unwrap()]);
    }

    #[test]
    fn a_period_that_is_over_is_measured_as_it_was() {
        let first = measured(0, 5);
        assert_eq!((first.watched_until, first.first_seen, first.ended), (day(5), 4, 1));
        assert_eq!(
            (first.remediate.of, first.remediate.over, first.remediate.mean_of_closed),
            (4, 1, Some(4.0))
        );
        let second = measured(5, 10);
        assert_eq!((second.open_at_start, second.first_seen, second.ended), (3, 0, 1));
        assert_eq!(second.against_before.of, [0, 4]);
    }

    #[test]
    fn attack_paths_are_new_gone_and_reopened() {
        let marks = program().trend(&[day(0), day(4), day(6), day(10)], &AssessOptions::default()).unwrap();
        let told: Vec<_> = marks
            .iter()
            .map(|mark| {
                (mark.findings, mark.paths, mark.new_paths, mark.reopened_paths, mark.eliminated_paths)
            })
            .collect();
        assert_eq!(told, [(3, 3, 3, 0, 0), (3, 3, 1, 0, 1), (2, 2, 0, 0, 1), (2, 2, 0, 1, 1)]);
    }
}
