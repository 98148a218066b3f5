//! What Gitleaks is told to ignore: the fingerprints of `.gitleaksignore`.
//!
//! A record is a fingerprint: `commit:file:rule:line` is of one commit, and `file:rule:line` of any. The comment above or behind one is why.

use super::{
    Draft, Reader,
    document::{Document, Match, Shape},
    ignored::IgnoreRule,
};
use crate::{
    error::{Error, Result},
    model::{Acceptance, WeaknessKind},
};

pub(super) const READER: Reader =
    Reader { name: "gitleaksignore", title: "Gitleaks ignore file, `.gitleaksignore`", detect, read };

fn detect(document: &Document<'_>) -> Match {
    if !matches!(document.shape, Shape::Table(_) | Shape::Yaml(..)) {
        return Match::No;
    }
    let lines = || entries(&document.text).take(MOST_LOOKED_AT);
    let good = lines().filter(|(_, _, line)| Fingerprint::of(line).is_some()).count();
    Match::yes_if(good > 0 && (lines().count() - good) * 3 <= good)
}

/// A format is told by so many lines.
const MOST_LOOKED_AT: usize = 200;

struct Fingerprint<'a> {
    commit: Option<&'a str>,
    file: &'a str,
    rule: &'a str,
    line: u32,
}

impl<'a> Fingerprint<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (rest, line) = text.rsplit_once(':')?;
        let (rest, rule) = rest.rsplit_once(':')?;
        let is_commit = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (commit, file) = match rest.split_once(':') {
            Some((commit, file)) if is_commit(commit) => (Some(commit), file),
            Some(_) | None => (None, rest),
        };
        let is_rule = rule.contains(|c: char| c.is_alphabetic())
            && !rule.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | ','));
        (is_rule && !file.is_empty()).then_some(Self { commit, file, rule, line: line.parse().ok()? })
    }
}

/// The lines that name something: their numbers, the comment above, and what stands before a comment.
fn entries(text: &str) -> impl Iterator<Item = (usize, String, &str)> {
    let mut above = String::new();
    text.lines().enumerate().filter_map(move |(n, line)| {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            above = comment.trim_start_matches('#').trim().to_owned();
            return None;
        }
        if line.is_empty() {
            above.clear();
            return None;
        }
        let (said, behind) = line.split_once(" #").unwrap_or((line, ""));
        let why = if behind.trim().is_empty() { above.clone() } else { behind.trim().to_owned() };
        Some((n + 1, why, said.trim()))
    })
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("gitleaks");
    for (number, why, line) in entries(&document.text) {
        let place = format!("line {number}");
        draft.record(&place, |draft| {
            let fingerprint = Fingerprint::of(line).ok_or_else(|| {
                Error::invalid("this is no fingerprint: write `commit:file:rule:line` or `file:rule:line`")
            })?;
            let Fingerprint { commit, file, rule, line: at } = fingerprint;
            draft.ignore(IgnoreRule {
                weakness: Some(rule.into()),
                kind: Some(WeaknessKind::Secret),
                mark: commit.map(|_| line.into()),
                files: vec![file.into()],
                line: Some(at),
                acceptance: Acceptance {
                    reason: Some(why.as_str()).filter(|why| !why.is_empty()).map(Box::from),
                    ..Acceptance::default()
                },
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    Ok(())
}
