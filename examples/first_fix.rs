//! What to do first: reads what tools wrote, puts it together and prints a plan and an explained ranking.
//!
//! Without arguments it looks at a sample company, the files of `examples/company/`. With files, at those; their formats are
//! told by their content:
//!
//!     cargo run --release --example first_fix
//!     cargo run --release --example first_fix -- scan.json other.sarif --env environment.json \
//!         --kev kev.json --epss epss.csv.gz --as-of 2025-11-13 --html out.html --json out.json
//!
//! `first_fix.py` and `first_fix.mjs` are the same program and print the same lines.

use ctem_core::{
    Moment, Program,
    discover::{self, Mapping, ReadOptions},
    gate::{Baseline, Policy},
    intel::Intel,
    model::{NoteKind, RecordCounts},
    render::{self, RenderOptions},
    wire::{self, DocumentOptions},
};
use lexopt::prelude::*;
use std::{
    borrow::Cow,
    error::Error,
    fs,
    io::{IsTerminal, Write, stdout},
    process::ExitCode,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime},
};

const USAGE: &str = "\
first_fix [FILE]... [OPTION]...

  FILE              what a tool wrote: a scan, or a native document
  --env FILE        a native document: assets, relations, services, entry points
  --asset ID=FILE   the same, and the asset of its findings where it names none
  --format NAME     the format of all files but native documents, where it is not told by their content
  --mapping FILE    a mapping document, for files of a format of your own
  --epss FILE       the day's EPSS scores, as CSV, plain or gzip
  --kev FILE        CISA's catalogue of known exploited vulnerabilities, as JSON
  --as-of MOMENT    the moment to look from; now, unless said
  --top N           so many rows; 20 on the terminal, 1000 in pages and all in documents, unless said
  --width N         the columns of the table; those of the terminal, unless said
  --html FILE       writes a page of its own
  --markdown FILE   writes Markdown
  --json FILE       writes the assessment as a document, explained
  --gate FILE       a policy: says whether each rule holds against the baseline, and by what it is broken
  --baseline FILE   the document of an earlier assessment with all exposures, as `--json` writes it

Ends with 0; with 1 when a file could not be used, though the others were; with 2 when nothing could be done; with 3 when
a gate stops, whatever else. A policy with `dry_run` stops nothing.
";

fn main() -> ExitCode {
    let options = match Options::of(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => return print(USAGE),
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let progress = Progress::begin();
    match run(&options, &progress) {
        Ok(code) => code,
        Err(error) => {
            progress.end();
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Prints to a reader that may have gone away, as `head` does.
fn print(text: &str) -> ExitCode {
    match stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// Returns how it ends: whether a gate stops, or a file could not be used.
fn run(options: &Options, progress: &Progress) -> Result<ExitCode, Box<dyn Error>> {
    let mut unused = 0;
    progress.say("reading EPSS scores and the KEV catalogue");
    let (epss, kev) = (options.epss.read()?, options.kev.read()?);
    let intel = Intel::read(epss.as_deref(), kev.as_deref())?;

    let mappings = options.mapping.read()?.map(|bytes| Mapping::parse(&String::from_utf8_lossy(&bytes)));
    let mappings: Vec<Mapping> = mappings.transpose()?.into_iter().collect();

    let mut program = Program::new(intel);
    let mut unknown = false;
    let mut tally = RecordCounts::default();
    for (n, (asset, native, input)) in options.inputs.iter().enumerate() {
        progress.say(&format!("reading {} of {}: {}", n + 1, options.inputs.len(), input.name()));
        let read = || -> Result<_, Box<dyn Error>> {
            let bytes = input.read()?.unwrap_or_default();
            let asset = asset.as_deref().map(str::parse).transpose()?;
            let name = Some(input.name().into());
            let format = options.format.as_deref().filter(|_| !native).map(Box::from);
            let mappings = mappings.clone();
            Ok(discover::read_with(
                &bytes,
                &ReadOptions { format, mappings, asset, name, ..ReadOptions::default() },
            )?)
        };
        match read() {
            Ok(report) => {
                // A file of which no record can be used is not used.
                unused += usize::from(report.all_rejected());
                let absorbed = program.absorb(report);
                tally += absorbed.tally;
                let rejected = absorbed.notes.iter().filter(|note| note.kind == NoteKind::Rejected);
                for note in rejected {
                    progress.end();
                    eprintln!("{}: {note}", input.name());
                }
            }
            Err(error) => {
                progress.end();
                eprintln!("{}: not used: {error}", input.name());
                let known = error.downcast_ref::<ctem_core::Error>().map(ctem_core::Error::code);
                unknown |= known == Some("unknown_format");
                unused += 1;
            }
        }
    }
    if unknown {
        let names: Vec<_> = discover::formats().map(|(name, _)| name).collect();
        eprintln!("known formats: {}", names.join(", "));
    }
    if unused == options.inputs.len() {
        return Err("no file could be used".into());
    }

    progress.say("finding attack paths");
    let today = program.assess(options.as_of)?;
    progress.say("writing");
    let shown = |top| RenderOptions {
        at_most: options.top.unwrap_or(top),
        width: options.width,
        ..Default::default()
    };
    let table = render::table(&today, &shown(20));
    if let Some(file) = &options.html {
        write(file, &render::html(&today, &shown(1000)))?;
    }
    if let Some(file) = &options.markdown {
        write(file, &render::markdown(&today, &shown(1000)))?;
    }
    if let Some(file) = &options.json {
        // All, so that it can be a baseline; `--top` says fewer.
        let all = DocumentOptions { at_most: options.top.unwrap_or(usize::MAX), explained: true };
        write(file, &wire::assessment(&today, &all))?;
    }
    let verdict = match (options.policy.read()?, options.baseline.read()?) {
        (Some(policy), Some(baseline)) => {
            let policy = Policy::parse(&String::from_utf8_lossy(&policy))?;
            Some(today.gate(&policy, &Baseline::read(&String::from_utf8_lossy(&baseline))?)?)
        }
        (_, _) => None,
    };
    progress.end();
    let mut text = format!("Records: {tally}\n{table}");
    for line in verdict.iter().flat_map(|verdict| &verdict.words) {
        text.push_str(&format!("Gate {line}\n"));
    }
    print(&text);
    Ok(match (verdict.is_some_and(|verdict| verdict.stops), unused) {
        (true, _) => ExitCode::from(3),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(1),
    })
}

fn write(file: &str, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{file}: cannot be written: {error}"))
}

/// What the command line asks for.
struct Options {
    /// Files, each with the asset of its findings where it names none, and whether it is a native document.
    inputs: Vec<(Option<String>, bool, Input)>,
    format: Option<String>,
    mapping: Input,
    epss: Input,
    kev: Input,
    as_of: Moment,
    top: Option<usize>,
    width: usize,
    html: Option<String>,
    markdown: Option<String>,
    json: Option<String>,
    policy: Input,
    baseline: Input,
}

impl Options {
    fn of(mut arguments: lexopt::Parser) -> Result<Option<Self>, Box<dyn Error>> {
        let mut options = Self {
            inputs: Vec::new(),
            format: None,
            mapping: Input::None,
            epss: Input::None,
            kev: Input::None,
            as_of: now()?,
            top: None,
            width: terminal_size::terminal_size().map_or(100, |(width, _)| width.0.into()),
            html: None,
            markdown: None,
            json: None,
            policy: Input::None,
            baseline: Input::None,
        };
        let mut dated = false;
        while let Some(argument) = arguments.next()? {
            match argument {
                Value(file) => options.inputs.push((None, false, Input::File(file.string()?))),
                Long("env") => options.inputs.push((None, true, Input::File(arguments.value()?.string()?))),
                Long("asset") => {
                    let named = arguments.value()?.string()?;
                    let (asset, file) = named.split_once('=').ok_or("`--asset` is written ID=FILE")?;
                    options.inputs.push((Some(asset.to_owned()), false, Input::File(file.to_owned())));
                }
                Long("format") => options.format = Some(arguments.value()?.string()?),
                Long("mapping") => options.mapping = Input::File(arguments.value()?.string()?),
                Long("epss") => options.epss = Input::File(arguments.value()?.string()?),
                Long("kev") => options.kev = Input::File(arguments.value()?.string()?),
                Long("as-of") => {
                    options.as_of = arguments.value()?.string()?.parse()?;
                    dated = true;
                }
                Long("top") => options.top = Some(arguments.value()?.parse()?),
                Long("width") => options.width = arguments.value()?.parse()?,
                Long("html") => options.html = Some(arguments.value()?.string()?),
                Long("markdown") => options.markdown = Some(arguments.value()?.string()?),
                Long("json") => options.json = Some(arguments.value()?.string()?),
                Long("gate") => options.policy = Input::File(arguments.value()?.string()?),
                Long("baseline") => options.baseline = Input::File(arguments.value()?.string()?),
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected().into()),
            }
        }
        if matches!(options.policy, Input::None) != matches!(options.baseline, Input::None) {
            return Err("`--gate` and `--baseline` go together".into());
        }
        if options.inputs.is_empty() {
            options.inputs = company().into_iter().map(|(asset, input)| (asset, false, input)).collect();
            options.epss = Input::Foothold("epss_scores-2025-11-13.csv", EPSS);
            options.kev = Input::Foothold("kev_2025-08-25.json", KEV);
            if !dated {
                options.as_of = "2025-11-13".parse()?;
            }
        }
        Ok(Some(options))
    }
}

/// The engine has no clock; a program may have one.
fn now() -> Result<Moment, Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    Ok(Moment::from_unix_seconds(seconds.try_into()?)?)
}

/// Where a document comes from.
enum Input {
    None,
    File(String),
    Foothold(&'static str, &'static [u8]),
}

impl Input {
    fn name(&self) -> &str {
        match self {
            Self::None => "",
            Self::File(name) => name,
            Self::Foothold(name, _) => name,
        }
    }

    fn read(&self) -> Result<Option<Cow<'static, [u8]>>, String> {
        match self {
            Self::None => Ok(None),
            Self::Foothold(_, bytes) => Ok(Some(Cow::Borrowed(bytes))),
            Self::File(name) => match fs::read(name) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(error) => Err(format!("{name}: {error}")),
            },
        }
    }
}

/// The sample company: a shop on the internet, its pipeline, its people and its customers' data. Scores of EPSS of
/// 2025-11-13 and the catalogue of 2025-08-25, for the CVEs in it.
fn company() -> Vec<(Option<String>, Input)> {
    macro_rules! held {
        ($name:literal) => {
            Input::Foothold($name, include_bytes!(concat!("company/", $name)))
        };
    }
    vec![
        (None, held!("environment.json")),
        (None, held!("shop-web.trivy.json")),
        (None, held!("payments-api.trivy.json")),
        (None, held!("mailer.trivy.json")),
        (None, held!("node-1.grype.json")),
        (None, held!("db-host.grype.json")),
        (None, held!("laptop-anna.grype.json")),
        (None, held!("perimeter.nuclei.jsonl")),
        (None, held!("cloud.prowler.json")),
        (Some("shop-repo".into()), held!("shop-repo.gitleaks.json")),
        (Some("payments-repo".into()), held!("payments-repo.sarif")),
    ]
}

const EPSS: &[u8] = include_bytes!("company/epss_scores-2025-11-13.csv");
const KEV: &[u8] = include_bytes!("company/kev_2025-08-25.json");

/// Says on a terminal what is being done, once it takes longer than a second.
struct Progress {
    stage: Option<Arc<Mutex<String>>>,
}

impl Progress {
    fn begin() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { stage: None };
        }
        let stage = Arc::new(Mutex::new(String::new()));
        let told = Arc::downgrade(&stage);
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(1));
            let mut seconds = 1;
            while let Some(stage) = told.upgrade() {
                if let Ok(stage) = stage.lock().map(|stage| stage.clone())
                    && !stage.is_empty()
                {
                    eprint!("\r\x1b[K{stage} … {seconds} s");
                }
                drop(stage);
                thread::sleep(Duration::from_secs(1));
                seconds += 1;
            }
        });
        Self { stage: Some(stage) }
    }

    fn say(&self, what: &str) {
        if let Some(Ok(mut stage)) = self.stage.as_ref().map(|stage| stage.lock()) {
            what.clone_into(&mut stage);
        }
    }

    /// Clears the line, so that what follows stands alone.
    fn end(&self) {
        if let Some(Ok(mut stage)) = self.stage.as_ref().map(|stage| stage.lock()) {
            stage.clear();
            eprint!("\r\x1b[K");
        }
    }
}
