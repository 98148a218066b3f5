//! lev
