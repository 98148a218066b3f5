//! The package a vulnerability is in. SARIF has no field for it; tools write it into texts, each in a form of its own.

use super::raw::{Outcome, Rule};
use crate::{
    discover::{claim::published_within, cyclonedx::named_by, package},
    model::Component,
};

/// A package, and the versions of it that are mended.
pub(super) struct Package {
    pub(super) component: Component,
    pub(super) fixed_in: Vec<String>,
}

impl Package {
    /// The same with what a fix says to go to, where nothing else says it: `Upgrade to kelp@1.2`.
    pub(super) fn of_fixes(mut self, fix: Option<&str>) -> Self {
        let to = fix.and_then(|fix| parted(fix.split_once("pgrade to ")?.1));
        let to = to.filter(|(name, _)| self.fixed_in.is_empty() && *name == &*self.component.name);
        self.fixed_in.extend(to.map(|(_, version)| version.to_owned()));
        self
    }
}

/// The package that a result's message, its rule's help or properties, its place or its rule's description names.
pub(super) fn of(outcome: &Outcome<'_>, rule: &Rule<'_>, message: &str) -> Option<Package> {
    let (help, description) = (rule.help.text(), rule.full_description.text());
    let manager = line(help, &["* Package Manager", "Package Manager"]);
    named(outcome, message, help, description).map(|package| within(package, manager)).or_else(|| {
        let properties = rule.properties.as_ref()?;
        let mut purls = properties.purls.iter();
        let component = named_by(purls.next()?);
        let fixed = properties.fixed_version.iter().filter(|version| *version != "not fixed");
        // A rule of several packages does not say which of them a result is of.
        purls.next().is_none().then(|| Package { component, fixed_in: fixed.map(str::to_owned).collect() })
    })
}

/// The package of the ecosystem that a package manager is of, which its name alone does not say.
fn within(package: Package, manager: Option<&str>) -> Package {
    let Package { component, fixed_in } = package;
    let known = manager.filter(|_| component.purl.is_none());
    let component = match known {
        Some(manager) => package::component(Some(manager), &component.name, component.version.as_deref()),
        None => component,
    };
    Package { component, fixed_in }
}

fn named(outcome: &Outcome<'_>, message: &str, help: &str, description: &str) -> Option<Package> {
    listed(message, help)
        .or_else(|| in_a_sentence(message))
        .or_else(|| after_its_flaw(message))
        .or_else(|| in_brackets(outcome, message))
        .or_else(|| {
            let names =
                outcome.locations.iter().flatten().flat_map(|place| place.logical_locations.iter().flatten());
            let mut names =
                names.filter_map(|one| one.fully_qualified_name.as_deref().or(one.name.as_deref()));
            let spoken = outcome.locations.iter().flatten().filter_map(|place| place.message.as_ref());
            let mut spoken = spoken.map(|message| message.text());
            let (name, version) = names
                .find_map(parted)
                .or_else(|| {
                    spoken.find_map(|text| parted(text.rsplit_once(": ").map_or(text, |(_, last)| last)))
                })
                .or_else(|| parted(description))?;
            Some(Package { component: Component::new(name, Some(version)), fixed_in: Vec::new() })
        })
}

/// Trivy's and Grype's lines: `Package: …`, `Installed Version: …`, `Fixed Version: …`. What the message lacks, the help has, unless
/// it speaks of another package: several results share a rule.
fn listed(message: &str, help: &str) -> Option<Package> {
    let name = line(message, NAMES).or_else(|| line(help, NAMES))?;
    let help = if is_of_another(help, name) { "" } else { help };
    let said = |names: &[&str]| line(message, names).or_else(|| line(help, names));
    let version = said(&["Installed Version", "Version", "Package Version"]);
    let fixed = said(&["Fixed Version", "Fix Version", "Fixed Versions"]).unwrap_or_default();
    let fixed_in = fixed.split([',', ' ']).map(str::trim).filter(|version| !version.is_empty());
    let fixed_in = fixed_in.map(str::to_owned).collect();
    let component = if name.starts_with("pkg:") { named_by(name) } else { Component::new(name, version) };
    Some(Package { component, fixed_in })
}

const NAMES: &[&str] = &["Package", "PkgName", "Package Name"];

/// Whether a rule's help speaks of another package than a result does.
pub(super) fn is_of_another(help: &str, name: &str) -> bool {
    line(help, NAMES).is_some_and(|named| named != name)
}

/// What the first line of one of these names says.
fn line<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let named = |name: &str| names.iter().any(|known| name.trim().eq_ignore_ascii_case(known));
    fields.find(|(name, value)| named(name) && !value.trim().is_empty()).map(|(_, value)| value.trim())
}

/// `Package 'kelp-merge@4.17.4' is vulnerable to …`, `… package: kelp, version 1.0 was found at …`, `The path … reports kelp at
/// version 1.0 which …`.
fn in_a_sentence(message: &str) -> Option<Package> {
    let found = |name: &str, version: &str| Package {
        component: Component::new(name, Some(version)),
        fixed_in: Vec::new(),
    };
    let word = |text: &'_ str| text.split([' ', ',', '\'']).next().unwrap_or_default().to_owned();
    if let Some((name, version)) =
        message.split_once("ackage '").and_then(|(_, rest)| parted(rest.split_once('\'')?.0))
    {
        return Some(found(name, version));
    }
    if let Some((_, rest)) = message.split_once(" package: ")
        && let Some((name, rest)) = rest.split_once(", version ")
    {
        return Some(found(name, &word(rest)));
    }
    let (_, rest) = message.split_once(" reports ")?;
    let (name, rest) = rest.split_once(" at version ")?;
    (!name.contains(' ')).then(|| found(name, &word(rest)))
}

/// Checkov's `CVE-2024-1234 - kelp: 1.0`.
fn after_its_flaw(message: &str) -> Option<Package> {
    let (flaw, rest) = message.lines().next()?.split_once(" - ")?;
    let (name, version) = rest.rsplit_once(": ")?;
    let is_version = version.trim().starts_with(|first: char| first.is_ascii_digit() || first == 'v');
    let plain = [name, version].iter().all(|text| !text.trim().contains(' ')) && is_version;
    (plain && published_within(flaw).is_some_and(|published| published.len() == flaw.trim().len())).then(
        || Package { component: Component::new(name.trim(), Some(version.trim())), fixed_in: Vec::new() },
    )
}

/// The image that Grype's results are of, which its runs do not name: each says so in its sentence, or the whole name of its place
/// is `cart:4.1@sha256:…:/lib/apk`. With its digest, where it has one.
pub(super) fn image_of<'t>(
    outcome: &'t Outcome<'_>,
    message: &'t str,
    tool: &str,
) -> Option<(&'t str, Option<&'t str>)> {
    if !matches!(tool, "grype" | "docker_scout") {
        return None;
    }
    let places =
        outcome.locations.iter().flatten().flat_map(|place| place.logical_locations.iter().flatten());
    let pinned = places.filter_map(|one| one.fully_qualified_name.as_deref()).find_map(|name| {
        let (image, _) = name.rsplit_once(":/")?;
        let (asked, digest) = image.split_once("@sha256:")?;
        (!asked.is_empty() && !digest.is_empty()).then_some((asked, image))
    });
    let told = || {
        let (_, rest) = message.split_once(" was found in image ")?;
        rest.split(" at:").next().map(str::trim).filter(|name| !name.is_empty() && !name.contains(' '))
    };
    pinned.map(|(asked, image)| (asked, Some(image))).or_else(|| told().map(|name| (name, None)))
}

/// govulncheck's `Your code calls vulnerable functions in 1 package (example.org/kelp).`, and the module where the way to them ends.
fn in_brackets(outcome: &Outcome<'_>, message: &str) -> Option<Package> {
    let (said, rest) = message.strip_prefix("Your code ")?.split_once(" (")?;
    let vulnerable = said.contains(" vulnerable ").then_some(rest)?;
    let name = vulnerable.split([',', ')']).next().filter(|name| !name.is_empty())?;
    let flows = outcome.code_flows.iter().flatten().flat_map(|flow| flow.thread_flows.iter().flatten());
    let ends = flows.filter_map(|flow| parted(flow.locations.as_ref()?.last()?.module.as_deref()?));
    let mut ends = ends.filter(|(module, _)| name.starts_with(module));
    let (module, version) = ends.next().map_or((name, None), |(module, version)| (module, Some(version)));
    Some(Package { component: package::component(Some("go"), module, version), fixed_in: Vec::new() })
}

/// `kelp-merge@4.17.4`, as name and version.
fn parted(text: &str) -> Option<(&str, &str)> {
    let (name, version) = text.trim().rsplit_once('@')?;
    let plain = !name.is_empty() && !text.trim().contains(char::is_whitespace) && !text.contains("://");
    let numbered = version.starts_with(|first: char| first.is_ascii_digit() || first == 'v');
    (plain && numbered).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_says_which_version_of_the_package_to_go_to() {
        let package =
            || Package { component: Component::new("@kelp/core", Some("1.0")), fixed_in: Vec::new() };
        assert_eq!(package().of_fixes(Some("Upgrade to @kelp/core@1.10")).fixed_in, ["1.10"]);
        assert!(package().of_fixes(Some("Upgrade to reef@2")).fixed_in.is_empty());
        let npm = within(package(), Some("npm")).component.purl;
        assert_eq!(npm.as_deref(), Some("pkg:npm/%40kelp/core@1.0"));
        assert_eq!(&*listed("Package : pkg:npm/kelp@1.9", "").unwrap().component.name, "kelp");
    }

    #[test]
    fn packages_are_found_in_the_words_of_tools() {
        for (text, name, version, fixed) in [
            (
                "Package: kelpssl\nInstalled Version: 3.0.1\nFixed Version: 3.0.9, 3.1.2",
                "kelpssl",
                "3.0.1",
                vec!["3.0.9", "3.1.2"],
            ),
            ("Package 'kelp-merge@4.17.4' is vulnerable to 'CVE-2024-1'", "kelp-merge", "4.17.4", vec![]),
            (
                "A high vulnerability in apk package: kelp, version 1.0-r1 was found at: /lib",
                "kelp",
                "1.0-r1",
                vec![],
            ),
            ("CVE-2024-1234 - kelp: 1.0", "kelp", "1.0", vec![]),
            ("The path /lib reports kelp at version 1.0 which would result in …", "kelp", "1.0", vec![]),
        ] {
            let found =
                listed(text, "").or_else(|| in_a_sentence(text)).or_else(|| after_its_flaw(text)).unwrap();
            assert_eq!(
                (&*found.component.name, found.component.version.as_deref()),
                (name, Some(version)),
                "{text}"
            );
            assert_eq!(found.fixed_in, fixed, "{text}");
        }
        let help = "Package: kelpssl\nInstalled Version: 3.0.1\nFixed Version: 3.0.9";
        let other = listed("Package: libkelp3\nInstalled Version: 3.0.0", help).unwrap();
        assert_eq!((other.component.version.as_deref(), other.fixed_in), (Some("3.0.0"), vec![]));
        assert_eq!(listed("Package: kelpssl", help).unwrap().fixed_in, ["3.0.9"]);
        assert!(in_a_sentence("The page reports that all is well at version 1").is_none());
        assert!(after_its_flaw("See CVE-2024-1234 - kelp: 1.0").is_none());
        assert_eq!(parted("@angular/core@12.0.0"), Some(("@angular/core", "12.0.0")));
        assert_eq!(parted("anna@example.org"), None);
    }
}
