//! How columns are filled: each is named beside how a cell of it is made of a row, and the type of the cell is the type of the column.

use super::column::{Cells, Coded, Columns, NamedColumn};
use crate::time::Moment;
use std::{collections::HashMap, mem};

/// A column of rows of a kind, before it has cells.
pub(in crate::render) struct Named<'r, R> {
    pub(in crate::render) name: &'static str,
    about: &'static str,
    unit: Option<Box<str>>,
    made: Box<dyn Making<R> + 'r>,
}

impl<'r, R: 'r> Named<'r, R> {
    pub(super) fn new<V: Value>(name: &'static str, about: &'static str, cell: fn(&R) -> V) -> Self {
        Self { name, about, unit: None, made: Box::new(Made { cell, kept: V::Kept::default() }) }
    }

    /// The same, of numbers that are counted in something.
    pub(super) fn counted_in(
        unit: &str,
        name: &'static str,
        about: &'static str,
        cell: fn(&R) -> Option<f64>,
    ) -> Self {
        Self { unit: Some(unit.into()), ..Self::new(name, about, cell) }
    }

    /// The cell of a row as text; what is not known is empty.
    pub(in crate::render) fn text(&self, row: &R) -> String {
        self.made.text(row)
    }
}

/// These columns with a cell for each row.
pub(super) fn filled<R>(mut named: Vec<Named<'_, R>>, rows: impl Iterator<Item = R>) -> Columns {
    let mut count = 0;
    for row in rows {
        named.iter_mut().for_each(|column| column.made.keep(&row));
        count += 1;
    }
    let columns = named.into_iter().map(|Named { name, about, unit, mut made }| {
        let cells = made.cells();
        NamedColumn { name, about, unit, cells }
    });
    Columns::new(count, columns.collect())
}

/// The unit of chances.
pub(super) const PROBABILITY: &str = "probability";

pub(super) fn text(text: &str) -> Option<Box<str>> {
    Some(text.into())
}

/// What makes cells of rows, whatever they are of.
trait Making<R> {
    fn keep(&mut self, row: &R);
    fn text(&self, row: &R) -> String;
    fn cells(&mut self) -> Cells;
}

struct Made<R, V: Value> {
    cell: fn(&R) -> V,
    kept: V::Kept,
}

impl<R, V: Value> Making<R> for Made<R, V> {
    fn keep(&mut self, row: &R) {
        (self.cell)(row).keep(&mut self.kept);
    }

    fn text(&self, row: &R) -> String {
        (self.cell)(row).text()
    }

    fn cells(&mut self) -> Cells {
        V::cells(mem::take(&mut self.kept))
    }
}

/// What a cell can be.
pub(super) trait Value: 'static {
    type Kept: Default + 'static;
    fn keep(self, kept: &mut Self::Kept);
    fn text(self) -> String;
    fn cells(kept: Self::Kept) -> Cells;
}

/// A word or a name that other rows have too.
pub(super) struct Word(Option<Box<str>>);

impl Word {
    pub(super) fn of(word: &str) -> Self {
        Self(Some(word.into()))
    }

    pub(super) fn known(word: Option<&str>) -> Self {
        Self(word.map(Box::from))
    }
}

/// The words of a column, and where each stands in its dictionary.
#[derive(Default)]
pub(super) struct Coding {
    coded: Coded,
    places: HashMap<Box<str>, i32>,
}

impl Value for Word {
    type Kept = Coding;

    fn keep(self, Coding { coded, places }: &mut Coding) {
        let code = self.0.map(|word| match places.get(&word) {
            Some(code) => *code,
            None => {
                let code = i32::try_from(coded.texts.len()).unwrap_or(i32::MAX);
                coded.texts.push(word.clone());
                places.insert(word, code);
                code
            }
        });
        coded.codes.push(code);
    }

    fn text(self) -> String {
        self.0.map(String::from).unwrap_or_default()
    }

    fn cells(kept: Coding) -> Cells {
        Cells::Words(kept.coded)
    }
}

/// Kinds of cells that are kept as they are.
macro_rules! kept {
    ($($type:ty => $cells:ident, $text:expr;)+) => {
        $(impl Value for $type {
            type Kept = Vec<Self>;

            fn keep(self, kept: &mut Vec<Self>) {
                kept.push(self);
            }

            fn text(self) -> String {
                $text(self)
            }

            fn cells(kept: Vec<Self>) -> Cells {
                Cells::$cells(kept)
            }
        })+
    };
}

fn as_text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

kept! {
    Option<Box<str>> => Texts, as_text;
    Vec<Box<str>> => Lists, |list: Self| list.join(" ");
    Option<u64> => Counts, as_text;
    Option<f64> => Numbers, as_text;
    Option<bool> => Flags, as_text;
    Option<Moment> => Moments, as_text;
}
