//! One web page that needs nothing else: no network, no other file.
//!
//! All of it is there without a script, the reasons behind each row included; the script only filters. The page's policy lets
//! no other script or style run than the two it was written with, told by their SHA-256.

use super::{
    RenderOptions,
    escape::escaped,
    explanation,
    picture::picture,
    words::{self, LONG, short, visible},
};
use crate::{
    prioritize::{Assessment, Explanation, Exposure, Term},
    quantity::{Probability, spelled},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An assessment as a self-contained HTML page: the ranking with a filter, behind each row its attack path as a picture and
/// its tree of terms, in light and dark.
///
/// Every row shown is explained, so `explained` does not count here. About 10 kB a row.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, RenderOptions};
///
/// let page = render::html(&today, &RenderOptions::default());
/// assert!(page.contains("Admin page open to all") && !page.contains("http://"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn html(assessment: &Assessment, options: &RenderOptions) -> String {
    let mut page = String::with_capacity(1 << 16);
    head(&mut page, assessment);
    at_stake(&mut page, assessment, options.at_most);
    let exposures: Vec<Exposure<'_>> = assessment.ranked().take(options.at_most).collect();
    ranking(&mut page, assessment, &exposures);
    if let Some(rest) = words::rest(assessment, exposures.len()) {
        put(&mut page, format_args!("<p class=\"faint\">… {}</p>", escaped(&rest)));
    }
    if !assessment.notes().is_empty() {
        page.push_str("<h2>Assumed</h2><ul>");
        for note in assessment.notes() {
            put(&mut page, format_args!("<li>{}</li>", escaped(&visible(&note.reason))));
        }
        page.push_str("</ul>");
    }
    put(&mut page, format_args!("</main><script>{SCRIPT}</script></body></html>\n"));
    page
}

/// Writing to a string cannot fail, so there is no result to look at.
fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}

/// A name of others: text, and its direction stays its own.
fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

fn head(page: &mut String, assessment: &Assessment) {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    let title = escaped(&words::headline(assessment));
    put(
        page,
        format_args!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\
             <title>{title}</title><style>{STYLE}</style></head><body><header><h1>{title}</h1>\
             <p class=\"faint\">{}</p>",
            hash(STYLE),
            hash(SCRIPT),
            escaped(&words::basis(assessment)),
        ),
    );
    let likely = assessment.ranked().next().map(|worst| words::name(worst.asset)).unwrap_or_default();
    let leading = assessment.len() - assessment.harmless();
    put(
        page,
        format_args!(
            "<ul class=\"figures\"><li><strong>{}</strong>expected loss</li>\
             <li><strong>{leading}</strong>exposures lead to a loss</li>\
             <li><strong>{}</strong>has the worst of them</li></ul></header><main>",
            escaped(&words::expected(assessment)),
            name(&likely),
        ),
    );
}

fn at_stake(page: &mut String, assessment: &Assessment, at_most: usize) {
    let loss_events = assessment.loss_events();
    if loss_events.is_empty() {
        return;
    }
    page.push_str(
        "<h2>What is at stake</h2><div class=\"wide\"><table><thead><tr><th>Loss event<th class=\"number\">Loss\
         <th class=\"number\">Chance<th class=\"number\">Once in<th>Most probable path</tr></thead><tbody>",
    );
    for jewel in loss_events.iter().take(at_most) {
        let path = jewel.path.as_ref().map(|path| {
            let hops = path.hops.iter().filter_map(|hop| hop.to.as_ref()).map(|held| short(&held.asset, 40));
            let mut hops: Vec<String> = hops.collect();
            hops.dedup();
            hops.join(" → ")
        });
        put(
            page,
            format_args!(
                "<tr><td>{}<td class=\"number\">{}<td class=\"number\">{}<td class=\"number\">{}<td>{}</tr>",
                name(&short(jewel.stake.event.title(), LONG)),
                escaped(&jewel.stake.loss.to_string()),
                escaped(&words::between(jewel.chance, |chance| Probability::clamped(chance).percent())),
                words::once_in(jewel.once_in_years),
                name(&path.unwrap_or_else(|| "none".into())),
            ),
        );
    }
    page.push_str("</tbody></table></div>");
}

fn ranking(page: &mut String, assessment: &Assessment, exposures: &[Exposure<'_>]) {
    page.push_str(
        "<h2>What to fix first</h2><form id=\"search\" role=\"search\" hidden>\
         <input id=\"filter\" type=\"search\" aria-label=\"Filter\" \
         placeholder=\"Filter by exposure, asset, loss or owner\">\
         <label><input id=\"known\" type=\"checkbox\"> known to be exploited</label>\
         <output id=\"count\" class=\"faint\"></output></form>\
         <div class=\"row heads\"><span>#</span><span class=\"number\">Risk</span><span>Exposure</span><span>On</span>\
         <span>KEV</span><span class=\"number\">Likely</span><span class=\"number\">Reach</span><span>Leads to</span>\
         <span>Owner</span></div>",
    );
    let worst = exposures.first().map_or(0.0, |exposure| exposure.risk.value());
    let mut explainer = assessment.explainer();
    for exposure in exposures {
        row(page, assessment, exposure, worst);
        reasons(page, exposure, &explainer.exposure(exposure));
        page.push_str("</div></details>");
    }
}

fn row(page: &mut String, assessment: &Assessment, exposure: &Exposure<'_>, worst: f64) {
    let known = exposure.known_exploited;
    let part = if worst > 0.0 { exposure.risk.value() / worst } else { 0.0 };
    put(
        page,
        format_args!(
            "<details class=\"exposure\"{}><summary class=\"row\"><span class=\"faint\">{}</span>\
             <span class=\"number\">{}<meter value=\"{part}\" aria-hidden=\"true\"></meter></span><span>{}</span>\
             <span>{}</span><span>{}</span><span class=\"number\">{}</span><span class=\"number\">{}</span>\
             <span>{}</span><span>{}</span></summary><div class=\"reasons\">",
            if known { " data-known" } else { "" },
            exposure.rank,
            escaped(&exposure.unit.amount(exposure.risk.value())),
            name(&words::what(exposure)),
            name(&words::name(exposure.asset)),
            if known { "<span class=\"known\">KEV</span>" } else { "" },
            escaped(&exposure.likelihood.percent()),
            escaped(&exposure.reach.percent()),
            name(&words::leads_to(exposure)),
            name(&words::owner(assessment.environment(), exposure.asset)),
        ),
    );
}

fn reasons(page: &mut String, exposure: &Exposure<'_>, explanation: &Explanation) {
    // Titles can be as long as an article; the page shows a good part of one.
    const TITLE: usize = 2_000;
    put(page, format_args!("<p>{}</p>", name(&short(&exposure.title(), TITLE))));
    let severity = exposure.severity.map(|severity| format!(", severity {severity}")).unwrap_or_default();
    let sources = exposure.finding.map(|finding| finding.sources().join(", ")).unwrap_or_default();
    let seen = match exposure.finding {
        Some(_) if sources.is_empty() => " seen by nobody in particular".into(),
        Some(_) => format!(" seen by {sources}"),
        None => String::new(),
    };
    let id = exposure.finding.map_or(exposure.id.as_str(), |finding| finding.weakness.id.as_str());
    put(
        page,
        format_args!(
            "<p class=\"faint\">{}{}{severity}</p>",
            escaped(&short(id, LONG)),
            name(&short(&seen, LONG)),
        ),
    );
    let fix = words::fix(exposure);
    if !fix.is_empty() {
        put(page, format_args!("<p>Fix: {}</p>", name(&fix)));
    }
    if let Some(path) = explanation.paths.first() {
        put(
            page,
            format_args!(
                "<h3>The way to {}: {}, {}</h3><div class=\"wide\">{}</div>",
                name(&short(&path.name, LONG)),
                escaped(&path.loss.to_string()),
                escaped(&path.chance.percent()),
                picture(path),
            ),
        );
    }
    for path in explanation.paths.iter().skip(1) {
        put(
            page,
            format_args!(
                "<p>Also to {}: {}, {}</p>",
                name(&short(&path.name, LONG)),
                escaped(&path.loss.to_string()),
                escaped(&path.chance.percent()),
            ),
        );
    }
    page.push_str("<h3>The number</h3><ul class=\"term root\">");
    tree(page, &explanation.risk);
    page.push_str("</ul>");
}

/// A term and its parts as nested lists. Their depth is that of the engine's formulas, a few levels.
fn tree(page: &mut String, term: &Term) {
    let title = &term.name;
    let term = words::telling(term);
    let fold = explanation::folded(term.fold);
    let comma = if fold.is_empty() { "" } else { ", " };
    put(
        page,
        format_args!(
            "<li>{} <b>{}</b>{comma}{} <span class=\"faint\">{}</span>",
            name(&short(title, LONG)),
            escaped(&spelled(term.value)),
            escaped(&fold),
            name(&short(&term.because, LONG)),
        ),
    );
    if !term.parts.is_empty() {
        page.push_str("<ul class=\"term\">");
        for part in &term.parts {
            tree(page, part);
        }
        page.push_str("</ul>");
    }
    page.push_str("</li>");
}
