"""Published attacks and small semantic cases: the checks of `tests/scenarios/checks.json`, as `tests/scenarios.rs` runs them in Rust."""

import json
import math
from pathlib import Path

import pytest

import ctem

SCENARIOS = Path(__file__).parents[2] / "tests" / "scenarios"
CHECKS = json.loads((SCENARIOS / "checks.json").read_text(encoding="utf-8"))
NAMES = ("id", "finding", "relation", "control", "weakness", "asset")


def id_of(row):
    return next((row[name] for name in NAMES if isinstance(row.get(name), str)), "")


class Scenario:
    def __init__(self, name):
        program = ctem.Program()
        absorbed = program.absorb(ctem.read((SCENARIOS / f"{name}.json").read_bytes()))
        assert absorbed["tally"]["rejected"] == 0
        self.today = program.assess("2025-11-13")
        self.rows = self.today.ranked()
        self.events = {event["event"]: event for event in self.today.loss_events}
        self.sample = self.today.sample()
        self.worth = {id_of(row): row["fix_value"]["value"] for row in self.sample["exposures"]}
        self.chances = {event["event"]: event["chance"]["value"] for event in self.sample["events"]}

    def techniques(self, event):
        hops = (self.events[event].get("path") or {}).get("hops", [])
        return [hop["technique"]["id"] for hop in hops if "technique" in hop]

    def holds(self, check):
        def number(found):
            return (
                found >= check.get("at_least", found)
                and found <= check.get("at_most", found)
                and ("above" not in check or found > check["above"])
                and ("is" not in check or math.isclose(found, check["is"], rel_tol=1e-9, abs_tol=1e-12))
            )

        match check:
            case {"rank": wanted}:
                return sorted(wanted) == sorted(row["id"] for row in self.rows[: len(wanted)])
            case {"chance": event, "of_finding": one}:
                row = next(row for row in self.rows if row["id"] == one)
                return row["likelihood"] > 0 and math.isclose(self.chances[event], row["likelihood"] * row["reach"], rel_tol=1e-9)
            case {"adds_up": weakness}:
                ids = {row["id"] for row in self.rows if row.get("weakness") == weakness}
                rows = [row for row in self.today.plan()["rows"] if ids & set(map(id_of, row["ends"]))]
                return 0 < sum(row["saved"] for row in rows) <= self.sample["risk"]["value"] * (1 + 1e-9)
            case {"chance": event}:
                return number(self.chances[event])
            case {"fix_value": one}:
                return number(self.worth[one])
            case {"risk": one}:
                return number(next(row["risk"]["value"] for row in self.rows if row["id"] == one))
            case {"ratio": [first, second]}:
                return number(self.chances[first] / self.chances[second])
            case {"saves_all": one}:
                whole = self.sample["risk"]["value"]
                return whole > 0 and math.isclose(self.worth[one], whole, rel_tol=1e-9)
            case {"worth_more": [first, second]}:
                return self.worth[first] > self.worth[second]
            case {"patch": weakness, "saves_more_than": other}:
                return self.today.what_if([{"patched": weakness}])["saved"]["value"] > self.worth[other]
            case {"cut": event}:
                cut = sorted(map(id_of, self.today.cheapest_cut(event)["fixes"]))
                return len(cut) == check["fixes"] if "fixes" in check else cut in check["one_of"]
            case {"cut_or_path": event}:
                cut = self.today.cheapest_cut(event)
                return bool(cut.get("fixes") or cut.get("path"))
            case {"choke": event, "has": one}:
                return one in map(id_of, self.today.choke_points(event)["list"])
            case {"on_every_path": one, "event": event}:
                points = self.today.choke_points(event)["list"]
                return any(id_of(point) == one and point["on_every_path"] for point in points)
            case {"paths": event, "count": count}:
                return len(self.today.paths(event, at_most=100)["list"]) == count
            case {"path": event}:
                found = self.techniques(event)
                found += [technique.split(".")[0] for technique in found]
                return bool(found) and set(check.get("techniques", [])) <= set(found) and not set(check.get("without", [])) & set(found)
            case {"nowhere": technique}:
                return all(technique not in self.techniques(event) for event in self.events)
            case {"leads_to": one, "events": events}:
                return set(events) <= {path["event"] for path in self.today.explain(one)["paths"]}
            case {"events": events}:
                return list(self.events) == events
            case {"note": name, "about": what}:
                return any(name in note["reason"] and what in note["reason"] for note in self.today.notes)
            case {"plan": wanted}:
                found = [set(map(id_of, row["ends"])) for row in self.today.plan()["rows"]]
                return len(found) >= len(wanted) and all(set(ids) <= row for ids, row in zip(wanted, found))
        raise AssertionError(f"{check} is no check")


@pytest.mark.parametrize("name", CHECKS)
def test_a_scenario_comes_out_as_told(name):
    scenario = Scenario(name)
    assert [check for check in CHECKS[name] if not scenario.holds(check)] == []
