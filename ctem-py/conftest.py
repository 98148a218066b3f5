"""The company of the examples: a flaw in the shop, and a weak setting behind it, on the way to the orders."""

import pytest

import ctem

COMPANY = """{"ctem": {"version": 1},
    "assets": [{"id": "shop", "kind": "host"}, {"id": "orders", "kind": "host"}],
    "relations": [{"kind": "reaches", "from": "shop", "to": "orders"}],
    "entry_points": [{"asset": "shop"}],
    "services": [{"id": "sales", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
        "when": {"state": {"asset": "orders", "access": "use"}}}]}],
    "findings": [
        {"id": "f-1", "asset": "shop", "weakness": {"id": "w-1", "kind": "code_flaw"},
            "exploit": {"local": 0.5, "success": 1}},
        {"id": "f-2", "asset": "orders", "weakness": {"id": "w-2", "kind": "misconfiguration"},
            "exploit": {"local": 0.5, "success": 1}}]}"""


@pytest.fixture(autouse=True)
def company(doctest_namespace):
    """What examples may name: `ctem`, and a `program` and an assessment of the company."""
    program = ctem.Program()
    program.absorb(ctem.read(COMPANY))
    doctest_namespace |= {"ctem": ctem, "program": program, "today": program.assess("2025-11-13")}
    return doctest_namespace
