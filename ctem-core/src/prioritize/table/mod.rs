//! Rows as columns: the plain scorer on tables of millions of rows, as data frames and databases hold them.
//!
//! A table comes in [`Batch`]es of [`Column`]s, which are slices of somebody else's memory: nothing is copied, and no row becomes a
//! [`Row`](super::Row). What a text stands for is worked out once for each text of a column's dictionary, a CVE with all that the tables
//! have of it, so that a row costs some lookups in flat arrays and one product. The number is the one [`score`](super::score) gives, to
//! the bit, since the same formulas make it.
//!
//! Unknown is what a row does not say: null, NaN, blank text, −1 as a code, or a column that is not there. A row that makes no sense is an
//! error of that row; the others are scored. A column that makes no sense is an error of the table.
//!
//! With the feature `parallel` rows are split over threads; the answer is the same.

mod batch;
mod column;
mod fill;
mod lexicon;
mod meaning;
mod score;

pub use batch::Batch;
pub use column::{Bits, Column, Integers, Texts, TimeUnit};
pub use score::{RowError, TableScores, score_table};
