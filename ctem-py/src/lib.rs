//! ctem for Python: each function turns a document into a call of the core, and its answer into a document.

mod backtest;
mod cli;
mod columns;
mod discover;
mod error;
mod fork;
mod intel;
mod prioritize;
mod program;
mod progress;
mod table;
mod wire;

use pyo3::prelude::*;

/// The engine. What it offers is reached through `ctem`.
#[pymodule(name = "_ctem")]
mod native {
    #[pymodule_export]
    use super::{
        backtest::{back_test, back_test_json},
        cli::_main,
        columns::{Columns, to_arrow},
        discover::{
            _report, Collection, Report, attacker_profiles, attacker_profiles_json, formats, read,
            read_collection, read_tables,
        },
        error::_codes,
        fork::{_after_fork, _after_fork_in_child, _before_fork},
        intel::{_intel, Intel, cvss, cvss_json},
        prioritize::{_assessment, Assessment, picture, score, score_all, score_json},
        program::{_program, Program},
        table::{TableScores, score_table},
    };

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's own name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
