//! Text of others as people may see it: a name in a report can hold what moves the cursor of a terminal, forges a line of a log, or
//! turns the direction of what follows. Whatever is written for people passes here once, or more often: twice is once.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

/// Text as it may be shown: spaces for line breaks and tabs, and a visible code for every other character that is not seen
/// itself but acts on what surrounds it. Linear; text that may be shown as it is is not copied.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // Most text is ASCII, of which a byte tells.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.chars().all(|letter| !acts(letter)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(Visible(text).to_string())
}

/// The same, to be written where it is shown.
pub(crate) struct Visible<'a>(pub(crate) &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '\n' | '\r' | '\t' => f.write_char(' ')?,
                letter if acts(letter) => write!(f, "[U+{:04X}]", u32::from(letter))?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// Whether a character is a control, turns the direction of text around, or separates what it is not seen between.
fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_the_text_around_it_is_shown_as_its_code() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\nd"), "a[U+001B][31mb[U+202E]c d");
        for plain in ["grün 世界 👩\u{200d}💻", "a[U+001B]b", ""] {
            assert!(matches!(visible(plain), Cow::Borrowed(same) if same == plain));
        }
    }
}
