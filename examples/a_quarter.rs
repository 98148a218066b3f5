//! A quarter: thirteen weeks of a small company, event by event, and whether it got better.
//!
//! `examples/quarter/events.jsonl` has what happened: scans of three tools, feeds, tests, a claim that does not hold, an acceptance
//! that runs out, a machine that is switched off.
//!
//!     cargo run --release --example a_quarter
//!
//! `a_quarter.py` and `a_quarter.mjs` are the same program and print the same lines.

use ctem_core::{
    Days, Moment, Program,
    measure::{Period, Promises, Times},
    prioritize::AssessOptions,
    program::{ApplyOptions, Change, Event, Happened, MeasuresOptions, MovedOptions, ProgressOptions},
    quantity::Severity,
    render,
};
use std::error::Error;

const EVENTS: &str = include_str!("quarter/events.jsonl");

fn main() -> Result<(), Box<dyn Error>> {
    let mut program = Program::default();
    for line in EVENTS.lines() {
        let event = Event::read(line.as_bytes())?;
        let (day, what) = (event.at.date(), event.what.name());
        let delta = program.apply(event, ApplyOptions::default())?;
        println!("{day} {what}: EUR {:.0} → EUR {:.0}", delta.risk_before.value(), delta.risk_after.value());
        for (how, changes) in [
            ("appeared", &delta.appeared),
            ("ended", &delta.ended),
            ("rose", &delta.rose),
            ("fell", &delta.fell),
        ] {
            changes.iter().for_each(|change| println!("{}", told(how, change)));
        }
        for happened in &delta.happened {
            if let Some(said) = said(happened) {
                println!("  ! {said}");
            }
        }
    }

    let day = |text: &str| text.parse::<Moment>();
    let promises =
        Promises::new([(Severity::Critical, Days::new(14.0)?), (Severity::High, Days::new(30.0)?)])?;
    let options = MeasuresOptions { promises, ..MeasuresOptions::default() };
    let period = Period::new(day("2025-07-07")?, day("2025-10-06T12:00:00Z")?)?;
    let quarter = program.measures(period, &options)?;
    println!(
        "\nThe quarter: {} first seen, {} ended, {} reopened, {} open",
        quarter.first_seen, quarter.ended, quarter.reopened, quarter.open_at_end
    );
    println!("Time to remediate: {}", times(&quarter.remediate));
    println!("Time to detect: {}", times(&quarter.detect));
    let kept = quarter.promises;
    println!("Promises: {} kept, {} broken, {} running", kept.kept, kept.broken, kept.running);
    println!("Looked at: {} of {} assets", quarter.coverage.looked_at, quarter.coverage.assets);
    let months = ["2025-07-08T12:00:00Z", "2025-08-08", "2025-09-08", "2025-10-06T12:00:00Z"];
    let months = months.into_iter().map(day).collect::<Result<Vec<_>, _>>()?;
    for mark in program.trend(&months, &AssessOptions::default())? {
        println!(
            "{}: EUR {:.0}, {} exposures, {} paths ({} new, {} reopened, {} eliminated)",
            mark.at.date(),
            mark.risk.value(),
            mark.exposures,
            mark.paths,
            mark.new_paths,
            mark.reopened_paths,
            mark.eliminated_paths
        );
    }
    println!("What moved the loss:");
    for by in program.moved(period, &MovedOptions::default())?.by {
        println!("  {}: EUR {:.0}", by.cause, by.amount);
    }
    let options =
        ProgressOptions { title: "The shop".into(), measures: options, ..ProgressOptions::default() };
    let page = render::progress_report(&program.progress_report(period, &options)?);
    println!("The report for leadership: a page of {} bytes", page.len());
    Ok(())
}

fn told(how: &str, change: &Change) -> String {
    let why: Vec<&str> = change.why.iter().map(|why| why.name()).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    format!("  {how} {} on {}: EUR {:.0}{why}", change.title, change.asset, change.by())
}

/// What a person is told besides.
fn said(happened: &Happened) -> Option<String> {
    Some(match happened {
        Happened::ClaimRefuted { finding, .. } => {
            format!("{finding} was said to be mended and is still seen")
        }
        Happened::Moved { finding } => format!("{finding} moved and is the same"),
        Happened::Reopened { finding, first, .. } => {
            format!("{finding} is back, first seen {}", first.date())
        }
        Happened::AcceptanceEnded { finding, .. } => format!("{finding} is no longer accepted"),
        Happened::Listed { cve, .. } => format!("{cve} is known to be exploited"),
        Happened::ModelChanged { .. } => "another EPSS model".to_owned(),
        _ => return None,
    })
}

fn times(times: &Times) -> String {
    let days = |days: Option<f64>| days.map_or("unknown".to_owned(), |days| format!("{days:.2} days"));
    format!(
        "mean of closed {}, median {}, p90 {} ({} of {} over)",
        days(times.mean_of_closed),
        days(times.median),
        days(times.p90),
        times.over,
        times.of
    )
}
