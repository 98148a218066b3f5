//! A column: numbers, words, moments or answers, as they lie in memory, with what is null among them.

use std::{fmt, sync::Arc};

/// A column of a table: values in memory that is lent, and which of them are known.
///
/// ```
/// use ctem_core::prioritize::{Bits, Column};
///
/// let all = Column::numbers(&[0.5, f64::NAN, 0.1]);
/// // Of these the first and the third are known.
/// let some = Column::numbers(&[0.5, 0.0, 0.1]).known(Bits::new(&[0b101], 0));
/// assert_eq!((all.len(), some.len()), (3, 3));
/// ```
#[derive(Debug)]
pub struct Column<'a> {
    pub(super) values: Values<'a>,
    pub(super) known: Option<Bits<'a>>,
}

#[derive(Debug)]
pub(super) enum Values<'a> {
    Unknown(usize),
    Numbers(&'a [f64]),
    Singles(&'a [f32]),
    Integers(Integers<'a>),
    Flags(Bits<'a>, usize),
    Moments(Integers<'a>, TimeUnit),
    Texts(Texts<'a>),
    Coded(Integers<'a>, Arc<Texts<'a>>),
}

impl<'a> Column<'a> {
    /// Numbers, of which NaN is unknown.
    ///
    /// ```
    /// use ctem_core::prioritize::Column;
    ///
    /// assert_eq!(Column::numbers(&[0.5, f64::NAN]).len(), 2);
    /// ```
    pub const fn numbers(values: &'a [f64]) -> Self {
        Self::of(Values::Numbers(values))
    }

    /// Numbers of single precision, of which NaN is unknown.
    ///
    /// ```
    /// use ctem_core::prioritize::Column;
    ///
    /// assert_eq!(Column::singles(&[0.5, f32::NAN]).len(), 2);
    /// ```
    pub const fn singles(values: &'a [f32]) -> Self {
        Self::of(Values::Singles(values))
    }

    /// Whole numbers, such as the 0 and 1 that tables have for no and yes.
    ///
    /// ```
    /// use ctem_core::prioritize::{Column, Integers};
    ///
    /// assert_eq!(Column::integers(Integers::U8(&[1, 0, 0])).len(), 3);
    /// ```
    pub const fn integers(values: Integers<'a>) -> Self {
        Self::of(Values::Integers(values))
    }

    /// So many flags, a bit each.
    ///
    /// ```
    /// use ctem_core::prioritize::{Bits, Column};
    ///
    /// assert_eq!(Column::flags(Bits::new(&[0b101], 0), 3).len(), 3);
    /// ```
    pub const fn flags(values: Bits<'a>, rows: usize) -> Self {
        Self::of(Values::Flags(values, rows))
    }

    /// Moments, as whole units since 1970-01-01T00:00:00Z.
    ///
    /// ```
    /// use ctem_core::prioritize::{Column, Integers, TimeUnit};
    ///
    /// // 2025-11-13.
    /// assert_eq!(Column::moments(Integers::I32(&[20_405]), TimeUnit::Days).len(), 1);
    /// ```
    pub const fn moments(values: Integers<'a>, unit: TimeUnit) -> Self {
        Self::of(Values::Moments(values, unit))
    }

    /// Texts, one a row.
    ///
    /// ```
    /// use ctem_core::prioritize::{Column, Texts};
    ///
    /// assert_eq!(Column::texts(Texts::of(&["internet", "internal"])).len(), 2);
    /// ```
    pub const fn texts(values: Texts<'a>) -> Self {
        Self::of(Values::Texts(values))
    }

    /// Texts by their places in a dictionary; −1 is unknown. Columns of several batches that share one are looked up once.
    ///
    /// ```
    /// use ctem_core::prioritize::{Column, Integers, Texts};
    /// use std::sync::Arc;
    ///
    /// let places = Arc::new(Texts::of(&["internet", "internal"]));
    /// assert_eq!(Column::coded(Integers::I32(&[0, 1, 1, -1]), places).len(), 4);
    /// ```
    pub const fn coded(codes: Integers<'a>, dictionary: Arc<Texts<'a>>) -> Self {
        Self::of(Values::Coded(codes, dictionary))
    }

    /// So many rows of which nothing is known.
    ///
    /// ```
    /// use ctem_core::prioritize::Column;
    ///
    /// assert_eq!(Column::unknown(3).len(), 3);
    /// ```
    pub const fn unknown(rows: usize) -> Self {
        Self::of(Values::Unknown(rows))
    }

    /// Only the rows whose bit is set are known.
    ///
    /// ```
    /// use ctem_core::prioritize::{Bits, Column};
    ///
    /// let scores = Column::numbers(&[0.5, 0.0]).known(Bits::new(&[0b01], 0));
    /// assert_eq!(scores.len(), 2);
    /// ```
    #[must_use]
    pub fn known(self, known: Bits<'a>) -> Self {
        Self { known: Some(known), ..self }
    }

    /// How many rows it has.
    ///
    /// ```
    /// use ctem_core::prioritize::Column;
    ///
    /// assert_eq!(Column::numbers(&[0.5]).len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Unknown(rows) | Values::Flags(_, rows) => *rows,
            Values::Numbers(values) => values.len(),
            Values::Singles(values) => values.len(),
            Values::Integers(values) | Values::Moments(values, _) | Values::Coded(values, _) => values.len(),
            Values::Texts(texts) => texts.len(),
        }
    }

    /// Whether it has none.
    ///
    /// ```
    /// use ctem_core::prioritize::Column;
    ///
    /// assert!(Column::numbers(&[]).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it is of, for people.
    pub(super) fn kind(&self) -> &'static str {
        match &self.values {
            Values::Unknown(_) => "nothing",
            Values::Numbers(_) | Values::Singles(_) => "numbers",
            Values::Integers(_) => "whole numbers",
            Values::Flags(..) => "flags",
            Values::Moments(..) => "moments",
            Values::Texts(_) | Values::Coded(..) => "text",
        }
    }

    pub(super) fn is_known(&self, row: usize) -> bool {
        self.known.is_none_or(|known| known.get(row))
    }

    const fn of(values: Values<'a>) -> Self {
        Self { values, known: None }
    }
}

/// Bits in bytes, the lowest first, from an offset on: as Arrow keeps flags, and which values are known.
///
/// ```
/// use ctem_core::prioritize::Bits;
///
/// let bits = Bits::new(&[0b0110_0000, 0b1], 5);
/// assert_eq!([0, 1, 2, 3, 4].map(|at| bits.get(at)), [true, true, false, true, false]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Bits<'a> {
    /// The bits of these bytes from an offset on.
    ///
    /// ```
    /// use ctem_core::prioritize::Bits;
    ///
    /// assert!(Bits::new(&[0b10], 1).get(0));
    /// ```
    pub const fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }

    /// Whether a bit is set; one beyond the end is not.
    ///
    /// ```
    /// use ctem_core::prioritize::Bits;
    ///
    /// assert!(!Bits::new(&[0b1111_1111], 0).get(8));
    /// ```
    pub fn get(self, at: usize) -> bool {
        let at = self.offset.saturating_add(at);
        self.bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    }

    /// Whether there are so many.
    pub(super) fn holds(self, count: usize) -> bool {
        self.bytes.len().saturating_mul(8) >= self.offset.saturating_add(count)
    }
}

/// The unit of moments in a column.
///
/// ```
/// use ctem_core::prioritize::{Column, Integers, TimeUnit};
///
/// let listed = Column::moments(Integers::I64(&[1_763_020_800_000]), TimeUnit::Milliseconds);
/// assert_eq!(listed.len(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Days.
    Days,
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
    /// Billionths of a second.
    Nanoseconds,
}

/// Texts that somebody else keeps, by their places.
///
/// ```
/// use ctem_core::prioritize::Texts;
///
/// // However they are kept: here one after the other, with their ends.
/// let (all, ends) = ("internetinternal", [8, 16]);
/// let texts = Texts::new(2, |at| {
///     let start = if at == 0 { 0 } else { ends[at - 1] };
///     all.get(start..ends[at])
/// });
/// assert_eq!(texts.get(1), Some("internal"));
/// ```
pub struct Texts<'a> {
    len: usize,
    get: Box<dyn Fn(usize) -> Option<&'a str> + Send + Sync + 'a>,
}

impl<'a> Texts<'a> {
    /// So many texts, each got by its place, which is less; nothing where it is unknown.
    ///
    /// ```
    /// use ctem_core::prioritize::Texts;
    ///
    /// assert_eq!(Texts::new(2, |at| ["a", "b"].get(at).copied()).len(), 2);
    /// ```
    pub fn new(len: usize, get: impl Fn(usize) -> Option<&'a str> + Send + Sync + 'a) -> Self {
        Self { len, get: Box::new(get) }
    }

    /// These texts.
    ///
    /// ```
    /// use ctem_core::prioritize::Texts;
    ///
    /// assert_eq!(Texts::of(&["internet"]).get(0), Some("internet"));
    /// ```
    pub fn of<T: AsRef<str> + Sync>(texts: &'a [T]) -> Self {
        Self::new(texts.len(), |at| texts.get(at).map(AsRef::as_ref))
    }

    /// How many there are.
    ///
    /// ```
    /// use ctem_core::prioritize::Texts;
    ///
    /// assert_eq!(Texts::of(&["internet"]).len(), 1);
    /// ```
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    ///
    /// ```
    /// use ctem_core::prioritize::Texts;
    ///
    /// assert!(Texts::of::<&str>(&[]).is_empty());
    /// ```
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One of them, if it is known.
    ///
    /// ```
    /// use ctem_core::prioritize::Texts;
    ///
    /// assert_eq!(Texts::of(&["internet"]).get(1), None);
    /// ```
    pub fn get(&self, at: usize) -> Option<&'a str> {
        if at < self.len { (self.get)(at) } else { None }
    }
}

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({})", self.len)
    }
}

macro_rules! integers {
    ($($name:ident: $type:ty, $words:literal;)+) => {
        /// Whole numbers of any width.
        ///
        /// ```
        /// use ctem_core::prioritize::Integers;
        ///
        /// assert_eq!(Integers::I8(&[-1, 3]).get(1), Some(3));
        /// ```
        #[derive(Debug, Clone, Copy)]
        pub enum Integers<'a> {
            $(#[doc = $words] $name(&'a [$type]),)+
        }

        impl Integers<'_> {
            /// How many there are.
            ///
            /// ```
            /// use ctem_core::prioritize::Integers;
            ///
            /// assert_eq!(Integers::U32(&[7, 8]).len(), 2);
            /// ```
            pub const fn len(&self) -> usize {
                match self {
                    $(Self::$name(values) => values.len(),)+
                }
            }

            /// Whether there is none.
            ///
            /// ```
            /// use ctem_core::prioritize::Integers;
            ///
            /// assert!(Integers::U32(&[]).is_empty());
            /// ```
            pub const fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// One of them, if there is one; those beyond 2⁶³ as 2⁶³ − 1.
            ///
            /// ```
            /// use ctem_core::prioritize::Integers;
            ///
            /// assert_eq!(Integers::U64(&[u64::MAX]).get(0), Some(i64::MAX));
            /// ```
            pub fn get(&self, at: usize) -> Option<i64> {
                match self {
                    $(Self::$name(values) => values.get(at).map(|value| i64::try_from(*value).unwrap_or(i64::MAX)),)+
                }
            }
        }
    };
}

integers! {
    I8: i8, "Of 8 bits.";
    I16: i16, "Of 16 bits.";
    I32: i32, "Of 32 bits.";
    I64: i64, "Of 64 bits.";
    U8: u8, "Of 8 bits, none negative.";
    U16: u16, "Of 16 bits, none negative.";
    U32: u32, "Of 32 bits, none negative.";
    U64: u64, "Of 64 bits, none negative.";
}
