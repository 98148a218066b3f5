//! An explanation as text: the paths an attacker would take, then the number, folded from its terms.

use super::words;
use crate::{
    prioritize::{Explanation, Fold, Path, Term},
    quantity::spelled,
};
use std::fmt::{Display, Formatter, Result};

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(path) = self.paths.first() {
            writeln!(f, "{path}")?;
        }
        for path in self.paths.iter().skip(1) {
            writeln!(
                f,
                "Also to {}: {}, {}",
                words::short(&path.name, words::LONG),
                path.loss,
                path.chance.percent()
            )?;
        }
        if self.paths.len() > 1 {
            writeln!(f)?;
        }
        writeln!(f, "The number")?;
        write!(f, "{}", self.risk)
    }
}

impl Display for Path {
    /// The path step by step, one line each.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let name = words::short(&self.name, words::LONG);
        writeln!(f, "The way to {name}: {}, {}", self.loss, self.chance.percent())?;
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
