//! `ctem.toml`: what a team says once instead of each time.
//!
//! A flag wins over the key of its name. Files are one thing: where the command line names any, those of `files` and `[assets]` are left
//! out. Paths begin at the folder of the file.

use super::{
    arguments::{Hours, Reading, Shown, hours},
    files::name,
    nearest::nearest,
    outside::{Failure, Outside},
};
use crate::{
    error::{Error, Result, quoted},
    quantity::Currency,
    scope::AssetSelector,
    text::{decoded, in_words, toml},
    time::{Days, Moment},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub(super) const NAME: &str = "ctem.toml";

/// What such a file says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Config {
    files: Vec<PathBuf>,
    assets: BTreeMap<String, PathBuf>,
    env: Vec<PathBuf>,
    format: Option<String>,
    mapping: Vec<PathBuf>,
    jq: Option<PathBuf>,
    scope: Option<String>,
    secret_key: Option<PathBuf>,
    epss: Option<PathBuf>,
    kev: Option<PathBuf>,
    metasploit: Option<PathBuf>,
    nuclei: Option<PathBuf>,
    exploit_db: Option<PathBuf>,
    effects: Option<PathBuf>,
    as_of: Option<::toml::Value>,
    horizon: Option<f64>,
    currency: Option<String>,
    hours: Option<f64>,
    actions: Option<usize>,
    top: Option<usize>,
    explained: Option<usize>,
    only: Option<AssetSelector>,
    width: Option<usize>,
    policy: Option<PathBuf>,
    baseline: Option<PathBuf>,
}

/// What verbs ask of it that not all have.
#[derive(Debug, Default)]
pub(super) struct Rest {
    hours: Option<f64>,
    actions: Option<usize>,
    shown: Shown,
    pub(super) policy: Option<PathBuf>,
    pub(super) baseline: Option<PathBuf>,
}

impl Rest {
    pub(super) fn budget(&self, said: &mut Hours) {
        // One limit: hours of the command line leave no room for actions of the file.
        if said.hours.is_none() && said.actions.is_none() {
            (said.hours, said.actions) = (self.hours, self.actions);
        }
    }

    pub(super) fn shown(&self, said: &mut Shown) {
        said.top = said.top.or(self.shown.top);
        said.explained = said.explained.or(self.shown.explained);
        said.width = said.width.or(self.shown.width);
        said.only = said.only.take().or_else(|| self.shown.only.clone());
    }
}

/// Fills in what the command line does not say from the file that it names, or that the working folder has.
pub(super) fn fill(reading: &mut Reading, outside: &mut Outside<'_>) -> Result<Rest, Failure> {
    let found = || (!reading.no_config && outside.is_file(NAME.as_ref())).then(|| PathBuf::from(NAME));
    let Some(path) = reading.config.clone().or_else(found) else { return Ok(Rest::default()) };
    let bytes = outside.read_named(&path)?;
    let named = |error: Error| Failure::from(error.at(name(&path)));
    let config = decoded(&bytes).and_then(|text| Config::read(&text)).map_err(named)?;
    let config = config.beside(path.parent().unwrap_or_else(|| Path::new("")));
    config.fill(reading).map_err(named)
}

impl Config {
    fn read(text: &str) -> Result<Self> {
        let document = ::toml::Deserializer::parse(text).map_err(|error| toml::malformed(text, &error))?;
        serde_path_to_error::deserialize(document).map_err(|at| {
            let (key, error) = (at.path().to_string(), at.inner());
            let message = match error.message().strip_prefix("unknown field ") {
                Some(rest) => unknown_key(rest),
                None => format!("{} cannot be used: {}", quoted(&key), in_words(error.message())),
            };
            Error::invalid(message).at(toml::line(text, error))
        })
    }

    /// With its paths from the folder that it stands in.
    fn beside(mut self, folder: &Path) -> Self {
        let paths = [
            &mut self.jq,
            &mut self.secret_key,
            &mut self.epss,
            &mut self.kev,
            &mut self.metasploit,
            &mut self.nuclei,
            &mut self.exploit_db,
            &mut self.effects,
            &mut self.policy,
            &mut self.baseline,
        ];
        let lists = [&mut self.files, &mut self.env, &mut self.mapping];
        let all = paths.into_iter().flatten().chain(lists.into_iter().flatten());
        for path in all.chain(self.assets.values_mut()) {
            *path = folder.join(&path);
        }
        self
    }

    fn fill(self, reading: &mut Reading) -> Result<Rest> {
        let key = |key: &'static str| move |error: Error| error.at(format_args!("/{key}"));
        if reading.files.is_empty() && reading.asset.is_empty() {
            reading.files = self.files;
            reading.asset = self.assets.into_iter().collect();
        }
        for (said, stated) in [(&mut reading.env, self.env), (&mut reading.mapping, self.mapping)] {
            if said.is_empty() {
                *said = stated;
            }
        }
        let tables = &mut reading.tables;
        for (said, stated) in [
            (&mut reading.jq, self.jq),
            (&mut reading.secret_key, self.secret_key),
            (&mut tables.epss, self.epss),
            (&mut tables.kev, self.kev),
            (&mut tables.metasploit, self.metasploit),
            (&mut tables.nuclei, self.nuclei),
            (&mut tables.exploit_db, self.exploit_db),
            (&mut tables.effects, self.effects),
        ] {
            *said = said.take().or(stated);
        }
        reading.format = reading.format.take().or(self.format);
        reading.scope = reading.scope.take().or(self.scope);
        let as_of = self.as_of.map(moment).transpose().map_err(key("as_of"))?;
        reading.as_of = reading.as_of.or(as_of);
        let horizon = self.horizon.map(Days::horizon).transpose().map_err(key("horizon"))?;
        reading.horizon = reading.horizon.or(horizon);
        let currency = self.currency.map(|code| code.parse::<Currency>());
        reading.currency = reading.currency.or(currency.transpose().map_err(key("currency"))?);
        if self.hours.is_some() && self.actions.is_some() {
            let message = "`hours` and `actions` are both a limit of the plan: write one of them";
            return Err(Error::invalid(message).at("/actions"));
        }
        if let Some(stated) = self.hours {
            hours(&stated.to_string())
                .map_err(|why| Error::invalid(format!("`{stated}` is no budget: {why}")).at("/hours"))?;
        }
        Ok(Rest {
            hours: self.hours,
            actions: self.actions,
            shown: Shown { top: self.top, explained: self.explained, only: self.only, width: self.width },
            policy: self.policy,
            baseline: self.baseline,
        })
    }
}

/// What is said of a key that is none, from what the parser says of it: `` `hour`, expected one of `files`, … ``.
fn unknown_key(said: &str) -> String {
    let mut words = said.split('`').skip(1).step_by(2);
    let written = words.next().unwrap_or_default();
    let keys: Vec<&str> = words.collect();
    let meant = match nearest(written, keys.iter().copied()) {
        Some(key) => format!("did you mean `{key}`?"),
        None => format!("write one of {}", keys.join(", ")),
    };
    format!("{} is not a key: {meant}", quoted(written))
}

/// A moment, as text or as a date of TOML.
fn moment(stated: ::toml::Value) -> Result<Moment> {
    match stated {
        ::toml::Value::String(text) => text.parse(),
        ::toml::Value::Datetime(moment) => moment.to_string().parse(),
        other => {
            let message =
                format!("a value of type {} is not a moment: write it as 2025-11-13", other.type_str());
            Err(Error::invalid(message))
        }
    }
}
