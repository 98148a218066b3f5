//! Selectors as text that can be read again.

use super::terms::{AssetSelector, Comparison, Condition, FIELDS, Field, OWN, Pattern, is_of_word};
use crate::word::text_schema;
use serde::{Serialize, Serializer};
use std::fmt;

impl fmt::Display for AssetSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, of: &[Self], word: &str| {
            for (n, one) in of.iter().enumerate() {
                if n > 0 {
                    write!(f, " {word} ")?;
                }
                // What is joined itself stands in parentheses, so that it is read again as what it is.
                match one {
                    Self::Every(_) | Self::Any(_) => write!(f, "({one})")?,
                    _ => write!(f, "{one}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::All => f.write_str("all"),
            Self::Is(condition) => write!(f, "{condition}"),
            Self::Not(of) => match **of {
                Self::Every(_) | Self::Any(_) => write!(f, "not ({of})"),
                _ => write!(f, "not {of}"),
            },
            Self::Every(of) if of.is_empty() => f.write_str("all"),
            Self::Any(of) if of.is_empty() => f.write_str("not all"),
            Self::Every(of) => joined(f, of, "and"),
            Self::Any(of) => joined(f, of, "or"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, comparison, values } = self;
        match (comparison, &**values) {
            (Comparison::Stated, _) => write!(f, "has {field}"),
            (_, [value]) => write!(f, "{field} {} {value}", comparison.sign()),
            (comparison, values) => {
                let not = if *comparison == Comparison::IsNot { "not " } else { "" };
                write!(f, "{field} {not}in (")?;
                for (n, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if n > 0 { ", " } else { "" })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(key) => {
                f.write_str("label.")?;
                write_word(f, key)
            }
            field => {
                f.write_str(FIELDS.iter().find(|(_, known)| known == field).map_or("", |(name, _)| name))
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_pattern(f, &self.parts)
    }
}

text_schema!(AssetSelector);

impl Serialize for AssetSelector {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A word as it can be read again.
fn write_word(f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
    write_pattern(f, &[word])
}

/// Parts with a star between each, as they can be read again.
fn write_pattern<S: AsRef<str>>(f: &mut fmt::Formatter<'_>, parts: &[S]) -> fmt::Result {
    let bare = |part: &S| part.as_ref().chars().all(is_of_word);
    let own = matches!(parts, [only] if only.as_ref().is_empty() || OWN.contains(&&*only.as_ref().to_ascii_lowercase()));
    let quotes = own || !parts.iter().all(bare);
    if quotes {
        f.write_str("\"")?;
    }
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            f.write_str("*")?;
        }
        for letter in part.as_ref().chars() {
            if matches!(letter, '"' | '\\' | '*') {
                f.write_str("\\")?;
            }
            write!(f, "{letter}")?;
        }
    }
    if quotes { f.write_str("\"") } else { Ok(()) }
}
