//! The plan on the page: the curve of loss left against effort, and a row for each action, which opens to its ticket.

use crate::{
    mobilize::{LossCurve, Plan, PlanRow, Signs},
    prioritize::Assessment,
    quantity::spelled,
    render::{
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
        curves(page, plan);
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
            name(&why(row)),
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

/// The picture's width and height, and how far its axes lie from its left and lower edge.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 84.0;
const BELOW: f64 = 30.0;
const ABOVE: f64 = 10.0;

/// Loss left against hours of work, in steps: what an action saves is saved when it is done.
fn curves(page: &mut String, plan: &Plan) {
    let end = plan.curves.iter().filter_map(|curve| curve.points.last()).map(|(hours, _)| *hours);
    let end = end.fold(plan.hours, f64::max);
    let most = plan.before.value();
    if plan.curves.is_empty() || end <= 0.0 || most <= 0.0 {
        return;
    }
    let x = |hours: f64| LEFT + (WIDTH - LEFT - 10.0) * hours / end;
    let y = |left: f64| ABOVE + (HEIGHT - ABOVE - BELOW) * (1.0 - (left / most).clamp(0.0, 1.0));
    put(
        page,
        format_args!(
            "<figure><svg class=\"curves\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-label=\"Expected loss left against \
             hours of work: {}\">",
            escaped(&told(plan))
        ),
    );
    for part in [0.0, 0.5, 1.0] {
        let at = y(part * most);
        put(
            page,
            format_args!(
                "<path class=\"axis\" d=\"M{LEFT} {at:.1} H{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - 10.0,
                LEFT - 6.0,
                at + 4.0,
                escaped(&brief(plan, part * most)),
            ),
        );
    }
    for part in [0.0, 0.5, 1.0] {
        let hours = spelled((part * end * 10.0).round() / 10.0);
        put(
            page,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{hours} h</text>",
                x(part * end).min(WIDTH - 24.0),
                HEIGHT - 8.0
            ),
        );
    }
    // The plan's is drawn last, so that it lies on top.
    for curve in plan.curves.iter().rev() {
        let mut path = String::new();
        for (hours, left) in &curve.points {
            let (at, to) = (x(*hours), y(*left));
            if path.is_empty() {
                put(&mut path, format_args!("M{at:.1} {to:.1}"));
            } else {
                put(&mut path, format_args!("H{at:.1}V{to:.1}"));
            }
        }
        put(
            page,
            format_args!(
                "<path class=\"curve {}\" d=\"{path}H{:.1}\"><title>{}</title></path>",
                escaped(&curve.order),
                WIDTH - 10.0,
                called(curve)
            ),
        );
    }
    page.push_str("</svg><figcaption>");
    for curve in &plan.curves {
        let (order, called) = (escaped(&curve.order), called(curve));
        put(page, format_args!("<span class=\"key {order}\">{called}</span>"));
    }
    page.push_str("</figcaption></figure>");
}

/// The curves in words, for those who do not see them.
fn told(plan: &Plan) -> String {
    let left = |curve: &LossCurve| format!("{} leaves {}", called(curve), brief(plan, curve.at(plan.hours)));
    let all: Vec<String> = plan.curves.iter().map(left).collect();
    format!("after {} hours {}", spelled(plan.hours), all.join(", "))
}

fn called(curve: &LossCurve) -> &'static str {
    match &*curve.order {
        "plan" => "this plan",
        "severity" => "by severity",
        "epss" => "by EPSS",
        _ => "known exploited first",
    }
}
