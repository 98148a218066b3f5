"""The same bits from two workers of Spark as from one process. Needs PySpark and a Java."""

import os
import shutil
import sys
from pathlib import Path

import pytest

import ctem

pytest.importorskip("pyspark")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs a Java")

SHOP = (Path(__file__).parents[2] / "tests/vectors/documents/shop.json").read_text(encoding="utf-8")
REACH = [None, "internet", "internal", "isolated"]
ROWS = [(f"host-{n}", f"CVE-2024-{n % 50:04}", n % 101 / 100 if n % 7 else None, REACH[n % 4]) for n in range(5_000)]
INTEL = ctem.Intel(epss=b"#score_date:2025-11-13\ncve,epss\nCVE-2024-0001,0.94\nCVE-2024-0002,0.5\n")


@pytest.fixture(scope="module")
def session():
    from pyspark.sql import SparkSession

    # Workers are of the Python that is here, and not of the first one in the path.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "300")
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.parametrize("intel", [None, INTEL])
def test_a_frame_of_spark_scores_as_its_rows_do_to_the_bit(session, intel):
    import ctem.spark

    frame = session.createDataFrame(ROWS, "asset string, cve string, epss double, reachable string").repartition(5)
    scored = ctem.spark.score(frame, intel=intel, horizon_days=90.0, keep=["asset"]).collect()
    risks = {row.asset: row.risk for row in scored}
    rows = [{name: cell for name, cell in zip(("cve", "epss", "reachable"), row[1:], strict=True) if cell is not None} for row in ROWS]
    alone = ctem.score_all(rows, intel=intel, horizon_days=90.0)
    assert len(scored) == len(ROWS) and all(row.error is None for row in scored)
    assert [risks[row[0]] for row in ROWS] == alone


def test_a_bad_row_is_an_error_of_that_row(session):
    import ctem.spark

    frame = session.createDataFrame([("a", 1.5), ("b", 0.5)], "asset string, epss double")
    bad, good = sorted(ctem.spark.score(frame, keep=["asset"]).collect())
    assert bad.risk is None and bad.error.startswith("epss: `1.5` is not a probability")
    assert good.risk == ctem.score({"epss": 0.5})["risk"] and good.error is None


def test_a_sample_of_many_tasks_is_that_of_one_process_to_the_bit(session):
    import ctem.spark

    program = ctem.Program()
    program.absorb(ctem.read(SHOP))
    today = program.assess("2025-11-13")
    how = {"seed": 7, "nodes": 0, "shares": True}
    alone = today.sample(worlds=4_000, **how)
    assert ctem.spark.sample(today, 4_000, tasks=5, session=session, **how) == alone
    assert ctem.spark.sample(program, 4_000, as_of="2025-11-13", **how) == alone
    with pytest.raises(TypeError, match="as_of"):
        ctem.spark.sample(program, 64)
