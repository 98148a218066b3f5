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

/// The text without log lines and broken lines, where it has any. Linear, and one look at each line where it has none.
pub(super) fn cleared(text: &str) -> Option<Lines> {
    // XML may quote lines of JSON.
    if text.trim_start().starts_with('<') {
        return None;
    }
    let sound = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().all(|value| value.is_ok());
    if sound && !text.lines().any(is_log) {
        return None;
    }
    let mut cleared = Lines { text: String::with_capacity(text.len()), broken: Vec::new() };
    let (mut good, mut bad) = (0, 0);
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let keep = if line.trim().is_empty() {
            true
        } else if !line.trim_start().starts_with('{') {
            bad += 1;
            false
        } else if is_log(line) {
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
        if keep {
            cleared.text.push_str(line);
        } else {
            cleared.text.push_str(if line.ends_with('\n') { "\n" } else { "" });
        }
    }
    // One value over many lines that is broken somewhere is no list of lines.
    (good > bad).then_some(cleared)
}

/// Whether a line is one of a log: a level and a message, and no more than a log has.
fn is_log(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('{') && line.contains("\"level\"") && {
        let Ok(value) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line) else {
            return false;
        };
        let has = |names: &[&str]| names.iter().any(|name| value.contains_key(*name));
        has(&["level"]) && has(&["msg", "message"]) && has(&["ts", "time", "timestamp", "logger"])
    }
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
}
