"""The types that are published are those of the module."""

import os
import subprocess
import sys
from pathlib import Path

TYPING = "from typing import Final, final\n"
# What annotations name and the generator does not know.
IMPORTS = """from typing import Callable, Mapping, Unpack
from .options import ActionOptions, BackTestOptions, BaselineOptions, BlastRadiusOptions, CutOptions, MeasureOptions, Options
from .options import PlanOptions, QuestionOptions, SampleOptions, SearchOptions, TicketOptions
"""
PACKAGE = Path(__file__).parents[1]


def test_the_types_are_current(tmp_path):
    command = [sys.executable, "-m", "maturin", "generate-stubs", "--quiet", "--interpreter", sys.executable]
    # In the profile of developers: what the types are written from is in symbols, of which a released engine has none.
    command += ["--features", "stubs", "--out", str(tmp_path)]
    subprocess.run(command, cwd=PACKAGE, check=True)
    (generated,) = tmp_path.rglob("*.pyi")
    known = PACKAGE / "python" / "ctem" / "_ctem.pyi"
    stubs = generated.read_text().replace(TYPING, TYPING + IMPORTS, 1)
    if os.environ.get("CTEM_BLESS"):
        known.write_text(stubs)
    assert stubs == known.read_text(), "run this test with CTEM_BLESS=1"
