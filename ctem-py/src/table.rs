//! Tables of other libraries, by the PyCapsules of Arrow: the columns are lent to the core, and what it answers is handed on as it lies.

use crate::{columns::rows, intel::Intel, progress::watched, wire::loaded};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Float64Array, LargeStringArray, OffsetSizeTrait, RecordBatch,
    RecordBatchReader, StructArray,
    cast::AsArray,
    types::{
        Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
        UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit as ArrowUnit};
use ctem_core::{
    Error, Result,
    prioritize::{Batch, Bits, Column, Integers, RowError, TableScores as Scores, Texts, TimeUnit},
    wire::{self, ask},
};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyCapsule, PyList},
};
use pyo3_arrow::{
    ffi::{ArrayIterator, to_stream_pycapsule},
    input::AnyRecordBatch,
};
use std::{iter::Peekable, slice::Iter, sync::Arc};

/// The scores of a table's rows, in their order: a table of Arrow, of a column `risk`, in crown-jewel units, and a column `error`, which says
/// why a row has none. Whatever takes such tables takes it: `polars.DataFrame(scores)`, `pyarrow.table(scores)`.
///
/// It is in as many batches as the table it is of.
#[pyclass(frozen, module = "ctem")]
pub(crate) struct TableScores {
    rows: usize,
    field: FieldRef,
    batches: Vec<ArrayRef>,
    errors: Vec<RowError>,
}

#[pymethods]
impl TableScores {
    /// The rows that have no risk, in their order, by their numbers from 0, each with its first error.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        loaded(py, wire::json(&self.errors))
    }

    /// The table, as a stream of batches.
    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).collect();
        let stream = ArrayIterator::new(batches, Arc::clone(&self.field));
        Ok(to_stream_pycapsule(py, Box::new(stream), requested_schema)?)
    }

    /// Scores never change.
    fn __copy__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (_memo: "object") -> "TableScores")]
    fn __deepcopy__<'py>(this: PyRef<'py, Self>, _memo: &Bound<'_, PyAny>) -> PyRef<'py, Self> {
        this
    }

    #[pyo3(signature = () -> "tuple[object, ...]")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a ctem.TableScores is not pickled: pickle the frame or table that is made of it",
        ))
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    fn __repr__(&self) -> String {
        format!("<ctem.TableScores: {}>", rows(self.rows))
    }
}

/// The risk of each row of a table, in crown-jewel units; the same numbers as `score` gives, to the bit.
///
/// A table is whatever hands its columns over by Arrow: a frame of pandas or polars, a table or a batch of pyarrow, a relation of DuckDB. Its
/// columns are those that a row has for `score`, by their names, and lie where they are. Null and NaN are unknown. A row that makes no
/// sense has an `error` and no `risk`, and the others are scored. What a text stands for is worked out once for each text of a
/// dictionary: categories in pandas and polars.
///
/// `progress` is called now and then with how many rows were looked at, and of how many; by returning `False` it ends the call, which
/// then raises `Cancelled`.
#[pyfunction]
#[pyo3(signature = (
    table: "ArrowTable",
    *,
    intel: "Intel | None" = None,
    horizon_days: "float | None" = None,
    progress: "Callable[[int, int], object] | None" = None
) -> "TableScores")]
pub(crate) fn score_table(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
    progress: Option<Py<PyAny>>,
) -> PyResult<TableScores> {
    if !is_table(table)? {
        let name = table.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "a table hands its columns over by `__arrow_c_stream__`, and no {name} does: `score_all` takes rows"
        )));
    }
    let reader = table.extract::<AnyRecordBatch>()?.into_reader()?;
    let intel = Intel::or_none(intel);
    watched(py, progress.as_ref(), |progress| {
        let batches = read(reader)?;
        let mut dictionaries = Vec::new();
        let lent = batches.iter().map(|batch| lent(batch, &mut dictionaries)).collect::<Result<Vec<_>>>()?;
        let scores = ask::score_table(&lent, &intel, horizon_days, progress)?;
        Ok(answer(scores, lent.iter().map(Batch::len)))
    })
}

/// Whether somebody hands in a table of Arrow.
pub(crate) fn is_table(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(given.hasattr("__arrow_c_stream__")? || given.hasattr("__arrow_c_array__")?)
}

fn read(reader: Box<dyn RecordBatchReader + Send>) -> Result<Vec<RecordBatch>> {
    let schema = reader.schema();
    let mut batches = Vec::new();
    for batch in reader {
        batches.push(batch.map_err(|error| Error::malformed(format!("the table cannot be read: {error}")))?);
    }
    if batches.is_empty() {
        // Its columns are looked at all the same.
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// The texts of a dictionary, and where they lie.
struct Dictionary<'a> {
    values: &'a ArrayRef,
    texts: Arc<Texts<'a>>,
}

/// A batch as the core has it. The dictionaries are those of the batch before, by column: each batch comes with its own, which mostly lie in
/// the same memory.
fn lent<'a>(batch: &'a RecordBatch, dictionaries: &mut Vec<Option<Dictionary<'a>>>) -> Result<Batch<'a>> {
    dictionaries.resize_with(batch.num_columns(), || None);
    let fields = batch.schema_ref().fields();
    let mut columns = Vec::new();
    for ((field, array), dictionary) in fields.iter().zip(batch.columns()).zip(dictionaries) {
        // What pandas calls its index, where that is more than the numbers of rows.
        if !field.name().starts_with("__index_level_") {
            let of = column(array, dictionary).map_err(|error| error.at(field.name()))?;
            columns.push((field.name().as_str(), of));
        }
    }
    Batch::of(columns)
}

fn column<'a>(array: &'a ArrayRef, dictionary: &mut Option<Dictionary<'a>>) -> Result<Column<'a>> {
    let moments = |values: Option<&'a [i64]>, unit| Some(Column::moments(Integers::I64(values?), unit));
    let column = match array.data_type() {
        DataType::Null => Some(Column::unknown(array.len())),
        DataType::Float64 => values::<Float64Type>(array).map(Column::numbers),
        DataType::Float32 => values::<Float32Type>(array).map(Column::singles),
        DataType::Boolean => array.as_boolean_opt().map(|array| {
            let bits = array.values();
            Column::flags(Bits::new(bits.values(), bits.offset()), bits.len())
        }),
        DataType::Date32 => {
            values::<Date32Type>(array).map(|values| Column::moments(Integers::I32(values), TimeUnit::Days))
        }
        DataType::Date64 => moments(values::<Date64Type>(array), TimeUnit::Milliseconds),
        DataType::Timestamp(ArrowUnit::Second, _) => {
            moments(values::<TimestampSecondType>(array), TimeUnit::Seconds)
        }
        DataType::Timestamp(ArrowUnit::Millisecond, _) => {
            moments(values::<TimestampMillisecondType>(array), TimeUnit::Milliseconds)
        }
        DataType::Timestamp(ArrowUnit::Microsecond, _) => {
            moments(values::<TimestampMicrosecondType>(array), TimeUnit::Microseconds)
        }
        DataType::Timestamp(ArrowUnit::Nanosecond, _) => {
            moments(values::<TimestampNanosecondType>(array), TimeUnit::Nanoseconds)
        }
        DataType::Dictionary(..) => coded(array, dictionary),
        _ => integers(array).map(Column::integers).or_else(|| texts(array).map(Column::texts)),
    };
    let Some(column) = column else {
        let message = format!(
            "`{}` is no type that a column of a row can be of: cast it to numbers, flags, dates or text",
            array.data_type()
        );
        return Err(Error::invalid(message));
    };
    Ok(match array.nulls() {
        Some(nulls) => column.known(Bits::new(nulls.validity(), nulls.offset())),
        None => column,
    })
}

fn coded<'a>(array: &'a ArrayRef, last: &mut Option<Dictionary<'a>>) -> Option<Column<'a>> {
    let array = array.as_any_dictionary_opt()?;
    let values = array.values();
    if values.data_type() == &DataType::Null {
        return Some(Column::unknown(array.len()));
    }
    let codes = integers(array.keys())?;
    let same = last.take().filter(|last| last.values.to_data().ptr_eq(&values.to_data()));
    let dictionary = match same {
        Some(same) => same,
        None => Dictionary { values, texts: Arc::new(texts(values)?) },
    };
    Some(Column::coded(codes, Arc::clone(&last.insert(dictionary).texts)))
}

fn texts(array: &ArrayRef) -> Option<Texts<'_>> {
    fn of<O: OffsetSizeTrait>(array: &ArrayRef) -> Option<Texts<'_>> {
        let array = array.as_string_opt::<O>()?;
        Some(Texts::new(array.len(), |at| array.is_valid(at).then(|| array.value(at))))
    }
    let of_views = || {
        let array = array.as_string_view_opt()?;
        Some(Texts::new(array.len(), |at| array.is_valid(at).then(|| array.value(at))))
    };
    of::<i32>(array).or_else(|| of::<i64>(array)).or_else(of_views)
}

fn integers(array: &dyn Array) -> Option<Integers<'_>> {
    Some(match array.data_type() {
        DataType::Int8 => Integers::I8(values::<Int8Type>(array)?),
        DataType::Int16 => Integers::I16(values::<Int16Type>(array)?),
        DataType::Int32 => Integers::I32(values::<Int32Type>(array)?),
        DataType::Int64 => Integers::I64(values::<Int64Type>(array)?),
        DataType::UInt8 => Integers::U8(values::<UInt8Type>(array)?),
        DataType::UInt16 => Integers::U16(values::<UInt16Type>(array)?),
        DataType::UInt32 => Integers::U32(values::<UInt32Type>(array)?),
        DataType::UInt64 => Integers::U64(values::<UInt64Type>(array)?),
        _ => return None,
    })
}

fn values<T: ArrowPrimitiveType>(array: &dyn Array) -> Option<&[T::Native]> {
    array.as_primitive_opt::<T>().map(|array| &**array.values())
}

/// The scores in batches of these lengths.
fn answer(scores: Scores, lengths: impl Iterator<Item = usize>) -> TableScores {
    let fields = Fields::from(vec![
        Field::new("risk", DataType::Float64, true),
        // A batch whose rows are all wrong may say more than 32 bits count.
        Field::new("error", DataType::LargeUtf8, true),
    ]);
    let rows = scores.risks.len();
    let risks = ScalarBuffer::from(scores.risks);
    let mut errors = scores.errors.iter().peekable();
    let mut first = 0;
    let batches = lengths.map(|length| {
        let (reasons, known) = reasons(&mut errors, first, length);
        let risks = Float64Array::new(risks.slice(first, length), known);
        first += length;
        Arc::new(StructArray::new(fields.clone(), vec![Arc::new(risks), Arc::new(reasons)], None)) as ArrayRef
    });
    let batches = batches.collect();
    TableScores {
        rows,
        field: Arc::new(Field::new_struct("", fields, false)),
        batches,
        errors: scores.errors,
    }
}

/// Why rows have no risk, and which have one, where not all do.
fn reasons(
    errors: &mut Peekable<Iter<'_, RowError>>,
    first: usize,
    length: usize,
) -> (LargeStringArray, Option<NullBuffer>) {
    let rows = first as u64..(first + length) as u64;
    if errors.peek().is_none_or(|error| error.row >= rows.end) {
        return (LargeStringArray::new_null(length), None);
    }
    let of_row = |row| errors.next_if(|error| error.row == row);
    let reasons: LargeStringArray = rows
        .map(of_row)
        .map(|error| error.map(|error| format!("{}: {}", error.column, error.reason)))
        .collect();
    let known = BooleanBuffer::collect_bool(length, |row| reasons.is_null(row));
    (reasons, Some(NullBuffer::new(known)))
}
