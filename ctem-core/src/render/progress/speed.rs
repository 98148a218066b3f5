//! How fast: times to detect and to remediate, against the period before, and promises.

use super::tell::{days, percent, table};
use crate::{
    measure::Times,
    program::ProgressReport,
    quantity::spelled,
    render::{
        escape::escaped,
        markup::put,
        words::{LONG, counted, short},
    },
};
use std::collections::BTreeMap;

const HEADS: [&str; 6] = ["Which", "Findings", "Over", "Mean of those", "Half within", "Nine of ten within"];

pub(super) fn speed(page: &mut String, report: &ProgressReport) {
    let measures = &report.measures;
    page.push_str("<h2>Speed</h2>");
    let rows = [
        ("from when it could be seen to first sight", &measures.detect),
        ("from the listing as exploited to first sight", &measures.detect_exploited),
        ("from first sight to mended", &measures.remediate),
    ];
    table(
        page,
        "Times; what is open counts as open for as long as it is (Kaplan and Meier)",
        &HEADS,
        rows.into_iter().map(|(called, times)| row(called, times)),
    );
    let groups: [(&str, &BTreeMap<String, Times>); 4] = [
        ("severity", &measures.by_severity),
        ("owner", &measures.by_owner),
        ("service", &measures.by_service),
        ("kind of weakness", &measures.by_kind),
    ];
    for (by, times) in groups.into_iter().filter(|(_, times)| times.len() > 1) {
        table(
            page,
            &format!("From first sight to mended, by {by}"),
            &HEADS,
            times.iter().map(|(called, times)| row(if called == "-" { "none" } else { called }, times)),
        );
    }
    let against = &measures.against_before;
    let sentence = match against.p {
        Some(p) => format!(
            "Against the period before, of which {} count: were both alike, they would differ so much with a chance of {} \
             (log-rank test).",
            counted(against.of[1], "finding"),
            percent(p)
        ),
        None => "Against the period before nothing can be told yet.".to_owned(),
    };
    put(page, format_args!("<p>{}</p>", escaped(&sentence)));
}

fn row(called: &str, times: &Times) -> Vec<String> {
    let quantile = |of: Option<f64>, [lower, upper]: [Option<f64>; 2]| {
        let Some(of) = of else {
            return lower.map_or("not known yet".into(), |lower| format!("more than {}", days(lower)));
        };
        let end = |end: Option<f64>| end.map_or("?".to_owned(), days);
        format!("{} ({} to {})", days(of), end(lower), end(upper))
    };
    vec![
        short(called, LONG),
        spelled(times.of as f64),
        spelled(times.over as f64),
        times.mean_of_closed.map_or("–".into(), days),
        quantile(times.median, times.median_between),
        quantile(times.p90, times.p90_between),
    ]
}

pub(super) fn promises(page: &mut String, report: &ProgressReport) {
    let promises = &report.measures.promises;
    if promises.promised == 0 {
        return;
    }
    page.push_str("<h2>Promises</h2>");
    let share = promises.share.map_or_else(
        || "None is decided yet.".to_owned(),
        |share| {
            format!(
                "{} were kept ({} to {}).",
                percent(share),
                percent(promises.lower),
                percent(promises.upper)
            )
        },
    );
    put(
        page,
        format_args!(
            "<p>{} ran: {} kept, {} broken, {} still run. {}</p>",
            counted(promises.promised, "promise"),
            promises.kept,
            promises.broken,
            promises.running,
            escaped(&share)
        ),
    );
    table(
        page,
        "What will be late, at the pace measured so far",
        &["Severity", "Run", "Will be late", "At least", "At most", "Not known", "Measured on"],
        report.measures.forecast.iter().map(|(severity, forecast)| {
            let number = |number: f64| spelled((number * 10.0).round() / 10.0);
            vec![
                severity.clone(),
                spelled(forecast.running as f64),
                number(forecast.late.value),
                number(forecast.late.lower),
                number(forecast.late.upper),
                spelled(forecast.unknown as f64),
                counted(forecast.of, "finding"),
            ]
        }),
    );
}
