"""What type checkers see: a program that uses every call passes them, and runs."""

import json
import os
import re
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import ctem
from ctem import options

PROGRAM = Path(__file__).parent / "typed" / "every_verb.py"
PACKAGES = Path(ctem.__file__).parents[1]


def test_the_program_runs():
    runpy.run_path(str(PROGRAM), run_name="__main__")


def test_the_program_uses_every_call():
    text = PROGRAM.read_text()
    names = {name for name in ctem.__all__ if callable(getattr(ctem, name)) and name not in dir(ctem.errors)}
    for kind in (ctem.Assessment, ctem.Collection, ctem.Columns, ctem.Intel, ctem.Program, ctem.Report):
        names |= {name for name in vars(kind) if not name.startswith("_")}
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", text)) == []


def test_no_answer_is_of_any_type():
    stubs = (Path(ctem.__file__).parent / "_ctem.pyi").read_text()
    answered = re.findall(r"def [a-z].*\) -> \"?(.*?)\"?:", stubs)
    assert len(answered) > 80
    assert [of for of in answered if re.search(r"\b(dict|Any|object)\b|^list$", of)] == []
    answers = (Path(ctem.__file__).parent / "answers.py").read_text()
    assert re.findall(r"\b(?:Any|object)\b[],]|dict\[str, Any", answers) == []


@pytest.mark.parametrize(
    "call, question",
    [
        ("coverage", options.CoverageQuestion),
        ("measures", options.MeasuresQuestion),
        ("moved", options.MovedQuestion),
        ("progress_report", options.ProgressQuestion),
        ("deadlines", options.DeadlinesQuestion),
        ("fedramp_report", options.FedrampQuestion),
    ],
)
def test_a_question_has_the_names_that_the_engine_knows(call, question):
    with pytest.raises(ctem.CtemError) as error:
        getattr(ctem.Program(), call)({"unheard_of": 1})
    known = re.findall(r"`(\w+)`", str(error.value).split("expected one of")[1])
    assert set(known) == question.__required_keys__ | question.__optional_keys__


def test_mypy_finds_nothing(tmp_path):
    pytest.importorskip("mypy")
    found = os.environ.copy()
    # What is installed is found by itself, and may not be named too.
    if str(PACKAGES) != sysconfig.get_path("purelib"):
        found["MYPYPATH"] = str(PACKAGES)
    ended = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, PROGRAM], env=found, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_pyright_finds_nothing(tmp_path):
    pytest.importorskip("pyright")
    # What is included stands beside what includes it.
    (tmp_path / PROGRAM.name).write_text(PROGRAM.read_text())
    how = {"include": [PROGRAM.name], "extraPaths": [str(PACKAGES)], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(how))
    command = [sys.executable, "-m", "pyright", "--project", tmp_path, "--pythonpath", sys.executable]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
