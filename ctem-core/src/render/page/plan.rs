//! The plan on the page: the curve of loss left against effort, and a row for each action, which opens to its ticket.

use crate::{
    mobilize::{Plan, PlanRow, Signs},
    prioritize::Assessment,
    render::{
        drawn::curve::{self, Curves},
        escape::escaped,
        markup::{name, put},
        plan::{brief, effort, left, rest, who, why},
        ticket::ticket,
        words::{LONG, counted, rated, short},
    },
};

/// What to do, in order.
pub(super) fn section(page: &mut String, assessment: &Assessment, plan: &Plan) {
    page.push_str("<h2>What to do first</h2>");
    if !plan.rows.is_empty() {
        curve::figure(page, &Curves::of(plan));
        page.push_str(
            "<form id=\"planned\" hidden><label>Group by <select id=\"by\"><option value=\"\">order\
             <option value=\"owner\">owner<option value=\"kind\">kind of action</select></label></form>\
             <div class=\"row action heads\"><span>#</span><span>Do</span><span>Who</span><span class=\"number\">Effort</span>\
             <span class=\"number\">Loss left</span><span>Why</span></div><div id=\"actions\">",
        );
        for row in &plan.rows {
            action(page, assessment, plan, row);
        }
        page.push_str("</div>");
    }
    for line in rest(plan) {
        put(page, format_args!("<p class=\"faint\">{}</p>", escaped(&line)));
    }
}

fn action(page: &mut String, assessment: &Assessment, plan: &Plan, row: &PlanRow) {
    let owner = who(row);
    let kind = row.action.kind.name().replace('_', " ");
    put(
        page,
        format_args!(
            "<details class=\"action\" data-owner=\"{}\" data-kind=\"{}\"><summary class=\"row action\">\
             <span class=\"faint\">{}</span><span>{}</span><span>{}</span><span class=\"number\">{}</span>\
             <span class=\"number\">{}</span><span>{}</span></summary><div class=\"reasons\">",
            escaped(&owner),
            escaped(&kind),
            row.rank,
            name(&short(&row.action.title, LONG)),
            name(&owner),
            escaped(&effort(row)),
            escaped(&left(plan, row)),
            name(&why(row, None)),
        ),
    );
    let facts = [kind, format!("ends {}", counted(row.action.ends.len(), "exposure"))];
    let Signs { severity, cvss, epss, .. } = row.signs;
    let facts: Vec<String> = facts
        .into_iter()
        .chain(rated(severity, cvss, epss))
        .chain([format!("alone it would save {}", brief(plan, row.alone))])
        .collect();
    put(
        page,
        format_args!(
            "<p class=\"faint\">{}</p><button type=\"button\" class=\"copy\" hidden>Copy the ticket</button>\
             <pre class=\"ticket\" tabindex=\"0\">{}</pre></div></details>",
            escaped(&facts.join(", ")),
            escaped(&ticket(assessment, plan, row)),
        ),
    );
}
