//! One error for the whole engine: what kind it is, where in the input it happened, what was found and what would do.
//!
//! The `code` of a kind is stable and the same in Rust, Python and Node, so a program can act on it; the message is for
//! the person who has to mend the input. A place is a JSON pointer (`/findings/3/epss`), a line (`line 12`) or a byte
//! (`byte 77`), optionally behind the name of the document.
//!
//! ```
//! use ctem_core::quantity::Probability;
//!
//! let error = Probability::new(1.7).unwrap_err().at("/findings/3/epss");
//! assert_eq!(error.code(), "invalid_input");
//! assert_eq!(
//!     error.to_string(),
//!     "`1.7` is not a probability: it must lie between 0 and 1   (invalid_input at /findings/3/epss)"
//! );
//! ```

use crate::visible::{Visible, visible};
use std::{borrow::Cow, error::Error as Cause, fmt, sync::Arc};

/// The result of anything that can be asked of the engine.
///
/// ```
/// fn percent(text: &str) -> ctem_core::Result<f64> {
///     let number = text.parse().map_err(|_| ctem_core::Error::invalid("a percentage is a number"))?;
///     Ok(ctem_core::Probability::new(number)?.get() * 100.0)
/// }
/// assert_eq!(percent("0.5")?, 50.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what would do instead.
///
/// Two errors are equal when kind, message and place are, whatever they came from.
///
/// ```
/// // One line for a log: what was found, what would do, code and place.
/// let error = ctem_core::Probability::new(1.7).unwrap_err().at("/findings/3/epss");
/// assert_eq!((error.code(), error.place()), ("invalid_input", Some("/findings/3/epss")));
/// assert!(error.message().starts_with("`1.7` is not a probability"));
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error {
    // Boxed so that a `Result` in a hot loop is one word wider than its value, not ten.
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    place: String,
    source: Option<Arc<dyn Cause + Send + Sync>>,
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.message, &self.place) == (other.kind, &other.message, &other.place)
    }
}

impl Eq for Inner {}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}   ({}{})", self.message, self.kind.code(), Behind(&self.place))
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Cause for Inner {
    fn source(&self) -> Option<&(dyn Cause + 'static)> {
        // The cause itself, and not the pointer to it, which nobody could look for by its type.
        self.source.as_deref().map(|source| source as &(dyn Cause + 'static))
    }
}

impl Error {
    /// An error of a kind. The message is lower case, without a full stop, and quotes the user's words in backticks. It is
    /// kept on one line and cut at a thousand characters, since parsers quote what they read.
    ///
    /// ```
    /// use ctem_core::{Error, ErrorKind};
    ///
    /// let error = Error::new(ErrorKind::NotFound, "`web-9` is no asset: read its inventory first");
    /// assert_eq!(error.to_string(), "`web-9` is no asset: read its inventory first   (not_found)");
    /// ```
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let (message, place) = (one_line(message.into()), String::new());
        Self { inner: Box::new(Inner { kind, message, place, source: None }) }
    }

    /// A value that does not mean anything where it stands.
    ///
    /// ```
    /// let error = ctem_core::Error::invalid("`red` is not a severity: write one of low, medium, high");
    /// assert_eq!(error.code(), "invalid_input");
    /// ```
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// Bytes that do not follow their own format.
    ///
    /// ```
    /// let error = ctem_core::Error::malformed("the file ends within a record: save it again");
    /// assert_eq!(error.code(), "malformed");
    /// ```
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    /// Keeps the error that another library gave, for [`source`](std::error::Error::source). What it says may quote the input, so
    /// whoever logs it decides.
    ///
    /// ```
    /// use ctem_core::{Error, ErrorKind};
    /// use std::{error::Error as _, io};
    ///
    /// let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    /// let error = Error::new(ErrorKind::Io, "the stream broke off: begin again").because(broken);
    /// assert!(error.source().is_some_and(|source| source.is::<io::Error>()));
    /// ```
    #[must_use]
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.inner.source = Some(Arc::new(source));
        self
    }

    /// Says where: `place` goes in front of any place the error already has.
    ///
    /// ```
    /// use ctem_core::Error;
    ///
    /// let error = Error::invalid("`1.7` is not a probability").at("/epss").at("/findings/3");
    /// assert_eq!(error.place(), Some("/findings/3/epss"));
    /// ```
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.inner.place = one_line(within(&place.to_string(), &self.inner.place));
        self
    }

    /// The kind, for a program that acts on it.
    ///
    /// ```
    /// use ctem_core::{ErrorKind, discover};
    ///
    /// // Is it the input, or is it worth another try?
    /// let error = discover::read(b"{").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Malformed));
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The kind's stable name, equal in all languages.
    ///
    /// ```
    /// let error = ctem_core::discover::read(b"{").unwrap_err();
    /// assert_eq!(error.code(), "malformed");
    /// ```
    pub fn code(&self) -> &'static str {
        self.inner.kind.code()
    }

    /// What was found and what would do, without code and place.
    ///
    /// ```
    /// let error = ctem_core::Probability::new(1.7).unwrap_err();
    /// assert_eq!(error.message(), "`1.7` is not a probability: it must lie between 0 and 1");
    /// ```
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Where in the input, or nothing when the input has no places.
    ///
    /// ```
    /// let error = ctem_core::Error::invalid("this is not a date").at("/added").at("line 7");
    /// assert_eq!(error.place(), Some("line 7/added"));
    /// ```
    pub fn place(&self) -> Option<&str> {
        Some(self.inner.place.as_str()).filter(|place| !place.is_empty())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The kinds of error, each with a stable code.
///
/// ```
/// use ctem_core::ErrorKind;
///
/// // Which failures are worth another try?
/// let again = |kind| matches!(kind, ErrorKind::Io);
/// assert!(again(ErrorKind::Io) && !again(ErrorKind::Malformed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value that is readable but not allowed where it stands (`invalid_input`).
    InvalidInput,
    /// Bytes that do not follow their own format (`malformed`).
    Malformed,
    /// A document that no reader recognises (`unknown_format`).
    UnknownFormat,
    /// A recognised document of a version that is not read (`unsupported_version`).
    UnsupportedVersion,
    /// Something names what is not there (`not_found`).
    NotFound,
    /// Two statements that cannot both hold (`conflict`).
    Conflict,
    /// A stream that could not be read to its end, whatever is in it: trying again may help (`io`).
    Io,
    /// Input larger or deeper than the stated limit (`limit_exceeded`).
    LimitExceeded,
    /// The caller asked for the work to stop (`cancelled`).
    Cancelled,
}

impl ErrorKind {
    /// Every kind, in the order of this declaration.
    pub const ALL: [Self; 9] = [
        Self::InvalidInput,
        Self::Malformed,
        Self::UnknownFormat,
        Self::UnsupportedVersion,
        Self::NotFound,
        Self::Conflict,
        Self::Io,
        Self::LimitExceeded,
        Self::Cancelled,
    ];

    /// The stable name of the kind.
    ///
    /// ```
    /// use ctem_core::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::LimitExceeded.code(), "limit_exceeded");
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Malformed => "malformed",
            Self::UnknownFormat => "unknown_format",
            Self::UnsupportedVersion => "unsupported_version",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Io => "io",
            Self::LimitExceeded => "limit_exceeded",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Writes ` at PLACE`, or nothing.
struct Behind<'a>(&'a str);

impl fmt::Display for Behind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " at {}", self.0) }
    }
}

/// A place within an outer one.
pub(crate) fn within(outer: &str, place: &str) -> String {
    let gap = if outer.is_empty() || place.is_empty() || place.starts_with('/') { "" } else { ", " };
    format!("{outer}{gap}{place}")
}

/// A text as it may stand in a log: without line breaks and what acts on the text around it, and of bounded length.
fn one_line(text: String) -> String {
    const LONGEST: usize = 1000;
    let end = if text.len() > LONGEST { text.char_indices().nth(LONGEST) } else { None };
    match (end, visible(&text)) {
        (None, Cow::Borrowed(_)) => text,
        (None, Cow::Owned(shown)) => shown,
        (Some((end, _)), _) => format!("{}…", Visible(text.get(..end).unwrap_or_default())),
    }
}

/// The user's words as they may stand in a message: in backticks, on one line, of bounded length.
pub(crate) fn quoted(words: &str) -> String {
    const LONGEST: usize = 60;
    let end = words.char_indices().nth(LONGEST);
    let (kept, rest) = end.map_or((words, ""), |(end, _)| (words.get(..end).unwrap_or_default(), "…"));
    format!("`{}{rest}`", Visible(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_nest_from_the_outside_in() {
        let error = Error::invalid("no").at("/epss").at("/findings/3").at("scan.json");
        assert_eq!(error.place(), Some("scan.json/findings/3/epss"));
        assert_eq!(Error::malformed("no").at("line 3").at("a.csv").place(), Some("a.csv, line 3"));
    }

    #[test]
    fn what_is_quoted_stays_on_one_line_and_ends() {
        let error =
            Error::malformed(format!("expected `a`, found `\n\u{1b}[2J\u{202e}{}`", "x".repeat(2000)))
                .at("a\nb");
        assert_eq!((error.to_string().lines().count(), error.message().chars().count()), (1, 1015));
        assert!(!error.to_string().contains(|letter: char| letter.is_control() || letter == '\u{202e}'));
        assert_eq!(quoted("a\u{202e}b"), "`a[U+202E]b`");
    }

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
    }
}
