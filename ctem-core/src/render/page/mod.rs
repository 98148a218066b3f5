//! One web page that needs nothing else: no network, no other file.
//!
//! The head, the plan and what is at stake are written out; the rows of exposures and their reasons are data, and the script makes rows as one scrolls
//! and reasons as one opens them, so that 20,000 exposures stay usable. The page's policy lets no other script or style run than the
//! two it was written with, told by their SHA-256.

mod data;
mod map;
mod once;
mod picture;
mod plan;

use super::{
    RenderOptions,
    escape::escaped,
    markup::{name, put},
    only::Only,
    ranking::ordered,
    words::{self, LONG, short, visible},
};
use crate::{
    attack::Asking,
    mobilize::Plan,
    prioritize::{Assessment, Surroundings},
    quantity::{Probability, spelled},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use data::Data;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An assessment as a self-contained HTML page: the plan with its curve of loss left and a ticket for each action; the exposures to
/// filter, sort and group, behind each row its attack path as a picture and its tree of terms; in light and dark.
///
/// Every row shown is explained, so `explained` does not count here. About 600 bytes a row.
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
    html_asking(assessment, options, &Asking::nobody())
}

/// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
pub(crate) fn html_asking(assessment: &Assessment, options: &RenderOptions, asking: &Asking<'_>) -> String {
    let mut page = String::with_capacity(1 << 16);
    let planned = super::plan::plan(assessment, options.budget, true, asking);
    let only = Only::of(assessment, options);
    head(&mut page, assessment, planned.as_ref(), &only);
    if let Some(planned) = planned.clone().map(|planned| only.plan(planned, options.at_most)) {
        plan::section(&mut page, assessment, &planned);
    }
    at_stake(&mut page, assessment, options.at_most, asking);
    // As large as a plan may be to be made in passing.
    let around = planned.as_ref().map(|_| asking.within(|progress| assessment.surroundings(progress)));
    let around = around.unwrap_or_default();
    map::section(&mut page, &around);
    let looked_at = ranking(&mut page, assessment, options.at_most, planned.as_ref(), &only, &around, asking);
    if let Some(rest) = words::rest(assessment, looked_at, false) {
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

fn head(page: &mut String, assessment: &Assessment, plan: Option<&Plan>, only: &Only<'_>) {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    let title = escaped(&super::plan::headline(assessment, plan));
    put(
        page,
        format_args!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\
             <title>{title}</title><style>{STYLE}</style></head><body><header><h1>{title}</h1>\
             <p class=\"faint\">{}</p><p class=\"faint\">{}</p>",
            hash(STYLE),
            hash(SCRIPT),
            escaped(&words::basis(assessment)),
            escaped(&words::implied(assessment)),
        ),
    );
    if let Some(words) = only.words() {
        put(page, format_args!("<p class=\"faint\">{}</p>", escaped(&words)));
    }
    let leading = spelled((assessment.len() - assessment.harmless()) as f64);
    page.push_str("<ul class=\"figures\">");
    if let Some(plan) = plan {
        let figure = |loss| escaped(&super::plan::whole(plan, loss));
        put(page, format_args!("<li><strong>{}</strong>expected loss</li>", figure(plan.before)));
        put(
            page,
            format_args!(
                "<li><strong>{}</strong>once {} are done, in {} h</li>",
                figure(plan.after),
                words::counted(plan.rows.len(), "action"),
                spelled(plan.hours)
            ),
        );
    }
    put(
        page,
        format_args!("<li><strong>{leading}</strong>exposures lead to a loss</li></ul></header><main>"),
    );
}

fn at_stake(page: &mut String, assessment: &Assessment, at_most: usize, asking: &Asking<'_>) {
    let loss_events = assessment.loss_events_asking(asking);
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
                escaped(&words::between(jewel.shown(), |chance| Probability::clamped(chance).percent())),
                escaped(&words::once_in_between(jewel.shown(), assessment.horizon())),
                name(&path.unwrap_or_else(|| "none".into())),
            ),
        );
    }
    page.push_str(
        "</tbody></table></div><p>These chances assume an attacker who tries everything that is open. The yearly chance at the top \
         also counts that few attackers try, and that few break-ins end in a loss.</p>",
    );
}

/// Writes the first rows. How many exposures these and what is not shown before them are comes back.
fn ranking(
    page: &mut String,
    assessment: &Assessment,
    at_most: usize,
    plan: Option<&Plan>,
    only: &Only<'_>,
    around: &Surroundings,
    asking: &Asking<'_>,
) -> usize {
    let (by, mut order) = ordered(assessment, plan, asking);
    let all = order.len();
    if !only.is_all() {
        order.retain(|(_, place)| {
            assessment.ranked_at(*place).is_some_and(|exposure| only.exposure(&exposure))
        });
    }
    let others = all - order.len();
    order.truncate(at_most);
    let head = by.head();
    put(
        page,
        format_args!(
            "<h2>Exposures</h2><noscript><p>The rows are made by a script that this page brings with it, and scripts are \
         switched off.</p></noscript><form id=\"search\" role=\"search\" hidden>\
         <input id=\"filter\" type=\"search\" aria-label=\"Filter\" \
         placeholder=\"Filter by exposure, asset, loss or owner\">\
         <label>Sort by <select id=\"sort\"><option value=\"rank\">{}<option value=\"likelihood\">likelihood\
         <option value=\"reach\">reach<option value=\"on\">asset<option value=\"owner\">owner</select></label>\
         <label>Group by <select id=\"group\"><option value=\"\">nothing<option value=\"owner\">owner\
         <option value=\"on\">asset<option value=\"loss\">loss</select></label>\
         <label><input id=\"known\" type=\"checkbox\"> known to be exploited</label>\
         <output id=\"count\" class=\"faint\"></output></form>\
         <div class=\"row heads\"><span>#</span><span class=\"number\">{head}</span><span>Exposure</span><span>On</span>\
         <span>KEV</span><span class=\"number\">Likely</span><span class=\"number\">Reach</span><span>Leads to</span>\
         <span>Owner</span></div><div id=\"rows\"></div>",
            head.to_lowercase()
        ),
    );
    let data = Data::of(assessment, &order, plan, asking).with(around).json();
    put(page, format_args!("<script type=\"application/json\" id=\"data\">{data}</script>"));
    order.len() + others
}
