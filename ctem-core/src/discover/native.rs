//! The native document: every noun of the model, as JSON or as NDJSON, read one record at a time.
//!
//! As one JSON value it is `{"ctem": {"version": 1}, "assets": […], "relations": […], …}`; as lines, a first line
//! `{"ctem": {"version": 1}}` and then one record each: `{"asset": {…}}`, `{"relation": {…}}`. A field that the format does
//! not have is left out and noted, once a name, with how often and where first.

use super::{
    ReadOptions,
    draft::{ASKED_EVERY, cancelled},
    former::Former,
    json,
};
use crate::{
    attack::OnProgress,
    cvss::Vector,
    error::{Error, ErrorKind, Result, quoted},
    model::{Contents, LossEvent, Note, NoteKind, Record, RecordCounts, Technique},
    text,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};
use std::{
    cell::Cell,
    collections::{BTreeMap, HashSet},
    fmt,
    io::{self, BufRead, BufReader, Read},
    str::FromStr,
};

/// So many names of fields that the document does not have are told apart.
const MOST_NAMES: usize = 1000;

/// The version of the native document that is written; all up to it are read.
pub const VERSION: u32 = 2;

/// What became of a streamed document, besides the records that were handed over.
///
/// ```
/// use ctem_core::discover::{ReadOptions, stream};
///
/// let lines = br#"{"ctem": {"version": 1}}
/// {"asset": {"id": "web-1", "kind": "host"}}"#;
/// let streamed = stream(&lines[..], &ReadOptions::default(), |_| Ok(()))?;
/// assert_eq!((streamed.tally.read, streamed.notes.len()), (1, 0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Streamed {
    /// How many records there were; none is merged, since none is compared.
    pub tally: RecordCounts,
    /// Which were rejected and which fields ignored.
    pub notes: Vec<Note>,
}

/// Reads a native document from a stream and hands over its records one by one.
///
/// Memory is bounded by the longest record, which [`ReadOptions::most_bytes`] limits, whatever the length of the stream.
/// Linear in time.
///
/// ```
/// let lines = br#"{"ctem": {"version": 1}}
/// {"asset": {"id": "web-1", "kind": "host"}}
/// {"asset": {"id": "", "kind": "host"}}"#;
/// let mut assets = Vec::new();
/// let streamed = ctem_core::discover::stream(&lines[..], &Default::default(), |record| {
///     assets.push(record);
///     Ok(())
/// })?;
/// assert_eq!((assets.len(), streamed.tally.rejected), (1, 1));
/// assert_eq!(&*streamed.notes[0].place, "line 3/asset/id");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `io` when the stream breaks off, `malformed` when the syntax breaks, `unknown_format` and `unsupported_version` from the header,
/// `limit_exceeded` for a record that is too long, with [`ReadOptions::strict`] that of the first record that is rejected, and
/// whatever `take` returns.
pub fn stream(
    source: impl Read,
    options: &ReadOptions<'_>,
    mut take: impl FnMut(Record) -> Result<()>,
) -> Result<Streamed> {
    let mut source = BufReader::with_capacity(1 << 18, source);
    let mut taker = Taker::new(&mut take, options.strict, options.progress);
    let mut first = Vec::new();
    let limit = options.most_bytes;
    next_line(&mut source, &mut first, limit, 1)?;
    let header: Result<Header, _> = serde_json::from_slice(&first);
    match header {
        Ok(header) if header.only => {
            taker.version = header.check()?;
            lines(source, limit, &mut taker)?;
        }
        // Not a line of its own: the document is one value, of which the first line may be a part.
        Ok(_) | Err(_) => {
            let room = Room::of(limit);
            let whole = Bounded { source: first.as_slice().chain(source), room: &room };
            let mut values = serde_json::Deserializer::from_reader(whole);
            whole_document(&mut values, &mut taker, &room)?;
        }
    }
    Ok(taker.finish())
}

/// Reads a native document that lies in memory.
pub(super) fn read(text: &str, progress: OnProgress<'_>) -> Result<(Contents, Streamed)> {
    let mut contents = Contents::default();
    let mut take = |record| {
        contents.push(record);
        Ok(())
    };
    let mut taker = Taker::new(&mut take, false, progress);
    let first = text.lines().next().unwrap_or_default();
    match serde_json::from_str::<Header>(first) {
        Ok(header) if header.only => {
            taker.version = header.check()?;
            for (n, line) in text.lines().enumerate().skip(1) {
                if !line.trim().is_empty() {
                    taker.record(line.as_bytes(), None, &|| format!("line {}", n + 1))?;
                }
            }
        }
        Ok(_) | Err(_) => {
            // It lies in memory as a whole: there is nothing to bound.
            let mut values = serde_json::Deserializer::from_str(text);
            whole_document(&mut values, &mut taker, &Room::of(usize::MAX))?;
        }
    }
    let streamed = taker.finish();
    Ok((contents, streamed))
}

/// The lines after the header.
fn lines(mut source: impl BufRead, limit: usize, taker: &mut Taker<'_>) -> Result<()> {
    let (mut line, mut n) = (Vec::new(), 1);
    loop {
        n += 1;
        line.clear();
        if next_line(&mut source, &mut line, limit, n)? == 0 {
            return Ok(());
        }
        if !line.trim_ascii().is_empty() {
            taker.record(&line, None, &|| format!("line {n}"))?;
        }
    }
}

fn next_line(source: &mut impl BufRead, line: &mut Vec<u8>, limit: usize, n: usize) -> Result<usize> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = source.take(most).read_until(b'\n', line);
    let read = read.map_err(|error| text::broken_off(error).at(format_args!("line {n}")))?;
    if line.len() > limit {
        let message = format!(
            "the line has more than {limit} bytes: raise the limit `most_bytes`, or split the record"
        );
        return Err(Error::new(ErrorKind::LimitExceeded, message).at(format_args!("line {n}")));
    }
    Ok(read)
}

/// How many bytes may be read before the next record has ended, and what is left of them.
struct Room {
    most: usize,
    left: Cell<usize>,
}

impl Room {
    fn of(most: usize) -> Self {
        Self { most, left: Cell::new(most) }
    }

    fn renew(&self) {
        self.left.set(self.most);
    }
}

/// A source of which no more is read than there is room.
struct Bounded<'a, R> {
    source: R,
    room: &'a Room,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.room.left.get();
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let end = buffer.len().min(left);
        let read = self.source.read(buffer.get_mut(..end).unwrap_or_default())?;
        self.room.left.set(left.saturating_sub(read));
        Ok(read)
    }
}

/// How far the reading of a document that is one value is: where it is, and what ended it.
struct Reading<'a> {
    room: &'a Room,
    list: String,
    record: Option<usize>,
    failure: Option<Error>,
}

impl Reading<'_> {
    fn place(&self) -> String {
        let list = self.list.replace('~', "~0").replace('/', "~1");
        match self.record {
            _ if self.list.is_empty() => String::new(),
            Some(n) => format!("/{list}/{n}"),
            None => format!("/{list}"),
        }
    }

    /// Ends the reading by an error of our own.
    fn end<E: serde::de::Error>(&mut self, error: Error) -> E {
        self.failure = Some(error);
        E::custom("stopped")
    }

    /// What the parser says, in words of the document and with the place.
    fn explained(&self, error: serde_json::Error) -> Error {
        if error.io_error_kind() == Some(io::ErrorKind::FileTooLarge) {
            let most = self.room.most;
            let message = format!(
                "the record has more than {most} bytes: raise the limit `most_bytes`, or split the record"
            );
            return Error::new(ErrorKind::LimitExceeded, message).at(self.place());
        }
        if error.is_data() { json::explained(error).at(self.place()) } else { json::explained(error) }
    }
}

/// A document that is one JSON value. Records are cut out whole before they are looked at, so that a bad one can be
/// rejected alone.
fn whole_document<'de, R: serde_json::de::Read<'de>>(
    values: &mut serde_json::Deserializer<R>,
    taker: &mut Taker<'_>,
    room: &Room,
) -> Result<()> {
    let mut reading = Reading { room, list: String::new(), record: None, failure: None };
    let read = values
        .deserialize_map(Whole { taker, reading: &mut reading })
        .and_then(|header| values.end().map(|()| header));
    match (read, reading.failure.take()) {
        (_, Some(error)) => Err(error),
        (Ok(Some(header)), None) => header.check().map(|_| ()),
        (Ok(None), None) => Err(no_header()),
        (Err(error), None) => Err(reading.explained(error)),
    }
}

/// A record without the CVSS vectors or the technique that make no sense, where the error at `pointer` is one of them, and a note for
/// each: a finding is not lost for want of what only describes it.
fn mended(bytes: &[u8], pointer: &str, place: &dyn Fn() -> String) -> Option<(Vec<u8>, Vec<Note>)> {
    if let Some((parent, _)) = pointer.split_once("/loss_events/") {
        return without_bad_events(bytes, &format!("{parent}/loss_events"), place);
    }
    let (parent, last) = pointer.rsplit_once('/')?;
    let vectors = parent.ends_with("/weakness/cvss");
    let technique = last == "technique";
    if !vectors && !technique {
        return None;
    }
    let mut record: Value = serde_json::from_slice(bytes).ok()?;
    let mut notes = Vec::new();
    let mut note = |what: &str, value: &Value, error: &Error, pointer: &str| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let reason = format!("the {what} {} is left out: {}", quoted(&value), error.message());
        notes.push(Note::new(NoteKind::Ignored, format_args!("{}{pointer}", place()), reason));
    };
    let inside = record.pointer_mut(parent)?;
    if vectors {
        let mut n = 0;
        inside.as_array_mut()?.retain(|value| {
            let read = read_as::<Vector>(value);
            if let Err(error) = &read {
                note("CVSS vector", value, error, &format!("{parent}/{n}"));
            }
            n += 1;
            read.is_ok()
        });
    } else {
        let value = inside.as_object_mut()?.remove(last)?;
        note("technique", &value, &read_as::<Technique>(&value).err()?, pointer);
    }
    Some((serde_json::to_vec(&record).ok()?, notes))
}

/// A service without the loss events that make no sense, and a note for each; none where no event would be left.
fn without_bad_events(bytes: &[u8], list: &str, place: &dyn Fn() -> String) -> Option<(Vec<u8>, Vec<Note>)> {
    let mut record: Value = serde_json::from_slice(bytes).ok()?;
    let (mut notes, mut n) = (Vec::new(), 0);
    let events = record.pointer_mut(list)?.as_array_mut()?;
    events.retain(|event| {
        let read = json::parse::<LossEvent>(&event.to_string());
        if let Err(error) = &read {
            let place = format!("{}{list}/{n}{}", place(), error.place().unwrap_or_default());
            let reason = format!("the loss event is left out: {}", error.message());
            notes.push(Note::new(NoteKind::Ignored, place, reason));
        }
        n += 1;
        read.is_ok()
    });
    if events.is_empty() || notes.is_empty() {
        return None;
    }
    Some((serde_json::to_vec(&record).ok()?, notes))
}

fn read_as<T: FromStr<Err = Error>>(value: &Value) -> Result<T> {
    value.as_str().ok_or_else(|| Error::invalid("it must be text")).and_then(str::parse)
}

/// The header, and whether it stands alone on its line.
#[derive(Deserialize)]
#[serde(from = "RawHeader")]
struct Header {
    version: u32,
    only: bool,
}

#[derive(Deserialize)]
struct RawHeader {
    ctem: HeaderBody,
    #[serde(flatten)]
    rest: BTreeMap<String, serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct HeaderBody {
    version: u32,
}

impl From<RawHeader> for Header {
    fn from(raw: RawHeader) -> Self {
        Self { version: raw.ctem.version, only: raw.rest.is_empty() }
    }
}

impl Header {
    /// The version, where it is one that is read here.
    fn check(&self) -> Result<u32> {
        if (1..=VERSION).contains(&self.version) {
            return Ok(self.version);
        }
        Err(Error::new(
            ErrorKind::UnsupportedVersion,
            format!(
                "version `{}` of the native document is not read here: this reads versions 1 to {VERSION}",
                self.version
            ),
        )
        .at("/ctem/version"))
    }
}

fn no_header() -> Error {
    Error::new(
        ErrorKind::UnknownFormat,
        "the document does not say that it is a native one: begin it with `{\"ctem\": {\"version\": 2}`",
    )
}

/// Takes records and remembers what was wrong with them.
struct Taker<'a> {
    take: &'a mut dyn FnMut(Record) -> Result<()>,
    streamed: Streamed,
    /// Unknown fields by record and path: how often, and where first.
    ignored: BTreeMap<String, (u64, String)>,
    /// Whether a bad record ends the reading.
    strict: bool,
    progress: OnProgress<'a>,
    version: u32,
    former: Former,
}

impl<'a> Taker<'a> {
    fn new(take: &'a mut dyn FnMut(Record) -> Result<()>, strict: bool, progress: OnProgress<'a>) -> Self {
        let (streamed, ignored, former) = (Streamed::default(), BTreeMap::new(), Former::default());
        Self { take, streamed, ignored, strict, progress, version: VERSION, former }
    }

    /// Takes one record: a line `{"asset": {…}}`, or the element of a list whose records are of this kind.
    fn record(&mut self, bytes: &[u8], kind: Option<Kind>, place: &dyn Fn() -> String) -> Result<()> {
        let read = self.streamed.tally.read;
        if read.is_multiple_of(ASKED_EVERY) && !self.progress.goes_on(read, read) {
            return Err(cancelled(read));
        }
        self.streamed.tally.read += 1;
        // Once for its vectors, once for its technique.
        self.attempt(bytes, kind, place, 2)
    }

    fn attempt(
        &mut self,
        bytes: &[u8],
        kind: Option<Kind>,
        place: &dyn Fn() -> String,
        tries: u8,
    ) -> Result<()> {
        let mut unknown = Vec::new();
        let mut values = serde_json::Deserializer::from_slice(bytes);
        let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
        let noting = serde_ignored::Deserializer::new(&mut values, &mut note);
        let read = match kind {
            Some(kind) => kind.read(noting),
            None => Record::deserialize(noting),
        };
        match read.and_then(|record| values.end().map(|()| record)) {
            Ok(record) => {
                self.streamed.tally.accepted += 1;
                for path in unknown {
                    self.ignore(path, place);
                }
                (self.take)(if self.version < 2 { self.former.converted(record) } else { record })
            }
            Err(error) => {
                let error = self.why(bytes, kind, error);
                let pointer = error.place().unwrap_or_default();
                if let Some((rest, notes)) = (tries > 0).then(|| mended(bytes, pointer, place)).flatten() {
                    notes.into_iter().for_each(|note| note.add(&mut self.streamed.notes));
                    return self.attempt(&rest, kind, place, tries - 1);
                }
                let error = error.at(place());
                if self.strict {
                    return Err(error);
                }
                self.streamed.tally.rejected += 1;
                Note::rejected(&error).add(&mut self.streamed.notes);
                Ok(())
            }
        }
    }

    /// Counts a field that is left out, once a name; names beyond what anyone reads are counted together.
    fn ignore(&mut self, path: String, place: impl FnOnce() -> String) {
        let known = self.ignored.len() < MOST_NAMES || self.ignored.contains_key(&path);
        let path = if known { path } else { "and further names".to_owned() };
        self.ignored.entry(path).or_insert_with(|| (0, place())).0 += 1;
    }

    /// The reason a record was rejected, with the pointer to the value inside it; found by reading it once more.
    fn why(&self, bytes: &[u8], kind: Option<Kind>, error: serde_json::Error) -> Error {
        let text = String::from_utf8_lossy(bytes);
        let again = match kind {
            None => json::parse::<Record>(&text).map(|_| ()),
            Some(kind) => kind.check(&text),
        };
        again.err().unwrap_or_else(|| json::explained(error))
    }

    fn finish(self) -> Streamed {
        let mut streamed = self.streamed;
        for (path, (count, place)) in self.ignored {
            let reason = format!("{} is not a field of the native document: it was left out", quoted(&path));
            let mut note = Note::new(NoteKind::Ignored, place, reason);
            note.count = count;
            note.add(&mut streamed.notes);
        }
        streamed
    }
}

macro_rules! kinds {
    ($($kind:ident = $list:literal),+ $(,)?) => {
        /// A list of the document, whose records are of one kind.
        #[derive(Clone, Copy)]
        enum Kind { $($kind),+ }

        /// The lists of the document.
        pub(crate) const LISTS: &[&str] = &[$($list),+];

        impl Kind {
            fn of_list(name: &str) -> Option<Self> {
                match name { $($list => Some(Self::$kind),)+ _ => None }
            }

            fn list(self) -> &'static str {
                match self { $(Self::$kind => $list),+ }
            }

            fn read<'de, D: Deserializer<'de>>(self, from: D) -> Result<Record, D::Error> {
                match self { $(Self::$kind => Deserialize::deserialize(from).map(Record::$kind)),+ }
            }

            /// Reads a record only to see what is wrong with it.
            fn check(self, text: &str) -> Result<()> {
                match self { $(Self::$kind => json::parse(text).map(Record::$kind).map(|_| ())),+ }
            }
        }
    };
}

kinds! {
    Asset = "assets",
    Relation = "relations",
    Finding = "findings",
    Service = "services",
    EntryPoint = "entry_points",
    Owner = "owners",
    Control = "controls",
    Evidence = "evidence",
    Rule = "rules",
    Refusal = "refusals",
}

/// Visits the lists of a document that is one value.
struct Whole<'a, 'b, 'c> {
    taker: &'a mut Taker<'b>,
    reading: &'a mut Reading<'c>,
}

impl<'de> Visitor<'de> for Whole<'_, '_, '_> {
    type Value = Option<Header>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a native document, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Header>, A::Error> {
        let mut header = None;
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            (self.reading.list, self.reading.record) = (name.clone(), None);
            self.reading.room.renew();
            let known = name == "ctem" || Kind::of_list(&name).is_some();
            if known && !seen.insert(name.clone()) {
                let message = format!("the name {} stands twice: put both into one list", quoted(&name));
                let error = Error::invalid(message).at(self.reading.place());
                return Err(self.reading.end(error));
            }
            match (name.as_str(), Kind::of_list(&name)) {
                ("ctem", _) => {
                    let body: Box<RawValue> = map.next_value()?;
                    let read = json::parse::<HeaderBody>(body.get());
                    let read = read.map_err(|error| self.reading.end(error.at("/ctem")));
                    let HeaderBody { version } = read?;
                    self.taker.version = version;
                    header = Some(Header { version, only: false });
                }
                (_, Some(kind)) => {
                    map.next_value_seed(List { taker: self.taker, reading: self.reading, kind })?;
                    (self.reading.list, self.reading.record) = (String::new(), None);
                }
                (_, None) => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                    self.taker.ignore(name, String::new);
                }
            }
        }
        Ok(header)
    }
}

/// One list of records of a kind.
struct List<'a, 'b, 'c> {
    taker: &'a mut Taker<'b>,
    reading: &'a mut Reading<'c>,
    kind: Kind,
}

impl<'de> serde::de::DeserializeSeed<'de> for List<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` as a list", self.kind.list())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut n = 0;
        loop {
            self.reading.record = Some(n);
            self.reading.room.renew();
            let Some(record) = seq.next_element::<Box<RawValue>>()? else { return Ok(()) };
            let place = || format!("/{}/{n}", self.kind.list());
            if let Err(error) = self.taker.record(record.get().as_bytes(), Some(self.kind), &place) {
                return Err(self.reading.end(error));
            }
            n += 1;
        }
    }
}
