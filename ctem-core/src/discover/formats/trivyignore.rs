//! What Trivy is told to ignore: `.trivyignore`, and `.trivyignore.yaml`.
//!
//! A record is an entry: the id of a vulnerability, a check, a secret's rule or a licence, with an end, and in YAML with paths, package
//! URLs and a statement. In the plain form the comment above an entry, or behind it, is why. Licences are clear: they are no weakness.
//! A plain file of nothing but ids says no more than a list of what to fix does: among other files it is told by its name.

use super::{
    Draft, Reader,
    document::{Document, Match, Shape},
    ignored::{self, IgnoreRule},
    package,
};
use crate::{
    error::{Error, Result},
    id,
    model::{Acceptance, WeaknessKind},
};
use serde::Deserialize;
use serde_json::Value;

pub(super) const READER: Reader =
    Reader { name: "trivyignore", title: "Trivy ignore file, `.trivyignore` or YAML", detect, read };

const LISTS: [(&str, Option<WeaknessKind>); 4] = [
    ("vulnerabilities", Some(WeaknessKind::Vulnerability)),
    ("misconfigurations", Some(WeaknessKind::Misconfiguration)),
    ("secrets", Some(WeaknessKind::Secret)),
    ("licenses", None),
];

fn detect(document: &Document<'_>) -> Match {
    let is_called = document.name.to_ascii_lowercase().ends_with("trivyignore");
    match &document.shape {
        Shape::Yaml(_, outline) => {
            let entries = LISTS.iter().any(|(list, _)| outline.has(&format!("/{list}/0/id")));
            Match::yes_if(
                entries && outline.top_names().all(|name| LISTS.iter().any(|(list, _)| *list == name)),
            )
        }
        Shape::Table(_) if document.name.is_empty() || is_called => {
            let entries = || entries(&document.text).map(|(.., entry)| entry);
            let (good, all) = (entries().filter_map(Entry::of).count(), entries().count());
            let is_plain = (all - good) * 4 <= good;
            let is_told = is_called || document.text.lines().any(|line| line.trim_start().starts_with('#'));
            let names = entries().filter_map(Entry::of).any(|entry| is_id(entry.id));
            Match::yes_if(is_plain && is_told && names)
        }
        Shape::Table(_) | Shape::Json(_) | Shape::Toml(..) | Shape::Xml(_) | Shape::Empty => Match::No,
    }
}

/// Whether a word is an id that Trivy tells vulnerabilities or checks by.
fn is_id(word: &str) -> bool {
    id::is_published(word) || word.starts_with("AVD-") || as_check(word).is_some()
}

/// An entry of the plain form.
struct Entry<'a> {
    id: &'a str,
    until: Option<&'a str>,
    why: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// None where a line is more than an id, its end and a comment.
    fn of(line: &'a str) -> Option<Self> {
        let (said, why) = match line.split_once(" #") {
            Some((said, why)) => (said, Some(why.trim())),
            None => (line, None),
        };
        let mut words = said.split_whitespace();
        let id = words.next()?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+' | '/');
        let until = words.next();
        let ends = until.is_none_or(|word| word.starts_with("exp:"));
        (id.chars().all(is_word) && ends && words.next().is_none()).then(|| Self {
            id,
            until: until.and_then(|word| word.strip_prefix("exp:")),
            why,
        })
    }
}

/// So much of a comment is kept: it stands in every rule below it.
const WHY: usize = 1000;

/// Adds a line to a comment, as long as there is room.
fn add(comment: &mut String, said: &str) {
    if said.is_empty() || comment.len() >= WHY {
        return;
    }
    if !comment.is_empty() {
        comment.push(' ');
    }
    let mut letters = said.chars();
    let room = WHY.saturating_sub(comment.len());
    comment.extend(letters.by_ref().take(room));
    if letters.next().is_some() {
        comment.push('…');
    }
}

/// The entries of the plain form: the number of the line, the comment right above, and the line.
fn entries(text: &str) -> impl Iterator<Item = (usize, String, &str)> {
    let mut above = String::new();
    let mut in_comment = false;
    text.lines().enumerate().filter_map(move |(n, line)| {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            if !std::mem::replace(&mut in_comment, true) {
                above.clear();
            }
            add(&mut above, comment.trim_start_matches('#').trim());
            return None;
        }
        in_comment = false;
        if line.is_empty() {
            above.clear();
            return None;
        }
        Some((n + 1, above.clone(), line))
    })
}

#[derive(Deserialize)]
struct Ignored {
    id: Option<String>,
    #[serde(default)]
    paths: Option<Vec<String>>,
    #[serde(default)]
    purls: Option<Vec<String>>,
    expired_at: Option<String>,
    statement: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("trivy");
    if let Shape::Yaml(..) = document.shape {
        return read_yaml(&*document.setting_values()?, draft);
    }
    for (number, above, line) in entries(&document.text) {
        let place = format!("line {number}");
        draft.record(&place, |draft| {
            let entry = Entry::of(line).ok_or_else(|| {
                Error::invalid(
                    "the line is more than an id: it may have an end, `exp:2026-01-01`, and a comment",
                )
            })?;
            let why = entry.why.map(str::to_owned).or(Some(above)).filter(|why| !why.is_empty());
            draft.ignore(IgnoreRule {
                weakness: Some(named(entry.id)),
                acceptance: Acceptance {
                    until: ignored::end(entry.until)?,
                    reason: why.map(Box::from),
                    ..Acceptance::default()
                },
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    Ok(())
}

fn read_yaml(value: &Value, draft: &mut Draft<'_>) -> Result<()> {
    for (list, kind) in LISTS {
        for (n, entry) in value.get(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let place = format!("/{list}/{n}");
            draft.record(&place, |draft| {
                let entry: Ignored = draft.understood(&entry.to_string(), &place)?;
                let id = entry.id.as_deref().map(str::trim).filter(|id| !id.is_empty());
                let id =
                    id.ok_or_else(|| Error::invalid("`id` is missing: an entry must say what is ignored"))?;
                if kind.is_none() {
                    draft.clear();
                    return Ok(());
                }
                let packages = entry.purls.iter().flatten().map(|purl| package::of_purl(purl));
                draft.ignore(IgnoreRule {
                    weakness: Some(named(id)),
                    kind,
                    packages: packages.collect(),
                    paths: entry.paths.iter().flatten().map(|path| path.as_str().into()).collect(),
                    acceptance: Acceptance {
                        until: ignored::end(entry.expired_at.as_deref())?,
                        reason: entry.statement.as_deref().map(Box::from),
                        ..Acceptance::default()
                    },
                    place: place.as_str().into(),
                    ..IgnoreRule::default()
                })
            });
        }
    }
    Ok(())
}

/// What an entry names, as findings do.
fn named(id: &str) -> Box<str> {
    as_check(id).map_or_else(|| id.into(), Box::from)
}

/// A check by the name it has in reports: `DS-0002` and the former `DS002` are `AVD-DS-0002`.
fn as_check(id: &str) -> Option<String> {
    let letters = id.find(|c: char| !c.is_ascii_uppercase()).filter(|end| *end >= 2)?;
    let (provider, rest) = id.split_at_checked(letters)?;
    let digits = rest.strip_prefix('-').unwrap_or(rest);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number, digits.len(), rest.len()) {
        (true, 4, 5) => Some(format!("AVD-{provider}-{digits}")),
        (true, 3, 3) if matches!(provider, "DS" | "KSV" | "KCV") => Some(format!("AVD-{provider}-0{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_go_by_the_names_of_reports() {
        for (id, name) in [
            ("DS002", Some("AVD-DS-0002")),
            ("KSV001", Some("AVD-KSV-0001")),
            ("AWS-0087", Some("AVD-AWS-0087")),
            ("AVD-AWS-0087", None),
            ("CVE-2024-1234", None),
            ("generic-rule", None),
            ("É-1", None),
        ] {
            assert_eq!(as_check(id).as_deref(), name, "{id}");
        }
    }

    #[test]
    fn the_comment_above_or_behind_an_entry_says_why() {
        let text = "# one\n# and two\nCVE-1\nCVE-2 # three\n\nCVE-3\n# four\nCVE-4 exp:2030-01-01\n";
        let read: Vec<_> =
            entries(text).map(|(n, above, line)| (n, above, Entry::of(line).unwrap())).collect();
        let said: Vec<_> = read
            .iter()
            .map(|(n, above, entry)| (*n, above.as_str(), entry.id, entry.until, entry.why))
            .collect();
        assert_eq!(
            said,
            [
                (3, "one and two", "CVE-1", None, None),
                (4, "one and two", "CVE-2", None, Some("three")),
                (6, "", "CVE-3", None, None),
                (8, "four", "CVE-4", Some("2030-01-01"), None),
            ]
        );
    }

    #[test]
    fn a_long_comment_is_cut_since_it_stands_in_many_rules() {
        let text = format!("# {}\n#\n# more\n{}", "é".repeat(3000), "CVE-1\n".repeat(3));
        let above: Vec<String> = entries(&text).map(|(_, above, _)| above).collect();
        assert_eq!(above, vec![format!("{}…", "é".repeat(WHY)); 3]);
    }
}
