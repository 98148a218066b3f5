//! For people: an assessment as a terminal table, as Markdown and as a web page; and [exported](export()) for other tools.
//!
//! Each begins with the plan: what to do, in order. Behind it, in every output and in the same words, stand the exposures by what fixing
//! them saves, and for the worst of them the attack path and the tree of terms behind the number. What tools wrote is shown as text and
//! nothing else: no control character, markup or direction mark of theirs takes effect.
//!
//! ```
//! use ctem_core::{Program, discover, intel::Intel, render::{self, RenderOptions}, wire};
//!
//! let mut program = Program::new(Intel::none());
//! program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
//! let today = program.assess("2025-11-13".parse()?)?;
//! let table = render::table(&today, &RenderOptions::default());
//! assert!(table.starts_with("What to do first, as of 2025-11-13 · expected loss in 30 days EUR 938 (exact)\n"));
//! assert!(table.lines().all(|line| line.chars().count() <= 100));
//! # Ok::<(), ctem_core::Error>(())
//! ```

use crate::{mobilize::Budget, scope::AssetSelector};

mod back_test;
mod columns;
mod details;
mod drawn;
mod escape;
mod explanation;
mod export;
mod issue;
mod lines;
mod markdown;
mod markup;
mod only;
mod page;
mod plan;
mod progress;
mod questions;
mod ranking;
mod table;
mod ticket;
mod tracker;
pub(crate) mod words;

pub use back_test::back_test;
pub use columns::{
    Cells, Coded, Columns, NamedColumn, actions_in_columns, exposures_in_columns, history_in_columns,
    plan_in_columns,
};
pub(crate) use columns::{answer_in_columns, exposures_in_columns_asking};
pub(crate) use drawn::drawn;
pub(crate) use export::export_asking;
pub use export::{Export, export};
pub use markdown::markdown;
pub(crate) use markdown::markdown_asking;
pub use page::html;
pub(crate) use page::html_asking;
pub(crate) use plan::{NO_PLAN, plan};
pub use progress::progress_report;
pub use questions::questions;
pub(crate) use table::table_asking;
pub use table::{exposure, table};
pub use tracker::{Ticket, TicketOptions, Tickets, Tracker, tickets};

/// How much is shown, and how wide.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, RenderOptions};
///
/// // The five worst, for a narrow terminal.
/// let options = RenderOptions { at_most: 5, explained: 0, width: 60, ..RenderOptions::default() };
/// assert!(render::table(&today, &options).lines().all(|line| line.chars().count() <= 60));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RenderOptions {
    /// At most so many rows. 20 unless said. In a table and in Markdown a row stands for the relations that follow it with the same
    /// risk too.
    pub at_most: usize,
    /// So many of the first rows come with their path and reasons. 3 unless said; a page explains all it shows.
    pub explained: usize,
    /// The columns of the terminal, held between 60 and 400. 100 unless said.
    pub width: usize,
    /// What may be spent on the plan that outputs begin with. Without limit unless said; where there is one, a plan is made however large
    /// the graph is.
    pub budget: Budget,
    /// Of tables, Markdown and pages: the assets whose exposures and actions are shown. All, unless said; what is counted and planned is
    /// the whole all the same.
    pub only: AssetSelector,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { at_most: 20, explained: 3, width: 100, budget: Budget::Unlimited, only: AssetSelector::All }
    }
}
