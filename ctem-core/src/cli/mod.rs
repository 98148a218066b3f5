//! The command line: `ctem`, as a program, and as the packages of Python and Node bring it.
//!
//! It is a door like the bindings: files, the clock and the terminal come in here, become calls of the engine, and its answers go out as
//! text. No rule of the engine stands here. [`run`] is all of it, over streams that are handed in; [`main`] hands in those of the process.
//!
//! ```
//! use ctem_core::cli::{Outside, run};
//!
//! let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
//! let mut outside = Outside {
//!     stdin: &mut ctem_core::wire::EXAMPLE.as_bytes(),
//!     stdout: &mut stdout,
//!     stderr: &mut stderr,
//!     folder: "".as_ref(),
//!     now: "2025-11-13".parse()?,
//!     width: None,
//!     progress: &|_| {},
//! };
//! assert_eq!(run(["-"], &mut outside), 0);
//! assert!(String::from_utf8_lossy(&stdout).contains("\nWhat to do first, as of 2025-11-13 · "));
//! # Ok::<(), ctem_core::Error>(())
//! ```
//!
//! What it leaves out: the network. `ctem intel` says where tables are published, and somebody fetches them.

mod arguments;
mod ask;
mod config;
mod console;
mod elsewhere;
mod explain;
mod files;
mod formats;
mod gate;
mod gather;
mod inputs;
mod intel;
mod nearest;
mod output;
mod outside;
mod plan;
mod report;
mod run;
mod shell;
mod unknown;

pub use console::main;
pub use outside::Outside;
pub use run::run;
