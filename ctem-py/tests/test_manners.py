"""What Python expects: dates, paths and files where they make sense, coroutines, copies, pickles, notebooks, tables."""

import asyncio
import copy
import csv
import datetime
import inspect
import io
import json
import pickle
import threading
from pathlib import Path
from types import MappingProxyType

import pytest

import ctem
from ctem import aio

SHOP = Path(__file__).parents[2] / "tests/vectors/documents/shop.json"
DAY = datetime.date(2025, 11, 13)


@pytest.fixture
def program():
    program = ctem.Program()
    program.absorb(ctem.read(SHOP))
    return program


def test_a_document_may_be_a_path_a_file_or_a_buffer():
    whole = ctem.read(SHOP.read_bytes()).to_json()
    with SHOP.open("rb") as file, SHOP.open(encoding="utf-8") as text:
        given = [SHOP, file, text, io.BytesIO(SHOP.read_bytes()), bytearray(SHOP.read_bytes()), memoryview(SHOP.read_bytes())]
        assert [ctem.read(each).to_json() for each in given] == [whole] * len(given)
    assert len(ctem.read_collection({"shop.json": SHOP}).reports) == 1
    with pytest.raises(FileNotFoundError):
        ctem.read(SHOP.with_name("nothing.json"))
    with pytest.raises(FileNotFoundError):
        ctem.score_all(SHOP.with_name("nothing.json"))
    with pytest.raises(TypeError, match="a document is bytes, text, a path or an open file, and no dict"):
        ctem.read({})


def test_a_moment_may_be_a_date_or_a_time(program):
    expected = program.assess("2025-11-13").to_json()
    zone = datetime.timezone(datetime.timedelta(hours=1))
    for moment in (DAY, datetime.datetime(2025, 11, 13), datetime.datetime(2025, 11, 13, 1, tzinfo=zone)):
        assert program.assess(moment).to_json() == expected
    with pytest.raises(TypeError, match="a moment is text, a date or a time, and no int"):
        program.assess(20251113)
    program.apply({"at": DAY, "what": "time_passed"})
    assert program.at(DAY).document() == program.at("2025-11-13").document()
    assert program.trend([DAY]) == program.trend(["2025-11-13"])
    assert program.coverage({"as_of": DAY}) == program.coverage({"as_of": "2025-11-13"})
    assert program.compact(DAY) == 1
    assert ctem.score({"cve": "CVE-2024-0001", "published": DAY, "as_of": DAY})["risk"] > 0


def test_plain_values_may_be_of_other_libraries(program):
    numpy = pytest.importorskip("numpy")
    today = program.assess(numpy.datetime64("2025-11-13"))
    row = MappingProxyType({"epss": numpy.float64(0.5), "reachable": "internet"})
    assert ctem.score(row) == ctem.score({"epss": 0.5, "reachable": "internet"})
    assert today.what_if([{"fixed": "f-1"}]) == today.what_if(({"fixed": "f-1"},))
    with pytest.raises(TypeError, match="a complex cannot be part of a document"):
        ctem.score({"epss": 1j})


def test_what_is_copied_and_pickled_is_the_same(program):
    for again in (copy.copy(program), copy.deepcopy(program), pickle.loads(pickle.dumps(program))):
        assert again.document() == program.document()
        again.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "new", "kind": "host"}]}'))
        assert again.document() != program.document()
    report = ctem.read(SHOP)
    for again in (copy.deepcopy(report), pickle.loads(pickle.dumps(report))):
        assert again.to_json() == report.to_json()
    today = program.assess(DAY)
    assert copy.copy(today) is today and copy.deepcopy(today) is today
    with pytest.raises(TypeError):
        pickle.dumps(today)


def test_a_notebook_shows_the_page(program):
    page = program.assess(DAY)._repr_html_()
    assert page.startswith('<iframe srcdoc="<!doctype html>') and page.endswith("</iframe>")
    assert page.count('"') == 8


def of_aio():
    """The calls that there are twice, by class."""
    kinds = [None, ctem.Assessment, ctem.Collection, ctem.Intel, ctem.Program, ctem.Report]
    for kind in kinds:
        of, twin = (kind, getattr(aio, kind.__name__)) if kind else (ctem._ctem, aio)
        for name in vars(of):
            if not name.startswith("_") and callable(getattr(of, name)) and not isinstance(getattr(of, name), type):
                yield getattr(of, name), getattr(twin, name)


def test_every_call_has_a_coroutine():
    pairs = list(of_aio())
    assert len(pairs) > 60
    for call, later in pairs:
        assert inspect.iscoroutinefunction(later) and later.__doc__ == call.__doc__


def test_coroutines_answer_as_their_calls_do(program):
    async def work():
        later = aio.Program(aio.Intel())
        assert await later.absorb(await aio.read(SHOP)) == ctem.Program().absorb(ctem.read(SHOP))
        today = await later.assess(DAY, horizon_days=7)
        assert isinstance(today, aio.Assessment) and len(today) == len(program.assess(DAY, horizon_days=7))
        collection, plan = await asyncio.gather(aio.read_collection({"shop.json": SHOP}), today.plan(budget={"hours": 2}))
        assert isinstance(collection.reports[0], aio.Report)
        assert (await (await aio.Program.read(await later.document())).document()) == await later.document()
        return today.risk, plan

    today = program.assess(DAY, horizon_days=7)
    assert asyncio.run(work()) == (today.risk, today.plan(budget={"hours": 2}))


def test_a_task_that_is_cancelled_ends_its_work(program):
    told, over = threading.Event(), threading.Event()

    def progress(done, of):
        told.set()

    async def work():
        later = aio.Assessment.__new__(aio.Assessment)
        later._behind = program.assess(DAY)
        task = asyncio.create_task(later.sample(nodes=0, worlds=1_000_000_000_000, progress=progress))
        await asyncio.to_thread(told.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        over.set()

    # The loop waits for its threads before it closes: it would for days.
    asyncio.run(work())
    assert told.is_set() and over.is_set()


INVENTORY = "Hostname,Type,Team\nshop,host,web\ntill,host,\n"


def test_an_inventory_is_an_environment_in_five_lines():
    rows = csv.DictReader(io.StringIO(INVENTORY))
    assets = [{"id": row["Hostname"], "kind": row["Type"], "owner": row["Team"]} for row in rows]
    program = ctem.Program()
    program.absorb(ctem.read_tables(assets=assets, owners=[{"id": "web"}]))
    assert program.assess(DAY).select("not has owner")["list"][0]["asset"] == "till"


TABLES = {
    "assets": {"id": ["shop", "orders"], "kind": ["host", "data_store"], "labels.env": ["test", None]},
    "relations": {"kind": ["reads"], "from": ["shop"], "to": ["orders"], "removable": [False]},
    "findings": {"id": ["f-1"], "asset": ["shop"], "weakness.id": ["CVE-2021-44228"], "weakness.epss": [0.94]},
}


def frames(library):
    match library:
        case "columns":
            return TABLES
        case "pandas":
            return {name: pytest.importorskip("pandas").DataFrame(table) for name, table in TABLES.items()}
        case "pyarrow":
            return {name: pytest.importorskip("pyarrow").table(table) for name, table in TABLES.items()}
        case "polars":
            return {name: pytest.importorskip("polars").DataFrame(table) for name, table in TABLES.items()}


@pytest.mark.parametrize("library", ["columns", "pandas", "pyarrow", "polars"])
def test_a_table_is_one_whoever_has_it(library):
    report = ctem.read_tables(**frames(library), services=[{"id": "sales"}])
    assert (report.tally["accepted"], report.notes) == (5, [])
    assets = report.contents["assets"]
    assert assets[0]["labels"] == {"env": "test"} and "labels" not in assets[1]
    assert report.contents["findings"][0]["weakness"]["epss"] == 0.94
    assert report.contents["relations"][0]["removable"] is False


def test_what_is_wrong_with_a_table_has_its_place():
    report = ctem.read_tables(assets=[{"id": "shop", "kind": "host"}, {"id": "till"}])
    assert [note["place"] for note in report.notes] == ["/assets/1"]
    with pytest.raises(ctem.Conflict) as raised:
        ctem.read_tables(findings=[{"asset": "shop", "weakness": "CVE-2021-44228", "weakness.id": "CVE-2021-44228"}])
    assert raised.value.place == "/findings/0"
    with pytest.raises(TypeError, match="a table has rows or columns, and a int has neither"):
        ctem.read_tables(assets=5)
    assert json.loads(ctem.read_tables().to_json())["tally"]["read"] == 0
