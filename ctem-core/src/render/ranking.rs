//! The exposures as people read them: by what fixing each saves, and one row for what is one thing to them.
//!
//! Every link of a path that nothing else leads around is worth the same. Told one by one they are a wall of equal numbers, so links
//! stand with the row above that is worth as much, and are counted there. So do packages of one asset that have the same flaw.

use super::{only::Only, words};
use crate::{
    attack::Asking,
    id::{AssetId, WeaknessId},
    mobilize::Plan,
    prioritize::{Assessment, End, Exposure},
    quantity::spelled,
};
use std::collections::HashMap;

/// Less than this part of the whole is rounding.
const NOTHING: f64 = 1e-9;

/// So many links are named; the rest are counted.
const NAMED: usize = 10;

/// An exposure, and what stands with it.
pub(super) struct Row<'a> {
    pub exposure: Exposure<'a>,
    /// What it is ordered by.
    pub worth: f64,
    /// How many links: rights, routes and other relations.
    pub links: usize,
    /// How many packages more on the asset have the same flaw.
    pub packages: usize,
    /// The first of the links.
    named: Vec<String>,
}

/// What exposures are ordered by, and its name as the head of a column: by what fixing each saves, or by risk where that would take
/// too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    FixValue,
    Risk,
    /// As they rank: fixing one alone saves nothing.
    Nothing,
    /// As they rank: none leads to a loss.
    Hygiene,
}

impl By {
    pub(super) fn head(self) -> &'static str {
        match self {
            Self::FixValue | Self::Nothing | Self::Hygiene => "Fix value",
            Self::Risk => "Risk",
        }
    }

    pub(super) fn lead(self) -> &'static str {
        match self {
            Self::FixValue => "Exposures, by what fixing each alone saves",
            Self::Risk => "Exposures, by risk",
            Self::Nothing => "Exposures, of which none saves anything when it alone is fixed",
            Self::Hygiene => "Exposures, of which none leads to a loss as far as is known",
        }
    }
}

/// All exposures, the first first, each with what it is ordered by and its place in the ranking. None is worth more than the whole that
/// a plan begins with. O(n log n), and a sample where fix values are not exact.
pub(super) fn ordered(
    assessment: &Assessment,
    plan: Option<&Plan>,
    asking: &Asking<'_>,
) -> (By, Vec<(f64, usize)>) {
    let Some(plan) = plan else {
        return (By::Risk, assessment.places().collect());
    };
    let worth = asking.within(|progress| assessment.fix_values(progress));
    let whole = plan.before.value();
    let of =
        |end: End<'_>| (end.id().and_then(|id| worth.get(&id).copied()).unwrap_or(0.0).min(whole), end.place);
    let mut order: Vec<(f64, usize)> = assessment.ends().map(of).collect();
    // What differs by rounding alone is equal.
    let parts = |worth: f64| (worth / whole.max(f64::MIN_POSITIVE) / NOTHING).round();
    order.sort_by(|a, b| parts(b.0).total_cmp(&parts(a.0)).then(a.1.cmp(&b.1)));
    (By::FixValue, order)
}

/// What is shown of the exposures.
pub(super) struct Ranking<'a> {
    pub(super) by: By,
    pub(super) rows: Vec<Row<'a>>,
    /// Whether the rows end since what comes after them saves nothing alone.
    ends_in_nothing: bool,
    /// How many of what was looked at are not shown, since they are on other assets.
    others: usize,
}

/// The first rows, in that order, with what stands together put together. What saves nothing alone is no row behind what saves something.
pub(super) fn ranking<'a>(
    assessment: &'a Assessment,
    at_most: usize,
    plan: Option<&Plan>,
    only: &Only<'_>,
    asking: &Asking<'_>,
) -> Ranking<'a> {
    let (by, order) = ordered(assessment, plan, asking);
    let nothing = plan.map_or(0.0, |plan| NOTHING * plan.before.value());
    let saves_any = by == By::FixValue && order.first().is_some_and(|(worth, _)| *worth > nothing);
    let by = match by {
        By::FixValue if !saves_any && assessment.harmless() == assessment.len() => By::Hygiene,
        By::FixValue if !saves_any => By::Nothing,
        by => by,
    };
    let (mut ends_in_nothing, mut others) = (false, 0);
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut flaws: HashMap<(&AssetId, &WeaknessId), usize> = HashMap::new();
    for (worth, place) in order.into_iter().take_while(|_| asking.goes_on()) {
        if saves_any && worth <= nothing {
            ends_in_nothing = true;
            break;
        }
        let Some(exposure) = assessment.ranked_at(place) else { continue };
        if !only.exposure(&exposure) {
            others += 1;
            continue;
        }
        if let Some(finding) = exposure.finding {
            let flaw = (&finding.asset, &finding.weakness.id);
            if let Some(row) = flaws.get(&flaw).and_then(|at| rows.get_mut(*at)) {
                row.packages += 1;
                continue;
            }
            if rows.len() < at_most {
                flaws.insert(flaw, rows.len());
            }
        } else if let Some(row) = rows.last_mut().filter(|row| row.is_worth(worth)) {
            row.links += 1;
            if row.links <= NAMED {
                row.named.push(words::heading(&exposure));
            }
            continue;
        }
        if rows.len() == at_most {
            break;
        }
        rows.push(Row { exposure, worth, links: 0, packages: 0, named: Vec::new() });
    }
    Ranking { by, rows, ends_in_nothing, others }
}

impl Ranking<'_> {
    /// What follows the rows when some exposures are not among them.
    pub(super) fn rest(&self, assessment: &Assessment) -> Option<String> {
        let rows: usize = self.rows.iter().map(|row| 1 + row.links + row.packages).sum();
        let shown = rows + self.others;
        words::rest(assessment, shown, self.ends_in_nothing)
    }
}

/// What a column of what stands with a row means; none when there is no such column.
pub(super) fn legend(rows: &[Row<'_>]) -> Option<&'static str> {
    rows.iter().any(|row| row.links + row.packages > 0).then_some(
        "More: how many rights and routes are worth as much, mostly as other steps of the same path, and how many packages have the same flaw",
    )
}

impl Row<'_> {
    /// Whether it is worth so much, up to rounding.
    fn is_worth(&self, worth: f64) -> bool {
        worth > 0.0 && (self.worth - worth).abs() <= 1e-9 * self.worth.abs()
    }

    /// How much stands with it, as a cell.
    pub(super) fn more(&self) -> String {
        match self.links + self.packages {
            0 => String::new(),
            more => format!("+{}", spelled(more as f64)),
        }
    }

    /// The links by name; none when there are none.
    pub(super) fn named(&self) -> Option<String> {
        let more = self.links.saturating_sub(self.named.len());
        let rest = if more > 0 { format!(" and {} more", spelled(more as f64)) } else { String::new() };
        (self.links > 0).then(|| format!("Links worth the same: {}{rest}", self.named.join(", ")))
    }
}
