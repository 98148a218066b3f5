//! **ctem**: an embeddable engine for Continuous Threat Exposure Management.
//!
//! It answers one question: *what should we fix first, and how do we know?* It takes what an organisation's tools already
//! know (assets, how they connect, what scanners found, what the world exploits) and returns exposures ranked by the loss
//! they really cause, with the attack paths that make them matter and the tree of terms each number is folded from.
//!
//! What is known is stated in Rust, as here, or [read](discover::read) from what tools write; both may be mixed.
//!
//! ```
//! use ctem_core::{Environment, Loss, Probability, Program, intel::Intel};
//! use ctem_core::model::{Access, AssetKind, Attacker, LossSize, RelationKind, Weakness, WeaknessKind};
//!
//! // Two flaws: one that everybody exploits, in a test machine, and one that stands before the customers' orders.
//! let famous = Weakness {
//!     epss: Some(Probability::new(0.94)?),
//!     ..Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability)
//! };
//! let obscure = Weakness {
//!     epss: Some(Probability::new(0.12)?),
//!     cvss: vec!["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".parse()?],
//!     ..Weakness::new("CVE-2024-10001".parse()?, WeaknessKind::Vulnerability)
//! };
//! let environment = Environment::builder()
//!     .asset("test-1", AssetKind::Host)
//!     .asset("shop", AssetKind::Host)
//!     .asset("orders", AssetKind::DataStore)
//!     .relation("shop", RelationKind::Reads, "orders")
//!     .entry_point("shop", Access::Reach, Attacker::Internet)
//!     .entry_point("test-1", Access::Reach, Attacker::Internet)
//!     .finding("f-1", "test-1", famous)
//!     .finding("f-2", "shop", obscure)
//!     .loss("sales", "orders leak", LossSize::known(Loss::new(250_000.0, "EUR".parse()?)?), "orders", Access::Use)
//!     .build()?;
//!
//! let today = Program::with_environment(environment, Intel::none()).assess("2025-11-13".parse()?)?;
//! let worst = today.ranked().next().expect("two findings stand");
//! assert_eq!(worst.to_string(), "1. CVE-2024-10001 on shop: risk EUR 13,500, leads to orders leak");
//! let explanation = today.explain(&worst.id)?;
//! assert_eq!(
//!     explanation.paths[0].to_string(),
//!     "Attack path to orders leak: EUR 250,000, 5.4 %\n\
//!      \x20 1. anyone on the internet starts here → can reach shop\n\
//!      \x20 2. exploits CVE-2024-10001 (T1190 Exploit Public-Facing Application) → controls shop, 5.4 %\n\
//!      \x20 3. reads (T1530 Data from Cloud Storage) → reads orders\n\
//!      \x20 4. orders leak → the loss\n"
//! );
//! # Ok::<(), ctem_core::Error>(())
//! ```
//!
//! | step | module | what happens |
//! | --- | --- | --- |
//! | what matters | [`scope`] | loss events, crown jewels, what nobody has placed |
//! | what is there | [`discover`] | tools' documents become checked reports, and reports one environment |
//! | what is worst | [`prioritize`] | exploitability × impact over attack paths, ranked and explained |
//! | is it true here | [`validate`] | tests update belief |
//! | what to do first | [`mobilize`] | findings become actions, and actions a plan |
//! | may it go on | [`gate`] | a policy is held against what is new since a baseline |
//! | was it true | [`backtest`] | rankings are held against what happened |
//! | is it getting better | [`measure`] | how long things take, what is looked at, what was kept |
//! | what has changed | [`program`] | events, deltas, the course of every finding |
//!
//! They rest on [`quantity`] (numbers that cannot be wrong), [`model`] (the nouns), [`cvss`] (vectors, exactly scored), [`version`] (of packages, compared as each ecosystem does), [`intel`] (EPSS, KEV, SSVC) and
//! [`attack`] (who can come to hold what). [`Program`] ties them together; any step can be used alone. [`render`] shows the
//! answer to people, [`wire`] writes it for programs, and the [`manual`] says what the numbers mean and where they are from.
//!
//! The core is pure: bytes, time and keys come in as arguments, nothing is read from files, clocks or the network, and the
//! same input gives the same bits anywhere. No input makes it panic. The feature `cli` adds the command line around it, which reads files
//! and the clock.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod attack;
pub mod backtest;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cvss;
pub mod discover;
pub mod error;
pub mod gate;
pub mod id;
pub mod intel;
pub mod manual;
pub mod measure;
pub mod mobilize;
pub mod model;
pub mod prioritize;
pub mod program;
pub mod quantity;
pub mod render;
pub mod scope;
mod shared;
mod text;
pub mod time;
pub mod validate;
pub mod version;
mod visible;
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
