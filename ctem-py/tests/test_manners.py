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
from xml.etree import ElementTree

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
    with pytest.raises(TypeError, match="a document is bytes, text, a path or an open file, not dict: write it as JSON"):
        ctem.read({})
    with pytest.raises(TypeError, match="files are documents by name, such as .*, not list"):
        ctem.read_collection([SHOP])
    with pytest.raises(ctem.UnknownFormat, match="`shop.json` looks like the name of a file"):
        ctem.read("shop.json")


def test_a_moment_may_be_a_date_or_a_time(program):
    expected = program.assess("2025-11-13").to_json()
    zone = datetime.timezone(datetime.timedelta(hours=1))
    for moment in (DAY, datetime.datetime(2025, 11, 13), datetime.datetime(2025, 11, 13, 1, tzinfo=zone)):
        assert program.assess(moment).to_json() == expected
    with pytest.raises(TypeError, match="a moment is text, a date or a datetime, not int"):
        program.assess(20251113)
    for moments, kind in (("2025-11-13", "str"), (DAY, "date")):
        with pytest.raises(TypeError, match=f"moments are a list of them, and no {kind}"):
            program.trend(moments)
    program.apply({"at": DAY, "what": "time_passed"})
    assert program.at(DAY).document() == program.at("2025-11-13").document()
    assert program.trend([DAY]) == program.trend(["2025-11-13"])
    assert program.coverage({"as_of": DAY}) == program.coverage({"as_of": "2025-11-13"})
    assert program.compact(DAY) == 1
    assert ctem.score({"cve": "CVE-2024-0001", "published": DAY, "as_of": DAY})["risk"] > 0


def test_a_name_is_text_and_what_is_not_is_told_so(program):
    today = program.assess(DAY)
    for call in (lambda: today.explain(5), lambda: today.export(5), lambda: ctem.cvss(5), lambda: ctem.read(SHOP, asset=5)):
        with pytest.raises(TypeError, match="a name or an id is text, and no int"):
            call()
    with pytest.raises(ctem.InvalidInput, match="a word is wanted, or an object with one member") as error:
        today.plan(budget=40)
    assert error.value.place == "/budget"


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
    assert copy.copy(report) is report and copy.deepcopy(report) is report
    assert pickle.loads(pickle.dumps(report)).to_json() == report.to_json()


def test_an_assessment_is_pickled_as_what_it_was_made_of(program):
    own = {"id": "own", "starts": {"internet": 1}, "techniques": ["T1190"], "hard": 0.5}
    for how in ({}, {"horizon_days": 7, "events_per_finding": 1, "crown_jewel": 1e6, "profile": "insider"}, {"profile": own}):
        today = program.assess(DAY, **how)
        assert copy.copy(today) is today and copy.deepcopy(today) is today
        again = pickle.loads(pickle.dumps(today))
        assert again.to_json(explained=True) == today.to_json(explained=True)
        assert again.notes == today.notes and again.sample(nodes=0) == today.sample(nodes=0)
    baseline = today.baseline(incidents=2, years=3)
    today = program.assess(DAY, baseline=baseline)
    assert pickle.loads(pickle.dumps(today)).baseline() == today.baseline()
    assert pickle.loads(pickle.dumps(today)).to_json() == today.to_json()


def test_what_is_known_of_the_world_is_pickled_with_its_own_table():
    epss = "#model_version:v2025.03.14,score_date:2025-11-12T12:55:00Z\ncve,epss,percentile\nCVE-2021-44228,0.94,0.99\n"
    intel = ctem.Intel(epss, effects="acme\trule\tA-17\tno-login", nuclei="CVE-2021-44228\n")
    assert copy.copy(intel) is intel and copy.deepcopy(intel) is intel
    again = pickle.loads(pickle.dumps(intel))
    assert again.to_json() == intel.to_json()
    program = ctem.Program(intel)
    program.absorb(ctem.read(SHOP))
    for known in (program, ctem.Program(again)):
        assert pickle.loads(pickle.dumps(known)).document() == known.document()
    today = program.assess(DAY)
    assert pickle.loads(pickle.dumps(today)).to_json(explained=True) == today.to_json(explained=True)


def test_what_cannot_be_pickled_says_what_can():
    collection = ctem.read_collection({"shop.json": SHOP, "notes.txt": "ask Ann"})
    assert copy.copy(collection) is collection and copy.deepcopy(collection) is collection
    with pytest.raises(TypeError, match="pickle its `reports`"):
        pickle.dumps(collection)
    assert [again.to_json() for again in pickle.loads(pickle.dumps(collection.reports))] == [ctem.read(SHOP).to_json()]


def test_a_notebook_shows_the_page(program):
    page = program.assess(DAY)._repr_html_()
    assert page.startswith('<iframe srcdoc="<!doctype html>') and page.endswith("</iframe>")
    assert page.count('"') == 8


PICTURED = {
    "plan": lambda today: today.plan(curves=True),
    "curve": lambda today: today.plan(curves=True)["curves"][0],
    "paths": lambda today: today.paths("leak"),
    "path": lambda today: today.paths("leak")["list"][0],
    "explanation": lambda today: today.explain("f-1"),
}


@pytest.mark.parametrize("what", PICTURED)
def test_a_notebook_shows_the_picture_of_an_answer(program, what):
    answer = PICTURED[what](program.assess(DAY))
    shown = answer._repr_html_()
    assert shown == ctem.picture(answer) == ctem.picture(json.dumps(answer))
    # It is well-formed, fetches nothing, runs nothing and has the ink of the page that shows it.
    tree = ElementTree.fromstring(shown)
    assert tree.find(".//svg") is not None and not {each.tag for each in tree.iter()} & {"script", "link", "img", "iframe"}
    assert "http" not in shown and "currentColor" in shown
    # It is still what it was: plain values that are equal, copied and pickled.
    assert isinstance(answer, dict) and answer == json.loads(json.dumps(answer)) == copy.deepcopy(answer)
    assert pickle.loads(pickle.dumps(answer))._repr_html_() == shown


def test_what_has_no_picture_is_shown_as_text(program):
    today = program.assess(DAY)
    assert today.plan()["before"]._repr_html_() is None
    assert program.assess(DAY).explain("f-1")["risk"]._repr_html_() is None
    with pytest.raises(ctem.InvalidInput, match="there is no picture of this: hand in a plan"):
        ctem.picture(today.risk)


def test_names_of_others_are_no_markup_of_a_picture():
    mean = "<script>alert(1)</script>\"'&"
    document = {
        "ctem": {"version": 2},
        "assets": [{"id": "a", "kind": "host", "name": mean, "owner": "o"}],
        "owners": [{"id": "o", "name": mean}],
        "findings": [{"asset": "a", "weakness": {"id": mean, "kind": "vulnerability", "epss": 0.5, "cvss": ["AV:N/AC:L/Au:N/C:C/I:C/A:C"]}}],
        "entry_points": [{"asset": "a"}],
        "services": [
            {
                "id": "s",
                "loss_events": [{"id": "e", "name": mean, "loss": {"amount": 5, "unit": "EUR"}, "when": {"state": {"asset": "a", "access": "use"}}}],
            }
        ],
    }
    program = ctem.Program()
    program.absorb(ctem.read(json.dumps(document), strict=True))
    today = program.assess(DAY)
    for answer in (today.plan(curves=True), today.paths("e")):
        shown = ctem.picture(answer)
        assert "<script" not in shown and mean[:8] in "".join(ElementTree.fromstring(shown).itertext())


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
    with pytest.raises(TypeError, match="a table has rows or columns, and int has neither"):
        ctem.read_tables(assets=5)
    with pytest.raises(ctem.InvalidInput, match="`asset` is no list of the native document: use one of assets, relations,"):
        ctem.read_tables(asset=[{"id": "shop", "kind": "host"}])
    assert json.loads(ctem.read_tables().to_json())["tally"]["read"] == 0
