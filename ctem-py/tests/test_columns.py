"""Answers in columns: the same as the documents say, typed, for whatever takes tables of Arrow."""

import asyncio
import copy
import csv
import datetime
import io
import json
import pickle
from pathlib import Path

import pytest

import ctem
from ctem import aio

SHOP = Path(__file__).parents[2] / "tests/vectors/documents/shop.json"
UTC = datetime.timezone.utc


@pytest.fixture
def program():
    program = ctem.Program()
    program.absorb(ctem.read(SHOP))
    return program


@pytest.fixture
def today(program):
    return program.assess("2025-11-13")


def table(of):
    return pytest.importorskip("pyarrow").table(of)


def test_exposures_are_what_the_ranking_says(today):
    columns = table(today)
    assert columns.num_rows == len(today) > 3
    rows, ranked = columns.to_pylist(), today.ranked()
    for name in ("rank", "id", "title", "asset", "asset_name", "score", "level", "likelihood", "reach", "known_exploited"):
        assert [row[name] for row in rows] == [exposure[name] for exposure in ranked], name
    for name in ("weakness", "owner", "severity", "leads_to"):
        assert [row[name] for row in rows] == [exposure.get(name) for exposure in ranked], name
    assert [row["fixed_in"] for row in rows] == [exposure.get("fixed_in", []) for exposure in ranked]
    assert [row["risk"] for row in rows] == [exposure["risk"]["value"] for exposure in ranked]
    assert any(row["weakness"] is None for row in rows)


def test_exposures_have_the_columns_of_the_export(today):
    names, *lines = csv.reader(io.StringIO(today.export("csv", at_most=1000)))
    columns = today.to_arrow()
    assert columns.names == names and len(columns) == len(lines)
    assert repr(columns) == f"<ctem.Columns: {len(lines)} rows of {len(names)} columns>"
    ids = table(columns)["id"].to_pylist()
    assert [line[names.index("id")] for line in lines] == ids
    assert table(today.to_arrow(at_most=2))["id"].to_pylist() == ids[:2]
    with pytest.raises(ctem.InvalidInput, match="at_most"):
        today.to_arrow(at_most=-1)


def test_columns_are_typed_and_say_what_they_are_counted_in(today):
    arrow = pytest.importorskip("pyarrow")
    schema = table(today).schema
    assert schema.field("risk").type == arrow.float64() and schema.field("risk").metadata[b"unit"] == b"EUR"
    assert schema.field("rank").type == arrow.uint64() and b"unit" not in schema.field("rank").metadata
    assert schema.field("known_exploited").type == arrow.bool_()
    assert schema.field("seen").type == arrow.timestamp("us", tz="UTC")
    assert schema.field("fixed_in").type == arrow.list_(arrow.large_string())
    assert arrow.types.is_dictionary(schema.field("asset").type) and schema.field("id").type == arrow.large_string()
    assert all(field.metadata[b"about"].endswith(b".") for field in schema)


def test_a_moment_is_the_moment_that_was_said():
    document = {"asset": "shop", "weakness": {"id": "CVE-2021-44228"}, "sightings": [{"source": "scan", "seen": "2025-11-12T08:00:00.25+01:00", "fixed_in": ["2.15.0", "2.12.2"]}]}
    program = ctem.Program()
    program.absorb(ctem.read(json.dumps({"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}], "findings": [document]})))
    columns = table(program.assess("2025-11-13"))
    assert sorted(columns["fixed_in"].to_pylist()[0]) == ["2.12.2", "2.15.0"]
    assert columns["seen"].to_pylist() == [datetime.datetime(2025, 11, 12, 7, 0, 0, 250_000, tzinfo=UTC)]


def test_a_plan_is_its_actions(today):
    plan = today.plan(budget={"hours": 40})
    columns = table(ctem.to_arrow(plan))
    rows = columns.to_pylist()
    assert len(rows) == len(plan["rows"]) > 1
    for row, action in zip(rows, plan["rows"], strict=True):
        for name in ("rank", "id", "kind", "title", "on", "saved", "alone", "on_ways", "done_when"):
            assert row[name] == action[name], name
        assert (row["hours"], row["hours_assumed"], row["left"]) == (action["effort"]["hours"], action["effort"]["assumed"], action["left"]["value"])
        assert row["ends"] == [id for ended in action["ends"] for id in ended.values()]
        assert row["owner"] == action.get("owner", {}).get("owner")
    assert columns.schema.field("hours").metadata[b"unit"] == b"h"
    # As an answer, as its JSON, and however it was kept.
    again = [plan.to_arrow(), ctem.to_arrow(json.dumps(plan)), ctem.to_arrow(dict(plan))]
    assert all(table(each).equals(columns) for each in again)
    empty = table(ctem.to_arrow(ctem.Program().assess("2025-11-13").plan()))
    assert empty.num_rows == 0 and empty.schema.field("left").type == columns.schema.field("left").type


def test_actions_without_a_plan_are_columns_too(today):
    actions = today.actions()
    columns = table(ctem.to_arrow(actions))
    assert columns.num_rows == len(actions["list"]) > 1
    for row, action in zip(columns.to_pylist(), actions["list"], strict=True):
        for name in ("id", "kind", "title", "on", "done_when"):
            assert row[name] == action[name], name
        assert (row["hours"], row["owner"]) == (action["effort"]["hours"], action.get("owner", {}).get("owner"))
        assert row["ends"] == [id for ended in action["ends"] for id in ended.values()]
    # What a plan says of its actions is named the same and of the same type.
    of_plan = table(ctem.to_arrow(today.plan())).schema
    assert all(of_plan.field(field.name).equals(field, check_metadata=True) for field in columns.schema)
    assert len(ctem.to_arrow(ctem.Program().assess("2025-11-13").actions())) == 0


def test_an_assessment_is_the_columns_of_its_exposures(today):
    assert table(ctem.to_arrow(today)).equals(table(today.to_arrow()))
    assert repr(today.to_arrow(at_most=1)).startswith("<ctem.Columns: 1 row of ")


def test_columns_are_copied_as_they_are_and_pickled_as_what_is_made_of_them(today):
    columns = today.to_arrow()
    assert copy.copy(columns) is columns and copy.deepcopy(columns) is columns
    with pytest.raises(TypeError, match="pickle the frame or table that is made of it"):
        pickle.dumps(columns)
    assert pickle.loads(pickle.dumps(table(columns))).equals(table(columns))


def test_what_has_no_columns_is_told_so(today):
    for answer in (today.paths("leak") if today.loss_events else {}, {}, today.risk):
        with pytest.raises(ctem.InvalidInput, match="there are no columns of this: hand in a plan, actions, or courses of findings"):
            ctem.to_arrow(answer)
    with pytest.raises(ctem.InvalidInput):
        ctem.to_arrow([{"rank": 1}])
    with pytest.raises(ctem.CtemError):
        ctem.to_arrow({"rows": [{"rank": 1}], "before": {}})


def test_a_history_is_its_events():
    program = ctem.Program()
    assert len(program.history()) == 0
    report = json.loads(ctem.read(SHOP).to_json())
    finding = report["contents"]["findings"][0]["id"]
    program.apply({"at": "2025-11-01", "what": {"absorbed": {"report": report, "source": "north"}}})
    accepted = {"finding": finding, "until": "2026-01-01", "by": "Ann", "reason": "gone in spring"}
    program.apply({"at": "2025-11-02", "what": {"accepted": accepted}})
    program.apply({"at": "2025-11-03T12:00:00Z", "what": "time_passed"})
    id = program.reports()[0]["id"]
    program.apply({"at": "2025-11-04", "what": {"report_withdrawn": {"report": id, "by": "Bo"}}})
    columns = table(program.history())
    absorbed, accepted, passed, withdrawn = columns.to_pylist()
    assert [at.isoformat()[:13] for at in columns["at"].to_pylist()] == ["2025-11-01T00", "2025-11-02T00", "2025-11-03T12", "2025-11-04T00"]
    assert columns["what"].to_pylist() == ["absorbed", "accepted", "time_passed", "report_withdrawn"]
    assert (absorbed["id"], withdrawn["report"], withdrawn["by"]) == (id, id, "Bo")
    assert (absorbed["source"], absorbed["format"], absorbed["findings"]) == ("north", "ctem", len(report["contents"]["findings"]))
    assert (accepted["finding"], accepted["by"], accepted["reason"]) == (finding, "Ann", "gone in spring")
    assert accepted["until"] == datetime.datetime(2026, 1, 1, tzinfo=UTC)
    assert {name for name, cell in passed.items() if cell is not None} == {"at", "what", "id"}


def test_courses_are_since_when_and_until_when():
    program = ctem.Program()

    def scan(day, *standing):
        findings = [{"id": f"f-{name}", "asset": "shop", "weakness": {"id": f"acme:{name}", "kind": "misconfiguration"}} for name in standing]
        contents = {"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}], "findings": findings}
        report = json.loads(ctem.read(json.dumps(contents)).to_json())
        program.apply({"at": f"2025-11-{day:02}", "what": {"absorbed": {"report": report, "covers": {"stated": {}}}}})

    scan(1, "a", "b")
    scan(3, "b")
    scan(5, "a", "b")
    scan(8, "a")
    rows = {row["finding"]: row for row in table(ctem.to_arrow(program.courses())).to_pylist()}
    day = lambda n: datetime.datetime(2025, 11, n, tzinfo=UTC)  # noqa: E731
    assert (rows["f-a"]["first"], rows["f-a"]["stands"], rows["f-a"]["gone"], rows["f-a"]["reopened"]) == (day(1), True, None, 1)
    assert (rows["f-b"]["first"], rows["f-b"]["stands"], rows["f-b"]["gone"], rows["f-b"]["how"]) == (day(1), False, day(8), "absent")
    assert len(ctem.to_arrow([])) == 0


@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_frames_take_columns(today, library):
    made = pytest.importorskip(library)
    pytest.importorskip("pyarrow")
    risks = [exposure["risk"]["value"] for exposure in today.ranked()]
    plan = ctem.to_arrow(today.plan())
    if library == "polars":
        assert made.DataFrame(today)["risk"].to_list() == risks
        assert made.DataFrame(today)["seen"].dtype == made.Datetime("us", "UTC")
        assert made.DataFrame(plan)["title"].to_list() == [row["title"] for row in today.plan()["rows"]]
    elif library == "pandas":
        frame = table(today).to_pandas()
        assert frame["risk"].to_list() == risks and str(frame["asset"].dtype) == "category"
        assert made.DataFrame(today)["id"].to_list() == frame["id"].to_list()
    else:
        columns = today.to_arrow()  # noqa: F841
        assert made.sql("select sum(risk) from columns").fetchall()[0][0] == pytest.approx(sum(risks))
        assert made.sql("select count(*) from plan").fetchall()[0][0] == len(plan)


def test_an_assessment_is_a_sequence_of_its_exposures(today):
    ranked = today.ranked()
    assert list(today) == ranked == [today[place] for place in range(len(today))]
    assert (today[-1], today[1:3], today[::-1], today[:0]) == (ranked[-1], ranked[1:3], ranked[::-1], [])
    assert next(iter(today)) == ranked[0] and list(reversed(today)) == ranked[::-1] and ranked[0] in today
    assert all(exposure["id"] in today for exposure in ranked) and "f-unheard-of" not in today and 7 not in today
    for place in (len(today), -len(today) - 1, 10**30):
        with pytest.raises(IndexError, match=f"there is no exposure at {place}, since there are {len(today)}"):
            today[place]
    with pytest.raises(TypeError, match="an exposure has a place, such as 0, and several are a slice, not str: `explain` takes an id"):
        today["f-1"]
    numpy = pytest.importorskip("numpy")
    assert today[numpy.int64(1)] == ranked[1]


def test_coroutines_give_the_same(today, program):
    async def work():
        later = aio.Program()
        await later.absorb(await aio.read(SHOP))
        then = await later.assess("2025-11-13")
        assert list(then) == list(today) and then[0] == today[0]
        return await then.to_arrow(at_most=2), await later.history()

    columns, history = asyncio.run(work())
    assert len(columns) == 2 and columns.names == today.to_arrow().names and len(history) == 0
    assert table(columns)["id"].to_pylist() == [exposure["id"] for exposure in today[:2]]


def test_what_there_is_is_shown_on_one_line(program):
    assert repr(ctem.Program()) == "<ctem.Program of 0 assets, 0 findings>"
    assert repr(program).startswith("<ctem.Program of ") and repr(program).endswith("findings>")
    program.apply({"at": "2025-11-13", "what": "time_passed"})
    assert repr(program).endswith(", 1 event until 2025-11-13T00:00:00Z>")
    assert repr(ctem.Intel()) == "<ctem.Intel of no tables>"
    epss = "#model_version:v2025.03.14,score_date:2025-11-12T12:55:00Z\ncve,epss,percentile\nCVE-2021-44228,0.94,0.99\n"
    kev = '{"catalogVersion": "2025.08.25", "vulnerabilities": []}'
    intel = ctem.Intel(epss, kev, "acme\trule\tA-17\tno-login", nuclei="CVE-2021-44228\nCVE-2014-0160\n")
    assert repr(intel) == "<ctem.Intel of EPSS of 2025-11-12 (1 CVE), KEV 2025.08.25 (0 CVEs), Nuclei (2 CVEs), 1 line of effects>"
