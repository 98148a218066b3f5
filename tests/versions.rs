//! Versions as their ecosystems compare them, and ranges as advisories write them.

use ctem_core::version::{Ecosystem, Event, Range, Version, compare};
use std::cmp::Ordering;

#[test]
fn versions_come_in_the_order_that_tools_document() {
    let table = include_str!("tables/versions.tsv");
    let (mut pairs, mut wrong) = (0, Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (word, chain) = line.split_once('\t').unwrap();
        let ecosystem = Ecosystem::of(word);
        assert_eq!(ecosystem.name(), word);
        // Each version with its place: those of one place are equal.
        let (mut place, mut versions) = (0, Vec::new());
        for part in chain.split(' ') {
            match part {
                "<" => place += 1,
                "=" => {}
                text => versions.push((place, text)),
            }
        }
        for (one, a) in &versions {
            for (two, b) in &versions {
                pairs += 1;
                let (found, expected) = (compare(ecosystem, a, b), Some(one.cmp(two)));
                if found != expected {
                    wrong.push(format!("{word}: {a} and {b}: {found:?}, not {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(pairs > 3000, "{pairs} pairs");
}

#[test]
fn what_is_no_version_is_not_compared() {
    for (word, texts) in [
        ("deb", &["", "1.0 2", "1_0", "a:b\u{0}", "-1", "1:", "1-"][..]),
        ("rpm", &["", "1:", "-1"]),
        ("apk", &["", "a", "1.", "1_foo", "1-1", "1-r", "1.0-r0x", "1.0A"]),
        ("npm", &["", "latest", "1..2", "1.2.3-", "1.2.3-a..b", "^1.2.3", "1.x", "git+ssh://x"]),
        ("golang", &["", "master", "v", "go", "v1.2.3-_"]),
        ("pypi", &["", "2004d", "1.0.x", "1.0+", "1.0+a..b", "!1", "1.0a1b2", "1.0-", "french toast"]),
        ("gem", &["", "a.1", "1..2", "1.2.", "1.é"]),
        ("nuget", &["", "1.*", "[1.0]"]),
        ("composer", &["", "dev-main", "1.0-foo", "x", "1.0xyz"]),
        ("maven", &["", "a b", "1.0<2.0", ">1"]),
        ("generic", &["", "...", "~", "1.0>2.0", "1=2"]),
    ] {
        let ecosystem = Ecosystem::of(word);
        for text in texts {
            assert_eq!(compare(ecosystem, text, text), None, "{word}: {text}");
            assert_eq!(Version::parse(ecosystem, text).unwrap_err().code(), "invalid_input");
        }
    }
}

/// Ecosystem, range, what is in it and what is not.
const RANGES: [(&str, &str, &str, &str); 48] = [
    ("npm", ">= 1.0.0, < 1.2.3", "1.0.0 1.2.2 1.2.3-rc.1", "0.9.9 1.0.0-rc.1 1.2.3"),
    ("npm", "<1.0.0 || >=2.0.0 <2.1.0||=3.0.0", "0.1.0 2.0.5 3.0.0", "1.0.0 1.9.9 2.1.0 3.0.1"),
    ("npm", "^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0 2.0.0-rc.1"),
    ("npm", "^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0"),
    ("npm", "^0.0.3", "0.0.3", "0.0.4 0.1.0"),
    ("npm", "^0.0", "0.0.0 0.0.9", "0.1.0"),
    ("npm", "~1.2.3", "1.2.3 1.2.9", "1.3.0 1.3.0-a"),
    ("npm", "~1", "1.0.0 1.9.9", "2.0.0"),
    ("npm", "~> 1.2", "1.2.0 1.2.9", "1.3.0"),
    ("npm", "1.x", "1.0.0 1.9.9", "0.9.9 2.0.0"),
    ("npm", "1.2", "1.2.0 1.2.9", "1.1.9 1.3.0"),
    ("npm", ">1.2", "1.3.0", "1.2.9"),
    ("npm", "<=1.2", "1.2.9 0.1.0", "1.3.0"),
    ("npm", "1.2.3 - 2.3", "1.2.3 2.3.9", "1.2.2 2.4.0"),
    ("npm", "*", "0.0.0-0 999.0.0", ""),
    ("npm", "!=1.2.3", "1.2.2 1.2.4", "1.2.3"),
    ("cargo", "1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0"),
    ("cargo", "1.2", "1.2.0 1.9.0", "1.1.9 2.0.0"),
    ("cargo", "=1.2", "1.2.0 1.2.9", "1.3.0"),
    ("cargo", "1.2.*", "1.2.0 1.2.9", "1.1.9 1.3.0"),
    ("cargo", "1.*", "1.0.0 1.9.9", "0.9.9 2.0.0"),
    ("cargo", ">=0.7, <0.8", "0.7.0 0.7.9", "0.8.0 0.6.9"),
    ("gem", "~> 2.2", "2.2 2.9", "2.1 3.0 3.0.a"),
    ("gem", "~> 2.2.0", "2.2.0 2.2.9", "2.3 2.3.rc1"),
    ("gem", "~> 5.2.6, >= 5.2.6.2", "5.2.6.2 5.2.8", "5.2.6 5.3"),
    ("pypi", "~=1.4.5", "1.4.5 1.4.9.post1", "1.4.4 1.5 1.5a1"),
    ("pypi", "==1.4.*,!=1.4.2", "1.4 1.4.1 1.4.dev1 1.4.3", "1.4.2 1.5 1.3"),
    ("pypi", ">= 0", "0.dev1 1.0a1 5!3", ""),
    ("composer", "^1.2 | ~2.3.1", "1.2.0 1.9 2.3.9", "1.1 2.0 2.4-beta1 2.0-alpha"),
    ("composer", "~1.2", "1.2.0 1.9", "2.0.0-dev"),
    ("composer", "1.0 - 2.0", "1.0 2.0.9", "0.9 2.1-dev 2.1"),
    ("composer", "1.0.0 - 2.1.0", "1.0 2.1", "2.1.1"),
    ("composer", "6.4.*", "6.4.0 6.4.99", "6.5.0-dev 6.3.9"),
    ("deb", "<< 1.0-2", "1.0-1 1.0-2~bpo1", "1.0-2 1:0.1"),
    ("deb", ">> 1.0, <= 2:1", "1.0-1 1:9 2:1", "1.0 2:1-1"),
    ("deb", "< 1.2.3-1+deb12u1 (deb)", "1.2.3-1", "1.2.3-1+deb12u1"),
    ("rpm", "none (unknown)", "1.0 99:1-1", ""),
    ("apk", "< 3.1.4-r6", "3.1.4-r5 3.1.4_rc1-r9", "3.1.4-r6"),
    ("maven", "[1.0,2.0)", "1.0 1.9 2.0-SNAPSHOT", "2.0 0.9 1.0-rc1"),
    ("maven", "(,1.0],[1.2,)", "0.1 1.0 1.2 9", "1.1"),
    ("maven", "[1.5]", "1.5 1.5.0.Final", "1.5.1 1.4"),
    ("maven", "(,1.1),(1.1,)", "1.0 1.2", "1.1"),
    ("nuget", "(1.0, 2.0]", "1.0.1 2.0.0.0", "1.0 2.0.0.1"),
    ("nuget", "1.0", "1.0.0", "1.0.1"),
    ("golang", "< 0.0.0-20220101000000-aaaaaaaaaaaa", "v0.0.0-20211209124913-491a49abca63", "0.0.1"),
    ("golang", ">= 1.20.0-0, < 1.20.8", "go1.20.7 1.20rc1", "1.19.9 1.20.8"),
    ("generic", ">= 1.0.2, < 1.0.2k", "1.0.2 1.0.2j", "1.0.2k 1.0.1z"),
    ("generic", "< 12.2(SE)", "12.2 12.1(22)", "12.2(SE) 12.3"),
];

#[test]
fn ranges_hold_what_those_who_write_them_mean() {
    for (word, text, inside, outside) in RANGES {
        let ecosystem = Ecosystem::of(word);
        let range = Range::parse(ecosystem, text).unwrap();
        for (versions, expected) in [(inside, true), (outside, false)] {
            for version in versions.split_whitespace() {
                let parsed = Version::parse(ecosystem, version).unwrap();
                assert_eq!(range.contains(&parsed), expected, "{word}: {version} in {text}, read as {range}");
            }
        }
        // What is shown says the same.
        assert_eq!(Range::parse(ecosystem, &range.to_string()).unwrap(), range, "{text}");
    }
}

#[test]
fn vers_is_read_as_it_is_specified() {
    for (text, shown) in [
        ("vers:npm/>=1.0.0|<1.2.9|!=1.1.0", ">= 1.0.0, < 1.1.0 || > 1.1.0, < 1.2.9"),
        ("vers:pypi/0.0.0|0.0.1|0.0.2", "= 0.0.0 || = 0.0.1 || = 0.0.2"),
        (
            "vers:maven/>=1.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7|8.0.0-M1",
            ">= 1.0-beta1, <= 1.7.5 || >= 7.0.0-M1, <= 7.0.7 || = 8.0.0-M1",
        ),
        ("vers:deb/<1.0|>=2.0", "< 1.0 || >= 2.0"),
        // In any order, with signs written as numbers, and with blanks.
        ("VERS:deb/ <2.0 | >=1%3A1.0~rc1|>=0.9 ", ">= 0.9, < 2.0 || >= 1%3A1.0~rc1"),
        ("vers:golang/>v1.0.0|>=v1.2.0|<v1.4.0|<=v1.5.0", "> v1.0.0, <= v1.5.0"),
        ("vers:gem/!=1.0", "< 1.0 || > 1.0"),
        ("vers:npm/*", "*"),
        ("vers:none/*", "none of them"),
    ] {
        let shown = shown.replace("%3A", ":");
        assert_eq!(text.parse::<Range>().unwrap().to_string(), shown, "{text}");
    }
    for text in [
        "vers:npm",
        "vers:npm/",
        "vers:/1.0",
        "npm/1.0",
        "vers:npm/=>1.0",
        "vers:npm/>=x",
        "vers:npm/||",
        "vers:npm/1|*",
    ] {
        assert_eq!(text.parse::<Range>().unwrap_err().code(), "invalid_input", "{text}");
    }
    let npm = Range::parse(Ecosystem::Npm, "vers:npm/<2.0.0").unwrap();
    assert_eq!(npm, Range::parse(Ecosystem::Npm, "< 2.0.0").unwrap());
    assert!(Range::parse(Ecosystem::Npm, "vers:pypi/<2.0").is_err());
}

#[test]
fn what_is_no_range_is_refused() {
    for text in [
        "",
        " ",
        "< ",
        "<1.0.0 (",
        "[1.0.0",
        "[1.0.0,2.0.0) x",
        "(1.0.0)",
        "=> =>",
        "<>1.0.0",
        "^latest",
        "^18446744073709551615.0.0",
        "!*",
        "|",
        " || ",
        ",",
        ", | ,",
    ] {
        let error = Range::parse(Ecosystem::Npm, text).unwrap_err();
        assert_eq!(error.code(), "invalid_input", "{text}");
    }
    // Also where nearly every text is a version.
    for ecosystem in [Ecosystem::Maven, Ecosystem::Rpm, Ecosystem::Generic] {
        for text in [">=1.0<2.0", "1.0!=1.5", "[1.0,2.0,3.0)", "vers:generic/>=1.0<2.0", "|", ","] {
            let error = Range::parse(ecosystem, text).unwrap_err();
            assert_eq!(error.code(), "invalid_input", "{ecosystem}: {text}");
        }
    }
}

#[test]
fn events_go_by_the_order_of_versions_and_not_of_the_list() {
    use Event::{Fixed, Introduced, LastAffected, Limit};
    for (events, shown) in [
        (&[Introduced("0"), Fixed("1.2")][..], "< 1.2"),
        (&[Fixed("1.2"), Introduced("0")], "< 1.2"),
        (&[Introduced("2.0"), Fixed("2.1"), Introduced("0"), Fixed("1.2")], "< 1.2 || >= 2.0, < 2.1"),
        (&[Introduced("1.0"), LastAffected("1.0")], "= 1.0"),
        (&[Introduced("1.0"), LastAffected("1.5"), Introduced("2.0")], ">= 1.0, <= 1.5 || >= 2.0"),
        (&[Introduced("1.0"), Fixed("2.0"), Introduced("2.0"), Fixed("3.0")], ">= 1.0, < 3.0"),
        (&[Introduced("2.0"), Fixed("2.0")], "none of them"),
        (&[Introduced("0"), Limit("1.0"), Limit("2.0")], "< 2.0"),
        (&[Introduced("0"), Limit("1.0"), Limit("*")], "*"),
        (&[Fixed("1.0")], "none of them"),
        (&[], "none of them"),
    ] {
        assert_eq!(Range::of_events(Ecosystem::PyPi, events.iter().copied()).unwrap().to_string(), shown);
    }
    assert!(Range::of_events(Ecosystem::PyPi, [Introduced("x")]).is_err());
}

#[test]
fn long_texts_cost_no_more_than_their_length() {
    let long = 20_000;
    for word in ["deb", "rpm", "apk", "npm", "pypi", "maven", "golang", "gem", "nuget", "composer", "generic"]
    {
        let ecosystem = Ecosystem::of(word);
        for part in ["1", "1.", "0.", "0.a.", "1-", "~", ".0-", "_p", "a1", "é", "^", "9~"] {
            let text = format!("1.{}1", part.repeat(long));
            assert_ne!(compare(ecosystem, &text, &text), Some(Ordering::Less), "{word}: {part}");
            let _ = Range::parse(ecosystem, &text);
            let _ = Range::parse(ecosystem, &format!("^{text}"));
        }
        for part in ["!=1.0.0 ", "<1 || >1||", "[1,2),", "(((", "|", "<", "1 - 2 "] {
            let _ = Range::parse(ecosystem, &part.repeat(long / 10));
            let _ = format!("vers:{word}/{}", part.repeat(long / 10)).parse::<Range>();
        }
    }
}
