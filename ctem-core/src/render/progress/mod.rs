//! The report for leadership as one page that needs nothing else: no network, no script, no other file.
//!
//! Every chart says in words what it shows, and has its numbers in a table behind it; every table has a caption and says which cells head
//! which, so that all of it can be read aloud. Every number has its sample and, where it is of a sample, its interval.

mod chart;
mod outlook;
mod speed;
mod tell;
mod work;

use super::{
    escape::escaped,
    markup::put,
    words::{LONG, capital, counted, short},
};
use crate::{
    program::{Cause, Exposed, Mark, ProgressReport},
    quantity::spelled,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use chart::{Line, chart};
use sha2::{Digest, Sha256};
use tell::{amount, days, numbers, percent, signed, table, whole};

const STYLE: &str = concat!(include_str!("../page/page.css"), include_str!("progress.css"));

/// A report for leadership as a self-contained HTML page, in light and dark, that can be read aloud and printed.
///
/// ```
/// use ctem_core::{Program, discover, measure::Period, program::{ApplyOptions, Event, ProgressOptions}, render, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let page = render::progress_report(&program.progress_report(november, &ProgressOptions::default())?);
/// assert!(page.contains("<h2>What moved it</h2>") && !page.contains("http://") && !page.contains("<script"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn progress_report(report: &ProgressReport) -> String {
    let mut page = String::with_capacity(1 << 15);
    head(&mut page, report);
    loss(&mut page, report);
    exposure(&mut page, report);
    speed::speed(&mut page, report);
    speed::promises(&mut page, report);
    work::effort(&mut page, report);
    work::noise(&mut page, report);
    work::watched(&mut page, report);
    outlook::listed(&mut page, report);
    outlook::deadlines(&mut page, report);
    outlook::next(&mut page, report);
    page.push_str("</main></body></html>\n");
    page
}

fn head(page: &mut String, report: &ProgressReport) {
    let of =
        if report.title.is_empty() { String::new() } else { format!("{}: ", short(&report.title, LONG)) };
    let (from, until) = (report.period.from().date(), report.period.until().date());
    let title = escaped(&format!("{of}exposure from {from} to {until}"));
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    put(
        page,
        format_args!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
             base-uri 'none'; form-action 'none'\">\
             <title>{title}</title><style>{STYLE}</style></head><body><header><h1>{}</h1>\
             <p class=\"faint\">As of {}. Losses are expected ones within {}; intervals are at 95 %.</p>",
            capital(&title),
            report.as_of.date(),
            report.horizon,
        ),
    );
    let (moved, measures) = (&report.moved, &report.measures);
    page.push_str("<ul class=\"figures\">");
    let mut figure = |number: &str, what: &str| {
        put(page, format_args!("<li><strong>{}</strong>{}</li>", escaped(number), escaped(what)));
    };
    let by = moved.to.value() - moved.from.value();
    figure(&whole(report, moved.to), &format!("expected loss, {} in the period", signed(report, by)));
    if let Some(last) = report.trend.last() {
        figure(&spelled(last.critical as f64), "critical exposures");
    }
    let gone: usize = report.trend.iter().skip(1).map(|mark| mark.eliminated_paths).sum();
    figure(&spelled(gone as f64), "attack paths eliminated");
    let median = measures.remediate.median.map_or("not known yet".into(), days);
    figure(&median, &format!("until half of {} were mended", counted(measures.remediate.of, "finding")));
    if let Some(share) = measures.promises.share {
        figure(&percent(share), "of promises kept");
    }
    page.push_str("</ul></header><main>");
}

/// The loss over time, and what moved it.
fn loss(page: &mut String, report: &ProgressReport) {
    page.push_str("<h2>Expected loss</h2>");
    let measured = |mark: &Mark| mark.loss.unwrap_or(mark.risk);
    let points = report.trend.iter().map(|mark| (mark.at, measured(mark).value())).collect();
    let line = Line { called: "expected loss", kind: "curve", points };
    chart(page, &[line], &|loss| amount(report, loss));
    numbers(
        page,
        "Expected loss over time, with the bounds that hold it",
        &["Day", "Loss", "At least", "At most"],
        report.trend.iter().map(|mark| {
            let of = |loss: f64| amount(report, loss);
            vec![
                mark.at.date(),
                of(measured(mark).value()),
                of(measured(mark).lower()),
                of(measured(mark).upper()),
            ]
        }),
    );
    page.push_str("<h2>What moved it</h2>");
    let moved = &report.moved;
    if moved.by.is_empty() {
        page.push_str("<p>Nothing did.</p>");
        return;
    }
    table(
        page,
        &format!(
            "From {} to {}, one cause after the other",
            whole(report, moved.from),
            whole(report, moved.to)
        ),
        &["Cause", "Moved it by", "Events"],
        moved
            .by
            .iter()
            .map(|by| vec![cause(by.cause).into(), signed(report, by.amount), spelled(by.events as f64)]),
    );
}

fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Fixed => "findings that went",
        Cause::New => "new findings, and some that came back",
        Cause::Changed => "other news of what is there",
        Cause::Intel => "what the world learnt of flaws",
        Cause::Model => "another model of exploitation",
        Cause::Evidence => "tests",
        Cause::Scope => "what was stated to matter",
        Cause::Decided => "owners, claims and acceptances",
        Cause::Time => "time",
    }
}

/// Exposures, attack paths and who has a way to what matters, over time.
fn exposure(page: &mut String, report: &ProgressReport) {
    page.push_str("<h2>Exposure</h2>");
    let points =
        |of: fn(&Mark) -> usize| report.trend.iter().map(|mark| (mark.at, of(mark) as f64)).collect();
    let lines = [
        Line { called: "attack paths", kind: "curve", points: points(|mark| mark.paths) },
        Line { called: "critical exposures", kind: "curve second", points: points(|mark| mark.critical) },
    ];
    chart(page, &lines, &spelled);
    let all = |of: fn(&Mark) -> usize| report.trend.iter().skip(1).map(of).sum::<usize>();
    put(
        page,
        format_args!(
            "<p>Attack paths in the period: {} eliminated, {} new, {} that came back.</p>",
            all(|mark| mark.eliminated_paths),
            all(|mark| mark.new_paths),
            all(|mark| mark.reopened_paths)
        ),
    );
    if let Some((first, last)) = report.trend.first().zip(report.trend.last())
        && let Some(now) = last.exposed
    {
        let parts = |exposed: &Exposed| [exposed.accounts, exposed.machines, exposed.internet];
        let then = first.exposed.as_ref().map(parts);
        let called = ["accounts", "machines", "machines open to the internet"];
        table(
            page,
            &format!("Who has a way to what matters most ({})", counted(now.jewels, "asset")),
            &["Of all", "At first", "Now", "That is"],
            called.into_iter().zip(parts(&now)).enumerate().map(|(n, (called, part))| {
                let then = then.as_ref().and_then(|then| then.get(n)?.share);
                vec![
                    called.into(),
                    then.map_or("–".into(), percent),
                    part.share.map_or("–".into(), percent),
                    format!("{} of {}", spelled(part.count as f64), spelled(part.total as f64)),
                ]
            }),
        );
    }
    numbers(
        page,
        "Exposures and attack paths over time",
        &["Day", "Exposures", "Critical", "Attack paths", "New", "Back", "Eliminated"],
        report.trend.iter().map(|mark| {
            let count = |count: usize| spelled(count as f64);
            vec![
                mark.at.date(),
                count(mark.exposures),
                count(mark.critical),
                count(mark.paths),
                count(mark.new_paths),
                count(mark.reopened_paths),
                count(mark.eliminated_paths),
            ]
        }),
    );
}
