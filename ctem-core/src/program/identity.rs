//! Whether a finding that is listed now is one that was listed before, elsewhere.
//!
//! A line shifts, a file is renamed, a package is raised to a version that is weak too: the finding is the same, and its clock runs on.
//! What a tool tells findings apart by decides first, then what it quotes, then where it lies. Of two that could be it, neither is: a
//! wrong merge hides a finding, a missed one counts it twice. O(n log n).

use crate::{
    discover,
    id::AssetId,
    model::{Finding, WeaknessKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// A finding that its source listed before and does not list where it was.
pub(super) struct Known<'a> {
    pub(super) finding: &'a Finding,
    /// Whether it was listed until now, rather than gone before: one long gone comes back only by what is surely its own.
    pub(super) just_left: bool,
}

/// What a finding was told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// The tool's fingerprint of it.
    Fingerprint,
    /// Rule, file and what was quoted.
    Snippet,
    /// Rule, line and what was quoted, in a file of another name.
    Renamed,
    /// Rule and file, at the nearest line.
    NearestLine,
    /// The component, at another version.
    Version,
    /// The only one of its rule on the asset, at another port.
    Port,
}

/// By which marks findings are told, the surest first.
const MARKS: [By; 6] = [By::Fingerprint, By::Snippet, By::Renamed, By::NearestLine, By::Version, By::Port];

/// The pairs of new and known findings that are one, by their places in the lists, with what they were told by.
pub(super) fn same(
    new: &[&Finding],
    known: &[&Known<'_>],
    name: impl Fn(&AssetId) -> AssetId,
) -> Vec<(usize, usize, By)> {
    let mut new_left: BTreeSet<usize> = (0..new.len()).collect();
    let mut known_left: BTreeSet<usize> = (0..known.len()).collect();
    let mut pairs = Vec::new();
    for by in MARKS {
        let mut marked: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for n in &new_left {
            if let Some(mark) = new.get(*n).and_then(|finding| mark(finding, by, &name)) {
                marked.entry(mark).or_default().0.push(*n);
            }
        }
        for k in &known_left {
            let Some(before) = known.get(*k).filter(|before| before.just_left || by.is_sure()) else {
                continue;
            };
            if let Some(mark) = mark(before.finding, by, &name) {
                marked.entry(mark).or_default().1.push(*k);
            }
        }
        let found = pairs.len();
        for (news, olds) in marked.into_values() {
            match (&*news, &*olds) {
                ([], _) | (_, []) => {}
                ([n], [k]) if by != By::NearestLine => pairs.push((*n, *k, by)),
                _ if by == By::NearestLine => pairs.extend(nearest(&news, &olds, new, known)),
                // Ambiguous.
                _ => {}
            }
        }
        for (n, k, _) in pairs.iter().skip(found) {
            new_left.remove(n);
            known_left.remove(k);
        }
    }
    pairs.sort_unstable();
    pairs
}

impl By {
    fn is_sure(self) -> bool {
        matches!(self, Self::Fingerprint | Self::Snippet | Self::Renamed)
    }
}

/// What two findings have in common when they are one by a mark.
fn mark(finding: &Finding, by: By, name: impl Fn(&AssetId) -> AssetId) -> Option<String> {
    let location = finding.location.as_deref();
    let path = location.and_then(|location| location.path.as_deref());
    let line = location.and_then(|location| location.line);
    let snippet = || finding.sightings.iter().find_map(|sighting| sighting.description.as_deref());
    let component = finding.component.as_ref().map(discover::component_name);
    let instance = finding.instance.as_deref();
    let kind = finding.weakness.kind;
    let more: String = match by {
        By::Fingerprint => instance?.to_owned(),
        By::Snippet => format!("{}\0{}", path?, snippet()?),
        By::Renamed => {
            let (_, line) = (path?, line?);
            format!("{line}\0{}", snippet()?)
        }
        By::NearestLine => {
            line?;
            path?.to_owned()
        }
        By::Version => component.clone()?,
        // Where a port is open is what it is, not where it lies.
        By::Port if kind == WeaknessKind::NetworkExposure => return None,
        By::Port => {
            location?.port.as_deref()?;
            String::new()
        }
    };
    // What a tool tells apart is apart: a fingerprint that differs is another finding.
    let apart = if by == By::Fingerprint { "" } else { instance.unwrap_or_default() };
    let package = if by == By::Version { "" } else { component.as_deref().unwrap_or_default() };
    let (asset, weakness) = (name(&finding.asset), &finding.weakness.id);
    Some(format!("{asset}\0{weakness}\0{}\0{apart}\0{package}\0{more}", kind.name()))
}

/// Of findings of one rule in one file, those that are nearest to each other, each way, and no other as near.
fn nearest(
    news: &[usize],
    olds: &[usize],
    new: &[&Finding],
    known: &[&Known<'_>],
) -> Vec<(usize, usize, By)> {
    let line = |finding: &Finding| finding.location.as_ref().and_then(|location| location.line).unwrap_or(0);
    let mut new_lines: Vec<(u32, usize)> =
        news.iter().filter_map(|n| Some((line(new.get(*n)?), *n))).collect();
    let mut old_lines: Vec<(u32, usize)> =
        olds.iter().filter_map(|k| Some((line(known.get(*k)?.finding), *k))).collect();
    new_lines.sort_unstable();
    old_lines.sort_unstable();
    let mut pairs = Vec::new();
    for (line, n) in &new_lines {
        let Some((old_line, k)) = closest(&old_lines, *line) else { continue };
        if closest(&new_lines, old_line).is_some_and(|(_, back)| back == *n) {
            pairs.push((*n, k, By::NearestLine));
        }
    }
    pairs
}

/// The one entry of a sorted list that is closest to a line; none where two are as close.
fn closest(sorted: &[(u32, usize)], line: u32) -> Option<(u32, usize)> {
    let from = sorted.partition_point(|(other, _)| *other < line).saturating_sub(2);
    let mut near: Vec<(u32, (u32, usize))> =
        sorted.iter().skip(from).take(5).map(|entry| (entry.0.abs_diff(line), *entry)).collect();
    near.sort_unstable();
    match &*near {
        [] => None,
        [(_, one)] => Some(*one),
        [(first, one), (second, _), ..] => (first < second).then_some(*one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Component, Location, Sighting, Weakness};

    fn flaw(path: &str, line: u32) -> Finding {
        let weakness = Weakness::new("semgrep:sql".parse().unwrap(), WeaknessKind::CodeFlaw);
        let location = Some(Box::new(Location::file(path, Some(line))));
        Finding { location, ..Finding::new("shop".parse().unwrap(), weakness) }
    }

    fn quoting(finding: Finding, text: &str) -> Finding {
        let sighting = Sighting { description: Some(text.into()), ..Sighting::by("semgrep") };
        Finding { sightings: vec![sighting], ..finding }
    }

    fn pairs(new: &[Finding], old: &[Finding], just_left: bool) -> Vec<(usize, usize, By)> {
        let known: Vec<Known<'_>> = old.iter().map(|finding| Known { finding, just_left }).collect();
        same(&new.iter().collect::<Vec<_>>(), &known.iter().collect::<Vec<_>>(), AssetId::clone)
    }

    #[test]
    fn a_line_that_shifted_is_the_same_finding_and_the_nearer_of_two() {
        let old = [flaw("a.py", 10), flaw("a.py", 80)];
        assert_eq!(
            pairs(&[flaw("a.py", 14), flaw("a.py", 84)], &old, true),
            [(0, 0, By::NearestLine), (1, 1, By::NearestLine)]
        );
        // Two that are as near: neither is it.
        assert_eq!(pairs(&[flaw("a.py", 12)], &[flaw("a.py", 10), flaw("a.py", 14)], true), []);
        assert_eq!(pairs(&[flaw("b.py", 10)], &old, true), []);
    }

    #[test]
    fn what_is_quoted_decides_before_the_line() {
        let old = [quoting(flaw("a.py", 10), "one"), quoting(flaw("a.py", 20), "two")];
        let new = [quoting(flaw("a.py", 11), "two"), quoting(flaw("a.py", 21), "one")];
        assert_eq!(pairs(&new, &old, true), [(0, 1, By::Snippet), (1, 0, By::Snippet)]);
    }

    #[test]
    fn a_file_that_was_renamed_holds_the_same_finding() {
        let (old, new) = (quoting(flaw("a.py", 10), "one"), quoting(flaw("b.py", 10), "one"));
        assert_eq!(pairs(&[new], &[old], true), [(0, 0, By::Renamed)]);
    }

    #[test]
    fn a_fingerprint_decides_first_and_another_one_is_another_finding() {
        let with = |finding: Finding, print: &str| Finding { instance: Some(print.into()), ..finding };
        let old = [with(flaw("a.py", 10), "x")];
        assert_eq!(pairs(&[with(flaw("z.py", 99), "x")], &old, true), [(0, 0, By::Fingerprint)]);
        assert_eq!(pairs(&[with(flaw("a.py", 11), "y")], &old, true), []);
    }

    #[test]
    fn a_package_at_another_version_has_the_same_finding_unless_two_could_be_it() {
        let at = |version: &str| {
            let weakness = Weakness::new("CVE-2024-0001".parse().unwrap(), WeaknessKind::Vulnerability);
            let component = Some(Component::new("openssl", Some(version)));
            Finding { component, ..Finding::new("shop".parse().unwrap(), weakness) }
        };
        assert_eq!(pairs(&[at("3.0.2")], &[at("3.0.1")], true), [(0, 0, By::Version)]);
        assert_eq!(pairs(&[at("3.0.2")], &[at("3.0.1"), at("1.1.1")], true), []);
        // One that was gone before is not taken for it by its version alone.
        assert_eq!(pairs(&[at("3.0.2")], &[at("3.0.1")], false), []);
    }

    #[test]
    fn a_service_that_moved_to_another_port_has_the_same_finding() {
        let at = |port: u16, kind| {
            let weakness = Weakness::new("nessus:1".parse().unwrap(), kind);
            let location = Some(Box::new(Location::port(port, "tcp")));
            Finding { location, ..Finding::new("shop".parse().unwrap(), weakness) }
        };
        let moved = |kind| pairs(&[at(8443, kind)], &[at(443, kind)], true);
        assert_eq!(moved(WeaknessKind::Vulnerability), [(0, 0, By::Port)]);
        // An open port is another where the port is another.
        assert_eq!(moved(WeaknessKind::NetworkExposure), []);
    }
}
