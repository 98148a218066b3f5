//! RubyGems' versions: numbers and words, of which a word means an early release (`Gem::Version`).
//!
//! What is missing is 0, and a word comes before any number. A hyphen is `.pre.`. Zeros say nothing before the first word and at
//! the end.

use crate::version::key::{Key, Run, is_number, is_zero, runs};

const WORD: u8 = 0;
const END: u8 = 1;
const NUMBER: u8 = 2;

pub(super) fn key(text: &str) -> Option<Key> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (numbers, early) =
        text.split_once('-').map_or((text, None), |(numbers, early)| (numbers, Some(early)));
    let mut parts = numbers.split('.').chain(early.iter().flat_map(|early| early.split('.')));
    let allowed =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !numbers.split('.').next().is_some_and(is_number) || !parts.all(allowed) {
        return None;
    }
    let mut key = Key::default();
    // An end is zeros without end, so zeros are counted and written with what they stand before.
    let (mut zeros, mut early) = (0, false);
    for run in runs(&text.replace('-', ".pre.")) {
        match run {
            Run::Digits(number) if is_zero(number) => zeros += 1,
            Run::Digits(number) => {
                key.class(NUMBER);
                key.fewer(std::mem::take(&mut zeros));
                key.number(number);
            }
            Run::Letters(word) => {
                let zeros = std::mem::take(&mut zeros);
                key.class(WORD);
                key.count(if early { zeros } else { 0 });
                key.word(word);
                early = true;
            }
        }
    }
    key.class(END);
    Some(key)
}
