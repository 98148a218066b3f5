//! Back-tests: what a ranking would have been worth on days that have passed.
//!
//! A [`Cohort`] is what was known of CVEs on a day, the *landmark*, joined with what was exploited afterwards. Each [`Ranking`] orders
//! it by what was known, and is measured by what happened: how much of it a team would have mended in time that mends a part of
//! all (*effort*, *coverage*, *efficiency*: Jacobs et al., *Exploit Prediction Scoring System*, 2021), how well it tells the two
//! apart (*AUC*), and whether its chances are what came true (*Brier score*, *log loss*, observed by expected). Every number has
//! an interval, since the exploited are few.
//!
//! What would leak is refused: a signal dated after the landmark, an outcome before it, a row without a date.
//!
//! ```
//! use ctem_core::backtest::{BackTestOptions, Cohort, Ranking};
//!
//! let rows = b"cve,known,vector,epss\n\
//!     CVE-2024-0001,2024-10-01,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,0.62\n\
//!     CVE-2024-0002,2024-10-02,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,0.01\n\
//!     CVE-2024-0003,2024-10-03,CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N,0.002\n";
//! let outcomes = br#"[{"cveID": "CVE-2024-0001", "dateAdded": "2024-11-05"}]"#;
//! let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
//! let tested = Cohort::read(rows, outcomes, None, &options)?.test(&options)?;
//! let auc = |ranking| tested.rankings.iter().find(|test| test.ranking == ranking).map(|test| test.auc.value);
//! // CVSS ties the exploited flaw with another.
//! assert_eq!((auc(Ranking::Cvss), auc(Ranking::Epss)), (Some(0.75), Some(1.0)));
//! # Ok::<(), ctem_core::Error>(())
//! ```
//!
//! It leaves out reach, importance and paths, which no list of CVEs has: what is tested is the order of flaws, not of exposures.

mod calibration;
mod cohort;
mod columns;
mod discrimination;
mod interval;
mod options;
mod ranking;
mod run;

pub use calibration::{Calibration, ReliabilityBin};
pub use cohort::{Cohort, CohortCounts};
pub use interval::Measured;
pub use options::BackTestOptions;
pub use ranking::Ranking;
pub use run::{BackTest, EffortTest, RankingTest};
