//! ctem for Node: each function turns a document into a call of the core, and its answer into a document. `index.js` gives
//! them the shape that JavaScript expects.

// Public, since the macro asks for public items; there is no Rust caller.
pub mod answer;
pub mod backtest;
pub mod cli;
pub mod columns;
pub mod discover;
mod error;
pub mod intel;
pub mod prioritize;
pub mod program;
mod work;

use napi_derive::napi;

/// The package's version.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
