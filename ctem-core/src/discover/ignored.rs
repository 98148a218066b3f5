//! What tools were told to ignore: an ignore file that is read together with reports accepts what it names.
//!
//! A tool that heeds its ignore file writes nothing of what that names; run elsewhere, or told to write all, it writes everything, and the
//! file still says what somebody decided to live with. So a rule accepts the findings of its own tool that it means, with the reason and
//! the end that the file states. They stay risks. A file speaks of the reports in its folder and below or, where none of its tool is
//! there, of those in other folders; never of reports above it, which tell of more than it does. A rule that means nothing is said, and so
//! is one that asks for what no report keeps, which is not followed.
//! O(n) in the findings for each rule that names no weakness, and for each of one weakness in the findings of that.

use super::{apart, correlate::keys};
use crate::{
    error::{Result, quoted, within},
    model::{
        Acceptance, Component, Finding, Note, NoteKind, Places, Report, Status, WeaknessKind, is_path_like,
    },
    time::Moment,
    word,
};
use std::collections::{BTreeMap, HashMap};

/// What somebody told a tool to ignore. All that it states must hold of a finding.
#[derive(Debug, Clone, Default)]
pub(crate) struct IgnoreRule {
    /// The weakness by any of its names, or the tool's own rule; `*` in it stands for anything.
    pub(crate) weakness: Option<Box<str>>,
    /// Whether only the name counts that the tool tells the record by.
    pub(crate) only_by_rule: bool,
    pub(crate) kind: Option<WeaknessKind>,
    /// One of these packages, where any are named.
    pub(crate) packages: Vec<Component>,
    /// A place like one of these, where any are named: `*` is anything within a folder, `**` any folders.
    pub(crate) paths: Vec<Box<str>>,
    /// One of these files, where any are named, to the letter.
    pub(crate) files: Vec<Box<str>>,
    pub(crate) line: Option<u32>,
    /// What the tool itself tells the record by; see [`Claim::mark`](super::claim::Claim::mark).
    pub(crate) mark: Option<Box<str>>,
    /// Whether the tool knows a version that is free of it.
    pub(crate) is_fixed: Option<bool>,
    /// What is asked for besides, which no report keeps: such a rule is not followed.
    pub(crate) asks_besides: Option<Box<str>>,
    pub(crate) acceptance: Acceptance,
    /// Where it stands in its file.
    pub(crate) place: Box<str>,
}

/// A document that was read, while others may still say something of it.
pub(super) struct Taken {
    pub(super) report: Report,
    /// The file it was, where it is one of a collection.
    pub(super) file: Box<str>,
    /// Of an ignore file, its tool and its rules.
    pub(super) ignores: Option<Ignores>,
    /// What the tool tells findings by, and their numbers, in rising order.
    pub(super) marks: Vec<(usize, Box<str>)>,
}

/// The rules of a tool's ignore file.
#[derive(Debug, Default)]
pub(super) struct Ignores {
    pub(super) tool: &'static str,
    pub(super) rules: Vec<IgnoreRule>,
}

/// What ignore files are called that begin with a dot: a folder that is read is looked through for them too.
#[cfg(feature = "cli")]
pub(crate) const HIDDEN: [&str; 11] = [
    ".checkov.baseline",
    ".checkov.yaml",
    ".checkov.yml",
    ".gitleaksignore",
    ".grype.yaml",
    ".grype.yml",
    ".nsprc",
    ".snyk",
    ".trivyignore",
    ".trivyignore.yaml",
    ".trivyignore.yml",
];

/// So many rules of one weakness, or of none, are followed: no file that people write has more.
const MOST: usize = 1000;

impl Taken {
    /// The report, once nothing more is said of it.
    pub(super) fn settled(mut self) -> Report {
        if self.report.places == Places::OfFindings {
            apart::tell(&mut self.report.contents.findings);
        }
        self.report
    }

    /// The report of a document that is read alone.
    pub(super) fn alone(mut self) -> Report {
        if let Some(Ignores { tool, rules }) = &self.ignores {
            let note = meets_no_report(tool, rules.len());
            note.into_iter().for_each(|note| note.add(&mut self.report.notes));
        }
        self.settled()
    }

    fn is_of(&self, tool: &str) -> bool {
        let is = |name: &str| {
            let name = word::plain(name);
            name.strip_prefix(tool).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        self.ignores.is_none() && (is(&self.report.source.format) || is(&self.report.source.tool))
    }

    /// The folder of the file, with the slash that ends it.
    fn folder(&self) -> &str {
        self.file.rfind('/').and_then(|end| self.file.get(..=end)).unwrap_or_default()
    }
}

/// When a rule ends. One that ends at no moment that can be read must not stand forever: it is no rule.
///
/// # Errors
/// `invalid_input` where the text is no moment.
pub(crate) fn end(text: Option<&str>) -> Result<Option<Moment>> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::parse).transpose()
}

/// Follows the rules of all ignore files among documents that were read together. Their order does not matter.
pub(super) fn follow(all: &mut [Taken]) {
    let files: Vec<usize> =
        (0..all.len()).filter(|n| at(all, *n).is_some_and(|one| one.ignores.is_some())).collect();
    let mut decided: Vec<BTreeMap<usize, Acceptance>> = vec![BTreeMap::new(); all.len()];
    for file in files {
        let Some(ignores) = at(all, file).and_then(|one| one.ignores.as_ref()) else { continue };
        let folder = at(all, file).map(Taken::folder).unwrap_or_default();
        let of_tool = |is_meant: &dyn Fn(&Taken) -> bool| -> Vec<usize> {
            let ones = all.iter().enumerate().filter(|(_, one)| one.is_of(ignores.tool) && is_meant(one));
            ones.map(|(n, _)| n).collect()
        };
        let mut meant = of_tool(&|one| one.file.starts_with(folder));
        if meant.is_empty() {
            meant = of_tool(&|one| !folder.starts_with(one.folder()));
        }
        let index = Index::of(&ignores.rules);
        let mut met = vec![false; ignores.rules.len()];
        for n in &meant {
            let (Some(one), Some(decided)) = (at(all, *n), decided.get_mut(*n)) else { continue };
            index.follow(one, decided, &mut met);
        }
        let notes: Vec<Note> = if meant.is_empty() {
            meets_no_report(ignores.tool, ignores.rules.len()).into_iter().collect()
        } else {
            let rules = ignores.rules.iter().zip(&met).enumerate();
            let unmet = rules.filter(|(_, (_, met))| !**met);
            unmet.map(|(n, (rule, _))| rule.unmet(index.is_left_out(n), ignores.tool)).collect()
        };
        let Some(taken) = all.get_mut(file) else { continue };
        for mut note in notes {
            note.place = within(&taken.file, &note.place).into();
            note.add(&mut taken.report.notes);
        }
    }
    for (one, decided) in all.iter_mut().zip(decided) {
        for (n, acceptance) in decided {
            if let Some(finding) = one.report.contents.findings.get_mut(n) {
                finding.status = Status::Accepted;
                finding.acceptance = (acceptance != Acceptance::default()).then(|| Box::new(acceptance));
            }
        }
    }
}

fn at(all: &[Taken], n: usize) -> Option<&Taken> {
    all.get(n)
}

/// What is to be said of rules that stand beside no report of their tool.
fn meets_no_report(tool: &str, rules: usize) -> Option<Note> {
    let reason = format!(
        "it accepts what it names in reports of {} that are read in one call with it and lie in its folder or beside it: none does, so nothing is accepted",
        quoted(tool)
    );
    (rules > 0).then(|| Note { count: rules as u64, ..Note::new(NoteKind::Ignored, "", reason) })
}

/// The rules of a file, by what they name.
struct Index<'a> {
    rules: &'a [IgnoreRule],
    by_name: HashMap<String, Vec<usize>>,
    /// Those that name no single weakness.
    wide: Vec<usize>,
    left_out: Vec<bool>,
}

impl<'a> Index<'a> {
    fn of(rules: &'a [IgnoreRule]) -> Self {
        let (mut by_name, mut wide) = (HashMap::<String, Vec<usize>>::new(), Vec::new());
        let mut left_out = vec![false; rules.len()];
        for (n, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.asks_besides.is_none()) {
            let same = match rule.weakness.as_deref().filter(|name| !name.contains('*')) {
                Some(name) => by_name.entry(name.to_lowercase()).or_default(),
                None => &mut wide,
            };
            if same.len() < MOST {
                same.push(n);
            } else if let Some(left_out) = left_out.get_mut(n) {
                *left_out = true;
            }
        }
        Self { rules, by_name, wide, left_out }
    }

    fn is_left_out(&self, rule: usize) -> bool {
        self.left_out.get(rule).copied().unwrap_or_default()
    }

    /// Says what is accepted of a report, and which rules mean something of it.
    fn follow(&self, taken: &Taken, decided: &mut BTreeMap<usize, Acceptance>, met: &mut [bool]) {
        let mut marks = taken.marks.iter().peekable();
        for (n, finding) in taken.report.contents.findings.iter().enumerate() {
            while marks.next_if(|(of, _)| *of < n).is_some() {}
            let mark = marks.peek().filter(|(of, _)| *of == n).map(|(_, mark)| &**mark);
            let names: Vec<String> = names(finding).map(str::to_lowercase).collect();
            let named = names.iter().filter_map(|name| self.by_name.get(name)).flatten();
            for at in named.chain(&self.wide) {
                let Some(rule) = self.rules.get(*at).filter(|rule| rule.means(finding, mark)) else {
                    continue;
                };
                if let Some(met) = met.get_mut(*at) {
                    *met = true;
                }
                // What nobody sees open needs nobody's leave.
                if finding.status == Status::Open {
                    let known = decided.entry(n).or_insert_with(|| rule.acceptance.clone());
                    if rule.acceptance.order(known).is_gt() {
                        known.clone_from(&rule.acceptance);
                    }
                }
            }
        }
    }
}

/// All that a weakness is called in a finding.
fn names(finding: &Finding) -> impl Iterator<Item = &str> {
    let weakness = &finding.weakness;
    let published = weakness.aliases.iter().chain([&weakness.id]).map(|name| name.as_str());
    published.chain(rules(finding))
}

fn rules(finding: &Finding) -> impl Iterator<Item = &str> {
    finding.sightings.iter().filter_map(|sighting| sighting.rule.as_deref())
}

impl IgnoreRule {
    /// How many bytes it keeps.
    pub(super) fn kept(&self) -> usize {
        let Acceptance { by, reason, .. } = &self.acceptance;
        let texts = [&self.weakness, &self.mark, &self.asks_besides, by, reason];
        let texts: usize = texts.into_iter().flatten().map(|text| text.len()).sum();
        let lists: usize =
            self.paths.iter().chain(&self.files).map(|text| size_of::<Box<str>>() + text.len()).sum();
        let package = |part: &Component| {
            let texts = [&part.version, &part.purl, &part.ecosystem, &part.source];
            let texts: usize = texts.into_iter().flatten().map(|text| text.len()).sum();
            size_of::<Component>() + part.name.len() + texts
        };
        let packages: usize = self.packages.iter().map(package).sum();
        size_of::<Self>() + self.place.len() + texts + lists + packages
    }

    fn means(&self, finding: &Finding, mark: Option<&str>) -> bool {
        let place = finding.location.as_deref();
        let is_named = |wanted: &str| {
            let is = |name: &str| match wanted.contains('*') {
                true => is_path_like(&wanted.to_lowercase(), &name.to_lowercase()),
                false => wanted.eq_ignore_ascii_case(name),
            };
            if self.only_by_rule { rules(finding).any(is) } else { names(finding).any(is) }
        };
        let path = place.and_then(|place| place.path.as_deref()).unwrap_or_default();
        let is_fixed = || finding.sightings.iter().any(|sighting| !sighting.fixed_in.is_empty());
        self.weakness.as_deref().is_none_or(is_named)
            && self.kind.is_none_or(|kind| kind == finding.weakness.kind)
            && self.mark.as_deref().is_none_or(|wanted| mark == Some(wanted))
            && self.line.is_none_or(|line| place.and_then(|place| place.line) == Some(line))
            && self.is_fixed.is_none_or(|wanted| wanted == is_fixed())
            && (self.paths.is_empty() || self.paths.iter().any(|wanted| is_at(wanted, path)))
            && (self.files.is_empty() || self.files.iter().any(|wanted| from_root(wanted) == from_root(path)))
            && (self.packages.is_empty()
                || finding
                    .component
                    .as_ref()
                    .is_some_and(|seen| self.packages.iter().any(|stated| is_package(stated, seen))))
    }

    /// What is said of a rule that means nothing.
    fn unmet(&self, left_out: bool, tool: &str) -> Note {
        let named = self.weakness.as_deref().map(quoted).unwrap_or_else(|| "a rule".into());
        let reason = match &self.asks_besides {
            Some(what) => format!(
                "{named} is not followed: it asks for {}, which no report keeps, so what it means stays open",
                quoted(what)
            ),
            None if left_out => {
                format!(
                    "{named} is not followed: more than {MOST} rules name the same, and no file needs more"
                )
            }
            None => format!("{named} means nothing that {} found: it may be taken out", quoted(tool)),
        };
        Note::new(NoteKind::Ignored, &self.place, reason)
    }
}

/// Whether a place is like a pattern: the file, or with what stands behind it the resource in it.
fn is_at(wanted: &str, path: &str) -> bool {
    let (wanted, path) = (from_root(wanted), from_root(path));
    let file = path.split('#').next().unwrap_or_default();
    !wanted.is_empty() && (is_path_like(wanted, file) || is_path_like(wanted, path))
}

/// A path without what only says where it begins.
fn from_root(path: &str) -> &str {
    path.trim_start_matches("./").trim_start_matches('/')
}

/// Whether a package is the one that a rule names, and of its version where that names one.
fn is_package(stated: &Component, seen: &Component) -> bool {
    let is_named = if stated.ecosystem.is_some() || stated.purl.is_some() {
        keys::short_name(stated) == keys::short_name(seen) && keys::is_same_package(stated, seen)
    } else {
        stated.name.eq_ignore_ascii_case(&seen.name)
    };
    let version =
        |component: &Component| component.version.as_deref().map(keys::common_version).map(str::to_owned);
    is_named && version(stated).is_none_or(|wanted| version(seen) == Some(wanted))
}
