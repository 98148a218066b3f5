"""Continuous Threat Exposure Management: what to fix first, and how we know.

`read` makes a report of what a tool wrote: bytes, text, or the `pathlib.Path` of a file. A `Program` absorbs reports, `Program.assess` looks at them
as of a day, and the `Assessment` answers: `plan`, `ranked`, `explain`, `sample`, `what_if`, `html` and more.

>>> import ctem
>>> program = ctem.Program()
>>> scan = '''{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host", "criticality": "high"}], "entry_points": [{"asset": "shop"}],
...   "findings": [{"asset": "shop", "weakness": {"id": "CVE-2021-44228", "epss": 0.94}}]}'''
>>> program.absorb(ctem.read(scan))["tally"]["accepted"]
3
>>> today = program.assess("2025-11-13")
>>> [row["title"] for row in today.plan()["rows"]]
['Patch CVE-2021-44228 on shop']

Rows of a table need no program: `score` and `score_table`. What can go wrong is a `CtemError`.
"""

import os

from . import _ctem
from ._ctem import (
    Assessment,
    Collection,
    Columns,
    Intel,
    Program,
    Report,
    TableScores,
    __version__,
    attacker_profiles,
    attacker_profiles_json,
    back_test,
    back_test_json,
    cvss,
    cvss_json,
    formats,
    picture,
    read,
    read_collection,
    read_tables,
    score,
    score_all,
    score_json,
    score_table,
    to_arrow,
)
from .errors import (
    Cancelled,
    Conflict,
    CtemError,
    CtemWarning,
    InvalidInput,
    Io,
    LimitExceeded,
    Malformed,
    NotFound,
    UnknownFormat,
    UnsupportedVersion,
)

# A child has the thread that forked and no other: nothing may be held then by another.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_ctem._before_fork,
        after_in_parent=_ctem._after_fork,
        after_in_child=_ctem._after_fork_in_child,
    )

__all__ = [
    "Assessment",
    "Cancelled",
    "Collection",
    "Columns",
    "Conflict",
    "CtemError",
    "CtemWarning",
    "Intel",
    "InvalidInput",
    "Io",
    "LimitExceeded",
    "Malformed",
    "NotFound",
    "Program",
    "Report",
    "TableScores",
    "UnknownFormat",
    "UnsupportedVersion",
    "__version__",
    "attacker_profiles",
    "attacker_profiles_json",
    "back_test",
    "back_test_json",
    "cvss",
    "cvss_json",
    "formats",
    "picture",
    "read",
    "read_collection",
    "read_tables",
    "score",
    "score_all",
    "score_json",
    "score_table",
    "to_arrow",
]
