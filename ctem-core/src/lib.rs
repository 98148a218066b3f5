//! **ctem**: an embeddable engine for Continuous Threat Exposure Management.
//!
//! It answers one question: *what should we fix first, and how do we know?* It takes what an organisation's tools already
//! know (assets, how they connect, what scanners found, what the world exploits) and returns exposures ranked by the loss
//! they really cause, with the attack paths that make them matter and the tree of terms each number is folded from.
//!
//! | step | module | what happens |
//! | --- | --- | --- |
//! | what matters | [`scope`] | loss events, crown jewels, what nobody has placed |
//! | what is there | [`discover`] | tools' documents become checked reports, and reports one environment |
//! | what is worst | [`prioritize`] | exploitability × impact over attack paths, ranked and explained |
//! | is it true here | [`validate`] | tests update belief |
//!
//! They rest on [`quantity`] (numbers that cannot be wrong), [`model`] (the nouns), [`cvss`] (vectors, exactly scored), [`intel`] (EPSS, KEV, SSVC) and
//! [`attack`] (who can come to hold what). [`Program`] ties them together; any step can be used alone. [`render`] shows the
//! answer to people, [`wire`] writes it for programs, and the [`manual`] says what the numbers mean and where they are from.
//!
//! The core is pure: bytes, time and keys come in as arguments, nothing is read from files, clocks or the network, and the
//! same input gives the same bits anywhere. No input makes it panic.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod attack;
pub mod cvss;
pub mod discover;
pub mod error;
pub mod id;
pub mod intel;
pub mod manual;
pub mod model;
pub mod prioritize;
mod program;
pub mod quantity;
pub mod render;
pub mod scope;
mod text;
pub mod time;
pub mod validate;
pub mod wire;
mod word;

pub use error::{Error, ErrorKind, Result};
pub use model::{Environment, Report};
pub use prioritize::{Assessment, Exposure};
pub use program::Program;
pub use quantity::{Estimate, Loss, Probability};
pub use time::{Days, Moment};

/// The README's examples run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
