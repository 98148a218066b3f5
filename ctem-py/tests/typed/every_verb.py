"""A program that uses every call, as types see it: `mypy --strict` and `pyright` must find nothing here, and it must run."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import assert_type

import ctem
from ctem import answers
from ctem.options import ArrowTable, DeadlinesQuestion, FedrampQuestion, PlanOptions, ProgressQuestion

COMPANY = (Path(__file__).parents[3] / "ctem-core/src/wire/ctem-2.example.json").read_bytes()
DAY = "2025-11-13"
EFFECTS = "acme\trule\tA-17\tno-login"


def known() -> tuple[ctem.Program, ctem.Assessment]:
    intel = ctem.Intel(epss="cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n", effects=EFFECTS)
    if (epss := intel.epss) is not None:
        assert_type(epss["tally"]["accepted"], int)
    assert intel.kev is None
    assert_type(intel.effects, answers.Effects | None)
    tables: answers.Intel = json.loads(intel.to_json())
    assert tables["epss"] is not None and tables["kev"] is None

    report = ctem.read(COMPANY, name="company.json", strict=True)
    assert_type(report.source["format"], str)
    assert_type(report.contents.get("assets", [])[0]["kind"], str)
    assert_type(report.notes, list[answers.Note])
    assert_type(report.tally, answers.RecordCounts)
    whole: answers.Report = json.loads(report.to_json())
    assert whole["tally"] == report.tally
    collection: ctem.Collection = ctem.read_collection({"company.json": COMPANY})
    assert_type(collection.reports, list[ctem.Report])
    assert collection.notes == [] and collection.tally["accepted"] == 1

    shop = ctem.read_tables(assets={"id": ["shop"], "kind": ["host"]}, findings=[{"asset": "shop", "weakness.id": "CVE-2021-44228"}])
    assert_type(shop.tally["accepted"], int)

    program = ctem.Program(intel)
    assert_type(program.absorb(report)["tally"]["merged"], int)
    program.absorb(report, progress=lambda done, of: done <= of)
    assert_type(program.absorb_json(report), str)
    assert ctem.attacker_profiles_json().startswith("[")
    assert ctem.Intel.read(kev=None, effects="acme\trule\tA-17\tno-login").effects == {"lines": 1}
    return program, program.assess(DAY, horizon_days=30, events_per_finding=8, profile=ctem.attacker_profiles()[0])


def asked(today: ctem.Assessment) -> None:
    worst = today.ranked(at_most=1)[0]
    assert_type(worst["title"], str)
    assert_type(worst["risk"]["lower"], float)
    assert_type(worst.get("weakness"), str | None)
    assert_type(worst["finding"], str | None)
    assert worst["level"] in ("negligible", "low", "medium", "high", "critical")
    for event in today.loss_events:
        assert_type(event["chance"]["value"], float)
        if "path" in event:
            assert_type([hop["how"] for hop in event["path"]["hops"]], list[str])
    assert_type(today.notes, list[answers.Note])
    assert_type(today.risk["value"], float)
    explanation = today.explain(worst["id"])
    parts: list[answers.Term] = explanation["risk"].get("parts", [])
    assert_type([part["value"] for part in parts], list[float])
    assert_type(today.explain_json(worst["id"]), str)
    document: answers.Assessment = json.loads(today.to_json(1, explained=True))
    assert_type(document["counts"]["assets"], int)

    sample = today.sample(worlds=4096, seed=1, shares=True, progress=lambda done, of: done <= of)
    assert_type([each["fix_value"]["value"] for each in sample["exposures"]], list[float])
    assert_type(today.sample_block(0, 64, seed=1, shares=True), str)
    paths = today.paths("leak", at_most=3)
    assert_type([hop["from"][0]["asset"] for path in paths["list"] for hop in path["hops"] if hop["from"]], list[str])
    assert_type([point["name"] for point in today.choke_points("theft")["list"]], list[str])
    cut = today.cheapest_cut("theft", costs={"f-3": 5, "f-1": None}, default_cost=1)
    assert_type([fix["cost"] for fix in cut.get("fixes", [])], list[float])
    assert_type([held["asset"] for held in cut.get("path", [])], list[str])
    assert_type(today.blast_radius("vault", "use", half_width=0.1)["loss"]["value"], float)
    assert_type(today.what_if([{"fixed": "f-2"}])["saved"]["value"], float)
    assert_type([each["findings"] for each in today.combinations(at_most=3)["list"]], list[list[str]])
    baseline = today.baseline(incidents=2, years=3)
    assert_type(baseline["annual_chance"], float)
    assert_type([asset["asset"] for asset in today.select("kind = host")["list"]], list[str])
    assert_type(today.suggested_crown_jewels()["list"], list[answers.Suggestion])
    assert_type(today.suggested_entry_points(at_most=1)["list"], list[answers.Suggestion])
    zones = today.zones([{"id": "tier zero", "tier": 0, "assets": "kind = host"}])
    assert_type([zone["exposure"]["share"] for zone in zones["list"]], list[float | None])

    assert_type([action["title"] for action in today.actions(fall_back="web")["list"]], list[str])
    how: PlanOptions = {"budget": {"hours": 3}, "curves": True}
    plan = today.plan(**how)
    assert_type(ctem.picture(plan), str)
    assert_type([row["left"]["value"] for row in plan["rows"]], list[float])
    assert_type(today.compare_plans({"budget": {"hours": 1}}, how)["words"], list[str])
    questions = today.questions(budget={"actions": 1}, at_most=1, test_hours={"exploit": 2})
    assert_type(questions["seed"], int)
    assert_type(today.questions_text(budget={"actions": 1}, explained=1, width=80), str)
    assert_type(today.exposure_text(worst["id"], width=80), str)
    assert_type(today.trusts()["list"], list[answers.LearntTrust])
    tickets = today.tickets("github", plan={"at_most": 1})
    assert_type([ticket["do"] for ticket in tickets["list"]][0] == "create", bool)
    assert_type(today.answer_json({"paths": {"event": "leak"}}), str)
    policy = {"ctem_policy": 1, "rules": [{"expected_loss": {"at_most": {"amount": 500, "unit": "EUR"}}}]}
    assert_type(today.gate(policy, today.to_json())["stops"], bool)
    assert_type(today.gate_json(json.dumps(policy), today.to_json()), str)

    assert_type(today.table(at_most=3, explained=1, width=80, budget={"hours": 8}), str)
    assert_type(today.markdown(at_most=3), str)
    assert_type(today.html(at_most=3), str)
    assert_type(today.export("csv", at_most=1), str)
    assert len(today) == 3

    assert_type(today[0], answers.Exposure)
    assert_type(today[:2], list[answers.Exposure])
    assert_type([exposure["rank"] for exposure in today], list[int])
    columns: ctem.Columns = today.to_arrow(at_most=1)
    assert_type(columns.names, list[str])
    table: ArrowTable = today
    assert_type(len(ctem.to_arrow(plan)), int)
    assert_type(len(ctem.to_arrow(today)), int)
    assert_type(len(ctem.to_arrow(today.actions())), int)
    assert worst["id"] in today and worst in today
    assert table is today


def over_time(program: ctem.Program) -> None:
    delta = program.apply({"at": DAY, "what": "time_passed"}, late="place")
    assert_type([change["why"] for change in delta["rose"]][:0] == [], bool)
    for happened in delta["happened"]:
        if happened["what"] == "listed":
            assert_type(happened["findings"], list[str])
    assert_type(program.apply_json({"at": "2025-11-14", "what": "time_passed"}), str)
    assert_type(program.courses(), list[answers.Course])
    assert_type(len(ctem.to_arrow(program.courses())), int)
    assert_type(program.history(), ctem.Columns)
    program.absorb(ctem.read_tables(assets=[{"id": "gate", "kind": "host", "labels.internet_facing": "yes"}]))
    assert_type(program.decide({"suggestion": "internet", "asset": "gate", "accepted": False})["tally"]["accepted"], int)
    assert_type(program.coverage({"as_of": "2025-11-14"})["checks"][0]["watched"], int)
    assert_type(program.coverage_json({"as_of": "2025-11-14"}), str)
    assert_type([risk["since"] for risk in program.accepted_risks()], list[str])
    since, until = "2025-11-01", "2025-12-01"
    assert_type(program.measures({"from": since, "until": until, "promises": {"critical": 7}})["remediate"]["median"], float | None)
    assert_type(program.measures({"from": since, "until": until})["remediate"]["median"], float | None)
    assert_type(program.measures_json({"from": since, "until": until}), str)
    assert_type(program.moved({"from": since, "until": until})["from"]["value"], float)
    assert_type(program.moved_json({"from": since, "until": until}), str)
    progress: ProgressQuestion = {"from": since, "until": until, "budget": {"hours": 40}, "deadlines": {"tables": ["kev"]}}
    assert_type(program.progress_report(progress)["title"], str)
    assert_type(program.progress_report_json(progress), str)
    assert_type(program.progress_report_html(progress), str)
    due: DeadlinesQuestion = {"as_of": "2025-11-14", "tables": ["kev"]}
    assert_type([deadline.get("due") for deadline in program.deadlines(due)["list"]], list[str | None])
    assert_type(program.deadlines_json(due), str)
    report: FedrampQuestion = {"as_of": DAY, "class": "c", "package_overview": "https://example.com/p", "from": "2025-10-13", "to": DAY}
    assert_type(program.fedramp_report(report)["certificationPackageOverviewUri"], str)
    assert_type(program.fedramp_report_json(report), str)
    assert_type(program.trend([DAY], horizon_days=7)[0]["risk"]["value"], float)
    assert_type(program.trend_json([DAY]), str)
    assert_type(program.at(DAY), ctem.Program)
    assert_type(program.compact(DAY), int)
    assert_type([thing["pseudonym"] for thing in program.erase({"names": ["gate"]}, bytes(32))["things"]], list[str])
    assert_type(ctem.Program.read(program.document(), EFFECTS).environment_json(), str)
    assert_type([rule["line"] for rule in program.unknown_rules()], list[str])


def of_rows() -> None:
    assert_type(ctem.cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")["base_score"], float)
    assert_type(ctem.cvss_json("AV:N/AC:L/Au:N/C:N/I:N/A:N"), str)
    row = {"epss": 0.5, "reachable": "internet"}
    assert_type(ctem.score(row)["risk"], float)
    assert_type(ctem.score_json(row, horizon_days=7), str)
    assert_type(ctem.score_all([row, {}]), list[float])
    table: ArrowTable = importlib.import_module("pyarrow").table({"epss": [0.5, 1.7]})
    assert_type(ctem.score(table), ctem.TableScores)
    assert_type([error["reason"] for error in ctem.score_table(table, horizon_days=7).errors], list[str])
    assert_type([one["title"] for one in ctem.formats()], list[str])
    rows, outcomes = "cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n", "cve,date\nCVE-2024-0001,2024-11-01\n"
    tested = ctem.back_test(rows, outcomes, "2024-10-24", "2025-08-25", seed=1)
    assert_type([test["ranking"] for test in tested["rankings"]][0] == "cvss", bool)
    assert_type(ctem.back_test_json(rows, outcomes, "2024-10-24", "2025-08-25"), str)
    try:
        ctem.cvss("CVSS:3.1/AV:X")
    except ctem.InvalidInput as error:
        assert_type(error.place, str | None)


def main() -> None:
    program, today = known()
    asked(today)
    over_time(program)
    of_rows()


if __name__ == "__main__":
    main()
