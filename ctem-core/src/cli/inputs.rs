//! What is read: the files that the command line or `ctem.toml` names, those of folders, and the reports they become.

use super::{
    arguments::{Arguments, Reading},
    elsewhere, files,
    nearest::nearest,
    outside::{Failure, Outside},
};
#[cfg(feature = "jq")]
use crate::discover::JqProgram;
use crate::{
    discover::{self, Mapping, ReadOptions, SecretKey},
    error::{Error, ErrorKind, quoted},
    model::Report,
    text::{decoded, toml},
    word,
};
use clap::{Command, CommandFactory};
use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

/// What was read and what was not, and whether all of it was.
#[derive(Default)]
pub(super) struct Read {
    /// Each with what it is called.
    pub(super) reports: Vec<(String, Report)>,
    /// What is to be said of files that are not used, a line each.
    pub(super) said: Vec<String>,
    /// How many of those were to be.
    pub(super) unused: usize,
}

/// A file that is there.
struct Loaded {
    name: String,
    /// Its path as it was handed in.
    path: String,
    bytes: Vec<u8>,
    /// Whether it is one of a folder, where somebody may have put anything.
    in_folder: bool,
}

const MOST_BYTES: usize = 1 << 30;

impl Read {
    pub(super) fn of(reading: &Reading, outside: &mut Outside<'_>) -> Result<Self, Failure> {
        let options = options(reading, outside)?;
        let mut read = Self::default();
        // What one speaks of may be in another of its kind, and so files and folders are one collection.
        let files = read.loaded(reading, outside);
        let stated = reading.env.iter().map(|path| (None, path));
        let stated = stated.chain(reading.asset.iter().map(|(asset, path)| (Some(asset), path)));
        for (asset, path) in stated {
            let name = files::name(path);
            (outside.progress)(&format!("reading {name}"));
            let own = match asset {
                None => ReadOptions { format: None, ..options.clone() },
                Some(asset) => {
                    let id = asset.parse().map_err(|error: Error| {
                        Failure::from(error.at(format_args!("--asset {asset}={name}")))
                    })?;
                    ReadOptions { asset: Some(id), ..options.clone() }
                }
            };
            let own = ReadOptions { name: Some(name.as_str().into()), ..own };
            match outside.read(path) {
                Ok(bytes) => match discover::read_with(&bytes, &room(own, bytes.len())) {
                    Ok(report) => read.take(name, report),
                    Err(error) => read.leave(&name, &error.to_string()),
                },
                Err(why) => read.leave(&name, &why),
            }
        }
        match &reading.jq {
            Some(program) => read.made(&files, program, &options, outside)?,
            None => read.collected(&files, options, outside)?,
        }
        Ok(read)
    }

    /// The files that are named, and those of folders.
    fn loaded(&mut self, reading: &Reading, outside: &mut Outside<'_>) -> Vec<Loaded> {
        let mut paths: Vec<(PathBuf, bool)> = Vec::new();
        for path in &reading.files {
            if !outside.is_folder(path) {
                paths.push((path.clone(), false));
                continue;
            }
            let (found, shut) = outside.below(path);
            for (folder, why) in shut {
                self.leave(&files::name(&folder), &why);
            }
            if found.is_empty() {
                self.leave(&files::name(path), "no file is in it");
            }
            paths.extend(found.into_iter().map(|path| (path, true)));
        }
        // A file is read once, however often it is named.
        let mut seen = HashSet::new();
        paths.retain(|(path, _)| seen.insert(path.clone()));
        let all = paths.len();
        let above = files::above(reading.files.iter().map(PathBuf::as_path));
        let mut called = HashSet::new();
        let mut loaded = Vec::new();
        for (n, (path, in_folder)) in paths.into_iter().enumerate() {
            let whole = files::name(&path);
            (outside.progress)(&format!("reading {} of {all}: {whole}", n + 1));
            match outside.read(&path) {
                Ok(bytes) => {
                    let name =
                        Some(files::name_below(&path, &above)).filter(|name| called.insert(name.clone()));
                    let name = name.unwrap_or_else(|| whole.clone());
                    loaded.push(Loaded { name, path: whole, bytes, in_folder });
                }
                Err(why) => self.leave(&whole, &format!("{why}{}", verb(&path))),
            }
        }
        loaded
    }

    /// What a program in jq makes of the files, each by itself.
    #[cfg(feature = "jq")]
    fn made(
        &mut self,
        files: &[Loaded],
        program: &Path,
        options: &ReadOptions<'_>,
        outside: &mut Outside<'_>,
    ) -> Result<(), Failure> {
        let code = outside.read_named(program)?;
        let code = decoded(&code).and_then(|code| JqProgram::parse(&code));
        let program = code.map_err(|error| error.at(files::name(program)))?;
        for Loaded { name, bytes, .. } in files {
            (outside.progress)(&format!("understanding {name}"));
            let own = ReadOptions { name: Some(name.as_str().into()), ..options.clone() };
            match discover::read_jq(bytes, &program, &room(own, bytes.len())) {
                Ok(report) => self.take(name.clone(), report),
                Err(error) => self.leave(name, &error.to_string()),
            }
        }
        Ok(())
    }

    #[cfg(not(feature = "jq"))]
    fn made(
        &mut self,
        _: &[Loaded],
        program: &Path,
        _: &ReadOptions<'_>,
        _: &mut Outside<'_>,
    ) -> Result<(), Failure> {
        let message =
            "this `ctem` has no jq in it: use the one of `cargo install ctem-core --features cli,jq`";
        Err(Failure(format!("--jq {}: {message}", files::name(program))))
    }

    fn collected(
        &mut self,
        files: &[Loaded],
        options: ReadOptions<'_>,
        outside: &mut Outside<'_>,
    ) -> Result<(), Failure> {
        (outside.progress)("understanding what was read");
        let bytes = files.iter().fold(0_usize, |all, file| all.saturating_add(file.bytes.len()));
        let collection = files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice()));
        let (reports, unread) = discover::read_each(collection, &room(options, bytes))?;
        for report in reports {
            self.take(String::new(), report);
        }
        let mut is_unknown = false;
        for (name, error) in unread {
            // What a file of an archive is called begins with the archive's name.
            let place = error.place().unwrap_or_default();
            let file = files
                .iter()
                .filter(|file| name.starts_with(&file.name) || place.starts_with(&file.name))
                .max_by_key(|file| file.name.len());
            // Where a document was read in vain, only its place says which it is.
            let told = match file {
                Some(file) if name.is_empty() => &file.name,
                Some(_) | None => &name,
            };
            let own = file.filter(|file| file.name == *told);
            let told = own.map_or(told, |file| &file.path);
            let is_other = own.is_none_or(|file| file.in_folder);
            if error.kind() != ErrorKind::UnknownFormat {
                self.leave(told, &error.to_string());
                continue;
            }
            let flag = own.and_then(|file| elsewhere::flag(told, &file.bytes, MOST_BYTES));
            match (flag, is_other) {
                (Some(flag), true) => {
                    self.said.push(format!("{told}: not read: it is no report; `{flag} {told}` hands it in"));
                }
                (Some(flag), false) => {
                    self.leave(told, &format!("it is no report: hand it in by `{flag} {told}`"));
                }
                (None, true) => {
                    self.said.push(format!("{told}: not read: no format is known that it is of"));
                }
                (None, false) => {
                    is_unknown = true;
                    self.leave(told, &error.to_string());
                }
            }
        }
        if is_unknown {
            self.said
                .push("`ctem formats` lists what is read, and `--mapping` reads a format of your own".into());
        }
        Ok(())
    }

    fn take(&mut self, name: String, report: Report) {
        // A file of which no record can be used is not used.
        self.unused += usize::from(report.all_rejected());
        self.reports.push((name, report));
    }

    fn leave(&mut self, name: &str, why: &str) {
        self.said.push(format!("{name}: not used: {why}"));
        self.unused += 1;
    }
}

/// Files are as large as they are, and may unpack to so much more.
fn room(options: ReadOptions<'_>, bytes: usize) -> ReadOptions<'_> {
    ReadOptions { most_bytes: bytes.saturating_add(MOST_BYTES), ..options }
}

fn options(reading: &Reading, outside: &mut Outside<'_>) -> Result<ReadOptions<'static>, Failure> {
    let mut options = ReadOptions {
        scope: reading.scope.as_deref().map(Box::from),
        as_of: Some(reading.as_of.unwrap_or(outside.now)),
        ..Default::default()
    };
    for path in &reading.mapping {
        let bytes = outside.read_named(path)?;
        let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        let json = if is_toml {
            decoded(&bytes).and_then(|text| toml::value(&text)).map(|value| value.to_string().into_bytes())
        } else {
            Ok(bytes)
        };
        let mappings = json.and_then(|json| crate::wire::ask::mappings(&json));
        let mappings = mappings.map_err(|error| error.at(files::name(path)))?;
        options.mappings.extend(mappings);
    }
    if let Some(path) = &reading.secret_key {
        let key = outside.read_named(path)?;
        options.secret_key = SecretKey::parse(&key).map_err(|error| error.at(files::name(path)))?;
    }
    if let Some(format) = &reading.format {
        known(format, &options.mappings)?;
        options.format = Some(format.as_str().into());
    }
    Ok(options)
}

/// Whether a format is one, and which it may have been meant to be.
fn known(format: &str, mappings: &[Mapping]) -> Result<(), Failure> {
    let own = mappings.iter().map(Mapping::name);
    let names: Vec<&str> = own.chain(discover::formats().map(|(name, _)| name)).collect();
    if names.iter().any(|name| word::is(format, &[name])) {
        return Ok(());
    }
    let meant = match nearest(&word::plain(format), names) {
        Some(name) => format!("did you mean `{name}`? `ctem formats` lists all"),
        None => "`ctem formats` lists all".into(),
    };
    Err(Failure(format!("{} is not a format: {meant}", quoted(format))))
}

/// A hint where a path that is not there may have been meant to be a verb.
fn verb(path: &Path) -> String {
    let written = path.to_string_lossy();
    let is_word = written.chars().all(char::is_alphabetic);
    let command = Arguments::command();
    let verbs = command.get_subcommands().map(Command::get_name).chain(["help"]);
    match nearest(&written, verbs).filter(|_| is_word) {
        Some(verb) => format!("; did you mean the verb `{verb}`?"),
        None => String::new(),
    }
}
