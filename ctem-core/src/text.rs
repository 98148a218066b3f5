//! Bytes to text: unpacking, decoding, and JSON with places. What every reader of outside bytes begins with.

use crate::error::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::{borrow::Cow, io::Read};

/// The bytes, or what they decompress to when they are gzip.
pub(crate) fn unpacked(bytes: &[u8], most: usize) -> Result<Cow<'_, [u8]>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return if bytes.len() > most { Err(too_large(most)) } else { Ok(bytes.into()) };
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut out).map_err(|error| {
        Error::malformed(format!("the gzip stream is broken ({error}): write the file again"))
    })?;
    if out.len() > most { Err(too_large(most)) } else { Ok(out.into()) }
}

pub(crate) fn too_large(most: usize) -> Error {
    Error::new(
        ErrorKind::LimitExceeded,
        format!("the document has more than {most} bytes: raise the limit `most_bytes`, or split it"),
    )
}

/// The text of bytes in UTF-8, or in UTF-16 with a byte order mark.
pub(crate) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, 3).map(Cow::Borrowed),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => utf8(bytes, 0).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8], skipped: usize) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        Error::malformed("the text is not UTF-8: save it as UTF-8, or as UTF-16 with a byte order mark")
            .at(format_args!("byte {}", error.valid_up_to() + skipped))
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Error::malformed("the UTF-16 text ends within a character: it was cut off")
            .at(format_args!("byte {}", bytes.len() + 1)));
    }
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 2;
    for character in char::decode_utf16(units.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => {
                at += character.len_utf16() * 2;
                text.push(character);
            }
            Err(_) => {
                return Err(Error::malformed("the UTF-16 text holds half a surrogate pair: save it again")
                    .at(format_args!("byte {at}")));
            }
        }
    }
    Ok(text)
}

/// Parses JSON as a type that may borrow from it. An error in the syntax has a line; one in the values has no place of its
/// own, so the caller says where the value stands.
pub(crate) fn json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(explained)
}

/// Parses JSON as a type that owns what it holds. The place of a wrong value is its pointer.
pub(crate) fn json_owned<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T> {
    // Tracking the path costs time, so a text is read again with it only when there is an error to place.
    serde_json::from_str(text).map_err(|error| {
        let mut values = serde_json::Deserializer::from_str(text);
        match serde_path_to_error::deserialize::<_, T>(&mut values) {
            Err(at) if at.inner().is_data() => {
                let pointer = pointer(at.path());
                explained(at.into_inner()).at(pointer)
            }
            Ok(_) | Err(_) => explained(error),
        }
    })
}

pub(crate) fn explained(error: serde_json::Error) -> Error {
    if error.is_data() { Error::invalid(without_line(&error)) } else { syntax(&error) }
}

pub(crate) fn syntax(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let advice = if error.is_eof() { "the document was cut off" } else { "it is not valid JSON" };
    Error::malformed(format!("{}: {advice}", without_line(error)))
        .at(format_args!("line {line}, column {column}"))
}

/// What the parser says, without the line it appends.
fn without_line(error: &serde_json::Error) -> String {
    let mut what = error.to_string();
    if let Some(cut) = what.rfind(" at line ") {
        what.truncate(cut);
    }
    // What the parser says of our types is said of the document instead.
    if what.starts_with("data did not match any variant") {
        return "the record has none of the shapes this format knows: compare it with the format's documentation".into();
    }
    match what.strip_prefix("missing field ") {
        Some(field) => format!("{field} is missing: the record must have it"),
        None => what,
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            // An enum is written as an object with its variant as the only name.
            Segment::Enum { variant } => Some(format!("/{variant}")),
            Segment::Unknown => None,
        })
        .collect()
}
