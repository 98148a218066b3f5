//! Lines over time, drawn as they are and told in words.

use crate::{
    render::{
        escape::escaped,
        markup::{axis, put},
    },
    time::Moment,
};

/// A line: what it is called, how it is drawn, and its points in order of time.
pub(super) struct Line<'a> {
    pub(super) called: &'a str,
    pub(super) kind: &'a str,
    pub(super) points: Vec<(Moment, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;
/// How far the axes lie from the left and the lower edge, and from the others.
const LEFT: f64 = 100.0;
const BELOW: f64 = 26.0;
const ABOVE: f64 = 10.0;
const RIGHT: f64 = 12.0;

/// Lines over one span of time, from nothing up to the largest number of any; nothing where there is no span or no number.
pub(super) fn chart(page: &mut String, lines: &[Line<'_>], show: &dyn Fn(f64) -> String) {
    let points = || lines.iter().flat_map(|line| &line.points);
    let most = points().map(|(_, value)| *value).fold(0.0, f64::max);
    let (Some(from), Some(until)) = (points().map(|(at, _)| *at).min(), points().map(|(at, _)| *at).max())
    else {
        return;
    };
    let span = until.since(from).get();
    if span <= 0.0 || most <= 0.0 {
        return;
    }
    let x = |at: Moment| LEFT + (WIDTH - LEFT - RIGHT) * at.since(from).get() / span;
    let y = |value: f64| ABOVE + (HEIGHT - ABOVE - BELOW) * (1.0 - (value / most).clamp(0.0, 1.0));
    let told: Vec<String> = lines.iter().map(|line| line.told(show)).collect();
    put(
        page,
        format_args!(
            "<figure><svg class=\"chart\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-label=\"{}\">",
            escaped(&told.join("; "))
        ),
    );
    for part in [0.0, 0.5, 1.0] {
        axis(page, (LEFT, WIDTH - RIGHT), y(part * most), &show(part * most));
    }
    for (at, anchor) in [(from, "start"), (until, "end")] {
        put(
            page,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                x(at),
                HEIGHT - 8.0,
                at.date()
            ),
        );
    }
    for line in lines {
        put(page, format_args!("<path class=\"{}\" d=\"", line.kind));
        for (n, (at, value)) in line.points.iter().enumerate() {
            let step = if n == 0 { 'M' } else { 'L' };
            put(page, format_args!("{step}{:.1} {:.1}", x(*at), y(*value)));
        }
        put(page, format_args!("\"><title>{}</title></path>", escaped(line.called)));
    }
    page.push_str("</svg>");
    if lines.len() > 1 {
        page.push_str("<figcaption>");
        for line in lines {
            put(page, format_args!("<span class=\"key {}\">{}</span>", line.kind, escaped(line.called)));
        }
        page.push_str("</figcaption>");
    }
    page.push_str("</figure>");
}

impl Line<'_> {
    /// The line in words, for those who do not see it.
    fn told(&self, show: &dyn Fn(f64) -> String) -> String {
        let highest = self.points.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        match (self.points.first(), self.points.last(), highest) {
            (Some(first), Some(last), Some(highest)) => format!(
                "{} from {} on {} to {} on {}, highest {} on {}",
                self.called,
                show(first.1),
                first.0.date(),
                show(last.1),
                last.0.date(),
                show(highest.1),
                highest.0.date()
            ),
            _ => self.called.to_owned(),
        }
    }
}
