//! Keys: bytes that compare as the versions do which they were written from.
//!
//! A scheme writes a version from left to right as classes, numbers and words. A class is one byte, and puts what may stand at
//! one place in order: an early release before the end of the version, the end before a further number. Nothing is written
//! that another key could lack at the same place, so that comparing bytes never compares a number with a word.

/// What a version is compared by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(Vec<u8>);

impl Key {
    /// What kind of thing follows, of those that may.
    pub(super) fn class(&mut self, class: u8) {
        self.0.push(class);
    }

    /// A whole number of any length, in decimal digits.
    pub(super) fn number(&mut self, digits: &str) {
        let digits = digits.trim_start_matches('0');
        // The longer is the greater. Nearly all have fewer than 255 digits.
        match u8::try_from(digits.len()) {
            Ok(length @ 0..=254) => self.0.push(length),
            _ => {
                self.0.push(255);
                self.count(digits.len());
            }
        }
        self.0.extend(digits.bytes());
    }

    /// How many, as it is counted here and not as it was written.
    pub(super) fn count(&mut self, count: usize) {
        self.0.extend(narrow(count).to_be_bytes());
    }

    /// How many, the fewer the greater.
    pub(super) fn fewer(&mut self, count: usize) {
        self.0.extend((!narrow(count)).to_be_bytes());
    }

    /// A word, compared byte by byte: what it begins with comes before it. Words hold no control characters.
    pub(super) fn word(&mut self, word: &str) {
        self.0.extend(word.bytes());
        self.0.push(0);
    }

    /// Numbers of which zeros at the end say nothing: `1`, `1.0` and `1.0.0` are one.
    pub(super) fn numbers<'a>(&mut self, numbers: impl IntoIterator<Item = &'a str>) {
        let mut zeros = 0;
        for number in numbers {
            if is_zero(number) {
                zeros += 1;
                continue;
            }
            for digits in std::iter::repeat_n("", zeros).chain([number]) {
                self.class(1);
                self.number(digits);
            }
            zeros = 0;
        }
        self.class(0);
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether a number is 0, or nothing, which is written for it.
pub(super) fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

/// Whether a text is a whole number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits a leading `N:` off, as Debian and RPM write epochs.
pub(super) fn epoch(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((epoch, rest)) if is_number(epoch) => (epoch, rest),
        _ => ("0", text),
    }
}

/// Splits a text before the first character that is no such one.
pub(super) fn take(text: &str, such: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !such(c)).unwrap_or(text.len()))
}

/// Splits a text behind the digits it begins with.
pub(super) fn digits(text: &str) -> (&str, &str) {
    take(text, |c| c.is_ascii_digit())
}

/// A run of one kind of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run<'a> {
    Digits(&'a str),
    Letters(&'a str),
}

/// The runs of digits and of ASCII letters in a text, whatever is between them.
pub(super) fn runs(mut text: &str) -> impl Iterator<Item = Run<'_>> {
    std::iter::from_fn(move || {
        let (_, rest) = take(text, |c| !c.is_ascii_alphanumeric());
        let (run, rest) = match digits(rest) {
            ("", _) => {
                let (letters, rest) = take(rest, |c| c.is_ascii_alphabetic());
                (Run::Letters(letters), rest)
            }
            (number, rest) => (Run::Digits(number), rest),
        };
        text = rest;
        (run != Run::Letters("")).then_some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> Key {
        let mut key = Key::default();
        key.number(digits);
        key
    }

    #[test]
    fn numbers_of_any_length_are_numbers() {
        let long = "9".repeat(254);
        let longer = "1".repeat(255);
        let longest = "1".repeat(70_000);
        let all = ["", "1", "9", "10", "4294967296", "18446744073709551616", &long, &longer, &longest];
        assert!(all.is_sorted_by(|a, b| number(a) < number(b)));
        assert_eq!((number("0"), number("007")), (number("000"), number("7")));
    }

    #[test]
    fn zeros_at_the_end_of_numbers_say_nothing() {
        let numbers = |of: &[&str]| {
            let mut key = Key::default();
            key.numbers(of.iter().copied());
            key
        };
        assert_eq!(numbers(&["1", "0", "00"]), numbers(&["1"]));
        assert!(numbers(&["1"]) < numbers(&["1", "0", "1"]));
        assert!(numbers(&["1", "0", "1"]) < numbers(&["1", "1"]));
    }
}
