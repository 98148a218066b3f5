//! What is seen of a document, and which signs it has.

use crate::{
    discover::{
        document::{Document, Match, Shape},
        mapping::{Sign, Words},
        table, xml,
    },
    error::quoted,
};
use std::collections::HashMap;

/// What is seen of a document, so that many signs can be looked for at once.
pub(crate) struct Seen<'a> {
    text: &'a str,
    shape: Syntax,
    /// Paths without the numbers of lists, with short texts.
    paths: HashMap<String, Option<Box<str>>>,
    /// The columns of the first lines, in lower case.
    columns: Vec<Vec<String>>,
}

#[derive(PartialEq, Eq)]
enum Syntax {
    Json,
    Xml,
    Table,
}

/// A table may have so many lines before its header.
const LINES_BEFORE: usize = 20;

impl<'a> Seen<'a> {
    pub(crate) fn of(document: &'a Document<'_>) -> Self {
        let text = document.text.trim_start();
        let (mut paths, mut columns) = (HashMap::new(), Vec::new());
        let shape = match &document.shape {
            // What stands in YAML is read as the JSON it means.
            Shape::Json(outline) | Shape::Yaml(_, outline) => {
                for (path, said) in outline.paths() {
                    let names = path.split('/').filter(|name| !matches!(*name, "" | "0" | "[]"));
                    let path = names.collect::<Vec<_>>().join("/");
                    let known = paths.entry(path).or_insert(None);
                    if known.is_none() {
                        *known = said.map(Box::from);
                    }
                }
                Syntax::Json
            }
            Shape::Xml(_) => {
                paths = xml::outline(text);
                Syntax::Xml
            }
            Shape::Empty | Shape::Toml(..) | Shape::Table(_) => {
                let lower = |name: String| name.to_lowercase();
                columns = text
                    .lines()
                    .take(LINES_BEFORE)
                    .map(|line| table::header(line).into_iter().map(lower).collect())
                    .collect();
                Syntax::Table
            }
        };
        Self { text, shape, paths, columns }
    }

    /// How sure it is that the document has what all of one of the signs say, and how many things that is.
    pub(crate) fn has(&self, signs: &[Sign]) -> (Match, usize) {
        let sure = |sign: &Sign| if sign.perhaps { Match::Maybe } else { Match::Yes };
        let found = signs.iter().filter(|sign| self.lacks(sign).next().is_none() && sign.len() > 0);
        found.map(|sign| (sure(sign), sign.len())).max().unwrap_or((Match::No, 0))
    }

    /// The part of a sign that is there, and what is not; nothing where all of it is missing or of another syntax.
    pub(crate) fn nearly(&self, signs: &[Sign]) -> Option<(usize, String)> {
        let near = signs.iter().filter_map(|sign| {
            let missing: Vec<String> = self.lacks(sign).collect();
            let there = sign.len().checked_sub(missing.len()).filter(|there| *there > 0)?;
            Some((there * 100 / sign.len(), missing.first()?.clone()))
        });
        near.max_by_key(|(share, _)| *share)
    }

    /// Which of the first lines is the table's header by these signs.
    pub(crate) fn header(&self, signs: &[Sign]) -> usize {
        let line = |columns: &Vec<String>| {
            signs
                .iter()
                .any(|sign| !sign.csv.is_empty() && sign.csv.iter().all(|column| has(columns, column)))
        };
        self.columns.iter().position(line).unwrap_or(0)
    }

    /// What of a sign the document does not have, in words.
    fn lacks<'s>(&'s self, sign: &'s Sign) -> impl Iterator<Item = String> {
        let is = |shape: Syntax| self.shape == shape;
        let paths = |is: bool, paths: &'s Words| {
            paths.iter().filter(move |path| !is || !self.has_path(path)).map(|path| quoted(path))
        };
        let best =
            self.columns.iter().max_by_key(|known| sign.csv.iter().filter(|one| has(known, one)).count());
        let columns = sign.csv.iter().filter(move |column| !best.is_some_and(|known| has(known, column)));
        let begins = sign.begins.iter().filter(|begin| !self.text.starts_with(&***begin));
        let says = sign.says.iter().filter(|(path, text)| {
            self.paths.get(&**path).and_then(|said| said.as_deref()).is_none_or(|said| said != text)
        });
        paths(is(Syntax::Json), &sign.json)
            .chain(paths(is(Syntax::Xml), &sign.xml))
            .chain(columns.map(|column| format!("the column {}", quoted(column))))
            .chain(begins.map(|begin| format!("{} at its beginning", quoted(begin))))
            .chain(says.map(|(path, text)| format!("{} at {}", quoted(text), quoted(path))))
    }

    fn has_path(&self, path: &str) -> bool {
        if !path.split('/').any(|name| name == "*") {
            return self.paths.contains_key(path);
        }
        self.paths.keys().any(|known| {
            known.split('/').count() == path.split('/').count()
                && known.split('/').zip(path.split('/')).all(|(known, name)| name == "*" || known == name)
        })
    }
}

fn has(columns: &[String], column: &str) -> bool {
    let column = column.to_lowercase();
    columns.contains(&column)
}
