//! Collections: several files of one collector, or of several, as a folder or an archive has them.

use super::{
    ReadOptions,
    archive::{self, Member},
    document::Document,
    draft::digest,
    format_of,
    ignored::{self, Taken},
    read_documents,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Note, NoteKind, RecordCounts, Report},
    text,
};
use serde::Serialize;
use std::borrow::Cow;

/// What several files have become: a report for each file, or one for all files of a format that belong together.
///
/// ```
/// use ctem_core::discover::{ReadOptions, read_collection};
///
/// let shop = br#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}"#;
/// let collection = read_collection([("shop.json", &shop[..]), ("notes.txt", b"ask Ann")], &ReadOptions::default())?;
/// assert_eq!(collection.tally.to_string(), "read 2 = accepted 1 + merged 0 + rejected 1");
/// assert_eq!(&*collection.notes[0].place, "notes.txt");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Collection {
    /// What was read, in the order of the formats' names and then of the files'. Places begin with the name of the file:
    /// `users.json#/data/3`.
    pub reports: Vec<Report>,
    /// Which files could not be read, and why.
    pub notes: Vec<Note>,
    /// How many files there were, those in archives counted one by one.
    pub tally: RecordCounts,
}

/// Reads the files of a collection, each with its name; archives (zip) are opened.
///
/// Files of a format whose files speak of each other, such as BloodHound's, become one report; every other file becomes one of
/// its own. An ignore file, such as `.trivyignore`, accepts what it names in the reports of its tool: those in its folder and below
/// or, where none is there, those in other folders, but none above it. The order of the files does not matter. [`ReadOptions::most_bytes`] is for all of them together, once unpacked;
/// an archive that unpacks to more than 16 MiB and 250 times its size is refused, and one within an archive is not opened.
/// Costs as [`read`](super::read) of all of them.
///
/// ```
/// use ctem_core::{Environment, discover::{ReadOptions, absorb, read_collection}};
///
/// let shop = br#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}"#;
/// let team = br#"{"ctem": {"version": 2}, "owners": [{"id": "web"}]}"#;
/// let mut environment = Environment::new();
/// for report in read_collection([("shop.json", &shop[..]), ("team.json", team)], &ReadOptions::default())?.reports {
///     absorb(&mut environment, report);
/// }
/// assert_eq!((environment.assets().count(), environment.owners().count()), (1, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `limit_exceeded` when the files have too many bytes, `malformed` when an archive is broken, and where no file at all can be
/// read, the error of the first. With [`ReadOptions::strict`], the error of the first file or record that cannot.
pub fn read_collection<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    options: &ReadOptions<'_>,
) -> Result<Collection> {
    let (collection, unread) = read_files(files, options, Broken::Fails)?;
    unread.finish(collection, options.strict)
}

/// The reports of files, and those that could not be read, by name.
#[cfg(feature = "cli")]
pub(crate) type EachRead = (Vec<Report>, Vec<(String, Error)>);

/// The same, where a broken archive is a file like others, and each that cannot be read comes with its error.
#[cfg(feature = "cli")]
pub(crate) fn read_each<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    options: &ReadOptions<'_>,
) -> Result<EachRead> {
    let (collection, unread) = read_files(files, options, Broken::Unread)?;
    Ok((collection.reports, unread.0))
}

/// What becomes of a collection in which an archive is broken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Broken {
    Fails,
    #[cfg(feature = "cli")]
    Unread,
}

/// What files have become, and those that could not be read.
fn read_files<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    options: &ReadOptions<'_>,
    broken: Broken,
) -> Result<(Collection, Unread)> {
    let mut files: Vec<_> = files.into_iter().map(|(name, bytes)| (clean(name), bytes)).collect();
    files.sort();
    let mut unread = Unread::default();
    let files = unpacked(files, options.most_bytes, broken, &mut unread)?;
    let mut documents = Vec::new();
    for Unpacked { name, bytes, ended } in &files {
        let read = Document::new(name, bytes, ended.clone(), options);
        match read.and_then(|document| Ok((format_of(&document, options)?, document))) {
            Ok(known) => documents.push(known),
            Err(error) => unread.add(name, error),
        }
    }
    documents.sort_by(|(format, _), (other, _)| format.name().cmp(other.name()));
    let mut collection = Collection::default();
    let mut all = Vec::new();
    while let Some((format, _)) = documents.first() {
        let format = *format;
        // Taken out, so that a document's memory is free once it is read.
        let own = documents
            .extract_if(.., |(other, _)| other.name() == format.name())
            .map(|(_, document)| document);
        let groups: Vec<Vec<Document<'_>>> = if format.is_together() {
            vec![own.collect()]
        } else {
            own.map(|document| vec![document]).collect()
        };
        for group in groups {
            let count = group.len() as u64;
            if count == 0 {
                continue;
            }
            match read_documents(format, &group, options) {
                Ok(taken) => {
                    collection.tally.accepted += count;
                    all.push(taken);
                }
                Err(error) if options.strict || error.kind() == ErrorKind::Cancelled => return Err(error),
                // Its place says which file it is of.
                Err(error) => unread.0.extend(group.iter().map(|_| (String::new(), error.clone()))),
            }
        }
    }
    ignored::follow(&mut all);
    collection.reports = all.into_iter().map(Taken::settled).collect();
    Ok((collection, unread))
}

/// The report of an archive whose files belong together.
pub(super) fn report_of_archive(bytes: &[u8], options: &ReadOptions<'_>) -> Result<Report> {
    // Files of two archives may have one name.
    let name = options.name.clone().unwrap_or_else(|| digest(bytes).into());
    let options = ReadOptions { name: Some(name), ..options.clone() };
    let mut collection = read_collection([("", bytes)], &options)?;
    match (collection.reports.pop(), collection.reports.len()) {
        (Some(mut report), 0) => {
            report
                .notes
                .extend(collection.notes.into_iter().map(|note| Note { kind: NoteKind::Ignored, ..note }));
            Ok(report)
        }
        (Some(_), more) => Err(Error::invalid(format!(
            "the archive holds files that become {} reports: read it as a collection",
            more + 1
        ))),
        (None, _) => Err(Error::malformed("the archive is empty: it must hold a report")),
    }
}

/// A file once it is unpacked, and an error where it ended too early.
struct Unpacked<'a> {
    name: String,
    bytes: Cow<'a, [u8]>,
    ended: Option<Error>,
}

/// The files as they are once unpacked, those of archives under the archive's name.
fn unpacked<'a>(
    files: Vec<(String, &'a [u8])>,
    most: usize,
    broken: Broken,
    unread: &mut Unread,
) -> Result<Vec<Unpacked<'a>>> {
    let mut room = most;
    let mut all: Vec<Unpacked<'a>> = Vec::new();
    let within = |error: Error| match error.kind() {
        // The limit is that of all files, not what is left of it.
        ErrorKind::LimitExceeded => text::too_large(most),
        _ => error,
    };
    for (name, bytes) in files {
        let (bytes, ended) = match text::unpacked_so_far(bytes, room).map_err(within) {
            Err(error) if error.kind() != ErrorKind::LimitExceeded => {
                unread.add(&name, error);
                continue;
            }
            read => read?,
        };
        if !archive::is_archive(&bytes) {
            room = room.saturating_sub(bytes.len());
            all.push(Unpacked { name, bytes, ended });
            continue;
        }
        if let Some(ended) = ended {
            unread.add(&name, ended);
            continue;
        }
        let members = match archive::members(&bytes, room) {
            Err(error) if broken != Broken::Fails => {
                unread.add(&name, error);
                continue;
            }
            members => members.map_err(|error| error.at(&name))?,
        };
        for Member { name: inside, bytes } in members {
            let name = if name.is_empty() { clean(&inside) } else { format!("{name}/{}", clean(&inside)) };
            let bytes = bytes.and_then(|bytes| {
                Ok(match text::unpacked_so_far(&bytes, room)? {
                    (Cow::Borrowed(_), ended) => (bytes, ended),
                    (Cow::Owned(unpacked), ended) => (unpacked, ended),
                })
            });
            match bytes {
                Ok((bytes, _)) if archive::is_archive(&bytes) => {
                    unread
                        .add(&name, Error::invalid("an archive within an archive is not opened: unpack it"));
                }
                Ok((bytes, ended)) => {
                    room = room.checked_sub(bytes.len()).ok_or_else(|| text::too_large(most))?;
                    all.push(Unpacked { name, bytes: Cow::Owned(bytes), ended });
                }
                Err(error) if error.kind() == ErrorKind::LimitExceeded => {
                    return Err(text::too_large(most));
                }
                Err(error) => unread.add(&name, error),
            }
        }
    }
    Ok(all)
}

/// A name that can stand in a place.
fn clean(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })
        .collect()
}

/// The files that could not be read.
#[derive(Default)]
struct Unread(Vec<(String, Error)>);

impl Unread {
    fn add(&mut self, name: &str, error: Error) {
        self.0.push((name.to_owned(), error));
    }

    fn finish(mut self, mut collection: Collection, strict: bool) -> Result<Collection> {
        self.0.sort_by(|a, b| a.0.cmp(&b.0));
        let mut errors = self.0.into_iter().map(|(name, error)| error.at(name)).peekable();
        if let (true, Some(_)) = (strict || collection.reports.is_empty(), errors.peek()) {
            return errors.next().map_or(Ok(collection), Err);
        }
        collection.notes = errors.map(|error| Note::rejected(&error)).collect();
        collection.tally.rejected = collection.notes.len() as u64;
        collection.tally.read = collection.tally.accepted + collection.tally.rejected;
        Ok(collection)
    }
}
