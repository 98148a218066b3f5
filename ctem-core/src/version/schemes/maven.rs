//! Maven's versions, as its `ComparableVersion` orders them (the POM reference, *Version Order Specification*).
//!
//! A version is numbers and words, each behind a point or a hyphen; between a digit and a letter there is a hyphen too. Zeros,
//! and words that say nothing (`final`, `ga`, `release`), are dropped before a hyphen and at the end. Where two versions go on
//! differently, the order is: words of early releases, the end, `sp`, other words, a number behind a hyphen, one behind a point.

use crate::version::key::{Key, digits, is_zero, take};

const END: u8 = 5;
const SERVICE_PACK: u8 = 6;
const WORD: u8 = 7;
const BEHIND_HYPHEN: u8 = 8;
const BEHIND_POINT: u8 = 9;

/// Every text without blanks and signs that compare is a version.
pub(super) fn key(text: &str) -> Key {
    let text = text.to_lowercase();
    let mut key = Key::default();
    // Zeros that count only if a number follows them behind a point, and what they stand behind.
    let mut zeros: Vec<u8> = Vec::new();
    let mut tokens = Tokens { rest: &text, behind: BEHIND_POINT };
    while let Some((behind, token)) = tokens.next() {
        match token {
            Token::Number(number) => {
                if behind == BEHIND_HYPHEN {
                    zeros.clear();
                }
                if is_zero(number) {
                    zeros.push(behind);
                    continue;
                }
                for behind in zeros.drain(..) {
                    key.class(behind);
                    key.number("0");
                }
                key.class(behind);
                key.number(number);
            }
            Token::Word(word, before_digit) => {
                zeros.clear();
                match word {
                    "" | "final" | "ga" | "release" => {}
                    "a" if before_digit => key.class(0),
                    "alpha" => key.class(0),
                    "b" if before_digit => key.class(1),
                    "beta" => key.class(1),
                    "m" if before_digit => key.class(2),
                    "milestone" => key.class(2),
                    "rc" | "cr" => key.class(3),
                    "snapshot" => key.class(4),
                    "sp" => key.class(SERVICE_PACK),
                    other => {
                        key.class(WORD);
                        key.word(other);
                    }
                }
            }
        }
    }
    key.class(END);
    key
}

enum Token<'a> {
    Number(&'a str),
    /// A word, and whether a digit follows at once: only then is `a` short for `alpha`.
    Word(&'a str, bool),
}

struct Tokens<'a> {
    rest: &'a str,
    /// What the next token stands behind.
    behind: u8,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<(u8, Token<'a>)> {
        if self.rest.is_empty() {
            return None;
        }
        let (number, behind_number) = digits(self.rest);
        let (word, behind_word) = take(self.rest, |c| !c.is_ascii_digit() && c != '.' && c != '-');
        let (token, rest) = match (number, word) {
            ("", "") => (Token::Number("0"), self.rest),
            ("", word) => {
                let before_digit = behind_word.starts_with(|c: char| c.is_ascii_digit());
                (Token::Word(word, before_digit), behind_word)
            }
            (number, _) => (Token::Number(number), behind_number),
        };
        let behind = self.behind;
        (self.behind, self.rest) = match rest.strip_prefix('.') {
            Some(rest) => (BEHIND_POINT, rest),
            None => (BEHIND_HYPHEN, rest.strip_prefix('-').unwrap_or(rest)),
        };
        Some((behind, token))
    }
}
