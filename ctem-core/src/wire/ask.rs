//! What a caller in another language asks, in plain words: text, bytes and numbers.
//!
//! What is absent has the engine's default, and what makes no sense is an error with the same code, place and message in
//! every language. Numbers come as `f64`, the one kind of number that all languages have, or as a [`Count`].
//!
//! ```
//! use ctem_core::{Program, intel::Intel, wire::ask::{self, AssessRequest}};
//!
//! let program = Program::new(Intel::none());
//! let week = AssessRequest { horizon_days: Some(7.0), ..Default::default() };
//! assert_eq!(ask::assess(&program, "2025-11-13", week)?.horizon().get(), 7.0);
//! let never = AssessRequest { events_per_finding: Some((-1.0).into()), ..Default::default() };
//! let error = ask::assess(&program, "2025-11-13", never).unwrap_err();
//! assert_eq!((error.code(), error.place()), ("invalid_input", Some("events_per_finding")));
//! # Ok::<(), ctem_core::Error>(())
//! ```

pub use super::back_test::back_test;
pub use super::deadlines::{deadlines, fedramp_report};
pub use super::gate::gate;
pub use super::kept::{assessment_document, intel_document, read_assessment, read_intel};
pub use super::plan::{ActionsRequest, PlanRequest, QuestionsRequest, QuestionsTextRequest};
pub use super::program::{
    accepted_risks, apply, at, at_with, compact, compact_with, courses, coverage, decide, erase,
    read_program, read_program_with, reports, trend,
};
pub use super::progress::{measures, moved, progress_report, progress_report_html};
pub use super::question::{Costs, Question, answer};
pub use super::tables::read_tables;
pub use super::tickets::{IssueRequest, KnownTicketRequest, TicketsRequest};
use super::{CvssDocument, DocumentOptions, ExposureDocument, explanation, json};
use crate::{
    attack::{Asking, OnProgress},
    cvss::Vector,
    discover::{self, Collection, Mapping, ReadOptions, SecretKey},
    error::{Error, Result},
    id::AssetId,
    intel::{Intel, attackers::Profile, effects::Effects, exploits::Exploits},
    mobilize::Budget,
    model::Report,
    prioritize::{self, AssessOptions, Assessment, Batch, Row, TableScores},
    program::Program,
    render::{self, Columns, RenderOptions},
    scope::AssetSelector,
    text::{decoded, json as written},
    time::{Days, Moment},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;
use std::{fmt, sync::Arc};

/// How a document is to be read.
///
/// ```
/// use ctem_core::wire::ask::{self, ReadRequest};
///
/// let how = ReadRequest { format: Some("ctem"), most_bytes: Some(1_000_000.into()), ..ReadRequest::default() };
/// assert_eq!(ask::read(br#"{"ctem": {"version": 1}}"#, how)?.tally.read, 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReadRequest<'a> {
    /// The format's name.
    pub format: Option<&'a str>,
    /// A mapping document of the caller's own, or a list of them; see [`Mapping`].
    pub mapping: Option<&'a [u8]>,
    /// The asset that findings belong to when the document does not say.
    pub asset: Option<&'a str>,
    /// What the document is called, such as the name of its file: what it does not name is named after that.
    pub name: Option<&'a str>,
    /// The network, site or account it is about, outside of which private addresses and short names in it mean nothing.
    pub scope: Option<&'a str>,
    /// The most bytes it may have.
    pub most_bytes: Option<Count>,
    /// The moment as of which it is read, where what it says begins or ends at one.
    pub as_of: Option<&'a str>,
    /// The key that secrets are fingerprinted with.
    pub secret_key: Option<&'a [u8]>,
    /// Whether a record that is rejected is an error.
    pub strict: bool,
    /// Who is told how many records were read, and may end it.
    pub progress: OnProgress<'a>,
}

impl<'a> ReadRequest<'a> {
    fn checked(self) -> Result<ReadOptions<'a>> {
        let mut options = ReadOptions {
            format: self.format.map(Box::from),
            strict: self.strict,
            progress: self.progress,
            ..ReadOptions::default()
        };
        if let Some(mapping) = self.mapping {
            options.mappings = mappings(mapping).map_err(|error| error.at("mapping"))?;
        }
        if let Some(asset) = self.asset {
            options.asset = Some(AssetId::parse(asset).map_err(|error| error.at("asset"))?);
        }
        options.name = self.name.map(Box::from);
        options.scope = self.scope.map(Box::from);
        if let Some(as_of) = self.as_of {
            options.as_of = Some(as_of.parse::<Moment>().map_err(|error| error.at("as_of"))?);
        }
        if let Some(most_bytes) = self.most_bytes {
            options.most_bytes = most_bytes.checked("most_bytes")?;
        }
        if let Some(key) = self.secret_key {
            options.secret_key = SecretKey::parse(key).map_err(|error| error.at("secret_key"))?;
        }
        Ok(options)
    }
}

/// The mappings in a document: one, or a list of them.
pub(crate) fn mappings(document: &[u8]) -> Result<Vec<Mapping>> {
    let text = decoded(document)?;
    if !text.trim_start().starts_with('[') {
        return Ok(vec![Mapping::parse(&text)?]);
    }
    let list: Vec<&RawValue> = written::parse(&text)?;
    let parse = |(n, one): (usize, &&RawValue)| {
        Mapping::parse(one.get()).map_err(|error| error.at(format_args!("/{n}")))
    };
    list.iter().enumerate().map(parse).collect()
}

/// How an assessment is to be made.
///
/// ```
/// use ctem_core::{Program, intel::Intel, wire::ask::{self, AssessRequest}};
///
/// let day = AssessRequest { horizon_days: Some(1.0), ..AssessRequest::default() };
/// assert_eq!(ask::assess(&Program::new(Intel::none()), "2025-11-13", day)?.horizon().get(), 1.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct AssessRequest<'a> {
    /// How far ahead it looks, in days.
    pub horizon_days: Option<f64>,
    /// Of how many loss events each finding's risk is the sum.
    pub events_per_finding: Option<Count>,
    /// What a crown jewel is on the scale of scores, in the unit of losses.
    pub crown_jewel: Option<f64>,
    /// What part of uses becomes an incident, for what the inputs imply: the answer to [`Question::Baseline`] of another assessment.
    pub baseline: Option<&'a [u8]>,
    /// What kind of attacker it is of: the name of a profile that is shipped, or the document of one; see [`Profile`].
    pub profile: Option<&'a [u8]>,
    /// Who is asked whether to go on.
    pub progress: OnProgress<'a>,
}

impl<'a> AssessRequest<'a> {
    pub(super) fn checked(self) -> Result<AssessOptions<'a>> {
        let (horizon, progress) = (horizon(self.horizon_days)?, self.progress);
        let mut options =
            AssessOptions { horizon, crown_jewel: self.crown_jewel, progress, ..AssessOptions::default() };
        if let Some(events) = self.events_per_finding {
            options.events_per_finding = events.checked("events_per_finding")?;
        }
        if let Some(baseline) = self.baseline {
            let read =
                decoded(baseline).and_then(|text| written::parse::<prioritize::IncidentBaseline>(&text));
            options.baseline = read.map_err(|error| error.at("baseline"))?;
        }
        if let Some(stated) = self.profile {
            options.profile = Some(profile(stated).map_err(|error| error.at("profile"))?);
        }
        Ok(options)
    }
}

/// A profile by its name, or from its document.
fn profile(stated: &[u8]) -> Result<Profile> {
    let text = decoded(stated)?;
    match text.trim_start().starts_with('{') {
        true => Profile::read(stated),
        // A name may stand as JSON has it.
        false => Profile::named(text.trim().trim_matches('"')),
    }
}

/// How much of an assessment is shown, and how wide.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, RenderRequest};
///
/// let narrow = RenderRequest { width: Some(80.into()), ..RenderRequest::default() };
/// assert!(ask::table(&today, narrow)?.lines().all(|line| line.chars().count() <= 80));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RenderRequest<'a> {
    /// At most so many exposures.
    pub at_most: Option<Count>,
    /// So many of the worst come with their path and reasons.
    pub explained: Option<Count>,
    /// The columns of a table.
    pub width: Option<Count>,
    /// What may be spent on the plan that it begins with, as a document: `{"hours": 40}`.
    pub budget: Option<&'a [u8]>,
    /// A selector, as text: only what is on the assets that it means is shown.
    pub only: Option<Box<str>>,
    /// Who may end it: then it is an error `cancelled`.
    pub progress: OnProgress<'a>,
}

impl RenderRequest<'_> {
    pub(super) fn checked(self) -> Result<RenderOptions> {
        let mut options = RenderOptions::default();
        for (name, stated, option) in [
            ("at_most", self.at_most, &mut options.at_most),
            ("explained", self.explained, &mut options.explained),
            ("width", self.width, &mut options.width),
        ] {
            if let Some(stated) = stated {
                *option = stated.checked(name)?;
            }
        }
        if let Some(stated) = self.budget {
            options.budget = budget(stated)?;
        }
        if let Some(only) = &self.only {
            options.only = AssetSelector::parse(only).map_err(|error| error.at("only"))?;
        }
        Ok(options)
    }
}

/// A budget from its document. The word for no limit may stand as it is.
fn budget(stated: &[u8]) -> Result<Budget> {
    let text = decoded(stated).map_err(|error| error.at("budget"))?;
    if text.trim() == "unlimited" {
        return Ok(Budget::Unlimited);
    }
    let budget: Budget = written::parse(&text).map_err(|error| error.at("budget"))?;
    budget.check()?;
    Ok(budget)
}

/// Reads a document.
///
/// # Errors
/// As [`discover::read`], and `invalid_input` for an option that makes no sense, with its name as the place.
///
/// ```
/// use ctem_core::wire::ask::{self, ReadRequest};
///
/// let how = ReadRequest { asset: Some("shop"), ..ReadRequest::default() };
/// let error = ask::read(b"hello", how).unwrap_err();
/// assert_eq!(error.code(), "unknown_format");
/// ```
pub fn read(bytes: &[u8], how: ReadRequest<'_>) -> Result<Report> {
    discover::read_with(bytes, &how.checked()?)
}

/// A report from its document, as [`wire::report`](super::report) wrote it.
///
/// # Errors
/// `malformed` and `invalid_input` where it is none.
///
/// ```
/// use ctem_core::{discover, wire::{self, ask}};
///
/// let report = discover::read(wire::EXAMPLE.as_bytes())?;
/// assert_eq!(ask::report(wire::report(&report).as_bytes())?, report);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn report(document: &[u8]) -> Result<Report> {
    written::parse(&decoded(document)?)
}

/// As [`discover::read_collection`], and `invalid_input` for an option that makes no sense, with its name as the place.
///
/// ```
/// use ctem_core::wire::ask::{self, ReadRequest};
///
/// let shop = br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}"#;
/// let collection = ask::read_collection([("shop.json", &shop[..])], ReadRequest::default())?;
/// assert_eq!(collection.reports.len(), 1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn read_collection<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    how: ReadRequest<'_>,
) -> Result<Collection> {
    discover::read_collection(files, &how.checked()?)
}

/// The kinds of attackers that come with the engine, as a list.
///
/// ```
/// use ctem_core::wire::ask;
///
/// assert!(ask::attacker_profiles()?.starts_with(r#"[{"id":"opportunist","name":"Opportunist","starts":{"internet":1.0},"hard":0.0"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// None that is known: it is a list of texts and numbers.
pub fn attacker_profiles() -> Result<String> {
    json(&Profile::shipped())
}

/// The files of tables, each plain or gzip; without one, what sources quote is all that is known.
///
/// ```
/// use ctem_core::wire::ask::{IntelFiles, intel};
///
/// let files = IntelFiles { nuclei: Some(b"CVE-2021-44228"), ..IntelFiles::default() };
/// assert_eq!(intel(files)?.nuclei.map(|list| list.len()), Some(1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct IntelFiles<'a> {
    /// FIRST's daily EPSS file.
    pub epss: Option<&'a [u8]>,
    /// CISA's catalogue of known exploited vulnerabilities.
    pub kev: Option<&'a [u8]>,
    /// The user's own lines of effects.
    pub effects: Option<&'a [u8]>,
    /// Metasploit's `modules_metadata_base.json`, or a list of CVEs.
    pub metasploit: Option<&'a [u8]>,
    /// Nuclei's `cves.json`, or a list of CVEs.
    pub nuclei: Option<&'a [u8]>,
    /// Exploit-DB's `files_exploits.csv`, or a list of CVEs.
    pub exploit_db: Option<&'a [u8]>,
}

/// The tables in these files.
///
/// ```
/// use ctem_core::wire::ask::{self, IntelFiles};
///
/// let lines = |lines| IntelFiles { effects: Some(lines), ..IntelFiles::default() };
/// assert_eq!(ask::intel(lines(b"acme\trule\tA-17\tno-login"))?.effects.own_lines(), 1);
/// let error = ask::intel(lines(b"acme\trule\tA-17\tdisaster")).unwrap_err();
/// assert_eq!(error.place(), Some("effects, line 1"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`Intel::read`], [`Effects::with`] and [`Exploits::read`], with the table's name in front of the place.
pub fn intel(files: IntelFiles<'_>) -> Result<Intel> {
    const MOST_BYTES: usize = 1 << 30;
    let IntelFiles { epss, kev, effects, metasploit, nuclei, exploit_db } = files;
    let exploits = |name: &'static str, bytes: Option<&[u8]>| {
        let list = bytes.map(|bytes| Exploits::read(bytes, MOST_BYTES).map_err(|error| error.at(name)));
        Ok::<_, Error>(list.transpose()?.map(Arc::new))
    };
    let mut intel = Intel::read(epss, kev)?;
    intel.metasploit = exploits("metasploit", metasploit)?;
    intel.nuclei = exploits("nuclei", nuclei)?;
    intel.exploit_db = exploits("exploit_db", exploit_db)?;
    let Some(lines) = effects else { return Ok(intel) };
    let own = decoded(lines).and_then(|text| Effects::with(&text)).map_err(|error| error.at("effects"))?;
    Ok(intel.with_effects(own))
}

/// Assesses what a program knows, as of a moment such as `2025-11-13`.
///
/// # Errors
/// As [`prioritize::assess`], and `invalid_input` for a moment or an option that makes no sense, with its name as the place.
///
/// ```
/// use ctem_core::{Program, intel::Intel, wire::ask::{self, AssessRequest}};
///
/// let error = ask::assess(&Program::new(Intel::none()), "yesterday", AssessRequest::default()).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("invalid_input", Some("as_of")));
/// ```
pub fn assess(program: &Program, as_of: &str, how: AssessRequest<'_>) -> Result<Assessment> {
    let as_of = as_of.parse().map_err(|error: Error| error.at("as_of"))?;
    program.assess_with(as_of, how.checked()?)
}

/// Why a finding ranks where it does, as a document.
///
/// # Errors
/// As [`Assessment::explain`], and `invalid_input` for text that is no id.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask;
///
/// assert!(ask::explain(&today, "f-1")?.starts_with(r#"{"finding":"f-1""#));
/// assert_eq!(ask::explain(&today, "f-9").unwrap_err().code(), "not_found");
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn explain(assessment: &Assessment, finding: &str) -> Result<String> {
    Ok(explanation(&assessment.explain(&finding.parse()?)?))
}

/// An assessment as a document, with at most so many exposures.
///
/// # Errors
/// As [`at_most`].
///
/// ```
/// use ctem_core::{Program, intel::Intel, wire::ask};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// assert!(ask::document(&today, None, false)?.starts_with(r#"{"version":2,"as_of":"2025-11-13T00:00:00Z""#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn document(assessment: &Assessment, most: Option<Count>, explained: bool) -> Result<String> {
    document_with(assessment, most, explained, OnProgress::default())
}

/// The same, and whoever is asked may end it.
///
/// # Errors
/// As [`document`], and `cancelled` when whoever is asked says not to go on.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, intel::Intel, wire::ask};
///
/// let (today, stop) = (Program::new(Intel::none()).assess("2025-11-13".parse()?)?, OnProgress::new(&|_| false));
/// assert_eq!(ask::document_with(&today, None, true, stop).unwrap_err().code(), "cancelled");
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn document_with(
    assessment: &Assessment,
    most: Option<Count>,
    explained: bool,
    progress: OnProgress<'_>,
) -> Result<String> {
    let options =
        DocumentOptions { at_most: at_most(most.as_ref())?, explained, ..DocumentOptions::default() };
    shown(progress, |asking| super::assessment_asking(assessment, &options, asking))
}

/// What is shown of an assessment, whole or not at all.
fn shown<T>(progress: OnProgress<'_>, show: impl FnOnce(&Asking<'_>) -> T) -> Result<T> {
    let asking = Asking::new(progress, 0);
    asking.goes_on_now();
    asking.ended("the call", "rows")?;
    let whole = show(&asking);
    asking.ended("the call", "rows")?;
    Ok(whole)
}

/// The exposures of an assessment as a list, at most so many.
///
/// # Errors
/// As [`at_most`].
///
/// ```
/// use ctem_core::{Program, intel::Intel, wire::ask};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// assert_eq!(ask::ranked(&today, Some(10.into()))?, "[]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn ranked(assessment: &Assessment, most: Option<Count>) -> Result<String> {
    Ok(super::ranked(assessment, at_most(most.as_ref())?))
}

/// The exposures at these places of the ranking, from 0, as a list; places that there are not are left out.
///
/// # Errors
/// None that is known: it is a list of texts and numbers.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask;
///
/// assert!(ask::ranked_at(&today, &[2, 0])?.starts_with(r#"[{"rank":3,"id":"f-3""#));
/// assert_eq!(ask::ranked_at(&today, &[3])?, "[]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn ranked_at(assessment: &Assessment, places: &[usize]) -> Result<String> {
    let exposures = places.iter().filter_map(|place| assessment.ranked_at(*place));
    json(&exposures.map(|exposure| ExposureDocument::of(&exposure, None)).collect::<Vec<_>>())
}

/// An assessment as a terminal table.
///
/// # Errors
/// `invalid_input` for an option that makes no sense, with its name as the place, and `cancelled` when whoever is asked says not to go on.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, RenderRequest};
///
/// assert!(ask::table(&today, RenderRequest::default())?.contains("Admin page open to all"));
/// let hour = RenderRequest { budget: Some(br#"{"hours": 1}"#), ..RenderRequest::default() };
/// assert!(ask::table(&today, hour)?.starts_with("What to do first in 1 h"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn table(assessment: &Assessment, how: RenderRequest<'_>) -> Result<String> {
    let (progress, options) = (how.progress, how.checked()?);
    shown(progress, |asking| render::table_asking(assessment, &options, asking))
}

/// An assessment as Markdown.
///
/// # Errors
/// As [`table`].
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, RenderRequest};
///
/// assert!(ask::markdown(&today, RenderRequest::default())?.starts_with("# What to do first"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn markdown(assessment: &Assessment, how: RenderRequest<'_>) -> Result<String> {
    let (progress, options) = (how.progress, how.checked()?);
    shown(progress, |asking| render::markdown_asking(assessment, &options, asking))
}

/// An assessment as a web page.
///
/// # Errors
/// As [`table`].
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, RenderRequest};
///
/// assert!(ask::html(&today, RenderRequest::default())?.starts_with("<!doctype html>"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn html(assessment: &Assessment, how: RenderRequest<'_>) -> Result<String> {
    let (progress, options) = (how.progress, how.checked()?);
    shown(progress, |asking| render::html_asking(assessment, &options, asking))
}

/// An answer that was given, as a picture for people: a piece of a page that needs nothing else, on light as on dark.
///
/// A plan is its actions, and its curves where it has them; a path, paths and an explanation are who is held on the way and by what;
/// a loss curve is a line. It is drawn from the answer's document alone, so that nothing is asked again.
///
/// # Errors
/// `malformed` when it is not JSON, `invalid_input` when there is no picture of it or a part is missing, `limit_exceeded` for a path of more
/// than 1,000 hops.
///
/// ```
/// # use ctem_core::{Program, attack::OnProgress, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, Question};
///
/// let asked = Question::read(br#"{"paths": {"event": "theft"}}"#)?;
/// let paths = ask::answer(&today, &asked, OnProgress::default())?;
/// assert!(ask::picture(paths.as_bytes())?.contains("<svg class=\"path whole\" role=\"img\""));
/// assert!(ask::picture(b"{}").is_err());
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn picture(answer: &[u8]) -> Result<String> {
    render::drawn(&decoded(answer)?)
}

/// An assessment in a form that another tool reads: see [`render::export`](crate::render::export()).
///
/// # Errors
/// `invalid_input` when there is no such form, and as [`table`].
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, RenderRequest};
///
/// assert!(ask::export(&today, "csv", RenderRequest::default())?.starts_with("rank,id,"));
/// assert!(ask::export(&today, "xlsx", RenderRequest::default()).is_err());
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn export(assessment: &Assessment, form: &str, how: RenderRequest<'_>) -> Result<String> {
    let (form, progress, options) = (form.parse()?, how.progress, how.checked()?);
    shown(progress, |asking| render::export_asking(assessment, form, &options, asking))
}

/// The exposures of an assessment in columns, at most so many: see [`render::exposures_in_columns`].
///
/// # Errors
/// As [`at_most`], and `cancelled` when whoever is asked says not to go on.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{attack::OnProgress, wire::ask};
///
/// assert_eq!(ask::exposures_in_columns(&today, Some(2.into()), OnProgress::default())?.len(), 2);
/// let stop = OnProgress::new(&|_| false);
/// assert_eq!(ask::exposures_in_columns(&today, None, stop).unwrap_err().code(), "cancelled");
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn exposures_in_columns(
    assessment: &Assessment,
    most: Option<Count>,
    progress: OnProgress<'_>,
) -> Result<Columns> {
    let most = at_most(most.as_ref())?;
    shown(progress, |asking| render::exposures_in_columns_asking(assessment, most, asking))
}

/// An answer that was given, in columns: the actions of a plan, actions without one, or what became of findings, as [`courses`] lists them. They are made of the
/// answer's document alone, so that nothing is asked again.
///
/// # Errors
/// `malformed` when it is not JSON, `invalid_input` when there are no columns of it or a part is missing.
///
/// ```
/// # use ctem_core::{Program, attack::OnProgress, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::ask::{self, Question};
///
/// let asked = Question::read(br#"{"plan": {"budget": {"hours": 1}}}"#)?;
/// let plan = ask::answer(&today, &asked, OnProgress::default())?;
/// assert_eq!(ask::in_columns(plan.as_bytes())?.len(), 1);
/// assert_eq!(ask::in_columns(b"{}").unwrap_err().code(), "invalid_input");
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn in_columns(answer: &[u8]) -> Result<Columns> {
    render::answer_in_columns(&decoded(answer)?)
}

/// A CVSS vector's metrics and scores, as a document.
///
/// # Errors
/// `invalid_input` when it is not a vector, with the byte where it stops being one.
///
/// ```
/// use ctem_core::wire::ask;
///
/// assert!(ask::cvss("AV:N/AC:L/Au:N/C:N/I:N/A:N")?.contains(r#""version":"2.0""#));
/// assert_eq!(ask::cvss("CVSS:3.1/AV:X").unwrap_err().place(), Some("byte 9"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn cvss(vector: &str) -> Result<String> {
    json(&CvssDocument::of(&vector.parse::<Vector>()?))
}

/// The score of one row and why, as a document. The row is a JSON object, as [`Row`] has it.
///
/// # Errors
/// `malformed` when it is not JSON, `invalid_input` for a value or a name that makes no sense.
///
/// ```
/// use ctem_core::{intel::Intel, wire::ask};
///
/// let scored = ask::score(br#"{"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"}"#, &Intel::none(), None)?;
/// assert!(scored.starts_with(r#"{"risk":0.225,"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn score(row: &[u8], intel: &Intel, horizon_days: Option<f64>) -> Result<String> {
    let horizon = horizon(horizon_days)?;
    let Object(row) = written::parse(&decoded(row)?)?;
    json(&prioritize::score(&row, intel, horizon))
}

/// The risk of each row of a JSON array, in its order.
///
/// # Errors
/// As [`score`], of the first row that has one.
///
/// ```
/// use ctem_core::{intel::Intel, wire::ask};
///
/// let risks = ask::score_all(br#"[{"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"}, {}]"#, &Intel::none(), None)?;
/// assert_eq!(risks[0], 0.225);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn score_all(rows: &[u8], intel: &Intel, horizon_days: Option<f64>) -> Result<Vec<f64>> {
    let horizon = horizon(horizon_days)?;
    let rows: Vec<Object> = written::parse(&decoded(rows)?)?;
    let rows: Vec<Row> = rows.into_iter().map(|Object(row)| row).collect();
    Ok(prioritize::score_all(&rows, intel, horizon))
}

/// The risk of each row of a table in columns, and why a row has none.
///
/// # Errors
/// `invalid_input` for a horizon that is none, `cancelled` when `progress` says not to go on.
///
/// ```
/// use ctem_core::{intel::Intel, prioritize::{Batch, Column}, wire::ask};
///
/// let batch = Batch::of([("epss", Column::numbers(&[0.5, 1.7]))])?;
/// let scores = ask::score_table(&[batch], &Intel::none(), None, Default::default())?;
/// assert_eq!((scores.risks.len(), scores.errors[0].row), (2, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn score_table(
    batches: &[Batch<'_>],
    intel: &Intel,
    horizon_days: Option<f64>,
    progress: OnProgress<'_>,
) -> Result<TableScores> {
    prioritize::score_table(batches, intel, horizon(horizon_days)?, progress)
}

/// A count as a caller states it. Whether it is one is looked at where it is used, so that the error names the option.
///
/// ```
/// use ctem_core::wire::ask::Count;
///
/// assert_eq!(Count::from(3).checked("at_most")?, 3);
/// assert!(Count::from("3.0").checked("at_most").is_err());
/// let error = Count::from(-1.0).checked("at_most").unwrap_err();
/// assert_eq!(error.message(), "`-1` is not a count: it must be a whole number from 0 to 9007199254740991");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count(std::result::Result<usize, Box<str>>);

impl Count {
    /// The largest count: every language counts so far.
    const MOST: u64 = (1 << 53) - 1;

    /// The count; `name` is the option's, and the place of the error.
    ///
    /// # Errors
    /// `invalid_input` unless it is a whole number from 0 to 2^53 − 1, the largest that every language counts to.
    ///
    /// ```
    /// use ctem_core::wire::ask::Count;
    ///
    /// assert_eq!(Count::from(0.5).checked("width").unwrap_err().place(), Some("width"));
    /// ```
    pub fn checked(&self, name: &str) -> Result<usize> {
        self.0.clone().map_err(|stated| {
            let message =
                format!("`{stated}` is not a count: it must be a whole number from 0 to {}", Self::MOST);
            Error::invalid(message).at(name)
        })
    }
}

impl From<u64> for Count {
    fn from(stated: u64) -> Self {
        let count = usize::try_from(stated).ok().filter(|_| stated <= Self::MOST);
        Self(count.ok_or_else(|| stated.to_string().into()))
    }
}

/// For languages that know whole numbers: as the caller wrote it.
impl From<&str> for Count {
    fn from(stated: &str) -> Self {
        stated.parse::<u64>().map_or_else(|_| Self(Err(stated.into())), Self::from)
    }
}

/// For languages whose every number is a float, such as JavaScript.
impl From<f64> for Count {
    fn from(stated: f64) -> Self {
        let whole = (0.0..=Self::MOST as f64).contains(&stated) && stated.fract() == 0.0;
        if whole { Self::from(stated as u64) } else { Self(Err(stated.to_string().into())) }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count, which is a whole number")
            }

            fn visit_u64<E>(self, stated: u64) -> std::result::Result<Count, E> {
                Ok(Count::from(stated))
            }

            fn visit_i64<E>(self, stated: i64) -> std::result::Result<Count, E> {
                Ok(Count(Err(stated.to_string().into())))
            }

            // Where a document has a fraction or an exponent, somebody has taken a measure for a count.
            fn visit_f64<E>(self, stated: f64) -> std::result::Result<Count, E> {
                Ok(Count(Err(format!("{stated:?}").into())))
            }
        }
        from.deserialize_any(Number)
    }
}

/// At most how many exposures a caller wants: all, when it does not say.
///
/// # Errors
/// As [`Count::checked`].
///
/// ```
/// use ctem_core::wire::ask::{Count, at_most};
///
/// assert_eq!(at_most(Some(&Count::from(3)))?, 3);
/// assert_eq!(at_most(None)?, usize::MAX);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn at_most(stated: Option<&Count>) -> Result<usize> {
    stated.map_or(Ok(usize::MAX), |stated| stated.checked("at_most"))
}

fn horizon(days: Option<f64>) -> Result<Days> {
    days.map_or(Ok(Days::THIRTY), |days| Days::horizon(days).map_err(|error| error.at("horizon_days")))
}

/// A row that is written with its names: a bare list of values would be taken for a row too, in an order nobody stated.
struct Object(Row);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row, which is an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, names: A) -> Result<Row, A::Error> {
                Row::deserialize(MapAccessDeserializer::new(names))
            }
        }
        from.deserialize_map(Names).map(Self)
    }
}
