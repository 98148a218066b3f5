//! What ZAP's packaged scans are told of rules: the lines of a configuration file, such as `zap-baseline.py -c` reads.
//!
//! A record is a line: the number of a rule, what it comes to, and why. What is ignored is accepted; what warns, fails or informs is clear,
//! since the report says how bad it is. A rule that is out of scope at some addresses asks for what no report keeps.

use super::{
    Draft, Reader,
    document::{Document, Match, Shape},
    ignored::IgnoreRule,
};
use crate::{
    error::{Error, Result},
    model::Acceptance,
};

pub(super) const READER: Reader =
    Reader { name: "zap_rules", title: "ZAP rule configuration of packaged scans", detect, read };

/// A format is told by so many lines.
const MOST_LOOKED_AT: usize = 200;

fn detect(document: &Document<'_>) -> Match {
    if !matches!(document.shape, Shape::Table(_) | Shape::Yaml(..)) {
        return Match::No;
    }
    let lines = || entries(&document.text).take(MOST_LOOKED_AT);
    let good = lines().filter(|(_, line)| Line::of(line).is_some()).count();
    Match::yes_if(good > 0 && (lines().count() - good) * 3 <= good)
}

struct Line<'a> {
    rule: &'a str,
    level: Level,
    /// Why, or of what is out of scope, at which addresses.
    rest: &'a str,
}

enum Level {
    Ignored,
    OutOfScope,
    Told,
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (rule, rest) = line.split_once('\t')?;
        let (level, rest) = rest.split_once('\t').unwrap_or((rest, ""));
        let is_rule = rule == "*" || (!rule.is_empty() && rule.bytes().all(|byte| byte.is_ascii_digit()));
        let level = match level.trim() {
            "IGNORE" => Level::Ignored,
            "OUTOFSCOPE" => Level::OutOfScope,
            "INFO" | "WARN" | "FAIL" | "PASS" => Level::Told,
            _ => return None,
        };
        is_rule.then_some(Self { rule, level, rest: rest.trim() })
    }
}

/// The lines that say something, with their numbers.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("zap");
    for (number, line) in entries(&document.text) {
        let place = format!("line {number}");
        draft.record(&place, |draft| {
            let line = Line::of(line).ok_or_else(|| {
                Error::invalid("this is no rule: write its number, `IGNORE`, `WARN` or `FAIL` and why, with tabs between them")
            })?;
            let out_of_scope = matches!(line.level, Level::OutOfScope);
            if matches!(line.level, Level::Told) {
                draft.clear();
                return Ok(());
            }
            let why = line.rest.trim_start_matches('(').trim_end_matches(')');
            draft.ignore(IgnoreRule {
                weakness: Some(line.rule.into()),
                only_by_rule: true,
                asks_besides: out_of_scope.then(|| "addresses that are like a pattern".into()),
                acceptance: Acceptance {
                    reason: Some(why).filter(|why| !why.is_empty()).map(Box::from),
                    ..Acceptance::default()
                },
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    Ok(())
}
