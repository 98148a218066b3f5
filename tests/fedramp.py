"""The reports for FedRAMP against its published schemas, which are among the corpora: `CTEM_CORPORA=… python tests/fedramp.py`."""

import json
import os
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

TESTS = Path(__file__).resolve().parent
CORPORA = Path(os.environ.get("CTEM_CORPORA", TESTS.parent.parent / "shared/corpora")) / "intel/fedramp"
KINDS = {"detail": "vulnerability-detail-report", "accepted": "accepted-vulnerability-info", "historical": "historical-ver-activity"}


def schema(name):
    return json.loads((CORPORA / f"fedramp-{name}-schema-2026-06-24.json").read_text())


def closed(value):
    """The schema with every field closed that it leaves open, so that a field it does not name is an error."""
    if isinstance(value, list):
        return [closed(part) for part in value]
    if not isinstance(value, dict):
        return value
    parts = {key: closed(part) for key, part in value.items()}
    # What stands under `if` and `then` names only what it asks.
    if "properties" in parts and parts.get("type") == "object":
        parts["additionalProperties"] = False
    return parts


def validator(kind):
    common = closed(schema("common-definitions"))
    # Where they name each other by a fragment, that is of the whole document.
    common = json.loads(json.dumps(common).replace('"#/$defs/', f'"{common["$id"]}/$defs/'))
    # The schemas name definitions by a path of the URI rather than by a fragment.
    named = [(f"{common['$id']}/$defs/{name}", DRAFT202012.create_resource(part)) for name, part in common["$defs"].items()]
    formats = FormatChecker()
    return Draft202012Validator(closed(schema(KINDS[kind])), registry=Registry().with_resources(named), format_checker=formats)


def main():
    cases = json.loads((TESTS / "vectors/deadlines.json").read_text())
    reports = [case for case in cases if case["call"] == "fedramp_report" and "value" in case["then"]]
    wrong = []
    for case in reports:
        kind = case["given"]["asked"].get("kind", "detail")
        wrong += [f"{case['name']}: {error.json_path}: {error.message}" for error in validator(kind).iter_errors(case["then"]["value"])]
        # What is broken is seen: otherwise nothing was checked.
        broken = json.loads(json.dumps(case["then"]["value"]).replace('"currentRating": ', '"currentRating": 1'))
        if not list(validator(kind).iter_errors(broken)):
            wrong.append(f"{case['name']}: a rating of 15 is taken")
    kinds = {case["given"]["asked"].get("kind", "detail") for case in reports}
    if kinds != set(KINDS):
        wrong.append(f"reports of {sorted(kinds)} alone")
    print("\n".join(wrong) or f"{len(reports)} reports are as FedRAMP's schemas want them")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
