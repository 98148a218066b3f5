//! Documents as Python has them: JSON text in, `dict` and `list` out.

use crate::error::raise;
use ctem_core::wire::ask;
use pyo3::{
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    sync::PyOnceLock,
    types::{PyBool, PyFloat},
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

/// A count as Python has it: a whole number, also of another library's kind. `True` and `3.0` are none.
pub(crate) struct Whole(ask::Count);

impl From<Whole> for ask::Count {
    fn from(Whole(count): Whole) -> Self {
        count
    }
}

impl<'py> FromPyObject<'_, 'py> for Whole {
    type Error = PyErr;

    fn extract(stated: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        // `True` would count as 1, and 3.0 as 3: somebody meant something else.
        let number = stated.is_instance_of::<PyBool>() || stated.is_instance_of::<PyFloat>();
        let stated = match number {
            true => stated.to_owned(),
            false => stated.py().import("operator")?.call_method1("index", (stated,))?,
        };
        Ok(Self(ask::Count::from(stated.repr()?.to_str()?)))
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
