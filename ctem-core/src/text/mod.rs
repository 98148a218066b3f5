//! Bytes to text: unpacking, decoding, and JSON with places, YAML and TOML as JSON. What every reader of outside bytes begins with.

pub(crate) mod json;
mod place;
mod said;
pub(crate) mod toml;
pub(crate) mod yaml;

#[cfg(feature = "cli")]
pub(crate) use said::in_words;

use crate::error::{Error, ErrorKind, Result};
use std::{borrow::Cow, fmt::Write, io::Read};

/// What there is of something that may have been cut off, and then an error that says so.
pub(crate) type SoFar<T> = (T, Option<Error>);

/// The bytes, or what they decompress to when they are gzip.
pub(crate) fn unpacked(bytes: &[u8], most: usize) -> Result<Cow<'_, [u8]>> {
    let (bytes, cut) = unpacked_so_far(bytes, most)?;
    cut.map_or(Ok(bytes), Err)
}

/// The same of a stream that may end too early: what of it could be unpacked.
pub(crate) fn unpacked_so_far(bytes: &[u8], most: usize) -> Result<SoFar<Cow<'_, [u8]>>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return if bytes.len() > most { Err(too_large(most)) } else { Ok((bytes.into(), None)) };
    }
    let by_ratio = by_ratio(bytes.len());
    let room = most.min(by_ratio);
    let limit = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
    let mut out = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut out);
    let cut = match read {
        Ok(_) => None,
        Err(error) => {
            let is_end = error.kind() == std::io::ErrorKind::UnexpectedEof && !out.is_empty();
            let broken =
                Error::malformed(format!("the gzip stream is broken ({error}): write the file again"));
            let broken = broken.because(error);
            if !is_end {
                return Err(broken);
            }
            Some(broken.at(format_args!("byte {}", bytes.len())))
        }
    };
    match out.len() > room {
        true if most <= by_ratio => Err(too_large(most)),
        true => Err(too_dense()),
        false => Ok((out.into(), cut)),
    }
}

const MOST_RATIO: usize = 250;

/// What unpacks to so many MiB is small, however much smaller it was: a report of many equal records packs to a thousandth too.
const SMALL_MIB: usize = 16;

/// To how many bytes so many may unpack. Reports pack to a tenth or a thirtieth; deflate can do a thousandth, of nothing but repetition.
pub(crate) fn by_ratio(packed: usize) -> usize {
    packed.saturating_mul(MOST_RATIO).max(SMALL_MIB << 20)
}

pub(crate) fn too_dense() -> Error {
    let message = format!(
        "it unpacks to more than {SMALL_MIB} MiB and {MOST_RATIO} times its size: unpack it yourself"
    );
    Error::new(ErrorKind::LimitExceeded, message)
}

pub(crate) fn too_large(most: usize) -> Error {
    Error::new(
        ErrorKind::LimitExceeded,
        format!("the document has more than {most} bytes: raise the limit `most_bytes`, or split it"),
    )
}

/// The text of bytes in UTF-8, or in UTF-16 with a byte order mark.
pub(crate) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let (text, cut) = decoded_so_far(bytes)?;
    cut.map_or(Ok(text), Err)
}

/// The same of bytes that may end within a character: what comes before it.
pub(crate) fn decoded_so_far(bytes: &[u8]) -> Result<SoFar<Cow<'_, str>>> {
    let owned = |(text, cut): SoFar<String>| (Cow::Owned(text), cut);
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, 3),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(owned),
        _ => utf8(bytes, 0),
    }
}

fn utf8(bytes: &[u8], skipped: usize) -> Result<SoFar<Cow<'_, str>>> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((Cow::Borrowed(text), None)),
        Err(error) => error,
    };
    let place = format!("byte {}", error.valid_up_to() + skipped);
    let before = bytes.get(..error.valid_up_to()).and_then(|before| std::str::from_utf8(before).ok());
    match before.filter(|_| error.error_len().is_none()) {
        Some(before) if !before.is_empty() => {
            let cut = Error::malformed("the UTF-8 text ends within a character: it was cut off").at(place);
            Ok((Cow::Borrowed(before), Some(cut)))
        }
        Some(_) | None => {
            let what = "the text is not UTF-8: save it as UTF-8, or as UTF-16 with a byte order mark";
            Err(Error::malformed(what).at(place).because(error))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<SoFar<String>> {
    let (units, rest) = bytes.as_chunks::<2>();
    let ends_within = || {
        Error::malformed("the UTF-16 text ends within a character: it was cut off")
            .at(format_args!("byte {}", bytes.len() + 1))
    };
    let mut cut = (!rest.is_empty()).then(ends_within);
    // The first half of a pair may be the last that came through.
    let half = units.last().is_some_and(|pair| (0xd800..0xdc00).contains(&unit(*pair)));
    let units = if half { units.split_last().map_or(units, |(_, before)| before) } else { units };
    if half {
        cut = cut.or_else(|| Some(ends_within()));
    }
    if units.is_empty()
        && let Some(cut) = cut
    {
        return Err(cut);
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
    Ok((text, cut))
}

/// Text as part of an address (RFC 3986): what has a meaning there, or none, is written `%XX`.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/@+,".contains(&byte);
        if is_plain {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Text with `%XX` put back, as addresses, package URLs and VERS write what would be misread. What is no such code stays as it is.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = behind.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// The error of a stream that could not be read on.
pub(crate) fn broken_off(error: impl Into<std::io::Error>) -> Error {
    let error = error.into();
    Error::new(ErrorKind::Io, format!("the stream broke off ({error}): begin again")).because(error)
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn codes_are_put_back_and_all_else_stays() {
        for (text, plain) in [
            ("a b", "a b"),
            ("a%20b", "a b"),
            ("%C3%a9", "é"),
            ("100%", "100%"),
            ("%+f%2", "%+f%2"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(unescaped(text), plain, "{text}");
        }
    }
}
