//! Laws: what holds for every input. `tests/README.md` lists them; a test's name is the law.

#[path = "laws/absorbing.rs"]
mod absorbing;
#[path = "laws/documents.rs"]
mod documents;
#[path = "laws/invariance.rs"]
mod invariance;
#[path = "laws/monotone.rs"]
mod monotone;
#[path = "laws/numbers.rs"]
mod numbers;
#[path = "laws/over_all_paths.rs"]
mod over_all_paths;
#[path = "laws/rows.rs"]
mod rows;
#[path = "laws/statements.rs"]
mod statements;
#[expect(dead_code, reason = "the oracle uses the rest")]
mod worlds;
