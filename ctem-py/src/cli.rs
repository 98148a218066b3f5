//! The command line, which is that of the core.

use pyo3::prelude::*;
use std::ffi::OsString;

/// Does what a command line says, without the program's name, and returns how it ends.
#[pyfunction]
#[pyo3(signature = (arguments: "list[str]") -> "int")]
pub(crate) fn _main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| ctem_core::cli::main(arguments))
}
