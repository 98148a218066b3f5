//! Answers in columns, handed over by the PyCapsules of Arrow: the core names the columns and fills them, and here each becomes an array of its type.

use crate::{error::raise, prioritize::Assessment, wire::Bytes};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, LargeStringArray, StructArray,
    TimestampMicrosecondArray, UInt64Array,
    builder::{LargeStringBuilder, ListBuilder},
    cast::AsArray,
    types::Int32Type,
};
use arrow_schema::{Field, FieldRef, Fields};
use ctem_core::{
    Error, Moment, Result,
    render::{self, Cells, NamedColumn},
    wire::ask,
};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyCapsule};
use pyo3_arrow::ffi::{ArrayIterator, to_stream_pycapsule};
use std::{collections::HashMap, sync::Arc};

/// An answer in columns: a table of Arrow, which whatever takes such tables takes: `polars.DataFrame(columns)`, `pyarrow.table(columns)`,
/// `pandas.DataFrame.from_arrow(columns)`, and DuckDB by its name in a query.
///
/// Texts that repeat are dictionaries, moments are in UTC, and what is not known is null. What a column says and what its numbers are counted
/// in stands in the metadata of its field, as `about` and `unit`.
///
/// >>> columns = today.to_arrow()
/// >>> columns
/// <ctem.Columns: 3 rows of 23 columns>
/// >>> columns.names[:4]
/// ['rank', 'id', 'kind', 'weakness']
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Columns {
    rows: usize,
    field: FieldRef,
    batch: ArrayRef,
}

#[pymethods]
impl Columns {
    /// What the columns are called, in their order.
    #[getter]
    fn names(&self) -> Vec<&str> {
        self.batch.as_struct().column_names()
    }

    /// The table, as a stream of one batch.
    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    pub(crate) fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let stream = ArrayIterator::new([Ok(Arc::clone(&self.batch))], Arc::clone(&self.field));
        Ok(to_stream_pycapsule(py, Box::new(stream), requested_schema)?)
    }

    /// Columns never change.
    fn __copy__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (_memo: "object") -> "Columns")]
    fn __deepcopy__<'py>(this: PyRef<'py, Self>, _memo: &Bound<'_, PyAny>) -> PyRef<'py, Self> {
        this
    }

    #[pyo3(signature = () -> "tuple[object, ...]")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a ctem.Columns is not pickled: pickle the frame or table that is made of it",
        ))
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Columns: {} of {} columns>", rows(self.rows), self.names().len())
    }
}

impl Columns {
    pub(crate) fn of(columns: render::Columns) -> Result<Self> {
        let rows = columns.len();
        let fields: Vec<_> = columns.into_columns().into_iter().map(field).collect::<Result<_>>()?;
        let (fields, arrays): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        let fields = Fields::from(fields);
        let batch = StructArray::try_new_with_length(fields.clone(), arrays, None, rows).map_err(no_array)?;
        Ok(Self { rows, field: Arc::new(Field::new_struct("", fields, false)), batch: Arc::new(batch) })
    }
}

/// An answer in columns, as a table of Arrow: the actions of a plan, actions without one, or what became of findings, as `Program.courses` lists
/// them. It is made of the answer alone, so that nothing is asked again. Of an assessment it is its exposures, as `Assessment.to_arrow` gives them.
///
/// >>> plan = ctem.to_arrow(today.plan(budget={"hours": 1}))
/// >>> plan
/// <ctem.Columns: 1 row of 26 columns>
/// >>> ctem.to_arrow(today)
/// <ctem.Columns: 3 rows of 23 columns>
#[pyfunction]
#[pyo3(signature = (answer: "Assessment | Document | Sequence[Document] | Content") -> "Columns")]
pub(crate) fn to_arrow(py: Python<'_>, answer: &Bound<'_, PyAny>) -> PyResult<Columns> {
    if let Ok(today) = answer.cast::<Assessment>() {
        return today.get().to_arrow(py, None);
    }
    let answer = Bytes::written(answer)?;
    py.detach(|| Columns::of(ask::in_columns(answer.get())?)).map_err(raise)
}

/// So many rows, in words.
pub(crate) fn rows(count: usize) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

fn field(column: NamedColumn) -> Result<(Field, ArrayRef)> {
    let array = array(column.cells)?;
    let said = [("about", Some(column.about)), ("unit", column.unit.as_deref())];
    let said = said.into_iter().filter_map(|(name, said)| Some((name.to_owned(), said?.to_owned())));
    let field = Field::new(column.name, array.data_type().clone(), true)
        .with_metadata(said.collect::<HashMap<_, _>>());
    Ok((field, array))
}

fn array(cells: Cells) -> Result<ArrayRef> {
    Ok(match cells {
        Cells::Texts(texts) => Arc::new(texts.into_iter().collect::<LargeStringArray>()),
        Cells::Words(words) => {
            let texts = LargeStringArray::from_iter_values(words.texts);
            let codes = Int32Array::from(words.codes);
            Arc::new(DictionaryArray::<Int32Type>::try_new(codes, Arc::new(texts)).map_err(no_array)?)
        }
        Cells::Lists(lists) => {
            let mut builder = ListBuilder::new(LargeStringBuilder::new());
            builder.extend(lists.iter().map(|list| Some(list.iter().map(Some))));
            Arc::new(builder.finish())
        }
        Cells::Counts(counts) => Arc::new(UInt64Array::from(counts)),
        Cells::Numbers(numbers) => Arc::new(Float64Array::from(numbers)),
        Cells::Flags(flags) => Arc::new(BooleanArray::from(flags)),
        Cells::Moments(moments) => {
            let moments = moments.into_iter().map(|moment| moment.map(Moment::unix_microseconds));
            Arc::new(moments.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        other => return Err(Error::invalid(format!("no array of Arrow is known for {other:?}"))),
    })
}

fn no_array(error: impl std::fmt::Display) -> Error {
    Error::invalid(format!("the columns are no table of Arrow: {error}"))
}
