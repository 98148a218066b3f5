"""At the size of a cluster: each task of Spark scores the rows of its partition where they lie, or counts some worlds of a sample.

    import ctem.spark

    scored = ctem.spark.score(frame, intel=ctem.Intel(epss), keep=["asset"])
    sample = ctem.spark.sample(today, worlds=1_000_000)

Both give the same bits as one process does. It needs PySpark, and pyarrow as PySpark does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow
from pyspark.sql import SparkSession
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from . import Assessment, Intel, Program, score_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from .answers import Sample
    from .options import Moment


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


def sample(
    known: Assessment | Program,
    worlds: int,
    *,
    as_of: Moment | None = None,
    seed: int | None = None,
    confidence: float | None = None,
    nodes: int | None = None,
    shares: bool | None = None,
    at_most: int | None = None,
    tasks: int | None = None,
    session: SparkSession | None = None,
) -> Sample:
    """What `Assessment.sample` says of so many worlds, to the bit, each task counting a part of them.

    A program is assessed `as_of` a moment; an assessment is as it is. It goes to each worker once, as the document it is made of. There are four
    tasks for each that run at once, unless `tasks` says how many; `session` is the active one, unless said.
    """
    today = known if isinstance(known, Assessment) else assessed(known, as_of)
    context = (session or SparkSession.active()).sparkContext
    shared = context.broadcast(today)
    count = max(1, -(-worlds // 64))
    tasks = max(1, min(tasks or 4 * context.defaultParallelism, count))
    firsts = [count * n // tasks for n in range(tasks + 1)]

    def counted(part: tuple[int, int]) -> str:
        first, end = part
        return shared.value.sample_block(first, end - first, seed=seed, nodes=nodes, shares=shares)

    blocks = context.parallelize(list(zip(firsts, firsts[1:], strict=False)), tasks).map(counted).collect()
    return today.sample(blocks=blocks, seed=seed, confidence=confidence, nodes=nodes, shares=shares, at_most=at_most)


def assessed(program: Program, as_of: Moment | None) -> Assessment:
    if as_of is None:
        raise TypeError("a program is sampled as of a moment: say `as_of`, or hand in an assessment")
    return program.assess(as_of)
