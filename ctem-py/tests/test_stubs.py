"""The types that are published are those of the module."""

import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def test_the_types_are_current(tmp_path):
    command = [sys.executable, "-m", "maturin", "generate-stubs", "--quiet", "--interpreter", sys.executable]
    command += ["--profile", "release", "--features", "stubs", "--out", str(tmp_path)]
    subprocess.run(command, cwd=PACKAGE, check=True)
    (generated,) = tmp_path.rglob("*.pyi")
    known = PACKAGE / "python" / "ctem" / "_ctem.pyi"
    assert generated.read_text() == known.read_text(), "run `maturin generate-stubs --features stubs --out python`"
