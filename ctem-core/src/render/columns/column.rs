//! Columns as they are handed over: typed, each as long as the others, with what is not known left open.

use crate::time::Moment;

/// Rows in columns.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, Cells};
///
/// let exposures = render::exposures_in_columns(&today, usize::MAX);
/// let risk = exposures.get("risk").expect("each exposure has one");
/// assert_eq!((exposures.len(), risk.unit.as_deref()), (3, Some("EUR")));
/// assert_eq!(risk.cells, Cells::Numbers(vec![Some(750.0), Some(375.0), Some(250.0)]));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    rows: usize,
    columns: Vec<NamedColumn>,
}

/// A column: its name, what it says, and its cells.
///
/// ```
/// use ctem_core::{Program, render};
///
/// let history = render::history_in_columns(&Program::default());
/// let at = &history.columns()[0];
/// assert_eq!((at.name, at.about), ("at", "When it happened."));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NamedColumn {
    /// What it is called: lower case, words joined by `_`.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub about: &'static str,
    /// What its numbers are counted in: `EUR`, `h`, `probability`. None where they are plain counts, or no numbers.
    pub unit: Option<Box<str>>,
    /// Its cells, one a row.
    pub cells: Cells,
}

/// The cells of a column. What is not known is open.
///
/// ```
/// use ctem_core::render::Cells;
///
/// assert_eq!(Cells::Flags(vec![Some(true), None]).len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cells {
    /// Texts, mostly each another.
    Texts(Vec<Option<Box<str>>>),
    /// Words or names of which there are few beside the rows.
    Words(Coded),
    /// Several texts a row.
    Lists(Vec<Vec<Box<str>>>),
    /// Whole numbers.
    Counts(Vec<Option<u64>>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// What is so or is not.
    Flags(Vec<Option<bool>>),
    /// Moments, in UTC.
    Moments(Vec<Option<Moment>>),
}

/// Texts by their places in a dictionary, as [`Column::coded`](crate::prioritize::Column::coded) takes them.
///
/// ```
/// use ctem_core::render::Coded;
///
/// let levels = Coded { codes: vec![Some(0), None, Some(0)], texts: vec!["high".into()] };
/// assert_eq!((levels.get(0), levels.get(1)), (Some("high"), None));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coded {
    /// By row: the place of its text, if it has one.
    pub codes: Vec<Option<i32>>,
    /// The texts, each once, in the order in which rows have them first.
    pub texts: Vec<Box<str>>,
}

impl Columns {
    pub(super) fn new(rows: usize, columns: Vec<NamedColumn>) -> Self {
        Self { rows, columns }
    }

    /// How many rows it has.
    ///
    /// ```
    /// use ctem_core::{Program, render};
    ///
    /// assert_eq!(render::history_in_columns(&Program::default()).len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether it has none.
    ///
    /// ```
    /// use ctem_core::{Program, render};
    ///
    /// assert!(render::history_in_columns(&Program::default()).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The columns, in their order.
    ///
    /// ```
    /// use ctem_core::{Program, render};
    ///
    /// let history = render::history_in_columns(&Program::default());
    /// assert!(history.columns().iter().all(|column| column.cells.is_empty()));
    /// ```
    pub fn columns(&self) -> &[NamedColumn] {
        &self.columns
    }

    /// The columns by themselves, whose cells go to whoever takes them.
    ///
    /// ```
    /// use ctem_core::{Program, render};
    ///
    /// let history = render::history_in_columns(&Program::default());
    /// assert_eq!(history.into_columns()[0].name, "at");
    /// ```
    pub fn into_columns(self) -> Vec<NamedColumn> {
        self.columns
    }

    /// A column by its name.
    ///
    /// ```
    /// use ctem_core::{Program, render};
    ///
    /// let history = render::history_in_columns(&Program::default());
    /// assert!(history.get("at").is_some() && history.get("when").is_none());
    /// ```
    pub fn get(&self, name: &str) -> Option<&NamedColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Cells {
    /// How many there are.
    ///
    /// ```
    /// use ctem_core::render::Cells;
    ///
    /// assert_eq!(Cells::Counts(vec![Some(1), None]).len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(cells) => cells.len(),
            Self::Words(cells) => cells.codes.len(),
            Self::Lists(cells) => cells.len(),
            Self::Counts(cells) => cells.len(),
            Self::Numbers(cells) => cells.len(),
            Self::Flags(cells) => cells.len(),
            Self::Moments(cells) => cells.len(),
        }
    }

    /// Whether there is none.
    ///
    /// ```
    /// use ctem_core::render::Cells;
    ///
    /// assert!(Cells::Texts(Vec::new()).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Coded {
    /// The text of a row, if it has one.
    ///
    /// ```
    /// use ctem_core::render::Coded;
    ///
    /// assert_eq!(Coded::default().get(0), None);
    /// ```
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = self.codes.get(row).copied().flatten()?;
        self.texts.get(usize::try_from(code).ok()?).map(|text| &**text)
    }
}
