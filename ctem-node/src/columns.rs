//! Answers in columns, handed over as typed arrays: the core names the columns and fills them, and here each becomes an array of its type.

use crate::{
    answer::OnProgress,
    work::{Bytes, Given, done},
};
use ctem_core::{
    Error, Result,
    render::{self, Cells, NamedColumn},
    wire::ask,
};
use napi::{
    Env,
    bindgen_prelude::{Float64Array, Int32Array, Uint8Array},
};
use napi_derive::napi;

/// Rows in columns.
#[napi(object, object_from_js = false)]
pub struct Columns {
    pub rows: f64,
    pub columns: Vec<AnswerColumn>,
}

/// A column: what it says, and its cells in one of these forms. Codes are places of texts.
#[napi(object, object_from_js = false)]
pub struct AnswerColumn {
    pub name: String,
    pub about: String,
    pub unit: Option<String>,
    pub numbers: Option<Float64Array>,
    pub flags: Option<Uint8Array>,
    pub codes: Option<Int32Array>,
    pub texts: Option<Vec<Option<String>>>,
    pub lists: Option<Vec<Vec<String>>>,
}

/// An answer that was given, in columns.
#[napi]
pub fn columns<'env>(
    env: &'env Env,
    answer: Uint8Array,
    off: Option<OnProgress>,
) -> napi::Result<Given<'env, Columns>> {
    let answer = Bytes::of(answer, off.as_ref());
    done(env, off, move |_| Laid::of(ask::in_columns(&answer)?), Columns::from)
}

/// Columns as they lie in memory, where no engine of JavaScript is needed to make them.
pub(crate) struct Laid {
    rows: usize,
    columns: Vec<LaidColumn>,
}

struct LaidColumn {
    name: &'static str,
    about: &'static str,
    unit: Option<Box<str>>,
    cells: LaidCells,
}

/// The cells of a column. What is not known is `NaN` among numbers, 255 among flags, −1 among codes, and no text among texts.
enum LaidCells {
    Numbers(Vec<f64>),
    Flags(Vec<u8>),
    Coded(Vec<i32>, Vec<Option<String>>),
    Texts(Vec<Option<String>>),
    Lists(Vec<Vec<String>>),
}

const UNKNOWN_FLAG: u8 = u8::MAX;
const UNKNOWN_CODE: i32 = -1;

impl Laid {
    pub(crate) fn of(columns: render::Columns) -> Result<Self> {
        let rows = columns.len();
        let columns = columns.into_columns().into_iter().map(LaidColumn::of).collect::<Result<_>>()?;
        Ok(Self { rows, columns })
    }
}

impl LaidColumn {
    fn of(NamedColumn { name, about, unit, cells, .. }: NamedColumn) -> Result<Self> {
        Ok(Self { name, about, unit, cells: LaidCells::of(cells)? })
    }
}

impl LaidCells {
    fn of(cells: Cells) -> Result<Self> {
        Ok(match cells {
            Cells::Numbers(numbers) => {
                Self::Numbers(numbers.into_iter().map(|number| number.unwrap_or(f64::NAN)).collect())
            }
            Cells::Counts(counts) => Self::Numbers(
                counts.into_iter().map(|count| count.map_or(f64::NAN, |count| count as f64)).collect(),
            ),
            Cells::Moments(moments) => {
                // As a `Date` counts them: milliseconds since 1970.
                let count = |moment: ctem_core::Moment| moment.unix_microseconds() as f64 / 1_000.0;
                Self::Numbers(moments.into_iter().map(|moment| moment.map_or(f64::NAN, count)).collect())
            }
            Cells::Flags(flags) => {
                Self::Flags(flags.into_iter().map(|flag| flag.map_or(UNKNOWN_FLAG, u8::from)).collect())
            }
            Cells::Words(words) => {
                let codes = words.codes.into_iter().map(|code| code.unwrap_or(UNKNOWN_CODE)).collect();
                Self::Coded(codes, words.texts.into_iter().map(|text| Some(text.into())).collect())
            }
            Cells::Texts(texts) => {
                Self::Texts(texts.into_iter().map(|text| text.map(String::from)).collect())
            }
            Cells::Lists(lists) => {
                let list = |list: Vec<Box<str>>| list.into_iter().map(String::from).collect();
                Self::Lists(lists.into_iter().map(list).collect())
            }
            other => return Err(Error::invalid(format!("no array of JavaScript is known for {other:?}"))),
        })
    }
}

impl From<Laid> for Columns {
    fn from(Laid { rows, columns }: Laid) -> Self {
        Self { rows: rows as f64, columns: columns.into_iter().map(AnswerColumn::from).collect() }
    }
}

impl From<LaidColumn> for AnswerColumn {
    fn from(LaidColumn { name, about, unit, cells }: LaidColumn) -> Self {
        let (mut numbers, mut flags, mut codes, mut texts, mut lists) = (None, None, None, None, None);
        match cells {
            LaidCells::Numbers(cells) => numbers = Some(cells.into()),
            LaidCells::Flags(cells) => flags = Some(cells.into()),
            LaidCells::Coded(places, dictionary) => {
                codes = Some(places.into());
                texts = Some(dictionary);
            }
            LaidCells::Texts(cells) => texts = Some(cells),
            LaidCells::Lists(cells) => lists = Some(cells),
        }
        Self {
            name: name.into(),
            about: about.into(),
            unit: unit.map(String::from),
            numbers,
            flags,
            codes,
            texts,
            lists,
        }
    }
}
