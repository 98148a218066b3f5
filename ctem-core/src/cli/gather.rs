//! What is known: settings, the world's tables and all that was read, as a program that can be asked.

use super::{
    arguments::{Reading, Tables},
    config::{self, Rest},
    files,
    inputs::Read,
    outside::{FINE, Failure, NOT_ALL, Outside},
};
use crate::{
    error::Error,
    intel::Intel,
    model::{NoteKind, RecordCounts, Source},
    prioritize::{AssessOptions, Assessment},
    program::Program,
    quantity::Unit,
    wire::ask::{self, IntelFiles},
};
use std::path::{Path, PathBuf};

/// What is known, and how the rest of the command line goes on from there.
pub(super) struct Gathered {
    pub(super) program: Program,
    pub(super) tally: RecordCounts,
    /// 0, or 1 where something could not be used.
    pub(super) code: u8,
}

/// Reads all that the command line and its settings name, and says what was not used.
pub(super) fn gather(reading: &Reading, outside: &mut Outside<'_>) -> Result<Gathered, Failure> {
    if reading.files.is_empty() && reading.env.is_empty() && reading.asset.is_empty() {
        let message = "nothing to read: name a file or a folder, `-` for standard input, or write `files` into \
                       ctem.toml; `ctem --help` says more";
        return Err(Failure(message.into()));
    }
    (outside.progress)("reading EPSS scores and the KEV catalogue");
    let mut program = Program::new(intel(&reading.tables, outside)?);
    let read = Read::of(reading, outside)?;
    let is_nothing = read.reports.iter().all(|(_, report)| report.all_rejected());
    (outside.progress)("bringing it together");
    let (mut tally, mut said) = (RecordCounts::default(), read.said);
    for (name, report) in read.reports {
        // What nobody knows in one's own document is misspelt; tools write much that nobody needs.
        // What of an ignore file meets nothing may be misspelt, too.
        let says_nothing = report.contents.is_empty() && report.tally.clear < report.tally.accepted;
        let tells = &*report.source.format == Source::NATIVE || report.tally.read == 0 || says_nothing;
        let absorbed = program.absorb(report);
        tally += absorbed.tally;
        let is_told = |kind: NoteKind| kind == NoteKind::Rejected || kind == NoteKind::Ignored && tells;
        let told = absorbed.notes.iter().filter(|note| is_told(note.kind));
        // What a collection says has the file's name in its place.
        said.extend(told.map(|note| match name.as_str() {
            "" => note.to_string(),
            name => format!("{name}: {note}"),
        }));
    }
    if !reading.quiet || is_nothing {
        said.iter().for_each(|line| outside.say(line));
    }
    if is_nothing {
        return Err(Failure("no file could be used".into()));
    }
    Ok(Gathered { program, tally, code: if read.unused > 0 { NOT_ALL } else { FINE } })
}

impl Gathered {
    /// What it comes to.
    pub(super) fn assess(&self, reading: &Reading, outside: &mut Outside<'_>) -> Result<Assessment, Failure> {
        (outside.progress)("finding attack paths");
        let mut options = AssessOptions::default();
        options.horizon = reading.horizon.unwrap_or(options.horizon);
        let today = self.program.assess_with(reading.as_of.unwrap_or(outside.now), options)?;
        match (reading.currency, today.unit()) {
            (Some(asked), Unit::Money(stated)) if asked != stated => Err(Failure(format!(
                "losses are stated in {stated}, and `--currency` asks for {asked}: nothing is converted, so state them in {asked}"
            ))),
            (Some(asked), Unit::CrownJewel) => Err(Failure(format!(
                "no loss is stated, and `--currency` asks for {asked}: say in a document of your own what can be lost, with `--env`"
            ))),
            (_, _) => Ok(today),
        }
    }
}

/// Settings, all that is read, and what it comes to.
pub(super) fn assessed(
    reading: &mut Reading,
    outside: &mut Outside<'_>,
) -> Result<(Gathered, Assessment, Rest), Failure> {
    let rest = config::fill(reading, outside)?;
    let gathered = gather(reading, outside)?;
    let today = gathered.assess(reading, outside)?;
    Ok((gathered, today, rest))
}

/// The world's tables.
pub(super) fn intel(tables: &Tables, outside: &mut Outside<'_>) -> Result<Intel, Failure> {
    let Tables { epss, kev, metasploit, nuclei, exploit_db, effects } = tables;
    let mut read = |path: &Option<PathBuf>| path.as_deref().map(|path| outside.read_named(path)).transpose();
    let bytes =
        [read(epss)?, read(kev)?, read(metasploit)?, read(nuclei)?, read(exploit_db)?, read(effects)?];
    let [epss_bytes, kev_bytes, metasploit_bytes, nuclei_bytes, exploit_db_bytes, effects_bytes] = &bytes;
    let read = ask::intel(IntelFiles {
        epss: epss_bytes.as_deref(),
        kev: kev_bytes.as_deref(),
        metasploit: metasploit_bytes.as_deref(),
        nuclei: nuclei_bytes.as_deref(),
        exploit_db: exploit_db_bytes.as_deref(),
        effects: effects_bytes.as_deref(),
    });
    // Its place begins with the name of the table.
    let file = |error: Error| {
        let place = error.place().unwrap_or_default();
        let named = [
            ("epss", epss),
            ("kev", kev),
            ("metasploit", metasploit),
            ("nuclei", nuclei),
            ("exploit_db", exploit_db),
            ("effects", effects),
        ];
        let path = named.into_iter().find(|(table, _)| place.starts_with(table));
        let path: Option<&Path> = path.and_then(|(_, path)| path.as_deref());
        Failure::from(path.map(|path| error.clone().at(files::name(path))).unwrap_or(error))
    };
    read.map_err(file)
}
