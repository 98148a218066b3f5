//! Alpine's versions: `1.2.3a_rc1_git20230101~4f2c1e-r0` (apk-package(5)).
//!
//! The first number is a number. A later one that begins with 0 is a fraction, compared digit by digit. Where two versions go on
//! differently, the order is: an early suffix, the end, a revision, a commit, a suffix's number, a late suffix, a letter, a number.

use crate::version::key::{Key, digits, take};

const EARLY: u8 = 0;
const END: u8 = 1;
const REVISION: u8 = 2;
const COMMIT: u8 = 3;
const SUFFIX_NUMBER: u8 = 4;
const LATE: u8 = 5;
const LETTER: u8 = 6;
const FRACTION: u8 = 7;
const NUMBER: u8 = 8;

/// Suffixes in their order; the first so many are of versions to come.
const SUFFIXES: [&str; 9] = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];
const EARLY_ONES: u8 = 4;

pub(super) fn key(text: &str) -> Option<Key> {
    let mut key = Key::default();
    let (number, mut rest) = digits(text);
    if number.is_empty() {
        return None;
    }
    key.number(number);
    while let Some(behind) = rest.strip_prefix('.') {
        let (number, behind) = digits(behind);
        if number.is_empty() {
            return None;
        }
        if number.starts_with('0') {
            key.class(FRACTION);
            key.word(number);
        } else {
            key.class(NUMBER);
            key.number(number);
        }
        rest = behind;
    }
    if let Some(letter) = rest.bytes().next().filter(u8::is_ascii_lowercase) {
        key.class(LETTER);
        key.class(letter);
        rest = rest.get(1..)?;
    }
    while let Some(behind) = rest.strip_prefix('_') {
        let (suffix, behind) = take(behind, |c| c.is_ascii_lowercase());
        let place = SUFFIXES.iter().zip(0..).find(|(known, _)| **known == suffix)?.1;
        key.class(if place < EARLY_ONES { EARLY } else { LATE });
        key.class(place);
        let (number, behind) = digits(behind);
        if !number.is_empty() {
            key.class(SUFFIX_NUMBER);
            key.number(number);
        }
        rest = behind;
    }
    if let Some(behind) = rest.strip_prefix('~') {
        let (commit, behind) = take(behind, |c| c.is_ascii_hexdigit());
        key.class(COMMIT);
        key.word(commit);
        rest = behind;
    }
    if let Some(behind) = rest.strip_prefix("-r") {
        let (number, behind) = digits(behind);
        if number.is_empty() {
            return None;
        }
        key.class(REVISION);
        key.number(number);
        rest = behind;
    }
    key.class(END);
    rest.is_empty().then_some(key)
}
