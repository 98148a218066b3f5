"""Continuous Threat Exposure Management: what to fix first, and how we know.

>>> import ctem
>>> ctem.cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H")["score"]
10.0
"""

import os

from . import _ctem
from ._ctem import (
    Assessment,
    Collection,
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
]
