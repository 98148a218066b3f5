//! Numbers of things, and lists of things by number.
//!
//! Each kind of thing has a number of its own type, four bytes wide, and a list says by whose numbers it is read: what would read a
//! list of states by a step's number does not compile. So inside the engine an index is right by its type, and reading a
//! list needs no default. Numbers that come from outside are checked where they come in ([`IndexVec::get`]).

use std::{
    fmt,
    marker::PhantomData,
    ops::{Index, IndexMut, Range},
};

/// The number of one kind of thing, from 0; or none, which takes no more room.
pub(crate) trait Id: Copy + Eq {
    const NONE: Self;

    fn from_index(index: usize) -> Self;

    fn index(self) -> usize;

    fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The number, if it is one.
    fn some(self) -> Option<Self> {
        (!self.is_none()).then_some(self)
    }

    /// The first so many numbers.
    fn first(count: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (0..count).map(Self::from_index)
    }

    /// The numbers below one.
    fn below(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        Self::first(self.index())
    }
}

/// Makes a type around a `u32` an [`Id`].
macro_rules! id {
    ($name:ident) => {
        impl $crate::attack::graph::index::Id for $name {
            const NONE: Self = Self(u32::MAX);

            fn from_index(index: usize) -> Self {
                Self(index as u32)
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

/// Types of numbers that nobody outside sees.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);

        $crate::attack::graph::index::id!($name);
    )+};
}

pub(crate) use {id, ids};

/// A list by number.
#[derive(Clone, PartialEq)]
pub(crate) struct IndexVec<I, T> {
    items: Vec<T>,
    of: PhantomData<fn() -> I>,
}

impl<I: Id, T> IndexVec<I, T> {
    /// So many times the same.
    pub(crate) fn filled(value: T, count: usize) -> Self
    where
        T: Clone,
    {
        vec![value; count].into()
    }

    pub(crate) fn with_capacity(count: usize) -> Self {
        Vec::with_capacity(count).into()
    }

    /// Adds one; its number comes back.
    pub(crate) fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::from_index(self.items.len() - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// What has a number that may be of another list.
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }

    pub(crate) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.index())
    }

    /// All numbers.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        I::first(self.items.len())
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// All with their numbers.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        self.items.iter().enumerate().map(|(index, item)| (I::from_index(index), item))
    }

    pub(crate) fn entries_mut(&mut self) -> impl DoubleEndedIterator<Item = (I, &mut T)> + ExactSizeIterator {
        self.items.iter_mut().enumerate().map(|(index, item)| (I::from_index(index), item))
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        &self.items
    }

    pub(crate) fn as_mut_vec(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<I: Id, T> Index<I> for IndexVec<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for IndexVec<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<I, T> From<Vec<T>> for IndexVec<I, T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, of: PhantomData }
    }
}

impl<I, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<U: IntoIterator<Item = T>>(items: U) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<I, T> IntoIterator for IndexVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IndexVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
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
        I::from_index(self.rows.len() - 1)
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

impl<I> fmt::Debug for Rows<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.starts.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    ids! { Row }

    fn rows<T: Copy + Default>(csr: &Csr<Row, T>) -> Vec<Vec<T>> {
        Row::first(csr.len()).map(|row| csr.row(row).to_vec()).collect()
    }

    #[test]
    fn rows_keep_the_order_of_their_pairs_and_fill_again_in_the_same_room() {
        let pairs = [(Row(2), 1), (Row(0), 2), (Row(2), 3), (Row(2), 2), (Row(0), 2)];
        let mut csr = Csr::new(4, || pairs);
        assert_eq!(rows(&csr), [vec![2, 2], vec![], vec![1, 3, 2], vec![]]);
        assert_eq!(csr.range(Row(2)), 2..5);
        csr.sort_rows(<[i32]>::sort_unstable, i32::eq);
        assert_eq!(rows(&csr), [vec![2], vec![], vec![1, 2, 3], vec![]]);
        csr.fill(1, || [(Row(0), 7)]);
        assert_eq!(rows(&csr), [vec![7]]);
    }

    #[test]
    fn rows_grow_one_behind_the_other() {
        let mut csr: Csr<Row, u8> = Csr::default();
        assert_eq!(csr.end_row(), Row(0));
        csr.extend([1, 2]);
        assert_eq!(csr.end_row(), Row(1));
        assert_eq!(rows(&csr), [vec![], vec![1, 2]]);
    }

    #[test]
    fn none_takes_no_room_and_is_no_number() {
        assert_eq!(size_of::<Row>(), 4);
        assert_eq!((Row::NONE.some(), Row(3).some()), (None, Some(Row(3))));
        assert_eq!(Row(2).below().collect::<Vec<_>>(), [Row(0), Row(1)]);
    }
}
