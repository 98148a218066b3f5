//! What to upgrade to.
//!
//! A finding offers fixed versions, one for each branch that is still kept up. Of those that are newer than what is installed the
//! least is the nearest, so it stays in its branch where that was fixed. Several findings want several versions, and one that
//! ends all of them is sought: the greatest of the nearest, and then on, as long as it lies in a branch whose own fix for some
//! finding is newer still.
//!
//! Which branch a version lies in nobody states. It is taken to be that of the fix with which it has more leading numbers in
//! common than with the next newer one; where that does not decide, the newer fix is asked for.

use super::{Version, key::digits};

/// How often a target may be raised by another branch, until the greatest fix of all is taken, which surely does.
const RAISES: usize = 100;

/// The least of the offered versions that ends all findings: each item is what one finding offers, the fixed version of every
/// branch. Nothing, if none of them offers a version newer than what is installed.
///
/// A finding that offers none does not count: it is not ended by this. Where what is installed is not known, the answer is the
/// greatest version of all, since any other might lie in another branch. Versions of an ecosystem other than that of the installed or,
/// without it, the first are left out. What several tools say of one finding is best given as an item each, so that all are content.
/// Cost: O(n log n) for n versions.
///
/// ```
/// use ctem_core::version::{Ecosystem, Version, upgrade};
///
/// let npm = |text: &str| Version::parse(Ecosystem::Npm, text);
/// let one = [npm("1.2.9")?, npm("2.0.1")?];
/// let other = [npm("1.4.0")?, npm("2.0.0")?];
///
/// // Within the branch, as long as every finding has a fix there.
/// assert_eq!(upgrade(Some(&npm("1.2.3")?), [&one[..]]), Some(&npm("1.2.9")?));
/// assert_eq!(upgrade(Some(&npm("1.2.3")?), [&one[..], &other]), Some(&npm("1.4.0")?));
///
/// // `2.0.0` would end the second and not the first, whose branch was fixed later.
/// let only_later = [npm("2.0.0")?];
/// assert_eq!(upgrade(Some(&npm("1.2.3")?), [&one[..], &only_later]), Some(&npm("2.0.1")?));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[must_use]
pub fn upgrade<'a>(
    installed: Option<&Version>,
    findings: impl IntoIterator<Item = &'a [Version]>,
) -> Option<&'a Version> {
    let mut findings: Vec<Vec<&Version>> = findings.into_iter().map(|fixes| fixes.iter().collect()).collect();
    let ecosystem = installed.or_else(|| findings.iter().flatten().next().copied())?.ecosystem();
    for fixes in &mut findings {
        fixes.retain(|fix| fix.ecosystem() == ecosystem);
        fixes.sort_by(|a, b| a.key().cmp(b.key()));
        // A finding that stands has no fix that is installed, but in branches that end before it.
        if installed.is_some_and(|installed| fixes.last().is_some_and(|last| *last <= installed)) {
            fixes.clear();
        }
    }
    findings.retain(|fixes| !fixes.is_empty());
    let greatest =
        |versions: &mut dyn Iterator<Item = &'a Version>| versions.max_by(|a, b| a.key().cmp(b.key()));

    let all = greatest(&mut findings.iter().filter_map(|fixes| fixes.last().copied()))?;
    let Some(installed) = installed else { return Some(all) };
    let nearest =
        |fixes: &Vec<&'a Version>| fixes.get(fixes.partition_point(|fix| *fix <= installed)).copied();
    let mut target = greatest(&mut findings.iter().filter_map(nearest))?;
    for _ in 0..RAISES {
        match greatest(&mut findings.iter().filter_map(|fixes| missing(fixes, target))) {
            Some(higher) => target = higher,
            None => return Some(target),
        }
    }
    Some(all)
}

/// The fix that a version lacks: the next newer one, if it is that of the version's own branch. Fixes are in order.
fn missing<'a>(fixes: &[&'a Version], version: &Version) -> Option<&'a Version> {
    let next = fixes.partition_point(|fix| *fix <= version);
    let newer = *fixes.get(next)?;
    let has = next.checked_sub(1).and_then(|last| fixes.get(last));
    let ended = has.is_some_and(|fix| in_common(fix, version) > in_common(newer, version));
    (!ended).then_some(newer)
}

/// How many leading numbers two versions have in common.
fn in_common(a: &Version, b: &Version) -> usize {
    let same = leading(a.text()).zip(leading(b.text())).take_while(|(a, b)| a == b);
    same.count()
}

/// The numbers that a version begins with, an epoch among them.
fn leading(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (number, behind) = digits(rest?);
        rest = behind.strip_prefix(['.', ':', '!']);
        Some(number.trim_start_matches('0')).filter(|_| !number.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Ecosystem;

    fn to(installed: Option<&str>, findings: &[&[&str]]) -> Option<String> {
        let read = |text: &str| Version::parse(Ecosystem::PyPi, text).unwrap();
        let findings: Vec<Vec<_>> =
            findings.iter().map(|fixes| fixes.iter().map(|fix| read(fix)).collect()).collect();
        let installed = installed.map(read);
        upgrade(installed.as_ref(), findings.iter().map(Vec::as_slice)).map(ToString::to_string)
    }

    #[test]
    fn an_upgrade_stays_in_its_branch_where_that_is_fixed() {
        let django: &[&str] = &["4.0.6", "3.2.14"];
        assert_eq!(to(Some("3.2.1"), &[django]).as_deref(), Some("3.2.14"));
        assert_eq!(to(Some("3.3"), &[django]).as_deref(), Some("4.0.6"));
        assert_eq!(to(Some("3.2.1"), &[django, &["3.2.15", "4.0.7"]]).as_deref(), Some("3.2.15"));
        assert_eq!(to(Some("3.2.1"), &[django, &["4.0"]]).as_deref(), Some("4.0.6"));
        assert_eq!(to(Some("3.2.1"), &[django, &["4.1"]]).as_deref(), Some("4.1"));
    }

    #[test]
    fn where_branches_do_not_decide_the_newer_fix_is_asked_for() {
        assert_eq!(to(Some("1.2.0"), &[&["1.2.9", "1.4.1"], &["1.3.0"]]).as_deref(), Some("1.4.1"));
    }

    #[test]
    fn what_is_not_known_or_not_offered_is_not_guessed() {
        assert_eq!(to(None, &[&["1.2.9", "2.0.1"], &["1.3.0"]]).as_deref(), Some("2.0.1"));
        assert_eq!(to(Some("1.0"), &[&[], &[]]), None);
        assert_eq!(to(Some("3.0"), &[&["1.2.9", "2.0.1"]]), None);
        assert_eq!(to(Some("1.0"), &[&[], &["1.1"], &["0.9"]]).as_deref(), Some("1.1"));
        assert_eq!(to(None, &[]), None);
    }

    #[test]
    fn a_target_is_raised_until_its_branch_has_every_fix() {
        // The second raises it into branch 2, where the first and then the third want more.
        let findings: [&[&str]; 3] = [&["1.3", "2.2"], &["2.0"], &["1.2", "2.2.4"]];
        assert_eq!(to(Some("1.1"), &findings).as_deref(), Some("2.2.4"));
    }
}
