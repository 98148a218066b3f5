//! Documents as Python has them: JSON text in, `dict` and `list` out.

use crate::error::raise;
use ctem_core::wire::ask;
use pyo3::{
    exceptions::{PyOverflowError, PyTypeError},
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    sync::PyOnceLock,
    types::PyBool,
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
        let whole = match stated.is_instance_of::<PyBool>() {
            true => Err(PyTypeError::new_err("")),
            false => stated.extract::<u64>(),
        };
        match whole {
            Ok(whole) => Ok(Self(whole.into())),
            // Below 0, or too large: the engine says what would do.
            Err(error) if error.is_instance_of::<PyOverflowError>(stated.py()) => {
                Ok(Self(stated.extract::<f64>()?.into()))
            }
            Err(_) => {
                Err(PyTypeError::new_err(format!("a whole number is expected, not `{}`", stated.repr()?)))
            }
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
