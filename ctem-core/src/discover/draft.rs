//! A report while it is being written: records are taken one by one, and one that fails is rejected alone.

use super::{ReadOptions, json};
use crate::{
    error::{Error, Result, quoted},
    id::{AssetId, WeaknessId},
    model::{Asset, AssetKind, Finding, Note, NoteKind, Report, Tally},
    time::Moment,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;

/// The report in the making.
pub(crate) struct Draft<'a> {
    /// What the reader may change freely.
    pub(crate) report: Report,
    /// Limits and context.
    pub(crate) options: &'a ReadOptions,
    known_assets: HashSet<AssetId>,
    assumed_asset: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(format: &'static str, options: &'a ReadOptions) -> Self {
        let mut report = Report::default();
        report.source.format = format.into();
        report.source.tool = format.into();
        Self { report, options, known_assets: HashSet::new(), assumed_asset: false }
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
            self.record(&place, |draft| take(json::parse_owned(record.get())?, &place, draft));
        }
    }

    /// Takes one record. What `take` refuses is rejected at `place`.
    pub(crate) fn record(&mut self, place: &str, take: impl FnOnce(&mut Self) -> Result<()>) {
        let (findings, assets, notes) =
            (self.report.contents.findings.len(), self.report.contents.assets.len(), self.report.notes.len());
        let clear = self.report.tally.clear;
        self.report.tally.read += 1;
        match take(self) {
            Ok(()) => self.report.tally.accepted += 1,
            Err(error) => {
                let contents = &mut self.report.contents;
                contents.findings.truncate(findings);
                for asset in contents.assets.drain(assets..) {
                    self.known_assets.remove(&asset.id);
                }
                self.report.notes.truncate(notes);
                self.report.tally.clear = clear;
                self.report.tally.rejected += 1;
                self.report.notes.push(Note::rejected(&error.at(place)));
            }
        }
    }

    /// Says that the current record states that nothing is wrong.
    pub(crate) fn clear(&mut self) {
        self.report.tally.clear += 1;
    }

    /// Adds a finding.
    pub(crate) fn finding(&mut self, finding: Finding) {
        self.report.contents.findings.push(finding);
    }

    /// Adds an asset, once, and returns its id.
    ///
    /// # Errors
    /// `invalid_input` when the name is not an id.
    pub(crate) fn asset(&mut self, name: &str, kind: AssetKind) -> Result<AssetId> {
        let id = AssetId::parse(name)?;
        if self.known_assets.insert(id.clone()) {
            self.report.contents.assets.push(Asset::new(id.clone(), kind));
        }
        Ok(id)
    }

    /// Adds an asset, once, and other names of it, and returns its id. Empty names, and its own, are left out.
    ///
    /// # Errors
    /// `invalid_input` when a name is not an id.
    pub(crate) fn asset_also(&mut self, name: &str, kind: AssetKind, others: &[&str]) -> Result<AssetId> {
        let id = self.asset(name, kind)?;
        if let Some(asset) = self.report.contents.assets.iter_mut().rev().find(|asset| asset.id == id) {
            for other in others.iter().filter(|other| !other.trim().is_empty()) {
                let other = AssetId::parse(other)?;
                if other != id && !asset.aliases.contains(&other) {
                    asset.aliases.push(other);
                }
            }
        }
        Ok(id)
    }

    /// The asset that findings belong to when the document does not say: the caller's, or one named after the tool.
    pub(crate) fn default_asset(&mut self, kind: AssetKind) -> Result<AssetId> {
        if let Some(asset) = &self.options.asset {
            let name = asset.clone();
            return self.asset(name.as_str(), kind);
        }
        let name = format!("{}:unnamed", self.report.source.tool);
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

    /// Adds a note.
    pub(crate) fn note(&mut self, kind: NoteKind, place: &str, reason: impl Into<String>) {
        self.report.notes.push(Note::new(kind, place, reason.into()));
    }

    /// A weakness id of this tool's own: `tool:rule`.
    ///
    /// # Errors
    /// `invalid_input` when the rule has no name.
    pub(crate) fn own_weakness(&self, rule: &str) -> Result<WeaknessId> {
        if rule.trim().is_empty() {
            return Err(Error::invalid("the record does not name its rule: it must say what was found"));
        }
        WeaknessId::parse(&format!("{}:{}", self.report.source.format, rule.trim()))
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

    pub(super) fn finish(self) -> Report {
        let mut report = self.report;
        let Tally { read, accepted, merged, rejected, .. } = report.tally;
        debug_assert_eq!(read, accepted + merged + rejected, "every record is counted once");
        report.notes.dedup();
        report
    }
}
