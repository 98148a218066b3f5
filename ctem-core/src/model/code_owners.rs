//! Owners of parts of a repository: by the path of a file, as GitHub and GitLab read CODEOWNERS.
//!
//! An asset has one owner, so the rules for parts of a repository are labels of it, in their order: `code owner 07 /docs/`. The last
//! rule that means a file says whose it is. GitLab has sections, each of which says it for itself; the first that does is
//! followed. Where patterns are relative the two differ: to GitHub `docs/*` is of the root, to GitLab of any folder `docs`, and what
//! GitHub takes for a folder with all in it, GitLab takes for a file unless a slash ends it. Sections tell which of them is meant.
//! Cost: O(length of the patterns × length of the path), from the last rule to the one that holds.

use super::Asset;

/// What the names of such labels begin with.
pub(crate) const CODE_OWNER: &str = "code owner ";

/// What such a label says where a rule leaves files to nobody.
pub(crate) const NOBODY: &str = "nobody";

/// The rules of a repository.
#[derive(Debug)]
pub(crate) struct CodeOwners<'a> {
    rules: Vec<Rule<'a>>,
    /// Whether GitLab's sections are used, and so GitLab's rules hold.
    sections: bool,
}

#[derive(Debug)]
struct Rule<'a> {
    section: &'a str,
    pattern: &'a str,
    owners: &'a str,
}

impl<'a> CodeOwners<'a> {
    /// The rules that the labels of an asset are, if any are.
    pub(crate) fn of(asset: &'a Asset) -> Option<Self> {
        let labels = asset.labels.iter().filter_map(|(label, owners)| {
            let (_, said) = label.strip_prefix(CODE_OWNER)?.split_once(' ')?;
            let named = said.strip_prefix('[').and_then(|rest| rest.split_once("] "));
            let (section, pattern) = named.unwrap_or(("", said));
            Some(Rule { section, pattern, owners })
        });
        let rules: Vec<Rule<'a>> = labels.collect();
        let sections = rules.iter().any(|rule| !rule.section.is_empty());
        (!rules.is_empty()).then_some(Self { rules, sections })
    }

    /// Whose a file is: none where no rule means it, and an empty text where it is nobody's.
    pub(crate) fn owner(&self, path: &str) -> Option<&'a str> {
        let path = path.split('#').next().unwrap_or_default().replace('\\', "/");
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let means = |rule: &&Rule<'a>| {
            let pattern = rule.pattern.trim_start_matches('!');
            matches(pattern, &parts, self.sections)
        };
        let mut seen: Vec<&str> = Vec::new();
        let mut found = None;
        for section in self.rules.iter().map(|rule| rule.section) {
            if seen.contains(&section) {
                continue;
            }
            seen.push(section);
            let of_section = || self.rules.iter().filter(|rule| rule.section == section);
            let left_out = of_section().filter(|rule| rule.pattern.starts_with('!')).any(|rule| means(&rule));
            let last = of_section().rfind(means).filter(|_| !left_out);
            let first = last.and_then(|rule| rule.owners.split_whitespace().next());
            match first {
                Some(NOBODY) => found = found.or(Some("")),
                Some(owner) => return Some(owner),
                None => {}
            }
        }
        found
    }
}

/// Whether a path is like a pattern, both from the root on: `*` is anything within a folder, `?` one byte, and `**` any folders.
pub(crate) fn is_path_like(pattern: &str, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    matches(&format!("/{}", pattern.trim_matches('/')), &parts, true)
}

/// A path of more folders than this is nobody's.
const DEEPEST: usize = 120;

/// Whether a pattern means a path.
fn matches(pattern: &str, path: &[&str], of_gitlab: bool) -> bool {
    if path.len() > DEEPEST {
        return false;
    }
    let whole = pattern.trim_matches('/');
    let anchored = pattern.starts_with('/') || (!of_gitlab && whole.contains('/'));
    let any = (!anchored).then_some("**");
    let parts = any.into_iter().chain(whole.split('/')).filter(|part| !part.is_empty());
    // Bit n says whether the pattern so far is used up by n parts of the path.
    let all = (1_u128 << (path.len() + 1)) - 1;
    let mut reach = 1_u128;
    for part in parts {
        reach = if part == "**" {
            // From the lowest on.
            all & !((reach & reach.wrapping_neg()) - 1)
        } else {
            let here = (0..path.len()).zip(path).filter(|(n, _)| reach >> n & 1 == 1);
            let like = here.filter(|(_, name)| is_like(part.as_bytes(), name.as_bytes()));
            like.fold(0, |next, (n, _)| next | 1 << (n + 1))
        };
        if reach == 0 {
            return false;
        }
    }
    let at_end = reach >> path.len() & 1 == 1;
    let before = reach & (all >> 1) & !1 != 0;
    // A name alone means a folder with all in it, too.
    let last = whole.rsplit('/').next().unwrap_or_default();
    let named = !of_gitlab && !last.contains(['*', '?']);
    match (pattern.ends_with('/'), named) {
        (true, _) => before,
        (false, true) => at_end || before,
        (false, false) => at_end,
    }
}

/// Whether a name is like a part of a pattern: `*` is anything, `?` one byte, and what stands after `\` itself. O(n·m), without
/// memory of its own.
fn is_like(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut here) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while here < name.len() {
        let used = match (pattern.get(at), pattern.get(at + 1), name.get(here)) {
            (Some(b'*'), ..) => {
                star = Some((at + 1, here));
                at += 1;
                continue;
            }
            (Some(b'?'), ..) => 1,
            (Some(b'\\'), Some(escaped), Some(byte)) if escaped == byte => 2,
            (Some(plain), _, Some(byte)) if plain == byte => 1,
            _ => 0,
        };
        match (used, star) {
            (0, Some((after, from))) => {
                (at, here) = (after, from + 1);
                star = Some((after, from + 1));
            }
            (0, None) => return false,
            (used, _) => (at, here) = (at + used, here + 1),
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AssetKind;

    #[test]
    fn patterns_mean_what_github_and_gitlab_say() {
        // Patterns and paths of their manuals, and what each of the two says.
        for (pattern, path, github, gitlab) in [
            ("*.js", "src/app/main.js", true, true),
            ("*.js", "src/app/main.jsx", false, false),
            ("/build/logs/", "build/logs/a/b.log", true, true),
            ("/build/logs/", "src/build/logs/b.log", false, false),
            ("docs/*", "docs/getting-started.md", true, true),
            ("docs/*", "docs/build-app/troubleshooting.md", false, false),
            ("docs/*", "lib/docs/a.md", false, true),
            ("apps/", "src/apps/web/main.rs", true, true),
            ("apps/", "apps", false, false),
            ("/docs/", "docs/a.md", true, true),
            ("/apps/github", "apps/github/a/b", true, false),
            ("/apps/github", "apps/github", true, true),
            ("**/logs", "deeply/nested/logs/a.txt", true, false),
            ("/docs/**/*.md", "docs/a/b/c.md", true, true),
            ("/docs/**/*.md", "docs/c.md", true, true),
            ("/docs/**", "docs/a/b", true, true),
            ("/a\\ b/", "a b/c", true, true),
            ("README.md", "lib/README.md", true, true),
            ("/re?dme", "readme", true, true),
            ("*a*b*", "xaxbx", true, true),
            ("*a*b", "xaxbx", false, false),
        ] {
            let parts: Vec<&str> = path.split('/').collect();
            let said = [false, true].map(|of_gitlab| matches(pattern, &parts, of_gitlab));
            assert_eq!(said, [github, gitlab], "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_rule_of_a_section_says_whose_a_file_is() {
        let with = |labels: &[(&str, &str)]| {
            let labels = labels.iter().map(|(name, owners)| ((*name).into(), (*owners).into())).collect();
            Asset { labels, ..Asset::new("shop".parse().unwrap(), AssetKind::Repository) }
        };
        let asset = with(&[
            ("code owner 1 /src/", "@core @more"),
            ("code owner 2 *.sql", "@data"),
            ("code owner 3 /src/open/", "nobody"),
            ("team", "x"),
        ]);
        let owners = CodeOwners::of(&asset).unwrap();
        let said =
            ["src/a.rs", "./src/db/a.sql#t.b", "src/open/a.rs", "docs/a.md"].map(|path| owners.owner(path));
        assert_eq!(said, [Some("@core"), Some("@data"), Some(""), None]);
        let asset = with(&[
            ("code owner 1 [Docs] /docs/", "@docs"),
            ("code owner 2 [Docs] !/docs/api/", "nobody"),
            ("code owner 3 [Api] /docs/api/", "@api"),
            ("code owner 4 [Api] *.md", "@text"),
        ]);
        let owners = CodeOwners::of(&asset).unwrap();
        let said = ["docs/a.md", "docs/api/a.json", "docs/api/a.md"].map(|path| owners.owner(path));
        assert_eq!(said, [Some("@docs"), Some("@api"), Some("@text")]);
        assert!(CodeOwners::of(&with(&[("team", "x")])).is_none());
    }
}
