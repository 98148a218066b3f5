"""Tables of other libraries, handed over by Arrow: each row is scored as it is alone, to the bit."""

import datetime
import math

import pytest

import ctem

DAY = datetime.date(2025, 11, 13)
TOTAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
ROWS = [
    {"cve": "CVE-2021-44228", "epss": None, "known_exploited": True, "published": None, "as_of": DAY, "cvss": TOTAL, "reachable": "internet", "criticality": "crown_jewel"},
    {"cve": "CVE-2025-0001", "epss": 0.2, "known_exploited": False, "published": datetime.date(2025, 6, 1), "as_of": DAY, "cvss": None, "reachable": "internal", "criticality": None},
    {"cve": None, "epss": 0.5, "known_exploited": None, "published": None, "as_of": None, "cvss": None, "reachable": None, "criticality": "high"},
    {"cve": "CVE-2021-44228", "epss": 0.1, "known_exploited": False, "published": None, "as_of": None, "cvss": TOTAL, "reachable": "isolated", "criticality": "low"},
]
INTEL = ctem.Intel(epss=b"#score_date:2025-11-13\ncve,epss\nCVE-2021-44228,0.94\n")


def expected(intel=None):
    return [ctem.score({name: cell for name, cell in row.items() if cell is not None}, intel=intel)["risk"] for row in ROWS]


def columns(rows=ROWS):
    return {name: [row[name] for row in rows] for name in rows[0]}


def scored(table, **options):
    arrow = pytest.importorskip("pyarrow")
    return arrow.table(ctem.score_table(table, **options)).to_pydict()


def tables():
    """The same rows as each library has them."""
    arrow = pytest.importorskip("pyarrow")
    whole = arrow.table(columns())
    yield whole
    yield whole.combine_chunks().to_batches()[0]
    yield arrow.concat_tables([whole.slice(0, 1), whole.slice(1, 0), whole.slice(1)])
    for name in ("cve", "cvss", "reachable", "criticality"):
        whole = whole.set_column(whole.column_names.index(name), name, whole[name].dictionary_encode())
    yield whole
    # Nulls, flags and dates that do not begin with a byte.
    yield arrow.concat_tables([whole, whole]).combine_chunks().slice(3, 1 + len(ROWS)).slice(1)


@pytest.mark.parametrize("intel", [None, INTEL])
def test_a_table_scores_as_its_rows_do_to_the_bit(intel):
    for table in tables():
        assert scored(table, intel=intel) == {"risk": expected(intel), "error": [None] * len(ROWS)}
    assert scored(next(tables()), horizon_days=365.0)["risk"][0] > expected()[0]


@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_frames_score_as_their_rows_do(library):
    made = pytest.importorskip(library)
    arrow = pytest.importorskip("pyarrow")
    whole = arrow.table(columns())
    if library == "polars":
        frame = made.DataFrame(columns())
        frames = [frame, frame.with_columns(made.col("cve", "reachable").cast(made.Categorical))]
    elif library == "pandas":
        frame = made.DataFrame(columns())
        frame["epss"] = frame["epss"].astype(float)
        # Another index than the numbers of rows, which comes as a column of its own.
        frames = [frame, frame.astype({"cve": "category"}).set_index(made.Index([7, 3, 5, 1]))]
    else:
        frames = [made.sql("select * from whole")]
    for frame in frames:
        assert scored(frame)["risk"] == expected()


def test_a_frame_takes_the_scores_back():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(columns())
    scores = ctem.score(frame)
    assert (len(scores), repr(scores)) == (4, "<ctem.TableScores: 4 rows>")
    assert polars.DataFrame(scores)["risk"].to_list() == expected()
    # And as often as one likes.
    assert polars.DataFrame(scores).columns == ["risk", "error"]


def test_a_bad_row_is_an_error_of_that_row():
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"epss": [0.5, 1.7, math.nan], "cve": ["CVE-2021-44228", None, "CVE-1"]})
    answer = scored(arrow.concat_tables([table, table.slice(0, 1), table.slice(1, 1)]))
    nothing = ctem.score({})["risk"]
    assert nothing > 0
    assert [risk is None for risk in answer["risk"]] == [False, True, True, False, True]
    assert answer["error"] == [
        None,
        "epss: `1.7` is not a probability: it must lie between 0 and 1",
        "cve: `CVE-1` is not a CVE number: write it as `CVE-2021-44228`",
        None,
        "epss: `1.7` is not a probability: it must lie between 0 and 1",
    ]
    errors = ctem.score(table).errors
    assert [(error["row"], error["column"]) for error in errors] == [(1, "epss"), (2, "cve")]
    assert errors[0]["reason"] == "`1.7` is not a probability: it must lie between 0 and 1"
    alone = scored(arrow.table({"epss": [math.nan, None]}))
    assert alone["risk"] == [nothing, nothing]


def test_a_table_that_makes_no_sense_is_refused():
    arrow = pytest.importorskip("pyarrow")
    for table, place, message in [
        ({"host": ["a"]}, "host", "is no column of a row"),
        ({"cve": [1.5]}, "cve", "the column is of numbers: it must be of text"),
        ({"epss": [{"of": 1}]}, "epss", "is no type that a column of a row can be of"),
        ({"host": arrow.array([], arrow.string())}, "host", "is no column of a row"),
    ]:
        with pytest.raises(ctem.InvalidInput, match=message) as raised:
            ctem.score_table(arrow.table(table))
        assert raised.value.place == place
    with pytest.raises(ctem.InvalidInput):
        ctem.score_table(arrow.table({"epss": [0.5]}), horizon_days=-1.0)
    with pytest.raises(TypeError, match="no list does: `score_all` takes rows"):
        ctem.score_table([{"epss": 0.5}])


def test_an_empty_table_has_no_scores():
    arrow = pytest.importorskip("pyarrow")
    assert scored(arrow.table({"epss": arrow.array([], arrow.float64())})) == {"risk": [], "error": []}
    assert len(ctem.score_table(arrow.table({"epss": arrow.chunked_array([], arrow.float64())}))) == 0


def test_whoever_is_told_may_end_it():
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"epss": [0.5] * 10_000})
    told = []
    ctem.score_table(table, progress=lambda done, of: told.append((done, of)))
    assert told and all(of == 10_000 for _, of in told)
    with pytest.raises(ctem.Cancelled):
        ctem.score_table(table, progress=lambda done, of: False)
