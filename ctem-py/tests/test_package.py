"""What is Python's own: values, errors, threads, documentation."""

import copy
import doctest
import json
import os
import pickle
import signal
import threading
import time
from pathlib import Path

import pytest

import ctem
from ctem import _ctem, errors

SHOP = (Path(__file__).parents[2] / "tests/vectors/documents/shop.json").read_bytes()


@pytest.fixture
def program():
    program = ctem.Program()
    program.absorb(ctem.read(SHOP))
    return program


@pytest.fixture
def today(program):
    return program.assess("2025-11-13")


def test_parts_are_what_the_whole_says(program, today):
    report = ctem.read(SHOP)
    whole = json.loads(report.to_json())
    assert whole == {part: getattr(report, part) for part in ("source", "contents", "notes", "tally")}
    whole = json.loads(today.to_json())
    assert today.ranked() == whole["exposures"]
    assert today.ranked(2) == whole["exposures"][:2] == json.loads(today.to_json(at_most=2))["exposures"]
    assert (today.loss_events, today.notes, today.risk) == (whole["loss_events"], whole["notes"], whole["risk"])
    assert len(today) == len(whole["exposures"]) == whole["counts"]["exposures"]
    explained = json.loads(today.to_json(explained=True))
    for each in explained["exposures"]:
        paths = [explained["paths"][number] for number in each["explanation"]["paths"]]
        assert each["explanation"] | {"paths": paths} == today.explain(each["id"])
    assert today.explain("f-1") == json.loads(today.explain_json("f-1"))
    row = {"epss": 0.3, "reachable": "internet"}
    assert ctem.score(row) == json.loads(ctem.score_json(json.dumps(row))) == ctem.score(json.dumps(row).encode())
    assert ctem.score_all([row, {}]) == [ctem.score(row)["risk"], ctem.score({})["risk"]]
    vector = "AV:N/AC:L/Au:N/C:N/I:N/A:C"
    assert ctem.cvss(vector) == json.loads(ctem.cvss_json(vector))


def test_an_environment_survives_being_written(program, today):
    again = ctem.Program()
    again.absorb(ctem.read(program.environment_json()))
    assert again.environment_json() == program.environment_json()
    assert again.assess("2025-11-13").to_json() == today.to_json()


INVENTORY = {
    "ctem_mapping": 1,
    "name": "inventory",
    "title": "Findings of the inventory",
    "lists": [{"asset": {"name": "Server", "kind": "host"}, "ids": "CVE", "severity": "Risk"}],
}
TABLE = "Server,CVE,Risk\nweb-1,CVE-2021-44228,High\n"


def test_a_mapping_of_ones_own_may_be_a_dict_json_or_a_list_of_them():
    whole = ctem.read(TABLE, mapping=INVENTORY)
    assert whole.source["format"] == "inventory"
    assert [(one["asset"], one["weakness"]["id"]) for one in whole.contents["findings"]] == [("web-1", "CVE-2021-44228")]
    other = {**INVENTORY, "name": "other", "recognise": [{"csv": ["Machine"]}]}
    for mapping in (json.dumps(INVENTORY), json.dumps(INVENTORY).encode(), [other, INVENTORY]):
        assert ctem.read(TABLE, mapping=mapping).to_json() == whole.to_json()
    collection = ctem.read_collection({"table.csv": TABLE}, mapping=INVENTORY)
    assert [report.source["format"] for report in collection.reports] == ["inventory"]


@pytest.mark.parametrize(
    ("mapping", "kind", "place", "what"),
    [
        ("{", ctem.Malformed, "mapping", "the document was cut off"),
        ({**INVENTORY, "ctem_mapping": 2}, ctem.UnsupportedVersion, "mapping/ctem_mapping", "write version 1"),
        ({**INVENTORY, "lists": [{"severity": "a//b"}]}, ctem.InvalidInput, "mapping/lists/0/severity", "empty name"),
        ([INVENTORY, {**INVENTORY, "colour": 1}], ctem.InvalidInput, "mapping/1/colour", "expected one of"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told_with_its_place(mapping, kind, place, what):
    with pytest.raises(kind) as raised:
        ctem.read(TABLE, mapping=mapping)
    assert raised.value.place.startswith(place)
    assert what in str(raised.value)


def test_every_code_has_its_class():
    classes = {code: errors._of("text", code, None, "message") for code in _ctem._codes()}
    assert set(errors._CLASSES) == set(classes)
    assert len({type(error) for error in classes.values()}) == len(classes)
    for error in classes.values():
        assert isinstance(error, ctem.CtemError)
        assert type(error).__name__ in ctem.__all__


@pytest.mark.parametrize(
    ("call", "kind", "builtin"),
    [
        (lambda: ctem.read(b"{"), ctem.Malformed, ValueError),
        (lambda: ctem.read(b"hello"), ctem.UnknownFormat, ValueError),
        (lambda: ctem.read(SHOP, most_bytes=1), ctem.LimitExceeded, ValueError),
        (lambda: ctem.read(b'{"ctem": {"version": 3}}'), ctem.UnsupportedVersion, ValueError),
        (lambda: ctem.cvss("x"), ctem.InvalidInput, ValueError),
        (lambda: ctem.score({"epss": float("inf")}), ctem.Malformed, ValueError),
        (lambda: ctem.Program().assess("2025-11-13").explain("f-1"), ctem.NotFound, KeyError),
    ],
)
def test_an_error_is_the_class_of_its_code_and_a_builtin(call, kind, builtin):
    with pytest.raises(kind) as raised:
        call()
    error = raised.value
    assert isinstance(error, builtin)
    assert str(error).startswith(error.message)
    assert error.code in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code, again.place) == (kind, str(error), error.code, error.place)


def test_what_is_not_a_number_is_not_known():
    nan = float("nan")
    known = {"epss": None, "criticality": "high"}
    for row in [known | {"epss": nan}, {**known, "epss": nan, "cve": None}]:
        assert ctem.score(row)["risk"] == ctem.score(known)["risk"]
    assert list(ctem.score_all([{"epss": nan}, {"epss": 0.5}])) == list(ctem.score_all([{}, {"epss": 0.5}]))
    assert ctem.score({"epss": 0.5})["risk"] != ctem.score({"epss": nan})["risk"]
    circle: dict[str, object] = {}
    circle["epss"] = circle
    with pytest.raises(ValueError, match="[Cc]ircular"):
        ctem.score(circle)


@pytest.mark.parametrize("call", [lambda: ctem.read(5), lambda: ctem.read(), lambda: ctem.read(SHOP, most_bytes="3"), lambda: ctem.read(b"", fromat="ctem")])
def test_what_is_no_document_is_a_type_error(call):
    with pytest.raises(TypeError):
        call()


def test_an_assessment_keeps_what_it_saw(program, today):
    before = today.to_json()
    program.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "new", "kind": "host"}]}'))
    assert today.to_json() == before
    assert "new" in program.environment_json()


def test_one_program_serves_many_threads(program):
    expected, answers = program.assess("2025-11-13").to_json(), []

    def work():
        program.absorb(ctem.read(SHOP))
        answers.append(program.assess("2025-11-13").to_json())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


def test_other_threads_run_while_a_program_assesses():
    hosts = range(8_000)
    assets = [{"id": f"a{n}", "kind": "host"} for n in hosts]
    findings = [{"asset": f"a{n}", "weakness": {"id": "CVE-2021-44228", "epss": 0.5}} for n in hosts]
    program = ctem.Program()
    program.absorb(ctem.read(json.dumps({"ctem": {"version": 1}, "assets": assets, "findings": findings})))
    took = []

    def work():
        began = time.perf_counter()
        program.assess("2025-11-13")
        took.append(time.perf_counter() - began)

    thread = threading.Thread(target=work)
    last, longest_pause = time.perf_counter(), 0.0
    thread.start()
    while thread.is_alive():
        now = time.perf_counter()
        last, longest_pause = now, max(longest_pause, now - last)
    # With the lock held, this thread would pause as long as the call takes.
    assert longest_pause < took[0] / 2


def test_progress_is_told_and_ends_the_call_by_saying_false(today):
    told = []
    whole = today.sample(nodes=0, worlds=100_000, progress=lambda done, of: told.append((done, of)))
    assert told and all(0 <= done <= of for done, of in told)
    assert whole["worlds"] == 100_032 and "truncated" not in whole
    assert whole == today.sample(nodes=0, worlds=100_000)
    part = today.sample(nodes=0, worlds=100_000, progress=lambda done, of: False)
    assert part["worlds"] < whole["worlds"] and part["truncated"] == {"reason": "stopped"}
    assert part["risk"]["lower"] <= whole["risk"]["value"] <= part["risk"]["upper"]


def test_an_assessment_that_is_ended_is_cancelled(program):
    told = []
    with pytest.raises(ctem.Cancelled) as raised:
        program.assess("2025-11-13", progress=lambda done, of: told.append((done, of)) or False)
    assert (raised.value.code, len(told)) == ("cancelled", 1)
    whole = program.assess("2025-11-13", progress=lambda done, of: None)
    assert whole.to_json() == program.assess("2025-11-13").to_json()


def test_a_reading_that_is_ended_is_cancelled():
    told = []
    with pytest.raises(ctem.Cancelled) as raised:
        ctem.read(SHOP, progress=lambda done, of: told.append((done, of)) or False)
    assert (raised.value.code, told) == ("cancelled", [(0, 0)])
    assert ctem.read(SHOP, progress=lambda done, of: None).to_json() == ctem.read(SHOP).to_json()


def many(hosts):
    named = ",".join(f'{{"id": "h{n}", "kind": "host", "aliases": ["a{n}"]}}' for n in range(hosts))
    return ctem.read('{"ctem": {"version": 2}, "assets": [' + named + "]}")


def test_a_report_whose_absorbing_is_ended_changes_nothing(program):
    before, told = program.document(), []
    with pytest.raises(ctem.Cancelled):
        program.absorb(many(20_000), progress=lambda done, of: told.append((done, of)) or len(told) < 2)
    assert len(told) == 2 and told[0] == (0, 20_000) and told[1][0] < 20_000
    assert program.document() == before
    twin = copy.copy(program)
    assert program.absorb(many(20_000), progress=lambda done, of: None) == twin.absorb(many(20_000))
    assert program.document() == twin.document()


def test_a_program_whose_reading_is_ended_is_cancelled(program):
    program.apply({"at": "2025-11-13", "what": "time_passed"})
    with pytest.raises(ctem.Cancelled):
        ctem.Program.read(program.document(), progress=lambda done, of: False)
    assert ctem.Program.read(program.document(), progress=lambda done, of: None).document() == program.document()


def test_a_program_that_is_used_while_it_changes_is_a_conflict(program):
    other, seen = ctem.Program(), []

    def progress(done, of):
        # Another program is free, and this one is in the midst of it.
        seen.append(other.absorb(many(1))["tally"]["read"])
        for use in (program.document, lambda: program.absorb(many(1)), lambda: copy.copy(program)):
            with pytest.raises(ctem.Conflict, match="is being changed by the call that asks"):
                use()

    assert program.absorb(many(5_000), progress=progress)["tally"]["accepted"] == 5_000
    assert seen and set(seen) == {1}
    assert program.assess("2025-11-13").to_json()


def test_two_calls_that_wait_for_each_other_are_a_conflict(program):
    both_hold, other, met = threading.Barrier(2, timeout=600), ctem.Program(), []

    def change(one, another):
        def progress(done, of):
            if len(met) < 2:
                met.append(one)
                both_hold.wait()
                try:
                    another.document()
                except ctem.Conflict as error:
                    told.append(str(error))

        one.absorb(many(5_000), progress=progress)

    told = []
    threads = [threading.Thread(target=change, args=pair, daemon=True) for pair in ((program, other), (other, program))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    assert not any(thread.is_alive() for thread in threads)
    # The second to ask closes the circle, and the first goes on once that has ended.
    assert [error.split(":")[0] for error in told] == ["the program is being changed by a call that waits for the one that asks"]
    assert all('"h4999"' in one.environment_json() for one in (program, other))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers are POSIX's")
def test_a_signal_ends_an_event_and_leaves_the_program_as_it_was():
    class Enough(Exception):
        pass

    def enough(*_):
        # One is enough: another would come while this one is on its way out.
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise Enough

    findings = [
        {"id": f"f-{n}", "asset": f"web-{n % 100}", "weakness": {"id": f"CVE-2024-{1000 + n}", "kind": "vulnerability"}} for n in range(20_000)
    ]
    program = ctem.Program()
    program.apply({"at": "2025-11-12", "what": "time_passed"})
    before = program.document()
    report = json.loads(ctem.read(json.dumps({"ctem": {"version": 2}, "findings": findings})).to_json())
    event = json.dumps({"at": "2025-11-13", "what": {"absorbed": {"report": report, "covers": {"stated": {}}}}})
    known = signal.signal(signal.SIGALRM, enough)
    try:
        with pytest.raises(Enough):
            # Until one comes in the midst of it: those before and after change nothing either.
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            program.apply(event)
            signal.pause()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, known)
    assert program.document() == before
    program.apply(event)
    assert program.document() != before


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda today: today.sample(worlds=1e3), "`1000.0` is not a count"),
        (lambda today: today.sample(worlds=True), "`true` stands here: it must be a count"),
        (lambda today: today.paths("leak", at_most=2.0), "`2.0` is not a count"),
        (lambda today: today.sample(world=64), "unknown field `world`, expected one of `worlds`"),
        (lambda today: today.blast_radius("web-1", nodes=64), "unknown field `nodes`, expected one of"),
        (lambda today: today.what_if([], half_width=0.1), "unknown field `half_width`, expected one of"),
        (lambda today: today.ranked(-1), "`-1` is not a count"),
    ],
)
def test_an_option_that_makes_no_sense_is_invalid(today, ask, message):
    with pytest.raises(ctem.InvalidInput, match=message):
        ask(today)


@pytest.mark.parametrize("stated", [True, 3.0, -1])
def test_a_count_is_a_whole_number(program, today, stated):
    for ask in (
        lambda: today.ranked(stated),
        lambda: today.table(width=stated),
        lambda: ctem.read(SHOP, most_bytes=stated),
        lambda: program.assess("2025-11-13", events_per_finding=stated),
    ):
        with pytest.raises(ctem.InvalidInput, match=f"`{stated!r}` is not a count"):
            ask()


def test_what_progress_raises_is_raised(program, today):
    class Enough(Exception):
        pass

    def progress(done, of):
        raise Enough

    for ask in (
        lambda: today.sample(nodes=0, progress=progress),
        lambda: today.blast_radius("web-1", progress=progress),
        lambda: today.answer_json('{"sample": {"nodes": 0}}', progress=progress),
        lambda: program.assess("2025-11-13", progress=progress),
        lambda: ctem.read(SHOP, progress=progress),
        lambda: ctem.read_collection({"shop.json": SHOP}, progress=progress),
        lambda: program.absorb(ctem.read(SHOP), progress=progress),
        lambda: ctem.Program.read(program.document(), progress=progress),
    ):
        with pytest.raises(Enough):
            ask()


def test_other_threads_run_while_an_assessment_samples(today):
    done = []
    thread = threading.Thread(target=lambda: done.append(today.sample(nodes=0, worlds=300_000)))
    turns = 0
    thread.start()
    while thread.is_alive():
        turns += 1
        time.sleep(0)
    assert done and turns > 100


def test_every_example_runs(company):
    runner, parser = doctest.DocTestRunner(), doctest.DocTestParser()
    documented = {"ctem": ctem} | {f"ctem.{name}": getattr(ctem, name) for name in ctem.__all__}
    for name, kind in list(documented.items()):
        if isinstance(kind, type):
            documented |= {f"{name}.{member}": getattr(kind, member) for member in vars(kind) if member[0] != "_"}
    examples = 0
    for name, thing in documented.items():
        if doc := thing.__doc__ if not isinstance(thing, str) else None:
            test = parser.get_doctest(doc, dict(company), name, None, 0)
            examples += len(test.examples)
            runner.run(test)
    assert runner.failures == 0
    assert examples > 20


def test_a_child_is_forked_when_nothing_is_held():
    program, report = ctem.Program(), many(3_000)
    done = threading.Event()

    def absorb():
        while not done.is_set():
            program.absorb(report)

    absorbing = threading.Thread(target=absorb)
    absorbing.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(20)
                os._exit(0 if program.environment_json() else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        done.set()
        absorbing.join()


def test_a_child_is_forked_by_whoever_is_told_of_progress():
    program, ended = ctem.Program(), []

    def progress(done, of):
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            other = ctem.Program()
            os._exit(0 if other.absorb(many(1))["tally"]["accepted"] == 1 else 1)
        ended.append(os.waitpid(child, 0)[1])

    program.absorb(many(5_000), progress=progress)
    assert ended and set(ended) == {0}
