//! Composer's versions: numbers, and how stable they are, as PHP's `version_compare` orders them.
//!
//! `dev`, `alpha`, `beta` and `RC` come before the version without a word, `patch` after it. `1.x-dev` is the branch all of whose
//! versions come before it. A branch without a number (`dev-main`) is no version.

use crate::version::key::{Key, Run, is_number, runs, take};

const END: u8 = 5;
const NUMBER: u8 = 6;

pub(super) fn key(text: &str) -> Option<Key> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix('v').unwrap_or(&text);
    let text = text.split(['+', '@']).next().unwrap_or_default();
    let (numbers, words) = take(text, |c| c.is_ascii_digit() || c == '.' || c == 'x' || c == '*');
    // A point between the last number and a word is read with either.
    let numbers = numbers.strip_suffix('.').unwrap_or(numbers);
    let any = |part: &str| part == "x" || part == "*";
    let mut parts = numbers.split('.');
    if !parts.next().is_some_and(is_number) || !parts.all(|part| is_number(part) || any(part)) {
        return None;
    }
    if words.contains(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c)) {
        return None;
    }
    let mut key = Key::default();
    key.numbers(numbers.split('.').map(|part| if any(part) { "9999999" } else { part }));
    for run in runs(words) {
        let class = match run {
            Run::Letters("stable") => continue,
            Run::Letters("dev") => 1,
            Run::Letters("alpha" | "a") => 2,
            Run::Letters("beta" | "b") => 3,
            Run::Letters("rc") => 4,
            Run::Letters("patch" | "pl" | "p") => 7,
            Run::Letters(_) => return None,
            Run::Digits(_) => NUMBER,
        };
        key.class(class);
        if let Run::Digits(number) = run {
            key.number(number);
        }
    }
    key.class(END);
    Some(key)
}
