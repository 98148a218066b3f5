//! Back-tests: what a perfect, a worthless and a reversed ranking reach, what is refused, and the tables of the manual.

mod corpora;
mod manual;

use ctem_core::{
    Probability,
    backtest::{BackTest, BackTestOptions, Cohort, Ranking, RankingTest},
    intel::epss::Epss,
    render,
};
use std::time::Instant;

fn window() -> BackTestOptions {
    BackTestOptions::new("2024-10-24".parse().unwrap(), "2025-08-25".parse().unwrap()).unwrap()
}

fn of(test: &BackTest, ranking: Ranking) -> &RankingTest {
    test.rankings.iter().find(|each| each.ranking == ranking).unwrap()
}

/// Rows whose EPSS is what `epss` makes of their number, of which those below `exploited` happened.
fn world(rows: usize, exploited: usize, epss: impl Fn(usize) -> f64) -> (String, String) {
    let row = |n: usize| format!("CVE-2024-{},2024-10-01,{}\n", 10_000 + n, epss(n));
    let rows: String = (0..rows).map(row).collect();
    let outcomes: String = (0..exploited).map(|n| format!("CVE-2024-{},2024-11-01\n", 10_000 + n)).collect();
    (format!("cve,known,epss\n{rows}"), format!("cve,date\n{outcomes}"))
}

fn tested((rows, outcomes): &(String, String), options: &BackTestOptions) -> BackTest {
    Cohort::read(rows.as_bytes(), outcomes.as_bytes(), None, options).unwrap().test(options).unwrap()
}

#[test]
fn a_perfect_ranking_covers_all_at_the_effort_of_what_happens() {
    let options =
        BackTestOptions { efforts: [0.01, 0.02, 0.5].map(Probability::clamped).to_vec(), ..window() };
    let test = tested(&world(1000, 20, |n| if n < 20 { 0.9 } else { 0.1 }), &options);
    let epss = of(&test, Ranking::Epss);
    let reached: Vec<_> =
        epss.efforts.iter().map(|each| (each.coverage.value, each.efficiency.value)).collect();
    assert_eq!(reached, [(0.5, 1.0), (1.0, 1.0), (1.0, 0.04)]);
    assert_eq!((epss.auc.value, epss.auc.lower, epss.auc.upper), (1.0, 1.0, 1.0));
}

#[test]
fn a_ranking_by_lot_covers_its_effort_and_a_reversed_one_nothing() {
    // The number's hash has nothing to do with what happened.
    let lot =
        |n: usize| ((n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as f64 / (1u64 << 24) as f64;
    let test = tested(&world(20_000, 400, lot), &window());
    let epss = of(&test, Ranking::Epss);
    assert!(epss.auc.lower < 0.5 && 0.5 < epss.auc.upper, "{:?}", epss.auc);
    for each in &epss.efforts {
        let effort = each.effort.get();
        assert!(each.coverage.lower <= effort && effort <= each.coverage.upper, "{each:?}");
        assert!(each.efficiency.lower <= 0.02 && 0.02 <= each.efficiency.upper, "{each:?}");
    }
    let reversed = tested(&world(1000, 20, |n| if n < 20 { 0.0 } else { 0.5 }), &window());
    let epss = of(&reversed, Ranking::Epss);
    assert_eq!((epss.auc.value, epss.efforts[3].coverage.value), (0.0, 0.0));
}

#[test]
fn where_all_tie_nothing_is_told_apart() {
    let test = tested(&world(500, 25, |_| 0.3), &window());
    let epss = of(&test, Ranking::Epss);
    assert_eq!(epss.auc.value, 0.5);
    for each in &epss.efforts {
        assert!((each.coverage.value - each.effort.get()).abs() < 1e-12, "{each:?}");
    }
}

#[test]
fn chances_that_come_true_are_told_from_those_that_do_not() {
    // 30 days, so that EPSS needs no other horizon: 50 of 1,000 at 0.05.
    let month = BackTestOptions::new("2024-10-24".parse().unwrap(), "2024-11-23".parse().unwrap()).unwrap();
    let right = tested(&world(1000, 50, |_| 0.05), &month);
    let calibration = of(&right, Ranking::Epss).calibration.as_ref().unwrap();
    assert!((calibration.ratio.value - 1.0).abs() < 1e-9 && calibration.observed == 50);
    assert!((calibration.log_loss.value - calibration.log_loss_of_one_rate).abs() < 1e-9);
    let tenfold = tested(&world(1000, 50, |_| 0.5), &month);
    let calibration = of(&tenfold, Ranking::Epss).calibration.as_ref().unwrap();
    assert!((calibration.ratio.value - 0.1).abs() < 1e-9 && calibration.ratio.upper < 0.14);
    assert!(calibration.log_loss.value > 3.0 * calibration.log_loss_of_one_rate);
}

#[test]
fn the_order_of_rows_and_outcomes_does_not_show() {
    let (rows, outcomes) = world(300, 12, |n| f64::from(n as u32 % 17) / 20.0);
    let turned = |text: &str| {
        let (header, lines) = text.split_once('\n').unwrap();
        let mut lines: Vec<&str> = lines.lines().collect();
        lines.reverse();
        format!("{header}\n{}\n", lines.join("\n"))
    };
    let test = tested(&(turned(&rows), turned(&outcomes)), &window());
    assert_eq!(test, tested(&(rows, outcomes), &window()));
}

#[test]
fn whatever_would_leak_is_refused_with_its_place() {
    let good = "cve,known,updated,epss_date,kev_date,published\nCVE-2024-0001,2024-10-01,,,,\n";
    let outcomes = "cve,date\nCVE-2024-0001,2024-11-01\n";
    let read = |rows: &str, outcomes: &str| {
        Cohort::read(rows.as_bytes(), outcomes.as_bytes(), None, &window()).map(|cohort| cohort.len())
    };
    assert_eq!(read(good, outcomes), Ok(1));
    for (row, what) in [
        ("CVE-2024-0002,2024-10-25,,,,", "the row is of 2024-10-25"),
        ("CVE-2024-0002,2024-10-24T00:00:01Z,,,,", "the row is of"),
        ("CVE-2024-0002,2024-10-01,2025-01-01,,,", "the record is of"),
        ("CVE-2024-0002,2024-10-01,,2024-11-01,,", "EPSS is of"),
        ("CVE-2024-0002,2024-10-01,,,2024-11-01,", "the listing in KEV is of"),
        ("CVE-2024-0002,2024-10-01,,,,2024-12-01", "the CVE is of"),
        ("CVE-2024-0002,,,,,2024-01-01", "nobody says when"),
        ("CVE-2024-0002,soon,,,,", "`soon` is not a moment"),
        ("CVE-2024-0001,2024-10-01,,,,2024-01-01", "has two rows of one day that differ"),
    ] {
        let error = read(&format!("{good}{row}\n"), outcomes).unwrap_err();
        assert!(error.message().contains(what), "{error}");
        assert_eq!((error.code(), error.place()), ("invalid_input", Some("rows, line 3")), "{row}");
    }
    let error = read(good, "cve,date\nCVE-2024-0009,2024-11-01\nCVE-2024-0001,2024-10-24\n").unwrap_err();
    assert_eq!((error.code(), error.place()), ("invalid_input", Some("outcomes, line 3")));
    assert_eq!(read(good, "cve,date\nCVE-2024-0001,\n").unwrap_err().place(), Some("outcomes, line 2"));

    let table = |first: &str| {
        Epss::read(format!("{first}cve,epss\nCVE-2024-0001,0.5\n").as_bytes(), 1 << 20).unwrap()
    };
    for table in [table(""), table("#model_version:v4,score_date:2024-10-25\n")] {
        let error = Cohort::read(good.as_bytes(), outcomes.as_bytes(), Some(&table), &window()).unwrap_err();
        assert_eq!((error.code(), error.place()), ("invalid_input", Some("epss")));
    }
    let before = table("#model_version:v4,score_date:2024-10-24\n");
    assert!(Cohort::read(good.as_bytes(), outcomes.as_bytes(), Some(&before), &window()).is_ok());
}

#[test]
fn records_that_make_no_sense_are_counted_and_the_others_stay() {
    let rows = "cve,known,cvss,epss,kev\nCVE-2024-0001,2024-10-01,9.8,,\nnothing,2024-10-01,,,\nCVE-2024-0002,2024-10-01,11,,\n\
                CVE-2024-0003,2024-10-01,,2,\nCVE-2024-0004,2024-10-01,CVSS:3.1/AV:X,,\nCVE-2024-0005,2024-10-01,,,perhaps\n\
                CVE-2024-0006,2024-09-01,5.0,,\nCVE-2024-0006,2024-10-01,6.0,,\nCVE-2024-0007,2024-10-01,,,yes\n";
    let outcomes = "cve,date\nCVE-2024-0001,2024-11-01\nCVE-2024-0001,2024-12-01\nno,2024-11-01\nCVE-2023-0009,2024-11-01\n";
    let cohort = Cohort::read(rows.as_bytes(), outcomes.as_bytes(), None, &window()).unwrap();
    let counts = cohort.counts();
    let tally = |counts: ctem_core::model::RecordCounts| {
        (counts.read, counts.accepted, counts.merged, counts.rejected)
    };
    assert_eq!((tally(counts.rows), tally(counts.outcomes)), ((9, 3, 1, 5), (4, 2, 1, 1)));
    assert_eq!(
        (counts.known_before, counts.kept, counts.outcomes_of_no_row, cohort.exploited()),
        (1, 2, 1, 1)
    );
    let test = cohort.test(&window()).unwrap();
    assert_eq!(test.notes.iter().map(|note| note.count).sum::<u64>(), 6);
    assert_eq!(test.notes[0].place.as_ref(), "outcomes, line 4");
}

#[test]
fn only_complete_rows_count_where_that_is_wanted() {
    let rows = "cve,known,cvss,epss\nCVE-2024-0001,2024-10-01,9.8,0.5\nCVE-2024-0002,2024-10-01,,0.5\nCVE-2024-0003,2024-10-01,5,\n\
                CVE-2024-0004,2024-10-01,4,0.1\n";
    let outcomes = b"cve,date\nCVE-2024-0001,2024-11-01\n";
    let all = Cohort::read(rows.as_bytes(), outcomes, None, &window()).unwrap();
    assert_eq!((all.len(), of(&all.test(&window()).unwrap(), Ranking::Cvss).known), (4, 3));
    let complete = BackTestOptions { complete: true, ..window() };
    let some = Cohort::read(rows.as_bytes(), outcomes, None, &complete).unwrap();
    assert_eq!((some.len(), some.counts().incomplete), (2, 2));
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let cohort = Cohort::read(b"cve,known\n", b"cve,date\n", None, &window()).unwrap();
    for (options, place) in [
        (BackTestOptions { until: "2024-10-24".parse().unwrap(), ..window() }, "until"),
        (BackTestOptions { efforts: Vec::new(), ..window() }, "efforts"),
        (BackTestOptions { efforts: vec![Probability::ONE, Probability::ZERO], ..window() }, "efforts/1"),
        (BackTestOptions { confidence: Probability::ONE, ..window() }, "confidence"),
        (BackTestOptions { resamples: 0, ..window() }, "resamples"),
    ] {
        assert_eq!(cohort.test(&options).unwrap_err().place(), Some(place));
        assert!(Cohort::read(b"cve,known\n", b"cve,date\n", None, &options).is_err());
    }
    assert!(cohort.test(&window()).unwrap_err().message().starts_with("no row was exploited"));
    let all = Cohort::read(
        b"cve,known\nCVE-2024-0001,2024-10-01\n",
        b"cve,date\nCVE-2024-0001,2024-11-01\n",
        None,
        &window(),
    );
    assert!(all.unwrap().test(&window()).unwrap_err().message().starts_with("every row was exploited"));
}

#[test]
fn bent_files_are_errors_or_notes_and_never_a_panic() {
    let table = "#\u{e9}\ncve,known,vector,epss,kev\nCVE-2024-0001,2024-10-01,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,0.5,\n\
                 CVE-2024-0002,2024-10-01,\"5.0\",NaN,no\nCVE-2024-0003,2024-10-01,1e999,-0,0\n";
    let catalogue = r#"{"x": [[1]], "vulnerabilities": [{"cveID": "CVE-2024-0001", "dateAdded": "2024-11-01", "more": {"a": [1]}}]}"#;
    let read = |rows: &[u8], outcomes: &[u8]| {
        Cohort::read(rows, outcomes, None, &window()).and_then(|cohort| cohort.test(&window()))
    };
    assert!(
        read(table.as_bytes(), catalogue.as_bytes())
            .is_err_and(|error| error.message().starts_with("every row"))
    );
    for (text, other) in [(table, catalogue), (catalogue, table)] {
        for cut in 0..text.len() {
            let (cut, mut bent) = (&text.as_bytes()[..cut], text.as_bytes().to_vec());
            bent[cut.len()] ^= 0x15;
            for bytes in [cut, &bent] {
                let _ = (read(bytes, other.as_bytes()), read(other.as_bytes(), bytes));
            }
        }
    }
    let deep = "[".repeat(100_000);
    for bytes in [
        b"".as_slice(),
        b"\xff\xfe\x00",
        b"\x1f\x8b\x08",
        deep.as_bytes(),
        b"[1]",
        b"{\"a\":1,\"a\":[{}]}",
        b"cve\n\"",
        b"#",
    ] {
        let _ = (read(bytes, b"cve,date\n"), read(b"cve,known\n", bytes));
    }
}

#[test]
fn three_hundred_thousand_rows_take_seconds() {
    let began = Instant::now();
    let vector = [
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:L/A:N",
        "AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
    ];
    let row = |n: usize| {
        let epss = (n * 7919 % 100_000) as f64 / 1e5;
        format!("CVE-2024-{},2024-10-01,CVSS:3.1/{},{epss},none,yes,total\n", 1_000_000 + n, vector[n % 3])
    };
    let rows: String = (0..300_000).map(row).collect();
    let outcomes: String =
        (0..1000).map(|n| format!("CVE-2024-{},2024-11-01\n", 1_000_000 + 300 * n)).collect();
    let (rows, outcomes) = (
        format!("cve,known,vector,epss,exploitation,automatable,technical_impact\n{rows}"),
        format!("cve,date\n{outcomes}"),
    );
    let test = tested(&(rows, outcomes), &window());
    assert_eq!((test.counts.kept, test.exploited, test.rankings.len()), (300_000, 1000, 7));
    // Some ten seconds with the optimisation of tests on one slow core, a few in a release.
    assert!(began.elapsed().as_secs() < 120, "{:?}", began.elapsed());
}

/// CISA Vulnrichment as of 2024-10-24 against KEV as of 2025-08-25: the tables of the manual's chapter on back-tests.
#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn rankings_of_a_day_in_2024_are_what_the_manual_says() {
    let options = BackTestOptions { leave_out_known: true, complete: true, ..window() };
    let rows = corpora::file("intel/vulnrichment_2024-10-24.csv.gz");
    let outcomes = corpora::file("intel/kev_2025-08-25.json");
    let cohort = Cohort::read(&rows, &outcomes, None, &options).unwrap();
    assert_eq!((cohort.len(), cohort.exploited()), (31_998, 20));
    let shown = render::back_test(&cohort.test(&options).unwrap());
    println!("{shown}");
    manual::holds("rankings", &shown);
}
