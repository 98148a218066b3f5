"""What lifelines says of the same findings: times to remediate with what is open counted as open, by Kaplan and Meier."""

import datetime
import math
import random

import pytest

import ctem

lifelines = pytest.importorskip("lifelines", reason="lifelines is not installed: `pip install lifelines`")
from lifelines.utils import qth_survival_times  # noqa: E402

FIRST = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
COVERS = {"stated": {}}


def day(n):
    return (FIRST + datetime.timedelta(days=n)).isoformat().replace("+00:00", "Z")


def scan(n, standing):
    findings = [{"id": f"f-{name}", "asset": "shop", "weakness": {"id": f"acme:{name}", "kind": "misconfiguration"}} for name in standing]
    contents = {"assets": [{"id": "shop", "kind": "host"}], "findings": findings}
    report = {
        "source": {"format": "ctem", "tool": "scan"},
        "contents": contents,
        "notes": [],
        "tally": {"read": len(findings) + 1, "accepted": len(findings) + 1, "merged": 0, "rejected": 0, "clear": 0},
    }
    return {"at": day(n), "what": {"absorbed": {"report": report, "covers": COVERS}}}


@pytest.mark.parametrize("seed", range(6))
def test_times_to_remediate_are_those_of_lifelines(seed):
    chance = random.Random(seed)
    spells = {}
    for name in range(chance.randint(5, 40)):
        first = chance.randint(0, 30)
        spells[name] = (first, first + chance.randint(1, 80))
    last = 60
    program = ctem.Program()
    for n in range(0, last + 1):
        program.apply(scan(n, [name for name, (first, gone) in spells.items() if first <= n < gone]))
    ours = program.measures({"from": day(0), "until": day(last + 1)})["remediate"]

    durations = [min(gone, last) - first for first, gone in spells.values()]
    over = [gone <= last for _, gone in spells.values()]
    theirs = lifelines.KaplanMeierFitter().fit(durations, over)
    open_still = theirs.survival_function_.iloc[:, 0] > 0
    bounds = theirs.confidence_interval_[open_still]
    assert (ours["of"], ours["over"]) == (len(over), sum(over))
    for share, quantile, between in ((0.5, "median", "median_between"), (0.9, "p90", "p90_between")):
        expected = qth_survival_times(1 - share + 1e-12, theirs.survival_function_)
        assert ours[quantile] == (None if math.isinf(expected) else expected)
        lower, upper = qth_survival_times(1 - share + 1e-12, bounds).iloc[0]
        assert math.isinf(lower) or ours[between][0] == lower
        assert ours[between][1] == (None if math.isinf(upper) else upper)
