//! Tables: lines that decide, and how one is found.

use super::{
    lines::columns,
    outcome::{Outcome, Outcomes},
    pattern::Pattern,
    signs::{Seen, tool_name},
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    model::WeaknessKind,
    word::plain,
};
use hashbrown::{HashMap, hash_map::Entry};

/// What a line looks at.
///
/// ```
/// use ctem_core::intel::effects::Match;
///
/// // The rule itself is asked first, and what kind of weakness it is last.
/// assert_eq!((Match::ALL[0], Match::ALL[9]), (Match::Rule, Match::Kind));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Match {
    /// The rule's id, to the letter.
    Rule,
    /// A pattern over the rule's id.
    Id,
    /// A pattern over the title. Not for findings of code of which anything else is said, since their titles speak of code.
    Title,
    /// A pattern over a tag.
    Tag,
    /// A pattern over a category.
    Category,
    /// A CWE.
    Cwe,
    /// A port or a range of ports, for findings that only say that one is open.
    Port,
    /// A pattern over the service's name, for the same.
    Service,
    /// A pattern over the family of a plugin.
    Family,
    /// The kind of weakness that the reader took it for.
    Kind,
}

impl Match {
    /// Every kind of match, in the order in which they are tried.
    pub const ALL: [Self; 10] = [
        Self::Rule,
        Self::Id,
        Self::Title,
        Self::Tag,
        Self::Category,
        Self::Cwe,
        Self::Port,
        Self::Service,
        Self::Family,
        Self::Kind,
    ];

    /// The name, as in tables.
    ///
    /// ```
    /// use ctem_core::intel::effects::Match;
    ///
    /// assert_eq!(Match::Cwe.name(), "cwe");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Id => "id",
            Self::Title => "title",
            Self::Tag => "tag",
            Self::Category => "category",
            Self::Cwe => "cwe",
            Self::Port => "port",
            Self::Service => "service",
            Self::Family => "family",
            Self::Kind => "kind",
        }
    }
}

/// A line of a table: what it looks at, and what it decides.
///
/// ```
/// use ctem_core::intel::effects::{Effects, Signs};
///
/// // Which line decided?
/// let effects = Effects::shipped();
/// let logging = Signs { tool: "checkov", rule: "CKV2_AWS_4", ..Signs::default() };
/// let line = effects.decide(&logging).by.expect("a line decides");
/// assert_eq!((&*line.table, &*line.value), ("checkov", "CKV2_AWS_4"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// The table: `prowler`, `signs`, `own`.
    pub table: Box<str>,
    /// The line's number, from 1.
    pub number: usize,
    /// The tool, in small letters, or `*` for all.
    pub tool: Box<str>,
    /// What it looks at.
    pub looks_at: Match,
    /// What it wants to see there, with `|` between what will do.
    pub value: Box<str>,
    /// What it decides.
    pub outcome: Outcome,
}

/// Lines, and what finds them.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) lines: Vec<Line>,
    /// Lines by tool and rule.
    rules: HashMap<(Box<str>, Box<str>), usize>,
    /// Tests in the order of the table, for each kind of match but rules.
    tests: [Vec<(Test, usize)>; Match::ALL.len()],
}

#[derive(Debug, Clone)]
enum Test {
    Fits(Pattern),
    Cwe(u32),
    Ports { from: u16, to: u16, protocol: Option<Box<str>> },
    Kind(WeaknessKind),
}

impl Table {
    /// Adds the lines of a text.
    pub(super) fn read(&mut self, name: &str, text: &str, outcomes: &Outcomes) -> Result<()> {
        for line in columns(text, 0) {
            let (at, fields) = line?;
            self.take(name, at, &fields, outcomes).map_err(|error| error.at(format_args!("line {at}")))?;
        }
        Ok(())
    }

    fn take(&mut self, table: &str, number: usize, fields: &[&str], outcomes: &Outcomes) -> Result<()> {
        let ([tool, looks_at, value, outcome], spelled) = match *fields {
            [tool, looks_at, value, outcome] => ([tool, looks_at, value, outcome], None),
            [tool, looks_at, value, effect, class, technique, words] => {
                ([tool, looks_at, value, ""], Some([effect, class, technique, words]))
            }
            _ => {
                return Err(Error::malformed(format!(
                    "{} columns: a line has tool, match, value and either the name of an outcome or effect, class, \
                     technique and words, with a tab between them",
                    fields.len()
                )));
            }
        };
        let looks_at =
            Match::ALL.into_iter().find(|known| known.name() == plain(looks_at)).ok_or_else(|| {
                let all: Vec<&str> = Match::ALL.iter().map(|known| known.name()).collect();
                Error::invalid(format!("{} is no match: it must be {}", quoted(looks_at), all.join(", ")))
            })?;
        let outcome = match spelled {
            Some(fields) => outcomes.spelled(fields)?,
            None => outcomes.named(outcome).cloned().ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    format!(
                        "{} is no outcome: take a name of outcomes.tsv, or write effect, class, technique and words",
                        quoted(outcome)
                    ),
                )
            })?,
        };
        if tool.is_empty() {
            return Err(Error::invalid("the tool is missing: name it, or write * for all"));
        }
        let tool: Box<str> = tool_name(tool).into();
        let at = self.lines.len();
        for value in value.split('|').map(str::trim) {
            if value.is_empty() {
                return Err(Error::invalid("a value is missing: say what the line looks for"));
            }
            if looks_at == Match::Rule {
                match self.rules.entry((tool.clone(), value.to_lowercase().into())) {
                    Entry::Vacant(entry) => _ = entry.insert(at),
                    Entry::Occupied(entry) => {
                        let first = self.lines.get(*entry.get()).map_or(number, |line| line.number);
                        return Err(Error::new(
                            ErrorKind::Conflict,
                            format!("{} is decided twice: line {first} does so too, keep one", quoted(value)),
                        ));
                    }
                }
            } else if let Some(tests) = self.tests.get_mut(looks_at as usize) {
                tests.push((Test::of(looks_at, value)?, at));
            }
        }
        self.lines.push(Line { table: table.into(), number, tool, looks_at, value: value.into(), outcome });
        Ok(())
    }

    /// The line that decides.
    pub(super) fn find(&self, signs: &Seen<'_>) -> Option<&Line> {
        let exact = signs.names.iter().find_map(|name| {
            let of = |tool: &str| self.rules.get(&(Box::from(tool), Box::from(&**name)));
            of(&signs.tool).or_else(|| of("*"))
        });
        let found = exact.copied().or_else(|| {
            Match::ALL.into_iter().zip(&self.tests).find_map(|(looks_at, tests)| {
                let mut fitting = tests.iter().filter(|(test, _)| test.fits(looks_at, signs));
                fitting
                    .find(|(_, at)| self.lines.get(*at).is_some_and(|line| line.is_for(&signs.tool)))
                    .map(|(_, at)| *at)
            })
        });
        self.lines.get(found?)
    }
}

impl Line {
    fn is_for(&self, tool: &str) -> bool {
        &*self.tool == "*" || &*self.tool == tool
    }
}

impl Test {
    fn of(looks_at: Match, value: &str) -> Result<Self> {
        match looks_at {
            Match::Cwe => {
                let digits = value.trim_start_matches(|c: char| !c.is_ascii_digit());
                digits.parse().map(Self::Cwe).map_err(|_| {
                    Error::invalid(format!("{} is no CWE: write its number, as 89", quoted(value)))
                })
            }
            Match::Port => ports(value).ok_or_else(|| {
                Error::invalid(format!(
                    "{} is no port: write 22/tcp, 5900-5903/tcp, or 53 for every protocol",
                    quoted(value)
                ))
            }),
            Match::Kind => {
                KINDS.into_iter().find(|kind| kind.name() == plain(value)).map(Self::Kind).ok_or_else(|| {
                    let all: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
                    Error::invalid(format!("{} is no kind: it must be {}", quoted(value), all.join(", ")))
                })
            }
            Match::Rule
            | Match::Id
            | Match::Title
            | Match::Tag
            | Match::Category
            | Match::Service
            | Match::Family => Ok(Self::Fits(Pattern::new(value))),
        }
    }

    fn fits(&self, looks_at: Match, seen: &Seen<'_>) -> bool {
        let signs = seen.signs;
        let open = signs.kind == Some(WeaknessKind::NetworkExposure);
        match self {
            Self::Fits(pattern) => match looks_at {
                Match::Title => seen.title_speaks() && pattern.fits(&seen.title),
                Match::Tag => seen.tags.iter().any(|tag| pattern.fits(tag)),
                Match::Category => seen.categories.iter().any(|category| pattern.fits(category)),
                Match::Service => open && pattern.fits(&seen.service),
                Match::Family => pattern.fits(&seen.family),
                Match::Rule | Match::Id | Match::Cwe | Match::Port | Match::Kind => {
                    seen.names.iter().any(|name| pattern.fits(name))
                }
            },
            Self::Cwe(number) => signs.cwes.contains(number),
            Self::Ports { from, to, protocol } => {
                open && signs.port.is_some_and(|(port, over)| {
                    (*from..=*to).contains(&port)
                        && protocol.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(over))
                })
            }
            Self::Kind(kind) => signs.kind == Some(*kind),
        }
    }
}

fn ports(value: &str) -> Option<Test> {
    let (numbers, protocol) =
        value.split_once('/').map_or((value, None), |(numbers, protocol)| (numbers, Some(protocol.into())));
    let (from, to) = numbers.split_once('-').unwrap_or((numbers, numbers));
    Some(Test::Ports { from: from.parse().ok()?, to: to.parse().ok()?, protocol })
}

const KINDS: [WeaknessKind; 6] = [
    WeaknessKind::Vulnerability,
    WeaknessKind::Misconfiguration,
    WeaknessKind::Secret,
    WeaknessKind::Permission,
    WeaknessKind::NetworkExposure,
    WeaknessKind::CodeFlaw,
];
