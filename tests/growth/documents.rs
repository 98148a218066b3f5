//! Documents of every format, and each thing in them that can be repeated, at any number.

use ctem_core::discover;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// A document of `tests/reports`, by its parts.
pub struct Document {
    pub name: String,
    text: Text,
    /// The values of JSON that may be others and its records are still taken, by their pointers.
    free: BTreeSet<String>,
}

enum Text {
    /// JSON, and whether it is several values in lines.
    Json(Value, bool),
    /// XML and tables: pieces that can stand again behind themselves.
    Pieces(String, Vec<std::ops::Range<usize>>),
}

/// What of a document is repeated, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As it is, again and again.
    Same,
    /// Each a bit different, where it may be.
    Varied,
}

/// The documents whose format's name begins with one of these letters.
pub fn documents(letters: std::ops::RangeInclusive<char>) -> Vec<Document> {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut documents = Vec::new();
    for folder in fs::read_dir(&reports).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.file_name().unwrap().to_str().unwrap().starts_with(|c| letters.contains(&c)) {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.strip_prefix(&reports).unwrap().display().to_string().replace('\\', "/");
            if !name.ends_with("corpora.tsv") && !name.ends_with(".expected.json") {
                documents.extend(Document::of(name, &fs::read_to_string(&file).unwrap()));
            }
        }
    }
    documents.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(documents.len() > 10);
    documents
}

impl Document {
    /// A document; none for a format whose parts are not told here: YAML is read as the JSON it is.
    fn of(name: String, text: &str) -> Option<Self> {
        let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
        let text = match values {
            Ok(mut values) if values.len() == 1 => Text::Json(values.pop()?, false),
            Ok(values) if !values.is_empty() => Text::Json(Value::Array(values), true),
            Ok(_) => return None,
            Err(_) if text.trim_start().starts_with('<') => Text::Pieces(text.into(), elements(text)),
            Err(_) => {
                let rows = text.split_inclusive('\n').scan(0, |at, line| {
                    *at += line.len();
                    Some(*at - line.len()..*at)
                });
                Text::Pieces(text.into(), rows.skip(1).collect())
            }
        };
        let mut document = Self { name, text, free: BTreeSet::new() };
        document.free = document.freed();
        Some(document)
    }

    /// What can be repeated: lists and the objects that are lists by name, elements, rows.
    pub fn sites(&self) -> Vec<String> {
        match &self.text {
            Text::Json(value, _) => {
                let mut sites = Vec::new();
                lists("", value, &mut sites);
                sites
            }
            Text::Pieces(_, pieces) => (0..pieces.len()).map(|n| n.to_string()).collect(),
        }
    }

    /// The document with so many more of what is at these sites.
    pub fn repeated(&self, sites: &[&String], n: usize, how: How) -> String {
        match &self.text {
            Text::Json(value, lines) => {
                let mut grown = value.clone();
                for site in sites {
                    self.repeat(value, &mut grown, site, n, how);
                }
                written(&grown, *lines)
            }
            Text::Pieces(text, pieces) => {
                let mut grown = String::new();
                let mut at = 0;
                let mut chosen: Vec<_> =
                    sites.iter().map(|site| &pieces[site.parse::<usize>().unwrap()]).collect();
                chosen.sort_by_key(|piece| piece.end);
                for piece in chosen {
                    let end = piece.end.max(at);
                    grown += &text[at..end];
                    at = end;
                    for k in 0..n {
                        match how {
                            How::Same => grown += &text[piece.clone()],
                            How::Varied => grown += &numbered(&text[piece.clone()], k),
                        }
                    }
                }
                grown + &text[at..]
            }
        }
    }

    fn repeat(&self, value: &Value, grown: &mut Value, site: &str, n: usize, how: How) {
        let vary = |first: &Value, below: &str, k: usize| {
            let mut copy = first.clone();
            if how == How::Varied {
                self.vary(&mut copy, below, k);
            }
            copy
        };
        match (value.pointer(site), grown.pointer_mut(site)) {
            (Some(Value::Array(list)), Some(Value::Array(grown))) => {
                grown.extend((0..n).map(|k| vary(&list[0], &format!("{site}/0"), k)));
            }
            (Some(Value::Object(map)), Some(Value::Object(grown))) => {
                let (name, first) = map.iter().next().unwrap();
                let below = format!("{site}/{}", escaped(name));
                grown.extend((0..n).map(|k| (format!("{name}{k:06}"), vary(first, &below, k))));
            }
            _ => {}
        }
    }

    /// The smallest things that can stand in a list of its syntax.
    pub fn small(&self) -> &'static [&'static str] {
        match &self.text {
            Text::Json(..) => &["{}", "0", "\"\"", "[]"],
            Text::Pieces(text, _) if text.starts_with('<') => {
                &["<a/>", "<a b=\"\"/>", "<!---->", "&lt;", "</>"]
            }
            Text::Pieces(..) => &["a\n", ",,,,,,\n", "\"\"\"\"\n", "\n"],
        }
    }

    /// The document with nothing but so many of a small thing in a list, or behind an element or a row; `</>` is the element, empty.
    pub fn filled(&self, site: &str, with: &str, n: usize) -> Option<String> {
        let (value, lines) = match &self.text {
            Text::Json(value, lines) => (value, lines),
            Text::Pieces(text, pieces) => {
                let piece = &pieces[site.parse::<usize>().unwrap()];
                let of_name = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
                let name = text[piece.start + 1..].split(|c| !of_name(c)).next().unwrap();
                let with = if with == "</>" { format!("<{name}/>") } else { with.to_owned() };
                return Some(format!("{}{}{}", &text[..piece.end], with.repeat(n), &text[piece.end..]));
            }
        };
        let mut grown = value.clone();
        let list = grown.pointer_mut(site)?.as_array_mut()?;
        let with: Value = serde_json::from_str(with).unwrap();
        // The first stays, so that its format is told.
        list.truncate(1);
        list.extend(vec![with; n]);
        Some(written(&grown, *lines))
    }

    /// The document with long texts of nothing but a piece, in all places that may have any text.
    pub fn lengthened(&self, piece: &str, n: usize) -> Option<String> {
        let Text::Json(value, lines) = &self.text else { return None };
        let mut grown = value.clone();
        for pointer in &self.free {
            if let Some(Value::String(text)) = grown.pointer_mut(pointer) {
                text.push_str(&piece.repeat(n));
            }
        }
        Some(written(&grown, *lines))
    }

    fn vary(&self, value: &mut Value, at: &str, k: usize) {
        match value {
            Value::String(text) if self.free.contains(at) => text.push_str(&format!("{k:06}")),
            Value::Number(number) if self.free.contains(at) => {
                *number = (number.as_u64().unwrap_or_default() + k as u64).into();
            }
            Value::Array(list) => {
                list.iter_mut().enumerate().for_each(|(n, value)| self.vary(value, &format!("{at}/{n}"), k));
            }
            Value::Object(map) => {
                map.iter_mut()
                    .for_each(|(name, value)| self.vary(value, &format!("{at}/{}", escaped(name)), k));
            }
            _ => {}
        }
    }

    /// The values that may be others: the same number of records is taken then.
    fn freed(&self) -> BTreeSet<String> {
        let Text::Json(value, lines) = &self.text else { return BTreeSet::new() };
        let accepted = |value: &Value| {
            let report = discover::read(written(value, *lines).as_bytes());
            report.map_or((0, 0), |report| (report.tally.accepted, report.notes.len()))
        };
        let (before, notes) = accepted(value);
        let mut all = Vec::new();
        leaves("", value, &mut all);
        all.truncate(300);
        let mut free = BTreeSet::new();
        for pointer in all {
            let mut other = value.clone();
            match other.pointer_mut(&pointer) {
                Some(Value::String(text)) => text.push_str("000007"),
                Some(Value::Number(number)) => *number = (number.as_u64().unwrap_or_default() + 7).into(),
                _ => continue,
            }
            let (now, noted) = accepted(&other);
            if now >= before && noted <= notes {
                free.insert(pointer);
            }
        }
        free
    }
}

fn written(value: &Value, lines: bool) -> String {
    match value {
        Value::Array(values) if lines => values.iter().map(|value| format!("{value}\n")).collect(),
        value => value.to_string(),
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The pointers to lists, and to objects whose values are lists or objects all.
fn lists(at: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            if !list.is_empty() {
                into.push(at.to_owned());
            }
            // One of a kind is enough.
            list.iter().take(2).enumerate().for_each(|(n, value)| lists(&format!("{at}/{n}"), value, into));
        }
        Value::Object(map) => {
            if !map.is_empty() && map.values().all(|value| value.is_array() || value.is_object()) {
                into.push(at.to_owned());
            }
            map.iter().for_each(|(name, value)| lists(&format!("{at}/{}", escaped(name)), value, into));
        }
        _ => {}
    }
}

/// The pointers to texts and whole numbers.
fn leaves(at: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(_) => into.push(at.to_owned()),
        Value::Number(number) if number.is_u64() => into.push(at.to_owned()),
        Value::Array(list) => {
            list.iter().take(2).enumerate().for_each(|(n, value)| leaves(&format!("{at}/{n}"), value, into));
        }
        Value::Object(map) => {
            map.iter().for_each(|(name, value)| leaves(&format!("{at}/{}", escaped(name)), value, into));
        }
        _ => {}
    }
}

/// A piece of text with other digits where it has a run of them at least two long.
fn numbered(piece: &str, k: usize) -> String {
    let digits = format!("{k:06}");
    let mut out = String::with_capacity(piece.len());
    let mut run = String::new();
    for letter in piece.chars().chain(['\0']) {
        if letter.is_ascii_digit() {
            run.push(letter);
            continue;
        }
        let keep = run.len().saturating_sub(digits.len());
        match run.len() {
            0..=1 => out += &run,
            length => out += &format!("{}{}", &run[..keep], &digits[digits.len() - (length - keep)..]),
        }
        run.clear();
        if letter != '\0' {
            out.push(letter);
        }
    }
    out
}

/// Where the elements of an XML text are, without its root.
fn elements(text: &str) -> Vec<std::ops::Range<usize>> {
    let (mut open, mut found, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(start) = text[at..].find('<').map(|start| at + start) {
        let rest = &text[start..];
        let skip = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")]
            .iter()
            .find(|(begin, _)| rest.starts_with(begin))
            .and_then(|(_, end)| rest.find(end).map(|at| at + end.len()));
        let end = start + skip.unwrap_or_else(|| rest.find('>').unwrap_or(rest.len() - 1) + 1);
        at = end;
        if skip.is_some() {
            continue;
        }
        if rest.starts_with("</") {
            found.extend(open.pop().map(|begin: usize| begin..end));
        } else if text[..end].ends_with("/>") {
            found.push(start..end);
        } else {
            open.push(start);
        }
    }
    // The root is the last to end.
    found.pop();
    // One of a kind is enough: elements of a name within others of a name.
    let name = |piece: &std::ops::Range<usize>| {
        text[piece.start + 1..]
            .split(|c: char| c.is_whitespace() || c == '>' || c == '/')
            .next()
            .unwrap()
            .to_owned()
    };
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    found.retain(|piece| {
        let times = seen.entry(name(piece)).or_default();
        *times += 1;
        *times <= 2
    });
    found
}
