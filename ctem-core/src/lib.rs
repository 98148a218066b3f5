//! **ctem**: an embeddable engine for Continuous Threat Exposure Management.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod attack;
pub mod discover;
pub mod error;
pub mod id;
pub mod intel;
pub mod model;
pub mod quantity;
mod text;
pub mod time;

pub use error::{Error, ErrorKind, Result};
