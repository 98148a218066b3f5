//! Documents as Python has them: JSON text in, `dict` and `list` out.

use crate::error::raise;
use pyo3::{
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    sync::PyOnceLock,
};

/// The bytes of a document, shared with Python's `bytes` or `str`.
pub(crate) enum Bytes {
    Bytes(PyBackedBytes),
    Text(PyBackedStr),
}

impl Bytes {
    /// A document as it is, in `bytes` or `str`.
    pub(crate) fn of(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        match document.extract() {
            Ok(bytes) => Ok(Self::Bytes(bytes)),
            Err(_) => Ok(Self::Text(document.extract()?)),
        }
    }

    /// The same, or plain Python values written as JSON.
    pub(crate) fn written(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        static DUMPS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        match Self::of(document) {
            Ok(bytes) => Ok(bytes),
            Err(_) => Self::of(&DUMPS.import(document.py(), "json", "dumps")?.call1((document,))?),
        }
    }

    pub(crate) fn get(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }
}

/// A document of the core as plain Python values.
pub(crate) fn loaded<'py, T>(py: Python<'py>, text: ctem_core::Result<String>) -> PyResult<T>
where
    T: FromPyObjectOwned<'py, Error: Into<PyErr>>,
{
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let document = LOADS.import(py, "json", "loads")?.call1((text.map_err(raise)?,))?;
    document.extract().map_err(Into::into)
}
