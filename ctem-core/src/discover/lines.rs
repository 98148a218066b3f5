//! JSON lines that are not all of the report: log lines between them, and lines that are broken.
//!
//! Scanners write their log to where their findings go. A log line is no record, and a broken line is rejected alone. Both are
//! blanked, so that lines keep their numbers and no reader meets them.

use super::json;
use crate::error::Error;
use serde::de::IgnoredAny;

/// A text without its log lines and broken lines.
pub(super) struct Lines {
    pub(super) text: String,
    /// The broken lines: their numbers, and what is wrong.
    pub(super) broken: Vec<(usize, Error)>,
}

/// The text without log lines and broken lines, where it has any. Linear.
pub(super) fn cleared(text: &str) -> Option<Lines> {
    // XML may quote lines of JSON.
    if text.trim_start().starts_with('<') {
        return None;
    }
    let logs = text.lines().any(is_log);
    match (is_sound(text), logs) {
        (true, false) => None,
        (_, true) => {
            // A log alone does not say that nothing was found.
            let told = |lines: &Lines| !lines.text.trim().is_empty() && is_sound(&lines.text);
            Some(without_logs(text)).filter(told).or_else(|| line_by_line(text)).or_else(|| alone(text))
        }
        (false, false) => line_by_line(text).or_else(|| alone(text)),
    }
}

/// Whether a text is JSON, one value or several.
fn is_sound(text: &str) -> bool {
    serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().all(|value| value.is_ok())
}

/// The text without log lines: what is left may be one value over many lines.
fn without_logs(text: &str) -> Lines {
    let kept = text.split_inclusive('\n').map(|line| if is_log(line) { blank(line) } else { line });
    Lines { text: kept.collect(), broken: Vec::new() }
}

/// The text without log lines and broken lines, where most others are values of their own.
fn line_by_line(text: &str) -> Option<Lines> {
    let mut cleared = Lines { text: String::with_capacity(text.len()), broken: Vec::new() };
    let (mut good, mut bad) = (0, 0);
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let keep = if line.trim().is_empty() {
            true
        } else if is_log(line) {
            false
        } else if !line.trim_start().starts_with('{') {
            bad += 1;
            false
        } else {
            match serde_json::from_str::<IgnoredAny>(line) {
                Ok(_) => {
                    good += 1;
                    true
                }
                Err(error) => {
                    bad += 1;
                    cleared.broken.push((n + 1, Error::malformed(json::syntax(error).message().to_owned())));
                    false
                }
            }
        };
        cleared.text.push_str(if keep { line } else { blank(line) });
    }
    // One value over many lines that is broken somewhere is no list of lines.
    (good > bad).then_some(cleared)
}

/// The text without the lines of words before and behind the one value that is most of it: what a tool, or the one that called it, says to
/// people.
fn alone(text: &str) -> Option<Lines> {
    const MOST_BEFORE: usize = 50;
    let mut at = 0;
    for line in text.split_inclusive('\n').take(MOST_BEFORE) {
        let begins = line.trim_start();
        let name = begins.get(1..).unwrap_or_default().trim_start();
        // `[gosec] begin` is no list.
        let may_be = begins.starts_with('{') && name.starts_with(['"', '}'])
            || begins.starts_with('[') && (name.is_empty() || name.starts_with(['{', '[', '"']))
            || begins.trim_end() == "{";
        if may_be {
            break;
        }
        // What assigns, as scripts do, is no log.
        if begins.trim_end().ends_with(['=', ':', ',']) {
            return None;
        }
        at += line.len();
    }
    let rest = text.get(at..)?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    let (value, behind) = (rest.get(..end)?, rest.get(end..)?);
    let holds_more = behind.lines().any(|line| line.trim_start().starts_with(['{', '[', '}', ']', '"', ',']));
    if holds_more || value.len() * 2 < text.len() {
        return None;
    }
    let blanked = |text: &str| text.split_inclusive('\n').map(blank).collect::<String>();
    let before = text.get(..at).map(blanked)?;
    Some(Lines { text: format!("{before}{value}{}", blanked(behind)), broken: Vec::new() })
}

/// What is left of a line that is blanked.
fn blank(line: &str) -> &str {
    if line.ends_with('\n') { "\n" } else { "" }
}

/// Whether a line is one of a log: as JSON a level and a message, and no more than a log has; as text a level among its first words.
fn is_log(line: &str) -> bool {
    let line = line.trim();
    match line.as_bytes().first() {
        Some(b'{') => is_json_log(line),
        None | Some(b'"' | b'}' | b']') => false,
        Some(_) => is_text_log(line),
    }
}

fn is_json_log(line: &str) -> bool {
    line.contains("\"level\"") && {
        let Ok(value) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line) else {
            return false;
        };
        let has = |names: &[&str]| names.iter().any(|name| value.contains_key(*name));
        has(&["level"]) && has(&["msg", "message"]) && has(&["ts", "time", "timestamp", "logger"])
    }
}

/// `[INF] begin`, `2025-11-12T10:00:00Z INFO begin`, `10:00AM INF begin`, also in colours.
fn is_text_log(line: &str) -> bool {
    const LEVELS: [&str; 14] = [
        "trc", "trace", "dbg", "debug", "inf", "info", "wrn", "warn", "warning", "err", "error", "ftl",
        "fatal", "panic",
    ];
    const FIRST: usize = 3;
    line.split_whitespace().take(FIRST).any(|word| {
        // A colour stands between an escape and an `m`.
        let mut parts = word.split('\u{1b}');
        let first = parts.next().filter(|text| !text.is_empty());
        let coloured = parts.filter_map(|part| Some(part.split_once('m')?.1));
        first.into_iter().chain(coloured).any(|text| {
            let bare = text.trim_matches(['[', ']']);
            LEVELS.iter().any(|level| bare.eq_ignore_ascii_case(level))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_and_broken_lines_are_blanked_and_others_keep_their_numbers() {
        let text = "[INF] begin\n{\"level\": \"info\", \"ts\": 1, \"msg\": \"x\"}\n{\"a\": 1}\n{\"a\": \n{\"a\": 2}\n{\"a\": 3}";
        let cleared = cleared(text).unwrap();
        assert_eq!(cleared.text, "\n\n{\"a\": 1}\n\n{\"a\": 2}\n{\"a\": 3}");
        assert_eq!(cleared.broken.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4]);
        for whole in ["{\"a\": 1}\n{\"a\": 2}", "{\n\"a\": [\n{\"b\": 1},\n{\"b\": 2}\n", "{}", ""] {
            assert!(super::cleared(whole).is_none(), "{whole}");
        }
    }

    #[test]
    fn a_log_before_or_among_values_is_blanked_however_long_it_is() {
        let value = "{\n \"a\": [\n  1\n ]\n}\n";
        let logs = [
            "[INF] begin\n",
            "2025-11-12T10:00:00Z\tINFO\t[vuln] begin\n",
            "10:00AM WRN begin\n",
            "\u{1b}[90m10:00AM\u{1b}[0m \u{1b}[32mINF\u{1b}[0m begin\n",
            "{\"level\": \"info\", \"ts\": 1, \"msg\": \"x\"}\n",
        ];
        for log in logs {
            assert_eq!(
                cleared(&format!("{log}{log}{value}{log}")).unwrap().text,
                format!("\n\n{value}\n"),
                "{log}"
            );
            let lines = cleared(&format!("{log}{log}{{\"a\": 1}}\n{log}{log}")).unwrap();
            assert_eq!(lines.text, "\n\n{\"a\": 1}\n\n\n", "{log}");
            // A broken line is rejected alone, whatever the log says.
            let lines = cleared(&format!("{log}{log}{{\"a\": 1}}\n{{\"b\": 2}}\n{{\"c\": \n")).unwrap();
            assert_eq!(lines.broken.len(), 1, "{log}");
        }
        for words in ["[gosec] begin\n", "npm says something\n"] {
            let value = value.replace('1', &"1".repeat(99));
            let text = format!("{words}{words}{value}exit status 1\n");
            assert_eq!(cleared(&text).unwrap().text, format!("\n\n{value}\n"), "{words}");
        }
        for other in [
            "results =\n{\n \"a\": [\n  1\n ]\n}\n",
            "words\n{\"a\": 1}\n[1, 2]\n",
            "a,b\n\"x\n[]\n\",y\n",
            "[INF] begin\n[ERR] the end\n",
            "apiVersion: v1\nkind: Pod\n",
            "error: x\n{\"a\": 1}\nb: y\n",
            "Host,Risk\nh,Info\n",
        ] {
            assert!(cleared(other).is_none(), "{other}");
        }
    }
}
