//! An explanation as text: the paths an attacker would take, then the number, folded from its terms.

use super::words;
use crate::{
    id::LossEventId,
    prioritize::{Explanation, Fold, Path, Term},
    quantity::spelled,
};
use std::{
    collections::HashMap,
    fmt::{Display, Formatter, Result},
};

/// Explanations of several exposures after each other: a path or a number that stands under one already is not written again, and what is
/// too long altogether is left to be asked for.
pub(super) struct Told {
    /// The last path to each loss event, and under which number it stands.
    paths: HashMap<LossEventId, (Path, usize)>,
    /// Numbers as they are written, and under which each stands.
    numbers: HashMap<String, usize>,
    /// How many lines may be written yet: along a chain of n findings each number has n terms.
    room: usize,
}

impl Told {
    pub(super) fn of(explanations: usize) -> Self {
        const EACH: usize = 64;
        const MORE: usize = 1 << 14;
        Self {
            paths: HashMap::new(),
            numbers: HashMap::new(),
            room: explanations.saturating_mul(EACH).saturating_add(MORE),
        }
    }

    /// An explanation as it stands under a number.
    pub(super) fn text(&mut self, explanation: &Explanation, rank: usize) -> String {
        let same = explanation.paths.first().and_then(|path| {
            self.paths.get(&path.event).filter(|(known, _)| known == path).map(|(_, rank)| *rank)
        });
        let number = explanation.risk.to_string();
        let known = self.numbers.get(&number).copied();
        let text = Telling { explanation, same, number: counted(&number, known) }.to_string();
        let Some(room) = self.room.checked_sub(text.lines().count()) else {
            self.room = 0;
            return "The reasons are too long to be written with so many others: ask for them by the id"
                .into();
        };
        self.room = room;
        if known.is_none() {
            self.numbers.insert(number, rank);
        }
        if let (None, Some(path)) = (same, explanation.paths.first()) {
            self.paths.insert(path.event.clone(), (path.clone(), rank));
        }
        text
    }
}

/// An explanation as text: with the place under which its first path stands already, and its number as it is written.
struct Telling<'a> {
    explanation: &'a Explanation,
    same: Option<usize>,
    number: String,
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Telling { explanation: self, same: None, number: counted(&self.risk.to_string(), None) }.fmt(f)
    }
}

impl Display for Telling<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Explanation { paths, .. } = self.explanation;
        match (paths.first(), self.same) {
            (Some(path), Some(rank)) => writeln!(f, "{}, as under {rank}\n", way(path))?,
            (Some(path), None) => writeln!(f, "{path}")?,
            (None, _) => {}
        }
        for path in paths.iter().skip(1) {
            writeln!(
                f,
                "Also to {}: {}, {}",
                words::short(&path.name, words::LONG),
                path.loss,
                path.chance.percent()
            )?;
        }
        if paths.len() > 1 {
            writeln!(f)?;
        }
        f.write_str(&self.number)
    }
}

/// A number with its terms, or under which it stands already.
fn counted(terms: &str, under: Option<usize>) -> String {
    under.map_or_else(|| format!("The number\n{terms}"), |rank| format!("The number, as under {rank}"))
}

fn way(path: &Path) -> String {
    let name = words::short(&path.name, words::LONG);
    format!("Attack path to {name}: {}, {}", path.loss, path.chance.percent())
}

impl Display for Path {
    /// The path step by step, one line each.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "{}", way(self))?;
        for (n, hop) in (1..).zip(&self.hops) {
            let sure = hop.chance == crate::quantity::Probability::ONE;
            let chance = if sure { String::new() } else { format!(", {}", hop.chance.percent()) };
            writeln!(f, "  {n}. {} → {}{chance}", words::how(hop), words::gives(hop))?;
        }
        Ok(())
    }
}

impl Display for Term {
    /// The tree, one term a line, its parts below it.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        // A stack of its own: trees have as many levels as the paths they speak of.
        let mut waiting = vec![(self, 1)];
        while let Some((term, depth)) = waiting.pop() {
            let (indent, name) = ("  ".repeat(depth), words::short(&term.name, words::LONG));
            let term = words::telling(term);
            write!(f, "{indent}{name} {}", spelled(term.value))?;
            let fold = folded(term.fold);
            if !fold.is_empty() {
                write!(f, ", {fold}")?;
            }
            if !term.because.is_empty() {
                write!(f, ": {}", words::short(&term.because, words::LONG))?;
            }
            writeln!(f)?;
            waiting.extend(term.parts.iter().rev().map(|part| (part, depth + 1)));
        }
        Ok(())
    }
}

/// How a number comes from the parts below it, in words.
pub(super) fn folded(fold: Fold) -> String {
    match fold {
        Fold::Fact => String::new(),
        Fold::Product => "the product of".into(),
        Fold::Sum => "the sum of".into(),
        Fold::Max => "the largest of".into(),
        Fold::Odds => "by log-odds from".into(),
        Fold::Horizon { from, to } if from == to => "the same as".into(),
        Fold::Horizon { from, .. } => format!("from {from}"),
        Fold::Clamp { .. } => "held within its ends".into(),
    }
}
