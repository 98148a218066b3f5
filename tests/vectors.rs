//! The conformance vectors: what each call returns, byte for byte, here and in Python and Node.
//!
//! `tests/vectors/*.json` are lists of cases: a name, a call, what is given, and then the value or the error. The files are laid
//! out in one way, so that a whole file is compared, and so that the other languages can cut the text of `then` out of it:
//! it is the last of a case, from a line that begins with `  "then": ` to one that is ` }` or ` },`. With `CTEM_BLESS` set,
//! the files are written instead; what they then say is for a person to check.

use ctem_core::{
    Assessment, Error, ErrorKind, Program,
    attack::OnProgress,
    discover,
    intel::Intel,
    wire::{self, ask},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    call: Box<RawValue>,
    given: Box<RawValue>,
    #[serde(default)]
    #[expect(dead_code, reason = "it is compared as text")]
    then: Option<Box<RawValue>>,
}

/// What a case gives; each call takes of it what it needs.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Given {
    // Tables and reports.
    epss: Option<Document>,
    kev: Option<Document>,
    effects: Option<Document>,
    metasploit: Option<Document>,
    nuclei: Option<Document>,
    exploit_db: Option<Document>,
    documents: Vec<Document>,
    // What somebody decides about suggestions.
    decisions: Vec<Box<RawValue>>,
    // What happens afterwards, and what becomes of what is late.
    events: Vec<Box<RawValue>>,
    late: Option<String>,
    // Options of reading.
    format: Option<String>,
    mapping: Option<Document>,
    asset: Option<String>,
    most_bytes: Option<ask::Count>,
    secret_key: Option<Document>,
    strict: bool,
    // Options of assessing and of what is asked of an assessment.
    as_of: String,
    horizon_days: Option<f64>,
    events_per_finding: Option<ask::Count>,
    baseline: Option<Document>,
    profile: Option<Document>,
    at_most: Option<ask::Count>,
    explained: bool,
    finding: String,
    form: String,
    // What is shown besides: how many come with their reasons, how wide, what may be spent on the plan, and the assets that are shown.
    reasons: Option<ask::Count>,
    width: Option<ask::Count>,
    budget: Option<Document>,
    only: Option<Box<str>>,
    // Several files by their names.
    files: BTreeMap<String, Document>,
    // The moments of a trend, and until when all becomes one state.
    moments: Vec<String>,
    replay_from: String,
    // The key of pseudonyms.
    key: Option<Document>,
    forget_gone_before: Option<String>,
    // What is asked of an assessment besides, as the question of the call's name has it.
    asked: Option<Box<RawValue>>,
    // Gates: the policy, and what was there before, as a document or as what an assessment is made of.
    policy: Option<Document>,
    held_against: Option<Document>,
    before: Option<Box<Given>>,
    // Scoring.
    vector: String,
    row: Option<Document>,
    rows: Option<Document>,
    // Back-tests, of which `asked` has the options.
    outcomes: Option<Document>,
}

/// The bytes that are handed in.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Document {
    /// A value, written as JSON in whatever way the language does.
    Json(Box<RawValue>),
    /// Text, in UTF-8.
    Text(String),
    /// Bytes, in hexadecimal.
    Hex(String),
    /// A file below `tests/`.
    File(String),
}

impl Document {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(value) => value.get().as_bytes().to_vec(),
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Hex(digits) => {
                let pairs = digits.as_bytes().as_chunks::<2>().0;
                let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
                pairs.iter().map(byte).collect()
            }
            Self::File(name) => fs::read(tests().join(name)).unwrap(),
        }
    }
}

impl Given {
    fn intel(&self) -> Result<Intel, Error> {
        let epss = self.epss.as_ref().map(Document::bytes);
        let kev = self.kev.as_ref().map(Document::bytes);
        let effects = self.effects.as_ref().map(Document::bytes);
        let metasploit = self.metasploit.as_ref().map(Document::bytes);
        let nuclei = self.nuclei.as_ref().map(Document::bytes);
        let exploit_db = self.exploit_db.as_ref().map(Document::bytes);
        ask::intel(ask::IntelFiles {
            epss: epss.as_deref(),
            kev: kev.as_deref(),
            effects: effects.as_deref(),
            metasploit: metasploit.as_deref(),
            nuclei: nuclei.as_deref(),
            exploit_db: exploit_db.as_deref(),
        })
    }

    /// What is asked of reading.
    fn reading<T>(&self, read: impl FnOnce(ask::ReadRequest<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let key = self.secret_key.as_ref().map(Document::bytes);
        let mapping = self.mapping.as_ref().map(Document::bytes);
        read(ask::ReadRequest {
            format: self.format.as_deref(),
            mapping: mapping.as_deref(),
            asset: self.asset.as_deref(),
            most_bytes: self.most_bytes.clone(),
            secret_key: key.as_deref(),
            strict: self.strict,
            ..Default::default()
        })
    }

    /// The reports of the documents.
    fn reports(&self) -> Result<Vec<ctem_core::Report>, Error> {
        self.reading(|how| {
            self.documents.iter().map(|document| ask::read(&document.bytes(), how.clone())).collect()
        })
    }

    /// The files of a collection.
    fn collection(&self) -> Result<discover::Collection, Error> {
        let files: Vec<(&str, Vec<u8>)> =
            self.files.iter().map(|(name, file)| (name.as_str(), file.bytes())).collect();
        self.reading(|how| ask::read_collection(files.iter().map(|(name, file)| (*name, &file[..])), how))
    }

    /// The program after all documents, and what became of the last one's records.
    fn program(&self) -> Result<(Program, discover::Absorbed), Error> {
        let mut program = Program::new(self.intel()?);
        let absorbed = self.reports()?.into_iter().map(|report| program.absorb(report)).last();
        self.decided(&mut program)?;
        Ok((program, absorbed.unwrap_or_default()))
    }

    /// What became of the last decision.
    fn decided(&self, program: &mut Program) -> Result<String, Error> {
        self.decisions
            .iter()
            .try_fold(String::new(), |_, decision| ask::decide(program, decision.get().as_bytes()))
    }

    /// The program after all events, and what the last one changed.
    fn applied(&self) -> Result<(Program, String), Error> {
        let (mut program, mut delta) = (self.program()?.0, String::new());
        for event in &self.events {
            let how = ask::AssessRequest::default();
            delta = ask::apply(&mut program, event.get().as_bytes(), self.late.as_deref(), how)?;
        }
        Ok((program, delta))
    }

    /// The program after all events, if there are any.
    fn happened(&self) -> Result<Program, Error> {
        Ok(self.applied()?.0)
    }

    /// The program after all events and without some names, and what stands in their place.
    fn erased(&self) -> Result<(Program, String), Error> {
        let (mut program, key) =
            (self.happened()?, self.key.as_ref().map(Document::bytes).unwrap_or_default());
        let erased = ask::erase(&mut program, self.asked(), &key)?;
        Ok((program, erased))
    }

    fn asked(&self) -> &[u8] {
        self.asked.as_ref().map(|asked| asked.get()).unwrap_or_default().as_bytes()
    }

    fn assessment(&self) -> Result<Assessment, Error> {
        let baseline = self.baseline.as_ref().map(Document::bytes);
        let profile = self.profile.as_ref().map(Document::bytes);
        let how = ask::AssessRequest {
            horizon_days: self.horizon_days,
            events_per_finding: self.events_per_finding.clone(),
            baseline: baseline.as_deref(),
            profile: profile.as_deref(),
            ..Default::default()
        };
        ask::assess(&self.program()?.0, &self.as_of, how)
    }

    /// What a call returns.
    fn call(&self, name: &str) -> Result<String, Error> {
        let bytes = |document: &Option<Document>| document.as_ref().map(Document::bytes).unwrap_or_default();
        match name {
            "formats" => Ok(wire::formats()),
            "attacker_profiles" => ask::attacker_profiles(),
            "unknown_rules" => wire::json(&self.program()?.0.unknown_rules()),
            "intel" => wire::json(&wire::IntelDocument::of(&self.intel()?)),
            "read" => Ok(wire::report(self.reports()?.last().unwrap())),
            "absorb" => wire::json(&self.program()?.1),
            "environment" => Ok(wire::environment(self.program()?.0.environment())),
            "assess" => ask::document(&self.assessment()?, self.at_most.clone(), self.explained),
            "explain" => ask::explain(&self.assessment()?, &self.finding),
            "table" | "markdown" | "html" => {
                let budget = self.budget.as_ref().map(Document::bytes);
                let how = ask::RenderRequest {
                    at_most: self.at_most.clone(),
                    explained: self.reasons.clone(),
                    width: self.width.clone(),
                    budget: budget.as_deref(),
                    only: self.only.clone(),
                    ..ask::RenderRequest::default()
                };
                let show = match name {
                    "table" => ask::table,
                    "markdown" => ask::markdown,
                    _ => ask::html,
                };
                wire::json(&show(&self.assessment()?, how)?)
            }
            "export" => {
                let how =
                    ask::RenderRequest { at_most: self.at_most.clone(), ..ask::RenderRequest::default() };
                wire::json(&ask::export(&self.assessment()?, &self.form, how)?)
            }
            "gate" => {
                let (policy, baseline) = (bytes(&self.policy), bytes(&self.held_against));
                // Without a document that is handed in, what the same call writes of the documents before is the baseline.
                let baseline = match &self.before {
                    Some(before) => {
                        ask::document(&before.assessment()?, before.at_most.clone(), false)?.into()
                    }
                    None => baseline,
                };
                ask::gate(&self.assessment()?, &policy, &baseline)
            }
            "cvss" => ask::cvss(&self.vector),
            "score" => ask::score(&bytes(&self.row), &self.intel()?, self.horizon_days),
            "score_all" => {
                wire::json(&ask::score_all(&bytes(&self.rows), &self.intel()?, self.horizon_days)?)
            }
            "apply" => Ok(self.applied()?.1),
            "courses" => ask::courses(&self.applied()?.0),
            "accepted_risks" => ask::accepted_risks(&self.applied()?.0),
            "reports" => ask::reports(&self.applied()?.0),
            "history" => {
                let program = self.applied()?.0;
                let again = ask::read_program(program.document()?.as_bytes(), None)?;
                Ok(wire::environment(ask::at(&again, &self.as_of)?.environment()))
            }
            "decide" => {
                let mut program = Program::new(self.intel()?);
                self.reports()?.into_iter().for_each(|report| drop(program.absorb(report)));
                self.decided(&mut program)
            }
            "read_collection" => wire::json(&self.collection()?),
            "trend" => {
                let moments: Vec<&str> = self.moments.iter().map(String::as_str).collect();
                let how = ask::AssessRequest { horizon_days: self.horizon_days, ..Default::default() };
                ask::trend(&self.happened()?, &moments, how)
            }
            "compact" => {
                let (mut program, forget) = (self.happened()?, self.forget_gone_before.as_deref());
                wire::json(&ask::compact(&mut program, &self.replay_from, forget)?)
            }
            "erase" => self.erased().map(|(_, erased)| erased),
            "erased_document" => wire::json(&self.erased()?.0.document()?),
            "coverage" => ask::coverage(&self.happened()?, self.asked()),
            "measures" => {
                let asked = self.asked.as_ref().map(|asked| asked.get()).unwrap_or_default();
                ask::measures(&self.applied()?.0, asked.as_bytes())
            }
            "moved" => ask::moved(&self.applied()?.0, self.asked(), OnProgress::default()),
            "progress_report" => {
                ask::progress_report(&self.applied()?.0, self.asked(), OnProgress::default())
            }
            "progress_report_html" => wire::json(&ask::progress_report_html(
                &self.applied()?.0,
                self.asked(),
                OnProgress::default(),
            )?),
            "deadlines" => ask::deadlines(&self.happened()?, self.asked()),
            "fedramp_report" => ask::fedramp_report(&self.happened()?, self.asked()),
            "back_test" => {
                let epss = self.epss.as_ref().map(Document::bytes);
                let asked = self.asked.as_ref().map(|asked| asked.get()).unwrap_or_default();
                ask::back_test(&bytes(&self.rows), &bytes(&self.outcomes), epss.as_deref(), asked.as_bytes())
            }
            asked => {
                let options = self.asked.as_ref().unwrap_or_else(|| panic!("`{asked}` is no call"));
                let question = format!(r#"{{"{asked}": {}}}"#, options.get());
                let question = ask::Question::read(question.as_bytes())?;
                ask::answer(&self.assessment()?, &question, OnProgress::default())
            }
        }
    }
}

/// What comes of a case, as the text of its `then`.
fn outcome(case: &Case) -> String {
    let given: Given =
        serde_json::from_str(case.given.get()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let call: String = serde_json::from_str(case.call.get()).unwrap();
    match given.call(&call) {
        Ok(value) => format!(r#"{{"value":{value}}}"#),
        Err(error) => format!(r#"{{"error":{}}}"#, wire::error(&error)),
    }
}

fn files() -> Vec<PathBuf> {
    let all = fs::read_dir(tests().join("vectors")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        all.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    files
}

#[test]
fn every_call_returns_what_its_vector_says() {
    let (mut names, mut errors) = (BTreeSet::new(), 0);
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let cases: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut laid_out = Vec::new();
        for case in &cases {
            assert!(names.insert(case.name.clone()), "two cases are called `{}`", case.name);
            let then = outcome(case);
            errors += usize::from(then.starts_with("{\"error\""));
            let fields = [
                ("name", serde_json::to_string(&case.name).unwrap()),
                ("call", case.call.get().to_owned()),
                ("given", case.given.get().to_owned()),
                ("then", then),
            ];
            let fields = fields.map(|(name, value)| format!("  \"{name}\": {}", layout::of(&value, 2)));
            let case_text = format!(" {{\n{}\n }}", fields.join(",\n"));
            if std::env::var_os("CTEM_BLESS").is_none() {
                assert!(
                    text.contains(&case_text),
                    "{}: `{}` becomes\n{case_text}",
                    path.display(),
                    case.name
                );
            }
            laid_out.push(case_text);
        }
        let laid_out = format!("[\n{}\n]\n", laid_out.join(",\n"));
        if std::env::var_os("CTEM_BLESS").is_some() {
            fs::write(&path, &laid_out).unwrap();
        } else {
            assert_eq!(text, laid_out, "{} is laid out otherwise", path.display());
        }
    }
    // They only rise.
    assert!(names.len() >= 636, "{} cases", names.len());
    assert!(3 * errors >= names.len(), "{errors} errors of {} cases", names.len());
}

/// What neither stream nor caller can do to a case, tests of each language do.
#[test]
fn every_kind_of_error_is_one_of_a_vector() {
    let all: String = files().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let known = |kind: &ErrorKind| all.contains(&format!("\"code\": \"{}\"", kind.code()));
    let missing: Vec<ErrorKind> = ErrorKind::ALL.into_iter().filter(|kind| !known(kind)).collect();
    assert_eq!(missing, [ErrorKind::Io, ErrorKind::Cancelled]);
}

#[test]
fn every_document_of_the_vectors_is_used() {
    let all: String = files().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for entry in fs::read_dir(tests().join("vectors/documents")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(all.contains(&format!("vectors/documents/{name}")), "{name}");
    }
}

/// JSON laid out for people, number for number and name for name as it was.
mod layout {
    const WIDTH: usize = 120;

    enum Tree<'a> {
        Leaf(&'a str),
        /// The brackets, and the elements with their names.
        Branch(char, char, Vec<(&'a str, Tree<'a>)>),
    }

    /// The value on one line, or else an element a line, indented by one more than `indent`.
    pub(super) fn of(json: &str, indent: usize) -> String {
        let mut rest = json;
        let tree = parse(&mut rest);
        assert!(rest.trim().is_empty(), "{rest}");
        // A name and a comma stand on the same line.
        write(&tree, indent, WIDTH.saturating_sub(indent + 12))
    }

    /// The first value of valid JSON, which is taken off the text.
    fn parse<'a>(rest: &mut &'a str) -> Tree<'a> {
        *rest = rest.trim_start();
        let close = match rest.as_bytes()[0] {
            b'{' => '}',
            b'[' => ']',
            _ => return Tree::Leaf(leaf(rest)),
        };
        let open = if close == '}' { '{' } else { '[' };
        let mut elements = Vec::new();
        loop {
            *rest = rest[1..].trim_start();
            if rest.starts_with(close) {
                break;
            }
            let name = if close == '}' { leaf(rest) } else { "" };
            *rest = rest.trim_start().trim_start_matches(':');
            elements.push((name, parse(rest)));
            *rest = rest.trim_start();
            if rest.starts_with(close) {
                break;
            }
        }
        *rest = &rest[1..];
        Tree::Branch(open, close, elements)
    }

    /// A string, number or word, which is taken off the text.
    fn leaf<'a>(rest: &mut &'a str) -> &'a str {
        let bytes = rest.as_bytes();
        let mut end = 1;
        if bytes[0] == b'"' {
            while bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            end += 1;
        } else {
            end = rest.find(|c: char| ",:]}".contains(c) || c.is_whitespace()).unwrap_or(rest.len());
        }
        let (leaf, after) = rest.split_at(end);
        *rest = after;
        leaf
    }

    fn write(tree: &Tree<'_>, indent: usize, room: usize) -> String {
        let Tree::Branch(open, close, elements) = tree else { return line(tree) };
        let flat = line(tree);
        if flat.chars().count() <= room {
            return flat;
        }
        let inner = " ".repeat(indent + 1);
        let lines: Vec<_> = elements
            .iter()
            .map(|(name, element)| {
                let named = if name.is_empty() { String::new() } else { format!("{name}: ") };
                let room = WIDTH.saturating_sub(indent + 2 + named.chars().count());
                format!("{inner}{named}{}", write(element, indent + 1, room))
            })
            .collect();
        format!("{open}\n{}\n{}{close}", lines.join(",\n"), " ".repeat(indent))
    }

    fn line(tree: &Tree<'_>) -> String {
        match tree {
            Tree::Leaf(text) => (*text).to_owned(),
            Tree::Branch(open, close, elements) => {
                let elements: Vec<_> = elements
                    .iter()
                    .map(|(name, element)| match *name {
                        "" => line(element),
                        name => format!("{name}: {}", line(element)),
                    })
                    .collect();
                format!("{open}{}{close}", elements.join(", "))
            }
        }
    }
}
