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
    median_between: [Option<f64>; 2],
    p90_between: [Option<f64>; 2],
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
        for (share, theirs) in [(0.5, curve.median_between), (0.9, curve.p90_between)] {
            // Where the last ones are over, its lower end is the day on which they are.
            let [lower, upper] = ours.quantile_between(share);
            assert!(theirs[0].is_none_or(|theirs| lower == Some(theirs)), "{}: {lower:?}", curve.name);
            assert_eq!(upper, theirs[1], "{}: {share}", curve.name);
        }
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
        prioritize::{AssessOptions, MeasureOptions},
        program::{
            ApplyOptions, Cause, Coverage, Covers, Event, Feeds, Measures, MeasuresOptions, MovedOptions,
            ProgressOptions, Reported, What,
        },
        quantity::Severity,
        render,
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
        // Nothing that still has time is open, so nothing is foretold; the pace is that of all four.
        let forecast = &all.forecast["critical"];
        assert_eq!((forecast.running, forecast.of, forecast.over), (0, 4, 2));
        assert_eq!((all.effort.effort.count, all.effort.effort.of, all.effort.coverage.of), (2, 4, 0));
        assert_eq!(all.by_service.keys().collect::<Vec<_>>(), ["s"]);
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

    /// A catalogue that lists flaws, each with its day.
    fn listed(n: i64, flaws: &[(u32, i64)]) -> Event {
        let entries: Vec<String> = flaws
            .iter()
            .map(|(flaw, added)| {
                format!(r#"{{"cveID": "CVE-2024-000{flaw}", "dateAdded": "{}"}}"#, day(*added).date())
            })
            .collect();
        let text = format!(r#"{{"catalogVersion": "1", "vulnerabilities": [{}]}}"#, entries.join(","));
        Event::new(day(n), What::Intel(Feeds::read(None, Some(text.as_bytes())).unwrap()))
    }

    #[test]
    fn what_is_exploited_is_told_apart_in_detection_and_in_effort() {
        let mut program = program();
        // 1 was mended and 3 stands; both are listed, the one before it was seen and the other long after.
        program.apply(listed(21, &[(1, -10), (3, 15)]), ApplyOptions::default()).unwrap();
        let period = Period::new(day(0), day(30)).unwrap();
        let measures = program.measures(period, &MeasuresOptions::default()).unwrap();
        let exploited = measures.detect_exploited;
        assert_eq!((exploited.of, exploited.over), (2, 2));
        // A listing says a day and no hour.
        assert!(exploited.mean_of_closed.is_some_and(|mean| (5.0..=5.5).contains(&mean)), "{exploited:?}");
        let first = measures.detect.mean_of_closed.unwrap();
        assert!(first > 2.0, "a listing before the publication counts: {first}");
        let effort = measures.effort;
        assert_eq!((effort.coverage.count, effort.coverage.of), (1, 2));
        assert_eq!((effort.efficiency.count, effort.efficiency.of), (1, 2));
        // Struck from the catalogue, it was listed all the same.
        let believed = |event: Event| match event.what {
            What::Intel(feeds) => Event::new(event.at, What::Intel(Feeds { believed: true, ..feeds })),
            _ => unreachable!(),
        };
        program.apply(believed(listed(22, &[(3, 15)])), ApplyOptions::default()).unwrap();
        let later = program.measures(period, &MeasuresOptions::default()).unwrap();
        assert_eq!(later.detect_exploited.of, 2);
    }

    #[test]
    fn a_forecast_follows_the_pace_of_the_severity() {
        // Of three that were seen at first two were mended, after 4 and after 10 days; 3 and 4 stand.
        let promises = Promises::new([(Severity::Critical, Days::new(25.0).unwrap())]).unwrap();
        let options = MeasuresOptions { promises, ..MeasuresOptions::default() };
        let measures = program().measures(Period::new(day(0), day(30)).unwrap(), &options).unwrap();
        let forecast = measures.forecast["critical"];
        assert_eq!((forecast.running, forecast.unknown), (2, 1), "nobody was watched for more than 20 days");
        // The one that is open for 16 days: nothing ended between the 16th and the 20th.
        assert_eq!(forecast.late.value, 1.0);
        assert!(forecast.late.lower < 0.5, "on one finding: {forecast:?}");
    }

    #[test]
    fn what_moved_the_loss_adds_up() {
        let mut program = program();
        program.apply(listed(21, &[(3, 15)]), ApplyOptions::default()).unwrap();
        let period = Period::new(day(0), day(30)).unwrap();
        let moved = program.moved(period, &MovedOptions::default()).unwrap();
        let by = |cause: Cause| moved.by.iter().find(|by| by.cause == cause).map_or(0.0, |by| by.amount);
        assert!(by(Cause::New) > 0.0 && by(Cause::Fixed) < 0.0 && by(Cause::Intel) > 0.0, "{moved:?}");
        let sum: f64 = moved.by.iter().map(|by| by.amount).sum();
        let (from, to) = (moved.from.value(), moved.to.value());
        assert!((from + sum - to).abs() <= 1e-9 * to, "{moved:?}");
        let today = program.assess(day(21)).unwrap();
        assert_eq!((from, moved.to), (0.0, today.what_if(&[], &MeasureOptions::default()).unwrap().before));
        // Two periods move what both together move.
        let parts = [(0, 5), (5, 30)].map(|(from, until)| {
            program.moved(Period::new(day(from), day(until)).unwrap(), &MovedOptions::default()).unwrap()
        });
        assert_eq!(parts[0].to.value(), parts[1].from.value());
        let fixed = parts.iter().flat_map(|part| &part.by).filter(|by| by.cause == Cause::Fixed);
        let fixed: f64 = fixed.map(|by| by.amount).sum();
        assert!((fixed - by(Cause::Fixed)).abs() <= 1e-9 * to, "{parts:?}");
    }

    #[test]
    fn the_report_is_the_measures_and_a_page_that_needs_nothing_else() {
        let period = Period::new(day(0), day(20)).unwrap();
        let options = ProgressOptions { title: "<b>Acme</b>".into(), ..ProgressOptions::default() };
        let report = program().progress_report(period, &options).unwrap();
        assert_eq!(report.measures, program().measures(period, &MeasuresOptions::default()).unwrap());
        assert_eq!(report.trend.len(), 13);
        assert_eq!(report.trend.last().map(|mark| mark.at), Some(report.as_of));
        assert_eq!(report.trend.last().and_then(|mark| mark.loss), Some(report.moved.to));
        let page = render::progress_report(&report);
        assert!(page.contains("&lt;b&gt;Acme&lt;/b&gt;") && !page.contains("<b>Acme"), "{page}");
        for other in ["http://", "https://", "<script", "@import", "url("] {
            assert!(!page.contains(other), "the page has {other}");
        }
        // Read aloud: every picture says what it shows, every table what it is of.
        assert_eq!(page.matches("<svg").count(), page.matches("role=\"img\"").count());
        assert_eq!(page.matches("<svg").count(), page.matches("aria-label=").count());
        assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
        assert!(page.contains("color-scheme: light dark"));
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
