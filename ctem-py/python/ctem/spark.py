"""At the size of a cluster: each task of Spark scores the rows of its partition where they lie.

    import ctem.spark

    scored = ctem.spark.score(frame, intel=ctem.Intel(epss), keep=["asset"])

It gives the same bits as one process does, and needs PySpark, and pyarrow as PySpark does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from . import Intel, score_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def score(
    frame: DataFrame,
    *,
    intel: Intel | None = None,
    horizon_days: float | None = None,
    keep: Sequence[str] = (),
) -> DataFrame:
    """The frame with two more columns: the `risk` of each row and, where it has none, the `error` that says why.

    Columns are those of `ctem.score_table`, besides those to `keep`, which are nothing to score by. The numbers are the same, to the bit,
    however the rows lie in partitions. `intel` goes to each worker once.
    """
    kept = frozenset(keep)
    shared = frame.sparkSession.sparkContext.broadcast(intel)
    schema = StructType([*frame.schema.fields, StructField("risk", DoubleType()), StructField("error", StringType())])

    def scored(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            rows = batch.select([name for name in batch.schema.names if name not in kept])
            scores = pyarrow.table(score_table(rows, intel=shared.value, horizon_days=horizon_days))
            # Spark's text counts with 32 bits, as does a batch of it.
            risk, error = scores["risk"].combine_chunks(), scores["error"].cast(pyarrow.string()).combine_chunks()
            yield pyarrow.RecordBatch.from_arrays([*batch.columns, risk, error], names=[*batch.schema.names, "risk", "error"])

    return frame.mapInArrow(scored, schema)
