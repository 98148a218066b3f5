//! Documents as Python has them: JSON text in, `dict` and `list` out.

use crate::error::raise;
use ctem_core::wire::ask;
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    sync::PyOnceLock,
    types::{PyBool, PyFloat, PySequence, PyString},
};

/// The bytes of a document, shared with Python's `bytes` or `str`.
pub(crate) enum Bytes {
    Bytes(PyBackedBytes),
    Text(PyBackedStr),
}

impl Bytes {
    /// A document as it is, in `bytes` or `str`; or what a path, an open file or a buffer holds.
    pub(crate) fn of(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        match Self::plain(document) {
            Ok(bytes) => Ok(bytes),
            Err(_) => Self::plain(&handed(document, "document")?),
        }
    }

    /// The same, or plain Python values written as JSON.
    pub(crate) fn written(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        match Self::of(document) {
            Err(error) if error.is_instance_of::<PyTypeError>(document.py()) => {
                Self::plain(&handed(document, "written")?)
            }
            read => read,
        }
    }

    fn plain(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        match document.extract() {
            Ok(bytes) => Ok(Self::Bytes(bytes)),
            Err(_) => Ok(Self::Text(document.extract()?)),
        }
    }

    pub(crate) fn get(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }
}

/// What is handed in, as the engine takes it: what Python knows of paths, files, dates and other libraries' kinds.
pub(crate) fn handed<'py>(given: &Bound<'py, PyAny>, how: &str) -> PyResult<Bound<'py, PyAny>> {
    given.py().import("ctem.handed")?.call_method1(how, (given,))
}

/// A moment as Python has it: text, a date or a time.
pub(crate) struct Moment(PyBackedStr);

impl std::ops::Deref for Moment {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = PyErr;

    fn extract(stated: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match stated.extract() {
            Ok(text) => Ok(Self(text)),
            Err(_) => Ok(Self(handed(&stated, "moment")?.extract()?)),
        }
    }
}

/// Moments as Python has them: a list, since text would be taken apart by its letters.
pub(crate) struct Moments(Vec<Moment>);

impl Moments {
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.0.iter().map(|moment| &**moment).collect()
    }
}

impl<'py> FromPyObject<'_, 'py> for Moments {
    type Error = PyErr;

    fn extract(stated: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if stated.is_instance_of::<PyString>() || stated.cast::<PySequence>().is_err() {
            let kind = stated.get_type().name()?;
            return Err(PyTypeError::new_err(format!("moments are a list of them, and no {kind}")));
        }
        stated.extract().map(Self)
    }
}

/// Text as Python has it, such as a name or an id.
pub(crate) struct Text(PyBackedStr);

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(stated: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !stated.is_instance_of::<PyString>() {
            let kind = stated.get_type().name()?;
            return Err(PyTypeError::new_err(format!("a name or an id is text, and no {kind}")));
        }
        stated.extract().map(Self)
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

/// The same of which notebooks show the picture.
pub(crate) fn pictured<'py, T>(py: Python<'py>, text: ctem_core::Result<String>) -> PyResult<T>
where
    T: FromPyObjectOwned<'py, Error: Into<PyErr>>,
{
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let document = LOADS.import(py, "ctem.shown", "loads")?.call1((text.map_err(raise)?,))?;
    document.extract().map_err(Into::into)
}
