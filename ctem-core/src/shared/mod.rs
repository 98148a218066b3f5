//! Collections that a copy shares with what it was copied from.
//!
//! What is known after an event is nearly what was known before, and both are kept: the one until the other is known to hold. So a copy
//! is of a few hundred pointers, and a change copies the part it is in, or what came in lately, and no more.
//!
//! | collection | for | a copy costs | a change costs |
//! | --- | --- | --- | --- |
//! | [`Map`] | what is listed by key | O(n / 128) | O(log n + 128), where shared |
//! | [`List`] | what is found by its number | O(n / 256) | O(256), where shared |
//! | [`Table`] | what is looked up and never listed | O(1024) | O(1), and O(n) once in 1,024 |
//!
//! What it leaves out: a persistent tree, whose copy is O(1) and whose every look-up is slower.

mod list;
mod map;
mod table;

pub(crate) use list::List;
pub(crate) use map::Map;
pub(crate) use table::Table;
