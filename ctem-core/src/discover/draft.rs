//! A report while it is being written: records are taken one by one, and one that fails is rejected alone.

use super::{
    ReadOptions,
    cut::Cut,
    document::Document,
    gate,
    ignored::{IgnoreRule, Ignores, Taken},
    xml::Element,
};
use crate::{
    cvss::Vector,
    error::{Error, ErrorKind, Result, quoted, within},
    id::{AssetId, OwnerId, WeaknessId},
    model::{
        Analysis, Asset, AssetKind, ControlChecks, Evidence, Finding, Identifier, Location, Note, NoteKind,
        Places, RecordCounts, Report, Sighting,
    },
    time::Moment,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::{
    borrow::{Borrow, Cow},
    collections::{BTreeMap, HashMap, HashSet},
};

/// The report in the making.
pub(crate) struct Draft<'a> {
    /// What the reader may change freely.
    pub(crate) report: Report,
    /// Limits and context.
    pub(crate) options: &'a ReadOptions<'a>,
    /// Where each asset stands in the report.
    pub(super) known_assets: HashMap<AssetId, usize>,
    /// The same of owners.
    pub(super) known_owners: HashMap<OwnerId, usize>,
    /// Which asset has which other name, and of the current record the assets that were given one.
    known_aliases: HashSet<(usize, AssetId)>,
    aliased: Vec<usize>,
    /// The same of identifiers.
    known_identifiers: HashSet<(usize, Identifier)>,
    identified: Vec<usize>,
    assumed_asset: bool,
    /// The file that is being read, and how many notes and findings there were before it.
    file: (String, usize, usize),
    /// What is read, which of it now, and the name made from that once it is asked for.
    documents: &'a [Document<'a>],
    current: usize,
    document_id: Option<Box<str>>,
    /// Where that ends, when it ends too early, and how many records were accepted before it.
    cut: Option<Cut>,
    accepted_before: u64,
    /// How many more bytes findings may keep, and how many of these are not for texts that only describe.
    room: usize,
    spare: usize,
    /// Of an ignore file, its tool and rules.
    ignores: Option<Ignores>,
    /// What the tool tells findings by, for its ignore file.
    marks: Vec<(usize, Box<str>)>,
    /// How many checks passed, failed and were not made so far, by where, framework and control.
    pub(super) checked: BTreeMap<[Box<str>; 3], [u64; 3]>,
    /// How many entries of lists may still be looked at for findings, and whether they have run out.
    looks: usize,
    exhausted: bool,
    /// Whether the caller has said not to go on.
    stopped: bool,
}

/// How the draft was before a record.
struct Before {
    findings: usize,
    assets: usize,
    evidence: usize,
    rules: usize,
    notes: usize,
    further: Vec<u64>,
    clear: u64,
    assumed_asset: bool,
    room: usize,
}

/// Findings may keep this many times the length of the document, and this much more. A report whose every finding repeats a long
/// text by reference, or one record that is of many flaws on many assets, would else grow with the square of the document.
///
/// The smallest record of a real tool is some 30 bytes, and the smallest finding some 750. What is kept takes up to 1.6 times as much
/// while a list grows, so that no document takes more than 40 times its length. Half of the room is not for texts that only describe:
/// once that is used up they are left out, so that they cost no finding.
const REPEATS: usize = 24;
const REPEATS_MORE: usize = 1 << 18;

/// Whoever may end it is asked once in so many records.
pub(super) const ASKED_EVERY: u64 = 64;

/// So many entries of lists (names, tags, CWEs, vectors) are looked at for each byte of the document, and this many more: a rule with ten
/// tags may have a thousand short results, and no more than that is in any report.
const LOOKS: usize = 8;
const LOOKS_MORE: usize = 1 << 16;

impl<'a> Draft<'a> {
    pub(super) fn new(format: &str, options: &'a ReadOptions<'a>, documents: &'a [Document<'a>]) -> Self {
        let length: usize = documents.iter().map(|document| document.text.len()).sum();
        let mut report = Report::default();
        report.source.format = format.into();
        report.source.tool = format.into();
        report.places = Places::OfFindings;
        let room = length.saturating_mul(REPEATS).saturating_add(REPEATS_MORE);
        Self {
            report,
            options,
            known_assets: HashMap::new(),
            known_owners: HashMap::new(),
            known_aliases: HashSet::new(),
            aliased: Vec::new(),
            known_identifiers: HashSet::new(),
            identified: Vec::new(),
            assumed_asset: false,
            file: Default::default(),
            documents,
            current: 0,
            document_id: None,
            cut: None,
            accepted_before: 0,
            room,
            spare: room / 2,
            ignores: None,
            marks: Vec::new(),
            checked: BTreeMap::new(),
            looks: length.saturating_mul(LOOKS).saturating_add(LOOKS_MORE),
            exhausted: false,
            stopped: false,
        }
    }

    /// Reads documents one after the other. One that breaks its syntax is an error where it is the only one, and rejected
    /// where there are others.
    ///
    /// # Errors
    /// That of the document, or of the first of several that all break.
    pub(crate) fn documents<'d>(
        &mut self,
        documents: &'d [Document<'d>],
        mut take: impl FnMut(&'d Document<'d>, &mut Self) -> Result<()>,
    ) -> Result<()> {
        let mut first = None;
        let mut broken = 0;
        for document in documents {
            self.enter(document.name);
            self.begin_text(document);
            let taken = take(document, self);
            if let Err(error) = self.end(taken) {
                self.report.tally.read += 1;
                self.reject(&error);
                first.get_or_insert_with(|| error.at(document.name));
                broken += 1;
            }
        }
        self.enter("");
        first.filter(|_| broken == documents.len()).map_or(Ok(()), Err)
    }

    /// Begins with a document of several. Lines of it that could not be read are rejected.
    pub(super) fn begin(&mut self, number: usize) {
        let Some(document) = self.documents.get(number) else { return };
        (self.current, self.document_id) = (number, None);
        self.enter(document.name);
        self.begin_text(document);
    }

    /// Ends a document: one that ends too early is as good as what of it could be used, and a record is rejected for the rest. Where the
    /// caller said not to go on, nothing is wrong with it.
    ///
    /// # Errors
    /// That of the document.
    pub(super) fn end(&mut self, taken: Result<()>) -> Result<()> {
        if self.stopped {
            return Ok(());
        }
        let Some(cut) = self.cut.take() else { return taken };
        if taken.is_err() || self.report.tally.accepted == self.accepted_before {
            return Err(cut.error());
        }
        self.report.tally.read += 1;
        self.reject(&cut.rejection());
        Ok(())
    }

    /// The root element of a document. One that ends too early is used as far as it goes.
    ///
    /// # Errors
    /// As [`Element::parse`], but for that.
    pub(crate) fn xml(&mut self, text: &str) -> Result<Element> {
        let (root, cut) = Element::parse_so_far(text)?;
        // What came before it may have ended too early, too.
        self.cut = cut.map(Cut::at_end).or(self.cut.take());
        Ok(root)
    }

    fn begin_text(&mut self, document: &Document<'_>) {
        self.cut.clone_from(&document.cut);
        self.accepted_before = self.report.tally.accepted;
        for (line, error) in &document.broken_lines {
            self.record(&format!("line {line}"), |_| Err(Error::invalid(error.message().to_owned())));
        }
    }

    /// Begins with a file: places until the next one lie in it.
    pub(crate) fn enter(&mut self, file: &str) {
        let Report { notes, contents, .. } = &mut self.report;
        let now = (file.to_owned(), notes.len(), contents.findings.len());
        let (file, notes_before, findings_before) = std::mem::replace(&mut self.file, now);
        if file.is_empty() {
            return;
        }
        for note in notes.iter_mut().skip(notes_before) {
            note.place = within(&file, &note.place).into();
        }
        let sightings = contents.findings.iter_mut().skip(findings_before).flat_map(|one| &mut one.sightings);
        for place in sightings.filter_map(|sighting| sighting.place.as_mut()) {
            *place = within(&file, place).into();
        }
    }

    /// Takes records one by one. What `take` refuses is rejected with its place; what it added before it refused is
    /// taken back, so a record counts whole or not at all.
    pub(crate) fn each<'d, T: for<'de> Deserialize<'de>>(
        &mut self,
        place: &str,
        records: impl IntoIterator<Item = &'d RawValue>,
        mut take: impl FnMut(T, &str, &mut Self) -> Result<()>,
    ) {
        for (n, record) in records.into_iter().enumerate() {
            let place = format!("{place}/{n}");
            self.record(&place, |draft| take(draft.understood(record.get(), &place)?, &place, draft));
        }
    }

    /// Takes one record. What `take` refuses is rejected at `place`.
    pub(crate) fn record(&mut self, place: &str, take: impl FnOnce(&mut Self) -> Result<()>) {
        self.record_at(|| place.to_owned(), take);
    }

    /// The same, where the place is written only when it is needed.
    pub(crate) fn record_at(
        &mut self,
        place: impl FnOnce() -> String,
        take: impl FnOnce(&mut Self) -> Result<()>,
    ) {
        if !self.goes_on() {
            return;
        }
        if let Some(cut) = &self.cut {
            let place = place();
            if !cut.goes_through(&place) {
                self.whole_record(|| place, take);
            }
        } else {
            self.whole_record(place, take);
        }
    }

    fn whole_record(&mut self, place: impl FnOnce() -> String, take: impl FnOnce(&mut Self) -> Result<()>) {
        let before = self.begin_record();
        // Once more was looked at than any report has, what is left is rejected at once, so that reading stays linear.
        let taken = if self.exhausted { Err(no_room()) } else { take(self) };
        match taken {
            Ok(()) => self.report.tally.accepted += 1,
            Err(error) => {
                self.take_back(before);
                self.reject_with(|| error.at(place()));
            }
        }
    }

    /// Whether to go on, which the caller is asked now and then. Once it has said no nothing more is taken, and reading ends.
    pub(crate) fn goes_on(&mut self) -> bool {
        let read = self.report.tally.read;
        if read.is_multiple_of(ASKED_EVERY) && !self.stopped {
            self.stopped = !self.options.progress.goes_on(read, read);
        }
        !self.stopped
    }

    fn begin_record(&mut self) -> Before {
        let Report { contents, notes, tally, .. } = &mut self.report;
        self.aliased.clear();
        self.identified.clear();
        tally.read += 1;
        Before {
            findings: contents.findings.len(),
            assets: contents.assets.len(),
            evidence: contents.evidence.len(),
            rules: self.ignores.as_ref().map_or(0, |ignores| ignores.rules.len()),
            notes: notes.len(),
            further: Note::further(notes),
            clear: tally.clear,
            assumed_asset: self.assumed_asset,
            room: self.room,
        }
    }

    /// Undoes what a record had added.
    fn take_back(&mut self, before: Before) {
        let contents = &mut self.report.contents;
        contents.findings.truncate(before.findings);
        while self.marks.pop_if(|(of, _)| *of >= before.findings).is_some() {}
        contents.evidence.truncate(before.evidence);
        if let Some(ignores) = &mut self.ignores {
            ignores.rules.truncate(before.rules);
        }
        for at in self.aliased.drain(..).rev() {
            if let Some(alias) = contents.assets.get_mut(at).and_then(|asset| asset.aliases.pop()) {
                self.known_aliases.remove(&(at, alias));
            }
        }
        for at in self.identified.drain(..).rev() {
            let asset = contents.assets.get_mut(at);
            if let Some(identifier) = asset.and_then(|asset| asset.identifiers.pop()) {
                self.known_identifiers.remove(&(at, identifier));
            }
        }
        for asset in contents.assets.drain(before.assets..) {
            self.known_assets.remove(&asset.id);
        }
        Note::forget(&mut self.report.notes, before.notes, &before.further);
        self.report.tally.clear = before.clear;
        (self.assumed_asset, self.room) = (before.assumed_asset, before.room);
    }

    fn reject(&mut self, error: &Error) {
        self.reject_with(|| error);
    }

    fn reject_with<E: Borrow<Error>>(&mut self, error: impl FnOnce() -> E) {
        self.report.tally.rejected += 1;
        if Note::counted(NoteKind::Rejected, &mut self.report.notes) {
            return;
        }
        let mut note = Note::rejected(error().borrow());
        note.reason = gate::passed(&note.reason).into();
        note.place = gate::passed(&note.place).into();
        note.add(&mut self.report.notes);
    }

    /// Rejects a record that was taken before all was known. The error has its place.
    pub(crate) fn reject_late(&mut self, error: &Error) {
        let tally = &mut self.report.tally;
        tally.accepted = tally.accepted.saturating_sub(1);
        self.reject(error);
    }

    /// Says that the record that was just taken says nothing new.
    pub(crate) fn merge(&mut self) {
        let tally = &mut self.report.tally;
        tally.accepted = tally.accepted.saturating_sub(1);
        tally.merged += 1;
    }

    /// Says that the current record states that nothing is wrong.
    pub(crate) fn clear(&mut self) {
        self.report.tally.clear += 1;
    }

    /// Adds a finding.
    ///
    /// # Errors
    /// `limit_exceeded` when the findings together keep far more than the document has.
    pub(crate) fn finding(&mut self, finding: Finding) -> Result<()> {
        self.room = self.room_beside(kept(&finding))?;
        let findings = &mut self.report.contents.findings;
        // While a list grows there are two of it: many are not doubled.
        const MANY: usize = 1024;
        if findings.len() == findings.capacity() && findings.len() >= MANY {
            findings.reserve_exact(findings.len() / 4);
        }
        findings.push(finding);
        Ok(())
    }

    /// Says what the tool itself tells the next finding by; see [`Claim::mark`](super::claim::Claim::mark).
    ///
    /// # Errors
    /// `limit_exceeded` when findings together keep far more than the document has.
    pub(super) fn mark(&mut self, mark: &str) -> Result<()> {
        self.room = self.room_beside(mark.len() + size_of::<(usize, Box<str>)>())?;
        self.marks.push((self.report.contents.findings.len(), mark.into()));
        Ok(())
    }

    /// Says whose ignore file this is, whether or not a rule is in it.
    pub(crate) fn ignores_of(&mut self, tool: &'static str) {
        self.ignores.get_or_insert_default().tool = tool;
    }

    /// Adds a rule of an ignore file.
    ///
    /// # Errors
    /// `limit_exceeded` when the rules together keep far more than the document has.
    pub(crate) fn ignore(&mut self, rule: IgnoreRule) -> Result<()> {
        self.room = self.room_beside(rule.kept())?;
        self.ignores.get_or_insert_default().rules.push(rule);
        Ok(())
    }

    /// Whether there is room for texts of so many bytes that only describe a finding.
    pub(super) fn has_room_to_describe(&self, bytes: usize) -> bool {
        self.room.checked_sub(self.spare).is_some_and(|room| bytes <= room)
    }

    /// Adds evidence.
    ///
    /// # Errors
    /// `limit_exceeded` when the evidence keeps far more than the document has.
    pub(super) fn evidence(&mut self, evidence: Evidence) -> Result<()> {
        let named = evidence.finding.as_str().len() + evidence.method.len();
        self.room = self.room_beside(named + size_of::<Evidence>())?;
        self.report.contents.evidence.push(evidence);
        Ok(())
    }

    /// How many more bytes findings may keep beside so many.
    ///
    /// # Errors
    /// `limit_exceeded` when these are too many.
    pub(super) fn room_beside(&self, bytes: usize) -> Result<usize> {
        self.room.checked_sub(bytes).ok_or_else(no_room)
    }

    /// Counts entries of lists that are looked at for a finding: one list may stand behind many findings.
    ///
    /// # Errors
    /// `limit_exceeded` where more are looked at than any report has.
    pub(crate) fn look_at(&mut self, entries: usize) -> Result<()> {
        let looks = self.looks.checked_sub(entries);
        self.exhausted |= looks.is_none();
        self.looks = looks.ok_or_else(no_room)?;
        Ok(())
    }

    /// Adds an asset, once, and returns its id.
    ///
    /// # Errors
    /// `invalid_input` when the name is not an id.
    pub(crate) fn asset(&mut self, name: &str, kind: AssetKind) -> Result<AssetId> {
        let id = AssetId::parse(&gate::passed(name))?;
        self.asset_at(&id, kind);
        Ok(id)
    }

    /// Where an asset stands in the report; it is added when it is new.
    fn asset_at(&mut self, id: &AssetId, kind: AssetKind) -> usize {
        let assets = &mut self.report.contents.assets;
        match self.known_assets.get(id) {
            Some(at) => *at,
            None => {
                self.known_assets.insert(id.clone(), assets.len());
                assets.push(Asset::new(id.clone(), kind));
                assets.len() - 1
            }
        }
    }

    /// Adds an asset, once, and other names of it, and returns its id. Empty names, and its own, are left out.
    ///
    /// # Errors
    /// `invalid_input` when a name is not an id.
    pub(crate) fn asset_also(&mut self, name: &str, kind: AssetKind, others: &[&str]) -> Result<AssetId> {
        self.look_at(others.len())?;
        let id = AssetId::parse(&gate::passed(name))?;
        let at = self.asset_at(&id, kind);
        for other in others.iter().filter(|other| !other.trim().is_empty()) {
            let other = AssetId::parse(&gate::passed(other))?;
            if other != id
                && self.known_aliases.insert((at, other.clone()))
                && let Some(asset) = self.report.contents.assets.get_mut(at)
            {
                asset.aliases.push(other);
                self.aliased.push(at);
            }
        }
        Ok(id)
    }

    /// Adds an asset, once, with its name for people and what it was seen as.
    pub(crate) fn asset_seen_as(
        &mut self,
        id: AssetId,
        kind: AssetKind,
        title: Option<&str>,
        identifiers: &[Identifier],
    ) -> AssetId {
        let at = self.asset_at(&id, kind);
        if let Some(asset) = self.report.contents.assets.get_mut(at) {
            if asset.name.is_none() {
                asset.name = title.map(|title| gate::passed(title).into());
            }
            for identifier in identifiers {
                let mut identifier = identifier.clone();
                if let Cow::Owned(passed) = gate::passed(&identifier.value) {
                    identifier.value = passed.into();
                }
                if self.known_identifiers.insert((at, identifier.clone())) {
                    asset.identifiers.push(identifier);
                    self.identified.push(at);
                }
            }
        }
        id
    }

    /// The asset that findings belong to when the document does not say: the caller's, or one named after the document.
    pub(crate) fn default_asset(&mut self, kind: AssetKind) -> Result<AssetId> {
        if let Some(asset) = &self.options.asset {
            let name = asset.clone();
            return self.asset(name.as_str(), kind);
        }
        let name = self.document_id();
        if !std::mem::replace(&mut self.assumed_asset, true) {
            self.note(
                NoteKind::Assumed,
                "",
                format!(
                    "the document does not say what was scanned: its findings are put on {}",
                    quoted(&name)
                ),
            );
        }
        self.asset(&name, kind)
    }

    /// A name for what the document does not name, which no other document has: the format, and the name of the document or
    /// else the beginning of its content's SHA-256.
    pub(crate) fn document_id(&mut self) -> Box<str> {
        if let Some(known) = &self.document_id {
            return known.clone();
        }
        let document = self.documents.get(self.current);
        let file = document.map(|document| document.name).unwrap_or_default();
        let name = [self.options.name.as_deref().unwrap_or_default().trim(), file];
        let name: Vec<&str> = name.into_iter().filter(|part| !part.is_empty()).collect();
        let name = if name.is_empty() {
            digest(document.map(|document| document.text.as_bytes()).unwrap_or_default())
        } else {
            gate::passed(&name.join("/")).into_owned()
        };
        let made: Box<str> = format!("{}:{name}", self.report.source.format).into();
        self.document_id = Some(made.clone());
        made
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, kind: NoteKind, place: &str, reason: impl Into<String>) {
        Note::new(kind, gate::passed(place), gate::passed(&reason.into())).add(&mut self.report.notes);
    }

    /// Notes that so many entries were not read, unless there are none: what each of them is, and why it is left out.
    pub(crate) fn unread(&mut self, place: &str, count: usize, what: &str, why: &str) {
        let left_out = match (count, what.strip_suffix('y')) {
            (0, _) => return,
            (1, _) => format!("1 {what} is left out: {why}"),
            (_, Some(stem)) => format!("{count} {stem}ies are left out: {why}"),
            (_, None) => format!("{count} {what}s are left out: {why}"),
        };
        self.note(NoteKind::Ignored, place, left_out);
    }

    /// Notes that something of the current record makes no sense and is left out.
    pub(crate) fn left_out(&mut self, what: &str, error: &Error, place: &str) {
        self.note(NoteKind::Ignored, place, format!("{what} is left out: {}", error.message()));
    }

    /// A weakness id of a tool's own: `tool:rule`; the tool is the format's where none is named.
    ///
    /// # Errors
    /// `invalid_input` when the rule has no name.
    pub(crate) fn own_weakness(&self, tool: &str, rule: &str) -> Result<WeaknessId> {
        if rule.trim().is_empty() {
            return Err(Error::invalid("the record does not name its rule: it must say what was found"));
        }
        let tool = if tool.is_empty() { &*self.report.source.format } else { tool };
        WeaknessId::parse(&format!("{tool}:{}", rule.trim()))
    }

    /// A moment as the tool wrote it; one that cannot be read is noted and left out.
    pub(crate) fn moment(&mut self, text: Option<&str>, place: &str) -> Option<Moment> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        match text.parse() {
            Ok(moment) => Some(moment),
            Err(error) => {
                self.note(NoteKind::Ignored, place, error.message());
                None
            }
        }
    }

    /// What was read, once all is.
    ///
    /// # Errors
    /// `cancelled` where the caller has said not to go on.
    pub(super) fn finish(mut self) -> Result<Taken> {
        if self.stopped {
            return Err(cancelled(self.report.tally.read));
        }
        self.enter("");
        let mut report = self.report;
        report.contents.assets.iter_mut().for_each(|asset| Identifier::tidy(&mut asset.identifiers));
        let RecordCounts { read, accepted, merged, rejected, .. } = report.tally;
        debug_assert_eq!(read, accepted + merged + rejected, "every record is counted once");
        Note::fold(&mut report.notes);
        let checks =
            self.checked.into_iter().map(|([scope, framework, control], [passed, failed, not_made])| {
                ControlChecks { passed, failed, not_made, ..ControlChecks::new(&scope, &framework, &control) }
            });
        report.compliance = checks.collect();
        let file = self.documents.first().map(|document| document.name).unwrap_or_default();
        Ok(Taken { report, file: file.into(), ignores: self.ignores, marks: self.marks })
    }
}

/// The beginning of the SHA-256 of a content, which names it where nothing else does.
pub(super) fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// What a caller is told who said not to go on.
pub(super) fn cancelled(read: u64) -> Error {
    let message = format!("reading was ended after {read} records, as its caller asked");
    Error::new(ErrorKind::Cancelled, message)
}

fn no_room() -> Error {
    let message = format!(
        "the findings repeat more than {REPEATS} times the document's text: no report does, so it is not kept"
    );
    Error::new(ErrorKind::LimitExceeded, message)
}

/// How many bytes a finding keeps.
fn kept(finding: &Finding) -> usize {
    let of = |texts: &[&Option<Box<str>>]| {
        texts.iter().filter_map(|text| text.as_ref()).map(|text| text.len()).sum()
    };
    let weakness = &finding.weakness;
    let named = finding.asset.as_str().len() + weakness.id.as_str().len() + of(&[&weakness.title]);
    let aliases: usize = weakness.aliases.iter().map(|alias| alias.as_str().len()).sum();
    let vectors = weakness.cvss.len() * size_of::<Vector>() + size_of_val(&*weakness.cwes);
    let component = finding.component.as_ref();
    let component = component
        .map_or(0, |part| part.name.len() + of(&[&part.version, &part.purl, &part.ecosystem, &part.source]))
        + of(&[&finding.instance]);
    let place = finding.location.as_ref().map_or(0, |place| of(&[&place.path, &place.url, &place.port]));
    let said = finding.sightings.iter().map(|sighting| {
        let fixed_in: usize = sighting.fixed_in.iter().map(|version| version.len()).sum();
        let tags: usize = sighting.tags.iter().map(|tag| tag.len()).sum();
        let Sighting { source, rule, title, description, severity, advice, link, place, .. } = sighting;
        source.len() + tags + fixed_in + of(&[rule, title, description, severity, advice, link, place])
    });
    let analyses = finding.sightings.iter().filter(|sighting| sighting.analysis.is_some()).count();
    let own = size_of::<Finding>()
        + finding.sightings.len() * size_of::<Sighting>()
        + analyses * size_of::<Analysis>()
        + finding.location.as_ref().map_or(0, |_| size_of::<Location>());
    own + named + aliases + vectors + component + place + said.sum::<usize>()
}
