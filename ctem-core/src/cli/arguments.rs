//! What can be said on the command line, and its help.

use super::output::Form;
use crate::{
    error::Error,
    mobilize::CertificationClass,
    quantity::{Currency, Severity},
    scope::AssetSelector,
    time::{Days, Moment},
};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};
use std::{ffi::OsString, path::PathBuf};

const AFTER: &str = "\
Without a verb, `plan` is meant: `ctem scan.json` says what to do first. A file that is called like a verb is written `./gate`.

Formats are told by content, and `ctem formats` lists them. A document of your own says how assets connect and what can be lost; \
without one, scans are still ranked, and the answer lists what was assumed.

Where the working folder has a `ctem.toml`, it says what flags do not: its keys are the long names of flags with `_` for `-`, \
and `files` and `[assets]` name what is read.

Ends with:
  0  all went well
  1  something could not be read, though the rest was
  2  the command line is wrong, or nothing could be done
  3  a gate stops

Examples:
  ctem scans/ --env company.json --epss epss.csv.gz --kev kev.json
  ctem scan.json --hours 40 -o plan.html -o plan.json
  trivy image --format json shop | ctem - --output markdown
  ctem gate scans/ --policy policy.json --baseline plan.json
  ctem explain CVE-2021-44228 scans/";

/// What should we fix first, and how do we know?
///
/// Reads what tools already know (scans, inventories, clouds, tests), finds the attack paths through it to what the business can lose,
/// and says what to do first, with reasons. Nothing is sent or fetched.
#[derive(Debug, Parser)]
#[command(
    name = "ctem",
    version,
    after_help = AFTER,
    args_conflicts_with_subcommands = true,
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    max_term_width = 120
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
    #[command(flatten)]
    pub(super) plan: Box<Plan>,
}

impl Arguments {
    /// Reads what was said, without the program's name; what is wrong with it, or the help that was asked for, is the error.
    pub(super) fn of(
        said: impl Iterator<Item = OsString>,
        width: Option<usize>,
    ) -> Result<Self, clap::Error> {
        let command = Self::command().term_width(width.unwrap_or(100));
        let said = std::iter::once(OsString::from("ctem")).chain(said);
        Self::from_arg_matches(&command.try_get_matches_from(said)?)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// What to do first: the plan, what is behind it, and why
    ///
    /// Prints what to do first, in order, each action with who does it, how long that takes and how much loss is left; behind it the
    /// exposures by what fixing each saves, and for the worst of them the attack path and the terms of the number.
    Plan(Box<Plan>),
    /// Whether this may go on, by a policy and what was there before
    ///
    /// Says of each rule of the policy whether it holds, and what breaks it. Ends with 3 when one does not, unless it is a dry run.
    Gate(Box<Gate>),
    /// Why something ranks where it does: its attack path and its number
    Explain(Box<Explain>),
    /// Which test to run next, by what its answer saves
    ///
    /// Each question says what to test, where and how, how long that takes, and what either outcome would change in the plan.
    Ask(Box<Ask>),
    /// Whether a period made things better, as a page for leadership
    ///
    /// Reads a program as `document` wrote it, or events, a line each, and writes one page: loss and what moved it, exposure, speed,
    /// promises, work, what is looked at, and what comes next, each number with its sample and interval.
    Report(Box<Report>),
    /// The rules of scanners whose findings nothing decides
    ///
    /// Nobody has said what these findings let an attacker do, so that they rank by assumption. With `--lines` each comes as the beginning
    /// of a line for `--effects`: add what it does, such as `no-login`, and hand the file in.
    Unknown(Box<Unknown>),
    /// Where EPSS, KEV and lists of exploits are published, and what a downloaded one holds
    Intel(Box<IntelTables>),
    /// The formats that are read
    Formats(Formats),
    /// Prints what a shell needs to complete `ctem`
    ///
    /// For bash: ctem completion bash > ~/.local/share/bash-completion/completions/ctem
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page, of all or of a verb
    ///
    /// To read it: ctem man | man -l -
    Man {
        /// The verb
        verb: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) budget: Hours,
    #[command(flatten)]
    pub(super) shown: Shown,
    /// The form of the answer; the one that a file's ending says, or else text
    #[arg(long, value_name = "FORM", help_heading = "What is written")]
    pub(super) output: Option<Form>,
    /// Into this file, as often as you like: the ending says the form; `-` is standard output
    #[arg(short = 'o', long = "to", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is written")]
    pub(super) to: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Gate {
    #[command(flatten)]
    pub(super) reading: Reading,
    /// The rules, a JSON document `{"ctem_policy": 1, "rules": […]}`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) policy: Option<PathBuf>,
    /// What was there before, as `-o FILE.json` wrote it; without it, all is new
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) baseline: Option<PathBuf>,
    /// Only says what it would have stopped, whatever the policy says
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The verdict as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// What: the id of an exposure, a CVE or another name of a flaw, or an asset
    pub(super) id: String,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) shown: Shown,
    /// As JSON, a document a line
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Ask {
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) budget: Hours,
    #[command(flatten)]
    pub(super) shown: Shown,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Another question, as JSON, which is answered as JSON: `{"paths": {"event": "leak"}}`, `{"what_if": {"changes": […]}}`
    #[arg(long, value_name = "JSON", conflicts_with_all = ["hours", "actions", "top", "explained", "width"])]
    pub(super) question: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// The program: its document, or its events as JSON, a line each; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) program: PathBuf,
    /// When the period begins, such as 2025-07-01
    #[arg(long, value_name = "MOMENT")]
    pub(super) from: Moment,
    /// When it ends, and no longer counts; now, unless said
    #[arg(long, value_name = "MOMENT")]
    pub(super) until: Option<Moment>,
    /// Whose report it is
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
    /// Within how many days findings of a severity are promised to be mended, as often as you like
    #[arg(long, value_name = "SEVERITY=DAYS", value_parser = promise)]
    pub(super) promise: Vec<(Severity, Days)>,
    /// A table of deadlines that it is held against, as often as you like: `cisa_bod_26_04`, `fedramp_vdr`, `kev`
    #[arg(long, value_name = "TABLE")]
    pub(super) deadlines: Vec<String>,
    /// The class of certification, where a table asks it: a, b, c or d
    #[arg(long, value_name = "CLASS")]
    pub(super) class: Option<CertificationClass>,
    /// So many hours for what comes next; 40, unless said
    #[arg(long, value_name = "HOURS", value_parser = hours, allow_negative_numbers = true)]
    pub(super) hours: Option<f64>,
    /// The lines of your own that the program had
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) effects: Option<PathBuf>,
    /// The document instead of the page
    #[arg(long)]
    pub(super) json: bool,
    /// Into this file, as often as you like: the ending says the form; `-` is standard output
    #[arg(short = 'o', long = "to", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) to: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Unknown {
    #[command(flatten)]
    pub(super) reading: Reading,
    /// As lines for `--effects`, to be completed
    #[arg(long, conflicts_with = "json")]
    pub(super) lines: bool,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct IntelTables {
    #[command(flatten)]
    pub(super) tables: Tables,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Formats {
    /// Only those whose name or title has this word
    pub(super) word: Option<String>,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is read")]
pub(super) struct Reading {
    /// Files and folders: what tools wrote, and documents of your own; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath, help_heading = None::<&str>)]
    pub(super) files: Vec<PathBuf>,
    /// A document of your own, whatever `--format` says: assets, relations, services, entry points
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) env: Vec<PathBuf>,
    /// A file, and the asset of its findings where it names none
    #[arg(long, value_name = "ID=FILE", value_parser = named)]
    pub(super) asset: Vec<(String, PathBuf)>,
    /// The format of the files, where it is not told by their content
    #[arg(long, value_name = "NAME")]
    pub(super) format: Option<String>,
    /// A mapping document, JSON or TOML, for files of a format of your own
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) mapping: Vec<PathBuf>,
    /// A program in jq that makes a native document of each file, where no mapping can say it; it is code, so take it from where you take
    /// code from
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) jq: Option<PathBuf>,
    /// The network, site or account that all is about: private addresses mean nothing outside of it
    #[arg(long, value_name = "TEXT")]
    pub(super) scope: Option<String>,
    /// 32 bytes that secrets are fingerprinted with, so that nobody else can guess them
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) secret_key: Option<PathBuf>,
    #[command(flatten)]
    pub(super) tables: Tables,
    /// The moment to look from, such as 2025-11-13; now, unless said
    #[arg(long, value_name = "MOMENT", help_heading = "How it is looked at")]
    pub(super) as_of: Option<Moment>,
    /// How far ahead; 30, unless said
    #[arg(long, value_name = "DAYS", value_parser = horizon, allow_negative_numbers = true, help_heading = "How it is looked at")]
    pub(super) horizon: Option<Days>,
    /// The currency that losses must be stated in: nothing is converted, and another is an error
    #[arg(long, value_name = "CODE", help_heading = "How it is looked at")]
    pub(super) currency: Option<Currency>,
    /// Settings, instead of the `ctem.toml` of the working folder
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "How it is looked at")]
    pub(super) config: Option<PathBuf>,
    /// No settings, though there is a `ctem.toml`
    #[arg(long, conflicts_with = "config", help_heading = "How it is looked at")]
    pub(super) no_config: bool,
    /// Says nothing of records and files that are not used; how it ends still does
    #[arg(short, long, help_heading = "How it is looked at")]
    pub(super) quiet: bool,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What the world knows")]
pub(super) struct Tables {
    /// The day's EPSS scores, as CSV, plain or gzip
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) epss: Option<PathBuf>,
    /// CISA's catalogue of known exploited vulnerabilities, as JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) kev: Option<PathBuf>,
    /// Metasploit's modules, or a CVE a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) metasploit: Option<PathBuf>,
    /// Nuclei's templates, or a CVE a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) nuclei: Option<PathBuf>,
    /// Exploit-DB's entries, or a CVE a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) exploit_db: Option<PathBuf>,
    /// Lines of your own that say what findings of a rule let an attacker do
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) effects: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What may be done")]
pub(super) struct Hours {
    /// So many hours of work; without limit for a plan, 8 for questions, unless said
    #[arg(long, value_name = "HOURS", value_parser = hours, allow_negative_numbers = true, conflicts_with = "actions")]
    pub(super) hours: Option<f64>,
    /// So many actions, whatever each takes
    #[arg(long, value_name = "N")]
    pub(super) actions: Option<usize>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What is written")]
pub(super) struct Shown {
    /// So many rows; 20 in text and drawings, 1000 in pages, all in documents, unless said
    #[arg(long, value_name = "N")]
    pub(super) top: Option<usize>,
    /// The reasons of so many of the first rows; 3 in text, unless said
    #[arg(long, value_name = "N")]
    pub(super) explained: Option<usize>,
    /// Only what is on the assets that this means, such as `owner = web and kind = host`, in text, Markdown and pages
    #[arg(long, value_name = "SELECTOR", value_parser = selector)]
    pub(super) only: Option<AssetSelector>,
    /// The columns of text; those of the terminal, or 100, unless said
    #[arg(long, value_name = "N")]
    pub(super) width: Option<usize>,
}

fn named(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((asset, file)) if !asset.is_empty() && !file.is_empty() => Ok((asset.to_owned(), file.into())),
        Some(_) | None => Err("it is written ID=FILE".into()),
    }
}

fn horizon(text: &str) -> Result<Days, String> {
    let days = text.parse().map_err(|_| "it is a number of days, such as 30".to_owned())?;
    Days::horizon(days).map_err(|error| error.message().to_owned())
}

/// Which assets are meant, with the character of a mistake.
fn selector(text: &str) -> Result<AssetSelector, String> {
    AssetSelector::parse(text).map_err(|error| error.to_string())
}

/// A budget of hours.
pub(super) fn hours(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(hours) if (0.0..=f64::MAX).contains(&hours) => Ok(hours),
        Ok(_) | Err(_) => Err("it is a finite number of hours of at least 0, such as 40".into()),
    }
}

/// A promise as it is stated: a severity and days.
fn promise(text: &str) -> Result<(Severity, Days), String> {
    let wrong = || "it is written SEVERITY=DAYS, such as critical=14".to_owned();
    let (severity, days) = text.split_once('=').ok_or_else(wrong)?;
    let severity = severity.parse().map_err(|error: Error| error.message().to_owned())?;
    let days: f64 = days.parse().map_err(|_| wrong())?;
    Ok((severity, Days::new(days).map_err(|error| error.message().to_owned())?))
}
