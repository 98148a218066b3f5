//! Versions are in one order, and ranges are sets of them.

use crate::tells;
use ctem_core::version::{Ecosystem, Event, Range, Version, compare};
use proptest::{collection::vec, prelude::*, sample::select};
use std::cmp::Ordering;

const ALL: [Ecosystem; 13] = [
    Ecosystem::Deb,
    Ecosystem::Rpm,
    Ecosystem::Apk,
    Ecosystem::Npm,
    Ecosystem::PyPi,
    Ecosystem::Maven,
    Ecosystem::Go,
    Ecosystem::RubyGems,
    Ecosystem::NuGet,
    Ecosystem::Cargo,
    Ecosystem::Composer,
    Ecosystem::SemVer,
    Ecosystem::Generic,
];

/// Pieces that customs differ in.
const PIECES: [&str; 44] = [
    "0",
    "1",
    "2",
    "9",
    "10",
    "01",
    ".0",
    ".1",
    ".2",
    ".10",
    ".01",
    "-0",
    "-1",
    "-r1",
    "~",
    "^",
    "+",
    "+1",
    "_",
    "-",
    ".",
    "a",
    "b1",
    "rc",
    "-rc.1",
    "-alpha",
    ".alpha1",
    "beta",
    "_p1",
    "_rc",
    ".post1",
    ".dev0",
    "-dev",
    "-SNAPSHOT",
    ".Final",
    "-sp",
    "x",
    ".X",
    "pre",
    "1:",
    "!",
    "v",
    "é",
    "~1",
];

fn text() -> impl Strategy<Value = String> {
    (select(vec!["", "", "1:", "v", "0"]), 0..4_u8, vec(select(PIECES.to_vec()), 0..5))
        .prop_map(|(epoch, first, rest)| format!("{epoch}{first}{}", rest.concat()))
}

/// Versions of an ecosystem, near each other so that they tell.
fn versions() -> impl Strategy<Value = (Ecosystem, Vec<Version>)> {
    (select(ALL.to_vec()), vec(text(), 3..12)).prop_map(|(ecosystem, texts)| {
        (ecosystem, texts.iter().filter_map(|text| Version::parse(ecosystem, text).ok()).collect())
    })
}

laws! { in 2000 cases;
    #[test]
    fn versions_of_an_ecosystem_are_in_one_order((ecosystem, versions) in versions()) telling 60 {
        for a in &versions {
            for b in &versions {
                let order = compare(ecosystem, a.text(), b.text()).unwrap();
                prop_assert_eq!(a.partial_cmp(b), Some(order));
                prop_assert_eq!(b.partial_cmp(a), Some(order.reverse()));
                prop_assert_eq!(a == b, order == Ordering::Equal);
                for c in versions.iter().filter(|c| b <= *c && order.is_le()) {
                    prop_assert!(a <= c, "{} {} {}", a, b, c);
                    prop_assert_eq!(a == c, a == b && b == c);
                }
            }
            prop_assert_eq!(a, a);
        }
        tells(versions.len() > 2 && versions.windows(2).any(|two| two[0] != two[1]));
    }

    #[test]
    fn a_range_holds_what_its_comparators_hold((ecosystem, versions) in versions(), signs in vec(0..7_usize, 4)) telling 50 {
        const SIGNS: [&str; 7] = ["<", "<=", ">", ">=", "=", "!=", "<"];
        // Where a sign would mean a family of versions, or all of them, it is no sign of order.
        let plain = |version: &&Version| {
            let text = version.text();
            let short = matches!(ecosystem, Ecosystem::Npm | Ecosystem::Cargo) && text.split('.').count() < 3;
            !short && !text.trim_matches('0').is_empty() && !text.contains(['x', 'X', '|', '^', '!', '~']) && !text.ends_with('-')
        };
        let bounds: Vec<_> = versions.iter().filter(plain).zip(&signs).map(|(version, sign)| (SIGNS[*sign], version)).collect();
        let texts: Vec<_> = bounds.iter().map(|(sign, version)| format!("{sign} {version}")).collect();
        let holds = |(sign, bound): &(&str, &Version), version: &Version| match *sign {
            "<" => version < bound,
            "<=" => version <= bound,
            ">" => version > bound,
            ">=" => version >= bound,
            "=" => version == *bound,
            _ => version != *bound,
        };
        if let [_, _, ..] = *bounds {
            let all = Range::parse(ecosystem, &texts.join(", ")).unwrap();
            let any = Range::parse(ecosystem, &texts.join(" || ")).unwrap();
            for version in &versions {
                prop_assert_eq!(all.contains(version), bounds.iter().all(|bound| holds(bound, version)), "{} in {:?}", version, texts);
                prop_assert_eq!(any.contains(version), bounds.iter().any(|bound| holds(bound, version)), "{} in {:?}", version, texts);
            }
            tells(versions.iter().any(|version| any.contains(version)) && versions.iter().any(|version| !all.contains(version)));
        }
    }

    #[test]
    fn events_hold_what_osv_says_they_hold((ecosystem, versions) in versions(), kinds in vec(0..3_u8, 12)) telling 40 {
        let mut sorted = versions.clone();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        sorted.dedup();
        let events: Vec<_> = sorted.iter().filter(|version| version.text() != "0").zip(&kinds).step_by(2).collect();
        let range = Range::of_events(ecosystem, events.iter().rev().map(|(version, kind)| match kind {
            0 => Event::Introduced(version.text()),
            1 => Event::Fixed(version.text()),
            _ => Event::LastAffected(version.text()),
        })).unwrap();
        for version in &versions {
            // The events in the order of their versions, each of which may change what is so.
            let affected = events.iter().fold(false, |affected, (at, kind)| match kind {
                0 => affected || version >= at,
                1 => affected && version < at,
                _ => affected && version <= at,
            });
            prop_assert_eq!(range.contains(version), affected, "{} in {}", version, range);
        }
        tells(!range.is_empty());
    }

    #[test]
    fn no_text_is_too_odd_for_a_version_or_a_range(text in "[ -~é\\t]{0,24}", ecosystem in select(ALL.to_vec())) {
        if let Ok(range) = Range::parse(ecosystem, &text) {
            prop_assert_eq!(range.is_empty(), range.to_string() == "none of them");
        }
        if let Ok(version) = Version::parse(ecosystem, &text) {
            prop_assert_eq!(version.text(), text.trim());
            prop_assert_eq!(Version::parse(ecosystem, version.text()), Ok(version));
        }
        let _ = format!("vers:{ecosystem}/{text}").parse::<Range>();
    }
}
