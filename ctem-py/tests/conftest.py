"""The company of the examples in docstrings is that of the examples in Rust."""

from pathlib import Path

import pytest

import ctem

COMPANY = Path(__file__).parents[2] / "ctem-core/src/wire/ctem-2.example.json"


@pytest.fixture(autouse=True)
def company(doctest_namespace):
    """What examples may name: `ctem`, and a `program` and an assessment of the company."""
    program = ctem.Program()
    program.absorb(ctem.read(COMPANY.read_bytes()))
    doctest_namespace |= {"ctem": ctem, "program": program, "today": program.assess("2025-11-13")}
    return doctest_namespace
