//! An answer as a picture for people: a piece of a page that needs nothing else, such as notebooks show.
//!
//! It is drawn from the document of the answer, so whoever has the answer has the picture, in any language and without asking again.
//! The ink is that of the page around it and the colours stand on white as on black, since a notebook's theme is not the system's.

pub(super) mod curve;
pub(super) mod layout;
mod path;
mod plan;

use crate::{
    error::{Error, Result},
    mobilize::LossCurve,
    render::markup::put,
    text::json,
};
use curve::Curves;
use path::PathDocument;
use plan::PlanDocument;
use serde::{Deserialize, de::IgnoredAny};

const STYLE: &str = include_str!("drawn.css");

/// So many paths are looked at.
const PATHS: usize = 10;

/// The picture of an answer, which is a plan, paths, a path, an explanation or a loss curve.
pub(crate) fn drawn(answer: &str) -> Result<String> {
    let mut page = format!("<div class=\"ctem\"><style>{STYLE}</style>");
    // A list could be read as what is told apart, too.
    if !answer.trim_start().starts_with('{') {
        return Err(nothing());
    }
    let told: Told = json::parse(answer)?;
    match told {
        Told { rows: Some(_), before: Some(_), .. } => {
            plan::section(&mut page, &json::parse::<PlanDocument>(answer)?)
        }
        Told { hops: Some(_), .. } => path::section(&mut page, &json::parse::<PathDocument>(answer)?)?,
        Told { points: Some(_), .. } => alone(&mut page, &json::parse::<LossCurve>(answer)?),
        Told { list: Some(_), .. } | Told { paths: Some(_), .. } => {
            let Paths { list } = json::parse(answer)?;
            if list.is_empty() {
                return Err(nothing());
            }
            for one in list.iter().take(PATHS) {
                path::section(&mut page, one)?;
            }
            if list.len() > PATHS {
                put(&mut page, format_args!("<p class=\"faint\">and {} more</p>", list.len() - PATHS));
            }
        }
        Told { .. } => return Err(nothing()),
    }
    page.push_str("</div>");
    Ok(page)
}

fn nothing() -> Error {
    Error::invalid(
        "there is no picture of this: hand in a plan, paths, one of them, an explanation or a loss curve",
    )
}

/// By what answers are told apart.
#[derive(Deserialize)]
struct Told {
    rows: Option<IgnoredAny>,
    before: Option<IgnoredAny>,
    hops: Option<IgnoredAny>,
    points: Option<IgnoredAny>,
    list: Option<IgnoredAny>,
    paths: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Paths {
    #[serde(alias = "paths")]
    list: Vec<PathDocument>,
}

/// A curve without its plan: its own first loss is the whole.
fn alone(page: &mut String, curve: &LossCurve) {
    let most = curve.points.iter().map(|(_, left)| *left).fold(0.0, f64::max);
    let hours = curve.points.last().map_or(0.0, |(hours, _)| *hours);
    let curves = Curves { curves: std::slice::from_ref(curve), hours, before: most, unit: None };
    curve::figure(page, &curves);
}
