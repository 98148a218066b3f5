"""The published JSON Schema against what the engine writes, reads and refuses.

Run after the Rust tests, which write the random documents: `cargo test --test laws && python tests/schema.py`.
"""

import copy
import json
import os
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SCHEMA = json.loads((ROOT / "ctem-core/src/wire/ctem-2.schema.json").read_text())


def strict(schema):
    """The schema with every field closed that it leaves open, so that a field it does not name is an error."""
    if isinstance(schema, dict):
        closed = {key: strict(value) for key, value in schema.items()}
        if "properties" in closed and closed.get("additionalProperties", True) is True:
            closed["additionalProperties"] = False
        return closed
    return [strict(part) for part in schema] if isinstance(schema, list) else schema


def places(validator, document):
    """Where a document breaks the schema: the list and the number of the record."""
    return {"/" + "/".join(map(str, list(error.absolute_path)[:2])) for error in validator.iter_errors(document)}


def used(schema, value, found, at):
    """The fields of a document, each as the schema's place that names it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return used(SCHEMA["$defs"][name], value, found, f"$defs.{name}")
    for option in schema.get("anyOf", []) + schema.get("oneOf", []):
        if Draft202012Validator({**option, "$defs": SCHEMA["$defs"]}).is_valid(value):
            used(option, value, found, at)
    if isinstance(value, list) and "items" in schema:
        for part in value:
            used(schema["items"], part, found, at)
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                found.add(f"{at}.{name}")
                used(inner, value[name], found, f"{at}.{name}")
    return found


def named(schema, found, at, seen):
    """The fields that the schema names, each by its place."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            seen.add(name)
            named(SCHEMA["$defs"][name], found, f"$defs.{name}", seen)
        return found
    for option in schema.get("anyOf", []) + schema.get("oneOf", []):
        named(option, found, at, seen)
    if "items" in schema:
        named(schema["items"], found, at, seen)
    for name, inner in schema.get("properties", {}).items():
        found.add(f"{at}.{name}")
        named(inner, found, f"{at}.{name}", seen)
    return found


def main():
    Draft202012Validator.check_schema(SCHEMA)
    given, closed = Draft202012Validator(SCHEMA), Draft202012Validator(strict(copy.deepcopy(SCHEMA)))
    wrong = []

    def check(holds, what):
        if not holds:
            wrong.append(what)

    # What the engine writes keeps the schema, and has no field that the schema does not name.
    written = TARGET / "tmp/written-documents.ndjson"
    if not written.exists():
        sys.exit(f"{written} is not there: run `cargo test --test laws` first")
    documents = [json.loads(line) for line in written.read_text().splitlines()]
    check(len(documents) >= 100, f"only {len(documents)} documents were written")
    for n, document in enumerate(documents):
        for error in closed.iter_errors(document):
            wrong.append(f"written document {n}: {error.json_path}: {error.message}")

    # The full document has every field that the schema names.
    full = json.loads((TESTS / "schema/full.json").read_text())
    for error in closed.iter_errors(full):
        wrong.append(f"full.json: {error.json_path}: {error.message}")
    missing = named(SCHEMA, set(), "", set()) - used(SCHEMA, full, set(), "")
    check(not missing, f"full.json lacks {sorted(missing)}")

    # What the reader refuses, the schema refuses; in the reports, at the very places.
    for line in (TESTS / "schema/wrong.ndjson").read_text().splitlines():
        case = json.loads(line)
        check(not given.is_valid(case["document"]), f"the schema accepts {case['why']}")
    for report in sorted((TESTS / "reports/ctem").glob("*.json")):
        if report.name.endswith(".expected.json"):
            continue
        expected = json.loads(report.with_name(report.name + ".expected.json").read_text())
        rejected = {
            "/" + "/".join(note["place"].split("/")[1:3]) for note in expected["notes"] if note["kind"] == "rejected"
        }
        found = places(given, json.loads(report.read_text()))
        check(found == rejected, f"{report.name}: the schema refuses {found}, the reader {rejected}")

    # Whole documents that people are shown.
    for example in sorted(ROOT.glob("examples/**/environment.json")) + sorted(TESTS.glob("vectors/documents/*.json")):
        document = json.loads(example.read_text())
        if isinstance(document, dict) and "ctem" in document:
            for error in closed.iter_errors(document):
                wrong.append(f"{example.relative_to(ROOT)}: {error.json_path}: {error.message}")

    if wrong:
        sys.exit("\n".join(wrong))
    print(f"schema: {len(documents)} written documents keep it, the full one has every field, wrong ones are refused")


if __name__ == "__main__":
    main()
