//! Python's versions: `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]` (PEP 440), in all spellings that the PEP takes for the same.
//!
//! Developments come before early releases, those before the release, and that before what was posted after it.

use crate::version::key::{Key, digits, is_number, take};

pub(super) fn key(text: &str) -> Option<Key> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix('v').unwrap_or(&text);
    let (text, local) = text.split_once('+').map_or((text, None), |(public, local)| (public, Some(local)));
    let (epoch, rest) = text.split_once('!').unwrap_or(("0", text));
    let numbers = release(rest);
    let mut rest = Rest(rest.get(numbers.len()..)?);
    if !is_number(epoch) || numbers.is_empty() {
        return None;
    }
    let early = rest.suffix(&[
        ("alpha", 1),
        ("a", 1),
        ("beta", 2),
        ("b", 2),
        ("preview", 3),
        ("pre", 3),
        ("rc", 3),
        ("c", 3),
    ]);
    let post = rest.post();
    let dev = rest.suffix(&[("dev", 0)]);
    if !rest.0.is_empty() {
        return None;
    }

    let mut key = Key::default();
    key.number(epoch);
    key.numbers(numbers.split('.'));
    match early {
        Some((which, number)) => {
            key.class(which);
            key.number(number);
        }
        None if post.is_none() && dev.is_some() => key.class(0),
        None => key.class(4),
    }
    match post {
        Some(number) => {
            key.class(1);
            key.number(number);
        }
        None => key.class(0),
    }
    match dev {
        Some((_, number)) => {
            key.class(0);
            key.number(number);
        }
        None => key.class(1),
    }
    for part in local.iter().flat_map(|local| local.split(['.', '-', '_'])) {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        if is_number(part) {
            key.class(2);
            key.number(part);
        } else {
            key.class(1);
            key.word(part);
        }
    }
    key.class(0);
    Some(key)
}

/// The numbers that a text begins with, without a point behind them.
fn release(text: &str) -> &str {
    let mut end = 0;
    for (n, part) in take(text, |c| c.is_ascii_digit() || c == '.').0.split('.').enumerate() {
        if part.is_empty() {
            break;
        }
        end += part.len() + usize::from(n > 0);
    }
    text.get(..end).unwrap_or_default()
}

/// What has not been read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// A suffix that begins with one of these words, with its number, and with or without signs around the word. Of words that
    /// begin alike the longer is first.
    fn suffix(&mut self, words: &[(&str, u8)]) -> Option<(u8, &'a str)> {
        let text = self.0.strip_prefix(SIGNS).unwrap_or(self.0);
        let (which, behind) =
            words.iter().find_map(|(word, which)| Some((*which, text.strip_prefix(word)?)))?;
        let (number, behind) = digits(behind.strip_prefix(SIGNS).unwrap_or(behind));
        self.0 = behind;
        Some((which, number))
    }

    /// The number of what was posted after the release: `.post1`, `-1`.
    fn post(&mut self) -> Option<&'a str> {
        let number = self.0.strip_prefix('-').map(digits);
        if let Some((number, behind)) = number.filter(|(number, _)| !number.is_empty()) {
            self.0 = behind;
            return Some(number);
        }
        self.suffix(&[("post", 0), ("rev", 0), ("r", 0)]).map(|(_, number)| number)
    }
}

const SIGNS: [char; 3] = ['.', '-', '_'];
