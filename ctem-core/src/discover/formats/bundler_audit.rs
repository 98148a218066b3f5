//! bundler-audit, as text and as JSON: advisories of the gems that a project locks.
//!
//! A record is an advisory on a gem, or a source that is not encrypted. The asset is the caller's, since neither form names the
//! project. Its text has no syntax of its own: what begins with `Name:` and goes on with `Version:` is a record.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match, Shape},
    json, package,
};
use crate::{
    error::{Error, Result},
    model::{AssetKind, Location, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

pub(super) const READER: Reader =
    Reader { name: "bundler_audit", title: "bundler-audit text and JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    match &document.shape {
        Shape::Json(json) => {
            let first = ["/results/0/gem", "/results/0/source"].iter().any(|name| json.has(name));
            let of_gems = first && json.has("/results/0/type");
            let none = json.top_names().all(|name| ["version", "created_at", "results"].contains(&name));
            Match::yes_if(json.has_all(&["/version", "/created_at", "/results"]) && (of_gems || none))
        }
        Shape::Yaml(..) | Shape::Table(_) => Match::yes_if(is_text(&document.text)),
        Shape::Toml(..) | Shape::Xml(_) | Shape::Empty => Match::No,
    }
}

/// Whether a text is what bundler-audit prints: a record near its beginning, or the line that it ends with.
fn is_text(text: &str) -> bool {
    const FIRST: usize = 200;
    let mut before = Cow::Borrowed("");
    for line in text.lines().take(FIRST).map(plain) {
        let is_record = before.starts_with("Name: ") && line.starts_with("Version: ");
        if is_record || line.starts_with(INSECURE) || ENDS.contains(&&*line) {
            return true;
        }
        before = line;
    }
    false
}

const INSECURE: &str = "Insecure Source URI found: ";
const ENDS: [&str; 2] = ["Vulnerabilities found!", "No vulnerabilities found"];

/// A line without what colours it.
fn plain(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    if !line.contains('\u{1b}') {
        return line.into();
    }
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    std::iter::once(first).chain(rest).collect::<String>().trim_end().to_owned().into()
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    match &document.shape {
        Shape::Json(_) => read_json(document, draft),
        Shape::Yaml(..) | Shape::Toml(..) | Shape::Table(_) | Shape::Xml(_) | Shape::Empty => {
            read_text(&document.text, draft);
            Ok(())
        }
    }
}

#[derive(Deserialize)]
struct Audit<'a> {
    #[serde(borrow, default)]
    version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    created_at: Option<&'a RawValue>,
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Found {
    source: Option<String>,
    gem: Option<Gem>,
    advisory: Option<Advisory>,
}

#[derive(Deserialize)]
struct Gem {
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Advisory {
    id: Option<String>,
    url: Option<String>,
    title: Option<String>,
    description: Option<String>,
    criticality: Option<String>,
    cvss_v2: Option<f64>,
    cvss_v3: Option<f64>,
    cve: Option<String>,
    ghsa: Option<String>,
    osvdb: Option<String>,
    patched_versions: Option<Vec<String>>,
}

fn read_json(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let audit: Audit<'_> = json::parse(&document.text)?;
    let version: Option<String> = draft.perhaps(audit.version, "/version");
    draft.report.source.version = version.map(Box::from);
    // `2024-01-31 09:00:00 -0700`, as Ruby writes times.
    let created: Option<String> = draft.perhaps(audit.created_at, "/created_at");
    let mut words = created.iter().flat_map(|time| time.split_whitespace());
    let seen = match (words.next(), words.next(), words.next()) {
        (Some(day), Some(time), Some(zone)) => format!("{day}T{time}{}", zone.replace("UTC", "Z")),
        _ => created.clone().unwrap_or_default(),
    };
    draft.report.source.taken = draft.moment(Some(&seen), "/created_at");
    draft.each("/results", audit.results, |found: Found, place, draft| {
        let Some(gem) = found.gem else {
            return match found.source.as_deref().filter(|source| !source.trim().is_empty()) {
                Some(source) => insecure(source, place, draft),
                None => Err(Error::invalid(
                    "the record names neither a gem nor a source: it must say what is unsafe",
                )),
            };
        };
        let advisory = found.advisory.as_ref();
        let text = |field: fn(&Advisory) -> &Option<String>| {
            advisory.and_then(|one| field(one).as_deref()).unwrap_or_default()
        };
        let prefixed = |prefix: &str, number: &str| match number {
            "" => String::new(),
            number if number.to_ascii_uppercase().starts_with(prefix) => number.to_owned(),
            number => format!("{prefix}{number}"),
        };
        let names = [
            prefixed("CVE-", text(|one| &one.cve)),
            prefixed("GHSA-", text(|one| &one.ghsa)),
            prefixed("OSVDB-", text(|one| &one.osvdb)),
        ];
        let patched = advisory.and_then(|one| one.patched_versions.as_deref()).unwrap_or_default();
        let fixed_in: Vec<&str> = patched.iter().flat_map(|requirement| fixed(requirement)).collect();
        let record = Record {
            gem: &gem.name,
            version: gem.version.as_deref(),
            names: names.iter().map(String::as_str).collect(),
            id: text(|one| &one.id),
            title: text(|one| &one.title),
            description: text(|one| &one.description),
            criticality: text(|one| &one.criticality),
            score: advisory.and_then(|one| one.cvss_v3.or(one.cvss_v2)),
            url: text(|one| &one.url),
            advice: "",
            fixed_in,
        };
        take(record, &seen, place, draft)
    });
    Ok(())
}

/// An advisory on a gem, in whichever form it was written.
struct Record<'a> {
    gem: &'a str,
    version: Option<&'a str>,
    names: Vec<&'a str>,
    id: &'a str,
    title: &'a str,
    description: &'a str,
    criticality: &'a str,
    score: Option<f64>,
    url: &'a str,
    advice: &'a str,
    fixed_in: Vec<&'a str>,
}

fn take(record: Record<'_>, seen: &str, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = draft.default_asset(AssetKind::Repository)?;
    if record.gem.is_empty() {
        return Err(Error::invalid("the record does not name its gem: it must say what has the flaw"));
    }
    let own = [record.id, record.title].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, own, place);
    claim.names =
        record.names.into_iter().chain([record.id]).filter(|name| crate::id::is_published(name)).collect();
    claim.title = record.title;
    claim.description = record.description;
    claim.severity = record.criticality;
    claim.score = record.score;
    claim.component = Some(package::component(Some("gem"), record.gem, record.version));
    claim.fixed_in = record.fixed_in;
    claim.advice = record.advice;
    claim.link = record.url;
    claim.seen = seen;
    draft.claim(claim)
}

fn insecure(source: &str, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = draft.default_asset(AssetKind::Repository)?;
    let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, "insecure-source", place);
    claim.title = "Gems are fetched from a source that is not encrypted";
    claim.severity = "medium";
    claim.location = Some(Location { url: Some(source.into()), ..Location::default() });
    draft.claim(claim)
}

/// What requirements on a gem say of versions without the weakness: of `~> 2.1.3, >= 2.2.0`, both; an upper bound says nothing.
fn fixed(requirements: &str) -> Vec<&str> {
    let parts = requirements.split([',', '\'', '"']).map(str::trim);
    let versions = parts
        .filter_map(|part| ["~>", ">=", "="].iter().find_map(|sign| part.strip_prefix(sign)).map(str::trim));
    versions.filter(|version| !version.is_empty()).collect()
}

fn read_text(text: &str, draft: &mut Draft<'_>) {
    let lines: Vec<Cow<'_, str>> = text.lines().map(plain).collect();
    let begins = |line: &str| line.starts_with("Name:") || line.starts_with(INSECURE);
    let starts: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at).collect();
    for (n, start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(lines.len());
        let record = lines.get(*start..end).unwrap_or_default();
        let place = format!("line {}", start + 1);
        draft.record(&place, |draft| take_text(record, &place, draft));
    }
}

fn take_text(lines: &[Cow<'_, str>], place: &str, draft: &mut Draft<'_>) -> Result<()> {
    if let Some(source) = lines.first().and_then(|line| line.strip_prefix(INSECURE)) {
        return insecure(source, place, draft);
    }
    let field = |name: &str| {
        let value =
            |line: &'_ Cow<'_, str>| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        let line = lines.iter().find(|line| value(line));
        line.and_then(|line| line.get(name.len() + 1..)).map(str::trim).unwrap_or_default()
    };
    // A long description stands indented between its heading and the solution.
    let described = lines.iter().skip_while(|line| !line.starts_with("Description:")).skip(1);
    let described: Vec<&str> = described
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .map(|line| line.trim())
        .collect();
    let description = described.join("\n");
    let solution = field("Solution");
    let record = Record {
        gem: field("Name"),
        version: Some(field("Version")),
        names: vec![field("CVE"), field("GHSA"), field("Advisory")],
        id: field("Advisory"),
        title: field("Title"),
        description: description.trim(),
        criticality: field("Criticality"),
        score: None,
        url: field("URL"),
        advice: solution,
        fixed_in: solution.split_once("upgrade to").map(|(_, versions)| fixed(versions)).unwrap_or_default(),
    };
    take(record, "", place, draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_say_from_which_version_on_a_gem_is_mended() {
        assert_eq!(fixed("~> 2.1.3, >= 2.2.0"), ["2.1.3", "2.2.0"]);
        assert_eq!(fixed("'>= 2.12.5, < 3.0.0', '>= 4.0.0.beta8'"), ["2.12.5", "4.0.0.beta8"]);
        assert_eq!(fixed("> 1, < 2"), [""; 0]);
    }

    #[test]
    fn colours_are_no_part_of_a_line() {
        assert_eq!(plain("\u{1b}[31mName: \u{1b}[0mrack \r"), "Name: rack");
    }
}
