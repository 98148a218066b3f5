//! The ranking as people read it: one row for what has one risk.
//!
//! Every link of a path that nothing else leads around has the risk of the whole path. Told one by one they are a wall of equal
//! numbers, so links stand with the row above that has the same risk, and are counted there.

use super::words;
use crate::{
    prioritize::{Assessment, Exposure},
    quantity::spelled,
};

/// So many links are named; the rest are counted.
const NAMED: usize = 10;

/// An exposure, and the links of the same risk that follow it.
pub(super) struct Row<'a> {
    pub exposure: Exposure<'a>,
    /// How many links: rights, routes and other relations.
    pub links: usize,
    /// The first of them.
    named: Vec<String>,
}

/// The first rows of the ranking. O(exposures they stand for).
pub(super) fn rows(assessment: &Assessment, at_most: usize) -> Vec<Row<'_>> {
    let mut ranked = assessment.ranked().peekable();
    let mut rows = Vec::new();
    while rows.len() < at_most
        && let Some(exposure) = ranked.next()
    {
        let mut row = Row { exposure, links: 0, named: Vec::new() };
        while let Some(link) = ranked.next_if(|next| next.finding.is_none() && row.has_risk_of(next)) {
            row.links += 1;
            if row.links <= NAMED {
                row.named.push(words::heading(&link));
            }
        }
        rows.push(row);
    }
    rows
}

/// How many exposures the rows stand for.
pub(super) fn shown(rows: &[Row<'_>]) -> usize {
    rows.iter().map(|row| 1 + row.links).sum()
}

/// What a column of links means; none when there is no such column.
pub(super) fn legend(rows: &[Row<'_>]) -> Option<&'static str> {
    rows.iter().any(|row| row.links > 0).then_some(
        "Links: so many rights and routes more have the same risk, most often as other steps of the same path",
    )
}

impl Row<'_> {
    /// Whether an exposure has the row's risk, up to rounding, and of losses that are as well known.
    fn has_risk_of(&self, exposure: &Exposure<'_>) -> bool {
        let (one, other) = (self.exposure.risk.value(), exposure.risk.value());
        self.exposure.assumed == exposure.assumed && (one - other).abs() <= 1e-9 * one.abs()
    }

    /// How many links, as a cell.
    pub(super) fn links(&self) -> String {
        if self.links == 0 { String::new() } else { format!("+{}", spelled(self.links as f64)) }
    }

    /// The links by name; none when there are none.
    pub(super) fn named(&self) -> Option<String> {
        let more = self.links.saturating_sub(self.named.len());
        let rest = if more > 0 { format!(" and {} more", spelled(more as f64)) } else { String::new() };
        (self.links > 0).then(|| format!("Links of the same risk: {}{rest}", self.named.join(", ")))
    }
}
