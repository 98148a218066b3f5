//! The picture of loss left against hours of work: the plan's curve, and those of the orders that people go by.

use crate::{
    mobilize::{LossCurve, Plan},
    quantity::{Unit, spelled},
    render::{
        escape::escaped,
        markup::{axis, put},
        plan::amount,
    },
};

/// Curves, and the numbers they are drawn against.
pub(in crate::render) struct Curves<'a> {
    pub(super) curves: &'a [LossCurve],
    /// Hours of work of the plan.
    pub(super) hours: f64,
    /// The loss before anything is done.
    pub(super) before: f64,
    /// What it is counted in, where that is known.
    pub(super) unit: Option<Unit>,
}

impl<'a> Curves<'a> {
    pub(in crate::render) fn of(plan: &'a Plan) -> Self {
        Self { curves: &plan.curves, hours: plan.hours, before: plan.before.value(), unit: Some(plan.unit) }
    }

    fn brief(&self, left: f64) -> String {
        self.unit.map_or_else(|| spelled(left), |unit| amount(unit, self.before, left))
    }

    /// The curves in words, for those who do not see them.
    fn told(&self) -> String {
        let left =
            |curve: &LossCurve| format!("{} leaves {}", called(curve), self.brief(curve.at(self.hours)));
        let all: Vec<String> = self.curves.iter().map(left).collect();
        format!("after {} hours {}", spelled(self.hours), all.join(", "))
    }
}

/// The picture's width and height, and how far its axes lie from its left and lower edge.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 84.0;
const BELOW: f64 = 30.0;
const ABOVE: f64 = 10.0;

/// Loss left against hours of work, in steps: what an action saves is saved when it is done.
pub(in crate::render) fn figure(page: &mut String, drawn: &Curves<'_>) {
    let end = drawn.curves.iter().filter_map(|curve| curve.points.last()).map(|(hours, _)| *hours);
    let end = end.fold(drawn.hours, f64::max);
    let most = drawn.before;
    if drawn.curves.is_empty() || end <= 0.0 || most <= 0.0 {
        return;
    }
    let x = |hours: f64| LEFT + (WIDTH - LEFT - 10.0) * hours / end;
    let y = |left: f64| ABOVE + (HEIGHT - ABOVE - BELOW) * (1.0 - (left / most).clamp(0.0, 1.0));
    put(
        page,
        format_args!(
            "<figure><svg class=\"curves\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-label=\"Expected loss left against \
             hours of work: {}\">",
            escaped(&drawn.told())
        ),
    );
    for part in [0.0, 0.5, 1.0] {
        axis(page, (LEFT, WIDTH - 10.0), y(part * most), &drawn.brief(part * most));
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
    for curve in drawn.curves.iter().rev() {
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
                class(curve),
                WIDTH - 10.0,
                called(curve)
            ),
        );
    }
    page.push_str("</svg><figcaption>");
    for curve in drawn.curves {
        let (order, called) = (class(curve), called(curve));
        put(page, format_args!("<span class=\"key {order}\">{called}</span>"));
    }
    page.push_str("</figcaption></figure>");
}

fn called(curve: &LossCurve) -> &'static str {
    match &*curve.order {
        "plan" => "this plan",
        "severity" => "by severity",
        "epss" => "by EPSS",
        "known_exploited" => "known exploited first",
        _ => "another order",
    }
}

/// How it is drawn; what somebody else calls an order is not written into the markup.
fn class(curve: &LossCurve) -> &'static str {
    ["plan", "severity", "epss", "known_exploited"]
        .into_iter()
        .find(|known| *known == &*curve.order)
        .unwrap_or_default()
}
