//! The least version that ends the most findings of a package.

use super::TargetVersion;
use crate::model::{Component, Finding};
use std::cmp::Ordering;

/// The version to go to, of findings of one package, and how many of them it ends: of each the least fix above what is installed,
/// and of these the highest. Nothing where no finding has a fix. O(n log n).
pub(super) fn least<'a>(findings: impl Iterator<Item = &'a Finding>, package: &str) -> Option<TargetVersion> {
    let (mut most, mut ends, mut of): (Option<&str>, usize, usize) = (None, 0, 0);
    for finding in findings {
        of += 1;
        let Some(fix) = fix(finding) else { continue };
        ends += 1;
        if most.is_none_or(|most| compared(most, fix) == Ordering::Less) {
            most = Some(fix);
        }
    }
    most.map(|version| TargetVersion { package: package.into(), version: version.into(), ends, of })
}

/// The least version that mends a finding: above what is installed, where that is known.
pub(super) fn fix(finding: &Finding) -> Option<&str> {
    let installed = finding.component.as_ref().and_then(|component: &Component| component.version.as_deref());
    let fixes =
        || finding.sightings.iter().flat_map(|sighting| &sighting.fixed_in).map(|version| version.trim());
    let above = |fix: &&str| installed.is_none_or(|installed| compared(installed, fix) == Ordering::Less);
    let least = |a, b| if compared(b, a) == Ordering::Less { b } else { a };
    let named = |fix: &&str| !fix.is_empty();
    fixes().filter(named).filter(above).reduce(least).or_else(|| fixes().filter(named).reduce(least))
}

/// Two versions by their numbers and words, one after the other; numbers as numbers.
fn compared(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (parts(one), parts(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match a.cmp(&b) {
                Ordering::Equal => {}
                different => return different,
            },
        }
    }
}

/// A part of a version. Words stand before numbers: `1.0-rc` before `1.0.1`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Word(&'a str),
    /// Its digits without leading zeros, the fewer the smaller.
    Number(usize, &'a str),
}

fn parts(version: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = version.trim_start_matches(['v', 'V']);
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let first = rest.chars().next()?;
        let same =
            |letter: char| letter.is_alphanumeric() && letter.is_ascii_digit() == first.is_ascii_digit();
        let (part, after) = rest.split_at(rest.find(|letter| !same(letter)).unwrap_or(rest.len()));
        rest = after;
        Some(if first.is_ascii_digit() {
            let digits = part.trim_start_matches('0');
            Part::Number(digits.len(), digits)
        } else {
            Part::Word(part)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (less, more) in [("4.17.9", "4.17.21"), ("1.0", "1.0.1"), ("v2.3", "2.10"), ("1.0-rc1", "1.0.1")]
        {
            assert_eq!(compared(less, more), Ordering::Less, "{less} and {more}");
            assert_eq!(compared(more, less), Ordering::Greater, "{less} and {more}");
        }
        assert_eq!(compared("1.01", "1.1"), Ordering::Equal);
    }
}
