use ctem_core::{Error, ErrorKind};
use pyo3::prelude::*;

/// Raises an error of the core as the Python class of its code.
pub(crate) fn raise(error: Error) -> PyErr {
    Python::attach(|py| {
        let arguments = (error.to_string(), error.code(), error.place(), error.message());
        match py.import("ctem.errors").and_then(|errors| errors.call_method1("_of", arguments)) {
            Ok(raised) => PyErr::from_value(raised),
            Err(failed) => failed,
        }
    })
}

/// Warns of what a caller would overlook. Whoever has made such warnings errors is raised one.
pub(crate) fn warn(py: Python<'_>, warning: &Error) -> PyResult<()> {
    let category = py.import("ctem.errors")?.getattr("CtemWarning")?;
    py.import("warnings")?.call_method1("warn", (warning.to_string(), category))?;
    Ok(())
}

/// Every code, for the test that each has its class.
#[pyfunction]
pub(crate) fn _codes() -> Vec<&'static str> {
    ErrorKind::ALL.map(ErrorKind::code).to_vec()
}
