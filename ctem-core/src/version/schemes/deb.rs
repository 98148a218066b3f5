//! Debian's versions: `[epoch:]upstream[-revision]` (deb-version(7)).
//!
//! Both parts are read as a text without digits, a number, a text, a number, and so on. In texts `~` comes before the end,
//! the end before letters, and letters before all else. A number that is missing is 0.

use crate::version::key::{Key, digits, epoch, take};

const TILDE: u8 = 0;
const END: u8 = 1;
const LETTER: u8 = 2;
const OTHER: u8 = 3;

pub(super) fn key(text: &str) -> Option<Key> {
    let (epoch, rest) = epoch(text);
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".+-~:".contains(c);
    if upstream.is_empty() || revision.is_empty() || !rest.chars().all(allowed) {
        return None;
    }
    let mut key = Key::default();
    key.number(epoch);
    part(&mut key, upstream);
    part(&mut key, revision);
    Some(key)
}

fn part(key: &mut Key, text: &str) {
    let mut rest = text;
    loop {
        let (words, behind) = take(rest, |c| !c.is_ascii_digit());
        for byte in words.bytes() {
            match byte {
                b'~' => key.class(TILDE),
                _ => {
                    key.class(if byte.is_ascii_alphabetic() { LETTER } else { OTHER });
                    key.class(byte);
                }
            }
        }
        key.class(END);
        let (number, behind) = digits(behind);
        key.number(number);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    key.class(END);
}
