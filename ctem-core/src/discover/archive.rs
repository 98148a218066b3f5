//! Zip archives, as collectors write them: the files in one, bounded in what they unpack to.
//!
//! What is read is the central directory and the members it lists, stored or deflated, also with 64-bit sizes. What is refused:
//! encryption, other methods, members that share bytes, and archives that unpack to far more than they are.
//!
//! The layout is that of PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.

use crate::{
    error::{Error, ErrorKind, Result},
    text,
};
use std::io::Read;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const END_64_PLACE: &[u8] = b"PK\x06\x07";
const LISTED: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// Whether these are the bytes of an archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL) || bytes.starts_with(END)
}

/// A file in an archive: what it is called, and what it holds, or why that cannot be known.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) bytes: Result<Vec<u8>>,
}

/// The files of an archive in the order of its directory. They may unpack to `most` bytes together.
///
/// # Errors
/// `malformed` when it has no directory or its members share bytes, `limit_exceeded` when it unpacks to too much.
pub(super) fn members(archive: &[u8], most: usize) -> Result<Vec<Member>> {
    let (mut at, count) = directory(archive).ok_or_else(|| broken("it has no directory"))?;
    let by_ratio = text::by_ratio(archive.len());
    let mut room = most.min(by_ratio);
    // Members that do not overlap are together no longer than the archive. So no byte is unpacked twice.
    let mut packed = 0_usize;
    let mut members = Vec::new();
    for _ in 0..count {
        let entry = Entry::at(archive, at).ok_or_else(|| broken("its directory ends early"))?;
        at = entry.next;
        if entry.name.ends_with('/') {
            continue;
        }
        packed = packed.saturating_add(entry.packed);
        if packed > archive.len() {
            return Err(broken("its members overlap"));
        }
        let bytes = entry.unpack(archive, room);
        match &bytes {
            Ok(bytes) => room = room.saturating_sub(bytes.len()),
            Err(error) if error.kind() == ErrorKind::LimitExceeded => {
                return Err(if most <= by_ratio { text::too_large(most) } else { text::too_dense() });
            }
            Err(_) => {}
        }
        members.push(Member { name: entry.name, bytes });
    }
    Ok(members)
}

/// Where the directory begins, and how many members it lists.
fn directory(archive: &[u8]) -> Option<(usize, u64)> {
    // The end record is last but for a comment of at most 65,535 bytes.
    const END_LENGTH: usize = 22;
    let last = archive.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let end = (first..=last).rev().find(|at| has(archive, *at, END))?;
    let (count, start) = (u16_at(archive, end + 10)?, u32_at(archive, end + 16)?);
    if count < u16::MAX && start < u32::MAX {
        return Some((usize::try_from(start).ok()?, u64::from(count)));
    }
    let place = end.checked_sub(20).filter(|at| has(archive, *at, END_64_PLACE));
    let Some(place) = place else { return Some((usize::try_from(start).ok()?, u64::from(count))) };
    let end = usize::try_from(u64_at(archive, place + 8)?).ok()?;
    let count = has(archive, end, END_64).then(|| u64_at(archive, end.checked_add(32)?)).flatten()?;
    Some((usize::try_from(u64_at(archive, end.checked_add(48)?)?).ok()?, count))
}

/// What the directory says of a member.
struct Entry {
    name: String,
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: usize,
    /// Where its local header stands.
    local: usize,
    /// Where the next entry stands.
    next: usize,
}

impl Entry {
    fn at(archive: &[u8], at: usize) -> Option<Self> {
        const HEADER: usize = 46;
        if !has(archive, at, LISTED) {
            return None;
        }
        let short = |offset: usize| u16_at(archive, at.checked_add(offset)?);
        let long = |offset: usize| u32_at(archive, at.checked_add(offset)?);
        let (name, extra) = (usize::from(short(28)?), usize::from(short(30)?));
        let name_at = at.checked_add(HEADER)?;
        let extra_at = name_at.checked_add(name)?;
        let next = extra_at.checked_add(extra)?.checked_add(usize::from(short(32)?))?;
        let name = String::from_utf8_lossy(archive.get(name_at..extra_at)?).into_owned();
        let extra = archive.get(extra_at..extra_at.checked_add(extra)?)?;
        let (packed, unpacked, local) = (long(20)?, long(24)?, long(42)?);
        let mut wide = wide_sizes(extra).into_iter();
        // The wide field has, in this order, what the plain ones have no room for.
        let mut widened = |plain: u32| match plain {
            u32::MAX => wide.next().unwrap_or(u64::from(plain)),
            _ => u64::from(plain),
        };
        let _unpacked = widened(unpacked);
        let (packed, local) = (widened(packed), widened(local));
        Some(Self {
            name,
            encrypted: short(8)? & 1 == 1,
            method: short(10)?,
            crc: long(16)?,
            packed: usize::try_from(packed).ok()?,
            local: usize::try_from(local).ok()?,
            next,
        })
    }

    fn unpack(&self, archive: &[u8], most: usize) -> Result<Vec<u8>> {
        if self.encrypted {
            return Err(broken("the member is encrypted"));
        }
        let packed = self.packed_bytes(archive).ok_or_else(|| broken("the member is cut off"))?;
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        match self.method {
            0 => packed.take(limit).read_to_end(&mut bytes),
            8 => flate2::read::DeflateDecoder::new(packed).take(limit).read_to_end(&mut bytes),
            other => {
                return Err(Error::malformed(format!(
                    "the member is packed by method {other}: only stored and deflated members are read"
                )));
            }
        }
        .map_err(|error| broken("the member does not unpack").because(error))?;
        if bytes.len() > most {
            return Err(text::too_large(most));
        }
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        if crc.sum() == self.crc { Ok(bytes) } else { Err(broken("the member's checksum is wrong")) }
    }

    fn packed_bytes<'a>(&self, archive: &'a [u8]) -> Option<&'a [u8]> {
        const HEADER: usize = 30;
        if !has(archive, self.local, LOCAL) {
            return None;
        }
        let short = |offset: usize| u16_at(archive, self.local.checked_add(offset)?).map(usize::from);
        let start = self.local.checked_add(HEADER)?.checked_add(short(26)?)?.checked_add(short(28)?)?;
        archive.get(start..start.checked_add(self.packed)?)
    }
}

/// The 64-bit sizes in an entry's extra fields.
fn wide_sizes(mut extra: &[u8]) -> Vec<u64> {
    while let (Some(tag), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(length);
        let Some(field) = extra.get(4..end) else { break };
        if tag == 1 {
            return (0..field.len()).step_by(8).filter_map(|at| u64_at(field, at)).collect();
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    Vec::new()
}

fn has(bytes: &[u8], at: usize, mark: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(mark))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

fn broken(what: &str) -> Error {
    Error::malformed(format!("the zip archive cannot be read, since {what}: unpack it, or write it again"))
}
