"""The types that are published are those of the module, and its answers are of the types that `ctem.answers` has."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

# What annotations name and the generator does not know.
IMPORTS = """from typing import Callable, Iterator, Mapping, Sequence, Unpack, overload
from .options import ActionOptions, ArrowTable, BackTestOptions, BaselineOptions, BlastRadiusOptions, Content, CoverageQuestion, CutOptions
from .options import DeadlinesQuestion, Document, FedrampQuestion, MeasureOptions, MeasuresQuestion, Moment, MovedQuestion, Options, PlanOptions
from .options import ProgressQuestion, QuestionOptions, QuestionsTextOptions, SampleBlockOptions, SampleOptions, SearchOptions, Table, TicketOptions
"""
PACKAGE = Path(__file__).parents[1]
ANSWERS = json.loads((PACKAGE.parent / "ctem-core/src/wire/answers-2.schema.json").read_text(encoding="utf-8"))["properties"]


def test_the_types_are_current(tmp_path):
    command = [sys.executable, "-m", "maturin", "generate-stubs", "--quiet", "--interpreter", sys.executable]
    # Not in the profile of releases: what the types are written from is in symbols, of which a released engine has none.
    command += ["--features", "stubs", "--profile", os.environ.get("CTEM_PROFILE", "dev"), "--out", str(tmp_path)]
    subprocess.run(command, cwd=PACKAGE, check=True)
    (generated,) = tmp_path.rglob("*.pyi")
    known = PACKAGE / "python" / "ctem" / "_ctem.pyi"
    stubs = answered(re.sub(r"(?m)^from typing import .*\n", lambda typing: typing[0] + IMPORTS, generated.read_text(), count=1))
    if os.environ.get("CTEM_BLESS"):
        known.write_text(stubs)
    assert stubs == known.read_text(), "run this test with CTEM_BLESS=1"


def answered(stubs):
    """The types with what each call answers, which the module knows as a `dict` or a `list`, by its own type."""
    lines, scope, named = [], "", {"Budget"}
    for line in stubs.splitlines():
        if found := re.match(r"class (\w+):|def ", line):
            scope = f"{found[1]}." if found[1] else ""
        if found := re.match(r'( *def (\w+)\(.*\) -> )"?(?:dict|list)(?:\[dict\])?(?: \| None)?"?:(.*)', line):
            of = written(ANSWERS[scope + found[2]])
            named |= set(re.findall(r"[A-Z]\w+", of.replace("None", "")))
            line = f"{found[1]}{of}:{found[3]}"
        # What Python calls by itself has no signature of ours.
        if re.match(r" *def __getitem__\(", line):
            lines += ["    @overload", '    def __getitem__(self, /, place: "int") -> "Exposure": ...', "    @overload"]
            line = '    def __getitem__(self, /, place: "slice") -> "list[Exposure]":'
        line = re.sub(r"( *def __contains__\().*:", r'\1self, /, exposure: "object") -> "bool":', line)
        line = re.sub(r"( *def __iter__\(self, /\) -> ).*:", r'\1"Iterator[Exposure]":', line)
        if scope + (found[2] if found else "") == "score":
            # A table is answered by another type than a row.
            table = line.replace('"Document | Content"', '"ArrowTable"').replace(f"-> {of}", '-> "TableScores"')
            lines += ["@overload", re.sub(r":$", ": ...", table), "@overload"]
        lines.append(line)
    names = textual(sorted(named))
    return "\n".join(lines).replace(IMPORTS, IMPORTS + names, 1) + "\n"


def written(of):
    if "anyOf" in of:
        return " | ".join(map(written, of["anyOf"]))
    if of.get("type") == "array":
        return f"list[{written(of['items'])}]"
    return "None" if of.get("type") == "null" else of["$ref"].rsplit("/", 1)[1]


def textual(names):
    """The names as an import, on lines of a length that people read."""
    rows = [names[n : n + 8] for n in range(0, len(names), 8)]
    return "".join(f"from .answers import {', '.join(row)}\n" for row in rows)


def test_the_types_of_coroutines_are_current():
    folder = PACKAGE / "python" / "ctem"
    known = folder / "aio.pyi"
    stubs = later((folder / "_ctem.pyi").read_text())
    if os.environ.get("CTEM_BLESS"):
        known.write_text(stubs)
    assert stubs == known.read_text(), "run this test with CTEM_BLESS=1"


def later(stubs):
    """The types of `ctem.aio`: those of the module, with each call as a coroutine; what is no call stays, and what is the engine's alone goes."""
    kept, hidden = [], None
    for line in stubs.splitlines():
        indent = len(line) - len(line.lstrip())
        if hidden is not None and (not line.strip() or indent > hidden):
            continue
        own = re.match(r" *def (_\w+)|__", line)
        hidden = indent if own and own[1] not in ("__arrow_c_stream__", "__contains__", "__getitem__", "__iter__", "__len__", "__new__", "__repr__", "__reversed__") else None
        if hidden is not None:
            continue
        if re.match(r" *def [a-z]", line) and "@property" not in kept[-1]:
            line = line.replace("def ", "async def ", 1)
        kept.append(line)
    return "\n".join(kept) + "\n"
