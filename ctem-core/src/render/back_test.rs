use crate::backtest::{BackTest, Calibration, EffortTest, Measured, RankingTest};
use std::fmt::Write;

/// A back-test as Markdown: coverage, efficiency and AUC of each ranking, and what became of its chances.
///
/// ```
/// use ctem_core::{backtest::{BackTestOptions, Cohort}, render};
///
/// let rows = b"cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n";
/// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
/// let cohort = Cohort::read(rows, b"cve,date\nCVE-2024-0001,2024-11-01\n", None, &options)?;
/// let shown = render::back_test(&cohort.test(&options)?);
/// assert!(shown.starts_with("1 of 2 CVEs were exploited from 2024-10-24 to 2025-08-25, in 305 days"));
/// assert!(shown.contains("| CVSS base score |"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn back_test(test: &BackTest) -> String {
    let mut out = String::new();
    head(&mut out, test);
    order(&mut out, test);
    efficiency(&mut out, test);
    let forecasts: Vec<(&RankingTest, &Calibration)> =
        test.rankings.iter().filter_map(|ranking| Some((ranking, ranking.calibration.as_ref()?))).collect();
    if !forecasts.is_empty() {
        chances(&mut out, &forecasts);
        for (ranking, calibration) in forecasts {
            bins(&mut out, ranking, calibration);
        }
    }
    out
}

fn head(out: &mut String, test: &BackTest) {
    let counts = &test.counts;
    line(
        out,
        format_args!(
            "{} of {} CVEs were exploited from {} to {}, in {}: {}. Intervals are {} ones.",
            test.exploited,
            counts.kept,
            test.landmark.date(),
            test.until.date(),
            test.days,
            share(test.prevalence, 1e4, " in 10,000"),
            test.confidence.percent(),
        ),
    );
    line(
        out,
        format_args!(
            "Rows: {}; {} known exploited before, {} incomplete. Outcomes: {}; {} in the window are of no row.",
            counts.rows, counts.known_before, counts.incomplete, counts.outcomes, counts.outcomes_of_no_row
        ),
    );
}

/// Coverage at each effort, AUC, and how both differ from the first ranking's.
fn order(out: &mut String, test: &BackTest) {
    columns(out, "ranking", test, "coverage at", &["AUC", "AUC gained"]);
    for ranking in &test.rankings {
        let covered = ranking.efforts.iter().map(|each| measured(each.coverage, 3));
        let gained = ranking.auc_gain.map_or_else(String::new, |gain| measured(gain, 3));
        let known = if ranking.known == test.counts.kept {
            String::new()
        } else {
            format!(" (knows {})", ranking.known)
        };
        row(
            out,
            &format!("{}{known}", ranking.ranking.title()),
            covered.chain([measured(ranking.auc, 3), gained]),
        );
    }
}

fn efficiency(out: &mut String, test: &BackTest) {
    columns(out, "exploited of 1,000 that are mended", test, "at", &[]);
    for ranking in &test.rankings {
        let share = |each: &EffortTest| share(each.efficiency, 1e3, "");
        row(out, ranking.ranking.title(), ranking.efforts.iter().map(share));
    }
}

fn columns(out: &mut String, first: &str, test: &BackTest, what: &str, more: &[&str]) {
    let efforts = test.rankings.first().map(|ranking| ranking.efforts.as_slice()).unwrap_or_default();
    let names = efforts.iter().map(|each| format!("{what} {}", each.effort.percent()));
    let names: Vec<String> = names.chain(more.iter().map(|name| (*name).to_owned())).collect();
    out.push('\n');
    row(out, first, names.iter().cloned());
    row(out, "---", names.iter().map(|_| "---".to_owned()));
}

fn chances(out: &mut String, forecasts: &[(&RankingTest, &Calibration)]) {
    out.push('\n');
    let names = [
        "rows",
        "expected",
        "observed",
        "observed / expected",
        "log loss",
        "of one rate",
        "Brier · 10⁶",
        "of one rate",
    ];
    row(out, "chances of", names.map(str::to_owned).into_iter());
    row(out, "---", names.map(|_| "---".to_owned()).into_iter());
    for (ranking, each) in forecasts {
        let cells = [
            each.rows.to_string(),
            format!("{:.1}", each.expected),
            each.observed.to_string(),
            measured(each.ratio, 2),
            measured(each.log_loss, 1),
            format!("{:.1}", each.log_loss_of_one_rate),
            share(each.brier, 1e6, ""),
            format!("{:.0}", each.brier_of_one_rate * 1e6),
        ];
        row(out, ranking.ranking.title(), cells.into_iter());
    }
}

fn bins(out: &mut String, ranking: &RankingTest, calibration: &Calibration) {
    out.push('\n');
    let names = ["rows", "expected", "observed", "observed / expected"].map(str::to_owned);
    row(out, &format!("{}: chance", ranking.ranking.title()), names.into_iter());
    row(out, "---", (0..4).map(|_| "---".to_owned()));
    for bin in &calibration.bins {
        let cells = [
            bin.rows.to_string(),
            format!("{:.1}", bin.expected),
            bin.observed.to_string(),
            measured(bin.ratio, 2),
        ];
        let range = match bin.lowest == bin.highest {
            true => format!("{:.2e}", bin.lowest),
            false => format!("{:.2e} to {:.2e}", bin.lowest, bin.highest),
        };
        row(out, &range, cells.into_iter());
    }
}

fn measured(number: Measured, places: usize) -> String {
    let shown = |part: f64| {
        // What rounds to nothing has no sign.
        let text = format!("{part:.places$}");
        if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
            text.trim_start_matches('-').to_owned()
        } else {
            text
        }
    };
    format!("{} [{}, {}]", shown(number.value), shown(number.lower), shown(number.upper))
}

fn share(number: Measured, of: f64, unit: &str) -> String {
    let Measured { value, lower, upper, .. } = number;
    format!("{:.1}{unit} [{:.1}, {:.1}]", value * of, lower * of, upper * of)
}

fn row(out: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    out.push_str("| ");
    out.push_str(first);
    for cell in cells {
        out.push_str(" | ");
        out.push_str(&cell);
    }
    out.push_str(" |\n");
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{text}");
}
