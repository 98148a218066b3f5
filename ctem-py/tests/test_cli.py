"""The command line that the package brings: the engine's own, with what is Python's."""

import json
import os
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import ctem

ROOT = Path(__file__).parents[2]
SCAN = "tests/reports/trivy/image.json"


def run(*said, **how):
    command = [sys.executable, "-P", "-m", "ctem", *said]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


def test_it_prints_what_the_library_says():
    program = ctem.Program()
    tally = program.absorb(ctem.read((ROOT / SCAN).read_bytes(), name=SCAN))["tally"]
    today = program.assess("2025-11-13")
    for form, text in [("markdown", today.markdown(at_most=1000)), ("json", today.to_json(explained=True))]:
        ended = run(SCAN, "--as-of", "2025-11-13", "--output", form)
        assert (ended.returncode, ended.stdout.decode().rstrip("\n")) == (0, text.rstrip("\n"))
    ended = run(SCAN, "--as-of", "2025-11-13")
    assert ended.returncode == 0
    records, table = ended.stdout.decode().split("\n", 1)
    assert records.startswith(f"Records: read {tally['read']} = accepted {tally['accepted']} + ")
    assert table == today.table()
    piped = run("-", "-q", "--as-of", "2025-11-13", input=(ROOT / SCAN).read_bytes())
    assert (piped.stdout, piped.stderr) == (ended.stdout, b"")


def test_it_ends_with_the_engines_codes():
    assert run("no.json", SCAN, "-q").returncode == 1
    ended = run(SCAN, "--format", "trvy")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"did you mean `trivy`?" in ended.stderr
    assert [line.split()[0] for line in run("formats").stdout.decode().splitlines()] == [
        format["name"] for format in ctem.formats()
    ]
    assert json.loads(run("formats", "--json").stdout) == ctem.formats()


def test_the_package_has_a_program_of_that_name():
    try:
        scripts = metadata.distribution("ctem").entry_points.select(group="console_scripts")
    except metadata.PackageNotFoundError:
        pytest.skip("the package is not installed here")
    assert [(script.name, script.value) for script in scripts] == [("ctem", "ctem.__main__:main")]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_ends_it_at_once():
    command = [sys.executable, "-P", "-m", "ctem", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
        # Written once the engine reads: what fills the pipe returns when it does.
        waiting.stdin.write(b" " * (1 << 20))
        waiting.stdin.flush()
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(60) == -signal.SIGINT
        assert waiting.stderr.read() == b""
