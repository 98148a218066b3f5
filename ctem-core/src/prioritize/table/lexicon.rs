//! What the texts of a column stand for, worked out once for each.

use super::{
    column::{Bits, Column, Integers, Texts, Values},
    fill::fill,
};
use crate::attack::{OnProgress, Truncated};
use hashbrown::HashMap;
use std::sync::Arc;

/// What a text stands for, or why for nothing.
pub(super) type Meant<T> = Result<T, Arc<str>>;

/// Reads a text; nothing where a row says none.
pub(super) type Read<'r, T> = dyn Fn(Option<&str>) -> Meant<T> + Sync + 'r;

/// What each text of a dictionary stands for.
pub(super) struct Lexicon<'a, T> {
    dictionary: Arc<Texts<'a>>,
    meant: Vec<Meant<T>>,
}

impl<'a, T: Send> Lexicon<'a, T> {
    /// O(n) for n texts.
    fn of(
        dictionary: &Arc<Texts<'a>>,
        read: &Read<'_, T>,
        progress: &OnProgress<'_>,
    ) -> Result<Self, Truncated> {
        let mut meant: Vec<Option<Meant<T>>> = Vec::new();
        meant.resize_with(dictionary.len(), || None);
        let ended = fill(
            &mut meant,
            &mut Vec::new(),
            || (),
            progress,
            |(), first, part| {
                for (at, out) in (first..).zip(part) {
                    *out = Some(read(said(dictionary.get(at))));
                }
            },
        );
        match ended {
            Some(truncated) => Err(truncated),
            None => {
                Ok(Self { dictionary: Arc::clone(dictionary), meant: meant.into_iter().flatten().collect() })
            }
        }
    }
}

/// A column of texts, ready to be asked for what those of its rows stand for.
pub(super) enum Source<'b, 'a, T> {
    /// There is none.
    Absent,
    Coded(Integers<'a>, Option<Bits<'a>>, &'b Lexicon<'a, T>),
    Each(&'b Texts<'a>, Option<Bits<'a>>),
}

impl<'b, 'a, T: Send> Source<'b, 'a, T> {
    /// Makes a lexicon for its dictionary, unless the last one is of the same.
    pub(super) fn of(
        column: Option<&'b Column<'a>>,
        last: &'b mut Option<Lexicon<'a, T>>,
        read: &Read<'_, T>,
        progress: &OnProgress<'_>,
    ) -> Result<Self, Truncated> {
        let Some(column) = column else { return Ok(Self::Absent) };
        Ok(match &column.values {
            Values::Coded(codes, dictionary) => {
                let known = last.take_if(|last| Arc::ptr_eq(&last.dictionary, dictionary));
                let lexicon = match known {
                    Some(lexicon) => lexicon,
                    None => Lexicon::of(dictionary, read, progress)?,
                };
                Self::Coded(*codes, column.known, last.insert(lexicon))
            }
            Values::Texts(texts) => Self::Each(texts, column.known),
            Values::Unknown(_)
            | Values::Numbers(_)
            | Values::Singles(_)
            | Values::Integers(_)
            | Values::Flags(..)
            | Values::Moments(..) => Self::Absent,
        })
    }
}

/// What one worker has read of texts that are in no dictionary.
pub(super) struct Cache<'a, T> {
    unknown: Meant<T>,
    foreign: Meant<T>,
    places: HashMap<&'a str, usize>,
    meant: Vec<Meant<T>>,
}

impl<'a, T> Cache<'a, T> {
    pub(super) fn new(read: &Read<'_, T>) -> Self {
        Self {
            unknown: read(None),
            foreign: Err(FOREIGN_CODE.into()),
            places: HashMap::new(),
            meant: Vec::new(),
        }
    }

    /// What a row's text stands for.
    pub(super) fn get<'s>(
        &'s mut self,
        source: &Source<'s, 'a, T>,
        row: usize,
        read: &Read<'_, T>,
    ) -> &'s Meant<T> {
        let known = |bits: &Option<Bits<'_>>| bits.is_none_or(|bits| bits.get(row));
        match source {
            Source::Coded(codes, bits, lexicon) if known(bits) => match codes.get(row) {
                None | Some(-1) => &self.unknown,
                Some(code) => {
                    let at = usize::try_from(code).unwrap_or(usize::MAX);
                    lexicon.meant.get(at).unwrap_or(&self.foreign)
                }
            },
            Source::Each(texts, bits) if known(bits) => match said(texts.get(row)) {
                Some(text) => self.looked_up(text, read),
                None => &self.unknown,
            },
            Source::Absent | Source::Coded(..) | Source::Each(..) => &self.unknown,
        }
    }

    fn looked_up(&mut self, text: &'a str, read: &Read<'_, T>) -> &Meant<T> {
        // A column in which no text stands twice would otherwise be kept a second time.
        if self.meant.len() >= MOST_KEPT {
            self.places.clear();
            self.meant.clear();
        }
        let meant = &mut self.meant;
        let place = *self.places.entry(text).or_insert_with(|| {
            meant.push(read(Some(text)));
            meant.len() - 1
        });
        self.meant.get(place).unwrap_or(&self.unknown)
    }
}

/// Blank text says nothing.
pub(super) fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// Why a code stands for nothing.
pub(super) const FOREIGN_CODE: &str =
    "its code is none of the dictionary's: it must be the place of a text, or -1";

const MOST_KEPT: usize = 1 << 19;
