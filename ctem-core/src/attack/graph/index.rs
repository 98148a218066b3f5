//! Numbers of things, and lists of things by number.

use std::{marker::PhantomData, ops::Range};

/// No state, no step, no variable.
pub(crate) const NONE: u32 = u32::MAX;

/// Set in a step's premise when it stands for a pair of them.
pub(crate) const PAIR: u32 = 1 << 31;

/// The number of one kind of thing, from 0.
pub(crate) trait Id: Copy {
    fn new(index: usize) -> Self;

    fn index(self) -> usize;
}

impl Id for u32 {
    fn new(index: usize) -> Self {
        index as Self
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// Rows of values by id, one behind the other in one array: compressed sparse rows (CSR).
///
/// It takes 4 bytes a row and the values, and no more while it is built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Csr<I, T> {
    rows: Rows<I>,
    values: Vec<T>,
}

impl<I: Id, T: Copy + Default> Csr<I, T> {
    /// So many rows, of pairs of a row and a value. The pairs are walked twice; each row keeps their order. O(rows + pairs).
    pub(crate) fn new<P: IntoIterator<Item = (I, T)>>(rows: usize, pairs: impl Fn() -> P) -> Self {
        let mut csr = Self::default();
        csr.fill(rows, pairs);
        csr
    }

    /// The same, in the room that the rows before have left.
    pub(crate) fn fill<P: IntoIterator<Item = (I, T)>>(&mut self, rows: usize, pairs: impl Fn() -> P) {
        self.make_room(rows, pairs().into_iter().map(|(row, _)| row));
        for (row, value) in pairs() {
            self.put(row, value);
        }
        self.close();
    }

    /// Makes room in each row for as many values as it is named times: each is then [`put`](Self::put), and the rows
    /// [`close`](Self::close)d.
    pub(crate) fn make_room(&mut self, rows: usize, named: impl IntoIterator<Item = I>) {
        // A row's start lies one place further back until the rows are closed: putting a value moves it on, up to where the next
        // row starts.
        let starts = &mut self.rows.starts;
        starts.clear();
        starts.resize(rows + 2, 0);
        for row in named {
            starts[row.index() + 2] += 1;
        }
        let mut sum = 0;
        for start in starts.iter_mut() {
            sum += *start;
            *start = sum;
        }
        self.values.clear();
        self.values.resize(sum as usize, T::default());
    }

    /// Puts a value into the next free place of a row.
    pub(crate) fn put(&mut self, row: I, value: T) {
        let next = &mut self.rows.starts[row.index() + 1];
        self.values[*next as usize] = value;
        *next += 1;
    }

    /// Ends putting values in.
    pub(crate) fn close(&mut self) {
        self.rows.starts.pop();
    }

    /// Sorts each row as said and keeps one of values next to each other that are the same. Room is given back.
    pub(crate) fn sort_rows(&mut self, sort: impl Fn(&mut [T]), same: impl Fn(&T, &T) -> bool) {
        let (starts, values) = (&mut self.rows.starts, &mut self.values);
        let (mut kept, mut begin) = (0, 0);
        for row in 0..starts.len() - 1 {
            let (first, end) = (kept, starts[row + 1] as usize);
            sort(&mut values[begin..end]);
            starts[row] = first as u32;
            for at in begin..end {
                let value = values[at];
                if kept == first || !same(&value, &values[kept - 1]) {
                    values[kept] = value;
                    kept += 1;
                }
            }
            begin = end;
        }
        if let Some(end) = starts.last_mut() {
            *end = kept as u32;
        }
        values.truncate(kept);
        values.shrink_to_fit();
    }
}

impl<I: Id, T> Csr<I, T> {
    /// Adds values to the row that is next.
    pub(crate) fn extend(&mut self, values: impl IntoIterator<Item = T>) {
        self.values.extend(values);
    }

    /// Ends the row that is next; its id comes back.
    pub(crate) fn end_row(&mut self) -> I {
        self.rows.starts.push(self.values.len() as u32);
        I::new(self.rows.len() - 1)
    }

    /// A row's values.
    pub(crate) fn row(&self, row: I) -> &[T] {
        &self.values[self.rows.range(row)]
    }

    /// Where a row's values lie among all.
    pub(crate) fn range(&self, row: I) -> Range<usize> {
        self.rows.range(row)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The values of all rows.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Where the rows are, and their values.
    pub(crate) fn into_parts(self) -> (Rows<I>, Vec<T>) {
        (self.rows, self.values)
    }

    /// Where the rows are.
    pub(crate) fn rows(&self) -> &Rows<I> {
        &self.rows
    }
}

impl<I, T> Default for Csr<I, T> {
    fn default() -> Self {
        Self { rows: Rows::default(), values: Vec::new() }
    }
}

/// Where the rows of an array begin, by id, and where the last one ends.
#[derive(Clone, PartialEq)]
pub(crate) struct Rows<I> {
    starts: Vec<u32>,
    of: PhantomData<fn() -> I>,
}

impl<I: Id> Rows<I> {
    /// Where a row lies in the array.
    pub(crate) fn range(&self, row: I) -> Range<usize> {
        self.starts[row.index()] as usize..self.starts[row.index() + 1] as usize
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The starts, and the end of the last row.
    pub(crate) fn starts(&self) -> &[u32] {
        &self.starts
    }
}

impl<I> Default for Rows<I> {
    fn default() -> Self {
        Self { starts: vec![0], of: PhantomData }
    }
}

impl<I> std::fmt::Debug for Rows<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.starts.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_order_of_their_pairs_and_fill_again_in_the_same_room() {
        let pairs = [(2u32, 'a'), (0, 'b'), (2, 'c'), (2, 'b'), (0, 'b')];
        let mut csr = Csr::new(4, || pairs);
        let rows = |csr: &Csr<u32, char>| -> Vec<String> {
            (0..csr.len() as u32).map(|row| csr.row(row).iter().collect()).collect()
        };
        assert_eq!(rows(&csr), ["bb", "", "acb", ""]);
        assert_eq!(csr.range(2), 2..5);
        csr.sort_rows(|row| row.sort_unstable(), |a, b| a == b);
        assert_eq!(rows(&csr), ["b", "", "abc", ""]);
        csr.fill(1, || [(0, 'z')]);
        assert_eq!(rows(&csr), ["z"]);
    }

    #[test]
    fn rows_grow_one_behind_the_other() {
        let mut csr: Csr<u32, u8> = Csr::default();
        assert_eq!(csr.end_row(), 0);
        csr.extend([1, 2]);
        assert_eq!((csr.end_row(), csr.row(0), csr.row(1)), (1, &[][..], &[1, 2][..]));
        assert_eq!(csr.len(), 2);
    }
}
