//! What an expression comes to: the texts that it finds, seen from a record.

use super::scope::Scope;
use crate::{
    discover::{
        address,
        mapping::{Expression, Find, Made, Piece, Template},
    },
    id, word,
};
use std::borrow::Cow;

impl Expression {
    /// All texts it is, none of them empty.
    pub(super) fn all<'t>(&self, scope: &Scope<'_, 't>) -> Vec<Cow<'t, str>> {
        let mut out = Vec::new();
        self.add(scope, &mut out, false);
        out
    }

    /// The first text it is.
    pub(super) fn first<'t>(&self, scope: &Scope<'_, 't>) -> Option<Cow<'t, str>> {
        let mut out = Vec::new();
        self.add(scope, &mut out, true);
        out.into_iter().next()
    }

    fn add<'t>(&self, scope: &Scope<'_, 't>, out: &mut Vec<Cow<'t, str>>, first: bool) {
        match self {
            Self::Path(path) => scope.texts(path, out),
            Self::Any(several) => {
                for one in several {
                    one.add(scope, out, first);
                    if first && !out.is_empty() {
                        return;
                    }
                }
            }
            Self::Made(made) => made.add(scope, out),
        }
    }
}

impl Made {
    fn add<'t>(&self, scope: &Scope<'_, 't>, out: &mut Vec<Cow<'t, str>>) {
        let mut texts = match (&self.from, &self.text) {
            (Some(from), _) => from.all(scope),
            (None, Some(template)) => template.filled(scope).into_iter().map(Cow::Owned).collect(),
            (None, None) => self.value.iter().map(|value| Cow::Owned(value.to_string())).collect(),
        };
        if let Some(between) = self.split.as_deref().filter(|between| !between.is_empty()) {
            texts = texts
                .into_iter()
                .flat_map(|text| several(text, |text| text.split(between).collect()))
                .collect();
        }
        for text in texts {
            if self.behind.as_ref().is_some_and(|mark| !text.contains(&**mark)) {
                continue;
            }
            let text = match self.behind.as_ref().or(self.after.as_ref()) {
                Some(mark) => cut(text, |text| behind(text, mark)),
                None => text,
            };
            let text = match &self.before {
                Some(mark) => cut(text, |text| ahead(text, mark)),
                None => text,
            };
            let found = match self.find {
                Some(find) => several(text, |text| find.within(text)),
                None => vec![text],
            };
            out.extend(found.into_iter().filter_map(|text| self.meant(text)).filter(|text| !text.is_empty()));
        }
    }

    /// What a text stands for.
    fn meant<'t>(&self, text: Cow<'t, str>) -> Option<Cow<'t, str>> {
        let Some(table) = &self.is else { return Some(text) };
        let plain = word::plain(&text);
        let whole = plain.strip_suffix(".0");
        let known = table.get(&*plain).or_else(|| table.get(whole?)).or_else(|| table.get("*"));
        match known {
            Some(value) => value.as_ref().map(|value| Cow::Owned(value.to_string())),
            None => Some(text),
        }
    }
}

impl Find {
    fn within(self, text: &str) -> Vec<&str> {
        match self {
            Self::Published => tokens(text).filter(|token| id::is_published(token)).collect(),
            Self::Cwe => cwes(text),
            Self::Url => text
                .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | ',' | ')' | ']'))
                .filter_map(|word| word.find("http").and_then(|at| word.get(at..)))
                .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
                .collect(),
            Self::Host => vec![address::host(text)],
            Self::Port => address::port(text).into_iter().collect(),
            Self::Number => text
                .split(|c: char| !c.is_ascii_digit() && c != '.')
                .map(|number| number.trim_matches('.'))
                .find(|number| !number.is_empty())
                .into_iter()
                .collect(),
            Self::Vector => text
                .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"'))
                .filter(|word| word.contains("/AC:"))
                .filter_map(|word| word.get(word.find("CVSS:").or_else(|| word.find("AV:"))?..))
                .collect(),
            Self::Line => text.lines().next().into_iter().collect(),
            Self::PurlName => purl(text).map(|(name, _)| name).into_iter().collect(),
            Self::PurlVersion => purl(text).and_then(|(_, version)| version).into_iter().collect(),
            Self::ComponentName => component(text).map(|(name, _)| name).into_iter().collect(),
            Self::ComponentVersion => component(text).and_then(|(_, version)| version).into_iter().collect(),
        }
    }
}

/// The words of a text as published names are written.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':');
    text.split(move |c| !inside(c)).map(|token| token.trim_matches(['-', ':']))
}

/// Name and version of a package URL: `pkg:npm/%40babel/core@7.0.0?arch=x` is `%40babel/core` in version 7.0.0.
fn purl(text: &str) -> Option<(&str, Option<&str>)> {
    let (_, rest) = text.trim().strip_prefix("pkg:")?.split_once('/')?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    match rest.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() => Some((name, Some(version))),
        Some(_) | None => Some((rest, None)),
    }
}

/// Name and version of a component's id as Xray writes it: the kind of package, what a distribution needs before it, the name and the
/// version. `deb://debian:stretch:libx11:2:1.6.4-3` is libx11 in version 2:1.6.4-3.
fn component(text: &str) -> Option<(&str, Option<&str>)> {
    let Some((kind, rest)) = text.trim().split_once("://") else { return dashed(text.trim()) };
    // So many parts stand before the name, and so many are of it.
    let (before, of_name) = match &*word::plain(kind) {
        "deb" => (2, 1),
        "alpine" | "apk" | "rpm" => (1, 1),
        "gav" | "maven" => (0, 2),
        // A file by its hash.
        "generic" => return rest.rsplit_once('/').map(|(_, file)| (file, None)),
        _ => {
            return Some(rest.rsplit_once(':').map_or((rest, None), |(name, version)| (name, Some(version))));
        }
    };
    let end = |parts: usize| rest.match_indices(':').nth(parts - 1).map(|(at, _)| at);
    let start = if before == 0 { 0 } else { end(before)? + 1 };
    let name_end = end(before + of_name);
    let name = rest.get(start..name_end.unwrap_or(rest.len()))?;
    Some((name, name_end.and_then(|at| rest.get(at + 1..))))
}

/// Name and version of a package's id as Checkmarx writes it, with the kind of package before it: `Npm-kelp-merge-4.17.20`.
fn dashed(text: &str) -> Option<(&str, Option<&str>)> {
    const KINDS: [&str; 12] = [
        "bower",
        "cargo",
        "cocoapods",
        "composer",
        "cpp",
        "go",
        "ios",
        "maven",
        "npm",
        "nuget",
        "php",
        "python",
    ];
    let (kind, rest) = text.split_once('-')?;
    KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known)).then_some(())?;
    let begins =
        |at: &usize| rest.get(at + 1..).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    // A version may have hyphens in it, `12.0.1-beta`: it begins at the last one that a digit stands behind.
    let at = rest.match_indices('-').map(|(at, _)| at).rfind(begins);
    Some(at.map_or((rest, None), |at| (rest.get(..at).unwrap_or(rest), rest.get(at + 1..))))
}

/// The numbers of CWEs: `CWE-79`, `cwe/79`, `CWE 79`, or a text that is nothing but a number.
fn cwes(text: &str) -> Vec<&str> {
    let mut rest = text.trim();
    if rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return vec![rest];
    }
    let mut found = Vec::new();
    while let Some(at) = rest.as_bytes().windows(3).position(|three| three.eq_ignore_ascii_case(b"cwe")) {
        rest = rest.get(at + 3..).unwrap_or_default();
        let number =
            rest.trim_start_matches(|c: char| matches!(c, '-' | '_' | '/' | ':' | '#') || c.is_whitespace());
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let (digits, after) = number.split_at_checked(end).unwrap_or_default();
        if !digits.is_empty() {
            found.push(digits);
            rest = after;
        }
    }
    found
}

fn behind<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or(text, |(_, rest)| rest)
}

fn ahead<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or(text, |(rest, _)| rest)
}

/// A part of a text, borrowed where the text is.
fn cut<'t>(text: Cow<'t, str>, part: impl for<'a> Fn(&'a str) -> &'a str) -> Cow<'t, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text).trim()),
        Cow::Owned(text) => Cow::Owned(part(&text).trim().to_owned()),
    }
}

/// Several parts of a text, borrowed where the text is.
fn several<'t>(text: Cow<'t, str>, parts: impl for<'a> Fn(&'a str) -> Vec<&'a str>) -> Vec<Cow<'t, str>> {
    match text {
        Cow::Borrowed(text) => parts(text).into_iter().map(|part| Cow::Borrowed(part.trim())).collect(),
        Cow::Owned(text) => parts(&text).into_iter().map(|part| Cow::Owned(part.trim().to_owned())).collect(),
    }
}

impl Template {
    /// What is said of nothing is nothing: `in kelp` where a name should stand before it. Elsewhere a path that says nothing leaves out
    /// the text before it, and at the beginning the slash behind it.
    fn filled(&self, scope: &Scope<'_, '_>) -> Option<String> {
        let (mut out, mut said, mut begins_with_nothing) = (String::new(), false, false);
        let mut before = 0;
        for piece in &self.0 {
            match piece {
                Piece::Text(text) if std::mem::take(&mut begins_with_nothing) => {
                    if text.starts_with(|c: char| c.is_whitespace() || c == ':') {
                        return None;
                    }
                    out.push_str(text.strip_prefix('/').unwrap_or(text));
                }
                Piece::Text(text) => {
                    before = out.len();
                    out.push_str(text);
                }
                Piece::First(paths) => {
                    let mut texts = Vec::new();
                    for path in paths {
                        if texts.is_empty() {
                            scope.texts(path, &mut texts);
                        }
                    }
                    match texts.first() {
                        Some(text) => {
                            out.push_str(text);
                            said = true;
                        }
                        // What leads to it goes as well.
                        None => out.truncate(before),
                    }
                    before = out.len();
                    begins_with_nothing = out.is_empty();
                }
            }
        }
        said.then(|| out.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_found_in_texts() {
        let found = |find: Find, text: &'static str| find.within(text).join(" ");
        assert_eq!(
            found(Find::Published, "see CVE-2021-44228, (GHSA-jfh8-c2jp-5v3q)."),
            "CVE-2021-44228 GHSA-jfh8-c2jp-5v3q"
        );
        assert_eq!(found(Find::Cwe, "CWE-79, cwe_089; CWE: 22 and CWE-noinfo"), "79 089 22");
        assert_eq!(found(Find::Cwe, "352"), "352");
        assert_eq!(found(Find::Cwe, "352 files"), "");
        assert_eq!(found(Find::Host, "https://user:word@shop.example:8443/cart?x=1"), "shop.example");
        assert_eq!(found(Find::Port, "https://shop.example:8443/cart"), "8443");
        assert_eq!(
            found(Find::Url, "<p>https://a.example/x</p> [b](http://b.example)"),
            "https://a.example/x http://b.example"
        );
        assert_eq!(found(Find::PurlName, "pkg:npm/@babel/core@7.0.0?arch=x"), "@babel/core");
        assert_eq!(found(Find::PurlVersion, "pkg:npm/@babel/core@7.0.0?arch=x"), "7.0.0");
        assert_eq!(found(Find::PurlVersion, "pkg:npm/@babel/core"), "");
        for (id, name, version) in [
            ("gav://org.kelp:core:1.0", "org.kelp:core", "1.0"),
            ("npm://@kelp/core:1.0", "@kelp/core", "1.0"),
            ("deb://debian:stretch:libkelp:2:1.6-3", "libkelp", "2:1.6-3"),
            ("deb://debian:stretch:libkelp", "libkelp", ""),
            ("rpm://7:kelp:28:5.9-14.el7", "kelp", "28:5.9-14.el7"),
            ("generic://sha256:ab12/kelp_1.0.jar", "kelp_1.0.jar", ""),
            ("gav://test", "test", ""),
            ("deb://kelp", "", ""),
            ("Npm-kelp-merge-4.17.20", "kelp-merge", "4.17.20"),
            ("Nuget-Kelp.Json-12.0.1-beta", "Kelp.Json", "12.0.1-beta"),
            ("Maven-org.kelp:kelp-core-5.3.9.RELEASE", "org.kelp:kelp-core", "5.3.9.RELEASE"),
            ("Go-github.com/kelp/reef", "github.com/kelp/reef", ""),
            ("kelp-merge-4.17.20", "", ""),
            ("kelp:1.0", "", ""),
        ] {
            let read = (found(Find::ComponentName, id), found(Find::ComponentVersion, id));
            assert_eq!(read, (name.to_owned(), version.to_owned()), "{id}");
        }
        assert_eq!(found(Find::Number, "CVSS 9.8 (v3)"), "9.8");
        assert_eq!(
            found(Find::Vector, "9.8 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)"),
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
        );
    }
}
