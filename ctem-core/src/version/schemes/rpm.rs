//! RPM's versions: `[epoch:]version[-release]` (rpm-version(7)).
//!
//! Both parts are read as numbers and words, whatever is between them. A number is newer than a word, and both are newer than the
//! end; `~` comes before the end, and `^` between the end and all else.
//!
//! RPM takes a version without a release for equal to that version with any. That is no order, so here it comes before them.

use crate::version::key::{Key, digits, epoch, take};

const TILDE: u8 = 0;
const END: u8 = 1;
const CARET: u8 = 2;
const WORD: u8 = 3;
const NUMBER: u8 = 4;

pub(super) fn key(text: &str) -> Option<Key> {
    let (epoch, rest) = epoch(text);
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    if version.is_empty() {
        return None;
    }
    let mut key = Key::default();
    key.number(epoch);
    part(&mut key, version);
    part(&mut key, release);
    Some(key)
}

fn part(key: &mut Key, text: &str) {
    let mut rest = text;
    loop {
        (_, rest) = take(rest, |c| !c.is_ascii_alphanumeric() && c != '~' && c != '^');
        if let Some(behind) = rest.strip_prefix('~') {
            key.class(TILDE);
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('^') {
            key.class(CARET);
            rest = behind;
        } else if rest.is_empty() {
            break key.class(END);
        } else {
            let (number, behind) = digits(rest);
            if number.is_empty() {
                let (word, behind) = take(rest, |c| c.is_ascii_alphabetic());
                key.class(WORD);
                key.word(word);
                rest = behind;
            } else {
                key.class(NUMBER);
                key.number(number);
                rest = behind;
            }
        }
    }
}
