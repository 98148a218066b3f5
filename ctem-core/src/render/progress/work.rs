//! The work: what was mended and whether it was what matters, what noise it took away, and what is looked at.

use super::tell::{percent, share, table};
use crate::{
    program::{Mark, ProgressReport},
    quantity::{Part, spelled},
    render::{
        escape::escaped,
        markup::{name, put},
        words::{LONG, counted, short},
    },
};

pub(super) fn effort(page: &mut String, report: &ProgressReport) {
    let effort = &report.measures.effort;
    page.push_str("<h2>Work</h2>");
    let rows = [
        ("of what stood, mended (effort)", effort.effort),
        ("of what is known to be exploited, mended (coverage)", effort.coverage),
        ("of what was mended, known to be exploited (efficiency)", effort.efficiency),
    ];
    table(
        page,
        "What was mended, and whether it was what is exploited",
        &["Which", "Share", "Between", "That is"],
        rows.into_iter().map(|(called, part)| {
            let [share, between, count] = share(&part);
            vec![called.into(), share, between, count]
        }),
    );
}

pub(super) fn noise(page: &mut String, report: &ProgressReport) {
    let Some(Mark { sightings, findings, exposures, actions, .. }) = report.trend.last() else { return };
    put(
        page,
        format_args!(
            "<p>Noise removed: {} → {} → {} → {}.</p>",
            counted(*sightings, "sighting"),
            counted(*findings, "finding"),
            counted(*exposures, "exposure"),
            counted(*actions, "action"),
        ),
    );
}

pub(super) fn watched(page: &mut String, report: &ProgressReport) {
    let watched = &report.watched;
    page.push_str("<h2>What is looked at</h2>");
    put(
        page,
        format_args!(
            "<p>Looked at within {}: {} of {}.</p>",
            watched.within_days,
            spelled(watched.watched as f64),
            counted(watched.assets, "asset"),
        ),
    );
    table(
        page,
        "By kind of check, of the assets in which it could see something",
        &["Check", "Looked at", "Of", "Share", "Last"],
        watched.checks.iter().filter(|by| by.assets > 0).map(|by| {
            vec![
                by.check.name().replace('_', " "),
                spelled(by.watched as f64),
                spelled(by.assets as f64),
                percent(by.watched as f64 / by.assets as f64),
                by.newest.map_or("never".into(), |newest| newest.date()),
            ]
        }),
    );
    if let Some(identities) = &watched.identities {
        let part = |part: Part| {
            part.share.map_or("–".into(), |share| {
                format!(
                    "{} ({} of {})",
                    percent(share),
                    spelled(part.count as f64),
                    spelled(part.total as f64)
                )
            })
        };
        put(
            page,
            format_args!(
                "<p>Identities are known as far as they were collected: sessions of {} of accounts, local groups of {} of machines.</p>",
                escaped(&part(identities.sessions)),
                escaped(&part(identities.local_groups)),
            ),
        );
    }
    if watched.list.is_empty() {
        return;
    }
    let named: Vec<String> = watched.list.iter().map(|asset| name(&short(&asset.title, LONG))).collect();
    let more = watched.count - watched.list.len();
    let rest = if more > 0 { format!(", and {} more", spelled(more as f64)) } else { String::new() };
    put(
        page,
        format_args!(
            "<p>Looked at by nobody: {}, those with most at stake first: {}{rest}.</p>",
            counted(watched.count, "asset"),
            named.join(", "),
        ),
    );
}
