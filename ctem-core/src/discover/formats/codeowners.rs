//! CODEOWNERS of GitHub, GitLab and Bitbucket: who looks after which files of a repository.
//!
//! A record is a rule: a pattern of paths, and who owns what it means. The asset is the repository, which the caller names. Its owner
//! is that of the last rule that means all files; the others become owners, and rules for parts of the repository labels of it, in
//! their order, since an asset has one owner. By these a finding in a file goes to whom the file belongs to.

use super::{
    Draft, Reader,
    document::{Document, Match, Shape},
};
use crate::{
    error::{Error, Result},
    model::{AssetKind, CODE_OWNER, NOBODY, NoteKind},
};

pub(super) const READER: Reader = Reader { name: "codeowners", title: "CODEOWNERS", detect, read };

/// A text is one of rules where nearly every line of it is one, and most say who owns something.
fn detect(document: &Document<'_>) -> Match {
    if document.is_empty() || matches!(document.shape, Shape::Xml(_)) {
        return Match::No;
    }
    let (mut owned, mut good, mut bad) = (0, 0, 0);
    for line in rules(&document.text).take(MOST_LOOKED_AT) {
        match Rule::of(line) {
            Some(Rule::Owners { pattern, .. }) if pattern.contains([',', ';', '"', '=', '{']) => {
                return Match::No;
            }
            Some(Rule::Owners { owners, .. } | Rule::Section { owners, .. }) => {
                good += 1;
                owned += usize::from(!owners.is_empty());
            }
            None => bad += 1,
        }
    }
    Match::yes_if(owned > 0 && owned * 2 >= good && bad * 4 <= good)
}

/// A format is told by so many lines.
const MOST_LOOKED_AT: usize = 200;

/// A line that says something.
enum Rule<'a> {
    Owners {
        pattern: &'a str,
        owners: Vec<&'a str>,
    },
    /// The owners of the rules that follow and name none.
    Section {
        name: &'a str,
        owners: Vec<&'a str>,
    },
}

impl<'a> Rule<'a> {
    /// None where a word stands as an owner that names nobody.
    fn of(line: &'a str) -> Option<Self> {
        if let Some(rest) = line.strip_prefix('[').or(line.strip_prefix("^[")) {
            // `[Name][2] @default`: a section of GitLab, with how many have to agree.
            let (name, rest) = rest.split_once(']')?;
            let rest = match rest.strip_prefix('[') {
                Some(count) => count.split_once(']')?.1,
                None => rest,
            };
            let owners: Vec<&str> = rest.split_whitespace().collect();
            return owners.iter().all(|owner| is_owner(owner)).then_some(Self::Section { name, owners });
        }
        let end = end_of_pattern(line);
        let (pattern, rest) = line.split_at_checked(end)?;
        let owners: Vec<&str> = rest.split_whitespace().collect();
        owners.iter().all(|owner| is_owner(owner)).then_some(Self::Owners { pattern, owners })
    }
}

/// Where the pattern of a line ends: at the first blank that nothing escapes.
fn end_of_pattern(line: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        if letter.is_whitespace() && !escaped {
            return at;
        }
        escaped = letter == '\\' && !escaped;
    }
    line.len()
}

/// A user, a team or role (`@org/team`, `@@maintainers`), or a mail address.
fn is_owner(word: &str) -> bool {
    let name = word.trim_start_matches('@');
    match word.starts_with('@') {
        true => !name.is_empty() && !name.contains(['@', ',', ';', '"', '(']),
        false => word.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !word.contains([',', ';', '"', '(', ':', '='])
        }),
    }
}

/// The lines that say something, without what stands behind a `#`.
fn rules(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(said).filter(|line| !line.is_empty())
}

fn said(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') {
        return "";
    }
    line.find(" #").and_then(|at| line.get(..at)).unwrap_or(line).trim_end()
}

/// Patterns that mean all files.
const ALL: [&str; 5] = ["*", "**", "/**", "**/*", "/"];

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let repository = draft.default_asset(AssetKind::Repository)?;
    let (mut whole, mut parts): (_, Vec<(&str, &str, String)>) = (None, Vec::new());
    let mut section: (&str, Vec<&str>) = Default::default();
    for (number, line) in document.text.lines().enumerate() {
        let line = said(line);
        if line.is_empty() {
            continue;
        }
        let place = format!("line {}", number + 1);
        draft.record(&place, |draft| {
            match Rule::of(line) {
                None => Err(Error::invalid(
                    "an owner must be `@user`, `@organisation/team` or a mail address, and a pattern may have blanks only after `\\`",
                )),
                Some(Rule::Section { name, owners }) => {
                    section = (name, owners);
                    draft.clear();
                    Ok(())
                }
                Some(Rule::Owners { pattern, owners }) => {
                    let is_left_out = pattern.starts_with('!');
                    let owners = if owners.is_empty() && !is_left_out { section.1.clone() } else { owners };
                    for owner in &owners {
                        let contact = owner.contains('@').then_some(*owner).filter(|owner| !owner.starts_with('@'));
                        draft.owner(owner, None, contact)?;
                    }
                    if ALL.contains(&pattern) {
                        // It is the last that means what rules before it do.
                        parts.retain(|(of, ..)| *of != section.0);
                        whole = owners.first().copied();
                        if let [_, others @ ..] = &*owners
                            && !others.is_empty()
                        {
                            let what = format!("the repository has further owners: {}", others.join(", "));
                            draft.note(NoteKind::Ignored, &place, what);
                        }
                    } else {
                        let owners = if owners.is_empty() { NOBODY.to_owned() } else { owners.join(" ") };
                        parts.push((section.0, pattern, owners));
                    }
                    Ok(())
                }
            }
        });
    }
    let owner = whole.map(|owner| draft.owner(owner, None, None)).transpose()?;
    if !parts.is_empty() {
        let what = format!(
            "{} rules are about parts of the repository: they are kept as labels of it, since an asset has one owner",
            parts.len()
        );
        draft.note(NoteKind::Ignored, "", what);
    }
    if let Some(owner) = owner {
        draft.own(&repository, owner);
    }
    let width = parts.len().to_string().len();
    for (number, (section, pattern, owners)) in parts.into_iter().enumerate() {
        let of = if section.is_empty() { String::new() } else { format!("[{section}] ") };
        draft.label(&repository, &[(&format!("{CODE_OWNER}{:0width$} {of}{pattern}", number + 1), &owners)]);
    }
    Ok(())
}
