//! A program in jq that makes a native document of any JSON, for what a mapping cannot say.
//!
//! A program is code, not data: it can run for ever, and run out of stack. Take it from where you take code from, whatever the
//! documents it reads. It sees the document and nothing else: no clock, no environment, no file and no way to end the process.

use super::{Document, ReadOptions, document::Shape, read_with};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    model::Report,
    text,
};
use jaq_core::{
    Compiler, Ctx, Filter, Vars,
    data::JustLut,
    load::{self, Arena, File, Loader},
};
use jaq_json::Val;
use std::{fmt, sync::Arc};

/// What can end the process, look outside or write there.
const LEFT_OUT: [&str; 10] = [
    "debug",
    "debug_empty",
    "env",
    "halt",
    "halt_error",
    "localtime",
    "now",
    "stderr",
    "stderr_empty",
    "strflocaltime",
];

/// A program in jq whose output is a native document: one value, or its records one by one.
///
/// ```
/// use ctem_core::discover::{JqProgram, ReadOptions, read_jq};
///
/// let program = JqProgram::parse(
///     r#".hosts[] | {asset: {id: .name, kind: "host"}}, {finding: {asset: .name, weakness: {id: .flaws[]}}}"#,
/// )?;
/// let scan = br#"{"hosts": [{"name": "web-1", "flaws": ["CVE-2021-44228", "CVE-2022-22965"]}]}"#;
/// let report = read_jq(scan, &program, &ReadOptions::default())?;
/// assert_eq!(report.contents.findings.len(), 2);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone)]
pub struct JqProgram(Arc<str>);

impl JqProgram {
    /// Reads a program.
    ///
    /// ```
    /// use ctem_core::discover::JqProgram;
    ///
    /// let error = JqProgram::parse(".hosts[] | nmae").unwrap_err();
    /// assert_eq!((error.code(), error.place()), ("invalid_input", Some("character 12")));
    /// assert!(error.message().contains("`nmae`"));
    /// ```
    ///
    /// # Errors
    /// `invalid_input` with the first character that cannot be read, or that names what there is not.
    pub fn parse(code: &str) -> Result<Self> {
        compiled(code).map(|_| Self(code.into()))
    }
}

impl fmt::Debug for JqProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JqProgram({})", quoted(&self.0))
    }
}

/// Reads what a program in jq makes of a document, as a native document is read: the same checks, rejections and notes.
///
/// The program gets every JSON value of the document, one after the other; of a document that is no JSON it gets the text. What it
/// gives is one native document, to which the header may be missing, or records such as `{"asset": …}` and
/// `{"finding": …}`, as many as it likes. Places are those of its output.
///
/// ```
/// use ctem_core::discover::{JqProgram, ReadOptions, read_jq};
///
/// let program = JqProgram::parse(r#"{assets: split("\n") | map({id: ., kind: "host"})}"#)?;
/// assert_eq!(read_jq(b"web-1\nweb-2", &program, &ReadOptions::default())?.contents.assets.len(), 2);
///
/// let program = JqProgram::parse(r#"{assets: [{id: .name}]}"#)?;
/// let report = read_jq(br#"{"name": "web-1"}"#, &program, &ReadOptions::default())?;
/// assert_eq!(report.notes[0].place.to_string(), "/assets/0");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`read_with`]; `invalid_input` when the program ends with an error, or gives something else than a document or records, and
/// `limit_exceeded` when it gives more than [`ReadOptions::most_bytes`].
pub fn read_jq(bytes: &[u8], program: &JqProgram, options: &ReadOptions<'_>) -> Result<Report> {
    let unpacked = text::unpacked(bytes, options.most_bytes)?;
    let document = Document::new("", &unpacked, None, options)?;
    if let Some(cut) = &document.cut {
        return Err(cut.error());
    }
    let filter = compiled(&program.0)?;
    let mut output = Output { text: String::new(), values: 0, records: true, most: options.most_bytes };
    match document.shape {
        Shape::Json(_) => {
            let mut values = serde_json::Deserializer::from_str(&document.text).into_iter::<Val>();
            while let Some(value) = values.next() {
                let at = values.byte_offset();
                output.take(
                    &filter,
                    value
                        .map_err(|error| Error::malformed(error.to_string()).at(format_args!("byte {at}")))?,
                )?;
            }
        }
        _ => output.take(&filter, Val::from(document.text.into_owned()))?,
    }
    let native = ReadOptions { format: Some("ctem".into()), mappings: Vec::new(), ..options.clone() };
    read_with(output.document()?.as_bytes(), &native)
}

/// What a program has given so far, one value a line.
struct Output {
    text: String,
    values: usize,
    /// Whether each is a record.
    records: bool,
    most: usize,
}

impl Output {
    fn take(&mut self, filter: &Filter<JustLut<Val>>, input: Val) -> Result<()> {
        for value in filter.id.run((Ctx::<JustLut<Val>>::new(&filter.lut, Vars::new([])), input)) {
            let place = format!("output {}", self.values + 1);
            let value = value.map_err(|ended| {
                let why =
                    ended.get_err().map_or_else(|_| "it breaks off".to_owned(), |error| error.to_string());
                Error::invalid(format!("the program ends with an error: {why}")).at(&place)
            })?;
            self.records &= is_record(&value);
            self.values += 1;
            self.text.push_str(&value.to_string());
            self.text.push('\n');
            if self.text.len() > self.most {
                let more = format!(
                    "the program gives more than {} bytes: raise `most_bytes`, or give less",
                    self.most
                );
                return Err(Error::new(ErrorKind::LimitExceeded, more).at(place));
            }
        }
        Ok(())
    }

    /// The native document that it is.
    fn document(self) -> Result<String> {
        if self.records {
            return Ok(format!("{{\"ctem\":{{\"version\":{}}}}}\n{}", super::native::VERSION, self.text));
        }
        let text = self.text.trim_end();
        match (self.values, text.strip_prefix('{')) {
            (1, Some(_)) if text.contains("\"ctem\"") => Ok(text.to_owned()),
            (1, Some(rest)) => {
                let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
                Ok(format!("{{\"ctem\":{{\"version\":{}}}{comma}{rest}", super::native::VERSION))
            }
            _ => Err(Error::invalid(
                "the program must give one document, `{assets: […], findings: […]}`, or records, `{asset: {…}}`",
            )),
        }
    }
}

/// Whether a value is a record of the native document: one name, and an object.
fn is_record(value: &Val) -> bool {
    let Val::Obj(fields) = value else { return false };
    let named = |name: &Val| matches!(name, Val::TStr(name) if name.as_ref() != b"ctem".as_slice());
    fields.len() == 1 && fields.iter().all(|(name, inside)| named(name) && matches!(inside, Val::Obj(_)))
}

fn compiled(code: &str) -> Result<Filter<JustLut<Val>>> {
    let kept = |name: &str| !LEFT_OUT.contains(&name);
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let natives = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let program = Loader::new(definitions.filter(|definition| kept(definition.name)))
        .load(&arena, File { code, path: () })
        .map_err(|errors| {
            let first = errors.into_iter().next().map(|(_, error)| error);
            match first {
                Some(load::Error::Lex(errors)) => {
                    refused(code, errors.first().map(|(expected, rest)| (expected.as_str(), *rest)))
                }
                Some(load::Error::Parse(errors)) => {
                    refused(code, errors.first().map(|(expected, rest)| (expected.as_str(), *rest)))
                }
                Some(load::Error::Io(errors)) => {
                    let module = errors.first().map(|(module, _)| *module);
                    unknown(code, "module", module.unwrap_or_default())
                }
                None => refused(code, None),
            }
        })?;
    Compiler::default().with_funs(natives.filter(|(name, ..)| kept(name))).compile(program).map_err(
        |errors| {
            let first = errors.into_iter().flat_map(|(_, errors)| errors).next();
            first.map_or_else(|| refused(code, None), |(name, kind)| unknown(code, kind.as_str(), name))
        },
    )
}

fn unknown(code: &str, kind: &str, name: &str) -> Error {
    Error::invalid(format!("there is no {kind} {}", quoted(name))).at(place(code, name))
}

fn refused(code: &str, why: Option<(&str, &str)>) -> Error {
    let (expected, rest) = why.unwrap_or(("a program", code));
    let found = rest.split_whitespace().next().map_or_else(|| "its end".to_owned(), quoted);
    Error::invalid(format!("{expected} is expected, and not {found}")).at(place(code, rest))
}

/// Where a part of the code begins.
fn place(code: &str, part: &str) -> String {
    let at = (part.as_ptr() as usize).checked_sub(code.as_ptr() as usize).filter(|at| *at <= code.len());
    let before = at.and_then(|at| code.get(..at)).unwrap_or(code);
    format!("character {}", before.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_sees_the_document_and_nothing_else() {
        for code in [
            "halt",
            "halt(1)",
            "halt_error",
            "env",
            "now",
            "localtime",
            "debug",
            "stderr",
            "$ENV",
            "input",
            "inputs",
            "import \"x\" as x; .",
        ] {
            let error = JqProgram::parse(code).unwrap_err();
            assert_eq!(error.code(), "invalid_input", "{code}: {error}");
            assert!(error.place().is_some_and(|place| place.starts_with("character")), "{code}: {error}");
        }
        for (code, at) in
            [("", "character 1"), (".a | ", "character 6"), ("{a: }", "character 5"), (".a)", "character 3")]
        {
            let place = JqProgram::parse(code).map_err(|error| error.place().unwrap_or_default().to_owned());
            assert_eq!(place.err().as_deref().unwrap_or("character 1"), at, "{code}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let read = |code: &str, bytes: &str| {
            read_jq(bytes.as_bytes(), &JqProgram::parse(code).unwrap(), &ReadOptions::default())
        };
        for (code, code_of_error) in [
            ("1", "invalid_input"),
            ("{assets: []}, {assets: []}", "invalid_input"),
            ("error(\"no\")", "invalid_input"),
            ("{ctem: {version: 99}}", "unsupported_version"),
            (".a.b.c[0]", "invalid_input"),
        ] {
            assert_eq!(read(code, "{\"a\": 1}").unwrap_err().code(), code_of_error, "{code}");
        }
        assert_eq!(read("empty", "{}").unwrap().tally.read, 0);
        assert_eq!(read("{}", "{}").unwrap().tally.read, 0);
        let rejected = read("{finding: {asset: \"web-1\"}}", "{}").unwrap();
        assert_eq!((rejected.tally.read, rejected.tally.rejected), (1, 1));
        let lines = read("{asset: {id: .n, kind: \"host\"}}", "{\"n\": \"a\"}\n{\"n\": \"b\"}").unwrap();
        assert_eq!(lines.contents.assets.len(), 2);
        let options = ReadOptions { most_bytes: 1000, ..ReadOptions::default() };
        let endless = JqProgram::parse("repeat({asset: {id: \"a\", kind: \"host\"}})").unwrap();
        assert_eq!(read_jq(b"{}", &endless, &options).unwrap_err().code(), "limit_exceeded");
    }
}
