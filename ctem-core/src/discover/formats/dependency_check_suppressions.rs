//! What OWASP Dependency-Check is told to leave out: its suppression file, XML.
//!
//! A record is a rule: weaknesses by name, of a package by its URL or its coordinates, or of a file, with an end and why. Patterns that are
//! no more than a text with anything before or behind it are followed. What no report keeps (checksums, products by CPE, bounds of scores)
//! is asked for besides, and such a rule is not followed.

use super::{
    Draft, Reader,
    document::{Document, Match},
    ignored::{self, IgnoreRule},
    package,
    xml::Element,
};
use crate::{
    error::{Error, Result},
    model::{Acceptance, Component},
};

pub(super) const READER: Reader = Reader {
    name: "dependency_check_suppressions",
    title: "OWASP Dependency-Check suppressions XML",
    detect,
    read,
};

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("suppressions"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("dependency_check");
    let file = draft.xml(&document.text)?;
    let in_groups = file.whole("suppressionGroup").flat_map(|group| group.whole("suppress"));
    for rule in file.whole("suppress").chain(in_groups) {
        draft.record(&rule.place(), |draft| suppress(rule, draft));
    }
    Ok(())
}

/// What is asked for that no report keeps: the element, and what it is in words.
const ASKED_BESIDES: [(&str, &str); 7] = [
    ("cpe", "a product by its CPE"),
    ("cwe", "weaknesses of a CWE"),
    ("sha1", "a file by its checksum"),
    ("cvssBelow", "scores below a bound"),
    ("cvssV2Below", "scores below a bound"),
    ("cvssV3Below", "scores below a bound"),
    ("cvssV4Below", "scores below a bound"),
];

fn suppress(rule: &Element, draft: &mut Draft<'_>) -> Result<()> {
    let mut meant = IgnoreRule { place: rule.place().into(), ..IgnoreRule::default() };
    // A day may have a zone behind it, which no day of ours has.
    let until = rule
        .attribute("until")
        .map(|until| if until.len() == 11 { until.trim_end_matches('Z') } else { until });
    meant.acceptance = Acceptance {
        until: ignored::end(until)?,
        reason: rule.text_of("notes").map(str::trim).filter(|why| !why.is_empty()).map(Box::from),
        ..Acceptance::default()
    };
    let asked = ASKED_BESIDES.iter().find(|(name, _)| rule.child(name).is_some());
    meant.asks_besides = asked.map(|(_, what)| (*what).into());
    if let Some(url) = rule.child("packageUrl") {
        match pattern(url).and_then(|url| of_any_version(&url, '@', |url, _| package::of_purl(url))) {
            Some(package) => meant.packages.push(package),
            None => meant.asks_besides = Some("package URLs that are like a pattern".into()),
        }
    }
    if let Some(coordinates) = rule.child("gav") {
        let of = |name: &str, version: Option<&str>| package::component(Some("maven"), name, version);
        match pattern(coordinates).and_then(|text| of_any_version(&text, ':', of)) {
            Some(package) => meant.packages.push(package),
            None => meant.asks_besides = Some("coordinates that are like a pattern".into()),
        }
    }
    if let Some(path) = rule.child("filePath") {
        match pattern(path).as_deref().and_then(in_folders) {
            Some(path) => meant.paths.push(path.into()),
            None => meant.asks_besides = Some("files that are like a pattern".into()),
        }
    }
    let mut named = rule.all("cve").chain(rule.all("vulnerabilityName")).peekable();
    if named.peek().is_none() {
        if meant.asks_besides.is_none() {
            return Err(Error::invalid(
                "the rule names no weakness: it must have a `cve` or a `vulnerabilityName`",
            ));
        }
        return draft.ignore(meant);
    }
    for name in named {
        let mut one = meant.clone();
        match pattern(name) {
            Some(name) if !name.is_empty() => one.weakness = Some(name.into()),
            Some(_) => return Err(Error::invalid("the name of a weakness is empty: write its CVE")),
            None => one.asks_besides = Some("names that are like a pattern".into()),
        }
        draft.ignore(one)?;
    }
    Ok(())
}

/// The text of an element; of a regular expression, what it comes to with `*` for anything, unless it is more than that.
fn pattern(element: &Element) -> Option<String> {
    let text = element.text.trim();
    if element.attribute("regex").is_none_or(|regex| regex != "true") {
        return Some(text.to_owned());
    }
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').unwrap_or(text);
    let (mut out, mut rest) = (String::new(), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '.' if rest.next_if_eq(&'*').is_some() => out.push('*'),
            '\\' => out.push(rest.next().filter(|c| !c.is_alphanumeric())?),
            '[' | ']' | '(' | ')' | '{' | '}' | '|' | '+' | '?' | '*' | '^' | '$' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// A package whose version, behind the last such mark, may be anything; nothing where more than that may.
fn of_any_version(text: &str, mark: char, of: impl Fn(&str, Option<&str>) -> Component) -> Option<Component> {
    let name = text.strip_suffix('*').and_then(|text| text.strip_suffix(mark)).unwrap_or(text);
    if name.contains('*') {
        return None;
    }
    // Coordinates have a version behind their second colon.
    let parts = (name.len() == text.len() && mark == ':').then(|| name.rsplit_once(':')).flatten();
    Some(match parts.filter(|(before, _)| before.contains(':')) {
        Some((before, version)) => of(before, Some(version)),
        None => of(name, None),
    })
}

/// A path with anything before it, in any folders.
fn in_folders(pattern: &str) -> Option<String> {
    let (rest, anywhere) = match pattern.strip_prefix('*') {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let is_plain = !rest.contains('*') && !rest.is_empty();
    is_plain.then(|| match (anywhere, rest.strip_prefix('/')) {
        (true, Some(rest)) => format!("**/{rest}"),
        (true, None) => format!("**/*{rest}"),
        (false, _) => rest.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_followed_as_far_as_they_are_plain() {
        let of = |regex: &str| pattern(&Element::parse(&format!("<a regex=\"true\">{regex}</a>")).unwrap());
        assert_eq!(
            of(r"^pkg:maven/org\.kelp/kelp-core@.*$").as_deref(),
            Some("pkg:maven/org.kelp/kelp-core@*")
        );
        assert_eq!(of(r".*/kelp\.jar").as_deref(), Some("*/kelp.jar"));
        for more in [r"kelp-(core|app)@.*", r"kelp\d", "kelp.+", "[a-z]*"] {
            assert_eq!(of(more), None, "{more}");
        }
        assert_eq!(in_folders("*/kelp.jar").as_deref(), Some("**/kelp.jar"));
        assert_eq!(in_folders("*kelp.jar").as_deref(), Some("**/*kelp.jar"));
        assert_eq!(in_folders("a*/kelp.jar"), None);
    }
}
