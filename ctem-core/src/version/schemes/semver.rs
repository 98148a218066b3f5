//! Semantic Versioning 2.0.0 (clause 11), with any number of numbers, and what Go adds.
//!
//! Numbers that are missing are 0. What stands behind `-`, or without it as in `1.2.3beta`, is an early release: identifiers of
//! digits are numbers and come before words. What stands behind `+` does not count.

use crate::version::key::{Key, Run, is_number, runs, take};

const END: u8 = 0;
const NUMBER: u8 = 1;
const WORD: u8 = 2;
const RELEASE: u8 = 3;

pub(super) fn key(text: &str) -> Option<Key> {
    let text = text.trim_start_matches(['v', 'V', '=']);
    let text = text.split_once('+').map_or(text, |(counts, _)| counts);
    let (numbers, early) = take(text, |c| c.is_ascii_digit() || c == '.');
    let mut key = start(numbers)?;
    if early.is_empty() {
        key.class(RELEASE);
        return Some(key);
    }
    for part in early.strip_prefix('-').unwrap_or(early).split('.') {
        if part.is_empty() || part.contains(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            return None;
        }
        identifier(&mut key, part);
    }
    key.class(END);
    Some(key)
}

/// A module's version, of which `v1` and `v1.2` are short forms, or that of Go itself: `go1.21rc2` and `1.21rc2` are
/// `1.21.0-rc.2`.
pub(super) fn go_key(text: &str) -> Option<Key> {
    let itself = text.strip_prefix("go").unwrap_or(text);
    let (numbers, early) = take(itself, |c| c.is_ascii_digit() || c == '.');
    if numbers.is_empty()
        || !early.starts_with(|c: char| c.is_ascii_alphabetic())
        || !early.chars().all(|c| c.is_ascii_alphanumeric())
    {
        return key(itself);
    }
    let mut key = start(numbers)?;
    for run in runs(early) {
        let (Run::Digits(part) | Run::Letters(part)) = run;
        identifier(&mut key, part);
    }
    key.class(END);
    Some(key)
}

fn start(numbers: &str) -> Option<Key> {
    let mut key = Key::default();
    let parts = || numbers.split('.');
    if !parts().all(is_number) {
        return None;
    }
    key.numbers(parts());
    Some(key)
}

fn identifier(key: &mut Key, part: &str) {
    if is_number(part) {
        key.class(NUMBER);
        key.number(part);
    } else {
        key.class(WORD);
        key.word(part);
    }
}
