//! Which file uses which: the paths that code names, followed through `use` to the file that has what they name.

use crate::source::{Source, words};
use std::collections::{BTreeMap, BTreeSet};

/// One file uses another.
pub struct Arrow<'a> {
    pub from: &'a Source,
    pub line: usize,
    pub to: &'a Source,
    /// It only shows a name of its own room to the outside.
    pub shown: bool,
}

impl<'a> Arrow<'a> {
    /// The deepest folder that both files are in.
    pub fn meet(&self) -> &'a str {
        let path = &self.from.path;
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find(|folder| self.to.entry(folder).is_some())
            .unwrap_or_default()
    }
}

/// All arrows between different files of the core.
pub fn arrows(sources: &[Source]) -> Vec<Arrow<'_>> {
    let modules: BTreeMap<Vec<&str>, &Source> =
        sources.iter().map(|source| (module(source), source)).collect();
    let house = House {
        used: modules.keys().map(|own| (own.clone(), modules[own].uses(own, &modules))).collect(),
        modules,
    };
    let mut arrows = Vec::new();
    for (own, from) in &house.modules {
        for path in &house.used[own] {
            let to = house.file(&path.names, 0);
            if to.path != from.path {
                arrows.push(Arrow { from, line: from.line(path.at), to, shown: path.shown });
            }
        }
    }
    arrows
}

/// Entries of a folder that use each other in a circle, each circle sorted.
pub fn circles<'a>(arrows: &BTreeSet<(&'a str, &'a str)>) -> BTreeSet<Vec<&'a str>> {
    let behind = |start: &'a str| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![start]);
        while let Some(from) = waiting.pop() {
            waiting.extend(
                arrows.iter().filter(|arrow| arrow.0 == from && seen.insert(arrow.1)).map(|arrow| arrow.1),
            );
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = arrows.iter().map(|(from, _)| (*from, behind(from))).collect();
    let with = |entry: &&'a str| {
        all[entry]
            .iter()
            .copied()
            .filter(|other| all.get(other).is_some_and(|back| back.contains(entry)))
            .collect()
    };
    all.keys().filter(|entry| all[*entry].contains(*entry)).map(with).collect()
}

struct House<'a> {
    modules: BTreeMap<Vec<&'a str>, &'a Source>,
    /// By module: the paths its code names.
    used: BTreeMap<Vec<&'a str>, Vec<Named<'a>>>,
}

/// A path that code names, from the crate's root.
struct Named<'a> {
    at: usize,
    names: Vec<&'a str>,
    /// What the file calls it: none where it is no `use`.
    known_as: Option<&'a str>,
    shown: bool,
}

impl<'a> House<'a> {
    /// The file that has what a path names: the deepest module on it, or where that module has the name from.
    fn file(&self, names: &[&'a str], followed: usize) -> &'a Source {
        let depth =
            (0..=names.len()).rev().find(|depth| self.modules.contains_key(&names[..*depth])).unwrap_or(0);
        let (own, rest) = names.split_at(depth);
        let known = |path: &&Named<'a>| path.known_as.is_some() && path.known_as == rest.first().copied();
        match self.used[own].iter().find(known) {
            Some(path) if followed < 9 => self.file(&[&path.names, &rest[1..]].concat(), followed + 1),
            Some(_) | None => self.modules[own],
        }
    }
}

/// The names of a file's module from the crate's root.
fn module(source: &Source) -> Vec<&str> {
    let path = source.path.trim_end_matches(".rs");
    // The build script makes the formats children of `discover` itself.
    path.split('/').filter(|part| !["lib", "mod", "formats"].contains(part)).collect()
}

impl Source {
    fn uses<'a>(&'a self, own: &[&'a str], modules: &BTreeMap<Vec<&'a str>, &'a Source>) -> Vec<Named<'a>> {
        let mut found = Vec::new();
        let mut add = |at, names: Vec<&'a str>, known_as, shown| {
            found.extend(absolute(own, &names, modules).map(|names| Named { at, names, known_as, shown }));
        };
        let mut rest = 0;
        while let Some(start) = next_use(&self.code, rest) {
            let statement = &self.code[start..][..self.code[start..].find(';').unwrap()];
            let shown = self.code[..start]
                .trim_end()
                .rsplit(['\n', ';'])
                .next()
                .unwrap()
                .trim_start()
                .starts_with("pub");
            for (names, known_as) in expanded(&statement["use ".len()..]) {
                add(start, names, Some(known_as), shown);
            }
            in_code(&self.code, rest..start, &mut add);
            rest = start + statement.len();
        }
        in_code(&self.code, rest..self.code.len(), &mut add);
        found
    }
}

fn next_use(code: &str, from: usize) -> Option<usize> {
    let mut places = code[from..].match_indices("use ").map(|(at, _)| from + at);
    places.find(|at| {
        let line = code[..*at].rsplit('\n').next().unwrap();
        let before = line.trim();
        // A name that ends in `use` is none.
        before.is_empty() || (before.starts_with("pub") && line.ends_with(' '))
    })
}

/// Paths in code that is no `use`: each with `::`, from its first name on.
fn in_code<'a>(
    code: &'a str,
    range: std::ops::Range<usize>,
    add: &mut impl FnMut(usize, Vec<&'a str>, Option<&'a str>, bool),
) {
    let letter = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut at = range.start;
    while let Some(found) = code[at..range.end].find("::") {
        let start = code[..at + found].rfind(|c| !letter(c)).map_or(0, |before| before + 1).max(at);
        let end = code[at + found..range.end].find(|c| !letter(c)).map_or(range.end, |end| at + found + end);
        add(start, words(&code[start..end]).collect(), None, false);
        at = end;
    }
}

/// The paths of a `use`, each with what it is known as.
fn expanded(tree: &str) -> Vec<(Vec<&str>, &str)> {
    let tree = tree.trim();
    let Some((before, list)) = tree.split_once('{') else {
        let names: Vec<&str> = words(tree.split(" as ").next().unwrap()).collect();
        let known_as = words(tree).last().unwrap();
        let is_self = known_as == "self" && names.len() > 1;
        let names = if is_self { &names[..names.len() - 1] } else { &names[..] };
        return vec![(names.to_vec(), if is_self { names[names.len() - 1] } else { known_as })];
    };
    let list = &list[..list.rfind('}').unwrap()];
    let before: Vec<&str> = words(before).collect();
    let mut depth = 0;
    let parts = list.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    let mut paths = Vec::new();
    for (names, known_as) in parts.filter(|part| !part.trim().is_empty()).flat_map(expanded) {
        let own = names == ["self"];
        let known_as = if own { before[before.len() - 1] } else { known_as };
        paths.push(([&before[..], if own { &[] } else { &names }].concat(), known_as));
    }
    paths
}

/// A path from the crate's root; none of one that leads out of the crate or begins at a name of the file itself.
fn absolute<'a>(
    own: &[&'a str],
    names: &[&'a str],
    modules: &BTreeMap<Vec<&'a str>, &'a Source>,
) -> Option<Vec<&'a str>> {
    let climbs = names.iter().take_while(|name| **name == "super").count();
    match names.first()? {
        &"crate" => Some(names[1..].to_vec()),
        &"self" => Some([own, &names[1..]].concat()),
        &"super" => Some([&own[..own.len().checked_sub(climbs)?], &names[climbs..]].concat()),
        child => {
            let child = [own, &[*child]].concat();
            modules.contains_key(&child).then(|| [own, names].concat())
        }
    }
}
