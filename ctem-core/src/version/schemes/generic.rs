//! Versions of nobody known: what most customs agree on.
//!
//! Numbers are numbers, zeros at the end say nothing, `~` and words of early releases come before the end, other words after it
//! (`1.0.2k`), and a further number after those.

use crate::version::key::{Key, digits, is_zero, take};

const TILDE: u8 = 0;
const END: u8 = 6;
const WORD: u8 = 7;
const NUMBER: u8 = 8;

pub(super) fn key(text: &str) -> Option<Key> {
    let text = text.to_lowercase();
    let mut rest = &*text;
    if let Some(behind) =
        rest.strip_prefix('v').filter(|behind| behind.starts_with(|c: char| c.is_ascii_digit()))
    {
        rest = behind;
    }
    if !rest.contains(char::is_alphanumeric) {
        return None;
    }
    let mut key = Key::default();
    let mut zeros = 0;
    while !rest.is_empty() {
        (_, rest) = take(rest, |c| !c.is_alphanumeric() && c != '~');
        if let Some(behind) = rest.strip_prefix('~') {
            zeros = 0;
            key.class(TILDE);
            rest = behind;
            continue;
        }
        let (number, behind) = digits(rest);
        if !number.is_empty() {
            rest = behind;
            if is_zero(number) {
                zeros += 1;
                continue;
            }
            for number in std::iter::repeat_n("0", std::mem::take(&mut zeros)).chain([number]) {
                key.class(NUMBER);
                key.number(number);
            }
            continue;
        }
        let (word, behind) = take(rest, |c| c.is_alphanumeric() && !c.is_ascii_digit());
        rest = behind;
        zeros = 0;
        match word {
            "" | "final" | "ga" | "release" | "stable" => {}
            "dev" | "snapshot" | "nightly" => key.class(1),
            "alpha" => key.class(2),
            "beta" => key.class(3),
            "pre" | "preview" | "milestone" => key.class(4),
            "rc" | "cr" => key.class(5),
            other => {
                key.class(WORD);
                key.word(other);
            }
        }
    }
    key.class(END);
    Some(key)
}
